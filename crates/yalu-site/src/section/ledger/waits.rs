//! How long promises took: by stage and era, whether eras differ, and under other first days.

use yalu_dossier::ledger::LedgerRecord;
use yalu_evidence::ledger::{DayQuantile, DurationRecord, EraComparison, EraKey, WaitRecord};

use super::counted;
use crate::format;
use crate::table::{Cell, Table};

/// Days as years.
pub(super) fn years(days: f64) -> String {
    format!("{:.1}", days / 365.25)
}

/// The durations at the ledger's own threshold.
pub(super) fn at_threshold(record: &LedgerRecord) -> Option<&DurationRecord> {
    let threshold = record.summary.threshold;
    record
        .summary
        .durations
        .iter()
        .find(|one| one.threshold == threshold)
}

/// Whether eras differ, in a sentence.
pub(super) fn comparison(record: &LedgerRecord) -> String {
    at_threshold(record).map_or_else(String::new, |one| compared(&one.comparison))
}

fn compared(comparison: &EraComparison) -> String {
    match comparison {
        EraComparison::NotTested { words, .. } => words.clone(),
        EraComparison::Tested {
            groups,
            chi_square,
            degrees_of_freedom,
            p_value,
            permutation_p_value,
            allocations,
            exact,
            left_out,
            ..
        } => {
            let groups: Vec<String> = groups
                .iter()
                .map(|one| {
                    format!(
                        "{}: {} of {} reached it, {} expected were eras alike",
                        one.era.words(),
                        one.reached,
                        one.n,
                        format::figure(one.expected)
                    )
                })
                .collect();
            let n = format::count(*allocations as u64);
            let ways = if *exact {
                format!("all {n} ways")
            } else {
                format!("{n} random ways")
            };
            let left: Vec<String> = left_out.iter().map(EraKey::words).collect();
            let left = if left.is_empty() {
                String::new()
            } else {
                format!(" Left out for too few promises: {}.", left.join(", "))
            };
            format!(
                "Log-rank test: χ² {} on {degrees_of_freedom} df, p {}; dealing the eras anew in {ways}, p {}. {}.{left}",
                format::figure(*chi_square),
                format::p_value(*p_value),
                format::p_value(*permutation_p_value),
                groups.join("; ")
            )
        }
    }
}

/// A row for each stage, all promises and each era's.
pub(super) fn stages_table(record: &LedgerRecord) -> Option<Table> {
    let columns = [
        "Stage",
        "Promises made",
        "Promises",
        "Reached it",
        "Abandoned before",
        "#Median, years",
        "#Interval",
        "#Without middles",
    ];
    let mut table = Table::new("How long it took, by stage", &columns);
    for one in &record.summary.durations {
        let stage = one.threshold.words_as_threshold();
        table.row(wait_row(
            stage,
            "by anyone".to_owned(),
            &one.overall,
            record,
        ));
        for era in &one.by_era {
            let under = format!("under {}", era.era.words());
            table.row(wait_row(stage, under, &era.waits, record));
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn wait_row(stage: &str, of: String, waits: &WaitRecord, record: &LedgerRecord) -> Vec<Cell> {
    let absent = || format::ABSENT.to_owned();
    let median = waits.curve.as_ref().map(|curve| &curve.median);
    // What can be said of the median without taking the middles of uncertain dates.
    let bounds = waits.within_bounds.as_ref().map_or_else(absent, |one| {
        let high = one.median_high.map_or_else(|| "no end".to_owned(), years);
        format!("{} to {high}", years(one.median_low))
    });
    vec![
        Cell::text(stage),
        Cell::text(of),
        counted(&waits.promises, record),
        counted(&waits.reached, record),
        counted(&waits.abandoned, record),
        Cell::number(median.map_or_else(absent, |one| {
            one.days.map_or_else(|| "not reached".to_owned(), years)
        })),
        Cell::number(median.map_or_else(absent, |one| quantile_interval(*one))),
        Cell::number(bounds),
    ]
}

fn quantile_interval(median: DayQuantile) -> String {
    let low = median.lower.map_or_else(|| "not known".to_owned(), years);
    let high = median.upper.map_or_else(|| "no end".to_owned(), years);
    format!("{low} to {high}")
}

/// The eras under other first days.
pub(super) fn sensitivity_table(record: &LedgerRecord) -> Option<Table> {
    let columns = [
        "First day moved",
        "Instead",
        "Promises that change era",
        "Tangible by era then",
        "Whether eras differ then",
    ];
    let mut table = Table::new("The same under other first days of eras", &columns);
    for one in &record.summary.era_sensitivity {
        let eras: Vec<String> = one
            .eras
            .iter()
            .map(|era| {
                format!(
                    "{} {} of {}",
                    era.era.words(),
                    era.tangible.n,
                    era.promises.n
                )
            })
            .collect();
        let differ = match &one.comparison {
            EraComparison::NotTested { .. } => "can’t be tested".to_owned(),
            EraComparison::Tested {
                permutation_p_value,
                ..
            } => {
                format!("p {}", format::p_value(*permutation_p_value))
            }
        };
        table.row(vec![
            Cell::text(&one.leader),
            Cell::text(&one.from),
            counted(&one.moved, record),
            Cell::text(eras.join("; ")),
            Cell::text(differ),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
