//! Round after round on one issue, in room that is used again.

use super::contest::{Contests, Setting};
use super::offers::{Offer, offer, prefers};
use super::options::{ChallengeOptions, MedianKind, OutcomeRule, RangeRule};
use super::{ChallengeError, ChallengeMove};
use crate::compromise::mean_of;
use crate::{Bench, Stop};

/// Room for runs of the challenge model, which a caller of many runs keeps between them.
///
/// It holds nothing that a later run reads.
#[derive(Debug, Clone, Default)]
pub struct ChallengeRoom {
    pub(super) positions: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) contests: Contests,
    pub(super) moves: Vec<ChallengeMove>,
    order: Vec<usize>,
    initial_range: f64,
}

/// What a round came to.
pub(super) enum Played {
    /// All positions were one already: nothing was reckoned.
    Unanimous,
    /// Everyone had its expectations; the moves are in the room.
    Round,
}

impl ChallengeRoom {
    /// Puts a bench at its start.
    pub(super) fn start(&mut self, bench: &Bench) -> Result<(), ChallengeError> {
        let n = bench.positions.len();
        let lengths = [
            bench.saliences.len(),
            bench.capabilities.len(),
            bench.risks.len(),
        ];
        if let Some(&got) = lengths.iter().find(|&&l| l != n) {
            return Err(ChallengeError::Columns { positions: n, got });
        }
        let mut positions = bench.positions.iter().enumerate();
        if let Some((seat, &value)) = positions.find(|(_, x)| !x.is_finite()) {
            return Err(ChallengeError::Figure { seat, value });
        }
        let given = bench.risks.iter().enumerate();
        let mut given = given.filter_map(|(seat, r)| r.map(|r| (seat, r)));
        if let Some((seat, value)) = given.find(|(_, r)| !(r.is_finite() && *r > 0.0)) {
            return Err(ChallengeError::Figure { seat, value });
        }
        self.positions.clear();
        self.positions.extend_from_slice(&bench.positions);
        self.weights.clear();
        let weights = bench.capabilities.iter().zip(&bench.saliences);
        self.weights.extend(weights.map(|(c, s)| c * s));
        let weight: f64 = self.weights.iter().sum();
        if !(weight.is_finite() && weight > 0.0) {
            return Err(ChallengeError::NoWeight { weight });
        }
        self.initial_range = spread(&self.positions);
        Ok(())
    }

    /// Plays one round: everyone weighs everyone, then all who take an offer move at once.
    pub(super) fn play(&mut self, bench: &Bench, options: &ChallengeOptions) -> Played {
        self.moves.clear();
        let outermost = spread(&self.positions);
        if outermost <= 0.0 {
            return Played::Unanimous;
        }
        let range = match options.range {
            RangeRule::Moving => outermost,
            RangeRule::Initial => self.initial_range,
            RangeRule::Scale => bench.high - bench.low,
        };
        let median = self.median(options.median);
        let at = Setting {
            positions: &self.positions,
            weights: &self.weights,
            saliences: &bench.saliences,
            given: &bench.risks,
            median,
            // A bench may hold positions off its scale; distances must not pass 1.
            range: range.max(outermost),
        };
        self.contests.fill(at, options);
        for actor in 0..self.positions.len() {
            if let Some(taken) = self.taken(actor, options) {
                let from = self.positions[actor];
                self.moves.push(ChallengeMove {
                    actor,
                    by: taken.by,
                    from,
                    to: taken.to,
                    kind: taken.kind,
                });
            }
        }
        for m in &self.moves {
            self.positions[m.actor] = m.to;
        }
        Played::Round
    }

    /// The offer that this actor takes, where it leads elsewhere.
    #[expect(clippy::float_cmp, reason = "one position is the same number")]
    fn taken(&self, actor: usize, options: &ChallengeOptions) -> Option<Offer> {
        let n = self.positions.len();
        let here = self.positions[actor];
        let mut best: Option<Offer> = None;
        for other in 0..n {
            let there = self.positions[other];
            // Who stands at the same place has nowhere to lead it.
            if other == actor || there == here {
                continue;
            }
            let cell = actor * n + other;
            let expected = (self.contests.attack[cell], self.contests.threat[cell]);
            if let Some(new) = offer(options, other, (here, there), expected)
                && best
                    .as_ref()
                    .is_none_or(|old| prefers(options.offers, &new, old))
            {
                best = Some(new);
            }
        }
        best.filter(|o| o.to != here)
    }

    /// Why the model ends after `played` rounds, where it does.
    pub(super) fn stop(
        &self,
        bench: &Bench,
        options: &ChallengeOptions,
        played: usize,
    ) -> Option<Stop> {
        let longest = self
            .moves
            .iter()
            .map(|m| (m.to - m.from).abs())
            .fold(0.0, f64::max);
        if self.moves.is_empty() {
            Some(Stop::NoMove)
        } else if spread(&self.positions) <= 0.0 {
            Some(Stop::Unanimous)
        } else if longest < options.settled * (bench.high - bench.low) {
            Some(Stop::Settled)
        } else {
            (played >= options.rounds).then_some(Stop::RoundsPlayed)
        }
    }

    pub(super) fn outcome(&mut self, options: &ChallengeOptions) -> f64 {
        match options.outcome {
            OutcomeRule::Median => self.median(options.median),
            OutcomeRule::Mean => self.mean(),
        }
    }

    pub(super) fn mean(&self) -> f64 {
        mean_of(&self.positions, &self.weights)
    }

    pub(super) fn median(&mut self, kind: MedianKind) -> f64 {
        let Self {
            positions,
            weights,
            order,
            ..
        } = self;
        order.clear();
        order.extend(0..positions.len());
        order.sort_unstable_by(|&a, &b| positions[a].total_cmp(&positions[b]));
        let lower = || reach(order.iter().copied(), positions, weights);
        let upper = || reach(order.iter().rev().copied(), positions, weights);
        match kind {
            MedianKind::Lower => lower(),
            MedianKind::Upper => upper(),
            MedianKind::Middle => f64::midpoint(lower(), upper()),
        }
    }
}

/// The first position, in this order, by which half of the weight is reached.
fn reach(order: impl Iterator<Item = usize>, positions: &[f64], weights: &[f64]) -> f64 {
    // As in `weighted_median`: half but for rounding is half.
    let enough = weights.iter().sum::<f64>() / 2.0 * (1.0 - 1e-12);
    let mut sum = 0.0;
    let mut last = 0;
    for i in order {
        last = i;
        sum += weights[i];
        if sum >= enough {
            break;
        }
    }
    positions[last]
}

fn spread(positions: &[f64]) -> f64 {
    let low = positions.iter().copied().fold(f64::INFINITY, f64::min);
    let high = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    high - low
}
