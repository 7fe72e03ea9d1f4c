//! Where acts come from: the acts file that ships with the dossier, or a store.

use std::path::Path;

use jiff::civil::Date;
use yalu_store::acts_file::{ActsFileError, query_acts_file};
use yalu_store::query::acts::{ActsQuery, ActsTable};
use yalu_store::series::{CodeSet, Coverage, CoverageChange};
use yalu_store::{Dyad, PeriodUnit};

use super::InfluenceError;
use super::keys::InfluenceKeys;
use super::measure::window;
use crate::diagnostic::Problem;
use crate::spec::{CoverageKey, PeriodKey};

/// What is asked of a store, or of the acts file: all that [`measure`](super::measure()) needs as of
/// a date. `codes`: those of the group that `keys.codes` names; the default where it names none.
///
/// # Errors
/// [`InfluenceError::Date`] where `keys.from` or `keys.to` is no month.
pub fn acts_query(
    keys: &InfluenceKeys,
    dyad: Dyad,
    codes: CodeSet,
    as_of: Option<Date>,
) -> Result<ActsQuery, InfluenceError> {
    let (from, to) = window(keys, as_of)?;
    Ok(ActsQuery {
        codes,
        datasets: keys.datasets.clone(),
        unit: match keys.period {
            PeriodKey::Week => PeriodUnit::Week,
            PeriodKey::Month => PeriodUnit::Month,
            PeriodKey::Quarter => PeriodUnit::Quarter,
        },
        from,
        as_of: to,
        ..ActsQuery::of(dyad)
    })
}

/// Reads the acts file in the dossier's folder `dir`; nothing where the dossier has none.
///
/// # Errors
/// A [`Problem`] with file and line.
#[expect(
    clippy::result_large_err,
    reason = "a fault is shown once; reading is never on a fast path"
)]
pub fn read_acts(
    dir: &Path,
    keys: &InfluenceKeys,
    query: &ActsQuery,
) -> Result<Option<ActsTable>, Problem> {
    let Some(name) = &keys.acts else {
        return Ok(None);
    };
    let path = dir.join(name);
    let coverage = coverage(&path, &keys.coverage)?;
    query_acts_file(&path, query, &coverage)
        .map(Some)
        .map_err(|error| problem(&path, &error))
}

#[expect(
    clippy::result_large_err,
    reason = "a fault is shown once; reading is never on a fast path"
)]
fn coverage(path: &Path, keys: &[CoverageKey]) -> Result<Vec<Coverage>, Problem> {
    let date = |text: &str| -> Result<Date, Problem> {
        text.parse().map_err(|_| {
            fault(
                path,
                "acts.coverage",
                None,
                format!("`{text}` in `structure.influence.coverage` is not a date"),
            )
        })
    };
    keys.iter()
        .map(|key| {
            Ok(Coverage {
                dataset: key.dataset.clone(),
                from: date(&key.from)?,
                to: date(&key.to)?,
                changes: key
                    .changes
                    .iter()
                    .map(|change| {
                        Ok(CoverageChange {
                            date: date(&change.date)?,
                            note: change.note.clone(),
                        })
                    })
                    .collect::<Result<_, Problem>>()?,
                subset: key.subset.clone(),
                gaps: Vec::new(),
            })
        })
        .collect()
}

fn fault(path: &Path, code: &'static str, line: Option<u64>, message: String) -> Problem {
    crate::csv_file::problem(path, code, line, message)
}

/// A fault of the acts file; its mend stands behind the semicolon of its message.
fn problem(path: &Path, error: &ActsFileError) -> Problem {
    let (code, line, text) = match error {
        ActsFileError::Read { source, .. } => {
            ("acts.read", None, format!("can’t be read: {source}"))
        }
        ActsFileError::Line { line, problem, .. } => {
            ("acts.line", Some(*line), problem.to_string())
        }
        ActsFileError::Field {
            line,
            column,
            problem,
            ..
        } => (
            "acts.field",
            Some(*line),
            format!("column `{column}`: {problem}"),
        ),
        ActsFileError::Header { .. } => ("acts.header", Some(1), bare(path, error)),
        _ => ("acts.file", None, bare(path, error)),
    };
    let (message, mend) = match text.rsplit_once("; ") {
        Some((message, mend)) => (message.to_owned(), Some(mend.to_owned())),
        None => (text, None),
    };
    Problem {
        mend,
        ..fault(path, code, line, message)
    }
}

/// The message without the path that it begins with: a problem has it already.
fn bare(path: &Path, error: &ActsFileError) -> String {
    let text = error.to_string();
    let prefix = format!("{}: ", path.display());
    text.strip_prefix(&prefix).unwrap_or(&text).to_owned()
}
