//! What data sets cover, where the source base changes, and the files behind it, as records.

use jiff::civil::Date;
use yalu_store::series::{Coverage, SourceFile};

use crate::assessment::{CoverageChangeRecord, CoverageRecord, FileRecord};

/// Where the source base changes: declared changes, and data sets that begin or end while others go
/// on.
pub(crate) fn source_changes(coverage: &[Coverage]) -> Vec<(Date, String)> {
    let mut changes: Vec<(Date, String)> = Vec::new();
    let ends = coverage.iter().map(|one| one.to).max();
    for one in coverage {
        changes.extend(
            one.changes
                .iter()
                .map(|change| (change.date, change.note.clone())),
        );
        if coverage.len() > 1 {
            changes.push((one.from, format!("{} begins", one.dataset)));
            if ends.is_some_and(|ends| one.to < ends)
                && let Ok(after) = one.to.tomorrow()
            {
                changes.push((after, format!("{} has ended", one.dataset)));
            }
        }
    }
    changes
}

/// What each data set covers, cut at `to`. `in_model`: whether a change of that date is a step of the
/// models.
pub(crate) fn coverage_records(
    coverage: &[Coverage],
    to: Option<Date>,
    in_model: impl Fn(Date) -> bool,
) -> Vec<CoverageRecord> {
    let known = |date: Date| to.is_none_or(|to| date <= to);
    coverage
        .iter()
        .map(|one| CoverageRecord {
            dataset: one.dataset.clone(),
            from: one.from.to_string(),
            to: to.map_or(one.to, |to| one.to.min(to)).to_string(),
            subset: one.subset.clone(),
            changes: one
                .changes
                .iter()
                .filter(|change| known(change.date))
                .map(|change| CoverageChangeRecord {
                    date: change.date.to_string(),
                    note: change.note.clone(),
                    in_model: in_model(change.date),
                })
                .collect(),
        })
        .collect()
}

/// A warning for each data set that is only a part of the whole.
pub(crate) fn subset_warning(coverage: &Coverage) -> Option<String> {
    let subset = coverage.subset.as_ref()?;
    Some(format!("{} is not a whole: {subset}", coverage.dataset))
}

/// A warning where periods lie outside coverage.
pub(crate) fn uncovered_warning(covered: &[bool]) -> Option<String> {
    let uncovered = covered.iter().filter(|one| !**one).count();
    (uncovered > 0).then(|| {
        format!(
            "{uncovered} of {} periods lie outside the data's coverage and are missing, not zero",
            covered.len()
        )
    })
}

/// The files behind figures.
pub(crate) fn file_records(files: &[SourceFile]) -> Vec<FileRecord> {
    files
        .iter()
        .map(|file| FileRecord {
            name: file.name.clone(),
            sha256: file.sha256.clone(),
            n_rows: file.n_rows,
        })
        .collect()
}
