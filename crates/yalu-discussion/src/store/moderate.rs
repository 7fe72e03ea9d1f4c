//! Decisions of moderators, one or many, each with a line in the audit log.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::comment::{CommentState, DeletedBy, NOT_ASKED, SAID_HAM, SAID_SPAM, WAITING};
use super::erase::delete_comment;
use super::queue::Page;
use super::{Discussion, StoreError, from_ms, to_ms};
use crate::outbox::{self, Kind};
use crate::place::CommentId;
use crate::service::Verdict;
use crate::spam::words;

/// What a moderator does with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Shows it. Of what was spam this says that it is none.
    Approve,
    /// Doesn't show it, though it is no spam.
    Refuse,
    /// Says that it is spam.
    MarkSpam,
    /// Says that it is no spam, and leaves open whether it is shown.
    MarkNotSpam,
    /// Deletes what it says and who said it. Where replies hang on it a place is left.
    Delete,
}

impl Action {
    /// The word for it in the audit log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::MarkSpam => "mark spam",
            Self::MarkNotSpam => "mark not spam",
            Self::Delete => "delete",
        }
    }

    /// The state that it leads to, where it does.
    fn state(self) -> Option<CommentState> {
        match self {
            Self::Approve => Some(CommentState::Shown),
            Self::Refuse => Some(CommentState::Refused),
            Self::MarkSpam => Some(CommentState::Spam),
            Self::MarkNotSpam => Some(CommentState::Held),
            Self::Delete => None,
        }
    }

    /// What it says of spam, where it says something.
    fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Approve | Self::MarkNotSpam => Some(Verdict::Ham),
            Self::MarkSpam => Some(Verdict::Spam),
            Self::Refuse | Self::Delete => None,
        }
    }
}

/// What came of a decision on several comments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Moderated {
    /// Those that are now otherwise than before.
    pub changed: Vec<CommentId>,
    /// Those that were so already.
    pub unchanged: Vec<CommentId>,
    /// Those that aren't there, or of which only the place is left.
    pub missing: Vec<CommentId>,
    /// How many corrections the spam service will be told.
    pub n_to_tell: usize,
}

/// A line of the audit log. It holds nothing of an author but a comment's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// The moderator, or `author`.
    pub who: String,
    /// What was done.
    pub what: String,
    /// To which comment, which may be here no more.
    pub comment: Option<CommentId>,
}

/// What a decision has to know of a comment.
struct Before {
    state: CommentState,
    check: i64,
    learnt: i64,
    name: String,
    text: String,
    has_address: bool,
}

pub(super) fn log(
    transaction: &Transaction<'_>,
    now: Timestamp,
    who: &str,
    what: &str,
    comment: Option<i64>,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO audit (at, who, what, comment) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![to_ms(now), who, what, comment])?;
    Ok(())
}

impl Discussion {
    /// Decides on comments, all in one transaction. `by` is the moderator, for the audit log.
    ///
    /// A verdict on spam trains the local words. Where the spam service had said otherwise it will be
    /// told, as long as the comment's address is kept. A question that waits is dropped: the moderator
    /// was faster.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`]; nothing is changed then.
    pub fn moderate(
        &self,
        action: Action,
        ids: &[CommentId],
        by: &str,
        now: Timestamp,
    ) -> Result<Moderated, StoreError> {
        let moderated = self.write(|transaction| {
            let mut moderated = Moderated::default();
            for &id in ids {
                match self.decide(transaction, action, id, now)? {
                    Decided::Missing => moderated.missing.push(id),
                    Decided::Unchanged => moderated.unchanged.push(id),
                    Decided::Changed { is_told } => {
                        moderated.changed.push(id);
                        moderated.n_to_tell += usize::from(is_told);
                        log(transaction, now, by, action.word(), Some(id.0))?;
                    }
                }
            }
            Ok(moderated)
        })?;
        if action == Action::Delete && !moderated.changed.is_empty() {
            self.empty_log()?;
        }
        Ok(moderated)
    }

    fn decide(
        &self,
        transaction: &Transaction<'_>,
        action: Action,
        id: CommentId,
        now: Timestamp,
    ) -> rusqlite::Result<Decided> {
        let Some(before) = before(transaction, id)? else {
            return Ok(Decided::Missing);
        };
        let Some(state) = action.state() else {
            delete_comment(transaction, id.0, DeletedBy::Moderator)?;
            return Ok(Decided::Changed { is_told: false });
        };
        // Not being spam is no step back for what is shown or refused.
        if before.state == state
            || (action == Action::MarkNotSpam && before.state != CommentState::Spam)
        {
            return Ok(Decided::Unchanged);
        }
        transaction
            .prepare_cached("UPDATE comments SET state = ?2, decided = ?3 WHERE id = ?1")?
            .execute(params![id.0, state.code(), to_ms(now)])?;
        outbox::forget(transaction, id.0)?;
        if before.check == WAITING {
            transaction
                .prepare_cached("UPDATE comments SET check_state = ?2 WHERE id = ?1")?
                .execute(params![id.0, NOT_ASKED])?;
        }
        let mut is_told = false;
        if let Some(verdict) = action.verdict() {
            self.learn(transaction, id, &before, verdict)?;
            let correction = match (verdict, before.check) {
                (Verdict::Ham, SAID_SPAM) => Some(Kind::TellHam),
                (Verdict::Spam, SAID_HAM) => Some(Kind::TellSpam),
                _ => None,
            };
            if let Some(kind) = correction.filter(|_| before.has_address) {
                outbox::put(transaction, id.0, kind, now)?;
                is_told = true;
            }
        }
        Ok(Decided::Changed { is_told })
    }

    /// Trains the local words, after taking back what was learnt of the same comment before.
    fn learn(
        &self,
        transaction: &Transaction<'_>,
        id: CommentId,
        before: &Before,
        verdict: Verdict,
    ) -> rusqlite::Result<()> {
        let key = &self.keys.word;
        let code = |verdict| match verdict {
            Verdict::Ham => 1,
            Verdict::Spam => 2,
        };
        if before.learnt == code(verdict) {
            return Ok(());
        }
        for earlier in [Verdict::Ham, Verdict::Spam] {
            if before.learnt == code(earlier) {
                words::learn(transaction, key, &before.name, &before.text, earlier, -1)?;
            }
        }
        words::learn(transaction, key, &before.name, &before.text, verdict, 1)?;
        transaction
            .prepare_cached("UPDATE comments SET learnt = ?2 WHERE id = ?1")?
            .execute(params![id.0, code(verdict)])?;
        Ok(())
    }

    /// The audit log, the newest line first.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn audit(&self, page: Page) -> Result<Vec<AuditLine>, StoreError> {
        self.read(|connection| {
            let mut lines = connection.prepare_cached(
                "SELECT at, who, what, comment FROM audit ORDER BY id DESC LIMIT ?1 OFFSET ?2",
            )?;
            let rows = lines.query_map(params![page.limit, page.offset], |row| {
                Ok(AuditLine {
                    at: from_ms(row.get(0)?),
                    who: row.get(1)?,
                    what: row.get(2)?,
                    comment: row.get::<_, Option<i64>>(3)?.map(CommentId),
                })
            })?;
            rows.collect()
        })
    }
}

enum Decided {
    Missing,
    Unchanged,
    Changed { is_told: bool },
}

fn before(transaction: &Transaction<'_>, id: CommentId) -> rusqlite::Result<Option<Before>> {
    transaction
        .prepare_cached(
            "SELECT state, check_state, learnt, name, text, address IS NOT NULL FROM comments
             WHERE id = ?1 AND deleted = 0",
        )?
        .query_row([id.0], |row| {
            Ok(Before {
                state: CommentState::from_code(row.get(0)?),
                check: row.get(1)?,
                learnt: row.get(2)?,
                name: row.get(3)?,
                text: row.get(4)?,
                has_address: row.get(5)?,
            })
        })
        .optional()
}
