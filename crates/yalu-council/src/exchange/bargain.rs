//! Possible trades, and on what terms two would make one.

use super::table::{Seat, Table};
use super::{Division, ExchangeOptions, OutcomeBound};
use crate::Council;

/// Gains that differ by less than this share are equal.
const ROUNDING: f64 = 1e-12;

/// Two actors who stand on opposite sides of the outcome on two issues, and weigh the two
/// differently: each supplies the issue on which the other demands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bargain {
    pub(super) sides: [Supply; 2],
    /// Where it stands among equals: its issues and actors in the order of their names.
    rank: [usize; 4],
}

/// Who moves on which issue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Supply {
    pub(super) supplier: usize,
    pub(super) issue: usize,
}

/// What the two would agree on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Where each would vote.
    pub(super) votes: [f64; 2],
    /// What each would gain.
    pub(super) gains: [f64; 2],
    rank: [usize; 4],
}

/// All pairs of actors and issues that may trade in this round.
pub(super) fn list(table: &Table, council: &Council) -> Vec<Bargain> {
    let actor_rank = ranks(council.actors().iter().map(|a| a.id.as_str()));
    let issue_rank = ranks(council.issues().iter().map(|i| i.id.as_str()));
    let mut found = Vec::new();
    for p in 0..table.issues {
        for q in p + 1..table.issues {
            for i in 0..table.actors {
                for j in i + 1..table.actors {
                    if let Some([on_p, on_q]) = suppliers(table, (i, j), (p, q)) {
                        let sides = [
                            Supply {
                                supplier: on_p,
                                issue: p,
                            },
                            Supply {
                                supplier: on_q,
                                issue: q,
                            },
                        ];
                        let issues = (issue_rank[p], issue_rank[q]);
                        let actors = (actor_rank[on_p], actor_rank[on_q]);
                        // The pair's order is by name too, whatever the order in the council.
                        let rank = if issues.0 < issues.1 {
                            [issues.0, issues.1, actors.0, actors.1]
                        } else {
                            [issues.1, issues.0, actors.1, actors.0]
                        };
                        found.push(Bargain { sides, rank });
                    }
                }
            }
        }
    }
    found
}

/// Who would supply `p` and who `q`, where the two can trade at all.
fn suppliers(table: &Table, (i, j): (usize, usize), (p, q): (usize, usize)) -> Option<[usize; 2]> {
    let [ip, iq, jp, jq] = [
        table.seat(i, p)?,
        table.seat(i, q)?,
        table.seat(j, p)?,
        table.seat(j, q)?,
    ];
    // Without salience there is nothing to gain, without weight nothing to give.
    if [ip, iq, jp, jq]
        .iter()
        .any(|s| s.salience <= 0.0 || s.share <= 0.0)
    {
        return None;
    }
    let below = |seat: Seat, issue: usize| seat.vote < table.outcomes[issue];
    if below(ip, p) == below(jp, p) || below(iq, q) == below(jq, q) {
        return None;
    }
    let (i_cares, j_cares) = (ip.salience * jq.salience, jp.salience * iq.salience);
    if (i_cares - j_cares).abs() <= ROUNDING * i_cares.max(j_cares) {
        return None;
    }
    Some(if i_cares < j_cares { [i, j] } else { [j, i] })
}

fn ranks<'a>(names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let names: Vec<&str> = names.collect();
    let rank = |name: &&str| names.iter().filter(|n| *n < name).count();
    names.iter().map(rank).collect()
}

/// Whether the first is made before the second.
pub(super) fn beats(new: Option<Terms>, old: Option<Terms>) -> bool {
    let (Some(new), Some(old)) = (new, old) else {
        return new.is_some();
    };
    let (a, b) = (new.gain(), old.gain());
    if (a - b).abs() > ROUNDING * a.max(b) {
        a > b
    } else {
        new.rank < old.rank
    }
}

impl Terms {
    fn gain(&self) -> f64 {
        self.gains[0] + self.gains[1]
    }
}

impl Bargain {
    /// Whether the other's being made can change this one's terms.
    pub(super) fn touches(&self, made: &Self) -> bool {
        let meets = |a: &Supply| made.sides.iter().any(|b| a.issue == b.issue);
        self.sides.iter().any(meets)
    }

    /// On what terms the two would trade as votes stand; none where either has nothing to gain.
    ///
    /// The outcomes shift by `d[0]` and `d[1]`, toward what the demanders want: `d[1] / d[0]` is
    /// fixed by the division of gains, and one of the two goes as far as it can.
    pub(super) fn terms(&self, table: &Table, options: &ExchangeOptions) -> Option<Terms> {
        let [a, b] = self.sides;
        let limits = [
            limit(table, options, a, b.supplier)?,
            limit(table, options, b, a.supplier)?,
        ];
        // What each shift costs its supplier and is worth to its demander.
        let costs = [
            table.seat(a.supplier, a.issue)?.salience,
            table.seat(b.supplier, b.issue)?.salience,
        ];
        let worths = [
            table.seat(b.supplier, a.issue)?.salience,
            table.seat(a.supplier, b.issue)?.salience,
        ];
        let rate = rate(options.division, costs, worths, limits.map(|l| l.shift));
        let mut d = [limits[0].shift, limits[0].shift * rate];
        if d[1] > limits[1].shift {
            d = [limits[1].shift / rate, limits[1].shift];
        }
        let gains = [
            worths[1] * d[1] - costs[0] * d[0],
            worths[0] * d[0] - costs[1] * d[1],
        ];
        if gains[0] + gains[1] <= options.least_gain {
            return None;
        }
        let votes = [limits[0].vote_after(d[0]), limits[1].vote_after(d[1])];
        Some(Terms {
            votes,
            gains,
            rank: self.rank,
        })
    }
}

/// How far a supplier can go for its demander.
#[derive(Debug, Clone, Copy)]
struct Limit {
    /// Where it votes.
    vote: f64,
    /// What the demander wants.
    target: f64,
    /// Its share of the issue's weight.
    share: f64,
    /// By how much it would shift the outcome at most.
    shift: f64,
}

impl Limit {
    /// The vote that shifts the outcome by `d`, from 0 to the limit's shift.
    fn vote_after(&self, d: f64) -> f64 {
        let step = d / self.share;
        let way = self.target - self.vote;
        // A full move ends on the target, not beside it by rounding.
        if step >= way.abs() * (1.0 - ROUNDING) {
            self.target
        } else {
            self.vote + step.copysign(way)
        }
    }
}

/// None where the supplier can't move the outcome toward what the demander wants.
fn limit(
    table: &Table,
    options: &ExchangeOptions,
    supply: Supply,
    demander: usize,
) -> Option<Limit> {
    let Supply { supplier, issue } = supply;
    let Seat {
        ideal, vote, share, ..
    } = table.seat(supplier, issue)?;
    let target = table.seat(demander, issue)?.ideal;
    let way = target - vote;
    // An actor that went past this target for another one doesn't come back.
    if way == 0.0 || way.signum() != (target - ideal).signum() {
        return None;
    }
    let outcome = match options.bound {
        OutcomeBound::AllTrades => table.outcomes[issue],
        OutcomeBound::OwnDemands => table.outcome_for(issue, demander, supplier),
    };
    let room = (target - outcome) * way.signum();
    let whole = share * way.abs();
    let shift = match options.bound {
        // The program looks only whether the trade carries the outcome past the target.
        OutcomeBound::OwnDemands if room <= ROUNDING => whole,
        OutcomeBound::OwnDemands | OutcomeBound::AllTrades => room.min(whole),
    };
    (shift > ROUNDING).then_some(Limit {
        vote,
        target,
        share,
        shift,
    })
}

/// How far the outcome of the second issue shifts for each unit by which the first one's does.
///
/// `costs` and `worths` are the saliences of supplier and demander on each issue, `limits` the most
/// that each outcome can shift.
fn rate(division: Division, costs: [f64; 2], worths: [f64; 2], limits: [f64; 2]) -> f64 {
    let equal = (costs[0] + worths[0]) / (costs[1] + worths[1]);
    if division == Division::EqualGain {
        return equal;
    }
    // The supplier of the first issue gains worths[1] * d1 - costs[0] * d0, the other
    // worths[0] * d0 - costs[1] * d1. The ideal of each leaves the other with nothing.
    let ideal = |rate: f64| {
        let d0 = limits[0].min(limits[1] / rate);
        [
            worths[1] * rate * d0 - costs[0] * d0,
            worths[0] * d0 - costs[1] * rate * d0,
        ]
    };
    let first = ideal(worths[0] / costs[1])[0];
    let second = ideal(costs[0] / worths[1])[1];
    let (paid, got) = (
        costs[0] * second + worths[0] * first,
        worths[1] * second + costs[1] * first,
    );
    if got > 0.0 { paid / got } else { equal }
}
