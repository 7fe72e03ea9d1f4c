//! t tests under a kernel covariance whose own error counts.

use nalgebra::{DMatrix, DVector};

use super::hac::{Hac, Prewhitening, lag_weights};
use super::{Covariance, CovarianceError, robust};
use crate::design::Design;
use crate::glm::GlmFit;
use crate::linalg::WeightedQr;

/// The law is worked out from a matrix of n × n.
const MOST_ROWS: usize = 1000;
/// Step of the trapezoidal rule in log u; its error is of the order exp(−π²/step).
const STEP: f64 = 0.25;
/// Where the integrand has fallen below exp of this, the integral ends.
const NEGLIGIBLE: f64 = -34.0;

/// A test of one coefficient under a kernel covariance, held against the law that the statistic has
/// with this very kernel, bandwidth and design.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedBTest {
    /// The coefficient.
    pub estimate: f64,
    /// Its kernel standard error.
    pub se: f64,
    /// estimate / se.
    pub statistic: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// What |statistic| stays below with probability `level` where the coefficient is zero.
    pub critical_value: f64,
    /// The confidence interval at `level`.
    pub interval: (f64, f64),
    /// The bandwidth used, in periods.
    pub bandwidth: f64,
    /// The bandwidth over the number of periods.
    pub b: f64,
    /// Kernel, bandwidth and factor in words.
    pub rule: String,
}

/// Tests coefficient `index` of a fit by its kernel standard error with fixed-b critical values.
///
/// The normal or t table takes a kernel covariance for known. It isn't: in short or dependent series
/// it is too small too often, and Newey-West tests reject far more often than they say. Fixed-b
/// theory keeps the bandwidth's share b of the series while n grows; the statistic then has a law that
/// depends on kernel, b and regressors, not on the serial correlation. That law is computed here for
/// the design at hand, trends and steps included, as that of Z₀²/Σλᵢ Zᵢ² with the eigenvalues λ of the
/// kernel's quadratic form in least-squares residuals, by inverting its characteristic function. It is
/// exact for independent normal errors. A bandwidth of a tenth to a third of the series is in order
/// here; short ones gain little. For counts it holds for the working regression, approximately.
///
/// Without prewhitening only, and for at most 1000 periods. An automatic bandwidth counts as given.
///
/// # Errors
/// [`CovarianceError`] as [`robust`]; besides where the covariance is prewhitened, there are too many
/// rows, `index` isn't a coefficient, or its robust variance is zero.
///
/// # Source
/// Kiefer and Vogelsang (2005), Econometric Theory 21, 1130–1164; Bunzel and Vogelsang (2005), Journal
/// of Business and Economic Statistics 23, 381–394 (trends); Imhof (1961), Biometrika 48, 419–426.
pub fn fixed_b_test(
    fit: &GlmFit,
    design: &Design,
    hac: Hac,
    index: usize,
    level: f64,
) -> Result<FixedBTest, CovarianceError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    if !(level > 0.0 && level < 1.0) {
        return Err(CovarianceError::Level { got: level });
    }
    if index >= k {
        return Err(CovarianceError::NoSuchColumn { index, columns: k });
    }
    if !matches!(hac.prewhitening, Prewhitening::Off | Prewhitening::Var(0)) {
        return Err(CovarianceError::FixedB {
            needs: "a covariance without prewhitening",
        });
    }
    if n > MOST_ROWS {
        return Err(CovarianceError::TooLong {
            most: MOST_ROWS,
            got: n,
        });
    }
    let found = robust(fit, design, Covariance::Hac(hac))?;
    let bandwidth = found.bandwidth.unwrap_or(0.0);
    let variance = found.covariance[index * k + index];
    let no_variance = || CovarianceError::NoVariance {
        column: design.names()[index].clone(),
    };
    let statistic = fit.coefficients[index] / variance.max(0.0).sqrt();
    if !(variance > 0.0 && statistic.is_finite()) {
        return Err(no_variance());
    }
    let factor = if hac.adjust {
        n as f64 / (n - k) as f64
    } else {
        1.0
    };
    let law = QuadraticLaw::new(fit, design, hac, bandwidth, factor, index)
        .filter(|law| !law.eigenvalues.is_empty())
        .ok_or_else(no_variance)?;
    let critical_value = law.critical_value(1.0 - level);
    let estimate = fit.coefficients[index];
    let se = variance.sqrt();
    Ok(FixedBTest {
        estimate,
        se,
        statistic,
        p_value: law.two_sided(statistic),
        critical_value,
        interval: (
            estimate - critical_value * se,
            estimate + critical_value * se,
        ),
        bandwidth,
        b: bandwidth / n as f64,
        rule: found.rule,
    })
}

/// The law of Z₀²/Σλᵢ Zᵢ² with independent standard normal Z.
struct QuadraticLaw {
    eigenvalues: Vec<f64>,
}

impl QuadraticLaw {
    fn new(
        fit: &GlmFit,
        design: &Design,
        hac: Hac,
        bandwidth: f64,
        factor: f64,
        index: usize,
    ) -> Option<Self> {
        let (n, k) = (design.n_rows(), design.n_columns());
        let root: Vec<f64> = fit.weights.iter().map(|one| one.sqrt()).collect();
        let qr = WeightedQr::new(design, &root).ok()?;
        // The coefficient is a'e plus its true value, e being weighted errors: a = Q·R'⁻¹, its column.
        let mut unit = DVector::zeros(k);
        unit[index] = 1.0;
        let a = &qr.q * qr.r().tr_solve_upper_triangular(&unit)?;
        let length: f64 = a.iter().map(|one| one * one).sum();
        let weights = lag_weights(hac.kernel, bandwidth, n);
        let weight = |lag: usize| match lag {
            0 => 1.0,
            lag => weights.get(lag - 1).copied().unwrap_or(0.0),
        };
        let mut form = DMatrix::from_fn(n, n, |i, j| {
            a[i] * a[j] * weight(i.abs_diff(j)) * factor / length
        });
        // Residuals instead of errors, from either side.
        for _ in 0..2 {
            for column in form.as_mut_slice().chunks_exact_mut(n) {
                qr.residual(column);
            }
            form.transpose_mut();
        }
        let form = (&form + form.transpose()) * 0.5;
        let eigenvalues = form.symmetric_eigenvalues();
        let largest = eigenvalues.amax();
        Some(Self {
            eigenvalues: eigenvalues
                .iter()
                .copied()
                .filter(|one| one.abs() > 1e-13 * largest)
                .collect(),
        })
    }

    /// The probability of |t| above `t`, t² being Z₀²/Σλᵢ Zᵢ².
    fn two_sided(&self, t: f64) -> f64 {
        let square = t * t;
        // P(Z₀² − t²Σλᵢ Zᵢ² > 0) = ½ + (1/π) ∫ sin θ(u) / ρ(u) du/u, in log u.
        let total: f64 = self.eigenvalues.iter().map(|one| one.abs()).sum();
        let mut log_u = -(1.0 + square * total).ln() + NEGLIGIBLE;
        let mut sum = 0.0;
        loop {
            let u = log_u.exp();
            let mut angle = u.atan();
            let mut log_radius = 0.25 * (u * u).ln_1p();
            for one in &self.eigenvalues {
                let x = square * one * u;
                angle -= x.atan();
                log_radius += 0.25 * (x * x).ln_1p();
            }
            sum += (0.5 * angle).sin() * (-log_radius).exp();
            if -log_radius < NEGLIGIBLE || log_u > 200.0 {
                break;
            }
            log_u += STEP;
        }
        (0.5 + sum * STEP / std::f64::consts::PI).clamp(0.0, 1.0)
    }

    /// The t that |t| exceeds with probability `share`.
    fn critical_value(&self, share: f64) -> f64 {
        // The logarithm of the tail bends little: false position with Illinois' halving.
        let excess = |t: f64| self.two_sided(t).max(f64::MIN_POSITIVE).ln() - share.ln();
        let (mut low, mut high) = (0.0_f64, 2.0_f64);
        let (mut above, mut below) = (-share.ln(), excess(high));
        while below > 0.0 && high < 1e6 {
            (low, above) = (high, below);
            high *= 2.0;
            below = excess(high);
        }
        let mut last = 0;
        for _ in 0..100 {
            let middle = (low * below - high * above) / (below - above);
            if !(middle > low && middle < high) || high - low < 1e-12 * high {
                break;
            }
            let value = excess(middle);
            if value > 0.0 {
                (low, above) = (middle, value);
                if last == 1 {
                    below /= 2.0;
                }
                last = 1;
            } else {
                (high, below) = (middle, value);
                if last == -1 {
                    above /= 2.0;
                }
                last = -1;
            }
            if value.abs() < 1e-11 {
                return middle;
            }
        }
        f64::midpoint(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_eigenvalues_are_students_t() {
        // Two-sided 5 % and 1 % points of t with 10 and 5 degrees of freedom, from tables.
        for (df, t, p) in [
            (10, 2.228_138_851_986_27, 0.05),
            (10, 3.169_272_672_616_95, 0.01),
            (5, 2.570_581_835_636_31, 0.05),
        ] {
            let law = QuadraticLaw {
                eigenvalues: vec![1.0 / f64::from(df); df as usize],
            };
            assert!((law.two_sided(t) - p).abs() < 1e-12, "{}", law.two_sided(t));
            assert!((law.critical_value(p) - t).abs() < 1e-9);
        }
    }
}
