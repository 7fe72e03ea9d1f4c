//! How often change points are found where there are none, and one where there is one, by penalty
//! and serial correlation; false alarms of the online detector.
//!
//! `cargo run --release -p yalu-stats --example change_point_size` prints the tables of
//! docs/methods/segmentation.md and docs/methods/online-detection.md.

#![allow(clippy::print_stdout, reason = "the tables are the output")]

#[path = "../tests/reference/noise.rs"]
mod noise;

use noise::{autoregression, count};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::online::{
    ConstantHazard, Exposed, GammaPoisson, NormalInverseGamma, OnlineDetector, PredictiveModel,
};
use yalu_stats::segmentation::{MeanCost, Pelt, Penalty, PoissonCost, pelt};

const SEED: u64 = 20_000;
const RUNS: u64 = 2_000;
const RHOS: [f64; 4] = [0.0, 0.3, 0.6, 0.8];

fn normal_series(run: u64, n: usize, rho: f64, step: f64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED + run);
    let mut x = autoregression(&mut rng, n, rho);
    x[n / 2..].iter_mut().for_each(|value| *value += step);
    x
}

fn counts(run: u64, n: usize, rho: f64, theta: f64) -> Vec<f64> {
    normal_series(run, n, rho, 0.0)
        .into_iter()
        .map(|z| count(6.0, theta, z))
        .collect()
}

/// The share of runs, in %.
fn share(holds: impl Fn(u64) -> bool) -> String {
    let hits = (0..RUNS).filter(|run| holds(*run)).count();
    format!("{:.1}", hits as f64 / RUNS as f64 * 100.0)
}

fn row(name: &str, cell: impl Fn(f64) -> String) {
    let cells: Vec<String> = RHOS.iter().map(|&rho| cell(rho)).collect();
    println!("| {name} | {} |", cells.join(" | "));
}

fn main() {
    let penalties = [
        ("BIC", Penalty::Bic),
        ("MBIC", Penalty::Mbic),
        ("MBIC of changepoint", Penalty::MbicOfChangepoint),
        ("robust, multiple 2", Penalty::Robust { multiple: 2.0 }),
        ("robust, multiple 3", Penalty::Robust { multiple: 3.0 }),
    ];
    println!("Any break found, % of {RUNS} series; AR(1) noise of unit variance\n");
    println!("| series | penalty | n | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (what, step) in [("no break", 0.0), ("a step of 1.5 at half", 1.5)] {
        for n in [132, 250] {
            for (name, penalty) in penalties {
                row(&format!("{what} | {name} | {n}"), |rho| {
                    share(|run| {
                        let x = normal_series(run, n, rho, step);
                        let cost = MeanCost::new(&x).expect("noise varies");
                        pelt(&cost, &Pelt::new(penalty)).is_ok_and(|found| found.n_breaks() > 0)
                    })
                });
            }
        }
    }
    for (what, theta) in [("Poisson counts", 1e6), ("counts with θ = 2", 2.0)] {
        for (name, penalty) in [penalties[0], penalties[3], penalties[4]] {
            row(&format!("no break, {what} | {name} | 132"), |rho| {
                share(|run| {
                    PoissonCost::new(&counts(run, 132, rho, theta), None).is_ok_and(|cost| {
                        pelt(&cost, &Pelt::new(penalty)).is_ok_and(|found| found.n_breaks() > 0)
                    })
                })
            });
        }
    }
    println!(
        "\nFalse alarms of the online detector per 100 periods, 250 periods without a break\n"
    );
    println!("| model | hazard | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for hazard in [0.001, 0.01, 0.05] {
        row(&format!("normal, unknown variance | {hazard}"), |rho| {
            let prior = NormalInverseGamma {
                mean: 0.0,
                weight: 0.1,
                shape: 1.0,
                scale: 1.0,
            };
            alarms(prior, hazard, |run| normal_series(run, 250, rho, 0.0))
        });
    }
    let prior = GammaPoisson {
        shape: 2.0,
        rate: 2.0 / 6.0,
    };
    for (name, theta) in [("Poisson", 1e6), ("negative binomial, θ = 2", 2.0)] {
        row(&format!("gamma-Poisson on {name} counts | 0.01"), |rho| {
            alarms(prior, 0.01, |run| {
                counts(run, 250, rho, theta)
                    .into_iter()
                    .map(|count| Exposed {
                        count,
                        exposure: 1.0,
                    })
                    .collect()
            })
        });
    }
}

/// Periods at which the most probable run length gets shorter, per 100.
fn alarms<M: PredictiveModel + Copy>(
    prior: M,
    hazard: f64,
    series: impl Fn(u64) -> Vec<M::Observation>,
) -> String {
    let runs = RUNS / 10;
    let (mut falls, mut periods) = (0_usize, 0_usize);
    for run in 0..runs {
        let mut detector = OnlineDetector::new(prior, ConstantHazard(hazard))
            .and_then(|detector| detector.with_pruning(1e-6))
            .expect("a proper prior");
        let mut before = 0;
        for x in series(run) {
            let step = detector.update(&x).expect("proper figures");
            falls += usize::from(step.map_run_length <= before);
            before = step.map_run_length;
            periods += 1;
        }
    }
    format!("{:.2}", falls as f64 / periods as f64 * 100.0)
}
