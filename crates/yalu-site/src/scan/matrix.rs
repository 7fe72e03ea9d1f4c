//! Source × target: where in the world levels moved.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use yalu_dossier::scan::report::ScanOutcome;

use crate::format;

use super::placed::PlacedDyad;
use super::words::{arrow, line};

/// The most states on a side: more would be too many to read.
const MAX_STATES: usize = 40;

/// One dyad's cell.
#[derive(Debug)]
pub(super) struct Cell {
    class: &'static str,
    /// Where it leads; empty where the dyad has no part of its own.
    to: String,
    text: String,
    title: String,
}

/// One source's row; `None` where nothing was found.
#[derive(Debug)]
pub(super) struct MatrixRow {
    code: String,
    name: String,
    /// The target of each column is this source.
    cells: Vec<(bool, Option<Cell>)>,
}

/// The third part.
#[derive(Debug, Template)]
#[template(path = "scan_matrix.html")]
pub(super) struct MatrixSection {
    columns: Vec<(String, String)>,
    rows: Vec<MatrixRow>,
    sentence: String,
}

fn class(outcome: ScanOutcome) -> &'static str {
    match outcome {
        ScanOutcome::Lasting => "m-lasting",
        ScanOutcome::Emerging => "m-emerging",
        _ => "m-faded",
    }
}

fn cell(found: &[(usize, &PlacedDyad)], n_shown: usize) -> Option<Cell> {
    let (place, first) = found.first()?;
    let text = first.main().map_or_else(
        || "·".to_owned(),
        |one| {
            let year = one.at.get(2..4).unwrap_or_default();
            format!("{}{year}", arrow(one.ratio))
        },
    );
    let mut title = line(first);
    if found.len() > 1 {
        title.push_str(&format!(
            "; and {} of the source",
            format::plural(found.len() as u64 - 1, "other sector", "other sectors")
        ));
    }
    Some(Cell {
        class: class(first.dyad.outcome),
        to: if *place < n_shown {
            first.anchor.clone()
        } else {
            String::new()
        },
        text,
        title,
    })
}

impl MatrixSection {
    /// All dyads of the report; the first `n_shown` have a part to lead to.
    pub(super) fn of(all: &[PlacedDyad], n_shown: usize) -> Self {
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        let mut frequency: BTreeMap<&str, usize> = BTreeMap::new();
        let mut found: BTreeMap<(&str, &str), Vec<(usize, &PlacedDyad)>> = BTreeMap::new();
        for (place, placed) in all.iter().enumerate().filter(|(_, one)| one.is_discovery()) {
            let dyad = placed.dyad;
            for (code, name) in [
                (&dyad.source, &dyad.source_name),
                (&dyad.target, &dyad.target_name),
            ] {
                names.entry(code).or_insert(name);
                *frequency.entry(code).or_default() += 1;
            }
            found
                .entry((&dyad.source, &dyad.target))
                .or_default()
                .push((place, placed));
        }
        let mut states: Vec<(&str, usize)> = frequency.into_iter().collect();
        states.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        let n_states = states.len();
        states.truncate(MAX_STATES);
        let chosen: BTreeSet<&str> = states.iter().map(|(code, _)| *code).collect();
        let within = |pair: &(&str, &str)| chosen.contains(pair.0) && chosen.contains(pair.1);
        let sources: BTreeSet<&str> = found
            .keys()
            .filter(|one| within(one))
            .map(|one| one.0)
            .collect();
        let targets: BTreeSet<&str> = found
            .keys()
            .filter(|one| within(one))
            .map(|one| one.1)
            .collect();
        let name = |code: &str| names.get(code).copied().unwrap_or_default().to_owned();
        let columns: Vec<&str> = states
            .iter()
            .map(|(code, _)| *code)
            .filter(|code| targets.contains(code))
            .collect();
        let rows = states
            .iter()
            .map(|(code, _)| *code)
            .filter(|code| sources.contains(code))
            .map(|source| MatrixRow {
                code: source.to_owned(),
                name: name(source),
                cells: columns
                    .iter()
                    .map(|target| {
                        let cell = found
                            .get(&(source, *target))
                            .and_then(|found| cell(found, n_shown));
                        (source == *target, cell)
                    })
                    .collect(),
            })
            .collect();
        let n_found: usize = found.values().map(Vec::len).sum();
        let n_within: usize = found
            .iter()
            .filter(|(pair, _)| within(pair))
            .map(|(_, found)| found.len())
            .sum();
        Self {
            sentence: sentence(n_states, n_found, n_within),
            columns: columns
                .iter()
                .map(|code| ((*code).to_owned(), name(code)))
                .collect(),
            rows,
        }
    }
}

fn sentence(n_states: usize, n_found: usize, n_within: usize) -> String {
    let count = |n: usize| format::count(n as u64);
    let order = "states that occur most often come first";
    if n_states > MAX_STATES {
        format!(
            "The {MAX_STATES} states that occur most often among the {} dyads that shifted, of {} states; {} of those dyads lie between them. {}.",
            count(n_found),
            count(n_states),
            count(n_within),
            crate::names::sentence(order),
        )
    } else {
        format!(
            "All {} states that occur among the {} dyads that shifted; {order}.",
            count(n_states),
            count(n_found),
        )
    }
}
