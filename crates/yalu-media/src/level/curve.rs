//! A gain over time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::loudness::rounded;

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// When, in seconds.
    pub seconds: f64,
    /// The gain then, in dB.
    pub db: f64,
}

/// A gain over time: straight lines in decibels between points; before the first and after the last
/// it is theirs. Without points it is 0 dB.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GainCurve {
    /// The points, in order of time.
    pub points: Vec<CurvePoint>,
}

/// A curve that is none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CurveError {
    /// A point that is no number.
    #[error("point {index} of the curve is {db} dB at {seconds} s: not a number")]
    NoNumber {
        /// Which, from 0.
        index: usize,
        /// Its time.
        seconds: f64,
        /// Its gain.
        db: f64,
    },
    /// A point that isn't later than the one before.
    #[error("point {index} of the curve is at {seconds} s, not after the one before")]
    NotLater {
        /// Which, from 0.
        index: usize,
        /// Its time.
        seconds: f64,
    },
}

impl CurveError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        "take the curve as it was measured, or measure the recording anew"
    }
}

impl GainCurve {
    /// Checks a curve that was read from a file.
    ///
    /// # Errors
    /// [`CurveError`] where a point is no number or times don't rise.
    pub fn check(&self) -> Result<(), CurveError> {
        let mut before = f64::NEG_INFINITY;
        for (index, &CurvePoint { seconds, db }) in self.points.iter().enumerate() {
            if !(seconds.is_finite() && db.is_finite()) {
                return Err(CurveError::NoNumber { index, seconds, db });
            }
            if seconds <= before {
                return Err(CurveError::NotLater { index, seconds });
            }
            before = seconds;
        }
        Ok(())
    }

    /// The gain at a time, in dB.
    pub fn at(&self, seconds: f64) -> f64 {
        let next = self
            .points
            .partition_point(|point| point.seconds <= seconds);
        match (
            next.checked_sub(1).map(|i| self.points[i]),
            self.points.get(next),
        ) {
            (Some(a), Some(b)) => {
                let share = (seconds - a.seconds) / (b.seconds - a.seconds);
                a.db + (b.db - a.db) * share
            }
            (Some(only), None) => only.db,
            (None, Some(only)) => only.db,
            (None, None) => 0.0,
        }
    }
}

/// A curve that is nowhere above what is wanted in any second, and nowhere steeper than `slope` dB a
/// second: it falls ahead of a louder part and rises within a quieter one, so that no loud word comes
/// before the gain is down.
pub(super) fn through(wanted: &[f64], slope: f64) -> GainCurve {
    if wanted.is_empty() {
        return GainCurve::default();
    }
    let n = wanted.len();
    // Node i stands at the start of second i; it must suit the seconds on both sides.
    let mut nodes: Vec<f64> = (0..=n)
        .map(|i| {
            let before = i.checked_sub(1).map_or(f64::INFINITY, |i| wanted[i]);
            before.min(wanted.get(i).copied().unwrap_or(f64::INFINITY))
        })
        .collect();
    for i in 1..=n {
        nodes[i] = nodes[i].min(nodes[i - 1] + slope);
    }
    for i in (0..n).rev() {
        nodes[i] = nodes[i].min(nodes[i + 1] + slope);
    }
    GainCurve {
        points: corners(&nodes),
    }
}

/// The nodes at which the line bends, and the ends.
fn corners(nodes: &[f64]) -> Vec<CurvePoint> {
    let straight = |i: usize| {
        i > 0 && i + 1 < nodes.len() && (2.0 * nodes[i] - nodes[i - 1] - nodes[i + 1]).abs() < 1e-9
    };
    (0..nodes.len())
        .filter(|&i| !straight(i))
        .map(|i| CurvePoint {
            seconds: i as f64,
            db: rounded(nodes[i], 100.0),
        })
        .collect()
}
