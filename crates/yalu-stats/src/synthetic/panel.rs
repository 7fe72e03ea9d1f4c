//! Units by periods: outcomes, who was treated and when, and the predictors of each unit.

use std::collections::BTreeSet;

use super::SyntheticError;

/// Outcomes of units over periods, the treated units, the donors and the start of the treatment.
///
/// ```
/// use yalu_stats::synthetic::Panel;
///
/// let units = ["A", "B", "C"].map(String::from).to_vec();
/// let periods = ["2001", "2002", "2003"].map(String::from).to_vec();
/// let outcomes = vec![1.0, 2.0, 9.0, 0.0, 2.0, 4.0, 2.0, 2.0, 2.0];
/// let panel = Panel::new(units, periods, outcomes, &["A"], "2003")?;
/// assert_eq!(panel.donor_names(), ["B", "C"]);
/// assert_eq!(panel.treated_path(), [1.0, 2.0, 9.0]);
/// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    units: Vec<String>,
    periods: Vec<String>,
    /// units × periods, row-major.
    outcomes: Vec<f64>,
    treated: Vec<usize>,
    donors: Vec<usize>,
    start: usize,
}

impl Panel {
    /// A panel where all units but the treated are donors.
    ///
    /// `outcomes`: units × periods, row-major, a row a unit; a missing outcome is NaN and an error.
    /// `start`: the name of the first treated period. Where several units are treated, their mean is
    /// what the methods explain.
    ///
    /// # Errors
    /// [`SyntheticError`] where sizes differ, names repeat or are unknown, nobody is treated, no
    /// donor or no period before the treatment is left, or an outcome is missing or infinite.
    pub fn new(
        units: Vec<String>,
        periods: Vec<String>,
        outcomes: Vec<f64>,
        treated: &[&str],
        start: &str,
    ) -> Result<Self, SyntheticError> {
        Self::build(units, periods, outcomes, treated, None, start)
    }

    /// A panel with these donors only, where units that are neither treated nor donors may miss
    /// outcomes.
    ///
    /// # Errors
    /// As [`Panel::new`], and where a donor is treated or named twice.
    pub fn with_donor_pool(
        units: Vec<String>,
        periods: Vec<String>,
        outcomes: Vec<f64>,
        treated: &[&str],
        donors: &[&str],
        start: &str,
    ) -> Result<Self, SyntheticError> {
        Self::build(units, periods, outcomes, treated, Some(donors), start)
    }

    fn build(
        units: Vec<String>,
        periods: Vec<String>,
        outcomes: Vec<f64>,
        treated: &[&str],
        donors: Option<&[&str]>,
        start: &str,
    ) -> Result<Self, SyntheticError> {
        distinct("unit", &units)?;
        distinct("period", &periods)?;
        if outcomes.len() != units.len() * periods.len() {
            return Err(SyntheticError::Shape {
                what: "the outcome".to_owned(),
                needed: units.len() * periods.len(),
                got: outcomes.len(),
            });
        }
        let start = find("period", &periods, start)?;
        let mut treated = treated
            .iter()
            .map(|name| find("unit", &units, name))
            .collect::<Result<Vec<_>, _>>()?;
        treated.sort_unstable();
        treated.dedup();
        if treated.is_empty() {
            return Err(SyntheticError::NoTreated);
        }
        let all_others = (0..units.len())
            .filter(|unit| !treated.contains(unit))
            .collect();
        let panel = Self {
            units,
            periods,
            outcomes,
            treated,
            donors: all_others,
            start,
        };
        if let Some(donors) = donors {
            return panel.with_donors(donors);
        }
        panel.check()?;
        Ok(panel)
    }

    /// Every part of the panel that the methods use.
    fn check(&self) -> Result<(), SyntheticError> {
        if self.donors.is_empty() {
            return Err(SyntheticError::TooFewDonors { needed: 1, got: 0 });
        }
        if self.start == 0 {
            return Err(SyntheticError::TooFewPrePeriods { needed: 1, got: 0 });
        }
        for &unit in self.treated.iter().chain(&self.donors) {
            for (period, &value) in self.path(unit).iter().enumerate() {
                if value.is_nan() {
                    return Err(SyntheticError::MissingOutcome {
                        unit: self.units[unit].clone(),
                        period: self.periods[period].clone(),
                    });
                }
                magnitude(
                    value,
                    "the outcome",
                    &self.units[unit],
                    &self.periods[period],
                )?;
            }
        }
        Ok(())
    }

    /// The same panel with these donors only.
    ///
    /// # Errors
    /// [`SyntheticError`] where a name is unknown, treated or there twice, or none is given.
    pub fn with_donors(&self, donors: &[&str]) -> Result<Self, SyntheticError> {
        let mut chosen = Vec::with_capacity(donors.len());
        for name in donors {
            let unit = find("unit", &self.units, name)?;
            if self.treated.contains(&unit) {
                return Err(SyntheticError::TreatedAmongDonors {
                    unit: (*name).to_owned(),
                });
            }
            if chosen.contains(&unit) {
                return Err(SyntheticError::Duplicate {
                    what: "donor",
                    name: (*name).to_owned(),
                });
            }
            chosen.push(unit);
        }
        let panel = Self {
            donors: chosen,
            ..self.clone()
        };
        panel.check()?;
        Ok(panel)
    }

    /// The same panel with an earlier or later start of the treatment.
    ///
    /// # Errors
    /// [`SyntheticError`] where the period is unknown or the first.
    pub fn with_start(&self, start: &str) -> Result<Self, SyntheticError> {
        let panel = Self {
            start: find("period", &self.periods, start)?,
            ..self.clone()
        };
        panel.check()?;
        Ok(panel)
    }

    /// Unit indices as treated and donors, for placebos: the indices come from this panel.
    pub(crate) fn reassigned(&self, treated: usize, donors: Vec<usize>) -> Self {
        Self {
            treated: vec![treated],
            donors,
            ..self.clone()
        }
    }

    /// The panel up to, not including, period `end`.
    pub(crate) fn until(&self, end: usize) -> Self {
        let outcomes = (0..self.units.len())
            .flat_map(|unit| self.path(unit)[..end].iter().copied())
            .collect();
        Self {
            periods: self.periods[..end].to_vec(),
            outcomes,
            ..self.clone()
        }
    }

    /// Names of all units, in the order of the outcome's rows.
    pub fn units(&self) -> &[String] {
        &self.units
    }

    /// Names of all periods.
    pub fn periods(&self) -> &[String] {
        &self.periods
    }

    /// The index of a period.
    ///
    /// # Errors
    /// [`SyntheticError::Unknown`].
    pub fn period(&self, name: &str) -> Result<usize, SyntheticError> {
        find("period", &self.periods, name)
    }

    /// The first treated period, from 0; the number of pre-periods as well.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Indices of the treated units.
    pub fn treated(&self) -> &[usize] {
        &self.treated
    }

    /// Indices of the donors.
    pub fn donors(&self) -> &[usize] {
        &self.donors
    }

    /// Names of the donors, in the order of every result's weights.
    pub fn donor_names(&self) -> Vec<String> {
        self.donors
            .iter()
            .map(|&unit| self.units[unit].clone())
            .collect()
    }

    /// One unit's outcomes over all periods.
    pub fn path(&self, unit: usize) -> &[f64] {
        let n = self.periods.len();
        &self.outcomes[unit * n..(unit + 1) * n]
    }

    /// The treated units' mean outcome over all periods.
    pub fn treated_path(&self) -> Vec<f64> {
        let share = 1.0 / self.treated.len() as f64;
        (0..self.periods.len())
            .map(|period| {
                let total: f64 = self
                    .treated
                    .iter()
                    .map(|&unit| self.path(unit)[period])
                    .sum();
                total * share
            })
            .collect()
    }

    /// The donors' weighted outcome over all periods.
    pub(crate) fn weighted_path(&self, weights: &[f64]) -> Vec<f64> {
        let mut path = vec![0.0; self.periods.len()];
        for (&donor, &weight) in self.donors.iter().zip(weights) {
            if weight != 0.0 {
                for (to, value) in path.iter_mut().zip(self.path(donor)) {
                    *to += weight * value;
                }
            }
        }
        path
    }

    /// The donors' outcomes at some periods, a column a donor.
    pub(crate) fn donor_columns(&self, periods: &[usize]) -> Vec<f64> {
        self.donors
            .iter()
            .flat_map(|&donor| periods.iter().map(move |&period| self.path(donor)[period]))
            .collect()
    }

    /// A window of pre-periods as asked for, or all of them.
    pub(crate) fn pre_window(
        &self,
        what: &str,
        window: Option<&[usize]>,
    ) -> Result<Vec<usize>, SyntheticError> {
        let Some(window) = window else {
            return Ok((0..self.start).collect());
        };
        check_window(what, window, self.periods.len())?;
        if let Some(&late) = window.iter().find(|&&period| period >= self.start) {
            return Err(SyntheticError::Window {
                what: what.to_owned(),
                needed: "before the treatment",
                got: format!("`{}`", self.periods[late]),
            });
        }
        Ok(window.to_vec())
    }
}

fn check_window(what: &str, window: &[usize], n_periods: usize) -> Result<(), SyntheticError> {
    let fault = |needed, got: String| {
        Err(SyntheticError::Window {
            what: what.to_owned(),
            needed,
            got,
        })
    };
    if window.is_empty() {
        return fault("at least one period", "none".to_owned());
    }
    if let Some(beyond) = window.iter().find(|&&period| period >= n_periods) {
        return fault("within the panel's periods", format!("period {beyond}"));
    }
    Ok(())
}

/// The largest figure that passes: fourth powers of differences stay finite.
const LARGEST: f64 = 1e70;

fn magnitude(value: f64, what: &str, unit: &str, period: &str) -> Result<(), SyntheticError> {
    let (what, unit, period) = (what.to_owned(), unit.to_owned(), period.to_owned());
    if !value.is_finite() {
        return Err(SyntheticError::NotFinite { what, unit, period });
    }
    if value.abs() > LARGEST {
        return Err(SyntheticError::TooLarge { what, unit, period });
    }
    Ok(())
}

fn distinct(what: &'static str, names: &[String]) -> Result<(), SyntheticError> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(name) => Err(SyntheticError::Duplicate {
            what,
            name: name.clone(),
        }),
        None => Ok(()),
    }
}

fn find(what: &'static str, names: &[String], name: &str) -> Result<usize, SyntheticError> {
    names
        .iter()
        .position(|one| one == name)
        .ok_or_else(|| SyntheticError::Unknown {
            what,
            name: name.to_owned(),
        })
}

/// One figure a unit that treated and synthetic should share.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictor {
    /// Its name.
    pub name: String,
    /// A figure a unit of the panel, in its order; none where the unit has no figure.
    pub values: Vec<Option<f64>>,
}

impl Predictor {
    /// Figures that the caller made: one a unit of the panel.
    pub fn given(name: &str, values: Vec<Option<f64>>) -> Self {
        Self {
            name: name.to_owned(),
            values,
        }
    }

    /// The mean of a covariate over a window. `covariate`: units × periods, row-major; what is
    /// missing is skipped, and a unit without any figure in the window has none (an error only where
    /// a fit needs the unit). R's Synth does the same (`dataprep`, na.rm = TRUE).
    ///
    /// # Errors
    /// [`SyntheticError`] where the size is off, the window is empty or beyond the panel, or a
    /// figure in it isn't finite.
    pub fn covariate_mean(
        panel: &Panel,
        name: &str,
        covariate: &[Option<f64>],
        window: &[usize],
    ) -> Result<Self, SyntheticError> {
        let n = panel.periods.len();
        if covariate.len() != panel.units.len() * n {
            return Err(SyntheticError::Shape {
                what: format!("covariate `{name}`"),
                needed: panel.units.len() * n,
                got: covariate.len(),
            });
        }
        check_window(&format!("the window of `{name}`"), window, n)?;
        let mut values = Vec::with_capacity(panel.units.len());
        for (unit, row) in panel.units.iter().zip(covariate.chunks_exact(n)) {
            let mut present = Vec::with_capacity(window.len());
            for &period in window {
                let Some(value) = row[period] else { continue };
                if !value.is_finite() {
                    return Err(SyntheticError::NotFinite {
                        what: format!("covariate `{name}`"),
                        unit: unit.clone(),
                        period: panel.periods[period].clone(),
                    });
                }
                present.push(value);
            }
            let n_present = present.len();
            values.push((n_present > 0).then(|| present.iter().sum::<f64>() / n_present as f64));
        }
        Ok(Self::given(name, values))
    }

    /// The mean of the outcome over a window: one period or several.
    ///
    /// # Errors
    /// [`SyntheticError::Window`] where it is empty or beyond the panel.
    pub fn outcome_mean(
        panel: &Panel,
        name: &str,
        window: &[usize],
    ) -> Result<Self, SyntheticError> {
        check_window(
            &format!("the window of `{name}`"),
            window,
            panel.periods.len(),
        )?;
        let values = (0..panel.units.len())
            .map(|unit| {
                let path = panel.path(unit);
                let total: f64 = window.iter().map(|&period| path[period]).sum();
                let mean = total / window.len() as f64;
                // Units out of use may miss outcomes.
                mean.is_finite().then_some(mean)
            })
            .collect();
        Ok(Self::given(name, values))
    }

    /// The outcome at each of some periods: a predictor a period, with the period's name.
    ///
    /// # Errors
    /// As [`Predictor::outcome_mean`].
    pub fn outcomes(panel: &Panel, periods: &[usize]) -> Result<Vec<Self>, SyntheticError> {
        check_window("the predictors' periods", periods, panel.periods.len())?;
        periods
            .iter()
            .map(|&period| Self::outcome_mean(panel, &panel.periods[period], &[period]))
            .collect()
    }
}

/// Predictors of the treated (mean) and the donors, each divided by its standard deviation over
/// both (n − 1), as R's Synth does.
#[derive(Debug, Clone)]
pub(crate) struct ScaledPredictors {
    pub(crate) names: Vec<String>,
    /// k scaled figures.
    pub(crate) treated: Vec<f64>,
    /// k × donors, column-major.
    pub(crate) donors: Vec<f64>,
    /// k standard deviations.
    pub(crate) scales: Vec<f64>,
}

impl ScaledPredictors {
    pub(crate) fn new(panel: &Panel, predictors: &[Predictor]) -> Result<Self, SyntheticError> {
        if predictors.is_empty() {
            return Err(SyntheticError::NoPredictors);
        }
        let names: Vec<String> = predictors.iter().map(|one| one.name.clone()).collect();
        distinct("predictor", &names)?;
        let (k, n) = (predictors.len(), panel.donors.len());
        let mut treated = vec![0.0; k];
        let mut donors = vec![0.0; k * n];
        let mut scales = vec![0.0; k];
        for (row, predictor) in predictors.iter().enumerate() {
            if predictor.values.len() != panel.units.len() {
                return Err(SyntheticError::Shape {
                    what: format!("predictor `{}`", predictor.name),
                    needed: panel.units.len(),
                    got: predictor.values.len(),
                });
            }
            let value = |unit: usize| {
                let Some(value) = predictor.values[unit] else {
                    return Err(SyntheticError::MissingPredictor {
                        predictor: predictor.name.clone(),
                        unit: panel.units[unit].clone(),
                    });
                };
                let what = format!("predictor `{}`", predictor.name);
                magnitude(value, &what, &panel.units[unit], "-")?;
                Ok(value)
            };
            let mut figures = Vec::with_capacity(n + 1);
            let mut total = 0.0;
            for &unit in &panel.treated {
                total += value(unit)?;
            }
            figures.push(total / panel.treated.len() as f64);
            for &unit in &panel.donors {
                figures.push(value(unit)?);
            }
            let count = figures.len() as f64;
            let mean = figures.iter().sum::<f64>() / count;
            let largest = figures
                .iter()
                .fold(0.0_f64, |most, one| most.max(one.abs()));
            let variance =
                figures.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
            let scale = variance.sqrt();
            // Rounding alone gives equal figures a spread of this order.
            if scale <= 1e-13 * largest || scale == 0.0 {
                return Err(SyntheticError::ConstantPredictor {
                    predictor: predictor.name.clone(),
                });
            }
            scales[row] = scale;
            treated[row] = figures[0] / scale;
            for (column, figure) in figures[1..].iter().enumerate() {
                donors[column * k + row] = figure / scale;
            }
        }
        Ok(Self {
            names,
            treated,
            donors,
            scales,
        })
    }

    /// k.
    pub(crate) fn len(&self) -> usize {
        self.treated.len()
    }
}
