//! A levelled copy of a recording, for players that can't apply a curve.

use std::io::{Seek, Write};
use std::path::Path;

use thiserror::Error;

use crate::decode::{DecodeError, Decoder};
use crate::gain::Target;
use crate::level::{CurveError, GainCurve};
use crate::loudness::{Loudness, LoudnessError, LoudnessMeter};
use crate::wav::{WavError, WavFormat, WavWriter};

/// What is applied to a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderPlan {
    /// The gain, in dB.
    pub gain_db: f64,
    /// The curve on top of it.
    pub curve: GainCurve,
    /// What must not be exceeded.
    pub target: Target,
    /// How samples are written.
    pub format: WavFormat,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The gain that was applied, in dB.
    pub gain_db: f64,
    /// By how much it is below the plan's, in dB, for the true peak's sake; 0 where the plan held.
    pub lowered_db: f64,
    /// The loudness of what was written, before dither.
    pub loudness: Loudness,
    /// Frames written.
    pub n_frames: u64,
    /// Samples beyond full scale that were cut off, in 16 bits.
    pub n_clipped: u64,
}

/// Why a copy can't be rendered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The recording can't be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The copy can't be written.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// The copy can't be metered.
    #[error(transparent)]
    Loudness(#[from] LoudnessError),
    /// The curve is none.
    #[error(transparent)]
    Curve(#[from] CurveError),
    /// The gain is no number.
    #[error("the gain is {gain_db} dB: not a number")]
    Gain {
        /// The gain.
        gain_db: f64,
    },
}

impl RenderError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Decode(error) => error.mend(),
            Self::Wav(error) => error.mend(),
            Self::Loudness(error) => error.mend(),
            Self::Curve(error) => error.mend(),
            Self::Gain { .. } => "measure the recording anew",
        }
    }
}

/// Writes a copy of the recording at `path` with the plan's gain and curve. `out` is called for the
/// place to write to: once, and again where the true peak, which is measured on what is written,
/// turns out to be too high; then the gain is lowered by the excess. Memory is a block's.
///
/// # Errors
/// [`RenderError`] where the recording can't be decoded or the copy written.
pub fn render_levelled<W: Write + Seek>(
    path: &Path,
    plan: &RenderPlan,
    mut out: impl FnMut() -> std::io::Result<W>,
) -> Result<Rendered, RenderError> {
    plan.curve.check()?;
    if !plan.gain_db.is_finite() {
        return Err(RenderError::Gain {
            gain_db: plan.gain_db,
        });
    }
    let mut lowered_db = 0.0;
    loop {
        let gain_db = plan.gain_db - lowered_db;
        let mut decoder = Decoder::open(path)?;
        let out = out().map_err(WavError::from)?;
        let mut rendered = pass(&mut decoder, plan, gain_db, out)?;
        rendered.lowered_db = lowered_db;
        let excess = rendered
            .loudness
            .true_peak_dbtp
            .map_or(0.0, |peak| peak - plan.target.true_peak_dbtp);
        // The meter's figures are to a hundredth; one round is enough, since the gain is linear.
        if excess < 0.01 || lowered_db > 0.0 {
            return Ok(rendered);
        }
        lowered_db = excess;
    }
}

fn pass<W: Write + Seek>(
    decoder: &mut Decoder,
    plan: &RenderPlan,
    gain_db: f64,
    out: W,
) -> Result<Rendered, RenderError> {
    let (sample_rate, channels) = (decoder.format().sample_rate, decoder.format().channels);
    let mut meter = LoudnessMeter::new(decoder.format())?;
    let mut writer = WavWriter::new(out, sample_rate, channels, plan.format)?;
    let mut scaled = Vec::new();
    while let Some(block) = decoder.next_block()? {
        scaled.clear();
        apply(
            &plan.curve,
            gain_db,
            block.start_frame,
            sample_rate,
            channels,
            block.samples,
            &mut scaled,
        );
        meter.add(&scaled)?;
        writer.write(&scaled)?;
    }
    let (_, n_clipped) = writer.finish()?;
    Ok(Rendered {
        gain_db,
        lowered_db: 0.0,
        loudness: meter.finish(),
        n_frames: decoder.n_frames(),
        n_clipped,
    })
}

/// Appends the samples with gain and curve. The curve is looked up every 64 frames, and goes
/// straight (as a factor) in between: at 6 dB a second that is off by less than 0.01 dB.
fn apply(
    curve: &GainCurve,
    gain_db: f64,
    start_frame: u64,
    sample_rate: u32,
    channels: u16,
    samples: &[f32],
    scaled: &mut Vec<f32>,
) {
    const STEP: u64 = 64;
    let factor = |frame: u64| {
        let db = gain_db + curve.at(frame as f64 / f64::from(sample_rate));
        10_f64.powf(db / 20.0)
    };
    let channels = usize::from(channels);
    let mut frame = start_frame;
    let mut rest = samples;
    while !rest.is_empty() {
        // Steps are of the recording, not of the block, so that blocks of any length give one result.
        let first = frame / STEP * STEP;
        let (from, to) = (factor(first), factor(first + STEP));
        let n = ((first + STEP - frame) as usize)
            .min(rest.len() / channels)
            .max(1);
        let (now, later) = rest.split_at((n * channels).min(rest.len()));
        for (i, one) in now.chunks(channels).enumerate() {
            let share = (frame - first + i as u64) as f64 / STEP as f64;
            let by = (from + (to - from) * share) as f32;
            scaled.extend(one.iter().map(|sample| sample * by));
        }
        frame += n as u64;
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::CurvePoint;

    #[test]
    fn a_curve_is_applied_the_same_whatever_the_blocks() {
        let points = [(0.0, 0.0), (0.016, -6.0), (0.02, 6.0)];
        let curve = GainCurve {
            points: points
                .map(|(seconds, db)| CurvePoint { seconds, db })
                .to_vec(),
        };
        let samples = vec![0.5; 2 * 1000];
        let mut whole = Vec::new();
        apply(&curve, -3.0, 0, 48_000, 2, &samples, &mut whole);
        for size in [1, 7, 64, 333] {
            let mut parts = Vec::new();
            for (i, part) in samples.chunks(2 * size).enumerate() {
                apply(&curve, -3.0, (i * size) as u64, 48_000, 2, part, &mut parts);
            }
            assert_eq!(parts, whole, "{size}");
        }
        let at = |seconds: f64| f64::from(whole[2 * (seconds * 48_000.0) as usize]) / 0.5;
        assert!((20.0 * at(0.016).log10() + 9.0).abs() < 0.01);
    }
}
