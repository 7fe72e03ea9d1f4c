//! A file's description in TOML: its data set, its columns, how they name states and acts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use crate::countries::CountryScheme;
use crate::series::CoverageChange;

/// Why a mapping can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// It can't be read.
    #[error("the mapping {} can't be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It isn't TOML of the right shape.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A key that the table needs isn't there.
    #[error(
        "the mapping needs `columns.{key}` for a table of {table}{}",
        hint(key)
    )]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The table.
        table: &'static str,
    },
    /// A column that the file hasn't got.
    #[error("the mapping's `{key}` names the column `{column}`, which the file hasn't got; its columns are {}", columns.join(", "))]
    NoColumn {
        /// The key.
        key: String,
        /// The column named.
        column: String,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// A value in `codes` that is neither a code nor a quad class.
    #[error(
        "the mapping's `codes.{column}` is `{value}`, which is neither a CAMEO code nor a quad class"
    )]
    Code {
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// No columns are described.
    #[error(
        "the mapping has no `table`, so it can't say what the file's rows are; write table = \"events\", \"counts\" or \"trade\""
    )]
    NoTable,
}

fn hint(key: &str) -> &'static str {
    match key {
        "date" => " (or `columns.year`, with or without `columns.month`)",
        _ => "",
    }
}

/// What is known of a data set before its files are read.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatasetCard {
    /// Its name.
    pub name: Option<String>,
    /// The first day that it covers; left out, that of its files.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Which part of the whole it is, where it isn't the whole.
    pub subset: Option<String>,
    /// Changes of the source base.
    pub changes: Vec<CoverageChange>,
}

/// What a row of a mapped file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TableKind {
    /// One event, or a number of events of one code.
    Events,
    /// A dyad's counts, a column for each root or quad class.
    Counts,
    /// A flow of trade.
    Trade,
}

impl TableKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Counts => "counts",
            Self::Trade => "trade",
        }
    }
}

/// Which column holds what; each a column's name, or its number from 1 where there is no header.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ColumnKeys {
    pub(crate) date: Option<String>,
    pub(crate) year: Option<String>,
    pub(crate) month: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) source_sectors: Option<String>,
    pub(crate) target_sectors: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) n: Option<String>,
    pub(crate) goldstein: Option<String>,
    pub(crate) mentions: Option<String>,
    pub(crate) reporter: Option<String>,
    pub(crate) partner: Option<String>,
    pub(crate) flow: Option<String>,
    pub(crate) commodity: Option<String>,
    pub(crate) value: Option<String>,
}

/// A mapping as it is written.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The data set.
    pub dataset: DatasetCard,
    /// What a row is.
    pub(crate) table: Option<TableKind>,
    /// The character between fields; left out, it is told from the file.
    pub(crate) delimiter: Option<char>,
    /// Whether the first row names the columns.
    pub(crate) header: Option<bool>,
    /// Columns by what they hold.
    pub(crate) columns: ColumnKeys,
    /// How days are written, as `strptime` patterns (`%d-%b-%y`); left out, `YYYY-MM-DD`,
    /// `YYYYMMDD`, `YYYY-MM` and `YYYY`.
    pub(crate) date_format: Option<String>,
    /// How the source (the reporter) is named; left out, it is told from the values.
    pub(crate) source_scheme: Option<CountryScheme>,
    /// The same of the target (the partner).
    pub(crate) target_scheme: Option<CountryScheme>,
    /// For counts: column to CAMEO code or quad class.
    pub(crate) codes: BTreeMap<String, String>,
    /// Values that hold for every row, by the key that a column would have.
    pub(crate) constants: BTreeMap<String, String>,
    /// Rows are taken where these columns have these values, the others left out.
    pub(crate) only: BTreeMap<String, Vec<String>>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`MappingError`] where it isn't there or isn't one.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let text = std::fs::read_to_string(path).map_err(|source| MappingError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or_default();
            MappingError::Syntax {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before
                    .rsplit('\n')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .count()
                    + 1,
                message: error.message().to_owned(),
            }
        })
    }

    /// Whether it describes columns, and not the data set alone.
    pub(crate) fn describes_columns(&self) -> bool {
        self.table.is_some()
            || self.columns != ColumnKeys::default()
            || !self.codes.is_empty()
            || !self.constants.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_placed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("map.toml");
        std::fs::write(&path, "[dataset]\nname = \"x\"\nform = \"2001-01-01\"\n").expect("written");
        let error = Mapping::read(&path)
            .expect_err("an unknown key")
            .to_string();
        assert!(
            error.contains("map.toml:3:1: unknown field `form`"),
            "{error}"
        );
    }
}
