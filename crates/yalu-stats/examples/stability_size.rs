//! How often tests for a break at an unknown date reject at a nominal 5 % where there is none, and
//! where the level shifts by one standard deviation in the middle: AR(1) noise, and noise whose
//! standard deviation triples halfway.
//!
//! `cargo run --release -p yalu-stats --example stability_size [replications [bootstraps]]`

#[path = "../tests/reference/noise.rs"]
#[allow(dead_code, reason = "counts aren't drawn here")]
mod noise;

use std::io::{self, Write as _};

use noise::autoregression;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{
    Aggregation, Bootstrap, BreakStatistic, Covariance, Design, FTestOptions, Fluctuation,
    FluctuationFunctional, Resampling, ResidualsFrom, bootstrap_f_test, f_statistics,
    fluctuation_process,
};

const SEED: u64 = 20_260_719;

/// AR(1) noise whose standard deviation is `burst` from the middle on.
fn series(rng: &mut ChaCha8Rng, n: usize, rho: f64, burst: f64) -> Vec<f64> {
    let mut values = autoregression(rng, n, rho);
    for value in &mut values[n / 2..] {
        *value *= burst;
    }
    values
}

/// The p-value of a series; the seed is for a bootstrap.
type Judge = Box<dyn Fn(&[f64], u64) -> Option<f64>>;
type Test = (&'static str, Judge);

fn tests(n_bootstraps: usize) -> Vec<Test> {
    let design = |y: &[f64]| Design::intercept(y.len());
    let f = move |statistic, aggregation| -> Judge {
        Box::new(move |y, _| {
            let options = FTestOptions {
                statistic,
                ..FTestOptions::default()
            };
            let path = f_statistics(y, &design(y), &options).ok()?;
            Some(path.test(aggregation).ok()?.p_value)
        })
    };
    let process = move |kind, scale| -> Judge {
        Box::new(move |y, _| {
            let process = fluctuation_process(y, &design(y), kind, scale).ok()?;
            Some(process.test(FluctuationFunctional::Max).ok()?.p_value)
        })
    };
    let bootstrap = move |resampling, from| -> Judge {
        Box::new(move |y, seed| {
            let bootstrap = Bootstrap {
                n_replications: n_bootstraps,
                seed,
            };
            let options = FTestOptions::default();
            let test =
                bootstrap_f_test(y, &design(y), &options, resampling, from, &bootstrap, 0.05);
            Some(test.ok()?.sup.p_value)
        })
    };
    let (hc0, qs) = (Covariance::Hc0, Covariance::PrewhitenedQs);
    let blocks = Resampling::StationaryBlocks { mean_length: None };
    let moving = Resampling::MovingBlocks { length: None };
    let sieve = Resampling::Sieve { order: None };
    let (null, best) = (ResidualsFrom::NoBreak, ResidualsFrom::BestBreak);
    let bandwidth = 0.15;
    vec![
        ("sup F", f(BreakStatistic::F, Aggregation::Sup)),
        ("ave F", f(BreakStatistic::F, Aggregation::Ave)),
        ("exp F", f(BreakStatistic::F, Aggregation::Exp)),
        (
            "sup Wald, HC0",
            f(BreakStatistic::RobustWald(hc0), Aggregation::Sup),
        ),
        (
            "sup Wald, prewhitened QS",
            f(BreakStatistic::RobustWald(qs), Aggregation::Sup),
        ),
        (
            "OLS-CUSUM",
            process(Fluctuation::OlsCusum, Covariance::Model),
        ),
        (
            "OLS-CUSUM, prewhitened QS",
            process(Fluctuation::OlsCusum, qs),
        ),
        (
            "OLS-MOSUM",
            process(Fluctuation::OlsMosum { bandwidth }, Covariance::Model),
        ),
        (
            "recursive CUSUM",
            process(Fluctuation::RecursiveCusum, Covariance::Model),
        ),
        (
            "recursive CUSUM, prewhitened QS",
            process(Fluctuation::RecursiveCusum, qs),
        ),
        (
            "score CUSUM",
            process(Fluctuation::ScoreCusum, Covariance::Model),
        ),
        (
            "sup F, wild (null)",
            bootstrap(Resampling::WildRademacher, null),
        ),
        (
            "sup F, wild (best break)",
            bootstrap(Resampling::WildRademacher, best),
        ),
        ("sup F, stationary blocks (null)", bootstrap(blocks, null)),
        ("sup F, stationary blocks (best)", bootstrap(blocks, best)),
        ("sup F, moving blocks (null)", bootstrap(moving, null)),
        ("sup F, sieve (null)", bootstrap(sieve, null)),
        ("sup F, sieve (best)", bootstrap(sieve, best)),
    ]
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| {
        arguments
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (n_replications, n_bootstraps) = (number(500), number(199));
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Rejections at nominal 5 %, in %. Seed {SEED}, {n_replications} series a cell, {n_bootstraps} \
         bootstraps.\n"
    )?;
    let noises = [
        ("0", 0.0, 1.0),
        ("0.3", 0.3, 1.0),
        ("0.6", 0.6, 1.0),
        ("sd × 3", 0.0, 3.0),
    ];
    write!(out, "| test | n |")?;
    for (name, ..) in noises {
        write!(out, " {name} |")?;
    }
    writeln!(
        out,
        " shift, 0 | shift, 0.6 |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for (name, test) in tests(n_bootstraps) {
        for n in [60, 132] {
            write!(out, "| {name} | {n} |")?;
            let cells = noises
                .into_iter()
                .map(|(_, rho, burst)| (rho, burst, 0.0))
                .chain([(0.0, 1.0, 1.0), (0.6, 1.0, 1.0)]);
            for (rho, burst, shift) in cells {
                let mut rejected = 0;
                for replicate in 0..n_replications {
                    let mut rng = ChaCha8Rng::seed_from_u64(SEED + replicate as u64);
                    let mut y = series(&mut rng, n, rho, burst);
                    for value in &mut y[n / 2..] {
                        *value += shift;
                    }
                    rejected += usize::from(test(&y, replicate as u64).is_some_and(|p| p <= 0.05));
                }
                write!(
                    out,
                    " {:.1} |",
                    100.0 * rejected as f64 / n_replications as f64
                )?;
            }
            writeln!(out)?;
            out.flush()?;
        }
    }
    Ok(())
}
