//! What a dossier says of its evidence: `[evidence]`, the claims file and the files of talks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assessment::Rung;

/// `[evidence]`: where sources, claims and talks stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceKeys {
    /// The library of sources, relative to the dossier: CSL-JSON as Zotero exports it (`.json`), or
    /// BibTeX or BibLaTeX (`.bib`).
    pub sources: String,
    /// The claims file, relative to the dossier.
    #[serde(default)]
    pub claims: Option<String>,
    /// A folder of talks, relative to the dossier: each `.toml` in it is one.
    #[serde(default)]
    pub talks: Option<String>,
}

/// A claims file: grades of sources, hypotheses, and claims that bear on them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimsFile {
    /// The version of this format: 1.
    pub format: u32,
    /// How far each source is to be relied on. A source that isn't graded counts as F: it can't be
    /// judged.
    #[serde(default)]
    pub sources: Vec<SourceGradeKey>,
    /// The answers that compete.
    #[serde(default)]
    pub hypotheses: Vec<HypothesisKey>,
    /// What is said, by whom, and what it says of the hypotheses.
    #[serde(default)]
    pub claims: Vec<ClaimKey>,
}

/// A source's reliability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceGradeKey {
    /// The source's id in the library.
    pub id: String,
    /// From A (reliable) to E (unreliable); F: it can't be judged.
    pub reliability: String,
    /// Why.
    #[serde(default)]
    pub why: Option<String>,
}

/// A hypothesis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HypothesisKey {
    /// A short name.
    pub id: String,
    /// A few words for a column's head.
    pub title: String,
    /// The hypothesis in a sentence.
    pub text: String,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimKey {
    /// A short name.
    pub id: String,
    /// What is claimed, in a sentence.
    pub text: String,
    /// When what it says was so, as an EDTF date: `2013`, `2010-11/2011-02`, `2013~`.
    #[serde(default)]
    pub happened: Option<String>,
    /// Actors of the structure that it bears on, by id.
    #[serde(default)]
    pub actors: Vec<String>,
    /// Issues of the structure that it bears on, by id.
    #[serde(default)]
    pub issues: Vec<String>,
    /// Indicators that it bears on, by id.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// How much it has to do with the question.
    #[serde(default)]
    pub relevance: RelevanceKey,
    /// What else a reader should know.
    #[serde(default)]
    pub note: Option<String>,
    /// What it says of each hypothesis, by id: CC (very consistent), C, N (neither), I, II (very
    /// inconsistent), NA (has nothing to do with it).
    #[serde(default)]
    pub marks: BTreeMap<String, String>,
    /// Why a mark, by hypothesis.
    #[serde(default)]
    pub why: BTreeMap<String, String>,
    /// What it rests on: at least one.
    #[serde(default)]
    pub cites: Vec<CiteKey>,
}

/// How much a claim has to do with the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelevanceKey {
    /// Much.
    High,
    /// Some.
    #[default]
    Medium,
    /// Little.
    Low,
}

/// What a claim rests on: a source, rows of a file of the dossier, or an indicator's finding.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CiteKey {
    /// A source, by its id in the library.
    #[serde(default)]
    pub source: Option<String>,
    /// Where in it: `p. 12`, `para. 3`, `t=14:45,26:30`, several with `;` between.
    #[serde(default)]
    pub at: Option<String>,
    /// What it says there, word for word.
    #[serde(default)]
    pub quote: Option<String>,
    /// The words before the quote, where it stands more than once.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The words after it.
    #[serde(default)]
    pub suffix: Option<String>,
    /// How credible this piece is, from 1 (confirmed) to 5 (improbable); 6: it can't be judged.
    #[serde(default)]
    pub credibility: Option<u8>,
    /// Whether the source says the opposite.
    #[serde(default)]
    pub disputes: bool,
    /// A CSV file of the dossier, relative to it.
    #[serde(default)]
    pub file: Option<String>,
    /// Lines of that file, the header being 1: `12`, `12-15`.
    #[serde(default)]
    pub rows: Option<String>,
    /// An indicator, by id: the assessment's own finding.
    #[serde(default)]
    pub indicator: Option<String>,
    /// The rungs at which that finding bears the claim out. At another the claim is left out, and the
    /// assessment says so. Empty takes any.
    #[serde(default)]
    pub when: Vec<Rung>,
}

/// A talk: who spoke when, and where its recording is held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TalkFile {
    /// Its title.
    pub title: String,
    /// The day of the talk (not of the post), as an EDTF date.
    pub date: String,
    /// Where it was given.
    #[serde(default)]
    pub place: Option<String>,
    /// The event that it was part of.
    #[serde(default)]
    pub event: Option<String>,
    /// Its source, by id in the library.
    pub source: String,
    /// The recording, relative to the dossier. What `yalu talk add` measured of it stands beside this
    /// file, in one of the same name that ends in `.recording.json`.
    #[serde(default)]
    pub recording: Option<String>,
    /// Who holds the recording, and where; needed where it isn't at hand.
    #[serde(default)]
    pub held: Option<String>,
    /// How long it is, `1:04:30`, where the recording isn't at hand and its length is known.
    #[serde(default)]
    pub duration: Option<String>,
    /// How much later in the recording at hand everything is than in the edit whose times the cues
    /// give, `0:12`; with a minus sign where it is earlier.
    #[serde(default)]
    pub offset: Option<String>,
    /// A transcript, WebVTT (`.vtt`) or SubRip (`.srt`), relative to the dossier. Its times are those of
    /// the recording at hand.
    #[serde(default)]
    pub transcript: Option<String>,
    /// What else a reader should know.
    #[serde(default)]
    pub note: Option<String>,
    /// Who speaks.
    #[serde(default)]
    pub speakers: Vec<SpeakerKey>,
    /// Where in the talk what begins, in order.
    #[serde(default)]
    pub cues: Vec<CueKey>,
}

/// A speaker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpeakerKey {
    /// A short name.
    pub id: String,
    /// The name.
    pub name: String,
    /// For whom he or she spoke.
    #[serde(default)]
    pub affiliation: Option<String>,
}

/// A place in a talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CueKey {
    /// Where it begins, `14:45`.
    pub at: String,
    /// Where it ends (not part of it); left out, at the next cue.
    #[serde(default)]
    pub end: Option<String>,
    /// Whether the time is only about right.
    #[serde(default)]
    pub approximate: bool,
    /// Who speaks, by id.
    #[serde(default)]
    pub speaker: Option<String>,
    /// What it is about.
    pub title: String,
}
