//! A council whose values are estimates, and the councils drawn from it.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;
use thiserror::Error;

use crate::council::{Actor, Attribute, Council, CouncilError, Issue, Stake};
use crate::estimate::Estimate;

/// What one actor wants on one issue, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct StakeEstimate {
    /// Its position, in the issue's units.
    pub position: Estimate,
    /// Its salience, in [0, 1].
    pub salience: Estimate,
    /// Its capability on this issue, where that differs from its capability at large.
    pub capability: Option<Estimate>,
}

/// An actor, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorEstimate {
    /// Its short name.
    pub id: String,
    /// Its capability at large.
    pub capability: Estimate,
    /// Its stake in each issue, in the order of the issues.
    pub stakes: Vec<Option<StakeEstimate>>,
    /// Whether nothing is decided against it.
    pub veto: bool,
    /// Its attitude to risk, where it is given.
    pub risk: Option<f64>,
}

/// A council before its values are known for sure.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    issues: Vec<Issue>,
    actors: Vec<ActorEstimate>,
    unknowns: Vec<Unknown>,
}

/// A value that isn't known for sure: one dimension of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown {
    /// Whose.
    pub actor: usize,
    /// On which issue; none for a capability at large.
    pub issue: Option<usize>,
    /// Which value.
    pub attribute: Attribute,
}

/// Points in the unit cube, one a draw: `n` rows with a column for each unknown, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Draws {
    columns: usize,
    cells: Vec<f64>,
}

/// What is wrong with a draft.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DraftError {
    /// The council of its central values is none.
    #[error(transparent)]
    Council(#[from] CouncilError),
    /// A value reaches beyond what it can be.
    #[error("actor {actor:?}: its {attribute:?} may be {low} to {high}, beyond {least} to {most}")]
    BeyondBounds {
        /// Whose.
        actor: String,
        /// Which value.
        attribute: Attribute,
        /// The least value of the estimate.
        low: f64,
        /// The greatest value of the estimate.
        high: f64,
        /// The least value allowed.
        least: f64,
        /// The greatest value allowed.
        most: f64,
    },
}

impl Draft {
    /// Puts issues and actors together.
    ///
    /// # Errors
    /// [`DraftError`] where the central values are no council, or a value could be drawn that none
    /// allows.
    pub fn new(issues: Vec<Issue>, actors: Vec<ActorEstimate>) -> Result<Self, DraftError> {
        let mut draft = Self {
            issues,
            actors,
            unknowns: Vec::new(),
        };
        draft.centre()?;
        for actor in &draft.actors {
            check_bounds(actor, &draft.issues)?;
        }
        draft.unknowns = unknowns(&draft.actors);
        Ok(draft)
    }

    /// The issues, in order.
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// The actors, in order.
    pub fn actors(&self) -> &[ActorEstimate] {
        &self.actors
    }

    /// Which values aren't known for sure, by actor, then issue, then attribute: the columns of
    /// [`Draws`].
    pub fn unknowns(&self) -> &[Unknown] {
        &self.unknowns
    }

    /// The council of the central values.
    ///
    /// # Errors
    /// [`CouncilError`] where those are no council.
    pub fn centre(&self) -> Result<Council, CouncilError> {
        self.council(&mut |estimate, _| estimate.centre())
    }

    /// The council of one draw.
    ///
    /// # Errors
    /// [`CouncilError::NoWeight`] where the draw leaves nobody with a say on an issue.
    ///
    /// # Panics
    /// Where `point` hasn't a value for each unknown.
    pub fn draw(&self, point: &[f64]) -> Result<Council, CouncilError> {
        assert_eq!(
            point.len(),
            self.unknowns.len(),
            "one value for each unknown"
        );
        let mut next = point.iter();
        // Estimates are visited in the order of `unknowns`, so that each takes its own column.
        self.council(&mut |estimate, unknown| {
            if unknown {
                estimate.at(next.next().copied().unwrap_or(0.5))
            } else {
                estimate.centre()
            }
        })
    }

    fn council(
        &self,
        value: &mut impl FnMut(&Estimate, bool) -> f64,
    ) -> Result<Council, CouncilError> {
        let mut of = |estimate: &Estimate| value(estimate, estimate.known().is_none());
        let actors = self.actors.iter().map(|actor| {
            let capability = of(&actor.capability);
            let stakes = actor.stakes.iter().map(|stake| {
                stake.as_ref().map(|stake| Stake {
                    position: of(&stake.position),
                    salience: of(&stake.salience),
                    capability: stake.capability.as_ref().map(&mut of),
                })
            });
            Actor {
                id: actor.id.clone(),
                capability,
                stakes: stakes.collect(),
                veto: actor.veto,
                risk: actor.risk,
            }
        });
        let actors = actors.collect();
        Council::new(self.issues.clone(), actors)
    }
}

/// The estimates of an actor with what they are of, in the order in which a draw visits them.
fn estimates(actor: &ActorEstimate) -> impl Iterator<Item = (Option<usize>, Attribute, &Estimate)> {
    let at_large = std::iter::once((None, Attribute::Capability, &actor.capability));
    let stakes = actor.stakes.iter().enumerate();
    let stakes = stakes.filter_map(|(k, stake)| stake.as_ref().map(|stake| (k, stake)));
    at_large.chain(stakes.flat_map(|(k, stake)| {
        let capability = stake.capability.iter();
        [
            (Some(k), Attribute::Position, &stake.position),
            (Some(k), Attribute::Salience, &stake.salience),
        ]
        .into_iter()
        .chain(capability.map(move |c| (Some(k), Attribute::Capability, c)))
    }))
}

fn unknowns(actors: &[ActorEstimate]) -> Vec<Unknown> {
    let of = |(index, actor): (usize, &ActorEstimate)| {
        estimates(actor)
            .filter(|(_, _, estimate)| estimate.known().is_none())
            .map(|(issue, attribute, _)| Unknown {
                actor: index,
                issue,
                attribute,
            })
            .collect::<Vec<_>>()
    };
    actors.iter().enumerate().flat_map(of).collect()
}

fn check_bounds(actor: &ActorEstimate, issues: &[Issue]) -> Result<(), DraftError> {
    for (issue, attribute, estimate) in estimates(actor) {
        let (least, most) = match (attribute, issue) {
            (Attribute::Position, Some(k)) => (issues[k].low, issues[k].high),
            (Attribute::Salience, _) => (0.0, 1.0),
            _ => (0.0, f64::MAX),
        };
        let (low, high) = estimate.bounds();
        if low < least || high > most {
            let actor = actor.id.clone();
            return Err(DraftError::BeyondBounds {
                actor,
                attribute,
                low,
                high,
                least,
                most,
            });
        }
    }
    Ok(())
}

impl Draws {
    /// A Latin hypercube of `n` points in `columns` dimensions (McKay, Beckman and Conover 1979):
    /// each column has one point in each of `n` equal strata, in a random order, at a random place
    /// within the stratum.
    pub fn latin_hypercube(n: usize, columns: usize, seed: u64) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let mut cells = vec![0.0; n * columns];
        let mut order: Vec<usize> = (0..n).collect();
        for column in 0..columns {
            for last in (1..n).rev() {
                order.swap(last, rng.random_range(0..=last));
            }
            for (row, &stratum) in order.iter().enumerate() {
                let place: f64 = rng.random();
                cells[row * columns + column] = (stratum as f64 + place) / n as f64;
            }
        }
        Self { columns, cells }
    }

    /// How many points.
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// One point.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }
}
