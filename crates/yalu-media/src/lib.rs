//! Recorded talks: decoding, loudness, levelling, waveform, cues, chapters, transcripts.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

mod decode;
mod gain;
mod level;
mod loudness;
mod record;
mod render;
mod wav;
mod waveform;

pub use decode::{
    AudioFormat, Block, Codec, Container, DecodeError, Decoder, Fault, HIGHEST_RATE, LOWEST_RATE,
    MOST_CHANNELS, MOST_HOURS, MOST_TIMES, Media,
};
pub use gain::{Gain, Target, gain_to};
pub use level::{
    CurveError, CurvePoint, GainCurve, LevelError, LevelOptions, LevelPart, Levelling, level,
};
pub use loudness::{ABSOLUTE_GATE_LUFS, Audibility, Loudness, LoudnessError, LoudnessMeter};
pub use record::{MeasureError, MeasureOptions, Progress, Recording, measure, measure_media};
pub use render::{RenderError, RenderPlan, Rendered, render_levelled};
pub use wav::{WavError, WavFormat, WavWriter};
pub use waveform::{DEFAULT_BINS, Waveform, WaveformBuilder};
