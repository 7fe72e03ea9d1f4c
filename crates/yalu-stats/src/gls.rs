//! Least squares with first-order autoregressive errors.

use crate::design::Design;
use crate::glm::{Family, GlmError, Regression, Term, terms};
use crate::serial::{ArOne, fit_ar_one};

/// Rounds of ρ and coefficients in turns before ρ is bracketed.
const IN_TURNS: usize = 12;
/// The largest ρ that is estimated.
const LARGEST_RHO: f64 = 0.97;
const TOLERANCE: f64 = 1e-9;

/// A generalised least squares fit with first-order autoregressive errors.
#[derive(Debug, Clone, PartialEq)]
pub struct GlsFit {
    /// The columns' names.
    pub names: Vec<String>,
    /// Coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance, k × k row-major, ρ taken as known.
    pub covariance: Vec<f64>,
    /// The autocorrelation used.
    pub rho: f64,
    /// How it was estimated; none where the caller gave it.
    pub serial: Option<ArOne>,
    /// y − X·b.
    pub residuals: Vec<f64>,
    /// The same with the autoregression taken out: n figures of variance σ².
    pub innovations: Vec<f64>,
    /// σ of the innovations, n − k degrees of freedom.
    pub sigma: f64,
    /// n − k.
    pub df_residual: usize,
    /// Fits made until ρ settled.
    pub n_iterations: usize,
}

impl GlsFit {
    /// The coefficients with standard errors, t, p and intervals at `level`.
    ///
    /// # Errors
    /// As [`terms`].
    pub fn terms(&self, level: f64) -> Result<Vec<Term>, GlmError> {
        let df = self.df_residual as f64;
        terms(
            &self.names,
            &self.coefficients,
            &self.covariance,
            Some(df),
            level,
        )
    }
}

/// Feasible generalised least squares with errors u_t = ρu_{t−1} + ε_t.
///
/// ρ comes from the residuals with its small-sample bias taken out, within ±0.97, in turns with the
/// coefficients until it settles; the first period is kept (Prais and Winsten). In short dependent
/// series its t tests come far nearer to their level than those of Newey and West, if the errors are
/// of that kind.
///
/// ```
/// use yalu_stats::{Design, fit_gls_ar1};
///
/// let y = [1.0, 1.4, 1.1, 0.7, 0.9, 2.8, 3.1, 3.3, 2.9, 2.6];
/// let step = (0..10).map(|t| f64::from(u8::from(t >= 5))).collect();
/// let design = Design::intercept(10).with("step", step)?;
/// let fit = fit_gls_ar1(&y, &design)?;
/// assert!(fit.rho.abs() <= 0.97);
/// assert!(fit.terms(0.95)?[1].interval.0 > 0.0);
/// # Ok::<(), yalu_stats::GlmError>(())
/// ```
///
/// # Errors
/// As [`fit_ols`](crate::fit_ols).
///
/// # Source
/// Prais and Winsten (1954), Cowles Commission Discussion Paper 383; Kendall (1954), Biometrika 41,
/// 403–404 (the bias of ρ).
pub fn fit_gls_ar1(y: &[f64], design: &Design) -> Result<GlsFit, GlmError> {
    let k = design.n_columns();
    crate::glm::fit_ols(y, design)?;
    let mut n_iterations = 0;
    // What ρ the residuals at ρ show.
    let mut at = |rho: f64| -> Result<(GlsFit, f64), GlmError> {
        let mut fit = gls_at_rho(y, design, rho)?;
        let serial = fit_ar_one(&fit.residuals, k);
        n_iterations += 1;
        fit.n_iterations = n_iterations;
        fit.serial = Some(serial);
        Ok((fit, serial.corrected - rho))
    };
    let (mut fit, mut excess) = at(0.0)?;
    for _ in 0..IN_TURNS {
        if excess.abs() < TOLERANCE {
            return Ok(fit);
        }
        (fit, excess) = at(fit.rho + excess)?;
    }
    // Slow, as near a unit root. Estimates stay within ±0.97, so the sign changes by there.
    let (mut low, mut high) = if excess > 0.0 {
        (fit.rho, LARGEST_RHO)
    } else {
        (-LARGEST_RHO, fit.rho)
    };
    while high - low > TOLERANCE && excess.abs() >= TOLERANCE {
        (fit, excess) = at(f64::midpoint(low, high))?;
        if excess > 0.0 {
            low = fit.rho;
        } else {
            high = fit.rho;
        }
    }
    Ok(fit)
}

/// Generalised least squares with a given ρ, between −1 and 1.
///
/// # Errors
/// As [`fit_glm`](crate::fit_glm), and [`GlmError::Rho`] for a ρ out of bounds.
pub fn gls_at_rho(y: &[f64], design: &Design, rho: f64) -> Result<GlsFit, GlmError> {
    if !(rho > -1.0 && rho < 1.0) {
        return Err(GlmError::Rho { got: rho });
    }
    // For faults in the data to be named by the row and column that the caller knows.
    Regression::new(y, design, Family::Gaussian).check_data()?;
    let first = (1.0 - rho * rho).sqrt();
    let whiten = |values: &[f64]| -> Vec<f64> {
        let mut whitened = vec![first * values[0]];
        whitened.extend(values.windows(2).map(|pair| pair[1] - rho * pair[0]));
        whitened
    };
    let columns = (0..design.n_columns())
        .map(|idx| (design.names()[idx].clone(), whiten(design.column(idx))));
    let whitened = Design::new(columns)?;
    let response = whiten(y);
    let fit = Regression::new(&response, &whitened, Family::Gaussian).fit()?;
    let fitted = design.times(&fit.coefficients);
    Ok(GlsFit {
        names: fit.names,
        residuals: y.iter().zip(&fitted).map(|(y, mean)| y - mean).collect(),
        coefficients: fit.coefficients,
        covariance: fit.covariance,
        rho,
        serial: None,
        innovations: fit.pearson_residuals,
        sigma: fit.dispersion.sqrt(),
        df_residual: fit.df_residual,
        n_iterations: 0,
    })
}
