//! The evidence in the assessment: sources, claims, hypotheses and talks, as of its date.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::RelevanceKey;
use super::talk_record::TalkRecord;

/// The evidence as of the assessment's date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceRecord {
    /// The library of sources, as the dossier names it.
    pub library: String,
    /// The claims file, as the dossier names it.
    pub claims_file: Option<String>,
    /// Sources that a claim, a talk or the ledger rests on, in the library's order.
    pub sources: Vec<SourceRecord>,
    /// Claims that were known by the date, in the file's order.
    pub claims: Vec<ClaimRecord>,
    /// Claims that are left out, and why.
    pub left_out: Vec<LeftOutClaim>,
    /// Claims against hypotheses; absent where the dossier has no hypothesis.
    pub matrix: Option<MatrixRecord>,
    /// The talks given by the date.
    pub talks: Vec<TalkRecord>,
    /// What follows, in sentences.
    pub sentences: Vec<String>,
    /// What to beware of.
    pub cautions: Vec<String>,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceRecord {
    /// Its id in the library.
    pub id: String,
    /// `Cathcart 2013`.
    pub short: String,
    /// The reference in one line.
    pub reference: String,
    /// Its address, where it has one.
    pub url: Option<String>,
    /// When it was published, as far as the library says.
    pub issued: Option<String>,
    /// Its reliability: A to F.
    pub reliability: String,
    /// The same in words.
    pub reliability_words: String,
    /// Why.
    pub why: Option<String>,
    /// Claims of the record that rest on it.
    pub claims: Vec<String>,
    /// Its item in the library, as CSL-JSON.
    pub csl: serde_json::Value,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimRecord {
    /// Its short name.
    pub id: String,
    /// What is claimed.
    pub text: String,
    /// When what it says was so, as an EDTF date.
    pub happened: Option<String>,
    /// The same in words.
    pub happened_words: Option<String>,
    /// Actors that it bears on: ids.
    pub actors: Vec<String>,
    /// Issues that it bears on: ids.
    pub issues: Vec<String>,
    /// Indicators that it bears on: ids.
    pub indicators: Vec<String>,
    /// How much it has to do with the question.
    pub relevance: RelevanceKey,
    /// What else a reader should know.
    pub note: Option<String>,
    /// Its grade: the best of what bears it out, `B2`; absent where it rests on the dossier's own data
    /// alone.
    pub grade: Option<String>,
    /// Its weight in the ranking, in [0, 1].
    pub weight: f64,
    /// What it rests on.
    pub cites: Vec<CiteRecord>,
    /// The line of the claims file.
    pub line: usize,
}

/// What a claim rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CiteRecord {
    /// What kind.
    pub kind: CiteKind,
    /// `Cathcart 2013, 14:45`, in words for a reader.
    pub words: String,
    /// The source's id, for a source.
    pub source: Option<String>,
    /// Where in it, in Yalu's spelling: `t=14:45`.
    pub at: Option<String>,
    /// What it says there, word for word.
    pub quote: Option<String>,
    /// What became of the quote where the transcript is at hand.
    pub quote_check: Option<QuoteCheck>,
    /// The grade of source and piece, `B2`.
    pub grade: Option<String>,
    /// Whether the source says the opposite.
    pub disputes: bool,
    /// The talk and the second of its recording, where it leads to one.
    pub moment: Option<Moment>,
    /// The address that leads there, where there is one.
    pub url: Option<String>,
    /// The W3C Web Annotation of it, for a source or rows.
    pub annotation: Option<serde_json::Value>,
    /// Rows of a file, for rows.
    pub rows: Option<CitedRows>,
    /// The indicator's id, for a finding.
    pub indicator: Option<String>,
}

/// What kind of thing a claim rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CiteKind {
    /// A source of the library.
    Source,
    /// Rows of a file of the dossier.
    Rows,
    /// An indicator's finding.
    Finding,
}

/// What became of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteCheck {
    /// It stands there, once.
    Found,
    /// It stands there more than once.
    Ambiguous,
    /// It doesn't stand there.
    Orphaned,
}

/// A moment of a talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// The talk's id.
    pub talk: String,
    /// Where it begins, in seconds of the recording at hand.
    pub start_s: f64,
    /// Where it ends (not part of it).
    pub end_s: Option<f64>,
}

/// Rows of a file of the dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CitedRows {
    /// The file.
    pub file: String,
    /// The first line, the header being 1.
    pub first: u64,
    /// The last line.
    pub last: u64,
    /// The columns' names.
    pub header: Vec<String>,
    /// The fields of each row, at most the first 50.
    pub rows: Vec<Vec<String>>,
}

/// A claim that is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOutClaim {
    /// The claim's id.
    pub claim: String,
    /// Why.
    pub why: String,
}

/// Claims against hypotheses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixRecord {
    /// The hypotheses, in the file's order.
    pub hypotheses: Vec<HypothesisRecord>,
    /// A row a claim that has a mark, in the order of diagnosticity.
    pub rows: Vec<MatrixRow>,
    /// The hypotheses that are least inconsistent: ids.
    pub leaders: Vec<String>,
    /// Every change to one claim, source or mark that turns the lead.
    pub turning: Vec<TurningChange>,
    /// How many changes were tried: claims left out, sources left out, marks moved by a step.
    pub n_tried: [u32; 3],
    /// Pairs of hypotheses that the claims don't separate.
    pub inseparable: Vec<InseparableRecord>,
    /// Cells without a mark.
    pub n_unmarked: u32,
}

/// A hypothesis and how it fares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HypothesisRecord {
    /// Its id.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The hypothesis.
    pub text: String,
    /// Its place: 1 is the least inconsistent; equals share a place.
    pub rank: u32,
    /// The weighted inconsistency: 0 is none, the further below the worse.
    pub score: f64,
    /// The same without weights.
    pub unweighted: f64,
    /// Marks of each kind: CC, C, N, I, II, NA.
    pub counts: [u32; 6],
    /// Whether it is least inconsistent, alone or with others, when all claims weigh alike.
    pub leads_unweighted: bool,
    /// The share of claims without which it is (still) least inconsistent, alone or with others.
    pub leads_without_claim: Option<f64>,
    /// The share of sources without which it is.
    pub leads_without_source: Option<f64>,
    /// The share of marks that may move by a step, either way, so that it is.
    pub leads_mark_moved: Option<f64>,
}

/// A claim's marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixRow {
    /// The claim's id.
    pub claim: String,
    /// How far it tells the hypotheses apart, times its weight: 0 where all marks are alike, 1 at most.
    /// Absent where fewer than two hypotheses have a mark.
    pub diagnosticity: Option<f64>,
    /// Whether it counts differently against some of them: only inconsistency moves the ranking.
    pub moves_ranking: bool,
    /// Its weight.
    pub weight: f64,
    /// A mark a hypothesis, in their order; absent where there is none.
    pub marks: Vec<Option<String>>,
    /// Why, likewise.
    pub why: Vec<Option<String>>,
}

/// A change that turns the lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TurningChange {
    /// What changes.
    pub change: ChangeKind,
    /// The claim or source that it is about; absent for weights.
    pub what: Option<String>,
    /// The change in words.
    pub words: String,
    /// Hypotheses that lead then: ids.
    pub leaders: Vec<String>,
}

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A claim is dropped.
    WithoutClaim,
    /// A source is dropped, with the claims that rest on it alone.
    WithoutSource,
    /// A mark moves by one step.
    MarkMoved,
    /// All claims weigh alike.
    Unweighted,
}

/// Two hypotheses that the claims don't separate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InseparableRecord {
    /// Their ids.
    pub pair: [String; 2],
    /// Why.
    pub words: String,
}
