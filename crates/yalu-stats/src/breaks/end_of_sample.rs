//! Are the last few periods, too few for a break test, unlike those before?

use super::{BreakError, ShiftModel};
use crate::glm::{Family, fit_glm};

/// An end-of-sample instability test.
#[derive(Debug, Clone, PartialEq)]
pub struct EndOfSampleTest {
    /// The squared sum of the tail's Pearson residuals over its length.
    pub statistic: f64,
    /// The share of earlier stretches of the same length with a statistic as large.
    pub p_value: f64,
    /// Periods in the tail.
    pub n_tail: usize,
    /// The tail's log ratio of observed to expected counts; the mean residual for the Gaussian.
    pub log_ratio: f64,
}

/// Tests whether the last `n_tail` periods fit the model of those before.
///
/// The statistic's distribution is read off every earlier stretch of the same length, so that it
/// needs no model of the serial correlation within the tail.
///
/// # Errors
/// [`BreakError::TooShort`] where fewer than three stretches come before the tail; [`BreakError::Fit`]
/// where the earlier periods can't be fitted.
///
/// # Source
/// Andrews (2003), Econometrica 71, 1661–1694 (the S test), on Pearson residuals of a count model.
pub fn end_of_sample_test(
    model: &ShiftModel<'_>,
    n_tail: usize,
) -> Result<EndOfSampleTest, BreakError> {
    let n = model.y.len();
    let k = model.design.n_columns();
    if n_tail == 0 || n < 3 * n_tail + k {
        return Err(BreakError::TooShort {
            needed: 3 * n_tail.max(1) + k,
            got: n,
        });
    }
    let before = n - n_tail;
    let design = model.design.head(before);
    let fit = fit_glm(
        &model.y[..before],
        &model.offset[..before],
        &design,
        model.family,
    )?;
    let eta: Vec<f64> = model
        .design
        .times(&fit.coefficients)
        .iter()
        .zip(model.offset)
        .map(|(eta, offset)| eta + offset)
        .collect();
    let mut residuals = fit.pearson_residuals.clone();
    let (mut observed, mut expected) = (0.0, 0.0);
    for (y, eta) in model.y.iter().zip(&eta).skip(before) {
        if model.family == Family::Gaussian {
            residuals.push(y - eta);
            observed += y - eta;
            continue;
        }
        let mean = eta.exp();
        let variance = fit.theta.map_or(mean, |theta| mean + mean * mean / theta);
        residuals.push((y - mean) / variance.sqrt());
        observed += y;
        expected += mean;
    }
    let statistic_of =
        |first: usize| residuals[first..first + n_tail].iter().sum::<f64>().powi(2) / n_tail as f64;
    let statistic = statistic_of(before);
    let stretches = before + 1 - n_tail;
    let as_large = (0..stretches)
        .filter(|&first| statistic_of(first) >= statistic)
        .count();
    let log_ratio = if model.family == Family::Gaussian {
        observed / n_tail as f64
    } else {
        // Half an event where there was none, so that the ratio is finite.
        (observed.max(0.5) / expected).ln()
    };
    Ok(EndOfSampleTest {
        statistic,
        p_value: (1 + as_large) as f64 / (1 + stretches) as f64,
        n_tail,
        log_ratio,
    })
}
