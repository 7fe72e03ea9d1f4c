//! What a run is played with: the council on the model's scales, checked.

use super::options::{SpatialError, SpatialOptions};
use crate::condorcet::MOST_WEIGHT;
use crate::council::{Actor, Council, Issue};

/// Sums of saliences, and rows of the accommodation, may pass 1 by rounding.
const ROUNDING: f64 = 1e-10;

/// The council with positions on [0, 1]. Matrices of actors by issues are row-major.
#[derive(Debug, Clone)]
pub(super) struct Game {
    pub(super) n_actors: usize,
    pub(super) n_issues: usize,
    pub(super) lows: Vec<f64>,
    pub(super) ranges: Vec<f64>,
    /// Where everyone stands at the start.
    pub(super) start: Vec<f64>,
    pub(super) saliences: Vec<f64>,
    /// Each actor's sum of squared saliences.
    pub(super) squared_saliences: Vec<f64>,
    /// Each actor's sum of saliences: the share of its capability that it spends.
    pub(super) total_saliences: Vec<f64>,
    pub(super) capabilities: Vec<f64>,
    /// Capability times total salience, the weight in a contest.
    pub(super) powers: Vec<f64>,
    /// Row-major actors by actors; none for the identity.
    pub(super) accommodation: Option<Vec<f64>>,
}

impl Game {
    pub(super) fn new(council: &Council, options: &SpatialOptions) -> Result<Self, SpatialError> {
        let (actors, issues) = (council.actors(), council.issues());
        let n_issues = issues.len();
        let mut game = Self {
            n_actors: actors.len(),
            n_issues,
            lows: issues.iter().map(|i| i.low).collect(),
            ranges: issues.iter().map(Issue::range).collect(),
            start: Vec::with_capacity(actors.len() * n_issues),
            saliences: Vec::with_capacity(actors.len() * n_issues),
            squared_saliences: Vec::with_capacity(actors.len()),
            total_saliences: Vec::with_capacity(actors.len()),
            capabilities: Vec::with_capacity(actors.len()),
            powers: Vec::with_capacity(actors.len()),
            accommodation: accommodation(options, actors.len())?,
        };
        if let Some(issue) = issues.iter().find(|i| !i.range().is_finite()) {
            let issue = issue.id.clone();
            return Err(SpatialError::Scale { issue });
        }
        for actor in actors {
            game.seat(actor, issues)?;
        }
        Ok(game)
    }

    fn seat(&mut self, actor: &Actor, issues: &[Issue]) -> Result<(), SpatialError> {
        let name = || actor.id.clone();
        let at_large = actor.capability;
        if at_large > MOST_WEIGHT {
            let (actor, value) = (name(), at_large);
            return Err(SpatialError::Capability { actor, value });
        }
        let (mut total, mut squares) = (0.0, 0.0);
        for (stake, issue) in actor.stakes.iter().zip(issues) {
            let Some(stake) = stake else {
                let (actor, issue) = (name(), issue.id.clone());
                return Err(SpatialError::NoStake { actor, issue });
            };
            if let Some(own) = stake
                .capability
                .filter(|&own| own.to_bits() != at_large.to_bits())
            {
                let (actor, issue) = (name(), issue.id.clone());
                return Err(SpatialError::OwnCapability {
                    actor,
                    issue,
                    own,
                    at_large,
                });
            }
            self.start
                .push((stake.position - issue.low) / issue.range());
            self.saliences.push(stake.salience);
            total += stake.salience;
            squares += stake.salience * stake.salience;
        }
        // A sum of squares of zero would leave distances undefined.
        if !(total > 0.0 && squares > 0.0 && total <= 1.0 + ROUNDING) {
            let actor = name();
            return Err(SpatialError::TotalSalience { actor, total });
        }
        self.total_saliences.push(total);
        self.squared_saliences.push(squares);
        self.capabilities.push(at_large);
        self.powers.push(total * at_large);
        Ok(())
    }

    /// Whether there is nothing to bargain about: one actor, or one position.
    pub(super) fn is_unanimous(&self) -> bool {
        let first = &self.start[..self.n_issues];
        self.start
            .chunks_exact(self.n_issues)
            .all(|row| row == first)
    }

    pub(super) fn salience_of(&self, actor: usize) -> &[f64] {
        &self.saliences[actor * self.n_issues..][..self.n_issues]
    }

    /// How far a position is from an ideal to an actor: the root mean square over the issues,
    /// weighted by its squared saliences; in [0, 1].
    pub(super) fn distance(&self, actor: usize, ideal: &[f64], position: &[f64]) -> f64 {
        let saliences = self.salience_of(actor);
        let mut squares = 0.0;
        for ((&x, &y), &s) in ideal.iter().zip(position).zip(saliences) {
            let weighted = (x - y) * s;
            squares += weighted * weighted;
        }
        (squares / self.squared_saliences[actor]).sqrt()
    }

    /// A row of positions in the issues' own units.
    pub(super) fn in_units(&self, row: &[f64]) -> Vec<f64> {
        let of = |((x, low), range): ((&f64, &f64), &f64)| low + x * range;
        row.iter()
            .zip(&self.lows)
            .zip(&self.ranges)
            .map(of)
            .collect()
    }
}

fn accommodation(
    options: &SpatialOptions,
    actors: usize,
) -> Result<Option<Vec<f64>>, SpatialError> {
    let Some(rows) = &options.accommodation else {
        return Ok(None);
    };
    if rows.len() != actors {
        let row = rows.len().min(actors);
        let got = rows.get(row).map_or(0, Vec::len);
        return Err(SpatialError::AccommodationShape { row, got, actors });
    }
    for (row, figures) in rows.iter().enumerate() {
        let got = figures.len();
        if got != actors {
            return Err(SpatialError::AccommodationShape { row, got, actors });
        }
        let total: f64 = figures.iter().sum();
        let least = figures.iter().fold(f64::INFINITY, |a, &b| a.min(b));
        // Written so that a figure that is no number fails too.
        if !(total <= 1.0 + ROUNDING && least >= 0.0) {
            return Err(SpatialError::AccommodationRow { row, total, least });
        }
    }
    Ok(Some(rows.concat()))
}

/// The utility at a distance in [0, 1] to an actor of risk attitude `r` in [-1, 1].
pub(super) fn utility(distance: f64, r: f64) -> f64 {
    // Rounding can take a distance past 1. Written so that loops become vector instructions.
    let bent = if distance < 1.0 { distance } else { 1.0 };
    (1.0 - distance) * (1.0 + bent * r)
}
