//! The table of dyads, best evidence first.

use askama::Template;
use yalu_dossier::scan::report::ScanReport;

use crate::format;

use super::placed::PlacedDyad;
use super::trace::Trace;
use super::words::{arrow, bound, outcome_class, outcome_name, outcome_sign, ratio, ratios};

/// One column's head.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    /// `number` or `text`.
    pub(super) kind: &'static str,
    /// The order that a first press gives.
    pub(super) first: &'static str,
}

const fn head(
    key: &'static str,
    label: &'static str,
    kind: &'static str,
    first: &'static str,
) -> Head {
    Head {
        key,
        label,
        kind,
        first,
    }
}

const HEADS: [Head; 8] = [
    head("rank", "Rank", "number", "ascending"),
    head("dyad", "Source → target", "text", "ascending"),
    head("outcome", "Outcome", "number", "ascending"),
    head("at", "Main break", "text", "descending"),
    head("size", "New level", "number", "descending"),
    head("typical", "Typical after", "number", "descending"),
    head("q", "q", "number", "ascending"),
    head("events", "Acts", "number", "descending"),
];

/// One dyad's row.
#[derive(Debug)]
pub(super) struct Row {
    rank: u32,
    anchor: String,
    source: String,
    source_name: String,
    target: String,
    target_name: String,
    sector: Option<String>,
    outcome: &'static str,
    outcome_class: &'static str,
    outcome_sign: &'static str,
    outcome_order: u8,
    at: String,
    interval: String,
    size: String,
    size_sort: String,
    bound: String,
    typical: String,
    typical_sort: String,
    typical_interval: String,
    q: String,
    q_sort: String,
    events: String,
    events_sort: String,
    spark: String,
    /// What it is sorted by as a dyad.
    name_sort: String,
}

/// The second part.
#[derive(Debug, Template)]
#[template(path = "scan_ranking.html")]
pub(super) struct RankingSection {
    heads: [Head; 8],
    rows: Vec<Row>,
    caption: String,
    note: String,
    interactive: bool,
}

/// A figure to sort by, short; nothing where it is absent.
fn sort_figure(value: f64) -> String {
    if value == f64::INFINITY {
        "Infinity".to_owned()
    } else if value.is_finite() {
        let text = format!("{value:.5e}");
        match text.split_once('e') {
            Some((digits, power)) => {
                format!(
                    "{}e{power}",
                    digits.trim_end_matches('0').trim_end_matches('.')
                )
            }
            None => text,
        }
    } else {
        String::new()
    }
}

fn row(placed: &PlacedDyad, trace: &Trace) -> Row {
    let dyad = placed.dyad;
    let main = placed.main();
    let typical = main.and_then(|one| one.typical_ratio);
    Row {
        rank: dyad.rank,
        anchor: placed.anchor.clone(),
        source: dyad.source.clone(),
        source_name: dyad.source_name.clone(),
        target: dyad.target.clone(),
        target_name: dyad.target_name.clone(),
        sector: dyad.sector.clone(),
        outcome: outcome_name(dyad.outcome),
        outcome_class: outcome_class(dyad.outcome),
        outcome_sign: outcome_sign(dyad.outcome),
        outcome_order: dyad.outcome as u8,
        at: main.map_or_else(|| format::ABSENT.to_owned(), |one| one.at.clone()),
        interval: main.map_or_else(String::new, |one| format::span(&one.interval)),
        size: main.map_or_else(
            || format::ABSENT.to_owned(),
            |one| format!("{} {}", arrow(one.ratio), ratio(one.ratio)),
        ),
        size_sort: main.map_or_else(String::new, |one| sort_figure(one.ratio)),
        bound: main.map_or_else(String::new, bound),
        typical: typical.map_or_else(|| format::ABSENT.to_owned(), ratio),
        typical_sort: typical.map_or_else(String::new, sort_figure),
        typical_interval: main
            .and_then(|one| one.typical_interval)
            .map_or_else(String::new, ratios),
        q: format::p_value(dyad.q_value),
        q_sort: sort_figure(dyad.q_value),
        events: format::exact(dyad.n_events),
        events_sort: sort_figure(dyad.n_events),
        spark: trace.sparkline(),
        name_sort: format!(
            "{} {} {}",
            dyad.source_name,
            dyad.target_name,
            dyad.sector.as_deref().unwrap_or_default()
        ),
    }
}

impl RankingSection {
    /// The rows of the dyads that the page shows.
    pub(super) fn of(
        shown: &[PlacedDyad],
        traces: &[Trace],
        report: &ScanReport,
        interactive: bool,
    ) -> Self {
        let n = shown.len() as u64;
        let tested = u64::from(report.counts.tested).max(report.dyads.len() as u64);
        let caption = if n == tested {
            format!(
                "{} by rank, the best evidence first",
                format::plural(n, "tested dyad", "tested dyads")
            )
        } else {
            format!(
                "The first {} of {} tested dyads, the best evidence first",
                format::count(n),
                format::count(tested)
            )
        };
        let rest = report
            .dyads
            .iter()
            .skip(shown.len())
            .filter(|dyad| {
                use yalu_dossier::scan::report::ScanOutcome::{Emerging, Faded, Lasting};
                matches!(dyad.outcome, Lasting | Emerging | Faded)
            })
            .count() as u64;
        let mut note = "“New level” is the level after the main break over the one before, with the end of its 95\u{a0}% interval that is nearer to no change. “Typical after” compares the typical periods. “Rate” draws counts per exposure from the first period to the last with the levels over them, each dyad on a scale of its own, which is a square-root scale where single spikes would hide the level.".to_owned();
        if rest > 0 {
            note.push_str(&format!(
                " {} that shifted {} below the rows shown: the scan’s tables hold them.",
                format::plural(rest, "dyad", "dyads"),
                if rest == 1 { "ranks" } else { "rank" }
            ));
        }
        Self {
            heads: HEADS,
            rows: shown
                .iter()
                .zip(traces)
                .map(|(placed, trace)| row(placed, trace))
                .collect(),
            caption,
            note,
            interactive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_to_sort_by_are_short_and_keep_their_order() {
        assert_eq!(sort_figure(0.0), "0e0");
        assert_eq!(sort_figure(2.5), "2.5e0");
        assert_eq!(sort_figure(1234.0), "1.234e3");
        assert_eq!(sort_figure(f64::INFINITY), "Infinity");
        assert_eq!(sort_figure(f64::NAN), "");
    }
}
