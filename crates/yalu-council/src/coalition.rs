//! Coalitions: which win a vote, who is needed for it, and who would have to move together.

use thiserror::Error;

/// How much weight decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quota {
    /// More than half of all weight.
    Majority,
    /// At least this share of all weight, in (0, 1].
    Share(f64),
    /// Everyone with any weight.
    Unanimity,
}

/// The coalitions of a weighted vote.
#[derive(Debug, Clone, PartialEq)]
pub struct Voting {
    /// Coalitions that win and would lose without any one of their members, the smallest first; each
    /// lists its members in order.
    pub minimal_winning: Vec<Vec<usize>>,
    /// Each actor's share of the swings (Banzhaf 1965): coalitions that win with it and lose without
    /// it. Shares sum to 1.
    pub banzhaf: Vec<f64>,
    /// The share of all orders of joining in which the actor is the one who makes the coalition win
    /// (Shapley and Shubik 1954). Shares sum to 1.
    pub shapley_shubik: Vec<f64>,
}

/// Why coalitions aren't counted.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum VotingError {
    /// Every coalition is looked at, and their number doubles with each actor.
    #[error("{actors} actors have too many coalitions to look at each; at most {most}")]
    TooMany {
        /// Actors.
        actors: usize,
        /// The most that can be done.
        most: usize,
    },
    /// Weights and vetoes don't fit, or a weight is negative or no number, or all are nil.
    #[error("weights must be finite, not negative, not all nil, one for each actor")]
    Weights,
    /// A share outside (0, 1].
    #[error("a quota of {share} isn't a share of the weight")]
    Quota {
        /// The share.
        share: f64,
    },
}

/// The most actors whose coalitions are all looked at.
pub const MOST_VOTERS: usize = 20;

/// All about a weighted vote in which those with a veto must agree.
///
/// # Errors
/// [`VotingError`] for more than [`MOST_VOTERS`] actors, or weights or a quota that are none.
pub fn voting(weights: &[f64], vetoes: &[bool], quota: Quota) -> Result<Voting, VotingError> {
    let n = weights.len();
    if n > MOST_VOTERS {
        return Err(VotingError::TooMany {
            actors: n,
            most: MOST_VOTERS,
        });
    }
    let total: f64 = weights.iter().sum();
    let sound = weights.iter().all(|w| w.is_finite() && *w >= 0.0);
    if !sound || total <= 0.0 || vetoes.len() != n {
        return Err(VotingError::Weights);
    }
    if let Quota::Share(share) = quota
        && !(share > 0.0 && share <= 1.0)
    {
        return Err(VotingError::Quota { share });
    }
    let wins = winning(weights, vetoes, quota);
    let mut minimal_winning: Vec<Vec<usize>> = (0..wins.len())
        .filter(|&set| wins[set] && members(set).all(|i| !wins[set & !(1 << i)]))
        .map(|set| members(set).collect())
        .collect();
    minimal_winning.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let (banzhaf, shapley_shubik) = power(&wins, n);
    Ok(Voting {
        minimal_winning,
        banzhaf,
        shapley_shubik,
    })
}

/// Sets of actors, none within another, who carry an outcome if they act together.
#[derive(Debug, Clone, PartialEq)]
pub struct Turning {
    /// The sets, the smallest first; each lists its members in order.
    pub sets: Vec<Vec<usize>>,
    /// The largest size of which every set was tried.
    pub tried_up_to: usize,
}

/// The smallest sets of actors who turn an outcome together.
///
/// `turns` says whether the outcome turns if just these actors act (move to a position, say). Sets
/// are tried by size, those that hold a smaller one that turns are passed over, and after
/// `most_trials` no larger size is begun. A single run of `turns` decides on a set, so that a model
/// in which more movers can do less still gets a true answer for each set that is listed.
///
/// # Errors
/// What `turns` returns.
pub fn turning_sets<E>(
    actors: usize,
    most_trials: usize,
    mut turns: impl FnMut(&[usize]) -> Result<bool, E>,
) -> Result<Turning, E> {
    let mut turning = Turning {
        sets: Vec::new(),
        tried_up_to: 0,
    };
    let mut trials = 0_usize;
    for size in 1..=actors {
        let count = combinations(actors, size);
        if trials.saturating_add(count) > most_trials {
            break;
        }
        let mut found = Vec::new();
        let mut set: Vec<usize> = (0..size).collect();
        loop {
            let holds_smaller = turning
                .sets
                .iter()
                .any(|s| s.iter().all(|i| set.contains(i)));
            if !holds_smaller {
                trials += 1;
                if turns(&set)? {
                    found.push(set.clone());
                }
            }
            if !next_combination(&mut set, actors) {
                break;
            }
        }
        turning.sets.extend(found);
        turning.tried_up_to = size;
    }
    Ok(turning)
}

fn combinations(n: usize, k: usize) -> usize {
    (0..k).fold(1_usize, |count, i| count.saturating_mul(n - i) / (i + 1))
}

fn next_combination(set: &mut [usize], n: usize) -> bool {
    let k = set.len();
    let Some(movable) = (0..k).rev().find(|&i| set[i] < n - k + i) else {
        return false;
    };
    set[movable] += 1;
    for i in movable + 1..k {
        set[i] = set[i - 1] + 1;
    }
    true
}

fn members(set: usize) -> impl Iterator<Item = usize> {
    (0..MOST_VOTERS).filter(move |i| set & (1 << i) != 0)
}

fn winning(weights: &[f64], vetoes: &[bool], quota: Quota) -> Vec<bool> {
    let total: f64 = weights.iter().sum();
    // Sums in another order differ in their last bits; a quota that is met is met all the same.
    let slack = total * 1e-12;
    let enough = |weight: f64| match quota {
        Quota::Majority => weight > total / 2.0 + slack,
        Quota::Share(share) => weight >= share * total - slack,
        Quota::Unanimity => weight >= total - slack,
    };
    (0..1_usize << weights.len())
        .map(|set| {
            let agreed = (0..weights.len()).all(|i| !vetoes[i] || set & (1 << i) != 0);
            let required = quota != Quota::Unanimity
                || (0..weights.len()).all(|i| weights[i] == 0.0 || set & (1 << i) != 0);
            agreed && required && enough(members(set).map(|i| weights[i]).sum())
        })
        .collect()
}

/// Banzhaf's and Shapley's shares from the winning coalitions.
fn power(wins: &[bool], n: usize) -> (Vec<f64>, Vec<f64>) {
    // The share of orders in which the `size` members of a set come first, then one, then the rest.
    let order_share: Vec<f64> = (0..n)
        .map(|size| 1.0 / (n as f64 * binomial(n - 1, size)))
        .collect();
    let mut swings = vec![0.0; n];
    let mut pivots = vec![0.0; n];
    for set in 0..wins.len() {
        if wins[set] {
            continue;
        }
        let size = set.count_ones() as usize;
        for i in (0..n).filter(|i| set & (1 << i) == 0) {
            if wins[set | (1 << i)] {
                swings[i] += 1.0;
                pivots[i] += order_share[size];
            }
        }
    }
    let all: f64 = swings.iter().sum();
    (
        swings
            .iter()
            .map(|s| if all > 0.0 { s / all } else { 0.0 })
            .collect(),
        pivots,
    )
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_council_of_1958_is_counted_as_published() {
        // The Council of the European Economic Community of 1958: votes 4, 4, 4, 2, 2, 1, of which
        // 12 decide. Felsenthal and Machover (1998), table 5.3.3: Banzhaf 5/21 each for the three
        // large, 1/7 for Belgium and the Netherlands, none for Luxembourg; Shapley-Shubik 14/60,
        // 9/60, none.
        let weights = [4.0, 4.0, 4.0, 2.0, 2.0, 1.0];
        let voting = voting(&weights, &[false; 6], Quota::Share(12.0 / 17.0)).unwrap();
        assert_eq!(
            voting.minimal_winning,
            [
                vec![0, 1, 2],
                vec![0, 1, 3, 4],
                vec![0, 2, 3, 4],
                vec![1, 2, 3, 4]
            ]
        );
        let banzhaf = [
            5.0 / 21.0,
            5.0 / 21.0,
            5.0 / 21.0,
            1.0 / 7.0,
            1.0 / 7.0,
            0.0,
        ];
        let shapley = [
            14.0 / 60.0,
            14.0 / 60.0,
            14.0 / 60.0,
            9.0 / 60.0,
            9.0 / 60.0,
            0.0,
        ];
        for i in 0..6 {
            assert!((voting.banzhaf[i] - banzhaf[i]).abs() < 1e-12);
            assert!((voting.shapley_shubik[i] - shapley[i]).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_wins_against_a_veto() {
        let voting = voting(&[3.0, 2.0, 1.0], &[false, false, true], Quota::Majority).unwrap();
        assert_eq!(voting.minimal_winning, [vec![0, 2]]);
        assert!(voting.banzhaf[1].abs() < 1e-15);
        let dictator = super::voting(&[9.0, 1.0, 1.0], &[false; 3], Quota::Majority).unwrap();
        assert_eq!(dictator.minimal_winning, [vec![0]]);
        assert!((dictator.shapley_shubik[0] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn half_is_no_majority_and_all_are_needed_for_unanimity() {
        let halves = voting(&[0.3, 0.2, 0.5], &[false; 3], Quota::Majority).unwrap();
        assert_eq!(halves.minimal_winning, [vec![0, 2], vec![1, 2]]);
        let unanimous = voting(&[0.3, 0.0, 0.5], &[false; 3], Quota::Unanimity).unwrap();
        assert_eq!(unanimous.minimal_winning, [vec![0, 2]]);
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let many = voting(&[1.0; 21], &[false; 21], Quota::Majority);
        assert_eq!(
            many,
            Err(VotingError::TooMany {
                actors: 21,
                most: 20
            })
        );
        assert_eq!(
            voting(&[1.0, -1.0], &[false; 2], Quota::Majority),
            Err(VotingError::Weights)
        );
        assert_eq!(
            voting(&[0.0], &[false], Quota::Majority),
            Err(VotingError::Weights)
        );
        let quota = voting(&[1.0], &[false], Quota::Share(0.0));
        assert_eq!(quota, Err(VotingError::Quota { share: 0.0 }));
    }

    #[test]
    fn only_the_smallest_sets_that_turn_are_listed() {
        // Weights 5, 3, 2, 1: a set turns if it holds six or more.
        let weights = [5, 3, 2, 1];
        let turns = |set: &[usize]| Ok::<_, ()>(set.iter().map(|&i| weights[i]).sum::<i32>() >= 6);
        let turning = turning_sets(4, 100, turns).unwrap();
        assert_eq!(
            turning.sets,
            [vec![0, 1], vec![0, 2], vec![0, 3], vec![1, 2, 3]]
        );
        assert_eq!(turning.tried_up_to, 4);
        let short = turning_sets(4, 10, turns).unwrap();
        assert_eq!(short.tried_up_to, 2);
        assert_eq!(short.sets, [vec![0, 1], vec![0, 2], vec![0, 3]]);
    }
}
