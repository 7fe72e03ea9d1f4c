//! The product-limit estimate of the share that still waits.

use super::interval::{CurveOptions, interval_of};
use super::quantile::{SurvivalQuantile, quantile_of};
use super::{FollowUp, SurvivalError, at_risk, check_times, distinct};

/// The curve at one time at which someone had the event or was censored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// The time.
    pub time: f64,
    /// How many were under observation and still waiting just before it.
    pub at_risk: usize,
    /// How many had the event then.
    pub events: usize,
    /// How many were censored then: after the events of the same time.
    pub censored: usize,
    /// The share still waiting after it, in [0, 1].
    pub survival: f64,
    /// Its standard error (Greenwood); 0 before the first event and where nobody waits any more,
    /// since the formula sees no error there.
    pub std_error: f64,
    /// Its pointwise interval; none before the first event and where nobody waits any more.
    pub interval: Option<(f64, f64)>,
}

/// A Kaplan-Meier curve: a step function from 1 at time 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurve {
    /// Its steps, by time.
    pub steps: Vec<SurvivalStep>,
    /// How many were followed.
    pub n: usize,
    /// How many had the event.
    pub events: usize,
    /// How its intervals were made.
    pub options: CurveOptions,
}

/// The mean time to the event within a horizon: the area under the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMean {
    /// The horizon τ.
    pub horizon: f64,
    /// The mean of min(T, τ), in the unit of the durations.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
}

/// The share that still waits, by time: Ŝ(t) = Π (1 − dᵢ/nᵢ) over event times tᵢ ≤ t, of nᵢ at risk
/// of whom dᵢ have the event. Who is censored at an event's time counts as at risk then.
///
/// With everyone censored the curve stays at 1 and has no intervals: that is an answer. With
/// delayed entry few may be at risk early; once all of them have the event the curve is 0 for good,
/// whoever enters later, and such a curve is of no use: look at `at_risk`.
///
/// # Errors
/// [`SurvivalError`] for no subjects, a duration that is none, an entry not before its end, or a
/// confidence that is no share.
///
/// # Source
/// Kaplan and Meier (1958), Journal of the American Statistical Association 53, 457–481; Greenwood
/// (1926); intervals: Borgan and Liestøl (1990), Scandinavian Journal of Statistics 17, 35–41. Held
/// to R's survival in `tests/reference/survival.rs`.
///
/// ```
/// use yalu_stats::survival::{CurveOptions, FollowUp, kaplan_meier};
///
/// let waits = [FollowUp::event(1.0), FollowUp::event(2.0), FollowUp::censored(3.0)];
/// let curve = kaplan_meier(&waits, &CurveOptions::default())?;
/// assert!((curve.survival_at(2.5) - 1.0 / 3.0).abs() < 1e-15);
/// assert_eq!(curve.median().estimate, Some(2.0));
/// # Ok::<(), yalu_stats::survival::SurvivalError>(())
/// ```
pub fn kaplan_meier(
    subjects: &[FollowUp],
    options: &CurveOptions,
) -> Result<SurvivalCurve, SurvivalError> {
    let z = options.z()?;
    if subjects.is_empty() {
        return Err(SurvivalError::NoSubjects);
    }
    for (place, one) in subjects.iter().enumerate() {
        check_times(place, one.entered, one.time)?;
    }
    let times = distinct(subjects.iter().map(|one| one.time));
    let at_risk = at_risk(&times, subjects.iter().map(|one| (one.entered, one.time)));
    let (events, censored) = ends(&times, subjects);
    let (mut survival, mut log_variance) = (1.0, 0.0);
    let mut steps = Vec::with_capacity(times.len());
    for (idx, &time) in times.iter().enumerate() {
        let (n, d) = (at_risk[idx] as f64, events[idx] as f64);
        survival *= (n - d) / n;
        if survival > 0.0 {
            log_variance += d / (n * (n - d));
        }
        let std_error = survival * f64::sqrt(log_variance);
        steps.push(SurvivalStep {
            time,
            at_risk: at_risk[idx],
            events: events[idx],
            censored: censored[idx],
            survival,
            std_error,
            interval: interval_of(options.interval, survival, std_error, z),
        });
    }
    Ok(SurvivalCurve {
        steps,
        n: subjects.len(),
        events: events.iter().sum(),
        options: *options,
    })
}

/// Events and censorings at each of the distinct times.
fn ends(times: &[f64], subjects: &[FollowUp]) -> (Vec<usize>, Vec<usize>) {
    let mut events = vec![0; times.len()];
    let mut censored = vec![0; times.len()];
    for one in subjects {
        let idx = times.partition_point(|&t| t < one.time);
        if one.event {
            events[idx] += 1;
        } else {
            censored[idx] += 1;
        }
    }
    (events, censored)
}

impl SurvivalCurve {
    /// The step that holds at a time; none before the first.
    pub fn step_at(&self, time: f64) -> Option<&SurvivalStep> {
        let past = self.steps.partition_point(|step| step.time <= time);
        past.checked_sub(1).map(|idx| &self.steps[idx])
    }

    /// The share still waiting after `time`. Beyond the last follow-up nothing is known, and the
    /// last share is given.
    pub fn survival_at(&self, time: f64) -> f64 {
        self.step_at(time).map_or(1.0, |step| step.survival)
    }

    /// The longest follow-up.
    pub fn last_time(&self) -> f64 {
        self.steps.last().map_or(0.0, |step| step.time)
    }

    /// The time by which half have had the event.
    pub fn median(&self) -> SurvivalQuantile {
        quantile_of(self, 0.5)
    }

    /// The time by which a share has had the event, with the interval of Brookmeyer and Crowley.
    ///
    /// # Errors
    /// [`SurvivalError::Share`] where `share` isn't between 0 and 1.
    pub fn quantile(&self, share: f64) -> Result<SurvivalQuantile, SurvivalError> {
        if !(share > 0.0 && share < 1.0) {
            return Err(SurvivalError::Share { got: share });
        }
        Ok(quantile_of(self, share))
    }

    /// The mean time to the event within a horizon: ∫₀^τ Ŝ(t) dt.
    ///
    /// # Errors
    /// [`SurvivalError::Horizon`] where it isn't above 0, [`SurvivalError::HorizonBeyondFollowUp`]
    /// where some still wait at the last follow-up and it lies beyond (R draws the curve on).
    ///
    /// # Source
    /// Irwin (1949), Journal of Hygiene 47, 188–189; variance as in Klein and Moeschberger (2003),
    /// *Survival Analysis*, section 4.5.
    pub fn restricted_mean(&self, horizon: f64) -> Result<RestrictedMean, SurvivalError> {
        if !horizon.is_finite() || horizon <= 0.0 {
            return Err(SurvivalError::Horizon { got: horizon });
        }
        let last = self.last_time();
        if horizon > last && self.survival_at(last) > 0.0 {
            return Err(SurvivalError::HorizonBeyondFollowUp { horizon, last });
        }
        // From the horizon back: the area to the right of each event is what its error moves.
        let (mut area, mut variance, mut right) = (0.0, 0.0, horizon);
        for step in self.steps.iter().rev().filter(|step| step.time < horizon) {
            area += step.survival * (right - step.time);
            right = step.time;
            let (n, d) = (step.at_risk as f64, step.events as f64);
            if n > d {
                variance += area * area * d / (n * (n - d));
            }
        }
        Ok(RestrictedMean {
            horizon,
            mean: area + right,
            std_error: f64::sqrt(variance),
        })
    }
}
