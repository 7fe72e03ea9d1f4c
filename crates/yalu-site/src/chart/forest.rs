//! Effects with their intervals on one logarithmic axis.

use yalu_dossier::assessment::Responsiveness;

use crate::format;
use crate::scale::Scale;
use crate::svg::{Anchor, Svg, coordinate, fit_text};

use super::{Canvas, FONT};

/// Draws each term; `None` where no effect is a positive factor.
pub(crate) fn forest_chart(
    title: &str,
    responsiveness: &Responsiveness,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let terms = &responsiveness.terms;
    let sound = |value: f64| value.is_finite() && value > 0.0;
    let (low, high) = terms
        .iter()
        .filter(|term| sound(term.effect))
        .flat_map(|term| [term.effect, term.interval[0], term.interval[1]])
        .filter(|value| sound(*value))
        // Beyond a hundredfold a whisker says no more by being longer.
        .map(|value| value.clamp(0.01, 100.0))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return None;
    }
    let (left, right) = (
        canvas.pick(300.0, 10.0),
        canvas.width() - canvas.pick(72.0, 58.0),
    );
    let row = canvas.pick(26.0, 42.0);
    let top = 8.0;
    let bottom = top + row * terms.len() as f64;
    let scale = Scale::log((low.min(0.8) * 0.9, high.max(1.25) * 1.1), (left, right));
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    let ticks = scale.ticks(canvas.pick(7, 5));
    for tick in &ticks {
        let x = scale.at(*tick);
        svg.line((x, top), (x, bottom), "grid");
        svg.text(
            (x, bottom + 17.0),
            Anchor::Middle,
            "tick",
            &format!("×{}", format::exact(*tick)),
        );
    }
    svg.line((scale.at(1.0), top), (scale.at(1.0), bottom), "one");
    for (idx, term) in terms.iter().enumerate() {
        let y = top + row * idx as f64 + canvas.pick(row / 2.0, row - 12.0);
        let name = crate::names::sentence(&crate::names::spaced(&term.name));
        match canvas {
            Canvas::Wide => svg.text(
                (left - 12.0, y + 4.0),
                Anchor::End,
                "label",
                &fit_text(&name, FONT, left - 14.0),
            ),
            Canvas::Narrow => svg.text(
                (left, y - 12.0),
                Anchor::Start,
                "label",
                &fit_text(&name, FONT, canvas.width() - 10.0),
            ),
        }
        if sound(term.effect) {
            if term.interval.iter().all(|end| sound(*end)) {
                svg.line(
                    (scale.at(term.interval[0]), y),
                    (scale.at(term.interval[1]), y),
                    "whisker",
                );
                for end in term.interval.iter().filter(|end| scale.holds(**end)) {
                    let x = scale.at(*end);
                    svg.line((x, y - 4.0), (x, y + 4.0), "whisker");
                }
            }
            svg.path(
                &format!("M{} {}h0", coordinate(scale.at(term.effect)), coordinate(y)),
                "effect",
            );
        }
        svg.text(
            (canvas.width() - 2.0, y + 4.0),
            Anchor::End,
            "label strong",
            &format::effect(term.effect, yalu_dossier::assessment::EffectKind::Ratio),
        );
    }
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("How {title} answers to events and pressure"),
        "Factor by which the rate rises for each term, with a 95\u{a0}% interval, on a logarithmic axis. The table below holds the figures.",
    ))
}
