//! What a series would have been without an intervention: a Bayesian structural time series.
//!
//! A level (with a slope and a season where asked for) and a regression on control series are learnt
//! from the periods before the intervention and carried over it. What was observed less what was
//! predicted is the effect.

mod error;
mod gibbs;
mod model;
mod prepare;
mod state_space;
mod summary;

pub use error::CounterfactualError;
use gibbs::{Draws, run_chain};
use model::check_options;
pub use model::{Control, CounterfactualModel, Sampling, Selection, Trend};
use prepare::{Prepared, prepare};
use summary::summarise;
pub use summary::{
    ControlPosterior, Convergence, Counterfactual, EffectSummary, PeriodEffect, Posterior,
};

/// What one prior guess of the level's step leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// The guess, in standard deviations of the response.
    pub level_sd: f64,
    /// Means over the periods after the intervention.
    pub average: EffectSummary,
    /// Sums over them.
    pub cumulative: EffectSummary,
    /// See [`Counterfactual::tail_area`].
    pub tail_area: f64,
}

/// Compares a series after an intervention with what its own past and control series that the
/// intervention did not touch would have made of it.
///
/// `y`: the response over all periods, none where it was not observed (before the intervention
/// only). The first `n_before` of them come before the intervention, the rest after it. `controls`
/// run over all periods.
///
/// ```text
/// y(t) = level(t) + season(t) + Σ β·x(t) + noise,   level(t + 1) = level(t) + step
/// ```
///
/// Response and controls are standardised by their mean and standard deviation before the
/// intervention. Of the periods after it only the controls are looked at. The posterior holds if the
/// controls were not moved by the intervention and their relation to the response stayed.
///
/// # Errors
/// [`CounterfactualError`]: a value that isn't finite; a response that is missing after the
/// intervention, zero, constant or too short before it; a control of another length or constant;
/// an option outside its range.
///
/// # Source
/// Brodersen, Gallusser, Koehler, Remy and Scott (2015), Annals of Applied Statistics 9, 247–274;
/// George and McCulloch (1997), Statistica Sinica 7, 339–373 (spike and slab); Durbin and Koopman
/// (2002), Biometrika 89, 603–616 (states).
///
/// ```
/// use yalu_stats::counterfactual::{
///     Control, CounterfactualModel, Sampling, structural_counterfactual,
/// };
///
/// let control: Vec<f64> = (0..60).map(|t| 50.0 + (f64::from(t) * 0.7).sin() * 8.0).collect();
/// let y: Vec<Option<f64>> = (0..60)
///     .map(|t| {
///         let noise = (f64::from(t as u32) * 12.9898).sin();
///         Some(1.5 * control[t] + noise + if t < 45 { 0.0 } else { 6.0 })
///     })
///     .collect();
/// let controls = [Control { name: "neighbour", values: &control }];
/// let result = structural_counterfactual(
///     &y, 45, &controls, &CounterfactualModel::default(), &Sampling::default(),
/// )?;
/// let effect = result.average.effect;
/// assert!(effect.lower > 4.0 && effect.lower < 6.0 && effect.upper > 6.0);
/// assert!(result.tail_area < 0.005);
/// # Ok::<(), yalu_stats::counterfactual::CounterfactualError>(())
/// ```
pub fn structural_counterfactual(
    y: &[Option<f64>],
    n_before: usize,
    controls: &[Control<'_>],
    model: &CounterfactualModel,
    sampling: &Sampling,
) -> Result<Counterfactual, CounterfactualError> {
    check_options(model, sampling)?;
    let Prepared {
        problem,
        mean,
        sd,
        scales,
    } = prepare(y, n_before, controls, model)?;
    let mut draws = Draws::default();
    for chain in 0..sampling.n_chains {
        let one = run_chain(
            &problem,
            sampling.seed,
            chain,
            sampling.n_burn_in,
            sampling.n_draws,
        );
        draws.signal.extend(one.signal);
        draws.predictive.extend(one.predictive);
        draws.coefficients.extend(one.coefficients);
        draws.observation.extend(one.observation);
        draws.states.extend(one.states);
    }
    for value in draws.signal.iter_mut().chain(&mut draws.predictive) {
        *value = mean + sd * *value;
    }
    summarise(
        y, n_before, controls, &problem, &draws, sd, &scales, sampling,
    )
}

/// The same counterfactual under several prior guesses of the level's step, which decide how much
/// of a lasting change the series may have made by itself.
///
/// `level_sds`: in standard deviations of the response; 0.001, 0.01 and 0.1 show the range.
///
/// # Errors
/// As [`structural_counterfactual`].
///
/// # Source
/// Brodersen et al. (2015), Annals of Applied Statistics 9, 247–274.
pub fn prior_sensitivity(
    y: &[Option<f64>],
    n_before: usize,
    controls: &[Control<'_>],
    model: &CounterfactualModel,
    sampling: &Sampling,
    level_sds: &[f64],
) -> Result<Vec<Sensitivity>, CounterfactualError> {
    level_sds
        .iter()
        .map(|&level_sd| {
            let model = CounterfactualModel { level_sd, ..*model };
            let result = structural_counterfactual(y, n_before, controls, &model, sampling)?;
            Ok(Sensitivity {
                level_sd,
                average: result.average,
                cumulative: result.cumulative,
                tail_area: result.tail_area,
            })
        })
        .collect()
}
