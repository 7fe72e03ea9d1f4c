//! Conjugate models of the figures within a level.

use statrs::function::gamma::ln_gamma;

use super::OnlineError;

/// Above this argument log Γ is taken from Stirling's series, so that the differences of large
/// values keep their digits.
const STIRLING_FROM: f64 = 50.0;

/// How figures within a level vary, with the level's parameters integrated out.
pub trait PredictiveModel {
    /// A period's figure.
    type Observation;
    /// What the periods of a run said.
    type State: std::fmt::Debug + Clone + PartialEq;

    /// Whether the parameters are within their ranges.
    ///
    /// # Errors
    /// [`OnlineError::Parameter`].
    fn check(&self) -> Result<(), OnlineError>;

    /// Whether a figure can be used.
    ///
    /// # Errors
    /// [`OnlineError::NotFinite`], [`OnlineError::Count`], [`OnlineError::Exposure`].
    fn check_observation(
        &self,
        observation: &Self::Observation,
        period: usize,
    ) -> Result<(), OnlineError>;

    /// What is known of a level before its first period.
    fn prior(&self) -> Self::State;

    /// The log density (for counts, probability) of the next figure.
    fn log_predictive(&self, state: &Self::State, observation: &Self::Observation) -> f64;

    /// What is known with one more figure.
    fn updated(&self, state: &Self::State, observation: &Self::Observation) -> Self::State;
}

fn positive(name: &'static str, value: f64) -> Result<(), OnlineError> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(OnlineError::Parameter {
            name,
            value,
            needed: "a number above zero",
        })
    }
}

fn finite(name: &'static str, value: f64) -> Result<(), OnlineError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(OnlineError::Parameter {
            name,
            value,
            needed: "a finite number",
        })
    }
}

fn finite_figure(value: f64, period: usize) -> Result<(), OnlineError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(OnlineError::NotFinite { period, value })
    }
}

/// log Γ(a + d) − log Γ(a).
fn ln_gamma_step(a: f64, d: f64) -> f64 {
    if a < STIRLING_FROM {
        return ln_gamma(a + d) - ln_gamma(a);
    }
    // The next term is below 1e-15.
    let tail = |x: f64| {
        let square = x * x;
        (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * square)) / square) / x
    };
    (a - 0.5) * (d / a).ln_1p() + d * (a + d).ln() - d + tail(a + d) - tail(a)
}

/// Normal figures whose mean and variance aren't known: the mean is normal about `mean` with the
/// variance over `weight`, the variance inverse gamma with `shape` and `scale`. The next figure
/// follows a Student t of 2·shape degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalInverseGamma {
    /// The mean expected (μ₀).
    pub mean: f64,
    /// How many figures that expectation is worth (κ₀ > 0).
    pub weight: f64,
    /// α₀ > 0.
    pub shape: f64,
    /// β₀ > 0, in squared units of the figures.
    pub scale: f64,
}

impl PredictiveModel for NormalInverseGamma {
    type Observation = f64;
    type State = Self;

    fn check(&self) -> Result<(), OnlineError> {
        finite("the prior mean", self.mean)?;
        positive("the prior weight", self.weight)?;
        positive("the prior shape", self.shape)?;
        positive("the prior scale", self.scale)
    }

    fn check_observation(&self, observation: &f64, period: usize) -> Result<(), OnlineError> {
        finite_figure(*observation, period)
    }

    fn prior(&self) -> Self {
        *self
    }

    fn log_predictive(&self, state: &Self, observation: &f64) -> f64 {
        // t = (x − μ)/s with s² = β(κ + 1)/(ακ) on 2α degrees of freedom: t²/(2α) is this.
        let spread = 2.0 * state.scale * (state.weight + 1.0) / state.weight;
        let gap = observation - state.mean;
        ln_gamma_step(state.shape, 0.5)
            - 0.5 * (std::f64::consts::PI * spread).ln()
            - (state.shape + 0.5) * (gap * gap / spread).ln_1p()
    }

    fn updated(&self, state: &Self, observation: &f64) -> Self {
        let gap = observation - state.mean;
        let weight = state.weight + 1.0;
        Self {
            mean: state.mean + gap / weight,
            weight,
            shape: state.shape + 0.5,
            scale: state.scale + 0.5 * gap * gap * state.weight / weight,
        }
    }
}

/// Normal figures of a known variance; the mean is normal about `mean` with `mean_variance`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalKnownVariance {
    /// The mean expected.
    pub mean: f64,
    /// How far levels lie from it (a variance above 0).
    pub mean_variance: f64,
    /// The variance of figures within a level (above 0).
    pub variance: f64,
}

impl PredictiveModel for NormalKnownVariance {
    type Observation = f64;
    /// Posterior mean and its variance.
    type State = (f64, f64);

    fn check(&self) -> Result<(), OnlineError> {
        finite("the prior mean", self.mean)?;
        positive("the prior variance of the mean", self.mean_variance)?;
        positive("the variance within a level", self.variance)
    }

    fn check_observation(&self, observation: &f64, period: usize) -> Result<(), OnlineError> {
        finite_figure(*observation, period)
    }

    fn prior(&self) -> (f64, f64) {
        (self.mean, self.mean_variance)
    }

    fn log_predictive(&self, &(mean, mean_variance): &(f64, f64), observation: &f64) -> f64 {
        let variance = mean_variance + self.variance;
        let gap = observation - mean;
        -0.5 * ((std::f64::consts::TAU * variance).ln() + gap * gap / variance)
    }

    fn updated(&self, &(mean, mean_variance): &(f64, f64), observation: &f64) -> (f64, f64) {
        let share = mean_variance / (mean_variance + self.variance);
        (mean + share * (observation - mean), share * self.variance)
    }
}

/// A count and what it was counted over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposed {
    /// The events: whole, not negative.
    pub count: f64,
    /// The exposure, above 0; 1 where periods are alike.
    pub exposure: f64,
}

impl Exposed {
    fn check(&self, period: usize) -> Result<(), OnlineError> {
        let value = self.count;
        finite_figure(value, period)?;
        if value < 0.0 || value.fract() != 0.0 {
            return Err(OnlineError::Count { period, value });
        }
        if self.exposure.is_finite() && self.exposure > 0.0 {
            Ok(())
        } else {
            Err(OnlineError::Exposure {
                period,
                value: self.exposure,
            })
        }
    }
}

/// Poisson counts; the rate per unit of exposure is gamma with `shape` and `rate` (mean shape/rate).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaPoisson {
    /// a > 0: how many events the expectation is worth.
    pub shape: f64,
    /// b > 0: how much exposure it is worth.
    pub rate: f64,
}

impl PredictiveModel for GammaPoisson {
    type Observation = Exposed;
    type State = Self;

    fn check(&self) -> Result<(), OnlineError> {
        positive("the prior shape", self.shape)?;
        positive("the prior rate", self.rate)
    }

    fn check_observation(&self, observation: &Exposed, period: usize) -> Result<(), OnlineError> {
        observation.check(period)
    }

    fn prior(&self) -> Self {
        *self
    }

    fn log_predictive(&self, state: &Self, observation: &Exposed) -> f64 {
        // Negative binomial: size a, success probability b/(b + e).
        let Exposed { count, exposure } = *observation;
        let odds = state.rate / exposure;
        ln_gamma_step(state.shape, count)
            - ln_gamma(count + 1.0)
            - state.shape * (exposure / state.rate).ln_1p()
            - count * odds.ln_1p()
    }

    fn updated(&self, state: &Self, observation: &Exposed) -> Self {
        Self {
            shape: state.shape + observation.count,
            rate: state.rate + observation.exposure,
        }
    }
}

/// Overdispersed counts: negative binomial of known size θ per unit of exposure (a period of exposure e
/// has size θe), with a success probability that is beta(`alpha`, `beta`). Within a level the mean is
/// θe(1 − p)/p and the variance mean/p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaNegativeBinomial {
    /// θ > 0.
    pub theta: f64,
    /// Grows with exposure: how much of it, times θ, the expectation is worth.
    pub alpha: f64,
    /// Grows with events: how many the expectation is worth.
    pub beta: f64,
}

impl PredictiveModel for BetaNegativeBinomial {
    type Observation = Exposed;
    /// α and β.
    type State = (f64, f64);

    fn check(&self) -> Result<(), OnlineError> {
        positive("theta", self.theta)?;
        positive("the prior alpha", self.alpha)?;
        positive("the prior beta", self.beta)
    }

    fn check_observation(&self, observation: &Exposed, period: usize) -> Result<(), OnlineError> {
        observation.check(period)
    }

    fn prior(&self) -> (f64, f64) {
        (self.alpha, self.beta)
    }

    fn log_predictive(&self, &(alpha, beta): &(f64, f64), observation: &Exposed) -> f64 {
        let (count, size) = (observation.count, self.theta * observation.exposure);
        // A ratio of beta functions, by its gamma functions.
        let beta_step = ln_gamma_step(alpha, size) + ln_gamma_step(beta, count)
            - ln_gamma_step(alpha + beta, size + count);
        ln_gamma_step(size, count) - ln_gamma(count + 1.0) + beta_step
    }

    fn updated(&self, &(alpha, beta): &(f64, f64), observation: &Exposed) -> (f64, f64) {
        (
            alpha + self.theta * observation.exposure,
            beta + observation.count,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_log_gamma_join_where_the_series_begins() {
        // Γ(a + d)/Γ(a) for whole d is a product.
        for a in [0.3, 7.5, 49.9, 50.1, 400.25, 1e6] {
            let product: f64 = (0..12).map(|k| (a + f64::from(k)).ln()).sum();
            let difference = (ln_gamma_step(a, 12.0) - product).abs();
            assert!(difference < 1e-12 * product.max(1.0), "{a}: {difference:e}");
            // Γ(a + ½)/Γ(a) twice, half a step apart, is a.
            let halves = ln_gamma_step(a, 0.5) + ln_gamma_step(a + 0.5, 0.5);
            assert!((halves - a.ln()).abs() < 1e-12, "{a}");
        }
    }
}
