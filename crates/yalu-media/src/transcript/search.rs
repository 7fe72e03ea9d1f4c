//! Finding a phrase in a transcript.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::Transcript;
use crate::time::MediaTime;

/// A phrase found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hit {
    /// The passage, by its place in the transcript, from 0.
    pub passage: usize,
    /// Where the passage begins: where a player jumps to.
    pub start: MediaTime,
    /// What was found, in bytes of the passage's text, in order; they don't overlap.
    pub ranges: Vec<Range<usize>>,
}

/// Finds a phrase in each passage, whatever its case, accents and spaces: `strasse` finds `Straße`,
/// `musafaga` finds `Musafağa`, two words find each other across a line's end. A phrase that runs from
/// one passage into the next isn't found. An empty phrase finds nothing.
pub fn search(transcript: &Transcript, phrase: &str) -> Vec<Hit> {
    let phrase: Vec<char> = folded(phrase.trim()).iter().map(|one| one.letter).collect();
    if phrase.is_empty() {
        return Vec::new();
    }
    let hits = transcript
        .passages
        .iter()
        .enumerate()
        .filter_map(|(index, passage)| {
            let ranges = find(&folded(&passage.text), &phrase);
            (!ranges.is_empty()).then_some(Hit {
                passage: index,
                start: passage.start,
                ranges,
            })
        });
    hits.collect()
}

/// A letter as it is compared, with the bytes of the text that it comes from.
struct Folded {
    letter: char,
    start: usize,
    end: usize,
    /// Whether a character of the text begins or ends with it: Hangul comes apart into several, and
    /// half a syllable is no match.
    first: bool,
    last: bool,
}

fn folded(text: &str) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::new();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if is_combining_mark(c) {
            // An accent of its own belongs to the letter before.
            if let Some(before) = out.last_mut() {
                before.end = end;
            }
            continue;
        }
        if c.is_whitespace() {
            match out.last_mut().filter(|before| before.letter == ' ') {
                Some(before) => before.end = end,
                None => out.push(letter(' ', start, end)),
            }
            continue;
        }
        let from = out.len();
        let plain = c.nfkd().filter(|&c| !is_combining_mark(c));
        for one in plain.flat_map(char::to_lowercase) {
            out.extend(base(one).chars().map(|one| letter(one, start, end)));
        }
        let n = out.len();
        for (i, one) in out[from..].iter_mut().enumerate() {
            (one.first, one.last) = (i == 0, from + i + 1 == n);
        }
    }
    out
}

fn letter(letter: char, start: usize, end: usize) -> Folded {
    Folded {
        letter,
        start,
        end,
        first: true,
        last: true,
    }
}

/// Letters that have no decomposition but are searched for as others. Quotation marks and dashes are
/// searched for as they are typed.
fn base(c: char) -> String {
    let base = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        '\u{2018}' | '\u{2019}' | 'ʼ' => "'",
        '\u{201c}' | '\u{201d}' => "\"",
        '\u{2010}'..='\u{2015}' => "-",
        other => return other.to_string(),
    };
    base.to_owned()
}

fn find(text: &[Folded], phrase: &[char]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while at + phrase.len() <= text.len() {
        let window = &text[at..at + phrase.len()];
        let (first, last) = (&window[0], &window[phrase.len() - 1]);
        let same = window.iter().zip(phrase).all(|(one, &c)| one.letter == c);
        if same && first.first && last.last {
            ranges.push(first.start..last.end);
            at += phrase.len();
        } else {
            at += 1;
        }
    }
    ranges
}
