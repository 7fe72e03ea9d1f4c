//! The specification curve: every reasonable combination of choices, fitted in parallel.
//!
//! # Source
//! Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208–1214.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use yalu_stats::{Bootstrap, BreakError, Dating, SupFTest, benjamini_hochberg, date_breaks};

use crate::assessment::{ChoiceInfluence, CurveFit, CurveRecord, OptionOutcome, Rung, RungShare};
use crate::fit::{
    Asked, Contrast, RungInputs, contrast, durability_of_contrast, is_not_asked, locate,
    recent_contrast, run_response_test, rung, shift_probability, test_alone,
};
use crate::pipeline::{horizon_periods, search, window_rows};
use crate::prepare::{Inputs, Prepared, prepare};
use crate::spec::{Exposure, FamilyKey, Indicator};
use crate::specification::{Specification, all_specifications, is_count};
use crate::workbench::memo::Memo;

/// Bootstrap replications of a test on the curve: enough to tell 5 % from its neighbours, few
/// enough for hundreds of fits. The main specification has the dossier's own number.
const CURVE_REPLICATIONS: usize = 199;

/// The tests and dates of one indicator under one specification: what neither level nor horizon changes.
pub(crate) struct RawTests {
    p_alone: f64,
    p_response: f64,
    dating: Dating,
}

/// One indicator under one specification and horizon, before the correction for many tests.
#[derive(Clone)]
pub(crate) struct RawFit {
    p_alone: f64,
    p_response: f64,
    at: Option<String>,
    effect: Option<Contrast>,
    n_since: Option<usize>,
    gap: Option<Contrast>,
    probability: f64,
    multiplicative: bool,
    bound: f64,
}

/// A specification's outcome for every tested indicator; nothing where an indicator hasn't got the
/// specification's group.
pub(crate) struct CurveRow {
    pub(crate) specification: Specification,
    pub(crate) fits: Vec<Option<Result<CurveFit, String>>>,
}

/// What a fit of the curve depends on: indicator, exposure, family, group, decay of events, pressure
/// and its lag, trimming.
pub(crate) type CurveKey = (
    String,
    Exposure,
    FamilyKey,
    String,
    u64,
    Vec<String>,
    u32,
    u64,
);

fn curve_key(indicator: &Indicator, one: &Specification, main: &Specification) -> Option<CurveKey> {
    let canonical = one.canonical(indicator, main);
    Some((
        indicator.id.clone(),
        one.exposure(indicator),
        canonical.family,
        one.group(indicator)?.to_owned(),
        canonical.event_decay.to_bits(),
        canonical.pressure,
        canonical.pressure_lag,
        canonical.trimming.to_bits(),
    ))
}

/// Fits every specification for every tested indicator. Specifications that say the same of each
/// indicator (an exposure that is its own, named) count once.
pub(crate) fn run_curve(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    memo: &mut Memo,
) -> Vec<CurveRow> {
    let main = Specification::main(inputs.spec);
    let mut seen = BTreeSet::new();
    let mut specifications: Vec<(Specification, Vec<Option<CurveKey>>)> = Vec::new();
    let all = if inputs.main_alone {
        vec![main.clone()]
    } else {
        all_specifications(inputs.spec)
    };
    for one in all {
        let keys: Vec<Option<CurveKey>> = tested
            .iter()
            .map(|indicator| curve_key(indicator, &one, &main))
            .collect();
        if seen.insert(keys.clone()) {
            specifications.push((one, keys));
        }
    }
    let horizon = horizon_periods(inputs);
    let missing = |known: &dyn Fn(&CurveKey) -> bool| {
        let mut missing: BTreeMap<CurveKey, (usize, Specification)> = BTreeMap::new();
        for (one, keys) in &specifications {
            for (idx, key) in keys.iter().enumerate() {
                if let Some(key) = key.as_ref().filter(|key| !known(key)) {
                    missing
                        .entry(key.clone())
                        .or_insert_with(|| (idx, one.clone()));
                }
            }
        }
        missing
    };
    let untested = missing(&|key| memo.curve.contains_key(key));
    let tests = run_tests(inputs, tested, untested);
    memo.curve.extend(tests);
    let mut fits = memo.curve_fits.pop(&horizon).unwrap_or_default();
    let unfitted = missing(&|key| fits.contains_key(key));
    let placed: Vec<(CurveKey, Result<RawFit, String>)> = unfitted
        .into_par_iter()
        .map(|(key, (idx, one))| {
            let fit = match &memo.curve[&key] {
                Ok(tests) => place(inputs, tested[idx], &one, tests),
                Err(reason) => Err(reason.clone()),
            };
            (key, fit)
        })
        .collect();
    fits.extend(placed);
    let rows = specifications
        .into_iter()
        .map(|(specification, keys)| {
            let raw: Vec<Option<Result<RawFit, String>>> = keys
                .iter()
                .map(|key| key.as_ref().map(|key| fits[key].clone()))
                .collect();
            let fits = finish(inputs, tested, &specification, &main, &raw);
            CurveRow {
                specification,
                fits,
            }
        })
        .collect();
    memo.curve_fits.put(horizon, fits);
    rows
}

/// What the break test without events and pressure depends on: everything but these. Indicator,
/// exposure, family, group, trimming, and the rows that are left once pressure is lagged.
type AloneKey = (usize, Exposure, FamilyKey, usize, u64, Vec<usize>);
type AloneTests = BTreeMap<AloneKey, Result<SupFTest, BreakError>>;

fn alone_key(idx: usize, indicator: &Indicator, one: &Specification, rows: &[usize]) -> AloneKey {
    (
        idx,
        one.exposure(indicator),
        one.family,
        one.group_idx,
        one.trimming.to_bits(),
        rows.to_vec(),
    )
}

type RawTest = Result<Arc<RawTests>, String>;

/// Tests and dates of each fit that isn't known yet.
fn run_tests(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    asked: BTreeMap<CurveKey, (usize, Specification)>,
) -> Vec<(CurveKey, RawTest)> {
    let alone = tests_alone(inputs, tested, asked.values());
    asked
        .into_par_iter()
        .map(|(key, (idx, one))| {
            let tests = test_one(inputs, (idx, tested[idx]), &one, &alone).map(Arc::new);
            (key, tests)
        })
        .collect()
}

/// The break tests without events and pressure, each once for all the specifications that share it.
fn tests_alone<'a>(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    asked: impl Iterator<Item = &'a (usize, Specification)>,
) -> AloneTests {
    let mut distinct: BTreeMap<AloneKey, (Prepared, f64)> = BTreeMap::new();
    for (idx, one) in asked {
        let indicator = tested[*idx];
        let Ok(prepared) = prepare(inputs, indicator, one) else {
            continue;
        };
        distinct
            .entry(alone_key(*idx, indicator, one, &prepared.rows))
            .or_insert_with(|| (prepared, one.trimming));
    }
    distinct
        .into_par_iter()
        .map(|(key, (prepared, trimming))| {
            let search = search(inputs.spec, trimming);
            let level = inputs.spec.verdict.level;
            let test = test_alone(&prepared, &search, &bootstrap(inputs), level);
            (key, test)
        })
        .collect()
}

fn bootstrap(inputs: &Inputs<'_>) -> Bootstrap {
    Bootstrap {
        n_replications: CURVE_REPLICATIONS,
        seed: inputs.spec.model.seed,
    }
}

fn test_one(
    inputs: &Inputs<'_>,
    (idx, indicator): (usize, &Indicator),
    specification: &Specification,
    alone: &AloneTests,
) -> Result<RawTests, String> {
    let prepared = prepare(inputs, indicator, specification).map_err(|error| error.to_string())?;
    let alone = alone
        .get(&alone_key(idx, indicator, specification, &prepared.rows))
        .expect("every specification's test was run")
        .clone()
        .map_err(|error| error.to_string())?;
    let search = search(inputs.spec, specification.trimming);
    let level = inputs.spec.verdict.level;
    let tests = run_response_test(&prepared, alone, &search, &bootstrap(inputs), level)
        .map_err(|error| error.to_string())?;
    let dating = date_breaks(&prepared.model(&prepared.response), &search)
        .map_err(|error| error.to_string())?;
    Ok(RawTests {
        p_alone: tests.alone.p_value,
        p_response: tests.response.p_value,
        dating,
    })
}

/// Which break the answer speaks of under a specification, and how far the level moved and stayed.
fn place(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    specification: &Specification,
    tests: &RawTests,
) -> Result<RawFit, String> {
    let prepared = prepare(inputs, indicator, specification).map_err(|error| error.to_string())?;
    place_prepared(inputs, indicator, &prepared, tests).map_err(|error| error.to_string())
}

fn place_prepared(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    prepared: &Prepared,
    tests: &RawTests,
) -> Result<RawFit, BreakError> {
    let model = prepared.model(&prepared.response);
    let dating = &tests.dating;
    let bound = prepared.bound;
    let located = locate(
        &model,
        dating,
        &Asked {
            window: window_rows(inputs, &prepared.rows),
            horizon: horizon_periods(inputs),
            bound,
            direction: indicator.direction,
            rows: &prepared.rows,
        },
    )?;
    let mut fit = RawFit {
        p_alone: tests.p_alone,
        p_response: tests.p_response,
        at: None,
        effect: None,
        n_since: None,
        gap: None,
        probability: 0.0,
        multiplicative: prepared.multiplicative,
        bound,
    };
    if let Some(located) = located {
        let period = inputs.frame.periods[prepared.rows[located.at() + 1]];
        fit.at = Some(period.label(inputs.frame.unit));
        fit.effect = Some(contrast(
            &model,
            &located.breaks,
            located.focus,
            located.focus + 1,
        )?);
        fit.gap = Some(recent_contrast(
            &model,
            &located.breaks,
            located.focus,
            located.recent,
        )?);
        fit.n_since = Some(located.n_since(&prepared.rows));
    }
    fit.probability = shift_probability(dating, fit.gap, indicator.direction, bound);
    Ok(fit)
}

fn finish(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    specification: &Specification,
    main: &Specification,
    raw: &[Option<Result<RawFit, String>>],
) -> Vec<Option<Result<CurveFit, String>>> {
    let rules = &inputs.spec.verdict;
    let fitted: Vec<&RawFit> = raw
        .iter()
        .flatten()
        .filter_map(|one| one.as_ref().ok())
        .collect();
    let adjust = |p: Vec<f64>| benjamini_hochberg(&p).unwrap_or(p);
    let q_alone = adjust(fitted.iter().map(|one| one.p_alone).collect());
    let q_response = adjust(fitted.iter().map(|one| one.p_response).collect());
    let mut place = 0;
    raw.iter()
        .zip(tested)
        .map(|(one, indicator)| {
            let raw = match one.as_ref()? {
                Ok(raw) => raw,
                Err(reason) => return Some(Err(reason.clone())),
            };
            let (q_alone, q_response) = (q_alone[place], q_response[place]);
            place += 1;
            let durability = match (raw.gap, raw.effect) {
                (Some(gap), Some(effect)) => {
                    Some(durability_of_contrast(gap, effect.difference, raw.bound))
                }
                _ => None,
            };
            let rung = rung(
                RungInputs {
                    q_alone,
                    q_response,
                    n_since: raw.n_since,
                    durability,
                    not_asked: raw.effect.is_some_and(|effect| {
                        is_not_asked(indicator.direction, effect.difference, raw.bound)
                    }),
                },
                rules,
                horizon_periods(inputs),
            );
            let shown = |log: f64| if raw.multiplicative { log.exp() } else { log };
            let half = 1.959_963_984_540_054;
            Some(Ok(CurveFit {
                main: specification == main,
                exposure: specification.exposure(indicator),
                family: if is_count(indicator.kind) {
                    specification.family
                } else {
                    FamilyKey::Gaussian
                },
                group: specification
                    .group(indicator)
                    .unwrap_or_default()
                    .to_owned(),
                event_decay: specification.event_decay,
                pressure: specification.pressure.clone(),
                pressure_lag: specification.pressure_lag,
                trimming: specification.trimming,
                rung,
                p_value: raw.p_response,
                p_value_alone: raw.p_alone,
                at: raw.at.clone(),
                effect: raw.effect.map(|one| shown(one.difference)),
                effect_interval: raw.effect.map(|one| {
                    [
                        shown(one.difference - half * one.se),
                        shown(one.difference + half * one.se),
                    ]
                }),
                probability: raw.probability,
            }))
        })
        .collect()
}

/// The order of rungs as evidence that a shift stands: used to join indicators.
pub(crate) const EVIDENCE: [Rung; 8] = [
    Rung::TooLittleData,
    Rung::NoShift,
    Rung::Responsive,
    Rung::Faded,
    Rung::Undecided,
    Rung::Emerging,
    Rung::Lasting,
    Rung::Major,
];

/// Counts rungs, in the order of [`EVIDENCE`].
pub(crate) fn rung_shares(rungs: &[Rung]) -> Vec<RungShare> {
    EVIDENCE
        .iter()
        .filter_map(|&rung| {
            let n = rungs.iter().filter(|one| **one == rung).count();
            (n > 0).then(|| RungShare {
                rung,
                n: n as u32,
                share: n as f64 / rungs.len() as f64,
            })
        })
        .collect()
}

/// Whether a break survives events and pressure at this rung.
pub fn survives(rung: Rung) -> bool {
    matches!(
        rung,
        Rung::Emerging | Rung::Faded | Rung::Undecided | Rung::Lasting | Rung::Major
    )
}

/// Gathers one indicator's fits. `main_rung` is the rung of the main specification.
pub(crate) fn record(
    rows: &[CurveRow],
    indicator: &Indicator,
    idx: usize,
    main: &Specification,
    main_rung: Rung,
) -> Option<CurveRecord> {
    let mut seen: Vec<Specification> = Vec::new();
    let mut fits = Vec::new();
    let mut failures = Vec::new();
    for row in rows {
        let Some(outcome) = &row.fits[idx] else {
            continue;
        };
        let canonical = row.specification.canonical(indicator, main);
        if seen.contains(&canonical) {
            continue;
        }
        seen.push(canonical);
        match outcome {
            Ok(fit) => fits.push(fit.clone()),
            Err(reason) if !failures.contains(reason) => failures.push(reason.clone()),
            Err(_) => {}
        }
    }
    if fits.is_empty() {
        return None;
    }
    let choices = influences(&fits);
    fits.sort_by(|a, b| {
        let key = |one: &CurveFit| one.effect.unwrap_or(f64::NEG_INFINITY);
        key(a).total_cmp(&key(b))
    });
    let rungs: Vec<Rung> = fits.iter().map(|one| one.rung).collect();
    let agreement =
        rungs.iter().filter(|one| **one == main_rung).count() as f64 / rungs.len() as f64;
    Some(CurveRecord {
        rungs: rung_shares(&rungs),
        agreement,
        median_effect: median(&effects(fits.iter())),
        choices,
        failures,
        fits,
    })
}

fn effects<'a>(fits: impl Iterator<Item = &'a CurveFit>) -> Vec<f64> {
    fits.filter_map(|one| one.effect).collect()
}

/// The median; nothing where there are no values.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return Some(sorted[middle]);
    }
    let before = middle.checked_sub(1)?;
    Some(f64::midpoint(sorted[before], sorted[middle]))
}

/// The words of an option, as shown on the curve.
fn pressure_words(fit: &CurveFit) -> String {
    if fit.pressure.is_empty() {
        "none".to_owned()
    } else {
        fit.pressure.join(" + ")
    }
}

fn key_words<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn influences(fits: &[CurveFit]) -> Vec<ChoiceInfluence> {
    type Option_ = fn(&CurveFit) -> String;
    let choices: [(&str, Option_); 7] = [
        ("exposure", |fit| key_words(&fit.exposure)),
        ("family", |fit| key_words(&fit.family)),
        ("group", |fit| fit.group.clone()),
        ("event_decay", |fit| fit.event_decay.to_string()),
        ("pressure", pressure_words),
        ("pressure_lag", |fit| {
            if fit.pressure.is_empty() {
                String::new()
            } else {
                fit.pressure_lag.to_string()
            }
        }),
        ("trimming", |fit| fit.trimming.to_string()),
    ];
    let mut all: Vec<ChoiceInfluence> = choices
        .iter()
        .filter_map(|(choice, option_of)| {
            let mut names: Vec<String> = Vec::new();
            for fit in fits {
                let name = option_of(fit);
                if !name.is_empty() && !names.contains(&name) {
                    names.push(name);
                }
            }
            if names.len() < 2 {
                return None;
            }
            let options: Vec<OptionOutcome> = names
                .into_iter()
                .map(|name| {
                    let of: Vec<&CurveFit> =
                        fits.iter().filter(|fit| option_of(fit) == name).collect();
                    let surviving = of.iter().filter(|fit| survives(fit.rung)).count();
                    OptionOutcome {
                        option: name,
                        n: of.len() as u32,
                        share_surviving: surviving as f64 / of.len() as f64,
                        median_effect: median(&effects(of.iter().copied())),
                    }
                })
                .collect();
            let shares = options.iter().map(|one| one.share_surviving);
            let spread = shares.clone().fold(0.0, f64::max) - shares.fold(1.0, f64::min);
            Some(ChoiceInfluence {
                choice: (*choice).to_owned(),
                options,
                spread,
            })
        })
        .collect();
    all.sort_by(|a, b| {
        b.spread
            .total_cmp(&a.spread)
            .then_with(|| a.choice.cmp(&b.choice))
    });
    all
}
