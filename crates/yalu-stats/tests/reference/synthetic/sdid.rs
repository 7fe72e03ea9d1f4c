//! Synthetic difference-in-differences and the augmented control. Figures: the papers', and an
//! independent solution in numpy 2.4.6 and SciPy 1.17.1 (`nnls` with a heavy row for the sum, then
//! the linear system of the support, its optimality conditions asserted).

use yalu_stats::synthetic::{
    AugmentedOptions, DidEstimator, Panel, RidgePenalty, SyntheticError, fit_augmented,
    fit_synthetic_did, sdid_jackknife_error, sdid_placebo_error,
};

use super::{basque, close, proposition_99};

/// Arkhangelsky and others (2021), table 1: −15.6, −19.6 and −27.3; R's synthdid prints −15.604,
/// −19.620 and −27.349, its solver stopping short of the optimum.
#[test]
fn proposition_99_by_the_three_estimators() {
    let Some((panel, _)) = proposition_99() else {
        return;
    };
    for (estimator, numpy, published, tolerance) in [
        (DidEstimator::SyntheticDid, -15.605_399_261, -15.604, 0.05),
        (
            DidEstimator::SyntheticControl,
            -19.513_631_368,
            -19.620,
            0.15,
        ),
        (DidEstimator::Did, -27.349_111_265, -27.349, 0.001),
    ] {
        let fit = fit_synthetic_did(&panel, estimator).expect("a fit");
        close("numpy's effect", fit.effect, numpy, 1e-6);
        close("the published effect", fit.effect, published, tolerance);
        close("unit weights", fit.unit_weights.iter().sum(), 1.0, 1e-12);
    }
    let fit = fit_synthetic_did(&panel, DidEstimator::SyntheticDid).expect("a fit");
    // The paper's period weights lie on 1986, 1987 and 1988.
    for (period, weight) in [(16, 0.366_470), (17, 0.206_454), (18, 0.427_076)] {
        close("period weight", fit.period_weights[period], weight, 1e-6);
    }
}

#[test]
fn the_basque_country_by_the_three_estimators() {
    let Some((panel, _, _)) = basque() else {
        return;
    };
    for (estimator, numpy) in [
        (DidEstimator::SyntheticDid, -0.793_414_844_8),
        (DidEstimator::SyntheticControl, -0.894_588_548_4),
        (DidEstimator::Did, -0.430_804_396_0),
    ] {
        let fit = fit_synthetic_did(&panel, estimator).expect("a fit");
        close("numpy's effect", fit.effect, numpy, 1e-6);
    }
}

#[test]
fn several_treated_states_and_their_jackknife() {
    let Some((panel, _)) = proposition_99() else {
        return;
    };
    let one = sdid_jackknife_error(&panel, DidEstimator::SyntheticDid);
    assert!(matches!(one, Err(SyntheticError::Option { .. })), "{one:?}");
    let outcomes = (0..panel.units().len())
        .flat_map(|unit| panel.path(unit).to_vec())
        .collect();
    let panel = Panel::new(
        panel.units().to_vec(),
        panel.periods().to_vec(),
        outcomes,
        &["California", "Colorado", "Utah"],
        "1989",
    )
    .expect("a panel");
    let fit = fit_synthetic_did(&panel, DidEstimator::SyntheticDid).expect("a fit");
    close("effect", fit.effect, -2.655_371_378_5, 1e-6);
    let error = sdid_jackknife_error(&panel, DidEstimator::SyntheticDid).expect("an error");
    close("jackknife", error, 9.447_946_388_9, 1e-6);
}

/// Arkhangelsky and others (2021), table 1: standard errors 8.4, 9.9 and 17.7 (random draws).
#[test]
fn placebo_errors_are_near_the_published() {
    let Some((panel, _)) = proposition_99() else {
        return;
    };
    for (estimator, published) in [
        (DidEstimator::SyntheticDid, 8.4),
        (DidEstimator::SyntheticControl, 9.9),
        (DidEstimator::Did, 17.7),
    ] {
        let error = sdid_placebo_error(&panel, estimator, 200, 1).expect("an error");
        close(
            "standard error",
            error.standard_error,
            published,
            0.2 * published,
        );
        assert_eq!(
            error,
            sdid_placebo_error(&panel, estimator, 200, 1).expect("an error")
        );
    }
}

#[test]
fn augmented_fits_agree_with_numpy() {
    let (Some((prop99, _)), Some((basque, _, _))) = (proposition_99(), basque()) else {
        return;
    };
    let least = RidgePenalty::LeastError;
    let one_se = RidgePenalty::OneStandardError;
    for (panel, penalty, lambda, pre, gap, negative) in [
        (
            &prop99,
            least,
            0.006_812_466_561_6,
            4.925_454_38e-5,
            -12.374_583_61,
            -0.787_600_75,
        ),
        (
            &prop99,
            one_se,
            429.837_581_108_6,
            0.733_663_065_5,
            -15.952_568_427,
            -0.280_886_832,
        ),
        (
            &basque,
            least,
            2.551_486_693_6e-4,
            0.005_181_631_66,
            -0.299_366_417,
            -2.758_892_17,
        ),
        (
            &basque,
            one_se,
            6.409_044_805_8e-4,
            0.005_948_534_99,
            -0.368_597_373,
            -2.598_635_776,
        ),
    ] {
        let fit = fit_augmented(panel, &AugmentedOptions { penalty }).expect("a fit");
        close("λ", fit.lambda / lambda, 1.0, 1e-8);
        close("RMSPE before", fit.pre_rmspe, pre, 1e-7);
        close("mean gap", fit.mean_gap, gap, 1e-5);
        close("negative weight", fit.negative_weight, negative, 1e-5);
        close("sum", fit.weights.iter().sum(), 1.0, 1e-9);
    }
    // pysyncon 1.7.0, `AugSynth().fit(dataprep, use_covariates=False)`, which leaves the last year
    // out of its cross-validation, chooses the same penalty: λ 429.837581, gap −15.952529, RMSPE
    // 0.733665, by SciPy's SLSQP.
    let fit = fit_augmented(&prop99, &AugmentedOptions::default()).expect("a fit");
    close("pysyncon's λ", fit.lambda, 429.837_581_108, 1e-5);
    close("pysyncon's gap", fit.mean_gap, -15.952_529, 1e-4);
    // Without a say of the ridge, the simplex weights stay.
    let penalty = RidgePenalty::Given(1e15);
    let fit = fit_augmented(&prop99, &AugmentedOptions { penalty }).expect("a fit");
    close("RMSPE before", fit.pre_rmspe, fit.simplex_pre_rmspe, 1e-6);
    close(
        "bound of any simplex fit",
        fit.pre_rmspe.powi(2),
        2.743_662_286_0,
        1e-6,
    );
}
