//! Which hypotheses the matrix doesn't tell apart.

use super::Matrix;
use super::score::{Weighing, is_tie};
use schemars::JsonSchema;
use serde::Serialize;

/// Two hypotheses that the matrix doesn't tell apart for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unseparated {
    /// One of them, the first in the matrix' order.
    pub first: String,
    /// The other.
    pub second: String,
    /// Why; the plainest reason that holds.
    pub why: Separation,
}

/// Why two hypotheses don't separate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Separation {
    /// No claim was rated for both.
    NothingInCommon,
    /// They have the same mark on every claim.
    SameMarks,
    /// No claim that was rated for both counts differently against them.
    NoDiagnosticClaim,
    /// Claims differ, but what they count comes to the same.
    Tied,
    /// Without one of these claims the order turns, or is a tie.
    TurnsOnOneClaim {
        /// Each of them is enough.
        claims: Vec<String>,
    },
}

/// All pairs that don't separate, in the matrix' order.
pub(super) fn unseparated(matrix: &Matrix) -> Vec<Unseparated> {
    let weighing = Weighing::weighted(matrix);
    let scores = weighing.scores();
    let mut pairs = Vec::new();
    for a in 0..scores.len() {
        for b in a + 1..scores.len() {
            if let Some(why) = reason(&weighing, (a, b), (scores[a], scores[b])) {
                pairs.push(Unseparated {
                    first: matrix.hypotheses[a].id.clone(),
                    second: matrix.hypotheses[b].id.clone(),
                    why,
                });
            }
        }
    }
    pairs
}

fn reason(
    weighing: &Weighing<'_>,
    (a, b): (usize, usize),
    (of_a, of_b): (f64, f64),
) -> Option<Separation> {
    let matrix = weighing.matrix;
    let rated = |claim: usize, h: usize| matrix.marks[claim][h].filter(|m| m.value().is_some());
    let n_claims = matrix.claims.len();
    let in_common: Vec<usize> = (0..n_claims)
        .filter(|&c| rated(c, a).is_some() && rated(c, b).is_some())
        .collect();
    if in_common.is_empty() {
        return Some(Separation::NothingInCommon);
    }
    if (matrix.marks.iter()).all(|row| row[a] == row[b]) {
        return Some(Separation::SameMarks);
    }
    let tells = |&claim: &usize| {
        let counts = matrix.claims[claim].weight() > 0.0;
        let against = |h| rated(claim, h).map(super::Mark::against);
        counts && against(a) != against(b)
    };
    if !in_common.iter().any(tells) {
        return Some(Separation::NoDiagnosticClaim);
    }
    if is_tie(of_a, of_b) {
        return Some(Separation::Tied);
    }
    let turning: Vec<String> = (0..n_claims)
        .filter(|&claim| {
            let rest = Weighing::weighted(matrix).without(|idx| idx == claim);
            let (rest_a, rest_b) = (rest.score(a, None), rest.score(b, None));
            is_tie(rest_a, rest_b) || (rest_a > rest_b) != (of_a > of_b)
        })
        .map(|claim| matrix.claims[claim].id.clone())
        .collect();
    (!turning.is_empty()).then_some(Separation::TurnsOnOneClaim { claims: turning })
}
