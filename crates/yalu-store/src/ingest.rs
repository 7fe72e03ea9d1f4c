//! From files to the store: recognised, parsed, checked, normalised, without duplicates.
//!
//! Each row read is kept, a duplicate, or rejected with its line and a reason; none is dropped in
//! silence. Small files are committed together, a large one by itself; what is committed is there
//! whole, and a file whose bytes the store knows adds nothing, so that an ingest that was cut off is
//! resumed by starting it again.
//!
//! Memory is bounded by the rows that wait (some 250,000) and by the keys of the years that a file
//! touches, not by the data.

mod counts;
mod coverage;
mod error;
mod gdelt;
mod icews;
mod input;
mod mapping;
mod parquet_rows;
mod parts;
mod record;
mod rejects;
mod report;
mod sides;
mod sniff;
mod table;
#[cfg(test)]
mod tests;
mod trade;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::civil::Date;

pub use self::error::FileError;
pub use self::mapping::{DatasetCard, Mapping, MappingError};
pub use self::report::{FileFailure, FileReport, IngestReport};
pub use self::sniff::Format;

use self::icews::{Icews, TupleNames, Tuples, read_lookup};
use self::input::{Input, Layout, Row, file_name, for_each_row};
use self::parts::{Batch, Offer};
use self::record::{Parser, Reject};
use self::rejects::Rejects;
use self::sniff::{Sniffed, is_lookup_list, sniff};
use self::table::{StateColumns, Table};
use crate::countries::scheme_name;
use crate::series::SourceFile;
use crate::store::{DatasetRecord, FileRecord, Manifest, StoreError, Writer};

/// How files are ingested.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// The format; left out, it is told from the content.
    pub format: Option<Format>,
    /// The data set's name; left out, the mapping's, or one after the format or the file.
    pub dataset: Option<String>,
    /// A description of data set and columns.
    pub mapping: Option<Mapping>,
    /// The day from which tuples of ids count their times.
    pub epoch: Option<Date>,
    /// Rejects events that were found more than this after their date (GDELT).
    pub max_age_days: Option<u32>,
    /// The share of rows, other than expected ones, that may be rejected before a file fails.
    pub max_rejects: f64,
    /// Whether events with the day, actors and code of another count as duplicates.
    pub drop_repeats: bool,
}

impl Default for IngestOptions {
    fn default() -> Self {
        Self {
            format: None,
            dataset: None,
            mapping: None,
            epoch: None,
            max_age_days: None,
            max_rejects: 0.1,
            drop_repeats: false,
        }
    }
}

/// How far the work is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The file at hand.
    pub file: &'a Path,
    /// Bytes read of all files that are to be read.
    pub n_bytes: u64,
    /// Rows read.
    pub n_rows: u64,
}

/// Files up to this length, in bytes on disk, wait in memory and are committed together.
const SMALL_FILE: u64 = 1 << 20;
/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 8_192;
/// Bytes from which a format is told.
const HEAD_BYTES: u64 = 1 << 16;
/// Distinct values of a column that are looked at to tell how it names states.
const MAX_STATES: usize = 4_096;

/// Ingests files into the store at `dir`, which is made where it isn't there.
///
/// A file that fails doesn't keep the others from being taken; its failure is in the report.
///
/// # Errors
/// [`StoreError`] where the store can't be opened or written: it then is as it was after the last
/// commit.
pub fn ingest(
    files: &[PathBuf],
    dir: &Path,
    options: &IngestOptions,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<IngestReport, StoreError> {
    let mut writer = Writer::open(dir)?;
    let mut report = IngestReport::default();
    let mut done = Done::default();
    let mut idx = 0;
    while idx < files.len() {
        let manifest = writer.manifest.clone();
        let mut batch = Batch::new(dir, &manifest, options.drop_repeats);
        let mut taken: Vec<Taken> = Vec::new();
        while idx < files.len() {
            let path = &files[idx];
            let mut work = Work {
                dir,
                options,
                manifest: &manifest,
                batch: &mut batch,
                taken: &mut taken,
                progress,
                done: &mut done,
            };
            match work.file(path) {
                Ok(Outcome::Taken) => idx += 1,
                Ok(Outcome::PassedOver) => {
                    report.passed_over.push(path.clone());
                    idx += 1;
                }
                // A large file begins a batch of its own, and ends it.
                Ok(Outcome::NeedsOwnBatch) => break,
                Ok(Outcome::FilledBatch) => {
                    idx += 1;
                    break;
                }
                Err(FileError::Store(error)) => {
                    taken.into_iter().for_each(Taken::discard);
                    batch.abandon();
                    return Err(error);
                }
                Err(error) => {
                    report.failures.push(FileFailure {
                        path: path.clone(),
                        error,
                    });
                    idx += 1;
                }
            }
        }
        commit(&mut writer, batch, taken, &mut report, options)?;
    }
    report.generation = writer.manifest.generation;
    Ok(report)
}

#[derive(Default)]
struct Done {
    n_bytes: u64,
    n_rows: u64,
}

/// A file whose rows are in the batch.
struct Taken {
    report: FileReport,
    sha256: String,
    /// The name under which its rows say where they are from.
    stored_name: String,
    rejects: Option<Rejects>,
}

impl Taken {
    fn discard(self) {
        if let Some(rejects) = self.rejects {
            rejects.discard();
        }
    }
}

enum Outcome {
    Taken,
    PassedOver,
    NeedsOwnBatch,
    FilledBatch,
}

fn commit(
    writer: &mut Writer,
    mut batch: Batch<'_>,
    taken: Vec<Taken>,
    report: &mut IngestReport,
    options: &IngestOptions,
) -> Result<(), StoreError> {
    let parts = match batch.finish() {
        Ok(parts) => parts,
        Err(error) => {
            taken.into_iter().for_each(Taken::discard);
            batch.abandon();
            return Err(error);
        }
    };
    let mut manifest = writer.manifest.clone();
    let card = options.mapping.as_ref().map(|mapping| &mapping.dataset);
    manifest.parts.extend(parts);
    for mut one in taken {
        if let Some(rejects) = one.rejects.take() {
            one.report.rejects = rejects.keep()?;
        }
        if !one.report.known {
            record_file(&mut manifest, &one);
        }
        coverage::renew(&mut manifest, &one.report.dataset, card);
        report.files.push(one.report);
    }
    // A commit that changes nothing would only count up.
    if manifest != writer.manifest
        && let Err(error) = writer.commit(manifest)
    {
        batch.abandon();
        return Err(error);
    }
    Ok(())
}

fn record_file(manifest: &mut Manifest, one: &Taken) {
    let report = &one.report;
    let place = manifest
        .datasets
        .iter()
        .position(|set| set.name == report.dataset);
    let set = if let Some(idx) = place {
        &mut manifest.datasets[idx]
    } else {
        manifest.datasets.push(DatasetRecord::new(&report.dataset));
        manifest.datasets.last_mut().expect("it was just put there")
    };
    set.files.push(FileRecord {
        file: SourceFile {
            name: one.stored_name.clone(),
            sha256: one.sha256.clone(),
            n_rows: report.n_kept,
        },
        format: report.format.name().to_owned(),
        n_read: report.n_read,
        n_duplicate: report.n_duplicate,
        n_rejected: report.n_rejected,
        n_unmapped: report.n_unmapped,
        n_repeats: report.n_repeats,
        spans: report.spans.clone(),
    });
}

/// One file on its way into a batch.
struct Work<'w, 'b> {
    dir: &'b Path,
    options: &'w IngestOptions,
    manifest: &'b Manifest,
    batch: &'w mut Batch<'b>,
    taken: &'w mut Vec<Taken>,
    progress: &'w mut dyn FnMut(Progress<'_>),
    done: &'w mut Done,
}

/// What a member's rows are filed under.
struct Names<'a> {
    path: &'a Path,
    stored: Arc<str>,
    member: &'a str,
    dataset: Arc<str>,
}

/// How a member is read.
struct Plan {
    format: Format,
    layout: Layout,
    header: bool,
    parquet: bool,
    parser: Box<dyn Parser>,
    read_as: Vec<String>,
}

impl Work<'_, '_> {
    fn file(&mut self, path: &Path) -> Result<Outcome, FileError> {
        let input = Input::open(path)?;
        let known = self.manifest.datasets.iter().find_map(|set| {
            let file = set
                .files
                .iter()
                .find(|one| one.file.sha256 == input.sha256)?;
            Some((set.name.clone(), file.clone()))
        });
        if let Some((dataset, file)) = known {
            return Ok(self.already_there(path, &input, dataset, &file));
        }
        if self.taken.iter().any(|one| one.sha256 == input.sha256) {
            // Named twice in one call: the first is committed before the second is looked at.
            return Ok(Outcome::NeedsOwnBatch);
        }
        let members = input.members();
        let sniffed = sniff(&input.head(members[0].0, HEAD_BYTES)?)?;
        if is_lookup_list(&sniffed.first) && self.options.format.is_none() {
            return Ok(Outcome::PassedOver);
        }
        let large = input.n_bytes > SMALL_FILE;
        if large && !self.batch.is_empty() {
            return Ok(Outcome::NeedsOwnBatch);
        }
        let mut rejects = Rejects::new(self.dir, &file_name(path), &input.sha256);
        if !large {
            self.batch.begin()?;
        }
        let stored_name = self.stored_name(path, &input.sha256);
        match self.members(path, &input, &stored_name, &members, &mut rejects) {
            Ok(report) => {
                self.batch.settle();
                self.taken.push(Taken {
                    report,
                    sha256: input.sha256.clone(),
                    stored_name,
                    rejects: Some(rejects),
                });
                Ok(if large {
                    Outcome::FilledBatch
                } else {
                    Outcome::Taken
                })
            }
            Err(error) => {
                rejects.discard();
                if large {
                    // The batch held nothing else.
                    let fresh = Batch::new(self.dir, self.manifest, self.options.drop_repeats);
                    std::mem::replace(self.batch, fresh).abandon();
                } else {
                    self.batch.take_out();
                }
                Err(error)
            }
        }
    }

    /// The file's name; where another file has it too, as `test.txt.gz` of two folders, with the
    /// first digits of its hash.
    fn stored_name(&self, path: &Path, sha256: &str) -> String {
        let name = file_name(path);
        let mut held = self
            .manifest
            .datasets
            .iter()
            .flat_map(|set| &set.files)
            .map(|file| &file.file.name)
            .chain(self.taken.iter().map(|one| &one.stored_name));
        if held.any(|other| *other == name) {
            format!("{name}#{}", &sha256[..8])
        } else {
            name
        }
    }

    fn already_there(
        &mut self,
        path: &Path,
        input: &Input,
        dataset: String,
        file: &FileRecord,
    ) -> Outcome {
        let format = Format::ALL
            .into_iter()
            .find(|format| format.name() == file.format)
            .unwrap_or(Format::Mapped);
        self.done.n_bytes += input.n_bytes;
        self.taken.push(Taken {
            report: FileReport {
                path: path.to_owned(),
                format,
                read_as: Vec::new(),
                dataset,
                known: true,
                n_read: file.n_read,
                n_kept: 0,
                n_duplicate: file.n_read - file.n_rejected,
                n_rejected: file.n_rejected,
                n_unmapped: 0,
                n_repeats: 0,
                reasons: Vec::new(),
                repairs: Vec::new(),
                unmapped: Vec::new(),
                rejects: None,
                spans: file.spans.clone(),
                n_bytes: input.n_bytes,
            },
            sha256: input.sha256.clone(),
            stored_name: file.file.name.clone(),
            rejects: None,
        });
        Outcome::Taken
    }

    fn members(
        &mut self,
        path: &Path,
        input: &Input,
        stored_name: &str,
        members: &[(usize, String)],
        rejects: &mut Rejects,
    ) -> Result<FileReport, FileError> {
        let mut tally = Tally::default();
        let mut format = None;
        let mut read_as = Vec::new();
        let mut dataset: Option<Arc<str>> = None;
        for (member, name) in members {
            let mut plan = self.plan(path, input, *member)?;
            let dataset = if let Some(name) = &dataset {
                Arc::clone(name)
            } else {
                let name: Arc<str> = self.dataset_name(path, plan.format)?.into();
                dataset = Some(Arc::clone(&name));
                name
            };
            // From here on the bytes count as progress: those of looking ahead don't.
            input.read.store(0, Ordering::Relaxed);
            let names = Names {
                path,
                stored: stored_name.into(),
                member: name,
                dataset,
            };
            self.rows(&names, input, *member, &mut plan, rejects, &mut tally)?;
            for (what, n) in plan.parser.repairs() {
                *tally.repairs.entry(what).or_default() += n;
            }
            let own_days = tally.member_days.take();
            tally.spans.extend(
                plan.parser
                    .covered()
                    .unwrap_or(own_days.into_iter().collect()),
            );
            for word in plan.read_as {
                if !read_as.contains(&word) {
                    read_as.push(word);
                }
            }
            format.get_or_insert(plan.format);
        }
        self.done.n_bytes += input.n_bytes;
        if tally.n_read == 0 {
            return Err(FileError::Empty);
        }
        let n_judged = tally.n_read - (rejects.n - rejects.n_unexpected);
        if let Some((line, reason)) = &rejects.first
            && rejects.n_unexpected as f64 > self.options.max_rejects * n_judged as f64
        {
            return Err(FileError::TooManyRejects {
                n_rejected: rejects.n_unexpected,
                n_read: tally.n_read,
                line: *line,
                reason: reason.clone(),
            });
        }
        Ok(tally.report(
            path,
            input.n_bytes,
            format.unwrap_or(Format::Mapped),
            read_as,
            dataset.map(|name| name.to_string()).unwrap_or_default(),
            rejects,
        ))
    }

    fn rows(
        &mut self,
        names: &Names<'_>,
        input: &Input,
        member: usize,
        plan: &mut Plan,
        rejects: &mut Rejects,
        tally: &mut Tally,
    ) -> Result<(), FileError> {
        let mut skip_header = plan.header;
        let before = self.done.n_bytes;
        let mut each = |row: Row<'_>| -> Result<(), FileError> {
            if std::mem::take(&mut skip_header) {
                return Ok(());
            }
            tally.n_read += 1;
            self.done.n_rows += 1;
            if self.done.n_rows.is_multiple_of(PROGRESS_ROWS) {
                (self.progress)(Progress {
                    file: names.path,
                    n_bytes: before + input.read.load(Ordering::Relaxed).min(input.n_bytes),
                    n_rows: self.done.n_rows,
                });
            }
            if row.recoded {
                *tally
                    .repairs
                    .entry("rows that weren't UTF-8, read as Windows-1252".to_owned())
                    .or_default() += 1;
            }
            let record = match plan.parser.parse(&row) {
                Ok(record) => record,
                Err(reject) => return Ok(rejects.add(names.member, &row, reject)?),
            };
            let unmapped: Vec<String> = record.unmapped().map(|side| side.name.clone()).collect();
            let days = [record.date(), record.span().last_day(record.date())];
            match self.batch.offer(&names.dataset, &names.stored, record)? {
                Offer::Kept { repeat } => {
                    tally.n_kept += 1;
                    tally.n_repeats += u64::from(repeat);
                    tally.extend_days(days);
                    tally.n_unmapped += u64::from(!unmapped.is_empty());
                    for name in unmapped {
                        *tally.unmapped.entry(name).or_default() += 1;
                    }
                }
                Offer::Duplicate => {
                    tally.n_duplicate += 1;
                    tally.extend_days(days);
                }
                Offer::Contradiction => {
                    let reason = "another row with the same key says otherwise";
                    rejects.add(names.member, &row, Reject::new(reason))?;
                }
            }
            Ok(())
        };
        if plan.parquet {
            return parquet_rows::for_each_row(input.path(), each);
        }
        let layout = plan.layout;
        input.with_member(member, |reader: &mut dyn Read| {
            for_each_row(reader, layout, &mut each)
        })
    }

    fn dataset_name(&self, path: &Path, format: Format) -> Result<String, FileError> {
        let card = self
            .options
            .mapping
            .as_ref()
            .and_then(|mapping| mapping.dataset.name.clone());
        let name = self
            .options
            .dataset
            .clone()
            .or(card)
            .unwrap_or_else(|| match format {
                Format::Icews => "icews".to_owned(),
                Format::Gdelt => "gdelt".to_owned(),
                Format::IcewsTuples => path
                    .canonicalize()
                    .ok()
                    .as_deref()
                    .and_then(Path::parent)
                    .and_then(Path::file_name)
                    .map_or("icews-tuples".to_owned(), |folder| {
                        folder_safe(&folder.to_string_lossy())
                    }),
                Format::DyadCounts | Format::Comtrade | Format::Mapped => {
                    let name = file_name(path);
                    folder_safe(name.split('.').next().unwrap_or_default())
                }
            });
        let valid = !name.is_empty()
            && name.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte)
            })
            && !name.starts_with(['.', '-']);
        if valid {
            Ok(name)
        } else {
            Err(FileError::DatasetName { name })
        }
    }

    /// Decides how a member is read.
    fn plan(&self, path: &Path, input: &Input, member: usize) -> Result<Plan, FileError> {
        let sniffed = sniff(&input.head(member, HEAD_BYTES)?)?;
        let mapping = self
            .options
            .mapping
            .as_ref()
            .filter(|mapping| mapping.describes_columns());
        let format = match (self.options.format, mapping) {
            (Some(format), _) => format,
            (None, Some(_)) => Format::Mapped,
            (None, None) => sniffed.format.ok_or_else(|| FileError::Unrecognised {
                found: sniffed
                    .parquet
                    .then_some("Parquet, whose columns need a mapping"),
                first: sniffed.excerpt.clone(),
            })?,
        };
        match format {
            Format::Icews => Ok(Plan {
                format,
                layout: Layout::TAB,
                header: true,
                parquet: false,
                parser: Box::new(Icews::new(&sniffed.first)?),
                read_as: Vec::new(),
            }),
            Format::Gdelt => Ok(Plan {
                format,
                layout: Layout::TAB,
                header: false,
                parquet: false,
                parser: Box::new(gdelt::Gdelt::new(self.options.max_age_days)),
                read_as: vec![match sniffed.first.len() {
                    61 => "GDELT 2.0".to_owned(),
                    _ => "GDELT 1.0".to_owned(),
                }],
            }),
            Format::IcewsTuples => self.plan_tuples(path, input, member, &sniffed),
            Format::DyadCounts | Format::Comtrade | Format::Mapped => {
                plan_table(format, mapping, input, member, &sniffed)
            }
        }
    }

    fn plan_tuples(
        &self,
        path: &Path,
        input: &Input,
        member: usize,
        sniffed: &Sniffed,
    ) -> Result<Plan, FileError> {
        let ids = sniffed
            .first
            .iter()
            .take(4)
            .all(|one| one.parse::<u64>().is_ok());
        let mut read_as = Vec::new();
        let names = if ids {
            let beside = |name: &str| read_lookup(&path.with_file_name(name));
            let epoch = self.options.epoch.ok_or(FileError::Epoch)?;
            let entities = beside("entity2id.txt")?;
            let relations = beside("relation2id.txt")?;
            let mut hours = true;
            input.with_member(member, |reader| {
                for_each_row::<FileError>(reader, Layout::TAB, |row| {
                    let time = row.text(3).and_then(|text| text.parse::<i64>().ok());
                    hours &= time.is_none_or(|time| time % 24 == 0);
                    Ok(())
                })
            })?;
            read_as.push(format!(
                "times are {} since {epoch}",
                if hours { "hours" } else { "days" }
            ));
            TupleNames::Ids {
                entities,
                relations,
                epoch,
                hours,
            }
        } else {
            TupleNames::Text
        };
        Ok(Plan {
            format: Format::IcewsTuples,
            layout: Layout::TAB,
            header: false,
            parquet: false,
            parser: Box::new(Tuples::new(names)),
            read_as,
        })
    }
}

fn plan_table(
    format: Format,
    mapping: Option<&Mapping>,
    input: &Input,
    member: usize,
    sniffed: &Sniffed,
) -> Result<Plan, FileError> {
    let mut layout = sniffed.layout;
    let mut first = sniffed.first.clone();
    let implied;
    let mapping = match format {
        Format::DyadCounts => {
            implied = counts::mapping(&first);
            implied.as_ref()
        }
        Format::Comtrade => {
            implied = trade::mapping(&first);
            implied.as_ref()
        }
        _ => mapping,
    };
    let mapping = mapping.ok_or_else(|| FileError::MissingColumn {
        what: match format {
            Format::DyadCounts => "a source, a target, a year, or counts by root or quad class",
            Format::Comtrade => "a reporter, a partner, a flow, a period, or a value",
            _ => "anything: no mapping was given",
        }
        .to_owned(),
        columns: first.clone(),
    })?;
    if sniffed.parquet {
        if !input.is_plain() {
            return Err(FileError::Binary {
                what: "a packed Parquet file",
            });
        }
        first = parquet_rows::columns(input.path())?;
    } else if let Some(delimiter) = mapping.delimiter {
        layout.delimiter = delimiter as u8;
        first = first_row(input, member, layout)?;
    }
    let has_header = sniffed.parquet || mapping.header.unwrap_or(true);
    let header = has_header.then_some(first.as_slice());
    let states = StateColumns::find(mapping, header, first.len())?;
    let mut values: [BTreeSet<String>; 2] = Default::default();
    if states.schemes.iter().any(Option::is_none) {
        let mut skip = has_header && !sniffed.parquet;
        let mut last: [String; 2] = Default::default();
        let mut look = |row: Row<'_>| -> Result<(), FileError> {
            if std::mem::take(&mut skip) {
                return Ok(());
            }
            for ((column, values), last) in states.columns.iter().zip(&mut values).zip(&mut last) {
                if let Some(text) = column.and_then(|column| row.code(column))
                    // Tables are mostly in order of one of the columns.
                    && text != last
                    && text != "NULL"
                    && values.len() < MAX_STATES
                    && !values.contains(text)
                {
                    values.insert(text.to_owned());
                    text.clone_into(last);
                }
            }
            Ok(())
        };
        if sniffed.parquet {
            parquet_rows::for_each_row(input.path(), &mut look)?;
        } else {
            input.with_member(member, |reader| for_each_row(reader, layout, &mut look))?;
        }
    }
    let schemes = states.settle(&values)?;
    let mut read_as = Vec::new();
    for (name, scheme) in states.names.iter().zip(schemes) {
        read_as.push(format!("states in `{name}` by {}", scheme_name(scheme)));
    }
    Ok(Plan {
        format,
        layout,
        header: has_header && !sniffed.parquet,
        parquet: sniffed.parquet,
        parser: Box::new(Table::new(mapping, header, first.len(), schemes)?),
        read_as,
    })
}

fn first_row(input: &Input, member: usize, layout: Layout) -> Result<Vec<String>, FileError> {
    let head = input.head(member, HEAD_BYTES)?;
    let mut first = None;
    for_each_row::<FileError>(&mut head.as_slice(), layout, |row| {
        first.get_or_insert_with(|| row.fields.iter().map(|one| one.trim().to_owned()).collect());
        Ok(())
    })?;
    first.ok_or(FileError::Empty)
}

/// A name as a data set may have it.
fn folder_safe(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect::<String>()
        .trim_matches('-')
        .to_owned()
}

/// Counts over the rows of a file.
#[derive(Default)]
struct Tally {
    n_read: u64,
    n_kept: u64,
    n_duplicate: u64,
    n_unmapped: u64,
    n_repeats: u64,
    repairs: BTreeMap<String, u64>,
    unmapped: BTreeMap<String, u64>,
    member_days: Option<[Date; 2]>,
    spans: Vec<[Date; 2]>,
}

impl Tally {
    fn extend_days(&mut self, days: [Date; 2]) {
        let [from, to] = self.member_days.unwrap_or(days);
        self.member_days = Some([from.min(days[0]), to.max(days[1])]);
    }

    fn report(
        mut self,
        path: &Path,
        n_bytes: u64,
        format: Format,
        read_as: Vec<String>,
        dataset: String,
        rejects: &Rejects,
    ) -> FileReport {
        let mut unmapped: Vec<(String, u64)> =
            std::mem::take(&mut self.unmapped).into_iter().collect();
        unmapped.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        unmapped.truncate(10);
        self.spans.sort_unstable();
        FileReport {
            path: path.to_owned(),
            format,
            read_as,
            dataset,
            known: false,
            n_read: self.n_read,
            n_kept: self.n_kept,
            n_duplicate: self.n_duplicate,
            n_rejected: rejects.n,
            n_unmapped: self.n_unmapped,
            n_repeats: self.n_repeats,
            reasons: rejects.reasons(),
            repairs: self.repairs.into_iter().filter(|(_, n)| *n > 0).collect(),
            unmapped,
            rejects: None,
            spans: self.spans,
            n_bytes,
        }
    }
}
