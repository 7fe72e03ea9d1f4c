//! Words learnt from moderators' decisions: a naive Bayesian classifier.
//!
//! For each word p = (s·½ + n·q) / (s + n), where q is the share of spam among the comments that have
//! it, each class weighed by its size, n in how many it was seen, and s = 1 the weight of not knowing
//! (Robinson 2003, Linux Journal 107). The fifteen words whose p is farthest from ½ are joined as
//! 1 / (1 + exp(−Σ logit p)). Before ten decisions of each kind it says nothing.
//!
//! Words are stored as keyed hashes of 63 bits with two counts: they train, and can't be read.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::keyed_hash;
use super::signals::hosts;
use crate::service::Verdict;
use crate::text::folded;

/// How many comments of each kind must have been decided on.
const FEWEST_DECISIONS: i64 = 10;
/// How many words are heard.
const MOST_HEARD: usize = 15;
/// How many words of a comment are learnt.
const MOST_LEARNT: usize = 500;
/// A word that no comment has: under it the comments are counted.
const COMMENTS: i64 = -1;

/// The words of a comment as they are stored: each once.
fn words(key: &[u8; 32], name: &str, text: &str) -> BTreeSet<i64> {
    let text_folded = folded(text);
    let of_text = text_folded
        .split(|one: char| !one.is_alphanumeric() && one != '\'')
        .filter(|word| (2..=40).contains(&word.chars().count()))
        .map(str::to_owned);
    let of_name = folded(name)
        .split_whitespace()
        .map(|word| format!("name:{word}"))
        .collect::<Vec<_>>();
    let of_links = hosts(text).into_iter().map(|host| format!("host:{host}"));
    of_links
        .chain(of_name)
        .chain(of_text)
        .take(MOST_LEARNT)
        .map(|word| {
            let hash = keyed_hash(key, &word);
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hash[..8]);
            // Without the sign, so that no word is the one that counts comments.
            i64::from_be_bytes(bytes) & i64::MAX
        })
        .collect()
}

/// Learns a comment, or with `by` of −1 takes back that it was learnt.
pub(crate) fn learn(
    transaction: &Transaction<'_>,
    key: &[u8; 32],
    name: &str,
    text: &str,
    verdict: Verdict,
    by: i64,
) -> rusqlite::Result<()> {
    let (ham, spam) = match verdict {
        Verdict::Ham => (by, 0),
        Verdict::Spam => (0, by),
    };
    let mut add = transaction.prepare_cached(
        "INSERT INTO words (word, n_ham, n_spam) VALUES (?1, max(?2, 0), max(?3, 0))
         ON CONFLICT (word) DO UPDATE SET n_ham = max(n_ham + ?2, 0), n_spam = max(n_spam + ?3, 0)",
    )?;
    for word in words(key, name, text).into_iter().chain([COMMENTS]) {
        add.execute(params![word, ham, spam])?;
    }
    Ok(())
}

/// How likely a comment is spam by its words; none where too little was learnt, or no word is known.
pub(crate) fn probability(
    connection: &Connection,
    key: &[u8; 32],
    name: &str,
    text: &str,
) -> rusqlite::Result<Option<f64>> {
    let mut select =
        connection.prepare_cached("SELECT n_ham, n_spam FROM words WHERE word = ?1")?;
    let mut counts = |word: i64| -> rusqlite::Result<Option<(i64, i64)>> {
        select
            .query_row([word], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    };
    let Some((n_ham, n_spam)) = counts(COMMENTS)? else {
        return Ok(None);
    };
    if n_ham < FEWEST_DECISIONS || n_spam < FEWEST_DECISIONS {
        return Ok(None);
    }
    let mut logits = Vec::new();
    for word in words(key, name, text) {
        if let Some((of_ham, of_spam)) = counts(word)?
            && of_ham + of_spam > 0
        {
            let share_ham = of_ham as f64 / n_ham as f64;
            let share_spam = of_spam as f64 / n_spam as f64;
            let share = share_spam / (share_ham + share_spam);
            let n = (of_ham + of_spam) as f64;
            let p = (0.5 + n * share) / (1.0 + n);
            logits.push((p / (1.0 - p)).ln());
        }
    }
    if logits.is_empty() {
        return Ok(None);
    }
    logits.sort_by(|a, b| b.abs().total_cmp(&a.abs()).then(a.total_cmp(b)));
    let sum: f64 = logits.iter().take(MOST_HEARD).sum();
    Ok(Some(1.0 / (1.0 + (-sum).exp())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8; 32] = &[7; 32];

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE words (word INTEGER PRIMARY KEY, n_ham INTEGER, n_spam INTEGER)",
            )
            .unwrap();
        connection
    }

    fn train(connection: &mut Connection, text: &str, verdict: Verdict, by: i64) {
        let transaction = connection.transaction().unwrap();
        learn(&transaction, KEY, "Ann", text, verdict, by).unwrap();
        transaction.commit().unwrap();
    }

    #[test]
    fn it_is_silent_before_ten_of_each_and_then_tells() {
        let mut connection = connection();
        let asked =
            |connection: &Connection, text| probability(connection, KEY, "Bob", text).unwrap();
        for _ in 0..9 {
            train(&mut connection, "cheap pills casino", Verdict::Spam, 1);
            train(&mut connection, "sanctions and summits", Verdict::Ham, 1);
        }
        assert_eq!(asked(&connection, "cheap pills"), None);
        train(&mut connection, "cheap pills casino", Verdict::Spam, 1);
        assert_eq!(asked(&connection, "cheap pills"), None, "nine of ham");
        train(&mut connection, "sanctions and summits", Verdict::Ham, 1);
        assert!(asked(&connection, "cheap casino").unwrap() > 0.95);
        assert!(asked(&connection, "the summits").unwrap() < 0.1);
        assert_eq!(asked(&connection, "something else"), None);
        assert!((asked(&connection, "cheap summits").unwrap() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_was_learnt_can_be_taken_back() {
        let mut connection = connection();
        train(&mut connection, "a word", Verdict::Spam, 1);
        train(&mut connection, "a word", Verdict::Spam, -1);
        let left: i64 = connection
            .query_row("SELECT sum(n_ham) + sum(n_spam) FROM words", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(left, 0);
    }
}
