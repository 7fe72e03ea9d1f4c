//! What can go wrong with a file to be ingested.

use std::io;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why nothing of a file was taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is a folder.
    #[error("is a folder; name the files in it")]
    Folder,
    /// It has no bytes, or no rows.
    #[error("is empty")]
    Empty,
    /// It can't be read, or ends in the middle of its packing.
    #[error("can't be read{}: {source}", at(*line))]
    Read {
        /// The line reached, where one is known.
        line: Option<u64>,
        /// What the system says.
        source: io::Error,
    },
    /// It is no proper archive.
    #[error("is not a whole zip archive: {reason}")]
    Zip {
        /// What the reader says.
        reason: String,
    },
    /// It isn't text.
    #[error("is not text ({what})")]
    Binary {
        /// What was found in it.
        what: &'static str,
    },
    /// No format fits.
    #[error("has a shape that isn't known{}; its first line is `{first}`", found.as_ref().map_or(String::new(), |found| format!(" ({found})")))]
    Unrecognised {
        /// What it looks like, where that is known.
        found: Option<&'static str>,
        /// The beginning of its first line.
        first: String,
    },
    /// The format that was named needs a column that isn't there.
    #[error("has no column for {what}; its columns are {}", columns.join(", "))]
    MissingColumn {
        /// What the column would hold.
        what: String,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// A column's states can't be told.
    #[error("no known scheme explains the states in column `{column}` ({})", sample.join(", "))]
    Scheme {
        /// The column.
        column: String,
        /// A few of its values.
        sample: Vec<String>,
    },
    /// Ids without their lists.
    #[error("holds ids, and {} isn't beside it", path.display())]
    Lookup {
        /// The list.
        path: PathBuf,
    },
    /// A list of ids that isn't one.
    #[error("{}, line {line}: not a name and its id", path.display())]
    LookupLine {
        /// The list.
        path: PathBuf,
        /// The line.
        line: u64,
    },
    /// Times without a beginning.
    #[error("counts its times from a day that it doesn't name")]
    Epoch,
    /// A list of names that other files need.
    #[error("is a list of names and ids, which is read with the files that need it")]
    LookupList,
    /// Too much of it is wrong.
    #[error(
        "{n_rejected} of {n_read} rows are not as they should be; the first, line {line}: {reason}"
    )]
    TooManyRejects {
        /// Rows rejected.
        n_rejected: u64,
        /// Rows read.
        n_read: u64,
        /// The line of the first.
        line: u64,
        /// Why.
        reason: String,
    },
    /// The mapping is wrong.
    #[error(transparent)]
    Mapping(#[from] super::mapping::MappingError),
    /// A data set's name can't be a folder.
    #[error("`{name}` can't be a data set's name; write small letters, digits and hyphens")]
    DatasetName {
        /// The name.
        name: String,
    },
    /// The store can't take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn at(line: Option<u64>) -> String {
    line.map_or(String::new(), |line| format!(" beyond line {line}"))
}

impl FileError {
    pub(crate) fn read(source: io::Error) -> Self {
        Self::Read { line: None, source }
    }

    pub(crate) fn zip(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(source) => Self::read(source),
            other => Self::Zip {
                reason: other.to_string(),
            },
        }
    }

    pub(crate) fn csv(error: csv::Error, line: u64) -> Self {
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => io::Error::other(format!("{other:?}")),
        };
        Self::Read {
            line: Some(line),
            source,
        }
    }

    /// Whether the fault is the store's or the machine's, so that no other file would fare better.
    pub fn is_of_store(&self) -> bool {
        matches!(self, Self::Store(_))
    }

    /// What to do.
    pub fn mend(&self) -> Option<String> {
        let text = match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::UnexpectedEof => {
                "the file is cut short; fetch it again"
            }
            Self::Binary { what } if what.contains("UTF-16") => "save the file as UTF-8",
            Self::Binary { .. } => "unpack it first, or name a text, gzip, zip or Parquet file",
            Self::Unrecognised {
                found: Some(found), ..
            } if !found.contains("Parquet") => {
                "name a file with one row a line, its fields apart by tabs, commas or semicolons"
            }
            Self::Unrecognised { .. } => {
                "name its format with --format, or describe its columns in a file given with --mapping"
            }
            Self::MissingColumn { .. } => "describe the columns in a file given with --mapping",
            Self::Scheme { .. } => {
                "say how states are named with source_scheme and target_scheme in a file given with --mapping"
            }
            Self::Lookup { .. } => "put the list beside the file under that name",
            Self::Epoch => "say the day with --epoch, for example --epoch 2014-01-01",
            Self::TooManyRejects { .. } => {
                "check that the format is the right one; --max-rejects takes a larger share"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}
