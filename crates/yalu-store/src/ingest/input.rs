//! Files as streams of rows: plain, gzip or zip; UTF-8 or what most likely was Windows-1252.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, ReaderBuilder, StringRecord, Terminator};
use sha2::{Digest, Sha256};

use super::error::FileError;
use crate::series_file::hex;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zip,
}

/// A file to be read, of one member or, where it is a zip archive, of several.
#[derive(Debug)]
pub(crate) struct Input {
    path: PathBuf,
    packing: Packing,
    /// Names of the members; of a plain or gzip file, its own.
    members: Vec<(usize, String)>,
    /// SHA-256 of the bytes as they lie on disk.
    pub(crate) sha256: String,
    /// The length on disk.
    pub(crate) n_bytes: u64,
    /// Bytes of the file on disk read so far.
    pub(crate) read: Arc<AtomicU64>,
}

/// Counts the bytes that pass.
struct Counting<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl<R: io::Seek> io::Seek for Counting<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl Input {
    /// Opens a file, hashes it and lists its members.
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        if path.is_dir() {
            return Err(FileError::Folder);
        }
        let mut file = File::open(path).map_err(FileError::read)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut magic = Vec::new();
        let mut n_bytes = 0;
        loop {
            let n = file.read(&mut buffer).map_err(FileError::read)?;
            if n == 0 {
                break;
            }
            if magic.len() < 4 {
                magic.extend_from_slice(&buffer[..n.min(4)]);
            }
            n_bytes += n as u64;
            hasher.update(&buffer[..n]);
        }
        if n_bytes == 0 {
            return Err(FileError::Empty);
        }
        let packing = match magic.get(..2) {
            Some([0x1f, 0x8b]) => Packing::Gzip,
            Some(b"PK") => Packing::Zip,
            _ => Packing::Plain,
        };
        let mut members = vec![(0, file_name(path))];
        if packing == Packing::Zip {
            members = zip_members(path)?;
        }
        let sha256 = hex(&hasher.finalize());
        Ok(Self {
            path: path.to_owned(),
            packing,
            members,
            sha256,
            n_bytes,
            read: Arc::default(),
        })
    }

    /// The members' places and names.
    pub(crate) fn members(&self) -> Vec<(usize, String)> {
        self.members.clone()
    }

    /// Whether the file is as it lies on disk, so that formats with an index at their end work.
    pub(crate) fn is_plain(&self) -> bool {
        self.packing == Packing::Plain
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Hands one member's bytes to `work`.
    pub(crate) fn with_member<T>(
        &self,
        member: usize,
        work: impl FnOnce(&mut dyn Read) -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        let file = File::open(&self.path).map_err(FileError::read)?;
        let counting = Counting {
            inner: file,
            read: Arc::clone(&self.read),
        };
        match self.packing {
            Packing::Plain => work(&mut BufReader::with_capacity(1 << 16, counting)),
            Packing::Gzip => {
                // Several gzip streams may follow each other in one file.
                let mut reader = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(
                    1 << 16,
                    counting,
                ));
                work(&mut reader)
            }
            Packing::Zip => {
                let mut archive =
                    zip::ZipArchive::new(BufReader::new(counting)).map_err(FileError::zip)?;
                let mut file = archive.by_index(member).map_err(FileError::zip)?;
                work(&mut file)
            }
        }
    }

    /// The first bytes of a member, at most `n`.
    pub(crate) fn head(&self, member: usize, n: u64) -> Result<Vec<u8>, FileError> {
        self.with_member(member, |reader| {
            let mut head = Vec::new();
            reader
                .take(n)
                .read_to_end(&mut head)
                .map_err(FileError::read)?;
            Ok(head)
        })
    }
}

/// A file's name without its folder.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn zip_members(path: &Path) -> Result<Vec<(usize, String)>, FileError> {
    let file = File::open(path).map_err(FileError::read)?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(FileError::zip)?;
    let mut members = Vec::new();
    for idx in 0..archive.len() {
        let member = archive.by_index(idx).map_err(FileError::zip)?;
        if member.is_file() {
            let name = member.name().map_err(FileError::zip)?.into_owned();
            members.push((idx, name));
        }
    }
    if members.is_empty() {
        return Err(FileError::Empty);
    }
    members.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(members)
}

/// How the rows of a member are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) delimiter: u8,
    /// Whether double quotes enclose fields that hold the delimiter or a line's end.
    pub(crate) quotes: bool,
}

impl Layout {
    pub(crate) const TAB: Self = Self {
        delimiter: b'\t',
        quotes: false,
    };
}

/// A row as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// The line that it begins on, from 1.
    pub(crate) line: u64,
    /// Its fields, without space around them.
    pub(crate) fields: &'a StringRecord,
    /// Whether it wasn't UTF-8 and was read as Windows-1252.
    pub(crate) recoded: bool,
}

impl Row<'_> {
    /// A field; nothing where it is empty, `NA` or `NULL`.
    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        let text = self.fields.get(column)?.trim();
        (!matches!(text, "" | "NA" | "NULL" | "null")).then_some(text)
    }

    /// A field that may be the code of Namibia.
    pub(crate) fn code(&self, column: usize) -> Option<&str> {
        let text = self.fields.get(column)?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// Calls `each` with every row of a stream. Blank lines aren't rows.
pub(crate) fn for_each_row<E: From<FileError>>(
    reader: &mut dyn Read,
    layout: Layout,
    mut each: impl FnMut(Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(layout.delimiter)
        .quoting(layout.quotes)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(LineEnds::new(reader));
    let mut bytes = ByteRecord::new();
    let mut first = true;
    loop {
        let more = rows
            .read_byte_record(&mut bytes)
            .map_err(|error| FileError::csv(error, rows.position().line()))?;
        if !more {
            return Ok(());
        }
        // The reader takes a record's position before it skips blank lines: count from the end.
        let inside = bytes.as_slice().split(|&byte| byte == b'\n').count() as u64 - 1;
        let line = rows.position().line() - inside - 1;
        if bytes.len() == 1 && bytes[0].trim_ascii().is_empty() {
            continue;
        }
        let (mut text, recoded) = match StringRecord::from_byte_record(bytes.clone()) {
            Ok(text) => (text, false),
            Err(error) => (recode(&error.into_byte_record()), true),
        };
        if first && text.get(0).is_some_and(|one| one.starts_with('\u{feff}')) {
            text = text
                .iter()
                .map(|one| one.trim_start_matches('\u{feff}'))
                .collect();
        }
        first = false;
        each(Row {
            line,
            fields: &text,
            recoded,
        })?;
    }
}

/// Makes every line end in a line feed alone, the last one too. A lone carriage return within a
/// text stays, and ends no line.
struct LineEnds<R> {
    inner: R,
    chunk: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    pending_return: bool,
    last: u8,
    ended: bool,
}

impl<R: Read> LineEnds<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            chunk: vec![0; 1 << 16],
            out: Vec::with_capacity(1 << 16),
            given: 0,
            pending_return: false,
            last: b'\n',
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.ended {
            let n = self.inner.read(&mut self.chunk)?;
            if n == 0 {
                self.ended = true;
                if std::mem::take(&mut self.pending_return) {
                    self.out.push(b'\r');
                    self.last = b'\r';
                }
                if self.last != b'\n' {
                    self.out.push(b'\n');
                }
                return Ok(());
            }
            for &byte in &self.chunk[..n] {
                if std::mem::take(&mut self.pending_return) && byte != b'\n' {
                    self.out.push(b'\r');
                }
                if byte == b'\r' {
                    self.pending_return = true;
                } else {
                    self.out.push(byte);
                }
            }
            self.last = *self.out.last().unwrap_or(&self.last);
        }
        Ok(())
    }
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.out.len() {
            self.refill()?;
        }
        let rest = &self.out[self.given..];
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}

fn recode(bytes: &ByteRecord) -> StringRecord {
    bytes
        .iter()
        .map(|field| encoding_rs::WINDOWS_1252.decode(field).0.into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8], layout: Layout) -> Vec<(u64, Vec<String>, bool)> {
        let mut all = Vec::new();
        for_each_row::<FileError>(&mut &*text, layout, |row| {
            let fields = row.fields.iter().map(str::to_owned).collect();
            all.push((row.line, fields, row.recoded));
            Ok(())
        })
        .expect("rows");
        all
    }

    #[test]
    fn a_tab_file_has_no_quotes_and_any_line_end() {
        let all = rows(b"\xEF\xBB\xBFa\t\"b\r\n\nc\rd\te", Layout::TAB);
        assert_eq!(all[0], (1, vec!["a".to_owned(), "\"b".to_owned()], false));
        assert_eq!(all[1], (3, vec!["c\rd".to_owned(), "e".to_owned()], false));
    }

    #[test]
    fn what_is_not_utf8_is_read_as_windows_1252_and_said_so() {
        let layout = Layout {
            delimiter: b',',
            quotes: true,
        };
        let all = rows(b"C\xF4te d'Ivoire,\"x,\r\ny\"\r\n\r\nb,c", layout);
        assert_eq!(
            all[0],
            (
                1,
                vec!["Côte d'Ivoire".to_owned(), "x,\ny".to_owned()],
                true
            )
        );
        assert_eq!(
            all[1].0, 4,
            "a quoted line's end and a blank line count as lines"
        );
    }
}
