//! Bad input to every public entry point: an error in words or finite figures, and no panic.

use std::fmt::{Debug, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use yalu_stats::fluctuation::FluctuationFunctional;
use yalu_stats::online::{
    BetaNegativeBinomial, ConstantHazard, Exposed, GammaPoisson, NormalInverseGamma,
    NormalKnownVariance, OnlineDetector, OnlineError, OnlineStep, PredictiveModel,
};
use yalu_stats::segmentation::{
    Cost, LinearCost, MeanCost, MeanVarianceCost, NegativeBinomialCost, Pelt, Penalty, PoissonCost,
    Pruning, RankCost, SegmentationError, VarianceCost, crops, fixed_breaks, noise_scale, pelt,
    theta_from_differences,
};
use yalu_stats::synthetic::{
    AugmentedOptions, ConformalOptions, DidEstimator, InSpaceOptions, Panel, Permutations,
    Predictor, RidgePenalty, SyntheticError, SyntheticOptions, conformal_average_interval,
    conformal_intervals, conformal_test, fit_augmented, fit_synthetic_control, fit_synthetic_did,
    in_time_placebo, leave_one_out, placebos_in_space, sdid_jackknife_error, sdid_placebo_error,
};
use yalu_stats::{
    Adjustment, Aggregation, Assumptions, Bandwidth, Bootstrap, BreakStatistic, Candidates,
    Control, CountLaw, CounterfactualModel, Covariance, DateIntervalOptions, Design,
    EventReference, EventStatistic, EventStudy, Exceeds, FTestOptions, Family, Fluctuation, Hac,
    InterruptedModel, Interruption, LagCriterion, LagForm, LagModel, LagSample, MinSegment, PiZero,
    PlaceboRules, RegimeModel, Regression, Resampling, ResidualsFrom, Sampling, Search, Selection,
    Shape, ShiftModel, Variances, adjust_p_values, block_lengths, bootstrap_distribution,
    bootstrap_f_test, break_tests, choose_decay, choose_lags, cliffs_delta, cohens_d,
    cohens_d_paired, date_breaks, date_intervals, distributed_lags, durability_test, dynamic_lags,
    end_of_sample_test, estimate_shift, event_permutation, event_study, f_statistics, fit_glm,
    fit_gls_ar1, fit_interrupted, fit_ols, fit_partition, fit_regimes, fixed_b_test,
    fluctuation_process, glass_delta, gls_at_rho, hansen_p_value, non_inferiority,
    optimal_count_partitions, optimal_partitions, placebo_dates, prior_sensitivity, rate_ratio,
    robust, robust_covariance, score_process, standardised_difference_of_series,
    structural_counterfactual, sup_f_test, terms, tost_coefficient, tost_one_sample, tost_paired,
    tost_rate_ratio, tost_two_samples, wald_test,
};

const N: usize = 30;
const FAMILIES: [Family; 4] = [
    Family::Gaussian,
    Family::Poisson,
    Family::QuasiPoisson,
    Family::NegativeBinomial,
];
const COVARIANCES: [Covariance; 5] = [
    Covariance::Model,
    Covariance::Hc0,
    Covariance::Hc2,
    Covariance::Hc3,
    Covariance::NeweyWest { lag: 2 },
];
const BOOTSTRAP: Bootstrap = Bootstrap {
    n_replications: 99,
    seed: 1,
};
const SEARCH: Search = Search {
    trimming: 0.15,
    max_breaks: 2,
    window: None,
};

/// What was wrong, entry by entry.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    /// Runs an entry point; gives its result on for entries that need it.
    fn run<T: Debug, E: Display>(
        &mut self,
        entry: &str,
        case: &str,
        run: impl FnOnce() -> Result<T, E>,
    ) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(run)) {
            Err(_) => self.0.push(format!("{entry}, {case}: panics")),
            Ok(Err(error)) => {
                if error.to_string().trim().is_empty() {
                    self.0
                        .push(format!("{entry}, {case}: an error without words"));
                }
            }
            Ok(Ok(value)) => {
                let words = format!("{value:?}");
                let finite = words
                    .split(|one: char| !one.is_alphanumeric())
                    .all(|word| word != "NaN" && word != "inf");
                if finite {
                    return Some(value);
                }
                let at = words.find("NaN").or(words.find("inf")).unwrap_or(0);
                let from = words.floor_char_boundary(at.saturating_sub(120));
                let to = words.floor_char_boundary((at + 20).min(words.len()));
                self.0.push(format!(
                    "{entry}, {case}: not finite: …{}…",
                    &words[from..to]
                ));
            }
        }
        None
    }

    fn none(self) {
        assert!(
            self.0.is_empty(),
            "{} faults:\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

/// Counts about a level that steps up after two thirds.
fn sound(n: usize) -> Vec<f64> {
    (0..n)
        .map(|t| ((t * 7 + t * t) % 11) as f64 + if 3 * t > 2 * n { 9.0 } else { 3.0 })
        .collect()
}

fn with(n: usize, place: usize, value: f64) -> Vec<f64> {
    let mut y = sound(n);
    y[place] = value;
    y
}

/// Series that something is wrong with, and a sound one.
fn series() -> Vec<(&'static str, Vec<f64>)> {
    let scaled = |by: f64| sound(N).iter().map(|one| one * by).collect::<Vec<_>>();
    vec![
        ("sound", sound(N)),
        ("NaN", with(N, 7, f64::NAN)),
        ("∞", with(N, 7, f64::INFINITY)),
        ("−∞", with(N, N - 1, f64::NEG_INFINITY)),
        ("constant", vec![5.0; N]),
        ("all zero", vec![0.0; N]),
        ("one not zero", {
            let mut y = vec![0.0; N];
            y[N / 2] = 1.0;
            y
        }),
        ("zero, then not", {
            let mut y = vec![0.0; N];
            y[N / 2..].fill(4.0);
            y
        }),
        ("a line", (0..N).map(|t| t as f64).collect()),
        ("two values", (0..N).map(|t| (t % 2) as f64).collect()),
        ("no rows", Vec::new()),
        ("1 row", vec![3.0]),
        ("2 rows", vec![3.0, 4.0]),
        ("3 rows", vec![3.0, 4.0, 9.0]),
        ("5 rows", sound(5)),
        ("8 rows", sound(8)),
        ("times 1e300", scaled(1e300)),
        ("times 1e150", scaled(1e150)),
        ("times 1e-300", scaled(1e-300)),
        ("one 1e300", with(N, 7, 1e300)),
        ("a last 1e300", with(N, N - 1, 1e300)),
        ("a last 1e90", with(N, N - 1, 1e90)),
        ("one −1e300", with(N, 7, -1e300)),
        (
            "±1e308",
            (0..N)
                .map(|t| if t % 2 == 0 { 1e308 } else { -1e308 })
                .collect(),
        ),
        (
            "1e16 and noise",
            sound(N).iter().map(|one| one + 1e16).collect(),
        ),
        ("negative", scaled(-1.0)),
    ]
}

struct Case {
    name: String,
    y: Vec<f64>,
    offset: Vec<f64>,
    design: Design,
}

fn trend_design(n: usize) -> Design {
    Design::intercept(n)
        .with("trend", (0..n).map(|t| t as f64).collect())
        .expect("finite")
}

/// A fault at a time: in the series, the offset or the design.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (name, y) in series() {
        for slope in [false, true] {
            let n = y.len();
            cases.push(Case {
                name: format!("series {name}, trend {slope}"),
                offset: vec![0.0; n],
                design: if slope {
                    trend_design(n)
                } else {
                    Design::intercept(n)
                },
                y: y.clone(),
            });
        }
    }
    for (name, place, value) in [
        ("zero exposure", 3, f64::NEG_INFINITY),
        ("∞", 3, f64::INFINITY),
        ("NaN", 3, f64::NAN),
        ("1e300", 3, 1e300),
        ("−1e300", 3, -1e300),
        ("700", 3, 700.0),
    ] {
        let mut offset = vec![0.0; N];
        offset[place] = value;
        cases.push(Case {
            name: format!("offset {name}"),
            y: sound(N),
            offset,
            design: trend_design(N),
        });
    }
    for n in [N - 1, 0] {
        cases.push(Case {
            name: format!("offset of {n} rows"),
            y: sound(N),
            offset: vec![0.0; n],
            design: trend_design(N),
        });
        cases.push(Case {
            name: format!("design of {n} rows"),
            y: sound(N),
            offset: vec![0.0; N],
            design: trend_design(n),
        });
    }
    let line = |by: f64| (0..N).map(|t| t as f64 * by).collect::<Vec<_>>();
    for (name, column) in [
        ("twice the same", line(1.0)),
        ("a multiple", line(3.0)),
        ("zero", vec![0.0; N]),
        ("one", vec![1.0; N]),
        ("1e300", sound(N).iter().map(|one| one * 1e300).collect()),
        ("1e-300", sound(N).iter().map(|one| one * 1e-300).collect()),
        ("the series", sound(N)),
        (
            "a row's own",
            with(N, 5, 1.0)
                .iter()
                .map(|one| f64::from(u8::from(*one > 1e9)))
                .collect(),
        ),
    ] {
        let Ok(design) = trend_design(N).with("x", column) else {
            continue;
        };
        cases.push(Case {
            name: format!("column {name}"),
            y: sound(N),
            offset: vec![0.0; N],
            design,
        });
    }
    cases.push(Case {
        name: "no columns".to_owned(),
        y: sound(N),
        offset: vec![0.0; N],
        design: Design::new(Vec::<(String, Vec<f64>)>::new())
            .unwrap_or_else(|_| Design::intercept(0)),
    });
    cases
}

#[test]
fn a_column_that_isnt_finite_is_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = Design::intercept(N).with("x", with(N, 4, value));
        assert!(error.is_err_and(|error| error.to_string().contains('x')));
    }
}

#[test]
fn regressions() {
    let mut faults = Faults::default();
    for case in cases() {
        let (y, offset, design) = (&case.y, &case.offset, &case.design);
        for family in FAMILIES {
            let at = format!("{}, {family:?}", case.name);
            let fit = faults.run("fit_glm", &at, || fit_glm(y, offset, design, family));
            faults.run("Regression", &at, || {
                Regression::new(y, design, family).weights(y).fit()
            });
            let Some(fit) = fit else { continue };
            faults.run("terms", &at, || fit.terms(0.95));
            for covariance in COVARIANCES {
                faults.run("robust", &at, || robust(&fit, design, covariance));
                faults.run("score_process", &at, || {
                    let process = score_process(&fit, design, y, covariance)?;
                    process.test(FluctuationFunctional::Max)
                });
            }
            for hac in [
                Hac::newey_west_automatic(),
                Hac::quadratic_spectral(),
                Hac {
                    bandwidth: Bandwidth::Fixed(1e300),
                    ..Hac::newey_west(1)
                },
            ] {
                faults.run("robust", &at, || robust(&fit, design, Covariance::Hac(hac)));
                faults.run("fixed_b_test", &at, || {
                    fixed_b_test(&fit, design, hac, 0, 0.05)
                });
            }
        }
        faults.run("fit_ols", &case.name, || fit_ols(y, design));
        faults.run("fit_gls_ar1", &case.name, || fit_gls_ar1(y, design));
        for rho in [0.5, 1.0, -1.0, f64::NAN, 0.999_999_999] {
            faults.run("gls_at_rho", &case.name, || gls_at_rho(y, design, rho));
        }
    }
    faults.none();
}

#[test]
fn breaks_of_a_level() {
    let mut faults = Faults::default();
    for case in cases() {
        for family in FAMILIES {
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &case.design,
                family,
            };
            let at = format!("{}, {family:?}", case.name);
            let test = faults.run("sup_f_test", &at, || {
                sup_f_test(&model, &SEARCH, &BOOTSTRAP, 0.05)
            });
            if let Some(test) = test {
                assert!(test.p_value > 0.0 && test.p_value <= 1.0, "{at}");
            }
            faults.run("date_breaks", &at, || date_breaks(&model, &SEARCH));
            for breaks in [vec![], vec![19], vec![9, 19], vec![19, 9], vec![500]] {
                faults.run("estimate_shift", &at, || {
                    estimate_shift(&model, &breaks, 0, &SEARCH, &BOOTSTRAP)
                });
            }
            for recent in [(20, 29), (25, 22), (0, 500)] {
                faults.run("durability_test", &at, || {
                    durability_test(&model, &[19], 0, recent, 0.5, &BOOTSTRAP)
                });
            }
            for tail in [0, 1, 4, N, 500] {
                faults.run("end_of_sample_test", &at, || {
                    end_of_sample_test(&model, tail)
                });
            }
        }
    }
    let (design, offset, y) = (Design::intercept(N), vec![0.0; N], sound(N));
    let model = ShiftModel {
        y: &y,
        offset: &offset,
        design: &design,
        family: Family::Poisson,
    };
    for trimming in [f64::NAN, -0.1, 0.0, 0.5, f64::INFINITY] {
        for window in [None, Some((20, 10)), Some((0, 500)), Some((500, 900))] {
            let search = Search {
                trimming,
                window,
                ..SEARCH
            };
            let at = format!("{search:?}");
            faults.run("sup_f_test", &at, || {
                sup_f_test(&model, &search, &BOOTSTRAP, 0.05)
            });
            faults.run("date_breaks", &at, || date_breaks(&model, &search));
            faults.run("estimate_shift", &at, || {
                estimate_shift(&model, &[19], 0, &search, &BOOTSTRAP)
            });
        }
    }
    for level in [f64::NAN, 0.0, 1.0, -1.0] {
        faults.run("sup_f_test", "a level", || {
            sup_f_test(&model, &SEARCH, &BOOTSTRAP, level)
        });
    }
    for bound in [f64::NAN, 0.0, -1.0, f64::INFINITY] {
        faults.run("durability_test", "a bound", || {
            durability_test(&model, &[19], 0, (20, 29), bound, &BOOTSTRAP)
        });
    }
    faults.none();
}

#[test]
fn least_squares_breaks() {
    let mut faults = Faults::default();
    for case in cases() {
        let (y, design, at) = (&case.y, &case.design, case.name.as_str());
        for statistic in [
            BreakStatistic::F,
            BreakStatistic::Wald,
            BreakStatistic::LagrangeMultiplier,
            BreakStatistic::LikelihoodRatio,
            BreakStatistic::RobustWald(Covariance::Hc0),
            BreakStatistic::RobustWald(Covariance::NeweyWest { lag: 2 }),
        ] {
            let options = FTestOptions {
                statistic,
                ..FTestOptions::default()
            };
            if let Some(found) =
                faults.run("f_statistics", at, || f_statistics(y, design, &options))
            {
                for aggregation in [Aggregation::Sup, Aggregation::Ave, Aggregation::Exp] {
                    faults.run("FStatistics::test", at, || found.test(aggregation));
                }
            }
            for resampling in [
                Resampling::Independent,
                Resampling::WildMammen,
                Resampling::MovingBlocks { length: None },
            ] {
                faults.run("bootstrap_f_test", at, || {
                    bootstrap_f_test(
                        y,
                        design,
                        &options,
                        resampling,
                        ResidualsFrom::NoBreak,
                        &BOOTSTRAP,
                        0.05,
                    )
                });
            }
        }
        for candidates in [
            Candidates::trimming(f64::NAN),
            Candidates::trimming(0.0),
            Candidates::trimming(0.6),
            Candidates::trimming(-1.0),
        ] {
            let options = FTestOptions {
                candidates,
                ..FTestOptions::default()
            };
            faults.run("f_statistics", at, || f_statistics(y, design, &options));
        }
        for kind in [
            Fluctuation::OlsCusum,
            Fluctuation::OlsMosum { bandwidth: 0.15 },
            Fluctuation::OlsMosum {
                bandwidth: f64::NAN,
            },
            Fluctuation::RecursiveCusum,
            Fluctuation::RecursiveMosum { bandwidth: 0.15 },
        ] {
            faults.run("fluctuation_process", at, || {
                let process = fluctuation_process(y, design, kind, Covariance::Model)?;
                process.test(FluctuationFunctional::Max)
            });
        }
        let model = RegimeModel {
            y,
            design,
            fixed: &[],
        };
        for least in [
            MinSegment::Share(0.15),
            MinSegment::Share(f64::NAN),
            MinSegment::Share(0.0),
            MinSegment::Periods(0),
            MinSegment::Periods(5),
        ] {
            faults.run("optimal_partitions", at, || {
                optimal_partitions(&model, least, 3)
            });
            for law in [
                CountLaw::Poisson,
                CountLaw::NegativeBinomial { theta: None },
                CountLaw::NegativeBinomial {
                    theta: Some(f64::NAN),
                },
            ] {
                faults.run("optimal_count_partitions", at, || {
                    optimal_count_partitions(y, &case.offset, design, law, least, 3)
                });
            }
        }
        for trimming in [0.15, 0.2, f64::NAN] {
            faults.run("break_tests", at, || {
                break_tests(&model, trimming, 3, Assumptions::default(), 0.05)
            });
        }
        for breaks in [vec![], vec![14], vec![20, 10], vec![500]] {
            faults.run("fit_partition", at, || {
                fit_partition(&model, &breaks, Assumptions::default())
            });
            let intervals = faults.run("date_intervals", at, || {
                date_intervals(&model, &breaks, DateIntervalOptions::default())
            });
            for interval in intervals.into_iter().flatten() {
                faults.run("date interval", at, || interval);
            }
        }
    }
    faults.none();
}

fn every_search<C: Cost + Debug>(
    faults: &mut Faults,
    at: &str,
    cost: impl FnOnce() -> Result<C, SegmentationError>,
) {
    let Some(cost) = faults.run("a cost", at, cost) else {
        return;
    };
    for penalty in [
        Penalty::Bic,
        Penalty::Mbic,
        Penalty::MbicOfChangepoint,
        Penalty::Robust { multiple: 2.0 },
        Penalty::Robust { multiple: f64::NAN },
        Penalty::Manual(0.0),
        Penalty::Manual(f64::NAN),
        Penalty::Manual(-1.0),
        Penalty::Manual(1e308),
    ] {
        for pruning in [Pruning::Fastest, Pruning::Inequality] {
            let search = Pelt::new(penalty).with_pruning(pruning);
            faults.run("pelt", at, || pelt(&cost, &search));
            faults.run("pelt", at, || pelt(&cost, &search.with_min_segment(0)));
            faults.run("pelt", at, || pelt(&cost, &search.with_min_segment(500)));
        }
    }
    for (from, to) in [
        (1.0, 20.0),
        (20.0, 1.0),
        (f64::NAN, 1.0),
        (0.0, f64::INFINITY),
    ] {
        faults.run("crops", at, || crops(&cost, from, to, None));
    }
    for count in [0, 2, 500] {
        faults.run("fixed_breaks", at, || fixed_breaks(&cost, count, None));
    }
}

#[test]
fn segmentations() {
    let mut faults = Faults::default();
    for (name, y) in series() {
        every_search(&mut faults, &format!("mean, {name}"), || MeanCost::new(&y));
        every_search(&mut faults, &format!("rank, {name}"), || RankCost::new(&y));
        every_search(&mut faults, &format!("mean and variance, {name}"), || {
            MeanVarianceCost::new(&y)
        });
        every_search(&mut faults, &format!("variance, {name}"), || {
            VarianceCost::new(&y)
        });
        every_search(&mut faults, &format!("line, {name}"), || {
            LinearCost::new(&y, &trend_design(y.len()))
        });
        let exposures = [
            None,
            Some(vec![1.0; y.len()]),
            Some(vec![0.0; y.len()]),
            Some(vec![1e300; y.len()]),
            Some(vec![1e-300; y.len()]),
            Some(vec![f64::NAN; y.len()]),
            Some(vec![-1.0; y.len()]),
            Some(vec![1.0; 2]),
        ];
        for exposure in &exposures {
            let exposure = exposure.as_deref();
            let first = exposure.and_then(<[f64]>::first);
            let at = format!("exposure {first:?}, {name}");
            every_search(&mut faults, &format!("Poisson, {at}"), || {
                PoissonCost::new(&y, exposure)
            });
            for theta in [2.0, 1e-300, 1e300, 0.0, f64::NAN] {
                every_search(&mut faults, &format!("θ {theta:e}, {at}"), || {
                    NegativeBinomialCost::new(&y, exposure, theta)
                });
            }
            faults.run("theta_from_differences", &at, || {
                theta_from_differences(&y, exposure)
            });
        }
        faults.run("noise_scale", name, || noise_scale(&y));
        faults.run("block_lengths", name, || block_lengths(&y));
    }
    faults.none();
}

fn watch<M: PredictiveModel + Copy>(
    faults: &mut Faults,
    at: &str,
    model: M,
    observations: &[M::Observation],
) {
    for hazard in [0.01, 0.0, 1.0, f64::NAN, 2.0] {
        faults.run(
            "OnlineDetector",
            at,
            || -> Result<Vec<OnlineStep>, OnlineError> {
                let mut detector = OnlineDetector::new(model, ConstantHazard(hazard))?;
                observations
                    .iter()
                    .map(|one| detector.update(one))
                    .collect()
            },
        );
    }
}

#[test]
fn online_detection() {
    let mut faults = Faults::default();
    for (name, y) in series() {
        for figure in [1.0, 1e-300, 1e300, 0.0, f64::NAN, f64::INFINITY, -1.0] {
            let at = format!("prior {figure:e}, {name}");
            let model = NormalInverseGamma {
                mean: 5.0,
                weight: 1.0,
                shape: 1.0,
                scale: figure,
            };
            watch(&mut faults, &at, model, &y);
            let model = NormalKnownVariance {
                mean: 5.0,
                mean_variance: figure,
                variance: 1.0,
            };
            watch(&mut faults, &at, model, &y);
            for exposure in [1.0, 0.0, f64::NAN, 1e300, 1e-300] {
                let counts: Vec<Exposed> =
                    y.iter().map(|&count| Exposed { count, exposure }).collect();
                let at = format!("{at}, exposure {exposure:e}");
                let model = GammaPoisson {
                    shape: 1.0,
                    rate: figure,
                };
                watch(&mut faults, &at, model, &counts);
                let model = BetaNegativeBinomial {
                    theta: figure,
                    alpha: 2.0,
                    beta: 2.0,
                };
                watch(&mut faults, &at, model, &counts);
            }
        }
    }
    faults.none();
}

#[test]
fn interruptions_and_events() {
    let mut faults = Faults::default();
    for case in cases() {
        let (y, offset, design) = (&case.y, &case.offset, &case.design);
        for family in [
            Family::Gaussian,
            Family::QuasiPoisson,
            Family::NegativeBinomial,
        ] {
            for covariance in [Covariance::Model, Covariance::NeweyWest { lag: 2 }] {
                let at = format!("{}, {family:?}, {covariance:?}", case.name);
                for (place, shape) in [
                    (20, Shape::Level),
                    (20, Shape::Slope { first: 1.0 }),
                    (20, Shape::Slope { first: f64::NAN }),
                    (20, Shape::Slope { first: 1e300 }),
                    (20, Shape::Temporary { length: 0 }),
                    (20, Shape::Temporary { length: 3 }),
                    (20, Shape::Pulse { decay: 0.5 }),
                    (20, Shape::Pulse { decay: f64::NAN }),
                    (20, Shape::Free { leads: 1, lags: 3 }),
                    (0, Shape::Level),
                    (500, Shape::Level),
                ] {
                    let interruptions = [Interruption {
                        name: "it".to_owned(),
                        at: place,
                        shape,
                    }];
                    let model = InterruptedModel {
                        y,
                        offset,
                        base: design,
                        family,
                        covariance,
                        interruptions: &interruptions,
                        confidence: 0.95,
                    };
                    let fit = faults.run("fit_interrupted", &at, || fit_interrupted(&model));
                    if let Some(fit) = fit {
                        faults.run("path", &at, || fit.path(&[0]));
                        faults.run("cumulative", &at, || fit.cumulative(&[0], 20, 29));
                        faults.run("cumulative", &at, || fit.cumulative(&[7], 9, 500));
                    }
                    faults.run("choose_decay", &at, || {
                        choose_decay(&model, &[0], &[0.0, 0.5, 0.9])
                    });
                }
                for events in [vec![10, 20], vec![], vec![0], vec![500], vec![29]] {
                    let study = EventStudy {
                        y,
                        offset,
                        base: design,
                        family,
                        covariance,
                        events: &events,
                        leads: 2,
                        lags: 3,
                        reference: EventReference::Outside,
                        anticipation: 0,
                        confidence: 0.95,
                    };
                    faults.run("event_study", &at, || event_study(&study));
                    if events.len() == 2 {
                        let rules = PlaceboRules {
                            leads: 2,
                            lags: 3,
                            clear_of_events: true,
                            season: None,
                            keep_spacing: false,
                            most: 20,
                            seed: 1,
                        };
                        let statistic = EventStatistic::Mean { first: 0, last: 3 };
                        faults.run("event_permutation", &at, || {
                            event_permutation(&study, &rules, statistic, Exceeds::Either)
                        });
                    }
                }
                for (name, pressure) in [("sound", sound(N)), ("own", y.clone())] {
                    let at = format!("{at}, pressure {name}");
                    lags(&mut faults, &at, &case, &pressure, family, covariance);
                }
            }
        }
    }
    let case = &cases()[0];
    for (name, pressure) in series() {
        lags(
            &mut faults,
            name,
            case,
            &pressure,
            Family::Gaussian,
            Covariance::Model,
        );
    }
    faults.none();
}

fn lags(
    faults: &mut Faults,
    at: &str,
    case: &Case,
    pressure: &[f64],
    family: Family,
    covariance: Covariance,
) {
    let model = LagModel {
        y: &case.y,
        offset: &case.offset,
        base: &case.design,
        pressure,
        family,
        covariance,
        confidence: 0.95,
    };
    for (lags, form) in [
        (0, LagForm::Free),
        (2, LagForm::Free),
        (4, LagForm::Almon { degree: 2 }),
        (4, LagForm::Almon { degree: 9 }),
        (500, LagForm::Free),
    ] {
        faults.run("distributed_lags", at, || {
            distributed_lags(&model, lags, form, LagSample::Longest)
        });
    }
    faults.run("distributed_lags", at, || {
        distributed_lags(&model, 1, LagForm::Free, LagSample::From(500))
    });
    faults.run("choose_lags", at, || {
        choose_lags(&model, 3, LagForm::Free, LagCriterion::Bic)
    });
    faults.run("dynamic_lags", at, || {
        dynamic_lags(&model, 1, 2, 6, LagSample::Longest)
    });
}

#[test]
fn samples() {
    let mut faults = Faults::default();
    for (name, first) in series() {
        for (other, second) in series() {
            let at = format!("{name} against {other}");
            let (first, second) = (&first, &second);
            faults.run("cohens_d", &at, || cohens_d(first, second, 0.95));
            faults.run("cohens_d_paired", &at, || {
                cohens_d_paired(first, second, 0.95)
            });
            faults.run("glass_delta", &at, || glass_delta(first, second, 0.95));
            faults.run("cliffs_delta", &at, || cliffs_delta(first, second, 0.95));
            faults.run("standardised_difference_of_series", &at, || {
                standardised_difference_of_series(first, second, 0.95)
            });
            for bounds in [(-1.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (-1e300, 1e300)] {
                faults.run("tost_paired", &at, || {
                    tost_paired(first, second, bounds, 0.05)
                });
                for variances in [Variances::Separate, Variances::Pooled] {
                    faults.run("tost_two_samples", &at, || {
                        tost_two_samples(first, second, variances, bounds, 0.05)
                    });
                }
            }
        }
        faults.run("tost_one_sample", name, || {
            tost_one_sample(&first, (-1.0, 1.0), 0.05)
        });
        for method in [
            Adjustment::Bonferroni,
            Adjustment::Holm,
            Adjustment::BenjaminiHochberg,
            Adjustment::BenjaminiYekutieli,
            Adjustment::Storey(PiZero::Smoother),
            Adjustment::Storey(PiZero::Bootstrap),
            Adjustment::Storey(PiZero::Fixed(f64::NAN)),
        ] {
            faults.run("adjust_p_values", name, || adjust_p_values(&first, method));
            let shares: Vec<f64> = first.iter().map(|one| one / 20.0).collect();
            faults.run("adjust_p_values", name, || adjust_p_values(&shares, method));
        }
    }
    let figures = [
        1.0,
        0.0,
        -1.0,
        1e-300,
        1e300,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    for a in figures {
        for b in figures {
            for c in figures {
                let at = format!("{a:e}, {b:e}, {c:e}");
                // Infinite degrees of freedom are those of the normal law, and come back as given.
                let df = if c == f64::INFINITY { f64::NAN } else { c };
                faults.run("tost_coefficient", &at, || {
                    tost_coefficient(a, b, df, (-1.0, 1.0), 0.05)
                });
                faults.run("tost_coefficient", &at, || {
                    tost_coefficient(0.2, 0.1, 20.0, (a, b), c)
                });
                faults.run("tost_rate_ratio", &at, || {
                    tost_rate_ratio(a, b, df, (0.8, 1.25), 0.05)
                });
                faults.run("tost_rate_ratio", &at, || {
                    tost_rate_ratio(0.1, 0.1, 20.0, (a, b), c)
                });
                faults.run("non_inferiority", &at, || {
                    non_inferiority(a, b, df, 1.0, yalu_stats::Worse::Below, 0.05)
                });
                faults.run("rate_ratio", &at, || {
                    rate_ratio((a, b), (5.0, 2.0), c, 0.95)
                });
            }
        }
    }
    faults.none();
}

const UNITS: usize = 5;
const PERIODS: usize = 12;

fn outcomes() -> Vec<f64> {
    (0..UNITS * PERIODS)
        .map(|at| {
            let (unit, period) = (at / PERIODS, at % PERIODS);
            let step = if unit == 0 && period > 8 { 5.0 } else { 0.0 };
            step + ((unit * 5 + period * 3 + unit * period) % 7) as f64 + period as f64
        })
        .collect()
}

#[test]
fn synthetic_controls() {
    let mut faults = Faults::default();
    let mut panels: Vec<(String, Vec<f64>)> = vec![
        ("sound".to_owned(), outcomes()),
        ("constant".to_owned(), vec![4.0; UNITS * PERIODS]),
        ("all zero".to_owned(), vec![0.0; UNITS * PERIODS]),
        (
            "alike".to_owned(),
            (0..UNITS * PERIODS)
                .map(|at| (at % PERIODS) as f64)
                .collect(),
        ),
        ("empty".to_owned(), Vec::new()),
    ];
    for value in [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        1e150,
        -1e300,
    ] {
        for place in [0, 11, PERIODS + 2, UNITS * PERIODS - 1] {
            let mut figures = outcomes();
            figures[place] = value;
            panels.push((format!("{value:e} at {place}"), figures));
        }
    }
    for by in [1e300, 1e150, 1e-150, 1e-300] {
        panels.push((
            format!("times {by:e}"),
            outcomes().iter().map(|one| one * by).collect(),
        ));
    }
    for (name, figures) in panels {
        for start in [9, 11, 1, 0, 2] {
            let at = format!("{name}, from {start}");
            let names = |what: &str, n: usize| (0..n).map(|at| format!("{what}{at}")).collect();
            let panel = faults.run("Panel", &at, || {
                Panel::new(
                    names("u", UNITS),
                    names("p", PERIODS),
                    figures.clone(),
                    &["u0"],
                    &format!("p{start}"),
                )
            });
            if let Some(panel) = panel {
                synthetic(&mut faults, &at, &panel);
            }
        }
    }
    faults.none();
}

fn synthetic(faults: &mut Faults, at: &str, panel: &Panel) {
    let before: Vec<usize> = (0..panel.start()).collect();
    let options = SyntheticOptions {
        n_random_starts: 1,
        ..SyntheticOptions::default()
    };
    let mut sets = vec![Vec::new()];
    sets.extend(faults.run("Predictor", at, || Predictor::outcomes(panel, &before)));
    sets.extend(
        faults
            .run("Predictor", at, || {
                Predictor::outcome_mean(panel, "mean", &before)
            })
            .map(|one| vec![one]),
    );
    for value in [f64::NAN, 1e300, 0.0] {
        let values = (0..UNITS).map(|unit| Some(unit as f64 * value)).collect();
        sets.push(vec![Predictor::given("x", values)]);
    }
    sets.push(vec![Predictor::given("short", vec![Some(1.0)])]);
    for predictors in &sets {
        let fit = faults.run("fit_synthetic_control", at, || {
            fit_synthetic_control(panel, predictors, &options)
        });
        let Some(fit) = fit else { continue };
        faults.run("rmspe_ratio", at, || {
            Ok::<_, SyntheticError>(fit.rmspe_ratio())
        });
        faults.run("placebos_in_space", at, || {
            placebos_in_space(
                panel,
                predictors,
                &options,
                &InSpaceOptions {
                    treated_as_donor: false,
                    max_pre_mspe_ratio: None,
                },
            )
        });
        faults.run("leave_one_out", at, || {
            leave_one_out(panel, predictors, &options, &fit)
        });
    }
    let conformal = ConformalOptions::default();
    let n_after = PERIODS - panel.start();
    for null in [
        vec![0.0; n_after],
        vec![f64::NAN; n_after],
        vec![1e300; n_after],
        vec![],
    ] {
        faults.run("conformal_test", at, || {
            conformal_test(panel, &null, &conformal)
        });
    }
    faults.run("conformal_intervals", at, || {
        conformal_intervals(panel, &conformal)
    });
    faults.run("conformal_average_interval", at, || {
        conformal_average_interval(panel, &conformal)
    });
    faults.run("fit_augmented", at, || {
        fit_augmented(panel, &AugmentedOptions::default())
    });
    for estimator in [
        DidEstimator::SyntheticDid,
        DidEstimator::SyntheticControl,
        DidEstimator::Did,
    ] {
        faults.run("fit_synthetic_did", at, || {
            fit_synthetic_did(panel, estimator)
        });
        faults.run("sdid_placebo_error", at, || {
            sdid_placebo_error(panel, estimator, 5, 1)
        });
        faults.run("sdid_jackknife_error", at, || {
            sdid_jackknife_error(panel, estimator)
        });
    }
}

#[test]
fn counterfactuals() {
    let mut faults = Faults::default();
    let sampling = Sampling {
        n_draws: 100,
        n_burn_in: 20,
        ..Sampling::default()
    };
    let model = CounterfactualModel::default();
    for (name, y) in series() {
        let some: Vec<Option<f64>> = y.iter().copied().map(Some).collect();
        let none: Vec<Option<f64>> = vec![None; N];
        for n_before in [20, 0, 1, 3, N, 500] {
            for (other, x) in series() {
                if name != "sound" && other != "sound" {
                    continue;
                }
                let controls = [Control {
                    name: "x",
                    values: &x,
                }];
                faults.run(
                    "structural_counterfactual",
                    &format!("{name}, {other}"),
                    || structural_counterfactual(&some, n_before, &controls, &model, &sampling),
                );
            }
            faults.run("structural_counterfactual", name, || {
                structural_counterfactual(&some, n_before, &[], &model, &sampling)
            });
            faults.run("structural_counterfactual", "nothing observed", || {
                structural_counterfactual(&none, n_before, &[], &model, &sampling)
            });
        }
    }
    faults.none();
}

const FIGURES: [f64; 9] = [
    0.05,
    1.0,
    0.0,
    -1.0,
    1e-300,
    1e300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

#[test]
fn figures_and_fits_that_dont_belong_together() {
    let mut faults = Faults::default();
    for a in FIGURES {
        for b in FIGURES {
            let at = format!("{a:e}, {b:e}");
            for n_changing in [0, 1, 40, 41] {
                for aggregation in [Aggregation::Sup, Aggregation::Ave, Aggregation::Exp] {
                    faults.run("hansen_p_value", &at, || {
                        hansen_p_value(a, aggregation, n_changing, b)
                    });
                }
            }
            for which in [vec![], vec![0], vec![0, 1], vec![0, 0], vec![7]] {
                faults.run("wald_test", &at, || {
                    wald_test(&[a, 1.0], &[b, 0.0, 0.0, 1.0], &which, 0)
                });
            }
            faults.run("wald_test", &at, || wald_test(&[a], &[b; 3], &[0], 5));
            let names = ["x".to_owned()];
            for df in FIGURES {
                faults.run("terms", &at, || terms(&names, &[a], &[b], Some(df), 0.95));
            }
            faults.run("terms", &at, || terms(&names, &[a], &[1.0], None, b));
            faults.run("terms", &at, || terms(&names, &[a; 2], &[b], None, 0.95));
        }
    }
    let (y, design) = (sound(N), trend_design(N));
    let fit = fit_ols(&y, &design).expect("a sound series").fit;
    for other in cases() {
        let (at, stray) = (other.name.as_str(), &other.design);
        for covariance in COVARIANCES {
            faults.run("robust", at, || robust(&fit, stray, covariance));
            faults.run("robust_covariance", at, || {
                robust_covariance(&fit, stray, &other.y, covariance)
            });
            faults.run("score_process", at, || {
                score_process(&fit, stray, &other.y, covariance)
            });
        }
        for index in [0, 1, 2, 500] {
            faults.run("fixed_b_test", at, || {
                fixed_b_test(&fit, stray, Hac::newey_west(2), index, 0.05)
            });
        }
        let model = ShiftModel {
            y: &other.y,
            offset: &other.offset,
            design: stray,
            family: Family::Poisson,
        };
        for edges in [vec![], vec![9], vec![19, 9], vec![500], vec![9, 9]] {
            for reference in [0, 1, 7] {
                faults.run("fit_regimes", at, || fit_regimes(&model, &edges, reference));
            }
        }
        for resampling in [
            Resampling::Independent,
            Resampling::WildRademacher,
            Resampling::MovingBlocks { length: Some(500) },
            Resampling::MovingBlocks { length: Some(0) },
        ] {
            faults.run("bootstrap_distribution", at, || {
                bootstrap_distribution(&y, &other.y, resampling, &BOOTSTRAP, |one| Some(one[0]))
            });
        }
        faults.run("bootstrap_distribution", at, || {
            bootstrap_distribution(&y, &y, Resampling::Independent, &BOOTSTRAP, |_| {
                Some(f64::NAN)
            })
        });
        let process = fluctuation_process(
            &other.y,
            stray,
            Fluctuation::OlsCusum,
            Covariance::NeweyWest { lag: 2 },
        );
        if let Ok(process) = process {
            for level in FIGURES {
                faults.run("boundary", at, || {
                    process.boundary(FluctuationFunctional::Max, level)
                });
            }
            faults.run("only", at, || process.only(&[500]));
        }
    }
    for events in [vec![], vec![0], vec![500], vec![9, 9], vec![20, 9]] {
        for season in [None, Some(0), Some(12)] {
            for keep_spacing in [false, true] {
                for n in [0, 1, N] {
                    let rules = PlaceboRules {
                        leads: 2,
                        lags: 3,
                        clear_of_events: true,
                        season,
                        keep_spacing,
                        most: 20,
                        seed: 1,
                    };
                    faults.run("placebo_dates", &format!("{events:?} of {n}"), || {
                        placebo_dates(n, &events, &rules)
                    });
                }
            }
        }
    }
    faults.none();
}

#[test]
fn options_out_of_range() {
    let mut faults = Faults::default();
    let y: Vec<Option<f64>> = sound(N).into_iter().map(Some).collect();
    let names = |what: &str, n: usize| (0..n).map(|at| format!("{what}{at}")).collect();
    let panel = Panel::new(
        names("u", UNITS),
        names("p", PERIODS),
        outcomes(),
        &["u0"],
        "p9",
    )
    .expect("a sound panel");
    let before: Vec<usize> = (0..9).collect();
    let predictors = Predictor::outcomes(&panel, &before).expect("a sound window");
    for value in FIGURES {
        let at = format!("{value:e}");
        let sampling = Sampling {
            n_draws: 100,
            n_burn_in: 0,
            ..Sampling::default()
        };
        let sound = CounterfactualModel::default();
        for model in [
            CounterfactualModel {
                level_sd: value,
                ..sound
            },
            CounterfactualModel {
                season_sd: value,
                season: Some(4),
                ..sound
            },
            CounterfactualModel {
                state_df: value,
                ..sound
            },
            CounterfactualModel {
                expected_r2: value,
                ..sound
            },
            CounterfactualModel {
                observation_df: value,
                ..sound
            },
            CounterfactualModel {
                information_weight: value,
                ..sound
            },
            CounterfactualModel {
                diagonal_shrinkage: value,
                ..sound
            },
            CounterfactualModel {
                selection: Selection::SpikeAndSlab {
                    expected_size: value,
                },
                ..sound
            },
        ] {
            let x: Vec<f64> = (0..N).map(|t| (t % 7) as f64).collect();
            let controls = [Control {
                name: "x",
                values: &x,
            }];
            faults.run(
                "structural_counterfactual",
                &format!("{at}, {model:?}"),
                || structural_counterfactual(&y, 20, &controls, &model, &sampling),
            );
        }
        faults.run("prior_sensitivity", &at, || {
            prior_sensitivity(&y, 20, &[], &sound, &sampling, &[value])
        });
        for sampling in [
            Sampling {
                coverage: value,
                ..sampling
            },
            Sampling {
                n_chains: 0,
                ..sampling
            },
            Sampling {
                n_draws: 0,
                ..sampling
            },
        ] {
            faults.run("structural_counterfactual", &at, || {
                structural_counterfactual(&y, 20, &[], &sound, &sampling)
            });
        }
        for options in [
            SyntheticOptions {
                start_spread: value,
                ..SyntheticOptions::default()
            },
            SyntheticOptions {
                least_share: value,
                ..SyntheticOptions::default()
            },
            SyntheticOptions {
                mspe_window: Some(Vec::new()),
                ..SyntheticOptions::default()
            },
            SyntheticOptions {
                mspe_window: Some(vec![500]),
                ..SyntheticOptions::default()
            },
        ] {
            faults.run("fit_synthetic_control", &at, || {
                fit_synthetic_control(&panel, &predictors, &options)
            });
            for start in ["p4", "p1", "p0", "p9", "none"] {
                faults.run("in_time_placebo", &at, || {
                    in_time_placebo(&panel, &predictors, &options, start)
                });
            }
        }
        let in_space = InSpaceOptions {
            treated_as_donor: true,
            max_pre_mspe_ratio: Some(value),
        };
        faults.run("placebos_in_space", &at, || {
            placebos_in_space(&panel, &predictors, &SyntheticOptions::default(), &in_space)
        });
        faults.run("fit_augmented", &at, || {
            fit_augmented(
                &panel,
                &AugmentedOptions {
                    penalty: RidgePenalty::Given(value),
                },
            )
        });
        let sound = ConformalOptions::default();
        for options in [
            ConformalOptions {
                norm: value,
                ..sound
            },
            ConformalOptions {
                alpha: value,
                ..sound
            },
            ConformalOptions {
                permutations: Permutations::Iid {
                    n_draws: 0,
                    seed: 1,
                },
                ..sound
            },
        ] {
            faults.run("conformal_test", &at, || {
                conformal_test(&panel, &[0.0; 3], &options)
            });
            faults.run("conformal_intervals", &at, || {
                conformal_intervals(&panel, &options)
            });
        }
        faults.run("sdid_placebo_error", &at, || {
            sdid_placebo_error(&panel, DidEstimator::Did, 0, 1)
        });
        let mut covariate = vec![Some(1.0); UNITS * PERIODS];
        covariate[3] = Some(value);
        for window in [vec![], vec![3], vec![500]] {
            faults.run("covariate_mean", &at, || {
                Predictor::covariate_mean(&panel, "x", &covariate, &window)
            });
        }
    }
    faults.none();
}

fn small_series() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        prop::collection::vec((0_u8..6).prop_map(f64::from), 0..40),
        prop::collection::vec(-5.0..5.0_f64, 0..40),
        prop::collection::vec(0.0..1e12_f64, 8..40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_small_series_gives_finite_figures_or_words(
        y in small_series(),
        slope in any::<bool>(),
        family in prop::sample::select(FAMILIES.to_vec()),
        exposures in prop::collection::vec(0.01..100.0_f64, 40),
        trimming in 0.0..0.4_f64,
    ) {
        let mut faults = Faults::default();
        let n = y.len();
        let offset: Vec<f64> = exposures[..n].iter().map(|one| one.ln()).collect();
        let design = if slope { trend_design(n) } else { Design::intercept(n) };
        let model = ShiftModel { y: &y, offset: &offset, design: &design, family };
        let search = Search { trimming, ..SEARCH };
        let test = faults.run("sup_f_test", "", || sup_f_test(&model, &search, &BOOTSTRAP, 0.05));
        if let Some(test) = test {
            prop_assert!(test.p_value > 0.0 && test.p_value <= 1.0);
            prop_assert!(test.break_index + 1 < n);
        }
        let dating = faults.run("date_breaks", "", || date_breaks(&model, &search));
        if let Some(dating) = dating {
            for dated in &dating.by_count {
                prop_assert!(dated.breaks.is_sorted_by(|a, b| a < b));
                prop_assert!(dated.breaks.iter().all(|one| one + 1 < n));
                for focus in 0..dated.breaks.len() {
                    let estimate = faults.run("estimate_shift", "", || {
                        estimate_shift(&model, &dated.breaks, focus, &search, &BOOTSTRAP)
                    });
                    if let Some(one) = estimate {
                        prop_assert!(one.interval.0 <= one.break_index);
                        prop_assert!(one.break_index <= one.interval.1 && one.interval.1 < n);
                        prop_assert!(one.effect_interval.0 <= one.effect_interval.1);
                    }
                }
            }
        }
        prop_assert!(faults.0.is_empty(), "{}", faults.0.join("\n"));
    }
}
