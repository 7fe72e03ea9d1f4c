//! ICEWS events as published on Dataverse, and as the tuples that research subsets make of them.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use super::error::FileError;
use super::input::{Layout, Row, for_each_row};
use super::record::{EventRow, Parser, Record, Reject, Span, parse_day};
use super::sides::Sides;
use crate::cameo;
use crate::types::CameoCode;

/// ICEWS's published tab file, columns found by their names.
///
/// # Source
/// Boschee et al. (2015), ICEWS Coded Event Data, Harvard Dataverse, doi:10.7910/DVN/28075. The
/// re-issue of 2017 has days as month/day/year and no code; its codes are those of its texts.
pub(crate) struct Icews {
    columns: BTreeMap<&'static str, usize>,
    sides: Sides,
    n_codes_from_text: u64,
    n_us_days: u64,
}

const COLUMNS: [&str; 10] = [
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
    "Target Name",
    "Target Sectors",
];
const TARGET_COUNTRY: &str = "Target Country";

impl Icews {
    pub(crate) fn new(header: &[String]) -> Result<Self, FileError> {
        let mut columns = BTreeMap::new();
        for name in COLUMNS.into_iter().chain([TARGET_COUNTRY]) {
            if let Some(idx) = header.iter().position(|one| one.eq_ignore_ascii_case(name)) {
                columns.insert(name, idx);
            }
        }
        for needed in ["Event ID", "Event Date", "Source Name", "Target Name"] {
            if !columns.contains_key(needed) {
                return Err(missing(needed, header));
            }
        }
        if !columns.contains_key("CAMEO Code") && !columns.contains_key("Event Text") {
            return Err(missing("CAMEO Code", header));
        }
        Ok(Self {
            columns,
            sides: Sides::default(),
            n_codes_from_text: 0,
            n_us_days: 0,
        })
    }

    fn column<'r>(&self, row: &'r Row<'_>, name: &str) -> Option<&'r str> {
        self.columns.get(name).and_then(|&idx| row.text(idx))
    }

    fn code(&mut self, row: &Row<'_>) -> Result<CameoCode, Reject> {
        let written = self.column(row, "CAMEO Code");
        if let Some(Ok((code, _))) = written.map(cameo::parse_lenient)
            && written.is_some_and(|text| text.len() > 1)
        {
            return Ok(code);
        }
        let text = self.column(row, "Event Text");
        if let Some(code) = text.and_then(cameo::code_of_text) {
            self.n_codes_from_text += 1;
            return Ok(code);
        }
        Err(Reject::new(match (written, text) {
            (Some(code), _) => format!("`{code}` is not a CAMEO code"),
            (None, Some(text)) => format!("no code, and `{text}` is the text of none"),
            (None, None) => "neither a code nor an event text".to_owned(),
        }))
    }
}

fn missing(what: &str, header: &[String]) -> FileError {
    FileError::MissingColumn {
        what: format!("`{what}`"),
        columns: header.to_vec(),
    }
}

impl Parser for Icews {
    fn parse(&mut self, row: &Row<'_>) -> Result<Record, Reject> {
        let needed = self.columns.values().max().map_or(0, |last| last + 1);
        if row.fields.len() < needed {
            return Err(Reject::new(format!(
                "{} columns where {needed} are needed",
                row.fields.len()
            )));
        }
        let id = self
            .column(row, "Event ID")
            .ok_or_else(|| Reject::new("no event ID"))?
            .to_owned();
        if id.eq_ignore_ascii_case("Event ID") {
            return Err(Reject::expected("the header once more"));
        }
        let day = self
            .column(row, "Event Date")
            .ok_or_else(|| Reject::new("no event date"))?;
        let us = day.contains('/');
        let date = parse_day(day, us)?;
        let code = self.code(row)?;
        let mut side = |name: &str, sectors: &str, country: &str| {
            let named = self.columns.get(name).and_then(|&idx| row.text(idx));
            let sectors = self.columns.get(sectors).and_then(|&idx| row.text(idx));
            let country = self.columns.get(country).and_then(|&idx| row.text(idx));
            self.sides
                .by_columns(named.unwrap_or_default(), sectors, country, date)
        };
        let source = side("Source Name", "Source Sectors", "Source Country");
        let target = side("Target Name", "Target Sectors", TARGET_COUNTRY);
        let goldstein = match self.column(row, "Intensity") {
            Some(text) => Some(
                text.parse::<f64>()
                    .ok()
                    .filter(|score| (-10.0..=10.0).contains(score))
                    .ok_or_else(|| {
                        Reject::new(format!("intensity `{text}` is not within −10 to 10"))
                    })?,
            ),
            None => cameo::goldstein_of(&code),
        };
        self.n_us_days += u64::from(us);
        Ok(Record::Events(vec![EventRow {
            id,
            date,
            span: Span::Day,
            source,
            target,
            quad: Some(code.quad_class().number()),
            code: Some(code),
            goldstein,
            n: 1,
            mentions: None,
            line: row.line,
        }]))
    }

    fn repairs(&self) -> Vec<(String, u64)> {
        vec![
            (
                "codes taken from the event text".to_owned(),
                self.n_codes_from_text,
            ),
            ("days written month/day/year".to_owned(), self.n_us_days),
        ]
    }
}

/// How tuples name their parts.
pub(crate) enum TupleNames {
    /// Names and days as text.
    Text,
    /// Ids of two lists, and times since a day.
    Ids {
        entities: BTreeMap<u64, String>,
        relations: BTreeMap<u64, String>,
        epoch: Date,
        hours: bool,
    },
}

/// Tuples of source, event text, target and day.
///
/// The code is that of the event text, the score that of the code. Tuples have no identifier: a
/// tuple that stands twice is the same event.
pub(crate) struct Tuples {
    names: TupleNames,
    sides: Sides,
}

impl Tuples {
    pub(crate) fn new(names: TupleNames) -> Self {
        Self {
            names,
            sides: Sides::default(),
        }
    }
}

/// Reads a list of names and ids (`Xi Jinping<TAB>12`).
pub(crate) fn read_lookup(path: &Path) -> Result<BTreeMap<u64, String>, FileError> {
    let bytes = std::fs::read(path).map_err(|source| {
        if source.kind() == std::io::ErrorKind::NotFound {
            FileError::Lookup {
                path: path.to_owned(),
            }
        } else {
            FileError::read(source)
        }
    })?;
    let mut names = BTreeMap::new();
    let mut is_first = true;
    for_each_row::<FileError>(&mut bytes.as_slice(), Layout::TAB, |row| {
        let id = row.text(1).and_then(|text| text.parse().ok());
        let was_first = std::mem::take(&mut is_first);
        match (row.text(0), id) {
            (Some(name), Some(id)) => {
                names.insert(id, name.to_owned());
                Ok(())
            }
            // Some lists begin with their length.
            (Some(length), None) if was_first && length.parse::<u64>().is_ok() => Ok(()),
            _ => Err(FileError::LookupLine {
                path: path.to_owned(),
                line: row.line,
            }),
        }
    })?;
    Ok(names)
}

impl Parser for Tuples {
    fn parse(&mut self, row: &Row<'_>) -> Result<Record, Reject> {
        let fields = [row.text(0), row.text(1), row.text(2), row.text(3)];
        let [Some(source), Some(relation), Some(target), Some(time)] = fields else {
            return Err(Reject::new(format!(
                "{} fields where source, event, target and time are needed",
                row.fields.len()
            )));
        };
        let (source, relation, target, date) = match &self.names {
            TupleNames::Text => (source, relation, target, parse_day(time, false)?),
            TupleNames::Ids {
                entities,
                relations,
                epoch,
                hours,
            } => {
                let named = |names: &'_ BTreeMap<u64, String>, text: &str, what: &str| {
                    text.parse()
                        .ok()
                        .and_then(|id: u64| names.get(&id).cloned())
                        .ok_or_else(|| Reject::new(format!("`{text}` is no {what} of the list")))
                };
                let time: i64 = time
                    .parse()
                    .map_err(|_| Reject::new(format!("`{time}` is not a time")))?;
                let days = if *hours { time / 24 } else { time };
                let date = epoch
                    .checked_add(jiff::Span::new().try_days(days).unwrap_or_default())
                    .map_err(|_| Reject::new(format!("time {time} is out of range")))?;
                let source = named(entities, source, "actor")?;
                let relation = named(relations, relation, "event")?;
                let target = named(entities, target, "actor")?;
                return tuple(&mut self.sides, row, [&source, &relation, &target], date);
            }
        };
        tuple(&mut self.sides, row, [source, relation, target], date)
    }
}

fn tuple(
    sides: &mut Sides,
    row: &Row<'_>,
    [source, relation, target]: [&str; 3],
    date: Date,
) -> Result<Record, Reject> {
    let code = cameo::code_of_text(relation)
        .ok_or_else(|| Reject::new(format!("`{relation}` is the text of no CAMEO code")))?;
    Ok(Record::Events(vec![EventRow {
        id: String::new(),
        date: super::record::in_range(date)?,
        span: Span::Day,
        source: sides.by_name(source, date),
        target: sides.by_name(target, date),
        goldstein: cameo::goldstein_of(&code),
        quad: Some(code.quad_class().number()),
        code: Some(code),
        n: 1,
        mentions: None,
        line: row.line,
    }]))
}
