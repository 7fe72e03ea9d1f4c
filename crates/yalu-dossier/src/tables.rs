//! Tables that stand beside the series.

#![expect(
    clippy::result_large_err,
    reason = "a fault is shown once; reading is never on a fast path"
)]

use std::path::Path;

use jiff::civil::Date;
use yalu_store::{Month, Period, PeriodUnit};

use crate::csv_file::{CsvFile, problem};
use crate::diagnostic::Problem;
use crate::spec::TableKey;

/// A table of the dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedTable {
    /// Its id.
    pub id: String,
    /// The unit of its values.
    pub unit: String,
    /// Rows in the order of their dates.
    pub rows: Vec<LoadedRow>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedRow {
    /// The date as written: YYYY, YYYY-MM or YYYY-MM-DD.
    pub date: String,
    /// The last day that it speaks of.
    pub last_day: Date,
    /// The value.
    pub value: f64,
    /// Where it is from.
    pub source: Option<String>,
    /// The line, the header being 1.
    pub line: u64,
}

impl LoadedTable {
    /// The rows that speak of no day after `as_of`.
    pub(crate) fn cut(&self, as_of: Date) -> Self {
        let mut cut = self.clone();
        cut.rows.retain(|row| row.last_day <= as_of);
        cut
    }
}

impl LoadedRow {
    /// The first day of the period of `unit` that the row is about; nothing where the row stands for
    /// more than one.
    pub(crate) fn first_day_of_period(&self, unit: PeriodUnit) -> Option<Date> {
        let longer = match self.date.len() {
            4 => true,
            7 => unit == PeriodUnit::Week,
            _ => false,
        };
        (!longer).then(|| Period::containing(self.last_day, unit).first_day)
    }
}

pub(crate) fn last_day(text: &str) -> Option<Date> {
    match text.len() {
        4 => text
            .parse::<i16>()
            .ok()
            .and_then(|year| Date::new(year, 12, 31).ok()),
        7 => text.parse::<Month>().ok().map(Month::last_day),
        _ => text.parse().ok(),
    }
}

/// Reads one table.
pub(crate) fn load_table(dir: &Path, key: &TableKey) -> Result<LoadedTable, Vec<Problem>> {
    let path = dir.join(&key.file);
    let one = |fault: Problem| vec![fault];
    let file = CsvFile::read(&path).map_err(one)?;
    let date_column = file.column(&path, &key.date_column).map_err(one)?;
    let value_column = file.column(&path, &key.value_column).map_err(one)?;
    let source_column = key
        .source_column
        .as_ref()
        .map(|name| file.column(&path, name))
        .transpose()
        .map_err(one)?;
    let filters = key
        .only
        .iter()
        .map(|(name, value)| Ok((file.column(&path, name)?, value)))
        .collect::<Result<Vec<_>, Problem>>()
        .map_err(one)?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for (line, fields) in &file.rows {
        if filters
            .iter()
            .any(|(column, value)| fields[*column].trim() != value.as_str())
        {
            continue;
        }
        let date = fields[date_column].trim();
        let Some(last_day) = last_day(date) else {
            problems.push(problem(
                &path,
                "table.date",
                Some(*line),
                format!(
                    "`{date}` in column {} is not YYYY, YYYY-MM or YYYY-MM-DD",
                    key.date_column
                ),
            ));
            continue;
        };
        match fields[value_column].trim().parse::<f64>() {
            Ok(value) if value.is_finite() => rows.push(LoadedRow {
                date: date.to_owned(),
                last_day,
                value,
                source: source_column.map(|column| fields[column].trim().to_owned()),
                line: *line,
            }),
            _ => problems.push(problem(
                &path,
                "table.value",
                Some(*line),
                format!(
                    "`{}` in column {} is not a number",
                    fields[value_column], key.value_column
                ),
            )),
        }
    }
    if problems.is_empty() && rows.is_empty() {
        problems.push(problem(
            &path,
            "table.empty",
            None,
            format!("holds no row of table `{}`", key.id),
        ));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    rows.sort_by(|a, b| a.last_day.cmp(&b.last_day).then(a.line.cmp(&b.line)));
    Ok(LoadedTable {
        id: key.id.clone(),
        unit: key.unit.clone(),
        rows,
    })
}
