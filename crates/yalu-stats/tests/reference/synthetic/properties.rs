//! What holds for any panel.

use proptest::prelude::*;
use yalu_stats::synthetic::{
    AugmentedOptions, ConformalOptions, DidEstimator, InSpaceOptions, Panel, Predictor,
    PredictorWeights, SyntheticControl, SyntheticError, SyntheticOptions, conformal_intervals,
    conformal_test, fit_augmented, fit_synthetic_control, fit_synthetic_did, placebos_in_space,
};

use super::close;

fn panel(paths: &[Vec<f64>], n_pre: usize) -> Result<Panel, SyntheticError> {
    Panel::new(
        (0..paths.len()).map(|unit| format!("u{unit}")).collect(),
        (0..paths[0].len()).map(|t| format!("t{t}")).collect(),
        paths.concat(),
        &["u0"],
        &format!("t{n_pre}"),
    )
}

fn quick(predictor_weights: PredictorWeights) -> SyntheticOptions {
    SyntheticOptions {
        predictor_weights,
        n_random_starts: 2,
        ..SyntheticOptions::default()
    }
}

fn fit(paths: &[Vec<f64>], n_pre: usize, v: PredictorWeights) -> SyntheticControl {
    let panel = panel(paths, n_pre).expect("a panel");
    let predictors = Predictor::outcomes(&panel, &[0, 2, n_pre - 1]).expect("predictors");
    fit_synthetic_control(&panel, &predictors, &quick(v)).expect("a fit")
}

/// Whether the predictors of `fit` vary: figures drawn at random do, those that shrink may not.
fn varies(paths: &[Vec<f64>]) -> bool {
    [0, 2, 6].iter().all(|&t| {
        paths
            .iter()
            .any(|path| (path[t] - paths[0][t]).abs() > 1e-9)
    })
}

/// Units × 9 periods, 7 of them before the treatment.
fn paths(units: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(-5.0..5.0_f64, 9), units)
}

fn convex(weights: &[f64]) {
    assert!(weights.iter().all(|w| *w >= 0.0));
    close("the weights' sum", weights.iter().sum(), 1.0, 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn weights_are_convex_and_figures_finite(paths in paths(4..12)) {
        prop_assume!(varies(&paths));
        let nested = fit(&paths, 7, PredictorWeights::Nested);
        convex(&nested.weights);
        let figures = [
            nested.mspe, nested.predictor_loss, nested.pre_rmspe, nested.post_rmspe,
            nested.mean_gap, nested.effective_donors,
        ];
        prop_assert!(figures.iter().all(|one| one.is_finite()));
        // No search ends above where V begins equal, unless there is nothing to search.
        let equal = fit(&paths, 7, PredictorWeights::Equal);
        prop_assert!(nested.mspe <= equal.mspe * (1.0 + 1e-6) + 1e-9);
        let panel = panel(&paths, 7).expect("a panel");
        let did = fit_synthetic_did(&panel, DidEstimator::SyntheticDid).expect("a fit");
        convex(&did.unit_weights);
        convex(&did.period_weights);
        prop_assert!(did.effect.is_finite());
        let augmented = fit_augmented(&panel, &AugmentedOptions::default()).expect("a fit");
        close("sum", augmented.weights.iter().sum(), 1.0, 1e-8);
        prop_assert!(augmented.pre_rmspe <= augmented.simplex_pre_rmspe * (1.0 + 1e-9) + 1e-9, "{augmented:?}");
        let test = conformal_test(&panel, &[0.0, 0.0], &ConformalOptions::default());
        let test = test.expect("a test");
        prop_assert!(test.p_value >= 1.0 / 9.0 && test.p_value <= 1.0);
        convex(&test.weights);
    }

    #[test]
    fn order_of_donors_and_scale_change_nothing(
        paths in paths(4..10),
        turn in 1..8_usize,
        factor in prop::sample::select(vec![0.001, 7.0, 1000.0]),
        shift in -50.0..50.0_f64,
    ) {
        prop_assume!(varies(&paths));
        for v in [PredictorWeights::Equal, PredictorWeights::Regression] {
            let as_is = fit(&paths, 7, v.clone());
            let mut turned = paths.clone();
            turned[1..].rotate_left(turn % (paths.len() - 1));
            let other = fit(&turned, 7, v.clone());
            let scale = as_is.pre_rmspe.max(1.0);
            for (a, b) in as_is.synthetic.iter().zip(&other.synthetic) {
                close("in another order", *b, *a, 1e-5 * scale);
            }
            let changed: Vec<Vec<f64>> = paths
                .iter()
                .map(|path| path.iter().map(|value| factor * value + shift).collect())
                .collect();
            let other = fit(&changed, 7, v);
            for (a, b) in as_is.gaps.iter().zip(&other.gaps) {
                close("on another scale", b / factor, *a, 1e-4 * scale);
            }
        }
        let did = |paths: &[Vec<f64>]| {
            let panel = panel(paths, 7).expect("a panel");
            fit_synthetic_did(&panel, DidEstimator::SyntheticDid).expect("a fit").effect
        };
        let mut turned = paths.clone();
        turned[1..].rotate_left(turn % (paths.len() - 1));
        close("effect", did(&turned), did(&paths), 1e-7);
    }

    /// A treated unit made of donors is found again by every estimator, and its effect with it.
    #[test]
    fn a_convex_combination_is_recovered(
        donors in paths(4..7),
        raw in prop::collection::vec(0.05..1.0_f64, 3),
        effect in -3.0..3.0_f64,
    ) {
        let total: f64 = raw.iter().sum();
        let made: Vec<f64> = (0..9)
            .map(|t| {
                let mean: f64 = raw.iter().zip(&donors).map(|(w, path)| w / total * path[t]).sum();
                mean + if t < 7 { 0.0 } else { effect }
            })
            .collect();
        let mut paths = donors.clone();
        paths.insert(0, made);
        let panel = panel(&paths, 7).expect("a panel");
        let all: Vec<usize> = (0..7).collect();
        let predictors = Predictor::outcomes(&panel, &all).expect("predictors");
        let options = quick(PredictorWeights::Nested);
        let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
        prop_assert!(fit.inside_hull);
        for (w, wanted) in fit.weights.iter().zip(&raw) {
            close("weight", *w, wanted / total, 1e-5);
        }
        close("effect", fit.mean_gap, effect, 1e-5);
        let augmented = fit_augmented(&panel, &AugmentedOptions::default()).expect("a fit");
        close("augmented", augmented.mean_gap, effect, 1e-4);
        let null = conformal_test(&panel, &[effect; 2], &ConformalOptions::default());
        prop_assert!(null.expect("a test").residuals.iter().all(|u| u.abs() < 1e-5));
    }

    /// Anything at all in the outcomes gives a named error or finite figures.
    #[test]
    fn strange_outcomes_are_refused_or_survived(
        mut paths in paths(3..6),
        unit in 0..6_usize,
        period in 0..9_usize,
        strange in prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 1e69, -1e69, 1e-300, 0.0,
        ]),
        whole in any::<bool>(),
    ) {
        let unit = unit % paths.len();
        if whole {
            paths[unit].fill(strange);
        } else {
            paths[unit][period] = strange;
        }
        let panel = match panel(&paths, 7) {
            Ok(panel) => panel,
            Err(error) => {
                prop_assert!(strange.is_nan() || strange.abs() > 1e70, "{error}");
                return Ok(());
            }
        };
        let predictors = Predictor::outcomes(&panel, &[0, 3, 6]).expect("predictors");
        let options = quick(PredictorWeights::Nested);
        if let Ok(fit) = fit_synthetic_control(&panel, &predictors, &options) {
            prop_assert!(fit.mspe.is_finite() && fit.mean_gap.is_finite());
            prop_assert!(fit.gaps.iter().all(|gap| gap.is_finite()));
            convex(&fit.weights);
        }
        if let Ok(fit) = fit_synthetic_did(&panel, DidEstimator::SyntheticDid) {
            prop_assert!(fit.effect.is_finite());
            convex(&fit.unit_weights);
        }
        if let Ok(fit) = fit_augmented(&panel, &AugmentedOptions::default()) {
            prop_assert!(fit.mean_gap.is_finite() && fit.weights.iter().all(|w| w.is_finite()));
            prop_assert!(fit.cv_standard_errors.iter().all(|one| one.is_finite()));
        }
        let intervals = conformal_intervals(&panel, &ConformalOptions::default());
        for one in intervals.into_iter().flatten() {
            prop_assert!(one.estimate.is_finite());
            prop_assert!(one.lower.is_none_or(f64::is_finite));
        }
    }
}

#[test]
fn bad_input_is_named() {
    let path = |from: f64| {
        (0..9)
            .map(|t| from + f64::from(t * t % 5))
            .collect::<Vec<_>>()
    };
    let paths = [path(0.0), path(1.0), path(3.0)];
    let names = |units: &[&str]| {
        units
            .iter()
            .map(|one| (*one).to_owned())
            .collect::<Vec<_>>()
    };
    let periods: Vec<String> = (0..9).map(|t| format!("t{t}")).collect();
    let new = |units: &[&str], outcomes: Vec<f64>, treated: &[&str], start: &str| {
        Panel::new(names(units), periods.clone(), outcomes, treated, start)
    };
    let abc = ["a", "b", "c"];
    let refused = |result: Result<Panel, SyntheticError>, message: &str| {
        assert_eq!(result.expect_err(message).to_string(), message);
    };
    refused(
        new(&["a", "b", "b"], paths.concat(), &["a"], "t5"),
        "unit `b` is there twice; names must differ",
    );
    refused(
        new(&abc, paths[..2].concat(), &["a"], "t5"),
        "the outcome has 18 values, units times periods are 27",
    );
    refused(
        new(&abc, paths.concat(), &["d"], "t5"),
        "unit `d` isn't in the panel",
    );
    refused(
        new(&abc, paths.concat(), &["a"], "t0"),
        "0 periods before the treatment are too few; at least 1 are needed",
    );
    refused(
        new(&abc, paths.concat(), &[], "t5"),
        "no unit is treated; name at least one",
    );
    refused(
        new(&abc, paths.concat(), &abc, "t5"),
        "0 donors are too few; at least 1 are needed",
    );
    let mut missing = paths.concat();
    missing[13] = f64::NAN;
    refused(
        new(&abc, missing.clone(), &["a"], "t5"),
        "`b` has no outcome at `t4`; fill it or leave the unit out",
    );
    // A unit out of use may miss what it likes.
    let pool = Panel::with_donor_pool(names(&abc), periods.clone(), missing, &["a"], &["c"], "t5");
    let pool = pool.expect("a panel");
    assert_eq!(pool.donor_names(), ["c"]);
    refused(
        pool.with_donors(&["b"]),
        "`b` has no outcome at `t4`; fill it or leave the unit out",
    );
    let at_t4 = Predictor::outcome_mean(&pool, "x", &[4]).expect("a predictor");
    assert_eq!(at_t4.values[1], None);
    let good = new(&abc, paths.concat(), &["a"], "t5").expect("a panel");
    refused(
        good.with_donors(&["a", "b"]),
        "`a` is treated and can't be its own donor; take it out of the donors",
    );
    refused(
        good.with_donors(&["b", "b"]),
        "donor `b` is there twice; names must differ",
    );

    let fails = |predictors: &[Predictor], message: &str| {
        let fit = fit_synthetic_control(&good, predictors, &SyntheticOptions::default());
        assert_eq!(fit.expect_err(message).to_string(), message);
    };
    fails(
        &[],
        "no predictor is given; name at least one, such as the outcome before the treatment",
    );
    fails(
        &[Predictor::given("area", vec![Some(2.1); 3])],
        "predictor `area` is the same for all units and tells nothing; leave it out",
    );
    fails(
        &[Predictor::given("area", vec![Some(2.0), None, Some(1.0)])],
        "predictor `area` has no figure for `b` in its window",
    );
    fails(
        &[Predictor::given(
            "area",
            vec![Some(2.0), Some(f64::INFINITY), Some(1.0)],
        )],
        "predictor `area` of `b` at `-` is not a finite number",
    );
    let area = Predictor::given("area", vec![Some(2.0), Some(3.0), Some(1.0)]);
    fails(
        &[area.clone(), area.clone()],
        "predictor `area` is there twice; names must differ",
    );
    let late = SyntheticOptions {
        mspe_window: Some(vec![4, 5]),
        ..SyntheticOptions::default()
    };
    let fit = fit_synthetic_control(&good, std::slice::from_ref(&area), &late);
    assert_eq!(
        fit.expect_err("late").to_string(),
        "the MSPE window must be before the treatment, got `t5`"
    );
    for v in [vec![0.0], vec![-1.0], vec![f64::NAN], vec![1.0, 1.0]] {
        let given = quick(PredictorWeights::Given(v));
        let fit = fit_synthetic_control(&good, std::slice::from_ref(&area), &given);
        assert_eq!(fit, Err(SyntheticError::PredictorWeights { n: 1 }));
    }
    let several = new(&["a", "b", "c"], paths.concat(), &["a", "b"], "t5").expect("a panel");
    let placebos = placebos_in_space(
        &several,
        &[area],
        &SyntheticOptions::default(),
        &InSpaceOptions::default(),
    );
    assert_eq!(placebos, Err(SyntheticError::SeveralTreated { got: 2 }));
    let level = vec![vec![1.0; 9], vec![2.0; 9], vec![3.0; 9]];
    let flat = panel(&level, 5).expect("a panel");
    let did = fit_synthetic_did(&flat, DidEstimator::SyntheticDid);
    assert_eq!(did, Err(SyntheticError::Constant));
    // A missing covariate is skipped where others are there.
    let mut covariate = vec![Some(1.0); 27];
    covariate[0] = None;
    covariate[1] = Some(3.0);
    let mean = Predictor::covariate_mean(&good, "x", &covariate, &[0, 1, 2]).expect("a mean");
    assert_eq!(mean.values, [Some(2.0), Some(1.0), Some(1.0)]);
    let empty = Predictor::covariate_mean(&good, "x", &covariate, &[0]).expect("a mean");
    assert_eq!(empty.values[0], None);
}
