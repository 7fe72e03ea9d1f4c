//! Costs of counts with an exposure.

use super::noise::NoiseScale;
use super::prefix::Prefix;
use super::{Cost, SegmentationError, check_series};

/// Newton's steps for a rate end here at the latest; convergence is quadratic and monotone.
const MAX_STEPS: usize = 100;

/// Counts and exposures that were checked.
#[derive(Debug, Clone, PartialEq)]
struct Counts {
    y: Vec<f64>,
    exposure: Vec<f64>,
    events: Prefix,
    exposures: Prefix,
}

fn check_counts(counts: &[f64], exposure: Option<&[f64]>) -> Result<(), SegmentationError> {
    check_series("the counts", counts, 2)?;
    if let Some(row) = counts.iter().position(|value| *value < 0.0) {
        return Err(SegmentationError::NegativeCount {
            row,
            value: counts[row],
        });
    }
    if counts.iter().all(|value| *value == 0.0) {
        return Err(SegmentationError::AllZero);
    }
    let Some(exposure) = exposure else {
        return Ok(());
    };
    if exposure.len() != counts.len() {
        return Err(SegmentationError::Length {
            what: "the exposure",
            needed: counts.len(),
            got: exposure.len(),
        });
    }
    check_series("the exposure", exposure, 2)?;
    if let Some(row) = exposure.iter().position(|value| *value <= 0.0) {
        return Err(SegmentationError::Exposure {
            row,
            value: exposure[row],
        });
    }
    Ok(())
}

impl Counts {
    fn new(counts: &[f64], exposure: Option<&[f64]>) -> Result<Self, SegmentationError> {
        check_counts(counts, exposure)?;
        let exposure = exposure.map_or_else(|| vec![1.0; counts.len()], <[f64]>::to_vec);
        Ok(Self {
            events: Prefix::new(counts.iter().copied())?,
            exposures: Prefix::new(exposure.iter().copied())?,
            y: counts.to_vec(),
            exposure,
        })
    }

    fn rate(&self, start: usize, end: usize) -> f64 {
        self.events.between(start, end) / self.exposures.between(start, end)
    }

    /// Pearson's dispersion and the serial correlation, from pairs of periods at lags 1 and 2.
    fn noise(&self) -> (f64, NoiseScale) {
        let one = pair_dispersion(&self.y, &self.exposure, 1).unwrap_or(1.0);
        let two = pair_dispersion(&self.y, &self.exposure, 2).unwrap_or(one);
        (one.max(1.0), NoiseScale::from_lags(1.0, one, two))
    }
}

/// The mean of the chi-square statistics of one degree of freedom that compare the rates of periods
/// a lag apart; 1 for independent Poisson counts. None where no pair has an event.
fn pair_dispersion(y: &[f64], exposure: &[f64], lag: usize) -> Option<f64> {
    let (mut sum, mut pairs) = (0.0, 0_usize);
    for at in lag..y.len() {
        let (events, total) = (y[at] + y[at - lag], exposure[at] + exposure[at - lag]);
        if events > 0.0 {
            let difference = y[at] / exposure[at] - y[at - lag] / exposure[at - lag];
            let variance = events / total * (1.0 / exposure[at] + 1.0 / exposure[at - lag]);
            sum += difference * difference / variance;
            pairs += 1;
        }
    }
    (pairs > 0).then(|| sum / pairs as f64)
}

/// y·log(y/μ) with 0 at 0.
fn y_ln(y: f64, ratio: f64) -> f64 {
    if y > 0.0 { y * ratio.ln() } else { 0.0 }
}

/// Poisson counts, a rate per unit of exposure in each segment; the cost is the deviance,
/// 2 Σ y·log(y/μ).
///
/// −2 log-likelihood less what doesn't depend on the segments (as R's changepoint has it) is
/// 2S(log n − log S) per segment: this cost less 2 Σ y·log y, at exposure 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PoissonCost {
    counts: Counts,
    saturated: Prefix,
}

impl PoissonCost {
    /// The cost of n counts with n exposures; none means 1 each.
    ///
    /// # Errors
    /// [`SegmentationError`] where a figure isn't finite, a count is negative, an exposure isn't above
    /// zero, all counts are zero, or fewer than two periods are given.
    pub fn new(counts: &[f64], exposure: Option<&[f64]>) -> Result<Self, SegmentationError> {
        let counts = Counts::new(counts, exposure)?;
        let saturated = Prefix::new(
            counts
                .y
                .iter()
                .zip(&counts.exposure)
                .map(|(&y, e)| y_ln(y, y / e)),
        )?;
        Ok(Self { counts, saturated })
    }
}

impl Cost for PoissonCost {
    /// The segment's rate per unit of exposure.
    type Parameters = f64;

    fn n(&self) -> usize {
        self.counts.y.len()
    }

    fn n_parameters(&self) -> usize {
        1
    }

    /// Poisson's own unit: a dispersion above 1, from neighbouring periods, is in the long-run ratio
    /// and so only in [`super::Penalty::Robust`].
    fn noise(&self) -> NoiseScale {
        let (dispersion, scale) = self.counts.noise();
        NoiseScale {
            long_run_ratio: dispersion * scale.long_run_ratio,
            ..scale
        }
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        let events = self.counts.events.between(start, end);
        let rate = events / self.counts.exposures.between(start, end);
        2.0 * (self.saturated.between(start, end) - y_ln(events, rate))
    }

    fn segment(&self, start: usize, end: usize) -> (f64, f64) {
        let rate = self.counts.rate(start, end);
        let deviance: f64 = (start..end)
            .map(|at| {
                let y = self.counts.y[at];
                y_ln(y, y / (rate * self.counts.exposure[at]))
            })
            .sum();
        (2.0 * deviance, rate)
    }
}

/// Negative binomial counts (NB2: mean μ, variance μ + μ²/θ) with a given θ and a rate per unit of
/// exposure in each segment; the cost is the deviance.
///
/// With one exposure throughout a cost takes constant time. With several, the rate has no closed
/// form: each cost takes a few passes over its segment.
#[derive(Debug, Clone, PartialEq)]
pub struct NegativeBinomialCost {
    counts: Counts,
    theta: f64,
    saturated: Prefix,
    /// The exposure where all are the same.
    one_exposure: Option<f64>,
}

impl NegativeBinomialCost {
    /// The cost of n counts with n exposures (none means 1 each) and θ: see
    /// [`theta_from_differences`].
    ///
    /// # Errors
    /// As [`PoissonCost::new`], and [`SegmentationError::Theta`].
    pub fn new(
        counts: &[f64],
        exposure: Option<&[f64]>,
        theta: f64,
    ) -> Result<Self, SegmentationError> {
        if !(theta.is_finite() && theta > 0.0) {
            return Err(SegmentationError::Theta { value: theta });
        }
        let counts = Counts::new(counts, exposure)?;
        let first = counts.exposure[0];
        let same = super::is_constant(&counts.exposure);
        // y·log(y/(y + θ)) − θ·log(1 + y/θ): the log-likelihood at μ = y, up to what cancels.
        let saturated = Prefix::new(
            counts
                .y
                .iter()
                .map(|&y| -y_ln(y, 1.0 + theta / y) - theta * (y / theta).ln_1p()),
        )?;
        Ok(Self {
            counts,
            theta,
            saturated,
            one_exposure: same.then_some(first),
        })
    }

    /// The maximum-likelihood rate: of Σ (y − μ)/(1 + μ/θ) = 0 in the log rate, by Newton from the
    /// Poisson rate, halving steps that leave the bracket.
    fn rate(&self, start: usize, end: usize) -> f64 {
        let pooled = self.counts.rate(start, end);
        if self.one_exposure.is_some() || pooled <= 0.0 {
            return pooled;
        }
        let (y, exposure) = (
            &self.counts.y[start..end],
            &self.counts.exposure[start..end],
        );
        // The rate lies between the smallest and the largest rate of a period.
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for (y, e) in y.iter().zip(exposure) {
            high = high.max(y / e);
        }
        let mut rate = pooled;
        for _ in 0..MAX_STEPS {
            let (mut score, mut information) = (0.0, 0.0);
            for (y, e) in y.iter().zip(exposure) {
                let held = self.theta + rate * e;
                score += (y - rate * e) / held;
                information += e * (self.theta + y) / (held * held);
            }
            let newton = rate + score / information;
            if (newton - rate).abs() <= 1e-13 * rate {
                break;
            }
            if score > 0.0 {
                low = rate;
            } else {
                high = rate;
            }
            rate = if newton > low && newton < high {
                newton
            } else {
                f64::midpoint(low, high)
            };
        }
        rate
    }

    /// The log-likelihood of the segment at a rate, up to what cancels.
    fn log_likelihood(&self, start: usize, end: usize, rate: f64) -> f64 {
        let theta = self.theta;
        if rate <= 0.0 {
            return 0.0;
        }
        if let Some(exposure) = self.one_exposure {
            let mean = rate * exposure;
            let events = self.counts.events.between(start, end);
            return -events * (theta / mean).ln_1p()
                - (end - start) as f64 * theta * (mean / theta).ln_1p();
        }
        self.counts.y[start..end]
            .iter()
            .zip(&self.counts.exposure[start..end])
            .map(|(y, e)| {
                let mean = rate * e;
                -y * (theta / mean).ln_1p() - theta * (mean / theta).ln_1p()
            })
            .sum()
    }
}

impl Cost for NegativeBinomialCost {
    /// The segment's rate per unit of exposure.
    type Parameters = f64;

    fn n(&self) -> usize {
        self.counts.y.len()
    }

    fn n_parameters(&self) -> usize {
        1
    }

    fn noise(&self) -> NoiseScale {
        self.counts.noise().1
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        let rate = self.rate(start, end);
        2.0 * (self.saturated.between(start, end) - self.log_likelihood(start, end, rate))
    }

    fn segment(&self, start: usize, end: usize) -> (f64, f64) {
        let rate = self.rate(start, end);
        let deviance: f64 = (start..end)
            .map(|at| {
                let (y, mean) = (self.counts.y[at], rate * self.counts.exposure[at]);
                y_ln(y, y / mean) - (y + self.theta) * ((y - mean) / (mean + self.theta)).ln_1p()
            })
            .sum();
        (2.0 * deviance, rate)
    }
}

/// θ of the negative binomial (variance μ + μ²/θ) from neighbouring periods, so that breaks in the
/// rate hardly touch it; none where neighbours differ no more than Poisson counts would.
///
/// The excess of half the squared difference of neighbouring rates over what Poisson noise gives,
/// against the product of the two rates. Serial correlation makes it too large.
///
/// # Errors
/// As [`PoissonCost::new`].
///
/// ```
/// let counts = [3.0, 9.0, 2.0, 14.0, 5.0, 0.0, 8.0, 4.0];
/// let theta = yalu_stats::segmentation::theta_from_differences(&counts, None)?;
/// assert!(theta.is_some_and(|theta| theta > 0.5 && theta < 5.0));
/// # Ok::<(), yalu_stats::segmentation::SegmentationError>(())
/// ```
pub fn theta_from_differences(
    counts: &[f64],
    exposure: Option<&[f64]>,
) -> Result<Option<f64>, SegmentationError> {
    check_counts(counts, exposure)?;
    let exposure_at = |row: usize| exposure.map_or(1.0, |exposure| exposure[row]);
    let (mut products, mut excess) = (0.0, 0.0);
    for at in 1..counts.len() {
        let (e, f) = (exposure_at(at - 1), exposure_at(at));
        let (a, b) = (counts[at - 1] / e, counts[at] / f);
        let rate = (counts[at - 1] + counts[at]) / (e + f);
        // Pairs with more exposure say more.
        let weight = e * f;
        products += weight * a * b;
        excess += weight * ((a - b).powi(2) - rate * (1.0 / e + 1.0 / f)) / 2.0;
    }
    let theta = products / excess;
    Ok((excess > 0.0 && theta.is_finite() && theta > 0.0).then_some(theta))
}
