//! What is wrong with a date, where, and what to write instead.

use jiff::civil::Date;
use thiserror::Error;

/// Why a text is no date. Columns count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EdtfError {
    /// Nothing but blanks.
    #[error("the date is empty")]
    Empty,
    /// Another character than could stand there.
    #[error("column {column}: `{found}` where {expected} should stand")]
    Unexpected {
        /// Where.
        column: usize,
        /// What stands there.
        found: char,
        /// What could.
        expected: &'static str,
    },
    /// The text ends too soon.
    #[error("column {column}: the date ends where {expected} should stand")]
    EndsEarly {
        /// The column after the last.
        column: usize,
        /// What is missing.
        expected: &'static str,
    },
    /// A month, or season, that there isn't.
    #[error("column {column}: there is no month or season `{written}`")]
    NoSuchMonth {
        /// Where.
        column: usize,
        /// The two digits.
        written: String,
    },
    /// A day that the month doesn't have.
    #[error("column {column}: there is no day `{written}` in `{month}`")]
    NoSuchDay {
        /// Where.
        column: usize,
        /// The two digits.
        written: String,
        /// The year and month, as written.
        month: String,
    },
    /// A day after a season.
    #[error("column {column}: a season has no day")]
    SeasonWithDay {
        /// Where the day begins.
        column: usize,
    },
    /// An interval, or range of a set, that ends before it starts.
    #[error("column {column}: it ends by {end}, before it starts on {start}")]
    EndBeforeStart {
        /// Where the end stands.
        column: usize,
        /// The earliest day of the start.
        start: Date,
        /// The latest day of the end.
        end: Date,
    },
    /// No end at either side.
    #[error("column {column}: an interval without start and end says nothing")]
    OpenAtBothEnds {
        /// Where.
        column: usize,
    },
    /// A time of day.
    #[error("column {column}: a time of day; a day is the finest that is held")]
    TimeOfDay {
        /// Where.
        column: usize,
    },
    /// A set of which all are meant.
    #[error("column {column}: `{{` means all of a set, and an entry has one date")]
    AllOfASet {
        /// Where.
        column: usize,
    },
    /// A year before 0000 or beyond 9999.
    #[error("column {column}: only years from 0000 to 9999 are read")]
    YearBeyond {
        /// Where.
        column: usize,
    },
}

impl EdtfError {
    /// Where the fault stands: the character, counted from 1.
    pub fn column(&self) -> usize {
        match self {
            Self::Empty => 1,
            Self::Unexpected { column, .. }
            | Self::EndsEarly { column, .. }
            | Self::NoSuchMonth { column, .. }
            | Self::NoSuchDay { column, .. }
            | Self::SeasonWithDay { column }
            | Self::EndBeforeStart { column, .. }
            | Self::OpenAtBothEnds { column }
            | Self::TimeOfDay { column }
            | Self::AllOfASet { column }
            | Self::YearBeyond { column } => *column,
        }
    }

    /// What to do.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Empty => "write what is known: `2010`, `2010-12`, `201X`, `../2012`",
            Self::Unexpected {
                found: 'u' | 'U' | 'x',
                ..
            } => "an unspecified digit is a capital `X`: `201X`, `2011-XX`",
            Self::Unexpected { found: '.', .. } => {
                "a day is written year first, `2010-12-31`; `..` stands only for an open end"
            }
            Self::Unexpected { .. } | Self::EndsEarly { .. } => {
                "write `2010`, `2010-12` or `2010-12-31`, with four, two and two digits; `/` parts \
                 the ends of an interval, `?`, `~` and `%` mark doubt"
            }
            Self::NoSuchMonth { .. } => {
                "months are 01 to 12; 21 to 24 spring to winter, 33 to 36 quarters, 40 and 41 halves"
            }
            Self::NoSuchDay { .. } => {
                "look the day up in the source, or write `XX` where it isn't known"
            }
            Self::SeasonWithDay { .. } => "write either the season or the month and day",
            Self::EndBeforeStart { .. } => "write the earlier date first",
            Self::OpenAtBothEnds { .. } => "give at least one end: `../2012` or `2013/..`",
            Self::TimeOfDay { .. } => "leave the time out",
            Self::AllOfASet { .. } => {
                "write an entry for each date, or `[…]` where one of them is meant"
            }
            Self::YearBeyond { .. } => "write the year with four digits",
        }
    }
}
