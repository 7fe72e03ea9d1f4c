//! A ledger of commitments: what was promised, by whom, under which leader, and what came of it.
//!
//! [`keys`] is what the dossier says, [`record`] what comes out; the counting itself is
//! [`yalu_evidence::ledger`].

mod assemble;
pub mod keys;
mod load;
pub mod record;
mod words;

pub(crate) use assemble::ledger_record;
pub use keys::LedgerKeys;
pub use load::LoadedLedger;
pub(crate) use load::load_ledger;
pub use record::{AmountRecord, EntryKindRecord, EntryRecord, LedgerRecord};
