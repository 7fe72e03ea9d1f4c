//! Conformal inference: p-values and intervals by permuting residuals over time.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::SyntheticError;
use super::panel::Panel;
use super::simplex::path_weights;

/// Points of the grid between the outermost ones.
const GRID: usize = 60;
/// The search for an end goes out to so many doublings of the residuals' spread.
const DOUBLINGS: i32 = 30;
/// So many doublings in a row must be rejected before an end is believed.
const CONFIRMED: usize = 3;
/// Ends are found to this share of the grid's step.
const BISECTIONS: usize = 20;

/// Which permutations of the periods the residuals' order is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permutations {
    /// All cyclic shifts: for residuals that are stationary and weakly dependent.
    MovingBlock,
    /// Random permutations: for residuals without dependence.
    Iid {
        /// How many are drawn, beside the order as it is.
        n_draws: usize,
        /// The seed.
        seed: u64,
    },
}

/// How conformal inference is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConformalOptions {
    /// The permutations.
    pub permutations: Permutations,
    /// The norm of the residuals from the treatment on: 1 for lasting effects, more for brief ones.
    pub norm: f64,
    /// One less the coverage of intervals.
    pub alpha: f64,
}

impl Default for ConformalOptions {
    /// Cyclic shifts, sums of absolute residuals, 90 % intervals.
    fn default() -> Self {
        Self {
            permutations: Permutations::MovingBlock,
            norm: 1.0,
            alpha: 0.1,
        }
    }
}

impl ConformalOptions {
    fn check(&self) -> Result<(), SyntheticError> {
        let fault = |what, needed, got| Err(SyntheticError::Option { what, needed, got });
        if !(self.norm >= 1.0 && self.norm <= 100.0) {
            return fault("the norm", "between 1 and 100", self.norm);
        }
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return fault("alpha", "between 0 and 1", self.alpha);
        }
        match self.permutations {
            Permutations::Iid { n_draws, .. } if n_draws < 99 => {
                fault("the number of permutations", "at least 99", n_draws as f64)
            }
            _ => Ok(()),
        }
    }

    /// The least p-value that n periods allow.
    fn least_p(&self, n: usize) -> f64 {
        match self.permutations {
            Permutations::MovingBlock => 1.0 / n as f64,
            Permutations::Iid { n_draws, .. } => 1.0 / (1 + n_draws) as f64,
        }
    }
}

/// A test of a sharp null.
#[derive(Debug, Clone, PartialEq)]
pub struct ConformalTest {
    /// The share of permutations, the order as it is among them, whose statistic is at least as
    /// large.
    pub p_value: f64,
    /// (Σ|u|^q/√n)^(1/q) over the n periods from the treatment on.
    pub statistic: f64,
    /// Weights of the donors under the null, sum 1.
    pub weights: Vec<f64>,
    /// Residuals under the null, a figure a period.
    pub residuals: Vec<f64>,
}

/// An interval by inverting the test.
#[derive(Debug, Clone, PartialEq)]
pub struct ConformalInterval {
    /// The period's name, or the first and last of those averaged.
    pub period: String,
    /// The gap by weights fitted before the treatment.
    pub estimate: f64,
    /// The lower end; none where there is none: nothing that low is rejected, or all is.
    pub lower: Option<f64>,
    /// The upper end; likewise.
    pub upper: Option<f64>,
    /// Whether every value is rejected: the donors can't have made this path with any effect.
    pub empty: bool,
    /// Whether the set of values not rejected has no holes on the grid; else the interval is its
    /// hull.
    pub connected: bool,
    /// The least p-value that so many periods allow; above alpha, the interval is unbounded.
    pub least_p: f64,
}

/// Paths whose last `n_post` periods are under test.
struct Series {
    treated: Vec<f64>,
    donors: Vec<Vec<f64>>,
    n_post: usize,
}

impl Series {
    fn of(panel: &Panel) -> Result<Self, SyntheticError> {
        if panel.donors().len() < 2 {
            return Err(SyntheticError::TooFewDonors {
                needed: 2,
                got: panel.donors().len(),
            });
        }
        if panel.start() < 3 {
            return Err(SyntheticError::TooFewPrePeriods {
                needed: 3,
                got: panel.start(),
            });
        }
        let donors = panel.donors().iter().map(|&unit| panel.path(unit).to_vec());
        Ok(Self {
            treated: panel.treated_path(),
            donors: donors.collect(),
            n_post: panel.periods().len() - panel.start(),
        })
    }

    /// Every path mapped.
    fn map(&self, n_post: usize, change: impl Fn(&[f64]) -> Vec<f64>) -> Self {
        Self {
            treated: change(&self.treated),
            donors: self.donors.iter().map(|path| change(path)).collect(),
            n_post,
        }
    }

    fn n_pre(&self) -> usize {
        self.treated.len() - self.n_post
    }

    /// The treated path less the null's effect, its weights and residuals, fitted on all periods.
    fn under(&self, null: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut target = self.treated.clone();
        for (value, effect) in target[self.n_pre()..].iter_mut().zip(null) {
            *value -= effect;
        }
        let paths: Vec<&[f64]> = self.donors.iter().map(Vec::as_slice).collect();
        let weights = path_weights(&target, &paths);
        let residuals = residuals(&target, &paths, &weights);
        (weights, residuals)
    }

    /// Gaps of all periods by weights fitted before the treatment.
    fn gaps(&self) -> Vec<f64> {
        let n = self.n_pre();
        let pre: Vec<&[f64]> = self.donors.iter().map(|path| &path[..n]).collect();
        let weights = path_weights(&self.treated[..n], &pre);
        let paths: Vec<&[f64]> = self.donors.iter().map(Vec::as_slice).collect();
        residuals(&self.treated, &paths, &weights)
    }

    fn p_value(&self, null: &[f64], options: &ConformalOptions) -> f64 {
        permutation_p(&self.under(null).1, self.n_post, options).0
    }
}

fn residuals(target: &[f64], paths: &[&[f64]], weights: &[f64]) -> Vec<f64> {
    let mut left = target.to_vec();
    for (path, &weight) in paths.iter().zip(weights) {
        if weight != 0.0 {
            for (to, value) in left.iter_mut().zip(*path) {
                *to -= weight * value;
            }
        }
    }
    left
}

/// The p-value and the statistic of the last `n_post` residuals.
fn permutation_p(residuals: &[f64], n_post: usize, options: &ConformalOptions) -> (f64, f64) {
    let n = residuals.len();
    let largest = residuals.iter().fold(0.0_f64, |most, u| most.max(u.abs()));
    if largest == 0.0 {
        return (1.0, 0.0);
    }
    // By the largest, so that high powers don't overflow.
    let powers: Vec<f64> = residuals
        .iter()
        .map(|u| (u.abs() / largest).powf(options.norm))
        .collect();
    let observed: f64 = powers[n - n_post..].iter().sum();
    // Sums in another order differ in the last digits; those are ties.
    let bar = observed * (1.0 - 1e-9);
    let (extreme, of) = match options.permutations {
        Permutations::MovingBlock => {
            let extreme = (0..n)
                .filter(|shift| {
                    let sum: f64 = (0..n_post).map(|at| powers[(shift + at) % n]).sum();
                    sum >= bar
                })
                .count();
            (extreme, n)
        }
        Permutations::Iid { n_draws, seed } => {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut order = powers.clone();
            let mut extreme = 1;
            for _ in 0..n_draws {
                // The first n_post of a Fisher-Yates shuffle are all that counts.
                let mut sum = 0.0;
                for at in 0..n_post {
                    order.swap(at, rng.random_range(at..n));
                    sum += order[at];
                }
                extreme += usize::from(sum >= bar);
            }
            (extreme, 1 + n_draws)
        }
    };
    let statistic = largest * (observed / (n_post as f64).sqrt()).powf(1.0 / options.norm);
    (extreme as f64 / of as f64, statistic)
}

/// Tests a sharp null: that the treatment changed the outcome by exactly `null`, a figure for each
/// period from the treatment on.
///
/// The null's effect is taken off the treated path, weights on the simplex are fitted to all
/// periods, and the residuals from the treatment on are held against permutations of all residuals.
/// Exact where residuals are exchangeable, approximate where they are stationary and the donors'
/// weighted mean follows the treated unit's path without effect.
///
/// ```
/// use yalu_stats::synthetic::{ConformalOptions, Panel, conformal_test};
///
/// let units = ["A", "B", "C"].map(String::from).to_vec();
/// let periods = (1..=10).map(|year| year.to_string()).collect();
/// let b = [1.0, 2.0, 1.0, 3.0, 2.0, 4.0, 3.0, 2.0, 1.0, 3.0];
/// let c = [4.0, 3.0, 5.0, 4.0, 6.0, 5.0, 4.0, 6.0, 5.0, 4.0];
/// let noise = [0.1, -0.2, 0.1, 0.0, 0.2, -0.1, -0.1, 0.1, 0.0, 5.0];
/// let a = (0..10).map(|t| 0.5 * b[t] + 0.5 * c[t] + noise[t]);
/// let outcomes = a.chain(b).chain(c).collect();
/// let panel = Panel::new(units, periods, outcomes, &["A"], "10")?;
/// let test = conformal_test(&panel, &[0.0], &ConformalOptions::default())?;
/// assert!((test.p_value - 0.1).abs() < 1e-12); // the largest of ten
/// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
/// ```
///
/// # Errors
/// [`SyntheticError`] where fewer than two donors or three pre-periods are there, the null has
/// another length or isn't finite, or an option is outside its range.
///
/// # Source
/// Chernozhukov, Wüthrich and Zhu (2021), Journal of the American Statistical Association 116,
/// 1849–1864.
pub fn conformal_test(
    panel: &Panel,
    null: &[f64],
    options: &ConformalOptions,
) -> Result<ConformalTest, SyntheticError> {
    options.check()?;
    let series = Series::of(panel)?;
    if null.len() != series.n_post {
        return Err(SyntheticError::Shape {
            what: "the null".to_owned(),
            needed: series.n_post,
            got: null.len(),
        });
    }
    if let Some(at) = null.iter().position(|one| one.is_nan() || one.abs() > 1e70) {
        return Err(SyntheticError::NotFinite {
            what: "the null".to_owned(),
            unit: "the treated unit".to_owned(),
            period: panel.periods()[panel.start() + at].clone(),
        });
    }
    let (weights, residuals) = series.under(null);
    let (p_value, statistic) = permutation_p(&residuals, series.n_post, options);
    Ok(ConformalTest {
        p_value,
        statistic,
        weights,
        residuals,
    })
}

/// Intervals for the effect in each period from the treatment on, by inverting the test on the
/// pre-periods and that period alone.
///
/// A value belongs to the interval where p > alpha. With T₀ pre-periods p can't be below 1/(T₀ + 1):
/// where that is above alpha the interval is unbounded, and says so.
///
/// # Errors
/// As [`conformal_test`].
///
/// # Source
/// Chernozhukov, Wüthrich and Zhu (2021), section 2.
pub fn conformal_intervals(
    panel: &Panel,
    options: &ConformalOptions,
) -> Result<Vec<ConformalInterval>, SyntheticError> {
    options.check()?;
    let series = Series::of(panel)?;
    let start = panel.start();
    Ok((0..series.n_post)
        .map(|post| {
            let one = series.map(1, |path| {
                let mut kept = path[..start].to_vec();
                kept.push(path[start + post]);
                kept
            });
            invert(&one, options, panel.periods()[start + post].clone())
        })
        .collect())
}

/// An interval for the mean effect from the treatment on.
///
/// The pre-periods are averaged in blocks as long as the treated span, counted back from the
/// treatment (what is left at the beginning isn't used), and the last block is tested among them.
/// A long treated span leaves few blocks and an unbounded interval.
///
/// # Errors
/// As [`conformal_test`]; where the pre-periods don't fill one block.
///
/// # Source
/// Chernozhukov, Wüthrich and Zhu (2021), section 2 (average effects).
pub fn conformal_average_interval(
    panel: &Panel,
    options: &ConformalOptions,
) -> Result<ConformalInterval, SyntheticError> {
    options.check()?;
    let series = Series::of(panel)?;
    let width = series.n_post;
    if panel.start() < width {
        return Err(SyntheticError::TooFewPrePeriods {
            needed: width,
            got: panel.start(),
        });
    }
    let unused = panel.start() % width;
    let blocks = series.map(1, |path| {
        path[unused..]
            .chunks_exact(width)
            .map(|block| block.iter().sum::<f64>() / width as f64)
            .collect()
    });
    let (first, last) = (
        &panel.periods()[panel.start()],
        &panel.periods()[panel.periods().len() - 1],
    );
    Ok(invert(&blocks, options, format!("{first} to {last}")))
}

/// An interval for an effect that is the same in every period from the treatment on, by inverting the
/// test on all periods. With n periods p can't be below 1/n.
///
/// Where the effect isn't constant the set may be empty: no constant makes the residuals look alike.
///
/// # Errors
/// As [`conformal_test`].
///
/// # Source
/// Chernozhukov, Wüthrich and Zhu (2021), section 2 (sharp nulls).
pub fn conformal_constant_interval(
    panel: &Panel,
    options: &ConformalOptions,
) -> Result<ConformalInterval, SyntheticError> {
    options.check()?;
    let series = Series::of(panel)?;
    let (first, last) = (
        &panel.periods()[panel.start()],
        &panel.periods()[panel.periods().len() - 1],
    );
    Ok(invert(&series, options, format!("{first} to {last}")))
}

/// Inverts the test of an effect that is the same in every period under test.
fn invert(series: &Series, options: &ConformalOptions, period: String) -> ConformalInterval {
    let n = series.treated.len();
    let gaps = series.gaps();
    let under_test = &gaps[series.n_pre()..];
    let estimate = under_test.iter().sum::<f64>() / under_test.len() as f64;
    let least_p = options.least_p(n);
    let whole = ConformalInterval {
        period,
        estimate,
        lower: None,
        upper: None,
        empty: false,
        connected: true,
        least_p,
    };
    if least_p > options.alpha {
        return whole;
    }
    let accepted =
        |effect: f64| series.p_value(&vec![effect; series.n_post], options) > options.alpha;
    let scale = series_scale(series, &gaps);
    let (Some(low), Some(high)) = (
        outer(estimate, -scale, &accepted),
        outer(estimate, scale, &accepted),
    ) else {
        // One side at least has no end; the other is found all the same.
        let end = |direction: f64| {
            let far = outer(estimate, direction, &accepted)?;
            Some(inner(estimate, far, &accepted))
        };
        return ConformalInterval {
            lower: end(-scale),
            upper: end(scale),
            ..whole
        };
    };
    let step = (high - low) / GRID as f64;
    let grid: Vec<f64> = (0..=GRID).map(|at| low + step * at as f64).collect();
    let kept: Vec<bool> = grid.iter().map(|&effect| accepted(effect)).collect();
    let Some(first) = kept.iter().position(|one| *one) else {
        // The estimate lies off the grid.
        let empty = !accepted(estimate);
        return ConformalInterval {
            empty,
            lower: (!empty).then(|| inner(estimate, low, &accepted)),
            upper: (!empty).then(|| inner(estimate, high, &accepted)),
            ..whole
        };
    };
    let last = kept.iter().rposition(|one| *one).unwrap_or(first);
    ConformalInterval {
        lower: Some(inner(grid[first], grid[first.saturating_sub(1)], &accepted)),
        upper: Some(inner(grid[last], grid[(last + 1).min(GRID)], &accepted)),
        connected: kept[first..=last].iter().all(|one| *one),
        ..whole
    }
}

/// A step that is neither nothing nor beyond the data: the gaps' spread before the treatment.
fn series_scale(series: &Series, gaps: &[f64]) -> f64 {
    let n = series.n_pre();
    let spread = (gaps[..n].iter().map(|gap| gap * gap).sum::<f64>() / n as f64).sqrt();
    let largest = series
        .treated
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    spread.max(1e-6 * largest).max(f64::MIN_POSITIVE)
}

/// The nearest point on a side, by doublings, from which on all is rejected; none where values are
/// accepted however far.
fn outer(from: f64, step: f64, accepted: &impl Fn(f64) -> bool) -> Option<f64> {
    let mut rejected = 0;
    let mut end = from;
    for doubling in 0..DOUBLINGS {
        let at = from + step * f64::from(doubling).exp2();
        if accepted(at) {
            rejected = 0;
            continue;
        }
        if rejected == 0 {
            end = at;
        }
        rejected += 1;
        if rejected == CONFIRMED {
            return Some(end);
        }
    }
    None
}

/// The last accepted value between an accepted one and a rejected one, by bisection.
fn inner(kept: f64, rejected: f64, accepted: &impl Fn(f64) -> bool) -> f64 {
    let (mut kept, mut rejected) = (kept, rejected);
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(kept, rejected);
        if accepted(middle) {
            kept = middle;
        } else {
            rejected = middle;
        }
    }
    kept
}
