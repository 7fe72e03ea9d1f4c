//! The one gain that brings a whole recording to a target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::loudness::{Loudness, rounded};

/// What a recording is to be brought to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// Integrated loudness, in LUFS. Default −16, usual for speech over headphones; EBU R 128 has −23
    /// for broadcast.
    pub integrated_lufs: f64,
    /// The true peak that isn't exceeded, in dBTP. Default −1 (EBU R 128).
    pub true_peak_dbtp: f64,
}

impl Default for Target {
    fn default() -> Self {
        Self {
            integrated_lufs: -16.0,
            true_peak_dbtp: -1.0,
        }
    }
}

/// A gain, and what comes of it. It is linear: the same for every sample, no compression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gain {
    /// What was asked for.
    pub target: Target,
    /// The gain, in dB.
    pub gain_db: f64,
    /// The gain that the target needs, in dB: greater than `gain_db` where the peak forbids it.
    pub wanted_db: f64,
    /// Whether the true peak forbids the target.
    pub limited_by_peak: bool,
    /// By how much the result stays below the target, in LU; 0 where the peak allows it.
    pub below_target_lu: f64,
    /// Integrated loudness after it, in LUFS.
    pub integrated_after_lufs: f64,
    /// True peak after it, in dBTP.
    pub true_peak_after_dbtp: f64,
}

/// The gain that brings a recording to `target`, or as near as its true peak allows.
///
/// Nothing where the recording has no loudness (silence): no gain makes it audible.
pub fn gain_to(loudness: &Loudness, target: Target) -> Option<Gain> {
    gain_of(loudness.integrated_lufs?, loudness.true_peak_dbtp?, target)
}

/// The same from figures. Nothing where one of them is no finite number.
pub(crate) fn gain_of(integrated: f64, true_peak: f64, target: Target) -> Option<Gain> {
    let wanted = rounded(target.integrated_lufs - integrated, 100.0);
    let allowed = rounded(target.true_peak_dbtp - true_peak, 100.0);
    if !(wanted.is_finite() && allowed.is_finite()) {
        return None;
    }
    let gain_db = wanted.min(allowed);
    Some(Gain {
        target,
        gain_db,
        wanted_db: wanted,
        limited_by_peak: allowed < wanted,
        below_target_lu: rounded(wanted - gain_db, 100.0),
        integrated_after_lufs: rounded(integrated + gain_db, 100.0),
        true_peak_after_dbtp: rounded(true_peak + gain_db, 100.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_recording_is_raised_to_the_target() {
        let gain = gain_of(-28.5, -14.2, Target::default()).unwrap();
        assert_eq!((gain.gain_db, gain.limited_by_peak), (12.5, false));
        assert_eq!(
            (gain.integrated_after_lufs, gain.true_peak_after_dbtp),
            (-16.0, -1.7)
        );
    }

    #[test]
    fn a_peak_that_forbids_the_target_says_by_how_much() {
        let gain = gain_of(-28.5, -6.0, Target::default()).unwrap();
        assert_eq!(
            (gain.gain_db, gain.wanted_db, gain.below_target_lu),
            (5.0, 12.5, 7.5)
        );
        assert!(gain.limited_by_peak);
        assert!((gain.true_peak_after_dbtp + 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_loud_recording_is_lowered() {
        let gain = gain_of(-9.0, 0.5, Target::default()).unwrap();
        assert_eq!((gain.gain_db, gain.below_target_lu), (-7.0, 0.0));
    }

    #[test]
    fn no_figure_no_gain() {
        let target = Target {
            integrated_lufs: f64::NAN,
            ..Target::default()
        };
        assert_eq!(gain_of(-20.0, -3.0, target), None);
    }
}
