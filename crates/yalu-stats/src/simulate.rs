//! Series drawn from a fitted model, with the serial correlation of its residuals.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::function::gamma::ln_gamma;

use crate::glm::{Family, GlmFit};
use crate::serial::lag_one;

/// Above this mean a count is drawn from its normal limit.
const LARGE_MEAN: f64 = 500.0;
/// Series per trial value when the latent correlation is found.
const CALIBRATION_PATHS: usize = 20;

/// A standard normal draw (Box and Muller 1958).
pub(crate) fn standard_normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius: f64 = 1.0 - rng.random::<f64>();
    let angle: f64 = rng.random::<f64>();
    (-2.0 * radius.ln()).sqrt() * (2.0 * std::f64::consts::PI * angle).cos()
}

/// Draws series from a fit: latent normal AR(1), each mapped to the family's quantile (a Gaussian
/// copula, Cario and Nelson 1996, Operations Research Letters 19, 51–58).
pub(crate) struct Simulator<'a> {
    fit: &'a GlmFit,
    latent: f64,
}

impl<'a> Simulator<'a> {
    /// `rho` is the lag-one correlation that the Pearson residuals shall have.
    pub(crate) fn new(fit: &'a GlmFit, rho: f64, seed: u64) -> Self {
        if fit.family == Family::Gaussian || rho == 0.0 {
            return Self { fit, latent: rho };
        }
        // Counts are less correlated than the latent series: find the one that gives rho.
        let average = |latent: f64| {
            let simulator = Self { fit, latent };
            (0..CALIBRATION_PATHS)
                .map(|path| {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ (0xca11 + path as u64));
                    lag_one(&simulator.residuals(&simulator.draw(&mut rng)))
                })
                .sum::<f64>()
                / CALIBRATION_PATHS as f64
        };
        let (mut low, mut high) = if rho > 0.0 {
            (rho * 0.8, 0.97)
        } else {
            (-0.97, rho * 0.8)
        };
        for _ in 0..7 {
            let middle = f64::midpoint(low, high);
            if average(middle) < rho {
                low = middle;
            } else {
                high = middle;
            }
        }
        Self {
            fit,
            latent: f64::midpoint(low, high),
        }
    }

    fn residuals(&self, y: &[f64]) -> Vec<f64> {
        y.iter()
            .zip(&self.fit.fitted)
            .zip(&self.fit.weights)
            .map(|((y, mean), weight)| (y - mean) / mean * weight.sqrt())
            .collect()
    }

    /// One series.
    pub(crate) fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let spread = (1.0 - self.latent * self.latent).sqrt();
        let mut state = standard_normal(rng);
        let sd = self.fit.dispersion.sqrt();
        self.fit
            .fitted
            .iter()
            .map(|mean| {
                state = self.latent * state + spread * standard_normal(rng);
                match self.fit.family {
                    Family::Gaussian => mean + sd * state,
                    // At such a θ the negative binomial is Poisson.
                    Family::Poisson => count(*mean, crate::glm::MAX_THETA, state),
                    Family::NegativeBinomial => count(*mean, self.fit.theta.unwrap_or(1e6), state),
                    Family::QuasiPoisson => {
                        let excess = self.fit.dispersion - 1.0;
                        let theta = if excess > 1e-3 { mean / excess } else { 1e6 };
                        count(*mean, theta, state)
                    }
                }
            })
            .collect()
    }
}

/// The NB2 quantile of the standard normal value `z`.
fn count(mean: f64, theta: f64, z: f64) -> f64 {
    let sd = (mean + mean * mean / theta).sqrt();
    if mean > LARGE_MEAN {
        // Wilson–Hilferty keeps the gamma's skew where the Poisson part no longer matters.
        let shape = mean * mean / (sd * sd);
        let cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
        return (mean * cube.max(0.0).powi(3)).round();
    }
    let share = crate::normal_cdf(z);
    let success = theta / (theta + mean);
    let mut mass = (theta * success.ln()).exp();
    let mut total = mass;
    let mut y = 0.0;
    let most = mean + 60.0 * sd + 60.0;
    if mass == 0.0 {
        // The mass at zero is below what a double holds: begin where it can be told.
        y = (mean - 30.0 * sd).floor().max(0.0);
        mass = (ln_gamma(y + theta) - ln_gamma(theta) - ln_gamma(y + 1.0)
            + theta * success.ln()
            + y * (1.0 - success).ln())
        .exp();
        total = mass;
    }
    while total < share && y < most {
        mass *= (y + theta) / (y + 1.0) * (1.0 - success);
        y += 1.0;
        total += mass;
    }
    y
}
