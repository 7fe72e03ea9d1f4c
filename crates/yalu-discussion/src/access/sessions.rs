//! Moderators and their sessions.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use thiserror::Error;

use super::password::{PasswordError, hash_password, verify_password};
use crate::secret::SecretToken;
use crate::store::{Discussion, StoreError, from_ms, to_ms};

/// A session that nobody used for so long has ended.
pub const SESSION_IDLE: Duration = Duration::from_hours(2);
/// A session that is so old has ended, used or not.
pub const SESSION_AGE: Duration = Duration::from_hours(12);

/// Why somebody can't be let in, or a user not be kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AccessError {
    /// No such user, or another password; which of both isn't said.
    #[error("name or password is wrong")]
    Wrong,
    /// There is such a user already.
    #[error("there is a user `{name}` already")]
    UserExists {
        /// The name.
        name: String,
    },
    /// There is no such user.
    #[error("there is no user `{name}`")]
    NoUser {
        /// The name.
        name: String,
    },
    /// A name that is empty, long, or has spaces or control characters.
    #[error("a user's name has 1 to 80 characters and no spaces")]
    BadName,
    /// The password can't be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The file can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody who is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// The user.
    pub user: String,
    /// Since when.
    pub since: Timestamp,
    /// When it ends, if it isn't used before.
    pub ends: Timestamp,
}

impl Discussion {
    /// Adds a moderator.
    ///
    /// # Errors
    /// [`AccessError::UserExists`], [`AccessError::BadName`], [`AccessError::Password`].
    pub fn add_user(&self, name: &str, password: &str, now: Timestamp) -> Result<(), AccessError> {
        let bad = |one: char| one.is_whitespace() || one.is_control();
        if name.is_empty() || name.chars().count() > 80 || name.contains(bad) {
            return Err(AccessError::BadName);
        }
        let hash = self.gate.pass(|| hash_password(password))??;
        let n = self.write(|transaction| {
            transaction.execute(
                "INSERT OR IGNORE INTO users (name, password, created, changed)
                 VALUES (?1, ?2, ?3, ?3)",
                params![name, hash, to_ms(now)],
            )
        })?;
        if n == 0 {
            return Err(AccessError::UserExists {
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    /// Changes a moderator's password, and ends all of their sessions.
    ///
    /// # Errors
    /// [`AccessError::NoUser`], [`AccessError::Password`].
    pub fn set_password(
        &self,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<(), AccessError> {
        let hash = self.gate.pass(|| hash_password(password))??;
        let n = self.write(|transaction| {
            transaction.execute("DELETE FROM sessions WHERE user = ?1", [name])?;
            transaction.execute(
                "UPDATE users SET password = ?2, changed = ?3 WHERE name = ?1",
                params![name, hash, to_ms(now)],
            )
        })?;
        found(n, name)
    }

    /// Removes a moderator, and ends all of their sessions. The audit log keeps the name.
    ///
    /// # Errors
    /// [`AccessError::NoUser`].
    pub fn remove_user(&self, name: &str) -> Result<(), AccessError> {
        let n = self.write(|transaction| {
            transaction.execute("DELETE FROM users WHERE name = ?1", [name])
        })?;
        found(n, name)
    }

    /// The moderators' names, in order.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn users(&self) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let mut users = connection.prepare("SELECT name FROM users ORDER BY name")?;
            let rows = users.query_map([], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// Begins a session. Limits are the caller's to ask before
    /// ([`Limits::log_in`](super::Limits::log_in)).
    ///
    /// # Errors
    /// [`AccessError::Wrong`] after the same time for a wrong name as for a wrong password;
    /// [`PasswordError::Busy`] where too many try at once.
    pub fn log_in(
        &self,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<SecretToken, AccessError> {
        let hash: Option<String> = self.read(|connection| {
            connection
                .query_row(
                    "SELECT password FROM users WHERE name = ?1",
                    [name],
                    |row| row.get(0),
                )
                .optional()
        })?;
        let is_right = self
            .gate
            .pass(|| verify_password(password, hash.as_deref()))??;
        if !is_right {
            return Err(AccessError::Wrong);
        }
        let token = SecretToken::generate().map_err(StoreError::Secret)?;
        let n = self.write(|transaction| {
            // The password may have been changed while it was compared.
            transaction.execute(
                "INSERT INTO sessions (token, user, created, seen)
                 SELECT ?1, name, ?3, ?3 FROM users WHERE name = ?2 AND password = ?4",
                params![token.hash(), name, to_ms(now), hash],
            )
        })?;
        if n == 0 {
            return Err(AccessError::Wrong);
        }
        Ok(token)
    }

    /// The session of a token, which is used by this; none where it has ended.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn session(
        &self,
        token: &SecretToken,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let hash = token.hash();
        let found: Option<(String, i64, i64)> = self.read(|connection| {
            connection
                .prepare_cached("SELECT user, created, seen FROM sessions WHERE token = ?1")?
                .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()
        })?;
        let Some((user, created, seen)) = found else {
            return Ok(None);
        };
        let (idle, age) = (
            SESSION_IDLE.as_millis() as i64,
            SESSION_AGE.as_millis() as i64,
        );
        let now_ms = to_ms(now);
        if now_ms >= seen + idle || now_ms >= created + age {
            self.log_out(token)?;
            return Ok(None);
        }
        // A write costs a sync of the disk: once a minute is exact enough.
        if now_ms - seen >= 60_000 {
            self.write(|transaction| {
                transaction.execute(
                    "UPDATE sessions SET seen = max(seen, ?2) WHERE token = ?1",
                    params![hash, now_ms],
                )
            })?;
        }
        Ok(Some(Session {
            user,
            since: from_ms(created),
            ends: from_ms((now_ms + idle).min(created + age)),
        }))
    }

    /// Ends a session. `false` where it had ended.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn log_out(&self, token: &SecretToken) -> Result<bool, StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM sessions WHERE token = ?1", [token.hash()])
        })
        .map(|n| n > 0)
    }
}

fn found(n: usize, name: &str) -> Result<(), AccessError> {
    if n == 0 {
        return Err(AccessError::NoUser {
            name: name.to_owned(),
        });
    }
    Ok(())
}
