//! Every ordered dyad's counts at once: what a scan of the world reads.
//!
//! [`query_series`](super::query_series) answers for dyads that are named; this answers for all
//! that the store knows, in one plan and one scan over the events. What comes back is sparse: a
//! dyad is silent in most periods, and a period without an entry had no act.
//!
//! # Which acts count
//! Those that count in a series: both sides known states and not the same, at least one event, a
//! row that stands for no more than a period, within the window. A period counts where a chosen
//! data set covers the whole of it ([`DyadPanel::covered`]); acts in other periods are left out,
//! as their number isn't known. Refusals are those of a series, for [`DyadQuery::codes`] and for
//! [`DyadQuery::exposure`] alike.
//!
//! # Sectors
//! With [`DyadQuery::by_sector`] there is one entry for each sector of the source. An actor may
//! have several (a foreign ministry is of the executive and of the government), and its act counts
//! under each of them: the sectors of a dyad don't add up to the dyad. `state` is the state
//! itself, acting under no sector. [`DyadPanel::world`] counts each act once all the same.

mod fold;
mod sql;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::collect::refuse_coarse;
use super::error::SeriesError;
use super::view::{Chosen, SeriesSource, StoreView, Table, Window};
use super::{engine, files_of, runtime};
use crate::period::{Period, PeriodUnit};
use crate::series::{CodeSet, Coverage, SourceFile};
use crate::types::ActorCode;

use self::fold::Fold;

/// What is asked of every dyad.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DyadQuery {
    /// The acts that are counted.
    pub codes: CodeSet,
    /// The acts that the counts are set against, by dyad and by anyone.
    pub exposure: CodeSet,
    /// The data sets to use; empty uses all, as long as no two cover the same days.
    pub datasets: Vec<String>,
    /// The length of a period.
    pub unit: PeriodUnit,
    /// The first period begins on or after it.
    pub from: Option<Date>,
    /// The last period ends on or before it.
    pub as_of: Option<Date>,
    /// Whether each dyad is split by the sectors of its source.
    pub by_sector: bool,
}

/// The counts of every dyad.
#[derive(Debug, Clone, PartialEq)]
pub struct DyadPanel {
    /// The length of a period.
    pub unit: PeriodUnit,
    /// Every period from the first to the last day covered, without gaps.
    pub periods: Vec<Period>,
    /// Whether a data set covers the whole of each period: no act there means zero in covered
    /// periods, and nothing is known in the others.
    pub covered: Vec<bool>,
    /// Every dyad with an act of either set, in order of source, target and sector.
    pub dyads: Vec<DyadCounts>,
    /// Acts of the exposure by anyone toward anyone else in each period, each counted once.
    pub world: Vec<f64>,
    /// Coverage of each data set that was read, in order of name.
    pub coverage: Vec<Coverage>,
    /// Files that the counted rows came from, in order of name.
    pub files: Vec<SourceFile>,
    /// The query, as SQL that any engine can run over the store's Parquet files.
    pub sql: String,
}

/// The counts of one dyad, or of one sector of its source.
#[derive(Debug, Clone, PartialEq)]
pub struct DyadCounts {
    /// Who acts.
    pub source: ActorCode,
    /// Toward whom.
    pub target: ActorCode,
    /// The sector of the source; nothing where the dyad isn't split.
    pub sector: Option<String>,
    /// Counted acts in all covered periods.
    pub total: f64,
    /// Rows of the store behind `total`.
    pub n_rows: u64,
    /// The periods in which there was an act of either set, ascending.
    pub entries: Vec<PeriodCount>,
}

/// One dyad in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodCount {
    /// The place of the period in [`DyadPanel::periods`].
    pub period: u32,
    /// Counted acts.
    pub count: f64,
    /// Acts of the exposure by the same source (or its sector) toward the same target.
    pub exposure: f64,
}

/// Counts the acts of every dyad by period, on `threads` threads (all cores where nothing is said).
///
/// Counts are whole numbers and summed as such, so the answer is the same on any number of threads.
/// Memory grows with the dyads times the periods in which they act, not with the rows.
///
/// # Errors
/// [`SeriesError`] when a data set isn't there, two would count twice, the rows are too coarse for
/// the question, nothing covers the dates, or a part can't be read;
/// [`SeriesError::NoSectors`] when sectors are asked of rows that have none.
pub fn query_dyads_blocking(
    store: &impl SeriesSource,
    query: &DyadQuery,
    threads: Option<usize>,
) -> Result<DyadPanel, SeriesError> {
    runtime(threads)?.block_on(query_view(&store.view(), query, threads))
}

async fn query_view(
    view: &StoreView,
    query: &DyadQuery,
    threads: Option<usize>,
) -> Result<DyadPanel, SeriesError> {
    let window = Window::new(query.unit, query.from, query.as_of);
    let statements = sql::dyads_sql(query, window)?;
    let chosen = view.choose(Table::Events, &query.datasets, window, COUNTED)?;
    let periods = periods(&chosen.coverage, window);
    let covered: Vec<bool> = periods
        .iter()
        .map(|&period| covers(&chosen.coverage, period))
        .collect();

    let context = engine::session(threads);
    engine::register(&context, Table::Events, &chosen.parts)?;
    let mut fold = Fold::new(&periods, &covered, query.by_sector);
    let mut batches = context
        .sql(&statements.text)
        .await?
        .execute_stream()
        .await?;
    while let Some(batch) = fold::next(&mut batches).await? {
        fold.add(&batch)?;
    }
    refuse(&fold.grain()?, query, window)?;
    fold.refuse_without_sectors()?;
    let files = files(&context, &statements.files, &chosen, fold.n_rows()).await?;
    let (dyads, world) = fold.finish()?;
    Ok(DyadPanel {
        unit: query.unit,
        periods,
        covered,
        dyads,
        world,
        coverage: chosen.coverage,
        files,
        sql: statements.text,
    })
}

/// How errors name the counted acts and the exposure.
const COUNTED: &str = "counted acts: any → any";
const EXPOSURE: &str = "exposure: any → any";

/// Zeros that only mean "the rows can't tell" must not pass for zeros.
fn refuse(
    grain: &BTreeMap<Date, [u64; 3]>,
    query: &DyadQuery,
    window: Window,
) -> Result<(), SeriesError> {
    let grain: BTreeMap<Period, [u64; 3]> = grain
        .iter()
        .map(|(&day, &rows)| (Period::containing(day, window.unit), rows))
        .collect();
    refuse_coarse(&grain, COUNTED, &query.codes)?;
    refuse_coarse(&grain, EXPOSURE, &query.exposure)
}

/// The files that counted rows came from. Where there is only one, it need not be looked for.
async fn files(
    context: &datafusion::prelude::SessionContext,
    statement: &str,
    chosen: &Chosen,
    n_rows: u64,
) -> Result<Vec<SourceFile>, SeriesError> {
    if let [only] = chosen.files.as_slice()
        && n_rows > 0
    {
        return Ok(vec![only.clone()]);
    }
    files_of(context, statement, chosen).await
}

/// Whole periods from the first to the last day that any data set covers, within the window.
pub(crate) fn periods(coverage: &[Coverage], window: Window) -> Vec<Period> {
    let first = coverage.iter().map(|one| one.from).min();
    let last = coverage.iter().map(|one| one.to).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let start = window.from.map_or(first, |from| from.max(first));
    let mut first_period = Period::containing(start, window.unit);
    if first_period.first_day < start {
        first_period = first_period.next(window.unit);
    }
    first_period.through(Period::last_complete(last, window.unit), window.unit)
}

/// Whether a data set covers all of `period`, without a gap in it.
pub(crate) fn covers(coverage: &[Coverage], period: Period) -> bool {
    coverage.iter().any(|one| {
        let whole = one.from <= period.first_day && period.last_day <= one.to;
        let broken = one
            .gaps
            .iter()
            .any(|gap| gap[0] <= period.last_day && period.first_day <= gap[1]);
        whole && !broken
    })
}
