//! Functional pruning of squared error: of each candidate only the levels at which it is best.

use super::pelt::Path;
use super::{Cost, Kept};

/// A cost that is a squared error of a level: with m the mean of a series' periods s to t − 1, level
/// μ costs cost(s, t) + curvature·(t − s)·(μ − m)².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuadraticCost<'a> {
    sums: &'a [f64],
    curvature: f64,
    low: f64,
    high: f64,
}

impl<'a> QuadraticCost<'a> {
    /// From the sums of the series before each period and after the last (n + 1), a curvature above
    /// 0, and the series itself (n); none where there aren't n + 1 sums.
    pub fn new(sums: &'a [f64], curvature: f64, series: &[f64]) -> Option<Self> {
        if sums.len() != series.len() + 1 {
            return None;
        }
        let (low, high) = series
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
                (low.min(value), high.max(value))
            });
        Some(Self {
            sums,
            curvature,
            low,
            high,
        })
    }
}

/// A candidate start of the last segment, and the levels up to which it is best.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start: usize,
    /// F at the start.
    before: f64,
    /// The levels run from the piece before up to here.
    upto: f64,
}

/// The penalised optimum, exact.
///
/// Of two starts s < r the first is at least as good at level μ, whatever comes later, where
/// F(s) + cost(s, r) + curvature·(r − s)(μ − m)² ≤ F(r), m the mean between them. So the newest
/// start takes from each piece what lies outside that interval, and a start without levels never
/// comes back. A shortest segment only delays when a start joins.
pub(crate) fn functional_path<C: Cost>(
    cost: &C,
    quadratic: &QuadraticCost<'_>,
    per_break: f64,
    min_segment: usize,
) -> Path {
    let n = cost.n();
    let mut least = vec![f64::INFINITY; n + 1];
    let mut last_start = vec![0; n + 1];
    let mut kept = Kept::default();
    least[0] = -per_break;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut next: Vec<Piece> = Vec::new();
    for end in min_segment..=n {
        let newest = end - min_segment;
        if newest == 0 || newest >= min_segment {
            let new = Piece {
                start: newest,
                before: least[newest],
                upto: quadratic.high,
            };
            divide(cost, quadratic, &pieces, new, &mut next);
            std::mem::swap(&mut pieces, &mut next);
        }
        kept.note(pieces.len());
        let (mut best, mut at) = (f64::INFINITY, 0);
        for piece in &pieces {
            let value = piece.before + cost.cost(piece.start, end);
            if value < best {
                (best, at) = (value, piece.start);
            }
        }
        least[end] = best + per_break;
        last_start[end] = at;
    }
    Path { last_start, kept }
}

/// The levels anew, with one more start.
fn divide<C: Cost>(
    cost: &C,
    quadratic: &QuadraticCost<'_>,
    pieces: &[Piece],
    new: Piece,
    into: &mut Vec<Piece>,
) {
    into.clear();
    if pieces.is_empty() {
        into.push(new);
        return;
    }
    let sum = quadratic.sums[new.start];
    let mut from = quadratic.low;
    // Whether the levels just before `from` are the new start's.
    let mut open = false;
    for piece in pieces {
        let to = piece.upto;
        let length = (new.start - piece.start) as f64;
        let mean = (sum - quadratic.sums[piece.start]) / length;
        let spare = new.before - piece.before - cost.cost(piece.start, new.start);
        let square = spare / (quadratic.curvature * length);
        let (below, above) = (from - mean, to - mean);
        if below * below <= square && above * above <= square {
            if open {
                into.push(Piece { upto: from, ..new });
                open = false;
            }
            into.push(*piece);
        } else if square < 0.0 {
            open = true;
        } else {
            let radius = square.sqrt();
            let (left, right) = (from.max(mean - radius), to.min(mean + radius));
            if left < right {
                if open || left > from {
                    into.push(Piece { upto: left, ..new });
                }
                into.push(Piece {
                    upto: right,
                    ..*piece
                });
                open = right < to;
            } else {
                open = true;
            }
        }
        from = to;
    }
    if open {
        into.push(new);
    }
}
