//! The page as a whole.

use askama::Template;
use yalu_dossier::assessment::Assessment;

use crate::interactive::plotly_source;
use crate::section::{
    BordersSection, DataSection, EvidenceSection, HypothesesSection, IndicatorSection, LeadersPart,
    LedgerSection, ResponseSection, StructureSection, TalksSection, VerdictSection,
};

/// Colours and sizes, drawings, the page.
pub(crate) const STYLE: &str = concat!(
    include_str!("../assets/tokens.css"),
    include_str!("../assets/charts.css"),
    include_str!("../assets/report.css")
);
pub(crate) const EVIDENCE_STYLE: &str = include_str!("../assets/evidence.css");
pub(crate) const SCRIPT: &str = include_str!("../assets/report.js");
pub(crate) const PLAYER: &str = include_str!("../assets/player.js");

/// How a report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportOptions {
    /// Whether Plotly is put into the file (about 4.5 MB), so that charts can be hovered and zoomed
    /// where JavaScript runs. Without it the file holds no script at all.
    pub interactive: bool,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { interactive: true }
    }
}

/// Why a report can't be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A template can't be filled.
    #[error("a page template can't be filled: {0}")]
    Template(#[from] askama::Error),
    /// A chart's data can't be written as JSON.
    #[error("a chart can't be written as JSON: {0}")]
    Chart(#[from] serde_json::Error),
    /// The plotly crate no longer offers plotly.js as expected.
    #[error("the plotly crate offers no source of plotly.js to put into the page")]
    PlotlySource,
    /// A scan's report contradicts itself.
    #[error("the scan can't be drawn: {0}")]
    Scan(#[from] crate::scan::ScanPageError),
}

#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    assessment: &'a Assessment,
    style: &'static str,
    evidence_style: &'static str,
    script: &'static str,
    /// The script that plays talks, where there is one to play.
    player: Option<&'static str>,
    /// Whether the page holds a recording, so that its policy must let it be heard.
    plays: bool,
    plotly: Option<String>,
    verdict: VerdictSection,
    indicators: Vec<IndicatorSection>,
    response: ResponseSection,
    borders: BordersSection,
    structure: Option<StructureSection>,
    leaders: Option<LeadersPart>,
    hypotheses: Option<HypothesesSection>,
    talks: Option<TalksSection>,
    ledger: Option<LedgerSection>,
    evidence: EvidenceSection,
    data: DataSection,
}

/// Draws the report of an assessment: one HTML file that needs nothing beside it.
///
/// The same assessment and options give the same bytes.
///
/// # Errors
/// [`ReportError`] where a template or a chart's data can't be written; none stems from the figures.
pub fn render_report(
    assessment: &Assessment,
    options: &ReportOptions,
) -> Result<String, ReportError> {
    let indicators = assessment
        .indicators
        .iter()
        .map(|finding| IndicatorSection::of(finding, assessment, options.interactive))
        .collect::<Result<Vec<_>, _>>()?;
    let talks = TalksSection::of(assessment, options.interactive);
    let plays = talks.as_ref().is_some_and(TalksSection::plays);
    let has_transcript = talks.as_ref().is_some_and(TalksSection::has_transcript);
    let report = Report {
        assessment,
        style: STYLE,
        evidence_style: EVIDENCE_STYLE,
        script: SCRIPT,
        player: (options.interactive && (plays || has_transcript)).then_some(PLAYER),
        plays,
        plotly: options.interactive.then(plotly_source).transpose()?,
        verdict: VerdictSection::of(assessment),
        indicators,
        response: ResponseSection::of(assessment),
        borders: BordersSection::of(assessment),
        structure: StructureSection::of(assessment),
        leaders: LeadersPart::of(assessment),
        hypotheses: HypothesesSection::of(assessment),
        talks,
        ledger: LedgerSection::of(assessment),
        evidence: EvidenceSection::of(assessment),
        data: DataSection::of(assessment),
    };
    Ok(report.render()?)
}
