//! Dated events: CSV files with columns `date`, `kind`, `title`, `source`.

use std::path::Path;

use jiff::civil::Date;

use crate::csv_file::{CsvFile, problem};
use crate::diagnostic::Problem;
use crate::spec::EventFile;

/// One dated event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadedEvent {
    /// When.
    pub date: Date,
    /// Its kind.
    pub kind: String,
    /// What happened.
    pub title: String,
    /// Where that is from.
    pub source: String,
    /// Whether it enters the models as a window.
    pub in_model: bool,
    /// The file, as the dossier names it.
    pub file: String,
    /// The line, the header being 1.
    pub line: u64,
}

/// Reads one file of events: those of the kinds that the dossier takes from it.
pub(crate) fn load_events(dir: &Path, key: &EventFile) -> Result<Vec<LoadedEvent>, Vec<Problem>> {
    let path = dir.join(&key.file);
    let one = |fault: Problem| vec![fault];
    let file = CsvFile::read(&path).map_err(one)?;
    let date_column = file.column(&path, "date").map_err(one)?;
    let kind_column = file.column(&path, "kind").map_err(one)?;
    let title_column = file.column(&path, "title").map_err(one)?;
    let source_column = file.column(&path, "source").map_err(one)?;
    let mut events = Vec::new();
    let mut problems = Vec::new();
    let mut kinds = Vec::new();
    for (line, fields) in &file.rows {
        let Ok(date) = fields[date_column].trim().parse::<Date>() else {
            problems.push(problem(
                &path,
                "event.date",
                Some(*line),
                format!(
                    "`{}` in column date is not a date; write YYYY-MM-DD",
                    fields[date_column]
                ),
            ));
            continue;
        };
        let kind = fields[kind_column].trim();
        if kind.is_empty() {
            problems.push(problem(
                &path,
                "event.kind",
                Some(*line),
                "column kind is empty".to_owned(),
            ));
            continue;
        }
        kinds.push(kind.to_owned());
        if !key.kinds.is_empty() && !key.kinds.iter().any(|one| one == kind) {
            continue;
        }
        events.push(LoadedEvent {
            date,
            kind: kind.to_owned(),
            title: fields[title_column].trim().to_owned(),
            source: fields[source_column].trim().to_owned(),
            in_model: key.in_model,
            file: key.file.clone(),
            line: *line,
        });
    }
    for kind in key.kinds.iter().filter(|kind| !kinds.contains(kind)) {
        let mut fault = problem(
            &path,
            "event.kind",
            None,
            format!("holds no event of kind `{kind}`"),
        );
        fault.mend = crate::diagnostic::did_you_mean(kind, kinds.iter().map(String::as_str))
            .map(|near| format!("did you mean `{near}`?"));
        problems.push(fault);
    }
    if problems.is_empty() {
        Ok(events)
    } else {
        Err(problems)
    }
}
