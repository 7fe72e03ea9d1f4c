//! Coefficients as a table: standard errors, tests and intervals.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::GlmError;

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

/// The reference law of a coefficient over its standard error.
enum Law {
    Normal(Normal),
    Student(StudentsT),
}

impl Law {
    fn new(df: Option<f64>) -> Self {
        match df {
            Some(df) => Self::Student(
                StudentsT::new(0.0, 1.0, df.max(f64::MIN_POSITIVE)).expect("df is above zero"),
            ),
            None => Self::Normal(Normal::standard()),
        }
    }

    /// The share of the law above |x|, twice.
    fn two_sided(&self, x: f64) -> f64 {
        let tail = match self {
            Self::Normal(law) => law.sf(x.abs()),
            Self::Student(law) => law.sf(x.abs()),
        };
        (2.0 * tail).clamp(0.0, 1.0)
    }

    fn quantile(&self, share: f64) -> f64 {
        match self {
            Self::Normal(law) => law.inverse_cdf(share),
            Self::Student(law) => law.inverse_cdf(share),
        }
    }
}

/// The table of `coefficients` under a covariance, k × k row-major: each held against zero by
/// Student's t with `df` degrees of freedom, or by the normal law where there are none. `level` is
/// that of the intervals, such as 0.95.
///
/// # Errors
/// [`GlmError::Level`] for a level outside 0 to 1, [`GlmError::Length`] for a covariance of another
/// size, [`GlmError::NoVariance`] for a standard error that isn't above zero (a perfect fit, or a
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
    let law = Law::new(df);
    let reach = law.quantile(0.5 + level / 2.0);
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
                p_value: law.two_sided(statistic),
                interval: (estimate - reach * se, estimate + reach * se),
            })
        })
        .collect()
}
