//! The dossier, its assessment and the verdict.
//!
//! A dossier is read and checked ([`load`], [`spec`]); its series are queried ([`cells`]); each
//! indicator is fitted under the main specification and on a curve of all others; the findings are
//! joined to a verdict; the result is an [`assessment::Assessment`].
//!
//! # Invariants
//! - Nothing later than the as-of date reaches a model, a figure or a line of the assessment.
//! - The same dossier, data and seed give the same bytes on any number of threads.
//! - Sentences are made from the numbers that they state.

pub mod assessment;
pub mod borders;
pub mod cells;
mod check;
mod coverage;
mod csv_file;
mod curve;
pub mod diagnostic;
pub mod eras;
pub mod events;
pub mod evidence;
pub mod export;
mod finding;
mod fit;
pub mod influence;
pub mod ledger;
pub mod load;
mod major;
mod method;
pub mod pipeline;
mod prepare;
pub mod publication;
pub mod reasons;
pub mod scan;
pub mod schema;
mod source;
pub mod spec;
mod specification;
pub mod structure;
pub mod tables;
pub mod template;
mod toml_file;
pub mod trace;
mod verdict;
pub mod words;
pub mod workbench;
