//! Who makes the policy: models of group decision on one input, actors by issues with position,
//! capability and salience.
//!
//! Pure: no files, no clock, no threads; every random draw comes from a seed that the caller gives.
//! Positions are in an issue's own units, saliences in [0, 1], capabilities in any unit that all
//! share. Each model's page in `docs/methods` has its equations and a case worked by hand.

mod compromise;
mod condorcet;
mod council;
mod simulation;
mod spatial;

pub use compromise::{weighted_mean, weighted_median};
pub use condorcet::{
    CondorcetError, CondorcetOptions, Election, PceForm, VictoryModel, VotingRule,
    condorcet_election, simulate_condorcet,
};
pub use council::{Actor, Bench, Council, CouncilError, Issue, Stake};
pub use simulation::{Move, MoveKind, Round, Simulation, Stop};
pub use spatial::{
    BargainForm, Choice, Commitment, Interpolation, Odds, QueueOrder, RiskEstimate, RiskRange,
    Slips, SpatialBargain, SpatialChallenge, SpatialError, SpatialOptions, SpatialOutcome,
    SpatialQueue, SpatialTrace, SpatialTurn, simulate_spatial, spatial_outcome, trace_spatial,
};
