//! Wald tests of several coefficients at once.

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::glm::GlmError;

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

/// Tests that the coefficients `which` are all zero. `covariance` is k × k row-major.
///
/// # Errors
/// [`GlmError::Collinear`] where their covariance is singular, [`GlmError::NoSuchColumn`] where one
/// isn't there or none is named, [`GlmError::Length`] for a covariance of another size.
pub fn wald_test(
    coefficients: &[f64],
    covariance: &[f64],
    which: &[usize],
    df_residual: usize,
) -> Result<WaldTest, GlmError> {
    let k = coefficients.len();
    let df = which.len();
    if covariance.len() != k * k {
        return Err(GlmError::Length {
            what: "the covariance",
            needed: k * k,
            got: covariance.len(),
        });
    }
    let stray = which.iter().copied().find(|&one| one >= k);
    if let Some(index) = stray.or_else(|| which.is_empty().then_some(0)) {
        return Err(GlmError::NoSuchColumn { index, columns: k });
    }
    let singular = || GlmError::Collinear {
        column: "of the tested coefficients".to_owned(),
    };
    let block = DMatrix::from_fn(df, df, |i, j| covariance[which[i] * k + which[j]]);
    let vector = DVector::from_iterator(df, which.iter().map(|&i| coefficients[i]));
    let solved = block.cholesky().ok_or_else(singular)?.solve(&vector);
    let statistic = vector.dot(&solved) / df as f64;
    if !statistic.is_finite() {
        return Err(singular());
    }
    let law = FisherSnedecor::new(df as f64, df_residual.max(1) as f64).map_err(|_| singular())?;
    Ok(WaldTest {
        statistic,
        df,
        df_residual,
        p_value: law.sf(statistic).clamp(0.0, 1.0),
    })
}
