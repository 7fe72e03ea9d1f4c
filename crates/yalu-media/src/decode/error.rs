//! Why a file can't be decoded.

use std::io;

use thiserror::Error;

/// The longest recording that is measured, in hours. Longer ones are refused with
/// [`DecodeError::TooLong`]: at that length a file is an archive's logger, not a talk.
pub const MOST_HOURS: u32 = 48;

/// The lowest sampling rate that is measured, in Hz.
pub const LOWEST_RATE: u32 = 8_000;

/// The highest sampling rate that is measured, in Hz.
pub const HIGHEST_RATE: u32 = 192_000;

/// The greatest number of channels that is measured.
pub const MOST_CHANNELS: u16 = 8;

/// Why a file can't be decoded. `name` is the file's name without its folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file can't be opened or read.
    #[error("`{name}` can't be read at {at_seconds:.3} s of sound: {source}")]
    Read {
        /// The file.
        name: String,
        /// How much sound had been decoded, in seconds; 0 when it can't even be opened.
        at_seconds: f64,
        /// What the system says.
        source: io::Error,
    },
    /// The file has no bytes.
    #[error("`{name}` is empty (0 bytes)")]
    Empty {
        /// The file.
        name: String,
    },
    /// Nothing in the file looks like sound.
    #[error("`{name}` holds no sound that is known here: it looks like {looks_like}")]
    NotAudio {
        /// The file.
        name: String,
        /// What it looks like, in words.
        looks_like: &'static str,
    },
    /// A known container that isn't read here.
    #[error("`{name}` is {container}, which isn't read here")]
    UnsupportedContainer {
        /// The file.
        name: String,
        /// The container, in words.
        container: &'static str,
    },
    /// The container's header is broken.
    #[error("`{name}` begins as {container} but its header can't be read: {reason}")]
    BadHeader {
        /// The file.
        name: String,
        /// The container, in words.
        container: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The container holds no track of sound.
    #[error("`{name}` ({container}) has no audio track among its {n_tracks} tracks")]
    NoAudioTrack {
        /// The file.
        name: String,
        /// The container, in words.
        container: &'static str,
        /// How many tracks it has.
        n_tracks: usize,
    },
    /// The sound is coded in a way that isn't decoded here.
    #[error("the sound of `{name}` is {codec}, which isn't decoded here: {reason}")]
    UnsupportedCodec {
        /// The file.
        name: String,
        /// The codec, in words or as the container's number.
        codec: String,
        /// What is unsupported.
        reason: String,
    },
    /// A sampling rate or a number of channels beyond what is measured.
    #[error(
        "`{name}` has {channels} channels at {sample_rate} Hz; 1 to {MOST_CHANNELS} channels at \
         {LOWEST_RATE} to {HIGHEST_RATE} Hz are measured"
    )]
    BeyondFormat {
        /// The file.
        name: String,
        /// Its sampling rate in Hz.
        sample_rate: u32,
        /// Its number of channels.
        channels: usize,
    },
    /// The recording is longer than [`MOST_HOURS`].
    #[error("`{name}` is longer than {MOST_HOURS} hours")]
    TooLong {
        /// The file.
        name: String,
    },
    /// Not one frame could be decoded.
    #[error("`{name}` ({container}) gave no sound: {n_corrupt} packets, none of which decodes")]
    NothingDecoded {
        /// The file.
        name: String,
        /// The container, in words.
        container: &'static str,
        /// How many packets failed.
        n_corrupt: u64,
    },
    /// A time beyond the end of the recording.
    #[error("{seconds:.3} s is past the end of `{name}`, which lasts {duration_seconds:.3} s")]
    PastEnd {
        /// The file.
        name: String,
        /// The time asked for, in seconds.
        seconds: f64,
        /// How long the recording is, in seconds.
        duration_seconds: f64,
    },
    /// A time that is none: negative, infinite, or not a number.
    #[error("{seconds} is no time in a recording")]
    NoTime {
        /// What was asked for.
        seconds: f64,
    },
}

impl DecodeError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Read { .. } => "see that the file is there and may be read, and copy it anew",
            Self::Empty { .. } => "copy or download the file anew",
            Self::NotAudio { .. } => "give a recording: MP3, M4A, Ogg, FLAC or WAV",
            Self::UnsupportedContainer { .. } | Self::UnsupportedCodec { .. } => {
                "convert it, for example with `ffmpeg -i FILE talk.flac`"
            }
            Self::BadHeader { .. } | Self::NothingDecoded { .. } => {
                "copy the file anew; if the original is broken too, `ffmpeg -i FILE talk.flac` may \
                 save a part of it"
            }
            Self::NoAudioTrack { .. } => "give the file that has the sound",
            Self::BeyondFormat { .. } => {
                "convert it, for example with `ffmpeg -i FILE -ac 2 -ar 48000 talk.flac`"
            }
            Self::TooLong { .. } => "cut the talk out of it",
            Self::PastEnd { .. } => {
                "give a time within the recording, or the offset of the edit that the time is from"
            }
            Self::NoTime { .. } => "give seconds, 0 or more",
        }
    }
}
