//! Normal costs with a variance of each segment.

use super::noise::{NoiseScale, scale_of};
use super::prefix::Prefix;
use super::{Cost, SegmentationError, about, check_series, is_constant, mean, middle, moments};

/// The share of the whole series' variance that is the floor where the caller gives none.
const DEFAULT_FLOOR: f64 = 1e-6;

/// What keeps the variance of a segment of equal values away from zero, where the likelihood has
/// no bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum VarianceFloor {
    /// The likelihood is maximised over variances of at least this.
    AtLeast(f64),
    /// This much is added to the variance, as ruptures' `normal` does with 1e-6.
    Added(f64),
}

impl VarianceFloor {
    fn check(self) -> Result<Self, SegmentationError> {
        let (Self::AtLeast(value) | Self::Added(value)) = self;
        if value.is_finite() && value > 0.0 {
            Ok(self)
        } else {
            Err(SegmentationError::Floor { value })
        }
    }

    /// −2 log-likelihood of n periods with this variance, and the variance that it has. Both kinds
    /// leave splitting a segment at no loss: the first is a minimum over parameters, the second
    /// concave in the variance.
    fn cost(self, n: f64, variance: f64) -> (f64, f64) {
        let ln_2_pi = std::f64::consts::TAU.ln();
        let variance = variance.max(0.0);
        match self {
            Self::AtLeast(floor) if variance < floor => {
                (n * (ln_2_pi + floor.ln() + variance / floor), floor)
            }
            Self::AtLeast(_) => (n * (ln_2_pi + variance.ln() + 1.0), variance),
            Self::Added(more) => {
                let held = variance + more;
                (n * (ln_2_pi + held.ln() + 1.0), held)
            }
        }
    }
}

/// A series about a centre with its sums and sums of squares.
#[derive(Debug, Clone, PartialEq)]
struct Moments {
    centre: f64,
    x: Vec<f64>,
    sums: Prefix,
    squares: Prefix,
    floor: VarianceFloor,
}

impl Moments {
    fn new(
        series: &[f64],
        centre: fn(&[f64]) -> f64,
        floor: Option<VarianceFloor>,
    ) -> Result<Self, SegmentationError> {
        check_series("the series", series, 2)?;
        if is_constant(series) {
            return Err(SegmentationError::Constant);
        }
        let centre = centre(series);
        let x = about(series, centre)?;
        let sums = Prefix::new(x.iter().copied())?;
        let squares = Prefix::of_products(x.iter().map(|value| (*value, *value)))?;
        let floor = floor.unwrap_or_else(|| {
            let (n, sum) = (x.len() as f64, sums.between(0, x.len()));
            let total = squares.between(0, x.len()) - sum * sum / n;
            VarianceFloor::AtLeast(DEFAULT_FLOOR * total / n)
        });
        Ok(Self {
            centre,
            x,
            sums,
            squares,
            floor: floor.check()?,
        })
    }

    fn noise(&self) -> NoiseScale {
        NoiseScale {
            variance: 1.0,
            ..scale_of(&self.x)
        }
    }
}

/// A normal segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalLevel {
    /// Its mean.
    pub mean: f64,
    /// Its variance (divided by the number of periods), the floor included.
    pub variance: f64,
}

/// A normal segment with mean and variance of its own: n(log 2π + log v + 1), −2 log-likelihood.
///
/// A segment of equal values has no likelihood, so its variance has a floor: unless given, a
/// millionth of the whole series' variance, below which the variance doesn't go. On figures that
/// repeat (rounded, counts) give a floor of about the squared rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanVarianceCost(Moments);

impl MeanVarianceCost {
    /// The cost of a series with the default floor.
    ///
    /// # Errors
    /// [`SegmentationError`] where a value isn't finite, fewer than two periods are given, or all are
    /// the same.
    pub fn new(series: &[f64]) -> Result<Self, SegmentationError> {
        Moments::new(series, middle, None).map(Self)
    }

    /// The cost of a series with a floor.
    ///
    /// # Errors
    /// As [`MeanVarianceCost::new`], and [`SegmentationError::Floor`].
    pub fn with_floor(series: &[f64], floor: VarianceFloor) -> Result<Self, SegmentationError> {
        Moments::new(series, middle, Some(floor)).map(Self)
    }
}

impl Cost for MeanVarianceCost {
    type Parameters = NormalLevel;

    fn n(&self) -> usize {
        self.0.x.len()
    }

    fn n_parameters(&self) -> usize {
        2
    }

    fn default_min_segment(&self) -> usize {
        2
    }

    fn noise(&self) -> NoiseScale {
        self.0.noise()
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        let n = (end - start) as f64;
        let sum = self.0.sums.between(start, end);
        let squares = self.0.squares.between(start, end) - sum * sum / n;
        self.0.floor.cost(n, squares / n).0
    }

    fn segment(&self, start: usize, end: usize) -> (f64, NormalLevel) {
        let n = (end - start) as f64;
        let (mean, squares) = moments(&self.0.x[start..end]);
        let (cost, variance) = self.0.floor.cost(n, squares / n);
        let level = NormalLevel {
            mean: self.0.centre + mean,
            variance,
        };
        (cost, level)
    }
}

/// A normal segment with a variance of its own about the whole series' mean: n(log 2π + log v + 1).
/// Floor as [`MeanVarianceCost`].
#[derive(Debug, Clone, PartialEq)]
pub struct VarianceCost(Moments);

impl VarianceCost {
    /// The cost of a series with the default floor.
    ///
    /// # Errors
    /// As [`MeanVarianceCost::new`].
    pub fn new(series: &[f64]) -> Result<Self, SegmentationError> {
        Moments::new(series, mean, None).map(Self)
    }

    /// The cost of a series with a floor.
    ///
    /// # Errors
    /// As [`MeanVarianceCost::with_floor`].
    pub fn with_floor(series: &[f64], floor: VarianceFloor) -> Result<Self, SegmentationError> {
        Moments::new(series, mean, Some(floor)).map(Self)
    }
}

impl Cost for VarianceCost {
    /// The segment's variance, the floor included.
    type Parameters = f64;

    fn n(&self) -> usize {
        self.0.x.len()
    }

    fn n_parameters(&self) -> usize {
        1
    }

    fn default_min_segment(&self) -> usize {
        2
    }

    fn noise(&self) -> NoiseScale {
        self.0.noise()
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        let n = (end - start) as f64;
        self.0
            .floor
            .cost(n, self.0.squares.between(start, end) / n)
            .0
    }

    fn segment(&self, start: usize, end: usize) -> (f64, f64) {
        let n = (end - start) as f64;
        let squares: f64 = self.0.x[start..end].iter().map(|value| value * value).sum();
        self.0.floor.cost(n, squares / n)
    }
}
