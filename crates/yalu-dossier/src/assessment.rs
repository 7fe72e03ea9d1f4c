//! The assessment: what `yalu run` answers, as data. `assessment.json` is this, and
//! `yalu schema assessment` prints it as a JSON Schema.
//!
//! Shares and probabilities lie in [0, 1]; dates are `YYYY-MM-DD`; periods are `2013-02`,
//! `2013-Q1` or `2013-W07`. Ratios compare levels: 2 is twice the old level. A figure that can't be
//! computed is absent, never zero and never NaN.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::borders::BordersRecord;
use crate::eras::{EraFinding, StateEras};
use crate::evidence::EvidenceRecord;
use crate::ledger::LedgerRecord;
use crate::spec::{Direction, Exposure, FamilyKey, IndicatorKind, JoinRule, Role, Yardstick};
use crate::structure::StructureRecord;
use crate::workbench::SettingRecord;

/// An answer to a dossier's question as of one date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// The version of this format: 1.
    pub format: u32,
    /// The version of Yalu that computed it.
    pub yalu_version: String,
    /// The dossier.
    pub dossier: DossierRecord,
    /// Nothing later than this date was used.
    pub as_of: String,
    /// What a reader asked otherwise than the dossier does; absent where nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<SettingRecord>,
    /// The verdict over all indicators.
    pub verdict: Verdict,
    /// What each indicator shows, in the dossier's order.
    pub indicators: Vec<IndicatorFinding>,
    /// The comparison with other borders; absent where the dossier asks for none.
    pub borders: Option<BordersRecord>,
    /// Who makes the policy; absent where the dossier says nothing of it.
    pub structure: Option<StructureRecord>,
    /// Sources, claims against hypotheses, talks; absent where the dossier names none.
    pub evidence: Option<EvidenceRecord>,
    /// What was promised, and what came of it; absent where the dossier has no ledger.
    pub ledger: Option<LedgerRecord>,
    /// Who led which state, as far as the dossier says.
    pub eras: Vec<StateEras>,
    /// Outside pressure, as it entered the models.
    pub pressure: Vec<PressureRecord>,
    /// Dated events, in order of date.
    pub events: Vec<EventRecord>,
    /// The dossier's tables, cut at the date.
    pub tables: Vec<TableRecord>,
    /// The figures under everything above, and where they are from.
    pub data: DataRecord,
    /// How it was computed.
    pub method: MethodRecord,
    /// What a reader should know before trusting any of it.
    pub warnings: Vec<String>,
}

/// The dossier that was assessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DossierRecord {
    /// Its short name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The question in a sentence.
    pub question: String,
    /// Who acts, as a code.
    pub source: String,
    /// Who acts, by name.
    pub source_name: String,
    /// Toward whom, as a code.
    pub target: String,
    /// Toward whom, by name.
    pub target_name: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// SHA-256 of `dossier.toml`, in hexadecimal.
    pub sha256: String,
}

/// The rungs of the verdict ladder, and the two answers that stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Too little data to speak.
    TooLittleData,
    /// No break survives the test.
    NoShift,
    /// A break is found, but not once events and pressure are in the model.
    Responsive,
    /// The break survives, but is younger than the horizon.
    Emerging,
    /// The break survived once; the level came back.
    Faded,
    /// The break survives and the horizon has passed, but the recent level can be told neither from
    /// the old one nor from a new one.
    Undecided,
    /// The break survives and the level stayed away through the whole horizon.
    Lasting,
    /// Lasting in every required indicator, large enough, within the window, particular to the dyad.
    Major,
}

/// The verdict over all indicators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The rung.
    pub rung: Rung,
    /// The verdict in one sentence.
    pub headline: String,
    /// Why this rung: each sentence carries its numbers.
    pub reasons: Vec<String>,
    /// What would move it up or down.
    pub would_move: Vec<String>,
    /// The first month's end at which an emerging shift could count as lasting.
    pub lasting_from: Option<String>,
    /// How the indicators were joined.
    pub join: JoinRule,
    /// How probable the shift is.
    pub probability: Probability,
    /// How far the analysis itself can be trusted.
    pub confidence: Confidence,
    /// The verdict under every specification; absent where there is only one.
    pub curve: Option<VerdictCurve>,
}

/// The verdict itself under every specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictCurve {
    /// How many specifications.
    pub n: u32,
    /// How many reach each rung.
    pub rungs: Vec<RungShare>,
    /// The share that reach the main specification's verdict.
    pub agreement: f64,
}

/// A probability with its standard word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Probability {
    /// Of what.
    pub statement: String,
    /// The probability, averaged over the specifications; absent where there is too little data.
    pub value: Option<f64>,
    /// The lowest and the highest over the specifications.
    pub range: Option<[f64; 2]>,
    /// The standard word; absent where there is no value.
    pub word: Option<String>,
    /// Whose word it is.
    pub yardstick: Yardstick,
}

/// Low, moderate or high.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ConfidenceLevel {
    /// Low.
    Low,
    /// Moderate.
    Moderate,
    /// High.
    High,
}

/// The analytic confidence, apart from the probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Confidence {
    /// The level.
    pub level: ConfidenceLevel,
    /// What lowered it, or that nothing did.
    pub reasons: Vec<String>,
}

/// What one indicator shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IndicatorFinding {
    /// Its short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What kind of figure.
    pub kind: IndicatorKind,
    /// Its part in the verdict.
    pub role: Role,
    /// Which way a shift would go.
    pub direction: Direction,
    /// The dyad, `CHN → PRK`.
    pub dyad: String,
    /// What its codes mean for this dyad.
    pub meaning: String,
    /// What it doesn't show.
    pub caution: String,
    /// The unit of observed, fitted and level figures, e.g. "events per 1,000 of all that CHN does".
    pub unit: String,
    /// Its rung; absent for an indicator that is only context.
    pub rung: Option<Rung>,
    /// Why, each with its numbers.
    pub reasons: Vec<String>,
    /// What would move it.
    pub would_move: Vec<String>,
    /// The series as charted.
    pub chart: ChartSeries,
    /// The break test without events and pressure.
    pub test_alone: Option<BreakTest>,
    /// The break test with events and pressure in the model.
    pub test_with_response: Option<BreakTest>,
    /// How many breaks, by BIC.
    pub dating: Vec<DatingRow>,
    /// The break that the rung speaks of.
    pub shift: Option<ShiftRecord>,
    /// Other breaks dated, as first periods of their new levels.
    pub other_breaks: Vec<String>,
    /// Whether the new level held.
    pub durability: Option<DurabilityRecord>,
    /// How the indicator answers to events and pressure.
    pub responsiveness: Option<Responsiveness>,
    /// The test of the periods too recent for a break test.
    pub tail: Option<TailTest>,
    /// The same question under every other specification.
    pub curve: Option<CurveRecord>,
    /// The probability that it has shifted beyond response.
    pub probability: Option<Probability>,
    /// The indicator by leaders' eras; absent where the dossier has none that touch its series.
    pub eras: Option<EraFinding>,
    /// Series and rows behind all this.
    pub trace: Trace,
    /// What to beware of.
    pub warnings: Vec<String>,
}

/// A series as charted. All vectors are as long as `periods`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ChartSeries {
    /// The periods, ascending, without gaps.
    pub periods: Vec<String>,
    /// The figure in the indicator's unit; absent outside coverage.
    pub observed: Vec<Option<f64>>,
    /// The count (or value) before dividing by the exposure.
    pub count: Vec<Option<f64>>,
    /// The exposure.
    pub exposure: Vec<Option<f64>>,
    /// What the main specification expects, with season, events, pressure and breaks.
    pub fitted: Vec<Option<f64>>,
    /// The level alone: season, events and pressure at their reference.
    pub level: Vec<Option<f64>>,
}

/// A test for one or two breaks at unknown dates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreakTest {
    /// What is in the model beside the break.
    pub model: String,
    /// The largest F of one break over the candidate dates.
    pub statistic: f64,
    /// The largest F of two breaks over pairs of dates, per break: a shock that passed shows here.
    /// Absent where two don't fit in.
    pub statistic_two_breaks: Option<f64>,
    /// The date where it is reached: the first period of the new level.
    pub at: String,
    /// The bootstrap p-value of the larger of the two statistics.
    pub p_value: f64,
    /// The p-value corrected for the number of indicators (Benjamini-Hochberg).
    pub q_value: Option<f64>,
    /// Bootstrap replications.
    pub n_bootstrap: u32,
    /// The first and last candidate date.
    pub searched: [String; 2],
    /// F at each candidate date, from the first to the last.
    pub path: Vec<f64>,
    /// The bootstrap critical value of the larger statistic at the dossier's level.
    pub critical_value: f64,
    /// Serial correlation of the residuals at lag one.
    pub serial_correlation: f64,
    /// Dispersion: the variance of the Pearson residuals (1 for a Poisson series).
    pub dispersion: f64,
}

/// One number of breaks and how well it fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatingRow {
    /// How many breaks.
    pub n_breaks: u32,
    /// First periods of the new levels.
    pub at: Vec<String>,
    /// The deviance.
    pub deviance: f64,
    /// The information criterion; the least is chosen.
    pub bic: f64,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// A break: its date, an interval for it, its size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShiftRecord {
    /// The first period of the new level.
    pub at: String,
    /// A 95 % interval for it.
    pub interval: [String; 2],
    /// Whether the interval ran into an end of the series.
    pub interval_clipped: bool,
    /// The new level over the old one (for Gaussian figures that may be negative: the difference).
    pub effect: f64,
    /// A 95 % interval for it.
    pub effect_interval: [f64; 2],
    /// Whether `effect` is a `ratio` or a `difference`.
    pub effect_kind: EffectKind,
    /// The same effect without events and pressure in the model.
    pub effect_alone: Option<f64>,
    /// The old level, in the indicator's unit.
    pub old_level: f64,
    /// The new level, in the indicator's unit.
    pub new_level: f64,
    /// Complete periods since the break.
    pub n_periods_since: u32,
}

/// Whether an effect multiplies or adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// New level over old level.
    Ratio,
    /// New level less old level.
    Difference,
}

/// Whether the new level held over the horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DurabilityRecord {
    /// The horizon in months.
    pub horizon_months: u32,
    /// Whether the horizon has passed since the break.
    pub horizon_passed: bool,
    /// The periods that stand for the recent level: first and last.
    pub recent: [String; 2],
    /// The recent level, in the indicator's unit.
    pub recent_level: f64,
    /// The old level, in the indicator's unit.
    pub old_level: f64,
    /// Recent over old.
    pub ratio: f64,
    /// 90 % interval, the one that an equivalence test at 5 % looks at.
    pub interval_90: [f64; 2],
    /// 95 % interval.
    pub interval_95: [f64; 2],
    /// The bounds within which levels count as equal.
    pub bounds: [f64; 2],
    /// The p-value of the equivalence test (two one-sided tests): small says they are equal.
    pub p_equivalence: f64,
    /// The p-value of the test for a difference: small says they differ.
    pub p_difference: f64,
    /// The outcome.
    pub outcome: DurabilityOutcome,
}

/// What the durability tests say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DurabilityOutcome {
    /// The recent level is equivalent to the old one.
    BackToOld,
    /// The recent level differs from the old one, the way that the break went.
    StayedAway,
    /// Neither can be shown.
    CannotTell,
}

/// How an indicator answers to events and pressure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Responsiveness {
    /// Each term of the response model.
    pub terms: Vec<ResponseTerm>,
    /// The joint p-value of all of them.
    pub p_joint: f64,
    /// The share of the variation over time (deviance) that they explain beyond season and exposure.
    pub deviance_share: f64,
    /// The share of the apparent shift that they explain: 1 less the log effect with them over the
    /// log effect without. Absent where no break is dated; may be negative.
    pub shift_share: Option<f64>,
}

/// One term of the response model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseTerm {
    /// What it is.
    pub name: String,
    /// The factor by which the rate rises: in an event's own month, or for a doubling of pressure.
    pub effect: f64,
    /// A 95 % interval, robust to serial correlation.
    pub interval: [f64; 2],
    /// The p-value.
    pub p_value: f64,
    /// What `effect` is the effect of, in words.
    pub per: String,
}

/// A test whether the last periods, too few for a break test, fit the model of those before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TailTest {
    /// The first and last period tested.
    pub periods: [String; 2],
    /// The statistic.
    pub statistic: f64,
    /// The p-value, by subsampling.
    pub p_value: f64,
    /// Observed over expected.
    pub ratio: f64,
}

/// The specification curve of one indicator, or of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CurveRecord {
    /// Every specification, in order of effect; the ones without a break come first.
    pub fits: Vec<CurveFit>,
    /// How many reach each rung.
    pub rungs: Vec<RungShare>,
    /// The share that reach the main specification's rung.
    pub agreement: f64,
    /// The median effect over the specifications that date a break.
    pub median_effect: Option<f64>,
    /// How much each choice matters, the most decisive first.
    pub choices: Vec<ChoiceInfluence>,
    /// Specifications that could not be fitted, with the reason.
    pub failures: Vec<String>,
}

/// How many specifications reach a rung.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RungShare {
    /// The rung.
    pub rung: Rung,
    /// How many.
    pub n: u32,
    /// The share of all fitted.
    pub share: f64,
}

/// How one choice of specification moves the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChoiceInfluence {
    /// The choice: `exposure`, `family`, `event_decay`, `pressure`, `pressure_lag`, `trimming`, `group`.
    pub choice: String,
    /// Its options, each with what follows from it.
    pub options: Vec<OptionOutcome>,
    /// The largest difference between its options in the share that survive the response model.
    pub spread: f64,
}

/// What follows from one option of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptionOutcome {
    /// The option.
    pub option: String,
    /// How many specifications have it.
    pub n: u32,
    /// The share of them in which a break survives events and pressure.
    pub share_surviving: f64,
    /// Their median effect; absent where none dates a break.
    pub median_effect: Option<f64>,
}

/// One specification and what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CurveFit {
    /// Whether it is the main specification.
    pub main: bool,
    /// The denominator.
    pub exposure: Exposure,
    /// The count family.
    pub family: FamilyKey,
    /// The group counted.
    pub group: String,
    /// The decay of event windows.
    pub event_decay: f64,
    /// Pressure series in the model.
    pub pressure: Vec<String>,
    /// Their lag in months.
    pub pressure_lag: u32,
    /// The trimming.
    pub trimming: f64,
    /// The rung.
    pub rung: Rung,
    /// The p-value of the break test with events and pressure.
    pub p_value: f64,
    /// The p-value without them.
    pub p_value_alone: f64,
    /// The break's first period.
    pub at: Option<String>,
    /// Its effect.
    pub effect: Option<f64>,
    /// A 95 % interval for the effect.
    pub effect_interval: Option<[f64; 2]>,
    /// The probability of a shift beyond response.
    pub probability: f64,
}

/// Where a finding's figures come from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// Ids of the series in [`DataRecord::series`].
    pub series: Vec<String>,
    /// Rows behind them in all.
    pub n_rows: u64,
    /// How to list the rows.
    pub command: String,
}

/// A pressure series as it entered the models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PressureRecord {
    /// Its short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The dyad.
    pub dyad: String,
    /// The unit of `rate`.
    pub unit: String,
    /// The rate by period; absent outside coverage. As long as the indicators' periods.
    pub rate: Vec<Option<f64>>,
    /// The periods.
    pub periods: Vec<String>,
    /// Series and rows behind it.
    pub trace: Trace,
}

/// A dated event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventRecord {
    /// The date.
    pub date: String,
    /// Its kind, as the file says.
    pub kind: String,
    /// What happened.
    pub title: String,
    /// Where that is from.
    pub source: String,
    /// Whether it is in the model as a window.
    pub in_model: bool,
    /// The file and the line that it stands on.
    pub file: String,
    /// The line, the header being 1.
    pub line: u64,
}

/// A table shown beside the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableRecord {
    /// Its short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The unit of its values.
    pub unit: String,
    /// Where it is from.
    pub source: String,
    /// The file.
    pub file: String,
    /// Its rows in order of date.
    pub rows: Vec<TableRow>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableRow {
    /// The date as written.
    pub date: String,
    /// The value.
    pub value: f64,
    /// Where this value is from.
    pub source: Option<String>,
    /// The line, the header being 1.
    pub line: u64,
}

/// The figures under the findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DataRecord {
    /// Where they were read: `series file` or `store`.
    pub origin: String,
    /// The first and last period used.
    pub periods: [String; 2],
    /// Every series.
    pub series: Vec<SeriesRecord>,
    /// What the data sets cover.
    pub coverage: Vec<CoverageRecord>,
    /// Files that the rows came from, with their hashes.
    pub files: Vec<FileRecord>,
    /// The groups of acts and what they mean.
    pub groups: Vec<GroupRecord>,
    /// The one query that computed the series.
    pub sql: String,
}

/// One series: a sum by period. All vectors are as long as `periods`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeriesRecord {
    /// Its name within the assessment.
    pub id: String,
    /// The group summed.
    pub group: String,
    /// The dyad, `CHN → PRK` or `CHN → any`.
    pub dyad: String,
    /// What is summed.
    pub measure: String,
    /// The periods.
    pub periods: Vec<String>,
    /// The sums; absent outside coverage, 0 within it where there were no events.
    pub values: Vec<Option<f64>>,
    /// Rows behind each sum.
    pub n_rows: Vec<u64>,
    /// The line of the series file that holds it, where there is one.
    pub lines: Vec<Option<u64>>,
}

/// What a data set covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageRecord {
    /// Its name.
    pub dataset: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Which part of the whole it is.
    pub subset: Option<String>,
    /// Changes of the source base: date and what changed.
    pub changes: Vec<CoverageChangeRecord>,
}

/// A change of the source base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageChangeRecord {
    /// The first day of the new state.
    pub date: String,
    /// What changed.
    pub note: String,
    /// Whether it lies within the series and is in the models as a step.
    pub in_model: bool,
}

/// A file that rows came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileRecord {
    /// Its name.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Rows.
    pub n_rows: u64,
}

/// A group of acts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupRecord {
    /// Its name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Its codes, quad classes and exceptions in words.
    pub codes: String,
    /// What these mean for the dyad.
    pub meaning: String,
}

/// How it was computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MethodRecord {
    /// The seed of every random draw.
    pub seed: u64,
    /// The main specification, one sentence per part.
    pub specification: Vec<String>,
    /// Each step with its paper.
    pub steps: Vec<MethodStep>,
    /// Versions of the parts of Yalu.
    pub versions: Vec<[String; 2]>,
}

/// A step of the method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MethodStep {
    /// What is done.
    pub what: String,
    /// The paper or standard it comes from.
    pub source: String,
    /// What it doesn't show.
    pub limits: String,
}
