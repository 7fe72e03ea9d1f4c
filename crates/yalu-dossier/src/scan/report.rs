//! What a scan answers, as data: `scan.json` is this, and `yalu schema scan` prints it as a JSON
//! Schema.
//!
//! Periods are `2013-02` or `2013-Q1`. Ratios compare rates per act of the exposure: 2 is twice the
//! old level. A figure that can't be computed is absent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assessment::{CoverageRecord, FileRecord, MethodStep};

/// Every dyad of a store, tested for lasting shifts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanReport {
    /// The version of this format: 1.
    pub format: u32,
    /// The version of Yalu that computed it.
    pub yalu_version: String,
    /// What was asked.
    pub question: ScanQuestion,
    /// The periods of every dyad's counts, in order.
    pub periods: Vec<String>,
    /// Acts of the exposure by anyone toward anyone, per period; absent outside coverage.
    pub world: Vec<Option<f64>>,
    /// Where the source base changes: declared on a data set, or suspected from the world's total.
    pub coverage_changes: Vec<ScanCoverageChange>,
    /// How many dyads there are, were tested, and came out how.
    pub counts: ScanCounts,
    /// The dyads that were tested, best evidence first.
    pub dyads: Vec<DyadScan>,
    /// What the data sets cover.
    pub coverage: Vec<CoverageRecord>,
    /// The files behind the counts.
    pub files: Vec<FileRecord>,
    /// The statement that gave the counts.
    pub sql: String,
    /// How it was computed, step by step.
    pub method: Vec<MethodStep>,
    /// What a reader should know before trusting any of it.
    pub warnings: Vec<String>,
}

/// What a scan was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanQuestion {
    /// The acts that are counted, in words: `CAMEO 16`, or `every act`.
    pub codes: String,
    /// The acts that normalise for media volume, in words.
    pub exposure: String,
    /// The data sets.
    pub datasets: Vec<String>,
    /// The first and the last period.
    pub periods: [String; 2],
    /// The fewest acts of a dyad that is tested.
    pub min_events: f64,
    /// Whether each sector of the source is a dyad of its own.
    pub by_sector: bool,
    /// Which test gave the p-values.
    pub test: ScanTest,
    /// The false-discovery rate over all tested dyads.
    pub level: f64,
    /// Periods that a new level must hold before it counts as lasting.
    pub horizon: u32,
    /// Typical levels whose ratio lies within 1/r to r count as equal.
    pub equivalence_ratio: f64,
    /// Draws of a dyad's test at most; a hundred times as many where few dyads stand out among many.
    pub replications: u32,
    /// The seed of every draw.
    pub seed: u64,
}

/// How a dyad's p-value is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanTest {
    /// The dyad's own periods in blocks, in other orders.
    #[default]
    Permutation,
    /// Series simulated without a break, as overdispersed and correlated as the dyad's; the larger
    /// of this p-value and the permutation's counts.
    Bootstrap,
}

/// A change of the source base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanCoverageChange {
    /// The first period of the new state.
    pub at: String,
    /// What changed.
    pub note: String,
    /// Declared on a data set; else suspected from a jump of the world's total.
    pub declared: bool,
}

/// How many dyads came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ScanCounts {
    /// Dyads with any counted act.
    pub dyads: u32,
    /// Those with too few to be tested.
    pub too_few: u32,
    /// Tested.
    pub tested: u32,
    /// Tested dyads of each outcome.
    pub lasting: u32,
    /// A shift younger than the horizon.
    pub emerging: u32,
    /// Levels moved beyond chance, and came back or can't be told.
    pub faded: u32,
    /// No level moved beyond chance, but there were shocks.
    pub shock: u32,
    /// Nothing.
    pub no_shift: u32,
}

/// What a dyad shows. The first three are discoveries: their q-value is at most the level.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ScanOutcome {
    /// Levels moved beyond chance, and a break lasted through the horizon.
    Lasting,
    /// Levels moved beyond chance, and the last break is younger than the horizon.
    Emerging,
    /// Levels moved beyond chance, but every break's level came back or can't be told.
    Faded,
    /// Levels didn't move beyond chance; shocks that passed were dated.
    Shock,
    /// Levels didn't move beyond chance, and no shock was dated.
    NoShift,
}

/// Whether a level stayed away from the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Persistence {
    /// The typical level after it stayed away through the horizon.
    Lasting,
    /// The typical level came back.
    Transient,
    /// Younger than the horizon.
    Emerging,
    /// Can't be told.
    Undecided,
}

/// One dyad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DyadScan {
    /// Its place among the tested dyads, from 1.
    pub rank: u32,
    /// Who acts, as a code.
    pub source: String,
    /// Who acts, by name.
    pub source_name: String,
    /// Toward whom, as a code.
    pub target: String,
    /// Toward whom, by name.
    pub target_name: String,
    /// The sector of the source; absent where all of the source acts.
    pub sector: Option<String>,
    /// Counted acts.
    pub n_events: f64,
    /// What it shows.
    pub outcome: ScanOutcome,
    /// The break that the outcome speaks of, as an index into `breaks`.
    pub main: Option<u32>,
    /// The p-value of the test that levels never moved.
    pub p_value: f64,
    /// The same corrected for all tested dyads (false-discovery rate).
    pub q_value: f64,
    /// The test's statistic: the largest weighted F of one to three breaks.
    pub statistic: f64,
    /// Periods of a block that was moved as one.
    pub block: u32,
    /// Draws that the p-value rests on.
    pub replications: u32,
    /// The serial correlation of what levels leave over.
    pub serial_correlation: f64,
    /// θ of the negative binomial (variance μ + μ²/θ) within levels, outliers left out; absent where
    /// counts vary no more than Poisson.
    pub theta: Option<f64>,
    /// Every dated break, in order of date.
    pub breaks: Vec<DyadBreak>,
    /// The levels between them.
    pub levels: Vec<DyadLevel>,
    /// Counted acts per period; absent outside coverage.
    pub counts: Vec<Option<f64>>,
    /// What the counts are set against, per period: the exposure's acts of all other pairs of states.
    /// Absent outside coverage and where no other pair acted, empty where there is no exposure.
    pub exposure: Vec<Option<f64>>,
}

/// A dated break of one dyad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DyadBreak {
    /// The first period of the new level.
    pub at: String,
    /// A 95 % interval of that date.
    pub interval: [String; 2],
    /// The new level over the old one.
    pub ratio: f64,
    /// Its 95 % interval.
    pub ratio_interval: [f64; 2],
    /// Whether the level stayed away.
    pub persistence: Persistence,
    /// The typical period through the horizon and half of it again over the typical one before;
    /// absent where the break is younger than the horizon.
    pub typical_ratio: Option<f64>,
    /// Its 95 % interval.
    pub typical_interval: Option<[f64; 2]>,
    /// The end of a shock: the level before it is back.
    pub is_return: bool,
    /// Within two periods of a change of the source base: the data's break, not the state's.
    pub coverage_change: Option<String>,
    /// How much the break saves of −2 log-likelihood.
    pub gain: f64,
}

/// A level between breaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DyadLevel {
    /// Its first and last period.
    pub periods: [String; 2],
    /// Acts per thousand of the exposure.
    pub rate: f64,
    /// Acts per period, on average.
    pub mean: f64,
}
