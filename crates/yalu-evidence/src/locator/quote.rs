//! Whether a quote still stands in a text, and where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A quote, with what stands around it where that is needed to tell it from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// The words quoted.
    pub exact: String,
    /// What stands right before them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// What stands right after them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

impl Quote {
    /// A quote without surroundings.
    pub fn new(exact: impl Into<String>) -> Self {
        Self {
            exact: exact.into(),
            prefix: None,
            suffix: None,
        }
    }
}

/// A place in a text where a quote stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Passage {
    /// Its bytes in the text, half-open.
    pub bytes: Range<usize>,
    /// The words as the text has them.
    pub exact: String,
    /// What stands before: 32 characters, more where up to 200 passages are alike in those.
    pub prefix: String,
    /// What stands after, likewise.
    pub suffix: String,
    /// Whether the text has the quote to the letter, not only but for blanks, quotation marks, dashes
    /// and case.
    pub verbatim: bool,
}

impl Passage {
    /// The quote as the text has it, with its surroundings.
    pub fn quote(&self) -> Quote {
        let around = |text: &String| (!text.is_empty()).then(|| text.clone());
        Quote {
            exact: self.exact.clone(),
            prefix: around(&self.prefix),
            suffix: around(&self.suffix),
        }
    }
}

/// What became of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Found {
    /// It stands there once, in the surroundings that were given.
    Unique {
        /// Where.
        passage: Passage,
    },
    /// It stands there several times, and the surroundings don't tell which is meant.
    Ambiguous {
        /// Where, in the text's order.
        passages: Vec<Passage>,
    },
    /// It stands there, but not in the surroundings that were given.
    Moved {
        /// Where, in the text's order.
        passages: Vec<Passage>,
    },
    /// It doesn't stand there.
    Orphaned,
    /// There is nothing to look for: the quote has no letter and no digit.
    Nothing,
}

/// Characters shown around a passage, before more are needed.
const AROUND: usize = 32;

/// Looks a quote up in a text. Blanks, line ends, invisible characters, the kinds of quotation marks
/// and dashes, and small or capital letters make no difference; every other character does. An end of
/// the quote in Latin letters or digits must be the end of a word.
///
/// ```
/// use yalu_evidence::locator::{Found, Quote, find_quote};
///
/// let transcript = "He said:\n“a  border is sometimes just a border”, and went on.";
/// let found = find_quote(transcript, &Quote::new("A border is sometimes just a border"));
/// let Found::Unique { passage } = found else { panic!("it stands there once") };
/// assert_eq!(passage.exact, "a  border is sometimes just a border");
/// assert_eq!(passage.prefix, "He said:\n“");
/// ```
pub fn find_quote(text: &str, quote: &Quote) -> Found {
    let wanted = Folded::new(&quote.exact).trimmed();
    if !wanted.chars().any(char::is_alphanumeric) {
        return Found::Nothing;
    }
    let folded = Folded::new(text);
    let all = folded.occurrences(&wanted);
    let around = |side: &Option<String>| Folded::new(side.as_deref().unwrap_or("")).text;
    let (prefix, suffix) = (around(&quote.prefix), around(&quote.suffix));
    let fits = |range: &&Range<usize>| {
        let before = folded.text[..range.start].trim_end();
        let after = folded.text[range.end..].trim_start();
        before.ends_with(prefix.trim()) && after.starts_with(suffix.trim())
    };
    let meant: Vec<Range<usize>> = all.iter().filter(fits).cloned().collect();
    let passages = |ranges: &[Range<usize>]| passages(text, &folded, ranges, &quote.exact);
    match (meant.len(), all.len()) {
        (_, 0) => Found::Orphaned,
        (0, _) => Found::Moved {
            passages: passages(&all),
        },
        (1, _) => Found::Unique {
            passage: passages(&meant).remove(0),
        },
        _ => Found::Ambiguous {
            passages: passages(&meant),
        },
    }
}

/// A text with all that makes no difference folded away, and the place of each byte of it.
struct Folded {
    text: String,
    /// For each byte of `text`, the bytes in the original that it came from.
    places: Vec<Range<usize>>,
}

impl Folded {
    fn new(original: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            places: Vec::with_capacity(original.len()),
        };
        for (at, c) in original.char_indices() {
            folded.push(c, at..at + c.len_utf8());
        }
        folded
    }

    fn push(&mut self, c: char, place: Range<usize>) {
        match c {
            // Soft hyphen, zero-width characters, marks of direction, byte order mark.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            _ if c.is_whitespace() => {
                if !self.text.ends_with(' ') {
                    self.add(' ', &place);
                }
            }
            '‘' | '’' | '‚' | '‛' | '‹' | '›' | '`' | '´' => self.add('\'', &place),
            '“' | '”' | '„' | '‟' | '«' | '»' | '＂' => self.add('"', &place),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => self.add('-', &place),
            '…' => (0..3).for_each(|_| self.add('.', &place)),
            _ => c.to_lowercase().for_each(|c| self.add(c, &place)),
        }
    }

    fn add(&mut self, c: char, place: &Range<usize>) {
        self.text.push(c);
        let n = c.len_utf8();
        self.places.extend(std::iter::repeat_n(place.clone(), n));
    }

    fn trimmed(self) -> String {
        self.text.trim().to_owned()
    }

    /// Where a folded quote stands, in bytes of the folded text.
    fn occurrences(&self, wanted: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = self.text[from..].find(wanted) {
            let range = from + at..from + at + wanted.len();
            if self.whole_words(&range) {
                found.push(range.clone());
            }
            let step = self.text[range.start..]
                .chars()
                .next()
                .map_or(1, char::len_utf8);
            from = range.start + step;
        }
        found
    }

    /// Whether neither end cuts a Latin word or number. Scripts without blanks have no such ends.
    fn whole_words(&self, range: &Range<usize>) -> bool {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let inside = &self.text[range.clone()];
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        let cut_before = latin(before) && latin(inside.chars().next());
        let cut_after = latin(after) && latin(inside.chars().next_back());
        !cut_before && !cut_after
    }

    fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.places[range.start].start..self.places[range.end - 1].end
    }
}

/// More passages than this are listed as they are: nobody tells that many apart by hand.
const MOST_TOLD_APART: usize = 200;

fn passages(text: &str, folded: &Folded, ranges: &[Range<usize>], exact: &str) -> Vec<Passage> {
    let mut around = AROUND;
    loop {
        let found: Vec<Passage> = (ranges.iter())
            .map(|range| passage(text, folded.original(range), around, exact))
            .collect();
        if found.len() > MOST_TOLD_APART || around > text.len() || are_apart(&found) {
            return found;
        }
        around *= 2;
    }
}

/// Whether no passage's surroundings would be taken for another's.
fn are_apart(found: &[Passage]) -> bool {
    let folded = |side: &str| Folded::new(side).trimmed();
    let sides: Vec<(String, String)> = (found.iter())
        .map(|passage| (folded(&passage.prefix), folded(&passage.suffix)))
        .collect();
    let fits = |(prefix, suffix): &(String, String), other: &(String, String)| {
        other.0.ends_with(prefix) && other.1.starts_with(suffix)
    };
    sides.iter().enumerate().all(|(at, one)| {
        let others = sides.iter().enumerate();
        others
            .filter(|(idx, _)| *idx != at)
            .all(|(_, other)| !fits(one, other))
    })
}

fn passage(text: &str, bytes: Range<usize>, around: usize, exact: &str) -> Passage {
    let before = &text[..bytes.start];
    let from = before.char_indices().rev().nth(around - 1);
    let after = &text[bytes.end..];
    let to = after.char_indices().nth(around);
    Passage {
        exact: text[bytes.clone()].to_owned(),
        prefix: before[from.map_or(0, |(at, _)| at)..].to_owned(),
        suffix: after[..to.map_or(after.len(), |(at, _)| at)].to_owned(),
        verbatim: &text[bytes.clone()] == exact.trim(),
        bytes,
    }
}
