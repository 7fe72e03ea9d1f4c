//! What may be chosen in the challenge model, each choice where sources disagree.

use super::ChallengeError;

/// How the challenge model is read.
///
/// The printed paper leaves several things open, and its published code differs from it. Each such
/// place is a choice here; [`ChallengeOptions::scholz_code`] and [`ChallengeOptions::printed`] are
/// the two readings that others have published figures for, and `docs/methods/challenge-model.md`
/// says why the default is what it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChallengeOptions {
    /// Q: the probability that without a challenge the rival stays where it is, in [0, 1].
    pub status_quo_probability: f64,
    /// Whose expectations make an actor feel safe.
    pub security: Security,
    /// What becomes of two who both expect to win.
    pub conflict: ConflictRule,
    /// Whether an actor whose rival has the upper hand by less than it stands to lose gives in.
    pub capitulation: bool,
    /// Which of several offers an actor takes.
    pub offers: OfferChoice,
    /// By what distances are divided.
    pub range: RangeRule,
    /// By what the votes for one side are divided.
    pub votes_over: VotesOver,
    /// How votes fall with the distance.
    pub votes: Votes,
    /// With whose attitude to risk a rival's prospects are judged.
    pub viewpoint: Viewpoint,
    /// Which median, where exactly half of the weight stands on either side.
    pub median: MedianKind,
    /// What of the last positions is the outcome.
    pub outcome: OutcomeRule,
    /// The most rounds that are played.
    pub rounds: usize,
    /// The model ends after a round in which nobody moved by more than this share of the issue's
    /// scale; with 0 only a round without any move ends it.
    pub settled: f64,
    /// Whether attitudes to risk are inferred from security; otherwise each is neutral, 1. An
    /// actor's own `risk` stands in either case.
    pub infer_risk: bool,
}

/// Whose expectations make an actor feel safe: the sum over the others of what?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// What its adversaries expect of challenging it (the prose of Scholz et al. 2011, section 5).
    Adversaries,
    /// What it expects of challenging them (the superscript printed in their appendix, step 8).
    Own,
}

/// What becomes of two actors who both expect to gain by a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictRule {
    /// The one who expects less goes all the way to the other.
    LoserMoves,
    /// The contest stays open, and neither moves.
    NobodyMoves,
}

/// Which of several offers an actor takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferChoice {
    /// That which asks for the least move; of equals the stronger proposer's, then the lower place.
    LeastMove,
    /// That of the proposer who expects most of it; of equals the least move, then the lower place.
    Strongest,
    /// As the published code: a conflict before a compromise before a capitulation; among conflicts
    /// and among capitulations the least move, among compromises the one whose mean of the two
    /// positions, each weighted by the size of its expected utility, is lowest on the scale. Of
    /// equals the first in the order of actors: the only choice that may hang on their order.
    LowestCompromise,
}

/// By what distances are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeRule {
    /// The distance between the outermost positions of the round.
    Moving,
    /// The distance between the outermost positions at the start.
    Initial,
    /// The length of the scale.
    Scale,
}

/// By what the votes for one side of a contest are divided to give its probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VotesOver {
    /// All votes cast in this contest, so that the two probabilities add up to 1.
    ThisContest,
    /// All votes cast in all contests of ordered pairs, as in the published code: probabilities
    /// that are very small.
    AllContests,
}

/// How much of its weight an actor casts in a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Votes {
    /// In proportion to the difference of the two distances.
    Linear,
    /// To the difference of the two distances, each raised to the voter's own risk exponent, as in
    /// the published code.
    ByRisk,
}

/// With whose attitude to risk an actor judges what its rival expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewpoint {
    /// With the rival's: both sides see the same two figures.
    EachItsOwn,
    /// With its own, as in the published code: the two sides may see different contests.
    Viewers,
}

/// Which point is the median where exactly half of the weight stands on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MedianKind {
    /// The lower of the two positions.
    Lower,
    /// The upper.
    Upper,
    /// The point midway.
    Middle,
}

/// What of the last positions is the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeRule {
    /// Their weighted median.
    Median,
    /// Their weighted mean.
    Mean,
}

impl ChallengeOptions {
    /// The published code (jmckib/bdm-scholz-expected-utility-model 55f63e9f) for eight rounds.
    ///
    /// At Q = 1, which is all that the code was published for. Below 1 the code leaves out the
    /// rival's move to the median; this crate follows the printed equation there.
    pub fn scholz_code() -> Self {
        Self {
            status_quo_probability: 1.0,
            security: Security::Adversaries,
            conflict: ConflictRule::LoserMoves,
            capitulation: false,
            offers: OfferChoice::LowestCompromise,
            range: RangeRule::Initial,
            votes_over: VotesOver::AllContests,
            votes: Votes::ByRisk,
            viewpoint: Viewpoint::Viewers,
            median: MedianKind::Lower,
            outcome: OutcomeRule::Median,
            rounds: 8,
            settled: 0.0,
            infer_risk: true,
        }
    }

    /// The printed paper as hamzagul07/schelling e4faad65 reads it, for eight rounds at this Q.
    pub fn printed(status_quo_probability: f64) -> Self {
        Self {
            status_quo_probability,
            conflict: ConflictRule::NobodyMoves,
            capitulation: true,
            offers: OfferChoice::Strongest,
            range: RangeRule::Moving,
            votes_over: VotesOver::ThisContest,
            votes: Votes::Linear,
            viewpoint: Viewpoint::EachItsOwn,
            ..Self::scholz_code()
        }
    }

    /// # Errors
    /// [`ChallengeError`] names the first option out of its bounds.
    pub(super) fn check(&self) -> Result<(), ChallengeError> {
        let q = self.status_quo_probability;
        if !(0.0..=1.0).contains(&q) {
            return Err(ChallengeError::StatusQuoProbability { value: q });
        }
        if !(self.settled.is_finite() && self.settled >= 0.0) {
            let value = self.settled;
            return Err(ChallengeError::Settled { value });
        }
        Ok(())
    }
}

impl Default for ChallengeOptions {
    /// The printed paper at Q = 1: what its text puts first, probabilities that add up to 1, and no
    /// regard to which end of a scale is called low. The published code differs in each of these.
    fn default() -> Self {
        Self::printed(1.0)
    }
}
