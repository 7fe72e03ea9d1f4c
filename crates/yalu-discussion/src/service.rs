//! What a spam service is asked and told, and what it answers, whoever it is.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::place::CommentId;

/// Spam, or not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "SpamVerdict")]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Spam.
    Spam,
    /// No spam.
    Ham,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Ham => "ham",
        }
    }
}

/// A comment as a service is told of it: as it was stored when it was sent, so that a later correction
/// speaks of the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Its number here. It isn't sent.
    pub id: CommentId,
    /// The address that it came from.
    pub address: String,
    /// The header `User-Agent` that came with it.
    pub user_agent: String,
    /// The header `Referer` that came with it.
    pub referrer: String,
    /// The address of the page that it stands under.
    pub permalink: String,
    /// Whether it answers another comment.
    pub is_reply: bool,
    /// The author's name.
    pub author: String,
    /// The author's e-mail.
    pub email: Option<String>,
    /// The text, as it was typed.
    pub text: String,
    /// When it was sent.
    pub written: Timestamp,
    /// When the page that it stands under was last changed.
    pub place_modified: Option<Timestamp>,
    /// Name and value of the field that people don't see.
    pub trap: (String, String),
    /// Why it is asked about again.
    pub recheck_reason: Option<&'static str>,
}

/// Something that the service's operator wants the site's operator to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// A number for the kind of alert.
    pub code: String,
    /// What it says.
    pub message: String,
}

/// What a service says of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Spam, or not.
    pub verdict: Verdict,
    /// It is so certain of spam that it advises to drop the comment unread.
    pub discard: bool,
    /// It isn't certain yet, and wants to be asked again after so long.
    pub recheck_after: Option<Duration>,
    /// What the operator should know.
    pub alert: Option<Alert>,
}

/// Why there is no answer. No variant holds a key or what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The service doesn't take the key, or the site's address with it. Asking again is no use.
    #[error("the service refuses the key: {help}")]
    KeyRefused {
        /// What it says of the reason.
        help: String,
    },
    /// It couldn't be reached, or the connection broke.
    #[error("the service can't be reached: {what}")]
    Unreachable {
        /// What happened.
        what: String,
    },
    /// It took too long.
    #[error("the service gave no answer within {seconds} s")]
    TimedOut {
        /// How long it was waited for.
        seconds: u64,
    },
    /// It answered with a status that isn't 200.
    #[error("the service answered with status {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It answered something that the protocol doesn't know.
    #[error("the service answered {got}, not {expected}")]
    Unexpected {
        /// What came, in short.
        got: String,
        /// What would have been an answer.
        expected: &'static str,
    },
}

/// A service that tells spam from other comments, and learns from corrections.
///
/// Calls are made from one thread at a time and may take as long as the service's time limit.
pub trait SpamService: Send + Sync {
    /// Its name, as moderators read it.
    fn name(&self) -> &str;

    /// Asks whether a comment is spam.
    ///
    /// # Errors
    /// [`ServiceError`]; the comment is asked about again later.
    fn check(&self, submission: &Submission) -> Result<Answer, ServiceError>;

    /// Tells it that it was wrong.
    ///
    /// # Errors
    /// [`ServiceError`]; it is told again later.
    fn tell(&self, submission: &Submission, verdict: Verdict) -> Result<(), ServiceError>;
}
