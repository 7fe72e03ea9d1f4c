//! Every model's outcomes as a table.

use yalu_dossier::structure::record::{
    EnsembleRecord, IssueRecord, ModelRecord, ModelWeight, OutcomeRecord, StructureRecord,
};

use super::{absent, ends};
use crate::chart::outcome_on;
use crate::format;
use crate::table::{Cell, Table};

/// Why a model wasn't run; none where it was.
pub(super) fn left_out(model: &ModelRecord) -> Option<String> {
    let reason = model.left_out.as_ref()?;
    Some(format!("{}: {reason}", model.title))
}

/// Outcomes of every model that was run, and of the models as one, by issue.
pub(super) fn models_table(structure: &StructureRecord) -> Table {
    let mut table = Table::new(
        "Outcomes by issue and model",
        &[
            "Model",
            "Issue",
            "#Central",
            "#Median",
            "#Half of all",
            "#Nine in ten",
            "#At or above",
            "#Mean",
            "#SD",
            "#Draws",
            "#Failed draws",
            "Options",
        ],
    );
    table.class = "broad";
    for issue in &structure.issues {
        for model in &structure.models {
            if let Some(outcome) = outcome_on(model, &issue.id) {
                let main = model.model == structure.main_model;
                table.marked_row(main, model_row(model, outcome, issue));
            }
        }
        let joined = structure.ensemble.iter();
        for one in joined.filter(|one| one.issue == issue.id) {
            table.row(ensemble_row(structure, one, issue));
        }
    }
    table
}

fn model_row(model: &ModelRecord, outcome: &OutcomeRecord, issue: &IssueRecord) -> Vec<Cell> {
    let shown = |value: f64| format::on_scale(value, issue.high - issue.low);
    let spread = &outcome.spread;
    let [low, from, median, to, high] = spread.quantiles.map(shown);
    let figures = [
        shown(outcome.central),
        median,
        ends(&from, &to),
        ends(&low, &high),
        share(outcome.share_at_or_above),
        shown(spread.mean),
        shown(spread.standard_deviation),
        format::count(spread.draws as u64),
        format::count(outcome.failed_draws as u64),
    ];
    row([&model.title, &issue.title], figures, &model.options)
}

fn ensemble_row(
    structure: &StructureRecord,
    one: &EnsembleRecord,
    issue: &IssueRecord,
) -> Vec<Cell> {
    let shown = |value: f64| format::on_scale(value, issue.high - issue.low);
    let [low, from, median, to, high] = one.quantiles.map(shown);
    let figures = [
        absent(),
        median,
        ends(&from, &to),
        ends(&low, &high),
        share(one.share_at_or_above),
        shown(one.mean),
        absent(),
        absent(),
        absent(),
    ];
    row(
        ["Models as one", &issue.title],
        figures,
        &weights(structure, one),
    )
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(absent, format::percent)
}

/// Two names, the figures, a note.
fn row(names: [&str; 2], figures: [String; 9], note: &str) -> Vec<Cell> {
    names
        .into_iter()
        .map(Cell::text)
        .chain(figures.into_iter().map(Cell::number))
        .chain([Cell::text(note)])
        .collect()
}

/// What each model weighs among the models as one.
fn weights(structure: &StructureRecord, one: &EnsembleRecord) -> String {
    let of_model = |weight: &ModelWeight| {
        let same = |model: &&ModelRecord| model.model == weight.model;
        let model = structure.models.iter().find(same)?;
        Some(format!(
            "{} {}",
            model.title,
            format::percent(weight.weight)
        ))
    };
    let named: Vec<String> = one.weights.iter().filter_map(of_model).collect();
    format!("Weights: {}", named.join(", "))
}
