//! Measures a recording and prints figures, time and peak memory: for `bench/talk/run.sh`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::path::PathBuf;
use std::time::Instant;

use yalu_media::{MeasureError, MeasureOptions, measure};

fn main() -> Result<(), MeasureError> {
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        let start = Instant::now();
        let recording = measure(&path, &MeasureOptions::default(), |_| {})?;
        let seconds = start.elapsed().as_secs_f64();
        let level = |figure: Option<f64>| figure.map_or("-".to_owned(), |it| format!("{it:.2}"));
        let loudness = &recording.loudness;
        println!(
            "{}\t{:.1} s of sound\tI {} LUFS\tLRA {} LU\tTP {} dBTP\t{seconds:.2} s\t{:.0}x real time\tpeak {} KiB",
            recording.file_name,
            recording.duration_seconds,
            level(loudness.integrated_lufs),
            level(loudness.range_lu),
            level(loudness.true_peak_dbtp),
            recording.duration_seconds / seconds,
            peak_memory_kib().map_or("-".to_owned(), |kib| kib.to_string()),
        );
        for fault in &recording.faults {
            println!("  {fault:?}");
        }
    }
    Ok(())
}

/// The most memory that this process held, by the system's own account; nothing off Linux.
fn peak_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
