//! Acts files: who within a state acts, without the rows behind it.
//!
//! An acts file is a CSV file (RFC 4180, UTF-8, a header, no comments) with the columns
//!
//! | column | meaning |
//! | --- | --- |
//! | `period` | `2013-02`, `2013-Q1` or `2013-W07`; one length throughout the file |
//! | `kind` | `outward`: an act toward the other state; `domestic`: one toward another actor of the same |
//! | `actor` | who acts, by the name that the data give; the state's code where they name nobody |
//! | `sectors` | its sectors at the time, the narrowest first, with `;` between them; empty for none |
//! | `person` | the person, where it is one that the shipped table knows |
//! | `toward` | `outward`: the other state's code; `domestic`: the other actor's name |
//! | `toward_sectors`, `toward_person` | those of the other actor; empty for `outward` |
//! | `n` | acts, at least 1 |
//!
//! Periods without an act have no line: what the file covers stands in its dossier, and a line
//! outside of that is a fault. Which codes the acts toward the other state have can't be told from
//! the file either.

mod error;
mod read;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

pub use self::error::{ActsFieldProblem, ActsFileError, ActsLineProblem};

use self::read::{Line, Lines, Toward};
use crate::PeriodUnit;
use crate::period::Period;
use crate::query::Window;
use crate::query::acts::{ActsQuery, ActsTable, Counted, InnerActor, PeriodActs};
use crate::query::dyads::{covers, periods};
use crate::series::{Coverage, SourceFile};
use crate::series_file::{hex, write_whole};
use crate::types::ActorCode;

/// The header, column by column.
pub const ACTS_FILE_COLUMNS: [&str; 9] = [
    "period",
    "kind",
    "actor",
    "sectors",
    "person",
    "toward",
    "toward_sectors",
    "toward_person",
    "n",
];

/// Writes every count of `table` in covered periods: acts toward the target first, each kind in
/// order of actor, counterpart and period. Lines end with a line feed; the file appears whole or not
/// at all; the same table gives the same bytes.
///
/// # Errors
/// [`ActsFileError::Write`] when the file can't be written.
pub fn write_acts_file(table: &ActsTable, path: &Path) -> Result<(), ActsFileError> {
    let fail = |source: std::io::Error| ActsFileError::Write {
        path: path.to_owned(),
        source,
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(ACTS_FILE_COLUMNS)
        .map_err(|error| fail(error.into()))?;
    let mut put = |kind: &str, actor: &InnerActor, toward: [&str; 3], entries: &[PeriodActs]| {
        for entry in entries {
            let label = table.periods[entry.period as usize].label(table.unit);
            writer
                .write_record([
                    label.as_str(),
                    kind,
                    &actor.name,
                    &actor.sectors.join(";"),
                    actor.person.as_deref().unwrap_or_default(),
                    toward[0],
                    toward[1],
                    toward[2],
                    &entry.n.to_string(),
                ])
                .map_err(|error| fail(error.into()))?;
        }
        Ok(())
    };
    for one in &table.outward {
        let toward = [table.dyad.target.as_str(), "", ""];
        put("outward", &one.actor, toward, &one.entries)?;
    }
    for one in &table.domestic {
        let sectors = one.target.sectors.join(";");
        let person = one.target.person.as_deref().unwrap_or_default();
        let toward = [one.target.name.as_str(), &sectors, person];
        put("domestic", &one.source, toward, &one.entries)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| fail(error.into_error()))?;
    write_whole(path, &bytes).map_err(fail)
}

/// Answers `query` from an acts file as a store would, by the same rules for dates. Lines may stand
/// in any order.
///
/// `query.unit` is the file's own or, from months, quarters. `query.codes` and `query.datasets`
/// have no part: the file holds what was asked when it was written. `coverage` is what the file
/// doesn't hold; it is cut to the date asked for.
///
/// # Errors
/// [`ActsFileError`] when the file can't be read, a line is wrong, is about another dyad or stands
/// for a period outside `coverage`, or the periods don't fit `query.unit`.
pub fn query_acts_file(
    path: &Path,
    query: &ActsQuery,
    coverage: &[Coverage],
) -> Result<ActsTable, ActsFileError> {
    let file = read::read_lines(path, &query.dyad)?;
    if let Some(held) = file.unit {
        let fits =
            held == query.unit || (held == PeriodUnit::Month && query.unit == PeriodUnit::Quarter);
        if !fits {
            return Err(ActsFileError::Periods {
                path: path.to_owned(),
                held,
                asked: query.unit,
            });
        }
    }
    for line in &file.all {
        if !covers(coverage, line.period) {
            return Err(outside(path, line, &file, coverage));
        }
    }
    Ok(file.table(query, coverage))
}

fn outside(path: &Path, line: &Line, file: &Lines, coverage: &[Coverage]) -> ActsFileError {
    ActsFileError::Field {
        path: path.to_owned(),
        line: line.number,
        column: ACTS_FILE_COLUMNS[0],
        problem: ActsFieldProblem::Uncovered {
            label: line.period.label(file.unit.unwrap_or_default()),
            from: coverage.iter().map(|one| one.from).min(),
            to: coverage.iter().map(|one| one.to).max(),
        },
    }
}

impl Lines {
    fn table(&self, query: &ActsQuery, coverage: &[Coverage]) -> ActsTable {
        let window = Window::new(query.unit, query.from, query.as_of);
        let mut known: Vec<Coverage> = coverage.iter().filter_map(|one| window.clip(one)).collect();
        known.sort_by(|a, b| a.dataset.cmp(&b.dataset));
        let periods = periods(&known, window);
        let covered = periods.iter().map(|&one| covers(&known, one)).collect();
        let mut counted = Counted::default();
        // The digest is of the lines within the window, in one order, so that neither later lines
        // nor their order change it.
        let mut digested = Vec::new();
        for line in &self.all {
            let period = Period::containing(line.period.first_day, query.unit);
            if !window.holds(period) {
                continue;
            }
            digested.push(line.text(query));
            match &line.toward {
                Toward::Target => counted.add_outward(line.actor.clone(), period, line.n),
                Toward::Inner(other) => {
                    counted.add_domestic(line.actor.clone(), other.clone(), period, line.n);
                }
            }
        }
        digested.sort_unstable();
        let mut digest = Sha256::new();
        for text in &digested {
            digest.update(text.as_bytes());
        }
        let file = SourceFile {
            name: format!("{} (lines up to the last period used)", self.name),
            sha256: hex(&digest.finalize()),
            n_rows: digested.len() as u64,
        };
        let sql = self.sql(window);
        counted.table(query, periods, covered, |table| {
            table.coverage = known;
            table.files = vec![file];
            table.sql = sql;
        })
    }

    /// The query as SQL over the file, with the file's own periods.
    fn sql(&self, window: Window) -> String {
        let held = self.unit.unwrap_or(window.unit);
        let label = |day: Date| Period::containing(day, held).label(held);
        let mut conditions = Vec::new();
        conditions.extend(window.from.map(|day| format!("period >= '{}'", label(day))));
        conditions.extend(window.to.map(|day| format!("period <= '{}'", label(day))));
        let condition = if conditions.is_empty() {
            String::new()
        } else {
            format!("\nWHERE {}", conditions.join(" AND "))
        };
        format!(
            "SELECT period, kind, actor, sectors, person, toward, toward_sectors, toward_person, \
             CAST(n AS BIGINT) AS n\nFROM read_csv('{}', header = true, all_varchar = true){condition}\n\
             ORDER BY 2, 3, 4, 5, 6, 7, 8, 1",
            self.name.replace('\'', "''")
        )
    }
}

impl Line {
    fn text(&self, query: &ActsQuery) -> String {
        let actor = |one: &InnerActor| {
            format!(
                "{}\u{1f}{}\u{1f}{}",
                one.name,
                one.sectors.join(";"),
                one.person.as_deref().unwrap_or_default()
            )
        };
        let target: &ActorCode = &query.dyad.target;
        let toward = match &self.toward {
            Toward::Target => target.to_string(),
            Toward::Inner(other) => actor(other),
        };
        format!(
            "{}\u{1f}{}\u{1f}{toward}\u{1f}{}\n",
            self.period.first_day,
            actor(&self.actor),
            self.n
        )
    }
}
