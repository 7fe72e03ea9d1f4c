//! Writes a made-up assessment with its page, for the browser's checks: `made_up_report DIR` writes
//! `DIR/assessment.json` and `DIR/report.html`.

use std::error::Error;
use std::fs;
use std::path::Path;

use yalu_site::{ReportOptions, render_report};

#[path = "../tests/report/border_fixture.rs"]
mod border_fixture;
#[path = "../tests/report/fixture.rs"]
mod fixture;
#[path = "../tests/report/structure_fixture.rs"]
mod structure_fixture;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir] = arguments.as_slice() else {
        return Err("usage: made_up_report DIR".into());
    };
    let assessment = fixture::assessment();
    fs::create_dir_all(dir)?;
    let dir = Path::new(dir);
    fs::write(
        dir.join("assessment.json"),
        serde_json::to_vec(&assessment)?,
    )?;
    fs::write(
        dir.join("report.html"),
        render_report(&assessment, &ReportOptions::default())?,
    )?;
    Ok(())
}
