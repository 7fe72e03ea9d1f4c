//! How long a dossier's specification curve takes: `cargo run -p yalu-dossier --example time_curve --
//! examples/china-dprk 2` assesses it on two threads with and without its curve.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::path::Path;
use std::time::Instant;

use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::{AssessOptions, assess};
use yalu_dossier::spec::Curve;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments
        .next()
        .ok_or("name a dossier's folder, then the number of threads")?;
    let threads = arguments.next().map(|text| text.parse()).transpose()?;
    let mut dossier = load_dossier(Path::new(&dir))?;
    let options = AssessOptions {
        threads,
        ..AssessOptions::default()
    };
    let begin = Instant::now();
    let all = assess(&dossier, &options)?;
    let with = begin.elapsed();
    dossier.spec.curve = Curve::default();
    let begin = Instant::now();
    assess(&dossier, &options)?;
    let without = begin.elapsed();
    let n_fits: usize = all
        .iter()
        .flat_map(|one| &one.indicators)
        .filter_map(|one| one.curve.as_ref())
        .map(|curve| curve.fits.len())
        .sum();
    println!(
        "{} dates, {n_fits} fits: {:.2} s with the curve, {:.2} s without it",
        all.len(),
        with.as_secs_f64(),
        without.as_secs_f64()
    );
    if let Some(path) = arguments.next() {
        std::fs::write(path, serde_json::to_string_pretty(&all)?)?;
    }
    Ok(())
}
