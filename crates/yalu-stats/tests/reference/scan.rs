//! The scan of one series: its test's size and power, its dates, its labels.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::scan::{
    CountSeries, Persistence, ScanError, ScanOptions, date_levels, permutation_test, scan_counts,
};

use crate::noise::{autoregression, count};

const N: usize = 156;

fn options() -> ScanOptions {
    ScanOptions {
        n_permutations: 199,
        seed: 11,
        ..ScanOptions::default()
    }
}

/// Media volume that trebles, unevenly.
fn volume() -> Vec<f64> {
    (0..N)
        .map(|t| 100.0 + 200.0 * t as f64 / N as f64 + f64::from(t as u32 * 7 % 11))
        .collect()
}

/// Negative binomial counts of θ = 2 at `rate` per unit of exposure, serially correlated by a latent
/// series.
fn counts(seed: u64, rho: f64, exposure: &[f64], rate: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    autoregression(&mut rng, exposure.len(), rho)
        .iter()
        .enumerate()
        .map(|(t, z)| count(rate(t) * exposure[t], 2.0, *z))
        .collect()
}

#[test]
fn the_test_keeps_its_size_under_overdispersion_growth_and_correlation() {
    let exposure = volume();
    for (rho, most) in [(0.0, 17), (0.5, 24)] {
        let rejected = (0..200)
            .filter(|&run| {
                let counts = counts(500 + run, rho, &exposure, |_| 0.02);
                let series = CountSeries {
                    counts: &counts,
                    exposure: &exposure,
                    steps: &[],
                };
                permutation_test(&series, &options())
                    .expect("a series")
                    .p_value
                    <= 0.05
            })
            .count();
        // 10 expected; binomial bounds at 1 in 100, and what the docs state for ρ = 0.5 on top.
        assert!(
            (2..=most).contains(&rejected),
            "ρ = {rho}: {rejected} of 200"
        );
    }
}

#[test]
fn a_shift_a_shock_and_a_young_shift_are_dated_and_told_apart() {
    let exposure = volume();
    let (mut found, mut lasting, mut shocks, mut young, mut covered) = (0, 0, 0, 0, 0);
    for run in 0..40 {
        let counts = counts(900 + run, 0.2, &exposure, |t| match t {
            30..32 => 0.4,
            ..70 => 0.02,
            70..148 => 0.1,
            _ => 0.6,
        });
        let series = CountSeries {
            counts: &counts,
            exposure: &exposure,
            steps: &[],
        };
        let scan = scan_counts(&series, &options()).expect("a series");
        found += usize::from(scan.test.p_value <= 0.05);
        let near = |at: usize| {
            scan.breaks
                .iter()
                .filter(|one| one.break_index.abs_diff(at) <= 2)
                .max_by(|a, b| a.gain.total_cmp(&b.gain))
        };
        if let Some(one) = near(69) {
            lasting += usize::from(one.persistence == Persistence::Lasting && !one.is_return);
            covered += usize::from((one.interval.0..=one.interval.1).contains(&69));
            let (low, high) = one.ratio_interval;
            assert!(low < one.ratio && one.ratio < high);
        }
        shocks +=
            usize::from(near(29).is_some_and(|one| one.persistence == Persistence::Transient));
        young += usize::from(near(147).is_some_and(|one| one.persistence == Persistence::Emerging));
    }
    assert!(found >= 36, "found {found} of 40");
    assert!(lasting >= 32, "lasting {lasting} of 40");
    assert!(
        covered * 10 >= lasting * 8,
        "covered {covered} of {lasting}"
    );
    assert!(shocks >= 32, "shocks {shocks} of 40");
    assert!(young >= 32, "young {young} of 40");
}

#[test]
fn the_units_of_the_exposure_don_t_matter() {
    let exposure = volume();
    let counts = counts(3, 0.3, &exposure, |t| if t < 90 { 0.02 } else { 0.07 });
    let scan = |scale: f64| {
        let exposure: Vec<f64> = exposure.iter().map(|one| one * scale).collect();
        let series = CountSeries {
            counts: &counts,
            exposure: &exposure,
            steps: &[],
        };
        scan_counts(&series, &options()).expect("a series")
    };
    let (one, other) = (scan(1.0), scan(1024.0));
    assert!((one.test.p_value - other.test.p_value).abs() < 1e-12);
    assert_eq!(one.levels.breaks, other.levels.breaks);
    for (a, b) in one.breaks.iter().zip(&other.breaks) {
        assert!((a.ratio / b.ratio - 1.0).abs() < 1e-9);
        assert_eq!(a.interval, b.interval);
        assert_eq!(a.persistence, b.persistence);
    }
}

#[test]
fn a_jump_at_a_change_of_the_source_base_is_no_evidence() {
    let exposure = vec![100.0; N];
    let counts = counts(8, 0.0, &exposure, |t| if t < 60 { 0.02 } else { 0.12 });
    let p_with = |steps: &[usize]| {
        let series = CountSeries {
            counts: &counts,
            exposure: &exposure,
            steps,
        };
        permutation_test(&series, &options())
            .expect("a series")
            .p_value
    };
    assert!(p_with(&[]) <= 0.01);
    assert!(p_with(&[60]) > 0.1);
}

/// The segmentation is the optimum: no other dates cost less at the dispersion found.
#[test]
fn dates_are_those_of_an_exhaustive_search() {
    let exposure: Vec<f64> = (0..48).map(|t| 50.0 + f64::from(t * 5 % 17)).collect();
    let counts = counts(21, 0.0, &exposure, |t| if t < 26 { 0.05 } else { 0.5 });
    let series = CountSeries {
        counts: &counts,
        exposure: &exposure,
        steps: &[],
    };
    let options = ScanOptions {
        horizon: 12,
        ..options()
    };
    let dated = date_levels(&series, &options).expect("a series");
    let theta = dated.theta.expect("overdispersed");
    let misfit = |from: usize, to: usize| {
        // A fine search for the level, independent of the grid.
        let at = |log: f64| {
            (from..to)
                .map(|t| {
                    let mean = log.exp() * exposure[t];
                    let gain = if counts[t] > 0.0 {
                        counts[t] * mean.ln()
                    } else {
                        0.0
                    };
                    -2.0 * (gain - (counts[t] + theta) * (mean + theta).ln())
                })
                .sum::<f64>()
        };
        (-900..300)
            .map(|step| at(f64::from(step) / 100.0))
            .fold(f64::INFINITY, f64::min)
    };
    let penalty = options.penalty * 48.0_f64.ln();
    let cost = |breaks: &[usize]| {
        let mut edges = vec![0];
        edges.extend(breaks.iter().map(|at| at + 1));
        edges.push(48);
        edges
            .windows(2)
            .map(|pair| misfit(pair[0], pair[1]))
            .sum::<f64>()
            + penalty * breaks.len() as f64
    };
    let found = cost(&dated.breaks);
    let mut best = cost(&[]);
    for first in 0..47 {
        best = best.min(cost(&[first]));
        for second in first + 1..47 {
            best = best.min(cost(&[first, second]));
        }
    }
    assert_eq!(dated.breaks.len(), 1, "{:?}", dated.breaks);
    assert!(found <= best + 0.05, "{found} against {best}");
}

#[test]
fn bad_input_is_named() {
    let good = vec![1.0; 60];
    let scan = |counts: &[f64], exposure: &[f64], steps: &[usize], options: ScanOptions| {
        let series = CountSeries {
            counts,
            exposure,
            steps,
        };
        scan_counts(&series, &options).expect_err("bad input")
    };
    assert!(matches!(
        scan(&good[..20], &good[..20], &[], options()),
        ScanError::TooShort { got: 20, .. }
    ));
    assert!(matches!(
        scan(&good, &good[..59], &[], options()),
        ScanError::Length { .. }
    ));
    assert!(matches!(
        scan(&vec![0.0; 60], &good, &[], options()),
        ScanError::AllZero
    ));
    let mut bad = good.clone();
    bad[7] = -1.0;
    assert!(matches!(
        scan(&bad, &good, &[], options()),
        ScanError::Count { row: 7, .. }
    ));
    bad[7] = f64::NAN;
    assert!(matches!(
        scan(&bad, &good, &[], options()),
        ScanError::Count { row: 7, .. }
    ));
    bad[7] = 0.0;
    assert!(matches!(
        scan(&good, &bad, &[], options()),
        ScanError::Exposure { row: 7, .. }
    ));
    for steps in [&[0][..], &[60], &[30, 20], &[30, 30]] {
        assert!(matches!(
            scan(&good, &good, steps, options()),
            ScanError::Step { .. }
        ));
    }
    for options in [
        ScanOptions {
            horizon: 3,
            ..options()
        },
        ScanOptions {
            horizon: 31,
            ..options()
        },
        ScanOptions {
            equivalence_ratio: 1.0,
            ..options()
        },
        ScanOptions {
            min_block: 0,
            ..options()
        },
        ScanOptions {
            min_block: 16,
            ..options()
        },
        ScanOptions {
            penalty: f64::NAN,
            ..options()
        },
        ScanOptions {
            n_permutations: 98,
            ..options()
        },
    ] {
        assert!(matches!(
            scan(&good, &good, &[], options),
            ScanError::Option { .. }
        ));
    }
}

/// A series without any variation is a fact, not a fault.
#[test]
fn a_constant_series_shows_nothing() {
    let counts = vec![3.0; 60];
    let series = CountSeries {
        counts: &counts,
        exposure: &[10.0; 60],
        steps: &[],
    };
    let scan = scan_counts(&series, &options()).expect("a series");
    assert!(scan.test.p_value > 0.5);
    assert!(scan.breaks.is_empty());
}
