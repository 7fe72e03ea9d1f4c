//! Series: what is asked of a store or of a series file, and what comes back.
//!
//! A *cell* is one sum per period: a dyad pattern, a set of codes, a measure. All the cells of a
//! dossier are computed in one DataFusion plan, one scan.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CameoCode, DyadPattern, Period, PeriodUnit, QuadClass};

/// Which acts count: events whose code starts with one of `codes`, or whose class is in `quads`.
/// Both empty means every event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct CodeSet {
    /// Roots or leaves, as prefixes: `16` holds `163`.
    pub codes: Vec<CameoCode>,
    /// Quad classes.
    pub quads: Vec<QuadClass>,
    /// Leaves that are left out again, as prefixes.
    pub except: Vec<CameoCode>,
    /// Sectors of the source to keep; empty keeps all.
    pub source_sectors: Vec<String>,
}

/// What is summed over the rows of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The number of events.
    Events,
    /// The sum of Goldstein scores over the events (divide by their number for the mean).
    GoldsteinSum,
    /// The value of trade in US dollars that the source exports to the target, as the source reports it.
    ExportsReported,
    /// The same flow as the target reports it: its imports from the source.
    ImportsReported,
}

/// One sum per period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRequest {
    /// A name for the code set, which stands in a series file's `group` column.
    pub group: String,
    /// Which acts.
    pub codes: CodeSet,
    /// Whose, toward whom.
    pub dyad: DyadPattern,
    /// What is summed.
    pub measure: Measure,
}

/// A change within a data set that makes periods before and after it unlike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageChange {
    /// The first day of the new state.
    pub date: Date,
    /// What changed.
    pub note: String,
}

/// What a data set covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The data set's name.
    pub dataset: String,
    /// The first day covered.
    pub from: Date,
    /// The last day covered.
    pub to: Date,
    /// Changes of the source base within.
    pub changes: Vec<CoverageChange>,
    /// What part of the whole the data set is, where it isn't the whole.
    pub subset: Option<String>,
    /// First and last days within that no file speaks of: missing, not zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<[Date; 2]>,
}

/// A file that rows came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The file's name, without its folder.
    pub name: String,
    /// SHA-256 of its bytes as they lay on disk, in hexadecimal.
    pub sha256: String,
    /// Rows read from it that the store keeps.
    pub n_rows: u64,
}

/// One cell's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSeries {
    /// What was asked.
    pub request: CellRequest,
    /// The data sets whose coverage says in which periods no row means zero; empty means all.
    pub datasets: Vec<String>,
    /// The sum in each period that has rows; a period that isn't here had none.
    pub values: BTreeMap<Period, CellValue>,
}

/// A cell's figure in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct CellValue {
    /// The sum.
    pub value: f64,
    /// Rows behind it.
    pub n_rows: u64,
    /// The first line (1 is the header) of a series file that holds it; nothing for a store.
    pub line: Option<u64>,
}

/// The answer to one query: every cell, with what is behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesTable {
    /// The length of a period.
    pub unit: PeriodUnit,
    /// One series per request, in the requests' order.
    pub cells: Vec<CellSeries>,
    /// Coverage of each data set that the rows came from, in order of name.
    pub coverage: Vec<Coverage>,
    /// Files that the rows came from, in order of name.
    pub files: Vec<SourceFile>,
    /// The query, as SQL that any engine can run over the store's Parquet files.
    pub sql: String,
}
