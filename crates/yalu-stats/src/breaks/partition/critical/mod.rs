//! The tables of Bai and Perron's tests.

mod d_max;
mod next_break;
mod sup_f;

use super::PartitionError;

/// The levels that the tables have, from the mildest.
pub(super) const LEVELS: [f64; 4] = [0.10, 0.05, 0.025, 0.01];
/// UDmax and WDmax take the largest over at most this many breaks.
pub(super) const D_MAX_BREAKS: usize = 5;
/// The most coefficients that change in the tables.
const MAX_COEFFICIENTS: usize = 10;

/// Critical values of one statistic at the levels of the tables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticalValues {
    /// At 10 %.
    pub ten: f64,
    /// At 5 %.
    pub five: f64,
    /// At 2.5 %.
    pub two_and_half: f64,
    /// At 1 %.
    pub one: f64,
}

impl CriticalValues {
    fn from_column(at: impl Fn(usize) -> f64) -> Self {
        Self {
            ten: at(0),
            five: at(1),
            two_and_half: at(2),
            one: at(3),
        }
    }

    fn as_array(self) -> [f64; 4] {
        [self.ten, self.five, self.two_and_half, self.one]
    }

    /// The strictest level at which a statistic is significant; none where it isn't even at 10 %.
    pub fn strictest_level(&self, statistic: f64) -> Option<f64> {
        LEVELS
            .iter()
            .zip(self.as_array())
            .filter(|(_, value)| statistic >= *value)
            .map(|(level, _)| *level)
            .next_back()
    }

    /// The value at one of the levels, by its place in [`LEVELS`].
    pub(super) fn at(&self, level: Level) -> f64 {
        self.as_array()[level.0]
    }
}

/// A level's place in [`LEVELS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level(usize);

impl Level {
    pub(super) fn new(level: f64) -> Result<Self, PartitionError> {
        LEVELS
            .iter()
            .position(|one| (one - level).abs() < 1e-12)
            .map(Self)
            .ok_or(PartitionError::Level { got: level })
    }

    /// All of them, from the mildest.
    pub(super) fn all() -> [Self; 4] {
        [Self(0), Self(1), Self(2), Self(3)]
    }
}

/// The tables for one trimming and one number of coefficients that change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables {
    trimming: usize,
    row: usize,
}

impl Tables {
    pub(super) fn new(trimming: f64, coefficients: usize) -> Result<Self, PartitionError> {
        let trimming = [0.05, 0.10, 0.15, 0.20, 0.25]
            .iter()
            .position(|one: &f64| (one - trimming).abs() < 1e-12)
            .ok_or(PartitionError::TrimmingNotTabulated { got: trimming })?;
        if coefficients == 0 || coefficients > MAX_COEFFICIENTS {
            return Err(PartitionError::CoefficientsNotTabulated { got: coefficients });
        }
        Ok(Self {
            trimming,
            row: coefficients - 1,
        })
    }

    /// sup F(m) against none; none beyond the table.
    pub(super) fn sup_f(self, n_breaks: usize) -> Option<CriticalValues> {
        let column = n_breaks.checked_sub(1)?;
        match self.trimming {
            0 => self.column(&sup_f::TRIM_05, column),
            1 => self.column(&sup_f::TRIM_10, column),
            2 => self.column(&sup_f::TRIM_15, column),
            3 => self.column(&sup_f::TRIM_20, column),
            _ => self.column(&sup_f::TRIM_25, column),
        }
    }

    /// sup F(l + 1 | l); none beyond the table.
    pub(super) fn next_break(self, n_breaks: usize) -> Option<CriticalValues> {
        self.column(
            match self.trimming {
                0 => &next_break::TRIM_05,
                1 => &next_break::TRIM_10,
                2 => &next_break::TRIM_15,
                3 => &next_break::TRIM_20,
                _ => &next_break::TRIM_25,
            },
            n_breaks,
        )
    }

    fn d_max(self, column: usize) -> CriticalValues {
        let table = match self.trimming {
            0 => &d_max::TRIM_05,
            1 => &d_max::TRIM_10,
            2 => &d_max::TRIM_15,
            3 => &d_max::TRIM_20,
            _ => &d_max::TRIM_25,
        };
        CriticalValues::from_column(|level| table[level][self.row][column])
    }

    pub(super) fn ud_max(self) -> CriticalValues {
        self.d_max(0)
    }

    pub(super) fn wd_max(self) -> CriticalValues {
        self.d_max(1)
    }

    fn column<const N: usize>(
        self,
        table: &[[[f64; N]; 10]; 4],
        column: usize,
    ) -> Option<CriticalValues> {
        (column < N).then(|| CriticalValues::from_column(|level| table[level][self.row][column]))
    }
}
