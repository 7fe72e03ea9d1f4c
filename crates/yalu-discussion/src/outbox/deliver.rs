//! One pass over what is due.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;

use super::health::{self, Fact};
use super::{GIVE_UP_AFTER, Kind, LEASE, LONGEST_RETRY, MOST_RECHECKS, backoff, forget};
use crate::place::CommentId;
use crate::secret::random;
use crate::service::{Answer, ServiceError, SpamService, Submission, Verdict};
use crate::store::{
    CommentState, Discussion, Rules, Showing, StoreError, from_ms, is_known, to_ms,
};

/// How many deliveries one pass makes at most, so that a worker hears that it should stop.
const MOST_A_PASS: usize = 20;
/// After so many failures in a row a pass ends: the service is away, each try costs its time limit.
const MOST_FAILURES_A_PASS: usize = 3;

/// What a pass over the outbox did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Delivered {
    /// Questions that were answered with "spam".
    pub n_spam: usize,
    /// Questions that were answered with "no spam".
    pub n_ham: usize,
    /// Of these, comments that the dossier's rules then showed.
    pub n_shown: usize,
    /// Corrections that arrived.
    pub n_told: usize,
    /// Questions that the service wants to be asked again later.
    pub n_rechecks: usize,
    /// Deliveries that failed and are tried again.
    pub n_failed: usize,
    /// Questions that were given up.
    pub n_given_up: usize,
    /// Why nothing is sent until [`Discussion::resume_service`]: the service refused the key.
    pub stopped: Option<String>,
    /// Something may still be due: call again soon.
    pub is_more_due: bool,
}

/// A delivery that is ours until its lease ends.
struct Leased {
    id: i64,
    kind: Kind,
    lease: [u8; 16],
    attempts: u32,
    rechecks: u32,
    submission: Submission,
}

impl Discussion {
    /// Sends what is due at `now`, some deliveries at most, and notes what came of it. It takes as long
    /// as the service does, and holds no lock meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]; what the service does wrong is no error but counted.
    pub fn deliver_due(
        &self,
        service: &dyn SpamService,
        now: Timestamp,
    ) -> Result<Delivered, StoreError> {
        let mut delivered = Delivered {
            n_given_up: self.write(|transaction| give_up(transaction, now))?,
            ..Delivered::default()
        };
        delivered.stopped = self
            .read(|connection| health::read(connection, Fact::Stopped))?
            .map(|noted| noted.what);
        let mut n_failures_in_a_row = 0;
        for _ in 0..MOST_A_PASS {
            if delivered.stopped.is_some() || n_failures_in_a_row == MOST_FAILURES_A_PASS {
                return Ok(delivered);
            }
            let lease = random()?;
            let trap_field = self.settings().trap_field.clone();
            let taken = self
                .write(|transaction| take(transaction, service.name(), lease, &trap_field, now))?;
            let Some(leased) = taken else {
                return Ok(delivered);
            };
            let failed = match leased.kind {
                Kind::Ask => match service.check(&leased.submission) {
                    Ok(answer) => {
                        self.write(|transaction| {
                            note_answer(
                                transaction,
                                (&leased, &answer),
                                service.name(),
                                self.settings().hold_from,
                                now,
                                &mut delivered,
                            )
                        })?;
                        None
                    }
                    Err(error) => Some(error),
                },
                kind => {
                    let verdict = if kind == Kind::TellSpam {
                        Verdict::Spam
                    } else {
                        Verdict::Ham
                    };
                    match service.tell(&leased.submission, verdict) {
                        Ok(()) => {
                            self.write(|transaction| {
                                note_told(transaction, &leased, verdict, now, &mut delivered)
                            })?;
                            None
                        }
                        Err(error) => Some(error),
                    }
                }
            };
            if let Some(error) = failed {
                n_failures_in_a_row += 1;
                self.write(|transaction| {
                    note_failure(transaction, &leased, &error, now, &mut delivered)
                })?;
            } else {
                n_failures_in_a_row = 0;
            }
        }
        delivered.is_more_due = true;
        Ok(delivered)
    }
}

/// Gives up what has been tried for too long. Corrections go as well: nobody waits for them.
fn give_up(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<usize> {
    let before = to_ms(now) - GIVE_UP_AFTER.as_millis() as i64;
    let n = transaction
        .prepare_cached(
            "UPDATE comments SET check_state = 4 WHERE check_state = 1 AND id IN
             (SELECT comment FROM outbox WHERE kind = 0 AND created <= ?1 AND leased_until <= ?2)",
        )?
        .execute(params![before, to_ms(now)])?;
    transaction
        .prepare_cached("DELETE FROM outbox WHERE created <= ?1 AND leased_until <= ?2")?
        .execute(params![before, to_ms(now)])?;
    Ok(n)
}

/// Takes the delivery that has been due for longest.
fn take(
    transaction: &Transaction<'_>,
    service: &str,
    lease: [u8; 16],
    trap_field: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Leased>> {
    let leased = transaction
        .prepare_cached(
            "SELECT o.id, o.kind, o.attempts, o.rechecks, c.id, c.address, c.agent, c.referrer,
                 c.permalink, c.parent IS NOT NULL, c.name, c.email, c.text, c.created,
                 c.place_modified, c.trap
             FROM outbox o JOIN comments c ON c.id = o.comment
             WHERE o.next_at <= ?1 AND o.leased_until <= ?1 AND c.deleted = 0
             ORDER BY o.next_at, o.id LIMIT 1",
        )?
        .query_row([to_ms(now)], |row| {
            let text = |idx| -> rusqlite::Result<String> {
                Ok(row.get::<_, Option<String>>(idx)?.unwrap_or_default())
            };
            let (attempts, rechecks): (u32, u32) = (row.get(2)?, row.get(3)?);
            Ok(Leased {
                id: row.get(0)?,
                kind: Kind::from_code(row.get(1)?),
                lease,
                attempts,
                rechecks,
                submission: Submission {
                    id: CommentId(row.get(4)?),
                    address: text(5)?,
                    user_agent: text(6)?,
                    referrer: text(7)?,
                    permalink: text(8)?,
                    is_reply: row.get(9)?,
                    author: text(10)?,
                    email: row.get(11)?,
                    text: text(12)?,
                    written: from_ms(row.get(13)?),
                    place_modified: row.get::<_, Option<i64>>(14)?.map(from_ms),
                    trap: (trap_field.to_owned(), text(15)?),
                    recheck_reason: match (rechecks, attempts) {
                        (1.., _) => Some("recheck-after"),
                        (0, 1..) => Some("retry"),
                        _ => None,
                    },
                },
            })
        })
        .optional()?;
    if let Some(leased) = &leased {
        let until = to_ms(now) + LEASE.as_millis() as i64;
        transaction
            .prepare_cached("UPDATE outbox SET leased_until = ?2, lease = ?3 WHERE id = ?1")?
            .execute(params![leased.id, until, lease])?;
        // Before it is sent, so that an erasure never denies what may have gone out.
        transaction
            .prepare_cached("UPDATE comments SET sent_at = ?2, sent_to = ?3 WHERE id = ?1")?
            .execute(params![leased.submission.id.0, to_ms(now), service])?;
    }
    Ok(leased)
}

/// Whether a delivery is still this worker's: its comment may have been erased or decided meanwhile.
fn is_ours(transaction: &Transaction<'_>, leased: &Leased) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?1 AND lease = ?2)")?
        .query_row(params![leased.id, leased.lease], |row| row.get(0))
}

fn note_answer(
    transaction: &Transaction<'_>,
    (leased, answer): (&Leased, &Answer),
    service: &str,
    hold_from: f64,
    now: Timestamp,
    delivered: &mut Delivered,
) -> rusqlite::Result<()> {
    health::note(transaction, Fact::Answered, now, service)?;
    if let Some(alert) = &answer.alert {
        let what = format!("{}: {}", alert.code, alert.message);
        health::note(transaction, Fact::Alert, now, &what)?;
    }
    if !is_ours(transaction, leased)? {
        return Ok(());
    }
    let id = leased.submission.id.0;
    if let Some(after) = answer
        .recheck_after
        .filter(|_| leased.rechecks < MOST_RECHECKS)
    {
        let next = to_ms(now) + after.min(LONGEST_RETRY).as_millis() as i64;
        transaction
            .prepare_cached(
                "UPDATE outbox SET rechecks = rechecks + 1, next_at = ?2, leased_until = 0, lease = NULL,
                 last_error = NULL WHERE id = ?1",
            )?
            .execute(params![leased.id, next])?;
        delivered.n_rechecks += 1;
        return Ok(());
    }
    forget(transaction, id)?;
    transaction
        .prepare_cached(
            "UPDATE comments SET check_state = ?2, check_by = ?3, check_at = ?4, discard = ?5
             WHERE id = ?1",
        )?
        .execute(params![
            id,
            if answer.verdict == Verdict::Spam {
                3
            } else {
                2
            },
            service,
            to_ms(now),
            answer.discard
        ])?;
    let state = match answer.verdict {
        Verdict::Spam => {
            delivered.n_spam += 1;
            Some(CommentState::Spam)
        }
        Verdict::Ham => {
            delivered.n_ham += 1;
            let shows = may_show(transaction, id, hold_from)?;
            delivered.n_shown += usize::from(shows);
            shows.then_some(CommentState::Shown)
        }
    };
    if let Some(state) = state {
        // A moderator's decision, which takes the question back, is never undone.
        transaction
            .prepare_cached(
                "UPDATE comments SET state = ?2, decided = ?3 WHERE id = ?1 AND state = 0",
            )?
            .execute(params![id, state.code(), to_ms(now)])?;
    }
    Ok(())
}

/// Whether the rules show a comment that the service found to be no spam.
fn may_show(transaction: &Transaction<'_>, id: i64, hold_from: f64) -> rusqlite::Result<bool> {
    let (dossier, person, email, score): (String, i64, Option<String>, f64) = transaction
        .prepare_cached("SELECT dossier, person, email_folded, score FROM comments WHERE id = ?1")?
        .query_row([id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    Ok(
        Rules::read(transaction, &dossier)?.showing == Showing::KnownAuthors
            && score < hold_from
            && is_known(transaction, person, email.as_deref())?,
    )
}

fn note_told(
    transaction: &Transaction<'_>,
    leased: &Leased,
    verdict: Verdict,
    now: Timestamp,
    delivered: &mut Delivered,
) -> rusqlite::Result<()> {
    delivered.n_told += 1;
    if is_ours(transaction, leased)? {
        transaction
            .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
            .execute([leased.id])?;
    }
    // What the service was told last is what it holds: a change of mind will be told too.
    transaction
        .prepare_cached(
            "UPDATE comments SET check_state = ?2, check_by = NULL, check_at = ?3
             WHERE id = ?1 AND deleted = 0",
        )?
        .execute(params![
            leased.submission.id.0,
            if verdict == Verdict::Spam { 3 } else { 2 },
            to_ms(now)
        ])?;
    Ok(())
}

fn note_failure(
    transaction: &Transaction<'_>,
    leased: &Leased,
    error: &ServiceError,
    now: Timestamp,
    delivered: &mut Delivered,
) -> rusqlite::Result<()> {
    delivered.n_failed += 1;
    let what = error.to_string();
    health::note(transaction, Fact::Failed, now, &what)?;
    if matches!(error, ServiceError::KeyRefused { .. }) {
        health::note(transaction, Fact::Stopped, now, &what)?;
        delivered.stopped = Some(what.clone());
    }
    let asked_for = match error {
        ServiceError::Status { retry_after, .. } => *retry_after,
        _ => None,
    };
    let wait = backoff(leased.attempts + 1)
        .max(asked_for.unwrap_or_default())
        .min(LONGEST_RETRY);
    transaction
        .prepare_cached(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ?3, leased_until = 0, lease = NULL,
             last_error = ?4 WHERE id = ?1 AND lease = ?2",
        )?
        .execute(params![
            leased.id,
            leased.lease,
            to_ms(now) + wait.as_millis() as i64,
            what
        ])?;
    Ok(())
}
