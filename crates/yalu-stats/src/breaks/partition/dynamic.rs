//! Dynamic programming over partitions.

/// A partition and its cost.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::breaks) struct Least {
    /// Last periods of all segments but the last, ascending.
    pub(in crate::breaks) breaks: Vec<usize>,
    pub(super) cost: f64,
}

/// The least-cost partitions of n periods into 1, 2, … `max_breaks + 1` segments of at least
/// `segment` periods; none where no partition has a finite cost.
///
/// `fill(start, row)` writes the costs of the segments that begin at `start`: `row[i]` of the one
/// with `segment + i` periods; infinite where it isn't to be used. It is called once for each start
/// that a partition can have, in ascending order. Every segment is costed once and nothing is kept
/// of it: the least cost up to a period is final before a segment begins after it. So memory is
/// O(n · `max_breaks`) and time O(n² · `max_breaks`) beside the costs. Among partitions of equal
/// cost the one with the earliest last break is kept, and so on backwards.
pub(in crate::breaks) fn least_cost_partitions(
    n: usize,
    segment: usize,
    max_breaks: usize,
    mut fill: impl FnMut(usize, &mut [f64]),
) -> Vec<Option<Least>> {
    debug_assert!(segment > 0 && segment <= n, "checked by the caller");
    let mut costs = vec![f64::INFINITY; n + 1 - segment];
    // best[m][last]: the least cost of periods 0..=last with m breaks.
    let mut best = vec![vec![f64::INFINITY; n]; max_breaks + 1];
    let mut origin = vec![vec![0_usize; n]; max_breaks + 1];
    fill(0, &mut costs);
    best[0][segment - 1..].copy_from_slice(&costs);
    for start in segment..=n - segment {
        if max_breaks == 0 {
            break;
        }
        let row = &mut costs[..n + 1 - segment - start];
        fill(start, row);
        let at = start - 1;
        for count in 1..=max_breaks.min(start / segment) {
            let (lower, upper) = best.split_at_mut(count);
            let before = lower[count - 1][at];
            if !before.is_finite() {
                continue;
            }
            let from = start + segment - 1;
            let ends = upper[0][from..].iter_mut().zip(&mut origin[count][from..]);
            for ((known, origin), cost) in ends.zip(row.iter()) {
                let with = before + cost;
                if with < *known {
                    *known = with;
                    *origin = at;
                }
            }
        }
    }
    (0..=max_breaks)
        .map(|count| {
            let cost = best[count][n - 1];
            cost.is_finite().then(|| {
                let mut breaks = vec![0; count];
                let mut last = n - 1;
                for level in (1..=count).rev() {
                    last = origin[level][last];
                    breaks[level - 1] = last;
                }
                Least { breaks, cost }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every partition there is.
    fn brute(n: usize, segment: usize, count: usize, cost: &dyn Fn(usize, usize) -> f64) -> Least {
        fn go(
            from: usize,
            left: usize,
            n: usize,
            segment: usize,
            cost: &dyn Fn(usize, usize) -> f64,
        ) -> Least {
            if left == 0 {
                return Least {
                    breaks: vec![],
                    cost: cost(from, n - 1),
                };
            }
            let mut found = Least {
                breaks: vec![],
                cost: f64::INFINITY,
            };
            for at in from + segment - 1..n - left * segment {
                let rest = go(at + 1, left - 1, n, segment, cost);
                let total = cost(from, at) + rest.cost;
                if total < found.cost {
                    found.cost = total;
                    found.breaks = vec![at];
                    found.breaks.extend(rest.breaks);
                }
            }
            found
        }
        go(0, count, n, segment, cost)
    }

    #[test]
    fn agrees_with_every_partition() {
        // Costs without any structure, some segments barred.
        let cost = |first: usize, last: usize| {
            let mixed = (first * 7919 + last * 104_729 + first * last * 31) % 1009;
            if mixed < 60 {
                f64::INFINITY
            } else {
                mixed as f64 + 0.001 * last as f64
            }
        };
        for (n, segment) in [(12, 2), (13, 3), (14, 1), (9, 4)] {
            let most = n / segment - 1;
            let found = least_cost_partitions(n, segment, most.min(4), |start, row| {
                for (i, one) in row.iter_mut().enumerate() {
                    *one = cost(start, start + segment - 1 + i);
                }
            });
            for (count, one) in found.iter().enumerate() {
                let all = brute(n, segment, count, &cost);
                match one {
                    Some(one) => {
                        assert!((one.cost - all.cost).abs() < 1e-9, "{n} {segment} {count}");
                        assert_eq!(one.breaks, all.breaks);
                    }
                    None => assert!(all.cost.is_infinite(), "{n} {segment} {count}"),
                }
            }
        }
    }
}
