//! The synthetic control of Abadie, Diamond and Hainmueller.

use nalgebra::DMatrix;

use super::SyntheticError;
use super::nested::{NestedObjective, SearchRange, SearchStart, search};
use super::panel::{Panel, Predictor, ScaledPredictors};
use super::simplex::{SimplexSolver, affinely_independent, interior_point, onto_simplex};

/// How predictors are weighted against each other (V).
#[derive(Debug, Clone, PartialEq)]
pub enum PredictorWeights {
    /// V with which the synthetic control follows the outcome best before the treatment.
    Nested,
    /// Squared coefficients of the outcomes on the predictors, over all units (R Synth's second
    /// start).
    Regression,
    /// V found on predictors of a training window so that the outcomes of a validation window are
    /// followed best, then used with the predictors of the fit.
    CrossValidated {
        /// The same predictors, in the same order, measured in the training window.
        training: Vec<Predictor>,
        /// Pre-periods that V is judged by.
        validation: Vec<usize>,
    },
    /// All alike.
    Equal,
    /// One share a predictor, at or above 0; made to sum to 1.
    Given(Vec<f64>),
}

/// How a synthetic control is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticOptions {
    /// How V is found.
    pub predictor_weights: PredictorWeights,
    /// Pre-periods whose outcomes V is to follow; none takes them all.
    pub mspe_window: Option<Vec<usize>>,
    /// Random starts of the search over V, beside equal, regression and one a predictor.
    pub n_random_starts: usize,
    /// Their seed.
    pub seed: u64,
    /// The largest ratio of two shares of V in a random start, above 1. The search may go on from
    /// there as far as it likes.
    pub start_spread: f64,
    /// No predictor's share of a searched V is less: from 0 to below 1 over the number of
    /// predictors.
    pub least_share: f64,
}

impl Default for SyntheticOptions {
    /// Nested V over all pre-periods; 48 random starts with seed 1 and shares within 20 times each
    /// other; no share below 0.0002.
    ///
    /// The last two keep the search from corners where one predictor has all the weight and the
    /// others no say. Such a corner can follow the past better: on the Basque panel of 2003 one with
    /// 99 % on past income has half the MSPE of the published weights. A `start_spread` of 1e5 with
    /// a few hundred starts finds it.
    fn default() -> Self {
        Self {
            predictor_weights: PredictorWeights::Nested,
            mspe_window: None,
            n_random_starts: 48,
            seed: 1,
            start_spread: 20.0,
            least_share: 2e-4,
        }
    }
}

/// One predictor's weight and how well it agrees.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictorBalance {
    /// The predictor.
    pub name: String,
    /// Its share of V, for predictors in units of their standard deviation over all units.
    pub v: f64,
    /// The treated unit's figure.
    pub treated: f64,
    /// The synthetic unit's figure.
    pub synthetic: f64,
    /// The donors' plain mean.
    pub donor_mean: f64,
}

/// A fitted synthetic control.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticControl {
    /// The donors' names.
    pub donors: Vec<String>,
    /// Their weights, at or above 0, sum 1.
    pub weights: Vec<f64>,
    /// V and the balance of each predictor.
    pub predictors: Vec<PredictorBalance>,
    /// (x₁ − X₀w)'V(x₁ − X₀w), predictors in standard deviations.
    pub predictor_loss: f64,
    /// Mean squared outcome error over the window that V follows.
    pub mspe: f64,
    /// The search's starts, each with its first and last MSPE; empty where V wasn't searched. Ends
    /// far apart are local optima.
    pub starts: Vec<SearchStart>,
    /// Whether the donors' hull holds the treated unit's predictors: then every V agrees exactly,
    /// and the outcome chose among the solutions.
    pub inside_hull: bool,
    /// Whether one set of weights alone fits the predictors best; else the outcome of the window
    /// chose among them.
    pub unique: bool,
    /// The synthetic outcome, a figure a period.
    pub synthetic: Vec<f64>,
    /// Treated less synthetic, a figure a period.
    pub gaps: Vec<f64>,
    /// Root mean squared gap before the treatment.
    pub pre_rmspe: f64,
    /// Root mean squared gap from the treatment on.
    pub post_rmspe: f64,
    /// Mean gap from the treatment on.
    pub mean_gap: f64,
    /// 1/Σw²: the number of equal donors that would be as concentrated.
    pub effective_donors: f64,
}

impl SyntheticControl {
    /// RMSPE after over before the treatment; none where the fit before is perfect.
    pub fn rmspe_ratio(&self) -> Option<f64> {
        let ratio = self.post_rmspe / self.pre_rmspe;
        (self.pre_rmspe > 0.0 && ratio.is_finite()).then_some(ratio)
    }

    /// The weight of a donor; none for a name that isn't one.
    pub fn weight(&self, donor: &str) -> Option<f64> {
        let at = self.donors.iter().position(|one| one == donor)?;
        Some(self.weights[at])
    }
}

/// Weights donors so that their predictors agree with the treated unit's.
///
/// Predictors are divided by their standard deviation over the treated and the donors (n − 1), as in
/// R's Synth. For a V, w minimises (x₁ − X₀w)'V(x₁ − X₀w) over w ≥ 0, Σw = 1: Clarabel's interior
/// point, made exact by an active set that starts from it. Where several w do so, the one that
/// follows the outcome best over the window is taken; the search over V doesn't profit from that
/// choice, or it would make predictors meaningless by leaving all weight to one of them.
///
/// ```
/// use yalu_stats::synthetic::{Panel, Predictor, SyntheticOptions, fit_synthetic_control};
///
/// let units = ["A", "B", "C", "D"].map(String::from).to_vec();
/// let periods = ["1", "2", "3", "4"].map(String::from).to_vec();
/// // A is half B and half C until period 4.
/// let outcomes = vec![
///     2.0, 3.0, 4.0, 9.0, 1.0, 4.0, 3.0, 5.0, 3.0, 2.0, 5.0, 5.0, 8.0, 8.0, 9.0, 9.0,
/// ];
/// let panel = Panel::new(units, periods, outcomes, &["A"], "4")?;
/// let predictors = Predictor::outcomes(&panel, &[0, 1, 2])?;
/// let fit = fit_synthetic_control(&panel, &predictors, &SyntheticOptions::default())?;
/// assert!((fit.weights[0] - 0.5).abs() < 1e-6);
/// assert!((fit.mean_gap - 4.0).abs() < 1e-6);
/// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
/// ```
///
/// # Errors
/// [`SyntheticError`] where fewer than two donors are left, a predictor is missing, constant or not
/// finite, the window or V is off, or the solver doesn't settle.
///
/// # Source
/// Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105,
/// 493–505; cross-validation: the same (2015), American Journal of Political Science 59, 495–510.
/// Local optima: Malo, Eskelinen, Zhou and Kuosmanen (2023), Computational Economics, doi
/// 10.1007/s10614-023-10471-7; corners of V: the same authors (2021), MPRA paper 106390.
pub fn fit_synthetic_control(
    panel: &Panel,
    predictors: &[Predictor],
    options: &SyntheticOptions,
) -> Result<SyntheticControl, SyntheticError> {
    if panel.donors().len() < 2 {
        return Err(SyntheticError::TooFewDonors {
            needed: 2,
            got: panel.donors().len(),
        });
    }
    let scaled = ScaledPredictors::new(panel, predictors)?;
    let window = panel.pre_window("the MSPE window", options.mspe_window.as_deref())?;
    let treated = panel.treated_path();
    let target: Vec<f64> = window.iter().map(|&period| treated[period]).collect();
    let columns = panel.donor_columns(&window);
    let k = scaled.len();
    let (v, starts) = match &options.predictor_weights {
        PredictorWeights::Equal => (vec![1.0 / k as f64; k], Vec::new()),
        PredictorWeights::Given(v) => (given_shares(v, k)?, Vec::new()),
        PredictorWeights::Regression => (regression_v(&scaled, &target, &columns), Vec::new()),
        PredictorWeights::Nested => search_v(&scaled, &target, &columns, options)?,
        PredictorWeights::CrossValidated {
            training,
            validation,
        } => {
            if training.len() != k {
                return Err(SyntheticError::Shape {
                    what: "the training predictors' list".to_owned(),
                    needed: k,
                    got: training.len(),
                });
            }
            let training = ScaledPredictors::new(panel, training)?;
            let validation = panel.pre_window("the validation window", Some(validation))?;
            let target: Vec<f64> = validation.iter().map(|&period| treated[period]).collect();
            let columns = panel.donor_columns(&validation);
            search_v(&training, &target, &columns, options)?
        }
    };
    let solution = solve(&scaled, &v, &target, &columns)?;
    Ok(describe(
        panel, predictors, &scaled, &v, starts, solution, &window,
    ))
}

/// The search over V, unless the target lies inside the donors' hull, where V has no say.
fn search_v(
    scaled: &ScaledPredictors,
    target: &[f64],
    columns: &[f64],
    options: &SyntheticOptions,
) -> Result<(Vec<f64>, Vec<SearchStart>), SyntheticError> {
    let k = scaled.len();
    let fault = |what, needed, got| Err(SyntheticError::Option { what, needed, got });
    if !(options.start_spread > 1.0 && options.start_spread <= 1e12) {
        return fault(
            "the starts' spread",
            "above 1, up to 1e12",
            options.start_spread,
        );
    }
    if !(options.least_share >= 0.0 && options.least_share * (k as f64) < 1.0) {
        return fault(
            "the least share of a predictor",
            "from 0 to below 1 over the number of predictors",
            options.least_share,
        );
    }
    if SimplexSolver::about(&scaled.treated, &scaled.donors)
        .solve()
        .1
    {
        return Ok((vec![1.0 / k as f64; k], Vec::new()));
    }
    let regression = regression_v(scaled, target, columns);
    let mut objective = NestedObjective::new(scaled, target, columns, options.least_share);
    let range = SearchRange {
        n_random: options.n_random_starts,
        seed: options.seed,
        depth: options.start_spread.ln(),
        least_share: options.least_share,
    };
    Ok(search(&mut objective, &scaled.names, &regression, &range))
}

fn given_shares(v: &[f64], k: usize) -> Result<Vec<f64>, SyntheticError> {
    let most = v.iter().copied().fold(0.0, f64::max);
    if v.len() != k || !v.iter().all(|one| one.is_finite() && *one >= 0.0) || most == 0.0 {
        return Err(SyntheticError::PredictorWeights { n: k });
    }
    // By the largest first: a sum of huge shares may overflow.
    let total: f64 = v.iter().map(|one| one / most).sum();
    Ok(v.iter().map(|one| one / most / total).collect())
}

/// V from least squares of each window outcome on the predictors, over all units: the squared
/// coefficients, summed over periods.
fn regression_v(scaled: &ScaledPredictors, target: &[f64], columns: &[f64]) -> Vec<f64> {
    let (k, n_periods) = (scaled.len(), target.len());
    let n = scaled.donors.len() / k;
    let equal = vec![1.0 / k as f64; k];
    let mut x = DMatrix::from_fn(n + 1, k, |unit, row| {
        if unit == 0 {
            scaled.treated[row]
        } else {
            scaled.donors[(unit - 1) * k + row]
        }
    });
    for mut column in x.column_iter_mut() {
        let mean = column.mean();
        column.add_scalar_mut(-mean);
    }
    let y = DMatrix::from_fn(n + 1, n_periods, |unit, period| {
        if unit == 0 {
            target[period]
        } else {
            columns[(unit - 1) * n_periods + period]
        }
    });
    // By the eigenvectors of the Gram, so that collinear predictors share what is theirs.
    let Some(gram) = (x.transpose() * &x).try_symmetric_eigen(f64::EPSILON, 10_000) else {
        return equal;
    };
    let least = 1e-12 * gram.eigenvalues.amax();
    let mut along = (x * &gram.eigenvectors).transpose() * y;
    for (mut row, &value) in along.row_iter_mut().zip(gram.eigenvalues.iter()) {
        row *= if value > least { 1.0 / value } else { 0.0 };
    }
    let v: Vec<f64> = (gram.eigenvectors * along)
        .row_iter()
        .map(|row| row.norm_squared())
        .collect();
    given_shares(&v, k).unwrap_or(equal)
}

struct Solution {
    weights: Vec<f64>,
    loss: f64,
    inside_hull: bool,
    unique: bool,
}

/// The weights for a V; where they aren't unique, those that follow the window's outcome best.
fn solve(
    scaled: &ScaledPredictors,
    v: &[f64],
    target: &[f64],
    columns: &[f64],
) -> Result<Solution, SyntheticError> {
    let k = scaled.len();
    let roots: Vec<f64> = v.iter().map(|v| v.sqrt()).collect();
    let weighted = |column: &[f64]| -> Vec<f64> {
        column
            .iter()
            .zip(&roots)
            .map(|(x, root)| x * root)
            .collect()
    };
    let treated = weighted(&scaled.treated);
    let donors: Vec<f64> = scaled.donors.chunks_exact(k).flat_map(weighted).collect();
    let mut solver = SimplexSolver::about(&treated, &donors);
    if let Some(weights) = interior_point(&treated, &donors, None) {
        solver.start_from(&weights);
    }
    let (loss, inside) = solver.solve();
    if !loss.is_finite() {
        return Err(SyntheticError::NotSettled {
            what: "the donors' weights",
        });
    }
    let mut weights = solver.dense_weights();
    let face = solver.optimal_face();
    // Rows with a share in V stay as they are; where they leave a choice, the outcome makes it.
    let held = held_rows(scaled, v, &weights, &face);
    let unique = face.len() <= solver.corral().len() || affinely_independent(&held, face.len());
    if !unique {
        let n_periods = target.len();
        let outcomes: Vec<f64> = face
            .iter()
            .flat_map(|&donor| columns[donor * n_periods..(donor + 1) * n_periods].to_vec())
            .collect();
        let chosen = best_followed(&held, target, &outcomes);
        weights = vec![0.0; weights.len()];
        for (&donor, weight) in face.iter().zip(chosen) {
            weights[donor] = weight;
        }
    }
    Ok(Solution {
        weights: onto_simplex(&weights),
        loss,
        inside_hull: inside && v.iter().all(|one| *one > 0.0),
        unique,
    })
}

/// The scaled predictors with a share in V of the donors of a face, less those of the weighted
/// donors: a column a donor.
fn held_rows(scaled: &ScaledPredictors, v: &[f64], weights: &[f64], face: &[usize]) -> Vec<f64> {
    let k = scaled.len();
    let mut synthetic = vec![0.0; k];
    for (column, weight) in scaled.donors.chunks_exact(k).zip(weights) {
        for (to, value) in synthetic.iter_mut().zip(column) {
            *to += weight * value;
        }
    }
    let mut held = Vec::with_capacity(k * face.len());
    for &donor in face {
        let column = &scaled.donors[donor * k..(donor + 1) * k];
        for row in (0..k).filter(|&row| v[row] > 0.0) {
            held.push(column[row] - synthetic[row]);
        }
    }
    held
}

/// The weights of a face's donors that follow the outcome best while held rows stay at 0: Clarabel,
/// then the active set with the held rows weighted so heavily that they give way by 1e-10 only.
fn best_followed(held: &[f64], target: &[f64], outcomes: &[f64]) -> Vec<f64> {
    const HEAVY: f64 = 1e5;
    let n_periods = target.len();
    let n = outcomes.len() / n_periods;
    let n_held = held.len() / n;
    let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, one| most.max(one.abs()));
    let far = outcomes
        .chunks_exact(n_periods)
        .flat_map(|column| {
            column
                .iter()
                .zip(target)
                .map(|(value, target)| value - target)
        })
        .fold(0.0_f64, |most, one| most.max(one.abs()));
    let far = far.max(f64::MIN_POSITIVE);
    let factor = HEAVY / largest(held).max(f64::MIN_POSITIVE);
    let height = n_held + n_periods;
    let mut solver = SimplexSolver::new(height, n);
    for (at, point) in solver.points_mut().chunks_exact_mut(height).enumerate() {
        for (to, value) in point.iter_mut().zip(&held[at * n_held..]).take(n_held) {
            *to = factor * value;
        }
        let path = &outcomes[at * n_periods..(at + 1) * n_periods];
        for ((to, value), target) in point[n_held..].iter_mut().zip(path).zip(target) {
            *to = (value - target) / far;
        }
    }
    if let Some(weights) = interior_point(target, outcomes, Some((held, &vec![0.0; n_held]))) {
        solver.start_from(&weights);
    }
    solver.solve();
    solver.dense_weights()
}

fn describe(
    panel: &Panel,
    predictors: &[Predictor],
    scaled: &ScaledPredictors,
    v: &[f64],
    starts: Vec<SearchStart>,
    solution: Solution,
    window: &[usize],
) -> SyntheticControl {
    let k = scaled.len();
    let weights = solution.weights;
    let predictors = (0..k)
        .map(|row| {
            let figures = scaled.donors.chunks_exact(k).map(|column| column[row]);
            let synthetic: f64 = figures.clone().zip(&weights).map(|(x, w)| x * w).sum();
            let mean = figures.sum::<f64>() / weights.len() as f64;
            PredictorBalance {
                name: predictors[row].name.clone(),
                v: v[row],
                treated: scaled.treated[row] * scaled.scales[row],
                synthetic: synthetic * scaled.scales[row],
                donor_mean: mean * scaled.scales[row],
            }
        })
        .collect();
    let synthetic = panel.weighted_path(&weights);
    let path = Path::new(panel, synthetic);
    SyntheticControl {
        donors: panel.donor_names(),
        predictors,
        predictor_loss: solution.loss,
        mspe: mean_square(window.iter().map(|&period| path.gaps[period])),
        starts,
        inside_hull: solution.inside_hull,
        unique: solution.unique,
        pre_rmspe: path.pre_rmspe,
        post_rmspe: path.post_rmspe,
        mean_gap: path.mean_gap,
        effective_donors: 1.0 / weights.iter().map(|w| w * w).sum::<f64>(),
        synthetic: path.synthetic,
        gaps: path.gaps,
        weights,
    }
}

/// A synthetic path and how far the treated one is from it.
pub(crate) struct Path {
    pub(crate) synthetic: Vec<f64>,
    pub(crate) gaps: Vec<f64>,
    pub(crate) pre_rmspe: f64,
    pub(crate) post_rmspe: f64,
    pub(crate) mean_gap: f64,
}

impl Path {
    pub(crate) fn new(panel: &Panel, synthetic: Vec<f64>) -> Self {
        let gaps: Vec<f64> = panel
            .treated_path()
            .iter()
            .zip(&synthetic)
            .map(|(treated, synthetic)| treated - synthetic)
            .collect();
        let (pre, post) = gaps.split_at(panel.start());
        let mean_gap = post.iter().sum::<f64>() / post.len() as f64;
        let pre_rmspe = mean_square(pre.iter().copied()).sqrt();
        let post_rmspe = mean_square(post.iter().copied()).sqrt();
        Self {
            synthetic,
            gaps,
            pre_rmspe,
            post_rmspe,
            mean_gap,
        }
    }
}

pub(crate) fn mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut n) = (0.0, 0_usize);
    for value in values {
        total += value * value;
        n += 1;
    }
    total / n as f64
}
