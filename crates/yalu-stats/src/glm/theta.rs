//! The negative binomial's θ, and the fit that estimates it.

use nalgebra::{DMatrix, DVector};
use statrs::function::gamma::{digamma, ln_gamma};

use super::irls::{Precision, Problem, fit_count, log_1p, means};
use super::{GlmError, GlmFit, MAX_THETA};
use crate::linalg::dot;

const MIN_THETA: f64 = 1e-3;
const MAX_ROUNDS: usize = 60;
/// A change of log θ after which Newton's steps take over.
const NEAR: f64 = 0.3;
/// A change of log θ that suffices on the way there.
const ROUGH: f64 = 1e-3;
/// A change of log θ that ends alternation where Newton's steps can't be taken.
const SETTLED: f64 = 1e-9;

/// Where θ comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ThetaOrigin {
    /// The family has none.
    NotUsed,
    /// The caller gave it.
    Given,
    /// Maximum likelihood.
    Estimated {
        /// Its standard error from the observed information, the coefficients held: MASS's.
        se: f64,
    },
    /// The counts vary no more about their means than a Poisson's: the likelihood rises with θ
    /// without end, θ stands at its limit of 10⁶, and the fit is Poisson's in all but name.
    PoissonLimit,
}

/// Sums over rows of lnΓ(y + θ) − lnΓ(θ) and its derivatives. Where counts are whole they follow from
/// Γ's recurrence, each value of y − 1 once, which is faster and doesn't cancel.
pub(super) struct GammaSums<'a> {
    problem: &'a Problem<'a>,
    /// The weight of the rows with y above j, for j from 0.
    above: Option<Vec<f64>>,
}

impl<'a> GammaSums<'a> {
    pub(super) fn new(problem: &'a Problem<'a>) -> Self {
        let y = problem.y;
        let largest = y.iter().copied().fold(0.0, f64::max);
        let whole =
            largest <= 2.0 * y.len() as f64 + 1000.0 && y.iter().all(|value| value.fract() == 0.0);
        let above = whole.then(|| {
            let mut weights = vec![0.0; largest as usize + 1];
            for (row, value) in y.iter().enumerate() {
                weights[*value as usize] += problem.weight(row);
            }
            let mut sum = 0.0;
            for weight in weights.iter_mut().rev() {
                sum += *weight;
                *weight = sum;
            }
            // Now the weight of y at or above j; that of y above j begins one later.
            weights.split_off(1)
        });
        Self { problem, above }
    }

    fn sum(&self, step: impl Fn(f64) -> f64, row: impl Fn(f64) -> f64) -> f64 {
        match &self.above {
            Some(above) => above
                .iter()
                .enumerate()
                .map(|(j, weight)| weight * step(j as f64))
                .sum(),
            None => self
                .problem
                .y
                .iter()
                .enumerate()
                .map(|(idx, y)| self.problem.weight(idx) * row(*y))
                .sum(),
        }
    }

    fn ln_gamma(&self, theta: f64) -> f64 {
        let base = ln_gamma(theta);
        self.sum(|j| (theta + j).ln(), |y| ln_gamma(y + theta) - base)
    }

    fn digamma(&self, theta: f64) -> f64 {
        let base = digamma(theta);
        self.sum(|j| 1.0 / (theta + j), |y| digamma(y + theta) - base)
    }

    fn trigamma(&self, theta: f64) -> f64 {
        let base = trigamma(theta);
        self.sum(
            |j| -1.0 / ((theta + j) * (theta + j)),
            |y| trigamma(y + theta) - base,
        )
    }
}

/// The log-likelihood at means `mu`: NB2, or Poisson where θ is none.
pub(super) fn log_likelihood(problem: &Problem<'_>, mu: &[f64], theta: Option<f64>) -> f64 {
    let factorials: f64 = GammaSums::new(problem).ln_gamma(1.0);
    kernel(&GammaSums::new(problem), mu, theta) - factorials
}

/// The same without the y!, which don't depend on anything fitted.
fn kernel(sums: &GammaSums<'_>, mu: &[f64], theta: Option<f64>) -> f64 {
    let problem = sums.problem;
    let mut total = theta.map_or(0.0, |theta| sums.ln_gamma(theta));
    for (row, (y, mean)) in problem.y.iter().zip(mu).enumerate() {
        let counted = |log: f64| if *y > 0.0 { y * log } else { 0.0 };
        let value = match theta {
            None => counted(mean.ln()) - mean,
            Some(theta) => counted((mean / (mean + theta)).ln()) - theta * log_1p(mean / theta),
        };
        total += problem.weight(row) * value;
    }
    total
}

/// ψ'(x), by recurrence and the asymptotic series.
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 8.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    sum + 1.0 / x
        + 0.5 * inverse
        + inverse / x
            * (1.0 / 6.0 - inverse * (1.0 / 30.0 - inverse * (1.0 / 42.0 - inverse / 30.0)))
}

/// First and second derivative of the log-likelihood by θ.
fn slope_and_bend(sums: &GammaSums<'_>, mu: &[f64], theta: f64) -> (f64, f64) {
    let problem = sums.problem;
    let (mut score, mut curvature) = (sums.digamma(theta), sums.trigamma(theta));
    for (row, (y, mean)) in problem.y.iter().zip(mu).enumerate() {
        let weight = problem.weight(row);
        let both = mean + theta;
        score += weight * ((mean - y) / both - log_1p(mean / theta));
        curvature += weight * (mean / (theta * both) + (y - mean) / (both * both));
    }
    (score, curvature)
}

/// θ by maximum likelihood at fixed means: Newton on log θ from a moment start.
fn theta_ml(sums: &GammaSums<'_>, mu: &[f64], start: Option<f64>, tolerance: f64) -> f64 {
    let problem = sums.problem;
    let moment = || {
        let (mut excess, mut total) = (0.0, 0.0);
        for (row, (y, mean)) in problem.y.iter().zip(mu).enumerate() {
            let weight = problem.weight(row);
            excess += weight * (((y - mean) / mean).powi(2) - 1.0 / mean);
            total += weight;
        }
        total / excess.max(total / MAX_THETA)
    };
    let mut theta = start.unwrap_or_else(moment).clamp(MIN_THETA, MAX_THETA);
    for _ in 0..60 {
        let (score, curvature) = slope_and_bend(sums, mu, theta);
        // On the log scale: d/dlogθ = θ·score, d²/dlogθ² = θ·score + θ²·curvature.
        let first = theta * score;
        let second = first + theta * theta * curvature;
        let step = if second < 0.0 {
            (-first / second).clamp(-2.0, 2.0)
        } else {
            first.signum()
        };
        let next = (theta * step.exp()).clamp(MIN_THETA, MAX_THETA);
        if (next / theta).ln().abs() < tolerance {
            return next;
        }
        theta = next;
        if theta >= MAX_THETA {
            return MAX_THETA;
        }
    }
    theta
}

/// Newton's steps on coefficients and log θ together from near the maximum, where alternating
/// between them is slow: the place reached once no step moves by more than 1e-11 on the scale of the
/// linear predictor, or where the likelihood stops rising; and whether the steps had become small.
/// A θ at its limit is left there.
fn polished(sums: &GammaSums<'_>, coefficients: &[f64], theta: f64) -> (Vec<f64>, f64, bool) {
    let problem = sums.problem;
    let design = problem.design;
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut at = coefficients.to_vec();
    at.push(theta.ln());
    let mut eta = vec![0.0; n];
    let mut mean_of = |at: &[f64], mu: &mut [f64]| {
        design.predict(&at[..k], problem.offset, &mut eta);
        means(&eta, mu);
    };
    let (mut mu, mut next_mu) = (vec![0.0; n], vec![0.0; n]);
    mean_of(&at, &mut mu);
    let mut height = kernel(sums, &mu, Some(theta));
    let (mut slopes, mut bends, mut crosses) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut bent = vec![0.0; n];
    let mut small = false;
    for _ in 0..20 {
        let theta = at[k].exp();
        if theta >= MAX_THETA / 10.0 {
            break;
        }
        for row in 0..n {
            let (y, mean, weight) = (problem.y[row], mu[row], problem.weight(row));
            let share = theta / (mean + theta);
            slopes[row] = weight * (y - mean) * share;
            bends[row] = weight * mean * (y + theta) * share / (mean + theta);
            crosses[row] = weight * (y - mean) * mean * share / (mean + theta);
        }
        let mut gradient = DVector::<f64>::zeros(k + 1);
        let mut curvature = DMatrix::<f64>::zeros(k + 1, k + 1);
        for i in 0..k {
            let left = design.column(i);
            gradient[i] = dot(&slopes, left);
            curvature[(k, i)] = -dot(&crosses, left);
            for ((bent, bend), x) in bent.iter_mut().zip(&bends).zip(left) {
                *bent = bend * x;
            }
            for j in 0..=i {
                curvature[(i, j)] = dot(&bent, design.column(j));
            }
        }
        let (score, second) = slope_and_bend(sums, &mu, theta);
        gradient[k] = theta * score;
        curvature[(k, k)] = -(theta * score + theta * theta * second);
        // Units of the columns must not decide whether the factorisation succeeds.
        let scales: Vec<f64> = (0..=k)
            .map(|i| 1.0 / curvature[(i, i)].abs().sqrt().max(f64::MIN_POSITIVE))
            .collect();
        let scaled = DMatrix::from_fn(k + 1, k + 1, |i, j| {
            curvature[(i.max(j), i.min(j))] * scales[i] * scales[j]
        });
        let Some(factor) = scaled.cholesky() else {
            break;
        };
        let step = factor.solve(&DVector::from_fn(k + 1, |i, _| gradient[i] * scales[i]));
        let next: Vec<f64> = (0..=k).map(|i| at[i] + scales[i] * step[i]).collect();
        mean_of(&next, &mut next_mu);
        let next_height = kernel(sums, &next_mu, Some(next[k].exp()));
        if next_height.is_nan() || next_height < height - 1e-9 * (height.abs() + 1.0) {
            break;
        }
        // The step in units of standard errors, near enough.
        small = step.amax() < 1e-7;
        at = next;
        std::mem::swap(&mut mu, &mut next_mu);
        height = next_height;
        if step.amax() < 1e-11 {
            break;
        }
    }
    let theta = at[k].exp();
    at.truncate(k);
    (at, theta, small)
}

pub(super) fn fit_negative_binomial(problem: &Problem<'_>) -> Result<GlmFit, GlmError> {
    let sums = GammaSums::new(problem);
    let mut fit = fit_count(problem, None, None, Precision::Deviance)?;
    let mut theta: Option<f64> = None;
    let mut n_iterations = fit.n_iterations;
    // Rough at first: Newton's steps finish it. Where they don't, θ and the coefficients in turns do.
    for round in 0..MAX_ROUNDS {
        let tolerance = if round < 3 { ROUGH } else { 1e-11 };
        let next = theta_ml(&sums, &fit.fitted, theta, tolerance);
        let change = theta.map_or(f64::INFINITY, |theta| (next / theta).ln().abs());
        let at_limit = next >= MAX_THETA;
        if change < NEAR || at_limit {
            let (coefficients, polished, small) = if at_limit {
                (fit.coefficients.clone(), MAX_THETA, true)
            } else {
                polished(&sums, &fit.coefficients, next)
            };
            if small || change < SETTLED {
                let mut fit = fit_count(
                    problem,
                    Some(polished),
                    Some(&coefficients),
                    Precision::Deviance,
                )?;
                fit.n_iterations += n_iterations;
                fit.theta_origin = origin(&sums, &fit.fitted, polished);
                return Ok(fit);
            }
        }
        let start = fit.coefficients;
        fit = fit_count(problem, Some(next), Some(&start), Precision::Deviance)?;
        n_iterations += fit.n_iterations;
        theta = Some(next);
    }
    Err(GlmError::NotConverged {
        iterations: n_iterations,
        column: "θ".to_owned(),
    })
}

fn origin(sums: &GammaSums<'_>, mu: &[f64], theta: f64) -> ThetaOrigin {
    let (_, curvature) = slope_and_bend(sums, mu, theta);
    if theta < MAX_THETA / 10.0 && curvature < 0.0 {
        ThetaOrigin::Estimated {
            se: (-curvature).sqrt().recip(),
        }
    } else {
        ThetaOrigin::PoissonLimit
    }
}
