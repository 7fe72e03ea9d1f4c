//! One indicator of the dyad in question held against the same indicator of other dyads.

use rayon::prelude::*;
use yalu_stats::Bootstrap;
use yalu_stats::synthetic::{
    BestDate, ConformalOptions, DidEstimator, GapStatistic, Panel, PathControl, PathPanel,
    PathWeights, SyntheticError, conformal_constant_interval, conformal_test, fit_synthetic_did,
    rank_interval, rank_p_value, sdid_placebo_error,
};
use yalu_store::Month;

use crate::assessment::IndicatorFinding;
use crate::borders::answer::{self, MIN_DONORS};
use crate::borders::keys::Borders;
use crate::borders::members::{Member, dyad_name, for_dyad, indicator_cells, is_compared};
use crate::borders::own_break::{NEAR_MONTHS, own_breaks};
use crate::borders::paths::{
    NotComparable, StepPath, Steps, covered_from, path, period_figures, pool_periods,
};
use crate::borders::record::{
    BorderComparison, ComparisonResult, ConformalRecord, DidRecord, DonorRecord, DonorStatus,
    EffectInterval, FitRecord, InTimeRecord, LeaveOneOutRecord, OwnBreak, Particularity, PathScale,
    PlaceboRecord, StartOrigin,
};
use crate::cells::{RequestError, Requests, cell_id};
use crate::pipeline::trace;
use crate::prepare::Inputs;
use crate::reasons::survives;
use crate::spec::Indicator;

/// The fewest steps before the start.
const MIN_BEFORE: usize = 6;
/// The fewest steps on a side where a donor's best date may lie.
const EDGE: usize = 3;
/// Placebo draws of difference-in-differences.
const DID_PLACEBOS: usize = 200;
/// The fewest draws of the tests for donors' own breaks.
const OWN_BREAK_DRAWS: usize = 499;
/// A donor with less weight isn't left out in turn: nothing would change.
const NEGLIGIBLE: f64 = 0.01;

/// A path's figure as shown: a ratio, or a difference.
pub(crate) fn shown(value: f64, multiplicative: bool) -> f64 {
    if multiplicative { value.exp() } else { value }
}

/// Holds one indicator against the comparison set.
pub(crate) fn compare(
    inputs: &Inputs<'_>,
    keys: &Borders,
    indicator: &Indicator,
    finding: &IndicatorFinding,
    members: &[Member],
    command: &str,
) -> Result<BorderComparison, RequestError> {
    let requests = Requests::new(inputs.spec);
    let mut cells = indicator_cells(&requests, inputs.spec, indicator)?;
    let mut record = BorderComparison {
        indicator: indicator.id.clone(),
        title: indicator.title.clone(),
        answer: Particularity::CannotTell,
        headline: String::new(),
        reasons: Vec::new(),
        warnings: Vec::new(),
        start: None,
        start_from: None,
        scale: PathScale::Ratio,
        steps: Vec::new(),
        n_before: 0,
        observed: Vec::new(),
        synthetic: Vec::new(),
        donors: Vec::new(),
        result: None,
        trace: trace(inputs, &cells, command),
    };
    if !is_compared(inputs.spec, indicator) {
        return Ok(answer::refused(record, &answer::Refusal::NoOtherBorders));
    }
    let members: Vec<&Member> = members
        .iter()
        .filter(|one| one.left_out.is_none())
        .collect();
    if members.is_empty() {
        return Ok(answer::refused(record, &answer::Refusal::EmptySet));
    }
    for member in &members {
        let other = for_dyad(indicator, member.pair());
        cells.extend(indicator_cells(&requests, inputs.spec, &other)?);
    }
    cells.dedup();
    // A reader's codes may be counted for the dyad in question alone.
    if let Some(cell) = cells.iter().find(|one| !inputs.frame.holds(one)) {
        let refusal = answer::Refusal::NotCounted(cell_id(cell));
        return Ok(answer::refused(record, &refusal));
    }
    record.trace = trace(inputs, &cells, command);
    let (start, from) = match start_of(inputs, keys, finding) {
        Ok(start) => start,
        Err(refusal) => return Ok(answer::refused(record, &refusal)),
    };
    record.start = Some(inputs.frame.periods[start].label(inputs.frame.unit));
    record.start_from = Some(from);
    let n_periods = inputs.frame.periods.len();
    let pool = pool_periods(inputs.spec.data.period, keys.pool);
    let steps = Steps::around(start, n_periods, pool);
    let own_figures = match period_figures(inputs, indicator)? {
        Ok(figures) => figures,
        Err(fact) => return Ok(answer::refused(record, &answer::Refusal::Dyad(fact))),
    };
    let Some(skipped) = covered_from(&own_figures, &steps) else {
        let fact = NotComparable::Coverage {
            covered: 0,
            of: steps.n - steps.n_before,
        };
        return Ok(answer::refused(record, &answer::Refusal::Dyad(fact)));
    };
    let steps = steps.without_first(skipped);
    record.steps = steps.labels(inputs.frame);
    record.n_before = steps.n_before as u32;
    if steps.n_before < MIN_BEFORE || steps.n == steps.n_before {
        let refusal = answer::Refusal::Steps {
            before: steps.n_before,
            needed: MIN_BEFORE,
            after: steps.n - steps.n_before,
            months: keys.pool,
        };
        return Ok(answer::refused(record, &refusal));
    }
    let own = match path(&own_figures, &steps, keys) {
        Ok(own) => own,
        Err(fact) => return Ok(answer::refused(record, &answer::Refusal::Dyad(fact))),
    };
    record.scale = if own.multiplicative {
        PathScale::Ratio
    } else {
        PathScale::Difference
    };
    record.observed = own
        .values
        .iter()
        .map(|value| shown(*value, own.multiplicative))
        .collect();
    let mut others: Vec<(usize, StepPath)> = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let other = for_dyad(indicator, member.pair());
        let made = match period_figures(inputs, &other)? {
            Ok(figures) => path(&figures, &steps, keys),
            Err(fact) => Err(fact),
        };
        let mut donor = DonorRecord {
            dyad: member.dyad.to_string(),
            name: dyad_name(&member.dyad),
            status: DonorStatus::LeftOut,
            notice: None,
            n_events: None,
            share_zero: None,
            weight: None,
            weight_sdid: None,
            path: Vec::new(),
            own_break: None,
            placebo: None,
        };
        match made {
            Err(fact) => donor.notice = Some(fact.to_string()),
            Ok(path) => {
                donor.status = DonorStatus::Donor;
                donor.n_events = path.n_events(steps.n_before);
                donor.share_zero = path.share_zero(steps.n_before);
                donor.path = path
                    .values
                    .iter()
                    .map(|value| shown(*value, own.multiplicative))
                    .collect();
                others.push((place, path));
            }
        }
        record.donors.push(donor);
    }
    let set = Set {
        inputs,
        keys,
        steps: &steps,
        own: &own,
        others: &others,
    };
    drop_treated(&set, &mut record);
    let n_donors = set.donors(&record).len();
    if n_donors < MIN_DONORS {
        let refusal = answer::Refusal::Donors {
            got: n_donors,
            needed: MIN_DONORS,
            of: members.len(),
        };
        return Ok(answer::refused(record, &refusal));
    }
    match set.result(&mut record, own_p(finding, from)) {
        Ok(result) => Ok(answer::answered(
            inputs, keys, indicator, record, &own, result,
        )),
        Err(error) => Ok(answer::refused(record, &answer::Refusal::NotFitted(error))),
    }
}

/// The p-value of the break that the start is from, with events and pressure in the model.
fn own_p(finding: &IndicatorFinding, from: StartOrigin) -> Option<f64> {
    let test = finding.test_with_response.as_ref()?;
    (from == StartOrigin::Dated).then_some(test.p_value)
}

/// The first period to be explained.
fn start_of(
    inputs: &Inputs<'_>,
    keys: &Borders,
    finding: &IndicatorFinding,
) -> Result<(usize, StartOrigin), answer::Refusal> {
    let frame = inputs.frame;
    if let Some(text) = &keys.start {
        let first = text.parse::<Month>().ok().map(Month::first_day);
        let place = first.and_then(|day| frame.periods.iter().position(|one| one.last_day >= day));
        let begins = frame.periods.first().map(|one| one.first_day);
        return match place {
            Some(place) if place > 0 && begins < first => Ok((place, StartOrigin::Declared)),
            _ => Err(answer::Refusal::StartOutside(text.clone())),
        };
    }
    let dated = finding
        .shift
        .as_ref()
        .filter(|_| finding.rung.is_some_and(survives));
    let place = dated.and_then(|shift| frame.labels().iter().position(|one| *one == shift.at));
    match place {
        Some(place) if place > 0 => Ok((place, StartOrigin::Dated)),
        _ => Err(answer::Refusal::NoBreak),
    }
}

/// The comparable dyads and the one in question.
struct Set<'a> {
    inputs: &'a Inputs<'a>,
    keys: &'a Borders,
    steps: &'a Steps,
    own: &'a StepPath,
    /// Place among the record's donors, and path.
    others: &'a [(usize, StepPath)],
}

/// Finds donors with a break of their own near the date and takes them out of the pool.
fn drop_treated(set: &Set<'_>, record: &mut BorderComparison) {
    let start = set.steps.n_before;
    let paths: Vec<&StepPath> = set.others.iter().map(|(_, path)| path).collect();
    let near = NEAR_MONTHS.div_ceil(set.keys.pool.max(1) as usize).max(1);
    let level = set.inputs.spec.verdict.level;
    // So many that one break among all donors can survive the correction for their number.
    let needed = (2.0 * paths.len() as f64 / level).ceil() as usize;
    let bootstrap = Bootstrap {
        n_replications: OWN_BREAK_DRAWS.max(needed),
        seed: set.inputs.spec.model.seed,
    };
    let (tested, failures) = own_breaks(&paths, start, near, bootstrap);
    for ((place, _), test) in set.others.iter().zip(tested) {
        let Some(test) = test else { continue };
        let donor = &mut record.donors[*place];
        let own_break = OwnBreak {
            at: set.steps.label(set.inputs.frame, test.at),
            p_value: test.p,
            q_value: test.q,
            effect: shown(test.effect, set.own.multiplicative),
        };
        if test.q <= level {
            donor.status = DonorStatus::OwnBreak;
            donor.notice = Some(answer::own_break_words(&own_break, set.own.multiplicative));
        }
        donor.own_break = Some(own_break);
    }
    if !failures.is_empty() {
        record.warnings.push(format!(
            "Not every donor could be tested for a break of its own: {}.",
            failures.join("; ")
        ));
    }
}

impl Set<'_> {
    /// Places among `others` of the donors.
    fn donors(&self, record: &BorderComparison) -> Vec<usize> {
        (0..self.others.len())
            .filter(|&place| record.donors[self.others[place].0].status == DonorStatus::Donor)
            .collect()
    }

    /// Rows of the panel: the dyad in question, then the others.
    fn rows(&self) -> Vec<Vec<f64>> {
        std::iter::once(&self.own.values)
            .chain(self.others.iter().map(|(_, path)| &path.values))
            .cloned()
            .collect()
    }

    /// The donors of a row: the pool less itself, and of these the best where the dossier asks so.
    fn pool_of(&self, rows: &[Vec<f64>], row: usize, pool: &[usize]) -> Vec<usize> {
        let mut chosen: Vec<usize> = pool.iter().copied().filter(|one| *one != row).collect();
        if let Some(best) = self.keys.keep_best {
            let start = self.steps.n_before;
            let distance = |other: usize| -> f64 {
                rows[row][..start]
                    .iter()
                    .zip(&rows[other][..start])
                    .map(|(own, other)| (own - other).powi(2))
                    .sum()
            };
            chosen.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)).then(a.cmp(b)));
            chosen.truncate(best as usize);
            chosen.sort_unstable();
        }
        chosen
    }

    /// `own_p`: the p-value of the break itself, where the start is from it.
    fn result(
        &self,
        record: &mut BorderComparison,
        own_p: Option<f64>,
    ) -> Result<ComparisonResult, SyntheticError> {
        let start = self.steps.n_before;
        let frame = self.inputs.frame;
        let rows = self.rows();
        // Donors as rows of the panel.
        let pool: Vec<usize> = self.donors(record).iter().map(|place| place + 1).collect();
        let donors = self.pool_of(&rows, 0, &pool);
        for place in &pool {
            if !donors.contains(place) {
                let donor = &mut record.donors[self.others[place - 1].0];
                donor.status = DonorStatus::NotKept;
                donor.notice = Some(format!(
                    "not among the {} whose past follows this dyad best",
                    donors.len()
                ));
            }
        }
        let panel = PathPanel::new(
            rows.clone(),
            PathWeights::default(),
            GapStatistic::default(),
        )?;
        let own = panel.fit(0, &donors, start)?;
        let n = self.steps.n;
        let window = (EDGE.min(start).max(3), (n - EDGE.min(n - 1)).max(start));
        let placebos: Vec<(PathControl, BestDate)> = (1..rows.len())
            .into_par_iter()
            .map(|row| {
                let others = self.pool_of(&rows, row, &pool);
                Ok((
                    panel.fit(row, &others, start)?,
                    panel.best_date(row, &others, window)?,
                ))
            })
            .collect::<Result<_, SyntheticError>>()?;
        let (mut fixed, mut best, mut scaled) = (Vec::new(), Vec::new(), Vec::new());
        for ((place, _), (fit, date)) in self.others.iter().zip(&placebos) {
            fixed.push(fit.statistic);
            best.push(date.statistic);
            if fit.level_error > 0.0 {
                scaled.push((fit.mean_gap, fit.level_error));
            }
            record.donors[*place].placebo = Some(PlaceboRecord {
                gaps: fit.gaps.clone(),
                effect: shown(fit.mean_gap, self.own.multiplicative),
                pre_rmspe: fit.pre_rmspe,
                statistic: fit.statistic,
                best_statistic: date.statistic,
                best_at: self.steps.label(frame, date.start),
            });
        }
        let multiplicative = self.own.multiplicative;
        let level = self.keys.level;
        let interval =
            rank_interval(own.mean_gap, own.level_error, &scaled, 1.0 - level).map(|interval| {
                EffectInterval {
                    ends: [
                        shown(interval.lower, multiplicative),
                        shown(interval.upper, multiplicative),
                    ],
                    coverage: interval.coverage,
                }
            });
        for (&row, &weight) in donors.iter().zip(&own.weights) {
            record.donors[self.others[row - 1].0].weight = Some(weight);
        }
        record.synthetic = own
            .gaps
            .iter()
            .zip(&rows[0])
            .map(|(gap, value)| shown(value - gap, multiplicative))
            .collect();
        let did_panel = self.did_panel(&rows, &donors)?;
        let (sdid, weights) = self.did(&did_panel, DidEstimator::SyntheticDid)?;
        let (did, _) = self.did(&did_panel, DidEstimator::Did)?;
        for (&row, weight) in donors.iter().zip(weights) {
            record.donors[self.others[row - 1].0].weight_sdid = Some(weight);
        }
        Ok(ComparisonResult {
            n_donors: donors.len() as u32,
            n_placebos: placebos.len() as u32,
            effect: shown(own.mean_gap, multiplicative),
            interval,
            fit: FitRecord {
                pre_rmspe: own.pre_rmspe,
                own_variation: own.own_variation,
                relative: if own.own_variation > 0.0 {
                    own.pre_rmspe / own.own_variation
                } else {
                    0.0
                },
                count_noise: self.own.count_noise,
                effective_donors: own.effective_donors,
                largest_weight: own.weights.iter().copied().fold(0.0, f64::max),
            },
            statistic: own.statistic,
            p_placebo: rank_p_value(own.statistic, &fixed),
            p_calibrated: rank_p_value(own.statistic, &best),
            least_p: 1.0 / (1 + placebos.len()) as f64,
            p_picked: own_p.map(|p| (p * (1 + placebos.len()) as f64).min(1.0)),
            searched: [
                self.steps.label(frame, window.0),
                self.steps.label(frame, window.1),
            ],
            in_time: self.in_time(&rows, &donors)?,
            leave_one_out: self.leave_one_out(&panel, &donors, &own, record)?,
            conformal: self.conformal(&did_panel)?,
            sdid,
            did,
            gaps: own.gaps,
        })
    }

    /// The same comparison at earlier starts, with what came from the real one on left out.
    fn in_time(
        &self,
        rows: &[Vec<f64>],
        donors: &[usize],
    ) -> Result<Vec<InTimeRecord>, SyntheticError> {
        let before = self.steps.n_before;
        let cut: Vec<Vec<f64>> = rows.iter().map(|row| row[..before].to_vec()).collect();
        let panel = PathPanel::new(cut, PathWeights::default(), GapStatistic::default())?;
        let mut starts = vec![(before / 2).max(3), (before * 2 / 3).max(3)];
        starts.dedup();
        starts
            .into_iter()
            .map(|start| {
                Ok(InTimeRecord {
                    start: self.steps.label(self.inputs.frame, start),
                    effect: shown(
                        panel.fit(0, donors, start)?.mean_gap,
                        self.own.multiplicative,
                    ),
                })
            })
            .collect()
    }

    fn leave_one_out(
        &self,
        panel: &PathPanel,
        donors: &[usize],
        own: &PathControl,
        record: &BorderComparison,
    ) -> Result<Vec<LeaveOneOutRecord>, SyntheticError> {
        let mut records = Vec::new();
        for (&row, &weight) in donors.iter().zip(&own.weights) {
            if weight < NEGLIGIBLE {
                continue;
            }
            let others: Vec<usize> = donors.iter().copied().filter(|one| *one != row).collect();
            let fit = panel.fit(0, &others, self.steps.n_before)?;
            records.push(LeaveOneOutRecord {
                dyad: record.donors[self.others[row - 1].0].dyad.clone(),
                weight,
                effect: shown(fit.mean_gap, self.own.multiplicative),
            });
        }
        Ok(records)
    }

    /// The dyad in question and its donors, for methods that want names.
    fn did_panel(&self, rows: &[Vec<f64>], donors: &[usize]) -> Result<Panel, SyntheticError> {
        let chosen: Vec<usize> = std::iter::once(0).chain(donors.iter().copied()).collect();
        let units = chosen.iter().map(ToString::to_string).collect();
        let periods = (0..self.steps.n).map(|step| step.to_string()).collect();
        let outcomes = chosen.iter().flat_map(|&row| rows[row].clone()).collect();
        Panel::new(
            units,
            periods,
            outcomes,
            &["0"],
            &self.steps.n_before.to_string(),
        )
    }

    fn did(
        &self,
        panel: &Panel,
        estimator: DidEstimator,
    ) -> Result<(DidRecord, Vec<f64>), SyntheticError> {
        let fit = fit_synthetic_did(panel, estimator)?;
        let seed = self.inputs.spec.model.seed;
        let error = sdid_placebo_error(panel, estimator, DID_PLACEBOS, seed)?.standard_error;
        let half = yalu_stats::normal_quantile(1.0 - self.keys.level / 2.0) * error;
        let multiplicative = self.own.multiplicative;
        let record = DidRecord {
            effect: shown(fit.effect, multiplicative),
            standard_error: error,
            interval: [
                shown(fit.effect - half, multiplicative),
                shown(fit.effect + half, multiplicative),
            ],
        };
        Ok((record, fit.unit_weights))
    }

    fn conformal(&self, panel: &Panel) -> Result<ConformalRecord, SyntheticError> {
        let options = ConformalOptions {
            alpha: self.keys.level,
            ..ConformalOptions::default()
        };
        let n_after = self.steps.n - self.steps.n_before;
        let test = conformal_test(panel, &vec![0.0; n_after], &options)?;
        let interval = conformal_constant_interval(panel, &options)?;
        let end = |end: Option<f64>| end.map(|value| shown(value, self.own.multiplicative));
        Ok(ConformalRecord {
            p_value: test.p_value,
            ends: [end(interval.lower), end(interval.upper)],
            coverage: 1.0 - self.keys.level,
            empty: interval.empty,
            least_p: interval.least_p,
        })
    }
}
