//! What an author asks to be gone.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::comment::DeletedBy;
use super::moderate::log;
use super::{Discussion, StoreError, from_ms};
use crate::outbox;
use crate::place::CommentId;
use crate::secret::SecretToken;
use crate::text::folded;

/// Whose comments.
#[derive(Debug, Clone)]
pub enum Whose {
    /// Those of the holder of a token.
    Token(SecretToken),
    /// Those that give an e-mail address, however it is spelt. Whether the one who asks may is for the
    /// caller to know: anybody can write any address into a form.
    Email(String),
}

/// A comment that a spam service was given. It can't be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SentToService {
    /// The comment.
    pub comment: CommentId,
    /// The service.
    pub service: String,
    /// When it was last handed over. Whether it arrived isn't always known.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// What an erasure did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Erasure {
    /// How many comments were erased: text, name, e-mail, address, agent, and whatever else came along.
    pub n_comments: usize,
    /// How many of them left a place, since replies by others hang on them.
    pub n_places_left: usize,
    /// What a spam service keeps by its own rules.
    pub sent: Vec<SentToService>,
    /// The bytes are gone from the database's files. `false` where others read for so long that the
    /// write-ahead log couldn't be emptied: [`Discussion::retain`] tries again. Copies made before
    /// ([`Discussion::backup_to`]) are the operator's to delete.
    pub is_gone_from_files: bool,
}

impl Whose {
    /// The comments that are here, the oldest first.
    pub(super) fn comments(&self, connection: &Connection) -> rusqlite::Result<Vec<i64>> {
        let ids = |sql: &str, key: &dyn rusqlite::ToSql| {
            let mut select = connection.prepare_cached(sql)?;
            let rows = select.query_map([key], |row| row.get(0))?;
            rows.collect()
        };
        match self {
            Self::Token(token) => ids(
                "SELECT c.id FROM comments c JOIN persons p ON p.id = c.person
                 WHERE p.token = ?1 AND c.deleted = 0 ORDER BY c.id",
                &token.hash(),
            ),
            Self::Email(email) => ids(
                "SELECT id FROM comments WHERE email_folded = ?1 AND deleted = 0 ORDER BY id",
                &folded(email),
            ),
        }
    }
}

impl Discussion {
    /// Erases what is stored of a person. Replies by others stay; where they hang on an erased comment
    /// its place says "deleted by its author". What the spam service hasn't been told, it won't be.
    /// Blocks of an e-mail stay until they end: see [`PersonExport::blocks`](super::PersonExport).
    ///
    /// # Errors
    /// [`StoreError::Sqlite`]; nothing is erased then.
    pub fn erase_person(&self, whose: &Whose, now: Timestamp) -> Result<Erasure, StoreError> {
        let erasure = self.write(|transaction| {
            let mut erasure = Erasure::default();
            // Replies first, so that a comment whose replies were all the person's leaves no place.
            for id in whose.comments(transaction)?.into_iter().rev() {
                erase_one(transaction, id, now, &mut erasure)?;
            }
            if let Whose::Token(token) = whose {
                transaction.execute(
                    "DELETE FROM persons WHERE token = ?1
                     AND NOT EXISTS (SELECT 1 FROM comments WHERE person = persons.id)",
                    [token.hash()],
                )?;
            }
            forget_persons(transaction)?;
            Ok(erasure)
        })?;
        self.with_files_cleaned(erasure)
    }

    /// Erases one comment of the holder of a token. None where it isn't theirs, or isn't there.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`]; nothing is erased then.
    pub fn erase_own(
        &self,
        token: &SecretToken,
        id: CommentId,
        now: Timestamp,
    ) -> Result<Option<Erasure>, StoreError> {
        let erasure = self.write(|transaction| {
            let own = Whose::Token(token.clone()).comments(transaction)?;
            if !own.contains(&id.0) {
                return Ok(None);
            }
            let mut erasure = Erasure::default();
            erase_one(transaction, id.0, now, &mut erasure)?;
            Ok(Some(erasure))
        })?;
        erasure
            .map(|erasure| self.with_files_cleaned(erasure))
            .transpose()
    }

    fn with_files_cleaned(&self, mut erasure: Erasure) -> Result<Erasure, StoreError> {
        erasure.is_gone_from_files = self.empty_log()?;
        erasure.sent.reverse();
        Ok(erasure)
    }
}

fn erase_one(
    transaction: &Transaction<'_>,
    id: i64,
    now: Timestamp,
    erasure: &mut Erasure,
) -> rusqlite::Result<()> {
    let sent: Option<(i64, String)> = transaction
        .prepare_cached(
            "SELECT sent_at, sent_to FROM comments WHERE id = ?1 AND sent_at IS NOT NULL",
        )?
        .query_row([id], |row| {
            Ok((row.get(0)?, row.get::<_, Option<_>>(1)?.unwrap_or_default()))
        })
        .optional()?;
    erasure.sent.extend(sent.map(|(at, service)| SentToService {
        comment: CommentId(id),
        service,
        at: from_ms(at),
    }));
    let leaves_place = delete_comment(transaction, id, DeletedBy::Author)?;
    erasure.n_comments += 1;
    erasure.n_places_left += usize::from(leaves_place);
    log(transaction, now, "author", "erase", Some(id))
}

/// Deletes a comment, or all of it but its place where others hang on it: `true` then. Places above it
/// that nothing hangs on any more go too.
pub(super) fn delete_comment(
    transaction: &Transaction<'_>,
    id: i64,
    by: DeletedBy,
) -> rusqlite::Result<bool> {
    outbox::forget(transaction, id)?;
    transaction
        .prepare_cached(
            "UPDATE comments SET deleted = ?2, person = NULL, name = NULL, name_folded = NULL,
                 email = NULL, email_folded = NULL, text = NULL, text_hash = NULL, trap = NULL,
                 address = NULL, agent = NULL, referrer = NULL, permalink = NULL, reasons = '[]',
                 score = 0, check_state = 0, check_by = NULL, check_at = NULL
             WHERE id = ?1",
        )?
        .execute(params![id, by.code()])?;
    let mut leaf = Some(id);
    let mut leaves_place = true;
    while let Some(one) = leaf {
        // The clause on replies makes a place with any stay.
        let above: Option<Option<i64>> = transaction
            .prepare_cached(
                "DELETE FROM comments WHERE id = ?1 AND deleted != 0
                 AND NOT EXISTS (SELECT 1 FROM comments r WHERE r.parent = ?1) RETURNING parent",
            )?
            .query_row([one], |row| row.get(0))
            .optional()?;
        leaves_place &= above.is_none();
        leaf = above.flatten();
    }
    Ok(leaves_place)
}

/// Forgets tokens under which nothing stands.
pub(super) fn forget_persons(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    transaction.execute(
        "DELETE FROM persons WHERE NOT EXISTS
         (SELECT 1 FROM comments WHERE comments.person = persons.id)",
        [],
    )
}
