//! The store: a folder of Parquet parts and one manifest that is replaced atomically.
//!
//! A crash at any instant leaves the old manifest or the new one. Parts are written before the
//! manifest that names them; a part that no manifest names isn't there, and the next writer sweeps
//! it away.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::query::{DatasetView, PartView, SeriesSource, StoreView, Table};
use crate::series::{Coverage, SourceFile};

const MANIFEST: &str = "manifest.json";
const LOCK: &str = ".lock";

/// Why a store can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No store there.
    #[error("{} is not a store; make one with `yalu ingest FILE --store {}`", path.display(), path.display())]
    NotAStore {
        /// The folder.
        path: PathBuf,
    },
    /// A file can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file can't be written.
    #[error("{} can't be written: {source}; the store is as it was", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A manifest that isn't one.
    #[error("{}:{line}: the manifest is damaged: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A part that can't be read.
    #[error("{} can't be read as Parquet: {reason}; the store is damaged: ingest its files into a new one", path.display())]
    Part {
        /// The part.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A store of a later version.
    #[error("{} has format {found}, this version of Yalu knows {known}; use a newer Yalu", path.display())]
    Format {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format known.
        known: u32,
    },
    /// Somebody else writes.
    #[error("another process is writing to {}; try again when it is done", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
}

/// The truth of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format: 1.
    pub format: u32,
    /// Counts up with each change.
    pub generation: u64,
    /// Data sets, in order of name.
    pub datasets: Vec<DatasetRecord>,
    /// Parts, in order of path.
    pub parts: Vec<PartRecord>,
}

/// A data set of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetRecord {
    /// Its name.
    pub name: String,
    /// What it covers.
    pub coverage: Coverage,
    /// The first day that it was said to cover, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_from: Option<Date>,
    /// The last day that it was said to cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_to: Option<Date>,
    /// The files ingested into it.
    pub files: Vec<FileRecord>,
}

impl DatasetRecord {
    /// A data set without files.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            coverage: Coverage {
                dataset: name.to_owned(),
                from: Date::ZERO,
                to: Date::ZERO,
                changes: Vec::new(),
                subset: None,
                gaps: Vec::new(),
            },
            declared_from: None,
            declared_to: None,
            files: Vec::new(),
        }
    }
}

/// A file that was ingested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Name, hash, rows kept.
    #[serde(flatten)]
    pub file: SourceFile,
    /// Its format.
    pub format: String,
    /// Rows read.
    pub n_read: u64,
    /// Rows that were there already.
    pub n_duplicate: u64,
    /// Rows rejected.
    pub n_rejected: u64,
    /// Rows kept with a side that is no state.
    pub n_unmapped: u64,
    /// Events kept that have the day, actors and code of another.
    pub n_repeats: u64,
    /// The first and last days of the spans that it speaks of, in order.
    pub spans: Vec<[Date; 2]>,
}

/// A Parquet file of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    /// Its path within the store, with `/`.
    pub path: String,
    /// `events` or `trade`.
    pub table: String,
    /// Its data set.
    pub dataset: String,
    /// The year of all its rows.
    pub year: i16,
    /// Rows.
    pub n_rows: u64,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            format: 1,
            generation: 0,
            datasets: Vec::new(),
            parts: Vec::new(),
        }
    }
}

/// A store, as of one generation of its manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    dir: PathBuf,
    manifest: Manifest,
}

impl Store {
    /// Opens a store for reading. Readers never wait for a writer.
    ///
    /// # Errors
    /// [`StoreError`] where there is none, or its manifest can't be read.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(MANIFEST);
        if !path.is_file() {
            return Err(StoreError::NotAStore {
                path: dir.to_owned(),
            });
        }
        let bytes = fs::read(&path).map_err(|source| StoreError::Read {
            path: path.clone(),
            source,
        })?;
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| StoreError::Manifest {
                path,
                line: error.line(),
                message: error.to_string(),
            })?;
        if manifest.format != 1 {
            return Err(StoreError::Format {
                path: dir.to_owned(),
                found: manifest.format,
                known: 1,
            });
        }
        Ok(Self {
            dir: dir.to_owned(),
            manifest,
        })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What it holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

impl SeriesSource for Store {
    fn view(&self) -> StoreView {
        StoreView {
            datasets: self
                .manifest
                .datasets
                .iter()
                .map(|set| DatasetView {
                    name: set.name.clone(),
                    coverage: set.coverage.clone(),
                    files: set.files.iter().map(|one| one.file.clone()).collect(),
                })
                .collect(),
            parts: self
                .manifest
                .parts
                .iter()
                .map(|part| PartView {
                    path: self.dir.join(&part.path),
                    table: if part.table == "trade" {
                        Table::Trade
                    } else {
                        Table::Events
                    },
                    dataset: part.dataset.clone(),
                    year: part.year,
                })
                .collect(),
        }
    }
}

/// The right to change a store, held until it is dropped.
pub(crate) struct Writer {
    pub(crate) dir: PathBuf,
    pub(crate) manifest: Manifest,
    _lock: File,
}

impl Writer {
    /// Locks the store at `dir`, which is made where it isn't there, and sweeps parts away that a
    /// crash left.
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        let write = |path: PathBuf| move |source| StoreError::Write { path, source };
        fs::create_dir_all(dir).map_err(write(dir.to_owned()))?;
        let path = dir.join(LOCK);
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(write(path.clone()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked {
                    path: dir.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::Write { path, source }),
        }
        let manifest = match Store::open(dir) {
            Ok(store) => store.manifest,
            Err(StoreError::NotAStore { .. }) => Manifest::default(),
            Err(error) => return Err(error),
        };
        let writer = Self {
            dir: dir.to_owned(),
            manifest,
            _lock: lock,
        };
        writer.sweep();
        Ok(writer)
    }

    /// Removes parts that the manifest doesn't name. What can't be removed does no harm.
    fn sweep(&self) {
        for table in ["events", "trade"] {
            let mut folders = vec![self.dir.join(table)];
            while let Some(folder) = folders.pop() {
                for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                    let path = entry.path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if let Ok(inside) = path.strip_prefix(&self.dir) {
                        let name = inside.to_string_lossy().replace('\\', "/");
                        if !self.manifest.parts.iter().any(|part| part.path == name) {
                            let _ = fs::remove_file(&path);
                        }
                    }
                }
            }
        }
    }

    /// Makes `manifest` the store's: written beside, synced, renamed, the folder synced.
    pub(crate) fn commit(&mut self, mut manifest: Manifest) -> Result<(), StoreError> {
        manifest.generation = self.manifest.generation + 1;
        manifest.datasets.sort_by(|a, b| a.name.cmp(&b.name));
        manifest.parts.sort_by(|a, b| a.path.cmp(&b.path));
        let path = self.dir.join(MANIFEST);
        let beside = self.dir.join("manifest.json.new");
        let fail = |source| StoreError::Write {
            path: path.clone(),
            source,
        };
        let bytes = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| fail(std::io::Error::other(error)))?;
        let mut file = File::create(&beside).map_err(fail)?;
        file.write_all(&bytes)
            .and_then(|()| file.sync_all())
            .map_err(fail)?;
        fail_point("before-rename");
        fs::rename(&beside, &path).map_err(fail)?;
        fail_point("after-rename");
        sync_folder(&self.dir);
        self.manifest = manifest;
        Ok(())
    }
}

/// Makes the names in a folder last. Where folders can't be synced, nothing else can be done.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Ends the process where a test asks for it, as a power cut would: `YALU_FAIL_POINT=name`.
pub(crate) fn fail_point(name: &str) {
    if std::env::var_os("YALU_FAIL_POINT").is_some_and(|wanted| wanted == name) {
        std::process::abort();
    }
}
