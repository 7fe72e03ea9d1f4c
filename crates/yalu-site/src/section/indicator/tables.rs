//! An indicator's tables: its figures, tests, dating and choices.

use yalu_dossier::assessment::{Assessment, CurveRecord, EffectKind, IndicatorFinding};

use crate::anchor::series_row;
use crate::format;
use crate::names;
use crate::table::{Cell, Table};

/// Every figure of the chart, each period leading to its row in the series' table.
pub(super) fn figures_table(finding: &IndicatorFinding, assessment: &Assessment) -> Table {
    let chart = &finding.chart;
    let mut table = Table::new(
        format!("{}: figures of the chart, {}", finding.title, finding.unit),
        &[
            "Period",
            "#Count or value",
            "#Exposure",
            "#Observed",
            "#Expected",
            "#Level",
        ],
    );
    table.class = "figures";
    let series = finding.trace.series.first().and_then(|id| {
        assessment
            .data
            .series
            .iter()
            .enumerate()
            .find(|(_, series)| series.id == *id)
    });
    let at = |values: &[Option<f64>], idx: usize| values.get(idx).copied().flatten();
    for (idx, period) in chart.periods.iter().enumerate() {
        let head = match series {
            Some((place, series)) if series.periods.contains(period) => Cell::Link {
                text: period.clone(),
                to: series_row(place, period),
            },
            _ => Cell::text(period),
        };
        table.row(vec![
            head,
            Cell::number(
                at(&chart.count, idx).map_or_else(|| format::ABSENT.to_owned(), format::exact),
            ),
            Cell::number(
                at(&chart.exposure, idx).map_or_else(|| format::ABSENT.to_owned(), format::exact),
            ),
            Cell::number(format::maybe(at(&chart.observed, idx))),
            Cell::number(format::maybe(at(&chart.fitted, idx))),
            Cell::number(format::maybe(at(&chart.level, idx))),
        ]);
    }
    table
}

pub(super) fn tests_table(finding: &IndicatorFinding) -> Option<Table> {
    let mut table = Table::new(
        format!("{}: tests for at least one break", finding.title),
        &[
            "In the model",
            "#Largest F",
            "At",
            "#Critical F",
            "#p",
            "#Corrected p",
            "#Bootstrap",
            "Searched",
            "#Serial correlation",
            "#Dispersion",
        ],
    );
    for test in [&finding.test_alone, &finding.test_with_response]
        .into_iter()
        .flatten()
    {
        table.row(vec![
            Cell::text(names::sentence(&test.model)),
            Cell::number(format::figure(test.statistic)),
            Cell::text(&test.at),
            Cell::number(format::figure(test.critical_value)),
            Cell::number(format::p_value(test.p_value)),
            Cell::number(
                test.q_value
                    .map_or_else(|| format::ABSENT.to_owned(), format::p_value),
            ),
            Cell::number(format::count(u64::from(test.n_bootstrap))),
            Cell::text(format::span(&test.searched)),
            Cell::number(format::figure(test.serial_correlation)),
            Cell::number(format::figure(test.dispersion)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

pub(super) fn dating_table(finding: &IndicatorFinding) -> Option<Table> {
    if finding.dating.is_empty() {
        return None;
    }
    let mut table = Table::new(
        format!(
            "{}: how many breaks, by information criterion (the least is chosen)",
            finding.title
        ),
        &[
            "Breaks",
            "First periods of new levels",
            "#Deviance",
            "#BIC",
            "Choice",
        ],
    );
    for row in &finding.dating {
        table.marked_row(
            row.chosen,
            vec![
                Cell::text(row.n_breaks.to_string()),
                Cell::text(if row.at.is_empty() {
                    format::ABSENT.to_owned()
                } else {
                    row.at.join(", ")
                }),
                Cell::number(format!("{:.1}", row.deviance)),
                Cell::number(format!("{:.1}", row.bic)),
                Cell::text(if row.chosen { "chosen" } else { "" }),
            ],
        );
    }
    Some(table)
}

pub(super) fn choices_table(
    finding: &IndicatorFinding,
    curve: &CurveRecord,
    kind: EffectKind,
    assessment: &Assessment,
) -> Option<Table> {
    if curve.choices.is_empty() {
        return None;
    }
    let main = curve.fits.iter().find(|fit| fit.main);
    let mut table = Table::new(
        format!(
            "{}: which choices matter, the most decisive first",
            finding.title
        ),
        &[
            "Choice",
            "Option",
            "#Specifications",
            "#A break survives in",
            "#Median effect",
        ],
    );
    for choice in &curve.choices {
        for (idx, outcome) in choice.options.iter().enumerate() {
            let is_main =
                main.is_some_and(|fit| names::option_of(fit, &choice.choice) == outcome.option);
            let option = names::sentence(&names::option_name(
                &choice.choice,
                &outcome.option,
                assessment,
            ));
            table.marked_row(
                idx == 0,
                vec![
                    Cell::text(names::choice_title(&choice.choice)),
                    Cell::text(if is_main {
                        format!("{option} (main)")
                    } else {
                        option
                    }),
                    Cell::number(format::count(u64::from(outcome.n))),
                    Cell::bar(outcome.share_surviving),
                    Cell::number(outcome.median_effect.map_or_else(
                        || format::ABSENT.to_owned(),
                        |effect| format::effect(effect, kind),
                    )),
                ],
            );
        }
    }
    table.class = "choices";
    Some(table)
}
