//! Series without an effect, and how often an interval says so: the tests' and those of the example
//! `placebo_coverage`, which includes this file.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{Control, CounterfactualModel, Sampling, structural_counterfactual};

use crate::noise::{autoregression, normal};

/// A control that is a slow autoregression, and 1.2 times it beside noise of correlation `rho` and a
/// level that walks by `walk` a period. No effect.
pub(crate) fn placebo(seed: u64, n: usize, rho: f64, walk: f64) -> (Vec<Option<f64>>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
    let x = autoregression(&mut rng, n, 0.9);
    let noise = autoregression(&mut rng, n, rho);
    let mut level = 100.0;
    let y = x
        .iter()
        .zip(&noise)
        .map(|(x, noise)| {
            level += walk * normal(&mut rng);
            Some(level + 1.2 * x + 0.6 * noise)
        })
        .collect();
    (y, x)
}

/// The share of series whose 95 % interval of the cumulative effect holds 0.
pub(crate) fn covered(
    n_series: u64,
    n: usize,
    n_before: usize,
    noise: (f64, f64),
    level_sd: f64,
) -> f64 {
    let model = CounterfactualModel {
        level_sd,
        ..CounterfactualModel::default()
    };
    let held = (0..n_series)
        .filter(|&series| {
            let (y, x) = placebo(series, n, noise.0, noise.1);
            let controls = [Control {
                name: "x",
                values: &x,
            }];
            let sampling = Sampling {
                n_draws: 300,
                n_burn_in: 60,
                seed: series,
                ..Sampling::default()
            };
            let effect = structural_counterfactual(&y, n_before, &controls, &model, &sampling)
                .expect("a regular series")
                .cumulative
                .effect;
            effect.lower <= 0.0 && effect.upper >= 0.0
        })
        .count();
    held as f64 / n_series as f64
}
