//! The parts of the page, from the verdict down to the files.

mod borders;
mod data;
mod evidence;
mod hypotheses;
mod indicator;
mod leaders;
mod ledger;
mod moment;
mod response;
mod structure;
mod talks;
mod trace;
mod verdict;

pub(crate) use borders::BordersSection;
pub(crate) use data::{DataSection, coverage_table, files_table};
pub(crate) use evidence::EvidenceSection;
pub(crate) use hypotheses::HypothesesSection;
pub(crate) use indicator::IndicatorSection;
pub(crate) use leaders::LeadersPart;
pub(crate) use ledger::LedgerSection;
pub(crate) use response::ResponseSection;
pub(crate) use structure::StructureSection;
pub(crate) use talks::TalksSection;
pub(crate) use verdict::VerdictSection;
