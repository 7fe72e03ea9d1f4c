//! What would have happened: one unit's path beside a weighted mean of units without the treatment.
//!
//! A [`Panel`] holds the outcomes, who was treated and when. [`fit_synthetic_control`] weights the
//! donors so that predictors and past agree (Abadie, Diamond and Hainmueller 2010);
//! [`placebos_in_space`] asks how often an untreated unit looks as extreme; [`fit_augmented`]
//! mends a poor fit by ridge regression, [`fit_synthetic_did`] weights periods too, and
//! [`conformal_test`] gives p-values and intervals without an asymptotic variance. A [`PathPanel`]
//! compares changes where levels don't compare, and lets each unit have its own best date, for dates
//! that were found in the data; [`log_relative_rates`] makes counts ready for it.
//!
//! Periods are 0-based; the treatment start is the *first treated* period, and the pre-periods are
//! those before it. A gap is treated less synthetic.

mod augmented;
mod conformal;
mod dated;
mod nested;
mod panel;
mod placebo;
mod rates;
mod sdid;
mod simplex;
mod weights;

pub use augmented::{AugmentedControl, AugmentedOptions, RidgePenalty, fit_augmented};
pub use conformal::{
    ConformalInterval, ConformalOptions, ConformalTest, Permutations, conformal_average_interval,
    conformal_constant_interval, conformal_intervals, conformal_test,
};
pub use dated::{
    BestDate, GapStatistic, PathControl, PathPanel, PathWeights, RankInterval, rank_interval,
    rank_p_value,
};
pub use nested::SearchStart;
pub use panel::{Panel, Predictor};
pub use placebo::{
    InSpaceOptions, InSpacePlacebos, LeaveOneOut, PlaceboUnit, in_time_placebo, leave_one_out,
    placebo_in_space, placebos_in_space, rank_placebos,
};
pub use rates::{RelativeRates, log_relative_rates};
pub use sdid::{
    DidEstimator, PlaceboError, SyntheticDid, fit_synthetic_did, sdid_jackknife_error,
    sdid_placebo_error,
};
pub use weights::{
    PredictorBalance, PredictorWeights, SyntheticControl, SyntheticOptions, fit_synthetic_control,
};

/// Why a synthetic control can't be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntheticError {
    /// A table whose size isn't units × periods.
    #[error("{what} has {got} values, units times periods are {needed}")]
    Shape {
        /// Which table.
        what: String,
        /// Values needed.
        needed: usize,
        /// Values there are.
        got: usize,
    },
    /// Two units or periods of one name.
    #[error("{what} `{name}` is there twice; names must differ")]
    Duplicate {
        /// Unit, period, predictor.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that isn't in the panel.
    #[error("{what} `{name}` isn't in the panel")]
    Unknown {
        /// Unit or period.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Nobody is treated.
    #[error("no unit is treated; name at least one")]
    NoTreated,
    /// More than one treated unit where a method is for one.
    #[error("{got} units are treated; this needs exactly one")]
    SeveralTreated {
        /// Treated units.
        got: usize,
    },
    /// A treated unit named as a donor.
    #[error("`{unit}` is treated and can't be its own donor; take it out of the donors")]
    TreatedAmongDonors {
        /// The unit.
        unit: String,
    },
    /// Too few donors.
    #[error("{got} donors are too few; at least {needed} are needed")]
    TooFewDonors {
        /// Donors needed.
        needed: usize,
        /// Donors there are.
        got: usize,
    },
    /// Too few periods before the treatment.
    #[error("{got} periods before the treatment are too few; at least {needed} are needed")]
    TooFewPrePeriods {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
    },
    /// No period from the treatment on.
    #[error("no period from the treatment on; it starts at period {start} of {n_periods}")]
    NoPostPeriods {
        /// First treated period, from 0.
        start: usize,
        /// Periods.
        n_periods: usize,
    },
    /// An outcome that isn't there.
    #[error("`{unit}` has no outcome at `{period}`; fill it or leave the unit out")]
    MissingOutcome {
        /// The unit.
        unit: String,
        /// The period.
        period: String,
    },
    /// An infinite figure.
    #[error("{what} of `{unit}` at `{period}` is not a finite number")]
    NotFinite {
        /// Outcome or covariate.
        what: String,
        /// The unit.
        unit: String,
        /// The period; `-` for a figure of the whole unit.
        period: String,
    },
    /// A figure whose fourth power would overflow.
    #[error("{what} of `{unit}` at `{period}` is beyond 1e70; rescale it")]
    TooLarge {
        /// Outcome or covariate.
        what: String,
        /// The unit.
        unit: String,
        /// The period; `-` for a figure of the whole unit.
        period: String,
    },
    /// A window without periods, beyond the panel, or on the wrong side of the treatment.
    #[error("{what} must be {needed}, got {got}")]
    Window {
        /// Which window.
        what: String,
        /// What it should be.
        needed: &'static str,
        /// What it is.
        got: String,
    },
    /// No predictor.
    #[error("no predictor is given; name at least one, such as the outcome before the treatment")]
    NoPredictors,
    /// A predictor without any figure for a unit that needs it.
    #[error("predictor `{predictor}` has no figure for `{unit}` in its window")]
    MissingPredictor {
        /// The predictor.
        predictor: String,
        /// The unit.
        unit: String,
    },
    /// A predictor that is the same for all units.
    #[error("predictor `{predictor}` is the same for all units and tells nothing; leave it out")]
    ConstantPredictor {
        /// The predictor.
        predictor: String,
    },
    /// Predictor weights that aren't one finite share a predictor.
    #[error("predictor weights must be {n} finite numbers at or above 0 that aren't all 0")]
    PredictorWeights {
        /// Predictors.
        n: usize,
    },
    /// An option outside its range.
    #[error("{what} must be {needed}, got {got}")]
    Option {
        /// The option.
        what: &'static str,
        /// Its range.
        needed: &'static str,
        /// Its value.
        got: f64,
    },
    /// Outcomes that don't vary where a scale is needed.
    #[error("the donors' outcomes before the treatment don't vary; there is nothing to weight")]
    Constant,
    /// A fit without error, where errors are needed.
    #[error("{what} fits perfectly; a ratio or a permutation of its errors has no meaning")]
    PerfectFit {
        /// Which fit.
        what: String,
    },
    /// The solver gave up.
    #[error("the quadratic programme for {what} did not settle; are figures many orders apart?")]
    NotSettled {
        /// Which programme.
        what: &'static str,
    },
    /// A result beyond what a double holds.
    #[error("{what} overflowed; rescale the outcomes")]
    Overflow {
        /// Which result.
        what: &'static str,
    },
}
