//! A ledger's keys as words.

use yalu_dossier::ledger::EntryKindRecord;
use yalu_evidence::ledger::{EraKey, State, TangibleStage, UnsureReason};

/// A stage from which a promise counts as tangible.
pub(super) fn reached(stage: TangibleStage) -> &'static str {
    match stage {
        TangibleStage::GroundBroken => "ground broken, or more",
        TangibleStage::Infrastructure => "infrastructure built, or more",
        TangibleStage::Opened => "opened, or more",
        TangibleStage::Trading => "trading",
    }
}

/// A stage by itself.
pub(super) fn stage(stage: TangibleStage) -> &'static str {
    match stage {
        TangibleStage::GroundBroken => "ground broken",
        TangibleStage::Infrastructure => "infrastructure built",
        TangibleStage::Opened => "opened",
        TangibleStage::Trading => "trading",
    }
}

/// Where a promise stands.
pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Promised => "promised only",
        State::Moving => "moving",
        State::Stalled => "stalled",
        State::Abandoned => "abandoned",
        State::Open => "open",
        State::Trading => "trading",
    }
}

/// An era.
pub(super) fn era(key: &EraKey) -> String {
    match key {
        EraKey::BeforeFirst => "before the first era".to_owned(),
        EraKey::Era { leader, .. } => leader.clone(),
        EraKey::Straddles { leaders, .. } => format!("either of {}", leaders.join(" and ")),
        EraKey::NoEras => "no era".to_owned(),
    }
}

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
