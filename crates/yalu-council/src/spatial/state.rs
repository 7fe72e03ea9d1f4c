//! Where everyone stands, what each position is worth to each, and the attitudes to risk that follow.

use super::game::{Game, utility};
use super::options::{RiskEstimate, RiskRange, SpatialOptions};
use crate::condorcet::Tally;

/// Probabilities to win that differ by less than this tell no attitudes to risk apart: all actors
/// are then neutral.
const NO_SPREAD: f64 = 1e-12;
/// Positions nearer than this on [0, 1], in root of summed squares, are one position.
const SAME: f64 = 1e-3;

/// Positions and ideals, row-major actors by issues, on [0, 1].
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub(super) positions: Vec<f64>,
    pub(super) ideals: Vec<f64>,
}

/// What a standing is worth to whom, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub(super) struct Worth {
    /// `distances[j · n + i]`: from `i`'s ideal to `j`'s position.
    pub(super) distances: Vec<f64>,
    pub(super) risks: Vec<f64>,
    /// `own[j · n + i]`: the utility of `j`'s position to `i`, as `i` sees it.
    pub(super) own: Vec<f64>,
    neutral: Vec<f64>,
    estimates: Vec<f64>,
    tally: Tally,
}

impl Worth {
    /// Distances, then attitudes to risk from an election of neutral actors over all positions, then
    /// each actor's own utilities.
    pub(super) fn assess(&mut self, game: &Game, options: &SpatialOptions, standing: &Standing) {
        let (n, m) = (game.n_actors, game.n_issues);
        self.distances.clear();
        for position in standing.positions.chunks_exact(m) {
            let ideals = standing.ideals.chunks_exact(m).enumerate();
            let from = |(i, ideal)| game.distance(i, ideal, position);
            self.distances.extend(ideals.map(from));
        }
        self.neutral.clear();
        self.neutral
            .extend(self.distances.iter().map(|&d| utility(d, 0.0)));
        self.tally
            .count(options.election, &game.capabilities, &self.neutral);
        infer_risks(
            &self.tally.probabilities,
            options.risk_range,
            &mut self.risks,
        );
        // An actor's estimate of its own attitude is that attitude but for its last bits, which KTAB
        // keeps.
        self.estimates.clear();
        self.estimates
            .extend(self.risks.iter().map(|&r| options.risk_estimate.of(r, r)));
        self.own.clear();
        for distances in self.distances.chunks_exact(n) {
            let pairs = distances.iter().zip(&self.estimates);
            self.own.extend(pairs.map(|(&d, &r)| utility(d, r)));
        }
    }

    /// Fills `utilities[j · n + k]` with what `viewer` takes the utility of `j`'s position to `k` to
    /// be.
    pub(super) fn perceive(&mut self, viewer: usize, how: RiskEstimate, utilities: &mut Vec<f64>) {
        let own = self.risks[viewer];
        self.estimates.clear();
        self.estimates
            .extend(self.risks.iter().map(|&other| how.of(own, other)));
        utilities.clear();
        for distances in self.distances.chunks_exact(self.risks.len()) {
            let pairs = distances.iter().zip(&self.estimates);
            utilities.extend(pairs.map(|(&d, &r)| utility(d, r)));
        }
    }

    /// How likely each of some actors' positions is to win against the others of them.
    pub(super) fn elect<'a>(
        &self,
        among: &[usize],
        game: &Game,
        options: &SpatialOptions,
        tally: &'a mut Tally,
    ) -> &'a [f64] {
        let n = game.n_actors;
        let rows: Vec<f64> = among
            .iter()
            .flat_map(|&j| &self.own[j * n..][..n])
            .copied()
            .collect();
        tally.count(options.election, &game.capabilities, &rows);
        &tally.probabilities
    }
}

/// The actors of `order` whose positions stand for the distinct ones: the first of those that are
/// one position.
pub(super) fn distinct(positions: &[f64], n_issues: usize, order: &[usize]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for &i in order {
        if !found
            .iter()
            .any(|&j| same_position(positions, n_issues, i, j))
        {
            found.push(i);
        }
    }
    found
}

pub(super) fn same_position(positions: &[f64], n_issues: usize, i: usize, j: usize) -> bool {
    apart(
        &positions[i * n_issues..][..n_issues],
        &positions[j * n_issues..][..n_issues],
    ) < SAME
}

/// The root of the summed squared differences of two rows.
pub(super) fn apart(a: &[f64], b: &[f64]) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
    squares.sqrt()
}

fn infer_risks(probabilities: &[f64], range: RiskRange, risks: &mut Vec<f64>) {
    let least = probabilities.iter().fold(1.0_f64, |a, &b| a.min(b));
    let most = probabilities.iter().fold(0.0_f64, |a, &b| a.max(b));
    let spread = most - least;
    risks.clear();
    if spread <= NO_SPREAD {
        risks.resize(probabilities.len(), 0.0);
        return;
    }
    risks.extend(probabilities.iter().map(|&p| match range {
        RiskRange::Min => (p - least) / spread,
        RiskRange::Mid => (3.0 * p - (most + 2.0 * least)) / (2.0 * spread),
        RiskRange::Max => (2.0 * p - (most + least)) / spread,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_span_their_range_and_vanish_without_spread() {
        let mut risks = Vec::new();
        let spans = [
            (RiskRange::Min, [0.0, 0.5, 1.0]),
            (RiskRange::Mid, [-0.5, 0.25, 1.0]),
            (RiskRange::Max, [-1.0, 0.0, 1.0]),
        ];
        for (range, expected) in spans {
            infer_risks(&[0.1, 0.3, 0.5], range, &mut risks);
            for (r, e) in risks.iter().zip(expected) {
                assert!((r - e).abs() < 1e-12, "{range:?}: {risks:?}");
            }
        }
        infer_risks(&[0.5, 0.5], RiskRange::Mid, &mut risks);
        assert_eq!(risks, [0.0, 0.0]);
    }

    #[test]
    fn distinct_positions_are_named_by_their_first_holder() {
        let positions = [0.5, 0.1, 0.5005, 0.9, 0.5016];
        assert_eq!(distinct(&positions, 1, &[0, 1, 2, 3, 4]), [0, 1, 3, 4]);
    }
}
