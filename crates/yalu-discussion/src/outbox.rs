//! What is told to a spam service, later and surely.
//!
//! A comment is on the disk, with its question, before anybody is asked. A worker calls
//! [`Discussion::deliver_due`] again and again. What fails is tried again after 1 minute, then 2, 4, and
//! so on up to 6 hours; after 7 days a question is given up, and its comment stays held.
//!
//! One delivery is taken by a lease, so that two workers don't send the same. A worker that dies between
//! sending and noting leaves its lease behind: when that ends the delivery is sent again, at most once
//! for each such death. An answer that comes after its lease went to another is dropped.

mod deliver;
mod health;

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::store::to_ms;

pub use deliver::Delivered;
pub use health::{Health, Noted};

#[cfg(doc)]
use crate::store::Discussion;

/// How long after a first failure it is tried again; each further one doubles it.
pub const FIRST_RETRY: Duration = Duration::from_mins(1);
/// The longest that is waited between two attempts.
pub const LONGEST_RETRY: Duration = Duration::from_hours(6);
/// After this a question is given up.
pub const GIVE_UP_AFTER: Duration = Duration::from_hours(7 * 24);
/// How long a delivery belongs to the worker that took it; longer than a service's time limit.
pub const LEASE: Duration = Duration::from_mins(2);
/// How many times a service may ask to be asked again about one comment.
pub const MOST_RECHECKS: u32 = 3;

/// What is to be told of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ask,
    TellSpam,
    TellHam,
}

impl Kind {
    fn code(self) -> i64 {
        self as i64
    }

    fn from_code(code: i64) -> Self {
        match code {
            1 => Self::TellSpam,
            2 => Self::TellHam,
            _ => Self::Ask,
        }
    }
}

/// Puts something into the outbox, due at once.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    comment: i64,
    kind: Kind,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO outbox (comment, kind, created, next_at) VALUES (?1, ?2, ?3, ?3)",
        )?
        .execute(params![comment, kind.code(), to_ms(now)])?;
    Ok(())
}

/// Takes all that concerns a comment out of the outbox.
pub(crate) fn forget(transaction: &Transaction<'_>, comment: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM outbox WHERE comment = ?1")?
        .execute([comment])?;
    Ok(())
}

/// How long to wait after so many failures.
fn backoff(n_failures: u32) -> Duration {
    let doublings = n_failures.saturating_sub(1).min(16);
    (FIRST_RETRY * (1 << doublings)).min(LONGEST_RETRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_six_hours() {
        let minutes: Vec<u64> = (1..=12).map(|n| backoff(n).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
        assert_eq!(backoff(u32::MAX), LONGEST_RETRY);
    }
}
