//! Long-run covariances within regimes, in the two conventions that the peers have.

use nalgebra::DMatrix;

use super::error::PartitionError;
use super::givens::Givens;
use crate::covariance::{Kernel, lag_weights, weighted_sum};

/// Whose convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    /// Bai and Perron's programs: quadratic spectral kernel, bandwidth from AR(1)s through the
    /// origin that count alike, divided by rows less columns after any VAR(1) prewhitening.
    BaiPerron { prewhiten: bool },
    /// R's `sandwich::kernHAC`: prewhitened by a VAR(1), bandwidth from AR(1)s with a mean in which
    /// the constant doesn't count unless it is alone, divided by rows less columns before it.
    KernHac,
}

/// The long-run covariance of scores (n × d), per row. `constant` says of each column whether its
/// regressor is one; `first` is the stretch's place in the series, for errors.
///
/// # Source
/// Andrews (1991), Econometrica 59, 817–858; Andrews and Monahan (1992), Econometrica 60, 953–966.
pub(super) fn long_run(
    scores: &DMatrix<f64>,
    constant: &[bool],
    convention: Convention,
    first: usize,
) -> Result<DMatrix<f64>, PartitionError> {
    let (n, d) = scores.shape();
    let refuse = |reason| PartitionError::LongRun {
        first,
        last: first + n.max(1) - 1,
        reason,
    };
    let prewhiten = convention != Convention::BaiPerron { prewhiten: false };
    if n < d + 3 + usize::from(prewhiten) {
        return Err(refuse("too few periods"));
    }
    let (whitened, recolour) = if prewhiten {
        let (whitened, transition) = vector_autoregression(scores)
            .ok_or_else(|| refuse("residuals or regressors don't vary enough to prewhiten"))?;
        let recolour = (DMatrix::identity(d, d) - transition)
            .try_inverse()
            .filter(|one| one.iter().all(|value| value.is_finite()))
            .ok_or_else(|| refuse("the prewhitening has a unit root"))?;
        (whitened, Some(recolour))
    } else {
        (scores.clone(), None)
    };
    let rows = whitened.nrows();
    let (with_mean, counts): (bool, Vec<bool>) = match convention {
        Convention::BaiPerron { .. } => (false, vec![true; d]),
        Convention::KernHac => {
            let all_constant = constant.iter().all(|one| *one);
            (
                true,
                constant.iter().map(|one| all_constant || !one).collect(),
            )
        }
    };
    let bandwidth = bandwidth(&whitened, &counts, with_mean)
        .ok_or_else(|| refuse("residuals are all zero or explosive"))?;
    let kernel = Kernel::QuadraticSpectral;
    let weights = match convention {
        _ if bandwidth <= 0.0 => Vec::new(),
        Convention::BaiPerron { .. } => (1..rows)
            .map(|lag| kernel.weight(lag as f64 / bandwidth))
            .collect(),
        Convention::KernHac => lag_weights(kernel, bandwidth, rows),
    };
    let mut sum = weighted_sum(&whitened, &weights);
    sum /= match convention {
        Convention::BaiPerron { .. } => (rows - d) as f64,
        Convention::KernHac => (n - d) as f64,
    };
    let covariance = match recolour {
        Some(recolour) => &recolour * sum * recolour.transpose(),
        None => sum,
    };
    if covariance.iter().all(|value| value.is_finite()) {
        Ok(covariance)
    } else {
        Err(refuse("it isn't finite"))
    }
}

/// Residuals and coefficients of a VAR(1) through the origin.
fn vector_autoregression(scores: &DMatrix<f64>) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
    let (n, d) = scores.shape();
    let mut transition = DMatrix::<f64>::zeros(d, d);
    let mut row = vec![0.0; d];
    for equation in 0..d {
        let mut givens = Givens::new(d);
        for t in 1..n {
            for (column, entry) in row.iter_mut().enumerate() {
                *entry = scores[(t - 1, column)];
            }
            givens.add(&row, scores[(t, equation)]);
        }
        if givens.collinear().is_some() {
            return None;
        }
        for (column, value) in givens.coefficients().into_iter().enumerate() {
            transition[(equation, column)] = value;
        }
    }
    let ahead = scores.rows(1, n - 1).into_owned();
    let whitened = ahead - scores.rows(0, n - 1) * transition.transpose();
    Some((whitened, transition))
}

/// Andrews' automatic bandwidth for the quadratic spectral kernel from AR(1)s.
fn bandwidth(scores: &DMatrix<f64>, counts: &[bool], with_mean: bool) -> Option<f64> {
    let n = scores.nrows();
    let pairs = (n - 1) as f64;
    let (mut numerator, mut denominator) = (0.0, 0.0);
    for (column, _) in scores
        .column_iter()
        .zip(counts)
        .filter(|(_, counts)| **counts)
    {
        let values = column.as_slice();
        let mean = |values: &[f64]| {
            if with_mean {
                values.iter().sum::<f64>() / pairs
            } else {
                0.0
            }
        };
        let (behind, ahead) = (mean(&values[..n - 1]), mean(&values[1..]));
        let (mut cross, mut square) = (0.0, 0.0);
        for pair in values.windows(2) {
            cross += (pair[1] - ahead) * (pair[0] - behind);
            square += (pair[0] - behind).powi(2);
        }
        let rho = cross / square;
        let variance: f64 = values
            .windows(2)
            .map(|pair| (pair[1] - ahead - rho * (pair[0] - behind)).powi(2))
            .sum::<f64>()
            / pairs;
        numerator += 4.0 * rho * rho * variance * variance / (1.0 - rho).powi(8);
        denominator += variance * variance / (1.0 - rho).powi(4);
    }
    let alpha = numerator / denominator;
    alpha
        .is_finite()
        .then(|| 1.3221 * (alpha * n as f64).powf(0.2))
}
