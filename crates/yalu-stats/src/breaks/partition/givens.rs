//! Least squares row by row: each row is rotated into a triangular factor.

use nalgebra::DMatrix;

/// A column whose part orthogonal to those before it is below this share of it is collinear.
const RANK_TOLERANCE: f64 = 1e-9;

/// The QR factor of the rows so far, by Givens rotations. What is left of a response after its
/// row's rotations is the recursive residual, so its square is what the row adds to the residual
/// sum of squares (Brown, Durbin and Evans 1975, JRSS B 37, 149–192).
#[derive(Debug, Clone)]
pub(super) struct Givens {
    k: usize,
    /// k × k row-major, upper triangle.
    r: Vec<f64>,
    /// Q'y.
    rotated: Vec<f64>,
    rss: f64,
    /// Sum of squares of each column.
    squares: Vec<f64>,
    row: Vec<f64>,
}

impl Givens {
    pub(super) fn new(k: usize) -> Self {
        Self {
            k,
            r: vec![0.0; k * k],
            rotated: vec![0.0; k],
            rss: 0.0,
            squares: vec![0.0; k],
            row: vec![0.0; k],
        }
    }

    pub(super) fn clear(&mut self) {
        self.r.fill(0.0);
        self.rotated.fill(0.0);
        self.squares.fill(0.0);
        self.rss = 0.0;
    }

    /// Takes one more row in.
    pub(super) fn add(&mut self, x: &[f64], y: f64) {
        let k = self.k;
        let mut left = y;
        let row = &mut self.row[..k];
        row.copy_from_slice(&x[..k]);
        for (sum, value) in self.squares.iter_mut().zip(row.iter()) {
            *sum += value * value;
        }
        for j in 0..k {
            let entry = row[j];
            if entry == 0.0 {
                continue;
            }
            let factor = &mut self.r[j * k..(j + 1) * k];
            let length = (factor[j] * factor[j] + entry * entry).sqrt();
            if length == 0.0 {
                continue;
            }
            let inverse = 1.0 / length;
            let (cosine, sine) = (factor[j] * inverse, entry * inverse);
            factor[j] = length;
            for (above, below) in factor[j + 1..].iter_mut().zip(row[j + 1..].iter_mut()) {
                let old = *above;
                *above = cosine * old + sine * *below;
                *below = cosine * *below - sine * old;
            }
            let old = self.rotated[j];
            self.rotated[j] = cosine * old + sine * left;
            left = cosine * left - sine * old;
        }
        self.rss += left * left;
    }

    pub(super) fn rss(&self) -> f64 {
        self.rss
    }

    /// The first column that those before it make up, also where arithmetic overflowed.
    pub(super) fn collinear(&self) -> Option<usize> {
        (0..self.k).find(|&j| {
            let pivot = self.r[j * self.k + j];
            let least = RANK_TOLERANCE * RANK_TOLERANCE * self.squares[j];
            let apart = pivot.is_finite() && pivot * pivot > least.max(f64::MIN_POSITIVE);
            !apart
        })
    }

    /// The coefficients; only where no column is collinear.
    pub(super) fn coefficients(&self) -> Vec<f64> {
        let k = self.k;
        let mut solution = self.rotated.clone();
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|j| self.r[i * k + j] * solution[j]).sum();
            solution[i] = (solution[i] - known) / self.r[i * k + i];
        }
        solution
    }

    /// (X'X)⁻¹; only where no column is collinear.
    pub(super) fn inverse_gram(&self) -> DMatrix<f64> {
        let k = self.k;
        // R⁻¹, column by column.
        let mut inverse = DMatrix::<f64>::zeros(k, k);
        for column in 0..k {
            for i in (0..=column).rev() {
                let known: f64 = (i + 1..=column)
                    .map(|j| self.r[i * k + j] * inverse[(j, column)])
                    .sum();
                let unit = if i == column { 1.0 } else { 0.0 };
                inverse[(i, column)] = (unit - known) / self.r[i * k + i];
            }
        }
        &inverse * inverse.transpose()
    }
}
