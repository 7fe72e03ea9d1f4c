//! What an author asks to see.

use jiff::Timestamp;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;

use super::blocks::Blocked;
use super::comment::{CHECK_COLUMNS, Check, CommentState};
use super::erase::Whose;
use super::queue::WITH_QUESTION;
use super::{Discussion, StoreError, from_ms};
use crate::place::{CommentId, Place, Target};
use crate::spam::{Reason, reasons_from_json};
use crate::text::folded;

/// All that is stored of a person, as JSON with these names. Times are in UTC (RFC 3339).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PersonExport {
    /// The form of this export.
    pub version: u32,
    /// When it was made.
    #[schemars(with = "String")]
    pub exported: Timestamp,
    /// The comments, the oldest first.
    pub comments: Vec<CommentExport>,
    /// Blocks of the e-mail addresses of these comments.
    pub blocks: Vec<BlockExport>,
}

/// All that is stored of a comment.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CommentExport {
    /// Its number.
    pub id: CommentId,
    /// Where it stands.
    pub place: Place,
    /// The comment that it hangs on.
    pub parent: Option<CommentId>,
    /// When it was sent.
    #[schemars(with = "String")]
    pub sent: Timestamp,
    /// What has been decided.
    pub state: CommentState,
    /// When that was decided.
    #[schemars(with = "Option<String>")]
    pub decided: Option<Timestamp>,
    /// The name.
    pub name: String,
    /// The e-mail.
    pub email: Option<String>,
    /// The text as it was typed.
    pub text: String,
    /// What was written into the field that people don't see.
    pub trap: Option<String>,
    /// The address that it came from; none once it is forgotten. So are agent and referrer.
    pub address: Option<String>,
    /// The browser.
    pub user_agent: Option<String>,
    /// The page that led there.
    pub referrer: Option<String>,
    /// The page that it was written on.
    pub permalink: Option<String>,
    /// How much it looks like spam here, in [0, 1].
    pub spam_score: f64,
    /// Why.
    pub spam_reasons: Vec<Reason>,
    /// What the spam service says.
    pub check: Check,
    /// When it was last handed to a spam service.
    #[schemars(with = "Option<String>")]
    pub handed_to_service: Option<Timestamp>,
}

/// A block of an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockExport {
    /// The address, in lower case.
    pub email: String,
    /// Since when.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// Until when; for good where there is none.
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
}

impl PersonExport {
    /// As JSON, for a download.
    ///
    /// # Panics
    /// Never: texts, numbers and lists are JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts, numbers and lists are JSON")
    }
}

impl Discussion {
    /// All that is stored of a person. Empty where nothing is.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn export_person(&self, whose: &Whose, now: Timestamp) -> Result<PersonExport, StoreError> {
        self.read(|connection| {
            let mut comments = Vec::new();
            for id in whose.comments(connection)? {
                comments.push(comment(connection, id)?);
            }
            let mut emails: Vec<String> = comments
                .iter()
                .filter_map(|comment| comment.email.as_deref().map(folded))
                .collect();
            if let Whose::Email(email) = whose {
                emails.push(folded(email));
            }
            emails.sort();
            emails.dedup();
            let mut blocks = Vec::new();
            for email in emails {
                for Blocked { since, until, .. } in Blocked::of_email(connection, &email)? {
                    blocks.push(BlockExport {
                        email: email.clone(),
                        since,
                        until,
                    });
                }
            }
            Ok(PersonExport {
                version: 1,
                exported: now,
                comments,
                blocks,
            })
        })
    }
}

fn comment(connection: &Connection, id: i64) -> rusqlite::Result<CommentExport> {
    connection
        .prepare_cached(&format!(
            "SELECT c.dossier, c.kind, c.part, c.parent, c.created, c.state, c.decided, c.name, c.email,
                 c.text, c.trap, c.address, c.agent, c.referrer, c.permalink, c.score, c.reasons,
                 c.sent_at, {CHECK_COLUMNS}
             FROM comments c {WITH_QUESTION} WHERE c.id = ?1"
        ))?
        .query_row([id], |row| {
            let filled = |idx| -> rusqlite::Result<Option<String>> {
                let text: Option<String> = row.get(idx)?;
                Ok(text.filter(|text| !text.is_empty()))
            };
            Ok(CommentExport {
                id: CommentId(id),
                place: Place {
                    dossier: row.get(0)?,
                    target: Target::from_columns(row.get(1)?, row.get(2)?),
                },
                parent: row.get::<_, Option<i64>>(3)?.map(CommentId),
                sent: from_ms(row.get(4)?),
                state: CommentState::from_code(row.get(5)?),
                decided: row.get::<_, Option<i64>>(6)?.map(from_ms),
                name: row.get(7)?,
                email: row.get(8)?,
                text: row.get(9)?,
                trap: filled(10)?,
                address: filled(11)?,
                user_agent: filled(12)?,
                referrer: filled(13)?,
                permalink: filled(14)?,
                spam_score: row.get(15)?,
                spam_reasons: reasons_from_json(&row.get::<_, String>(16)?),
                handed_to_service: row.get::<_, Option<i64>>(17)?.map(from_ms),
                check: Check::from_row(row, 18)?,
            })
        })
}
