//! The sources that the record rests on, each with what rests on it.

use yalu_dossier::evidence::record::{EvidenceRecord, SourceRecord};

use super::claims::Tag;
use crate::anchor::anchor;
use crate::link::web_address;

/// A source in the list.
#[derive(Debug)]
pub(crate) struct SourceItem {
    pub(crate) anchor: String,
    pub(crate) reference: String,
    pub(crate) url: Option<String>,
    pub(crate) grade: String,
    pub(crate) why: String,
    pub(crate) claims: Vec<Tag>,
    pub(crate) talks: Vec<Tag>,
}

/// By reference, as a bibliography stands; the library's order is the order of its export.
pub(super) fn items(record: &EvidenceRecord) -> Vec<SourceItem> {
    let mut sources: Vec<&SourceRecord> = record.sources.iter().collect();
    sources.sort_by_key(|source| source.reference.to_lowercase());
    sources
        .into_iter()
        .map(|source| item(source, record))
        .collect()
}

fn item(source: &SourceRecord, record: &EvidenceRecord) -> SourceItem {
    let known = |id: &String| record.claims.iter().any(|claim| claim.id == *id);
    let claim = |id: &String| Tag {
        what: "claim",
        text: id.clone(),
        to: if known(id) {
            anchor("claim", id)
        } else {
            String::new()
        },
    };
    SourceItem {
        anchor: anchor("source", &source.id),
        reference: source.reference.trim().to_owned(),
        url: source.url.as_deref().and_then(web_address),
        grade: format!("{}, {}", source.reliability, source.reliability_words),
        why: source.why.clone().unwrap_or_default(),
        claims: source.claims.iter().map(claim).collect(),
        talks: record
            .talks
            .iter()
            .filter(|talk| talk.source == source.id)
            .map(|talk| Tag {
                what: "talk",
                text: talk.title.clone(),
                to: anchor("talk", &talk.id),
            })
            .collect(),
    }
}
