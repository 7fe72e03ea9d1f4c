//! What a series would have been without an intervention: a Bayesian structural time series.
//!
//! A level (with a slope and a season where asked for) and a regression on control series are learnt
//! from the periods before the intervention and carried over it. What was observed less what was
//! predicted is the effect.

mod gibbs;
mod state_space;
mod summary;

use gibbs::{Draws, Problem, ScalePrior, cholesky, run_chain};
use state_space::{Initial, Structure};
pub use summary::{ControlPosterior, Convergence, EffectSummary, PeriodEffect, Posterior};
use summary::{convergence, deviation, mean, posterior};

/// A standard deviation below this share of the values' size is rounding.
const CONSTANT: f64 = 1e-12;
/// Prior observations of the noise's guess where there are no controls.
const DF_WITHOUT_CONTROLS: f64 = 0.01;

/// Why there is no counterfactual.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CounterfactualError {
    /// A value that isn't a finite number.
    #[error("{what} holds {value} in row {row}; leave a missing response out as none")]
    NotFinite {
        /// The series.
        what: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A control of another length.
    #[error("control `{name}` has {got} rows, the response has {needed}; it must run to the end")]
    Length {
        /// The control.
        name: String,
        /// Rows of the response.
        needed: usize,
        /// Rows of the control.
        got: usize,
    },
    /// The intervention isn't within the series.
    #[error(
        "the intervention at row {n_before} leaves no period after it: the series has {n_rows} rows"
    )]
    NoPeriodsAfter {
        /// Periods before the intervention.
        n_before: usize,
        /// Periods in all.
        n_rows: usize,
    },
    /// A response missing after the intervention.
    #[error(
        "the response is missing in row {row}, after the intervention; end the series before it"
    )]
    MissingAfter {
        /// The row, from 0.
        row: usize,
    },
    /// Too few periods before the intervention.
    #[error("{got} observed periods before the intervention; this model needs {needed}")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods observed.
        got: usize,
    },
    /// A response of zeros.
    #[error("the response is zero in every period before the intervention")]
    AllZero,
    /// A response that doesn't move.
    #[error("the response is {value} in every period before the intervention: nothing to learn")]
    Constant {
        /// The value.
        value: f64,
    },
    /// A control that doesn't move.
    #[error("control `{name}` is constant before the intervention: leave it out")]
    ControlConstant {
        /// The control.
        name: String,
    },
    /// Controls that say the same, with a prior that can't choose between them.
    #[error(
        "the controls are collinear before the intervention; leave some out or set \
         diagonal_shrinkage above 0"
    )]
    Collinear,
    /// An option outside its range.
    #[error("{option} is {value}; it must be {range}")]
    Option {
        /// The option.
        option: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// Figures too large to be summed.
    #[error("the figures of {what} are too large or too small to compute with; use another unit")]
    Scale {
        /// The series.
        what: String,
    },
}

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
    /// choice that matters most: see [`prior_sensitivity`].
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

/// A series beside what it would have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Counterfactual {
    /// Periods before the intervention: the first that it may have moved has this index.
    pub n_before: usize,
    /// Every period, before and after.
    pub periods: Vec<PeriodEffect>,
    /// Means over the periods after the intervention.
    pub average: EffectSummary,
    /// Sums over them, from joint draws.
    pub cumulative: EffectSummary,
    /// Observed over predicted sum, less 1; none where the predicted sum may be 0 or change sign.
    pub relative: Option<Posterior>,
    /// The share of draws whose sum is as far out as the observed one, on the side where there are
    /// fewer, the observed one counted: one-sided, never 0, never much above 0.5.
    pub tail_area: f64,
    /// The share of draws in which the cumulative effect is above 0.
    pub probability_positive: f64,
    /// The controls in the order given.
    pub controls: Vec<ControlPosterior>,
    /// Standard deviation of the observations about the model, in the data's units.
    pub observation_sd: Posterior,
    /// Standard deviation of the level's step per period, in the data's units.
    pub level_sd: Posterior,
    /// Effective draws, Monte Carlo error and R̂: of the average effect, the two standard deviations
    /// and each coefficient.
    pub convergence: Vec<Convergence>,
}

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

/// A series brought to mean 0 and standard deviation 1 before the intervention.
struct Standard {
    values: Vec<f64>,
    mean: f64,
    sd: f64,
}

/// What keeps a series from being standardised.
enum Unusable {
    Constant,
    Scale,
}

fn standardise(values: &[f64], learn: &[f64]) -> Result<Standard, Unusable> {
    // Halved sizes first, so that no sum of large values leaves the range of a double.
    let largest = learn
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    if largest == 0.0 {
        return Err(Unusable::Constant);
    }
    if !(1e-150..=1e150).contains(&largest) {
        return Err(Unusable::Scale);
    }
    let (mean, sd) = (mean(learn), deviation(learn));
    if sd <= CONSTANT * largest {
        return Err(Unusable::Constant);
    }
    Ok(Standard {
        values: values.iter().map(|value| (value - mean) / sd).collect(),
        mean,
        sd,
    })
}

fn check_options(
    model: &CounterfactualModel,
    sampling: &Sampling,
) -> Result<(), CounterfactualError> {
    let positive =
        |option, value: f64| (option, value, value.is_finite() && value > 0.0, "above 0");
    let expected_size = match model.selection {
        Selection::SpikeAndSlab { expected_size } => expected_size,
        Selection::All => 1.0,
    };
    let season = model.season.unwrap_or(2);
    let checks = [
        positive("level_sd", model.level_sd),
        positive("season_sd", model.season_sd),
        positive("state_df", model.state_df),
        positive("observation_df", model.observation_df),
        positive("information_weight", model.information_weight),
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

fn check_data(
    y: &[Option<f64>],
    n_before: usize,
    controls: &[Control<'_>],
) -> Result<(), CounterfactualError> {
    if n_before >= y.len() {
        return Err(CounterfactualError::NoPeriodsAfter {
            n_before,
            n_rows: y.len(),
        });
    }
    for (row, value) in y.iter().enumerate() {
        match value {
            Some(value) if !value.is_finite() => {
                return Err(CounterfactualError::NotFinite {
                    what: "the response".to_owned(),
                    row,
                    value: *value,
                });
            }
            None if row >= n_before => return Err(CounterfactualError::MissingAfter { row }),
            _ => {}
        }
    }
    for control in controls {
        if control.values.len() != y.len() {
            return Err(CounterfactualError::Length {
                name: control.name.to_owned(),
                needed: y.len(),
                got: control.values.len(),
            });
        }
        if let Some(row) = control.values.iter().position(|value| !value.is_finite()) {
            return Err(CounterfactualError::NotFinite {
                what: format!("control `{}`", control.name),
                row,
                value: control.values[row],
            });
        }
    }
    Ok(())
}

/// The coefficients' prior precision times the observation variance: Zellner's, of the observed
/// periods before the intervention, drawn toward its diagonal.
fn slab(
    model: &CounterfactualModel,
    x: &[Vec<f64>],
    observed: &[bool],
) -> Result<Vec<f64>, CounterfactualError> {
    let p = x.len();
    let n = observed.iter().filter(|seen| **seen).count() as f64;
    let mut precision = vec![0.0; p * p];
    for i in 0..p {
        for j in 0..=i {
            let cross: f64 = (0..observed.len())
                .filter(|&t| observed[t])
                .map(|t| x[i][t] * x[j][t])
                .sum();
            let kept = if i == j {
                1.0
            } else {
                1.0 - model.diagonal_shrinkage
            };
            let value = model.information_weight * kept * cross / n;
            precision[i * p + j] = value;
            precision[j * p + i] = value;
        }
    }
    let mut factor = precision.clone();
    let good = cholesky(&mut factor, p)
        && (0..p).all(|i| factor[i * p + i].powi(2) > 1e-10 * precision[i * p + i]);
    if good {
        Ok(precision)
    } else {
        Err(CounterfactualError::Collinear)
    }
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
    check_data(y, n_before, controls)?;
    let p = controls.len();
    let structure = Structure {
        slope: model.trend == Trend::LocalLinear,
        season: model.season.unwrap_or(0),
    };
    let seen: Vec<f64> = y[..n_before].iter().copied().flatten().collect();
    let expected = match model.selection {
        Selection::SpikeAndSlab { expected_size } => (expected_size.ceil() as usize).min(p),
        Selection::All => p,
    };
    let needed = 2 + structure.dim() + expected;
    if seen.len() < needed {
        return Err(CounterfactualError::TooShort {
            needed,
            got: seen.len(),
        });
    }
    if seen.iter().all(|value| *value == 0.0) {
        return Err(CounterfactualError::AllZero);
    }
    let filled: Vec<f64> = y.iter().map(|value| value.unwrap_or(0.0)).collect();
    let response = standardise(&filled, &seen).map_err(|why| match why {
        Unusable::Constant => CounterfactualError::Constant { value: seen[0] },
        Unusable::Scale => CounterfactualError::Scale {
            what: "the response".to_owned(),
        },
    })?;
    let regressors = controls
        .iter()
        .map(|control| {
            standardise(control.values, &control.values[..n_before]).map_err(|why| match why {
                Unusable::Constant => CounterfactualError::ControlConstant {
                    name: control.name.to_owned(),
                },
                Unusable::Scale => CounterfactualError::Scale {
                    what: format!("control `{}`", control.name),
                },
            })
        })
        .collect::<Result<Vec<Standard>, CounterfactualError>>()?;
    let observed: Vec<bool> = y[..n_before].iter().map(Option::is_some).collect();
    let x: Vec<Vec<f64>> = regressors.iter().map(|one| one.values.clone()).collect();
    let slab = slab(model, &x, &observed)?;

    let mut series = response.values[..n_before].to_vec();
    for (value, seen) in series.iter_mut().zip(&observed) {
        if !seen {
            *value = 0.0;
        }
    }
    let d = structure.dim();
    let mut initial = Initial {
        mean: vec![0.0; d],
        variance: vec![1.0; d],
    };
    // The level begins about the first figure, give or take a standard deviation.
    initial.mean[0] = (seen[0] - response.mean) / response.sd;
    let state_prior = |guess| ScalePrior {
        guess,
        df: model.state_df,
        upper: 1.0,
    };
    let mut states = vec![state_prior(model.level_sd)];
    if structure.slope {
        states.push(state_prior(model.level_sd));
    }
    if structure.season > 1 {
        states.push(state_prior(model.season_sd));
    }
    let problem = Problem {
        structure,
        y: series,
        observed,
        x,
        n_periods: y.len(),
        initial,
        observation: ScalePrior {
            guess: if p == 0 {
                1.0
            } else {
                (1.0 - model.expected_r2).sqrt()
            },
            df: if p == 0 {
                DF_WITHOUT_CONTROLS
            } else {
                model.observation_df
            },
            upper: f64::INFINITY,
        },
        states,
        slab,
        inclusion: match model.selection {
            Selection::SpikeAndSlab { expected_size } => expected_size / p.max(1) as f64,
            Selection::All => 1.0,
        },
    };
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
        *value = response.mean + response.sd * *value;
    }
    let scales: Vec<f64> = regressors.iter().map(|one| response.sd / one.sd).collect();
    summarise(
        y,
        n_before,
        controls,
        &problem,
        &draws,
        response.sd,
        &scales,
        sampling,
    )
}

/// Effects and diagnostics from draws in the data's units (standard deviations and coefficients are
/// still standardised).
#[allow(clippy::too_many_arguments, reason = "the pieces of one computation")]
fn summarise(
    y: &[Option<f64>],
    n_before: usize,
    controls: &[Control<'_>],
    problem: &Problem,
    draws: &Draws,
    unit: f64,
    scales: &[f64],
    sampling: &Sampling,
) -> Result<Counterfactual, CounterfactualError> {
    let n = y.len();
    let n_after = (n - n_before) as f64;
    let n_draws = draws.observation.len();
    let coverage = sampling.coverage;
    let mut column = vec![0.0; n_draws];
    let mut sums = vec![0.0; n_draws];
    let mut signal_sum = 0.0;
    let mut observed_sum = 0.0;
    let mut periods = Vec::with_capacity(n);
    for t in 0..n {
        let pick = |of: &[f64], column: &mut [f64]| {
            for (value, row) in column.iter_mut().zip(of.chunks_exact(n)) {
                *value = row[t];
            }
        };
        pick(&draws.signal, &mut column);
        let centre = mean(&column);
        pick(&draws.predictive, &mut column);
        let mut cumulative = None;
        if t >= n_before {
            for (sum, value) in sums.iter_mut().zip(&column) {
                *sum += value;
            }
            signal_sum += centre;
            // Every response after the intervention was checked to be there.
            observed_sum += y[t].unwrap_or(0.0);
            let mut ordered = sums.clone();
            cumulative =
                Some(posterior(&mut ordered, Some(signal_sum), coverage).below(observed_sum));
        }
        let predicted = posterior(&mut column, Some(centre), coverage);
        periods.push(PeriodEffect {
            observed: y[t],
            predicted,
            effect: y[t].map(|observed| predicted.below(observed)),
            cumulative,
        });
    }
    let above = sums.iter().filter(|sum| **sum >= observed_sum).count() + 1;
    let below = sums.iter().filter(|sum| **sum <= observed_sum).count() + 1;
    let tail_area = above.min(below) as f64 / (n_draws + 1) as f64;
    let probability_positive =
        sums.iter().filter(|sum| **sum < observed_sum).count() as f64 / n_draws as f64;
    let same_sign = sums.iter().all(|sum| *sum > 0.0) || sums.iter().all(|sum| *sum < 0.0);
    let relative = same_sign.then(|| {
        let mut ratios: Vec<f64> = sums.iter().map(|sum| observed_sum / sum - 1.0).collect();
        posterior(&mut ratios, None, coverage)
    });
    let total = posterior(&mut sums, Some(signal_sum), coverage);
    let cumulative = EffectSummary {
        observed: observed_sum,
        predicted: total,
        effect: total.below(observed_sum),
    };
    let average = EffectSummary {
        observed: observed_sum / n_after,
        predicted: total.times(1.0 / n_after),
        effect: cumulative.effect.times(1.0 / n_after),
    };

    let n_states = problem.states.len();
    let mut observation: Vec<f64> = draws.observation.iter().map(|sd| sd * unit).collect();
    let mut level: Vec<f64> = draws
        .states
        .iter()
        .step_by(n_states)
        .map(|sd| sd * unit)
        .collect();
    let averages: Vec<f64> = draws
        .signal
        .chunks_exact(n)
        .map(|row| (observed_sum - row[n_before..].iter().sum::<f64>()) / n_after)
        .collect();
    let check =
        |quantity: &str, of: &[f64]| convergence(quantity.to_owned(), of, sampling.n_chains);
    let mut checks = vec![
        check("average effect", &averages),
        check("observation sd", &observation),
        check("level sd", &level),
    ];
    let mut of_controls = Vec::with_capacity(controls.len());
    for (idx, (control, scale)) in controls.iter().zip(scales).enumerate() {
        let mut coefficients: Vec<f64> = draws
            .coefficients
            .chunks_exact(controls.len())
            .map(|row| row[idx] * scale)
            .collect();
        let included = draws
            .coefficients
            .chunks_exact(controls.len())
            .filter(|row| row[idx] != 0.0)
            .count();
        checks.push(check(
            &format!("coefficient of `{}`", control.name),
            &coefficients,
        ));
        of_controls.push(ControlPosterior {
            name: control.name.to_owned(),
            inclusion: included as f64 / n_draws as f64,
            coefficient: posterior(&mut coefficients, None, coverage),
        });
    }
    let result = Counterfactual {
        n_before,
        periods,
        average,
        cumulative,
        relative,
        tail_area,
        probability_positive,
        controls: of_controls,
        observation_sd: posterior(&mut observation, None, coverage),
        level_sd: posterior(&mut level, None, coverage),
        convergence: checks,
    };
    if is_finite(&result) {
        Ok(result)
    } else {
        Err(CounterfactualError::Scale {
            what: "the response or a control after the intervention".to_owned(),
        })
    }
}

fn is_finite(result: &Counterfactual) -> bool {
    result.periods.iter().all(|period| {
        period.predicted.is_finite()
            && period.effect.is_none_or(|effect| effect.is_finite())
            && period.cumulative.is_none_or(|effect| effect.is_finite())
    }) && result.average.effect.is_finite()
        && result.cumulative.predicted.is_finite()
        && result.relative.is_none_or(|relative| relative.is_finite())
        && result
            .controls
            .iter()
            .all(|one| one.coefficient.is_finite())
        && result
            .convergence
            .iter()
            .all(|one| one.monte_carlo_error.is_finite() && one.r_hat.is_none_or(f64::is_finite))
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
