//! From the batches of a statement to the sparse columns of a panel.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use jiff::civil::Date;

use super::super::collect::{column, shape};
use super::super::engine::{date_of, days_of};
use super::super::error::SeriesError;
use super::{DyadCounts, PeriodCount};
use crate::period::Period;
use crate::types::ActorCode;

/// The next batch of a stream.
pub(super) async fn next(
    stream: &mut SendableRecordBatchStream,
) -> Result<Option<RecordBatch>, SeriesError> {
    let batch = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await;
    Ok(batch.transpose()?)
}

/// A dyad, and the place of its sector in the order in which sectors were met.
type Key = (Letters, Letters, u32);

/// A code of three letters as bytes, which have the order of the letters.
type Letters = [u8; 3];

#[derive(Debug, Default)]
struct Counts {
    n_rows: u64,
    entries: Vec<PeriodCount>,
}

/// What has been read so far. Batches may come in any order.
#[derive(Debug)]
pub(super) struct Fold {
    /// First day to place, of the covered periods.
    places: BTreeMap<i32, u32>,
    by_sector: bool,
    dyads: BTreeMap<Key, Counts>,
    world: Vec<i64>,
    sectors: BTreeMap<String, u32>,
    /// Rows with a leaf code, by root only, by quad class only, by first day of their period.
    grain: BTreeMap<i32, [u64; 3]>,
    n_rows: u64,
    any_sector: bool,
}

/// The sector of an act of the state itself.
const STATE: &str = "state";

impl Fold {
    pub(super) fn new(periods: &[Period], covered: &[bool], by_sector: bool) -> Self {
        let places = (0..)
            .zip(periods)
            .zip(covered)
            .filter(|(_, covered)| **covered)
            .map(|((place, period), _)| (days_of(period.first_day), place))
            .collect();
        Self {
            places,
            by_sector,
            dyads: BTreeMap::new(),
            world: vec![0; periods.len()],
            sectors: BTreeMap::new(),
            grain: BTreeMap::new(),
            n_rows: 0,
            any_sector: false,
        }
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), SeriesError> {
        let days = column(batch, "first_day")?;
        let days = days
            .as_primitive_opt::<Date32Type>()
            .ok_or_else(|| shape("first_day", days.data_type()))?;
        let sources = text(batch, "source")?;
        let targets = text(batch, "target")?;
        let sectors = self
            .by_sector
            .then(|| text(batch, "source_sectors"))
            .transpose()?;
        let acts = sums(batch, "acts")?;
        let rows = sums(batch, "n_rows")?;
        let exposure = sums(batch, "exposure")?;
        let grain = if batch.column_by_name("n_leaf").is_some() {
            Some([
                sums(batch, "n_leaf")?,
                sums(batch, "n_root_only")?,
                sums(batch, "n_quad_only")?,
            ])
        } else {
            None
        };
        for row in 0..batch.num_rows() {
            let day = days.value(row);
            if let Some(grain) = &grain {
                let here = self.grain.entry(day).or_default();
                for (sum, column) in here.iter_mut().zip(grain) {
                    *sum += value(column, row) as u64;
                }
            }
            if let Some(sectors) = &sectors {
                self.any_sector |= !sectors.value(row).is_empty();
            }
            let n_rows = value(&rows, row) as u64;
            let (count, exposure) = (value(&acts, row), value(&exposure, row));
            if n_rows == 0 && exposure == 0 {
                continue;
            }
            self.n_rows += 1;
            let Some(&place) = self.places.get(&day) else {
                continue;
            };
            self.world[place as usize] += exposure;
            let source = letters("source", sources.value(row))?;
            let target = letters("target", targets.value(row))?;
            let entry = PeriodCount {
                period: place,
                count: count as f64,
                exposure: exposure as f64,
            };
            match &sectors {
                None => self.put((source, target, 0), n_rows, entry),
                Some(sectors) => {
                    let listed = sectors.value(row);
                    let listed = if listed.is_empty() { STATE } else { listed };
                    for name in listed.split(';') {
                        let sector = self.sector(name);
                        self.put((source, target, sector), n_rows, entry);
                    }
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, key: Key, n_rows: u64, entry: PeriodCount) {
        let counts = self.dyads.entry(key).or_default();
        counts.n_rows += n_rows;
        counts.entries.push(entry);
    }

    fn sector(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.sectors.get(name) {
            return place;
        }
        let place = self.sectors.len() as u32;
        self.sectors.insert(name.to_owned(), place);
        place
    }

    /// Rows of the answer that counted.
    pub(super) fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Rows with a leaf code, by root only and by quad class only, by first day of their period.
    pub(super) fn grain(&self) -> Result<BTreeMap<Date, [u64; 3]>, SeriesError> {
        self.grain
            .iter()
            .map(|(&day, &rows)| Ok((date_of(day)?, rows)))
            .collect()
    }

    /// Fails where sectors were asked of rows that have none.
    pub(super) fn refuse_without_sectors(&self) -> Result<(), SeriesError> {
        if self.by_sector && !self.any_sector && self.n_rows > 0 {
            return Err(SeriesError::NoSectors);
        }
        Ok(())
    }

    /// The dyads in order of source, target and sector, and the world's exposure.
    pub(super) fn finish(self) -> Result<(Vec<DyadCounts>, Vec<f64>), SeriesError> {
        let mut names = vec![String::new(); self.sectors.len()];
        for (name, place) in self.sectors {
            names[place as usize] = name;
        }
        let mut dyads = Vec::with_capacity(self.dyads.len());
        for ((source, target, sector), counts) in self.dyads {
            let entries = merged(counts.entries);
            dyads.push(DyadCounts {
                source: code("source", source)?,
                target: code("target", target)?,
                sector: names.get(sector as usize).cloned(),
                total: entries.iter().map(|entry| entry.count).sum(),
                n_rows: counts.n_rows,
                entries,
            });
        }
        // Sectors were met in the order in which threads finished.
        dyads.sort_by(|a, b| {
            (&a.source, &a.target, &a.sector).cmp(&(&b.source, &b.target, &b.sector))
        });
        let world = self.world.into_iter().map(|sum| sum as f64).collect();
        Ok((dyads, world))
    }
}

/// One entry a period, ascending. Counts are whole numbers, so their order doesn't matter.
fn merged(mut entries: Vec<PeriodCount>) -> Vec<PeriodCount> {
    entries.sort_unstable_by_key(|entry| entry.period);
    entries.dedup_by(|next, kept| {
        let same = next.period == kept.period;
        if same {
            kept.count += next.count;
            kept.exposure += next.exposure;
        }
        same
    });
    entries.shrink_to_fit();
    entries
}

fn letters(column: &str, text: &str) -> Result<Letters, SeriesError> {
    text.as_bytes()
        .try_into()
        .map_err(|_| no_code(column, text))
}

fn code(column: &str, letters: Letters) -> Result<ActorCode, SeriesError> {
    let text = String::from_utf8_lossy(&letters);
    text.parse().map_err(|_| no_code(column, &text))
}

fn no_code(column: &str, text: &str) -> SeriesError {
    SeriesError::Shape {
        column: column.to_owned(),
        got: format!("`{text}`"),
    }
}

fn text(batch: &RecordBatch, name: &str) -> Result<StringArray, SeriesError> {
    let text = cast(column(batch, name)?, &DataType::Utf8).map_err(DataFusionError::from)?;
    Ok(text.as_string::<i32>().clone())
}

fn sums(batch: &RecordBatch, name: &str) -> Result<Int64Array, SeriesError> {
    let array = column(batch, name)?;
    array
        .as_primitive_opt::<Int64Type>()
        .cloned()
        .ok_or_else(|| shape(name, array.data_type()))
}

/// A sum over no rows is null.
fn value(column: &Int64Array, row: usize) -> i64 {
    if column.is_null(row) {
        0
    } else {
        column.value(row)
    }
}
