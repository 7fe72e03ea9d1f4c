//! How an actor's difference in utility between two options becomes a vote.

/// The vote that an actor of weight `w` casts between two options whose utilities to it differ by
/// `du`: positive for the first, negative for the second.
///
/// The rules are those of KTAB (Wise, Lester and Efird 2015, *Multidimensional Bargaining Using KTAB*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VotingRule {
    /// All of the weight for whichever is better: `w · clamp(du / 1e-8, -1, 1)`.
    Binary,
    /// A fifth of the weight goes by which is better, the rest by how much:
    /// `w · (0.8 du + 0.2 binary)`.
    ProportionalBinary,
    /// As much of the weight as there is to gain: `w · du`.
    #[default]
    Proportional,
    /// Half proportional and half cubic: `w · (0.5 du + 0.5 du³)`.
    ProportionalCubic,
    /// Only large differences count: `w · du³`.
    Cubic,
    /// Losses weigh half as much again as gains: `w · du` for a loss, `2/3 w · du` for a gain. The
    /// sides are then not each other's mirror: the order of the two options matters.
    AsymmetricProspect,
}

/// Differences below this are no clear preference to a voter who decides by yes or no.
const CLEAR: f64 = 1e-8;
const BINARY_SHARE: f64 = 0.2;
const CUBIC_SHARE: f64 = 0.5;

impl VotingRule {
    /// The vote; see the type. `weight` is not negative, `du` lies in [-3, 3].
    pub fn vote(self, weight: f64, du: f64) -> f64 {
        with_vote!(self, vote => vote(weight, du))
    }
}

/// Runs an expression with the rule's function, chosen once and not at every vote, so that loops
/// over votes can be compiled for each rule.
macro_rules! with_vote {
    ($rule:expr, $vote:ident => $body:expr) => {{
        use $crate::condorcet::votes as v;
        match $rule {
            $crate::condorcet::VotingRule::Binary => {
                let $vote = v::binary;
                $body
            }
            $crate::condorcet::VotingRule::ProportionalBinary => {
                let $vote = v::proportional_binary;
                $body
            }
            $crate::condorcet::VotingRule::Proportional => {
                let $vote = v::proportional;
                $body
            }
            $crate::condorcet::VotingRule::ProportionalCubic => {
                let $vote = v::proportional_cubic;
                $body
            }
            $crate::condorcet::VotingRule::Cubic => {
                let $vote = v::cubic;
                $body
            }
            $crate::condorcet::VotingRule::AsymmetricProspect => {
                let $vote = v::asymmetric_prospect;
                $body
            }
        }
    }};
}
pub(crate) use with_vote;

fn yes_or_no(du: f64) -> f64 {
    (du / CLEAR).clamp(-1.0, 1.0)
}

#[inline]
pub(crate) fn binary(w: f64, du: f64) -> f64 {
    w * yes_or_no(du)
}

#[inline]
pub(crate) fn proportional_binary(w: f64, du: f64) -> f64 {
    w * ((1.0 - BINARY_SHARE) * du + BINARY_SHARE * yes_or_no(du))
}

#[inline]
pub(crate) fn proportional(w: f64, du: f64) -> f64 {
    w * du
}

#[inline]
pub(crate) fn proportional_cubic(w: f64, du: f64) -> f64 {
    w * ((1.0 - CUBIC_SHARE) * du + CUBIC_SHARE * (du * du * du))
}

#[inline]
pub(crate) fn cubic(w: f64, du: f64) -> f64 {
    w * (du * du * du)
}

#[inline]
pub(crate) fn asymmetric_prospect(w: f64, du: f64) -> f64 {
    if du < 0.0 {
        w * du
    } else {
        (2.0 * w * du) / 3.0
    }
}

/// The part of a vote that is for the first option. Written without a call so that loops over it
/// are compiled to vector instructions; a vote is always a number.
#[inline]
pub(crate) fn positive_part(vote: f64) -> f64 {
    if vote > 0.0 { vote } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::VotingRule::{
        AsymmetricProspect, Binary, Cubic, Proportional, ProportionalBinary, ProportionalCubic,
    };

    #[test]
    fn half_a_utility_moves_each_rule_as_its_formula_says() {
        let votes = [
            (Binary, 10.0),
            (ProportionalBinary, 6.0),
            (Proportional, 5.0),
            (ProportionalCubic, 3.125),
            (Cubic, 1.25),
            (AsymmetricProspect, 10.0 / 3.0),
        ];
        for (rule, vote) in votes {
            assert!((rule.vote(10.0, 0.5) - vote).abs() < 1e-12, "{rule:?}");
        }
    }

    #[test]
    fn only_prospects_treat_a_loss_other_than_a_gain() {
        for rule in [
            Binary,
            ProportionalBinary,
            Proportional,
            ProportionalCubic,
            Cubic,
        ] {
            let (gain, loss) = (rule.vote(3.0, 0.2), rule.vote(3.0, -0.2));
            assert!((gain + loss).abs() < 1e-15, "{rule:?}");
        }
        let loss = AsymmetricProspect.vote(3.0, -0.2);
        assert!((loss / AsymmetricProspect.vote(3.0, 0.2) + 1.5).abs() < 1e-12);
    }

    #[test]
    fn a_difference_too_small_to_see_moves_a_binary_vote_in_part() {
        assert!((Binary.vote(4.0, 0.5e-8) - 2.0).abs() < 1e-12);
    }
}
