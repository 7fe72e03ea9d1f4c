//! What is forgotten with time.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use serde::Serialize;

use super::comment::DeletedBy;
use super::erase::{delete_comment, forget_persons};
use super::{Discussion, StoreError, days_ms, to_ms};
use crate::access::{SESSION_AGE, SESSION_IDLE};

/// What was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Retained {
    /// Comments whose address, agent and referrer were forgotten.
    pub n_origins: usize,
    /// Refused comments that were deleted.
    pub n_refused: usize,
    /// Spam that was deleted.
    pub n_spam: usize,
    /// Authors' tokens under which nothing stands any more.
    pub n_persons: usize,
    /// Sessions that had ended.
    pub n_sessions: usize,
    /// Blocks that had ended.
    pub n_blocks: usize,
    /// The bytes are gone from the database's files.
    pub is_gone_from_files: bool,
}

impl Discussion {
    /// Forgets what has been kept long enough by the settings. To be called once a day or more often.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`]; nothing is forgotten then.
    pub fn retain(&self, now: Timestamp) -> Result<Retained, StoreError> {
        let before = |days| to_ms(now) - days_ms(days);
        let origins_before = before(self.settings().keep_origin_days);
        let rejected_before = before(self.settings().keep_rejected_days);
        let retained = self.write(|transaction| {
            let n_refused = delete_rejected(transaction, 2, rejected_before)?;
            let n_spam = delete_rejected(transaction, 3, rejected_before)?;
            Ok(Retained {
                // What the service is still to be told of needs its address: it refuses a question
                // without one as it refuses a wrong key.
                n_origins: transaction.execute(
                    "UPDATE comments SET address = NULL, agent = NULL, referrer = NULL
                     WHERE created <= ?1 AND address IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM outbox WHERE comment = comments.id)",
                    [origins_before],
                )?,
                n_refused,
                n_spam,
                n_persons: forget_persons(transaction)?,
                n_sessions: transaction.execute(
                    "DELETE FROM sessions WHERE seen <= ?1 OR created <= ?2",
                    params![
                        to_ms(now) - SESSION_IDLE.as_millis() as i64,
                        to_ms(now) - SESSION_AGE.as_millis() as i64,
                    ],
                )?,
                n_blocks: transaction
                    .execute("DELETE FROM blocks WHERE until <= ?1", [to_ms(now)])?,
                is_gone_from_files: false,
            })
        })?;
        Ok(Retained {
            is_gone_from_files: self.empty_log()?,
            ..retained
        })
    }
}

fn delete_rejected(
    transaction: &Transaction<'_>,
    state: i64,
    before: i64,
) -> rusqlite::Result<usize> {
    let ids = transaction
        .prepare_cached(
            "SELECT id FROM comments WHERE state = ?1 AND deleted = 0
             AND coalesce(decided, created) <= ?2 ORDER BY id DESC",
        )?
        .query_map(params![state, before], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    for &id in &ids {
        delete_comment(transaction, id, DeletedBy::Moderator)?;
    }
    Ok(ids.len())
}
