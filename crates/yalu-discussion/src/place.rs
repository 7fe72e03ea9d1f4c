//! Where a comment stands: a dossier, or one finding or claim of it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of a comment. It is never given twice, even after its comment is gone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CommentId(pub i64);

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CommentId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What of a dossier is spoken of.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The dossier as a whole.
    Dossier,
    /// A part of it, such as `indicator influence` or `claim c12`.
    Part {
        /// What kind of part, in one word: `indicator`, `claim`.
        kind: String,
        /// Its name within the dossier.
        id: String,
    },
}

impl Target {
    /// A part of a dossier.
    pub fn part(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self::Part {
            kind: kind.into(),
            id: id.into(),
        }
    }

    /// Kind and id as they are stored: both empty for the dossier.
    pub(crate) fn columns(&self) -> (&str, &str) {
        match self {
            Self::Dossier => ("", ""),
            Self::Part { kind, id } => (kind, id),
        }
    }

    pub(crate) fn from_columns(kind: String, id: String) -> Self {
        if kind.is_empty() {
            Self::Dossier
        } else {
            Self::Part { kind, id }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dossier => f.write_str("dossier"),
            Self::Part { kind, id } => write!(f, "{kind} {id}"),
        }
    }
}

/// Where a comment stands. Whether the dossier and its part are there is the caller's to know.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Place {
    /// The dossier.
    pub dossier: String,
    /// What of it.
    pub target: Target,
}

impl Place {
    /// The most bytes that each of a dossier's name, a kind and an id may have.
    pub const MOST_BYTES: usize = 200;

    /// A dossier as a whole.
    pub fn dossier(dossier: impl Into<String>) -> Self {
        Self {
            dossier: dossier.into(),
            target: Target::Dossier,
        }
    }

    /// A part of a dossier.
    pub fn part(
        dossier: impl Into<String>,
        kind: impl Into<String>,
        id: impl Into<String>,
    ) -> Self {
        Self {
            dossier: dossier.into(),
            target: Target::part(kind, id),
        }
    }

    /// Whether every word of it is there, short and free of control characters.
    pub(crate) fn is_sound(&self) -> bool {
        let sound = |word: &str| {
            !word.is_empty() && word.len() <= Self::MOST_BYTES && !word.contains(char::is_control)
        };
        sound(&self.dossier)
            && match &self.target {
                Target::Dossier => true,
                Target::Part { kind, id } => sound(kind) && sound(id),
            }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.dossier, self.target)
    }
}
