//! All that is measured of a recording, as one record that can be written as JSON.

use std::fs::File;
use std::io::{self, SeekFrom};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::decode::{Codec, Container, DecodeError, Decoder, Fault, Media, round_ms};
use crate::gain::{Gain, Target, gain_to};
use crate::level::{LevelError, LevelOptions, Levelling, level};
use crate::loudness::{Loudness, LoudnessError, LoudnessMeter};
use crate::waveform::{DEFAULT_BINS, Waveform, WaveformBuilder};

/// What is measured, and for what.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureOptions {
    /// What the gain is for.
    pub target: Target,
    /// How parts are found and shifted.
    pub level: LevelOptions,
    /// Bins of the waveform.
    pub n_bins: usize,
    /// Where speakers change, in seconds of the recording, if it is known.
    pub boundaries: Vec<f64>,
}

impl Default for MeasureOptions {
    fn default() -> Self {
        Self {
            target: Target::default(),
            level: LevelOptions::default(),
            n_bins: DEFAULT_BINS,
            boundaries: Vec::new(),
        }
    }
}

/// A recording as it was measured. The same file and options give the same record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The file's name, without its folder.
    pub file_name: String,
    /// The file's length in bytes.
    pub n_bytes: u64,
    /// The file's SHA-256, in lower-case hexadecimal: cues are of this file and no other.
    pub sha256: String,
    /// What holds the sound.
    pub container: Container,
    /// How it is coded.
    pub codec: Codec,
    /// Frames a second, in Hz.
    pub sample_rate: u32,
    /// Samples a frame.
    pub channels: u16,
    /// Frames decoded.
    pub n_frames: u64,
    /// Their length, in seconds, to a thousandth.
    pub duration_seconds: f64,
    /// What the header says, in seconds, where it says so.
    pub promised_seconds: Option<f64>,
    /// What is wrong with the file; empty where nothing is.
    pub faults: Vec<Fault>,
    /// How loud it is.
    pub loudness: Loudness,
    /// The gain to the target; `null` where there is no loudness.
    pub gain: Option<Gain>,
    /// How parts are levelled; `null` where there is no loudness.
    pub levelling: Option<Levelling>,
    /// Its picture.
    pub waveform: Waveform,
}

/// How far a measurement has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Bytes of the file read so far.
    pub bytes: u64,
    /// The file's length in bytes.
    pub n_bytes: u64,
    /// Seconds of sound decoded so far.
    pub seconds: f64,
}

/// Why a recording can't be measured.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// It can't be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It can't be metered.
    #[error(transparent)]
    Loudness(#[from] LoudnessError),
    /// It can't be levelled as asked.
    #[error(transparent)]
    Level(#[from] LevelError),
}

impl MeasureError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Decode(error) => error.mend(),
            Self::Loudness(error) => error.mend(),
            Self::Level(error) => error.mend(),
        }
    }
}

/// Measures a file. It is decoded once; its bytes are read once more for the hash. `progress` is
/// called about once for each second of sound.
///
/// # Errors
/// [`MeasureError`] where the file can't be decoded, or an option or a boundary can't be.
pub fn measure(
    path: &Path,
    options: &MeasureOptions,
    progress: impl FnMut(Progress),
) -> Result<Recording, MeasureError> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    match File::open(path) {
        Ok(file) => measure_media(file, &name, options, progress),
        Err(source) => Err(unread(&name, source).into()),
    }
}

/// The same for anything that can be read from any place. `name` is the file's.
///
/// # Errors
/// As [`measure`].
pub fn measure_media(
    mut media: impl Media + 'static,
    name: &str,
    options: &MeasureOptions,
    mut progress: impl FnMut(Progress),
) -> Result<Recording, MeasureError> {
    let sha256 = sha256_of(&mut media).map_err(|source| unread(name, source))?;
    let mut decoder = Decoder::read(media, name)?;
    let format = decoder.format().clone();
    let mut meter = LoudnessMeter::new(&format)?;
    let mut waveform = WaveformBuilder::new(options.n_bins, format.channels);
    let mut next_second = 1.0;
    while let Some(block) = decoder.next_block()? {
        meter.add(block.samples)?;
        waveform.add(block.samples);
        if decoder.seconds() >= next_second {
            next_second = decoder.seconds().floor() + 1.0;
            progress(Progress {
                bytes: decoder.bytes_read(),
                n_bytes: format.n_bytes,
                seconds: decoder.seconds(),
            });
        }
    }
    let loudness = meter.finish();
    let levelling = level(
        &loudness,
        &options.boundaries,
        options.target,
        options.level,
    )?;
    Ok(Recording {
        file_name: name.to_owned(),
        n_bytes: format.n_bytes,
        sha256,
        container: format.container,
        codec: format.codec,
        sample_rate: format.sample_rate,
        channels: format.channels,
        n_frames: decoder.n_frames(),
        duration_seconds: round_ms(decoder.seconds()),
        promised_seconds: format.promised_seconds.map(round_ms),
        faults: decoder.faults(),
        gain: gain_to(&loudness, options.target),
        levelling,
        loudness,
        waveform: waveform.finish(),
    })
}

fn unread(name: &str, source: io::Error) -> DecodeError {
    DecodeError::Read {
        name: name.to_owned(),
        at_seconds: 0.0,
        source,
    }
}

fn sha256_of(media: &mut impl Media) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    media.seek(SeekFrom::Start(0))?;
    loop {
        let n = match media.read(&mut bytes) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if n == 0 {
            break;
        }
        hash.update(&bytes[..n]);
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}
