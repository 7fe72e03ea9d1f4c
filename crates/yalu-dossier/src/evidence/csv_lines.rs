//! Lines of a dossier's CSV file that a claim rests on.

use std::path::Path;

use crate::csv_file::CsvFile;

/// A CSV file with the line of each row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CsvLines {
    pub(crate) header: Vec<String>,
    /// Line (the header being 1) and fields.
    pub(crate) rows: Vec<(u64, Vec<String>)>,
}

/// Why lines can't be cited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinesError {
    #[error("`{text}` names no lines")]
    Text { text: String },
    #[error("`{text}` runs backwards")]
    Backwards { text: String },
    #[error("line 1 is the header, not a row")]
    Header,
    #[error("line {line} holds no row; the last row is on line {last}")]
    Missing { line: u64, last: u64 },
}

impl LinesError {
    pub(crate) fn mend(&self) -> String {
        match self {
            Self::Text { .. } => "write one line, \"12\", or a range, \"12-15\"".to_owned(),
            Self::Backwards { .. } => "write the lesser line first".to_owned(),
            Self::Header => "rows begin on line 2".to_owned(),
            Self::Missing { .. } => "open the file and count its lines anew".to_owned(),
        }
    }
}

impl CsvLines {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let file = CsvFile::read(path).map_err(|problem| match problem.line {
            Some(line) => format!("its line {line}: {}", problem.message),
            None => problem.message,
        })?;
        Ok(Self {
            header: file.header,
            rows: file.rows,
        })
    }

    /// First and last line of `12` or `12-15`.
    pub(crate) fn range(&self, text: &str) -> Result<(u64, u64), LinesError> {
        let unreadable = || LinesError::Text {
            text: text.to_owned(),
        };
        let number = |part: &str| part.trim().parse::<u64>().map_err(|_| unreadable());
        let (first, last) = if let Some((first, last)) = text.split_once(['-', '–']) {
            (number(first)?, number(last)?)
        } else {
            let line = number(text)?;
            (line, line)
        };
        if first > last {
            return Err(LinesError::Backwards {
                text: text.to_owned(),
            });
        }
        if first <= 1 {
            return Err(LinesError::Header);
        }
        let end = self.rows.last().map_or(1, |row| row.0);
        for line in [first, last] {
            if !self.rows.iter().any(|row| row.0 == line) {
                return Err(LinesError::Missing { line, last: end });
            }
        }
        Ok((first, last))
    }

    /// The rows from one line to another.
    pub(crate) fn between(&self, first: u64, last: u64) -> impl Iterator<Item = &Vec<String>> {
        self.rows
            .iter()
            .filter(move |row| (first..=last).contains(&row.0))
            .map(|row| &row.1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_file_and_faults_are_named() {
        let row = |line: u64, text: &str| (line, vec![text.to_owned()]);
        let lines = CsvLines {
            header: vec!["a".to_owned()],
            // A field with a line break: the next row begins on line 4.
            rows: vec![row(2, "x\ny"), row(4, "z")],
        };
        assert_eq!(lines.range("2"), Ok((2, 2)));
        assert_eq!(lines.range("2-4"), Ok((2, 4)));
        assert_eq!(lines.between(2, 4).count(), 2);
        assert_eq!(lines.range("1"), Err(LinesError::Header));
        assert_eq!(
            lines.range("3"),
            Err(LinesError::Missing { line: 3, last: 4 })
        );
        assert_eq!(
            lines.range("9"),
            Err(LinesError::Missing { line: 9, last: 4 })
        );
        assert!(matches!(
            lines.range("4-2"),
            Err(LinesError::Backwards { .. })
        ));
        assert!(matches!(lines.range("x"), Err(LinesError::Text { .. })));
        assert!(matches!(lines.range("-3"), Err(LinesError::Text { .. })));
    }
}
