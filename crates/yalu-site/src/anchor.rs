//! Fragment names made from the names of a dossier.

use std::fmt::Write as _;

/// A fragment name for an id of a dossier: letters, digits, `-`, `.` and `_` stay, all else is
/// written as `~` and its code point, so that different ids stay different.
pub(crate) fn anchor(prefix: &str, id: &str) -> String {
    let mut name = format!("{prefix}-");
    for char in id.chars() {
        if char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '_') {
            name.push(char);
        } else {
            let _ = write!(name, "~{:x}~", u32::from(char));
        }
    }
    name
}

/// The row of a period in the table of the series that stands `series_idx`th in the assessment.
pub(crate) fn series_row(series_idx: usize, period: &str) -> String {
    anchor(&format!("r{series_idx}"), period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_ids_have_different_anchors() {
        assert_eq!(anchor("series", "a.CHN.PRK"), "series-a.CHN.PRK");
        assert_eq!(anchor("s", "a b"), "s-a~20~b");
        assert_ne!(anchor("s", "a b"), anchor("s", "a~20~b"));
        assert_eq!(anchor("s", "\"><script>"), "s-~22~~3e~~3c~script~3e~");
    }
}
