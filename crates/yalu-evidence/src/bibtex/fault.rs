//! What is wrong with a BibTeX file, and what the way into CSL costs.

use crate::csl::{Item, Position};
use std::fmt;
use thiserror::Error;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Import {
    /// The sources.
    pub items: Vec<Item>,
    /// What CSL says differently or not at all, in the order of lines.
    pub notes: Vec<ImportNote>,
}

/// A thing that CSL says differently or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    /// The line, from 1.
    pub line: usize,
    /// The entry's citation key, none for what stands outside of entries.
    pub entry: Option<String>,
    /// What it is.
    pub loss: Loss,
}

impl fmt::Display for ImportNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(entry) = &self.entry {
            write!(f, "entry `{entry}`: ")?;
        }
        write!(f, "{}", self.loss)
    }
}

/// What was left out, or is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Loss {
    /// A field without a variable.
    #[error("`{field}` has no place in CSL; kept under `custom.bibtex`")]
    Field {
        /// The field.
        field: String,
    },
    /// An entry type that CSL has nothing near to.
    #[error("`@{kind}` isn't a known type; read as `{read_as}`")]
    Type {
        /// The type.
        kind: String,
        /// The type of CSL.
        read_as: &'static str,
    },
    /// An entry that isn't a source.
    #[error("`@{kind}` isn't a source; left out")]
    NoSource {
        /// The type.
        kind: String,
    },
    /// Braces that keep capitals from being made small.
    #[error("braces that protect capitals in `{field}` are left out")]
    Capitals {
        /// The field.
        field: String,
    },
    /// A command of LaTeX of which only the text is kept.
    #[error("the LaTeX command `\\{command}` in `{field}` is left out, its text kept")]
    Command {
        /// The field.
        field: String,
        /// The command.
        command: String,
    },
    /// A date that is uncertain, which CSL doesn't tell from approximate.
    #[error("`{field}` is uncertain; read as approximate")]
    Uncertain {
        /// The field.
        field: String,
    },
    /// Digits that are left open, which CSL has as a range.
    #[error("`{field}` leaves digits open; read as a range")]
    OpenDigits {
        /// The field.
        field: String,
    },
    /// A range without a beginning or an end, which CSL doesn't have.
    #[error("`{field}` is open at one end; kept as it is written")]
    OpenRange {
        /// The field.
        field: String,
    },
    /// A time of day.
    #[error("the time of day in `{field}` is left out")]
    TimeOfDay {
        /// The field.
        field: String,
    },
    /// A season within a range, which CSL doesn't have.
    #[error("a season within the range of `{field}` is kept as it is written")]
    SeasonInRange {
        /// The field.
        field: String,
    },
    /// A text that isn't a date.
    #[error("`{field}` isn't a date; kept as it is written")]
    NotADate {
        /// The field.
        field: String,
    },
    /// Names that aren't given.
    #[error("`and others` in `{field}` is left out")]
    Others {
        /// The field.
        field: String,
    },
    /// A field with nothing in it.
    #[error("`{field}` is empty; left out")]
    Empty {
        /// The field.
        field: String,
    },
    /// LaTeX that a file puts before its entries.
    #[error("the preamble is left out")]
    Preamble,
}

/// A fault in a BibTeX file.
#[derive(Debug, Clone, PartialEq)]
pub struct BibtexFault {
    /// Where it stands.
    pub position: Position,
    /// The entry's citation key, where it stands in one.
    pub entry: Option<String>,
    /// What is wrong.
    pub error: BibtexError,
}

impl BibtexFault {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        self.error.mend()
    }
}

impl fmt::Display for BibtexFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column, .. } = self.position;
        write!(f, "line {line}, column {column}: ")?;
        if let Some(entry) = &self.entry {
            write!(f, "entry `{entry}`: ")?;
        }
        write!(f, "{}", self.error)
    }
}

impl std::error::Error for BibtexFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BibtexError {
    /// The text can't be taken apart.
    #[error("{found}")]
    Syntax {
        /// What the reader of BibTeX met.
        found: String,
    },
    /// A word that no `@string` defines.
    #[error("no `@string` defines `{name}`")]
    UnknownString {
        /// The word.
        name: String,
    },
    /// Strings that are made of one another.
    #[error("the `@string` `{name}` is made of itself")]
    StringCycle {
        /// One of them.
        name: String,
    },
    /// Strings that are made of one another until nothing holds them.
    #[error("the `@string` `{name}` is longer than {most} bytes when its parts are put together")]
    LongString {
        /// Its name.
        name: String,
        /// The longest that is read.
        most: usize,
    },
    /// Braces within braces without an end.
    #[error("braces are nested more than {most} deep")]
    Nested {
        /// The deepest that is read.
        most: usize,
    },
    /// An entry without a citation key.
    #[error("the entry has no citation key")]
    NoKey,
    /// Two entries have one citation key.
    #[error("the citation key stands on line {first} already")]
    DuplicateKey {
        /// The line of the first.
        first: usize,
    },
    /// A field that stands twice, so that one would be lost.
    #[error("`{field}` stands twice")]
    DuplicateField {
        /// The field.
        field: String,
    },
    /// A parent that isn't in the file.
    #[error("`{field}` names `{parent}`, which isn't in the file")]
    NoParent {
        /// `crossref` or `xdata`.
        field: &'static str,
        /// The parent's citation key.
        parent: String,
    },
    /// An entry that inherits from itself.
    #[error("it inherits from itself, by way of `{parent}`")]
    ParentCycle {
        /// The parent that leads back.
        parent: String,
    },
    /// A date that isn't in the calendar.
    #[error("`{field}` is `{found}`, which isn't in the calendar")]
    Calendar {
        /// The field.
        field: String,
        /// The date as written.
        found: String,
    },
    /// A range that ends before it begins.
    #[error("`{field}` is `{found}`, which ends before it begins")]
    DateOrder {
        /// The field.
        field: String,
        /// The range as written.
        found: String,
    },
    /// A name that names nobody.
    #[error("a name in `{field}` names nobody")]
    EmptyName {
        /// The field.
        field: String,
    },
}

impl BibtexError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => {
                "look for a brace, quotation mark, comma or equals sign that is missing just before"
            }
            Self::UnknownString { .. } => "put it in braces, or define it with `@string`",
            Self::StringCycle { .. } | Self::LongString { .. } => "define it by text in braces",
            Self::Nested { .. } => "take the surplus braces away",
            Self::NoKey => "write a citation key after the brace, such as `@book{cathcart2013,`",
            Self::DuplicateKey { .. } => "give each entry a key of its own, or leave one out",
            Self::DuplicateField { .. } => "keep one of them",
            Self::NoParent { .. } => "export the parent too, or take the field away",
            Self::ParentCycle { .. } => "take one `crossref` or `xdata` away",
            Self::Calendar { .. } => {
                "write `2013-07-31`: a month from 1 to 12 and a day that it has"
            }
            Self::DateOrder { .. } => "write the earlier date first",
            Self::EmptyName { .. } => "take the surplus `and` away",
        }
    }
}
