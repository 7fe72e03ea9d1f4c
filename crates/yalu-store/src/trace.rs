//! From a figure back to the rows behind it.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type};
use datafusion::error::DataFusionError;
use jiff::civil::Date;
use serde::Serialize;

use crate::PeriodUnit;
use crate::period::Period;
use crate::query::{
    SeriesError, SeriesSource, Window, column, date_of, integers, query_rows, runtime, texts,
};
use crate::series::CellRequest;

/// A row of a store, and what it adds to a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The name of the file that it came from.
    pub file: String,
    /// The line in that file, from 1.
    pub line: u64,
    /// The day; of a count, the first day of its period.
    pub date: Date,
    /// The source's ISO code.
    pub source: String,
    /// The target's ISO code.
    pub target: String,
    /// The source as the file names it; empty for trade.
    pub source_name: String,
    /// The target as the file names it; empty for trade.
    pub target_name: String,
    /// The CAMEO code, the root of a count, or the commodity.
    pub code: String,
    /// How many events the row stands for; 1 for trade.
    pub n: u64,
    /// What it adds to the cell: events, points of the Goldstein scale, US dollars.
    pub value: f64,
}

/// The rows behind one cell from the period `first` to the period `last`, both of `unit`, in order
/// of date, file and line; at most `limit`.
///
/// The rows are chosen by the conditions of [`query_series`](crate::query::query_series): what
/// they add sums to the cell's figures. `datasets` must be those of that query.
///
/// # Errors
/// [`SeriesError`] as there.
pub fn rows_behind(
    store: &impl SeriesSource,
    request: &CellRequest,
    datasets: &[String],
    unit: PeriodUnit,
    first: Period,
    last: Period,
    limit: usize,
) -> Result<Vec<Row>, SeriesError> {
    let window = Window::new(unit, Some(first.first_day), Some(last.last_day));
    let view = store.view();
    let batches = runtime(None)?.block_on(query_rows(&view, request, datasets, window, limit))?;
    let mut rows = Vec::new();
    for batch in &batches {
        read_rows(batch, &mut rows)?;
    }
    Ok(rows)
}

fn read_rows(batch: &RecordBatch, rows: &mut Vec<Row>) -> Result<(), SeriesError> {
    let days = cast(column(batch, "date")?, &DataType::Date32).map_err(DataFusionError::from)?;
    let values =
        cast(column(batch, "value")?, &DataType::Float64).map_err(DataFusionError::from)?;
    let lines = cast(column(batch, "line")?, &DataType::UInt64).map_err(DataFusionError::from)?;
    let lines = lines.as_primitive::<datafusion::arrow::datatypes::UInt64Type>();
    let sources = texts(batch, "source")?;
    let targets = texts(batch, "target")?;
    let source_names = texts(batch, "source_name")?;
    let target_names = texts(batch, "target_name")?;
    let codes = texts(batch, "code")?;
    let files = texts(batch, "file")?;
    let counts = integers(batch, "n")?;
    for row in 0..batch.num_rows() {
        rows.push(Row {
            file: files[row].clone(),
            line: if lines.is_null(row) {
                0
            } else {
                lines.value(row)
            },
            date: date_of(days.as_primitive::<Date32Type>().value(row))?,
            source: sources[row].clone(),
            target: targets[row].clone(),
            source_name: source_names[row].clone(),
            target_name: target_names[row].clone(),
            code: codes[row].clone(),
            n: counts[row] as u64,
            value: values.as_primitive::<Float64Type>().value(row),
        });
    }
    Ok(())
}
