//! How long until something happens, where for some it hasn't happened yet.
//!
//! A promise made in 2010 and not kept by 2013 isn't "three years late": it says that keeping it
//! takes *more* than three years. Leaving it out, or counting it as kept, both make promises look
//! faster than they are. Survival methods use what it does say.
//!
//! Durations are in any unit, the same for all; zero is a duration like any other. Nothing here
//! knows dates.
//!
//! | asks | begin with |
//! | --- | --- |
//! | which share is still waiting after so long, and what is the median? | [`kaplan_meier`] |
//! | do groups differ? | [`log_rank`] |
//! | which share was kept by then, when others were given up? | [`cumulative_incidence`] |
//! | the same as the first, where durations are known within bounds only | [`turnbull`] |

mod error;
mod incidence;
mod interval;
mod kaplan_meier;
mod log_rank;
mod permutation;
mod quantile;
mod turnbull;

pub use error::SurvivalError;
pub use incidence::{
    CompetingFollowUp, CumulativeIncidence, Incidence, IncidenceStep, cumulative_incidence,
};
pub use interval::{CurveOptions, IntervalKind};
pub use kaplan_meier::{RestrictedMean, SurvivalCurve, SurvivalStep, kaplan_meier};
pub use log_rank::{GroupComparison, LogRank, LogRankOptions, LogRankOutcome, log_rank};
pub use permutation::{AllocationCount, PermutationPValue, Permutations};
pub use quantile::SurvivalQuantile;
pub use turnbull::{KnownDuration, MassRegion, QuantileBounds, Turnbull, turnbull};

/// One subject's time under observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FollowUp {
    /// When observation began, on the same clock as `time`; none where it was from the start.
    ///
    /// A subject that came under observation late is at risk only after that (left truncation).
    pub entered: Option<f64>,
    /// When the event happened, or until when it is known not to have: at least 0.
    pub time: f64,
    /// Whether the event happened at `time`; otherwise the subject is censored then.
    pub event: bool,
}

impl FollowUp {
    /// The event happened after `time`.
    pub fn event(time: f64) -> Self {
        Self {
            entered: None,
            time,
            event: true,
        }
    }

    /// The event hasn't happened by `time`.
    pub fn censored(time: f64) -> Self {
        Self {
            entered: None,
            time,
            event: false,
        }
    }

    /// The same, under observation only after `entered`.
    #[must_use]
    pub fn entered_at(self, entered: f64) -> Self {
        Self {
            entered: Some(entered),
            ..self
        }
    }
}

/// Checks one subject's times; `place` counts from 0.
fn check_times(place: usize, entered: Option<f64>, time: f64) -> Result<(), SurvivalError> {
    if !time.is_finite() || time < 0.0 {
        return Err(SurvivalError::Duration { place, value: time });
    }
    match entered {
        Some(entered) if !entered.is_finite() || entered < 0.0 || entered >= time => {
            Err(SurvivalError::Entry {
                place,
                entered,
                time,
            })
        }
        _ => Ok(()),
    }
}

/// The distinct values, ascending.
fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    // −0 and 0 are one time.
    let mut sorted: Vec<f64> = values.map(|value| value + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted
}

/// How many are at risk at each of the ascending `times`: entered before it, and not gone before it.
fn at_risk(times: &[f64], spans: impl Iterator<Item = (Option<f64>, f64)>) -> Vec<usize> {
    let mut change = vec![0_isize; times.len() + 1];
    for (entered, time) in spans {
        let (first, past) = risk_span(times, entered, time);
        if first < past {
            change[first] += 1;
            change[past] -= 1;
        }
    }
    let mut count = 0;
    change[..times.len()]
        .iter()
        .map(|step| {
            count += step;
            count as usize
        })
        .collect()
}

/// The half-open span of `times` at which one subject is at risk.
fn risk_span(times: &[f64], entered: Option<f64>, time: f64) -> (usize, usize) {
    let first = entered.map_or(0, |entered| times.partition_point(|&t| t <= entered));
    (first, times.partition_point(|&t| t <= time))
}

#[cfg(test)]
mod tests;
