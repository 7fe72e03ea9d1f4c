//! Faults on their way to the user: drawn with miette, or as JSON.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Severity};
use yalu_dossier::diagnostic::{Problem, Problems};
use yalu_store::query::SeriesError;

use crate::printer::Printer;

/// Why a command failed, by whose turn it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input needs mending, at these places.
    Problems(Problems),
    /// The input needs mending.
    Input {
        message: String,
        mend: Option<String>,
    },
    /// Several inputs need mending: what is wrong with each, and the mend.
    Several(Vec<(String, Option<String>)>),
    /// The machine or Yalu failed.
    Machine {
        message: String,
        mend: Option<String>,
    },
}

impl Failure {
    pub(crate) fn input(error: &dyn std::error::Error) -> Self {
        Self::Input {
            message: chain(error),
            mend: None,
        }
    }

    /// A library's error: the machine's or Yalu's where `machine` says so, else the input's.
    pub(crate) fn of(error: &dyn std::error::Error, machine: bool, mend: Option<String>) -> Self {
        let message = chain(error);
        if machine {
            Self::Machine {
                message,
                mend: None,
            }
        } else {
            Self::Input { message, mend }
        }
    }

    /// Whether the query engine or the machine failed, and not what was asked of them.
    pub(crate) fn is_machine(error: &SeriesError) -> bool {
        matches!(
            error,
            SeriesError::Engine { .. } | SeriesError::Shape { .. } | SeriesError::Runtime { .. }
        )
    }

    /// A file that can't be written.
    pub(crate) fn write(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Machine {
            message: format!("{} can't be written: {error}", path.display()),
            mend: Some("check that the folder may be written to and the disk has room, or name another with --out".to_owned()),
        }
    }

    fn status(&self) -> ExitCode {
        match self {
            Self::Problems(_) | Self::Input { .. } | Self::Several(_) => ExitCode::from(1),
            Self::Machine { .. } => ExitCode::from(3),
        }
    }

    /// Prints the failure and gives the exit status that says which kind it is.
    pub(crate) fn report(&self, printer: &Printer) -> ExitCode {
        let mut stderr = std::io::stderr().lock();
        if printer.json {
            let value = match self {
                Self::Problems(problems) => serde_json::json!({ "problems": problems }),
                Self::Input { message, mend } | Self::Machine { message, mend } => {
                    serde_json::json!({ "error": message, "mend": mend })
                }
                Self::Several(faults) => serde_json::json!({
                    "errors": faults.iter().map(|(message, mend)| serde_json::json!({
                        "error": message, "mend": mend,
                    })).collect::<Vec<_>>(),
                }),
            };
            let _ = writeln!(stderr, "{value:#}");
            return self.status();
        }
        match self {
            Self::Problems(problems) => {
                for problem in &problems.0 {
                    let _ = writeln!(stderr, "{:?}", draw(problem));
                }
                let n = problems.0.len();
                let _ = writeln!(
                    stderr,
                    "{n} {} found",
                    if n == 1 { "fault" } else { "faults" }
                );
            }
            Self::Input { message, mend } | Self::Machine { message, mend } => {
                write_fault(&mut stderr, message, mend.as_deref());
            }
            Self::Several(faults) => {
                for (message, mend) in faults {
                    write_fault(&mut stderr, message, mend.as_deref());
                }
            }
        }
        self.status()
    }
}

fn write_fault(out: &mut impl std::io::Write, message: &str, mend: Option<&str>) {
    let _ = writeln!(out, "error: {message}");
    if let Some(mend) = mend {
        let _ = writeln!(out, "\nhint: {mend}");
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

/// An error and everything that it stems from, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        source = inner.source();
    }
    message
}

fn draw(problem: &Problem) -> miette::Report {
    let mut diagnostic = MietteDiagnostic::new(problem.message.clone())
        .with_code(problem.code)
        .with_severity(Severity::Error);
    if let Some(mend) = &problem.mend {
        diagnostic = diagnostic.with_help(mend.clone());
    }
    let place = |problem: &Problem| match (problem.line, problem.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", problem.file.display()),
        _ => problem.file.display().to_string(),
    };
    let text = std::fs::read_to_string(&problem.file).ok();
    match (text, problem.span.or_else(|| line_span(problem))) {
        (Some(text), Some((start, end))) if end <= text.len() => {
            let label = problem.key.clone().unwrap_or_else(|| "here".to_owned());
            diagnostic = diagnostic.with_label(LabeledSpan::at(start..end.max(start), label));
            miette::Report::new(diagnostic)
                .with_source_code(NamedSource::new(problem.file.display().to_string(), text))
        }
        _ => {
            diagnostic.message = format!("{}: {}", place(problem), problem.message);
            miette::Report::new(diagnostic)
        }
    }
}

/// The bytes of a fault's line, or of its field where a column past the first is known.
fn line_span(problem: &Problem) -> Option<(usize, usize)> {
    let path: &PathBuf = &problem.file;
    let text = std::fs::read_to_string(path).ok()?;
    let line = problem.line?;
    let start = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum::<usize>();
    let whole = text.get(start..)?.lines().next()?;
    let column = problem.column.unwrap_or(1);
    let field = whole
        .char_indices()
        .nth(column - 1)
        .map_or(whole.len(), |(offset, _)| offset);
    let length = match column {
        1 => whole.len(),
        _ => whole[field..].find(',').unwrap_or(whole.len() - field),
    };
    Some((start + field, start + field + length))
}
