//! `yalu publish`.

use std::fs;
use std::path::{Path, PathBuf};

use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::AssessOptions;
use yalu_dossier::workbench::{AskError, EvolutionPoint, Setting, Workbench};
use yalu_site::site::{PublishError, Published, PublishedDate, image_name, publish};

use super::assess::{copy, failure, write_talks};
use crate::cli::PublishArgs;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(args: &PublishArgs, printer: &Printer) -> Result<(), Failure> {
    let dossier = load_dossier(&args.dossier)?;
    let options = AssessOptions {
        as_of: args.as_of.clone(),
        store: args.store.clone(),
        threads: args.threads.map(usize::from),
    };
    let bench = Workbench::new(dossier, options).map_err(|error| failure(&error))?;
    let mut dates = Vec::new();
    for date in bench.own_dates() {
        printer.progress(&format!("assessing as of {date}"));
        let setting = Setting {
            as_of: Some(*date),
            ..Setting::default()
        };
        let assessment = bench.assess(&setting, true);
        let assessment = assessment.map_err(|error| asked(&error))?;
        printer.progress(&format!("what would change it: {date}"));
        dates.push(PublishedDate {
            assessment,
            near: bench.near(*date).map_err(|error| asked(&error))?,
        });
    }
    let evolution = if args.no_evolution {
        Vec::new()
    } else {
        evolution(&bench, printer)?
    };
    let out = &args.out;
    printer.progress(&format!("writing {}", out.display()));
    let mut n_files = 0;
    let published = Published {
        dossier: bench.dossier(),
        choices: bench.choices(),
        dates: &dates,
        evolution: &evolution,
    };
    publish(&published, &mut |file, bytes| {
        n_files += 1;
        put(&out.join(file), bytes)
    })
    .map_err(|error| published_failure(&error))?;
    n_files += images(&bench, out)?;
    for date in &dates {
        let assessment = &date.assessment;
        write_talks(bench.dossier(), assessment, &out.join(&assessment.as_of))?;
    }
    if printer.json {
        let told = serde_json::json!({ "site": out.display().to_string(), "files": n_files });
        printer.result(&told.to_string());
    } else {
        printer.result(&format!("{n_files} files in {}", out.display()));
        printer.result(&format!("Begin with {}", out.join("index.html").display()));
    }
    Ok(())
}

/// The verdict as of the end of each month that the data reach.
fn evolution(bench: &Workbench, printer: &Printer) -> Result<Vec<EvolutionPoint>, Failure> {
    let dates = &bench.choices().as_of;
    let last = bench.own_dates().last();
    let dates = dates
        .iter()
        .filter(|date| last.is_none_or(|last| *date <= last));
    let dates: Vec<_> = dates.copied().collect();
    let mut points = Vec::with_capacity(dates.len());
    for (idx, date) in dates.iter().enumerate() {
        if idx % 12 == 0 {
            printer.progress(&format!("how the verdict evolved: {date}"));
        }
        points.push(bench.point(*date).map_err(|error| asked(&error))?);
    }
    Ok(points)
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside: PathBuf = path.with_extension("partial");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

/// Copies the publication's images.
fn images(bench: &Workbench, out: &Path) -> Result<usize, Failure> {
    let dossier = bench.dossier();
    let keys = dossier.spec.publication.iter().flat_map(|one| &one.images);
    let mut n = 0;
    for (idx, image) in keys.enumerate() {
        let folder = out.join("images");
        fs::create_dir_all(&folder).map_err(|error| Failure::write(&folder, &error))?;
        copy(
            &dossier.dir.join(&image.file),
            &folder.join(image_name(idx, &image.file)),
        )?;
        n += 1;
    }
    Ok(n)
}

fn asked(error: &AskError) -> Failure {
    match error {
        AskError::Assess(error) => failure(error),
        other => Failure::of(other, false, None),
    }
}

fn published_failure(error: &PublishError) -> Failure {
    Failure::of(error, true, None)
}
