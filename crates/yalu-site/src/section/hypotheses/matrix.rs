//! Claims against hypotheses as one table, and how firm its lead is.

use yalu_dossier::evidence::record::{
    EvidenceRecord, HypothesisRecord, MatrixRecord, MatrixRow, TurningChange,
};

use crate::anchor::anchor;
use crate::format;

/// Above this many changes the list is closed.
const MANY: usize = 8;
/// Characters of a claim in the table; the whole stands on its card.
const SHORT: usize = 96;

/// A mark of the table.
#[derive(Debug)]
pub(crate) struct Mark {
    /// `CC`, `C`, `N`, `I`, `II` or `NA`; a dash where there is none.
    pub(crate) sign: String,
    pub(crate) class: &'static str,
    /// The same for those who hear the page.
    pub(crate) words: &'static str,
}

/// A claim's row.
#[derive(Debug)]
pub(crate) struct ClaimRow {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
    /// In per cent, for the bar; absent where it can't be told.
    pub(crate) width: String,
    pub(crate) diagnosticity: String,
    pub(crate) moves: bool,
    pub(crate) grade: String,
    pub(crate) weight: String,
}

/// A hypothesis at the head and the foot of the table.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) leads: bool,
    pub(crate) rank: u32,
    pub(crate) score: String,
    pub(crate) unweighted: String,
    pub(crate) counts: String,
    pub(crate) firmness: String,
}

/// The matrix as the page shows it.
#[derive(Debug)]
pub(crate) struct MatrixPart {
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<ClaimRow>,
    pub(super) turning: Vec<String>,
    pub(super) many: bool,
    pub(super) n_turning: String,
    pub(super) tried: String,
    pub(super) inseparable: Vec<String>,
    pub(super) unmarked: String,
}

impl MatrixPart {
    pub(super) fn of(matrix: &MatrixRecord, record: &EvidenceRecord) -> Self {
        let [claims, sources, marks] = matrix.n_tried.map(u64::from);
        let turning: Vec<String> = matrix
            .turning
            .iter()
            .map(|one| turned(one, matrix))
            .collect();
        Self {
            heads: matrix
                .hypotheses
                .iter()
                .map(|one| head(one, matrix))
                .collect(),
            rows: sorted(matrix)
                .into_iter()
                .map(|row| claim_row(row, record))
                .collect(),
            many: turning.len() > MANY,
            n_turning: format::plural(turning.len() as u64, "change turns it", "changes turn it"),
            turning,
            tried: format!(
                "Tried: {} left out, {} left out, {} moved by a step.",
                format::plural(claims, "claim", "claims"),
                format::plural(sources, "source", "sources"),
                format::plural(marks, "mark", "marks"),
            ),
            inseparable: matrix
                .inseparable
                .iter()
                .map(|one| {
                    let [left, right] = one.pair.each_ref().map(|id| title(id, matrix));
                    format!("{left} and {right}: {}", one.words)
                })
                .collect(),
            unmarked: match u64::from(matrix.n_unmarked) {
                0 => String::new(),
                n => format!("{} without a mark.", format::plural(n, "cell", "cells")),
            },
        }
    }
}

/// By diagnosticity, the greatest first; rows of which it can't be told come last. Equals keep the
/// record's order.
fn sorted(matrix: &MatrixRecord) -> Vec<&MatrixRow> {
    let mut rows: Vec<&MatrixRow> = matrix.rows.iter().collect();
    let key = |row: &MatrixRow| row.diagnosticity.unwrap_or(-1.0);
    rows.sort_by(|left, right| key(right).total_cmp(&key(left)));
    rows
}

fn title<'a>(id: &'a str, matrix: &'a MatrixRecord) -> &'a str {
    let known = matrix.hypotheses.iter().find(|one| one.id == id);
    known.map_or(id, |one| one.title.as_str())
}

fn turned(change: &TurningChange, matrix: &MatrixRecord) -> String {
    let leaders: Vec<&str> = change.leaders.iter().map(|id| title(id, matrix)).collect();
    format!("{}: {}", change.words, leaders.join(" and "))
}

fn head(one: &HypothesisRecord, matrix: &MatrixRecord) -> Head {
    let names = ["CC", "C", "N", "I", "II", "NA"];
    let counts: Vec<String> = names
        .iter()
        .zip(one.counts)
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| format!("{n}\u{a0}{name}"))
        .collect();
    Head {
        title: one.title.clone(),
        text: one.text.clone(),
        leads: matrix.leaders.contains(&one.id),
        rank: one.rank,
        score: two_digits(one.score),
        unweighted: format::exact(one.unweighted),
        counts: counts.join(", "),
        firmness: firmness(one),
    }
}

/// In how many of the changes tried it leads.
fn firmness(one: &HypothesisRecord) -> String {
    let parts: Vec<String> = [
        (one.leads_without_claim, "claims left out"),
        (one.leads_without_source, "sources left out"),
        (one.leads_mark_moved, "marks moved"),
    ]
    .into_iter()
    .filter_map(|(share, what)| Some(format!("{} of {what}", format::percent(share?))))
    .collect();
    let alike = if one.leads_unweighted { "yes" } else { "no" };
    if parts.is_empty() {
        return format!("Leads where all claims weigh alike: {alike}.");
    }
    format!(
        "Leads in {}; where all claims weigh alike: {alike}.",
        parts.join(", ")
    )
}

/// A score as the sentences print it.
fn two_digits(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    if value < 0.0 && text != "0.00" {
        format!("−{text}")
    } else {
        text
    }
}

fn claim_row(row: &MatrixRow, record: &EvidenceRecord) -> ClaimRow {
    let claim = record.claims.iter().find(|one| one.id == row.claim);
    let diagnosticity = row.diagnosticity.filter(|value| value.is_finite());
    ClaimRow {
        id: row.claim.clone(),
        to: claim.map_or_else(String::new, |one| anchor("claim", &one.id)),
        text: claim.map_or_else(String::new, |one| shortened(&one.text)),
        marks: row.marks.iter().map(|one| mark(one.as_deref())).collect(),
        width: diagnosticity.map_or_else(String::new, |value| {
            format!("{:.1}", (value * 100.0).clamp(0.0, 100.0))
        }),
        diagnosticity: diagnosticity.map_or_else(|| format::ABSENT.to_owned(), two_digits),
        moves: row.moves_ranking,
        grade: claim
            .and_then(|one| one.grade.clone())
            .unwrap_or_else(|| "data".to_owned()),
        weight: two_digits(row.weight),
    }
}

/// A text cut at a word.
fn shortened(text: &str) -> String {
    if text.chars().count() <= SHORT {
        return text.to_owned();
    }
    let cut: String = text.chars().take(SHORT).collect();
    let at = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end_matches([',', ';', ':']))
}

/// A mark with its look and words.
pub(super) fn mark(sign: Option<&str>) -> Mark {
    let (class, words) = match sign {
        Some("CC") => ("mark-cc", "very consistent"),
        Some("C") => ("mark-c", "consistent"),
        Some("N") => ("mark-n", "neutral"),
        Some("I") => ("mark-i", "inconsistent"),
        Some("II") => ("mark-ii", "very inconsistent"),
        Some("NA") => ("mark-na", "not to the point"),
        Some(_) => ("mark-na", "another mark"),
        None => ("mark-na", "no mark"),
    };
    Mark {
        sign: sign.unwrap_or(format::ABSENT).to_owned(),
        class,
        words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_word() {
        let long = "word, ".repeat(30);
        let cut = shortened(&long);
        assert!(
            cut.ends_with("word…") && cut.chars().count() <= SHORT + 1,
            "{cut}"
        );
        assert_eq!(shortened("short"), "short");
    }

    #[test]
    fn scores_are_printed_as_sentences_print_them() {
        assert_eq!(two_digits(-6.272_000_000_000_002), "−6.27");
        assert_eq!(two_digits(-0.001), "0.00");
        assert_eq!(two_digits(0.4), "0.40");
    }

    #[test]
    fn each_mark_has_words_of_its_own() {
        let signs = ["CC", "C", "N", "I", "II", "NA"];
        let words: std::collections::BTreeSet<&str> =
            signs.iter().map(|sign| mark(Some(sign)).words).collect();
        assert_eq!(words.len(), signs.len());
    }
}
