//! The evidence as of a date: what was known by then, and what it comes to.

use std::collections::BTreeSet;

use jiff::civil::Date;
use yalu_evidence::admiralty::{Credibility, Grade, GradeWeights, Reliability};
use yalu_evidence::csl::{Item, reference, short};
use yalu_evidence::edtf::{Edtf, parse_edtf};
use yalu_evidence::locator::{Annotation, Found, Locator, Motivation, Quote, find_quote};

use super::hypotheses::matrix;
use super::keys::{CiteKey, ClaimKey, RelevanceKey};
use super::known::{Known, known_by, rows_known_by};
use super::load::{LoadedClaims, LoadedEvidence};
use super::record::{
    CiteKind, CiteRecord, CitedRows, ClaimRecord, EvidenceRecord, LeftOutClaim, Moment, QuoteCheck,
    SourceRecord,
};
use super::talk_assemble::talk_record;
use super::talks::LoadedTalk;
use super::words;
use crate::assessment::{IndicatorFinding, Rung};
use crate::check::claims::reliability_of;
use crate::reasons::rung_name;
use crate::spec::DossierSpec;

/// Rows of a cited file that the record holds.
const MAX_ROWS: usize = 50;

/// What claims can cite of the assessment's own finding on an indicator, and all of it that the evidence
/// depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CitedFinding {
    id: String,
    title: String,
    rung: Option<Rung>,
}

impl CitedFinding {
    pub(crate) fn of(finding: &IndicatorFinding) -> Self {
        Self {
            id: finding.id.clone(),
            title: finding.title.clone(),
            rung: finding.rung,
        }
    }
}

/// What the evidence is assembled from.
pub(crate) struct Gathered<'a> {
    pub(crate) spec: &'a DossierSpec,
    pub(crate) evidence: &'a LoadedEvidence,
    /// The assessment's own findings.
    pub(crate) findings: &'a [CitedFinding],
    /// Sources that the ledger rests on: ids.
    pub(crate) of_ledger: &'a BTreeSet<String>,
    pub(crate) as_of: Date,
}

/// The evidence as of a date.
pub(crate) fn assemble(gathered: &Gathered<'_>) -> Option<EvidenceRecord> {
    let keys = gathered.spec.evidence.as_ref()?;
    let mut claims = Vec::new();
    let mut left_out = Vec::new();
    let mut cautions = Vec::new();
    if let Some(loaded) = &gathered.evidence.claims {
        for (claim, line) in loaded.file.claims.iter().zip(&loaded.lines) {
            match claim_record(gathered, loaded, claim, *line) {
                Ok(record) => claims.push(record),
                Err(why) => left_out.push(LeftOutClaim {
                    claim: claim.id.clone(),
                    why,
                }),
            }
        }
    }
    let talks: Vec<_> = gathered
        .evidence
        .talks
        .iter()
        .filter(|talk| talk.given_by(gathered.as_of))
        .map(|talk| talk_record(talk, &claims))
        .collect();
    let sources = source_records(gathered, &claims, &mut cautions);
    let matrix = gathered
        .evidence
        .claims
        .as_ref()
        .filter(|loaded| !loaded.file.hypotheses.is_empty())
        .map(|loaded| matrix(&loaded.file, &claims));
    cautions.extend(words::cautions(&claims, matrix.as_ref()));
    Some(EvidenceRecord {
        library: keys.sources.clone(),
        claims_file: keys.claims.clone(),
        sentences: words::sentences(&claims, &left_out, matrix.as_ref()),
        sources,
        claims,
        left_out,
        matrix,
        talks,
        cautions,
    })
}

/// The reliability of a source, F where nobody graded it.
fn reliability(loaded: Option<&LoadedClaims>, id: &str) -> (Reliability, Option<String>) {
    let grade = loaded.and_then(|one| one.file.sources.iter().find(|grade| grade.id == id));
    grade.map_or((Reliability::F, None), |grade| {
        let letter = reliability_of(&grade.reliability).unwrap_or(Reliability::F);
        (letter, grade.why.clone())
    })
}

fn source_records(
    gathered: &Gathered<'_>,
    claims: &[ClaimRecord],
    cautions: &mut Vec<String>,
) -> Vec<SourceRecord> {
    let loaded = gathered.evidence.claims.as_ref();
    let mut undated = Vec::new();
    let records = gathered
        .evidence
        .library
        .items
        .iter()
        .filter_map(|item| {
            let resting: Vec<String> = claims
                .iter()
                .filter(|claim| {
                    claim
                        .cites
                        .iter()
                        .any(|cite| cite.source.as_deref() == Some(&item.id))
                })
                .map(|claim| claim.id.clone())
                .collect();
            let of_talk = gathered
                .evidence
                .talks
                .iter()
                .any(|talk| talk.keys.source == item.id && talk.given_by(gathered.as_of));
            if resting.is_empty() && !of_talk && !gathered.of_ledger.contains(&item.id) {
                return None;
            }
            if !resting.is_empty() && known_by(item, gathered.as_of) == Known::Undated {
                undated.push(item.id.clone());
            }
            let (letter, why) = reliability(loaded, &item.id);
            Some(SourceRecord {
                id: item.id.clone(),
                short: short(item),
                reference: reference(item),
                url: address(item),
                issued: item
                    .issued
                    .as_ref()
                    .map(|date| date.full_words().unwrap_or_else(|| date.year_words())),
                reliability: letter.letter().to_string(),
                reliability_words: letter.words().to_owned(),
                why,
                claims: resting,
                csl: item.to_json(),
            })
        })
        .collect();
    if !undated.is_empty() {
        cautions.push(format!(
            "No date of publication is known for {}: whether {} out by the as-of date can’t be told, and {} counted as known.",
            undated.join(", "),
            if undated.len() == 1 { "it was" } else { "they were" },
            if undated.len() == 1 { "it is" } else { "they are" },
        ));
    }
    records
}

/// Where a source can be opened.
fn address(item: &Item) -> Option<String> {
    item.doi
        .as_ref()
        .map(|doi| {
            let bare = doi
                .trim_start_matches("https://doi.org/")
                .trim_start_matches("doi:");
            format!("https://doi.org/{bare}")
        })
        .or_else(|| item.url.clone())
}

fn claim_record(
    gathered: &Gathered<'_>,
    loaded: &LoadedClaims,
    claim: &ClaimKey,
    line: usize,
) -> Result<ClaimRecord, String> {
    let happened = claim
        .happened
        .as_deref()
        .and_then(|text| parse_edtf(text).ok());
    if let Some(first) = happened.as_ref().and_then(Edtf::earliest)
        && first > gathered.as_of
    {
        return Err(format!("what it says was so only from {first} on"));
    }
    let mut cites = Vec::new();
    let mut reasons = Vec::new();
    for (idx, cite) in claim.cites.iter().enumerate() {
        match cite_record(gathered, loaded, claim, idx, cite) {
            Ok(record) => cites.push(record),
            Err(why) => reasons.push(why),
        }
    }
    if cites.iter().all(|cite| cite.disputes) {
        return Err(reasons.join("; "));
    }
    // Its own finding that doesn't bear it out any more takes the claim with it.
    if let Some(why) = claim
        .cites
        .iter()
        .find_map(|cite| not_borne_out(gathered, cite))
    {
        return Err(why);
    }
    let weights = GradeWeights::default();
    let best = cites
        .iter()
        .filter(|cite| !cite.disputes)
        .filter_map(|cite| cite.grade.as_deref()?.parse::<Grade>().ok())
        .max_by(|a, b| {
            // Of equal weights the one whose letter comes first.
            let by_weight = weights.weight(*a).total_cmp(&weights.weight(*b));
            by_weight
                .then_with(|| b.source.cmp(&a.source))
                .then_with(|| b.item.cmp(&a.item))
        });
    let own_data = cites.iter().any(|cite| cite.kind != CiteKind::Source);
    let credibility = match best {
        // Rows and findings that a reader can open are as good as can be.
        _ if own_data => 1.0,
        Some(grade) => weights.weight(grade),
        None => weights.unjudged * weights.unjudged,
    };
    Ok(ClaimRecord {
        id: claim.id.clone(),
        text: claim.text.clone(),
        happened: claim.happened.clone(),
        happened_words: happened.map(|date| date.words()),
        actors: claim.actors.clone(),
        issues: claim.issues.clone(),
        indicators: claim.indicators.clone(),
        relevance: claim.relevance,
        note: claim.note.clone(),
        grade: best.map(|grade| grade.to_string()),
        weight: credibility * relevance_weight(claim.relevance),
        cites,
        line,
    })
}

/// What a claim's relevance counts for.
fn relevance_weight(relevance: RelevanceKey) -> f64 {
    match relevance {
        RelevanceKey::High => 1.0,
        RelevanceKey::Medium => 0.6,
        RelevanceKey::Low => 0.3,
    }
}

fn not_borne_out(gathered: &Gathered<'_>, cite: &CiteKey) -> Option<String> {
    let id = cite.indicator.as_ref().filter(|_| !cite.when.is_empty())?;
    let finding = gathered.findings.iter().find(|one| one.id == *id)?;
    let stands = finding.rung.is_some_and(|rung| cite.when.contains(&rung));
    if stands {
        return None;
    }
    let found = finding.rung.map_or("isn’t tested".to_owned(), |rung| {
        format!("is “{}”", rung_name(rung))
    });
    Some(format!(
        "the finding on {id} {found}, which doesn’t bear it out"
    ))
}

fn cite_record(
    gathered: &Gathered<'_>,
    loaded: &LoadedClaims,
    claim: &ClaimKey,
    idx: usize,
    cite: &CiteKey,
) -> Result<CiteRecord, String> {
    if let Some(id) = &cite.source {
        let item = gathered
            .evidence
            .source(id)
            .ok_or_else(|| format!("no source {id}"))?;
        if let Known::Later(day) = known_by(item, gathered.as_of) {
            return Err(format!(
                "{} came out by {day}, after the as-of date",
                short(item)
            ));
        }
        return Ok(source_cite(gathered, loaded, claim, idx, cite, item));
    }
    if let (Some(file), Some(rows)) = (&cite.file, &cite.rows) {
        return rows_cite(gathered, loaded, claim, idx, file, rows);
    }
    let id = cite.indicator.as_deref().unwrap_or_default();
    let finding = gathered
        .findings
        .iter()
        .find(|one| one.id == id)
        .ok_or_else(|| format!("no indicator {id}"))?;
    Ok(CiteRecord {
        words: format!(
            "This assessment’s finding on {}{}",
            finding.title,
            finding
                .rung
                .map_or(String::new(), |rung| format!(": {}", rung_name(rung)))
        ),
        indicator: Some(id.to_owned()),
        ..empty_cite(CiteKind::Finding)
    })
}

fn empty_cite(kind: CiteKind) -> CiteRecord {
    CiteRecord {
        kind,
        words: String::new(),
        source: None,
        at: None,
        quote: None,
        quote_check: None,
        grade: None,
        disputes: false,
        moment: None,
        url: None,
        annotation: None,
        rows: None,
        indicator: None,
    }
}

/// The address of a claim's citation, for its annotation.
fn annotation_id(gathered: &Gathered<'_>, claim: &str, idx: usize) -> String {
    format!("urn:yalu:{}:{claim}:{}", gathered.spec.question.id, idx + 1)
}

fn source_cite(
    gathered: &Gathered<'_>,
    loaded: &LoadedClaims,
    claim: &ClaimKey,
    idx: usize,
    cite: &CiteKey,
    item: &Item,
) -> CiteRecord {
    let locator = cite
        .at
        .as_deref()
        .and_then(|text| text.parse::<Locator>().ok());
    let talk = gathered
        .evidence
        .talks
        .iter()
        .find(|talk| talk.keys.source == item.id);
    let (letter, _) = reliability(Some(loaded), &item.id);
    let grade = Grade {
        source: letter,
        item: cite
            .credibility
            .and_then(|digit| {
                Credibility::ALL
                    .into_iter()
                    .find(|one| one.digit() == digit)
            })
            .unwrap_or(Credibility::Six),
    };
    let quote = cite.quote.as_ref().map(|exact| Quote {
        exact: exact.clone(),
        prefix: cite.prefix.clone(),
        suffix: cite.suffix.clone(),
    });
    let url = address(item);
    let urn = format!("urn:yalu:{}:source:{}", gathered.spec.question.id, item.id);
    let annotation = Annotation {
        id: &annotation_id(gathered, &claim.id, idx),
        motivation: Motivation::Linking,
        claim: &claim.text,
        source: url
            .as_deref()
            .map_or(urn.as_str(), |url| url.split('#').next().unwrap_or(url)),
        first_page: first_page(item),
        locator: locator.as_ref(),
        quote: quote.as_ref(),
    }
    .to_json()
    .ok();
    CiteRecord {
        words: match &locator {
            Some(locator) => format!("{}, {}", short(item), words::place(locator)),
            None => short(item),
        },
        source: Some(item.id.clone()),
        at: locator.as_ref().map(ToString::to_string),
        quote: cite.quote.clone(),
        quote_check: quote.as_ref().and_then(|quote| check_quote(talk, quote)),
        grade: Some(grade.to_string()),
        disputes: cite.disputes,
        moment: talk.and_then(|talk| moment(talk, locator.as_ref()?)),
        url,
        annotation,
        ..empty_cite(CiteKind::Source)
    }
}

/// The number printed on the first page, as the library has it.
fn first_page(item: &Item) -> u32 {
    item.page
        .as_deref()
        .and_then(|pages| pages.split(['-', '–']).next()?.trim().parse().ok())
        .unwrap_or(1)
}

/// The first time of a locator as a moment of the recording at hand.
fn moment(talk: &LoadedTalk, locator: &Locator) -> Option<Moment> {
    let span = locator.times().next()?;
    let here = |ms: u64| ms as f64 / 1000.0 + talk.offset_s;
    Some(Moment {
        talk: talk.id.clone(),
        start_s: here(span.start_ms()),
        end_s: span.end_ms().map(here),
    })
}

/// Looks a quote up in the talk's transcript, where there is one.
fn check_quote(talk: Option<&LoadedTalk>, quote: &Quote) -> Option<QuoteCheck> {
    let text = talk?.transcript_text()?;
    match find_quote(&text, quote) {
        Found::Unique { .. } => Some(QuoteCheck::Found),
        Found::Ambiguous { .. } => Some(QuoteCheck::Ambiguous),
        Found::Moved { .. } | Found::Orphaned | Found::Nothing => Some(QuoteCheck::Orphaned),
    }
}

fn rows_cite(
    gathered: &Gathered<'_>,
    loaded: &LoadedClaims,
    claim: &ClaimKey,
    idx: usize,
    file: &str,
    text: &str,
) -> Result<CiteRecord, String> {
    let lines = loaded
        .rows
        .get(file)
        .ok_or_else(|| format!("{file} can’t be read"))?;
    let (first, last) = lines.range(text).map_err(|error| error.to_string())?;
    if let Known::Later(day) = rows_known_by(lines, (first, last), gathered.as_of) {
        return Err(format!(
            "rows {first} to {last} of {file} reach to {day}, after the as-of date"
        ));
    }
    let locator = format!("rows {first}-{last}").parse::<Locator>().ok();
    let annotation = Annotation {
        id: &annotation_id(gathered, &claim.id, idx),
        motivation: Motivation::Linking,
        claim: &claim.text,
        source: &format!("urn:yalu:{}:file:{file}", gathered.spec.question.id),
        first_page: 1,
        locator: locator.as_ref(),
        quote: None,
    }
    .to_json()
    .ok();
    Ok(CiteRecord {
        words: if first == last {
            format!("{file}, line {first}")
        } else {
            format!("{file}, lines {first} to {last}")
        },
        at: locator.map(|one| one.to_string()),
        annotation,
        rows: Some(CitedRows {
            file: file.to_owned(),
            first,
            last,
            header: lines.header.clone(),
            rows: lines.between(first, last).take(MAX_ROWS).cloned().collect(),
        }),
        ..empty_cite(CiteKind::Rows)
    })
}
