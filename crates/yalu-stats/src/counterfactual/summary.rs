//! What the draws say: effects with intervals, and whether there are enough draws to say it.

use super::error::CounterfactualError;
use super::gibbs::{Draws, Problem};
use super::model::{Control, Sampling};
use crate::samples::quantile;

/// A posterior quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// The posterior mean.
    pub mean: f64,
    /// The posterior standard deviation.
    pub sd: f64,
    /// The interval's lower end, an equal share of the draws below it and above the upper end.
    pub lower: f64,
    /// The interval's upper end.
    pub upper: f64,
}

/// One period: what was observed, what the model says, and the difference.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodEffect {
    /// The response; none where it was not observed.
    pub observed: Option<f64>,
    /// The response to be expected without the intervention. Before it, the fit; the mean leaves
    /// out the observation noise, sd and interval hold it.
    pub predicted: Posterior,
    /// Observed less predicted; none where nothing was observed.
    pub effect: Option<Posterior>,
    /// The effect summed from the intervention up to this period; none before it.
    pub cumulative: Option<Posterior>,
}

/// An effect over all periods after the intervention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectSummary {
    /// The observed response.
    pub observed: f64,
    /// The response to be expected without the intervention.
    pub predicted: Posterior,
    /// Observed less predicted.
    pub effect: Posterior,
}

/// A control's part.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlPosterior {
    /// The control's name.
    pub name: String,
    /// The share of draws in which the control is in the model.
    pub inclusion: f64,
    /// The coefficient in the data's units, 0 counted where the control is out.
    pub coefficient: Posterior,
}

/// Whether a quantity's draws suffice.
#[derive(Debug, Clone, PartialEq)]
pub struct Convergence {
    /// The quantity.
    pub quantity: String,
    /// The posterior mean, in the data's units.
    pub mean: f64,
    /// Monte Carlo standard error of that mean.
    pub monte_carlo_error: f64,
    /// The number of independent draws that would say as much.
    pub effective_draws: f64,
    /// Split R̂ over all chains; near 1 where they agree. None where no draw differs from another
    /// within a chain but chains differ.
    pub r_hat: Option<f64>,
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

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sample standard deviation.
pub(super) fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    let square: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (square / (values.len() as f64 - 1.0).max(1.0)).sqrt()
}

/// The posterior of draws, which are put into order. `centre` replaces their mean where a less noisy
/// one is known.
pub(super) fn posterior(draws: &mut [f64], centre: Option<f64>, coverage: f64) -> Posterior {
    let mean = centre.unwrap_or_else(|| mean(draws));
    let sd = deviation(draws);
    draws.sort_unstable_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - coverage);
    Posterior {
        mean,
        sd,
        lower: quantile(draws, tail),
        upper: quantile(draws, 1.0 - tail),
    }
}

impl Posterior {
    /// The posterior of `observed` less the quantity.
    pub(super) fn below(self, observed: f64) -> Self {
        Self {
            mean: observed - self.mean,
            sd: self.sd,
            lower: observed - self.upper,
            upper: observed - self.lower,
        }
    }

    /// The posterior of the quantity times a factor above 0.
    pub(super) fn times(self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            sd: self.sd * factor,
            lower: self.lower * factor,
            upper: self.upper * factor,
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        self.mean.is_finite()
            && self.sd.is_finite()
            && self.lower.is_finite()
            && self.upper.is_finite()
    }
}

/// Split R̂ and the effective number of draws of chains that lie one after the other.
///
/// # Source
/// Gelman et al. (2013), Bayesian Data Analysis, sections 11.4 and 11.5; the sum of correlations ends
/// by the initial monotone sequence of Geyer (1992), Statistical Science 7, 473–483.
pub(super) fn convergence(quantity: String, draws: &[f64], n_chains: usize) -> Convergence {
    let half = draws.len() / n_chains / 2;
    let chain_length = draws.len() / n_chains;
    let parts: Vec<&[f64]> = (0..n_chains)
        .flat_map(|chain| {
            let chain = &draws[chain * chain_length..(chain + 1) * chain_length];
            [&chain[..half], &chain[chain_length - half..]]
        })
        .collect();
    let n = half as f64;
    let total = draws.len() as f64;
    let means: Vec<f64> = parts.iter().map(|part| mean(part)).collect();
    let within = parts
        .iter()
        .map(|part| deviation(part).powi(2))
        .sum::<f64>()
        / parts.len() as f64;
    let between = deviation(&means).powi(2);
    let spread = within * (n - 1.0) / n + between;
    let overall = mean(draws);
    if within <= 0.0 {
        return Convergence {
            quantity,
            mean: overall,
            monte_carlo_error: (between / parts.len() as f64).sqrt(),
            effective_draws: if between > 0.0 { 1.0 } else { total },
            r_hat: (between <= 0.0).then_some(1.0),
        };
    }
    let correlation = |lag: usize| {
        let covariance = parts
            .iter()
            .zip(&means)
            .map(|(part, mean)| {
                part[..half - lag]
                    .iter()
                    .zip(&part[lag..])
                    .map(|(a, b)| (a - mean) * (b - mean))
                    .sum::<f64>()
                    / n
            })
            .sum::<f64>()
            / parts.len() as f64;
        1.0 - (within * (n - 1.0) / n - covariance) / spread
    };
    let mut sum = 0.0;
    let mut least = f64::INFINITY;
    let mut lag = 0;
    while lag + 1 < half {
        let pair = correlation(lag) + correlation(lag + 1);
        if pair <= 0.0 {
            break;
        }
        least = least.min(pair);
        sum += least;
        lag += 2;
    }
    // Draws that repel each other can say more than independent ones, but not without end.
    let time = (2.0 * sum - 1.0).max(1.0 / total.log10().max(1.0));
    let effective = total / time;
    Convergence {
        quantity,
        mean: overall,
        monte_carlo_error: (spread / effective).sqrt(),
        effective_draws: effective,
        r_hat: Some((spread / within).sqrt()),
    }
}

/// Effects and diagnostics from draws in the data's units (standard deviations and coefficients are
/// still standardised).
#[allow(clippy::too_many_arguments, reason = "the pieces of one computation")]
pub(super) fn summarise(
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

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{convergence, posterior};

    #[test]
    fn quantiles_are_type_seven() {
        // R: quantile(c(1, 2, 4, 8), c(0.025, 0.975)) gives 1.075 and 7.7.
        let got = posterior(&mut [8.0, 1.0, 4.0, 2.0], None, 0.95);
        assert!((got.lower - 1.075).abs() < 1e-12 && (got.upper - 7.7).abs() < 1e-12);
    }

    #[test]
    fn effective_draws_of_an_autoregression() {
        // Of an AR(1) with ρ = 0.6 a quarter counts: (1 − ρ)/(1 + ρ).
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut draws = Vec::new();
        for _ in 0..2 {
            let mut state = 0.0;
            for _ in 0..20_000 {
                let noise: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
                state = 0.6 * state + noise;
                draws.push(state);
            }
        }
        let got = convergence("x".to_owned(), &draws, 2);
        assert!(
            (got.effective_draws / 10_000.0 - 1.0).abs() < 0.1,
            "{got:?}"
        );
        assert!(
            got.r_hat.is_some_and(|r| (r - 1.0).abs() < 0.003),
            "{got:?}"
        );
        // A second chain elsewhere shows.
        for value in &mut draws[20_000..] {
            *value += 3.0;
        }
        let apart = convergence("x".to_owned(), &draws, 2);
        assert!(apart.r_hat.is_some_and(|r| r > 1.3), "{apart:?}");
        assert!(apart.effective_draws < 20.0, "{apart:?}");
    }
}
