//! What a ledger comes to as of a date. Every count has the lines of the entries behind it; a figure
//! that can't be told is absent. Durations are in days, shares in [0, 1], dates `YYYY-MM-DD`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::{ProjectKind, PromiseForm, Stage, TangibleStage};

/// A ledger, counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerSummary {
    /// Nothing later than this day was used.
    pub as_of: String,
    /// The state whose eras divide the promises.
    pub home: String,
    /// The second state whose leaders are named; absent where none was asked for.
    pub second: Option<String>,
    /// The stage from which a promise counts as tangible.
    pub threshold: TangibleStage,
    /// The confidence of all intervals.
    pub confidence: f64,
    /// All promises.
    pub overall: Tally,
    /// By project, in the order in which they were declared.
    pub projects: Vec<ProjectTally>,
    /// By the home state's era in which the promise was made, in order of time: every era, with
    /// promises or not; promises that straddle eras come after.
    pub eras: Vec<EraTally>,
    /// By project and era, where there is a promise.
    pub project_eras: Vec<ProjectEraTally>,
    /// Each promise, by project, then date, then id.
    pub promises: Vec<PromiseRecord>,
    /// Obstacles by type, in the order in which the types were declared.
    pub obstacles: Vec<ObstacleTally>,
    /// How long it took, for each stage from which one may count.
    pub durations: Vec<DurationRecord>,
    /// The eras under other first days, one moved at a time.
    pub era_sensitivity: Vec<EraSensitivity>,
    /// Entries that may be later than the date: in no figure.
    pub not_surely_by_then: Vec<UnsureEntry>,
    /// Lines of entries that are later than the date: in no figure.
    pub later_lines: Vec<usize>,
}

/// A count, with the lines of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    /// How many.
    pub n: usize,
    /// The lines of the entries that are counted, ascending.
    pub lines: Vec<usize>,
}

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// The share.
    pub value: f64,
    /// The lower limit (Wilson 1927).
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
}

/// Amounts of one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AmountSum {
    /// The unit, as written.
    pub unit: String,
    /// The sum.
    pub sum: f64,
    /// The lines of the entries that name an amount.
    pub lines: Vec<usize>,
}

/// Where a promise stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing but the promise, and its repetition, is recorded.
    Promised,
    /// The last that is recorded is a law, an agreement, work, or that work was resumed.
    Moving,
    /// The last that is recorded is a stop.
    Stalled,
    /// It was given up.
    Abandoned,
    /// It opened.
    Open,
    /// Trade or traffic is recorded.
    Trading,
}

impl State {
    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Promised => "promised only",
            Self::Moving => "moving",
            Self::Stalled => "stalled",
            Self::Abandoned => "abandoned",
            Self::Open => "open",
            Self::Trading => "trading",
        }
    }
}

/// Promises in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateCount {
    /// The state.
    pub state: State,
    /// The promises, by their own lines.
    pub promises: Count,
}

/// A stage that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageReached {
    /// The stage.
    pub stage: TangibleStage,
    /// The lines of the steps that say so.
    pub lines: Vec<usize>,
}

/// What some promises come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// The promises.
    pub promises: Count,
    /// Those that became tangible, by their own lines.
    pub tangible: Count,
    /// The share that became tangible so far; absent without promises. Promises too young to have
    /// become tangible count as not tangible: the curves of `durations` deal with that.
    pub share_tangible: Option<Share>,
    /// The furthest stage that any reached; absent where none is tangible.
    pub furthest: Option<StageReached>,
    /// How many are in which state.
    pub states: Vec<StateCount>,
    /// What was pledged by promises.
    pub pledged: Vec<AmountSum>,
    /// What was spent by steps. Amounts of re-announcements are in neither sum.
    pub spent: Vec<AmountSum>,
    /// Re-announcements: the same promise, said again.
    pub reannouncements: Count,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectTally {
    /// Its id.
    pub project: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: ProjectKind,
    /// What its promises come to.
    pub tally: Tally,
    /// Where it stands, by the last entry that says so of any of its promises.
    pub current: Option<Standing>,
}

/// Where something stands, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// The date of the entry that says so, as written.
    pub since: String,
    /// The same in words.
    pub since_words: String,
    /// That entry's line.
    pub line: usize,
}

/// An era of the home state, or what stands for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EraKey {
    /// The date lies before the first era.
    BeforeFirst,
    /// One era.
    Era {
        /// Its place among the state's eras, from 0.
        place: usize,
        /// The leader.
        leader: String,
    },
    /// The date's range reaches over several eras.
    Straddles {
        /// Whether it may lie before the first era.
        before_first: bool,
        /// The places of the eras.
        places: Vec<usize>,
        /// Their leaders.
        leaders: Vec<String>,
    },
    /// The state has no eras.
    NoEras,
}

impl EraKey {
    /// The era in words: its leader, or why there is none.
    pub fn words(&self) -> String {
        match self {
            Self::BeforeFirst => "before the first era".to_owned(),
            Self::Era { leader, .. } => leader.clone(),
            Self::Straddles { leaders, .. } => format!("either of {}", leaders.join(" and ")),
            Self::NoEras => "no era".to_owned(),
        }
    }
}

/// An era.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraTally {
    /// Which.
    pub era: EraKey,
    /// What the promises made in it come to, whenever they became tangible.
    pub tally: Tally,
}

/// A project in an era.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectEraTally {
    /// The project's id.
    pub project: String,
    /// The era in which the promise was made.
    pub era: EraKey,
    /// What its promises come to.
    pub tally: Tally,
}

/// A duration as far as the dates tell, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DayBounds {
    /// The least; 0 where the dates overlap, since a step doesn't come before its promise.
    pub min: i64,
    /// Between the middles of both dates; absent where one is open.
    pub mid: Option<i64>,
    /// The greatest; absent where the promise's date has no beginning.
    pub max: Option<i64>,
}

/// How the wait for the first tangible step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It became tangible.
    Tangible,
    /// It was abandoned before.
    Abandoned,
    /// Neither, by the as-of date.
    Waiting,
}

/// One promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromiseRecord {
    /// Its id.
    pub id: String,
    /// Its project.
    pub project: String,
    /// Its line.
    pub line: usize,
    /// The form it took.
    pub form: PromiseForm,
    /// Its date, as written.
    pub date: String,
    /// The same in words.
    pub date_words: String,
    /// Who made it, by code.
    pub by: Vec<String>,
    /// The home state's era then.
    pub era: EraKey,
    /// The second state's era then; absent where no second state was asked for.
    pub second_era: Option<EraKey>,
    /// Its steps, in order.
    pub steps: Vec<StepRecord>,
    /// Where it stands.
    pub current: Standing,
    /// The furthest stage that it reached.
    pub furthest: Option<StageReached>,
    /// How the wait for the first step at the threshold ended.
    pub ending: Ending,
    /// How long the wait was, or has been.
    pub wait: DayBounds,
    /// The lines that end the wait: the first tangible step, or the abandonment.
    pub wait_lines: Vec<usize>,
    /// The obstacles recorded for it, or for its whole project.
    pub obstacles: Vec<ObstacleRecord>,
    /// The source's id and the place in it.
    pub source: String,
    /// The place in the source.
    pub at: String,
    /// What the source says.
    pub note: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepRecord {
    /// Its line.
    pub line: usize,
    /// What.
    pub stage: Stage,
    /// Its date, as written.
    pub date: String,
    /// The same in words.
    pub date_words: String,
    /// The home state's era then.
    pub era: EraKey,
    /// The second state's era then.
    pub second_era: Option<EraKey>,
    /// The source's id.
    pub source: String,
    /// The place in the source.
    pub at: String,
    /// What the source says.
    pub note: String,
}

/// One obstacle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObstacleRecord {
    /// Its line.
    pub line: usize,
    /// Its type.
    pub obstacle: String,
    /// Whether it bears on the whole project.
    pub whole_project: bool,
    /// Its date, as written.
    pub date: String,
}

/// Obstacles of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObstacleTally {
    /// The type's id.
    pub obstacle: String,
    /// Its title.
    pub title: String,
    /// The entries that record it.
    pub entries: Count,
    /// The promises on which it bears, by id: their own, or their whole project's.
    pub promises: Vec<String>,
    /// Those of them that are stalled now.
    pub stalled: Vec<String>,
    /// Those of them that were abandoned.
    pub abandoned: Vec<String>,
}

/// How long promises took to reach one stage or a further one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DurationRecord {
    /// The stage.
    pub threshold: TangibleStage,
    /// All promises.
    pub overall: WaitRecord,
    /// By era of the promise; those that straddle eras are in none.
    pub by_era: Vec<EraWait>,
    /// Whether eras differ.
    pub comparison: EraComparison,
    /// Promises that straddle eras, by their lines: in no era and not in the comparison.
    pub straddling: Count,
}

/// The waits of promises made in one era.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraWait {
    /// The era.
    pub era: EraKey,
    /// The waits.
    pub waits: WaitRecord,
}

/// The waits of some promises.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitRecord {
    /// The promises, by their lines.
    pub promises: Count,
    /// Those that reached the stage, by the lines of the steps that say so.
    pub reached: Count,
    /// Those that were abandoned before, by the lines of the abandonments.
    pub abandoned: Count,
    /// Promises without a middle to their wait (an open date), by their lines: not in the curves,
    /// but in `within_bounds`.
    pub without_middle: Count,
    /// The share still waiting, abandoned promises taken to leave the field (censored), with the
    /// middle of uncertain dates; absent without promises.
    pub curve: Option<WaitCurve>,
    /// The same with every wait at its least.
    pub shortest: Option<WaitCurve>,
    /// The same with every wait at its greatest.
    pub longest: Option<WaitCurve>,
    /// The law of waits known within bounds only, without taking a middle.
    pub within_bounds: Option<BoundedWaits>,
    /// The share that reached the stage, and the share abandoned, by time: both end the wait.
    pub incidence: Vec<IncidencePoint>,
}

/// A Kaplan-Meier curve of waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitCurve {
    /// How many waits.
    pub n: usize,
    /// How many ended at the stage.
    pub reached: usize,
    /// The median.
    pub median: DayQuantile,
    /// The curve.
    pub points: Vec<WaitPoint>,
}

/// A quantile in days; each is absent where it isn't reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DayQuantile {
    /// The estimate; absent: not reached.
    pub days: Option<f64>,
    /// The lower limit.
    pub lower: Option<f64>,
    /// The upper limit; absent: the quantile may be any time beyond.
    pub upper: Option<f64>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitPoint {
    /// Days since the promise.
    pub days: f64,
    /// How many still waited just before.
    pub at_risk: usize,
    /// How many reached the stage then.
    pub reached: usize,
    /// How many left the field then: abandoned, or not followed for longer.
    pub left: usize,
    /// The share still waiting.
    pub waiting: f64,
    /// The lower limit; absent before the first event and where none waits.
    pub lower: Option<f64>,
    /// The upper limit.
    pub upper: Option<f64>,
}

/// The law of waits known within bounds (Turnbull).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoundedWaits {
    /// Where the waits lie, and how many; where within each isn't determined.
    pub regions: Vec<WaitRegion>,
    /// The median isn't before this.
    pub median_low: f64,
    /// The median isn't after this; absent where no time is known by which half reached the stage.
    pub median_high: Option<f64>,
}

/// A stretch of time that holds a share of the waits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitRegion {
    /// From, in days.
    pub low: f64,
    /// To; absent where it has no end.
    pub high: Option<f64>,
    /// The share.
    pub share: f64,
}

/// Shares of both ends at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidencePoint {
    /// Days since the promise.
    pub days: f64,
    /// The share that reached the stage.
    pub reached: Limits,
    /// The share that was abandoned before.
    pub abandoned: Limits,
    /// The share still waiting.
    pub waiting: f64,
}

/// A share with its limits, absent where its error can't be told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// The share.
    pub share: f64,
    /// The lower limit.
    pub lower: Option<f64>,
    /// The upper limit.
    pub upper: Option<f64>,
}

/// Whether promises of different eras took differently long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum EraComparison {
    /// Compared by the log-rank test.
    Tested {
        /// The eras compared.
        groups: Vec<EraGroup>,
        /// The statistic.
        chi_square: f64,
        /// Its degrees of freedom.
        degrees_of_freedom: usize,
        /// The p-value of the χ² law: for many promises.
        p_value: f64,
        /// The p-value of dealing the eras anew among the promises: for few.
        permutation_p_value: f64,
        /// How many ways to deal them were looked at.
        allocations: usize,
        /// Whether these are all that there are.
        exact: bool,
        /// The standard error of the draw.
        monte_carlo_error: f64,
        /// Eras with too few promises, left out.
        left_out: Vec<EraKey>,
    },
    /// There is no test, and why.
    NotTested {
        /// Why.
        reason: NoComparison,
        /// The same as a sentence.
        words: String,
    },
}

/// Why eras weren't compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoComparison {
    /// Fewer than two eras have two promises or more.
    TooFewPromises,
    /// No promise of these eras reached the stage.
    NoneReached,
    /// No two eras had promises waiting at the same time since the promise.
    NeverTogether,
    /// All waits ended together.
    NoVariation,
}

/// An era in the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraGroup {
    /// The era.
    pub era: EraKey,
    /// Promises.
    pub n: usize,
    /// Those that reached the stage.
    pub reached: usize,
    /// Those that would have, were eras alike.
    pub expected: f64,
}

/// The eras with one first day moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraSensitivity {
    /// Whose first day.
    pub leader: String,
    /// The day instead.
    pub from: String,
    /// Promises that change era, by their lines.
    pub moved: Count,
    /// Each era: promises, those tangible, and the share.
    pub eras: Vec<EraCount>,
    /// The comparison at the threshold.
    pub comparison: EraComparison,
}

/// An era's counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraCount {
    /// The era.
    pub era: EraKey,
    /// Promises.
    pub promises: Count,
    /// Those that became tangible.
    pub tangible: Count,
    /// Their share.
    pub share_tangible: Option<Share>,
}

/// An entry that may be later than the as-of date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnsureEntry {
    /// Its line.
    pub line: usize,
    /// Its project.
    pub project: String,
    /// Why.
    pub reason: UnsureReason,
    /// The date in words.
    pub words: String,
}

/// Why an entry isn't surely known by the as-of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnsureReason {
    /// It may have happened later.
    MayHaveHappenedLater,
    /// It may have become known later.
    MayHaveBecomeKnownLater,
    /// The promise to which it belongs isn't in the figures.
    PromiseLeftOut,
}
