//! Who makes the policy: the section of actors, models and influence.

mod codings;
mod influence;
mod issue;
mod models;
mod turn;
mod votes;

use askama::Template;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::structure::CoderDraw;
use yalu_dossier::structure::record::{
    ActorRecord, AgreementOf, IssueRecord, StructureRecord, ValueRecord,
};

use crate::chart::shown_eras;
use crate::format;
use crate::table::Table;

use influence::InfluencePart;
use issue::IssuePart;
use turn::{Turning, indices_table, pivots_table};

/// The section of a dossier that has a structure.
#[derive(Debug, Template)]
#[template(path = "structure.html")]
pub(crate) struct StructureSection {
    sentences: Vec<String>,
    cautions: Vec<String>,
    facts: String,
    set: Vec<String>,
    main_model: String,
    issues: Vec<IssuePart>,
    models: Table,
    left_out: Vec<String>,
    other_turning: Vec<Turning>,
    pivots: Option<Table>,
    no_pivot: String,
    indices: Option<Table>,
    codings: Table,
    agreement: Option<Table>,
    influence: Option<InfluencePart>,
}

impl StructureSection {
    /// `None` where the dossier names no structure.
    pub(crate) fn of(assessment: &Assessment) -> Option<Self> {
        let structure = assessment.structure.as_ref()?;
        let main = structure
            .models
            .iter()
            .find(|model| model.model == structure.main_model);
        let issues = structure.issues.iter().enumerate();
        Some(Self {
            sentences: structure.sentences.clone(),
            cautions: structure.cautions.clone(),
            facts: facts(structure),
            set: structure.set.clone(),
            main_model: main.map_or_else(String::new, |model| model.title.clone()),
            issues: issues
                .map(|(place, issue)| IssuePart::of(structure, main, issue, place))
                .collect(),
            models: models::models_table(structure),
            left_out: structure
                .models
                .iter()
                .filter_map(models::left_out)
                .collect(),
            other_turning: turn::other_turning(structure),
            pivots: pivots_table(structure),
            no_pivot: turn::no_pivot(structure),
            indices: indices_table(structure),
            codings: codings::codings_table(structure),
            agreement: codings::agreement_table(structure),
            influence: structure
                .influence
                .as_ref()
                .map(|record| InfluencePart::of(record, &shown_eras(assessment))),
        })
    }
}

fn facts(structure: &StructureRecord) -> String {
    let coders = match structure.coders {
        CoderDraw::EachValue => "each value drawn from one of its coders",
        CoderDraw::WholeCoder => "one coder’s whole picture drawn at a time",
    };
    let mut named: Vec<&str> = Vec::new();
    for coding in &structure.codings {
        if !coding.coder.is_empty() && !named.contains(&coding.coder.as_str()) {
            named.push(&coding.coder);
        }
    }
    let coders = match named.as_slice() {
        [] => "no coder named".to_owned(),
        [one] => format!("coded by {one}"),
        many => format!("coders {}, {coders}", many.join(", ")),
    };
    format!(
        "{} of the ranges, seed {} · {} in {} · {coders}",
        format::plural(u64::from(structure.draws), "draw", "draws"),
        structure.seed,
        format::plural(structure.codings.len() as u64, "coding", "codings"),
        structure.file,
    )
}

fn absent() -> String {
    format::ABSENT.to_owned()
}

fn ends(low: &str, high: &str) -> String {
    format!("{low} to {high}")
}

/// An actor's name in charts; its id where the record has no such actor.
fn short<'a>(structure: &'a StructureRecord, id: &'a str) -> &'a str {
    actor(structure, id).map_or(id, |actor| actor.short.as_str())
}

/// An actor's name in sentences.
fn title<'a>(structure: &'a StructureRecord, id: &'a str) -> &'a str {
    actor(structure, id).map_or(id, |actor| actor.title.as_str())
}

fn actor<'a>(structure: &'a StructureRecord, id: &str) -> Option<&'a ActorRecord> {
    structure.actors.iter().find(|actor| actor.id == id)
}

fn issue_of<'a>(structure: &'a StructureRecord, id: &str) -> Option<&'a IssueRecord> {
    structure.issues.iter().find(|issue| issue.id == id)
}

fn issue_title<'a>(structure: &'a StructureRecord, id: &'a str) -> &'a str {
    issue_of(structure, id).map_or(id, |issue| issue.title.as_str())
}

fn value_name(of: AgreementOf) -> &'static str {
    match of {
        AgreementOf::Position => "position",
        AgreementOf::Salience => "salience",
        AgreementOf::Capability => "capability",
    }
}

/// The length of the scale of a value, which says how many digits it is shown with. Capabilities
/// have no scale of their own.
fn scale_of(structure: &StructureRecord, of: AgreementOf, issue: &str, value: f64) -> f64 {
    match of {
        AgreementOf::Position => {
            issue_of(structure, issue).map_or(1.0, |issue| issue.high - issue.low)
        }
        AgreementOf::Salience => 100.0,
        AgreementOf::Capability => value.abs(),
    }
}

/// A value as far as it is known: `25 (0 to 50)`, `16.5 | 83.5 (0 to 100)`.
fn known(value: &ValueRecord, range: f64) -> String {
    let shown = |one: f64| format::on_scale(one, range);
    let centre = if value.choices.is_empty() {
        shown(value.centre)
    } else {
        let choices: Vec<String> = value.choices.iter().map(|one| shown(*one)).collect();
        choices.join(" | ")
    };
    let (low, high) = (shown(value.low), shown(value.high));
    if low == high {
        centre
    } else {
        format!("{centre} ({low} to {high})")
    }
}
