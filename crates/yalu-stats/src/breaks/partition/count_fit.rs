//! Counts of one segment: its maximum likelihood at a given θ.

use statrs::function::gamma::{digamma, ln_gamma};

use super::givens::Givens;
use crate::glm::GlmError;

const MAX_ITERATIONS: usize = 60;
/// A log rate further than this from the overall one is one that runs to infinity; one further than
/// `SUSPECT` may still be on its way there, so its steps are taken to the `FINE` tolerance.
const SEPARATION: f64 = 18.0;
const SUSPECT: f64 = 8.0;
const FINE: f64 = 1e-12;
/// Above this, a negative binomial can't be told from a Poisson.
pub(super) const MAX_THETA: f64 = 1e6;
const MIN_THETA: f64 = 1e-3;

/// Counts, exposures and columns by rows, checked.
pub(super) struct Counts<'a> {
    pub(super) y: &'a [f64],
    pub(super) offset: &'a [f64],
    pub(super) exposure: Vec<f64>,
    /// n × k row-major.
    pub(super) x: Vec<f64>,
    pub(super) k: usize,
    pub(super) names: &'a [String],
}

/// Room for a fit.
pub(super) struct Work {
    givens: Givens,
    /// Lower triangle of X'WX, k × k row-major, then its Cholesky factor.
    gram: Vec<f64>,
    score: Vec<f64>,
    step: Vec<f64>,
    trial: Vec<f64>,
    now: Vec<f64>,
    next: Vec<f64>,
}

impl Work {
    pub(super) fn new(k: usize) -> Self {
        Self {
            givens: Givens::new(k),
            gram: vec![0.0; k * k],
            score: vec![0.0; k],
            step: vec![0.0; k],
            trial: vec![0.0; k],
            now: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Solves for the step by Cholesky; false where a pivot is too small to trust.
    fn solve(&mut self, k: usize) -> bool {
        let gram = &mut self.gram;
        for i in 0..k {
            let whole = gram[i * k + i];
            for j in 0..=i {
                let known: f64 = (0..j).map(|l| gram[i * k + l] * gram[j * k + l]).sum();
                let value = gram[i * k + j] - known;
                if i == j {
                    let trusted = value > 1e-10 * whole;
                    if !trusted {
                        return false;
                    }
                    gram[i * k + i] = value.sqrt();
                } else {
                    gram[i * k + j] = value / gram[j * k + j];
                }
            }
        }
        for i in 0..k {
            let known: f64 = (0..i).map(|l| gram[i * k + l] * self.step[l]).sum();
            self.step[i] = (self.score[i] - known) / gram[i * k + i];
        }
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|l| gram[l * k + i] * self.step[l]).sum();
            self.step[i] = (self.step[i] - known) / gram[i * k + i];
        }
        true
    }
}

impl Counts<'_> {
    pub(super) fn x_row(&self, row: usize) -> &[f64] {
        &self.x[row * self.k..(row + 1) * self.k]
    }

    /// The deviance at means; a mean of 0 for a count of 0 adds nothing.
    pub(super) fn deviance(&self, means: &[f64], theta: Option<f64>) -> f64 {
        means
            .iter()
            .enumerate()
            .map(|(row, &mean)| {
                // A mean of 0 belongs to a count of 0, where the logarithm doesn't count.
                let eta = if mean > 0.0 { mean.ln() } else { 0.0 };
                2.0 * (self.saturated(row, theta) - self.kernel(row, eta, mean, theta))
            })
            .sum::<f64>()
            .max(0.0)
    }

    /// The log-likelihood at means; a mean of 0 gives a count of 0 for certain.
    pub(super) fn log_likelihood(&self, means: &[f64], theta: Option<f64>) -> f64 {
        self.y
            .iter()
            .zip(means)
            .map(|(&y, &mean)| {
                let log_mean = |mean: f64| if y > 0.0 { y * mean.ln() } else { 0.0 };
                match theta {
                    None => log_mean(mean) - mean - ln_gamma(y + 1.0),
                    Some(theta) => {
                        ln_gamma(y + theta)
                            - ln_gamma(theta)
                            - ln_gamma(y + 1.0)
                            - theta * (mean / theta).ln_1p()
                            + log_mean(mean / (mean + theta))
                    }
                }
            })
            .sum()
    }

    /// θ with the greatest likelihood at given means, between 0.001 and a million.
    pub(super) fn theta(&self, means: &[f64]) -> f64 {
        let slope = |theta: f64| -> f64 {
            self.y
                .iter()
                .zip(means)
                .map(|(y, mean)| {
                    let gamma = if *y > 0.0 {
                        digamma(y + theta) - digamma(theta)
                    } else {
                        0.0
                    };
                    gamma - (mean / theta).ln_1p() + (mean - y) / (mean + theta)
                })
                .sum()
        };
        let (mut low, mut high) = (MIN_THETA.ln(), MAX_THETA.ln());
        if slope(MAX_THETA) >= 0.0 {
            return MAX_THETA;
        }
        if slope(MIN_THETA) <= 0.0 {
            return MIN_THETA;
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if slope(middle.exp()) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        (0.5 * (low + high)).exp()
    }

    /// What a row adds to minus half its deviance at a linear predictor η and mean e^η, but for
    /// what depends on its count alone.
    pub(super) fn kernel(&self, row: usize, eta: f64, mean: f64, theta: Option<f64>) -> f64 {
        let y = self.y[row];
        match theta {
            None => y * eta - mean,
            Some(theta) => y * eta - (y + theta) * (mean / theta).ln_1p(),
        }
    }

    /// The kernel of a perfect fit.
    pub(super) fn saturated(&self, row: usize, theta: Option<f64>) -> f64 {
        let y = self.y[row];
        if y > 0.0 {
            self.kernel(row, y.ln(), y, theta)
        } else {
            0.0
        }
    }

    /// Fits rows `first` to `last` by Newton's steps with halving (Fisher scoring, which is
    /// iteratively reweighted least squares), from coefficients near the place, until a step
    /// changes the deviance by no more than `tolerance` of it; gives the deviance. Steps shrink
    /// quadratically, so the deviance is much closer than that.
    pub(super) fn fit(
        &self,
        first: usize,
        last: usize,
        theta: Option<f64>,
        mut tolerance: f64,
        coefficients: &mut [f64],
        work: &mut Work,
    ) -> Result<f64, GlmError> {
        let saturated: f64 = (first..=last).map(|row| self.saturated(row, theta)).sum();
        let mut height = self.predict(first, last, theta, coefficients, &mut work.now);
        for n_iterations in 1..=MAX_ITERATIONS {
            self.step(first, last, theta, work)?;
            let previous = height;
            let mut share = 1.0;
            loop {
                for ((trial, old), step) in work
                    .trial
                    .iter_mut()
                    .zip(coefficients.iter())
                    .zip(&work.step)
                {
                    *trial = old + share * step;
                }
                height = self.predict(first, last, theta, &work.trial, &mut work.next);
                if height.is_finite() && height >= previous - 1e-9 * (previous.abs() + 1.0) {
                    break;
                }
                share /= 2.0;
                if share < 1e-6 {
                    return Err(self.unsettled(n_iterations, &work.step));
                }
            }
            coefficients.copy_from_slice(&work.trial);
            std::mem::swap(&mut work.now, &mut work.next);
            let deviance = 2.0 * (saturated - height);
            // Sums of large counts can't settle closer than rounding lets them.
            let rounding = 1e-14 * height.abs().max(saturated.abs());
            if 2.0 * (height - previous).abs() <= tolerance * (deviance.abs() + 0.1) + rounding {
                let furthest = self.furthest(first, last, &work.now);
                if furthest > SEPARATION {
                    return Err(self.separating(first, last, coefficients));
                }
                if furthest < SUSPECT || tolerance <= FINE {
                    return Ok(deviance.max(0.0));
                }
                tolerance = FINE;
            }
        }
        if self.furthest(first, last, &work.now) > SEPARATION {
            return Err(self.separating(first, last, coefficients));
        }
        Err(self.unsettled(MAX_ITERATIONS, &work.step))
    }

    /// Writes means; gives the sum of kernels.
    fn predict(
        &self,
        first: usize,
        last: usize,
        theta: Option<f64>,
        coefficients: &[f64],
        means: &mut Vec<f64>,
    ) -> f64 {
        means.clear();
        let mut height = 0.0;
        for row in first..=last {
            let product: f64 = self
                .x_row(row)
                .iter()
                .zip(coefficients)
                .map(|(x, b)| x * b)
                .sum();
            let eta = (self.offset[row] + product).clamp(-300.0, 300.0);
            let mean = eta.exp();
            height += self.kernel(row, eta, mean, theta);
            means.push(mean);
        }
        height
    }

    /// The step from the means in `work`: by the normal equations, which only have to point
    /// uphill, since the score decides where the steps end; by rotations where these are close to
    /// singular.
    fn step(
        &self,
        first: usize,
        last: usize,
        theta: Option<f64>,
        work: &mut Work,
    ) -> Result<(), GlmError> {
        let k = self.k;
        let weight = |mean: f64| theta.map_or(mean, |theta| mean / (1.0 + mean / theta));
        work.gram.fill(0.0);
        work.score.fill(0.0);
        for (row, mean) in (first..=last).zip(&work.now) {
            let (weight, x) = (weight(*mean), self.x_row(row));
            let surplus = (self.y[row] - mean) / mean * weight;
            for i in 0..k {
                work.score[i] += surplus * x[i];
                let left = weight * x[i];
                for (sum, right) in work.gram[i * k..=i * k + i].iter_mut().zip(x) {
                    *sum += left * right;
                }
            }
        }
        if work.solve(k) {
            return Ok(());
        }
        work.givens.clear();
        for (row, mean) in (first..=last).zip(&work.now) {
            let root = weight(*mean).sqrt();
            for (weighted, x) in work.trial.iter_mut().zip(self.x_row(row)) {
                *weighted = root * x;
            }
            work.givens
                .add(&work.trial, root * (self.y[row] - mean) / mean);
        }
        if let Some(column) = work.givens.collinear() {
            return Err(GlmError::Collinear {
                column: self.names[column].clone(),
            });
        }
        work.step = work.givens.coefficients();
        Ok(())
    }

    /// How far below the overall rate the log rate of a row runs at most, or above.
    fn furthest(&self, first: usize, last: usize, means: &[f64]) -> f64 {
        let events: f64 = self.y[first..=last].iter().sum();
        let exposure: f64 = self.exposure[first..=last].iter().sum();
        let overall = events / exposure;
        means
            .iter()
            .zip(&self.exposure[first..=last])
            .map(|(mean, exposure)| (mean / exposure / overall).ln().abs())
            .fold(0.0, f64::max)
    }

    /// The column that moves the linear predictor most, the level aside.
    fn separating(&self, first: usize, last: usize, coefficients: &[f64]) -> GlmError {
        let effect = |column: usize| {
            let (low, high) = (first..=last)
                .map(|row| self.x_row(row)[column])
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                    (low.min(x), high.max(x))
                });
            (coefficients[column] * (high - low)).abs()
        };
        let column = (1..self.k)
            .max_by(|a, b| effect(*a).total_cmp(&effect(*b)))
            .unwrap_or(0);
        GlmError::Separation {
            column: self.names[column].clone(),
        }
    }

    fn unsettled(&self, iterations: usize, step: &[f64]) -> GlmError {
        let column = (0..self.k)
            .max_by(|a, b| step[*a].abs().total_cmp(&step[*b].abs()))
            .unwrap_or(0);
        GlmError::NotConverged {
            iterations,
            column: self.names[column].clone(),
        }
    }

    /// Coefficients that give the overall rate.
    pub(super) fn start(&self, events: f64, exposure: f64) -> Vec<f64> {
        let mut first = vec![0.0; self.k];
        first[0] = (events / exposure).ln();
        first
    }
}
