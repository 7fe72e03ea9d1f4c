//! A ledger of commitments: what was promised, by whom, under which leader, and what came of it.

pub mod keys;

pub use keys::{LedgerKeys, ProjectKey, ProjectKindKey, TangibleKey};
