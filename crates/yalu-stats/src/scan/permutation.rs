//! Did levels move for longer than a block of periods?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{CountSeries, ScanError, ScanOptions};
use crate::serial::lag_one;

/// The most breaks of the statistic.
const MOST: usize = 3;
/// What makes F statistics of one to three breaks alike: the 5 % critical value of one over that of as
/// many (Bai and Perron 1998, table 1, one coefficient, a tenth of the periods a level).
const WEIGHTS: [f64; MOST] = [1.0, 1.149, 1.330];
/// As many permutations at least as large as the data's end the drawing: p is known well enough.
const ENOUGH: usize = 20;
/// The longest block, as a share of the periods.
const LONGEST: f64 = 0.125;
/// Periods of a block per unit of long-run over short-run variance.
const PER_RATIO: f64 = 4.0;
/// The least θ of the scale on which residuals are taken.
const LEAST_THETA: f64 = 0.1;
/// A θ at which a negative binomial is a Poisson.
const POISSON: f64 = 1e6;
/// The mean beyond which its distance on the scale is that of this one.
const FAR: f64 = 200.0;
/// Probability that may be left out of a mean, and the most counts that are summed for them.
const REST: f64 = 1e-9;
const MOST_COUNTS: usize = 20_000;
/// Anscombe's addend.
const ADDEND: f64 = 0.375;

/// A test by permutation of blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PermutationOfBlocks {
    /// The largest weighted F of one to three breaks.
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
/// Counts are taken on the scale on which a negative binomial with the series' own dispersion has a
/// steady variance, so that bursts don't rule, less the mean there of what the exposure explains. Periods
/// of so little volume that the variance is smaller all the same say less, and weigh less. Jumps at
/// `series.steps` are taken out. The statistic is the largest F of one to three breaks, per break and
/// weighted as their critical values ask (WDmax), with levels of at least three quarters of the
/// horizon on a grid of a quarter of it. Its distribution without a shift is that over
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
/// Bai and Perron (1998), Econometrica 66, 47–78 (the statistic, WDmax);
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
    let mut scratch = steps.scratch();
    let statistic = steps.largest(&residuals, &mut scratch);
    let clean = steps.without_best_two(&residuals, &mut scratch);
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
        if steps.largest(&drawn, &mut scratch) >= statistic * (1.0 - 1e-9) {
            as_large += 1;
        }
    }
    let p_value = if as_large == ENOUGH {
        as_large as f64 / n_permutations as f64
    } else {
        (1 + as_large) as f64 / (1 + n_permutations) as f64
    };
    PermutationOfBlocks {
        statistic: if statistic.is_finite() {
            statistic
        } else {
            0.0
        },
        p_value,
        block,
        n_permutations,
        lag_one: rho,
    }
}

/// Counts on the negative binomial's scale of steady variance, less the mean there of what the exposure
/// explains; centred between the steps of the source base.
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
    let mut scale = SteadyScale::new(theta);
    let mut residuals: Vec<f64> = series
        .counts
        .iter()
        .zip(&means)
        .map(|(y, mean)| scale.of(*y) - scale.mean(*mean))
        .collect();
    for pair in edges.windows(2) {
        let part = &mut residuals[pair[0]..pair[1]];
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        for one in part.iter_mut() {
            *one -= mean;
        }
    }
    residuals
}

/// The scale on which a negative binomial of one θ has a nearly steady variance.
struct SteadyScale {
    theta: f64,
    /// The scale at 0, 1, 2, …, as far as it was needed.
    values: Vec<f64>,
}

impl SteadyScale {
    fn new(theta: f64) -> Self {
        Self {
            theta,
            values: Vec::new(),
        }
    }

    fn of(&self, count: f64) -> f64 {
        let root = (count + ADDEND).sqrt();
        if self.theta < POISSON {
            2.0 * self.theta.sqrt() * (root / self.theta.sqrt()).asinh()
        } else {
            2.0 * root
        }
    }

    /// The mean on the scale of a count with this mean. It isn't the scale's value there, by a distance
    /// that moves where means are small: growing volume would look like a shift. Beyond [`FAR`] the
    /// distance no longer moves.
    fn mean(&mut self, mean: f64) -> f64 {
        let near = mean.min(FAR);
        // The negative binomial's probabilities from 0 up, the Poisson's where θ is large.
        let (mut mass, share) = if self.theta < POISSON {
            let success = self.theta / (self.theta + near);
            ((self.theta * success.ln()).exp(), 1.0 - success)
        } else {
            ((-near).exp(), 0.0)
        };
        let (mut total, mut sum) = (0.0, 0.0);
        for count in 0..MOST_COUNTS {
            if self.values.len() == count {
                self.values.push(self.of(count as f64));
            }
            let value = self.values[count];
            total += mass;
            sum += mass * value;
            if total > 1.0 - REST && count as f64 > near {
                break;
            }
            let next = (count + 1) as f64;
            mass *= if self.theta < POISSON {
                (count as f64 + self.theta) / next * share
            } else {
                near / next
            };
        }
        sum / total + self.of(mean) - self.of(near)
    }
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

/// Levels between up to [`MOST`] breaks, looked for on a grid of periods.
struct Steps {
    n: usize,
    /// The fewest periods of a level.
    segment: usize,
    /// Ends of levels that are tried; n is the last.
    grid: Vec<usize>,
    /// 1/i.
    inverse: Vec<f64>,
}

/// What the search writes into, so that no draw allocates.
struct Scratch {
    /// Prefix sums of values about their mean.
    sums: Vec<f64>,
    /// The prefix sum at each end of the grid.
    at: Vec<f64>,
    /// For each number of breaks and each end, what levels up to there explain.
    explained: Vec<Vec<f64>>,
}

impl Steps {
    fn new(n: usize, segment: usize) -> Self {
        let segment = segment.min(n / 3).max(1);
        let stride = (segment / 3).max(1);
        let mut grid: Vec<usize> = (0..n).step_by(stride).skip(1).collect();
        grid.push(n);
        Self {
            n,
            segment,
            grid,
            inverse: (0..=n).map(|i| 1.0 / i as f64).collect(),
        }
    }

    fn scratch(&self) -> Scratch {
        Scratch {
            sums: vec![0.0; self.n + 1],
            at: vec![0.0; self.grid.len()],
            explained: vec![vec![f64::NEG_INFINITY; self.grid.len()]; MOST + 1],
        }
    }

    /// Prefix sums of values about their mean; returns their sum of squares.
    fn sum_up(&self, values: &[f64], scratch: &mut Scratch) -> f64 {
        let mean = values.iter().sum::<f64>() / self.n as f64;
        let (mut sum, mut squares) = (0.0, 0.0);
        for (value, into) in values.iter().zip(&mut scratch.sums[1..]) {
            let centred = value - mean;
            sum += centred;
            squares += centred * centred;
            *into = sum;
        }
        for (into, &end) in scratch.at.iter_mut().zip(&self.grid) {
            *into = scratch.sums[end];
        }
        squares
    }

    /// How many ends before place `to` leave a level enough periods.
    fn far_enough(&self, to: usize) -> usize {
        self.grid
            .partition_point(|&end| end + self.segment <= self.grid[to])
    }

    /// The largest F over numbers of breaks, each weighted as its critical value asks.
    fn largest(&self, values: &[f64], scratch: &mut Scratch) -> f64 {
        let squares = self.sum_up(values, scratch);
        let Scratch { at, explained, .. } = scratch;
        for (place, &end) in self.grid.iter().enumerate() {
            explained[0][place] = if end >= self.segment {
                at[place] * at[place] * self.inverse[end]
            } else {
                f64::NEG_INFINITY
            };
        }
        let last = self.grid.len() - 1;
        let mut largest: f64 = 0.0;
        for breaks in 1..=MOST {
            let (before, now) = explained.split_at_mut(breaks);
            let (before, now) = (&before[breaks - 1], &mut now[0]);
            for to in 0..=last {
                let (end, sum) = (self.grid[to], at[to]);
                let mut best = f64::NEG_INFINITY;
                for from in 0..self.far_enough(to) {
                    let step = sum - at[from];
                    let value = before[from] + step * step * self.inverse[end - self.grid[from]];
                    best = if value > best { value } else { best };
                }
                now[to] = best;
            }
            let drop = now[last];
            if drop > 0.0 && self.n > breaks + 1 {
                let left = (squares - drop).max(1e-12 * squares);
                let f = drop / breaks as f64 / (left / (self.n - breaks - 1) as f64);
                largest = largest.max(f * WEIGHTS[breaks - 1]);
            }
        }
        largest
    }

    /// The values less the best two steps.
    fn without_best_two(&self, values: &[f64], scratch: &mut Scratch) -> Vec<f64> {
        self.sum_up(values, scratch);
        let at = &scratch.at;
        let last = self.grid.len() - 1;
        let mut best = (f64::NEG_INFINITY, (self.n, self.n));
        for late in 0..self.far_enough(last) {
            for early in 0..self.far_enough(late) {
                let (i, j) = (self.grid[early], self.grid[late]);
                if i < self.segment {
                    continue;
                }
                let drop = at[early] * at[early] * self.inverse[i]
                    + (at[late] - at[early]).powi(2) * self.inverse[j - i]
                    + at[late] * at[late] * self.inverse[self.n - j];
                if drop > best.0 {
                    best = (drop, (i, j));
                }
            }
        }
        let mut left = values.to_vec();
        let (i, j) = best.1;
        for (from, to) in [(0, i), (i, j), (j, self.n)] {
            let part = &mut left[from..to];
            let mean = part.iter().sum::<f64>() / part.len().max(1) as f64;
            for one in part.iter_mut() {
                *one -= mean;
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_on_the_scale_is_that_of_draws() {
        use crate::glm::Family;
        use crate::simulate::Simulator;
        for (mean, theta) in [(0.2, 0.5), (3.0, 0.5), (40.0, 2.0), (300.0, 1.0)] {
            let fit = crate::glm::fit_glm(
                &[mean; 40],
                &[0.0; 40],
                &crate::Design::intercept(40),
                Family::Poisson,
            )
            .expect("a fit");
            let fit = crate::glm::GlmFit {
                family: Family::NegativeBinomial,
                theta: Some(theta),
                ..fit
            };
            let simulator = Simulator::with_latent(&fit, 0.0);
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let mut scale = SteadyScale::new(theta);
            let drawn: Vec<f64> = (0..500)
                .flat_map(|_| simulator.draw(&mut rng))
                .map(|y| scale.of(y))
                .collect();
            let n = drawn.len() as f64;
            let centre = drawn.iter().sum::<f64>() / n;
            let spread = (drawn.iter().map(|one| (one - centre).powi(2)).sum::<f64>() / n).sqrt();
            let want = scale.mean(mean);
            assert!(
                (centre - want).abs() < 0.05 * spread,
                "{mean} {theta}: {centre} {want}"
            );
        }
    }

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
                    assert!(((pair[0] + 1.0) % 50.0 - pair[1]).abs() < 0.5);
                }
            }
        }
    }

    #[test]
    fn levels_that_come_back_are_found_and_taken_out() {
        let values: Vec<f64> = (0..120)
            .map(|t| f64::from(t * 7 % 5) / 5.0 + if (45..75).contains(&t) { 2.0 } else { 0.0 })
            .collect();
        let steps = Steps::new(120, 15);
        let mut scratch = steps.scratch();
        assert!(steps.largest(&values, &mut scratch) > 100.0);
        let left = steps.without_best_two(&values, &mut scratch);
        assert!(left.iter().all(|one| one.abs() < 0.6));
    }

    /// The least sum of squares of `left` more breaks after `from`.
    fn place(
        grid: &[usize],
        segment: usize,
        from: usize,
        left: usize,
        squares_of: &dyn Fn(usize, usize) -> f64,
    ) -> f64 {
        let n = grid[grid.len() - 1];
        if left == 0 {
            return if n >= from + segment {
                squares_of(from, n)
            } else {
                f64::INFINITY
            };
        }
        grid.iter()
            .filter(|&&end| end >= from + segment && end < n)
            .map(|&end| squares_of(from, end) + place(grid, segment, end, left - 1, squares_of))
            .fold(f64::INFINITY, f64::min)
    }

    /// Every way to place up to three breaks on the grid, one by one.
    #[test]
    fn the_statistic_is_the_best_of_all_partitions() {
        let values: Vec<f64> = (0..70)
            .map(|t| f64::from(t * t * 31 % 23) + if t > 40 { 9.0 } else { 0.0 })
            .collect();
        let steps = Steps::new(70, 9);
        let got = steps.largest(&values, &mut steps.scratch());
        let squares_of = |from: usize, to: usize| {
            let part = &values[from..to];
            let mean = part.iter().sum::<f64>() / part.len() as f64;
            part.iter().map(|one| (one - mean).powi(2)).sum::<f64>()
        };
        let total = squares_of(0, 70);
        let best = (1..=MOST)
            .map(|breaks| {
                let left = place(&steps.grid, steps.segment, 0, breaks, &squares_of);
                (total - left) / breaks as f64 / (left / (70 - breaks - 1) as f64)
                    * WEIGHTS[breaks - 1]
            })
            .fold(0.0, f64::max);
        assert!((got / best - 1.0).abs() < 1e-9, "{got}, one by one {best}");
    }
}
