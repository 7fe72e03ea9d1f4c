//! Equivalence by two one-sided tests, and non-inferiority: what lets one say "no shift" rather
//! than "no shift found".

use crate::laws::{student_t_sf, student_t_upper, two_sided_p};
use crate::samples::{
    CompareError, Moments, check_alpha, differences, moments, positive, welch_df,
};

/// What a difference is, against zero and against bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EquivalenceVerdict {
    /// Within the bounds and not told from zero.
    Equivalent,
    /// Told from zero, yet within the bounds: too small to matter.
    TrivialDifference,
    /// Told from zero and not shown to lie within the bounds.
    Different,
    /// Neither: too little data.
    Inconclusive,
}

/// Two one-sided tests of an estimate against bounds. Figures are on the scale of the estimate,
/// which for rate ratios is logarithmic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom of its t; infinite for the normal.
    pub df: f64,
    /// The bounds.
    pub bounds: (f64, f64),
    /// The significance level α.
    pub alpha: f64,
    /// t and one-sided p-value of "not above the lower bound".
    pub lower: (f64, f64),
    /// t and one-sided p-value of "not below the upper bound".
    pub upper: (f64, f64),
    /// The p-value of non-equivalence: the larger of the two.
    pub p_value: f64,
    /// The 1 − 2α interval: equivalent at α where it lies within the bounds.
    pub interval: (f64, f64),
    /// The two-sided p-value of "no difference from zero".
    pub p_difference: f64,
    /// Both tests together, at α.
    pub verdict: EquivalenceVerdict,
}

/// A one-sided test that an estimate isn't worse than a margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NonInferiority {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The margin, on the scale of the estimate.
    pub margin: f64,
    /// The t statistic.
    pub statistic: f64,
    /// The one-sided p-value.
    pub p_value: f64,
    /// The one-sided 1 − α bound on the side of the margin.
    pub bound: f64,
}

/// Which side of the margin is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worse {
    /// Figures below the margin.
    Below,
    /// Figures above it.
    Above,
}

/// How the variances of two samples enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variances {
    /// Each its own (Welch).
    Separate,
    /// One for both (Student).
    Pooled,
}

fn check_bounds((low, high): (f64, f64)) -> Result<(), CompareError> {
    if low.is_finite() && high.is_finite() && low < high {
        Ok(())
    } else {
        Err(CompareError::Bounds { low, high })
    }
}

fn check_estimate(estimate: f64, standard_error: f64, df: f64) -> Result<(), CompareError> {
    if !estimate.is_finite() {
        return Err(CompareError::NotFinite {
            what: "the estimate",
            place: 0,
            value: estimate,
        });
    }
    positive("the standard error", standard_error)?;
    if df.is_nan() || df <= 0.0 {
        return Err(CompareError::NotPositive {
            what: "the degrees of freedom",
            value: df,
        });
    }
    Ok(())
}

fn check_range(figures: &[f64]) -> Result<(), CompareError> {
    if figures.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(CompareError::Range {
            what: "the estimate and its error",
        })
    }
}

/// Tests a regression coefficient, or any estimate with a standard error, for equivalence with zero
/// within `bounds` at level `alpha`. `df`: degrees of freedom, infinite for the normal.
///
/// # Errors
/// [`CompareError`] where a figure isn't finite, the standard error or `df` isn't above zero, the
/// bounds enclose nothing, or `alpha` isn't within (0, 0.5).
///
/// # Source
/// Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680.
///
/// ```
/// use yalu_stats::{EquivalenceVerdict, tost_coefficient};
///
/// let test = tost_coefficient(0.02, 0.05, 55.0, (-0.2, 0.2), 0.05)?;
/// assert_eq!(test.verdict, EquivalenceVerdict::Equivalent);
/// # Ok::<(), yalu_stats::CompareError>(())
/// ```
pub fn tost_coefficient(
    estimate: f64,
    standard_error: f64,
    df: f64,
    bounds: (f64, f64),
    alpha: f64,
) -> Result<Equivalence, CompareError> {
    check_estimate(estimate, standard_error, df)?;
    check_bounds(bounds)?;
    check_alpha(alpha)?;
    let above_low = (estimate - bounds.0) / standard_error;
    let above_high = (estimate - bounds.1) / standard_error;
    let lower = (above_low, student_t_sf(above_low, df));
    let upper = (above_high, student_t_sf(-above_high, df));
    let p_value = lower.1.max(upper.1);
    let p_difference = two_sided_p(estimate / standard_error, df);
    let reach = student_t_upper(alpha, df) * standard_error;
    check_range(&[lower.0, upper.0, estimate - reach, estimate + reach])?;
    let verdict = match (p_value <= alpha, p_difference <= alpha) {
        (true, false) => EquivalenceVerdict::Equivalent,
        (true, true) => EquivalenceVerdict::TrivialDifference,
        (false, true) => EquivalenceVerdict::Different,
        (false, false) => EquivalenceVerdict::Inconclusive,
    };
    Ok(Equivalence {
        estimate,
        standard_error,
        df,
        bounds,
        alpha,
        lower,
        upper,
        p_value,
        interval: (estimate - reach, estimate + reach),
        p_difference,
        verdict,
    })
}

/// The mean of one sample against bounds.
///
/// # Errors
/// As [`tost_coefficient`]; a sample shorter than two figures or constant.
///
/// # Source
/// Schuirmann (1987), as [`tost_coefficient`].
pub fn tost_one_sample(
    sample: &[f64],
    bounds: (f64, f64),
    alpha: f64,
) -> Result<Equivalence, CompareError> {
    let Moments { n, mean, variance } = moments("the sample", sample)?;
    tost_coefficient(mean, (variance / n).sqrt(), n - 1.0, bounds, alpha)
}

/// The mean of the paired differences, first less second, against bounds.
///
/// # Errors
/// As [`tost_one_sample`]; samples of different lengths.
///
/// # Source
/// Schuirmann (1987), as [`tost_coefficient`].
pub fn tost_paired(
    first: &[f64],
    second: &[f64],
    bounds: (f64, f64),
    alpha: f64,
) -> Result<Equivalence, CompareError> {
    let apart = differences(first, second)?;
    let Moments { n, mean, variance } = moments("the paired differences", &apart)?;
    tost_coefficient(mean, (variance / n).sqrt(), n - 1.0, bounds, alpha)
}

/// The difference of two means, first less second, against bounds.
///
/// # Errors
/// As [`tost_one_sample`].
///
/// # Source
/// Schuirmann (1987), as [`tost_coefficient`]; Welch (1947), Biometrika 34, 28–35.
pub fn tost_two_samples(
    first: &[f64],
    second: &[f64],
    variances: Variances,
    bounds: (f64, f64),
    alpha: f64,
) -> Result<Equivalence, CompareError> {
    let a = moments("the first sample", first)?;
    let b = moments("the second sample", second)?;
    let (variance, df) = match variances {
        Variances::Separate => (a.variance / a.n + b.variance / b.n, welch_df(&a, &b)),
        Variances::Pooled => {
            let df = a.n + b.n - 2.0;
            let pooled = ((a.n - 1.0) * a.variance + (b.n - 1.0) * b.variance) / df;
            (pooled * (1.0 / a.n + 1.0 / b.n), df)
        }
    };
    tost_coefficient(a.mean - b.mean, variance.sqrt(), df, bounds, alpha)
}

/// A rate ratio, given by its logarithm and that one's standard error, against ratio bounds such as
/// (0.8, 1.25). Figures of the result are logarithms.
///
/// # Errors
/// As [`tost_coefficient`]; a ratio bound that isn't above zero.
///
/// # Source
/// Schuirmann (1987), as [`tost_coefficient`].
///
/// ```
/// let test = yalu_stats::tost_rate_ratio(0.05_f64.ln_1p(), 0.06, f64::INFINITY, (0.8, 1.25), 0.05)?;
/// assert!(test.p_value < 0.05);
/// # Ok::<(), yalu_stats::CompareError>(())
/// ```
pub fn tost_rate_ratio(
    log_ratio: f64,
    standard_error: f64,
    df: f64,
    ratio_bounds: (f64, f64),
    alpha: f64,
) -> Result<Equivalence, CompareError> {
    let low = positive("the lower ratio bound", ratio_bounds.0)?;
    let high = positive("the upper ratio bound", ratio_bounds.1)?;
    tost_coefficient(log_ratio, standard_error, df, (low.ln(), high.ln()), alpha)
}

/// Tests that an estimate doesn't lie on the worse side of `margin`, at level `alpha`.
///
/// # Errors
/// As [`tost_coefficient`].
///
/// # Source
/// One of Schuirmann's (1987) two tests.
pub fn non_inferiority(
    estimate: f64,
    standard_error: f64,
    df: f64,
    margin: f64,
    worse: Worse,
    alpha: f64,
) -> Result<NonInferiority, CompareError> {
    check_estimate(estimate, standard_error, df)?;
    check_alpha(alpha)?;
    if !margin.is_finite() {
        return Err(CompareError::NotFinite {
            what: "the margin",
            place: 0,
            value: margin,
        });
    }
    let statistic = (estimate - margin) / standard_error;
    let reach = student_t_upper(alpha, df) * standard_error;
    let (p_value, bound) = match worse {
        Worse::Below => (student_t_sf(statistic, df), estimate - reach),
        Worse::Above => (student_t_sf(-statistic, df), estimate + reach),
    };
    check_range(&[statistic, bound])?;
    Ok(NonInferiority {
        estimate,
        standard_error,
        margin,
        statistic,
        p_value,
        bound,
    })
}
