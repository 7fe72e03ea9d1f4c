//! How the spatial model is played, and what can be wrong with its input.

use thiserror::Error;

use crate::condorcet::CondorcetOptions;

/// The range in which attitudes to risk are inferred: linear in the probability to win, from the
/// actor least likely to win to the one likeliest.
///
/// The attitude `R` bends utility over the distance `d` from the ideal, `(1 - d)(1 + d R)`: 1 is the
/// most averse, 0 neutral, -1 the most acceptant. Who is likely to win has most to lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RiskRange {
    /// From 0 to 1.
    Min,
    /// From -1/2 to 1.
    #[default]
    Mid,
    /// From -1 to 1.
    Max,
}

/// How well an actor judges another's attitude to risk: a mean of the other's and its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RiskEstimate {
    /// The other's own.
    Full,
    /// Two thirds the other's, one third its own.
    TwoThirds,
    /// Half and half.
    Half,
    /// One third the other's, two thirds its own.
    #[default]
    OneThird,
    /// It takes the other to be as itself.
    No,
}

impl RiskEstimate {
    /// What an actor of attitude `viewer` takes another's attitude to be.
    pub(super) fn of(self, viewer: f64, other: f64) -> f64 {
        match self {
            Self::Full => other,
            Self::TwoThirds => (viewer + 2.0 * other) / 3.0,
            Self::Half => f64::midpoint(viewer, other),
            Self::OneThird => (2.0 * viewer + other) / 3.0,
            Self::No => viewer,
        }
    }
}

/// What a third party risks by taking a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Commitment {
    /// It takes the winner's position whichever side it was on. Both sides are then worth the same
    /// to it, so that no third party votes.
    Full,
    /// It keeps its position if its side wins and takes the winner's if it loses.
    #[default]
    Semi,
    /// It keeps its position in any case; again no third party votes.
    No,
}

/// How a bargain divides the way between two positions, issue by issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interpolation {
    /// Weights are salience times probability to win; the bargain is rounded to 1/10000 of the scale.
    S1P1,
    /// Weights are the squares of both; rounded too.
    #[default]
    S2P2,
    /// Only the less likely winner moves, by the excess of the other's probability; not rounded.
    S2PMax,
}

/// Whose estimate of the odds goes into a bargain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BargainForm {
    /// The initiator's.
    #[default]
    Initiator,
    /// Both: each makes a bargain of its own, and both are on offer.
    Both,
    /// One bargain, the mean of the two weighted by power.
    PowerWeighted,
}

/// What becomes of two slips of KTAB 0.1, which touch only bargains with the receiver's odds
/// ([`BargainForm::Both`] and [`BargainForm::PowerWeighted`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slips {
    /// As KTAB has it, to reproduce its figures: in the place of the receiver's estimate of the
    /// probability stands its estimate of the initiator's gain, and the initiator's capability
    /// multiplies both weights of power, so that only total saliences tell. A bargain that this would
    /// put off the scale is kept at its end.
    #[default]
    Kept,
    /// The receiver's estimate of the probability, and each one's own capability.
    Mended,
}

/// Which of the bargains in its queue an actor takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// The likeliest, the first of those that tie.
    #[default]
    Likeliest,
    /// One drawn with its probability, by the seed.
    Drawn,
    /// Places in the queues, one row a turn, one figure an actor: to play a run again. Turns and
    /// places that the script lacks are filled by the likeliest.
    Scripted(Vec<Vec<usize>>),
}

/// In which order bargains stand in a queue. It matters only where two tie, to the last bits, and
/// which of them a draw selects. KTAB's threads let it vary from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueOrder {
    /// The status quo, then by initiator in the council's order.
    #[default]
    Initiators,
    /// The same backwards.
    Reversed,
}

/// How the spatial model is played. The defaults are those with which KTAB runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpatialOptions {
    /// How actors vote on positions, challenges and bargains, and what follows from votes.
    pub election: CondorcetOptions,
    /// The range of inferred attitudes to risk.
    pub risk_range: RiskRange,
    /// How well the attitudes of others are judged.
    pub risk_estimate: RiskEstimate,
    /// What third parties risk.
    pub commitment: Commitment,
    /// How bargains divide the way.
    pub interpolation: Interpolation,
    /// Whose odds go into a bargain.
    pub bargains: BargainForm,
    /// Whether KTAB's slips are kept.
    pub slips: Slips,
    /// Which bargain is taken.
    pub choice: Choice,
    /// The order of queues.
    pub queues: QueueOrder,
    /// How ideals follow positions: row `i` holds the weights of every actor's new position in `i`'s
    /// new ideal; what a row lacks to 1 is the weight of the old ideal. None is the identity: ideals
    /// are positions.
    pub accommodation: Option<Vec<Vec<f64>>>,
}

/// What is wrong with a council or with options for the spatial model.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SpatialError {
    /// An actor has no stake in an issue; the model's space needs a position in each.
    #[error("actor {actor:?} has no stake in issue {issue:?}")]
    NoStake {
        /// The actor.
        actor: String,
        /// The issue.
        issue: String,
    },
    /// An actor's capability differs between issues; the model knows one.
    #[error("actor {actor:?} has capability {own} on issue {issue:?} and {at_large} at large")]
    OwnCapability {
        /// The actor.
        actor: String,
        /// The issue.
        issue: String,
        /// Its capability there.
        own: f64,
        /// Its capability at large.
        at_large: f64,
    },
    /// A capability is above 1e100, past which strengths would overflow.
    #[error("actor {actor:?} has capability {value}, above 1e100")]
    Capability {
        /// The actor.
        actor: String,
        /// The capability.
        value: f64,
    },
    /// An actor's saliences add up to nothing or to more than all it has.
    #[error("the saliences of actor {actor:?} add up to {total}, outside (0, 1]")]
    TotalSalience {
        /// The actor.
        actor: String,
        /// Their sum.
        total: f64,
    },
    /// A scale is too long for a number.
    #[error("the scale of issue {issue:?} is too long")]
    Scale {
        /// The issue.
        issue: String,
    },
    /// The accommodation matrix has another shape than actors by actors.
    #[error(
        "row {row} of the accommodation has {got} figures; {actors} actors need {actors} by {actors}"
    )]
    AccommodationShape {
        /// The first row that is missing, too many, or of another length.
        row: usize,
        /// Its figures.
        got: usize,
        /// The actors.
        actors: usize,
    },
    /// A row of the accommodation has a figure outside [0, 1], or adds up to more than 1.
    #[error("row {row} of the accommodation adds up to {total} with least figure {least}")]
    AccommodationRow {
        /// The row.
        row: usize,
        /// The row's sum.
        total: f64,
        /// Its least figure.
        least: f64,
    },
}
