//! What the comparison with other borders shows, as data.
//!
//! Ratios are of rates relative to a dyad's own level before the start: 2 is twice as many times its
//! own past. Gaps are natural logarithms of such ratios.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assessment::Trace;

/// The comparison with other borders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BordersRecord {
    /// The answer in a sentence.
    pub headline: String,
    /// The comparison set, those left out included.
    pub members: Vec<BorderMember>,
    /// How the set was found and what is left of it, in sentences.
    pub set: Vec<String>,
    /// The error that a claim may have.
    pub level: f64,
    /// The ratio within which levels count as equal.
    pub equivalence_ratio: f64,
    /// Each tested indicator, in the dossier's order.
    pub comparisons: Vec<BorderComparison>,
    /// Each domain, in the dossier's order.
    pub domains: Vec<DomainRecord>,
}

/// A dyad of the comparison set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BorderMember {
    /// The dyad, `CHN → RUS`.
    pub dyad: String,
    /// Who acts, by name.
    pub source_name: String,
    /// Toward whom, by name.
    pub target_name: String,
    /// How it came into the set.
    pub origin: MemberOrigin,
    /// Why it is left out, where the dossier says so.
    pub left_out: Option<String>,
}

/// How a dyad came into the comparison set.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MemberOrigin {
    /// A land neighbour of the source.
    LandNeighbour,
    /// By hand.
    Hand,
}

/// Whether a change is particular to the dyad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Particularity {
    /// Other borders don't show it.
    Particular,
    /// The dyad changed as the others did, within the equivalence ratio.
    NotParticular,
    /// Neither can be shown.
    CannotTell,
}

/// One indicator held against other borders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BorderComparison {
    /// The indicator's short name.
    pub indicator: String,
    /// What it is.
    pub title: String,
    /// The answer.
    pub answer: Particularity,
    /// The answer in a sentence.
    pub headline: String,
    /// Why: each sentence carries its numbers.
    pub reasons: Vec<String>,
    /// What to beware of.
    pub warnings: Vec<String>,
    /// The first period explained; absent where there is none.
    pub start: Option<String>,
    /// Where the start is from.
    pub start_from: Option<StartOrigin>,
    /// What the paths are: `ratio` to the own level before the start, or `difference` from it.
    pub scale: PathScale,
    /// The first and last period of each step.
    pub steps: Vec<[String; 2]>,
    /// Steps before the start.
    pub n_before: u32,
    /// The dyad's path, a figure a step.
    pub observed: Vec<f64>,
    /// The synthetic control's path, a figure a step; empty where none was fitted.
    pub synthetic: Vec<f64>,
    /// Every other dyad of the set: its weight, or why it has none.
    pub donors: Vec<DonorRecord>,
    /// The figures, where the comparison was made.
    pub result: Option<ComparisonResult>,
    /// Series and rows behind all this.
    pub trace: Trace,
}

/// Where the start of a comparison is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StartOrigin {
    /// `borders.start` names it.
    Declared,
    /// The indicator's own dated break.
    Dated,
}

/// What a path measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathScale {
    /// Times the own level before the start.
    Ratio,
    /// The own level before the start taken off.
    Difference,
}

/// What became of a dyad of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DonorStatus {
    /// A donor.
    Donor,
    /// It had a break of its own near the date: no donor, but still a placebo.
    OwnBreak,
    /// Not comparable: too few acts, no coverage, no exposure.
    LeftOut,
    /// Comparable, but not among the best that `keep_best` keeps.
    NotKept,
}

/// One dyad of the comparison set in one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DonorRecord {
    /// The dyad.
    pub dyad: String,
    /// Its name in words, `Russia → Belarus`.
    pub name: String,
    /// What became of it.
    pub status: DonorStatus,
    /// Why it is no donor, with its numbers.
    pub notice: Option<String>,
    /// Acts before the start; absent for figures that aren't counts.
    pub n_events: Option<f64>,
    /// The share of steps before the start without an act; absent likewise.
    pub share_zero: Option<f64>,
    /// Its weight in the synthetic control.
    pub weight: Option<f64>,
    /// Its weight in synthetic difference-in-differences.
    pub weight_sdid: Option<f64>,
    /// Its path, a figure a step; empty where it isn't comparable.
    pub path: Vec<f64>,
    /// The test for a break of its own, beyond what the other borders show.
    pub own_break: Option<OwnBreak>,
    /// The same comparison as if it were the dyad in question.
    pub placebo: Option<PlaceboRecord>,
}

/// A test for a donor's own break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnBreak {
    /// The likeliest first period of a new level near the date.
    pub at: String,
    /// The bootstrap p-value.
    pub p_value: f64,
    /// Corrected for the number of donors tested (Benjamini-Hochberg).
    pub q_value: f64,
    /// The new level over the old one, relative to the others (or the difference).
    pub effect: f64,
}

/// A donor as if it were the dyad in question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceboRecord {
    /// Its gap, a figure a step, logarithms of ratios (or differences).
    pub gaps: Vec<f64>,
    /// The mean gap from the start on, as a ratio (or difference).
    pub effect: f64,
    /// Its root mean squared gap before the start.
    pub pre_rmspe: f64,
    /// How large the gap is at the dyad's date.
    pub statistic: f64,
    /// How large at its own best date in the window.
    pub best_statistic: f64,
    /// That date: the first period of the step.
    pub best_at: String,
}

/// The figures of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonResult {
    /// Donors.
    pub n_donors: u32,
    /// Placebos: donors and those with a break of their own.
    pub n_placebos: u32,
    /// The gap, a figure a step, logarithms of ratios (or differences).
    pub gaps: Vec<f64>,
    /// The mean gap from the start on, as a ratio (or difference).
    pub effect: f64,
    /// Its interval by the placebos' ranks; absent where they are too few for it.
    pub interval: Option<EffectInterval>,
    /// How well the past is followed.
    pub fit: FitRecord,
    /// How large the gap is: a t for a change of level.
    pub statistic: f64,
    /// The share of borders, this one included, with a statistic at least as large at the same date.
    pub p_placebo: f64,
    /// The same where each other border has its own best date in the window.
    pub p_calibrated: f64,
    /// The least p-value that so many placebos allow.
    pub least_p: f64,
    /// The break's own p-value times the number of borders, this one included: what is left of it where
    /// the border was picked for its break. Absent where the start is declared.
    pub p_picked: Option<f64>,
    /// The first and last start looked at for the calibrated p-value.
    pub searched: [String; 2],
    /// The same comparison at earlier starts, the periods from the real start on left out.
    pub in_time: Vec<InTimeRecord>,
    /// The effect without each donor of weight.
    pub leave_one_out: Vec<LeaveOneOutRecord>,
    /// An interval for a constant effect by permuting over time.
    pub conformal: ConformalRecord,
    /// Synthetic difference-in-differences.
    pub sdid: DidRecord,
    /// Plain difference-in-differences.
    pub did: DidRecord,
}

/// An interval for an effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectInterval {
    /// Its ends.
    pub ends: [f64; 2],
    /// Its coverage, exact where any border could have been the one.
    pub coverage: f64,
}

/// How well the synthetic control follows the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FitRecord {
    /// The root mean squared gap before the start.
    pub pre_rmspe: f64,
    /// The standard deviation of the dyad's own path before the start.
    pub own_variation: f64,
    /// Their ratio: 1 is no better than the dyad's own mean.
    pub relative: f64,
    /// What the counts alone would make of the dyad's path, were they Poisson; absent for figures
    /// that aren't counts.
    pub count_noise: Option<f64>,
    /// How many equal donors would be as concentrated.
    pub effective_donors: f64,
    /// The largest weight.
    pub largest_weight: f64,
}

/// A placebo in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InTimeRecord {
    /// The first period of the pretended start.
    pub start: String,
    /// The mean gap from there to the real start, as a ratio (or difference).
    pub effect: f64,
}

/// The effect without one donor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeaveOneOutRecord {
    /// The donor left out.
    pub dyad: String,
    /// The weight that it had.
    pub weight: f64,
    /// The effect without it.
    pub effect: f64,
}

/// An interval for a constant effect by conformal inference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConformalRecord {
    /// The p-value of no effect.
    pub p_value: f64,
    /// The ends; an end that is absent isn't there: nothing that far out is rejected.
    pub ends: [Option<f64>; 2],
    /// The interval's nominal coverage.
    pub coverage: f64,
    /// Whether every effect is rejected: the donors can't have made this path with any constant one.
    pub empty: bool,
    /// The least p-value that so many steps allow.
    pub least_p: f64,
}

/// A difference-in-differences estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DidRecord {
    /// The effect, as a ratio (or difference).
    pub effect: f64,
    /// The standard error of its logarithm (or of the difference), from placebos.
    pub standard_error: f64,
    /// A normal interval at 1 − level.
    pub interval: [f64; 2],
}

/// Where a border lies among the source's borders in one domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DomainRecord {
    /// Its short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What its codes mean, or where its entries are from.
    pub meaning: String,
    /// What it doesn't show.
    pub caution: String,
    /// The unit of levels.
    pub unit: String,
    /// The answer.
    pub answer: BorderLikeness,
    /// The answer in a sentence.
    pub headline: String,
    /// Why: each sentence carries its numbers.
    pub reasons: Vec<String>,
    /// The first and last period of each step.
    pub steps: Vec<[String; 2]>,
    /// Every border, the one in question first.
    pub borders: Vec<DomainBorder>,
    /// The level among the others'.
    pub level: Option<Placing>,
    /// The trend among the others'.
    pub trend: Option<Placing>,
    /// The share of borders, this one included, that lie at least as far from the middle in level or
    /// trend.
    pub p_value: Option<f64>,
    /// Series and rows behind all this.
    pub trace: Trace,
}

/// Whether a border is like the source's others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BorderLikeness {
    /// It lies among the others.
    LikeAnyBorder,
    /// It lies apart from them.
    Unlike,
    /// Neither can be shown.
    CannotTell,
}

/// One border in a domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DomainBorder {
    /// The dyad.
    pub dyad: String,
    /// Its target by name.
    pub name: String,
    /// Acts or entries in the window.
    pub n_events: f64,
    /// The rate, a figure a step, in the domain's unit; absent without exposure.
    pub rates: Vec<Option<f64>>,
    /// The level, in the domain's unit; absent where it isn't comparable.
    pub level: Option<f64>,
    /// A 1 − level interval for it, robust to serial correlation.
    pub level_interval: Option<[f64; 2]>,
    /// The factor by which it changes each year.
    pub trend: Option<f64>,
    /// A 1 − level interval for it.
    pub trend_interval: Option<[f64; 2]>,
    /// Why it isn't comparable.
    pub left_out: Option<String>,
}

/// Where a figure lies among the others'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Placing {
    /// The rank from below, 1 the least, ties in the middle.
    pub rank: f64,
    /// Borders, this one included.
    pub of: u32,
    /// The others' median.
    pub others_median: f64,
    /// The interval in which one more border like the others would lie.
    pub range: [f64; 2],
    /// Its coverage, exact where borders are exchangeable.
    pub coverage: f64,
    /// This border over the others' median.
    pub ratio: f64,
    /// Whether the ratio's interval lies within the equivalence ratio.
    pub near_median: bool,
}
