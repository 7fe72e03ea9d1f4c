//! An indicator over time: observed, expected and level; its breaks; events; outside pressure below.

use std::fmt::Write as _;

use yalu_dossier::assessment::{Assessment, ChartSeries, IndicatorFinding, PressureRecord};
use yalu_dossier::eras::record::StateEras;

use crate::format;
use crate::gaps::{absent_stretches, line_path, step_path};
use crate::names::survives;
use crate::scale::{Scale, tick_label};
use crate::svg::{Anchor, Svg, fit_text, text_width};
use crate::time::TimeAxis;

use super::eras::{draw_bands, draw_strips, eras_words, shown_eras, strips_height};
use super::events::{draw_lanes, lanes, lanes_height};
use super::lines::{draw_time, draw_vertical, extent, figures_axis, is_rooted, points, vertical};
use super::{Canvas, FONT};

/// Room for two rows of labels of breaks.
const LABELS: f64 = 40.0;

/// The level as steps.
pub(super) fn level_path(chart: &ChartSeries, axis: &TimeAxis, scale: Scale) -> String {
    let steps: Vec<Option<(f64, f64, f64)>> = chart
        .periods
        .iter()
        .zip(&chart.level)
        .map(|(period, level)| {
            let level = level.filter(|level| level.is_finite())?;
            Some((
                axis.start_of(period)?,
                axis.end_of(period)?,
                scale.at(level),
            ))
        })
        .collect();
    step_path(&steps)
}

/// Draws the chart; `None` where no period can be read.
pub(crate) fn indicator_chart(
    finding: &IndicatorFinding,
    assessment: &Assessment,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let chart = &finding.chart;
    let (left, right) = (
        canvas.pick(128.0, 40.0),
        canvas.width() - canvas.pick(16.0, 10.0),
    );
    let axis = TimeAxis::over(&chart.periods, (left, right))?;
    let lanes = lanes(&assessment.events);
    // Pressure moves what is tested; beside an indicator of context it would say nothing.
    let pressure: &[PressureRecord] = if finding.rung.is_some() {
        &assessment.pressure
    } else {
        &[]
    };

    let states = shown_eras(assessment);
    let top = LABELS + strips_height(&states);
    let bottom = top + canvas.pick(280.0, 220.0);
    let lanes_top = bottom + 14.0;
    let lanes_bottom = lanes_top + lanes_height(&lanes, canvas);
    let panel = canvas.pick(66.0, 70.0);
    let axis_bottom = lanes_bottom + 6.0 + panel * pressure.len() as f64;
    let mut svg = Svg::new(canvas.width(), axis_bottom + 24.0);

    draw_bands(&mut svg, &states, &axis, (top, axis_bottom));
    draw_strips(&mut svg, &states, &axis, canvas, left, 0.0);
    for (first, last) in absent_stretches(&chart.observed) {
        if let (Some(from), Some(to)) = (
            axis.start_of(&chart.periods[first]),
            axis.end_of(&chart.periods[last]),
        ) {
            svg.rect((from, top), (to - from, bottom - top), "absent");
        }
    }
    draw_breaks(
        &mut svg,
        finding,
        assessment,
        &axis,
        (left, right),
        (top, bottom),
    );
    draw_time(&mut svg, &axis, (left, right), top, axis_bottom);
    let scale = figures_axis(finding, (bottom, top), 5);
    draw_vertical(&mut svg, scale, 5, (left, right));
    let observed = points(&chart.periods, &chart.observed, &axis, scale);
    svg.path(&line_path(&observed), "observed");
    svg.path(
        &line_path(&points(&chart.periods, &chart.fitted, &axis, scale)),
        "fitted",
    );
    svg.path(&level_path(chart, &axis, scale), "level");

    draw_lanes(&mut svg, &lanes, &axis, canvas, (left, right), lanes_top);
    for (idx, record) in pressure.iter().enumerate() {
        let top = lanes_bottom + 6.0 + panel * idx as f64;
        draw_pressure(
            &mut svg,
            record,
            &axis,
            canvas,
            (left, right),
            (top + 22.0, top + panel - 4.0),
        );
    }
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("{}, {}", finding.title, finding.dyad),
        &description(finding, &states),
    ))
}

/// The unit, and how the axis is spaced where that isn't plain.
pub(crate) fn axis_title(finding: &IndicatorFinding) -> String {
    if is_rooted(finding) {
        format!("{} (square-root axis)", finding.unit)
    } else {
        finding.unit.clone()
    }
}

/// What the chart shows, for those who can't see it.
fn description(finding: &IndicatorFinding, states: &[&StateEras]) -> String {
    let chart = &finding.chart;
    let (Some(first), Some(last)) = (chart.periods.first(), chart.periods.last()) else {
        return "No period.".to_owned();
    };
    let known: Vec<f64> = chart.observed.iter().flatten().copied().collect();
    let mut text = format!(
        "{} to {}, {}. {} of {} periods have a figure",
        first,
        last,
        finding.unit,
        known.len(),
        chart.periods.len()
    );
    if !known.is_empty() {
        let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let _ = write!(text, "; the highest is {}", format::figure(high));
    }
    text.push('.');
    if let Some(shift) = &finding.shift {
        let _ = write!(
            text,
            " {} break with {} ({}), level {} before and {} after.",
            if finding.rung.is_some_and(survives) {
                "Main"
            } else {
                "Likeliest"
            },
            shift.at,
            format::span(&shift.interval),
            format::figure(shift.old_level),
            format::figure(shift.new_level),
        );
    }
    for state in states {
        let _ = write!(text, " {}", eras_words(state, first, last));
    }
    text.push_str(" The table below the chart holds every figure.");
    text
}

/// Labels above the plot in two rows, so that none overlaps.
struct Labels {
    taken: [Vec<(f64, f64)>; 2],
    ends: (f64, f64),
}

impl Labels {
    /// Places a label near `x`; a label that finds no room is left out.
    fn place(&mut self, svg: &mut Svg, x: f64, top: f64, class: &str, text: &str) {
        let width = text_width(text, FONT);
        let from = (x - width / 2.0).clamp(self.ends.0, (self.ends.1 - width).max(self.ends.0));
        for (row, taken) in self.taken.iter_mut().enumerate() {
            if taken
                .iter()
                .all(|(start, end)| from > end + 8.0 || from + width + 8.0 < *start)
            {
                taken.push((from, from + width));
                svg.text(
                    (from, top - 8.0 - row as f64 * 17.0),
                    Anchor::Start,
                    class,
                    text,
                );
                return;
            }
        }
    }
}

fn draw_breaks(
    svg: &mut Svg,
    finding: &IndicatorFinding,
    assessment: &Assessment,
    axis: &TimeAxis,
    ends: (f64, f64),
    (top, bottom): (f64, f64),
) {
    let mut labels = Labels {
        taken: [Vec::new(), Vec::new()],
        ends,
    };
    if let Some(shift) = &finding.shift {
        let found = finding.rung.is_some_and(survives);
        let (band, line) = if found {
            ("band", "break")
        } else {
            ("band weak", "break weak")
        };
        if let (Some(from), Some(to)) = (
            axis.start_of(&shift.interval[0]),
            axis.end_of(&shift.interval[1]),
        ) {
            svg.rect((from, top), (to - from, bottom - top), band);
        }
        if let Some(x) = axis.start_of(&shift.at) {
            svg.line((x, top - 4.0), (x, bottom), line);
            let text = if found {
                format!("break {}", shift.at)
            } else {
                format!("likeliest {}, not found", shift.at)
            };
            labels.place(svg, x, top, "label strong", &text);
        }
    }
    for at in &finding.other_breaks {
        if let Some(x) = axis.start_of(at) {
            svg.line((x, top - 4.0), (x, bottom), "break other");
            labels.place(svg, x, top, "label", at);
        }
    }
    for change in assessment.data.coverage.iter().flat_map(|one| &one.changes) {
        // A change at the first period has nothing before it on the chart.
        if let Some(x) = axis.start_of(&change.date).filter(|x| *x > ends.0 + 1.0) {
            svg.line((x, top - 4.0), (x, bottom), "coverage");
            labels.place(svg, x, top, "label", "source base changes");
        }
    }
}

fn draw_pressure(
    svg: &mut Svg,
    record: &PressureRecord,
    axis: &TimeAxis,
    canvas: Canvas,
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) {
    let scale = vertical(extent([record.rate.as_slice()]), (bottom, top), 2);
    let ticks = scale.ticks(2);
    for end in [0.0, ticks.last().copied().unwrap_or(0.0)] {
        let y = scale.at(end);
        svg.line(
            (left, y),
            (right, y),
            if end == 0.0 { "zero" } else { "grid" },
        );
        svg.text(
            (left - 8.0, y + 4.0),
            Anchor::End,
            "tick",
            &tick_label(end, &ticks),
        );
    }
    svg.path(
        &line_path(&points(&record.periods, &record.rate, axis, scale)),
        "pressure",
    );
    svg.text(
        (left, top - 7.0),
        Anchor::Start,
        "label",
        &fit_text(
            &format!("{}, {}", record.title, record.unit),
            FONT,
            right - left + canvas.pick(0.0, 8.0),
        ),
    );
}
