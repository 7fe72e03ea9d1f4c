//! Are the last few periods, too few for a break test, unlike those before?

use super::{BreakError, ShiftModel};
use crate::glm::{Family, GlmError, Regression, fit_glm};

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

/// Pearson residuals of the rows from `first` to `last` under the model of all others before `end`,
/// with the rows' observed and expected sums.
fn left_out(
    model: &ShiftModel<'_>,
    first: usize,
    last: usize,
    end: usize,
) -> Result<(Vec<f64>, f64, f64), GlmError> {
    let keep: Vec<usize> = (0..end).filter(|row| *row < first || *row > last).collect();
    let pick = |values: &[f64]| -> Vec<f64> { keep.iter().map(|&row| values[row]).collect() };
    let design = model.design.select(&keep);
    let fit = fit_glm(&pick(model.y), &pick(model.offset), &design, model.family)?;
    let eta = model.design.times(&fit.coefficients);
    let (mut residuals, mut observed, mut expected) = (Vec::new(), 0.0, 0.0);
    for row in first..=last {
        let (y, eta) = (model.y[row], eta[row] + model.offset[row]);
        observed += y;
        if model.family == Family::Gaussian {
            expected += eta;
            residuals.push(y - eta);
        } else {
            let mean = eta.exp();
            let variance = fit.theta.map_or(mean, |theta| mean + mean * mean / theta);
            expected += mean;
            residuals.push((y - mean) / variance.sqrt());
        }
    }
    Ok((residuals, observed, expected))
}

/// Tests whether the last `n_tail` periods fit the model of those before.
///
/// The statistic's distribution is read off every earlier stretch of the same length, each held
/// against the model of the other periods before the tail, so that it needs no model of the serial
/// correlation within the tail. Stretches overlap, so that in a short series few are independent and
/// the p-value is too small: docs/methods/end-of-sample-test.md says by how much.
///
/// # Errors
/// [`BreakError::TooShort`] where fewer than three stretches come before the tail; [`BreakError::Fit`]
/// where the earlier periods can't be fitted, or a figure isn't a finite number;
/// [`BreakError::Extrapolation`] where their model has no finite mean in the tail.
///
/// # Source
/// Andrews (2003), Econometrica 71, 1661–1694 (the S test), on Pearson residuals of a count model.
///
/// ```
/// use yalu_stats::{Design, Family, ShiftModel, end_of_sample_test};
///
/// // Counts that step up after the twentieth of thirty periods.
/// let y: Vec<f64> = (0..30).map(|t| f64::from(t * 7 % 5 + if t < 20 { 2 } else { 12 })).collect();
/// let model = ShiftModel {
///     y: &y,
///     offset: &[0.0; 30],
///     design: &Design::intercept(30),
///     family: Family::QuasiPoisson,
/// };
/// let test = end_of_sample_test(&model, 4)?;
/// assert!(test.log_ratio > 0.3);
/// # Ok::<(), yalu_stats::BreakError>(())
/// ```
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
    Regression::new(model.y, model.design, model.family)
        .offset(model.offset)
        .check_data()?;
    let before = n - n_tail;
    let statistic_of = |residuals: &[f64]| residuals.iter().sum::<f64>().powi(2) / n_tail as f64;
    let (tail, observed, expected) = left_out(model, before, n - 1, before)?;
    let statistic = statistic_of(&tail);
    if !statistic.is_finite() || !(observed.max(0.5) / expected).is_finite() {
        return Err(BreakError::Extrapolation);
    }
    let stretches = before + 1 - n_tail;
    let mut as_large = 0;
    for first in 0..stretches {
        // A stretch without which the model can't be fitted is as unusual as any.
        let large = match left_out(model, first, first + n_tail - 1, before) {
            Ok((residuals, _, _)) => {
                let own = statistic_of(&residuals);
                own >= statistic || !own.is_finite()
            }
            Err(_) => true,
        };
        as_large += usize::from(large);
    }
    let log_ratio = if model.family == Family::Gaussian {
        (observed - expected) / n_tail as f64
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
