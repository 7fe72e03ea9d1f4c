//! `yalu ingest` and `yalu store`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use yalu_store::ingest::{
    FileReport, Format, IngestOptions, IngestReport, Mapping, Progress, ingest,
};
use yalu_store::store::{DatasetRecord, Store, StoreError};

use super::grouped;
use crate::cli::IngestArgs;
use crate::failure::Failure;
use crate::printer::Printer;

/// How many reasons, repairs and names are shown of a file.
const SHOWN: usize = 5;

pub(crate) fn run(args: &IngestArgs, printer: &Printer) -> Result<(), Failure> {
    let mapping = args
        .mapping
        .as_deref()
        .map(Mapping::read)
        .transpose()
        .map_err(|error| Failure::input(&error))?;
    let mut card = mapping.unwrap_or_default();
    if args.covers_from.is_some() {
        card.dataset.from = args.covers_from;
    }
    if args.covers_to.is_some() {
        card.dataset.to = args.covers_to;
    }
    let options = IngestOptions {
        format: args.format.map(Format::from),
        dataset: args.dataset.clone(),
        mapping: Some(card),
        epoch: args.epoch,
        max_age_days: args.max_age_days,
        max_rejects: args.max_rejects,
        drop_repeats: args.drop_repeats,
    };
    let start = Instant::now();
    let bar = bar(&args.files, printer);
    let mut show = |done: Progress<'_>| {
        bar.set_position(done.n_bytes);
        bar.set_message(format!("{} rows", grouped(done.n_rows)));
    };
    let report = ingest(&args.files, &args.store, &options, &mut show)
        .map_err(|error| store_failure(&error));
    bar.finish_and_clear();
    let report = report?;
    if printer.json {
        printer.result(&json(&report));
    } else {
        for file in &report.files {
            printer.result(&words(file));
        }
        for path in &report.passed_over {
            printer.result(&format!(
                "{}: a list of names and ids, read with the files that need it",
                path.display()
            ));
        }
        printer.result(&format!(
            "{}: generation {}",
            args.store.display(),
            report.generation
        ));
        let n_rows: u64 = report.files.iter().map(|file| file.n_read).sum();
        let n_bytes: u64 = report.files.iter().map(|file| file.n_bytes).sum();
        let seconds = start.elapsed().as_secs_f64();
        printer.progress(&format!(
            "{} rows, {} in {seconds:.1} s",
            grouped(n_rows),
            HumanBytes(n_bytes)
        ));
    }
    if report.failures.is_empty() {
        return Ok(());
    }
    Err(Failure::Several(
        report
            .failures
            .iter()
            .map(|failure| {
                (
                    format!("{} {}", failure.path.display(), failure.error),
                    failure.error.mend(),
                )
            })
            .collect(),
    ))
}

/// A bar over the bytes of all files; hidden where it would be in the way.
fn bar(files: &[PathBuf], printer: &Printer) -> ProgressBar {
    if !printer.shows_bars() {
        return ProgressBar::hidden();
    }
    let n_bytes = files
        .iter()
        .filter_map(|path| std::fs::metadata(path).ok())
        .map(|metadata| metadata.len())
        .sum();
    let style =
        ProgressStyle::with_template("{bar:20} {bytes}/{total_bytes}, {bytes_per_sec}, {msg}")
            .expect("the template is right");
    let bar = ProgressBar::new(n_bytes).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn store_failure(error: &StoreError) -> Failure {
    match error {
        StoreError::Write { .. } => Failure::Machine {
            message: error.to_string(),
            mend: Some(
                "check that the folder may be written to and the disk has room; what was committed before is there"
                    .to_owned(),
            ),
        },
        _ => Failure::input(error),
    }
}

fn words(file: &FileReport) -> String {
    let mut read_as = vec![file.format.name().to_owned()];
    read_as.extend(file.read_as.iter().cloned());
    let mut text = format!(
        "{} → data set {} ({})",
        file.path.display(),
        file.dataset,
        read_as.join("; ")
    );
    if file.known {
        text.push_str("\n  these bytes are in the store already: nothing was added");
        return text;
    }
    let _ = write!(
        text,
        "\n  read {}, kept {}, duplicate {}, rejected {}; unmapped {} of those kept",
        grouped(file.n_read),
        grouped(file.n_kept),
        grouped(file.n_duplicate),
        grouped(file.n_rejected),
        grouped(file.n_unmapped)
    );
    if !file.spans.is_empty() {
        let shown: Vec<String> = file
            .spans
            .iter()
            .take(SHOWN)
            .map(|[from, to]| format!("{from} to {to}"))
            .collect();
        let more = if file.spans.len() > SHOWN {
            ", …"
        } else {
            ""
        };
        let _ = write!(text, "\n  speaks of {}{more}", shown.join(", "));
    }
    let list = |text: &mut String, what: &str, all: &[(String, u64)]| {
        if all.is_empty() {
            return;
        }
        let shown: Vec<String> = all
            .iter()
            .take(SHOWN)
            .map(|(name, n)| {
                let name = if name.is_empty() { "no name" } else { name };
                format!("{name} ({})", grouped(*n))
            })
            .collect();
        let _ = write!(text, "\n  {what}: {}", shown.join(", "));
        if all.len() > SHOWN {
            text.push_str(", …");
        }
    };
    list(&mut text, "rejected because", &file.reasons);
    list(&mut text, "noted", &file.repairs);
    list(&mut text, "no known state", &file.unmapped);
    if file.n_repeats > 0 {
        let _ = write!(
            text,
            "\n  {} kept that repeat the day, actors and code of another (--drop-repeats leaves them out)",
            grouped(file.n_repeats)
        );
    }
    if let Some(path) = &file.rejects {
        let _ = write!(
            text,
            "\n  the rejected rows, with line and reason: {}",
            path.display()
        );
    }
    text
}

fn json(report: &IngestReport) -> String {
    let value = serde_json::json!({
        "files": report.files,
        "passed_over": report.passed_over,
        "failures": report.failures.iter().map(|failure| serde_json::json!({
            "path": failure.path,
            "error": failure.error.to_string(),
            "mend": failure.error.mend(),
        })).collect::<Vec<_>>(),
        "generation": report.generation,
    });
    format!("{value:#}")
}

/// What a store holds.
pub(crate) fn show(dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let store = Store::open(dir).map_err(|error| Failure::input(&error))?;
    let manifest = store.manifest();
    if printer.json {
        let text = serde_json::to_string_pretty(manifest).map_err(|error| Failure::Machine {
            message: format!("the manifest can't be written as JSON: {error}"),
            mend: None,
        })?;
        printer.result(&text);
        return Ok(());
    }
    printer.result(&format!(
        "{}: generation {}, {} data sets",
        dir.display(),
        manifest.generation,
        manifest.datasets.len()
    ));
    for set in &manifest.datasets {
        let n_rows: u64 = manifest
            .parts
            .iter()
            .filter(|part| part.dataset == set.name)
            .map(|part| part.n_rows)
            .sum();
        printer.result(&dataset(set, n_rows));
    }
    Ok(())
}

fn dataset(set: &DatasetRecord, n_rows: u64) -> String {
    let coverage = &set.coverage;
    let mut text = format!(
        "{}: {} to {}, {} rows of the store, {} files",
        set.name,
        coverage.from,
        coverage.to,
        grouped(n_rows),
        set.files.len()
    );
    if let Some(subset) = &coverage.subset {
        let _ = write!(text, "\n  not a whole: {subset}");
    }
    for [from, to] in &coverage.gaps {
        let _ = write!(text, "\n  missing: {from} to {to}");
    }
    for change in &coverage.changes {
        let _ = write!(text, "\n  from {}: {}", change.date, change.note);
    }
    for file in &set.files {
        let _ = write!(
            text,
            "\n  {} ({}): kept {} of {}",
            file.file.name,
            &file.file.sha256[..8],
            grouped(file.file.n_rows),
            grouped(file.n_read)
        );
    }
    text
}
