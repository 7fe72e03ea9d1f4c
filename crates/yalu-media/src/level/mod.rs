//! Levelling of a recording of which parts are much louder than the rest.
//!
//! # The idea
//! A talk is a few parts of steady level: the chair, a speaker far from the microphone, questions
//! from the floor. Each second's loudness is known from the one pass that measured it. A
//! least-squares fit of a piecewise-constant level with a penalty on each break finds the parts;
//! neighbours that don't differ by much are one. Each part is shifted to one level, by no more than a
//! bound; a long pause isn't raised with the speech around it. What comes out is a curve of decibels over
//! time: data that a player applies. The file is never touched, and within a part nothing is
//! compressed: a raised voice stays raised.

mod curve;
mod parts;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decode::round_ms;
use crate::gain::{Gain, Target, gain_of};
use crate::loudness::{ABSOLUTE_GATE_LUFS, Loudness, Second, rounded};
pub use curve::{CurveError, CurvePoint, GainCurve};
use parts::Part;

/// How a recording is levelled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LevelOptions {
    /// The shortest part, in seconds. Default 20; in a recording of more than ten hours, longer.
    pub min_seconds: f64,
    /// What counts as much louder, in LU: neighbours that differ by less are left as they are.
    /// Default 3.
    pub min_difference_lu: f64,
    /// The greatest shift of a part either way, in dB. Default 12.
    pub most_db: f64,
    /// The steepest ramp, in dB a second. Default 6.
    pub slope_db_per_second: f64,
    /// How far below the integrated loudness a second counts as a pause, in LU; pauses tell nothing
    /// about a part, and long ones (10 s) aren't raised. Default 25.
    pub pause_below_lu: f64,
}

impl Default for LevelOptions {
    fn default() -> Self {
        Self {
            min_seconds: 20.0,
            min_difference_lu: 3.0,
            most_db: 12.0,
            slope_db_per_second: 6.0,
            pause_below_lu: 25.0,
        }
    }
}

/// An option that can't be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LevelError {
    /// An option that isn't a positive number.
    #[error("`{option}` must be a positive number, got {value}")]
    Option {
        /// Which.
        option: &'static str,
        /// Its value.
        value: f64,
    },
    /// A boundary that isn't within the recording.
    #[error(
        "a boundary of a part at {seconds} s isn't within the recording, which lasts {duration_seconds:.3} s"
    )]
    Boundary {
        /// The boundary.
        seconds: f64,
        /// How long the recording is.
        duration_seconds: f64,
    },
}

impl LevelError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Option { .. } => "leave the option out to use its default",
            Self::Boundary { .. } => "see that the cues are of this edit of the recording",
        }
    }
}

/// A part of a recording, [start, end).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelPart {
    /// Where it begins, in seconds.
    pub start_seconds: f64,
    /// Where it ends, in seconds, exclusive.
    pub end_seconds: f64,
    /// Its loudness before, in LUFS, gated; `null` where it is a pause throughout.
    pub loudness_lufs: Option<f64>,
    /// By how much it is shifted, in dB, relative to the gain.
    pub shift_db: f64,
}

/// How a recording is levelled, with what comes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Levelling {
    /// The options.
    pub options: LevelOptions,
    /// Whether parts differ by so much that levelling is worth it. If not, the curve is empty and the
    /// gain is the plain one.
    pub needed: bool,
    /// The parts, in order, without gaps.
    pub parts: Vec<LevelPart>,
    /// The shift over time, relative to the gain.
    pub curve: GainCurve,
    /// The gain that belongs with the curve. Its figures after are predicted from each second's
    /// loudness and true peak; the peak is an upper bound.
    pub gain: Gain,
}

/// Plans the levelling of a recording.
///
/// `boundaries`: where speakers change, in seconds, if it is known; breaks that the level shows
/// besides are found all the same. Nothing where the recording has no loudness.
///
/// # Errors
/// [`LevelError`] where an option or a boundary can't be.
pub fn level(
    loudness: &Loudness,
    boundaries: &[f64],
    target: Target,
    options: LevelOptions,
) -> Result<Option<Levelling>, LevelError> {
    check(&options)?;
    let seconds = &loudness.seconds;
    let marks = marks(boundaries, seconds.len())?;
    let (Some(integrated), Some(peak)) = (loudness.integrated_lufs, loudness.true_peak_dbtp) else {
        return Ok(None);
    };
    let pause = (integrated - options.pause_below_lu).max(ABSOLUTE_GATE_LUFS);
    let spoken: Vec<Option<f64>> = seconds
        .iter()
        .map(|second| second.lufs.filter(|&lufs| lufs > pause))
        .collect();
    let parts = parts::find(&spoken, &marks, &options);
    let shifts = part_shifts(&parts, &options);
    let needed = shifts.iter().any(|&shift| shift != 0.0);
    let curve = if needed {
        let wanted = wanted(&parts, &shifts, &spoken, options.slope_db_per_second);
        curve::through(&wanted, options.slope_db_per_second)
    } else {
        GainCurve::default()
    };
    let Some(gain) = gain_with(seconds, &curve, integrated, peak, target) else {
        return Ok(None);
    };
    let parts = parts
        .iter()
        .zip(&shifts)
        .map(|(part, &shift_db)| LevelPart {
            start_seconds: part.start as f64,
            end_seconds: round_ms(part.end as f64),
            loudness_lufs: part.lufs.map(|lufs| rounded(lufs, 100.0)),
            shift_db,
        });
    Ok(Some(Levelling {
        options,
        needed,
        parts: parts.collect(),
        curve,
        gain,
    }))
}

fn check(options: &LevelOptions) -> Result<(), LevelError> {
    for (option, value) in [
        ("min_seconds", options.min_seconds),
        ("min_difference_lu", options.min_difference_lu),
        ("most_db", options.most_db),
        ("slope_db_per_second", options.slope_db_per_second),
        ("pause_below_lu", options.pause_below_lu),
    ] {
        if !(value.is_finite() && value > 0.0) {
            return Err(LevelError::Option { option, value });
        }
    }
    Ok(())
}

/// Boundaries in whole seconds, in order, each once, the ends left out.
fn marks(boundaries: &[f64], n_seconds: usize) -> Result<Vec<usize>, LevelError> {
    let mut marks = Vec::new();
    for &seconds in boundaries {
        let mark = seconds.round();
        if !(0.0..=n_seconds as f64).contains(&mark) {
            return Err(LevelError::Boundary {
                seconds,
                duration_seconds: n_seconds as f64,
            });
        }
        marks.push(mark as usize);
    }
    marks.sort_unstable();
    marks.dedup();
    marks.retain(|&mark| mark > 0 && mark < n_seconds);
    Ok(marks)
}

/// The shift of each part toward the middle between the loudest and the quietest, so that the bound
/// serves both ways.
fn part_shifts(parts: &[Part], options: &LevelOptions) -> Vec<f64> {
    let levels = || parts.iter().filter_map(|part| part.lufs);
    let loudest = levels().fold(f64::NEG_INFINITY, f64::max);
    let quietest = levels().fold(f64::INFINITY, f64::min);
    if loudest - quietest < options.min_difference_lu || !(loudest - quietest).is_finite() {
        return vec![0.0; parts.len()];
    }
    let middle = f64::midpoint(loudest, quietest);
    let shift = |lufs: f64| (middle - lufs).clamp(-options.most_db, options.most_db);
    parts
        .iter()
        .map(|part| part.lufs.map_or(0.0, |lufs| rounded(shift(lufs), 100.0)))
        .collect()
}

/// The shift wanted in each second: the part's; but within a long pause it falls to the least shift
/// of all, and is back before the next word, so that what is no speech isn't raised.
fn wanted(
    parts: &[Part],
    shifts: &[f64],
    spoken: &[Option<f64>],
    slope_db_per_second: f64,
) -> Vec<f64> {
    // In a shorter pause between two sentences the level of the room would only waver.
    const LONG_PAUSE_SECONDS: usize = 10;
    let least = shifts.iter().copied().fold(0.0, f64::min);
    let mut wanted = vec![0.0; spoken.len()];
    for (part, &shift) in parts.iter().zip(shifts) {
        wanted[part.start..part.end].fill(shift);
    }
    let mut start = 0;
    while start < spoken.len() {
        let length = spoken[start..]
            .iter()
            .take_while(|lufs| lufs.is_none())
            .count();
        if length >= LONG_PAUSE_SECONDS {
            for (i, shift) in wanted[start..start + length].iter_mut().enumerate() {
                let n_from_edge = i.min(length - 1 - i);
                *shift = least.max(*shift - slope_db_per_second * n_from_edge as f64);
            }
        }
        start += length.max(1);
    }
    wanted
}

/// The gain after the curve. The integrated loudness moves by as much as the gated mean of the
/// seconds does; the peak is at most each second's peak with the greatest shift within it.
fn gain_with(
    seconds: &[Second],
    curve: &GainCurve,
    integrated: f64,
    peak: f64,
    target: Target,
) -> Option<Gain> {
    if curve.points.is_empty() {
        return gain_of(integrated, peak, target);
    }
    let before: Vec<f64> = seconds.iter().filter_map(|second| second.lufs).collect();
    let after: Vec<f64> = (seconds.iter().enumerate())
        .filter_map(|(i, second)| Some(second.lufs? + curve.at(i as f64 + 0.5)))
        .collect();
    let moved = parts::gated_mean(&after)? - parts::gated_mean(&before)?;
    let peaks = seconds.iter().enumerate().map(|(i, second)| {
        let shift = curve.at(i as f64).max(curve.at(i as f64 + 1.0));
        second.peak * 10_f64.powf(shift / 20.0)
    });
    let peak = peaks.fold(0.0, f64::max);
    gain_of(integrated + moved, 20.0 * peak.log10(), target)
}

#[cfg(test)]
mod tests;
