//! All penalties of a range at once.

use super::pelt::best;
use super::{Cost, Pruning, SegmentPenalty, Segmentation, SegmentationError, min_segment_of};

/// A segmentation and the penalties for which it is the best one.
#[derive(Debug, Clone, PartialEq)]
pub struct CropsEntry<P> {
    /// The smallest penalty per break.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// The segmentation; its penalty is one of this range.
    pub segmentation: Segmentation<P>,
}

/// The best segmentations over a range of penalties.
#[derive(Debug, Clone, PartialEq)]
pub struct Crops<P> {
    /// By penalty ascending, so by number of breaks descending.
    pub entries: Vec<CropsEntry<P>>,
    /// How many times the optimum was found.
    pub n_runs: usize,
}

/// Every segmentation that is best for some penalty per break within `from` and `to` (in the units
/// of the cost), and for which: where a long range holds one number of breaks, the answer doesn't
/// hang on the penalty.
///
/// # Errors
/// [`SegmentationError::PenaltyRange`], [`SegmentationError::Penalty`]; otherwise as
/// [`super::pelt()`].
///
/// # Source
/// Haynes, Eckley and Fearnhead (2017), Journal of Computational and Graphical Statistics 26, 134–143.
///
/// ```
/// use yalu_stats::segmentation::{MeanCost, crops};
///
/// let x = [0.1, 0.0, 0.2, 5.0, 5.1, 4.9, 0.1, 0.2];
/// let all = crops(&MeanCost::new(&x)?, 0.5, 100.0, None)?;
/// let two = &all.entries[0];
/// assert_eq!(two.segmentation.breaks, [2, 5]);
/// assert!(two.to > 20.0);
/// # Ok::<(), yalu_stats::segmentation::SegmentationError>(())
/// ```
pub fn crops<C: Cost>(
    cost: &C,
    from: f64,
    to: f64,
    min_segment: Option<usize>,
) -> Result<Crops<C::Parameters>, SegmentationError> {
    for value in [from, to] {
        if !value.is_finite() || value < 0.0 {
            return Err(SegmentationError::Penalty { value });
        }
    }
    if from > to {
        return Err(SegmentationError::PenaltyRange { from, to });
    }
    let min_segment = min_segment_of(cost, min_segment)?;
    let mut n_runs = 0;
    let mut run = |per_break: f64| {
        n_runs += 1;
        let penalty = SegmentPenalty {
            per_break,
            log_length: 0.0,
        };
        best(cost, penalty, min_segment, Pruning::default())
    };
    // By number of breaks descending; those next to each other in `open` may have some between.
    let mut found = vec![run(from)?];
    let last = run(to)?;
    let mut open = vec![last];
    while let Some(right) = open.last() {
        let left = &found[found.len() - 1];
        if left.n_breaks() <= right.n_breaks() {
            // Equal numbers of breaks: the same cost, so the same optimum.
            open.pop();
            continue;
        }
        let crossing = crossing(left, right);
        let between = if left.n_breaks() > right.n_breaks() + 1 {
            let middle = run(crossing)?;
            (right.n_breaks() < middle.n_breaks() && middle.n_breaks() < left.n_breaks())
                .then_some(middle)
        } else {
            None
        };
        match between {
            Some(middle) => open.push(middle),
            None => found.extend(open.pop()),
        }
    }
    let mut entries: Vec<CropsEntry<C::Parameters>> = Vec::with_capacity(found.len());
    let mut begin = from;
    let ends: Vec<f64> = found
        .windows(2)
        .map(|pair| crossing(&pair[0], &pair[1]).clamp(from, to))
        .chain(std::iter::once(to))
        .collect();
    for (segmentation, end) in found.into_iter().zip(ends) {
        let end = end.max(begin);
        entries.push(CropsEntry {
            from: begin,
            to: end,
            segmentation,
        });
        begin = end;
    }
    Ok(Crops { entries, n_runs })
}

/// The penalty at which two segmentations are equally good.
fn crossing<P>(more: &Segmentation<P>, fewer: &Segmentation<P>) -> f64 {
    (fewer.cost - more.cost).max(0.0) / (more.n_breaks() - fewer.n_breaks()) as f64
}
