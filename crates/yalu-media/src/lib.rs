//! Recorded talks: decoding, loudness, levelling, waveform, cues, chapters, transcripts.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

mod decode;
mod gain;
mod loudness;
mod waveform;

pub use decode::{
    AudioFormat, Block, Codec, Container, DecodeError, Decoder, Fault, HIGHEST_RATE, LOWEST_RATE,
    MOST_CHANNELS, MOST_HOURS, MOST_TIMES, Media,
};
pub use gain::{Gain, Target, gain_to};
pub use loudness::{ABSOLUTE_GATE_LUFS, Audibility, Loudness, LoudnessError, LoudnessMeter};
pub use waveform::{DEFAULT_BINS, Waveform, WaveformBuilder};
