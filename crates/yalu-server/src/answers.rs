//! What the API answers: one type an answer, from which its description is made too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yalu_dossier::assessment::{Assessment, Rung, Verdict};
use yalu_dossier::spec::Exposure;
use yalu_dossier::structure::record::StakeRecord;
use yalu_dossier::workbench::{Choices, EvolutionPoint, SettingRecord};

/// Every dossier that is served.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DossiersAnswer {
    /// The dossiers, by id.
    pub(crate) dossiers: Vec<DossierAnswer>,
}

/// A dossier that is served.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Dossier")]
pub(crate) struct DossierAnswer {
    /// Its id.
    pub(crate) id: String,
    /// What it asks; nothing while it has faults.
    #[serde(flatten)]
    pub(crate) question: Option<QuestionAnswer>,
    /// What is wrong with it, in words: none where it can be asked.
    pub(crate) faults: Vec<String>,
}

/// What a dossier asks.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Question")]
pub(crate) struct QuestionAnswer {
    /// The title.
    pub(crate) title: String,
    /// The question, in a sentence.
    pub(crate) question: String,
    /// The state whose policy is asked about.
    pub(crate) source: String,
    /// The state toward which it is.
    pub(crate) target: String,
    /// Who wrote the dossier.
    pub(crate) authors: Vec<String>,
    /// The dossier's own dates, YYYY-MM-DD.
    pub(crate) as_of: Vec<String>,
}

/// What a reader may set of a dossier.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Choices")]
pub(crate) struct ChoicesAnswer {
    /// Dates that can be asked about, ascending.
    as_of: Vec<String>,
    /// The dossier's level.
    level: f64,
    /// The dossier's horizon in months.
    horizon_months: u32,
    /// Indicators whose codes can be chosen.
    codes: Vec<CodesAnswer>,
    /// Denominators, the dossier's own first; none where there is nothing to choose.
    exposures: Vec<Exposure>,
    /// Other borders.
    donors: Vec<DonorAnswer>,
    /// Actors whose values can be set.
    actors: Vec<ActorAnswer>,
}

/// The codes that an indicator may count.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CodesChoice")]
struct CodesAnswer {
    indicator: String,
    title: String,
    /// Groups of codes, the dossier's own first.
    groups: Vec<GroupAnswer>,
}

/// A group of codes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CodesGroup")]
struct GroupAnswer {
    id: String,
    title: String,
}

/// Another border.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Donor")]
struct DonorAnswer {
    /// As `without` names it: `CHN-JPN`.
    id: String,
    name: String,
}

/// An actor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ActorChoice")]
struct ActorAnswer {
    id: String,
    title: String,
    stakes: Vec<StakeAnswer>,
}

/// What an actor wants of an issue.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StakeChoice")]
struct StakeAnswer {
    issue: String,
    title: String,
    /// The least and greatest position.
    scale: [f64; 2],
    stake: StakeRecord,
}

impl ChoicesAnswer {
    pub(crate) fn of(choices: &Choices) -> Self {
        Self {
            as_of: choices.as_of.iter().map(ToString::to_string).collect(),
            level: choices.level,
            horizon_months: choices.horizon_months,
            codes: choices
                .codes
                .iter()
                .map(|one| CodesAnswer {
                    indicator: one.indicator.clone(),
                    title: one.title.clone(),
                    groups: one
                        .groups
                        .iter()
                        .map(|(id, title)| GroupAnswer {
                            id: id.clone(),
                            title: title.clone(),
                        })
                        .collect(),
                })
                .collect(),
            exposures: choices.exposures.clone(),
            donors: choices
                .donors
                .iter()
                .map(|one| DonorAnswer {
                    id: one.id.clone(),
                    name: one.name.clone(),
                })
                .collect(),
            actors: choices
                .actors
                .iter()
                .map(|one| ActorAnswer {
                    id: one.id.clone(),
                    title: one.title.clone(),
                    stakes: one
                        .stakes
                        .iter()
                        .map(|(issue, title, scale, stake)| StakeAnswer {
                            issue: issue.clone(),
                            title: title.clone(),
                            scale: *scale,
                            stake: stake.clone(),
                        })
                        .collect(),
                })
                .collect(),
        }
    }
}

/// The verdict under a setting.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "VerdictAnswer")]
pub(crate) struct VerdictAnswer<'a> {
    /// The dossier's id.
    id: String,
    /// As of when, YYYY-MM-DD.
    as_of: &'a str,
    /// What is set otherwise than the dossier does; nothing where nothing is.
    setting: Option<&'a SettingRecord>,
    verdict: &'a Verdict,
    indicators: Vec<IndicatorAnswer<'a>>,
}

/// An indicator under a setting.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IndicatorAnswer")]
struct IndicatorAnswer<'a> {
    id: &'a str,
    title: &'a str,
    /// Nothing where it isn't tested.
    rung: Option<Rung>,
    /// The first period of the new level, where a break is dated.
    at: Option<&'a str>,
    /// The size of the break: a ratio of levels, or a difference.
    effect: Option<f64>,
    /// The corrected p-value with events and pressure in the model.
    q_value: Option<f64>,
}

impl<'a> VerdictAnswer<'a> {
    pub(crate) fn of(id: String, assessment: &'a Assessment) -> Self {
        Self {
            id,
            as_of: &assessment.as_of,
            setting: assessment.setting.as_ref(),
            verdict: &assessment.verdict,
            indicators: assessment
                .indicators
                .iter()
                .map(|one| IndicatorAnswer {
                    id: &one.id,
                    title: &one.title,
                    rung: one.rung,
                    at: one.shift.as_ref().map(|shift| shift.at.as_str()),
                    effect: one.shift.as_ref().map(|shift| shift.effect),
                    q_value: one
                        .test_with_response
                        .as_ref()
                        .and_then(|test| test.q_value),
                })
                .collect(),
        }
    }
}

/// How the verdict evolved.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Evolution")]
pub(crate) struct EvolutionAnswer<'a> {
    /// The dates that were computed so far, ascending.
    pub(crate) points: &'a [EvolutionPoint],
}

/// A comment as JSON.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewComment")]
#[serde(deny_unknown_fields)]
pub(crate) struct Posted {
    /// What is discussed: empty for the dossier, `indicator-ID` or `claim-ID`.
    #[serde(default)]
    pub(crate) about: String,
    /// The number of the comment that it answers.
    #[serde(default)]
    pub(crate) reply_to: Option<i64>,
    /// The author's name, as it is shown.
    #[schemars(length(min = 1, max = 80))]
    pub(crate) name: String,
    /// Never shown.
    #[serde(default)]
    #[schemars(length(max = 254))]
    pub(crate) email: Option<String>,
    /// Markdown.
    #[schemars(length(min = 1, max = 10_000))]
    pub(crate) text: String,
    /// Of an earlier comment, so that both stand under one.
    #[serde(default)]
    pub(crate) token: Option<String>,
}

/// What became of a comment that was sent.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Receipt")]
pub(crate) struct ReceiptAnswer {
    /// Its number.
    pub(crate) id: i64,
    /// Whether it waits for review. Spam is told so too: its sender learns nothing.
    pub(crate) state: ReceiptState,
    /// By which its author sees and deletes it; shown this once.
    pub(crate) token: Option<String>,
    /// The same comment was there already, and nothing was stored anew.
    pub(crate) repeated: bool,
}

/// Whether a comment is seen.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReceiptState {
    Held,
    Shown,
}

/// Why there is no answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub(crate) struct ErrorAnswer {
    pub(crate) error: ErrorWords,
}

/// Why there is no answer, in words.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ErrorWords {
    pub(crate) message: String,
    /// What is wrong field by field.
    pub(crate) fields: Vec<FieldFault>,
}

/// What is wrong with a field.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FieldFault {
    pub(crate) field: String,
    pub(crate) message: String,
}
