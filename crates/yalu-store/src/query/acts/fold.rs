//! From rows to a table of acts.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::Date32Type;
use jiff::civil::Date;

use super::super::collect::{column, integers, refuse_coarse, shape, texts};
use super::super::engine::date_of;
use super::super::error::SeriesError;
use super::{ActorActs, ActsQuery, ActsTable, InnerActor, PairActs, PeriodActs};
use crate::countries::names_state;
use crate::period::Period;
use crate::types::ActorCode;

/// Acts by period, of each actor and of each pair.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    outward: BTreeMap<InnerActor, BTreeMap<Period, u64>>,
    domestic: BTreeMap<(InnerActor, InnerActor), BTreeMap<Period, u64>>,
}

impl Counted {
    /// Counts acts toward the target.
    pub(crate) fn add_outward(&mut self, actor: InnerActor, period: Period, n: u64) {
        *self
            .outward
            .entry(actor)
            .or_default()
            .entry(period)
            .or_default() += n;
    }

    /// Counts acts within the state; those of an actor toward itself are none.
    pub(crate) fn add_domestic(
        &mut self,
        source: InnerActor,
        target: InnerActor,
        period: Period,
        n: u64,
    ) {
        if source.name == target.name {
            return;
        }
        *self
            .domestic
            .entry((source, target))
            .or_default()
            .entry(period)
            .or_default() += n;
    }

    /// The table over `periods`. Acts in other periods, or in periods that aren't covered, are left
    /// out: their number isn't known.
    pub(crate) fn table(
        self,
        query: &ActsQuery,
        periods: Vec<Period>,
        covered: Vec<bool>,
        with_origin: impl FnOnce(&mut ActsTable),
    ) -> ActsTable {
        let places: BTreeMap<Period, u32> = (0..)
            .zip(&periods)
            .zip(&covered)
            .filter(|(_, covered)| **covered)
            .map(|((place, period), _)| (*period, place))
            .collect();
        let entries = |counts: BTreeMap<Period, u64>| -> Vec<PeriodActs> {
            let entry = |(period, n): (Period, u64)| {
                let period = *places.get(&period)?;
                (n > 0).then_some(PeriodActs { period, n })
            };
            counts.into_iter().filter_map(entry).collect()
        };
        let mut table = ActsTable {
            dyad: query.dyad.clone(),
            unit: query.unit,
            outward: self
                .outward
                .into_iter()
                .map(|(actor, counts)| ActorActs {
                    actor,
                    entries: entries(counts),
                })
                .filter(|one| !one.entries.is_empty())
                .collect(),
            domestic: self
                .domestic
                .into_iter()
                .map(|((source, target), counts)| PairActs {
                    source,
                    target,
                    entries: entries(counts),
                })
                .filter(|one| !one.entries.is_empty())
                .collect(),
            periods,
            covered,
            coverage: Vec::new(),
            files: Vec::new(),
            sql: String::new(),
        };
        with_origin(&mut table);
        table
    }
}

/// What the rows of the statement say.
pub(super) struct Rows {
    pub(super) counted: Counted,
    /// The files that counted rows came from.
    pub(super) files: BTreeSet<String>,
}

impl Rows {
    pub(super) fn read(
        batches: &[RecordBatch],
        query: &ActsQuery,
        cell: &str,
    ) -> Result<Self, SeriesError> {
        let mut rows = Self {
            counted: Counted::default(),
            files: BTreeSet::new(),
        };
        let mut grain: BTreeMap<Period, [u64; 3]> = BTreeMap::new();
        for batch in batches {
            rows.add(batch, query, &mut grain)?;
        }
        refuse_coarse(&grain, cell, &query.codes)?;
        Ok(rows)
    }

    fn add(
        &mut self,
        batch: &RecordBatch,
        query: &ActsQuery,
        grain: &mut BTreeMap<Period, [u64; 3]>,
    ) -> Result<(), SeriesError> {
        let days = column(batch, "first_day")?;
        let days = days
            .as_primitive_opt::<Date32Type>()
            .ok_or_else(|| shape("first_day", days.data_type()))?;
        let target = texts(batch, "target")?;
        let source = Side::read(batch, "source")?;
        let inner = Side::read(batch, "inner")?;
        let file = texts(batch, "file")?;
        let acts = integers(batch, "acts")?;
        let fineness = if batch.column_by_name("n_leaf").is_some() {
            Some([
                integers(batch, "n_leaf")?,
                integers(batch, "n_root_only")?,
                integers(batch, "n_quad_only")?,
            ])
        } else {
            None
        };
        let state = &query.dyad.source;
        for row in 0..batch.num_rows() {
            let period = Period::containing(date_of(days.value(row))?, query.unit);
            if let Some(columns) = &fineness {
                let here = grain.entry(period).or_default();
                for (sum, column) in here.iter_mut().zip(columns) {
                    *sum += column[row] as u64;
                }
            }
            let n = acts[row] as u64;
            if n == 0 {
                continue;
            }
            let actor = source.actor(row, state, period.first_day);
            if target[row] == state.as_str() {
                let other = inner.actor(row, state, period.first_day);
                if actor.name == other.name {
                    continue;
                }
                self.counted.add_domestic(actor, other, period, n);
            } else {
                self.counted.add_outward(actor, period, n);
            }
            self.files.insert(file[row].clone());
        }
        Ok(())
    }
}

/// The columns of one side.
struct Side {
    names: Vec<String>,
    sectors: Vec<String>,
    persons: Vec<String>,
}

impl Side {
    fn read(batch: &RecordBatch, side: &str) -> Result<Self, SeriesError> {
        Ok(Self {
            names: texts(batch, &format!("{side}_name"))?,
            sectors: texts(batch, &format!("{side}_sectors"))?,
            persons: texts(batch, &format!("{side}_person"))?,
        })
    }

    /// The actor of a row. A name of the state itself, under whatever scheme, is its code.
    fn actor(&self, row: usize, state: &ActorCode, day: Date) -> InnerActor {
        let name = self.names[row].trim();
        let sectors: Vec<String> = self.sectors[row]
            .split(';')
            .filter(|sector| !sector.is_empty())
            .map(str::to_owned)
            .collect();
        let person = Some(self.persons[row].clone()).filter(|person| !person.is_empty());
        let name = if name.is_empty() || person.is_none() && names_state(name, state, day) {
            state.to_string()
        } else {
            name.to_owned()
        };
        InnerActor {
            name,
            sectors,
            person,
        }
    }
}
