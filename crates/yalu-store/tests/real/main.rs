//! All of the project's real data, ingested and held to independent counts over the raw files.
//!
//! The data lie outside the project: in `../shared/data` beside it, or where `YALU_SHARED` says.
//! Without them these tests are skipped aloud; where `CI=true` they fail.

mod acts;
mod counts;
mod dyads;
mod events;

use std::path::PathBuf;

use jiff::civil::Date;
use tempfile::TempDir;
use yalu_store::ingest::{FileReport, IngestOptions, IngestReport, ingest};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Ingests into a store of its own; every row must be accounted for.
fn take(files: &[PathBuf], options: &IngestOptions) -> (TempDir, IngestReport) {
    let folder = tempfile::tempdir().expect("a folder");
    let report = ingest(files, folder.path(), options, &mut |_| {}).expect("a store");
    for file in &report.files {
        assert_adds_up(file);
    }
    (folder, report)
}

fn assert_adds_up(file: &FileReport) {
    assert_eq!(
        file.n_read,
        file.n_kept + file.n_duplicate + file.n_rejected,
        "{}",
        file.path.display()
    );
}
