//! `[structure]` as the dossier's author writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spatial_keys::SpatialKeys;
use crate::influence::InfluenceKeys;

/// Who makes the policy: the actors, what they want, and how they decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Structure {
    /// A CSV file of positions, saliences and capabilities, relative to the dossier; or a scenario of
    /// KTAB, CSV or XML, as it is.
    pub actors: String,
    /// What is decided. A KTAB scenario brings its own, from 0 to 100; those named here add to it.
    #[serde(default)]
    pub issues: Vec<StructureIssue>,
    /// What the file can't say of its actors.
    #[serde(default)]
    pub members: Vec<StructureMember>,
    /// The models that are run, in this order. Left out, every model that the council allows.
    #[serde(default)]
    pub models: Vec<ModelKey>,
    /// How many votes decide, for the procedural model and the coalitions.
    #[serde(default)]
    pub rule: DecisionRule,
    /// How the codings of several coders are drawn.
    #[serde(default)]
    pub coders: CoderDraw,
    /// How many draws of the ranges.
    #[serde(default = "default_draws")]
    pub draws: u32,
    /// Points a block for the sensitivity indices: each model runs this many times the number of
    /// unknown values, and twice more. 0 leaves the indices out.
    #[serde(default = "default_sensitivity_points")]
    pub sensitivity_points: u32,
    /// The model whose rounds and pivots are told first. Left out, the challenge model if it is run.
    #[serde(default)]
    pub main_model: Option<ModelKey>,
    /// How models are weighed if their outcomes are to be one. Left out, they stand side by side.
    #[serde(default)]
    pub ensemble: Option<EnsembleKey>,
    /// The challenge model's options.
    #[serde(default)]
    pub challenge: ChallengeKeys,
    /// The spatial model's options.
    #[serde(default)]
    pub spatial: SpatialKeys,
    /// What event data say of who acts.
    #[serde(default)]
    pub influence: Option<InfluenceKeys>,
}

fn default_draws() -> u32 {
    2000
}

fn default_sensitivity_points() -> u32 {
    256
}

/// One thing that is decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StructureIssue {
    /// A short name, as in the actors file.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The position at one end of the scale.
    pub low: f64,
    /// The position at the other end.
    pub high: f64,
    /// What the low end means.
    pub low_label: String,
    /// What the high end means.
    pub high_label: String,
    /// Where the policy stands if nothing is decided. The procedural model needs it.
    #[serde(default)]
    pub status_quo: Option<f64>,
    /// The outcome whose crossing would be another policy: pivots are sought for it.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// What an outcome at the threshold or above it means.
    #[serde(default)]
    pub threshold_label: Option<String>,
    /// What the scale measures and what it doesn't.
    pub meaning: String,
}

/// What the file can't say of an actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StructureMember {
    /// The actor, as in the actors file.
    pub id: String,
    /// Its name in sentences and charts.
    pub title: String,
    /// A shorter name for charts.
    #[serde(default)]
    pub short: Option<String>,
    /// Whether nothing is decided against it.
    #[serde(default)]
    pub veto: bool,
    /// Whether it is split: its positions that stand as choices (`20|70`) are those of its wings.
    #[serde(default)]
    pub split: bool,
    /// Its attitude to risk in the challenge model, from 0.5 (averse) to 2 (acceptant). Left out, the
    /// model infers it.
    #[serde(default)]
    pub risk: Option<f64>,
    /// What it stands for.
    #[serde(default)]
    pub meaning: Option<String>,
}

/// A model of group decision.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ModelKey {
    /// The mean weighted by capability times salience: the compromise model.
    WeightedMean,
    /// The median of that weight (Black).
    WeightedMedian,
    /// Rules and vetoes: the core and the status quo.
    Procedural,
    /// The challenge or expected-utility model (Bueno de Mesquita).
    Challenge,
    /// The probabilistic Condorcet election.
    Condorcet,
    /// The spatial model of politics, as in KTAB.
    Spatial,
    /// Exchange of positions between issues (Stokman and Van Oosten).
    Exchange,
}

/// How many votes decide.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionRule {
    /// More than half of the capability.
    #[default]
    Majority,
    /// More than half of the members, each with one vote.
    Members,
    /// At least this share of the capability, above 0.5.
    Share(f64),
    /// All members.
    Unanimity,
}

/// How the codings of several coders are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoderDraw {
    /// Each value is drawn from one of its coders, one value's coder telling nothing of the next.
    #[default]
    EachValue,
    /// One coder's whole picture is drawn at a time. Every coder must have coded every value.
    WholeCoder,
}

/// How models are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnsembleKey {
    /// All alike.
    Equal,
    /// By the inverse of the mean absolute error that each model had on the issues of the European
    /// Union (DEU III). Models without such an error are left out.
    PublishedError,
}

/// The challenge model's options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChallengeKeys {
    /// The probability that nothing changes if nobody challenges (Q).
    pub status_quo_probability: f64,
    /// The most rounds.
    pub rounds: u32,
    /// Which reading of the published equations.
    pub reading: ChallengeReading,
}

impl Default for ChallengeKeys {
    fn default() -> Self {
        Self {
            status_quo_probability: 1.0,
            rounds: 10,
            reading: ChallengeReading::Standard,
        }
    }
}

/// A reading of the challenge model's equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeReading {
    /// The default of Yalu, where sources disagree: see docs/methods/challenge-model.md.
    #[default]
    Standard,
    /// As a peer reads the printed paper of Scholz, Calbert and Smith (2011).
    Printed,
    /// As in the code that was published as theirs.
    PublishedCode,
}

impl Structure {
    /// The structure of an actors file that stands alone, with every default.
    pub fn of_file(actors: &str, issues: Vec<StructureIssue>) -> Self {
        Self {
            actors: actors.to_owned(),
            issues,
            members: Vec::new(),
            models: Vec::new(),
            rule: DecisionRule::default(),
            coders: CoderDraw::default(),
            draws: default_draws(),
            sensitivity_points: default_sensitivity_points(),
            main_model: None,
            ensemble: None,
            challenge: ChallengeKeys::default(),
            spatial: SpatialKeys::default(),
            influence: None,
        }
    }
}
