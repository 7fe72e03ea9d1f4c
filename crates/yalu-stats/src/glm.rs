//! Generalised linear models by iteratively reweighted least squares.

use statrs::function::gamma::{digamma, ln_gamma};

use crate::design::{Design, DesignError};
use crate::linalg::WeightedQr;

const MAX_ITERATIONS: usize = 60;
const TOLERANCE: f64 = 1e-10;
/// A linear predictor further than this from its offset is a mean that runs to zero or infinity.
const SEPARATION: f64 = 18.0;
/// Above this, a negative binomial can't be told from a Poisson.
const MAX_THETA: f64 = 1e6;

/// How figures vary about their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Constant variance, identity link.
    Gaussian,
    /// Variance φμ, log link; φ from the Pearson residuals.
    QuasiPoisson,
    /// Variance μ + μ²/θ (NB2), log link; θ by maximum likelihood. statrs and others call θ the
    /// number of failures r; R's MASS calls it theta.
    NegativeBinomial,
}

/// Why a model can't be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GlmError {
    /// Vectors of different lengths.
    #[error("{what} has {got} rows, the design has {needed}")]
    Length {
        /// Which vector.
        what: &'static str,
        /// Rows of the design.
        needed: usize,
        /// Rows of the vector.
        got: usize,
    },
    /// Too few rows for the columns.
    #[error("{got} rows are too few for {columns} columns; at least {needed} are needed")]
    TooShort {
        /// Rows needed.
        needed: usize,
        /// Rows there are.
        got: usize,
        /// Columns.
        columns: usize,
    },
    /// A value that isn't a finite number.
    #[error("{what} in row {row} is not a finite number")]
    NotFinite {
        /// Which vector.
        what: &'static str,
        /// The row, from 0.
        row: usize,
    },
    /// A count below zero.
    #[error("the count in row {row} is {value}; counts can't be negative")]
    NegativeCount {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// No event at all.
    #[error("every count is zero; a rate can't be estimated")]
    AllZero,
    /// A column that others make up.
    #[error("column `{column}` is a combination of the columns before it; leave it out")]
    Collinear {
        /// The column.
        column: String,
    },
    /// A coefficient that runs to infinity: counts are zero wherever its column acts.
    #[error("column `{column}` separates the counts: its effect runs to infinity")]
    Separation {
        /// The column with the largest coefficient.
        column: String,
    },
    /// The iterations didn't settle.
    #[error("the fit did not settle after {iterations} iterations")]
    NotConverged {
        /// Iterations made.
        iterations: usize,
    },
    /// A column of a derived design is faulty.
    #[error(transparent)]
    Design(#[from] DesignError),
}

/// A fitted model. Vectors over rows have the design's length, over columns its number of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct GlmFit {
    /// The family.
    pub family: Family,
    /// The columns' names.
    pub names: Vec<String>,
    /// Coefficients on the scale of the linear predictor.
    pub coefficients: Vec<f64>,
    /// Their model-based covariance, k × k row-major: (X'WX)⁻¹ times the dispersion (1 for NB).
    pub covariance: Vec<f64>,
    /// Fitted means.
    pub fitted: Vec<f64>,
    /// Linear predictors, the offset included.
    pub linear_predictor: Vec<f64>,
    /// (y − μ)/√V(μ), without the dispersion; for the Gaussian y − μ.
    pub pearson_residuals: Vec<f64>,
    /// Working weights of the last iteration.
    pub weights: Vec<f64>,
    /// The deviance; for the Gaussian the residual sum of squares.
    pub deviance: f64,
    /// Σ pearson² / (n − k).
    pub dispersion: f64,
    /// θ of the negative binomial.
    pub theta: Option<f64>,
    /// The log-likelihood; none for quasi-Poisson.
    pub log_likelihood: Option<f64>,
    /// Iterations made.
    pub n_iterations: usize,
}

impl GlmFit {
    /// The quantity that nested fits are compared by: −2 log-likelihood for the negative binomial,
    /// the deviance otherwise.
    pub(crate) fn objective(&self) -> f64 {
        match (self.family, self.log_likelihood) {
            (Family::NegativeBinomial, Some(value)) => -2.0 * value,
            _ => self.deviance,
        }
    }
}

/// Fits E(y) = μ with g(μ) = X·b + offset.
///
/// `y`: n figures (counts for the count families; they need not be whole). `offset`: n, for counts
/// the logarithm of the exposure. `design`: n × k.
///
/// # Errors
/// [`GlmError`] where lengths differ, a value isn't finite, a count is negative, every count is
/// zero, a column is collinear or separates the counts, or the iterations don't settle.
///
/// # Source
/// McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed.; θ as in Venables and Ripley
/// (2002), Modern Applied Statistics with S, section 7.4.
pub fn fit_glm(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    family: Family,
) -> Result<GlmFit, GlmError> {
    check(y, offset, design, family)?;
    match family {
        Family::Gaussian => fit_gaussian(y, offset, design),
        Family::QuasiPoisson => fit_count(y, offset, design, family, None, None),
        Family::NegativeBinomial => fit_negative_binomial(y, offset, design),
    }
}

/// The same with θ held where it is given: what a bootstrap refits.
pub(crate) fn refit(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    family: Family,
    theta: Option<f64>,
    start: Option<&[f64]>,
) -> Result<GlmFit, GlmError> {
    match (family, theta) {
        (Family::Gaussian, _) => fit_gaussian(y, offset, design),
        (Family::NegativeBinomial, None) => fit_negative_binomial(y, offset, design),
        _ => fit_count(y, offset, design, family, theta, start),
    }
}

fn check(y: &[f64], offset: &[f64], design: &Design, family: Family) -> Result<(), GlmError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    for (what, vector) in [("the response", y), ("the offset", offset)] {
        if vector.len() != n {
            return Err(GlmError::Length {
                what,
                needed: n,
                got: vector.len(),
            });
        }
        if let Some(row) = vector.iter().position(|value| !value.is_finite()) {
            return Err(GlmError::NotFinite { what, row });
        }
    }
    if n <= k {
        return Err(GlmError::TooShort {
            needed: k + 1,
            got: n,
            columns: k,
        });
    }
    if family != Family::Gaussian {
        if let Some(row) = y.iter().position(|value| *value < 0.0) {
            return Err(GlmError::NegativeCount { row, value: y[row] });
        }
        if y.iter().all(|value| *value == 0.0) {
            return Err(GlmError::AllZero);
        }
    }
    Ok(())
}

fn collinear(design: &Design, column: usize) -> GlmError {
    GlmError::Collinear {
        column: design.names()[column].clone(),
    }
}

fn fit_gaussian(y: &[f64], offset: &[f64], design: &Design) -> Result<GlmFit, GlmError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let ones = vec![1.0; n];
    let qr = WeightedQr::new(design, &ones).map_err(|column| collinear(design, column))?;
    let response: Vec<f64> = y.iter().zip(offset).map(|(y, offset)| y - offset).collect();
    let coefficients = qr.solve(&response);
    let linear_predictor: Vec<f64> = design
        .times(&coefficients)
        .iter()
        .zip(offset)
        .map(|(eta, offset)| eta + offset)
        .collect();
    let residuals: Vec<f64> = y
        .iter()
        .zip(&linear_predictor)
        .map(|(y, mean)| y - mean)
        .collect();
    let deviance: f64 = residuals.iter().map(|one| one * one).sum();
    let dispersion = deviance / (n - k) as f64;
    let nf = n as f64;
    let log_likelihood = (deviance > 0.0)
        .then(|| -0.5 * nf * ((2.0 * std::f64::consts::PI * deviance / nf).ln() + 1.0));
    Ok(GlmFit {
        family: Family::Gaussian,
        names: design.names().to_vec(),
        covariance: qr
            .inverse_gram()
            .iter()
            .map(|one| one * dispersion)
            .collect(),
        coefficients,
        fitted: linear_predictor.clone(),
        linear_predictor,
        pearson_residuals: residuals,
        weights: ones,
        deviance,
        dispersion,
        theta: None,
        log_likelihood,
        n_iterations: 1,
    })
}

/// Twice the log-likelihood ratio of one row against a perfect fit; θ infinite for Poisson.
fn unit_deviance(y: f64, mean: f64, theta: Option<f64>) -> f64 {
    let saturated = if y > 0.0 { y * (y / mean).ln() } else { 0.0 };
    match theta {
        None => 2.0 * (saturated - (y - mean)),
        Some(theta) => 2.0 * (saturated - (y + theta) * ((y + theta) / (mean + theta)).ln()),
    }
}

fn total_deviance(y: &[f64], means: &[f64], theta: Option<f64>) -> f64 {
    y.iter()
        .zip(means)
        .map(|(y, mean)| unit_deviance(*y, *mean, theta))
        .sum()
}

fn means(eta: &[f64]) -> Vec<f64> {
    eta.iter()
        .map(|eta| eta.clamp(-300.0, 300.0).exp())
        .collect()
}

/// IRLS at a fixed θ, with step halving.
fn fit_count(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    family: Family,
    theta: Option<f64>,
    start: Option<&[f64]>,
) -> Result<GlmFit, GlmError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut coefficients = match start {
        Some(start) if start.len() == k => start.to_vec(),
        _ => {
            let events: f64 = y.iter().sum();
            let exposure: f64 = offset.iter().map(|one| one.exp()).sum();
            let mut first = vec![0.0; k];
            first[0] = (events / exposure).ln();
            first
        }
    };
    let predictor = |coefficients: &[f64]| -> Vec<f64> {
        design
            .times(coefficients)
            .iter()
            .zip(offset)
            .map(|(eta, offset)| eta + offset)
            .collect()
    };
    let mut eta = predictor(&coefficients);
    let mut mu = means(&eta);
    let mut deviance = total_deviance(y, &mu, theta);
    let mut n_iterations = 0;
    let mut settled = false;
    while n_iterations < MAX_ITERATIONS {
        n_iterations += 1;
        let root: Vec<f64> = mu
            .iter()
            .map(|mean| working_weight(*mean, theta).sqrt())
            .collect();
        let response: Vec<f64> = (0..n)
            .map(|row| root[row] * (eta[row] - offset[row] + (y[row] - mu[row]) / mu[row]))
            .collect();
        let qr = WeightedQr::new(design, &root).map_err(|column| collinear(design, column))?;
        let proposal = qr.solve(&response);
        let mut share = 1.0;
        let previous = deviance;
        loop {
            let trial: Vec<f64> = coefficients
                .iter()
                .zip(&proposal)
                .map(|(old, new)| old + share * (new - old))
                .collect();
            let trial_eta = predictor(&trial);
            let trial_mu = means(&trial_eta);
            let trial_deviance = total_deviance(y, &trial_mu, theta);
            if trial_deviance.is_finite()
                && trial_deviance <= previous + 1e-8 * (previous.abs() + 1.0)
            {
                (coefficients, eta, mu, deviance) = (trial, trial_eta, trial_mu, trial_deviance);
                break;
            }
            share /= 2.0;
            if share < 1e-6 {
                return Err(GlmError::NotConverged {
                    iterations: n_iterations,
                });
            }
        }
        if (previous - deviance).abs() <= TOLERANCE * (deviance.abs() + 0.1) {
            settled = true;
            break;
        }
    }
    let far = (1..k)
        .filter(|&column| {
            let reach = design
                .column(column)
                .iter()
                .fold(0.0_f64, |most, one| most.max(one.abs()));
            coefficients[column].abs() * reach > SEPARATION
        })
        .max_by(|a, b| coefficients[*a].abs().total_cmp(&coefficients[*b].abs()));
    if let Some(column) = far {
        return Err(GlmError::Separation {
            column: design.names()[column].clone(),
        });
    }
    if !settled {
        return Err(GlmError::NotConverged {
            iterations: n_iterations,
        });
    }
    let weights: Vec<f64> = mu.iter().map(|mean| working_weight(*mean, theta)).collect();
    let root: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let qr = WeightedQr::new(design, &root).map_err(|column| collinear(design, column))?;
    let pearson: Vec<f64> = (0..n)
        .map(|row| (y[row] - mu[row]) / mu[row] * root[row])
        .collect();
    let dispersion = pearson.iter().map(|one| one * one).sum::<f64>() / (n - k) as f64;
    let scale = if theta.is_some() { 1.0 } else { dispersion };
    Ok(GlmFit {
        family,
        names: design.names().to_vec(),
        covariance: qr.inverse_gram().iter().map(|one| one * scale).collect(),
        coefficients,
        linear_predictor: eta,
        pearson_residuals: pearson,
        weights,
        deviance,
        dispersion,
        theta,
        log_likelihood: theta.map(|theta| log_likelihood(y, &mu, theta)),
        n_iterations,
        fitted: mu,
    })
}

fn working_weight(mean: f64, theta: Option<f64>) -> f64 {
    match theta {
        None => mean,
        Some(theta) => mean / (1.0 + mean / theta),
    }
}

/// The NB2 log-likelihood at means `mu`.
fn log_likelihood(y: &[f64], mu: &[f64], theta: f64) -> f64 {
    y.iter()
        .zip(mu)
        .map(|(y, mean)| {
            let log_mean = if *y > 0.0 {
                y * (mean / (mean + theta)).ln()
            } else {
                0.0
            };
            ln_gamma(y + theta)
                - ln_gamma(theta)
                - ln_gamma(y + 1.0)
                - theta * (mean / theta).ln_1p()
                + log_mean
        })
        .sum()
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

/// θ by maximum likelihood at fixed means: Newton on log θ from a moment start.
fn theta_ml(y: &[f64], mu: &[f64], start: Option<f64>) -> f64 {
    let moment = || {
        let excess: f64 = y
            .iter()
            .zip(mu)
            .map(|(y, mean)| ((y - mean) / mean).powi(2) - 1.0 / mean)
            .sum();
        y.len() as f64 / excess.max(y.len() as f64 / MAX_THETA)
    };
    let mut theta = start.unwrap_or_else(moment).clamp(1e-3, MAX_THETA);
    for _ in 0..60 {
        let (mut score, mut curvature) = (0.0, 0.0);
        for (y, mean) in y.iter().zip(mu) {
            score += digamma(y + theta) - digamma(theta) + (theta / (mean + theta)).ln() + 1.0
                - (y + theta) / (mean + theta);
            curvature += trigamma(y + theta) - trigamma(theta) + 1.0 / theta - 2.0 / (mean + theta)
                + (y + theta) / (mean + theta).powi(2);
        }
        // On the log scale: d/dlogθ = θ·score, d²/dlogθ² = θ·score + θ²·curvature.
        let first = theta * score;
        let second = first + theta * theta * curvature;
        let step = if second < 0.0 {
            (-first / second).clamp(-2.0, 2.0)
        } else {
            first.signum()
        };
        let next = (theta * step.exp()).clamp(1e-3, MAX_THETA);
        if (next / theta).ln().abs() < 1e-11 {
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
/// between them is slow: the place reached once no step moves by more than 1e-11, or where the
/// likelihood stops rising. A θ at its limit is left there.
fn polished(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    coefficients: &[f64],
    theta: f64,
) -> (Vec<f64>, f64) {
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut at = coefficients.to_vec();
    at.push(theta.ln());
    let mean_of = |at: &[f64]| -> Vec<f64> {
        let eta: Vec<f64> = design
            .times(&at[..k])
            .iter()
            .zip(offset)
            .map(|(eta, offset)| eta + offset)
            .collect();
        means(&eta)
    };
    let mut mu = mean_of(&at);
    let mut height = log_likelihood(y, &mu, theta);
    for _ in 0..20 {
        let theta = at[k].exp();
        if theta >= MAX_THETA / 10.0 {
            break;
        }
        let mut gradient = nalgebra::DVector::<f64>::zeros(k + 1);
        let mut curvature = nalgebra::DMatrix::<f64>::zeros(k + 1, k + 1);
        for row in 0..n {
            let (y, mean) = (y[row], mu[row]);
            let share = theta / (mean + theta);
            let slope = (y - mean) * share;
            let bend = mean * (y + theta) * share / (mean + theta);
            let cross = (y - mean) * mean * share / (mean + theta);
            for i in 0..k {
                let left = design.column(i)[row];
                gradient[i] += slope * left;
                curvature[(i, k)] -= cross * left;
                for j in 0..=i {
                    curvature[(i, j)] += bend * left * design.column(j)[row];
                }
            }
            let score = digamma(y + theta) - digamma(theta) + share.ln() + 1.0
                - (y + theta) / (mean + theta);
            let second = trigamma(y + theta) - trigamma(theta) + 1.0 / theta - 2.0 / (mean + theta)
                + (y + theta) / (mean + theta).powi(2);
            gradient[k] += theta * score;
            curvature[(k, k)] -= theta * score + theta * theta * second;
        }
        for i in 0..k {
            for j in 0..i {
                curvature[(j, i)] = curvature[(i, j)];
            }
            curvature[(k, i)] = curvature[(i, k)];
        }
        let Some(factor) = curvature.cholesky() else {
            break;
        };
        let step = factor.solve(&gradient);
        let next: Vec<f64> = at.iter().zip(step.iter()).map(|(a, b)| a + b).collect();
        let next_mu = mean_of(&next);
        let next_height = log_likelihood(y, &next_mu, next[k].exp());
        if next_height.is_nan() || next_height < height - 1e-9 * (height.abs() + 1.0) {
            break;
        }
        (at, mu, height) = (next, next_mu, next_height);
        if step.amax() < 1e-11 {
            break;
        }
    }
    let theta = at[k].exp();
    at.truncate(k);
    (at, theta)
}

fn fit_negative_binomial(y: &[f64], offset: &[f64], design: &Design) -> Result<GlmFit, GlmError> {
    let poisson = fit_count(y, offset, design, Family::NegativeBinomial, None, None)?;
    let mut fit = poisson;
    let mut theta: Option<f64> = None;
    let mut n_iterations = fit.n_iterations;
    for _ in 0..MAX_ITERATIONS {
        let next = theta_ml(y, &fit.fitted, theta);
        let start = fit.coefficients.clone();
        fit = fit_count(
            y,
            offset,
            design,
            Family::NegativeBinomial,
            Some(next),
            Some(&start),
        )?;
        n_iterations += fit.n_iterations;
        if theta.is_some_and(|theta| (next / theta).ln().abs() < 1e-4) {
            let (coefficients, next) = polished(y, offset, design, &fit.coefficients, next);
            fit = fit_count(
                y,
                offset,
                design,
                Family::NegativeBinomial,
                Some(next),
                Some(&coefficients),
            )?;
            fit.n_iterations += n_iterations;
            return Ok(fit);
        }
        theta = Some(next);
    }
    Err(GlmError::NotConverged {
        iterations: n_iterations,
    })
}
