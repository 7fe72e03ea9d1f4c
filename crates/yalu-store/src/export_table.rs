//! Any table as CSV, JSON or Parquet, in memory: what stands behind a chart or a table of a page.

use datafusion::parquet::errors::ParquetError;
use serde_json::{Map, Value, json};

use crate::table_export::{Column, csv_bytes, parquet_bytes};

/// A table by columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportTable {
    /// What it shows.
    pub title: String,
    columns: Vec<(String, Column)>,
}

impl ExportTable {
    /// A table without columns.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            columns: Vec::new(),
        }
    }

    /// The same with a column of words.
    #[must_use]
    pub fn text<T: Into<String>>(self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.with(
            name,
            Column::Text(values.into_iter().map(|one| Some(one.into())).collect()),
        )
    }

    /// The same with a column of figures. One that isn't finite counts as not known.
    #[must_use]
    pub fn number<T: Into<Option<f64>>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values
            .into_iter()
            .map(|one| one.into().filter(|one| one.is_finite()));
        self.with(name, Column::Number(values.collect()))
    }

    /// The same with a column of whole figures.
    #[must_use]
    pub fn whole<T: Into<Option<i64>>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.with(
            name,
            Column::Whole(values.into_iter().map(Into::into).collect()),
        )
    }

    /// The same with a column. A name that stands already gets a number.
    ///
    /// # Panics
    /// Where the column isn't as long as the others.
    #[must_use]
    pub fn with(mut self, name: &str, column: Column) -> Self {
        if let Some((first, known)) = self.columns.first() {
            assert_eq!(known.len(), column.len(), "{name} is as long as {first}");
        }
        let mut unique = name.to_owned();
        let mut n = 1;
        while self.columns.iter().any(|(known, _)| *known == unique) {
            n += 1;
            unique = format!("{name}_{n}");
        }
        self.columns.push((unique, column));
        self
    }

    /// How many rows it has.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Its columns' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// CSV with a header, UTF-8; what isn't known is empty.
    ///
    /// # Panics
    /// Never: memory takes every record, and each is as long as the header.
    pub fn to_csv(&self) -> Vec<u8> {
        csv_bytes(&self.columns, self.n_rows()).expect("memory takes every record")
    }

    /// JSON: the title, and one object a row.
    pub fn to_json(&self) -> Vec<u8> {
        let rows: Vec<Value> = (0..self.n_rows())
            .map(|row| {
                let cells = self
                    .columns
                    .iter()
                    .map(|(name, one)| (name.clone(), json_of(one, row)));
                Value::Object(cells.collect::<Map<_, _>>())
            })
            .collect();
        let mut text = json!({ "title": self.title, "rows": rows }).to_string();
        text.push('\n');
        text.into_bytes()
    }

    /// Parquet. The same table gives the same bytes.
    ///
    /// # Errors
    /// What the writer says, of a table without columns for one.
    pub fn to_parquet(&self) -> Result<Vec<u8>, ParquetError> {
        parquet_bytes(&self.columns)
    }
}

fn json_of(column: &Column, row: usize) -> Value {
    match column {
        Column::Text(values) => json!(values[row]),
        Column::Number(values) => json!(values[row]),
        Column::Whole(values) => json!(values[row]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> ExportTable {
        ExportTable::new("Made up")
            .text("period", ["2013-01", "2013-02, \"late\""])
            .number("rate", [Some(0.1), None])
            .whole("rows", [Some(3), Some(0)])
            .number("rate", [f64::NAN, 2.0])
    }

    #[test]
    fn csv_and_json_hold_every_figure() {
        let csv = String::from_utf8(table().to_csv()).expect("UTF-8");
        assert_eq!(
            csv,
            "period,rate,rows,rate_2\n2013-01,0.1,3,\n\"2013-02, \"\"late\"\"\",,0,2\n"
        );
        let json: Value = serde_json::from_slice(&table().to_json()).expect("JSON");
        assert_eq!(json["rows"][0]["rate"], 0.1);
        assert_eq!(json["rows"][1]["rate"], Value::Null);
        assert_eq!(json["rows"][1]["rows"], 0);
    }

    #[test]
    fn parquet_is_read_back() {
        use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("table.parquet");
        std::fs::write(&path, table().to_parquet().expect("a table")).expect("a file");
        let file = std::fs::File::open(&path).expect("the file");
        let mut batches = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .expect("Parquet");
        let batch = batches.next().expect("a batch").expect("read");
        assert_eq!((batch.num_rows(), batch.num_columns()), (2, 4));
        assert_eq!(
            table().to_parquet().expect("again"),
            std::fs::read(&path).expect("bytes")
        );
    }
}
