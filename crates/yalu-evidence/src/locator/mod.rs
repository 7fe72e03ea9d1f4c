//! Where in a source a claim stands, and whether a quote still stands there.
//!
//! An author writes a short text, `pp. 12-15; t=14:45,16:00`. [`Locator`] reads it and prints it back
//! in one form; [`Annotation`] makes of it what the Web Annotation Data Model asks for, so that other
//! tools find the place; [`Place::csl`] what a citation processor asks for. [`find_quote`] looks a
//! quote up in a text. Times and places in a text are half-open: the end isn't part of it.
//!
//! What to write and which selector becomes of it: `docs/sources.md`.

mod annotation;
mod parse;
mod quote;
#[cfg(test)]
mod tests;
mod time;

pub use annotation::{Annotation, AnnotationError, Motivation};
pub use parse::LocatorError;
pub use quote::{Found, Passage, Quote, find_quote};
pub use time::TimeSpan;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a number in a locator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Pages, as printed.
    Page,
    /// Paragraphs.
    Paragraph,
    /// Chapters.
    Chapter,
    /// Sections.
    Section,
    /// Figures.
    Figure,
    /// Tables.
    Table,
    /// Notes at the foot or end.
    Note,
    /// Lines.
    Line,
}

impl Label {
    /// All labels.
    pub const ALL: [Self; 8] = [
        Self::Page,
        Self::Paragraph,
        Self::Chapter,
        Self::Section,
        Self::Figure,
        Self::Table,
        Self::Note,
        Self::Line,
    ];

    /// The locator label of the Citation Style Language, 1.0.2.
    pub fn csl(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Paragraph => "paragraph",
            Self::Chapter => "chapter",
            Self::Section => "section",
            Self::Figure => "figure",
            Self::Table => "table",
            Self::Note => "note",
            Self::Line => "line",
        }
    }

    /// Every form that is read: what is printed for one, what is printed for several, then others.
    fn forms(self) -> &'static [&'static str] {
        match self {
            Self::Page => &["p.", "pp.", "p", "pp", "pg", "pg.", "page", "pages"],
            Self::Paragraph => &[
                "para.",
                "paras.",
                "para",
                "paras",
                "par",
                "par.",
                "pars.",
                "paragraph",
                "paragraphs",
                "¶",
                "¶¶",
            ],
            Self::Chapter => &[
                "ch.", "chs.", "ch", "chap", "chap.", "chaps.", "chapter", "chapters",
            ],
            Self::Section => &[
                "sec.", "secs.", "sec", "secs", "sect", "sect.", "section", "sections", "§", "§§",
            ],
            Self::Figure => &["fig.", "figs.", "fig", "figs", "figure", "figures"],
            Self::Table => &["tab.", "tabs.", "tab", "tabs", "table", "tables"],
            Self::Note => &["n.", "nn.", "n", "nn", "note", "notes", "fn", "fn."],
            Self::Line => &["l.", "ll.", "l", "ll", "line", "lines"],
        }
    }
}

/// Rows of a table of text, counted from 1; the header, where there is one, is row 1 (RFC 7111).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowSpan {
    /// The first row.
    first: u64,
    /// The last row, which belongs to it; none where it goes to the end.
    last: Option<u64>,
}

impl RowSpan {
    /// Rows `first` to `last`, both of them in it; nothing where they don't ascend from 1.
    pub fn new(first: u64, last: Option<u64>) -> Option<Self> {
        let sound = first >= 1 && last.is_none_or(|last| last >= first && last < u64::MAX);
        sound.then_some(Self { first, last })
    }

    /// The first row, and the one after the last; nothing where it goes to the end. From 1.
    pub fn half_open(self) -> (u64, Option<u64>) {
        (self.first, self.last.map(|last| last + 1))
    }
}

/// One place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Pages, paragraphs, figures and the like, with numbers as the source has them (`xii`, `4.1`).
    Numbered {
        /// What is counted.
        label: Label,
        /// The first.
        from: String,
        /// The last, which belongs to it; none where it is one alone.
        to: Option<String>,
    },
    /// A span of a recording.
    Time(TimeSpan),
    /// Rows of a CSV file.
    Rows(RowSpan),
}

/// A locator as a citation processor takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CslLocator {
    /// What is counted, such as `page` or `timestamp`.
    pub label: &'static str,
    /// The numbers.
    pub locator: String,
}

impl Place {
    /// Label and text for a citation processor; nothing for rows, for which CSL has no label.
    pub fn csl(&self) -> Option<CslLocator> {
        let (label, locator) = match self {
            Self::Numbered { label, from, to } => (label.csl(), numbers(from, to.as_deref())),
            Self::Time(span) => ("timestamp", span.clock("-")),
            Self::Rows(_) => return None,
        };
        Some(CslLocator { label, locator })
    }
}

fn numbers(from: &str, to: Option<&str>) -> String {
    to.map_or_else(|| from.to_owned(), |to| format!("{from}-{to}"))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered { label, from, to } => {
                let form = label.forms()[usize::from(to.is_some())];
                write!(f, "{form} {}", numbers(from, to.as_deref()))
            }
            Self::Time(span) => write!(f, "t={}", span.clock(",")),
            Self::Rows(RowSpan { first, last }) => match last {
                Some(last) if last == first => write!(f, "row {first}"),
                Some(last) => write!(f, "rows {first}-{last}"),
                None => write!(f, "rows {first}-*"),
            },
        }
    }
}

/// One place or several, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locator {
    places: Vec<Place>,
}

impl Locator {
    /// The places, one at least.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The time spans among them, such as a player would jump to.
    pub fn times(&self) -> impl Iterator<Item = TimeSpan> {
        self.places.iter().filter_map(|place| match place {
            Place::Time(span) => Some(*span),
            _ => None,
        })
    }
}

impl fmt::Display for Locator {
    /// The canonical text: `pp. 12-15; t=14:45,16:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, place) in self.places.iter().enumerate() {
            write!(f, "{}{place}", if at > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

impl Serialize for Locator {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Locator {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Locator {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Locator".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Where in a source a claim stands, such as `p. 12`, `t=14:45,16:00`, `rows 12-15`; several joined by `;`",
            "type": "string"
        })
    }
}
