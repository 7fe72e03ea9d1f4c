//! Pointwise confidence intervals of a probability from its standard error.

use super::SurvivalError;
use crate::normal_quantile;

/// On which scale an interval is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IntervalKind {
    /// The probability itself, cut at 0 and 1. Too narrow where few are followed.
    Plain,
    /// Its logarithm, cut at 1: R's default.
    Log,
    /// log(−log p): stays within 0 and 1 by itself, and is best with few (Borgan and Liestøl 1990).
    #[default]
    LogLog,
}

/// How a curve's intervals are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveOptions {
    /// The scale.
    pub interval: IntervalKind,
    /// The pointwise confidence, between 0 and 1.
    pub confidence: f64,
}

impl Default for CurveOptions {
    /// log-log, 95 per cent.
    fn default() -> Self {
        Self {
            interval: IntervalKind::LogLog,
            confidence: 0.95,
        }
    }
}

impl CurveOptions {
    /// The normal quantile.
    pub(super) fn z(&self) -> Result<f64, SurvivalError> {
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(SurvivalError::Confidence {
                got: self.confidence,
            });
        }
        Ok(normal_quantile(0.5 + self.confidence / 2.0))
    }
}

/// The interval of a probability; none where its error can't be told (nothing has happened, or all).
pub(super) fn interval_of(
    kind: IntervalKind,
    probability: f64,
    std_error: f64,
    z: f64,
) -> Option<(f64, f64)> {
    if std_error <= 0.0 || probability <= 0.0 || probability >= 1.0 {
        return None;
    }
    let reach = z * std_error;
    Some(match kind {
        IntervalKind::Plain => (
            (probability - reach).max(0.0),
            (probability + reach).min(1.0),
        ),
        IntervalKind::Log => {
            let factor = (reach / probability).exp();
            (probability / factor, (probability * factor).min(1.0))
        }
        IntervalKind::LogLog => {
            let factor = (reach / (probability * -probability.ln())).exp();
            (probability.powf(factor), probability.powf(factor.recip()))
        }
    })
}
