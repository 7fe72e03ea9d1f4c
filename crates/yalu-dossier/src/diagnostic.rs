//! Faults in what users wrote, as data: where, what, and how to mend it.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// One fault in a file of the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable name of the kind of fault.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; absent where the fault has no place.
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    pub column: Option<usize>,
    /// The key, as `model.trimming`.
    pub key: Option<String>,
    /// The bytes that it stands on.
    pub span: Option<(usize, usize)>,
    /// What to do.
    pub mend: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(mend) = &self.mend {
            write!(f, "\n  hint: {mend}")?;
        }
        Ok(())
    }
}

/// Every fault found in a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, problem) in self.0.iter().enumerate() {
            if idx > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Line and column, from 1, of a byte offset.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset.min(text.len()))];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    (line, column)
}

/// The nearest of `known` to `text`, where one is near enough to be meant.
pub(crate) fn did_you_mean<'a>(
    text: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|one| (strsim::jaro_winkler(text, one), one))
        .filter(|(nearness, _)| *nearness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, one)| one)
}
