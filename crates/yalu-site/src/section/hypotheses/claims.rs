//! Each claim as a card: what, when, how sure, what it says of the hypotheses, what it rests on.

use yalu_dossier::assessment::Assessment;
use yalu_dossier::evidence::RelevanceKey;
use yalu_dossier::evidence::record::{
    CiteKind, CiteRecord, CitedRows, ClaimRecord, EvidenceRecord, QuoteCheck,
};

use super::matrix::{Mark, mark};
use crate::anchor::anchor;
use crate::export::{self, DiscussLink};
use crate::format;
use crate::link::web_address;
use crate::section::moment::MomentLink;
use crate::table::{Cell, Table};

/// A name that leads to its part of the page where there is one.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) what: &'static str,
    pub(crate) text: String,
    /// Empty for none.
    pub(crate) to: String,
}

/// A mark with its reason.
#[derive(Debug)]
pub(crate) struct Reason {
    pub(crate) hypothesis: String,
    pub(crate) mark: Mark,
    pub(crate) why: String,
}

/// What a claim rests on.
#[derive(Debug)]
pub(crate) struct Cite {
    pub(crate) words: String,
    /// Its place on the page; empty for none.
    pub(crate) to: String,
    pub(crate) grade: String,
    pub(crate) quote: String,
    pub(crate) quote_check: &'static str,
    pub(crate) disputes: bool,
    pub(crate) url: Option<String>,
    pub(crate) moment: Option<MomentLink>,
    pub(crate) rows: Option<RowsPart>,
}

/// Rows that a claim rests on.
#[derive(Debug)]
pub(crate) struct RowsPart {
    pub(crate) summary: String,
    pub(crate) table: Table,
}

/// A claim's card.
#[derive(Debug)]
pub(crate) struct ClaimCard {
    pub(crate) anchor: String,
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) when: String,
    pub(crate) tags: Vec<Tag>,
    pub(crate) grade: String,
    pub(crate) facts: String,
    pub(crate) note: String,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) cites: Vec<Cite>,
}

impl ClaimCard {
    /// The way to what readers say of it.
    pub(crate) fn discussed(&self) -> Option<DiscussLink> {
        export::discuss(&self.anchor)
    }
}

pub(super) fn cards(record: &EvidenceRecord, assessment: &Assessment) -> Vec<ClaimCard> {
    let card = |claim| card(claim, record, assessment);
    record.claims.iter().map(card).collect()
}

fn card(claim: &ClaimRecord, record: &EvidenceRecord, assessment: &Assessment) -> ClaimCard {
    let relevance = match claim.relevance {
        RelevanceKey::High => "high",
        RelevanceKey::Medium => "medium",
        RelevanceKey::Low => "low",
    };
    ClaimCard {
        anchor: anchor("claim", &claim.id),
        id: claim.id.clone(),
        text: claim.text.clone(),
        when: claim.happened_words.clone().unwrap_or_default(),
        tags: tags(claim, assessment),
        grade: grade_words(claim.grade.as_deref()),
        facts: format!(
            "relevance {relevance} · weight {} · {}line {}",
            format::figure(claim.weight),
            record
                .claims_file
                .as_ref()
                .map_or_else(String::new, |file| format!("{file}, ")),
            claim.line
        ),
        note: claim.note.clone().unwrap_or_default(),
        reasons: reasons(claim, record),
        cites: claim
            .cites
            .iter()
            .map(|cite| cite_part(claim, cite, record, assessment))
            .collect(),
    }
}

/// A grade with the doctrine's words for its letter and digit.
pub(super) fn grade_words(grade: Option<&str>) -> String {
    let Some(text) = grade else {
        return "the dossier’s own data".to_owned();
    };
    match text.parse::<yalu_evidence::admiralty::Grade>() {
        Ok(grade) => format!(
            "{text}: source {}, information {}",
            grade.source.words(),
            grade.item.words()
        ),
        Err(_) => text.to_owned(),
    }
}

fn tags(claim: &ClaimRecord, assessment: &Assessment) -> Vec<Tag> {
    let structure = assessment.structure.as_ref();
    let actors = claim.actors.iter().map(|id| {
        let known = structure.and_then(|one| one.actors.iter().find(|actor| actor.id == *id));
        Tag {
            what: "actor",
            text: known.map_or_else(|| id.clone(), |actor| actor.title.clone()),
            to: known.map_or_else(String::new, |_| "structure".to_owned()),
        }
    });
    let issues = claim.issues.iter().map(|id| {
        let known = structure.and_then(|one| one.issues.iter().find(|issue| issue.id == *id));
        Tag {
            what: "issue",
            text: known.map_or_else(|| id.clone(), |issue| issue.title.clone()),
            to: known.map_or_else(String::new, |issue| anchor("issue", &issue.id)),
        }
    });
    let indicators = claim.indicators.iter().map(|id| {
        let (text, to) = indicator(id, assessment);
        Tag {
            what: "indicator",
            text,
            to,
        }
    });
    actors.chain(issues).chain(indicators).collect()
}

/// An indicator's title and its place; influence by actors is one of the structure's parts.
fn indicator(id: &str, assessment: &Assessment) -> (String, String) {
    if let Some(known) = assessment.indicators.iter().find(|one| one.id == id) {
        return (known.title.clone(), anchor("indicator", id));
    }
    let has_influence = assessment
        .structure
        .as_ref()
        .is_some_and(|one| one.influence.is_some());
    if id == "influence" && has_influence {
        let title = "the actors’ influence in event data".to_owned();
        return (title, "structure-influence".to_owned());
    }
    (id.to_owned(), String::new())
}

fn reasons(claim: &ClaimRecord, record: &EvidenceRecord) -> Vec<Reason> {
    let Some(matrix) = &record.matrix else {
        return Vec::new();
    };
    let Some(row) = matrix.rows.iter().find(|row| row.claim == claim.id) else {
        return Vec::new();
    };
    matrix
        .hypotheses
        .iter()
        .zip(row.marks.iter().zip(&row.why))
        .map(|(hypothesis, (sign, why))| Reason {
            hypothesis: hypothesis.title.clone(),
            mark: mark(sign.as_deref()),
            why: why.clone().unwrap_or_default(),
        })
        .collect()
}

fn cite_part(
    claim: &ClaimRecord,
    cite: &CiteRecord,
    record: &EvidenceRecord,
    assessment: &Assessment,
) -> Cite {
    let source = cite.source.as_ref();
    let known = source.filter(|id| record.sources.iter().any(|one| one.id == **id));
    let to = match cite.kind {
        CiteKind::Source => known.map_or_else(String::new, |id| anchor("source", id)),
        CiteKind::Finding => cite
            .indicator
            .as_ref()
            .map_or_else(String::new, |id| indicator(id, assessment).1),
        CiteKind::Rows => String::new(),
    };
    Cite {
        words: cite.words.clone(),
        to,
        grade: cite
            .grade
            .as_ref()
            .map_or_else(String::new, |grade| grade_words(Some(grade))),
        quote: cite.quote.clone().unwrap_or_default(),
        quote_check: cite.quote_check.map_or("", check_words),
        disputes: cite.disputes,
        url: cite.url.as_deref().and_then(web_address),
        moment: cite
            .moment
            .as_ref()
            .and_then(|moment| MomentLink::of(moment, record)),
        rows: cite.rows.as_ref().map(|rows| rows_part(claim, rows)),
    }
}

fn check_words(check: QuoteCheck) -> &'static str {
    match check {
        QuoteCheck::Found => "the quote stands in the transcript",
        QuoteCheck::Ambiguous => "the quote stands in the transcript more than once",
        QuoteCheck::Orphaned => "the quote doesn’t stand in the transcript",
    }
}

fn rows_part(claim: &ClaimRecord, rows: &CitedRows) -> RowsPart {
    let mut columns = vec!["Line"];
    columns.extend(rows.header.iter().map(|name| name.trim_start_matches('#')));
    let lines = if rows.first == rows.last {
        format!("line {}", rows.first)
    } else {
        format!("lines {} to {}", rows.first, rows.last)
    };
    let mut table = Table::new(format!("{}: {}, {lines}", claim.id, rows.file), &columns);
    table.class = "broad";
    for (line, fields) in (rows.first..).zip(&rows.rows) {
        let mut cells = vec![Cell::Code(line.to_string())];
        cells.extend(fields.iter().map(Cell::text));
        table.row(cells);
    }
    let shown = rows.rows.len() as u64;
    let all = rows.last.saturating_sub(rows.first) + 1;
    let cut = if shown < all {
        format!(", the first {shown} shown")
    } else {
        String::new()
    };
    RowsPart {
        summary: format!("{}, {lines}{cut}", rows.file),
        table,
    }
}
