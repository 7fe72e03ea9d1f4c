//! The whole answer: scores, order, what each claim tells apart, and what would turn it.

use super::Matrix;
use super::score::{self, ClaimReport, Ranking, Score, Weighing};
use super::sensitivity::{Sensitivity, sensitivity};
use super::separation::{Unseparated, unseparated};
use schemars::JsonSchema;
use serde::Serialize;

/// What can be said of the hypotheses at large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// There is no hypothesis.
    NoHypothesis,
    /// There is one hypothesis: nothing competes, so that its place means nothing.
    OneHypothesis,
    /// There is no claim, or none is rated.
    NothingRated,
    /// No claim counts differently against some of the hypotheses: they can't be ordered.
    NothingDiagnostic,
    /// Several hypotheses are the least inconsistent.
    Tied {
        /// Their names, in alphabetical order.
        leaders: Vec<String>,
    },
    /// One hypothesis is the least inconsistent: it leads, which is no proof of it.
    Leads {
        /// Its name.
        leader: String,
    },
}

/// What a matrix comes to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Analysis {
    /// What can be said at large.
    pub outcome: Outcome,
    /// By hypothesis, in the matrix' order.
    pub scores: Vec<Score>,
    /// The hypotheses by weighted score, the least inconsistent first.
    pub ranking: Ranking,
    /// The claims, the most diagnostic first.
    pub claims: Vec<ClaimReport>,
    /// What would turn the ranking.
    pub sensitivity: Sensitivity,
    /// Pairs of hypotheses that the matrix doesn't tell apart for good.
    pub unseparated: Vec<Unseparated>,
    /// Cells that nobody has rated.
    pub unrated: usize,
    /// Cells in all.
    pub cells: usize,
}

/// Ranks the hypotheses by the evidence against them, and says what would turn the order.
///
/// For a hypothesis h the weighted score is Σ w(c)·k(c, h) over the claims c, where k is −1 for an
/// inconsistent mark, −2 for a very inconsistent one and 0 for all others, and w is credibility times
/// relevance. Scores within 1e-9 are tied. Cells that nobody has rated count nothing and are counted.
/// Neither the order of claims nor that of hypotheses changes a figure.
///
/// ```
/// use yalu_evidence::matrix::{Claim, Hypothesis, Mark, Matrix, Outcome, analyse};
///
/// let hypotheses = ["shift", "response"].map(|id| Hypothesis { id: id.into() });
/// let claim = |id: &str| Claim {
///     id: id.into(),
///     credibility: 0.8,
///     relevance: 1.0,
///     sources: vec!["customs".into()],
/// };
/// let marks = vec![
///     vec![Some(Mark::Consistent), Some(Mark::Inconsistent)],
///     vec![Some(Mark::Consistent), Some(Mark::Consistent)],
/// ];
/// let claims = vec![claim("coal stopped"), claim("talks held")];
/// let analysis = analyse(&Matrix::new(hypotheses.to_vec(), claims, marks)?);
/// let leader = "shift".to_owned();
/// assert_eq!(analysis.outcome, Outcome::Leads { leader });
/// assert_eq!(analysis.claims[0].claim, "coal stopped");
/// assert_eq!(analysis.sensitivity.linchpin_claims[0].id, "coal stopped");
/// # Ok::<(), yalu_evidence::matrix::MatrixError>(())
/// ```
///
/// # Source
/// Heuer (1999), chapter 8; the values −1 and −2 are those of PARC's program, the weights and the
/// diagnosticity ours.
pub fn analyse(matrix: &Matrix) -> Analysis {
    let ranking = Weighing::weighted(matrix).ranking();
    let claims = score::claims(matrix);
    let scores = score::scores(matrix);
    Analysis {
        outcome: outcome(matrix, &ranking, &claims, &scores),
        unrated: scores.iter().map(|score| score.unrated).sum(),
        cells: matrix.claims.len() * matrix.hypotheses.len(),
        sensitivity: sensitivity(matrix),
        unseparated: unseparated(matrix),
        scores,
        ranking,
        claims,
    }
}

fn outcome(
    matrix: &Matrix,
    ranking: &Ranking,
    claims: &[ClaimReport],
    scores: &[Score],
) -> Outcome {
    match matrix.hypotheses.len() {
        0 => return Outcome::NoHypothesis,
        1 => return Outcome::OneHypothesis,
        _ => {}
    }
    if scores.iter().all(|score| score.rated == 0) {
        return Outcome::NothingRated;
    }
    let leaders = ranking.leaders();
    // A mark that only one hypothesis has moves its score, though the claim tells nothing apart.
    if leaders.len() == scores.len() && !claims.iter().any(|claim| claim.moves_ranking) {
        return Outcome::NothingDiagnostic;
    }
    match <[String; 1]>::try_from(leaders) {
        Ok([leader]) => Outcome::Leads { leader },
        Err(leaders) => Outcome::Tied { leaders },
    }
}
