//! Size and power of the break test, coverage of the intervals and size of the durability test, by
//! simulation. `cargo run --release -p yalu-stats --example calibrate` prints the tables of
//! docs/methods/calibration.md.

#![allow(clippy::print_stdout, reason = "the table is the output")]

#[path = "../tests/reference/noise.rs"]
mod noise;

use noise::{autoregression, count};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{
    Bootstrap, Design, Family, Search, ShiftModel, durability_test, end_of_sample_test,
    estimate_shift, harmonics, pulse_response, sup_f_test,
};

const SEED: u64 = 1;

struct Case {
    family: Family,
    y: Vec<f64>,
    offset: Vec<f64>,
}

/// A series with a log step (a step of that many standard deviations for the Gaussian).
fn series(seed: u64, n: usize, rho: f64, counts: bool, step: f64, at: usize) -> Case {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let z = autoregression(&mut rng, n, rho);
    let shifted = |row: usize| if row > at { step } else { 0.0 };
    if counts {
        let offset: Vec<f64> = (0..n)
            .map(|row| (1.0 + row as f64 / n as f64).ln())
            .collect();
        let y = (0..n)
            .map(|row| {
                count(
                    (6.0_f64.ln() + offset[row] + shifted(row)).exp(),
                    2.0,
                    z[row],
                )
            })
            .collect();
        Case {
            family: Family::NegativeBinomial,
            y,
            offset,
        }
    } else {
        let y = (0..n).map(|row| z[row] + shifted(row)).collect();
        Case {
            family: Family::Gaussian,
            y,
            offset: vec![0.0; n],
        }
    }
}

/// Season, two kinds of events and a persistent pressure, none of which acts.
fn response_design(seed: u64, n: usize) -> Design {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0xde51_6e00);
    let place: Vec<f64> = (0..n).map(|row| (row % 12) as f64 / 12.0).collect();
    let mut design = Design::intercept(n);
    for (name, column) in harmonics(&place, 1) {
        design = design.with(name, column).expect("finite");
    }
    for (name, every) in [("tests", 17), ("resolutions", 23)] {
        let onsets: Vec<usize> = (5..n).step_by(every).collect();
        design = design
            .with(name, pulse_response(n, &onsets, 0.5))
            .expect("finite");
    }
    design
        .with("pressure", autoregression(&mut rng, n, 0.7))
        .expect("finite")
}

fn rejects(case: &Case, trimming: f64) -> bool {
    rejects_with(case, trimming, &Design::intercept(case.y.len()))
}

fn rejects_with(case: &Case, trimming: f64, design: &Design) -> bool {
    let model = ShiftModel {
        y: &case.y,
        offset: &case.offset,
        design,
        family: case.family,
    };
    let search = Search {
        trimming,
        max_breaks: 1,
        window: None,
    };
    let bootstrap = Bootstrap {
        n_replications: 199,
        seed: SEED,
    };
    sup_f_test(&model, &search, &bootstrap, 0.05).is_ok_and(|test| test.p_value <= 0.05)
}

fn noise(counts: bool) -> &'static str {
    if counts {
        "negative binomial"
    } else {
        "Gaussian AR(1)"
    }
}

fn share(runs: usize, mut of: impl FnMut(u64) -> bool) -> f64 {
    (0..runs).filter(|run| of(*run as u64 + 1)).count() as f64 / runs as f64 * 100.0
}

fn main() {
    let runs: usize = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1000);
    println!(
        "Break test: share of rejections in % at a nominal 5 %, {runs} runs a cell, seed {SEED}.\n"
    );
    println!("| noise | n | trimming | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132, 250] {
            for trimming in [0.15, 0.05] {
                let cells: Vec<String> = [0.0, 0.3, 0.6, 0.8]
                    .iter()
                    .map(|&rho| {
                        format!(
                            "{:.1}",
                            share(runs, |run| rejects(
                                &series(run, n, rho, counts, 0.0, 0),
                                trimming
                            ))
                        )
                    })
                    .collect();
                println!(
                    "| {} | {n} | {trimming} | {} |",
                    noise(counts),
                    cells.join(" | ")
                );
            }
        }
    }
    println!(
        "\nThe same with season, two kinds of events and a persistent pressure in the model, trimming 0.05.\n"
    );
    println!("| noise | n | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132] {
            let cells: Vec<String> = [0.0, 0.3, 0.6, 0.8]
                .iter()
                .map(|&rho| {
                    format!(
                        "{:.1}",
                        share(runs, |run| rejects_with(
                            &series(run, n, rho, counts, 0.0, 0),
                            0.05,
                            &response_design(run, n)
                        ))
                    )
                })
                .collect();
            println!("| {} | {n} | {} |", noise(counts), cells.join(" | "));
        }
    }
    println!("\nEnd-of-sample test of the last 7 periods, no change there.\n");
    println!("| noise | n | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132] {
            let cells: Vec<String> = [0.0, 0.3, 0.6, 0.8]
                .iter()
                .map(|&rho| {
                    format!(
                        "{:.1}",
                        share(runs, |run| {
                            let case = series(run, n, rho, counts, 0.0, 0);
                            let design = Design::intercept(n);
                            let model = ShiftModel {
                                y: &case.y,
                                offset: &case.offset,
                                design: &design,
                                family: case.family,
                            };
                            end_of_sample_test(&model, 7).is_ok_and(|test| test.p_value <= 0.05)
                        })
                    )
                })
                .collect();
            println!("| {} | {n} | {} |", noise(counts), cells.join(" | "));
        }
    }
    println!(
        "\nPower: a step of log 2 (one standard deviation for the Gaussian) at half and at 85 % of the series, trimming 0.05.\n"
    );
    println!("| noise | n | where | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132, 250] {
            for place in [0.5, 0.85] {
                let step = if counts { std::f64::consts::LN_2 } else { 1.0 };
                let at = (n as f64 * place) as usize;
                let cells: Vec<String> = [0.0, 0.3, 0.6, 0.8]
                    .iter()
                    .map(|&rho| {
                        format!(
                            "{:.1}",
                            share(runs, |run| rejects(
                                &series(run, n, rho, counts, step, at),
                                0.05
                            ))
                        )
                    })
                    .collect();
                println!(
                    "| {} | {n} | {place} | {} |",
                    noise(counts),
                    cells.join(" | ")
                );
            }
        }
    }
    let few = (runs / 4).max(50);
    println!(
        "\nIntervals of a step of log 3 at half of 132 negative binomial counts: coverage in % at a nominal 95 %, and the equivalence test's rejections in % where the levels differ by exactly the bound (log 1.5); the difference test's rejections in % for the last 24 periods where nothing changed at all, {few} runs.\n"
    );
    println!("| ρ | date | effect | equivalence test | difference test |");
    println!("| --- | --- | --- | --- | --- |");
    for rho in [0.0, 0.3, 0.6] {
        let (n, at) = (132, 66);
        let bootstrap = Bootstrap {
            n_replications: 199,
            seed: SEED,
        };
        let search = Search {
            trimming: 0.15,
            max_breaks: 1,
            window: None,
        };
        let (mut dates, mut effects) = (0, 0);
        for run in 0..few {
            let case = series(run as u64 + 1, n, rho, true, 3.0_f64.ln(), at);
            let design = Design::intercept(n);
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &design,
                family: case.family,
            };
            let dating = yalu_stats::date_breaks(&model, &search).expect("long enough");
            let one = &dating.by_count[1].breaks;
            let Ok(estimate) = estimate_shift(&model, one, 0, &search, &bootstrap) else {
                continue;
            };
            dates += usize::from(estimate.interval.0 <= at && at <= estimate.interval.1);
            let truth = 3.0_f64.ln();
            effects += usize::from(
                estimate.effect_interval.0 <= truth && truth <= estimate.effect_interval.1,
            );
        }
        let bound = 1.5_f64.ln();
        let equal = share(few, |run| {
            let case = series(run, n, rho, true, bound, at);
            let design = Design::intercept(n);
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &design,
                family: case.family,
            };
            durability_test(&model, &[at], 0, (at + 1, n - 1), bound, &bootstrap)
                .is_ok_and(|test| test.p_equivalence <= 0.05)
        });
        let differ = share(few, |run| {
            let case = series(run, n, rho, true, 0.0, at);
            let design = Design::intercept(n);
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &design,
                family: case.family,
            };
            durability_test(&model, &[at], 0, (n - 24, n - 1), bound, &bootstrap)
                .is_ok_and(|test| test.p_difference <= 0.05)
        });
        println!(
            "| {rho} | {:.1} | {:.1} | {equal:.1} | {differ:.1} |",
            dates as f64 / few as f64 * 100.0,
            effects as f64 / few as f64 * 100.0
        );
    }
}
