//! Effect sizes with intervals.

use statrs::function::gamma::ln_gamma;

use crate::laws::{noncentrality_at, student_t_upper};
use crate::samples::{
    CompareError, Moments, check_finite, differences, moments, positive, tail_of,
};
use crate::serial::fit_ar_one;

/// A standardised mean difference, in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardisedDifference {
    /// First mean less second (or the mean difference), over the standard deviation: Cohen's d, d_z
    /// of paired samples, or Glass's Δ.
    pub d: f64,
    /// Its interval from the noncentral t.
    pub interval: (f64, f64),
    /// Hedges' g: d times the exact factor J(df), which takes the small-sample bias out.
    pub g: f64,
    /// The interval of g: J times that of d.
    pub interval_g: (f64, f64),
    /// J(df).
    pub correction: f64,
    /// Degrees of freedom of the standard deviation.
    pub df: f64,
    /// Figures of each sample that count; less than there are where they are autocorrelated.
    pub effective_sizes: (f64, f64),
}

/// A probability of order, from −1 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CliffsDelta {
    /// P(first > second) − P(first < second).
    pub delta: f64,
    /// The standard error from the consistent variance.
    pub standard_error: f64,
    /// Cliff's asymmetric interval, within −1 and 1.
    pub interval: (f64, f64),
}

/// A rate over another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRatio {
    /// First rate over second.
    pub ratio: f64,
    /// The standard error of its logarithm.
    pub log_standard_error: f64,
    /// The interval, symmetric in the logarithm.
    pub interval: (f64, f64),
}

/// J(df) = Γ(df/2) / (√(df/2)·Γ((df − 1)/2)); `df` above 1.
fn bias_factor(df: f64) -> f64 {
    if df > 1e6 {
        // The gammas would lose digits against each other.
        return 1.0 - 3.0 / (4.0 * df - 1.0);
    }
    (ln_gamma(0.5 * df) - ln_gamma(0.5 * (df - 1.0)) - 0.5 * (0.5 * df).ln()).exp()
}

fn standardised(
    d: f64,
    scale: f64,
    df: f64,
    effective_sizes: (f64, f64),
    confidence: f64,
) -> Result<StandardisedDifference, CompareError> {
    let tail = tail_of(confidence)?;
    if df <= 1.0 {
        return Err(CompareError::TooFewEffective { df });
    }
    if !d.is_finite() {
        return Err(CompareError::NotFinite {
            what: "the standardised difference",
            place: 0,
            value: d,
        });
    }
    let t = d / scale;
    let interval = (
        noncentrality_at(t, df, 1.0 - tail) * scale,
        noncentrality_at(t, df, tail) * scale,
    );
    if !(interval.0.is_finite() && interval.1.is_finite()) {
        return Err(CompareError::Range {
            what: "the samples",
        });
    }
    let correction = bias_factor(df);
    Ok(StandardisedDifference {
        d,
        interval,
        g: d * correction,
        interval_g: (interval.0 * correction, interval.1 * correction),
        correction,
        df,
        effective_sizes,
    })
}

fn pooled(a: &Moments, b: &Moments) -> f64 {
    ((a.n - 1.0) * a.variance + (b.n - 1.0) * b.variance) / (a.n + b.n - 2.0)
}

/// Cohen's d and Hedges' g of two samples with one standard deviation, with the interval that the
/// noncentral t gives at `confidence`.
///
/// # Errors
/// [`CompareError`] where a sample has fewer than two figures (three together), isn't finite or is
/// constant, or the confidence isn't within (0, 1).
///
/// # Source
/// Hedges (1981), Journal of Educational Statistics 6, 107–128; Steiger and Fouladi (1997) in What
/// if there were no significance tests?, chapter 9.
///
/// ```
/// let effect = yalu_stats::cohens_d(&[5.0, 7.0, 6.0, 8.0], &[3.0, 4.0, 5.0, 4.0], 0.95)?;
/// assert!(effect.g < effect.d && effect.interval.0 > 0.0);
/// # Ok::<(), yalu_stats::CompareError>(())
/// ```
pub fn cohens_d(
    first: &[f64],
    second: &[f64],
    confidence: f64,
) -> Result<StandardisedDifference, CompareError> {
    let a = moments("the first sample", first)?;
    let b = moments("the second sample", second)?;
    standardised(
        (a.mean - b.mean) / pooled(&a, &b).sqrt(),
        (1.0 / a.n + 1.0 / b.n).sqrt(),
        a.n + b.n - 2.0,
        (a.n, b.n),
        confidence,
    )
}

/// d_z and g of paired samples: the mean difference over the standard deviation of the differences.
///
/// # Errors
/// As [`cohens_d`]; samples of different lengths.
///
/// # Source
/// As [`cohens_d`].
pub fn cohens_d_paired(
    first: &[f64],
    second: &[f64],
    confidence: f64,
) -> Result<StandardisedDifference, CompareError> {
    let apart = differences(first, second)?;
    let Moments { n, mean, variance } = moments("the paired differences", &apart)?;
    standardised(
        mean / variance.sqrt(),
        (1.0 / n).sqrt(),
        n - 1.0,
        (n, n),
        confidence,
    )
}

/// Glass's Δ: the difference of means over the standard deviation of `control` alone. The interval
/// holds where both samples have one variance; the point estimate needs no such thing.
///
/// # Errors
/// As [`cohens_d`].
///
/// # Source
/// Glass (1976), Educational Researcher 5(10), 3–8; Hedges (1981), as [`cohens_d`].
pub fn glass_delta(
    treated: &[f64],
    control: &[f64],
    confidence: f64,
) -> Result<StandardisedDifference, CompareError> {
    let a = moments("the treated sample", treated)?;
    let b = moments("the control sample", control)?;
    standardised(
        (a.mean - b.mean) / b.variance.sqrt(),
        (1.0 / a.n + 1.0 / b.n).sqrt(),
        b.n - 1.0,
        (a.n, b.n),
        confidence,
    )
}

/// The standardised difference of two stretches of autocorrelated series, in order: each counts as
/// n·(1 − ρ)/(1 + ρ) figures, ρ from both together with its bias taken out, never as more than n.
/// d isn't changed by that, its interval is.
///
/// # Errors
/// As [`cohens_d`]; no more than three effective figures in all.
///
/// # Source
/// Bayley and Hammersley (1946), Supplement to the JRSS 8, 184–197, for the first-order case.
pub fn standardised_difference_of_series(
    first: &[f64],
    second: &[f64],
    confidence: f64,
) -> Result<StandardisedDifference, CompareError> {
    let a = moments("the first stretch", first)?;
    let b = moments("the second stretch", second)?;
    // A zero between the stretches keeps the last of one from counting as neighbour of the other.
    let residuals: Vec<f64> = first
        .iter()
        .map(|value| value - a.mean)
        .chain(std::iter::once(0.0))
        .chain(second.iter().map(|value| value - b.mean))
        .collect();
    let ratio = fit_ar_one(&residuals, 2).long_run_ratio();
    let (effective_a, effective_b) = (a.n / ratio, b.n / ratio);
    standardised(
        (a.mean - b.mean) / pooled(&a, &b).sqrt(),
        (1.0 / effective_a + 1.0 / effective_b).sqrt(),
        effective_a + effective_b - 2.0,
        (effective_a, effective_b),
        confidence,
    )
}

/// Cliff's δ with its asymmetric interval.
///
/// The variance is the consistent one, [(n₂ − 1)s²ᵢ + (n₁ − 1)s²ⱼ + s²ᵢⱼ]/(n₁n₂) from the row means,
/// column means and cells of the n₁ × n₂ table of signs, with the divisors n₁ − 1, n₂ − 1 and
/// (n₁ − 1)(n₂ − 1).
/// The quantile is Student's with n₁ + n₂ − 2 degrees of freedom. Where the samples don't overlap
/// the variance is zero and says nothing: the inner end of the interval is then that of one pair in
/// the n of the smaller sample out of order, 1 − 2z²/(n + z²), after Feng and Cliff (2004).
/// O(n₁n₂).
///
/// # Errors
/// [`CompareError`] where a sample has fewer than two figures or isn't finite, or the confidence
/// isn't within (0, 1).
///
/// # Source
/// Cliff (1996), Ordinal Methods for Behavioral Data Analysis; Feng and Cliff (2004), Journal of Modern
/// Applied Statistical Methods 3, 322–332.
///
/// ```
/// let order = yalu_stats::cliffs_delta(&[1.0, 3.0, 5.0], &[2.0, 4.0, 0.0], 0.95)?;
/// assert!((order.delta - 1.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), yalu_stats::CompareError>(())
/// ```
pub fn cliffs_delta(
    first: &[f64],
    second: &[f64],
    confidence: f64,
) -> Result<CliffsDelta, CompareError> {
    check_finite("the first sample", first, 2)?;
    check_finite("the second sample", second, 2)?;
    let tail = tail_of(confidence)?;
    let (n_first, n_second) = (first.len() as f64, second.len() as f64);
    let mut rows = vec![0.0; first.len()];
    let mut columns = vec![0.0; second.len()];
    let mut squares = 0.0;
    for (row, a) in rows.iter_mut().zip(first) {
        for (column, b) in columns.iter_mut().zip(second) {
            let sign = f64::from(i8::from(a > b) - i8::from(a < b));
            *row += sign;
            *column += sign;
            squares += sign * sign;
        }
    }
    let cells = n_first * n_second;
    let delta = rows.iter().sum::<f64>() / cells;
    let spread = |sums: &[f64], of: f64| {
        sums.iter()
            .map(|sum| (sum / of - delta).powi(2))
            .sum::<f64>()
            / (sums.len() as f64 - 1.0)
    };
    let by_row = spread(&rows, n_second);
    let by_column = spread(&columns, n_first);
    let by_cell = (squares - cells * delta * delta) / ((n_first - 1.0) * (n_second - 1.0));
    let variance =
        (((n_second - 1.0) * by_row + (n_first - 1.0) * by_column + by_cell) / cells).max(0.0);
    let z = student_t_upper(tail, n_first + n_second - 2.0);
    let interval = if delta.abs() >= 1.0 {
        let n = n_first.min(n_second);
        let inner = (1.0 - 2.0 * z * z / (n + z * z)).max(-1.0);
        if delta > 0.0 {
            (inner, 1.0)
        } else {
            (-1.0, -inner)
        }
    } else {
        let middle = delta - delta.powi(3);
        let within = 1.0 - delta * delta;
        let reach = z * variance.sqrt() * (within * within + z * z * variance).sqrt();
        let below = within + z * z * variance;
        (
            ((middle - reach) / below).max(-1.0),
            ((middle + reach) / below).min(1.0),
        )
    };
    Ok(CliffsDelta {
        delta,
        standard_error: variance.sqrt(),
        interval,
    })
}

/// The ratio of two rates of counts, with an interval symmetric in the logarithm: standard error
/// √(φ(1/y₁ + 1/y₂)).
///
/// `first`, `second`: events and exposure. `dispersion`: φ, 1 for Poisson; a fit's dispersion for
/// counts that vary more.
///
/// # Errors
/// [`CompareError`] where a group has no event, an exposure or the dispersion isn't above zero, or
/// the confidence isn't within (0, 1).
///
/// # Source
/// Rothman, Greenland and Lash (2008), Modern Epidemiology, 3rd ed., chapter 14.
///
/// ```
/// let ratio = yalu_stats::rate_ratio((30.0, 10.0), (20.0, 10.0), 1.0, 0.95)?;
/// assert!((ratio.ratio - 1.5).abs() < 1e-12);
/// # Ok::<(), yalu_stats::CompareError>(())
/// ```
pub fn rate_ratio(
    first: (f64, f64),
    second: (f64, f64),
    dispersion: f64,
    confidence: f64,
) -> Result<RateRatio, CompareError> {
    let tail = tail_of(confidence)?;
    positive("the dispersion", dispersion)?;
    for (what, exposure, group) in [
        ("the first group", "the first exposure", first),
        ("the second group", "the second exposure", second),
    ] {
        positive(exposure, group.1)?;
        if group.0 == 0.0 {
            return Err(CompareError::NoEvents { what });
        }
        positive(what, group.0)?;
    }
    let log_ratio = first.0.ln() - first.1.ln() - (second.0.ln() - second.1.ln());
    let log_standard_error = (dispersion * (1.0 / first.0 + 1.0 / second.0)).sqrt();
    let reach = student_t_upper(tail, f64::INFINITY) * log_standard_error;
    let found = RateRatio {
        ratio: log_ratio.exp(),
        log_standard_error,
        interval: ((log_ratio - reach).exp(), (log_ratio + reach).exp()),
    };
    if found.ratio.is_normal() && found.interval.1.is_finite() {
        Ok(found)
    } else {
        Err(CompareError::Range { what: "the rates" })
    }
}
