//! The same charts for Plotly, which takes their places where JavaScript runs.
//!
//! Colours are written as the names of the style sheet's variables (`--observed`); the page's script
//! puts the values of the reader's theme in their places.

use std::fmt::Write as _;

use plotly::common::{
    Anchor, DashType, Font, HoverInfo, Line, LineShape, Marker, MarkerSymbol, Mode, Title,
};
use plotly::layout::{
    Annotation, Axis, AxisType, DragMode, HoverMode, Margin, Shape, ShapeLayer, ShapeLine,
    ShapeType,
};
use plotly::{Configuration, Layout, Plot, Scatter, Traces};
use serde_json::json;
use yalu_dossier::assessment::{
    Assessment, CurveRecord, EffectKind, IndicatorFinding, PressureRecord, Rung,
};

use crate::chart::{dashboard, effect_ends, figures_axis, is_rooted, lanes};
use crate::format;
use crate::names::{self, CHOICES, LADDER, choice_title, option_of, option_short, rung_name};
use crate::report::ReportError;
use crate::scale::{Scale, tick_label};
use crate::svg::escape;
use crate::time::{iso, parse_span};

/// The source of plotly.js, out of the script elements that the crate offers; the other one holds
/// MathJax, which no chart needs.
pub(crate) fn plotly_source() -> Result<String, ReportError> {
    let scripts = Plot::offline_js_sources();
    let source = scripts
        .split_once('>')
        .and_then(|(_, rest)| rest.split_once("</script>"))
        .map(|(source, _)| source.trim().to_owned())
        .filter(|source| source.contains("plotly.js"))
        .ok_or(ReportError::PlotlySource)?;
    Ok(source)
}

/// JSON that may stand in a script element: no `<` is left that could close it.
fn embedded(traces: &Traces, layout: &Layout) -> Result<String, ReportError> {
    let configuration = Configuration::new()
        .responsive(true)
        .display_logo(false)
        .show_link(false);
    let value = json!({ "data": traces, "layout": layout, "config": configuration });
    Ok(serde_json::to_string(&value)?
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029"))
}

/// The first day of a period; the period itself where it can't be read.
fn day(period: &str) -> String {
    parse_span(period).map_or_else(|| escape(period), |span| iso(span.start))
}

fn days(periods: &[String]) -> Vec<String> {
    periods.iter().map(|period| day(period)).collect()
}

fn finite(values: &[Option<f64>]) -> Vec<Option<f64>> {
    values
        .iter()
        .map(|value| value.filter(|value| value.is_finite()))
        .collect()
}

/// How figures are put on an axis: Plotly has no square-root axis, so roots are drawn and the true
/// figures written beside them.
fn placed(value: f64, rooted: bool) -> f64 {
    if rooted { value.max(0.0).sqrt() } else { value }
}

fn line(
    periods: &[String],
    values: &[Option<f64>],
    name: &str,
    style: Line,
    axis: &str,
    rooted: bool,
) -> Box<Scatter<String, Option<f64>>> {
    let values = finite(values);
    let texts = periods
        .iter()
        .zip(&values)
        .map(|(period, value)| format!("{}: {}", escape(period), format::maybe(*value)))
        .collect();
    let places = values
        .iter()
        .map(|value| value.map(|value| placed(value, rooted)))
        .collect();
    Scatter::new(days(periods), places)
        .mode(Mode::Lines)
        .name(escape(name))
        .line(style)
        .y_axis(axis)
        .connect_gaps(false)
        .hover_text_array(texts)
        .hover_template(format!("%{{hovertext}}<extra>{}</extra>", escape(name)))
        .show_legend(false)
}

fn base_axis() -> Axis {
    Axis::new()
        .grid_color("--grid")
        .line_color("--axis")
        .zero_line_color("--axis")
        .tick_length(4)
}

fn base_layout(height: usize, left: usize, bottom: usize) -> Layout {
    Layout::new()
        .height(height)
        .auto_size(true)
        .show_legend(false)
        .drag_mode(DragMode::Zoom)
        .paper_background_color("--page")
        .plot_background_color("--page")
        .margin(Margin::new().left(left).right(14).top(26).bottom(bottom))
}

fn upright(at: &str, color: &'static str, dash: DashType, width: f64) -> Shape {
    Shape::new()
        .shape_type(ShapeType::Line)
        .x_ref("x")
        .y_ref("y domain")
        .x0(day(at))
        .x1(day(at))
        .y0(0)
        .y1(1)
        .line(ShapeLine::new().color(color).dash(dash).width(width))
}

fn break_shapes(finding: &IndicatorFinding) -> Vec<Shape> {
    let mut shapes = Vec::new();
    if let Some(shift) = &finding.shift {
        let found = finding.rung.is_some_and(names::survives);
        let end = parse_span(&shift.interval[1])
            .map_or_else(|| day(&shift.interval[1]), |span| iso(span.end));
        shapes.push(
            Shape::new()
                .shape_type(ShapeType::Rect)
                .layer(ShapeLayer::Below)
                .x_ref("x")
                .y_ref("y domain")
                .x0(day(&shift.interval[0]))
                .x1(end)
                .y0(0)
                .y1(1)
                .fill_color("--band")
                .opacity(if found { 1.0 } else { 0.5 })
                .line(ShapeLine::new().width(0.0)),
        );
        let dash = if found {
            DashType::Solid
        } else {
            DashType::Dash
        };
        shapes.push(upright(&shift.at, "--level", dash, 1.5));
    }
    shapes.extend(
        finding
            .other_breaks
            .iter()
            .map(|at| upright(at, "--muted", DashType::Dot, 1.2)),
    );
    shapes
}

/// The dates of breaks, above their lines.
fn break_labels(finding: &IndicatorFinding) -> Vec<Annotation> {
    let label = |at: &str, text: String, strong: bool| {
        Annotation::new()
            .text(text)
            .x_ref("x")
            .y_ref("y domain")
            .x(day(at))
            .y(1.0)
            .y_anchor(Anchor::Bottom)
            .show_arrow(false)
            .font(Font::new().color(if strong { "--ink" } else { "--muted" }))
    };
    let found = finding.rung.is_some_and(names::survives);
    finding
        .shift
        .iter()
        .map(|shift| {
            let text = if found {
                format!("<b>break {}</b>", escape(&shift.at))
            } else {
                format!("<b>likeliest {}, not found</b>", escape(&shift.at))
            };
            label(&shift.at, text, true)
        })
        .chain(finding.other_breaks.iter().map(|at| {
            label(at, escape(at), false)
                .text_angle(-90.0)
                .y(0.98)
                .y_anchor(Anchor::Top)
                .x_anchor(Anchor::Right)
        }))
        .collect()
}

/// An indicator with its events and pressure on one time axis.
pub(crate) fn indicator_plot(
    finding: &IndicatorFinding,
    assessment: &Assessment,
) -> Result<String, ReportError> {
    let chart = &finding.chart;
    let pressure: &[PressureRecord] = if finding.rung.is_some() {
        &assessment.pressure
    } else {
        &[]
    };
    // Plotly's layout has eight vertical axes: the figures, the events, and what is left.
    let pressure = &pressure[..pressure.len().min(4)];
    let lanes = lanes(&assessment.events);
    let rooted = is_rooted(finding);
    let mut traces = Traces::new();
    let observed = Line::new().color("--observed").width(1.4);
    let fitted = Line::new().color("--fitted").width(1.8);
    let level = Line::new().color("--level").width(3.0).shape(LineShape::Hv);
    traces.push(line(
        &chart.periods,
        &chart.observed,
        "observed",
        observed,
        "y",
        rooted,
    ));
    traces.push(line(
        &chart.periods,
        &chart.fitted,
        "expected",
        fitted,
        "y",
        rooted,
    ));
    traces.push(line(
        &chart.periods,
        &chart.level,
        "level",
        level,
        "y",
        rooted,
    ));
    let symbols = [
        MarkerSymbol::TriangleUp,
        MarkerSymbol::Diamond,
        MarkerSymbol::Square,
        MarkerSymbol::TriangleDown,
    ];
    for (idx, lane) in lanes.iter().enumerate() {
        let mut symbol = symbols[idx % symbols.len()].clone();
        let color = if lane.in_model { "--event" } else { "--muted" };
        if !lane.in_model {
            symbol = MarkerSymbol::CircleOpen;
        }
        let texts = lane
            .events
            .iter()
            .map(|event| format!("{}: {}", escape(&event.date), escape(&event.title)))
            .collect();
        traces.push(
            Scatter::new(
                lane.events.iter().map(|event| day(&event.date)).collect(),
                vec![-(idx as f64); lane.events.len()],
            )
            .mode(Mode::Markers)
            .name(escape(&lane.name))
            .marker(Marker::new().symbol(symbol).size(9).color(color))
            .hover_text_array(texts)
            .hover_info(HoverInfo::Text)
            .y_axis("y2")
            .show_legend(false),
        );
    }
    for (idx, record) in pressure.iter().enumerate() {
        let style = Line::new().color("--pressure").width(1.3);
        let axis = format!("y{}", idx + 3);
        traces.push(line(
            &record.periods,
            &record.rate,
            &record.title,
            style,
            &axis,
            false,
        ));
    }

    // Heights in pixels from the top, then as shares of the plot.
    let (main, lane, panel, gap) = (270.0, 20.0, 62.0, 22.0);
    let lanes_height = lane * lanes.len() as f64;
    let whole = main + gap + lanes_height + (panel + gap) * pressure.len() as f64;
    let share = |from_top: f64| (1.0 - from_top / whole).clamp(0.0, 1.0);
    let span = |period: Option<&String>| period.and_then(|period| parse_span(period));
    let first = span(chart.periods.first()).map_or_else(String::new, |span| iso(span.start));
    let last = span(chart.periods.last()).map_or_else(String::new, |span| iso(span.end));
    let mut layout = base_layout((whole + 50.0) as usize, 112, 36)
        .hover_mode(HoverMode::X)
        .shapes(break_shapes(finding))
        .annotations(break_labels(finding))
        .x_axis(
            base_axis()
                .type_(AxisType::Date)
                .range(vec![first, last])
                .anchor(
                    match pressure.len() {
                        0 => "y2".to_owned(),
                        n => format!("y{}", n + 2),
                    }
                    .as_str(),
                ),
        )
        .y_axis(figures_ticks(
            base_axis().domain(&[share(main), 1.0]),
            finding,
        ))
        .y_axis2(
            base_axis()
                .domain(&[share(main + gap + lanes_height), share(main + gap)])
                .range(vec![-(lanes.len() as f64) + 0.4, 0.6])
                .tick_values((0..lanes.len()).map(|idx| -(idx as f64)).collect())
                .tick_text(
                    lanes
                        .iter()
                        .map(|lane| escape(&lane.name))
                        .collect::<Vec<_>>(),
                )
                .zero_line(false)
                .fixed_range(true),
        );
    for (idx, record) in pressure.iter().enumerate() {
        let top = main + gap + lanes_height + gap + (panel + gap) * idx as f64;
        let axis = base_axis()
            .domain(&[share(top + panel), share(top)])
            .n_ticks(3)
            .fixed_range(true)
            .title(title(&record.id));
        layout = match idx {
            0 => layout.y_axis3(axis),
            1 => layout.y_axis4(axis),
            2 => layout.y_axis5(axis),
            _ => layout.y_axis6(axis),
        };
    }
    embedded(&traces, &layout)
}

/// Ticks and range of the figures' axis, as the still chart has them.
fn figures_ticks(axis: Axis, finding: &IndicatorFinding) -> Axis {
    let rooted = is_rooted(finding);
    let scale = figures_axis(finding, (0.0, 1.0), 5);
    let ticks = scale.ticks(5);
    let places: Vec<f64> = ticks.iter().map(|tick| placed(*tick, rooted)).collect();
    let texts: Vec<String> = ticks.iter().map(|tick| tick_label(*tick, &ticks)).collect();
    let ends = (places.first().copied(), places.last().copied());
    let axis = axis.tick_values(places).tick_text(texts);
    match ends {
        (Some(low), Some(high)) if high > low => axis.range(vec![low, high * 1.02]),
        _ => axis,
    }
}

fn title(text: &str) -> Title {
    Title::with_text(escape(text))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_json_cannot_close_its_script() {
        let mut traces = Traces::new();
        traces.push(Scatter::new(vec![1.0], vec![1.0]).name("</script><script>alert(1)</script>&"));
        let text = embedded(&traces, &Layout::new()).expect("plain data");
        assert!(!text.contains('<') && !text.contains('&'));
        assert!(text.contains("\\u003c/script"));
    }

    #[test]
    fn plotly_alone_is_embedded() {
        let source = plotly_source().expect("the crate embeds it");
        assert!(!source.contains("</script"));
        assert!(source.len() > 1_000_000);
        assert!(!source.contains("MathJax=function"));
    }
}
