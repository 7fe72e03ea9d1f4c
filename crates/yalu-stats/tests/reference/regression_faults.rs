//! What regressions say of faulty data, and what they don't depend on.

use proptest::prelude::*;
use yalu_stats::{
    Bandwidth, Covariance, CovarianceError, Design, DesignError, Family, GlmError, Hac, Kernel,
    Prewhitening, Regression, ThetaOrigin, fit_glm, fit_gls_ar1, fit_ols, fixed_b_test, gls_at_rho,
    robust, robust_covariance, wald_test,
};

use crate::support::standard_errors;

const FAMILIES: [Family; 4] = [
    Family::Gaussian,
    Family::Poisson,
    Family::QuasiPoisson,
    Family::NegativeBinomial,
];
const COUNTS: [Family; 3] = [
    Family::Poisson,
    Family::QuasiPoisson,
    Family::NegativeBinomial,
];

fn step(n: usize, from: usize) -> Vec<f64> {
    (0..n).map(|row| f64::from(u8::from(row >= from))).collect()
}

fn with_step(n: usize, from: usize) -> Design {
    Design::intercept(n)
        .with("step", step(n, from))
        .expect("finite")
}

/// Counts that vary, the same every time.
fn counts(n: usize) -> Vec<f64> {
    (0..n).map(|row| ((row * 7919 + 13) % 11) as f64).collect()
}

#[test]
fn faults_of_the_data_are_named() {
    let design = with_step(8, 4);
    let y = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
    let zeros = [0.0; 8];
    for family in FAMILIES {
        let mut bad = y;
        bad[5] = f64::NAN;
        assert_eq!(
            fit_glm(&bad, &zeros, &design, family),
            Err(GlmError::NotFinite {
                what: "the response",
                row: 5
            })
        );
        bad[5] = 1e200;
        assert!(matches!(
            fit_glm(&bad, &zeros, &design, family),
            Err(GlmError::TooLarge { row: 5, .. })
        ));
        let mut offset = zeros;
        offset[2] = f64::INFINITY;
        assert_eq!(
            fit_glm(&y, &offset, &design, family),
            Err(GlmError::NotFinite {
                what: "the offset",
                row: 2
            })
        );
        assert_eq!(
            fit_glm(&y[..7], &zeros, &design, family),
            Err(GlmError::Length {
                what: "the response",
                needed: 8,
                got: 7
            })
        );
        for (value, row) in [(0.0, 1), (-2.0, 6)] {
            let mut weights = [1.0; 8];
            weights[row] = value;
            assert_eq!(
                Regression::new(&y, &design, family).weights(&weights).fit(),
                Err(GlmError::Weight { row, value })
            );
        }
        let twice = design.clone().with("again", step(8, 4)).expect("finite");
        let collinear = GlmError::Collinear {
            column: "again".to_owned(),
        };
        assert_eq!(fit_glm(&y, &zeros, &twice, family), Err(collinear.clone()));
        // Nearly so: one part in 10¹¹ is left.
        let mut nearly = step(8, 4);
        nearly[0] = 1e-11;
        let near = design.clone().with("again", nearly).expect("finite");
        assert_eq!(fit_glm(&y, &zeros, &near, family), Err(collinear));
        let empty = design
            .clone()
            .with("nothing", vec![0.0; 8])
            .expect("finite");
        assert_eq!(
            fit_glm(&y, &zeros, &empty, family),
            Err(GlmError::ZeroColumn {
                column: "nothing".to_owned()
            })
        );
        assert_eq!(
            fit_glm(&y[..2], &zeros[..2], &with_step(2, 1), family),
            Err(GlmError::TooShort {
                needed: 3,
                got: 2,
                columns: 2
            })
        );
    }
    for family in COUNTS {
        let mut offset = zeros;
        offset[3] = 0.0_f64.ln();
        let error = fit_glm(&y, &offset, &design, family).expect_err("no exposure");
        assert_eq!(error, GlmError::ZeroExposure { row: 3 });
        assert!(error.to_string().contains("exposure is zero in row 3"));
        let mut bad = y;
        bad[4] = -1.0;
        assert_eq!(
            fit_glm(&bad, &zeros, &design, family),
            Err(GlmError::NegativeCount {
                row: 4,
                value: -1.0
            })
        );
        assert_eq!(
            fit_glm(&zeros, &zeros, &design, family),
            Err(GlmError::AllZero)
        );
    }
    let negative = Regression::new(&y, &design, Family::NegativeBinomial);
    for theta in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = negative.theta(theta).fit();
        assert!(matches!(error, Err(GlmError::Theta { .. })), "{error:?}");
    }
    assert!(matches!(
        gls_at_rho(&y, &design, 1.0),
        Err(GlmError::Rho { .. })
    ));
}

#[test]
fn designs_of_any_columns_are_checked() {
    let none: [(&str, Vec<f64>); 0] = [];
    assert_eq!(Design::new(none), Err(DesignError::Empty));
    assert_eq!(Design::new([("x", Vec::new())]), Err(DesignError::Empty));
    assert_eq!(
        Design::new([("a", vec![1.0, 2.0]), ("b", vec![1.0])]),
        Err(DesignError::Length {
            column: "b".to_owned(),
            needed: 2,
            got: 1
        })
    );
    assert_eq!(
        Design::new([("a", vec![1.0, f64::NEG_INFINITY])]),
        Err(DesignError::NotFinite {
            column: "a".to_owned(),
            row: 1,
            value: f64::NEG_INFINITY
        })
    );
}

#[test]
fn separation_is_found_and_named_in_all_its_kinds() {
    for family in COUNTS {
        let named =
            |y: &[f64], design: &Design| match fit_glm(y, &vec![0.0; y.len()], design, family) {
                Err(GlmError::Separation { column }) => Some(column),
                Ok(_) => None,
                Err(other) => panic!("{family:?}: {other}"),
            };
        // No event after the step; none before it.
        let y = [2.0, 1.0, 3.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(named(&y, &with_step(10, 5)).as_deref(), Some("step"));
        let turned: Vec<f64> = y.iter().rev().copied().collect();
        assert_eq!(named(&turned, &with_step(10, 5)).as_deref(), Some("step"));
        // One cell of four is empty: neither factor separates, their product does.
        let a: Vec<f64> = (0..12).map(|row| f64::from(row % 2)).collect();
        let b: Vec<f64> = (0..12).map(|row| f64::from(row / 2 % 2)).collect();
        let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        let y = [3.0, 1.0, 2.0, 0.0, 5.0, 2.0, 1.0, 0.0, 2.0, 4.0, 4.0, 0.0];
        let factors = Design::intercept(12).with("a", a).expect("finite");
        let factors = factors.with("b", b).expect("finite");
        assert_eq!(named(&y, &factors), None);
        let crossed = factors.with("a and b", both).expect("finite");
        assert_eq!(named(&y, &crossed).as_deref(), Some("a and b"));
        // A regressor that is 2 in every row with an event, and less in the others.
        let y = [1.0, 4.0, 0.0, 2.0, 0.0, 3.0, 0.0, 0.0];
        let x = vec![2.0, 2.0, 1.5, 2.0, -3.0, 2.0, 0.5, 1.0];
        let complete = Design::intercept(8).with("x", x).expect("finite");
        assert_eq!(named(&y, &complete).as_deref(), Some("x"));
        // The same, once more on one side and once on the other, isn't.
        let x = vec![2.0, 2.0, 1.5, 2.0, -3.0, 2.0, 2.5, 1.0];
        let overlapping = Design::intercept(8).with("x", x).expect("finite");
        assert_eq!(named(&y, &overlapping), None);
    }
}

#[test]
fn large_effects_and_far_origins_are_not_separation() {
    // Years as they are: the coefficient times 2000 is 100, and nothing is separated.
    let years: Vec<f64> = (0..30).map(|row| 1990.0 + f64::from(row)).collect();
    let y: Vec<f64> = years
        .iter()
        .map(|year| (0.05 * (year - 1975.0)).exp().round())
        .collect();
    let design = Design::intercept(30).with("year", years).expect("finite");
    for family in COUNTS {
        let fit = fit_glm(&y, &[0.0; 30], &design, family).expect("fits");
        assert!((fit.coefficients[1] - 0.05).abs() < 0.01);
        assert!((fit.coefficients[1] * 2000.0) > 18.0);
    }
    // A step of e^25 between exposures that differ as much.
    let y = [3.0, 5.0, 4.0, 6.0, 2.0, 7.0];
    let offset = [-25.0, -25.0, -25.0, 0.0, 0.0, 0.0];
    let fit = fit_glm(&y, &offset, &with_step(6, 3), Family::Poisson).expect("fits");
    assert!((fit.coefficients[1] - (1.25_f64.ln() - 25.0)).abs() < 1e-9);
}

#[test]
fn a_response_without_variation_or_residuals_is_named() {
    let design = with_step(8, 4);
    let constant = [5.0; 8];
    assert_eq!(
        fit_ols(&constant, &design),
        Err(GlmError::ConstantResponse { value: 5.0 })
    );
    assert!(fit_gls_ar1(&constant, &design).is_err());
    let exact = [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0];
    assert_eq!(fit_ols(&exact, &design), Err(GlmError::PerfectFit));
    // The general fit has the coefficients, every figure finite; tests of them are refused.
    for y in [constant, exact] {
        let fit = fit_glm(&y, &[0.0; 8], &design, Family::Gaussian).expect("fits");
        for kind in [
            Covariance::Model,
            Covariance::Hc3,
            Covariance::NeweyWest { lag: 2 },
        ] {
            let covariance = robust_covariance(&fit, &design, &y, kind).expect("exists");
            assert!(covariance.iter().all(|one| one.is_finite()));
        }
        if fit.deviance == 0.0 {
            let error = fit.terms(0.95);
            assert!(
                matches!(error, Err(GlmError::NoVariance { .. })),
                "{error:?}"
            );
            assert_eq!(fit.log_likelihood, None);
        }
    }
}

#[test]
fn counts_that_vary_less_than_poisson_end_at_its_limit() {
    let y: Vec<f64> = (0..40).map(|row| 5.0 + f64::from(row % 2)).collect();
    let design = with_step(40, 20);
    let fit = fit_glm(&y, &[0.0; 40], &design, Family::NegativeBinomial).expect("fits");
    assert_eq!(fit.theta_origin, ThetaOrigin::PoissonLimit);
    assert_eq!(fit.theta, Some(1e6));
    let poisson = fit_glm(&y, &[0.0; 40], &design, Family::Poisson).expect("fits");
    let (a, b) = (fit.log_likelihood, poisson.log_likelihood);
    assert!((a.expect("one") - b.expect("one")).abs() < 1e-3);
    for (a, b) in fit.covariance.iter().zip(&poisson.covariance) {
        assert!((a - b).abs() < 1e-5 * b.abs());
    }
}

#[test]
fn faults_of_a_covariance_are_named() {
    let design = with_step(20, 10);
    let y: Vec<f64> = (0..20).map(|row| (f64::from(row) * 1.3).sin()).collect();
    let fit = fit_ols(&y, &design).expect("fits").fit;
    for bandwidth in [f64::NAN, f64::INFINITY, -1.0] {
        let hac = Hac {
            bandwidth: Bandwidth::Fixed(bandwidth),
            ..Hac::newey_west(0)
        };
        let error = robust(&fit, &design, Covariance::Hac(hac));
        assert!(
            matches!(error, Err(CovarianceError::Bandwidth { .. })),
            "{error:?}"
        );
    }
    let hac = Hac {
        prewhitening: Prewhitening::Var(9),
        ..Hac::newey_west(2)
    };
    assert_eq!(
        robust(&fit, &design, Covariance::Hac(hac)),
        Err(CovarianceError::TooShort {
            needed: 30,
            got: 20,
            columns: 2
        })
    );
    assert_eq!(
        robust(&fit, &Design::intercept(20), Covariance::Hc0),
        Err(CovarianceError::Columns { needed: 1, got: 2 })
    );
    assert!(matches!(
        robust(&fit, &with_step(19, 9), Covariance::Hc0),
        Err(CovarianceError::Length { .. })
    ));
    assert!(matches!(
        fixed_b_test(&fit, &design, Hac::newey_west(2), 2, 0.95),
        Err(CovarianceError::NoSuchColumn { index: 2, .. })
    ));
    assert!(matches!(
        fixed_b_test(&fit, &design, Hac::newey_west(2), 1, 1.0),
        Err(CovarianceError::Level { .. })
    ));
    assert!(matches!(
        wald_test(&fit.coefficients, &fit.covariance, &[0, 5], 18),
        Err(GlmError::NoSuchColumn { index: 5, .. })
    ));
    assert!(matches!(
        wald_test(&fit.coefficients, &[1.0], &[0], 18),
        Err(GlmError::Length { .. })
    ));
    assert!(matches!(fit.terms(1.5), Err(GlmError::Level { .. })));
    // An exploding series: its scores' autoregression has no stationary law. Held stationary, it has.
    let y: Vec<f64> = (0..20).map(|row| 1.5_f64.powi(row)).collect();
    let level = Design::intercept(20);
    let fit = fit_ols(&y, &level).expect("fits").fit;
    let error = robust(&fit, &level, Covariance::Hac(Hac::quadratic_spectral()));
    assert!(
        matches!(error, Err(CovarianceError::NotStationary { .. })),
        "{error:?}"
    );
    let bounded = robust(&fit, &level, Covariance::PrewhitenedQs).expect("exists");
    assert!(bounded.covariance[0] > 0.0);
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * (a.abs() + b.abs()) + 1e-12
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_regressors_unit_changes_its_coefficient_only(
        noise in proptest::collection::vec(-1.0_f64..1.0, 40),
        power in -5_i32..6,
        family in 0_usize..4,
    ) {
        let family = FAMILIES[family];
        let unit = 10.0_f64.powi(power);
        let x: Vec<f64> = noise.iter().rev().enumerate().map(|(row, one)| one + row as f64 / 20.0).collect();
        let y: Vec<f64> = noise.iter().zip(counts(40)).map(|(noise, count)| {
            if family == Family::Gaussian { noise + count } else { count }
        }).collect();
        let offset: Vec<f64> = noise.iter().map(|one| one / 2.0).collect();
        let design = |unit: f64| with_step(40, 20).with("x", x.iter().map(|x| x * unit).collect()).expect("finite");
        let (plain, scaled) = (design(1.0), design(unit));
        let a = fit_glm(&y, &offset, &plain, family).expect("fits");
        let b = fit_glm(&y, &offset, &scaled, family).expect("fits");
        prop_assert!(close(a.deviance, b.deviance, 1e-8));
        prop_assert!(close(a.coefficients[1], b.coefficients[1], 1e-5));
        prop_assert!(close(a.coefficients[2], b.coefficients[2] * unit, 1e-5));
        for kind in [
            Covariance::Model,
            Covariance::Hc3,
            Covariance::NeweyWest { lag: 4 },
            Covariance::Hac(Hac { prewhitening: Prewhitening::Var(1), ..Hac::newey_west(4) }),
        ] {
            let (a, b) = (robust(&a, &plain, kind), robust(&b, &scaled, kind));
            let (Ok(a), Ok(b)) = (&a, &b) else {
                prop_assert!(a.is_err() == b.is_err(), "{a:?} {b:?}");
                continue;
            };
            let (a, b) = (a.standard_errors(), b.standard_errors());
            prop_assert!(close(a[1], b[1], 1e-5), "{kind:?}: {a:?} {b:?}");
            prop_assert!(close(a[2], b[2] * unit, 1e-5), "{kind:?}: {a:?} {b:?}");
        }
    }

    #[test]
    fn an_offset_is_a_log_rate(
        exposures in proptest::collection::vec(0.5_f64..20.0, 40),
        rate in 0.1_f64..10.0,
    ) {
        // k times the exposure is 1/k of the rate; a common one could as well be in the level.
        let y = counts(40);
        let design = with_step(40, 20);
        let offset: Vec<f64> = exposures.iter().map(|one| one.ln()).collect();
        let more: Vec<f64> = exposures.iter().map(|one| (one * rate).ln()).collect();
        for family in COUNTS {
            let a = fit_glm(&y, &offset, &design, family).expect("fits");
            let b = fit_glm(&y, &more, &design, family).expect("fits");
            prop_assert!((a.coefficients[0] - b.coefficients[0] - rate.ln()).abs() < 1e-6);
            prop_assert!((a.coefficients[1] - b.coefficients[1]).abs() < 1e-6);
            prop_assert!(close(a.deviance, b.deviance, 1e-8));
        }
    }

    #[test]
    fn a_weight_of_two_is_the_row_twice(
        twice in proptest::collection::vec(any::<bool>(), 30),
    ) {
        let y = counts(30);
        let design = with_step(30, 15).with("x", (0..30).map(|row| f64::from(row % 7)).collect()).expect("finite");
        let rows: Vec<usize> = (0..30).flat_map(|row| std::iter::repeat_n(row, 1 + usize::from(twice[row]))).collect();
        let weights: Vec<f64> = twice.iter().map(|twice| 1.0 + f64::from(u8::from(*twice))).collect();
        let repeated: Vec<f64> = rows.iter().map(|&row| y[row]).collect();
        let long = Design::new((0..3).map(|column| {
            let values = rows.iter().map(|&row| design.column(column)[row]).collect();
            (design.names()[column].clone(), values)
        })).expect("finite");
        for family in COUNTS {
            let a = Regression::new(&y, &design, family).weights(&weights).fit().expect("fits");
            let b = Regression::new(&repeated, &long, family).fit().expect("fits");
            for (a, b) in a.coefficients.iter().zip(&b.coefficients) {
                prop_assert!((a - b).abs() < 1e-6);
            }
            prop_assert!(close(a.deviance, b.deviance, 1e-8));
            if family != Family::QuasiPoisson {
                prop_assert!(close(a.log_likelihood.expect("one"), b.log_likelihood.expect("one"), 1e-10));
                for (a, b) in standard_errors(&a.covariance).iter().zip(standard_errors(&b.covariance)) {
                    prop_assert!(close(*a, b, 1e-5));
                }
            }
        }
    }

    #[test]
    fn whatever_is_fitted_is_finite(
        y in proptest::collection::vec(prop_oneof![Just(0.0), 0.0_f64..5.0, 0.0_f64..1e6, Just(1e-300), Just(1e100)], 12),
        x in proptest::collection::vec(prop_oneof![Just(0.0), Just(1.0), -1.0_f64..1.0, -1e8_f64..1e8, Just(1e-200), Just(1e110)], 12),
        offset in proptest::collection::vec(prop_oneof![Just(0.0), -5.0_f64..5.0, -200.0_f64..200.0], 12),
        family in 0_usize..4,
    ) {
        let design = Design::intercept(12).with("x", x).expect("finite");
        let Ok(fit) = fit_glm(&y, &offset, &design, FAMILIES[family]) else {
            return Ok(());
        };
        let finite = |values: &[f64]| values.iter().all(|one| one.is_finite());
        prop_assert!(finite(&fit.coefficients) && finite(&fit.covariance) && finite(&fit.fitted), "{fit:?}");
        prop_assert!(finite(&fit.pearson_residuals) && finite(&fit.weights), "{fit:?}");
        prop_assert!(fit.deviance.is_finite() && fit.dispersion.is_finite(), "{fit:?}");
        prop_assert!(fit.log_likelihood.is_none_or(f64::is_finite), "{fit:?}");
        let terms = fit.terms(0.95).unwrap_or_default();
        prop_assert!(terms.iter().all(|term| term.p_value.is_finite() && term.interval.1.is_finite()));
        for kernel in [Kernel::Bartlett, Kernel::Parzen, Kernel::QuadraticSpectral] {
            for bandwidth in [Bandwidth::Andrews, Bandwidth::NeweyWest, Bandwidth::NeweyWestLag, Bandwidth::Lag(50)] {
                for prewhitening in [Prewhitening::Off, Prewhitening::Var(1), Prewhitening::Bounded] {
                    let hac = Hac { kernel, bandwidth, prewhitening, ..Hac::quadratic_spectral() };
                    if let Ok(found) = robust(&fit, &design, Covariance::Hac(hac)) {
                        prop_assert!(finite(&found.covariance), "{hac:?} {found:?}");
                        prop_assert!(found.bandwidth.is_some_and(f64::is_finite));
                    }
                }
            }
        }
    }
}
