//! The evidence that a verdict is argued from: sources, claims against hypotheses, recorded talks.
//!
//! [`keys`] is what the dossier says, [`record`] and [`talk_record`] what comes out.

mod add_talk;
mod assemble;
mod csv_lines;
mod hypotheses;
pub mod keys;
mod known;
mod load;
pub mod record;
mod talk_assemble;
pub mod talk_record;
mod talks;
mod words;

pub use add_talk::{AddTalkError, AddedTalk, TalkRequest, add_talk};
pub(crate) use assemble::{CitedFinding, Gathered, assemble};
pub(crate) use csv_lines::CsvLines;
pub use keys::{
    CiteKey, ClaimKey, ClaimsFile, CueKey, EvidenceKeys, HypothesisKey, RelevanceKey,
    SourceGradeKey, SpeakerKey, TalkFile,
};
pub use load::LoadedEvidence;
pub(crate) use load::load_evidence;
pub use record::EvidenceRecord;
pub use talks::{LoadedRecording, LoadedTalk};
pub(crate) use talks::{longest, media_talk, offset_seconds};
