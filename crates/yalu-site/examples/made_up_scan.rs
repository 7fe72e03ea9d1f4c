//! Writes a made-up scan with its page, for the browser's checks: `made_up_scan DIR` writes
//! `DIR/scan.json` and `DIR/scan.html`.

use std::error::Error;
use std::fs;
use std::path::Path;

use yalu_site::{ScanPageOptions, render_scan};

#[expect(dead_code, reason = "tests use the rest of it")]
#[path = "../tests/scan/fixture.rs"]
mod fixture;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir] = arguments.as_slice() else {
        return Err("usage: made_up_scan DIR".into());
    };
    let report = fixture::scan(60, 276);
    fs::create_dir_all(dir)?;
    let dir = Path::new(dir);
    fs::write(dir.join("scan.json"), serde_json::to_vec(&report)?)?;
    fs::write(
        dir.join("scan.html"),
        render_scan(&report, &ScanPageOptions::default())?,
    )?;
    Ok(())
}
