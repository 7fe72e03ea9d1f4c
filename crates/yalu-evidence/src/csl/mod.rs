//! Sources: a library in CSL-JSON, the format of citation processors, which Zotero exports.
//!
//! [`read_csl`] reads a library with every fault and its place, [`Library::to_json`] writes it back in
//! canonical form with nothing lost, [`reference()`] and [`short`] print a source in a form of our own.
//!
//! # Source
//! Citation Style Language 1.0.2, `csl-data.json`. What to write: `docs/sources.md`.

mod date;
mod fault;
mod item;
mod read;
mod reference;
pub mod schema;
#[cfg(test)]
mod tests;
mod tree;

pub use date::{Date, DatePoint};
pub(crate) use date::{ends_before, month_of};
pub use fault::{CslError, CslFault, CslNotice, Notice};
pub use item::{Item, ItemType, Name};
pub use read::read_csl;
pub use reference::{reference, short, shorts};
pub(crate) use tree::Lines;
pub use tree::Position;

use serde_json::Value;

/// Sources in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Library {
    /// The items.
    pub items: Vec<Item>,
    /// What was kept though the schema has no place for it.
    pub notices: Vec<CslNotice>,
}

impl Library {
    /// The item of this identifier.
    pub fn get(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The library as canonical CSL-JSON, two blanks a level, with a line end at the end.
    pub fn to_json(&self) -> String {
        to_csl(&self.items)
    }
}

/// Items as canonical CSL-JSON, two blanks a level, with a line end at the end.
pub fn to_csl(items: &[Item]) -> String {
    let all: Value = items.iter().map(Item::to_json).collect();
    format!("{all:#}\n")
}

fn sorted(mut faults: Vec<CslFault>) -> Vec<CslFault> {
    faults.sort_by_key(|fault| fault.position);
    faults
}
