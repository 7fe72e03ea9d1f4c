//! What became of each file.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use super::error::FileError;
use super::sniff::Format;

/// What became of a file that was taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// How it was read.
    pub format: Format,
    /// What was told from its content, in words.
    pub read_as: Vec<String>,
    /// The data set.
    pub dataset: String,
    /// Whether these very bytes were in the store already, so that nothing was added.
    pub known: bool,
    /// Rows read: those kept, the duplicates and the rejected.
    pub n_read: u64,
    /// Rows kept.
    pub n_kept: u64,
    /// Rows whose key is in the store with the same content.
    pub n_duplicate: u64,
    /// Rows left out, with line and reason in `rejects`.
    pub n_rejected: u64,
    /// Rows kept with a side that is no known state.
    pub n_unmapped: u64,
    /// Events kept that have the day, actors and code of another.
    pub n_repeats: u64,
    /// Why rows were left out, the most frequent reason first.
    pub reasons: Vec<(String, u64)>,
    /// What was mended on the way.
    pub repairs: Vec<(String, u64)>,
    /// The most frequent names that are no known state.
    pub unmapped: Vec<(String, u64)>,
    /// The file of the rows left out.
    pub rejects: Option<PathBuf>,
    /// The first and last days of the spans that the file speaks of, in order.
    pub spans: Vec<[Date; 2]>,
    /// Bytes on disk.
    pub n_bytes: u64,
}

/// A file that was passed over or failed.
#[derive(Debug)]
pub struct FileFailure {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub error: FileError,
}

/// What became of all files.
#[derive(Debug, Default)]
pub struct IngestReport {
    /// Files taken, in the order given.
    pub files: Vec<FileReport>,
    /// Files that aren't data and were passed over: lists of names and ids.
    pub passed_over: Vec<PathBuf>,
    /// Files of which nothing was taken.
    pub failures: Vec<FileFailure>,
    /// The manifest's generation afterwards.
    pub generation: u64,
}
