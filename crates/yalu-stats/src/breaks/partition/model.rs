//! The regression whose coefficients change, checked and laid out by rows.

use super::error::PartitionError;
use crate::design::Design;

/// A regression in which some or all coefficients change at the breaks.
#[derive(Debug, Clone, Copy)]
pub struct RegimeModel<'a> {
    /// n figures.
    pub y: &'a [f64],
    /// n × k.
    pub design: &'a Design,
    /// Columns of the design whose coefficients stay the same in all regimes; none for pure
    /// structural change.
    pub fixed: &'a [usize],
}

/// The fewest periods of a regime.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MinSegment {
    /// A share of the periods, rounded down, as strucchange and mbreaks do.
    Share(f64),
    /// So many periods.
    Periods(usize),
}

impl MinSegment {
    /// In periods, for a series of n and regimes of `coefficients` coefficients.
    pub(super) fn periods(self, n: usize, coefficients: usize) -> Result<usize, PartitionError> {
        let got = match self {
            Self::Periods(periods) => periods,
            Self::Share(share) => {
                if !(share > 0.0 && share <= 0.5) {
                    return Err(PartitionError::Trimming { got: share });
                }
                (share * n as f64).floor() as usize
            }
        };
        if got <= coefficients {
            return Err(PartitionError::MinSegment {
                got,
                needed: coefficients + 1,
                coefficients,
            });
        }
        if got > n / 2 {
            return Err(PartitionError::TooShort {
                needed: got.saturating_mul(2),
                got: n,
            });
        }
        Ok(got)
    }
}

/// A stretch of a model by rows: z the columns that change, x those that don't.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// The first row's place in the whole series.
    pub(super) origin: usize,
    pub(super) y: Vec<f64>,
    /// n × q, row-major.
    pub(super) z: Vec<f64>,
    /// n × p, row-major.
    pub(super) x: Vec<f64>,
    pub(super) q: usize,
    pub(super) p: usize,
    /// Names of z, then of x.
    pub(super) names: Vec<String>,
}

impl Rows {
    /// Checks the model's figures and lays them out.
    pub(super) fn new(model: &RegimeModel<'_>) -> Result<Self, PartitionError> {
        let (n, k) = (model.design.n_rows(), model.design.n_columns());
        check_vector("the response", model.y, n)?;
        if model
            .y
            .iter()
            .map(|one| one * one)
            .sum::<f64>()
            .is_infinite()
        {
            return Err(PartitionError::Overflow);
        }
        for (place, &got) in model.fixed.iter().enumerate() {
            if got >= k || model.fixed[..place].contains(&got) {
                return Err(PartitionError::FixedColumn { got, n_columns: k });
            }
        }
        let changing: Vec<usize> = (0..k).filter(|one| !model.fixed.contains(one)).collect();
        if changing.is_empty() {
            return Err(PartitionError::NothingChanges);
        }
        let by_rows = |columns: &[usize]| -> Vec<f64> {
            (0..n)
                .flat_map(|row| {
                    columns
                        .iter()
                        .map(move |&column| model.design.column(column)[row])
                })
                .collect()
        };
        Ok(Self {
            origin: 0,
            y: model.y.to_vec(),
            z: by_rows(&changing),
            x: by_rows(model.fixed),
            q: changing.len(),
            p: model.fixed.len(),
            names: changing
                .iter()
                .chain(model.fixed)
                .map(|&column| model.design.names()[column].clone())
                .collect(),
        })
    }

    pub(super) fn n(&self) -> usize {
        self.y.len()
    }

    pub(super) fn z_row(&self, row: usize) -> &[f64] {
        &self.z[row * self.q..(row + 1) * self.q]
    }

    pub(super) fn x_row(&self, row: usize) -> &[f64] {
        &self.x[row * self.p..(row + 1) * self.p]
    }

    /// Rows `first` to `last`, both included.
    pub(super) fn stretch(&self, first: usize, last: usize) -> Self {
        let cut = |values: &[f64], width: usize| values[first * width..(last + 1) * width].to_vec();
        Self {
            origin: self.origin + first,
            y: cut(&self.y, 1),
            z: cut(&self.z, self.q),
            x: cut(&self.x, self.p),
            q: self.q,
            p: self.p,
            names: self.names.clone(),
        }
    }

    /// A level and nothing else, which changes: sums of squares have a shorter way.
    pub(super) fn is_level(&self) -> bool {
        self.q == 1 && self.z.iter().all(|one| one.to_bits() == 1.0_f64.to_bits())
    }

    /// The same with the response and the columns about their means where a level changes beside
    /// them: sums of squares are those of the original, and figures far from 0 lose no digits.
    pub(super) fn centred(&self) -> Self {
        let mut rows = self.clone();
        let n = self.n();
        let column = |column: usize| (0..n).map(move |row| self.z[row * self.q + column]);
        let is_level = |place: usize| column(place).all(|one| one.to_bits() == 1.0_f64.to_bits());
        if !(0..self.q).any(is_level) {
            return rows;
        }
        let mean = self.y.iter().sum::<f64>() / n as f64;
        for value in &mut rows.y {
            *value -= mean;
        }
        for place in (0..self.q).filter(|&place| !is_level(place)) {
            let mean = column(place).sum::<f64>() / n as f64;
            for row in 0..n {
                rows.z[row * self.q + place] -= mean;
            }
        }
        rows
    }

    /// Breaks counted from the whole series' start.
    pub(super) fn absolute(&self, breaks: &[usize]) -> Vec<usize> {
        breaks.iter().map(|one| one + self.origin).collect()
    }

    pub(super) fn collinear(&self, column: usize, first: usize, last: usize) -> PartitionError {
        PartitionError::Collinear {
            column: self.names[column].clone(),
            first: self.origin + first,
            last: self.origin + last,
        }
    }

    /// Whether a residual sum of squares is no more than rounding.
    pub(super) fn is_perfect(&self, rss: f64) -> bool {
        rss <= 1e-25 * self.y.iter().map(|one| one * one).sum::<f64>()
    }
}

pub(super) fn check_vector(
    what: &'static str,
    values: &[f64],
    needed: usize,
) -> Result<(), PartitionError> {
    if values.len() != needed {
        return Err(PartitionError::Length {
            what,
            needed,
            got: values.len(),
        });
    }
    match values.iter().position(|one| !one.is_finite()) {
        Some(row) => Err(PartitionError::NotFinite {
            what,
            row,
            value: values[row],
        }),
        None => Ok(()),
    }
}

/// First and last rows of the regimes that end at the breaks.
pub(super) fn regimes(breaks: &[usize], n: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    (0..=breaks.len()).map(move |regime| {
        let first = regime.checked_sub(1).map_or(0, |before| breaks[before] + 1);
        (first, breaks.get(regime).copied().unwrap_or(n - 1))
    })
}

/// That breaks ascend and leave every regime at least `needed` periods.
pub(super) fn check_breaks(
    breaks: &[usize],
    n: usize,
    needed: usize,
) -> Result<(), PartitionError> {
    let mut first = 0;
    for last in breaks.iter().copied().chain([n.saturating_sub(1)]) {
        if last >= n || last + 1 < first + needed {
            return Err(PartitionError::Breaks {
                got: breaks.to_vec(),
                n,
                needed,
            });
        }
        first = last + 1;
    }
    Ok(())
}
