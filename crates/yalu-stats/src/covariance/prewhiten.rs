//! Prewhitening: a vector autoregression takes the dependence out of the scores, and its gain is put
//! back afterwards.

use std::borrow::Cow;

use nalgebra::DMatrix;

use super::CovarianceError;
use super::hac::Prewhitening;
use crate::decomposition::Svd;
use crate::linalg::{Qr, axpy};

/// Andrews and Monahan's limit on autoregressive roots.
pub(super) const LARGEST_ROOT: f64 = 0.97;

/// Whitened scores, and the matrix that puts the dependence back.
pub(super) struct Whitened<'a> {
    pub(super) scores: Cow<'a, DMatrix<f64>>,
    pub(super) recolour: Option<DMatrix<f64>>,
}

pub(super) fn whiten<'a>(
    scores: &'a DMatrix<f64>,
    how: Prewhitening,
    names: &[String],
) -> Result<Whitened<'a>, CovarianceError> {
    let (n, k) = scores.shape();
    let order = how.order();
    if order == 0 {
        return Ok(Whitened {
            scores: Cow::Borrowed(scores),
            recolour: None,
        });
    }
    let needed = order + k * order + 3;
    if n < needed {
        return Err(CovarianceError::TooShort {
            needed,
            got: n,
            columns: k,
        });
    }
    let rows = n - order;
    let ahead = scores.rows(order, rows).into_owned();
    let mut behind = Vec::with_capacity(rows * k * order);
    for lag in 1..=order {
        for column in scores.column_iter() {
            behind.extend_from_slice(&column.as_slice()[order - lag..n - lag]);
        }
    }
    // Coefficients of the vector autoregression, (k·order) × k.
    let transition = match how {
        Prewhitening::Bounded => {
            // Scores that are combinations of others get the smallest coefficients that fit.
            Svd::new(DMatrix::from_column_slice(rows, k, &behind)).solve(&ahead, 1e-12)
        }
        _ => least_squares(&behind, &ahead, scores, names)?,
    };
    let blocks: Vec<DMatrix<f64>> = (0..order)
        .map(|lag| transition.rows(lag * k, k).transpose())
        .collect();
    let radius = spectral_radius(&blocks);
    let shrink = match how {
        Prewhitening::Bounded if radius > LARGEST_ROOT => LARGEST_ROOT / radius,
        Prewhitening::Bounded => 1.0,
        _ if radius >= 1.0 => return Err(CovarianceError::NotStationary { radius }),
        _ => 1.0,
    };
    let mut whitened = ahead;
    let mut gain = DMatrix::<f64>::identity(k, k);
    for (lag, block) in blocks.iter().enumerate() {
        let block = block * shrink;
        for to in 0..k {
            for from in 0..k {
                let column = lag * k + from;
                let past = &behind[column * rows..(column + 1) * rows];
                axpy(
                    -block[(to, from)],
                    past,
                    &mut whitened.as_mut_slice()[to * rows..(to + 1) * rows],
                );
            }
        }
        gain -= block;
    }
    let recolour = gain
        .try_inverse()
        .ok_or(CovarianceError::NotStationary { radius: 1.0 })?;
    Ok(Whitened {
        scores: Cow::Owned(whitened),
        recolour: Some(recolour),
    })
}

/// Coefficients of the scores on their past; a named error where the past is singular.
fn least_squares(
    behind: &[f64],
    ahead: &DMatrix<f64>,
    scores: &DMatrix<f64>,
    names: &[String],
) -> Result<DMatrix<f64>, CovarianceError> {
    let (rows, k) = ahead.shape();
    let singular = |column: usize| CovarianceError::SingularScores {
        column: names[column % k].clone(),
    };
    // A score that is zero but for rounding passes for a column; beside the others it shows.
    let largest = scores.amax();
    for (idx, column) in scores.column_iter().enumerate() {
        if column.amax() <= 1e-13 * largest {
            return Err(singular(idx));
        }
    }
    let qr = Qr::new(behind.to_vec(), rows).map_err(singular)?;
    let mut transition = Vec::with_capacity(behind.len() / rows * k);
    for column in ahead.column_iter() {
        transition.extend(qr.solve_in_place(&mut column.as_slice().to_vec()));
    }
    Ok(DMatrix::from_vec(behind.len() / rows, k, transition))
}

/// The largest eigenvalue in size of the autoregression's companion matrix.
fn spectral_radius(blocks: &[DMatrix<f64>]) -> f64 {
    let k = blocks[0].nrows();
    let size = k * blocks.len();
    let companion = DMatrix::from_fn(size, size, |row, column| {
        if row < k {
            blocks[column / k][(row, column % k)]
        } else {
            f64::from(u8::from(row - k == column))
        }
    });
    companion
        .complex_eigenvalues()
        .iter()
        .map(|one| one.re.hypot(one.im))
        .fold(0.0, f64::max)
}
