//! Covariances that hold under heteroscedasticity and serial correlation, and Wald tests.

mod bandwidth;
mod fixed_b;
mod hac;
mod prewhiten;
mod wald;

use nalgebra::DMatrix;

use crate::design::Design;
use crate::glm::{GlmError, GlmFit};
use crate::linalg::WeightedQr;

pub use bandwidth::{Bandwidth, BandwidthColumns};
pub use fixed_b::{FixedBTest, fixed_b_test};
pub use hac::{Hac, Kernel, Prewhitening};
pub(crate) use hac::{lag_weights, weighted_sum};
pub use wald::{WaldTest, wald_test};

/// A row whose leverage is within this of 1 is fitted exactly whatever it holds.
const EXACT: f64 = 1e-10;

/// Which covariance of the coefficients.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Covariance {
    /// The model's own.
    Model,
    /// White (1980), without a small-sample factor.
    Hc0,
    /// The same times n/(n − k).
    Hc1,
    /// Each squared residual over 1 − leverage: unbiased where variances are equal (MacKinnon and
    /// White 1985).
    Hc2,
    /// Each squared residual over (1 − leverage)²: nearly the jackknife (MacKinnon and White 1985);
    /// the one to prefer in small samples (Long and Ervin 2000).
    Hc3,
    /// Newey and West (1987): Bartlett kernel up to `lag`, with the factor n/(n − k).
    NeweyWest {
        /// The last lag that counts.
        lag: usize,
    },
    /// Andrews and Monahan (1992): AR(1) prewhitening, quadratic spectral kernel, Andrews' (1991)
    /// automatic bandwidth from univariate AR(1)s, with the factor n/(n − k). Every column counts in
    /// the bandwidth, and the autoregression is held stationary.
    PrewhitenedQs,
    /// Kernel, bandwidth, prewhitening and factor of one's own choice.
    Hac(Hac),
}

/// Why a robust covariance can't be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CovarianceError {
    /// Vectors of different lengths.
    #[error("{what} has {got} rows, the design has {needed}")]
    Length {
        /// Which vector.
        what: &'static str,
        /// Rows of the design.
        needed: usize,
        /// Rows of the vector.
        got: usize,
    },
    /// A fit of another design.
    #[error("the fit has {got} coefficients, the design has {needed} columns")]
    Columns {
        /// Columns of the design.
        needed: usize,
        /// Coefficients of the fit.
        got: usize,
    },
    /// Too few rows for the columns and the prewhitening.
    #[error(
        "{got} rows are too few for {columns} columns and this covariance; at least {needed} are needed"
    )]
    TooShort {
        /// Rows needed.
        needed: usize,
        /// Rows there are.
        got: usize,
        /// Columns.
        columns: usize,
    },
    /// A row that is fitted exactly, so that HC2 and HC3 divide by zero.
    #[error(
        "row {row} has leverage 1: a column acts in it alone, its residual is zero whatever it holds, and HC2 and HC3 don't exist; take the model's covariance, or leave out the row and its column"
    )]
    Leverage {
        /// The row, from 0.
        row: usize,
    },
    /// Prewhitening of scores that are a combination of others or zero.
    #[error(
        "prewhitening fails: the scores of column `{column}` are zero or a combination of others' (a pulse of one period has none); leave the column out or don't prewhiten"
    )]
    SingularScores {
        /// The column.
        column: String,
    },
    /// Prewhitening by an autoregression without a stationary law.
    #[error(
        "the autoregression that prewhitens has a root of {radius:.3}, not below 1: the scores aren't stationary; hold it stationary, or don't prewhiten"
    )]
    NotStationary {
        /// Its largest eigenvalue in size.
        radius: f64,
    },
    /// A bandwidth that isn't one.
    #[error("the bandwidth is {got}, not a finite number of at least 0 ({rule})")]
    Bandwidth {
        /// The bandwidth.
        got: f64,
        /// Where it comes from.
        rule: &'static str,
    },
    /// A coefficient that isn't there.
    #[error("there is no coefficient {index} among {columns}")]
    NoSuchColumn {
        /// The index asked for.
        index: usize,
        /// Coefficients.
        columns: usize,
    },
    /// More rows than the exact law of a statistic is worked out for.
    #[error("fixed-b tests are worked out for at most {most} rows, got {got}")]
    TooLong {
        /// The most.
        most: usize,
        /// Rows.
        got: usize,
    },
    /// A fixed-b test of something that it doesn't hold for.
    #[error("a fixed-b test needs {needs}")]
    FixedB {
        /// What it needs.
        needs: &'static str,
    },
    /// A confidence level that isn't one.
    #[error("a confidence level must be above 0 and below 1, got {got}")]
    Level {
        /// The level.
        got: f64,
    },
    /// A variance of zero.
    #[error("the robust variance of `{column}` is not above zero; it can't be tested")]
    NoVariance {
        /// The column.
        column: String,
    },
    /// A result beyond double precision.
    #[error("the covariance is too large or small to compute with; use other units")]
    Overflow,
}

/// A robust covariance and how it was had.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustCovariance {
    /// The covariance of the coefficients, k × k row-major.
    pub covariance: Vec<f64>,
    /// The kernel's bandwidth as used, in periods; none without a kernel. A Bartlett kernel of
    /// bandwidth b gives lag j the weight 1 − j/b: lags up to L are a bandwidth of L + 1.
    pub bandwidth: Option<f64>,
    /// The bandwidth as an automatic rule gave it, before its whole part was taken as the lag.
    pub selected_bandwidth: Option<f64>,
    /// The last lag with a weight; none without a kernel.
    pub last_lag: Option<usize>,
    /// What was done, in words: kernel, bandwidth and its rule, prewhitening, factor.
    pub rule: String,
    /// Rows with leverage 1. A column acts in such a row alone: its residual is zero whatever it
    /// holds, and a sandwich's standard error of that column means nothing.
    pub exact_rows: Vec<usize>,
}

impl RobustCovariance {
    /// The standard error of each coefficient.
    pub fn standard_errors(&self) -> Vec<f64> {
        let k = self.covariance.len().isqrt();
        (0..k).map(|i| self.covariance[i * k + i].sqrt()).collect()
    }
}

/// The covariance of a fit's coefficients, k × k row-major; [`robust`] tells the bandwidth too.
///
/// # Errors
/// [`GlmError::Covariance`] as [`robust`].
pub fn robust_covariance(
    fit: &GlmFit,
    design: &Design,
    y: &[f64],
    kind: Covariance,
) -> Result<Vec<f64>, GlmError> {
    if y.len() != design.n_rows() {
        return Err(GlmError::Length {
            what: "the response",
            needed: design.n_rows(),
            got: y.len(),
        });
    }
    Ok(robust(fit, design, kind)?.covariance)
}

/// The covariance of a fit's coefficients, with the bandwidth used and warnings. `design` is the one
/// that was fitted.
///
/// ```
/// use yalu_stats::{Covariance, Design, Hac, fit_ols, robust};
///
/// let y = [3.0, 3.4, 3.1, 2.8, 4.9, 5.3, 5.6, 5.2, 4.8, 5.1];
/// let step = (0..10).map(|t| f64::from(u8::from(t >= 4))).collect();
/// let design = Design::intercept(10).with("step", step)?;
/// let fit = fit_ols(&y, &design)?.fit;
/// let hac = robust(&fit, &design, Covariance::Hac(Hac::newey_west(2)))?;
/// assert_eq!(hac.bandwidth, Some(3.0));
/// assert!(hac.standard_errors()[1] > 0.0);
/// # Ok::<(), yalu_stats::GlmError>(())
/// ```
///
/// # Errors
/// [`CovarianceError`] where the fit isn't the design's, there are too few rows, HC2 or HC3 meet a
/// row of leverage 1, prewhitening is singular or not stationary, or there is no finite bandwidth.
///
/// # Source
/// White (1980), Econometrica 48, 817–838; MacKinnon and White (1985), Journal of Econometrics 29,
/// 305–325; Newey and West (1987), Econometrica 55, 703–708; Andrews (1991), Econometrica 59,
/// 817–858; Andrews and Monahan (1992), Econometrica 60, 953–966; Newey and West (1994), Review of
/// Economic Studies 61, 631–653; as an object-oriented sandwich in Zeileis (2004), Journal of
/// Statistical Software 11(10).
pub fn robust(
    fit: &GlmFit,
    design: &Design,
    kind: Covariance,
) -> Result<RobustCovariance, CovarianceError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    if fit.fitted.len() != n {
        return Err(CovarianceError::Length {
            what: "the fit",
            needed: n,
            got: fit.fitted.len(),
        });
    }
    if fit.coefficients.len() != k {
        return Err(CovarianceError::Columns {
            needed: k,
            got: fit.coefficients.len(),
        });
    }
    if kind == Covariance::Model {
        return Ok(RobustCovariance {
            covariance: fit.covariance.clone(),
            bandwidth: None,
            selected_bandwidth: None,
            last_lag: None,
            rule: "the model's own covariance".to_owned(),
            exact_rows: Vec::new(),
        });
    }
    let factor = n as f64 / (n - k) as f64;
    let leverages = if matches!(kind, Covariance::Hc2 | Covariance::Hc3) || has_tiny_residual(fit) {
        leverages(fit, design)?
    } else {
        Vec::new()
    };
    let exact_rows: Vec<usize> = (0..leverages.len())
        .filter(|&row| leverages[row] > 1.0 - EXACT)
        .collect();
    // Estimating functions: working weight times working residual times regressor.
    let mut scales: Vec<f64> = (0..n)
        .map(|row| fit.pearson_residuals[row] * fit.weights[row].sqrt())
        .collect();
    let mut power = 0;
    let (mut bandwidth, mut selected_bandwidth, mut last_lag) = (None, None, None);
    let hac = match kind {
        Covariance::Hc2 => {
            power = 1;
            None
        }
        Covariance::Hc3 => {
            power = 2;
            None
        }
        Covariance::NeweyWest { lag } => Some(Hac {
            adjust: true,
            ..Hac::newey_west(lag)
        }),
        Covariance::PrewhitenedQs => Some(Hac::prewhitened_qs()),
        Covariance::Hac(hac) => Some(hac),
        _ => None,
    };
    if power > 0 {
        if let Some(&row) = exact_rows.first() {
            return Err(CovarianceError::Leverage { row });
        }
        for (scale, leverage) in scales.iter_mut().zip(&leverages) {
            *scale /= (1.0 - leverage).sqrt().powi(power);
        }
    }
    let scores = scores(design, &scales);
    let (meat, rule) = if let Some(hac) = hac {
        let found = hac::long_run(&scores, design, hac)?;
        bandwidth = Some(found.bandwidth);
        selected_bandwidth = found.selected;
        last_lag = Some(found.last_lag);
        let factor = if hac.adjust { factor } else { 1.0 };
        let rule = hac.describe(&found);
        (found.sum * factor, rule)
    } else {
        let sum = scores.tr_mul(&scores);
        match kind {
            Covariance::Hc1 => (sum * factor, "White's covariance, HC1".to_owned()),
            Covariance::Hc2 => (sum, "White's covariance, HC2".to_owned()),
            Covariance::Hc3 => (sum, "White's covariance, HC3".to_owned()),
            _ => (sum, "White's covariance, HC0".to_owned()),
        }
    };
    let bread = DMatrix::from_row_slice(k, k, &fit.unscaled_covariance);
    let product = &bread * meat * &bread;
    let covariance: Vec<f64> = (0..k)
        .flat_map(|i| (0..k).map(move |j| (i, j)))
        .map(|(i, j)| f64::midpoint(product[(i, j)], product[(j, i)]))
        .collect();
    if covariance.iter().any(|one| !one.is_finite()) {
        return Err(CovarianceError::Overflow);
    }
    Ok(RobustCovariance {
        covariance,
        bandwidth,
        selected_bandwidth,
        last_lag,
        rule,
        exact_rows,
    })
}

/// Whether some row may be fitted exactly: without one, leverages needn't be worked out.
fn has_tiny_residual(fit: &GlmFit) -> bool {
    let largest = fit
        .pearson_residuals
        .iter()
        .fold(0.0_f64, |most, one| most.max(one.abs()));
    fit.pearson_residuals
        .iter()
        .any(|one| one.abs() <= 1e-8 * largest)
}

/// The diagonal of the working regression's hat matrix.
fn leverages(fit: &GlmFit, design: &Design) -> Result<Vec<f64>, CovarianceError> {
    let root: Vec<f64> = fit.weights.iter().map(|one| one.sqrt()).collect();
    WeightedQr::new(design, &root)
        .map(|qr| qr.leverages())
        .map_err(|column| CovarianceError::SingularScores {
            column: design.names()[column.min(design.n_columns() - 1)].clone(),
        })
}

/// n × k: each row's scale times its regressors.
fn scores(design: &Design, scales: &[f64]) -> DMatrix<f64> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut values = Vec::with_capacity(n * k);
    for column in 0..k {
        values.extend(design.column(column).iter().zip(scales).map(|(x, s)| x * s));
    }
    DMatrix::from_vec(n, k, values)
}
