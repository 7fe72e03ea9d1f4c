//! Where the source base changes: declared on a data set, or suspected from the world's total.

use jiff::civil::Date;
use yalu_stats::segmentation::{MeanCost, Pelt, Penalty, pelt};
use yalu_store::query::dyads::DyadPanel;

use super::report::ScanCoverageChange;
use crate::assessment::CoverageRecord;
use crate::coverage::{coverage_records, source_changes, subset_warning};
use crate::curve::median;

/// The world's total over its former level from which a change of the source base is suspected. Wars
/// hardly move it by more than a quarter.
const SUSPECT: f64 = 1.6;
/// The fewest periods of a level of the world's total.
const MIN_LEVEL: usize = 6;
/// Periods about a break that show how far the total jumps.
const NEAR: usize = 12;

/// One change.
struct Change {
    /// Its place among the panel's periods.
    period: usize,
    note: String,
    declared: bool,
}

/// The changes of the source base within the scanned periods.
pub(super) struct SourceBase {
    changes: Vec<Change>,
}

impl SourceBase {
    /// `rows`: the covered periods.
    pub(super) fn of(panel: &DyadPanel, rows: &[usize]) -> Self {
        let mut changes: Vec<Change> = Vec::new();
        let mut add = |date: Date, note: &str| {
            let place = panel
                .periods
                .iter()
                .position(|period| period.first_day <= date && date <= period.last_day);
            if let Some(period) = place.filter(|place| *place > rows[0]) {
                match changes.iter_mut().find(|one| one.period == period) {
                    Some(known) if known.note.contains(note) => {}
                    Some(known) => known.note = format!("{}; {note}", known.note),
                    None => changes.push(Change {
                        period,
                        note: note.to_owned(),
                        declared: true,
                    }),
                }
            }
        };
        for (date, note) in source_changes(&panel.coverage) {
            add(date, &note);
        }
        let declared: Vec<usize> = changes.iter().map(|one| one.period).collect();
        for (row, ratio) in jumps(panel, rows) {
            let period = rows[row];
            if declared.iter().all(|one| one.abs_diff(period) > 2) {
                changes.push(Change {
                    period,
                    note: format!("the world's total jumps by ×{ratio:.1}"),
                    declared: false,
                });
            }
        }
        changes.sort_by_key(|one| one.period);
        Self { changes }
    }

    /// The changes as rows of the covered periods.
    pub(super) fn steps(&self, rows: &[usize]) -> Vec<usize> {
        let mut steps: Vec<usize> = self
            .changes
            .iter()
            .filter_map(|change| rows.iter().position(|&row| row >= change.period))
            .filter(|&row| row > 0)
            .collect();
        steps.dedup();
        steps
    }

    /// The change within two periods of one, if there is.
    pub(super) fn near(&self, period: usize) -> Option<&str> {
        self.changes
            .iter()
            .filter(|one| one.period.abs_diff(period) <= 2)
            .min_by_key(|one| one.period.abs_diff(period))
            .map(|one| one.note.as_str())
    }

    pub(super) fn records(&self, panel: &DyadPanel) -> Vec<ScanCoverageChange> {
        self.changes
            .iter()
            .map(|change| ScanCoverageChange {
                at: panel.periods[change.period].label(panel.unit),
                note: change.note.clone(),
                declared: change.declared,
            })
            .collect()
    }

    pub(super) fn coverage(&self, panel: &DyadPanel, to: Option<Date>) -> Vec<CoverageRecord> {
        coverage_records(&panel.coverage, to, |date| {
            self.changes.iter().any(|known| {
                let period = panel.periods[known.period];
                period.first_day <= date && date <= period.last_day
            })
        })
    }

    pub(super) fn warnings(&self, panel: &DyadPanel) -> Vec<String> {
        let mut warnings: Vec<String> = self
            .changes
            .iter()
            .filter(|one| !one.declared)
            .map(|one| {
                format!(
                    "{}: {} and no data set declares a change then. A break at that time is taken for the data's, not the state's; declare the change in the data set's description",
                    panel.periods[one.period].label(panel.unit),
                    one.note
                )
            })
            .collect();
        warnings.extend(panel.coverage.iter().filter_map(subset_warning));
        warnings
    }
}

/// Rows at which a new level of the world's total begins that is far from the old one, with the ratio.
fn jumps(panel: &DyadPanel, rows: &[usize]) -> Vec<(usize, f64)> {
    let logs: Vec<f64> = rows
        .iter()
        .map(|&row| (panel.world[row] + 0.5).ln())
        .collect();
    // A total that never varies, or one too short for levels, has no jumps.
    let search = Pelt::new(Penalty::Robust { multiple: 3.0 }).with_min_segment(MIN_LEVEL);
    let Ok(found) = MeanCost::new(&logs).and_then(|cost| pelt(&cost, &search)) else {
        return Vec::new();
    };
    let ends = found.ends();
    found
        .segments
        .windows(2)
        .zip(&ends)
        .filter_map(|(pair, &at)| {
            let before = &logs[pair[0].first.max(at.saturating_sub(NEAR))..at];
            let after = &logs[at..=pair[1].last.min(at + NEAR - 1)];
            let log = median(after)? - median(before)?;
            (log.abs() >= SUSPECT.ln()).then(|| (at, log.exp()))
        })
        .collect()
}
