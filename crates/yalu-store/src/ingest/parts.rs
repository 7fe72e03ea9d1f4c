//! Rows on their way into Parquet parts: duplicates told, rows sorted, memory bounded.
//!
//! A batch is what one change of the manifest adds: one part for each table, data set and year.
//! What is held in memory are the keys of the years that it touches and a bounded number of rows.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    UInt8Array, UInt64Array,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int64Type, Schema, SchemaRef, UInt8Type,
};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::arrow::{ArrowWriter, ProjectionMask};
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::record::{EventRow, Record, Side, Span, TradeRow};
use crate::query::{Table, days_of};
use crate::store::{Manifest, PartRecord, StoreError, fail_point};

/// Rows in a row group, and about as many as wait in memory.
const GROUP_ROWS: usize = 1 << 18;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// It is new. `repeat`: another has its day, actors and code.
    Kept { repeat: bool },
    /// It is there already.
    Duplicate,
    /// One with its key is there and says otherwise.
    Contradiction,
}

/// A row with the file that it came from.
struct Held<R> {
    row: R,
    file: Arc<str>,
}

/// The part of one table, data set and year that a batch adds.
struct Year {
    /// Key to the content of its rows.
    known: HashMap<u128, u64>,
    /// Day, actors and code of single events.
    contents: HashSet<u64>,
    events: Vec<Held<EventRow>>,
    trade: Vec<Held<TradeRow>>,
    writer: Option<ArrowWriter<File>>,
    n_rows: u64,
}

type YearKey = (Table, Arc<str>, i16);

/// What the file at hand has put into a batch, so that it can be taken out again.
#[derive(Default)]
struct Since {
    /// Rows that waited in each year before.
    n_before: BTreeMap<YearKey, (usize, usize)>,
    added: Vec<(YearKey, u128, Option<u64>)>,
}

/// What one change of the manifest will add.
pub(crate) struct Batch<'a> {
    dir: &'a Path,
    manifest: &'a Manifest,
    drop_repeats: bool,
    years: BTreeMap<YearKey, Year>,
    n_waiting: usize,
    /// Something while a file is read that can be taken out again.
    since: Option<Since>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(dir: &'a Path, manifest: &'a Manifest, drop_repeats: bool) -> Self {
        Self {
            dir,
            manifest,
            drop_repeats,
            years: BTreeMap::new(),
            n_waiting: 0,
            since: None,
        }
    }

    /// Whether nothing has been put in.
    pub(crate) fn is_empty(&self) -> bool {
        self.years.is_empty()
    }

    /// Begins a file that may have to be taken out again. Until the next call of this or of
    /// [`Batch::settle`] all its rows wait in memory: it must be a small one.
    pub(crate) fn begin(&mut self) -> Result<(), StoreError> {
        while self.n_waiting >= GROUP_ROWS {
            self.flush_largest()?;
        }
        let n_before = self
            .years
            .iter()
            .map(|(key, year)| (key.clone(), (year.events.len(), year.trade.len())))
            .collect();
        self.since = Some(Since {
            n_before,
            added: Vec::new(),
        });
        Ok(())
    }

    /// Keeps what the file put in.
    pub(crate) fn settle(&mut self) {
        self.since = None;
    }

    /// Takes out what the file put in, since [`Batch::begin`].
    pub(crate) fn take_out(&mut self) {
        let Some(since) = self.since.take() else {
            return;
        };
        for (key, known, repeat) in since.added {
            if let Some(year) = self.years.get_mut(&key) {
                year.known.remove(&known);
                if let Some(repeat) = repeat {
                    year.contents.remove(&repeat);
                }
            }
        }
        self.n_waiting = 0;
        for (key, year) in &mut self.years {
            let (events, trade) = since.n_before.get(key).copied().unwrap_or_default();
            year.events.truncate(events);
            year.trade.truncate(trade);
            self.n_waiting += events + trade;
        }
    }

    /// Takes a record, unless it is there already.
    pub(crate) fn offer(
        &mut self,
        dataset: &Arc<str>,
        file: &Arc<str>,
        record: Record,
    ) -> Result<Offer, StoreError> {
        let (table, key, content) = match &record {
            Record::Events(rows) => (Table::Events, events_key(rows), events_content(rows)),
            Record::Trade(row) => (Table::Trade, trade_key(row), row.value_usd.to_bits()),
        };
        let repeat = match &record {
            Record::Events(rows) if rows[0].span == Span::Day => Some(repeat_key(&rows[0])),
            _ => None,
        };
        let drop_repeats = self.drop_repeats;
        let year_key = (table, Arc::clone(dataset), record.date().year());
        let year = self.year(&year_key)?;
        if let Some(known) = year.known.get(&key) {
            return Ok(if *known == content {
                Offer::Duplicate
            } else {
                Offer::Contradiction
            });
        }
        let is_repeat = repeat.is_some_and(|repeat| !year.contents.insert(repeat));
        if is_repeat && drop_repeats {
            return Ok(Offer::Duplicate);
        }
        year.known.insert(key, content);
        let n = match record {
            Record::Events(rows) => {
                let n = rows.len();
                year.events.extend(rows.into_iter().map(|row| Held {
                    row,
                    file: Arc::clone(file),
                }));
                n
            }
            Record::Trade(row) => {
                year.trade.push(Held {
                    row,
                    file: Arc::clone(file),
                });
                1
            }
        };
        self.n_waiting += n;
        if let Some(since) = &mut self.since {
            let repeat = repeat.filter(|_| !is_repeat);
            since.added.push((year_key, key, repeat));
        } else if self.n_waiting >= GROUP_ROWS {
            self.flush_largest()?;
        }
        Ok(Offer::Kept { repeat: is_repeat })
    }

    fn year(&mut self, key: &YearKey) -> Result<&mut Year, StoreError> {
        if !self.years.contains_key(key) {
            let year = self.open_year(key)?;
            self.years.insert(key.clone(), year);
        }
        Ok(self.years.get_mut(key).expect("it was just put there"))
    }

    /// The year with the keys of what the store holds of it.
    fn open_year(&self, (table, dataset, number): &YearKey) -> Result<Year, StoreError> {
        let mut year = Year {
            known: HashMap::new(),
            contents: HashSet::new(),
            events: Vec::new(),
            trade: Vec::new(),
            writer: None,
            n_rows: 0,
        };
        for part in &self.manifest.parts {
            if part.table == table.name()
                && part.dataset == dataset.as_ref()
                && part.year == *number
            {
                read_keys(&self.dir.join(&part.path), *table, &mut year)?;
            }
        }
        Ok(year)
    }

    fn path(&self, (table, dataset, year): &YearKey) -> String {
        format!(
            "{}/dataset={dataset}/year={year:04}/{:08}.parquet",
            table.name(),
            self.manifest.generation + 1
        )
    }

    fn flush_largest(&mut self) -> Result<(), StoreError> {
        let largest = self
            .years
            .iter()
            .max_by_key(|(_, year)| year.events.len() + year.trade.len())
            .map(|(key, _)| key.clone());
        if let Some(key) = largest {
            self.flush(&key)?;
        }
        Ok(())
    }

    fn flush(&mut self, key: &YearKey) -> Result<(), StoreError> {
        let path = self.dir.join(self.path(key));
        let year = self
            .years
            .get_mut(key)
            .expect("the caller took it from there");
        let n = year.events.len() + year.trade.len();
        if n == 0 {
            return Ok(());
        }
        let batch = match key.0 {
            Table::Events => events_batch(std::mem::take(&mut year.events)),
            Table::Trade => trade_batch(std::mem::take(&mut year.trade)),
        };
        let fail = |source: std::io::Error| StoreError::Write {
            path: path.clone(),
            source,
        };
        if year.writer.is_none() {
            let folder = path.parent().expect("parts lie in folders");
            fs::create_dir_all(folder).map_err(fail)?;
            let file = File::create(&path).map_err(fail)?;
            let properties = properties();
            let writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))
                .map_err(|error| fail(parquet_io(error)))?;
            year.writer = Some(writer);
        }
        let writer = year.writer.as_mut().expect("it was just made");
        writer
            .write(&batch)
            .and_then(|()| writer.flush())
            .map_err(|error| fail(parquet_io(error)))?;
        year.n_rows += n as u64;
        self.n_waiting -= n;
        fail_point("part-begun");
        Ok(())
    }

    /// Writes what waits, closes and syncs the parts, and says what they are.
    pub(crate) fn finish(&mut self) -> Result<Vec<PartRecord>, StoreError> {
        let keys: Vec<YearKey> = self.years.keys().cloned().collect();
        let mut parts = Vec::new();
        for key in keys {
            self.flush(&key)?;
            let path = self.path(&key);
            let year = self.years.get_mut(&key).expect("its key is from there");
            let Some(writer) = year.writer.take() else {
                continue;
            };
            let whole = self.dir.join(&path);
            let fail = |source: std::io::Error| StoreError::Write {
                path: whole.clone(),
                source,
            };
            let file = writer
                .into_inner()
                .map_err(|error| fail(parquet_io(error)))?;
            file.sync_all().map_err(fail)?;
            if let Some(folder) = whole.parent() {
                crate::store::sync_folder(folder);
            }
            parts.push(PartRecord {
                path,
                table: key.0.name().to_owned(),
                dataset: key.1.to_string(),
                year: key.2,
                n_rows: year.n_rows,
            });
        }
        fail_point("parts-written");
        Ok(parts)
    }

    /// Removes the parts that were begun. What can't be removed is swept away by the next writer.
    pub(crate) fn abandon(mut self) {
        let keys: Vec<YearKey> = self.years.keys().cloned().collect();
        for key in keys {
            if let Some(year) = self.years.get_mut(&key) {
                drop(year.writer.take());
            }
            let _ = fs::remove_file(self.dir.join(self.path(&key)));
        }
    }
}

/// Columns by which no query leaves out row groups. Their least and greatest values would take more
/// time to find than all else that is done with them.
const WITHOUT_STATISTICS: [&str; 9] = [
    "id",
    "source_sectors",
    "source_name",
    "source_person",
    "target_sectors",
    "target_name",
    "target_person",
    "mentions",
    "file",
];

fn properties() -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    for column in WITHOUT_STATISTICS {
        builder = builder.set_column_statistics_enabled(column.into(), EnabledStatistics::None);
    }
    builder.build()
}

fn parquet_io(error: datafusion::parquet::errors::ParquetError) -> std::io::Error {
    use datafusion::parquet::errors::ParquetError;
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    }
}

// Keys live as long as a batch and are never stored, so that how they are hashed may change.

fn hash<T: Hash>(salt: u8, value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    salt.hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish()
}

fn wide_hash<T: Hash>(value: &T) -> u128 {
    (u128::from(hash(1, value)) << 64) | u128::from(hash(2, value))
}

/// The parts of a row that make up its key and its content.
struct KeyParts<'a> {
    id: &'a str,
    day: i32,
    period: &'a str,
    source: &'a str,
    source_sectors: &'a str,
    target: &'a str,
    target_sectors: &'a str,
    code: &'a str,
    quad: u8,
    n: i64,
}

impl KeyParts<'_> {
    /// With an identifier, that and the day; without one, what happened; of a count, whose it is.
    fn key(&self) -> u128 {
        if !self.id.is_empty() {
            return wide_hash(&("id", self.id, self.day));
        }
        let sides = (
            self.source,
            self.source_sectors,
            self.target,
            self.target_sectors,
        );
        if self.period == Span::Day.word() {
            wide_hash(&("tuple", self.day, sides, self.code))
        } else {
            wide_hash(&("count", self.period, self.day, sides))
        }
    }

    /// Contents of rows with one key add up, in any order.
    fn content(&self) -> u64 {
        if self.id.is_empty() {
            hash(3, &(self.code, self.quad, self.n))
        } else {
            hash(3, &(self.source, self.target, self.code, self.n))
        }
    }

    fn repeat_key(&self) -> u64 {
        hash(4, &(self.day, self.source, self.target, self.code))
    }
}

fn parts_of(row: &EventRow) -> KeyParts<'_> {
    KeyParts {
        id: &row.id,
        day: days_of(row.date),
        period: row.span.word(),
        source: &row.source.name,
        source_sectors: &row.source.sectors,
        target: &row.target.name,
        target_sectors: &row.target.sectors,
        code: row.code.as_ref().map_or("", crate::CameoCode::as_str),
        quad: row.quad.unwrap_or_default(),
        n: row.n,
    }
}

fn events_key(rows: &[EventRow]) -> u128 {
    parts_of(&rows[0]).key()
}

fn events_content(rows: &[EventRow]) -> u64 {
    rows.iter()
        .map(|row| parts_of(row).content())
        .fold(0, u64::wrapping_add)
}

fn repeat_key(row: &EventRow) -> u64 {
    parts_of(row).repeat_key()
}

fn trade_key(row: &TradeRow) -> u128 {
    let sides = (row.reporter.name.as_str(), row.partner.name.as_str());
    wide_hash(&(
        "trade",
        row.span.word(),
        days_of(row.date),
        sides,
        row.flow,
        row.commodity.as_str(),
    ))
}

/// Reads the keys of a part that the store holds.
fn read_keys(path: &Path, table: Table, year: &mut Year) -> Result<(), StoreError> {
    let fail = |reason: String| StoreError::Part {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fail(error.to_string()))?;
    let names: &[&str] = match table {
        Table::Events => &[
            "id",
            "date",
            "period",
            "source_sectors",
            "source_name",
            "target_sectors",
            "target_name",
            "code",
            "quad",
            "n",
        ],
        Table::Trade => &[
            "date",
            "period",
            "reporter_name",
            "partner_name",
            "flow",
            "commodity",
            "value_usd",
        ],
    };
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder
        .with_projection(mask)
        .build()
        .map_err(|error| fail(error.to_string()))?;
    for batch in reader {
        let batch = batch.map_err(|error| fail(error.to_string()))?;
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .cloned()
                .ok_or_else(|| fail(format!("it has no column `{name}`")))
        };
        let text = |name: &str| -> Result<StringArray, StoreError> {
            column(name)?
                .as_string_opt::<i32>()
                .cloned()
                .ok_or_else(|| fail(format!("its column `{name}` is no text")))
        };
        let days = column("date")?;
        let days = days
            .as_primitive_opt::<Date32Type>()
            .ok_or_else(|| fail("its column `date` holds no dates".to_owned()))?;
        let period = text("period")?;
        let get = |array: &StringArray, row: usize| -> String {
            if array.is_null(row) {
                String::new()
            } else {
                array.value(row).to_owned()
            }
        };
        if table == Table::Trade {
            let [reporter, partner, flow, commodity] = [
                text("reporter_name")?,
                text("partner_name")?,
                text("flow")?,
                text("commodity")?,
            ];
            let value = column("value_usd")?;
            let value = value
                .as_primitive_opt::<Float64Type>()
                .ok_or_else(|| fail("its column `value_usd` holds no numbers".to_owned()))?;
            for row in 0..batch.num_rows() {
                let sides = (reporter.value(row), partner.value(row));
                let key = wide_hash(&(
                    "trade",
                    period.value(row),
                    days.value(row),
                    sides,
                    flow.value(row),
                    get(&commodity, row).as_str(),
                ));
                year.known.insert(key, value.value(row).to_bits());
            }
            continue;
        }
        let [
            id,
            source_sectors,
            source_name,
            target_sectors,
            target_name,
            code,
        ] = [
            text("id")?,
            text("source_sectors")?,
            text("source_name")?,
            text("target_sectors")?,
            text("target_name")?,
            text("code")?,
        ];
        let quad = column("quad")?;
        let quad = quad
            .as_primitive_opt::<UInt8Type>()
            .ok_or_else(|| fail("its column `quad` holds no classes".to_owned()))?;
        let n = column("n")?;
        let n = n
            .as_primitive_opt::<Int64Type>()
            .ok_or_else(|| fail("its column `n` holds no counts".to_owned()))?;
        for row in 0..batch.num_rows() {
            let (id, code) = (get(&id, row), get(&code, row));
            let parts = KeyParts {
                id: &id,
                day: days.value(row),
                period: period.value(row),
                source: source_name.value(row),
                source_sectors: source_sectors.value(row),
                target: target_name.value(row),
                target_sectors: target_sectors.value(row),
                code: &code,
                quad: if quad.is_null(row) {
                    0
                } else {
                    quad.value(row)
                },
                n: n.value(row),
            };
            let content = year.known.entry(parts.key()).or_default();
            *content = content.wrapping_add(parts.content());
            if parts.period == Span::Day.word() {
                year.contents.insert(parts.repeat_key());
            }
        }
    }
    Ok(())
}

fn field(name: &str, data_type: DataType, nullable: bool) -> Field {
    Field::new(name, data_type, nullable)
}

/// The columns of the events table.
fn events_schema() -> SchemaRef {
    let text = |name: &str, nullable: bool| field(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        text("id", false),
        field("date", DataType::Date32, false),
        text("period", false),
        text("source", true),
        text("source_sectors", false),
        text("source_name", false),
        text("source_person", true),
        text("target", true),
        text("target_sectors", false),
        text("target_name", false),
        text("target_person", true),
        text("code", true),
        text("root", true),
        field("quad", DataType::UInt8, true),
        field("goldstein", DataType::Float64, true),
        field("n", DataType::Int64, false),
        field("mentions", DataType::Int64, true),
        text("file", false),
        field("line", DataType::UInt64, false),
    ]))
}

/// The columns of the trade table.
fn trade_schema() -> SchemaRef {
    let text = |name: &str, nullable: bool| field(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        field("date", DataType::Date32, false),
        text("period", false),
        text("reporter", true),
        text("reporter_name", false),
        text("partner", true),
        text("partner_name", false),
        text("flow", false),
        text("commodity", false),
        field("value_usd", DataType::Float64, false),
        text("file", false),
        field("line", DataType::UInt64, false),
    ]))
}

fn country(side: &Side) -> Option<&str> {
    side.country.as_ref().map(crate::ActorCode::as_str)
}

fn required<'r, R: 'r>(rows: &'r [Held<R>], of: impl Fn(&'r R) -> &'r str) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(
        rows.iter().map(|held| of(&held.row)),
    ))
}

fn optional<'r, R: 'r>(rows: &'r [Held<R>], of: impl Fn(&'r R) -> Option<&'r str>) -> ArrayRef {
    Arc::new(
        rows.iter()
            .map(|held| of(&held.row))
            .collect::<StringArray>(),
    )
}

fn files<R>(rows: &[Held<R>]) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(
        rows.iter().map(|held| held.file.as_ref()),
    ))
}

fn days<R>(rows: &[Held<R>], of: impl Fn(&R) -> jiff::civil::Date) -> ArrayRef {
    Arc::new(Date32Array::from_iter_values(
        rows.iter().map(|held| days_of(of(&held.row))),
    ))
}

fn events_batch(mut rows: Vec<Held<EventRow>>) -> RecordBatch {
    rows.sort_by(|a, b| {
        let (left, right) = (&a.row, &b.row);
        left.date
            .cmp(&right.date)
            .then_with(|| country(&left.source).cmp(&country(&right.source)))
            .then_with(|| country(&left.target).cmp(&country(&right.target)))
            .then_with(|| left.code.cmp(&right.code))
            .then_with(|| a.file.cmp(&b.file))
            .then_with(|| left.line.cmp(&right.line))
    });
    let columns: Vec<ArrayRef> = vec![
        required(&rows, |row| &row.id),
        days(&rows, |row| row.date),
        required(&rows, |row| row.span.word()),
        optional(&rows, |row| country(&row.source)),
        required(&rows, |row| &row.source.sectors),
        required(&rows, |row| &row.source.name),
        optional(&rows, |row| row.source.person.as_deref()),
        optional(&rows, |row| country(&row.target)),
        required(&rows, |row| &row.target.sectors),
        required(&rows, |row| &row.target.name),
        optional(&rows, |row| row.target.person.as_deref()),
        optional(&rows, |row| row.code.as_ref().map(crate::CameoCode::as_str)),
        optional(&rows, |row| row.code.as_ref().map(crate::CameoCode::root)),
        Arc::new(
            rows.iter()
                .map(|held| held.row.quad)
                .collect::<UInt8Array>(),
        ),
        Arc::new(
            rows.iter()
                .map(|held| held.row.goldstein)
                .collect::<Float64Array>(),
        ),
        Arc::new(Int64Array::from_iter_values(
            rows.iter().map(|held| held.row.n),
        )),
        Arc::new(
            rows.iter()
                .map(|held| held.row.mentions)
                .collect::<Int64Array>(),
        ),
        files(&rows),
        Arc::new(UInt64Array::from_iter_values(
            rows.iter().map(|held| held.row.line),
        )),
    ];
    RecordBatch::try_new(events_schema(), columns).expect("columns are those of the schema")
}

fn trade_batch(mut rows: Vec<Held<TradeRow>>) -> RecordBatch {
    rows.sort_by(|a, b| (a.row.date, &a.file, a.row.line).cmp(&(b.row.date, &b.file, b.row.line)));
    let columns: Vec<ArrayRef> = vec![
        days(&rows, |row| row.date),
        required(&rows, |row| row.span.word()),
        optional(&rows, |row| country(&row.reporter)),
        required(&rows, |row| &row.reporter.name),
        optional(&rows, |row| country(&row.partner)),
        required(&rows, |row| &row.partner.name),
        required(&rows, |row| row.flow),
        required(&rows, |row| &row.commodity),
        Arc::new(Float64Array::from_iter_values(
            rows.iter().map(|held| held.row.value_usd),
        )),
        files(&rows),
        Arc::new(UInt64Array::from_iter_values(
            rows.iter().map(|held| held.row.line),
        )),
    ];
    RecordBatch::try_new(trade_schema(), columns).expect("columns are those of the schema")
}

/// The folder of a store's reject files.
pub(crate) fn rejects_folder(dir: &Path) -> PathBuf {
    dir.join("rejects")
}
