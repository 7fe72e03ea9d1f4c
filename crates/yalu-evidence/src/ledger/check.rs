//! Checks between entries: ids, projects, and the order of things.

use std::collections::BTreeMap;

use super::entry::{EntryKind, Stage};
use super::fault::{Column, LedgerFault, LedgerFaultKind};
use super::parse::{Draft, unknown};
use crate::edtf::Edtf;

/// Adds the faults that show only when entries are seen together.
pub(super) fn check_entries(entries: &[Draft], faults: &mut Vec<LedgerFault>) {
    let mut add = |line: usize, column: Column, kind: LedgerFaultKind| {
        faults.push(LedgerFault {
            line,
            column: Some(column),
            kind,
        });
    };
    let mut promises: BTreeMap<&str, &Draft> = BTreeMap::new();
    for entry in entries {
        if let (Some(EntryKind::Promise { id, .. }), line) = (&entry.kind, entry.line) {
            if let Some(first) = promises.get(id.as_str()) {
                let (id, first_line) = (id.clone(), first.line);
                add(
                    line,
                    Column::ID,
                    LedgerFaultKind::DuplicateId { id, first_line },
                );
            } else {
                promises.insert(id, entry);
            }
        }
        if let Some(kind) = known_too_early(entry) {
            add(entry.line, Column::KNOWN, kind);
        }
    }
    let ids: Vec<&str> = promises.keys().copied().collect();
    for entry in entries {
        let (of, is_step) = match &entry.kind {
            Some(EntryKind::Step { of, .. }) => (of, true),
            Some(EntryKind::Obstacle { of: Some(of), .. }) => (of, false),
            _ => continue,
        };
        let Some(promise) = promises.get(of.as_str()) else {
            add(entry.line, Column::OF, unknown("promise", of, &ids));
            continue;
        };
        if promise.project != entry.project {
            let kind = LedgerFaultKind::OtherProject {
                of: of.clone(),
                project: promise.project.clone(),
                promise_line: promise.line,
            };
            add(entry.line, Column::OF, kind);
        }
        if let Some(kind) = before_promise(entry, promise).filter(|_| is_step) {
            add(entry.line, Column::DATE, kind);
        }
    }
    for of in ids {
        for (line, kind) in after_abandonment(&steps_of(entries, of)) {
            add(line, Column::STAGE, kind);
        }
    }
}

fn known_too_early(entry: &Draft) -> Option<LedgerFaultKind> {
    let known = entry.known.as_ref()?.latest()?;
    let happened = entry.date.as_ref()?.earliest()?;
    (known < happened).then_some(LedgerFaultKind::KnownTooEarly { known, happened })
}

fn before_promise(step: &Draft, promise: &Draft) -> Option<LedgerFaultKind> {
    let latest = step.date.as_ref()?.latest()?;
    let earliest = promise.date.as_ref()?.earliest()?;
    (latest < earliest).then_some(LedgerFaultKind::StepBeforePromise {
        step: latest,
        promise: earliest,
        promise_line: promise.line,
    })
}

struct Step<'a> {
    line: usize,
    stage: Stage,
    date: &'a Edtf,
}

fn steps_of<'a>(entries: &'a [Draft], promise: &str) -> Vec<Step<'a>> {
    let step = |entry: &'a Draft| match (&entry.kind, &entry.date) {
        (Some(EntryKind::Step { of, stage }), Some(date)) if of == promise => Some(Step {
            line: entry.line,
            stage: *stage,
            date,
        }),
        _ => None,
    };
    entries.iter().filter_map(step).collect()
}

/// Steps that come after an abandonment for sure, with no resumption that could lie between.
fn after_abandonment(steps: &[Step]) -> Vec<(usize, LedgerFaultKind)> {
    let mut found = Vec::new();
    let abandonments = || steps.iter().filter(|step| step.stage == Stage::Abandoned);
    for step in steps.iter().filter(|step| step.stage != Stage::Resumed) {
        let Some(earliest) = step.date.earliest() else {
            continue;
        };
        let given_up = abandonments().find_map(|end| {
            let latest = end.date.latest()?;
            (latest < earliest && !resumed_between(steps, end, step)).then_some((latest, end.line))
        });
        if let Some((abandoned, abandoned_line)) = given_up {
            let kind = LedgerFaultKind::StepAfterAbandonment {
                stage: step.stage.name(),
                step: earliest,
                abandoned,
                abandoned_line,
            };
            found.push((step.line, kind));
        }
    }
    found
}

fn resumed_between(steps: &[Step], end: &Step, step: &Step) -> bool {
    // An open end orders nothing for sure.
    let not_after = |a: &Edtf, b: &Edtf| match (a.earliest(), b.latest()) {
        (Some(a), Some(b)) => a <= b,
        _ => true,
    };
    steps
        .iter()
        .filter(|other| other.stage == Stage::Resumed)
        .any(|resumed| not_after(end.date, resumed.date) && not_after(resumed.date, step.date))
}
