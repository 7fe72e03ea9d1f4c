//! Models side by side on an issue: a row a model, the draws as a strip of bars.

use yalu_dossier::structure::record::{
    EnsembleRecord, IssueRecord, ModelRecord, OutcomeRecord, SpreadRecord,
};

use crate::format;
use crate::svg::{Anchor, Svg, coordinate, fit_text};

use super::super::{Canvas, FONT};
use super::issue_axis::{HEAD, IssueAxis};

/// How high the fullest of all bars is.
const TALLEST: f64 = 26.0;

/// What a row shows.
struct Row<'a> {
    name: &'a str,
    spread: Option<&'a SpreadRecord>,
    quantiles: [f64; 5],
    central: Option<f64>,
    at_or_above: Option<f64>,
}

/// An issue's outcome in a model.
pub(crate) fn outcome_on<'a>(model: &'a ModelRecord, issue: &str) -> Option<&'a OutcomeRecord> {
    model.outcomes.iter().find(|one| one.issue == issue)
}

fn rows<'a>(
    issue: &IssueRecord,
    models: &'a [ModelRecord],
    ensemble: Option<&'a EnsembleRecord>,
) -> Vec<Row<'a>> {
    let of_model = |model: &'a ModelRecord| {
        let outcome = outcome_on(model, &issue.id)?;
        Some(Row {
            name: &model.title,
            spread: Some(&outcome.spread),
            quantiles: outcome.spread.quantiles,
            central: Some(outcome.central),
            at_or_above: outcome.share_at_or_above,
        })
    };
    let of_ensemble = |one: &'a EnsembleRecord| Row {
        name: "Models as one",
        spread: None,
        quantiles: one.quantiles,
        central: None,
        at_or_above: one.share_at_or_above,
    };
    models
        .iter()
        .filter_map(of_model)
        .chain(ensemble.map(of_ensemble))
        .collect()
}

/// A row a model; `None` where none was run.
pub(crate) fn models_chart(
    issue: &IssueRecord,
    models: &[ModelRecord],
    ensemble: Option<&EnsembleRecord>,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let rows = rows(issue, models, ensemble);
    let tallest = rows
        .iter()
        .filter_map(|row| row.spread)
        .flat_map(|spread| spread.histogram.iter().map(|n| share_of(*n, spread)))
        .reduce(f64::max)?;
    let ends = (
        canvas.pick(232.0, 12.0),
        canvas.width() - canvas.pick(72.0, 58.0),
    );
    let axis = IssueAxis::new(issue, canvas, ends);
    let height = canvas.pick(52.0, 70.0);
    let top = HEAD + 4.0;
    let bottom = top + height * rows.len() as f64;
    let mut svg = Svg::new(canvas.width(), bottom + axis.foot());
    axis.draw(&mut svg, (top, bottom));
    axis.draw_lines(&mut svg, bottom);
    for (place, row) in rows.iter().enumerate() {
        let base = top + height * (place as f64 + 1.0) - 16.0;
        draw_name(&mut svg, row, canvas, base, ends);
        draw_row(&mut svg, row, issue, &axis, (base, tallest));
    }
    let description = format!(
        "Outcomes of {} on one scale: bars, how many draws end in each twentieth of it; line, nine draws in ten, its tick the median; diamond, the outcome of the central values. The table below holds the figures.",
        format::plural(models.len() as u64, "model", "models"),
    );
    let title = format!("{}: models side by side", issue.title);
    Some(svg.finish(id, canvas.class(), &title, &description))
}

/// The height of a bar: a spread's counts, put to one scale with those of other spreads.
fn share_of(n: usize, spread: &SpreadRecord) -> f64 {
    n as f64 / spread.draws.max(1) as f64
}

fn draw_name(svg: &mut Svg, row: &Row<'_>, canvas: Canvas, base: f64, (left, right): (f64, f64)) {
    let class = if row.spread.is_some() {
        "label"
    } else {
        "label strong"
    };
    match canvas {
        Canvas::Wide => {
            let name = fit_text(row.name, FONT, left - 20.0);
            svg.text((left - 14.0, base + 4.0), Anchor::End, class, &name);
        }
        Canvas::Narrow => {
            let name = fit_text(row.name, FONT, right - left);
            svg.text((left, base - TALLEST - 10.0), Anchor::Start, class, &name);
        }
    }
    if let Some(share) = row.at_or_above {
        let at = (canvas.width() - 2.0, base + 4.0);
        svg.text(at, Anchor::End, "label strong", &format::percent(share));
    }
}

fn draw_row(
    svg: &mut Svg,
    row: &Row<'_>,
    issue: &IssueRecord,
    axis: &IssueAxis<'_>,
    (base, tallest): (f64, f64),
) {
    if let Some(spread) = row.spread {
        let parts = spread.histogram.len() as f64;
        let edge =
            |part: usize| axis.at(issue.low + (issue.high - issue.low) * part as f64 / parts);
        for (part, n) in spread.histogram.iter().enumerate().filter(|(_, n)| **n > 0) {
            // The rarest draw is seen all the same.
            let height = (TALLEST * share_of(*n, spread) / tallest).max(1.0);
            let (from, to) = (edge(part), edge(part + 1));
            svg.rect(
                (from + 0.5, base - height),
                (to - from - 1.0, height),
                "draws",
            );
        }
    }
    let y = base + 6.0;
    let [low, _, median, _, high] = row.quantiles.map(|value| axis.at(value));
    svg.line((low, y), (high, y), "nine-in-ten");
    svg.line((median, y - 5.0), (median, y + 5.0), "median");
    if let Some(central) = row.central {
        let d = format!(
            "M{} {}l5 5l-5 5l-5 -5Z",
            coordinate(axis.at(central)),
            coordinate(y - 5.0)
        );
        svg.path(&d, "central");
    }
}
