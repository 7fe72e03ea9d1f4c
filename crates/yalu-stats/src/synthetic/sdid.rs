//! Synthetic difference-in-differences: weights for units and for periods.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::SyntheticError;
use super::panel::Panel;
use super::simplex::ridge_weights;

/// The share of the noise level that keeps weights unique where they needn't be spread.
const TINY: f64 = 1e-6;

/// Which estimator of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DidEstimator {
    /// Weights for units (ridge, intercept) and for periods (intercept).
    SyntheticDid,
    /// Weights for units alone, without an intercept: a synthetic control on all past outcomes.
    SyntheticControl,
    /// Equal weights: plain difference-in-differences.
    Did,
}

/// An estimate of the mean effect on the treated.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticDid {
    /// The estimator.
    pub estimator: DidEstimator,
    /// The mean effect from the treatment on.
    pub effect: f64,
    /// Weights of the donors, sum 1.
    pub unit_weights: Vec<f64>,
    /// Weights of the pre-periods, sum 1; all 0 for the synthetic control.
    pub period_weights: Vec<f64>,
    /// The donors' names.
    pub donors: Vec<String>,
    /// The standard deviation of first differences of the donors' outcomes before the treatment.
    pub noise_level: f64,
    /// The ridge on unit weights: ζ = (treated units × treated periods)^¼ × noise level.
    pub zeta: f64,
    /// Treated less synthetic less the intercept, a figure a period: before the treatment its
    /// weighted mean is 0, after it its mean is the effect.
    pub gaps: Vec<f64>,
}

/// Units × periods, donors first.
#[derive(Clone)]
struct Block {
    n_donors: usize,
    n_pre: usize,
    rows: Vec<Vec<f64>>,
}

impl Block {
    fn new(panel: &Panel) -> Result<Self, SyntheticError> {
        if panel.donors().len() < 2 {
            return Err(SyntheticError::TooFewDonors {
                needed: 2,
                got: panel.donors().len(),
            });
        }
        if panel.start() < 2 {
            return Err(SyntheticError::TooFewPrePeriods {
                needed: 2,
                got: panel.start(),
            });
        }
        let units = panel.donors().iter().chain(panel.treated());
        Ok(Self {
            n_donors: panel.donors().len(),
            n_pre: panel.start(),
            rows: units.map(|&unit| panel.path(unit).to_vec()).collect(),
        })
    }

    fn n_treated(&self) -> usize {
        self.rows.len() - self.n_donors
    }

    /// Mean over the treated units, a figure a period.
    fn treated_mean(&self) -> Vec<f64> {
        let share = 1.0 / self.n_treated() as f64;
        let mut mean = vec![0.0; self.rows[0].len()];
        for row in &self.rows[self.n_donors..] {
            for (to, value) in mean.iter_mut().zip(row) {
                *to += share * value;
            }
        }
        mean
    }

    /// The standard deviation (n − 1) of donors' first differences before the treatment.
    fn noise_level(&self) -> f64 {
        let differences: Vec<f64> = self.rows[..self.n_donors]
            .iter()
            .flat_map(|row| row[..self.n_pre].windows(2).map(|pair| pair[1] - pair[0]))
            .collect();
        let n = differences.len() as f64;
        let mean = differences.iter().sum::<f64>() / n;
        let variance = differences
            .iter()
            .map(|one| (one - mean) * (one - mean))
            .sum::<f64>()
            / (n - 1.0);
        variance.sqrt()
    }

    fn fit(&self, estimator: DidEstimator) -> Result<Fitted, SyntheticError> {
        let noise = self.noise_level();
        if noise == 0.0 && estimator != DidEstimator::Did {
            return Err(SyntheticError::Constant);
        }
        let n_periods = self.rows[0].len();
        let n_post = n_periods - self.n_pre;
        let treated = self.treated_mean();
        let donors = &self.rows[..self.n_donors];
        let spread = ((self.n_treated() * n_post) as f64).powf(0.25) * noise;
        let (ridge, intercept) = match estimator {
            DidEstimator::SyntheticDid => (spread, true),
            _ => (TINY * noise, false),
        };
        let zeta = if estimator == DidEstimator::SyntheticDid {
            spread
        } else {
            0.0
        };
        let units = if estimator == DidEstimator::Did {
            vec![1.0 / self.n_donors as f64; self.n_donors]
        } else {
            let columns: Vec<&[f64]> = donors.iter().map(|row| &row[..self.n_pre]).collect();
            ridge_weights(&treated[..self.n_pre], &columns, ridge, intercept)
        };
        let periods = match estimator {
            DidEstimator::Did => vec![1.0 / self.n_pre as f64; self.n_pre],
            DidEstimator::SyntheticControl => vec![0.0; self.n_pre],
            DidEstimator::SyntheticDid => self.period_weights(TINY * noise),
        };
        let (effect, gaps) = self.effect(&treated, &units, &periods);
        if !effect.is_finite() {
            return Err(SyntheticError::Overflow { what: "the effect" });
        }
        Ok(Fitted {
            effect,
            gaps,
            units,
            periods,
            noise,
            zeta,
        })
    }

    /// Weights of pre-periods whose mean follows each donor's mean after the treatment.
    fn period_weights(&self, ridge: f64) -> Vec<f64> {
        let donors = &self.rows[..self.n_donors];
        let target: Vec<f64> = donors
            .iter()
            .map(|row| {
                let post = &row[self.n_pre..];
                post.iter().sum::<f64>() / post.len() as f64
            })
            .collect();
        let columns: Vec<Vec<f64>> = (0..self.n_pre)
            .map(|period| donors.iter().map(|row| row[period]).collect())
            .collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        ridge_weights(&target, &columns, ridge, true)
    }

    fn effect(&self, treated: &[f64], units: &[f64], periods: &[f64]) -> (f64, Vec<f64>) {
        let mut gaps = treated.to_vec();
        for (row, &weight) in self.rows[..self.n_donors].iter().zip(units) {
            for (to, value) in gaps.iter_mut().zip(row) {
                *to -= weight * value;
            }
        }
        let before: f64 = gaps
            .iter()
            .zip(periods)
            .map(|(gap, weight)| gap * weight)
            .sum();
        for gap in &mut gaps {
            *gap -= before;
        }
        let post = &gaps[self.n_pre..];
        (post.iter().sum::<f64>() / post.len() as f64, gaps)
    }
}

struct Fitted {
    effect: f64,
    gaps: Vec<f64>,
    units: Vec<f64>,
    periods: Vec<f64>,
    noise: f64,
    zeta: f64,
}

/// Estimates the mean effect with weights on units and periods.
///
/// Both quadratic programmes are solved exactly. R's synthdid stops its Frank-Wolfe steps early and
/// sets small weights to 0, so that figures differ in the third digit.
///
/// # Errors
/// [`SyntheticError`] where fewer than two donors or pre-periods are there, or the donors' outcomes
/// don't vary before the treatment.
///
/// # Source
/// Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111,
/// 4088–4118.
///
/// ```
/// use yalu_stats::synthetic::{DidEstimator, Panel, fit_synthetic_did};
///
/// let units = ["A", "B", "C"].map(String::from).to_vec();
/// let periods = ["1", "2", "3", "4", "5"].map(String::from).to_vec();
/// // A runs along with B, two above it, and then gains five.
/// let outcomes = vec![
///     3.0, 4.0, 6.0, 7.0, 13.0, 1.0, 2.0, 4.0, 5.0, 6.0, 9.0, 2.0, 7.0, 1.0, 6.0,
/// ];
/// let panel = Panel::new(units, periods, outcomes, &["A"], "5")?;
/// let fit = fit_synthetic_did(&panel, DidEstimator::SyntheticDid)?;
/// assert!(fit.effect > 2.0);
/// assert!((fit.unit_weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
/// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
/// ```
pub fn fit_synthetic_did(
    panel: &Panel,
    estimator: DidEstimator,
) -> Result<SyntheticDid, SyntheticError> {
    let fitted = Block::new(panel)?.fit(estimator)?;
    Ok(SyntheticDid {
        estimator,
        effect: fitted.effect,
        unit_weights: fitted.units,
        period_weights: fitted.periods,
        donors: panel.donor_names(),
        noise_level: fitted.noise,
        zeta: fitted.zeta,
        gaps: fitted.gaps,
    })
}

/// A standard error from placebo treatments.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceboError {
    /// The standard deviation of the placebo effects (over their number, as in the paper).
    pub standard_error: f64,
    /// The placebo effects, in the order drawn.
    pub effects: Vec<f64>,
}

/// The standard error of an effect from placebos: as many donors as units were treated are drawn and
/// taken for treated, the real ones left out. The only one of the paper's for a single treated unit.
///
/// # Errors
/// [`SyntheticError`] as [`fit_synthetic_did`]; where no more donors than treated units are there,
/// or fewer than 2 replications are asked for.
///
/// # Source
/// Arkhangelsky and others (2021), algorithm 4.
pub fn sdid_placebo_error(
    panel: &Panel,
    estimator: DidEstimator,
    n_replications: usize,
    seed: u64,
) -> Result<PlaceboError, SyntheticError> {
    let block = Block::new(panel)?;
    let n_treated = block.n_treated();
    if block.n_donors < n_treated + 2 {
        return Err(SyntheticError::TooFewDonors {
            needed: n_treated + 2,
            got: block.n_donors,
        });
    }
    if n_replications < 2 {
        return Err(SyntheticError::Option {
            what: "the number of replications",
            needed: "at least 2",
            got: n_replications as f64,
        });
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..block.n_donors).collect();
    let mut effects = Vec::with_capacity(n_replications);
    for _ in 0..n_replications {
        // Fisher and Yates.
        for at in (1..order.len()).rev() {
            order.swap(at, rng.random_range(0..=at));
        }
        let drawn = Block {
            n_donors: block.n_donors - n_treated,
            n_pre: block.n_pre,
            rows: order.iter().map(|&row| block.rows[row].clone()).collect(),
        };
        effects.push(drawn.fit(estimator)?.effect);
    }
    let n = effects.len() as f64;
    let mean = effects.iter().sum::<f64>() / n;
    let variance = effects.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / n;
    Ok(PlaceboError {
        standard_error: variance.sqrt(),
        effects,
    })
}

/// The jackknife standard error with weights held: one unit at a time is left out and the others'
/// weights are scaled up. It isn't defined for one treated unit, nor where one donor has all the
/// weight.
///
/// # Errors
/// [`SyntheticError`] as [`fit_synthetic_did`]; where fewer than two units are treated or fewer than
/// two donors have weight.
///
/// # Source
/// Arkhangelsky and others (2021), algorithm 3.
pub fn sdid_jackknife_error(panel: &Panel, estimator: DidEstimator) -> Result<f64, SyntheticError> {
    let block = Block::new(panel)?;
    let fitted = block.fit(estimator)?;
    let n_treated = block.n_treated();
    if n_treated < 2 {
        return Err(SyntheticError::Option {
            what: "the number of treated units for a jackknife",
            needed: "at least 2",
            got: n_treated as f64,
        });
    }
    let carrying = fitted.units.iter().filter(|weight| **weight > 0.0).count();
    if carrying < 2 {
        return Err(SyntheticError::TooFewDonors {
            needed: 2,
            got: carrying,
        });
    }
    let n = block.rows.len();
    let mut effects = Vec::with_capacity(n);
    for left_out in 0..n {
        let mut smaller = block.clone();
        smaller.rows.remove(left_out);
        let mut units = fitted.units.clone();
        if left_out < block.n_donors {
            smaller.n_donors -= 1;
            units.remove(left_out);
            let total: f64 = units.iter().sum();
            for weight in &mut units {
                *weight /= total;
            }
        }
        let treated = smaller.treated_mean();
        effects.push(smaller.effect(&treated, &units, &fitted.periods).0);
    }
    let n = n as f64;
    let mean = effects.iter().sum::<f64>() / n;
    let sum: f64 = effects.iter().map(|one| (one - mean).powi(2)).sum();
    Ok(((n - 1.0) / n * sum).sqrt())
}
