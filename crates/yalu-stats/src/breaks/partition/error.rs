//! What can be wrong with a search for regimes.

use crate::glm::GlmError;

/// Why a series can't be divided into regimes, or the division can't be tested.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PartitionError {
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
    /// A value that isn't a finite number.
    #[error("{what} in row {row} is {value}; it must be a finite number")]
    NotFinite {
        /// Which vector.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Values so large that their squares aren't finite.
    #[error("the response is too large to square; express it in larger units")]
    Overflow,
    /// A trimming that isn't a share.
    #[error("the trimming must be above 0 and at most 0.5, got {got}")]
    Trimming {
        /// The trimming.
        got: f64,
    },
    /// A shortest regime that has no degree of freedom left.
    #[error(
        "a regime of {got} periods is too short for {coefficients} coefficients; \
         at least {needed} periods are needed: raise the trimming"
    )]
    MinSegment {
        /// The shortest regime.
        got: usize,
        /// Periods needed.
        needed: usize,
        /// Coefficients of a regime.
        coefficients: usize,
    },
    /// Too few periods for two regimes.
    #[error("{got} periods are too few for two regimes; at least {needed} are needed")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
    },
    /// A number of a fixed column that isn't one, or comes twice.
    #[error("fixed column {got} is not a column of its own; the design has {n_columns}, from 0")]
    FixedColumn {
        /// The column.
        got: usize,
        /// Columns of the design.
        n_columns: usize,
    },
    /// Nothing is left to change.
    #[error("every column is fixed; at least one coefficient must be free to change")]
    NothingChanges,
    /// A column that others make up, in a stretch of rows.
    #[error(
        "column `{column}` is a combination of the columns before it in rows {first} to {last}"
    )]
    Collinear {
        /// The column.
        column: String,
        /// First row, from 0.
        first: usize,
        /// Last row.
        last: usize,
    },
    /// Residuals of zero: a constant series, exact steps.
    #[error(
        "with breaks after {breaks:?} the model fits the series perfectly; \
         no criterion, test or interval exists"
    )]
    PerfectFit {
        /// Last periods of the regimes before the breaks; empty for the model without a break.
        breaks: Vec<usize>,
    },
    /// Breaks that don't divide the series.
    #[error(
        "breaks {got:?} don't divide {n} periods into regimes of at least {needed}; \
         they are last periods in ascending order"
    )]
    Breaks {
        /// The breaks.
        got: Vec<usize>,
        /// Periods.
        n: usize,
        /// Fewest periods of a regime.
        needed: usize,
    },
    /// No break at all is asked for, where one is needed.
    #[error("at least one break is needed here")]
    NoBreak,
    /// A significance level without a table.
    #[error("level {got} isn't tabulated; take 0.10, 0.05, 0.025 or 0.01")]
    Level {
        /// The level.
        got: f64,
    },
    /// A confidence level that isn't one.
    #[error("the confidence level must be above 0 and below 1, got {got}")]
    Confidence {
        /// The level.
        got: f64,
    },
    /// A trimming without a table.
    #[error("trimming {got} isn't tabulated; take 0.05, 0.10, 0.15, 0.20 or 0.25")]
    TrimmingNotTabulated {
        /// The trimming.
        got: f64,
    },
    /// A number of coefficients without a table.
    #[error("{got} coefficients that change aren't tabulated; 1 to 10 are")]
    CoefficientsNotTabulated {
        /// Coefficients that change.
        got: usize,
    },
    /// Assumptions that contradict each other.
    #[error("{what}")]
    Assumptions {
        /// Which.
        what: &'static str,
    },
    /// No long-run covariance.
    #[error("no long-run covariance in rows {first} to {last}: {reason}")]
    LongRun {
        /// First row, from 0.
        first: usize,
        /// Last row.
        last: usize,
        /// Why.
        reason: &'static str,
    },
    /// A covariance that can't be inverted.
    #[error("the covariance of the changes after {breaks:?} is singular; no F statistic exists")]
    SingularCovariance {
        /// The breaks.
        breaks: Vec<usize>,
    },
    /// An interval that the asymptotics don't give.
    #[error(
        "no interval for the break after period {break_index}: the limit law has {mass_before} \
         of its mass before it, which the level doesn't allow"
    )]
    NoInterval {
        /// The break.
        break_index: usize,
        /// P(argmax V ≤ 0).
        mass_before: f64,
    },
    /// A break where nothing changes.
    #[error("the coefficients don't change after period {break_index}; its date has no interval")]
    NoChange {
        /// The break.
        break_index: usize,
    },
    /// θ that isn't positive.
    #[error("theta must be above 0 and finite, got {got}")]
    Theta {
        /// θ.
        got: f64,
    },
    /// Counts that can't be fitted at all.
    #[error(transparent)]
    Fit(#[from] GlmError),
}
