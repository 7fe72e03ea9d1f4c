//! Counts over some promises.

use std::collections::BTreeMap;

use yalu_stats::normal_quantile;

use super::entry::{Entry, Stage, TangibleStage};
use super::history::History;
use super::summary::{AmountSum, Count, Share, StageReached, State, StateCount, Tally};

impl Count {
    /// Counts lines.
    pub(super) fn of(lines: impl IntoIterator<Item = usize>) -> Self {
        let mut lines: Vec<usize> = lines.into_iter().collect();
        lines.sort_unstable();
        Self {
            n: lines.len(),
            lines,
        }
    }
}

/// Tallies some promises.
pub(super) fn tally(histories: &[&History], threshold: TangibleStage, confidence: f64) -> Tally {
    let promises = Count::of(histories.iter().map(|one| one.promise.line));
    let tangible = tangible(histories, threshold);
    let steps = || histories.iter().flat_map(|one| &one.steps);
    let is_again = |stage: Stage| stage == Stage::Announced;
    Tally {
        share_tangible: wilson(tangible.n, promises.n, confidence),
        furthest: furthest(histories),
        states: states(histories),
        pledged: sums(histories.iter().map(|one| one.promise)),
        spent: sums(steps().filter(|step| !is_again(step.0)).map(|step| step.1)),
        reannouncements: Count::of(
            steps()
                .filter(|step| is_again(step.0))
                .map(|step| step.1.line),
        ),
        promises,
        tangible,
    }
}

/// The promises that reached a stage, by their own lines.
pub(super) fn tangible(histories: &[&History], threshold: TangibleStage) -> Count {
    let reached = |one: &&&History| {
        let furthest = one.furthest();
        furthest.is_some_and(|furthest| furthest.stage >= threshold)
    };
    Count::of(histories.iter().filter(reached).map(|one| one.promise.line))
}

fn furthest(histories: &[&History]) -> Option<StageReached> {
    let all: Vec<StageReached> = histories.iter().filter_map(|one| one.furthest()).collect();
    let stage = all.iter().map(|reached| reached.stage).max()?;
    let lines = all.into_iter().filter(|reached| reached.stage == stage);
    let lines = Count::of(lines.flat_map(|reached| reached.lines)).lines;
    Some(StageReached { stage, lines })
}

fn states(histories: &[&History]) -> Vec<StateCount> {
    let mut by_state: BTreeMap<State, Vec<usize>> = BTreeMap::new();
    for one in histories {
        let state = one.standing_entry().0;
        by_state.entry(state).or_default().push(one.promise.line);
    }
    let counts = by_state.into_iter().map(|(state, lines)| StateCount {
        state,
        promises: Count::of(lines),
    });
    counts.collect()
}

/// Sums by unit, in order of units. Addends are sorted, so that the sum doesn't depend on rows.
fn sums<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<AmountSum> {
    let mut by_unit: BTreeMap<&str, (Vec<f64>, Vec<usize>)> = BTreeMap::new();
    for entry in entries {
        if let Some(amount) = &entry.amount {
            let (values, lines) = by_unit.entry(&amount.unit).or_default();
            values.push(amount.value);
            lines.push(entry.line);
        }
    }
    let sums = by_unit.into_iter().map(|(unit, (mut values, lines))| {
        values.sort_by(f64::total_cmp);
        AmountSum {
            unit: unit.to_owned(),
            sum: values.iter().sum(),
            lines: Count::of(lines).lines,
        }
    });
    sums.collect()
}

/// A share with Wilson's (1927) interval; none of nothing.
pub(super) fn wilson(part: usize, whole: usize, confidence: f64) -> Option<Share> {
    if whole == 0 {
        return None;
    }
    let (n, value) = (whole as f64, part as f64 / whole as f64);
    let z = normal_quantile(0.5 + confidence / 2.0);
    let scale = 1.0 + z * z / n;
    let centre = (value + z * z / (2.0 * n)) / scale;
    let reach = z * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt() / scale;
    Some(Share {
        value,
        lower: (centre - reach).max(0.0),
        upper: (centre + reach).min(1.0),
    })
}
