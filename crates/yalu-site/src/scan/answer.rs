//! What the scan found, in two sentences, and what to know before trusting it.

use askama::Template;
use yalu_dossier::scan::report::{ScanOutcome, ScanReport};

use crate::format;
use crate::table::{Cell, Table};

use super::words::{horizon, outcome_class, outcome_name, outcome_sign};

/// One outcome with how many dyads have it.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) n: String,
    /// Its share of the tested dyads: text, and width of the bar in per cent.
    pub(super) share: (String, String),
    pub(super) meaning: String,
}

/// The part on top.
#[derive(Debug, Template)]
#[template(path = "scan_answer.html")]
pub(super) struct AnswerSection {
    headline: String,
    limit: String,
    tallies: Vec<Tally>,
    warnings: Vec<String>,
    changes: Option<Table>,
}

/// `1 dyad`, `2 dyads`.
fn dyads(n: u32) -> String {
    format::plural(u64::from(n), "dyad", "dyads")
}

fn number(n: u32) -> String {
    format::count(u64::from(n))
}

fn headline(report: &ScanReport) -> String {
    let (counts, question) = (&report.counts, &report.question);
    if counts.dyads == 0 {
        return "No dyad has a single counted act, so that nothing was tested.".to_owned();
    }
    let least = format::plural(question.min_events.max(0.0).round() as u64, "act", "acts");
    if counts.tested == 0 {
        return format!(
            "None of {} has {least} or more, so that nothing was tested.",
            dyads(counts.dyads)
        );
    }
    let found = counts.lasting + counts.emerging + counts.faded;
    let tested = format!(
        "Of {} tested ({} had fewer than {least})",
        dyads(counts.tested),
        number(counts.too_few),
    );
    let rest = format!(
        "{} had shocks that passed, {} showed nothing",
        number(counts.shock),
        number(counts.no_shift)
    );
    if found == 0 {
        return format!(
            "{tested}, none shifted at a false-discovery rate of {}; {rest}.",
            format::percent(question.level)
        );
    }
    format!(
        "{tested}, {} shifted at a false-discovery rate of {}: {} lasting, {} emerging, {} faded; {rest}.",
        number(found),
        format::percent(question.level),
        number(counts.lasting),
        number(counts.emerging),
        number(counts.faded),
    )
}

fn limit(report: &ScanReport) -> String {
    let counts = &report.counts;
    let found = counts.lasting + counts.emerging + counts.faded;
    let chance = f64::from(found) * report.question.level;
    let mut text = String::new();
    if found > 0 && chance.is_finite() {
        text.push_str(&format!(
            "Up to about {} of the {} may be chance, and which can’t be told. ",
            format::count((chance.ceil() as u64).max(1)),
            number(found)
        ));
    }
    text.push_str(
        "A shift is a change in how often acts are reported, per act of the exposure. The scan doesn’t show why it came, whether others’ acts explain it, or that policy and not the attention of the press moved: that takes the dyad’s own dossier. A dyad without a shift may have one too small or too short to be seen.",
    );
    text
}

fn tallies(report: &ScanReport) -> Vec<Tally> {
    let counts = &report.counts;
    [
        (
            ScanOutcome::Lasting,
            counts.lasting,
            format!(
                "Levels moved beyond chance, and a break’s typical level stayed away through {}",
                horizon(report)
            ),
        ),
        (
            ScanOutcome::Emerging,
            counts.emerging,
            format!(
                "Levels moved beyond chance, and the last break is younger than {}",
                horizon(report)
            ),
        ),
        (
            ScanOutcome::Faded,
            counts.faded,
            "Levels moved beyond chance, but after every break the level came back or can’t be told"
                .to_owned(),
        ),
        (
            ScanOutcome::Shock,
            counts.shock,
            "Levels didn’t move beyond chance; shocks that passed were dated".to_owned(),
        ),
        (
            ScanOutcome::NoShift,
            counts.no_shift,
            "Nothing beyond chance, and no shock".to_owned(),
        ),
    ]
    .into_iter()
    .map(|(outcome, n, meaning)| {
        let share = f64::from(n) / f64::from(counts.tested.max(1));
        Tally {
            name: outcome_name(outcome),
            class: outcome_class(outcome),
            sign: outcome_sign(outcome),
            n: number(n),
            share: (
                format::percent(share),
                format!("{:.1}", (share * 100.0).clamp(0.0, 100.0)),
            ),
            meaning,
        }
    })
    .collect()
}

fn changes_table(report: &ScanReport) -> Option<Table> {
    let mut table = Table::new(
        "Changes of the source base: a break near one may be the data’s",
        &["From", "What changed", "How it is known"],
    );
    for change in &report.coverage_changes {
        table.row(vec![
            Cell::text(&change.at),
            Cell::text(&change.note),
            Cell::text(if change.declared {
                "declared on a data set"
            } else {
                "suspected from the world’s total"
            }),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

impl AnswerSection {
    pub(super) fn of(report: &ScanReport) -> Self {
        Self {
            headline: headline(report),
            limit: limit(report),
            tallies: tallies(report),
            warnings: report.warnings.clone(),
            changes: changes_table(report),
        }
    }
}
