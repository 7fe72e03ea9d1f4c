//! CAMEO: codes, wordings and Goldstein scores (those of ICEWS; GDELT's differ at 016, 022, 164 and
//! 165, and GDELT's own column is kept for its rows).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::countries::folded;
use crate::types::{CameoCode, CodeError};

const TABLE: &str = include_str!("../data/cameo.csv");

struct Tables {
    scores: BTreeMap<String, f64>,
    by_text: BTreeMap<String, CameoCode>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        scores: BTreeMap::new(),
        by_text: BTreeMap::new(),
    };
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for record in reader.records() {
        let record = record.expect("the table that ships is well formed");
        let code = record.get(0).unwrap_or_default();
        if let Some(score) = record.get(2).and_then(|score| score.parse().ok()) {
            tables.scores.insert(code.to_owned(), score);
        }
        // Event texts are names of leaves, never of roots.
        if code.len() > 2
            && let Ok(parsed) = code.parse()
        {
            tables
                .by_text
                .entry(folded(record.get(1).unwrap_or_default()))
                .or_insert(parsed);
        }
    }
    tables
});

/// The Goldstein score of a code; that of the nearest code above it where the table hasn't got it.
pub fn goldstein_of(code: &CameoCode) -> Option<f64> {
    let text = code.as_str();
    (2..=text.len())
        .rev()
        .find_map(|length| TABLES.scores.get(&text[..length]).copied())
}

/// The code whose wording an ICEWS event text is.
pub fn code_of_text(text: &str) -> Option<CameoCode> {
    TABLES.by_text.get(&folded(text)).cloned()
}

/// Reads a code, giving back the leading zero that it lost where that is certain: a single digit
/// can only be a root from 01 to 09.
///
/// # Errors
/// [`CodeError`] where the text is no code.
pub fn parse_lenient(text: &str) -> Result<(CameoCode, bool), CodeError> {
    let text = text.trim();
    if text.len() == 1 {
        return format!("0{text}").parse().map(|code| (code, true));
    }
    text.parse().map(|code| (code, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordings_and_scores_are_those_of_the_table() {
        let code = code_of_text("Make an appeal or request").expect("a known wording");
        assert_eq!(code.as_str(), "020");
        assert_eq!(goldstein_of(&"163".parse().expect("a code")), Some(-8.0));
        assert_eq!(goldstein_of(&"10".parse().expect("a code")), Some(-5.0));
        assert_eq!(code_of_text("Do something unheard of"), None);
    }

    #[test]
    fn a_lost_zero_is_given_back_only_where_it_is_certain() {
        let (code, repaired) = parse_lenient("4").expect("a root");
        assert_eq!((code.as_str(), repaired), ("04", true));
        assert!(
            parse_lenient("43").is_err(),
            "43 may be 043 or a typing error"
        );
        assert_eq!(
            parse_lenient("043").map(|(code, _)| code.to_string()),
            Ok("043".to_owned())
        );
    }
}
