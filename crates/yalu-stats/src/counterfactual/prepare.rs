//! From a caller's series to a standardised problem, with all that can be wrong on the way.

use super::error::CounterfactualError;
use super::gibbs::{Problem, ScalePrior, cholesky};
use super::model::{Control, CounterfactualModel, Selection, Trend};
use super::state_space::{Initial, Structure};
use super::summary::{deviation, mean};

/// A standard deviation below this share of the values' size is rounding.
const CONSTANT: f64 = 1e-12;
/// Prior observations of the noise's guess where there are no controls.
const DF_WITHOUT_CONTROLS: f64 = 0.01;

/// A problem, and what brings its figures back to the data's units.
pub(super) struct Prepared {
    pub(super) problem: Problem,
    pub(super) mean: f64,
    pub(super) sd: f64,
    /// By control: a coefficient's unit.
    pub(super) scales: Vec<f64>,
}

/// A series brought to mean 0 and standard deviation 1 before the intervention.
struct Standard {
    values: Vec<f64>,
    mean: f64,
    sd: f64,
}

/// What keeps a series from being standardised.
enum Unusable {
    Constant,
    Scale,
}

fn standardise(values: &[f64], learn: &[f64]) -> Result<Standard, Unusable> {
    // Halved sizes first, so that no sum of large values leaves the range of a double.
    let largest = learn
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    if largest == 0.0 {
        return Err(Unusable::Constant);
    }
    if !(1e-150..=1e150).contains(&largest) {
        return Err(Unusable::Scale);
    }
    let (mean, sd) = (mean(learn), deviation(learn));
    if sd <= CONSTANT * largest {
        return Err(Unusable::Constant);
    }
    Ok(Standard {
        values: values.iter().map(|value| (value - mean) / sd).collect(),
        mean,
        sd,
    })
}

fn check_data(
    y: &[Option<f64>],
    n_before: usize,
    controls: &[Control<'_>],
) -> Result<(), CounterfactualError> {
    if n_before >= y.len() {
        return Err(CounterfactualError::NoPeriodsAfter {
            n_before,
            n_rows: y.len(),
        });
    }
    for (row, value) in y.iter().enumerate() {
        match value {
            Some(value) if !value.is_finite() => {
                return Err(CounterfactualError::NotFinite {
                    what: "the response".to_owned(),
                    row,
                    value: *value,
                });
            }
            None if row >= n_before => return Err(CounterfactualError::MissingAfter { row }),
            _ => {}
        }
    }
    for control in controls {
        if control.values.len() != y.len() {
            return Err(CounterfactualError::Length {
                name: control.name.to_owned(),
                needed: y.len(),
                got: control.values.len(),
            });
        }
        if let Some(row) = control.values.iter().position(|value| !value.is_finite()) {
            return Err(CounterfactualError::NotFinite {
                what: format!("control `{}`", control.name),
                row,
                value: control.values[row],
            });
        }
    }
    Ok(())
}

/// The coefficients' prior precision times the observation variance: Zellner's, of the observed
/// periods before the intervention, drawn toward its diagonal.
fn slab(
    model: &CounterfactualModel,
    x: &[Vec<f64>],
    observed: &[bool],
) -> Result<Vec<f64>, CounterfactualError> {
    let p = x.len();
    let n = observed.iter().filter(|seen| **seen).count() as f64;
    let mut precision = vec![0.0; p * p];
    for i in 0..p {
        for j in 0..=i {
            let cross: f64 = (0..observed.len())
                .filter(|&t| observed[t])
                .map(|t| x[i][t] * x[j][t])
                .sum();
            let kept = if i == j {
                1.0
            } else {
                1.0 - model.diagonal_shrinkage
            };
            let value = model.information_weight * kept * cross / n;
            precision[i * p + j] = value;
            precision[j * p + i] = value;
        }
    }
    let mut factor = precision.clone();
    let good = cholesky(&mut factor, p)
        && (0..p).all(|i| factor[i * p + i].powi(2) > 1e-10 * precision[i * p + i]);
    if good {
        Ok(precision)
    } else {
        Err(CounterfactualError::Collinear)
    }
}

/// Checks and standardises.
pub(super) fn prepare(
    y: &[Option<f64>],
    n_before: usize,
    controls: &[Control<'_>],
    model: &CounterfactualModel,
) -> Result<Prepared, CounterfactualError> {
    check_data(y, n_before, controls)?;
    let p = controls.len();
    let structure = Structure {
        slope: model.trend == Trend::LocalLinear,
        season: model.season.unwrap_or(0),
    };
    let seen: Vec<f64> = y[..n_before].iter().copied().flatten().collect();
    let expected = match model.selection {
        Selection::SpikeAndSlab { expected_size } => (expected_size.ceil() as usize).min(p),
        Selection::All => p,
    };
    let needed = 2 + structure.dim() + expected;
    if seen.len() < needed {
        return Err(CounterfactualError::TooShort {
            needed,
            got: seen.len(),
        });
    }
    if seen.iter().all(|value| *value == 0.0) {
        return Err(CounterfactualError::AllZero);
    }
    let filled: Vec<f64> = y.iter().map(|value| value.unwrap_or(0.0)).collect();
    let response = standardise(&filled, &seen).map_err(|why| match why {
        Unusable::Constant => CounterfactualError::Constant { value: seen[0] },
        Unusable::Scale => CounterfactualError::Scale {
            what: "the response".to_owned(),
        },
    })?;
    let regressors = controls
        .iter()
        .map(|control| {
            standardise(control.values, &control.values[..n_before]).map_err(|why| match why {
                Unusable::Constant => CounterfactualError::ControlConstant {
                    name: control.name.to_owned(),
                },
                Unusable::Scale => CounterfactualError::Scale {
                    what: format!("control `{}`", control.name),
                },
            })
        })
        .collect::<Result<Vec<Standard>, CounterfactualError>>()?;
    let observed: Vec<bool> = y[..n_before].iter().map(Option::is_some).collect();
    for control in controls {
        // A control may move only where the response is missing.
        let mut met = control
            .values
            .iter()
            .zip(&observed)
            .filter(|(_, seen)| **seen);
        let first = met.next().map(|(value, _)| *value);
        if met.all(|(value, _)| Some(*value) == first) {
            return Err(CounterfactualError::ControlConstant {
                name: control.name.to_owned(),
            });
        }
    }
    let x: Vec<Vec<f64>> = regressors.iter().map(|one| one.values.clone()).collect();
    let slab = slab(model, &x, &observed)?;

    let mut series = response.values[..n_before].to_vec();
    for (value, seen) in series.iter_mut().zip(&observed) {
        if !seen {
            *value = 0.0;
        }
    }
    let d = structure.dim();
    let mut initial = Initial {
        mean: vec![0.0; d],
        variance: vec![1.0; d],
    };
    // The level begins about the first figure, give or take a standard deviation.
    initial.mean[0] = (seen[0] - response.mean) / response.sd;
    let state_prior = |guess| ScalePrior {
        guess,
        df: model.state_df,
        upper: 1.0,
    };
    let mut states = vec![state_prior(model.level_sd)];
    if structure.slope {
        states.push(state_prior(model.level_sd));
    }
    if structure.season > 1 {
        states.push(state_prior(model.season_sd));
    }
    let problem = Problem {
        structure,
        y: series,
        observed,
        x,
        n_periods: y.len(),
        initial,
        observation: ScalePrior {
            guess: if p == 0 {
                1.0
            } else {
                (1.0 - model.expected_r2).sqrt()
            },
            df: if p == 0 {
                DF_WITHOUT_CONTROLS
            } else {
                model.observation_df
            },
            upper: f64::INFINITY,
        },
        states,
        slab,
        inclusion: match model.selection {
            Selection::SpikeAndSlab { expected_size } => expected_size / p.max(1) as f64,
            Selection::All => 1.0,
        },
    };
    let scales = regressors.iter().map(|one| response.sd / one.sd).collect();
    Ok(Prepared {
        problem,
        mean: response.mean,
        sd: response.sd,
        scales,
    })
}
