//! Stated probabilities instead of marks: Bayes' rule over competing hypotheses.

use super::{Claim, Hypothesis};
use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

/// What one claim does to the odds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ClaimLikelihood {
    /// The claim.
    pub claim: String,
    /// ln P(claim | h) − ln P(claim | r) for each hypothesis h, in their order, where r is the one
    /// that the claim favours most: 0 for that one, below for others, in nats.
    pub log_ratios: Vec<f64>,
    /// How far it drives the hypotheses apart: the greatest log-likelihood ratio of two, in nats; 0
    /// where it tells nothing.
    pub log_range: f64,
    /// Posterior probabilities without this claim, in the order of the hypotheses.
    pub posterior_without: Vec<f64>,
}

/// What is believed of one hypothesis.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Posterior {
    /// The hypothesis.
    pub hypothesis: String,
    /// Its probability before the evidence, as stated.
    pub prior: f64,
    /// The log-likelihood of all claims that count, in nats.
    pub log_likelihood: f64,
    /// Its probability given those claims.
    pub posterior: f64,
}

/// What stated probabilities come to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Likelihoods {
    /// By hypothesis, in their order.
    pub posteriors: Vec<Posterior>,
    /// The claims that count, those that tell most first, then by name.
    pub claims: Vec<ClaimLikelihood>,
    /// Claims left out since a hypothesis has no probability for them.
    pub left_out: Vec<String>,
    /// Pairs of claims that share a source, so that they are hardly independent.
    pub shared_sources: Vec<(String, String)>,
}

impl Likelihoods {
    /// What must be said beside the figures.
    pub const WARNING: &'static str = "these probabilities hold only if, given each hypothesis, no \
        claim makes another likelier, if the hypotheses exclude each other and leave nothing out, \
        and if the stated probabilities are right";
}

/// Why there are no posterior probabilities.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LikelihoodError {
    /// There is nothing to compare.
    #[error("{got} hypotheses; probabilities are shared among at least 2")]
    TooFew {
        /// Hypotheses.
        got: usize,
    },
    /// There isn't a prior for each hypothesis.
    #[error("{got} priors for {hypotheses} hypotheses")]
    Priors {
        /// Priors.
        got: usize,
        /// Hypotheses.
        hypotheses: usize,
    },
    /// A prior isn't a probability above 0.
    #[error("the prior of `{hypothesis}` is {value}, not above 0 and below 1")]
    Prior {
        /// The hypothesis.
        hypothesis: String,
        /// Its prior.
        value: f64,
    },
    /// The priors leave something out.
    #[error("the priors sum to {sum}, not to 1")]
    PriorSum {
        /// Their sum.
        sum: f64,
    },
    /// The table hasn't a cell for each claim and hypothesis.
    #[error("row {row} of the probabilities has {got} cells for {hypotheses} hypotheses")]
    Cells {
        /// The row, that is the claim's index.
        row: usize,
        /// Its cells.
        got: usize,
        /// Hypotheses.
        hypotheses: usize,
    },
    /// The table hasn't a row for each claim.
    #[error("{got} rows of probabilities for {claims} claims")]
    Rows {
        /// Rows.
        got: usize,
        /// Claims.
        claims: usize,
    },
    /// A cell isn't a probability above 0.
    #[error("P({claim} | {hypothesis}) is {value}, not above 0 and at most 1")]
    Probability {
        /// The claim.
        claim: String,
        /// The hypothesis.
        hypothesis: String,
        /// The cell.
        value: f64,
    },
}

impl LikelihoodError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::TooFew { .. } => "state at least one rival",
            Self::Priors { .. } => "state a prior for each hypothesis",
            Self::Prior { .. } => "leave a hypothesis out that you hold for impossible",
            Self::PriorSum { .. } => "let them sum to 1; add `something else` for what is left",
            Self::Cells { .. } => "give each hypothesis a cell, empty if nobody has stated it",
            Self::Rows { .. } => "give each claim a row, empty if nobody has stated it",
            Self::Probability { .. } => {
                "write a small number such as 0.001 rather than 0: a 0 could never be outweighed"
            }
        }
    }
}

/// How far the stated priors may miss 1: what figures of nine decimals can't help.
const SUM_SLACK: f64 = 1e-6;

/// Posterior probabilities of `hypotheses` from stated `priors` and `p[claim][hypothesis]`, the
/// stated probability of the claim if the hypothesis is true.
///
/// A claim counts only where every hypothesis has a probability for it; others are named. Priors
/// that miss 1 by less than 1e-6 are taken as they stand: the posterior is normalised. Claims'
/// weights play no part: a doubtful claim has probabilities nearer to each other.
///
/// # Errors
/// [`LikelihoodError`] where the shape doesn't fit or a number is no probability above 0.
///
/// # Source
/// Good (1950), *Probability and the Weighing of Evidence*. Read [`Likelihoods::WARNING`] with it.
pub fn likelihoods(
    hypotheses: &[Hypothesis],
    claims: &[Claim],
    priors: &[f64],
    p: &[Vec<Option<f64>>],
) -> Result<Likelihoods, LikelihoodError> {
    check_priors(hypotheses, priors)?;
    check_cells(hypotheses, claims, p)?;
    let mut counted = Vec::new();
    let mut left_out = Vec::new();
    for (claim, row) in claims.iter().zip(p) {
        match row.iter().copied().collect::<Option<Vec<f64>>>() {
            Some(row) => counted.push((claim, row.into_iter().map(f64::ln).collect())),
            None => left_out.push(claim.id.clone()),
        }
    }
    let sums = log_likelihoods(&counted, hypotheses.len(), None);
    let all = hypotheses.iter().zip(priors);
    let posteriors = all
        .zip(sums.iter().zip(posterior(priors, &sums)))
        .map(
            |((hypothesis, &prior), (&log_likelihood, posterior))| Posterior {
                hypothesis: hypothesis.id.clone(),
                prior,
                log_likelihood,
                posterior,
            },
        )
        .collect();
    Ok(Likelihoods {
        posteriors,
        claims: claim_likelihoods(&counted, priors),
        left_out,
        shared_sources: shared_sources(&counted),
    })
}

type Counted<'a> = (&'a Claim, Vec<f64>);

fn check_priors(hypotheses: &[Hypothesis], priors: &[f64]) -> Result<(), LikelihoodError> {
    let n = hypotheses.len();
    if n < 2 {
        return Err(LikelihoodError::TooFew { got: n });
    }
    if priors.len() != n {
        return Err(LikelihoodError::Priors {
            got: priors.len(),
            hypotheses: n,
        });
    }
    for (hypothesis, &value) in hypotheses.iter().zip(priors) {
        if !(value > 0.0 && value < 1.0) {
            let hypothesis = hypothesis.id.clone();
            return Err(LikelihoodError::Prior { hypothesis, value });
        }
    }
    let sum: f64 = priors.iter().sum();
    if (sum - 1.0).abs() > SUM_SLACK {
        return Err(LikelihoodError::PriorSum { sum });
    }
    Ok(())
}

fn check_cells(
    hypotheses: &[Hypothesis],
    claims: &[Claim],
    p: &[Vec<Option<f64>>],
) -> Result<(), LikelihoodError> {
    if p.len() != claims.len() {
        return Err(LikelihoodError::Rows {
            got: p.len(),
            claims: claims.len(),
        });
    }
    for (row, cells) in p.iter().enumerate() {
        if cells.len() != hypotheses.len() {
            return Err(LikelihoodError::Cells {
                row,
                got: cells.len(),
                hypotheses: hypotheses.len(),
            });
        }
        for (hypothesis, cell) in hypotheses.iter().zip(cells) {
            if let Some(value) = *cell
                && !(value > 0.0 && value <= 1.0)
            {
                return Err(LikelihoodError::Probability {
                    claim: claims[row].id.clone(),
                    hypothesis: hypothesis.id.clone(),
                    value,
                });
            }
        }
    }
    Ok(())
}

/// ln P(all claims but one | h), for each hypothesis.
fn log_likelihoods(counted: &[Counted<'_>], n: usize, without: Option<usize>) -> Vec<f64> {
    (0..n)
        .map(|hypothesis| {
            let rows = counted.iter().enumerate();
            let kept = rows.filter(|(at, _)| Some(*at) != without);
            let mut parts: Vec<f64> = kept.map(|(_, (_, row))| row[hypothesis]).collect();
            // Added up in the order of size: the order of claims must not show in the last bits.
            parts.sort_by(f64::total_cmp);
            parts.iter().sum::<f64>() + 0.0
        })
        .collect()
}

/// Bayes' rule on logarithms, safe where likelihoods are too small for a float.
fn posterior(priors: &[f64], log_likelihoods: &[f64]) -> Vec<f64> {
    let logs: Vec<f64> = (priors.iter().zip(log_likelihoods))
        .map(|(prior, log)| prior.ln() + log)
        .collect();
    let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - greatest).exp()).collect();
    let mut ascending = weights.clone();
    ascending.sort_by(f64::total_cmp);
    let sum: f64 = ascending.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

fn claim_likelihoods(counted: &[Counted<'_>], priors: &[f64]) -> Vec<ClaimLikelihood> {
    let mut claims: Vec<ClaimLikelihood> = (counted.iter().enumerate())
        .map(|(at, (claim, row))| {
            let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let log_ratios: Vec<f64> = row.iter().map(|log| log - best).collect();
            let rest = log_likelihoods(counted, priors.len(), Some(at));
            ClaimLikelihood {
                claim: claim.id.clone(),
                log_range: log_ratios
                    .iter()
                    .fold(0.0, |range, log| f64::max(range, -log)),
                log_ratios,
                posterior_without: posterior(priors, &rest),
            }
        })
        .collect();
    claims.sort_by(|a, b| {
        let by_size = b.log_range.total_cmp(&a.log_range);
        by_size.then_with(|| a.claim.cmp(&b.claim))
    });
    claims
}

fn shared_sources(counted: &[Counted<'_>]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (at, (a, _)) in counted.iter().enumerate() {
        for (b, _) in &counted[at + 1..] {
            if a.sources.iter().any(|source| b.sources.contains(source)) {
                pairs.push((a.id.clone(), b.id.clone()));
            }
        }
    }
    pairs
}
