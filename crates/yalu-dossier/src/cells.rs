//! From a dossier to the sums that it needs, and from the sums to aligned series.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use yalu_store::series::{CellRequest, CellValue, CodeSet, Coverage, Measure, SeriesTable};
use yalu_store::{ActorCode, CameoCode, Dyad, DyadPattern, Period, PeriodUnit, QuadClass};

use crate::spec::{
    DossierSpec, Exposure, Group, Indicator, IndicatorKind, PeriodKey, Pressure, Role,
};
use crate::specification::Specification;

/// Why a dossier's keys can't be turned into requests. `yalu check` finds these with their place in
/// the file; this is the last guard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A group that isn't declared.
    #[error("`{user}` counts group `{group}`, which isn't declared; add [groups.{group}]")]
    UnknownGroup {
        /// Who asks for it.
        user: String,
        /// The group.
        group: String,
    },
    /// A key that the indicator's kind needs.
    #[error("indicator `{indicator}` needs the key `{key}`")]
    MissingKey {
        /// The indicator.
        indicator: String,
        /// The key.
        key: &'static str,
    },
    /// A code that isn't one.
    #[error("`{user}`: {source}")]
    Code {
        /// Who names it.
        user: String,
        /// What is wrong.
        source: yalu_store::types::CodeError,
    },
    /// A quad class that isn't one.
    #[error(
        "group `{group}` names quad class `{text}`; the classes are verbal_cooperation, material_cooperation, verbal_conflict, material_conflict"
    )]
    Quad {
        /// The group.
        group: String,
        /// The text.
        text: String,
    },
}

/// The period unit that a dossier asks for.
pub fn period_unit(spec: &DossierSpec) -> PeriodUnit {
    match spec.data.period {
        PeriodKey::Week => PeriodUnit::Week,
        PeriodKey::Month => PeriodUnit::Month,
        PeriodKey::Quarter => PeriodUnit::Quarter,
    }
}

/// An actor's code that `user` names.
pub(crate) fn parse_actor(user: &str, text: &str) -> Result<ActorCode, RequestError> {
    text.parse().map_err(|source| RequestError::Code {
        user: user.to_owned(),
        source,
    })
}

/// Builds requests for one dossier.
pub(crate) struct Requests<'a> {
    spec: &'a DossierSpec,
}

impl<'a> Requests<'a> {
    pub(crate) fn new(spec: &'a DossierSpec) -> Self {
        Self { spec }
    }

    /// The dyad that an indicator is about.
    pub(crate) fn dyad(&self, indicator: &Indicator) -> Result<Dyad, RequestError> {
        let [source, target] = match &indicator.dyad {
            Some(pair) => [pair[0].as_str(), pair[1].as_str()],
            None => [
                self.spec.question.source.as_str(),
                self.spec.question.target.as_str(),
            ],
        };
        Ok(Dyad {
            source: parse_actor(&indicator.id, source)?,
            target: parse_actor(&indicator.id, target)?,
        })
    }

    fn codes(&self, user: &str, group: &str) -> Result<CodeSet, RequestError> {
        let key = self
            .spec
            .groups
            .get(group)
            .ok_or_else(|| RequestError::UnknownGroup {
                user: user.to_owned(),
                group: group.to_owned(),
            })?;
        code_set(group, key)
    }

    fn cell(
        &self,
        user: &str,
        group: &str,
        dyad: DyadPattern,
        measure: Measure,
    ) -> Result<CellRequest, RequestError> {
        let codes = match measure {
            Measure::Events | Measure::GoldsteinSum => self.codes(user, group)?,
            Measure::ExportsReported | Measure::ImportsReported => CodeSet::default(),
        };
        Ok(CellRequest {
            group: group.to_owned(),
            codes,
            dyad,
            measure,
        })
    }

    /// The count or value of an indicator, with `group` in the place of its own where given.
    pub(crate) fn outcome(
        &self,
        indicator: &Indicator,
        group: Option<&str>,
    ) -> Result<Vec<CellRequest>, RequestError> {
        let pattern = DyadPattern::dyad(&self.dyad(indicator)?);
        let need_group = || {
            group
                .map(str::to_owned)
                .or_else(|| indicator.group.clone())
                .ok_or_else(|| RequestError::MissingKey {
                    indicator: indicator.id.clone(),
                    key: "group",
                })
        };
        match indicator.kind {
            IndicatorKind::EventRate | IndicatorKind::EventShare | IndicatorKind::QuadShare => Ok(
                vec![self.cell(&indicator.id, &need_group()?, pattern, Measure::Events)?],
            ),
            IndicatorKind::MeanGoldstein => {
                let group = need_group()?;
                Ok(vec![
                    self.cell(
                        &indicator.id,
                        &group,
                        pattern.clone(),
                        Measure::GoldsteinSum,
                    )?,
                    self.cell(&indicator.id, &group, pattern, Measure::Events)?,
                ])
            }
            IndicatorKind::TradeValue => Ok(vec![self.cell(
                &indicator.id,
                "trade",
                pattern,
                Measure::ExportsReported,
            )?]),
            IndicatorKind::MirrorGap => Ok(vec![
                self.cell(
                    &indicator.id,
                    "trade",
                    pattern.clone(),
                    Measure::ImportsReported,
                )?,
                self.cell(&indicator.id, "trade", pattern, Measure::ExportsReported)?,
            ]),
            IndicatorKind::Table => Ok(Vec::new()),
        }
    }

    /// The denominator of an indicator under an exposure; nothing for `none`.
    pub(crate) fn exposure(
        &self,
        indicator: &Indicator,
        exposure: Exposure,
    ) -> Result<Option<CellRequest>, RequestError> {
        let dyad = self.dyad(indicator)?;
        let Some(pattern) = exposure_pattern(exposure, &dyad) else {
            return Ok(None);
        };
        let group =
            indicator
                .exposure_group
                .as_deref()
                .ok_or_else(|| RequestError::MissingKey {
                    indicator: indicator.id.clone(),
                    key: "exposure_group",
                })?;
        self.cell(&indicator.id, group, pattern, Measure::Events)
            .map(Some)
    }

    /// The count of a pressure series, and its denominator.
    pub(crate) fn pressure(
        &self,
        pressure: &Pressure,
    ) -> Result<(CellRequest, Option<CellRequest>), RequestError> {
        let dyad = Dyad {
            source: parse_actor(&pressure.id, &pressure.source)?,
            target: parse_actor(&pressure.id, &pressure.target)?,
        };
        let count = self.cell(
            &pressure.id,
            &pressure.group,
            DyadPattern::dyad(&dyad),
            Measure::Events,
        )?;
        let exposure =
            match exposure_pattern(pressure.exposure, &dyad) {
                None => None,
                Some(pattern) => {
                    let group = pressure.exposure_group.as_deref().ok_or_else(|| {
                        RequestError::MissingKey {
                            indicator: pressure.id.clone(),
                            key: "exposure_group",
                        }
                    })?;
                    Some(self.cell(&pressure.id, group, pattern, Measure::Events)?)
                }
            };
        Ok((count, exposure))
    }

    /// Every cell that the dossier needs under any of its specifications, each once, in order.
    pub(crate) fn all(&self) -> Result<Vec<CellRequest>, RequestError> {
        let mut cells = BTreeSet::new();
        for indicator in &self.spec.indicators {
            cells.extend(self.outcome(indicator, None)?);
            if uses_exposure(indicator.kind) {
                let main = Specification::main(self.spec);
                let mut exposures = BTreeSet::from([main.exposure(indicator)]);
                if indicator.kind == IndicatorKind::EventRate && indicator.role != Role::Context {
                    exposures.extend(&self.spec.curve.exposure);
                }
                for exposure in exposures {
                    cells.extend(self.exposure(indicator, exposure)?);
                }
            }
            if self.spec.curve.group_alternatives {
                for group in &indicator.group_alternatives {
                    cells.extend(self.outcome(indicator, Some(group))?);
                }
            }
        }
        for pressure in &self.spec.pressure {
            let (count, exposure) = self.pressure(pressure)?;
            cells.insert(count);
            cells.extend(exposure);
        }
        cells.extend(crate::borders::border_cells(self.spec)?);
        Ok(cells.into_iter().collect())
    }
}

/// Whether figures of this kind are counts over an exposure.
pub(crate) fn uses_exposure(kind: IndicatorKind) -> bool {
    matches!(
        kind,
        IndicatorKind::EventRate | IndicatorKind::EventShare | IndicatorKind::QuadShare
    )
}

/// Every sum that a dossier needs, each once, in a fixed order.
///
/// # Errors
/// [`RequestError`] where a key names what isn't there.
pub fn requests(spec: &DossierSpec) -> Result<Vec<CellRequest>, RequestError> {
    Requests::new(spec).all()
}

/// The same with the extra sums that the dossier's series file holds.
///
/// # Errors
/// [`RequestError`] where a key names what isn't there.
pub fn export_requests(spec: &DossierSpec) -> Result<Vec<CellRequest>, RequestError> {
    let builder = Requests::new(spec);
    let mut cells: BTreeSet<CellRequest> = builder.all()?.into_iter().collect();
    let side = |text: &str| match text {
        "*" => Ok(None),
        code => parse_actor("data.extra", code).map(Some),
    };
    for extra in &spec.data.extra {
        for [source, target] in &extra.dyads {
            let pattern = DyadPattern {
                source: side(source)?,
                target: side(target)?,
            };
            for group in &extra.groups {
                cells.insert(builder.cell(
                    "data.extra",
                    group,
                    pattern.clone(),
                    Measure::Events,
                )?);
            }
        }
    }
    Ok(cells.into_iter().collect())
}

fn exposure_pattern(exposure: Exposure, dyad: &Dyad) -> Option<DyadPattern> {
    match exposure {
        Exposure::DyadTotal => Some(DyadPattern::dyad(dyad)),
        Exposure::SourceTotal => Some(DyadPattern::source_total(&dyad.source)),
        Exposure::WorldTotal => Some(DyadPattern::world()),
        Exposure::None => None,
    }
}

/// The dyad that the dossier asks about.
pub(crate) fn question_dyad(spec: &DossierSpec) -> Result<Dyad, RequestError> {
    Ok(Dyad {
        source: parse_actor("question", &spec.question.source)?,
        target: parse_actor("question", &spec.question.target)?,
    })
}

/// The code set of a declared group.
///
/// # Errors
/// [`RequestError`] where a code or class isn't one.
pub fn code_set(name: &str, group: &Group) -> Result<CodeSet, RequestError> {
    let parse = |texts: &[String]| -> Result<Vec<CameoCode>, RequestError> {
        let mut codes = texts
            .iter()
            .map(|text| text.parse::<CameoCode>())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| RequestError::Code {
                user: name.to_owned(),
                source,
            })?;
        codes.sort();
        codes.dedup();
        Ok(codes)
    };
    let mut quads = group
        .quads
        .iter()
        .map(|text| match text.as_str() {
            "verbal_cooperation" => Ok(QuadClass::VerbalCooperation),
            "material_cooperation" => Ok(QuadClass::MaterialCooperation),
            "verbal_conflict" => Ok(QuadClass::VerbalConflict),
            "material_conflict" => Ok(QuadClass::MaterialConflict),
            _ => Err(RequestError::Quad {
                group: name.to_owned(),
                text: text.clone(),
            }),
        })
        .collect::<Result<Vec<_>, _>>()?;
    quads.sort();
    quads.dedup();
    let mut source_sectors = group.source_sectors.clone();
    source_sectors.sort();
    source_sectors.dedup();
    Ok(CodeSet {
        codes: parse(&group.codes)?,
        quads,
        except: parse(&group.except)?,
        source_sectors,
    })
}

/// Every cell over the same periods: zero within coverage where there were no events, nothing outside.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) unit: PeriodUnit,
    pub(crate) periods: Vec<Period>,
    /// Whether any data set covers a period.
    pub(crate) covered: Vec<bool>,
    cells: BTreeMap<CellRequest, Aligned>,
}

/// A cell's figures by period, and whether its own data sets cover them: trade of later years says
/// nothing of events.
#[derive(Debug, Clone)]
struct Aligned {
    values: Vec<CellValue>,
    covered: Vec<bool>,
}

impl Frame {
    /// Aligns a query's answer to every period from the first covered one (or `from`) to the last
    /// covered one that is complete on `as_of`.
    pub(crate) fn build(table: &SeriesTable, from: Option<Date>, as_of: Date) -> Self {
        let unit = table.unit;
        let first = table.coverage.iter().map(|coverage| coverage.from).min();
        let last = table
            .coverage
            .iter()
            .map(|coverage| coverage.to.min(as_of))
            .max();
        let (Some(first), Some(last)) = (first, last) else {
            return Self {
                unit,
                periods: Vec::new(),
                covered: Vec::new(),
                cells: BTreeMap::new(),
            };
        };
        let start = from.map_or(first, |from| from.max(first));
        let mut first_period = Period::containing(start, unit);
        if first_period.first_day < start {
            first_period = first_period.next(unit);
        }
        let periods = first_period.through(Period::last_complete(last, unit), unit);
        let mask = |coverage: &[Coverage]| -> Vec<bool> {
            periods
                .iter()
                .map(|period| covers(coverage, *period))
                .collect()
        };
        let covered = mask(&table.coverage);
        let cells = table
            .cells
            .iter()
            .map(|cell| {
                let values = periods
                    .iter()
                    .map(|period| {
                        cell.values.get(period).cloned().unwrap_or(CellValue {
                            value: 0.0,
                            n_rows: 0,
                            line: None,
                        })
                    })
                    .collect();
                let covered = if cell.datasets.is_empty() {
                    covered.clone()
                } else {
                    let own: Vec<Coverage> = table
                        .coverage
                        .iter()
                        .filter(|one| cell.datasets.contains(&one.dataset))
                        .cloned()
                        .collect();
                    mask(&own)
                };
                (cell.request.clone(), Aligned { values, covered })
            })
            .collect();
        Self {
            unit,
            periods,
            covered,
            cells,
        }
    }

    /// The first period that ends on or after a date.
    pub(crate) fn place_of(&self, date: Date) -> Option<usize> {
        self.periods.iter().position(|one| one.last_day >= date)
    }

    pub(crate) fn labels(&self) -> Vec<String> {
        self.periods
            .iter()
            .map(|period| period.label(self.unit))
            .collect()
    }

    /// Whether a cell's own data sets cover a period.
    pub(crate) fn covers(&self, request: &CellRequest, period_idx: usize) -> bool {
        self.cells
            .get(request)
            .expect("every cell asked for was requested")
            .covered[period_idx]
    }

    /// A cell's figures by period, nothing outside coverage.
    pub(crate) fn values(&self, request: &CellRequest) -> Vec<Option<f64>> {
        let cell = self
            .cells
            .get(request)
            .expect("every cell asked for was requested");
        cell.values
            .iter()
            .zip(&cell.covered)
            .map(|(value, covered)| covered.then_some(value.value))
            .collect()
    }

    /// Whether a cell was asked for.
    pub(crate) fn holds(&self, request: &CellRequest) -> bool {
        self.cells.contains_key(request)
    }

    /// A cell's figures with their rows and lines.
    pub(crate) fn cell(&self, request: &CellRequest) -> &[CellValue] {
        &self
            .cells
            .get(request)
            .expect("every cell asked for was requested")
            .values
    }
}

fn covers(coverage: &[Coverage], period: Period) -> bool {
    coverage.iter().any(|one| {
        one.from <= period.first_day
            && period.last_day <= one.to
            && !one
                .gaps
                .iter()
                .any(|gap| gap[0] <= period.last_day && period.first_day <= gap[1])
    })
}

/// A name for a cell, unique within a dossier and fit for a link: `influence.CHN.PRK`.
pub(crate) fn cell_id(request: &CellRequest) -> String {
    let side =
        |actor: &Option<ActorCode>| actor.as_ref().map_or("any".to_owned(), ToString::to_string);
    let base = format!(
        "{}.{}.{}",
        request.group,
        side(&request.dyad.source),
        side(&request.dyad.target)
    );
    match request.measure {
        Measure::Events => base,
        Measure::GoldsteinSum => format!("{base}.goldstein"),
        Measure::ExportsReported => format!("{base}.exports"),
        Measure::ImportsReported => format!("{base}.imports"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn coverage(dataset: &str, from: Date, to: Date) -> Coverage {
        Coverage {
            dataset: dataset.to_owned(),
            from,
            to,
            changes: Vec::new(),
            subset: None,
            gaps: Vec::new(),
        }
    }

    fn cell(measure: Measure, dataset: &str) -> yalu_store::series::CellSeries {
        yalu_store::series::CellSeries {
            request: CellRequest {
                group: String::new(),
                codes: CodeSet::default(),
                dyad: DyadPattern::world(),
                measure,
            },
            datasets: vec![dataset.to_owned()],
            values: BTreeMap::new(),
        }
    }

    #[test]
    fn silence_is_zero_only_where_the_cells_own_data_cover_it() {
        let mut events = coverage("events", date(2010, 1, 1), date(2010, 12, 31));
        events.gaps = vec![[date(2010, 3, 15), date(2010, 4, 2)]];
        let trade = coverage("trade", date(2010, 7, 1), date(2011, 6, 30));
        let cells = vec![
            cell(Measure::Events, "events"),
            cell(Measure::ImportsReported, "trade"),
        ];
        let requests: Vec<CellRequest> = cells.iter().map(|cell| cell.request.clone()).collect();
        let table = SeriesTable {
            unit: PeriodUnit::Month,
            cells,
            coverage: vec![events, trade],
            files: Vec::new(),
            sql: String::new(),
        };
        let frame = Frame::build(&table, None, date(2012, 1, 1));
        assert_eq!(frame.periods.len(), 18);
        let zeros = |request| -> Vec<usize> {
            (0..18)
                .filter(|&idx| frame.values(request)[idx] == Some(0.0))
                .collect()
        };
        // January, February, May to December: the gap touches March and April.
        assert_eq!(zeros(&requests[0]), [0, 1, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(zeros(&requests[1]), (6..18).collect::<Vec<_>>());
    }
}
