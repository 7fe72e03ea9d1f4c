//! Writing a series file.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use super::error::SeriesFileError;
use super::read::SeriesFileKey;
use super::{SERIES_FILE_COLUMNS, measure_name};
use crate::series::{CellSeries, SeriesTable};
use crate::types::ActorCode;

/// Writes every cell of `table`, sorted by group, measure, source, target and period (`*` first).
///
/// Lines end with a line feed. The file appears whole or not at all: it is written beside its
/// place and then renamed. The same table gives the same bytes. Whether codes, coverage or the
/// period's length changed can't be told from the file; keep it with its dossier.
///
/// # Errors
/// [`SeriesFileError::SameName`] when two cells of other codes would stand under one name,
/// [`SeriesFileError::Write`] when the file can't be written.
pub fn write_series_file(table: &SeriesTable, path: &Path) -> Result<(), SeriesFileError> {
    let mut cells: BTreeMap<(String, &str, String, String), &CellSeries> = BTreeMap::new();
    for cell in &table.cells {
        let key = (
            cell.request.group.clone(),
            measure_name(cell.request.measure),
            side(cell.request.dyad.source.as_ref()),
            side(cell.request.dyad.target.as_ref()),
        );
        if let Some(other) = cells.insert(key, cell)
            && other.request != cell.request
        {
            return Err(SeriesFileError::SameName {
                key: Box::new(SeriesFileKey::of(&cell.request)),
            });
        }
    }
    let fail = |source: std::io::Error| SeriesFileError::Write {
        path: path.to_owned(),
        source,
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(SERIES_FILE_COLUMNS)
        .map_err(|error| fail(error.into()))?;
    for ((group, measure, source, target), cell) in cells {
        let mut line = |period: &str, value: f64, n_rows: u64| {
            writer
                .write_record([
                    group.as_str(),
                    measure,
                    &source,
                    &target,
                    period,
                    &value.to_string(),
                    &n_rows.to_string(),
                ])
                .map_err(|error| fail(error.into()))
        };
        if cell.values.is_empty() {
            line("", 0.0, 0)?;
        }
        for (period, value) in &cell.values {
            line(&period.label(table.unit), value.value, value.n_rows)?;
        }
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| fail(error.into_error()))?;
    write_whole(path, &bytes).map_err(fail)
}

fn side(code: Option<&ActorCode>) -> String {
    code.map_or("*".to_owned(), ToString::to_string)
}

/// Writes beside `path` and renames, so that a crash leaves the old file or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path
        .file_name()
        .ok_or_else(|| std::io::Error::other("the path names no file"))?
        .to_owned();
    name.push(".part");
    let beside = path.with_file_name(name);
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| std::fs::rename(&beside, path))
        .inspect_err(|_| {
            // The first error is the one to report; a leftover is harmless.
            let _ = std::fs::remove_file(&beside);
        })
}
