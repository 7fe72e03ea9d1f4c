//! What holds of every partition: optimality, invariances, named errors, nothing non-finite.

use proptest::prelude::*;
use yalu_stats::{
    Assumptions, CountLaw, DateIntervalOptions, DateNoise, Design, GlmError, MinSegment,
    PartitionError, RegimeModel, SerialCorrelation, break_tests, date_intervals, fit_partition,
    optimal_count_partitions, optimal_partitions,
};

const INDEPENDENT: Assumptions = Assumptions {
    correlation: SerialCorrelation::Ignored,
    variance_by_regime: true,
    moments_by_regime: true,
};

fn with_column(column: Vec<f64>) -> Design {
    Design::intercept(column.len())
        .with("x", column)
        .expect("finite")
}

/// The residual sum of squares about a line, straight from its moments.
fn line_rss(y: &[f64], x: &[f64]) -> f64 {
    let n = y.len() as f64;
    let (my, mx) = (y.iter().sum::<f64>() / n, x.iter().sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        y.iter().zip(x).map(|(y, x)| f(y - my, x - mx)).sum()
    };
    let slope = sum(&|y, x| x * y) / sum(&|_, x| x * x);
    sum(&|y, x| (y - slope * x).powi(2))
}

fn series(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-10.0..10.0f64, n)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn two_breaks_are_the_best_of_all(y in series(26), x in series(26)) {
        let design = with_column(x.clone());
        let model = RegimeModel { y: &y, design: &design, fixed: &[] };
        let found = optimal_partitions(&model, MinSegment::Periods(4), 2).expect("fits");
        let mut least = f64::INFINITY;
        for a in 4..=18 {
            for b in a + 4..=22 {
                let rss = line_rss(&y[..a], &x[..a])
                    + line_rss(&y[a..b], &x[a..b])
                    + line_rss(&y[b..], &x[b..]);
                least = least.min(rss);
            }
        }
        prop_assert!((found.by_count[2].rss / least - 1.0).abs() < 1e-9);
        prop_assert!(found.by_count[1].rss >= found.by_count[2].rss * (1.0 - 1e-12));
        let fit = fit_partition(&model, &found.by_count[2].breaks, INDEPENDENT).expect("fits");
        prop_assert!((fit.rss / least - 1.0).abs() < 1e-9);
    }

    #[test]
    fn units_and_levels_dont_move_dates(
        y in series(40),
        x in series(40),
        scale in 0.001..1000.0f64,
        shift in -1000.0..1000.0f64,
    ) {
        let design = with_column(x.clone());
        let moved: Vec<f64> = y.iter().zip(&x).map(|(y, x)| (y + 3.0 * x) * scale + shift).collect();
        let other = with_column(x.iter().map(|x| x * 7.0 + 2.0).collect());
        let model = RegimeModel { y: &y, design: &design, fixed: &[] };
        let second = RegimeModel { y: &moved, design: &other, fixed: &[] };
        let a = break_tests(&model, 0.2, 2, Assumptions::default(), 0.05).expect("fits");
        let b = break_tests(&second, 0.2, 2, INDEPENDENT, 0.05).expect("fits");
        let c = break_tests(&model, 0.2, 2, INDEPENDENT, 0.05).expect("fits");
        for (one, two) in a.partitions.by_count.iter().zip(&b.partitions.by_count) {
            prop_assert_eq!(&one.breaks, &two.breaks);
            prop_assert!((two.rss / one.rss / scale.powi(2) - 1.0).abs() < 1e-6);
        }
        for (one, two) in b.sup_f.iter().zip(&c.sup_f) {
            prop_assert!((one.statistic / two.statistic - 1.0).abs() < 1e-6);
        }
        // The same dates seen from the end.
        let backwards: Vec<f64> = y.iter().rev().copied().collect();
        let design = with_column(x.iter().rev().copied().collect());
        let model = RegimeModel { y: &backwards, design: &design, fixed: &[] };
        let mirrored = optimal_partitions(&model, MinSegment::Share(0.2), 2).expect("fits");
        for (one, two) in a.partitions.by_count.iter().zip(&mirrored.by_count) {
            let back: Vec<usize> = two.breaks.iter().rev().map(|at| 38 - at).collect();
            prop_assert_eq!(&one.breaks, &back);
        }
    }

    #[test]
    fn counts_are_the_best_of_all_and_dont_mind_units_of_exposure(
        y in prop::collection::vec(0..15u32, 30),
        shift in -5.0..5.0f64,
        theta in 0.5..50.0f64,
    ) {
        prop_assume!(y.iter().any(|one| *one > 0));
        let y: Vec<f64> = y.into_iter().map(f64::from).collect();
        let offset: Vec<f64> = (0..30).map(|t| f64::from(t % 7) * 0.2).collect();
        let moved: Vec<f64> = offset.iter().map(|one| one + shift).collect();
        let level = Design::intercept(30);
        for law in [CountLaw::Poisson, CountLaw::NegativeBinomial { theta: Some(theta) }] {
            let run = |offset: &[f64], design: &Design| {
                optimal_count_partitions(&y, offset, design, law, MinSegment::Periods(5), 2)
                    .expect("fits")
            };
            let (found, other) = (run(&offset, &level), run(&moved, &level));
            let one_break = |at: usize| -> f64 {
                [(0, at), (at + 1, 29)].into_iter().map(|(first, last)| {
                    let design = Design::intercept(last + 1 - first);
                    let part = &y[first..=last];
                    if part.iter().all(|one| *one == 0.0) {
                        return 0.0;
                    }
                    optimal_count_partitions(
                        part, &offset[first..=last], &design, law, MinSegment::Periods(2), 0,
                    ).expect("fits").by_count[0].deviance
                }).sum()
            };
            let least = (4..=24).map(one_break).fold(f64::INFINITY, f64::min);
            prop_assert!((found.by_count[1].deviance - least).abs() < 1e-7 * (1.0 + least));
            for (one, two) in found.by_count.iter().zip(&other.by_count) {
                // Dates may differ where two partitions are exactly as good, which small counts make.
                prop_assert!((one.deviance - two.deviance).abs() < 1e-7 * (1.0 + one.deviance));
                prop_assert_eq!(one.breaks.len(), two.breaks.len());
                prop_assert!(one.log_likelihood.is_finite() && one.bic.is_finite());
            }
        }
    }

    #[test]
    fn whatever_comes_in_nothing_non_finite_comes_out(
        y in prop::collection::vec(
            prop_oneof![
                4 => -5.0..5.0f64,
                2 => Just(0.0),
                1 => Just(1e200),
                1 => Just(-1e-200),
                1 => Just(f64::NAN),
                1 => Just(f64::INFINITY),
            ],
            0..30,
        ),
        kind in 0..4usize,
        share in prop_oneof![Just(0.05), Just(0.15), Just(0.25), Just(-1.0), Just(f64::NAN)],
        max_breaks in 0..6usize,
    ) {
        let n = y.len();
        let design = match kind {
            0 => Design::intercept(n),
            1 => with_column((0..n).map(|t| t as f64).collect()),
            2 => with_column((0..n).map(|t| f64::from(u8::from(t > n / 2))).collect()),
            _ => with_column(vec![1.0; n]),
        };
        let fixed: &[usize] = if kind == 2 { &[1] } else { &[] };
        let model = RegimeModel { y: &y, design: &design, fixed };
        if let Ok(found) = optimal_partitions(&model, MinSegment::Share(share), max_breaks) {
            for one in &found.by_count {
                prop_assert!([one.rss, one.bic, one.aic, one.lwz, one.log_likelihood]
                    .iter()
                    .all(|value| value.is_finite()));
                prop_assert!(one.kt.is_none_or(f64::is_finite));
                for noise in [DateNoise::Independent, DateNoise::KernHac] {
                    let options = DateIntervalOptions { noise, ..DateIntervalOptions::default() };
                    let intervals = date_intervals(&model, &one.breaks, options);
                    for interval in intervals.into_iter().flatten().flatten() {
                        prop_assert!(interval.exact_lower.is_finite());
                        prop_assert!(interval.exact_upper.is_finite());
                    }
                }
            }
        }
        if let Ok(tests) = break_tests(&model, share, max_breaks, Assumptions::default(), 0.05) {
            prop_assert!(tests.ud_max.is_finite() && tests.wd_max.is_finite());
            prop_assert!(tests.sup_f.iter().all(|one| one.statistic.is_finite()));
        }
        let offset = vec![0.5; n];
        for law in [CountLaw::Poisson, CountLaw::NegativeBinomial { theta: None }] {
            let segment = MinSegment::Share(share);
            let positive: Vec<f64> = y.iter().map(|one| one.abs().min(1e6)).collect();
            for y in [&y, &positive] {
                if let Ok(found) =
                    optimal_count_partitions(y, &offset, &design, law, segment, max_breaks)
                {
                    prop_assert!(found.by_count.iter().all(|one| one.bic.is_finite()
                        && one.deviance.is_finite()));
                }
            }
        }
    }
}

/// A trend by the year of a series far from 0, against the same about 0.
#[test]
fn figures_far_from_zero_lose_no_digits() {
    let y: Vec<f64> = (0..60)
        .map(|t| f64::from(t * 61 % 29) + f64::from(t / 25))
        .collect();
    let near = with_column((0..60).map(f64::from).collect());
    let far: Vec<f64> = y.iter().map(|one| one + 1e9).collect();
    let years = with_column((0..60).map(|t| f64::from(1_000_000 + t)).collect());
    let search = |y: &[f64], design: &Design| {
        let model = RegimeModel {
            y,
            design,
            fixed: &[],
        };
        optimal_partitions(&model, MinSegment::Share(0.15), 4).expect("fits")
    };
    for (one, two) in search(&y, &near)
        .by_count
        .iter()
        .zip(&search(&far, &years).by_count)
    {
        assert_eq!(one.breaks, two.breaks);
        assert!(
            (one.rss / two.rss - 1.0).abs() < 1e-11,
            "{} {}",
            one.rss,
            two.rss
        );
    }
}

#[test]
fn faults_are_named() {
    let y: Vec<f64> = (0..40).map(|t| f64::from(t * 7 % 11)).collect();
    let level = Design::intercept(40);
    let search = |y: &[f64], design: &Design, fixed: &[usize], segment| {
        optimal_partitions(&RegimeModel { y, design, fixed }, segment, 3).map(|_| ())
    };
    let fifth = MinSegment::Share(0.2);
    assert_eq!(
        search(&y[..39], &level, &[], fifth),
        Err(PartitionError::Length {
            what: "the response",
            needed: 40,
            got: 39
        })
    );
    let mut holed = y.clone();
    holed[7] = f64::NAN;
    assert!(matches!(
        search(&holed, &level, &[], fifth),
        Err(PartitionError::NotFinite {
            what: "the response",
            row: 7,
            ..
        })
    ));
    assert_eq!(
        search(&[3.25; 40], &level, &[], fifth),
        Err(PartitionError::PerfectFit { breaks: vec![] })
    );
    // Steps without noise: the breaks are said.
    let steps: Vec<f64> = (0..40).map(|t| if t < 15 { 0.1 } else { 0.7 }).collect();
    assert_eq!(
        search(&steps, &level, &[], fifth),
        Err(PartitionError::PerfectFit { breaks: vec![14] })
    );
    assert_eq!(
        search(&[0.0; 40], &level, &[], fifth),
        Err(PartitionError::PerfectFit { breaks: vec![] })
    );
    assert_eq!(
        search(&y, &level, &[], MinSegment::Periods(1)),
        Err(PartitionError::MinSegment {
            got: 1,
            needed: 2,
            coefficients: 1
        })
    );
    assert_eq!(
        search(&y, &level, &[], MinSegment::Periods(21)),
        Err(PartitionError::TooShort {
            needed: 42,
            got: 40
        })
    );
    assert!(matches!(
        search(&y, &level, &[], MinSegment::Share(0.7)),
        Err(PartitionError::Trimming { .. })
    ));
    assert_eq!(
        search(&y, &level, &[0], fifth),
        Err(PartitionError::NothingChanges)
    );
    assert_eq!(
        search(&y, &level, &[3], fifth),
        Err(PartitionError::FixedColumn {
            got: 3,
            n_columns: 1
        })
    );
    let twice = with_column(vec![2.0; 40]);
    assert_eq!(
        search(&y, &twice, &[], fifth),
        Err(PartitionError::Collinear {
            column: "x".to_owned(),
            first: 0,
            last: 39
        })
    );
    // A dummy that is constant in many segments: these are left out, the rest is searched.
    let dummy = with_column(
        (0..40)
            .map(|t| f64::from(u8::from((18..22).contains(&t))))
            .collect(),
    );
    let model = RegimeModel {
        y: &y,
        design: &dummy,
        fixed: &[],
    };
    let found = optimal_partitions(&model, fifth, 3).expect("fits");
    assert!(found.n_singular_segments > 0 && found.by_count.len() < 4);
    assert!(matches!(
        fit_partition(&model, &[9], INDEPENDENT),
        Err(PartitionError::Collinear {
            first: 0,
            last: 9,
            ..
        })
    ));
    assert!(matches!(
        fit_partition(&model, &[20, 20], INDEPENDENT),
        Err(PartitionError::Breaks { .. })
    ));

    let model = RegimeModel {
        y: &y,
        design: &level,
        fixed: &[],
    };
    let test = |trimming, assumptions, level| {
        break_tests(&model, trimming, 2, assumptions, level).map(|_| ())
    };
    assert_eq!(
        test(0.12, INDEPENDENT, 0.05),
        Err(PartitionError::TrimmingNotTabulated { got: 0.12 })
    );
    assert_eq!(
        test(0.15, INDEPENDENT, 0.2),
        Err(PartitionError::Level { got: 0.2 })
    );
    let common = Assumptions {
        moments_by_regime: false,
        ..Assumptions::default()
    };
    assert!(matches!(
        test(0.15, common, 0.05),
        Err(PartitionError::Assumptions { .. })
    ));
    let mut wide = Design::intercept(200);
    for column in 0..10 {
        let values = (0..200).map(|t| f64::from(t * (column + 3) % 17)).collect();
        wide = wide.with(format!("x{column}"), values).expect("finite");
    }
    let y200: Vec<f64> = (0..200).map(|t| f64::from(t * 7 % 11)).collect();
    let model = RegimeModel {
        y: &y200,
        design: &wide,
        fixed: &[],
    };
    assert_eq!(
        break_tests(&model, 0.15, 2, INDEPENDENT, 0.05).map(|_| ()),
        Err(PartitionError::CoefficientsNotTabulated { got: 11 })
    );

    let model = RegimeModel {
        y: &y,
        design: &level,
        fixed: &[],
    };
    let intervals = |breaks: &[usize], level| {
        let options = DateIntervalOptions {
            level,
            ..DateIntervalOptions::default()
        };
        date_intervals(&model, breaks, options).map(|_| ())
    };
    assert_eq!(intervals(&[], 0.95), Err(PartitionError::NoBreak));
    assert_eq!(
        intervals(&[20], 1.0),
        Err(PartitionError::Confidence { got: 1.0 })
    );
    assert!(matches!(
        intervals(&[39], 0.95),
        Err(PartitionError::Breaks { .. })
    ));
}

#[test]
fn faults_of_counts_are_named() {
    let y: Vec<f64> = (0..30).map(|t| f64::from(t * 7 % 5)).collect();
    let level = Design::intercept(30);
    let run = |y: &[f64], offset: &[f64], law| {
        optimal_count_partitions(y, offset, &level, law, MinSegment::Share(0.2), 2).map(|_| ())
    };
    let offset = [0.0; 30];
    assert_eq!(
        run(&[0.0; 30], &offset, CountLaw::Poisson),
        Err(PartitionError::Fit(GlmError::AllZero))
    );
    let mut negative = y.clone();
    negative[4] = -1.0;
    assert_eq!(
        run(&negative, &offset, CountLaw::Poisson),
        Err(PartitionError::Fit(GlmError::NegativeCount {
            row: 4,
            value: -1.0
        }))
    );
    // No exposure: its logarithm isn't finite.
    let mut none = offset;
    none[3] = f64::NEG_INFINITY;
    assert!(matches!(
        run(&y, &none, CountLaw::Poisson),
        Err(PartitionError::NotFinite {
            what: "the offset",
            row: 3,
            ..
        })
    ));
    assert_eq!(
        run(&y, &offset, CountLaw::NegativeBinomial { theta: Some(0.0) }),
        Err(PartitionError::Theta { got: 0.0 })
    );
    // Silence, then acts: the rate of the first regime is 0, which has no logarithm.
    let burst: Vec<f64> = (0..30)
        .map(|t| if t < 12 { 0.0 } else { f64::from(t % 4) })
        .collect();
    let found = optimal_count_partitions(
        &burst,
        &offset,
        &level,
        CountLaw::Poisson,
        MinSegment::Share(0.2),
        1,
    )
    .expect("fits");
    assert_eq!(found.by_count[1].breaks, [12]);
    assert_eq!(found.by_count[1].regimes[0].coefficients, None);
    // A dummy under which every count is zero separates: such segments are left out, by name.
    let dummy = with_column((0..30).map(|t| f64::from(u8::from(t % 3 == 0))).collect());
    let mut gaps = y.clone();
    for t in (0..15).step_by(3) {
        gaps[t] = 0.0;
    }
    let found = optimal_count_partitions(
        &gaps,
        &offset,
        &dummy,
        CountLaw::Poisson,
        MinSegment::Periods(6),
        2,
    )
    .expect("fits");
    let first = found.first_unfitted.expect("some segments separate");
    assert_eq!(
        first.reason,
        GlmError::Separation {
            column: "x".to_owned()
        }
    );
    assert!(found.n_unfitted > 0 && first.first == 0);
}

/// Two shifts that cancel: a test of one break sees none, UDmax does.
#[test]
fn a_shock_that_passes_is_said_where_the_sequence_stops() {
    let y: Vec<f64> = (0..100)
        .map(|t| {
            let noise = f64::from(t * 61 % 29) / 29.0 - 0.5;
            noise + if (40..60).contains(&t) { 0.55 } else { 0.0 }
        })
        .collect();
    let design = Design::intercept(100);
    let model = RegimeModel {
        y: &y,
        design: &design,
        fixed: &[],
    };
    let tests = break_tests(&model, 0.15, 3, INDEPENDENT, 0.025).expect("fits");
    assert!(
        tests.sequential.is_empty() && tests.sequential_misses,
        "{tests:?}"
    );
    assert_eq!(tests.recommended, 2);
    assert_eq!(tests.sup_f[1].breaks, [40, 57]);
    assert_eq!(
        tests.ud_max_critical.strictest_level(tests.ud_max),
        Some(0.01)
    );
}

/// A regime so much steadier than the other that the law leans to one side. strucchange 1.5-3 on R
/// 4.2.2, `confint(breakpoints(y ~ 1, h = 20), breaks = 1)`: "Confidence interval 1 cannot be
/// computed: P(argmax V <= 0) = 0.0139".
#[test]
fn an_interval_that_doesnt_exist_is_said() {
    let y: Vec<f64> = (0..60)
        .map(|t| {
            let noise = f64::from(t * 61 % 29) / 29.0 - 0.5;
            if t < 30 {
                noise * 0.02
            } else {
                3.0 + noise * 8.0
            }
        })
        .collect();
    let design = Design::intercept(60);
    let model = RegimeModel {
        y: &y,
        design: &design,
        fixed: &[],
    };
    let found = optimal_partitions(&model, MinSegment::Periods(20), 1).expect("fits");
    let breaks = &found.by_count[1].breaks;
    assert_eq!(breaks, &[32]);
    let intervals = date_intervals(&model, breaks, DateIntervalOptions::default()).expect("fits");
    match &intervals[0] {
        Err(PartitionError::NoInterval {
            break_index: 32,
            mass_before,
        }) => assert!((mass_before - 0.0139).abs() < 5e-5, "{mass_before}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn large_counts_settle() {
    let y: Vec<f64> = (0..48)
        .map(|t| {
            let rate = if t < 20 { 1e7 } else { 1.4e7 };
            (rate * (1.0 + f64::from(t * 61 % 29) / 290.0)).round()
        })
        .collect();
    let offset: Vec<f64> = (0..48).map(|t| f64::from(t % 5) / 50.0).collect();
    let design = with_column((0..48).map(|t| f64::from(t * 17 % 13)).collect());
    for law in [
        CountLaw::Poisson,
        CountLaw::NegativeBinomial { theta: Some(3.0) },
        CountLaw::NegativeBinomial { theta: None },
    ] {
        let found = optimal_count_partitions(&y, &offset, &design, law, MinSegment::Share(0.2), 2)
            .expect("fits");
        assert_eq!(found.by_count[1].breaks, [19], "{law:?}");
        assert_eq!(found.n_unfitted, 0, "{law:?}");
    }
}
