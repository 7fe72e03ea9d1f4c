//! The scan: every dyad of a store, tested for lasting shifts in one pass.
//!
//! [`scan`] reads the counts of all dyads with one statement, runs [`yalu_stats::scan::scan_counts`]
//! on each that has enough acts, corrects their p-values together and ranks them. A scan says where
//! to look; [`open::write_dossier`] makes of a dyad a dossier of its own, in which events and
//! pressure can be asked about.

mod coverage;
mod dyad;
mod method;
pub mod open;
mod rank;
pub mod report;
pub mod table;

use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;
use yalu_store::PeriodUnit;
use yalu_store::query::SeriesError;
use yalu_store::query::dyads::{DyadCounts, DyadPanel, DyadQuery, query_dyads_blocking};
use yalu_store::series::CodeSet;
use yalu_store::store::{Store, StoreError};

use self::coverage::SourceBase;
use self::dyad::{Others, Scanned, scan_dyad};
use self::report::{ScanCounts, ScanQuestion, ScanReport, ScanTest};
use crate::coverage::{file_records, uncovered_warning};
use crate::pipeline::code_words;

/// How many times the draws asked for a dyad gets at most, where few dyads stand out among many.
const MOST_DRAWS: u32 = 100;
/// The fewest replications of a test.
const MIN_REPLICATIONS: u32 = 99;

/// What normalises a dyad's counts for media volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanExposure {
    /// These acts by all other pairs of states.
    Others(CodeSet),
    /// Nothing: counts are compared as they are.
    None,
}

/// What is asked of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanRequest {
    /// The store's folder.
    pub store: PathBuf,
    /// The acts that are counted; empty counts every act.
    pub codes: CodeSet,
    /// What normalises for media volume.
    pub exposure: ScanExposure,
    /// The data sets; empty takes all.
    pub datasets: Vec<String>,
    /// The length of a period.
    pub unit: PeriodUnit,
    /// The first period begins on or after it.
    pub from: Option<Date>,
    /// The last period ends on or before it; nothing later is used.
    pub to: Option<Date>,
    /// The fewest acts of a dyad that is tested.
    pub min_events: f64,
    /// Whether each sector of the source is a dyad of its own.
    pub by_sector: bool,
    /// How p-values are had.
    pub test: ScanTest,
    /// The false-discovery rate.
    pub level: f64,
    /// Periods that a new level must hold before it counts as lasting.
    pub horizon: u32,
    /// Typical levels whose ratio lies within 1/r to r count as equal.
    pub equivalence_ratio: f64,
    /// Draws of each test at most; up to a hundred times as many where few dyads stand out among many.
    pub replications: u32,
    /// The seed of every draw.
    pub seed: u64,
    /// Threads; nothing takes the machine's.
    pub threads: Option<usize>,
}

impl ScanRequest {
    /// Every act by month, from a store, with the defaults of the command line.
    pub fn new(store: PathBuf) -> Self {
        Self {
            store,
            codes: CodeSet::default(),
            exposure: ScanExposure::Others(CodeSet::default()),
            datasets: Vec::new(),
            unit: PeriodUnit::Month,
            from: None,
            to: None,
            min_events: 30.0,
            by_sector: false,
            test: ScanTest::Permutation,
            level: 0.05,
            horizon: 24,
            equivalence_ratio: 1.5,
            replications: 999,
            seed: 20_130_731,
            threads: None,
        }
    }

    /// The fewest periods of a block that the test moves as one: a quarter of the horizon.
    pub(crate) fn min_block(&self) -> u32 {
        self.horizon / 4
    }
}

/// Why a store can't be scanned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanFailure {
    /// The store can't be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The counts can't be had.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// Too few covered periods.
    #[error(
        "the data cover {got} periods of this length; a horizon of {horizon} needs at least {needed}"
    )]
    TooShort {
        /// Covered periods.
        got: usize,
        /// Those needed.
        needed: usize,
        /// The horizon.
        horizon: u32,
    },
    /// An option that can't be worked with.
    #[error("{option} must be {must}, got {got}")]
    Option {
        /// Which one.
        option: &'static str,
        /// What it must be.
        must: &'static str,
        /// What it is.
        got: f64,
    },
    /// No act of others to set counts against.
    #[error(
        "only {n_pairs} pairs of states have acts: there are no others whose volume could normalise theirs"
    )]
    NoOthers {
        /// Pairs of states with acts.
        n_pairs: usize,
    },
    /// The machine refused threads.
    #[error("no threads for the scan: {reason}")]
    Threads {
        /// What it says.
        reason: String,
    },
}

impl ScanFailure {
    /// What to do, where there is one thing.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::TooShort { .. } => Some(
                "ingest more of the data set, choose a shorter --horizon, or widen --from and --to"
                    .to_owned(),
            ),
            Self::NoOthers { .. } => {
                Some("scan counts as they are with --no-exposure, and say so".to_owned())
            }
            _ => None,
        }
    }
}

/// Scans every dyad of a store.
///
/// # Errors
/// [`ScanFailure`] where the store, the options or the coverage are off. A store without a dyad of
/// enough acts is no error: the report says so.
pub fn scan(request: &ScanRequest) -> Result<ScanReport, ScanFailure> {
    // Before the store is read, not after.
    check(request)?;
    let store = Store::open(&request.store)?;
    let exposure = match &request.exposure {
        ScanExposure::Others(codes) => codes.clone(),
        ScanExposure::None => request.codes.clone(),
    };
    let query = DyadQuery {
        codes: request.codes.clone(),
        exposure,
        datasets: request.datasets.clone(),
        unit: request.unit,
        from: request.from,
        as_of: request.to,
        by_sector: request.by_sector,
    };
    let panel = query_dyads_blocking(&store, &query, request.threads)?;
    let work = || scan_panel(&panel, request);
    match request.threads {
        None => work(),
        Some(n) => rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .map_err(|error| ScanFailure::Threads {
                reason: error.to_string(),
            })?
            .install(work),
    }
}

fn check(request: &ScanRequest) -> Result<(), ScanFailure> {
    let fault = |option, must, got| Err(ScanFailure::Option { option, must, got });
    if !(request.level > 0.0 && request.level < 1.0) {
        return fault("--level", "above 0 and below 1", request.level);
    }
    if request.horizon < 4 {
        let got = f64::from(request.horizon);
        return fault("--horizon", "at least 4 periods", got);
    }
    if !(request.equivalence_ratio > 1.0 && request.equivalence_ratio.is_finite()) {
        return fault("--equivalence", "above 1", request.equivalence_ratio);
    }
    if request.replications < MIN_REPLICATIONS {
        let got = f64::from(request.replications);
        return fault("--replications", "at least 99", got);
    }
    if !(request.min_events >= 1.0 && request.min_events.is_finite()) {
        return fault("--min-events", "at least 1", request.min_events);
    }
    Ok(())
}

/// Scans the dyads of a panel that was had already; `request.store`, `codes` and `threads` have no part in it
/// but in the words of the report.
///
/// # Errors
/// [`ScanFailure`] where the options are off or too few periods are covered.
pub fn scan_panel(panel: &DyadPanel, request: &ScanRequest) -> Result<ScanReport, ScanFailure> {
    check(request)?;
    let rows: Vec<usize> = (0..panel.periods.len())
        .filter(|&idx| panel.covered[idx])
        .collect();
    let needed = (2 * request.horizon as usize).max(yalu_stats::scan::MIN_PERIODS);
    if rows.len() < needed {
        return Err(ScanFailure::TooShort {
            got: rows.len(),
            needed,
            horizon: request.horizon,
        });
    }
    let base = SourceBase::of(panel, &rows);
    let others = Others::of(panel);
    if matches!(request.exposure, ScanExposure::Others(_)) && others.n_pairs() < 3 {
        return Err(ScanFailure::NoOthers {
            n_pairs: others.n_pairs(),
        });
    }
    let counted: Vec<_> = panel.dyads.iter().filter(|one| one.total > 0.0).collect();
    let enough: Vec<_> = counted
        .iter()
        .filter(|one| one.total >= request.min_events)
        .collect();
    let one = |dyad: &&DyadCounts, replications: u32| {
        scan_dyad(panel, dyad, &rows, &base, &others, (request, replications))
    };
    let mut scanned: Vec<_> = enough
        .par_iter()
        .map(|dyad| one(dyad, request.replications))
        .collect();
    let floor = draw_more(&mut scanned, &enough, request, &one);
    let n_failed = scanned.iter().filter(|one| one.unfitted).count();
    let n_left_out = scanned
        .iter()
        .filter(|one| one.periods_left_out > 0)
        .count();
    let too_few = counted.len() - enough.len();
    let dyads = rank::rank(scanned, request.level);
    let mut counts = ScanCounts {
        dyads: counted.len() as u32,
        too_few: too_few as u32,
        tested: dyads.len() as u32,
        ..ScanCounts::default()
    };
    for dyad in &dyads {
        *rank::count_of(&mut counts, dyad.outcome) += 1;
    }
    let label = |idx: usize| panel.periods[idx].label(panel.unit);
    let mut warnings = base.warnings(panel);
    if n_failed > 0 {
        warnings.push(format!(
            "{n_failed} dyads have series too sparse for the simulated test; their p-values are the permutation's alone"
        ));
    }
    if n_left_out > 0 {
        warnings.push(format!(
            "{n_left_out} dyads lack periods in which no other pair of states acted; these are left out"
        ));
    }
    warnings.extend(floor);
    warnings.extend(few_blocks(rows.len(), request));
    warnings.extend(uncovered_warning(&panel.covered));
    Ok(ScanReport {
        format: 1,
        yalu_version: env!("CARGO_PKG_VERSION").to_owned(),
        question: ScanQuestion {
            codes: code_words(&request.codes),
            exposure: match &request.exposure {
                ScanExposure::Others(codes) => {
                    format!("{} of all other pairs of states", code_words(codes))
                }
                ScanExposure::None => "none: counts as they are".to_owned(),
            },
            datasets: panel
                .coverage
                .iter()
                .map(|one| one.dataset.clone())
                .collect(),
            periods: [label(0), label(panel.periods.len() - 1)],
            min_events: request.min_events,
            by_sector: request.by_sector,
            test: request.test,
            level: request.level,
            horizon: request.horizon,
            equivalence_ratio: request.equivalence_ratio,
            replications: request.replications,
            seed: request.seed,
        },
        periods: (0..panel.periods.len()).map(label).collect(),
        world: panel
            .world
            .iter()
            .zip(&panel.covered)
            .map(|(value, covered)| covered.then_some(*value))
            .collect(),
        coverage_changes: base.records(panel),
        counts,
        dyads,
        coverage: base.coverage(panel, request.to),
        files: file_records(&panel.files),
        sql: panel.sql.clone(),
        method: method::steps(request),
        warnings,
    })
}

/// Draws more for dyads whose p-value is as small as the draws allow, as long as that is too large for
/// so many tests: a lone shift among thousands of dyads needs p below level/thousands. What is left of
/// the trouble, in words.
fn draw_more(
    scanned: &mut [Scanned],
    dyads: &[&&DyadCounts],
    request: &ScanRequest,
    one: &(impl Fn(&&DyadCounts, u32) -> Scanned + Sync),
) -> Option<String> {
    let mut replications = request.replications;
    loop {
        // The simulated test weights its series: its least p-value is a little larger.
        let least = 2.0 / (f64::from(replications) + 1.0);
        let floor: Vec<usize> = (0..scanned.len())
            .filter(|&idx| scanned[idx].dyad.p_value < least)
            .collect();
        let q_values = rank::corrected(scanned);
        if floor.iter().all(|&idx| q_values[idx] <= request.level) {
            return None;
        }
        if replications >= request.replications.saturating_mul(MOST_DRAWS) {
            return Some(format!(
                "{} dyads have the least p-value that {replications} draws allow, which is too large for {} tests; --replications {} would tell",
                floor.len(),
                scanned.len(),
                replications.saturating_mul(10),
            ));
        }
        replications = replications.saturating_mul(10);
        let again: Vec<(usize, Scanned)> = floor
            .par_iter()
            .map(|&idx| (idx, one(dyads[idx], replications)))
            .collect();
        for (idx, dyad) in again {
            scanned[idx] = dyad;
        }
    }
}

/// The fewest blocks with which a test can find something among many dyads.
const FEW_BLOCKS: u32 = 12;

/// A warning where the data hold so few blocks that hardly any order of them differs.
fn few_blocks(n_periods: usize, request: &ScanRequest) -> Option<String> {
    let n_blocks = n_periods as u32 / request.min_block();
    if n_blocks >= FEW_BLOCKS {
        return None;
    }
    // A level that moved once in the middle: the orders that keep both halves together, in two ways.
    let half = n_blocks / 2;
    let alike = (1..=half).fold(2.0, |share, k| {
        share * f64::from(k) / f64::from(n_blocks - half + k)
    });
    Some(format!(
        "The data hold only {n_blocks} blocks of {} periods: a level that moves once in the middle can't have a p-value below {alike:.3}, whatever its size, and few shifts can be told from chance; scan longer data or with a shorter --horizon",
        request.min_block()
    ))
}
