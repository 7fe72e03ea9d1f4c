//! The Admiralty code: how reliable a source is, and how credible what it says.
//!
//! Two judgements that are kept apart: a reliable source may pass on a doubtful item. Letters A to F
//! rate the source by its record, digits 1 to 6 the item by what else is known.
//!
//! # Source
//! NATO AJP-2.1, *Allied Joint Doctrine for Intelligence Procedures*, and STANAG 2511. Readers of the
//! code differ in what they take a letter for, and tend to let the two judgements slide into one:
//! Samet (1975), US Army Research Institute TP 260; Irwin and Mandel (2019), *Intelligence and
//! National Security* 34, 503-525. So a grade is shown as it was given, and its weight serves for
//! ranking only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How reliable a source is, by its record.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Reliability {
    /// No doubt of it; a history of complete reliability.
    A,
    /// Minor doubts; mostly valid in the past.
    B,
    /// Some doubts, yet often valid in the past.
    C,
    /// Considerable doubts; sometimes valid in the past.
    D,
    /// Found wanting; a history of invalid information.
    E,
    /// Nothing to judge it by: neither good nor bad.
    F,
}

/// How credible an item is, by what else is known.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Credibility {
    /// Borne out by independent sources, and fits with the rest.
    #[serde(rename = "1")]
    One,
    /// Not borne out, but fits with the rest.
    #[serde(rename = "2")]
    Two,
    /// Not borne out, and fits in part.
    #[serde(rename = "3")]
    Three,
    /// Not borne out; possible, and nothing else says so.
    #[serde(rename = "4")]
    Four,
    /// Other information contradicts it.
    #[serde(rename = "5")]
    Five,
    /// Nothing to judge it by: neither good nor bad.
    #[serde(rename = "6")]
    Six,
}

impl Reliability {
    /// All letters, the best first.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    /// The letter.
    pub fn letter(self) -> char {
        ['A', 'B', 'C', 'D', 'E', 'F'][self as usize]
    }

    /// The doctrine's words for the letter.
    pub fn words(self) -> &'static str {
        [
            "completely reliable",
            "usually reliable",
            "fairly reliable",
            "not usually reliable",
            "unreliable",
            "reliability cannot be judged",
        ][self as usize]
    }
}

impl Credibility {
    /// All digits, the best first.
    pub const ALL: [Self; 6] = [
        Self::One,
        Self::Two,
        Self::Three,
        Self::Four,
        Self::Five,
        Self::Six,
    ];

    /// The digit.
    pub fn digit(self) -> u8 {
        self as u8 + 1
    }

    /// The doctrine's words for the digit.
    pub fn words(self) -> &'static str {
        [
            "confirmed by other sources",
            "probably true",
            "possibly true",
            "doubtful",
            "improbable",
            "truth cannot be judged",
        ][self as usize]
    }
}

/// A grade such as B2: the source's letter and the item's digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grade {
    /// How reliable the source is.
    pub source: Reliability,
    /// How credible the item is.
    pub item: Credibility,
}

/// Why a text is no grade.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GradeError {
    /// It isn't a letter and a digit.
    #[error("grade `{text}` isn't a letter and a digit")]
    Form {
        /// The text.
        text: String,
    },
    /// The letter isn't one of the code.
    #[error("grade `{text}` begins with `{letter}`, which rates no source")]
    Letter {
        /// The text.
        text: String,
        /// Its first character.
        letter: char,
    },
    /// The digit isn't one of the code.
    #[error("grade `{text}` ends in `{digit}`, which rates no item")]
    Digit {
        /// The text.
        text: String,
        /// Its second character.
        digit: char,
    },
}

impl GradeError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Form { .. } => "write the source's letter and the item's digit, such as `B2`",
            Self::Letter { .. } => "use A (completely reliable) to E (unreliable), F if unknown",
            Self::Digit { .. } => "use 1 (confirmed) to 5 (improbable), 6 if unknown",
        }
    }
}

impl FromStr for Grade {
    type Err = GradeError;

    /// Reads `B2`; small letters and blanks around it do no harm.
    ///
    /// # Errors
    /// [`GradeError`] where it isn't a letter A to F and a digit 1 to 6.
    fn from_str(text: &str) -> Result<Self, GradeError> {
        let characters: Vec<char> = text.trim().chars().collect();
        let [letter, digit] = characters[..] else {
            return Err(GradeError::Form { text: text.into() });
        };
        let upper = letter.to_ascii_uppercase();
        let source = Reliability::ALL.into_iter().find(|r| r.letter() == upper);
        let item = (Credibility::ALL.into_iter()).find(|c| char::from(b'0' + c.digit()) == digit);
        match (source, item) {
            (Some(source), Some(item)) => Ok(Self { source, item }),
            (None, None) => Err(GradeError::Form { text: text.into() }),
            (None, _) => Err(GradeError::Letter {
                text: text.into(),
                letter,
            }),
            (_, None) => Err(GradeError::Digit {
                text: text.into(),
                digit,
            }),
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.source.letter(), self.item.digit())
    }
}

impl Serialize for Grade {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Grade {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Grade".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An Admiralty grade: the source's reliability A to F and the item's credibility 1 to 6",
            "type": "string",
            "pattern": "^[A-Fa-f][1-6]$"
        })
    }
}

/// What letters and digits count for in a ranking, each in [0, 1].
///
/// The doctrine has words and no numbers: these are a convention, and every result that uses them
/// should also be shown without weights. A and 1 count 1, each step 0.2 less, E and 5 count 0.2. F
/// and 6 mean that nobody can judge, not that it is bad: they count what [`Self::unjudged`] says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradeWeights {
    /// Of A to E.
    pub reliability: [f64; 5],
    /// Of 1 to 5.
    pub credibility: [f64; 5],
    /// Of F, and of 6.
    pub unjudged: f64,
}

impl Default for GradeWeights {
    fn default() -> Self {
        let steps = [1.0, 0.8, 0.6, 0.4, 0.2];
        Self {
            reliability: steps,
            credibility: steps,
            unjudged: 0.5,
        }
    }
}

/// What is wrong with a table of weights.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// A weight isn't a share.
    #[error("the weight of {of} is {value}, not in [0, 1]")]
    Range {
        /// The letter or digit.
        of: char,
        /// Its weight.
        value: f64,
    },
    /// A worse mark counts more than a better one.
    #[error("{worse} counts more than {better}")]
    Order {
        /// The better letter or digit.
        better: char,
        /// The worse one.
        worse: char,
    },
}

impl WeightsError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Range { .. } => "give each letter and digit a weight from 0 to 1",
            Self::Order { .. } => "let weights fall from A to E and from 1 to 5",
        }
    }
}

impl GradeWeights {
    /// Whether all weights are shares that fall from the best mark to the worst.
    ///
    /// # Errors
    /// [`WeightsError`] names the first that isn't.
    pub fn check(&self) -> Result<(), WeightsError> {
        let named = |row: [f64; 5], first: char| {
            let mut at = first;
            row.map(|value| {
                let here = at;
                at = char::from(at as u8 + 1);
                (here, value)
            })
        };
        let rows = [named(self.reliability, 'A'), named(self.credibility, '1')];
        let unjudged = [('F', self.unjudged)];
        for &(of, value) in rows.iter().flatten().chain(&unjudged) {
            if !(0.0..=1.0).contains(&value) {
                return Err(WeightsError::Range { of, value });
            }
        }
        for row in &rows {
            for pair in row.windows(2) {
                if pair[1].1 > pair[0].1 {
                    let (better, worse) = (pair[0].0, pair[1].0);
                    return Err(WeightsError::Order { better, worse });
                }
            }
        }
        Ok(())
    }

    /// What a grade counts for: the letter's weight times the digit's, in [0, 1].
    pub fn weight(&self, grade: Grade) -> f64 {
        let letter = self.reliability.get(grade.source as usize);
        let digit = self.credibility.get(grade.item as usize);
        letter.unwrap_or(&self.unjudged) * digit.unwrap_or(&self.unjudged)
    }
}

impl Grade {
    /// Whether somebody could judge both the source and the item: neither F nor 6.
    pub fn is_judged(self) -> bool {
        self.source != Reliability::F && self.item != Credibility::Six
    }

    /// Both words: "usually reliable source; probably true", F and 6 in the doctrine's words.
    pub fn words(self) -> String {
        let source = match self.source {
            Reliability::F => "source whose reliability cannot be judged".to_owned(),
            judged => format!("{} source", judged.words()),
        };
        format!("{source}; {}", self.item.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grade_is_read_back_from_what_it_prints() {
        for source in Reliability::ALL {
            for item in Credibility::ALL {
                let grade = Grade { source, item };
                assert_eq!(grade.to_string().parse(), Ok(grade));
                let json = serde_json::to_string(&grade).unwrap();
                assert_eq!(serde_json::from_str::<Grade>(&json).unwrap(), grade);
            }
        }
        assert_eq!(" b2 ".parse::<Grade>().unwrap().to_string(), "B2");
    }

    #[test]
    fn what_is_no_grade_is_named_with_a_mend() {
        let form = |text: &str| Err(GradeError::Form { text: text.into() });
        for text in ["", "B", "2", "B22", "2B", "B 2", "é", "??"] {
            assert_eq!(text.parse::<Grade>(), form(text), "{text}");
        }
        let fault = "G2".parse::<Grade>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "grade `G2` begins with `G`, which rates no source"
        );
        assert!(fault.mend().contains("A (completely reliable)"));
        let fault = "B7".parse::<Grade>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "grade `B7` ends in `7`, which rates no item"
        );
        assert!(fault.mend().contains("6 if unknown"));
    }

    #[test]
    fn weights_fall_from_the_best_to_the_worst_and_unknown_is_not_bad() {
        let weights = GradeWeights::default();
        weights.check().unwrap();
        let of = |text: &str| weights.weight(text.parse().unwrap());
        assert!((of("A1") - 1.0).abs() < 1e-15);
        assert!((of("B2") - 0.64).abs() < 1e-15);
        assert!((of("E5") - 0.04).abs() < 1e-15);
        assert!((of("F6") - 0.25).abs() < 1e-15);
        assert!(of("F6") > of("E5"));
        assert!(!"F1".parse::<Grade>().unwrap().is_judged());
        assert!("E5".parse::<Grade>().unwrap().is_judged());
    }

    #[test]
    fn weights_that_rise_or_leave_the_unit_interval_are_refused() {
        let mut weights = GradeWeights::default();
        weights.reliability[2] = 0.9;
        let (better, worse) = ('B', 'C');
        assert_eq!(weights.check(), Err(WeightsError::Order { better, worse }));
        weights.reliability[2] = f64::NAN;
        assert!(matches!(
            weights.check(),
            Err(WeightsError::Range { of: 'C', .. })
        ));
        let weights = GradeWeights {
            unjudged: 1.1,
            ..GradeWeights::default()
        };
        let fault = weights.check().unwrap_err();
        assert_eq!(fault.to_string(), "the weight of F is 1.1, not in [0, 1]");
    }

    #[test]
    fn words_are_the_doctrines() {
        let words = |text: &str| text.parse::<Grade>().unwrap().words();
        assert_eq!(words("B2"), "usually reliable source; probably true");
        assert_eq!(
            words("F6"),
            "source whose reliability cannot be judged; truth cannot be judged"
        );
    }
}
