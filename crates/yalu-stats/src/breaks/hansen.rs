//! p-values of sup-, ave- and exp-type break tests by Hansen's response surfaces.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::f_stats::{Aggregation, FTestError};
use super::hansen_tables::{AVE, EXP, SUP};

/// The most changing coefficients that the table has.
const MAX_CHANGING: usize = 40;
/// Trimmings per number of coefficients: 0.49, 0.47, …, 0.01.
const N_TRIMMINGS: usize = 25;
/// A hair below 0.01, which 1/(1 + √λ) gives by rounding.
const LEAST_TRIMMING: f64 = 0.01 - 1e-9;
const MOST_TRIMMING: f64 = 0.49;

/// The asymptotic p-value of a break test over all dates but for a trimmed share at either end.
///
/// `statistic` is on the chi-square scale: for `n_changing` coefficients the usual F times
/// `n_changing`. `trimming` is the share τ without a candidate at either end, 0.01 ≤ τ ≤ 0.5; for
/// unequal ends it is 1/(1 + √λ) with λ = (1 − π₁)π₂/(π₁(1 − π₂)). τ = 0.5 is a single known date.
/// Where a surface would fall again (a polynomial does, far out), the p-value at its top is given: no
/// larger statistic has a larger p.
///
/// # Errors
/// [`FTestError::OutsideTable`] for more than 40 coefficients or another trimming;
/// [`FTestError::Statistic`] where the statistic isn't a number.
///
/// # Source
/// Hansen (1997), Journal of Business & Economic Statistics 15, 60–67.
///
/// ```
/// use yalu_stats::{Aggregation, hansen_p_value};
/// // Andrews (1993, table 1): 8.85 is the 5 % value of sup F for one coefficient at 15 % (8.68 in
/// // his corrected table).
/// let p = hansen_p_value(8.68, Aggregation::Sup, 1, 0.15)?;
/// assert!((p - 0.05).abs() < 0.002);
/// # Ok::<(), yalu_stats::FTestError>(())
/// ```
pub fn hansen_p_value(
    statistic: f64,
    aggregation: Aggregation,
    n_changing: usize,
    trimming: f64,
) -> Result<f64, FTestError> {
    if statistic.is_nan() {
        return Err(FTestError::Statistic { got: statistic });
    }
    if n_changing == 0 || n_changing > MAX_CHANGING || !(LEAST_TRIMMING..=0.5).contains(&trimming) {
        return Err(FTestError::OutsideTable {
            n_changing,
            trimming,
        });
    }
    let surface = |column: usize| {
        let row = (n_changing - 1) * N_TRIMMINGS + column;
        match aggregation {
            Aggregation::Sup => on_surface(&SUP[row], statistic),
            Aggregation::Ave => on_surface(&AVE[row], statistic),
            Aggregation::Exp => on_surface(&EXP[row], statistic),
        }
    };
    if trimming >= MOST_TRIMMING {
        // Between the last surface and the chi-square of a single date; there exp is half of it.
        let single = match aggregation {
            Aggregation::Exp => 2.0 * statistic,
            _ => statistic,
        };
        let known = upper_tail(single, n_changing as f64);
        let share = (trimming - MOST_TRIMMING) / (0.5 - MOST_TRIMMING);
        return Ok((1.0 - share) * surface(0) + share * known);
    }
    let place = (MOST_TRIMMING - trimming) * 50.0;
    let below = (place.floor() as usize).min(N_TRIMMINGS - 1);
    let share = place - below as f64;
    let above = (below + 1).min(N_TRIMMINGS - 1);
    Ok((1.0 - share) * surface(below) + share * surface(above))
}

/// The statistic whose p-value is `level`.
pub(super) fn critical_value(
    level: f64,
    aggregation: Aggregation,
    n_changing: usize,
    trimming: f64,
) -> Result<f64, FTestError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(FTestError::Level { got: level });
    }
    let (mut low, mut high) = (0.0, 1.0);
    while hansen_p_value(high, aggregation, n_changing, trimming)? > level {
        low = high;
        high *= 2.0;
        if high > 1e6 {
            return Err(FTestError::Level { got: level });
        }
    }
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if hansen_p_value(middle, aggregation, n_changing, trimming)? > level {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

fn upper_tail(value: f64, df: f64) -> f64 {
    let law = ChiSquared::new(df).expect("the table's degrees of freedom are positive");
    law.sf(value.max(0.0)).clamp(0.0, 1.0)
}

/// One surface: the last of `row` is the degrees of freedom, the rest a polynomial in the statistic.
fn on_surface(row: &[f64], statistic: f64) -> f64 {
    let (df, coefficients) = row.split_last().expect("a row of the table isn't empty");
    let at = statistic.max(0.0).min(top(coefficients));
    let argument = coefficients.iter().rev().fold(0.0, |sum, b| sum * at + b);
    upper_tail(argument, *df)
}

/// Where a polynomial of degree one to three first stops to rise, right of 0.
fn top(coefficients: &[f64]) -> f64 {
    let &[_, slope, square, cube] = coefficients else {
        return f64::INFINITY;
    };
    // slope + 2·square·x + 3·cube·x² = 0, the smaller positive root, in the form that doesn't cancel.
    let (a, b) = (3.0 * cube, 2.0 * square);
    if a == 0.0 {
        return if b < 0.0 { -slope / b } else { f64::INFINITY };
    }
    let inside = b * b - 4.0 * a * slope;
    if inside < 0.0 {
        return f64::INFINITY;
    }
    let half = -0.5 * (b + b.signum() * inside.sqrt());
    [half / a, slope / half]
        .into_iter()
        .filter(|root| *root > 0.0)
        .fold(f64::INFINITY, f64::min)
}
