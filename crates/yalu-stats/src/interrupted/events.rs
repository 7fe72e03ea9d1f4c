//! Event study: one response to several events, stacked.

use super::InterruptedError;
use super::cumulative::{Counterfactual, CumulativeEffect};
use super::inference::{Estimate, Inference};
use super::pretrend::{PreTrendTest, pre_trend};
use crate::covariance::Covariance;
use crate::design::Design;
use crate::glm::{Family, GlmFit, fit_glm};
use crate::laws::two_sided_p;

/// What responses are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventReference {
    /// The periods outside all windows. Events may overlap; their responses add up.
    Outside,
    /// One event time before the events, −1 as a rule, together with the periods outside all
    /// windows: its column is left out. It may not lie where another event acts.
    EventTime(i64),
}

/// A series and events that are taken to have one response in common.
#[derive(Debug, Clone, Copy)]
pub struct EventStudy<'a> {
    /// n figures.
    pub y: &'a [f64],
    /// n offsets: the log of the exposure for counts.
    pub offset: &'a [f64],
    /// n × k: level, trend, season, pressure.
    pub base: &'a Design,
    /// How figures vary.
    pub family: Family,
    /// The covariance that intervals rest on.
    pub covariance: Covariance,
    /// The events' periods, 0-based, in any order. Windows may reach beyond the series; what lies
    /// outside is left out.
    pub events: &'a [usize],
    /// Periods before an event that have a coefficient.
    pub leads: usize,
    /// Periods after an event that have a coefficient; period 0 always has.
    pub lags: usize,
    /// What responses are measured against.
    pub reference: EventReference,
    /// Periods before an event in which it may already be felt; the pre-trend test leaves them out.
    pub anticipation: usize,
    /// The intervals' confidence.
    pub confidence: f64,
}

/// The response at one event time.
#[derive(Debug, Clone, PartialEq)]
pub struct EventResponse {
    /// Periods since the event; negative before it.
    pub event_time: i64,
    /// Events that have this event time within the series.
    pub n_events: usize,
    /// The response on the scale of the linear predictor.
    pub effect: Estimate,
    /// The rate ratio where the link is logarithmic.
    pub ratio: Option<Estimate>,
    /// Two-sided, from Student's t with the residual degrees of freedom.
    pub p_value: f64,
}

/// The response up to a horizon, on the scale of the linear predictor.
#[derive(Debug, Clone, PartialEq)]
pub struct EventCumulative {
    /// The last event time.
    pub horizon: usize,
    /// The sum over event times 0 to the horizon, from their joint covariance.
    pub total: Estimate,
    /// The same per period.
    pub average: Estimate,
    /// The geometric mean rate ratio, e to the average, where the link is logarithmic.
    pub average_ratio: Option<Estimate>,
}

/// A fitted event study.
#[derive(Debug, Clone, PartialEq)]
pub struct EventStudyFit {
    /// The regression.
    pub fit: GlmFit,
    /// Its design; the event times follow the base.
    pub design: Design,
    /// The joint covariance of all coefficients, row-major.
    pub covariance: Vec<f64>,
    /// n − k.
    pub df_residual: usize,
    /// The responses, earliest event time first; the reference isn't among them.
    pub responses: Vec<EventResponse>,
    /// The response up to each horizon from 0 on.
    pub cumulative: Vec<EventCumulative>,
    /// The test of the leads before the anticipation window; none where there are no such leads.
    pub pre_trend: Option<PreTrendTest>,
    /// Periods whose residual is 0 by construction: all of a window that no other event shares.
    pub saturated_rows: Vec<usize>,
    /// What the events did in all, on the response's scale: fitted less what it would be without
    /// the responses from event time 0 on, summed over the series.
    pub total: CumulativeEffect,
}

/// Fits an event study.
///
/// # Errors
/// [`InterruptedError`] where no event is declared, one lies outside the series or is declared
/// twice, the reference isn't before the anticipation window or lies where another event acts, an
/// event time has no period, the windows cover the series, or the fit fails.
///
/// # Source
/// MacKinlay (1997), Journal of Economic Literature 35, 13–39; stacked event times as in Freyaldenhoven,
/// Hansen, Pérez and Shapiro (2021), NBER Working Paper 29170.
///
/// ```
/// use yalu_stats::{Covariance, Design, EventStudy, Family, EventReference, event_study};
///
/// let events = [10, 25, 40, 52];
/// let y: Vec<f64> = (0..64_usize)
///     .map(|t| {
///         let jump = if events.contains(&t) { 2.0 } else { 0.0 };
///         jump + 0.1 * (t * 7 % 5) as f64
///     })
///     .collect();
/// let base = Design::intercept(64);
/// let study = event_study(&EventStudy {
///     y: &y,
///     offset: &[0.0; 64],
///     base: &base,
///     family: Family::Gaussian,
///     covariance: Covariance::Model,
///     events: &events,
///     leads: 3,
///     lags: 2,
///     reference: EventReference::EventTime(-1),
///     anticipation: 0,
///     confidence: 0.95,
/// })?;
/// assert!((study.cumulative[0].total.value - 2.0).abs() < 0.2);
/// # Ok::<(), yalu_stats::InterruptedError>(())
/// ```
pub fn event_study(study: &EventStudy<'_>) -> Result<EventStudyFit, InterruptedError> {
    let (design, event_times) = event_design(study)?;
    let n_base = study.base.n_columns();
    let fit = fit_glm(study.y, study.offset, &design, study.family)?;
    let inference = Inference::new(&fit, &design, study.y, study.covariance, study.confidence)?;
    let is_log = study.family != Family::Gaussian;
    let n = study.base.n_rows();
    let mut responses = Vec::with_capacity(event_times.len());
    for (place, &event_time) in event_times.iter().enumerate() {
        let effect = inference.coefficient(&fit, n_base + place)?;
        responses.push(EventResponse {
            event_time,
            n_events: study
                .events
                .iter()
                .filter(|&&event| period_at(event, event_time, n).is_some())
                .count(),
            ratio: is_log.then(|| effect.exponentiated()),
            p_value: two_sided_p(
                effect.value / effect.standard_error,
                inference.df_residual as f64,
            ),
            effect,
        });
    }
    let cumulative = (0..=study.lags)
        .map(|horizon| {
            let per = (horizon + 1) as f64;
            let sum = |per: f64| {
                let mut gradient = vec![0.0; design.n_columns()];
                let mut value = 0.0;
                for (place, &event_time) in event_times.iter().enumerate() {
                    if (0..=horizon as i64).contains(&event_time) {
                        gradient[n_base + place] = 1.0 / per;
                        value += fit.coefficients[n_base + place] / per;
                    }
                }
                inference.estimate(value, &gradient)
            };
            let average = sum(per);
            EventCumulative {
                horizon,
                total: sum(1.0),
                average_ratio: is_log.then(|| average.exponentiated()),
                average,
            }
        })
        .collect();
    let pre_trend = pre_trend(study, &fit, &inference, n_base, &event_times)?;
    let removed: Vec<bool> = (0..design.n_columns())
        .map(|column| column >= n_base && event_times[column - n_base] >= 0)
        .collect();
    let total = Counterfactual {
        fit: &fit,
        design: &design,
        offset: study.offset,
        inference: &inference,
        removed: &removed,
    }
    .sum(0, n - 1);
    Ok(EventStudyFit {
        total,
        covariance: inference.row_major(),
        df_residual: inference.df_residual,
        saturated_rows: inference.saturated_rows.clone(),
        responses,
        cumulative,
        pre_trend,
        fit,
        design,
    })
}

fn period_at(event: usize, event_time: i64, n_periods: usize) -> Option<usize> {
    let period = event as i64 + event_time;
    (period >= 0 && period < n_periods as i64).then_some(period as usize)
}

/// The base with a column for each event time but the reference, and those event times.
pub(crate) fn event_design(study: &EventStudy<'_>) -> Result<(Design, Vec<i64>), InterruptedError> {
    let n = study.base.n_rows();
    check_events(study, n)?;
    let times = -(study.leads as i64)..=study.lags as i64;
    let event_times: Vec<i64> = times
        .filter(|event_time| study.reference != EventReference::EventTime(*event_time))
        .collect();
    let mut covered = vec![false; n];
    let mut design = study.base.clone();
    for &event_time in &event_times {
        let mut column = vec![0.0; n];
        for &event in study.events {
            if let Some(period) = period_at(event, event_time, n) {
                column[period] += 1.0;
                covered[period] = true;
            }
        }
        if column.iter().all(|value| *value == 0.0) {
            return Err(InterruptedError::EmptyEventTime { event_time });
        }
        design = design.with(format!("event {event_time:+}"), column)?;
    }
    if covered.iter().all(|is| *is) {
        return Err(InterruptedError::NoReference);
    }
    Ok((design, event_times))
}

fn check_events(study: &EventStudy<'_>, n: usize) -> Result<(), InterruptedError> {
    if study.events.is_empty() {
        return Err(InterruptedError::Nothing { what: "event" });
    }
    if study.leads >= n || study.lags >= n {
        return Err(InterruptedError::WindowOutside {
            name: "event".to_owned(),
            at: study.events[0],
            leads: study.leads,
            lags: study.lags,
            n_periods: n,
        });
    }
    let mut sorted = study.events.to_vec();
    sorted.sort_unstable();
    if let Some(&at) = sorted.iter().find(|&&at| at >= n) {
        return Err(InterruptedError::OutsideSeries {
            name: "event".to_owned(),
            at,
            last: n.saturating_sub(1),
        });
    }
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(InterruptedError::RepeatedEvent { at: pair[0] });
    }
    let EventReference::EventTime(reference) = study.reference else {
        return Ok(());
    };
    let anticipation = study.anticipation.min(n) as i64;
    if reference >= -anticipation || reference >= 0 || reference < -(study.leads as i64) {
        return Err(InterruptedError::ReferenceInWindow {
            got: reference,
            leads: study.leads,
            anticipation: study.anticipation,
        });
    }
    for &event in &sorted {
        let Some(period) = period_at(event, reference, n) else {
            continue;
        };
        let acts = |other: &&usize| {
            let since = period as i64 - **other as i64;
            **other != event && (-anticipation..=study.lags as i64).contains(&since)
        };
        if let Some(&other) = sorted.iter().find(acts) {
            return Err(InterruptedError::ReferenceOverlaps {
                event,
                period,
                other,
            });
        }
    }
    Ok(())
}
