//! What tests on plain samples share: their moments, and what is wrong with them.

/// Why samples can't be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// Too few figures.
    #[error("{what} has {got} figures; at least {needed} are needed")]
    TooShort {
        /// Which sample.
        what: &'static str,
        /// Figures needed.
        needed: usize,
        /// Figures there are.
        got: usize,
    },
    /// Too few independent figures for a standard deviation with an interval.
    #[error(
        "the standard deviation rests on {df:.1} degrees of freedom; more than one is needed, so use longer samples"
    )]
    TooFewEffective {
        /// Degrees of freedom.
        df: f64,
    },
    /// A figure that isn't a finite number.
    #[error("{what} holds {value} at place {place}; figures must be finite")]
    NotFinite {
        /// Which sample or figure.
        what: &'static str,
        /// The place, from 0.
        place: usize,
        /// The value.
        value: f64,
    },
    /// A sample, or differences, without any spread.
    #[error("{what} is constant; without spread nothing can be compared with it")]
    Constant {
        /// Which sample.
        what: &'static str,
    },
    /// Figures whose squares overflow or vanish.
    #[error(
        "the figures of {what} are too large, too small or too close to each other to be computed with; state them in other units"
    )]
    Range {
        /// Which sample.
        what: &'static str,
    },
    /// Paired samples of different lengths.
    #[error("paired samples must be equally long; they have {first} and {second} figures")]
    Unpaired {
        /// Figures of the first.
        first: usize,
        /// Figures of the second.
        second: usize,
    },
    /// Equivalence bounds that don't enclose anything.
    #[error("the bounds {low} and {high} must be finite, the first below the second")]
    Bounds {
        /// The lower one.
        low: f64,
        /// The upper one.
        high: f64,
    },
    /// A figure that has to be above zero.
    #[error("{what} is {value}; it must be a finite number above zero")]
    NotPositive {
        /// Which figure.
        what: &'static str,
        /// The value.
        value: f64,
    },
    /// A level outside its range.
    #[error("the {what} is {got}; it must lie between {low} and {high}, ends excluded")]
    Level {
        /// Which: the confidence or the significance.
        what: &'static str,
        /// What was given.
        got: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A group without any event, whose log rate would be −∞.
    #[error("{what} has no event; the logarithm of its rate does not exist")]
    NoEvents {
        /// Which group.
        what: &'static str,
    },
}

/// Size, mean and variance (n − 1) of a sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) n: f64,
    pub(crate) mean: f64,
    pub(crate) variance: f64,
}

/// Finite figures, at least `needed` of them.
pub(crate) fn check_finite(
    what: &'static str,
    sample: &[f64],
    needed: usize,
) -> Result<(), CompareError> {
    if sample.len() < needed {
        return Err(CompareError::TooShort {
            what,
            needed,
            got: sample.len(),
        });
    }
    match sample.iter().position(|value| !value.is_finite()) {
        Some(place) => Err(CompareError::NotFinite {
            what,
            place,
            value: sample[place],
        }),
        None => Ok(()),
    }
}

/// The moments of a sample of at least two figures that aren't all one.
pub(crate) fn moments(what: &'static str, sample: &[f64]) -> Result<Moments, CompareError> {
    check_finite(what, sample, 2)?;
    let (low, high) = sample
        .iter()
        .fold((sample[0], sample[0]), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    if low >= high {
        return Err(CompareError::Constant { what });
    }
    let n = sample.len() as f64;
    // About the first figure, so that a large level costs no digits.
    let shift = sample.iter().map(|value| value - sample[0]).sum::<f64>() / n;
    let variance = sample
        .iter()
        .map(|value| (value - sample[0] - shift).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    let mean = sample[0] + shift;
    if !mean.is_finite() || !variance.is_normal() {
        return Err(CompareError::Range { what });
    }
    Ok(Moments { n, mean, variance })
}

/// The differences of paired samples.
pub(crate) fn differences(first: &[f64], second: &[f64]) -> Result<Vec<f64>, CompareError> {
    if first.len() != second.len() {
        return Err(CompareError::Unpaired {
            first: first.len(),
            second: second.len(),
        });
    }
    check_finite("the first sample", first, 2)?;
    check_finite("the second sample", second, 2)?;
    Ok(first.iter().zip(second).map(|(a, b)| a - b).collect())
}

pub(crate) fn positive(what: &'static str, value: f64) -> Result<f64, CompareError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(CompareError::NotPositive { what, value })
    }
}

/// A confidence in (0, 1), as the share beyond one end of its interval.
pub(crate) fn tail_of(confidence: f64) -> Result<f64, CompareError> {
    if confidence > 0.0 && confidence < 1.0 {
        Ok(0.5 * (1.0 - confidence))
    } else {
        Err(CompareError::Level {
            what: "confidence",
            got: confidence,
            low: 0.0,
            high: 1.0,
        })
    }
}

/// A significance level in (0, 0.5).
pub(crate) fn check_alpha(alpha: f64) -> Result<(), CompareError> {
    if alpha > 0.0 && alpha < 0.5 {
        Ok(())
    } else {
        Err(CompareError::Level {
            what: "significance level",
            got: alpha,
            low: 0.0,
            high: 0.5,
        })
    }
}

/// Welch's degrees of freedom (Satterthwaite 1946).
pub(crate) fn welch_df(a: &Moments, b: &Moments) -> f64 {
    let (one, two) = (a.variance / a.n, b.variance / b.n);
    // As shares of their sum, so that tiny variances don't underflow.
    let share = one / (one + two);
    1.0 / (share * share / (a.n - 1.0) + (1.0 - share) * (1.0 - share) / (b.n - 1.0))
}

/// The value below which `share` of the sorted values lie, by linear interpolation (R's type 7).
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}
