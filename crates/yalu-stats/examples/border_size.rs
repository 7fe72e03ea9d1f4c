//! How often a border would be called particular when nothing is, and when its rate has doubled or
//! trebled, by simulation. `cargo run --release -p yalu-stats --example border_size` prints the
//! tables of docs/methods/borders.md; `-- choices` those by which weights, statistic and steps were
//! chosen.

#![allow(clippy::print_stdout, reason = "the table is the output")]

#[path = "../tests/reference/noise.rs"]
mod noise;

use noise::{autoregression, count, normal};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use yalu_stats::synthetic::{
    DidEstimator, GapStatistic, Panel, PathPanel, PathWeights, fit_synthetic_did,
    log_relative_rates, rank_p_value,
};
use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, sup_f_test};

const SEED: u64 = 4;
const MONTHS: usize = 156;
/// The step falls somewhere between these months.
const STEPS: std::ops::Range<usize> = 72..120;
/// No start is looked for nearer to either end.
const EDGE_MONTHS: usize = 36;

/// Monthly counts and exposures of one set of borders, the one in question first.
struct World {
    counts: Vec<Vec<f64>>,
    exposure: Vec<Vec<f64>>,
    step: usize,
}

/// `n` borders beside the one in question, whose rate is `ratio` times as high from a random month on.
/// Means run from one act in two months to fifteen a month, the first border's from one to ten; all
/// follow a common slow movement more or less closely; errors are negative binomial (θ = 2) and
/// serially correlated (0.4).
fn world(seed: u64, n: usize, ratio: f64) -> World {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let common = autoregression(&mut rng, MONTHS, 0.95);
    let step = rng.random_range(STEPS);
    let mut counts = Vec::new();
    let mut exposure = Vec::new();
    for unit in 0..=n {
        let (low, high): (f64, f64) = if unit == 0 { (1.0, 10.0) } else { (0.5, 15.0) };
        let mean = (low.ln() + (high / low).ln() * rng.random::<f64>()).exp();
        let loading = 0.5 * rng.random::<f64>();
        let errors = autoregression(&mut rng, MONTHS, 0.4);
        let volume: Vec<f64> = (0..MONTHS)
            .map(|month| (0.003 * month as f64 + 0.2 * normal(&mut rng)).exp())
            .collect();
        counts.push(
            (0..MONTHS)
                .map(|month| {
                    let shift = if unit == 0 && month >= step {
                        ratio
                    } else {
                        1.0
                    };
                    let level = mean * shift * (loading * common[month]).exp() * volume[month];
                    count(level, 2.0, errors[month])
                })
                .collect(),
        );
        exposure.push(volume);
    }
    World {
        counts,
        exposure,
        step,
    }
}

/// Log relative rates by steps of `pool` months that begin anew at `start`; and the start's step.
/// Borders with fewer than 20 acts before it are left out, as the program does.
fn pooled(world: &World, start: usize, pool: usize) -> Option<(Vec<Vec<f64>>, usize)> {
    let n_pre = start / pool;
    let first = start - n_pre * pool;
    let steps = (MONTHS - first) / pool;
    let sum = |months: &[f64]| -> Vec<f64> {
        (0..steps)
            .map(|step| {
                let from = first + step * pool;
                months[from..from + pool].iter().sum()
            })
            .collect()
    };
    let mut paths = Vec::new();
    for (unit, (counts, exposure)) in world.counts.iter().zip(&world.exposure).enumerate() {
        let (counts, exposure) = (sum(counts), sum(exposure));
        if counts[..n_pre].iter().sum::<f64>() < 20.0 {
            if unit == 0 {
                return None;
            }
            continue;
        }
        paths.push(log_relative_rates(&counts, &exposure, n_pre).ok()?.values);
    }
    Some((paths, n_pre))
}

/// What one set of borders says.
struct Answer {
    p: f64,
    p_calibrated: f64,
    same_sign: bool,
}

fn answer(
    paths: Vec<Vec<f64>>,
    start: usize,
    pool: usize,
    weights: PathWeights,
    statistic: GapStatistic,
) -> Answer {
    let n = paths.len();
    let edge = EDGE_MONTHS / pool;
    let steps = paths[0].len();
    let window = (edge.max(3), steps - edge.max(1));
    let rows = paths.clone();
    let panel = PathPanel::new(paths, weights, statistic).expect("finite");
    let donors: Vec<usize> = (1..n).collect();
    let own = panel.fit(0, &donors, start).expect("fits");
    let (mut fixed, mut best) = (Vec::new(), Vec::new());
    for unit in 1..n {
        let others: Vec<usize> = (1..n).filter(|one| *one != unit).collect();
        fixed.push(panel.fit(unit, &others, start).expect("fits").statistic);
        best.push(
            panel
                .best_date(unit, &others, window)
                .expect("fits")
                .statistic,
        );
    }
    let did = did_effect(&rows, start);
    Answer {
        p: rank_p_value(own.statistic, &fixed),
        p_calibrated: rank_p_value(own.statistic, &best),
        same_sign: did * own.mean_gap > 0.0,
    }
}

fn did_effect(paths: &[Vec<f64>], start: usize) -> f64 {
    let units: Vec<String> = (0..paths.len()).map(|unit| unit.to_string()).collect();
    let periods: Vec<String> = (0..paths[0].len()).map(|step| step.to_string()).collect();
    let panel =
        Panel::new(units, periods, paths.concat(), &["0"], &start.to_string()).expect("sound");
    fit_synthetic_did(&panel, DidEstimator::SyntheticDid)
        .expect("fits")
        .effect
}

/// The month at which a border's own level changes most, by the t of the pooled log rates, and that t.
fn own_date(world: &World, unit: usize, pool: usize) -> (usize, f64) {
    let mut best = (EDGE_MONTHS, 0.0);
    for start in (EDGE_MONTHS..=MONTHS - EDGE_MONTHS).step_by(pool) {
        let alone = World {
            counts: vec![world.counts[unit].clone(); 3],
            exposure: vec![world.exposure[unit].clone(); 3],
            step: start,
        };
        let Some((paths, at)) = pooled(&alone, start, pool) else {
            continue;
        };
        let flat = vec![vec![0.0; paths[0].len()]; 2];
        let mut rows = vec![paths[0].clone()];
        rows.extend(flat);
        let panel = PathPanel::new(rows, PathWeights::Equal, GapStatistic::LevelT).expect("finite");
        let t = panel.fit(0, &[1, 2], at).expect("fits").statistic;
        if t > best.1 {
            best = (start, t);
        }
    }
    best
}

/// How the border and its date were come by.
#[derive(Clone, Copy, PartialEq)]
enum Picked {
    /// Both were known beforehand.
    Known,
    /// The border was known; the date is where its own level changes most.
    Date,
    /// The border is the one of all whose own level changes most, at its date.
    BorderAndDate,
}

struct Rates {
    placebo: f64,
    calibrated: f64,
    particular: f64,
    /// The same where the break's own p-value times the number of borders is within the level too.
    picked: f64,
    n: usize,
}

/// The p-value of the first border's own break, by the test that the verdict uses, on pooled counts.
fn own_p(world: &World, start: usize, pool: usize, seed: u64) -> f64 {
    let first = start % pool;
    let sum = |months: &[f64]| -> Vec<f64> {
        months[first..]
            .chunks_exact(pool)
            .map(|step| step.iter().sum())
            .collect()
    };
    let y = sum(&world.counts[0]);
    let offset: Vec<f64> = sum(&world.exposure[0]).iter().map(|one| one.ln()).collect();
    let design = Design::intercept(y.len());
    let model = ShiftModel {
        y: &y,
        offset: &offset,
        design: &design,
        family: Family::QuasiPoisson,
    };
    let search = Search {
        trimming: 0.15,
        max_breaks: 1,
        window: None,
    };
    let bootstrap = Bootstrap {
        n_replications: 999,
        seed,
    };
    sup_f_test(&model, &search, &bootstrap, 0.05)
        .expect("a series of some acts")
        .p_value
}

#[expect(clippy::too_many_arguments, reason = "a table's axes")]
fn rates(
    n: usize,
    ratio: f64,
    picked: Picked,
    pool: usize,
    weights: PathWeights,
    statistic: GapStatistic,
    level: f64,
    runs: u64,
) -> Rates {
    let mut sums = [0.0; 4];
    let mut done = 0;
    for run in 0..runs {
        let mut world = world(SEED + (run << 16) + n as u64, n, ratio);
        let start = match picked {
            Picked::Known => world.step,
            Picked::Date => own_date(&world, 0, pool).0,
            Picked::BorderAndDate => {
                let dates: Vec<(usize, f64)> =
                    (0..=n).map(|unit| own_date(&world, unit, pool)).collect();
                let first = (0..=n)
                    .max_by(|a, b| dates[*a].1.total_cmp(&dates[*b].1))
                    .unwrap_or(0);
                world.counts.swap(0, first);
                world.exposure.swap(0, first);
                dates[first].0
            }
        };
        let Some((paths, at)) = pooled(&world, start, pool) else {
            continue;
        };
        if paths.len() < 6 {
            continue;
        }
        let n_units = paths.len();
        let one = answer(paths, at, pool, weights, statistic);
        done += 1;
        sums[0] += f64::from(u8::from(one.p <= level));
        sums[1] += f64::from(u8::from(one.p_calibrated <= level));
        let particular = one.p <= level && one.p_calibrated <= level && one.same_sign;
        sums[2] += f64::from(u8::from(particular));
        if particular && picked != Picked::Known {
            let p = own_p(&world, start, pool, SEED + run) * n_units as f64;
            sums[3] += f64::from(u8::from(p <= level));
        }
    }
    let share = |sum: f64| 100.0 * sum / done as f64;
    Rates {
        placebo: share(sums[0]),
        calibrated: share(sums[1]),
        particular: share(sums[2]),
        picked: share(sums[3]),
        n: done,
    }
}

fn choices() {
    println!(
        "| weights | statistic | months a step | date known, nothing: p | ×2: p | date found, nothing: p | calibrated p | ×2: calibrated p |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for weights in [PathWeights::Simplex, PathWeights::Ridge, PathWeights::Equal] {
        for statistic in [
            GapStatistic::RmspeRatio,
            GapStatistic::MeanOverRmspe,
            GapStatistic::LevelT,
        ] {
            for pool in [3, 6, 12] {
                let of =
                    |ratio, picked| rates(20, ratio, picked, pool, weights, statistic, 0.1, 300);
                let (known, known_2) = (of(1.0, Picked::Known), of(2.0, Picked::Known));
                let (found, found_2) = (of(1.0, Picked::Date), of(2.0, Picked::Date));
                println!(
                    "| {weights:?} | {statistic:?} | {pool} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
                    known.placebo,
                    known_2.placebo,
                    found.placebo,
                    found.calibrated,
                    found_2.calibrated
                );
            }
        }
    }
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("choices") {
        choices();
        return;
    }
    println!(
        "| other borders | level | picked | rate after | placebo p | calibrated p | particular | the same with `picked` | sets |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (n, level) in [(8, 0.125), (13, 0.1), (40, 0.1), (40, 0.05)] {
        for (picked, name) in [
            (Picked::Known, "known"),
            (Picked::Date, "date found"),
            (Picked::BorderAndDate, "border and date found"),
        ] {
            for ratio in [1.0, 2.0, 3.0] {
                if picked == Picked::BorderAndDate && ratio > 1.0 {
                    continue;
                }
                let one = rates(
                    n,
                    ratio,
                    picked,
                    6,
                    PathWeights::default(),
                    GapStatistic::default(),
                    level,
                    1000,
                );
                println!(
                    "| {n} | {level} | {name} | ×{ratio} | {:.1} | {:.1} | {:.1} | {} | {} |",
                    one.placebo,
                    one.calibrated,
                    one.particular,
                    if picked == Picked::Known {
                        "–".to_owned()
                    } else {
                        format!("{:.1}", one.picked)
                    },
                    one.n
                );
            }
        }
    }
}
