//! Kaplan-Meier curves of waits: the share still waiting, with bands, censor ticks and numbers at risk.

use std::fmt::Write as _;

use yalu_evidence::ledger::{WaitCurve, WaitPoint};

use crate::format;
use crate::scale::Scale;
use crate::svg::{Anchor, Svg, coordinate, fit_text};

use super::{Canvas, FONT};

/// A curve with its name.
pub(crate) struct NamedCurve<'a> {
    pub(crate) name: String,
    pub(crate) curve: &'a WaitCurve,
}

/// Looks of curves: dashes differ, so that colour never speaks alone.
const LOOKS: [&str; 5] = ["wait-0", "wait-1", "wait-2", "wait-3", "wait-4"];

const DAYS_A_YEAR: f64 = 365.25;

/// How many still waited at a time: those at risk just before the first point that isn't earlier.
fn at_risk(curve: &WaitCurve, days: f64) -> usize {
    if days <= 0.0 {
        return curve.n;
    }
    let point = curve.points.iter().find(|point| point.days >= days);
    point.map_or(0, |point| point.at_risk)
}

/// The share as steps from all waiting.
fn steps(points: &[WaitPoint], x: &Scale, y: &Scale) -> String {
    let mut d = format!("M{} {}", coordinate(x.at(0.0)), coordinate(y.at(1.0)));
    for point in points {
        let _ = write!(
            d,
            "H{}V{}",
            coordinate(x.at(point.days / DAYS_A_YEAR)),
            coordinate(y.at(point.waiting))
        );
    }
    d
}

/// The band between the limits, as far as there are any: each holds until the next point.
fn band(points: &[WaitPoint], x: &Scale, y: &Scale) -> String {
    let mut d = String::new();
    for pair in points.windows(2) {
        if let (Some(lower), Some(upper)) = (pair[0].lower, pair[0].upper) {
            let _ = write!(
                d,
                "M{} {}H{}V{}H{}Z",
                coordinate(x.at(pair[0].days / DAYS_A_YEAR)),
                coordinate(y.at(upper)),
                coordinate(x.at(pair[1].days / DAYS_A_YEAR)),
                coordinate(y.at(lower)),
                coordinate(x.at(pair[0].days / DAYS_A_YEAR)),
            );
        }
    }
    d
}

pub(crate) fn waits_chart(
    curves: &[NamedCurve<'_>],
    what: &str,
    canvas: Canvas,
    id: &str,
) -> String {
    let (left, right) = (canvas.pick(200.0, 44.0), canvas.width() - 14.0);
    let (top, bottom) = (10.0, canvas.pick(220.0, 190.0));
    let last = curves
        .iter()
        .flat_map(|one| &one.curve.points)
        .map(|point| point.days / DAYS_A_YEAR)
        .fold(1.0, f64::max);
    let x = Scale::linear((0.0, last), (left, right));
    let y = Scale::linear((0.0, 1.0), (bottom, top));
    let row = canvas.pick(17.0, 34.0);
    let table = bottom + 44.0;
    let mut svg = Svg::new(canvas.width(), table + row * curves.len() as f64 + 4.0);
    let ticks = x.ticks(canvas.pick(8, 5));
    draw_axes(&mut svg, (&x, &y), &ticks, (left, right), bottom);
    for (place, one) in curves.iter().enumerate() {
        draw_curve(&mut svg, one, (&x, &y), LOOKS[place % LOOKS.len()]);
    }
    svg.text((0.0, table - 8.0), Anchor::Start, "tick", "still waiting");
    for (place, one) in curves.iter().enumerate() {
        let y = table + place as f64 * row + 9.0;
        let look = LOOKS[place % LOOKS.len()];
        svg.line((0.0, y - 4.0), (22.0, y - 4.0), look);
        let room = canvas.pick(left - 40.0, canvas.width() - 30.0);
        svg.text(
            (26.0, y),
            Anchor::Start,
            "label",
            &fit_text(&one.name, FONT, room),
        );
        let numbers = y + canvas.pick(0.0, 15.0);
        for tick in &ticks {
            let n = at_risk(one.curve, tick * DAYS_A_YEAR);
            svg.text(
                (x.at(*tick), numbers),
                Anchor::Middle,
                "tick",
                &n.to_string(),
            );
        }
    }
    svg.finish(
        id,
        canvas.class(),
        "Share of promises still waiting by years since the promise",
        &described(curves, what),
    )
}

fn draw_axes(
    svg: &mut Svg,
    (x, y): (&Scale, &Scale),
    ticks: &[f64],
    (left, right): (f64, f64),
    bottom: f64,
) {
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let class = if tick == 0.0 { "zero" } else { "grid" };
        svg.line((left, y.at(tick)), (right, y.at(tick)), class);
        let label = format::exact(tick * 100.0);
        svg.text((left - 8.0, y.at(tick) + 4.0), Anchor::End, "tick", &label);
    }
    for tick in ticks {
        svg.line((x.at(*tick), bottom), (x.at(*tick), bottom + 4.0), "axis");
        let label = format::exact(*tick);
        svg.text((x.at(*tick), bottom + 17.0), Anchor::Middle, "tick", &label);
    }
}

fn draw_curve(svg: &mut Svg, one: &NamedCurve<'_>, (x, y): (&Scale, &Scale), look: &str) {
    svg.path(&band(&one.curve.points, x, y), &format!("wait-band {look}"));
    svg.titled_path(
        &steps(&one.curve.points, x, y),
        &format!("wait {look}"),
        &one.name,
    );
    let mut ticks = String::new();
    for point in one.curve.points.iter().filter(|point| point.left > 0) {
        let _ = write!(
            ticks,
            "M{} {}v9",
            coordinate(x.at(point.days / DAYS_A_YEAR)),
            coordinate(y.at(point.waiting) - 4.5)
        );
    }
    svg.path(&ticks, "wait-censored");
}

fn described(curves: &[NamedCurve<'_>], what: &str) -> String {
    let named: Vec<String> = curves
        .iter()
        .map(|one| {
            format!(
                "{}: {} of {} reached {what}",
                one.name, one.curve.reached, one.curve.n
            )
        })
        .collect();
    format!(
        "{}. The table by stage holds the medians.",
        named.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use yalu_evidence::ledger::DayQuantile;

    use super::*;

    fn point(days: f64, at_risk: usize, left: usize, waiting: f64) -> WaitPoint {
        WaitPoint {
            days,
            at_risk,
            reached: 1 - left,
            left,
            waiting,
            lower: Some(waiting / 2.0),
            upper: Some(1.0),
        }
    }

    fn curve() -> WaitCurve {
        WaitCurve {
            n: 3,
            reached: 2,
            median: DayQuantile {
                days: None,
                lower: None,
                upper: None,
            },
            points: vec![
                point(365.25, 3, 0, 0.5),
                point(730.5, 2, 1, 0.5),
                point(1461.0, 1, 0, 0.0),
            ],
        }
    }

    #[test]
    fn steps_fall_where_the_points_are() {
        let (x, y) = (
            Scale::linear((0.0, 4.0), (0.0, 400.0)),
            Scale::linear((0.0, 1.0), (100.0, 0.0)),
        );
        assert_eq!(steps(&curve().points, &x, &y), "M0 0H100V50H200V50H400V100");
    }

    #[test]
    fn numbers_at_risk_are_the_points_own() {
        let curve = curve();
        let seen: Vec<usize> = [0.0, 365.25, 400.0, 1461.0, 1500.0]
            .into_iter()
            .map(|days| at_risk(&curve, days))
            .collect();
        assert_eq!(seen, [3, 3, 2, 1, 0]);
    }
}
