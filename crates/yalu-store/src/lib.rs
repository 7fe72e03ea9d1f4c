//! Event data in, a Parquet store kept, series out.
//!
//! The way through this crate is one direction: a file is recognised and parsed ([`ingest`]), its
//! actors and codes are normalised (`countries`, `actors`, `cameo`), its rows are written to the
//! store ([`store`], one manifest, replaced atomically), and series are queried from the store or
//! from a series file in one DataFusion plan (`series`).
//!
//! # Invariants
//! - The manifest is the only truth of a store: a file that it doesn't name isn't there.
//! - Nothing is dropped in silence: each row read is kept, a duplicate, rejected or unmapped.
//! - Codes are text: `010` isn't `10`.

pub mod actors;
pub mod acts_file;
pub mod cameo;
pub mod contiguity;
pub mod countries;
pub mod export_table;
pub mod ingest;
pub mod period;
pub mod query;
pub mod series;
pub mod series_export;
pub mod series_file;
pub mod store;
pub mod table_export;
pub mod trace;
pub mod types;

pub use period::{Month, Period, PeriodUnit};
pub use types::{ActorCode, CameoCode, Dyad, DyadPattern, QuadClass};
