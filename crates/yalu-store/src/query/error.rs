//! What can go wrong between a store and a series.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::{CameoCode, PeriodUnit};

/// Why a store gave no series.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// A data set was named that the store doesn't hold.
    #[error(
        "the store holds no data set `{name}`; it holds {}; name one of these or ingest the files of `{name}`",
        list(held)
    )]
    UnknownDataset {
        /// The name as given.
        name: String,
        /// The data sets that the store holds, in order of name.
        held: Vec<String>,
    },
    /// No chosen data set has rows of the kind that a request needs.
    #[error(
        "the cell `{cell}` needs {table} rows, but none of the chosen data sets ({}) has any; ingest a file of {table}, or name a data set that has them",
        list(datasets)
    )]
    NoRowsOfKind {
        /// The first request that needs them.
        cell: String,
        /// `events` or `trade`.
        table: &'static str,
        /// The data sets that were looked at, in order of name.
        datasets: Vec<String>,
    },
    /// The chosen data sets count by longer periods than the series'.
    #[error(
        "{} can't be split into {}; ask for longer periods, or name a data set of single events",
        counts_by(holds, datasets), unit_plural(*unit)
    )]
    PeriodsTooLong {
        /// The data sets, in order of name.
        datasets: Vec<String>,
        /// The shortest period that their rows stand for: `month` or `year`.
        holds: &'static str,
        /// The period asked for.
        unit: PeriodUnit,
    },
    /// No chosen data set covers any of the time asked for.
    #[error(
        "no chosen data set has {table} rows {}; {dataset} covers {covers_from} to {covers_to}; move the dates or ingest more",
        window(*from, *to)
    )]
    OutsideCoverage {
        /// `events` or `trade`.
        table: &'static str,
        /// The first of the chosen data sets.
        dataset: String,
        /// Its first day.
        covers_from: Date,
        /// Its last day.
        covers_to: Date,
        /// The first day asked for.
        from: Option<Date>,
        /// The last day asked for.
        to: Option<Date>,
    },
    /// Two data sets would count the same events twice.
    #[error(
        "the data sets `{first}` and `{second}` both cover {from} to {to}, so their {table} rows would count twice; name one of them in `data.datasets`"
    )]
    AmbiguousDatasets {
        /// One data set.
        first: String,
        /// The other.
        second: String,
        /// `events` or `trade`.
        table: &'static str,
        /// The first day that both cover.
        from: Date,
        /// The last day that both cover.
        to: Date,
    },
    /// A leaf code was asked of rows that are counted by root.
    #[error(
        "the cell `{cell}` asks for code `{code}`, but the rows of the period from {first_day} are counted by root ({n_rows} rows, none with a leaf); ask for `{}`, or use a data set of single events",
        code.root()
    )]
    RootsOnly {
        /// The request.
        cell: String,
        /// The leaf asked for.
        code: CameoCode,
        /// The first day of the first such period.
        first_day: Date,
        /// Rows in that period.
        n_rows: u64,
    },
    /// A code was asked of rows that are counted by quad class.
    #[error(
        "the cell `{cell}` asks for code `{code}`, but the rows of the period from {first_day} are counted by quad class ({n_rows} rows, none with a code); ask for a quad class, or use a data set with codes"
    )]
    QuadsOnly {
        /// The request.
        cell: String,
        /// The first code asked for.
        code: CameoCode,
        /// The first day of the first such period.
        first_day: Date,
        /// Rows in that period.
        n_rows: u64,
    },
    /// Goldstein scores were asked of events that have none.
    #[error(
        "the cell `{cell}` sums Goldstein scores, but none of its {n_rows} rows has one; counts by root have no scores: use a data set of single events"
    )]
    NoScores {
        /// The request.
        cell: String,
        /// Rows of the cell's acts.
        n_rows: u64,
    },
    /// Trade rows stand for single commodities, and no total is there.
    #[error(
        "the trade rows hold {n_rows} figures of single commodities and no total (commodity `TOTAL`), so the value of all trade isn't known; ingest the totals"
    )]
    NoTradeTotals {
        /// Rows of single commodities.
        n_rows: u64,
    },
    /// A sector's name has characters that no sector has.
    #[error(
        "`{name}` is not a sector; write small letters, digits and underscores, for example `foreign_ministry`"
    )]
    Sector {
        /// The name as given.
        name: String,
    },
    /// Sectors were asked of rows that have none.
    #[error(
        "the dyads can't be split by sector: no row within the dates names a sector of its source; use a data set of single events with actors, or leave the sectors out"
    )]
    NoSectors,
    /// Acts within a state were asked of a state toward itself.
    #[error("source and target are both `{state}`; a policy is toward another state")]
    SameState {
        /// The state.
        state: crate::ActorCode,
    },
    /// A part that the manifest names can't be read.
    #[error(
        "{} can't be read as Parquet: {reason}; the store is damaged: ingest its files into a new one",
        path.display()
    )]
    Part {
        /// The part.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// Rows name a file that the manifest doesn't.
    #[error(
        "rows come from the file `{name}`, which the store's manifest doesn't name; the store is damaged: ingest its files into a new one"
    )]
    UnknownFile {
        /// The file's name.
        name: String,
    },
    /// The query engine failed.
    #[error("the query over the store failed: {source}")]
    Engine {
        /// What the engine said.
        #[source]
        source: Box<datafusion::error::DataFusionError>,
    },
    /// A row came back in a shape that the query doesn't give.
    #[error("the query over the store gave `{column}` as {got}; this is a fault of Yalu")]
    Shape {
        /// The column.
        column: String,
        /// Its type.
        got: String,
    },
    /// No thread could be started.
    #[error("no runtime for the query could be started: {source}")]
    Runtime {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl From<datafusion::error::DataFusionError> for SeriesError {
    fn from(source: datafusion::error::DataFusionError) -> Self {
        Self::Engine {
            source: Box::new(source),
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    }
}

fn counts_by(holds: &str, datasets: &[String]) -> String {
    format!("the counts by {holds} of {}", list(datasets))
}

fn unit_plural(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Week => "weeks",
        PeriodUnit::Month => "months",
        PeriodUnit::Quarter => "quarters",
    }
}

fn window(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("in whole periods from {from} to {to}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("in whole periods up to {to}"),
        (None, None) => "at all".to_owned(),
    }
}
