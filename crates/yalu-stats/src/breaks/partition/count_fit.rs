//! Counts of one segment: its maximum likelihood at a given θ.

use statrs::function::gamma::{digamma, ln_gamma};

use super::givens::Givens;
use crate::glm::GlmError;

const MAX_ITERATIONS: usize = 60;
const TOLERANCE: f64 = 1e-11;
/// An effect larger than this on the log scale is one that runs to infinity.
const SEPARATION: f64 = 18.0;
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

impl Counts<'_> {
    pub(super) fn x_row(&self, row: usize) -> &[f64] {
        &self.x[row * self.k..(row + 1) * self.k]
    }

    /// Twice the log-likelihood ratio of a row against a perfect fit; no θ for Poisson.
    fn unit_deviance(&self, row: usize, mean: f64, theta: Option<f64>) -> f64 {
        let y = self.y[row];
        let saturated = if y > 0.0 { y * (y / mean).ln() } else { 0.0 };
        match theta {
            None => 2.0 * (saturated - (y - mean)),
            Some(theta) => 2.0 * (saturated - (y + theta) * ((y - mean) / (mean + theta)).ln_1p()),
        }
    }

    /// The deviance at means; a mean of 0 for a count of 0 adds nothing.
    pub(super) fn deviance(&self, means: &[f64], theta: Option<f64>) -> f64 {
        means
            .iter()
            .enumerate()
            .map(|(row, &mean)| self.unit_deviance(row, mean, theta))
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

    /// Fits rows `first` to `last` by iteratively reweighted least squares with step halving, from
    /// coefficients near the place; gives the deviance.
    pub(super) fn fit(
        &self,
        first: usize,
        last: usize,
        theta: Option<f64>,
        coefficients: &mut Vec<f64>,
        work: &mut Givens,
    ) -> Result<f64, GlmError> {
        let eta = |coefficients: &[f64], row: usize| -> f64 {
            let product: f64 = self
                .x_row(row)
                .iter()
                .zip(coefficients)
                .map(|(x, b)| x * b)
                .sum();
            (self.offset[row] + product).clamp(-300.0, 300.0)
        };
        let deviance_at = |coefficients: &[f64]| -> f64 {
            (first..=last)
                .map(|row| self.unit_deviance(row, eta(coefficients, row).exp(), theta))
                .sum()
        };
        let mut deviance = deviance_at(coefficients);
        let mut weighted = vec![0.0; self.k];
        for n_iterations in 1..=MAX_ITERATIONS {
            work.clear();
            for row in first..=last {
                let eta = eta(coefficients, row);
                let mean = eta.exp();
                let root = match theta {
                    None => mean.sqrt(),
                    Some(theta) => (mean / (1.0 + mean / theta)).sqrt(),
                };
                for (weighted, x) in weighted.iter_mut().zip(self.x_row(row)) {
                    *weighted = root * x;
                }
                let working = eta - self.offset[row] + (self.y[row] - mean) / mean;
                work.add(&weighted, root * working);
            }
            if let Some(column) = work.collinear() {
                return Err(GlmError::Collinear {
                    column: self.names[column].clone(),
                });
            }
            let proposal = work.coefficients();
            let previous = deviance;
            let mut share = 1.0;
            loop {
                let trial: Vec<f64> = coefficients
                    .iter()
                    .zip(&proposal)
                    .map(|(old, new)| old + share * (new - old))
                    .collect();
                let reached = deviance_at(&trial);
                if reached.is_finite() && reached <= previous + 1e-8 * (previous.abs() + 1.0) {
                    (*coefficients, deviance) = (trial, reached);
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
                return match self.separated(first, last, coefficients) {
                    Some(column) => Err(GlmError::Separation {
                        column: self.names[column].clone(),
                    }),
                    None => Ok(deviance.max(0.0)),
                };
            }
        }
        Err(match self.separated(first, last, coefficients) {
            Some(column) => GlmError::Separation {
                column: self.names[column].clone(),
            },
            None => GlmError::NotConverged {
                iterations: MAX_ITERATIONS,
            },
        })
    }

    /// The column whose effect has run off furthest, the level aside.
    fn separated(&self, first: usize, last: usize, coefficients: &[f64]) -> Option<usize> {
        let effect = |column: usize| {
            let reach = (first..=last)
                .map(|row| self.x_row(row)[column].abs())
                .fold(0.0, f64::max);
            coefficients[column].abs() * reach
        };
        (1..self.k)
            .filter(|&column| effect(column) > SEPARATION)
            .max_by(|a, b| effect(*a).total_cmp(&effect(*b)))
    }
}

/// How a segment's deviance is found.
enum Way {
    /// A level of a Poisson: in closed form from sums.
    PoissonLevel,
    /// A level of a negative binomial with one exposure throughout: in closed form from sums.
    EqualLevel,
    /// A level of a negative binomial: Newton's steps on one number.
    Level,
    /// Any design.
    Any,
}

/// Deviances of segments, a start at a time.
pub(super) struct SegmentDeviances<'a> {
    counts: &'a Counts<'a>,
    theta: Option<f64>,
    way: Way,
    work: Givens,
    /// Segments without a fit, and the first of them.
    pub(super) n_unfitted: usize,
    pub(super) first_unfitted: Option<(usize, usize, GlmError)>,
}

impl<'a> SegmentDeviances<'a> {
    pub(super) fn new(counts: &'a Counts<'a>, theta: Option<f64>) -> Self {
        let level = counts.k == 1;
        let equal = counts
            .exposure
            .iter()
            .all(|one| one.to_bits() == counts.exposure[0].to_bits());
        Self {
            counts,
            theta,
            way: match (level, theta) {
                (true, None) => Way::PoissonLevel,
                (true, Some(_)) if equal => Way::EqualLevel,
                (true, Some(_)) => Way::Level,
                (false, _) => Way::Any,
            },
            work: Givens::new(counts.k),
            n_unfitted: 0,
            first_unfitted: None,
        }
    }

    /// Writes the deviances of the segments that begin at `start` and have `segment`,
    /// `segment + 1`, … periods. Where every count is zero the rate is 0 and so is the deviance,
    /// the limit that the likelihood rises to. Infinite where the segment can't be fitted.
    pub(super) fn fill(&mut self, start: usize, segment: usize, out: &mut [f64]) {
        let counts = self.counts;
        let log = |value: f64| if value > 0.0 { value.ln() } else { 0.0 };
        let (mut events, mut exposure, mut saturated) = (0.0, 0.0, 0.0);
        let mut coefficients: Option<Vec<f64>> = None;
        let mut level: Option<f64> = None;
        let theta = self.theta.unwrap_or(f64::INFINITY);
        let stop = start + segment - 1 + out.len();
        for last in start..stop {
            let (y, own) = (counts.y[last], counts.exposure[last]);
            events += y;
            exposure += own;
            saturated += match self.way {
                Way::PoissonLevel => y * log(y / own),
                Way::EqualLevel => y * log(y) - (y + theta) * (y + theta).ln(),
                _ => 0.0,
            };
            let Some(place) = (last + 1 - start).checked_sub(segment) else {
                continue;
            };
            out[place] = if events == 0.0 {
                0.0
            } else {
                match self.way {
                    Way::PoissonLevel => {
                        (2.0 * (saturated - events * log(events / exposure))).max(0.0)
                    }
                    Way::EqualLevel => {
                        let n = (last + 1 - start) as f64;
                        let mean = events / n;
                        let spread = (events + n * theta) * (mean + theta).ln();
                        (2.0 * (saturated - events * log(mean) + spread)).max(0.0)
                    }
                    Way::Level => {
                        let from = level.unwrap_or_else(|| (events / exposure).ln());
                        let found = counts.level(start, last, theta, from);
                        level = Some(found);
                        (start..=last)
                            .map(|row| {
                                let mean = counts.exposure[row] * found.exp();
                                counts.unit_deviance(row, mean, self.theta)
                            })
                            .sum::<f64>()
                            .max(0.0)
                    }
                    Way::Any => {
                        let from = coefficients
                            .take()
                            .unwrap_or_else(|| counts.start(events, exposure));
                        let mut at = from;
                        match counts.fit(start, last, self.theta, &mut at, &mut self.work) {
                            Ok(deviance) => {
                                coefficients = Some(at);
                                deviance
                            }
                            Err(reason) => {
                                self.n_unfitted += 1;
                                self.first_unfitted.get_or_insert((start, last, reason));
                                f64::INFINITY
                            }
                        }
                    }
                }
            };
        }
    }
}

impl Counts<'_> {
    /// Coefficients that give the overall rate.
    pub(super) fn start(&self, events: f64, exposure: f64) -> Vec<f64> {
        let mut first = vec![0.0; self.k];
        first[0] = (events / exposure).ln();
        first
    }

    /// The log rate of a negative binomial with a level only, where there are events.
    fn level(&self, first: usize, last: usize, theta: f64, from: f64) -> f64 {
        let mut level = from;
        for _ in 0..MAX_ITERATIONS {
            let rate = level.exp();
            let (mut slope, mut bend) = (0.0, 0.0);
            for row in first..=last {
                let mean = self.exposure[row] * rate;
                let share = theta / (mean + theta);
                slope += (self.y[row] - mean) * share;
                bend += mean * (self.y[row] + theta) * share / (mean + theta);
            }
            // The log-likelihood is concave in the log rate.
            let step = (slope / bend).clamp(-2.0, 2.0);
            level += step;
            if step.abs() < 1e-9 {
                break;
            }
        }
        level
    }
}
