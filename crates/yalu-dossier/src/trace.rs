//! From a figure back to the rows behind it.

use serde::Serialize;

use crate::cells::{cell_id, export_requests};
use crate::diagnostic::did_you_mean;
use crate::export::period_of;
use crate::load::Dossier;
use crate::pipeline::{AssessError, AssessOptions};

/// One row behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedRow {
    /// The file that it stands in.
    pub file: String,
    /// The line there.
    pub line: u64,
    /// The row.
    pub text: String,
}

/// Why rows can't be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// A series that the dossier hasn't got.
    #[error("the dossier has no series `{series}`{}", near.as_ref().map_or(String::new(), |near| format!("; did you mean `{near}`?")))]
    Series {
        /// The name asked for.
        series: String,
        /// The nearest that there is.
        near: Option<String>,
    },
    /// A period that isn't one.
    #[error("`{period}` is not a period; write 2013-02, 2013-Q1 or 2013-W07")]
    Period {
        /// The text.
        period: String,
    },
    /// The series can't be read.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// The series file can't be read.
    #[error("{path} can't be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The rows behind one figure: rows of the store, or the lines of the series file that ships with
/// the dossier.
///
/// # Errors
/// [`TraceError`] where the series or period isn't one, or the source can't be read.
pub fn rows_behind_figure(
    dossier: &Dossier,
    options: &AssessOptions,
    series: &str,
    period: &str,
) -> Result<Vec<TracedRow>, TraceError> {
    let requests = export_requests(&dossier.spec).map_err(AssessError::from)?;
    let ids: Vec<String> = requests.iter().map(cell_id).collect();
    let place = ids
        .iter()
        .position(|id| id == series)
        .ok_or_else(|| TraceError::Series {
            series: series.to_owned(),
            near: did_you_mean(series, ids.iter().map(String::as_str)).map(str::to_owned),
        })?;
    let (period, unit) = period_of(period).ok_or_else(|| TraceError::Period {
        period: period.to_owned(),
    })?;
    let request = &requests[place];
    crate::source::rows(dossier, options, request, period, unit)
}
