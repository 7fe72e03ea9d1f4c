//! What the published schema of CSL-JSON knows: types of items, variables and their kinds.
//!
//! Facts of `csl-data.json`, version 1.0.2, of the Citation Style Language's schemas: 45 types, 103
//! properties. `tests/formats` holds these tables to the schema itself.

use serde_json::Value;

/// All types of items, in the schema's order.
pub const TYPES: [&str; 45] = [
    "article",
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "bill",
    "book",
    "broadcast",
    "chapter",
    "classic",
    "collection",
    "dataset",
    "document",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "event",
    "figure",
    "graphic",
    "hearing",
    "interview",
    "legal_case",
    "legislation",
    "manuscript",
    "map",
    "motion_picture",
    "musical_score",
    "pamphlet",
    "paper-conference",
    "patent",
    "performance",
    "periodical",
    "personal_communication",
    "post",
    "post-weblog",
    "regulation",
    "report",
    "review",
    "review-book",
    "software",
    "song",
    "speech",
    "standard",
    "thesis",
    "treaty",
    "webpage",
];

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Text or a number.
    TextOrNumber,
    /// A list of texts.
    Texts,
    /// A list of names.
    Names,
    /// A date.
    Date,
    /// Pairs of keys and values of the author's own.
    Object,
}

impl Kind {
    /// What is expected, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::TextOrNumber => "text or a number",
            Self::Texts => "a list of texts",
            Self::Names => "a list of names",
            Self::Date => "a date",
            Self::Object => "an object",
        }
    }

    /// Whether a value has this kind, as far as its outermost shape tells.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::TextOrNumber => value.is_string() || value.is_number(),
            Self::Texts => (value.as_array()).is_some_and(|all| all.iter().all(Value::is_string)),
            Self::Names => value.is_array(),
            Self::Date | Self::Object => value.is_object(),
        }
    }
}

/// The variables of one kind.
pub type Variables = (Kind, &'static [&'static str]);

/// All variables by their kind; canonical JSON has them in this order.
pub const VARIABLES: [Variables; 6] = [
    (
        Kind::TextOrNumber,
        &[
            "id",
            "chapter-number",
            "citation-number",
            "collection-number",
            "edition",
            "first-reference-note-number",
            "issue",
            "locator",
            "number",
            "number-of-pages",
            "number-of-volumes",
            "page",
            "page-first",
            "part",
            "printing",
            "supplement",
            "volume",
        ],
    ),
    (
        Kind::Text,
        &[
            "type",
            "abstract",
            "annote",
            "archive",
            "archive-place",
            "archive_collection",
            "archive_location",
            "authority",
            "call-number",
            "citation-key",
            "citation-label",
            "collection-title",
            "container-title",
            "container-title-short",
            "dimensions",
            "division",
            "DOI",
            "event",
            "event-place",
            "event-title",
            "genre",
            "ISBN",
            "ISSN",
            "journalAbbreviation",
            "jurisdiction",
            "keyword",
            "language",
            "medium",
            "note",
            "original-publisher",
            "original-publisher-place",
            "original-title",
            "part-title",
            "PMCID",
            "PMID",
            "publisher",
            "publisher-place",
            "references",
            "reviewed-genre",
            "reviewed-title",
            "scale",
            "section",
            "shortTitle",
            "source",
            "status",
            "title",
            "title-short",
            "URL",
            "version",
            "volume-title",
            "volume-title-short",
            "year-suffix",
        ],
    ),
    (
        Kind::Names,
        &[
            "author",
            "chair",
            "collection-editor",
            "compiler",
            "composer",
            "container-author",
            "contributor",
            "curator",
            "director",
            "editor",
            "editorial-director",
            "executive-producer",
            "guest",
            "host",
            "illustrator",
            "interviewer",
            "narrator",
            "organizer",
            "original-author",
            "performer",
            "producer",
            "recipient",
            "reviewed-author",
            "script-writer",
            "series-creator",
            "translator",
        ],
    ),
    (
        Kind::Date,
        &[
            "accessed",
            "available-date",
            "event-date",
            "issued",
            "original-date",
            "submitted",
        ],
    ),
    (Kind::Texts, &["categories"]),
    (Kind::Object, &["custom"]),
];

/// The kind of a variable, nothing where the schema doesn't know it.
pub fn kind_of(variable: &str) -> Option<Kind> {
    let known = VARIABLES
        .iter()
        .find(|(_, names)| names.contains(&variable));
    known.map(|(kind, _)| *kind)
}

/// What a name is made of; those with `true` may be a number or a truth value, too.
pub const NAME_PARTS: [(&str, bool); 9] = [
    ("family", false),
    ("given", false),
    ("dropping-particle", false),
    ("non-dropping-particle", false),
    ("suffix", false),
    ("comma-suffix", true),
    ("static-ordering", true),
    ("literal", false),
    ("parse-names", true),
];

/// What a date is made of.
pub const DATE_PARTS: [&str; 5] = ["date-parts", "season", "circa", "literal", "raw"];

/// The word nearest to one that isn't known, where any is near.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let wanted = plain(word);
    let near = known.map(|other| (distance(&wanted, &plain(other)), other));
    let best = near.min_by_key(|(distance, _)| *distance);
    best.filter(|(distance, _)| *distance <= 2 && *distance < word.chars().count())
        .map(|(_, other)| other)
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, from) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (idx, to) in b.iter().enumerate() {
            let change = before + usize::from(from != *to);
            before = row[idx + 1];
            row[idx + 1] = change.min(row[idx] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
