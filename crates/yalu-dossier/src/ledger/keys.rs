//! `[ledger]` of a dossier: what was promised, and what came of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A ledger of commitments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerKeys {
    /// The ledger, a CSV file relative to the dossier; `docs/ledger.md` has its columns.
    pub file: String,
    /// The state whose leaders' eras divide it; left out, the question's target.
    #[serde(default)]
    pub state: Option<String>,
    /// The first stage that counts as tangible.
    #[serde(default)]
    pub tangible: TangibleKey,
    /// Zones and links that promises are about.
    pub projects: Vec<ProjectKey>,
    /// Kinds of obstacles, by id, each in a few words.
    #[serde(default)]
    pub obstacles: BTreeMap<String, String>,
}

/// The first stage that counts as tangible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TangibleKey {
    /// Ground was broken.
    #[default]
    GroundBroken,
    /// Infrastructure stands.
    Infrastructure,
    /// It opened.
    Opened,
    /// Goods or people move.
    Trading,
}

/// A zone, a link, or another thing that was promised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectKey {
    /// A short name, as the ledger has it.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where it is.
    pub place: String,
    /// What it is.
    pub kind: ProjectKindKey,
    /// What a reader should know of it.
    pub meaning: String,
}

/// What a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectKindKey {
    /// A zone.
    Zone,
    /// A bridge, a road, a railway, a port, a power line.
    Link,
    /// Something else.
    Other,
}
