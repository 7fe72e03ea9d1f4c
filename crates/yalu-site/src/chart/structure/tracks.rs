//! Positions by round, the outcome among them.

use yalu_dossier::structure::record::{ActorRecord, IssueRecord, ModelRecord};

use crate::format;
use crate::gaps::line_path;
use crate::scale::{Scale, tick_label};
use crate::svg::{Anchor, Svg, fit_text};

use super::super::{Canvas, FONT};
use super::labels::spread;

/// One line of the chart.
struct Track<'a> {
    name: &'a str,
    outcome: bool,
    /// None in rounds where an actor has no position.
    values: Vec<Option<f64>>,
}

/// Lines of every actor with a position on the issue, then the outcome; `None` for a model without
/// rounds.
pub(crate) fn tracks_chart(
    issue: &IssueRecord,
    place: usize,
    actors: &[ActorRecord],
    model: &ModelRecord,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let last = model.rounds.len().checked_sub(1).filter(|last| *last > 0)?;
    let tracks = tracks(place, actors, model);
    let names = canvas.pick(170.0, 118.0);
    let (left, right) = (canvas.pick(56.0, 34.0), canvas.width() - names);
    let (top, bottom) = (14.0, canvas.pick(290.0, 300.0));
    let rounds = Scale::linear((0.0, last as f64), (left, right));
    let scale = Scale::linear((issue.low, issue.high), (bottom, top));
    let mut svg = Svg::new(canvas.width(), bottom + 26.0);
    draw_axes(&mut svg, rounds, scale, canvas);
    if let Some(threshold) = issue.threshold {
        let y = scale.at(threshold);
        svg.line((left, y), (right, y), "threshold");
        svg.text((left + 4.0, y - 5.0), Anchor::Start, "label", "threshold");
    }
    for track in &tracks {
        let places = track.values.iter().enumerate();
        let points: Vec<_> = places
            .map(|(round, value)| Some((rounds.at(round as f64), scale.at((*value)?))))
            .collect();
        svg.path(
            &line_path(&points),
            if track.outcome { "own" } else { "track" },
        );
    }
    draw_names(&mut svg, &tracks, scale, (right, names), (top, bottom));
    let description = format!(
        "Positions of {} over {} in the {} and the outcome if it had ended there, on the issue's scale. Moves are listed below.",
        format::plural(tracks.len() as u64 - 1, "actor", "actors"),
        format::plural(last as u64, "round", "rounds"),
        model.title,
    );
    let title = format!("{}: positions by round, {}", issue.title, model.title);
    Some(svg.finish(id, canvas.class(), &title, &description))
}

fn tracks<'a>(place: usize, actors: &'a [ActorRecord], model: &ModelRecord) -> Vec<Track<'a>> {
    let of_actor = |(number, actor): (usize, &'a ActorRecord)| Track {
        name: &actor.short,
        outcome: false,
        values: model
            .rounds
            .iter()
            .map(|round| *round.positions.get(number)?.get(place)?)
            .collect(),
    };
    let outcome = Track {
        name: "outcome",
        outcome: true,
        values: model
            .rounds
            .iter()
            .map(|round| round.outcome.get(place).copied())
            .collect(),
    };
    actors
        .iter()
        .enumerate()
        .map(of_actor)
        .filter(|track| track.values.iter().any(Option::is_some))
        .chain([outcome])
        .collect()
}

fn draw_axes(svg: &mut Svg, rounds: Scale, scale: Scale, canvas: Canvas) {
    let ticks = scale.ticks(5);
    let (left, right) = (rounds.at(0.0), rounds.at(f64::MAX));
    for tick in &ticks {
        let y = scale.at(*tick);
        svg.line((left, y), (right, y), "grid");
        let label = tick_label(*tick, &ticks);
        svg.text((left - 8.0, y + 4.0), Anchor::End, "tick", &label);
    }
    let bottom = scale.at(f64::MIN);
    let whole = rounds.ticks(canvas.pick(10, 4));
    for tick in whole.iter().filter(|tick| tick.fract() == 0.0) {
        let x = rounds.at(*tick);
        let label = match *tick {
            0.0 => "start".to_owned(),
            round => format::exact(round),
        };
        svg.line((x, bottom), (x, bottom + 4.0), "axis");
        svg.text((x, bottom + 19.0), Anchor::Middle, "tick", &label);
    }
}

/// Names at the right end of each line, led there where neighbours push them away.
fn draw_names(
    svg: &mut Svg,
    tracks: &[Track<'_>],
    scale: Scale,
    (right, room): (f64, f64),
    ends: (f64, f64),
) {
    let wanted: Vec<f64> = tracks
        .iter()
        .map(|track| track.values.last().copied().flatten())
        .map(|value| value.map_or(ends.1, |value| scale.at(value)))
        .collect();
    let places = spread(&wanted, FONT + 2.0, ends);
    for ((track, from), to) in tracks.iter().zip(&wanted).zip(places) {
        svg.line((right + 2.0, *from), (right + 14.0, to), "leader");
        let class = if track.outcome {
            "label strong"
        } else {
            "label"
        };
        let name = fit_text(track.name, FONT, room - 20.0);
        svg.text((right + 18.0, to + 4.0), Anchor::Start, class, &name);
    }
}
