//! Quantiles of a survival curve.

use super::{SurvivalCurve, SurvivalStep};

/// Below this two probabilities are one: a product of fractions is rounded.
const SAME: f64 = 1e-9;

/// The time by which a share has had the event. Each figure is none where the curve, or the limit,
/// never falls that far: "not reached".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalQuantile {
    /// The share that has had the event, in (0, 1).
    pub share: f64,
    /// The estimate.
    pub estimate: Option<f64>,
    /// The lower limit: none where the lower limit of the curve isn't low enough either.
    pub lower: Option<f64>,
    /// The upper limit: none where the upper limit of the curve never falls so far, so that the
    /// quantile may be any time beyond.
    pub upper: Option<f64>,
}

/// The quantile, with the interval that reads the curve's own pointwise limits along the level.
///
/// Where the curve lies exactly at the level between two events, the middle of both times is
/// given, as R does. Where it stays there to the end, the time at which it was reached is given (R
/// takes the middle of that and the longest follow-up, which would make the median depend on how
/// long one went on looking).
///
/// # Source
/// Brookmeyer and Crowley (1982), Biometrics 38, 29–41.
pub(super) fn quantile_of(curve: &SurvivalCurve, share: f64) -> SurvivalQuantile {
    let level = 1.0 - share;
    let read = |value: fn(&SurvivalStep) -> Option<f64>| first_at(&curve.steps, level, value);
    SurvivalQuantile {
        share,
        estimate: read(|step| Some(step.survival)),
        lower: read(|step| step.interval.map(|interval| interval.0)),
        upper: read(|step| step.interval.map(|interval| interval.1)),
    }
}

/// The first time at which a step function is at most `level`.
fn first_at(
    steps: &[SurvivalStep],
    level: f64,
    value: fn(&SurvivalStep) -> Option<f64>,
) -> Option<f64> {
    let first = steps
        .iter()
        .position(|step| value(step).is_some_and(|value| value <= level + SAME))?;
    let reached = steps[first].time;
    if value(&steps[first]).is_some_and(|value| value < level - SAME) {
        return Some(reached);
    }
    // A plateau at the level: it ends with the next event.
    let next = steps[first + 1..].iter().find(|step| step.events > 0);
    Some(next.map_or(reached, |next| f64::midpoint(reached, next.time)))
}
