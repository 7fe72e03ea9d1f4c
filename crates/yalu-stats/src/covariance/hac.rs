//! Kernel estimates of the long-run covariance of scores.

use nalgebra::DMatrix;

use super::CovarianceError;
use super::bandwidth::{Bandwidth, BandwidthColumns, column_weights};
use super::prewhiten::{LARGEST_ROOT, whiten};
use crate::design::Design;
use crate::linalg::{axpy, dot};

/// Weights below this at the tail end aren't summed: what R's sandwich leaves out.
const NO_WEIGHT: f64 = 1e-7;
/// Rows that are filtered together, so that they stay in the cache.
const BLOCK: usize = 1024;

/// How the weight of an autocovariance falls with its lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kernel {
    /// Linearly to zero at the bandwidth (Newey and West).
    Bartlett,
    /// As a cubic spline to zero at the bandwidth.
    Parzen,
    /// As a damped wave: the best at large n (Andrews 1991).
    QuadraticSpectral,
}

impl Kernel {
    /// The weight at x = lag / bandwidth.
    pub fn weight(self, x: f64) -> f64 {
        let x = x.abs();
        match self {
            Self::Bartlett => (1.0 - x).max(0.0),
            Self::Parzen if x < 0.5 => 1.0 - 6.0 * x * x + 6.0 * x * x * x,
            Self::Parzen => 2.0 * (1.0 - x).max(0.0).powi(3),
            Self::QuadraticSpectral => {
                let z = 6.0 * std::f64::consts::PI * x / 5.0;
                if z < 0.02 {
                    // The series: sin z / z − cos z cancels here.
                    let square = z * z;
                    return 1.0 - square / 10.0 + square * square / 280.0;
                }
                3.0 / (z * z) * (z.sin() / z - z.cos())
            }
        }
    }

    /// The kernel's name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bartlett => "Bartlett",
            Self::Parzen => "Parzen",
            Self::QuadraticSpectral => "quadratic spectral",
        }
    }
}

/// Whether a vector autoregression takes the dependence out of the scores first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prewhitening {
    /// None.
    Off,
    /// One of this order, by least squares as it is: R's way. 0 is none.
    Var(usize),
    /// One of order 1, shrunk where its largest eigenvalue passes 0.97; scores that are combinations
    /// of others don't stop it. (Andrews and Monahan hold singular values below 0.97, which depends on
    /// the regressors' units.)
    Bounded,
}

impl Prewhitening {
    pub(super) fn order(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Var(order) => order,
            Self::Bounded => 1,
        }
    }
}

/// Which covariance robust to heteroscedasticity and autocorrelation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hac {
    /// The kernel.
    pub kernel: Kernel,
    /// How far it reaches.
    pub bandwidth: Bandwidth,
    /// What an automatic bandwidth looks at.
    pub columns: BandwidthColumns,
    /// Prewhitening.
    pub prewhitening: Prewhitening,
    /// Whether the factor n/(n − k) is applied.
    pub adjust: bool,
}

impl Hac {
    /// Newey and West's with lags up to `lag`: R's
    /// `NeweyWest(m, lag, prewhite = FALSE, adjust = FALSE)`.
    #[must_use]
    pub fn newey_west(lag: usize) -> Self {
        Self {
            kernel: Kernel::Bartlett,
            bandwidth: Bandwidth::Lag(lag),
            columns: BandwidthColumns::WithoutLevel,
            prewhitening: Prewhitening::Off,
            adjust: false,
        }
    }

    /// Newey and West's with prewhitening of order 1 and their automatic lag: R's `NeweyWest(m)`.
    #[must_use]
    pub fn newey_west_automatic() -> Self {
        Self {
            bandwidth: Bandwidth::NeweyWestLag,
            prewhitening: Prewhitening::Var(1),
            ..Self::newey_west(0)
        }
    }

    /// The quadratic spectral kernel with prewhitening of order 1, Andrews' bandwidth and the factor
    /// n/(n − k): R's `kernHAC(m)`.
    #[must_use]
    pub fn quadratic_spectral() -> Self {
        Self {
            kernel: Kernel::QuadraticSpectral,
            bandwidth: Bandwidth::Andrews,
            columns: BandwidthColumns::WithoutLevel,
            prewhitening: Prewhitening::Var(1),
            adjust: true,
        }
    }

    /// The same with every column in the bandwidth and the autoregression held stationary: what the
    /// dossiers use.
    pub(super) fn prewhitened_qs() -> Self {
        Self {
            columns: BandwidthColumns::All,
            prewhitening: Prewhitening::Bounded,
            ..Self::quadratic_spectral()
        }
    }

    /// What was done, in words.
    pub(super) fn describe(&self, found: &LongRun) -> String {
        let kernel = self.kernel.name();
        let rule = self.bandwidth.name();
        let (bandwidth, last) = (found.bandwidth, found.last_lag);
        let mut words =
            format!("{kernel} kernel, bandwidth {bandwidth:.4} ({rule}), lags up to {last}");
        match self.prewhitening {
            Prewhitening::Off | Prewhitening::Var(0) => words.push_str(", no prewhitening"),
            Prewhitening::Var(order) => words.push_str(&format!(", VAR({order}) prewhitening")),
            Prewhitening::Bounded => words.push_str(", VAR(1) prewhitening held stationary"),
        }
        words.push_str(if self.adjust {
            ", factor n/(n − k)"
        } else {
            ", no small-sample factor"
        });
        words
    }
}

/// A long-run sum of squares and products of scores.
pub(super) struct LongRun {
    pub(super) sum: DMatrix<f64>,
    pub(super) bandwidth: f64,
    pub(super) selected: Option<f64>,
    pub(super) last_lag: usize,
}

/// n times the long-run covariance of the scores, without a small-sample factor.
pub(super) fn long_run(
    scores: &DMatrix<f64>,
    design: &Design,
    hac: Hac,
) -> Result<LongRun, CovarianceError> {
    let order = hac.prewhitening.order();
    let whitened = whiten(scores, hac.prewhitening, design.names())?;
    let bounded = hac.prewhitening == Prewhitening::Bounded;
    let chosen = hac.bandwidth.choose(
        hac.kernel,
        &whitened.scores,
        &column_weights(design, hac.columns),
        order,
        bounded.then_some(LARGEST_ROOT),
    )?;
    let weights = lag_weights(hac.kernel, chosen.bandwidth, whitened.scores.nrows());
    let mut sum = weighted_sum(&whitened.scores, &weights);
    if let Some(recolour) = whitened.recolour {
        sum = &recolour * sum * recolour.transpose();
    }
    Ok(LongRun {
        sum,
        bandwidth: chosen.bandwidth,
        selected: chosen.selected,
        last_lag: weights.len(),
    })
}

/// The weights of lags 1, 2, … among n periods, up to the last that counts.
pub(crate) fn lag_weights(kernel: Kernel, bandwidth: f64, n: usize) -> Vec<f64> {
    if bandwidth <= 0.0 {
        return Vec::new();
    }
    let most = match kernel {
        // Zero from the bandwidth on.
        Kernel::Bartlett | Kernel::Parzen => (bandwidth.ceil() as usize).min(n),
        // |weight| < 3/z²·(1 + 1/z) with z = 3.77 lag/bandwidth: below 1e-7 from here on.
        Kernel::QuadraticSpectral => ((1500.0 * bandwidth).ceil() as usize).min(n),
    };
    let mut weights: Vec<f64> = (1..most)
        .map(|lag| kernel.weight(lag as f64 / bandwidth))
        .collect();
    while weights.last().is_some_and(|last| last.abs() <= NO_WEIGHT) {
        weights.pop();
    }
    weights
}

/// Γ₀ + Σ w(j)(Γⱼ + Γⱼ'), `weights` being those of lags 1, 2, …: each column is filtered by the
/// weights once and then multiplied, instead of one product of all columns per lag.
pub(crate) fn weighted_sum(scores: &DMatrix<f64>, weights: &[f64]) -> DMatrix<f64> {
    let (n, k) = scores.shape();
    let values = scores.as_slice();
    let mut sum = DMatrix::<f64>::zeros(k, k);
    for i in 0..k {
        for j in 0..=i {
            sum[(i, j)] = dot(&values[i * n..(i + 1) * n], &values[j * n..(j + 1) * n]);
            sum[(j, i)] = sum[(i, j)];
        }
    }
    let mut filtered = vec![0.0; BLOCK];
    for from in 0..k {
        let column = &values[from * n..(from + 1) * n];
        for begin in (0..n).step_by(BLOCK) {
            let end = (begin + BLOCK).min(n);
            let part = &mut filtered[..end - begin];
            part.fill(0.0);
            let mut lag = 1;
            // Four lags at a time where all reach back within the series.
            while lag + 3 <= weights.len().min(begin) {
                let past = |lag: usize| &column[begin - lag..end - lag];
                let (a, b, c, d) = (past(lag), past(lag + 1), past(lag + 2), past(lag + 3));
                let w = &weights[lag - 1..lag + 3];
                for ((((sum, a), b), c), d) in part.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *sum += (w[0] * a + w[1] * b) + (w[2] * c + w[3] * d);
                }
                lag += 4;
            }
            while lag <= weights.len() && lag < end {
                let first = begin.max(lag);
                axpy(
                    weights[lag - 1],
                    &column[first - lag..end - lag],
                    &mut part[first - begin..],
                );
                lag += 1;
            }
            for to in 0..k {
                let product = dot(&values[to * n + begin..to * n + end], part);
                sum[(to, from)] += product;
                sum[(from, to)] += product;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_fall_from_one_and_join_their_series() {
        for kernel in [Kernel::Bartlett, Kernel::Parzen, Kernel::QuadraticSpectral] {
            assert!((kernel.weight(0.0) - 1.0).abs() < 1e-15);
            assert!(kernel.weight(0.3) < kernel.weight(0.2));
        }
        // Either side of where the series takes over (z = 0.02).
        let edge = 0.02 * 5.0 / (6.0 * std::f64::consts::PI);
        let kernel = Kernel::QuadraticSpectral;
        let (below, above) = (
            kernel.weight(edge * 0.999_999),
            kernel.weight(edge * 1.000_001),
        );
        assert!((below - above).abs() < 1e-9, "{below} and {above}");
        assert!((below - (1.0 - 0.0004 / 10.0)).abs() < 1e-8);
    }

    #[test]
    fn filtering_is_summing_lag_by_lag() {
        let n = 2500;
        let scores = DMatrix::from_fn(n, 3, |row, column| {
            ((row * 7 + column * 13) % 19) as f64 - 9.0 + (row as f64 * 0.01).sin()
        });
        let weights = lag_weights(Kernel::QuadraticSpectral, 40.0, n);
        let mut plain = scores.tr_mul(&scores);
        for (idx, weight) in weights.iter().enumerate() {
            let lag = idx + 1;
            let gamma = scores.rows(lag, n - lag).tr_mul(&scores.rows(0, n - lag));
            plain += (&gamma + gamma.transpose()) * *weight;
        }
        let fast = weighted_sum(&scores, &weights);
        let difference = (&fast - &plain).amax();
        assert!(difference < 1e-9 * plain.amax(), "{difference}");
    }
}
