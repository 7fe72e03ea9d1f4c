//! Draws the page of a `scan.json` again: `render_scan SCAN.json SCAN.html [--still] [--top N]`.

use std::error::Error;
use std::fs;

use yalu_site::{ScanPageOptions, render_scan};

const USAGE: &str = "usage: render_scan SCAN.json SCAN.html [--still] [--top N]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, rest @ ..] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let mut options = ScanPageOptions::default();
    let mut rest = rest.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--still" => options.interactive = false,
            "--top" => options.top = rest.next().ok_or(USAGE)?.parse()?,
            _ => return Err(USAGE.into()),
        }
    }
    let report = serde_json::from_slice(&fs::read(from)?)?;
    fs::write(to, render_scan(&report, &options)?)?;
    Ok(())
}
