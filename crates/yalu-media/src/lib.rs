//! Recorded talks: decoding, loudness, levelling, waveform, cues, chapters, transcripts.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

mod chapters;
mod decode;
mod gain;
mod level;
mod loudness;
mod record;
mod render;
mod talk;
mod time;
mod transcript;
mod wav;
mod waveform;

pub use chapters::{
    CHAPTERS_MEDIA_TYPE, CHAPTERS_VERSION, Chapter, Chapters, ChaptersError, Location, OtherKeys,
    chapters_vtt,
};
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
pub use talk::{Cue, CueError, PlacedCue, Speaker, Talk, cue_at, speaker_changes};
pub use time::{MediaFragment, MediaTime, TimeError};
pub use transcript::{
    Attribution, CueFault, CueFaultKind, Hit, Passage, SpokenBy, Transcript, TranscriptError,
    attribute, search,
};
pub use wav::{WavError, WavFormat, WavWriter};
pub use waveform::{DEFAULT_BINS, Waveform, WaveformBuilder};
