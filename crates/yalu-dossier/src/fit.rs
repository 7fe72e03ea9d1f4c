//! Fits of one indicator under one specification: tests, dates, size, durability, rung.

use yalu_stats::{
    Bootstrap, BreakError, Covariance, Dating, DurabilityTest, GlmError, Search, ShiftModel,
    SupFTest, fit_regimes, robust_covariance, sup_f_test,
};

use crate::assessment::{DurabilityOutcome, Rung};
use crate::prepare::Prepared;
use crate::spec::{Direction, VerdictRules};

/// The fewest periods that stand for the recent level.
const MIN_RECENT: usize = 3;

/// The break tests without and with the response in the model.
#[derive(Debug, Clone)]
pub(crate) struct Tests {
    pub(crate) alone: SupFTest,
    pub(crate) response: SupFTest,
}

/// Runs both break tests.
pub(crate) fn run_tests(
    prepared: &Prepared,
    search: &Search,
    bootstrap: &Bootstrap,
    level: f64,
) -> Result<Tests, BreakError> {
    let alone = test_alone(prepared, search, bootstrap, level)?;
    run_response_test(prepared, alone, search, bootstrap, level)
}

/// The break test without events and pressure.
pub(crate) fn test_alone(
    prepared: &Prepared,
    search: &Search,
    bootstrap: &Bootstrap,
    level: f64,
) -> Result<SupFTest, BreakError> {
    sup_f_test(&prepared.model(&prepared.base), search, bootstrap, level)
}

/// The break test with events and pressure, beside one without that was run before.
pub(crate) fn run_response_test(
    prepared: &Prepared,
    alone: SupFTest,
    search: &Search,
    bootstrap: &Bootstrap,
    level: f64,
) -> Result<Tests, BreakError> {
    let response = if prepared.terms.is_empty() {
        alone.clone()
    } else {
        sup_f_test(
            &prepared.model(&prepared.response),
            search,
            bootstrap,
            level,
        )?
    };
    Ok(Tests { alone, response })
}

/// The breaks of a model and which of them the rung speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Located {
    /// Last periods of old levels, ascending, as rows.
    pub(crate) breaks: Vec<usize>,
    /// Which of them.
    pub(crate) focus: usize,
    /// First and last row of the recent level.
    pub(crate) recent: (usize, usize),
}

impl Located {
    pub(crate) fn at(&self) -> usize {
        self.breaks[self.focus]
    }

    /// Periods from the first of the new level to the last that has a figure, both included; periods
    /// without a figure between them count. `rows`: each row's place among all periods.
    pub(crate) fn n_since(&self, rows: &[usize]) -> usize {
        rows[rows.len() - 1] + 1 - rows[self.at() + 1]
    }
}

/// A contrast of two levels with its standard error, robust to serial correlation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contrast {
    pub(crate) difference: f64,
    pub(crate) se: f64,
}

/// The level of `regime` less that of `reference`.
pub(crate) fn contrast(
    model: &ShiftModel<'_>,
    edges: &[usize],
    reference: usize,
    regime: usize,
) -> Result<Contrast, GlmError> {
    let (fit, design, columns) = fit_regimes(model, edges, reference)?;
    let column = columns[regime].expect("the reference isn't compared with itself");
    let covariance = robust_covariance(&fit, &design, model.y, Covariance::PrewhitenedQs)?;
    let k = design.n_columns();
    // A robust variance can fall below the model's own by chance in short regimes; the larger is
    // the honest one.
    let variance = covariance[column * k + column].max(fit.covariance[column * k + column]);
    Ok(Contrast {
        difference: fit.coefficients[column],
        se: variance.sqrt(),
    })
}

/// The recent level against the level before break `focus`.
pub(crate) fn recent_contrast(
    model: &ShiftModel<'_>,
    breaks: &[usize],
    focus: usize,
    recent: (usize, usize),
) -> Result<Contrast, GlmError> {
    let mut edges: Vec<usize> = breaks
        .iter()
        .copied()
        .filter(|&one| one < recent.0)
        .collect();
    if recent.0 > 0 && edges.last() != Some(&(recent.0 - 1)) {
        edges.push(recent.0 - 1);
    }
    let regime = edges.len();
    contrast(model, &edges, focus, regime)
}

/// The rows that stand for the recent level: those of the last `horizon` periods, but none before
/// the last break after `focus`.
fn recent_rows(breaks: &[usize], focus: usize, rows: &[usize], horizon: usize) -> (usize, usize) {
    let after = breaks[focus..].last().copied().unwrap_or(0) + 1;
    let last = rows.len() - 1;
    let within = rows.partition_point(|&idx| idx + horizon <= rows[last]);
    (after.max(within), last)
}

/// What the question asks of breaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// First and last row that may end an old level.
    pub(crate) window: Option<(usize, usize)>,
    /// Periods of the durability horizon.
    pub(crate) horizon: usize,
    /// Levels that differ by less count as equal, on the scale of the linear predictor.
    pub(crate) bound: f64,
    pub(crate) direction: Direction,
    /// Each row's place among all periods.
    pub(crate) rows: &'a [usize],
}

/// Whether an effect (a log ratio or a difference) goes against the direction asked about.
fn goes_against(direction: Direction, effect: f64) -> bool {
    match direction {
        Direction::Either => false,
        Direction::Up => effect < 0.0,
        Direction::Down => effect > 0.0,
    }
}

/// Whether an effect isn't the change in question: it goes the other way, or is within the bounds in
/// which levels count as equal.
pub(crate) fn is_not_asked(direction: Direction, effect: f64, bound: f64) -> bool {
    goes_against(direction, effect) || effect.abs() <= bound
}

/// Finds the break that the question is about: the last one dated within the window; but
/// - where the level after it is back at the level before an earlier break, that earlier one, so that
///   a shock and its end are read as one episode;
/// - where it goes against the direction asked about, or changes the level by less than counts as a
///   change, the last one that does neither, if there is one: the recent level is then held against the
///   level before that.
pub(crate) fn locate(
    model: &ShiftModel<'_>,
    dating: &Dating,
    asked: &Asked<'_>,
) -> Result<Option<Located>, GlmError> {
    let breaks = match &dating.by_count[dating.chosen].breaks {
        chosen if !chosen.is_empty() => chosen.clone(),
        _ => match dating.by_count.get(1) {
            Some(one) => one.breaks.clone(),
            None => return Ok(None),
        },
    };
    let within = |row: usize| {
        asked
            .window
            .is_none_or(|(first, last)| first <= row && row <= last)
    };
    let Some(last) = breaks.iter().rposition(|&row| within(row)) else {
        return Ok(None);
    };
    let mut episode = None;
    for earlier in (0..last).rev().filter(|&idx| within(breaks[idx])) {
        let recent = recent_rows(&breaks, earlier, asked.rows, asked.horizon);
        if recent.1 + 1 - recent.0 < MIN_RECENT {
            continue;
        }
        let gap = recent_contrast(model, &breaks, earlier, recent)?;
        let shifted = contrast(model, &breaks, earlier, earlier + 1)?;
        if is_equivalent(gap, asked.bound) && !is_equivalent(shifted, asked.bound) {
            episode = Some(earlier);
            break;
        }
    }
    let mut focus = episode.unwrap_or(last);
    if episode.is_none() && last > 0 {
        for idx in (0..=last).rev().filter(|&idx| within(breaks[idx])) {
            let step = contrast(model, &breaks, idx, idx + 1)?.difference;
            if !is_not_asked(asked.direction, step, asked.bound) {
                focus = idx;
                break;
            }
        }
    }
    let recent = recent_rows(&breaks, focus, asked.rows, asked.horizon);
    Ok(Some(Located {
        breaks,
        focus,
        recent,
    }))
}

const Z_90: f64 = 1.644_853_626_951_472_6;
const Z_95: f64 = 1.959_963_984_540_054;

fn is_equivalent(contrast: Contrast, bound: f64) -> bool {
    contrast.difference.abs() + Z_90 * contrast.se < bound
}

/// What a contrast says of durability.
pub(crate) fn durability_of_contrast(
    contrast: Contrast,
    effect: f64,
    bound: f64,
) -> DurabilityOutcome {
    if is_equivalent(contrast, bound) {
        DurabilityOutcome::BackToOld
    } else if contrast.difference.abs() > Z_95 * contrast.se
        && contrast.difference.abs() > bound
        && contrast.difference.signum() == effect.signum()
    {
        DurabilityOutcome::StayedAway
    } else {
        DurabilityOutcome::CannotTell
    }
}

/// What a durability test says.
pub(crate) fn durability_of_test(
    test: &DurabilityTest,
    effect: f64,
    bound: f64,
    level: f64,
) -> DurabilityOutcome {
    if test.p_equivalence <= level {
        DurabilityOutcome::BackToOld
    } else if test.p_difference <= level
        && test.difference.abs() > bound
        && test.difference.signum() == effect.signum()
    {
        DurabilityOutcome::StayedAway
    } else {
        DurabilityOutcome::CannotTell
    }
}

/// What decides a rung.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RungInputs {
    /// Corrected p-value without the response.
    pub(crate) q_alone: f64,
    /// Corrected p-value with it.
    pub(crate) q_response: f64,
    pub(crate) n_since: Option<usize>,
    pub(crate) durability: Option<DurabilityOutcome>,
    /// Whether the break goes against the direction asked about, or changes the level by less than
    /// counts as a change.
    pub(crate) not_asked: bool,
}

/// The rung of the ladder, short of the last.
pub(crate) fn rung(inputs: RungInputs, rules: &VerdictRules, horizon_periods: usize) -> Rung {
    if inputs.q_response > rules.level {
        return if inputs.q_alone <= rules.level {
            Rung::Responsive
        } else {
            Rung::NoShift
        };
    }
    let (Some(n_since), Some(durability)) = (inputs.n_since, inputs.durability) else {
        // The test rejects, but nothing is dated within the question's window.
        return Rung::NoShift;
    };
    if inputs.not_asked {
        // A break, but not the shift in question.
        return Rung::NoShift;
    }
    match durability {
        DurabilityOutcome::BackToOld => Rung::Faded,
        _ if n_since < horizon_periods => Rung::Emerging,
        DurabilityOutcome::StayedAway => Rung::Lasting,
        DurabilityOutcome::CannotTell => Rung::Undecided,
    }
}

/// The probability that the level has shifted beyond response, and stands away from the old one:
/// the weight of the models with a break among all dated (from their criterion, at even prior odds
/// of any break), times the chance that the recent level lies outside the equivalence bounds on the
/// side that the dossier asks about.
///
/// # Source
/// Weights from an information criterion: Kass and Raftery (1995), Journal of the American
/// Statistical Association 90, 773–795.
pub(crate) fn shift_probability(
    dating: &Dating,
    gap: Option<Contrast>,
    direction: Direction,
    bound: f64,
) -> f64 {
    let none = dating.by_count[0].bic;
    let best = dating
        .by_count
        .iter()
        .skip(1)
        .map(|one| one.bic)
        .fold(f64::INFINITY, f64::min);
    let Some(gap) = gap else { return 0.0 };
    if !best.is_finite() {
        return 0.0;
    }
    let p_break = 1.0 / (1.0 + (-(none - best) / 2.0).exp());
    let above = 1.0 - normal_cdf((bound - gap.difference) / gap.se);
    let below = normal_cdf((-bound - gap.difference) / gap.se);
    let p_away = match direction {
        Direction::Up => above,
        Direction::Down => below,
        Direction::Either => above + below,
    };
    (p_break * p_away).clamp(0.0, 1.0)
}

fn normal_cdf(z: f64) -> f64 {
    yalu_stats::normal_cdf(z)
}
