//! Counts that a regression separates: a direction in which the likelihood rises for ever.

use nalgebra::DMatrix;

use super::irls::Problem;
use crate::decomposition::Svd;

/// Directions that act on no positive count, to within this share of the columns' scale.
const NULL_TOLERANCE: f64 = 1e-9;
const MAX_ITERATIONS: usize = 200;
/// Below this a fitted indicator counts as zero.
const NEAR_ZERO: f64 = 1e-6;

/// The column to blame where the counts are separated.
///
/// They are where some combination of the columns is zero in every row with a positive count, and
/// of one sign, not all zero, in the rows without. The combinations that are zero in the positive
/// rows come from a singular value decomposition; among them the iterative rectifier looks for one
/// of one sign.
///
/// # Source
/// Correia, Guimarães and Zylkin (2019), Verifying the existence of maximum likelihood estimates for
/// generalized linear models, arXiv 1903.01633.
pub(super) fn separating_column(problem: &Problem<'_>) -> Option<usize> {
    let design = problem.design;
    let k = design.n_columns();
    let (positive, zero): (Vec<usize>, Vec<usize>) =
        (0..problem.y.len()).partition(|&row| problem.y[row] > 0.0);
    if zero.is_empty() {
        return None;
    }
    let scales: Vec<f64> = (0..k)
        .map(|column| {
            let largest = design
                .column(column)
                .iter()
                .fold(0.0_f64, |most, value| most.max(value.abs()));
            largest.max(f64::MIN_POSITIVE)
        })
        .collect();
    let scaled = |row: usize, column: usize| design.column(column)[row] / scales[column];
    let acting = DMatrix::from_fn(positive.len(), k, |row, column| {
        scaled(positive[row], column)
    });
    let decomposition = Svd::new(acting);
    let largest = decomposition.values.amax();
    let free: Vec<usize> = (0..k)
        .filter(|&idx| decomposition.values[idx] <= NULL_TOLERANCE * largest)
        .collect();
    if free.is_empty() {
        return None;
    }
    let basis = DMatrix::from_fn(k, free.len(), |column, idx| {
        decomposition.v[(column, free[idx])]
    });
    let acting = DMatrix::from_fn(zero.len(), k, |row, column| scaled(zero[row], column)) * &basis;
    let decomposition = Svd::new(acting.clone());
    let mut indicator = DMatrix::from_element(zero.len(), 1, 1.0);
    for _ in 0..MAX_ITERATIONS {
        let direction = decomposition.solve(&indicator, 1e-12);
        let explained = &acting * &direction;
        let reaches = explained.max();
        if reaches < NEAR_ZERO {
            return None;
        }
        if explained.min() > -NEAR_ZERO * reaches {
            let combination = &basis * direction;
            return (0..k).max_by(|&a, &b| {
                let acts = |column: usize| {
                    let values = design.column(column);
                    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
                    combination[column].abs() * (most - least) / scales[column]
                };
                acts(a).total_cmp(&acts(b))
            });
        }
        indicator = explained.map(|value| value.max(0.0));
    }
    None
}
