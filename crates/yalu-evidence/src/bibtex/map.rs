//! Which type and variable of CSL an entry's type and fields become.

use super::dates;
use super::fault::{BibtexError, BibtexFault, ImportNote, Loss};
use super::names::names;
use super::parse::{Entry, Field};
use super::tables::{DATES, NAMES, TEXTS, TYPES, WORDS};
use super::text::{has_braces, is_braced, plain};
use crate::csl::{Date, Item, ItemType, Lines, Name};
use serde_json::{Map, Value, json};

/// The item of an entry; nothing where the entry isn't a source.
pub(super) fn item(
    entry: Entry,
    lines: &Lines<'_>,
    notes: &mut Vec<ImportNote>,
) -> Result<Option<Item>, Vec<BibtexFault>> {
    let mut mapper = Mapper {
        item: Item::new(entry.key.clone(), ItemType::DOCUMENT),
        entry,
        lines,
        notes: Vec::new(),
        faults: Vec::new(),
    };
    if !mapper.item_type() {
        notes.append(&mut mapper.notes);
        return Ok(None);
    }
    mapper.titles();
    mapper.number();
    mapper.eprint();
    mapper.addresses();
    mapper.texts();
    mapper.names();
    mapper.dates();
    mapper.keep_the_rest();
    notes.append(&mut mapper.notes);
    if mapper.faults.is_empty() {
        return Ok(Some(mapper.item));
    }
    Err(mapper.faults)
}

/// Fields that LaTeX takes to the letter have no escapes, but Zotero's BibTeX writes them there too,
/// and no address has a backslash.
fn without_escapes(mut text: String) -> String {
    for escaped in ["\\_", "\\%", "\\#", "\\&", "\\~", "\\$"] {
        text = text.replace(escaped, &escaped[1..]);
    }
    text
}

struct Mapper<'a> {
    item: Item,
    entry: Entry,
    lines: &'a Lines<'a>,
    notes: Vec<ImportNote>,
    faults: Vec<BibtexFault>,
}

impl Mapper<'_> {
    fn note(&mut self, offset: usize, loss: Loss) {
        self.notes.push(ImportNote {
            line: self.lines.position(offset).line,
            entry: Some(self.entry.key.clone()),
            loss,
        });
    }

    fn fault(&mut self, offset: usize, error: BibtexError) {
        self.faults.push(BibtexFault {
            position: self.lines.position(offset),
            entry: Some(self.entry.key.clone()),
            error,
        });
    }

    /// Takes a field away and reads its text; an empty one is noted.
    fn take(&mut self, name: &str) -> Option<String> {
        let Field { chunks, offset } = self.entry.fields.remove(name)?;
        let (text, lost) = plain(&chunks);
        let field = || name.to_owned();
        for command in lost {
            self.note(
                offset,
                Loss::Command {
                    field: field(),
                    command,
                },
            );
        }
        let title = matches!(
            name,
            "title" | "subtitle" | "booktitle" | "maintitle" | "journaltitle"
        );
        if title && has_braces(&chunks) && !is_braced(&chunks) {
            self.note(offset, Loss::Capitals { field: field() });
        }
        if text.is_empty() {
            self.note(offset, Loss::Empty { field: field() });
            return None;
        }
        if matches!(name, "doi" | "url" | "eprint") {
            return Some(without_escapes(text));
        }
        Some(text)
    }

    fn peek(&self, name: &str) -> Option<String> {
        let field = self.entry.fields.get(name)?;
        Some(plain(&field.chunks).0).filter(|text| !text.is_empty())
    }

    fn set(&mut self, variable: &str, text: String) {
        match self.item.text_slot(variable) {
            Some(slot) => *slot = Some(text),
            None => {
                self.item.rest.insert(variable.to_owned(), json!(text));
            }
        }
    }

    fn is(&self, kinds: &[&str]) -> bool {
        kinds.contains(&self.item.kind.as_str())
    }

    /// Settles the type; false where the entry isn't a source.
    fn item_type(&mut self) -> bool {
        let kind = self.entry.kind.clone();
        let offset = self.entry.offset;
        if kind == "xdata" {
            return false;
        }
        if kind == "set" {
            self.note(offset, Loss::NoSource { kind });
            return false;
        }
        let known = TYPES.iter().find(|(theirs, ..)| *theirs == kind);
        let (mut ours, genre) =
            known.map_or(("document", None), |(_, ours, genre)| (*ours, *genre));
        if known.is_none() {
            self.note(
                offset,
                Loss::Type {
                    kind: kind.clone(),
                    read_as: ours,
                },
            );
        }
        let subtype = self.peek("entrysubtype").map(|text| text.to_lowercase());
        let narrower = match subtype.as_deref() {
            Some("newspaper") => Some("article-newspaper"),
            Some("magazine") => Some("article-magazine"),
            _ => None,
        };
        if let Some(narrower) = narrower.filter(|_| ours == "article-journal") {
            ours = narrower;
            self.entry.fields.remove("entrysubtype");
        }
        // Zotero writes talks and pages as these.
        if ours == "manuscript" && self.entry.fields.contains_key("eventtitle") {
            ours = "speech";
        }
        if kind == "misc" && self.entry.fields.contains_key("urldate") {
            ours = "webpage";
        }
        if let Some(kind) = ItemType::new(ours) {
            self.item.kind = kind;
        }
        if let Some(genre) = genre.filter(|_| !self.entry.fields.contains_key("type")) {
            self.item.genre = Some(genre.to_owned());
        }
        true
    }

    /// Joins titles with their second lines.
    fn titles(&mut self) {
        for (title, second) in [
            ("title", "subtitle"),
            ("booktitle", "booksubtitle"),
            ("journaltitle", "journalsubtitle"),
            ("maintitle", "mainsubtitle"),
        ] {
            let (Some(first), Some(rest)) = (self.peek(title), self.peek(second)) else {
                continue;
            };
            let gap = if first.ends_with(['?', '!', ':', '.']) {
                " "
            } else {
                ": "
            };
            let whole = format!("{first}{gap}{rest}");
            self.take(second);
            self.take(title);
            let variable = TEXTS.iter().find(|(field, _)| *field == title);
            self.set(variable.map_or("title", |(_, variable)| variable), whole);
        }
        if self.is(&["webpage", "post-weblog"])
            && let Some(site) = self.take("titleaddon")
        {
            self.set("container-title", site);
        }
    }

    /// What `number` counts depends on the type.
    fn number(&mut self) {
        let articles = [
            "article-journal",
            "article-magazine",
            "article-newspaper",
            "periodical",
        ];
        let books = ["book", "chapter", "paper-conference"];
        let variable = if self.is(&articles) {
            "issue"
        } else if self.is(&books) {
            "collection-number"
        } else {
            "number"
        };
        if variable == "issue" && self.entry.fields.contains_key("issue") {
            return;
        }
        if let Some(number) = self.take("number") {
            self.set(variable, number);
        }
    }

    /// Archives of preprints and the like: `eprint` with its type and class.
    fn eprint(&mut self) {
        let Some(eprint) = self.take("eprint") else {
            return;
        };
        let archive = self
            .take("eprinttype")
            .or_else(|| self.take("archiveprefix"));
        let class = self
            .take("eprintclass")
            .or_else(|| self.take("primaryclass"));
        match archive.as_deref().map(str::to_lowercase).as_deref() {
            Some("pubmed") => return self.set("PMID", eprint),
            Some("pmc" | "pmcid") => return self.set("PMCID", eprint),
            Some("arxiv") => self.set("archive", "arXiv".to_owned()),
            _ => {
                if let Some(archive) = archive {
                    self.set("archive", archive);
                }
            }
        }
        let class = class.map(|class| format!(" [{class}]")).unwrap_or_default();
        self.set("archive_location", format!("{eprint}{class}"));
    }

    /// Addresses, and `howpublished` where it is one.
    fn addresses(&mut self) {
        let is_address =
            |text: &String| text.starts_with("http://") || text.starts_with("https://");
        if !self.entry.fields.contains_key("url")
            && self.peek("howpublished").as_ref().is_some_and(is_address)
            && let Some(url) = self.take("howpublished")
        {
            self.set("URL", url);
        }
        if let Some(doi) = self.take("doi") {
            let lower = doi.to_ascii_lowercase();
            let at = lower.find("doi.org/").map_or(0, |at| at + "doi.org/".len());
            let bare = doi[at..].trim_start_matches("doi:").trim().to_owned();
            self.set("DOI", bare);
        }
        // Where a talk was given is the event's place, where a book came out the publisher's.
        if self.is(&["speech"])
            && !self.entry.fields.contains_key("venue")
            && let Some(place) = self.take("location").or_else(|| self.take("address"))
        {
            self.set("event-place", place);
        }
    }

    fn texts(&mut self) {
        for (field, variable) in TEXTS {
            let taken = self.item.text(variable).is_some() && variable != "genre";
            if taken || !self.entry.fields.contains_key(field) {
                continue;
            }
            let Some(mut text) = self.take(field) else {
                continue;
            };
            match variable {
                "page" => text = text.replace(['–', '—'], "-"),
                "genre" | "status" => {
                    let word = WORDS.iter().find(|(key, _)| *key == text);
                    text = word.map_or(text, |(_, word)| (*word).to_owned());
                }
                _ => {}
            }
            self.set(variable, text);
        }
    }

    fn names(&mut self) {
        self.editors();
        for (field, variable) in NAMES {
            if let Some(all) = self.take_names(field) {
                self.add_names(variable, all);
            }
        }
        for field in [
            "introduction",
            "foreword",
            "afterword",
            "commentator",
            "annotator",
        ] {
            if let Some(all) = self.take_names(field) {
                self.add_names("contributor", all);
            }
        }
    }

    /// `editora` to `editorc`, and editors that `editortype` calls something else.
    fn editors(&mut self) {
        for suffix in ["", "a", "b", "c"] {
            let (field, kind) = (format!("editor{suffix}"), format!("editor{suffix}type"));
            let role = self.peek(&kind).unwrap_or_else(|| "editor".to_owned());
            let roles = [
                ("editor", "editor"),
                ("compiler", "compiler"),
                ("director", "director"),
                ("producer", "producer"),
                ("organizer", "organizer"),
                ("translator", "translator"),
                ("interviewer", "interviewer"),
                ("host", "host"),
                ("scriptwriter", "script-writer"),
                ("collaborator", "contributor"),
            ];
            let Some((_, variable)) = roles.into_iter().find(|(theirs, _)| *theirs == role) else {
                continue;
            };
            if let Some(all) = self.take_names(&field) {
                self.entry.fields.remove(&kind);
                self.add_names(variable, all);
            }
        }
    }

    fn take_names(&mut self, field: &str) -> Option<Vec<Name>> {
        let Field { chunks, offset } = self.entry.fields.remove(field)?;
        if plain(&chunks).0.is_empty() {
            let field = field.to_owned();
            self.note(offset, Loss::Empty { field });
            return None;
        }
        match names(field, &chunks) {
            Ok((names, losses)) => {
                for loss in losses {
                    self.note(offset, loss);
                }
                Some(names)
            }
            Err(error) => {
                self.fault(offset, error);
                None
            }
        }
    }

    fn add_names(&mut self, variable: &str, names: Vec<Name>) {
        if names.is_empty() {
            return;
        }
        if let Some(slot) = self.item.names_slot(variable) {
            slot.extend(names);
            return;
        }
        let more = names.iter().map(Name::to_json);
        let list = self.item.rest.entry(variable).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.extend(more);
        }
    }

    fn dates(&mut self) {
        for (field, variable) in DATES {
            let offset = self.entry.fields.get(field).map_or(0, |field| field.offset);
            if let Some(text) = self.take(field) {
                self.date(variable, offset, dates::read(field, &text));
            }
        }
        if self.item.issued.is_none() {
            self.year();
        }
    }

    /// BibTeX's year, month and day; without a year the others are kept as they are.
    fn year(&mut self) {
        let offset = self
            .entry
            .fields
            .get("year")
            .map_or(0, |field| field.offset);
        let Some(year) = self.take("year") else {
            return;
        };
        let (month, day) = (self.take("month"), self.take("day"));
        let read = dates::year_month_day(&year, month.as_deref(), day.as_deref());
        self.date("issued", offset, read);
    }

    fn date(
        &mut self,
        variable: &str,
        offset: usize,
        read: Result<(Date, Vec<Loss>), BibtexError>,
    ) {
        match read {
            Ok((date, losses)) => {
                for loss in losses {
                    self.note(offset, loss);
                }
                match self.item.date_slot(variable) {
                    Some(slot) => *slot = Some(date),
                    None => {
                        self.item.rest.insert(variable.to_owned(), date.to_json());
                    }
                }
            }
            Err(error) => self.fault(offset, error),
        }
    }

    /// What has no variable goes under `custom.bibtex`, each with a note.
    fn keep_the_rest(&mut self) {
        let mut kept = Map::new();
        for (name, field) in std::mem::take(&mut self.entry.fields) {
            self.note(
                field.offset,
                Loss::Field {
                    field: name.clone(),
                },
            );
            kept.insert(name, json!(plain(&field.chunks).0));
        }
        if !kept.is_empty() {
            self.item
                .rest
                .insert("custom".to_owned(), json!({"bibtex": kept}));
        }
    }
}
