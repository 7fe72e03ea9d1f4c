//! Connections: how each is set up, and the few that read at once.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// How long a connection waits for another process that writes.
pub(super) const BUSY: Duration = Duration::from_secs(30);

/// A connection that may write.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY)?;
    // `secure_delete` overwrites what is deleted; `trusted_schema` off since the file may be a copy
    // that somebody sent.
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;
         PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Connections that read, opened as they are needed, never more than a number.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    most: usize,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Connection>,
    n_open: usize,
    is_paused: bool,
}

impl Readers {
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        Self {
            path,
            most,
            state: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// A connection, given back when it is dropped; waits while all are taken.
    pub(super) fn take(&self) -> rusqlite::Result<Reader<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = loop {
            if !state.is_paused {
                if let Some(connection) = state.idle.pop() {
                    break connection;
                }
                if state.n_open < self.most {
                    let connection = connect(&self.path)?;
                    connection.execute_batch("PRAGMA query_only=ON")?;
                    state.n_open += 1;
                    break connection;
                }
            }
            state = self
                .returned
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        };
        Ok(Reader {
            connection: Some(connection),
            readers: self,
        })
    }
}

/// Lets readers in again when it is dropped.
pub(super) struct Pause<'a>(&'a Readers);

impl Readers {
    /// Waits until nobody reads, and keeps everybody from it. Readers that overlap without end would
    /// keep the write-ahead log from being emptied.
    pub(super) fn pause(&self) -> Pause<'_> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_paused = true;
        while state.idle.len() < state.n_open {
            state = self
                .returned
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Pause(self)
    }
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_paused = false;
        drop(state);
        self.0.returned.notify_all();
    }
}

/// A connection that reads.
pub(super) struct Reader<'a> {
    connection: Option<Connection>,
    readers: &'a Readers,
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a connection leaves its reader only when that is dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut state = self
            .readers
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.idle.extend(self.connection.take());
        let is_paused = state.is_paused;
        drop(state);
        // Whoever pauses waits among those who want to read.
        if is_paused {
            self.readers.returned.notify_all();
        } else {
            self.readers.returned.notify_one();
        }
    }
}
