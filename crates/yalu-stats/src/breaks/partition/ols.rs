//! Residual sums of squares of segments.

use super::givens::Givens;
use super::model::Rows;

/// The sums of squares of segments of one model, a start at a time.
pub(super) struct SegmentSquares<'a> {
    rows: &'a Rows,
    /// What takes the place of the response.
    response: &'a [f64],
    level: bool,
    givens: Givens,
    /// 1/t, for segments of t periods.
    reciprocals: Vec<f64>,
    /// Segments whose own rows make a column collinear.
    pub(super) n_singular: usize,
}

impl<'a> SegmentSquares<'a> {
    pub(super) fn new(rows: &'a Rows, response: &'a [f64]) -> Self {
        let level = rows.is_level();
        Self {
            rows,
            response,
            level,
            givens: Givens::new(rows.q),
            reciprocals: if level {
                (0..=rows.n()).map(|one| 1.0 / one.max(1) as f64).collect()
            } else {
                Vec::new()
            },
            n_singular: 0,
        }
    }

    /// Writes the sums of squares of the segments that begin at `start` and have `segment`,
    /// `segment + 1`, … periods; infinite where a column is collinear within.
    pub(super) fn fill(&mut self, start: usize, segment: usize, out: &mut [f64]) {
        let stop = start + segment - 1 + out.len();
        if self.level {
            // Running mean and sum of squares (Welford 1962, Technometrics 4, 419–420).
            let (mut mean, mut squares) = (0.0, 0.0);
            for (t, (y, share)) in self.response[start..stop]
                .iter()
                .zip(&self.reciprocals[1..])
                .enumerate()
            {
                let off = y - mean;
                mean += off * share;
                squares += off * (y - mean);
                if let Some(place) = (t + 1).checked_sub(segment) {
                    out[place] = squares;
                }
            }
            return;
        }
        self.givens.clear();
        for (t, row) in (start..stop).enumerate() {
            self.givens.add(self.rows.z_row(row), self.response[row]);
            if let Some(place) = (t + 1).checked_sub(segment) {
                out[place] = if self.givens.collinear().is_some() {
                    self.n_singular += 1;
                    f64::INFINITY
                } else {
                    self.givens.rss()
                };
            }
        }
    }
}

/// The best single break of a stretch in which all coefficients change, and its sum of squares:
/// the last row of the first regime, from the stretch's start. None where it has no room or every
/// division is singular. O(n k²).
pub(super) fn single_break(rows: &Rows, segment: usize) -> Option<(usize, f64)> {
    let n = rows.n();
    if n < 2 * segment {
        return None;
    }
    let sums = |backwards: bool| -> Vec<f64> {
        let mut givens = Givens::new(rows.q);
        (0..n - segment)
            .map(|t| {
                let row = if backwards { n - 1 - t } else { t };
                givens.add(rows.z_row(row), rows.y[row]);
                if t + 1 < segment || givens.collinear().is_some() {
                    f64::INFINITY
                } else {
                    givens.rss()
                }
            })
            .collect()
    };
    let (ahead, behind) = (sums(false), sums(true));
    let mut found: Option<(usize, f64)> = None;
    for at in segment - 1..n - segment {
        let sum = ahead[at] + behind[n - 2 - at];
        if sum.is_finite() && found.is_none_or(|(_, least)| sum < least) {
            found = Some((at, sum));
        }
    }
    found
}
