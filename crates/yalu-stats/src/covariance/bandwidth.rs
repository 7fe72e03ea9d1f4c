//! How far a kernel reaches: the automatic rules of Andrews and of Newey and West.

use nalgebra::DMatrix;

use super::CovarianceError;
use super::hac::Kernel;
use crate::design::Design;

/// How far a kernel reaches. A Bartlett kernel of bandwidth b gives lag j the weight 1 − j/b.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Bandwidth {
    /// This bandwidth, in periods.
    Fixed(f64),
    /// Lags up to this one: a bandwidth of one more.
    Lag(usize),
    /// Lags up to the whole part of 4(n/100)^(2/9), the rule of thumb: a bandwidth of one more.
    RuleOfThumb,
    /// Newey and West's (1994) plug-in rule: R's `bwNeweyWest`.
    NeweyWest,
    /// The whole part of the same as the last lag: what R's `NeweyWest` does.
    NeweyWestLag,
    /// Andrews' (1991) plug-in rule with a first-order autoregression of each score: R's `bwAndrews`.
    Andrews,
}

/// Which scores an automatic bandwidth is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandwidthColumns {
    /// All but those of a column that is the same in every row: the literature's and R's way. (Where
    /// no other is left, it counts.)
    WithoutLevel,
    /// All alike.
    All,
}

/// A bandwidth, and what an automatic rule gave where it was made whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub(super) bandwidth: f64,
    pub(super) selected: Option<f64>,
}

/// 1 for the columns that count, 0 for the others.
pub(super) fn column_weights(design: &Design, columns: BandwidthColumns) -> Vec<f64> {
    let k = design.n_columns();
    let weights: Vec<f64> = (0..k)
        .map(|idx| f64::from(u8::from(!design.is_constant(idx))))
        .collect();
    if columns == BandwidthColumns::All || weights.iter().all(|one| *one == 0.0) {
        return vec![1.0; k];
    }
    weights
}

impl Bandwidth {
    /// The rule's name for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fixed(_) => "given",
            Self::Lag(_) => "by the last lag",
            Self::RuleOfThumb => "4(n/100)^(2/9)",
            Self::NeweyWest | Self::NeweyWestLag => "Newey and West 1994",
            Self::Andrews => "Andrews 1991",
        }
    }

    /// The bandwidth for whitened scores of a series of n periods, `order` of which the prewhitening
    /// used up. `bound` keeps autoregressions away from a unit root.
    pub(super) fn choose(
        self,
        kernel: Kernel,
        scores: &DMatrix<f64>,
        weights: &[f64],
        order: usize,
        bound: Option<f64>,
    ) -> Result<Chosen, CovarianceError> {
        let n = scores.nrows() + order;
        let whole = |bandwidth: f64| bandwidth.floor() + 1.0;
        let (bandwidth, selected) = match self {
            Self::Fixed(bandwidth) => (bandwidth, None),
            Self::Lag(lag) => (lag as f64 + 1.0, None),
            Self::RuleOfThumb => {
                let rule = 4.0 * (n as f64 / 100.0).powf(2.0 / 9.0);
                (whole(rule), Some(rule))
            }
            Self::NeweyWest => {
                let rule = newey_west(kernel, scores, weights, order);
                (rule, Some(rule))
            }
            Self::NeweyWestLag => {
                let rule = newey_west(kernel, scores, weights, order);
                (whole(rule), Some(rule))
            }
            Self::Andrews => {
                let rule = andrews(kernel, scores, weights, bound);
                (rule, Some(rule))
            }
        };
        if !(bandwidth.is_finite() && bandwidth >= 0.0) {
            return Err(CovarianceError::Bandwidth {
                got: bandwidth,
                rule: self.name(),
            });
        }
        Ok(Chosen {
            bandwidth,
            selected,
        })
    }
}

/// Andrews' (1991) rule from an AR(1) with a mean of each column.
fn andrews(kernel: Kernel, scores: &DMatrix<f64>, weights: &[f64], bound: Option<f64>) -> f64 {
    let n = scores.nrows();
    let (mut first, mut second, mut denominator) = (0.0, 0.0, 0.0);
    for (column, weight) in scores.column_iter().zip(weights) {
        let values = column.as_slice();
        let pairs = (n - 1) as f64;
        let mean_behind = values[..n - 1].iter().sum::<f64>() / pairs;
        let mean_ahead = values[1..].iter().sum::<f64>() / pairs;
        let (mut cross, mut square) = (0.0, 0.0);
        for row in 1..n {
            cross += (values[row] - mean_ahead) * (values[row - 1] - mean_behind);
            square += (values[row - 1] - mean_behind).powi(2);
        }
        if square <= 0.0 || *weight == 0.0 {
            continue;
        }
        let rho = cross / square;
        let rho = bound.map_or(rho, |bound| rho.clamp(-bound, bound));
        let variance = (1..n)
            .map(|row| (values[row] - mean_ahead - rho * (values[row - 1] - mean_behind)).powi(2))
            .sum::<f64>()
            / pairs;
        let spectral = weight * 4.0 * rho * rho * variance * variance;
        second += spectral / (1.0 - rho).powi(8);
        first += spectral / ((1.0 - rho).powi(6) * (1.0 + rho).powi(2));
        denominator += weight * variance * variance / (1.0 - rho).powi(4);
    }
    // Scores without variation need no lag.
    let ratio = |numerator: f64| {
        if denominator > 0.0 {
            numerator / denominator * n as f64
        } else {
            0.0
        }
    };
    match kernel {
        Kernel::Bartlett => 1.1447 * ratio(first).cbrt(),
        Kernel::Parzen => 2.6614 * ratio(second).powf(0.2),
        Kernel::QuadraticSpectral => 1.3221 * ratio(second).powf(0.2),
    }
}

/// Newey and West's (1994) rule.
fn newey_west(kernel: Kernel, scores: &DMatrix<f64>, weights: &[f64], order: usize) -> f64 {
    let left = scores.nrows();
    let n = left + order;
    let (rate, power) = match kernel {
        Kernel::Bartlett => (2.0 / 9.0, 1),
        Kernel::Parzen => (4.0 / 25.0, 2),
        Kernel::QuadraticSpectral => (2.0 / 25.0, 2),
    };
    let many = if order > 0 { 3.0 } else { 4.0 };
    let lags = (many * (n as f64 / 100.0).powf(rate)).floor() as usize;
    let mut sums = vec![0.0; left];
    for (column, weight) in scores.column_iter().zip(weights) {
        crate::linalg::axpy(*weight, column.as_slice(), &mut sums);
    }
    let covariance = |lag: usize| crate::linalg::dot(&sums[lag..], &sums) / left as f64;
    let mut level = covariance(0);
    if level <= 0.0 {
        return 0.0;
    }
    let mut slope = 0.0;
    for lag in 1..=lags.min(left - 1) {
        let one = covariance(lag);
        level += 2.0 * one;
        slope += 2.0 * (lag as f64).powi(power) * one;
    }
    let exponent = 1.0 / (2.0 * f64::from(power) + 1.0);
    let constant = match kernel {
        Kernel::Bartlett => 1.1447,
        Kernel::Parzen => 2.6614,
        Kernel::QuadraticSpectral => 1.3221,
    };
    constant * ((slope / level).powi(2) * n as f64).powf(exponent)
}
