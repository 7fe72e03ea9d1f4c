//! The dossier, its assessment and the verdict.

pub mod assessment;
pub mod spec;
