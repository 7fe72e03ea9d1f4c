//! `yalu run` and `yalu export series`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::civil::Date;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::export::series_rows;
use yalu_dossier::load::{Dossier, load_dossier};
use yalu_dossier::pipeline::{AssessError, AssessOptions, assess, query_for_export};
use yalu_site::{ReportOptions, render_report};
use yalu_store::series_export::{write_series_csv, write_series_parquet};
use yalu_store::series_file::write_series_file;

use super::{talk, terminal};
use crate::failure::Failure;
use crate::printer::Printer;

/// What `yalu run` was asked.
pub(crate) struct Request<'a> {
    pub(crate) dossier: &'a Path,
    pub(crate) store: Option<&'a Path>,
    pub(crate) as_of: &'a [Date],
    pub(crate) out: Option<&'a Path>,
    pub(crate) threads: Option<usize>,
    pub(crate) interactive: bool,
}

/// Whose turn it is: the author's, unless threads, the query engine or Yalu itself failed.
pub(crate) fn failure(error: &AssessError) -> Failure {
    let machine = match error {
        AssessError::Threads { .. } => true,
        AssessError::Series(error) => Failure::is_machine(error),
        _ => false,
    };
    Failure::of(error, machine, error.mend())
}

pub(crate) fn run(request: &Request<'_>, printer: &Printer) -> Result<(), Failure> {
    let start = Instant::now();
    let dossier = load_dossier(request.dossier)?;
    let options = AssessOptions {
        as_of: request.as_of.to_vec(),
        store: request.store.map(Path::to_owned),
        threads: request.threads,
    };
    printer.progress(&format!("assessing {}", dossier.spec.question.id));
    let assessments = assess(&dossier, &options).map_err(|error| failure(&error))?;
    let out = request
        .out
        .map_or_else(|| dossier.dir.join("assessment"), Path::to_owned);
    for assessment in &assessments {
        let folder = out.join(&assessment.as_of);
        write(assessment, &folder, request.interactive)?;
        write_talks(&dossier, assessment, &folder)?;
        if printer.json {
            continue;
        }
        printer.result(&terminal::summary(assessment, printer));
        printer.result(&format!(
            "Report: {}\n",
            folder.join("report.html").display()
        ));
    }
    if printer.json {
        let text =
            serde_json::to_string_pretty(&assessments).map_err(|error| Failure::Machine {
                message: format!("the assessment can't be written as JSON: {error}"),
                mend: None,
            })?;
        printer.result(&text);
    }
    printer.progress(&format!("done in {:.1} s", start.elapsed().as_secs_f64()));
    Ok(())
}

fn write(assessment: &Assessment, folder: &Path, interactive: bool) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::write(folder, &error))?;
    let json = serde_json::to_string_pretty(assessment).map_err(|error| Failure::Machine {
        message: format!("the assessment can't be written as JSON: {error}"),
        mend: None,
    })?;
    whole(&folder.join("assessment.json"), json.as_bytes())?;
    let rows = series_rows(assessment);
    let series = |path: PathBuf, error: &dyn std::error::Error| Failure::Machine {
        message: format!("{}: {error}", path.display()),
        mend: None,
    };
    let path = folder.join("series.parquet");
    write_series_parquet(&path, &rows).map_err(|error| series(path.clone(), &error))?;
    let path = folder.join("series.csv");
    write_series_csv(&path, &rows).map_err(|error| series(path.clone(), &error))?;
    let report = render_report(assessment, &ReportOptions { interactive }).map_err(|error| {
        Failure::Machine {
            message: format!("the report can't be drawn: {error}"),
            mend: None,
        }
    })?;
    whole(&folder.join("report.html"), report.as_bytes())
}

/// Puts the recordings that the report plays beside it, with their chapters and transcripts.
pub(super) fn write_talks(
    dossier: &Dossier,
    assessment: &Assessment,
    folder: &Path,
) -> Result<(), Failure> {
    let records = assessment
        .evidence
        .iter()
        .flat_map(|evidence| &evidence.talks);
    for record in records {
        let Some(recording) = record.recording.as_ref().filter(|one| one.at_hand) else {
            continue;
        };
        let to = folder.join(&recording.player_file);
        let beside = to.parent().unwrap_or(folder);
        fs::create_dir_all(beside).map_err(|error| Failure::write(beside, &error))?;
        copy(&dossier.dir.join(&recording.file), &to)?;
        let talks = dossier.evidence.iter().flat_map(|evidence| &evidence.talks);
        for talk in talks.filter(|talk| talk.id == record.id) {
            talk::write_beside(talk, beside)?;
        }
    }
    Ok(())
}

/// A link where the file system allows it: recordings are large, and never written to.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if to.exists() {
        fs::remove_file(to).map_err(|error| Failure::write(to, &error))?;
    }
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|error| Failure::write(to, &error))
}

/// Writes beside the file and renames, so that a reader sees the old one or the new one.
pub(super) fn whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let beside = path.with_extension("partial");
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| Failure::write(path, &error))
}

pub(crate) fn export_series(
    path: &Path,
    store: &Path,
    out: Option<&Path>,
    printer: &Printer,
) -> Result<(), Failure> {
    let dossier: Dossier = load_without_series(path)?;
    let options = AssessOptions {
        store: Some(store.to_owned()),
        ..AssessOptions::default()
    };
    let table = query_for_export(&dossier, &options).map_err(|error| failure(&error))?;
    let name = dossier
        .spec
        .data
        .series
        .clone()
        .unwrap_or_else(|| "series.csv".to_owned());
    let out = out.map_or_else(|| dossier.dir.join(name), Path::to_owned);
    write_series_file(&table, &out).map_err(|error| Failure::Machine {
        message: error.to_string(),
        mend: None,
    })?;
    printer.result(&format!(
        "{} series written to {}",
        table.cells.len(),
        out.display()
    ));
    Ok(())
}

/// A dossier whose series file need not be there yet: this command makes it.
fn load_without_series(path: &Path) -> Result<Dossier, Failure> {
    match load_dossier(path) {
        Err(problems) if problems.0.iter().all(|one| one.code == "dossier.series") => {
            Ok(yalu_dossier::load::load_dossier_without_series(path)?)
        }
        other => Ok(other?),
    }
}
