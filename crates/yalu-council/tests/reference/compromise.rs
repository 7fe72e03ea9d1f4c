//! The cases that `docs/methods/compromise.md` works by hand.

use yalu_council::{Bench, weighted_mean, weighted_median};

fn bench(rows: &[(f64, f64, f64)]) -> Bench {
    Bench {
        low: 0.0,
        high: 100.0,
        actors: (0..rows.len()).collect(),
        positions: rows.iter().map(|r| r.0).collect(),
        capabilities: rows.iter().map(|r| r.1).collect(),
        saliences: rows.iter().map(|r| r.2).collect(),
        vetoes: vec![false; rows.len()],
        risks: vec![None; rows.len()],
        ..Bench::default()
    }
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-12, "{got}, not {want}");
}

#[test]
fn the_worked_case_of_two_actors_comes_out() {
    let bench = bench(&[(0.0, 1.0, 0.5), (100.0, 3.0, 0.5)]);
    near(weighted_mean(&bench), 75.0);
    near(weighted_median(&bench), 100.0);
}

#[test]
fn the_worked_case_of_three_actors_takes_the_lower_median() {
    let bench = bench(&[(10.0, 2.0, 0.5), (40.0, 1.0, 1.0), (90.0, 4.0, 0.5)]);
    near(weighted_mean(&bench), 57.5);
    near(weighted_median(&bench), 40.0);
}
