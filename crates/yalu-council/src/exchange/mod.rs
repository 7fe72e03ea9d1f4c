//! The exchange model: two actors each give way on the issue that matters less to them.

mod bargain;
mod table;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::simulation::starting_positions;
use crate::{Council, Move, MoveKind, Round, Simulation, Stop};
use table::Table;

/// How the exchange model is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExchangeOptions {
    /// How two who trade divide what they gain.
    pub division: Division,
    /// With whose moves the outcome is reckoned that a trade may not push past a demanded position.
    pub bound: OutcomeBound,
    /// Rounds; after each, whoever traded starts anew nearer to where it voted. At least 1.
    pub rounds: usize,
    /// The least gain for which anyone trades: length of the scale times salience, summed over both.
    pub least_gain: f64,
    /// How far a salience of 0 draws an actor's next start to where it voted, from 0 to 1; it
    /// shrinks to nothing as salience grows to 1.
    pub drift_by_salience: f64,
    /// How far everyone's next start is drawn to where it voted, whatever the salience.
    pub drift: f64,
}

/// How two who trade divide what they gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Division {
    /// Both gain the same (Stokman and Van Oosten 1994).
    EqualGain,
    /// Each gains the same share of the most that it could gain without the other's losing, the
    /// solution of Raiffa, Kalai and Smorodinsky (Kalai and Smorodinsky 1975; for exchanges Van
    /// Assen, Stokman and Van Oosten 2003).
    EqualShareOfIdeal,
}

/// With whose moves the outcome is reckoned that a trade may not push past a demanded position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeBound {
    /// All trades so far, so that no trade lowers either partner's utility.
    AllTrades,
    /// The trades in which this actor demanded on this issue, as the program of the authors' group
    /// does. Others' trades may have carried the outcome past its position, and it buys on; and
    /// where the outcome so reckoned is at its position or past it, nothing bounds a trade.
    OwnDemands,
}

impl Default for ExchangeOptions {
    /// One round of equal gains.
    fn default() -> Self {
        Self {
            division: Division::EqualGain,
            bound: OutcomeBound::AllTrades,
            rounds: 1,
            least_gain: 1e-12,
            drift_by_salience: 0.4,
            drift: 0.1,
        }
    }
}

/// Why the exchange model can't run.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// No round is asked for.
    #[error("the exchange model needs at least 1 round, got 0")]
    NoRound,
    /// The least gain is negative or no number.
    #[error("the least gain is {value}; give 0 or more")]
    LeastGain {
        /// The gain.
        value: f64,
    },
    /// The two drifts aren't shares that sum to 1 at most.
    #[error("the drifts are {by_salience} and {fixed}; give shares that sum to 1 at most")]
    Drift {
        /// The drift that salience lessens.
        by_salience: f64,
        /// The drift of everyone.
        fixed: f64,
    },
}

/// All trades of a run, and the run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeTrace {
    /// Rounds, positions and outcomes; before the first trade in its first round.
    pub simulation: Simulation,
    /// The trades in the order in which they were made.
    pub exchanges: Vec<Exchange>,
}

/// One trade between two actors over two issues.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The round, from 1.
    pub round: usize,
    /// What the two give, in the order of their issues.
    pub sides: [Side; 2],
    /// What it changes for each actor of the council, the two included: length of the scale times
    /// salience, summed over both issues. A third party's is its externality.
    pub effects: Vec<f64>,
}

/// What one actor gives in a trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Who gives.
    pub actor: usize,
    /// On which issue it moves.
    pub issue: usize,
    /// From where, in the issue's units.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// The outcome of the issue before the trade.
    pub outcome_before: f64,
    /// The outcome after it.
    pub outcome_after: f64,
    /// What the actor gains by the whole trade by the model's own reckoning: length of the scale
    /// times salience. [`Exchange::effects`] is more where others' trades had carried an outcome
    /// past its position.
    pub gain: f64,
}

/// Trades votes among actors, the trade that gains most first, until none is left.
///
/// The outcome of an issue is the mean of the positions voted for, weighted by capability times
/// salience, which is the outcome before any trade as well. A position voted for is never past what
/// the partner wants, and each actor's moves on an issue go one way. Equal gains go to the trade
/// whose issues, then actors, come first by name.
///
/// # Errors
/// [`ExchangeError`], where an option is out of its bounds.
///
/// # Example
/// ```
/// use yalu_council::{Actor, Council, ExchangeOptions, Issue, Stake, simulate_exchange};
///
/// let issue = |id: &str| Issue { id: id.to_owned(), low: 0.0, high: 100.0, status_quo: None };
/// let actor = |id: &str, [aid, trade]: [(f64, f64); 2]| {
///     let stake = |(position, salience)| Some(Stake { position, salience, capability: None });
///     let stakes = vec![stake(aid), stake(trade)];
///     Actor { id: id.to_owned(), capability: 1.0, stakes, veto: false, risk: None }
/// };
/// let army = actor("army", [(0.0, 0.8), (0.0, 0.2)]);
/// let banks = actor("banks", [(100.0, 0.4), (100.0, 0.6)]);
/// let council = Council::new(vec![issue("aid"), issue("trade")], vec![army, banks])?;
/// let run = simulate_exchange(&council, &ExchangeOptions::default())?;
/// // The banks give half of the way on aid, and get all of trade.
/// assert!((run.outcome[0] - 50.0 / 3.0).abs() < 1e-9);
/// assert!((run.outcome[1] - 100.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// Stokman and Van Oosten (1994), in European Community Decision Making, chapter 5. Held to the
/// program of the authors' group in `tests/reference/exchange.rs`.
pub fn simulate_exchange(
    council: &Council,
    options: &ExchangeOptions,
) -> Result<Simulation, ExchangeError> {
    trace_exchange(council, options).map(|trace| trace.simulation)
}

/// As [`simulate_exchange`], with every trade and whom else it touched.
///
/// # Errors
/// [`ExchangeError`], where an option is out of its bounds.
pub fn trace_exchange(
    council: &Council,
    options: &ExchangeOptions,
) -> Result<ExchangeTrace, ExchangeError> {
    options.check()?;
    let mut table = Table::new(council);
    let mut exchanges = Vec::new();
    let mut rounds = vec![Round {
        positions: starting_positions(council),
        outcome: table.outcome(council),
        moves: Vec::new(),
    }];
    let mut stop = Stop::RoundsPlayed;
    for round in 1..=options.rounds {
        let before = exchanges.len();
        play_round(council, options, &mut table, round, &mut exchanges);
        if exchanges.len() == before {
            stop = Stop::NoMove;
            break;
        }
        rounds.push(Round {
            positions: table.positions(council),
            outcome: table.outcome(council),
            moves: exchanges[before..]
                .iter()
                .flat_map(Exchange::moves)
                .collect(),
        });
        table.drift(options);
    }
    let outcome = rounds[rounds.len() - 1].outcome.clone();
    let stops = vec![stop; outcome.len()];
    let simulation = Simulation {
        outcome,
        rounds,
        stops,
    };
    Ok(ExchangeTrace {
        simulation,
        exchanges,
    })
}

/// Makes the best trade until none is left; a trade that once became impossible stays so.
fn play_round(
    council: &Council,
    options: &ExchangeOptions,
    table: &mut Table,
    round: usize,
    exchanges: &mut Vec<Exchange>,
) {
    let mut open = bargain::list(table, council);
    let mut terms: Vec<_> = open.iter().map(|b| b.terms(table, options)).collect();
    loop {
        let mut best: Option<usize> = None;
        for k in 0..open.len() {
            if terms[k].is_some() && best.is_none_or(|b| bargain::beats(terms[k], terms[b])) {
                best = Some(k);
            }
        }
        let Some(k) = best else { break };
        let made = open.remove(k);
        let Some(agreed) = terms.remove(k) else { break };
        exchanges.push(table.execute(council, round, &made, &agreed));
        for (b, t) in open.iter().zip(&mut terms) {
            if t.is_some() && b.touches(&made) {
                *t = b.terms(table, options);
            }
        }
    }
}

impl Exchange {
    fn moves(&self) -> [Move; 2] {
        let [a, b] = self.sides;
        [a.to_move(b.actor), b.to_move(a.actor)]
    }
}

impl Side {
    fn to_move(self, by: usize) -> Move {
        let Self {
            actor,
            issue,
            from,
            to,
            ..
        } = self;
        Move {
            actor,
            by: Some(by),
            issue,
            from,
            to,
            kind: MoveKind::Exchange,
        }
    }
}

impl ExchangeOptions {
    fn check(&self) -> Result<(), ExchangeError> {
        if self.rounds == 0 {
            return Err(ExchangeError::NoRound);
        }
        if !(self.least_gain.is_finite() && self.least_gain >= 0.0) {
            let value = self.least_gain;
            return Err(ExchangeError::LeastGain { value });
        }
        let (by_salience, fixed) = (self.drift_by_salience, self.drift);
        if !(by_salience >= 0.0 && fixed >= 0.0 && by_salience + fixed <= 1.0) {
            return Err(ExchangeError::Drift { by_salience, fixed });
        }
        Ok(())
    }
}
