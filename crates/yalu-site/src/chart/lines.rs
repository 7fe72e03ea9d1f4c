//! Lines over time: sparklines, and a pressure series by itself.

use yalu_dossier::assessment::{IndicatorFinding, PressureRecord};
use yalu_dossier::eras::record::StateEras;
use yalu_dossier::spec::IndicatorKind;

use crate::format;
use crate::gaps::line_path;
use crate::scale::{Scale, round_up, tick_label};
use crate::svg::{Anchor, Svg};
use crate::time::TimeAxis;

use super::Canvas;
use super::eras::{draw_bands, draw_strips, strips_height};

/// The ends of the figures that are there, zero among them.
pub(super) fn extent<'a>(series: impl IntoIterator<Item = &'a [Option<f64>]>) -> (f64, f64) {
    series
        .into_iter()
        .flatten()
        .flatten()
        .filter(|value| value.is_finite())
        .fold((0.0, 0.0), |(low, high), value| {
            (f64::min(low, *value), f64::max(high, *value))
        })
}

/// A vertical axis from round figure to round figure, zero within.
pub(super) fn vertical(extent: (f64, f64), range: (f64, f64), n_ticks: usize) -> Scale {
    let high = if extent.1 > 0.0 {
        round_up(extent.1, n_ticks)
    } else {
        0.0
    };
    let low = if extent.0 < 0.0 {
        -round_up(-extent.0, n_ticks)
    } else {
        0.0
    };
    Scale::linear(if high > low { (low, high) } else { (0.0, 1.0) }, range)
}

/// The vertical axis of an indicator's figures: from zero by the square root where single spikes
/// would press the level into the ground, linear otherwise.
pub(crate) fn figures_axis(finding: &IndicatorFinding, range: (f64, f64), n_ticks: usize) -> Scale {
    let chart = &finding.chart;
    let ends = extent([chart.observed.as_slice(), &chart.fitted, &chart.level]);
    if is_rooted(finding) {
        Scale::root(round_up(ends.1, n_ticks), range)
    } else {
        vertical(ends, range, n_ticks)
    }
}

/// Whether an indicator's figures are drawn by the square root.
pub(crate) fn is_rooted(finding: &IndicatorFinding) -> bool {
    let chart = &finding.chart;
    let known: Vec<f64> = chart
        .observed
        .iter()
        .flatten()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    let counts = matches!(
        finding.kind,
        IndicatorKind::EventRate | IndicatorKind::EventShare | IndicatorKind::QuadShare
    );
    if !counts || known.is_empty() || known.iter().any(|value| *value < 0.0) {
        return false;
    }
    let high = known.iter().copied().fold(0.0, f64::max);
    let middle = known.iter().sum::<f64>() / known.len() as f64;
    let level = extent([chart.level.as_slice()]).1;
    high > 4.0 * level.max(middle)
}

/// Places of a series' figures: the middle of each period, none where a figure is absent.
pub(super) fn points(
    periods: &[String],
    values: &[Option<f64>],
    axis: &TimeAxis,
    scale: Scale,
) -> Vec<Option<(f64, f64)>> {
    periods
        .iter()
        .zip(values)
        .map(|(period, value)| {
            let value = value.filter(|value| value.is_finite())?;
            Some((axis.middle_of(period)?, scale.at(value)))
        })
        .collect()
}

/// Gridlines, ticks and labels of a vertical axis.
pub(super) fn draw_vertical(
    svg: &mut Svg,
    scale: Scale,
    n_ticks: usize,
    (left, right): (f64, f64),
) {
    let ticks = scale.ticks(n_ticks);
    for tick in &ticks {
        let y = scale.at(*tick);
        svg.line(
            (left, y),
            (right, y),
            if *tick == 0.0 { "zero" } else { "grid" },
        );
        svg.text(
            (left - 8.0, y + 4.0),
            Anchor::End,
            "tick",
            &tick_label(*tick, &ticks),
        );
    }
}

/// Ticks and labels of a time axis; gridlines from `top`.
pub(super) fn draw_time(
    svg: &mut Svg,
    axis: &TimeAxis,
    (left, right): (f64, f64),
    top: f64,
    bottom: f64,
) {
    for (x, label) in axis.ticks(42.0) {
        svg.line((x, top), (x, bottom), "grid");
        svg.line((x, bottom), (x, bottom + 4.0), "axis");
        // A label at the edge would be cut off.
        if x > left + 4.0 && x < right - 14.0 {
            svg.text((x, bottom + 17.0), Anchor::Middle, "tick", &label);
        }
    }
    svg.line((left, bottom), (right, bottom), "axis");
}

/// A small line of an indicator's figures, its level above, its break a mark.
pub(crate) fn sparkline(finding: &IndicatorFinding) -> Option<String> {
    let (width, height) = (260.0, 56.0);
    let chart = &finding.chart;
    let axis = TimeAxis::over(&chart.periods, (1.0, width - 1.0))?;
    let scale = figures_axis(finding, (height - 3.0, 3.0), 5);
    let mut svg = Svg::new(width, height);
    svg.line((1.0, scale.at(0.0)), (width - 1.0, scale.at(0.0)), "axis");
    if let Some(shift) = finding
        .shift
        .as_ref()
        .filter(|_| finding.rung.is_some_and(crate::names::survives))
        && let (Some(from), Some(to)) = (
            axis.start_of(&shift.interval[0]),
            axis.end_of(&shift.interval[1]),
        )
    {
        svg.rect((from, 0.0), (to - from, height), "band");
    }
    svg.path(
        &line_path(&points(&chart.periods, &chart.observed, &axis, scale)),
        "observed",
    );
    svg.path(&super::indicator::level_path(chart, &axis, scale), "level");
    Some(svg.finish_hidden("spark"))
}

/// A pressure series by itself.
pub(crate) fn pressure_chart(
    record: &PressureRecord,
    states: &[&StateEras],
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let (left, right) = (canvas.pick(56.0, 42.0), canvas.width() - 12.0);
    let top = 10.0 + strips_height(states);
    let bottom = top + canvas.pick(120.0, 110.0);
    let axis = TimeAxis::over(&record.periods, (left, right))?;
    let scale = vertical(extent([record.rate.as_slice()]), (bottom, top), 3);
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    draw_bands(&mut svg, states, &axis, (top, bottom));
    draw_strips(&mut svg, states, &axis, canvas, left, 0.0);
    draw_time(&mut svg, &axis, (left, right), top, bottom);
    draw_vertical(&mut svg, scale, 3, (left, right));
    svg.path(
        &line_path(&points(&record.periods, &record.rate, &axis, scale)),
        "pressure",
    );
    let description = format!(
        "{} of {}, {} periods; highest {} {}. The figures stand in the table of its series.",
        record.title,
        record.dyad,
        record.periods.len(),
        format::figure(extent([record.rate.as_slice()]).1),
        record.unit,
    );
    Some(svg.finish(id, canvas.class(), &record.title, &description))
}
