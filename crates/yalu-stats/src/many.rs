//! Many tests at once: what holds the family-wise error, what holds the false-discovery rate.

/// Why p-values can't be adjusted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ManyError {
    /// A p-value outside [0, 1].
    #[error("p-value {value} at place {place} is not within 0 and 1")]
    OutOfRange {
        /// The place, from 0.
        place: usize,
        /// The value.
        value: f64,
    },
    /// A p-value that is no number: a test that failed and whose failure was lost.
    #[error(
        "the p-value at place {place} is not a number; leave that test out of the family, or find out why it failed"
    )]
    NotANumber {
        /// The place, from 0.
        place: usize,
    },
    /// A λ that leaves nothing above it, or isn't a share.
    #[error("lambda is {got}; it must be at least 0 and below 1")]
    Lambda {
        /// What was given.
        got: f64,
    },
    /// No p-value lies above λ, so that the share of true nulls would come out as zero.
    #[error(
        "no p-value reaches lambda = {lambda}: the share of true nulls can't be estimated; use Benjamini-Hochberg"
    )]
    NoNulls {
        /// The λ.
        lambda: f64,
    },
}

/// How p-values are adjusted.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Adjustment {
    /// Times the number of tests: holds the family-wise error under any dependence.
    Bonferroni,
    /// Holm (1979): step-down Bonferroni, never worse than it and as general.
    Holm,
    /// Benjamini and Hochberg (1995): holds the false-discovery rate under independence or positive
    /// dependence.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli (2001): holds it under any dependence, at a factor Σ 1/i.
    BenjaminiYekutieli,
    /// Storey (2002): Benjamini-Hochberg times the estimated share of true nulls.
    Storey(PiZero),
}

/// How the share of true null hypotheses is estimated from the p-values above λ:
/// π₀(λ) = #{p ≥ λ} / (m(1 − λ)), at most 1. The grid of the last two is 0.05, 0.10, …, 0.95.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum PiZero {
    /// At one λ in [0, 1); 0.5 is usual.
    Fixed(f64),
    /// A cubic smoothing spline with three degrees of freedom through π₀(λ) over the grid, read at
    /// its end (Storey and Tibshirani 2003).
    Smoother,
    /// The λ of the grid with the least estimated mean squared error about the 10 % quantile of
    /// π₀(λ), which is that of the bootstrap in closed form (Storey, Taylor and Siegmund 2004).
    Bootstrap,
}

/// Adjusted p-values (q-values where a false-discovery rate is held), in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjusted {
    /// How.
    pub method: Adjustment,
    /// One for each p-value, within 0 and 1.
    pub adjusted: Vec<f64>,
    /// The estimated share of true nulls, where the method has one and there are p-values.
    pub pi_zero: Option<f64>,
}

impl Adjusted {
    /// The places that are rejected at `level`: adjusted values up to and including it.
    pub fn rejected(&self, level: f64) -> Vec<usize> {
        (0..self.adjusted.len())
            .filter(|&place| self.adjusted[place] <= level)
            .collect()
    }
}

/// Adjusts the p-values of one declared family of tests. An empty family has no adjusted values.
///
/// # Errors
/// [`ManyError`] where a p-value isn't one, λ isn't within [0, 1), or the share of true nulls comes
/// out as zero.
///
/// # Source
/// Holm (1979), Scandinavian Journal of Statistics 6, 65–70; Benjamini and Hochberg (1995), JRSS B
/// 57, 289–300; Benjamini and Yekutieli (2001), Annals of Statistics 29, 1165–1188; Storey (2002),
/// JRSS B 64, 479–498; Storey and Tibshirani (2003), PNAS 100, 9440–9445; Storey, Taylor and
/// Siegmund (2004), JRSS B 66, 187–205.
///
/// ```
/// use yalu_stats::{Adjustment, adjust_p_values};
///
/// let holm = adjust_p_values(&[0.01, 0.04, 0.03], Adjustment::Holm)?;
/// assert_eq!(holm.adjusted, [0.03, 0.06, 0.06]);
/// assert_eq!(holm.rejected(0.05), [0]);
/// # Ok::<(), yalu_stats::ManyError>(())
/// ```
pub fn adjust_p_values(p_values: &[f64], method: Adjustment) -> Result<Adjusted, ManyError> {
    for (place, &value) in p_values.iter().enumerate() {
        if value.is_nan() {
            return Err(ManyError::NotANumber { place });
        }
        if !(0.0..=1.0).contains(&value) {
            return Err(ManyError::OutOfRange { place, value });
        }
    }
    let m = p_values.len() as f64;
    let mut pi_zero = None;
    let adjusted = match method {
        Adjustment::Bonferroni => p_values.iter().map(|p| (p * m).min(1.0)).collect(),
        Adjustment::Holm => step_down(p_values),
        Adjustment::BenjaminiHochberg => step_up(p_values, 1.0),
        Adjustment::BenjaminiYekutieli => {
            let harmonic: f64 = (1..=p_values.len()).map(|i| 1.0 / i as f64).sum();
            step_up(p_values, harmonic)
        }
        Adjustment::Storey(how) => {
            check_lambda(how)?;
            if p_values.is_empty() {
                Vec::new()
            } else {
                let share = share_of_nulls(p_values, how)?;
                pi_zero = Some(share);
                step_up(p_values, 1.0).iter().map(|q| q * share).collect()
            }
        }
    };
    Ok(Adjusted {
        method,
        adjusted,
        pi_zero,
    })
}

/// Benjamini-Hochberg adjusted p-values, in the order given: rejecting those up to q holds the
/// false-discovery rate at q under independence or positive dependence.
///
/// # Errors
/// [`ManyError`] where a p-value isn't one.
///
/// # Source
/// Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.
///
/// ```
/// let q = yalu_stats::benjamini_hochberg(&[0.01, 0.04, 0.03])?;
/// assert_eq!(q, [0.03, 0.04, 0.04]);
/// # Ok::<(), yalu_stats::ManyError>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, ManyError> {
    Ok(adjust_p_values(p_values, Adjustment::BenjaminiHochberg)?.adjusted)
}

/// Places by p-value, smallest first.
fn ranked(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    order
}

/// factor·m·p/rank, made monotone from the largest p-value down.
fn step_up(p_values: &[f64], factor: f64) -> Vec<f64> {
    let m = p_values.len() as f64;
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &place) in ranked(p_values).iter().enumerate().rev() {
        least = least.min(p_values[place] * factor * m / (rank + 1) as f64);
        adjusted[place] = least;
    }
    adjusted
}

/// (m − rank + 1)·p, made monotone from the smallest p-value up.
fn step_down(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut most = 0.0_f64;
    for (rank, &place) in ranked(p_values).iter().enumerate() {
        most = most.max(p_values[place] * (p_values.len() - rank) as f64);
        adjusted[place] = most.min(1.0);
    }
    adjusted
}

fn check_lambda(how: PiZero) -> Result<(), ManyError> {
    match how {
        PiZero::Fixed(got) if !(0.0..1.0).contains(&got) => Err(ManyError::Lambda { got }),
        _ => Ok(()),
    }
}

fn share_of_nulls(p_values: &[f64], how: PiZero) -> Result<f64, ManyError> {
    let m = p_values.len() as f64;
    let above = |lambda: f64| p_values.iter().filter(|p| **p >= lambda).count() as f64;
    let at = |lambda: f64| above(lambda) / (m * (1.0 - lambda));
    let grid: Vec<f64> = (1..=19).map(|step| f64::from(step) * 0.05).collect();
    let (share, lambda) = match how {
        PiZero::Fixed(lambda) => (at(lambda), lambda),
        PiZero::Smoother => {
            let shares: Vec<f64> = grid.iter().map(|&lambda| at(lambda)).collect();
            (smoothed_end(&shares), 0.95)
        }
        PiZero::Bootstrap => {
            let shares: Vec<f64> = grid.iter().map(|&lambda| at(lambda)).collect();
            let mut sorted = shares.clone();
            sorted.sort_by(f64::total_cmp);
            // The quantile that lies a tenth of the way along the sorted values: 18/10 = 1.8.
            let low = sorted[1] + 0.8 * (sorted[2] - sorted[1]);
            let error = |place: usize| {
                let count = above(grid[place]);
                let variance = count / (m * (1.0 - grid[place])).powi(2) * (1.0 - count / m);
                variance + (shares[place] - low).powi(2)
            };
            let mut best = 0;
            for place in 1..grid.len() {
                if error(place) < error(best) {
                    best = place;
                }
            }
            (shares[best], grid[best])
        }
    };
    if share > 0.0 {
        Ok(share.min(1.0))
    } else {
        Err(ManyError::NoNulls { lambda })
    }
}

/// The last value of the cubic smoothing spline with three degrees of freedom through values at
/// equal steps: (I + αK)⁻¹y with K the roughness matrix of Reinsch, α such that the trace is 3.
fn smoothed_end(values: &[f64]) -> f64 {
    use nalgebra::{DMatrix, DVector, SymmetricEigen};
    let n = values.len();
    // Second differences and the Gram matrix of their linear B-splines, at unit steps.
    let differences = DMatrix::from_fn(n, n - 2, |row, column| match row.wrapping_sub(column) {
        0 | 2 => 1.0,
        1 => -2.0,
        _ => 0.0,
    });
    let gram = DMatrix::from_fn(n - 2, n - 2, |i, j| match i.abs_diff(j) {
        0 => 2.0 / 3.0,
        1 => 1.0 / 6.0,
        _ => 0.0,
    });
    let inverse = gram
        .try_inverse()
        .expect("a tridiagonal matrix whose diagonal dominates has an inverse");
    let roughness = &differences * inverse * differences.transpose();
    let eigen = SymmetricEigen::new((&roughness + roughness.transpose()) * 0.5);
    let shrunk = |log_alpha: f64| -> DVector<f64> {
        eigen
            .eigenvalues
            .map(|value: f64| 1.0 / (1.0 + log_alpha.exp() * value.max(0.0)))
    };
    let (mut low, mut high) = (-20.0, 30.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if shrunk(middle).sum() > 3.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let weights = shrunk(f64::midpoint(low, high));
    let rotated = eigen
        .eigenvectors
        .tr_mul(&DVector::from_column_slice(values));
    (0..n)
        .map(|k| eigen.eigenvectors[(n - 1, k)] * weights[k] * rotated[k])
        .sum()
}
