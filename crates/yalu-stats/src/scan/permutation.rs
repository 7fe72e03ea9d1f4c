//! Did levels move for longer than a block of periods?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{CountSeries, ScanError, ScanOptions};
use crate::serial::lag_one;

/// Pairs of steps are tried at every so many periods.
const STRIDE: usize = 3;
/// As many permutations at least as large as the data's end the drawing: p is known well enough.
const ENOUGH: usize = 20;
/// The longest block, as a share of the periods.
const LONGEST: f64 = 0.125;
/// Periods of a block per unit of long-run over short-run variance.
const PER_RATIO: f64 = 4.0;
/// The least θ of the scale on which residuals are taken.
const LEAST_THETA: f64 = 0.1;
/// Anscombe's addend.
const ADDEND: f64 = 0.375;

/// A test by permutation of blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PermutationOfBlocks {
    /// The larger F of one step of the level and, per step, of two.
    pub statistic: f64,
    /// The share of permutations with one as large, the data's own order counted: never 0.
    pub p_value: f64,
    /// Periods of a block.
    pub block: usize,
    /// Permutations drawn: fewer than asked for where 20 of them were as large already.
    pub n_permutations: usize,
    /// The serial correlation of the residuals, the best two steps and its bias taken out.
    pub lag_one: f64,
}

/// Tests whether the level of a series of counts moved at least once.
///
/// Counts less their exposure's share are taken on the scale on which a negative binomial with the
/// series' own dispersion has a steady variance, so that bursts don't rule; jumps at
/// `series.steps` are taken out. The statistic is the larger F of one step and, per step, of two,
/// levels of at least three quarters of the horizon. Its distribution without a shift is that over
/// orders of the series' own blocks, on a circle with a drawn origin: whatever the periods are like,
/// and however they hang together within a block, each order is as likely then. Blocks have
/// 4(1 + ρ)/(1 − ρ) periods, at least `min_block`, with ρ the correlation that the best two steps
/// leave over.
///
/// Drawing ends when 20 permutations were as large: p is then 20 over their number (Besag and Clifford),
/// still valid.
///
/// # Errors
/// [`ScanError`] where the series or the options are off.
///
/// # Source
/// Bai and Perron (1998), Econometrica 66, 47–78 (the statistic, UDmax with at most two breaks);
/// Kirch (2007), Journal of Statistical Planning and Inference 137, 1945–1970 (permutation of blocks);
/// Besag and Clifford (1991), Biometrika 78, 301–304 (sequential p-values); Anscombe (1948), Biometrika
/// 35, 246–254 (the scale).
///
/// ```
/// use yalu_stats::scan::{CountSeries, ScanOptions, permutation_test};
///
/// let counts: Vec<f64> = (0..120).map(|t| f64::from(t * 7 % 5 + if t < 70 { 2 } else { 6 })).collect();
/// let series = CountSeries { counts: &counts, exposure: &[1.0; 120], steps: &[] };
/// assert!(permutation_test(&series, &ScanOptions::default())?.p_value <= 0.01);
/// # Ok::<(), yalu_stats::scan::ScanError>(())
/// ```
pub fn permutation_test(
    series: &CountSeries<'_>,
    options: &ScanOptions,
) -> Result<PermutationOfBlocks, ScanError> {
    series.check()?;
    options.check(series.counts.len())?;
    Ok(test(series, options))
}

/// [`permutation_test`] of what was checked.
pub(super) fn test(series: &CountSeries<'_>, options: &ScanOptions) -> PermutationOfBlocks {
    let residuals = residuals(series);
    let n = residuals.len();
    let steps = Steps::new(n, options.min_level());
    let mut sums = vec![0.0; n + 1];
    let statistic = steps.largest(&residuals, &mut sums);
    let clean = steps.without_best_two(&residuals, &mut sums);
    let measured = lag_one(&clean);
    // Two steps take about 1/n each off the correlation, Kendall's bias comes on top.
    let rho = (measured + (3.0 + 3.0 * measured) / n as f64).clamp(-0.95, 0.95);
    let ratio = ((1.0 + rho) / (1.0 - rho)).max(1.0);
    let longest = ((LONGEST * n as f64) as usize).max(options.min_block);
    let block = ((PER_RATIO * ratio).round() as usize).clamp(options.min_block, longest);
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut order: Vec<usize> = (0..n / block).collect();
    let mut drawn = vec![0.0; n];
    let (mut as_large, mut n_permutations) = (0, 0);
    while n_permutations < options.n_permutations && as_large < ENOUGH {
        permute(&residuals, block, &mut order, &mut drawn, &mut rng);
        n_permutations += 1;
        // Orders that give the same sums in another sequence count as equal.
        if steps.largest(&drawn, &mut sums) >= statistic * (1.0 - 1e-9) {
            as_large += 1;
        }
    }
    let p_value = if as_large == ENOUGH {
        as_large as f64 / n_permutations as f64
    } else {
        (1 + as_large) as f64 / (1 + n_permutations) as f64
    };
    PermutationOfBlocks {
        statistic: if statistic.is_finite() { statistic } else { 0.0 },
        p_value,
        block,
        n_permutations,
        lag_one: rho,
    }
}

/// Counts on the negative binomial's scale of steady variance, less what the exposure explains,
/// centred between the steps of the source base.
fn residuals(series: &CountSeries<'_>) -> Vec<f64> {
    let n = series.counts.len();
    let mut edges = vec![0];
    edges.extend_from_slice(series.steps);
    edges.push(n);
    let mut means = Vec::with_capacity(n);
    for pair in edges.windows(2) {
        let rate = super::levels::rate(series, pair[0], pair[1]);
        means.extend(series.exposure[pair[0]..pair[1]].iter().map(|e| rate * e));
    }
    let excess: f64 = series
        .counts
        .iter()
        .zip(&means)
        .map(|(y, mean)| ((y - mean).powi(2) - mean) / (mean * mean))
        .sum();
    let theta = if excess > 0.0 {
        (n as f64 / excess).max(LEAST_THETA)
    } else {
        f64::INFINITY
    };
    let steady = |count: f64| {
        let root = (count + ADDEND).sqrt();
        if theta < 1e6 {
            2.0 * theta.sqrt() * (root / theta.sqrt()).asinh()
        } else {
            2.0 * root
        }
    };
    let mut residuals: Vec<f64> = series
        .counts
        .iter()
        .zip(&means)
        .map(|(y, mean)| steady(*y) - steady(*mean))
        .collect();
    for pair in edges.windows(2) {
        let part = &mut residuals[pair[0]..pair[1]];
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        part.iter_mut().for_each(|one| *one -= mean);
    }
    residuals
}

/// The series closed to a circle, cut at a drawn place into blocks that are put in a drawn order; the
/// periods that no block takes stay last.
fn permute(
    values: &[f64],
    block: usize,
    order: &mut [usize],
    into: &mut [f64],
    rng: &mut ChaCha8Rng,
) {
    let n = values.len();
    for last in (1..order.len()).rev() {
        order.swap(last, rng.random_range(0..=last));
    }
    let origin = rng.random_range(0..n);
    let mut copy = |from: usize, to: usize, length: usize| {
        let from = (origin + from) % n;
        let first = length.min(n - from);
        into[to..to + first].copy_from_slice(&values[from..from + first]);
        into[to + first..to + length].copy_from_slice(&values[..length - first]);
    };
    for (place, &one) in order.iter().enumerate() {
        copy(one * block, place * block, block);
    }
    let taken = order.len() * block;
    copy(taken, taken, n - taken);
}

/// One step and two steps of a level.
struct Steps {
    n: usize,
    /// The fewest periods of a level.
    segment: usize,
    /// Weights n/(i(n − i)) of one step after i periods.
    one: Vec<f64>,
    /// 1/i.
    inverse: Vec<f64>,
}

impl Steps {
    fn new(n: usize, segment: usize) -> Self {
        let nf = n as f64;
        Self {
            n,
            segment: segment.min(n / 3).max(1),
            one: (0..=n)
                .map(|i| nf / (i as f64 * (nf - i as f64)))
                .collect(),
            inverse: (0..=n).map(|i| 1.0 / i as f64).collect(),
        }
    }

    /// Prefix sums of values about their mean; returns their sum of squares.
    fn sum_up(&self, values: &[f64], sums: &mut [f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / self.n as f64;
        let (mut sum, mut squares) = (0.0, 0.0);
        for (value, into) in values.iter().zip(&mut sums[1..]) {
            let centred = value - mean;
            sum += centred;
            squares += centred * centred;
            *into = sum;
        }
        squares
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let (n, segment) = (self.n, self.segment);
        (segment..=n - 2 * segment).step_by(STRIDE).flat_map(move |i| {
            (i + segment..=n - segment).step_by(STRIDE).map(move |j| (i, j))
        })
    }

    /// The larger F of one step and, per step, of two.
    fn largest(&self, values: &[f64], sums: &mut [f64]) -> f64 {
        let squares = self.sum_up(values, sums);
        let (n, segment) = (self.n, self.segment);
        let mut one: f64 = 0.0;
        for at in segment..=n - segment {
            one = one.max(sums[at] * sums[at] * self.one[at]);
        }
        let mut two: f64 = 0.0;
        let mut early = segment;
        while early + 2 * segment <= n {
            let before = sums[early] * sums[early] * self.inverse[early];
            let mut late = early + segment;
            while late + segment <= n {
                let middle = sums[late] - sums[early];
                let drop = before
                    + middle * middle * self.inverse[late - early]
                    + sums[late] * sums[late] * self.inverse[n - late];
                two = two.max(drop);
                late += STRIDE;
            }
            early += STRIDE;
        }
        let left = |drop: f64| (squares - drop).max(1e-12 * squares);
        let f_one = one / (left(one) / (n - 2) as f64);
        let f_two = two / 2.0 / (left(two) / (n - 3) as f64);
        f_one.max(f_two)
    }

    /// The values less the best two steps.
    fn without_best_two(&self, values: &[f64], sums: &mut [f64]) -> Vec<f64> {
        self.sum_up(values, sums);
        let drop = |&(i, j): &(usize, usize)| {
            sums[i] * sums[i] * self.inverse[i]
                + (sums[j] - sums[i]).powi(2) * self.inverse[j - i]
                + sums[j] * sums[j] * self.inverse[self.n - j]
        };
        let best = self
            .pairs()
            .max_by(|a, b| drop(a).total_cmp(&drop(b)).then(b.cmp(a)));
        let mut left = values.to_vec();
        let (i, j) = best.unwrap_or((self.n, self.n));
        for (from, to) in [(0, i), (i, j), (j, self.n)] {
            let part = &mut left[from..to];
            let mean = part.iter().sum::<f64>() / part.len().max(1) as f64;
            part.iter_mut().for_each(|one| *one -= mean);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_moved_and_nothing_is_lost() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut order: Vec<usize> = (0..50 / 6).collect();
        let mut into = vec![0.0; 50];
        for _ in 0..20 {
            permute(&values, 6, &mut order, &mut into, &mut rng);
            let mut sorted = into.clone();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(sorted, values);
            for block in into[..48].chunks(6) {
                for pair in block.windows(2) {
                    assert_eq!((pair[0] + 1.0) % 50.0, pair[1]);
                }
            }
        }
    }

    #[test]
    fn two_steps_are_found_where_one_cancels() {
        let values: Vec<f64> = (0..120)
            .map(|t| f64::from(t * 7 % 5) / 5.0 + if (45..75).contains(&t) { 2.0 } else { 0.0 })
            .collect();
        let steps = Steps::new(120, 15);
        let mut sums = vec![0.0; 121];
        let both = steps.largest(&values, &mut sums);
        let mut rising = values.clone();
        rising[75..].iter_mut().for_each(|one| *one += 2.0);
        assert!(both > 100.0);
        let left = steps.without_best_two(&values, &mut sums);
        assert!(left.iter().all(|one| one.abs() < 0.6));
    }
}
