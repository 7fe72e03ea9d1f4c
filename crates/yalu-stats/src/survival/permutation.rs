//! The p-value of a statistic when labels are dealt anew among the subjects.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How labels are dealt anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutations {
    /// Up to so many ways to deal the labels are all gone through; where there are more, `draws`
    /// are drawn.
    pub most_exact: usize,
    /// How many are drawn.
    pub draws: usize,
    /// The seed of the draw.
    pub seed: u64,
}

impl Default for Permutations {
    /// All of up to 20,000; else 9,999 draws with seed 1.
    fn default() -> Self {
        Self {
            most_exact: 20_000,
            draws: 9_999,
            seed: 1,
        }
    }
}

/// How many ways to deal the labels were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocationCount {
    /// All that there are.
    All(usize),
    /// So many drawn at random, beside the observed one.
    Drawn(usize),
}

/// The share of allocations with a statistic at least as large as the observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PermutationPValue {
    /// The p-value, never 0: the observed allocation counts.
    pub p_value: f64,
    /// Of how many.
    pub allocations: AllocationCount,
    /// The standard error of the draw; 0 where all were gone through.
    pub monte_carlo_error: f64,
}

/// Statistics within this share of each other tie.
const SAME: f64 = 1e-9;

/// `labels`: the group of each subject, observed. `statistic` must not depend on earlier calls.
pub(super) fn permutation_p(
    labels: &[usize],
    options: &Permutations,
    mut statistic: impl FnMut(&[usize]) -> f64,
) -> PermutationPValue {
    let observed = statistic(labels);
    let bound = observed - SAME * observed.abs().max(1.0);
    let mut dealt = labels.to_vec();
    if let Some(ways) = allocations(labels, options.most_exact) {
        dealt.sort_unstable();
        let mut as_large = 0;
        loop {
            as_large += usize::from(statistic(&dealt) >= bound);
            if !next_allocation(&mut dealt) {
                break;
            }
        }
        return PermutationPValue {
            p_value: as_large as f64 / ways as f64,
            allocations: AllocationCount::All(ways),
            monte_carlo_error: 0.0,
        };
    }
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut as_large = 1;
    for _ in 0..options.draws {
        for idx in (1..dealt.len()).rev() {
            dealt.swap(idx, rng.random_range(0..=idx));
        }
        as_large += usize::from(statistic(&dealt) >= bound);
    }
    let p_value = as_large as f64 / (options.draws + 1) as f64;
    PermutationPValue {
        p_value,
        allocations: AllocationCount::Drawn(options.draws),
        monte_carlo_error: (p_value * (1.0 - p_value) / options.draws as f64).sqrt(),
    }
}

/// In how many ways the labels can be dealt, where that is at most `most`.
fn allocations(labels: &[usize], most: usize) -> Option<usize> {
    let groups = labels.iter().max().map_or(0, |last| last + 1);
    let mut ways = 1_u128;
    let mut dealt = 0_u128;
    for group in 0..groups {
        let size = labels.iter().filter(|label| **label == group).count() as u128;
        // Each step of the product is a binomial coefficient, so that the division is whole.
        for taken in 1..=size {
            ways = ways * (dealt + taken) / taken;
            if ways > most as u128 * 1_000_000 {
                return None;
            }
        }
        dealt += size;
    }
    usize::try_from(ways).ok().filter(|ways| *ways <= most)
}

/// The next allocation in lexicographic order; false after the last.
fn next_allocation(labels: &mut [usize]) -> bool {
    let Some(pivot) = labels.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        return false;
    };
    let Some(larger) = labels.iter().rposition(|label| *label > labels[pivot]) else {
        return false;
    };
    labels.swap(pivot, larger);
    labels[pivot + 1..].reverse();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_allocation_is_met_once() {
        let mut labels = vec![0, 0, 1, 1, 2];
        let mut seen = vec![labels.clone()];
        while next_allocation(&mut labels) {
            seen.push(labels.clone());
        }
        assert_eq!(seen.len(), 30);
        seen.dedup();
        assert_eq!(seen.len(), 30);
        assert_eq!(allocations(&[2, 0, 1, 0, 1], 30), Some(30));
        assert_eq!(allocations(&[2, 0, 1, 0, 1], 29), None);
        assert_eq!(allocations(&[0; 500], 1), Some(1));
        let halves: Vec<usize> = (0..400).map(|idx| idx % 2).collect();
        assert_eq!(allocations(&halves, usize::MAX), None);
    }

    #[test]
    fn the_least_p_of_three_against_three_is_two_in_twenty() {
        // The difference of sums, two-sided: 1 + 2 + 3 against 4 + 5 + 6 and its mirror.
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let gap = |labels: &[usize]| {
            let sum: f64 = labels
                .iter()
                .zip(values)
                .map(|(label, value)| if *label == 0 { value } else { -value })
                .sum();
            sum.abs()
        };
        let p = permutation_p(&[0, 0, 0, 1, 1, 1], &Permutations::default(), gap);
        assert!((p.p_value - 0.1).abs() < 1e-15);
        assert_eq!(p.allocations, AllocationCount::All(20));
        let drawn = Permutations {
            most_exact: 0,
            ..Permutations::default()
        };
        let p = permutation_p(&[0, 0, 0, 1, 1, 1], &drawn, gap);
        assert_eq!(p.allocations, AllocationCount::Drawn(9_999));
        assert!((p.p_value - 0.1).abs() < 4.0 * p.monte_carlo_error);
    }
}
