//! Competing hypotheses: which of several stories the evidence speaks least against.
//!
//! Heuer's analysis of competing hypotheses sets claims in rows and hypotheses in columns, and marks
//! each cell: how consistent is this claim with this hypothesis? What is consistent with several
//! hypotheses decides nothing, so hypotheses are ranked by the evidence *against* them: the one with
//! the least leads. The ranking is not a proof, and no probability; [`analyse`] says beside it how
//! little would turn it. [`likelihoods`] is for those who dare to state probabilities instead.
//!
//! # Source
//! Heuer (1999), *Psychology of Intelligence Analysis*, chapter 8; Good, Shrager, Stefik, Pirolli and
//! Card, *ACH1.1: A Tool for Analyzing Competing Hypotheses, Technical Description*, PARC. Formulas, a
//! case by hand and limits: `docs/methods/competing-hypotheses.md`.

mod analysis;
mod likelihood;
mod score;
mod sensitivity;
mod separation;
#[cfg(test)]
mod tests;

pub use analysis::{Analysis, Outcome, analyse};
pub use likelihood::{ClaimLikelihood, LikelihoodError, Likelihoods, Posterior, likelihoods};
pub use score::{ClaimReport, Placed, Ranking, Score};
pub use sensitivity::{Change, Linchpin, Robustness, Sensitivity, Tally, Variation};
pub use separation::{Separation, Unseparated};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How consistent a claim is with a hypothesis.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Mark {
    /// Very consistent: it would be expected if the hypothesis were true.
    #[serde(rename = "CC")]
    VeryConsistent,
    /// Consistent.
    #[serde(rename = "C")]
    Consistent,
    /// Neutral: it says nothing for or against.
    #[serde(rename = "N")]
    Neutral,
    /// Inconsistent.
    #[serde(rename = "I")]
    Inconsistent,
    /// Very inconsistent: it would hardly be so if the hypothesis were true.
    #[serde(rename = "II")]
    VeryInconsistent,
    /// The question doesn't arise under this hypothesis.
    #[serde(rename = "NA")]
    NotApplicable,
}

impl Mark {
    /// All marks, from very consistent to very inconsistent, then not applicable.
    pub const ALL: [Self; 6] = [
        Self::VeryConsistent,
        Self::Consistent,
        Self::Neutral,
        Self::Inconsistent,
        Self::VeryInconsistent,
        Self::NotApplicable,
    ];

    /// The short form that a matrix holds: CC, C, N, I, II, NA.
    pub fn code(self) -> &'static str {
        ["CC", "C", "N", "I", "II", "NA"][self as usize]
    }

    /// The mark in words.
    pub fn words(self) -> &'static str {
        [
            "very consistent",
            "consistent",
            "neutral",
            "inconsistent",
            "very inconsistent",
            "not applicable",
        ][self as usize]
    }

    /// Where it stands on the line from 2 (very consistent) to −2 (very inconsistent); nothing where
    /// it doesn't apply.
    pub fn value(self) -> Option<i8> {
        (self != Self::NotApplicable).then_some(2 - self as i8)
    }

    /// What it counts against the hypothesis: −1 for inconsistent, −2 for very inconsistent, else 0.
    pub fn against(self) -> i8 {
        self.value().map_or(0, |value| value.min(0))
    }

    /// The marks one step to either side, where there are such.
    fn neighbours(self) -> impl Iterator<Item = Self> {
        let at = self as usize;
        let (before, after) = match self {
            Self::NotApplicable => (None, None),
            _ => (at.checked_sub(1), (at < 4).then_some(at + 1)),
        };
        before.into_iter().chain(after).map(|idx| Self::ALL[idx])
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is no mark.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` isn't a mark")]
pub struct MarkError {
    /// The text.
    pub text: String,
}

impl MarkError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        "write CC, C, N, I, II or NA; leave a cell out that nobody has rated yet"
    }
}

impl FromStr for Mark {
    type Err = MarkError;

    /// Reads a short form; small letters and blanks around it do no harm.
    ///
    /// # Errors
    /// [`MarkError`] where it is none.
    fn from_str(text: &str) -> Result<Self, MarkError> {
        let code = text.trim().to_ascii_uppercase();
        let found = Self::ALL.into_iter().find(|mark| mark.code() == code);
        found.ok_or_else(|| MarkError { text: text.into() })
    }
}

/// One of the stories that compete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hypothesis {
    /// Its short name, unique in the matrix.
    pub id: String,
}

/// An item of evidence or argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// Its short name, unique in the matrix.
    pub id: String,
    /// How far it is to be believed, in [0, 1]; of a grade by
    /// [`GradeWeights::weight`](crate::admiralty::GradeWeights::weight).
    pub credibility: f64,
    /// How much it bears on the question, in [0, 1].
    pub relevance: f64,
    /// The sources that it rests on, each enough by itself; none if it is the analyst's own argument.
    pub sources: Vec<String>,
}

impl Claim {
    /// What it counts for in the weighted scores: credibility times relevance, in [0, 1].
    pub fn weight(&self) -> f64 {
        self.credibility * self.relevance
    }
}

/// Claims by hypotheses, with a mark in each cell that somebody has rated.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    hypotheses: Vec<Hypothesis>,
    claims: Vec<Claim>,
    /// By claim, then by hypothesis.
    marks: Vec<Vec<Option<Mark>>>,
}

/// What is wrong with a matrix.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum MatrixError {
    /// Two hypotheses have one name.
    #[error("hypothesis `{id}` stands twice: {first} and {second}")]
    DuplicateHypothesis {
        /// The name.
        id: String,
        /// Index of the first.
        first: usize,
        /// Index of the second.
        second: usize,
    },
    /// Two claims have one name.
    #[error("claim `{id}` stands twice: {first} and {second}")]
    DuplicateClaim {
        /// The name.
        id: String,
        /// Index of the first.
        first: usize,
        /// Index of the second.
        second: usize,
    },
    /// A hypothesis or claim has no name.
    #[error("a {what} at {index} has no name")]
    NoName {
        /// `hypothesis` or `claim`.
        what: &'static str,
        /// Its index.
        index: usize,
    },
    /// A claim's credibility or relevance isn't a share.
    #[error("the {what} of claim `{claim}` is {value}, not in [0, 1]")]
    Weight {
        /// The claim.
        claim: String,
        /// `credibility` or `relevance`.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A claim names a source twice.
    #[error("claim `{claim}` names source `{source_id}` twice")]
    DuplicateSource {
        /// The claim.
        claim: String,
        /// The source.
        source_id: String,
    },
    /// There isn't a row of marks for each claim.
    #[error("{got} rows of marks for {claims} claims")]
    Rows {
        /// Rows of marks.
        got: usize,
        /// Claims.
        claims: usize,
    },
    /// A row hasn't a cell for each hypothesis.
    #[error("claim `{claim}` has {got} marks for {hypotheses} hypotheses")]
    Cells {
        /// The claim.
        claim: String,
        /// Cells in its row.
        got: usize,
        /// Hypotheses.
        hypotheses: usize,
    },
}

impl MatrixError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::DuplicateHypothesis { .. } | Self::DuplicateClaim { .. } => {
                "give each a name of its own"
            }
            Self::NoName { .. } => "give it a short name",
            Self::Weight { .. } => "write a number from 0 to 1, or a grade such as `B2`",
            Self::DuplicateSource { .. } => "name each source once",
            Self::Rows { .. } => "give each claim a row, empty if nobody has rated it",
            Self::Cells { .. } => "give each hypothesis a cell, empty if nobody has rated it",
        }
    }
}

impl Matrix {
    /// A matrix of `claims` × `hypotheses`: `marks[claim][hypothesis]`, nothing where nobody has
    /// rated the cell. All three may be empty.
    ///
    /// # Errors
    /// [`MatrixError`] where names repeat, a weight isn't a share, or the shape doesn't fit.
    pub fn new(
        hypotheses: Vec<Hypothesis>,
        claims: Vec<Claim>,
        marks: Vec<Vec<Option<Mark>>>,
    ) -> Result<Self, MatrixError> {
        let names: Vec<&str> = hypotheses.iter().map(|h| h.id.as_str()).collect();
        check_names("hypothesis", &names, |id, first, second| {
            MatrixError::DuplicateHypothesis { id, first, second }
        })?;
        let names: Vec<&str> = claims.iter().map(|c| c.id.as_str()).collect();
        check_names("claim", &names, |id, first, second| {
            MatrixError::DuplicateClaim { id, first, second }
        })?;
        claims.iter().try_for_each(check_claim)?;
        if marks.len() != claims.len() {
            let (got, claims) = (marks.len(), claims.len());
            return Err(MatrixError::Rows { got, claims });
        }
        for (claim, row) in claims.iter().zip(&marks) {
            if row.len() != hypotheses.len() {
                return Err(MatrixError::Cells {
                    claim: claim.id.clone(),
                    got: row.len(),
                    hypotheses: hypotheses.len(),
                });
            }
        }
        Ok(Self {
            hypotheses,
            claims,
            marks,
        })
    }

    /// The hypotheses, in the order given.
    pub fn hypotheses(&self) -> &[Hypothesis] {
        &self.hypotheses
    }

    /// The claims, in the order given.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The mark of a cell, nothing where nobody has rated it.
    ///
    /// # Panics
    /// Where there is no such claim or hypothesis.
    pub fn mark(&self, claim: usize, hypothesis: usize) -> Option<Mark> {
        self.marks[claim][hypothesis]
    }

    /// All sources that a claim rests on, in alphabetical order.
    pub fn sources(&self) -> Vec<&str> {
        let mut sources: Vec<&str> = (self.claims.iter())
            .flat_map(|claim| claim.sources.iter().map(String::as_str))
            .collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }
}

fn check_names(
    what: &'static str,
    names: &[&str],
    duplicate: impl Fn(String, usize, usize) -> MatrixError,
) -> Result<(), MatrixError> {
    for (second, name) in names.iter().enumerate() {
        if name.is_empty() {
            let index = second;
            return Err(MatrixError::NoName { what, index });
        }
        if let Some(first) = names[..second].iter().position(|other| other == name) {
            return Err(duplicate((*name).to_owned(), first, second));
        }
    }
    Ok(())
}

fn check_claim(claim: &Claim) -> Result<(), MatrixError> {
    let shares = [
        ("credibility", claim.credibility),
        ("relevance", claim.relevance),
    ];
    for (what, value) in shares {
        if !(0.0..=1.0).contains(&value) {
            let claim = claim.id.clone();
            return Err(MatrixError::Weight { claim, what, value });
        }
    }
    for (at, source) in claim.sources.iter().enumerate() {
        if claim.sources[..at].contains(source) {
            return Err(MatrixError::DuplicateSource {
                claim: claim.id.clone(),
                source_id: source.clone(),
            });
        }
    }
    Ok(())
}
