//! `[structure.influence]` as the dossier's author writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::{CoverageKey, PeriodKey};

/// What event data say about who within the source acts toward the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InfluenceKeys {
    /// An acts file as `yalu export acts` writes it, relative to the dossier. Left out, the store is
    /// asked.
    pub acts: Option<String>,
    /// The data sets of the store to use; empty uses all that it holds.
    pub datasets: Vec<String>,
    /// The length of a period.
    pub period: PeriodKey,
    /// The first month used, YYYY-MM. Left out, it is the start of coverage.
    pub from: Option<String>,
    /// The last month used, YYYY-MM. Left out, it is the end of coverage.
    pub to: Option<String>,
    /// The group of acts toward the target that count. Left out, all do. Of a file's acts this was
    /// settled when it was written.
    pub codes: Option<String>,
    /// The error that a claim may have: 0.05 makes intervals of 90 %, of which a claim needs one end.
    pub level: f64,
    /// The ratio within which a share counts as steady: 1.5 is from 1/1.5 to 1.5 times.
    pub steady_ratio: f64,
    /// Simulated series of each break test and interval.
    pub bootstrap: u32,
    /// The seed of every random draw.
    pub seed: u64,
    /// What the data sets of the acts file cover. Those of a store are known.
    pub coverage: Vec<CoverageKey>,
    /// Whom to credit for the data of the acts file, and under what terms.
    pub credit: Option<String>,
    /// Which of the data's actors are which actor of the structure.
    pub members: Vec<InfluenceMember>,
    /// What is claimed, before the data are looked at.
    pub hypotheses: Vec<InfluenceHypothesis>,
}

impl Default for InfluenceKeys {
    fn default() -> Self {
        Self {
            acts: None,
            datasets: Vec::new(),
            period: PeriodKey::Quarter,
            from: None,
            to: None,
            codes: None,
            level: 0.05,
            steady_ratio: 1.5,
            bootstrap: 999,
            seed: 1,
            coverage: Vec::new(),
            credit: None,
            members: Vec::new(),
            hypotheses: Vec::new(),
        }
    }
}

/// Which of the data's actors are one actor of the structure: those that have any of the sectors,
/// are any of the persons, or have any of the names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InfluenceMember {
    /// The structure's actor, by its id.
    pub actor: String,
    /// Sectors: an actor counts if one of them is among its own.
    pub sectors: Vec<String>,
    /// Persons, by the name that the data or the shipped table of leaders give them.
    pub persons: Vec<String>,
    /// Actors by their names exactly as the data write them, `Foreign Affairs (China)`.
    pub names: Vec<String>,
}

/// A claim about one actor's influence over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InfluenceHypothesis {
    /// A short name.
    pub id: String,
    /// The claim in a sentence, and who makes it.
    pub text: String,
    /// The actor, by its id.
    pub actor: String,
    /// What is said to have happened.
    pub claim: InfluenceClaim,
    /// From which day on, YYYY-MM-DD.
    pub since: String,
    /// By what it is measured.
    #[serde(default)]
    pub measure: InfluenceMeasure,
}

/// What is said to have happened to an actor's influence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InfluenceClaim {
    /// It is less than before.
    Loses,
    /// It is more than before.
    Gains,
    /// It is as before, within `steady_ratio`.
    Steady,
}

/// By what influence is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InfluenceMeasure {
    /// The share of the acts toward the target.
    #[default]
    Share,
    /// The share of the acts between named actors within the state, as source or target; PageRank
    /// must point the same way.
    Centrality,
}
