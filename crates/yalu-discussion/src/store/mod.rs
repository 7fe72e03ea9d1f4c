//! What is stored, in one SQLite file: comments, who wrote them, decisions, the outbox, sessions.
//!
//! An answer of `Ok` means that it is on the disk: the file is in WAL mode with `synchronous=FULL`, so
//! that neither a killed process nor a power cut takes back what was acknowledged. Several processes
//! may have the file open.

mod backup;
mod blocks;
mod comment;
mod draft;
mod erase;
mod export;
mod file;
mod moderate;
mod pool;
mod queue;
mod recent;
mod retain;
mod rules;
mod schema;
mod submit;
mod thread;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use thiserror::Error;

use crate::access::PasswordGate;
use crate::secret::SecretError;

pub use blocks::{Block, Blocked};
pub use comment::{Check, CommentState, DeletedBy, SaidBy};
pub use draft::{Draft, DraftFault, Field, MOST_EMAIL, MOST_NAME, MOST_TEXT, Origin};
pub use erase::{Erasure, SentToService, Whose};
pub use export::{BlockExport, CommentExport, PersonExport};
pub use moderate::{Action, AuditLine, Moderated};
pub use queue::{Order, Page, QueueEntry, QueueFilter, QueuePage};
pub use recent::Recent;
pub use retain::Retained;
pub use rules::{Closing, Rules, Showing};
pub use submit::{Receipt, SubmitError};
pub use thread::{Comment, Count, Thread};

pub(crate) use submit::is_known;

use pool::{Reader, Readers};

/// How a discussion is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whether a spam service is asked about each comment. Without one, moderators alone decide.
    pub ask_service: bool,
    /// How deep replies may hang, 1 to 100; a comment that answers none is at depth 0. A deeper reply
    /// hangs on the deepest ancestor that may have replies.
    pub deepest: u32,
    /// The local score in [0, 1] from which a comment is spam at once, without asking anybody.
    pub spam_from: f64,
    /// The local score from which a comment is held whoever wrote it.
    pub hold_from: f64,
    /// The name of the form's field that people don't see, as the spam service is told it.
    pub trap_field: String,
    /// After how many days a comment's address, agent and referrer are forgotten.
    pub keep_origin_days: u32,
    /// After how many days refused comments and spam are deleted.
    pub keep_rejected_days: u32,
    /// How many connections read at once.
    pub n_readers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ask_service: false,
            deepest: 8,
            spam_from: 0.95,
            hold_from: 0.5,
            trap_field: "website".to_owned(),
            keep_origin_days: 30,
            keep_rejected_days: 30,
            n_readers: 4,
        }
    }
}

/// Why the file can't be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file that isn't a discussion. It is left as it is.
    #[error("`{path}` isn't a discussion's database: {what}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is, as far as could be told.
        what: String,
    },
    /// A discussion that is damaged. It is left as it is.
    #[error("`{path}` is damaged: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says of it.
        what: String,
    },
    /// A discussion written by a newer version.
    #[error("`{path}` has format {found}; this version reads up to {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that is known here.
        known: i64,
    },
    /// A file that is in the way of a copy.
    #[error("`{path}` is there already")]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder can't be read or written.
    #[error("`{path}` can't be used: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite can't do what it was asked.
    #[error("`{path}`: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// No secret could be drawn.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// How long reads of this process wait while the log is emptied, if another process reads.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The discussion under published assessments.
///
/// All methods take `&self` and may be called from any thread. Reads don't wait for writes; writes wait
/// for one another, each for one sync of the disk.
#[derive(Debug)]
pub struct Discussion {
    path: PathBuf,
    settings: Settings,
    writer: Mutex<Connection>,
    readers: Readers,
    pub(crate) keys: schema::Keys,
    pub(crate) gate: PasswordGate,
}

impl Discussion {
    /// Opens the discussion in a file, or begins one where there is no file. A file of an older format
    /// is brought up to date, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Foreign`], [`StoreError::Damaged`] and [`StoreError::Newer`] name the file and
    /// leave it untouched; [`StoreError::Io`] where the folder isn't there.
    pub fn open(path: impl AsRef<Path>, settings: Settings) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        file::begin_or_check(&path)?;
        let named = |source| StoreError::Sqlite {
            path: path.clone(),
            source,
        };
        let mut writer = pool::connect(&path).map_err(named)?;
        schema::migrate(&mut writer).map_err(named)?;
        let keys = schema::Keys::read(&writer).map_err(named)?;
        let readers = Readers::new(path.clone(), settings.n_readers.max(1));
        Ok(Self {
            settings: Settings {
                deepest: settings.deepest.clamp(1, 100),
                ..settings
            },
            writer: Mutex::new(writer),
            readers,
            keys,
            gate: PasswordGate::default(),
            path,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it is kept.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn error(&self, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite {
            path: self.path.clone(),
            source,
        }
    }

    /// The writing connection. A panic elsewhere rolled its transaction back, so that a poisoned lock
    /// guards a sound connection.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in one transaction, which is on the disk when this returns `Ok`.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut writer = self.writer();
        let done = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            });
        done.map_err(|source| self.error(source))
    }

    /// Reads from one state of the file.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let reader: Reader<'_> = self.readers.take().map_err(|source| self.error(source))?;
        let done = reader.unchecked_transaction().and_then(|transaction| {
            let result = work(&transaction)?;
            transaction.finish()?;
            Ok(result)
        });
        done.map_err(|source| self.error(source))
    }

    /// Empties the write-ahead log into the file and cuts it off. `false` where another process read for
    /// so long that it couldn't be done.
    fn empty_log(&self) -> Result<bool, StoreError> {
        let writer = self.writer();
        let _nobody_reads = self.readers.pause();
        let emptied = writer.busy_timeout(LONGEST_PAUSE).and_then(|()| {
            let busy: i64 =
                writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            Ok(busy == 0)
        });
        let restored = writer.busy_timeout(pool::BUSY);
        emptied
            .and_then(|emptied| restored.map(|()| emptied))
            .map_err(|source| self.error(source))
    }
}

/// A time as it is stored: milliseconds since 1970 in UTC.
pub(crate) fn to_ms(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// The time of so many milliseconds; the nearest there is where a file holds nonsense.
pub(crate) fn from_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// So many days, in milliseconds.
pub(crate) fn days_ms(days: u32) -> i64 {
    i64::from(days) * 86_400_000
}
