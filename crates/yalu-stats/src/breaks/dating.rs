//! How many breaks, and when.

use super::partition::least_cost_partitions;
use super::{BreakError, Search, ShiftModel, with_half_events};
use crate::glm::{Family, GlmError, GlmFit, fit_glm, refit};
use crate::level_grid::LevelGrid;
use crate::serial::fit_ar_one;

/// Turns between dates and nuisance coefficients.
const MAX_TURNS: usize = 8;

/// Dates for one number of breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedBreaks {
    /// Last periods of old levels, ascending.
    pub breaks: Vec<usize>,
    /// The deviance (residual sum of squares for the Gaussian, −2 log-likelihood for the negative
    /// binomial).
    pub deviance: f64,
    /// The criterion that chooses the number.
    pub bic: f64,
}

/// Dates for every number of breaks that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Dating {
    /// From none up; shorter than `max_breaks + 1` where more breaks don't fit in.
    pub by_count: Vec<DatedBreaks>,
    /// The number with the least criterion.
    pub chosen: usize,
    /// The ratio of long-run to short-run variance that the criterion allows for.
    pub long_run_ratio: f64,
    /// The dispersion of the model with the most breaks, which scales a quasi-likelihood's criterion.
    pub dispersion: f64,
}

/// A model whose levels change at dates that were named, not searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownBreaks {
    /// Last periods of old levels, ascending.
    pub breaks: Vec<usize>,
    /// The deviance, as of [`DatedBreaks`].
    pub deviance: f64,
    /// The criterion, on the scale of the [`Dating`] that it was computed beside.
    pub bic: f64,
}

/// Dates up to `max_breaks` breaks in the level.
///
/// For each number of breaks the dates with the least deviance are found by dynamic programming
/// over segments, the coefficients that don't break held fixed, in turns with refitting these until
/// nothing moves; the best of several starts is kept. The number has the least
/// D/(φ·r) + p·ln n, with D the deviance, φ the dispersion and r the long-run variance ratio of the
/// largest model, and p counting levels, dates and coefficients: a BIC that serial correlation and
/// overdispersion don't drive to many breaks. For the Gaussian D/φ is n·ln(RSS/n).
///
/// # Errors
/// [`BreakError`] where the series is too short or the fit fails.
///
/// # Source
/// Bai and Perron (1998), Econometrica 66, 47–78, and (2003), Journal of Applied Econometrics 18,
/// 1–22; criterion after Yao (1988), Statistics and Probability Letters 6, 181–189.
///
/// ```
/// use yalu_stats::{Design, Family, Search, ShiftModel, date_breaks};
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
/// let dating = date_breaks(&model, &search)?;
/// assert_eq!(dating.by_count[dating.chosen].breaks, [19]);
/// # Ok::<(), yalu_stats::BreakError>(())
/// ```
pub fn date_breaks(model: &ShiftModel<'_>, search: &Search) -> Result<Dating, BreakError> {
    let n = model.y.len();
    search.candidates(n)?;
    let null = fit_glm(model.y, model.offset, model.design, model.family)?;
    let segment = search.min_segment(n);
    let most = search.max_breaks.min(n / segment - 1);
    let mut best: Vec<(Vec<usize>, GlmFit)> = vec![(Vec::new(), null)];
    for count in 1..=most {
        let mut starts = vec![&best[0].1];
        if count > 1 {
            starts.push(&best[count - 1].1);
        }
        let mut found: Option<(Vec<usize>, GlmFit)> = None;
        let theta = best[count - 1].1.theta;
        for start in starts {
            let fixed = nuisance(model, start);
            let Some(one) = alternate(model, search, segment, count, fixed, theta)? else {
                continue;
            };
            if found
                .as_ref()
                .is_none_or(|best| one.1.objective() < best.1.objective())
            {
                found = Some(one);
            }
        }
        let Some((breaks, _)) = found else { break };
        let Ok((fit, _, _)) = super::fit_regimes(model, &breaks, 0) else {
            break;
        };
        best.push((breaks, fit));
    }
    let largest = &best[best.len() - 1].1;
    let n_parameters = largest.coefficients.len();
    let ratio = fit_ar_one(&largest.pearson_residuals, n_parameters).long_run_ratio();
    let by_count: Vec<DatedBreaks> = best
        .iter()
        .map(|(breaks, fit)| {
            let n_parameters = model.design.n_columns() + 2 * breaks.len();
            DatedBreaks {
                breaks: breaks.clone(),
                deviance: fit.objective(),
                bic: criterion(model, fit, n_parameters, largest.dispersion, ratio),
            }
        })
        .collect();
    let chosen = (0..by_count.len())
        .min_by(|a, b| by_count[*a].bic.total_cmp(&by_count[*b].bic))
        .unwrap_or(0);
    Ok(Dating {
        by_count,
        chosen,
        long_run_ratio: ratio,
        dispersion: largest.dispersion,
    })
}

/// How well levels that change at `breaks` fit: dates that someone else fixed, such as the day on
/// which a leader took office, as an alternative to those that were searched for. A date that is given
/// costs no parameter, only its level does: with as good a fit, the named date has the lesser criterion.
///
/// `breaks`: last periods of old levels, ascending. `dating`: of the same model, for its scale.
///
/// # Errors
/// [`BreakError::Fit`] as [`super::fit_regimes`]: an end out of order or beyond the series among them.
///
/// # Source
/// The criterion is that of [`date_breaks`].
///
/// ```
/// use yalu_stats::{Design, Family, Search, ShiftModel, date_breaks, known_breaks};
///
/// let y: Vec<f64> = (0..30).map(|t| f64::from(t * 7 % 5 + if t < 20 { 2 } else { 12 })).collect();
/// let model = ShiftModel {
///     y: &y,
///     offset: &[0.0; 30],
///     design: &Design::intercept(30),
///     family: Family::QuasiPoisson,
/// };
/// let search = Search { trimming: 0.15, max_breaks: 2, window: None };
/// let dating = date_breaks(&model, &search)?;
/// let found = &dating.by_count[1];
/// // The true date, given: the same fit, one parameter fewer.
/// let named = known_breaks(&model, &[19], &dating)?;
/// assert!((named.deviance - found.deviance).abs() < 1e-9);
/// assert!((found.bic - named.bic - 30_f64.ln()).abs() < 1e-9);
/// // A date half-way through the old level explains less.
/// assert!(known_breaks(&model, &[9], &dating)?.bic > found.bic);
/// # Ok::<(), yalu_stats::BreakError>(())
/// ```
pub fn known_breaks(
    model: &ShiftModel<'_>,
    breaks: &[usize],
    dating: &Dating,
) -> Result<KnownBreaks, BreakError> {
    let (fit, _, _) = super::fit_regimes(model, breaks, 0)?;
    let n_parameters = model.design.n_columns() + breaks.len();
    Ok(KnownBreaks {
        breaks: breaks.to_vec(),
        deviance: fit.objective(),
        bic: criterion(
            model,
            &fit,
            n_parameters,
            dating.dispersion,
            dating.long_run_ratio,
        ),
    })
}

fn criterion(
    model: &ShiftModel<'_>,
    fit: &GlmFit,
    n_parameters: usize,
    dispersion: f64,
    long_run_ratio: f64,
) -> f64 {
    let n = model.y.len() as f64;
    let misfit = match model.family {
        Family::Gaussian => n * (fit.deviance / n).max(f64::MIN_POSITIVE).ln(),
        Family::Poisson => fit.deviance,
        Family::QuasiPoisson => fit.deviance / dispersion.max(1.0),
        Family::NegativeBinomial => fit.objective(),
    };
    misfit / long_run_ratio + n_parameters as f64 * n.ln()
}

/// The part of the linear predictor that doesn't break, offset included, level excluded.
fn nuisance(model: &ShiftModel<'_>, fit: &GlmFit) -> Vec<f64> {
    let k = model.design.n_columns();
    let mut coefficients = fit.coefficients[..k].to_vec();
    coefficients[0] = 0.0;
    model
        .design
        .times(&coefficients)
        .iter()
        .zip(model.offset)
        .map(|(eta, offset)| eta + offset)
        .collect()
}

type Dated = (Vec<usize>, GlmFit);

fn alternate(
    model: &ShiftModel<'_>,
    search: &Search,
    segment: usize,
    count: usize,
    mut fixed: Vec<f64>,
    theta: Option<f64>,
) -> Result<Option<Dated>, BreakError> {
    let mut best: Option<Dated> = None;
    for _ in 0..MAX_TURNS {
        // θ moves little between turns: it is held while the dates settle.
        let held = theta.or_else(|| best.as_ref().and_then(|(_, fit)| fit.theta));
        let costs = SegmentCosts::new(model, &fixed, segment, held);
        let Some(breaks) = optimal_breaks(&costs, model.y.len(), segment, count, search) else {
            return Ok(best);
        };
        if best.as_ref().is_some_and(|(known, _)| *known == breaks) {
            break;
        }
        let (design, _) = super::with_regimes(model.design, &breaks, 0)?;
        let y = with_half_events(model.y, &breaks, model.family);
        // A design whose own steps make a regime collinear has no such break.
        let Ok(fit) = refit(&y, model.offset, &design, model.family, theta, None) else {
            return Ok(best);
        };
        if best
            .as_ref()
            .is_some_and(|(_, known)| fit.objective() >= known.objective() - 1e-9)
        {
            break;
        }
        fixed = nuisance(model, &fit);
        best = Some((breaks, fit));
    }
    Ok(best)
}

/// The misfit of each possible segment at its own best level.
pub(super) enum SegmentCosts {
    /// Prefix sums of w·r² , w·r and w for squares about a mean.
    Squares { values: Vec<f64>, squares: Vec<f64> },
    /// Prefix sums of counts and of expected counts.
    Poisson {
        counts: Vec<f64>,
        expected: Vec<f64>,
    },
    /// The log-likelihood on a grid of levels.
    Grid { levels: LevelGrid },
}

impl SegmentCosts {
    pub(super) fn new(
        model: &ShiftModel<'_>,
        fixed: &[f64],
        segment: usize,
        theta: Option<f64>,
    ) -> Self {
        let cumulate = |values: &mut dyn Iterator<Item = f64>| {
            let mut sums = vec![0.0];
            let mut sum = 0.0;
            for value in values {
                sum += value;
                sums.push(sum);
            }
            sums
        };
        let y = model.y;
        match model.family {
            Family::Gaussian => {
                let rest: Vec<f64> = y.iter().zip(fixed).map(|(y, eta)| y - eta).collect();
                Self::Squares {
                    values: cumulate(&mut rest.iter().copied()),
                    squares: cumulate(&mut rest.iter().map(|one| one * one)),
                }
            }
            Family::Poisson | Family::QuasiPoisson => Self::Poisson {
                counts: cumulate(&mut y.iter().copied()),
                expected: cumulate(&mut fixed.iter().map(|eta| eta.exp())),
            },
            Family::NegativeBinomial => {
                let expected: Vec<f64> = fixed.iter().map(|eta| eta.exp()).collect();
                let theta = theta.unwrap_or_else(|| rough_theta(y, &expected));
                let (low, high) = level_range(y, &expected, segment);
                Self::Grid {
                    levels: LevelGrid::new(y, &expected, theta, (low, high)),
                }
            }
        }
    }

    /// The misfit of the segment from `first` to `last`, both included; lower is better.
    pub(super) fn of(&self, first: usize, last: usize) -> f64 {
        let over = |sums: &[f64]| sums[last + 1] - sums[first];
        match self {
            Self::Squares { values, squares } => {
                let n = (last + 1 - first) as f64;
                over(squares) - over(values).powi(2) / n
            }
            Self::Poisson { counts, expected } => {
                let (count, expected) = (over(counts), over(expected));
                let log = if count > 0.0 {
                    count * (count / expected).ln()
                } else {
                    0.0
                };
                -2.0 * (log - count)
            }
            Self::Grid { levels } => levels.misfit(first, last + 1),
        }
    }
}

/// A moment estimate of θ about the series' overall rate.
fn rough_theta(y: &[f64], expected: &[f64]) -> f64 {
    let rate = y.iter().sum::<f64>() / expected.iter().sum::<f64>();
    let excess: f64 = y
        .iter()
        .zip(expected)
        .map(|(y, expected)| {
            let mean = rate * expected;
            ((y - mean) / mean).powi(2) - 1.0 / mean
        })
        .sum();
    (y.len() as f64 / excess.max(1e-6)).clamp(0.05, 1e6)
}

/// The lowest and highest log rate over windows of the shortest segment.
fn level_range(y: &[f64], expected: &[f64], segment: usize) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for first in 0..=y.len() - segment {
        let count: f64 = y[first..first + segment].iter().sum();
        let base: f64 = expected[first..first + segment].iter().sum();
        let level = ((count + 0.25) / base).ln();
        (low, high) = (low.min(level), high.max(level));
    }
    (low - 0.1, high + 0.1)
}

/// The `count` breaks with the least total cost, by dynamic programming; none where they don't fit.
fn optimal_breaks(
    costs: &SegmentCosts,
    n: usize,
    segment: usize,
    count: usize,
    search: &Search,
) -> Option<Vec<usize>> {
    let allowed = |at: usize| {
        search
            .window
            .is_none_or(|(first, last)| first <= at && at <= last)
    };
    let found = least_cost_partitions(n, segment, count, |start, row| {
        // A segment that begins elsewhere would follow a break outside the window.
        let barred = start > 0 && !allowed(start - 1);
        for (idx, cost) in row.iter_mut().enumerate() {
            *cost = if barred {
                f64::INFINITY
            } else {
                costs.of(start, start + segment - 1 + idx)
            };
        }
    });
    found.into_iter().nth(count)?.map(|one| one.breaks)
}

/// The misfit of each date of one break between its neighbours, the rest of the model held.
pub(super) struct DateProfile {
    /// The first date; `misfit[i]` belongs to `first + i`.
    first: usize,
    misfit: Vec<f64>,
}

impl DateProfile {
    /// None where no date leaves `segment` periods on either side.
    pub(super) fn new(
        model: &ShiftModel<'_>,
        fixed: &[f64],
        theta: Option<f64>,
        segment: usize,
        (from, to): (usize, usize),
    ) -> Option<Self> {
        let costs = SegmentCosts::new(model, fixed, segment.min(to + 1 - from), theta);
        let first = from + segment - 1;
        let last = (to + 1).checked_sub(segment + 1)?;
        (first <= last).then(|| Self {
            first,
            misfit: (first..=last)
                .map(|at| costs.of(from, at) + costs.of(at + 1, to))
                .collect(),
        })
    }

    /// The date with the least misfit, the first of several.
    pub(super) fn best(&self) -> usize {
        let place = (0..self.misfit.len())
            .min_by(|a, b| self.misfit[*a].total_cmp(&self.misfit[*b]))
            .unwrap_or(0);
        self.first + place
    }

    /// By how much a date's misfit is above the least.
    pub(super) fn excess(&self, at: usize) -> f64 {
        let place = at.clamp(self.first, self.first + self.misfit.len() - 1) - self.first;
        self.misfit[place] - self.misfit[self.best() - self.first]
    }

    /// The first and the last date whose excess is at most `most`.
    pub(super) fn within(&self, most: f64) -> (usize, usize) {
        let inside = |at: &usize| self.excess(*at) <= most;
        let last = self.first + self.misfit.len() - 1;
        let best = self.best();
        (
            (self.first..=last).find(inside).unwrap_or(best),
            (self.first..=last).rfind(inside).unwrap_or(best),
        )
    }
}

/// The nuisance part of a fit with regimes, for [`DateProfile`]: levels of regimes other than the two
/// about the break don't matter to it.
pub(super) fn nuisance_of(model: &ShiftModel<'_>, fit: &GlmFit) -> Vec<f64> {
    nuisance(model, fit)
}

/// The levels of a drawn series, θ held. Where a column other than a level can't be estimated from
/// this draw (no event falls in its windows), it keeps the effect that it has in `fitted`.
pub(super) fn refit_levels(
    model: &ShiftModel<'_>,
    edges: &[usize],
    reference: usize,
    fitted: &GlmFit,
) -> Result<(GlmFit, Vec<Option<usize>>), GlmError> {
    let (design, columns) = super::with_regimes(model.design, edges, reference)?;
    let y = with_half_events(model.y, edges, model.family);
    match refit(&y, model.offset, &design, model.family, fitted.theta, None) {
        Ok(fit) => Ok((fit, columns)),
        Err(GlmError::Separation { .. } | GlmError::NotConverged { .. }) => {
            let fixed = nuisance(model, fitted);
            let (levels, columns) =
                super::with_regimes(&crate::design::Design::intercept(y.len()), edges, reference)?;
            let fit = refit(&y, &fixed, &levels, model.family, fitted.theta, None)?;
            Ok((fit, columns))
        }
        Err(error) => Err(error),
    }
}

/// The standard error of a coefficient that residuals of a first-order autoregression imply. In draws
/// it varies as the data's own does, so that what is divided by it has tails that allow for what
/// dispersion and correlation aren't known.
pub(super) fn correlated_se(fit: &GlmFit, column: usize) -> f64 {
    let k = fit.coefficients.len();
    let dispersion = if fit.theta.is_some() {
        fit.dispersion
    } else {
        1.0
    };
    let rho = fit_ar_one(&fit.pearson_residuals, k).corrected;
    let ratio = (1.0 + rho) / (1.0 - rho);
    (fit.covariance[column * k + column] * dispersion * ratio)
        .sqrt()
        .max(f64::MIN_POSITIVE)
}
