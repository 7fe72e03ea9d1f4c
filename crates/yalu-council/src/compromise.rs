//! The two outcomes that need no rounds: the weighted mean and the weighted median.

use crate::council::{Bench, Council};
use crate::simulation::Simulation;

/// The mean of positions, each weighted by capability times salience.
///
/// It is the compromise model of Van den Bos (1991) and, up to approximation, the Nash bargaining
/// solution of actors whose losses grow with the square of the distance and who all lose much
/// without an agreement (Achen 2006, *The European Union Decides*, chapter 4). In the tests of
/// Thomson et al. (2006) hardly a model with rounds was closer to what was decided.
///
/// In the issue's units. A bench without weight has no mean: [`crate::Council::new`] refuses it.
pub fn weighted_mean(bench: &Bench) -> f64 {
    mean_of(&bench.positions, &bench.weights())
}

/// The position that no majority of weight would leave for another (Black 1958): the least position
/// at which half of the weight stands at it or below.
///
/// Weight is capability times salience. Where exactly half stands at or below a position, every
/// point from it to the next is a median; this gives the lower one.
pub fn weighted_median(bench: &Bench) -> f64 {
    median_of(&bench.positions, &bench.weights())
}

/// The [`weighted_mean`] of each issue.
pub fn simulate_mean(council: &Council) -> Simulation {
    let issues = 0..council.issues().len();
    Simulation::at_once(
        council,
        issues.map(|k| weighted_mean(&council.on(k))).collect(),
    )
}

/// The [`weighted_median`] of each issue.
pub fn simulate_median(council: &Council) -> Simulation {
    let issues = 0..council.issues().len();
    Simulation::at_once(
        council,
        issues.map(|k| weighted_median(&council.on(k))).collect(),
    )
}

pub(crate) fn mean_of(positions: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    positions
        .iter()
        .zip(weights)
        .map(|(x, w)| x * w)
        .sum::<f64>()
        / total
}

pub(crate) fn median_of(positions: &[f64], weights: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]));
    let half = weights.iter().sum::<f64>() / 2.0;
    // Sums in another order differ in their last bits; half of the weight is half of it all the same.
    let enough = half * (1.0 - 1e-12);
    let mut below = 0.0;
    for &i in &order {
        below += weights[i];
        if below >= enough {
            return positions[i];
        }
    }
    positions[order[order.len() - 1]]
}
