//! Bayesian online detection of change points: after each period, how long the present level has
//! lasted, as a distribution.
//!
//! Run length r after period t: the last r periods belong to the present level, so a change point
//! lies just before them. Run length 0 after t: a change point falls just after t (its probability
//! is the hazard, whatever period t holds). Before the first period the run length is 0.
//!
//! The posterior at t uses the periods up to t and no later ones. It supposes that figures within a
//! level are independent: serial correlation passes for changes. A normal model fails on counts:
//! [`GammaPoisson`] and [`BetaNegativeBinomial`] are for those.

mod models;

pub use models::{
    BetaNegativeBinomial, Exposed, GammaPoisson, NormalInverseGamma, NormalKnownVariance,
    PredictiveModel,
};

/// How likely a level ends.
pub trait Hazard {
    /// The probability that a level that has lasted `run_length` periods (at least 1) ends there.
    fn hazard(&self, run_length: usize) -> f64;
}

/// The same hazard at each period: levels last 1/hazard periods on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantHazard(pub f64);

impl Hazard for ConstantHazard {
    fn hazard(&self, _: usize) -> f64 {
        self.0
    }
}

impl<F: Fn(usize) -> f64> Hazard for F {
    fn hazard(&self, run_length: usize) -> f64 {
        self(run_length)
    }
}

/// Why a detector can't be made or go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OnlineError {
    /// A hazard that isn't a probability strictly between 0 and 1.
    #[error(
        "the hazard at run length {run_length} is {value}; it must lie strictly between 0 and 1"
    )]
    Hazard {
        /// The run length.
        run_length: usize,
        /// The value.
        value: f64,
    },
    /// A parameter of the prior or the noise out of its range.
    #[error("{name} is {value}; it must be {needed}")]
    Parameter {
        /// Which.
        name: &'static str,
        /// The value.
        value: f64,
        /// What it must be.
        needed: &'static str,
    },
    /// A figure that isn't finite.
    #[error("period {period} holds {value}; leave missing periods out and give finite figures")]
    NotFinite {
        /// The period, from 0.
        period: usize,
        /// The value.
        value: f64,
    },
    /// A count that is negative or not whole.
    #[error("period {period} holds the count {value}; counts are whole and not negative")]
    Count {
        /// The period, from 0.
        period: usize,
        /// The value.
        value: f64,
    },
    /// An exposure that isn't above zero.
    #[error(
        "the exposure of period {period} is {value}; it must be above zero (leave such periods out)"
    )]
    Exposure {
        /// The period, from 0.
        period: usize,
        /// The value.
        value: f64,
    },
    /// A pruning threshold that isn't small.
    #[error(
        "run lengths below a probability of {value} can't be pruned; the threshold must be at least 0 and at most 0.01"
    )]
    Threshold {
        /// The value.
        value: f64,
    },
    /// A figure that no level explains.
    #[error(
        "period {period} is so far off that its probability can't be held under any run length; check the figure or widen the prior"
    )]
    Impossible {
        /// The period, from 0.
        period: usize,
    },
}

/// What a period told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnlineStep {
    /// The period, from 0.
    pub period: usize,
    /// The most probable run length; the shorter one of equals.
    pub map_run_length: usize,
    /// Its probability.
    pub map_probability: f64,
    /// The mean run length.
    pub mean_run_length: f64,
    /// The log density (for counts, probability) of this period given those before.
    pub log_predictive: f64,
    /// The log density of all periods so far.
    pub log_evidence: f64,
    /// The probability of the run lengths that were dropped after this period.
    pub pruned: f64,
    /// The sum of what was dropped so far, which bounds the share of paths left out.
    pub pruned_so_far: f64,
    /// Run lengths that are held.
    pub n_held: usize,
}

/// A run length, its log probability, and what its periods said.
#[derive(Debug, Clone, PartialEq)]
struct Run<S> {
    length: usize,
    log_probability: f64,
    state: S,
}

/// Follows a series period by period. Time and memory per period are those of the run lengths held:
/// all so far, or those above the pruning threshold.
///
/// # Source
/// Adams and MacKay (2007), arXiv:0710.3742; in the log domain.
///
/// ```
/// use yalu_stats::online::{ConstantHazard, NormalInverseGamma, OnlineDetector};
///
/// let prior = NormalInverseGamma { mean: 0.0, weight: 0.1, shape: 1.0, scale: 1.0 };
/// let mut detector = OnlineDetector::new(prior, ConstantHazard(0.01))?.with_pruning(1e-6)?;
/// for t in 0..60 {
///     let x = f64::from(t * 37 % 11) / 5.0 + if t < 40 { 0.0 } else { 9.0 };
///     detector.update(&x)?;
/// }
/// assert!(detector.probability_shorter_than(25) > 0.99);
/// assert!(detector.probability_shorter_than(18) < 0.1);
/// # Ok::<(), yalu_stats::online::OnlineError>(())
/// ```
#[derive(Debug, Clone)]
pub struct OnlineDetector<M: PredictiveModel, H: Hazard> {
    model: M,
    hazard: H,
    threshold: f64,
    period: usize,
    log_evidence: f64,
    pruned_so_far: f64,
    /// By run length ascending.
    runs: Vec<Run<M::State>>,
    /// Where the next period's are put together.
    spare: Vec<Run<M::State>>,
}

impl<M: PredictiveModel, H: Hazard> OnlineDetector<M, H> {
    /// A detector before the first period, without pruning.
    ///
    /// # Errors
    /// [`OnlineError::Parameter`] where the model's parameters are out of range,
    /// [`OnlineError::Hazard`] where the first hazard is no probability.
    pub fn new(model: M, hazard: H) -> Result<Self, OnlineError> {
        model.check()?;
        let first = Run {
            length: 0,
            log_probability: 0.0,
            state: model.prior(),
        };
        checked_hazard(&hazard, 1)?;
        Ok(Self {
            model,
            hazard,
            threshold: 0.0,
            period: 0,
            log_evidence: 0.0,
            pruned_so_far: 0.0,
            runs: vec![first],
            spare: Vec::new(),
        })
    }

    /// Drops run lengths whose probability is below `threshold` after each period; the others are
    /// scaled to sum to 1. 1e-6 keeps probabilities to about 1e-4 and evidence close by.
    ///
    /// # Errors
    /// [`OnlineError::Threshold`] where it isn't within 0 and 0.01.
    pub fn with_pruning(mut self, threshold: f64) -> Result<Self, OnlineError> {
        if !(0.0..=0.01).contains(&threshold) {
            return Err(OnlineError::Threshold { value: threshold });
        }
        self.threshold = threshold;
        Ok(self)
    }

    /// Takes the next period in. After an error the detector is as before.
    ///
    /// # Errors
    /// [`OnlineError`] where the figure can't be used, the hazard isn't a probability, or no run
    /// length gives the figure a probability that can be held.
    pub fn update(&mut self, observation: &M::Observation) -> Result<OnlineStep, OnlineError> {
        self.model.check_observation(observation, self.period)?;
        let mut next = std::mem::take(&mut self.spare);
        next.clear();
        next.push(Run {
            length: 0,
            log_probability: f64::NEG_INFINITY,
            state: self.model.prior(),
        });
        let mut highest = f64::NEG_INFINITY;
        for run in &self.runs {
            let joint = run.log_probability + self.model.log_predictive(&run.state, observation);
            if !joint.is_finite() {
                continue;
            }
            highest = highest.max(joint);
            next.push(Run {
                length: run.length + 1,
                log_probability: joint,
                state: self.model.updated(&run.state, observation),
            });
        }
        if next.len() == 1 {
            return Err(OnlineError::Impossible {
                period: self.period,
            });
        }
        // Relative to the highest, which is then 1: the sums can't vanish.
        let (mut all, mut ended) = (0.0, 0.0);
        for run in &mut next[1..] {
            let hazard = checked_hazard(&self.hazard, run.length)?;
            let share = (run.log_probability - highest).exp();
            all += share;
            ended += hazard * share;
            run.log_probability += (-hazard).ln_1p();
        }
        let log_predictive = highest + all.ln();
        next[0].log_probability = highest + ended.ln();
        for run in &mut next {
            run.log_probability -= log_predictive;
        }
        let pruned = prune(&mut next, self.threshold);
        self.spare = std::mem::replace(&mut self.runs, next);
        self.log_evidence += log_predictive;
        self.pruned_so_far += pruned;
        self.period += 1;
        Ok(self.step(log_predictive, pruned))
    }

    fn step(&self, log_predictive: f64, pruned: f64) -> OnlineStep {
        let (mut map_run_length, mut highest) = (0, f64::NEG_INFINITY);
        let mut mean = 0.0;
        for run in &self.runs {
            if run.log_probability > highest {
                (map_run_length, highest) = (run.length, run.log_probability);
            }
            mean += run.length as f64 * run.log_probability.exp();
        }
        OnlineStep {
            period: self.period - 1,
            map_run_length,
            map_probability: highest.exp().min(1.0),
            mean_run_length: mean,
            log_predictive,
            log_evidence: self.log_evidence,
            pruned,
            pruned_so_far: self.pruned_so_far,
            n_held: self.runs.len(),
        }
    }

    /// Periods taken in so far.
    pub fn n_periods(&self) -> usize {
        self.period
    }

    /// The run lengths held, ascending, with their probabilities.
    pub fn posterior(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.runs
            .iter()
            .map(|run| (run.length, run.log_probability.exp().min(1.0)))
    }

    /// The probability that the present level has lasted fewer than `periods` periods.
    pub fn probability_shorter_than(&self, periods: usize) -> f64 {
        self.posterior()
            .take_while(|(length, _)| *length < periods)
            .map(|(_, probability)| probability)
            .sum::<f64>()
            .min(1.0)
    }
}

fn checked_hazard(hazard: &impl Hazard, run_length: usize) -> Result<f64, OnlineError> {
    let value = hazard.hazard(run_length);
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(OnlineError::Hazard { run_length, value })
    }
}

/// Drops runs below a probability and scales the others; what was dropped.
fn prune<S>(runs: &mut Vec<Run<S>>, threshold: f64) -> f64 {
    if threshold <= 0.0 {
        return 0.0;
    }
    let log_threshold = threshold.ln();
    let mut dropped = 0.0;
    let highest = runs
        .iter()
        .map(|run| run.log_probability)
        .fold(f64::NEG_INFINITY, f64::max);
    runs.retain(|run| {
        // The most probable one stays, however many share the probability.
        let stays = run.log_probability >= log_threshold.min(highest);
        if !stays {
            dropped += run.log_probability.exp();
        }
        stays
    });
    let scale = (-dropped).ln_1p();
    for run in runs {
        run.log_probability -= scale;
    }
    dropped
}
