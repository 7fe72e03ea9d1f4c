//! `yalu new`: a dossier to begin with.

use std::path::Path;

use yalu_dossier::template::{TemplateError, write_template};

use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(dir: &Path, printer: &Printer) -> Result<(), Failure> {
    write_template(dir).map_err(|error| match error {
        TemplateError::Exists { .. } => Failure::Input {
            message: error.to_string(),
            mend: Some("name a folder that doesn't exist yet, or an empty one".to_owned()),
        },
        _ => Failure::Machine {
            message: error.to_string(),
            mend: None,
        },
    })?;
    printer.result(&format!(
        "A dossier with made-up figures is in {}\nTry it: yalu run {}",
        dir.display(),
        dir.display()
    ));
    Ok(())
}
