//! Who challenges whom: the odds of every contest as a viewer sees them, and what it has to gain.

use super::game::Game;
use super::options::{Commitment, SpatialOptions};
use crate::condorcet::votes::{positive_part, with_vote};

/// What each side of a contest has before the principals' own contributions.
const NOBODY: f64 = 1e-10;
/// A gain must be above this to be worth a challenge.
const WORTH_IT: f64 = 1e-5;

/// The contests of one initiator with every other actor, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub(super) struct Contests {
    /// Strength for the initiator against each actor, and for that actor.
    strength: Vec<f64>,
    resistance: Vec<f64>,
    /// The principals' own part of both.
    own_strength: Vec<f64>,
    own_resistance: Vec<f64>,
    votes: Vec<f64>,
}

/// A challenge that is worth making.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Challenge {
    pub(super) receiver: usize,
    pub(super) probability: f64,
    pub(super) gain: f64,
}

impl Contests {
    /// Weighs the contests of `initiator` with all others; `utilities[n · actors + j]` is what the
    /// viewer takes `j`'s position to be worth to `n`.
    pub(super) fn weigh(
        &mut self,
        game: &Game,
        options: &SpatialOptions,
        utilities: &[f64],
        initiator: usize,
    ) {
        with_vote!(options.election.voting, vote => {
            self.start(vote, game, utilities, initiator);
            // Fully or not at all committed, a third party is worth as much on either side.
            if options.commitment == Commitment::Semi {
                self.join(vote, game, utilities, initiator);
            }
        });
    }

    fn start(&mut self, vote: impl Fn(f64, f64) -> f64, game: &Game, utilities: &[f64], i: usize) {
        let n = game.n_actors;
        self.own_strength.clear();
        self.own_resistance.clear();
        for j in 0..n {
            let (u_ij, u_jj) = (utilities[i * n + j], utilities[j * n + j]);
            let (u_ii, u_ji) = (utilities[i * n + i], utilities[j * n + i]);
            let of_i = vote(game.powers[i], u_ii - u_ij);
            let of_j = vote(game.powers[j], u_ji - u_jj);
            // Where ideals lag, an actor can prefer the other's position to its own.
            self.own_strength
                .push(NOBODY + positive_part(of_i) + positive_part(of_j));
            self.own_resistance
                .push(NOBODY + positive_part(-of_i) + positive_part(-of_j));
        }
        self.strength.clone_from(&self.own_strength);
        self.resistance.clone_from(&self.own_resistance);
    }

    /// Adds the third parties. Each looks at the contest as if it alone joined the principals, takes
    /// the odds from that, and votes for the side on which it expects more.
    fn join(&mut self, vote: impl Fn(f64, f64) -> f64, game: &Game, utilities: &[f64], i: usize) {
        let n = game.n_actors;
        self.votes.clear();
        self.votes.resize(n, 0.0);
        for third in (0..n).filter(|&third| third != i) {
            let row = &utilities[third * n..][..n];
            let (w, u_i, u_own) = (game.powers[third], row[i], row[third]);
            let (u_win_with, u_lose_against) = (u_i + u_i + u_own, u_i + u_i + u_i);
            let own = self.own_strength.iter().zip(&self.own_resistance);
            for ((v, &u_j), (&strength, &resistance)) in self.votes.iter_mut().zip(row).zip(own) {
                let joined = vote(w, u_i - u_j);
                let with_i = strength + positive_part(joined);
                let with_j = resistance + positive_part(-joined);
                let p = with_i / (with_i + with_j);
                let q = 1.0 - p;
                let beside_i = p * u_win_with + q * (u_j + u_j + u_j);
                let beside_j = p * u_lose_against + q * (u_j + u_j + u_own);
                *v = vote(w, beside_i - beside_j);
            }
            // As the receiver it is a principal and has had its vote.
            self.votes[third] = 0.0;
            for (total, &v) in self.strength.iter_mut().zip(&self.votes) {
                *total += positive_part(v);
            }
            for (total, &v) in self.resistance.iter_mut().zip(&self.votes) {
                *total += positive_part(-v);
            }
        }
    }

    /// The probability that the initiator wins against `receiver`.
    pub(super) fn probability(&self, receiver: usize) -> f64 {
        self.strength[receiver] / (self.strength[receiver] + self.resistance[receiver])
    }

    /// What `bystander` gains on the status quo, in the viewer's eyes, when `i` challenges `j`: `j`
    /// gives way without a contest but for the share of its salience.
    pub(super) fn gain(
        &self,
        game: &Game,
        utilities: &[f64],
        bystander: usize,
        (i, j): (usize, usize),
    ) -> f64 {
        let row = &utilities[bystander * game.n_actors..][..game.n_actors];
        let (won, lost, as_is) = (row[i] + row[i], row[j] + row[j], row[i] + row[j]);
        let total = self.strength[j] + self.resistance[j];
        let contest = self.strength[j] / total * won + self.resistance[j] / total * lost;
        let resists = game.total_saliences[j];
        (1.0 - resists) * won + resists * contest - as_is
    }

    /// The challenge with the largest gain to its initiator, the first of those that tie; none where
    /// nothing is worth it.
    pub(super) fn best(&self, game: &Game, utilities: &[f64], i: usize) -> Option<Challenge> {
        let mut best: Option<Challenge> = None;
        for receiver in (0..game.n_actors).filter(|&j| j != i) {
            let gain = self.gain(game, utilities, i, (i, receiver));
            if gain > best.map_or(WORTH_IT, |b| b.gain) {
                let probability = self.probability(receiver);
                best = Some(Challenge {
                    receiver,
                    probability,
                    gain,
                });
            }
        }
        best
    }
}
