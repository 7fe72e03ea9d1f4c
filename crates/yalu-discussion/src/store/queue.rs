//! What moderators read.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::Serialize;

use super::comment::{CHECK_COLUMNS, Check, CommentState, DeletedBy};
use super::{Discussion, StoreError, from_ms};
use crate::markdown;
use crate::place::{CommentId, Place, Target};
use crate::spam::{Reason, reasons_from_json};

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many entries are left out before it.
    pub offset: usize,
    /// How many entries it has at most.
    pub limit: usize,
}

impl Page {
    /// The first so many entries.
    pub fn first(limit: usize) -> Self {
        Self { offset: 0, limit }
    }

    /// Everything.
    pub const ALL: Self = Self {
        offset: 0,
        // SQLite counts in 64 bits with a sign.
        limit: i64::MAX as usize,
    };
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The oldest first: whoever has waited longest.
    #[default]
    OldestFirst,
    /// The newest first.
    NewestFirst,
    /// The most like spam first.
    SpammiestFirst,
}

/// Which comments a moderator wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueFilter {
    /// Those in a state; in any where there is none.
    pub state: Option<CommentState>,
    /// Those of a dossier.
    pub dossier: Option<String>,
    /// Those with some words in text, name or e-mail, in any case of ASCII letters.
    pub contains: Option<String>,
    /// In what order.
    pub order: Order,
}

/// All that a moderator may see of a comment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueEntry {
    /// Its number.
    pub id: CommentId,
    /// Where it stands.
    pub place: Place,
    /// The comment that it hangs on.
    pub parent: Option<CommentId>,
    /// What has been decided.
    pub state: CommentState,
    /// By whom it was deleted, where only its place is left.
    pub deleted: Option<DeletedBy>,
    /// When it was sent.
    pub at: Timestamp,
    /// When its state last changed.
    pub decided: Option<Timestamp>,
    /// The author's name.
    pub name: String,
    /// The author's e-mail.
    pub email: Option<String>,
    /// The text as it was typed.
    pub text: String,
    /// The text as it would be shown.
    pub html: String,
    /// The address that it came from, until it is forgotten.
    pub address: Option<String>,
    /// The browser that it came from, until it is forgotten.
    pub user_agent: Option<String>,
    /// How much it looks like spam here, in [0, 1].
    pub score: f64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What the spam service says.
    pub check: Check,
    /// How many comments of the same author are shown.
    pub n_shown_of_author: usize,
}

/// A page of a queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueuePage {
    /// Its comments.
    pub entries: Vec<QueueEntry>,
    /// How many there are on all pages.
    pub n_total: usize,
}

const MATCHES: &str = "c.deleted = 0 AND (?1 IS NULL OR c.state = ?1)
    AND (?2 IS NULL OR c.dossier = ?2)
    AND (?3 IS NULL OR c.text LIKE ?3 ESCAPE '\\' OR c.name LIKE ?3 ESCAPE '\\'
         OR c.email LIKE ?3 ESCAPE '\\')";

impl Discussion {
    /// A page of comments for moderators.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn queue(&self, filter: &QueueFilter, page: Page) -> Result<QueuePage, StoreError> {
        let state = filter.state.map(CommentState::code);
        let contains = filter.contains.as_deref().map(|words| {
            let literal = words
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            format!("%{literal}%")
        });
        let order = match filter.order {
            Order::OldestFirst => "c.created, c.id",
            Order::NewestFirst => "c.created DESC, c.id DESC",
            Order::SpammiestFirst => "c.score DESC, c.created, c.id",
        };
        self.read(|connection| {
            let n_total = connection
                .prepare_cached(&format!("SELECT count(*) FROM comments c WHERE {MATCHES}"))?
                .query_row(params![state, filter.dossier, contains], |row| row.get(0))?;
            let mut select = connection.prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS}, {CHECK_COLUMNS} FROM comments c {WITH_QUESTION}
                 WHERE {MATCHES} ORDER BY {order} LIMIT ?4 OFFSET ?5"
            ))?;
            let rows = select.query_map(
                params![state, filter.dossier, contains, page.limit, page.offset],
                entry,
            )?;
            Ok(QueuePage {
                entries: rows.collect::<rusqlite::Result<_>>()?,
                n_total,
            })
        })
    }

    /// One comment for moderators, deleted or not; none where it isn't there.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn entry(&self, id: CommentId) -> Result<Option<QueueEntry>, StoreError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS}, {CHECK_COLUMNS} FROM comments c {WITH_QUESTION}
                 WHERE c.id = ?1"
            ))?;
            let mut rows = select.query_map([id.0], entry)?;
            rows.next().transpose()
        })
    }
}

pub(super) const WITH_QUESTION: &str = "LEFT JOIN outbox o ON o.comment = c.id AND o.kind = 0";
const ENTRY_COLUMNS: &str =
    "c.id, c.dossier, c.kind, c.part, c.parent, c.state, c.deleted, c.created,
    c.decided, c.name, c.email, c.text, c.address, c.agent, c.score, c.reasons,
    (SELECT count(*) FROM comments s WHERE s.person = c.person AND s.state = 1 AND s.deleted = 0)";
const N_ENTRY_COLUMNS: usize = 17;

fn entry(row: &Row<'_>) -> rusqlite::Result<QueueEntry> {
    let text: String = row.get::<_, Option<_>>(11)?.unwrap_or_default();
    Ok(QueueEntry {
        id: CommentId(row.get(0)?),
        place: Place {
            dossier: row.get(1)?,
            target: Target::from_columns(row.get(2)?, row.get(3)?),
        },
        parent: row.get::<_, Option<i64>>(4)?.map(CommentId),
        state: CommentState::from_code(row.get(5)?),
        deleted: DeletedBy::from_code(row.get(6)?),
        at: from_ms(row.get(7)?),
        decided: row.get::<_, Option<i64>>(8)?.map(from_ms),
        name: row.get::<_, Option<_>>(9)?.unwrap_or_default(),
        email: row.get(10)?,
        html: markdown::render(&text),
        text,
        address: row.get(12)?,
        user_agent: row.get(13)?,
        score: row.get(14)?,
        reasons: reasons_from_json(&row.get::<_, String>(15)?),
        n_shown_of_author: row.get(16)?,
        check: Check::from_row(row, N_ENTRY_COLUMNS)?,
    })
}
