//! The Gibbs sampler: states, inclusions and coefficients together given the variances, then the
//! variances given the rest.
//!
//! Coefficients are drawn with the states integrated out (the filter's prediction errors of response
//! and controls make a plain regression), so that a control and a wandering level, which explain
//! much the same, do not slow the chain.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::state_space::{Gains, Initial, Scratch, Structure, Variances};

/// An inverse-gamma prior on a variance: a guess of the standard deviation, worth `df` observations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ScalePrior {
    pub(super) guess: f64,
    pub(super) df: f64,
    /// The largest standard deviation that may be drawn.
    pub(super) upper: f64,
}

/// The model of a standardised series with its priors.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) structure: Structure,
    /// The response before the intervention, 0 where not observed.
    pub(super) y: Vec<f64>,
    /// Which of them were observed.
    pub(super) observed: Vec<bool>,
    /// The controls over all periods.
    pub(super) x: Vec<Vec<f64>>,
    /// All periods.
    pub(super) n_periods: usize,
    pub(super) initial: Initial,
    pub(super) observation: ScalePrior,
    /// In the order of [`Structure::noisy`].
    pub(super) states: Vec<ScalePrior>,
    /// The coefficients' prior precision times the observation variance, controls × controls.
    pub(super) slab: Vec<f64>,
    /// The prior probability that a control is in; at 1 or above all are, always.
    pub(super) inclusion: f64,
}

/// What was drawn, draw after draw.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Draws {
    /// The response's mean by period, draws × periods.
    pub(super) signal: Vec<f64>,
    /// A response by period, its noise included, draws × periods.
    pub(super) predictive: Vec<f64>,
    /// draws × controls; exactly 0 where a control was left out.
    pub(super) coefficients: Vec<f64>,
    /// Standard deviation of the observations.
    pub(super) observation: Vec<f64>,
    /// Standard deviations of the states' innovations, draws × noisy states.
    pub(super) states: Vec<f64>,
}

/// Normal and gamma draws.
struct Source {
    rng: ChaCha8Rng,
    spare: Option<f64>,
}

impl Source {
    fn uniform(&mut self) -> f64 {
        // Never 0, whose logarithm is taken.
        1.0 - self.rng.random::<f64>()
    }

    /// Both of Box and Muller's (1958) pair.
    fn normal(&mut self) -> f64 {
        if let Some(value) = self.spare.take() {
            return value;
        }
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        let (sin, cos) = (2.0 * std::f64::consts::PI * self.uniform()).sin_cos();
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// Gamma of a shape and rate 1 (Marsaglia and Tsang 2000, ACM Transactions on Mathematical
    /// Software 26, 363–372).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let power = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * power;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let z = self.normal();
            let cube = (1.0 + c * z).powi(3);
            if cube > 0.0 && self.uniform().ln() < 0.5 * z * z + d - d * cube + d * cube.ln() {
                return d * cube;
            }
        }
    }

    /// A variance given `n` squares that sum to `square`, under a prior.
    fn variance(&mut self, prior: &ScalePrior, n: usize, square: f64) -> f64 {
        let shape = 0.5 * (prior.df + n as f64);
        let rate = 0.5 * (prior.df * prior.guess * prior.guess + square);
        let least = rate / (prior.upper * prior.upper);
        if least <= shape - 1.0 || least < 1e-3 {
            // The bound is on the thin side: most draws pass.
            loop {
                let draw = self.gamma(shape);
                if draw >= least {
                    return rate / draw;
                }
            }
        }
        if shape < 1.0 {
            // A falling density: an exponential from the bound on, thinned.
            loop {
                let draw = least - self.uniform().ln();
                if self.uniform().ln() <= (shape - 1.0) * (draw / least).ln() {
                    return rate / draw;
                }
            }
        }
        // Above the mode the logarithm of the density is below its tangent at the bound.
        let slope = 1.0 - (shape - 1.0) / least;
        loop {
            let draw = least - self.uniform().ln() / slope;
            let excess = (shape - 1.0) * ((draw / least).ln() - (draw - least) / least);
            if self.uniform().ln() <= excess {
                return rate / draw;
            }
        }
    }
}

/// The lower Cholesky factor of a row-major matrix in its own place; false where it has none.
pub(super) fn cholesky(matrix: &mut [f64], k: usize) -> bool {
    for j in 0..k {
        for i in j..k {
            let mut sum = matrix[i * k + j];
            for l in 0..j {
                sum -= matrix[i * k + l] * matrix[j * k + l];
            }
            if i == j {
                if sum.is_nan() || sum <= 0.0 {
                    return false;
                }
                matrix[j * k + j] = sum.sqrt();
            } else {
                matrix[i * k + j] = sum / matrix[j * k + j];
            }
        }
    }
    true
}

/// L⁻¹·b in place.
fn forward(factor: &[f64], k: usize, b: &mut [f64]) {
    for i in 0..k {
        let mut sum = b[i];
        for j in 0..i {
            sum -= factor[i * k + j] * b[j];
        }
        b[i] = sum / factor[i * k + i];
    }
}

/// L'⁻¹·b in place.
fn backward(factor: &[f64], k: usize, b: &mut [f64]) {
    for i in (0..k).rev() {
        let mut sum = b[i];
        for j in i + 1..k {
            sum -= factor[j * k + i] * b[j];
        }
        b[i] = sum / factor[i * k + i];
    }
}

fn half_log_det(factor: &[f64], k: usize) -> f64 {
    (0..k).map(|i| factor[i * k + i].ln()).sum()
}

/// The regression of the response's prediction errors on the controls', given the variances.
#[derive(Default)]
struct Regression {
    gram: Vec<f64>,
    cross: Vec<f64>,
    /// Places of the controls that are in.
    members: Vec<usize>,
    factor: Vec<f64>,
    prior_factor: Vec<f64>,
    solution: Vec<f64>,
}

impl Regression {
    /// Factors the posterior precision of the members; its log evidence beside the empty set's.
    fn factorise(&mut self, problem: &Problem, included: &[bool], observation: f64) -> f64 {
        let p = included.len();
        self.members.clear();
        self.members
            .extend((0..p).filter(|&control| included[control]));
        let k = self.members.len();
        self.factor.clear();
        self.prior_factor.clear();
        self.solution.clear();
        for &i in &self.members {
            for &j in &self.members {
                let prior = problem.slab[i * p + j] / observation;
                self.prior_factor.push(prior);
                self.factor.push(prior + self.gram[i * p + j]);
            }
            self.solution.push(self.cross[i]);
        }
        if !cholesky(&mut self.factor, k) || !cholesky(&mut self.prior_factor, k) {
            return f64::NEG_INFINITY;
        }
        forward(&self.factor, k, &mut self.solution);
        half_log_det(&self.prior_factor, k) - half_log_det(&self.factor, k)
            + 0.5 * self.solution.iter().map(|s| s * s).sum::<f64>()
    }
}

/// One chain.
pub(super) fn run_chain(
    problem: &Problem,
    seed: u64,
    chain: usize,
    n_burn_in: usize,
    n_draws: usize,
) -> Draws {
    let structure = problem.structure;
    let (n, all, p, d) = (
        problem.y.len(),
        problem.n_periods,
        problem.x.len(),
        structure.dim(),
    );
    let noisy = structure.noisy();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(chain as u64);
    let mut source = Source { rng, spare: None };
    // Chains begin far apart, so that their agreement says something.
    let apart = [1.0, 25.0, 0.04][chain % 3];
    let begin = |prior: &ScalePrior, by: f64| {
        (prior.guess * prior.guess * by).min(0.5 * prior.upper * prior.upper)
    };
    let mut variances = Variances {
        observation: begin(&problem.observation, 1.0 / apart),
        states: problem
            .states
            .iter()
            .map(|prior| begin(prior, apart))
            .collect(),
    };
    let always = problem.inclusion >= 1.0;
    let log_odds = if always {
        0.0
    } else {
        (problem.inclusion / (1.0 - problem.inclusion)).ln()
    };
    let mut included = vec![always || chain.is_multiple_of(2); p];
    let mut order: Vec<usize> = (0..p).collect();
    let n_observed = problem.observed.iter().filter(|seen| **seen).count();

    let mut scratch = Scratch::default();
    let mut gains = Gains::default();
    let mut regression = Regression {
        gram: vec![0.0; p * p],
        cross: vec![0.0; p],
        ..Regression::default()
    };
    let mut innovation = vec![0.0; n];
    let mut weighted = vec![0.0; n * p];
    let mut coefficients = vec![0.0; p];
    let mut explained = vec![0.0; all];
    let mut states = vec![0.0; n * d];
    let mut simulated = vec![0.0; n * d];
    let mut series = vec![0.0; n];
    let mut state = vec![0.0; d];
    let mut draws = Draws::default();
    draws.signal.reserve(n_draws * all);
    draws.predictive.reserve(n_draws * all);

    for sweep in 0..n_burn_in + n_draws {
        structure.gains(
            &variances,
            &problem.initial,
            &problem.observed,
            &mut gains,
            &mut scratch,
        );
        if p > 0 {
            // Prediction errors over √F: the states are integrated out.
            for (column, out) in problem.x.iter().zip(weighted.chunks_exact_mut(n)) {
                structure.innovations(&gains, &column[..n], None, out, &mut scratch);
                for (value, precision) in out.iter_mut().zip(&gains.precision) {
                    *value *= precision.sqrt();
                }
            }
            structure.innovations(
                &gains,
                &problem.y,
                Some(&problem.initial.mean),
                &mut innovation,
                &mut scratch,
            );
            for (value, precision) in innovation.iter_mut().zip(&gains.precision) {
                *value *= precision.sqrt();
            }
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            for i in 0..p {
                let column = &weighted[i * n..(i + 1) * n];
                for j in 0..=i {
                    let value = dot(column, &weighted[j * n..(j + 1) * n]);
                    regression.gram[i * p + j] = value;
                    regression.gram[j * p + i] = value;
                }
                regression.cross[i] = dot(column, &innovation);
            }
            let mut evidence = regression.factorise(problem, &included, variances.observation);
            if !always {
                for last in (1..p).rev() {
                    let other = source.rng.random_range(0..=last);
                    order.swap(last, other);
                }
                for &control in &order {
                    included[control] = !included[control];
                    let other = regression.factorise(problem, &included, variances.observation);
                    let odds = if included[control] {
                        log_odds
                    } else {
                        -log_odds
                    };
                    // Gibbs: the other state with its full conditional probability.
                    let change = other - evidence + odds;
                    if source.uniform() < 1.0 / (1.0 + (-change).exp()) {
                        evidence = other;
                    } else {
                        included[control] = !included[control];
                    }
                }
                regression.factorise(problem, &included, variances.observation);
            }
            let k = regression.members.len();
            for value in &mut regression.solution {
                *value += source.normal();
            }
            backward(&regression.factor, k, &mut regression.solution);
            coefficients.fill(0.0);
            explained.fill(0.0);
            for (&control, b) in regression.members.iter().zip(&regression.solution) {
                coefficients[control] = *b;
                for (sum, x) in explained.iter_mut().zip(&problem.x[control]) {
                    *sum += b * x;
                }
            }
        }

        // Durbin and Koopman (2002): simulate the model, smooth the difference, add it back.
        let noise = variances.observation.sqrt();
        let deviations: Vec<f64> = variances.states.iter().map(|v| v.sqrt()).collect();
        for (value, variance) in state.iter_mut().zip(&problem.initial.variance) {
            *value = variance.sqrt() * source.normal();
        }
        for t in 0..n {
            if t > 0 {
                structure.advance(&mut state);
                for (&place, sd) in noisy.iter().zip(&deviations) {
                    state[place] += sd * source.normal();
                }
            }
            simulated[t * d..(t + 1) * d].copy_from_slice(&state);
            series[t] =
                problem.y[t] - explained[t] - structure.signal(&state) - noise * source.normal();
        }
        structure.innovations(
            &gains,
            &series,
            Some(&problem.initial.mean),
            &mut innovation,
            &mut scratch,
        );
        structure.smooth(
            &gains,
            &variances,
            &problem.initial,
            &innovation,
            &mut states,
            &mut scratch,
        );
        for (state, simulated) in states.iter_mut().zip(&simulated) {
            *state += simulated;
        }

        // Variances.
        let mut square = 0.0;
        for t in (0..n).filter(|&t| problem.observed[t]) {
            let residual =
                problem.y[t] - explained[t] - structure.signal(&states[t * d..(t + 1) * d]);
            square += residual * residual;
        }
        let members = &regression.members;
        for &i in members {
            for &j in members {
                square += coefficients[i] * problem.slab[i * p + j] * coefficients[j];
            }
        }
        variances.observation =
            source.variance(&problem.observation, n_observed + members.len(), square);
        let mut squares = [0.0; 3];
        for t in 1..n {
            state.copy_from_slice(&states[(t - 1) * d..t * d]);
            structure.advance(&mut state);
            for (square, &place) in squares.iter_mut().zip(&noisy) {
                *square += (states[t * d + place] - state[place]).powi(2);
            }
        }
        for ((variance, prior), square) in variances
            .states
            .iter_mut()
            .zip(&problem.states)
            .zip(squares)
        {
            *variance = source.variance(prior, n - 1, square);
        }

        if sweep < n_burn_in {
            continue;
        }
        let noise = variances.observation.sqrt();
        for t in 0..all {
            if t < n {
                state.copy_from_slice(&states[t * d..(t + 1) * d]);
            } else {
                structure.advance(&mut state);
                for (&place, variance) in noisy.iter().zip(&variances.states) {
                    state[place] += variance.sqrt() * source.normal();
                }
            }
            let signal = structure.signal(&state) + explained[t];
            draws.signal.push(signal);
            draws.predictive.push(signal + noise * source.normal());
        }
        draws.coefficients.extend_from_slice(&coefficients);
        draws.observation.push(noise);
        draws
            .states
            .extend(variances.states.iter().map(|variance| variance.sqrt()));
    }
    draws
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::{ScalePrior, Source};

    #[test]
    fn variances_follow_their_truncated_law() {
        // (prior guess, df, bound, squares, their sum): the bound idle, biting, and far out; then a
        // falling density.
        for (guess, df, upper, n, square) in [
            (0.3, 32.0, 1.0, 20, 4.0),
            (1.2, 20.0, 1.0, 10, 9.0),
            (5.0, 32.0, 1.0, 0, 0.0),
            (2.0, 1.0, 1.0, 0, 0.0),
        ] {
            let prior = ScalePrior { guess, df, upper };
            let mut source = Source {
                rng: ChaCha8Rng::seed_from_u64(7),
                spare: None,
            };
            let draws = 40_000;
            let sampled: f64 = (0..draws)
                .map(|_| {
                    let draw = source.variance(&prior, n, square);
                    assert!(draw > 0.0 && draw <= upper * upper);
                    draw
                })
                .sum::<f64>()
                / f64::from(draws);
            // The mean by the midpoint rule on the variance.
            let (shape, rate) = (0.5 * (df + n as f64), 0.5 * (df * guess * guess + square));
            let log_density = |v: f64| -(shape + 1.0) * v.ln() - rate / v;
            let top = log_density((rate / (shape + 1.0)).min(upper * upper));
            let (mut mass, mut first) = (0.0, 0.0);
            for step in 0..200_000 {
                let v = upper * upper * (f64::from(step) + 0.5) / 200_000.0;
                let weight = (log_density(v) - top).exp();
                mass += weight;
                first += weight * v;
            }
            let mean = first / mass;
            assert!(
                (sampled / mean - 1.0).abs() < 0.01,
                "guess {guess}: drawn {sampled}, law {mean}"
            );
        }
    }
}
