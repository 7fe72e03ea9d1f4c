//! The cost of a linear regression of each segment.

use nalgebra::DMatrix;

use super::noise::{NoiseScale, scale_of};
use super::prefix::Prefix;
use super::{Cost, SegmentationError, check_series};
use crate::decomposition::Svd;
use crate::design::Design;
use crate::linalg::WeightedQr;

/// The most columns.
const MAX_COLUMNS: usize = 12;
/// A column whose part orthogonal to those before it, within a segment, is below this share of its
/// square is left out there.
const SEGMENT_TOLERANCE: f64 = 1e-13;
/// A series whose residuals are below this share of its squares is fitted perfectly.
const PERFECT: f64 = 1e-24;

/// Least squares of the series on k columns, all coefficients of each segment's own: the residual
/// sum of squares. A cost takes O(k³), from prefix sums of cross products.
///
/// Columns are made orthonormal over the whole series and the series takes its residuals first,
/// which leaves every segment's residuals the same and keeps digits. Columns that are constant or
/// collinear within a segment are left out there. The unit of its penalties is the noise variance
/// from differences of the whole series' residuals.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearCost {
    /// Orthonormal columns times √n, each n long.
    columns: Vec<Vec<f64>>,
    residuals: Vec<f64>,
    /// Upper triangle of the cross products of columns and residuals, row by row.
    products: Vec<Prefix>,
    design: Design,
    y: Vec<f64>,
}

impl LinearCost {
    /// The cost of a series of n periods and its design of n × k.
    ///
    /// # Errors
    /// [`SegmentationError`] where a value isn't finite, lengths differ, columns are collinear or too
    /// many, there are no more periods than columns, or the regression leaves nothing over.
    pub fn new(series: &[f64], design: &Design) -> Result<Self, SegmentationError> {
        let (n, k) = (series.len(), design.n_columns());
        check_series("the series", series, k + 1)?;
        if design.n_rows() != n {
            return Err(SegmentationError::Length {
                what: "the design",
                needed: n,
                got: design.n_rows(),
            });
        }
        if k > MAX_COLUMNS {
            return Err(SegmentationError::Columns {
                got: k,
                most: MAX_COLUMNS,
            });
        }
        let qr = WeightedQr::new(design, &vec![1.0; n]).map_err(|column| {
            SegmentationError::Collinear {
                column: design.names()[column].clone(),
            }
        })?;
        let total: f64 = series.iter().map(|value| value * value).sum();
        let mut residuals = series.to_vec();
        qr.residual(&mut residuals);
        // Once more: what the first pass left of the columns by rounding.
        qr.residual(&mut residuals);
        let left: f64 = residuals.iter().map(|value| value * value).sum();
        if !total.is_finite() {
            return Err(SegmentationError::TooLarge);
        }
        if left <= PERFECT * total {
            return Err(SegmentationError::PerfectFit);
        }
        let root = (n as f64).sqrt();
        let columns: Vec<Vec<f64>> =
            qr.q.column_iter()
                .map(|column| column.iter().map(|value| value * root).collect())
                .collect();
        let mut products = Vec::with_capacity((k + 1) * (k + 2) / 2);
        for row in 0..=k {
            let first = columns.get(row).unwrap_or(&residuals);
            for column in row..=k {
                let second = columns.get(column).unwrap_or(&residuals);
                products.push(Prefix::of_products(
                    first.iter().copied().zip(second.iter().copied()),
                )?);
            }
        }
        Ok(Self {
            columns,
            residuals,
            products,
            design: design.clone(),
            y: series.to_vec(),
        })
    }
}

impl Cost for LinearCost {
    /// The segment's coefficients, in the design's order; least norm where they aren't determined.
    type Parameters = Vec<f64>;

    fn n(&self) -> usize {
        self.y.len()
    }

    fn n_parameters(&self) -> usize {
        self.columns.len()
    }

    /// One more than the columns: with fewer a segment is fitted perfectly whatever it holds.
    fn default_min_segment(&self) -> usize {
        self.columns.len() + 1
    }

    fn noise(&self) -> NoiseScale {
        scale_of(&self.residuals)
    }

    #[expect(
        clippy::needless_range_loop,
        reason = "the factorisation reads as in the books by its indices"
    )]
    fn cost(&self, start: usize, end: usize) -> f64 {
        let k = self.columns.len();
        // Cholesky of the cross products, the residuals last: what is left of their square.
        let mut factor = [[0.0; MAX_COLUMNS + 1]; MAX_COLUMNS + 1];
        let mut products = self.products.iter();
        for row in 0..=k {
            for column in row..=k {
                // Transposed: factor[column][row] is below the diagonal.
                factor[column][row] = products
                    .next()
                    .map_or(0.0, |prefix| prefix.between(start, end));
            }
        }
        for pivot in 0..k {
            let square = factor[pivot][pivot];
            let left = square - (0..pivot).map(|at| factor[pivot][at].powi(2)).sum::<f64>();
            if left <= SEGMENT_TOLERANCE * square {
                for row in factor.iter_mut().take(k + 1).skip(pivot) {
                    row[pivot] = 0.0;
                }
                continue;
            }
            let root = left.sqrt();
            factor[pivot][pivot] = root;
            for row in pivot + 1..=k {
                let dot: f64 = (0..pivot)
                    .map(|at| factor[row][at] * factor[pivot][at])
                    .sum();
                factor[row][pivot] = (factor[row][pivot] - dot) / root;
            }
        }
        let explained: f64 = factor[k][..k].iter().map(|value| value * value).sum();
        (factor[k][k] - explained).max(0.0)
    }

    fn segment(&self, start: usize, end: usize) -> (f64, Vec<f64>) {
        let (m, k) = (end - start, self.columns.len());
        let x = DMatrix::from_fn(m, k, |row, column| self.design.column(column)[start + row]);
        // Columns of like size, so that the tolerance of the solver means the same for all.
        let norms: Vec<f64> = (0..k)
            .map(|column| x.column(column).norm().max(f64::MIN_POSITIVE))
            .collect();
        let scaled = DMatrix::from_fn(m, k, |row, column| x[(row, column)] / norms[column]);
        let y = DMatrix::from_column_slice(m, 1, &self.y[start..end]);
        let svd = Svd::new(scaled.clone());
        let solution = svd.solve(&y, 1e-10 * svd.values.amax());
        let residuals = y - scaled * &solution;
        let coefficients = solution
            .iter()
            .zip(&norms)
            .map(|(value, norm)| value / norm)
            .collect();
        (residuals.norm_squared(), coefficients)
    }
}
