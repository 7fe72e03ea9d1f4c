//! Design columns of interruptions.

use super::InterruptedError;

/// What an interruption does to the linear predictor.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// A step: 1 from `at` on.
    Level,
    /// A ramp: `first` in period `at`, one more in each period after. With 1, the level effect
    /// beside it is the jump that the old line had to make just before `at`; with 0, the jump at
    /// `at` itself.
    Slope {
        /// The value in period `at`: 0 or 1 as a rule.
        first: f64,
    },
    /// A step that ends: 1 in `length` periods from `at` on.
    Temporary {
        /// Periods.
        length: usize,
    },
    /// A pulse with geometric decay: decayʲ in period `at` + j, never cut off.
    Pulse {
        /// The share left after one period, in [0, 1); 0 is a pulse of one period.
        decay: f64,
    },
    /// One coefficient for each period from `at` − leads to `at` + lags.
    Free {
        /// Periods before.
        leads: usize,
        /// Periods after.
        lags: usize,
    },
}

/// A declared interruption of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Interruption {
    /// What the columns are called.
    pub name: String,
    /// The first period in which it acts, 0-based.
    pub at: usize,
    /// What it does.
    pub shape: Shape,
}

impl Interruption {
    /// Its columns over `n_periods` with their names: one, but for free leads and lags.
    ///
    /// # Errors
    /// [`InterruptedError`] where the date lies outside the series, nothing lies before it, a free
    /// window reaches beyond the series, or a setting is out of range.
    pub fn columns(&self, n_periods: usize) -> Result<Vec<(String, Vec<f64>)>, InterruptedError> {
        let at = self.at;
        if at >= n_periods {
            return Err(InterruptedError::OutsideSeries {
                name: self.name.clone(),
                at,
                last: n_periods.saturating_sub(1),
            });
        }
        // The value j periods after `at`.
        let from = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..n_periods)
                .map(|t| if t < at { 0.0 } else { value(t - at) })
                .collect()
        };
        let before = || {
            if at == 0 {
                Err(InterruptedError::NothingBefore {
                    name: self.name.clone(),
                })
            } else {
                Ok(())
            }
        };
        let column = match self.shape {
            Shape::Level => {
                before()?;
                from(&|_| 1.0)
            }
            Shape::Slope { first } => {
                before()?;
                if !first.is_finite() {
                    return Err(InterruptedError::Setting {
                        what: "the first value of a slope",
                        got: first,
                        wanted: "it must be a finite number",
                    });
                }
                from(&|j| first + j as f64)
            }
            Shape::Temporary { length } => {
                if length == 0 {
                    return Err(InterruptedError::Setting {
                        what: "the length of a temporary change",
                        got: 0.0,
                        wanted: "it must be at least one period",
                    });
                }
                from(&|j| f64::from(u8::from(j < length)))
            }
            Shape::Pulse { decay } => {
                check_decay(decay)?;
                let mut column = vec![0.0; n_periods];
                let mut left = 1.0;
                for value in &mut column[at..] {
                    *value = left;
                    left *= decay;
                }
                column
            }
            Shape::Free { leads, lags } => return self.free(n_periods, leads, lags),
        };
        Ok(vec![(self.name.clone(), column)])
    }

    fn free(
        &self,
        n_periods: usize,
        leads: usize,
        lags: usize,
    ) -> Result<Vec<(String, Vec<f64>)>, InterruptedError> {
        if leads > self.at || lags >= n_periods - self.at {
            return Err(InterruptedError::WindowOutside {
                name: self.name.clone(),
                at: self.at,
                leads,
                lags,
                n_periods,
            });
        }
        Ok((self.at - leads..=self.at + lags)
            .map(|period| {
                let mut column = vec![0.0; n_periods];
                column[period] = 1.0;
                let event_time = period as i64 - self.at as i64;
                (format!("{} {event_time:+}", self.name), column)
            })
            .collect())
    }
}

pub(crate) fn check_decay(decay: f64) -> Result<(), InterruptedError> {
    if (0.0..1.0).contains(&decay) {
        Ok(())
    } else {
        Err(InterruptedError::Setting {
            what: "the decay of a pulse",
            got: decay,
            wanted: "it must be at least 0 and below 1",
        })
    }
}

/// The column of a linear trend, named `trend`: 0, 1, 2, …
pub fn trend(n_periods: usize) -> (String, Vec<f64>) {
    (
        "trend".to_owned(),
        (0..n_periods).map(|t| t as f64).collect(),
    )
}
