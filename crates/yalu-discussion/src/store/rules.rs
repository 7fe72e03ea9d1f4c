//! What a dossier's discussion takes, and what it shows at once.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::{Discussion, StoreError, days_ms, from_ms, to_ms};

/// What is shown without a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Showing {
    /// Nothing: each comment awaits review.
    #[default]
    HoldAll,
    /// Comments of whoever has had one shown before under the same token and e-mail.
    KnownAuthors,
}

/// When a discussion closes by itself: spam gathers under what is old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// From when it is counted, such as the assessment's publication.
    pub since: Timestamp,
    /// How many days it stays open from then.
    pub after_days: u32,
}

/// The rules of one dossier's discussion, for all of its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Whether comments are taken at all.
    pub is_open: bool,
    /// When it closes by itself.
    pub closing: Option<Closing>,
    /// What is shown without a moderator.
    pub showing: Showing,
}

impl Default for Rules {
    /// Open for good, everything held.
    fn default() -> Self {
        Self {
            is_open: true,
            closing: None,
            showing: Showing::HoldAll,
        }
    }
}

impl Rules {
    /// Whether comments are taken at a time.
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.is_open
            && self.closing.is_none_or(|closing| {
                to_ms(now) < to_ms(closing.since).saturating_add(days_ms(closing.after_days))
            })
    }

    pub(crate) fn read(connection: &Connection, dossier: &str) -> rusqlite::Result<Self> {
        let rules = connection
            .prepare_cached(
                "SELECT is_open, close_since, close_after_days, showing FROM rules WHERE dossier = ?1",
            )?
            .query_row([dossier], |row| {
                let since: Option<i64> = row.get(1)?;
                let after_days: Option<u32> = row.get(2)?;
                Ok(Self {
                    is_open: row.get(0)?,
                    closing: since.zip(after_days).map(|(since, after_days)| Closing {
                        since: from_ms(since),
                        after_days,
                    }),
                    showing: match row.get::<_, i64>(3)? {
                        1 => Showing::KnownAuthors,
                        _ => Showing::HoldAll,
                    },
                })
            })
            .optional()?;
        Ok(rules.unwrap_or_default())
    }
}

impl Discussion {
    /// The rules of a dossier; the default ones where none were set.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn rules(&self, dossier: &str) -> Result<Rules, StoreError> {
        self.read(|connection| Rules::read(connection, dossier))
    }

    /// Sets the rules of a dossier. `by` is the moderator, for the audit log.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn set_rules(
        &self,
        dossier: &str,
        rules: Rules,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO rules (dossier, is_open, close_since, close_after_days, showing)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    dossier,
                    rules.is_open,
                    rules.closing.map(|closing| to_ms(closing.since)),
                    rules.closing.map(|closing| closing.after_days),
                    i64::from(rules.showing == Showing::KnownAuthors),
                ],
            )?;
            super::moderate::log(transaction, now, by, "set rules", None)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discussion_closes_to_the_millisecond() {
        let since: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let rules = Rules {
            closing: Some(Closing {
                since,
                after_days: 2,
            }),
            ..Rules::default()
        };
        assert!(rules.is_open_at("2026-01-02T23:59:59.999Z".parse().unwrap()));
        assert!(!rules.is_open_at("2026-01-03T00:00:00Z".parse().unwrap()));
        assert!(Rules::default().is_open_at(since));
    }
}
