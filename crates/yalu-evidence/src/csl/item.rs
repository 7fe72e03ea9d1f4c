//! A source: what it is, who made it, when and where.

use super::date::Date;
use super::schema::{TYPES, VARIABLES};
use serde_json::{Map, Value, json};
use std::fmt;

/// The type of an item, one of [`TYPES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemType(&'static str);

impl ItemType {
    /// The type of this name, nothing where the schema has none.
    pub fn new(name: &str) -> Option<Self> {
        TYPES.into_iter().find(|known| *known == name).map(Self)
    }

    /// A document of any kind.
    pub const DOCUMENT: Self = Self("document");

    /// Its name in CSL.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A person's or a body's name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Name {
    /// The family name.
    pub family: Option<String>,
    /// The given names.
    pub given: Option<String>,
    /// A particle that is left out in short forms: `de` in `La Fontaine, Jean de`.
    pub dropping_particle: Option<String>,
    /// A particle that always stays: `van der` in `van der Meer`.
    pub non_dropping_particle: Option<String>,
    /// What follows the name: `Jr.`.
    pub suffix: Option<String>,
    /// The name of a body, or one that has no parts.
    pub literal: Option<String>,
    /// Other keys, those of the schema among them that only tell a processor how to print the name.
    pub rest: Map<String, Value>,
}

impl Name {
    /// A body's name, or one without parts.
    pub fn literal(name: impl Into<String>) -> Self {
        Self {
            literal: Some(name.into()),
            ..Self::default()
        }
    }

    /// What a short citation has: the family name with its particle, else the whole name.
    pub fn short(&self) -> String {
        let parts = [&self.non_dropping_particle, &self.family];
        if self.family.is_none() {
            return self.whole();
        }
        joined(&parts)
    }

    /// The whole name as it is spoken: `Jan van der Meer Jr.`.
    pub fn whole(&self) -> String {
        if let Some(literal) = &self.literal {
            return literal.clone();
        }
        let particles = (&self.dropping_particle, &self.non_dropping_particle);
        if self.family_first() {
            return joined(&[&self.family, &self.given, &self.suffix]);
        }
        let (dropping, staying) = particles;
        joined(&[&self.given, dropping, staying, &self.family, &self.suffix])
    }

    /// The whole name with the family name first, as lists sort it: `van der Meer, Jan, Jr.`.
    pub fn inverted(&self) -> String {
        if self.literal.is_some()
            || self.family_first()
            || self.family.is_none()
            || self.given.is_none()
        {
            return self.whole();
        }
        let given = joined(&[&self.given, &self.dropping_particle]);
        let suffix = self.suffix.as_ref().map(|suffix| format!(", {suffix}"));
        format!("{}, {given}{}", self.short(), suffix.unwrap_or_default())
    }

    /// Whether the family name comes first as it is, as in Chinese and Korean.
    fn family_first(&self) -> bool {
        match self.rest.get("static-ordering") {
            Some(Value::Bool(set)) => *set,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !text.is_empty(),
            _ => false,
        }
    }

    /// The parts by their names in CSL.
    pub(super) fn slots(&mut self) -> [(&'static str, &mut Option<String>); 6] {
        [
            ("family", &mut self.family),
            ("given", &mut self.given),
            ("dropping-particle", &mut self.dropping_particle),
            ("non-dropping-particle", &mut self.non_dropping_particle),
            ("suffix", &mut self.suffix),
            ("literal", &mut self.literal),
        ]
    }

    /// The name as CSL-JSON.
    pub fn to_json(&self) -> Value {
        let mut copy = self.clone();
        let set = copy.slots().into_iter();
        let mut map: Map<String, Value> = set
            .filter_map(|(key, part)| Some((key.to_owned(), json!(part.as_ref()?))))
            .collect();
        map.extend(self.rest.clone());
        Value::Object(map)
    }
}

fn joined(parts: &[&Option<String>]) -> String {
    let said = parts.iter().filter_map(|part| part.as_deref());
    let said: Vec<&str> = said.filter(|part| !part.is_empty()).collect();
    said.join(" ")
}

/// Makes an item, and what finds its variables by their names in CSL, of one list.
macro_rules! item {
    (
        texts { $($(#[$text_doc:meta])* $text:ident = $text_name:literal,)+ }
        names { $($(#[$names_doc:meta])* $names:ident = $names_name:literal,)+ }
        dates { $($(#[$date_doc:meta])* $date:ident = $date_name:literal,)+ }
    ) => {
        /// A source.
        ///
        /// Variables that hold text or a number are text here. What has no field of its own is in
        /// `rest`, as the library has it, so that nothing is lost when it is written again.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Item {
            /// The name by which claims cite it, unique in its library.
            pub id: String,
            /// What it is.
            pub kind: ItemType,
            $($(#[$text_doc])* pub $text: Option<String>,)+
            $($(#[$names_doc])* pub $names: Vec<Name>,)+
            $($(#[$date_doc])* pub $date: Option<Date>,)+
            /// All other variables, those that the schema doesn't know among them.
            pub rest: Map<String, Value>,
        }

        impl Item {
            /// An item of which nothing else is known yet.
            pub fn new(id: impl Into<String>, kind: ItemType) -> Self {
                Self {
                    id: id.into(),
                    kind,
                    $($text: None,)+
                    $($names: Vec::new(),)+
                    $($date: None,)+
                    rest: Map::new(),
                }
            }

            pub(crate) fn text_slot(&mut self, variable: &str) -> Option<&mut Option<String>> {
                match variable {
                    $($text_name => Some(&mut self.$text),)+
                    _ => None,
                }
            }

            pub(crate) fn names_slot(&mut self, variable: &str) -> Option<&mut Vec<Name>> {
                match variable {
                    $($names_name => Some(&mut self.$names),)+
                    _ => None,
                }
            }

            pub(crate) fn date_slot(&mut self, variable: &str) -> Option<&mut Option<Date>> {
                match variable {
                    $($date_name => Some(&mut self.$date),)+
                    _ => None,
                }
            }

            /// The text of a variable by its name in CSL, of those with a field and of all others.
            pub fn text(&self, variable: &str) -> Option<&str> {
                match variable {
                    $($text_name => self.$text.as_deref(),)+
                    _ => self.rest.get(variable).and_then(Value::as_str),
                }
            }

            fn value(&self, variable: &str) -> Option<Value> {
                let names = |names: &Vec<Name>| -> Option<Value> {
                    (!names.is_empty()).then(|| names.iter().map(Name::to_json).collect())
                };
                match variable {
                    "id" => Some(json!(self.id)),
                    "type" => Some(json!(self.kind.as_str())),
                    $($text_name => self.$text.as_ref().map(|text| json!(text)),)+
                    $($names_name => names(&self.$names),)+
                    $($date_name => self.$date.as_ref().map(Date::to_json),)+
                    _ => None,
                }
            }
        }
    };
}

item! {
    texts {
        /// Its title.
        title = "title",
        /// A shorter title.
        title_short = "title-short",
        /// The journal, newspaper, book, site or series that it stands in.
        container_title = "container-title",
        /// The series.
        collection_title = "collection-title",
        /// Who published it.
        publisher = "publisher",
        /// Where it was published.
        publisher_place = "publisher-place",
        /// Its pages in the container.
        page = "page",
        /// The container's volume.
        volume = "volume",
        /// The container's issue.
        issue = "issue",
        /// Its own number, such as a report's or a resolution's.
        number = "number",
        /// The edition.
        edition = "edition",
        /// What kind of its type: `Podcast`, `Resolution`, `PhD thesis`.
        genre = "genre",
        /// What it is recorded on.
        medium = "medium",
        /// Its language, as a tag such as `zh-CN`.
        language = "language",
        /// Its digital object identifier.
        doi = "DOI",
        /// Its address.
        url = "URL",
        /// The archive that keeps it.
        archive = "archive",
        /// Where in the archive, or the archived copy's address.
        archive_location = "archive_location",
        /// The event at which it was given.
        event_title = "event-title",
        /// Where the event was.
        event_place = "event-place",
        /// What it says, in short.
        abstract_text = "abstract",
        /// A note for an annotated list.
        annote = "annote",
        /// A note, often with lines `key: value`.
        note = "note",
    }
    names {
        /// Who wrote, spoke or made it.
        author = "author",
        /// Who edited it.
        editor = "editor",
        /// Who translated it.
        translator = "translator",
    }
    dates {
        /// When it came out.
        issued = "issued",
        /// When somebody last looked it up.
        accessed = "accessed",
        /// When the event was.
        event_date = "event-date",
    }
}

impl Item {
    /// The item as canonical CSL-JSON: variables by kind in the schema's order, the identifier as
    /// text, then keys that the schema doesn't know, in the order of the library.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        for variable in VARIABLES.iter().flat_map(|(_, names)| names.iter()) {
            let value = self
                .value(variable)
                .or_else(|| self.rest.get(*variable).cloned());
            if let Some(value) = value {
                map.insert((*variable).to_owned(), value);
            }
        }
        for (key, value) in &self.rest {
            map.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(map)
    }

    /// The lines `key: value` of its note, as Zotero's field Extra keeps what has no field: the key
    /// as written and what it holds. Other lines aren't among them.
    pub fn note_lines(&self) -> Vec<(&str, &str)> {
        let lines = self.note.iter().flat_map(|note| note.lines());
        lines
            .filter_map(|line| {
                let (key, value) = line.split_once(':')?;
                let (key, value) = (key.trim(), value.trim());
                let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.');
                let is_key = !key.is_empty() && key.chars().count() <= 40 && key.chars().all(word);
                // `https://...` is an address, not a key.
                (is_key && !value.is_empty() && !value.starts_with("//")).then_some((key, value))
            })
            .collect()
    }

    /// The text of a variable, or else what a line of the note says of it (`Event Place: London`).
    pub fn stated(&self, variable: &str) -> Option<&str> {
        let old = match variable {
            "event-title" => self.text("event"),
            "title-short" => self.text("shortTitle"),
            "container-title-short" => self.text("journalAbbreviation"),
            _ => None,
        };
        let noted = || {
            let plain = |key: &str| key.to_lowercase().replace([' ', '_'], "-");
            let wanted = plain(variable);
            let lines = self.note_lines();
            let line = lines.into_iter().find(|(key, _)| plain(key) == wanted);
            line.map(|(_, value)| value)
        };
        let said = self.text(variable).or(old).or_else(noted);
        said.map(str::trim).filter(|text| !text.is_empty())
    }

    /// The author's own keys and values, of the variable `custom`.
    pub fn custom(&self) -> Option<&Map<String, Value>> {
        self.rest.get("custom").and_then(Value::as_object)
    }
}
