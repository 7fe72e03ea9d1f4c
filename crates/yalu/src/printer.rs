//! Results on stdout, everything else on stderr.

use std::io::{self, IsTerminal as _, Write as _};

/// Where output goes and how much of it.
#[derive(Debug)]
pub(crate) struct Printer {
    pub(crate) json: bool,
    quiet: bool,
    /// Whether stdout takes colour.
    colour: bool,
}

impl Printer {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            json,
            quiet,
            colour,
        }
    }

    /// Writes a result. A reader that has gone away is no error.
    #[expect(
        clippy::unused_self,
        reason = "where results go is the printer's matter"
    )]
    pub(crate) fn result(&self, text: &str) {
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// Writes a line about what is going on.
    pub(crate) fn progress(&self, text: &str) {
        if !self.quiet && !self.json {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Whether a bar on stderr would be seen and wanted.
    pub(crate) fn shows_bars(&self) -> bool {
        !self.quiet && !self.json && io::stderr().is_terminal()
    }

    /// Text in bold where the terminal shows it.
    pub(crate) fn bold(&self, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
