//! Breaks in some coefficients while others stay.

use super::dynamic::{Least, least_cost_partitions};
use super::givens::Givens;
use super::model::{Rows, regimes};
use super::ols::{SegmentSquares, single_break};

/// Turns between dates and fixed coefficients.
const MAX_TURNS: usize = 30;

/// Least squares with a set of z coefficients for each regime and one of x: the factor, its
/// coefficients z by regime, then x.
pub(super) fn regress(rows: &Rows, breaks: &[usize]) -> Givens {
    let (q, p) = (rows.q, rows.p);
    let width = (breaks.len() + 1) * q + p;
    let mut givens = Givens::new(width);
    let mut line = vec![0.0; width];
    for (regime, (first, last)) in regimes(breaks, rows.n()).enumerate() {
        line.fill(0.0);
        for row in first..=last {
            line[regime * q..(regime + 1) * q].copy_from_slice(rows.z_row(row));
            line[width - p..].copy_from_slice(rows.x_row(row));
            givens.add(&line, rows.y[row]);
        }
    }
    givens
}

/// The response without the fixed coefficients' part.
fn without_fixed(rows: &Rows, coefficients: &[f64]) -> Vec<f64> {
    (0..rows.n())
        .map(|row| {
            let part: f64 = rows
                .x_row(row)
                .iter()
                .zip(coefficients)
                .map(|(x, b)| x * b)
                .sum();
            rows.y[row] - part
        })
        .collect()
}

/// The best partitions for each number of breaks by the iteration of Bai and Perron (2003, section
/// 4): dates given the fixed coefficients by dynamic programming, fixed coefficients given the
/// dates by least squares, in turns until the sum of squares stops falling. It starts from the
/// model without a break, from the dates with one break fewer and from those at which all
/// coefficients change, and keeps the best end. One break is searched exactly.
pub(super) fn partial_partitions(
    rows: &Rows,
    segment: usize,
    max_breaks: usize,
) -> Vec<Option<Least>> {
    let fixed_at = |breaks: &[usize]| -> Option<(Vec<f64>, f64)> {
        let givens = regress(rows, breaks);
        if givens.collinear().is_some() {
            return None;
        }
        let mut coefficients = givens.coefficients();
        let fixed = coefficients.split_off((breaks.len() + 1) * rows.q);
        Some((fixed, givens.rss()))
    };
    let dates_given = |fixed: &[f64]| -> Vec<Option<Least>> {
        let response = without_fixed(rows, fixed);
        let mut squares = SegmentSquares::new(rows, &response);
        least_cost_partitions(rows.n(), segment, max_breaks, |start, out| {
            squares.fill(start, segment, out);
        })
    };
    let Some((null, rss)) = fixed_at(&[]) else {
        return vec![None; max_breaks + 1];
    };
    let mut found = vec![Some(Least {
        breaks: Vec::new(),
        cost: rss,
    })];
    let from_null = dates_given(&null);
    let from_all_changing = all_changing(rows, segment, max_breaks);
    for count in 1..=max_breaks {
        if count == 1 {
            found.push(single_partial_break(rows, segment).map(|(at, cost)| Least {
                breaks: vec![at],
                cost,
            }));
            continue;
        }
        let mut starts: Vec<Vec<usize>> = [&from_null, &from_all_changing]
            .iter()
            .filter_map(|one| one.get(count)?.as_ref())
            .map(|one| one.breaks.clone())
            .collect();
        if let Some(fewer) = &found[count - 1]
            && let Some((fixed, _)) = fixed_at(&fewer.breaks)
            && let Some(one) = &dates_given(&fixed)[count]
        {
            starts.push(one.breaks.clone());
        }
        let mut best: Option<Least> = None;
        for start in starts {
            let mut breaks = start;
            let mut reached: Option<Least> = None;
            for _ in 0..MAX_TURNS {
                let Some((fixed, cost)) = fixed_at(&breaks) else {
                    break;
                };
                if reached.as_ref().is_some_and(|one| cost >= one.cost) {
                    break;
                }
                reached = Some(Least {
                    breaks: breaks.clone(),
                    cost,
                });
                match &dates_given(&fixed)[count] {
                    Some(next) if next.breaks != breaks => breaks.clone_from(&next.breaks),
                    _ => break,
                }
            }
            if let Some(reached) = reached
                && best.as_ref().is_none_or(|one| reached.cost < one.cost)
            {
                best = Some(reached);
            }
        }
        found.push(best);
    }
    found
}

/// Dates at which every coefficient changes, the fixed ones too.
fn all_changing(rows: &Rows, segment: usize, max_breaks: usize) -> Vec<Option<Least>> {
    let width = rows.q + rows.p;
    if segment <= width {
        return Vec::new();
    }
    let joined = Rows {
        z: (0..rows.n())
            .flat_map(|row| rows.z_row(row).iter().chain(rows.x_row(row)).copied())
            .collect(),
        x: Vec::new(),
        q: width,
        p: 0,
        ..rows.clone()
    };
    let mut squares = SegmentSquares::new(&joined, &joined.y);
    least_cost_partitions(joined.n(), segment, max_breaks, |start, out| {
        squares.fill(start, segment, out);
    })
}

/// The best single break of a stretch in the coefficients that change, exactly. O(n² k²) where
/// some are fixed, O(n k²) otherwise.
pub(super) fn single_partial_break(rows: &Rows, segment: usize) -> Option<(usize, f64)> {
    if rows.p == 0 {
        return single_break(rows, segment);
    }
    let n = rows.n();
    if n < 2 * segment {
        return None;
    }
    let mut found: Option<(usize, f64)> = None;
    for at in segment - 1..n - segment {
        let givens = regress(rows, &[at]);
        if givens.collinear().is_none() && found.is_none_or(|(_, least)| givens.rss() < least) {
            found = Some((at, givens.rss()));
        }
    }
    found
}
