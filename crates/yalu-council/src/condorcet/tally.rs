//! From votes to the probabilities of options, in buffers that are used again.

use super::votes::{VotingRule, positive_part, with_vote};
use super::{CondorcetOptions, PceForm, VictoryModel};

/// What each coalition has before anyone joins it, which keeps shares from being 0/0.
const NOBODY: f64 = 1e-8;
/// The least share of victory under [`VictoryModel::Binary`], before scaling.
const HOPELESS: f64 = 1e-6;
/// The edge that decides surely under [`VictoryModel::Binary`].
const DECISIVE: f64 = 1.10;
/// The incentive of the favourite to challenge itself, which keeps shares of challenges from 0/0.
const IDLE: f64 = 1e-10;
/// The damped iterations of the Markov forms end when no probability moves by more than this.
const INCENTIVE_TOLERANCE: f64 = 1e-8;
const UNIFORM_TOLERANCE: f64 = 1e-6;
/// 10 to 60 iterations are usual. Past this many the probabilities so far, which are a distribution
/// at every step, are the answer.
const MOST_ITERATIONS: usize = 20_000;

/// One election's matrices, row-major: `coalitions[i · n + j]` is the strength for `i` over `j`,
/// `victories[i · n + j]` the probability that `i` beats `j`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) n_options: usize,
    pub(crate) coalitions: Vec<f64>,
    pub(crate) victories: Vec<f64>,
    pub(crate) probabilities: Vec<f64>,
    challenges: Vec<f64>,
    next: Vec<f64>,
}

impl Tally {
    /// Counts an election. `utilities` holds one row for each option, one figure for each of the
    /// actors of `weights`; in [0, 1].
    pub(crate) fn count(&mut self, rules: CondorcetOptions, weights: &[f64], utilities: &[f64]) {
        self.n_options = utilities.len() / weights.len();
        self.form_coalitions(rules.voting, weights, utilities);
        self.share_victories(rules.victory);
        match rules.form {
            PceForm::Conditional => self.condition(),
            PceForm::MarkovIncentive => self.follow_incentives(),
            PceForm::MarkovUniform => self.follow_chance(),
        }
    }

    fn form_coalitions(&mut self, rule: VotingRule, weights: &[f64], utilities: &[f64]) {
        let n = self.n_options;
        self.coalitions.clear();
        self.coalitions.resize(n * n, NOBODY);
        with_vote!(rule, vote => self.add_votes(vote, weights, utilities));
    }

    fn add_votes(&mut self, vote: impl Fn(f64, f64) -> f64, weights: &[f64], utilities: &[f64]) {
        let (n, actors) = (self.n_options, weights.len());
        let row = |i: usize| &utilities[i * actors..][..actors];
        for i in 0..n {
            // Two pairs at once: each sum waits for its last addition, so two take the time of one.
            for j in (0..i).step_by(2) {
                let other = (j + 1).min(i);
                let sums = two_pairs(&vote, weights, row(i), row(j), row(other));
                self.coalitions[i * n + j] = sums[0];
                self.coalitions[j * n + i] = sums[1];
                if other < i {
                    self.coalitions[i * n + other] = sums[2];
                    self.coalitions[other * n + i] = sums[3];
                }
            }
        }
    }

    fn share_victories(&mut self, model: VictoryModel) {
        let n = self.n_options;
        self.victories.clear();
        self.victories.resize(n * n, 0.5);
        for i in 0..n {
            for j in 0..i {
                let (i_over_j, j_over_i) = (i * n + j, j * n + i);
                let (p, q) = shares(model, self.coalitions[i_over_j], self.coalitions[j_over_i]);
                self.victories[i_over_j] = p;
                self.victories[j_over_i] = q;
            }
        }
    }

    fn condition(&mut self) {
        let n = self.n_options;
        self.probabilities.clear();
        let products = self
            .victories
            .chunks_exact(n)
            .map(|row| row.iter().product::<f64>());
        self.probabilities.extend(products);
        let total: f64 = self.probabilities.iter().sum();
        // Hundreds of options in a circle can all have products too small for a number.
        if total < f64::MIN_POSITIVE {
            return self.condition_in_logs();
        }
        for p in &mut self.probabilities {
            *p /= total;
        }
    }

    fn condition_in_logs(&mut self) {
        let n = self.n_options;
        let log = |p: &f64| p.max(f64::MIN_POSITIVE).ln();
        for (p, row) in self
            .probabilities
            .iter_mut()
            .zip(self.victories.chunks_exact(n))
        {
            *p = row.iter().map(log).sum();
        }
        let most = self
            .probabilities
            .iter()
            .fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let scaled = |p: &f64| (p - most).exp();
        let total: f64 = self.probabilities.iter().map(scaled).sum();
        for p in &mut self.probabilities {
            *p = scaled(p) / total;
        }
    }

    fn follow_incentives(&mut self) {
        let n = self.n_options;
        let incentives = self
            .coalitions
            .iter()
            .zip(&self.victories)
            .map(|(c, v)| c * v);
        self.challenges.clear();
        self.challenges.extend(incentives);
        for i in 0..n {
            self.challenges[i * n + i] += IDLE;
        }
        for j in 0..n {
            let total: f64 = (0..n).map(|i| self.challenges[i * n + j]).sum();
            for i in 0..n {
                self.challenges[i * n + j] /= total;
            }
        }
        self.iterate(INCENTIVE_TOLERANCE, |tally, i| {
            let (p, c) = (&tally.probabilities, &tally.challenges);
            let meet = |j: usize| p[i] * c[j * n + i] + p[j] * c[i * n + j];
            (0..n).map(|j| tally.victories[i * n + j] * meet(j)).sum()
        });
    }

    fn follow_chance(&mut self) {
        let n = self.n_options;
        self.iterate(UNIFORM_TOLERANCE, |tally, i| {
            let (p, row) = (&tally.probabilities, &tally.victories[i * n..][..n]);
            let sum: f64 = row.iter().zip(p).map(|(v, pj)| v * (p[i] + pj)).sum();
            sum / n as f64
        });
    }

    /// Moves the probabilities, from equal ones, half of the way to the next step's until they rest.
    fn iterate(&mut self, tolerance: f64, step: impl Fn(&Self, usize) -> f64) {
        let n = self.n_options;
        self.probabilities.clear();
        self.probabilities.resize(n, 1.0 / n as f64);
        self.next.clear();
        self.next.resize(n, 0.0);
        for _ in 0..MOST_ITERATIONS {
            let mut change = 0.0_f64;
            for i in 0..n {
                let q = step(self, i);
                self.next[i] = q;
                change = change.max((q - self.probabilities[i]).abs());
            }
            for (p, q) in self.probabilities.iter_mut().zip(&self.next) {
                *p = f64::midpoint(*p, *q);
            }
            if change <= tolerance {
                break;
            }
        }
    }
}

/// The strengths for an option over each of two others, each followed by the strength against it.
#[inline]
fn two_pairs(
    vote: impl Fn(f64, f64) -> f64,
    weights: &[f64],
    of_i: &[f64],
    of_j: &[f64],
    of_other: &[f64],
) -> [f64; 4] {
    let mut sums = [NOBODY; 4];
    for ((&w, &u_i), (&u_j, &u_o)) in weights.iter().zip(of_i).zip(of_j.iter().zip(of_other)) {
        let (v, v_other) = (vote(w, u_i - u_j), vote(w, u_i - u_o));
        sums[0] += positive_part(v);
        sums[1] += positive_part(-v);
        sums[2] += positive_part(v_other);
        sums[3] += positive_part(-v_other);
    }
    sums
}

/// The probabilities that the first and that the second of two coalitions wins.
fn shares(model: VictoryModel, first: f64, second: f64) -> (f64, f64) {
    let power = |s: f64, exponent: i32| (s / first.max(second)).powi(exponent);
    let (x, y) = match model {
        VictoryModel::Linear => (first, second),
        VictoryModel::Square => (power(first, 2), power(second, 2)),
        VictoryModel::Quartic => (power(first, 4), power(second, 4)),
        VictoryModel::Octic => (power(first, 8), power(second, 8)),
        VictoryModel::Binary => decided(first, second),
    };
    (x / (x + y), y / (x + y))
}

fn decided(first: f64, second: f64) -> (f64, f64) {
    if first >= DECISIVE * second {
        return (1.0, HOPELESS);
    }
    if second >= DECISIVE * first {
        return (HOPELESS, 1.0);
    }
    let share = first / (first + second);
    let x = (share * (DECISIVE + 1.0) - 1.0) / (DECISIVE - 1.0);
    // At the very edge rounding can go past 0 or 1.
    let x = x.clamp(0.0, 1.0);
    (x, 1.0 - x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_sharpens_a_two_to_one_edge() {
        let models = [
            VictoryModel::Linear,
            VictoryModel::Square,
            VictoryModel::Quartic,
        ];
        for (model, p) in models.into_iter().zip([2.0 / 3.0, 4.0 / 5.0, 16.0 / 17.0]) {
            assert!((shares(model, 2.0, 1.0).0 - p).abs() < 1e-15);
        }
        let (p, q) = shares(VictoryModel::Octic, 2.0, 1.0);
        assert!((p - 256.0 / 257.0).abs() < 1e-15 && (p + q - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_binary_victory_runs_straight_between_its_edges() {
        assert!((shares(VictoryModel::Binary, 1.0, 1.0).0 - 0.5).abs() < 1e-12);
        assert!(shares(VictoryModel::Binary, 1.1, 1.0).0 > 1.0 - 1e-5);
        assert!(shares(VictoryModel::Binary, 1.0, 1.1).0 < 1e-5);
        // Halfway in share between a tie and the edge of 1.1 to 1.
        let share = f64::midpoint(0.5, 1.1 / 2.1);
        assert!((shares(VictoryModel::Binary, share, 1.0 - share).0 - 0.75).abs() < 1e-12);
    }

    #[test]
    fn products_too_small_for_a_number_are_taken_in_logs() {
        let n = 400;
        let mut tally = Tally {
            n_options: n,
            ..Tally::default()
        };
        // Everyone beats the next half of the circle and loses to the other.
        tally.victories = (0..n * n)
            .map(|at| match (at / n + n - at % n) % n {
                0 => 0.5,
                ahead if ahead < n / 2 => 1e-6,
                _ => 1.0 - 1e-6,
            })
            .collect();
        tally.condition();
        let total: f64 = tally.probabilities.iter().sum();
        assert!((total - 1.0).abs() < 1e-9);
        assert!(
            tally
                .probabilities
                .iter()
                .all(|p| (p - 1.0 / n as f64).abs() < 1e-9)
        );
    }
}
