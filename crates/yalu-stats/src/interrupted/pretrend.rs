//! Did the series move before the events, and could the test have seen it?

use nalgebra::DMatrix;

use super::InterruptedError;
use super::events::{EventReference, EventStudy};
use super::inference::{ErrorSource, Inference};
use crate::covariance::{WaldTest, wald_test};
use crate::glm::GlmFit;
use crate::laws::noncentrality_for_power;

/// The level of the test that the detectable movements are for.
const LEVEL: f64 = 0.05;
/// Its power there.
const POWER: f64 = 0.8;

/// The joint test that the leads are zero, and what it could have missed. A test that doesn't
/// reject isn't evidence of no pre-trend: compare the detectable movements with the response.
#[derive(Debug, Clone, PartialEq)]
pub struct PreTrendTest {
    /// The tested event times.
    pub event_times: Vec<i64>,
    /// The joint test, in its F form.
    pub wald: WaldTest,
    /// Whose covariance it uses: the model's where every tested lead rests on rows without a
    /// residual.
    pub source: ErrorSource,
    /// The level of the test that the next three are for: 0.05.
    pub level: f64,
    /// Its power there: 0.8.
    pub power: f64,
    /// The smallest straight-line drift per period over the tested leads, from zero at the
    /// reference (with [`EventReference::Outside`]: from zero just before the window), that the test
    /// finds with that power.
    pub detectable_slope: f64,
    /// The smallest shift common to all tested leads that it finds.
    pub detectable_shift: f64,
    /// What the drift of `detectable_slope` adds to the response at the last lag where it goes on.
    pub hidden_at_last_lag: f64,
}

pub(crate) fn pre_trend(
    study: &EventStudy<'_>,
    fit: &GlmFit,
    inference: &Inference,
    n_base: usize,
    event_times: &[i64],
) -> Result<Option<PreTrendTest>, InterruptedError> {
    // An anticipation longer than the window leaves no lead to test.
    let last = -(study.anticipation.min(study.base.n_rows()) as i64);
    let tested: Vec<usize> = (0..event_times.len())
        .filter(|&place| event_times[place] < last.min(0))
        .collect();
    if tested.is_empty() {
        return Ok(None);
    }
    let columns: Vec<usize> = tested.iter().map(|place| n_base + place).collect();
    let (covariance, is_model) = inference.covariance_of(columns.iter().copied());
    let df_residual = inference.df_residual;
    let wald = wald_test(
        &fit.coefficients,
        covariance.transpose().as_slice(),
        &columns,
        df_residual,
    )?;
    let from = match study.reference {
        EventReference::EventTime(reference) => reference,
        EventReference::Outside => -(study.leads as i64) - 1,
    };
    let m = columns.len();
    let block = DMatrix::from_fn(m, m, |i, j| covariance[(columns[i], columns[j])]);
    let drift = nalgebra::DVector::from_iterator(
        m,
        tested
            .iter()
            .map(|&place| (event_times[place] - from) as f64),
    );
    let ones = nalgebra::DVector::from_element(m, 1.0);
    let detectable = || {
        let factor = block.cholesky()?;
        let needed = noncentrality_for_power(m as f64, df_residual as f64, LEVEL, POWER)?;
        let least = |direction: &nalgebra::DVector<f64>| {
            let per_unit = direction.dot(&factor.solve(direction));
            let found = (needed / per_unit).sqrt();
            found.is_finite().then_some(found)
        };
        Some((least(&drift)?, least(&ones)?))
    };
    let (detectable_slope, detectable_shift) =
        detectable().ok_or_else(|| InterruptedError::NoError {
            name: "the leads".to_owned(),
        })?;
    Ok(Some(PreTrendTest {
        event_times: tested.iter().map(|&place| event_times[place]).collect(),
        wald,
        source: if is_model {
            ErrorSource::Model
        } else if inference.saturated_rows.is_empty() {
            ErrorSource::Requested
        } else {
            ErrorSource::Mixed
        },
        level: LEVEL,
        power: POWER,
        detectable_slope,
        detectable_shift,
        hidden_at_last_lag: detectable_slope * (study.lags as i64 - from) as f64,
    }))
}
