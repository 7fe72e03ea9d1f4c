//! An indicator's charts with their keys and notes.

use yalu_dossier::assessment::{Assessment, EffectKind, IndicatorFinding};
use yalu_dossier::export::ExportTable;

use crate::anchor::anchor;
use crate::chart::{Canvas, axis_title, curve_chart, indicator_chart, search_chart, shown_eras};
use crate::export::records;
use crate::figure::{Figure, Key};
use crate::interactive::{curve_plot, indicator_plot};
use crate::names;
use crate::report::ReportError;

pub(super) fn main_figure(
    finding: &IndicatorFinding,
    assessment: &Assessment,
    interactive: bool,
) -> Result<Option<Figure>, ReportError> {
    let id = anchor("chart", &finding.id);
    if indicator_chart(finding, assessment, Canvas::Wide, &id).is_none() {
        return Ok(None);
    }
    let mut key = vec![Key::new("observed", "observed")];
    if finding.chart.fitted.iter().any(Option::is_some) {
        key.push(Key::new("fitted", "expected by the model"));
    }
    if finding.chart.level.iter().any(Option::is_some) {
        key.push(Key::new("level", "level"));
    }
    if finding.shift.is_some() {
        key.push(Key::new("band", "95\u{a0}% interval of the break’s date"));
    }
    if !finding.other_breaks.is_empty() {
        key.push(Key::new("break", "other breaks dated"));
    }
    if assessment.events.iter().any(|event| event.in_model) {
        key.push(Key::new("event", "event in the model"));
    }
    if assessment.events.iter().any(|event| !event.in_model) {
        key.push(Key::new("event-open", "event only marked"));
    }
    for (place, state) in shown_eras(assessment).into_iter().enumerate() {
        let class = if place == 0 { "era" } else { "era-second" };
        key.push(Key::new(class, format!("leaders’ eras, {}", state.name)));
    }
    if finding.chart.observed.iter().any(Option::is_none) {
        key.push(Key::new("absent", "no data"));
    }
    let note = match &finding.shift {
        Some(shift) if shift.interval_clipped => {
            "The interval of the break’s date runs into an end of the search."
        }
        _ => "",
    };
    let plot = interactive
        .then(|| indicator_plot(finding, assessment))
        .transpose()?;
    Ok(Some(
        Figure::draw(
            id,
            format!("{}: {}", finding.title, finding.dyad),
            chart_data(finding),
            |canvas, id| indicator_chart(finding, assessment, canvas, id).unwrap_or_default(),
        )
        .with_unit(axis_title(finding))
        .with_key(key)
        .with_note(note)
        .with_plot(plot),
    ))
}

/// The figures of an indicator's chart, period by period.
fn chart_data(finding: &IndicatorFinding) -> ExportTable {
    let chart = &finding.chart;
    ExportTable::new(format!(
        "{}: {}, {}",
        finding.title, finding.dyad, finding.unit
    ))
    .text("period", &chart.periods)
    .number("observed", chart.observed.iter().copied())
    .number("count", chart.count.iter().copied())
    .number("exposure", chart.exposure.iter().copied())
    .number("fitted", chart.fitted.iter().copied())
    .number("level", chart.level.iter().copied())
}

/// F at each candidate date of both searches.
fn search_data(finding: &IndicatorFinding) -> ExportTable {
    let tests = [&finding.test_alone, &finding.test_with_response];
    let rows: Vec<(&str, &str, f64, f64)> = tests
        .into_iter()
        .flatten()
        .flat_map(|test| {
            let periods = &finding.chart.periods;
            let first = periods.iter().position(|one| *one == test.searched[0]);
            let path = test.path.iter();
            periods[first.unwrap_or(0)..]
                .iter()
                .zip(path)
                .map(|(period, f)| {
                    (
                        test.model.as_str(),
                        period.as_str(),
                        *f,
                        test.critical_value,
                    )
                })
        })
        .collect();
    ExportTable::new(format!("{}: search for a break", finding.title))
        .text("model", rows.iter().map(|one| one.0))
        .text("first_period_of_new_level", rows.iter().map(|one| one.1))
        .number("f", rows.iter().map(|one| one.2))
        .number("critical_value", rows.iter().map(|one| one.3))
}

pub(super) fn search_figure(finding: &IndicatorFinding) -> Option<Figure> {
    let id = anchor("search", &finding.id);
    search_chart(finding, Canvas::Wide, &id)?;
    let mut key = Vec::new();
    if finding.test_alone.is_some() {
        key.push(Key::new("alone", "without events and pressure"));
    }
    if finding.test_with_response.is_some() {
        key.push(Key::new("response", "with events and pressure"));
    }
    key.push(Key::new("critical", "dashed: what noise alone would reach"));
    Some(
        Figure::draw(
            id,
            "Search for a break: F by candidate date".to_owned(),
            search_data(finding),
            |canvas, id| search_chart(finding, canvas, id).unwrap_or_default(),
        )
        .with_key(key),
    )
}

pub(super) fn curve_figure(
    finding: &IndicatorFinding,
    kind: EffectKind,
    interactive: bool,
) -> Result<Option<Figure>, ReportError> {
    let Some(curve) = finding
        .curve
        .as_ref()
        .filter(|curve| !curve.fits.is_empty())
    else {
        return Ok(None);
    };
    let title = format!("Specification curve: {}", finding.title);
    let key = curve
        .rungs
        .iter()
        .map(|one| Key::new(names::rung_class(one.rung), names::rung_name(one.rung)))
        .collect();
    let plot = interactive.then(|| curve_plot(curve, kind)).transpose()?;
    Ok(Some(
        Figure::draw(anchor("curve", &finding.id), title.clone(), records(title.clone(), &curve.fits), |canvas, id| {
            curve_chart(&title, curve, kind, canvas, id).unwrap_or_default()
        })
        .with_key(key)
        .with_note("Above: each specification’s effect with its 95\u{a0}% interval, in order of size; the longest intervals end at the edge. Below: a tick where a specification reaches the rung or has the option. Beside each row: the share of all specifications on the rung, or the share with the option in which a break survives events and pressure.")
        .with_plot(plot),
    ))
}
