//! The dates of all levels, shocks included.

use super::{CountSeries, ScanError, ScanOptions};
use crate::level_grid::LevelGrid;
use crate::segmentation::{Cost, NoiseScale, Pelt, Penalty, pelt};

/// The share of the periods, those farthest off, that the dispersion leaves out.
const OUTLIERS: f64 = 0.05;
/// Turns between dates and dispersion at most.
const MAX_TURNS: usize = 4;
/// θ no longer moves when its logarithm moves by less.
const SETTLED: f64 = 0.05;
/// Bounds of θ while dates are searched: beyond the upper one counts are all but Poisson.
const THETA: (f64, f64) = (0.2, 200.0);
/// A level without acts counts as this many.
const LEAST_ACTS: f64 = 0.25;
/// Half the range of the log rates about the mean rate.
const HALF_RANGE: f64 = 6.0;
/// What the parabola between two levels of the grid may be off by.
const GRID_ERROR: f64 = 0.1;

/// Levels with their dates.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedLevels {
    /// Last periods of old levels, ascending.
    pub breaks: Vec<usize>,
    /// The rate of each level: acts per unit of exposure.
    pub rates: Vec<f64>,
    /// θ of the negative binomial within levels, outliers left out; none where counts vary no more
    /// than Poisson.
    pub theta: Option<f64>,
}

impl DatedLevels {
    /// Where levels begin, and n.
    pub(super) fn edges(&self, n: usize) -> Vec<usize> {
        edges_of(&self.breaks, n)
    }

    /// The variance of a count of this mean.
    pub(super) fn variance(&self, mean: f64) -> f64 {
        mean + self.theta.map_or(0.0, |theta| mean * mean / theta)
    }

    pub(super) fn pearson_residuals(&self, series: &CountSeries<'_>) -> Vec<f64> {
        let edges = self.edges(series.counts.len());
        let mut residuals = Vec::with_capacity(series.counts.len());
        for (pair, rate) in edges.windows(2).zip(&self.rates) {
            for row in pair[0]..pair[1] {
                let mean = rate * series.exposure[row];
                residuals.push((series.counts[row] - mean) / self.variance(mean).sqrt());
            }
        }
        residuals
    }
}

/// Counts at levels, the likelihood read from a grid: constant time a segment, whatever the exposures.
struct LevelCost<'a>(&'a LevelGrid);

impl Cost for LevelCost<'_> {
    type Parameters = ();

    fn n(&self) -> usize {
        self.0.n()
    }

    fn n_parameters(&self) -> usize {
        1
    }

    fn noise(&self) -> NoiseScale {
        NoiseScale {
            variance: 1.0,
            rho: 0.0,
            long_run_ratio: 1.0,
        }
    }

    fn pruning_constant(&self) -> f64 {
        -GRID_ERROR
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        self.0.misfit(start, end)
    }

    fn segment(&self, start: usize, end: usize) -> (f64, ()) {
        (self.cost(start, end), ())
    }
}

/// Dates every level of a series, however short.
///
/// The penalised optimum of the negative binomial likelihood (PELT), a break costing
/// `options.penalty` × log n, in turns with θ from the Pearson residuals, the 5 % farthest off left
/// out: a burst of acts is then a level of its own instead of a reason to believe in large
/// dispersion. Dates, not a test: see [`super::permutation_test`].
///
/// # Errors
/// [`ScanError`] where the series or the options are off.
///
/// # Source
/// Killick, Fearnhead and Eckley (2012), Journal of the American Statistical Association 107,
/// 1590–1598 (PELT); Fearnhead and Rigaill (2019), the same 114, 169–183 (change points with
/// outliers); moment estimate of θ: Breslow (1984), Applied Statistics 33, 38–44.
///
/// ```
/// use yalu_stats::scan::{CountSeries, ScanOptions, date_levels};
///
/// let counts: Vec<f64> = (0..80).map(|t| f64::from(t * 7 % 5 + if t < 50 { 2 } else { 12 })).collect();
/// let series = CountSeries { counts: &counts, exposure: &[1.0; 80], steps: &[] };
/// assert_eq!(date_levels(&series, &ScanOptions::default())?.breaks, [49]);
/// # Ok::<(), yalu_stats::scan::ScanError>(())
/// ```
pub fn date_levels(
    series: &CountSeries<'_>,
    options: &ScanOptions,
) -> Result<DatedLevels, ScanError> {
    series.check()?;
    options.check(series.counts.len())?;
    Ok(date(series, options).0)
}

/// [`date_levels`] of what was checked, and the likelihood that it is from.
pub(super) fn date(series: &CountSeries<'_>, options: &ScanOptions) -> (DatedLevels, LevelGrid) {
    let n = series.counts.len();
    let total: f64 = series.counts.iter().sum();
    let centre = (total / series.exposure.iter().sum::<f64>()).ln();
    let range = (centre - HALF_RANGE, centre + HALF_RANGE);
    let search = Pelt::new(Penalty::Manual(options.penalty * (n as f64).ln())).with_min_segment(1);
    let mut breaks: Vec<usize> = Vec::new();
    let mut means = level_means(series, &breaks);
    // Without breaks the dispersion is overstated; the first turn takes half of it.
    let mut theta = trimmed_theta(series, &means, 1).map_or(THETA.1, |one| 2.0 * one);
    let mut turn = 0;
    let grid = loop {
        theta = theta.clamp(THETA.0, THETA.1);
        let grid = LevelGrid::new(series.counts, series.exposure, theta, range);
        // The cost is finite and the penalty positive, so the search can't fail.
        if let Ok(found) = pelt(&LevelCost(&grid), &search) {
            breaks = found.breaks;
        }
        means = level_means(series, &breaks);
        let next = trimmed_theta(series, &means, breaks.len() + 1).unwrap_or(THETA.1);
        turn += 1;
        if turn == MAX_TURNS || (next / theta).ln().abs() < SETTLED {
            break grid;
        }
        theta = next;
    };
    let rates = (edges_of(&breaks, n).windows(2))
        .map(|pair| rate(series, pair[0], pair[1]))
        .collect();
    let levels = DatedLevels {
        breaks,
        rates,
        theta: (theta < THETA.1).then_some(theta),
    };
    (levels, grid)
}

/// Where levels begin, and n.
fn edges_of(breaks: &[usize], n: usize) -> Vec<usize> {
    let mut edges = vec![0];
    edges.extend(breaks.iter().map(|at| at + 1));
    edges.push(n);
    edges
}

/// Acts per unit of exposure from `start` to `end` − 1, never nought.
pub(super) fn rate(series: &CountSeries<'_>, start: usize, end: usize) -> f64 {
    let acts: f64 = series.counts[start..end].iter().sum();
    acts.max(LEAST_ACTS) / series.exposure[start..end].iter().sum::<f64>()
}

fn level_means(series: &CountSeries<'_>, breaks: &[usize]) -> Vec<f64> {
    let mut means = Vec::with_capacity(series.counts.len());
    for pair in edges_of(breaks, series.counts.len()).windows(2) {
        let rate = rate(series, pair[0], pair[1]);
        means.extend(series.exposure[pair[0]..pair[1]].iter().map(|e| rate * e));
    }
    means
}

/// The moment estimate of θ without the periods farthest off; none where counts vary no more than
/// Poisson. Their number is fixed, so that which ones they are is all that θ and they decide in turns.
fn trimmed_theta(series: &CountSeries<'_>, means: &[f64], n_levels: usize) -> Option<f64> {
    let n = means.len();
    let kept = ((1.0 - OUTLIERS) * n as f64) as usize;
    let df = kept as f64 - n_levels as f64 * (1.0 - OUTLIERS);
    let squares: Vec<(f64, f64)> = series
        .counts
        .iter()
        .zip(means)
        .map(|(y, mean)| ((y - mean).powi(2), *mean))
        .collect();
    let mut order: Vec<usize> = (0..n).collect();
    let mut theta = moment_theta(&mut squares.iter().copied(), n as f64 - n_levels as f64)?;
    for _ in 0..6 {
        let off = |row: &usize| {
            let (square, mean) = squares[*row];
            square / (mean + mean * mean / theta)
        };
        order.sort_unstable_by(|a, b| off(a).total_cmp(&off(b)).then(a.cmp(b)));
        let next = moment_theta(&mut order[..kept].iter().map(|&row| squares[row]), df)?;
        let moved = (next / theta).ln().abs();
        theta = next;
        if moved < SETTLED / 2.0 {
            break;
        }
    }
    Some(theta)
}

/// θ at which the squared Pearson residuals sum to `df`, by halving on the log scale.
fn moment_theta(squares: &mut dyn Iterator<Item = (f64, f64)>, df: f64) -> Option<f64> {
    let squares: Vec<(f64, f64)> = squares.collect();
    let excess = |theta: f64| {
        squares
            .iter()
            .map(|(square, mean)| square / (mean + mean * mean / theta))
            .sum::<f64>()
            - df
    };
    if df <= 0.0 || excess(1e6) <= 0.0 {
        return None;
    }
    let (mut low, mut high) = (1e-3_f64.ln(), 1e6_f64.ln());
    for _ in 0..24 {
        let middle = f64::midpoint(low, high);
        if excess(middle.exp()) > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(f64::midpoint(low, high).exp())
}
