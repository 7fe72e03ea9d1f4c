//! The parts of the page, from the verdict down to the files.

mod borders;
mod data;
mod evidence;
mod indicator;
mod response;
mod structure;
mod trace;
mod verdict;

pub(crate) use borders::BordersSection;
pub(crate) use data::{DataSection, coverage_table, files_table};
pub(crate) use evidence::EvidenceSection;
pub(crate) use indicator::IndicatorSection;
pub(crate) use response::ResponseSection;
pub(crate) use structure::StructureSection;
pub(crate) use verdict::VerdictSection;
