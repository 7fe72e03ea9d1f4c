//! What a ledger holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::edtf::Edtf;

/// Something that is promised and can be built: declared before a ledger speaks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The name in the ledger.
    pub id: String,
    /// The name in reports.
    pub title: String,
    /// Where it is.
    pub place: String,
    /// What it is.
    pub kind: ProjectKind,
    /// What it would mean if it were built.
    pub meaning: String,
}

/// What a project is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProjectKind {
    /// A special zone.
    Zone,
    /// A bridge, road, railway, port or line.
    Link,
    /// Anything else.
    Other,
}

/// A kind of obstacle, declared before a ledger speaks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObstacleType {
    /// The name in the ledger.
    pub id: String,
    /// The name in reports.
    pub title: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The project's id.
    pub project: String,
    /// What it says.
    pub kind: EntryKind,
    /// When it happened.
    pub date: Edtf,
    /// Who did it, by code; for an obstacle or a step it may be empty.
    pub by: Vec<String>,
    /// Pledged by a promise, spent by a step.
    pub amount: Option<Amount>,
    /// The source's id in the library.
    pub source: String,
    /// Where in the source.
    pub at: String,
    /// When it became known, where that isn't when it happened.
    pub known: Option<Edtf>,
    /// What the source says.
    pub note: String,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A promise.
    Promise {
        /// Its id.
        id: String,
        /// The form it took.
        form: PromiseForm,
    },
    /// Something done, or left undone, about a promise.
    Step {
        /// The promise's id.
        of: String,
        /// What.
        stage: Stage,
    },
    /// Something in the way.
    Obstacle {
        /// The promise's id; none where it bears on the whole project.
        of: Option<String>,
        /// The id of its type.
        obstacle: String,
    },
}

/// The form that a promise took.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PromiseForm {
    /// Said in public.
    Announced,
    /// A law or decree.
    Law,
    /// An agreement between states or firms.
    Agreement,
}

/// What a step is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Announced again: the same promise, not a further one.
    Announced,
    /// A law or decree.
    Law,
    /// An agreement.
    Agreement,
    /// Work began on the ground.
    GroundBroken,
    /// Roads, power, water, walls: something that stands.
    Infrastructure,
    /// Opened.
    Opened,
    /// Firms trade, trains or lorries run.
    Trading,
    /// Work stopped.
    Stalled,
    /// Work was taken up again.
    Resumed,
    /// Given up.
    Abandoned,
}

/// The stages that can be seen and touched, in order: each is a threshold for "tangible".
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TangibleStage {
    /// Work began on the ground.
    GroundBroken,
    /// Something stands.
    Infrastructure,
    /// Opened.
    Opened,
    /// Trade or traffic.
    Trading,
}

impl TangibleStage {
    /// All, in order.
    pub const ALL: [Self; 4] = [
        Self::GroundBroken,
        Self::Infrastructure,
        Self::Opened,
        Self::Trading,
    ];

    /// The name in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::GroundBroken => "ground_broken",
            Self::Infrastructure => "infrastructure",
            Self::Opened => "opened",
            Self::Trading => "trading",
        }
    }

    /// The stage in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::GroundBroken => "ground broken",
            Self::Infrastructure => "infrastructure built",
            Self::Opened => "opened",
            Self::Trading => "trading",
        }
    }

    /// The stage as the first of those that count, in words.
    pub fn words_as_threshold(self) -> &'static str {
        match self {
            Self::GroundBroken => "ground broken, or more",
            Self::Infrastructure => "infrastructure built, or more",
            Self::Opened => "opened, or more",
            Self::Trading => "trading",
        }
    }
}

impl Stage {
    /// All.
    pub const ALL: [Self; 10] = [
        Self::Announced,
        Self::Law,
        Self::Agreement,
        Self::GroundBroken,
        Self::Infrastructure,
        Self::Opened,
        Self::Trading,
        Self::Stalled,
        Self::Resumed,
        Self::Abandoned,
    ];

    /// The name in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Law => "law",
            Self::Agreement => "agreement",
            Self::Stalled => "stalled",
            Self::Resumed => "resumed",
            Self::Abandoned => "abandoned",
            Self::GroundBroken => TangibleStage::GroundBroken.name(),
            Self::Infrastructure => TangibleStage::Infrastructure.name(),
            Self::Opened => TangibleStage::Opened.name(),
            Self::Trading => TangibleStage::Trading.name(),
        }
    }

    /// The stage in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Announced => "announced again",
            Self::Law => "law or decree",
            Self::Agreement => "agreement",
            Self::Stalled => "stalled",
            Self::Resumed => "resumed",
            Self::Abandoned => "abandoned",
            Self::GroundBroken => TangibleStage::GroundBroken.words(),
            Self::Infrastructure => TangibleStage::Infrastructure.words(),
            Self::Opened => TangibleStage::Opened.words(),
            Self::Trading => TangibleStage::Trading.words(),
        }
    }

    /// The tangible stage that it is; none for words, stops and restarts.
    pub fn tangible(self) -> Option<TangibleStage> {
        TangibleStage::ALL
            .into_iter()
            .find(|stage| stage.name() == self.name())
    }
}

impl PromiseForm {
    /// All.
    pub const ALL: [Self; 3] = [Self::Announced, Self::Law, Self::Agreement];

    /// The name in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Law => "law",
            Self::Agreement => "agreement",
        }
    }

    /// The form in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Law => "law or decree",
            Self::Agreement => "agreement",
        }
    }
}

/// A sum of money, or of anything that has a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// How much, from 0 on.
    pub value: f64,
    /// Of what: `million CNY`.
    pub unit: String,
}

impl Entry {
    /// The promise that it is or belongs to.
    pub fn promise(&self) -> Option<&str> {
        match &self.kind {
            EntryKind::Promise { id, .. } => Some(id),
            EntryKind::Step { of, .. } => Some(of),
            EntryKind::Obstacle { of, .. } => of.as_deref(),
        }
    }
}
