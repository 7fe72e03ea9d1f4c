//! What can be wrong with an acts file.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::PeriodUnit;
use crate::types::ActorCode;

/// Why an acts file can't be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActsFileError {
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
        "{}: line 1 must be `{}`, but it is `{found}`; write the file with `yalu export acts`",
        path.display(), super::ACTS_FILE_COLUMNS.join(",")
    )]
    Header {
        /// The file.
        path: PathBuf,
        /// The first line, cut to 200 characters.
        found: String,
    },
    /// A line as a whole is wrong.
    #[error("{}: line {line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line; 1 is the header.
        line: u64,
        /// What is wrong.
        problem: ActsLineProblem,
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
        problem: ActsFieldProblem,
    },
    /// The file's periods can't be made into those asked for.
    #[error(
        "{}: its periods are {}, which can't be made into {}; set `structure.influence.period` to the file's, or make the file anew with `yalu export acts`",
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
}

/// What is wrong with a line as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActsLineProblem {
    /// Not nine columns.
    #[error("it has {got} columns, not {}; a name with a comma needs quotes", super::ACTS_FILE_COLUMNS.len())]
    Columns {
        /// How many it has.
        got: u64,
    },
    /// Not UTF-8.
    #[error("it isn't UTF-8; save the file as UTF-8")]
    Encoding,
    /// The same actors and period stand in an earlier line.
    #[error("the same actors and period stand in line {first}; leave one of them out")]
    Repeated {
        /// The earlier line.
        first: u64,
    },
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActsFieldProblem {
    /// Not a period.
    #[error("`{text}` is not a period; write 2013-02, 2013-Q1 or 2013-W07")]
    Period {
        /// The field.
        text: String,
    },
    /// A period of another length than those before.
    #[error(
        "`{text}` is one of {}, but the periods before it are {}; keep to one length", plural(*got), plural(*before)
    )]
    MixedPeriods {
        /// The field.
        text: String,
        /// This line's length.
        got: PeriodUnit,
        /// The earlier lines'.
        before: PeriodUnit,
    },
    /// A period that the data don't cover whole.
    #[error(
        "{label} lies outside what the dossier says is covered ({}); mend `structure.influence.coverage`, or leave the line out", days(*from, *to)
    )]
    Uncovered {
        /// The period.
        label: String,
        /// The first day covered.
        from: Option<Date>,
        /// The last day covered.
        to: Option<Date>,
    },
    /// Neither kind of act.
    #[error(
        "`{text}` is not a kind of act; write outward for an act toward the other state, domestic for one within the state"
    )]
    Kind {
        /// The field.
        text: String,
    },
    /// No name.
    #[error("it is empty; write a name, or the state's code where nobody is named")]
    NoName,
    /// Not a list of sectors.
    #[error(
        "`{text}` is not a list of sectors; write small letters, digits and underscores with ; between the names, for example foreign_ministry;executive"
    )]
    Sectors {
        /// The field.
        text: String,
    },
    /// An act toward a state that isn't asked about.
    #[error("`{text}` is not {target}, the state that the dossier asks about")]
    Target {
        /// The field.
        text: String,
        /// The state asked about.
        target: ActorCode,
    },
    /// Something that an act toward another state doesn't have.
    #[error("`{text}` can't stand here: an outward act is toward the state, not an actor of it")]
    NotOutward {
        /// The field.
        text: String,
    },
    /// An act of an actor toward itself.
    #[error("`{text}` is also who acts; acts of an actor toward itself don't count")]
    Itself {
        /// The field.
        text: String,
    },
    /// Not a number of acts.
    #[error("`{text}` is not a number of acts; write a whole number from 1 up")]
    Count {
        /// The field.
        text: String,
    },
}

fn days(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "nothing".to_owned(),
    }
}

fn plural(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Week => "weeks",
        PeriodUnit::Month => "months",
        PeriodUnit::Quarter => "quarters",
    }
}
