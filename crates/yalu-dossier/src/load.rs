//! Reads a dossier and checks it: every fault at once, each with its place and its mend.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use yalu_store::series_file::{SeriesFileKey, read_series_file};

use crate::borders::BorderEntry;
use crate::borders::entries::load_entries;
use crate::cells::{Requests, cell_id};
use crate::check::check;
use crate::diagnostic::{Problem, Problems, did_you_mean, line_and_column};
use crate::events::{LoadedEvent, load_events};
use crate::influence::Known;
use crate::schema::dossier_schema;
use crate::spec::DossierSpec;
use crate::structure::{Codings, Panel, assemble, read_actors};
use crate::tables::{LoadedTable, load_table};

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
    /// Who wants what, where the dossier has a structure.
    pub council: Option<LoadedCouncil>,
}

/// An actors file that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedCouncil {
    /// What the file says.
    pub codings: Codings,
    /// The council made of it.
    pub panel: Panel,
}

/// The text of a dossier file with its keys' places.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
    pub(crate) root: &'a Spanned<DeTable<'a>>,
}

/// A step on the way to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Item(usize),
}

impl Source<'_> {
    /// The bytes of the value at `steps`; of the nearest one above where it isn't there.
    fn span(&self, steps: &[Step]) -> (usize, usize) {
        let mut span = (0, 0);
        let mut table: Option<&DeTable<'_>> = Some(self.root.get_ref());
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        for step in steps {
            let next = match step {
                Step::Key(key) => table.and_then(|table| table.get(key.as_str())),
                Step::Item(idx) => value.and_then(|one| one.get_ref().get(*idx)),
            };
            let Some(next) = next else { break };
            span = (next.span().start, next.span().end);
            value = Some(next);
            table = next.get_ref().as_table();
        }
        span
    }

    /// A fault at a key.
    pub(crate) fn problem(
        &self,
        code: &'static str,
        steps: &[Step],
        message: String,
        mend: Option<String>,
    ) -> Problem {
        self.problem_at(code, self.span(steps), path_of(steps), message, mend)
    }

    fn problem_at(
        &self,
        code: &'static str,
        span: (usize, usize),
        key: String,
        message: String,
        mend: Option<String>,
    ) -> Problem {
        let (line, column) = line_and_column(self.text, span.0);
        Problem {
            code,
            message,
            file: self.path.to_owned(),
            line: Some(line),
            column: Some(column),
            key: (!key.is_empty()).then_some(key),
            span: Some(span),
            mend,
        }
    }
}

fn path_of(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => {
                path.push('.');
                path.push_str(key);
            }
            Step::Item(idx) => {
                path.push('[');
                path.push_str(&idx.to_string());
                path.push(']');
            }
        }
    }
    path
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

fn load(path: &Path, with_series: bool) -> Result<Dossier, Problems> {
    let file = if path.is_dir() {
        path.join("dossier.toml")
    } else {
        path.to_owned()
    };
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
    Ok(Dossier {
        dir,
        spec,
        sha256,
        events,
        tables,
        entries,
        council,
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

fn hex(bytes: &[u8]) -> String {
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
    let syntax = |error: &toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        let (line, column) = line_and_column(text, span.start);
        Problem {
            code: "dossier.toml",
            message: error.message().to_owned(),
            file: path.to_owned(),
            line: Some(line),
            column: Some(column),
            key: None,
            span: Some((span.start, span.end)),
            mend: None,
        }
    };
    let root = DeTable::parse(text).map_err(|error| Problems(vec![syntax(&error)]))?;
    let source = Source {
        path,
        text,
        root: &root,
    };
    let mut problems = Vec::new();
    let schema = dossier_schema();
    unknown_keys(
        &source,
        &schema,
        &schema,
        root.get_ref(),
        &mut Vec::new(),
        &mut problems,
    );
    match toml::from_str::<DossierSpec>(text) {
        Ok(spec) if problems.is_empty() => {
            check(&source, &spec, &mut problems);
            if problems.is_empty() {
                Ok(spec)
            } else {
                Err(Problems(problems))
            }
        }
        Ok(_) => Err(Problems(problems)),
        Err(error) => {
            // Unknown keys were found above, all of them and with their nearest.
            if !error.message().starts_with("unknown field") || problems.is_empty() {
                problems.push(syntax(&error));
            }
            Err(Problems(problems))
        }
    }
}

/// Follows a `$ref`, and takes the object out of an `anyOf` with null.
fn resolve<'a>(
    root: &'a serde_json::Value,
    schema: &'a serde_json::Value,
) -> &'a serde_json::Value {
    let mut here = schema;
    loop {
        if let Some(reference) = here.get("$ref").and_then(serde_json::Value::as_str) {
            match root.pointer(reference.trim_start_matches('#')) {
                Some(next) => here = next,
                None => return here,
            }
        } else if let Some(any) = here.get("anyOf").and_then(serde_json::Value::as_array) {
            match any
                .iter()
                .find(|one| one.get("type").and_then(|t| t.as_str()) != Some("null"))
            {
                Some(next) => here = next,
                None => return here,
            }
        } else {
            return here;
        }
    }
}

fn unknown_keys(
    source: &Source<'_>,
    root: &serde_json::Value,
    schema: &serde_json::Value,
    table: &DeTable<'_>,
    steps: &mut Vec<Step>,
    problems: &mut Vec<Problem>,
) {
    let schema = resolve(root, schema);
    let properties = schema
        .get("properties")
        .and_then(serde_json::Value::as_object);
    let additional = schema.get("additionalProperties");
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let inner = match (properties.and_then(|all| all.get(name)), additional) {
            (Some(inner), _) => inner,
            (None, Some(inner)) if inner.is_object() => inner,
            _ => {
                let known: BTreeSet<&str> = properties
                    .map(|all| all.keys().map(String::as_str).collect())
                    .unwrap_or_default();
                let near = did_you_mean(name, known.iter().copied());
                steps.push(Step::Key(name.to_owned()));
                problems.push(source.problem_at(
                    "dossier.unknown-key",
                    (key.span().start, key.span().end),
                    path_of(steps),
                    format!("unknown key `{name}`"),
                    Some(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!(
                            "the keys here are {}",
                            known.into_iter().collect::<Vec<_>>().join(", ")
                        ),
                    }),
                ));
                steps.pop();
                continue;
            }
        };
        steps.push(Step::Key(name.to_owned()));
        match value.get_ref() {
            DeValue::Table(inside) => unknown_keys(source, root, inner, inside, steps, problems),
            DeValue::Array(items) => {
                let item_schema = resolve(root, inner)
                    .get("items")
                    .cloned()
                    .unwrap_or_default();
                for (idx, item) in items.iter().enumerate() {
                    if let DeValue::Table(inside) = item.get_ref() {
                        steps.push(Step::Item(idx));
                        unknown_keys(source, root, &item_schema, inside, steps, problems);
                        steps.pop();
                    }
                }
            }
            _ => {}
        }
        steps.pop();
    }
}
