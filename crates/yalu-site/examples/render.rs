//! Draws the report of an `assessment.json` again: `render ASSESSMENT.json REPORT.html [--still]`.

use std::error::Error;
use std::fs;

use yalu_site::{ReportOptions, render_report};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, rest @ ..] = arguments.as_slice() else {
        return Err("usage: render ASSESSMENT.json REPORT.html [--still]".into());
    };
    let assessment = serde_json::from_slice(&fs::read(from)?)?;
    let interactive = rest.is_empty();
    fs::write(
        to,
        render_report(&assessment, &ReportOptions { interactive })?,
    )?;
    Ok(())
}
