//! From entries to figures.

use jiff::civil::Date;
use yalu_stats::survival::SurvivalError;

use super::durations::{compare, durations, waits};
use super::entry::{Entry, EntryKind, ObstacleType, Project, TangibleStage};
use super::history::{History, gather, sort_by_date};
use super::summary::{
    Count, EraCount, EraKey, EraSensitivity, EraTally, LedgerSummary, ObstacleRecord,
    ObstacleTally, ProjectEraTally, ProjectTally, PromiseRecord, State, StepRecord,
};
use super::tally::{tally, tangible, wilson};
use crate::edtf::Edtf;
use crate::era::{EraOf, Eras};

/// How a ledger is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerOptions {
    /// Nothing later than this day is used.
    pub as_of: Date,
    /// The state whose eras divide the promises.
    pub home: String,
    /// Another state whose leaders are named.
    pub second: Option<String>,
    /// The stage from which a promise counts as tangible.
    pub threshold: TangibleStage,
    /// The confidence of all intervals, between 0 and 1.
    pub confidence: f64,
    /// The seed of the permutation test.
    pub seed: u64,
}

impl LedgerOptions {
    /// The usual options: tangible from ground broken on, 95 per cent, seed 1.
    pub fn new(as_of: Date, home: &str) -> Self {
        Self {
            as_of,
            home: home.to_owned(),
            second: None,
            threshold: TangibleStage::GroundBroken,
            confidence: 0.95,
            seed: 1,
        }
    }
}

/// Counts a ledger as of a date.
///
/// An entry is used where its latest possible day, and the latest on which it became known, are not
/// after `as_of`; one that may be later is listed and in no figure. A promise belongs to the era in
/// which it was made. No figure depends on the order of rows.
///
/// # Errors
/// [`SurvivalError::Confidence`] where the confidence is no share; [`SurvivalError::NotConverged`]
/// where the law of bounded waits isn't found.
pub fn summarise(
    projects: &[Project],
    obstacle_types: &[ObstacleType],
    entries: &[Entry],
    eras: &Eras,
    options: &LedgerOptions,
) -> Result<LedgerSummary, SurvivalError> {
    if !(options.confidence > 0.0 && options.confidence < 1.0) {
        return Err(SurvivalError::Confidence {
            got: options.confidence,
        });
    }
    let mut sorted = sort_by_date(entries, options.as_of);
    let histories = gather(&mut sorted);
    let keyed: Vec<(&History, EraKey)> = histories
        .iter()
        .map(|one| (one, era_of(eras, &options.home, &one.promise.date)))
        .collect();
    let durations = TangibleStage::ALL
        .iter()
        .map(|&threshold| durations(&keyed, threshold, options))
        .collect::<Result<_, _>>()?;
    Ok(LedgerSummary {
        as_of: options.as_of.to_string(),
        home: options.home.clone(),
        second: options.second.clone(),
        threshold: options.threshold,
        confidence: options.confidence,
        overall: tally_where(&keyed, options, |_, _| true),
        projects: project_tallies(projects, &keyed, options),
        eras: era_tallies(&keyed, eras, options),
        project_eras: project_era_tallies(projects, &keyed, options),
        promises: promise_records(projects, &keyed, eras, options),
        obstacles: obstacle_tallies(obstacle_types, &histories, &sorted.used),
        durations,
        era_sensitivity: era_sensitivity(&histories, &keyed, eras, options)?,
        not_surely_by_then: sorted.unsure,
        later_lines: sorted.later,
    })
}

fn era_of(eras: &Eras, state: &str, date: &Edtf) -> EraKey {
    let place = |leader: &crate::era::Era| {
        let all = eras.of_state(state);
        all.iter()
            .position(|one| one == leader)
            .unwrap_or(all.len())
    };
    match eras.of_range(state, date.earliest(), date.latest()) {
        EraOf::One(era) => EraKey::Era {
            place: place(era),
            leader: era.leader.clone(),
        },
        EraOf::Several { before_first, eras } => EraKey::Straddles {
            before_first,
            places: eras.iter().map(|era| place(era)).collect(),
            leaders: eras.iter().map(|era| era.leader.clone()).collect(),
        },
        EraOf::BeforeFirst => EraKey::BeforeFirst,
        EraOf::NoEras => EraKey::NoEras,
    }
}

fn tally_where(
    keyed: &[(&History, EraKey)],
    options: &LedgerOptions,
    keep: impl Fn(&History, &EraKey) -> bool,
) -> super::summary::Tally {
    let kept = keyed.iter().filter(|(one, era)| keep(one, era));
    let kept: Vec<&History> = kept.map(|(one, _)| *one).collect();
    tally(&kept, options.threshold, options.confidence)
}

fn project_tallies(
    projects: &[Project],
    keyed: &[(&History, EraKey)],
    options: &LedgerOptions,
) -> Vec<ProjectTally> {
    let tallies = projects.iter().map(|project| {
        let own = |one: &History| one.promise.project == project.id;
        let last = keyed
            .iter()
            .map(|(one, _)| *one)
            .filter(|one| own(one))
            .max_by(|a, b| a.standing_order().cmp(&b.standing_order()));
        ProjectTally {
            project: project.id.clone(),
            title: project.title.clone(),
            kind: project.kind,
            tally: tally_where(keyed, options, |one, _| own(one)),
            current: last.map(History::standing),
        }
    });
    tallies.collect()
}

fn distinct_eras(keyed: &[(&History, EraKey)]) -> Vec<EraKey> {
    let mut eras: Vec<EraKey> = keyed.iter().map(|(_, era)| era.clone()).collect();
    eras.sort();
    eras.dedup();
    eras
}

/// Every era of the home state, with promises or not, and what stands beside them.
fn era_tallies(
    keyed: &[(&History, EraKey)],
    eras: &Eras,
    options: &LedgerOptions,
) -> Vec<EraTally> {
    let all = eras.of_state(&options.home).iter().enumerate();
    let declared = all.map(|(place, era)| EraKey::Era {
        place,
        leader: era.leader.clone(),
    });
    let mut keys: Vec<EraKey> = declared.chain(distinct_eras(keyed)).collect();
    keys.sort();
    keys.dedup();
    let tallies = keys.into_iter().map(|era| EraTally {
        tally: tally_where(keyed, options, |_, own| *own == era),
        era,
    });
    tallies.collect()
}

fn project_era_tallies(
    projects: &[Project],
    keyed: &[(&History, EraKey)],
    options: &LedgerOptions,
) -> Vec<ProjectEraTally> {
    let eras = distinct_eras(keyed);
    let pairs = projects
        .iter()
        .flat_map(|project| eras.iter().map(move |era| (project, era)));
    let tallies = pairs.map(|(project, era)| ProjectEraTally {
        project: project.id.clone(),
        era: era.clone(),
        tally: tally_where(keyed, options, |one, own| {
            one.promise.project == project.id && own == era
        }),
    });
    tallies.filter(|one| one.tally.promises.n > 0).collect()
}

fn promise_records(
    projects: &[Project],
    keyed: &[(&History, EraKey)],
    eras: &Eras,
    options: &LedgerOptions,
) -> Vec<PromiseRecord> {
    let place = |one: &History| {
        let is_own = |project: &Project| project.id == one.promise.project;
        projects.iter().position(is_own)
    };
    let mut ordered: Vec<&(&History, EraKey)> = keyed.iter().collect();
    // By project; the order by date and id stays within each.
    ordered.sort_by_key(|(one, _)| place(one));
    let records = ordered
        .into_iter()
        .filter_map(|(one, era)| promise_record(one, era, eras, options));
    records.collect()
}

fn promise_record(
    one: &History,
    era: &EraKey,
    eras: &Eras,
    options: &LedgerOptions,
) -> Option<PromiseRecord> {
    let promise = one.promise;
    let EntryKind::Promise { id, form } = &promise.kind else {
        return None;
    };
    let second = |date: &Edtf| {
        let state = options.second.as_ref()?;
        Some(era_of(eras, state, date))
    };
    let steps = one.steps.iter().map(|(stage, entry)| StepRecord {
        line: entry.line,
        stage: *stage,
        date: entry.date.to_string(),
        date_words: entry.date.words(),
        era: era_of(eras, &options.home, &entry.date),
        second_era: second(&entry.date),
        source: entry.source.clone(),
        at: entry.at.clone(),
        note: entry.note.clone(),
    });
    let wait = one.wait(options.threshold, options.as_of);
    Some(PromiseRecord {
        id: id.clone(),
        project: promise.project.clone(),
        line: promise.line,
        form: *form,
        date: promise.date.to_string(),
        date_words: promise.date.words(),
        by: promise.by.clone(),
        era: era.clone(),
        second_era: second(&promise.date),
        steps: steps.collect(),
        current: one.standing(),
        furthest: one.furthest(),
        ending: wait.ending,
        wait: wait.days,
        wait_lines: wait.lines,
        obstacles: obstacle_records(one),
        source: promise.source.clone(),
        at: promise.at.clone(),
        note: promise.note.clone(),
    })
}

fn obstacle_records(one: &History) -> Vec<ObstacleRecord> {
    let records = one
        .obstacles
        .iter()
        .map(|(obstacle, entry)| ObstacleRecord {
            line: entry.line,
            obstacle: (*obstacle).to_owned(),
            whole_project: entry.promise().is_none(),
            date: entry.date.to_string(),
        });
    records.collect()
}

/// By type; an obstacle of a project without promises is counted as well.
fn obstacle_tallies(
    types: &[ObstacleType],
    histories: &[History],
    used: &[&Entry],
) -> Vec<ObstacleTally> {
    let tallies = types.iter().map(|one| {
        let is_own = |entry: &&&Entry| matches!(&entry.kind, EntryKind::Obstacle { obstacle, .. } if *obstacle == one.id);
        let on = |state: Option<State>| -> Vec<String> {
            let bears = |history: &&History| {
                let of_type = history.obstacles.iter().any(|(obstacle, _)| *obstacle == one.id);
                of_type && state.is_none_or(|state| history.standing_entry().0 == state)
            };
            let ids = histories.iter().filter(bears);
            ids.map(|history| history.id.to_owned()).collect()
        };
        ObstacleTally {
            obstacle: one.id.clone(),
            title: one.title.clone(),
            entries: Count::of(used.iter().filter(is_own).map(|entry| entry.line)),
            promises: on(None),
            stalled: on(Some(State::Stalled)),
            abandoned: on(Some(State::Abandoned)),
        }
    });
    tallies.collect()
}

/// The counts and the comparison anew, under each other first day of an era of the home state.
fn era_sensitivity(
    histories: &[History],
    keyed: &[(&History, EraKey)],
    eras: &Eras,
    options: &LedgerOptions,
) -> Result<Vec<EraSensitivity>, SurvivalError> {
    let alternatives = eras.alternatives(&options.home).into_iter();
    let anew = alternatives.map(|alternative| {
        let moved: Vec<(&History, EraKey)> = histories
            .iter()
            .map(|one| {
                let era = era_of(&alternative.eras, &options.home, &one.promise.date);
                (one, era)
            })
            .collect();
        let changed = keyed.iter().zip(&moved).filter(|(a, b)| a.1 != b.1);
        let counts = distinct_eras(&moved).into_iter().map(|era| {
            let own: Vec<&History> = moved
                .iter()
                .filter(|(_, own)| *own == era)
                .map(|(one, _)| *one)
                .collect();
            let promises = Count::of(own.iter().map(|one| one.promise.line));
            let tangible = tangible(&own, options.threshold);
            EraCount {
                share_tangible: wilson(tangible.n, promises.n, options.confidence),
                era,
                promises,
                tangible,
            }
        });
        Ok(EraSensitivity {
            leader: alternative.leader,
            from: alternative.from.to_string(),
            moved: Count::of(changed.map(|(one, _)| one.0.promise.line)),
            eras: counts.collect(),
            comparison: compare(&waits(&moved, options.threshold, options), options)?,
        })
    });
    anew.collect()
}
