//! The report of an assessment: one HTML file that needs nothing beside it.
//!
//! [`render_report`] turns an [`yalu_dossier::assessment::Assessment`] into a page. Charts are drawn
//! here as SVG, so that the page reads, prints and is indexed without JavaScript; where it runs, and
//! the report was asked to be interactive, Plotly takes each chart's place with hover and zoom.
//!
//! [`render_scan`] does the same for a [`yalu_dossier::scan::report::ScanReport`]; its page needs no
//! Plotly, and where it is asked to be interactive a small script sorts and filters its table.
//!
//! # Invariants
//! - The same assessment gives the same bytes: no clock, no hash order, no drawn ids.
//! - Nothing is fetched: styles, scripts and charts are in the file, and its content security policy
//!   forbids the rest.
//! - Every text of a dossier is escaped; none reaches the page as markup or as script.
//! - No statistics: a figure is shown, rounded or left out, never computed from others. (A dyad's
//!   counts are put to scale by the scan's exposure, an actor's acts of a period by those laid to
//!   somebody, and a model's draws by their number, which the charts say.)

mod anchor;
mod chart;
mod export;
mod figure;
mod format;
mod gaps;
mod interactive;
mod link;
mod names;
mod report;
mod scale;
mod scan;
mod section;
pub mod site;
mod svg;
mod table;
mod time;

pub use export::{DiscussLinks, Export, ExportLinks};
pub use report::{ReportError, ReportOptions, render_report};
pub use scan::{ScanPageError, ScanPageOptions, render_scan};
