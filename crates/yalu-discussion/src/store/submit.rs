//! A comment comes in.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};
use thiserror::Error;

use super::blocks::Blocked;
use super::comment::{CommentState, NOT_ASKED, WAITING};
use super::draft::{Draft, DraftFault, Origin, Sound};
use super::rules::{Rules, Showing};
use super::{Discussion, StoreError, to_ms};
use crate::place::CommentId;
use crate::secret::SecretToken;
use crate::spam::{self, Signals};

/// What an author gets for a comment.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The comment's number.
    pub id: CommentId,
    /// What has been decided of it so far.
    pub state: CommentState,
    /// With it its author sees, exports and deletes what is stored. It is shown once; its hash is stored.
    /// None where the comment was here already and was sent again without its token.
    pub token: Option<SecretToken>,
    /// The same comment was here already, and is the only one.
    pub is_repeated: bool,
}

/// Why a comment wasn't taken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The author must mend something: all of it, in the order of the form.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<DraftFault>),
    /// No more comments are taken here.
    #[error("This discussion is closed")]
    Closed,
    /// The author is blocked.
    #[error("Comments from you aren't taken here{}", .0.until_words())]
    Blocked(Blocked),
    /// The comment that it answers isn't there, isn't shown, or stands elsewhere.
    #[error("The comment that you answer isn't there any more")]
    NoParent,
    /// It couldn't be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the transaction made of a draft.
enum Outcome {
    Stored(CommentId, CommentState),
    Repeated {
        id: CommentId,
        state: CommentState,
        is_authors: bool,
    },
    Closed,
    Blocked(Blocked),
    NoParent,
}

/// What a duplicate is sought within.
const SAME_WITHIN_MS: i64 = 86_400_000;

impl Discussion {
    /// Takes a comment, or says why not. Once it returns `Ok` the comment is on the disk.
    ///
    /// Nothing is shown at once but by the dossier's rules ([`Rules`]); where a spam service is asked,
    /// nothing is shown before its answer.
    ///
    /// A comment that was sent twice (same place, parent, author and text within a day) is stored once.
    ///
    /// # Errors
    /// [`SubmitError`], in words for the author.
    pub fn submit(
        &self,
        draft: &Draft,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Receipt, SubmitError> {
        let sound = draft.sound().map_err(SubmitError::Faults)?;
        let token = match &draft.token {
            Some(token) => token.clone(),
            None => SecretToken::generate().map_err(StoreError::Secret)?,
        };
        let incoming = Incoming {
            draft,
            sound: &sound,
            origin,
            token: &token,
            now,
        };
        match self.write(|transaction| self.take(transaction, &incoming))? {
            Outcome::Stored(id, state) => Ok(Receipt {
                id,
                state,
                token: Some(token),
                is_repeated: false,
            }),
            Outcome::Repeated {
                id,
                state,
                is_authors,
            } => Ok(Receipt {
                id,
                state,
                token: is_authors.then_some(token),
                is_repeated: true,
            }),
            Outcome::Closed => Err(SubmitError::Closed),
            Outcome::Blocked(blocked) => Err(SubmitError::Blocked(blocked)),
            Outcome::NoParent => Err(SubmitError::NoParent),
        }
    }

    fn take(
        &self,
        transaction: &Transaction<'_>,
        incoming: &Incoming,
    ) -> rusqlite::Result<Outcome> {
        let Incoming {
            draft,
            sound,
            origin,
            now,
            ..
        } = *incoming;
        let (parent, depth) = match draft.reply_to {
            None => (None, 0),
            Some(parent) => match self.parent(transaction, incoming, parent)? {
                Some((parent, depth)) => (Some(parent), depth + 1),
                None => return Ok(Outcome::NoParent),
            },
        };
        let text_hash = spam::text_hash(&self.keys.word, &sound.text_folded);
        if let Some(repeated) = incoming.repeated(transaction, parent, &text_hash)? {
            return Ok(repeated);
        }
        let rules = Rules::read(transaction, &draft.place.dossier)?;
        if !rules.is_open_at(now) {
            return Ok(Outcome::Closed);
        }
        if let Some(blocked) = Blocked::find(transaction, sound, origin.address, now)? {
            return Ok(Outcome::Blocked(blocked));
        }
        let person = incoming.person(transaction)?;
        let score = spam::score(&Signals {
            name: &sound.name,
            text: &sound.text,
            is_trapped: !draft.trap.is_empty(),
            form_seconds: draft.form_seconds,
            n_repeats: n_repeats(transaction, &text_hash)?,
            words: spam::words::probability(
                transaction,
                &self.keys.word,
                &sound.name,
                &sound.text,
            )?,
        });
        let is_spam = score.score >= self.settings().spam_from;
        let asked = self.settings().ask_service && !is_spam;
        let may_show = rules.showing == Showing::KnownAuthors
            && score.score < self.settings().hold_from
            && !asked
            && is_known(transaction, person, sound.email_folded.as_deref())?;
        let state = match (is_spam, may_show) {
            (true, _) => CommentState::Spam,
            (false, true) => CommentState::Shown,
            (false, false) => CommentState::Held,
        };
        let (kind, part) = draft.place.target.columns();
        transaction
            .prepare_cached(
                "INSERT INTO comments (dossier, kind, part, parent, depth, state, created, person, name,
                     name_folded, email, email_folded, text, text_hash, trap, address, agent, referrer,
                     permalink, place_modified, score, reasons, check_state, decided)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                     ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
            )?
            .execute(params![
                draft.place.dossier,
                kind,
                part,
                parent,
                depth,
                state.code(),
                to_ms(now),
                person,
                sound.name,
                sound.name_folded,
                sound.email,
                sound.email_folded,
                sound.text,
                text_hash,
                bounded(&draft.trap),
                origin.address.to_canonical().to_string(),
                bounded(&origin.user_agent),
                bounded(&origin.referrer),
                bounded(&origin.permalink),
                origin.place_modified.map(to_ms),
                score.score,
                spam::reasons_json(&score.reasons),
                if asked { WAITING } else { NOT_ASKED },
                (state != CommentState::Held).then(|| to_ms(now)),
            ])?;
        let id = transaction.last_insert_rowid();
        if asked {
            crate::outbox::put(transaction, id, crate::outbox::Kind::Ask, now)?;
        }
        Ok(Outcome::Stored(CommentId(id), state))
    }

    /// The comment under which a reply is hung, and its depth.
    fn parent(
        &self,
        transaction: &Transaction<'_>,
        incoming: &Incoming,
        parent: CommentId,
    ) -> rusqlite::Result<Option<(i64, u32)>> {
        let place = &incoming.draft.place;
        let (kind, part) = place.target.columns();
        let found: Option<(Option<i64>, u32)> = transaction
            .prepare_cached(
                "SELECT parent, depth FROM comments WHERE id = ?1 AND dossier = ?2 AND kind = ?3
                 AND part = ?4 AND state = 1 AND deleted = 0",
            )?
            .query_row(params![parent.0, place.dossier, kind, part], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((mut above, mut depth)) = found else {
            return Ok(None);
        };
        let mut hung_on = parent.0;
        while depth >= self.settings().deepest {
            let Some(next) = above else { break };
            hung_on = next;
            (above, depth) = transaction
                .prepare_cached("SELECT parent, depth FROM comments WHERE id = ?1")?
                .query_row([next], |row| Ok((row.get(0)?, row.get(1)?)))?;
        }
        Ok(Some((hung_on, depth)))
    }
}

/// A header that is longer than any honest one is cut.
fn bounded(text: &str) -> String {
    text.chars()
        .filter(|one| !one.is_control())
        .take(1_000)
        .collect()
}

/// How many comments of the last days, anywhere, have the same text.
fn n_repeats(transaction: &Transaction<'_>, text_hash: &[u8]) -> rusqlite::Result<u32> {
    transaction
        .prepare_cached("SELECT count(*) FROM comments WHERE text_hash = ?1")?
        .query_row([text_hash], |row| row.get(0))
}

/// Whether a person has had a comment shown before under the same e-mail.
pub(crate) fn is_known(
    transaction: &Transaction<'_>,
    person: i64,
    email_folded: Option<&str>,
) -> rusqlite::Result<bool> {
    let Some(email) = email_folded else {
        return Ok(false);
    };
    transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM comments WHERE person = ?1 AND email_folded = ?2
             AND state = 1 AND deleted = 0)",
        )?
        .query_row(params![person, email], |row| row.get(0))
}

#[derive(Clone, Copy)]
struct Incoming<'a> {
    draft: &'a Draft,
    sound: &'a Sound,
    origin: &'a Origin,
    token: &'a SecretToken,
    now: Timestamp,
}

impl Incoming<'_> {
    /// The first of several that are the same.
    fn repeated(
        &self,
        transaction: &Transaction<'_>,
        parent: Option<i64>,
        text_hash: &[u8],
    ) -> rusqlite::Result<Option<Outcome>> {
        let place = &self.draft.place;
        let (kind, part) = place.target.columns();
        transaction
            .prepare_cached(
                "SELECT c.id, c.state, p.token FROM comments c JOIN persons p ON p.id = c.person
                 WHERE c.text_hash = ?1 AND c.dossier = ?2 AND c.kind = ?3 AND c.part = ?4
                 AND c.parent IS ?5 AND c.name_folded = ?6 AND c.email_folded IS ?7
                 AND c.created > ?8 AND c.deleted = 0 ORDER BY c.id LIMIT 1",
            )?
            .query_row(
                params![
                    text_hash,
                    place.dossier,
                    kind,
                    part,
                    parent,
                    self.sound.name_folded,
                    self.sound.email_folded,
                    to_ms(self.now) - SAME_WITHIN_MS,
                ],
                |row| {
                    let token: [u8; 32] = row.get(2)?;
                    Ok(Outcome::Repeated {
                        id: CommentId(row.get(0)?),
                        state: CommentState::from_code(row.get(1)?),
                        // Whoever copies another's public words must not get hold of their comment.
                        is_authors: token == self.token.hash(),
                    })
                },
            )
            .optional()
    }

    /// The person of the token, who may be new.
    fn person(&self, transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
        let hash = self.token.hash();
        let known = transaction
            .prepare_cached("SELECT id FROM persons WHERE token = ?1")?
            .query_row([&hash], |row| row.get(0))
            .optional()?;
        if let Some(known) = known {
            return Ok(known);
        }
        transaction.execute(
            "INSERT INTO persons (token, created) VALUES (?1, ?2)",
            params![hash, to_ms(self.now)],
        )?;
        Ok(transaction.last_insert_rowid())
    }
}
