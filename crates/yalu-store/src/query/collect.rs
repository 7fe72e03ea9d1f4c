//! From the rows of a statement to cells.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type};

use super::engine::date_of;
use super::error::SeriesError;
use super::sql::{EventsSql, SCORE_SCALE, VALUE_SCALE, is_root};
use super::view::Window;
use crate::period::Period;
use crate::series::{CellRequest, CellSeries, CellValue, CodeSet, Measure};
use crate::types::DyadPattern;

/// Sums per column `v`, rows per column `n`, of one period and one pair of buckets.
#[derive(Debug, Clone, Default)]
struct Sums {
    values: Vec<i128>,
    n_rows: Vec<u64>,
    /// Rows of the acts with and without a score; only for sums of scores.
    n_acts: Vec<u64>,
}

/// What a statement gave: per pair of buckets and period, sums that are exact.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    sums: BTreeMap<(String, String), BTreeMap<Period, Sums>>,
    /// Rows with a leaf code, by root only, by quad class only, per period.
    grain: BTreeMap<Period, [u64; 3]>,
    /// Trade rows that stand for single commodities.
    n_detail: u64,
}

impl Buckets {
    /// Reads the batches of a statement with `n_sums` sums.
    pub(crate) fn read(
        batches: &[RecordBatch],
        n_sums: usize,
        window: Window,
    ) -> Result<Self, SeriesError> {
        let mut all = Self::default();
        for batch in batches {
            let days = column(batch, "first_day")?;
            let days = days
                .as_primitive_opt::<Date32Type>()
                .ok_or_else(|| shape("first_day", days.data_type()))?;
            let sources = texts(batch, "by_source")?;
            let targets = texts(batch, "by_target")?;
            let mut values = Vec::with_capacity(n_sums);
            let mut n_rows = Vec::with_capacity(n_sums);
            let mut n_acts = Vec::with_capacity(n_sums);
            for idx in 0..n_sums {
                values.push(integers(batch, &format!("v{idx}"))?);
                n_rows.push(integers(batch, &format!("n{idx}"))?);
                let name = format!("all{idx}");
                n_acts.push(if batch.column_by_name(&name).is_some() {
                    integers(batch, &name)?
                } else {
                    vec![0; batch.num_rows()]
                });
            }
            let grain = if batch.column_by_name("n_leaf").is_some() {
                Some([
                    integers(batch, "n_leaf")?,
                    integers(batch, "n_root_only")?,
                    integers(batch, "n_quad_only")?,
                ])
            } else {
                None
            };
            let detail = if batch.column_by_name("n_detail").is_some() {
                integers(batch, "n_detail")?
            } else {
                vec![0; batch.num_rows()]
            };
            for row in 0..batch.num_rows() {
                let period = Period::containing(date_of(days.value(row))?, window.unit);
                all.n_detail += detail[row] as u64;
                if let Some(grain) = &grain {
                    let here = all.grain.entry(period).or_default();
                    for (sum, column) in here.iter_mut().zip(grain) {
                        *sum += column[row] as u64;
                    }
                }
                let sums = Sums {
                    values: values.iter().map(|column| column[row]).collect(),
                    n_rows: n_rows.iter().map(|column| column[row] as u64).collect(),
                    n_acts: n_acts.iter().map(|column| column[row] as u64).collect(),
                };
                all.sums
                    .entry((sources[row].clone(), targets[row].clone()))
                    .or_default()
                    .insert(period, sums);
            }
        }
        Ok(all)
    }

    fn cell(
        &self,
        request: &CellRequest,
        datasets: &[String],
        sum_idx: usize,
        scale: u32,
    ) -> CellSeries {
        let mut sums: BTreeMap<Period, (i128, u64)> = BTreeMap::new();
        for ((source, target), periods) in &self.sums {
            if !matches(&request.dyad, source, target) {
                continue;
            }
            for (&period, row) in periods {
                let here = sums.entry(period).or_default();
                here.0 += row.values[sum_idx];
                here.1 += row.n_rows[sum_idx];
            }
        }
        let values = sums
            .into_iter()
            .filter(|(_, (_, n_rows))| *n_rows > 0)
            .map(|(period, (value, n_rows))| {
                let value = CellValue {
                    value: scaled(value, scale),
                    n_rows,
                    line: None,
                };
                (period, value)
            })
            .collect();
        CellSeries {
            request: request.clone(),
            datasets: datasets.to_vec(),
            values,
        }
    }

    fn n_acts(&self, request: &CellRequest, sum_idx: usize) -> u64 {
        self.sums
            .iter()
            .filter(|((source, target), _)| matches(&request.dyad, source, target))
            .flat_map(|(_, periods)| periods.values())
            .map(|row| row.n_acts[sum_idx])
            .sum()
    }

    /// The cell of a request for events, after checking that the rows can answer it.
    pub(crate) fn events_cell(
        &self,
        request: &CellRequest,
        datasets: &[String],
        sql: &EventsSql,
    ) -> Result<CellSeries, SeriesError> {
        refuse_coarse(&self.grain, &super::cell_name(request), &request.codes)?;
        let scores = request.measure == Measure::GoldsteinSum;
        let sum_idx = sql
            .sums
            .iter()
            .position(|(codes, sum_scores)| *codes == request.codes && *sum_scores == scores)
            .ok_or_else(|| shape(&request.group, &DataType::Null))?;
        let cell = self.cell(
            request,
            datasets,
            sum_idx,
            if scores { SCORE_SCALE } else { 0 },
        );
        if scores && cell.values.is_empty() {
            let n_rows = self.n_acts(request, sum_idx);
            if n_rows > 0 {
                return Err(SeriesError::NoScores {
                    cell: super::cell_name(request),
                    n_rows,
                });
            }
        }
        Ok(cell)
    }

    /// The cell of a request for trade.
    pub(crate) fn trade_cell(&self, request: &CellRequest, datasets: &[String]) -> CellSeries {
        let sum_idx = usize::from(request.measure == Measure::ImportsReported);
        self.cell(request, datasets, sum_idx, VALUE_SCALE)
    }

    /// Fails where trade is known by commodity only.
    pub(crate) fn refuse_details_only(&self) -> Result<(), SeriesError> {
        let n_total: u64 = self
            .sums
            .values()
            .flat_map(BTreeMap::values)
            .flat_map(|row| row.n_rows.iter())
            .sum();
        if n_total == 0 && self.n_detail > 0 {
            return Err(SeriesError::NoTradeTotals {
                n_rows: self.n_detail,
            });
        }
        Ok(())
    }
}

/// A zero that only means "the rows can't tell" must not pass for a zero.
///
/// `grain`: rows with a leaf code, by root only and by quad class only, per period.
pub(crate) fn refuse_coarse(
    grain: &BTreeMap<Period, [u64; 3]>,
    cell: &str,
    codes: &CodeSet,
) -> Result<(), SeriesError> {
    let CodeSet { codes, except, .. } = codes;
    let named = codes.iter().chain(except);
    let leaf = named.clone().find(|code| !is_root(code));
    for (period, &[n_leaf, n_root_only, n_quad_only]) in grain {
        if let Some(code) = leaf
            && n_leaf == 0
            && n_root_only > 0
        {
            return Err(SeriesError::RootsOnly {
                cell: cell.to_owned(),
                code: code.clone(),
                first_day: period.first_day,
                n_rows: n_root_only,
            });
        }
        if let Some(code) = named.clone().next()
            && n_leaf == 0
            && n_root_only == 0
            && n_quad_only > 0
        {
            return Err(SeriesError::QuadsOnly {
                cell: cell.to_owned(),
                code: code.clone(),
                first_day: period.first_day,
                n_rows: n_quad_only,
            });
        }
    }
    Ok(())
}

fn matches(pattern: &DyadPattern, source: &str, target: &str) -> bool {
    pattern
        .source
        .as_ref()
        .is_none_or(|code| code.as_str() == source)
        && pattern
            .target
            .as_ref()
            .is_none_or(|code| code.as_str() == target)
}

/// `value` over ten to the `scale`, rounded once.
fn scaled(value: i128, scale: u32) -> f64 {
    value as f64 / 10_f64.powi(scale as i32)
}

pub(crate) fn shape(column: &str, got: &DataType) -> SeriesError {
    SeriesError::Shape {
        column: column.to_owned(),
        got: got.to_string(),
    }
}

pub(crate) fn column<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a datafusion::arrow::array::ArrayRef, SeriesError> {
    batch
        .column_by_name(name)
        .ok_or_else(|| shape(name, &DataType::Null))
}

/// A column of text; null is the empty text.
pub(crate) fn texts(batch: &RecordBatch, name: &str) -> Result<Vec<String>, SeriesError> {
    let array = column(batch, name)?;
    let text = datafusion::arrow::compute::cast(array, &DataType::Utf8)
        .map_err(datafusion::error::DataFusionError::from)?;
    Ok(text
        .as_string::<i32>()
        .iter()
        .map(|text| text.unwrap_or_default().to_owned())
        .collect())
}

/// A column of integers or decimals, unscaled; null is 0.
pub(crate) fn integers(batch: &RecordBatch, name: &str) -> Result<Vec<i128>, SeriesError> {
    let array = column(batch, name)?;
    match array.data_type() {
        DataType::Int64 => Ok(array
            .as_primitive::<Int64Type>()
            .iter()
            .map(|value| i128::from(value.unwrap_or_default()))
            .collect()),
        DataType::Decimal128(..) => Ok(array
            .as_primitive::<Decimal128Type>()
            .iter()
            .map(Option::unwrap_or_default)
            .collect()),
        other => Err(shape(name, other)),
    }
}
