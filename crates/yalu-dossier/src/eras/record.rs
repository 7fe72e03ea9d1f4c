//! Leaders' eras in the assessment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The eras of one state, up to the as-of date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StateEras {
    /// The state's code.
    pub state: String,
    /// Its name.
    pub name: String,
    /// Its eras, in order.
    pub eras: Vec<EraRecord>,
}

/// One era.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraRecord {
    /// Who led.
    pub leader: String,
    /// The first day.
    pub from: String,
    /// The last day; absent where the era lasted through the as-of date.
    pub to: Option<String>,
    /// Other days that could be meant by `from`.
    pub also: Vec<String>,
    /// Why that day.
    pub why: Option<String>,
}

/// An indicator by leaders' eras.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraFinding {
    /// Its level in each era, by state.
    pub levels: Vec<EraLevel>,
    /// Each state's changes of leader as alternatives to a break at a free date; empty where the
    /// indicator isn't tested.
    pub alternatives: Vec<EraAlternative>,
    /// The criterion of the model without a break; the least is the best. Absent where the indicator
    /// isn't tested.
    pub bic_without_break: Option<f64>,
    /// The criterion of the model with breaks at free dates, as many as it chooses (one where it
    /// chooses none).
    pub bic_free: Option<f64>,
    /// First periods of the new levels at these free dates.
    pub free_at: Vec<String>,
}

/// An indicator's level in one era.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraLevel {
    /// The state whose leader it was.
    pub state: String,
    /// The leader.
    pub leader: String,
    /// The first period of the series in the era. A period is of the leader who held office for the
    /// greater part of it.
    pub first: String,
    /// The last.
    pub last: String,
    /// Periods with a figure.
    pub n_periods: u32,
    /// The sum of the counts, for an indicator that counts.
    pub count: Option<f64>,
    /// The figure over all its periods, in the indicator's unit: the counts over the exposures, or the
    /// mean.
    pub observed: Option<f64>,
    /// The level, with season, events and pressure at their reference; absent where the era is too
    /// short or the indicator isn't tested.
    pub level: Option<f64>,
    /// A 95 % interval for the level, robust to serial correlation.
    pub level_interval: Option<[f64; 2]>,
}

/// One state's changes of leader in place of a break at a free date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraAlternative {
    /// The state's code.
    pub state: String,
    /// Its name.
    pub name: String,
    /// Each change of leader within the series.
    pub boundaries: Vec<EraBoundary>,
    /// The criterion of the model whose level changes at all of them; absent where none can be fitted.
    pub bic: Option<f64>,
    /// The break test with these steps in the model: what they leave to a free date.
    pub beyond: Option<BeyondEras>,
    /// What follows.
    pub answer: EraAnswer,
    /// The same in words.
    pub sentence: String,
}

/// A change of leader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraBoundary {
    /// Who came.
    pub leader: String,
    /// The day.
    pub date: String,
    /// The first period that counts as of the new leader.
    pub at: String,
    /// The step there, beside the other changes of this state's leader; absent where it can't be told.
    pub step: Option<EraStep>,
    /// Why there is no step.
    pub untested: Option<String>,
    /// Whether the interval of the break that the rung speaks of holds this period; absent where there
    /// is no such break.
    pub in_interval: Option<bool>,
    /// The same for other days that could be meant.
    pub also: Vec<EraOtherDay>,
}

/// The step at a change of leader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraStep {
    /// The new level over the old one, or their difference.
    pub effect: f64,
    /// A 95 % interval for it, robust to serial correlation.
    pub effect_interval: [f64; 2],
    /// The simulated p-value of a step at this very period.
    pub p_value: f64,
    /// The same, corrected for the number of changes of leader that are tested (Benjamini-Hochberg).
    pub q_value: f64,
}

/// Another day that could be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EraOtherDay {
    /// The day.
    pub date: String,
    /// The first period that would count as of the new leader.
    pub at: String,
    /// The effect of a step there; absent where it can't be told.
    pub effect: Option<f64>,
    /// Its p-value.
    pub p_value: Option<f64>,
}

/// What changes of leader leave to a break at a free date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BeyondEras {
    /// The likeliest date: the first period of the new level.
    pub at: String,
    /// The simulated p-value.
    pub p_value: f64,
}

/// Changes of leader held against a free date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EraAnswer {
    /// No change of this state's leader can be tested.
    Untested,
    /// No level changes with a leader, and no break is found either.
    NoStep,
    /// A level changes with a leader, and a free date isn't better: the change of leader explains the
    /// break as well.
    Fits,
    /// A break is found and the changes of leader don't explain it.
    FreeDate,
    /// Neither can be told from the other.
    CannotTell,
}
