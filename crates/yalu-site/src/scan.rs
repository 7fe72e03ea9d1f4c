//! The page of a scan: which dyads shifted, when and by how much, and each of the first ones' own
//! part.

mod answer;
mod data;
mod matrix;
mod part;
mod placed;
mod ranking;
mod timeline;
mod trace;
mod words;

use askama::Template;
use yalu_dossier::scan::report::ScanReport;

use crate::report::ReportError;

use answer::AnswerSection;
use data::ScanDataSection;
use matrix::MatrixSection;
use part::PartsSection;
use ranking::RankingSection;
use timeline::TimelineSection;
use trace::{Grid, Trace};

pub use placed::ScanPageError;

const STYLE: &str = concat!(
    include_str!("../assets/tokens.css"),
    include_str!("../assets/charts.css"),
    include_str!("../assets/report.css"),
    include_str!("../assets/scan.css")
);
const SCRIPT: &str = include_str!("../assets/scan.js");

/// How a scan's page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanPageOptions {
    /// Whether the page holds the small script that sorts and filters its table. Without it the page
    /// holds no script at all.
    pub interactive: bool,
    /// How many dyads, the best evidence first, have a row and a part of their own. The counts, the
    /// matrix and the timeline speak of all dyads of the report.
    pub top: usize,
}

impl Default for ScanPageOptions {
    fn default() -> Self {
        Self {
            interactive: true,
            top: 300,
        }
    }
}

#[derive(Template)]
#[template(path = "scan.html")]
struct ScanPage<'a> {
    report: &'a ScanReport,
    style: &'static str,
    script: Option<&'static str>,
    grid: String,
    answer: AnswerSection,
    ranking: RankingSection,
    matrix: MatrixSection,
    timeline: TimelineSection,
    parts: PartsSection,
    data: ScanDataSection,
}

/// Draws the page of a scan: one HTML file that needs nothing beside it.
///
/// The same report and options give the same bytes. The rate that a dyad's charts show is its count
/// per thousand acts of the exposure; nothing else is computed here.
///
/// # Errors
/// [`ReportError::Scan`] where the report contradicts itself: a date that isn't among its periods, a
/// series of another length, a dyad that stands twice. [`ReportError::Template`] where a template
/// can't be filled.
pub fn render_scan(report: &ScanReport, options: &ScanPageOptions) -> Result<String, ReportError> {
    let all = placed::place(report)?;
    let shown = &all[..all.len().min(options.top)];
    let traces: Vec<Trace> = shown
        .iter()
        .enumerate()
        .map(|(idx, dyad)| Trace::of(idx, dyad))
        .collect();
    let page = ScanPage {
        report,
        style: STYLE,
        script: options.interactive.then_some(SCRIPT),
        grid: Grid::over(report).shared(),
        answer: AnswerSection::of(report),
        ranking: RankingSection::of(shown, &traces, report, options.interactive),
        matrix: MatrixSection::of(&all, shown.len()),
        timeline: TimelineSection::of(&all, report).linking_to(shown),
        parts: PartsSection::of(shown, &traces, report),
        data: ScanDataSection::of(report),
    };
    Ok(page.render()?)
}
