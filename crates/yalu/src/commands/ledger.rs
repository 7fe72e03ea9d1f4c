//! `yalu ledger`.

use std::path::Path;

use jiff::civil::Date;
use yalu_dossier::ledger::LedgerRecord;
use yalu_dossier::load::{Dossier, load_dossier_without_series};
use yalu_dossier::pipeline;
use yalu_dossier::words::percent;
use yalu_evidence::ledger::{EraKey, Tally};

use super::assess::failure;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(path: &Path, as_of: Option<Date>, printer: &Printer) -> Result<(), Failure> {
    let dossier = load_dossier_without_series(path)?;
    let as_of = as_of
        .or_else(|| last_date(&dossier))
        .ok_or_else(|| Failure::Input {
            message: "the dossier names no date to count as of".to_owned(),
            mend: Some("give --as-of YYYY-MM-DD".to_owned()),
        })?;
    let (record, _) = pipeline::ledger(&dossier, as_of).map_err(|error| failure(&error))?;
    let Some(record) = record else {
        return Err(Failure::Input {
            message: format!("the dossier in {} has no [ledger]", path.display()),
            mend: Some(
                "add [ledger] with file = \"ledger.csv\" and its projects; docs/ledger.md says how"
                    .to_owned(),
            ),
        });
    };
    if printer.json {
        let text = serde_json::to_string_pretty(&record).map_err(|error| Failure::Machine {
            message: format!("the ledger can't be written as JSON: {error}"),
            mend: None,
        })?;
        printer.result(&text);
    } else {
        printer.result(&shown(&record, printer));
    }
    Ok(())
}

/// The last of the dates that the dossier is asked as of.
fn last_date(dossier: &Dossier) -> Option<Date> {
    let dates = &dossier.spec.question.as_of;
    dates.iter().filter_map(|text| text.parse().ok()).max()
}

fn shown(record: &LedgerRecord, printer: &Printer) -> String {
    let mut text = printer.bold(&format!(
        "Promised and tangible, as of {}",
        record.summary.as_of
    ));
    text.push('\n');
    for sentence in record.sentences.iter().chain(&record.cautions) {
        text.push_str(&format!("  {sentence}\n"));
    }
    text.push('\n');
    text.push_str(&table(record));
    text.trim_end().to_owned()
}

/// By project, then by era: promises, tangible, where it stands, lines behind it.
fn table(record: &LedgerRecord) -> String {
    let mut rows = vec![[
        String::new(),
        "promises".to_owned(),
        "tangible".to_owned(),
        "stands".to_owned(),
        "lines".to_owned(),
    ]];
    for project in &record.summary.projects {
        rows.push(row(
            &project.title,
            &project.tally,
            project.current.as_ref().map_or("", |one| one.state.words()),
        ));
    }
    for era in record
        .summary
        .eras
        .iter()
        .filter(|one| one.tally.promises.n > 0)
    {
        rows.push(row(
            &format!("under {}", era_name(&era.era)),
            &era.tally,
            "",
        ));
    }
    aligned(&rows)
}

fn row(title: &str, tally: &Tally, stands: &str) -> [String; 5] {
    let share = tally.share_tangible.map_or(String::new(), |share| {
        format!(
            "{} of {} ({}, {} to {})",
            tally.tangible.n,
            tally.promises.n,
            percent(share.value),
            percent(share.lower),
            percent(share.upper)
        )
    });
    let lines: Vec<String> = tally
        .promises
        .lines
        .iter()
        .map(ToString::to_string)
        .collect();
    [
        title.to_owned(),
        tally.promises.n.to_string(),
        share,
        stands.to_owned(),
        lines.join(", "),
    ]
}

/// Columns as wide as what they hold.
fn aligned(rows: &[[String; 5]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..5).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn era_name(era: &EraKey) -> String {
    match era {
        EraKey::BeforeFirst => "nobody listed".to_owned(),
        EraKey::Era { leader, .. } => leader.clone(),
        EraKey::Straddles { leaders, .. } => leaders.join(" or "),
        EraKey::NoEras => "no era".to_owned(),
    }
}
