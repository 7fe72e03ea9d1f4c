//! What break statistics, fluctuation tests and bootstraps keep whatever the data: invariances, named
//! errors, finite results; and block lengths against a peer.

use proptest::prelude::*;
use yalu_stats::{
    Aggregation, Bootstrap, BreakStatistic, Candidates, Covariance, Design, FTestError,
    FTestOptions, Family, Fluctuation, FluctuationError, FluctuationFunctional, Resampling,
    ResamplingError, ResidualsFrom, block_lengths, bootstrap_distribution, bootstrap_f_test,
    f_statistics, fit_glm, fluctuation_process, hansen_p_value, score_process,
};

use crate::f_tests::{case, near};
use crate::noise::autoregression;

const KINDS: [Fluctuation; 9] = [
    Fluctuation::OlsCusum,
    Fluctuation::OlsMosum { bandwidth: 0.2 },
    Fluctuation::RecursiveCusum,
    Fluctuation::RecursiveMosum { bandwidth: 0.2 },
    Fluctuation::RecursiveEstimates,
    Fluctuation::MovingEstimates { bandwidth: 0.2 },
    Fluctuation::ScoreCusum,
    Fluctuation::ScoreMosum { bandwidth: 0.2 },
    Fluctuation::Model,
];
const STATISTICS: [BreakStatistic; 6] = [
    BreakStatistic::F,
    BreakStatistic::Wald,
    BreakStatistic::LagrangeMultiplier,
    BreakStatistic::LikelihoodRatio,
    BreakStatistic::RobustWald(Covariance::Hc0),
    BreakStatistic::RobustWald(Covariance::NeweyWest { lag: 2 }),
];
const RESAMPLINGS: [Resampling; 7] = [
    Resampling::Independent,
    Resampling::WildRademacher,
    Resampling::WildMammen,
    Resampling::MovingBlocks { length: None },
    Resampling::CircularBlocks { length: None },
    Resampling::StationaryBlocks { mean_length: None },
    Resampling::Sieve { order: None },
];
const FEW: Bootstrap = Bootstrap {
    n_replications: 99,
    seed: 3,
};

/// Figures that jump about without a random generator, in (−0.5, 0.5).
fn scattered(n: usize, from: u32) -> Vec<f64> {
    (1..=n as u32)
        .map(|t| f64::from((t + from) * 7919 % 10_473) / 10_473.0 - 0.5)
        .collect()
}

fn with_trend(n: usize) -> Design {
    let trend = (0..n).map(|t| t as f64).collect();
    Design::intercept(n).with("trend", trend).expect("finite")
}

/// Peer: Python's arch 8.0.0, `optimal_block_length(y)`.
#[test]
fn block_lengths_are_those_of_arch() {
    let series = |n: u32, rho: f64, seed: u32| -> Vec<f64> {
        let mut state = 0.0;
        (0..n)
            .map(|t| {
                let shock = f64::from((t + 100 * seed) * 7919 % 104_729) / 104_729.0 - 0.5;
                state = if t == 0 { 0.0 } else { rho * state + shock };
                state
            })
            .collect()
    };
    for (n, rho, seed, stationary, circular) in [
        (50, 0.0, 1, 17.0, 17.0),
        (80, 0.3, 2, 25.966_107_002_179_534, 27.0),
        (200, 0.8, 3, 23.961_434_865_269_624, 27.428_995_762_288_114),
        (500, -0.5, 4, 68.0, 68.0),
        (1000, 0.6, 5, 95.0, 95.0),
    ] {
        let found = block_lengths(&series(n, rho, seed)).expect("a sound series");
        let what = format!("{n} periods, ρ {rho}");
        near(found.stationary, stationary, 1e-9, &what);
        near(found.circular, circular, 1e-9, &what);
    }
    for (name, stationary, circular) in [
        ("A-nile", 12.333_494_258_282_62, 14.118_326_537_905_858),
        ("A-realint", 12.753_749_807_246_555, 14.599_399_050_316_942),
        (
            "A-uk-driver-deaths",
            8.610_744_380_984_187,
            9.856_841_731_898_673,
        ),
    ] {
        let Some(case) = case(name) else { return };
        let found = block_lengths(&case.y).expect("a sound series");
        near(found.stationary, stationary, 1e-9, name);
        near(found.circular, circular, 1e-9, name);
    }
}

/// The bootstrap's standard error of a mean: exact for a wild draw and for an independent one, the
/// long-run one of an AR(1) with ρ = 0.5 for blocks and the sieve, within Monte Carlo error.
#[test]
fn redrawn_means_vary_as_they_should() {
    use rand::{RngExt, SeedableRng};
    let n = 4000;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let mut state = 0.0;
    let values: Vec<f64> = (0..n)
        .map(|_| {
            state = 0.5 * state + rng.random::<f64>() - 0.5;
            state
        })
        .collect();
    let mean = values.iter().sum::<f64>() / n as f64;
    let values: Vec<f64> = values.iter().map(|one| one - mean).collect();
    let plain = values.iter().map(|one| one * one).sum::<f64>() / n as f64;
    // 1/12 over (1 − ρ)².
    let long_run = 1.0 / 3.0;
    let bootstrap = Bootstrap {
        n_replications: 2000,
        seed: 5,
    };
    for resampling in RESAMPLINGS {
        let law = bootstrap_distribution(&vec![0.0; n], &values, resampling, &bootstrap, |y| {
            Some(y.iter().sum::<f64>() / (n as f64).sqrt())
        })
        .expect("a sound series");
        let centre = law.draws.iter().sum::<f64>() / 2000.0;
        let variance = law
            .draws
            .iter()
            .map(|one| (one - centre).powi(2))
            .sum::<f64>()
            / 2000.0;
        let (expected, tolerance) = match resampling {
            Resampling::Independent | Resampling::WildRademacher | Resampling::WildMammen => {
                (plain, 0.1)
            }
            _ => (long_run, 0.2),
        };
        assert!(
            (variance / expected - 1.0).abs() < tolerance,
            "{resampling:?}: {variance} against {expected}"
        );
        assert!((law.p_value(law.quantile(0.95)) - 0.05).abs() < 0.002);
    }
}

#[test]
fn the_forms_of_a_statistic_are_ordered() {
    // LM ≤ LR ≤ Wald (Berndt and Savin 1977), and F is the Wald with fewer degrees of freedom.
    let y = scattered(90, 2);
    let paths: Vec<Vec<f64>> = STATISTICS[..4]
        .iter()
        .map(|statistic| {
            let options = FTestOptions {
                statistic: *statistic,
                ..FTestOptions::default()
            };
            f_statistics(&y, &with_trend(90), &options)
                .expect("sound")
                .path
        })
        .collect();
    for (((f, wald), lm), lr) in paths[0].iter().zip(&paths[1]).zip(&paths[2]).zip(&paths[3]) {
        assert!(lm <= lr && lr <= wald);
        near(*f, wald * 86.0 / 90.0, 1e-12, "F");
    }
}

/// One candidate is a known date: R 4.2.2, `anova(lm(y ~ t), lm(y ~ t * (t > 40)))` in p.
#[test]
fn a_known_date_is_chows_test() {
    let y: Vec<f64> = (0..80_u32)
        .map(|t| f64::from(t * 7 % 11) + f64::from(t / 41))
        .collect();
    let options = FTestOptions {
        candidates: Candidates::Periods {
            first: 40,
            last: 40,
        },
        ..FTestOptions::default()
    };
    let found = f_statistics(&y, &with_trend(80), &options).expect("sound");
    let test = found.test(Aggregation::Sup).expect("known");
    near(test.statistic / 2.0, CHOW.0, 1e-9, "F");
    near(test.p_value, CHOW.1, 1e-9, "p");
    let exp = found.test(Aggregation::Exp).expect("known");
    near(exp.p_value, CHOW.1, 1e-9, "p");
}

const CHOW: (f64, f64) = (0.101_831_004_257_521_4, 0.903_305_192_902_546_2);

#[test]
fn p_values_fall_as_statistics_rise() {
    for aggregation in [Aggregation::Sup, Aggregation::Ave, Aggregation::Exp] {
        for k in [1, 2, 5, 11, 25, 40] {
            for trimming in [0.01, 0.02, 0.15, 0.3, 0.49, 0.495, 0.5] {
                let mut last = 1.0;
                for step in 0..600 {
                    let p = hansen_p_value(f64::from(step), aggregation, k, trimming)
                        .expect("within the table");
                    assert!((0.0..=1.0).contains(&p));
                    assert!(
                        p <= last + 1e-12,
                        "{aggregation:?} {k} {trimming} {step}: {p}, {last}"
                    );
                    last = p;
                }
                assert!(last < 0.01, "{aggregation:?} {k} {trimming}: {last}");
            }
        }
    }
}

#[test]
fn what_has_no_answer_says_so() {
    let y = scattered(60, 0);
    let level = Design::intercept(60);
    let options = FTestOptions::default();
    let f = |y: &[f64], design: &Design, options: &FTestOptions| f_statistics(y, design, options);
    assert_eq!(f(&[3.0; 60], &level, &options), Err(FTestError::PerfectFit));
    assert_eq!(f(&[0.0; 60], &level, &options), Err(FTestError::PerfectFit));
    let step: Vec<f64> = (0..60).map(|t| if t > 29 { 5.0 } else { 2.0 }).collect();
    assert_eq!(
        f(&step, &level, &options),
        Err(FTestError::PerfectSplit { index: 29 })
    );
    assert!(matches!(
        f(&y[..3], &Design::intercept(3), &options),
        Err(FTestError::TooShort { .. })
    ));
    let late = (0..60).map(|t| if t > 40 { 1.0 } else { 0.0 }).collect();
    let late = level.clone().with("late", late).expect("finite");
    assert!(matches!(
        f(&y, &late, &options),
        Err(FTestError::Singular { column, index: 8 }) if column == "late"
    ));
    let twice = level
        .clone()
        .with("level again", vec![2.0; 60])
        .expect("finite");
    assert!(matches!(f(&y, &twice, &options), Err(FTestError::Fit(_))));
    for trimming in [0.0, -0.1, 1.0, f64::NAN] {
        let options = FTestOptions {
            candidates: Candidates::trimming(trimming),
            ..FTestOptions::default()
        };
        assert!(matches!(
            f(&y, &level, &options),
            Err(FTestError::Shares { .. })
        ));
    }
    let beyond = Candidates::Periods {
        first: 70,
        last: usize::MAX,
    };
    let options = FTestOptions {
        candidates: beyond,
        ..FTestOptions::default()
    };
    assert!(matches!(
        f(&y, &level, &options),
        Err(FTestError::NoCandidate { .. })
    ));
    for changing in [vec![], vec![1], vec![0, 0]] {
        let options = FTestOptions {
            changing: Some(changing),
            ..FTestOptions::default()
        };
        assert!(matches!(
            f(&y, &level, &options),
            Err(FTestError::Changing { .. })
        ));
    }
    assert!(matches!(
        hansen_p_value(5.0, Aggregation::Sup, 41, 0.15),
        Err(FTestError::OutsideTable { .. })
    ));
    assert!(matches!(
        hansen_p_value(5.0, Aggregation::Sup, 1, 0.005),
        Err(FTestError::OutsideTable { .. })
    ));
    assert!(hansen_p_value(f64::NAN, Aggregation::Sup, 1, 0.15).is_err());

    let process =
        |y: &[f64], design: &Design, kind| fluctuation_process(y, design, kind, Covariance::Model);
    for kind in KINDS {
        assert_eq!(
            process(&[3.0; 60], &level, kind),
            Err(FluctuationError::PerfectFit)
        );
        assert!(process(&y[..2], &Design::intercept(2), kind).is_err());
        let mut broken = y.clone();
        broken[7] = f64::NAN;
        assert!(matches!(
            process(&broken, &level, kind),
            Err(FluctuationError::Fit(_))
        ));
    }
    assert!(matches!(
        process(&y, &late, Fluctuation::RecursiveCusum),
        Err(FluctuationError::Singular { column, .. }) if column == "late"
    ));
    assert!(matches!(
        process(&y, &late, Fluctuation::MovingEstimates { bandwidth: 0.2 }),
        Err(FluctuationError::Singular { first: 0, .. })
    ));
    for bandwidth in [0.0, 0.001, 1.0, f64::NAN, -0.2] {
        assert!(matches!(
            process(&y, &level, Fluctuation::OlsMosum { bandwidth }),
            Err(FluctuationError::Bandwidth { .. })
        ));
    }
    let alternating: Vec<f64> = (0..60)
        .map(|t| if t % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    assert!(matches!(
        process(&alternating, &level, Fluctuation::ScoreCusum),
        Err(FluctuationError::SingularScores { name }) if name == "variance"
    ));
    let wide = process(&y, &level, Fluctuation::OlsMosum { bandwidth: 0.7 }).expect("a window");
    assert!(matches!(
        wide.test(FluctuationFunctional::Max),
        Err(FluctuationError::BandwidthOutsideTable { .. })
    ));
    let motion = process(&y, &level, Fluctuation::RecursiveCusum).expect("sound");
    assert!(matches!(
        motion.test(FluctuationFunctional::MeanL2),
        Err(FluctuationError::Unsupported { .. })
    ));
    let moving = process(&y, &level, Fluctuation::OlsMosum { bandwidth: 0.2 }).expect("sound");
    assert!(matches!(
        moving.critical_value(FluctuationFunctional::Max, 0.001),
        Err(FluctuationError::Level { .. })
    ));
    assert!(matches!(
        motion.only(&[1]),
        Err(FluctuationError::Component { .. })
    ));

    assert_eq!(block_lengths(&[1.0; 30]), Err(ResamplingError::Constant));
    assert!(matches!(
        block_lengths(&y[..5]),
        Err(ResamplingError::TooShort { .. })
    ));
    let redraw = |resampling, bootstrap: &Bootstrap| {
        bootstrap_distribution(&[0.0; 60], &y, resampling, bootstrap, |y| Some(y[0]))
    };
    for resampling in [
        Resampling::MovingBlocks { length: Some(0) },
        Resampling::CircularBlocks { length: Some(61) },
        Resampling::StationaryBlocks {
            mean_length: Some(f64::NAN),
        },
        Resampling::StationaryBlocks {
            mean_length: Some(0.5),
        },
    ] {
        assert!(matches!(
            redraw(resampling, &FEW),
            Err(ResamplingError::Block { .. })
        ));
    }
    assert!(matches!(
        redraw(Resampling::Sieve { order: Some(30) }, &FEW),
        Err(ResamplingError::Order { .. })
    ));
    let too_few = Bootstrap {
        n_replications: 10,
        seed: 1,
    };
    assert!(matches!(
        redraw(Resampling::Independent, &too_few),
        Err(ResamplingError::Replications { .. })
    ));
    let declined = bootstrap_distribution(&[0.0; 60], &y, Resampling::Independent, &FEW, |_| None);
    assert!(matches!(declined, Err(ResamplingError::Sparse { .. })));
}

#[test]
fn the_same_seed_gives_the_same_test() {
    let y = scattered(70, 9);
    for resampling in RESAMPLINGS {
        for from in [ResidualsFrom::NoBreak, ResidualsFrom::BestBreak] {
            let run = |seed| {
                let bootstrap = Bootstrap { seed, ..FEW };
                let options = FTestOptions::default();
                bootstrap_f_test(
                    &y,
                    &with_trend(70),
                    &options,
                    resampling,
                    from,
                    &bootstrap,
                    0.05,
                )
                .expect("sound")
            };
            assert_eq!(run(1), run(1));
            assert_ne!(run(1), run(2));
        }
    }
}

/// With ρ = 0.6 the textbook test finds a break in most series that have none; the sieve bootstrap
/// keeps its level. 200 series: 5 % is 4 to 17 of them (99.7 % of the time), 8 % at most 28.
#[test]
fn a_sieve_keeps_the_level_that_serial_correlation_takes() {
    use rand::SeedableRng;
    let (mut textbook, mut sieve) = (0, 0);
    for seed in 0..200 {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let y = autoregression(&mut rng, 132, 0.6);
        let level = Design::intercept(132);
        let test = bootstrap_f_test(
            &y,
            &level,
            &FTestOptions::default(),
            Resampling::Sieve { order: None },
            ResidualsFrom::NoBreak,
            &Bootstrap {
                n_replications: 99,
                seed,
            },
            0.05,
        )
        .expect("sound");
        let by_table = test.statistics.test(Aggregation::Sup).expect("tabled");
        textbook += usize::from(by_table.p_value <= 0.05);
        sieve += usize::from(test.sup.p_value <= 0.05);
    }
    assert!(textbook > 100, "sup F rejects {textbook} of 200");
    assert!(
        (4..=28).contains(&sieve),
        "the sieve rejects {sieve} of 200"
    );
}

fn p_values(y: &[f64], design: &Design) -> Vec<f64> {
    let mut values = Vec::new();
    for statistic in STATISTICS {
        let options = FTestOptions {
            statistic,
            ..FTestOptions::default()
        };
        let found = f_statistics(y, design, &options).expect("sound");
        values.extend(&found.path);
        for aggregation in [Aggregation::Sup, Aggregation::Ave, Aggregation::Exp] {
            values.push(found.test(aggregation).expect("tabled").p_value);
        }
    }
    for kind in KINDS {
        let found = fluctuation_process(y, design, kind, Covariance::Model).expect("sound");
        // The largest component depends on the coordinates of estimates and scores; squares don't.
        let functional = match kind {
            Fluctuation::RecursiveEstimates
            | Fluctuation::MovingEstimates { .. }
            | Fluctuation::ScoreMosum { .. } => continue,
            Fluctuation::ScoreCusum | Fluctuation::Model => FluctuationFunctional::MaxL2,
            _ => FluctuationFunctional::Max,
        };
        let test = found.test(functional).expect("tabled");
        values.extend([test.statistic, test.p_value]);
    }
    values
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn units_do_not_matter(
        n in 30_usize..80,
        from in 0_u32..5000,
        scale in prop_oneof![1e-6..1e-3_f64, 0.1..10.0_f64, 1e3..1e6_f64],
        shift in -100.0..100.0_f64,
        slope in prop_oneof![-50.0..-0.5_f64, 0.5..50.0_f64],
    ) {
        let y = scattered(n, from);
        let x = scattered(n, from + 4000);
        let design = Design::intercept(n).with("x", x.clone()).expect("finite");
        let before = p_values(&y, &design);
        let moved: Vec<f64> = y.iter().zip(&x).map(|(y, x)| scale * (y + 0.3 * x + 2.0)).collect();
        let other = x.iter().map(|x| shift + slope * x).collect();
        let other = Design::intercept(n).with("x", other).expect("finite");
        let after = p_values(&moved, &other);
        for (a, b) in before.iter().zip(&after) {
            prop_assert!((a - b).abs() <= 1e-7 * (1.0 + a.abs()), "{a} {b}");
        }
    }

    #[test]
    fn the_past_and_the_future_are_alike(n in 30_usize..80, from in 0_u32..5000) {
        let y = scattered(n, from);
        let back: Vec<f64> = y.iter().rev().copied().collect();
        for statistic in STATISTICS {
            let options = FTestOptions { statistic, ..FTestOptions::default() };
            let a = f_statistics(&y, &with_trend(n), &options).expect("sound").path;
            let b = f_statistics(&back, &with_trend(n), &options).expect("sound").path;
            for (a, b) in a.iter().zip(b.iter().rev()) {
                prop_assert!((a - b).abs() <= 1e-7 * (1.0 + a.abs()), "{a} {b}");
            }
        }
    }

    #[test]
    fn an_answer_is_finite_and_nonsense_is_named(
        y in prop::collection::vec(
            prop_oneof![
                8 => -10.0..10.0_f64,
                1 => prop::sample::select(vec![0.0, 1e300, -1e-300, f64::NAN, f64::INFINITY]),
            ],
            0..40,
        ),
        x in prop::collection::vec(-3_i8..3, 40),
        trimming in -0.1..0.6_f64,
        bandwidth in -0.1..1.1_f64,
    ) {
        let n = y.len();
        let x = x[..n].iter().map(|one| f64::from(*one)).collect();
        let design = Design::intercept(n).with("x", x).expect("finite");
        for statistic in STATISTICS {
            let options = FTestOptions {
                candidates: Candidates::trimming(trimming),
                changing: None,
                statistic,
            };
            if let Ok(found) = f_statistics(&y, &design, &options) {
                prop_assert!(found.path.iter().all(|one| one.is_finite() && *one > -1e-6));
                for aggregation in [Aggregation::Sup, Aggregation::Ave, Aggregation::Exp] {
                    if let Ok(test) = found.test(aggregation) {
                        prop_assert!(test.statistic.is_finite());
                        prop_assert!((0.0..=1.0).contains(&test.p_value));
                    }
                }
            }
        }
        for kind in [
            Fluctuation::OlsCusum,
            Fluctuation::RecursiveMosum { bandwidth },
            Fluctuation::OlsMosum { bandwidth },
            Fluctuation::MovingEstimates { bandwidth },
            Fluctuation::RecursiveCusum,
            Fluctuation::RecursiveEstimates,
            Fluctuation::ScoreMosum { bandwidth },
        ] {
            for scale in [Covariance::Model, Covariance::PrewhitenedQs] {
                if let Ok(found) = fluctuation_process(&y, &design, kind, scale) {
                    prop_assert!(found.values.iter().flatten().all(|one| one.is_finite()));
                    for functional in [
                        FluctuationFunctional::Max,
                        FluctuationFunctional::WeightedMax,
                        FluctuationFunctional::Range,
                        FluctuationFunctional::MaxL2,
                        FluctuationFunctional::MeanL2,
                        FluctuationFunctional::SupLm { from: trimming, to: 0.9 },
                    ] {
                        if let Ok(test) = found.test(functional) {
                            prop_assert!(test.statistic.is_finite());
                            prop_assert!((0.0..=1.0).contains(&test.p_value));
                        }
                    }
                }
            }
        }
        let counts: Vec<f64> = y.iter().map(|one| one.abs().floor()).collect();
        if let Ok(fit) = fit_glm(&counts, &vec![0.0; n], &design, Family::QuasiPoisson) {
            for covariance in [Covariance::Model, Covariance::NeweyWest { lag: 2 }] {
                if let Ok(found) = score_process(&fit, &design, &counts, covariance) {
                    prop_assert!(found.values.iter().flatten().all(|one| one.is_finite()));
                }
            }
        }
        for resampling in RESAMPLINGS {
            let options = FTestOptions {
                candidates: Candidates::trimming(trimming),
                ..FTestOptions::default()
            };
            let from = ResidualsFrom::NoBreak;
            if let Ok(test) = bootstrap_f_test(&y, &design, &options, resampling, from, &FEW, 0.1) {
                for one in [test.sup, test.ave, test.exp] {
                    prop_assert!(one.statistic.is_finite() && one.critical_value.is_finite());
                    prop_assert!(one.p_value > 0.0 && one.p_value <= 1.0);
                }
            }
        }
    }
}
