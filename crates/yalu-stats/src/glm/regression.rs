//! A regression put together: response, design, family, and what else there may be.

use super::irls::{self, Precision, Problem};
use super::{Family, GlmError, GlmFit, LARGEST, theta};
use crate::design::Design;

/// A regression to be fitted, with an offset, prior weights or a given θ where it needs them.
///
/// ```
/// use yalu_stats::{Design, Family, Regression};
///
/// let counts = [4.0, 2.0, 7.0, 12.0, 9.0, 15.0];
/// let design = Design::intercept(6).with("trend", (0..6).map(f64::from).collect())?;
/// let fit = Regression::new(&counts, &design, Family::Poisson)
///     .weights(&[1.0, 1.0, 2.0, 1.0, 1.0, 1.0])
///     .fit()?;
/// for term in fit.terms(0.95)? {
///     assert!(term.interval.0 < term.estimate && term.estimate < term.interval.1);
/// }
/// # Ok::<(), yalu_stats::GlmError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Regression<'a> {
    y: &'a [f64],
    design: &'a Design,
    family: Family,
    offset: Option<&'a [f64]>,
    weights: Option<&'a [f64]>,
    theta: Option<f64>,
}

impl<'a> Regression<'a> {
    /// `y`: n figures; `design`: n × k.
    #[must_use]
    pub fn new(y: &'a [f64], design: &'a Design, family: Family) -> Self {
        Self {
            y,
            design,
            family,
            offset: None,
            weights: None,
            theta: None,
        }
    }

    /// n figures that are added to the linear predictor: for counts the logarithm of the exposure.
    #[must_use]
    pub fn offset(mut self, offset: &'a [f64]) -> Self {
        self.offset = Some(offset);
        self
    }

    /// n prior weights, above zero: a row's variance is the family's over its weight. For counts of
    /// like rows the weight is how many there are.
    #[must_use]
    pub fn weights(mut self, weights: &'a [f64]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Holds the negative binomial's θ here instead of estimating it. Other families have none.
    #[must_use]
    pub fn theta(mut self, theta: f64) -> Self {
        self.theta = Some(theta);
        self
    }

    /// Fits it.
    ///
    /// # Errors
    /// As [`fit_glm`](crate::fit_glm); [`GlmError::Weight`] for a weight that isn't above zero, and
    /// [`GlmError::Theta`] for such a θ.
    pub fn fit(&self) -> Result<GlmFit, GlmError> {
        self.with_problem(|problem| match (self.family, self.theta) {
            (Family::Gaussian, _) => irls::fit_gaussian(problem),
            (Family::NegativeBinomial, None) => theta::fit_negative_binomial(problem),
            (Family::NegativeBinomial, Some(theta)) => {
                irls::fit_count(problem, Some(theta), None, Precision::Predictor)
            }
            (Family::Poisson | Family::QuasiPoisson, _) => {
                irls::fit_count(problem, None, None, Precision::Deviance)
            }
        })
    }

    /// The deviance of the model with a level and the offset only, θ as in `fit`; of the offset alone
    /// where the design has no column that is the same in every row (R's convention).
    ///
    /// # Errors
    /// As [`Regression::fit`].
    pub fn null_deviance(&self, fit: &GlmFit) -> Result<f64, GlmError> {
        let has_level = (0..self.design.n_columns()).any(|idx| self.design.is_constant(idx));
        self.with_problem(|problem| {
            let n = problem.y.len();
            let mut mu = vec![0.0; n];
            if has_level {
                let level = Design::intercept(n);
                let null = Problem {
                    design: &level,
                    ..*problem
                };
                return match self.family {
                    Family::Gaussian => irls::fit_gaussian(&null),
                    _ => irls::fit_count(&null, fit.theta, None, Precision::Deviance),
                }
                .map(|fit| fit.deviance);
            }
            if self.family == Family::Gaussian {
                let squares = problem.y.iter().zip(problem.offset).enumerate();
                return Ok(squares
                    .map(|(row, (y, offset))| problem.weight(row) * (y - offset).powi(2))
                    .sum());
            }
            irls::means(problem.offset, &mut mu);
            Ok(irls::total_deviance(problem, &mu, fit.theta))
        })
    }

    /// The faults that [`Regression::fit`] finds before it begins.
    pub(crate) fn check_data(&self) -> Result<(), GlmError> {
        self.with_problem(|_| Ok(()))
    }

    fn with_problem<T>(
        &self,
        run: impl FnOnce(&Problem<'_>) -> Result<T, GlmError>,
    ) -> Result<T, GlmError> {
        let zeros;
        let offset = if let Some(offset) = self.offset {
            offset
        } else {
            zeros = vec![0.0; self.design.n_rows()];
            &zeros
        };
        let problem = Problem {
            y: self.y,
            offset,
            design: self.design,
            weights: self.weights,
            family: self.family,
        };
        self.check(offset)?;
        run(&problem)
    }

    fn check(&self, offset: &[f64]) -> Result<(), GlmError> {
        let (n, k) = (self.design.n_rows(), self.design.n_columns());
        let counts = self.family != Family::Gaussian;
        check_vector("the response", self.y, n)?;
        if counts && offset.len() == n {
            if let Some(row) = offset.iter().position(|one| *one == f64::NEG_INFINITY) {
                return Err(GlmError::ZeroExposure { row });
            }
            // exp(±230) is 1e±100.
            if let Some(row) = offset
                .iter()
                .position(|one| one.is_finite() && one.abs() > 230.0)
            {
                return Err(GlmError::TooLarge {
                    what: "the offset".to_owned(),
                    row,
                    value: offset[row],
                });
            }
        }
        check_vector("the offset", offset, n)?;
        if let Some(weights) = self.weights {
            check_vector("the weights", weights, n)?;
            if let Some(row) = weights.iter().position(|one| *one <= 0.0) {
                return Err(GlmError::Weight {
                    row,
                    value: weights[row],
                });
            }
        }
        if n <= k {
            return Err(GlmError::TooShort {
                needed: k + 1,
                got: n,
                columns: k,
            });
        }
        for column in 0..k {
            let values = self.design.column(column);
            if let Some(row) = values.iter().position(|one| one.abs() > LARGEST) {
                return Err(GlmError::TooLarge {
                    what: format!("column `{}`", self.design.names()[column]),
                    row,
                    value: values[row],
                });
            }
        }
        if let Some(theta) = self.theta
            && self.family == Family::NegativeBinomial
            && !(1e-8..=1e8).contains(&theta)
        {
            return Err(GlmError::Theta { got: theta });
        }
        if counts {
            if let Some(row) = self.y.iter().position(|value| *value < 0.0) {
                return Err(GlmError::NegativeCount {
                    row,
                    value: self.y[row],
                });
            }
            if self.y.iter().all(|value| *value == 0.0) {
                return Err(GlmError::AllZero);
            }
        }
        Ok(())
    }
}

fn check_vector(what: &'static str, values: &[f64], needed: usize) -> Result<(), GlmError> {
    if values.len() != needed {
        return Err(GlmError::Length {
            what,
            needed,
            got: values.len(),
        });
    }
    let Some(row) = values
        .iter()
        .position(|one| !one.is_finite() || one.abs() > LARGEST)
    else {
        return Ok(());
    };
    if values[row].is_finite() {
        return Err(GlmError::TooLarge {
            what: what.to_owned(),
            row,
            value: values[row],
        });
    }
    Err(GlmError::NotFinite { what, row })
}
