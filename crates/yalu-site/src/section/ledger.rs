//! Promised and tangible: what was promised, what came of it, how long it took, what is in the way.

mod figures;
mod tallies;
mod waits;
mod words;

use askama::Template;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::ledger::{EntryRecord, LedgerRecord};

use crate::anchor::anchor;
use crate::figure::Figure;
use crate::format;
use crate::table::{Cell, Link, Table};

/// The section of a dossier that keeps a ledger.
#[derive(Debug, Template)]
#[template(path = "ledger.html")]
pub(crate) struct LedgerSection {
    sentences: Vec<String>,
    cautions: Vec<String>,
    facts: String,
    timeline: Option<Figure>,
    tallies: Table,
    project_eras: Option<Table>,
    amounts: Option<Table>,
    standing: Option<Table>,
    waits: Option<Figure>,
    comparison: String,
    stages: Option<Table>,
    sensitivity: Option<Table>,
    obstacles: Option<Table>,
    entries: Table,
    n_entries: String,
    unsure: Vec<String>,
    later: String,
    projects: Vec<[String; 2]>,
}

impl LedgerSection {
    /// `None` where the dossier keeps no ledger.
    pub(crate) fn of(assessment: &Assessment) -> Option<Self> {
        let record = assessment.ledger.as_ref()?;
        let summary = &record.summary;
        Some(Self {
            sentences: record.sentences.clone(),
            cautions: record.cautions.clone(),
            facts: facts(record),
            timeline: figures::timeline_figure(record, assessment),
            tallies: tallies::tallies_table(record),
            project_eras: tallies::project_eras_table(record),
            amounts: tallies::amounts_table(record),
            standing: tallies::standing_table(record),
            waits: figures::waits_figure(record),
            comparison: waits::comparison(record),
            stages: waits::stages_table(record),
            sensitivity: waits::sensitivity_table(record),
            obstacles: tallies::obstacles_table(record),
            entries: entries_table(record, assessment),
            n_entries: format::plural(record.entries.len() as u64, "entry", "entries"),
            unsure: summary
                .not_surely_by_then
                .iter()
                .map(|one| {
                    format!(
                        "Line {}, {}: {}.",
                        one.line,
                        one.words,
                        words::unsure(one.reason)
                    )
                })
                .collect(),
            later: match summary.later_lines.len() as u64 {
                0 => String::new(),
                n => format!(
                    "{} later than {}: in no figure.",
                    format::plural(n, "entry is", "entries are"),
                    summary.as_of
                ),
            },
            projects: record
                .projects
                .iter()
                .map(|one| [format!("{}, {}", one.title, one.place), one.meaning.clone()])
                .collect(),
        })
    }
}

fn facts(record: &LedgerRecord) -> String {
    let second = record
        .second_name
        .as_ref()
        .map_or_else(String::new, |name| {
            format!(" · leaders of {name} named beside")
        });
    format!(
        "{} · tangible means {} · divided by the leaders of {}{second}",
        record.file,
        record.summary.threshold.words_as_threshold(),
        record.state_name
    )
}

/// The row of an entry in the table of entries.
pub(super) fn line_anchor(line: usize) -> String {
    format!("ledger-line-{line}")
}

/// A count whose lines open below it.
pub(super) fn counted(count: &yalu_evidence::ledger::Count, record: &LedgerRecord) -> Cell {
    counted_as(format::count(count.n as u64), &count.lines, record)
}

/// A figure whose lines open below it. Lines that aren't among the entries are named without a link.
pub(super) fn counted_as(text: String, lines: &[usize], record: &LedgerRecord) -> Cell {
    let known = |line: usize| record.entries.iter().any(|entry| entry.line == line);
    let links = lines
        .iter()
        .map(|line| Link {
            text: line.to_string(),
            to: if known(*line) {
                line_anchor(*line)
            } else {
                String::new()
            },
        })
        .collect();
    Cell::Lines { text, links }
}

/// A promise's title: its project's, and its own name.
pub(super) fn promise_words(id: &str, record: &LedgerRecord) -> String {
    let promise = record.summary.promises.iter().find(|one| one.id == id);
    let project = promise.and_then(|one| {
        record
            .projects
            .iter()
            .find(|project| project.id == one.project)
    });
    project.map_or_else(
        || id.to_owned(),
        |project| format!("{} ({id})", project.title),
    )
}

fn entries_table(record: &LedgerRecord, assessment: &Assessment) -> Table {
    let columns = [
        "Line",
        "Date",
        "Project",
        "What",
        "By",
        "Amount",
        "Source",
        "What the source says",
    ];
    let mut table = Table::new(
        format!("{}: every entry that is in a figure", record.file),
        &columns,
    );
    table.class = "broad";
    for entry in &record.entries {
        table.named_row(
            line_anchor(entry.line),
            entry_row(entry, record, assessment),
        );
    }
    table
}

fn entry_row(entry: &EntryRecord, record: &LedgerRecord, assessment: &Assessment) -> Vec<Cell> {
    let project = record.projects.iter().find(|one| one.id == entry.project);
    let place = if entry.at.is_empty() {
        String::new()
    } else {
        format!(", {}", entry.at)
    };
    let source = format!("{}{place}", entry.source_words);
    let in_library = assessment
        .evidence
        .as_ref()
        .is_some_and(|one| one.sources.iter().any(|source| source.id == entry.source));
    let absent = || format::ABSENT.to_owned();
    vec![
        Cell::Code(entry.line.to_string()),
        Cell::text(&entry.date_words),
        Cell::text(project.map_or(entry.project.as_str(), |one| one.title.as_str())),
        Cell::text(format!("{}{}", words::entry_kind(entry.kind), entry.what)),
        Cell::text(if entry.by.is_empty() {
            absent()
        } else {
            entry.by.join(", ")
        }),
        Cell::text(entry.amount.as_ref().map_or_else(absent, |one| {
            format!("{} {}", format::exact(one.value), one.unit)
        })),
        if in_library {
            Cell::Link {
                text: source,
                to: anchor("source", &entry.source),
            }
        } else {
            Cell::text(source)
        },
        Cell::text(&entry.note),
    ]
}
