//! How long it took, over all promises and by era.

use yalu_stats::survival::{
    AllocationCount, CompetingFollowUp, CumulativeIncidence, CurveOptions, FollowUp, IntervalKind,
    KnownDuration, LogRank, LogRankOptions, LogRankOutcome, Permutations, SurvivalCurve,
    SurvivalError, cumulative_incidence, kaplan_meier, log_rank, turnbull,
};

use super::entry::TangibleStage;
use super::history::{History, Wait};
use super::summarise::LedgerOptions;
use super::summary::{
    BoundedWaits, Count, DayQuantile, DurationRecord, Ending, EraComparison, EraGroup, EraKey,
    EraWait, IncidencePoint, Limits, NoComparison, WaitCurve, WaitPoint, WaitRecord, WaitRegion,
};

/// Promises an era must have to be compared.
const FEWEST: usize = 2;

/// A promise's era and wait.
pub(super) struct Waited<'a> {
    pub(super) history: &'a History<'a>,
    pub(super) era: &'a EraKey,
    pub(super) wait: Wait,
}

/// How long promises took to a stage. `keyed`: each promise with its era.
pub(super) fn durations(
    keyed: &[(&History, EraKey)],
    threshold: TangibleStage,
    options: &LedgerOptions,
) -> Result<DurationRecord, SurvivalError> {
    let waited = waits(keyed, threshold, options);
    let all: Vec<&Waited> = waited.iter().collect();
    let by_era = eras(&waited)
        .into_iter()
        .map(|(era, waits)| {
            Ok(EraWait {
                era: era.clone(),
                waits: wait_record(&waits, options)?,
            })
        })
        .collect::<Result<_, SurvivalError>>()?;
    let straddling = waited.iter().filter(|one| !is_era(one.era));
    Ok(DurationRecord {
        threshold,
        overall: wait_record(&all, options)?,
        by_era,
        comparison: compare(&waited, options)?,
        straddling: Count::of(straddling.map(|one| one.history.promise.line)),
    })
}

pub(super) fn waits<'a>(
    keyed: &'a [(&'a History<'a>, EraKey)],
    threshold: TangibleStage,
    options: &LedgerOptions,
) -> Vec<Waited<'a>> {
    let waits = keyed.iter().map(|(history, era)| Waited {
        history,
        era,
        wait: history.wait(threshold, options.as_of),
    });
    waits.collect()
}

fn is_era(era: &EraKey) -> bool {
    matches!(era, EraKey::Era { .. } | EraKey::BeforeFirst)
}

/// The eras that have promises, in order, each with them.
fn eras<'a>(waited: &'a [Waited<'a>]) -> Vec<(&'a EraKey, Vec<&'a Waited<'a>>)> {
    let mut keys: Vec<&EraKey> = waited
        .iter()
        .map(|one| one.era)
        .filter(|era| is_era(era))
        .collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .map(|key| (key, waited.iter().filter(|one| one.era == key).collect()))
        .collect()
}

fn curve_options(options: &LedgerOptions) -> CurveOptions {
    CurveOptions {
        interval: IntervalKind::LogLog,
        confidence: options.confidence,
    }
}

/// One wait at one of its bounds.
fn follow_up(wait: &Wait, days: i64) -> FollowUp {
    FollowUp {
        entered: None,
        time: days as f64,
        event: wait.ending == Ending::Tangible,
    }
}

fn wait_record(waited: &[&Waited], options: &LedgerOptions) -> Result<WaitRecord, SurvivalError> {
    let ended = |ending: Ending| {
        let lines = waited.iter().filter(move |one| one.wait.ending == ending);
        Count::of(lines.flat_map(|one| one.wait.lines.iter().copied()))
    };
    let curve = |days: fn(&Wait) -> Option<i64>| {
        let at = |one: &&Waited| days(&one.wait).map(|days| follow_up(&one.wait, days));
        wait_curve(&waited.iter().filter_map(at).collect::<Vec<_>>(), options)
    };
    let open = waited.iter().filter(|one| one.wait.days.mid.is_none());
    Ok(WaitRecord {
        promises: Count::of(waited.iter().map(|one| one.history.promise.line)),
        reached: ended(Ending::Tangible),
        abandoned: ended(Ending::Abandoned),
        without_middle: Count::of(open.map(|one| one.history.promise.line)),
        curve: curve(|wait| wait.days.mid)?,
        shortest: curve(|wait| Some(wait.days.min))?,
        longest: curve(|wait| wait.days.max)?,
        within_bounds: bounded(waited)?,
        incidence: incidence(waited, options)?,
    })
}

fn wait_curve(
    subjects: &[FollowUp],
    options: &LedgerOptions,
) -> Result<Option<WaitCurve>, SurvivalError> {
    if subjects.is_empty() {
        return Ok(None);
    }
    let curve = kaplan_meier(subjects, &curve_options(options))?;
    let median = curve.median();
    Ok(Some(WaitCurve {
        n: curve.n,
        reached: curve.events,
        median: DayQuantile {
            days: median.estimate,
            lower: median.lower,
            upper: median.upper,
        },
        points: points(&curve),
    }))
}

fn points(curve: &SurvivalCurve) -> Vec<WaitPoint> {
    let points = curve.steps.iter().map(|step| WaitPoint {
        days: step.time,
        at_risk: step.at_risk,
        reached: step.events,
        left: step.censored,
        waiting: step.survival,
        lower: step.interval.map(|interval| interval.0),
        upper: step.interval.map(|interval| interval.1),
    });
    points.collect()
}

/// What is known of a wait, without taking a middle.
fn known(wait: &Wait) -> KnownDuration {
    let low = wait.days.min as f64;
    match (wait.ending, wait.days.max) {
        (Ending::Tangible, Some(high)) => KnownDuration::Between {
            low,
            high: high as f64,
        },
        // Censored, or without an upper bound: longer than the least.
        _ => KnownDuration::After(low),
    }
}

fn bounded(waited: &[&Waited]) -> Result<Option<BoundedWaits>, SurvivalError> {
    if waited.is_empty() {
        return Ok(None);
    }
    let durations: Vec<KnownDuration> = waited.iter().map(|one| known(&one.wait)).collect();
    let found = turnbull(&durations)?;
    let median = found.quantile_bounds(0.5)?;
    let regions = found.regions.iter().map(|region| WaitRegion {
        low: region.low,
        high: region.high,
        share: region.mass,
    });
    Ok(Some(BoundedWaits {
        regions: regions.collect(),
        median_low: median.low,
        median_high: median.high,
    }))
}

const REACHED: usize = 0;
const ABANDONED: usize = 1;

fn incidence(
    waited: &[&Waited],
    options: &LedgerOptions,
) -> Result<Vec<IncidencePoint>, SurvivalError> {
    let subjects: Vec<CompetingFollowUp> = waited
        .iter()
        .filter_map(|one| {
            Some(CompetingFollowUp {
                entered: None,
                time: one.wait.days.mid? as f64,
                cause: match one.wait.ending {
                    Ending::Tangible => Some(REACHED),
                    Ending::Abandoned => Some(ABANDONED),
                    Ending::Waiting => None,
                },
            })
        })
        .collect();
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let found = cumulative_incidence(&subjects, 2, &curve_options(options))?;
    Ok(incidence_points(&found))
}

fn incidence_points(found: &CumulativeIncidence) -> Vec<IncidencePoint> {
    let points = found.steps.iter().map(|step| {
        let limits = |cause: usize| Limits {
            share: step.causes[cause].incidence,
            lower: step.causes[cause].interval.map(|interval| interval.0),
            upper: step.causes[cause].interval.map(|interval| interval.1),
        };
        IncidencePoint {
            days: step.time,
            reached: limits(REACHED),
            abandoned: limits(ABANDONED),
            waiting: step.event_free,
        }
    });
    points.collect()
}

/// Compares eras that have promises enough, at the middles of waits.
pub(super) fn compare(
    waited: &[Waited],
    options: &LedgerOptions,
) -> Result<EraComparison, SurvivalError> {
    let of_era = |waits: &[&Waited]| -> Vec<FollowUp> {
        let at = |one: &&Waited| one.wait.days.mid.map(|days| follow_up(&one.wait, days));
        waits.iter().filter_map(at).collect()
    };
    let (mut keys, mut groups, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for (era, waits) in eras(waited) {
        let group = of_era(&waits);
        if group.len() < FEWEST {
            left_out.push(era.clone());
        } else {
            keys.push(era.clone());
            groups.push(group);
        }
    }
    if groups.len() < 2 {
        return Ok(not_tested(NoComparison::TooFewPromises));
    }
    let slices: Vec<&[FollowUp]> = groups.iter().map(Vec::as_slice).collect();
    let log_rank_options = LogRankOptions {
        rho: 0.0,
        permutations: Permutations {
            seed: options.seed,
            ..Permutations::default()
        },
    };
    Ok(match log_rank(&slices, &log_rank_options)? {
        LogRankOutcome::Tested(test) => tested(&test, keys, left_out),
        LogRankOutcome::NoEvents => not_tested(NoComparison::NoneReached),
        LogRankOutcome::OneGroup => not_tested(NoComparison::NeverTogether),
        LogRankOutcome::NoVariation => not_tested(NoComparison::NoVariation),
    })
}

fn tested(test: &LogRank, keys: Vec<EraKey>, left_out: Vec<EraKey>) -> EraComparison {
    let (allocations, exact) = match test.permutation.allocations {
        AllocationCount::All(n) => (n, true),
        AllocationCount::Drawn(n) => (n, false),
    };
    let groups = keys
        .into_iter()
        .zip(&test.groups)
        .map(|(era, group)| EraGroup {
            era,
            n: group.n,
            reached: group.events,
            expected: group.expected,
        });
    EraComparison::Tested {
        groups: groups.collect(),
        chi_square: test.chi_square,
        degrees_of_freedom: test.degrees_of_freedom,
        p_value: test.p_value,
        permutation_p_value: test.permutation.p_value,
        allocations,
        exact,
        monte_carlo_error: test.permutation.monte_carlo_error,
        left_out,
    }
}

fn not_tested(reason: NoComparison) -> EraComparison {
    let words = match reason {
        NoComparison::TooFewPromises => {
            "Fewer than two eras have two promises or more, so that eras can't be compared."
        }
        NoComparison::NoneReached => {
            "No promise of these eras reached the stage, so that there is nothing to compare."
        }
        NoComparison::NeverTogether => {
            "Promises of two eras never waited equally long, so that eras can't be compared."
        }
        NoComparison::NoVariation => {
            "All waits ended after the same time, so that eras can't be compared."
        }
    };
    EraComparison::NotTested {
        reason,
        words: words.to_owned(),
    }
}
