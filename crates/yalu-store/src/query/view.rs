//! Which parts of a store a query reads.
//!
//! Parts are taken from the manifest, never from the folder: a file that the manifest doesn't
//! name isn't there. They are pruned by data set, by year, and by the shortest period that their
//! footers say their rows stand for.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use jiff::civil::Date;

use super::error::SeriesError;
use crate::PeriodUnit;
use crate::period::Period;
use crate::series::{Coverage, CoverageChange, SourceFile};

/// The two tables that series are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Table {
    /// Single events and counts of events.
    Events,
    /// Flows of trade.
    Trade,
}

impl Table {
    /// The table's folder in a store, and its name in a query.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Trade => "trade",
        }
    }
}

/// A data set as the manifest describes it.
#[derive(Debug, Clone)]
pub struct DatasetView {
    /// Its name.
    pub name: String,
    /// What it covers.
    pub coverage: Coverage,
    /// The files that were ingested into it.
    pub files: Vec<SourceFile>,
}

/// A part as the manifest names it.
#[derive(Debug, Clone)]
pub struct PartView {
    /// Where the Parquet file lies.
    pub path: PathBuf,
    /// The table that it is a part of.
    pub table: Table,
    /// Its data set's name.
    pub dataset: String,
    /// The year of all its rows.
    pub year: i16,
}

/// What a query needs to know of a store: one generation of its manifest.
#[derive(Debug, Clone)]
pub struct StoreView {
    /// The data sets.
    pub datasets: Vec<DatasetView>,
    /// The parts of both tables.
    pub parts: Vec<PartView>,
}

/// Anything that series can be queried from.
pub trait SeriesSource {
    /// The data sets and parts, as of one generation of the manifest.
    fn view(&self) -> StoreView;
}

impl SeriesSource for StoreView {
    fn view(&self) -> StoreView {
        self.clone()
    }
}

/// The days whose rows a query may use, in whole periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) unit: PeriodUnit,
    /// The first day of the first whole period at or after the day asked for.
    pub(crate) from: Option<Date>,
    /// The last day of the last period that is complete as of the day asked for.
    pub(crate) to: Option<Date>,
    /// The day asked for.
    pub(crate) as_of: Option<Date>,
}

impl Window {
    /// Cuts `from` and `as_of` to whole periods: nothing dated after `as_of` is used, nor any
    /// period that ends after it.
    pub(crate) fn new(unit: PeriodUnit, from: Option<Date>, as_of: Option<Date>) -> Self {
        let from = from.map(|day| {
            let here = Period::containing(day, unit);
            if here.first_day == day {
                day
            } else {
                here.next(unit).first_day
            }
        });
        Self {
            unit,
            from,
            to: as_of.map(|day| Period::last_complete(day, unit).last_day),
            as_of,
        }
    }

    /// Whether all of `period` is within.
    pub(crate) fn holds(self, period: Period) -> bool {
        self.from.is_none_or(|from| period.first_day >= from)
            && self.to.is_none_or(|to| period.last_day <= to)
    }

    fn holds_year(self, year: i16) -> bool {
        self.from.is_none_or(|from| year >= from.year())
            && self.to.is_none_or(|to| year <= to.year())
    }

    /// What was known of `coverage` as of the day asked for; nothing where it starts later.
    pub(crate) fn clip(self, coverage: &Coverage) -> Option<Coverage> {
        let mut known = coverage.clone();
        if let Some(as_of) = self.as_of {
            if known.from > as_of {
                return None;
            }
            known.to = known.to.min(as_of);
            known
                .changes
                .retain(|change: &CoverageChange| change.date <= as_of);
            known.gaps.retain(|gap| gap[0] <= as_of);
            for gap in &mut known.gaps {
                gap[1] = gap[1].min(as_of);
            }
        }
        Some(known)
    }
}

/// The parts that one plan reads, and the data sets that they belong to.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) parts: Vec<PathBuf>,
    /// Clipped to the window, in order of name.
    pub(crate) coverage: Vec<Coverage>,
    /// Every file of these data sets.
    pub(crate) files: Vec<SourceFile>,
}

impl Chosen {
    /// The names of the data sets.
    pub(crate) fn names(&self) -> Vec<String> {
        self.coverage
            .iter()
            .map(|coverage| coverage.dataset.clone())
            .collect()
    }
}

impl StoreView {
    /// The parts of `table` that answer a query; `cell` names the first request that needs them.
    pub(crate) fn choose(
        &self,
        table: Table,
        names: &[String],
        window: Window,
        cell: &str,
    ) -> Result<Chosen, SeriesError> {
        let by_name: BTreeMap<&str, &DatasetView> = self
            .datasets
            .iter()
            .map(|dataset| (dataset.name.as_str(), dataset))
            .collect();
        if let Some(name) = names
            .iter()
            .find(|name| !by_name.contains_key(name.as_str()))
        {
            return Err(SeriesError::UnknownDataset {
                name: name.clone(),
                held: by_name.keys().map(|&name| name.to_owned()).collect(),
            });
        }
        let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
        let mut parts: BTreeMap<&str, Vec<&PartView>> = BTreeMap::new();
        for part in &self.parts {
            if part.table == table && wanted(&part.dataset) {
                parts.entry(&part.dataset).or_default().push(part);
            }
        }
        if parts.is_empty() {
            return Err(SeriesError::NoRowsOfKind {
                cell: cell.to_owned(),
                table: table.name(),
                datasets: by_name
                    .keys()
                    .filter(|name| wanted(name))
                    .map(|&name| name.to_owned())
                    .collect(),
            });
        }

        // Of each data set, the parts within the window whose rows fit into the periods.
        let mut fitting: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
        let mut too_long: BTreeMap<&str, &'static str> = BTreeMap::new();
        for (&name, parts) in &parts {
            let covered = by_name
                .get(name)
                .and_then(|dataset| window.clip(&dataset.coverage));
            if covered.is_none() {
                continue;
            }
            for part in parts {
                if !window.holds_year(part.year) {
                    continue;
                }
                let shortest = shortest_period(&part.path)?;
                if fits(shortest, window.unit) {
                    fitting.entry(name).or_default().push(part.path.clone());
                } else {
                    too_long.insert(name, shortest);
                }
            }
        }
        if fitting.is_empty() {
            if let Some(&holds) = too_long.values().min() {
                return Err(SeriesError::PeriodsTooLong {
                    datasets: too_long.keys().map(|&name| name.to_owned()).collect(),
                    holds,
                    unit: window.unit,
                });
            }
            let first = parts.keys().find_map(|name| by_name.get(name));
            let Some(first) = first else {
                return Err(SeriesError::NoRowsOfKind {
                    cell: cell.to_owned(),
                    table: table.name(),
                    datasets: parts.keys().map(|&name| name.to_owned()).collect(),
                });
            };
            return Err(SeriesError::OutsideCoverage {
                table: table.name(),
                dataset: first.name.clone(),
                covers_from: first.coverage.from,
                covers_to: first.coverage.to,
                from: window.from,
                to: window.to,
            });
        }

        let mut coverage = Vec::new();
        let mut files = Vec::new();
        for name in fitting.keys() {
            if let Some(dataset) = by_name.get(name) {
                coverage.extend(window.clip(&dataset.coverage));
                files.extend(dataset.files.iter().cloned());
            }
        }
        refuse_overlap(table, window, &coverage)?;
        let mut parts: Vec<PathBuf> = fitting.into_values().flatten().collect();
        parts.sort();
        Ok(Chosen {
            parts,
            coverage,
            files,
        })
    }
}

/// Two data sets that cover the same days would count the same events twice.
fn refuse_overlap(table: Table, window: Window, coverage: &[Coverage]) -> Result<(), SeriesError> {
    for (idx, first) in coverage.iter().enumerate() {
        for second in &coverage[idx + 1..] {
            let mut from = first.from.max(second.from);
            if let Some(start) = window.from {
                from = from.max(start);
            }
            let to = first.to.min(second.to);
            if from <= to {
                return Err(SeriesError::AmbiguousDatasets {
                    first: first.dataset.clone(),
                    second: second.dataset.clone(),
                    table: table.name(),
                    from,
                    to,
                });
            }
        }
    }
    Ok(())
}

/// Whether rows that stand for a period of `shortest` fit into periods of `unit`.
fn fits(shortest: &str, unit: PeriodUnit) -> bool {
    match unit {
        PeriodUnit::Week => shortest == "day",
        PeriodUnit::Month | PeriodUnit::Quarter => shortest != "year",
    }
}

/// The values of the column `period` whose rows fit into periods of `unit`.
pub(crate) fn fitting_periods(unit: PeriodUnit) -> &'static [&'static str] {
    match unit {
        PeriodUnit::Week => &["day"],
        PeriodUnit::Month | PeriodUnit::Quarter => &["day", "month"],
    }
}

/// The shortest period that a part's rows stand for, from its footer: `day`, `month` or `year`.
/// A footer that doesn't say counts as `day`, so that the rows themselves are asked.
fn shortest_period(path: &Path) -> Result<&'static str, SeriesError> {
    let fail = |reason: String| SeriesError::Part {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    let reader = SerializedFileReader::new(file).map_err(|error| fail(error.to_string()))?;
    let metadata = reader.metadata();
    let column_idx = metadata
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .position(|column| column.path().string() == "period")
        .ok_or_else(|| fail("it has no column `period`".to_owned()))?;
    let mut shortest = "year";
    for group in metadata.row_groups() {
        let smallest = group
            .column(column_idx)
            .statistics()
            .and_then(|statistics| statistics.min_bytes_opt());
        // The words happen to be in order of length and of the alphabet alike.
        match smallest {
            Some(b"year") => {}
            Some(b"month") => shortest = shortest.min("month"),
            _ => shortest = "day",
        }
    }
    Ok(shortest)
}
