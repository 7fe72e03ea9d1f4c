//! Tables whose columns a mapping describes: written by the user, or implied by a header.

use jiff::civil::Date;

use super::error::FileError;
use super::input::Row;
use super::mapping::{Mapping, MappingError, TableKind};
use super::record::{EventRow, Parser, Record, Reject, Span, TradeRow, in_range, parse_day};
use super::sides::Sides;
use crate::cameo;
use crate::countries::CountryScheme;
use crate::types::{CameoCode, QuadClass};

/// Where a value of a row is found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Column(usize),
    Constant(String),
}

impl Cell {
    fn of<'r>(&'r self, row: &'r Row<'_>) -> Option<&'r str> {
        match self {
            Self::Column(idx) => row.text(*idx),
            Self::Constant(text) => Some(text),
        }
    }
}

/// What a column of counts counts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Counted {
    Code(CameoCode),
    Quad(QuadClass),
}

#[derive(Debug, Clone)]
enum When {
    Date(Cell),
    YearMonth(Cell, Option<Cell>),
}

/// Reads the rows of a mapped table.
pub(crate) struct Table {
    kind: TableKind,
    when: When,
    date_format: Option<String>,
    source: Cell,
    target: Cell,
    schemes: [CountryScheme; 2],
    source_sectors: Option<Cell>,
    target_sectors: Option<Cell>,
    id: Option<Cell>,
    code: Option<Cell>,
    n: Option<Cell>,
    goldstein: Option<Cell>,
    mentions: Option<Cell>,
    flow: Option<Cell>,
    commodity: Option<Cell>,
    value: Option<Cell>,
    counted: Vec<(usize, String, Counted)>,
    only: Vec<(usize, String, Vec<String>)>,
    sides: Sides,
    n_zeros_restored: u64,
}

/// Finds columns by name, or by number where there is no header.
struct Finder<'a> {
    header: Option<&'a [String]>,
    n_columns: usize,
    mapping: &'a Mapping,
}

impl Finder<'_> {
    fn column(&self, key: &str, name: &str) -> Result<usize, MappingError> {
        let found = match self.header {
            Some(header) => header
                .iter()
                .position(|one| one == name)
                .or_else(|| header.iter().position(|one| one.eq_ignore_ascii_case(name))),
            None => name
                .parse::<usize>()
                .ok()
                .filter(|number| (1..=self.n_columns).contains(number))
                .map(|number| number - 1),
        };
        found.ok_or_else(|| MappingError::NoColumn {
            key: key.to_owned(),
            column: name.to_owned(),
            columns: self.header.map_or_else(
                || {
                    (1..=self.n_columns)
                        .map(|number| number.to_string())
                        .collect()
                },
                <[String]>::to_vec,
            ),
        })
    }

    fn cell(&self, key: &str, column: Option<&String>) -> Result<Option<Cell>, MappingError> {
        if let Some(name) = column {
            return self
                .column(&format!("columns.{key}"), name)
                .map(|idx| Some(Cell::Column(idx)));
        }
        Ok(self.mapping.constants.get(key).cloned().map(Cell::Constant))
    }
}

/// The columns whose values name states, with the schemes that are already known.
pub(crate) struct StateColumns {
    pub(crate) columns: [Option<usize>; 2],
    pub(crate) schemes: [Option<CountryScheme>; 2],
    pub(crate) names: [String; 2],
    constants: [Option<String>; 2],
}

impl StateColumns {
    /// Finds the columns that name states.
    ///
    /// # Errors
    /// [`FileError`] where the mapping doesn't name them or the file hasn't got them.
    pub(crate) fn find(
        mapping: &Mapping,
        header: Option<&[String]>,
        n_columns: usize,
    ) -> Result<Self, FileError> {
        let kind = mapping.table.ok_or(MappingError::NoTable)?;
        let finder = Finder {
            header,
            n_columns,
            mapping,
        };
        let mut columns = [None, None];
        let mut names = [String::new(), String::new()];
        let mut constants = [None, None];
        for (idx, cell) in state_cells(&finder, kind)?.into_iter().enumerate() {
            match cell {
                Cell::Column(column) => {
                    columns[idx] = Some(column);
                    names[idx] = header
                        .and_then(|header| header.get(column).cloned())
                        .unwrap_or_else(|| (column + 1).to_string());
                }
                Cell::Constant(text) => constants[idx] = Some(text),
            }
        }
        Ok(Self {
            columns,
            schemes: [mapping.source_scheme, mapping.target_scheme],
            names,
            constants,
        })
    }

    /// The scheme of each side, from the values where none was said.
    ///
    /// # Errors
    /// [`FileError::Scheme`] where no scheme explains a column.
    pub(crate) fn settle(
        &self,
        values: &[std::collections::BTreeSet<String>; 2],
    ) -> Result<[CountryScheme; 2], FileError> {
        let mut schemes = [CountryScheme::Iso3; 2];
        for idx in 0..2 {
            if let Some(scheme) = self.schemes[idx] {
                schemes[idx] = scheme;
                continue;
            }
            // Both columns of one table name states one way: together they tell it more surely.
            let together: Vec<&str> = values
                .iter()
                .flatten()
                .chain(self.constants.iter().flatten())
                .map(String::as_str)
                .collect();
            schemes[idx] = crate::countries::detect(together).ok_or_else(|| FileError::Scheme {
                column: self.names[idx].clone(),
                sample: values[idx].iter().take(5).cloned().collect(),
            })?;
        }
        Ok(schemes)
    }
}

fn state_cells(finder: &Finder<'_>, kind: TableKind) -> Result<[Cell; 2], MappingError> {
    let keys = &finder.mapping.columns;
    let need = |key: &'static str, column: Option<&String>| {
        finder.cell(key, column)?.ok_or(MappingError::MissingKey {
            key,
            table: kind.word(),
        })
    };
    Ok(match kind {
        TableKind::Trade => [
            need("reporter", keys.reporter.as_ref())?,
            need("partner", keys.partner.as_ref())?,
        ],
        TableKind::Events | TableKind::Counts => [
            need("source", keys.source.as_ref())?,
            need("target", keys.target.as_ref())?,
        ],
    })
}

impl Table {
    /// A reader for files with this header, or without one.
    ///
    /// # Errors
    /// [`FileError::Mapping`] where the mapping lacks a key or names a column that isn't there.
    pub(crate) fn new(
        mapping: &Mapping,
        header: Option<&[String]>,
        n_columns: usize,
        schemes: [CountryScheme; 2],
    ) -> Result<Self, FileError> {
        let kind = mapping.table.ok_or(MappingError::NoTable)?;
        let finder = Finder {
            header,
            n_columns,
            mapping,
        };
        let keys = &mapping.columns;
        let [source, target] = state_cells(&finder, kind)?;
        let missing = |key| MappingError::MissingKey {
            key,
            table: kind.word(),
        };
        let when = match (
            finder.cell("date", keys.date.as_ref())?,
            finder.cell("year", keys.year.as_ref())?,
        ) {
            (Some(date), _) => When::Date(date),
            (None, Some(year)) => When::YearMonth(year, finder.cell("month", keys.month.as_ref())?),
            (None, None) => return Err(missing("date").into()),
        };
        let mut counted = Vec::new();
        for (column, value) in &mapping.codes {
            let idx = finder.column("codes", column)?;
            counted.push((idx, column.clone(), counted_of(column, value)?));
        }
        let mut only = Vec::new();
        for (column, values) in &mapping.only {
            only.push((
                finder.column("only", column)?,
                column.clone(),
                values.clone(),
            ));
        }
        let table = Self {
            kind,
            when,
            date_format: mapping.date_format.clone(),
            source,
            target,
            schemes,
            source_sectors: finder.cell("source_sectors", keys.source_sectors.as_ref())?,
            target_sectors: finder.cell("target_sectors", keys.target_sectors.as_ref())?,
            id: finder.cell("id", keys.id.as_ref())?,
            code: finder.cell("code", keys.code.as_ref())?,
            n: finder.cell("n", keys.n.as_ref())?,
            goldstein: finder.cell("goldstein", keys.goldstein.as_ref())?,
            mentions: finder.cell("mentions", keys.mentions.as_ref())?,
            flow: finder.cell("flow", keys.flow.as_ref())?,
            commodity: finder.cell("commodity", keys.commodity.as_ref())?,
            value: finder.cell("value", keys.value.as_ref())?,
            counted,
            only,
            sides: Sides::default(),
            n_zeros_restored: 0,
        };
        match kind {
            TableKind::Events if table.code.is_none() => Err(missing("code").into()),
            TableKind::Counts if table.counted.is_empty() => Err(missing("codes").into()),
            TableKind::Trade if table.flow.is_none() => Err(missing("flow").into()),
            TableKind::Trade if table.value.is_none() => Err(missing("value").into()),
            _ => Ok(table),
        }
    }

    fn date(&self, row: &Row<'_>) -> Result<(Date, Span), Reject> {
        match &self.when {
            When::Date(cell) => {
                let text = cell.of(row).ok_or_else(|| Reject::new("no date"))?;
                if let Some(format) = &self.date_format {
                    let date = Date::strptime(format, text)
                        .map_err(|_| Reject::new(format!("`{text}` is not a day as `{format}`")))?;
                    return Ok((in_range(date)?, Span::Day));
                }
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                match (text.len(), digits) {
                    (4, true) => year_month(text, None),
                    (6, true) => year_month(&text[..4], Some(&text[4..])),
                    (7, false) if text.as_bytes()[4] == b'-' => {
                        year_month(&text[..4], Some(&text[5..]))
                    }
                    _ => parse_day(text, false).map(|date| (date, Span::Day)),
                }
            }
            When::YearMonth(year, month) => {
                let year = year.of(row).ok_or_else(|| Reject::new("no year"))?;
                let month = match month {
                    Some(cell) => Some(cell.of(row).ok_or_else(|| Reject::new("no month"))?),
                    None => None,
                };
                year_month(year, month)
            }
        }
    }

    fn events(&mut self, row: &Row<'_>, date: Date, span: Span) -> Result<Record, Reject> {
        let text = of(self.code.as_ref(), row).ok_or_else(|| Reject::new("no code"))?;
        let (code, restored) =
            cameo::parse_lenient(text).map_err(|error| Reject::new(error.to_string()))?;
        let n = match of(self.n.as_ref(), row) {
            None => 1,
            Some(text) => count(text, "n")?,
        };
        let goldstein = match of(self.goldstein.as_ref(), row) {
            Some(text) => Some(number(text, "goldstein")?).filter(|score| score.abs() <= 10.0),
            None => cameo::goldstein_of(&code),
        };
        let id = of(self.id.as_ref(), row).unwrap_or_default().to_owned();
        let mentions = of(self.mentions.as_ref(), row).and_then(|text| text.parse().ok());
        let [source, target] = self.both(row, date)?;
        self.n_zeros_restored += u64::from(restored);
        Ok(Record::Events(vec![EventRow {
            id,
            date,
            span,
            source,
            target,
            quad: Some(code.quad_class().number()),
            code: Some(code),
            goldstein,
            n,
            mentions,
            line: row.line,
        }]))
    }

    fn counts(&mut self, row: &Row<'_>, date: Date, span: Span) -> Result<Record, Reject> {
        let [source, target] = self.both(row, date)?;
        let one = |code: Option<CameoCode>, quad: Option<u8>, n: i64| EventRow {
            id: String::new(),
            date,
            span,
            source: source.clone(),
            target: target.clone(),
            code,
            quad,
            goldstein: None,
            n,
            mentions: None,
            line: row.line,
        };
        let mut rows = Vec::new();
        for (idx, column, counted) in &self.counted {
            let text = row
                .text(*idx)
                .ok_or_else(|| Reject::new(format!("no count in `{column}`")))?;
            let n = count(text, column)?;
            if n == 0 {
                continue;
            }
            rows.push(match counted {
                Counted::Code(code) => one(Some(code.clone()), Some(code.quad_class().number()), n),
                Counted::Quad(quad) => one(None, Some(quad.number()), n),
            });
        }
        if rows.is_empty() {
            // Nothing happened, and that is known: the row itself says so.
            rows.push(one(None, None, 0));
        }
        Ok(Record::Events(rows))
    }

    fn trade(&mut self, row: &Row<'_>, date: Date, span: Span) -> Result<Record, Reject> {
        let text = of(self.flow.as_ref(), row).ok_or_else(|| Reject::new("no flow"))?;
        let flow = match text.to_ascii_lowercase().as_str() {
            "m" | "import" | "imports" | "1" => "import",
            "x" | "export" | "exports" | "2" => "export",
            "rx" | "rm" | "re-export" | "re-exports" | "re-import" | "re-imports" | "3" | "4"
            | "dx" | "fm" | "mip" | "xip" | "mop" | "xop" => {
                return Err(Reject::expected(format!(
                    "flow `{text}` is a part of exports or imports, which are there as a whole"
                )));
            }
            _ => {
                return Err(Reject::new(format!(
                    "`{text}` is not a flow; are the columns shifted?"
                )));
            }
        };
        let text = of(self.value.as_ref(), row).ok_or_else(|| Reject::new("no value"))?;
        let value_usd = number(&text.replace(',', ""), "value")?;
        if value_usd < 0.0 {
            return Err(Reject::new(format!("a value of {value_usd}")));
        }
        let commodity = of(self.commodity.as_ref(), row)
            .unwrap_or("TOTAL")
            .to_owned();
        let [reporter, partner] = self.both(row, date)?;
        Ok(Record::Trade(TradeRow {
            date,
            span,
            reporter,
            partner,
            flow,
            commodity,
            value_usd,
            line: row.line,
        }))
    }

    fn both(
        &mut self,
        row: &Row<'_>,
        date: Date,
    ) -> Result<[std::sync::Arc<super::record::Side>; 2], Reject> {
        let source = state(&self.source, row, self.schemes[0], "no source")?;
        let target = state(&self.target, row, self.schemes[1], "no target")?;
        let source_sectors = of(self.source_sectors.as_ref(), row);
        let target_sectors = of(self.target_sectors.as_ref(), row);
        Ok([
            self.sides
                .by_scheme(self.schemes[0], source, source_sectors, date),
            self.sides
                .by_scheme(self.schemes[1], target, target_sectors, date),
        ])
    }
}

impl Parser for Table {
    fn parse(&mut self, row: &Row<'_>) -> Result<Record, Reject> {
        for (idx, column, values) in &self.only {
            let text = row.text(*idx).unwrap_or_default();
            if !values.iter().any(|value| value == text) {
                return Err(Reject::expected(format!(
                    "`{column}` isn't `{}`: a part of a figure that is there as a whole, or not asked for",
                    values.first().map_or("", String::as_str)
                )));
            }
        }
        let (date, span) = self.date(row)?;
        match self.kind {
            TableKind::Events => self.events(row, date, span),
            TableKind::Counts => self.counts(row, date, span),
            TableKind::Trade => self.trade(row, date, span),
        }
    }

    fn repairs(&self) -> Vec<(String, u64)> {
        vec![(
            "codes that had lost their leading zero".to_owned(),
            self.n_zeros_restored,
        )]
    }
}

fn of<'r>(cell: Option<&'r Cell>, row: &'r Row<'_>) -> Option<&'r str> {
    cell.and_then(|cell| cell.of(row))
}

fn state<'r>(
    cell: &'r Cell,
    row: &'r Row<'_>,
    scheme: CountryScheme,
    missing: &str,
) -> Result<&'r str, Reject> {
    let text = match cell {
        Cell::Column(idx) if scheme == CountryScheme::Iso2 => row.code(*idx),
        cell => cell.of(row),
    };
    text.ok_or_else(|| Reject::new(missing))
}

fn counted_of(column: &str, value: &str) -> Result<Counted, MappingError> {
    if let Ok(code) = value.parse() {
        return Ok(Counted::Code(code));
    }
    match value {
        "verbal_cooperation" => Ok(Counted::Quad(QuadClass::VerbalCooperation)),
        "material_cooperation" => Ok(Counted::Quad(QuadClass::MaterialCooperation)),
        "verbal_conflict" => Ok(Counted::Quad(QuadClass::VerbalConflict)),
        "material_conflict" => Ok(Counted::Quad(QuadClass::MaterialConflict)),
        _ => Err(MappingError::Code {
            column: column.to_owned(),
            value: value.to_owned(),
        }),
    }
}

fn number(text: &str, what: &str) -> Result<f64, Reject> {
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .ok_or_else(|| Reject::new(format!("`{text}` in `{what}` is not a number")))
}

/// A whole number that isn't negative; tables often write it as `6.0`.
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
fn count(text: &str, what: &str) -> Result<i64, Reject> {
    let number = number(text, what)?;
    if number < 0.0 || number.trunc() != number || number > 1e15 {
        return Err(Reject::new(format!("`{text}` in `{what}` is not a count")));
    }
    Ok(number as i64)
}

fn year_month(year: &str, month: Option<&str>) -> Result<(Date, Span), Reject> {
    let whole = |text: &str, what: &str| count(text, what);
    let year_number = i16::try_from(whole(year, "year")?)
        .map_err(|_| Reject::new(format!("`{year}` is not a year")))?;
    let (month_number, span) = match month {
        // Comtrade writes a year as its 52nd month.
        None | Some("52") => (1, Span::Year),
        Some(text) => (
            i8::try_from(whole(text, "month")?)
                .map_err(|_| Reject::new(format!("`{text}` is not a month")))?,
            Span::Month,
        ),
    };
    let date = Date::new(year_number, month_number, 1)
        .map_err(|_| Reject::new(format!("{year}-{month_number} is not a month")))?;
    Ok((in_range(date)?, span))
}
