//! What one indicator shows under the main specification, with every number that put it there.

use std::sync::Arc;

use rayon::prelude::*;
use yalu_stats::{
    Covariance, Dating, DurabilityTest, EndOfSampleTest, GlmFit, ShiftEstimate, benjamini_hochberg,
    date_breaks, durability_test, end_of_sample_test, estimate_shift, fit_glm, fit_regimes,
    robust_covariance, wald_test,
};

use crate::assessment::{
    BreakTest, ChartSeries, DatingRow, DurabilityOutcome, DurabilityRecord, EffectKind,
    IndicatorFinding, ResponseTerm, Responsiveness, Rung, ShiftRecord, TailTest,
};
use crate::cells::{RequestError, Requests};
use crate::curve::{self, CurveRow};
use crate::eras::{judge_eras, measure_eras};
use crate::fit::{
    Asked, Contrast, Located, RungInputs, Tests, contrast, durability_of_test, is_not_asked,
    locate, recent_contrast, run_tests, rung, shift_probability,
};
use crate::pipeline::{bootstrap, horizon_periods, search, trace, window_rows};
use crate::prepare::{Inputs, PrepareError, Prepared, TooLittle, figures, prepare};
use crate::reasons;
use crate::spec::{Indicator, Role};
use crate::specification::Specification;
use crate::verdict;
use crate::workbench::memo::{FitKey, Memo, PlaceKey};

/// The most periods too recent for the break test that the end-of-sample test looks at.
const MAX_TAIL: usize = 24;

/// An indicator under the main specification.
pub(crate) struct Finding {
    pub(crate) outcome: Result<Fitted, TooLittle>,
    pub(crate) rung: Rung,
}

/// Everything fitted for one indicator.
pub(crate) struct Fitted {
    pub(crate) prepared: Prepared,
    pub(crate) tests: Tests,
    pub(crate) q_alone: f64,
    pub(crate) q_response: f64,
    pub(crate) dating: Dating,
    pub(crate) located: Option<LocatedFit>,
    pub(crate) tail: Option<EndOfSampleTest>,
    /// The response model without breaks.
    pub(crate) response: GlmFit,
    pub(crate) probability: f64,
    pub(crate) periods_per_year: usize,
}

/// A break that the question is about.
#[derive(Clone)]
pub(crate) struct LocatedFit {
    pub(crate) place: Located,
    pub(crate) estimate: ShiftEstimate,
    pub(crate) durability: DurabilityTest,
    pub(crate) outcome: DurabilityOutcome,
    /// The effect without events and pressure.
    pub(crate) alone: Option<Contrast>,
}

fn not_fitted(error: &dyn std::fmt::Display) -> TooLittle {
    TooLittle::NotFitted {
        reason: error.to_string(),
    }
}

/// What of a fit neither level nor horizon changes.
pub(crate) struct FitBase {
    prepared: Prepared,
    tests: Tests,
    dating: Dating,
    tail: Option<EndOfSampleTest>,
    response: GlmFit,
}

/// What an indicator is fitted under.
pub(crate) fn fit_key(indicator: &Indicator, main: &Specification) -> FitKey {
    FitKey {
        indicator: indicator.id.clone(),
        group: main.group(indicator).unwrap_or_default().to_owned(),
        exposure: main.exposure(indicator),
    }
}

/// Fits every tested indicator and corrects for their number.
pub(crate) fn find(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    memo: &mut Memo,
) -> Result<Vec<Finding>, RequestError> {
    let main = Specification::main(inputs.spec);
    remember_bases(inputs, tested, &main, memo)?;
    let mut outcomes = Vec::with_capacity(tested.len());
    let mut asked = Vec::new();
    for indicator in tested {
        let base = memo
            .fits
            .get(&fit_key(indicator, &main))
            .expect("every indicator's base was made")
            .clone();
        asked.push((*indicator, base));
    }
    remember_places(inputs, &asked, &main, memo);
    for (indicator, base) in asked {
        outcomes.push(base.and_then(|base| fitted(inputs, indicator, &base, &main, memo)));
    }
    let tests: Vec<&Tests> = outcomes
        .iter()
        .filter_map(|one| one.as_ref().ok())
        .map(|one| &one.tests)
        .collect();
    let adjust = |p: Vec<f64>| benjamini_hochberg(&p).unwrap_or(p);
    let q_alone = adjust(tests.iter().map(|one| one.alone.p_value).collect());
    let q_response = adjust(tests.iter().map(|one| one.response.p_value).collect());
    let mut place = 0;
    Ok(outcomes
        .into_iter()
        .zip(tested)
        .map(|(outcome, indicator)| match outcome {
            Err(fact) => Finding {
                outcome: Err(fact),
                rung: Rung::TooLittleData,
            },
            Ok(mut fitted) => {
                fitted.q_alone = q_alone[place];
                fitted.q_response = q_response[place];
                place += 1;
                let rung = rung(
                    RungInputs {
                        q_alone: fitted.q_alone,
                        q_response: fitted.q_response,
                        n_since: fitted
                            .located
                            .as_ref()
                            .map(|one| one.place.n_since(&fitted.prepared.rows)),
                        durability: fitted.located.as_ref().map(|one| one.outcome),
                        not_asked: fitted.located.as_ref().is_some_and(|one| {
                            is_not_asked(
                                indicator.direction,
                                one.estimate.effect,
                                fitted.prepared.bound,
                            )
                        }),
                    },
                    &inputs.spec.verdict,
                    horizon_periods(inputs),
                );
                Finding {
                    outcome: Ok(fitted),
                    rung,
                }
            }
        })
        .collect())
}

/// Makes the bases that aren't known yet, side by side.
fn remember_bases(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    main: &Specification,
    memo: &mut Memo,
) -> Result<(), RequestError> {
    let missing: Vec<&Indicator> = tested
        .iter()
        .copied()
        .filter(|one| !memo.fits.contains(&fit_key(one, main)))
        .collect();
    let made: Vec<Result<FitBase, PrepareError>> = missing
        .par_iter()
        .map(|indicator| fit_base(inputs, indicator, main))
        .collect();
    for (indicator, base) in missing.into_iter().zip(made) {
        let base = match base {
            Ok(base) => Ok(Arc::new(base)),
            Err(PrepareError::TooLittle(fact)) => Err(fact),
            Err(PrepareError::Design(error)) => Err(not_fitted(&error)),
            Err(PrepareError::Request(error)) => return Err(error),
        };
        memo.fits.put(fit_key(indicator, main), base);
    }
    Ok(())
}

fn fit_base(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    main: &Specification,
) -> Result<FitBase, PrepareError> {
    let prepared = prepare(inputs, indicator, main)?;
    let rules = &inputs.spec.verdict;
    let search = search(inputs.spec, main.trimming);
    let tests = run_tests(&prepared, &search, &bootstrap(inputs.spec), rules.level)
        .map_err(|error| not_fitted(&error))?;
    let model = prepared.model(&prepared.response);
    let dating = date_breaks(&model, &search).map_err(|error| not_fitted(&error))?;
    let response = fit_glm(model.y, model.offset, model.design, model.family)
        .map_err(|error| not_fitted(&error))?;
    let last_candidate = tests.response.first_candidate + tests.response.path.len() - 1;
    let n_tail = (prepared.y.len() - 1 - last_candidate)
        .saturating_sub(1)
        .min(MAX_TAIL);
    let tail = if n_tail == 0 {
        None
    } else {
        end_of_sample_test(&model, n_tail).ok()
    };
    Ok(FitBase {
        prepared,
        tests,
        dating,
        tail,
        response,
    })
}

/// The break that the question is about, under the horizon asked for.
fn place_of(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    base: &FitBase,
) -> Result<Option<Located>, TooLittle> {
    let prepared = &base.prepared;
    locate(
        &prepared.model(&prepared.response),
        &base.dating,
        &Asked {
            window: window_rows(inputs, &prepared.rows),
            horizon: horizon_periods(inputs),
            bound: prepared.bound,
            direction: indicator.direction,
            rows: &prepared.rows,
        },
    )
    .map_err(|error| not_fitted(&error))
}

fn place_key(key: FitKey, place: &Located) -> PlaceKey {
    (key, place.breaks.clone(), place.focus, place.recent)
}

/// An indicator whose base is known, or why it isn't fitted.
type AskedFit<'a> = (&'a Indicator, Result<Arc<FitBase>, TooLittle>);

/// Estimates sizes and durability of the places that aren't known yet, side by side.
fn remember_places(
    inputs: &Inputs<'_>,
    asked: &[AskedFit<'_>],
    main: &Specification,
    memo: &mut Memo,
) {
    let mut missing = Vec::new();
    for (indicator, base) in asked {
        // A place that can't be found is said so when the fit is put together.
        let Ok(base) = base else { continue };
        let Ok(Some(place)) = place_of(inputs, indicator, base) else {
            continue;
        };
        let fit = fit_key(indicator, main);
        let key = place_key(fit.clone(), &place);
        if memo.located.contains(&key) {
            continue;
        }
        let size = (fit, place.breaks.clone(), place.focus);
        let known = memo.estimates.get(&size).cloned();
        missing.push((key, size, Arc::clone(base), place, known));
    }
    let made: Vec<_> = missing
        .into_par_iter()
        .filter_map(|(key, size, base, place, known)| {
            let located = located_fit(inputs, &base, place, known, main).ok()?;
            Some((key, size, located))
        })
        .collect();
    for (key, size, located) in made {
        memo.estimates.put(size, located.estimate.clone());
        memo.located.put(key, Arc::new(located));
    }
}

fn located_fit(
    inputs: &Inputs<'_>,
    base: &FitBase,
    place: Located,
    known: Option<ShiftEstimate>,
    main: &Specification,
) -> Result<LocatedFit, TooLittle> {
    let prepared = &base.prepared;
    let model = prepared.model(&prepared.response);
    let search = search(inputs.spec, main.trimming);
    let bootstrap = bootstrap(inputs.spec);
    let estimate = match known {
        Some(estimate) => estimate,
        None => estimate_shift(&model, &place.breaks, place.focus, &search, &bootstrap)
            .map_err(|error| not_fitted(&error))?,
    };
    let durability = durability_test(
        &model,
        &place.breaks,
        place.focus,
        place.recent,
        prepared.bound,
        &bootstrap,
    )
    .map_err(|error| not_fitted(&error))?;
    let outcome = durability_of_test(&durability, estimate.effect, prepared.bound, 0.05);
    let without = prepared.model(&prepared.base);
    let alone = contrast(&without, &place.breaks, place.focus, place.focus + 1).ok();
    Ok(LocatedFit {
        place,
        estimate,
        durability,
        outcome,
        alone,
    })
}

/// Puts a fit together from what is known of it.
fn fitted(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    base: &FitBase,
    main: &Specification,
    memo: &mut Memo,
) -> Result<Fitted, TooLittle> {
    let prepared = &base.prepared;
    let model = prepared.model(&prepared.response);
    let located = match place_of(inputs, indicator, base)? {
        None => None,
        Some(place) => {
            let key = place_key(fit_key(indicator, main), &place);
            Some(match memo.located.get(&key) {
                Some(known) => known.as_ref().clone(),
                // It failed before, and says here why.
                None => located_fit(inputs, base, place, None, main)?,
            })
        }
    };
    let gap = match &located {
        Some(one) => Some(
            recent_contrast(&model, &one.place.breaks, one.place.focus, one.place.recent)
                .map_err(|error| not_fitted(&error))?,
        ),
        None => None,
    };
    let probability = shift_probability(&base.dating, gap, indicator.direction, prepared.bound);
    let level = inputs.spec.verdict.level;
    Ok(Fitted {
        prepared: prepared.clone(),
        tests: Tests {
            alone: base.tests.alone.clone().at_level(level),
            response: base.tests.response.clone().at_level(level),
        },
        q_alone: f64::NAN,
        q_response: f64::NAN,
        dating: base.dating.clone(),
        located,
        tail: base.tail.clone(),
        response: base.response.clone(),
        probability,
        periods_per_year: match inputs.frame.unit {
            yalu_store::PeriodUnit::Week => 52,
            yalu_store::PeriodUnit::Month => 12,
            yalu_store::PeriodUnit::Quarter => 4,
        },
    })
}

/// Writes down what an indicator shows.
pub(crate) fn record(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    finding: Option<&Finding>,
    curve: Option<(&[CurveRow], usize)>,
    command: &str,
    memo: &mut Memo,
) -> Result<IndicatorFinding, RequestError> {
    let requests = Requests::new(inputs.spec);
    let main = Specification::main(inputs.spec);
    let mut cells = requests.outcome(indicator, None)?;
    if crate::cells::uses_exposure(indicator.kind) {
        cells.extend(requests.exposure(indicator, main.exposure(indicator))?);
    }
    let dyad = requests.dyad(indicator)?;
    let meaning = indicator
        .group
        .as_ref()
        .and_then(|group| inputs.spec.groups.get(group))
        .map_or(String::new(), |group| group.meaning.clone());
    let fitted = finding.and_then(|one| one.outcome.as_ref().ok());
    let figures = match figures(inputs, indicator, &main) {
        Ok(figures) => Some(figures),
        Err(PrepareError::Request(error)) => return Err(error),
        Err(_) => None,
    };
    let curve = match (curve, finding) {
        (Some((rows, idx)), Some(finding)) if fitted.is_some() => {
            curve::record(rows, indicator, idx, &main, finding.rung)
        }
        _ => None,
    };
    let mut record = IndicatorFinding {
        id: indicator.id.clone(),
        title: indicator.title.clone(),
        kind: indicator.kind,
        role: indicator.role,
        direction: indicator.direction,
        dyad: dyad.to_string(),
        meaning,
        caution: indicator.caution.clone(),
        unit: figures
            .as_ref()
            .map_or(String::new(), |one| one.unit.clone()),
        rung: finding
            .map(|one| one.rung)
            .filter(|_| indicator.role != Role::Context),
        reasons: Vec::new(),
        would_move: Vec::new(),
        chart: chart(inputs, figures.as_ref(), fitted),
        test_alone: None,
        test_with_response: None,
        dating: Vec::new(),
        shift: None,
        other_breaks: Vec::new(),
        durability: None,
        responsiveness: None,
        tail: None,
        curve,
        probability: None,
        eras: None,
        trace: trace(inputs, &cells, command),
        warnings: Vec::new(),
    };
    match finding.map(|one| &one.outcome) {
        None => {}
        Some(Err(fact)) => record.reasons.push(format!("Too little data: {fact}.")),
        Some(Ok(fitted)) => {
            fill(inputs, indicator, fitted, &mut record);
            record.reasons = reasons::why(inputs, &record, fitted);
            record.would_move = reasons::would_move(inputs, &record, fitted);
        }
    }
    let key = (
        fit_key(indicator, &main),
        record.shift.as_ref().map(|shift| shift.interval.clone()),
    );
    let measured = match memo.eras.get(&key).filter(|_| fitted.is_some()) {
        Some(known) => Some(known.clone()),
        None => measure_eras(inputs, fitted, &record),
    };
    if let (Some(measured), Some(_)) = (&measured, fitted) {
        memo.eras.put(key, measured.clone());
    }
    record.eras = measured.map(|one| judge_eras(inputs, fitted, &record, one));
    Ok(record)
}

fn label(inputs: &Inputs<'_>, prepared: &Prepared, row: usize) -> String {
    inputs.frame.periods[prepared.rows[row]].label(inputs.frame.unit)
}

/// The first period of the level after a break.
fn after(inputs: &Inputs<'_>, prepared: &Prepared, break_row: usize) -> String {
    label(
        inputs,
        prepared,
        (break_row + 1).min(prepared.rows.len() - 1),
    )
}

fn fill(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    fitted: &Fitted,
    record: &mut IndicatorFinding,
) {
    let prepared = &fitted.prepared;
    let test = |test: &yalu_stats::SupFTest, q: f64, model: &str| BreakTest {
        model: model.to_owned(),
        statistic: test.statistic,
        statistic_two_breaks: test.two_breaks,
        at: after(inputs, prepared, test.break_index),
        p_value: test.p_value,
        q_value: Some(q),
        n_bootstrap: test.n_replications as u32,
        searched: [
            after(inputs, prepared, test.first_candidate),
            after(inputs, prepared, test.first_candidate + test.path.len() - 1),
        ],
        path: test.path.clone(),
        critical_value: test.critical_value,
        serial_correlation: test.lag_one,
        dispersion: test.dispersion,
    };
    record.test_alone = Some(test(
        &fitted.tests.alone,
        fitted.q_alone,
        "season and exposure",
    ));
    record.test_with_response = Some(test(
        &fitted.tests.response,
        fitted.q_response,
        if prepared.terms.is_empty() {
            "season and exposure (the dossier has no events or pressure)"
        } else {
            "season, exposure, events and pressure"
        },
    ));
    record.dating = fitted
        .dating
        .by_count
        .iter()
        .enumerate()
        .map(|(count, one)| DatingRow {
            n_breaks: count as u32,
            at: one
                .breaks
                .iter()
                .map(|&row| after(inputs, prepared, row))
                .collect(),
            deviance: one.deviance,
            bic: one.bic,
            chosen: count == fitted.dating.chosen,
        })
        .collect();
    if let Some(located) = &fitted.located {
        fill_shift(inputs, fitted, located, record);
    }
    record.responsiveness = responsiveness(fitted);
    record.tail = fitted.tail.as_ref().map(|tail| TailTest {
        periods: [
            label(inputs, prepared, prepared.rows.len() - tail.n_tail),
            label(inputs, prepared, prepared.rows.len() - 1),
        ],
        statistic: tail.statistic,
        p_value: tail.p_value,
        ratio: if prepared.multiplicative {
            tail.log_ratio.exp()
        } else {
            tail.log_ratio
        },
    });
    record.probability = Some(verdict::indicator_probability(
        inputs,
        indicator,
        fitted.probability,
        record.curve.as_ref(),
    ));
    record.warnings.clone_from(&prepared.notes);
    let rho = fitted
        .tests
        .alone
        .lag_one
        .max(fitted.tests.response.lag_one);
    let n = prepared.y.len();
    // Where the tables of docs/methods/calibration.md find a doubling in fewer than half of the series.
    let blind_from = match n {
        ..100 => 0.2,
        100..200 => 0.45,
        _ => 0.65,
    };
    if rho >= blind_from {
        record.warnings.push(format!(
            "The residuals' serial correlation is {rho:.2} over {n} {}s: in simulations like this the break test finds a doubling of the level in fewer than half of the series (docs/methods/calibration.md).",
            crate::prepare::unit_name(inputs.frame.unit)
        ));
    }
}

fn fill_shift(
    inputs: &Inputs<'_>,
    fitted: &Fitted,
    located: &LocatedFit,
    record: &mut IndicatorFinding,
) {
    let prepared = &fitted.prepared;
    let shown = |log: f64| {
        if prepared.multiplicative {
            log.exp()
        } else {
            log
        }
    };
    let estimate = &located.estimate;
    record.shift = Some(ShiftRecord {
        at: after(inputs, prepared, estimate.break_index),
        interval: [
            after(inputs, prepared, estimate.interval.0),
            after(inputs, prepared, estimate.interval.1),
        ],
        interval_clipped: estimate.interval_clipped,
        effect: shown(estimate.effect),
        effect_interval: [
            shown(estimate.effect_interval.0),
            shown(estimate.effect_interval.1),
        ],
        effect_kind: if prepared.multiplicative {
            EffectKind::Ratio
        } else {
            EffectKind::Difference
        },
        effect_alone: located.alone.map(|one| shown(one.difference)),
        old_level: shown(estimate.old_level),
        new_level: shown(estimate.new_level),
        n_periods_since: located.place.n_since(&prepared.rows) as u32,
    });
    record.other_breaks = located
        .place
        .breaks
        .iter()
        .enumerate()
        .filter(|(idx, _)| *idx != located.place.focus)
        .map(|(_, &row)| after(inputs, prepared, row))
        .collect();
    let durability = &located.durability;
    let bounds = [shown(-prepared.bound), shown(prepared.bound)];
    record.durability = Some(DurabilityRecord {
        horizon_months: inputs.spec.verdict.horizon_months,
        horizon_passed: located.place.n_since(&prepared.rows) >= horizon_periods(inputs),
        recent: [
            label(inputs, prepared, located.place.recent.0),
            label(inputs, prepared, located.place.recent.1),
        ],
        recent_level: shown(durability.recent_level),
        old_level: shown(durability.old_level),
        ratio: shown(durability.difference),
        interval_90: [
            shown(durability.interval_90.0),
            shown(durability.interval_90.1),
        ],
        interval_95: [
            shown(durability.interval_95.0),
            shown(durability.interval_95.1),
        ],
        bounds,
        p_equivalence: durability.p_equivalence,
        p_difference: durability.p_difference,
        outcome: located.outcome,
    });
}

fn responsiveness(fitted: &Fitted) -> Option<Responsiveness> {
    let prepared = &fitted.prepared;
    if prepared.terms.is_empty() {
        return None;
    }
    // Terms are quoted from the model that has the dated breaks too, so that a shift isn't credited
    // to events; where none is dated, from the model without.
    let model = prepared.model(&prepared.response);
    let (fit, design) = match &fitted.located {
        Some(one) if fitted.dating.chosen > 0 => {
            let (fit, design, _) = fit_regimes(&model, &one.place.breaks, one.place.focus).ok()?;
            (fit, design)
        }
        _ => (fitted.response.clone(), prepared.response.clone()),
    };
    let covariance = robust_covariance(&fit, &design, model.y, Covariance::PrewhitenedQs).ok()?;
    let k = design.n_columns();
    let df = prepared.y.len() - k;
    let shown = |log: f64| {
        if prepared.multiplicative {
            log.exp()
        } else {
            log
        }
    };
    let terms = prepared
        .terms
        .iter()
        .filter_map(|term| {
            let variance = covariance[term.column * k + term.column];
            let test = wald_test(&fit.coefficients, &covariance, &[term.column], df).ok()?;
            let effect = fit.coefficients[term.column] * term.unit;
            let half = 1.959_963_984_540_054 * variance.sqrt() * term.unit;
            Some(ResponseTerm {
                name: term.name.clone(),
                effect: shown(effect),
                interval: [shown(effect - half), shown(effect + half)],
                p_value: test.p_value,
                per: term.per.clone(),
            })
        })
        .collect();
    let columns: Vec<usize> = prepared.terms.iter().map(|term| term.column).collect();
    let joint = wald_test(&fit.coefficients, &covariance, &columns, df).ok()?;
    // The deviance without the terms, the dispersion held: how much of the variation they explain.
    let base = fit_glm(model.y, model.offset, &prepared.base, model.family).ok()?;
    let deviance_share = if base.deviance > 0.0 {
        (1.0 - pearson(&fitted.response, prepared) / pearson(&base, prepared)).max(0.0)
    } else {
        0.0
    };
    let shift_share = fitted.located.as_ref().and_then(|one| {
        let alone = one.alone?.difference;
        (alone.abs() > 1e-9).then(|| 1.0 - one.estimate.effect / alone)
    });
    Some(Responsiveness {
        terms,
        p_joint: joint.p_value,
        deviance_share,
        shift_share,
    })
}

/// Squared deviations on the log scale of rates, for a share that doesn't depend on the family.
fn pearson(fit: &GlmFit, prepared: &Prepared) -> f64 {
    prepared
        .y
        .iter()
        .zip(&fit.fitted)
        .map(|(y, mean)| {
            if prepared.multiplicative && *mean > 0.0 {
                // Poisson deviance: comparable between fits whatever their estimated dispersion.
                let log = if *y > 0.0 { y * (y / mean).ln() } else { 0.0 };
                2.0 * (log - (y - mean))
            } else {
                (y - mean).powi(2)
            }
        })
        .sum()
}

fn chart(
    inputs: &Inputs<'_>,
    figures: Option<&crate::prepare::Figures>,
    fitted: Option<&Fitted>,
) -> ChartSeries {
    let n = inputs.frame.periods.len();
    let mut chart = ChartSeries {
        periods: inputs.frame.labels(),
        observed: vec![None; n],
        count: vec![None; n],
        exposure: vec![None; n],
        fitted: vec![None; n],
        level: vec![None; n],
    };
    if let Some(figures) = figures {
        chart.observed = figures.shown();
        chart.count = figures.raw();
        if let Some(exposure) = &figures.exposure {
            chart.exposure = exposure
                .iter()
                .map(|one| one.map(|value| value * crate::prepare::PER_EXPOSURE))
                .collect();
        }
    }
    let Some(fitted) = fitted else { return chart };
    let prepared = &fitted.prepared;
    let shown = |log: f64| {
        if prepared.multiplicative {
            log.exp()
        } else {
            log
        }
    };
    let survived = fitted.q_response <= inputs.spec.verdict.level;
    let model = prepared.model(&prepared.response);
    let regimes = fitted
        .located
        .as_ref()
        .filter(|_| survived)
        .and_then(|one| {
            fit_regimes(&model, &one.place.breaks, one.place.focus)
                .ok()
                .map(|fit| (one, fit))
        });
    match regimes {
        Some((one, (fit, _, columns))) => {
            for (row, &idx) in prepared.rows.iter().enumerate() {
                chart.fitted[idx] = Some(shown(fit.linear_predictor[row] - prepared.offset[row]));
                let regime = one.place.breaks.iter().filter(|&&at| at < row).count();
                let step = columns[regime].map_or(0.0, |column| fit.coefficients[column]);
                chart.level[idx] = Some(shown(fit.coefficients[0] + step));
            }
        }
        None => {
            for (row, &idx) in prepared.rows.iter().enumerate() {
                chart.fitted[idx] = Some(shown(
                    fitted.response.linear_predictor[row] - prepared.offset[row],
                ));
                chart.level[idx] = Some(shown(fitted.response.coefficients[0]));
            }
        }
    }
    chart
}
