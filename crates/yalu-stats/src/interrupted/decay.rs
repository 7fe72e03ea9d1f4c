//! The decay of a pulse, where it isn't known: by likelihood over a grid.

use super::inference::{likelihood, tail_of};
use super::series::fit_interrupted;
use super::terms::check_decay;
use super::{InterruptedError, InterruptedFit, InterruptedModel, Interruption, Shape};
use crate::laws::student_t_upper;

/// A decay chosen by likelihood.
#[derive(Debug, Clone, PartialEq)]
pub struct DecayChoice {
    /// The decay of the grid with the greatest likelihood.
    pub decay: f64,
    /// The profile-likelihood interval at the model's confidence, between grid points by a straight
    /// line; it says what the data know of the decay, which is little where the pulse is small.
    pub interval: (f64, f64),
    /// Whether the interval is cut off by either end of the grid.
    pub open: (bool, bool),
    /// For each decay of the grid, twice the log-likelihood that it falls short of the best.
    pub profile: Vec<(f64, f64)>,
    /// The fit at the chosen decay. Its errors take the decay as known.
    pub fit: InterruptedFit,
}

/// Chooses one decay for the pulses `which` (indices into the model's interruptions, whose own
/// decays aren't used) over `grid`, which rises within [0, 1).
///
/// Quasi-Poisson has no likelihood: its deviance over the dispersion of the best fit stands in.
///
/// # Errors
/// [`InterruptedError`] where `which` is empty or names something other than a pulse, the grid is
/// empty, doesn't rise or leaves [0, 1), or a fit fails.
///
/// # Source
/// Box and Tiao (1975), as [`super::fit_interrupted`]; profile likelihood as in Cox and Hinkley
/// (1974), Theoretical Statistics.
pub fn choose_decay(
    model: &InterruptedModel<'_>,
    which: &[usize],
    grid: &[f64],
) -> Result<DecayChoice, InterruptedError> {
    if which.is_empty() || grid.is_empty() {
        return Err(InterruptedError::Nothing {
            what: "pulse or decay to choose from",
        });
    }
    let tail = tail_of(model.confidence)?;
    for (place, &decay) in grid.iter().enumerate() {
        check_decay(decay)?;
        if place > 0 && decay <= grid[place - 1] {
            return Err(InterruptedError::Setting {
                what: "a decay of the grid",
                got: decay,
                wanted: "it must be above the one before it",
            });
        }
    }
    let mut interruptions: Vec<Interruption> = model.interruptions.to_vec();
    let count = interruptions.len();
    for &index in which {
        match interruptions.get(index).map(|one| one.shape) {
            Some(Shape::Pulse { .. }) => {}
            _ => return Err(InterruptedError::NoSuchTerm { index, count }),
        }
    }
    let mut best: Option<(usize, f64, InterruptedFit)> = None;
    let mut objectives = Vec::with_capacity(grid.len());
    for (place, &decay) in grid.iter().enumerate() {
        for &index in which {
            interruptions[index].shape = Shape::Pulse { decay };
        }
        let fit = fit_interrupted(&InterruptedModel {
            interruptions: &interruptions,
            ..*model
        })?;
        let (objective, _, _) = likelihood(&fit.fit)?;
        objectives.push(objective);
        if best.as_ref().is_none_or(|(_, least, _)| objective < *least) {
            best = Some((place, objective, fit));
        }
    }
    let (chosen, least, fit) = best.ok_or(InterruptedError::Nothing {
        what: "decay to choose from",
    })?;
    let (_, _, is_likelihood) = likelihood(&fit.fit)?;
    let scale = if is_likelihood {
        1.0
    } else {
        fit.fit.dispersion
    };
    let falls: Vec<f64> = objectives
        .iter()
        .map(|objective| (objective - least) / scale)
        .collect();
    let allowed = student_t_upper(tail, f64::INFINITY).powi(2);
    // The outermost decays within the threshold, and the crossing towards their outer neighbours.
    let inside = |place: &usize| falls[*place] <= allowed;
    let low = (0..grid.len()).find(inside).unwrap_or(chosen);
    let high = (0..grid.len()).rev().find(inside).unwrap_or(chosen);
    let crossing = |within: usize, beyond: usize| {
        let share = (allowed - falls[within]) / (falls[beyond] - falls[within]);
        grid[within] + share * (grid[beyond] - grid[within])
    };
    let open = (low == 0, high + 1 == grid.len());
    Ok(DecayChoice {
        decay: grid[chosen],
        interval: (
            if open.0 {
                grid[0]
            } else {
                crossing(low, low - 1)
            },
            if open.1 {
                grid[high]
            } else {
                crossing(high, high + 1)
            },
        ),
        open,
        profile: grid.iter().copied().zip(falls).collect(),
        fit,
    })
}
