//! `yalu new`: a dossier to begin with.

use std::path::Path;

use yalu_dossier::template::{TemplateError, write_template};

use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(dir: &Path, printer: &Printer) -> Result<(), Failure> {
    let mend = Some("name a folder that doesn't exist yet, or an empty one".to_owned());
    if dir.exists() && !dir.is_dir() {
        return Err(Failure::Input {
            message: format!("{} is a file; nothing was written", dir.display()),
            mend,
        });
    }
    write_template(dir).map_err(|error| match error {
        TemplateError::Exists { .. } => Failure::Input {
            message: error.to_string(),
            mend,
        },
        _ => Failure::Machine {
            message: error.to_string(),
            mend: Some("check that the folder may be written to and the disk has room".to_owned()),
        },
    })?;
    printer.result(&format!(
        "A dossier with made-up figures is in {}\nTry it: yalu run {}",
        dir.display(),
        dir.display()
    ));
    Ok(())
}
