//! Weighted least squares by Householder QR: the one solver under every fit.

use nalgebra::{DMatrix, DVector};

use crate::design::Design;

/// A column whose part orthogonal to those before it is below this share of it is collinear.
const RANK_TOLERANCE: f64 = 1e-9;

/// √w·X = Q·R.
pub(crate) struct WeightedQr {
    pub(crate) q: DMatrix<f64>,
    r: DMatrix<f64>,
}

impl WeightedQr {
    /// Factors √w·X; the index of the first collinear column where there is one.
    pub(crate) fn new(design: &Design, root_weights: &[f64]) -> Result<Self, usize> {
        let (n, k) = (design.n_rows(), design.n_columns());
        let x = DMatrix::from_fn(n, k, |row, column| {
            root_weights[row] * design.column(column)[row]
        });
        let norms: Vec<f64> = (0..k).map(|column| x.column(column).norm()).collect();
        let qr = x.qr();
        let r = qr.r();
        for column in 0..k {
            if r[(column, column)].abs() <= RANK_TOLERANCE * norms[column].max(f64::MIN_POSITIVE) {
                return Err(column);
            }
        }
        Ok(Self { q: qr.q(), r })
    }

    /// The coefficients for a response that is already weighted.
    pub(crate) fn solve(&self, weighted_response: &[f64]) -> Vec<f64> {
        let response = DVector::from_column_slice(weighted_response);
        let rotated = self.q.tr_mul(&response);
        let solution = self
            .r
            .solve_upper_triangular(&rotated)
            .expect("the diagonal of R was checked to be away from zero");
        solution.iter().copied().collect()
    }

    /// R.
    pub(crate) fn r(&self) -> &DMatrix<f64> {
        &self.r
    }

    /// (X'WX)⁻¹, k × k row-major.
    pub(crate) fn inverse_gram(&self) -> Vec<f64> {
        let k = self.r.ncols();
        let inverse = self
            .r
            .solve_upper_triangular(&DMatrix::identity(k, k))
            .expect("the diagonal of R was checked to be away from zero");
        let gram = &inverse * inverse.transpose();
        (0..k)
            .flat_map(|i| (0..k).map(move |j| (i, j)))
            .map(|at| gram[at])
            .collect()
    }

    /// Takes the part that the columns explain out of a weighted vector.
    pub(crate) fn residual(&self, vector: &mut [f64]) {
        for column in self.q.column_iter() {
            let column = column.as_slice();
            let dot: f64 = column.iter().zip(vector.iter()).map(|(q, v)| q * v).sum();
            for (value, q) in vector.iter_mut().zip(column) {
                *value -= dot * q;
            }
        }
    }
}
