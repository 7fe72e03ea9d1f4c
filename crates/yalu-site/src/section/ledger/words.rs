//! A ledger's keys as words.

use yalu_dossier::ledger::EntryKindRecord;
use yalu_evidence::ledger::UnsureReason;

/// What an entry is, before what it says.
pub(super) fn entry_kind(kind: EntryKindRecord) -> &'static str {
    match kind {
        EntryKindRecord::Promise => "promise: ",
        EntryKindRecord::Step => "step: ",
        EntryKindRecord::Obstacle => "obstacle: ",
    }
}

/// Why an entry is in no figure.
pub(super) fn unsure(reason: UnsureReason) -> &'static str {
    match reason {
        UnsureReason::MayHaveHappenedLater => "it may have happened later",
        UnsureReason::MayHaveBecomeKnownLater => "it may have become known later",
        UnsureReason::PromiseLeftOut => "the promise to which it belongs isn’t in the figures",
    }
}
