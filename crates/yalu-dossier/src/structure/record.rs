//! What the structure's models say: every figure of the section and of `yalu structure`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::{CoderDraw, DecisionRule, EnsembleKey, ModelKey};
use crate::influence::InfluenceRecord;

/// Who makes the policy, as the dossier codes it and as the models decide it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StructureRecord {
    /// The actors file, as the dossier names it.
    pub file: String,
    /// What is decided.
    pub issues: Vec<IssueRecord>,
    /// Who decides, in the order of the file.
    pub actors: Vec<ActorRecord>,
    /// What each coder says of each actor.
    pub codings: Vec<CodingRecord>,
    /// How many codings cite no source.
    pub without_source: usize,
    /// How far the coders agree; empty where one coder coded everything.
    pub agreement: Vec<AgreementRecord>,
    /// Values set by the caller in place of the file's, as `actor.salience=80`.
    pub set: Vec<String>,
    /// How many draws were asked for.
    pub draws: u32,
    /// The seed of every draw.
    pub seed: u64,
    /// How the codings of several coders are drawn.
    pub coders: CoderDraw,
    /// How much weight decides.
    pub rule: DecisionRule,
    /// The model that is told first.
    pub main_model: ModelKey,
    /// Each model's answer, in the order in which they are told.
    pub models: Vec<ModelRecord>,
    /// The models as one; empty where that wasn't asked for.
    pub ensemble: Vec<EnsembleRecord>,
    /// Who wins a vote, by issue.
    pub coalitions: Vec<CoalitionRecord>,
    /// What event data say of who acts; absent where the dossier asks for nothing of it.
    pub influence: Option<InfluenceRecord>,
    /// The answer in sentences, made from these figures.
    pub sentences: Vec<String>,
    /// What it doesn't show.
    pub cautions: Vec<String>,
}

/// One thing that is decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueRecord {
    /// Its short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The scale's low end.
    pub low: f64,
    /// The scale's high end.
    pub high: f64,
    /// What the low end means.
    pub low_label: String,
    /// What the high end means.
    pub high_label: String,
    /// Where the policy stands if nothing is decided.
    pub status_quo: Option<f64>,
    /// The outcome whose crossing would be another policy.
    pub threshold: Option<f64>,
    /// What an outcome at the threshold or above it means.
    pub threshold_label: Option<String>,
    /// What the scale measures and what it doesn't.
    pub meaning: String,
}

/// One who decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActorRecord {
    /// Its short name.
    pub id: String,
    /// Its name in sentences.
    pub title: String,
    /// Its name in charts.
    pub short: String,
    /// What it stands for.
    pub meaning: Option<String>,
    /// Whether nothing is decided against it.
    pub veto: bool,
    /// Whether it is split.
    pub split: bool,
    /// Its stake in each issue, in order; none where it takes no part.
    pub stakes: Vec<Option<StakeRecord>>,
}

/// An actor's stake in an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StakeRecord {
    /// Its position, in the issue's units.
    pub position: ValueRecord,
    /// Its salience, from 0 to 100.
    pub salience: ValueRecord,
    /// Its capability on the issue.
    pub capability: ValueRecord,
    /// Its share of all weight (capability times salience) on the issue, central values.
    pub weight_share: f64,
}

/// A value as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ValueRecord {
    /// The central value.
    pub centre: f64,
    /// The least value.
    pub low: f64,
    /// The greatest value.
    pub high: f64,
    /// The central values of the choices where it is one of several: a split actor's wings, the
    /// coders' codings.
    pub choices: Vec<f64>,
}

/// One coding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CodingRecord {
    /// The actor.
    pub actor: String,
    /// The issue.
    pub issue: String,
    /// Who coded it.
    pub coder: String,
    /// The position.
    pub position: ValueRecord,
    /// The salience, from 0 to 100.
    pub salience: ValueRecord,
    /// The capability, where the row gives one.
    pub capability: Option<ValueRecord>,
    /// Where it is from; empty where nothing is cited.
    pub source: String,
    /// What the coder adds.
    pub note: String,
    /// The line in the file.
    pub line: u64,
}

/// How far the coders agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgreementRecord {
    /// Positions, saliences or capabilities.
    pub of: AgreementOf,
    /// The issue; none where all are taken together.
    pub issue: Option<String>,
    /// Krippendorff's alpha for numbers with equal steps; none where it can't be had.
    pub alpha: Option<f64>,
    /// Values that two coders or more gave.
    pub units: usize,
    /// Why there is none.
    pub reason: Option<String>,
}

/// What coders agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementOf {
    /// Positions.
    Position,
    /// Saliences.
    Salience,
    /// Capabilities.
    Capability,
}

/// One model's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelRecord {
    /// Which model.
    pub model: ModelKey,
    /// Its name.
    pub title: String,
    /// The options that it was run with, in words.
    pub options: String,
    /// Why it wasn't run; then all that follows is empty.
    pub left_out: Option<String>,
    /// The outcome of each issue.
    pub outcomes: Vec<OutcomeRecord>,
    /// The run from the central values, round by round; the first is the start.
    pub rounds: Vec<RoundRecord>,
    /// Why that run ended, by issue.
    pub stops: Vec<String>,
    /// The smallest changes that would turn an outcome, by issue with a threshold, actor, value.
    pub pivots: Vec<PivotRecord>,
    /// Who would turn it together.
    pub turning: Vec<TurningRecord>,
    /// What the outcome hangs on.
    pub sensitivity: Vec<SensitivityRecord>,
}

/// The outcome of one issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeRecord {
    /// The issue.
    pub issue: String,
    /// From the central values.
    pub central: f64,
    /// Over the draws.
    pub spread: SpreadRecord,
    /// Draws that left nobody with a say, or that the model couldn't decide.
    pub failed_draws: usize,
    /// The share of draws at or above the threshold, where there is one.
    pub share_at_or_above: Option<f64>,
}

/// A distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpreadRecord {
    /// How many draws.
    pub draws: usize,
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub standard_deviation: f64,
    /// The quantiles at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// How many draws fall in each of 20 equal parts of the scale.
    pub histogram: Vec<usize>,
    /// The mean, the median and the mean's standard error after so many draws.
    pub convergence: Vec<ConvergenceRecord>,
}

/// What the first draws say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConvergenceRecord {
    /// How many draws.
    pub draws: usize,
    /// Their mean.
    pub mean: f64,
    /// Their median.
    pub median: f64,
    /// The standard error of the mean, as if draws were independent.
    pub standard_error: f64,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundRecord {
    /// Positions by actor and issue.
    pub positions: Vec<Vec<Option<f64>>>,
    /// The outcome if it ended here, by issue.
    pub outcome: Vec<f64>,
    /// Who moved.
    pub moves: Vec<MoveRecord>,
}

/// A move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MoveRecord {
    /// Who.
    pub actor: String,
    /// By whose doing; none where a rule of the model moved it.
    pub by: Option<String>,
    /// The issue.
    pub issue: String,
    /// From where.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// What happened, in a word.
    pub kind: String,
}

/// The smallest change of one value that turns an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PivotRecord {
    /// The issue whose outcome turns.
    pub issue: String,
    /// Whose value.
    pub actor: String,
    /// Which value.
    pub of: AgreementOf,
    /// What it is.
    pub from: f64,
    /// The nearest value that turns the outcome; none where none within reach does.
    pub to: Option<f64>,
    /// The outcome there.
    pub outcome: Option<f64>,
    /// Whether the value lies within what the coders hold possible.
    pub within_range: bool,
    /// The same in words.
    pub sentence: String,
}

/// Who would turn an outcome together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TurningRecord {
    /// The issue.
    pub issue: String,
    /// The position that they would take.
    pub position: f64,
    /// Sets of actors, none within another, the smallest first.
    pub sets: Vec<Vec<String>>,
    /// The largest size of which every set was tried.
    pub tried_up_to: usize,
    /// The same in words.
    pub sentence: String,
}

/// How much of an outcome's variance one value has a part in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensitivityRecord {
    /// The issue whose outcome varies.
    pub issue: String,
    /// Whose value.
    pub actor: String,
    /// On which issue; none for a capability at large.
    pub on: Option<String>,
    /// Which value.
    pub of: AgreementOf,
    /// The share of variance that it explains alone, with its 90 % interval.
    pub first: [f64; 3],
    /// The share that it has a part in, with its 90 % interval.
    pub total: [f64; 3],
}

/// Several models as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnsembleRecord {
    /// The issue.
    pub issue: String,
    /// How they are weighed.
    pub by: EnsembleKey,
    /// Each model's weight; they sum to 1.
    pub weights: Vec<ModelWeight>,
    /// The mean.
    pub mean: f64,
    /// The quantiles at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// The share at or above the threshold, where there is one.
    pub share_at_or_above: Option<f64>,
}

/// A model's weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelWeight {
    /// The model.
    pub model: ModelKey,
    /// Its weight.
    pub weight: f64,
    /// The mean absolute error that the weight is from, on a scale of 0 to 100.
    pub error: Option<f64>,
}

/// Who wins a vote on an issue, with capability as weight, or one vote each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoalitionRecord {
    /// The issue.
    pub issue: String,
    /// Coalitions that win and would lose without any of their members, the smallest first.
    pub minimal_winning: Vec<Vec<String>>,
    /// Each actor's power, in the order of the actors.
    pub power: Vec<PowerRecord>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// An actor's power in a vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PowerRecord {
    /// The actor.
    pub actor: String,
    /// Its share of all votes.
    pub weight: f64,
    /// Its share of all swings (Banzhaf).
    pub banzhaf: f64,
    /// Its share of all orders in which it decides (Shapley and Shubik).
    pub shapley_shubik: f64,
}
