//! Who challenges whom: the odds of a contest as a viewer sees them, and what it has to gain.

use super::game::Game;
use super::options::{Commitment, SpatialOptions};
use crate::condorcet::votes::{positive_part, with_vote};

/// What each side of a contest has before the principals' own contributions.
const NOBODY: f64 = 1e-10;
/// A gain must be above this to be worth a challenge.
const WORTH_IT: f64 = 1e-5;
/// Keeps rounding from making a bound on a gain less than the gain.
const SLACK: f64 = 1e-9;

/// The strengths of a contest's two sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contest {
    initiator: usize,
    receiver: usize,
    strength: f64,
    resistance: f64,
}

/// A challenge that is worth making.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Challenge {
    pub(super) receiver: usize,
    pub(super) probability: f64,
    pub(super) gain: f64,
}

/// Weighs contests as a viewer sees them, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub(super) struct Arena {
    /// `utilities[j · n + k]`: what the viewer takes `j`'s position to be worth to `k`.
    pub(super) utilities: Vec<f64>,
    /// What the viewer takes each one's own position to be worth to it.
    own: Vec<f64>,
    /// The principals' part of each contest of an initiator, by receiver.
    principals: Vec<Contest>,
    /// What a challenge of each receiver can gain at most.
    bounds: Vec<f64>,
    votes: Vec<f64>,
}

impl Contest {
    /// The probability that the initiator wins.
    pub(super) fn probability(&self) -> f64 {
        self.strength / (self.strength + self.resistance)
    }

    /// What `bystander` gains on the status quo, in the viewer's eyes: the receiver gives way without
    /// a contest but for the share of its salience.
    pub(super) fn gain(&self, game: &Game, utilities: &[f64], bystander: usize) -> f64 {
        let u_i = utilities[self.initiator * game.n_actors + bystander];
        let u_j = utilities[self.receiver * game.n_actors + bystander];
        let (won, lost, as_is) = (u_i + u_i, u_j + u_j, u_i + u_j);
        let total = self.strength + self.resistance;
        let contest = self.strength / total * won + self.resistance / total * lost;
        let resists = game.total_saliences[self.receiver];
        (1.0 - resists) * won + resists * contest - as_is
    }
}

impl Arena {
    /// Reads what has been written to `utilities`.
    pub(super) fn enter(&mut self, game: &Game) {
        let n = game.n_actors;
        self.own.clear();
        self.own.extend((0..n).map(|k| self.utilities[k * n + k]));
    }

    /// The contest of two actors, with third parties.
    pub(super) fn weigh(
        &mut self,
        game: &Game,
        options: &SpatialOptions,
        (initiator, receiver): (usize, usize),
    ) -> Contest {
        with_vote!(options.election.voting, vote => {
            let contest = self.between(vote, game, initiator, receiver);
            self.full(vote, game, options.commitment, contest)
        })
    }

    /// The challenge with the largest gain to its initiator, the first of those that tie; none where
    /// nothing is worth it.
    pub(super) fn best(
        &mut self,
        game: &Game,
        options: &SpatialOptions,
        i: usize,
    ) -> Option<Challenge> {
        with_vote!(options.election.voting, vote => {
            self.bound_gains(vote, game, options.commitment, i);
            self.search(vote, game, options.commitment, i)
        })
    }

    /// Looks at the most promising receiver first, and at others only where they could be better.
    fn search(
        &mut self,
        vote: impl Fn(f64, f64) -> f64 + Copy,
        game: &Game,
        commitment: Commitment,
        i: usize,
    ) -> Option<Challenge> {
        let mut best: Option<Challenge> = None;
        let hope = |a: &usize, b: &usize| self.bounds[*a].total_cmp(&self.bounds[*b]);
        let first = (0..game.n_actors).max_by(hope)?;
        for receiver in std::iter::once(first).chain((0..game.n_actors).filter(|&j| j != first)) {
            if self.bounds[receiver] < best.map_or(WORTH_IT, |b| b.gain) {
                continue;
            }
            let contest = self.full(vote, game, commitment, self.principals[receiver]);
            let gain = contest.gain(game, &self.utilities, i);
            let better = match best {
                None => gain > WORTH_IT,
                Some(b) => gain > b.gain || (gain >= b.gain && receiver < b.receiver),
            };
            if better {
                let probability = contest.probability();
                best = Some(Challenge {
                    receiver,
                    probability,
                    gain,
                });
            }
        }
        best
    }

    /// Fills the principals' contests, and bounds on what they gain.
    ///
    /// The gain is `D (1 - 2 s (1 - P))`, where `D` is what the initiator's own position is worth to
    /// it above the receiver's, `s` the receiver's salience and `P` the probability to win. No third
    /// party votes with more than it would if its side were sure to win, which bounds `P`.
    fn bound_gains(
        &mut self,
        vote: impl Fn(f64, f64) -> f64,
        game: &Game,
        commitment: Commitment,
        i: usize,
    ) {
        let n = game.n_actors;
        let of_i = &self.utilities[i * n..][..n];
        let voters = game.powers.iter().zip(&self.own).zip(of_i);
        let most = |((&w, &own), &u_i): ((&f64, &f64), &f64)| {
            positive_part(vote(w, (own - u_i).max(1.0 - own)))
        };
        let support = match commitment {
            Commitment::Semi => voters.map(most).sum(),
            Commitment::Full | Commitment::No => 0.0,
        };
        self.principals.clear();
        self.bounds.clear();
        for j in 0..n {
            let contest = self.between(&vote, game, i, j);
            let strength = contest.strength + support;
            let lost = contest.resistance / (strength + contest.resistance);
            let advantage = self.own[i] - self.utilities[j * n + i];
            let share = 1.0 - 2.0 * game.total_saliences[j] * lost;
            // With lagging ideals the advantage can be negative, and a small chance a gain.
            let bound = if advantage >= 0.0 {
                advantage * share
            } else {
                -advantage
            };
            self.principals.push(contest);
            self.bounds.push(bound + SLACK);
        }
        // Nobody challenges itself.
        self.bounds[i] = f64::NEG_INFINITY;
    }

    /// What the principals bring to their contest.
    fn between(&self, vote: impl Fn(f64, f64) -> f64, game: &Game, i: usize, j: usize) -> Contest {
        let n = game.n_actors;
        let (u_ij, u_ji) = (self.utilities[j * n + i], self.utilities[i * n + j]);
        let of_i = vote(game.powers[i], self.own[i] - u_ij);
        let of_j = vote(game.powers[j], u_ji - self.own[j]);
        // Where ideals lag, an actor can prefer the other's position to its own.
        Contest {
            initiator: i,
            receiver: j,
            strength: NOBODY + positive_part(of_i) + positive_part(of_j),
            resistance: NOBODY + positive_part(-of_i) + positive_part(-of_j),
        }
    }

    /// Adds the third parties to a contest. Each looks at it as if it alone joined the principals,
    /// takes the odds from that, and votes for the side on which it expects more.
    fn full(
        &mut self,
        vote: impl Fn(f64, f64) -> f64,
        game: &Game,
        commitment: Commitment,
        mut contest: Contest,
    ) -> Contest {
        // Fully or not at all committed, a third party is worth as much on either side.
        if commitment != Commitment::Semi {
            return contest;
        }
        let (n, i, j) = (game.n_actors, contest.initiator, contest.receiver);
        let (strength, resistance) = (contest.strength, contest.resistance);
        let of_i = &self.utilities[i * n..][..n];
        let of_j = &self.utilities[j * n..][..n];
        self.votes.resize(n, 0.0);
        let voters = self.votes.iter_mut().zip(&game.powers);
        let views = self.own.iter().zip(of_i).zip(of_j);
        for ((v, &w), ((&own, &u_i), &u_j)) in voters.zip(views) {
            let joined = vote(w, u_i - u_j);
            let with_i = strength + positive_part(joined);
            let with_j = resistance + positive_part(-joined);
            let p = with_i / (with_i + with_j);
            let q = 1.0 - p;
            // It keeps its own position with the winner; beaten, it takes the winner's.
            let beside_i = p * (u_i + u_i + own) + q * (u_j + u_j + u_j);
            let beside_j = p * (u_i + u_i + u_i) + q * (u_j + u_j + own);
            *v = vote(w, beside_i - beside_j);
        }
        // The principals have had their votes.
        self.votes[i] = 0.0;
        self.votes[j] = 0.0;
        for &v in &self.votes {
            contest.strength += positive_part(v);
            contest.resistance += positive_part(-v);
        }
        contest
    }
}
