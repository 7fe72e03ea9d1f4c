//! A specification curve: every specification's effect above, its choices below.
//!
//! After Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208–1214. Specifications
//! stand from left to right as the assessment orders them: those without a break first, then by
//! effect. Each rung and each option has a row with a tick under the specifications that have it, so
//! that colour is never the only sign.

use std::fmt::Write as _;

use yalu_dossier::assessment::{CurveFit, CurveRecord, EffectKind, Rung};

use crate::format;
use crate::names::{CHOICES, LADDER, choice_title, option_of, option_short, rung_class, rung_name};
use crate::scale::Scale;
use crate::svg::{Anchor, Svg, coordinate, fit_text};

use super::{Canvas, FONT};

/// One row of the dashboard.
pub(crate) struct DashRow {
    pub(crate) label: String,
    /// The rung's class; empty for options.
    pub(crate) class: &'static str,
    /// Which specifications have it.
    pub(crate) has: Vec<bool>,
    /// The figure at the right edge.
    pub(crate) share: Option<f64>,
}

/// A heading with its rows.
pub(crate) struct DashGroup {
    pub(crate) title: String,
    pub(crate) rows: Vec<DashRow>,
}

/// Draws the curve; `None` where there are no specifications.
pub(crate) fn curve_chart(
    title: &str,
    curve: &CurveRecord,
    kind: EffectKind,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let fits = &curve.fits;
    if fits.is_empty() {
        return None;
    }
    let groups = dashboard(curve);
    let (left, right) = (
        canvas.pick(172.0, 146.0),
        canvas.width() - canvas.pick(56.0, 46.0),
    );
    let (top, bottom) = (26.0, canvas.pick(220.0, 200.0));
    let row = 15.0;
    let height = groups
        .iter()
        .map(|group| 22.0 + row * group.rows.len() as f64)
        .sum::<f64>();
    let mut svg = Svg::new(canvas.width(), bottom + height + 22.0);
    let step = (right - left) / fits.len() as f64;
    let x = |idx: usize| left + step * (idx as f64 + 0.5);

    if let Some(main) = fits.iter().position(|fit| fit.main) {
        svg.line(
            (x(main), top - 6.0),
            (x(main), bottom + height + 12.0),
            "main-line",
        );
        let near_end = x(main) > right - 60.0;
        let (anchor, dx) = if near_end {
            (Anchor::End, 2.0)
        } else {
            (Anchor::Middle, 0.0)
        };
        svg.text((x(main) + dx, top - 12.0), anchor, "label strong", "main");
    }
    draw_effects(&mut svg, fits, kind, (left, right), (top, bottom), x);

    let mut y = bottom + 6.0;
    for (idx, group) in groups.iter().enumerate() {
        y += 17.0;
        svg.text((0.0, y), Anchor::Start, "label strong", &group.title);
        if idx < 2 {
            let head = if idx == 0 {
                "share"
            } else {
                "a break survives in"
            };
            svg.text((canvas.width() - 2.0, y), Anchor::End, "tick", head);
        }
        y += 5.0;
        for one in &group.rows {
            let middle = y + row / 2.0;
            svg.line((left, middle), (right, middle), "lane");
            svg.text(
                (left - 8.0, middle + 4.0),
                Anchor::End,
                "label",
                &fit_text(&one.label, FONT, left - 8.0),
            );
            svg.path(
                &ticks(&one.has, step, left, middle),
                &format!("dash {}", one.class),
            );
            if let Some(share) = one.share {
                svg.text(
                    (canvas.width() - 2.0, middle + 4.0),
                    Anchor::End,
                    "tick",
                    &format::percent(share),
                );
            }
            y += row;
        }
    }
    Some(svg.finish(id, canvas.class(), title, &description(curve, kind)))
}

fn description(curve: &CurveRecord, kind: EffectKind) -> String {
    let rungs = curve
        .rungs
        .iter()
        .map(|share| format!("{} in {}", rung_name(share.rung), share.n))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "{} specifications: {rungs}. Median effect {}. The tables below hold the figures.",
        curve.fits.len(),
        curve.median_effect.map_or_else(
            || format::ABSENT.to_owned(),
            |effect| format::effect(effect, kind)
        ),
    )
}

/// The rungs that occur, then each choice that has more than one option.
pub(crate) fn dashboard(curve: &CurveRecord) -> Vec<DashGroup> {
    let fits = &curve.fits;
    let n = fits.len() as f64;
    let rungs = LADDER
        .into_iter()
        .chain([Rung::TooLittleData])
        .map(|rung| DashRow {
            label: rung_name(rung).to_owned(),
            class: rung_class(rung),
            has: fits.iter().map(|fit| fit.rung == rung).collect(),
            share: Some(fits.iter().filter(|fit| fit.rung == rung).count() as f64 / n),
        })
        .filter(|row| row.has.contains(&true))
        .collect();
    let mut groups = vec![DashGroup {
        title: "Rung reached".to_owned(),
        rows: rungs,
    }];
    for choice in CHOICES {
        let mut options: Vec<String> = Vec::new();
        for fit in fits {
            let option = option_of(fit, choice);
            if !options.contains(&option) {
                options.push(option);
            }
        }
        options.sort_by(
            |left, right| match (left.parse::<f64>(), right.parse::<f64>()) {
                (Ok(left), Ok(right)) => left.total_cmp(&right),
                _ => left.cmp(right),
            },
        );
        // The lag of a pressure that isn't in the model is no option.
        options.retain(|option| !(choice == "pressure_lag" && option == "none"));
        if options.len() < 2 {
            continue;
        }
        let influence = curve.choices.iter().find(|one| one.choice == choice);
        let rows = options
            .into_iter()
            .map(|option| DashRow {
                label: option_short(choice, &option),
                class: "",
                has: fits
                    .iter()
                    .map(|fit| option_of(fit, choice) == option)
                    .collect(),
                share: influence
                    .and_then(|one| one.options.iter().find(|outcome| outcome.option == option))
                    .map(|outcome| outcome.share_surviving),
            })
            .collect();
        groups.push(DashGroup {
            title: choice_title(choice),
            rows,
        });
    }
    groups
}

/// Runs of ticks as one path of bars, so that hundreds of specifications stay light.
fn ticks(has: &[bool], step: f64, left: f64, middle: f64) -> String {
    let mut d = String::new();
    let mut idx = 0;
    while idx < has.len() {
        if !has[idx] {
            idx += 1;
            continue;
        }
        let first = idx;
        while idx < has.len() && has[idx] {
            idx += 1;
        }
        // A hair of room between ticks where there is any.
        let gap = if step > 3.0 { 1.0 } else { 0.0 };
        if gap > 0.0 {
            for one in first..idx {
                bar(
                    &mut d,
                    left + step * one as f64 + gap / 2.0,
                    middle,
                    step - gap,
                );
            }
        } else {
            bar(
                &mut d,
                left + step * first as f64,
                middle,
                step * (idx - first) as f64,
            );
        }
    }
    d
}

fn bar(d: &mut String, x: f64, middle: f64, width: f64) {
    let _ = write!(
        d,
        "M{x:.2} {}h{width:.2}v10h-{width:.2}z",
        coordinate(middle - 5.0)
    );
}

fn draw_effects(
    svg: &mut Svg,
    fits: &[CurveFit],
    kind: EffectKind,
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
    x: impl Fn(usize) -> f64,
) {
    let Some(scale) = effect_scale(fits, kind, (bottom, top)) else {
        svg.text(
            (left.midpoint(right), top.midpoint(bottom)),
            Anchor::Middle,
            "label",
            "no specification dates a break",
        );
        return;
    };
    let ticks = scale.ticks(6);
    for tick in &ticks {
        let y = scale.at(*tick);
        svg.line((left, y), (right, y), "grid");
        let label = match kind {
            EffectKind::Ratio => format!("×{}", format::exact(*tick)),
            EffectKind::Difference => crate::scale::tick_label(*tick, &ticks),
        };
        svg.text((left - 8.0, y + 4.0), Anchor::End, "tick", &label);
    }
    let none = match kind {
        EffectKind::Ratio => 1.0,
        EffectKind::Difference => 0.0,
    };
    svg.line((left, scale.at(none)), (right, scale.at(none)), "one");
    svg.text(
        (right + 5.0, scale.at(none) + 4.0),
        Anchor::Start,
        "tick",
        "same",
    );
    let undated = fits.iter().take_while(|fit| fit.effect.is_none()).count();
    if undated > 0 && x(undated) - left > 90.0 {
        svg.text(
            (left.midpoint(x(undated)), bottom - 8.0),
            Anchor::Middle,
            "tick",
            "no break dated",
        );
    }
    for rung in LADDER.into_iter().chain([Rung::TooLittleData]) {
        let mut whiskers = String::new();
        let mut dots = String::new();
        for (idx, fit) in fits.iter().enumerate().filter(|(_, fit)| fit.rung == rung) {
            let Some(effect) = fit.effect.filter(|effect| effect.is_finite()) else {
                continue;
            };
            if let Some([low, high]) = fit
                .effect_interval
                .filter(|ends| ends.iter().all(|end| end.is_finite()))
            {
                let _ = write!(
                    whiskers,
                    "M{:.2} {}V{}",
                    x(idx),
                    coordinate(scale.at(low)),
                    coordinate(scale.at(high))
                );
            }
            let _ = write!(dots, "M{:.2} {}h0", x(idx), coordinate(scale.at(effect)));
        }
        svg.path(&whiskers, &format!("spread {}", rung_class(rung)));
        svg.path(&dots, &format!("spec {}", rung_class(rung)));
    }
}

/// The scale of [`effect_ends`].
fn effect_scale(fits: &[CurveFit], kind: EffectKind, range: (f64, f64)) -> Option<Scale> {
    let ends = effect_ends(fits, kind)?;
    Some(match kind {
        EffectKind::Ratio => Scale::log(ends, range),
        EffectKind::Difference => Scale::linear(ends, range),
    })
}

/// Ends between which effects and the middle of their intervals fit, "no change" among them; the
/// longest whiskers end at the edge.
pub(crate) fn effect_ends(fits: &[CurveFit], kind: EffectKind) -> Option<(f64, f64)> {
    let sound = |value: &f64| value.is_finite() && (kind == EffectKind::Difference || *value > 0.0);
    let effects: Vec<f64> = fits
        .iter()
        .filter_map(|fit| fit.effect)
        .filter(sound)
        .collect();
    let mut ends: Vec<f64> = fits
        .iter()
        .filter_map(|fit| fit.effect_interval)
        .flatten()
        .filter(sound)
        .collect();
    if effects.is_empty() {
        return None;
    }
    ends.sort_by(f64::total_cmp);
    let cut = ends.len() / 20;
    let kept = &ends[cut..ends.len() - cut];
    let (low, high) = effects
        .iter()
        .chain(kept)
        .copied()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    Some(match kind {
        EffectKind::Ratio => (low.min(0.9) * 0.95, high.max(1.1) * 1.05),
        EffectKind::Difference => {
            let (low, high) = (low.min(0.0), high.max(0.0));
            let room = (high - low) * 0.04;
            (low - room, high + room)
        }
    })
}
