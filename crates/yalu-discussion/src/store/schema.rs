//! Tables, their versions, and the keys that are drawn once.

use std::fmt;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, params};

use super::StoreError;
use crate::secret::random;

/// The mark of our files in SQLite's header: "Yalu".
pub(super) const APPLICATION_ID: u32 = 0x5961_6c75;
/// The newest format; format n is made of the first n steps.
pub(super) const FORMAT: i64 = STEPS.len() as i64;

/// Each step takes a file from one format to the next. A step that was released is never changed.
const STEPS: &[&str] = &[include_str!("format_1.sql")];

/// Makes a whole file: all tables, and keys of its own.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let form_key = random::<32>()?;
    let word_key = random::<32>()?;
    let made = Connection::open(path).and_then(|mut connection| {
        connection.execute_batch("PRAGMA synchronous=FULL")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        for step in STEPS {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", FORMAT)?;
        for (name, key) in [("form_key", form_key), ("word_key", word_key)] {
            transaction.execute(
                "INSERT INTO keys (name, value) VALUES (?1, ?2)",
                params![name, key],
            )?;
        }
        transaction.commit()
    });
    made.map_err(|source| StoreError::Sqlite {
        path: path.to_owned(),
        source,
    })
}

/// Takes a file to the newest format, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    migrate_by(connection, STEPS)
}

fn migrate_by(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let format = |connection: &Connection| {
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, usize>(0))
    };
    if format(connection)? >= steps.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it in between.
    let found = format(&transaction)?;
    for step in steps.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", steps.len().max(found) as i64)?;
    transaction.commit()
}

/// Keys of one file. They are no use to whoever has the file, which holds what they protect.
pub(crate) struct Keys {
    /// Signs form tokens.
    pub(crate) form: [u8; 32],
    /// Hashes the words that were learnt.
    pub(crate) word: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let key = |name: &str| {
            connection.query_row("SELECT value FROM keys WHERE name = ?1", [name], |row| {
                row.get(0)
            })
        };
        Ok(Self {
            form: key("form_key")?,
            word: key("word_key")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format_and_tables(connection: &Connection) -> (i64, i64) {
        let one = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).unwrap();
        (
            one("PRAGMA user_version"),
            one("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE 't_'"),
        )
    }

    #[test]
    fn steps_are_taken_once_and_a_failed_one_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [
            "CREATE TABLE t1 (a)",
            "CREATE TABLE t2 (a)",
            "CREATE TABLE t3 (a); nonsense",
        ];
        migrate_by(&mut connection, &steps[..1]).unwrap();
        assert_eq!(format_and_tables(&connection), (1, 1));
        migrate_by(&mut connection, &steps).unwrap_err();
        assert_eq!(format_and_tables(&connection), (1, 1));
        migrate_by(&mut connection, &steps[..2]).unwrap();
        migrate_by(&mut connection, &steps[..2]).unwrap();
        assert_eq!(format_and_tables(&connection), (2, 2));
    }
}
