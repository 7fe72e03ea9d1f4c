//! An indicator with its events and pressure.

use plotly::common::{
    Anchor, DashType, Font, HoverInfo, Line, LineShape, Marker, MarkerSymbol, Mode,
};
use plotly::layout::{
    Annotation, Axis, AxisType, HoverMode, Margin, Shape, ShapeLayer, ShapeLine, ShapeType,
};
use plotly::{Scatter, Traces};
use yalu_dossier::assessment::{Assessment, IndicatorFinding, PressureRecord};

use super::{base_axis, base_layout, day, days, embedded, finite, title};
use crate::chart::{figures_axis, is_rooted, lanes, shown_eras};
use crate::format;
use crate::names;
use crate::report::ReportError;
use crate::scale::tick_label;
use crate::svg::escape;
use crate::time::{iso, parse_span};

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

/// Leaders' eras between two days: a tint for every second one of the first state, a line where a
/// leader changes, the names in a row a state above the dates of breaks.
fn era_marks(assessment: &Assessment, first: &str, last: &str) -> (Vec<Shape>, Vec<Annotation>) {
    let (mut shapes, mut labels) = (Vec::new(), Vec::new());
    for (row, state) in shown_eras(assessment).into_iter().enumerate() {
        for (place, era) in state.eras.iter().enumerate() {
            // Days as text stand in the order of time.
            let to = era.to.as_deref().unwrap_or(last);
            if to < first || era.from.as_str() >= last {
                continue;
            }
            let begins = era.from.as_str() > first;
            let from = if begins { era.from.as_str() } else { first };
            if row == 0 && place % 2 == 1 {
                shapes.push(era_band(from, to.min(last)));
            }
            if begins {
                let dash = if row == 0 {
                    DashType::Solid
                } else {
                    DashType::Dot
                };
                shapes.push(upright(from, "--era-line", dash, 1.0).y_ref("paper"));
            }
            if has_room(from, to.min(last), first, last, &era.leader) {
                labels.push(era_label(from, &era.leader, row));
            }
        }
    }
    (shapes, labels)
}

/// Whether a name fits into its era on a page of common width; the still chart and the table name all.
fn has_room(from: &str, to: &str, first: &str, last: &str, leader: &str) -> bool {
    let start = |day: &str| parse_span(day).map_or(0, |span| span.start) as f64;
    let share = (start(to) - start(from)) / (start(last) - start(first)).max(1.0);
    share * 800.0 >= leader.chars().count() as f64 * 6.0
}

fn has_eras(assessment: &Assessment) -> bool {
    !shown_eras(assessment).is_empty()
}

fn era_band(from: &str, to: &str) -> Shape {
    Shape::new()
        .shape_type(ShapeType::Rect)
        .layer(ShapeLayer::Below)
        .x_ref("x")
        .y_ref("paper")
        .x0(day(from))
        .x1(day(to))
        .y0(0)
        .y1(1)
        .fill_color("--era")
        .line(ShapeLine::new().width(0.0))
}

fn era_label(from: &str, leader: &str, row: usize) -> Annotation {
    Annotation::new()
        .text(escape(leader))
        .x_ref("x")
        .y_ref("y domain")
        .x(day(from))
        .x_anchor(Anchor::Left)
        .y(1.0)
        .y_anchor(Anchor::Bottom)
        // Above the dates of breaks.
        .y_shift(33.0 - 14.0 * row as f64)
        .name("era")
        .show_arrow(false)
        .font(Font::new().color("--muted").size(11))
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
    // Bands first: what is dated lies over them.
    let top = if has_eras(assessment) { 64 } else { 26 };
    let (mut shapes, mut labels) = era_marks(assessment, &first, &last);
    shapes.extend(break_shapes(finding));
    labels.extend(break_labels(finding));
    let mut layout = base_layout((whole + 50.0) as usize, 112, 36)
        .hover_mode(HoverMode::X)
        .margin(Margin::new().left(112).right(14).top(top).bottom(36))
        .shapes(shapes)
        .annotations(labels)
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
