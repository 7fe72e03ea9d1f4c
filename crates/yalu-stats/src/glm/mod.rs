//! Generalised linear models: ordinary least squares, Poisson, quasi-Poisson, negative binomial.

mod irls;
mod ols;
mod regression;
mod separation;
mod terms;
mod theta;

use crate::design::{Design, DesignError};

pub use ols::{OlsFit, fit_ols};
pub use regression::Regression;
pub use terms::{Term, terms};
pub use theta::ThetaOrigin;

/// Above this, a negative binomial can't be told from a Poisson.
pub(crate) const MAX_THETA: f64 = 1e6;
/// Larger figures would overflow where they are squared.
const LARGEST: f64 = 1e120;

/// How figures vary about their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Constant variance, identity link.
    Gaussian,
    /// Variance μ, log link.
    Poisson,
    /// Variance φμ, log link; φ from the Pearson residuals.
    QuasiPoisson,
    /// Variance μ + μ²/θ (NB2), log link; θ by maximum likelihood. statrs and others call θ the
    /// number of failures r; R's MASS calls it theta, statsmodels has alpha = 1/θ.
    NegativeBinomial,
}

/// Why a model can't be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GlmError {
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
    /// Too few rows for the columns.
    #[error("{got} rows are too few for {columns} columns; at least {needed} are needed")]
    TooShort {
        /// Rows needed.
        needed: usize,
        /// Rows there are.
        got: usize,
        /// Columns.
        columns: usize,
    },
    /// A value that isn't a finite number.
    #[error("{what} in row {row} is not a finite number")]
    NotFinite {
        /// Which vector.
        what: &'static str,
        /// The row, from 0.
        row: usize,
    },
    /// A figure whose square is beyond double precision.
    #[error("{what} holds {value} in row {row}, too large to compute with; use a larger unit")]
    TooLarge {
        /// The vector or column.
        what: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A period in which nothing could have been counted.
    #[error(
        "the exposure is zero in row {row} (its logarithm, the offset, is minus infinity); leave the row out"
    )]
    ZeroExposure {
        /// The row, from 0.
        row: usize,
    },
    /// A weight that isn't above zero.
    #[error("the weight in row {row} is {value}; weights must be above zero, leave the row out")]
    Weight {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A count below zero.
    #[error("the count in row {row} is {value}; counts can't be negative")]
    NegativeCount {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// No event at all.
    #[error("every count is zero; a rate can't be estimated")]
    AllZero,
    /// A θ that can't be worked with.
    #[error("θ must lie between 1e-8 and 1e8, got {got}")]
    Theta {
        /// The value.
        got: f64,
    },
    /// A column without any figure but zero.
    #[error("column `{column}` is zero in every row; leave it out")]
    ZeroColumn {
        /// The column.
        column: String,
    },
    /// A column that others make up.
    #[error(
        "column `{column}` is a combination of the columns before it (to one part in 10⁹); leave it out"
    )]
    Collinear {
        /// The column.
        column: String,
    },
    /// A coefficient that runs to infinity: counts are zero wherever its column acts.
    #[error("column `{column}` separates the counts: its effect runs to infinity")]
    Separation {
        /// The column that acts most in the direction in which the likelihood rises for ever.
        column: String,
    },
    /// The iterations didn't settle.
    #[error(
        "the fit did not settle after {iterations} iterations; the coefficient of `{column}` moved most"
    )]
    NotConverged {
        /// Iterations made.
        iterations: usize,
        /// The column whose coefficient moved most at the last step.
        column: String,
    },
    /// A response without variation.
    #[error("the response is {value} in every row; there is nothing to explain")]
    ConstantResponse {
        /// The value.
        value: f64,
    },
    /// A response that the columns reproduce.
    #[error("the columns reproduce the response exactly; no residual is left to judge errors by")]
    PerfectFit,
    /// A coefficient whose standard error is zero.
    #[error("the standard error of `{column}` is not above zero; it can't be tested")]
    NoVariance {
        /// The column.
        column: String,
    },
    /// An autocorrelation that isn't one.
    #[error("an autocorrelation must lie between -1 and 1, got {got}")]
    Rho {
        /// The value.
        got: f64,
    },
    /// Regimes that don't follow each other within the series.
    #[error(
        "a regime can't end with period {got}: ends must ascend and leave a period behind the last, among {n}"
    )]
    RegimeEnd {
        /// The end.
        got: usize,
        /// Periods.
        n: usize,
    },
    /// Degrees of freedom of a law that has none.
    #[error("degrees of freedom must be above zero, got {got}")]
    DegreesOfFreedom {
        /// As given.
        got: f64,
    },
    /// A confidence level that isn't one.
    #[error("a confidence level must be above 0 and below 1, got {got}")]
    Level {
        /// The level.
        got: f64,
    },
    /// A coefficient that isn't there.
    #[error("there is no coefficient {index} among {columns}")]
    NoSuchColumn {
        /// The index asked for.
        index: usize,
        /// Coefficients.
        columns: usize,
    },
    /// A column of a derived design is faulty.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The covariance of the coefficients can't be had.
    #[error(transparent)]
    Covariance(#[from] crate::covariance::CovarianceError),
}

/// A fitted model. Vectors over rows have the design's length, over columns its number of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct GlmFit {
    /// The family.
    pub family: Family,
    /// The columns' names.
    pub names: Vec<String>,
    /// Coefficients on the scale of the linear predictor.
    pub coefficients: Vec<f64>,
    /// Their model-based covariance, k × k row-major: (X'WX)⁻¹ times the dispersion (1 for Poisson
    /// and NB).
    pub covariance: Vec<f64>,
    /// (X'WX)⁻¹, k × k row-major.
    pub unscaled_covariance: Vec<f64>,
    /// Fitted means.
    pub fitted: Vec<f64>,
    /// Linear predictors, the offset included.
    pub linear_predictor: Vec<f64>,
    /// √w·(y − μ)/√V(μ) with prior weights w, without the dispersion; for the Gaussian √w·(y − μ).
    pub pearson_residuals: Vec<f64>,
    /// Working weights of the last iteration, prior weights included.
    pub weights: Vec<f64>,
    /// The deviance; for the Gaussian the residual sum of squares.
    pub deviance: f64,
    /// Σ pearson² / (n − k). For Poisson it only tells whether the counts vary more than assumed.
    pub dispersion: f64,
    /// n − k.
    pub df_residual: usize,
    /// θ of the negative binomial.
    pub theta: Option<f64>,
    /// Where θ comes from.
    pub theta_origin: ThetaOrigin,
    /// The log-likelihood; none for quasi-Poisson, nor for a Gaussian fit without residuals. Counts
    /// that aren't whole take Γ(y + 1) for y!.
    pub log_likelihood: Option<f64>,
    /// Iterations made.
    pub n_iterations: usize,
}

impl GlmFit {
    /// The quantity that nested fits are compared by: −2 log-likelihood for the negative binomial,
    /// the deviance otherwise.
    pub(crate) fn objective(&self) -> f64 {
        match (self.family, self.log_likelihood) {
            (Family::NegativeBinomial, Some(value)) => -2.0 * value,
            _ => self.deviance,
        }
    }

    /// Parameters that were estimated: the coefficients, and σ² or θ where it was. R counts so;
    /// statsmodels leaves σ² out.
    pub fn n_parameters(&self) -> usize {
        let scale = match self.family {
            Family::Gaussian => true,
            Family::Poisson | Family::QuasiPoisson => false,
            Family::NegativeBinomial => self.theta_origin != ThetaOrigin::Given,
        };
        self.coefficients.len() + usize::from(scale)
    }

    /// Akaike's criterion, −2 log-likelihood + 2 parameters; none where there is no likelihood.
    ///
    /// # Source
    /// Akaike (1974), IEEE Transactions on Automatic Control 19, 716–723.
    pub fn aic(&self) -> Option<f64> {
        let parameters = self.n_parameters() as f64;
        self.log_likelihood
            .map(|value| -2.0 * value + 2.0 * parameters)
    }

    /// The Bayesian criterion, −2 log-likelihood + log(n) parameters; none where there is no
    /// likelihood.
    ///
    /// # Source
    /// Schwarz (1978), Annals of Statistics 6, 461–464.
    pub fn bic(&self) -> Option<f64> {
        let parameters = self.n_parameters() as f64;
        let n = self.fitted.len() as f64;
        self.log_likelihood
            .map(|value| -2.0 * value + n.ln() * parameters)
    }

    /// Whether a coefficient over its standard error is held against Student's t with n − k degrees
    /// of freedom (an estimated dispersion) rather than the normal law.
    pub fn has_estimated_dispersion(&self) -> bool {
        matches!(self.family, Family::Gaussian | Family::QuasiPoisson)
    }

    /// The coefficients with the model's own standard errors, tests against zero and intervals.
    ///
    /// # Errors
    /// As [`terms`].
    pub fn terms(&self, level: f64) -> Result<Vec<Term>, GlmError> {
        self.terms_with(&self.covariance, level)
    }

    /// The same with another covariance, k × k row-major, such as a robust one.
    ///
    /// # Errors
    /// As [`terms`].
    pub fn terms_with(&self, covariance: &[f64], level: f64) -> Result<Vec<Term>, GlmError> {
        let df = self
            .has_estimated_dispersion()
            .then_some(self.df_residual as f64);
        terms(&self.names, &self.coefficients, covariance, df, level)
    }
}

/// Fits E(y) = μ with g(μ) = X·b + offset.
///
/// `y`: n figures (counts for the count families; they need not be whole). `offset`: n, for counts
/// the logarithm of the exposure. `design`: n × k. [`Regression`] takes weights and a given θ too.
///
/// ```
/// use yalu_stats::{Design, Family, fit_glm};
///
/// let counts = [2.0, 3.0, 1.0, 9.0, 7.0, 8.0];
/// let log_exposure = [100.0_f64; 6].map(f64::ln);
/// let design = Design::intercept(6).with("step", vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0])?;
/// let fit = fit_glm(&counts, &log_exposure, &design, Family::Poisson)?;
/// assert!((fit.coefficients[1].exp() - 4.0).abs() < 1e-9); // 24 events against 6
/// # Ok::<(), yalu_stats::GlmError>(())
/// ```
///
/// # Errors
/// [`GlmError`] where lengths differ, a value isn't finite or too large, an exposure is zero, a count
/// is negative, every count is zero, a column is collinear or separates the counts, or the iterations
/// don't settle.
///
/// # Source
/// McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed.; θ as in Venables and Ripley
/// (2002), Modern Applied Statistics with S, section 7.4.
pub fn fit_glm(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    family: Family,
) -> Result<GlmFit, GlmError> {
    Regression::new(y, design, family).offset(offset).fit()
}

/// The same with θ held where it is given: what a bootstrap refits.
pub(crate) fn refit(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    family: Family,
    theta: Option<f64>,
    start: Option<&[f64]>,
) -> Result<GlmFit, GlmError> {
    let problem = irls::Problem {
        y,
        offset,
        design,
        weights: None,
        family,
    };
    match (family, theta) {
        (Family::Gaussian, _) => irls::fit_gaussian(&problem),
        (Family::NegativeBinomial, None) => theta::fit_negative_binomial(&problem),
        _ => irls::fit_count(&problem, theta, start, irls::Precision::Deviance),
    }
}

/// The error of a column that the factorisation found to be made up of others.
fn collinear(design: &Design, column: usize) -> GlmError {
    let name = design.names()[column.min(design.n_columns() - 1)].clone();
    if design.column(column).iter().all(|value| *value == 0.0) {
        GlmError::ZeroColumn { column: name }
    } else {
        GlmError::Collinear { column: name }
    }
}
