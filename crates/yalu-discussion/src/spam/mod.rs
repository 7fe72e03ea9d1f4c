//! How much a comment looks like spam, by what is known here.
//!
//! The score is 1 − Π(1 − wᵢ) over its reasons' weights: independent hints add up, none takes another
//! back, and a weight of 1 is certain. It is the same for the same comment, history and words learnt.
//!
//! | reason | weight |
//! | --- | --- |
//! | the field that people don't see is filled in | 1 |
//! | the form was sent in less than 3 seconds | 0.6, in less than 1 second 0.8 |
//! | links | 0.2 for each beyond the first, at most 0.8; half of that in a text of 200 characters a link |
//! | a link to a shortener | 0.4 |
//! | a link in the name | 0.8 |
//! | the same text before, anywhere | 0.4 once, 0.7 twice, 0.9 more often |
//! | capitals: more than 0.6 of 20 or more letters that have case | 0.3 |
//! | words that mix Latin with Cyrillic or Greek letters | 0.3 for one, 0.6 for more |
//! | the words that were learnt | 0.9 × (2p − 1), for p above 0.5 |
//!
//! There is no list of bad words: which words are spam under these dossiers is learnt from decisions, by
//! a naive Bayesian classifier that is silent before ten decisions of each kind. Its p is that of spam.

mod signals;
pub(crate) mod words;

use hmac::{Hmac, KeyInit as _, Mac as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// A hint that a comment is spam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// How much it weighs, in [0, 1].
    pub weight: f64,
    /// What was found, in words for moderators.
    pub words: String,
}

/// How much a comment looks like spam.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Score {
    /// In [0, 1].
    pub score: f64,
    /// Why, in the order of the table.
    pub reasons: Vec<Reason>,
}

/// What a score is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals<'a> {
    /// The author's name.
    pub name: &'a str,
    /// The text, as it was typed.
    pub text: &'a str,
    /// The field that people don't see is filled in.
    pub is_trapped: bool,
    /// How long the form was open, in seconds.
    pub form_seconds: Option<f64>,
    /// How many comments with the same text there are.
    pub n_repeats: u32,
    /// How likely the words are spam's, where enough was learnt.
    pub words: Option<f64>,
}

/// The score of a comment.
///
/// ```
/// use yalu_discussion::spam::{Signals, score};
///
/// let mut signals = Signals {
///     name: "Ann",
///     text: "I disagree with the date of the break.",
///     is_trapped: false,
///     form_seconds: Some(40.0),
///     n_repeats: 0,
///     words: None,
/// };
/// assert_eq!(score(&signals).score, 0.0);
/// signals.form_seconds = Some(2.0);
/// assert_eq!(score(&signals).reasons[0].words, "the form was sent after 2.0 s");
/// ```
pub fn score(signals: &Signals<'_>) -> Score {
    let reasons = signals.reasons();
    let clean: f64 = reasons.iter().map(|reason| 1.0 - reason.weight).product();
    Score {
        score: 1.0 - clean,
        reasons,
    }
}

/// Sixteen bytes that are the same for the same text, and say nothing of it to whoever lacks the key.
pub(crate) fn text_hash(key: &[u8; 32], folded: &str) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&keyed_hash(key, folded)[..16]);
    hash
}

fn keyed_hash(key: &[u8; 32], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

pub(crate) fn reasons_json(reasons: &[Reason]) -> String {
    serde_json::to_string(reasons).expect("numbers and texts are JSON")
}

/// The reasons of a stored list; none where a file holds nonsense.
pub(crate) fn reasons_from_json(json: &str) -> Vec<Reason> {
    serde_json::from_str(json).unwrap_or_default()
}
