//! Projections that turn a vector of figures into the fall of the residual sum of squares at every
//! candidate date: made once for a design, used for each bootstrap replicate.

use nalgebra::DMatrix;

use super::f_stats::{BreakStatistic, FTestError, Plan, singular};
use crate::design::Design;
use crate::glm::GlmError;
use crate::linalg::WeightedQr;

/// A change whose part that the design leaves is below this share is one that can't be told.
const SINGULAR: f64 = 1e-12;

/// What turns a vector of figures into a path: everything that the figures don't enter.
pub(super) struct Projector {
    qr: WeightedQr,
    /// An orthonormal basis of the changing columns, row by row.
    basis: Vec<f64>,
    q: usize,
    n: usize,
    k: usize,
    first: usize,
    /// For each candidate the Cholesky factor of what the design leaves of the change, q × q.
    factors: Vec<f64>,
}

impl Projector {
    pub(super) fn new(design: &Design, plan: &Plan) -> Result<Self, FTestError> {
        let (n, k, q) = (design.n_rows(), design.n_columns(), plan.changing.len());
        let ones = vec![1.0; n];
        let collinear = |column: usize| GlmError::Collinear {
            column: design.names()[column].clone(),
        };
        let qr = WeightedQr::new(design, &ones).map_err(collinear)?;
        let part = WeightedQr::new(&design.with_only(&plan.changing), &ones)
            .map_err(|column| collinear(plan.changing[column]))?;
        // Row after row: the columns of the transpose.
        let rows = |matrix: &DMatrix<f64>| matrix.transpose().as_slice().to_vec();
        let (basis, full) = (rows(&part.q), rows(&qr.q));
        let n_candidates = plan.last + 1 - plan.first;
        let mut factors = vec![0.0; n_candidates * q * q];
        // Sums over the shorter side: they are the ones that hold more digits.
        let middle = (n / 2).clamp(plan.first, plan.last + 1);
        let mut sums = Sums::new(q, k);
        for row in 0..middle {
            sums.add(&basis[row * q..][..q], &full[row * k..][..k]);
            if row >= plan.first {
                let at = (row - plan.first) * q * q;
                sums.factor(&mut factors[at..at + q * q])
                    .map_err(|place| singular(design, plan, row, place))?;
            }
        }
        let mut sums = Sums::new(q, k);
        for row in (middle + 1..n).rev() {
            sums.add(&basis[row * q..][..q], &full[row * k..][..k]);
            let index = row - 1;
            if index <= plan.last {
                let at = (index - plan.first) * q * q;
                sums.factor(&mut factors[at..at + q * q])
                    .map_err(|place| singular(design, plan, index, place))?;
            }
        }
        Ok(Self {
            qr,
            basis,
            q,
            n,
            k,
            first: plan.first,
            factors,
        })
    }

    /// Takes the design out of `figures`, and gives the fall of the residual sum of squares at each
    /// candidate into `drops`. Returns the residual sum of squares without a break.
    pub(super) fn drops(&self, figures: &mut [f64], drops: &mut Vec<f64>) -> f64 {
        // Twice: the second pass takes out what rounding left of a large level.
        self.qr.residual(figures);
        self.qr.residual(figures);
        let q = self.q;
        let n_candidates = self.factors.len() / (q * q);
        drops.clear();
        let mut sum = vec![0.0; q];
        let mut solved = vec![0.0; q];
        for (row, figure) in figures.iter().enumerate().take(self.first + n_candidates) {
            for (sum, basis) in sum.iter_mut().zip(&self.basis[row * q..][..q]) {
                *sum += basis * figure;
            }
            if row < self.first {
                continue;
            }
            let factor = &self.factors[(row - self.first) * q * q..][..q * q];
            for i in 0..q {
                let known: f64 = (0..i).map(|j| factor[i * q + j] * solved[j]).sum();
                solved[i] = (sum[i] - known) / factor[i * q + i];
            }
            drops.push(solved.iter().map(|one| one * one).sum());
        }
        figures.iter().map(|one| one * one).sum()
    }

    /// The statistic of a fall in the residual sum of squares.
    pub(super) fn statistic(&self, form: BreakStatistic, rss: f64, drop: f64) -> f64 {
        let n = self.n as f64;
        let left = rss - drop;
        match form {
            BreakStatistic::F => (self.n - self.k - self.q) as f64 * drop / left,
            BreakStatistic::Wald | BreakStatistic::RobustWald(_) => n * drop / left,
            BreakStatistic::LagrangeMultiplier => n * drop / rss,
            BreakStatistic::LikelihoodRatio => -n * (-drop / rss).ln_1p(),
        }
    }

    /// The residuals of the model with a break after `index`, from those without.
    pub(super) fn after_break(&self, residuals: &[f64], index: usize) -> Vec<f64> {
        let mut left = residuals.to_vec();
        for change in self.change(index) {
            take_out(&mut left, &change);
        }
        left
    }

    /// The columns of a change after `index`, the design taken out, made orthonormal.
    fn change(&self, index: usize) -> Vec<Vec<f64>> {
        let q = self.q;
        let mut done: Vec<Vec<f64>> = Vec::with_capacity(q);
        for column in 0..q {
            let mut change: Vec<f64> = (0..self.n)
                .map(|row| {
                    if row <= index {
                        self.basis[row * q + column]
                    } else {
                        0.0
                    }
                })
                .collect();
            // Twice is enough (Kahan, in Parlett 1980, The Symmetric Eigenvalue Problem).
            for _ in 0..2 {
                self.qr.residual(&mut change);
                for other in &done {
                    take_out(&mut change, other);
                }
            }
            let length = change.iter().map(|one| one * one).sum::<f64>().sqrt();
            for value in &mut change {
                *value /= length;
            }
            done.push(change);
        }
        done
    }

    /// The model with a break after `index`, its columns orthonormal and the change's last.
    pub(super) fn split_design(&self, index: usize) -> Design {
        let mut columns: Vec<Vec<f64>> = self
            .qr
            .q
            .column_iter()
            .map(|column| column.iter().copied().collect())
            .collect();
        columns.extend(self.change(index));
        Design::from_columns(self.n, columns)
    }
}

/// Takes the part along a vector of length one out of another.
fn take_out(vector: &mut [f64], direction: &[f64]) {
    let dot: f64 = vector.iter().zip(direction).map(|(a, b)| a * b).sum();
    for (value, one) in vector.iter_mut().zip(direction) {
        *value -= dot * one;
    }
}

/// Σ p p' and Σ p u' over one side of a break, for rows p of the changing basis and u of the design's.
struct Sums {
    q: usize,
    k: usize,
    own: Vec<f64>,
    cross: Vec<f64>,
}

impl Sums {
    fn new(q: usize, k: usize) -> Self {
        Self {
            q,
            k,
            own: vec![0.0; q * q],
            cross: vec![0.0; q * k],
        }
    }

    fn add(&mut self, p: &[f64], u: &[f64]) {
        for (i, one) in p.iter().enumerate() {
            for (sum, other) in self.own[i * self.q..][..=i].iter_mut().zip(p) {
                *sum += one * other;
            }
            for (sum, other) in self.cross[i * self.k..][..self.k].iter_mut().zip(u) {
                *sum += one * other;
            }
        }
    }

    /// The lower Cholesky factor of own − cross·cross'; the place of a pivot that vanishes.
    fn factor(&self, factor: &mut [f64]) -> Result<(), usize> {
        let (q, k) = (self.q, self.k);
        for i in 0..q {
            for j in 0..=i {
                let dot: f64 = self.cross[i * k..][..k]
                    .iter()
                    .zip(&self.cross[j * k..][..k])
                    .map(|(a, b)| a * b)
                    .sum();
                let known: f64 = (0..j).map(|l| factor[i * q + l] * factor[j * q + l]).sum();
                let value = self.own[i * q + j] - dot - known;
                if i == j {
                    if value <= SINGULAR {
                        return Err(i);
                    }
                    factor[i * q + i] = value.sqrt();
                } else {
                    factor[i * q + j] = value / factor[j * q + j];
                }
            }
        }
        Ok(())
    }
}
