//! A copy of the file while it is in use.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::file::{beside, put_in_place};
use super::{Discussion, StoreError};

impl Discussion {
    /// Writes a copy of the whole discussion, as it was at one moment, to a new file; others go on
    /// reading and writing. The copy is a discussion of its own and is opened like any.
    ///
    /// It is written under another name beside it, and stands in its place once it is whole and on the
    /// disk. It keeps what is erased later: copies are to be deleted after a time as well.
    ///
    /// # Errors
    /// [`StoreError::InTheWay`] where a file is there already.
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        let path = path.as_ref();
        let in_the_way = || StoreError::InTheWay {
            path: path.to_owned(),
        };
        if path.exists() {
            return Err(in_the_way());
        }
        let new = beside(path)?;
        let copied = self.read(|connection| {
            let mut copy = Connection::open(&new)?;
            let backup = Backup::new(connection, &mut copy)?;
            // All pages in one step: the copy is of one moment.
            let step = backup.step(-1)?;
            drop(backup);
            debug_assert_eq!(step, StepResult::Done, "a reader isn't kept from reading");
            copy.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))
        });
        if let Err(error) = copied {
            let _ = fs::remove_file(&new);
            return Err(error);
        }
        if put_in_place(&new, path)? {
            Ok(())
        } else {
            Err(in_the_way())
        }
    }
}
