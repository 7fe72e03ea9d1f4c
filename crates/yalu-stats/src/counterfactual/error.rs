//! What can't be answered.

/// Why there is no counterfactual.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CounterfactualError {
    /// A value that isn't a finite number.
    #[error("{what} holds {value} in row {row}; leave a missing response out as none")]
    NotFinite {
        /// The series.
        what: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A control of another length.
    #[error("control `{name}` has {got} rows, the response has {needed}; it must run to the end")]
    Length {
        /// The control.
        name: String,
        /// Rows of the response.
        needed: usize,
        /// Rows of the control.
        got: usize,
    },
    /// The intervention isn't within the series.
    #[error(
        "the intervention at row {n_before} leaves no period after it: the series has {n_rows} rows"
    )]
    NoPeriodsAfter {
        /// Periods before the intervention.
        n_before: usize,
        /// Periods in all.
        n_rows: usize,
    },
    /// A response missing after the intervention.
    #[error(
        "the response is missing in row {row}, after the intervention; end the series before it"
    )]
    MissingAfter {
        /// The row, from 0.
        row: usize,
    },
    /// Too few periods before the intervention.
    #[error("{got} observed periods before the intervention; this model needs {needed}")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods observed.
        got: usize,
    },
    /// A response of zeros.
    #[error("the response is zero in every period before the intervention")]
    AllZero,
    /// A response that doesn't move.
    #[error("the response is {value} in every period before the intervention: nothing to learn")]
    Constant {
        /// The value.
        value: f64,
    },
    /// A control that doesn't move.
    #[error("control `{name}` is constant before the intervention: leave it out")]
    ControlConstant {
        /// The control.
        name: String,
    },
    /// Controls that say the same, with a prior that can't choose between them.
    #[error(
        "the controls are collinear before the intervention; leave some out or set \
         diagonal_shrinkage above 0"
    )]
    Collinear,
    /// An option outside its range.
    #[error("{option} is {value}; it must be {range}")]
    Option {
        /// The option.
        option: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// Figures too large to be summed.
    #[error("the figures of {what} are too large or too small to compute with; use another unit")]
    Scale {
        /// The series.
        what: String,
    },
}
