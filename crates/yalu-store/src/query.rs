//! From a store to series: every cell of a dossier in one plan and one scan per table.
//!
//! A request names a dyad (or anyone), a set of acts and a measure. The requests for events become
//! one SQL statement, those for trade another; each is one DataFusion plan with one scan over the
//! parts that the manifest names. A state's acts toward itself never count, nor do rows with an
//! unmapped side. A second, small statement lists the files that the counted rows came from.
//!
//! # As of a date
//! Only periods that are complete on the date are in the answer, so neither a row dated after it
//! nor a count whose period ends after it can have a part in any figure. Coverage is cut to the
//! date as well, and files without a counted row aren't named.

pub mod acts;
mod collect;
pub mod dyads;
mod engine;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod sql;
#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub(crate) use self::collect::{column, integers, texts};
pub(crate) use self::engine::{date_of, days_of};
pub use self::error::SeriesError;
pub(crate) use self::view::Window;
pub use self::view::{DatasetView, PartView, SeriesSource, StoreView, Table};

use datafusion::arrow::array::RecordBatch;

use self::collect::Buckets;
use self::view::Chosen;
use crate::PeriodUnit;
use crate::series::{CellRequest, CellSeries, Coverage, Measure, SeriesTable, SourceFile};

/// The answer of one plan to the requests of one table.
struct Part {
    cells: Vec<CellSeries>,
    coverage: Vec<Coverage>,
    files: Vec<SourceFile>,
    sql: String,
}

/// Computes every cell of `requests` from the store's events and trade.
///
/// `datasets`: the data sets to use; empty uses all, as long as no two cover the same days. Sets
/// without rows of a table are passed over for that table. `unit`: the length of a period.
/// `from`: the first period begins on or after it. `as_of`: the last period ends on or before it.
///
/// Events are counted, scores and dollars summed exactly (scores to four digits, dollars to two),
/// so the answer is the same on any number of threads. `n_rows` counts rows of the store; for a
/// sum of scores only those with a score, which for single events is the divisor of their mean.
/// Periods without rows have no entry: within coverage they are zeros.
///
/// # Errors
/// [`SeriesError`] when a data set isn't there, two would count twice, the rows are too coarse for
/// the question (roots for a leaf, quad classes for a code, months for weeks), nothing covers the
/// dates, or a part can't be read.
pub async fn query_series(
    store: &impl SeriesSource,
    requests: &[CellRequest],
    datasets: &[String],
    unit: PeriodUnit,
    from: Option<Date>,
    as_of: Option<Date>,
) -> Result<SeriesTable, SeriesError> {
    let window = Window::new(unit, from, as_of);
    query_view(&store.view(), requests, datasets, window, None).await
}

/// [`query_series`] for callers without a runtime, on `threads` threads (all cores where nothing
/// is said).
///
/// # Errors
/// As there, and [`SeriesError::Runtime`] when no thread can be started.
pub fn query_series_blocking(
    store: &impl SeriesSource,
    requests: &[CellRequest],
    datasets: &[String],
    unit: PeriodUnit,
    from: Option<Date>,
    as_of: Option<Date>,
    threads: Option<usize>,
) -> Result<SeriesTable, SeriesError> {
    let window = Window::new(unit, from, as_of);
    runtime(threads)?.block_on(query_view(
        &store.view(),
        requests,
        datasets,
        window,
        threads,
    ))
}

/// The rows of one cell within `window`, at most `limit`.
pub(crate) async fn query_rows(
    view: &StoreView,
    request: &CellRequest,
    datasets: &[String],
    window: Window,
    limit: usize,
) -> Result<Vec<RecordBatch>, SeriesError> {
    let table = if sql::is_trade(request.measure) {
        Table::Trade
    } else {
        Table::Events
    };
    let statement = sql::rows_sql(request, window, limit)?;
    let chosen = view.choose(table, datasets, window, &cell_name(request))?;
    let context = engine::session(None);
    engine::register(&context, table, &chosen.parts)?;
    Ok(context.sql(&statement).await?.collect().await?)
}

async fn query_view(
    view: &StoreView,
    requests: &[CellRequest],
    datasets: &[String],
    window: Window,
    threads: Option<usize>,
) -> Result<SeriesTable, SeriesError> {
    let (trade, events): (Vec<&CellRequest>, Vec<&CellRequest>) = requests
        .iter()
        .partition(|request| sql::is_trade(request.measure));
    let mut parts = Vec::new();
    if !events.is_empty() {
        parts.push(query_events(view, &events, datasets, window, threads).await?);
    }
    if !trade.is_empty() {
        parts.push(query_trade(view, &trade, datasets, window, threads).await?);
    }
    let mut coverage: BTreeMap<String, Coverage> = BTreeMap::new();
    let mut files: BTreeMap<(String, String), SourceFile> = BTreeMap::new();
    let mut statements = Vec::new();
    let mut cells: BTreeMap<CellRequest, CellSeries> = BTreeMap::new();
    for part in parts {
        coverage.extend(
            part.coverage
                .into_iter()
                .map(|coverage| (coverage.dataset.clone(), coverage)),
        );
        files.extend(
            part.files
                .into_iter()
                .map(|file| ((file.name.clone(), file.sha256.clone()), file)),
        );
        statements.push(part.sql);
        cells.extend(
            part.cells
                .into_iter()
                .map(|cell| (cell.request.clone(), cell)),
        );
    }
    Ok(SeriesTable {
        unit: window.unit,
        cells: requests
            .iter()
            .filter_map(|request| cells.get(request).cloned())
            .collect(),
        coverage: coverage.into_values().collect(),
        files: files.into_values().collect(),
        sql: statements.join(";\n\n"),
    })
}

async fn query_events(
    view: &StoreView,
    requests: &[&CellRequest],
    datasets: &[String],
    window: Window,
    threads: Option<usize>,
) -> Result<Part, SeriesError> {
    let sql = sql::events_sql(requests, window)?;
    let chosen = view.choose(Table::Events, datasets, window, &cell_name(requests[0]))?;
    let context = engine::session(threads);
    engine::register(&context, Table::Events, &chosen.parts)?;
    let batches = context.sql(&sql.text).await?.collect().await?;
    let buckets = Buckets::read(&batches, sql.sums.len(), window)?;
    let mut cells = Vec::with_capacity(requests.len());
    for request in requests {
        cells.push(buckets.events_cell(request, &chosen.names(), &sql)?);
    }
    let files = files_of(&context, &sql.files, &chosen).await?;
    Ok(Part {
        cells,
        coverage: chosen.coverage,
        files,
        sql: sql.text,
    })
}

async fn query_trade(
    view: &StoreView,
    requests: &[&CellRequest],
    datasets: &[String],
    window: Window,
    threads: Option<usize>,
) -> Result<Part, SeriesError> {
    let sql = sql::trade_sql(requests, window);
    let chosen = view.choose(Table::Trade, datasets, window, &cell_name(requests[0]))?;
    let context = engine::session(threads);
    engine::register(&context, Table::Trade, &chosen.parts)?;
    let batches = context.sql(&sql.text).await?.collect().await?;
    let buckets = Buckets::read(&batches, 2, window)?;
    buckets.refuse_details_only()?;
    let cells = requests
        .iter()
        .map(|request| buckets.trade_cell(request, &chosen.names()))
        .collect();
    let files = files_of(&context, &sql.files, &chosen).await?;
    Ok(Part {
        cells,
        coverage: chosen.coverage,
        files,
        sql: sql.text,
    })
}

/// The files of the chosen data sets from which a counted row came.
async fn files_of(
    context: &datafusion::prelude::SessionContext,
    statement: &str,
    chosen: &Chosen,
) -> Result<Vec<SourceFile>, SeriesError> {
    let batches = context.sql(statement).await?.collect().await?;
    let mut names = BTreeSet::new();
    for batch in &batches {
        names.extend(collect::texts(batch, "file")?);
    }
    files_named(names, chosen)
}

/// The manifest's entries for the files that rows name.
fn files_named(names: BTreeSet<String>, chosen: &Chosen) -> Result<Vec<SourceFile>, SeriesError> {
    let mut files = Vec::new();
    for name in names {
        let before = files.len();
        files.extend(
            chosen
                .files
                .iter()
                .filter(|file| file.name == name)
                .cloned(),
        );
        if files.len() == before {
            return Err(SeriesError::UnknownFile { name });
        }
    }
    Ok(files)
}

/// How an error names a cell: `sanctions: CHN → PRK`.
pub(crate) fn cell_name(request: &CellRequest) -> String {
    let measure = match request.measure {
        Measure::Events => "",
        Measure::GoldsteinSum => " (Goldstein sum)",
        Measure::ExportsReported => " (exports reported)",
        Measure::ImportsReported => " (imports reported)",
    };
    format!("{}{measure}: {}", request.group, request.dyad)
}

/// The runtime of the blocking calls.
pub(crate) fn runtime(threads: Option<usize>) -> Result<tokio::runtime::Runtime, SeriesError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads.max(1));
    }
    builder
        .build()
        .map_err(|source| SeriesError::Runtime { source })
}
