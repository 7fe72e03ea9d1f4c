//! Outcomes, corrected p-values and the order of the table.

use std::cmp::Ordering;

use yalu_stats::{Adjustment, adjust_p_values};

use super::dyad::Scanned;
use super::report::{DyadBreak, DyadScan, Persistence, ScanCounts, ScanOutcome};

/// The counter of an outcome.
pub(super) fn count_of(counts: &mut ScanCounts, outcome: ScanOutcome) -> &mut u32 {
    match outcome {
        ScanOutcome::Lasting => &mut counts.lasting,
        ScanOutcome::Emerging => &mut counts.emerging,
        ScanOutcome::Faded => &mut counts.faded,
        ScanOutcome::Shock => &mut counts.shock,
        ScanOutcome::NoShift => &mut counts.no_shift,
    }
}

/// How far a break's level surely is from the old one, on the log scale: the near end of the interval
/// of the typical ratio, or of the ratio where there is none yet; nought where it holds 1.
fn surely(one: &DyadBreak) -> f64 {
    let [low, high] = one.typical_interval.unwrap_or(one.ratio_interval);
    low.ln().max(-high.ln()).max(0.0)
}

fn foremost(dyad: &DyadScan, persistence: Persistence) -> Option<u32> {
    dyad.breaks
        .iter()
        .enumerate()
        .filter(|(_, one)| {
            one.persistence == persistence && !one.is_return && one.coverage_change.is_none()
        })
        .max_by(|(i, a), (j, b)| {
            surely(a)
                .total_cmp(&surely(b))
                .then(a.gain.total_cmp(&b.gain))
                .then(j.cmp(i))
        })
        .map(|(idx, _)| idx as u32)
}

/// The outcome of a dyad whose q-value is known, and the break that it speaks of.
fn outcome(dyad: &DyadScan, level: f64) -> (ScanOutcome, Option<u32>) {
    let shock = foremost(dyad, Persistence::Transient);
    if dyad.q_value > level {
        return match shock {
            Some(shock) => (ScanOutcome::Shock, Some(shock)),
            None => (ScanOutcome::NoShift, None),
        };
    }
    if let Some(lasting) = foremost(dyad, Persistence::Lasting) {
        return (ScanOutcome::Lasting, Some(lasting));
    }
    if let Some(emerging) = foremost(dyad, Persistence::Emerging) {
        return (ScanOutcome::Emerging, Some(emerging));
    }
    let faded = shock.or_else(|| foremost(dyad, Persistence::Undecided));
    (ScanOutcome::Faded, faded)
}

/// The q-values of dyads in their order (Benjamini and Hochberg).
pub(super) fn corrected(scanned: &[Scanned]) -> Vec<f64> {
    let p_values: Vec<f64> = scanned.iter().map(|one| one.dyad.p_value).collect();
    // p-values lie in (0, 1], so the correction fails only where there are none.
    adjust_p_values(&p_values, Adjustment::BenjaminiHochberg)
        .map_or_else(|_| Vec::new(), |one| one.adjusted)
}

/// Corrects the p-values of all dyads together (Benjamini and Hochberg), says each one's outcome and
/// ranks them: discoveries first, by q-value and then by how far the main break's level surely moved;
/// the rest by p-value and number of acts.
pub(super) fn rank(scanned: Vec<Scanned>, level: f64) -> Vec<DyadScan> {
    let q_values = corrected(&scanned);
    let mut dyads: Vec<DyadScan> = scanned.into_iter().map(|one| one.dyad).collect();
    for (dyad, q) in dyads.iter_mut().zip(q_values) {
        dyad.q_value = q;
    }
    for dyad in &mut dyads {
        (dyad.outcome, dyad.main) = outcome(dyad, level);
    }
    let strength = |dyad: &DyadScan| {
        dyad.main
            .map_or(0.0, |idx| surely(&dyad.breaks[idx as usize]))
    };
    dyads.sort_by(|a, b| {
        let found = |one: &DyadScan| one.q_value <= level;
        let name = |one: &DyadScan| (one.source.clone(), one.target.clone(), one.sector.clone());
        found(b)
            .cmp(&found(a))
            .then_with(|| {
                if found(a) {
                    a.outcome.cmp(&b.outcome)
                } else {
                    Ordering::Equal
                }
            })
            .then_with(|| a.q_value.total_cmp(&b.q_value))
            .then_with(|| strength(b).total_cmp(&strength(a)))
            .then_with(|| a.p_value.total_cmp(&b.p_value))
            .then_with(|| b.n_events.total_cmp(&a.n_events))
            .then_with(|| name(a).cmp(&name(b)))
    });
    for (idx, dyad) in dyads.iter_mut().enumerate() {
        dyad.rank = idx as u32 + 1;
    }
    dyads
}
