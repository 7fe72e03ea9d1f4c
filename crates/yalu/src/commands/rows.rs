//! `yalu rows`: what stands behind a figure.

use std::path::Path;

use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::AssessOptions;
use yalu_dossier::trace::{TracedRow, rows_behind_figure};

use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(
    path: &Path,
    series: &str,
    period: &str,
    store: Option<&Path>,
    printer: &Printer,
) -> Result<(), Failure> {
    let dossier = load_dossier(path)?;
    let options = AssessOptions {
        store: store.map(Path::to_owned),
        ..AssessOptions::default()
    };
    let rows = rows_behind_figure(&dossier, &options, series, period)
        .map_err(|error| Failure::input(&error))?;
    if printer.json {
        printer.result(&serde_json::to_string_pretty(&rows).unwrap_or_default());
        return Ok(());
    }
    for TracedRow { file, line, text } in &rows {
        printer.result(&format!("{file}:{line}: {text}"));
    }
    if rows.is_empty() {
        printer.progress(&format!(
            "no row lies behind {series} in {period}: the figure is zero or outside coverage"
        ));
    }
    Ok(())
}
