//! The states of a comment and of its spam check.

use jiff::Timestamp;
use rusqlite::Row;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::from_ms;
use crate::service::Verdict;

/// What has been decided of a comment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// It awaits review, and nobody but moderators and its author sees it.
    Held,
    /// Everybody sees it.
    Shown,
    /// A moderator won't have it shown, though it is no spam.
    Refused,
    /// Spam, by the local score, the service or a moderator.
    Spam,
}

impl CommentState {
    pub(crate) const fn code(self) -> i64 {
        self as i64
    }

    pub(crate) fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Shown,
            2 => Self::Refused,
            3 => Self::Spam,
            _ => Self::Held,
        }
    }
}

/// Who says that a comment is spam, or isn't.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SaidBy {
    /// A spam service, by its name.
    Service(String),
    /// A moderator, and the service has been told.
    Moderator,
}

/// How far the question to the spam service has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SpamCheck")]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It wasn't asked: there is no service, the local score was enough, or a moderator was faster.
    NotAsked,
    /// It will be asked. The comment isn't shown before the answer, unless a moderator shows it.
    Waiting {
        /// How many times it was asked in vain.
        attempts: u32,
        /// When it is asked next.
        #[schemars(with = "String")]
        next: Timestamp,
        /// What came of the last time.
        last_error: Option<String>,
    },
    /// It has answered.
    Said {
        /// What.
        verdict: Verdict,
        /// Who.
        by: SaidBy,
        /// When.
        #[schemars(with = "String")]
        at: Timestamp,
        /// The service is so certain of spam that it advises to drop the comment unread.
        discard: bool,
    },
    /// It couldn't be asked for seven days. The comment awaits a moderator.
    GaveUp,
}

pub(crate) const NOT_ASKED: i64 = 0;
pub(crate) const WAITING: i64 = 1;
pub(crate) const SAID_HAM: i64 = 2;
pub(crate) const SAID_SPAM: i64 = 3;
pub(crate) const GAVE_UP: i64 = 4;

/// The columns that [`Check::from_row`] reads, of `comments c` and its question `o`.
pub(crate) const CHECK_COLUMNS: &str =
    "c.check_state, c.check_by, c.check_at, c.discard, o.attempts, o.next_at, o.last_error";

impl Check {
    /// Reads [`CHECK_COLUMNS`], the first of which has the index `first`.
    pub(crate) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let said = |verdict| -> rusqlite::Result<Self> {
            Ok(Self::Said {
                verdict,
                by: row
                    .get::<_, Option<String>>(first + 1)?
                    .map_or(SaidBy::Moderator, SaidBy::Service),
                at: from_ms(row.get::<_, Option<i64>>(first + 2)?.unwrap_or(0)),
                discard: row.get(first + 3)?,
            })
        };
        match row.get(first)? {
            WAITING => Ok(Self::Waiting {
                attempts: row.get::<_, Option<u32>>(first + 4)?.unwrap_or(0),
                next: from_ms(row.get::<_, Option<i64>>(first + 5)?.unwrap_or(0)),
                last_error: row.get(first + 6)?,
            }),
            SAID_HAM => said(Verdict::Ham),
            SAID_SPAM => said(Verdict::Spam),
            GAVE_UP => Ok(Self::GaveUp),
            _ => Ok(Self::NotAsked),
        }
    }
}

/// Why only the place of a comment is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeletedBy {
    /// Its author deleted it.
    Author,
    /// A moderator deleted it, or no longer shows it.
    Moderator,
}

impl DeletedBy {
    /// What stands in its place.
    pub fn words(self) -> &'static str {
        match self {
            Self::Author => "deleted by its author",
            Self::Moderator => "removed by a moderator",
        }
    }

    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Author => 1,
            Self::Moderator => 2,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Author),
            2 => Some(Self::Moderator),
            _ => None,
        }
    }
}
