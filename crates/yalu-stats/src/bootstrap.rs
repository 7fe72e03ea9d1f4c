//! Resampled series: wild, block and sieve bootstraps of residuals, and a block length from the data.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The fewest residuals that a block length or an autoregression is read from.
const MIN_LENGTH: usize = 8;
/// Draws before a simulated autoregression begins.
const BURN_IN: usize = 100;

/// How residuals are redrawn.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Resampling {
    /// Independently, with replacement. For independent errors of one variance.
    Independent,
    /// Each kept at its place, its sign drawn by a coin (Rademacher). For errors whose variance moves
    /// but that are not correlated.
    WildRademacher,
    /// Each kept at its place, times Mammen's two-point variable, which keeps skew as well.
    WildMammen,
    /// Overlapping blocks within the series. For serially correlated errors.
    MovingBlocks {
        /// Periods of a block; none takes the automatic one of the circular bootstrap.
        length: Option<usize>,
    },
    /// Blocks on the series closed to a circle: every period is drawn equally often.
    CircularBlocks {
        /// Periods of a block; none takes the automatic one.
        length: Option<usize>,
    },
    /// Blocks of geometric length on the circle: the redrawn series is stationary.
    StationaryBlocks {
        /// Average periods of a block, at least 1; none takes the automatic one.
        mean_length: Option<f64>,
    },
    /// An autoregression by Yule and Walker, its innovations redrawn. Dependence that is near linear.
    Sieve {
        /// The order; none takes AIC's, up to 10 log₁₀ n.
        order: Option<usize>,
    },
}

/// Why residuals can't be redrawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResamplingError {
    /// Too few residuals.
    #[error("{got} figures are too few to redraw; at least {needed} are needed")]
    TooShort {
        /// Figures needed.
        needed: usize,
        /// Figures there are.
        got: usize,
    },
    /// A value that isn't a finite number.
    #[error("{what} in row {row} is not a finite number")]
    NotFinite {
        /// Which vector.
        what: &'static str,
        /// The row, from 0.
        row: usize,
    },
    /// Fitted values and residuals of different lengths.
    #[error("there are {fitted} fitted values and {residuals} residuals")]
    Length {
        /// Fitted values.
        fitted: usize,
        /// Residuals.
        residuals: usize,
    },
    /// Residuals that don't vary.
    #[error("the figures don't vary; there is nothing to redraw")]
    Constant,
    /// A block that isn't one.
    #[error("a block must have 1 to {n} periods, got {got}")]
    Block {
        /// The length asked for.
        got: f64,
        /// Periods of the series.
        n: usize,
    },
    /// An order that the series is too short for.
    #[error(
        "an autoregression of order {got} needs a series more than twice as long, not {n} periods"
    )]
    Order {
        /// The order asked for.
        got: usize,
        /// Periods of the series.
        n: usize,
    },
    /// Too few replications.
    #[error("a bootstrap needs at least 99 replications, got {got}")]
    Replications {
        /// Replications asked for.
        got: usize,
    },
    /// Too many replicates without a statistic.
    #[error("{failed} of {n} bootstrap replicates have no statistic; at most one in ten may fail")]
    Sparse {
        /// Replicates that failed.
        failed: usize,
        /// Replicates.
        n: usize,
    },
}

/// Block lengths that make the bootstrap's long-run variance most precise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockLengths {
    /// Average length for the stationary bootstrap.
    pub stationary: f64,
    /// Length for the circular bootstrap, before rounding up.
    pub circular: f64,
    /// The last lag whose correlation counts.
    pub last_lag: usize,
}

/// Block lengths from a series' autocorrelations.
///
/// # Errors
/// [`ResamplingError`] where the series has fewer than 8 periods, isn't finite or doesn't vary.
///
/// # Source
/// Politis and White (2004), Econometric Reviews 23, 53–70; corrected in Patton, Politis and White
/// (2009), Econometric Reviews 28, 372–375.
pub fn block_lengths(series: &[f64]) -> Result<BlockLengths, ResamplingError> {
    let n = series.len();
    check("the series", series, MIN_LENGTH)?;
    let values = centred(series);
    if !varies(series, &values) {
        return Err(ResamplingError::Constant);
    }
    let nf = n as f64;
    let window = (nf.log10().sqrt().ceil() as usize).max(5);
    let most = (nf.sqrt().ceil() as usize + window).min(n - 1);
    let gamma = autocovariances(&values, most);
    let bound = 2.0 * (nf.log10() / nf).sqrt();
    let small = |lag: usize| (gamma[lag] / gamma[0]).abs() < bound;
    // The first of `window` lags in a row whose correlation is negligible, as the peer has it (the
    // paper's text names the lag before).
    let negligible_from = (1..=(most + 1).saturating_sub(window))
        .find(|lag| (0..window).all(|step| small(lag + step)));
    let base = negligible_from.unwrap_or(most);
    let last_lag = (2 * base).min(most);
    let (mut curvature, mut long_run) = (0.0, gamma[0]);
    for (lag, gamma) in gamma.iter().enumerate().take(last_lag + 1).skip(1) {
        let share = lag as f64 / last_lag as f64;
        let weight = if share <= 0.5 {
            1.0
        } else {
            2.0 * (1.0 - share)
        };
        curvature += 2.0 * weight * lag as f64 * gamma;
        long_run += 2.0 * weight * gamma;
    }
    let longest = (3.0 * nf.sqrt()).min(nf / 3.0).ceil();
    let length = |factor: f64| {
        // A flat-top estimate of the long-run variance may vanish: then the longest block is taken.
        let denominator = factor * long_run * long_run;
        let ratio = 2.0 * curvature * curvature / denominator;
        if !ratio.is_finite() {
            return longest;
        }
        (ratio * nf).cbrt().clamp(1.0, longest)
    };
    Ok(BlockLengths {
        stationary: length(2.0),
        circular: length(4.0 / 3.0),
        last_lag,
    })
}

fn check(what: &'static str, values: &[f64], needed: usize) -> Result<(), ResamplingError> {
    if let Some(row) = values.iter().position(|one| !one.is_finite()) {
        return Err(ResamplingError::NotFinite { what, row });
    }
    if values.len() < needed {
        return Err(ResamplingError::TooShort {
            needed,
            got: values.len(),
        });
    }
    Ok(())
}

fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|one| one - mean).collect()
}

/// Whether the deviations are more than rounding.
fn varies(values: &[f64], deviations: &[f64]) -> bool {
    let square = |values: &[f64]| values.iter().map(|one| one * one).sum::<f64>();
    square(deviations) > 1e-28 * square(values)
}

/// Σ v(t)v(t+j)/n for j = 0, …, `last`.
fn autocovariances(values: &[f64], last: usize) -> Vec<f64> {
    let n = values.len();
    (0..=last)
        .map(|lag| {
            let cross: f64 = values[lag..]
                .iter()
                .zip(values)
                .map(|(ahead, behind)| ahead * behind)
                .sum();
            cross / n as f64
        })
        .collect()
}

/// An autoregression and its innovations.
#[derive(Debug, Clone)]
struct Autoregression {
    coefficients: Vec<f64>,
    innovations: Vec<f64>,
}

impl Autoregression {
    /// By Yule and Walker (which never gives an explosive one), its order by AIC where none is given.
    fn fit(values: &[f64], order: Option<usize>) -> Self {
        let n = values.len();
        let most = order.unwrap_or_else(|| ((10.0 * (n as f64).log10()) as usize).min(n / 3));
        let gamma = autocovariances(values, most);
        let mut current: Vec<f64> = Vec::new();
        let mut variance = gamma[0];
        let aic = |variance: f64, p: usize| n as f64 * variance.ln() + 2.0 * p as f64;
        let mut best = (aic(variance, 0), Vec::new());
        for p in 1..=most {
            // Levinson and Durbin.
            let known: f64 = current
                .iter()
                .enumerate()
                .map(|(j, phi)| phi * gamma[p - 1 - j])
                .sum();
            let reflection = (gamma[p] - known) / variance;
            let mut next: Vec<f64> = (0..p - 1)
                .map(|j| current[j] - reflection * current[p - 2 - j])
                .collect();
            next.push(reflection);
            let left = variance * (1.0 - reflection * reflection);
            if left.is_nan() || left <= 1e-12 * gamma[0] {
                break;
            }
            variance = left;
            current = next;
            let value = aic(variance, p);
            if order.is_some() || value < best.0 {
                best = (value, current.clone());
            }
        }
        let coefficients = best.1;
        let p = coefficients.len();
        let innovations: Vec<f64> = (p..n)
            .map(|row| {
                let past: f64 = coefficients
                    .iter()
                    .enumerate()
                    .map(|(j, phi)| phi * values[row - 1 - j])
                    .sum();
                values[row] - past
            })
            .collect();
        Self {
            innovations: centred(&innovations),
            coefficients,
        }
    }
}

#[derive(Debug, Clone)]
enum Scheme {
    Independent,
    WildRademacher,
    WildMammen,
    Blocks { length: usize, circular: bool },
    Stationary { mean_length: f64 },
    Sieve(Autoregression),
}

/// Residuals ready to be redrawn.
#[derive(Debug, Clone)]
pub(crate) struct Resampler {
    values: Vec<f64>,
    scheme: Scheme,
}

impl Resampler {
    pub(crate) fn new(residuals: &[f64], resampling: Resampling) -> Result<Self, ResamplingError> {
        let n = residuals.len();
        let needed = match resampling {
            Resampling::Independent | Resampling::WildRademacher | Resampling::WildMammen => 2,
            _ => MIN_LENGTH,
        };
        check("the residual", residuals, needed)?;
        let values = centred(residuals);
        if !varies(residuals, &values) {
            return Err(ResamplingError::Constant);
        }
        let whole = |length: Option<usize>| -> Result<usize, ResamplingError> {
            let length = match length {
                Some(length) => length,
                None => block_lengths(residuals)?.circular.ceil() as usize,
            };
            if length == 0 || length > n {
                return Err(ResamplingError::Block {
                    got: length as f64,
                    n,
                });
            }
            Ok(length)
        };
        let scheme = match resampling {
            Resampling::Independent => Scheme::Independent,
            Resampling::WildRademacher => Scheme::WildRademacher,
            Resampling::WildMammen => Scheme::WildMammen,
            Resampling::MovingBlocks { length } => Scheme::Blocks {
                length: whole(length)?,
                circular: false,
            },
            Resampling::CircularBlocks { length } => Scheme::Blocks {
                length: whole(length)?,
                circular: true,
            },
            Resampling::StationaryBlocks { mean_length } => {
                let mean_length = match mean_length {
                    Some(length) => length,
                    None => block_lengths(residuals)?.stationary,
                };
                if !(mean_length >= 1.0 && mean_length <= n as f64) {
                    return Err(ResamplingError::Block {
                        got: mean_length,
                        n,
                    });
                }
                Scheme::Stationary { mean_length }
            }
            Resampling::Sieve { order } => {
                if let Some(got) = order.filter(|order| 2 * order >= n) {
                    return Err(ResamplingError::Order { got, n });
                }
                Scheme::Sieve(Autoregression::fit(&values, order))
            }
        };
        // A wild draw keeps each residual at its place and as it is.
        let values = match scheme {
            Scheme::WildRademacher | Scheme::WildMammen => residuals.to_vec(),
            _ => values,
        };
        Ok(Self { values, scheme })
    }

    /// The (average) block length, where blocks are drawn.
    pub(crate) fn block_length(&self) -> Option<f64> {
        match self.scheme {
            Scheme::Blocks { length, .. } => Some(length as f64),
            Scheme::Stationary { mean_length } => Some(mean_length),
            _ => None,
        }
    }

    /// The order of the autoregression, where there is one.
    pub(crate) fn order(&self) -> Option<usize> {
        match &self.scheme {
            Scheme::Sieve(model) => Some(model.coefficients.len()),
            _ => None,
        }
    }

    /// Redraws into `drawn`, which has as many places as there are residuals.
    pub(crate) fn draw(&self, rng: &mut ChaCha8Rng, drawn: &mut [f64]) {
        let (values, n) = (&self.values, self.values.len());
        match &self.scheme {
            Scheme::Independent => {
                for place in drawn {
                    *place = values[rng.random_range(0..n)];
                }
            }
            Scheme::WildRademacher => {
                // A word has the coins of 64 periods.
                for (places, values) in drawn.chunks_mut(64).zip(values.chunks(64)) {
                    let coins: u64 = rng.random();
                    for (bit, (place, value)) in places.iter_mut().zip(values).enumerate() {
                        *place = if coins >> bit & 1 == 1 {
                            *value
                        } else {
                            -value
                        };
                    }
                }
            }
            Scheme::WildMammen => {
                // Mean 0, second and third moments 1.
                let root = 5.0_f64.sqrt();
                let (low, high) = ((1.0 - root) / 2.0, f64::midpoint(1.0, root));
                let low_share = (root + 1.0) / (2.0 * root);
                for (place, value) in drawn.iter_mut().zip(values) {
                    let low_drawn = rng.random::<f64>() < low_share;
                    *place = value * if low_drawn { low } else { high };
                }
            }
            Scheme::Blocks { length, circular } => {
                let starts = if *circular { n } else { n - length + 1 };
                for places in drawn.chunks_mut(*length) {
                    let start = rng.random_range(0..starts);
                    for (step, place) in places.iter_mut().enumerate() {
                        *place = values[(start + step) % n];
                    }
                }
            }
            Scheme::Stationary { mean_length } => {
                let renew = 1.0 / mean_length;
                let mut at = rng.random_range(0..n);
                for (row, place) in drawn.iter_mut().enumerate() {
                    if row > 0 {
                        at = if rng.random::<f64>() < renew {
                            rng.random_range(0..n)
                        } else {
                            (at + 1) % n
                        };
                    }
                    *place = values[at];
                }
            }
            Scheme::Sieve(model) => {
                let p = model.coefficients.len();
                let innovations = &model.innovations;
                let mut path = vec![0.0; p];
                path.reserve(BURN_IN + n);
                for _ in 0..BURN_IN + n {
                    let past: f64 = model
                        .coefficients
                        .iter()
                        .zip(path.iter().rev())
                        .map(|(phi, value)| phi * value)
                        .sum();
                    path.push(past + innovations[rng.random_range(0..innovations.len())]);
                }
                drawn.copy_from_slice(&path[p + BURN_IN..]);
            }
        }
    }
}

/// A statistic's bootstrap distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct BootstrapDistribution {
    /// The statistic of each replicate, ascending.
    pub draws: Vec<f64>,
    /// Replicates that had no statistic.
    pub n_failed: usize,
    /// The (average) block length, where blocks were drawn.
    pub block_length: Option<f64>,
    /// The order of the sieve's autoregression.
    pub order: Option<usize>,
}

impl BootstrapDistribution {
    /// The share of replicates at least as large as `observed`: (1 + exceedances)/(1 + replicates),
    /// never 0.
    pub fn p_value(&self, observed: f64) -> f64 {
        exceedance(&self.draws, observed)
    }

    /// The value below which `share` of the replicates lie, by linear interpolation; `share` is held
    /// within 0 and 1.
    pub fn quantile(&self, share: f64) -> f64 {
        let share = if share.is_nan() {
            0.5
        } else {
            share.clamp(0.0, 1.0)
        };
        crate::samples::quantile(&self.draws, share)
    }
}

/// (1 + draws at least `observed`)/(1 + draws), for draws in ascending order.
pub(crate) fn exceedance(draws: &[f64], observed: f64) -> f64 {
    let below = draws.partition_point(|one| *one < observed);
    (1 + draws.len() - below) as f64 / (1 + draws.len()) as f64
}

/// The distribution of a statistic over series whose residuals are redrawn: `fitted` plus the drawn
/// residuals goes to `statistic`, which may decline with `None`.
///
/// `fitted` and `residuals`: n each, of the model that holds under the null. The same seed gives the
/// same draws.
///
/// # Errors
/// [`ResamplingError`] where lengths differ, values aren't finite, residuals don't vary, there are
/// fewer than 99 replications, or more than one replicate in ten has no statistic.
///
/// # Source
/// Wu (1986), Annals of Statistics 14, 1261–1295, and Mammen (1993), Annals of Statistics 21, 255–285
/// (wild); Künsch (1989), Annals of Statistics 17, 1217–1241 (moving blocks); Politis and Romano (1992;
/// 1994, Journal of the American Statistical Association 89, 1303–1313) (circular, stationary);
/// Bühlmann (1997), Bernoulli 3, 123–148 (sieve).
///
/// ```
/// use yalu_stats::{Bootstrap, Resampling, bootstrap_distribution};
/// let residuals: Vec<f64> = (0..50).map(|t| f64::from(t * 17 % 11) - 5.0).collect();
/// let bootstrap = Bootstrap { n_replications: 199, seed: 7 };
/// let mean = |y: &[f64]| Some(y.iter().sum::<f64>() / y.len() as f64);
/// let law = bootstrap_distribution(
///     &[10.0; 50],
///     &residuals,
///     Resampling::StationaryBlocks { mean_length: None },
///     &bootstrap,
///     mean,
/// )?;
/// assert!(law.p_value(12.0) < 0.05);
/// # Ok::<(), yalu_stats::ResamplingError>(())
/// ```
pub fn bootstrap_distribution(
    fitted: &[f64],
    residuals: &[f64],
    resampling: Resampling,
    bootstrap: &crate::breaks::Bootstrap,
    mut statistic: impl FnMut(&[f64]) -> Option<f64>,
) -> Result<BootstrapDistribution, ResamplingError> {
    if fitted.len() != residuals.len() {
        return Err(ResamplingError::Length {
            fitted: fitted.len(),
            residuals: residuals.len(),
        });
    }
    check("the fitted value", fitted, 0)?;
    let n_replications = bootstrap.n_replications;
    if n_replications < 99 {
        return Err(ResamplingError::Replications {
            got: n_replications,
        });
    }
    let resampler = Resampler::new(residuals, resampling)?;
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    let mut drawn = vec![0.0; residuals.len()];
    let mut draws = Vec::with_capacity(n_replications);
    for _ in 0..n_replications {
        resampler.draw(&mut rng, &mut drawn);
        for (value, fitted) in drawn.iter_mut().zip(fitted) {
            *value += fitted;
        }
        draws.extend(statistic(&drawn).filter(|one| one.is_finite()));
    }
    let n_failed = n_replications - draws.len();
    if n_failed * 10 > n_replications {
        return Err(ResamplingError::Sparse {
            failed: n_failed,
            n: n_replications,
        });
    }
    draws.sort_by(f64::total_cmp);
    Ok(BootstrapDistribution {
        draws,
        n_failed,
        block_length: resampler.block_length(),
        order: resampler.order(),
    })
}
