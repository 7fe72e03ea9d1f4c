//! Promised against tangible as tables; each count leads to its lines.

use yalu_dossier::ledger::LedgerRecord;
use yalu_evidence::ledger::{AmountSum, Share, Tally};

use super::{counted, counted_as, promise_words};
use crate::format;
use crate::table::{Cell, Link, Table};

const COLUMNS: [&str; 8] = [
    "Of",
    "Promised",
    "Tangible",
    "#Share",
    "#Interval",
    "Furthest",
    "Where they stand",
    "Said again",
];

/// All, by project, by era.
pub(super) fn tallies_table(record: &LedgerRecord) -> Table {
    let summary = &record.summary;
    let confidence = format::percent(summary.confidence);
    let mut table = Table::new(
        format!("Promised and tangible ({confidence} intervals)"),
        &COLUMNS,
    );
    table.marked_row(
        true,
        tally_row(Cell::text("all promises"), &summary.overall, record),
    );
    for one in &summary.projects {
        table.row(tally_row(Cell::text(&one.title), &one.tally, record));
    }
    for one in &summary.eras {
        let under = format!("made under {}", one.era.words());
        table.row(tally_row(Cell::text(under), &one.tally, record));
    }
    table
}

pub(super) fn project_eras_table(record: &LedgerRecord) -> Option<Table> {
    let mut table = Table::new("Promised and tangible by project and leader", &COLUMNS);
    for one in &record.summary.project_eras {
        let project = record
            .projects
            .iter()
            .find(|project| project.id == one.project);
        let project = project.map_or(one.project.as_str(), |project| project.title.as_str());
        let of = Cell::text(format!("{project}, made under {}", one.era.words()));
        table.row(tally_row(of, &one.tally, record));
    }
    (!table.rows.is_empty()).then_some(table)
}

fn tally_row(of: Cell, tally: &Tally, record: &LedgerRecord) -> Vec<Cell> {
    let absent = || format::ABSENT.to_owned();
    let share = tally.share_tangible;
    let states: Vec<String> = tally
        .states
        .iter()
        .filter(|one| one.promises.n > 0)
        .map(|one| format!("{} {}", one.promises.n, one.state.words()))
        .collect();
    let state_lines: Vec<usize> = tally
        .states
        .iter()
        .flat_map(|one| one.promises.lines.clone())
        .collect();
    vec![
        of,
        counted(&tally.promises, record),
        counted(&tally.tangible, record),
        Cell::number(share.map_or_else(absent, |one| format::percent(one.value))),
        Cell::number(share.map_or_else(absent, interval)),
        match &tally.furthest {
            Some(one) => counted_as(one.stage.words().to_owned(), &one.lines, record),
            None => Cell::text(absent()),
        },
        if states.is_empty() {
            Cell::text(absent())
        } else {
            counted_as(states.join(", "), &state_lines, record)
        },
        counted(&tally.reannouncements, record),
    ]
}

pub(super) fn interval(share: Share) -> String {
    format!(
        "{} to {}",
        format::percent(share.lower),
        format::percent(share.upper)
    )
}

/// Amounts pledged and spent, by project; `None` where no entry names one.
pub(super) fn amounts_table(record: &LedgerRecord) -> Option<Table> {
    let summary = &record.summary;
    let mut table = Table::new(
        "Amounts that sources name",
        &["Project", "What", "Sum", "Unit"],
    );
    for one in &summary.projects {
        for (what, sums) in [
            ("pledged by promises", &one.tally.pledged),
            ("spent by steps", &one.tally.spent),
        ] {
            for sum in sums {
                table.row(amount_row(&one.title, what, sum, record));
            }
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn amount_row(project: &str, what: &str, sum: &AmountSum, record: &LedgerRecord) -> Vec<Cell> {
    vec![
        Cell::text(project),
        Cell::text(what),
        counted_as(format::exact(sum.sum), &sum.lines, record),
        Cell::text(&sum.unit),
    ]
}

/// Where each project stands; those without a promise are named too.
pub(super) fn standing_table(record: &LedgerRecord) -> Option<Table> {
    let mut table = Table::new("Where each project stands", &["Project", "State", "Since"]);
    for one in &record.summary.projects {
        let (state, since) = match &one.current {
            Some(standing) => (
                Cell::text(standing.state.words()),
                counted_as(standing.since_words.clone(), &[standing.line], record),
            ),
            None => (Cell::text("no promise by then"), Cell::text(format::ABSENT)),
        };
        table.row(vec![Cell::text(&one.title), state, since]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// What is in the way, and of which promises; types that no entry names are left out.
pub(super) fn obstacles_table(record: &LedgerRecord) -> Option<Table> {
    let columns = [
        "Obstacle",
        "Entries",
        "Bears on",
        "Of them stalled now",
        "Of them abandoned",
    ];
    let mut table = Table::new("What is in the way", &columns);
    let promises = |ids: &[String]| {
        let links: Vec<Link> = ids
            .iter()
            .map(|id| {
                let known = record.summary.promises.iter().find(|one| one.id == *id);
                Link {
                    text: promise_words(id, record),
                    to: known.map_or_else(String::new, |one| super::line_anchor(one.line)),
                }
            })
            .collect();
        if links.is_empty() {
            Cell::text(format::ABSENT)
        } else {
            Cell::Links(links)
        }
    };
    let mut known: Vec<_> = record
        .summary
        .obstacles
        .iter()
        .filter(|one| one.entries.n > 0)
        .collect();
    known.sort_by_key(|one| std::cmp::Reverse(one.promises.len()));
    for one in known {
        table.row(vec![
            Cell::text(&one.title),
            counted(&one.entries, record),
            promises(&one.promises),
            promises(&one.stalled),
            promises(&one.abandoned),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
