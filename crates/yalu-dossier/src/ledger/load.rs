//! Reads a ledger.

use std::path::Path;

use yalu_evidence::ledger::{Entry, LedgerFault, ObstacleType, parse_ledger};

use super::keys::LedgerKeys;
use crate::csv_file::{problem, read_text};
use crate::diagnostic::{Problem, did_you_mean};
use crate::evidence::LoadedEvidence;

/// A ledger that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedLedger {
    /// Its entries, by line.
    pub entries: Vec<Entry>,
    /// The types of obstacles, in the order of their ids.
    pub obstacles: Vec<ObstacleType>,
}

/// Reads a ledger. `evidence`: the library that its sources stand in; none where the dossier has none,
/// or where that couldn't be read.
///
/// # Errors
/// Every fault found.
pub(crate) fn load_ledger(
    dir: &Path,
    keys: &LedgerKeys,
    evidence: Option<&LoadedEvidence>,
) -> Result<LoadedLedger, Vec<Problem>> {
    let path = dir.join(&keys.file);
    let text = read_text(&path).map_err(|fault| vec![fault])?;
    let obstacles: Vec<ObstacleType> = keys
        .obstacles
        .iter()
        .map(|(id, title)| ObstacleType {
            id: id.clone(),
            title: title.clone(),
        })
        .collect();
    let entries = parse_ledger(&text, &keys.projects, &obstacles).map_err(|faults| {
        faults
            .iter()
            .map(|fault| of_ledger(&path, fault))
            .collect::<Vec<_>>()
    })?;
    let unknown = unknown_sources(&path, &entries, evidence);
    if !unknown.is_empty() {
        return Err(unknown);
    }
    Ok(LoadedLedger { entries, obstacles })
}

fn of_ledger(path: &Path, fault: &LedgerFault) -> Problem {
    Problem {
        code: "ledger.row",
        message: match fault.column {
            Some(column) => format!("column {}: {}", column.name(), fault.kind),
            None => fault.kind.to_string(),
        },
        file: path.to_owned(),
        line: Some(fault.line),
        column: Some(1),
        key: fault.column.map(|column| column.name().to_owned()),
        span: None,
        mend: Some(fault.mend()),
    }
}

/// Entries whose source isn't in the library.
fn unknown_sources(
    path: &Path,
    entries: &[Entry],
    evidence: Option<&LoadedEvidence>,
) -> Vec<Problem> {
    let Some(evidence) = evidence else {
        return Vec::new();
    };
    let ids = || evidence.library.items.iter().map(|item| item.id.as_str());
    entries
        .iter()
        .filter(|entry| evidence.library.get(&entry.source).is_none())
        .map(|entry| {
            let mut fault = problem(
                path,
                "ledger.source",
                Some(entry.line as u64),
                format!(
                    "column source: source `{}` isn't in the library",
                    entry.source
                ),
            );
            fault.key = Some("source".to_owned());
            fault.mend = Some(match did_you_mean(&entry.source, ids()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it to the library, or correct the id".to_owned(),
            });
            fault
        })
        .collect()
}
