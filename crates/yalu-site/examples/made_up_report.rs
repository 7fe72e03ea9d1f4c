//! Writes a made-up assessment with its page, for the browser's checks: `made_up_report DIR` writes
//! `DIR/assessment.json` and `DIR/report.html`, the recording that its player plays, and `DIR/large`, the
//! same with as many claims as a printed page of the matrix must hold.

use std::error::Error;
use std::fs;
use std::path::Path;

use yalu_dossier::assessment::Assessment;
use yalu_site::{ReportOptions, render_report};

#[path = "../tests/report/border_fixture.rs"]
mod border_fixture;
#[path = "../tests/report/evidence_fixture.rs"]
mod evidence_fixture;
#[path = "../tests/report/fixture.rs"]
mod fixture;
#[path = "../tests/report/ledger_fixture.rs"]
mod ledger_fixture;
#[path = "../tests/report/structure_fixture.rs"]
mod structure_fixture;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir] = arguments.as_slice() else {
        return Err("usage: made_up_report DIR".into());
    };
    let dir = Path::new(dir);
    let mut assessment = fixture::assessment();
    write(dir, &assessment)?;
    assessment.evidence = Some(evidence_fixture::large_evidence());
    write(&dir.join("large"), &assessment)
}

fn write(dir: &Path, assessment: &Assessment) -> Result<(), Box<dyn Error>> {
    let recording = dir.join(evidence_fixture::PLAYER_FILE);
    fs::create_dir_all(recording.parent().ok_or("it stands in a folder")?)?;
    fs::write(recording, tone())?;
    fs::write(dir.join("assessment.json"), serde_json::to_vec(assessment)?)?;
    fs::write(
        dir.join("report.html"),
        render_report(assessment, &ReportOptions::default())?,
    )?;
    Ok(())
}

/// A tone as a WAV file of one channel, 8,000 samples a second of 16 bits: loud up to 24 seconds, then a
/// quarter of it.
fn tone() -> Vec<u8> {
    let rate = 8000_u32;
    let n = (evidence_fixture::LENGTH_S * f64::from(rate)) as u32;
    let size = n * 2;
    let mut wav = Vec::with_capacity(size as usize + 44);
    wav.extend(b"RIFF");
    wav.extend((size + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * 2).to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(size.to_le_bytes());
    for idx in 0..n {
        let at = f64::from(idx) / f64::from(rate);
        let height = if at < 24.0 { 0.4 } else { 0.1 };
        let value = (at * 440.0 * std::f64::consts::TAU).sin() * height * f64::from(i16::MAX);
        wav.extend((value as i16).to_le_bytes());
    }
    wav
}
