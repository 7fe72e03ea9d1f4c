//! What can be wrong with a series file.

use std::path::PathBuf;

use super::read::SeriesFileKey;
use crate::PeriodUnit;
use crate::types::CodeError;

/// Why a series file can't be read, written, or answer a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesFileError {
    /// The file can't be opened or read.
    #[error("{} can't be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file can't be written.
    #[error("{} can't be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The first line isn't the header.
    #[error(
        "{}: line 1 must be `{}`, but it is `{found}`; write the file with `yalu export series`",
        path.display(), super::SERIES_FILE_COLUMNS.join(",")
    )]
    Header {
        /// The file.
        path: PathBuf,
        /// The first line, cut to 200 characters.
        found: String,
    },
    /// A line isn't CSV of seven columns.
    #[error("{}: line {line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line; 1 is the header.
        line: u64,
        /// What is wrong.
        problem: LineProblem,
    },
    /// One field of a line is wrong.
    #[error("{}: line {line}, column `{column}`: {problem}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The line; 1 is the header.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// What is wrong.
        problem: FieldProblem,
    },
    /// A requested cell isn't in the file.
    #[error(
        "{}: no line for {key}; make the file anew from a store that holds the events: `yalu export series DOSSIER --store DIR`",
        path.display()
    )]
    MissingCell {
        /// The file.
        path: PathBuf,
        /// The cell.
        key: Box<SeriesFileKey>,
    },
    /// The file's periods can't be made into those asked for.
    #[error(
        "{}: its periods are {}, which can't be made into {}; set `data.period` to the file's, or make the file anew with `yalu export series`",
        path.display(), plural(*held), plural(*asked)
    )]
    Periods {
        /// The file.
        path: PathBuf,
        /// The file's periods.
        held: PeriodUnit,
        /// Those asked for.
        asked: PeriodUnit,
    },
    /// Two cells would stand under one name in the file.
    #[error("two cells are both {key}, but sum other codes; give their groups names of their own")]
    SameName {
        /// The name that both have.
        key: Box<SeriesFileKey>,
    },
}

/// What is wrong with a line as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// Not seven columns.
    #[error("it has {got} columns, not {}", super::SERIES_FILE_COLUMNS.len())]
    Columns {
        /// How many it has.
        got: u64,
    },
    /// Not UTF-8.
    #[error("it isn't UTF-8; save the file as UTF-8")]
    Encoding,
    /// The cell's period stands in an earlier line.
    #[error("the same cell and period stand in line {first}; leave one of them out")]
    Repeated {
        /// The earlier line.
        first: u64,
    },
    /// A cell is said to be empty and has periods.
    #[error(
        "an empty period says that the cell has no rows, but line {other} has some; leave this line or the others out"
    )]
    EmptyAndNot {
        /// A line of the same cell.
        other: u64,
    },
    /// The period's length isn't that of the lines before.
    #[error("its period is of {}, but those before it are of {}; keep to one length", plural(*got), plural(*before))]
    MixedPeriods {
        /// This line's.
        got: PeriodUnit,
        /// The earlier lines'.
        before: PeriodUnit,
    },
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldProblem {
    /// An empty name.
    #[error("it is empty; write the name of a group")]
    Empty,
    /// Not a measure.
    #[error(
        "`{text}` is not a measure; write events, goldstein_sum, exports_reported or imports_reported"
    )]
    Measure {
        /// The field.
        text: String,
    },
    /// Not a code.
    #[error("{source}, or * for any state")]
    Code {
        /// Why not.
        #[source]
        source: CodeError,
    },
    /// Not a period.
    #[error("`{text}` is not a period; write 2013-02, 2013-Q1 or 2013-W07")]
    Period {
        /// The field.
        text: String,
    },
    /// Not a finite number.
    #[error("`{text}` is not a number; write digits with a point, for example 12 or 3.5")]
    Number {
        /// The field.
        text: String,
    },
    /// Not a count.
    #[error("`{text}` is not a count; write a whole number from 0 up")]
    Count {
        /// The field.
        text: String,
    },
    /// A figure without rows, or rows without a period.
    #[error("`{text}` doesn't go with the rest of the line: {mend}")]
    Zero {
        /// The field.
        text: String,
        /// What to do.
        mend: &'static str,
    },
}

fn plural(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Week => "weeks",
        PeriodUnit::Month => "months",
        PeriodUnit::Quarter => "quarters",
    }
}
