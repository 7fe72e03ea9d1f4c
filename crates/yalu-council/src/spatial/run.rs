//! The turns: assess, challenge, bargain, choose, move, until little changes.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::bargain::{Deal, Deals};
use super::challenge::{Arena, Challenge};
use super::game::{Game, utility};
use super::options::{BargainForm, Choice, QueueOrder, Slips, SpatialOptions};
use super::state::{Standing, Worth, apart, distinct};
use crate::condorcet::{Tally, likeliest_of};
use crate::simulation::Stop;

/// No run has more turns.
const MOST_TURNS: usize = 100;
/// A run can settle from this turn on.
const LEAST_TURNS: usize = 2;
/// A turn that moves less than this share of the first is the last.
const QUIET: f64 = 0.02;
/// Keeps that share from being 0/0.
const LEAST_CHANGE: f64 = 1e-4;

/// What watches a run; the default watches nothing and costs nothing.
pub(super) trait Witness {
    /// A standing was assessed; `change` is its share of the first change.
    fn standing(&mut self, _run: &mut Run<'_>, _change: Option<f64>) {}
    /// A challenge was found worth making.
    fn challenge(&mut self, _run: &mut Run<'_>, _initiator: usize, _challenge: Challenge) {}
    /// An actor chose among the deals of its queue, which `tally` compares.
    fn choice(&mut self, _run: &mut Run<'_>, _queue: &[usize], _tally: &Tally, _chosen: usize) {}
}

impl Witness for () {}

/// A run in progress, with all its buffers.
pub(super) struct Run<'a> {
    pub(super) game: &'a Game,
    pub(super) options: &'a SpatialOptions,
    pub(super) standing: Standing,
    pub(super) worth: Worth,
    pub(super) deals: Deals,
    /// `deal_utilities[d · n + a]`: the mean utility to `a` of all positions after deal `d`; the
    /// first deal is the status quo.
    pub(super) deal_utilities: Vec<f64>,
    arena: Arena,
    queue: Vec<usize>,
    queue_utilities: Vec<f64>,
    tally: Tally,
    next: Vec<f64>,
}

/// Where a run ended.
pub(super) struct End {
    pub(super) turns: usize,
    pub(super) stop: Stop,
}

impl<'a> Run<'a> {
    pub(super) fn new(game: &'a Game, options: &'a SpatialOptions) -> Self {
        let standing = Standing {
            positions: game.start.clone(),
            ideals: game.start.clone(),
        };
        Self {
            game,
            options,
            standing,
            worth: Worth::default(),
            deals: Deals::default(),
            deal_utilities: Vec::new(),
            arena: Arena::default(),
            queue: Vec::new(),
            queue_utilities: Vec::new(),
            tally: Tally::default(),
            next: Vec::new(),
        }
    }

    /// Plays until a turn changes little, or for as many turns as a run may have.
    pub(super) fn play(&mut self, seed: u64, witness: &mut impl Witness) -> End {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        self.assess();
        witness.standing(self, None);
        if self.game.is_unanimous() {
            return End {
                turns: 0,
                stop: Stop::Unanimous,
            };
        }
        let mut first = 0.0;
        let mut turn = 0;
        loop {
            self.strike_deals(witness);
            self.weigh_deals();
            self.choose_all(turn, &mut rng, witness);
            let change = self.move_all();
            turn += 1;
            if turn == 1 {
                first = change + LEAST_CHANGE;
            }
            self.assess();
            witness.standing(self, Some(change / first));
            if turn >= LEAST_TURNS && change / first < QUIET {
                return End {
                    turns: turn,
                    stop: Stop::Settled,
                };
            }
            if turn >= MOST_TURNS {
                return End {
                    turns: turn,
                    stop: Stop::RoundsPlayed,
                };
            }
        }
    }

    fn assess(&mut self) {
        self.worth.assess(self.game, self.options, &self.standing);
    }

    fn strike_deals(&mut self, witness: &mut impl Witness) {
        self.deals.clear();
        for initiator in 0..self.game.n_actors {
            self.look_through(initiator);
            let best = self.arena.best(self.game, self.options, initiator);
            let Some(challenge) = best else { continue };
            let receiver = challenge.receiver;
            let deal = Deal {
                initiator,
                receiver,
            };
            self.strike(deal, challenge.probability);
            if self.options.bargains != BargainForm::Initiator {
                self.look_through(receiver);
                let contest = self
                    .arena
                    .weigh(self.game, self.options, (initiator, receiver));
                let odds = match self.options.slips {
                    Slips::Kept => contest.gain(self.game, &self.arena.utilities, initiator),
                    Slips::Mended => contest.probability(),
                };
                self.strike(deal, odds);
            }
            if self.options.bargains == BargainForm::PowerWeighted {
                self.deals.merge_last_two(self.game, self.options.slips);
            }
            witness.challenge(self, initiator, challenge);
        }
    }

    fn strike(&mut self, deal: Deal, probability: f64) {
        let (how, positions) = (self.options.interpolation, &self.standing.positions);
        self.deals
            .strike(self.game, how, positions, deal, probability);
    }

    fn look_through(&mut self, viewer: usize) {
        let how = self.options.risk_estimate;
        self.worth.perceive(viewer, how, &mut self.arena.utilities);
        self.arena.enter(self.game);
    }

    /// What every deal is worth to everyone: the mean utility of all positions if it alone came about.
    fn weigh_deals(&mut self) {
        let n = self.game.n_actors;
        let mut utilities = std::mem::take(&mut self.deal_utilities);
        utilities.clear();
        utilities.resize(n * (self.deals.list.len() + 1), 0.0);
        let (status_quo, rest) = utilities.split_at_mut(n);
        for of_position in self.worth.own.chunks_exact(n) {
            add(status_quo, of_position);
        }
        for (deal, sums) in rest.chunks_exact_mut(n).enumerate() {
            self.weigh_deal(deal, sums);
        }
        for mean in &mut utilities {
            *mean /= n as f64;
        }
        self.deal_utilities = utilities;
    }

    fn weigh_deal(&self, at: usize, sums: &mut [f64]) {
        let deal = self.deals.list[at];
        let (of_initiator, of_receiver) = self.deals.positions(at, self.game.n_issues);
        for (actor, sum) in sums.iter_mut().enumerate() {
            *sum = self.value(actor, of_initiator) + self.value(actor, of_receiver);
        }
        let others = self.worth.own.chunks_exact(self.game.n_actors).enumerate();
        for (_, of_position) in others.filter(|&(j, _)| j != deal.initiator && j != deal.receiver) {
            add(sums, of_position);
        }
    }

    fn value(&self, actor: usize, position: &[f64]) -> f64 {
        let m = self.game.n_issues;
        let ideal = &self.standing.ideals[actor * m..][..m];
        let distance = self.game.distance(actor, ideal, position);
        utility(distance, self.worth.risks[actor])
    }

    /// Each actor takes its own new position from the deal that the council's election over its
    /// queue picks. The other side of the deal may take another, so not every deal holds for both.
    fn choose_all(&mut self, turn: usize, rng: &mut ChaCha8Rng, witness: &mut impl Witness) {
        let m = self.game.n_issues;
        self.next.clone_from(&self.standing.positions);
        let mut tally = std::mem::take(&mut self.tally);
        let mut queue = std::mem::take(&mut self.queue);
        for actor in 0..self.game.n_actors {
            self.line_up(actor, &mut queue);
            // Who has the status quo alone draws too, as in KTAB, so that a seed's draws fall to the
            // same actors whatever the queues.
            self.count(&queue, &mut tally);
            let chosen = pick(
                &self.options.choice,
                (turn, actor),
                &tally.probabilities,
                rng,
            );
            witness.choice(self, &queue, &tally, chosen);
            if let Some(deal) = queue[chosen].checked_sub(1) {
                let (of_initiator, of_receiver) = self.deals.positions(deal, m);
                let initiates = self.deals.list[deal].initiator == actor;
                let to = if initiates { of_initiator } else { of_receiver };
                self.next[actor * m..][..m].copy_from_slice(to);
            }
        }
        self.tally = tally;
        self.queue = queue;
    }

    /// The deals that involve an actor, counted from 1; 0 is the status quo.
    fn line_up(&self, actor: usize, queue: &mut Vec<usize>) {
        queue.clear();
        queue.push(0);
        let involved = |deal: &Deal| deal.initiator == actor || deal.receiver == actor;
        let deals = self.deals.list.iter().enumerate();
        queue.extend(deals.filter(|(_, deal)| involved(deal)).map(|(d, _)| d + 1));
        if self.options.queues == QueueOrder::Reversed {
            queue.reverse();
        }
    }

    fn count(&mut self, queue: &[usize], tally: &mut Tally) {
        let n = self.game.n_actors;
        self.queue_utilities.clear();
        for &deal in queue {
            let row = &self.deal_utilities[deal * n..][..n];
            self.queue_utilities.extend_from_slice(row);
        }
        tally.count(
            self.options.election,
            &self.game.capabilities,
            &self.queue_utilities,
        );
    }

    /// Moves everyone, and ideals after positions; the sum of the distances moved.
    fn move_all(&mut self) -> f64 {
        let m = self.game.n_issues;
        let pairs = self
            .next
            .chunks_exact(m)
            .zip(self.standing.positions.chunks_exact(m));
        let moved = pairs.map(|(to, from)| apart(to, from)).sum();
        std::mem::swap(&mut self.standing.positions, &mut self.next);
        match &self.game.accommodation {
            None => self.standing.ideals.clone_from(&self.standing.positions),
            Some(rates) => accommodate(rates, &mut self.standing, m),
        }
        moved
    }

    /// The probability-weighted mean and the likeliest of the distinct positions, by issue, in the
    /// issues' units.
    ///
    /// Which of several nearly equal positions stands for them is told by their order on the scale,
    /// not by the order of actors.
    pub(super) fn outcome(&mut self) -> (Vec<f64>, Vec<f64>) {
        let m = self.game.n_issues;
        let positions = &self.standing.positions;
        let row = |i: usize| &positions[i * m..][..m];
        let mut order: Vec<usize> = (0..self.game.n_actors).collect();
        order.sort_by(|&a, &b| {
            row(a)
                .partial_cmp(row(b))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let among = distinct(positions, m, &order);
        let p = self
            .worth
            .elect(&among, self.game, self.options, &mut self.tally);
        let mut mean = vec![0.0; m];
        for (&i, p) in among.iter().zip(p) {
            for (sum, x) in mean.iter_mut().zip(row(i)) {
                *sum += p * x;
            }
        }
        let likeliest = row(among[likeliest_of(p)]);
        (self.game.in_units(&mean), self.game.in_units(likeliest))
    }
}

fn add(sums: &mut [f64], row: &[f64]) {
    for (sum, x) in sums.iter_mut().zip(row) {
        *sum += x;
    }
}

fn pick(choice: &Choice, (turn, actor): (usize, usize), p: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let scripted = match choice {
        Choice::Likeliest => None,
        Choice::Drawn => Some(draw(p, rng)),
        Choice::Scripted(turns) => turns.get(turn).and_then(|row| row.get(actor)).copied(),
    };
    scripted
        .filter(|&place| place < p.len())
        .unwrap_or_else(|| first_of_largest(p))
}

/// The first of exactly the largest, as KTAB takes it; a queue's order decides nothing else.
fn first_of_largest(p: &[f64]) -> usize {
    (1..p.len()).fold(0, |best, at| if p[at] > p[best] { at } else { best })
}

fn draw(p: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let mark = rng.random::<f64>();
    let mut sum = 0.0;
    let reached = |p: &f64| {
        sum += p;
        mark <= sum
    };
    p.iter().position(reached).unwrap_or(p.len() - 1)
}

fn accommodate(rates: &[f64], standing: &mut Standing, n_issues: usize) {
    let n = standing.positions.len() / n_issues;
    for (rates, ideal) in rates
        .chunks_exact(n)
        .zip(standing.ideals.chunks_exact_mut(n_issues))
    {
        let keep = (1.0 - rates.iter().sum::<f64>()).max(0.0);
        for (k, old) in ideal.iter_mut().enumerate() {
            let of = |(j, rate): (usize, &f64)| rate * standing.positions[j * n_issues + k];
            let followed: f64 = rates.iter().enumerate().map(of).sum();
            *old = followed + keep * *old;
        }
    }
}
