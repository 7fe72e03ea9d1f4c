//! Reading a series file, line by line.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, ISOWeekDate, Weekday};
use sha2::{Digest, Sha256};

use super::error::{FieldProblem, LineProblem, SeriesFileError};
use super::{SERIES_FILE_COLUMNS, measure_from_name, measure_name};
use crate::period::Period;
use crate::series::{CellRequest, CellValue, Measure};
use crate::types::{ActorCode, DyadPattern};
use crate::{Month, PeriodUnit};

/// What names a cell in a series file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesFileKey {
    /// The group's name.
    pub group: String,
    /// What is summed.
    pub measure: Measure,
    /// Whose, toward whom.
    pub dyad: DyadPattern,
}

impl SeriesFileKey {
    /// The name under which `request` stands in a file.
    pub fn of(request: &CellRequest) -> Self {
        Self {
            group: request.group.clone(),
            measure: request.measure,
            dyad: request.dyad.clone(),
        }
    }
}

impl fmt::Display for SeriesFileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "group `{}`, measure `{}`, {}",
            self.group,
            measure_name(self.measure),
            self.dyad
        )
    }
}

/// One cell as a file holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeriesFileCell {
    /// The figures, each with its line.
    pub values: BTreeMap<Period, CellValue>,
    /// The line that says that the cell has no rows; nothing where it has some.
    pub empty_line: Option<u64>,
}

/// A series file that was read and found right.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name, without the folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The length of its periods; nothing where no cell has any.
    pub unit: Option<PeriodUnit>,
    /// Its cells.
    pub cells: BTreeMap<SeriesFileKey, SeriesFileCell>,
}

/// Reads the whole of a series file and checks each line. Lines may stand in any order.
///
/// # Errors
/// [`SeriesFileError`] for the first fault, with line and column.
pub fn read_series_file(path: &Path) -> Result<SeriesFile, SeriesFileError> {
    let bytes = std::fs::read(path).map_err(|source| SeriesFileError::Read {
        path: path.to_owned(),
        source,
    })?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut file = SeriesFile {
        path: path.to_owned(),
        name: path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned(),
        sha256: hex(&Sha256::digest(&bytes)),
        unit: None,
        cells: BTreeMap::new(),
    };
    let mut record = csv::ByteRecord::new();
    let mut first = true;
    loop {
        let more = reader
            .read_byte_record(&mut record)
            .map_err(|error| SeriesFileError::Read {
                path: path.to_owned(),
                source: error.into(),
            })?;
        if !more {
            break;
        }
        let line = line_of(text, &record);
        if first {
            first = false;
            check_header(path, &record)?;
            continue;
        }
        add_line(&mut file, &record, line)?;
    }
    if first {
        return Err(SeriesFileError::Header {
            path: path.to_owned(),
            found: String::new(),
        });
    }
    Ok(file)
}

/// The line on which `record` begins. The reader takes a record's position before it skips blank
/// lines and the second half of a Windows line end.
pub(crate) fn line_of(text: &[u8], record: &csv::ByteRecord) -> u64 {
    let Some(position) = record.position() else {
        return 1;
    };
    let skipped = text
        .iter()
        .skip(position.byte() as usize)
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|&&byte| byte == b'\n')
        .count();
    position.line() + skipped as u64
}

fn check_header(path: &Path, record: &csv::ByteRecord) -> Result<(), SeriesFileError> {
    if record
        .iter()
        .eq(SERIES_FILE_COLUMNS.iter().map(|column| column.as_bytes()))
    {
        return Ok(());
    }
    let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    Err(SeriesFileError::Header {
        path: path.to_owned(),
        found: fields.join(",").chars().take(200).collect(),
    })
}

/// Where a fault is, so that each check names only what is wrong.
struct Place<'a> {
    path: &'a Path,
    line: u64,
}

impl Place<'_> {
    fn line(&self, problem: LineProblem) -> SeriesFileError {
        SeriesFileError::Line {
            path: self.path.to_owned(),
            line: self.line,
            problem,
        }
    }

    fn field(&self, column_idx: usize, problem: FieldProblem) -> SeriesFileError {
        SeriesFileError::Field {
            path: self.path.to_owned(),
            line: self.line,
            column: SERIES_FILE_COLUMNS[column_idx],
            problem,
        }
    }
}

fn add_line(
    file: &mut SeriesFile,
    record: &csv::ByteRecord,
    line: u64,
) -> Result<(), SeriesFileError> {
    let path = file.path.clone();
    let place = Place { path: &path, line };
    let fields: Vec<&str> = record
        .iter()
        .map(std::str::from_utf8)
        .collect::<Result<_, _>>()
        .map_err(|_| place.line(LineProblem::Encoding))?;
    let &[group, measure, source, target, period, value, n_rows] = fields.as_slice() else {
        return Err(place.line(LineProblem::Columns {
            got: fields.len() as u64,
        }));
    };
    if group.is_empty() {
        return Err(place.field(0, FieldProblem::Empty));
    }
    let measure = measure_from_name(measure).ok_or_else(|| {
        place.field(
            1,
            FieldProblem::Measure {
                text: measure.to_owned(),
            },
        )
    })?;
    let key = SeriesFileKey {
        group: group.to_owned(),
        measure,
        dyad: DyadPattern {
            source: parse_side(source).map_err(|problem| place.field(2, problem))?,
            target: parse_side(target).map_err(|problem| place.field(3, problem))?,
        },
    };
    let sum = parse_value(value, measure).map_err(|problem| place.field(5, problem))?;
    let rows: u64 = n_rows.parse().map_err(|_| {
        place.field(
            6,
            FieldProblem::Count {
                text: n_rows.to_owned(),
            },
        )
    })?;
    if period.is_empty() {
        let zero = |column_idx: usize, text: &str| {
            place.field(
                column_idx,
                FieldProblem::Zero {
                    text: text.to_owned(),
                    mend: "a line without a period says that the cell has no rows; write 0",
                },
            )
        };
        if sum != 0.0 {
            return Err(zero(5, value));
        }
        if rows != 0 {
            return Err(zero(6, n_rows));
        }
        let cell = file.cells.entry(key).or_default();
        if let Some(first) = cell.empty_line {
            return Err(place.line(LineProblem::Repeated { first }));
        }
        if let Some(other) = cell.values.values().find_map(|value| value.line) {
            return Err(place.line(LineProblem::EmptyAndNot { other }));
        }
        cell.empty_line = Some(line);
        return Ok(());
    }
    let (unit, period) = parse_period(period).ok_or_else(|| {
        place.field(
            4,
            FieldProblem::Period {
                text: period.to_owned(),
            },
        )
    })?;
    match file.unit {
        Some(before) if before != unit => {
            return Err(place.line(LineProblem::MixedPeriods { got: unit, before }));
        }
        _ => file.unit = Some(unit),
    }
    if rows == 0 {
        return Err(place.field(
            6,
            FieldProblem::Zero {
                text: n_rows.to_owned(),
                mend: "a period without rows is left out of the file",
            },
        ));
    }
    let cell = file.cells.entry(key).or_default();
    if let Some(empty) = cell.empty_line {
        return Err(place.line(LineProblem::EmptyAndNot { other: empty }));
    }
    if let Some(first) = cell.values.get(&period).and_then(|value| value.line) {
        return Err(place.line(LineProblem::Repeated { first }));
    }
    cell.values.insert(
        period,
        CellValue {
            value: sum,
            n_rows: rows,
            line: Some(line),
        },
    );
    Ok(())
}

fn parse_side(text: &str) -> Result<Option<ActorCode>, FieldProblem> {
    if text == "*" {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|source| FieldProblem::Code { source })
}

/// Counts are whole and not negative; sums of scores and values are finite.
fn parse_value(text: &str, measure: Measure) -> Result<f64, FieldProblem> {
    if measure == Measure::Events {
        let count: u64 = text.parse().map_err(|_| FieldProblem::Count {
            text: text.to_owned(),
        })?;
        return Ok(count as f64);
    }
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(value) if plain && value.is_finite() => Ok(value),
        _ => Err(FieldProblem::Number {
            text: text.to_owned(),
        }),
    }
}

/// Reads `2013-02`, `2013-Q1` or `2013-W07`.
pub(crate) fn parse_period(text: &str) -> Option<(PeriodUnit, Period)> {
    if let Ok(month) = text.parse::<Month>() {
        let period = Period::containing(month.first_day(), PeriodUnit::Month);
        return Some((PeriodUnit::Month, period));
    }
    let (year, rest) = text.split_once('-')?;
    if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i16 = year.parse().ok()?;
    let (unit, day): (PeriodUnit, Date) = if let Some(quarter) = rest.strip_prefix('Q') {
        let month = match quarter {
            "1" => 1,
            "2" => 4,
            "3" => 7,
            "4" => 10,
            _ => return None,
        };
        (PeriodUnit::Quarter, Date::new(year, month, 1).ok()?)
    } else {
        let week = rest.strip_prefix('W')?;
        if week.len() != 2 || !week.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let monday = ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?;
        (PeriodUnit::Week, monday.date())
    };
    Some((unit, Period::containing(day, unit)))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        use fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
