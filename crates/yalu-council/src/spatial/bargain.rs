//! What the two of a challenge agree on.

use super::game::Game;
use super::options::{Interpolation, Slips};

/// Keeps shares of the way from being 0/0 where neither side has any weight.
const LEAST_WEIGHT: f64 = 1e-6;
/// Bargains are struck to this fraction of the scale.
const STEPS: f64 = 1e4;

/// One bargain: who proposes to whom. Its positions stand in [`Deals::positions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deal {
    pub(super) initiator: usize,
    pub(super) receiver: usize,
}

/// All bargains of a turn, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub(super) struct Deals {
    pub(super) list: Vec<Deal>,
    /// For each deal the initiator's new position, then the receiver's.
    positions: Vec<f64>,
}

impl Deals {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.positions.clear();
    }

    /// The positions that a deal has for its initiator and for its receiver.
    pub(super) fn positions(&self, deal: usize, n_issues: usize) -> (&[f64], &[f64]) {
        self.positions[deal * 2 * n_issues..][..2 * n_issues].split_at(n_issues)
    }

    /// Strikes the bargain of a challenge that succeeds with `probability`.
    pub(super) fn strike(
        &mut self,
        game: &Game,
        how: Interpolation,
        positions: &[f64],
        deal: Deal,
        probability: f64,
    ) {
        let m = game.n_issues;
        let at = self.positions.len();
        self.list.push(deal);
        self.positions.resize(at + 2 * m, 0.0);
        for k in 0..m {
            let side = |actor: usize, probability| Side {
                position: positions[actor * m + k],
                salience: game.saliences[actor * m + k],
                probability,
            };
            let (i, j) = (
                side(deal.initiator, probability),
                side(deal.receiver, 1.0 - probability),
            );
            let (of_i, of_j) = interpolate(how, &i, &j);
            self.positions[at + k] = on_scale(of_i, i.position);
            self.positions[at + m + k] = on_scale(of_j, j.position);
        }
    }

    /// Puts one deal in the place of the last two: their mean, weighted by power.
    pub(super) fn merge_last_two(&mut self, game: &Game, slips: Slips) {
        let Some(Deal {
            initiator,
            receiver,
        }) = self.list.pop()
        else {
            return;
        };
        let power = |actor: usize| match slips {
            Slips::Kept => game.total_saliences[actor],
            Slips::Mended => game.powers[actor],
        };
        let (w_i, w_j) = match (power(initiator), power(receiver)) {
            // Without any capability they meet halfway.
            (0.0, 0.0) => (1.0, 1.0),
            weights => weights,
        };
        let last = self.positions.len() - 2 * game.n_issues;
        let (before, after) = self.positions.split_at_mut(last);
        let first = &mut before[last - 2 * game.n_issues..];
        for (x, y) in first.iter_mut().zip(after) {
            *x = (w_i * *x + w_j * *y) / (w_i + w_j);
        }
        self.positions.truncate(last);
    }
}

/// One side of a bargain on one issue.
struct Side {
    position: f64,
    salience: f64,
    probability: f64,
}

/// The new positions of both sides on one issue.
fn interpolate(how: Interpolation, i: &Side, j: &Side) -> (f64, f64) {
    match how {
        Interpolation::S1P1 => meet(i, j, i.salience * i.probability, j.salience * j.probability),
        Interpolation::S2P2 => {
            let weight = |side: &Side| {
                (side.salience * side.salience) * (side.probability * side.probability)
            };
            meet(i, j, weight(i), weight(j))
        }
        Interpolation::S2PMax => {
            let share = |mover: &Side, other: &Side| {
                let excess = (other.probability - mover.probability).max(0.0);
                let pull = excess * (other.salience * other.salience);
                let hold = (1.0 - excess) * (mover.salience * mover.salience);
                pull / (pull + LEAST_WEIGHT + hold)
            };
            let of_i = i.position + share(i, j) * (j.position - i.position);
            let of_j = j.position + share(j, i) * (i.position - j.position);
            (of_i, of_j)
        }
    }
}

/// The mean of both positions by their weights, up to rounding the same for both sides; each keeps
/// its own where neither has weight.
fn meet(i: &Side, j: &Side, w_i: f64, w_j: f64) -> (f64, f64) {
    let total = w_i + LEAST_WEIGHT + w_j;
    let of_i = ((w_i + LEAST_WEIGHT) * i.position + w_j * j.position) / total;
    let of_j = (w_i * i.position + (LEAST_WEIGHT + w_j) * j.position) / total;
    (rounded(of_i), rounded(of_j))
}

/// Odds outside [0, 1], which [`Slips::Kept`] can bring, could lead off the scale.
fn on_scale(x: f64, own: f64) -> f64 {
    if x.is_nan() { own } else { x.clamp(0.0, 1.0) }
}

fn rounded(x: f64) -> f64 {
    (0.5 + x * STEPS).trunc() / STEPS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(p: f64) -> (Side, Side) {
        let i = Side {
            position: 0.2,
            salience: 0.5,
            probability: p,
        };
        let j = Side {
            position: 0.8,
            salience: 0.25,
            probability: 1.0 - p,
        };
        (i, j)
    }

    #[test]
    fn a_bargain_lies_where_its_weights_balance() {
        let (i, j) = sides(0.5);
        // Weights 2 : 1, then 4 : 1 squared; the minimum weight hides below the rounding.
        assert_eq!(interpolate(Interpolation::S1P1, &i, &j), (0.4, 0.4));
        assert_eq!(interpolate(Interpolation::S2P2, &i, &j), (0.32, 0.32));
    }

    #[test]
    fn by_the_greater_probability_only_the_less_likely_winner_moves() {
        let (i, j) = sides(0.75);
        let (of_i, of_j) = interpolate(Interpolation::S2PMax, &i, &j);
        assert!((of_i - 0.2).abs() < 1e-15);
        // The excess is 1/2: pull 0.125, hold 0.03125, so 4/5 of the way but for the least weight.
        assert!((of_j - 0.32).abs() < 1e-5 && of_j > 0.32);
    }

    #[test]
    fn who_cares_for_nothing_stays() {
        let i = Side {
            position: 0.2,
            salience: 0.0,
            probability: 0.5,
        };
        let j = Side {
            position: 0.8,
            salience: 0.0,
            probability: 0.5,
        };
        for how in [
            Interpolation::S1P1,
            Interpolation::S2P2,
            Interpolation::S2PMax,
        ] {
            assert_eq!(interpolate(how, &i, &j), (0.2, 0.8));
        }
    }
}
