//! Characters of names and texts, and how two of them are told to be the same.

use unicode_normalization::UnicodeNormalization as _;

/// Characters that turn the direction of what follows: with them a name can read as another.
pub(crate) fn turns_direction(character: char) -> bool {
    overrides_direction(character) || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}')
}

/// Those of them that reach beyond their neighbours. Marks (U+200E, U+200F) are of use in Arabic and
/// Hebrew text.
pub(crate) fn overrides_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that nobody sees and no script needs. Joiners (U+200C, U+200D) aren't among them:
/// Persian and emoji need them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A name without tricks: composed, without characters that turn the direction or aren't seen, with
/// single spaces.
pub(crate) fn clean_name(name: &str) -> String {
    let kept: String = name
        .nfc()
        .filter(|&one| !turns_direction(one) && !is_invisible(one))
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text with line feeds alone as line ends, and without blank space at its end.
pub(crate) fn clean_text(text: &str) -> String {
    let lines: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .collect();
    lines.trim_end().trim_start_matches('\n').to_owned()
}

/// Whether there is anything to see in a text.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|one| {
        one.is_whitespace()
            || turns_direction(one)
            || is_invisible(one)
            || matches!(one, '\u{200c}' | '\u{200d}')
    })
}

/// What is alike in two spellings of a name, an address or a text: compatible forms, case and space.
pub(crate) fn folded(text: &str) -> String {
    let kept: String = text
        .nfkc()
        .filter(|&one| !turns_direction(one) && !is_invisible(one))
        .flat_map(char::to_lowercase)
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_tricks() {
        assert_eq!(clean_name("  A\u{202e}b\u{200b}  c "), "Ab c");
        assert_eq!(clean_name("\u{2066}\u{2069}\u{3164}"), "");
        assert_eq!(clean_name("e\u{301}"), "é");
        assert_eq!(folded("ＡＢ  c"), folded("ab C"));
    }

    #[test]
    fn blank_is_what_nobody_sees() {
        assert!(is_blank(" \n\u{200b}\u{200d}"));
        assert!(!is_blank(" x"));
    }
}
