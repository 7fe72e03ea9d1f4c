//! Hand-made stores for tests.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray, UInt8Array,
    UInt64Array,
};
use datafusion::parquet::arrow::ArrowWriter;
use jiff::civil::Date;
use tempfile::TempDir;

use super::days_of;
use super::view::{DatasetView, PartView, StoreView, Table};
use crate::CameoCode;
use crate::series::{Coverage, SourceFile};

/// An events row as the store holds it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) date: Date,
    pub(crate) period: &'static str,
    pub(crate) source: Option<&'static str>,
    pub(crate) target: Option<&'static str>,
    pub(crate) sectors: &'static str,
    /// What the data call the source, where not by its code.
    pub(crate) source_name: Option<&'static str>,
    pub(crate) source_person: Option<&'static str>,
    pub(crate) target_name: Option<&'static str>,
    pub(crate) target_sectors: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) quad: Option<u8>,
    pub(crate) goldstein: Option<f64>,
    pub(crate) n: i64,
    pub(crate) file: &'static str,
}

/// A single event, or with a root a month's count of 1.
pub(crate) fn event(
    date: &str,
    source: &'static str,
    target: &'static str,
    code: &'static str,
) -> Event {
    let parsed: CameoCode = code.parse().expect("a code");
    Event {
        date: date.parse().expect("a date"),
        period: if code.len() == 2 { "month" } else { "day" },
        source: Some(source),
        target: Some(target),
        sectors: "",
        source_name: None,
        source_person: None,
        target_name: None,
        target_sectors: "",
        code: Some(code),
        quad: Some(parsed.quad_class().number()),
        goldstein: None,
        n: 1,
        file: "events.tab",
    }
}

impl Event {
    pub(crate) fn n(mut self, n: i64) -> Self {
        self.n = n;
        self
    }

    pub(crate) fn score(mut self, goldstein: f64) -> Self {
        self.goldstein = Some(goldstein);
        self
    }

    pub(crate) fn sectors(mut self, sectors: &'static str) -> Self {
        self.sectors = sectors;
        self
    }

    /// The source by name and sectors.
    pub(crate) fn by(mut self, name: &'static str, sectors: &'static str) -> Self {
        self.source_name = Some(name);
        self.sectors = sectors;
        self
    }

    pub(crate) fn person(mut self, person: &'static str) -> Self {
        self.source_person = Some(person);
        self
    }

    /// The target by name and sectors.
    pub(crate) fn at(mut self, name: &'static str, sectors: &'static str) -> Self {
        self.target_name = Some(name);
        self.target_sectors = sectors;
        self
    }

    pub(crate) fn file(mut self, file: &'static str) -> Self {
        self.file = file;
        self
    }

    pub(crate) fn quad_only(mut self) -> Self {
        self.code = None;
        self
    }

    pub(crate) fn period(mut self, period: &'static str) -> Self {
        self.period = period;
        self
    }
}

/// A flow of trade as the store holds it: reporter, partner, flow, commodity, dollars.
#[derive(Debug, Clone)]
pub(crate) struct Flow(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) f64,
);

/// A store in a folder of its own.
pub(crate) struct Fixture {
    folder: TempDir,
    pub(crate) view: StoreView,
    n_parts: usize,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self {
            // A folder whose name has every character that a listing might take for a pattern.
            folder: tempfile::Builder::new()
                .prefix("a [store] *?%")
                .tempdir()
                .expect("a folder"),
            view: StoreView {
                datasets: Vec::new(),
                parts: Vec::new(),
            },
            n_parts: 0,
        }
    }

    /// Declares `name`, with the files that its rows may name.
    pub(crate) fn dataset(mut self, name: &str, from: &str, to: &str, files: &[&str]) -> Self {
        self.view.datasets.push(DatasetView {
            name: name.to_owned(),
            coverage: Coverage {
                dataset: name.to_owned(),
                from: from.parse().expect("a date"),
                to: to.parse().expect("a date"),
                changes: Vec::new(),
                subset: None,
                gaps: Vec::new(),
            },
            files: files
                .iter()
                .map(|file| SourceFile {
                    name: (*file).to_owned(),
                    sha256: format!("sha256 of {file}"),
                    n_rows: 1,
                })
                .collect(),
        });
        self
    }

    pub(crate) fn events(mut self, dataset: &str, events: &[Event]) -> Self {
        let mut by_year: BTreeMap<i16, Vec<Event>> = BTreeMap::new();
        for event in events {
            by_year
                .entry(event.date.year())
                .or_default()
                .push(event.clone());
        }
        for (year, mut events) in by_year {
            events.sort_by_key(|event| (event.date, event.source, event.target, event.code));
            self.add(Table::Events, dataset, year, &events_batch(&events));
        }
        self
    }

    pub(crate) fn trade(mut self, dataset: &str, flows: &[Flow]) -> Self {
        let mut by_year: BTreeMap<i16, Vec<Flow>> = BTreeMap::new();
        for flow in flows {
            let date: Date = flow.0.parse().expect("a date");
            by_year.entry(date.year()).or_default().push(flow.clone());
        }
        for (year, flows) in by_year {
            self.add(Table::Trade, dataset, year, &trade_batch(&flows));
        }
        self
    }

    fn add(&mut self, table: Table, dataset: &str, year: i16, batch: &RecordBatch) {
        self.n_parts += 1;
        let folder = self
            .folder
            .path()
            .join(format!("{}/dataset={dataset}/year={year}", table.name()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{:04}.parquet", self.n_parts));
        write(&path, batch);
        self.view.parts.push(PartView {
            path,
            table,
            dataset: dataset.to_owned(),
            year,
        });
    }
}

fn write(path: &Path, batch: &RecordBatch) {
    let file = File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(batch).expect("written");
    writer.close().expect("closed");
}

fn dates(all: impl Iterator<Item = Date>) -> ArrayRef {
    Arc::new(Date32Array::from_iter_values(all.map(days_of)))
}

fn texts<'a>(all: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(all.collect::<StringArray>())
}

fn lines(n: usize) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(2..2 + n as u64))
}

fn events_batch(events: &[Event]) -> RecordBatch {
    let all = || events.iter();
    RecordBatch::try_from_iter_with_nullable(vec![
        ("date", dates(all().map(|e| e.date)), false),
        ("period", texts(all().map(|e| Some(e.period))), false),
        ("source", texts(all().map(|e| e.source)), true),
        (
            "source_sectors",
            texts(all().map(|e| Some(e.sectors))),
            true,
        ),
        (
            "source_name",
            texts(all().map(|e| e.source_name.or(e.source))),
            true,
        ),
        ("source_person", texts(all().map(|e| e.source_person)), true),
        ("target", texts(all().map(|e| e.target)), true),
        (
            "target_sectors",
            texts(all().map(|e| Some(e.target_sectors))),
            true,
        ),
        (
            "target_name",
            texts(all().map(|e| e.target_name.or(e.target))),
            true,
        ),
        ("target_person", texts(all().map(|_| None)), true),
        ("code", texts(all().map(|e| e.code)), true),
        (
            "root",
            texts(all().map(|e| e.code.map(|code| &code[..2]))),
            true,
        ),
        (
            "quad",
            Arc::new(all().map(|e| e.quad).collect::<UInt8Array>()) as ArrayRef,
            true,
        ),
        (
            "goldstein",
            Arc::new(all().map(|e| e.goldstein).collect::<Float64Array>()),
            true,
        ),
        (
            "n",
            Arc::new(Int64Array::from_iter_values(all().map(|e| e.n))),
            false,
        ),
        ("file", texts(all().map(|e| Some(e.file))), false),
        ("line", lines(events.len()), false),
    ])
    .expect("a batch")
}

fn trade_batch(flows: &[Flow]) -> RecordBatch {
    let all = || flows.iter();
    RecordBatch::try_from_iter_with_nullable(vec![
        (
            "date",
            dates(all().map(|f| f.0.parse().expect("a date"))),
            false,
        ),
        ("period", texts(all().map(|_| Some("month"))), false),
        ("reporter", texts(all().map(|f| Some(f.1))), true),
        ("partner", texts(all().map(|f| Some(f.2))), true),
        ("flow", texts(all().map(|f| Some(f.3))), false),
        ("commodity", texts(all().map(|f| Some(f.4))), true),
        (
            "value_usd",
            Arc::new(Float64Array::from_iter_values(all().map(|f| f.5))) as ArrayRef,
            true,
        ),
        ("file", texts(all().map(|_| Some("trade.csv"))), false),
        ("line", lines(flows.len()), false),
    ])
    .expect("a batch")
}
