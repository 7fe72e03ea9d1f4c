//! Noise for simulations: the tests' and those of the example `calibrate`, which includes this file.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A standard normal draw, by Box and Muller.
pub(crate) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = 1.0 - rng.random::<f64>();
    (-2.0 * radius.ln()).sqrt() * (2.0 * std::f64::consts::PI * rng.random::<f64>()).cos()
}

/// A normal AR(1) of unit variance.
pub(crate) fn autoregression(rng: &mut ChaCha8Rng, n: usize, rho: f64) -> Vec<f64> {
    let mut state = normal(rng);
    (0..n)
        .map(|_| {
            state = rho * state + (1.0 - rho * rho).sqrt() * normal(rng);
            state
        })
        .collect()
}

/// The negative binomial quantile at Φ(z).
pub(crate) fn count(mean: f64, theta: f64, z: f64) -> f64 {
    let share = yalu_stats::normal_cdf(z);
    let success = theta / (theta + mean);
    let (mut mass, mut y) = ((theta * success.ln()).exp(), 0.0);
    let mut total = mass;
    while total < share && y < 5000.0 {
        mass *= (y + theta) / (y + 1.0) * (1.0 - success);
        y += 1.0;
        total += mass;
    }
    y
}
