//! Reading an acts file, line by line.

use std::collections::BTreeMap;
use std::path::Path;

use super::ACTS_FILE_COLUMNS;
use super::error::{ActsFieldProblem, ActsFileError, ActsLineProblem};
use crate::PeriodUnit;
use crate::period::Period;
use crate::query::acts::InnerActor;
use crate::series_file::{line_of, parse_period};
use crate::types::Dyad;

/// Toward whom a line's acts are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Toward {
    Target,
    Inner(InnerActor),
}

/// A line that was found right.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its number; 1 is the header.
    pub(super) number: u64,
    pub(super) period: Period,
    pub(super) actor: InnerActor,
    pub(super) toward: Toward,
    pub(super) n: u64,
}

/// The lines of a file.
pub(super) struct Lines {
    /// The file's name, without its folder.
    pub(super) name: String,
    /// The length of its periods; nothing where it has no line.
    pub(super) unit: Option<PeriodUnit>,
    pub(super) all: Vec<Line>,
}

/// Reads the whole of a file and checks each line.
pub(super) fn read_lines(path: &Path, dyad: &Dyad) -> Result<Lines, ActsFileError> {
    let fail = |source: std::io::Error| ActsFileError::Read {
        path: path.to_owned(),
        source,
    };
    let bytes = std::fs::read(path).map_err(fail)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut file = Lines {
        name: path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned(),
        unit: None,
        all: Vec::new(),
    };
    let mut seen = BTreeMap::new();
    let mut record = csv::ByteRecord::new();
    let mut has_header = false;
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| fail(error.into()))?
    {
        if !has_header {
            check_header(path, &record)?;
            has_header = true;
            continue;
        }
        let place = Place {
            path,
            line: line_of(text, &record),
        };
        let line = place.read(&record, dyad, &mut file.unit)?;
        let key = (line.period, line.actor.clone(), line.toward.clone());
        if let Some(first) = seen.insert(key, line.number) {
            return Err(place.line(ActsLineProblem::Repeated { first }));
        }
        file.all.push(line);
    }
    if !has_header {
        return Err(ActsFileError::Header {
            path: path.to_owned(),
            found: String::new(),
        });
    }
    Ok(file)
}

fn check_header(path: &Path, record: &csv::ByteRecord) -> Result<(), ActsFileError> {
    let columns = ACTS_FILE_COLUMNS.iter().map(|column| column.as_bytes());
    if record.iter().eq(columns) {
        return Ok(());
    }
    let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    Err(ActsFileError::Header {
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
    fn line(&self, problem: ActsLineProblem) -> ActsFileError {
        ActsFileError::Line {
            path: self.path.to_owned(),
            line: self.line,
            problem,
        }
    }

    fn field(&self, column_idx: usize, problem: ActsFieldProblem) -> ActsFileError {
        ActsFileError::Field {
            path: self.path.to_owned(),
            line: self.line,
            column: ACTS_FILE_COLUMNS[column_idx],
            problem,
        }
    }

    fn read(
        &self,
        record: &csv::ByteRecord,
        dyad: &Dyad,
        unit: &mut Option<PeriodUnit>,
    ) -> Result<Line, ActsFileError> {
        let fields: Vec<&str> = record
            .iter()
            .map(std::str::from_utf8)
            .collect::<Result<_, _>>()
            .map_err(|_| self.line(ActsLineProblem::Encoding))?;
        let &[
            period,
            kind,
            actor,
            sectors,
            person,
            toward,
            toward_sectors,
            toward_person,
            n,
        ] = fields.as_slice()
        else {
            return Err(self.line(ActsLineProblem::Columns {
                got: fields.len() as u64,
            }));
        };
        let period = self.period(period, unit)?;
        let actor = self.actor(2, [actor, sectors, person])?;
        let toward = match kind {
            "outward" => self.target([toward, toward_sectors, toward_person], dyad)?,
            "domestic" => self.inner(&actor, [toward, toward_sectors, toward_person])?,
            _ => {
                let text = kind.to_owned();
                return Err(self.field(1, ActsFieldProblem::Kind { text }));
            }
        };
        let count = n.parse().ok().filter(|n| *n > 0);
        let n =
            count.ok_or_else(|| self.field(8, ActsFieldProblem::Count { text: n.to_owned() }))?;
        Ok(Line {
            number: self.line,
            period,
            actor,
            toward,
            n,
        })
    }

    fn period(&self, text: &str, unit: &mut Option<PeriodUnit>) -> Result<Period, ActsFileError> {
        let text_of = || text.to_owned();
        let (got, period) = parse_period(text)
            .ok_or_else(|| self.field(0, ActsFieldProblem::Period { text: text_of() }))?;
        match *unit {
            Some(before) if before != got => Err(self.field(
                0,
                ActsFieldProblem::MixedPeriods {
                    text: text_of(),
                    got,
                    before,
                },
            )),
            _ => {
                *unit = Some(got);
                Ok(period)
            }
        }
    }

    /// An actor whose name, sectors and person stand in the columns from `first` on.
    fn actor(&self, first: usize, fields: [&str; 3]) -> Result<InnerActor, ActsFileError> {
        let [name, sectors, person] = fields;
        if name.trim().is_empty() {
            return Err(self.field(first, ActsFieldProblem::NoName));
        }
        let listed: Vec<String> = if sectors.is_empty() {
            Vec::new()
        } else {
            sectors.split(';').map(str::to_owned).collect()
        };
        if !listed.iter().all(|sector| is_sector(sector)) {
            let text = sectors.to_owned();
            return Err(self.field(first + 1, ActsFieldProblem::Sectors { text }));
        }
        Ok(InnerActor {
            name: name.to_owned(),
            sectors: listed,
            person: Some(person.to_owned()).filter(|person| !person.is_empty()),
        })
    }

    fn target(&self, fields: [&str; 3], dyad: &Dyad) -> Result<Toward, ActsFileError> {
        if fields[0] != dyad.target.as_str() {
            let problem = ActsFieldProblem::Target {
                text: fields[0].to_owned(),
                target: dyad.target.clone(),
            };
            return Err(self.field(5, problem));
        }
        for (idx, text) in [(6, fields[1]), (7, fields[2])] {
            if !text.is_empty() {
                let text = text.to_owned();
                return Err(self.field(idx, ActsFieldProblem::NotOutward { text }));
            }
        }
        Ok(Toward::Target)
    }

    fn inner(&self, actor: &InnerActor, fields: [&str; 3]) -> Result<Toward, ActsFileError> {
        let other = self.actor(5, fields)?;
        if other.name == actor.name {
            let text = other.name;
            return Err(self.field(5, ActsFieldProblem::Itself { text }));
        }
        Ok(Toward::Inner(other))
    }
}

fn is_sector(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
