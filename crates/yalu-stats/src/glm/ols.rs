//! Ordinary least squares with all that is usually reported.

use super::{Family, GlmError, GlmFit, Regression, Term};
use crate::design::Design;

/// Residuals below this share of the response are rounding.
const ROUNDING: f64 = 1e-14;

/// An ordinary least squares fit.
#[derive(Debug, Clone, PartialEq)]
pub struct OlsFit {
    /// The fit: coefficients, covariance, residuals, likelihood.
    pub fit: GlmFit,
    /// The coefficients with standard errors, t, p and 95 % intervals, under equal variances.
    pub terms: Vec<Term>,
    /// The residual sum of squares.
    pub rss: f64,
    /// σ: the root of rss / (n − k).
    pub sigma: f64,
    /// The share of the variation explained: about the mean where the design has a column that is
    /// the same in every row, about zero otherwise.
    pub r_squared: f64,
    /// The same with degrees of freedom counted.
    pub adjusted_r_squared: f64,
}

/// Ordinary least squares of `y` (n figures) on `design` (n × k).
///
/// ```
/// use yalu_stats::{Design, fit_ols};
///
/// let y = [1.0, 2.9, 5.1, 7.2, 8.8];
/// let design = Design::intercept(5).with("trend", (0..5).map(f64::from).collect())?;
/// let ols = fit_ols(&y, &design)?;
/// assert!((ols.terms[1].estimate - 1.99).abs() < 1e-12);
/// assert!(ols.r_squared > 0.99 && ols.terms[1].p_value < 0.001);
/// # Ok::<(), yalu_stats::GlmError>(())
/// ```
///
/// # Errors
/// As [`fit_glm`](crate::fit_glm); besides [`GlmError::ConstantResponse`] where every figure is the
/// same and [`GlmError::PerfectFit`] where the columns reproduce the response to within rounding: no
/// standard error exists then. (`fit_glm` gives the coefficients of such a fit.)
///
/// # Source
/// Golub (1965), Numerische Mathematik 7, 206–216 (Householder's method for least squares).
pub fn fit_ols(y: &[f64], design: &Design) -> Result<OlsFit, GlmError> {
    let regression = Regression::new(y, design, Family::Gaussian);
    let fit = regression.fit()?;
    if crate::design::all_equal(y) {
        return Err(GlmError::ConstantResponse { value: y[0] });
    }
    let length: f64 = y.iter().map(|one| one * one).sum::<f64>().sqrt();
    let rss = fit.deviance;
    if rss.sqrt() <= ROUNDING * length {
        return Err(GlmError::PerfectFit);
    }
    let total = regression.null_deviance(&fit)?;
    let n = y.len() as f64;
    let level = (0..design.n_columns()).any(|idx| design.is_constant(idx));
    let r_squared = 1.0 - rss / total;
    let df_total = n - f64::from(u8::from(level));
    Ok(OlsFit {
        terms: fit.terms(0.95)?,
        rss,
        sigma: fit.dispersion.sqrt(),
        r_squared,
        adjusted_r_squared: 1.0 - (1.0 - r_squared) * df_total / fit.df_residual as f64,
        fit,
    })
}
