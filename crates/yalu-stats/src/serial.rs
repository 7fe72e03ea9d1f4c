//! Serial correlation of residuals.

/// A first-order autoregression of residuals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArOne {
    /// The correlation of neighbours as measured.
    pub measured: f64,
    /// The same with its small-sample bias taken out, within ±0.97.
    pub corrected: f64,
}

impl ArOne {
    /// The long-run variance over the variance: (1 + ρ)/(1 − ρ), at least 1.
    pub fn long_run_ratio(&self) -> f64 {
        ((1.0 + self.corrected) / (1.0 - self.corrected)).max(1.0)
    }
}

/// Fits ρ to residuals that have mean near zero. `n_parameters` were estimated with them: each takes
/// about 1/n off the measured correlation, on top of Kendall's (1 + 3ρ)/n.
///
/// # Source
/// Kendall (1954), Biometrika 41, 403–404.
pub fn fit_ar_one(residuals: &[f64], n_parameters: usize) -> ArOne {
    let measured = lag_one(residuals);
    let n = residuals.len() as f64;
    let corrected = (measured + (n_parameters as f64 + 3.0 * measured) / n).clamp(-0.97, 0.97);
    ArOne {
        measured,
        corrected,
    }
}

/// The lag-one correlation of residuals about zero; 0 where they are all zero.
pub(crate) fn lag_one(residuals: &[f64]) -> f64 {
    let square: f64 = residuals.iter().map(|one| one * one).sum();
    if square <= 0.0 {
        return 0.0;
    }
    residuals
        .windows(2)
        .map(|pair| pair[0] * pair[1])
        .sum::<f64>()
        / square
}
