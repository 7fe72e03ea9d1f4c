//! How little would turn the ranking: one claim less, one source less, one mark one step off.

use super::score::{Ranking, Weighing, leading};
use super::{Mark, Matrix};
use schemars::JsonSchema;
use serde::Serialize;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// A claim was left out.
    WithoutClaim {
        /// The claim.
        claim: String,
    },
    /// A source was left out, with all claims that rest on it alone.
    WithoutSource {
        /// The source.
        source: String,
        /// Those claims; none where each has another source.
        claims: Vec<String>,
    },
    /// One mark was moved a step.
    Mark {
        /// The claim.
        claim: String,
        /// The hypothesis.
        hypothesis: String,
        /// The mark as it stands.
        from: Mark,
        /// The mark beside it.
        to: Mark,
    },
}

/// What a change does to the lead.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Variation {
    /// What was changed.
    pub change: Change,
    /// Those that lead then, several where tied, in alphabetical order.
    pub leaders: Vec<String>,
    /// Whether others lead, or fewer, or more.
    pub turns: bool,
}

/// In how many changes of one kind a hypothesis leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// Changes of the kind.
    pub of: usize,
    /// Those in which it leads, alone or tied.
    pub leads: usize,
    /// Those in which it leads alone.
    pub leads_alone: usize,
}

impl Tally {
    /// The share of changes in which it leads, alone or tied, in [0, 1]; nothing where there is none.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.leads as f64 / self.of as f64)
    }

    fn of(variations: &[Variation], hypothesis: &String) -> Self {
        let leads = variations.iter().filter(|v| v.leaders.contains(hypothesis));
        Self {
            of: variations.len(),
            leads: leads.clone().count(),
            leads_alone: leads.filter(|v| v.leaders.len() == 1).count(),
        }
    }
}

/// How often a hypothesis stays the least inconsistent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Robustness {
    /// The hypothesis.
    pub hypothesis: String,
    /// Over each claim left out.
    pub claims: Tally,
    /// Over each source left out.
    pub sources: Tally,
    /// Over each mark moved one step, either way.
    pub marks: Tally,
    /// Whether it leads, alone or tied, when all claims count alike.
    pub leads_unweighted: bool,
}

/// A claim or source on which the lead hangs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Linchpin {
    /// The claim's or source's name.
    pub id: String,
    /// Those that lead without it.
    pub leaders_without: Vec<String>,
}

/// What would turn the ranking.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Sensitivity {
    /// The ranking when all claims count alike.
    pub unweighted: Ranking,
    /// The ranking by those claims only that were rated for every hypothesis (NA counts as rated):
    /// what the unrated cells can't have flattered.
    pub fully_rated: Ranking,
    /// How many claims that leaves.
    pub fully_rated_claims: usize,
    /// Each claim left out, in the matrix' order.
    pub without_claim: Vec<Variation>,
    /// Each source left out, in alphabetical order.
    pub without_source: Vec<Variation>,
    /// Each mark moved one step, by claim, hypothesis, toward consistency first.
    pub marks: Vec<Variation>,
    /// By hypothesis, in the matrix' order.
    pub robustness: Vec<Robustness>,
    /// Claims without which others lead, or fewer, or more.
    pub linchpin_claims: Vec<Linchpin>,
    /// Sources without which others lead, or fewer, or more.
    pub linchpin_sources: Vec<Linchpin>,
}

pub(super) fn sensitivity(matrix: &Matrix) -> Sensitivity {
    let bench = Bench::new(matrix);
    let without_claim = bench.without_claims();
    let without_source = bench.without_sources();
    let marks = bench.moved_marks();
    let unweighted = Weighing::unweighted(matrix).ranking();
    let plain_leaders = unweighted.leaders();
    let robustness = (matrix.hypotheses.iter())
        .map(|hypothesis| Robustness {
            hypothesis: hypothesis.id.clone(),
            claims: Tally::of(&without_claim, &hypothesis.id),
            sources: Tally::of(&without_source, &hypothesis.id),
            marks: Tally::of(&marks, &hypothesis.id),
            leads_unweighted: plain_leaders.contains(&hypothesis.id),
        })
        .collect();
    let full = |claim: usize| matrix.marks[claim].iter().all(Option::is_some);
    Sensitivity {
        unweighted,
        fully_rated: Weighing::weighted(matrix).without(|c| !full(c)).ranking(),
        fully_rated_claims: (0..matrix.claims.len()).filter(|&c| full(c)).count(),
        linchpin_claims: linchpins(&without_claim),
        linchpin_sources: linchpins(&without_source),
        without_claim,
        without_source,
        marks,
        robustness,
    }
}

fn linchpins(variations: &[Variation]) -> Vec<Linchpin> {
    let turning = variations.iter().filter(|variation| variation.turns);
    turning
        .filter_map(|variation| {
            let id = match &variation.change {
                Change::WithoutClaim { claim } => claim.clone(),
                Change::WithoutSource { source, .. } => source.clone(),
                Change::Mark { .. } => return None,
            };
            let leaders_without = variation.leaders.clone();
            Some(Linchpin {
                id,
                leaders_without,
            })
        })
        .collect()
}

/// The matrix with what is asked of it again and again.
struct Bench<'a> {
    matrix: &'a Matrix,
    scores: Vec<f64>,
    leaders: Vec<usize>,
}

impl<'a> Bench<'a> {
    fn new(matrix: &'a Matrix) -> Self {
        let scores = Weighing::weighted(matrix).scores();
        let leaders = leading(matrix, &scores);
        Self {
            matrix,
            scores,
            leaders,
        }
    }

    fn variation(&self, change: Change, scores: &[f64]) -> Variation {
        let now = leading(self.matrix, scores);
        let mut leaders: Vec<String> = (now.iter())
            .map(|&idx| self.matrix.hypotheses[idx].id.clone())
            .collect();
        leaders.sort_unstable();
        let turns = now != self.leaders;
        Variation {
            change,
            leaders,
            turns,
        }
    }

    fn without(&self, change: Change, dropped: impl Fn(usize) -> bool) -> Variation {
        let scores = Weighing::weighted(self.matrix).without(dropped).scores();
        self.variation(change, &scores)
    }

    fn without_claims(&self) -> Vec<Variation> {
        let all = self.matrix.claims.iter().enumerate();
        all.map(|(at, claim)| {
            let claim = claim.id.clone();
            self.without(Change::WithoutClaim { claim }, |idx| idx == at)
        })
        .collect()
    }

    fn without_sources(&self) -> Vec<Variation> {
        let claims = &self.matrix.claims;
        (self.matrix.sources().into_iter())
            .map(|source| {
                let falls = |idx: usize| claims[idx].sources == [source];
                let fallen = (0..claims.len()).filter(|&idx| falls(idx));
                let change = Change::WithoutSource {
                    source: source.to_owned(),
                    claims: fallen.map(|idx| claims[idx].id.clone()).collect(),
                };
                self.without(change, falls)
            })
            .collect()
    }

    fn moved_marks(&self) -> Vec<Variation> {
        let weighing = Weighing::weighted(self.matrix);
        let mut variations = Vec::new();
        for (claim, row) in self.matrix.marks.iter().enumerate() {
            for (hypothesis, from) in row.iter().enumerate() {
                let Some(from) = *from else { continue };
                for to in from.neighbours() {
                    let mut scores = self.scores.clone();
                    scores[hypothesis] = weighing.score(hypothesis, Some((claim, to)));
                    let change = Change::Mark {
                        claim: self.matrix.claims[claim].id.clone(),
                        hypothesis: self.matrix.hypotheses[hypothesis].id.clone(),
                        from,
                        to,
                    };
                    variations.push(self.variation(change, &scores));
                }
            }
        }
        variations
    }
}
