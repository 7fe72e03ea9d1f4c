//! Costs of a level: squared error, and the same of ranks.

use super::functional::QuadraticCost;
use super::noise::{NoiseScale, scale_of};
use super::prefix::Prefix;
use super::{Cost, SegmentationError, about, check_series, is_constant, middle, moments};

/// Squared error about the segment's mean: Σ (x − x̄)².
///
/// The unit of its penalties is the noise variance, from differences unless given. Sums run over
/// the series about its middle in twice the precision, so that neither a large level nor an
/// outlier elsewhere costs digits.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCost {
    centre: f64,
    x: Vec<f64>,
    sums: Prefix,
    squares: Prefix,
    /// Whether rounded sums are good enough: they take half the time.
    plain: bool,
    variance: Option<f64>,
}

impl MeanCost {
    /// The squared-error cost of a series.
    ///
    /// # Errors
    /// [`SegmentationError`] where a value isn't finite, fewer than two periods are given, or all are
    /// the same.
    pub fn new(series: &[f64]) -> Result<Self, SegmentationError> {
        check_series("the series", series, 2)?;
        if is_constant(series) {
            return Err(SegmentationError::Constant);
        }
        let centre = middle(series);
        let x = about(series, centre)?;
        let sums = Prefix::new(x.iter().copied())?;
        let squares = Prefix::of_products(x.iter().map(|value| (*value, *value)))?;
        let plain = plain_sums_do(&x, squares.between(0, x.len()));
        Ok(Self {
            centre,
            x,
            sums,
            squares,
            plain,
            variance: None,
        })
    }

    /// The same with the noise variance given, which penalties are multiplied by.
    ///
    /// # Errors
    /// [`SegmentationError::NoiseVariance`] where it isn't above zero.
    pub fn with_variance(mut self, variance: f64) -> Result<Self, SegmentationError> {
        if !(variance.is_finite() && variance > 0.0) {
            return Err(SegmentationError::NoiseVariance { value: variance });
        }
        self.variance = Some(variance);
        Ok(self)
    }
}

/// Whether the rounding of running sums, a few units in the last place of the whole sum of squares,
/// is far below what nine in ten neighbours differ by: false where an outlier or a far level drowns
/// the rest.
fn plain_sums_do(x: &[f64], squares: f64) -> bool {
    let error = 4.0 * f64::EPSILON * squares;
    let (mut differ, mut clear) = (0_usize, 0_usize);
    for pair in x.windows(2) {
        let square = (pair[1] - pair[0]).powi(2);
        differ += usize::from(square > 0.0);
        clear += usize::from(square > 1e5 * error);
    }
    clear * 10 >= differ * 9
}

impl Cost for MeanCost {
    /// The segment's mean.
    type Parameters = f64;

    fn n(&self) -> usize {
        self.x.len()
    }

    fn n_parameters(&self) -> usize {
        1
    }

    fn noise(&self) -> NoiseScale {
        let scale = scale_of(&self.x);
        NoiseScale {
            variance: self.variance.unwrap_or(scale.variance),
            ..scale
        }
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        let length = (end - start) as f64;
        if self.plain {
            let (sums, squares) = (self.sums.rounded(), self.squares.rounded());
            let sum = sums[end] - sums[start];
            return (squares[end] - squares[start] - sum * sum / length).max(0.0);
        }
        let sum = self.sums.between(start, end);
        (self.squares.between(start, end) - sum * sum / length).max(0.0)
    }

    fn costs(&self, starts: &[usize], end: usize, into: &mut [f64]) {
        if !self.plain {
            for (into, &start) in into.iter_mut().zip(starts) {
                *into = self.cost(start, end);
            }
            return;
        }
        let (sums, squares) = (self.sums.rounded(), self.squares.rounded());
        let (sum_to, squares_to) = (sums[end], squares[end]);
        for (into, &start) in into.iter_mut().zip(starts) {
            let sum = sum_to - sums[start];
            *into = squares_to - squares[start] - sum * sum / (end - start) as f64;
        }
    }

    fn segment(&self, start: usize, end: usize) -> (f64, f64) {
        let (mean, squares) = moments(&self.x[start..end]);
        (squares, self.centre + mean)
    }

    fn as_quadratic(&self) -> Option<QuadraticCost<'_>> {
        QuadraticCost::new(self.sums.rounded(), 1.0, &self.x)
    }
}

/// Ranks: with r the ranks of the whole series (ties share their mean rank) about (n + 1)/2 and v
/// their variance (divided by n), a segment of m periods costs −m·r̄²/v. Robust to outliers and to any
/// monotone change of units.
///
/// # Source
/// Lung-Yut-Fong, Lévy-Leduc and Cappé (2015), Journal de la Société Française de Statistique 156(4),
/// 133–162; the one-dimensional case of ruptures' `CostRank`.
#[derive(Debug, Clone, PartialEq)]
pub struct RankCost {
    ranks: Vec<f64>,
    sums: Vec<f64>,
    variance: f64,
}

impl RankCost {
    /// The rank cost of a series.
    ///
    /// # Errors
    /// [`SegmentationError`] as [`MeanCost::new`].
    pub fn new(series: &[f64]) -> Result<Self, SegmentationError> {
        check_series("the series", series, 2)?;
        if is_constant(series) {
            return Err(SegmentationError::Constant);
        }
        let n = series.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| series[*a].total_cmp(&series[*b]));
        let mut ranks = vec![0.0; n];
        let middle = f64::midpoint(n as f64, 1.0);
        let mut from = 0;
        while from < n {
            let value = series[order[from]];
            let to = from
                + order[from..]
                    .iter()
                    .take_while(|at| series[**at] <= value)
                    .count();
            for &at in &order[from..to] {
                ranks[at] = (from + 1 + to) as f64 / 2.0 - middle;
            }
            from = to;
        }
        // Halves of integers: their sums are exact.
        let mut sums = Vec::with_capacity(n + 1);
        sums.push(0.0);
        sums.extend(ranks.iter().scan(0.0, |sum, rank| {
            *sum += rank;
            Some(*sum)
        }));
        let variance = ranks.iter().map(|rank| rank * rank).sum::<f64>() / n as f64;
        Ok(Self {
            ranks,
            sums,
            variance,
        })
    }
}

impl Cost for RankCost {
    /// The segment's mean rank about the middle, (n + 1)/2.
    type Parameters = f64;

    fn n(&self) -> usize {
        self.ranks.len()
    }

    fn n_parameters(&self) -> usize {
        1
    }

    fn default_min_segment(&self) -> usize {
        2.min(self.ranks.len())
    }

    fn noise(&self) -> NoiseScale {
        NoiseScale {
            variance: 1.0,
            ..scale_of(&self.ranks)
        }
    }

    fn cost(&self, start: usize, end: usize) -> f64 {
        let sum = self.sums[end] - self.sums[start];
        -sum * sum / ((end - start) as f64 * self.variance)
    }

    fn segment(&self, start: usize, end: usize) -> (f64, f64) {
        let mean = (self.sums[end] - self.sums[start]) / (end - start) as f64;
        (self.cost(start, end), mean)
    }

    fn as_quadratic(&self) -> Option<QuadraticCost<'_>> {
        QuadraticCost::new(&self.sums, 1.0 / self.variance, &self.ranks)
    }
}
