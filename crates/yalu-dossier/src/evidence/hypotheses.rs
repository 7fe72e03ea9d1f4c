//! Claims against hypotheses, as the record has them.

use std::collections::BTreeMap;

use yalu_evidence::matrix::{
    Analysis, Change, Claim, Hypothesis, Mark, Matrix, Separation, Variation, analyse,
};

use super::keys::{ClaimKey, ClaimsFile, HypothesisKey};
use super::record::{
    ChangeKind, ClaimRecord, HypothesisRecord, InseparableRecord, MatrixRecord, MatrixRow,
    TurningChange,
};
use crate::words::listed;

/// The matrix of the claims that are known.
pub(super) fn matrix(file: &ClaimsFile, known: &[ClaimRecord]) -> MatrixRecord {
    let by_id: BTreeMap<&str, &ClaimKey> = file
        .claims
        .iter()
        .map(|one| (one.id.as_str(), one))
        .collect();
    // A claim without any mark isn't evidence for or against: it stands in the list of claims only.
    let marked: Vec<&ClaimRecord> = known
        .iter()
        .filter(|claim| {
            by_id
                .get(claim.id.as_str())
                .is_some_and(|key| !key.marks.is_empty())
        })
        .collect();
    let mark = |claim: &str, hypothesis: &str| -> Option<Mark> {
        by_id.get(claim)?.marks.get(hypothesis)?.parse().ok()
    };
    let matrix = Matrix::new(
        file.hypotheses
            .iter()
            .map(|one| Hypothesis { id: one.id.clone() })
            .collect(),
        marked.iter().map(|claim| claim_of(claim)).collect(),
        marked
            .iter()
            .map(|claim| {
                file.hypotheses
                    .iter()
                    .map(|one| mark(&claim.id, &one.id))
                    .collect()
            })
            .collect(),
    )
    .expect("ids are unique, weights are shares and each claim has a cell for each hypothesis");
    let analysis = analyse(&matrix);
    record(file, &matrix, &analysis, &by_id)
}

fn claim_of(claim: &ClaimRecord) -> Claim {
    let mut sources: Vec<String> = claim
        .cites
        .iter()
        .filter(|cite| !cite.disputes)
        .map(|cite| {
            cite.source
                .clone()
                .or_else(|| cite.rows.as_ref().map(|rows| rows.file.clone()))
                .or_else(|| cite.indicator.as_ref().map(|id| format!("finding:{id}")))
                .unwrap_or_default()
        })
        .collect();
    sources.sort();
    sources.dedup();
    Claim {
        id: claim.id.clone(),
        credibility: claim.weight,
        relevance: 1.0,
        sources,
    }
}

fn record(
    file: &ClaimsFile,
    matrix: &Matrix,
    analysis: &Analysis,
    by_id: &BTreeMap<&str, &ClaimKey>,
) -> MatrixRecord {
    let title = |id: &str| title_of(&file.hypotheses, id);
    let rows = analysis
        .claims
        .iter()
        .map(|report| {
            let key = by_id[report.claim.as_str()];
            let each = |of: &BTreeMap<String, String>| -> Vec<Option<String>> {
                file.hypotheses
                    .iter()
                    .map(|one| of.get(&one.id).cloned())
                    .collect()
            };
            MatrixRow {
                claim: report.claim.clone(),
                diagnosticity: report.diagnosticity,
                moves_ranking: report.moves_ranking,
                weight: report.weight,
                marks: each(&key.marks),
                why: each(&key.why),
            }
        })
        .collect();
    let tried = &analysis.sensitivity;
    let mut turning: Vec<TurningChange> = tried
        .without_claim
        .iter()
        .chain(&tried.without_source)
        .chain(&tried.marks)
        .filter(|one| one.turns)
        .map(|one| turn(one, &title))
        .collect();
    let leaders = analysis.ranking.leaders();
    let unweighted = tried.unweighted.leaders();
    if unweighted != leaders {
        turning.push(TurningChange {
            change: ChangeKind::Unweighted,
            what: None,
            words: "all claims weighed alike".to_owned(),
            leaders: unweighted,
        });
    }
    MatrixRecord {
        hypotheses: hypotheses(file, matrix, analysis),
        rows,
        leaders,
        turning,
        n_tried: [
            tried.without_claim.len() as u32,
            tried.without_source.len() as u32,
            tried.marks.len() as u32,
        ],
        inseparable: analysis
            .unseparated
            .iter()
            .map(|one| InseparableRecord {
                pair: [one.first.clone(), one.second.clone()],
                words: separation(&one.why),
            })
            .collect(),
        n_unmarked: analysis.unrated as u32,
    }
}

fn hypotheses(file: &ClaimsFile, matrix: &Matrix, analysis: &Analysis) -> Vec<HypothesisRecord> {
    file.hypotheses
        .iter()
        .enumerate()
        .map(|(idx, key)| {
            let score = &analysis.scores[idx];
            let robust = &analysis.sensitivity.robustness[idx];
            let rank = analysis
                .ranking
                .places
                .iter()
                .find(|place| place.hypothesis == key.id)
                .map_or(0, |place| place.rank);
            let mut counts = [0; 6];
            for claim in 0..matrix.claims().len() {
                if let Some(mark) = matrix.mark(claim, idx) {
                    counts[mark as usize] += 1;
                }
            }
            HypothesisRecord {
                id: key.id.clone(),
                title: key.title.clone(),
                text: key.text.clone(),
                rank: rank as u32,
                score: score.weighted_score,
                unweighted: score.score,
                counts,
                leads_unweighted: robust.leads_unweighted,
                leads_without_claim: robust.claims.share(),
                leads_without_source: robust.sources.share(),
                leads_mark_moved: robust.marks.share(),
            }
        })
        .collect()
}

fn title_of(hypotheses: &[HypothesisKey], id: &str) -> String {
    hypotheses
        .iter()
        .find(|one| one.id == id)
        .map_or_else(|| id.to_owned(), |one| one.title.clone())
}

fn turn(one: &Variation, title: &impl Fn(&str) -> String) -> TurningChange {
    let (change, what, words) = match &one.change {
        Change::WithoutClaim { claim } => (
            ChangeKind::WithoutClaim,
            claim.clone(),
            format!("without claim {claim}"),
        ),
        Change::WithoutSource { source, claims } => {
            let n = claims.len();
            let named = source.strip_prefix("finding:").map_or_else(
                || source.clone(),
                |id| format!("this assessment’s finding on {id}"),
            );
            (
                ChangeKind::WithoutSource,
                source.clone(),
                format!(
                    "without {named} and the {} on it alone",
                    if n == 1 {
                        "claim that rests".to_owned()
                    } else {
                        format!("{n} claims that rest")
                    }
                ),
            )
        }
        Change::Mark {
            claim,
            hypothesis,
            from,
            to,
        } => (
            ChangeKind::MarkMoved,
            claim.clone(),
            format!(
                "claim {claim} marked {to} instead of {from} for “{}”",
                title(hypothesis)
            ),
        ),
    };
    TurningChange {
        change,
        what: Some(what),
        words,
        leaders: one.leaders.clone(),
    }
}

fn separation(why: &Separation) -> String {
    match why {
        Separation::NothingInCommon => "no claim has a mark for both".to_owned(),
        Separation::SameMarks => "they have the same mark on every claim".to_owned(),
        Separation::NoDiagnosticClaim => "no claim counts differently against them".to_owned(),
        Separation::Tied => "claims differ, but come to the same sum".to_owned(),
        Separation::TurnsOnOneClaim { claims } => {
            let names: Vec<&str> = claims.iter().map(String::as_str).collect();
            if names.len() == 1 {
                format!("their order turns without claim {}", names[0])
            } else {
                format!(
                    "their order turns without any one of the claims {}",
                    listed(&names)
                )
            }
        }
    }
}
