//! Who makes the policy: models of group decision on one input, actors by issues with position,
//! capability and salience.
//!
//! Pure: no files, no clock, no threads; every random draw comes from a seed that the caller gives.
//! Positions are in an issue's own units, saliences in [0, 1], capabilities in any unit that all
//! share. Each model's page in `docs/methods` has its equations and a case worked by hand.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

mod agreement;
mod challenge;
mod coalition;
mod compromise;
mod condorcet;
mod council;
mod draft;
mod estimate;
mod exchange;
mod pivot;
mod procedural;
mod sensitivity;
mod simulation;
mod spatial;
mod spread;

pub use agreement::{Agreement, AgreementError, Level, krippendorff_alpha};
pub use challenge::{
    ChallengeError, ChallengeMove, ChallengeOptions, ChallengeRoom, ChallengeRound, ChallengeTrace,
    ConflictRule, MedianKind, OfferChoice, OutcomeRule, RangeRule, Security, Viewpoint, Votes,
    VotesOver, challenge_outcome, simulate_challenge, trace_challenge,
};
pub use coalition::{MOST_VOTERS, Quota, Turning, Voting, VotingError, turning_sets, voting};
pub use compromise::{simulate_mean, simulate_median, weighted_mean, weighted_median};
pub use condorcet::{
    CondorcetError, CondorcetOptions, Election, PceForm, VictoryModel, VotingRule,
    condorcet_election, simulate_condorcet,
};
pub use council::{Actor, Attribute, Bench, Council, CouncilError, Issue, Stake};
pub use draft::{ActorEstimate, Draft, DraftError, Draws, StakeEstimate, Unknown};
pub use estimate::{Estimate, EstimateError};
pub use exchange::{
    Division, Exchange, ExchangeError, ExchangeOptions, ExchangeTrace, OutcomeBound, Side,
    simulate_exchange, trace_exchange,
};
pub use pivot::{Pivot, PivotOptions, pivot};
pub use procedural::{
    Agenda, DecisionRule, ProceduralError, ProceduralOptions, Procedure, procedure_on,
    simulate_procedural,
};
pub use sensitivity::{SobolDesign, SobolIndex};
pub use simulation::{Move, MoveKind, Round, Simulation, Stop};
pub use spatial::{
    BargainForm, Choice, Commitment, Interpolation, Odds, QueueOrder, RiskEstimate, RiskRange,
    Slips, SpatialBargain, SpatialChallenge, SpatialError, SpatialOptions, SpatialOutcome,
    SpatialQueue, SpatialTrace, SpatialTurn, simulate_spatial, spatial_outcome, trace_spatial,
};
pub use spread::{Checkpoint, Spread, pool};
