//! What tests of several crates need. A dev-dependency, never a normal one.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The folder of the real data, `data/` under `YALU_SHARED` or in `../shared` beside the project;
/// nothing where it isn't there, which is said aloud.
///
/// # Panics
/// Where `CI=true` and the data aren't there: a check that is skipped must not look like one passed.
pub fn shared_data() -> Option<PathBuf> {
    shared_folder("data")
}

/// The folder of the peers' inputs and figures, `reference/` beside [`shared_data`]'s; nothing where
/// it isn't there, which is said aloud.
///
/// # Panics
/// Where `CI=true` and it isn't there.
pub fn shared_reference() -> Option<PathBuf> {
    shared_folder("reference")
}

fn shared_folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("YALU_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!ci, "{} isn't there, and CI needs it", folder.display());
    // Past the harness, which keeps what passing tests print: what is skipped must be seen.
    let _ = writeln!(
        io::stderr(),
        "SKIPPED: {} isn't there; set YALU_SHARED to the folder that holds {name}/",
        folder.display()
    );
    None
}

/// A gzip file's text.
///
/// # Errors
/// Where it can't be read, or isn't UTF-8.
pub fn unpacked(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}
