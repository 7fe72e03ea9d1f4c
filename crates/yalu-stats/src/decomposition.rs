//! The singular value decomposition by Jacobi rotations. nalgebra's own gives wrong factors for some
//! matrices that lack rank, and such matrices are what callers have it for.

use nalgebra::{DMatrix, DVector};

/// Sweeps after which a decomposition ends; ten are many.
const MAX_SWEEPS: usize = 60;

/// A = U·diag(s)·V', for A of m × k. Singular values are in no order; the columns of U that belong to
/// those of zero are zero.
pub(crate) struct Svd {
    /// m × k.
    pub(crate) u: DMatrix<f64>,
    /// k.
    pub(crate) values: DVector<f64>,
    /// k × k, orthogonal.
    pub(crate) v: DMatrix<f64>,
}

impl Svd {
    /// # Source
    /// Hestenes (1958), Journal of the Society for Industrial and Applied Mathematics 6, 51–90, after
    /// a QR decomposition of a tall matrix.
    pub(crate) fn new(matrix: DMatrix<f64>) -> Self {
        let (m, k) = matrix.shape();
        if m > k && k > 0 {
            let qr = matrix.qr();
            let inner = Self::rotated(qr.r());
            return Self {
                u: qr.q() * inner.u,
                ..inner
            };
        }
        Self::rotated(matrix)
    }

    /// Turns pairs of columns until all are orthogonal.
    fn rotated(mut u: DMatrix<f64>) -> Self {
        let k = u.ncols();
        let mut v = DMatrix::<f64>::identity(k, k);
        // Columns below this are rounding: they have no direction that could be turned away.
        let nothing = f64::EPSILON * u.norm();
        for _ in 0..MAX_SWEEPS {
            let mut turned = false;
            for i in 0..k {
                for j in i + 1..k {
                    let (first, second) = (u.column(i).norm(), u.column(j).norm());
                    if first <= nothing || second <= nothing {
                        continue;
                    }
                    let cosine = u.column(i).dot(&u.column(j)) / first / second;
                    if cosine.abs() <= 4.0 * f64::EPSILON || !cosine.is_finite() {
                        continue;
                    }
                    turned = true;
                    let zeta = (second / first - first / second) / (2.0 * cosine);
                    let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
                    let c = 1.0 / tangent.hypot(1.0);
                    for matrix in [&mut u, &mut v] {
                        turn(matrix, i, j, c, c * tangent);
                    }
                }
            }
            if !turned {
                break;
            }
        }
        let values = DVector::from_fn(k, |column, _| {
            let norm = u.column(column).norm();
            if norm > nothing { norm } else { 0.0 }
        });
        for (mut column, &value) in u.column_iter_mut().zip(values.iter()) {
            if value > 0.0 {
                column /= value;
            } else {
                column.fill(0.0);
            }
        }
        Self { u, values, v }
    }

    /// The shortest of the X that come nearest to A·X = B; singular values up to `least` count as
    /// zero.
    pub(crate) fn solve(&self, right: &DMatrix<f64>, least: f64) -> DMatrix<f64> {
        let mut along = self.u.tr_mul(right);
        for (mut row, &value) in along.row_iter_mut().zip(self.values.iter()) {
            if value > least {
                row /= value;
            } else {
                row.fill(0.0);
            }
        }
        &self.v * along
    }
}

fn turn(matrix: &mut DMatrix<f64>, i: usize, j: usize, c: f64, s: f64) {
    for row in 0..matrix.nrows() {
        let (a, b) = (matrix[(row, i)], matrix[(row, j)]);
        matrix[(row, i)] = c * a - s * b;
        matrix[(row, j)] = s * a + c * b;
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn every_rank_and_shape_is_put_together_again() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for trial in 0..5000_usize {
            let (m, k) = (1 + trial % 9, 1 + trial % 6);
            let rank = 1 + (trial / 7) % m.min(k);
            let whole = trial % 2 == 0;
            let mut draw = |rows, columns| {
                DMatrix::from_fn(rows, columns, |_, _| {
                    let at: f64 = rng.random();
                    if whole {
                        (4.0 * at).floor() - 1.0
                    } else {
                        at - 0.5
                    }
                })
            };
            let matrix = draw(m, rank) * draw(rank, k);
            let right = draw(m, 2);
            let norm = matrix.norm().max(1e-300);
            let svd = Svd::new(matrix.clone());
            let back = &svd.u * DMatrix::from_diagonal(&svd.values) * svd.v.transpose();
            assert!((back - &matrix).norm() <= 1e-14 * norm, "trial {trial}");
            let square = svd.v.tr_mul(&svd.v) - DMatrix::identity(k, k);
            assert!(square.norm() < 1e-13, "trial {trial}");
            // Errors of the solution are orthogonal to the columns.
            let solution = svd.solve(&right, 1e-10 * svd.values.amax());
            let left = matrix.tr_mul(&(&matrix * solution - right)).norm();
            assert!(left <= 1e-11 * norm, "trial {trial}: {left:e} of {norm}");
        }
    }

    #[test]
    fn a_nearly_singular_matrix_keeps_its_small_value() {
        // Singular values of [[1, 1], [0, 1e-9]]: √2 and 1e-9/√2, to the order of 1e-18.
        let svd = Svd::new(DMatrix::from_row_slice(2, 2, &[1.0, 1.0, 0.0, 1e-9]));
        let small = svd.values.min();
        assert!(
            (small * 2.0_f64.sqrt() / 1e-9 - 1.0).abs() < 1e-6,
            "{small:e}"
        );
        let none = Svd::new(DMatrix::zeros(3, 2));
        assert!(none.values.amax() <= 0.0);
    }
}
