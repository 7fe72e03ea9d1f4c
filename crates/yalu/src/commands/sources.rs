//! `yalu sources`.

use std::fs;
use std::path::Path;

use yalu_evidence::bibtex::read_bibtex;
use yalu_evidence::csl::{Item, read_csl, to_csl};

use super::assess::whole;
use crate::cli::Sources;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(what: &Sources, printer: &Printer) -> Result<(), Failure> {
    match what {
        Sources::Import { file, into } => import(file, into, printer),
    }
}

fn import(file: &Path, into: &Path, printer: &Printer) -> Result<(), Failure> {
    let (items, notes) = read(file)?;
    let mut library = if into.is_file() {
        read(into)?.0
    } else {
        Vec::new()
    };
    let mut n_added = 0;
    let mut n_kept = 0;
    for item in items {
        if library.iter().any(|held| held.id == item.id) {
            n_kept += 1;
        } else {
            library.push(item);
            n_added += 1;
        }
    }
    whole(into, to_csl(&library).as_bytes())?;
    if printer.json {
        let value = serde_json::json!({ "added": n_added, "kept": n_kept, "notes": notes });
        printer.result(&format!("{value:#}"));
        return Ok(());
    }
    for note in &notes {
        printer.progress(&format!("{}: {note}", file.display()));
    }
    printer.result(&format!(
        "{n_added} sources added to {}, {n_kept} were there already{}",
        into.display(),
        match notes.len() {
            0 => String::new(),
            1 => "; one thing CSL says differently".to_owned(),
            n => format!("; {n} things CSL says differently"),
        }
    ));
    Ok(())
}

/// The sources of a file, and what CSL says differently.
fn read(file: &Path) -> Result<(Vec<Item>, Vec<String>), Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::Input {
        message: format!("{} can't be read: {error}", file.display()),
        mend: Some("name a .bib or .json file in UTF-8".to_owned()),
    })?;
    let at = |fault: &dyn std::fmt::Display| format!("{}: {fault}", file.display());
    let is_bib = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("bib"));
    if is_bib {
        let import = read_bibtex(&text).map_err(|faults| {
            Failure::Several(
                faults
                    .iter()
                    .map(|fault| (at(fault), Some(fault.mend().to_owned())))
                    .collect(),
            )
        })?;
        let notes = import.notes.iter().map(ToString::to_string).collect();
        return Ok((import.items, notes));
    }
    let library = read_csl(&text).map_err(|faults| {
        Failure::Several(
            faults
                .iter()
                .map(|fault| (at(fault), Some(fault.mend())))
                .collect(),
        )
    })?;
    let notes = library.notices.iter().map(ToString::to_string).collect();
    Ok((library.items, notes))
}
