//! Generalised fluctuation tests: processes that wander further than chance lets them where a
//! regression's coefficients aren't constant.
//!
//! What they need beyond the figures is no candidate date and no number of breaks. They say that
//! something moves and about when, not how often.

mod boundary;
mod process;
mod score;
mod tables;

use crate::breaks::FTestError;
use crate::glm::GlmError;

pub use boundary::{FluctuationFunctional, FluctuationTest};
pub use process::fluctuation_process;
pub use score::score_process;

/// Which process.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Fluctuation {
    /// Sums of the residuals of the whole sample (Ploberger and Krämer 1992). Weak where the break is
    /// late or early.
    OlsCusum,
    /// The same over a moving window (Chu, Hornik and Kuan 1995): for a shift that goes back.
    OlsMosum {
        /// Share of the periods in the window.
        bandwidth: f64,
    },
    /// Sums of recursive residuals (Brown, Durbin and Evans 1975). Strong for early breaks only.
    RecursiveCusum,
    /// The same over a moving window.
    RecursiveMosum {
        /// Share of the recursive residuals in the window.
        bandwidth: f64,
    },
    /// Coefficients of the first periods against those of all (Ploberger, Krämer and Kontrus 1989).
    RecursiveEstimates,
    /// Coefficients of a moving window against those of all.
    MovingEstimates {
        /// Share of the periods in the window.
        bandwidth: f64,
    },
    /// Sums of the Gaussian scores of coefficients and variance (Hjort and Koning 2002).
    ScoreCusum,
    /// The same over a moving window.
    ScoreMosum {
        /// Share of the periods in the window.
        bandwidth: f64,
    },
    /// Sums of a fitted model's scores: the M-fluctuation process (Zeileis and Hornik 2007).
    Model,
}

/// What a process tends to while nothing breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitProcess {
    /// Brownian motion.
    BrownianMotion,
    /// Brownian bridge.
    BrownianBridge,
    /// Increments of a Brownian motion over the bandwidth.
    BrownianMotionIncrements,
    /// Increments of a Brownian bridge over the bandwidth.
    BrownianBridgeIncrements,
}

impl std::fmt::Display for LimitProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BrownianMotion => "a Brownian motion",
            Self::BrownianBridge => "a Brownian bridge",
            Self::BrownianMotionIncrements => "increments of a Brownian motion",
            Self::BrownianBridgeIncrements => "increments of a Brownian bridge",
        })
    }
}

/// A fluctuation process.
#[derive(Debug, Clone, PartialEq)]
pub struct FluctuationProcess {
    /// Which.
    pub kind: Fluctuation,
    /// What each component is about: `residuals`, or a coefficient's column.
    pub names: Vec<String>,
    /// One vector per component, all of equal length. Row r ends with period n_before + r − 1
    /// (0-based); the first row of a process that begins at zero is that zero.
    pub values: Vec<Vec<f64>>,
    /// Periods that the first row stands for.
    pub n_before: usize,
    /// What it tends to.
    pub limit: LimitProcess,
    /// Share of the periods in the window, of a moving process.
    pub bandwidth: Option<f64>,
    /// The standard deviation that it was scaled by (the root of the long-run variance where one was
    /// asked for); none for scores, which are scaled by their own covariance.
    pub scale: Option<f64>,
}

impl FluctuationProcess {
    /// Rows.
    pub fn n_rows(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    /// The last period (0-based) that row `row` takes in; none for a row that stands for no period.
    pub fn period(&self, row: usize) -> Option<usize> {
        (self.n_before + row).checked_sub(1)
    }

    /// The process of some components only: a test for these coefficients. Components are made
    /// uncorrelated beforehand, so that each keeps its law.
    ///
    /// # Errors
    /// [`FluctuationError::Component`] where one doesn't exist, comes twice, or none is named.
    pub fn only(&self, components: &[usize]) -> Result<Self, FluctuationError> {
        let mut sorted = components.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() != components.len()
            || sorted.last().is_none_or(|last| *last >= self.values.len())
        {
            return Err(FluctuationError::Component {
                n: self.values.len(),
                got: components.to_vec(),
            });
        }
        let mut chosen = self.clone();
        chosen.names = components
            .iter()
            .map(|&idx| self.names[idx].clone())
            .collect();
        chosen.values = components
            .iter()
            .map(|&idx| self.values[idx].clone())
            .collect();
        Ok(chosen)
    }
}

/// Why a fluctuation test can't be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FluctuationError {
    /// A bandwidth that isn't one.
    #[error(
        "a bandwidth of {got} is a window of {periods} of {n} periods; it must hold at least {needed} and not all"
    )]
    Bandwidth {
        /// The bandwidth.
        got: f64,
        /// Periods in its window.
        periods: usize,
        /// Periods.
        n: usize,
        /// Periods needed.
        needed: usize,
    },
    /// Too few rows.
    #[error("{got} periods are too few for {columns} columns; at least {needed} are needed")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
        /// Columns.
        columns: usize,
    },
    /// Estimates that some of the periods don't determine.
    #[error(
        "within periods {first} to {last} column `{column}` is constant or a combination of those before it; take a wider window, another order of the columns or residual-based tests"
    )]
    Singular {
        /// First period.
        first: usize,
        /// Last period.
        last: usize,
        /// The column.
        column: String,
    },
    /// Nothing to explain.
    #[error("the model fits the series perfectly (is it constant?); nothing is left to test")]
    PerfectFit,
    /// Scores that are collinear.
    #[error("the scores of `{name}` don't vary or are a combination of others'; leave it out")]
    SingularScores {
        /// Which.
        name: String,
    },
    /// Components that don't exist.
    #[error("the process has {n} components; {got:?} aren't different ones of them")]
    Component {
        /// Components.
        n: usize,
        /// What was asked for.
        got: Vec<usize>,
    },
    /// A functional whose law isn't known for this process.
    #[error("no p-value is known for {functional} of {limit}; take the largest value (`Max`)")]
    Unsupported {
        /// The functional.
        functional: &'static str,
        /// The limit process.
        limit: LimitProcess,
    },
    /// More components than the table has.
    #[error("the table of {functional} has 1 to {most} components, not {got}; pick some of them")]
    TooManyComponents {
        /// The functional.
        functional: &'static str,
        /// The most.
        most: usize,
        /// Components.
        got: usize,
    },
    /// A bandwidth without a table.
    #[error("critical values are tabled for bandwidths from 0.05 to 0.5, not {got}")]
    BandwidthOutsideTable {
        /// The bandwidth.
        got: f64,
    },
    /// A level without a critical value.
    #[error("the level must lie above 0 and below 1 and within the table, got {got}")]
    Level {
        /// The level.
        got: f64,
    },
    /// A supremum over no dates.
    #[error("the shares must satisfy 0 < from < to < 1, got {from} and {to}")]
    Shares {
        /// The first.
        from: f64,
        /// The last.
        to: f64,
    },
    /// The p-value of the largest LM statistic isn't tabled.
    #[error(transparent)]
    Table(#[from] FTestError),
    /// The regression can't be fitted.
    #[error(transparent)]
    Fit(#[from] GlmError),
}
