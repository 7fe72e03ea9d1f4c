//! The field's words as types: parsed once, at the edge.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A state, as its ISO 3166-1 alpha-3 code (`CHN`); or one of the codes that the country table
/// adds for states that ended (`SUN`, `YUG`, `CSK`) and for actors that aren't states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActorCode(String);

/// Why a text isn't a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Not three capital letters.
    #[error("`{text}` is not an actor code; write three capital letters, for example CHN")]
    Actor {
        /// The text as given.
        text: String,
    },
    /// Not two to four digits with a root from 01 to 20.
    #[error(
        "`{text}` is not a CAMEO code; write two to four digits as text, for example \"10\" or \"0831\""
    )]
    Cameo {
        /// The text as given.
        text: String,
    },
}

impl ActorCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ActorCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeError::Actor {
                text: text.to_owned(),
            })
        }
    }
}

impl TryFrom<String> for ActorCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ActorCode> for String {
    fn from(code: ActorCode) -> Self {
        code.0
    }
}

impl fmt::Display for ActorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ordered pair: what `source` does toward `target`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dyad {
    /// Who acts.
    pub source: ActorCode,
    /// Toward whom.
    pub target: ActorCode,
}

impl fmt::Display for Dyad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.source, self.target)
    }
}

/// A dyad, a source toward anyone (`target` empty), or anyone toward anyone (both empty).
/// An act of a state toward itself never counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DyadPattern {
    /// Who acts; nothing for anyone.
    pub source: Option<ActorCode>,
    /// Toward whom; nothing for anyone.
    pub target: Option<ActorCode>,
}

impl DyadPattern {
    /// The one dyad `source` → `target`.
    pub fn dyad(dyad: &Dyad) -> Self {
        Self {
            source: Some(dyad.source.clone()),
            target: Some(dyad.target.clone()),
        }
    }

    /// `source` toward anyone.
    pub fn source_total(source: &ActorCode) -> Self {
        Self {
            source: Some(source.clone()),
            target: None,
        }
    }

    /// Anyone toward anyone.
    pub fn world() -> Self {
        Self {
            source: None,
            target: None,
        }
    }
}

impl fmt::Display for DyadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            |side: &Option<ActorCode>| side.as_ref().map_or("any".to_owned(), ToString::to_string);
        write!(f, "{} → {}", name(&self.source), name(&self.target))
    }
}

/// A CAMEO code as text: a root (`16`), or a leaf of three or four digits (`163`, `0831`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CameoCode(String);

impl CameoCode {
    /// The code as text, with its leading zero.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two-digit root.
    pub fn root(&self) -> &str {
        &self.0[..2]
    }

    /// The quad class of the root.
    pub fn quad_class(&self) -> QuadClass {
        match self.root() {
            "01" | "02" | "03" | "04" | "05" => QuadClass::VerbalCooperation,
            "06" | "07" | "08" => QuadClass::MaterialCooperation,
            "09" | "10" | "11" | "12" | "13" => QuadClass::VerbalConflict,
            _ => QuadClass::MaterialConflict,
        }
    }
}

impl FromStr for CameoCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || CodeError::Cameo {
            text: text.to_owned(),
        };
        if !(2..=4).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(fail());
        }
        match text[..2].parse::<u8>() {
            Ok(1..=20) => Ok(Self(text.to_owned())),
            _ => Err(fail()),
        }
    }
}

impl TryFrom<String> for CameoCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CameoCode> for String {
    fn from(code: CameoCode) -> Self {
        code.0
    }
}

impl fmt::Display for CameoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The four classes of acts: verbal or material, cooperation or conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuadClass {
    /// Roots 01 to 05.
    VerbalCooperation,
    /// Roots 06 to 08.
    MaterialCooperation,
    /// Roots 09 to 13.
    VerbalConflict,
    /// Roots 14 to 20.
    MaterialConflict,
}

impl QuadClass {
    /// The class as GDELT numbers it, 1 to 4.
    pub fn number(self) -> u8 {
        match self {
            Self::VerbalCooperation => 1,
            Self::MaterialCooperation => 2,
            Self::VerbalConflict => 3,
            Self::MaterialConflict => 4,
        }
    }

    /// The class that GDELT numbers `number`.
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::VerbalCooperation),
            2 => Some(Self::MaterialCooperation),
            3 => Some(Self::VerbalConflict),
            4 => Some(Self::MaterialConflict),
            _ => None,
        }
    }
}
