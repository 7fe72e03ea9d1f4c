//! Series files: the sums that a dossier needs, without the rows behind them.
//!
//! A series file is a CSV file (RFC 4180, UTF-8, a header, no comments) with the columns
//!
//! | column | meaning |
//! | --- | --- |
//! | `group` | name of the code set |
//! | `measure` | `events`, `goldstein_sum`, `exports_reported` or `imports_reported` |
//! | `source`, `target` | ISO 3166-1 alpha-3 codes; `*` for any state |
//! | `period` | `2013-02`, `2013-Q1` or `2013-W07`; one length throughout the file |
//! | `value` | the sum: events, points of the Goldstein scale, US dollars |
//! | `n_rows` | rows of the store behind it, at least 1 |
//!
//! Periods without rows are left out. A cell that has none at all stands once, with an empty
//! period and zeros, so that "nothing happened" is told from "not in the file".

mod error;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

pub use self::error::SeriesFileError;
pub use self::read::{SeriesFile, SeriesFileCell, SeriesFileKey, read_series_file};
pub(crate) use self::read::{hex, line_of, parse_period};
pub use self::write::write_series_file;
pub(crate) use self::write::write_whole;

use crate::PeriodUnit;
use crate::period::Period;
use crate::query::Window;
use crate::series::{
    CellRequest, CellSeries, CellValue, Coverage, Measure, SeriesTable, SourceFile,
};

/// The header, column by column.
pub const SERIES_FILE_COLUMNS: [&str; 7] = [
    "group", "measure", "source", "target", "period", "value", "n_rows",
];

/// How a measure is written in a series file.
pub fn measure_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Events => "events",
        Measure::GoldsteinSum => "goldstein_sum",
        Measure::ExportsReported => "exports_reported",
        Measure::ImportsReported => "imports_reported",
    }
}

fn measure_from_name(name: &str) -> Option<Measure> {
    [
        Measure::Events,
        Measure::GoldsteinSum,
        Measure::ExportsReported,
        Measure::ImportsReported,
    ]
    .into_iter()
    .find(|&measure| measure_name(measure) == name)
}

/// Answers `requests` from a series file as a store would, by the same rules for dates.
///
/// `unit`: the length of a period; the file's own or, from months, quarters. `from`: the first
/// period begins on or after it. `as_of`: the last period ends on or before it, and `coverage`,
/// which the file doesn't hold, is cut to it. A request is found by its group's name, measure and
/// dyad; the file doesn't know which codes a group stands for.
///
/// # Errors
/// [`SeriesFileError`] when the file can't be read, a line is wrong, a requested cell isn't in it,
/// or its periods don't fit `unit`.
pub fn query_series_file(
    path: &Path,
    requests: &[CellRequest],
    unit: PeriodUnit,
    from: Option<Date>,
    as_of: Option<Date>,
    coverage: &[Coverage],
) -> Result<SeriesTable, SeriesFileError> {
    let file = read_series_file(path)?;
    file.query(requests, unit, from, as_of, coverage)
}

impl SeriesFile {
    /// [`query_series_file`] over a file that was read before.
    ///
    /// # Errors
    /// As there, less the errors of reading.
    pub fn query(
        &self,
        requests: &[CellRequest],
        unit: PeriodUnit,
        from: Option<Date>,
        as_of: Option<Date>,
        coverage: &[Coverage],
    ) -> Result<SeriesTable, SeriesFileError> {
        if let Some(held) = self.unit {
            let fits = held == unit || (held == PeriodUnit::Month && unit == PeriodUnit::Quarter);
            if !fits {
                return Err(SeriesFileError::Periods {
                    path: self.path.clone(),
                    held,
                    asked: unit,
                });
            }
        }
        let window = Window::new(unit, from, as_of);
        let mut cells = Vec::with_capacity(requests.len());
        for request in requests {
            let key = SeriesFileKey::of(request);
            let Some(cell) = self.cells.get(&key) else {
                return Err(SeriesFileError::MissingCell {
                    path: self.path.clone(),
                    key: Box::new(key),
                });
            };
            let mut values: BTreeMap<Period, CellValue> = BTreeMap::new();
            for (&held, value) in &cell.values {
                let period = Period::containing(held.first_day, unit);
                if !window.holds(period) {
                    continue;
                }
                values
                    .entry(period)
                    .and_modify(|sum| {
                        sum.value += value.value;
                        sum.n_rows += value.n_rows;
                        sum.line = sum.line.min(value.line);
                    })
                    .or_insert_with(|| value.clone());
            }
            cells.push(CellSeries {
                request: request.clone(),
                datasets: Vec::new(),
                values,
            });
        }
        // The digest is of the figures within the window, so that later lines don't change it.
        let mut digest = Sha256::new();
        let mut n_rows = 0;
        for (key, cell) in &self.cells {
            for (period, value) in &cell.values {
                if !window.holds(Period::containing(period.first_day, unit)) {
                    continue;
                }
                let line = format!(
                    "{},{},{},{},{},{}\n",
                    key.group,
                    measure_name(key.measure),
                    key.dyad,
                    period.label(self.unit.unwrap_or(unit)),
                    value.value,
                    value.n_rows
                );
                digest.update(line.as_bytes());
                n_rows += 1;
            }
        }
        let sha256 = hex(&digest.finalize());
        let mut known: Vec<Coverage> = coverage
            .iter()
            .filter_map(|coverage| window.clip(coverage))
            .collect();
        known.sort_by(|a, b| a.dataset.cmp(&b.dataset));
        Ok(SeriesTable {
            unit,
            cells,
            coverage: known,
            files: vec![SourceFile {
                name: format!("{} (lines up to the last period used)", self.name),
                sha256,
                n_rows,
            }],
            sql: self.sql(window),
        })
    }

    /// The query as SQL over the file, with the file's own periods.
    fn sql(&self, window: Window) -> String {
        let mut conditions = vec!["period <> ''".to_owned()];
        let held = self.unit.unwrap_or(window.unit);
        if let Some(from) = window.from {
            let label = Period::containing(from, held).label(held);
            conditions.push(format!("period >= '{label}'"));
        }
        if let Some(to) = window.to {
            let label = Period::containing(to, held).label(held);
            conditions.push(format!("period <= '{label}'"));
        }
        format!(
            "SELECT \"group\", measure, source, target, period, CAST(value AS DOUBLE) AS value, \
             CAST(n_rows AS BIGINT) AS n_rows\nFROM read_csv('{}', header = true, all_varchar = true)\nWHERE {}\nORDER BY 1, 2, 3, 4, 5",
            self.name.replace('\'', "''"),
            conditions.join(" AND ")
        )
    }
}
