//! Dated entries by border: a ledger of what was built, opened, closed, signed.

use std::path::Path;

use jiff::civil::Date;
use yalu_store::ActorCode;

use crate::csv_file::{CsvFile, problem};
use crate::diagnostic::Problem;
use crate::tables::last_day;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BorderEntry {
    /// The neighbour.
    pub border: ActorCode,
    /// The last day that it speaks of.
    pub last_day: Date,
    /// What it is.
    pub title: String,
    /// Where that is from.
    pub source: String,
    /// The line, the header being 1.
    pub line: u64,
}

/// Reads a file of entries.
pub(crate) fn load_entries(dir: &Path, name: &str) -> Result<Vec<BorderEntry>, Vec<Problem>> {
    let path = dir.join(name);
    let file = CsvFile::read(&path).map_err(|fault| vec![fault])?;
    let mut columns = [0; 4];
    for (place, column) in ["border", "date", "title", "source"].iter().enumerate() {
        columns[place] = file.column(&path, column).map_err(|fault| vec![fault])?;
    }
    let [border, date, title, source] = columns;
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for (line, fields) in &file.rows {
        let code = fields[border].trim().parse::<ActorCode>();
        let day = last_day(fields[date].trim());
        match (code, day) {
            (Ok(code), Some(last_day)) if yalu_store::countries::name_of(&code).is_some() => {
                entries.push(BorderEntry {
                    border: code,
                    last_day,
                    title: fields[title].trim().to_owned(),
                    source: fields[source].trim().to_owned(),
                    line: *line,
                });
            }
            (_, None) => problems.push(problem(
                &path,
                "entry.date",
                Some(*line),
                format!(
                    "`{}` in column date is not YYYY, YYYY-MM or YYYY-MM-DD",
                    fields[date]
                ),
            )),
            _ => {
                let text = fields[border].trim();
                let mut fault = problem(
                    &path,
                    "entry.border",
                    Some(*line),
                    format!("`{text}` in column border is no state that Yalu knows"),
                );
                fault.mend = Some(yalu_store::countries::suggestion(text).map_or_else(
                    || "write the ISO 3166 alpha-3 code".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ));
                problems.push(fault);
            }
        }
    }
    if problems.is_empty() && entries.is_empty() {
        problems.push(problem(
            &path,
            "entry.empty",
            None,
            "holds no entry".to_owned(),
        ));
    }
    if problems.is_empty() {
        entries.sort();
        Ok(entries)
    } else {
        Err(problems)
    }
}
