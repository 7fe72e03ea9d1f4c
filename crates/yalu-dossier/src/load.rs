//! Reads a dossier and checks it: every fault at once, each with its place and its mend.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::de::DeTable;
use yalu_evidence::era::Eras;
use yalu_store::series_file::{SeriesFileKey, read_series_file};

use crate::borders::BorderEntry;
use crate::borders::entries::load_entries;
use crate::cells::{Requests, cell_id};
use crate::check::check;
use crate::csv_file::read_text;
use crate::diagnostic::{Problem, Problems};
use crate::eras::load_eras;
use crate::events::{LoadedEvent, load_events};
use crate::evidence::{LoadedEvidence, load_evidence};
use crate::influence::Known;
use crate::ledger::{LoadedLedger, load_ledger};
use crate::spec::DossierSpec;
use crate::structure::{Codings, Panel, assemble, read_actors};
use crate::tables::{LoadedTable, load_table};
use crate::toml_file::{Source, Step, parse_toml};

/// A dossier that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// Its folder.
    pub dir: PathBuf,
    /// What its author wrote.
    pub spec: DossierSpec,
    /// SHA-256 of `dossier.toml`, in hexadecimal.
    pub sha256: String,
    /// Its events, in order of date.
    pub events: Vec<LoadedEvent>,
    /// Its tables.
    pub tables: Vec<LoadedTable>,
    /// Entries of the domains that have a file of them, by the domain's id.
    pub entries: BTreeMap<String, Vec<BorderEntry>>,
    /// Leaders' eras.
    pub eras: Eras,
    /// Sources, claims and talks, where the dossier names them.
    pub evidence: Option<LoadedEvidence>,
    /// What was promised and done, where the dossier has a ledger.
    pub ledger: Option<LoadedLedger>,
    /// Who wants what, where the dossier has a structure.
    pub council: Option<LoadedCouncil>,
    /// Width and height in pixels of each of the publication's images, in their order; nothing of one
    /// that went away since it was checked.
    pub image_sizes: Vec<Option<[u32; 2]>>,
}

/// An actors file that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedCouncil {
    /// What the file says.
    pub codings: Codings,
    /// The council made of it.
    pub panel: Panel,
}

/// Reads the dossier in `path` (its folder, or its `dossier.toml`) and checks it.
///
/// # Errors
/// [`Problems`]: every fault found.
pub fn load_dossier(path: &Path) -> Result<Dossier, Problems> {
    load(path, true)
}

/// The same where the series file need not be there yet.
///
/// # Errors
/// [`Problems`]: every other fault found.
pub fn load_dossier_without_series(path: &Path) -> Result<Dossier, Problems> {
    load(path, false)
}

/// What a dossier's author wrote, its files not yet read: for a command that is about to write one of
/// them.
///
/// # Errors
/// [`Problems`]: every fault found in `dossier.toml`.
pub fn dossier_keys(path: &Path) -> Result<DossierSpec, Problems> {
    let file = dossier_file(path);
    let text = read_text(&file).map_err(|fault| Problems(vec![fault]))?;
    parse(&file, &text)
}

fn dossier_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join("dossier.toml")
    } else {
        path.to_owned()
    }
}

fn load(path: &Path, with_series: bool) -> Result<Dossier, Problems> {
    let file = dossier_file(path);
    let dir = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    let unreadable = |message: String, mend: &str| {
        Problems(vec![Problem {
            code: "dossier.read",
            message,
            file: file.clone(),
            line: None,
            column: None,
            key: None,
            span: None,
            mend: Some(mend.to_owned()),
        }])
    };
    let bytes = fs::read(&file).map_err(|error| {
        unreadable(
            format!("can't be read: {error}"),
            "name a folder that holds a dossier.toml; `yalu new DIR` writes one",
        )
    })?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let text = String::from_utf8(bytes)
        .map_err(|_| unreadable("is not UTF-8".to_owned(), "save the file as UTF-8"))?;
    let spec = parse(&file, &text)?;
    let mut problems = Vec::new();
    let mut events = Vec::new();
    for key in &spec.events {
        match load_events(&dir, key) {
            Ok(some) => events.extend(some),
            Err(faults) => problems.extend(faults),
        }
    }
    let mut tables = Vec::new();
    for key in &spec.data.tables {
        match load_table(&dir, key) {
            Ok(table) => tables.push(table),
            Err(faults) => problems.extend(faults),
        }
    }
    let mut entries = BTreeMap::new();
    for domain in spec.borders.iter().flat_map(|one| &one.domains) {
        let Some(name) = &domain.entries else {
            continue;
        };
        match load_entries(&dir, name) {
            Ok(some) => {
                entries.insert(domain.id.clone(), some);
            }
            Err(faults) => problems.extend(faults),
        }
    }
    let mut council = None;
    if let Some(structure) = &spec.structure {
        problems.extend(influence_faults(&file, &text, &spec));
        let read = read_actors(&dir.join(&structure.actors));
        match read.and_then(|codings| Ok((assemble(structure, &codings)?, codings))) {
            Ok((panel, codings)) => council = Some(LoadedCouncil { codings, panel }),
            Err(faults) => problems.extend(faults),
        }
    }
    let mut evidence = None;
    if let Some(keys) = &spec.evidence {
        match load_evidence(&dir, &spec, keys) {
            Ok(loaded) => evidence = Some(loaded),
            Err(faults) => problems.extend(faults),
        }
    }
    let mut ledger = None;
    if let Some(keys) = &spec.ledger {
        match load_ledger(&dir, keys, evidence.as_ref()) {
            Ok(loaded) => ledger = Some(loaded),
            Err(faults) => problems.extend(faults),
        }
    }
    if let Some(series) = &spec.data.series
        && with_series
        && !dir.join(series).is_file()
    {
        let mut missing = unreadable(
            format!("data.series names `{series}`, which isn't in the dossier's folder"),
            "write it with `yalu export series DOSSIER --store DIR`, or name a store in data.store",
        );
        for problem in &mut missing.0 {
            problem.code = "dossier.series";
        }
        problems.extend(missing.0);
    }
    if with_series && problems.is_empty() {
        problems.extend(without_rows(&file, &text, &dir, &spec));
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    events.sort();
    let images = spec.publication.iter().flat_map(|one| &one.images);
    let image_sizes = images.map(|one| one.size(&dir).ok()).collect();
    let eras = Eras::new(load_eras(&spec.eras)).expect("eras that were checked");
    Ok(Dossier {
        dir,
        spec,
        sha256,
        events,
        tables,
        entries,
        eras,
        evidence,
        ledger,
        council,
        image_sizes,
    })
}

/// Faults in `[structure.influence]`.
fn influence_faults(file: &Path, text: &str, spec: &DossierSpec) -> Vec<Problem> {
    let Some(structure) = &spec.structure else {
        return Vec::new();
    };
    let Some(keys) = &structure.influence else {
        return Vec::new();
    };
    let actors: Vec<&str> = structure
        .members
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    let groups: Vec<&str> = spec.groups.keys().map(String::as_str).collect();
    let known = Known {
        state: &spec.question.source,
        actors: &actors,
        groups: &groups,
    };
    crate::influence::check(file, text, keys, &known)
}

/// Indicators that find no row at all in the series file: their codes, dyad or group are wrong.
/// Faults of the file itself are left to the run, which names their line.
fn without_rows(file: &Path, text: &str, dir: &Path, spec: &DossierSpec) -> Vec<Problem> {
    let (Some(series), Ok(root)) = (&spec.data.series, DeTable::parse(text)) else {
        return Vec::new();
    };
    let Ok(held) = read_series_file(&dir.join(series)) else {
        return Vec::new();
    };
    let source = Source {
        path: file,
        text,
        root: &root,
    };
    let requests = Requests::new(spec);
    let mut problems = Vec::new();
    for (idx, indicator) in spec.indicators.iter().enumerate() {
        let Ok(cells) = requests.outcome(indicator, None) else {
            continue;
        };
        for cell in cells {
            let empty = held
                .cells
                .get(&SeriesFileKey::of(&cell))
                .is_some_and(|cell| cell.values.is_empty());
            if empty {
                let key = if indicator.group.is_some() {
                    "group"
                } else {
                    "kind"
                };
                problems.push(source.problem(
                    "dossier.no-rows",
                    &[
                        Step::Key("indicators".to_owned()),
                        Step::Item(idx),
                        Step::Key(key.to_owned()),
                    ],
                    format!(
                        "indicator `{}` finds no row: {series} holds none of {}",
                        indicator.id,
                        cell_id(&cell)
                    ),
                    Some(
                        "look at the group's codes, the dyad and its direction, then write the series file anew with `yalu export series`"
                            .to_owned(),
                    ),
                ));
                break;
            }
        }
    }
    problems
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Parses and checks a dossier's text; `path` stands in the faults.
///
/// # Errors
/// [`Problems`]: every fault found.
pub fn parse(path: &Path, text: &str) -> Result<DossierSpec, Problems> {
    parse_toml(path, text, check)
}
