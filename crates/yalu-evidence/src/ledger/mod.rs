//! A ledger of commitments: what was promised, what became tangible, under which leader, how long
//! it took, and on what it stalled.
//!
//! One CSV file, one row an entry: a *promise*, a *step* that belongs to one, or an *obstacle*.
//! [`parse_ledger`] reads it and finds all faults at once; [`summarise`] counts it as of a date,
//! with the lines behind each figure. `docs/ledger.md` explains both to analysts.

mod check;
mod durations;
mod entry;
mod fault;
mod history;
mod parse;
mod rows;
mod summarise;
mod summary;
mod tally;

pub use entry::{
    Amount, Entry, EntryKind, ObstacleType, Project, ProjectKind, PromiseForm, Stage, TangibleStage,
};
pub use fault::{COLUMNS, Column, LedgerFault, LedgerFaultKind};
pub use parse::parse_ledger;
pub use summarise::{LedgerOptions, summarise};
pub use summary::*;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod fault_tests;
