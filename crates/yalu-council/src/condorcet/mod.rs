//! The probabilistic Condorcet election: every option against every other, and how likely each is to
//! come out on top.

mod tally;
pub(crate) mod votes;

use thiserror::Error;

use crate::council::{Bench, Council};
use crate::simulation::Simulation;
pub(crate) use tally::Tally;
pub use votes::VotingRule;

/// How the strengths of two coalitions become the probability that the first wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VictoryModel {
    /// Its share of both strengths.
    #[default]
    Linear,
    /// The share of their squares.
    Square,
    /// The share of their fourth powers.
    Quartic,
    /// The share of their eighth powers.
    Octic,
    /// An edge of 10 % or more decides (but for one in a million); linear in the share between.
    Binary,
}

/// How the outcomes of all pairs become one probability for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PceForm {
    /// The probability that an option beats all others, given that one does and that the contests
    /// are independent: the product of its victories, scaled to a sum of 1.
    #[default]
    Conditional,
    /// The rest of a Markov process: the favourite is challenged by each option in proportion to the
    /// support that the challenge would have, and yields with the probability of its defeat.
    MarkovIncentive,
    /// The same where every option challenges equally often.
    MarkovUniform,
}

/// How an election is held. The defaults are those with which KTAB runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CondorcetOptions {
    /// How differences in utility become votes; proportional unless said otherwise.
    pub voting: VotingRule,
    /// How strengths become probabilities; linear unless said otherwise.
    pub victory: VictoryModel,
    /// How pairs become one distribution; conditional unless said otherwise.
    pub form: PceForm,
}

/// What is wrong with an election.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CondorcetError {
    /// Nobody votes.
    #[error("the election has no voter")]
    NoVoter,
    /// There is nothing to vote on.
    #[error("the election has no option")]
    NoOption,
    /// There are more or fewer rows of utilities than voters.
    #[error("{rows} rows of utilities for {voters} voters")]
    Voters {
        /// The rows.
        rows: usize,
        /// The voters.
        voters: usize,
    },
    /// A voter has another number of utilities than the first.
    #[error("voter {voter} has {got} utilities for {options} options")]
    Options {
        /// The voter.
        voter: usize,
        /// Its utilities.
        got: usize,
        /// The options.
        options: usize,
    },
    /// A weight is negative, no number, or above 1e100.
    #[error("voter {voter} has weight {value}, outside 0 to 1e100")]
    Weight {
        /// The voter.
        voter: usize,
        /// The weight.
        value: f64,
    },
    /// A utility lies outside [0, 1].
    #[error("option {option} has utility {value} to voter {voter}, outside 0 to 1")]
    Utility {
        /// The voter.
        voter: usize,
        /// The option.
        option: usize,
        /// The utility.
        value: f64,
    },
}

/// The largest weight whose votes can be added and multiplied without overflow.
pub(crate) const MOST_WEIGHT: f64 = 1e100;

/// An election that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct Election {
    /// How likely each option is to come out on top; they add up to 1.
    pub probabilities: Vec<f64>,
    /// Strength for the row's option over the column's, in the weights' units.
    pub coalitions: Vec<Vec<f64>>,
    /// The probability that the row's option beats the column's; one half against itself.
    pub victories: Vec<Vec<f64>>,
}

impl Election {
    /// The option with the greatest probability, the first of those that tie to one in a billion.
    pub fn likeliest(&self) -> usize {
        likeliest_of(&self.probabilities)
    }

    /// The option that more strength favours against each other option, if there is one.
    pub fn condorcet_winner(&self) -> Option<usize> {
        let c = &self.coalitions;
        let beats = |i: usize, j: usize| i == j || c[i][j] > c[j][i];
        (0..c.len()).find(|&i| (0..c.len()).all(|j| beats(i, j)))
    }
}

/// Sums in another order differ in their last bits: what they hardly tell apart is a tie.
pub(crate) fn likeliest_of(probabilities: &[f64]) -> usize {
    let most = probabilities.iter().fold(0.0_f64, |a, &b| a.max(b));
    let wins = |p: &f64| *p >= most * (1.0 - 1e-9);
    probabilities.iter().position(wins).unwrap_or(0)
}

/// Holds an election over options whose utilities to each voter are known.
///
/// `weights`: one for each voter, in any unit that all share; voters without weight change nothing.
/// `utilities`: one row for each voter, one figure in [0, 1] for each option.
///
/// For every pair of options the votes add up to two coalitions, whose strengths give the
/// probability that either wins; [`PceForm`] makes one distribution of all pairs. Whether the
/// likeliest option is the Condorcet winner depends on the rules: see [`simulate_condorcet`].
///
/// # Errors
/// [`CondorcetError`] names the first figure that doesn't fit.
///
/// # Source
/// Wise, Lester and Efird (2015), *Multidimensional Bargaining Using KTAB*, KAPSARC.
///
/// ```
/// use yalu_council::{CondorcetOptions, condorcet_election};
/// let utilities = [vec![1.0, 0.0], vec![0.0, 1.0]];
/// let election = condorcet_election(&[2.0, 1.0], &utilities, &CondorcetOptions::default())?;
/// assert!((election.probabilities[0] - 2.0 / 3.0).abs() < 1e-8);
/// # Ok::<(), yalu_council::CondorcetError>(())
/// ```
pub fn condorcet_election(
    weights: &[f64],
    utilities: &[Vec<f64>],
    options: &CondorcetOptions,
) -> Result<Election, CondorcetError> {
    check(weights, utilities)?;
    let n = utilities[0].len();
    let by_option: Vec<f64> = (0..n)
        .flat_map(|option| utilities.iter().map(move |row| row[option]))
        .collect();
    let mut tally = Tally::default();
    tally.count(*options, weights, &by_option);
    Ok(Election {
        coalitions: tally
            .coalitions
            .chunks_exact(n)
            .map(<[f64]>::to_vec)
            .collect(),
        victories: tally
            .victories
            .chunks_exact(n)
            .map(<[f64]>::to_vec)
            .collect(),
        probabilities: tally.probabilities,
    })
}

fn check(weights: &[f64], utilities: &[Vec<f64>]) -> Result<(), CondorcetError> {
    let (rows, voters) = (utilities.len(), weights.len());
    if voters == 0 {
        return Err(CondorcetError::NoVoter);
    }
    if rows != voters {
        return Err(CondorcetError::Voters { rows, voters });
    }
    let options = utilities[0].len();
    if options == 0 {
        return Err(CondorcetError::NoOption);
    }
    for (voter, (&value, row)) in weights.iter().zip(utilities).enumerate() {
        // Written so that a value that is no number fails too.
        if !(0.0..=MOST_WEIGHT).contains(&value) {
            return Err(CondorcetError::Weight { voter, value });
        }
        let got = row.len();
        if got != options {
            return Err(CondorcetError::Options {
                voter,
                got,
                options,
            });
        }
        if let Some(option) = row.iter().position(|u| !(0.0..=1.0).contains(u)) {
            let value = row[option];
            return Err(CondorcetError::Utility {
                voter,
                option,
                value,
            });
        }
    }
    Ok(())
}

/// Holds an election over the positions that actors take, issue by issue, without rounds.
///
/// The options are the distinct positions on the issue, in ascending order; an option's utility to
/// an actor is 1 less the distance from its own position as a share of the scale; its weight is
/// capability times salience. The outcome is the likeliest position (the lower of two that tie).
///
/// With [`VictoryModel::Binary`] the outcome is the Condorcet winner wherever that has an edge of
/// 10 % over each other position, for every voting rule and every form: it then beats each other but
/// for one time in a million. The softer victory models weigh how well an option does against all
/// others and can pass over the Condorcet winner if there are three options or more. The winner of
/// binary and of proportional votes is the weighted median; [`crate::weighted_median`] gives it
/// without an election.
///
/// # Errors
/// [`CondorcetError::Weight`] where a capability is above 1e100.
///
/// # Source
/// Black (1958), *The Theory of Committees and Elections*, for the winner on a line; Wise, Lester
/// and Efird (2015), *Multidimensional Bargaining Using KTAB*, for the probabilities.
pub fn simulate_condorcet(
    council: &Council,
    options: &CondorcetOptions,
) -> Result<Simulation, CondorcetError> {
    let issues = 0..council.issues().len();
    let outcome = issues.map(|k| elect_position(&council.on(k), *options));
    Ok(Simulation::at_once(
        council,
        outcome.collect::<Result<_, _>>()?,
    ))
}

fn elect_position(bench: &Bench, options: CondorcetOptions) -> Result<f64, CondorcetError> {
    let mut positions = bench.positions.clone();
    positions.sort_by(f64::total_cmp);
    positions.dedup();
    let range = bench.high - bench.low;
    let utilities: Vec<Vec<f64>> = bench
        .positions
        .iter()
        .map(|own| {
            positions
                .iter()
                .map(|x| 1.0 - ((x - own) / range).abs())
                .collect()
        })
        .collect();
    let election = condorcet_election(&bench.weights(), &utilities, &options)?;
    Ok(positions[election.likeliest()])
}

#[cfg(test)]
mod tests;
