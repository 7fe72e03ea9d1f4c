//! What counts against each hypothesis, the order that follows, and what each claim tells apart.

use super::{Mark, Matrix};
use schemars::JsonSchema;
use serde::Serialize;

/// Scores that differ by no more than this are tied: it is rounding, not evidence.
const TIE: f64 = 1e-9;

/// What the marks of one hypothesis come to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Score {
    /// The hypothesis' name.
    pub hypothesis: String,
    /// How many marks are inconsistent or very inconsistent.
    pub inconsistent: usize,
    /// The sum of −1 for each inconsistent and −2 for each very inconsistent mark; 0 or less.
    pub score: f64,
    /// The same, each mark times its claim's weight; 0 or less. The ranking goes by this.
    pub weighted_score: f64,
    /// Cells with a mark from CC to II.
    pub rated: usize,
    /// Cells marked as not applicable.
    pub not_applicable: usize,
    /// Cells that nobody has rated. They count nothing against the hypothesis, so that many of them
    /// flatter it.
    pub unrated: usize,
}

/// Where a hypothesis stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Placed {
    /// The hypothesis' name.
    pub hypothesis: String,
    /// Its rank from 1, the least inconsistent; tied ones share a rank, and the next is skipped.
    pub rank: usize,
    /// The score that the ranking goes by.
    pub score: f64,
}

/// The hypotheses from the least inconsistent on; tied ones in alphabetical order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Ranking {
    /// Each hypothesis once.
    pub places: Vec<Placed>,
}

impl Ranking {
    /// The names of those of rank 1: several where they are tied, none in an empty ranking.
    pub fn leaders(&self) -> Vec<String> {
        let first = self.places.iter().take_while(|place| place.rank == 1);
        first.map(|place| place.hypothesis.clone()).collect()
    }
}

/// What one claim tells apart.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ClaimReport {
    /// The claim's name.
    pub claim: String,
    /// Credibility times relevance.
    pub weight: f64,
    /// How far apart two hypotheses drawn at random stand on this claim, in [0, 1], times the weight:
    /// the mean over all pairs of hypotheses that it was rated for of |v − v′| / 4, where v is 2 for
    /// CC to −2 for II. 0 when all marks are alike. Nothing where fewer than two were rated.
    pub diagnosticity: Option<f64>,
    /// Whether it counts differently against some of them. Marks of C and CC are diagnostic, but only
    /// inconsistency moves the ranking.
    pub moves_ranking: bool,
    /// Cells that nobody has rated.
    pub unrated: usize,
}

/// Which claims count, and for how much: the matrix as it stands or varied.
pub(super) struct Weighing<'a> {
    pub(super) matrix: &'a Matrix,
    /// The weight of each claim; nothing where it is left out.
    pub(super) weights: Vec<Option<f64>>,
}

impl<'a> Weighing<'a> {
    /// All claims by their weights.
    pub(super) fn weighted(matrix: &'a Matrix) -> Self {
        let weights = matrix.claims.iter().map(|c| Some(c.weight())).collect();
        Self { matrix, weights }
    }

    /// All claims alike.
    pub(super) fn unweighted(matrix: &'a Matrix) -> Self {
        let weights = vec![Some(1.0); matrix.claims.len()];
        Self { matrix, weights }
    }

    /// Without some claims.
    pub(super) fn without(mut self, dropped: impl Fn(usize) -> bool) -> Self {
        for (claim, weight) in self.weights.iter_mut().enumerate() {
            if dropped(claim) {
                *weight = None;
            }
        }
        self
    }

    /// What counts against a hypothesis, with one of its marks changed if asked.
    pub(super) fn score(&self, hypothesis: usize, change: Option<(usize, Mark)>) -> f64 {
        let counted = self.weights.iter().enumerate();
        let mut parts: Vec<f64> = counted
            .filter_map(|(claim, weight)| {
                let stands = self.matrix.marks[claim][hypothesis];
                let mark = match change {
                    Some((changed, mark)) if changed == claim => Some(mark),
                    _ => stands,
                };
                Some((*weight)? * f64::from(mark?.against()))
            })
            .collect();
        // Added up in the order of size, so that the order of claims can't show in the last bits.
        parts.sort_by(f64::total_cmp);
        // A sum of nothing is −0.
        parts.iter().sum::<f64>() + 0.0
    }

    /// Each hypothesis' score, in the matrix' order.
    pub(super) fn scores(&self) -> Vec<f64> {
        let all = 0..self.matrix.hypotheses.len();
        all.map(|hypothesis| self.score(hypothesis, None)).collect()
    }

    /// The hypotheses in order.
    pub(super) fn ranking(&self) -> Ranking {
        rank(self.matrix, &self.scores())
    }
}

/// Orders hypotheses by their scores, the nearest to zero first.
pub(super) fn rank(matrix: &Matrix, scores: &[f64]) -> Ranking {
    let name = |idx: usize| matrix.hypotheses[idx].id.as_str();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| {
        let by_score = scores[b].total_cmp(&scores[a]);
        by_score.then_with(|| name(a).cmp(name(b)))
    });
    let mut places: Vec<Placed> = Vec::with_capacity(order.len());
    for (at, &idx) in order.iter().enumerate() {
        let tied = at > 0 && is_tie(scores[order[at - 1]], scores[idx]);
        let rank = if tied { places[at - 1].rank } else { at + 1 };
        places.push(Placed {
            hypothesis: name(idx).to_owned(),
            rank,
            score: scores[idx],
        });
    }
    // Within a tie rounding must not show, so the name decides.
    places.sort_by(|a, b| (a.rank, &a.hypothesis).cmp(&(b.rank, &b.hypothesis)));
    Ranking { places }
}

/// Indices of the hypotheses that lead by these scores, ascending.
pub(super) fn leading(matrix: &Matrix, scores: &[f64]) -> Vec<usize> {
    let leaders = rank(matrix, scores).leaders();
    let all = 0..scores.len();
    all.filter(|&idx| leaders.contains(&matrix.hypotheses[idx].id))
        .collect()
}

/// Whether two scores are one but for rounding.
pub(super) fn is_tie(a: f64, b: f64) -> bool {
    (a - b).abs() <= TIE
}

/// The scores of all hypotheses, in the matrix' order.
pub(super) fn scores(matrix: &Matrix) -> Vec<Score> {
    let weighted = Weighing::weighted(matrix).scores();
    let plain = Weighing::unweighted(matrix).scores();
    let all = matrix.hypotheses.iter().enumerate();
    all.map(|(idx, hypothesis)| {
        let column = || matrix.marks.iter().map(|row| row[idx]);
        let not_applicable = column().filter(|m| *m == Some(Mark::NotApplicable)).count();
        let unrated = column().filter(Option::is_none).count();
        Score {
            hypothesis: hypothesis.id.clone(),
            inconsistent: column().flatten().filter(|m| m.against() < 0).count(),
            score: plain[idx],
            weighted_score: weighted[idx],
            rated: matrix.claims.len() - not_applicable - unrated,
            not_applicable,
            unrated,
        }
    })
    .collect()
}

/// What each claim tells apart, the most diagnostic first, then by name; those of which nothing can
/// be said last.
pub(super) fn claims(matrix: &Matrix) -> Vec<ClaimReport> {
    let all = matrix.claims.iter().zip(&matrix.marks);
    let mut reports: Vec<ClaimReport> = all
        .map(|(claim, row)| ClaimReport {
            claim: claim.id.clone(),
            weight: claim.weight(),
            diagnosticity: spread(row).map(|spread| spread * claim.weight()),
            moves_ranking: claim.weight() > 0.0 && discriminates(row),
            unrated: row.iter().filter(|mark| mark.is_none()).count(),
        })
        .collect();
    reports.sort_by(|a, b| {
        let order = |r: &ClaimReport| r.diagnosticity.unwrap_or(-1.0);
        let by_size = order(b).total_cmp(&order(a));
        by_size.then_with(|| a.claim.cmp(&b.claim))
    });
    reports
}

/// The mean of |v − v′| / 4 over all pairs of marks, nothing where there is no pair.
fn spread(row: &[Option<Mark>]) -> Option<f64> {
    let values: Vec<i32> = (row.iter().flatten())
        .filter_map(|mark| mark.value().map(i32::from))
        .collect();
    let pairs = values.len() * values.len().saturating_sub(1) / 2;
    let mut sum = 0;
    for (at, a) in values.iter().enumerate() {
        sum += values[at + 1..].iter().map(|b| (a - b).abs()).sum::<i32>();
    }
    (pairs > 0).then(|| f64::from(sum) / (4.0 * pairs as f64))
}

/// Whether the marks count differently against some of the hypotheses they were given for.
fn discriminates(row: &[Option<Mark>]) -> bool {
    let mut against = (row.iter().flatten())
        .filter(|mark| mark.value().is_some())
        .map(|mark| mark.against());
    let first = against.next();
    against.any(|other| Some(other) != first)
}
