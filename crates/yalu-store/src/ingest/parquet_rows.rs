//! Parquet files as rows of text, for mappings.

use std::fs::File;
use std::path::Path;

use csv::StringRecord;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::error::FileError;
use super::input::Row;

fn unreadable(error: impl std::fmt::Display) -> FileError {
    FileError::read(std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        format!("it is no whole Parquet file: {error}"),
    ))
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, FileError> {
    let file = File::open(path).map_err(FileError::read)?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(unreadable)
}

/// The names of a file's columns.
pub(crate) fn columns(path: &Path) -> Result<Vec<String>, FileError> {
    let builder = open(path)?;
    Ok(builder
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect())
}

/// Calls `each` with every row; a row's number stands for its line.
pub(crate) fn for_each_row(
    path: &Path,
    mut each: impl FnMut(Row<'_>) -> Result<(), FileError>,
) -> Result<(), FileError> {
    let reader = open(path)?.build().map_err(unreadable)?;
    let options = FormatOptions::default();
    let mut line = 0;
    for batch in reader {
        let batch = batch.map_err(unreadable)?;
        let columns = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<Result<Vec<_>, _>>()
            .map_err(unreadable)?;
        for row in 0..batch.num_rows() {
            line += 1;
            let mut fields = StringRecord::new();
            for column in &columns {
                fields.push_field(&column.value(row).to_string());
            }
            each(Row {
                line,
                fields: &fields,
                recoded: false,
            })?;
        }
    }
    Ok(())
}
