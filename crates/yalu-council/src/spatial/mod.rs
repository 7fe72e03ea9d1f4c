//! The spatial model of politics: actors challenge those they gain most from, strike bargains, and
//! the council's election over the bargains moves them, turn by turn.

mod bargain;
mod challenge;
mod game;
mod options;
mod run;
mod state;
mod trace;

use crate::council::Council;
use crate::simulation::{Simulation, Stop};
use game::Game;
pub use options::{
    BargainForm, Choice, Commitment, Interpolation, QueueOrder, RiskEstimate, RiskRange, Slips,
    SpatialError, SpatialOptions,
};
use run::Run;
pub use trace::{Odds, SpatialBargain, SpatialChallenge, SpatialQueue, SpatialTrace, SpatialTurn};

/// Plays the spatial model of politics.
///
/// Each turn: an election of neutral actors over all positions tells who is likely to win and from
/// that each one's attitude to risk; each actor looks for the challenge that promises it most, as it
/// sees the others; the two of a challenge strike a bargain by saliences and odds; an election over
/// each actor's bargains and the status quo picks the one it follows. It ends when a turn from the
/// second on changes less than 2 % of the first, or after 100.
///
/// The outcome of each issue is the mean of the distinct final positions, weighted by their
/// probabilities to win an election over them. KTAB names no single outcome; this is what its
/// probabilities of winning imply. [`trace_spatial`] gives the likeliest position too.
///
/// One actor, or one position that all share, is at once the outcome ([`Stop::Unanimous`]). `seed`
/// is used by [`Choice::Drawn`] alone.
///
/// # Errors
/// [`SpatialError`] where an actor has no stake in an issue, another capability on one, or saliences
/// that add up to nothing or to more than 1; where a capability is above 1e100; or where the
/// accommodation doesn't fit.
///
/// # Source
/// Wise, Lester and Efird (2015), *Multidimensional Bargaining Using KTAB*, KAPSARC. Held to KTAB
/// SMP 0.1 in `tests/reference/spatial.rs`.
pub fn simulate_spatial(
    council: &Council,
    options: &SpatialOptions,
    seed: u64,
) -> Result<Simulation, SpatialError> {
    Ok(trace_spatial(council, options, seed)?.to_simulation())
}

/// Plays the spatial model and writes everything down: attitudes to risk, challenges with their
/// odds, bargains with their probabilities, and how likely each position is to win at each turn.
///
/// # Errors
/// As [`simulate_spatial`].
pub fn trace_spatial(
    council: &Council,
    options: &SpatialOptions,
    seed: u64,
) -> Result<SpatialTrace, SpatialError> {
    let game = Game::new(council, options)?;
    let mut recorder = trace::Recorder::default();
    let end = Run::new(&game, options).play(seed, &mut recorder);
    Ok(SpatialTrace {
        turns: recorder.turns,
        stop: end.stop,
        risk_estimate: options.risk_estimate,
    })
}

/// Where a run of the spatial model ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialOutcome {
    /// The outcome of each issue, in its units; see [`simulate_spatial`].
    pub expected: Vec<f64>,
    /// The likeliest of the distinct final positions, by issue.
    pub likeliest: Vec<f64>,
    /// The turns played.
    pub turns: usize,
    /// Why it ended.
    pub stop: Stop,
}

/// Plays the spatial model for its outcome alone, without writing anything down: the same outcome
/// as [`simulate_spatial`], bit by bit, in a fraction of the time.
///
/// # Errors
/// As [`simulate_spatial`].
pub fn spatial_outcome(
    council: &Council,
    options: &SpatialOptions,
    seed: u64,
) -> Result<SpatialOutcome, SpatialError> {
    let game = Game::new(council, options)?;
    let mut run = Run::new(&game, options);
    let end = run.play(seed, &mut ());
    let (expected, likeliest) = run.outcome();
    Ok(SpatialOutcome {
        expected,
        likeliest,
        turns: end.turns,
        stop: end.stop,
    })
}

#[cfg(test)]
mod tests;
