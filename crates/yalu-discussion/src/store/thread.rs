//! What everybody reads: threads and their counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::comment::{CommentState, DeletedBy};
use super::queue::Page;
use super::{Discussion, StoreError, from_ms};
use crate::markdown;
use crate::place::{CommentId, Place, Target};

/// A comment as everybody may read it, with its replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comment {
    /// Its number.
    pub id: CommentId,
    /// The comment that it hangs on, which may be on an earlier page.
    pub parent: Option<CommentId>,
    /// How deep it hangs; 0 answers none.
    pub depth: u32,
    /// When it was sent.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Where it is here no more, and only holds a place for its replies: by whom. Name and HTML are
    /// empty then.
    pub deleted: Option<DeletedBy>,
    /// The author's name, as text.
    pub name: String,
    /// The text as HTML that may stand in a page as it is ([`markdown::render`]).
    pub html: String,
    /// How many shown comments hang on it, at any depth and on any page.
    pub n_replies: usize,
    /// The replies that are on this page, the oldest first.
    pub replies: Vec<Self>,
}

/// A page of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Thread {
    /// Comments that answer none, or none of this page, the oldest first.
    pub comments: Vec<Comment>,
    /// How many comments are shown at this place, on all pages, less those that only hold a place.
    pub n_shown: usize,
    /// How many entries there are on all pages, with those that hold a place.
    pub n_entries: usize,
    /// Where the next page begins, where there is one.
    pub next_offset: Option<usize>,
}

/// How many comments are shown at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The place within the dossier.
    pub target: Target,
    /// How many.
    pub n_shown: usize,
    /// When the newest was sent.
    pub newest: Timestamp,
}

/// A comment's place in the tree, without what it says.
struct Node {
    id: i64,
    parent: Option<i64>,
    at: i64,
    is_shown: bool,
    deleted: Option<DeletedBy>,
    children: Vec<usize>,
    depth: u32,
    /// Shown comments below it.
    n_below: usize,
}

impl Node {
    fn is_visible(&self) -> bool {
        self.is_shown || self.n_below > 0
    }
}

impl Discussion {
    /// A page of the comments that are shown at a place. Offset and limit count comments in the order
    /// in which a page reads: each comment is followed by its replies, and the oldest come first. A
    /// page costs what it holds, and the places, not the texts, of all others.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn thread(&self, place: &Place, page: Page) -> Result<Thread, StoreError> {
        self.read(|connection| {
            let nodes = nodes(connection, place)?;
            let order = reading_order(&nodes);
            let end = page.offset.saturating_add(page.limit).min(order.len());
            let on_page = order.get(page.offset..end).unwrap_or_default();
            let mut comments = Vec::with_capacity(on_page.len());
            for &idx in on_page {
                comments.push(comment(connection, &nodes[idx])?);
            }
            Ok(Thread {
                comments: nested(comments),
                n_shown: nodes.iter().filter(|node| node.is_shown).count(),
                n_entries: order.len(),
                next_offset: (end < order.len()).then_some(end),
            })
        })
    }

    /// On which offset of its thread a shown comment stands, for a link to it.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn offset_of(&self, place: &Place, id: CommentId) -> Result<Option<usize>, StoreError> {
        self.read(|connection| {
            let nodes = nodes(connection, place)?;
            let order = reading_order(&nodes);
            Ok(order.iter().position(|&idx| nodes[idx].id == id.0))
        })
    }

    /// How many comments are shown at each place of a dossier that has any, the dossier itself first.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn counts(&self, dossier: &str) -> Result<Vec<Count>, StoreError> {
        self.read(|connection| {
            let mut counts = connection.prepare_cached(
                "SELECT kind, part, count(*), max(created) FROM comments
                 WHERE dossier = ?1 AND state = 1 AND deleted = 0
                 GROUP BY kind, part ORDER BY kind, part",
            )?;
            let rows = counts.query_map([dossier], |row| {
                Ok(Count {
                    target: Target::from_columns(row.get(0)?, row.get(1)?),
                    n_shown: row.get(2)?,
                    newest: from_ms(row.get(3)?),
                })
            })?;
            rows.collect()
        })
    }
}

/// All comments at a place, the oldest first, with what hangs on them.
fn nodes(connection: &Connection, place: &Place) -> rusqlite::Result<Vec<Node>> {
    let (kind, part) = place.target.columns();
    let mut select = connection.prepare_cached(
        "SELECT id, parent, created, state, deleted FROM comments
         WHERE dossier = ?1 AND kind = ?2 AND part = ?3",
    )?;
    let rows = select.query_map(params![place.dossier, kind, part], |row| {
        let deleted = DeletedBy::from_code(row.get(4)?);
        let is_shown = CommentState::from_code(row.get(3)?) == CommentState::Shown;
        Ok(Node {
            id: row.get(0)?,
            parent: row.get(1)?,
            at: row.get(2)?,
            is_shown: is_shown && deleted.is_none(),
            deleted,
            children: Vec::new(),
            depth: 0,
            n_below: 0,
        })
    })?;
    let mut nodes = rows.collect::<rusqlite::Result<Vec<Node>>>()?;
    // The index gives them almost in this order; SQLite would sort them anew.
    nodes.sort_by_key(|node| (node.at, node.id));
    let idx_by_id: BTreeMap<i64, usize> = nodes
        .iter()
        .enumerate()
        .map(|(idx, node)| (node.id, idx))
        .collect();
    let parent_of = |node: &Node| node.parent.and_then(|id| idx_by_id.get(&id).copied());
    for idx in 0..nodes.len() {
        if let Some(parent) = parent_of(&nodes[idx]) {
            nodes[parent].children.push(idx);
        }
    }
    // A parent's number is lower than its replies', whatever the clocks said.
    for &idx in idx_by_id.values() {
        nodes[idx].depth = parent_of(&nodes[idx]).map_or(0, |parent| nodes[parent].depth + 1);
    }
    for &idx in idx_by_id.values().rev() {
        if let Some(parent) = parent_of(&nodes[idx]) {
            nodes[parent].n_below += nodes[idx].n_below + usize::from(nodes[idx].is_shown);
        }
    }
    Ok(nodes)
}

/// The visible comments, each followed by its replies.
fn reading_order(nodes: &[Node]) -> Vec<usize> {
    let mut order = Vec::with_capacity(nodes.len());
    let mut to_visit: Vec<usize> = (0..nodes.len())
        .rev()
        .filter(|&idx| nodes[idx].parent.is_none())
        .collect();
    while let Some(idx) = to_visit.pop() {
        if nodes[idx].is_visible() {
            order.push(idx);
            to_visit.extend(nodes[idx].children.iter().rev());
        }
    }
    order
}

fn comment(connection: &Connection, node: &Node) -> rusqlite::Result<Comment> {
    let (name, html) = if node.is_shown {
        connection
            .prepare_cached("SELECT name, text FROM comments WHERE id = ?1")?
            .query_row([node.id], |row| {
                let text: String = row.get(1)?;
                Ok((row.get(0)?, markdown::render(&text)))
            })?
    } else {
        (String::new(), String::new())
    };
    Ok(Comment {
        id: CommentId(node.id),
        parent: node.parent.map(CommentId),
        depth: node.depth,
        at: from_ms(node.at),
        deleted: (!node.is_shown).then(|| node.deleted.unwrap_or(DeletedBy::Moderator)),
        name,
        html,
        n_replies: node.n_below,
        replies: Vec::new(),
    })
}

/// Hangs each comment of a page on its parent, where that is on the page.
fn nested(comments: Vec<Comment>) -> Vec<Comment> {
    let mut roots: Vec<Comment> = Vec::new();
    // The way from a root to the comment read last, each still without the next.
    let mut way: Vec<Comment> = Vec::new();
    let close = |way: &mut Vec<Comment>, roots: &mut Vec<Comment>| {
        if let Some(done) = way.pop() {
            match way.last_mut() {
                Some(parent) => parent.replies.push(done),
                None => roots.push(done),
            }
        }
    };
    for comment in comments {
        while way
            .last()
            .is_some_and(|last| Some(last.id) != comment.parent)
        {
            close(&mut way, &mut roots);
        }
        way.push(comment);
    }
    while !way.is_empty() {
        close(&mut way, &mut roots);
    }
    roots
}
