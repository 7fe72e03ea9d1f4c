//! `[ledger]` of a dossier: what was promised, and what came of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yalu_evidence::ledger::{Project, TangibleStage};

/// A ledger of commitments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerKeys {
    /// The ledger, a CSV file relative to the dossier; `docs/ledger.md` has its columns.
    pub file: String,
    /// The state whose leaders' eras divide it; left out, the question's target. The leaders of the
    /// question's other state are named beside.
    #[serde(default)]
    pub state: Option<String>,
    /// The first stage that counts as tangible.
    #[serde(default = "ground_broken")]
    pub tangible: TangibleStage,
    /// Zones and links that promises are about.
    pub projects: Vec<Project>,
    /// Kinds of obstacles, by id, each in a few words.
    #[serde(default)]
    pub obstacles: BTreeMap<String, String>,
}

fn ground_broken() -> TangibleStage {
    TangibleStage::GroundBroken
}
