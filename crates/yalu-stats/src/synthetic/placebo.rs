//! Placebos: the same fit where there was no treatment.

use super::SyntheticError;
use super::panel::{Panel, Predictor};
use super::weights::{SyntheticControl, SyntheticOptions, fit_synthetic_control};

/// A placebo whose MSPE before the treatment is more than so many times the treated unit's is
/// counted as poorly fitted.
const POOR_FIT: f64 = 5.0;
/// A donor with less weight isn't left out in turn: nothing would change.
const NEGLIGIBLE: f64 = 1e-4;

/// Which placebos are compared.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct InSpaceOptions {
    /// Whether the treated unit joins the donors of a placebo. By default it doesn't: its outcome
    /// bears the effect. Abadie, Diamond and Hainmueller (2010) let it.
    pub treated_as_donor: bool,
    /// Placebos whose MSPE before the treatment is more than so many times the treated unit's are
    /// left out of the comparison, and counted. None compares all.
    pub max_pre_mspe_ratio: Option<f64>,
}

/// One unit as if it had been treated.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceboUnit {
    /// The unit.
    pub unit: String,
    /// Root mean squared gap before the treatment.
    pub pre_rmspe: f64,
    /// Root mean squared gap from the treatment on.
    pub post_rmspe: f64,
    /// Their ratio, after over before; none where the fit before is perfect.
    pub ratio: Option<f64>,
    /// Mean gap from the treatment on.
    pub mean_gap: f64,
    /// Outcome less synthetic, a figure a period.
    pub gaps: Vec<f64>,
    /// Whether it is left out of the comparison for its fit.
    pub left_out: bool,
}

impl PlaceboUnit {
    fn new(unit: String, fit: &SyntheticControl) -> Self {
        Self {
            unit,
            pre_rmspe: fit.pre_rmspe,
            post_rmspe: fit.post_rmspe,
            ratio: fit.rmspe_ratio(),
            mean_gap: fit.mean_gap,
            gaps: fit.gaps.clone(),
            left_out: false,
        }
    }

    /// Whether its ratio is at least the other's. Crosswise, so that a perfect fit has its place.
    fn as_extreme_as(&self, other: &Self) -> bool {
        at_least(
            self.post_rmspe,
            self.pre_rmspe,
            other.post_rmspe,
            other.pre_rmspe,
        )
    }
}

/// a/b ≥ c/d for non-negative figures, where a ratio over 0 is larger than any other.
fn at_least(a: f64, b: f64, c: f64, d: f64) -> bool {
    if b == 0.0 {
        a > 0.0 || c == 0.0
    } else {
        a / b * d >= c
    }
}

/// All placebos in space and what they say of the treated unit.
#[derive(Debug, Clone, PartialEq)]
pub struct InSpacePlacebos {
    /// The treated unit itself.
    pub treated: PlaceboUnit,
    /// Every donor as if treated, in the donors' order, those left out as well.
    pub placebos: Vec<PlaceboUnit>,
    /// Placebos compared.
    pub n_compared: usize,
    /// Placebos left out for a poor fit before the treatment.
    pub n_left_out: usize,
    /// Placebos, compared or not, with more than 5 times the treated unit's MSPE before the
    /// treatment.
    pub n_poor_fit: usize,
    /// (1 + placebos with a ratio at least the treated unit's)/(1 + placebos compared): never 0, and
    /// never below 1/(1 + placebos).
    pub p_value: f64,
    /// The same for each period from the treatment on, by |gap| over the RMSPE before.
    pub p_by_period: Vec<f64>,
}

/// One placebo in space: the donor at place `donor` among the panel's donors as if treated. Callers
/// who want them at once run this on their threads and then [`rank_placebos`].
///
/// # Errors
/// [`SyntheticError`] as [`fit_synthetic_control`]; where several units are treated.
pub fn placebo_in_space(
    panel: &Panel,
    predictors: &[Predictor],
    options: &SyntheticOptions,
    in_space: &InSpaceOptions,
    donor: usize,
) -> Result<PlaceboUnit, SyntheticError> {
    let treated = single_treated(panel)?;
    let Some(&unit) = panel.donors().get(donor) else {
        return Err(SyntheticError::Window {
            what: "the donor's place".to_owned(),
            needed: "below the number of donors",
            got: donor.to_string(),
        });
    };
    let others = panel.donors().iter().copied().filter(|&one| one != unit);
    let donors = others
        .chain(in_space.treated_as_donor.then_some(treated))
        .collect();
    let fit = fit_synthetic_control(&panel.reassigned(unit, donors), predictors, options)?;
    Ok(PlaceboUnit::new(panel.units()[unit].clone(), &fit))
}

fn single_treated(panel: &Panel) -> Result<usize, SyntheticError> {
    match panel.treated() {
        [one] => Ok(*one),
        several => Err(SyntheticError::SeveralTreated { got: several.len() }),
    }
}

/// Ranks the treated unit's fit among placebos.
///
/// # Errors
/// [`SyntheticError`] where the cut-off isn't above 0, several units are treated, no placebo is left
/// to compare, or a placebo has another number of periods.
pub fn rank_placebos(
    panel: &Panel,
    fit: &SyntheticControl,
    mut placebos: Vec<PlaceboUnit>,
    in_space: &InSpaceOptions,
) -> Result<InSpacePlacebos, SyntheticError> {
    let treated = PlaceboUnit::new(panel.units()[single_treated(panel)?].clone(), fit);
    if let Some(cutoff) = in_space.max_pre_mspe_ratio
        && (cutoff.is_nan() || cutoff <= 0.0)
    {
        return Err(SyntheticError::Option {
            what: "the largest ratio of MSPE before the treatment",
            needed: "above 0",
            got: cutoff,
        });
    }
    if let Some(odd) = placebos
        .iter()
        .find(|one| one.gaps.len() != panel.periods().len())
    {
        return Err(SyntheticError::Shape {
            what: format!("the gaps of placebo `{}`", odd.unit),
            needed: panel.periods().len(),
            got: odd.gaps.len(),
        });
    }
    let worse = |one: &PlaceboUnit, times: f64| one.pre_rmspe > times.sqrt() * treated.pre_rmspe;
    for one in &mut placebos {
        one.left_out = in_space
            .max_pre_mspe_ratio
            .is_some_and(|cutoff| worse(one, cutoff));
    }
    let n_poor_fit = placebos.iter().filter(|one| worse(one, POOR_FIT)).count();
    let compared: Vec<&PlaceboUnit> = placebos.iter().filter(|one| !one.left_out).collect();
    let n_compared = compared.len();
    if n_compared == 0 {
        return Err(SyntheticError::TooFewDonors { needed: 1, got: 0 });
    }
    let p = |extreme: usize| (1 + extreme) as f64 / (1 + n_compared) as f64;
    let p_value = p(compared
        .iter()
        .filter(|one| one.as_extreme_as(&treated))
        .count());
    let p_by_period = (panel.start()..panel.periods().len())
        .map(|period| {
            let gap = treated.gaps[period].abs();
            p(compared
                .iter()
                .filter(|one| {
                    at_least(
                        one.gaps[period].abs(),
                        one.pre_rmspe,
                        gap,
                        treated.pre_rmspe,
                    )
                })
                .count())
        })
        .collect();
    Ok(InSpacePlacebos {
        n_compared,
        n_left_out: placebos.len() - n_compared,
        n_poor_fit,
        p_value,
        p_by_period,
        treated,
        placebos,
    })
}

/// Fits every donor as if it had been treated and ranks the treated unit among them.
///
/// The p-value is that of a permutation test where any unit could have been treated as likely as
/// any other. A unit picked *because* it looked extreme makes it too small, and with 16 donors it
/// can't be below 1/17.
///
/// # Errors
/// [`SyntheticError`] as [`fit_synthetic_control`] and [`rank_placebos`].
///
/// # Source
/// Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105,
/// 493–505, and (2015), American Journal of Political Science 59, 495–510 (ratio of RMSPE).
pub fn placebos_in_space(
    panel: &Panel,
    predictors: &[Predictor],
    options: &SyntheticOptions,
    in_space: &InSpaceOptions,
) -> Result<InSpacePlacebos, SyntheticError> {
    single_treated(panel)?;
    let fit = fit_synthetic_control(panel, predictors, options)?;
    let placebos = (0..panel.donors().len())
        .map(|donor| placebo_in_space(panel, predictors, options, in_space, donor))
        .collect::<Result<Vec<_>, _>>()?;
    rank_placebos(panel, &fit, placebos, in_space)
}

/// The fit as if the treatment had begun at an earlier period, without the periods that were really
/// treated: its gaps after `start` should be small. `predictors` are measured anew by the caller so
/// that they end before `start`.
///
/// # Errors
/// [`SyntheticError`] as [`fit_synthetic_control`]; where `start` isn't before the treatment.
///
/// # Source
/// Abadie, Diamond and Hainmueller (2015), American Journal of Political Science 59, 495–510.
pub fn in_time_placebo(
    panel: &Panel,
    predictors: &[Predictor],
    options: &SyntheticOptions,
    start: &str,
) -> Result<SyntheticControl, SyntheticError> {
    if panel.period(start)? >= panel.start() {
        return Err(SyntheticError::Window {
            what: "the placebo's start".to_owned(),
            needed: "before the treatment",
            got: format!("`{start}`"),
        });
    }
    let earlier = panel.until(panel.start()).with_start(start)?;
    fit_synthetic_control(&earlier, predictors, options)
}

/// The fit without one donor.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaveOneOut {
    /// The donor left out.
    pub donor: String,
    /// The weight that it had.
    pub weight: f64,
    /// The fit without it.
    pub fit: SyntheticControl,
}

/// Refits without each donor of any weight in turn: a result that hangs on one donor shows.
///
/// # Errors
/// [`SyntheticError`] as [`fit_synthetic_control`]; where fewer than three donors are there.
///
/// # Source
/// Abadie, Diamond and Hainmueller (2015), American Journal of Political Science 59, 495–510.
pub fn leave_one_out(
    panel: &Panel,
    predictors: &[Predictor],
    options: &SyntheticOptions,
    fit: &SyntheticControl,
) -> Result<Vec<LeaveOneOut>, SyntheticError> {
    let mut left_out = Vec::new();
    for (donor, &weight) in fit.donors.iter().zip(&fit.weights) {
        if weight < NEGLIGIBLE {
            continue;
        }
        let others: Vec<&str> = fit
            .donors
            .iter()
            .filter(|one| *one != donor)
            .map(String::as_str)
            .collect();
        left_out.push(LeaveOneOut {
            donor: donor.clone(),
            weight,
            fit: fit_synthetic_control(&panel.with_donors(&others)?, predictors, options)?,
        });
    }
    Ok(left_out)
}
