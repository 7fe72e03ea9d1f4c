//! Deviances of segments of counts.

use super::count_fit::{Counts, Work};
use crate::glm::GlmError;

/// A fit of a segment ends at a step of this share of its deviance.
const TOLERANCE: f64 = 1e-7;
/// Step of the grid of log rates.
const STEP: f64 = 0.05;
/// The widest grid of log rates that is made.
const MAX_STEPS: usize = 600;

/// How a segment's deviance is found.
enum Way {
    /// A level of a Poisson: in closed form from sums.
    PoissonLevel,
    /// A level of a negative binomial with one exposure throughout: in closed form from sums.
    EqualLevel { theta: f64 },
    /// A level of a negative binomial: from sums on a grid of log rates.
    Level { grid: Grid },
    /// Any design, fitted.
    Any,
}

/// Deviances of segments, a start at a time.
pub(super) struct SegmentDeviances<'a> {
    counts: &'a Counts<'a>,
    theta: Option<f64>,
    way: Way,
    work: Work,
    /// Segments without a fit, and the first of them.
    pub(super) n_unfitted: usize,
    pub(super) first_unfitted: Option<(usize, usize, GlmError)>,
}

impl<'a> SegmentDeviances<'a> {
    pub(super) fn new(counts: &'a Counts<'a>, theta: Option<f64>) -> Self {
        let level = counts.k == 1;
        let equal = counts
            .exposure
            .iter()
            .all(|one| one.to_bits() == counts.exposure[0].to_bits());
        Self {
            counts,
            theta,
            way: match (level, theta) {
                (true, None) => Way::PoissonLevel,
                (true, Some(theta)) if equal => Way::EqualLevel { theta },
                (true, Some(theta)) => match Grid::new(counts, theta) {
                    Some(grid) => Way::Level { grid },
                    None => Way::Any,
                },
                (false, _) => Way::Any,
            },
            work: Work::new(counts.k),
            n_unfitted: 0,
            first_unfitted: None,
        }
    }

    /// Writes the deviances of the segments that begin at `start` and have `segment`,
    /// `segment + 1`, … periods. Where every count is zero the rate is 0 and so is the deviance,
    /// the limit that the likelihood rises to. Infinite where the segment can't be fitted.
    pub(super) fn fill(&mut self, start: usize, segment: usize, out: &mut [f64]) {
        let counts = self.counts;
        let (mut events, mut exposure, mut saturated) = (0.0, 0.0, 0.0);
        let mut near: Option<Vec<f64>> = None;
        let mut place = 0;
        let stop = start + segment - 1 + out.len();
        for last in start..stop {
            let (y, own) = (counts.y[last], counts.exposure[last]);
            events += y;
            exposure += own;
            saturated += match self.way {
                // Counts as shares of exposure: what depends on it alone cancels.
                Way::PoissonLevel if y > 0.0 => y * (y / own).ln(),
                Way::EqualLevel { .. } | Way::Level { .. } => counts.saturated(last, self.theta),
                _ => 0.0,
            };
            let Some(idx) = (last + 1 - start).checked_sub(segment) else {
                continue;
            };
            if events == 0.0 {
                out[idx] = 0.0;
                continue;
            }
            let closed = match &self.way {
                Way::PoissonLevel => Some(events * (events / exposure).ln()),
                Way::EqualLevel { theta } => {
                    let n = (last + 1 - start) as f64;
                    let mean = events / n;
                    Some(events * mean.ln() - (events + n * theta) * (mean / theta).ln_1p())
                }
                Way::Level { grid } => grid.highest(start, last, &mut place),
                Way::Any => None,
            };
            out[idx] = if let Some(height) = closed {
                (2.0 * (saturated - height)).max(0.0)
            } else {
                let mut at = near
                    .take()
                    .unwrap_or_else(|| counts.start(events, exposure));
                let fit = counts.fit(start, last, self.theta, TOLERANCE, &mut at, &mut self.work);
                match fit {
                    Ok(deviance) => {
                        near = Some(at);
                        deviance
                    }
                    Err(reason) => {
                        self.n_unfitted += 1;
                        self.first_unfitted.get_or_insert((start, last, reason));
                        f64::INFINITY
                    }
                }
            };
        }
    }
}

/// Sums from the start of a negative binomial's log-likelihood and its first two derivatives, on a
/// grid of log rates. Between grid points the quintic that has all three at both ends is off by less
/// than (step)⁶/46,080 of the sixth derivative.
struct Grid {
    n_points: usize,
    /// (n + 1) × `n_points`.
    sums: Vec<[f64; 3]>,
}

impl Grid {
    /// None where log rates spread too widely.
    fn new(counts: &Counts<'_>, theta: f64) -> Option<Self> {
        let n = counts.y.len();
        // A segment's rate is a mean of rows' rates: at most the largest of these, and hardly ever
        // below one event in all of the exposure.
        let rates = || counts.y.iter().zip(&counts.exposure).map(|(y, e)| y / e);
        let least = rates()
            .filter(|one| *one > 0.0)
            .fold(f64::INFINITY, f64::min);
        let high = rates().fold(0.0, f64::max).ln() + STEP;
        let low = least.ln() - (n as f64).ln() - STEP;
        let n_points = ((high - low) / STEP).ceil() as usize + 1;
        if n_points > MAX_STEPS {
            return None;
        }
        let mut sums = Vec::with_capacity((n + 1) * n_points);
        sums.resize(n_points, [0.0; 3]);
        for row in 0..n {
            let y = counts.y[row];
            for point in 0..n_points {
                let eta = low + STEP * point as f64 + counts.offset[row];
                let mean = eta.exp();
                let share = theta / (mean + theta);
                let own = [
                    counts.kernel(row, eta, mean, Some(theta)),
                    (y - mean) * share,
                    -mean * (y + theta) * share / (mean + theta),
                ];
                let before: [f64; 3] = sums[row * n_points + point];
                sums.push([before[0] + own[0], before[1] + own[1], before[2] + own[2]]);
            }
        }
        Some(Self { n_points, sums })
    }

    /// The greatest log-likelihood of the rows, and its place on the grid; none beyond it.
    fn highest(&self, first: usize, last: usize, place: &mut usize) -> Option<f64> {
        let at = |point: usize| -> [f64; 3] {
            let to = self.sums[(last + 1) * self.n_points + point];
            let from = self.sums[first * self.n_points + point];
            [to[0] - from[0], to[1] - from[1], to[2] - from[2]]
        };
        // The log-likelihood is concave: its slope falls from point to point.
        let mut left = at(*place);
        while left[1] <= 0.0 {
            *place = place.checked_sub(1)?;
            left = at(*place);
        }
        let mut right = at(*place + 1);
        while right[1] > 0.0 {
            if *place + 2 >= self.n_points {
                return None;
            }
            *place += 1;
            (left, right) = (right, at(*place + 1));
        }
        Some(peak(left, right))
    }
}

/// The greatest value between two points of which value, slope and bend are known, the slope
/// positive at the left and not so at the right.
fn peak(left: [f64; 3], right: [f64; 3]) -> f64 {
    let scale = |[value, slope, bend]: [f64; 3]| [value, slope * STEP, bend * STEP * STEP];
    let ([v0, s0, b0], [v1, s1, b1]) = (scale(left), scale(right));
    // The quintic's coefficients above the quadratic.
    let rise = v1 - v0 - s0 - 0.5 * b0;
    let slope = s1 - s0 - b0;
    let bend = b1 - b0;
    let c3 = 10.0 * rise - 4.0 * slope + 0.5 * bend;
    let c4 = -15.0 * rise + 7.0 * slope - bend;
    let c5 = 6.0 * rise - 3.0 * slope + 0.5 * bend;
    let first = |t: f64| s0 + t * (b0 + t * (3.0 * c3 + t * (4.0 * c4 + t * 5.0 * c5)));
    let second = |t: f64| b0 + t * (6.0 * c3 + t * (12.0 * c4 + t * 20.0 * c5));
    let mut t = (s0 / (s0 - s1)).clamp(0.0, 1.0);
    for _ in 0..4 {
        t = (t - first(t) / second(t)).clamp(0.0, 1.0);
    }
    v0 + t * (s0 + t * (0.5 * b0 + t * (c3 + t * (c4 + t * c5))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_gives_the_fits_deviance() {
        let y: Vec<f64> = (0..60)
            .map(|t| f64::from(t * t * 31 % 23 * (t % 4)))
            .collect();
        let names = ["level".to_owned()];
        for uneven in [0.0, 0.3] {
            let offset: Vec<f64> = (0..60).map(|t| uneven * f64::from(t % 9)).collect();
            let counts = Counts {
                y: &y,
                offset: &offset,
                exposure: offset.iter().map(|one| one.exp()).collect(),
                x: vec![1.0; 60],
                k: 1,
                names: &names,
            };
            for theta in [None, Some(0.05), Some(1.0), Some(40.0), Some(1e6)] {
                let mut deviances = SegmentDeviances::new(&counts, theta);
                let mut work = Work::new(1);
                for start in [0, 7, 31] {
                    let mut row = vec![0.0; 60 - start - 4];
                    deviances.fill(start, 5, &mut row);
                    for (idx, got) in row.iter().enumerate() {
                        let last = start + 4 + idx;
                        let events: f64 = y[start..=last].iter().sum();
                        let exposure: f64 = counts.exposure[start..=last].iter().sum();
                        let mut at = counts.start(events, exposure);
                        let fit = counts
                            .fit(start, last, theta, 1e-13, &mut at, &mut work)
                            .expect("a level fits");
                        assert!(
                            (got - fit).abs() < 1e-8 * (1.0 + fit),
                            "{uneven} {theta:?} {start} to {last}: {got}, fitted {fit}"
                        );
                    }
                }
                assert_eq!(deviances.n_unfitted, 0);
            }
        }
    }
}
