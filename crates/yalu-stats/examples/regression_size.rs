//! How often tests of a step beside a trend reject at a nominal 5 %, by simulation: the table of
//! `docs/methods/regression.md`.
//!
//! `cargo run --release -p yalu-stats --example regression_size -- 1000 42`: series a cell, seed.

#![allow(clippy::print_stdout)]

#[path = "../tests/reference/noise.rs"]
#[allow(dead_code, reason = "the counts are for other simulations")]
mod noise;

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{
    Bandwidth, Covariance, Design, GlmError, Hac, fit_gls_ar1, fit_ols, fixed_b_test, robust,
};

/// Whether each test rejects a step of zero; none where it can't be made.
fn rejections(y: &[f64], design: &Design) -> Result<[Option<bool>; 4], GlmError> {
    let n = y.len() as f64;
    let fit = fit_ols(y, design)?.fit;
    let by_t = |hac: Hac| -> Result<bool, GlmError> {
        let found = robust(&fit, design, Covariance::Hac(hac))?;
        Ok(fit.terms_with(&found.covariance, 0.95)?[2].p_value < 0.05)
    };
    let third = Hac {
        bandwidth: Bandwidth::Fixed(0.3 * n),
        ..Hac::newey_west(0)
    };
    let gls = fit_gls_ar1(y, design)?.terms(0.95)?;
    Ok([
        by_t(Hac::newey_west(12)).ok(),
        by_t(Hac::quadratic_spectral()).ok(),
        fixed_b_test(&fit, design, third, 2, 0.95)
            .ok()
            .map(|test| test.p_value < 0.05),
        Some(gls[2].p_value < 0.05),
    ])
}

fn main() -> Result<(), GlmError> {
    let mut figures = std::env::args().skip(1).filter_map(|one| one.parse().ok());
    let n_series = figures.next().unwrap_or(1000_u64);
    let seed = figures.next().unwrap_or(42);
    println!("{n_series} series a cell, seed {seed}: size % (power % for a step of 1 sd)");
    for n in [60_u32, 132] {
        let step: Vec<f64> = (0..n).map(|t| f64::from(u8::from(t >= n / 2))).collect();
        let design = Design::intercept(n as usize)
            .with("trend", (0..n).map(f64::from).collect())?
            .with("step", step.clone())?;
        for rho in [0.0, 0.3, 0.6, 0.8] {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut counts = [[0_u64; 4]; 2];
            let mut failed = [0_u64; 4];
            for _ in 0..n_series {
                let noise = noise::autoregression(&mut rng, n as usize, rho);
                for (effect, counts) in [0.0, 1.0].into_iter().zip(&mut counts) {
                    let y: Vec<f64> = noise
                        .iter()
                        .zip(&step)
                        .map(|(noise, step)| noise + effect * step)
                        .collect();
                    for (idx, rejected) in rejections(&y, &design)?.into_iter().enumerate() {
                        counts[idx] += u64::from(rejected == Some(true));
                        failed[idx] += u64::from(rejected.is_none());
                    }
                }
            }
            let percent = |count: u64| 100.0 * count as f64 / n_series as f64;
            let cells: Vec<String> = ["Newey-West 12", "kernHAC", "fixed-b 0.3", "GLS AR(1)"]
                .iter()
                .enumerate()
                .map(|(idx, name)| {
                    let (size, power) = (percent(counts[0][idx]), percent(counts[1][idx]));
                    format!("{name} {size:.1} ({power:.0})")
                })
                .collect();
            println!(
                "n {n}, ρ {rho}: {}; failed {failed:?} of twice as many",
                cells.join(", ")
            );
        }
    }
    Ok(())
}
