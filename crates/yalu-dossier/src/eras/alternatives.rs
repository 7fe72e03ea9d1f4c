//! Steps at changes of leader, beside a break at a free date.

use yalu_evidence::era::Era;
use yalu_stats::{
    Bootstrap, BreakError, Covariance, Design, Search, ShiftModel, benjamini_hochberg, fit_regimes,
    known_breaks, robust_covariance, sup_f_test,
};

use super::divide::{by_state, first_place};
use super::record::{
    BeyondEras, EraAlternative, EraAnswer, EraBoundary, EraFinding, EraLevel, EraOtherDay, EraStep,
};
use super::words;
use crate::assessment::IndicatorFinding;
use crate::finding::Fitted;
use crate::fit::{Contrast, contrast};
use crate::pipeline::{actor_name, bootstrap, search};
use crate::prepare::{Inputs, Prepared, unit_name};
use crate::specification::Specification;

/// The fewest periods with a figure that an era's level is estimated from.
pub(crate) const MIN_PERIODS: usize = 6;

const Z_95: f64 = 1.959_963_984_540_054;

/// An indicator by eras, not yet judged; none where the dossier has none that touch the series. It
/// depends on the fit and the place of its break, not on the level. `record`: the indicator's finding
/// as written so far.
pub(crate) fn measure_eras(
    inputs: &Inputs<'_>,
    fitted: Option<&Fitted>,
    record: &IndicatorFinding,
) -> Option<EraFinding> {
    let mut finding = EraFinding {
        levels: Vec::new(),
        alternatives: Vec::new(),
        bic_without_break: None,
        bic_free: None,
        free_at: Vec::new(),
    };
    for own in by_state(&inputs.eras) {
        let divided = Divided::new(inputs, own, fitted.map(|one| &one.prepared));
        finding
            .levels
            .extend(levels(inputs, &divided, fitted, record));
        if let Some(fitted) = fitted {
            let one = alternative(inputs, &divided, fitted, record);
            finding.alternatives.extend(one);
        }
    }
    if finding.levels.is_empty() {
        return None;
    }
    if let Some(fitted) = fitted {
        let counts = &fitted.dating.by_count;
        let chosen = fitted.dating.chosen.max(1).min(counts.len() - 1);
        finding.bic_without_break = Some(counts[0].bic);
        finding.bic_free = Some(counts[chosen].bic);
        finding.free_at.clone_from(&record.dating[chosen].at);
    }
    correct(&mut finding.alternatives);
    Some(finding)
}

/// What the changes of leader say of the break at the dossier's level.
pub(crate) fn judge_eras(
    inputs: &Inputs<'_>,
    fitted: Option<&Fitted>,
    record: &IndicatorFinding,
    mut finding: EraFinding,
) -> EraFinding {
    let level = inputs.spec.verdict.level;
    let survived = fitted.is_some_and(|one| one.q_response <= level);
    let bic_free = finding.bic_free;
    for one in &mut finding.alternatives {
        one.answer = answer(one, survived, level, bic_free);
        let multiplicative = fitted.is_some_and(|one| one.prepared.multiplicative);
        one.sentence = words::alternative(one, record, multiplicative, survived);
    }
    finding
}

/// A state's eras within the series.
struct Divided<'a> {
    /// Those that have a period in it, in order.
    eras: Vec<&'a Era>,
    /// The first period of each, as a place in the frame.
    starts: Vec<usize>,
    /// The last row before each change of leader that has a row on either side.
    all_edges: Vec<usize>,
    /// Those with eras on either side that are long enough for a test.
    edges: Vec<usize>,
    /// Which era begins after each edge.
    after_edge: Vec<usize>,
}

impl<'a> Divided<'a> {
    fn new(inputs: &Inputs<'_>, own: &'a [Era], prepared: Option<&Prepared>) -> Self {
        let periods = &inputs.frame.periods;
        let mut divided = Self {
            eras: Vec::new(),
            starts: Vec::new(),
            all_edges: Vec::new(),
            edges: Vec::new(),
            after_edge: Vec::new(),
        };
        for (idx, era) in own.iter().enumerate() {
            let start = first_place(periods, era.from);
            let end = own
                .get(idx + 1)
                .map_or(periods.len(), |next| first_place(periods, next.from));
            if start < end {
                divided.eras.push(era);
                divided.starts.push(start);
            }
        }
        if let Some(prepared) = prepared {
            divided.find_edges(prepared);
        }
        divided
    }

    /// Changes of leader, and those with enough rows on either side of them, from the first to the last.
    fn find_edges(&mut self, prepared: &Prepared) {
        let n = prepared.rows.len();
        for &start in &self.starts {
            let row = row_of(prepared, start);
            if row > 0 && row < n && self.all_edges.last() != Some(&(row - 1)) {
                self.all_edges.push(row - 1);
            }
        }
        let mut from = 0;
        // The first leader that is named may come within the series too: what was before is a level of
        // its own, if nobody's.
        for idx in 0..self.eras.len() {
            let row = row_of(prepared, self.starts[idx]);
            let end = self
                .starts
                .get(idx + 1)
                .map_or(n, |&start| row_of(prepared, start));
            if row >= from + MIN_PERIODS && end >= row + MIN_PERIODS {
                self.edges.push(row - 1);
                self.after_edge.push(idx);
                from = row;
            }
        }
    }

    /// The edge at which an era begins.
    fn edge_of(&self, era: usize) -> Option<usize> {
        self.after_edge.iter().position(|&one| one == era)
    }
}

/// The first row at or after a place in the frame.
fn row_of(prepared: &Prepared, place: usize) -> usize {
    prepared.rows.partition_point(|&idx| idx < place)
}

fn levels(
    inputs: &Inputs<'_>,
    divided: &Divided<'_>,
    fitted: Option<&Fitted>,
    record: &IndicatorFinding,
) -> Vec<EraLevel> {
    let labels = &record.chart.periods;
    (0..divided.eras.len())
        .map(|idx| {
            let start = divided.starts[idx];
            let end = divided.starts.get(idx + 1).copied().unwrap_or(labels.len());
            let (count, observed, n_periods) = observed(record, start, end);
            let level = fitted
                .filter(|_| n_periods as usize >= MIN_PERIODS)
                .and_then(|fitted| level_of(divided, idx, fitted));
            let shown = |log: f64| fitted.map_or(log, |one| on_scale(&one.prepared, log));
            EraLevel {
                state: divided.eras[idx].state.clone(),
                leader: divided.eras[idx].leader.clone(),
                first: inputs.frame.periods[start].label(inputs.frame.unit),
                last: inputs.frame.periods[end - 1].label(inputs.frame.unit),
                n_periods,
                count,
                observed,
                level: level.map(|one| shown(one.difference)),
                level_interval: level.map(|one| {
                    let half = Z_95 * one.se;
                    [shown(one.difference - half), shown(one.difference + half)]
                }),
            }
        })
        .collect()
}

fn on_scale(prepared: &Prepared, log: f64) -> f64 {
    if prepared.multiplicative {
        log.exp()
    } else {
        log
    }
}

/// The sum of counts, the figure over all periods, and the periods with a figure.
fn observed(
    record: &IndicatorFinding,
    start: usize,
    end: usize,
) -> (Option<f64>, Option<f64>, u32) {
    let chart = &record.chart;
    let known: Vec<usize> = (start..end)
        .filter(|&idx| chart.observed[idx].is_some())
        .collect();
    let n = known.len() as u32;
    if known.is_empty() {
        return (None, None, 0);
    }
    let sum = |values: &[Option<f64>]| -> Option<f64> {
        known
            .iter()
            .map(|&idx| values.get(idx).copied().flatten())
            .sum()
    };
    let exposure = sum(&chart.exposure).filter(|total| *total > 0.0);
    let count = sum(&chart.count).filter(|_| crate::cells::uses_exposure(record.kind));
    let observed = match (count, exposure) {
        (Some(count), Some(exposure)) => Some(count / exposure * crate::prepare::PER_EXPOSURE),
        _ => sum(&chart.observed).map(|total| total / f64::from(n)),
    };
    (count, observed, n)
}

/// The level of an era on the scale of the linear predictor, with its standard error.
fn level_of(divided: &Divided<'_>, era: usize, fitted: &Fitted) -> Option<Contrast> {
    let prepared = &fitted.prepared;
    let first = row_of(prepared, divided.starts[era]);
    let regime = divided.all_edges.partition_point(|&edge| edge < first);
    let model = prepared.model(&prepared.response);
    let (fit, design, _) = fit_regimes(&model, &divided.all_edges, regime).ok()?;
    let covariance = robust_covariance(&fit, &design, model.y, Covariance::PrewhitenedQs).ok()?;
    Some(Contrast {
        difference: fit.coefficients[0],
        se: covariance[0].max(fit.covariance[0]).sqrt(),
    })
}

/// The design with a step after each of `edges`.
fn with_steps(design: &Design, edges: impl Iterator<Item = usize>) -> Option<Design> {
    let mut design = design.clone();
    for edge in edges {
        let column = (0..design.n_rows())
            .map(|row| f64::from(u8::from(row > edge)))
            .collect();
        design = design.with(format!("after row {edge}"), column).ok()?;
    }
    Some(design)
}

/// A step after one row, the others held: its p-value by simulation. A step that the design explains
/// already (the source base changes there) has no answer.
fn step_p(
    prepared: &Prepared,
    others: &[usize],
    edge: usize,
    bootstrap: &Bootstrap,
    level: f64,
) -> Result<f64, String> {
    let collinear = || "the model has a step there already, or one too near".to_owned();
    let design = with_steps(&prepared.response, others.iter().copied()).ok_or_else(collinear)?;
    let search = Search {
        trimming: 0.0,
        max_breaks: 1,
        window: Some((edge, edge)),
    };
    match sup_f_test(&prepared.model(&design), &search, bootstrap, level) {
        Ok(test) if test.path == [0.0] => Err(collinear()),
        Ok(test) => Ok(test.p_value),
        Err(BreakError::EmptyWindow) => Err("it is too near an end of the series".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn alternative(
    inputs: &Inputs<'_>,
    divided: &Divided<'_>,
    fitted: &Fitted,
    record: &IndicatorFinding,
) -> Option<EraAlternative> {
    let state = &divided.eras.first()?.state;
    if divided.eras.len() < 2 {
        return None;
    }
    let prepared = &fitted.prepared;
    let model = prepared.model(&prepared.response);
    let boundaries = (1..divided.eras.len())
        .map(|era| boundary(inputs, divided, era, fitted, record))
        .collect();
    let bic = (!divided.edges.is_empty())
        .then(|| known_breaks(&model, &divided.edges, &fitted.dating).ok())
        .flatten()
        .map(|one| one.bic);
    Some(EraAlternative {
        state: state.clone(),
        name: actor_name(state),
        boundaries,
        bic,
        beyond: beyond(inputs, divided, prepared),
        answer: EraAnswer::CannotTell,
        sentence: String::new(),
    })
}

fn beyond(inputs: &Inputs<'_>, divided: &Divided<'_>, prepared: &Prepared) -> Option<BeyondEras> {
    if divided.edges.is_empty() {
        return None;
    }
    let main = Specification::main(inputs.spec);
    let design = with_steps(&prepared.response, divided.edges.iter().copied())?;
    let test = sup_f_test(
        &prepared.model(&design),
        &search(inputs.spec, main.trimming),
        &bootstrap(inputs.spec),
        inputs.spec.verdict.level,
    )
    .ok()?;
    Some(BeyondEras {
        at: label_after(inputs, prepared, test.break_index),
        p_value: test.p_value,
    })
}

/// The first period of the level after a row.
fn label_after(inputs: &Inputs<'_>, prepared: &Prepared, row: usize) -> String {
    let place = prepared.rows[(row + 1).min(prepared.rows.len() - 1)];
    inputs.frame.periods[place].label(inputs.frame.unit)
}

fn boundary(
    inputs: &Inputs<'_>,
    divided: &Divided<'_>,
    era: usize,
    fitted: &Fitted,
    record: &IndicatorFinding,
) -> EraBoundary {
    let prepared = &fitted.prepared;
    let labels = &record.chart.periods;
    let at = labels[divided.starts[era]].clone();
    let in_interval = record.shift.as_ref().and_then(|shift| {
        let place = |label: &str| labels.iter().position(|one| one == label);
        let (first, last) = (place(&shift.interval[0])?, place(&shift.interval[1])?);
        Some((first..=last).contains(&divided.starts[era]))
    });
    let step = match divided.edge_of(era) {
        Some(edge) => step(inputs, divided, edge, prepared),
        None => Err(format!(
            "one of the eras beside it has fewer than {MIN_PERIODS} {}s with a figure",
            unit_name(inputs.frame.unit)
        )),
    };
    let (step, untested) = match step {
        Ok(step) => (Some(step), None),
        Err(why) => (None, Some(why)),
    };
    EraBoundary {
        leader: divided.eras[era].leader.clone(),
        date: divided.eras[era].from.to_string(),
        at,
        step,
        untested,
        in_interval,
        also: other_days(inputs, divided, era, prepared),
    }
}

/// The effect of the step at `edges[place]`, the other edges being steps too.
fn effect(model: &ShiftModel<'_>, edges: &[usize], place: usize) -> Option<Contrast> {
    contrast(model, edges, place, place + 1).ok()
}

fn step(
    inputs: &Inputs<'_>,
    divided: &Divided<'_>,
    place: usize,
    prepared: &Prepared,
) -> Result<EraStep, String> {
    let model = prepared.model(&prepared.response);
    let others: Vec<usize> = without(&divided.edges, place);
    let p_value = step_p(
        prepared,
        &others,
        divided.edges[place],
        &bootstrap(inputs.spec),
        inputs.spec.verdict.level,
    )?;
    let effect = effect(&model, &divided.edges, place)
        .ok_or_else(|| "the step can't be fitted".to_owned())?;
    let half = Z_95 * effect.se;
    Ok(EraStep {
        effect: on_scale(prepared, effect.difference),
        effect_interval: [
            on_scale(prepared, effect.difference - half),
            on_scale(prepared, effect.difference + half),
        ],
        p_value,
        q_value: p_value,
    })
}

fn without(edges: &[usize], place: usize) -> Vec<usize> {
    let mut others = edges.to_vec();
    others.remove(place);
    others
}

fn other_days(
    inputs: &Inputs<'_>,
    divided: &Divided<'_>,
    era: usize,
    prepared: &Prepared,
) -> Vec<EraOtherDay> {
    let periods = &inputs.frame.periods;
    divided.eras[era]
        .also
        .iter()
        .map(|day| (day, first_place(periods, *day)))
        .filter(|(_, place)| *place < periods.len())
        .map(|(day, place)| {
            let tested = divided.edge_of(era).and_then(|edge| {
                let row = row_of(prepared, place);
                let mut edges = divided.edges.clone();
                edges[edge] = row.checked_sub(1)?;
                let apart = edges
                    .windows(2)
                    .all(|pair| pair[0] + MIN_PERIODS <= pair[1]);
                let inside = row >= MIN_PERIODS && row + MIN_PERIODS <= prepared.rows.len();
                if !apart || !inside {
                    return None;
                }
                let p = step_p(
                    prepared,
                    &without(&edges, edge),
                    edges[edge],
                    &bootstrap(inputs.spec),
                    inputs.spec.verdict.level,
                )
                .ok()?;
                let effect = effect(&prepared.model(&prepared.response), &edges, edge)?;
                Some((on_scale(prepared, effect.difference), p))
            });
            EraOtherDay {
                date: day.to_string(),
                at: periods[place].label(inputs.frame.unit),
                effect: tested.map(|one| one.0),
                p_value: tested.map(|one| one.1),
            }
        })
        .collect()
}

/// Corrects the p-values for the number of changes of leader, over all states.
fn correct(alternatives: &mut [EraAlternative]) {
    let mut steps: Vec<&mut EraStep> = alternatives
        .iter_mut()
        .flat_map(|one| &mut one.boundaries)
        .filter_map(|one| one.step.as_mut())
        .collect();
    let p: Vec<f64> = steps.iter().map(|one| one.p_value).collect();
    let Ok(q) = benjamini_hochberg(&p) else {
        return;
    };
    for (step, q) in steps.iter_mut().zip(q) {
        step.q_value = q;
    }
}

/// What a state's changes of leader say of the break. `survived`: whether a break at a free date is
/// found with events and pressure in the model.
fn answer(one: &EraAlternative, survived: bool, level: f64, bic_free: Option<f64>) -> EraAnswer {
    let tested: Vec<(&EraBoundary, &EraStep)> = one
        .boundaries
        .iter()
        .filter_map(|boundary| Some((boundary, boundary.step.as_ref()?)))
        .collect();
    let (Some(bic), Some(bic_free), false) = (one.bic, bic_free, tested.is_empty()) else {
        return EraAnswer::Untested;
    };
    let stepped = tested.iter().any(|(_, step)| step.q_value <= level);
    let at_the_break = tested
        .iter()
        .any(|(boundary, step)| step.q_value <= level && boundary.in_interval == Some(true));
    let left = one.beyond.as_ref().map(|beyond| beyond.p_value <= level);
    match (survived, stepped) {
        (false, false) => EraAnswer::NoStep,
        (true, true) if at_the_break && bic <= bic_free => EraAnswer::Fits,
        (false, true) if bic <= bic_free => EraAnswer::Fits,
        (true, _) if left == Some(true) && bic > bic_free => EraAnswer::FreeDate,
        _ => EraAnswer::CannotTell,
    }
}
