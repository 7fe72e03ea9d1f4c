//! The procedural model: what the decision rule, vetoes and the agenda let through.
//!
//! On one line with preferences that fall off alike on both sides, all of it is intervals. A right
//! coalition is who stands beyond a point to its right; it would leave that point as soon as it is
//! decisive, and likewise to the left. The points that neither side would leave are the core.

#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::{Bench, Council, Simulation, weighted_median};

/// Who decides, and who proposes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProceduralOptions {
    /// How many votes a decision takes; a veto, where an actor has one, comes on top.
    pub rule: DecisionRule,
    /// Who sets the agenda.
    pub agenda: Agenda,
}

/// How many votes a decision takes. Whoever has capability has a vote, whatever its salience.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecisionRule {
    /// More than half of the members, each with one vote.
    SimpleMajority,
    /// More than half of the members' capability.
    Majority,
    /// At least this share of the members' capability; above 0.5 and up to 1.
    QualifiedMajority {
        /// The share.
        quota: f64,
    },
    /// All members.
    Unanimity,
}

/// Who sets the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agenda {
    /// Nobody: the core's point nearest to the status quo is reached (Tsebelis 2002).
    Open,
    /// This actor of the council, with or without a vote, makes an offer to take or leave: what
    /// passes nearest to its own position (Romer and Rosenthal 1978).
    Setter(usize),
    /// What passes nearest to the members' weighted median (Black 1958).
    Median,
}

impl Default for ProceduralOptions {
    /// Simple majority, and nobody who sets the agenda.
    fn default() -> Self {
        Self {
            rule: DecisionRule::SimpleMajority,
            agenda: Agenda::Open,
        }
    }
}

/// Why the procedural model can't run.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ProceduralError {
    /// Nothing is known of what happens without a decision.
    #[error("issue {issue:?} has no status quo, and a procedure starts from one")]
    NoStatusQuo {
        /// The issue.
        issue: String,
    },
    /// A quota would let two opposed coalitions decide, or none.
    #[error("the quota is {quota}; give a share above 0.5 and up to 1")]
    Quota {
        /// The quota.
        quota: f64,
    },
    /// Nobody who takes part in the issue has a vote.
    #[error("issue {issue:?} has no member with capability, and so no vote")]
    NoVote {
        /// The issue.
        issue: String,
    },
    /// The agenda setter has no position to work for.
    #[error("the agenda setter, actor {setter}, takes no part in issue {issue:?}")]
    SetterAbsent {
        /// The actor's index in the council.
        setter: usize,
        /// The issue.
        issue: String,
    },
}

/// What a procedure lets through on one issue; positions in its units.
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    /// Where the policy stands without a decision.
    pub status_quo: f64,
    /// The core: the points that no decisive coalition would leave, from its low to its high end.
    pub core: (f64, f64),
    /// Which actors of the council stand at the core's low end, and which at its high end: without
    /// their consent the policy doesn't pass them.
    pub pivots: (Vec<usize>, Vec<usize>),
    /// The winset: the points that a decisive coalition likes at least as well as the status quo,
    /// from its low to its high end; both are the status quo where it is in the core.
    pub winset: (f64, f64),
    /// What is decided.
    pub outcome: f64,
}

/// Reckons what the procedure decides on each issue alone, at once.
///
/// # Errors
/// [`ProceduralError`] names the first issue that has no status quo, no voter or no setter, or the
/// quota out of its bounds.
///
/// # Example
/// ```
/// use yalu_council::{Actor, Council, Issue, ProceduralOptions, Stake, simulate_procedural};
///
/// let issue = Issue { id: "aid".to_owned(), low: 0.0, high: 100.0, status_quo: Some(10.0) };
/// let member = |id: &str, position, veto| Actor {
///     id: id.to_owned(),
///     capability: 1.0,
///     stakes: vec![Some(Stake { position, salience: 1.0, capability: None })],
///     veto,
///     risk: None,
/// };
/// let members = vec![member("army", 30.0, true), member("party", 50.0, false), member("banks", 80.0, false)];
/// let council = Council::new(vec![issue], members)?;
/// // A majority would go to 50; the army's veto holds it at 30.
/// let run = simulate_procedural(&council, &ProceduralOptions::default())?;
/// assert_eq!(run.outcome, [30.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// Black (1958), The Theory of Committees and Elections; Romer and Rosenthal (1978), Public Choice
/// 33, 27-43; Steunenberg (1994), Journal of Institutional and Theoretical Economics 150, 642-669; Crombez (1996),
/// British Journal of Political Science 26, 199-228; Tsebelis (2002), Veto Players.
pub fn simulate_procedural(
    council: &Council,
    options: &ProceduralOptions,
) -> Result<Simulation, ProceduralError> {
    let each = (0..council.issues().len()).map(|k| procedure_on(council, k, options));
    let outcome: Result<Vec<f64>, _> = each.map(|p| p.map(|p| p.outcome)).collect();
    Ok(Simulation::at_once(council, outcome?))
}

/// The core, the winset and the outcome of one issue.
///
/// # Errors
/// As [`simulate_procedural`].
///
/// # Panics
/// Where there is no such issue.
pub fn procedure_on(
    council: &Council,
    issue: usize,
    options: &ProceduralOptions,
) -> Result<Procedure, ProceduralError> {
    let bench = council.on(issue);
    let name = || council.issues()[issue].id.clone();
    let ballot = Ballot::new(&bench, options.rule)?.ok_or_else(|| {
        let issue = name();
        ProceduralError::NoVote { issue }
    })?;
    let Some(status_quo) = bench.status_quo else {
        return Err(ProceduralError::NoStatusQuo { issue: name() });
    };
    let core = ballot.core(&bench.positions);
    let winset = winset(status_quo, core, &bench);
    let outcome = match options.agenda {
        Agenda::Open => status_quo.clamp(core.0, core.1),
        Agenda::Median => weighted_median(&bench).clamp(winset.0, winset.1),
        Agenda::Setter(setter) => {
            let seat = bench.actors.iter().position(|&a| a == setter);
            let issue = name();
            let seat = seat.ok_or(ProceduralError::SetterAbsent { setter, issue })?;
            bench.positions[seat].clamp(winset.0, winset.1)
        }
    };
    #[expect(clippy::float_cmp, reason = "the core's ends are positions")]
    let at = |point: f64| {
        let here = |&k: &usize| bench.positions[k] == point && ballot.counts(k);
        (0..bench.len())
            .filter(here)
            .map(|k| bench.actors[k])
            .collect()
    };
    let pivots = (at(core.0), at(core.1));
    Ok(Procedure {
        status_quo,
        core,
        pivots,
        winset,
        outcome,
    })
}

/// Who has how many votes of how many that are needed.
struct Ballot<'a> {
    votes: Vec<f64>,
    needed: f64,
    vetoes: &'a [bool],
}

impl<'a> Ballot<'a> {
    /// None where nobody has a vote.
    fn new(bench: &'a Bench, rule: DecisionRule) -> Result<Option<Self>, ProceduralError> {
        let heads = || {
            bench
                .capabilities
                .iter()
                .map(|&c| f64::from(u8::from(c > 0.0)))
        };
        let (votes, share): (Vec<f64>, _) = match rule {
            DecisionRule::SimpleMajority => (heads().collect(), None),
            DecisionRule::Unanimity => (heads().collect(), Some(1.0)),
            DecisionRule::Majority => (bench.capabilities.clone(), None),
            DecisionRule::QualifiedMajority { quota } => {
                if !(quota > 0.5 && quota <= 1.0) {
                    return Err(ProceduralError::Quota { quota });
                }
                (bench.capabilities.clone(), Some(quota))
            }
        };
        let all: f64 = votes.iter().sum();
        // Votes of shares are summed in one order or another: their last bits decide nothing.
        let needed = match share {
            Some(share) => share * all * (1.0 - 1e-12),
            None => all / 2.0 * (1.0 + 1e-12),
        };
        Ok((all > 0.0).then_some(Self {
            votes,
            needed,
            vetoes: &bench.vetoes,
        }))
    }

    /// Whether this actor can matter to a decision.
    fn counts(&self, k: usize) -> bool {
        self.votes[k] > 0.0 || self.vetoes[k]
    }

    /// Whether those who pass can decide by themselves.
    fn decisive(&self, pass: impl Fn(usize) -> bool) -> bool {
        let everyone = 0..self.votes.len();
        if everyone.clone().any(|k| self.vetoes[k] && !pass(k)) {
            return false;
        }
        everyone
            .filter(|&k| pass(k))
            .map(|k| self.votes[k])
            .sum::<f64>()
            >= self.needed
    }

    /// The points that neither who stand beyond them to the right nor to the left would leave.
    ///
    /// Its ends are positions, since the coalitions change only there. It isn't empty: with more
    /// than half of the votes needed, two coalitions without a common member don't both decide.
    fn core(&self, positions: &[f64]) -> (f64, f64) {
        let mut low = f64::INFINITY;
        let mut high = f64::NEG_INFINITY;
        for (k, &x) in positions.iter().enumerate() {
            if !self.counts(k) {
                continue;
            }
            if !self.decisive(|i| positions[i] > x) {
                low = low.min(x);
            }
            if !self.decisive(|i| positions[i] < x) {
                high = high.max(x);
            }
        }
        (low, high)
    }
}

/// What a decisive coalition likes at least as well as the status quo.
///
/// Left of the core, a decisive coalition stands at its low end or to the right, and whoever stands
/// at that end is needed: it goes along as far as the point that mirrors the status quo.
fn winset(status_quo: f64, (low, high): (f64, f64), bench: &Bench) -> (f64, f64) {
    if status_quo < low {
        (status_quo, (2.0 * low - status_quo).min(bench.high))
    } else if status_quo > high {
        ((2.0 * high - status_quo).max(bench.low), status_quo)
    } else {
        (status_quo, status_quo)
    }
}
