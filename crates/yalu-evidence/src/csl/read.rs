//! From JSON to items, with every fault and where it stands.

use super::date::{Date, found};
use super::fault::{CslError, CslFault, CslNotice, Notice};
use super::item::{Item, ItemType, Name};
use super::schema::{Kind, NAME_PARTS, TYPES, kind_of, nearest};
use super::tree::{Lines, Node, Position};
use super::{Library, sorted};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Reads a library of sources in CSL-JSON, as Zotero and others export it: a list of items.
///
/// Beside what the schema of version 1.0.2 asks for, every date must be in the calendar, every name
/// must name somebody, identifiers must differ, and no key may stand twice in one object. An
/// identifier may be a number or an address; parts of dates may be text. Keys that the schema doesn't
/// know are kept and noted.
///
/// ```
/// let text = r#"[{"id": "c13", "type": "post-weblog", "title": "Talks in London",
///     "issued": {"date-parts": [["2013", 7, 31]]}}]"#;
/// let library = yalu_evidence::csl::read_csl(text).map_err(|faults| faults[0].clone())?;
/// assert_eq!(library.items[0].title.as_deref(), Some("Talks in London"));
///
/// let faults = yalu_evidence::csl::read_csl(&text.replace("31", "32")).unwrap_err();
/// assert_eq!(
///     faults[0].to_string(),
///     "line 2, column 30: item `c13`: the date `issued` is 2013-7-32, which isn't in the calendar"
/// );
/// # Ok::<(), yalu_evidence::csl::CslFault>(())
/// ```
///
/// # Errors
/// All faults, in the order of the text.
pub fn read_csl(text: &str) -> Result<Library, Vec<CslFault>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = text.len() - body.len();
    let lines = Lines::new(text);
    let parsed = serde_json::from_str(body);
    let value: Value = parsed.map_err(|e| vec![syntax(&lines, before, &e)])?;
    let mut reader = Reader {
        lines,
        before,
        faults: Vec::new(),
        notices: Vec::new(),
    };
    let node = Node::of(body);
    let items = reader.items(&value, &node);
    if reader.faults.is_empty() {
        let notices = reader.notices;
        return Ok(Library { items, notices });
    }
    Err(sorted(reader.faults))
}

fn syntax(lines: &Lines<'_>, before: usize, error: &serde_json::Error) -> CslFault {
    // The reader counts bytes of a line from 1, 0 for its very beginning, and knows of no mark before.
    let mark = if error.line() == 1 { before } else { 0 };
    let offset = lines.start(error.line()) + mark + error.column().saturating_sub(1);
    let said = error.to_string();
    let found = said
        .rsplit_once(" at line ")
        .map_or(said.as_str(), |(what, _)| what);
    CslFault {
        position: lines.position(offset),
        item: None,
        error: CslError::Syntax {
            found: found.to_owned(),
        },
    }
}

struct Reader<'a> {
    lines: Lines<'a>,
    /// Bytes of a byte order mark.
    before: usize,
    faults: Vec<CslFault>,
    notices: Vec<CslNotice>,
}

impl Reader<'_> {
    fn position(&self, node: &Node) -> Position {
        self.lines.position(self.before + node.offset)
    }

    fn fault(&mut self, node: &Node, item: Option<&str>, error: CslError) {
        let position = self.position(node);
        let item = item.map(str::to_owned);
        self.faults.push(CslFault {
            position,
            item,
            error,
        });
    }

    fn notice(&mut self, node: &Node, item: &str, notice: Notice) {
        let (position, item) = (self.position(node), item.to_owned());
        self.notices.push(CslNotice {
            position,
            item,
            notice,
        });
    }

    fn items(&mut self, value: &Value, node: &Node) -> Vec<Item> {
        let Some(values) = value.as_array() else {
            let found = found(value);
            self.fault(node, None, CslError::NotAList { found });
            return Vec::new();
        };
        let mut items: Vec<Item> = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (at, (value, node)) in values.iter().zip(&node.entries).enumerate() {
            let Some(item) = self.item(at, value, node) else {
                continue;
            };
            let line = self.position(node).line;
            let id = node.get("id").unwrap_or(node);
            if let Some(&first) = seen.get(&item.id) {
                self.fault(id, Some(&quoted(&item.id)), CslError::DuplicateId { first });
            }
            seen.entry(item.id.clone()).or_insert(line);
            items.push(item);
        }
        items
    }

    /// An item as far as it is sound; nothing where it has no identifier.
    fn item(&mut self, at: usize, value: &Value, node: &Node) -> Option<Item> {
        let number = format!("{}", at + 1);
        let Some(map) = value.as_object() else {
            let found = found(value);
            self.fault(node, Some(&number), CslError::NotAnItem { found });
            return None;
        };
        let id = match identifier(map) {
            Ok(id) => Some(id),
            Err(error) => {
                self.fault(node.get("id").unwrap_or(node), Some(&number), error);
                None
            }
        };
        let name = id.as_deref().map_or(number, quoted);
        for (key, offset) in node.duplicates() {
            let position = self.lines.position(self.before + offset);
            self.faults.push(CslFault {
                position,
                item: Some(name.clone()),
                error: CslError::DuplicateKey { key },
            });
        }
        let kind = match item_type(map) {
            Ok(kind) => kind,
            Err(error) => {
                self.fault(node.get("type").unwrap_or(node), Some(&name), error);
                ItemType::DOCUMENT
            }
        };
        let mut item = Item::new(id.clone().unwrap_or_default(), kind);
        for (key, value) in map {
            if !matches!(key.as_str(), "id" | "type") {
                let at = node.get(key).unwrap_or(node);
                self.variable(&mut item, &name, (key, value), at);
            }
        }
        id.map(|_| item)
    }

    fn variable(
        &mut self,
        item: &mut Item,
        name: &str,
        (key, value): (&String, &Value),
        node: &Node,
    ) {
        let Some(kind) = kind_of(key) else {
            let key_owned = key.clone();
            self.notice(node, name, Notice::UnknownKey { key: key_owned });
            item.rest.insert(key.clone(), value.clone());
            return;
        };
        if !kind.fits(value) {
            let error = CslError::Kind {
                key: key.clone(),
                found: found(value),
                expected: kind.words(),
            };
            self.fault(node, Some(name), error);
            return;
        }
        if let Some((key, instead)) = OLD.into_iter().find(|(old, _)| old == key) {
            self.notice(node, name, Notice::OldKey { key, instead });
        }
        match kind {
            Kind::Names => {
                let names = self.names(name, key, value, node);
                if let Some(slot) = item.names_slot(key) {
                    *slot = names;
                    return;
                }
            }
            Kind::Date => {
                let date = self.date(name, key, value, node);
                if let Some(slot) = item.date_slot(key) {
                    *slot = date;
                    return;
                }
            }
            Kind::Text | Kind::TextOrNumber => {
                if let Some(slot) = item.text_slot(key) {
                    *slot = text_or_number(value);
                    return;
                }
            }
            Kind::Texts | Kind::Object => {}
        }
        item.rest.insert(key.clone(), value.clone());
    }

    fn names(&mut self, item: &str, key: &str, value: &Value, node: &Node) -> Vec<Name> {
        let mut names = Vec::new();
        let all = value.as_array().into_iter().flatten();
        for (value, node) in all.zip(&node.entries) {
            match self.name(item, key, value, node) {
                Ok(name) => names.push(name),
                Err((at, error)) => {
                    let at = node.get(&at).unwrap_or(node);
                    self.fault(at, Some(item), error);
                }
            }
        }
        names
    }

    fn name(
        &mut self,
        item: &str,
        variable: &str,
        value: &Value,
        node: &Node,
    ) -> Result<Name, (String, CslError)> {
        let kind = |key: &str, value: &Value, expected: &'static str| CslError::Kind {
            key: key.to_owned(),
            found: found(value),
            expected,
        };
        let Some(map) = value.as_object() else {
            return Err((String::new(), kind(variable, value, "a list of names")));
        };
        let mut name = Name::default();
        for (key, value) in map {
            let path = format!("{variable}.{key}");
            let known = NAME_PARTS.iter().find(|(part, _)| part == key);
            match (known, value) {
                (None, _) => {
                    let at = node.get(key).unwrap_or(node);
                    self.notice(at, item, Notice::UnknownKey { key: path });
                    name.rest.insert(key.clone(), value.clone());
                }
                (Some((_, false)), Value::String(text)) => {
                    let mut slots = name.slots().into_iter();
                    if let Some((_, slot)) = slots.find(|(part, _)| part == key) {
                        *slot = Some(text.clone());
                    }
                }
                (Some((_, false)), _) => return Err((key.clone(), kind(&path, value, "text"))),
                (Some((_, true)), Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
                    name.rest.insert(key.clone(), value.clone());
                }
                (Some((_, true)), _) => {
                    let expected = "text, a number or a truth value";
                    return Err((key.clone(), kind(&path, value, expected)));
                }
            }
        }
        if name.whole().trim().is_empty() {
            let key = variable.to_owned();
            return Err((String::new(), CslError::EmptyName { key }));
        }
        Ok(name)
    }

    fn date(&mut self, item: &str, key: &str, value: &Value, node: &Node) -> Option<Date> {
        match Date::from_json(key, value.as_object()?) {
            Ok(date) => {
                for unknown in date.rest.keys() {
                    let at = node.get(unknown).unwrap_or(node);
                    let key = format!("{key}.{unknown}");
                    self.notice(at, item, Notice::UnknownKey { key });
                }
                Some(date)
            }
            Err(error) => {
                let part = match &error {
                    CslError::Season { .. } => "season",
                    CslError::Kind { key, .. } => key.rsplit('.').next().unwrap_or(""),
                    _ => "date-parts",
                };
                let at = node.get(part).unwrap_or(node);
                self.fault(at, Some(item), error);
                None
            }
        }
    }
}

/// Names that CSL 1.0.2 has replaced, and what by.
const OLD: [(&str, &str); 3] = [
    ("event", "event-title"),
    ("shortTitle", "title-short"),
    ("journalAbbreviation", "container-title-short"),
];

fn quoted(id: &str) -> String {
    format!("`{id}`")
}

fn text_or_number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn identifier(map: &Map<String, Value>) -> Result<String, CslError> {
    let value = map.get("id").ok_or(CslError::NoId)?;
    let text = text_or_number(value).ok_or_else(|| CslError::Kind {
        key: "id".into(),
        found: found(value),
        expected: Kind::TextOrNumber.words(),
    })?;
    if text.trim().is_empty() {
        return Err(CslError::EmptyId);
    }
    Ok(text)
}

fn item_type(map: &Map<String, Value>) -> Result<ItemType, CslError> {
    let value = map.get("type").ok_or(CslError::NoType)?;
    let name = value.as_str().ok_or_else(|| CslError::Kind {
        key: "type".into(),
        found: found(value),
        expected: "text",
    })?;
    ItemType::new(name).ok_or_else(|| CslError::UnknownType {
        found: name.to_owned(),
        nearest: nearest_type(name),
    })
}

fn nearest_type(name: &str) -> Option<&'static str> {
    // Names that Zotero's own interface has, which are no types of CSL.
    let zotero = [
        ("blogPost", "post-weblog"),
        ("journalArticle", "article-journal"),
        ("magazineArticle", "article-magazine"),
        ("newspaperArticle", "article-newspaper"),
        ("bookSection", "chapter"),
        ("conferencePaper", "paper-conference"),
        ("podcast", "song"),
        ("audioRecording", "song"),
        ("videoRecording", "motion_picture"),
        ("presentation", "speech"),
        ("web", "webpage"),
        ("website", "webpage"),
        ("article-news", "article-newspaper"),
    ];
    let known = zotero.into_iter().find(|(theirs, _)| *theirs == name);
    known
        .map(|(_, ours)| ours)
        .or_else(|| nearest(name, TYPES.into_iter()))
}
