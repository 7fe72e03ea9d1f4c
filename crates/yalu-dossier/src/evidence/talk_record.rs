//! A talk in the assessment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TalkRecord {
    /// Its id: the name of its file.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its day, as an EDTF date.
    pub date: String,
    /// The same in words.
    pub date_words: String,
    /// Where it was given.
    pub place: Option<String>,
    /// The event that it was part of.
    pub event: Option<String>,
    /// Its source's id.
    pub source: String,
    /// Who holds the recording, and where.
    pub held: Option<String>,
    /// What else a reader should know.
    pub note: Option<String>,
    /// Its length in seconds: measured, or as the dossier says; absent where nobody says.
    pub duration_s: Option<f64>,
    /// Who speaks.
    pub speakers: Vec<SpeakerRecord>,
    /// Where what begins, in order.
    pub cues: Vec<CueRecord>,
    /// The recording, where it was measured.
    pub recording: Option<RecordingRecord>,
    /// The transcript, where there is one.
    pub transcript: Vec<PassageRecord>,
    /// Claims that lead into it.
    pub claims: Vec<String>,
    /// The file, as the dossier names it.
    pub file: String,
}

/// A speaker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpeakerRecord {
    /// A short name.
    pub id: String,
    /// The name.
    pub name: String,
    /// For whom he or she spoke.
    pub affiliation: Option<String>,
}

/// A place in a talk. Times are seconds of the recording at hand; the end isn't part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CueRecord {
    /// Where it begins.
    pub start_s: f64,
    /// Where it ends; absent for the last of a talk whose length nobody says.
    pub end_s: Option<f64>,
    /// The beginning, `14:45`.
    pub at: String,
    /// Whether the time is only about right.
    pub approximate: bool,
    /// Who speaks: an id.
    pub speaker: Option<String>,
    /// What it is about.
    pub title: String,
}

/// A passage of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassageRecord {
    /// Where it begins, in seconds.
    pub start_s: f64,
    /// Where it ends.
    pub end_s: f64,
    /// Who speaks: an id, where it is known.
    pub speaker: Option<String>,
    /// The words.
    pub text: String,
}

/// What was measured of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordingRecord {
    /// The file, as the dossier names it.
    pub file: String,
    /// Whether the file is at hand: a page can play it then.
    pub at_hand: bool,
    /// The name under which the page finds it, beside itself.
    pub player_file: String,
    /// Its media type, `audio/mpeg`.
    pub media_type: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Codec, sample rate and channels in words.
    pub format: String,
    /// Integrated loudness in LUFS; absent where nothing is above the gate.
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU.
    pub range_lu: Option<f64>,
    /// True peak in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// The loudness that the gain aims at, in LUFS.
    pub target_lufs: f64,
    /// The gain that brings it there, in dB, before levelling.
    pub gain_db: f64,
    /// How many LU the result stays below the target, because a peak would clip otherwise.
    pub short_of_target_lu: f64,
    /// The gain at points of time, in dB, the fixed gain and the levelling together; linear between
    /// them.
    pub curve: Vec<GainPoint>,
    /// What the levelling does, in words; absent where it does nothing.
    pub levelling: Option<String>,
    /// Peaks of the waveform, in equal parts of the length: least and greatest, from −127 to 127.
    pub waveform: Vec<[i8; 2]>,
    /// Faults met in the file.
    pub faults: Vec<String>,
}

/// A point of a gain curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GainPoint {
    /// Seconds.
    pub t_s: f64,
    /// Decibels.
    pub gain_db: f64,
}
