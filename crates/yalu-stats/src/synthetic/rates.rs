//! Counts of units whose levels differ by orders of magnitude, made comparable.

use super::SyntheticError;

/// One unit's log rates relative to its own level before the treatment.
#[derive(Debug, Clone, PartialEq)]
pub struct RelativeRates {
    /// ln((y + ½)/(m + ½)) a period, where m is the count that the rate before the treatment expects.
    pub values: Vec<f64>,
    /// Σy/Σe before the treatment: counts per unit of exposure.
    pub pre_rate: f64,
    /// The standard deviation that counts alone would give `values` before the treatment were they
    /// Poisson around m: the root of the mean of m/(m + ½)².
    pub count_noise: f64,
}

/// Log rates relative to the unit's own level before `start`, so that a unit with three acts a year
/// and one with three hundred are compared by how many times more they do.
///
/// The half keeps a period without an act finite and draws small counts toward the own level: a unit
/// with few acts moves little rather than wildly. A ratio of rates in few acts is understated by it
/// (by a tenth where 5 are expected and 10 come).
///
/// `counts`, `exposure`: a figure a period. `start`: the first treated period.
///
/// # Errors
/// [`SyntheticError`] where lengths differ, a figure isn't finite, a count is negative, an exposure
/// isn't above 0, no period before the treatment is left, or there is no act in any of them.
///
/// # Source
/// Adding a half: Haldane (1956), Annals of Human Genetics 20, 309–311; Gart and Zweifel (1967),
/// Biometrika 54, 181–187.
///
/// ```
/// use yalu_stats::synthetic::log_relative_rates;
///
/// let rates = log_relative_rates(&[10.0, 10.0, 20.0], &[1.0, 1.0, 1.0], 2)?;
/// assert!((rates.values[2] - (20.5_f64 / 10.5).ln()).abs() < 1e-12);
/// assert!(rates.values[0].abs() < 1e-12);
/// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
/// ```
pub fn log_relative_rates(
    counts: &[f64],
    exposure: &[f64],
    start: usize,
) -> Result<RelativeRates, SyntheticError> {
    if counts.len() != exposure.len() {
        return Err(SyntheticError::Shape {
            what: "the exposure".to_owned(),
            needed: counts.len(),
            got: exposure.len(),
        });
    }
    if start == 0 || start > counts.len() {
        return Err(SyntheticError::TooFewPrePeriods { needed: 1, got: 0 });
    }
    let option = |what, needed, got| Err(SyntheticError::Option { what, needed, got });
    if let Some(&odd) = counts.iter().find(|one| !(one.is_finite() && **one >= 0.0)) {
        return option("a count", "finite and at least 0", odd);
    }
    if let Some(&odd) = exposure
        .iter()
        .find(|one| !(one.is_finite() && **one > 0.0))
    {
        return option("an exposure", "finite and above 0", odd);
    }
    let acts: f64 = counts[..start].iter().sum();
    if acts <= 0.0 {
        return Err(SyntheticError::Constant);
    }
    let pre_rate = acts / exposure[..start].iter().sum::<f64>();
    let values = counts
        .iter()
        .zip(exposure)
        .map(|(count, exposure)| ((count + 0.5) / (exposure * pre_rate + 0.5)).ln())
        .collect();
    let variance = exposure[..start]
        .iter()
        .map(|exposure| {
            let expected = exposure * pre_rate;
            expected / (expected + 0.5).powi(2)
        })
        .sum::<f64>()
        / start as f64;
    Ok(RelativeRates {
        values,
        pre_rate,
        count_noise: variance.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_unit_with_the_same_ratio_moves_the_same_way() {
        let small = log_relative_rates(&[40.0, 40.0, 80.0], &[1.0; 3], 2).expect("sound");
        let large = log_relative_rates(&[4000.0, 4000.0, 8000.0], &[1.0; 3], 2).expect("sound");
        assert!((small.values[2] - 2.0_f64.ln()).abs() < 0.01);
        assert!((large.values[2] - 2.0_f64.ln()).abs() < 1e-3);
        assert!(small.count_noise > 5.0 * large.count_noise);
    }

    #[test]
    fn what_has_no_level_before_is_refused() {
        let odd = [
            log_relative_rates(&[0.0, 0.0, 5.0], &[1.0; 3], 2),
            log_relative_rates(&[1.0, 1.0], &[1.0], 1),
            log_relative_rates(&[1.0, 1.0], &[1.0, 0.0], 1),
            log_relative_rates(&[1.0, -1.0], &[1.0; 2], 1),
            log_relative_rates(&[1.0, f64::NAN], &[1.0; 2], 1),
            log_relative_rates(&[1.0, 1.0], &[1.0; 2], 0),
        ];
        assert!(odd.iter().all(Result::is_err));
    }
}
