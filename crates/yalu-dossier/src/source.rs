//! Where a dossier's series are read: the series file that ships with it, or a store.

use jiff::civil::Date;
use yalu_store::series::{CellRequest, Coverage, CoverageChange, SeriesTable};
use yalu_store::series_file::query_series_file;

use crate::cells::period_unit;
use crate::load::Dossier;
use crate::pipeline::{AssessError, AssessOptions};

/// The coverage that a dossier declares.
pub(crate) fn declared_coverage(dossier: &Dossier) -> Result<Vec<Coverage>, AssessError> {
    let parse = |key: &str, text: &str| -> Result<Date, AssessError> {
        text.parse()
            .map_err(|_| AssessError::Date { key: key.to_owned(), text: text.to_owned() })
    };
    dossier
        .spec
        .data
        .coverage
        .iter()
        .map(|key| {
            Ok(Coverage {
                dataset: key.dataset.clone(),
                from: parse("data.coverage.from", &key.from)?,
                to: parse("data.coverage.to", &key.to)?,
                subset: key.subset.clone(),
                changes: key
                    .changes
                    .iter()
                    .map(|change| {
                        Ok(CoverageChange {
                            date: parse("data.coverage.changes.date", &change.date)?,
                            note: change.note.clone(),
                        })
                    })
                    .collect::<Result<_, AssessError>>()?,
            })
        })
        .collect()
}

/// Computes every requested sum from the dossier's source.
pub(crate) fn query(
    dossier: &Dossier,
    options: &AssessOptions,
    requests: &[CellRequest],
    as_of: Option<Date>,
    from: Option<Date>,
) -> Result<SeriesTable, AssessError> {
    let unit = period_unit(&dossier.spec);
    let store = options
        .store
        .clone()
        .or_else(|| dossier.spec.data.series.is_none().then(|| dossier.spec.data.store.as_ref())?.map(|path| dossier.dir.join(path)));
    if let Some(dir) = store {
        let _ = dir;
        return Err(AssessError::NoSource);
    }
    let Some(series) = &dossier.spec.data.series else { return Err(AssessError::NoSource) };
    let coverage = declared_coverage(dossier)?;
    if coverage.is_empty() {
        return Err(AssessError::NoCoverage);
    }
    Ok(query_series_file(&dossier.dir.join(series), requests, unit, from, as_of, &coverage)?)
}
