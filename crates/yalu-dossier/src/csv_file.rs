//! CSV files of a dossier, read with the place of each fault.

#![expect(
    clippy::result_large_err,
    reason = "a fault is shown once; reading is never on a fast path"
)]

use std::path::Path;

use crate::diagnostic::Problem;

/// A CSV file with a header.
pub(crate) struct CsvFile {
    pub(crate) header: Vec<String>,
    /// Line (the header being 1) and fields.
    pub(crate) rows: Vec<(u64, Vec<String>)>,
}

pub(crate) fn problem(
    path: &Path,
    code: &'static str,
    line: Option<u64>,
    message: String,
) -> Problem {
    Problem {
        code,
        message,
        file: path.to_owned(),
        line: line.map(|line| line as usize),
        column: line.map(|_| 1),
        key: None,
        span: None,
        mend: None,
    }
}

/// A file's text without a byte order mark.
pub(crate) fn read_text(path: &Path) -> Result<String, Problem> {
    let bytes = std::fs::read(path)
        .map_err(|error| problem(path, "file.read", None, format!("can't be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..at])
            .matches('\n')
            .count()
            + 1;
        let mut fault = problem(
            path,
            "file.encoding",
            Some(line as u64),
            "is not UTF-8: the first byte that isn't stands on this line".to_owned(),
        );
        fault.mend = Some("save the file as UTF-8".to_owned());
        fault
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

impl CsvFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let text = read_text(path)?;
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header: Vec<String> = reader
            .headers()
            .map_err(|error| problem(path, "file.csv", Some(1), error.to_string()))?
            .iter()
            .map(str::to_owned)
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map(csv::Position::line);
                problem(path, "file.csv", line, error.to_string())
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != header.len() {
                return Err(problem(
                    path,
                    "file.csv",
                    Some(line),
                    format!(
                        "{} fields where the header has {}; a field with a comma needs quotes",
                        record.len(),
                        header.len()
                    ),
                ));
            }
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        Ok(Self { header, rows })
    }

    pub(crate) fn column(&self, path: &Path, name: &str) -> Result<usize, Problem> {
        self.header
            .iter()
            .position(|one| one.trim() == name)
            .ok_or_else(|| {
                let mut fault = problem(
                    path,
                    "file.column",
                    Some(1),
                    format!("has no column `{name}`; it has {}", self.header.join(", ")),
                );
                fault.mend =
                    crate::diagnostic::did_you_mean(name, self.header.iter().map(String::as_str))
                        .map(|near| format!("did you mean `{near}`?"));
                fault
            })
    }
}
