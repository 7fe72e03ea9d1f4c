//! What event data say about influence, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::{InfluenceClaim, InfluenceMeasure};
use crate::assessment::{CoverageRecord, FileRecord};

/// Who within the source acts toward the target, and what becomes of claims about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InfluenceRecord {
    /// What the data say in a sentence.
    pub headline: String,
    /// The dyad, `CHN → PRK`.
    pub dyad: String,
    /// The length of a period: week, month or quarter.
    pub unit: String,
    /// Every covered period. Figures by period stand in this order.
    pub periods: Vec<String>,
    /// Periods between the first and the last that no data set covers whole.
    pub n_uncovered: u32,
    /// Acts toward the target.
    pub n_acts: u64,
    /// Those that the data lay to somebody within the state: it has a sector, is a known person, or
    /// is an actor that the dossier names.
    pub n_attributed: u64,
    /// The rest: the state as such.
    pub n_unattributed: u64,
    /// The rest as a share of all; absent where there is no act.
    pub unattributed_share: Option<f64>,
    /// Acts by period.
    pub acts: Vec<u64>,
    /// Attributed acts by period.
    pub attributed: Vec<u64>,
    /// Acts within the state, of one actor toward another.
    pub n_domestic: u64,
    /// Those of them with an attributed actor on both sides: the network.
    pub n_network: u64,
    /// Actors in the network.
    pub n_nodes: u32,
    /// Each actor of the structure that the dossier says how to find, in its order.
    pub members: Vec<InfluenceMemberRecord>,
    /// Actors that are no member's, by acts, at most ten.
    pub others: Vec<NamedActor>,
    /// How many such actors there are.
    pub n_others: u32,
    /// Acts of such actors.
    pub n_acts_of_others: u64,
    /// Acts that count for two members.
    pub overlaps: Vec<Overlap>,
    /// Each hypothesis, in the dossier's order.
    pub hypotheses: Vec<HypothesisRecord>,
    /// Tests over which the false-discovery rate is held.
    pub n_tests: u32,
    /// The error that a claim may have.
    pub level: f64,
    /// What to beware of.
    pub warnings: Vec<String>,
    /// What such data can't say, whatever their figures.
    pub not_shown: Vec<String>,
    /// Coverage of each data set.
    pub coverage: Vec<CoverageRecord>,
    /// Files behind the figures.
    pub files: Vec<FileRecord>,
    /// Whom to credit for the data.
    pub credit: Option<String>,
    /// The query.
    pub sql: String,
}

/// An actor as the data name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedActor {
    /// Its name.
    pub name: String,
    /// Its sectors, over all periods, in order of name.
    pub sectors: Vec<String>,
    /// Its acts toward the target.
    pub n_acts: u64,
}

/// One actor of the structure in the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InfluenceMemberRecord {
    /// The actor's id.
    pub actor: String,
    /// What it is.
    pub title: String,
    /// The data's actors that count as it, by acts.
    pub named: Vec<NamedActor>,
    /// Its acts toward the target.
    pub n_acts: u64,
    /// Its acts by period.
    pub acts: Vec<u64>,
    /// Its share of all acts if none of the unattributed are its own, and if all are; absent where
    /// there is no act.
    pub share_of_all: Option<[f64; 2]>,
    /// Its share of the attributed acts; absent where there is none.
    pub share: Option<ShareEstimate>,
    /// Its place among the state's actors; absent where the network is empty.
    pub network: Option<NetworkPlace>,
    /// A trend of its share over time.
    pub trend: Option<TrendRecord>,
    /// A break of the level of its share.
    pub break_test: Option<InfluenceBreak>,
    /// Why there is no test.
    pub no_test: Option<String>,
    /// What the figures say, each sentence with its numbers.
    pub sentences: Vec<String>,
}

/// A share with an interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShareEstimate {
    /// The share, in [0, 1].
    pub share: f64,
    /// An interval for it that allows for its varying more between periods than chance makes it;
    /// absent where there is but one period with attributed acts.
    pub interval: Option<[f64; 2]>,
    /// The interval's coverage.
    pub confidence: f64,
    /// The variance between periods over that of chance, at least 1.
    pub dispersion: f64,
}

/// A place in the network of the state's own actors. A member's figure is the sum over its actors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkPlace {
    /// Its actors in the network.
    pub n_actors: u32,
    /// Acts of its actors toward others than its own.
    pub out_strength: u64,
    /// Acts of others than its own toward its actors.
    pub in_strength: u64,
    /// Acts that have one of its actors on a side, as a share of the network's acts.
    pub strength_share: f64,
    /// PageRank with damping 0.85: an act lends the weight of who acts to whom it is toward.
    pub pagerank: f64,
    /// What PageRank would be if all actors were alike: its actors over all.
    pub pagerank_if_alike: f64,
    /// Acts with one of its actors on a side, by period.
    pub acts: Vec<u64>,
    /// The network's acts by period.
    pub network_acts: Vec<u64>,
    /// PageRank of each period's own network; absent in periods without an act.
    pub pagerank_by_period: Vec<Option<f64>>,
}

/// A trend of a share: a log-linear count regression on time, the attributed acts as exposure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendRecord {
    /// The factor by which the share changes in a year.
    pub yearly_ratio: f64,
    /// An interval for it, robust to serial correlation.
    pub interval: [f64; 2],
    /// The interval's coverage.
    pub confidence: f64,
    /// The p-value of no trend.
    pub p_value: f64,
    /// Corrected over all tests (Benjamini-Hochberg).
    pub q_value: f64,
}

/// A test for one break in the level of a share, and where and how large it would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InfluenceBreak {
    /// The sup-F statistic.
    pub statistic: f64,
    /// Its bootstrap p-value.
    pub p_value: f64,
    /// Corrected over all tests (Benjamini-Hochberg).
    pub q_value: f64,
    /// Whether the corrected p-value is at most the level.
    pub found: bool,
    /// The likeliest first period of the new level; no break where `found` is false.
    pub at: String,
    /// A 95 % interval for it.
    pub interval: [String; 2],
    /// The new share over the old.
    pub ratio: f64,
    /// A 95 % interval for it.
    pub ratio_interval: [f64; 2],
}

/// Acts that count for two members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overlap {
    /// One member's actor.
    pub first: String,
    /// The other's.
    pub second: String,
    /// Acts that count for both.
    pub n_acts: u64,
}

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HypothesisAnswer {
    /// The data show what it says.
    Supported,
    /// The data show the contrary.
    Contradicted,
    /// They show neither.
    CannotTell,
}

/// Why a hypothesis has no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// No act is the actor's.
    NeverNamed,
    /// No covered period ends before the day.
    BeginsAfter {
        /// The first day of the first covered period; absent where there is none.
        first_day: Option<String>,
    },
    /// Too few periods on a side.
    FewPeriods {
        /// Periods that a side needs.
        needed: u32,
    },
    /// Too few acts of the actor.
    FewActs {
        /// Acts that both sides need together.
        needed: u32,
    },
    /// No act at all on one side: whether the actor or its name went, such data don't say.
    NoneOnASide,
    /// The ratio can't be had.
    NotFitted {
        /// Why.
        reason: String,
    },
    /// The second measure doesn't bear it out.
    SecondMeasure,
    /// The interval holds what is claimed and its contrary.
    Spans,
}

/// A hypothesis and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HypothesisRecord {
    /// Its short name.
    pub id: String,
    /// The claim in the author's words.
    pub text: String,
    /// The actor.
    pub actor: String,
    /// What the actor is.
    pub title: String,
    /// What is said to have happened.
    pub claim: InfluenceClaim,
    /// From which day on.
    pub since: String,
    /// By what it is measured.
    pub measure: InfluenceMeasure,
    /// The answer.
    pub answer: HypothesisAnswer,
    /// Why it can't be told; empty where it can.
    pub no_answer: Vec<NoAnswer>,
    /// The answer in a sentence, with its numbers.
    pub sentence: String,
    /// What it doesn't show, in a sentence.
    pub not_shown: String,
    /// Before the day; the period that holds it is on neither side.
    pub before: HypothesisSide,
    /// From the day on.
    pub after: HypothesisSide,
    /// The rate from the day on over the rate before; absent where it can't be had.
    pub ratio: Option<RatioRecord>,
    /// The same by the second measure, without an interval: the share of all acts, those laid to
    /// nobody included, for a share; PageRank for centrality.
    pub second_ratio: Option<f64>,
    /// The ratio within which a share counts as steady.
    pub steady_ratio: f64,
}

/// One side of a hypothesis' day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HypothesisSide {
    /// Covered periods with any act of the measure.
    pub n_periods: u32,
    /// The actor's acts.
    pub n_acts: u64,
    /// What they are a share of.
    pub n_of: u64,
    /// The share of acts that the data lay to nobody; absent where there is none, and for centrality.
    pub unattributed_share: Option<f64>,
}

/// A ratio of rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RatioRecord {
    /// The ratio.
    pub ratio: f64,
    /// An interval for it, robust to serial correlation.
    pub interval: [f64; 2],
    /// The interval's coverage: 1 − 2·level, so that a claim about one end errs with `level`.
    pub confidence: f64,
}
