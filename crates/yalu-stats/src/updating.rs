//! QR factors that take in one row after the other.

use nalgebra::DMatrix;

use crate::decomposition::Svd;

/// A column whose part orthogonal to those before it is below this share of it is collinear.
const RANK_TOLERANCE: f64 = 1e-9;

/// R and Q'y of a regression, rows taken in one at a time by Givens rotations.
#[derive(Debug, Clone)]
pub(crate) struct RowQr {
    k: usize,
    /// Row-major k × (k + 1): R with Q'y as its last column. The diagonal is never negative.
    factor: Vec<f64>,
    row: Vec<f64>,
}

impl RowQr {
    pub(crate) fn new(k: usize) -> Self {
        Self {
            k,
            factor: vec![0.0; k * (k + 1)],
            row: vec![0.0; k + 1],
        }
    }

    /// Takes in a row, and returns its recursive residual: the prediction error from the rows before,
    /// over the root of one plus its leverage; 0 where they don't determine the prediction.
    pub(crate) fn add(&mut self, regressors: impl Iterator<Item = f64>, y: f64) -> f64 {
        let k = self.k;
        for (place, value) in self.row.iter_mut().zip(regressors) {
            *place = value;
        }
        self.row[k] = y;
        for j in 0..k {
            let below = self.row[j];
            if below == 0.0 {
                continue;
            }
            let line = &mut self.factor[j * (k + 1)..][..=k];
            let length = line[j].hypot(below);
            let (cosine, sine) = (line[j] / length, below / length);
            for (own, new) in line[j..].iter_mut().zip(&mut self.row[j..]) {
                (*own, *new) = (cosine * *own + sine * *new, cosine * *new - sine * *own);
            }
        }
        self.row[k]
    }

    /// Takes in every row that `other` has taken in.
    pub(crate) fn absorb(&mut self, other: &Self) {
        for j in 0..self.k {
            let line = &other.factor[j * (self.k + 1)..][..=self.k];
            self.add(line[..self.k].iter().copied(), line[self.k]);
        }
    }

    /// The first column that those before it make up.
    pub(crate) fn collinear(&self) -> Option<usize> {
        let k = self.k;
        (0..k).find(|&column| {
            let norm = (0..=column)
                .map(|row| self.factor[row * (k + 1) + column].powi(2))
                .sum::<f64>()
                .sqrt();
            self.factor[column * (k + 1) + column] <= RANK_TOLERANCE * norm.max(f64::MIN_POSITIVE)
        })
    }

    /// (X'X)^½·b, with the symmetric root, for the coefficients b of the rows taken in. Made of R's
    /// orthogonal polar factor, so that neither b nor the root is formed.
    pub(crate) fn root_gram_times_coefficients(&self) -> Option<Vec<f64>> {
        let k = self.k;
        let r = DMatrix::from_fn(k, k, |i, j| self.factor[i * (k + 1) + j]);
        let polar = polar(r)?;
        Some(
            (0..k)
                .map(|j| {
                    (0..k)
                        .map(|i| polar[(i, j)] * self.factor[i * (k + 1) + k])
                        .sum()
                })
                .collect(),
        )
    }
}

/// The orthogonal matrix U·V' nearest to R = U·S·V'; none where R is singular.
pub(crate) fn polar(r: DMatrix<f64>) -> Option<DMatrix<f64>> {
    let svd = Svd::new(r);
    (svd.values.min() > 0.0).then(|| svd.u * svd.v.transpose())
}
