//! Series drawn from a fitted model, with the serial correlation of its residuals.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::function::gamma::ln_gamma;

use crate::glm::{Family, GlmFit};
use crate::serial::lag_one;

/// Above this mean a count is drawn from its normal limit.
const LARGE_MEAN: f64 = 500.0;
/// A mass that a sum near 1 no longer feels.
const NO_MASS: f64 = 1e-17;
/// A θ at which a negative binomial is a Poisson.
const POISSON: f64 = crate::glm::MAX_THETA;
/// Series per trial value when the latent correlation is found.
const CALIBRATION_PATHS: usize = 20;

/// A standard normal draw (Box and Muller 1958).
pub(crate) fn standard_normal(rng: &mut ChaCha8Rng) -> f64 {
    normal_pair(rng).0
}

/// Two independent standard normal draws, of two uniform ones.
pub(crate) fn normal_pair(rng: &mut ChaCha8Rng) -> (f64, f64) {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    let (sin, cos) = (2.0 * std::f64::consts::PI * rng.random::<f64>()).sin_cos();
    (radius * cos, radius * sin)
}

/// Draws series from a fit: latent normal AR(1), each mapped to the family's quantile (a Gaussian
/// copula, Cario and Nelson 1996, Operations Research Letters 19, 51–58).
pub(crate) struct Simulator<'a> {
    fit: &'a GlmFit,
    latent: f64,
    /// The distribution of each row's count; none for the Gaussian.
    laws: Vec<RowLaw>,
}

impl<'a> Simulator<'a> {
    /// `rho` is the lag-one correlation that the Pearson residuals shall have.
    pub(crate) fn new(fit: &'a GlmFit, rho: f64, seed: u64) -> Self {
        let mut simulator = Self::with_latent(fit, rho);
        if fit.family == Family::Gaussian || rho == 0.0 {
            return simulator;
        }
        // Counts are less correlated than the latent series: find the one that gives rho.
        let mut average = |latent: f64| {
            simulator.latent = latent;
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
        simulator.latent = f64::midpoint(low, high);
        simulator
    }

    /// The latent series has the correlation `latent`.
    pub(crate) fn with_latent(fit: &'a GlmFit, latent: f64) -> Self {
        let theta_of = |mean: f64| match fit.family {
            Family::NegativeBinomial => fit.theta.unwrap_or(POISSON),
            Family::Poisson => POISSON,
            // The negative binomial with the mean and the variance of the row.
            _ if fit.dispersion - 1.0 > 1e-3 => mean / (fit.dispersion - 1.0),
            _ => POISSON,
        };
        let laws = if fit.family == Family::Gaussian {
            Vec::new()
        } else {
            fit.fitted
                .iter()
                .map(|&mean| RowLaw::new(mean, theta_of(mean)))
                .collect()
        };
        Self { fit, latent, laws }
    }

    /// From here on the latent series has the correlation `latent`.
    pub(crate) fn set_latent(&mut self, latent: f64) {
        self.latent = latent;
    }

    /// The Pearson residuals of counts under the fit.
    pub(crate) fn residuals(&self, y: &[f64]) -> Vec<f64> {
        y.iter()
            .zip(&self.fit.fitted)
            .zip(&self.fit.weights)
            .map(|((y, mean), weight)| (y - mean) / mean * weight.sqrt())
            .collect()
    }

    /// One series.
    pub(crate) fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let spread = (1.0 - self.latent * self.latent).sqrt();
        let sd = self.fit.dispersion.sqrt();
        let mut normals = Normals::new(rng);
        let mut state = normals.next();
        let mut next = || {
            state = self.latent * state + spread * normals.next();
            state
        };
        if self.fit.family == Family::Gaussian {
            return (self.fit.fitted.iter())
                .map(|mean| mean + sd * next())
                .collect();
        }
        self.laws.iter().map(|law| law.quantile(next())).collect()
    }
}

/// Standard normal draws, two for each pair of uniform ones (Box and Muller 1958).
pub(crate) struct Normals<'a> {
    rng: &'a mut ChaCha8Rng,
    spare: Option<f64>,
}

impl<'a> Normals<'a> {
    pub(crate) fn new(rng: &'a mut ChaCha8Rng) -> Self {
        Self { rng, spare: None }
    }

    pub(crate) fn next(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let (value, spare) = normal_pair(self.rng);
        self.spare = Some(spare);
        value
    }
}

/// A negative binomial distribution (NB2) that quantiles are taken of many times.
enum RowLaw {
    /// The standard normal values up to which the count is `first`, `first + 1`, ...
    Table { first: f64, thresholds: Vec<f64> },
    /// Means so large that the normal limit of the gamma does.
    Large { mean: f64, shape: f64 },
}

impl RowLaw {
    fn new(mean: f64, theta: f64) -> Self {
        let sd = (mean + mean * mean / theta).sqrt();
        if mean > LARGE_MEAN {
            return Self::Large {
                mean,
                shape: mean * mean / (sd * sd),
            };
        }
        let success = theta / (theta + mean);
        let mut y = 0.0;
        let mut mass = (theta * success.ln()).exp();
        if mass == 0.0 {
            // The mass at zero is below what a double holds: begin where it can be told.
            y = (mean - 30.0 * sd).floor().max(0.0);
            mass = (ln_gamma(y + theta) - ln_gamma(theta) - ln_gamma(y + 1.0)
                + theta * success.ln()
                + y * (1.0 - success).ln())
            .exp();
        }
        let first = y;
        let most = mean + 60.0 * sd + 60.0;
        let threshold = |total: f64| crate::normal_quantile(total.min(1.0));
        let mut thresholds = vec![threshold(mass)];
        let mut total = mass;
        // Beyond the mean, masses that no longer move the sum end the table.
        while y < most && (y < mean || mass > NO_MASS) {
            mass *= (y + theta) / (y + 1.0) * (1.0 - success);
            y += 1.0;
            total += mass;
            thresholds.push(threshold(total));
        }
        Self::Table { first, thresholds }
    }

    /// The count at the standard normal value `z`.
    fn quantile(&self, z: f64) -> f64 {
        match self {
            Self::Table { first, thresholds } => {
                first + thresholds.partition_point(|one| *one < z) as f64
            }
            Self::Large { mean, shape } => {
                // Wilson–Hilferty keeps the gamma's skew where the Poisson part no longer matters.
                let cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
                (mean * cube.max(0.0).powi(3)).round()
            }
        }
    }
}
