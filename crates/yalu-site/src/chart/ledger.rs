//! Promises over time: a row a promise, its steps as shapes, obstacles as ticks below.

use yalu_dossier::eras::record::StateEras;
use yalu_dossier::ledger::{EntryKindRecord, EntryRecord, LedgerRecord};
use yalu_evidence::ledger::{PromiseRecord, Stage};

use crate::format;
use crate::svg::{Anchor, Svg, coordinate, disc, fit_text};
use crate::time::{TimeAxis, parse_span};

use super::eras::{draw_bands, draw_strips, strips_height};
use super::lines::draw_time;
use super::{Canvas, FONT};

/// The places of an entry's first and last day; an open end is the end of the axis.
fn ends_of(entry: &EntryRecord, axis: &TimeAxis) -> Option<(f64, f64)> {
    let (first, last) = axis.ends();
    let from = entry.earliest.as_deref().map(parse_span);
    let to = entry.latest.as_deref().map(parse_span);
    // A day that can't be read is no open end.
    let from = match from {
        Some(span) => span?.start,
        None => first,
    };
    let to = match to {
        Some(span) => span?.end,
        None => last,
    };
    Some((axis.at(from as f64), axis.at(to as f64)))
}

/// A row of the chart.
struct Row<'a> {
    promise: &'a PromiseRecord,
    entries: Vec<&'a EntryRecord>,
    /// The project's title, on its first row.
    title: Option<&'a str>,
}

fn rows(record: &LedgerRecord) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for promise in &record.summary.promises {
        let project = record.projects.iter().find(|one| one.id == promise.project);
        let is_first = rows
            .last()
            .is_none_or(|row| row.promise.project != promise.project);
        // What bears on a whole project stands in the row of each of its promises.
        let of_promise = |entry: &&EntryRecord| {
            entry.promise.as_deref() == Some(promise.id.as_str())
                || (entry.promise.is_none() && entry.project == promise.project)
        };
        rows.push(Row {
            promise,
            entries: record.entries.iter().filter(of_promise).collect(),
            title: is_first
                .then(|| project.map_or(promise.project.as_str(), |one| one.title.as_str())),
        });
    }
    rows
}

/// Draws the timeline; `None` without a dated promise.
pub(crate) fn ledger_chart(
    record: &LedgerRecord,
    home: Option<&StateEras>,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let rows = rows(record);
    if rows.is_empty() {
        return None;
    }
    let first = record
        .entries
        .iter()
        .filter_map(|one| one.earliest.clone())
        .min()?;
    let (left, right) = (canvas.pick(250.0, 36.0), canvas.width() - 14.0);
    let axis = TimeAxis::over(
        &[first.clone(), record.summary.as_of.clone()],
        (left, right),
    )?;
    let states: Vec<&StateEras> = home.into_iter().collect();
    let top = strips_height(&states) + 6.0;
    let height = canvas.pick(46.0, 62.0);
    let bottom = top + height * rows.len() as f64;
    let mut svg = Svg::new(canvas.width(), bottom + 26.0);
    draw_bands(&mut svg, &states, &axis, (top, bottom));
    draw_strips(&mut svg, &states, &axis, canvas, left, 0.0);
    draw_time(&mut svg, &axis, (left, right), top, bottom);
    svg.line((right, top), (right, bottom), "start");
    for (place, row) in rows.iter().enumerate() {
        let above = top + place as f64 * height;
        if row.title.is_some() && place > 0 {
            svg.line((0.0, above), (right, above), "axis");
        }
        draw_labels(&mut svg, row, canvas, left, above);
        draw_row(&mut svg, row, &axis, above + canvas.pick(25.0, 42.0));
    }
    Some(svg.finish(
        id,
        canvas.class(),
        "Promises and what came of them",
        &format!(
            "{} from {first} to {}: a row each, with its steps in the order of time. The tables below hold every count and entry.",
            format::plural(rows.len() as u64, "promise", "promises"),
            record.summary.as_of
        ),
    ))
}

fn draw_labels(svg: &mut Svg, row: &Row<'_>, canvas: Canvas, left: f64, above: f64) {
    match canvas {
        Canvas::Wide => {
            if let Some(title) = row.title {
                let title = fit_text(title, FONT, left - 12.0);
                svg.text((0.0, above + 16.0), Anchor::Start, "label strong", &title);
            }
            let id = fit_text(&row.promise.id, FONT, left - 12.0);
            svg.text((0.0, above + 32.0), Anchor::Start, "tick", &id);
        }
        Canvas::Narrow => {
            let words = match row.title {
                Some(title) => format!("{title} · {}", row.promise.id),
                None => row.promise.id.clone(),
            };
            let words = fit_text(&words, FONT, canvas.width() - 8.0);
            svg.text((0.0, above + 16.0), Anchor::Start, "label", &words);
        }
    }
}

fn draw_row(svg: &mut Svg, row: &Row<'_>, axis: &TimeAxis, y: f64) {
    let (first, last) = axis.ends();
    let begin = row
        .entries
        .iter()
        .find(|entry| entry.kind == EntryKindRecord::Promise)
        .and_then(|entry| ends_of(entry, axis))
        .map_or_else(
            || axis.at(first as f64),
            |(from, to)| f64::midpoint(from, to),
        );
    svg.line((begin, y), (axis.at(last as f64), y), "ledger-life");
    for entry in &row.entries {
        draw_entry(svg, row.promise, entry, axis, y);
    }
}

/// Words above the line, what was done on it, obstacles below, so that those of one summer can be told
/// apart.
fn draw_entry(
    svg: &mut Svg,
    promise: &PromiseRecord,
    entry: &EntryRecord,
    axis: &TimeAxis,
    y: f64,
) {
    let Some((from, to)) = ends_of(entry, axis) else {
        return;
    };
    let x = f64::midpoint(from, to);
    let step = promise.steps.iter().find(|step| step.line == entry.line);
    let (y, d, class) = match (entry.kind, step) {
        (EntryKindRecord::Promise, _) => (y, disc((x, y), 5.5), "ledger-promise"),
        (EntryKindRecord::Obstacle, _) => {
            let y = y + 13.0;
            let d = format!("M{} {}v6", coordinate(x), coordinate(y - 3.0));
            (y, d, "ledger-obstacle")
        }
        (EntryKindRecord::Step, Some(step)) => {
            let y = if is_words(step.stage) { y - 12.0 } else { y };
            let (d, class) = shape(step.stage, x, y);
            (y, d, class)
        }
        (EntryKindRecord::Step, None) => return,
    };
    // Dates that are known to some days only are a mark, not a range.
    if to - from > 4.0 {
        svg.line((from, y), (to, y), "ledger-range");
    }
    let title = format!("{}: {}, line {}", entry.date_words, entry.what, entry.line);
    svg.titled_path(&d, class, &title);
}

fn is_words(stage: Stage) -> bool {
    matches!(stage, Stage::Announced | Stage::Law | Stage::Agreement)
}

/// A stage's shape: full for what can be seen and touched, open for words, strokes for stops.
fn shape(stage: Stage, x: f64, y: f64) -> (String, &'static str) {
    let polygon = |offsets: &[(f64, f64)]| {
        let mut d = String::new();
        for (idx, (dx, dy)) in offsets.iter().enumerate() {
            d.push(if idx == 0 { 'M' } else { 'L' });
            d.push_str(&format!("{} {}", coordinate(x + dx), coordinate(y + dy)));
        }
        d
    };
    let closed = |offsets: &[(f64, f64)]| format!("{}Z", polygon(offsets));
    match stage {
        Stage::Announced => (disc((x, y), 3.5), "ledger-words"),
        Stage::Law | Stage::Agreement => (
            closed(&[(0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0)]),
            "ledger-words",
        ),
        Stage::GroundBroken => (
            closed(&[(0.0, -6.5), (6.0, 5.0), (-6.0, 5.0)]),
            "ledger-step",
        ),
        Stage::Infrastructure => (
            closed(&[(-4.8, -4.8), (4.8, -4.8), (4.8, 4.8), (-4.8, 4.8)]),
            "ledger-step",
        ),
        Stage::Opened => (closed(&star()), "ledger-step"),
        Stage::Trading => (
            format!(
                "{}{}",
                polygon(&[(-5.0, -5.5), (0.0, 0.0), (-5.0, 5.5)]),
                polygon(&[(1.0, -5.5), (6.0, 0.0), (1.0, 5.5)])
            ),
            "ledger-stroke",
        ),
        Stage::Stalled => (
            format!(
                "{}{}",
                polygon(&[(-2.5, -6.5), (-2.5, 6.5)]),
                polygon(&[(2.5, -6.5), (2.5, 6.5)])
            ),
            "ledger-stroke stop",
        ),
        Stage::Resumed => (
            closed(&[(-4.0, -5.5), (5.5, 0.0), (-4.0, 5.5)]),
            "ledger-words",
        ),
        Stage::Abandoned => (
            format!(
                "{}{}",
                polygon(&[(-5.5, -5.5), (5.5, 5.5)]),
                polygon(&[(5.5, -5.5), (-5.5, 5.5)])
            ),
            "ledger-stroke stop",
        ),
    }
}

/// Corners of a star with five points.
fn star() -> [(f64, f64); 10] {
    let mut corners = [(0.0, 0.0); 10];
    for (idx, corner) in corners.iter_mut().enumerate() {
        let angle = std::f64::consts::PI * (idx as f64 / 5.0 - 0.5);
        let radius = if idx % 2 == 0 { 7.0 } else { 3.0 };
        *corner = (radius * angle.cos(), radius * angle.sin());
    }
    corners
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn stages_differ_in_shape_and_not_by_colour_alone() {
        let shapes: BTreeSet<String> = Stage::ALL
            .into_iter()
            .map(|stage| shape(stage, 10.0, 10.0).0)
            .collect();
        // A law and an agreement are both words on paper.
        assert_eq!(shapes.len(), Stage::ALL.len() - 1);
    }
}
