//! Did the level stay away from the old one?

use super::levels::{DatedLevels, rate};
use super::{CountSeries, ScanOptions};
use crate::level_grid::LevelGrid;

/// The 95 % point of the likelihood ratio of a break's date, (1 − e^(−x/2))² = 0.95.
const DATE_95: f64 = 7.352_234;
const NORMAL_95: f64 = 1.959_963_984_540_054;
const NORMAL_90: f64 = 1.644_853_626_951_472;
/// A level this many times the old one is another one, however high the burst that began it was.
const FAR: f64 = 2.5;
/// The share of the mean rate that a typical rate has at least.
const LEAST_OF_MEAN: f64 = 0.25;
/// The share of the first change, on the log scale, that has to be left.
const HALF: f64 = 0.5;

/// Whether a level stayed away from the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// The typical level stayed away.
    Lasting,
    /// The typical level came back.
    Transient,
    /// Younger than the horizon.
    Emerging,
    /// It differs neither clearly enough from the old one nor clearly little.
    Undecided,
}

/// A dated break of a scanned series.
///
/// The typical level is the median period's rate, or a quarter of the mean rate where that is more
/// (a sparse series' median is nought). It is compared from a quarter of the horizon after the break
/// to half a horizon past it with that of the level before, as far back as the horizon, or of the whole horizon before where
/// that level had fewer than six periods.
///
/// *Lasting*: the typical level differs from the old one in the break's direction (one-sided 95 %),
/// and either by more than the equivalence ratio with half of the first change left on the log scale,
/// or by 2.5 times. *Transient*: less than half is left, or no more than the equivalence ratio.
/// *Emerging*: fewer periods than the horizon since. Else *undecided*.
///
/// # Source
/// The interval of the date inverts the likelihood ratio with the limit of Eo and Morley (2015),
/// Quantitative Economics 6, 463–497, for breaks that are small against the noise, in one parameter; its scale and that of
/// the ratios' intervals allow for serial correlation by (1 + ρ)/(1 − ρ).
#[derive(Debug, Clone, PartialEq)]
pub struct ScannedBreak {
    /// The last period of the old level.
    pub break_index: usize,
    /// A 95 % interval of it.
    pub interval: (usize, usize),
    /// The new level's rate over the old one's.
    pub ratio: f64,
    /// Its 95 % interval.
    pub ratio_interval: (f64, f64),
    /// What the break saves of −2 log-likelihood.
    pub gain: f64,
    /// The typical level after over the one before; none where the break is younger than the horizon.
    pub typical_ratio: Option<f64>,
    /// Its 95 % interval.
    pub typical_interval: Option<(f64, f64)>,
    /// Whether the level stayed away.
    pub persistence: Persistence,
    /// The end of a shock: the level before it, left for less than the horizon, is back.
    pub is_return: bool,
}

/// Measures every break. `long_run`: the long-run over the short-run variance of what levels leave.
pub(super) fn judge(
    series: &CountSeries<'_>,
    options: &ScanOptions,
    levels: &DatedLevels,
    grid: &LevelGrid,
    long_run: f64,
) -> Vec<ScannedBreak> {
    let edges = levels.edges(series.counts.len());
    (0..levels.breaks.len())
        .map(|idx| {
            let (start, at, end) = (edges[idx], edges[idx + 1], edges[idx + 2]);
            let log_ratio = (levels.rates[idx + 1] / levels.rates[idx]).ln();
            let spread = (long_run
                * (1.0 / information(series, levels, levels.rates[idx], start, at)
                    + 1.0 / information(series, levels, levels.rates[idx + 1], at, end)))
            .sqrt();
            let least = grid.misfit(start, at) + grid.misfit(at, end);
            let near = |cut: &usize| {
                grid.misfit(start, *cut) + grid.misfit(*cut, end) - least <= DATE_95 * long_run
            };
            let first = (start + 1..=at).find(near).unwrap_or(at);
            let last = (at..end).rev().find(near).unwrap_or(at);
            let typical = typical(series, options, levels, (start, at), long_run);
            ScannedBreak {
                break_index: at - 1,
                interval: (first - 1, last - 1),
                ratio: log_ratio.exp(),
                ratio_interval: (
                    (log_ratio - NORMAL_95 * spread).exp(),
                    (log_ratio + NORMAL_95 * spread).exp(),
                ),
                gain: grid.misfit(start, end) - least,
                typical_ratio: typical.map(|(log, _)| log.exp()),
                typical_interval: typical.map(|(log, spread)| {
                    (
                        (log - NORMAL_95 * spread).exp(),
                        (log + NORMAL_95 * spread).exp(),
                    )
                }),
                persistence: persistence(options, log_ratio, typical),
                is_return: is_return(options, levels, &edges, idx),
            }
        })
        .collect()
}

/// The information on a log rate in the periods from `start` to `end` − 1.
fn information(
    series: &CountSeries<'_>,
    levels: &DatedLevels,
    rate: f64,
    start: usize,
    end: usize,
) -> f64 {
    series.exposure[start..end]
        .iter()
        .map(|exposure| {
            let mean = rate * exposure;
            mean * mean / levels.variance(mean)
        })
        .sum()
}

/// The log of the typical level after a break at `at` over the one before, and its standard error.
fn typical(
    series: &CountSeries<'_>,
    options: &ScanOptions,
    levels: &DatedLevels,
    (start, at): (usize, usize),
    long_run: f64,
) -> Option<(f64, f64)> {
    let (n, horizon) = (series.counts.len(), options.horizon);
    if n - at < horizon {
        return None;
    }
    let mut from = start.max(at.saturating_sub(horizon));
    if at - from < 6 {
        from = at.saturating_sub(horizon);
    }
    let (late_from, late_to) = (at + horizon / 4, n.min(at + horizon + horizon / 2));
    let old = typical_rate(series, from, at);
    let late = typical_rate(series, late_from, late_to);
    let spread = (long_run
        * (1.0 / information(series, levels, old, from, at)
            + 1.0 / information(series, levels, late, late_from, late_to)))
    .sqrt();
    Some(((late / old).ln(), spread))
}

/// The median period's rate, or a quarter of the mean rate where that is more.
fn typical_rate(series: &CountSeries<'_>, start: usize, end: usize) -> f64 {
    let mut rates: Vec<f64> = (start..end)
        .map(|row| series.counts[row] / series.exposure[row])
        .collect();
    let middle = rates.len() / 2;
    let median = *rates.select_nth_unstable_by(middle, f64::total_cmp).1;
    median.max(LEAST_OF_MEAN * rate(series, start, end))
}

fn persistence(options: &ScanOptions, first: f64, typical: Option<(f64, f64)>) -> Persistence {
    let Some((log, spread)) = typical else {
        return Persistence::Emerging;
    };
    let along = log * first.signum();
    let left = log / first;
    let enough = options.equivalence_ratio.ln();
    let clear = along - NORMAL_90 * spread > 0.0;
    if clear && ((along > enough && left >= HALF) || along > FAR.ln()) {
        Persistence::Lasting
    } else if left < HALF || along <= enough {
        Persistence::Transient
    } else {
        Persistence::Undecided
    }
}

/// Whether the level before a short one is back.
fn is_return(options: &ScanOptions, levels: &DatedLevels, edges: &[usize], idx: usize) -> bool {
    let Some(before) = idx.checked_sub(1) else {
        return false;
    };
    let short = edges[idx + 1] - edges[idx] < options.horizon;
    let change = |from: usize, to: usize| (levels.rates[to] / levels.rates[from]).ln();
    let (away, back, left) = (
        change(before, idx),
        change(idx, idx + 1),
        change(before, idx + 1),
    );
    short
        && away * back < 0.0
        && left.abs() <= options.equivalence_ratio.ln().max(HALF * away.abs())
}
