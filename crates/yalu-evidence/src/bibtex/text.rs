//! What LaTeX says in a field, in plain text with CSL's few marks.

use biblatex::{Chunk, ChunksExt as _, ChunksRef};

/// A field's text, with blanks as in one line, and the commands of which only the text is kept.
pub(super) fn plain(chunks: ChunksRef<'_>) -> (String, Vec<String>) {
    // The reader makes a stroke without a letter of `\o{}`; it serves nothing else.
    let said = chunks.format_verbatim().replace('\u{338}', "ø");
    let (text, lost) = unwrapped(&with_dotless(said));
    let words: Vec<&str> = text.split([' ', '\n', '\r', '\t']).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    (words.join(" "), lost)
}

/// Puts the accents of `\'\i` and the like where they belong: the reader sets them on the backslash.
fn with_dotless(mut text: String) -> String {
    for (accent, letter, whole) in [
        ('\u{300}', 'i', "ì"),
        ('\u{301}', 'i', "í"),
        ('\u{302}', 'i', "î"),
        ('\u{303}', 'i', "ĩ"),
        ('\u{304}', 'i', "ī"),
        ('\u{306}', 'i', "ĭ"),
        ('\u{308}', 'i', "ï"),
        ('\u{30c}', 'i', "ǐ"),
        ('\u{302}', 'j', "ĵ"),
    ] {
        text = text.replace(&format!("\\{accent}{letter}"), whole);
    }
    text
}

/// Whether some of a text is in braces of its own.
pub(super) fn has_braces(chunks: ChunksRef<'_>) -> bool {
    let braced = |chunk: &Chunk| matches!(chunk, Chunk::Verbatim(text) if !text.trim().is_empty());
    chunks.iter().any(|chunk| braced(&chunk.v))
}

/// Whether all of a text is in braces of its own, as a body's name is.
pub(super) fn is_braced(chunks: ChunksRef<'_>) -> bool {
    let plain =
        |chunk: &Chunk| !matches!(chunk, Chunk::Verbatim(_)) && !chunk.get().trim().is_empty();
    has_braces(chunks) && !chunks.iter().any(|chunk| plain(&chunk.v))
}

/// Commands with a mark in CSL's rich text: what to write before and after.
const MARKS: [(&str, &str, &str); 13] = [
    ("emph", "<i>", "</i>"),
    ("textit", "<i>", "</i>"),
    ("mkbibemph", "<i>", "</i>"),
    ("textbf", "<b>", "</b>"),
    ("mkbibbold", "<b>", "</b>"),
    ("textsuperscript", "<sup>", "</sup>"),
    ("textsubscript", "<sub>", "</sub>"),
    (
        "textsc",
        "<span style=\"font-variant: small-caps;\">",
        "</span>",
    ),
    ("enquote", "“", "”"),
    ("mkbibquote", "“", "”"),
    ("url", "", ""),
    ("nolinkurl", "", ""),
    ("mbox", "", ""),
];

/// Commands that stand for a character, and which the reader leaves as they are.
const CHARACTERS: [(&str, &str); 8] = [
    ("ldots", "…"),
    ("slash", "/"),
    ("textsuperior", ""),
    ("quad", " "),
    ("qquad", " "),
    ("textdegree", "°"),
    ("euro", "€"),
    ("texteuro", "€"),
];

/// Takes out the commands that the reader left: `\name{text}` and `\name `.
fn unwrapped(text: &str) -> (String, Vec<String>) {
    let (mut out, mut lost) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let n_name = tail
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (name, after) = tail.split_at(n_name);
        if name.is_empty() {
            // Spaces (`\,`, `\ `) and marks for the typesetter (`\/`); else a backslash of its own.
            let (gap, n_bytes) = match tail.bytes().next() {
                Some(b',' | b';' | b':' | b' ') => (" ", 1),
                Some(b'/' | b'@' | b'!') => ("", 1),
                _ => ("\\", 0),
            };
            out.push_str(gap);
            rest = &tail[n_bytes..];
            continue;
        }
        let Some(inside) = after.strip_prefix('{') else {
            let known = CHARACTERS.iter().find(|(known, _)| *known == name);
            match known {
                Some((_, character)) => out.push_str(character),
                None => lost.push(name.to_owned()),
            }
            rest = after.strip_prefix(' ').unwrap_or(after);
            continue;
        };
        let end = closing(inside);
        let (inner, more) = unwrapped(&inside[..end]);
        let mark = MARKS.iter().find(|(known, ..)| *known == name);
        if mark.is_none() {
            lost.push(name.to_owned());
        }
        let (_, before, behind) = mark.copied().unwrap_or(("", "", ""));
        out.push_str(&format!("{before}{inner}{behind}"));
        lost.extend(more);
        rest = inside.get(end + 1..).unwrap_or("");
    }
    out.push_str(rest);
    (out, lost)
}

/// The byte of the brace that closes a text, or its end.
fn closing(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
