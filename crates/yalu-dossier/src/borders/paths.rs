//! One dyad's figures pooled into steps and made comparable with other dyads'.

use std::ops::Range;

use yalu_stats::synthetic::log_relative_rates;

use crate::borders::keys::Borders;
use crate::cells::{Frame, RequestError};
use crate::prepare::{Figures, Inputs, PER_EXPOSURE, PrepareError, figures};
use crate::spec::{Indicator, PeriodKey};
use crate::specification::Specification;

/// More steps without an act than this share, and silence rules the path.
pub(crate) const MOSTLY_ZERO: f64 = 0.5;

/// Periods pooled into steps of one length, one of which begins with the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps {
    /// The first period of the first step.
    first: usize,
    pub(crate) pool: usize,
    /// Steps before the start.
    pub(crate) n_before: usize,
    pub(crate) n: usize,
}

impl Steps {
    /// Whole steps before period `start` and from it on.
    pub(crate) fn around(start: usize, n_periods: usize, pool: usize) -> Self {
        let n_before = start / pool;
        Self {
            first: start - n_before * pool,
            pool,
            n_before,
            n: n_before + (n_periods - start) / pool,
        }
    }

    /// Whole steps back from period `end`, which is the first left out.
    pub(crate) fn back_from(end: usize, begin: usize, pool: usize) -> Self {
        let n = (end - begin) / pool;
        Self {
            first: end - n * pool,
            pool,
            n_before: n,
            n,
        }
    }

    pub(crate) fn periods(&self, step: usize) -> Range<usize> {
        let from = self.first + step * self.pool;
        from..from + self.pool
    }

    /// Without the first `n` steps.
    pub(crate) fn without_first(&self, n: usize) -> Self {
        Self {
            first: self.first + n * self.pool,
            n_before: self.n_before.saturating_sub(n),
            n: self.n - n,
            ..self.clone()
        }
    }

    /// The first and last period of each step.
    pub(crate) fn labels(&self, frame: &Frame) -> Vec<[String; 2]> {
        let label = |period: usize| frame.periods[period].label(frame.unit);
        (0..self.n)
            .map(|step| {
                let periods = self.periods(step);
                [label(periods.start), label(periods.end - 1)]
            })
            .collect()
    }

    /// The first period of a step.
    pub(crate) fn label(&self, frame: &Frame, step: usize) -> String {
        frame.periods[self.periods(step).start].label(frame.unit)
    }
}

/// Periods in `months` of pooling.
pub(crate) fn pool_periods(period: PeriodKey, months: u32) -> usize {
    let months = months as usize;
    match period {
        PeriodKey::Month => months,
        PeriodKey::Quarter => months.div_ceil(3),
        PeriodKey::Week => (months * 52).div_ceil(12),
    }
    .max(1)
}

/// Why a dyad can't be compared: a fact about the data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum NotComparable {
    #[error("the data cover it in {covered} of the {of} steps only")]
    Coverage { covered: usize, of: usize },
    #[error("it has no exposure in {missing} of the {of} steps, so no rate there")]
    Exposure { missing: usize, of: usize },
    #[error("{got:.0} acts before the start; at least {needed} are needed")]
    Events { got: f64, needed: u32 },
    #[error(
        "no act in {zero} of the {of} steps before the start: silence would rule its path; a longer `pool` may help"
    )]
    Zeros { zero: usize, of: usize },
    #[error("no figure in {missing} of the {of} steps")]
    NoFigure { missing: usize, of: usize },
    #[error("its figures can't be made into a path: {reason}")]
    Path { reason: String },
}

/// A dyad's path over steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StepPath {
    /// Log rates relative to the own level before the start, or figures less it; their mean before the
    /// start is 0.
    pub(crate) values: Vec<f64>,
    /// Counts and exposures by step; nothing for figures that aren't counts.
    pub(crate) counts: Option<(Vec<f64>, Vec<f64>)>,
    /// What counts alone would make of `values`.
    pub(crate) count_noise: Option<f64>,
    pub(crate) multiplicative: bool,
}

impl StepPath {
    /// Acts before the start.
    pub(crate) fn n_events(&self, n_before: usize) -> Option<f64> {
        let (counts, _) = self.counts.as_ref()?;
        Some(counts[..n_before].iter().sum())
    }

    /// The share of steps before the start without an act.
    pub(crate) fn share_zero(&self, n_before: usize) -> Option<f64> {
        let (counts, _) = self.counts.as_ref()?;
        let zero = counts[..n_before].iter().filter(|one| **one == 0.0).count();
        Some(zero as f64 / n_before as f64)
    }
}

/// A dyad's figures by period; a fault of the dossier is an error.
pub(crate) fn period_figures(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
) -> Result<Result<Figures, NotComparable>, RequestError> {
    match figures(inputs, indicator, &Specification::main(inputs.spec)) {
        Ok(figures) => Ok(Ok(figures)),
        Err(PrepareError::Request(error)) => Err(error),
        Err(error) => Ok(Err(NotComparable::Path {
            reason: error.to_string(),
        })),
    }
}

/// The first step from which on all are covered, up to the start; nothing where a later one isn't.
pub(crate) fn covered_from(figures: &Figures, steps: &Steps) -> Option<usize> {
    let covered = |step: &usize| {
        figures.exposure.is_none()
            || steps
                .periods(*step)
                .all(|period| figures.outcome[period].is_some())
    };
    if !(steps.n_before..steps.n).all(|step| covered(&step)) {
        return None;
    }
    let gap = (0..steps.n_before).rfind(|step| !covered(step));
    Some(gap.map_or(0, |step| step + 1))
}

/// Counts and exposures by step; an exposure may be 0.
pub(crate) fn covered_counts(
    figures: &Figures,
    exposure: &[Option<f64>],
    steps: &Steps,
) -> Result<(Vec<f64>, Vec<f64>), NotComparable> {
    let whole = |step: &usize| {
        steps
            .periods(*step)
            .all(|period| figures.outcome[period].is_some())
    };
    let covered = (0..steps.n).filter(whole).count();
    if covered < steps.n {
        return Err(NotComparable::Coverage {
            covered,
            of: steps.n,
        });
    }
    let sum = |values: &[Option<f64>], step: usize| -> f64 {
        values[steps.periods(step)].iter().flatten().sum()
    };
    let counts = (0..steps.n)
        .map(|step| sum(&figures.outcome, step))
        .collect();
    let exposure = (0..steps.n)
        .map(|step| sum(exposure, step) * PER_EXPOSURE)
        .collect();
    Ok((counts, exposure))
}

/// The same where every step must have exposure.
fn step_counts(
    figures: &Figures,
    exposure: &[Option<f64>],
    steps: &Steps,
) -> Result<(Vec<f64>, Vec<f64>), NotComparable> {
    let (counts, exposure) = covered_counts(figures, exposure, steps)?;
    let missing = exposure.iter().filter(|one| **one <= 0.0).count();
    if missing > 0 {
        return Err(NotComparable::Exposure {
            missing,
            of: steps.n,
        });
    }
    Ok((counts, exposure))
}

/// Makes a dyad's figures into a path.
pub(crate) fn path(
    figures: &Figures,
    steps: &Steps,
    keys: &Borders,
) -> Result<StepPath, NotComparable> {
    let odd = |reason: String| NotComparable::Path { reason };
    let n_before = steps.n_before;
    if let Some(exposure) = &figures.exposure {
        let (counts, exposure) = step_counts(figures, exposure, steps)?;
        let got: f64 = counts[..n_before].iter().sum();
        if got < f64::from(keys.min_events) || got <= 0.0 {
            return Err(NotComparable::Events {
                got,
                needed: keys.min_events.max(1),
            });
        }
        let zero = counts[..n_before].iter().filter(|one| **one == 0.0).count();
        if zero as f64 > MOSTLY_ZERO * n_before as f64 {
            return Err(NotComparable::Zeros { zero, of: n_before });
        }
        let rates = log_relative_rates(&counts, &exposure, n_before)
            .map_err(|error| odd(error.to_string()))?;
        return Ok(StepPath {
            values: centred(rates.values, n_before),
            counts: Some((counts, exposure)),
            count_noise: Some(rates.count_noise),
            multiplicative: true,
        });
    }
    let means: Vec<Option<f64>> = (0..steps.n)
        .map(|step| {
            let known: Vec<f64> = figures.outcome[steps.periods(step)]
                .iter()
                .flatten()
                .copied()
                .collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        })
        .collect();
    let values: Vec<f64> = means.iter().flatten().copied().collect();
    if values.len() < steps.n {
        return Err(NotComparable::NoFigure {
            missing: steps.n - values.len(),
            of: steps.n,
        });
    }
    Ok(StepPath {
        values: centred(values, n_before),
        counts: None,
        count_noise: None,
        multiplicative: figures.multiplicative,
    })
}

fn centred(mut values: Vec<f64>, n_before: usize) -> Vec<f64> {
    let level = values[..n_before].iter().sum::<f64>() / n_before as f64;
    for value in &mut values {
        *value -= level;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_begins_with_the_start_and_none_is_cut() {
        let steps = Steps::around(14, 27, 6);
        assert_eq!((steps.n_before, steps.n), (2, 4));
        assert_eq!(steps.periods(0), 2..8);
        assert_eq!(steps.periods(2), 14..20);
        let later = steps.without_first(1);
        assert_eq!((later.n_before, later.n), (1, 3));
        assert_eq!(later.periods(1), 14..20);
        assert_eq!(Steps::back_from(27, 3, 6).periods(0), 3..9);
    }
}
