//! One indicator under one specification, made ready for the models: outcome, exposure, regressors.

use yalu_evidence::era::Era;
use yalu_stats::{Design, DesignError, Family, ShiftModel, harmonics, lagged, pulse_response};
use yalu_store::PeriodUnit;

use crate::cells::{Frame, RequestError, Requests};
use crate::events::LoadedEvent;
use crate::spec::{DossierSpec, Exposure, FamilyKey, Indicator, IndicatorKind};
use crate::specification::{Specification, is_count};
use crate::tables::LoadedTable;

/// Counts are shown per this many events of the exposure.
pub(crate) const PER_EXPOSURE: f64 = 1000.0;

/// The fewest events, and the fewest periods with any, that a count model is fitted to.
const MIN_EVENTS: f64 = 30.0;
const MIN_ACTIVE_PERIODS: usize = 10;

/// What every fit of an assessment shares.
pub(crate) struct Inputs<'a> {
    pub(crate) spec: &'a DossierSpec,
    /// Whether the curve is left out, whatever the dossier declares.
    pub(crate) main_alone: bool,
    pub(crate) frame: &'a Frame,
    /// Events on or before the as-of date.
    pub(crate) events: &'a [LoadedEvent],
    pub(crate) tables: &'a [LoadedTable],
    /// First days of changed source bases, within the frame, with what changed.
    pub(crate) coverage_steps: Vec<(usize, String)>,
    /// Leaders' eras that had begun by the as-of date, by state.
    pub(crate) eras: Vec<Era>,
}

/// Why an indicator can't be modelled: a fact about the data, which the verdict prints.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TooLittle {
    #[error("{got} periods of data; a verdict needs at least {needed}")]
    Periods { needed: usize, got: usize },
    #[error(
        "{events} events in {active} active periods; a count model needs at least {MIN_EVENTS} events in {MIN_ACTIVE_PERIODS} periods"
    )]
    Events { events: f64, active: usize },
    #[error(
        "no row has this indicator's codes and dyad by the as-of date; look at its group's codes and at the dyad's direction"
    )]
    NoRows,
    #[error("its figures never vary")]
    Constant,
    #[error("each of its figures stands for longer than a {unit}, so it can't be tested by {unit}")]
    Longer { unit: &'static str },
    #[error("the model can't be fitted: {reason}")]
    NotFitted { reason: String },
}

/// A fault, or a fact that stops this indicator only.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum PrepareError {
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Design(#[from] DesignError),
    #[error(transparent)]
    TooLittle(#[from] TooLittle),
}

/// A term of the response model.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    /// Its column in the response design.
    pub(crate) column: usize,
    pub(crate) name: String,
    /// What its effect is the effect of.
    pub(crate) per: String,
    /// The change of the column that the effect is quoted for.
    pub(crate) unit: f64,
}

/// An indicator ready to be fitted. Rows are the periods that have a figure.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// Each row's place among the frame's periods.
    pub(crate) rows: Vec<usize>,
    pub(crate) y: Vec<f64>,
    pub(crate) offset: Vec<f64>,
    pub(crate) family: Family,
    /// Level, season, coverage steps.
    pub(crate) base: Design,
    /// The same with events and pressure.
    pub(crate) response: Design,
    pub(crate) terms: Vec<Term>,
    /// Whether effects are log ratios.
    pub(crate) multiplicative: bool,
    /// Levels that differ by less count as equal, on the scale of the linear predictor.
    pub(crate) bound: f64,
    pub(crate) notes: Vec<String>,
}

impl Prepared {
    pub(crate) fn model<'a>(&'a self, design: &'a Design) -> ShiftModel<'a> {
        ShiftModel {
            y: &self.y,
            offset: &self.offset,
            design,
            family: self.family,
        }
    }
}

/// An indicator's raw figures over the frame.
pub(crate) struct Figures {
    /// Counts, or values on the scale that is modelled.
    pub(crate) outcome: Vec<Option<f64>>,
    /// Divisors in units of [`PER_EXPOSURE`]; nothing where there is no exposure.
    pub(crate) exposure: Option<Vec<Option<f64>>>,
    pub(crate) unit: String,
    pub(crate) multiplicative: bool,
    pub(crate) notes: Vec<String>,
}

impl Figures {
    /// The counts, or the values before any logarithm.
    pub(crate) fn raw(&self) -> Vec<Option<f64>> {
        if self.exposure.is_none() && self.multiplicative {
            self.outcome.iter().map(|one| one.map(f64::exp)).collect()
        } else {
            self.outcome.clone()
        }
    }

    /// The figure that is charted: a rate, a mean, a value.
    pub(crate) fn shown(&self) -> Vec<Option<f64>> {
        match &self.exposure {
            Some(exposure) => self
                .outcome
                .iter()
                .zip(exposure)
                .map(|(count, exposure)| match (count, exposure) {
                    (Some(count), Some(exposure)) if *exposure > 0.0 => Some(count / exposure),
                    _ => None,
                })
                .collect(),
            None if self.multiplicative => {
                self.outcome.iter().map(|one| one.map(f64::exp)).collect()
            }
            None => self.outcome.clone(),
        }
    }
}

/// Reads an indicator's figures under one specification.
pub(crate) fn figures(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    specification: &Specification,
) -> Result<Figures, PrepareError> {
    let requests = Requests::new(inputs.spec);
    let frame = inputs.frame;
    let group = specification
        .group(indicator)
        .filter(|group| !group.is_empty());
    let cells = requests.outcome(indicator, group)?;
    let dyad = requests.dyad(indicator)?;
    match indicator.kind {
        IndicatorKind::EventRate | IndicatorKind::EventShare | IndicatorKind::QuadShare => {
            let counts = frame.values(&cells[0]);
            let exposure = specification.exposure(indicator);
            let per = match exposure {
                Exposure::DyadTotal => format!("events per 1,000 of {dyad}"),
                Exposure::SourceTotal => format!("events per 1,000 of {} → any", dyad.source),
                Exposure::WorldTotal => "events per 1,000 in the world".to_owned(),
                Exposure::None => {
                    return Ok(Figures {
                        outcome: counts,
                        exposure: Some(vec![Some(1.0); frame.periods.len()]),
                        unit: "events".to_owned(),
                        multiplicative: true,
                        notes: Vec::new(),
                    });
                }
            };
            let cell = requests
                .exposure(indicator, exposure)?
                .expect("an exposure has a cell");
            let divisor = frame
                .values(&cell)
                .into_iter()
                .map(|one| {
                    one.filter(|total| *total > 0.0)
                        .map(|total| total / PER_EXPOSURE)
                })
                .collect();
            Ok(Figures {
                outcome: counts,
                exposure: Some(divisor),
                unit: per,
                multiplicative: true,
                notes: Vec::new(),
            })
        }
        IndicatorKind::MeanGoldstein => {
            let sums = frame.values(&cells[0]);
            let counts = frame.values(&cells[1]);
            let outcome = sums
                .iter()
                .zip(&counts)
                .map(|(sum, count)| match (sum, count) {
                    (Some(sum), Some(count)) if *count > 0.0 => Some(sum / count),
                    _ => None,
                })
                .collect();
            Ok(Figures {
                outcome,
                exposure: None,
                unit: "mean Goldstein score (−10 to 10)".to_owned(),
                multiplicative: false,
                notes: Vec::new(),
            })
        }
        IndicatorKind::TradeValue => Ok(Figures {
            outcome: frame
                .values(&cells[0])
                .into_iter()
                .map(|one| one.filter(|value| *value > 0.0).map(f64::ln))
                .collect(),
            exposure: None,
            unit: "US dollars".to_owned(),
            multiplicative: true,
            notes: Vec::new(),
        }),
        IndicatorKind::MirrorGap => {
            let imports = frame.values(&cells[0]);
            let exports = frame.values(&cells[1]);
            let outcome = imports
                .iter()
                .zip(&exports)
                .map(|(imports, exports)| match (imports, exports) {
                    (Some(imports), Some(exports)) if *imports > 0.0 && *exports > 0.0 => {
                        Some((imports / exports).ln())
                    }
                    _ => None,
                })
                .collect();
            Ok(Figures {
                outcome,
                exposure: None,
                unit: "importer's report over exporter's".to_owned(),
                multiplicative: true,
                notes: Vec::new(),
            })
        }
        IndicatorKind::Table => table_figures(inputs, indicator),
    }
}

fn table_figures(inputs: &Inputs<'_>, indicator: &Indicator) -> Result<Figures, PrepareError> {
    let id = indicator.table.as_deref().unwrap_or_default();
    let table = inputs
        .tables
        .iter()
        .find(|table| table.id == id)
        .ok_or_else(|| RequestError::MissingKey {
            indicator: indicator.id.clone(),
            key: "table",
        })?;
    let frame = inputs.frame;
    let mut sums = vec![(0.0, 0_u32); frame.periods.len()];
    for row in &table.rows {
        let Some(day) = row.first_day_of_period(frame.unit) else {
            return Err(TooLittle::Longer {
                unit: unit_name(frame.unit),
            }
            .into());
        };
        if let Ok(idx) = frame
            .periods
            .binary_search_by(|one| one.first_day.cmp(&day))
        {
            sums[idx].0 += row.value;
            sums[idx].1 += 1;
        }
    }
    let mut notes = Vec::new();
    if sums.iter().any(|(_, n)| *n > 1) {
        notes.push(format!(
            "table `{id}` has several rows in one {}: their mean is used",
            unit_name(frame.unit)
        ));
    }
    Ok(Figures {
        outcome: sums
            .iter()
            .map(|(sum, n)| (*n > 0).then(|| sum / f64::from(*n)))
            .collect(),
        exposure: None,
        unit: table.unit.clone(),
        multiplicative: false,
        notes,
    })
}

pub(crate) fn unit_name(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
    }
}

/// Makes an indicator ready under one specification.
pub(crate) fn prepare(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    specification: &Specification,
) -> Result<Prepared, PrepareError> {
    let figures = figures(inputs, indicator, specification)?;
    let frame = inputs.frame;
    let n_periods = frame.periods.len();
    let mut notes = figures.notes.clone();
    let bound = if figures.multiplicative {
        inputs.spec.verdict.equivalence_ratio.ln()
    } else {
        indicator
            .equivalence_difference
            .ok_or_else(|| RequestError::MissingKey {
                indicator: indicator.id.clone(),
                key: "equivalence_difference",
            })?
    };

    // Pressure comes first: its lag decides where the rows begin.
    let mut pressure_columns = Vec::new();
    let mut first_row = 0;
    for id in &specification.pressure {
        let key = inputs
            .spec
            .pressure
            .iter()
            .find(|one| one.id == *id)
            .ok_or_else(|| RequestError::MissingKey {
                indicator: indicator.id.clone(),
                key: "pressure",
            })?;
        let rate = pressure_rate(inputs, key)?;
        let known: Vec<f64> = rate.iter().map(|one| one.unwrap_or(0.0).ln_1p()).collect();
        let (lost, column) = lagged(&known, specification.pressure_lag as usize);
        first_row = first_row.max(lost);
        let mut full = vec![None; lost];
        full.extend(
            column
                .into_iter()
                .enumerate()
                .map(|(row, value)| rate[row].map(|_| value)),
        );
        pressure_columns.push((key.id.clone(), key.title.clone(), full));
    }

    let group = specification
        .group(indicator)
        .filter(|group| !group.is_empty());
    let cells = Requests::new(inputs.spec).outcome(indicator, group)?;
    let reported = |idx: usize| {
        cells
            .first()
            .map_or(frame.covered[idx], |cell| frame.covers(cell, idx))
    };
    let mut rows = Vec::new();
    let (mut no_exposure, mut no_figure) = (0, 0);
    for idx in first_row..n_periods {
        no_figure += usize::from(reported(idx) && figures.outcome[idx].is_none());
        if figures.outcome[idx].is_none() || pressure_columns.iter().any(|one| one.2[idx].is_none())
        {
            continue;
        }
        if let Some(exposure) = &figures.exposure
            && exposure[idx].is_none()
        {
            no_exposure += 1;
            continue;
        }
        rows.push(idx);
    }
    let unit = unit_name(frame.unit);
    if no_exposure > 0 {
        notes.push(format!(
            "{no_exposure} covered {unit}s have no exposure and are left out"
        ));
    }
    if no_figure > 0 {
        notes.push(match indicator.kind {
            IndicatorKind::TradeValue | IndicatorKind::MirrorGap => format!(
                "{no_figure} covered {unit}s have no trade reported and are left out: a logarithm of nothing can't be taken"
            ),
            IndicatorKind::MeanGoldstein => {
                format!("{no_figure} covered {unit}s have no act to score and are left out")
            }
            _ => format!("{no_figure} covered {unit}s have no figure and are left out"),
        });
    }
    let y: Vec<f64> = rows
        .iter()
        .filter_map(|&idx| figures.outcome[idx])
        .collect();
    let offset: Vec<f64> = match &figures.exposure {
        Some(exposure) => rows
            .iter()
            .filter_map(|&idx| exposure[idx].map(f64::ln))
            .collect(),
        None => vec![0.0; rows.len()],
    };
    let needed = inputs.spec.verdict.min_periods as usize;
    if rows.len() < needed {
        return Err(TooLittle::Periods {
            needed,
            got: rows.len(),
        }
        .into());
    }
    let count = is_count(indicator.kind);
    if count {
        let events: f64 = y.iter().sum();
        let active = y.iter().filter(|one| **one > 0.0).count();
        if active == 0 {
            return Err(TooLittle::NoRows.into());
        }
        if events < MIN_EVENTS || active < MIN_ACTIVE_PERIODS {
            return Err(TooLittle::Events { events, active }.into());
        }
    } else if y.iter().all(|one| (one - y[0]).abs() < f64::EPSILON) {
        return Err(TooLittle::Constant.into());
    }
    let family = match (count, specification.family) {
        (false, _) | (_, FamilyKey::Gaussian) => Family::Gaussian,
        (_, FamilyKey::NegativeBinomial) => Family::NegativeBinomial,
        (_, FamilyKey::QuasiPoisson) => Family::QuasiPoisson,
    };

    let mut base = Design::intercept(rows.len());
    let season: Vec<f64> = rows
        .iter()
        .map(|&idx| {
            let day = frame.periods[idx].first_day;
            f64::from(day.day_of_year() - 1) / f64::from(day.days_in_year())
        })
        .collect();
    let season = match frame.unit {
        // Months of equal length: sine and cosine then sum to zero over a year exactly.
        PeriodUnit::Month | PeriodUnit::Quarter => rows
            .iter()
            .map(|&idx| f64::from(frame.periods[idx].first_day.month() - 1) / 12.0)
            .collect(),
        PeriodUnit::Week => season,
    };
    for (name, column) in harmonics(&season, inputs.spec.model.harmonics as usize) {
        base = base.with(name, column)?;
    }
    for (step, note) in &inputs.coverage_steps {
        let column: Vec<f64> = rows
            .iter()
            .map(|idx| f64::from(u8::from(idx >= step)))
            .collect();
        if varies(&column) {
            base = base.with(format!("coverage: {note}"), column)?;
        }
    }

    let mut response = base.clone();
    let mut terms = Vec::new();
    for (kind, onsets) in event_onsets(inputs) {
        let pulse = pulse_response(n_periods, &onsets, specification.event_decay);
        let column: Vec<f64> = rows.iter().map(|&idx| pulse[idx]).collect();
        if !varies(&column) {
            continue;
        }
        let acts: f64 = y
            .iter()
            .zip(&column)
            .filter(|(_, pulse)| **pulse > 0.0)
            .map(|(y, _)| *y)
            .sum();
        if count && acts <= 0.0 {
            notes.push(format!(
                "no act falls in the windows of `{kind}`: its effect can't be estimated and it is left out"
            ));
            continue;
        }
        terms.push(Term {
            column: response.n_columns(),
            name: kind.clone(),
            per: format!("in the {} of the event", unit_name(frame.unit)),
            unit: 1.0,
        });
        response = response.with(format!("event: {kind}"), column)?;
    }
    for (id, title, full) in &pressure_columns {
        let column: Vec<f64> = rows.iter().filter_map(|&idx| full[idx]).collect();
        if !varies(&column) {
            notes.push(format!("pressure `{id}` never varies and is left out"));
            continue;
        }
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        terms.push(Term {
            column: response.n_columns(),
            name: title.clone(),
            per: "for a doubling of one plus the pressure's rate".to_owned(),
            unit: std::f64::consts::LN_2,
        });
        response = response.with(
            format!("pressure: {id}"),
            column.iter().map(|one| one - mean).collect(),
        )?;
    }
    Ok(Prepared {
        rows,
        y,
        offset,
        family,
        base,
        response,
        terms,
        multiplicative: figures.multiplicative,
        bound,
        notes,
    })
}

/// Acts of pressure per [`PER_EXPOSURE`] events of its exposure.
pub(crate) fn pressure_rate(
    inputs: &Inputs<'_>,
    key: &crate::spec::Pressure,
) -> Result<Vec<Option<f64>>, RequestError> {
    let (count, exposure) = Requests::new(inputs.spec).pressure(key)?;
    let counts = inputs.frame.values(&count);
    Ok(match exposure {
        None => counts,
        Some(exposure) => counts
            .iter()
            .zip(inputs.frame.values(&exposure))
            .map(|(count, exposure)| match (count, exposure) {
                (Some(count), Some(exposure)) if exposure > 0.0 => {
                    Some(count / exposure * PER_EXPOSURE)
                }
                _ => None,
            })
            .collect(),
    })
}

/// The periods of each kind's events that are in the model, kinds in order of name.
fn event_onsets(inputs: &Inputs<'_>) -> Vec<(String, Vec<usize>)> {
    let mut by_kind: std::collections::BTreeMap<String, Vec<usize>> =
        std::collections::BTreeMap::new();
    for event in inputs.events.iter().filter(|event| event.in_model) {
        let place = inputs
            .frame
            .periods
            .iter()
            .position(|one| one.first_day <= event.date && event.date <= one.last_day);
        if let Some(idx) = place {
            by_kind.entry(event.kind.clone()).or_default().push(idx);
        }
    }
    by_kind.into_iter().collect()
}

fn varies(column: &[f64]) -> bool {
    column.iter().any(|one| (one - column[0]).abs() > 1e-12)
}
