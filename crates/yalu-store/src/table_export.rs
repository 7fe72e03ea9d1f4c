//! Tables of results as CSV and Parquet: columns of texts and numbers, in the order given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;

use crate::series_file::write_whole;

/// A column; a value that isn't known is absent.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Texts.
    Text(Vec<Option<String>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Whole(values) => values.len(),
        }
    }

    fn field(&self, row: usize) -> String {
        match self {
            Self::Text(values) => values[row].clone().unwrap_or_default(),
            Self::Number(values) => values[row].map(|one| one.to_string()).unwrap_or_default(),
            Self::Whole(values) => values[row].map(|one| one.to_string()).unwrap_or_default(),
        }
    }

    fn array(&self) -> ArrayRef {
        match self {
            Self::Text(values) => Arc::new(values.iter().collect::<StringArray>()),
            Self::Number(values) => Arc::new(values.iter().copied().collect::<Float64Array>()),
            Self::Whole(values) => Arc::new(values.iter().copied().collect::<Int64Array>()),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Number(_) => DataType::Float64,
            Self::Whole(_) => DataType::Int64,
        }
    }
}

/// Why a table can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableExportError {
    /// A value isn't a finite number.
    #[error("column `{column}`, row {row}: {value} is not a finite number; leave it empty")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Columns of different lengths.
    #[error("column `{column}` has {got} rows, the first column {needed}")]
    Length {
        /// The column.
        column: String,
        /// Rows of the first column.
        needed: usize,
        /// Its own.
        got: usize,
    },
    /// The rows can't be written as Parquet.
    #[error("{} can't be written as Parquet: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        #[source]
        source: ParquetError,
    },
    /// The file can't be written.
    #[error("{} can't be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

fn check(columns: &[(&str, Column)]) -> Result<usize, TableExportError> {
    let needed = columns.first().map_or(0, |(_, column)| column.len());
    for (name, column) in columns {
        if column.len() != needed {
            return Err(TableExportError::Length {
                column: (*name).to_owned(),
                needed,
                got: column.len(),
            });
        }
        if let Column::Number(values) = column {
            let fault = values
                .iter()
                .enumerate()
                .find_map(|(row, value)| value.filter(|one| !one.is_finite()).map(|v| (row, v)));
            if let Some((row, value)) = fault {
                return Err(TableExportError::NotFinite {
                    column: (*name).to_owned(),
                    row,
                    value,
                });
            }
        }
    }
    Ok(needed)
}

/// CSV with a header. Columns must be of one length.
pub(crate) fn csv_bytes<N: AsRef<str>>(
    columns: &[(N, Column)],
    n_rows: usize,
) -> Result<Vec<u8>, std::io::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(name, _)| name.as_ref()))?;
    for row in 0..n_rows {
        writer.write_record(columns.iter().map(|(_, column)| column.field(row)))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// One Parquet file. Columns must be of one length.
pub(crate) fn parquet_bytes<N: AsRef<str>>(
    columns: &[(N, Column)],
) -> Result<Vec<u8>, ParquetError> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column)| Field::new(name.as_ref(), column.data_type(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.iter().map(|(_, column)| column.array()).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder().build();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}

/// Writes a table as CSV with a header.
///
/// # Errors
/// [`TableExportError`] where a number isn't finite, columns differ in length or the file can't be
/// written.
pub fn write_table_csv(path: &Path, columns: &[(&str, Column)]) -> Result<(), TableExportError> {
    let n_rows = check(columns)?;
    let fail = |source: std::io::Error| TableExportError::Write {
        path: path.to_owned(),
        source,
    };
    let bytes = csv_bytes(columns, n_rows).map_err(fail)?;
    write_whole(path, &bytes).map_err(fail)
}

/// Writes a table as one Parquet file. The same table gives the same bytes.
///
/// # Errors
/// As [`write_table_csv`].
pub fn write_table_parquet(
    path: &Path,
    columns: &[(&str, Column)],
) -> Result<(), TableExportError> {
    check(columns)?;
    let fail = |source| TableExportError::Parquet {
        path: path.to_owned(),
        source,
    };
    let bytes = parquet_bytes(columns).map_err(fail)?;
    write_whole(path, &bytes).map_err(|source| TableExportError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<(&'static str, Column)> {
        vec![
            (
                "name",
                Column::Text(vec![Some("a, \"b\"".to_owned()), None, Some(String::new())]),
            ),
            ("size", Column::Number(vec![Some(1.5), None, Some(-0.25)])),
        ]
    }

    #[test]
    fn csv_and_parquet_hold_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let (csv, parquet) = (folder.path().join("t.csv"), folder.path().join("t.parquet"));
        write_table_csv(&csv, &table()).expect("written");
        write_table_parquet(&parquet, &table()).expect("written");
        assert_eq!(
            std::fs::read_to_string(&csv).expect("read"),
            "name,size\n\"a, \"\"b\"\"\",1.5\n,\n,-0.25\n"
        );
        let file = std::fs::File::open(&parquet).expect("there");
        let reader =
            datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 10)
                .expect("Parquet");
        let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().expect("rows");
        assert_eq!(batches.len(), 1);
        let names: &dyn datafusion::arrow::array::Array = batches[0].column(0);
        assert_eq!((names.len(), names.null_count()), (3, 1));
        assert_eq!(batches[0].column(1).null_count(), 1);
    }

    #[test]
    fn faults_name_column_and_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.csv");
        let infinite = vec![("x", Column::Number(vec![Some(1.0), Some(f64::INFINITY)]))];
        assert!(matches!(
            write_table_csv(&path, &infinite),
            Err(TableExportError::NotFinite { row: 1, .. })
        ));
        let uneven = vec![
            ("x", Column::Number(vec![Some(1.0)])),
            ("y", Column::Text(Vec::new())),
        ];
        assert!(matches!(
            write_table_parquet(&path, &uneven),
            Err(TableExportError::Length {
                needed: 1,
                got: 0,
                ..
            })
        ));
        assert!(!path.exists());
    }
}
