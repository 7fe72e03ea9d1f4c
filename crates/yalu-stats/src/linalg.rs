//! Least squares by Householder QR: the one solver under every fit.
//!
//! Columns lie one after the other, and every inner loop runs down a column: for the tall, narrow
//! designs of regression this is several times faster than a general matrix type.

use nalgebra::DMatrix;

use crate::design::Design;

/// A column whose part orthogonal to those before it is below this share of it is collinear.
const RANK_TOLERANCE: f64 = 1e-9;
/// Partial sums of an inner product, so that it needn't wait for one addition after the other.
const LANES: usize = 8;

/// Σ aᵢbᵢ over the shorter of the two.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let mut sums = [0.0; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    let halves = [
        (sums[0] + sums[4]) + (sums[1] + sums[5]),
        (sums[2] + sums[6]) + (sums[3] + sums[7]),
    ];
    halves[0] + halves[1] + rest
}

/// y += s·x over the shorter of the two.
pub(crate) fn axpy(s: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += s * x;
    }
}

/// X = Q·R for X of n rows and k ≤ n columns.
pub(crate) struct Qr {
    n: usize,
    k: usize,
    /// Column j holds, from row j on, the vector v of the reflection I − βvv'.
    reflectors: Vec<f64>,
    betas: Vec<f64>,
    /// k × k, column-major, upper triangular.
    r: Vec<f64>,
}

impl Qr {
    /// Room for a factorisation; [`Qr::factor`] fills it.
    fn room(n: usize, k: usize) -> Self {
        Self {
            n,
            k,
            reflectors: Vec::with_capacity(n * k),
            betas: vec![0.0; k],
            r: vec![0.0; k * k],
        }
    }

    /// Factors the matrix whose columns, n values each, lie one after the other; the index of the
    /// first collinear column where there is one.
    pub(crate) fn new(columns: Vec<f64>, n: usize) -> Result<Self, usize> {
        let k = columns.len().checked_div(n).unwrap_or(0);
        let mut qr = Self::room(n, k);
        qr.reflectors = columns;
        qr.factor()?;
        Ok(qr)
    }

    /// Turns the columns in `reflectors` into their factors.
    fn factor(&mut self) -> Result<(), usize> {
        let (n, k) = (self.n, self.k);
        if k > n {
            return Err(n);
        }
        for j in 0..k {
            let (done, later) = self.reflectors.split_at_mut((j + 1) * n);
            let column = &mut done[j * n..];
            // What the reflections before left above the diagonal is R's; the column keeps its length.
            let above = &self.r[j * k..j * k + j];
            let v = &mut column[j..];
            let square = dot(v, v);
            let left = square.sqrt();
            let norm = (square + dot(above, above)).sqrt();
            if left <= RANK_TOLERANCE * norm.max(f64::MIN_POSITIVE) {
                return Err(j);
            }
            let diagonal = if v[0] > 0.0 { -left } else { left };
            v[0] -= diagonal;
            let beta = -1.0 / (diagonal * v[0]);
            self.r[j * k + j] = diagonal;
            self.betas[j] = beta;
            for (next, column) in later.chunks_exact_mut(n).enumerate() {
                let column = &mut column[j..];
                axpy(-beta * dot(v, column), v, column);
                self.r[(j + 1 + next) * k + j] = column[0];
            }
        }
        Ok(())
    }

    /// The least-squares coefficients; `response` is used up.
    pub(crate) fn solve_in_place(&self, response: &mut [f64]) -> Vec<f64> {
        let (n, k) = (self.n, self.k);
        for j in 0..k {
            let v = &self.reflectors[j * n + j..(j + 1) * n];
            let part = &mut response[j..];
            axpy(-self.betas[j] * dot(v, part), v, part);
        }
        let mut solution = response[..k].to_vec();
        for j in (0..k).rev() {
            solution[j] /= self.r[j * k + j];
            let value = solution[j];
            axpy(-value, &self.r[j * k..j * k + j], &mut solution[..j]);
        }
        solution
    }

    /// (X'X)⁻¹, k × k row-major.
    pub(crate) fn inverse_gram(&self) -> Vec<f64> {
        let k = self.k;
        // Column j of R⁻¹, by substitution from the diagonal up.
        let mut inverse = vec![0.0; k * k];
        for j in 0..k {
            let column = &mut inverse[j * k..(j + 1) * k];
            column[j] = 1.0;
            for i in (0..=j).rev() {
                column[i] /= self.r[i * k + i];
                let value = column[i];
                axpy(-value, &self.r[i * k..i * k + i], &mut column[..i]);
            }
        }
        let mut gram = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..=i {
                let sum = (i..k)
                    .map(|c| inverse[c * k + i] * inverse[c * k + j])
                    .sum();
                gram[i * k + j] = sum;
                gram[j * k + i] = sum;
            }
        }
        gram
    }

    /// The k orthonormal columns of Q, one after the other.
    pub(crate) fn thin_q(&self) -> Vec<f64> {
        let (n, k) = (self.n, self.k);
        let mut q = vec![0.0; n * k];
        for (c, column) in q.chunks_exact_mut(n.max(1)).enumerate() {
            column[c] = 1.0;
            for j in (0..=c).rev() {
                let v = &self.reflectors[j * n + j..(j + 1) * n];
                let part = &mut column[j..];
                axpy(-self.betas[j] * dot(v, part), v, part);
            }
        }
        q
    }
}

/// √w·X for a design X, column after column, into `columns`.
fn weighted_columns(design: &Design, root_weights: &[f64], columns: &mut Vec<f64>) {
    columns.clear();
    for column in 0..design.n_columns() {
        columns.extend(
            design
                .column(column)
                .iter()
                .zip(root_weights)
                .map(|(x, root)| x * root),
        );
    }
}

/// Weighted least squares, over and over with other weights in the same room.
pub(crate) struct WeightedLeastSquares {
    qr: Qr,
}

impl WeightedLeastSquares {
    /// Room for a design's factors; [`WeightedLeastSquares::factor`] fills it.
    pub(crate) fn room(design: &Design) -> Self {
        Self {
            qr: Qr::room(design.n_rows(), design.n_columns()),
        }
    }

    /// Factors √w·X; the index of the first collinear column where there is one.
    pub(crate) fn factor(&mut self, design: &Design, root_weights: &[f64]) -> Result<(), usize> {
        weighted_columns(design, root_weights, &mut self.qr.reflectors);
        self.qr.factor()
    }

    /// The coefficients for a response that is already weighted, using it up.
    pub(crate) fn solve_in_place(&self, weighted_response: &mut [f64]) -> Vec<f64> {
        self.qr.solve_in_place(weighted_response)
    }

    /// (X'WX)⁻¹, k × k row-major.
    pub(crate) fn inverse_gram(&self) -> Vec<f64> {
        self.qr.inverse_gram()
    }
}

/// √w·X = Q·R with Q's columns at hand, for projections.
pub(crate) struct WeightedQr {
    pub(crate) q: DMatrix<f64>,
    r: DMatrix<f64>,
}

impl WeightedQr {
    /// Factors √w·X; the index of the first collinear column where there is one.
    pub(crate) fn new(design: &Design, root_weights: &[f64]) -> Result<Self, usize> {
        let (n, k) = (design.n_rows(), design.n_columns());
        let mut columns = Vec::with_capacity(n * k);
        weighted_columns(design, root_weights, &mut columns);
        let qr = Qr::new(columns, n)?;
        Ok(Self {
            q: DMatrix::from_vec(n, k, qr.thin_q()),
            r: DMatrix::from_vec(k, k, qr.r),
        })
    }

    /// R.
    pub(crate) fn r(&self) -> &DMatrix<f64> {
        &self.r
    }

    /// Takes the part that the columns explain out of a weighted vector.
    pub(crate) fn residual(&self, vector: &mut [f64]) {
        let n = self.q.nrows().max(1);
        for column in self.q.as_slice().chunks_exact(n) {
            axpy(-dot(column, vector), column, vector);
        }
    }

    /// Each row's leverage: the diagonal of QQ'.
    pub(crate) fn leverages(&self) -> Vec<f64> {
        let n = self.q.nrows();
        let mut sums = vec![0.0; n];
        for column in self.q.as_slice().chunks_exact(n.max(1)) {
            for (sum, q) in sums.iter_mut().zip(column) {
                *sum += q * q;
            }
        }
        sums
    }
}
