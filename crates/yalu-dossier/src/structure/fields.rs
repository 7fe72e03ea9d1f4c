//! A CSV file whose faults are told at their row and column.

#![expect(
    clippy::result_large_err,
    reason = "a fault is shown once; reading is never on a fast path"
)]

use std::path::{Path, PathBuf};

use crate::diagnostic::{Problem, did_you_mean};

/// A CSV file, field by field.
pub(crate) struct Fields {
    pub(crate) path: PathBuf,
    /// Every record, blank lines left out; the header too.
    pub(crate) records: Vec<Record>,
}

/// One record.
pub(crate) struct Record {
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    pub(crate) fields: Vec<Field>,
}

/// One field.
#[derive(Clone)]
pub(crate) struct Field {
    /// Its text, trimmed.
    pub(crate) text: String,
    /// The column of its first character, from 1.
    pub(crate) column: usize,
}

impl Fields {
    /// Splits text into fields.
    ///
    /// Written here because a fault must point into its field, and the reader of the `csv` crate
    /// tells of a record's place only. Quotes, doubled quotes and line breaks within quotes are as in
    /// RFC 4180; spaces around fields don't count.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut splitter = Splitter::new();
        for c in text.chars() {
            splitter.take(c);
        }
        let open = splitter.open_quote;
        splitter.end_record();
        let fields = Self {
            path: path.to_owned(),
            records: splitter.records,
        };
        match open {
            Some((line, column)) => Err(fields.problem_at(
                "file.csv",
                line,
                column,
                "a quote is opened here and never closed".to_owned(),
                Some("close it, or double it where it is meant".to_owned()),
            )),
            None => Ok(fields),
        }
    }

    pub(crate) fn problem_at(
        &self,
        code: &'static str,
        line: usize,
        column: usize,
        message: String,
        mend: Option<String>,
    ) -> Problem {
        let mut problem = crate::csv_file::problem(&self.path, code, Some(line as u64), message);
        problem.column = Some(column);
        problem.mend = mend;
        problem
    }

    /// The index of a named column of the first record.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.records
            .first()?
            .fields
            .iter()
            .position(|field| field.text.eq_ignore_ascii_case(name))
    }

    /// A fault: the column isn't there.
    pub(crate) fn missing_column(&self, name: &str) -> Problem {
        let header = self
            .records
            .first()
            .map(|record| &record.fields[..])
            .unwrap_or_default();
        let names = || header.iter().map(|field| field.text.as_str());
        let message = format!(
            "has no column `{name}`; it has {}",
            names().collect::<Vec<_>>().join(", ")
        );
        let mend = did_you_mean(name, names()).map(|near| format!("did you mean `{near}`?"));
        self.problem_at("file.column", 1, 1, message, mend)
    }
}

/// The bytes as text, or where they aren't.
pub(crate) fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
        let (line, column) = crate::diagnostic::line_and_column(&before, before.len());
        let message = "is not UTF-8: the first byte that isn't stands here".to_owned();
        let mut problem =
            crate::csv_file::problem(path, "file.encoding", Some(line as u64), message);
        problem.column = Some(column);
        problem.mend = Some("save the file as UTF-8".to_owned());
        problem
    })
}

struct Splitter {
    records: Vec<Record>,
    record: Vec<Field>,
    record_line: usize,
    text: String,
    start: Option<usize>,
    quoted: bool,
    open_quote: Option<(usize, usize)>,
    /// Whether the last character was a quote within quotes: the end of them, or half of a double.
    after_quote: bool,
    line: usize,
    column: usize,
}

impl Splitter {
    fn new() -> Self {
        Self {
            records: Vec::new(),
            record: Vec::new(),
            record_line: 1,
            text: String::new(),
            start: None,
            quoted: false,
            open_quote: None,
            after_quote: false,
            line: 1,
            column: 1,
        }
    }

    fn take(&mut self, c: char) {
        if self.open_quote.is_some() {
            self.within_quotes(c);
        } else {
            match c {
                ',' => self.end_field(),
                '\n' => self.end_record(),
                '\r' => {}
                '"' if self.after_quote => {
                    self.text.push('"');
                    self.open_quote = Some((self.line, self.column));
                    self.after_quote = false;
                }
                '"' if self.text.trim().is_empty() => {
                    self.text.clear();
                    self.start = Some(self.column);
                    self.quoted = true;
                    self.open_quote = Some((self.line, self.column));
                }
                _ => {
                    self.after_quote = false;
                    if self.start.is_none() && !c.is_whitespace() {
                        self.start = Some(self.column);
                    }
                    self.text.push(c);
                }
            }
        }
        if c == '\n' {
            self.line += 1;
            self.column = 1;
            if self.record.is_empty() && self.text.is_empty() && self.open_quote.is_none() {
                self.record_line = self.line;
            }
        } else {
            self.column += 1;
        }
    }

    fn within_quotes(&mut self, c: char) {
        if c == '"' {
            self.open_quote = None;
            self.after_quote = true;
        } else {
            self.text.push(c);
        }
    }

    fn end_field(&mut self) {
        let text = self.text.trim().to_owned();
        let column = self.start.unwrap_or(self.column);
        self.record.push(Field { text, column });
        self.text.clear();
        self.start = None;
        self.quoted = false;
        self.after_quote = false;
    }

    fn end_record(&mut self) {
        let blank = self.record.is_empty() && self.text.trim().is_empty() && !self.quoted;
        if blank {
            self.text.clear();
            return;
        }
        self.end_field();
        let fields = std::mem::take(&mut self.record);
        self.records.push(Record {
            line: self.record_line,
            fields,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(usize, Vec<(String, usize)>)> {
        let fields = Fields::parse(Path::new("actors.csv"), text).expect("sound");
        let of = |r: Record| {
            (
                r.line,
                r.fields.into_iter().map(|f| (f.text, f.column)).collect(),
            )
        };
        fields.records.into_iter().map(of).collect()
    }

    #[test]
    fn fields_know_their_places() {
        let got = fields("a, b ,\"c, \"\"d\"\"\"\r\n\n  x,,\"two\nlines\",y\n");
        let text = |text: &str, column| (text.to_owned(), column);
        assert_eq!(
            got,
            [
                (1, vec![text("a", 1), text("b", 4), text("c, \"d\"", 7)]),
                (
                    3,
                    vec![
                        text("x", 3),
                        text("", 5),
                        text("two\nlines", 6),
                        text("y", 8)
                    ]
                ),
            ]
        );
    }

    #[test]
    fn a_quote_left_open_is_told_where_it_opens() {
        let fault = Fields::parse(Path::new("actors.csv"), "a,b\n1,\"2\n")
            .err()
            .expect("a fault");
        assert_eq!((fault.line, fault.column), (Some(2), Some(3)));
    }
}
