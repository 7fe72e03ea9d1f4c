//! Competing hypotheses: the matrix, what turns its lead, each claim with what it rests on, and the
//! sources.

mod claims;
mod matrix;
mod sources;

use askama::Template;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::evidence::EvidenceRecord;

use claims::ClaimCard;
use matrix::MatrixPart;
use sources::SourceItem;

/// The section of a dossier that names its evidence.
#[derive(Debug, Template)]
#[template(path = "hypotheses.html")]
pub(crate) struct HypothesesSection {
    sentences: Vec<String>,
    cautions: Vec<String>,
    facts: String,
    matrix: Option<MatrixPart>,
    claims: Vec<ClaimCard>,
    /// Whether each has its line: id, why.
    left_out: Vec<[String; 2]>,
    sources: Vec<SourceItem>,
    annotations: Option<String>,
    as_of: String,
}

impl HypothesesSection {
    /// `None` where the dossier names no evidence.
    pub(crate) fn of(assessment: &Assessment) -> Option<Self> {
        let record = assessment.evidence.as_ref()?;
        Some(Self {
            sentences: record.sentences.clone(),
            cautions: record.cautions.clone(),
            facts: facts(record),
            matrix: record
                .matrix
                .as_ref()
                .map(|matrix| MatrixPart::of(matrix, record)),
            claims: claims::cards(record, assessment),
            left_out: record
                .left_out
                .iter()
                .map(|one| [one.claim.clone(), one.why.clone()])
                .collect(),
            sources: sources::items(record),
            annotations: annotations(record),
            as_of: assessment.as_of.clone(),
        })
    }
}

fn facts(record: &EvidenceRecord) -> String {
    match &record.claims_file {
        Some(file) => format!("{} · {file}", record.library),
        None => record.library.clone(),
    }
}

/// The claims' Web Annotations as one JSON-LD graph that may stand in a script element: no `<` is
/// left that could close it.
fn annotations(record: &EvidenceRecord) -> Option<String> {
    let all: Vec<&serde_json::Value> = record
        .claims
        .iter()
        .flat_map(|claim| &claim.cites)
        .filter_map(|cite| cite.annotation.as_ref())
        .collect();
    if all.is_empty() {
        return None;
    }
    let text = serde_json::to_string(&all).ok()?;
    Some(
        text.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026"),
    )
}
