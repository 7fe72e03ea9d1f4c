//! Covariances that hold under heteroscedasticity and serial correlation, and Wald tests.

use nalgebra::DMatrix;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::design::Design;
use crate::glm::{GlmError, GlmFit};

/// Which covariance of the coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    /// The model's own.
    Model,
    /// White (1980), without a small-sample factor.
    Hc0,
    /// Newey and West (1987): Bartlett kernel up to `lag`, with the factor n/(n − k).
    NeweyWest {
        /// The last lag that counts.
        lag: usize,
    },
    /// Andrews and Monahan (1992): AR(1) prewhitening, quadratic spectral kernel, Andrews' (1991)
    /// automatic bandwidth from univariate AR(1)s, with the factor n/(n − k).
    PrewhitenedQs,
}

/// A Wald test in its F form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaldTest {
    /// The F statistic.
    pub statistic: f64,
    /// Restrictions.
    pub df: usize,
    /// Residual degrees of freedom.
    pub df_residual: usize,
    /// The p-value.
    pub p_value: f64,
}

/// The covariance of a fit's coefficients, k × k row-major.
///
/// # Errors
/// [`GlmError::TooShort`] where fewer rows than columns are left after prewhitening.
///
/// # Source
/// White (1980), Econometrica 48, 817–838; Newey and West (1987), Econometrica 55, 703–708; Andrews
/// (1991), Econometrica 59, 817–858; Andrews and Monahan (1992), Econometrica 60, 953–966; as an
/// object-oriented sandwich in Zeileis (2004), Journal of Statistical Software 11(10).
pub fn robust_covariance(
    fit: &GlmFit,
    design: &Design,
    y: &[f64],
    kind: Covariance,
) -> Result<Vec<f64>, GlmError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    if y.len() != n || fit.fitted.len() != n {
        return Err(GlmError::Length {
            what: "the response",
            needed: n,
            got: y.len(),
        });
    }
    if matches!(kind, Covariance::Model) {
        return Ok(fit.covariance.clone());
    }
    // Estimating functions: working weight times working residual times regressor.
    let scores = DMatrix::from_fn(n, k, |row, column| {
        fit.pearson_residuals[row] * fit.weights[row].sqrt() * design.column(column)[row]
    });
    let small_sample = n as f64 / (n - k) as f64;
    let meat = match kind {
        Covariance::Model => unreachable!("returned above"),
        Covariance::Hc0 => scores.tr_mul(&scores),
        Covariance::NeweyWest { lag } => {
            weighted_sum(&scores, |j| 1.0 - j as f64 / (lag as f64 + 1.0), lag) * small_sample
        }
        Covariance::PrewhitenedQs => prewhitened_qs(&scores)? * small_sample,
    };
    let scale = if fit.theta.is_some() {
        1.0
    } else {
        fit.dispersion
    };
    let bread = DMatrix::from_row_slice(k, k, &fit.covariance) / scale;
    let covariance = &bread * meat * &bread;
    Ok((0..k)
        .flat_map(|i| (0..k).map(move |j| (i, j)))
        .map(|at| covariance[at])
        .collect())
}

/// Γ₀ + Σ w(j)(Γⱼ + Γⱼ').
fn weighted_sum(scores: &DMatrix<f64>, weight: impl Fn(usize) -> f64, last: usize) -> DMatrix<f64> {
    let n = scores.nrows();
    let mut sum = scores.tr_mul(scores);
    for lag in 1..=last.min(n - 1) {
        let ahead = scores.rows(lag, n - lag);
        let behind = scores.rows(0, n - lag);
        let gamma = ahead.tr_mul(&behind);
        sum += (&gamma + gamma.transpose()) * weight(lag);
    }
    sum
}

fn prewhitened_qs(scores: &DMatrix<f64>) -> Result<DMatrix<f64>, GlmError> {
    let (n, k) = scores.shape();
    if n < k + 4 {
        return Err(GlmError::TooShort {
            needed: k + 4,
            got: n,
            columns: k,
        });
    }
    let ahead = scores.rows(1, n - 1).into_owned();
    let behind = scores.rows(0, n - 1).into_owned();
    // VAR(1) by least squares. Andrews and Monahan hold its singular values below 0.97, which
    // depends on the regressors' units; what has to be below 1 is its largest eigenvalue.
    let transition = behind
        .clone()
        .svd(true, true)
        .solve(&ahead, 1e-12)
        .map_err(|_| GlmError::NotConverged { iterations: 0 })?
        .transpose();
    let transition = stationary(transition, 0.97);
    let whitened = ahead - behind * transition.transpose();
    let bandwidth = andrews_bandwidth(&whitened);
    let last = whitened.nrows() - 1;
    let sum = weighted_sum(&whitened, |lag| qs_kernel(lag as f64 / bandwidth), last);
    let recolour = (DMatrix::identity(k, k) - transition)
        .try_inverse()
        .ok_or(GlmError::NotConverged { iterations: 0 })?;
    Ok(&recolour * sum * recolour.transpose())
}

/// The matrix shrunk until its largest eigenvalue is at most `most` in size.
fn stationary(matrix: DMatrix<f64>, most: f64) -> DMatrix<f64> {
    let radius = matrix
        .complex_eigenvalues()
        .iter()
        .map(|one| one.re.hypot(one.im))
        .fold(0.0, f64::max);
    if radius > most {
        matrix * (most / radius)
    } else {
        matrix
    }
}

/// Andrews' (1991) bandwidth for the quadratic spectral kernel, from an AR(1) with a mean of each
/// column, all columns counting alike.
fn andrews_bandwidth(scores: &DMatrix<f64>) -> f64 {
    let n = scores.nrows();
    let (mut numerator, mut denominator) = (0.0, 0.0);
    for column in scores.column_iter() {
        let values = column.as_slice();
        let pairs = (n - 1) as f64;
        let mean_behind = values[..n - 1].iter().sum::<f64>() / pairs;
        let mean_ahead = values[1..].iter().sum::<f64>() / pairs;
        let (mut cross, mut square) = (0.0, 0.0);
        for row in 1..n {
            cross += (values[row] - mean_ahead) * (values[row - 1] - mean_behind);
            square += (values[row - 1] - mean_behind).powi(2);
        }
        if square <= 0.0 {
            continue;
        }
        let rho = (cross / square).clamp(-0.97, 0.97);
        let variance = (1..n)
            .map(|row| (values[row] - mean_ahead - rho * (values[row - 1] - mean_behind)).powi(2))
            .sum::<f64>()
            / pairs;
        let spectral = variance * variance;
        numerator += 4.0 * rho * rho * spectral / (1.0 - rho).powi(8);
        denominator += spectral / (1.0 - rho).powi(4);
    }
    if denominator <= 0.0 {
        return 1.0;
    }
    (1.3221 * (numerator / denominator * n as f64).powf(0.2)).max(1e-3)
}

fn qs_kernel(x: f64) -> f64 {
    if x.abs() < 1e-8 {
        return 1.0;
    }
    let z = 6.0 * std::f64::consts::PI * x / 5.0;
    3.0 / (z * z) * (z.sin() / z - z.cos())
}

/// Tests that the coefficients `which` are all zero.
///
/// # Errors
/// [`GlmError::Collinear`] where their covariance is singular.
pub fn wald_test(
    coefficients: &[f64],
    covariance: &[f64],
    which: &[usize],
    df_residual: usize,
) -> Result<WaldTest, GlmError> {
    let k = coefficients.len();
    let df = which.len();
    let singular = || GlmError::Collinear {
        column: "of the tested coefficients".to_owned(),
    };
    let block = DMatrix::from_fn(df, df, |i, j| covariance[which[i] * k + which[j]]);
    let vector = nalgebra::DVector::from_iterator(df, which.iter().map(|&i| coefficients[i]));
    let solved = block.cholesky().ok_or_else(singular)?.solve(&vector);
    let statistic = vector.dot(&solved) / df as f64;
    let law = FisherSnedecor::new(df as f64, df_residual.max(1) as f64).map_err(|_| singular())?;
    Ok(WaldTest {
        statistic,
        df,
        df_residual,
        p_value: law.sf(statistic).clamp(0.0, 1.0),
    })
}
