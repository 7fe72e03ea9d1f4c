//! A dossier's data as of one date, and the assessment made of them.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use jiff::civil::Date;
use yalu_evidence::era::Era;
use yalu_store::Month;
use yalu_store::series::SeriesTable;

use super::evolution::EvolutionIndicator;
use super::memo::Memo;
use crate::assessment::{Assessment, EventRecord};
use crate::borders::{BordersRecord, compare_borders};
use crate::cells::{Frame, RequestError};
use crate::curve::run_curve;
use crate::eras::{load_eras, state_eras};
use crate::events::LoadedEvent;
use crate::evidence::{CitedFinding, EvidenceRecord, Gathered, assemble};
use crate::finding::{Finding, find, fit_key};
use crate::influence::InfluenceRecord;
use crate::ledger::LedgerRecord;
use crate::load::Dossier;
use crate::pipeline::{
    AssessError, AssessOptions, TRACE_COMMAND, coverage_steps, curve_failures, data_record,
    dossier_record, first_day, influence, ledger, method_record, pressure_records, query,
    table_records, warnings,
};
use crate::prepare::Inputs;
use crate::spec::{DossierSpec, Indicator, Role};
use crate::specification::Specification;
use crate::structure::StructureRecord;
use crate::tables::LoadedTable;
use crate::verdict;

/// How much of an assessment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// All of it.
    Whole,
    /// The main specification alone: a curve of hundreds is what takes the time.
    MainAlone,
}

/// The data as of one date; nothing later is in them.
pub(crate) struct Dated {
    pub(crate) as_of: Date,
    table: SeriesTable,
    frame: Frame,
    events: Vec<LoadedEvent>,
    tables: Vec<LoadedTable>,
    coverage_steps: Vec<(usize, String)>,
    eras: Vec<Era>,
    /// Made when first asked for; a setting changes neither.
    influence: OnceCell<Option<InfluenceRecord>>,
    ledger: Option<(Option<LedgerRecord>, BTreeSet<String>)>,
    memo: Memo,
}

impl Dated {
    /// Reads a dossier's data as of a date; the end of the data where none is given.
    pub(crate) fn load(
        dossier: &Dossier,
        options: &AssessOptions,
        as_of: Option<Date>,
    ) -> Result<Self, AssessError> {
        let spec = &dossier.spec;
        let table = query(dossier, options, as_of)?;
        let ends = table
            .coverage
            .iter()
            .map(|one| one.to)
            .max()
            .ok_or(AssessError::NoCoverage)?;
        let begins = table
            .coverage
            .iter()
            .map(|one| one.from)
            .min()
            .ok_or(AssessError::NoCoverage)?;
        let as_of = as_of.unwrap_or(ends);
        let frame = Frame::build(&table, first_day(spec)?, as_of);
        if frame.periods.is_empty() {
            return Err(AssessError::BeforeData { as_of, begins });
        }
        let events: Vec<_> = dossier
            .events
            .iter()
            .filter(|event| event.date <= as_of)
            .cloned()
            .collect();
        let tables: Vec<_> = dossier
            .tables
            .iter()
            .map(|table| table.cut(as_of))
            .collect();
        let mut eras = load_eras(&spec.eras);
        eras.retain(|era| era.from <= as_of);
        let coverage_steps = coverage_steps(&table, &frame, as_of);
        Ok(Self {
            as_of,
            table,
            frame,
            events,
            tables,
            coverage_steps,
            eras,
            influence: OnceCell::new(),
            ledger: None,
            memo: Memo::default(),
        })
    }

    /// What each tested indicator shows under the main specification, with its part in the verdict.
    pub(crate) fn main_findings(
        &mut self,
        spec: &DossierSpec,
    ) -> Result<Vec<(Role, EvolutionIndicator)>, RequestError> {
        let inputs = Inputs {
            spec,
            main_alone: true,
            frame: &self.frame,
            events: &self.events,
            tables: &self.tables,
            coverage_steps: self.coverage_steps.clone(),
            eras: self.eras.clone(),
        };
        let tested = tested(spec);
        let findings = find(&inputs, &tested, &mut self.memo)?;
        Ok(tested
            .iter()
            .zip(&findings)
            .map(|(indicator, finding)| (indicator.role, shown(&inputs, indicator, finding)))
            .collect())
    }

    /// The months that the data hold, complete ones, and how many a verdict needs at the least.
    pub(crate) fn month_ends(&self, spec: &DossierSpec) -> Vec<Date> {
        let (Some(first), Some(last)) = (self.frame.periods.first(), self.frame.periods.last())
        else {
            return Vec::new();
        };
        let mut ends = Vec::new();
        let mut month = Month::containing(first.first_day).plus(spec.verdict.min_periods as i32);
        while month.last_day() <= last.last_day {
            ends.push(month.last_day());
            month = month.plus(1);
        }
        ends
    }

    /// Assesses them. `dossier` is the one that they were loaded for, its level, horizon, codes,
    /// exposure and donors perhaps set otherwise.
    pub(crate) fn assess(
        &mut self,
        dossier: &Dossier,
        options: &AssessOptions,
        mut structure: Option<StructureRecord>,
        depth: Depth,
    ) -> Result<Assessment, AssessError> {
        let spec = &dossier.spec;
        let as_of = self.as_of;
        if let Some(structure) = &mut structure {
            let known = if let Some(known) = self.influence.get() {
                known.clone()
            } else {
                let made = influence(dossier, options, Some(as_of))?;
                self.influence.get_or_init(|| made).clone()
            };
            structure.influence = known;
        }
        let (ledger, of_ledger) = match self.ledger.take() {
            Some(known) => known,
            None => ledger(dossier, as_of)?,
        };
        self.ledger = Some((ledger.clone(), of_ledger.clone()));
        let Self {
            table,
            frame,
            events,
            tables,
            memo,
            ..
        } = self;
        let inputs = Inputs {
            spec,
            main_alone: depth == Depth::MainAlone,
            frame,
            events,
            tables,
            coverage_steps: self.coverage_steps.clone(),
            eras: self.eras.clone(),
        };
        let tested = tested(spec);
        let findings = find(&inputs, &tested, memo)?;
        let rows = run_curve(&inputs, &tested, memo);
        let mut warnings = warnings(table, frame, as_of);
        let mut indicators = Vec::new();
        for indicator in &spec.indicators {
            let place = tested.iter().position(|one| one.id == indicator.id);
            let finding = place.map(|idx| &findings[idx]);
            indicators.push(crate::finding::record(
                &inputs,
                indicator,
                finding,
                place.map(|idx| (rows.as_slice(), idx)),
                TRACE_COMMAND,
                memo,
            )?);
        }
        let borders = remembered_borders(&inputs, dossier, &indicators, as_of, memo)?;
        let verdict = verdict::join(
            &inputs,
            &indicators,
            (&tested, &findings),
            &rows,
            (table, borders.as_ref()),
            as_of,
        );
        warnings.extend(curve_failures(&rows));
        let evidence = remembered_evidence(dossier, &indicators, &of_ledger, as_of, memo);
        Ok(Assessment {
            format: 1,
            yalu_version: env!("CARGO_PKG_VERSION").to_owned(),
            dossier: dossier_record(dossier),
            as_of: as_of.to_string(),
            setting: None,
            verdict,
            indicators,
            borders,
            structure,
            evidence,
            ledger,
            eras: state_eras(&spec.eras, &inputs.eras, as_of),
            pressure: pressure_records(&inputs)?,
            events: inputs.events.iter().map(event_record).collect(),
            tables: table_records(&inputs, spec),
            data: data_record(&inputs, table, dossier, options, as_of)?,
            method: method_record(&inputs, rows.len()),
            warnings,
        })
    }
}

/// An indicator as one point of how the verdict evolved.
fn shown(inputs: &Inputs<'_>, indicator: &Indicator, finding: &Finding) -> EvolutionIndicator {
    let fitted = finding.outcome.as_ref().ok();
    let located = fitted.and_then(|one| Some((one, one.located.as_ref()?)));
    EvolutionIndicator {
        id: indicator.id.clone(),
        rung: finding.rung,
        at: located.map(|(fitted, one)| {
            let rows = &fitted.prepared.rows;
            let place = rows[(one.estimate.break_index + 1).min(rows.len() - 1)];
            inputs.frame.periods[place].label(inputs.frame.unit)
        }),
        q_value: fitted.map(|one| one.q_response),
        effect: located.map(|(fitted, one)| {
            if fitted.prepared.multiplicative {
                one.estimate.effect.exp()
            } else {
                one.estimate.effect
            }
        }),
    }
}

/// Indicators that are tested.
pub(crate) fn tested(spec: &DossierSpec) -> Vec<&Indicator> {
    spec.indicators
        .iter()
        .filter(|one| one.role != Role::Context)
        .collect()
}

fn event_record(event: &LoadedEvent) -> EventRecord {
    EventRecord {
        date: event.date.to_string(),
        kind: event.kind.clone(),
        title: event.title.clone(),
        source: event.source.clone(),
        in_model: event.in_model,
        file: event.file.clone(),
        line: event.line,
    }
}

/// The evidence, assembled anew only where a finding that claims can cite differs. What else a setting
/// changes the evidence doesn't see.
fn remembered_evidence(
    dossier: &Dossier,
    indicators: &[crate::assessment::IndicatorFinding],
    of_ledger: &BTreeSet<String>,
    as_of: Date,
    memo: &mut Memo,
) -> Option<EvidenceRecord> {
    let evidence = dossier.evidence.as_ref()?;
    let findings: Vec<CitedFinding> = indicators.iter().map(CitedFinding::of).collect();
    if let Some(known) = memo.evidence.get(&findings) {
        return known.clone();
    }
    let made = assemble(&Gathered {
        spec: &dossier.spec,
        evidence,
        findings: &findings,
        of_ledger,
        as_of,
    });
    memo.evidence.put(findings, made.clone());
    made
}

/// The comparison with other borders, made anew only where something that it depends on differs.
fn remembered_borders(
    inputs: &Inputs<'_>,
    dossier: &Dossier,
    indicators: &[crate::assessment::IndicatorFinding],
    as_of: Date,
    memo: &mut Memo,
) -> Result<Option<BordersRecord>, RequestError> {
    let main = Specification::main(inputs.spec);
    let fits: Vec<String> = inputs
        .spec
        .indicators
        .iter()
        .zip(indicators)
        .map(|(key, finding)| {
            let shift = finding.shift.as_ref().map(|one| one.at.as_str());
            let p = finding
                .test_with_response
                .as_ref()
                .map(|one| one.p_value.to_bits());
            let survives = finding.rung.is_some_and(crate::reasons::survives);
            format!("{:?} {shift:?} {survives} {p:?}", fit_key(key, &main))
        })
        .collect();
    let rules = &inputs.spec.verdict;
    let key = format!(
        "{:?} {} {} {fits:?}",
        inputs.spec.borders, rules.level, rules.equivalence_ratio
    );
    if let Some(known) = memo.borders.get(&key) {
        return Ok(known.clone());
    }
    let borders = compare_borders(inputs, &dossier.entries, indicators, as_of, TRACE_COMMAND)?;
    memo.borders.put(key, borders.clone());
    Ok(borders)
}
