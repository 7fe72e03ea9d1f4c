//! Standard errors of coefficients and of what is made of them, with an eye for rows that a column
//! fits exactly.

use nalgebra::{DMatrix, DVector};

use super::InterruptedError;
use crate::covariance::{Covariance, CovarianceError, robust_covariance};
use crate::design::Design;
use crate::glm::{Family, GlmError, GlmFit};
use crate::laws::student_t_upper;

/// A row with more leverage than this has no residual of its own.
const SATURATED: f64 = 1.0 - 1e-7;

/// Where a standard error comes from. A row with leverage 1 (that of a one-period pulse) has the
/// residual 0 whatever happened in it, so that a sandwich takes its variance for zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorSource {
    /// The covariance asked for.
    Requested,
    /// The model's own covariance: the figure is made of coefficients that each rest on a row
    /// without a residual. Permutation over dates is the alternative.
    Model,
    /// The covariance asked for, plus the model's variance of the rows without a residual, taken as
    /// independent: the figure rests on such rows and on others.
    Mixed,
}

/// A figure with its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its standard error; that of the logarithm where the figure is a ratio.
    pub standard_error: f64,
    /// The interval at the model's confidence, from Student's t with the residual degrees of
    /// freedom. That of a ratio is cut off at e⁻⁷⁰⁰ and e⁷⁰⁰.
    pub interval: (f64, f64),
    /// Where the standard error comes from.
    pub source: ErrorSource,
}

impl Estimate {
    /// The figure and its interval as ratios, where it is a logarithm.
    pub(crate) fn exponentiated(&self) -> Self {
        // A bound that no figure could hold is cut off where it says as much.
        let ratio = |log: f64| log.clamp(-700.0, 700.0).exp();
        Self {
            value: ratio(self.value),
            standard_error: self.standard_error,
            interval: (ratio(self.interval.0), ratio(self.interval.1)),
            source: self.source,
        }
    }
}

/// What is needed to put errors on linear combinations of a fit's coefficients.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Inference {
    /// The covariance asked for, with the model's variance of the rows without a residual.
    pub(crate) joint: DMatrix<f64>,
    model: DMatrix<f64>,
    /// For each row without a residual: its period and its pull on each coefficient, in standard
    /// deviations of the row.
    pulls: Vec<DVector<f64>>,
    pub(crate) saturated_rows: Vec<usize>,
    saturated_columns: Vec<bool>,
    requested_is_model: bool,
    quantile: f64,
    pub(crate) df_residual: usize,
}

impl Inference {
    pub(crate) fn new(
        fit: &GlmFit,
        design: &Design,
        y: &[f64],
        kind: Covariance,
        confidence: f64,
    ) -> Result<Self, InterruptedError> {
        let (n, k) = (design.n_rows(), design.n_columns());
        let tail = tail_of(confidence)?;
        if !fit.deviance.is_finite() {
            return Err(InterruptedError::Range);
        }
        // What is left of figures that are fitted exactly is their rounding.
        let size: f64 = y.iter().map(|value| value * value).sum();
        if fit.family == Family::Gaussian && fit.deviance <= 1e-26 * size {
            return Err(InterruptedError::PerfectFit);
        }
        let model = DMatrix::from_row_slice(k, k, &fit.covariance);
        let row_of = |row: usize| DVector::from_fn(k, |j, _| design.column(j)[row]);
        // Leverages sum to k, which gives the dispersion that the model's covariance carries.
        let mut leverages: Vec<f64> = (0..n)
            .map(|row| {
                let x = row_of(row);
                fit.weights[row] * x.dot(&(&model * &x))
            })
            .collect();
        let scale = leverages.iter().sum::<f64>() / k as f64;
        if !scale.is_normal() || scale < 0.0 {
            return Err(InterruptedError::PerfectFit);
        }
        for leverage in &mut leverages {
            *leverage /= scale;
        }
        let saturated_rows: Vec<usize> = (0..n).filter(|&row| leverages[row] > SATURATED).collect();
        let pulls: Vec<DVector<f64>> = saturated_rows
            .iter()
            .map(|&row| &model * row_of(row) * (fit.weights[row] / scale).sqrt())
            .collect();
        let requested_is_model = kind == Covariance::Model;
        let requested = robust_covariance(fit, design, y, kind)?;
        let mut joint = DMatrix::from_row_slice(k, k, &requested);
        if !requested_is_model {
            for pull in &pulls {
                joint += pull * pull.transpose();
            }
        }
        if joint.iter().any(|value| !value.is_finite()) {
            return Err(GlmError::from(CovarianceError::Overflow).into());
        }
        let saturated_columns = (0..k)
            .map(|j| {
                let error = model[(j, j)].sqrt();
                pulls.iter().any(|pull| pull[j].abs() > 1e-6 * error)
            })
            .collect();
        let df_residual = n - k;
        Ok(Self {
            joint,
            model,
            pulls,
            saturated_rows,
            saturated_columns,
            requested_is_model,
            quantile: student_t_upper(tail, df_residual as f64),
            df_residual,
        })
    }

    /// Whose covariance a combination that uses the columns `which` has.
    pub(crate) fn covariance_of(
        &self,
        mut which: impl Iterator<Item = usize>,
    ) -> (&DMatrix<f64>, bool) {
        let only_saturated = !self.requested_is_model
            && !self.pulls.is_empty()
            && which.all(|j| self.saturated_columns[j]);
        if only_saturated {
            (&self.model, true)
        } else {
            (&self.joint, false)
        }
    }

    /// The estimate `value` whose gradient in the coefficients is `gradient`.
    pub(crate) fn estimate(&self, value: f64, gradient: &[f64]) -> Estimate {
        let (covariance, model) =
            self.covariance_of((0..gradient.len()).filter(|&j| gradient[j] != 0.0));
        let gradient = DVector::from_column_slice(gradient);
        let variance = gradient.dot(&(covariance * &gradient)).max(0.0);
        let is_zero = gradient.iter().all(|one| *one == 0.0);
        let rests_on_saturated = !self.requested_is_model
            && self
                .pulls
                .iter()
                .any(|pull| pull.dot(&gradient).powi(2) > 1e-12 * variance);
        let source = match (is_zero, model, rests_on_saturated) {
            (false, true, _) => ErrorSource::Model,
            (false, false, true) => ErrorSource::Mixed,
            _ => ErrorSource::Requested,
        };
        let standard_error = variance.sqrt();
        let reach = self.quantile * standard_error;
        Estimate {
            value,
            standard_error,
            interval: (value - reach, value + reach),
            source,
        }
    }

    /// Coefficient `column` as an estimate.
    pub(crate) fn coefficient(
        &self,
        fit: &GlmFit,
        column: usize,
    ) -> Result<Estimate, InterruptedError> {
        let mut gradient = vec![0.0; fit.coefficients.len()];
        gradient[column] = 1.0;
        let estimate = self.estimate(fit.coefficients[column], &gradient);
        if estimate.standard_error > 0.0 {
            Ok(estimate)
        } else {
            Err(InterruptedError::NoError {
                name: fit.names[column].clone(),
            })
        }
    }

    /// The joint covariance, row-major.
    pub(crate) fn row_major(&self) -> Vec<f64> {
        self.joint.transpose().as_slice().to_vec()
    }
}

/// A confidence in (0, 1), as the share beyond one end.
pub(crate) fn tail_of(confidence: f64) -> Result<f64, InterruptedError> {
    if confidence > 0.0 && confidence < 1.0 {
        Ok(0.5 * (1.0 - confidence))
    } else {
        Err(InterruptedError::Setting {
            what: "the confidence",
            got: confidence,
            wanted: "it must lie between 0 and 1",
        })
    }
}

/// The quantity that fits on the same rows are compared by and how many parameters it counts:
/// −2 log-likelihood with the variance (or θ) counted; for quasi-Poisson the deviance, which has no
/// such parameter and has to be divided by a common dispersion.
pub(crate) fn likelihood(fit: &GlmFit) -> Result<(f64, usize, bool), InterruptedError> {
    let k = fit.coefficients.len();
    match fit.log_likelihood {
        Some(value) => {
            let extra = usize::from(fit.family == Family::Gaussian || fit.theta.is_some());
            Ok((-2.0 * value, k + extra, true))
        }
        None if fit.family == Family::Gaussian => Err(InterruptedError::PerfectFit),
        None => Ok((fit.deviance, k, false)),
    }
}
