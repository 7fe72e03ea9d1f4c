//! How often a step at a date that was named beforehand is found where there is none, and where there
//! is one: the break test with that date as its only candidate.
//! `cargo run --release -p yalu-stats --example known_date_size -- [SERIES]` prints the table of
//! docs/methods/eras.md.

#![allow(clippy::print_stdout, reason = "the table is the output")]

#[path = "../tests/reference/noise.rs"]
mod noise;

use noise::{autoregression, count};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, sup_f_test};

/// A series whose level steps up by `step` (on the log scale for counts, in standard deviations for
/// figures) after `at`.
fn series(seed: u64, n: usize, rho: f64, counts: bool, (at, step): (usize, f64)) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let z = autoregression(&mut rng, n, rho);
    (0..n)
        .map(|row| {
            let step = if row > at { step } else { 0.0 };
            if counts {
                count((6.0_f64.ln() + step).exp(), 2.0, z[row])
            } else {
                z[row] + step
            }
        })
        .collect()
}

/// The share of series in which a step at `asked` is found at 5 %.
fn found(
    n_series: u64,
    n: usize,
    rho: f64,
    counts: bool,
    truth: (usize, f64),
    asked: usize,
) -> f64 {
    let search = Search {
        trimming: 0.0,
        max_breaks: 1,
        window: Some((asked, asked)),
    };
    let design = Design::intercept(n);
    let offset = vec![0.0; n];
    let hits = (0..n_series)
        .filter(|&seed| {
            let y = series(seed, n, rho, counts, truth);
            let model = ShiftModel {
                y: &y,
                offset: &offset,
                design: &design,
                family: if counts {
                    Family::NegativeBinomial
                } else {
                    Family::Gaussian
                },
            };
            let bootstrap = Bootstrap {
                n_replications: 199,
                seed: 1 ^ (seed << 8),
            };
            sup_f_test(&model, &search, &bootstrap, 0.05).is_ok_and(|test| test.p_value <= 0.05)
        })
        .count();
    hits as f64 / n_series as f64
}

fn main() {
    let n_series = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1000);
    println!(
        "| series | n | ρ | no step | a doubling (counts), two standard deviations (figures) | the same, two years beside the date asked |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (counts, name, step) in [(true, "counts", 2.0_f64.ln()), (false, "figures", 2.0)] {
        for n in [60, 132, 250] {
            for rho in [0.0, 0.3, 0.6, 0.8] {
                let asked = 2 * n / 3;
                let share = |truth, asked| 100.0 * found(n_series, n, rho, counts, truth, asked);
                println!(
                    "| {name} | {n} | {rho} | {:.1} % | {:.0} % | {:.0} % |",
                    share((asked, 0.0), asked),
                    share((asked, step), asked),
                    share((asked - 24, step), asked),
                );
            }
        }
    }
}
