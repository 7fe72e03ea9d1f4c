//! Lines through series with holes: what is absent leaves a gap.

use std::fmt::Write as _;

use crate::svg::coordinate;

/// An SVG path through the points that are there; a point between two gaps becomes a dot.
pub(crate) fn line_path(points: &[Option<(f64, f64)>]) -> String {
    let mut d = String::new();
    for run in runs(points) {
        for (idx, (x, y)) in run.iter().enumerate() {
            let verb = if idx == 0 { 'M' } else { 'L' };
            let _ = write!(d, "{verb}{} {}", coordinate(*x), coordinate(*y));
        }
        if run.len() == 1 {
            d.push_str("h0");
        }
    }
    d
}

/// An SVG path of level stretches: each value holds from the first place of its period to the last.
pub(crate) fn step_path(steps: &[Option<(f64, f64, f64)>]) -> String {
    let mut d = String::new();
    let mut last: Option<f64> = None;
    for step in steps {
        match step {
            None => last = None,
            Some((from, to, y)) => {
                match last {
                    None => {
                        let _ = write!(
                            d,
                            "M{} {}H{}",
                            coordinate(*from),
                            coordinate(*y),
                            coordinate(*to)
                        );
                    }
                    Some(before) if (before - y).abs() < 0.05 => {
                        // The stretch goes on: its end is moved.
                        if let Some(at) = d.rfind('H') {
                            d.truncate(at);
                        }
                        let _ = write!(d, "H{}", coordinate(*to));
                    }
                    Some(_) => {
                        let _ = write!(d, "V{}H{}", coordinate(*y), coordinate(*to));
                    }
                }
                last = Some(*y);
            }
        }
    }
    d
}

/// The stretches without a gap.
fn runs(points: &[Option<(f64, f64)>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for point in points {
        match point {
            None => open = false,
            Some(point) => {
                if !open {
                    runs.push(Vec::new());
                    open = true;
                }
                if let Some(run) = runs.last_mut() {
                    run.push(*point);
                }
            }
        }
    }
    runs
}

/// First and last index of each stretch of absent figures.
pub(crate) fn absent_stretches(values: &[Option<f64>]) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for (idx, value) in values.iter().enumerate() {
        if value.is_some_and(f64::is_finite) {
            continue;
        }
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == idx => *last = idx,
            _ => stretches.push((idx, idx)),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_points_leave_a_gap() {
        let d = line_path(&[Some((0.0, 1.0)), Some((1.0, 2.0)), None, Some((3.0, 4.0))]);
        assert_eq!(d, "M0 1L1 2M3 4h0");
        assert_eq!(line_path(&[None, None]), "");
    }

    #[test]
    fn equal_levels_are_one_stretch() {
        let d = step_path(&[
            Some((0.0, 1.0, 5.0)),
            Some((1.0, 2.0, 5.0)),
            Some((2.0, 3.0, 9.0)),
            None,
            Some((4.0, 5.0, 9.0)),
        ]);
        assert_eq!(d, "M0 5H2V9H3M4 9H5");
    }

    #[test]
    fn stretches_of_absence_are_found() {
        assert_eq!(
            absent_stretches(&[None, Some(1.0), None, None, Some(f64::NAN)]),
            vec![(0, 0), (2, 4)]
        );
    }
}
