//! The ledger in the assessment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yalu_evidence::ledger::{LedgerSummary, Project};

/// A ledger of commitments as of the assessment's date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerRecord {
    /// The file, as the dossier names it.
    pub file: String,
    /// The state whose leaders' eras divide it, by name.
    pub state_name: String,
    /// The state whose leaders are named beside, by name.
    pub second_name: Option<String>,
    /// What follows, in sentences.
    pub sentences: Vec<String>,
    /// What to beware of.
    pub cautions: Vec<String>,
    /// The projects.
    pub projects: Vec<Project>,
    /// Every entry that is in a figure, by line.
    pub entries: Vec<EntryRecord>,
    /// What it comes to.
    pub summary: LedgerSummary,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntryRecord {
    /// Its line, the header being 1.
    pub line: usize,
    /// Its project: an id.
    pub project: String,
    /// Promise, step or obstacle.
    pub kind: EntryKindRecord,
    /// The promise that it makes or belongs to: an id; absent for an obstacle of a whole project.
    pub promise: Option<String>,
    /// The form of a promise, the stage of a step, the type of an obstacle, in words.
    pub what: String,
    /// Its date, as written.
    pub date: String,
    /// The same in words.
    pub date_words: String,
    /// The first day that it can mean; absent where that is open.
    pub earliest: Option<String>,
    /// The last day; absent where that is open.
    pub latest: Option<String>,
    /// Who did it: codes.
    pub by: Vec<String>,
    /// The amount pledged or spent.
    pub amount: Option<AmountRecord>,
    /// Its source: an id of the library.
    pub source: String,
    /// The source, `Xinhua 2013`; the id where the dossier names no library.
    pub source_words: String,
    /// Where in it; empty where nobody says.
    pub at: String,
    /// What the source says.
    pub note: String,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKindRecord {
    /// A promise.
    Promise,
    /// A step.
    Step,
    /// An obstacle.
    Obstacle,
}

/// An amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AmountRecord {
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: String,
}
