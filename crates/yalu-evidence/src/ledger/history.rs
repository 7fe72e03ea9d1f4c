//! A promise with its steps in order, as of a date.

use jiff::civil::Date;

use super::entry::{Entry, EntryKind, Stage, TangibleStage};
use super::summary::{DayBounds, Ending, StageReached, Standing, State, UnsureEntry, UnsureReason};
use crate::edtf::{Edtf, days_between};

/// A promise and what is recorded about it.
pub(super) struct History<'a> {
    pub(super) id: &'a str,
    pub(super) promise: &'a Entry,
    /// In order of the middles of their dates.
    pub(super) steps: Vec<(Stage, &'a Entry)>,
    /// Its own, and its project's.
    pub(super) obstacles: Vec<(&'a str, &'a Entry)>,
}

/// The wait for a stage: how it ended, how long it was, and which lines say so.
pub(super) struct Wait {
    pub(super) ending: Ending,
    pub(super) days: DayBounds,
    pub(super) lines: Vec<usize>,
}

/// Entries by whether they are known by a day.
pub(super) struct Sorted<'a> {
    pub(super) used: Vec<&'a Entry>,
    pub(super) unsure: Vec<UnsureEntry>,
    pub(super) later: Vec<usize>,
}

/// Parts entries into those surely known by `as_of`, those that may be, and those that aren't.
pub(super) fn sort_by_date(entries: &[Entry], as_of: Date) -> Sorted<'_> {
    let mut sorted = Sorted {
        used: Vec::new(),
        unsure: Vec::new(),
        later: Vec::new(),
    };
    for entry in entries {
        let dates = [Some(&entry.date), entry.known.as_ref()];
        let later = |date: &Edtf| date.earliest().is_some_and(|day| day > as_of);
        let unsure = |date: &Edtf| date.latest().is_none_or(|day| day > as_of);
        if dates.into_iter().flatten().any(later) {
            sorted.later.push(entry.line);
        } else if unsure(&entry.date) {
            let reason = UnsureReason::MayHaveHappenedLater;
            sorted.unsure.push(unsure_entry(entry, &entry.date, reason));
        } else if let Some(known) = entry.known.as_ref().filter(|known| unsure(known)) {
            let reason = UnsureReason::MayHaveBecomeKnownLater;
            sorted.unsure.push(unsure_entry(entry, known, reason));
        } else {
            sorted.used.push(entry);
        }
    }
    sorted.later.sort_unstable();
    sorted
}

fn unsure_entry(entry: &Entry, date: &Edtf, reason: UnsureReason) -> UnsureEntry {
    UnsureEntry {
        line: entry.line,
        project: entry.project.clone(),
        reason,
        words: date.words(),
    }
}

/// Where an entry stands in time among others; nothing in it depends on the order of rows, but for
/// entries that are alike in all else.
fn order(entry: &Entry) -> impl Ord + use<'_> {
    let date = &entry.date;
    let middle = date.midpoint().or(date.latest()).or(date.earliest());
    let rank = match entry.kind {
        EntryKind::Promise { .. } => 0,
        EntryKind::Step { stage, .. } => 1 + stage as usize,
        EntryKind::Obstacle { .. } => 20,
    };
    let words = (&entry.source, &entry.at, &entry.note, entry.date.text());
    (middle, date.latest(), rank, words, entry.line)
}

/// Gathers promises with their steps and obstacles. Steps and obstacles whose promise isn't among
/// `sorted.used` are added to the unsure.
pub(super) fn gather<'a>(sorted: &mut Sorted<'a>) -> Vec<History<'a>> {
    let mut histories: Vec<History> = sorted
        .used
        .iter()
        .filter_map(|entry| match &entry.kind {
            EntryKind::Promise { id, .. } => Some(History {
                id,
                promise: entry,
                steps: Vec::new(),
                obstacles: Vec::new(),
            }),
            _ => None,
        })
        .collect();
    histories.sort_by(|a, b| order(a.promise).cmp(&order(b.promise)).then(a.id.cmp(b.id)));
    for &entry in &sorted.used {
        let Some(of) = entry.promise().filter(|_| !is_promise(entry)) else {
            continue;
        };
        let Some(history) = histories.iter_mut().find(|history| history.id == of) else {
            let reason = UnsureReason::PromiseLeftOut;
            sorted.unsure.push(unsure_entry(entry, &entry.date, reason));
            continue;
        };
        match &entry.kind {
            EntryKind::Step { stage, .. } => history.steps.push((*stage, entry)),
            EntryKind::Obstacle { obstacle, .. } => history.obstacles.push((obstacle, entry)),
            EntryKind::Promise { .. } => {}
        }
    }
    for &entry in &sorted.used {
        if let EntryKind::Obstacle { of: None, obstacle } = &entry.kind {
            let same = histories
                .iter_mut()
                .filter(|history| history.promise.project == entry.project);
            same.for_each(|history| history.obstacles.push((obstacle, entry)));
        }
    }
    for history in &mut histories {
        history.steps.sort_by(|a, b| order(a.1).cmp(&order(b.1)));
        history
            .obstacles
            .sort_by(|a, b| order(a.1).cmp(&order(b.1)));
    }
    sorted.unsure.sort_by_key(|entry| entry.line);
    histories
}

fn is_promise(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Promise { .. })
}

impl History<'_> {
    /// The last entry that says where it stands.
    pub(super) fn standing_entry(&self) -> (State, &Entry) {
        let mut now = (State::Promised, self.promise);
        let mut furthest = State::Moving;
        for &(stage, entry) in &self.steps {
            match stage {
                Stage::Announced => continue,
                Stage::Opened => furthest = furthest.max(State::Open),
                Stage::Trading => furthest = furthest.max(State::Trading),
                _ => {}
            }
            let state = match stage {
                Stage::Stalled => State::Stalled,
                Stage::Abandoned => State::Abandoned,
                _ => furthest,
            };
            // Further work at what is open already doesn't begin its being open.
            if state != now.0 {
                now = (state, entry);
            } else if state == State::Moving {
                now.1 = entry;
            }
        }
        now
    }

    pub(super) fn standing(&self) -> Standing {
        let (state, entry) = self.standing_entry();
        standing_of(state, entry)
    }

    /// When the standing was last spoken of, for comparison between promises.
    pub(super) fn standing_order(&self) -> impl Ord + '_ {
        order(self.standing_entry().1)
    }

    /// The furthest stage, with all steps that say so.
    pub(super) fn furthest(&self) -> Option<StageReached> {
        let tangible = || {
            self.steps
                .iter()
                .filter_map(|(stage, entry)| Some((stage.tangible()?, entry)))
        };
        let stage = tangible().map(|(stage, _)| stage).max()?;
        let mut lines: Vec<usize> = tangible()
            .filter(|(reached, _)| *reached == stage)
            .map(|(_, entry)| entry.line)
            .collect();
        lines.sort_unstable();
        Some(StageReached { stage, lines })
    }

    /// The wait for a step at `threshold` or further.
    ///
    /// An abandonment ends it where no resumption follows: what was taken up again wasn't given up.
    pub(super) fn wait(&self, threshold: TangibleStage, as_of: Date) -> Wait {
        let reached: Vec<&Entry> = self
            .steps
            .iter()
            .filter(|(stage, _)| stage.tangible().is_some_and(|stage| stage >= threshold))
            .map(|(_, entry)| *entry)
            .collect();
        let last_resumed = self
            .steps
            .iter()
            .rposition(|(stage, _)| *stage == Stage::Resumed);
        let abandoned = self
            .steps
            .iter()
            .enumerate()
            .find(|(idx, (stage, _))| {
                *stage == Stage::Abandoned && last_resumed.is_none_or(|resumed| resumed < *idx)
            })
            .map(|(_, (_, entry))| *entry);
        if let Some(first) = reached.first() {
            // The first is the earliest of several, each within its own range.
            let dates = || reached.iter().map(|entry| &entry.date);
            let end = Range {
                earliest: dates().map(Edtf::earliest).min().flatten(),
                middle: dates().filter_map(Edtf::midpoint).min(),
                latest: dates().filter_map(Edtf::latest).min(),
            };
            return self.wait_until(Ending::Tangible, &end, vec![first.line]);
        }
        if let Some(entry) = abandoned {
            let end = Range {
                earliest: entry.date.earliest(),
                middle: entry.date.midpoint(),
                latest: entry.date.latest(),
            };
            return self.wait_until(Ending::Abandoned, &end, vec![entry.line]);
        }
        let end = Range {
            earliest: Some(as_of),
            middle: Some(as_of),
            latest: Some(as_of),
        };
        self.wait_until(Ending::Waiting, &end, Vec::new())
    }

    fn wait_until(&self, ending: Ending, end: &Range, lines: Vec<usize>) -> Wait {
        let made = &self.promise.date;
        let between = |from: Option<Date>, to: Option<Date>| Some(days_between(from?, to?).max(0));
        Wait {
            ending,
            days: DayBounds {
                min: between(made.latest(), end.earliest).unwrap_or(0),
                mid: between(made.midpoint(), end.middle),
                max: between(made.earliest(), end.latest),
            },
            lines,
        }
    }
}

struct Range {
    earliest: Option<Date>,
    middle: Option<Date>,
    latest: Option<Date>,
}

fn standing_of(state: State, entry: &Entry) -> Standing {
    Standing {
        state,
        since: entry.date.to_string(),
        since_words: entry.date.words(),
        line: entry.line,
    }
}
