//! Distributed lags beside lags of the series itself.

use nalgebra::DMatrix;

use super::InterruptedError;
use super::inference::{Estimate, Inference};
use super::lags::{LagModel, LagSample, check_pressure, too_many_lags};
use crate::design::Design;
use crate::glm::{Family, GlmFit, fit_glm};

/// The furthest horizon.
const MOST_PERIODS: usize = 10_000;

/// The response to a pressure of a series that also carries on from its own past.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicFit {
    /// The first period used.
    pub first_period: usize,
    /// The regression; its rows are the periods used.
    pub fit: GlmFit,
    /// Its design: the base, the pressure's lags from 0 on, the series' own lags from 1 on.
    pub design: Design,
    /// The coefficients of the series' own lags.
    pub own: Vec<Estimate>,
    /// The response h periods after one unit of pressure that lasts one period, h = 0 … horizon.
    pub impulse: Vec<Estimate>,
    /// The response after h + 1 periods of one unit that stays.
    pub cumulative: Vec<Estimate>,
    /// Where that response goes in the end: Σβ/(1 − Σφ).
    pub long_run: Estimate,
    /// The size of the largest root of the own lags, below 1; the response fades by about this
    /// share a period.
    pub largest_root: f64,
}

/// Estimates the response to lags 0 to `lags` of the pressure beside lags 1 to `own_lags` of the
/// series, and follows it to `horizon`: ψₕ = βₕ + Σ φᵢψₕ₋ᵢ. Gaussian only, the offset included in
/// the series that its lags are taken of.
///
/// Own lags take up serial correlation; where some is left in the residuals the coefficients are
/// biased, whatever the covariance.
///
/// # Errors
/// As [`super::distributed_lags`]; a family other than the Gaussian, no own lag, or own lags that
/// don't fade.
///
/// # Source
/// Greene (2012), Econometric Analysis, 7th ed., section 20.4; errors by the delta method.
///
/// ```
/// use yalu_stats::{Covariance, Design, Family, LagModel, LagSample, dynamic_lags};
///
/// let pressure: Vec<f64> = (0..60).map(|t| f64::from(t * 7 % 11)).collect();
/// let mut y = vec![0.0; 60];
/// for t in 1..60 {
///     y[t] = 0.5 * y[t - 1] + pressure[t] + 0.1 * (t * t % 5) as f64;
/// }
/// let base = Design::intercept(60);
/// let model = LagModel {
///     y: &y,
///     offset: &[0.0; 60],
///     base: &base,
///     pressure: &pressure,
///     family: Family::Gaussian,
///     covariance: Covariance::Model,
///     confidence: 0.95,
/// };
/// let fit = dynamic_lags(&model, 1, 0, 12, LagSample::Longest)?;
/// assert!((fit.long_run.value - 2.0).abs() < 0.1);
/// # Ok::<(), yalu_stats::InterruptedError>(())
/// ```
pub fn dynamic_lags(
    model: &LagModel<'_>,
    own_lags: usize,
    lags: usize,
    horizon: usize,
    sample: LagSample,
) -> Result<DynamicFit, InterruptedError> {
    if model.family != Family::Gaussian {
        return Err(InterruptedError::NotGaussian);
    }
    if own_lags == 0 {
        return Err(InterruptedError::Nothing {
            what: "lag of the series itself",
        });
    }
    if horizon > MOST_PERIODS {
        return Err(InterruptedError::Setting {
            what: "the horizon",
            got: horizon as f64,
            wanted: "it must be at most 10,000 periods",
        });
    }
    check_pressure(model)?;
    let n = model.base.n_rows();
    let n_base = model.base.n_columns();
    let most = lags.max(own_lags);
    let first = match sample {
        LagSample::Longest => most,
        LagSample::From(period) => period.max(most),
    };
    if first >= n {
        return Err(too_many_lags(most, 0, n_base + 2));
    }
    let (rows, columns) = (n - first, n_base + lags + 1 + own_lags);
    if rows <= columns {
        return Err(too_many_lags(most, rows, columns));
    }
    if model.y.len() != n || model.offset.len() != n {
        // Let the fit name the vector that is off.
        fit_glm(model.y, model.offset, model.base, model.family)?;
    }
    let series: Vec<f64> = model
        .y
        .iter()
        .zip(model.offset)
        .map(|(y, offset)| y - offset)
        .collect();
    let keep: Vec<usize> = (first..n).collect();
    let mut design = model.base.select(&keep);
    for lag in 0..=lags {
        let column = keep.iter().map(|&t| model.pressure[t - lag]).collect();
        design = design.with(format!("pressure lag {lag}"), column)?;
    }
    for lag in 1..=own_lags {
        let column = keep.iter().map(|&t| series[t - lag]).collect();
        design = design.with(format!("own lag {lag}"), column)?;
    }
    let y = &model.y[first..];
    let fit = fit_glm(y, &model.offset[first..], &design, model.family)?;
    let inference = Inference::new(&fit, &design, y, model.covariance, model.confidence)?;
    let beta = &fit.coefficients[n_base..=n_base + lags];
    let phi = &fit.coefficients[n_base + lags + 1..];
    let companion = DMatrix::from_fn(own_lags, own_lags, |i, j| {
        if i == 0 {
            phi[j]
        } else {
            f64::from(u8::from(i == j + 1))
        }
    });
    let largest_root = companion
        .complex_eigenvalues()
        .iter()
        .map(|root| root.re.hypot(root.im))
        .fold(0.0, f64::max);
    if largest_root.is_nan() || largest_root >= 1.0 - 1e-9 {
        return Err(InterruptedError::NotFading { root: largest_root });
    }
    // ψₕ and its gradient by the same recursion.
    let mut impulse = Vec::with_capacity(horizon + 1);
    let mut cumulative = Vec::with_capacity(horizon + 1);
    let mut history: Vec<(f64, Vec<f64>)> = Vec::with_capacity(horizon + 1);
    let (mut sum, mut sum_gradient) = (0.0, vec![0.0; columns]);
    for h in 0..=horizon {
        let mut value = 0.0;
        let mut gradient = vec![0.0; columns];
        if h <= lags {
            value += beta[h];
            gradient[n_base + h] += 1.0;
        }
        for i in 1..=own_lags.min(h) {
            let (past, past_gradient) = &history[h - i];
            value += phi[i - 1] * past;
            gradient[n_base + lags + i] += past;
            for (one, earlier) in gradient.iter_mut().zip(past_gradient) {
                *one += phi[i - 1] * earlier;
            }
        }
        sum += value;
        for (total, one) in sum_gradient.iter_mut().zip(&gradient) {
            *total += one;
        }
        impulse.push(inference.estimate(value, &gradient));
        cumulative.push(inference.estimate(sum, &sum_gradient));
        history.push((value, gradient));
    }
    let left = 1.0 - phi.iter().sum::<f64>();
    let end = beta.iter().sum::<f64>() / left;
    let mut gradient = vec![0.0; columns];
    gradient[n_base..=n_base + lags].fill(1.0 / left);
    gradient[n_base + lags + 1..].fill(end / left);
    let own = (n_base + lags + 1..columns)
        .map(|column| inference.coefficient(&fit, column))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(DynamicFit {
        first_period: first,
        own,
        impulse,
        cumulative,
        long_run: inference.estimate(end, &gradient),
        largest_root,
        fit,
        design,
    })
}
