//! Sentences of a ledger, each made from the figures that it states.

use yalu_evidence::ledger::{EraComparison, LedgerSummary, Project, Tally};

use crate::reasons::p_words;
use crate::words::{listed, percent, with_article};

/// `3 of 6`.
fn of(tally: &Tally) -> String {
    format!("{} of {}", tally.tangible.n, tally.promises.n)
}

/// `50 %, 95 % interval 19 % to 81 %`; empty without promises.
fn share(tally: &Tally) -> String {
    tally.share_tangible.map_or(String::new(), |share| {
        format!(
            "{}, 95 % interval {} to {}",
            percent(share.value),
            percent(share.lower),
            percent(share.upper)
        )
    })
}

fn years(days: f64) -> String {
    format!("{:.1} years", days / 365.25)
}

/// What follows.
pub(super) fn sentences(summary: &LedgerSummary, projects: &[Project], home: &str) -> Vec<String> {
    if summary.overall.promises.n == 0 {
        return vec![format!("No promise is recorded by {}.", summary.as_of)];
    }
    let mut sentences = vec![format!(
        "By {} {} promises became tangible ({}): {}.",
        summary.as_of,
        of(&summary.overall),
        summary.threshold.words_as_threshold(),
        share(&summary.overall)
    )];
    let eras: Vec<String> = summary
        .eras
        .iter()
        .filter(|one| one.tally.promises.n > 0)
        .map(|one| {
            format!(
                "{} {} ({})",
                one.era.words(),
                of(&one.tally),
                share(&one.tally)
            )
        })
        .collect();
    if !eras.is_empty() {
        sentences.push(format!(
            "By the leader of {} under whom they were made: {}.",
            with_article(home),
            eras.join("; ")
        ));
    }
    sentences.extend(waits(summary));
    sentences.extend(standing(summary, projects));
    sentences.extend(obstacles(summary));
    sentences
}

/// How long it took, and whether eras differ.
fn waits(summary: &LedgerSummary) -> Vec<String> {
    let Some(durations) = summary
        .durations
        .iter()
        .find(|one| one.threshold == summary.threshold)
    else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    if let Some(curve) = &durations.overall.curve {
        let median = &curve.median;
        sentences.push(match median.days {
            Some(days) => format!(
                "Half of the promises took {} or longer to become tangible (95 % interval {} to {}; promises not kept so far count as still waiting).",
                years(days),
                median.lower.map_or("not known".to_owned(), years),
                median.upper.map_or("no end".to_owned(), years)
            ),
            None => "Fewer than half of the promises became tangible within the time that they were followed: no median wait can be told.".to_owned(),
        });
    }
    sentences.push(match &durations.comparison {
        EraComparison::Tested {
            groups,
            permutation_p_value,
            exact,
            allocations,
            ..
        } => {
            let names: Vec<String> = groups.iter().map(|one| one.era.words()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!(
                "Whether promises under {} took differently long: log-rank test, p {} ({}).",
                listed(&names),
                p_words(*permutation_p_value),
                if *exact {
                    format!("all {allocations} ways to deal the eras among the promises")
                } else {
                    format!("{allocations} random ways to deal the eras among the promises")
                }
            )
        }
        EraComparison::NotTested { words, .. } => {
            format!(
                "Whether eras differ can’t be tested: {}",
                decapitalised(words)
            )
        }
    });
    sentences
}

fn decapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn standing(summary: &LedgerSummary, projects: &[Project]) -> Vec<String> {
    let where_each: Vec<String> = projects
        .iter()
        .filter_map(|project| {
            let tally = summary
                .projects
                .iter()
                .find(|one| one.project == project.id)?;
            let current = tally.current.as_ref()?;
            Some(format!(
                "{}: {} ({})",
                project.title,
                current.state.words(),
                current.since_words
            ))
        })
        .collect();
    if where_each.is_empty() {
        return Vec::new();
    }
    vec![format!("Where each stood: {}.", where_each.join("; "))]
}

fn obstacles(summary: &LedgerSummary) -> Vec<String> {
    let mut met: Vec<_> = summary
        .obstacles
        .iter()
        .filter(|one| !one.promises.is_empty())
        .collect();
    met.sort_by(|a, b| {
        let key = |one: &&yalu_evidence::ledger::ObstacleTally| (one.promises.len(), one.entries.n);
        key(b).cmp(&key(a))
    });
    if met.is_empty() {
        return Vec::new();
    }
    let named: Vec<String> = met
        .iter()
        .take(5)
        .map(|one| {
            let n = one.promises.len();
            format!(
                "{} ({n} {})",
                one.title,
                if n == 1 { "promise" } else { "promises" }
            )
        })
        .collect();
    vec![format!(
        "Obstacles that sources name, by how many promises they bear on: {}.",
        named.join("; ")
    )]
}

/// What to beware of.
pub(super) fn cautions(summary: &LedgerSummary) -> Vec<String> {
    let mut cautions = vec![
        "What was never reported isn’t in the ledger: neither promises that nobody wrote of nor steps that nobody saw.".to_owned(),
    ];
    if summary.overall.promises.n < 10 {
        cautions.push(format!(
            "{} promises are few: intervals are wide, and no difference between eras short of the whole could be shown.",
            summary.overall.promises.n
        ));
    }
    match summary.not_surely_by_then.len() {
        0 => {}
        1 => cautions.push(format!(
            "Line {} may be later than the as-of date and is in no figure.",
            summary.not_surely_by_then[0].line
        )),
        n => cautions.push(format!(
            "{n} lines may be later than the as-of date and are in no figure: {}.",
            summary
                .not_surely_by_then
                .iter()
                .map(|one| one.line.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        )),
    }
    cautions
}
