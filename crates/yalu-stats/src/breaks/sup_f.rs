//! A test for at least one break at an unknown date.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::without_break::{Measured, WithoutBreak, exceeded_by};
use super::{Bootstrap, BreakError, Search, ShiftModel};
use crate::glm::fit_glm;
use crate::linalg::WeightedQr;
use crate::serial::lag_one;

/// Pairs of breaks are tried at every so many candidates.
const PAIR_STRIDE: usize = 3;

/// The share of the periods that lie at least before, between and after two breaks of a pair. In bursts of correlated
/// counts shorter stretches look like shocks more often than the bootstrap simulates.
const PAIR_GAP: f64 = 0.15;

/// A test for one or two breaks at unknown dates.
#[derive(Debug, Clone, PartialEq)]
pub struct SupFTest {
    /// The largest F of one break over the candidate dates.
    pub statistic: f64,
    /// The largest F of two breaks over pairs of dates, per break; none where two don't fit in.
    pub two_breaks: Option<f64>,
    /// Where: the last period of the old level.
    pub break_index: usize,
    /// The first candidate; `path[i]` belongs to `first_candidate + i`.
    pub first_candidate: usize,
    /// F at each candidate.
    pub path: Vec<f64>,
    /// The simulated p-value of the larger of the two, never 0.
    pub p_value: f64,
    /// The simulated critical value of the larger of the two at the level asked for.
    pub critical_value: f64,
    /// The dispersion of the model without a break.
    pub dispersion: f64,
    /// The serial correlation of the simulated series that count: the data's, its bias taken out.
    pub lag_one: f64,
    /// Simulated series that count.
    pub n_replications: usize,
    /// The larger statistic of each of them with its weight, the largest first.
    pub simulated: Vec<(f64, f64)>,
}

impl SupFTest {
    /// The same test with the critical value of another level.
    #[must_use]
    pub fn at_level(mut self, level: f64) -> Self {
        self.critical_value = exceeded_by(&self.simulated, level.clamp(0.0, 1.0));
        self
    }
}

/// A candidate among those that pairs are made of.
struct GridStep {
    /// Its place among the candidates.
    place: usize,
    /// The weighted step, the design's columns taken out.
    step: Vec<f64>,
}

/// The projections that turn a vector of residuals into F at each candidate.
struct Projector {
    qr: WeightedQr,
    root_weights: Vec<f64>,
    first: usize,
    /// Squared length of each candidate's step, the design's columns taken out.
    lengths: Vec<f64>,
    df_residual: f64,
    grid: Vec<GridStep>,
    /// Places in the grid of two breaks far enough apart, with the product of their steps.
    pairs: Vec<(usize, usize, f64)>,
}

/// What a vector of residuals shows.
struct Found {
    /// The largest F of one break, and its place among the candidates.
    one: (f64, usize),
    /// The largest F of two breaks, per break, and their places in the grid.
    two: Option<(f64, (usize, usize))>,
    /// Each candidate's step times the residuals.
    products: Vec<f64>,
}

impl Found {
    /// The larger statistic: UDmax.
    fn largest(&self) -> f64 {
        self.two.map_or(self.one.0, |(f, _)| f.max(self.one.0))
    }
}

impl Projector {
    fn new(
        model: &ShiftModel<'_>,
        root_weights: Vec<f64>,
        (first, last): (usize, usize),
        gap: usize,
    ) -> Result<Self, BreakError> {
        let n = model.y.len();
        let qr = WeightedQr::new(model.design, &root_weights).map_err(|column| {
            crate::glm::GlmError::Collinear {
                column: model.design.names()[column].clone(),
            }
        })?;
        let mut lengths = Vec::with_capacity(last + 1 - first);
        let mut grid = Vec::new();
        for at in first..=last {
            let mut step: Vec<f64> = (0..n)
                .map(|row| if row > at { root_weights[row] } else { 0.0 })
                .collect();
            let full: f64 = step.iter().map(|one| one * one).sum();
            qr.residual(&mut step);
            let left: f64 = step.iter().map(|one| one * one).sum();
            // A step that the design explains (a coverage change there) can't be tested.
            let testable = left > 1e-8 * full;
            lengths.push(if testable { left } else { 0.0 });
            let inside = at + 1 >= gap && n - 1 - at >= gap;
            if testable && inside && (at - first) % PAIR_STRIDE == 0 {
                grid.push(GridStep {
                    place: at - first,
                    step,
                });
            }
        }
        let mut pairs = Vec::new();
        for (i, early) in grid.iter().enumerate() {
            for (j, late) in grid.iter().enumerate().skip(i + 1) {
                if late.place - early.place < gap {
                    continue;
                }
                let product: f64 = early.step.iter().zip(&late.step).map(|(a, b)| a * b).sum();
                let (a, d) = (lengths[early.place], lengths[late.place]);
                if a * d - product * product > 1e-8 * a * d {
                    pairs.push((i, j, product));
                }
            }
        }
        let df_residual = (n - model.design.n_columns() - 1) as f64;
        Ok(Self {
            qr,
            root_weights,
            first,
            lengths,
            df_residual,
            grid,
            pairs,
        })
    }

    /// Takes the design out of `residuals`, and finds the best break and the best two. `path` receives
    /// each F of one break where it is wanted.
    fn search(&self, residuals: &mut [f64], mut path: Option<&mut Vec<f64>>) -> Found {
        self.qr.residual(residuals);
        let total: f64 = residuals.iter().map(|one| one * one).sum();
        let n = residuals.len();
        let last = self.first + self.lengths.len() - 1;
        let mut sum = 0.0;
        for row in (last + 1..n).rev() {
            sum += self.root_weights[row] * residuals[row];
        }
        let mut products = vec![0.0; self.lengths.len()];
        for idx in (0..self.lengths.len()).rev() {
            products[idx] = sum;
            let row = self.first + idx;
            sum += self.root_weights[row] * residuals[row];
        }
        let left = |drop: f64| (total - drop).max(1e-12 * total);
        let mut one = (f64::NEG_INFINITY, 0);
        for (idx, (length, product)) in self.lengths.iter().zip(&products).enumerate() {
            let f = if *length > 0.0 {
                let drop = product * product / length;
                drop / (left(drop) / self.df_residual)
            } else {
                0.0
            };
            if let Some(path) = path.as_mut() {
                path.push(f);
            }
            if f > one.0 {
                one = (f, idx);
            }
        }
        let mut most: Option<(f64, (usize, usize))> = None;
        for &(i, j, product) in &self.pairs {
            let (early, late) = (self.grid[i].place, self.grid[j].place);
            let (a, d) = (self.lengths[early], self.lengths[late]);
            let (x, y) = (products[early], products[late]);
            let drop =
                (d * x * x - 2.0 * product * x * y + a * y * y) / (a * d - product * product);
            if most.is_none_or(|(best, _)| drop > best) {
                most = Some((drop, (i, j)));
            }
        }
        let two = most.map(|(drop, places)| {
            let f = drop / 2.0 / (left(drop) / (self.df_residual - 1.0));
            (f, places)
        });
        Found { one, two, products }
    }

    /// Takes the best two steps (the best one where two don't fit in) out of residuals that are free
    /// of the design already: so that breaks aren't mistaken for persistence, two that cancel least
    /// of all.
    fn without_steps(&self, residuals: &[f64], found: &Found) -> Vec<f64> {
        let mut left = residuals.to_vec();
        if let Some((_, (i, j))) = found.two {
            let (early, late) = (&self.grid[i], &self.grid[j]);
            let (a, d) = (self.lengths[early.place], self.lengths[late.place]);
            let c: f64 = early.step.iter().zip(&late.step).map(|(a, b)| a * b).sum();
            let (x, y) = (found.products[early.place], found.products[late.place]);
            let determinant = a * d - c * c;
            let (first, second) = ((d * x - c * y) / determinant, (a * y - c * x) / determinant);
            for ((value, early), late) in left.iter_mut().zip(&early.step).zip(&late.step) {
                *value -= first * early + second * late;
            }
            return left;
        }
        let place = found.one.1;
        if self.lengths[place] <= 0.0 {
            return left;
        }
        let at = self.first + place;
        let mut step: Vec<f64> = (0..left.len())
            .map(|row| {
                if row > at {
                    self.root_weights[row]
                } else {
                    0.0
                }
            })
            .collect();
        self.qr.residual(&mut step);
        let size = found.products[place] / self.lengths[place];
        for (value, step) in left.iter_mut().zip(&step) {
            *value -= size * step;
        }
        left
    }

    /// The statistic of a vector of residuals, and its serial correlation once the best steps are taken
    /// out too.
    fn measure(&self, residuals: &mut [f64]) -> Measured {
        let found = self.search(residuals, None);
        Measured {
            statistic: found.largest(),
            correlation: lag_one(&self.without_steps(residuals, &found)),
        }
    }
}

/// Tests whether the level breaks at least once, at unknown dates.
///
/// The statistic is the larger of two: the largest F of one step in the working regression of the fit
/// without a break, and the largest F of two steps, per step (UDmax with at most two breaks: a shock
/// that passed is two breaks that cancel, which a single step can't show). Pairs are tried at every
/// third candidate, at least 15 % of the periods apart and from the ends.
///
/// The distribution without a break is simulated at every serial correlation that is plausible, and
/// of the simulated series those count in which the correlation, measured as in the data with the
/// best two breaks taken out, comes out near the data's: `n_replications` of twice as many. So the
/// correlation's bias, how poorly it is known, and that it seems lowest where bursts look most like
/// breaks are all in the p-value. Gaussian series are autoregressive paths of resampled innovations,
/// counts those of the fitted family with a latent autoregressive normal series.
///
/// `level` is that of `critical_value` only.
///
/// # Errors
/// [`BreakError`] where the series is too short, the fit fails or nothing is left to test.
///
/// # Source
/// Andrews (1993), Econometrica 61, 821–856 (sup-F); Bai and Perron (1998), Econometrica 66, 47–78
/// (UDmax); Beaumont, Zhang and Balding (2002), Genetics 162, 2025–2035 (comparison with the simulated
/// series that are near what was measured); Cario and Nelson (1996), Operations Research Letters 19,
/// 51–58 (counts with a latent series).
///
/// ```
/// use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, sup_f_test};
///
/// // Counts that step up after the twentieth of thirty periods.
/// let y: Vec<f64> = (0..30).map(|t| f64::from(t * 7 % 5 + if t < 20 { 2 } else { 12 })).collect();
/// let model = ShiftModel {
///     y: &y,
///     offset: &[0.0; 30],
///     design: &Design::intercept(30),
///     family: Family::QuasiPoisson,
/// };
/// let search = Search { trimming: 0.15, max_breaks: 2, window: None };
/// let bootstrap = Bootstrap { n_replications: 199, seed: 1 };
/// let test = sup_f_test(&model, &search, &bootstrap, 0.05)?;
/// assert_eq!(test.break_index, 19);
/// assert!(test.p_value <= 0.01);
/// # Ok::<(), yalu_stats::BreakError>(())
/// ```
pub fn sup_f_test(
    model: &ShiftModel<'_>,
    search: &Search,
    bootstrap: &Bootstrap,
    level: f64,
) -> Result<SupFTest, BreakError> {
    bootstrap.check()?;
    let n = model.y.len();
    let (first, last) = search.candidates(n)?;
    let fit = fit_glm(model.y, model.offset, model.design, model.family)?;
    if n < model.design.n_columns() + 4 {
        return Err(BreakError::TooShort {
            needed: model.design.n_columns() + 4,
            got: n,
        });
    }
    let root: Vec<f64> = fit.weights.iter().map(|one| one.sqrt()).collect();
    let gap = search
        .min_segment(n)
        .max((PAIR_GAP * n as f64).ceil() as usize);
    let projector = Projector::new(model, root, (first, last), gap)?;
    let mut residuals = fit.pearson_residuals.clone();
    let mut path = Vec::new();
    let found = projector.search(&mut residuals, Some(&mut path));
    let scale: f64 = model.y.iter().map(|one| one * one).sum();
    let left: f64 = residuals.iter().map(|one| one * one).sum();
    if left <= 1e-18 * (scale + 1.0) {
        return Err(BreakError::PerfectFit);
    }
    let clean = projector.without_steps(&residuals, &found);
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    let without_break = WithoutBreak::simulate(
        &fit,
        &clean,
        lag_one(&clean),
        bootstrap.n_replications,
        &mut rng,
        |path| projector.measure(path),
    );
    let simulated = without_break.statistics();
    Ok(SupFTest {
        statistic: found.one.0,
        two_breaks: found.two.map(|(f, _)| f),
        break_index: first + found.one.1,
        first_candidate: first,
        path,
        p_value: without_break.p_value(found.largest()),
        critical_value: exceeded_by(&simulated, level.clamp(0.0, 1.0)),
        dispersion: fit.dispersion,
        lag_one: without_break.correlation(),
        n_replications: bootstrap.n_replications,
        simulated,
    })
}
