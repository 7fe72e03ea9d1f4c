//! A value that isn't known for sure: a number, a range, a most likely value within a range, or
//! one of several.

use thiserror::Error;

/// What is known of a value. Checked when it is made, so that each has a quantile function.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate(Shape);

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Exact(f64),
    Uniform { low: f64, high: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    OneOf(Vec<Estimate>),
}

/// What is wrong with an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum EstimateError {
    /// A value is infinite or no number.
    #[error("{value} is no finite number")]
    NotFinite {
        /// The value.
        value: f64,
    },
    /// The ends or the most likely value stand in the wrong order.
    #[error("{before} stands before {after}, but is greater")]
    Order {
        /// What stands first.
        before: f64,
        /// What follows it.
        after: f64,
    },
    /// A choice among nothing.
    #[error("there is no value to choose from")]
    NoChoice,
}

impl Estimate {
    /// A number that is known.
    ///
    /// # Errors
    /// [`EstimateError::NotFinite`].
    pub fn exact(value: f64) -> Result<Self, EstimateError> {
        finite(&[value])?;
        Ok(Self(Shape::Exact(value)))
    }

    /// Anywhere from `low` to `high`, all as likely.
    ///
    /// # Errors
    /// [`EstimateError`] for ends that are no numbers or stand in the wrong order.
    pub fn uniform(low: f64, high: f64) -> Result<Self, EstimateError> {
        ascending(&[low, high])?;
        Ok(Self(Shape::Uniform { low, high }))
    }

    /// From `low` to `high`, most likely at `mode`; the density falls to nil at both ends.
    ///
    /// # Errors
    /// [`EstimateError`] for values that are no numbers or stand in the wrong order.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Self, EstimateError> {
        ascending(&[low, mode, high])?;
        Ok(Self(Shape::Triangular { low, mode, high }))
    }

    /// One of several, each as likely: the wings of a split actor, the codings of several experts.
    ///
    /// # Errors
    /// [`EstimateError::NoChoice`].
    pub fn one_of(choices: Vec<Estimate>) -> Result<Self, EstimateError> {
        match choices.len() {
            0 => Err(EstimateError::NoChoice),
            1 => choices.into_iter().next().ok_or(EstimateError::NoChoice),
            _ => Ok(Self(Shape::OneOf(choices))),
        }
    }

    /// The value if it is known.
    pub fn known(&self) -> Option<f64> {
        match &self.0 {
            Shape::Exact(value) => Some(*value),
            Shape::Uniform { low, high } | Shape::Triangular { low, high, .. } if low >= high => {
                Some(*low)
            }
            Shape::OneOf(choices) => {
                let first = choices[0].known()?;
                choices
                    .iter()
                    .all(|c| c.known() == Some(first))
                    .then_some(first)
            }
            _ => None,
        }
    }

    /// The value that stands for the whole: the number, the middle of a range, the most likely value,
    /// the mean of several.
    pub fn centre(&self) -> f64 {
        match &self.0 {
            Shape::Exact(value) => *value,
            Shape::Uniform { low, high } => f64::midpoint(*low, *high),
            Shape::Triangular { mode, .. } => *mode,
            Shape::OneOf(choices) => {
                choices.iter().map(Self::centre).sum::<f64>() / choices.len() as f64
            }
        }
    }

    /// The least and the greatest value it can take.
    pub fn bounds(&self) -> (f64, f64) {
        match &self.0 {
            Shape::Exact(value) => (*value, *value),
            Shape::Uniform { low, high } | Shape::Triangular { low, high, .. } => (*low, *high),
            Shape::OneOf(choices) => choices
                .iter()
                .map(Self::bounds)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (l, h)| {
                    (low.min(l), high.max(h))
                }),
        }
    }

    /// The choices of an estimate that is one of several; nothing for the others.
    pub fn choices(&self) -> Option<&[Estimate]> {
        match &self.0 {
            Shape::OneOf(choices) => Some(choices),
            _ => None,
        }
    }

    /// The value at `u` in [0, 1): the quantile, but that of several choices the first share of `u`
    /// picks one (in order) and the rest is its quantile.
    ///
    /// A `u` drawn evenly from [0, 1) gives a draw. Strata of `u` are strata of the value, which is
    /// what a Latin hypercube needs.
    pub fn at(&self, u: f64) -> f64 {
        match &self.0 {
            Shape::Exact(value) => *value,
            Shape::Uniform { low, high } => (low + u * (high - low)).clamp(*low, *high),
            Shape::Triangular { low, mode, high } => triangular_quantile(*low, *mode, *high, u),
            Shape::OneOf(choices) => {
                let place = u * choices.len() as f64;
                let index = (place as usize).min(choices.len() - 1);
                choices[index].at((place - index as f64).clamp(0.0, 1.0))
            }
        }
    }
}

fn triangular_quantile(low: f64, mode: f64, high: f64, u: f64) -> f64 {
    let width = high - low;
    if width == 0.0 {
        return low;
    }
    let left = mode - low;
    let value = if u * width < left {
        low + (u * width * left).sqrt()
    } else {
        high - ((1.0 - u) * width * (high - mode)).sqrt()
    };
    value.clamp(low, high)
}

fn finite(values: &[f64]) -> Result<(), EstimateError> {
    match values.iter().find(|v| !v.is_finite()) {
        Some(&value) => Err(EstimateError::NotFinite { value }),
        None => Ok(()),
    }
}

fn ascending(values: &[f64]) -> Result<(), EstimateError> {
    finite(values)?;
    match values.windows(2).find(|pair| pair[0] > pair[1]) {
        Some(&[before, after]) => Err(EstimateError::Order { before, after }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(estimate: &Estimate) -> f64 {
        let n = 20_000;
        (0..n)
            .map(|i| estimate.at((f64::from(i) + 0.5) / f64::from(n)))
            .sum::<f64>()
            / f64::from(n)
    }

    #[test]
    fn strata_of_u_give_the_law_of_the_value() {
        let uniform = Estimate::uniform(20.0, 60.0).unwrap();
        assert!((mean(&uniform) - 40.0).abs() < 1e-9);
        // The mean of a triangular law is the mean of its three values.
        let triangular = Estimate::triangular(0.0, 10.0, 50.0).unwrap();
        assert!((mean(&triangular) - 20.0).abs() < 1e-3);
        // Its median: 50 − sqrt(½ · 50 · 40).
        assert!((triangular.at(0.5) - (50.0 - 1000.0_f64.sqrt())).abs() < 1e-12);
        let wings = Estimate::one_of(vec![Estimate::exact(10.0).unwrap(), uniform]).unwrap();
        assert!((mean(&wings) - 25.0).abs() < 1e-9);
        assert_eq!(wings.at(0.25).to_bits(), 10.0_f64.to_bits());
        assert_eq!(wings.at(0.75).to_bits(), 40.0_f64.to_bits());
    }

    #[test]
    fn values_stay_within_their_bounds() {
        for estimate in [
            Estimate::triangular(1.0, 1.0, 3.0).unwrap(),
            Estimate::triangular(1.0, 3.0, 3.0).unwrap(),
            Estimate::triangular(2.0, 2.0, 2.0).unwrap(),
            Estimate::uniform(0.1, 0.3).unwrap(),
        ] {
            let (low, high) = estimate.bounds();
            for i in 0..=1000 {
                let value = estimate.at(f64::from(i) / 1000.0);
                assert!((low..=high).contains(&value), "{estimate:?} gave {value}");
            }
        }
    }

    #[test]
    fn ends_in_the_wrong_order_and_no_numbers_are_refused() {
        assert_eq!(
            Estimate::uniform(3.0, 1.0),
            Err(EstimateError::Order {
                before: 3.0,
                after: 1.0
            })
        );
        assert_eq!(
            Estimate::triangular(1.0, 5.0, 4.0),
            Err(EstimateError::Order {
                before: 5.0,
                after: 4.0
            })
        );
        assert!(matches!(
            Estimate::exact(f64::NAN),
            Err(EstimateError::NotFinite { .. })
        ));
        assert_eq!(Estimate::one_of(Vec::new()), Err(EstimateError::NoChoice));
    }
}
