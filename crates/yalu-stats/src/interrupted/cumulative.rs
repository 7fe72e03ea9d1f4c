//! Fitted against counterfactual, period by period and summed.

use super::inference::{Estimate, Inference};
use crate::design::Design;
use crate::glm::{Family, GlmFit};

/// The effect in one period, on the response's scale.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodEffect {
    /// The period.
    pub period: usize,
    /// The fitted mean.
    pub fitted: f64,
    /// The mean without the interruptions. Where the link is logarithmic its interval is symmetric
    /// in the logarithm, and its standard error that of the logarithm.
    pub counterfactual: Estimate,
    /// Fitted less counterfactual.
    pub effect: Estimate,
    /// Fitted over counterfactual where the link is logarithmic.
    pub ratio: Option<Estimate>,
}

/// The effect over a stretch of periods, on the response's scale.
#[derive(Debug, Clone, PartialEq)]
pub struct CumulativeEffect {
    /// The first period.
    pub from: usize,
    /// The last period.
    pub to: usize,
    /// How many.
    pub n_periods: usize,
    /// Σ (fitted − counterfactual).
    pub total: Estimate,
    /// The same per period.
    pub average: Estimate,
    /// Σ fitted over Σ counterfactual where the link is logarithmic.
    pub ratio: Option<Estimate>,
}

pub(crate) struct Counterfactual<'a> {
    pub(crate) fit: &'a GlmFit,
    pub(crate) design: &'a Design,
    pub(crate) offset: &'a [f64],
    pub(crate) inference: &'a Inference,
    pub(crate) removed: &'a [bool],
}

/// Means of a stretch with and without the interruptions, and their gradients.
struct Sums {
    fitted: f64,
    without: f64,
    fitted_gradient: Vec<f64>,
    without_gradient: Vec<f64>,
}

impl Counterfactual<'_> {
    fn is_log(&self) -> bool {
        self.fit.family != Family::Gaussian
    }

    fn empty(&self) -> Sums {
        let k = self.design.n_columns();
        Sums {
            fitted: 0.0,
            without: 0.0,
            fitted_gradient: vec![0.0; k],
            without_gradient: vec![0.0; k],
        }
    }

    fn add(&self, period: usize, sums: &mut Sums) {
        let mut predictor = self.offset[period];
        for (j, b) in self.fit.coefficients.iter().enumerate() {
            if !self.removed[j] {
                predictor += b * self.design.column(j)[period];
            }
        }
        let fitted = self.fit.fitted[period];
        let without = if self.is_log() {
            predictor.clamp(-300.0, 300.0).exp()
        } else {
            predictor
        };
        sums.fitted += fitted;
        sums.without += without;
        let (slope, slope_without) = if self.is_log() {
            (fitted, without)
        } else {
            (1.0, 1.0)
        };
        for j in 0..self.removed.len() {
            let x = self.design.column(j)[period];
            sums.fitted_gradient[j] += slope * x;
            if !self.removed[j] {
                sums.without_gradient[j] += slope_without * x;
            }
        }
    }

    fn effect(&self, sums: &Sums, per: f64) -> Estimate {
        let gradient: Vec<f64> = (0..self.removed.len())
            .map(|j| {
                let one = sums.fitted_gradient[j] - sums.without_gradient[j];
                // What cancels but for rounding must not count as a coefficient used.
                let negligible = 1e-14 * sums.fitted_gradient[j].abs();
                if one.abs() <= negligible {
                    0.0
                } else {
                    one / per
                }
            })
            .collect();
        self.inference
            .estimate((sums.fitted - sums.without) / per, &gradient)
    }

    fn ratio(&self, sums: &Sums) -> Option<Estimate> {
        self.is_log().then(|| {
            let gradient: Vec<f64> = (0..self.removed.len())
                .map(|j| {
                    let share = sums.fitted_gradient[j] / sums.fitted;
                    let one = share - sums.without_gradient[j] / sums.without;
                    if one.abs() <= 1e-14 * share.abs() {
                        0.0
                    } else {
                        one
                    }
                })
                .collect();
            self.inference
                .estimate((sums.fitted / sums.without).ln(), &gradient)
                .exponentiated()
        })
    }

    pub(crate) fn at(&self, period: usize) -> PeriodEffect {
        let mut sums = self.empty();
        self.add(period, &mut sums);
        let counterfactual = if self.is_log() {
            let gradient: Vec<f64> = sums
                .without_gradient
                .iter()
                .map(|one| one / sums.without)
                .collect();
            self.inference
                .estimate(sums.without.ln(), &gradient)
                .exponentiated()
        } else {
            self.inference
                .estimate(sums.without, &sums.without_gradient)
        };
        PeriodEffect {
            period,
            fitted: sums.fitted,
            counterfactual,
            effect: self.effect(&sums, 1.0),
            ratio: self.ratio(&sums),
        }
    }

    fn summed(&self, sums: &Sums, from: usize, to: usize) -> CumulativeEffect {
        let n_periods = to - from + 1;
        CumulativeEffect {
            from,
            to,
            n_periods,
            total: self.effect(sums, 1.0),
            average: self.effect(sums, n_periods as f64),
            ratio: self.ratio(sums),
        }
    }

    pub(crate) fn sum(&self, from: usize, to: usize) -> CumulativeEffect {
        let mut sums = self.empty();
        for period in from..=to {
            self.add(period, &mut sums);
        }
        self.summed(&sums, from, to)
    }

    pub(crate) fn running(&self, from: usize, to: usize) -> Vec<CumulativeEffect> {
        let mut sums = self.empty();
        (from..=to)
            .map(|period| {
                self.add(period, &mut sums);
                self.summed(&sums, from, period)
            })
            .collect()
    }
}
