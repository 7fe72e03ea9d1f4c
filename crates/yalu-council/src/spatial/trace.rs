//! A run written down, turn by turn.

use super::challenge::{Arena, Challenge};
use super::game::utility;
use super::options::RiskEstimate;
use super::run::{Run, Witness};
use super::state::{distinct, same_position};
use crate::condorcet::Tally;
use crate::simulation::{Move, MoveKind, Round, Simulation, Stop};

/// A run of the spatial model with all that led to each move.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialTrace {
    /// State by state, from the start to the end. The last has no challenges, bargains and queues.
    pub turns: Vec<SpatialTurn>,
    /// Why it ended.
    pub stop: Stop,
    /// How well others' attitudes to risk were judged, for [`Self::perceived_utilities`].
    pub risk_estimate: RiskEstimate,
}

/// One state, and the bargaining that led to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialTurn {
    /// Positions by actor and issue, in the issues' units.
    pub positions: Vec<Vec<f64>>,
    /// Ideals by actor and issue, in the issues' units.
    pub ideals: Vec<Vec<f64>>,
    /// Distance from each actor's ideal to each actor's position, weighted by its saliences; [0, 1].
    pub distances: Vec<Vec<f64>>,
    /// Each actor's attitude to risk: 1 most averse, -1 most acceptant.
    pub risk_attitudes: Vec<f64>,
    /// How likely each actor's position is to win. Actors within 1/1000 of the scale share one
    /// position and its probability, so that these can add up to more than 1.
    pub win_probabilities: Vec<f64>,
    /// The outcome if it ended here, by issue: the mean of the distinct positions weighted by their
    /// probabilities to win, in the issues' units.
    pub expected: Vec<f64>,
    /// The likeliest of the distinct positions, by issue, in the issues' units.
    pub likeliest: Vec<f64>,
    /// The change that led here as a share of the first turn's; none at the start.
    pub fractional_change: Option<f64>,
    /// Who challenges whom, by initiator.
    pub challenges: Vec<SpatialChallenge>,
    /// What is proposed, by initiator.
    pub bargains: Vec<SpatialBargain>,
    /// Which bargains each actor chose from, by actor.
    pub queues: Vec<SpatialQueue>,
}

/// An actor's most promising challenge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpatialChallenge {
    /// Who challenges.
    pub initiator: usize,
    /// Who is challenged.
    pub receiver: usize,
    /// The odds as the initiator sees them; its choice rests on its own gain.
    pub seen_by_initiator: Odds,
    /// The odds as the receiver sees them.
    pub seen_by_receiver: Odds,
}

/// One actor's estimate of a challenge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Odds {
    /// The probability that the initiator wins.
    pub probability: f64,
    /// What the initiator gains on the status quo, in utility of two positions.
    pub gain_to_initiator: f64,
    /// What the receiver gains; usually a loss.
    pub gain_to_receiver: f64,
}

/// A bargain on offer.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialBargain {
    /// Who challenged.
    pub initiator: usize,
    /// Who was challenged.
    pub receiver: usize,
    /// What the initiator would adopt, by issue, in the issues' units.
    pub initiator_position: Vec<f64>,
    /// What the receiver would adopt.
    pub receiver_position: Vec<f64>,
}

/// One actor's queue, and the council's election over it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialQueue {
    /// The turn's bargains in the queue, by their index; none is the status quo.
    pub bargains: Vec<Option<usize>>,
    /// The mean utility of all positions after each bargain, actors by bargains.
    pub utilities: Vec<Vec<f64>>,
    /// Strength for the row's bargain over the column's.
    pub coalitions: Vec<Vec<f64>>,
    /// The probability that the row's bargain beats the column's.
    pub victories: Vec<Vec<f64>>,
    /// How likely each bargain is to come out on top.
    pub probabilities: Vec<f64>,
    /// The place in the queue of the bargain that the actor took.
    pub chosen: usize,
}

impl SpatialTrace {
    /// What `viewer` takes to be the utility of each actor's position (columns) to each (rows), at a
    /// state; none where there is no such state or actor.
    pub fn perceived_utilities(&self, turn: usize, viewer: usize) -> Option<Vec<Vec<f64>>> {
        let turn = self.turns.get(turn)?;
        let own = *turn.risk_attitudes.get(viewer)?;
        let row = |(distances, &other): (&Vec<f64>, &f64)| -> Vec<f64> {
            let r = self.risk_estimate.of(own, other);
            distances.iter().map(|&d| utility(d, r)).collect()
        };
        Some(
            turn.distances
                .iter()
                .zip(&turn.risk_attitudes)
                .map(row)
                .collect(),
        )
    }

    /// The outcome of each issue: the last state's [`SpatialTurn::expected`].
    pub fn expected(&self) -> &[f64] {
        self.turns.last().map_or(&[], |turn| &turn.expected)
    }

    /// The last state's [`SpatialTurn::likeliest`].
    pub fn likeliest(&self) -> &[f64] {
        self.turns.last().map_or(&[], |turn| &turn.likeliest)
    }

    /// The run in the form that all models share.
    pub fn to_simulation(&self) -> Simulation {
        let outcome = self.expected().to_vec();
        let stops = vec![self.stop; outcome.len()];
        let moves_to = |at: usize| match at.checked_sub(1) {
            None => Vec::new(),
            Some(before) => moves(&self.turns[before], &self.turns[at]),
        };
        let round = |(at, turn): (usize, &SpatialTurn)| Round {
            positions: turn
                .positions
                .iter()
                .map(|row| row.iter().copied().map(Some).collect())
                .collect(),
            outcome: turn.expected.clone(),
            moves: moves_to(at),
        };
        let rounds = self.turns.iter().enumerate().map(round).collect();
        Simulation {
            outcome,
            rounds,
            stops,
        }
    }
}

fn moves(before: &SpatialTurn, after: &SpatialTurn) -> Vec<Move> {
    let mut moves = Vec::new();
    for (actor, queue) in before.queues.iter().enumerate() {
        let Some(bargain) = queue.bargains[queue.chosen].map(|b| &before.bargains[b]) else {
            continue;
        };
        let initiates = bargain.initiator == actor;
        let by = Some(if initiates {
            bargain.receiver
        } else {
            bargain.initiator
        });
        let pairs = before.positions[actor].iter().zip(&after.positions[actor]);
        for (issue, (&from, &to)) in pairs.enumerate() {
            // A bargain can leave an actor where it stands, to the bit.
            if from.to_bits() != to.to_bits() {
                moves.push(Move {
                    actor,
                    by,
                    issue,
                    from,
                    to,
                    kind: MoveKind::Bargain,
                });
            }
        }
    }
    moves
}

/// Writes a run down.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) turns: Vec<SpatialTurn>,
    tally: Tally,
    arena: Arena,
}

impl Recorder {
    /// How likely each actor's position is to win against the distinct ones, which are told apart in
    /// the council's order, as KTAB does.
    fn win_probabilities(&mut self, run: &Run<'_>) -> Vec<f64> {
        let (n, m) = (run.game.n_actors, run.game.n_issues);
        let positions = &run.standing.positions;
        let order: Vec<usize> = (0..n).collect();
        let among = distinct(positions, m, &order);
        let p = run
            .worth
            .elect(&among, run.game, run.options, &mut self.tally);
        // Nearness isn't transitive: an actor near two distinct positions counts with the last.
        let last_near = |i| {
            among
                .iter()
                .rposition(|&j| same_position(positions, m, i, j))
        };
        (0..n)
            .map(|i| last_near(i).map_or(0.0, |at| p[at]))
            .collect()
    }

    fn odds(&mut self, run: &mut Run<'_>, viewer: usize, i: usize, j: usize) -> Odds {
        let how = run.options.risk_estimate;
        run.worth.perceive(viewer, how, &mut self.arena.utilities);
        self.arena.enter(run.game);
        let contest = self.arena.weigh(run.game, run.options, (i, j));
        let gain = |k| contest.gain(run.game, &self.arena.utilities, k);
        Odds {
            probability: contest.probability(),
            gain_to_initiator: gain(i),
            gain_to_receiver: gain(j),
        }
    }
}

impl Witness for Recorder {
    fn standing(&mut self, run: &mut Run<'_>, change: Option<f64>) {
        let rows = |flat: &[f64]| -> Vec<Vec<f64>> {
            flat.chunks_exact(run.game.n_issues)
                .map(|row| run.game.in_units(row))
                .collect()
        };
        let (positions, ideals) = (rows(&run.standing.positions), rows(&run.standing.ideals));
        let (expected, likeliest) = run.outcome();
        let win_probabilities = self.win_probabilities(run);
        self.turns.push(SpatialTurn {
            positions,
            ideals,
            distances: transposed(&run.worth.distances, run.game.n_actors),
            risk_attitudes: run.worth.risks.clone(),
            win_probabilities,
            expected,
            likeliest,
            fractional_change: change,
            challenges: Vec::new(),
            bargains: Vec::new(),
            queues: Vec::new(),
        });
    }

    fn challenge(&mut self, run: &mut Run<'_>, initiator: usize, challenge: Challenge) {
        let receiver = challenge.receiver;
        let found = SpatialChallenge {
            initiator,
            receiver,
            seen_by_initiator: self.odds(run, initiator, initiator, receiver),
            seen_by_receiver: self.odds(run, receiver, initiator, receiver),
        };
        let Some(turn) = self.turns.last_mut() else {
            return;
        };
        turn.challenges.push(found);
        for at in turn.bargains.len()..run.deals.list.len() {
            let deal = run.deals.list[at];
            let (of_initiator, of_receiver) = run.deals.positions(at, run.game.n_issues);
            turn.bargains.push(SpatialBargain {
                initiator: deal.initiator,
                receiver: deal.receiver,
                initiator_position: run.game.in_units(of_initiator),
                receiver_position: run.game.in_units(of_receiver),
            });
        }
    }

    fn choice(&mut self, run: &mut Run<'_>, queue: &[usize], tally: &Tally, chosen: usize) {
        let n = run.game.n_actors;
        let of_actor = |actor: usize| -> Vec<f64> {
            queue
                .iter()
                .map(|&deal| run.deal_utilities[deal * n + actor])
                .collect()
        };
        let Some(turn) = self.turns.last_mut() else {
            return;
        };
        turn.queues.push(SpatialQueue {
            bargains: queue.iter().map(|deal| deal.checked_sub(1)).collect(),
            utilities: (0..n).map(of_actor).collect(),
            coalitions: square(&tally.coalitions, tally.n_options),
            victories: square(&tally.victories, tally.n_options),
            probabilities: tally.probabilities.clone(),
            chosen,
        });
    }
}

fn square(flat: &[f64], n: usize) -> Vec<Vec<f64>> {
    flat.chunks_exact(n).map(<[f64]>::to_vec).collect()
}

fn transposed(flat: &[f64], n: usize) -> Vec<Vec<f64>> {
    (0..n)
        .map(|i| flat.iter().skip(i).step_by(n).copied().collect())
        .collect()
}
