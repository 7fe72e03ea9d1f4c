//! The newest comments, for feeds.

use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;

use super::{Discussion, StoreError, from_ms};
use crate::markdown;
use crate::place::{CommentId, Place, Target};

/// A shown comment, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recent {
    /// Its number.
    pub id: CommentId,
    /// Where it stands.
    pub place: Place,
    /// The comment that it hangs on.
    pub parent: Option<CommentId>,
    /// When it was sent.
    pub at: Timestamp,
    /// The author's name, as text.
    pub name: String,
    /// The text as HTML.
    pub html: String,
}

impl Discussion {
    /// The `n` newest comments that are shown, of one dossier or of all, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn recent(&self, dossier: Option<&str>, n: usize) -> Result<Vec<Recent>, StoreError> {
        self.read(|connection| {
            let mut newest = connection.prepare_cached(
                "SELECT id, dossier, kind, part, parent, created, name, text FROM comments
                 WHERE state = 1 AND deleted = 0 AND (?1 IS NULL OR dossier = ?1)
                 ORDER BY created DESC, id DESC LIMIT ?2",
            )?;
            let rows = newest.query_map(params![dossier, n], |row| {
                let text: String = row.get(7)?;
                Ok(Recent {
                    id: CommentId(row.get(0)?),
                    place: Place {
                        dossier: row.get(1)?,
                        target: Target::from_columns(row.get(2)?, row.get(3)?),
                    },
                    parent: row.get::<_, Option<i64>>(4)?.map(CommentId),
                    at: from_ms(row.get(5)?),
                    name: row.get(6)?,
                    html: markdown::render(&text),
                })
            })?;
            rows.collect()
        })
    }
}
