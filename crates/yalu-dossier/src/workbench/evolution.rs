//! How the verdict evolved: the main specification asked again as of one date after another.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dated::Dated;
use crate::assessment::Rung;
use crate::load::Dossier;
use crate::pipeline::{AssessError, AssessOptions};
use crate::spec::Role;
use crate::verdict::join_rungs;

/// Simulations of each test: a p-value of 0.05 has a standard error of 0.015 by them.
const REPLICATIONS: u32 = 199;

/// The verdict as of one date under the main specification, other borders not asked: lasting is the
/// most that it can say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvolutionPoint {
    /// The date.
    pub as_of: String,
    /// The verdict's rung.
    pub rung: Rung,
    /// Each tested indicator.
    pub indicators: Vec<EvolutionIndicator>,
    /// Simulations of each test.
    pub n_bootstrap: u32,
}

/// An indicator as of one date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvolutionIndicator {
    /// Its id.
    pub id: String,
    /// Its rung.
    pub rung: Rung,
    /// The first period of the new level, where a break is dated.
    pub at: Option<String>,
    /// The corrected p-value with events and pressure in the model.
    pub q_value: Option<f64>,
    /// The size of the break: a ratio of levels, or a difference.
    pub effect: Option<f64>,
}

pub(crate) fn point(
    dossier: &Dossier,
    options: &AssessOptions,
    as_of: Date,
) -> Result<EvolutionPoint, AssessError> {
    let mut fewer = dossier.clone();
    fewer.spec.model.bootstrap = fewer.spec.model.bootstrap.min(REPLICATIONS);
    let mut dated = Dated::load(&fewer, options, Some(as_of))?;
    let findings = dated.main_findings(&fewer.spec)?;
    let required: Vec<Rung> = findings
        .iter()
        .filter(|(role, _)| *role == Role::Required)
        .map(|(_, one)| one.rung)
        .collect();
    Ok(EvolutionPoint {
        as_of: as_of.to_string(),
        rung: join_rungs(&required, fewer.spec.verdict.join).unwrap_or(Rung::TooLittleData),
        indicators: findings.into_iter().map(|(_, one)| one).collect(),
        n_bootstrap: fewer.spec.model.bootstrap,
    })
}
