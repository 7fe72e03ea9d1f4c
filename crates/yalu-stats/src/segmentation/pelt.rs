//! The penalised optimum: PELT, and optimal partitioning without pruning.

use super::functional::functional_path;
use super::penalty::SegmentPenalty;
use super::{Cost, Kept, Penalty, Segmentation, SegmentationError, min_segment_of};

/// Which candidates for the last break are dropped on the way. All give the same optimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pruning {
    /// Functional where the cost is a square and the penalty doesn't depend on lengths, else PELT's.
    #[default]
    Fastest,
    /// PELT's inequality.
    Inequality,
    /// None: optimal partitioning (Jackson et al. 2005), quadratic in n.
    Off,
}

/// What is minimised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pelt {
    /// What a break has to save.
    pub penalty: Penalty,
    /// The fewest periods of a segment; none takes the cost's own.
    pub min_segment: Option<usize>,
    /// Which candidates are dropped.
    pub pruning: Pruning,
}

impl Pelt {
    /// The cost's shortest segment and the fastest pruning.
    pub fn new(penalty: Penalty) -> Self {
        Self {
            penalty,
            min_segment: None,
            pruning: Pruning::default(),
        }
    }

    /// The same with the fewest periods of a segment.
    #[must_use]
    pub fn with_min_segment(mut self, min_segment: usize) -> Self {
        self.min_segment = Some(min_segment);
        self
    }

    /// The same with another pruning.
    #[must_use]
    pub fn with_pruning(mut self, pruning: Pruning) -> Self {
        self.pruning = pruning;
        self
    }
}

/// The segmentation with the least cost plus penalty: exact, in memory O(n).
///
/// Time is near-linear where breaks keep coming as the series grows; PELT's pruning is quadratic in
/// the length of segments, functional pruning isn't. A shortest segment of L periods delays each
/// drop of a candidate by L periods: dropped at once, the optimum could be lost.
///
/// # Errors
/// [`SegmentationError::MinSegment`], [`SegmentationError::Penalty`]; [`SegmentationError::TooLarge`]
/// where the total overflows.
///
/// # Source
/// Killick, Fearnhead and Eckley (2012), Journal of the American Statistical Association 107,
/// 1590–1598; Maidstone, Hocking, Rigaill and Fearnhead (2017), Statistics and Computing 27, 519–533.
///
/// ```
/// use yalu_stats::segmentation::{MeanCost, Pelt, Penalty, pelt};
///
/// let x: Vec<f64> = (0..60)
///     .map(|t| f64::from(t * 37 % 11) + if t < 40 { 0.0 } else { 12.0 })
///     .collect();
/// let found = pelt(&MeanCost::new(&x)?, &Pelt::new(Penalty::Bic))?;
/// assert_eq!(found.breaks, [39]);
/// # Ok::<(), yalu_stats::segmentation::SegmentationError>(())
/// ```
pub fn pelt<C: Cost>(
    cost: &C,
    search: &Pelt,
) -> Result<Segmentation<C::Parameters>, SegmentationError> {
    let min_segment = min_segment_of(cost, search.min_segment)?;
    let penalty = search.penalty.resolve(cost)?;
    best(cost, penalty, min_segment, search.pruning)
}

/// [`pelt`] with the penalty in the cost's units.
pub(crate) fn best<C: Cost>(
    cost: &C,
    penalty: SegmentPenalty,
    min_segment: usize,
    pruning: Pruning,
) -> Result<Segmentation<C::Parameters>, SegmentationError> {
    let quadratic = match pruning {
        Pruning::Fastest if penalty.log_length == 0.0 => cost.as_quadratic(),
        _ => None,
    };
    let path = match quadratic {
        Some(quadratic) => functional_path(cost, &quadratic, penalty.per_break, min_segment),
        None => inequality_path(cost, penalty, min_segment, pruning != Pruning::Off),
    };
    let ends = path.ends();
    Segmentation::from_ends(cost, &ends, penalty, min_segment, path.kept)
}

/// For each end of a series, where its last segment begins.
pub(crate) struct Path {
    pub(crate) last_start: Vec<usize>,
    pub(crate) kept: Kept,
}

impl Path {
    /// The ends of the best segments, n last.
    fn ends(&self) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut end = self.last_start.len() - 1;
        while end > 0 {
            ends.push(end);
            end = self.last_start[end];
        }
        ends.reverse();
        ends
    }
}

/// F(t) = min over s of F(s) + cost(s, t) + penalty, F(0) = −per_break.
///
/// With w = `log_length`, F(t) + cost(t, u) + w·log(u − t) can't exceed
/// F(s) + cost(s, u) + w·log(u − s) for any u from t + L to n where
/// F(s) + cost(s, t) + K + w·log((n − s)/(n − t)) ≥ F(t), for (u − s)/(u − t) falls in u. So s may go
/// once u has reached t + L, but not before: t itself can't be a break yet.
fn inequality_path<C: Cost>(
    cost: &C,
    penalty: SegmentPenalty,
    min_segment: usize,
    prune: bool,
) -> Path {
    let n = cost.n();
    let weight = penalty.log_length;
    let constant = cost.pruning_constant();
    let logs: Vec<f64> = if weight == 0.0 {
        Vec::new()
    } else {
        (0..=n).map(|length| (length as f64).ln()).collect()
    };
    let mut least = vec![f64::INFINITY; n + 1];
    let mut last_start = vec![0; n + 1];
    let mut kept = Kept::default();
    least[0] = -penalty.per_break;
    // Candidates: where the last segment begins, F there, its cost now, and the end that drops it.
    let mut starts: Vec<usize> = Vec::new();
    let mut before: Vec<f64> = Vec::new();
    let mut drop_at: Vec<usize> = Vec::new();
    let mut values: Vec<f64> = Vec::new();
    for end in min_segment..=n {
        let newest = end - min_segment;
        if newest == 0 || newest >= min_segment {
            starts.push(newest);
            before.push(least[newest]);
            drop_at.push(usize::MAX);
            values.push(0.0);
        }
        kept.note(starts.len());
        cost.costs(&starts, end, &mut values);
        for (value, before) in values.iter_mut().zip(&before) {
            *value += before;
        }
        let (mut best, mut at) = (f64::INFINITY, 0);
        if weight == 0.0 {
            best = lowest(&values);
            at = values.iter().position(|value| *value <= best).unwrap_or(0);
        } else {
            for (place, &value) in values.iter().enumerate() {
                let value = value + weight * logs[end - starts[place]];
                if value < best {
                    (best, at) = (value, place);
                }
            }
        }
        least[end] = best + penalty.per_break;
        last_start[end] = starts[at];
        if !prune || end == n {
            continue;
        }
        let bound = least[end] - constant;
        if weight != 0.0 {
            for (value, &start) in values.iter_mut().zip(&starts) {
                *value += weight * (logs[n - start] - logs[n - end]);
            }
        }
        let mut earliest = usize::MAX;
        for (&value, drop_at) in values.iter().zip(&mut drop_at) {
            let new = if value >= bound {
                end + min_segment
            } else {
                usize::MAX
            };
            *drop_at = (*drop_at).min(new);
            earliest = earliest.min(*drop_at);
        }
        if earliest > end + 1 {
            continue;
        }
        let mut left = 0;
        for place in 0..starts.len() {
            if drop_at[place] > end + 1 {
                starts[left] = starts[place];
                before[left] = before[place];
                drop_at[left] = drop_at[place];
                left += 1;
            }
        }
        starts.truncate(left);
        before.truncate(left);
        drop_at.truncate(left);
        values.truncate(left);
    }
    Path { last_start, kept }
}

/// The smallest value, by four running minima that don't wait for each other.
fn lowest(values: &[f64]) -> f64 {
    let mut lanes = [f64::INFINITY; 4];
    let chunks = values.chunks_exact(4);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = if value < *lane { value } else { *lane };
        }
    }
    lanes
        .iter()
        .chain(rest)
        .fold(f64::INFINITY, |least, &value| least.min(value))
}
