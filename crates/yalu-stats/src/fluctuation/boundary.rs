//! Functionals of fluctuation processes, their p-values and boundaries.

use super::tables::{
    BRIDGE_INCREMENT_LEVELS, BRIDGE_INCREMENTS, INCREMENT_BANDWIDTHS, MAX_SQUARE,
    MAX_SQUARE_LEVELS, MEAN_SQUARE, MEAN_SQUARE_LEVELS, MOTION_INCREMENT_LEVELS, MOTION_INCREMENTS,
    WEIGHTED_BRIDGE, WEIGHTED_MOTION,
};
use super::{FluctuationError, FluctuationProcess, LimitProcess};
use crate::breaks::{Aggregation, hansen_p_value};
use crate::normal_cdf;

/// How a process becomes one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum FluctuationFunctional {
    /// The largest absolute value over rows and components, held against the linear boundary: it
    /// rises as 1 + 2t for a Brownian motion and is level for the others.
    Max,
    /// The same held against a boundary that follows the process's standard deviation, √t or
    /// √(t(1 − t)): more power for early and late breaks (Zeileis 2004).
    WeightedMax,
    /// The largest range of a component: for a shift that goes back.
    Range,
    /// The largest sum of squares over components.
    MaxL2,
    /// The average of the sums of squares (Nyblom 1989; Cramér and von Mises): for gradual change.
    MeanL2,
    /// The largest sum of squares over t(1 − t), `from` ≤ t ≤ `to` (Andrews 1993): an LM test for one
    /// break at an unknown date.
    SupLm {
        /// The first share of the periods.
        from: f64,
        /// The last.
        to: f64,
    },
}

impl FluctuationFunctional {
    fn name(self) -> &'static str {
        match self {
            Self::Max => "the largest value",
            Self::WeightedMax => "the weighted largest value",
            Self::Range => "the range",
            Self::MaxL2 => "the largest square",
            Self::MeanL2 => "the mean square",
            Self::SupLm { .. } => "the largest LM statistic",
        }
    }
}

/// A fluctuation test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FluctuationTest {
    /// How the process became one figure.
    pub functional: FluctuationFunctional,
    /// The figure.
    pub statistic: f64,
    /// The asymptotic p-value.
    pub p_value: f64,
    /// Whether the statistic is beyond its table, so that the p-value is at most the one given.
    pub p_is_upper_bound: bool,
    /// The row where the statistic is reached; none for a range or an average.
    pub row: Option<usize>,
    /// The last period that this row takes in: for sums the likely end of the old regime.
    pub period: Option<usize>,
    /// The component where it is reached; none where components are added up.
    pub component: Option<usize>,
}

/// A p-value, and whether it is only an upper bound.
type Tail = (f64, bool);

impl FluctuationProcess {
    /// Tests that the coefficients are constant.
    ///
    /// # Errors
    /// [`FluctuationError`] where the functional's law isn't known for this process, or its table
    /// lacks the bandwidth or the number of components.
    ///
    /// # Source
    /// Brown, Durbin and Evans (1975), Journal of the Royal Statistical Society B 37, 149–192; Zeileis
    /// (2006), Computational Statistics & Data Analysis 50, 2987–3008; as in strucchange's `sctest`.
    pub fn test(
        &self,
        functional: FluctuationFunctional,
    ) -> Result<FluctuationTest, FluctuationError> {
        let (statistic, row, component) = self.measure(functional)?;
        let (p_value, p_is_upper_bound) = self.tail(statistic, functional)?;
        Ok(FluctuationTest {
            functional,
            statistic,
            p_value,
            p_is_upper_bound,
            row,
            period: row.and_then(|row| self.period(row)),
            component,
        })
    }

    /// The statistic at which [`FluctuationProcess::test`] has p-value `level`.
    ///
    /// # Errors
    /// [`FluctuationError`] as [`FluctuationProcess::test`], and where the level lies outside the
    /// table (tests of moving processes know nothing below 0.01).
    pub fn critical_value(
        &self,
        functional: FluctuationFunctional,
        level: f64,
    ) -> Result<f64, FluctuationError> {
        if !(level > 0.0 && level < 1.0) {
            return Err(FluctuationError::Level { got: level });
        }
        let (mut low, mut high) = (0.0, 1.0);
        while self.tail(high, functional)?.0 > level {
            low = high;
            high *= 2.0;
            if high > 1e4 {
                return Err(FluctuationError::Level { got: level });
            }
        }
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            if self.tail(middle, functional)?.0 > level {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(high)
    }

    /// The boundary that the process (its absolute value for `Max` and `WeightedMax`, the sum of its
    /// squares for `MaxL2`) crosses with probability `level` while nothing breaks: one value a row.
    ///
    /// # Errors
    /// [`FluctuationError`] as [`FluctuationProcess::critical_value`];
    /// [`FluctuationError::Unsupported`] for functionals that aren't a largest value over rows.
    pub fn boundary(
        &self,
        functional: FluctuationFunctional,
        level: f64,
    ) -> Result<Vec<f64>, FluctuationError> {
        let critical = self.critical_value(functional, level)?;
        let last = (self.n_rows() - 1) as f64;
        let shape: fn(f64) -> f64 = match (functional, self.limit) {
            (FluctuationFunctional::Max, LimitProcess::BrownianMotion) => |t| 1.0 + 2.0 * t,
            (FluctuationFunctional::WeightedMax, LimitProcess::BrownianMotion) => f64::sqrt,
            (FluctuationFunctional::WeightedMax, _) => |t| (t * (1.0 - t)).sqrt(),
            (FluctuationFunctional::Max | FluctuationFunctional::MaxL2, _) => |_| 1.0,
            _ => return Err(self.unsupported(functional)),
        };
        Ok((0..self.n_rows())
            .map(|row| critical * shape(row as f64 / last))
            .collect())
    }

    fn unsupported(&self, functional: FluctuationFunctional) -> FluctuationError {
        FluctuationError::Unsupported {
            functional: functional.name(),
            limit: self.limit,
        }
    }

    /// The statistic, and the row and component where it is reached.
    fn measure(
        &self,
        functional: FluctuationFunctional,
    ) -> Result<(f64, Option<usize>, Option<usize>), FluctuationError> {
        let begins_at_zero = matches!(
            self.limit,
            LimitProcess::BrownianMotion | LimitProcess::BrownianBridge
        );
        let first = usize::from(begins_at_zero);
        let rows = first..self.n_rows();
        let n = rows.len() as f64;
        // Time of a row of a process that begins at zero.
        let time = |row: usize| row as f64 / n;
        let square =
            |row: usize| -> f64 { self.values.iter().map(|column| column[row].powi(2)).sum() };
        let largest_of = |rows: std::ops::Range<usize>, weight: &dyn Fn(usize) -> f64| {
            let mut most = (0.0, None, None);
            for (component, column) in self.values.iter().enumerate() {
                for row in rows.clone() {
                    let value = column[row].abs() * weight(row);
                    if value > most.0 {
                        most = (value, Some(row), Some(component));
                    }
                }
            }
            most
        };
        let largest_square = |rows: std::ops::Range<usize>, weight: &dyn Fn(usize) -> f64| {
            let mut most = (0.0, None, None);
            for row in rows {
                let value = square(row) * weight(row);
                if value > most.0 {
                    most = (value, Some(row), None);
                }
            }
            most
        };
        let end = self.n_rows();
        Ok(match functional {
            FluctuationFunctional::Max => {
                if self.limit == LimitProcess::BrownianMotion {
                    largest_of(rows, &|row| 1.0 / (1.0 + 2.0 * time(row)))
                } else {
                    largest_of(rows, &|_| 1.0)
                }
            }
            FluctuationFunctional::WeightedMax => {
                // Nearest the ends the weight has no bounds.
                let trim = ((rows.len() as f64 * 0.001).round_ties_even() as usize).max(1);
                match self.limit {
                    LimitProcess::BrownianMotion => {
                        largest_of(trim..end, &|row| 1.0 / time(row).sqrt())
                    }
                    LimitProcess::BrownianBridge => largest_of(trim + 1..end - trim, &|row| {
                        1.0 / (time(row) * (1.0 - time(row))).sqrt()
                    }),
                    _ => return Err(self.unsupported(functional)),
                }
            }
            FluctuationFunctional::Range => {
                let range = self
                    .values
                    .iter()
                    .map(|column| {
                        let values = &column[first..];
                        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                        high - low
                    })
                    .enumerate()
                    .fold(
                        (0.0, None),
                        |most: (f64, Option<usize>), (component, range)| {
                            if range > most.0 {
                                (range, Some(component))
                            } else {
                                most
                            }
                        },
                    );
                (range.0, None, range.1)
            }
            FluctuationFunctional::MaxL2 => largest_square(rows, &|_| 1.0),
            FluctuationFunctional::MeanL2 => (rows.map(square).sum::<f64>() / n, None, None),
            FluctuationFunctional::SupLm { from, to } => {
                if !(from > 0.0 && to < 1.0 && from < to) {
                    return Err(FluctuationError::Shares { from, to });
                }
                if self.limit != LimitProcess::BrownianBridge || self.n_before > 0 {
                    return Err(self.unsupported(functional));
                }
                let inside = ((from * n).floor() as usize).max(1)..(to * n).floor() as usize + 1;
                if inside.is_empty() {
                    return Err(FluctuationError::Shares { from, to });
                }
                largest_square(inside, &|row| 1.0 / (time(row) * (1.0 - time(row))))
            }
        })
    }

    /// The probability of at least `x` while nothing breaks.
    fn tail(&self, x: f64, functional: FluctuationFunctional) -> Result<Tail, FluctuationError> {
        use FluctuationFunctional as By;
        use LimitProcess as Limit;
        let k = self.values.len();
        let at_most = |most: usize| {
            if k > most {
                return Err(FluctuationError::TooManyComponents {
                    functional: functional.name(),
                    most,
                    got: k,
                });
            }
            Ok(())
        };
        let any = |p: f64| any_of(p, k);
        match (self.limit, functional) {
            (Limit::BrownianMotion, By::Max) => Ok((any(motion(x)), false)),
            (Limit::BrownianMotion, By::WeightedMax) => {
                let (p, bound) = on_grid(x, 1.0, &WEIGHTED_MOTION);
                Ok((any(p), bound))
            }
            (Limit::BrownianBridge, By::Max) => Ok((any(bridge(x)), false)),
            (Limit::BrownianBridge, By::WeightedMax) => {
                let (p, bound) = on_grid(x, 1.2, &WEIGHTED_BRIDGE);
                Ok((any(p), bound))
            }
            (Limit::BrownianBridge, By::Range) => Ok((any(bridge_range(x)), false)),
            (Limit::BrownianBridge, By::MaxL2) => {
                at_most(MAX_SQUARE.len())?;
                Ok(interpolate(x, &MAX_SQUARE[k - 1], &MAX_SQUARE_LEVELS))
            }
            (Limit::BrownianBridge, By::MeanL2) => {
                at_most(MEAN_SQUARE.len())?;
                Ok(interpolate(x, &MEAN_SQUARE[k - 1], &MEAN_SQUARE_LEVELS))
            }
            (Limit::BrownianBridge, By::SupLm { from, to }) => {
                let lambda = (1.0 - from) * to / (from * (1.0 - to));
                let trimming = 1.0 / (1.0 + lambda.sqrt());
                Ok((hansen_p_value(x, Aggregation::Sup, k, trimming)?, false))
            }
            (Limit::BrownianMotionIncrements, By::Max) => {
                let critical = at_bandwidth(&MOTION_INCREMENTS, self.bandwidth, |bandwidth| {
                    bandwidth.sqrt()
                })?;
                let (p, bound) = interpolate(x, &critical, &MOTION_INCREMENT_LEVELS);
                Ok((any(p), bound))
            }
            (Limit::BrownianBridgeIncrements, By::Max) => {
                at_most(BRIDGE_INCREMENTS.len() / INCREMENT_BANDWIDTHS.len())?;
                let rows = INCREMENT_BANDWIDTHS.len();
                let table = &BRIDGE_INCREMENTS[(k - 1) * rows..k * rows];
                let critical = at_bandwidth(table, self.bandwidth, |_| 1.0)?;
                Ok(interpolate(x, &critical, &BRIDGE_INCREMENT_LEVELS))
            }
            (Limit::BrownianBridgeIncrements, By::Range) => {
                Ok((any(bridge_increment_range(x)), false))
            }
            _ => Err(self.unsupported(functional)),
        }
    }
}

/// The probability that at least one of `k` independent events happens.
fn any_of(p: f64, k: usize) -> f64 {
    if p >= 1.0 {
        return 1.0;
    }
    (-(k as f64 * (-p).ln_1p()).exp_m1()).clamp(0.0, 1.0)
}

/// A Brownian motion crosses x(1 + 2t), either way, within t ≤ 1: a tangent for small x, where the
/// two crossings are no longer near exclusive.
fn motion(x: f64) -> f64 {
    if x < 0.3 {
        return 1.0 - 0.1465 * x;
    }
    let square = x * x;
    2.0 * (normal_cdf(-3.0 * x) + (-4.0 * square).exp() * (normal_cdf(x) - normal_cdf(-5.0 * x))
        - (-16.0 * square).exp() * normal_cdf(-x))
}

/// The largest absolute value of a Brownian bridge (Kolmogorov).
fn bridge(x: f64) -> f64 {
    if x < 0.1 {
        return 1.0;
    }
    let sum: f64 = (1..=100_i32)
        .map(|i| {
            let term = (-2.0 * f64::from(i * i) * x * x).exp();
            if i % 2 == 1 { term } else { -term }
        })
        .sum();
    2.0 * sum
}

/// The range of a Brownian bridge (Kuiper).
fn bridge_range(x: f64) -> f64 {
    if x < 0.4 {
        return 1.0;
    }
    let sum: f64 = (1..=10_i32)
        .map(|i| {
            let square = f64::from(i * i) * x * x;
            (4.0 * square - 1.0) * (-2.0 * square).exp()
        })
        .sum();
    2.0 * sum
}

/// The range of a Brownian bridge's increments.
fn bridge_increment_range(x: f64) -> f64 {
    if x < 0.53 {
        return 1.0;
    }
    let sum: f64 = (1..=10_i32)
        .map(|i| {
            let term = f64::from(i) * normal_cdf(-f64::from(i) * x);
            if i % 2 == 1 { term } else { -term }
        })
        .sum();
    8.0 * sum
}

/// p-values at `start`, `start` + 0.1, …
fn on_grid(x: f64, start: f64, levels: &[f64]) -> Tail {
    let place = (x - start) * 10.0;
    let last = levels.len() - 1;
    if place <= 0.0 {
        return (levels[0], false);
    }
    if place >= last as f64 {
        return (levels[last], true);
    }
    let below = place.floor() as usize;
    let share = place - below as f64;
    (
        levels[below] + share * (levels[below + 1] - levels[below]),
        false,
    )
}

/// The p-value between critical values that ascend, from 1 at zero; beyond the last it is its.
fn interpolate(x: f64, critical: &[f64], levels: &[f64]) -> Tail {
    let above = critical.partition_point(|value| *value <= x);
    let last = levels.len() - 1;
    if above > last {
        return (levels[last], x > critical[last]);
    }
    let (low, from) = if above == 0 {
        (0.0, 1.0)
    } else {
        (critical[above - 1], levels[above - 1])
    };
    let share = (x - low) / (critical[above] - low);
    (from + share * (levels[above] - from), false)
}

/// A table's row at a bandwidth, between the tabled ones by a line.
fn at_bandwidth<const N: usize>(
    table: &[[f64; N]],
    bandwidth: Option<f64>,
    scale: impl Fn(f64) -> f64,
) -> Result<[f64; N], FluctuationError> {
    let got = bandwidth.unwrap_or(f64::NAN);
    let grid = &INCREMENT_BANDWIDTHS;
    let last = grid.len() - 1;
    // Bandwidths such as 0.1 + 0.2 carry rounding.
    if !(got >= grid[0] - 1e-9 && got <= grid[last] + 1e-9) {
        return Err(FluctuationError::BandwidthOutsideTable { got });
    }
    let above = grid.partition_point(|one| *one < got).clamp(1, last);
    let share = ((got - grid[above - 1]) / (grid[above] - grid[above - 1])).clamp(0.0, 1.0);
    Ok(std::array::from_fn(|column| {
        let low = table[above - 1][column] * scale(grid[above - 1]);
        let high = table[above][column] * scale(grid[above]);
        low + share * (high - low)
    }))
}
