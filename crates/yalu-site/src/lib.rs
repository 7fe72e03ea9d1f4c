//! The report of an assessment: one HTML file that needs nothing beside it.
//!
//! [`render_report`] turns an [`yalu_dossier::assessment::Assessment`] into a page. Charts are drawn
//! here as SVG, so that the page reads, prints and is indexed without JavaScript; where it runs, and
//! the report was asked to be interactive, Plotly takes each chart's place with hover and zoom.
//!
//! # Invariants
//! - The same assessment gives the same bytes: no clock, no hash order, no drawn ids.
//! - Nothing is fetched: styles, scripts and charts are in the file, and its content security policy
//!   forbids the rest.
//! - Every text of a dossier is escaped; none reaches the page as markup or as script.
//! - No statistics: a figure is shown, rounded or left out, never computed from others.

mod anchor;
mod chart;
mod figure;
mod format;
mod gaps;
mod interactive;
mod names;
mod report;
mod scale;
mod section;
mod svg;
mod table;
mod time;

pub use report::{ReportError, ReportOptions, render_report};
