//! Distributed lags of a pressure series.

use super::InterruptedError;
use super::inference::{Estimate, Inference, likelihood};
use crate::covariance::{Covariance, WaldTest, wald_test};
use crate::design::Design;
use crate::glm::{Family, GlmFit, fit_glm};

/// A series, what else moves it, and the pressure that it may answer to.
#[derive(Debug, Clone, Copy)]
pub struct LagModel<'a> {
    /// n figures.
    pub y: &'a [f64],
    /// n offsets: the log of the exposure for counts.
    pub offset: &'a [f64],
    /// n × k: level, trend, season, interruptions.
    pub base: &'a Design,
    /// n figures of pressure.
    pub pressure: &'a [f64],
    /// How figures vary.
    pub family: Family,
    /// The covariance that intervals rest on.
    pub covariance: Covariance,
    /// The intervals' confidence.
    pub confidence: f64,
}

/// How the lag coefficients hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LagForm {
    /// Each lag has its own.
    Free,
    /// They lie on a polynomial in the lag; a degree of the number of lags or more is `Free`.
    Almon {
        /// The polynomial's degree.
        degree: usize,
    },
}

/// Which periods are used; the first ones lose their lags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LagSample {
    /// All that have every lag.
    Longest,
    /// Those from this period on, so that models with different lags see the same ones.
    From(usize),
}

/// An information criterion, from −2 log-likelihood, p parameters (the variance or θ counted) and
/// the n periods used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LagCriterion {
    /// Akaike: + 2p.
    Aic,
    /// Schwarz: + p·ln n.
    Bic,
    /// Hannan and Quinn: + 2p·ln ln n.
    Hq,
}

/// The response to a pressure.
#[derive(Debug, Clone, PartialEq)]
pub struct LagFit {
    /// The last lag.
    pub lags: usize,
    /// How the coefficients hang together.
    pub form: LagForm,
    /// The first period used.
    pub first_period: usize,
    /// The regression; its rows are the periods used.
    pub fit: GlmFit,
    /// Its design; the lag columns (or the polynomial's) follow those of the base.
    pub design: Design,
    /// The response h periods after one unit of pressure that lasts one period, h = 0 … lags: the
    /// impulse response, on the scale of the linear predictor.
    pub impulse: Vec<Estimate>,
    /// The response after h + 1 periods of one unit that stays: the sum of the first h + 1 lag
    /// coefficients, from their joint covariance.
    pub cumulative: Vec<Estimate>,
    /// The long-run multiplier: the last of `cumulative`.
    pub long_run: Estimate,
    /// The rate ratio in the long run per unit of pressure where the link is logarithmic.
    pub long_run_ratio: Option<Estimate>,
    /// The joint covariance of the lag coefficients, (lags + 1)² row-major.
    pub covariance: Vec<f64>,
    /// The joint test that there is no response at any lag.
    pub joint: WaldTest,
}

/// One candidate number of lags.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagRow {
    /// The last lag.
    pub lags: usize,
    /// Parameters, the variance or θ counted.
    pub n_parameters: usize,
    /// −2 log-likelihood; for quasi-Poisson the deviance over the dispersion of the longest model.
    pub minus_two_log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's criterion.
    pub bic: f64,
    /// Hannan and Quinn's criterion.
    pub hq: f64,
}

/// A number of lags chosen by a criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct LagChoice {
    /// The criterion.
    pub criterion: LagCriterion,
    /// The candidates from 0 lags up, all on the periods from `first_period` on.
    pub rows: Vec<LagRow>,
    /// The first period of the common sample: the most lags.
    pub first_period: usize,
    /// The chosen model on that common sample. Its intervals take the number of lags as given.
    pub chosen: LagFit,
}

/// Estimates the response to lags 0 to `lags` of the pressure.
///
/// # Errors
/// [`InterruptedError`] where the pressure is of another length, isn't finite, is zero or constant,
/// there are too many lags for the periods, or the fit fails.
///
/// # Source
/// Almon (1965), Econometrica 33, 178–196; Greene (2012), Econometric Analysis, 7th ed., section
/// 20.4 for cumulative and long-run responses.
///
/// ```
/// use yalu_stats::{
///     Covariance, Design, Family, LagForm, LagModel, LagSample, distributed_lags,
/// };
///
/// let pressure: Vec<f64> = (0..40).map(|t| f64::from(t * 7 % 11)).collect();
/// let y: Vec<f64> = (0..40)
///     .map(|t| pressure[t] + if t > 0 { 0.5 * pressure[t - 1] } else { 0.0 } + 0.1 * (t % 3) as f64)
///     .collect();
/// let base = Design::intercept(40);
/// let model = LagModel {
///     y: &y,
///     offset: &[0.0; 40],
///     base: &base,
///     pressure: &pressure,
///     family: Family::Gaussian,
///     covariance: Covariance::NeweyWest { lag: 3 },
///     confidence: 0.95,
/// };
/// let fit = distributed_lags(&model, 2, LagForm::Free, LagSample::Longest)?;
/// assert!((fit.long_run.value - 1.5).abs() < 0.05);
/// # Ok::<(), yalu_stats::InterruptedError>(())
/// ```
pub fn distributed_lags(
    model: &LagModel<'_>,
    lags: usize,
    form: LagForm,
    sample: LagSample,
) -> Result<LagFit, InterruptedError> {
    check_pressure(model)?;
    let n = model.base.n_rows();
    let first = match sample {
        LagSample::Longest => lags,
        LagSample::From(period) => period.max(lags),
    };
    let n_base = model.base.n_columns();
    if first >= n {
        return Err(too_many_lags(lags, 0, n_base + 1));
    }
    // What turns the estimated columns' coefficients into lag coefficients: (lags + 1) × columns.
    let weights: Vec<Vec<f64>> = match form {
        LagForm::Almon { degree } if degree < lags => (0..=lags)
            .map(|lag| {
                let place = 2.0 * lag as f64 / lags as f64 - 1.0;
                (0..=degree).map(|power| place.powi(power as i32)).collect()
            })
            .collect(),
        _ => (0..=lags)
            .map(|lag| (0..=lags).map(|j| f64::from(u8::from(j == lag))).collect())
            .collect(),
    };
    let n_added = weights[0].len();
    let (rows, columns) = (n - first, n_base + n_added);
    if rows <= columns {
        return Err(too_many_lags(lags, rows, columns));
    }
    let keep: Vec<usize> = (first..n).collect();
    let mut design = model.base.select(&keep);
    for added in 0..n_added {
        let of_lag: Vec<f64> = weights.iter().map(|row| row[added]).collect();
        let column = keep
            .iter()
            .map(|&t| {
                let back = model.pressure[t - lags..=t].iter().rev();
                of_lag
                    .iter()
                    .zip(back)
                    .map(|(weight, one)| weight * one)
                    .sum()
            })
            .collect();
        let name = if n_added == lags + 1 {
            format!("pressure lag {added}")
        } else {
            format!("pressure power {added}")
        };
        design = design.with(name, column)?;
    }
    if model.y.len() != n || model.offset.len() != n {
        // Let the fit name the vector that is off.
        fit_glm(model.y, model.offset, model.base, model.family)?;
    }
    let (y, offset) = (&model.y[first..], &model.offset[first..]);
    let fit = fit_glm(y, offset, &design, model.family)?;
    let inference = Inference::new(&fit, &design, y, model.covariance, model.confidence)?;
    let combined = |gradient_over_lags: &dyn Fn(usize) -> f64| -> Estimate {
        let mut gradient = vec![0.0; columns];
        for (lag, row) in weights.iter().enumerate() {
            for (added, weight) in row.iter().enumerate() {
                gradient[n_base + added] += gradient_over_lags(lag) * weight;
            }
        }
        let value = gradient
            .iter()
            .zip(&fit.coefficients)
            .map(|(weight, b)| weight * b)
            .sum();
        inference.estimate(value, &gradient)
    };
    let impulse: Vec<Estimate> = (0..=lags)
        .map(|h| combined(&|lag| f64::from(u8::from(lag == h))))
        .collect();
    let cumulative: Vec<Estimate> = (0..=lags)
        .map(|h| combined(&|lag| f64::from(u8::from(lag <= h))))
        .collect();
    let which: Vec<usize> = (n_base..columns).collect();
    let joint = wald_test(
        &fit.coefficients,
        &inference.row_major(),
        &which,
        inference.df_residual,
    )?;
    let block = &inference.joint;
    let covariance = (0..=lags)
        .flat_map(|i| (0..=lags).map(move |j| (i, j)))
        .map(|(i, j)| {
            let mut sum = 0.0;
            for (a, left) in weights[i].iter().enumerate() {
                for (b, right) in weights[j].iter().enumerate() {
                    sum += left * block[(n_base + a, n_base + b)] * right;
                }
            }
            sum
        })
        .collect();
    let long_run = cumulative[lags];
    Ok(LagFit {
        lags,
        form,
        first_period: first,
        long_run_ratio: (model.family != Family::Gaussian).then(|| long_run.exponentiated()),
        impulse,
        cumulative,
        long_run,
        covariance,
        joint,
        fit,
        design,
    })
}

/// Chooses the number of lags from 0 to `most` on the sample that all of them have. With
/// [`LagForm::Almon`] models of fewer lags than the degree are free.
///
/// # Errors
/// As [`distributed_lags`].
///
/// # Source
/// Akaike (1974), IEEE Transactions on Automatic Control 19, 716–723; Schwarz (1978), Annals of
/// Statistics 6, 461–464; Hannan and Quinn (1979), JRSS B 41, 190–195; one sample for all as in Ng
/// and Perron (2005), Econometrics Journal 8, 115–134.
pub fn choose_lags(
    model: &LagModel<'_>,
    most: usize,
    form: LagForm,
    criterion: LagCriterion,
) -> Result<LagChoice, InterruptedError> {
    let sample = LagSample::From(most);
    // The longest model first: it says at once whether there are too many lags.
    let mut fits = Vec::new();
    for lags in (0..=most).rev() {
        fits.push(distributed_lags(model, lags, form, sample)?);
    }
    fits.reverse();
    let dispersion = fits[most].fit.dispersion;
    if !dispersion.is_normal() {
        return Err(InterruptedError::PerfectFit);
    }
    let n = (model.base.n_rows() - most) as f64;
    let mut rows = Vec::with_capacity(most + 1);
    for (lags, fit) in fits.iter().enumerate() {
        let (objective, n_parameters, is_likelihood) = likelihood(&fit.fit)?;
        let value = if is_likelihood {
            objective
        } else {
            objective / dispersion
        };
        let p = n_parameters as f64;
        rows.push(LagRow {
            lags,
            n_parameters,
            minus_two_log_likelihood: value,
            aic: value + 2.0 * p,
            bic: value + p * n.ln(),
            hq: value + 2.0 * p * n.ln().ln(),
        });
    }
    let of = |row: &LagRow| match criterion {
        LagCriterion::Aic => row.aic,
        LagCriterion::Bic => row.bic,
        LagCriterion::Hq => row.hq,
    };
    let mut best = 0;
    for lags in 1..=most {
        if of(&rows[lags]) < of(&rows[best]) {
            best = lags;
        }
    }
    Ok(LagChoice {
        criterion,
        rows,
        first_period: most,
        chosen: fits.swap_remove(best),
    })
}

pub(crate) fn too_many_lags(lags: usize, rows: usize, columns: usize) -> InterruptedError {
    InterruptedError::TooManyLags {
        lags,
        rows,
        columns,
        needed: columns + 1,
    }
}

pub(crate) fn check_pressure(model: &LagModel<'_>) -> Result<(), InterruptedError> {
    let needed = model.base.n_rows();
    let pressure = model.pressure;
    if pressure.len() != needed {
        return Err(InterruptedError::PressureLength {
            needed,
            got: pressure.len(),
        });
    }
    if let Some(period) = pressure.iter().position(|value| !value.is_finite()) {
        return Err(InterruptedError::PressureNotFinite {
            period,
            value: pressure[period],
        });
    }
    if pressure.iter().all(|value| *value == 0.0) {
        return Err(InterruptedError::NoPressure);
    }
    let (low, high) = pressure
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    if low >= high {
        return Err(InterruptedError::ConstantPressure { value: low });
    }
    Ok(())
}
