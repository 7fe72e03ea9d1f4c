//! A dyad's own quick assessment.

use askama::Template;
use yalu_dossier::scan::report::{DyadScan, ScanReport};

use yalu_dossier::export::ExportTable;

use crate::figure::{Figure, Key};
use crate::format;
use crate::table::{Cell, Table};

use super::placed::PlacedDyad;
use super::trace::{Trace, changes_within};
use super::words::{
    codes, line, outcome_class, outcome_name, outcome_sign, persistence_name, ratio, ratios,
    sentences, title,
};

/// One dyad's part.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) anchor: String,
    pub(super) rank: u32,
    pub(super) title: String,
    pub(super) codes: String,
    pub(super) outcome: &'static str,
    pub(super) outcome_class: &'static str,
    pub(super) outcome_sign: &'static str,
    pub(super) when: String,
    pub(super) sentences: String,
    pub(super) figure: Option<Figure>,
    pub(super) breaks: Option<Table>,
    pub(super) test: String,
    pub(super) command: String,
}

/// The parts of the first dyads.
#[derive(Debug, Template)]
#[template(path = "scan_parts.html")]
pub(super) struct PartsSection {
    parts: Vec<Part>,
    n: String,
}

impl PartsSection {
    pub(super) fn of(shown: &[PlacedDyad], traces: &[Trace], report: &ScanReport) -> Self {
        Self {
            parts: shown
                .iter()
                .zip(traces)
                .map(|(placed, trace)| part(placed, trace, report))
                .collect(),
            n: format::plural(shown.len() as u64, "dyad", "dyads"),
        }
    }
}

fn part(placed: &PlacedDyad, trace: &Trace, report: &ScanReport) -> Part {
    let dyad = placed.dyad;
    Part {
        anchor: placed.anchor.clone(),
        rank: dyad.rank,
        title: title(dyad),
        codes: codes(dyad),
        outcome: outcome_name(dyad.outcome),
        outcome_class: outcome_class(dyad.outcome),
        outcome_sign: outcome_sign(dyad.outcome),
        when: placed.main().map_or_else(String::new, |one| {
            format!("{}, {}", one.at, ratio(one.ratio))
        }),
        sentences: sentences(placed, report).join(" "),
        figure: figure(placed, trace, report),
        breaks: breaks_table(placed),
        test: test_facts(dyad),
        command: format!(
            "yalu scan --store STORE --open {} --out DIR",
            shell_word(&format!("{}:{}", dyad.source, dyad.target))
        ),
    }
}

/// A word of a command line, in quotes where a shell would take it apart.
fn shell_word(word: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_.:".contains(char);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn figure(placed: &PlacedDyad, trace: &Trace, report: &ScanReport) -> Option<Figure> {
    let (first, last) = (report.periods.first()?, report.periods.last()?);
    let description = format!(
        "{first} to {last}, acts per thousand of the exposure, the highest {}. {}. The table below holds the breaks.",
        format::figure(trace.highest),
        line(placed),
    );
    let mut key = vec![Key::new("observed", "counted per exposure")];
    if !placed.levels.is_empty() {
        key.push(Key::new("level", "level"));
    }
    if placed.dyad.main.is_some() {
        key.push(Key::new("band", "main break, 95\u{a0}% interval"));
    }
    if placed.breaks.len() > usize::from(placed.dyad.main.is_some()) {
        key.push(Key::new("break", "other breaks"));
    }
    if !changes_within(report).is_empty() {
        key.push(Key::new("coverage", "source base changes"));
    }
    if trace.has_gaps {
        key.push(Key::new("absent", "no data"));
    }
    let unit = if trace.is_rooted {
        "acts per thousand of the exposure (square-root axis)"
    } else {
        "acts per thousand of the exposure"
    };
    Some(
        Figure::draw(
            format!("{}-chart", placed.anchor),
            String::new(),
            ExportTable::default(),
            |canvas, id| trace.chart(placed, canvas, id, &description),
        )
        .with_key(key)
        .with_unit(unit),
    )
}

fn breaks_table(placed: &PlacedDyad) -> Option<Table> {
    let dyad = placed.dyad;
    if dyad.breaks.is_empty() {
        return None;
    }
    let mut table = Table::new(
        format!("{}: breaks, the main one in bold", codes(dyad)),
        &[
            "First period",
            "95\u{a0}% interval",
            "#Level, old → new",
            "#Ratio",
            "#Typical ratio",
            "Level after",
            "Note",
        ],
    );
    for (idx, (one, place)) in dyad.breaks.iter().zip(&placed.breaks).enumerate() {
        let before = placed
            .levels
            .iter()
            .position(|level| level[1] + 1 == place.at);
        let after = placed.levels.iter().position(|level| level[0] == place.at);
        let rate = |idx: Option<usize>| {
            idx.and_then(|idx| dyad.levels.get(idx)).map_or_else(
                || format::ABSENT.to_owned(),
                |level| format::figure(level.rate),
            )
        };
        let mut notes = Vec::new();
        if one.is_return {
            notes.push("end of a shock".to_owned());
        }
        if let Some(note) = &one.coverage_change {
            notes.push(format!("at a change of the source base: {note}"));
        }
        table.marked_row(
            dyad.main.is_some_and(|main| main as usize == idx),
            vec![
                Cell::text(&one.at),
                Cell::text(format::span(&one.interval)),
                Cell::number(format!("{} → {}", rate(before), rate(after))),
                Cell::number(with_interval(ratio(one.ratio), Some(one.ratio_interval))),
                Cell::number(one.typical_ratio.map_or_else(
                    || format::ABSENT.to_owned(),
                    |value| with_interval(ratio(value), one.typical_interval),
                )),
                Cell::text(persistence_name(one.persistence)),
                Cell::text(notes.join("; ")),
            ],
        );
    }
    table.class = "breaks";
    Some(table)
}

fn with_interval(value: String, interval: Option<[f64; 2]>) -> String {
    match interval {
        Some(interval) => format!("{value} ({})", ratios(interval)),
        None => value,
    }
}

fn test_facts(dyad: &DyadScan) -> String {
    let mut facts = vec![
        format!("{} acts", format::exact(dyad.n_events)),
        format!("statistic {}", format::figure(dyad.statistic)),
        format!("p {}", format::p_value(dyad.p_value)),
        format!("q {}", format::p_value(dyad.q_value)),
        format::plural(u64::from(dyad.replications), "draw", "draws"),
        format!(
            "blocks of {}",
            format::plural(u64::from(dyad.block), "period", "periods")
        ),
        format!(
            "serial correlation {}",
            format::figure(dyad.serial_correlation)
        ),
    ];
    facts.push(match dyad.theta {
        Some(theta) => format!("θ {}", format::figure(theta)),
        None => "counts vary no more than Poisson".to_owned(),
    });
    facts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_a_shell_would_take_apart_is_quoted() {
        assert_eq!(shell_word("USA:IRQ"), "USA:IRQ");
        assert_eq!(shell_word("A B:C"), "'A B:C'");
        assert_eq!(shell_word("A';rm:C"), "'A'\\'';rm:C'");
    }
}
