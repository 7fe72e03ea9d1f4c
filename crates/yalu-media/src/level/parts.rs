//! The parts of steady level.

use super::LevelOptions;
use crate::loudness::ABSOLUTE_GATE_LUFS;

/// A part in whole seconds, [start, end), with its gated loudness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) lufs: Option<f64>,
}

/// The most bins that the search goes over: it takes the square of them.
const MOST_BINS: usize = 7_200;

/// A bin of speech holds a few words, so that its level is a speaker's and not a syllable's.
const BIN_SECONDS: usize = 5;

/// Finds the parts. `spoken`: each second's loudness, in LUFS, where it isn't a pause. `marks`:
/// seconds at which a part may begin besides.
pub(super) fn find(spoken: &[Option<f64>], marks: &[usize], options: &LevelOptions) -> Vec<Part> {
    let width = BIN_SECONDS.max(spoken.len().div_ceil(MOST_BINS));
    let min_seconds = (options.min_seconds.ceil() as usize).max(1);
    let bins: Vec<Option<f64>> = spoken.chunks(width).map(mean_level).collect();
    let breaks = segment(&bins, min_seconds.div_ceil(width));
    let mut cuts: Vec<usize> = refined(&breaks, spoken, width);
    cuts.extend_from_slice(marks);
    cuts.sort_unstable();
    cuts.dedup();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(spoken.len()));
    let parts = starts.zip(ends).filter(|(start, end)| end > start);
    let parts = parts.map(|(start, end)| part(start, end, spoken)).collect();
    joined(parts, spoken, min_seconds, options.min_difference_lu)
}

fn part(start: usize, end: usize, spoken: &[Option<f64>]) -> Part {
    let levels: Vec<f64> = spoken[start..end].iter().copied().flatten().collect();
    Part {
        start,
        end,
        lufs: gated_mean(&levels),
    }
}

/// Energy mean of seconds that aren't pauses, in LUFS.
fn mean_level(spoken: &[Option<f64>]) -> Option<f64> {
    let levels: Vec<f64> = spoken.iter().copied().flatten().collect();
    energy_mean(&levels)
}

fn energy_mean(levels: &[f64]) -> Option<f64> {
    if levels.is_empty() {
        return None;
    }
    let sum: f64 = levels.iter().map(|lufs| 10_f64.powf(lufs / 10.0)).sum();
    Some(10.0 * (sum / levels.len() as f64).log10())
}

/// The mean with the two gates of BS.1770-4, over levels of equal length.
pub(super) fn gated_mean(levels: &[f64]) -> Option<f64> {
    let above =
        |gate: f64| -> Vec<f64> { levels.iter().copied().filter(|&lufs| lufs > gate).collect() };
    let first = energy_mean(&above(ABSOLUTE_GATE_LUFS))?;
    energy_mean(&above((first - 10.0).max(ABSOLUTE_GATE_LUFS)))
}

/// Sums over the bins before each, so that a segment's sum of squares takes no loop.
struct Sums {
    n: Vec<f64>,
    x: Vec<f64>,
    xx: Vec<f64>,
}

impl Sums {
    fn new(bins: &[Option<f64>]) -> Self {
        let mut sums = Self {
            n: vec![0.0],
            x: vec![0.0],
            xx: vec![0.0],
        };
        for (i, bin) in bins.iter().enumerate() {
            let (n, x) = bin.map_or((0.0, 0.0), |x| (1.0, x));
            sums.n.push(sums.n[i] + n);
            sums.x.push(sums.x[i] + x);
            sums.xx.push(sums.xx[i] + x * x);
        }
        sums
    }

    /// The squared distance of the bins `start..end` from their mean.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let n = self.n[end] - self.n[start];
        let x = self.x[end] - self.x[start];
        let xx = self.xx[end] - self.xx[start];
        if n == 0.0 {
            0.0
        } else {
            (xx - x * x / n).max(0.0)
        }
    }
}

/// The bins at which a new segment begins: least squares with a penalty of 3 σ² ln n a break, by
/// optimal partitioning (Jackson et al. 2005, IEEE Signal Processing Letters 12, 105–108), which is
/// exact. σ comes from differences of neighbours, so that breaks hardly move it.
fn segment(bins: &[Option<f64>], min_bins: usize) -> Vec<usize> {
    let n = bins.len();
    if n < 2 * min_bins {
        return Vec::new();
    }
    let sums = Sums::new(bins);
    let penalty = 3.0 * noise(bins).powi(2) * (n as f64).ln();
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0; n + 1];
    best[0] = -penalty;
    for end in min_bins..=n {
        for start in 0..=end - min_bins {
            let total = best[start] + sums.cost(start, end) + penalty;
            if total < best[end] {
                (best[end], from[end]) = (total, start);
            }
        }
    }
    let mut breaks = Vec::new();
    let mut at = from[n];
    while at > 0 {
        breaks.push(at);
        at = from[at];
    }
    breaks.reverse();
    breaks
}

/// The spread of bins about a steady level: the median absolute difference of neighbours, scaled to a
/// normal distribution's. At least 1 LU, since a level of speech is never steadier.
fn noise(bins: &[Option<f64>]) -> f64 {
    const LEAST_LU: f64 = 1.0;
    // 1 / (0.6745 √2).
    const SCALE: f64 = 1.048;
    let levels: Vec<f64> = bins.iter().copied().flatten().collect();
    let mut steps: Vec<f64> = levels
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    steps.sort_by(f64::total_cmp);
    let median = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
    (SCALE * median).max(LEAST_LU)
}

/// The breaks in seconds: each put where, within a bin and a half, the seconds fit its two levels
/// best.
fn refined(breaks: &[usize], spoken: &[Option<f64>], width: usize) -> Vec<usize> {
    let place = |(k, &bin): (usize, &usize)| {
        let before = k.checked_sub(1).map_or(0, |k| breaks[k] * width);
        let after = breaks.get(k + 1).map_or(spoken.len(), |&next| next * width);
        let at = bin * width;
        let reach = width + width / 2;
        let first = at.saturating_sub(reach).max(before + 1);
        let last = (at + reach).min(after.saturating_sub(1)).max(first);
        let left = mean_level(&spoken[before..first]);
        let right = mean_level(&spoken[last..after]);
        let (Some(left), Some(right)) = (left, right) else {
            return at;
        };
        let cost = |cut: usize| -> f64 {
            let far = |range: &[Option<f64>], level: f64| -> f64 {
                range
                    .iter()
                    .flatten()
                    .map(|lufs| (lufs - level).powi(2))
                    .sum()
            };
            far(&spoken[first..cut], left) + far(&spoken[cut..last], right)
        };
        let cuts = (first..=last).map(|cut| (cost(cut), cut));
        cuts.min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(at, |(_, cut)| cut)
    };
    breaks.iter().enumerate().map(place).collect()
}

/// Joins neighbours, the most alike first, until all are long enough and differ by much.
fn joined(
    mut parts: Vec<Part>,
    spoken: &[Option<f64>],
    min_seconds: usize,
    min_difference: f64,
) -> Vec<Part> {
    loop {
        let pairs = parts.windows(2).enumerate().filter_map(|(i, pair)| {
            let apart = match (pair[0].lufs, pair[1].lufs) {
                (Some(a), Some(b)) => (a - b).abs(),
                // A pause belongs with either neighbour.
                _ => 0.0,
            };
            let short = pair.iter().any(|one| one.end - one.start < min_seconds);
            (apart < min_difference || short).then_some((apart, i))
        });
        let Some((_, i)) = pairs.min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return parts;
        };
        parts[i] = part(parts[i].start, parts[i + 1].end, spoken);
        parts.remove(i + 1);
    }
}
