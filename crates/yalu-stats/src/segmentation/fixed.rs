//! The best segmentation with a given number of breaks.

use super::{Cost, Kept, SegmentPenalty, Segmentation, SegmentationError, min_segment_of};

/// The segmentation into `n_breaks` + 1 segments with the least cost, by dynamic programming: time
/// O(breaks · n²), memory O(breaks · n).
///
/// # Errors
/// [`SegmentationError::MinSegment`], [`SegmentationError::TooManyBreaks`],
/// [`SegmentationError::TooLarge`] where no segmentation has a finite cost.
///
/// # Source
/// Auger and Lawrence (1989), Bulletin of Mathematical Biology 51, 39–54.
///
/// ```
/// use yalu_stats::segmentation::{MeanCost, fixed_breaks};
///
/// let x = [0.1, 0.0, 0.2, 5.0, 5.1, 4.9, 0.1, 0.2];
/// let found = fixed_breaks(&MeanCost::new(&x)?, 2, None)?;
/// assert_eq!(found.breaks, [2, 5]);
/// # Ok::<(), yalu_stats::segmentation::SegmentationError>(())
/// ```
pub fn fixed_breaks<C: Cost>(
    cost: &C,
    n_breaks: usize,
    min_segment: Option<usize>,
) -> Result<Segmentation<C::Parameters>, SegmentationError> {
    let n = cost.n();
    let min_segment = min_segment_of(cost, min_segment)?;
    let most = n / min_segment - 1;
    if n_breaks > most {
        return Err(SegmentationError::TooManyBreaks {
            asked: n_breaks,
            most,
            n,
            min_segment,
        });
    }
    let mut kept = Kept::default();
    let mut least = vec![f64::INFINITY; n + 1];
    let starts: Vec<usize> = (0..n).collect();
    let mut values = vec![0.0; n];
    for (end, least) in least.iter_mut().enumerate().skip(min_segment) {
        *least = cost.cost(0, end);
    }
    // For each number of breaks, where the last segment of each end begins.
    let mut last_starts: Vec<Vec<usize>> = Vec::with_capacity(n_breaks);
    for breaks in 1..=n_breaks {
        let mut next = vec![f64::INFINITY; n + 1];
        let mut last_start = vec![0; n + 1];
        // Enough periods must be left before for the other breaks, and behind for the later ones.
        let first = breaks * min_segment;
        let last = n - (n_breaks - breaks) * min_segment;
        for end in first + min_segment..=last {
            let candidates = first..=end - min_segment;
            let values = &mut values[candidates.clone()];
            kept.note(values.len());
            cost.costs(&starts[candidates.clone()], end, values);
            for (value, start) in values.iter().zip(candidates) {
                let total = least[start] + value;
                if total < next[end] {
                    next[end] = total;
                    last_start[end] = start;
                }
            }
        }
        least = next;
        last_starts.push(last_start);
    }
    if !least[n].is_finite() {
        return Err(SegmentationError::TooLarge);
    }
    let mut ends = vec![n];
    for last_start in last_starts.iter().rev() {
        ends.push(last_start[ends[ends.len() - 1]]);
    }
    ends.reverse();
    let free = SegmentPenalty {
        per_break: 0.0,
        log_length: 0.0,
    };
    Segmentation::from_ends(cost, &ends, free, min_segment, kept)
}
