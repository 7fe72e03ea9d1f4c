//! What would turn an outcome, and what it hangs on.

use yalu_dossier::structure::record::{
    AgreementOf, IssueRecord, ModelRecord, PivotRecord, SensitivityRecord, StructureRecord,
};

use super::issue::drawn;
use super::{absent, issue_title, scale_of, short, title, value_name};
use crate::anchor::anchor;
use crate::chart::indices_chart;
use crate::export::records;
use crate::figure::{Figure, Key};
use crate::format;
use crate::table::{Cell, Table};

/// Pivots told in words; the table holds the rest.
const TOLD: usize = 8;

/// A pivot in words.
#[derive(Debug, PartialEq)]
pub(super) struct Pivot {
    pub(super) sentence: String,
    pub(super) possible: bool,
}

/// Sets that another model than the main one finds.
#[derive(Debug)]
pub(super) struct Turning {
    pub(super) model: String,
    pub(super) issue: String,
    pub(super) sentence: String,
}

/// Positions first: they are what others can argue with.
fn rank(of: AgreementOf) -> u8 {
    match of {
        AgreementOf::Position => 0,
        AgreementOf::Salience => 1,
        AgreementOf::Capability => 2,
    }
}

/// The nearest pivots of an issue, positions before saliences before capabilities.
pub(super) fn nearest(model: &ModelRecord, issue: &IssueRecord) -> Vec<Pivot> {
    let mut found: Vec<(&PivotRecord, f64)> = model
        .pivots
        .iter()
        .filter(|one| one.issue == issue.id)
        .filter_map(|one| Some((one, (one.to? - one.from).abs())))
        .collect();
    found.sort_by(|(a, near), (b, far)| rank(a.of).cmp(&rank(b.of)).then(near.total_cmp(far)));
    found
        .into_iter()
        .take(TOLD)
        .map(|(one, _)| Pivot {
            sentence: one.sentence.clone(),
            possible: one.within_range,
        })
        .collect()
}

pub(super) fn turning(model: &ModelRecord, issue: &IssueRecord) -> Vec<String> {
    let here = model.turning.iter().filter(|one| one.issue == issue.id);
    here.map(|one| one.sentence.clone()).collect()
}

pub(super) fn other_turning(structure: &StructureRecord) -> Vec<Turning> {
    let others = structure
        .models
        .iter()
        .filter(|model| model.model != structure.main_model);
    others
        .flat_map(|model| model.turning.iter().map(move |one| (model, one)))
        .map(|(model, one)| Turning {
            model: model.title.clone(),
            issue: issue_title(structure, &one.issue).to_owned(),
            sentence: one.sentence.clone(),
        })
        .collect()
}

/// How many values turn nothing within reach, in words; empty where each turns something.
pub(super) fn no_pivot(structure: &StructureRecord) -> String {
    let all = || structure.models.iter().flat_map(|model| &model.pivots);
    let n = all().filter(|one| one.to.is_none()).count();
    if n == 0 {
        return String::new();
    }
    format!(
        "Of {} tried over all models, {} alone {} no outcome within reach and {} not listed.",
        format::plural(all().count() as u64, "value", "values"),
        format::count(n as u64),
        if n == 1 { "turns" } else { "turn" },
        if n == 1 { "is" } else { "are" },
    )
}

/// Every value that turns an outcome, over all models.
pub(super) fn pivots_table(structure: &StructureRecord) -> Option<Table> {
    let mut table = Table::new(
        "Values that alone would turn an outcome",
        &[
            "Actor",
            "Value",
            "Model",
            "Issue",
            "#From",
            "#To",
            "#Outcome there",
            "Held possible by the coding",
        ],
    );
    for model in &structure.models {
        for one in &model.pivots {
            let Some(to) = one.to else { continue };
            let shown = |value| {
                let scale = scale_of(structure, one.of, &one.issue, one.from);
                Cell::number(format::on_scale(value, scale))
            };
            let position = scale_of(structure, AgreementOf::Position, &one.issue, 0.0);
            let outcome = one.outcome.map(|value| format::on_scale(value, position));
            table.row(vec![
                Cell::text(title(structure, &one.actor)),
                Cell::text(value_name(one.of)),
                Cell::text(&model.title),
                Cell::text(issue_title(structure, &one.issue)),
                shown(one.from),
                shown(to),
                Cell::number(outcome.unwrap_or_else(absent)),
                Cell::text(if one.within_range { "yes" } else { "no" }),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Whose value it is, as `PLA: position`, with the issue where that is another one.
fn value_of(structure: &StructureRecord, one: &SensitivityRecord) -> String {
    let name = format!("{}: {}", short(structure, &one.actor), value_name(one.of));
    match &one.on {
        Some(on) if *on != one.issue => format!("{name} on {}", issue_title(structure, on)),
        _ => name,
    }
}

pub(super) fn indices_figure(
    structure: &StructureRecord,
    model: &ModelRecord,
    issue: &IssueRecord,
) -> Option<Figure> {
    let here = model.sensitivity.iter().filter(|one| one.issue == issue.id);
    let indices: Vec<&SensitivityRecord> = here.collect();
    let names: Vec<String> = indices.iter().map(|one| value_of(structure, one)).collect();
    let title = format!(
        "{}: what the outcome hangs on, {}",
        issue.title, model.title
    );
    let figure = drawn(
        anchor("hangs", &issue.id),
        format!("What the outcome hangs on: {}", model.title),
        records(title.clone(), &indices),
        |canvas, id| indices_chart(&title, &names, &indices, canvas, id),
    )?;
    Some(
        figure
            .with_key(vec![
                Key::new("index", "total index, with its 90 % interval"),
                Key::new("central", "first-order index"),
            ])
            .with_unit("share of the outcome’s variance (Sobol)"),
    )
}

/// The indices of every model.
pub(super) fn indices_table(structure: &StructureRecord) -> Option<Table> {
    let mut table = Table::new(
        "Sobol indices by model",
        &[
            "Value",
            "Model",
            "Issue",
            "#Total",
            "#90 % interval",
            "#First-order",
            "#90 % interval",
        ],
    );
    for model in &structure.models {
        for one in &model.sensitivity {
            let interval =
                |[_, low, high]: [f64; 3]| Cell::number(format!("{low:.2} to {high:.2}"));
            table.row(vec![
                Cell::text(value_of(structure, one)),
                Cell::text(&model.title),
                Cell::text(issue_title(structure, &one.issue)),
                Cell::number(format!("{:.2}", one.total[0])),
                interval(one.total),
                Cell::number(format!("{:.2}", one.first[0])),
                interval(one.first),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pivot(of: &str, to: Option<f64>, sentence: &str) -> serde_json::Value {
        json!({"issue": "i", "actor": "a", "of": of, "from": 10.0, "to": to, "outcome": to,
               "within_range": false, "sentence": sentence})
    }

    #[test]
    fn positions_come_first_and_the_nearest_before_the_farther() {
        let pivots = [
            pivot("capability", Some(11.0), "capability"),
            pivot("position", Some(90.0), "far"),
            pivot("position", None, "none"),
            pivot("salience", Some(20.0), "salience"),
            pivot("position", Some(30.0), "near"),
        ];
        let model: ModelRecord = serde_json::from_value(json!({
            "model": "challenge", "title": "M", "options": "", "left_out": null, "outcomes": [],
            "rounds": [], "stops": [], "pivots": pivots, "turning": [], "sensitivity": []
        }))
        .expect("a model");
        let issue: IssueRecord = serde_json::from_value(json!({
            "id": "i", "title": "I", "low": 0.0, "high": 100.0, "low_label": "", "high_label": "",
            "status_quo": null, "threshold": 50.0, "threshold_label": null, "meaning": ""
        }))
        .expect("an issue");
        let told: Vec<String> = nearest(&model, &issue)
            .into_iter()
            .map(|one| one.sentence)
            .collect();
        assert_eq!(told, ["near", "far", "salience", "capability"]);
    }
}
