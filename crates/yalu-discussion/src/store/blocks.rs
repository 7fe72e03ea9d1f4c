//! Who may not comment.

use std::net::IpAddr;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::draft::Sound;
use super::{Discussion, StoreError, from_ms, to_ms};
use crate::access::network;
use crate::text::folded;

/// Whom a block keeps out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Whoever gives an e-mail address, however it is spelt.
    Email(String),
    /// Whoever gives a name, however it is spelt.
    Name(String),
    /// Whoever comes from an address; of IPv6, from its network of 64 bits.
    Address(IpAddr),
}

impl Block {
    fn columns(&self) -> (i64, String) {
        match self {
            Self::Email(email) => (0, folded(email)),
            Self::Name(name) => (1, folded(name)),
            Self::Address(address) => (2, network(*address).to_string()),
        }
    }

    fn from_columns(kind: i64, value: String) -> Option<Self> {
        match kind {
            0 => Some(Self::Email(value)),
            1 => Some(Self::Name(value)),
            _ => value.parse().ok().map(Self::Address),
        }
    }
}

/// A block that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Whom it keeps out.
    pub block: Block,
    /// Until when, exclusive; for good where there is none.
    pub until: Option<Timestamp>,
    /// Since when.
    pub since: Timestamp,
    /// The moderator who set it.
    pub by: String,
}

impl Blocked {
    pub(crate) fn until_words(&self) -> String {
        self.until.map_or_else(String::new, |until| {
            format!(" until {}", until.strftime("%Y-%m-%d %H:%M UTC"))
        })
    }

    /// The longest block that keeps an author out.
    pub(super) fn find(
        connection: &Connection,
        sound: &Sound,
        address: IpAddr,
        now: Timestamp,
    ) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT kind, value, until, created, created_by FROM blocks
                 WHERE (until IS NULL OR until > ?4)
                 AND ((kind = 0 AND value = ?1) OR (kind = 1 AND value = ?2)
                      OR (kind = 2 AND value = ?3))
                 ORDER BY until IS NULL DESC, until DESC LIMIT 1",
            )?
            .query_row(
                params![
                    sound.email_folded,
                    sound.name_folded,
                    network(address).to_string(),
                    to_ms(now)
                ],
                Self::from_row,
            )
            .optional()
            .map(Option::flatten)
    }

    fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Self>> {
        let (until, since, by): (Option<i64>, i64, String) =
            (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(
            Block::from_columns(row.get(0)?, row.get(1)?).map(|block| Self {
                block,
                until: until.map(from_ms),
                since: from_ms(since),
                by,
            }),
        )
    }

    /// The blocks of an e-mail address.
    pub(super) fn of_email(
        connection: &Connection,
        email_folded: &str,
    ) -> rusqlite::Result<Vec<Self>> {
        let mut blocks = connection.prepare_cached(
            "SELECT kind, value, until, created, created_by FROM blocks WHERE kind = 0 AND value = ?1",
        )?;
        let rows = blocks.query_map([email_folded], Self::from_row)?;
        rows.filter_map(Result::transpose).collect()
    }
}

impl Discussion {
    /// Keeps somebody out, until a time or for good. An earlier block of the same is replaced.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn block(
        &self,
        block: &Block,
        until: Option<Timestamp>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (kind, value) = block.columns();
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO blocks (kind, value, until, created, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![kind, value, until.map(to_ms), to_ms(now), by],
            )?;
            super::moderate::log(transaction, now, by, "block", None)
        })
    }

    /// Lets somebody in again. `false` where nobody kept them out.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn unblock(&self, block: &Block, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (kind, value) = block.columns();
        self.write(|transaction| {
            let n = transaction.execute(
                "DELETE FROM blocks WHERE kind = ?1 AND value = ?2",
                params![kind, value],
            )?;
            if n > 0 {
                super::moderate::log(transaction, now, by, "unblock", None)?;
            }
            Ok(n > 0)
        })
    }

    /// All blocks in force, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn blocks(&self, now: Timestamp) -> Result<Vec<Blocked>, StoreError> {
        self.read(|connection| {
            let mut blocks = connection.prepare_cached(
                "SELECT kind, value, until, created, created_by FROM blocks
                 WHERE until IS NULL OR until > ?1 ORDER BY created DESC, kind, value",
            )?;
            let rows = blocks.query_map([to_ms(now)], Blocked::from_row)?;
            rows.filter_map(Result::transpose).collect()
        })
    }
}
