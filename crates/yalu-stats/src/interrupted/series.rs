//! The interrupted series: a fit with interruptions and the effect of each.

use super::cumulative::{self, CumulativeEffect, PeriodEffect};
use super::inference::{Estimate, Inference};
use super::{InterruptedError, Interruption};
use crate::covariance::Covariance;
use crate::design::Design;
use crate::glm::{Family, GlmFit, fit_glm};
use crate::laws::two_sided_p;

/// A series, what else moves it, and its declared interruptions.
#[derive(Debug, Clone, Copy)]
pub struct InterruptedModel<'a> {
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
    /// The interruptions; their columns follow those of `base`, in this order.
    pub interruptions: &'a [Interruption],
    /// The intervals' confidence, 0.95 as a rule.
    pub confidence: f64,
}

/// The effect of one column of an interruption.
#[derive(Debug, Clone, PartialEq)]
pub struct TermEffect {
    /// The column's name.
    pub name: String,
    /// Which interruption it belongs to.
    pub interruption: usize,
    /// Its column in the design.
    pub column: usize,
    /// The coefficient, on the scale of the linear predictor.
    pub effect: Estimate,
    /// The rate ratio per unit of the column where the link is logarithmic.
    pub ratio: Option<Estimate>,
    /// Coefficient over standard error.
    pub statistic: f64,
    /// Two-sided, from Student's t with the residual degrees of freedom.
    pub p_value: f64,
}

/// A fitted interrupted series.
#[derive(Debug, Clone, PartialEq)]
pub struct InterruptedFit {
    /// The regression.
    pub fit: GlmFit,
    /// Its whole design.
    pub design: Design,
    /// The joint covariance of the coefficients, row-major. Rows without a residual bring in the
    /// model's variance (see [`super::ErrorSource::Mixed`]).
    pub covariance: Vec<f64>,
    /// n − k.
    pub df_residual: usize,
    /// The effects, in the order of the interruptions.
    pub effects: Vec<TermEffect>,
    /// Periods with leverage 1, whose residual is 0 by construction: those of one-period pulses.
    pub saturated_rows: Vec<usize>,
    offset: Vec<f64>,
    /// First column and number of columns of each interruption.
    columns: Vec<(usize, usize)>,
    inference: Inference,
}

/// Fits a series with interruptions.
///
/// # Errors
/// [`InterruptedError`] where an interruption doesn't fit the series, the fit fails, or no residual
/// is left to measure an error by.
///
/// # Source
/// Box and Tiao (1975), Journal of the American Statistical Association 70, 70–79; Wagner, Soumerai,
/// Zhang and Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27, 299–309.
///
/// ```
/// use yalu_stats::{
///     Covariance, Design, Family, InterruptedModel, Interruption, Shape, fit_interrupted, trend,
/// };
///
/// let y: Vec<f64> = (0..24)
///     .map(|t| 5.0 + 0.1 * f64::from(t) + if t >= 12 { 3.0 } else { 0.0 } + 0.1 * f64::from(t % 3))
///     .collect();
/// let (name, column) = trend(24);
/// let base = Design::intercept(24).with(name, column)?;
/// let step = Interruption { name: "step".into(), at: 12, shape: Shape::Level };
/// let fit = fit_interrupted(&InterruptedModel {
///     y: &y,
///     offset: &[0.0; 24],
///     base: &base,
///     family: Family::Gaussian,
///     covariance: Covariance::NeweyWest { lag: 2 },
///     interruptions: &[step],
///     confidence: 0.95,
/// })?;
/// assert!((fit.effects[0].effect.value - 3.0).abs() < 0.2);
/// assert_eq!(fit.cumulative(&[0], 12, 23)?.n_periods, 12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_interrupted(model: &InterruptedModel<'_>) -> Result<InterruptedFit, InterruptedError> {
    if model.interruptions.is_empty() {
        return Err(InterruptedError::Nothing {
            what: "interruption",
        });
    }
    let n = model.base.n_rows();
    let mut design = model.base.clone();
    let mut columns = Vec::with_capacity(model.interruptions.len());
    for interruption in model.interruptions {
        let first = design.n_columns();
        for (name, column) in interruption.columns(n)? {
            design = design.with(name, column)?;
        }
        columns.push((first, design.n_columns() - first));
    }
    let fit = fit_glm(model.y, model.offset, &design, model.family)?;
    let inference = Inference::new(&fit, &design, model.y, model.covariance, model.confidence)?;
    let mut effects = Vec::new();
    for (interruption, &(first, count)) in columns.iter().enumerate() {
        for column in first..first + count {
            let effect = inference.coefficient(&fit, column)?;
            let statistic = effect.value / effect.standard_error;
            effects.push(TermEffect {
                name: fit.names[column].clone(),
                interruption,
                column,
                ratio: (model.family != Family::Gaussian).then(|| effect.exponentiated()),
                effect,
                statistic,
                p_value: two_sided_p(statistic, inference.df_residual as f64),
            });
        }
    }
    Ok(InterruptedFit {
        covariance: inference.row_major(),
        df_residual: inference.df_residual,
        effects,
        saturated_rows: inference.saturated_rows.clone(),
        offset: model.offset.to_vec(),
        columns,
        fit,
        design,
        inference,
    })
}

impl InterruptedFit {
    /// Fitted and counterfactual mean of every period, the latter without the interruptions
    /// `which` (indices into the model's), and their difference and ratio with delta-method
    /// intervals.
    ///
    /// # Errors
    /// [`InterruptedError`] where `which` is empty or names none.
    pub fn path(&self, which: &[usize]) -> Result<Vec<PeriodEffect>, InterruptedError> {
        let removed = self.removed(which)?;
        Ok((0..self.design.n_rows())
            .map(|period| self.counterfactual(&removed).at(period))
            .collect())
    }

    /// The sum over the periods `from` to `to` of fitted less counterfactual, its average, and the
    /// ratio of the sums, from the joint covariance of the coefficients.
    ///
    /// # Errors
    /// [`InterruptedError`] where `which` is empty or names none, or the periods are no stretch of
    /// the series.
    pub fn cumulative(
        &self,
        which: &[usize],
        from: usize,
        to: usize,
    ) -> Result<CumulativeEffect, InterruptedError> {
        let removed = self.removed(which)?;
        self.check_stretch(from, to)?;
        Ok(self.counterfactual(&removed).sum(from, to))
    }

    /// [`InterruptedFit::cumulative`] from `from` to each period up to `to`. O(n·k²).
    ///
    /// # Errors
    /// As there.
    pub fn cumulative_path(
        &self,
        which: &[usize],
        from: usize,
        to: usize,
    ) -> Result<Vec<CumulativeEffect>, InterruptedError> {
        let removed = self.removed(which)?;
        self.check_stretch(from, to)?;
        Ok(self.counterfactual(&removed).running(from, to))
    }

    fn counterfactual<'a>(&'a self, removed: &'a [bool]) -> cumulative::Counterfactual<'a> {
        cumulative::Counterfactual {
            fit: &self.fit,
            design: &self.design,
            offset: &self.offset,
            inference: &self.inference,
            removed,
        }
    }

    fn removed(&self, which: &[usize]) -> Result<Vec<bool>, InterruptedError> {
        if which.is_empty() {
            return Err(InterruptedError::Nothing {
                what: "interruption to take away",
            });
        }
        let mut removed = vec![false; self.design.n_columns()];
        for &index in which {
            let &(first, count) = self
                .columns
                .get(index)
                .ok_or(InterruptedError::NoSuchTerm {
                    index,
                    count: self.columns.len(),
                })?;
            removed[first..first + count].fill(true);
        }
        Ok(removed)
    }

    fn check_stretch(&self, from: usize, to: usize) -> Result<(), InterruptedError> {
        let n_periods = self.design.n_rows();
        if from <= to && to < n_periods {
            Ok(())
        } else {
            Err(InterruptedError::Stretch {
                from,
                to,
                n_periods,
            })
        }
    }
}
