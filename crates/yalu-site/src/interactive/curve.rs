//! A specification curve with its dashboard.

use std::fmt::Write as _;

use plotly::common::{Anchor, DashType, HoverInfo, Line, Marker, MarkerSymbol, Mode, Title};
use plotly::layout::{Annotation, AxisType, HoverMode, Shape, ShapeLine, ShapeType};
use plotly::{Scatter, Traces};
use yalu_dossier::assessment::{CurveRecord, EffectKind, Rung};

use super::{base_axis, base_layout, embedded};
use crate::chart::{dashboard, effect_ends};
use crate::format;
use crate::names::{self, CHOICES, LADDER, choice_title, option_of, option_short, rung_name};
use crate::report::ReportError;
use crate::scale::{Scale, tick_label};
use crate::svg::escape;

/// A specification curve: hovering a point lists its choices.
pub(crate) fn curve_plot(curve: &CurveRecord, kind: EffectKind) -> Result<String, ReportError> {
    let mut traces = Traces::new();
    for rung in LADDER.into_iter().chain([Rung::TooLittleData]) {
        let mut places = Vec::new();
        let mut effects = Vec::new();
        let mut texts = Vec::new();
        let mut whiskers: (Vec<f64>, Vec<Option<f64>>) = (Vec::new(), Vec::new());
        for (idx, fit) in curve
            .fits
            .iter()
            .enumerate()
            .filter(|(_, fit)| fit.rung == rung)
        {
            let Some(effect) = fit.effect.filter(|effect| effect.is_finite()) else {
                continue;
            };
            let place = (idx + 1) as f64;
            places.push(place);
            effects.push(effect);
            let mut text = format!("{} {}", rung_name(rung), format::effect(effect, kind));
            if let Some(interval) = fit.effect_interval {
                let _ = write!(text, " ({})", format::effect_interval(interval, kind));
                whiskers.0.extend([place; 3]);
                whiskers.1.extend([
                    Some(interval[0]).filter(|end| end.is_finite()),
                    Some(interval[1]).filter(|end| end.is_finite()),
                    None,
                ]);
            }
            if fit.main {
                text.push_str("<br>main specification");
            }
            for choice in CHOICES {
                let option = option_of(fit, choice);
                if !option.is_empty() {
                    let option = option_short(choice, &option);
                    let _ = write!(text, "<br>{}: {}", choice_title(choice), escape(&option));
                }
            }
            let _ = write!(text, "<br>p {}", format::p_value(fit.p_value));
            texts.push(text);
        }
        if places.is_empty() {
            continue;
        }
        let color = format!("--{}", names::rung_class(rung));
        traces.push(
            Scatter::new(whiskers.0, whiskers.1)
                .mode(Mode::Lines)
                .line(Line::new().color(color.clone()).width(1.0))
                .opacity(0.35)
                .hover_info(HoverInfo::Skip)
                .connect_gaps(false)
                .show_legend(false),
        );
        traces.push(
            Scatter::new(places, effects)
                .mode(Mode::Markers)
                .name(rung_name(rung))
                .marker(Marker::new().color(color).size(5).symbol(rung_symbol(rung)))
                .hover_text_array(texts)
                .hover_info(HoverInfo::Text)
                .show_legend(false),
        );
    }
    let rows = push_dashboard(&mut traces, curve);
    let (axis_type, none) = match kind {
        EffectKind::Ratio => (AxisType::Log, 1.0),
        EffectKind::Difference => (AxisType::Linear, 0.0),
    };
    // Heights in pixels: the effects above, a row for each rung and option below.
    let (effects, row, gap) = (250.0, 16.0, 16.0);
    let whole = effects + gap + row * rows.len() as f64;
    let edge = 1.0 - effects / whole;
    let ends = effect_ends(&curve.fits, kind).unwrap_or((0.5, 2.0));
    let (scale, range) = match kind {
        EffectKind::Ratio => (
            Scale::log(ends, (0.0, 1.0)),
            vec![ends.0.log10(), ends.1.log10()],
        ),
        EffectKind::Difference => (Scale::linear(ends, (0.0, 1.0)), vec![ends.0, ends.1]),
    };
    let ticks = scale.ticks(6);
    let tick_texts = ticks
        .iter()
        .map(|tick| match kind {
            EffectKind::Ratio => format!("×{}", format::exact(*tick)),
            EffectKind::Difference => tick_label(*tick, &ticks),
        })
        .collect::<Vec<_>>();
    let main = curve
        .fits
        .iter()
        .position(|fit| fit.main)
        .map(|idx| (idx + 1) as f64);
    let mut shapes = vec![
        Shape::new()
            .shape_type(ShapeType::Line)
            .x_ref("paper")
            .y_ref("y")
            .x0(0)
            .x1(1)
            .y0(none)
            .y1(none)
            .line(ShapeLine::new().color("--ink").width(1.0)),
    ];
    shapes.extend(main.map(|place| {
        Shape::new()
            .shape_type(ShapeType::Line)
            .x_ref("x")
            .y_ref("paper")
            .x0(place)
            .x1(place)
            .y0(0)
            .y1(1)
            .line(
                ShapeLine::new()
                    .color("--ink")
                    .dash(DashType::Dot)
                    .width(1.0),
            )
    }));
    let main_label = main.map(|place| {
        Annotation::new()
            .text("<b>main</b>")
            .x_ref("x")
            .y_ref("paper")
            .x(place)
            .y(1.0)
            .y_anchor(Anchor::Bottom)
            .show_arrow(false)
    });
    let layout = base_layout((whole + 72.0) as usize, 186, 46)
        .hover_mode(HoverMode::Closest)
        .x_axis(
            base_axis()
                .title(Title::with_text("specifications in order of effect"))
                .range(vec![0.0, curve.fits.len() as f64 + 1.0])
                .anchor("y2")
                .show_grid(false)
                .zero_line(false),
        )
        .y_axis(
            base_axis()
                .domain(&[edge, 1.0])
                .type_(axis_type)
                .range(range)
                .tick_values(ticks)
                .tick_text(tick_texts)
                .zero_line(false)
                .title(Title::with_text(match kind {
                    EffectKind::Ratio => "new level over old",
                    EffectKind::Difference => "new level less old",
                })),
        )
        .y_axis2(
            base_axis()
                .domain(&[0.0, (edge - gap / whole).max(0.0)])
                .range(vec![0.6 - rows.len() as f64, 0.6])
                .tick_values((0..rows.len()).map(|idx| -(idx as f64)).collect())
                .tick_text(rows)
                .zero_line(false)
                .fixed_range(true),
        )
        .shapes(shapes)
        .annotations(main_label.into_iter().collect());
    embedded(&traces, &layout)
}

/// A row of ticks for each rung and each option; the rows' labels from the top down.
fn push_dashboard(traces: &mut Traces, curve: &CurveRecord) -> Vec<String> {
    let mut labels = Vec::new();
    for group in dashboard(curve) {
        // The heading takes a row of its own, without ticks.
        labels.push(format!("<b>{}</b>", escape(&group.title)));
        for row in group.rows {
            let places: Vec<f64> = (1..=row.has.len())
                .zip(&row.has)
                .filter(|(_, has)| **has)
                .map(|(place, _)| place as f64)
                .collect();
            let color = if row.class.is_empty() {
                "--muted".to_owned()
            } else {
                format!("--{}", row.class)
            };
            traces.push(
                Scatter::new(places.clone(), vec![-(labels.len() as f64); places.len()])
                    .mode(Mode::Markers)
                    .name(escape(&format!("{}: {}", group.title, row.label)))
                    .marker(
                        Marker::new()
                            .symbol(MarkerSymbol::LineNSOpen)
                            .size(9)
                            .color(color.clone())
                            .line(Line::new().width(1.4).color(color)),
                    )
                    .hover_info(HoverInfo::Name)
                    .y_axis("y2")
                    .show_legend(false),
            );
            let share = row
                .share
                .map_or_else(String::new, |share| format!(" {}", format::percent(share)));
            labels.push(format!("{}{}", escape(&row.label), escape(&share)));
        }
    }
    labels
}

fn rung_symbol(rung: Rung) -> MarkerSymbol {
    match rung {
        Rung::NoShift | Rung::TooLittleData => MarkerSymbol::Circle,
        Rung::Responsive => MarkerSymbol::Diamond,
        Rung::Emerging => MarkerSymbol::TriangleUp,
        Rung::Faded => MarkerSymbol::TriangleDown,
        Rung::Undecided => MarkerSymbol::X,
        Rung::Lasting => MarkerSymbol::Square,
        Rung::Major => MarkerSymbol::Star,
    }
}
