//! The share that has had an event of each kind, where one kind rules out the others.

use super::interval::{CurveOptions, interval_of};
use super::{SurvivalError, at_risk, check_times, distinct};

/// One subject's time under observation, with events of several kinds of which only one can happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompetingFollowUp {
    /// When observation began, on the clock of `time`; none where it was from the start.
    pub entered: Option<f64>,
    /// When the event happened, or until when none had: at least 0.
    pub time: f64,
    /// Which kind happened at `time`, from 0; none where the subject is censored then.
    pub cause: Option<usize>,
}

/// One kind of event at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incidence {
    /// How many had it at this time.
    pub events: usize,
    /// The share that has had it by then, in [0, 1].
    pub incidence: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Its pointwise interval; none before its first event and where the share is 1.
    pub interval: Option<(f64, f64)>,
}

/// All kinds at one time at which someone had an event or was censored.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceStep {
    /// The time.
    pub time: f64,
    /// How many were under observation and without an event just before it.
    pub at_risk: usize,
    /// The share without any event after it; with the incidences it sums to 1.
    pub event_free: f64,
    /// Each kind, in order.
    pub causes: Vec<Incidence>,
}

/// Cumulative incidence of each kind of event.
#[derive(Debug, Clone, PartialEq)]
pub struct CumulativeIncidence {
    /// The steps, by time.
    pub steps: Vec<IncidenceStep>,
    /// How many were followed.
    pub n: usize,
    /// How many had each kind.
    pub events: Vec<usize>,
    /// How its intervals were made.
    pub options: CurveOptions,
}

/// The share that has had each of `n_causes` kinds of event by each time: F̂ₖ(t) = Σ Ŝ(tᵢ−) dₖᵢ/nᵢ.
///
/// One minus a Kaplan-Meier curve that censors the other kinds answers another question: what would
/// be, could those not happen. It is never below the share that has really had the event.
///
/// # Errors
/// [`SurvivalError`] for no subjects, a duration, entry or cause that is none, or a confidence that
/// is no share.
///
/// # Source
/// Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141–150. The variance is
/// Greenwood's for several kinds (Dinse and Larson 1986, Biometrika 73, 379–386), which is the
/// infinitesimal jackknife of R's survival, to whose figures it is held.
pub fn cumulative_incidence(
    subjects: &[CompetingFollowUp],
    n_causes: usize,
    options: &CurveOptions,
) -> Result<CumulativeIncidence, SurvivalError> {
    let z = options.z()?;
    check(subjects, n_causes)?;
    let times = distinct(subjects.iter().map(|one| one.time));
    let at_risk = at_risk(&times, subjects.iter().map(|one| (one.entered, one.time)));
    let mut events = vec![vec![0; n_causes]; times.len()];
    for one in subjects {
        if let Some(cause) = one.cause {
            events[times.partition_point(|&t| t < one.time)][cause] += 1;
        }
    }
    let moments = Moment::all(&at_risk, &events, n_causes);
    let steps = (0..times.len())
        .map(|idx| IncidenceStep {
            time: times[idx],
            at_risk: at_risk[idx],
            event_free: moments[idx].after,
            causes: (0..n_causes)
                .map(|cause| {
                    let incidence = moments[idx].incidence[cause];
                    let std_error = variance(&moments[..=idx], cause).sqrt();
                    Incidence {
                        events: events[idx][cause],
                        incidence,
                        std_error,
                        interval: interval_of(options.interval, incidence, std_error, z),
                    }
                })
                .collect(),
        })
        .collect();
    Ok(CumulativeIncidence {
        steps,
        n: subjects.len(),
        events: (0..n_causes)
            .map(|cause| events.iter().map(|at| at[cause]).sum())
            .collect(),
        options: *options,
    })
}

fn check(subjects: &[CompetingFollowUp], n_causes: usize) -> Result<(), SurvivalError> {
    if subjects.is_empty() {
        return Err(SurvivalError::NoSubjects);
    }
    for (place, one) in subjects.iter().enumerate() {
        check_times(place, one.entered, one.time)?;
        if let Some(cause) = one.cause.filter(|cause| *cause >= n_causes) {
            return Err(SurvivalError::Cause {
                place,
                cause,
                n_causes,
            });
        }
    }
    Ok(())
}

/// What the variance needs of one time.
struct Moment {
    at_risk: f64,
    /// Events by kind.
    by_cause: Vec<f64>,
    /// The share without an event before it, and after it.
    before: f64,
    after: f64,
    /// The incidences after it.
    incidence: Vec<f64>,
}

impl Moment {
    fn all(at_risk: &[usize], events: &[Vec<usize>], n_causes: usize) -> Vec<Self> {
        let mut before = 1.0;
        let mut incidence = vec![0.0; n_causes];
        let mut moments = Vec::with_capacity(at_risk.len());
        for (&n, at) in at_risk.iter().zip(events) {
            let n = n as f64;
            let by_cause: Vec<f64> = at.iter().map(|&d| d as f64).collect();
            for (sum, d) in incidence.iter_mut().zip(&by_cause) {
                *sum += before * d / n;
            }
            let after = before * (n - by_cause.iter().sum::<f64>()) / n;
            moments.push(Self {
                at_risk: n,
                by_cause,
                before,
                after,
                incidence: incidence.clone(),
            });
            before = after;
        }
        moments
    }
}

/// The variance of an incidence at the last of `moments`, as a sum over the earlier times at which
/// the hazards are uncertain.
///
/// One more event of the kind at a time adds Ŝ(t−)/n to the incidence, and one more of any kind takes
/// away what those left would still have added. The shares that have each kind, or none, are
/// multinomial, so that the variance is that of these weights about their mean: no differences of
/// large sums.
fn variance(moments: &[Moment], cause: usize) -> f64 {
    let Some(last) = moments.last() else {
        return 0.0;
    };
    let mut sum = 0.0;
    for at in moments {
        let any = at.by_cause.iter().sum::<f64>() / at.at_risk;
        let own = at.by_cause[cause] / at.at_risk;
        let still = last.incidence[cause] - at.incidence[cause];
        let lost = if any < 1.0 { still / (1.0 - any) } else { 0.0 };
        let gained = at.before - lost;
        let mean = own * gained - (any - own) * lost;
        let spread = own * (gained - mean).powi(2)
            + (any - own) * (lost + mean).powi(2)
            + (1.0 - any) * mean * mean;
        sum += spread / at.at_risk;
    }
    sum
}

impl CumulativeIncidence {
    /// The step that holds at a time; none before the first, where all shares are 0.
    pub fn step_at(&self, time: f64) -> Option<&IncidenceStep> {
        let past = self.steps.partition_point(|step| step.time <= time);
        past.checked_sub(1).map(|idx| &self.steps[idx])
    }

    /// The share that has had an event of this kind by `time`; none for a kind that isn't there.
    pub fn incidence_at(&self, cause: usize, time: f64) -> Option<f64> {
        if cause >= self.events.len() {
            return None;
        }
        Some(
            self.step_at(time)
                .map_or(0.0, |step| step.causes[cause].incidence),
        )
    }
}
