//! What is wrong with a library, and what to do about it.

use super::tree::Position;
use std::fmt;
use thiserror::Error;

/// A fault in CSL-JSON: where, in which item, what.
#[derive(Debug, Clone, PartialEq)]
pub struct CslFault {
    /// Where it stands.
    pub position: Position,
    /// The item: its identifier where it has one, else its number from 1.
    pub item: Option<String>,
    /// What is wrong.
    pub error: CslError,
}

impl CslFault {
    /// What to do about it.
    pub fn mend(&self) -> String {
        self.error.mend()
    }
}

impl fmt::Display for CslFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column, .. } = self.position;
        write!(f, "line {line}, column {column}: ")?;
        if let Some(item) = &self.item {
            write!(f, "item {item}: ")?;
        }
        write!(f, "{}", self.error)
    }
}

impl std::error::Error for CslFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CslError {
    /// The text isn't JSON.
    #[error("this isn't JSON: {found}")]
    Syntax {
        /// What the reader of JSON met.
        found: String,
    },
    /// The file isn't a list of items.
    #[error("the library is {found}, not a list of items")]
    NotAList {
        /// What it is.
        found: &'static str,
    },
    /// An entry of the list isn't an item.
    #[error("it is {found}, not an object")]
    NotAnItem {
        /// What it is.
        found: &'static str,
    },
    /// An item has no identifier.
    #[error("it has no `id`")]
    NoId,
    /// An item's identifier is empty.
    #[error("its `id` is empty")]
    EmptyId,
    /// Two items have one identifier.
    #[error("its `id` stands on line {first} already")]
    DuplicateId {
        /// The line of the first.
        first: usize,
    },
    /// An item has no type.
    #[error("it has no `type`")]
    NoType,
    /// The schema doesn't know the type.
    #[error("`{found}` isn't a type of item")]
    UnknownType {
        /// The type.
        found: String,
        /// The type that is nearest, where one is near.
        nearest: Option<&'static str>,
    },
    /// A key stands twice in one object, so that one of its values would be lost.
    #[error("`{key}` stands twice")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A value isn't of its variable's kind.
    #[error("`{key}` is {found}, not {expected}")]
    Kind {
        /// The variable.
        key: String,
        /// What was found.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A name has neither a family nor a given name nor a literal one.
    #[error("a name in `{key}` names nobody")]
    EmptyName {
        /// The variable.
        key: String,
    },
    /// A date says nothing.
    #[error("the date `{key}` says nothing")]
    EmptyDate {
        /// The variable.
        key: String,
    },
    /// `date-parts` isn't one date or two of one to three parts each.
    #[error("the `date-parts` of `{key}` are {found}")]
    DateShape {
        /// The variable.
        key: String,
        /// What they are.
        found: String,
    },
    /// A part of a date isn't a whole number.
    #[error("`{found}` in the date `{key}` isn't a whole number")]
    DatePart {
        /// The variable.
        key: String,
        /// The part as it stands.
        found: String,
    },
    /// A date isn't in the calendar.
    #[error("the date `{key}` is {year}-{month}{}, which isn't in the calendar", day_text(*.day))]
    Calendar {
        /// The variable.
        key: String,
        /// The year.
        year: i64,
        /// The month.
        month: i64,
        /// The day, where there is one.
        day: Option<i64>,
    },
    /// A year is beyond four digits.
    #[error("the year {year} in the date `{key}` is beyond four digits")]
    Year {
        /// The variable.
        key: String,
        /// The year.
        year: i64,
    },
    /// A range of dates ends before it begins.
    #[error("the date `{key}` ends before it begins")]
    DateOrder {
        /// The variable.
        key: String,
    },
    /// A season isn't one of four.
    #[error("the season of `{key}` is {found}")]
    Season {
        /// The variable.
        key: String,
        /// What stands there.
        found: String,
    },
}

fn day_text(day: Option<i64>) -> String {
    day.map(|day| format!("-{day}")).unwrap_or_default()
}

impl CslError {
    /// What to do about it.
    pub fn mend(&self) -> String {
        let mend = match self {
            Self::Syntax { .. } => "export the library again as CSL JSON, or mend it here",
            Self::NotAList { .. } => "put the items between `[` and `]`, as an export has them",
            Self::NotAnItem { .. } => "write an item as `{\"id\": ..., \"type\": ...}`",
            Self::NoId => "give the item an `id` by which claims can cite it",
            Self::EmptyId => "write a short name, such as `cathcart2013`",
            Self::DuplicateId { .. } => "give each item an `id` of its own, or leave one out",
            Self::NoType => "say what it is, such as `\"type\": \"webpage\"`",
            Self::UnknownType { nearest, .. } => {
                return nearest.map_or_else(
                    || "use a type of the CSL schema; `document` fits anything".to_owned(),
                    |nearest| format!("did you mean `{nearest}`?"),
                );
            }
            Self::DuplicateKey { .. } => "keep one of them",
            Self::Kind { expected, .. } => return format!("write {expected}"),
            Self::EmptyName { .. } => "write `family`, `given` or `literal`, or leave it out",
            Self::EmptyDate { .. } => "write `date-parts`, `literal` or `raw`, or leave it out",
            Self::DateShape { .. } => {
                "write `[[2013, 7, 31]]`, for a range `[[2013, 7], [2013, 9]]`"
            }
            Self::DatePart { .. } => {
                "write year, month and day as numbers; leave out what isn't known"
            }
            Self::Calendar { month, .. } if (21..=24).contains(month) => {
                "write the year alone and a `season` from 1 (spring) to 4 (winter)"
            }
            Self::Calendar { .. } => "write a month from 1 to 12 and a day that it has",
            Self::Year { .. } => "write the year in four digits, years before our era below zero",
            Self::DateOrder { .. } => "write the earlier date first",
            Self::Season { .. } => "write 1 (spring), 2 (summer), 3 (autumn), 4 (winter) or a word",
        };
        mend.to_owned()
    }
}

/// What was kept as it stands though the schema has no place for it, or a better one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CslNotice {
    /// Where it stands.
    pub position: Position,
    /// The item.
    pub item: String,
    /// What it is.
    pub notice: Notice,
}

/// What was kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Notice {
    /// The schema doesn't know a key.
    #[error("`{key}` isn't in the CSL schema; kept as it stands")]
    UnknownKey {
        /// The key, with the variable it stands in, such as `issued.edtf`.
        key: String,
    },
    /// A key has been replaced by another.
    #[error("`{key}` is an old name; kept as it stands, and read as `{instead}`")]
    OldKey {
        /// The key.
        key: &'static str,
        /// What it is called now.
        instead: &'static str,
    },
}

impl fmt::Display for CslNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column, .. } = self.position;
        let Self { item, notice, .. } = self;
        write!(f, "line {line}, column {column}: item {item}: {notice}")
    }
}
