//! What every model gives back: the outcome, how it came about, and why it stopped.

use crate::council::Council;

/// One run of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The outcome of each issue, in its units.
    pub outcome: Vec<f64>,
    /// Round by round; the first is the start, before anyone moved.
    pub rounds: Vec<Round>,
    /// Why it ended, for each issue. A model that decides all issues at once says the same of each.
    pub stops: Vec<Stop>,
}

/// The state after a round, and the moves that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Positions by actor and issue; none where the actor takes no part.
    pub positions: Vec<Vec<Option<f64>>>,
    /// What the model would call the outcome if it ended here, by issue.
    pub outcome: Vec<f64>,
    /// Who moved in this round, and by whose doing.
    pub moves: Vec<Move>,
}

/// One actor's change of position on one issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Who moved.
    pub actor: usize,
    /// Who challenged, persuaded or traded; none where a rule of the model moved it.
    pub by: Option<usize>,
    /// The issue.
    pub issue: usize,
    /// From where, in the issue's units.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// What happened between the two.
    pub kind: MoveKind,
}

/// What made an actor move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoveKind {
    /// Both expected to gain from the contest; the one who expected less gave way.
    Conflict,
    /// The other had the upper hand; the mover went part of the way.
    Compromise,
    /// The other had the upper hand, and the mover went all the way.
    Capitulation,
    /// A bargain that the council found likeliest among those on offer.
    Bargain,
    /// A vote traded for another on another issue.
    Exchange,
}

/// Why a model ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The model has no rounds: its outcome is a formula.
    AtOnce,
    /// Nobody had anything left to gain by moving.
    NoMove,
    /// The last round changed less than the model's threshold.
    Settled,
    /// All positions are one.
    Unanimous,
    /// The rounds asked for were played.
    RoundsPlayed,
}

impl Simulation {
    /// A simulation without rounds: the start is all there is.
    pub(crate) fn at_once(council: &Council, outcome: Vec<f64>) -> Self {
        let stops = vec![Stop::AtOnce; outcome.len()];
        let positions = starting_positions(council);
        let round = Round {
            positions,
            outcome: outcome.clone(),
            moves: Vec::new(),
        };
        Self {
            outcome,
            rounds: vec![round],
            stops,
        }
    }
}

impl Simulation {
    /// Runs of one issue each as one run of all of them; issues that ended earlier than others stay as
    /// they are in the later rounds.
    ///
    /// # Panics
    /// Where the runs are of different numbers of actors, or one is of several issues.
    pub fn side_by_side(runs: &[Self]) -> Self {
        let last = runs.iter().map(|run| run.rounds.len()).max().unwrap_or(0);
        let rounds = (0..last).map(|r| {
            let shown = runs
                .iter()
                .map(|run| &run.rounds[r.min(run.rounds.len() - 1)]);
            let actors = runs[0].rounds[0].positions.len();
            let positions = (0..actors)
                .map(|actor| {
                    shown
                        .clone()
                        .map(|round| round.positions[actor][0])
                        .collect()
                })
                .collect();
            // A round that came after an issue's last one moved nobody on it.
            let moves = runs.iter().enumerate().flat_map(|(issue, run)| {
                let moves = run.rounds.get(r).map_or(&[][..], |round| &round.moves[..]);
                moves.iter().map(move |one| Move {
                    issue,
                    ..one.clone()
                })
            });
            Round {
                positions,
                outcome: shown.clone().map(|round| round.outcome[0]).collect(),
                moves: moves.collect(),
            }
        });
        let rounds = rounds.collect();
        Self {
            outcome: runs.iter().map(|run| run.outcome[0]).collect(),
            rounds,
            stops: runs.iter().map(|run| run.stops[0]).collect(),
        }
    }
}

/// Where everyone stands before the first round, by actor and issue.
pub(crate) fn starting_positions(council: &Council) -> Vec<Vec<Option<f64>>> {
    let of = |actor: &crate::Actor| actor.stakes.iter().map(|s| s.map(|s| s.position)).collect();
    council.actors().iter().map(of).collect()
}
