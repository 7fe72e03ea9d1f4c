//! How the verdict evolved: a strip of months, each with the rung that was answered as of its end.

use std::fmt::Write as _;

use askama::Template;
use yalu_dossier::assessment::{Assessment, Rung};
use yalu_dossier::workbench::EvolutionPoint;

use super::Around;
use crate::export::{self, ExportLink, records};
use crate::names;
use crate::report::ReportError;
use crate::svg::{coordinate, escape};

#[derive(Template)]
#[template(path = "site/evolution.html")]
struct Strip {
    drawing: String,
    rungs: Vec<(&'static str, &'static str, &'static str)>,
    as_of: String,
    note: String,
    links: Vec<ExportLink>,
}

/// Beyond so many months the cells are too narrow to be pressed one by one.
const LABEL_WIDTH: f64 = 190.0;
const WIDTH: f64 = 960.0;
const ROW: f64 = 22.0;
const TOP: f64 = 18.0;

/// The strip; empty where nothing is known but the date itself.
pub(super) fn strip(assessment: &Assessment, around: &Around) -> Result<String, ReportError> {
    let points = &around.evolution;
    if points.len() < 2 {
        return Ok(String::new());
    }
    let drawing = draw(assessment, around);
    let mut seen: Vec<Rung> = Vec::new();
    for rung in points
        .iter()
        .flat_map(|one| std::iter::once(one.rung).chain(one.indicators.iter().map(|i| i.rung)))
    {
        if !seen.contains(&rung) {
            seen.push(rung);
        }
    }
    let rows = points.iter().map(row);
    let table = || records("How the verdict evolved", rows);
    let n = points.iter().map(|one| one.n_bootstrap).min().unwrap_or(0);
    let strip = Strip {
        links: export::put("evolution", table, Some(&drawing)),
        drawing,
        rungs: seen
            .into_iter()
            .map(|rung| {
                (
                    names::rung_class(rung),
                    names::rung_sign(rung),
                    names::rung_name(rung),
                )
            })
            .collect(),
        as_of: assessment.as_of.clone(),
        note: format!(
            "Each cell is the answer as of the end of a month, with nothing later known: the main specification alone, {n} simulations a test, other borders not asked."
        ),
    };
    Ok(strip.render()?)
}

fn row(point: &EvolutionPoint) -> serde_json::Value {
    let mut row = serde_json::json!({ "as_of": point.as_of, "verdict": point.rung });
    for one in &point.indicators {
        row[format!("{}_rung", one.id)] = serde_json::json!(one.rung);
        row[format!("{}_break", one.id)] = serde_json::json!(one.at);
        row[format!("{}_q", one.id)] = serde_json::json!(one.q_value);
        row[format!("{}_effect", one.id)] = serde_json::json!(one.effect);
    }
    row
}

fn draw(assessment: &Assessment, around: &Around) -> String {
    let points = &around.evolution;
    let n = points.len();
    let step = (WIDTH - LABEL_WIDTH) / n as f64;
    let ids: Vec<&str> = points[0]
        .indicators
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    let height = TOP + ROW * (ids.len() as f64 + 1.0) + 20.0;
    let title_of = |id: &str| {
        let found = assessment.indicators.iter().find(|one| one.id == id);
        found.map_or(id, |one| one.title.as_str()).to_owned()
    };
    let mut svg = format!(
        r#"<svg class="evolution" role="group" aria-label="{}" viewBox="0 0 {WIDTH} {}"><title>How the verdict evolved</title>"#,
        escape(&described(points)),
        coordinate(height),
    );
    let mut names: Vec<String> = vec!["Verdict".to_owned()];
    names.extend(ids.iter().map(|id| title_of(id)));
    for (place, name) in names.iter().enumerate() {
        let strong = if place == 0 { " strong" } else { "" };
        let _ = write!(
            svg,
            r#"<text class="label{strong}" x="0" y="{}">{}</text>"#,
            coordinate(TOP + ROW * place as f64 + 15.0),
            escape(&crate::svg::fit_text(name, 12.5, LABEL_WIDTH - 8.0))
        );
    }
    for (idx, point) in points.iter().enumerate() {
        let x = LABEL_WIDTH + step * idx as f64;
        let rungs = std::iter::once(point.rung).chain(point.indicators.iter().map(|one| one.rung));
        let mut cells = String::new();
        for (place, rung) in rungs.enumerate() {
            let _ = write!(
                cells,
                r#"<rect class="rung-cell {}" x="{x:.2}" y="{}" width="{:.2}" height="{}"/>"#,
                names::rung_class(rung),
                coordinate(TOP + ROW * place as f64 + 2.0),
                (step - 0.4).max(0.4),
                coordinate(ROW - 4.0),
            );
        }
        let date = around.dates.iter().find(|one| one.date == point.as_of);
        let href = date.map_or("", |one| one.href.as_str());
        let words = format!("{}: {}", point.as_of, names::rung_name(point.rung));
        if href.is_empty() {
            let _ = write!(svg, "<g><title>{}</title>{cells}</g>", escape(&words));
        } else {
            // The select beside the slider leads to the same dates by keyboard.
            let _ = write!(
                svg,
                r#"<a href="{}" tabindex="-1" aria-hidden="true"><title>{}</title>{cells}</a>"#,
                escape(href),
                escape(&words)
            );
        }
        if point.as_of == assessment.as_of {
            let _ = write!(
                svg,
                r#"<path class="here-line" d="M{x:.2} {}V{}"/>"#,
                coordinate(TOP - 4.0),
                coordinate(TOP + ROW * names.len() as f64 + 2.0)
            );
        }
    }
    years(
        &mut svg,
        points,
        step,
        TOP + ROW * names.len() as f64 + 16.0,
    );
    svg.push_str("</svg>");
    svg
}

/// The first month of each year, as far apart as the labels need.
fn years(svg: &mut String, points: &[EvolutionPoint], step: f64, y: f64) {
    let mut last = f64::NEG_INFINITY;
    for (idx, point) in points.iter().enumerate() {
        let x = LABEL_WIDTH + step * idx as f64;
        if point.as_of.get(5..7) == Some("01") && x - last > 40.0 {
            let _ = write!(
                svg,
                r#"<text x="{x:.1}" y="{}">{}</text>"#,
                coordinate(y),
                escape(&point.as_of[..4])
            );
            last = x;
        }
    }
}

/// The verdict's changes in words, for who doesn't see the strip.
fn described(points: &[EvolutionPoint]) -> String {
    let mut words = Vec::new();
    let mut before = None;
    for point in points {
        if before != Some(point.rung) {
            words.push(format!(
                "{} as of {}",
                names::rung_name(point.rung),
                point.as_of
            ));
            before = Some(point.rung);
        }
    }
    format!("The verdict by date: {}", words.join(", then "))
}
