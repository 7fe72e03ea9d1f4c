//! Change points of a series: the segmentation that minimises the segments' costs plus a penalty
//! for each break.
//!
//! [`pelt`] is exact for any [`Cost`]: PELT's pruning (Killick, Fearnhead and Eckley 2012) or, for
//! squared error and ranks, functional pruning (Maidstone et al. 2017); it needs memory O(n).
//! [`fixed_breaks`] takes the number of breaks instead of a penalty, [`crops()`](crops()) all
//! penalties of a range.
//!
//! Breaks are the 0-based *last* periods of segments, the last segment's left out. ruptures prints
//! the first period behind each segment and ends with n: [`Segmentation::ends`].
//!
//! A list of change points is no test: it comes without a p-value, and with any penalty a long
//! enough or dependent enough series gets breaks that aren't there. [`crate::sup_f_test`] tests.

mod counts;
mod crops;
mod fixed;
mod functional;
mod levels;
mod linear;
mod noise;
mod pelt;
mod penalty;
mod prefix;
mod spread;

pub use counts::{NegativeBinomialCost, PoissonCost, theta_from_differences};
pub use crops::{Crops, CropsEntry, crops};
pub use fixed::fixed_breaks;
pub use functional::QuadraticCost;
pub use levels::{MeanCost, RankCost};
pub use linear::LinearCost;
pub use noise::{NoiseScale, noise_scale};
pub use pelt::{Pelt, Pruning, pelt};
pub use penalty::{Penalty, SegmentPenalty};
pub use spread::{MeanVarianceCost, NormalLevel, VarianceCost, VarianceFloor};

/// The cost of a segment as a function of its first period and the one behind its last.
///
/// The penalised optimum is exact where splitting a segment saves at least
/// [`Cost::pruning_constant`], which holds with 0 for every cost that is minimised over the
/// segment's own parameters.
pub trait Cost {
    /// What a segment has of its own.
    type Parameters: std::fmt::Debug + Clone + PartialEq;

    /// Periods.
    fn n(&self) -> usize;

    /// Free parameters of a segment, as information criteria count them; the break's date isn't one.
    fn n_parameters(&self) -> usize;

    /// The fewest periods of a segment that make sense where the caller doesn't say; at least 1.
    fn default_min_segment(&self) -> usize {
        1
    }

    /// The noise in the units of the cost: what a unit of −2 log-likelihood is worth.
    fn noise(&self) -> NoiseScale;

    /// The K of PELT: cost(s, t) + cost(t, u) + K ≤ cost(s, u) for all s < t < u.
    fn pruning_constant(&self) -> f64 {
        0.0
    }

    /// The cost of periods `start` to `end` − 1, in constant time, from prefix sums. `start < end ≤ n`.
    fn cost(&self, start: usize, end: usize) -> f64;

    /// The costs of the segments that begin at each of `starts` and end before `end`.
    fn costs(&self, starts: &[usize], end: usize, into: &mut [f64]) {
        for (into, &start) in into.iter_mut().zip(starts) {
            *into = self.cost(start, end);
        }
    }

    /// The cost of periods `start` to `end` − 1 once more from the figures themselves, and their
    /// parameters.
    fn segment(&self, start: usize, end: usize) -> (f64, Self::Parameters);

    /// The cost as the squared error of a level, where it is one: then functional pruning can be used.
    fn as_quadratic(&self) -> Option<QuadraticCost<'_>> {
        None
    }
}

/// A run of periods with parameters of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment<P> {
    /// Its first period, from 0.
    pub first: usize,
    /// Its last period.
    pub last: usize,
    /// Its cost.
    pub cost: f64,
    /// Its parameters.
    pub parameters: P,
}

/// The best segmentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation<P> {
    /// The last period of each segment but the last, from 0, ascending.
    pub breaks: Vec<usize>,
    /// The segments, in order.
    pub segments: Vec<Segment<P>>,
    /// The sum of the segments' costs.
    pub cost: f64,
    /// `cost` plus the penalty as [`SegmentPenalty`] defines it.
    pub penalised_cost: f64,
    /// The penalty used, in the units of the cost.
    pub penalty: SegmentPenalty,
    /// The fewest periods that a segment could have.
    pub min_segment: usize,
    /// Candidates for the last break that were kept per period, on average. Functional pruning
    /// counts the intervals of levels, of which a candidate may have several.
    pub mean_candidates: f64,
    /// The most candidates that were kept at a period.
    pub max_candidates: usize,
}

impl<P> Segmentation<P> {
    /// The number of breaks.
    pub fn n_breaks(&self) -> usize {
        self.breaks.len()
    }

    /// The first period behind each segment, n at the end: what ruptures prints.
    pub fn ends(&self) -> Vec<usize> {
        self.segments.iter().map(|one| one.last + 1).collect()
    }

    /// From the ends of segments (exclusive, n last).
    fn from_ends<C: Cost<Parameters = P>>(
        cost: &C,
        ends: &[usize],
        penalty: SegmentPenalty,
        min_segment: usize,
        kept: Kept,
    ) -> Result<Self, SegmentationError> {
        let mut segments = Vec::with_capacity(ends.len());
        let mut start = 0;
        let mut total = 0.0;
        for &end in ends {
            let (cost, parameters) = cost.segment(start, end);
            total += cost;
            segments.push(Segment {
                first: start,
                last: end - 1,
                cost,
                parameters,
            });
            start = end;
        }
        let penalised_cost =
            total + penalty.of(segments.iter().map(|one| one.last + 1 - one.first));
        if !total.is_finite() || !penalised_cost.is_finite() {
            return Err(SegmentationError::TooLarge);
        }
        Ok(Self {
            breaks: ends[..ends.len() - 1].iter().map(|end| end - 1).collect(),
            segments,
            cost: total,
            penalised_cost,
            penalty,
            min_segment,
            mean_candidates: kept.sum as f64 / kept.steps.max(1) as f64,
            max_candidates: kept.most,
        })
    }
}

/// How many candidates were kept.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kept {
    sum: u64,
    steps: u64,
    most: usize,
}

impl Kept {
    fn note(&mut self, candidates: usize) {
        self.sum += candidates as u64;
        self.steps += 1;
        self.most = self.most.max(candidates);
    }
}

/// The shortest segment asked for, or the cost's own; checked against n.
fn min_segment_of<C: Cost>(cost: &C, asked: Option<usize>) -> Result<usize, SegmentationError> {
    let (n, min_segment) = (
        cost.n(),
        asked.unwrap_or_else(|| cost.default_min_segment()),
    );
    if min_segment == 0 || min_segment > n {
        return Err(SegmentationError::MinSegment {
            got: min_segment,
            n,
        });
    }
    Ok(min_segment)
}

/// Why a series can't be segmented.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentationError {
    /// A value that isn't a finite number.
    #[error("{what} holds {value} in row {row}; leave missing periods out and give finite figures")]
    NotFinite {
        /// Which input.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Too few periods.
    #[error("{got} periods are too few to look for change points; at least {needed} are needed")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
    },
    /// Inputs of different lengths.
    #[error("{what} has {got} rows, the series {needed}")]
    Length {
        /// Which input.
        what: &'static str,
        /// Periods of the series.
        needed: usize,
        /// Rows there are.
        got: usize,
    },
    /// The same value throughout.
    #[error("the series is constant: there is nothing to segment")]
    Constant,
    /// Counts without an event.
    #[error("the counts are all zero: there is nothing to segment")]
    AllZero,
    /// A count below zero.
    #[error("the count in row {row} is {value}; counts can't be negative")]
    NegativeCount {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// An exposure that isn't above zero.
    #[error("the exposure in row {row} is {value}; it must be above zero (leave such periods out)")]
    Exposure {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A dispersion parameter that isn't above zero.
    #[error("theta must be a number above zero, got {value}")]
    Theta {
        /// The value.
        value: f64,
    },
    /// A noise variance that isn't above zero.
    #[error("the noise variance must be a number above zero, got {value}")]
    NoiseVariance {
        /// The value.
        value: f64,
    },
    /// A floor of the variance that isn't above zero.
    #[error("the floor of the variance must be a number above zero, got {value}")]
    Floor {
        /// The value.
        value: f64,
    },
    /// A penalty below zero or not a number.
    #[error("a penalty must be a number of at least zero, got {value}")]
    Penalty {
        /// The value.
        value: f64,
    },
    /// A range of penalties that is empty.
    #[error("penalties from {from} to {to} are no range; give the smaller one first")]
    PenaltyRange {
        /// The smallest.
        from: f64,
        /// The largest.
        to: f64,
    },
    /// A shortest segment that doesn't fit.
    #[error("a segment of at least {got} periods must be at least 1 and at most the {n} periods")]
    MinSegment {
        /// The shortest segment asked for.
        got: usize,
        /// Periods.
        n: usize,
    },
    /// More breaks than segments of the shortest length allow.
    #[error(
        "{asked} breaks don't fit: {n} periods hold at most {most} with segments of {min_segment} or more"
    )]
    TooManyBreaks {
        /// Breaks asked for.
        asked: usize,
        /// Breaks that fit.
        most: usize,
        /// Periods.
        n: usize,
        /// The shortest segment.
        min_segment: usize,
    },
    /// More regressors than are supported.
    #[error(
        "{got} columns are too many for a segment-wise regression; at most {most} are supported"
    )]
    Columns {
        /// Columns.
        got: usize,
        /// The most.
        most: usize,
    },
    /// A regressor that the ones before it explain.
    #[error("column `{column}` is a combination of the columns before it; leave one out")]
    Collinear {
        /// The column.
        column: String,
    },
    /// A regression that leaves nothing over.
    #[error("the regression fits the whole series perfectly: there is nothing to segment")]
    PerfectFit,
    /// Figures whose squares can't be held.
    #[error("the figures are too large: their squares overflow; give them in larger units")]
    TooLarge,
}

/// Checks that a series is finite and long enough.
pub(crate) fn check_series(
    what: &'static str,
    values: &[f64],
    needed: usize,
) -> Result<(), SegmentationError> {
    if let Some(row) = values.iter().position(|value| !value.is_finite()) {
        return Err(SegmentationError::NotFinite {
            what,
            row,
            value: values[row],
        });
    }
    if values.len() < needed {
        return Err(SegmentationError::TooShort {
            needed,
            got: values.len(),
        });
    }
    Ok(())
}

/// Figures that a middle is taken from.
const SAMPLE: usize = 255;

/// About the middle of a series, wherever outliers lie: the median of a sample at equal steps.
fn middle(values: &[f64]) -> f64 {
    let mut sample: Vec<f64> = values
        .iter()
        .step_by(values.len().div_ceil(SAMPLE))
        .copied()
        .collect();
    let half = sample.len() / 2;
    *sample.select_nth_unstable_by(half, f64::total_cmp).1
}

/// The mean, in two passes.
fn mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let rough = values.iter().map(|value| value / n).sum::<f64>();
    rough + values.iter().map(|value| (value - rough) / n).sum::<f64>()
}

/// The series about a centre.
fn about(values: &[f64], centre: f64) -> Result<Vec<f64>, SegmentationError> {
    let about: Vec<f64> = values.iter().map(|value| value - centre).collect();
    if about.iter().all(|value| value.is_finite()) {
        Ok(about)
    } else {
        Err(SegmentationError::TooLarge)
    }
}

/// Mean and sum of squares about it, in two passes.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let rough = values.iter().sum::<f64>() / n;
    let mean = rough + values.iter().map(|value| value - rough).sum::<f64>() / n;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares)
}

fn is_constant(values: &[f64]) -> bool {
    values.iter().all(|value| (value - values[0]).abs() <= 0.0)
}
