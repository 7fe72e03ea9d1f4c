//! `[[eras]]` of a dossier: who led which state from when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A leader's time in office.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EraKey {
    /// The state, as an ISO 3166-1 alpha-3 code.
    pub state: String,
    /// Who led it, by name.
    pub leader: String,
    /// The first day, YYYY-MM-DD: where power passed at a death, that day, and not an inauguration.
    pub from: String,
    /// Other days that could be meant, YYYY-MM-DD: an inauguration, a second post. What changes if one
    /// of them is taken is shown.
    #[serde(default)]
    pub also: Vec<String>,
    /// Why that day.
    #[serde(default)]
    pub why: Option<String>,
}
