//! Who makes the policy: models of group decision on one input, actors by issues with position,
//! capability and salience.
//!
//! Pure: no files, no clock, no threads; every random draw comes from a seed that the caller gives.
//! Positions are in an issue's own units, saliences in [0, 1], capabilities in any unit that all
//! share. Each model's page in `docs/methods` has its equations and a case worked by hand.

mod challenge;
mod compromise;
mod council;
mod exchange;
mod procedural;
mod simulation;

pub use challenge::{
    ChallengeError, ChallengeMove, ChallengeOptions, ChallengeRoom, ChallengeRound, ChallengeTrace,
    ConflictRule, MedianKind, OfferChoice, OutcomeRule, RangeRule, Security, Viewpoint, Votes,
    VotesOver, challenge_outcome, simulate_challenge, trace_challenge,
};
pub use compromise::{weighted_mean, weighted_median};
pub use council::{Actor, Bench, Council, CouncilError, Issue, Stake};
pub use exchange::{
    Division, Exchange, ExchangeError, ExchangeOptions, ExchangeTrace, OutcomeBound, Side,
    simulate_exchange, trace_exchange,
};
pub use procedural::{
    Agenda, DecisionRule, ProceduralError, ProceduralOptions, Procedure, procedure_on,
    simulate_procedural,
};
pub use simulation::{Move, MoveKind, Round, Simulation, Stop};
