//! The search over V: predictor weights whose synthetic control follows the outcome best.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::panel::ScaledPredictors;
use super::simplex::SimplexSolver;

/// Logarithms below this stay where the floor decides alone.
const LOWEST: f64 = -18.0;
/// Every second random start is the best of so many draws.
const SCREENED: usize = 8;
/// Evaluations of a start's first descent, a dimension.
const DESCENT: usize = 250;
/// The best ends go on, with so many evaluations a dimension each.
const POLISHED: usize = 4;
const POLISH: usize = 400;

/// One start of the search and where it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchStart {
    /// How it began: `equal`, `regression`, a predictor's name, `random 1`.
    pub label: String,
    /// Outcome MSPE at its V.
    pub begin: f64,
    /// Outcome MSPE where it ended.
    pub end: f64,
    /// V there: given as [`super::PredictorWeights::Given`] it shows the weights of that optimum.
    pub v: Vec<f64>,
}

/// The outcome MSPE as a function of V, with warm solves.
pub(crate) struct NestedObjective<'a> {
    k: usize,
    /// Predictors of donors less those of the treated, k × donors.
    differences: Vec<f64>,
    /// Outcomes of the treated over the window.
    target: &'a [f64],
    /// Outcomes of donors over the window, a column a donor.
    columns: &'a [f64],
    solver: SimplexSolver,
    roots: Vec<f64>,
    v: Vec<f64>,
    residual: Vec<f64>,
    least_share: f64,
}

/// How the search begins and where it may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SearchRange {
    pub(crate) n_random: usize,
    pub(crate) seed: u64,
    /// The logarithm of the largest ratio of two shares that a random start draws.
    pub(crate) depth: f64,
    /// No predictor's share falls below this.
    pub(crate) least_share: f64,
}

impl<'a> NestedObjective<'a> {
    pub(crate) fn new(
        predictors: &ScaledPredictors,
        target: &'a [f64],
        columns: &'a [f64],
        least_share: f64,
    ) -> Self {
        let k = predictors.len();
        let mut differences = predictors.donors.clone();
        for column in differences.chunks_exact_mut(k) {
            for (to, treated) in column.iter_mut().zip(&predictors.treated) {
                *to -= treated;
            }
        }
        let n = differences.len() / k;
        Self {
            k,
            differences,
            target,
            columns,
            solver: SimplexSolver::new(k, n),
            roots: vec![0.0; k],
            v: vec![0.0; k],
            residual: vec![0.0; target.len()],
            least_share,
        }
    }

    /// V from logarithms: shares that sum to 1, none below the floor.
    pub(crate) fn shares(&self, logs: &[f64]) -> Vec<f64> {
        let mut v = vec![0.0; self.k];
        shares_into(logs, self.least_share, &mut v);
        v
    }

    pub(crate) fn value(&mut self, logs: &[f64]) -> f64 {
        shares_into(logs, self.least_share, &mut self.v);
        self.at_v()
    }

    fn at_v(&mut self) -> f64 {
        for (root, v) in self.roots.iter_mut().zip(&self.v) {
            *root = v.sqrt();
        }
        for (to, from) in self
            .solver
            .points_mut()
            .chunks_exact_mut(self.k)
            .zip(self.differences.chunks_exact(self.k))
        {
            for ((to, from), root) in to.iter_mut().zip(from).zip(&self.roots) {
                *to = from * root;
            }
        }
        self.solver.solve();
        self.mspe()
    }

    /// The MSPE of the solver's weights.
    fn mspe(&mut self) -> f64 {
        let n = self.target.len();
        self.residual.copy_from_slice(self.target);
        for (&donor, &weight) in self
            .solver
            .corral()
            .iter()
            .zip(self.solver.corral_weights())
        {
            let column = &self.columns[donor * n..(donor + 1) * n];
            for (to, value) in self.residual.iter_mut().zip(column) {
                *to -= weight * value;
            }
        }
        self.residual.iter().map(|one| one * one).sum::<f64>() / n as f64
    }
}

fn shares_into(logs: &[f64], floor: f64, v: &mut [f64]) {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for (to, log) in v.iter_mut().zip(logs) {
        *to = (log - most).max(LOWEST).exp();
        total += *to;
    }
    // What the floors leave is shared out in proportion.
    let rest = 1.0 - floor * logs.len() as f64;
    for to in v.iter_mut() {
        *to = floor + rest * *to / total;
    }
}

/// Searches V from every start: a short descent from each, then a long one from the best ends.
/// The V (shares) with the least MSPE, and each start's way.
pub(crate) fn search(
    objective: &mut NestedObjective<'_>,
    names: &[String],
    regression: &[f64],
    range: &SearchRange,
) -> (Vec<f64>, Vec<SearchStart>) {
    let k = names.len();
    if k == 1 {
        let value = objective.value(&[0.0]);
        let start = SearchStart {
            label: "equal".to_owned(),
            begin: value,
            end: value,
            v: vec![1.0],
        };
        return (vec![1.0], vec![start]);
    }
    let starts = starts(objective, names, regression, range);
    let mut reports = Vec::with_capacity(starts.len());
    let mut ends: Vec<(usize, Minimum)> = Vec::with_capacity(starts.len());
    for (at, (label, logs)) in starts.into_iter().enumerate() {
        // Cold, so that a start's way doesn't hang on those before it.
        objective.solver.cold();
        let begin = objective.value(&logs);
        let end = nelder_mead(|at| objective.value(at), &logs, 1.5, 1e-5, DESCENT * k);
        reports.push(SearchStart {
            label,
            begin,
            end: end.value,
            v: objective.shares(&end.at),
        });
        ends.push((at, end));
    }
    ends.sort_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let mut best = ends[0].1.clone();
    for (at, end) in ends.into_iter().take(POLISHED) {
        objective.solver.cold();
        let mut polished = end;
        // A new simplex at the end: the old one may have collapsed on a kink.
        for step in [0.5, 1.0, 0.25] {
            let next = nelder_mead(
                |at| objective.value(at),
                &polished.at,
                step,
                1e-9,
                POLISH * k,
            );
            let gain = polished.value - next.value;
            let settled = gain <= 1e-6 * polished.value;
            if gain > 0.0 {
                polished = next;
            }
            if settled {
                break;
            }
        }
        reports[at].end = polished.value;
        reports[at].v = objective.shares(&polished.at);
        if polished.value < best.value {
            best = polished;
        }
    }
    (objective.shares(&best.at), reports)
}

/// The starts' labels and logarithms of V.
fn starts(
    objective: &mut NestedObjective<'_>,
    names: &[String],
    regression: &[f64],
    range: &SearchRange,
) -> Vec<(String, Vec<f64>)> {
    let k = names.len();
    let logs = regression
        .iter()
        .map(|v| v.max(range.least_share).max(f64::MIN_POSITIVE).ln())
        .collect();
    let mut starts = vec![
        ("equal".to_owned(), vec![0.0; k]),
        ("regression".to_owned(), logs),
    ];
    for (at, name) in names.iter().enumerate() {
        let mut logs = vec![-6.0; k];
        logs[at] = 0.0;
        starts.push((format!("`{name}` foremost"), logs));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(range.seed);
    let mut draw = || -> Vec<f64> { (0..k).map(|_| -range.depth * rng.random::<f64>()).collect() };
    for random in 0..range.n_random {
        let mut logs = draw();
        if random % 2 == 1 {
            let mut value = objective.value(&logs);
            for _ in 1..SCREENED {
                let other = draw();
                let at_other = objective.value(&other);
                if at_other < value {
                    (logs, value) = (other, at_other);
                }
            }
        }
        starts.push((format!("random {}", random + 1), logs));
    }
    starts
}

/// Where a search ended.
#[derive(Debug, Clone)]
pub(crate) struct Minimum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
}

/// Nelder and Mead's simplex search with parameters that suit the dimension.
///
/// # Source
/// Nelder and Mead (1965), Computer Journal 7, 308–313; Gao and Han (2012), Computational
/// Optimization and Applications 51, 259–277.
pub(crate) fn nelder_mead(
    mut f: impl FnMut(&[f64]) -> f64,
    start: &[f64],
    step: f64,
    tolerance: f64,
    max_evaluations: usize,
) -> Minimum {
    let n = start.len();
    let dimension = n as f64;
    let (expand, contract, shrink) = if n > 1 {
        (
            1.0 + 2.0 / dimension,
            0.75 - 0.5 / dimension,
            1.0 - 1.0 / dimension,
        )
    } else {
        (2.0, 0.5, 0.5)
    };
    let mut corners: Vec<Minimum> = Vec::with_capacity(n + 1);
    let mut evaluations = 0;
    let mut corner = |at: Vec<f64>, evaluations: &mut usize| {
        *evaluations += 1;
        let value = f(&at);
        Minimum { at, value }
    };
    corners.push(corner(start.to_vec(), &mut evaluations));
    for axis in 0..n {
        let mut at = start.to_vec();
        at[axis] += step;
        corners.push(corner(at, &mut evaluations));
    }
    let mut centre = vec![0.0; n];
    while evaluations < max_evaluations {
        corners.sort_by(|a, b| a.value.total_cmp(&b.value));
        let (best, worst) = (corners[0].value, corners[n].value);
        if worst - best <= tolerance * best.abs() {
            break;
        }
        for (axis, to) in centre.iter_mut().enumerate() {
            *to = corners[..n].iter().map(|one| one.at[axis]).sum::<f64>() / dimension;
        }
        let along = |share: f64| -> Vec<f64> {
            centre
                .iter()
                .zip(&corners[n].at)
                .map(|(centre, worst)| centre + share * (centre - worst))
                .collect()
        };
        let reflected = corner(along(1.0), &mut evaluations);
        if reflected.value < best {
            let expanded = corner(along(expand), &mut evaluations);
            corners[n] = if expanded.value < reflected.value {
                expanded
            } else {
                reflected
            };
            continue;
        }
        if reflected.value < corners[n - 1].value {
            corners[n] = reflected;
            continue;
        }
        let outside = reflected.value < worst;
        let contracted = corner(
            along(if outside { contract } else { -contract }),
            &mut evaluations,
        );
        if contracted.value < worst.min(reflected.value) {
            corners[n] = contracted;
            continue;
        }
        let best = corners[0].at.clone();
        for one in &mut corners[1..] {
            let at = one
                .at
                .iter()
                .zip(&best)
                .map(|(at, best)| best + shrink * (at - best))
                .collect();
            *one = corner(at, &mut evaluations);
        }
    }
    corners
        .into_iter()
        .min_by(|a, b| a.value.total_cmp(&b.value))
        .unwrap_or(Minimum {
            at: start.to_vec(),
            value: f64::INFINITY,
        })
}
