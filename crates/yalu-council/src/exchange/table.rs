//! The positions voted for, and the outcomes that they make, as shares of the issues' scales.

use super::bargain::{Bargain, Terms};
use super::{Exchange, ExchangeOptions, Side};
use crate::Council;

/// One actor on one issue; positions as shares of the scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    /// What it wants, in this round.
    pub(super) ideal: f64,
    /// What it votes for.
    pub(super) vote: f64,
    pub(super) salience: f64,
    /// Its share of the issue's weight: by how much the outcome moves where it moves by 1.
    pub(super) share: f64,
}

/// Actors × issues, row-major.
pub(super) struct Table {
    pub(super) issues: usize,
    pub(super) actors: usize,
    pub(super) seats: Vec<Option<Seat>>,
    /// Outcomes as shares of the scales.
    pub(super) outcomes: Vec<f64>,
    /// What each actor knows to have bought on each issue: by demander, issue and supplier, the
    /// vote of its supplier after its last sale to it.
    bought: Vec<Option<f64>>,
}

impl Table {
    pub(super) fn new(council: &Council) -> Self {
        let (actors, issues) = (council.actors().len(), council.issues().len());
        let mut table = Self {
            issues,
            actors,
            seats: vec![None; actors * issues],
            outcomes: vec![0.0; issues],
            bought: vec![None; actors * issues * actors],
        };
        for (issue, scale) in council.issues().iter().enumerate() {
            let bench = council.on(issue);
            let weights = bench.weights();
            let total: f64 = weights.iter().sum();
            for (k, &actor) in bench.actors.iter().enumerate() {
                let ideal = (bench.positions[k] - scale.low) / scale.range();
                table.seats[actor * issues + issue] = Some(Seat {
                    ideal,
                    vote: ideal,
                    salience: bench.saliences[k],
                    share: weights[k] / total,
                });
            }
        }
        table.count();
        table
    }

    pub(super) fn seat(&self, actor: usize, issue: usize) -> Option<Seat> {
        self.seats[actor * self.issues + issue]
    }

    /// Reckons every outcome anew.
    fn count(&mut self) {
        for issue in 0..self.issues {
            self.outcomes[issue] = self.tally(issue, |_, seat| seat.vote);
        }
    }

    fn tally(&self, issue: usize, vote: impl Fn(usize, Seat) -> f64) -> f64 {
        let seats = (0..self.actors).filter_map(|a| Some((a, self.seat(a, issue)?)));
        seats.map(|(a, seat)| seat.share * vote(a, seat)).sum()
    }

    /// The outcome on an issue with the votes that `demander` bought and `supplier`'s own vote.
    pub(super) fn outcome_for(&self, issue: usize, demander: usize, supplier: usize) -> f64 {
        let row = (demander * self.issues + issue) * self.actors;
        self.tally(issue, |actor, seat| {
            if actor == supplier {
                seat.vote
            } else {
                self.bought[row + actor].unwrap_or(seat.ideal)
            }
        })
    }

    /// Moves both votes, and says what that changes.
    pub(super) fn execute(
        &mut self,
        council: &Council,
        round: usize,
        made: &Bargain,
        terms: &Terms,
    ) -> Exchange {
        let before = self.outcomes.clone();
        let sides = [0, 1].map(|k| self.shift(council, made, terms, k));
        let effects = (0..self.actors).map(|a| self.effect(a, &before)).collect();
        Exchange {
            round,
            sides,
            effects,
        }
    }

    /// Moves one of the two votes.
    fn shift(&mut self, council: &Council, made: &Bargain, terms: &Terms, k: usize) -> Side {
        let (actor, issue) = (made.sides[k].supplier, made.sides[k].issue);
        let demander = made.sides[1 - k].supplier;
        let scale = &council.issues()[issue];
        let units = |share: f64| (share * scale.range() + scale.low).clamp(scale.low, scale.high);
        let cell = actor * self.issues + issue;
        let seat = self.seats[cell]
            .as_mut()
            .expect("whoever trades on an issue takes part in it");
        let (from, to) = (seat.vote, terms.votes[k]);
        seat.vote = to;
        let outcome_before = self.outcomes[issue];
        self.outcomes[issue] += seat.share * (to - from);
        self.bought[(demander * self.issues + issue) * self.actors + actor] = Some(to);
        Side {
            actor,
            issue,
            from: units(from),
            to: units(to),
            outcome_before: units(outcome_before),
            outcome_after: units(self.outcomes[issue]),
            gain: terms.gains[k],
        }
    }

    /// By how much an actor is nearer to what it wants than with the outcomes `before`.
    fn effect(&self, actor: usize, before: &[f64]) -> f64 {
        let on = |issue: usize| {
            let seat = self.seat(actor, issue)?;
            let nearer =
                (before[issue] - seat.ideal).abs() - (self.outcomes[issue] - seat.ideal).abs();
            Some(seat.salience * nearer)
        };
        (0..self.issues).filter_map(on).sum()
    }

    /// Whoever traded starts the next round nearer to where it voted.
    pub(super) fn drift(&mut self, options: &ExchangeOptions) {
        for seat in self.seats.iter_mut().flatten() {
            let share = (1.0 - seat.salience) * options.drift_by_salience + options.drift;
            seat.ideal += share * (seat.vote - seat.ideal);
            seat.vote = seat.ideal;
        }
        self.bought.fill(None);
        self.count();
    }

    /// Outcomes in the issues' units.
    pub(super) fn outcome(&self, council: &Council) -> Vec<f64> {
        let of = |(k, share): (usize, &f64)| {
            let issue = &council.issues()[k];
            (issue.low + share * issue.range()).clamp(issue.low, issue.high)
        };
        self.outcomes.iter().enumerate().map(of).collect()
    }

    /// Votes in the issues' units, by actor and issue.
    pub(super) fn positions(&self, council: &Council) -> Vec<Vec<Option<f64>>> {
        let of = |actor: usize, issue: usize| {
            let scale = &council.issues()[issue];
            let units = |s: Seat| (scale.low + s.vote * scale.range()).clamp(scale.low, scale.high);
            self.seat(actor, issue).map(units)
        };
        (0..self.actors)
            .map(|a| (0..self.issues).map(|i| of(a, i)).collect())
            .collect()
    }
}
