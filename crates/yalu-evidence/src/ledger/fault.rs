//! What is wrong with a ledger, where, and what to do.

use std::fmt;

use jiff::civil::Date;
use thiserror::Error;

use crate::edtf::EdtfError;

/// The columns, in order: the first line of a ledger.
pub const COLUMNS: [&str; 14] = [
    "project", "kind", "id", "of", "stage", "date", "by", "amount", "unit", "obstacle", "source",
    "at", "known", "note",
];

/// A column of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Column(u8);

impl Column {
    pub(super) const PROJECT: Self = Self(0);
    pub(super) const KIND: Self = Self(1);
    pub(super) const ID: Self = Self(2);
    pub(super) const OF: Self = Self(3);
    pub(super) const STAGE: Self = Self(4);
    pub(super) const DATE: Self = Self(5);
    pub(super) const BY: Self = Self(6);
    pub(super) const AMOUNT: Self = Self(7);
    pub(super) const UNIT: Self = Self(8);
    pub(super) const OBSTACLE: Self = Self(9);
    pub(super) const SOURCE: Self = Self(10);
    pub(super) const AT: Self = Self(11);
    pub(super) const KNOWN: Self = Self(12);
    pub(super) const NOTE: Self = Self(13);

    /// Its number, from 1.
    pub fn number(self) -> usize {
        usize::from(self.0) + 1
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        COLUMNS[usize::from(self.0)]
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// One fault, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerFault {
    /// The line on which the row begins, from 1.
    pub line: usize,
    /// The column; none where the whole row is meant.
    pub column: Option<Column>,
    /// What is wrong.
    pub kind: LedgerFaultKind,
}

impl fmt::Display for LedgerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {} ({})", column.number(), column.name())?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for LedgerFault {}

impl LedgerFault {
    /// What to do.
    pub fn mend(&self) -> String {
        self.kind.mend()
    }
}

/// What can be wrong with a ledger.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LedgerFaultKind {
    /// Nothing in the file.
    #[error("the ledger is empty")]
    Empty,
    /// Another first line.
    #[error("the first line isn't the header of a ledger: `{got}`")]
    Header {
        /// What stands there.
        got: String,
    },
    /// A quote that isn't closed: everything after it is one cell.
    #[error("a quote opens here and isn't closed")]
    UnclosedQuote,
    /// A row of another width.
    #[error("{got} columns where there are {}", COLUMNS.len())]
    ColumnCount {
        /// How many it has.
        got: usize,
    },
    /// An empty cell that must be filled.
    #[error("`{}` is empty, and {needed_by} needs it", .column.name())]
    Missing {
        /// Which.
        column: Column,
        /// What needs it.
        needed_by: &'static str,
    },
    /// A filled cell that must be empty.
    #[error("`{value}` in `{}`, which {kind} leaves empty", .column.name())]
    MustBeEmpty {
        /// Which.
        column: Column,
        /// What stands there.
        value: String,
        /// What leaves it empty.
        kind: &'static str,
    },
    /// A name that isn't declared, or isn't one of the words.
    #[error("there is no {what} `{value}`")]
    Unknown {
        /// Of what it should be one.
        what: &'static str,
        /// What stands there.
        value: String,
        /// What may have been meant.
        nearest: Option<String>,
        /// All that there are, in order.
        known: Vec<String>,
    },
    /// An id that an earlier promise has.
    #[error("promise `{id}` is on line {first_line} already")]
    DuplicateId {
        /// The id.
        id: String,
        /// Where it is first.
        first_line: usize,
    },
    /// A row that stands twice.
    #[error("the row of line {first_line} stands here again")]
    DuplicateRow {
        /// Where it is first.
        first_line: usize,
    },
    /// A promise of another project.
    #[error("promise `{of}` belongs to project `{project}` (line {promise_line})")]
    OtherProject {
        /// The promise.
        of: String,
        /// Its project.
        project: String,
        /// Its line.
        promise_line: usize,
    },
    /// A date that is none.
    #[error("{0}")]
    Date(#[source] EdtfError),
    /// Known before it happened.
    #[error("known by {known}, before it happened on {happened} at the earliest")]
    KnownTooEarly {
        /// The latest day of `known`.
        known: Date,
        /// The earliest day of `date`.
        happened: Date,
    },
    /// An amount that is none.
    #[error("`{value}` is no amount from 0 on")]
    Amount {
        /// What stands there.
        value: String,
    },
    /// A code that is none.
    #[error("`{value}` is no list of codes: `{code}`")]
    Code {
        /// What stands there.
        value: String,
        /// The part that isn't one.
        code: String,
    },
    /// A step that happened before its promise for sure.
    #[error(
        "the step was on {step} at the latest, before its promise on {promise} at the earliest (line {promise_line})"
    )]
    StepBeforePromise {
        /// The latest day of the step.
        step: Date,
        /// The earliest day of the promise.
        promise: Date,
        /// The promise's line.
        promise_line: usize,
    },
    /// A step after the promise was given up.
    #[error(
        "`{stage}` on {step} at the earliest, though the promise was abandoned by {abandoned} (line {abandoned_line})"
    )]
    StepAfterAbandonment {
        /// The step.
        stage: &'static str,
        /// Its earliest day.
        step: Date,
        /// The latest day on which the promise was given up.
        abandoned: Date,
        /// That entry's line.
        abandoned_line: usize,
    },
}

impl LedgerFaultKind {
    /// What to do.
    pub fn mend(&self) -> String {
        match self {
            Self::Empty => format!("begin with the header: {}", COLUMNS.join(",")),
            Self::Header { got } if got.contains(';') || got.contains('\t') => {
                "save it with commas between the columns; codes in `by` are parted by `;`".into()
            }
            Self::Header { .. } => format!("the first line must be: {}", COLUMNS.join(",")),
            Self::UnclosedQuote => {
                "close it, and double a quote that belongs to the text: \"\"".into()
            }
            Self::ColumnCount { got } if *got > COLUMNS.len() => {
                "put a text with a comma into double quotes".into()
            }
            Self::ColumnCount { .. } => "keep the commas of empty columns".into(),
            Self::Missing { column, .. } => missing_mend(*column).into(),
            Self::MustBeEmpty { column, .. } => must_be_empty_mend(*column).into(),
            Self::Unknown {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            Self::Unknown { known, .. } if known.is_empty() => "declare it first".into(),
            Self::Unknown { known, .. } => format!("there are: {}", known.join(", ")),
            Self::DuplicateId { .. } => {
                "give each promise an id of its own; a re-announcement is a step with stage `announced`".into()
            }
            Self::DuplicateRow { .. } => "delete one".into(),
            Self::OtherProject { .. } => "write that project, or the promise that is meant".into(),
            Self::Date(fault) => fault.mend().into(),
            Self::KnownTooEarly { .. } => {
                "`known` is when the source told of it; leave it empty where that is when it happened".into()
            }
            Self::Amount { .. } => {
                "write a plain number, `80` or `1.5`, without separators; the rest belongs to `unit`".into()
            }
            Self::Code { .. } => "write codes without blanks, parted by `;`: `CHN;PRK`".into(),
            Self::StepBeforePromise { .. } => {
                "check both dates; a step before the promise belongs to an earlier promise".into()
            }
            Self::StepAfterAbandonment { .. } => {
                "add a step `resumed`, or a new promise that this step belongs to".into()
            }
        }
    }
}

fn missing_mend(column: Column) -> &'static str {
    match column {
        Column::ID => "give the promise a short id that steps can name",
        Column::OF => "name the promise that the step belongs to",
        Column::DATE => "write what is known: `2010`, `201X`, `../2012`",
        Column::UNIT => "say of what: `million CNY`",
        Column::AMOUNT => "write the amount, or leave the unit empty as well",
        Column::SOURCE => "name a source of the library: an entry without one can't be defended",
        _ => "fill it in",
    }
}

fn must_be_empty_mend(column: Column) -> &'static str {
    match column {
        Column::ID => "only promises have an id; a step names its promise in `of`",
        Column::OF => {
            "a promise belongs to none; a re-announcement is a step with stage `announced`"
        }
        Column::OBSTACLE => "write the obstacle as a row of its own",
        _ => "leave it empty",
    }
}
