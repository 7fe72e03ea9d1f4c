//! Who within a state acts, toward another state and among themselves.
//!
//! [`query_series`](super::query_series) sums what a state does whoever in it does it; this counts
//! the same acts by the actor that the data name, and beside them the acts within the state. One
//! plan, one scan.
//!
//! # Which acts count
//! Toward the target: those of [`ActsQuery::codes`], as in a series. Within the state: all, whatever
//! their code, since a code that means something toward another state means another thing at home;
//! those of an actor toward itself (the same name) are left out. Both need at least one event, a row
//! that stands for no more than a period, and a period that a chosen data set covers whole.
//!
//! # Who acts
//! An [`InnerActor`] is the actor as the data name it: its name, its sectors then, and the person
//! where the shipped table knows one. Sectors are part of it, since a person changes them with
//! office. An act that names nobody within the state stands under the state's own code: nobody in
//! particular did it, as far as the data say.

mod fold;
mod sql;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::dyads::{covers, periods};
use super::error::SeriesError;
use super::view::{SeriesSource, StoreView, Table, Window};
use super::{engine, files_named, runtime};
use crate::period::{Period, PeriodUnit};
use crate::series::{CodeSet, Coverage, SourceFile};
use crate::types::{ActorCode, Dyad};

pub(crate) use self::fold::Counted;

/// What is asked of the acts of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActsQuery {
    /// Whose acts, toward whom.
    pub dyad: Dyad,
    /// Which acts toward the target count; empty counts all.
    pub codes: CodeSet,
    /// The data sets to use; empty uses all, as long as no two cover the same days.
    pub datasets: Vec<String>,
    /// The length of a period.
    pub unit: PeriodUnit,
    /// The first period begins on or after it.
    pub from: Option<Date>,
    /// The last period ends on or before it.
    pub as_of: Option<Date>,
}

impl ActsQuery {
    /// All that is known of the acts of a dyad, by month.
    pub fn of(dyad: Dyad) -> Self {
        Self {
            dyad,
            codes: CodeSet::default(),
            datasets: Vec::new(),
            unit: PeriodUnit::default(),
            from: None,
            as_of: None,
        }
    }
}

/// An actor within a state, as the data name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InnerActor {
    /// The name that the data give; the state's code where they name nobody.
    pub name: String,
    /// Its sectors at the time, the narrowest first.
    pub sectors: Vec<String>,
    /// The person, where it is one that the shipped table knows.
    pub person: Option<String>,
}

impl InnerActor {
    /// The state as such: nobody in particular.
    pub fn state(state: &ActorCode) -> Self {
        Self {
            name: state.to_string(),
            sectors: Vec::new(),
            person: None,
        }
    }

    /// Whether this is `state` as such.
    pub fn is_state(&self, state: &ActorCode) -> bool {
        self.name == state.as_str() && self.sectors.is_empty() && self.person.is_none()
    }
}

/// Acts in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodActs {
    /// The place of the period in [`ActsTable::periods`].
    pub period: u32,
    /// Acts, at least 1.
    pub n: u64,
}

/// What one actor does toward the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorActs {
    /// Who acts.
    pub actor: InnerActor,
    /// The periods in which it does, ascending.
    pub entries: Vec<PeriodActs>,
}

/// What one actor does toward another of the same state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairActs {
    /// Who acts.
    pub source: InnerActor,
    /// Toward whom.
    pub target: InnerActor,
    /// The periods in which it does, ascending.
    pub entries: Vec<PeriodActs>,
}

/// Acts of a state by who within it acts.
#[derive(Debug, Clone, PartialEq)]
pub struct ActsTable {
    /// Whose acts, toward whom.
    pub dyad: Dyad,
    /// The length of a period.
    pub unit: PeriodUnit,
    /// Every period from the first to the last day covered, without gaps.
    pub periods: Vec<Period>,
    /// Whether a data set covers the whole of each period: no act there means zero in covered
    /// periods, and nothing is known in the others.
    pub covered: Vec<bool>,
    /// Acts toward the target, in order of actor.
    pub outward: Vec<ActorActs>,
    /// Acts within the state, in order of source and target.
    pub domestic: Vec<PairActs>,
    /// Coverage of each data set that was read, in order of name.
    pub coverage: Vec<Coverage>,
    /// Files that the counted rows came from, in order of name.
    pub files: Vec<SourceFile>,
    /// The query, as SQL that any engine can run.
    pub sql: String,
}

impl ActsTable {
    /// Acts toward the target in all periods.
    pub fn n_outward(&self) -> u64 {
        self.outward.iter().map(|one| total(&one.entries)).sum()
    }

    /// Acts within the state in all periods.
    pub fn n_domestic(&self) -> u64 {
        self.domestic.iter().map(|one| total(&one.entries)).sum()
    }

    /// The part of the table whose periods lie whole from `from` to `to`, coverage cut to `to`.
    /// Files and SQL stay what they were: ask the store with the same dates to have them cut too.
    #[must_use]
    pub fn within(&self, from: Option<Date>, to: Option<Date>) -> Self {
        let window = Window::new(self.unit, from, to);
        let kept: BTreeMap<u32, u32> = (0..)
            .zip(&self.periods)
            .filter(|(_, period)| window.holds(**period))
            .map(|(old, _)| old)
            .zip(0..)
            .collect();
        let cut = |entries: &[PeriodActs]| -> Vec<PeriodActs> {
            let entry = |one: &PeriodActs| {
                let period = *kept.get(&one.period)?;
                Some(PeriodActs { period, n: one.n })
            };
            entries.iter().filter_map(entry).collect()
        };
        let place = |old: &u32| *old as usize;
        let mut table = Self {
            periods: kept.keys().map(|old| self.periods[place(old)]).collect(),
            covered: kept.keys().map(|old| self.covered[place(old)]).collect(),
            coverage: self
                .coverage
                .iter()
                .filter_map(|one| window.clip(one))
                .collect(),
            ..self.clone()
        };
        for one in &mut table.outward {
            one.entries = cut(&one.entries);
        }
        for one in &mut table.domestic {
            one.entries = cut(&one.entries);
        }
        table.outward.retain(|one| !one.entries.is_empty());
        table.domestic.retain(|one| !one.entries.is_empty());
        table
    }
}

/// The sum over periods.
fn total(entries: &[PeriodActs]) -> u64 {
    entries.iter().map(|entry| entry.n).sum()
}

/// Counts a state's acts toward another, and its acts within, by who within it acts, on `threads`
/// threads (all cores where nothing is said).
///
/// Counts are whole numbers, so the answer is the same on any number of threads. Data that name
/// nobody give a table in which the state itself does everything: that is an outcome.
///
/// # Errors
/// [`SeriesError`] when the dyad is a state with itself, a data set isn't there, two would count
/// twice, the rows are too coarse for the codes, nothing covers the dates, or a part can't be read.
pub fn query_acts_blocking(
    store: &impl SeriesSource,
    query: &ActsQuery,
    threads: Option<usize>,
) -> Result<ActsTable, SeriesError> {
    runtime(threads)?.block_on(query_view(&store.view(), query, threads))
}

async fn query_view(
    view: &StoreView,
    query: &ActsQuery,
    threads: Option<usize>,
) -> Result<ActsTable, SeriesError> {
    if query.dyad.source == query.dyad.target {
        return Err(SeriesError::SameState {
            state: query.dyad.source.clone(),
        });
    }
    let window = Window::new(query.unit, query.from, query.as_of);
    let sql = sql::acts_sql(query, window)?;
    let cell = format!("acts by actor: {}", query.dyad);
    let chosen = view.choose(Table::Events, &query.datasets, window, &cell)?;
    let periods = periods(&chosen.coverage, window);
    let covered = periods
        .iter()
        .map(|&period| covers(&chosen.coverage, period))
        .collect();

    let context = engine::session(threads);
    engine::register(&context, Table::Events, &chosen.parts)?;
    let batches = context.sql(&sql).await?.collect().await?;
    let rows = fold::Rows::read(&batches, query, &cell)?;
    let files = files_named(rows.files, &chosen)?;
    Ok(rows.counted.table(query, periods, covered, |table| {
        table.coverage = chosen.coverage;
        table.files = files;
        table.sql = sql;
    }))
}
