//! How a scan was computed, and from what.

use askama::Template;
use yalu_dossier::assessment::MethodStep;
use yalu_dossier::scan::report::ScanReport;

use crate::format;
use crate::section::{coverage_table, files_table};
use crate::table::{Cell, Table};

use super::words::{horizon, period_words, ratio, test_name};

/// The last two sections: data and method.
#[derive(Debug, Template)]
#[template(path = "scan_data.html")]
pub(super) struct ScanDataSection {
    summary: String,
    coverage: Table,
    changes: Option<Table>,
    files: Table,
    sql: String,
    asked: Table,
    steps: Vec<MethodStep>,
}

impl ScanDataSection {
    pub(super) fn of(report: &ScanReport) -> Self {
        let [one, many] = period_words(report);
        let known = report.world.iter().flatten().count();
        Self {
            summary: format!(
                "{}, {}, of which {} lie within coverage. A count is a sum over rows of the store; a period within coverage and without rows is zero, one outside is absent.",
                format::span(&report.question.periods),
                format::plural(report.periods.len() as u64, one, many),
                format::count(known as u64),
            ),
            coverage: coverage_table(&report.coverage),
            changes: changes_table(report),
            files: files_table(&report.files),
            sql: report.sql.clone(),
            asked: asked_table(report),
            steps: report.method.clone(),
        }
    }
}

fn changes_table(report: &ScanReport) -> Option<Table> {
    let mut table = Table::new(
        "Changes that the data sets declare",
        &["Date", "Data set", "What changed"],
    );
    for one in &report.coverage {
        for change in &one.changes {
            table.row(vec![
                Cell::text(&change.date),
                Cell::Code(one.dataset.clone()),
                Cell::text(&change.note),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn asked_table(report: &ScanReport) -> Table {
    let question = &report.question;
    let mut table = Table::new("What was asked", &["Setting", "Value"]);
    let mut row = |name: &str, value: String| {
        table.row(vec![Cell::text(name), Cell::text(value)]);
    };
    row("Acts counted", question.codes.clone());
    row("Exposure", question.exposure.clone());
    row("Data sets", question.datasets.join(", "));
    row("Periods", format::span(&question.periods));
    row(
        "Fewest acts of a dyad that is tested",
        format::exact(question.min_events),
    );
    row(
        "A dyad is",
        if question.by_sector {
            "a sector of the source toward a target".to_owned()
        } else {
            "a source toward a target".to_owned()
        },
    );
    row(
        "The statistic is held against",
        test_name(question.test).to_owned(),
    );
    row(
        "Draws of a dyad’s test at most",
        format::count(u64::from(question.replications)),
    );
    row(
        "False-discovery rate over all tested dyads",
        format::percent(question.level),
    );
    row("A new level lasts once it held for", horizon(report));
    row(
        "Typical levels count as equal within",
        format!(
            "{} to {}",
            ratio(1.0 / question.equivalence_ratio),
            ratio(question.equivalence_ratio)
        ),
    );
    row("Seed", question.seed.to_string());
    row("Format of the scan", report.format.to_string());
    row("Version of Yalu", report.yalu_version.clone());
    table
}
