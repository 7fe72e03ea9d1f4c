//! The search for a break: F at each candidate date against the level that noise would reach.

use yalu_dossier::assessment::{BreakTest, IndicatorFinding};

use crate::format;
use crate::gaps::line_path;
use crate::svg::{Anchor, Svg};
use crate::time::TimeAxis;

use super::Canvas;
use super::lines::{draw_time, draw_vertical, vertical};

/// Draws both searches; `None` where neither test was made or its dates can't be read.
pub(crate) fn search_chart(finding: &IndicatorFinding, canvas: Canvas, id: &str) -> Option<String> {
    let tests: Vec<(&BreakTest, &str, &str)> = [
        (
            finding.test_alone.as_ref(),
            "alone",
            "without events and pressure",
        ),
        (finding.test_with_response.as_ref(), "response", "with them"),
    ]
    .into_iter()
    .filter_map(|(test, class, name)| Some((test?, class, name)))
    .collect();
    if tests.is_empty() {
        return None;
    }
    let (left, right) = (canvas.pick(56.0, 42.0), canvas.width() - 12.0);
    let (top, bottom) = (12.0, canvas.pick(170.0, 160.0));
    let axis = TimeAxis::over(&finding.chart.periods, (left, right))?;
    let high = tests
        .iter()
        .flat_map(|(test, _, _)| test.path.iter().copied().chain([test.critical_value]))
        .filter(|value| value.is_finite())
        .fold(0.0, f64::max);
    let scale = vertical((0.0, high), (bottom, top), 4);
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    draw_time(&mut svg, &axis, (left, right), top, bottom);
    draw_vertical(&mut svg, scale, 4, (left, right));
    let mut described = Vec::new();
    for (test, class, name) in tests {
        let first = finding
            .chart
            .periods
            .iter()
            .position(|one| *one == test.searched[0])?;
        let path: Vec<Option<(f64, f64)>> = finding.chart.periods[first..]
            .iter()
            .zip(&test.path)
            .map(|(period, value)| {
                Some((
                    axis.start_of(period)?,
                    scale.at(Some(*value).filter(|value| value.is_finite())?),
                ))
            })
            .collect();
        svg.path(&line_path(&path), &format!("search {class}"));
        if test.critical_value.is_finite() {
            let y = scale.at(test.critical_value);
            svg.line((left, y), (right, y), &format!("critical {class}"));
        }
        if let Some(x) = axis.start_of(&test.at) {
            let y = scale.at(test.statistic);
            svg.path(
                &format!(
                    "M{} {}h0",
                    crate::svg::coordinate(x),
                    crate::svg::coordinate(y)
                ),
                &format!("peak {class}"),
            );
            let (dx, anchor) = if x > right - 80.0 {
                (-9.0, Anchor::End)
            } else {
                (9.0, Anchor::Start)
            };
            svg.text((x + dx, y + 4.0), anchor, "label", &test.at);
        }
        described.push(format!(
            "{name}: largest F {} at {}, critical value {}",
            format::figure(test.statistic),
            test.at,
            format::figure(test.critical_value)
        ));
    }
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("Search for a break in {}", finding.title),
        &format!("F by candidate date, {}.", described.join("; ")),
    ))
}
