//! Least squares once, or in turns with new weights.

use super::theta::{ThetaOrigin, log_likelihood};
use super::{Family, GlmError, GlmFit, collinear, separation};
use crate::design::Design;
use crate::linalg::WeightedLeastSquares;

const MAX_ITERATIONS: usize = 60;
const TOLERANCE: f64 = 1e-10;
/// Linear predictors that settle to this have settled for good.
const PREDICTOR_TOLERANCE: f64 = 1e-9;
/// A row without a count whose mean is below this share of what its exposure promises may be
/// separated: that is looked into.
const SUSPECT_SHARE: f64 = 1e-3;
/// Linear predictors further out are means that doubles can't be trusted with.
const FARTHEST: f64 = 300.0;

/// What is fitted to what.
#[derive(Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) y: &'a [f64],
    pub(super) offset: &'a [f64],
    pub(super) design: &'a Design,
    pub(super) weights: Option<&'a [f64]>,
    pub(super) family: Family,
}

impl Problem<'_> {
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    fn collinear(&self, column: usize) -> GlmError {
        collinear(self.design, column)
    }
}

/// When iterations end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// When the deviance has settled: enough where steps converge quadratically, and in a bootstrap.
    Deviance,
    /// When the linear predictor has too.
    Predictor,
}

pub(super) fn fit_gaussian(problem: &Problem<'_>) -> Result<GlmFit, GlmError> {
    let Problem {
        y, offset, design, ..
    } = *problem;
    let (n, k) = (design.n_rows(), design.n_columns());
    let weights: Vec<f64> = (0..n).map(|row| problem.weight(row)).collect();
    let root: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let mut qr = WeightedLeastSquares::room(design);
    qr.factor(design, &root)
        .map_err(|column| problem.collinear(column))?;
    let mut response: Vec<f64> = (0..n)
        .map(|row| root[row] * (y[row] - offset[row]))
        .collect();
    let coefficients = qr.solve_in_place(&mut response);
    let mut linear_predictor = vec![0.0; n];
    design.predict(&coefficients, offset, &mut linear_predictor);
    let residuals: Vec<f64> = (0..n)
        .map(|row| root[row] * (y[row] - linear_predictor[row]))
        .collect();
    let deviance: f64 = residuals.iter().map(|one| one * one).sum();
    let dispersion = deviance / (n - k) as f64;
    let nf = n as f64;
    let log_likelihood = (deviance > 0.0).then(|| {
        let scale = 2.0 * std::f64::consts::PI * deviance / nf;
        let log_weights: f64 = problem
            .weights
            .map_or(0.0, |weights| weights.iter().map(|one| one.ln()).sum());
        0.5 * log_weights - 0.5 * nf * (scale.ln() + 1.0)
    });
    let unscaled = qr.inverse_gram();
    Ok(GlmFit {
        family: Family::Gaussian,
        names: design.names().to_vec(),
        covariance: unscaled.iter().map(|one| one * dispersion).collect(),
        unscaled_covariance: unscaled,
        coefficients,
        fitted: linear_predictor.clone(),
        linear_predictor,
        pearson_residuals: residuals,
        weights,
        deviance,
        dispersion,
        df_residual: n - k,
        theta: None,
        theta_origin: ThetaOrigin::NotUsed,
        log_likelihood,
        n_iterations: 1,
    })
}

/// log(1 + x), by the plain logarithm, which is faster, where 1 + x loses nothing.
pub(super) fn log_1p(x: f64) -> f64 {
    if x.abs() > 0.1 {
        (1.0 + x).ln()
    } else {
        x.ln_1p()
    }
}

/// Twice the log-likelihood ratio of one row against a perfect fit; θ infinite for Poisson.
fn unit_deviance(y: f64, mean: f64, theta: Option<f64>) -> f64 {
    let saturated = if y > 0.0 { y * (y / mean).ln() } else { 0.0 };
    match theta {
        None => 2.0 * (saturated - (y - mean)),
        Some(theta) => 2.0 * (saturated - (y + theta) * log_1p((y - mean) / (mean + theta))),
    }
}

pub(super) fn total_deviance(problem: &Problem<'_>, means: &[f64], theta: Option<f64>) -> f64 {
    let rows = problem.y.iter().zip(means);
    let sum: f64 = match problem.weights {
        None => rows.map(|(y, mean)| unit_deviance(*y, *mean, theta)).sum(),
        Some(weights) => rows
            .zip(weights)
            .map(|((y, mean), weight)| weight * unit_deviance(*y, *mean, theta))
            .sum(),
    };
    // Rounding can take a perfect fit a little below zero; infinite and NaN stay what they are.
    if sum < 0.0 { 0.0 } else { sum }
}

/// μ = exp(η), kept within what doubles can hold.
pub(super) fn means(eta: &[f64], mu: &mut [f64]) {
    for (mu, eta) in mu.iter_mut().zip(eta) {
        *mu = eta.clamp(-FARTHEST, FARTHEST).exp();
    }
}

pub(super) fn working_weight(mean: f64, theta: Option<f64>) -> f64 {
    match theta {
        None => mean,
        Some(theta) => mean / (1.0 + mean / theta),
    }
}

/// Events per unit of exposure.
fn overall_rate(problem: &Problem<'_>) -> f64 {
    let (mut events, mut exposure) = (0.0, 0.0);
    for (row, (y, offset)) in problem.y.iter().zip(problem.offset).enumerate() {
        let weight = problem.weight(row);
        events += weight * y;
        exposure += weight * offset.clamp(-FARTHEST, FARTHEST).exp();
    }
    events / exposure
}

/// Everything that an iteration changes.
struct State {
    coefficients: Vec<f64>,
    eta: Vec<f64>,
    mu: Vec<f64>,
    deviance: f64,
}

impl State {
    fn new(n: usize, k: usize) -> Self {
        Self {
            coefficients: vec![0.0; k],
            eta: vec![0.0; n],
            mu: vec![0.0; n],
            deviance: f64::INFINITY,
        }
    }

    /// Follows from the coefficients.
    fn update(&mut self, problem: &Problem<'_>, theta: Option<f64>) {
        problem
            .design
            .predict(&self.coefficients, problem.offset, &mut self.eta);
        means(&self.eta, &mut self.mu);
        self.deviance = if self.eta.iter().any(|eta| *eta > FARTHEST) {
            f64::INFINITY
        } else {
            total_deviance(problem, &self.mu, theta)
        };
    }
}

/// The working regression: its root weights, response and factors.
struct Working {
    root: Vec<f64>,
    response: Vec<f64>,
    qr: WeightedLeastSquares,
}

impl Working {
    fn weigh(&mut self, problem: &Problem<'_>, mu: &[f64], theta: Option<f64>) {
        for (row, (root, mean)) in self.root.iter_mut().zip(mu).enumerate() {
            *root = (problem.weight(row) * working_weight(*mean, theta)).sqrt();
        }
    }

    fn factor(&mut self, problem: &Problem<'_>) -> Result<(), GlmError> {
        self.qr
            .factor(problem.design, &self.root)
            .map_err(|column| problem.collinear(column))
    }

    /// The coefficients that Fisher scoring proposes from means `mu` at predictors `eta`.
    fn propose(
        &mut self,
        problem: &Problem<'_>,
        eta: impl Fn(usize) -> f64,
        mu: &[f64],
        theta: Option<f64>,
    ) -> Result<Vec<f64>, GlmError> {
        self.weigh(problem, mu, theta);
        for (row, response) in self.response.iter_mut().enumerate() {
            let change = (problem.y[row] - mu[row]) / mu[row];
            *response = self.root[row] * (eta(row) - problem.offset[row] + change);
        }
        self.factor(problem)?;
        Ok(self.qr.solve_in_place(&mut self.response))
    }

    /// The coefficients that it proposes from means halfway between the counts and what the exposures
    /// promise: a start where no coefficients are known that nearly fit.
    fn propose_from_counts(
        &mut self,
        problem: &Problem<'_>,
        rate: f64,
        theta: Option<f64>,
    ) -> Result<Vec<f64>, GlmError> {
        let mu: Vec<f64> = problem
            .y
            .iter()
            .zip(problem.offset)
            .map(|(y, offset)| f64::midpoint(*y, rate * offset.clamp(-FARTHEST, FARTHEST).exp()))
            .collect();
        self.propose(problem, |row| mu[row].ln(), &mu, theta)
    }
}

/// IRLS at a fixed θ, with step halving.
pub(super) fn fit_count(
    problem: &Problem<'_>,
    theta: Option<f64>,
    start: Option<&[f64]>,
    precision: Precision,
) -> Result<GlmFit, GlmError> {
    let Problem { y, design, .. } = *problem;
    let (n, k) = (design.n_rows(), design.n_columns());
    let rate = overall_rate(problem);
    let mut working = Working {
        root: vec![0.0; n],
        response: vec![0.0; n],
        qr: WeightedLeastSquares::room(design),
    };
    let (mut now, mut trial) = (State::new(n, k), State::new(n, k));
    let mut restarted = false;
    match start {
        Some(start) if start.len() == k => now.coefficients.copy_from_slice(start),
        _ if design.is_constant(0) => now.coefficients[0] = rate.ln() / design.column(0)[0],
        _ => {
            now.coefficients = working.propose_from_counts(problem, rate, theta)?;
            restarted = true;
        }
    }
    now.update(problem, theta);
    let mut n_iterations = 0;
    let mut settled = false;
    let mut most_moved = 0;
    while n_iterations < MAX_ITERATIONS {
        n_iterations += 1;
        let proposal = working.propose(problem, |row| now.eta[row], &now.mu, theta)?;
        most_moved = farthest(design, &now.coefficients, &proposal);
        let mut share = 1.0;
        let mut stuck = false;
        loop {
            for ((trial, old), new) in trial
                .coefficients
                .iter_mut()
                .zip(&now.coefficients)
                .zip(&proposal)
            {
                *trial = old + share * (new - old);
            }
            trial.update(problem, theta);
            if trial.deviance.is_finite()
                && trial.deviance <= now.deviance + 1e-8 * (now.deviance.abs() + 1.0)
            {
                break;
            }
            share /= 2.0;
            if share < 1e-6 {
                stuck = true;
                break;
            }
        }
        if stuck && !restarted {
            // Too far from where it began, as where exposures differ by many powers of ten.
            restarted = true;
            now.coefficients = working.propose_from_counts(problem, rate, theta)?;
            now.update(problem, theta);
            continue;
        }
        if stuck {
            break;
        }
        std::mem::swap(&mut now, &mut trial);
        settled = (trial.deviance - now.deviance).abs() <= TOLERANCE * (now.deviance.abs() + 0.1);
        if settled && (precision == Precision::Deviance || !moves(&trial.eta, &now.eta)) {
            break;
        }
        if settled && suspect(problem, &now.mu, rate) {
            break;
        }
    }
    if (!settled || suspect(problem, &now.mu, rate))
        && let Some(column) = separation::separating_column(problem)
    {
        return Err(GlmError::Separation {
            column: design.names()[column].clone(),
        });
    }
    let unsettled = || GlmError::NotConverged {
        iterations: n_iterations,
        column: design.names()[most_moved].clone(),
    };
    if !settled || now.eta.iter().any(|eta| eta.abs() > FARTHEST) {
        return Err(unsettled());
    }
    working.weigh(problem, &now.mu, theta);
    working.factor(problem)?;
    let unscaled = working.qr.inverse_gram();
    let root = working.root;
    let pearson: Vec<f64> = (0..n)
        .map(|row| (y[row] - now.mu[row]) / now.mu[row] * root[row])
        .collect();
    let dispersion = pearson.iter().map(|one| one * one).sum::<f64>() / (n - k) as f64;
    if !dispersion.is_finite() || unscaled.iter().any(|one| !one.is_finite()) {
        return Err(unsettled());
    }
    let scale = match problem.family {
        Family::QuasiPoisson => dispersion,
        _ if theta.is_some() => 1.0,
        Family::Poisson => 1.0,
        _ => dispersion,
    };
    let log_likelihood = match problem.family {
        Family::QuasiPoisson => None,
        _ => Some(log_likelihood(problem, &now.mu, theta)),
    };
    Ok(GlmFit {
        family: problem.family,
        names: design.names().to_vec(),
        covariance: unscaled.iter().map(|one| one * scale).collect(),
        unscaled_covariance: unscaled,
        coefficients: now.coefficients,
        linear_predictor: now.eta,
        pearson_residuals: pearson,
        weights: root.iter().map(|one| one * one).collect(),
        deviance: now.deviance,
        dispersion,
        df_residual: n - k,
        theta,
        theta_origin: theta.map_or(ThetaOrigin::NotUsed, |_| ThetaOrigin::Given),
        log_likelihood,
        n_iterations,
        fitted: now.mu,
    })
}

fn moves(before: &[f64], after: &[f64]) -> bool {
    before
        .iter()
        .zip(after)
        .any(|(a, b)| (a - b).abs() > PREDICTOR_TOLERANCE * (1.0 + b.abs()))
}

/// The column whose change of coefficient moves the linear predictor most.
fn farthest(design: &Design, old: &[f64], new: &[f64]) -> usize {
    let reach = |column: usize| {
        let largest = design
            .column(column)
            .iter()
            .fold(0.0_f64, |most, value| most.max(value.abs()));
        (new[column] - old[column]).abs() * largest
    };
    (0..old.len())
        .max_by(|&a, &b| reach(a).total_cmp(&reach(b)))
        .unwrap_or(0)
}

/// Whether a row without a count has a mean next to nothing.
fn suspect(problem: &Problem<'_>, mu: &[f64], rate: f64) -> bool {
    problem
        .y
        .iter()
        .zip(mu)
        .zip(problem.offset)
        .any(|((y, mean), offset)| {
            *y == 0.0 && *mean < SUSPECT_SHARE * rate * offset.clamp(-FARTHEST, FARTHEST).exp()
        })
}
