//! A scan's dyads and breaks as tables, for CSV and Parquet.

use yalu_store::table_export::Column;

use super::report::{DyadBreak, DyadScan, ScanReport};

/// The snake-case word of an answer, as in the JSON.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn text<'a, R>(rows: &[&'a R], of: impl Fn(&'a R) -> Option<String>) -> Column {
    Column::Text(rows.iter().map(|row| of(row)).collect())
}

fn number<'a, R>(rows: &[&'a R], of: impl Fn(&'a R) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| of(row)).collect())
}

/// One row a tested dyad, in order of rank.
pub fn dyad_table(report: &ScanReport) -> Vec<(&'static str, Column)> {
    let rows: Vec<&DyadScan> = report.dyads.iter().collect();
    let main = |row: &DyadScan| row.main.map(|idx| row.breaks[idx as usize].clone());
    vec![
        ("rank", number(&rows, |row| Some(f64::from(row.rank)))),
        ("source", text(&rows, |row| Some(row.source.clone()))),
        ("target", text(&rows, |row| Some(row.target.clone()))),
        ("sector", text(&rows, |row| row.sector.clone())),
        ("outcome", text(&rows, |row| Some(word(&row.outcome)))),
        ("at", text(&rows, |row| main(row).map(|one| one.at))),
        (
            "at_low",
            text(&rows, |row| main(row).map(|one| one.interval[0].clone())),
        ),
        (
            "at_high",
            text(&rows, |row| main(row).map(|one| one.interval[1].clone())),
        ),
        ("ratio", number(&rows, |row| main(row).map(|one| one.ratio))),
        (
            "ratio_low",
            number(&rows, |row| main(row).map(|one| one.ratio_interval[0])),
        ),
        (
            "ratio_high",
            number(&rows, |row| main(row).map(|one| one.ratio_interval[1])),
        ),
        (
            "typical_ratio",
            number(&rows, |row| main(row).and_then(|one| one.typical_ratio)),
        ),
        ("p_value", number(&rows, |row| Some(row.p_value))),
        ("q_value", number(&rows, |row| Some(row.q_value))),
        ("statistic", number(&rows, |row| Some(row.statistic))),
        (
            "serial_correlation",
            number(&rows, |row| Some(row.serial_correlation)),
        ),
        ("theta", number(&rows, |row| row.theta)),
        ("n_events", number(&rows, |row| Some(row.n_events))),
        (
            "n_breaks",
            number(&rows, |row| Some(row.breaks.len() as f64)),
        ),
    ]
}

/// One row a dated break, in order of rank and date.
pub fn break_table(report: &ScanReport) -> Vec<(&'static str, Column)> {
    let both: Vec<(&DyadScan, &DyadBreak)> = report
        .dyads
        .iter()
        .flat_map(|dyad| dyad.breaks.iter().map(move |one| (dyad, one)))
        .collect();
    let rows: Vec<&(&DyadScan, &DyadBreak)> = both.iter().collect();
    vec![
        ("rank", number(&rows, |row| Some(f64::from(row.0.rank)))),
        ("source", text(&rows, |row| Some(row.0.source.clone()))),
        ("target", text(&rows, |row| Some(row.0.target.clone()))),
        ("sector", text(&rows, |row| row.0.sector.clone())),
        ("q_value", number(&rows, |row| Some(row.0.q_value))),
        ("at", text(&rows, |row| Some(row.1.at.clone()))),
        ("at_low", text(&rows, |row| Some(row.1.interval[0].clone()))),
        (
            "at_high",
            text(&rows, |row| Some(row.1.interval[1].clone())),
        ),
        ("ratio", number(&rows, |row| Some(row.1.ratio))),
        (
            "ratio_low",
            number(&rows, |row| Some(row.1.ratio_interval[0])),
        ),
        (
            "ratio_high",
            number(&rows, |row| Some(row.1.ratio_interval[1])),
        ),
        (
            "persistence",
            text(&rows, |row| Some(word(&row.1.persistence))),
        ),
        ("typical_ratio", number(&rows, |row| row.1.typical_ratio)),
        (
            "typical_low",
            number(&rows, |row| row.1.typical_interval.map(|one| one[0])),
        ),
        (
            "typical_high",
            number(&rows, |row| row.1.typical_interval.map(|one| one[1])),
        ),
        (
            "is_return",
            text(&rows, |row| Some(row.1.is_return.to_string())),
        ),
        (
            "coverage_change",
            text(&rows, |row| row.1.coverage_change.clone()),
        ),
        ("gain", number(&rows, |row| Some(row.1.gain))),
    ]
}
