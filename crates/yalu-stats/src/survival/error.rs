//! What survival methods can't work with.

use thiserror::Error;

/// Why there is no curve or comparison. Places count subjects from 0, through all groups in turn.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SurvivalError {
    /// Nobody to follow.
    #[error("there are no durations")]
    NoSubjects,
    /// A duration below zero, infinite or no number.
    #[error("duration {value} at place {place} is not a number from 0 on")]
    Duration {
        /// The place.
        place: usize,
        /// What was given.
        value: f64,
    },
    /// Observation that begins when it ends, or later.
    #[error("observation at place {place} begins at {entered} and ends at {time}")]
    Entry {
        /// The place.
        place: usize,
        /// When it begins.
        entered: f64,
        /// When it ends.
        time: f64,
    },
    /// Bounds that hold no duration.
    #[error("the duration at place {place} is bounded by {low} and {high}, which holds none")]
    Bounds {
        /// The place.
        place: usize,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A cause beyond those declared.
    #[error("cause {cause} at place {place}, and there are {n_causes} (from 0)")]
    Cause {
        /// The place.
        place: usize,
        /// The cause, from 0.
        cause: usize,
        /// How many there are.
        n_causes: usize,
    },
    /// A confidence that is no share.
    #[error("confidence is {got}; it must lie between 0 and 1")]
    Confidence {
        /// What was given.
        got: f64,
    },
    /// A share that is none, for a quantile.
    #[error("share is {got}; it must lie between 0 and 1")]
    Share {
        /// What was given.
        got: f64,
    },
    /// A weight's exponent below zero or no number.
    #[error("rho is {got}; it must be a number from 0 on")]
    Rho {
        /// What was given.
        got: f64,
    },
    /// A horizon that is none.
    #[error("the horizon is {got}; it must be a number above 0")]
    Horizon {
        /// What was given.
        got: f64,
    },
    /// A horizon beyond what was observed.
    #[error(
        "the horizon {horizon} lies beyond the last follow-up at {last}, where some still wait"
    )]
    HorizonBeyondFollowUp {
        /// What was given.
        horizon: f64,
        /// The longest follow-up.
        last: f64,
    },
    /// A permutation test without permutations.
    #[error("a permutation test needs at least one draw")]
    NoDraws,
    /// The likelihood couldn't be brought to its maximum.
    #[error("after {iterations} iterations the likelihood may still be {gap:e} below its maximum")]
    NotConverged {
        /// How many were made.
        iterations: usize,
        /// A bound on what is missing of the log-likelihood.
        gap: f64,
    },
}

impl SurvivalError {
    /// What to do.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::NoSubjects => "give at least one duration",
            Self::Duration { .. } => {
                "count durations from the beginning of each subject; leave out those whose order is in doubt, and say so"
            }
            Self::Entry { .. } => {
                "observation must begin before it ends; leave the entry out where it was from the start"
            }
            Self::Bounds { .. } => {
                "write the lower bound first, from 0 on; where both are one, it is an exact duration"
            }
            Self::Cause { .. } => "count causes from 0 and declare how many there are",
            Self::Confidence { .. } => "write 0.95 for 95 per cent",
            Self::Share { .. } => "write 0.5 for the median",
            Self::Rho { .. } => "0 is the log-rank test, 1 weighs early events most",
            Self::Horizon { .. } => "give it in the unit of the durations",
            Self::HorizonBeyondFollowUp { .. } => {
                "choose a horizon within the follow-up: nothing is known beyond it"
            }
            Self::NoDraws => "9999 draws give p to about 0.002 near 0.05",
            Self::NotConverged { .. } => "bounds this wide and many are rare: check them",
        }
    }
}
