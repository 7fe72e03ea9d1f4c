//! The dossier as its author writes it: `dossier.toml`, key by key.
//!
//! Every struct refuses unknown keys. Defaults are those of the docs, and `yalu schema dossier`
//! prints this module as a JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::borders::{BorderDomain, BorderRule, Borders};
pub use crate::eras::EraKey;
pub use crate::evidence::EvidenceKeys;
pub use crate::ledger::LedgerKeys;
pub use crate::publication::{Publication, PublicationImage};
pub use crate::structure::Structure;

/// A dossier: one question about one dyad, and what is needed to answer it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DossierSpec {
    /// The version of this format: 1.
    pub format: u32,
    /// What is asked, of whom, as of when.
    pub question: Question,
    /// Where the figures come from.
    pub data: Data,
    /// Named sets of CAMEO codes. Each says what its codes mean for this dyad.
    pub groups: BTreeMap<String, Group>,
    /// What is measured.
    pub indicators: Vec<Indicator>,
    /// Outside pressure that the source may be answering.
    #[serde(default)]
    pub pressure: Vec<Pressure>,
    /// Files of dated events that the source may be answering.
    #[serde(default)]
    pub events: Vec<EventFile>,
    /// The main specification of the models.
    #[serde(default)]
    pub model: Model,
    /// Every other specification that counts as reasonable.
    #[serde(default)]
    pub curve: Curve,
    /// How findings become a verdict.
    #[serde(default)]
    pub verdict: VerdictRules,
    /// The comparison with other borders, without which no shift is called major.
    #[serde(default)]
    pub borders: Option<Borders>,
    /// Sources, claims and talks.
    #[serde(default)]
    pub evidence: Option<EvidenceKeys>,
    /// What was promised, and what came of it.
    #[serde(default)]
    pub ledger: Option<LedgerKeys>,
    /// Who led which state from when.
    #[serde(default)]
    pub eras: Vec<EraKey>,
    /// Who makes the policy: actors, what they want, and how they decide.
    #[serde(default)]
    pub structure: Option<Structure>,
    /// Who publishes it, when, with which images.
    #[serde(default)]
    pub publication: Option<Publication>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// A short name, used in file names: small letters, digits, hyphens.
    pub id: String,
    /// The title of the report.
    pub title: String,
    /// The question in a sentence.
    pub text: String,
    /// Who acts: an ISO 3166-1 alpha-3 code.
    pub source: String,
    /// Toward whom: an ISO 3166-1 alpha-3 code.
    pub target: String,
    /// The dates as of which it is answered, YYYY-MM-DD: nothing later than the date is used.
    /// Left out, it is the end of the data.
    #[serde(default)]
    pub as_of: Vec<String>,
    /// Who wrote the dossier.
    #[serde(default)]
    pub authors: Vec<String>,
}

/// Where the figures come from: a series file that ships with the dossier, a store, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// A series file as `yalu export series` writes it, relative to the dossier.
    #[serde(default)]
    pub series: Option<String>,
    /// A store's folder, relative to the dossier; `--store` goes before it.
    #[serde(default)]
    pub store: Option<String>,
    /// The data sets to use; empty uses all that the source holds.
    #[serde(default)]
    pub datasets: Vec<String>,
    /// The first month used, YYYY-MM. Left out, it is the start of coverage.
    #[serde(default)]
    pub from: Option<String>,
    /// The length of a period.
    #[serde(default)]
    pub period: PeriodKey,
    /// What data sets cover. Those of a store are known; those of a series file are said here.
    #[serde(default)]
    pub coverage: Vec<CoverageKey>,
    /// Yearly or other tables that stand beside the series as a check.
    #[serde(default)]
    pub tables: Vec<TableKey>,
    /// Sums that a series file holds beyond those that indicators and pressure need.
    #[serde(default)]
    pub extra: Vec<ExtraCells>,
}

/// Sums for the series file: each group for each dyad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtraCells {
    /// Groups.
    pub groups: Vec<String>,
    /// Dyads, source then target; `*` stands for any.
    pub dyads: Vec<[String; 2]>,
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKey {
    /// ISO weeks.
    Week,
    /// Calendar months.
    #[default]
    Month,
    /// Calendar quarters.
    Quarter,
}

/// What a data set covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageKey {
    /// The data set's name.
    pub dataset: String,
    /// The first day covered, YYYY-MM-DD.
    pub from: String,
    /// The last day covered, YYYY-MM-DD.
    pub to: String,
    /// Which part of the whole it is, where it isn't the whole.
    #[serde(default)]
    pub subset: Option<String>,
    /// Changes of the source base.
    #[serde(default)]
    pub changes: Vec<CoverageChangeKey>,
}

/// A change of the source base. Within the series it enters the model as a step of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageChangeKey {
    /// The first day of the new state, YYYY-MM-DD.
    pub date: String,
    /// What changed.
    pub note: String,
}

/// A table shown beside the series: one value per row, from a CSV file with a header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableKey {
    /// A short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The CSV file, relative to the dossier.
    pub file: String,
    /// The unit of its values.
    pub unit: String,
    /// Where it is from.
    pub source: String,
    /// The column that holds the date: YYYY, YYYY-MM or YYYY-MM-DD.
    pub date_column: String,
    /// The column that holds the value.
    pub value_column: String,
    /// Keep only rows in which each of these columns has this value.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
    /// The column that says where a row's value is from.
    #[serde(default)]
    pub source_column: Option<String>,
}

/// A named set of acts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What the set is, in a few words.
    pub title: String,
    /// CAMEO roots or leaves, as text: `"16"` holds `"163"`.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Quad classes: verbal_cooperation, material_cooperation, verbal_conflict, material_conflict.
    #[serde(default)]
    pub quads: Vec<String>,
    /// Leaves left out again.
    #[serde(default)]
    pub except: Vec<String>,
    /// Sectors of the source to keep; empty keeps all.
    #[serde(default)]
    pub source_sectors: Vec<String>,
    /// What these codes mean for this dyad, and what they don't.
    pub meaning: String,
}

/// What kind of figure an indicator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    /// Events of the group, per event of the exposure.
    EventRate,
    /// Events of the group, as a share of all the dyad's events of `exposure_group`.
    EventShare,
    /// Events of the group's quad classes, as a share of the dyad's events of `exposure_group`.
    QuadShare,
    /// The mean Goldstein score of the group's events.
    MeanGoldstein,
    /// The value of trade, source to target, in US dollars.
    TradeValue,
    /// The log ratio of the two partners' reports of one flow (importer's over exporter's).
    MirrorGap,
    /// A table of the dossier's own.
    Table,
}

/// The denominator that normalises for media volume.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// All that the source does toward the target.
    DyadTotal,
    /// All that the source does toward anyone.
    SourceTotal,
    /// All that anyone does toward anyone.
    WorldTotal,
    /// None: the indicator must say why.
    None,
}

/// What part an indicator has in the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The verdict rests on it.
    #[default]
    Required,
    /// Tested and shown; the verdict doesn't rest on it.
    Supporting,
    /// Shown, not tested.
    Context,
}

/// Which way a shift would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More of it.
    Up,
    /// Less of it.
    Down,
    /// Either.
    #[default]
    Either,
}

/// One thing measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// A short name.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// What kind of figure.
    pub kind: IndicatorKind,
    /// The group of acts that it counts.
    #[serde(default)]
    pub group: Option<String>,
    /// The denominator.
    #[serde(default)]
    pub exposure: Option<Exposure>,
    /// The group whose events make up the exposure.
    #[serde(default)]
    pub exposure_group: Option<String>,
    /// Why the exposure is as it is; needed where it is `none`.
    #[serde(default)]
    pub exposure_reason: Option<String>,
    /// The table, for `kind = "table"`.
    #[serde(default)]
    pub table: Option<String>,
    /// Its part in the verdict.
    #[serde(default)]
    pub role: Role,
    /// Which way a shift would go.
    #[serde(default)]
    pub direction: Direction,
    /// What it doesn't show.
    pub caution: String,
    /// The difference of levels that counts as none, in the figure's own unit. `mean_goldstein` and
    /// `table` need it: their levels differ by points and dollars, not by ratios.
    #[serde(default)]
    pub equivalence_difference: Option<f64>,
    /// Other dyad than the question's, `["USA", "PRK"]`.
    #[serde(default)]
    pub dyad: Option<[String; 2]>,
    /// Other groups that could have been counted instead; the specification curve takes each.
    #[serde(default)]
    pub group_alternatives: Vec<String>,
}

/// Outside pressure: a rate of acts by others that may move the source. It enters the model as the
/// logarithm of one plus its count per thousand events of the exposure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pressure {
    /// A short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Who presses.
    pub source: String,
    /// Whom.
    pub target: String,
    /// With what acts.
    pub group: String,
    /// Per what: `source_total` (of the one who presses), `world_total` or `none`.
    #[serde(default = "default_pressure_exposure")]
    pub exposure: Exposure,
    /// The group whose events make up that exposure.
    #[serde(default)]
    pub exposure_group: Option<String>,
}

fn default_pressure_exposure() -> Exposure {
    Exposure::WorldTotal
}

/// A CSV file of dated events: columns `date` (YYYY-MM-DD), `kind`, `title`, `source`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventFile {
    /// The file, relative to the dossier.
    pub file: String,
    /// Kinds to take from it; empty takes all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Whether the events enter the model as windows, or are only marked on charts.
    #[serde(default = "yes")]
    pub in_model: bool,
}

fn yes() -> bool {
    true
}

/// How counts vary.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FamilyKey {
    /// Negative binomial (NB2), its dispersion estimated.
    #[default]
    NegativeBinomial,
    /// Quasi-Poisson: variance in proportion to the mean.
    QuasiPoisson,
    /// Normal errors; for figures that aren't counts.
    Gaussian,
}

/// The main specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Model {
    /// How counts vary. Figures that aren't counts are always Gaussian.
    pub family: FamilyKey,
    /// Pairs of sine and cosine over the year: 0 to 4; at most 1 for quarters.
    pub harmonics: u32,
    /// What is left of an event's effect after each period, 0 (the event's period alone) to below 1.
    pub event_decay: f64,
    /// Ids of the pressure series in the model.
    pub pressure: Vec<String>,
    /// Periods by which pressure comes before the response.
    pub pressure_lag: u32,
    /// The share of the periods at either end where no break is looked for.
    pub trimming: f64,
    /// The most breaks that are dated.
    pub max_breaks: u32,
    /// Bootstrap replications of the break test and of the intervals.
    pub bootstrap: u32,
    /// The seed of every random draw.
    pub seed: u64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            family: FamilyKey::NegativeBinomial,
            harmonics: 1,
            event_decay: 0.5,
            pressure: Vec::new(),
            pressure_lag: 0,
            trimming: 0.15,
            max_breaks: 3,
            bootstrap: 999,
            seed: 20_130_731,
        }
    }
}

/// The choices of the specification curve: every combination is fitted. A list left empty keeps the
/// main specification's choice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Curve {
    /// Denominators.
    pub exposure: Vec<Exposure>,
    /// Count families.
    pub family: Vec<FamilyKey>,
    /// Decays of event windows.
    pub event_decay: Vec<f64>,
    /// Sets of pressure series; an empty set leaves pressure out.
    pub pressure: Vec<Vec<String>>,
    /// Lags of pressure.
    pub pressure_lag: Vec<u32>,
    /// Trimmings.
    pub trimming: Vec<f64>,
    /// Whether the groups that indicators name as alternatives are taken too.
    pub group_alternatives: bool,
}

/// Which words of estimative probability are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Yardstick {
    /// The yardstick of the Professional Head of Intelligence Assessment (United Kingdom).
    #[default]
    Phia,
    /// Intelligence Community Directive 203 (United States).
    Icd203,
}

/// How the indicators' rungs are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinRule {
    /// The lowest rung of the required indicators.
    #[default]
    AllRequired,
    /// The highest rung of the required indicators.
    AnyRequired,
    /// The rung that more than half of the required indicators reach.
    Majority,
}

/// How findings become a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VerdictRules {
    /// The false-discovery rate of the break tests over the indicators.
    pub level: f64,
    /// Months that a new level must hold before it counts as lasting.
    pub horizon_months: u32,
    /// Levels whose ratio lies within 1/r to r count as equal.
    pub equivalence_ratio: f64,
    /// The smallest ratio of levels that a major shift needs (or its inverse, downward).
    pub major_ratio: f64,
    /// First and last month in which the shift in question would lie, YYYY-MM. Left out, any.
    pub window: Option<[String; 2]>,
    /// How the indicators' rungs are joined.
    pub join: JoinRule,
    /// Words of probability.
    pub yardstick: Yardstick,
    /// The fewest periods of data before a break and after it that a verdict needs in all.
    pub min_periods: u32,
}

impl Default for VerdictRules {
    fn default() -> Self {
        Self {
            level: 0.05,
            horizon_months: 24,
            equivalence_ratio: 1.5,
            major_ratio: 2.0,
            window: None,
            join: JoinRule::AllRequired,
            yardstick: Yardstick::Phia,
            min_periods: 36,
        }
    }
}
