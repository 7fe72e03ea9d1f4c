//! How the spam service is doing, for the operator.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;

use crate::store::{Discussion, StoreError, from_ms, to_ms};

/// Something that happened, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Noted {
    /// When it happened last.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// How the spam service is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Health {
    /// How many comments wait for an answer.
    pub n_waiting: usize,
    /// Since when the oldest of them waits.
    pub oldest_waiting: Option<Timestamp>,
    /// How many corrections wait to be told.
    pub n_to_tell: usize,
    /// Of how many held comments the question was given up.
    pub n_given_up: usize,
    /// Why nothing is sent: the service refused the key. Mend it, then [`Discussion::resume_service`].
    pub stopped: Option<Noted>,
    /// The last answer, and whose it was.
    pub answered: Option<Noted>,
    /// The last failure.
    pub failed: Option<Noted>,
    /// The last thing that the service's operator wanted to be known.
    pub alert: Option<Noted>,
}

/// What there is one of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fact {
    Stopped,
    Answered,
    Failed,
    Alert,
}

impl Fact {
    fn name(self) -> &'static str {
        match self {
            Self::Stopped => "service_stopped",
            Self::Answered => "service_answered",
            Self::Failed => "service_failed",
            Self::Alert => "service_alert",
        }
    }
}

pub(super) fn note(
    transaction: &Transaction<'_>,
    fact: Fact,
    now: Timestamp,
    what: &str,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO facts (name, at, value) VALUES (?1, ?2, ?3)")?
        .execute(params![fact.name(), to_ms(now), what])?;
    Ok(())
}

pub(super) fn read(connection: &Connection, fact: Fact) -> rusqlite::Result<Option<Noted>> {
    connection
        .prepare_cached("SELECT at, value FROM facts WHERE name = ?1")?
        .query_row([fact.name()], |row| {
            Ok(Noted {
                at: from_ms(row.get(0)?),
                what: row.get(1)?,
            })
        })
        .optional()
}

impl Discussion {
    /// How the spam service is doing.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn health(&self) -> Result<Health, StoreError> {
        self.read(|connection| {
            let (n_waiting, oldest, n_to_tell) = connection.query_row(
                "SELECT count(*) FILTER (WHERE kind = 0), min(created) FILTER (WHERE kind = 0),
                     count(*) FILTER (WHERE kind != 0) FROM outbox",
                [],
                |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get(2)?)),
            )?;
            let n_given_up = connection.query_row(
                "SELECT count(*) FROM comments WHERE state = 0 AND deleted = 0 AND check_state = 4",
                [],
                |row| row.get(0),
            )?;
            Ok(Health {
                n_waiting,
                oldest_waiting: oldest.map(from_ms),
                n_to_tell,
                n_given_up,
                stopped: read(connection, Fact::Stopped)?,
                answered: read(connection, Fact::Answered)?,
                failed: read(connection, Fact::Failed)?,
                alert: read(connection, Fact::Alert)?,
            })
        })
    }

    /// Sends again after the key was refused. What waits is due at once. `false` where nothing was
    /// stopped.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn resume_service(&self, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let n =
                transaction.execute("DELETE FROM facts WHERE name = ?1", [Fact::Stopped.name()])?;
            if n > 0 {
                transaction
                    .execute("UPDATE outbox SET next_at = min(next_at, ?1)", [to_ms(now)])?;
            }
            Ok(n > 0)
        })
    }
}
