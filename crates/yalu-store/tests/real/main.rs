//! All of the project's real data, ingested and held to independent counts over the raw files.
//!
//! The data lie outside the project: in `../shared/data` beside it, or where `YALU_SHARED` says.
//! Without them these tests are skipped aloud; where `CI=true` they fail.

mod counts;
mod events;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tempfile::TempDir;
use yalu_store::ingest::{FileReport, IngestOptions, IngestReport, ingest};

/// The folder of the data, or nothing, said aloud.
fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("YALU_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let data = root.join("data");
    if data.is_dir() {
        return Some(data);
    }
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!ci, "{} isn't there, and CI needs it", data.display());
    // Past the harness, which keeps what passing tests print: what is skipped must be seen.
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: {} isn't there; set YALU_SHARED to the folder that holds data/",
        data.display()
    );
    None
}

/// A gzip file's text.
fn unpacked(path: &Path) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).expect("the data"))
        .read_to_string(&mut text)
        .expect("text");
    text
}

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
