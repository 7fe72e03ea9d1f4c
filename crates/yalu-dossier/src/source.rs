//! Where a dossier's series are read: the series file that ships with it, or a store.

use std::path::PathBuf;

use jiff::civil::Date;
use yalu_store::query::acts::{ActsQuery, ActsTable, query_acts_blocking};
use yalu_store::query::query_series_blocking;
use yalu_store::series::{CellRequest, Coverage, CoverageChange, SeriesTable};
use yalu_store::series_file::{SeriesFileKey, query_series_file, read_series_file};
use yalu_store::store::Store;
use yalu_store::trace::rows_behind;
use yalu_store::{Period, PeriodUnit};

use crate::cells::period_unit;
use crate::load::Dossier;
use crate::pipeline::{AssessError, AssessOptions};
use crate::trace::{TraceError, TracedRow};

/// The coverage that a dossier declares.
pub(crate) fn declared_coverage(dossier: &Dossier) -> Result<Vec<Coverage>, AssessError> {
    let parse = |key: &str, text: &str| -> Result<Date, AssessError> {
        text.parse().map_err(|_| AssessError::Date {
            key: key.to_owned(),
            text: text.to_owned(),
        })
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
                gaps: Vec::new(),
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

/// Where the series come from: `store` or `series file`.
pub(crate) fn origin(dossier: &Dossier, options: &AssessOptions) -> &'static str {
    if options.store.is_some() || dossier.spec.data.series.is_none() {
        "store"
    } else {
        "series file"
    }
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
    if let Some(dir) = store_dir(dossier, options) {
        let store = Store::open(&dir)?;
        let datasets = &dossier.spec.data.datasets;
        return Ok(query_series_blocking(
            &store,
            requests,
            datasets,
            unit,
            from,
            as_of,
            options.threads,
        )?);
    }
    let Some(series) = &dossier.spec.data.series else {
        return Err(AssessError::NoSource);
    };
    let coverage = declared_coverage(dossier)?;
    if coverage.is_empty() {
        return Err(AssessError::NoCoverage);
    }
    Ok(query_series_file(
        &dossier.dir.join(series),
        requests,
        unit,
        from,
        as_of,
        &coverage,
    )?)
}

/// Counts acts by who within the source acts, from a store.
pub(crate) fn query_acts(
    dossier: &Dossier,
    options: &AssessOptions,
    query: &ActsQuery,
) -> Result<ActsTable, AssessError> {
    let dir = store_dir(dossier, options).ok_or(AssessError::NoActs)?;
    let store = Store::open(&dir)?;
    Ok(query_acts_blocking(&store, query, options.threads)?)
}

/// The rows of one cell in one period.
pub(crate) fn rows(
    dossier: &Dossier,
    options: &AssessOptions,
    request: &CellRequest,
    period: Period,
    unit: PeriodUnit,
) -> Result<Vec<TracedRow>, TraceError> {
    if let Some(dir) = store_dir(dossier, options) {
        let store = Store::open(&dir).map_err(AssessError::from)?;
        let datasets = &dossier.spec.data.datasets;
        let found = rows_behind(&store, request, datasets, unit, period, period, usize::MAX)
            .map_err(AssessError::from)?;
        return Ok(found
            .into_iter()
            .map(|row| TracedRow {
                text: format!(
                    "{} {} ({}) → {} ({}) code {} n {}",
                    row.date,
                    row.source,
                    row.source_name,
                    row.target,
                    row.target_name,
                    row.code,
                    row.n
                ),
                file: row.file,
                line: row.line,
            })
            .collect());
    }
    let Some(name) = &dossier.spec.data.series else {
        return Err(AssessError::NoSource.into());
    };
    let path = dossier.dir.join(name);
    let text = std::fs::read_to_string(&path).map_err(|source| TraceError::Read {
        path: path.display().to_string(),
        source,
    })?;
    let file = read_series_file(&path).map_err(AssessError::from)?;
    let lines: Vec<u64> = file
        .cells
        .get(&SeriesFileKey::of(request))
        .map(|cell| {
            cell.values
                .iter()
                .filter(|(held, _)| Period::containing(held.first_day, unit) == period)
                .filter_map(|(_, value)| value.line)
                .collect()
        })
        .unwrap_or_default();
    Ok(lines
        .into_iter()
        .map(|line| TracedRow {
            file: name.clone(),
            line,
            text: text
                .lines()
                .nth(line as usize - 1)
                .unwrap_or_default()
                .to_owned(),
        })
        .collect())
}

fn store_dir(dossier: &Dossier, options: &AssessOptions) -> Option<PathBuf> {
    if options.store.is_some() {
        return options.store.clone();
    }
    let data = &dossier.spec.data;
    if data.series.is_some() {
        None
    } else {
        data.store.as_ref().map(|path| dossier.dir.join(path))
    }
}
