//! Actors on an issue: where they stand, how far that is known, and what they weigh.

use yalu_dossier::structure::record::{ActorRecord, IssueRecord, StakeRecord};

use crate::format;
use crate::scale::{Scale, round_up};
use crate::svg::{Anchor, Svg, disc, fit_text, half_disc};

use super::super::{Canvas, FONT};
use super::issue_axis::{HEAD, IssueAxis};
use super::labels::Labels;

/// The radius of a disc for a salience of 100.
const LARGEST: f64 = 13.0;
/// Discs smaller than this can't be seen.
const SMALLEST: f64 = 3.0;

/// An actor that takes part.
struct Mark<'a> {
    actor: &'a ActorRecord,
    stake: &'a StakeRecord,
    at: (f64, f64),
    radius: f64,
}

impl Mark<'_> {
    /// The two wings of a split actor, the lowest and the highest choice.
    fn wings(&self) -> Option<(f64, f64)> {
        let choices = &self.stake.position.choices;
        let low = choices.iter().copied().reduce(f64::min)?;
        let high = choices.iter().copied().reduce(f64::max)?;
        (self.actor.split && high > low).then_some((low, high))
    }

    fn title(&self, range: f64) -> String {
        let position = &self.stake.position;
        let shown = |value| format::on_scale(value, range);
        let stands = match self.wings() {
            Some((low, high)) => format!("wings at {} and {}", shown(low), shown(high)),
            None => format!("position {}", shown(position.centre)),
        };
        format!(
            "{}: {stands} (from {} to {}), salience {}, {} of all weight",
            self.actor.title,
            shown(position.low),
            shown(position.high),
            format::on_scale(self.stake.salience.centre, 100.0),
            format::percent(self.stake.weight_share),
        )
    }
}

/// Position along, share of weight up, salience as the size of a disc; `None` where nobody takes
/// part.
pub(crate) fn actors_chart(
    issue: &IssueRecord,
    place: usize,
    actors: &[ActorRecord],
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let taking_part = || {
        actors
            .iter()
            .filter_map(|actor| Some((actor, actor.stakes.get(place)?.as_ref()?)))
    };
    let most = taking_part()
        .map(|(_, stake)| stake.weight_share)
        .reduce(f64::max)?;
    let (left, right) = (canvas.pick(56.0, 46.0), canvas.width() - 18.0);
    let bottom = HEAD + canvas.pick(320.0, 330.0);
    let axis = IssueAxis::new(issue, canvas, (left, right));
    // Room below nought and above the highest, so that no disc is cut.
    let shares = Scale::linear(
        (0.0, round_up(most * 1.05, 4)),
        (bottom - 16.0, HEAD + 16.0),
    );
    let marks: Vec<Mark<'_>> = taking_part()
        .map(|(actor, stake)| Mark {
            actor,
            stake,
            at: (
                axis.at(stake.position.centre),
                shares.at(stake.weight_share),
            ),
            radius: (LARGEST * (stake.salience.centre / 100.0).max(0.0).sqrt()).max(SMALLEST),
        })
        .collect();
    let mut svg = Svg::new(canvas.width(), bottom + axis.foot());
    axis.draw(&mut svg, (HEAD, bottom));
    draw_shares(&mut svg, shares, (left, right));
    axis.draw_lines(&mut svg, bottom);
    for mark in &marks {
        draw_mark(&mut svg, mark, &axis, issue.high - issue.low);
    }
    let labels = Labels::within((left, canvas.width() - 2.0), (HEAD, bottom));
    draw_names(&mut svg, &marks, &axis, labels);
    let description = format!(
        "{} actors on a scale from {} to {}: along, position with its range; up, share of all weight; size of the disc, salience. The table below holds the figures.",
        marks.len(),
        format::exact(issue.low),
        format::exact(issue.high),
    );
    let title = format!("{}: where the actors stand", issue.title);
    Some(svg.finish(id, canvas.class(), &title, &description))
}

fn draw_shares(svg: &mut Svg, shares: Scale, (left, right): (f64, f64)) {
    for tick in shares.ticks(4) {
        let y = shares.at(tick);
        svg.line((left, y), (right, y), "grid");
        svg.text(
            (left - 8.0, y + 4.0),
            Anchor::End,
            "tick",
            &format::percent(tick),
        );
    }
}

fn draw_mark(svg: &mut Svg, mark: &Mark<'_>, axis: &IssueAxis<'_>, range: f64) {
    let (y, position) = (mark.at.1, &mark.stake.position);
    let title = mark.title(range);
    if let Some((low, high)) = mark.wings() {
        let (low, high) = (axis.at(low), axis.at(high));
        svg.line((axis.at(position.low), y), (low, y), "reach");
        svg.line((low, y), (high, y), "reach wings");
        svg.line((high, y), (axis.at(position.high), y), "reach");
        svg.titled_path(&half_disc((low, y), mark.radius, true), "actor", &title);
        svg.titled_path(&half_disc((high, y), mark.radius, false), "actor", &title);
        return;
    }
    svg.line(
        (axis.at(position.low), y),
        (axis.at(position.high), y),
        "reach",
    );
    for choice in &position.choices {
        let x = axis.at(*choice);
        svg.line((x, y - 5.0), (x, y + 5.0), "whisker");
    }
    svg.titled_path(&disc(mark.at, mark.radius), "actor", &title);
}

/// Names beside the discs; those whose discs are one to the eye share a label.
fn draw_names(svg: &mut Svg, marks: &[Mark<'_>], axis: &IssueAxis<'_>, mut labels: Labels) {
    let mut named: Vec<((f64, f64), f64, String)> = Vec::new();
    for mark in marks {
        let at = mark
            .wings()
            .map_or(mark.at, |(_, high)| (axis.at(high), mark.at.1));
        let position = &mark.stake.position;
        labels.keep_line_free((axis.at(position.low), axis.at(position.high)), at.1);
        labels.keep_free(at, mark.radius);
        if let Some((low, _)) = mark.wings() {
            labels.keep_free((axis.at(low), mark.at.1), mark.radius);
        }
        let alike = named
            .iter_mut()
            .find(|one| (one.0.0 - at.0).abs() < 1.5 && (one.0.1 - at.1).abs() < 1.5);
        let veto = if mark.actor.veto { " (veto)" } else { "" };
        let name = format!("{}{veto}", fit_text(&mark.actor.short, FONT, 170.0));
        match alike {
            Some(one) => {
                one.1 = one.1.max(mark.radius);
                one.2 = format!("{}, {name}", one.2);
            }
            None => named.push((at, mark.radius, name)),
        }
    }
    for (at, radius, name) in named {
        let placed = labels.put(&name, at, radius);
        if placed.apart {
            svg.line(at, (placed.at.0 + 2.0, placed.at.1 - 4.0), "leader");
        }
        svg.text(placed.at, Anchor::Start, "label", &name);
    }
}
