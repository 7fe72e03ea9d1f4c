//! The ridge-augmented synthetic control: what a poor fit leaves is taken out by a regression.

use nalgebra::{DMatrix, DVector};

use super::SyntheticError;
use super::panel::Panel;
use super::simplex::path_weights;
use super::weights::Path;

/// The penalties tried: so many steps down from the largest, to this share of it.
const N_STEPS: i32 = 20;
const SMALLEST_SHARE: f64 = 1e-8;

/// How the ridge penalty is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RidgePenalty {
    /// The largest penalty whose cross-validated error is within one standard error of the least.
    OneStandardError,
    /// The penalty with the least cross-validated error.
    LeastError,
    /// This one, above 0, in squared units of the outcome.
    Given(f64),
}

/// How an augmented control is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AugmentedOptions {
    /// The penalty.
    pub penalty: RidgePenalty,
}

impl Default for AugmentedOptions {
    /// One standard error, as in the authors' augsynth.
    fn default() -> Self {
        Self {
            penalty: RidgePenalty::OneStandardError,
        }
    }
}

/// A ridge-augmented synthetic control.
#[derive(Debug, Clone, PartialEq)]
pub struct AugmentedControl {
    /// The donors' names.
    pub donors: Vec<String>,
    /// Their weights: sum 1, of either sign.
    pub weights: Vec<f64>,
    /// The weights before augmentation, at or above 0.
    pub simplex_weights: Vec<f64>,
    /// The penalty used.
    pub lambda: f64,
    /// The penalties tried, descending; empty where it was given.
    pub lambdas: Vec<f64>,
    /// Mean squared error of the left-out pre-period under each.
    pub cv_errors: Vec<f64>,
    /// Their standard errors.
    pub cv_standard_errors: Vec<f64>,
    /// The synthetic outcome, a figure a period.
    pub synthetic: Vec<f64>,
    /// Treated less synthetic, a figure a period.
    pub gaps: Vec<f64>,
    /// Root mean squared gap before the treatment.
    pub pre_rmspe: f64,
    /// The same without augmentation.
    pub simplex_pre_rmspe: f64,
    /// Root mean squared gap from the treatment on.
    pub post_rmspe: f64,
    /// Mean gap from the treatment on.
    pub mean_gap: f64,
    /// The sum of the weights below 0: how far it extrapolates.
    pub negative_weight: f64,
}

/// The donors' past, centred over donors, by the eigenvectors of its periods' Gram.
struct Ridge {
    /// Donors × eigenvectors.
    projected: DMatrix<f64>,
    eigenvalues: DVector<f64>,
    /// What the simplex weights leave of the treated unit's past, along the eigenvectors.
    residual: DVector<f64>,
    simplex: Vec<f64>,
}

impl Ridge {
    /// `target`: periods; `rows`: a donor's path a row.
    fn new(target: &[f64], rows: &[Vec<f64>]) -> Result<Self, SyntheticError> {
        let (n, n_periods) = (rows.len(), target.len());
        let paths: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let simplex = path_weights(target, &paths);
        let residual = DVector::from_fn(n_periods, |period, _| {
            let fitted: f64 = rows
                .iter()
                .zip(&simplex)
                .map(|(row, w)| row[period] * w)
                .sum();
            target[period] - fitted
        });
        let mut x = DMatrix::from_fn(n, n_periods, |donor, period| rows[donor][period]);
        for mut column in x.column_iter_mut() {
            let mean = column.mean();
            column.add_scalar_mut(-mean);
        }
        let gram = (x.transpose() * &x).try_symmetric_eigen(f64::EPSILON, 10_000);
        let Some(gram) = gram else {
            return Err(SyntheticError::NotSettled {
                what: "the ridge regression",
            });
        };
        Ok(Self {
            projected: x * &gram.eigenvectors,
            residual: gram.eigenvectors.tr_mul(&residual),
            eigenvalues: gram.eigenvalues,
            simplex,
        })
    }

    /// w + X₀(X₀'X₀ + λI)⁻¹(x₁ − X₀'w), X₀ centred over donors.
    fn weights(&self, lambda: f64) -> Vec<f64> {
        let mut along = self.residual.clone();
        for (to, value) in along.iter_mut().zip(self.eigenvalues.iter()) {
            *to /= value.max(0.0) + lambda;
        }
        let mended = &self.projected * along;
        self.simplex
            .iter()
            .zip(mended.iter())
            .map(|(w, more)| w + more)
            .collect()
    }
}

/// Fits a synthetic control to the outcomes before the treatment and mends what it leaves by ridge
/// regression on them.
///
/// The simplex weights minimise the squared gaps of all pre-periods. Cross-validation leaves out one
/// pre-period at a time, fits both parts to the others, and holds the error there against 21
/// penalties from the largest squared singular value of the donors' centred past down to 1e-8 of it.
///
/// ```
/// use yalu_stats::synthetic::{AugmentedOptions, Panel, fit_augmented};
///
/// let units = ["A", "B", "C", "D"].map(String::from).to_vec();
/// let periods = ["1", "2", "3", "4", "5"].map(String::from).to_vec();
/// // A lies above all donors: no convex weights reach it.
/// let outcomes = vec![
///     6.0, 7.0, 8.0, 9.0, 15.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0, 4.0, 4.0, 6.0, 4.0, 5.0, 6.0,
///     7.0, 8.0,
/// ];
/// let panel = Panel::new(units, periods, outcomes, &["A"], "5")?;
/// let fit = fit_augmented(&panel, &AugmentedOptions::default())?;
/// assert!(fit.pre_rmspe < fit.simplex_pre_rmspe);
/// assert!((fit.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
/// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
/// ```
///
/// # Errors
/// [`SyntheticError`] where fewer than two donors or three pre-periods are there, the donors don't
/// differ before the treatment, or a given penalty isn't above 0.
///
/// # Source
/// Ben-Michael, Feller and Rothstein (2021), Journal of the American Statistical Association 116,
/// 1789–1803.
pub fn fit_augmented(
    panel: &Panel,
    options: &AugmentedOptions,
) -> Result<AugmentedControl, SyntheticError> {
    let n_pre = panel.start();
    if panel.donors().len() < 2 {
        return Err(SyntheticError::TooFewDonors {
            needed: 2,
            got: panel.donors().len(),
        });
    }
    if n_pre < 3 {
        return Err(SyntheticError::TooFewPrePeriods {
            needed: 3,
            got: n_pre,
        });
    }
    let treated = panel.treated_path();
    let target = &treated[..n_pre];
    let rows: Vec<Vec<f64>> = panel
        .donors()
        .iter()
        .map(|&donor| panel.path(donor)[..n_pre].to_vec())
        .collect();
    let ridge = Ridge::new(target, &rows)?;
    let largest = ridge.eigenvalues.max();
    if largest <= 0.0 {
        return Err(SyntheticError::Constant);
    }
    let mut tried = Tried::default();
    let lambda = match options.penalty {
        RidgePenalty::Given(lambda) if lambda > 0.0 && lambda.is_finite() => lambda,
        RidgePenalty::Given(lambda) => {
            return Err(SyntheticError::Option {
                what: "the ridge penalty",
                needed: "above 0",
                got: lambda,
            });
        }
        RidgePenalty::LeastError => {
            tried = cross_validate(target, &rows, largest)?;
            tried.lambdas[tried.least()]
        }
        RidgePenalty::OneStandardError => {
            tried = cross_validate(target, &rows, largest)?;
            let least = tried.least();
            let bound = tried.errors[least] + tried.standard_errors[least];
            // Descending: the first within the bound is the largest.
            let at = tried.errors.iter().position(|error| *error <= bound);
            tried.lambdas[at.unwrap_or(least)]
        }
    };
    let weights = ridge.weights(lambda);
    let path = Path::new(panel, panel.weighted_path(&weights));
    if !path.pre_rmspe.is_finite() || !path.post_rmspe.is_finite() {
        return Err(SyntheticError::Overflow {
            what: "the augmented fit",
        });
    }
    let simplex = Path::new(panel, panel.weighted_path(&ridge.simplex));
    Ok(AugmentedControl {
        donors: panel.donor_names(),
        negative_weight: weights.iter().filter(|w| **w < 0.0).sum(),
        simplex_weights: ridge.simplex,
        lambda,
        lambdas: tried.lambdas,
        cv_errors: tried.errors,
        cv_standard_errors: tried.standard_errors,
        synthetic: path.synthetic,
        gaps: path.gaps,
        pre_rmspe: path.pre_rmspe,
        simplex_pre_rmspe: simplex.pre_rmspe,
        post_rmspe: path.post_rmspe,
        mean_gap: path.mean_gap,
        weights,
    })
}

#[derive(Default)]
struct Tried {
    lambdas: Vec<f64>,
    errors: Vec<f64>,
    standard_errors: Vec<f64>,
}

impl Tried {
    fn least(&self) -> usize {
        let mut least = 0;
        for (at, error) in self.errors.iter().enumerate() {
            if *error < self.errors[least] {
                least = at;
            }
        }
        least
    }
}

fn cross_validate(
    target: &[f64],
    rows: &[Vec<f64>],
    largest: f64,
) -> Result<Tried, SyntheticError> {
    let n = target.len();
    let lambdas: Vec<f64> = (0..=N_STEPS)
        .map(|step| largest * SMALLEST_SHARE.powf(f64::from(step) / f64::from(N_STEPS)))
        .collect();
    let without = |path: &[f64], period: usize| -> Vec<f64> {
        let mut kept = path.to_vec();
        kept.remove(period);
        kept
    };
    let mut squares = vec![Vec::with_capacity(n); lambdas.len()];
    for period in 0..n {
        let kept: Vec<Vec<f64>> = rows.iter().map(|row| without(row, period)).collect();
        let ridge = Ridge::new(&without(target, period), &kept)?;
        for (errors, &lambda) in squares.iter_mut().zip(&lambdas) {
            let weights = ridge.weights(lambda);
            let predicted: f64 = rows
                .iter()
                .zip(weights)
                .map(|(row, w)| row[period] * w)
                .sum();
            errors.push((target[period] - predicted).powi(2));
        }
    }
    let count = n as f64;
    let errors: Vec<f64> = squares
        .iter()
        .map(|all| all.iter().sum::<f64>() / count)
        .collect();
    let standard_errors: Vec<f64> = squares
        .iter()
        .zip(&errors)
        .map(|(all, mean)| {
            let sum: f64 = all.iter().map(|one| (one - mean).powi(2)).sum();
            (sum / (count - 1.0) / count).sqrt()
        })
        .collect();
    if !errors
        .iter()
        .chain(&standard_errors)
        .all(|one| one.is_finite())
    {
        return Err(SyntheticError::Overflow {
            what: "the cross-validated error",
        });
    }
    Ok(Tried {
        lambdas,
        errors,
        standard_errors,
    })
}
