//! How often the scan of one series errs: prints the tables of docs/methods/scan.md.
//!
//! ```text
//! cargo run --release -p yalu-stats --example scan_size [-- RUNS]
//! ```

#![allow(clippy::print_stdout, reason = "the tables are the output")]

#[path = "../tests/reference/noise.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests")]
mod noise;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::scan::{CountScan, CountSeries, Persistence, ScanOptions, scan_counts};

use noise::{autoregression, count};

const N: usize = 276;

fn draw(seed: u64, rho: f64, theta: f64, mean: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    autoregression(&mut rng, N, rho)
        .iter()
        .enumerate()
        .map(|(t, z)| count(mean(t), theta, *z))
        .collect()
}

fn scan(counts: &[f64], exposure: &[f64], seed: u64) -> Option<CountScan> {
    let series = CountSeries {
        counts,
        exposure,
        steps: &[],
    };
    let options = ScanOptions {
        n_permutations: 399,
        seed,
        ..ScanOptions::default()
    };
    scan_counts(&series, &options).ok()
}

fn main() {
    let runs: u64 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(400);
    // Volume that grows threefold.
    let exposure: Vec<f64> = (0..N).map(|t| 1.0 + 2.0 * t as f64 / N as f64).collect();
    println!("Nothing happens: {runs} series of {N} months a row, volume trebles");
    println!("mean  θ    ρ    p ≤ 0.05  p ≤ 0.01  any date  dates");
    for (mean, theta) in [(0.3, 0.5), (2.0, 0.5), (2.0, 2.0), (10.0, 2.0)] {
        for rho in [0.0, 0.3, 0.5, 0.7] {
            let (mut five, mut one, mut any, mut dates, mut n) = (0, 0, 0, 0, 0);
            for run in 0..runs {
                let counts = draw(run, rho, theta, |t| mean / 2.0 * exposure[t]);
                let Some(scan) = scan(&counts, &exposure, run) else {
                    continue;
                };
                n += 1;
                five += usize::from(scan.test.p_value <= 0.05);
                one += usize::from(scan.test.p_value <= 0.01);
                any += usize::from(!scan.breaks.is_empty());
                dates += scan.breaks.len();
            }
            let share = |count: usize| 100.0 * count as f64 / f64::from(n.max(1));
            println!(
                "{mean:<5} {theta:<4} {rho:<4} {:>6.1} %  {:>6.1} %  {:>6.1} %  {:>6.2}",
                share(five),
                share(one),
                share(any),
                dates as f64 / f64::from(n.max(1)),
            );
        }
    }
    println!("\nA level that changes in month 150 and stays, θ = 2, ρ = 0.3, {runs} series a row");
    println!(
        "mean  ratio  p ≤ 0.01  dated within 2 months  date's interval  ratio's interval  lasting"
    );
    for mean in [1.0, 5.0] {
        for ratio in [1.5, 2.0, 3.0, 5.0] {
            let (mut found, mut dated, mut date, mut size, mut lasting) = (0, 0, 0, 0, 0);
            for run in 0..runs {
                let counts = draw(1000 + run, 0.3, 2.0, |t| {
                    mean / 2.0 * exposure[t] * if t < 150 { 1.0 } else { ratio }
                });
                let Some(scan) = scan(&counts, &exposure, run) else {
                    continue;
                };
                found += usize::from(scan.test.p_value <= 0.01);
                let near = scan
                    .breaks
                    .iter()
                    .filter(|one| one.break_index.abs_diff(149) <= 12)
                    .max_by(|a, b| a.gain.total_cmp(&b.gain));
                if let Some(one) = near {
                    dated += usize::from(one.break_index.abs_diff(149) <= 2);
                    date += usize::from((one.interval.0..=one.interval.1).contains(&149));
                    let (low, high) = one.ratio_interval;
                    size += usize::from(low <= ratio && ratio <= high);
                    lasting += usize::from(one.persistence == Persistence::Lasting);
                }
            }
            let share = |count: usize| 100.0 * count as f64 / runs as f64;
            println!(
                "{mean:<5} {ratio:<5} {:>7.1} %  {:>19.1} %  {:>13.1} %  {:>14.1} %  {:>5.1} %",
                share(found),
                share(dated),
                share(date),
                share(size),
                share(lasting),
            );
        }
    }
}
