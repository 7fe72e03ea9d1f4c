//! Reads a library of sources, CSL-JSON or BibTeX, from standard input and writes it to standard
//! output as canonical CSL-JSON; faults, notes and each source in a line go to standard error.
//!
//! `cargo run -p yalu-evidence --example canonical < library.bib > library.json`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "that is its work"
)]

use std::io::{self, Read as _};
use std::process::ExitCode;
use yalu_evidence::bibtex::read_bibtex;
use yalu_evidence::csl::{Item, read_csl, reference, to_csl};

fn main() -> io::Result<ExitCode> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let is_json = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with(['[', '{']);
    let read = if is_json {
        from_csl(&text)
    } else {
        from_bibtex(&text)
    };
    match read {
        Ok((items, notes)) => {
            for note in notes {
                eprintln!("{note}");
            }
            for item in &items {
                eprintln!("{}", reference(item));
            }
            print!("{}", to_csl(&items));
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in faults {
                eprintln!("{fault}");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

type Read = Result<(Vec<Item>, Vec<String>), Vec<String>>;

fn from_csl(text: &str) -> Read {
    let library = read_csl(text).map_err(|faults| {
        let told = faults
            .iter()
            .map(|fault| format!("{fault}\n  hint: {}", fault.mend()));
        told.collect::<Vec<_>>()
    })?;
    let notes = library.notices.iter().map(ToString::to_string).collect();
    Ok((library.items, notes))
}

fn from_bibtex(text: &str) -> Read {
    let import = read_bibtex(text).map_err(|faults| {
        let told = faults
            .iter()
            .map(|fault| format!("{fault}\n  hint: {}", fault.mend()));
        told.collect::<Vec<_>>()
    })?;
    let notes = import.notes.iter().map(ToString::to_string).collect();
    Ok((import.items, notes))
}
