//! `yalu check`: is a dossier sound?

use std::path::Path;

use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::{AssessOptions, query};

use super::assess::failure;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(path: &Path, printer: &Printer) -> Result<(), Failure> {
    let dossier = load_dossier(path)?;
    // A series file is read to its end, and must hold what the dossier asks for. A store isn't
    // queried: that is what `yalu run` takes its time for.
    if dossier.spec.data.series.is_some() {
        query(&dossier, &AssessOptions::default(), None).map_err(|error| failure(&error))?;
    }
    if printer.json {
        printer.result("{\"problems\": []}");
    } else {
        let spec = &dossier.spec;
        printer.result(&format!(
            "{} is sound: {}, {} pressure series, {}, {}",
            spec.question.id,
            counted(spec.indicators.len(), "indicator"),
            spec.pressure.len(),
            counted(dossier.events.len(), "event"),
            counted(dossier.tables.len(), "table"),
        ));
    }
    Ok(())
}

/// A number with its noun: 1 event, 2 events.
fn counted(n: usize, noun: &str) -> String {
    if n == 1 {
        format!("{n} {noun}")
    } else {
        format!("{n} {noun}s")
    }
}
