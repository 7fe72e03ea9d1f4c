//! Where figures come from: the line below each chart.

use askama::Template;
use yalu_dossier::assessment::{Assessment, Trace};

use crate::anchor::anchor;
use crate::format;

/// A series that a figure rests on, with its place on the page.
#[derive(Debug)]
pub(crate) struct SeriesLink {
    pub(crate) id: String,
    /// Empty where the assessment doesn't hold the series.
    pub(crate) to: String,
}

/// Where figures come from.
#[derive(Debug, Template)]
#[template(path = "trace.html")]
pub(crate) struct TraceLine {
    pub(crate) series: Vec<SeriesLink>,
    pub(crate) rows: String,
    pub(crate) command: String,
}

impl TraceLine {
    pub(crate) fn of(trace: &Trace, assessment: &Assessment) -> Self {
        Self {
            series: trace
                .series
                .iter()
                .map(|id| SeriesLink {
                    id: id.clone(),
                    to: assessment
                        .data
                        .series
                        .iter()
                        .find(|series| series.id == *id)
                        .map_or_else(String::new, |series| anchor("series", &series.id)),
                })
                .collect(),
            rows: format::plural(trace.n_rows, "row", "rows"),
            command: trace.command.clone(),
        }
    }
}
