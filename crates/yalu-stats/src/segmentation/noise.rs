//! How noisy a series is about levels that may shift.

use super::{SegmentationError, check_series, is_constant};

/// The consistency factor of the median absolute deviation for the normal law, as R rounds it.
const MAD_FACTOR: f64 = 1.4826;
/// Differences beyond this many standard deviations don't count.
const CUT: f64 = 3.0;
/// The second moment of the standard normal law within ±[`CUT`].
const KEPT_MOMENT: f64 = 0.973_341;

/// The noise of a series, from differences of neighbours: shifts of the level hardly touch it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseScale {
    /// The noise variance if neighbours are independent: half the variance of their differences.
    pub variance: f64,
    /// The correlation of neighbours, within 0 and 0.95; below 0 counts as 0.
    pub rho: f64,
    /// The long-run variance of the noise over `variance`: 1/(1 − ρ) for the variance that the
    /// differences understate times (1 + ρ)/(1 − ρ). 1 where ρ is 0.
    pub long_run_ratio: f64,
}

impl NoiseScale {
    /// From the variances of differences at lags 1 and 2: 2γ₀(1 − ρ) and 2γ₀(1 − ρ²).
    pub(crate) fn from_lags(variance: f64, first: f64, second: f64) -> Self {
        let rho = if first > 0.0 && second.is_finite() {
            (second / first - 1.0).clamp(0.0, 0.95)
        } else {
            0.0
        };
        Self {
            variance,
            rho,
            long_run_ratio: (1.0 + rho) / (1.0 - rho).powi(2),
        }
    }
}

/// The noise of a series about a level that may shift.
///
/// The variance is that of R's `mad(diff(x))/sqrt(2)`; where more than half of the differences are
/// equal (sparse counts), half the mean square of the differences takes its place. The correlation
/// comes from the differences at lags 1 and 2, those beyond three deviations left out.
///
/// # Errors
/// [`SegmentationError`] where a value isn't finite, fewer than three periods are given, or all are
/// the same.
///
/// # Source
/// Differences against shifting levels: von Neumann et al. (1941), Annals of Mathematical
/// Statistics 12, 153–162; the median absolute deviation: Hampel (1974), Journal of the American
/// Statistical Association 69, 383–393.
///
/// ```
/// let mut x: Vec<f64> = (0..100).map(|t| f64::from(t * t * 37 % 101)).collect();
/// let calm = yalu_stats::segmentation::noise_scale(&x)?.variance;
/// x[50..].iter_mut().for_each(|value| *value += 1000.0);
/// let shifted = yalu_stats::segmentation::noise_scale(&x)?.variance;
/// assert!((shifted / calm - 1.0).abs() < 0.1);
/// # Ok::<(), yalu_stats::segmentation::SegmentationError>(())
/// ```
pub fn noise_scale(series: &[f64]) -> Result<NoiseScale, SegmentationError> {
    check_series("the series", series, 3)?;
    if is_constant(series) {
        return Err(SegmentationError::Constant);
    }
    let scale = scale_of(series);
    if scale.variance.is_finite() {
        Ok(scale)
    } else {
        Err(SegmentationError::TooLarge)
    }
}

/// [`noise_scale`] of a finite series that varies.
pub(crate) fn scale_of(series: &[f64]) -> NoiseScale {
    if series.len() < 3 {
        // Two periods: their difference is all there is.
        let variance = (series[1] - series[0]).powi(2) / 2.0;
        return NoiseScale::from_lags(variance, variance, variance);
    }
    let mut buffer = Vec::with_capacity(series.len());
    let first = mad_of_differences(series, 1, &mut buffer);
    let variance = first * first / 2.0;
    let squares = |lag: usize, buffer: &mut Vec<f64>| {
        let cut = CUT * mad_of_differences(series, lag, buffer);
        kept_square(series, lag, cut)
    };
    let one = squares(1, &mut buffer);
    if variance > 0.0 {
        let two = squares(2, &mut buffer);
        NoiseScale::from_lags(variance, one, two)
    } else {
        let plain = kept_square(series, 1, 0.0);
        NoiseScale::from_lags(plain / 2.0, plain, kept_square(series, 2, 0.0))
    }
}

/// The median absolute deviation of differences at a lag, scaled to a standard deviation.
fn mad_of_differences(series: &[f64], lag: usize, buffer: &mut Vec<f64>) -> f64 {
    buffer.clear();
    buffer.extend(series.windows(lag + 1).map(|pair| pair[lag] - pair[0]));
    let middle = median(buffer);
    for value in buffer.iter_mut() {
        *value = (*value - middle).abs();
    }
    MAD_FACTOR * median(buffer)
}

/// The mean square of the differences at a lag within ±`cut` (all of them where it is 0), made
/// consistent for the normal law.
fn kept_square(series: &[f64], lag: usize, cut: f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for pair in series.windows(lag + 1) {
        let difference = pair[lag] - pair[0];
        if cut <= 0.0 || difference.abs() <= cut {
            sum += difference * difference;
            count += 1;
        }
    }
    sum / count.max(1) as f64 / if cut > 0.0 { KEPT_MOMENT } else { 1.0 }
}

/// The median of at least one value; reorders them.
fn median(values: &mut [f64]) -> f64 {
    let n = values.len();
    let (below, &mut upper, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    f64::midpoint(lower, upper)
}
