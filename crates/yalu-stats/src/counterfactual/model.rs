//! The model, its priors and how much is drawn.

use super::error::CounterfactualError;

/// A series that the intervention did not touch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its values over all periods, before and after the intervention.
    pub values: &'a [f64],
}

/// How the level moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// A random walk.
    LocalLevel,
    /// A random walk whose drift is a random walk. Its intervals widen fast.
    LocalLinear,
}

/// Which controls count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    /// Spike and slab: each control is in or out, so many expected to be in.
    SpikeAndSlab {
        /// Controls expected to be in the model. With no more controls than this, all are in.
        expected_size: f64,
    },
    /// All controls are in.
    All,
}

/// The model and its priors, in units of the response's standard deviation before the intervention.
/// The default is that of R's CausalImpact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CounterfactualModel {
    /// How the level moves.
    pub trend: Trend,
    /// Periods in a seasonal cycle, as 12 for months, with a season that may change slowly.
    pub season: Option<usize>,
    /// Prior guess of the standard deviation of the level's (and slope's) step per period. The
    /// choice that matters most: see [`prior_sensitivity`](super::prior_sensitivity).
    pub level_sd: f64,
    /// Prior guess of the standard deviation of the season's change per period.
    pub season_sd: f64,
    /// How many observations these guesses are worth.
    pub state_df: f64,
    /// The share of the response's variance that the controls are expected to explain; the rest is
    /// the prior guess of the noise. Without controls the guess is all of it and worth next to
    /// nothing.
    pub expected_r2: f64,
    /// How many observations that guess is worth.
    pub observation_df: f64,
    /// Which controls count.
    pub selection: Selection,
    /// How many observations the coefficients' prior (their mean is 0) is worth.
    pub information_weight: f64,
    /// The share of that prior's precision that ignores the controls' correlations, 0 to 1.
    pub diagonal_shrinkage: f64,
}

impl Default for CounterfactualModel {
    fn default() -> Self {
        Self {
            trend: Trend::LocalLevel,
            season: None,
            level_sd: 0.01,
            season_sd: 0.01,
            state_df: 32.0,
            expected_r2: 0.8,
            observation_df: 50.0,
            selection: Selection::SpikeAndSlab { expected_size: 3.0 },
            information_weight: 0.01,
            diagonal_shrinkage: 0.5,
        }
    }
}

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Chains, 2 or more, which begin apart.
    pub n_chains: usize,
    /// Draws kept of each chain, 100 or more.
    pub n_draws: usize,
    /// Draws thrown away at each chain's beginning.
    pub n_burn_in: usize,
    /// The seed. The same seed gives the same figures.
    pub seed: u64,
    /// The posterior probability within the intervals, as 0.95.
    pub coverage: f64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            n_chains: 2,
            n_draws: 1000,
            n_burn_in: 200,
            seed: 1,
            coverage: 0.95,
        }
    }
}

/// Options within their ranges.
pub(super) fn check_options(
    model: &CounterfactualModel,
    sampling: &Sampling,
) -> Result<(), CounterfactualError> {
    let positive =
        |option, value: f64| (option, value, value.is_finite() && value > 0.0, "above 0");
    // Beyond these the draws of variances would lose all precision.
    let moderate = |option, value: f64| {
        (
            option,
            value,
            (1e-9..=1e9).contains(&value),
            "above 0 (from 1e-9 to 1e9)",
        )
    };
    let expected_size = match model.selection {
        Selection::SpikeAndSlab { expected_size } => expected_size,
        Selection::All => 1.0,
    };
    let season = model.season.unwrap_or(2);
    let checks = [
        moderate("level_sd", model.level_sd),
        moderate("season_sd", model.season_sd),
        moderate("state_df", model.state_df),
        moderate("observation_df", model.observation_df),
        moderate("information_weight", model.information_weight),
        positive("expected_size", expected_size),
        (
            "expected_r2",
            model.expected_r2,
            model.expected_r2 > 0.0 && model.expected_r2 < 1.0,
            "between 0 and 1",
        ),
        (
            "diagonal_shrinkage",
            model.diagonal_shrinkage,
            (0.0..=1.0).contains(&model.diagonal_shrinkage),
            "0 to 1",
        ),
        ("season", season as f64, season >= 2, "2 or more"),
        (
            "n_chains",
            sampling.n_chains as f64,
            sampling.n_chains >= 2,
            "2 or more",
        ),
        (
            "n_draws",
            sampling.n_draws as f64,
            sampling.n_draws >= 100,
            "100 or more",
        ),
        (
            "coverage",
            sampling.coverage,
            sampling.coverage > 0.0 && sampling.coverage < 1.0,
            "between 0 and 1",
        ),
    ];
    match checks.into_iter().find(|(_, _, good, _)| !good) {
        Some((option, value, _, range)) => Err(CounterfactualError::Option {
            option,
            value,
            range,
        }),
        None => Ok(()),
    }
}
