//! A test for at least one break at an unknown date.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Bootstrap, BreakError, Search, ShiftModel};
use crate::glm::fit_glm;
use crate::linalg::WeightedQr;
use crate::serial::lag_one;

/// Plausible serial correlations that a bootstrap takes in turn.
const CALIBRATION_PATHS: usize = 49;
/// Halvings of the interval that holds the serial correlation: to within 0.01 either way.
const CALIBRATION_STEPS: usize = 6;
/// The serial correlations that are told apart.
const RHO_RANGE: (f64, f64) = (-0.4, 0.96);
/// Draws before a simulated series begins.
const BURN_IN: usize = 40;

/// A sup-F test.
#[derive(Debug, Clone, PartialEq)]
pub struct SupFTest {
    /// The largest F over the candidate dates.
    pub statistic: f64,
    /// Where: the last period of the old level.
    pub break_index: usize,
    /// The first candidate; `path[i]` belongs to `first_candidate + i`.
    pub first_candidate: usize,
    /// F at each candidate.
    pub path: Vec<f64>,
    /// The bootstrap p-value, (1 + exceedances)/(1 + replications).
    pub p_value: f64,
    /// The bootstrap critical value at the level asked for.
    pub critical_value: f64,
    /// The dispersion of the model without a break.
    pub dispersion: f64,
    /// The serial correlation that the bootstrap simulates, its bias taken out.
    pub lag_one: f64,
    /// Replications.
    pub n_replications: usize,
}

/// The projections that turn a vector of residuals into F at each candidate.
struct Projector {
    qr: WeightedQr,
    root_weights: Vec<f64>,
    first: usize,
    /// Squared length of each candidate's step, the design's columns taken out.
    lengths: Vec<f64>,
    df_residual: f64,
}

impl Projector {
    fn new(
        model: &ShiftModel<'_>,
        root_weights: Vec<f64>,
        first: usize,
        last: usize,
    ) -> Result<Self, BreakError> {
        let n = model.y.len();
        let qr = WeightedQr::new(model.design, &root_weights).map_err(|column| {
            crate::glm::GlmError::Collinear {
                column: model.design.names()[column].clone(),
            }
        })?;
        let lengths = (first..=last)
            .map(|at| {
                let mut step: Vec<f64> = (0..n)
                    .map(|row| if row > at { root_weights[row] } else { 0.0 })
                    .collect();
                let full: f64 = step.iter().map(|one| one * one).sum();
                qr.residual(&mut step);
                let left: f64 = step.iter().map(|one| one * one).sum();
                // A step that the design explains (a coverage change there) can't be tested.
                if left > 1e-8 * full { left } else { 0.0 }
            })
            .collect();
        let df_residual = (n - model.design.n_columns() - 1) as f64;
        Ok(Self {
            qr,
            root_weights,
            first,
            lengths,
            df_residual,
        })
    }

    /// Takes the design out of `residuals`, and gives the largest F and its place among the
    /// candidates. `path` receives each F where it is wanted.
    fn largest(&self, residuals: &mut [f64], mut path: Option<&mut Vec<f64>>) -> (f64, usize) {
        self.qr.residual(residuals);
        let total: f64 = residuals.iter().map(|one| one * one).sum();
        let n = residuals.len();
        let last = self.first + self.lengths.len() - 1;
        let mut sum = 0.0;
        for row in (last + 1..n).rev() {
            sum += self.root_weights[row] * residuals[row];
        }
        let (mut best, mut place) = (f64::NEG_INFINITY, 0);
        let mut reversed = path
            .as_ref()
            .map(|_| Vec::with_capacity(self.lengths.len()));
        for idx in (0..self.lengths.len()).rev() {
            let length = self.lengths[idx];
            let f = if length > 0.0 {
                let drop = sum * sum / length;
                drop / ((total - drop).max(1e-12 * total) / self.df_residual)
            } else {
                0.0
            };
            if let Some(all) = reversed.as_mut() {
                all.push(f);
            }
            if f >= best {
                (best, place) = (f, idx);
            }
            let row = self.first + idx;
            sum += self.root_weights[row] * residuals[row];
        }
        if let (Some(path), Some(mut all)) = (path.take(), reversed) {
            all.reverse();
            *path = all;
        }
        (best, place)
    }

    /// Takes the step at candidate `place` out of residuals that are free of the design already.
    fn without_step(&self, residuals: &[f64], place: usize) -> Vec<f64> {
        let n = residuals.len();
        let at = self.first + place;
        let mut step: Vec<f64> = (0..n)
            .map(|row| {
                if row > at {
                    self.root_weights[row]
                } else {
                    0.0
                }
            })
            .collect();
        self.qr.residual(&mut step);
        let length: f64 = step.iter().map(|one| one * one).sum();
        if length <= 0.0 {
            return residuals.to_vec();
        }
        let dot: f64 = step.iter().zip(residuals).map(|(a, b)| a * b).sum();
        residuals
            .iter()
            .zip(&step)
            .map(|(e, s)| e - dot / length * s)
            .collect()
    }

    /// The serial correlation that is measured once the design and the best step are taken out.
    fn measured_rho(&self, mut residuals: Vec<f64>) -> f64 {
        let (_, place) = self.largest(&mut residuals, None);
        lag_one(&self.without_step(&residuals, place))
    }
}

/// Tests whether the level breaks at least once, at an unknown date.
///
/// The statistic is the largest F of a step in the working regression of the fit without a break.
/// Its distribution without a break is simulated by a sieve bootstrap: first-order autoregressive
/// paths of resampled innovations, the residuals being those of the best single break, so that a
/// break isn't mistaken for persistence; the autoregression is made median-unbiased by simulating
/// the same estimate on series of known correlation.
///
/// `level` is that of `critical_value` only.
///
/// # Errors
/// [`BreakError`] where the series is too short, the fit fails or nothing is left to test.
///
/// # Source
/// Andrews (1993), Econometrica 61, 821–856 (sup-F); Bühlmann (1997), Bernoulli 3, 123–148 (sieve
/// bootstrap); Andrews (1993), Econometrica 61, 139–165 (median-unbiased autoregression).
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
    if n < model.design.n_columns() + 3 {
        return Err(BreakError::TooShort {
            needed: model.design.n_columns() + 3,
            got: n,
        });
    }
    let root: Vec<f64> = fit.weights.iter().map(|one| one.sqrt()).collect();
    let projector = Projector::new(model, root, first, last)?;
    let mut residuals = fit.pearson_residuals.clone();
    let mut path = Vec::new();
    let (statistic, place) = projector.largest(&mut residuals, Some(&mut path));
    let scale: f64 = model.y.iter().map(|one| one * one).sum();
    let left: f64 = residuals.iter().map(|one| one * one).sum();
    if left <= 1e-18 * (scale + 1.0) {
        return Err(BreakError::PerfectFit);
    }
    let clean = projector.without_step(&residuals, place);
    let rhos = plausible_rhos(&projector, lag_one(&clean), n, bootstrap.seed);
    let rho = super::quantile(&rhos, 0.5);
    let innovations = centred(
        clean
            .windows(2)
            .map(|pair| pair[1] - rho * pair[0])
            .collect(),
    );
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    let mut simulated: Vec<f64> = (0..bootstrap.n_replications)
        .map(|replicate| {
            let rho = rhos[replicate % rhos.len()];
            let mut path = sieve_path(&mut rng, &innovations, rho, n);
            projector.largest(&mut path, None).0
        })
        .collect();
    let exceeding = simulated.iter().filter(|one| **one >= statistic).count();
    simulated.sort_by(f64::total_cmp);
    Ok(SupFTest {
        statistic,
        break_index: first + place,
        first_candidate: first,
        path,
        p_value: (1 + exceeding) as f64 / (1 + bootstrap.n_replications) as f64,
        critical_value: super::quantile(&simulated, 1.0 - level.clamp(0.0, 1.0)),
        dispersion: fit.dispersion,
        lag_one: rho,
        n_replications: bootstrap.n_replications,
    })
}

fn centred(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in &mut values {
        *value -= mean;
    }
    values
}

fn sieve_path(rng: &mut ChaCha8Rng, innovations: &[f64], rho: f64, n: usize) -> Vec<f64> {
    let mut state = 0.0;
    let mut path = Vec::with_capacity(n);
    for step in 0..n + BURN_IN {
        state = rho * state + innovations[rng.random_range(0..innovations.len())];
        if step >= BURN_IN {
            path.push(state);
        }
    }
    path
}

/// Serial correlations in proportion to their plausibility, ascending: for each of
/// [`CALIBRATION_PATHS`] simulated series the correlation at which its estimate is `measured`.
/// Their median is the median-unbiased estimate, and their spread is how poorly it is known: a
/// generalised fiducial sample (Hannig 2009, Statistica Sinica 19, 491–544).
fn plausible_rhos(projector: &Projector, measured: f64, n: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5e_ed0f_a12e);
    let mut draws = vec![0.0; n + BURN_IN];
    let mut rhos: Vec<f64> = (0..CALIBRATION_PATHS)
        .map(|_| {
            for draw in &mut draws {
                *draw = normal(&mut rng);
            }
            // The same draws at every ρ: the estimate rises with it.
            let estimate = |rho: f64| {
                let mut state = 0.0;
                let mut path = Vec::with_capacity(n);
                for (step, draw) in draws.iter().enumerate() {
                    state = rho * state + draw;
                    if step >= BURN_IN {
                        path.push(state);
                    }
                }
                projector.measured_rho(path)
            };
            let (mut low, mut high) = RHO_RANGE;
            for _ in 0..CALIBRATION_STEPS {
                let middle = f64::midpoint(low, high);
                if estimate(middle) < measured {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            f64::midpoint(low, high)
        })
        .collect();
    rhos.sort_by(f64::total_cmp);
    rhos
}

/// A standard normal draw (Box and Muller).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    crate::simulate::standard_normal(rng)
}
