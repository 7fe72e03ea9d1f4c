//! Coefficients as a table: standard errors, tests and intervals.

use super::GlmError;
use crate::laws::{student_t_upper, two_sided_p};

/// One coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The column's name.
    pub name: String,
    /// The coefficient, on the scale of the linear predictor.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// estimate / se.
    pub statistic: f64,
    /// The two-sided p-value of a coefficient of zero.
    pub p_value: f64,
    /// The confidence interval at the level asked for.
    pub interval: (f64, f64),
}

/// The table of `coefficients` under a covariance, k × k row-major: each held against zero by
/// Student's t with `df` degrees of freedom, or by the normal law where there are none. `level` is
/// that of the intervals, such as 0.95.
///
/// # Errors
/// [`GlmError::Level`] for a level outside 0 to 1, [`GlmError::Length`] for a covariance of another
/// size, [`GlmError::DegreesOfFreedom`] for `df` not above zero, [`GlmError::NoVariance`] for a standard error that isn't above zero (a perfect fit, or a
/// column whose residuals are all zero).
pub fn terms(
    names: &[String],
    coefficients: &[f64],
    covariance: &[f64],
    df: Option<f64>,
    level: f64,
) -> Result<Vec<Term>, GlmError> {
    let k = coefficients.len();
    if !(level > 0.0 && level < 1.0) {
        return Err(GlmError::Level { got: level });
    }
    if covariance.len() != k * k || names.len() != k {
        return Err(GlmError::Length {
            what: "the covariance",
            needed: k * k,
            got: covariance.len(),
        });
    }
    let df = df.unwrap_or(f64::INFINITY);
    if df.is_nan() || df <= 0.0 {
        return Err(GlmError::DegreesOfFreedom { got: df });
    }
    let reach = student_t_upper(0.5 - level / 2.0, df);
    (0..k)
        .map(|idx| {
            let (estimate, se) = (coefficients[idx], covariance[idx * k + idx].sqrt());
            let statistic = estimate / se;
            if !(se > 0.0 && se.is_finite() && statistic.is_finite()) {
                return Err(GlmError::NoVariance {
                    column: names[idx].clone(),
                });
            }
            Ok(Term {
                name: names[idx].clone(),
                estimate,
                se,
                statistic,
                p_value: two_sided_p(statistic, df),
                interval: (estimate - reach * se, estimate + reach * se),
            })
        })
        .collect()
}
