//! Sentences of the evidence, each made from the figures that it states.

use yalu_evidence::locator::Locator;

use super::record::{
    ChangeKind, CiteKind, ClaimRecord, HypothesisRecord, LeftOutClaim, MatrixRecord, QuoteCheck,
};
use crate::words::{listed, percent};

/// A locator for a reader: `14:45 to 16:00`, `pp. 12-15`.
pub(super) fn place(locator: &Locator) -> String {
    locator
        .places()
        .iter()
        .map(|place| {
            let text = place.to_string();
            text.strip_prefix("t=")
                .map_or(text.clone(), |time| time.replace(',', " to "))
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// What follows from the claims.
pub(super) fn sentences(
    claims: &[ClaimRecord],
    left_out: &[LeftOutClaim],
    matrix: Option<&MatrixRecord>,
) -> Vec<String> {
    let mut sentences = matrix.map_or_else(Vec::new, of_matrix);
    sentences.push(format!(
        "{} {} known by the as-of date; {} left out.",
        claims.len(),
        if claims.len() == 1 {
            "claim was"
        } else {
            "claims were"
        },
        match left_out.len() {
            0 => "none is".to_owned(),
            1 => "one is".to_owned(),
            n => format!("{n} are"),
        }
    ));
    sentences
}

fn of_matrix(matrix: &MatrixRecord) -> Vec<String> {
    let leaders: Vec<&HypothesisRecord> = matrix
        .hypotheses
        .iter()
        .filter(|one| matrix.leaders.contains(&one.id))
        .collect();
    let titles: Vec<String> = leaders
        .iter()
        .map(|one| format!("“{}”", one.title))
        .collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut sentences = Vec::new();
    if matrix.rows.is_empty() || leaders.len() == matrix.hypotheses.len() {
        sentences.push(
            "No claim counts against one hypothesis more than against another: they can’t be ranked."
                .to_owned(),
        );
        return sentences;
    }
    let score = leaders.first().map_or(0.0, |one| one.score);
    let next = matrix
        .hypotheses
        .iter()
        .filter(|one| !matrix.leaders.contains(&one.id))
        .max_by(|a, b| a.score.total_cmp(&b.score));
    sentences.push(format!(
        "Least inconsistent with {} claims {} {} (weighted inconsistency {}{}). That ranks hypotheses; it proves none.",
        matrix.rows.len(),
        if leaders.len() == 1 { "is" } else { "are" },
        listed(&titles),
        shown(score),
        next.map_or(String::new(), |one| format!("; next “{}”, {}", one.title, shown(one.score))),
    ));
    let count = |kind: ChangeKind| {
        matrix
            .turning
            .iter()
            .filter(|one| one.change == kind)
            .count()
    };
    let [n_claims, n_sources, n_marks] = matrix.n_tried;
    sentences.push(format!(
        "The lead turns, or is shared, in {} of {n_claims} ways to leave out a claim, {} of {n_sources} to leave out a source, {} of {n_marks} to move a mark by one step{}.",
        count(ChangeKind::WithoutClaim),
        count(ChangeKind::WithoutSource),
        count(ChangeKind::MarkMoved),
        if count(ChangeKind::Unweighted) > 0 {
            ", and when all claims weigh alike"
        } else {
            ""
        }
    ));
    for one in &matrix.inseparable {
        let [first, second] = one.pair.each_ref().map(|id| {
            matrix
                .hypotheses
                .iter()
                .find(|h| h.id == *id)
                .map_or(id.as_str(), |h| h.title.as_str())
        });
        sentences.push(format!(
            "“{first}” and “{second}” don’t separate: {}.",
            one.words
        ));
    }
    sentences
}

/// A score with a sign that reads as one.
fn shown(score: f64) -> String {
    format!("{score:.2}").replace('-', "−")
}

/// What to beware of.
pub(super) fn cautions(claims: &[ClaimRecord], matrix: Option<&MatrixRecord>) -> Vec<String> {
    let mut cautions = Vec::new();
    let disputed = named(claims, |claim| claim.cites.iter().any(|cite| cite.disputes));
    if !disputed.is_empty() {
        cautions.push(format!(
            "A source says the opposite of {}.",
            listed(&disputed)
        ));
    }
    let orphaned = named(claims, |claim| {
        claim
            .cites
            .iter()
            .any(|cite| cite.quote_check == Some(QuoteCheck::Orphaned))
    });
    if !orphaned.is_empty() {
        cautions.push(format!(
            "A quote of {} isn’t in the transcript that it is said to be from.",
            listed(&orphaned)
        ));
    }
    let unplaced = claims
        .iter()
        .flat_map(|claim| &claim.cites)
        .filter(|cite| cite.kind == CiteKind::Source)
        .count();
    let without_place = claims
        .iter()
        .flat_map(|claim| &claim.cites)
        .filter(|cite| cite.kind == CiteKind::Source && cite.at.is_none())
        .count();
    if without_place > 0 {
        cautions.push(format!(
            "{without_place} of {unplaced} citations of sources don’t say where in the source."
        ));
    }
    if let Some(matrix) = matrix {
        if matrix.n_unmarked > 0 {
            cautions.push(format!(
                "{} cells of the matrix have no mark: they count nothing, which favours the hypotheses that they stand under.",
                matrix.n_unmarked
            ));
        }
        cautions.extend(says_little(matrix));
        let one_source = share_of_one_source(claims);
        if let Some((source, share)) = one_source
            && share >= 0.5
        {
            cautions.push(format!(
                "{} of the claims that rest on sources rest on {source} alone: they aren’t independent of each other.",
                percent(share)
            ));
        }
    }
    cautions
}

/// A leader that most claims say nothing of: a hypothesis that says little is hard to contradict.
fn says_little(matrix: &MatrixRecord) -> Option<String> {
    let [leader] = matrix.leaders.as_slice() else {
        return None;
    };
    let leader = matrix.hypotheses.iter().find(|one| one.id == *leader)?;
    // Marks of N and NA, which neither fit nor speak against it.
    let silent = |one: &HypothesisRecord| one.counts[2] + one.counts[5];
    let others = matrix.hypotheses.iter().filter(|one| one.id != leader.id);
    let least = others.map(silent).max()?;
    (silent(leader) > least).then(|| {
        format!(
            "“{}” leads, and no hypothesis has more claims that say nothing of it ({} of {}): one that says little is hard to contradict.",
            leader.title,
            silent(leader),
            matrix.rows.len()
        )
    })
}

/// The ids of the claims of which something holds.
fn named(claims: &[ClaimRecord], holds: impl Fn(&ClaimRecord) -> bool) -> Vec<&str> {
    claims
        .iter()
        .filter(|claim| holds(claim))
        .map(|claim| claim.id.as_str())
        .collect()
}

/// The source that the most claims rest on alone, and their share of all that rest on sources.
fn share_of_one_source(claims: &[ClaimRecord]) -> Option<(String, f64)> {
    let mut of_sources = 0;
    let mut alone = std::collections::BTreeMap::<&str, usize>::new();
    for claim in claims {
        let mut sources: Vec<&str> = claim
            .cites
            .iter()
            .filter(|cite| !cite.disputes)
            .filter_map(|cite| cite.source.as_deref())
            .collect();
        sources.sort_unstable();
        sources.dedup();
        of_sources += usize::from(!sources.is_empty());
        if let [one] = sources[..]
            && claim.cites.iter().all(|cite| cite.kind == CiteKind::Source)
        {
            *alone.entry(one).or_default() += 1;
        }
    }
    let (source, n) = alone.into_iter().max_by_key(|(_, n)| *n)?;
    Some((source.to_owned(), n as f64 / of_sources as f64))
}
