//! The challenge model: who can make whom give way, round after round.
//!
//! Each actor weighs, for each other one, whether it would gain by challenging its position. Where
//! two expect different things of their contest, one of them moves.

mod contest;
mod offers;
mod options;
mod rounds;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub use options::{
    ChallengeOptions, ConflictRule, MedianKind, OfferChoice, OutcomeRule, RangeRule, Security,
    Viewpoint, Votes, VotesOver,
};
pub use rounds::ChallengeRoom;

use crate::{Bench, Council, Move, MoveKind, Round, Simulation, Stop};
use rounds::Played;

/// Why the challenge model can't run.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// Q is no probability.
    #[error("the status quo's probability is {value}, outside 0 to 1")]
    StatusQuoProbability {
        /// The probability.
        value: f64,
    },
    /// The threshold for settling is negative or no number.
    #[error("the share of the scale below which moves settle is {value}; give 0 or more")]
    Settled {
        /// The threshold.
        value: f64,
    },
    /// The columns of a bench have different lengths.
    #[error("the bench has {positions} positions, and a column of {got}")]
    Columns {
        /// Positions on the bench.
        positions: usize,
        /// Entries of the other column.
        got: usize,
    },
    /// A position is no number, or a risk exponent no positive one.
    #[error("seat {seat} of the bench has {value} as a position or risk exponent")]
    Figure {
        /// Its place on the bench.
        seat: usize,
        /// The figure.
        value: f64,
    },
    /// Nobody on the bench has any weight.
    #[error("the bench's weight, capability times salience, is {weight}")]
    NoWeight {
        /// The sum of weights.
        weight: f64,
    },
}

/// One actor's change of position in a round; actors by their place on the bench.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChallengeMove {
    /// Who moved.
    pub actor: usize,
    /// Whose offer it took.
    pub by: usize,
    /// From where, in the issue's units.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// Conflict, compromise or capitulation.
    pub kind: MoveKind,
}

/// One run on one issue with all that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChallengeTrace {
    /// The outcome, in the issue's units.
    pub outcome: f64,
    /// Round by round; the first is the start.
    pub rounds: Vec<ChallengeRound>,
    /// Why it ended.
    pub stop: Stop,
}

/// The state after a round, and the expectations that led to it.
///
/// Matrices are n × n and row-major, for n actors in the bench's order, with 0 on the diagonal; they
/// and the risk exponents are empty for the start, before anyone weighed anything.
#[derive(Debug, Clone, PartialEq)]
pub struct ChallengeRound {
    /// Positions after the round, in the issue's units.
    pub positions: Vec<f64>,
    /// Their weighted median.
    pub median: f64,
    /// Their weighted mean.
    pub mean: f64,
    /// Each actor's risk exponent: 0.5 averse, 1 neutral, 2 acceptant.
    pub risks: Vec<f64>,
    /// The probability that the row's actor wins against the column's.
    pub win: Vec<f64>,
    /// What the row's actor expects of challenging the column's, E^i(U_ij); from -6 to 6.
    pub attack: Vec<f64>,
    /// What the row's actor thinks the column's expects of challenging it, E(U_ji).
    pub threat: Vec<f64>,
    /// Who moved.
    pub moves: Vec<ChallengeMove>,
}

/// Plays the challenge model on each issue alone.
///
/// The outcome of an issue is the weighted median (or mean) of the last positions. Issues that ended
/// earlier than others stay as they are in the later rounds.
///
/// # Errors
/// [`ChallengeError`], where an option is out of its bounds.
///
/// # Example
/// ```
/// use yalu_council::{Actor, ChallengeOptions, Council, Issue, Stake, simulate_challenge};
///
/// let issue = Issue { id: "aid".to_owned(), low: 0.0, high: 100.0, status_quo: None };
/// let actor = |id: &str, position, salience| Actor {
///     id: id.to_owned(),
///     capability: 1.0,
///     stakes: vec![Some(Stake { position, salience, capability: None })],
///     veto: false,
///     risk: None,
/// };
/// let actors = vec![actor("army", 0.0, 1.0), actor("party", 60.0, 0.5), actor("banks", 80.0, 0.4)];
/// let council = Council::new(vec![issue], actors)?;
/// let run = simulate_challenge(&council, &ChallengeOptions::default())?;
/// assert!(run.outcome[0] < 60.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// Bueno de Mesquita (1985), American Political Science Review 79, 156-172; (1994), in European
/// Community Decision Making, chapter 4. Equations as in Scholz, Calbert and Smith (2011), Journal
/// of Theoretical Politics 23, 510-531. Held to two peers in `tests/reference/challenge.rs`.
pub fn simulate_challenge(
    council: &Council,
    options: &ChallengeOptions,
) -> Result<Simulation, ChallengeError> {
    let issues = 0..council.issues().len();
    let runs = issues.map(|issue| simulate_alone(council, issue, options));
    Ok(Simulation::side_by_side(
        &runs.collect::<Result<Vec<_>, _>>()?,
    ))
}

/// One issue's run, its actors in the council's order.
fn simulate_alone(
    council: &Council,
    issue: usize,
    options: &ChallengeOptions,
) -> Result<Simulation, ChallengeError> {
    let bench = council.on(issue);
    let trace = trace_challenge(&bench, options)?;
    let rounds = trace.rounds.iter().map(|round| {
        let mut positions = vec![vec![None]; council.actors().len()];
        for (&seat, &position) in bench.actors.iter().zip(&round.positions) {
            positions[seat] = vec![Some(position)];
        }
        let moves = round.moves.iter();
        Round {
            positions,
            outcome: vec![match options.outcome {
                OutcomeRule::Median => round.median,
                OutcomeRule::Mean => round.mean,
            }],
            moves: moves.map(|m| m.of_council(&bench.actors, issue)).collect(),
        }
    });
    Ok(Simulation {
        outcome: vec![trace.outcome],
        rounds: rounds.collect(),
        stops: vec![trace.stop],
    })
}

impl ChallengeMove {
    fn of_council(&self, seats: &[usize], issue: usize) -> Move {
        let Self {
            actor,
            by,
            from,
            to,
            kind,
        } = *self;
        let (actor, by) = (seats[actor], Some(seats[by]));
        Move {
            actor,
            by,
            issue,
            from,
            to,
            kind,
        }
    }
}

/// Plays the challenge model on one issue and keeps every round's expectations.
///
/// # Errors
/// [`ChallengeError`], where an option is out of its bounds or the bench is empty or ragged.
pub fn trace_challenge(
    bench: &Bench,
    options: &ChallengeOptions,
) -> Result<ChallengeTrace, ChallengeError> {
    options.check()?;
    let mut room = ChallengeRoom::default();
    room.start(bench)?;
    let mut rounds = vec![room.shown(options, false)];
    let stop = play_all(&mut room, bench, options, |room| {
        rounds.push(room.shown(options, true));
    });
    Ok(ChallengeTrace {
        outcome: room.outcome(options),
        rounds,
        stop,
    })
}

/// Plays the challenge model on one issue for its outcome alone, in the issue's units.
///
/// The same figures as [`trace_challenge`], bit by bit; with a `room` that is kept between runs it
/// allocates nothing, for draws by the thousand.
///
/// # Errors
/// As [`trace_challenge`].
pub fn challenge_outcome(
    bench: &Bench,
    options: &ChallengeOptions,
    room: &mut ChallengeRoom,
) -> Result<f64, ChallengeError> {
    options.check()?;
    room.start(bench)?;
    play_all(room, bench, options, |_| ());
    Ok(room.outcome(options))
}

/// Plays to the end, and shows the room after each round.
fn play_all(
    room: &mut ChallengeRoom,
    bench: &Bench,
    options: &ChallengeOptions,
    mut show: impl FnMut(&mut ChallengeRoom),
) -> Stop {
    for played in 1..=options.rounds {
        if let Played::Unanimous = room.play(bench, options) {
            return Stop::Unanimous;
        }
        show(room);
        if let Some(stop) = room.stop(bench, options, played) {
            return stop;
        }
    }
    Stop::RoundsPlayed
}

impl ChallengeRoom {
    fn shown(&mut self, options: &ChallengeOptions, reckoned: bool) -> ChallengeRound {
        let keep = |values: &[f64]| {
            if reckoned {
                values.to_vec()
            } else {
                Vec::new()
            }
        };
        ChallengeRound {
            median: self.median(options.median),
            mean: self.mean(),
            positions: self.positions.clone(),
            risks: keep(&self.contests.risks),
            win: keep(&self.contests.win),
            attack: keep(&self.contests.attack),
            threat: keep(&self.contests.threat),
            moves: if reckoned {
                self.moves.clone()
            } else {
                Vec::new()
            },
        }
    }
}
