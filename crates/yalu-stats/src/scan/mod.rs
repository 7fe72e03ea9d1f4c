//! One series of counts among thousands: did its level move beyond chance, when, and did it stay?
//!
//! [`scan_counts`] answers for a dyad what the dossier's models answer in depth, in a few
//! milliseconds: a permutation test of whether levels ever moved ([`permutation_test`]), the dates
//! of all breaks, shocks of a single period among them, and for each whether the typical level stayed
//! away. p-values of many series belong into [`crate::adjust_p_values`].
//!
//! Two questions are kept apart. The *test* asks whether levels moved for longer than a block of
//! periods, and is valid whatever the dispersion, the shocks and a serial correlation within blocks.
//! The *dates* come from a segmentation whose dispersion leaves outliers out, so that a shock of one
//! or two periods is dated too. A shock is one wherever it falls, so no permutation can test it.

mod levels;
mod permutation;
mod persistence;

pub use levels::{DatedLevels, date_levels};
pub use permutation::{PermutationOfBlocks, permutation_test};
pub use persistence::{Persistence, ScannedBreak};

use crate::serial::fit_ar_one;

/// The fewest periods of a scanned series.
pub const MIN_PERIODS: usize = 36;

/// Counts with an exposure, one per period, none missing.
#[derive(Debug, Clone, Copy)]
pub struct CountSeries<'a> {
    /// Counts.
    pub counts: &'a [f64],
    /// Exposures, all above zero.
    pub exposure: &'a [f64],
    /// First periods of new states of the source base, ascending: levels may jump there for the
    /// data's sake, and the test takes such jumps out.
    pub steps: &'a [usize],
}

/// How a series is scanned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScanOptions {
    /// Periods that a new level must hold before it counts as lasting.
    pub horizon: usize,
    /// Typical levels whose ratio lies within 1/r to r count as equal.
    pub equivalence_ratio: f64,
    /// The fewest periods of a block that the test moves as one.
    pub min_block: usize,
    /// The multiple of log n that a break has to save of −2 log-likelihood.
    pub penalty: f64,
    /// Draws of the test at most.
    pub n_permutations: usize,
    /// The seed of the draws.
    pub seed: u64,
}

impl Default for ScanOptions {
    /// Two years of months to last, blocks of half a year, a penalty at which 1 to 10 in 100 series of
    /// independent months get a break (`docs/methods/scan.md`).
    fn default() -> Self {
        Self {
            horizon: 24,
            equivalence_ratio: 1.5,
            min_block: 6,
            penalty: 4.0,
            n_permutations: 999,
            seed: 20_130_731,
        }
    }
}

/// Why a series can't be scanned.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// Too few periods.
    #[error("{got} periods are too few to scan; at least {needed} are needed")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
    },
    /// Columns of different lengths.
    #[error("there are {counts} counts and {exposures} exposures; give one of each per period")]
    Length {
        /// Counts.
        counts: usize,
        /// Exposures.
        exposures: usize,
    },
    /// A count that isn't one.
    #[error("the count in row {row} is {value}; counts are finite and not negative")]
    Count {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// An exposure that isn't above zero.
    #[error("the exposure in row {row} is {value}; it must be finite and above zero")]
    Exposure {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// No event at all.
    #[error("every count is zero: there is nothing to scan")]
    AllZero,
    /// A step outside the series, or out of order.
    #[error("a step of the source base at row {row} isn't inside the {n} periods, or out of order")]
    Step {
        /// The row.
        row: usize,
        /// Periods.
        n: usize,
    },
    /// Options that can't be worked with.
    #[error("`{option}` must be {must}, got {got}")]
    Option {
        /// Which one.
        option: &'static str,
        /// What it must be.
        must: &'static str,
        /// What it is.
        got: f64,
    },
}

/// What a series shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CountScan {
    /// Whether levels moved.
    pub test: PermutationOfBlocks,
    /// The levels and what varies within them.
    pub levels: DatedLevels,
    /// Every break, in order.
    pub breaks: Vec<ScannedBreak>,
}

impl CountSeries<'_> {
    fn check(&self) -> Result<(), ScanError> {
        let n = self.counts.len();
        if n < MIN_PERIODS {
            return Err(ScanError::TooShort {
                needed: MIN_PERIODS,
                got: n,
            });
        }
        if self.exposure.len() != n {
            return Err(ScanError::Length {
                counts: n,
                exposures: self.exposure.len(),
            });
        }
        for (row, &value) in self.counts.iter().enumerate() {
            if !value.is_finite() || value < 0.0 {
                return Err(ScanError::Count { row, value });
            }
        }
        for (row, &value) in self.exposure.iter().enumerate() {
            if !value.is_finite() || value <= 0.0 {
                return Err(ScanError::Exposure { row, value });
            }
        }
        if self.counts.iter().all(|one| *one == 0.0) {
            return Err(ScanError::AllZero);
        }
        let mut last = 0;
        for &row in self.steps {
            if row <= last || row >= n {
                return Err(ScanError::Step { row, n });
            }
            last = row;
        }
        Ok(())
    }
}

impl ScanOptions {
    fn check(&self, n: usize) -> Result<(), ScanError> {
        let fault = |option, must, got| Err(ScanError::Option { option, must, got });
        if self.horizon < 4 || 2 * self.horizon > n {
            let got = self.horizon as f64;
            return fault("horizon", "at least 4 and at most half of the periods", got);
        }
        if !(self.equivalence_ratio > 1.0 && self.equivalence_ratio.is_finite()) {
            return fault("equivalence_ratio", "above 1", self.equivalence_ratio);
        }
        if self.min_block == 0 || 4 * self.min_block > n {
            let got = self.min_block as f64;
            return fault(
                "min_block",
                "at least 1 and at most a quarter of the periods",
                got,
            );
        }
        if !(self.penalty > 0.0 && self.penalty.is_finite()) {
            return fault("penalty", "above 0", self.penalty);
        }
        if self.n_permutations < 99 {
            let got = self.n_permutations as f64;
            return fault("n_permutations", "at least 99", got);
        }
        Ok(())
    }

    /// The fewest periods of a level that the test looks for: three quarters of the horizon.
    fn min_level(&self) -> usize {
        (3 * self.horizon / 4).max(2)
    }
}

/// Tests, dates and judges one series of counts.
///
/// # Errors
/// [`ScanError`] where the series is too short, empty or not made of counts and exposures.
///
/// # Source
/// See [`permutation_test`], [`date_levels`] and [`ScannedBreak`].
///
/// ```
/// use yalu_stats::scan::{CountSeries, Persistence, ScanOptions, scan_counts};
///
/// // Sixty months at about 3, sixty at about 12, and a shock in month 30.
/// let mut counts: Vec<f64> =
///     (0..120).map(|t| f64::from(t * 7 % 5 + if t < 60 { 1 } else { 10 })).collect();
/// counts[30] = 60.0;
/// let series = CountSeries { counts: &counts, exposure: &[1.0; 120], steps: &[] };
/// let scan = scan_counts(&series, &ScanOptions::default())?;
/// assert!(scan.test.p_value <= 0.01);
/// let dates: Vec<_> = scan.breaks.iter().map(|one| (one.break_index, one.persistence)).collect();
/// assert_eq!(dates[0], (29, Persistence::Transient));
/// assert_eq!(dates[2], (59, Persistence::Lasting));
/// # Ok::<(), yalu_stats::scan::ScanError>(())
/// ```
pub fn scan_counts(
    series: &CountSeries<'_>,
    options: &ScanOptions,
) -> Result<CountScan, ScanError> {
    series.check()?;
    options.check(series.counts.len())?;
    let test = permutation::test(series, options);
    let (levels, grid) = levels::date(series, options);
    let residuals = levels.pearson_residuals(series);
    let ratio = fit_ar_one(&residuals, levels.breaks.len() + 1).long_run_ratio();
    let breaks = persistence::judge(series, options, &levels, &grid, ratio);
    Ok(CountScan {
        test,
        levels,
        breaks,
    })
}
