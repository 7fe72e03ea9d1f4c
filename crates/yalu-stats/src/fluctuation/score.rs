//! Processes of scores.

use nalgebra::DMatrix;

use super::process::sums;
use super::{Fluctuation, FluctuationError, FluctuationProcess, LimitProcess};
use crate::covariance::{Covariance, robust_covariance};
use crate::design::Design;
use crate::glm::{GlmError, GlmFit};
use crate::linalg::WeightedQr;
use crate::updating::polar;

/// The M-fluctuation process of a fitted model's scores, whatever its family: under constant
/// coefficients k independent Brownian bridges.
///
/// `fit` is that of `y` on `design`; the scores are those of its coefficients. `covariance` decides
/// what they are made uncorrelated by: [`Covariance::Model`] and [`Covariance::Hc0`] their own second
/// moments, which hold under any variance but no serial correlation; another its long-run covariance.
///
/// # Errors
/// [`FluctuationError`] where lengths differ or scores are collinear.
///
/// # Source
/// Zeileis and Hornik (2007), Statistica Neerlandica 61, 488–508; Zeileis (2005), Econometric Reviews
/// 24, 445–466.
///
/// ```
/// use yalu_stats::{
///     Covariance, Design, Family, FluctuationFunctional, fit_glm, score_process,
/// };
/// let y: Vec<f64> = (0..60).map(|t| f64::from(t * 7 % 5 + if t < 30 { 1 } else { 6 })).collect();
/// let design = Design::intercept(60);
/// let fit = fit_glm(&y, &[0.0; 60], &design, Family::QuasiPoisson)?;
/// let process = score_process(&fit, &design, &y, Covariance::Model)?;
/// let test = process.test(FluctuationFunctional::SupLm { from: 0.1, to: 0.9 })?;
/// assert!(test.p_value < 0.001);
/// # Ok::<(), yalu_stats::FluctuationError>(())
/// ```
pub fn score_process(
    fit: &GlmFit,
    design: &Design,
    y: &[f64],
    covariance: Covariance,
) -> Result<FluctuationProcess, FluctuationError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    for (what, got) in [("the response", y.len()), ("the fit", fit.fitted.len())] {
        if got != n {
            return Err(FluctuationError::Fit(GlmError::Length {
                what,
                needed: n,
                got,
            }));
        }
    }
    if fit.coefficients.len() != k {
        return Err(FluctuationError::Fit(GlmError::Length {
            what: "the fit's coefficients",
            needed: k,
            got: fit.coefficients.len(),
        }));
    }
    // Working weight times working residual times regressor.
    let weighted: Vec<f64> = fit
        .pearson_residuals
        .iter()
        .zip(&fit.weights)
        .map(|(residual, weight)| residual * weight.sqrt())
        .collect();
    let scores = times(design, &weighted);
    let names = design.names().to_vec();
    let values = if matches!(covariance, Covariance::Model | Covariance::Hc0) {
        own_scale(&scores, &names)?
    } else {
        let v = robust_covariance(fit, design, y, covariance)?;
        long_run_scale(&scores, design, &fit.weights, &v)?
    };
    Ok(FluctuationProcess {
        kind: Fluctuation::Model,
        names,
        values,
        n_before: 0,
        limit: LimitProcess::BrownianBridge,
        bandwidth: None,
        scale: None,
    })
}

/// Names and summed scores of a Gaussian model, the variance's last where it is wanted.
pub(super) fn gaussian_scores(
    residuals: &[f64],
    design: &Design,
    variance: bool,
) -> Result<(Vec<String>, Vec<Vec<f64>>), FluctuationError> {
    let n = residuals.len() as f64;
    let mut scores = times(design, residuals);
    let mut names = design.names().to_vec();
    if variance {
        let mean_square = residuals.iter().map(|one| one * one).sum::<f64>() / n;
        let column: Vec<f64> = residuals
            .iter()
            .map(|one| one * one - mean_square)
            .collect();
        // Squares that differ by rounding only would be blown up to a process.
        let spread: f64 = column.iter().map(|one| one * one).sum();
        if spread <= 1e-20 * n * mean_square * mean_square {
            return Err(FluctuationError::SingularScores {
                name: "variance".to_owned(),
            });
        }
        scores.push(column);
        names.push("variance".to_owned());
    }
    let values = own_scale(&scores, &names)?;
    Ok((names, values))
}

fn times(design: &Design, factors: &[f64]) -> Vec<Vec<f64>> {
    (0..design.n_columns())
        .map(|column| {
            design
                .column(column)
                .iter()
                .zip(factors)
                .map(|(x, factor)| x * factor)
                .collect()
        })
        .collect()
}

/// Sums of Ψ(Ψ'Ψ)^(−½): with Ψ = Q·R it is Q times R's orthogonal polar factor.
fn own_scale(scores: &[Vec<f64>], names: &[String]) -> Result<Vec<Vec<f64>>, FluctuationError> {
    let n = scores[0].len();
    let stacked = Design::from_columns(n, scores.to_vec());
    let singular = |column: usize| FluctuationError::SingularScores {
        name: names[column].clone(),
    };
    let qr = WeightedQr::new(&stacked, &vec![1.0; n]).map_err(singular)?;
    let rotated = &qr.q * polar(qr.r().clone()).ok_or_else(|| singular(0))?;
    Ok(rotated
        .column_iter()
        .map(|column| sums(column.as_slice(), 1.0))
        .collect())
}

/// Sums of J^(−½)ψ/√n, where J is the long-run covariance of the scores: A·V·A/n for the covariance V
/// of the coefficients and the information A = X'WX.
fn long_run_scale(
    scores: &[Vec<f64>],
    design: &Design,
    weights: &[f64],
    v: &[f64],
) -> Result<Vec<Vec<f64>>, FluctuationError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let information = DMatrix::from_fn(k, k, |i, j| {
        design
            .column(i)
            .iter()
            .zip(design.column(j))
            .zip(weights)
            .map(|((a, b), weight)| a * b * weight)
            .sum::<f64>()
    });
    let j = &information * DMatrix::from_row_slice(k, k, v) * &information / n as f64;
    let j = (&j + j.transpose()) * 0.5;
    let eigen = j.symmetric_eigen();
    let largest = eigen.eigenvalues.max();
    if eigen.eigenvalues.min() <= 1e-14 * largest {
        return Err(FluctuationError::SingularScores {
            name: design.names()[k - 1].clone(),
        });
    }
    let root = DMatrix::from_diagonal(&eigen.eigenvalues.map(|one| 1.0 / one.sqrt()));
    let inverse_root = &eigen.eigenvectors * root * eigen.eigenvectors.transpose();
    let scale = (n as f64).sqrt();
    Ok((0..k)
        .map(|component| {
            let mixed: Vec<f64> = (0..n)
                .map(|row| {
                    (0..k)
                        .map(|column| inverse_root[(component, column)] * scores[column][row])
                        .sum()
                })
                .collect();
            sums(&mixed, scale)
        })
        .collect())
}
