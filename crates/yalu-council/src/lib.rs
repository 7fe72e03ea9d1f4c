//! Who makes the policy: models of group decision on one input, actors by issues with position,
//! capability and salience.
//!
//! Pure: no files, no clock, no threads; every random draw comes from a seed that the caller gives.
//! Positions are in an issue's own units, saliences in [0, 1], capabilities in any unit that all
//! share. Each model's page in `docs/methods` has its equations and a case worked by hand.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests stop at the first fault"))]

mod agreement;
mod coalition;
mod compromise;
mod council;
mod draft;
mod estimate;
mod pivot;
mod sensitivity;
mod simulation;
mod spread;

pub use agreement::{Agreement, AgreementError, Level, krippendorff_alpha};
pub use coalition::{MOST_VOTERS, Quota, Turning, Voting, VotingError, turning_sets, voting};
pub use compromise::{weighted_mean, weighted_median};
pub use council::{Actor, Attribute, Bench, Council, CouncilError, Issue, Stake};
pub use draft::{ActorEstimate, Draft, DraftError, Draws, StakeEstimate, Unknown};
pub use estimate::{Estimate, EstimateError};
pub use pivot::{Pivot, PivotOptions, pivot};
pub use sensitivity::{SobolDesign, SobolIndex};
pub use simulation::{Move, MoveKind, Round, Simulation, Stop};
pub use spread::{Checkpoint, Spread, pool};
