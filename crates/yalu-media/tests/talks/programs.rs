//! The programs that recordings are made and checked with.

use std::path::Path;
use std::process::Command;

/// Whether a program can be started. Without it a test is skipped aloud, but in CI it fails.
pub(crate) fn has(program: &str) -> bool {
    let flag = if program == "sox" || program == "espeak-ng" {
        "--version"
    } else {
        "-version"
    };
    let there = Command::new(program).arg(flag).output().is_ok();
    assert!(
        there || std::env::var_os("CI").is_none(),
        "`{program}` is missing, and CI must have it"
    );
    if !there {
        eprintln!("skipped: `{program}` is missing");
    }
    there
}

pub(crate) fn all() -> bool {
    ["ffmpeg", "sox", "espeak-ng"].iter().all(|one| has(one))
}

/// Runs a program in a folder; its standard output.
pub(crate) fn run(folder: &Path, program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn ffmpeg(folder: &Path, args: &[&str]) -> String {
    run(
        folder,
        "ffmpeg",
        &[&["-v", "error", "-nostats", "-y"], args].concat(),
    )
}

/// What ffmpeg's `ebur128` filter says of a file, or of [start, end) seconds of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peer {
    pub(crate) integrated: f64,
    pub(crate) range: f64,
    pub(crate) true_peak: f64,
}

pub(crate) fn ebur128(folder: &Path, file: &str, span: Option<(f64, f64)>) -> Peer {
    let trim = span.map_or(String::new(), |(start, end)| {
        format!("atrim={start}:{end},asetpts=PTS-STARTPTS,")
    });
    let filter = format!("{trim}ebur128=peak=true:metadata=1,ametadata=print:file=-");
    let decoder: &[&str] = if Path::new(file).extension().is_some_and(|it| it == "opus") {
        // ffmpeg's own Opus decoder differs from the reference by more than ours does.
        &["-c:a", "libopus"]
    } else {
        &[]
    };
    let output = ffmpeg(
        folder,
        &[decoder, &["-i", file, "-af", &filter, "-f", "null", "-"]].concat(),
    );
    let last = |key: &str| -> f64 {
        let mut lines = output.lines().filter_map(|line| line.strip_prefix(key));
        lines.next_back().unwrap().parse().unwrap()
    };
    Peer {
        integrated: last("lavfi.r128.I="),
        range: last("lavfi.r128.LRA="),
        true_peak: 20.0 * last("lavfi.r128.true_peak=").log10(),
    }
}
