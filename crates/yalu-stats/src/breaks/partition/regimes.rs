//! The regression with given breaks, and the covariance of its coefficients.

use nalgebra::{DMatrix, DVector};

use super::error::PartitionError;
use super::hac::{Convention, long_run};
use super::model::{RegimeModel, Rows, check_breaks, regimes};
use super::partial::regress;
use crate::decomposition::Svd;

/// Whether errors are correlated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SerialCorrelation {
    /// Errors are taken as independent (mbreaks: `robust = 0`).
    Ignored,
    /// Correlation and heteroscedasticity of any kind (mbreaks: `robust = 1`): quadratic spectral
    /// kernel, Andrews' (1991) bandwidth. Not with lagged responses among the columns.
    Hac {
        /// Whether a VAR(1) is taken out first (mbreaks: `prewhit = 1`).
        prewhiten: bool,
    },
}

/// What the covariance of the coefficients supposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumptions {
    /// Correlation of errors.
    pub correlation: SerialCorrelation,
    /// Whether errors vary differently in each regime (mbreaks: `hetvar`). Where some coefficients
    /// are fixed, [`SerialCorrelation::Hac`] takes all regimes together whatever this says.
    pub variance_by_regime: bool,
    /// Whether the columns have moments of their own in each regime (mbreaks: `hetdat`).
    pub moments_by_regime: bool,
}

impl Default for Assumptions {
    /// Everything differs between regimes, errors are correlated, with prewhitening: the defaults
    /// of mbreaks.
    fn default() -> Self {
        Self {
            correlation: SerialCorrelation::Hac { prewhiten: true },
            variance_by_regime: true,
            moments_by_regime: true,
        }
    }
}

impl Assumptions {
    pub(super) fn check(self, n_fixed: usize) -> Result<(), PartitionError> {
        let correlated = self.correlation != SerialCorrelation::Ignored;
        if !self.moments_by_regime && (correlated || n_fixed > 0) {
            return Err(PartitionError::Assumptions {
                what: "moments can be common to all regimes only where errors are independent and \
                       every coefficient changes; set moments_by_regime",
            });
        }
        Ok(())
    }
}

/// The regression with one set of breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct RegimeFit {
    /// Last periods of the regimes before the breaks.
    pub breaks: Vec<usize>,
    /// Names of the columns that change, then of the fixed ones.
    pub names: Vec<String>,
    /// The coefficients that change: q of each of the m + 1 regimes.
    pub coefficients: Vec<Vec<f64>>,
    /// The fixed coefficients, p.
    pub fixed_coefficients: Vec<f64>,
    /// Covariance, d × d row-major, d = (m + 1)·q + p: regime by regime, then the fixed ones.
    pub covariance: Vec<f64>,
    /// Square roots of its diagonal, d.
    pub standard_errors: Vec<f64>,
    /// Residual sum of squares.
    pub rss: f64,
    /// y less fitted, n.
    pub residuals: Vec<f64>,
}

/// Fits the regression with given breaks.
///
/// # Errors
/// [`PartitionError`] where the breaks don't divide the series into regimes of more periods than
/// coefficients, a column is collinear within a regime, or the covariance doesn't exist.
///
/// # Source
/// Bai and Perron (2003), Journal of Applied Econometrics 18, 1–22, section 5.1.
pub fn fit_partition(
    model: &RegimeModel<'_>,
    breaks: &[usize],
    assumptions: Assumptions,
) -> Result<RegimeFit, PartitionError> {
    let rows = Rows::new(model)?;
    assumptions.check(rows.p)?;
    check_breaks(breaks, rows.n(), rows.q + 1)?;
    let fitted = Fitted::new(&rows, breaks)?;
    let covariance = fitted.covariance(&rows, assumptions, true)?;
    let d = fitted.coefficients.len();
    let standard_errors: Vec<f64> = (0..d).map(|i| covariance[(i, i)].max(0.0).sqrt()).collect();
    Ok(RegimeFit {
        breaks: breaks.to_vec(),
        names: rows.names.clone(),
        coefficients: fitted.coefficients[..d - rows.p]
            .chunks(rows.q)
            .map(<[f64]>::to_vec)
            .collect(),
        fixed_coefficients: fitted.coefficients[d - rows.p..].to_vec(),
        covariance: covariance.transpose().iter().copied().collect(),
        standard_errors,
        rss: fitted.residuals.iter().map(|one| one * one).sum(),
        residuals: fitted.residuals,
    })
}

/// Least squares with given breaks: coefficients z by regime, then x.
pub(super) struct Fitted {
    pub(super) breaks: Vec<usize>,
    pub(super) coefficients: Vec<f64>,
    pub(super) residuals: Vec<f64>,
    inverse_gram: DMatrix<f64>,
}

impl Fitted {
    pub(super) fn new(rows: &Rows, breaks: &[usize]) -> Result<Self, PartitionError> {
        let (n, q, p) = (rows.n(), rows.q, rows.p);
        let givens = regress(rows, breaks);
        if let Some(column) = givens.collinear() {
            let d = (breaks.len() + 1) * q;
            let (name, (first, last)) = if column < d {
                let regime = regimes(breaks, n).nth(column / q);
                (column % q, regime.unwrap_or((0, n - 1)))
            } else {
                (q + column - d, (0, n - 1))
            };
            return Err(rows.collinear(name, first, last));
        }
        let coefficients = givens.coefficients();
        let fixed = &coefficients[coefficients.len() - p..];
        let mut residuals = Vec::with_capacity(n);
        for (regime, (first, last)) in regimes(breaks, n).enumerate() {
            let own = &coefficients[regime * q..(regime + 1) * q];
            for row in first..=last {
                let dot = |values: &[f64], b: &[f64]| -> f64 {
                    values.iter().zip(b).map(|(value, b)| value * b).sum()
                };
                residuals
                    .push(rows.y[row] - dot(rows.z_row(row), own) - dot(rows.x_row(row), fixed));
            }
        }
        if coefficients
            .iter()
            .chain(&residuals)
            .any(|one| !one.is_finite())
        {
            return Err(PartitionError::Overflow);
        }
        if rows.is_perfect(residuals.iter().map(|one| one * one).sum()) {
            return Err(PartitionError::PerfectFit {
                breaks: rows.absolute(breaks),
            });
        }
        Ok(Self {
            breaks: breaks.to_vec(),
            coefficients,
            residuals,
            inverse_gram: givens.inverse_gram(),
        })
    }

    /// The covariance of the changing coefficients, with that of the fixed ones behind where they
    /// are asked for.
    pub(super) fn covariance(
        &self,
        rows: &Rows,
        assumptions: Assumptions,
        with_fixed: bool,
    ) -> Result<DMatrix<f64>, PartitionError> {
        if rows.p == 0 {
            return self.covariance_all_changing(rows, assumptions);
        }
        let n = rows.n();
        let width = (self.breaks.len() + 1) * rows.q;
        let columns = self.columns(rows);
        // Without the fixed columns: what they leave of the others (Frisch and Waugh), whose
        // inverse moments are a block of the whole inverse.
        let columns = if with_fixed {
            columns
        } else {
            let x = columns.columns(width, rows.p).into_owned();
            let z = columns.columns(0, width).into_owned();
            let along = Svd::new(x.clone()).solve(&z, 1e-12);
            z - x * along
        };
        let d = columns.ncols();
        let inverse = self.inverse_gram.view((0, 0), (d, d)).into_owned();
        match assumptions.correlation {
            SerialCorrelation::Ignored => {
                let variances = self.variances(n, assumptions.variance_by_regime);
                let mut meat = DMatrix::<f64>::zeros(d, d);
                for ((first, last), variance) in regimes(&self.breaks, n).zip(variances) {
                    let own = columns.rows(first, last + 1 - first);
                    meat += own.tr_mul(&own) * variance;
                }
                Ok(&inverse * meat * &inverse)
            }
            SerialCorrelation::Hac { prewhiten } => {
                let mut scores = columns;
                for (mut row, residual) in scores.row_iter_mut().zip(&self.residuals) {
                    row *= *residual;
                }
                let own = Convention::BaiPerron { prewhiten };
                let long = long_run(&scores, &vec![false; d], own, rows.origin)?;
                Ok(&inverse * (long * n as f64) * &inverse)
            }
        }
    }

    fn covariance_all_changing(
        &self,
        rows: &Rows,
        assumptions: Assumptions,
    ) -> Result<DMatrix<f64>, PartitionError> {
        let (n, q) = (rows.n(), rows.q);
        let width = self.coefficients.len();
        let mut covariance = DMatrix::<f64>::zeros(width, width);
        let variances = self.variances(n, assumptions.variance_by_regime);
        let common = if assumptions.moments_by_regime {
            None
        } else {
            Some(Fitted::new(rows, &[])?.inverse_gram)
        };
        let together = match assumptions.correlation {
            SerialCorrelation::Hac { prewhiten } if !assumptions.variance_by_regime => {
                Some(self.long_run_of(rows, 0, n - 1, Convention::BaiPerron { prewhiten })?)
            }
            _ => None,
        };
        for (regime, (first, last)) in regimes(&self.breaks, n).enumerate() {
            let length = (last + 1 - first) as f64;
            let place = (regime * q, regime * q);
            let inverse = match &common {
                Some(whole) => whole * (n as f64 / length),
                None => self.inverse_gram.view(place, (q, q)).into_owned(),
            };
            let block = match assumptions.correlation {
                SerialCorrelation::Ignored => inverse * variances[regime],
                SerialCorrelation::Hac { prewhiten } => {
                    let long = match &together {
                        Some(long) => long.clone(),
                        None => self.long_run_of(
                            rows,
                            first,
                            last,
                            Convention::BaiPerron { prewhiten },
                        )?,
                    };
                    &inverse * (long * length) * &inverse
                }
            };
            covariance.view_mut(place, (q, q)).copy_from(&block);
        }
        Ok(covariance)
    }

    /// Σe²/n over all regimes, or over each.
    pub(super) fn variances(&self, n: usize, by_regime: bool) -> Vec<f64> {
        let mean =
            |values: &[f64]| values.iter().map(|one| one * one).sum::<f64>() / values.len() as f64;
        regimes(&self.breaks, n)
            .map(|(first, last)| {
                if by_regime {
                    mean(&self.residuals[first..=last])
                } else {
                    mean(&self.residuals)
                }
            })
            .collect()
    }

    /// The long-run covariance of z times residual over some rows, per row.
    pub(super) fn long_run_of(
        &self,
        rows: &Rows,
        first: usize,
        last: usize,
        convention: Convention,
    ) -> Result<DMatrix<f64>, PartitionError> {
        let scores = DMatrix::from_fn(last + 1 - first, rows.q, |row, column| {
            rows.z_row(first + row)[column] * self.residuals[first + row]
        });
        let constant: Vec<bool> = (0..rows.q)
            .map(|column| {
                (first..=last).all(|row| rows.z_row(row)[column].to_bits() == 1.0_f64.to_bits())
            })
            .collect();
        long_run(&scores, &constant, convention, rows.origin + first)
    }

    /// All columns: z by regime, then x.
    fn columns(&self, rows: &Rows) -> DMatrix<f64> {
        let (n, q) = (rows.n(), rows.q);
        let width = self.coefficients.len();
        let mut columns = DMatrix::<f64>::zeros(n, width);
        for (regime, (first, last)) in regimes(&self.breaks, n).enumerate() {
            for row in first..=last {
                for (place, value) in rows.z_row(row).iter().enumerate() {
                    columns[(row, regime * q + place)] = *value;
                }
                for (place, value) in rows.x_row(row).iter().enumerate() {
                    columns[(row, width - rows.p + place)] = *value;
                }
            }
        }
        columns
    }

    /// The F statistic that no coefficient changes at any break:
    /// (n − (m + 1)q − p)/(n m) · δ'R'(R V R')⁻¹Rδ, R taking differences of neighbouring regimes.
    pub(super) fn sup_f(
        &self,
        rows: &Rows,
        assumptions: Assumptions,
    ) -> Result<f64, PartitionError> {
        let (n, q, m) = (rows.n(), rows.q, self.breaks.len());
        let singular = || PartitionError::SingularCovariance {
            breaks: rows.absolute(&self.breaks),
        };
        let covariance = self.covariance(rows, assumptions, false)?;
        let width = (m + 1) * q;
        let differences = DMatrix::from_fn(m * q, width, |row, column| {
            if column == row + q {
                1.0
            } else if column == row {
                -1.0
            } else {
                0.0
            }
        });
        let changes = &differences * DVector::from_column_slice(&self.coefficients[..width]);
        let spread = &differences * covariance * differences.transpose();
        let spread = (&spread + spread.transpose()) * 0.5;
        let solved = spread.cholesky().ok_or_else(singular)?.solve(&changes);
        let wald = changes.dot(&solved);
        let f = (n as f64 - width as f64 - rows.p as f64) / (n * m) as f64 * wald;
        if f.is_finite() {
            Ok(f)
        } else {
            Err(singular())
        }
    }
}
