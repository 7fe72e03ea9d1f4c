//! The date and size of a break, with intervals.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::dating::{DateProfile, correlated_se, nuisance_of, refit_levels};
use super::{Bootstrap, BreakError, Search, ShiftModel, column_of, fit_regimes};
use crate::design::Design;
use crate::glm::GlmFit;
use crate::samples::quantile;
use crate::serial::fit_ar_one;
use crate::simulate::Simulator;

/// Above this share of replicates that can't be fitted the bootstrap says nothing.
const MAX_FAILED: f64 = 0.1;

/// A break, dated and sized.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftEstimate {
    /// The last period of the old level.
    pub break_index: usize,
    /// A 95 % interval for it.
    pub interval: (usize, usize),
    /// Whether the interval reached the end of where the break was looked for.
    pub interval_clipped: bool,
    /// New level less old level on the scale of the linear predictor: a log ratio for counts.
    pub effect: f64,
    /// A 95 % interval for it.
    pub effect_interval: (f64, f64),
    /// Its bootstrap standard error.
    pub effect_se: f64,
    /// The old level: the linear predictor with offset and other columns at 0.
    pub old_level: f64,
    /// The new level.
    pub new_level: f64,
    /// The fit with a level for each regime.
    pub fit: GlmFit,
    /// Its design: the model's, then `regime 1`, `regime 2`, ... but the old one.
    pub design: Design,
}

pub(super) fn check_breaks(n: usize, breaks: &[usize], focus: usize) -> Result<(), BreakError> {
    if focus >= breaks.len() {
        return Err(BreakError::Index {
            what: "the break in focus",
            got: focus,
            n,
        });
    }
    for &at in breaks {
        if at + 1 >= n {
            return Err(BreakError::Index {
                what: "break",
                got: at,
                n,
            });
        }
    }
    Ok(())
}

/// Sizes break `focus` of `breaks` and gives intervals for its date and size.
///
/// Series are drawn from the fitted model, with its dispersion and the serial correlation of its
/// residuals; in each the break is dated anew between its neighbours and sized at the date found. The
/// date's interval holds every date whose misfit is above the least by no more than the misfit of
/// the true date is in 95 % of the draws (an inverted likelihood-ratio test); it is the hull where
/// these dates leave gaps. The effect's is a
/// bootstrap-t interval: errors over the standard error that each draw's own dispersion and serial
/// correlation imply.
///
/// # Errors
/// [`BreakError`] where an index is off, the fit fails, or too many draws can't be fitted.
///
/// # Source
/// Date: Eo and Morley (2015), Quantitative Economics 6, 463–497, with the critical value by
/// bootstrap. Effect: Davison and Hinkley (1997), Bootstrap Methods and their Application, section
/// 5.2.2.
///
/// ```
/// use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, estimate_shift};
///
/// // Counts that step up after the twentieth of thirty periods.
/// let y: Vec<f64> = (0..30).map(|t| f64::from(t * 7 % 5 + if t < 20 { 2 } else { 12 })).collect();
/// let model = ShiftModel {
///     y: &y,
///     offset: &[0.0; 30],
///     design: &Design::intercept(30),
///     family: Family::QuasiPoisson,
/// };
/// let search = Search { trimming: 0.15, max_breaks: 2, window: None };
/// let bootstrap = Bootstrap { n_replications: 199, seed: 1 };
/// let shift = estimate_shift(&model, &[19], 0, &search, &bootstrap)?;
/// // The log ratio of a mean of 14 to one of 4.
/// assert!((shift.effect - (14.0_f64 / 4.0).ln()).abs() < 1e-9);
/// assert!(shift.effect_interval.0 > 0.5);
/// # Ok::<(), yalu_stats::BreakError>(())
/// ```
pub fn estimate_shift(
    model: &ShiftModel<'_>,
    breaks: &[usize],
    focus: usize,
    search: &Search,
    bootstrap: &Bootstrap,
) -> Result<ShiftEstimate, BreakError> {
    bootstrap.check()?;
    let n = model.y.len();
    check_breaks(n, breaks, focus)?;
    let (fit, design, columns) = fit_regimes(model, breaks, focus)?;
    let column = column_of(&columns, focus + 1);
    let effect = fit.coefficients[column];
    let at = breaks[focus];
    let from = if focus == 0 { 0 } else { breaks[focus - 1] + 1 };
    let to = breaks.get(focus + 1).copied().unwrap_or(n - 1);
    let segment = search.min_segment(n).min(at + 1 - from).min(to - at);

    // The date was chosen too: it takes off the correlation as a coefficient does.
    let rho = fit_ar_one(&fit.pearson_residuals, design.n_columns() + 1).corrected;
    let simulator = Simulator::new(&fit, rho, bootstrap.seed);
    let fixed = nuisance_of(model, &fit);
    let mut excesses = Vec::with_capacity(bootstrap.n_replications);
    let mut effect_errors = Vec::with_capacity(bootstrap.n_replications);
    let mut effect_ratios = Vec::with_capacity(bootstrap.n_replications);
    let mut failed = 0;
    for replicate in 0..bootstrap.n_replications {
        let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
        rng.set_stream(replicate as u64 + 1);
        let y = simulator.draw(&mut rng);
        let drawn = ShiftModel { y: &y, ..*model };
        let Some(drawn_profile) = DateProfile::new(&drawn, &fixed, fit.theta, segment, (from, to))
        else {
            failed += 1;
            continue;
        };
        let mut edges = breaks.to_vec();
        edges[focus] = drawn_profile.best();
        match refit_levels(&drawn, &edges, focus, &fit) {
            Ok((again, columns)) => {
                let column = column_of(&columns, focus + 1);
                excesses.push(drawn_profile.excess(at));
                let error = again.coefficients[column] - effect;
                effect_errors.push(error);
                effect_ratios.push(error / correlated_se(&again, column));
            }
            Err(_) => failed += 1,
        }
    }
    if failed as f64 > MAX_FAILED * bootstrap.n_replications as f64 {
        return Err(BreakError::Sparse {
            failed,
            n: bootstrap.n_replications,
        });
    }
    excesses.sort_by(f64::total_cmp);
    effect_ratios.sort_by(f64::total_cmp);
    let se = correlated_se(&fit, column);
    let (least, most) = (from + segment - 1, to - segment);
    let interval = DateProfile::new(model, &fixed, fit.theta, segment, (from, to))
        .map_or((at, at), |profile| {
            profile.within(profile.excess(at) + quantile(&excesses, 0.95))
        });
    let mean = effect_errors.iter().sum::<f64>() / effect_errors.len() as f64;
    let variance = effect_errors
        .iter()
        .map(|one| (one - mean).powi(2))
        .sum::<f64>()
        / (effect_errors.len() - 1) as f64;
    Ok(ShiftEstimate {
        break_index: at,
        interval,
        interval_clipped: interval.0 <= least || interval.1 >= most,
        effect,
        effect_interval: (
            effect - se * quantile(&effect_ratios, 0.975),
            effect - se * quantile(&effect_ratios, 0.025),
        ),
        effect_se: variance.sqrt(),
        old_level: fit.coefficients[0],
        new_level: fit.coefficients[0] + effect,
        fit,
        design,
    })
}
