//! The file before it is opened for writing: made whole, or looked at without touching it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema::{APPLICATION_ID, FORMAT};
use super::{StoreError, schema};
use crate::secret::{random, to_base64url};

/// Where SQLite's header holds the application's number.
const APPLICATION_ID_AT: usize = 68;
const HEADER_BYTES: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Makes a new discussion where there is no file; checks one that is there.
pub(super) fn begin_or_check(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path) {
        Ok(_) => check(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => begin(path),
        Err(source) => Err(io_error(path, source)),
    }
}

pub(super) fn io_error(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io {
        path: path.to_owned(),
        source,
    }
}

/// A new file beside another, to be put in its place when it is whole.
pub(super) fn beside(path: &Path) -> Result<PathBuf, StoreError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", to_base64url(&random::<9>()?)));
    Ok(path.with_file_name(name))
}

/// Puts a whole file in a place where none is, in one step, and on the disk. `false` where another is
/// there by now; the new one is removed then.
pub(super) fn put_in_place(new: &Path, path: &Path) -> Result<bool, StoreError> {
    File::open(new)
        .and_then(|file| file.sync_all())
        .map_err(|source| io_error(new, source))?;
    // A link, unlike a rename, never replaces what is there.
    let put = match fs::hard_link(new, path) {
        // Some file systems have no links.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            fs::rename(new, path)
        }
        linked => linked.and_then(|()| fs::remove_file(new)),
    };
    match put {
        Ok(()) => {}
        Err(error) => {
            let _ = fs::remove_file(new);
            if error.kind() == io::ErrorKind::AlreadyExists {
                return Ok(false);
            }
            return Err(io_error(path, error));
        }
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| io_error(folder, source))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(true)
}

/// A file that is there is whole: it is made under another name and linked into its place.
fn begin(path: &Path) -> Result<(), StoreError> {
    let new = beside(path)?;
    let made = schema::create(&new);
    if let Err(error) = made {
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    // Where another process was first, its file is as good.
    put_in_place(&new, path)?;
    check(path)
}

/// Looks at a file without changing a byte of it.
fn check(path: &Path) -> Result<(), StoreError> {
    let foreign = |what: &str| StoreError::Foreign {
        path: path.to_owned(),
        what: what.to_owned(),
    };
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEADER_BYTES as u64).read_to_end(&mut header))
        .map_err(|source| io_error(path, source))?;
    if header.is_empty() {
        return Err(foreign("it is empty"));
    }
    if !header.starts_with(MAGIC) || header.len() < HEADER_BYTES {
        return Err(foreign("it isn't a file of SQLite"));
    }
    let application = &header[APPLICATION_ID_AT..APPLICATION_ID_AT + 4];
    if application != APPLICATION_ID.to_be_bytes() {
        return Err(foreign("it is a file of SQLite of another program"));
    }
    // Where nobody has the file open it is read as one that nobody changes: that makes no files beside
    // it. If somebody has opened it meanwhile, what was read may be of two moments.
    let has_log = || beside_with(path, "-wal").exists();
    let format = if has_log() {
        look(path, false)
    } else {
        look(path, true).or_else(|error| {
            if has_log() {
                look(path, false)
            } else {
                Err(error)
            }
        })
    };
    let format = format.map_err(|error| damage(path, error))?;
    if format > FORMAT {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found: format,
            known: FORMAT,
        });
    }
    Ok(())
}

/// The name of a file that SQLite keeps beside another.
fn beside_with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A path as SQLite's URI, where it has one: `//` at its beginning would name a host.
fn uri(path: &Path, query: &str) -> Option<String> {
    let mut uri = String::from("file:");
    for byte in path
        .to_str()
        .filter(|path| !path.starts_with("//"))?
        .bytes()
    {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(uri + query)
}

/// The format, after a check of all pages, through a connection that can't write.
fn look(path: &Path, is_unchanging: bool) -> Result<i64, LookError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match uri(path, "?immutable=1").filter(|_| is_unchanging && cfg!(unix)) {
        Some(uri) => Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(Duration::from_secs(30))?;
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(LookError::Said(said));
    }
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

enum LookError {
    Sqlite(rusqlite::Error),
    Said(String),
}

impl From<rusqlite::Error> for LookError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn damage(path: &Path, error: LookError) -> StoreError {
    let path = path.to_owned();
    match error {
        LookError::Said(what) => StoreError::Damaged { path, what },
        LookError::Sqlite(source)
            if matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ) =>
        {
            StoreError::Damaged {
                path,
                what: source.to_string(),
            }
        }
        LookError::Sqlite(source) => StoreError::Sqlite { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Discussion, Settings};
    use super::*;

    fn faults_untouched(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.db");
        fs::write(&path, bytes).unwrap();
        let error = Discussion::open(&path, Settings::default()).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), bytes, "untouched");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let text = error.to_string();
        assert!(text.contains("talk.db"), "{text}");
        text
    }

    fn whole() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d");
        drop(Discussion::open(&path, Settings::default()).unwrap());
        fs::read(path).unwrap()
    }

    #[test]
    fn a_foreign_file_is_named_and_left_alone() {
        assert!(faults_untouched(b"").contains("empty"));
        assert!(faults_untouched(b"hello").contains("isn't a file of SQLite"));
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        let connection = Connection::open(&other).unwrap();
        connection.execute_batch("CREATE TABLE t (a)").unwrap();
        drop(connection);
        assert!(faults_untouched(&fs::read(other).unwrap()).contains("another program"));
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        let bytes = whole();
        let mut scrambled = bytes.clone();
        for byte in &mut scrambled[4096..] {
            *byte ^= 0x5a;
        }
        assert!(faults_untouched(&scrambled).contains("damaged"));
        assert!(faults_untouched(&bytes[..bytes.len() / 2]).contains("damaged"));
        let mut first_page = bytes.clone();
        first_page[100..400].fill(0xff);
        assert!(faults_untouched(&first_page).contains("damaged"));
    }

    #[test]
    fn a_newer_format_is_refused() {
        let mut bytes = whole();
        bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
        assert!(faults_untouched(&bytes).contains("format 99"));
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = Discussion::open(folder.path().join("a/b"), Settings::default()).unwrap_err();
        assert!(error.to_string().contains("a/b"), "{error}");
    }
}
