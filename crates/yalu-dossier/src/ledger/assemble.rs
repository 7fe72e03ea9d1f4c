//! The ledger as of a date.

use std::collections::BTreeSet;

use jiff::civil::Date;
use yalu_evidence::csl::short;
use yalu_evidence::era::Eras;
use yalu_evidence::ledger::{Entry, EntryKind, LedgerOptions, LedgerSummary, summarise};
use yalu_stats::survival::SurvivalError;

use super::keys::LedgerKeys;
use super::load::LoadedLedger;
use super::record::{AmountRecord, EntryKindRecord, EntryRecord, LedgerRecord};
use super::words;
use crate::evidence::LoadedEvidence;
use crate::pipeline::actor_name;
use crate::spec::DossierSpec;

/// The confidence of a ledger's intervals.
const CONFIDENCE: f64 = 0.95;

/// The ledger as of a date, and the sources that it rests on.
///
/// # Errors
/// [`SurvivalError`] where a law of waits isn't found.
pub(crate) fn ledger_record(
    spec: &DossierSpec,
    keys: &LedgerKeys,
    ledger: &LoadedLedger,
    evidence: Option<&LoadedEvidence>,
    eras: &Eras,
    as_of: Date,
) -> Result<(LedgerRecord, BTreeSet<String>), SurvivalError> {
    let question = &spec.question;
    let home = keys
        .state
        .clone()
        .unwrap_or_else(|| question.target.clone());
    let second = [&question.source, &question.target]
        .into_iter()
        .find(|code| **code != home)
        .cloned();
    let options = LedgerOptions {
        as_of,
        home: home.clone(),
        second: second.clone(),
        threshold: keys.tangible,
        confidence: CONFIDENCE,
        seed: spec.model.seed,
    };
    let summary = summarise(
        &keys.projects,
        &ledger.obstacles,
        &ledger.entries,
        eras,
        &options,
    )?;
    let entries: Vec<EntryRecord> = ledger
        .entries
        .iter()
        .filter(|entry| is_used(&summary, entry))
        .map(|entry| entry_record(ledger, entry, evidence))
        .collect();
    let sources = entries.iter().map(|entry| entry.source.clone()).collect();
    let record = LedgerRecord {
        file: keys.file.clone(),
        sentences: words::sentences(&summary, &keys.projects, &actor_name(&home)),
        cautions: words::cautions(&summary),
        state_name: actor_name(&home),
        second_name: second.as_deref().map(actor_name),
        projects: keys.projects.clone(),
        entries,
        summary,
    };
    Ok((record, sources))
}

/// Whether an entry is in a figure.
fn is_used(summary: &LedgerSummary, entry: &Entry) -> bool {
    !summary.later_lines.contains(&entry.line)
        && summary
            .not_surely_by_then
            .iter()
            .all(|one| one.line != entry.line)
}

fn entry_record(
    ledger: &LoadedLedger,
    entry: &Entry,
    evidence: Option<&LoadedEvidence>,
) -> EntryRecord {
    let (kind, promise, what) = match &entry.kind {
        EntryKind::Promise { id, form } => (
            EntryKindRecord::Promise,
            Some(id.clone()),
            form.words().to_owned(),
        ),
        EntryKind::Step { of, stage } => (
            EntryKindRecord::Step,
            Some(of.clone()),
            stage.words().to_owned(),
        ),
        EntryKind::Obstacle { of, obstacle } => (
            EntryKindRecord::Obstacle,
            of.clone(),
            ledger
                .obstacles
                .iter()
                .find(|one| one.id == *obstacle)
                .map_or_else(|| obstacle.clone(), |one| one.title.clone()),
        ),
    };
    let item = evidence.and_then(|evidence| evidence.library.get(&entry.source));
    EntryRecord {
        line: entry.line,
        project: entry.project.clone(),
        kind,
        promise,
        what,
        date: entry.date.text().to_owned(),
        date_words: entry.date.words(),
        earliest: entry.date.earliest().map(|day| day.to_string()),
        latest: entry.date.latest().map(|day| day.to_string()),
        by: entry.by.clone(),
        amount: entry.amount.as_ref().map(|amount| AmountRecord {
            value: amount.value,
            unit: amount.unit.clone(),
        }),
        source: entry.source.clone(),
        source_words: item.map_or_else(|| entry.source.clone(), short),
        at: entry.at.clone(),
        note: entry.note.clone(),
    }
}
