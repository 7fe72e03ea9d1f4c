//! The query engine: a session over the chosen parts, and the one function it lacks.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Date32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::{SessionConfig, SessionContext};
use jiff::civil::Date;

use super::error::SeriesError;
use super::view::Table;
use crate::PeriodUnit;
use crate::period::Period;

/// A session in which `date_trunc` works on dates.
pub(crate) fn session(threads: Option<usize>) -> SessionContext {
    let mut config = SessionConfig::new().with_information_schema(false);
    if let Some(threads) = threads {
        config = config.with_target_partitions(threads.max(1));
    }
    // Rows are filtered while they are decoded, so a narrow window doesn't decode wide columns.
    config.options_mut().execution.parquet.pushdown_filters = true;
    let context = SessionContext::new_with_config(config);
    context.register_udf(ScalarUDF::from(DateTrunc::new()));
    context
}

/// Makes `parts` the table `table` of the session: these files and no others.
pub(crate) fn register(
    context: &SessionContext,
    table: Table,
    parts: &[PathBuf],
) -> Result<(), SeriesError> {
    let mut urls = Vec::with_capacity(parts.len());
    for part in parts {
        urls.push(file_url(part)?);
    }
    let options =
        ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(columns(table));
    context.register_table(table.name(), Arc::new(ListingTable::try_new(config)?))?;
    Ok(())
}

/// A part's path as a URL, so that no character in it is taken for a wildcard.
fn file_url(path: &Path) -> Result<ListingTableUrl, SeriesError> {
    let fail = |reason: String| SeriesError::Part {
        path: path.to_owned(),
        reason,
    };
    let absolute = std::path::absolute(path).map_err(|error| fail(error.to_string()))?;
    let text = absolute
        .to_str()
        .ok_or_else(|| fail("its path isn't UTF-8".to_owned()))?;
    let mut url = String::from("file://");
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'=' => {
                url.push(char::from(byte));
            }
            _ => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    Ok(ListingTableUrl::parse(&url)?)
}

/// The columns of a table that queries read.
fn columns(table: Table) -> SchemaRef {
    let field = |name: &str, data_type: DataType| Field::new(name, data_type, true);
    let fields = match table {
        Table::Events => vec![
            field("date", DataType::Date32),
            field("period", DataType::Utf8),
            field("source", DataType::Utf8),
            field("source_sectors", DataType::Utf8),
            field("source_name", DataType::Utf8),
            field("source_person", DataType::Utf8),
            field("target", DataType::Utf8),
            field("target_sectors", DataType::Utf8),
            field("target_name", DataType::Utf8),
            field("target_person", DataType::Utf8),
            field("code", DataType::Utf8),
            field("root", DataType::Utf8),
            field("quad", DataType::UInt8),
            field("goldstein", DataType::Float64),
            field("n", DataType::Int64),
            field("file", DataType::Utf8),
            field("line", DataType::UInt64),
        ],
        Table::Trade => vec![
            field("date", DataType::Date32),
            field("period", DataType::Utf8),
            field("reporter", DataType::Utf8),
            field("partner", DataType::Utf8),
            field("flow", DataType::Utf8),
            field("commodity", DataType::Utf8),
            field("value_usd", DataType::Float64),
            field("file", DataType::Utf8),
            field("line", DataType::UInt64),
        ],
    };
    Arc::new(Schema::new(fields))
}

/// `date_trunc(unit, date)`: the first day of the date's week, month or quarter.
///
/// The engine's own is part of a feature that nothing else here needs; this one has the same name
/// and the same answers for dates, so that the statements run in other engines as they stand.
#[derive(Debug, PartialEq, Eq, Hash)]
struct DateTrunc {
    signature: Signature,
}

impl DateTrunc {
    fn new() -> Self {
        Self {
            signature: Signature::exact(
                vec![DataType::Utf8, DataType::Date32],
                Volatility::Immutable,
            ),
        }
    }
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &'static str {
        "date_trunc"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let [unit, dates] = args.args.as_slice() else {
            return exec_err!("date_trunc takes a unit and a date");
        };
        let unit = match unit {
            ColumnarValue::Scalar(ScalarValue::Utf8(Some(unit))) => match unit.as_str() {
                "week" => PeriodUnit::Week,
                "month" => PeriodUnit::Month,
                "quarter" => PeriodUnit::Quarter,
                _ => return exec_err!("date_trunc knows week, month and quarter"),
            },
            _ => return exec_err!("date_trunc takes its unit as a text"),
        };
        let dates = dates.to_array(args.number_rows)?;
        let mut last: Option<(Period, i32)> = None;
        let mut starts = Vec::with_capacity(dates.len());
        for day in dates.as_primitive::<Date32Type>() {
            let Some(day) = day else {
                starts.push(None);
                continue;
            };
            let date = date_of(day)?;
            // Rows are sorted by date, so most fall into the period of the row before.
            let start = match last {
                Some((period, start)) if period.first_day <= date && date <= period.last_day => {
                    start
                }
                _ => {
                    let period = Period::containing(date, unit);
                    let start = days_of(period.first_day);
                    last = Some((period, start));
                    start
                }
            };
            starts.push(Some(start));
        }
        let starts: ArrayRef = Arc::new(Date32Array::from(starts));
        Ok(ColumnarValue::Array(starts))
    }
}

/// Day 0 of Arrow's dates.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The civil date that lies `days` after 1970-01-01.
pub(crate) fn date_of(days: i32) -> Result<Date, DataFusionError> {
    EPOCH
        .checked_add(jiff::Span::new().days(days.clamp(-4_000_000, 4_000_000)))
        .map_err(|error| DataFusionError::Execution(format!("a date is out of range: {error}")))
}

/// Days from 1970-01-01 to `date`.
pub(crate) fn days_of(date: Date) -> i32 {
    date.since(EPOCH).map_or(0, |span| span.get_days())
}
