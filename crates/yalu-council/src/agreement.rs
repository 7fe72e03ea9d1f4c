//! How far several coders agree: Krippendorff's alpha.

use thiserror::Error;

/// What the values are, and so how far two of them lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Names: equal or not.
    Nominal,
    /// Ranks: by how many codings lie between.
    Ordinal,
    /// Numbers with equal steps: by the square of their difference.
    Interval,
    /// Numbers with a true zero: by the square of their difference over their sum.
    Ratio,
}

/// The agreement of several coders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Krippendorff's alpha: 1 if all agree, 0 if they agree no more than chance would.
    pub alpha: f64,
    /// Units that two coders or more gave a value to: only these count.
    pub units: usize,
    /// Values in those units.
    pub values: usize,
}

/// Why there is no alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AgreementError {
    /// No unit has two values.
    #[error("no unit was coded by two coders")]
    NothingToCompare,
    /// All values are one, so that agreement can't be told from chance.
    #[error("every value is the same")]
    NoVariation,
    /// A value is infinite or no number, or negative where a true zero is asked for.
    #[error("value of unit {unit} isn't one of the level")]
    Value {
        /// The unit.
        unit: usize,
    },
}

/// Krippendorff's alpha of values by unit: each inner list holds what the coders said of one unit,
/// in any order; a coder who said nothing has no entry.
///
/// # Source
/// Krippendorff (2004), *Content Analysis*, second edition, chapter 11; Hayes and Krippendorff
/// (2007).
///
/// # Errors
/// [`AgreementError`] where there is nothing to compare or no variation.
pub fn krippendorff_alpha(units: &[Vec<f64>], level: Level) -> Result<Agreement, AgreementError> {
    for (unit, values) in units.iter().enumerate() {
        let sound = |v: &f64| v.is_finite() && (level != Level::Ratio || *v >= 0.0);
        if !values.iter().all(sound) {
            return Err(AgreementError::Value { unit });
        }
    }
    let paired: Vec<&Vec<f64>> = units.iter().filter(|values| values.len() > 1).collect();
    let mut all: Vec<f64> = paired
        .iter()
        .flat_map(|values| values.iter().copied())
        .collect();
    if all.is_empty() {
        return Err(AgreementError::NothingToCompare);
    }
    all.sort_by(f64::total_cmp);
    let scale = Scale {
        level,
        ascending: &all,
    };
    let n = all.len() as f64;
    let observed = paired
        .iter()
        .map(|v| scale.sum_of_pairs(v) / (v.len() - 1) as f64)
        .sum::<f64>()
        / n;
    let expected = scale.sum_of_pairs(&all) / (n * (n - 1.0));
    if expected <= 0.0 {
        return Err(AgreementError::NoVariation);
    }
    let alpha = 1.0 - observed / expected;
    Ok(Agreement {
        alpha,
        units: paired.len(),
        values: all.len(),
    })
}

struct Scale<'a> {
    level: Level,
    ascending: &'a [f64],
}

impl Scale<'_> {
    /// The differences of all ordered pairs, summed.
    fn sum_of_pairs(&self, values: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (index, &a) in values.iter().enumerate() {
            for &b in &values[index + 1..] {
                sum += 2.0 * self.difference(a, b);
            }
        }
        sum
    }

    fn difference(&self, a: f64, b: f64) -> f64 {
        match self.level {
            Level::Nominal => f64::from(a.total_cmp(&b).is_ne()),
            Level::Interval => (a - b).powi(2),
            Level::Ratio if a + b == 0.0 => 0.0,
            Level::Ratio => ((a - b) / (a + b)).powi(2),
            Level::Ordinal => {
                // All codings from one value to the other, with half of those at both ends.
                let (low, high) = (a.min(b), a.max(b));
                let upto = |v: f64| self.ascending.partition_point(|&x| x <= v) as f64;
                let below = |v: f64| self.ascending.partition_point(|&x| x < v) as f64;
                let between = upto(high) - below(low);
                let ends = (upto(low) - below(low) + upto(high) - below(high)) / 2.0;
                if low < high {
                    (between - ends).powi(2)
                } else {
                    0.0
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reliability data C of Krippendorff (2011), *Computing Krippendorff's Alpha-Reliability*:
    /// four observers, twelve units, some left out.
    fn published() -> Vec<Vec<f64>> {
        let rows: [[f64; 12]; 4] = [
            [1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 4.0, 1.0, 2.0, 0.0, 0.0, 0.0],
            [1.0, 2.0, 3.0, 3.0, 2.0, 2.0, 4.0, 1.0, 2.0, 5.0, 0.0, 3.0],
            [0.0, 3.0, 3.0, 3.0, 2.0, 3.0, 4.0, 2.0, 2.0, 5.0, 1.0, 0.0],
            [1.0, 2.0, 3.0, 3.0, 2.0, 4.0, 4.0, 1.0, 2.0, 5.0, 1.0, 0.0],
        ];
        (0..12)
            .map(|unit| {
                rows.iter()
                    .map(|row| row[unit])
                    .filter(|v| *v > 0.0)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn the_published_example_is_reproduced_at_every_level() {
        // As printed there, to three decimals.
        for (level, expected) in [
            (Level::Nominal, 0.743),
            (Level::Ordinal, 0.815),
            (Level::Interval, 0.849),
            (Level::Ratio, 0.797),
        ] {
            let agreement = krippendorff_alpha(&published(), level).unwrap();
            assert!(
                (agreement.alpha - expected).abs() < 5e-4,
                "{level:?}: {agreement:?}"
            );
            assert_eq!((agreement.units, agreement.values), (11, 40));
        }
    }

    #[test]
    fn perfect_agreement_is_one_and_no_overlap_is_said() {
        let agreed = vec![vec![1.0, 1.0], vec![5.0, 5.0, 5.0]];
        let alpha = krippendorff_alpha(&agreed, Level::Interval).unwrap().alpha;
        assert!((alpha - 1.0).abs() < 1e-15);
        let alone = vec![vec![1.0], vec![2.0]];
        let refused = krippendorff_alpha(&alone, Level::Interval);
        assert_eq!(refused, Err(AgreementError::NothingToCompare));
        let flat = vec![vec![2.0, 2.0], vec![2.0, 2.0]];
        assert_eq!(
            krippendorff_alpha(&flat, Level::Nominal),
            Err(AgreementError::NoVariation)
        );
        let broken = vec![vec![2.0, f64::NAN]];
        let refused = krippendorff_alpha(&broken, Level::Interval);
        assert_eq!(refused, Err(AgreementError::Value { unit: 0 }));
    }
}
