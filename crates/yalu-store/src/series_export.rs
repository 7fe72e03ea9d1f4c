//! Finished series as Parquet and CSV, in long form: one row per series and period.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `series` | text | the series' identifier |
//! | `group` | text | name of the code set; empty where there is none |
//! | `source`, `target` | text | ISO 3166-1 alpha-3 codes; `*` for any state |
//! | `measure` | text | what the value is, e.g. `events` |
//! | `period` | text | `2013-02`, `2013-Q1`, `2013-W07` |
//! | `first_day`, `last_day` | date | the period's bounds, both included |
//! | `value` | number | the figure; null where it isn't known |
//! | `n_rows` | integer | rows behind it |
//! | `leaders` | text | who led which state, `CHN: Hu Jintao; PRK: Kim Jong-il`; empty where nobody says |

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray, UInt64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use jiff::civil::Date;

use crate::query::days_of;
use crate::series_file::write_whole;

/// One figure of a finished series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRow {
    /// The series' identifier.
    pub series: String,
    /// The code set's name; empty where there is none.
    pub group: String,
    /// Who acts; `*` for anyone.
    pub source: String,
    /// Toward whom; `*` for anyone.
    pub target: String,
    /// What the value is.
    pub measure: String,
    /// The period's name.
    pub period: String,
    /// The period's first day.
    pub first_day: Date,
    /// The period's last day, included.
    pub last_day: Date,
    /// The figure; nothing where it isn't known.
    pub value: Option<f64>,
    /// Rows behind it.
    pub n_rows: u64,
    /// Who led which state; empty where nobody says.
    pub leaders: String,
}

/// Why finished series can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesExportError {
    /// A value isn't a finite number.
    #[error(
        "series `{series}`, period {period}: {value} is not a finite number; leave a figure that isn't known empty"
    )]
    NotFinite {
        /// The series.
        series: String,
        /// The period.
        period: String,
        /// The value.
        value: f64,
    },
    /// The rows can't be written as Parquet.
    #[error("{} can't be written as Parquet: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        #[source]
        source: datafusion::parquet::errors::ParquetError,
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

/// Writes `rows` as one Parquet file, in their order. The same rows give the same bytes.
///
/// # Errors
/// [`SeriesExportError`] for a value that isn't finite, or when the file can't be written.
pub fn write_series_parquet(path: &Path, rows: &[SeriesRow]) -> Result<(), SeriesExportError> {
    refuse_not_finite(rows)?;
    let fail = |source| SeriesExportError::Parquet {
        path: path.to_owned(),
        source,
    };
    let batch = batch_of(rows).map_err(|error| fail(error.into()))?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(
        &mut bytes,
        batch.schema(),
        Some(WriterProperties::builder().build()),
    )
    .map_err(fail)?;
    writer.write(&batch).map_err(fail)?;
    writer.close().map_err(fail)?;
    write_whole(path, &bytes).map_err(|source| SeriesExportError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Writes `rows` as CSV with a header, in their order. A value that isn't known is left empty.
///
/// # Errors
/// As [`write_series_parquet`].
pub fn write_series_csv(path: &Path, rows: &[SeriesRow]) -> Result<(), SeriesExportError> {
    refuse_not_finite(rows)?;
    let fail = |source: std::io::Error| SeriesExportError::Write {
        path: path.to_owned(),
        source,
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(COLUMNS)
        .map_err(|error| fail(error.into()))?;
    for row in rows {
        writer
            .write_record([
                &row.series,
                &row.group,
                &row.source,
                &row.target,
                &row.measure,
                &row.period,
                &row.first_day.to_string(),
                &row.last_day.to_string(),
                &row.value.map(|value| value.to_string()).unwrap_or_default(),
                &row.n_rows.to_string(),
                &row.leaders,
            ])
            .map_err(|error| fail(error.into()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| fail(error.into_error()))?;
    write_whole(path, &bytes).map_err(fail)
}

const COLUMNS: [&str; 11] = [
    "series",
    "group",
    "source",
    "target",
    "measure",
    "period",
    "first_day",
    "last_day",
    "value",
    "n_rows",
    "leaders",
];

fn refuse_not_finite(rows: &[SeriesRow]) -> Result<(), SeriesExportError> {
    for row in rows {
        if let Some(value) = row.value
            && !value.is_finite()
        {
            return Err(SeriesExportError::NotFinite {
                series: row.series.clone(),
                period: row.period.clone(),
                value,
            });
        }
    }
    Ok(())
}

fn batch_of(rows: &[SeriesRow]) -> Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let text = |of: fn(&SeriesRow) -> &String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let day = |of: fn(&SeriesRow) -> Date| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(
            rows.iter().map(|row| days_of(of(row))),
        ))
    };
    let columns: [ArrayRef; 11] = [
        text(|row| &row.series),
        text(|row| &row.group),
        text(|row| &row.source),
        text(|row| &row.target),
        text(|row| &row.measure),
        text(|row| &row.period),
        day(|row| row.first_day),
        day(|row| row.last_day),
        Arc::new(rows.iter().map(|row| row.value).collect::<Float64Array>()),
        Arc::new(UInt64Array::from_iter_values(
            rows.iter().map(|row| row.n_rows),
        )),
        text(|row| &row.leaders),
    ];
    let fields: Vec<Field> = COLUMNS
        .iter()
        .zip(&columns)
        .map(|(name, column)| {
            let is_value = column.data_type() == &DataType::Float64;
            Field::new(*name, column.data_type().clone(), is_value)
        })
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn row(value: Option<f64>) -> SeriesRow {
        SeriesRow {
            series: "sanctions".to_owned(),
            group: "sanctions, broad".to_owned(),
            source: "CHN".to_owned(),
            target: "*".to_owned(),
            measure: "events".to_owned(),
            period: "2013-02".to_owned(),
            first_day: jiff::civil::date(2013, 2, 1),
            last_day: jiff::civil::date(2013, 2, 28),
            value,
            n_rows: 3,
            leaders: "CHN: Xi Jinping".to_owned(),
        }
    }

    #[test]
    fn parquet_gives_back_what_was_written_and_the_same_bytes_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let (a, b) = (
            folder.path().join("a.parquet"),
            folder.path().join("b.parquet"),
        );
        let rows = [row(Some(2.5)), row(None)];
        write_series_parquet(&a, &rows).expect("written");
        write_series_parquet(&b, &rows).expect("written");
        assert_eq!(std::fs::read(&a).expect("a"), std::fs::read(&b).expect("b"));
        let file = std::fs::File::open(&a).expect("a");
        let batches: Vec<RecordBatch> = ParquetRecordBatchReaderBuilder::try_new(file)
            .expect("Parquet")
            .build()
            .expect("a reader")
            .map(|batch| batch.expect("a batch"))
            .collect();
        assert_eq!(batches, [batch_of(&rows).expect("a batch")]);
        assert_eq!(batches[0].column(8).null_count(), 1);
    }

    #[test]
    fn csv_quotes_names_and_leaves_unknown_values_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        write_series_csv(&path, &[row(Some(2.5)), row(None)]).expect("written");
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(
            text,
            "series,group,source,target,measure,period,first_day,last_day,value,n_rows,leaders\n\
             sanctions,\"sanctions, broad\",CHN,*,events,2013-02,2013-02-01,2013-02-28,2.5,3,CHN: Xi Jinping\n\
             sanctions,\"sanctions, broad\",CHN,*,events,2013-02,2013-02-01,2013-02-28,,3,CHN: Xi Jinping\n"
        );
    }

    #[test]
    fn a_value_that_is_not_finite_is_refused_and_nothing_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.parquet");
        let error = write_series_parquet(&path, &[row(Some(f64::NAN))]).expect_err("refused");
        assert!(error.to_string().contains("period 2013-02"), "{error}");
        assert!(!path.exists());
    }
}
