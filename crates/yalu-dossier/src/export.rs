//! An assessment's series as rows for Parquet and CSV.

use jiff::civil::Date;
pub use yalu_store::export_table::ExportTable;
use yalu_store::series_export::SeriesRow;
pub use yalu_store::table_export::Column;
use yalu_store::{Month, Period, PeriodUnit};

use crate::assessment::Assessment;
use crate::eras::era_labels;

/// The series of an assessment as one table, with the columns of its files.
pub fn series_table(assessment: &Assessment) -> ExportTable {
    let rows = series_rows(assessment);
    ExportTable::new(format!("Series: {}", assessment.dossier.title))
        .text("series", rows.iter().map(|row| &row.series))
        .text("group", rows.iter().map(|row| &row.group))
        .text("source", rows.iter().map(|row| &row.source))
        .text("target", rows.iter().map(|row| &row.target))
        .text("measure", rows.iter().map(|row| &row.measure))
        .text("period", rows.iter().map(|row| &row.period))
        .text(
            "first_day",
            rows.iter().map(|row| row.first_day.to_string()),
        )
        .text("last_day", rows.iter().map(|row| row.last_day.to_string()))
        .number("value", rows.iter().map(|row| row.value))
        .whole("n_rows", rows.iter().map(|row| row.n_rows as i64))
        .text("leaders", rows.iter().map(|row| &row.leaders))
}

/// The period that a label names.
pub(crate) fn period_of(label: &str) -> Option<(Period, PeriodUnit)> {
    if let Ok(month) = label.parse::<Month>() {
        return Some((
            Period::containing(month.first_day(), PeriodUnit::Month),
            PeriodUnit::Month,
        ));
    }
    let (year, rest) = label.split_once('-')?;
    let year: i16 = year.parse().ok()?;
    if let Some(quarter) = rest.strip_prefix('Q') {
        let quarter: i8 = quarter.parse().ok().filter(|one| (1..=4).contains(one))?;
        let first = Month::new(year, quarter * 3 - 2)?.first_day();
        return Some((
            Period::containing(first, PeriodUnit::Quarter),
            PeriodUnit::Quarter,
        ));
    }
    let week: i8 = rest.strip_prefix('W')?.parse().ok()?;
    let monday: Date = jiff::civil::ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday)
        .ok()?
        .date();
    Some((
        Period::containing(monday, PeriodUnit::Week),
        PeriodUnit::Week,
    ))
}

/// Every series of an assessment in long form: the sums first, then each indicator's observed,
/// fitted and level figures.
pub fn series_rows(assessment: &Assessment) -> Vec<SeriesRow> {
    let mut rows = Vec::new();
    let sides = |dyad: &str| {
        let (source, target) = dyad.split_once(" → ").unwrap_or((dyad, ""));
        let star = |side: &str| {
            if side == "any" {
                "*".to_owned()
            } else {
                side.to_owned()
            }
        };
        (star(source), star(target))
    };
    for series in &assessment.data.series {
        let (source, target) = sides(&series.dyad);
        for (idx, label) in series.periods.iter().enumerate() {
            let Some((period, _)) = period_of(label) else {
                continue;
            };
            rows.push(SeriesRow {
                series: series.id.clone(),
                group: series.group.clone(),
                source: source.clone(),
                target: target.clone(),
                measure: series.measure.clone(),
                period: label.clone(),
                first_day: period.first_day,
                last_day: period.last_day,
                value: series.values[idx],
                n_rows: series.n_rows[idx],
                leaders: era_labels(&assessment.eras, period),
            });
        }
    }
    for indicator in &assessment.indicators {
        let (source, target) = sides(&indicator.dyad);
        let chart = &indicator.chart;
        for (measure, values) in [
            ("observed", &chart.observed),
            ("fitted", &chart.fitted),
            ("level", &chart.level),
        ] {
            for (label, value) in chart.periods.iter().zip(values) {
                let Some((period, _)) = period_of(label) else {
                    continue;
                };
                rows.push(SeriesRow {
                    series: format!("{}.{measure}", indicator.id),
                    group: String::new(),
                    source: source.clone(),
                    target: target.clone(),
                    measure: measure.to_owned(),
                    period: label.clone(),
                    first_day: period.first_day,
                    last_day: period.last_day,
                    value: *value,
                    n_rows: 0,
                    leaders: era_labels(&assessment.eras, period),
                });
            }
        }
    }
    rows
}
