//! How long an answer to a question put otherwise takes: `cargo run -p yalu-dossier --example
//! time_setting -- examples/china-dprk 200` asks so many settings drawn from the dossier's choices, of
//! one kind and of all at once, and prints the median and the slowest.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::path::Path;
use std::time::{Duration, Instant};

use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::AssessOptions;
use yalu_dossier::workbench::{Choices, HORIZONS, Setting, Workbench};

/// A small generator: which settings are asked doesn't matter, that they differ does.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % n
    }
}

fn drawn(draw: &mut Draw, choices: &Choices, kind: &str) -> Setting {
    let mut setting = Setting::default();
    let all = kind == "all";
    if all || kind == "level" {
        setting.level = Some([0.01, 0.05, 0.1, 0.2][draw.below(4)]);
    }
    if all || kind == "horizon" {
        setting.horizon_months = Some(HORIZONS[draw.below(HORIZONS.len())]);
    }
    if kind == "any horizon" {
        setting.horizon_months = Some(7 + draw.below(80) as u32);
    }
    if all || kind == "codes and exposure" {
        for choice in &choices.codes {
            let group = &choice.groups[draw.below(choice.groups.len())].0;
            setting
                .codes
                .insert(choice.indicator.clone(), group.clone());
        }
        if !choices.exposures.is_empty() {
            setting.exposure = Some(choices.exposures[draw.below(choices.exposures.len())]);
        }
    }
    if (all || kind == "donors") && !choices.donors.is_empty() {
        for _ in 0..3 {
            let one = &choices.donors[draw.below(choices.donors.len())];
            setting.without.insert(one.id.clone());
        }
    }
    if (all || kind == "actors") && !choices.actors.is_empty() {
        let actor = &choices.actors[draw.below(choices.actors.len())].id;
        setting
            .actors
            .push(format!("{actor}.salience={}", draw.below(100)));
    }
    setting
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments
        .next()
        .ok_or("name a dossier's folder, then how many settings to ask")?;
    let n: usize = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let dossier = load_dossier(Path::new(&dir))?;
    let begin = Instant::now();
    let bench = Workbench::new(dossier, AssessOptions::default())?;
    println!("read in {:.2} s", begin.elapsed().as_secs_f64());
    for date in bench.own_dates().to_vec() {
        let begin = Instant::now();
        let own = Setting {
            as_of: Some(date),
            ..Setting::default()
        };
        bench.assess(&own, true)?;
        let first = begin.elapsed();
        let begin = Instant::now();
        bench.warm(date)?;
        println!(
            "{date}: assessed in {:.2} s, made ready in {:.2} s more",
            first.as_secs_f64(),
            begin.elapsed().as_secs_f64()
        );
    }
    let begin = Instant::now();
    let point = bench.point(bench.own_dates()[0])?;
    println!(
        "a point of the evolution ({:?}) in {:.0} ms",
        point.rung,
        begin.elapsed().as_secs_f64() * 1e3
    );
    let mut draw = Draw(7);
    for kind in [
        "level",
        "horizon",
        "any horizon",
        "codes and exposure",
        "donors",
        "actors",
        "all",
    ] {
        let mut times: Vec<Duration> = Vec::with_capacity(n);
        for _ in 0..n {
            let setting = drawn(&mut draw, bench.choices(), kind);
            let begin = Instant::now();
            bench.assess(&setting, true)?;
            times.push(begin.elapsed());
        }
        times.sort();
        let ms = |one: Duration| one.as_secs_f64() * 1e3;
        println!(
            "{kind}: median {:.0} ms, nine in ten within {:.0} ms, slowest {:.0} ms, {n} settings",
            ms(times[n / 2]),
            ms(times[n * 9 / 10]),
            ms(times[n - 1])
        );
    }
    // As a reader does: one control after another, from where the last one left it.
    let mut times: Vec<f64> = Vec::with_capacity(5 * n);
    let mut setting = Setting::default();
    for step in 0..5 * n {
        let kinds = ["level", "horizon", "codes and exposure", "donors", "actors"];
        let kind = kinds[draw.below(kinds.len())];
        let change = drawn(&mut draw, bench.choices(), kind);
        if step % 12 == 0 {
            setting = Setting::default();
        }
        match kind {
            "level" => setting.level = change.level,
            "horizon" => setting.horizon_months = change.horizon_months,
            "donors" => setting.without = change.without,
            "actors" => setting.actors.extend(change.actors),
            _ => {
                setting.codes = change.codes;
                setting.exposure = change.exposure;
            }
        }
        let begin = Instant::now();
        bench.assess(&setting, true)?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "one control after another: median {:.0} ms, nine in ten within {:.0} ms, slowest {:.0} ms, {} steps",
        times[times.len() / 2],
        times[times.len() * 9 / 10],
        times[times.len() - 1],
        times.len()
    );
    Ok(())
}
