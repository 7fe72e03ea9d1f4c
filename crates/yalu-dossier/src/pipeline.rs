//! From a dossier to its assessments: query, models, verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;
use yalu_stats::survival::SurvivalError;
use yalu_stats::{Bootstrap, Search};
use yalu_store::query::acts::{ActsQuery, ActsTable};
use yalu_store::series::SeriesTable;
use yalu_store::{Month, Period};

use crate::assessment::{
    Assessment, DataRecord, DossierRecord, GroupRecord, MethodRecord, PressureRecord, SeriesRecord,
    TableRecord, TableRow, Trace,
};
use crate::cells::{Frame, RequestError, Requests, cell_id, code_set, requests};
use crate::coverage::{
    coverage_records, file_records, source_changes, subset_warning, uncovered_warning,
};
use crate::curve::CurveRow;
use crate::diagnostic::Problem;
use crate::influence::{InfluenceError, InfluenceRecord, acts_query, measure, read_acts};
use crate::ledger::{LedgerRecord, ledger_record};
use crate::load::Dossier;
use crate::method;
use crate::prepare::{Inputs, PER_EXPOSURE, pressure_rate};
use crate::spec::{DossierSpec, Exposure};
use crate::structure::{StructureInput, StructureRecord, simulate_structure};
use crate::workbench::dated::{Dated, Depth};

/// What an assessment may be asked beside its dossier.
#[derive(Debug, Clone, Default)]
pub struct AssessOptions {
    /// Dates in place of the dossier's own.
    pub as_of: Vec<Date>,
    /// A store in place of the dossier's own source.
    pub store: Option<PathBuf>,
    /// Threads of the query engine and of the curve; nothing takes the machine's.
    pub threads: Option<usize>,
}

/// Why a dossier can't be assessed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssessError {
    /// A key that asks for what isn't there.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The series can't be read.
    #[error(transparent)]
    Series(#[from] yalu_store::query::SeriesError),
    /// The series file can't be read.
    #[error(transparent)]
    SeriesFile(#[from] yalu_store::series_file::SeriesFileError),
    /// The store can't be opened.
    #[error(transparent)]
    Store(#[from] yalu_store::store::StoreError),
    /// A date that isn't one.
    #[error("`{text}` in `{key}` is not a date; write YYYY-MM-DD")]
    Date {
        /// The key.
        key: String,
        /// The text.
        text: String,
    },
    /// Neither a series file nor a store.
    #[error("the dossier names neither data.series nor data.store, and no store was given")]
    NoSource,
    /// The data set isn't known to cover anything.
    #[error("nothing says what the data cover; add [[data.coverage]] with dataset, from and to")]
    NoCoverage,
    /// The whole answer lies before the data.
    #[error("as of {as_of} no period is complete: the data begin on {begins}")]
    BeforeData {
        /// The date asked for.
        as_of: Date,
        /// The first day covered.
        begins: Date,
    },
    /// Neither an acts file nor a store.
    #[error("the dossier's structure.influence names no acts file, and no store was given")]
    NoActs,
    /// The acts file has a fault.
    #[error("{0}")]
    Acts(Box<Problem>),
    /// What is asked about influence can't be.
    #[error(transparent)]
    Influence(#[from] InfluenceError),
    /// The actors are no council.
    #[error(transparent)]
    Council(#[from] yalu_council::CouncilError),
    /// A law of waits in the ledger isn't found.
    #[error(transparent)]
    Ledger(#[from] SurvivalError),
    /// The machine refused threads.
    #[error("no threads for the models: {reason}")]
    Threads {
        /// What it says.
        reason: String,
    },
}

impl AssessError {
    /// What to do, where there is one thing.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::NoActs => Some(
                "give --store DIR, or name a file in structure.influence.acts; `yalu export acts` writes one"
                    .to_owned(),
            ),
            Self::NoSource => {
                Some("give --store DIR, or name a series file in data.series".to_owned())
            }
            Self::BeforeData { begins, .. } => Some(format!("ask as of a date after {begins}")),
            _ => None,
        }
    }
}

/// Assesses a dossier as of each date that it, or the caller, asks for.
///
/// # Errors
/// [`AssessError`] where the series can't be had. An indicator with too little data is no error: its
/// finding says so.
pub fn assess(dossier: &Dossier, options: &AssessOptions) -> Result<Vec<Assessment>, AssessError> {
    let dates = as_of_dates(dossier, options)?;
    let work = || {
        // A coding has no date: the structure is the same as of every one.
        let structure = structure(dossier)?;
        dates
            .iter()
            .map(|date| {
                let mut dated = Dated::load(dossier, options, *date)?;
                dated.assess(dossier, options, structure.clone(), Depth::Whole)
            })
            .collect()
    };
    on_threads(options.threads, work)?
}

/// Simulates a structure by itself, on so many threads; nothing takes the machine's.
///
/// # Errors
/// [`AssessError`] where the machine refuses threads, or the actors are no council.
pub fn simulate(
    input: &StructureInput<'_>,
    threads: Option<usize>,
) -> Result<StructureRecord, AssessError> {
    Ok(on_threads(threads, || simulate_structure(input))??)
}

pub(crate) fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send,
) -> Result<T, AssessError> {
    let Some(n) = threads else {
        return Ok(work());
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build();
    let pool = pool.map_err(|error| AssessError::Threads {
        reason: error.to_string(),
    })?;
    Ok(pool.install(work))
}

/// What the dossier's structure says; nothing where it has none.
pub(crate) fn structure(dossier: &Dossier) -> Result<Option<StructureRecord>, AssessError> {
    let (Some(structure), Some(council)) = (&dossier.spec.structure, &dossier.council) else {
        return Ok(None);
    };
    let input = StructureInput {
        structure,
        codings: &council.codings,
        panel: &council.panel,
        set: &[],
        seed: dossier.spec.model.seed,
        at_once: false,
    };
    Ok(Some(simulate_structure(&input)?))
}

/// What is asked of a store, or of the acts file, about who acts; nothing where the dossier asks for
/// none.
fn influence_query(
    dossier: &Dossier,
    as_of: Option<Date>,
) -> Result<Option<ActsQuery>, AssessError> {
    let spec = &dossier.spec;
    let Some(keys) = spec
        .structure
        .as_ref()
        .and_then(|one| one.influence.as_ref())
    else {
        return Ok(None);
    };
    let group = keys
        .codes
        .as_ref()
        .and_then(|id| Some((id, spec.groups.get(id)?)));
    let codes = group
        .map(|(id, group)| code_set(id, group))
        .transpose()?
        .unwrap_or_default();
    let dyad = crate::cells::question_dyad(spec)?;
    Ok(Some(acts_query(keys, dyad, codes, as_of)?))
}

/// Counts, from a store, what the dossier's acts file shall hold; nothing where it asks for none.
///
/// # Errors
/// [`AssessError`] where the store can't be read or can't answer.
pub fn acts_for_export(
    dossier: &Dossier,
    options: &AssessOptions,
) -> Result<Option<ActsTable>, AssessError> {
    let query = influence_query(dossier, None)?;
    query
        .map(|query| crate::source::query_acts(dossier, options, &query))
        .transpose()
}

/// What event data say of who within the source acts; nothing where the dossier asks for none.
///
/// The acts file is read where the dossier names one, else the store.
///
/// # Errors
/// [`AssessError`] where neither can be read.
pub fn influence(
    dossier: &Dossier,
    options: &AssessOptions,
    as_of: Option<Date>,
) -> Result<Option<InfluenceRecord>, AssessError> {
    let Some(query) = influence_query(dossier, as_of)? else {
        return Ok(None);
    };
    let Some(structure) = &dossier.spec.structure else {
        return Ok(None);
    };
    let Some(keys) = &structure.influence else {
        return Ok(None);
    };
    let acts = match read_acts(&dossier.dir, keys, &query) {
        Ok(Some(acts)) => acts,
        Ok(None) => crate::source::query_acts(dossier, options, &query)?,
        Err(problem) => return Err(AssessError::Acts(Box::new(problem))),
    };
    let titles = structure
        .members
        .iter()
        .map(|one| (one.id.clone(), one.title.clone()));
    Ok(Some(measure(&acts, keys, &titles.collect(), as_of)?))
}

fn parse_date(key: &str, text: &str) -> Result<Date, AssessError> {
    text.parse().map_err(|_| AssessError::Date {
        key: key.to_owned(),
        text: text.to_owned(),
    })
}

pub(crate) fn as_of_dates(
    dossier: &Dossier,
    options: &AssessOptions,
) -> Result<Vec<Option<Date>>, AssessError> {
    if !options.as_of.is_empty() {
        return Ok(options.as_of.iter().copied().map(Some).collect());
    }
    if dossier.spec.question.as_of.is_empty() {
        return Ok(vec![None]);
    }
    dossier
        .spec
        .question
        .as_of
        .iter()
        .map(|text| parse_date("question.as_of", text).map(Some))
        .collect()
}

pub(crate) fn first_day(spec: &DossierSpec) -> Result<Option<Date>, AssessError> {
    spec.data
        .from
        .as_deref()
        .map(|text| {
            text.parse::<Month>()
                .map(Month::first_day)
                .map_err(|_| AssessError::Date {
                    key: "data.from".to_owned(),
                    text: text.to_owned(),
                })
        })
        .transpose()
}

/// Queries every sum that the dossier needs, cut at `as_of`.
///
/// # Errors
/// [`AssessError`] where there is no source or it can't answer.
pub fn query(
    dossier: &Dossier,
    options: &AssessOptions,
    as_of: Option<Date>,
) -> Result<SeriesTable, AssessError> {
    crate::source::query(
        dossier,
        options,
        &requests(&dossier.spec)?,
        as_of,
        first_day(&dossier.spec)?,
    )
}

/// Queries every sum that the dossier's series file shall hold.
///
/// # Errors
/// As [`query`].
pub fn query_for_export(
    dossier: &Dossier,
    options: &AssessOptions,
) -> Result<SeriesTable, AssessError> {
    let requests = crate::cells::export_requests(&dossier.spec)?;
    crate::source::query(dossier, options, &requests, None, first_day(&dossier.spec)?)
}

/// Periods within the durability horizon.
pub(crate) fn horizon_periods(inputs: &Inputs<'_>) -> usize {
    let months = inputs.spec.verdict.horizon_months as usize;
    match inputs.frame.unit {
        yalu_store::PeriodUnit::Month => months,
        yalu_store::PeriodUnit::Quarter => months.div_ceil(3),
        yalu_store::PeriodUnit::Week => (months * 52).div_ceil(12),
    }
}

/// The question's window as rows that may end an old level; nothing where any row may.
pub(crate) fn window_rows(inputs: &Inputs<'_>, rows: &[usize]) -> Option<(usize, usize)> {
    let [from, to] = inputs.spec.verdict.window.as_ref()?;
    let from = from.parse::<Month>().ok()?.first_day();
    let to = to.parse::<Month>().ok()?.last_day();
    // A break is named by the first period of its new level: the row after the old level's last.
    let inside = |row: &usize| {
        rows.get(row + 1).is_some_and(|&idx| {
            let period = inputs.frame.periods[idx];
            from <= period.first_day && period.first_day <= to
        })
    };
    let all: Vec<usize> = (0..rows.len()).filter(inside).collect();
    // An empty window excludes every row.
    Some((*all.first().unwrap_or(&1), *all.last().unwrap_or(&0)))
}

/// The ledger of a dossier as of a date, and the sources that it rests on.
///
/// # Errors
/// [`AssessError::Ledger`] where a law of waits isn't found.
pub fn ledger(
    dossier: &Dossier,
    as_of: Date,
) -> Result<(Option<LedgerRecord>, BTreeSet<String>), AssessError> {
    let (Some(keys), Some(loaded)) = (&dossier.spec.ledger, &dossier.ledger) else {
        return Ok((None, BTreeSet::new()));
    };
    let evidence = dossier.evidence.as_ref();
    let (record, sources) =
        ledger_record(&dossier.spec, keys, loaded, evidence, &dossier.eras, as_of)?;
    Ok((Some(record), sources))
}

/// Where the source base changes within the frame: declared changes, and data sets that begin or end
/// while others go on. Changes of one period make one step.
pub(crate) fn coverage_steps(
    table: &SeriesTable,
    frame: &Frame,
    as_of: Date,
) -> Vec<(usize, String)> {
    let mut steps: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (date, note) in source_changes(&table.coverage) {
        if date > as_of {
            continue;
        }
        if let Some(idx) = frame.place_of(date).filter(|idx| *idx > 0) {
            let notes = steps.entry(idx).or_default();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    steps
        .into_iter()
        .map(|(idx, mut notes)| {
            notes.sort();
            (idx, notes.join("; "))
        })
        .collect()
}

pub(crate) fn warnings(table: &SeriesTable, frame: &Frame, as_of: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    warnings.extend(uncovered_warning(&frame.covered));
    for coverage in &table.coverage {
        warnings.extend(subset_warning(coverage));
        for change in coverage
            .changes
            .iter()
            .filter(|change| change.date <= as_of)
        {
            let inside = frame
                .periods
                .first()
                .is_some_and(|first| first.last_day < change.date);
            if inside {
                warnings.push(format!(
                    "{}: {} on {}; a break near that date is the data's, not the state's",
                    coverage.dataset, change.note, change.date
                ));
            }
        }
        if coverage.to < as_of {
            warnings.push(format!(
                "{} ends on {}: the answer as of {as_of} knows nothing later",
                coverage.dataset, coverage.to
            ));
        }
    }
    warnings
}

pub(crate) fn curve_failures(rows: &[CurveRow]) -> Option<String> {
    let all = rows.iter().flat_map(|row| row.fits.iter().flatten());
    let n = all.clone().count();
    let failed = all.filter(|one| one.is_err()).count();
    (failed > 0).then(|| {
        format!(
            "{failed} of {n} fits of the specification curve failed; each curve lists the reasons"
        )
    })
}

/// The command that lists rows. `DOSSIER` stands for the dossier's folder: where that lies is no part
/// of an answer.
pub(crate) const TRACE_COMMAND: &str = "yalu rows DOSSIER";

pub(crate) fn dossier_record(dossier: &Dossier) -> DossierRecord {
    let question = &dossier.spec.question;
    DossierRecord {
        id: question.id.clone(),
        title: question.title.clone(),
        question: question.text.clone(),
        source: question.source.clone(),
        source_name: actor_name(&question.source),
        target: question.target.clone(),
        target_name: actor_name(&question.target),
        authors: question.authors.clone(),
        sha256: dossier.sha256.clone(),
    }
}

/// A state's short English name, or its code where it has none.
pub(crate) fn actor_name(code: &str) -> String {
    code.parse()
        .ok()
        .and_then(|code| yalu_store::countries::name_of(&code))
        .map_or_else(|| code.to_owned(), str::to_owned)
}

/// Sets a trace from the ids of the cells that a finding rests on.
pub(crate) fn trace(
    inputs: &Inputs<'_>,
    cells: &[yalu_store::series::CellRequest],
    command: &str,
) -> Trace {
    let mut series: Vec<String> = cells.iter().map(cell_id).collect();
    series.dedup();
    let n_rows = cells
        .iter()
        .flat_map(|cell| inputs.frame.cell(cell))
        .map(|value| value.n_rows)
        .sum();
    let command = match series.first() {
        Some(first) => format!("{command} {first} PERIOD"),
        None => String::new(),
    };
    Trace {
        series,
        n_rows,
        command,
    }
}

pub(crate) fn pressure_records(inputs: &Inputs<'_>) -> Result<Vec<PressureRecord>, RequestError> {
    inputs
        .spec
        .pressure
        .iter()
        .map(|key| {
            let (count, exposure) = Requests::new(inputs.spec).pressure(key)?;
            let unit = match key.exposure {
                Exposure::None => "events".to_owned(),
                Exposure::WorldTotal => format!("events per {PER_EXPOSURE} in the world"),
                Exposure::SourceTotal => {
                    format!("events per {PER_EXPOSURE} of {} → any", key.source)
                }
                Exposure::DyadTotal => {
                    format!(
                        "events per {PER_EXPOSURE} of {} → {}",
                        key.source, key.target
                    )
                }
            };
            let mut cells = vec![count];
            cells.extend(exposure);
            Ok(PressureRecord {
                id: key.id.clone(),
                title: key.title.clone(),
                dyad: format!("{} → {}", key.source, key.target),
                unit,
                rate: pressure_rate(inputs, key)?,
                periods: inputs.frame.labels(),
                trace: trace(inputs, &cells, TRACE_COMMAND),
            })
        })
        .collect()
}

pub(crate) fn table_records(inputs: &Inputs<'_>, spec: &DossierSpec) -> Vec<TableRecord> {
    inputs
        .tables
        .iter()
        .filter_map(|table| {
            let key = spec.data.tables.iter().find(|key| key.id == table.id)?;
            Some(TableRecord {
                id: key.id.clone(),
                title: key.title.clone(),
                unit: key.unit.clone(),
                source: key.source.clone(),
                file: key.file.clone(),
                rows: table
                    .rows
                    .iter()
                    .map(|row| TableRow {
                        date: row.date.clone(),
                        value: row.value,
                        source: row.source.clone(),
                        line: row.line,
                    })
                    .collect(),
            })
        })
        .collect()
}

pub(crate) fn data_record(
    inputs: &Inputs<'_>,
    table: &SeriesTable,
    dossier: &Dossier,
    options: &AssessOptions,
    as_of: Date,
) -> Result<DataRecord, RequestError> {
    let frame = inputs.frame;
    let label = |period: Option<&Period>| period.map_or(String::new(), |one| one.label(frame.unit));
    let periods = frame.labels();
    let series = table
        .cells
        .iter()
        .map(|cell| {
            let values = frame.cell(&cell.request);
            SeriesRecord {
                id: cell_id(&cell.request),
                group: cell.request.group.clone(),
                dyad: cell.request.dyad.to_string(),
                measure: serde_json::to_value(cell.request.measure)
                    .ok()
                    .and_then(|one| one.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                periods: periods.clone(),
                values: frame.values(&cell.request),
                n_rows: values.iter().map(|one| one.n_rows).collect(),
                lines: values.iter().map(|one| one.line).collect(),
            }
        })
        .collect();
    let groups = dossier
        .spec
        .groups
        .iter()
        .map(|(id, group)| {
            Ok(GroupRecord {
                id: id.clone(),
                title: group.title.clone(),
                codes: code_words(&code_set(id, group)?),
                meaning: group.meaning.clone(),
            })
        })
        .collect::<Result<Vec<_>, RequestError>>()?;
    let in_model = |date: Date| {
        let steps = &inputs.coverage_steps;
        steps
            .iter()
            .any(|(step, _)| frame.place_of(date) == Some(*step))
    };
    Ok(DataRecord {
        origin: crate::source::origin(dossier, options).to_owned(),
        periods: [label(frame.periods.first()), label(frame.periods.last())],
        series,
        coverage: coverage_records(&table.coverage, Some(as_of), in_model),
        files: file_records(&table.files),
        groups,
        sql: table.sql.clone(),
    })
}

pub(crate) fn code_words(codes: &yalu_store::series::CodeSet) -> String {
    let list = |all: &[yalu_store::CameoCode]| {
        all.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut words = Vec::new();
    if !codes.codes.is_empty() {
        words.push(format!("CAMEO {}", list(&codes.codes)));
    }
    for quad in &codes.quads {
        words.push(format!("quad class {}", quad.number()));
    }
    if words.is_empty() {
        words.push("every act".to_owned());
    }
    if !codes.except.is_empty() {
        words.push(format!("without {}", list(&codes.except)));
    }
    if !codes.source_sectors.is_empty() {
        words.push(format!("by {}", codes.source_sectors.join(", ")));
    }
    words.join("; ")
}

pub(crate) fn method_record(inputs: &Inputs<'_>, n_specifications: usize) -> MethodRecord {
    MethodRecord {
        seed: inputs.spec.model.seed,
        specification: method::specification_words(inputs.spec, n_specifications),
        steps: method::steps(),
        versions: vec![
            ["yalu".to_owned(), env!("CARGO_PKG_VERSION").to_owned()],
            ["dossier format".to_owned(), "1".to_owned()],
            ["assessment format".to_owned(), "1".to_owned()],
        ],
    }
}

/// The search for breaks under one trimming.
pub(crate) fn search(spec: &DossierSpec, trimming: f64) -> Search {
    Search {
        trimming,
        max_breaks: spec.model.max_breaks as usize,
        window: None,
    }
}

/// The dossier's own bootstrap.
pub(crate) fn bootstrap(spec: &DossierSpec) -> Bootstrap {
    Bootstrap {
        n_replications: spec.model.bootstrap as usize,
        seed: spec.model.seed,
    }
}
