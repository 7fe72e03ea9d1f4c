//! From text to entries with their own and their inherited fields.

use super::fault::{BibtexError, BibtexFault, ImportNote, Loss};
use crate::csl::Lines;
use biblatex::{
    Bibliography, Chunks, Field as RawField, Pair, ParseError, ParseErrorKind, RawBibliography,
    RawChunk, RawEntry, Spanned,
};
use std::collections::BTreeMap;

/// A field of an entry.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) chunks: Chunks,
    pub(super) offset: usize,
}

/// An entry: its type and fields in small letters.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) offset: usize,
    pub(super) fields: BTreeMap<String, Field>,
}

type Entries = (Vec<Entry>, Vec<BibtexFault>);

/// All entries of a text that can be read, and the faults of the others.
pub(super) fn entries(
    text: &str,
    lines: &Lines<'_>,
    notes: &mut Vec<ImportNote>,
) -> Result<Entries, Vec<BibtexFault>> {
    let fault = |offset: usize, entry: Option<&str>, error: BibtexError| BibtexFault {
        position: lines.position(offset),
        entry: entry.map(str::to_owned),
        error,
    };
    let raw =
        RawBibliography::parse(text).map_err(|e| vec![fault(e.span.start, None, syntax(&e))])?;
    check_strings(&raw.abbreviations).map_err(|(at, error)| vec![fault(at, None, error)])?;
    if !raw.preamble.is_empty() {
        let offset = text.to_ascii_lowercase().find("@preamble").unwrap_or(0);
        notes.push(ImportNote {
            line: lines.position(offset).line,
            entry: None,
            loss: Loss::Preamble,
        });
    }
    let (mut found, mut faults) = (Vec::<Entry>::new(), Vec::new());
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &raw.entries {
        let (key, offset) = (entry.v.key.v, entry.span.start);
        if key.is_empty() {
            faults.push(fault(offset, None, BibtexError::NoKey));
            continue;
        }
        let line = lines.position(offset).line;
        if let Some(&first) = seen.get(key) {
            faults.push(fault(
                offset,
                Some(key),
                BibtexError::DuplicateKey { first },
            ));
            continue;
        }
        seen.insert(key, line);
        match read_entry(entry, &raw.abbreviations) {
            Ok(entry) => found.push(entry),
            Err(more) => faults.extend(more.into_iter().map(|(at, e)| fault(at, Some(key), e))),
        }
    }
    let resolved = if faults.is_empty() {
        inherit(&found).map_err(|(at, key, error)| vec![fault(at, Some(&key), error)])?
    } else {
        found
    };
    Ok((resolved, faults))
}

fn syntax(error: &ParseError) -> BibtexError {
    match &error.kind {
        ParseErrorKind::UnknownAbbreviation(name) => {
            BibtexError::UnknownString { name: name.clone() }
        }
        kind => BibtexError::Syntax {
            found: kind.to_string(),
        },
    }
}

/// The longest string, put together, and the deepest braces that are read: the reader would follow
/// any, and take all memory and its stack.
const MOST_BYTES: usize = 1 << 20;
const MOST_BRACES: usize = 100;

/// Whether every string can be put together, which the reader doesn't ask.
fn check_strings(strings: &[Pair<'_>]) -> Result<(), (usize, BibtexError)> {
    // The last definition of a name is the one that counts.
    let made_of: BTreeMap<&str, &RawField<'_>> = strings
        .iter()
        .map(|pair| (pair.key.v, &pair.value.v))
        .collect();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in strings {
        let name = pair.key.v.to_owned();
        let at = pair.key.span.start;
        check_braces(&pair.value.v).map_err(|error| (at, error))?;
        match size(pair.key.v, &made_of, &mut Vec::new(), &mut sizes) {
            None => return Err((at, BibtexError::StringCycle { name })),
            Some(bytes) if bytes > MOST_BYTES => {
                let most = MOST_BYTES;
                return Err((at, BibtexError::LongString { name, most }));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The bytes of a string when it is put together; nothing where it is made of itself.
fn size<'a>(
    name: &'a str,
    made_of: &BTreeMap<&'a str, &'a RawField<'a>>,
    path: &mut Vec<&'a str>,
    sizes: &mut BTreeMap<&'a str, usize>,
) -> Option<usize> {
    if let Some(known) = sizes.get(name) {
        return Some(*known);
    }
    // A chain of a hundred names is no one's, and is taken for a circle.
    if path.contains(&name) || path.len() > 100 {
        return None;
    }
    path.push(name);
    let mut sum = 0usize;
    for part in made_of.get(name).into_iter().flat_map(|field| field.iter()) {
        sum = sum.saturating_add(match &part.v {
            RawChunk::Normal(text) => text.len(),
            RawChunk::Abbreviation(other) => size(other, made_of, path, sizes)?,
        });
    }
    path.pop();
    sizes.insert(name, sum);
    Some(sum)
}

fn check_braces(field: &RawField<'_>) -> Result<(), BibtexError> {
    for part in field {
        let RawChunk::Normal(text) = &part.v else {
            continue;
        };
        let mut depth = 0usize;
        for byte in text.bytes() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MOST_BRACES {
                return Err(BibtexError::Nested { most: MOST_BRACES });
            }
        }
    }
    Ok(())
}

type Faults = Vec<(usize, BibtexError)>;

/// One entry through the reader, field by field, so that each tells its own fault.
///
/// The reader follows `crossref` and `xdata` by itself, without an end where they run in a circle, so
/// these are kept from it and followed here.
fn read_entry(entry: &Spanned<RawEntry<'_>>, strings: &[Pair<'_>]) -> Result<Entry, Faults> {
    let mut faults = Vec::new();
    let mut fields: BTreeMap<String, Field> = BTreeMap::new();
    for pair in &entry.v.fields {
        let (name, offset) = (pair.key.v.to_ascii_lowercase(), pair.key.span.start);
        if fields.contains_key(&name) {
            faults.push((offset, BibtexError::DuplicateField { field: name }));
            continue;
        }
        if let Err(error) = check_braces(&pair.value.v) {
            faults.push((offset, error));
            continue;
        }
        match read_field(entry, pair, &name, strings) {
            Ok(chunks) => {
                fields.insert(name, Field { chunks, offset });
            }
            Err(error) => {
                // A place within a string that is defined elsewhere is no place in this entry.
                let inside = entry.span.contains(&error.span.start);
                let at = if inside { error.span.start } else { offset };
                faults.push((at, syntax(&error)));
            }
        }
    }
    if faults.is_empty() {
        return Ok(Entry {
            key: entry.v.key.v.to_owned(),
            kind: entry.v.kind.v.to_ascii_lowercase(),
            offset: entry.span.start,
            fields,
        });
    }
    Err(faults)
}

fn read_field(
    entry: &Spanned<RawEntry<'_>>,
    pair: &Pair<'_>,
    name: &str,
    strings: &[Pair<'_>],
) -> Result<Chunks, ParseError> {
    let followed = matches!(name, "crossref" | "xdata" | "ids");
    let passed = if followed { "verba" } else { name };
    let key = Spanned::new(passed, pair.key.span.clone());
    let alone = RawEntry {
        key: entry.v.key.clone(),
        kind: entry.v.kind.clone(),
        fields: vec![Pair::new(key, pair.value.clone())],
    };
    let of_string = |part: &Spanned<RawChunk<'_>>| matches!(part.v, RawChunk::Abbreviation(_));
    let needs_strings = pair.value.v.iter().any(of_string);
    let raw = RawBibliography {
        preamble: String::new(),
        entries: vec![Spanned::new(alone, entry.span.clone())],
        abbreviations: if needs_strings {
            strings.to_vec()
        } else {
            Vec::new()
        },
    };
    let mut entries = Bibliography::from_raw(raw)?.into_vec();
    let fields = entries.pop().map(|entry| entry.fields);
    Ok(fields
        .and_then(|mut fields| fields.remove(passed))
        .unwrap_or_default())
}

/// Fields that an entry never takes from its parent: what names the parent itself.
const OWN: [&str; 21] = [
    "crossref",
    "xref",
    "xdata",
    "ids",
    "key",
    "label",
    "options",
    "entryset",
    "entrysubtype",
    "execute",
    "presort",
    "sortkey",
    "related",
    "relatedtype",
    "title",
    "subtitle",
    "titleaddon",
    "shorttitle",
    "doi",
    "pages",
    "note",
];

/// The name under which a parent's title stands in its child.
fn title_in_child(child: &str, parent: &str, field: &str) -> Option<String> {
    let part = matches!(
        child,
        "inbook"
            | "incollection"
            | "inproceedings"
            | "conference"
            | "inreference"
            | "suppbook"
            | "suppcollection"
            | "bookinbook"
    );
    let prefix = match parent {
        "mvbook" | "mvcollection" | "mvproceedings" | "mvreference" => "main",
        "periodical" => "journal",
        _ if part => "book",
        _ => return None,
    };
    matches!(field, "title" | "subtitle" | "titleaddon").then(|| format!("{prefix}{field}"))
}

type InheritFault = (usize, String, BibtexError);

fn inherit(entries: &[Entry]) -> Result<Vec<Entry>, InheritFault> {
    let by_key: BTreeMap<&str, &Entry> = entries.iter().map(|e| (e.key.as_str(), e)).collect();
    let all = entries.iter();
    all.map(|entry| inherited(entry, &by_key, &mut Vec::new()))
        .collect()
}

fn inherited<'a>(
    entry: &'a Entry,
    by_key: &BTreeMap<&str, &'a Entry>,
    path: &mut Vec<&'a str>,
) -> Result<Entry, InheritFault> {
    let mut whole = entry.clone();
    path.push(&entry.key);
    for name in ["crossref", "xdata"] {
        let Some(field) = entry.fields.get(name) else {
            continue;
        };
        let (text, _) = super::text::plain(&field.chunks);
        for parent in text.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            let fault = |error| (field.offset, entry.key.clone(), error);
            let parent = parent.to_owned();
            let Some(found) = by_key.get(parent.as_str()) else {
                return Err(fault(BibtexError::NoParent {
                    field: name,
                    parent,
                }));
            };
            if path.contains(&found.key.as_str()) || path.len() > 100 {
                return Err(fault(BibtexError::ParentCycle { parent }));
            }
            let found = inherited(found, by_key, path)?;
            take_over(&mut whole, &found);
        }
        whole.fields.remove(name);
    }
    path.pop();
    Ok(whole)
}

fn take_over(child: &mut Entry, parent: &Entry) {
    for (name, field) in &parent.fields {
        let renamed = title_in_child(&child.kind, &parent.kind, name);
        let plainly = parent.kind == "xdata" || !OWN.contains(&name.as_str());
        let Some(name) = renamed.or_else(|| plainly.then(|| name.clone())) else {
            continue;
        };
        // What is inherited has its fault, if any, where the child stands.
        let chunks = field.chunks.clone();
        let offset = child.offset;
        child.fields.entry(name).or_insert(Field { chunks, offset });
    }
}
