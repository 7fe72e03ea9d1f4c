//! One dyad of a scan.

use std::collections::BTreeMap;

use yalu_stats::scan::{CountSeries, PermutationOfBlocks, ScanOptions, ScannedBreak, scan_counts};
use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, sup_f_test};
use yalu_store::ActorCode;
use yalu_store::query::dyads::{DyadCounts, DyadPanel};

use super::coverage::SourceBase;
use super::report::{DyadBreak, DyadLevel, DyadScan, Persistence, ScanOutcome, ScanTest};
use super::{ScanExposure, ScanRequest};
use crate::pipeline::actor_name;
use crate::prepare::PER_EXPOSURE;

/// Above this p-value of the permutation the simulated test isn't run: the larger of the two counts.
const PROMISING: f64 = 0.2;

/// A dyad with its test, before the p-values of all are corrected.
pub(super) struct Scanned {
    pub(super) dyad: DyadScan,
    /// The simulated test couldn't be fitted.
    pub(super) unfitted: bool,
    /// Covered periods in which no other pair acted.
    pub(super) periods_left_out: usize,
}

/// The exposure's acts of each pair of states, both ways, over all sectors.
pub(super) struct Others<'a> {
    pairs: BTreeMap<(&'a ActorCode, &'a ActorCode), Vec<(u32, f64)>>,
}

impl<'a> Others<'a> {
    pub(super) fn of(panel: &'a DyadPanel) -> Self {
        let mut pairs: BTreeMap<_, Vec<(u32, f64)>> = BTreeMap::new();
        for dyad in &panel.dyads {
            let pair = ordered(&dyad.source, &dyad.target);
            pairs.entry(pair).or_default().extend(
                dyad.entries
                    .iter()
                    .filter(|one| one.exposure > 0.0)
                    .map(|one| (one.period, one.exposure)),
            );
        }
        Self { pairs }
    }

    pub(super) fn n_pairs(&self) -> usize {
        self.pairs.len()
    }

    /// The world's acts less those of one pair of states, per period. An act that counts under two
    /// sectors was counted once in the world and is taken off twice, so that nothing is below zero
    /// but by that.
    fn without(&self, world: &[f64], source: &ActorCode, target: &ActorCode) -> Vec<f64> {
        let mut left = world.to_vec();
        for (period, acts) in self
            .pairs
            .get(&ordered(source, target))
            .into_iter()
            .flatten()
        {
            left[*period as usize] -= acts;
        }
        left
    }
}

fn ordered<'a>(a: &'a ActorCode, b: &'a ActorCode) -> (&'a ActorCode, &'a ActorCode) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Scans one dyad with that many draws. `rows`: the covered periods.
pub(super) fn scan_dyad(
    panel: &DyadPanel,
    dyad: &DyadCounts,
    rows: &[usize],
    base: &SourceBase,
    others: &Others<'_>,
    (request, replications): (&ScanRequest, u32),
) -> Scanned {
    let mut by_period = vec![0.0; panel.periods.len()];
    for entry in &dyad.entries {
        by_period[entry.period as usize] = entry.count;
    }
    let world = match request.exposure {
        ScanExposure::Others(_) => others.without(&panel.world, &dyad.source, &dyad.target),
        ScanExposure::None => vec![1.0; panel.periods.len()],
    };
    let used: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|&row| world[row] > 0.0)
        .collect();
    let counts: Vec<f64> = used.iter().map(|&row| by_period[row]).collect();
    let exposure: Vec<f64> = used.iter().map(|&row| world[row]).collect();
    let steps = base.steps(&used);
    let seed = request.seed ^ name_hash(dyad);
    let options = ScanOptions {
        horizon: request.horizon as usize,
        equivalence_ratio: request.equivalence_ratio,
        min_block: request.min_block() as usize,
        n_permutations: replications as usize,
        seed,
        ..ScanOptions::default()
    };
    let series = CountSeries {
        counts: &counts,
        exposure: &exposure,
        steps: &steps,
    };
    let mut record = empty(panel, dyad, &by_period);
    if matches!(request.exposure, ScanExposure::Others(_)) {
        record.exposure = (0..panel.periods.len())
            .map(|row| (panel.covered[row] && world[row] > 0.0).then_some(world[row]))
            .collect();
    }
    let mut unfitted = false;
    // What can fail has been checked for the panel; a dyad whose only acts lie in periods without
    // others is left with nothing to test.
    if let Ok(scan) = scan_counts(&series, &options) {
        let PermutationOfBlocks {
            statistic,
            mut p_value,
            block,
            n_permutations,
            lag_one,
        } = scan.test;
        if request.test == ScanTest::Bootstrap && p_value <= PROMISING {
            match simulated(&series, &options) {
                Some(p) => p_value = p_value.max(p),
                None => unfitted = true,
            }
        }
        record.p_value = p_value;
        record.statistic = statistic;
        record.block = block as u32;
        record.replications = n_permutations as u32;
        record.serial_correlation = lag_one;
        record.theta = scan.levels.theta;
        let label = |row: usize| panel.periods[used[row]].label(panel.unit);
        record.breaks = scan
            .breaks
            .iter()
            .map(|one| break_record(one, base, &used, &label))
            .collect();
        let mut start = 0;
        for (idx, rate) in scan.levels.rates.iter().enumerate() {
            let last = scan
                .levels
                .breaks
                .get(idx)
                .copied()
                .unwrap_or(used.len() - 1);
            let acts: f64 = counts[start..=last].iter().sum();
            record.levels.push(DyadLevel {
                periods: [label(start), label(last)],
                rate: match request.exposure {
                    ScanExposure::Others(_) => rate * PER_EXPOSURE,
                    ScanExposure::None => *rate,
                },
                mean: acts / (last + 1 - start) as f64,
            });
            start = last + 1;
        }
    }
    Scanned {
        dyad: record,
        unfitted,
        periods_left_out: rows.len() - used.len(),
    }
}

fn empty(panel: &DyadPanel, dyad: &DyadCounts, by_period: &[f64]) -> DyadScan {
    let (source, target) = (dyad.source.to_string(), dyad.target.to_string());
    DyadScan {
        rank: 0,
        source_name: actor_name(&source),
        target_name: actor_name(&target),
        source,
        target,
        sector: dyad.sector.clone(),
        n_events: dyad.total,
        outcome: ScanOutcome::NoShift,
        main: None,
        p_value: 1.0,
        q_value: 1.0,
        statistic: 0.0,
        block: 0,
        replications: 0,
        serial_correlation: 0.0,
        theta: None,
        breaks: Vec::new(),
        levels: Vec::new(),
        counts: by_period
            .iter()
            .zip(&panel.covered)
            .map(|(count, covered)| covered.then_some(*count))
            .collect(),
        exposure: Vec::new(),
    }
}

/// The p-value of the break test against series simulated without a break.
fn simulated(series: &CountSeries<'_>, options: &ScanOptions) -> Option<f64> {
    let n = series.counts.len();
    let offset: Vec<f64> = series.exposure.iter().map(|one| one.ln()).collect();
    let mut design = Design::intercept(n);
    for (idx, &step) in series.steps.iter().enumerate() {
        let column = (0..n).map(|row| f64::from(u8::from(row >= step))).collect();
        design = design
            .with(format!("source base {}", idx + 1), column)
            .ok()?;
    }
    let model = ShiftModel {
        y: series.counts,
        offset: &offset,
        design: &design,
        family: Family::NegativeBinomial,
    };
    let search = Search {
        trimming: (3 * options.horizon / 4) as f64 / n as f64,
        max_breaks: 2,
        window: None,
    };
    let bootstrap = Bootstrap {
        n_replications: options.n_permutations,
        seed: options.seed,
    };
    sup_f_test(&model, &search, &bootstrap, 0.05)
        .ok()
        .map(|test| test.p_value)
}

fn break_record(
    one: &ScannedBreak,
    base: &SourceBase,
    used: &[usize],
    label: &dyn Fn(usize) -> String,
) -> DyadBreak {
    use yalu_stats::scan::Persistence as Judged;
    let first = |row: usize| label(row + 1);
    DyadBreak {
        at: first(one.break_index),
        interval: [first(one.interval.0), first(one.interval.1)],
        ratio: one.ratio,
        ratio_interval: [one.ratio_interval.0, one.ratio_interval.1],
        persistence: match one.persistence {
            Judged::Lasting => Persistence::Lasting,
            Judged::Transient => Persistence::Transient,
            Judged::Emerging => Persistence::Emerging,
            Judged::Undecided => Persistence::Undecided,
        },
        typical_ratio: one.typical_ratio,
        typical_interval: one.typical_interval.map(|(low, high)| [low, high]),
        is_return: one.is_return,
        coverage_change: base.near(used[one.break_index + 1]).map(str::to_owned),
        gain: one.gain,
    }
}

/// FNV-1a over the dyad's name: each dyad has draws of its own, whatever others are in the store.
fn name_hash(dyad: &DyadCounts) -> u64 {
    let name = format!(
        "{} {} {}",
        dyad.source,
        dyad.target,
        dyad.sector.as_deref().unwrap_or_default()
    );
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
