//! Events as lanes, one a kind, on a chart's time axis.

use crate::svg::{Anchor, Svg, coordinate, fit_text};
use crate::time::TimeAxis;
use yalu_dossier::assessment::EventRecord;

use super::{Canvas, FONT};

/// The events of one kind.
#[derive(Debug)]
pub(crate) struct Lane<'a> {
    /// The kind in words.
    pub(crate) name: String,
    /// Whether the kind is in the model.
    pub(crate) in_model: bool,
    /// Its events by date.
    pub(crate) events: Vec<&'a EventRecord>,
}

/// Lanes in the order in which their kinds first occur, those in the model first.
pub(crate) fn lanes(events: &[EventRecord]) -> Vec<Lane<'_>> {
    let mut lanes: Vec<Lane<'_>> = Vec::new();
    for event in events {
        let name = crate::names::spaced(&event.kind);
        match lanes
            .iter_mut()
            .find(|lane| lane.name == name && lane.in_model == event.in_model)
        {
            Some(lane) => lane.events.push(event),
            None => lanes.push(Lane {
                name,
                in_model: event.in_model,
                events: vec![event],
            }),
        }
    }
    lanes.sort_by_key(|lane| !lane.in_model);
    lanes
}

/// The height of all lanes.
pub(crate) fn lanes_height(lanes: &[Lane<'_>], canvas: Canvas) -> f64 {
    lanes.len() as f64 * lane_height(canvas)
}

fn lane_height(canvas: Canvas) -> f64 {
    canvas.pick(18.0, 30.0)
}

/// Draws the lanes downward from `top`; returns the places of events in the model.
pub(crate) fn draw_lanes(
    svg: &mut Svg,
    lanes: &[Lane<'_>],
    axis: &TimeAxis,
    canvas: Canvas,
    (left, right): (f64, f64),
    top: f64,
) {
    for (idx, lane) in lanes.iter().enumerate() {
        let y = top + idx as f64 * lane_height(canvas) + canvas.pick(9.0, 22.0);
        svg.line((left, y), (right, y), "lane");
        match canvas {
            Canvas::Wide => svg.text(
                (left - 8.0, y + 4.0),
                Anchor::End,
                "label",
                &fit_text(&lane.name, FONT, left - 10.0),
            ),
            Canvas::Narrow => svg.text((left, y - 9.0), Anchor::Start, "label", &lane.name),
        }
        let class = if lane.in_model {
            "event"
        } else {
            "event only-marked"
        };
        for event in &lane.events {
            if let Some(x) = axis.middle_of(&event.date) {
                let title = format!("{}: {}", event.date, event.title);
                svg.titled_path(&mark(idx, x, y), class, &title);
            }
        }
    }
}

/// A sign for the lane: up, down, diamond, square, in turn.
fn mark(lane_idx: usize, x: f64, y: f64) -> String {
    let offsets: &[(f64, f64)] = match lane_idx % 4 {
        0 => &[(0.0, -5.5), (5.0, 4.0), (-5.0, 4.0)],
        1 => &[(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)],
        2 => &[(-4.2, -4.2), (4.2, -4.2), (4.2, 4.2), (-4.2, 4.2)],
        _ => &[(0.0, 5.5), (5.0, -4.0), (-5.0, -4.0)],
    };
    let mut d = String::new();
    for (idx, (dx, dy)) in offsets.iter().enumerate() {
        d.push(if idx == 0 { 'M' } else { 'L' });
        d.push_str(&coordinate(x + dx));
        d.push(' ');
        d.push_str(&coordinate(y + dy));
    }
    d.push('Z');
    d
}
