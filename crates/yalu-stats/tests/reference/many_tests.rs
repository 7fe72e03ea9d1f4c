//! Many tests at once against statsmodels 0.15.0 `multipletests` and, for the share of true nulls,
//! R 4.2.2 by the formulae of Bioconductor's qvalue.

use crate::support::{shared_json, shared_rows};
use yalu_stats::{Adjustment, ManyError, PiZero, adjust_p_values, benjamini_hochberg};

/// The p-values of `G-multiple-tests-2000`, whether each is an alternative, and the peers' figures.
fn case() -> Option<(Vec<f64>, Vec<bool>, serde_json::Value)> {
    let rows = shared_rows("G-multiple-tests-2000", "input.csv")?;
    Some((
        rows.iter().map(|row| row[2]).collect(),
        rows.iter().map(|row| row[1] > 0.5).collect(),
        shared_json("G-multiple-tests-2000", "expected.json")?,
    ))
}

#[test]
fn adjusted_values_are_those_of_statsmodels() {
    let Some((p_values, alternatives, expected)) = case() else {
        return;
    };
    for (key, method) in [
        ("BH", Adjustment::BenjaminiHochberg),
        ("BY", Adjustment::BenjaminiYekutieli),
        ("Holm", Adjustment::Holm),
        ("Bonferroni", Adjustment::Bonferroni),
    ] {
        let got = adjust_p_values(&p_values, method).expect("p-values");
        let want = &expected[key];
        for (place, value) in want["adjusted_first_12"]
            .as_array()
            .expect("a list")
            .iter()
            .enumerate()
        {
            let value = value.as_f64().expect("a number");
            assert!(
                (got.adjusted[place] - value).abs() < 1e-12,
                "{key} {place}: {} against {value}",
                got.adjusted[place]
            );
        }
        let least = got.adjusted.iter().copied().fold(1.0, f64::min);
        assert!((least - want["adjusted_min"].as_f64().expect("a number")).abs() < 1e-12);
        // A sum of 2,000 values to 13 digits.
        let sum: f64 = got.adjusted.iter().sum();
        assert!((sum - want["adjusted_sum"].as_f64().expect("a number")).abs() < 1e-9);
        let rejected = got.rejected(0.05);
        assert_eq!(
            Some(rejected.len() as u64),
            want["rejected_at_0_05"].as_u64()
        );
        let wrong = rejected
            .iter()
            .filter(|&&place| !alternatives[place])
            .count();
        assert_eq!(
            Some(wrong as u64),
            want["false_discoveries"].as_u64(),
            "{key}"
        );
    }
}

#[test]
fn storey_is_that_of_the_definition_and_of_qvalue() {
    let Some((p_values, _, expected)) = case() else {
        return;
    };
    let want = &expected["Storey_lambda_0.5"];
    let got = adjust_p_values(&p_values, Adjustment::Storey(PiZero::Fixed(0.5))).expect("p-values");
    assert_eq!(got.pi_zero, want["pi0"].as_f64());
    for (place, value) in want["q_first_12"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        assert!((got.adjusted[place] - value.as_f64().expect("a number")).abs() < 1e-12);
    }
    assert_eq!(
        Some(got.rejected(0.05).len() as u64),
        want["q_le_0_05"].as_u64()
    );
    // R 4.2.2: W <- sapply(lam, function(l) sum(p >= l)); mse <- W/(m^2*(1-lam)^2)*(1-W/m) +
    // (pi0 - quantile(pi0, 0.1))^2; pi0[which.min(mse)].
    let bootstrap = adjust_p_values(&p_values, Adjustment::Storey(PiZero::Bootstrap));
    let share = bootstrap.expect("p-values").pi_zero.expect("a share");
    assert!((share - 0.892_727_272_727_272_6).abs() < 1e-12, "{share}");
    // predict(smooth.spline(lam, pi0, df = 3), 0.95): R stops at 3.0003 degrees of freedom.
    let smoother = adjust_p_values(&p_values, Adjustment::Storey(PiZero::Smoother));
    let share = smoother.expect("p-values").pi_zero.expect("a share");
    assert!((share - 0.922_868_281_121_372_6).abs() < 1e-5, "{share}");
}

#[test]
fn ties_share_a_value_and_an_empty_family_has_none() {
    // statsmodels 0.15.0 multipletests([0.02, 0.02, 0.5, 1.0], method = ...).
    let p = [0.02, 0.02, 0.5, 1.0];
    let close = |method, want: [f64; 4]| {
        let got = adjust_p_values(&p, method).expect("p-values").adjusted;
        for (got, want) in got.iter().zip(want) {
            assert!(
                (got - want).abs() < 1e-14,
                "{method:?}: {got} against {want}"
            );
        }
    };
    close(
        Adjustment::BenjaminiHochberg,
        [0.04, 0.04, 0.666_666_666_666_666_6, 1.0],
    );
    close(Adjustment::Holm, [0.08, 0.08, 1.0, 1.0]);
    close(
        Adjustment::BenjaminiYekutieli,
        [0.083_333_333_333_333_33, 0.083_333_333_333_333_33, 1.0, 1.0],
    );
    for method in [
        Adjustment::Bonferroni,
        Adjustment::Holm,
        Adjustment::BenjaminiYekutieli,
        Adjustment::Storey(PiZero::Smoother),
    ] {
        let empty = adjust_p_values(&[], method).expect("an empty family");
        assert!(empty.adjusted.is_empty() && empty.pi_zero.is_none());
    }
}

#[test]
fn what_is_no_p_value_is_named() {
    assert_eq!(
        benjamini_hochberg(&[0.1, f64::NAN]),
        Err(ManyError::NotANumber { place: 1 })
    );
    assert_eq!(
        adjust_p_values(&[0.1, 1.5], Adjustment::Holm),
        Err(ManyError::OutOfRange {
            place: 1,
            value: 1.5
        })
    );
    assert_eq!(
        adjust_p_values(&[0.1, 0.2], Adjustment::Storey(PiZero::Fixed(0.5))),
        Err(ManyError::NoNulls { lambda: 0.5 })
    );
    assert_eq!(
        adjust_p_values(&[], Adjustment::Storey(PiZero::Fixed(1.0))),
        Err(ManyError::Lambda { got: 1.0 })
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn adjusting_keeps_order_and_range(p in proptest::collection::vec(0.0..=1.0_f64, 1..60)) {
        for method in [
            Adjustment::Bonferroni,
            Adjustment::Holm,
            Adjustment::BenjaminiHochberg,
            Adjustment::BenjaminiYekutieli,
        ] {
            let got = adjust_p_values(&p, method).expect("p-values").adjusted;
            for (i, a) in p.iter().enumerate() {
                proptest::prop_assert!(got[i] >= a * (1.0 - 1e-12) && got[i] <= 1.0);
                for (j, b) in p.iter().enumerate() {
                    proptest::prop_assert!(a > b || got[i] <= got[j]);
                }
            }
            let mut reversed = p.clone();
            reversed.reverse();
            let mut back = adjust_p_values(&reversed, method).expect("p-values").adjusted;
            back.reverse();
            proptest::prop_assert_eq!(got, back);
        }
        // Each procedure rejects no more than the one that it is stricter than.
        let of = |method| adjust_p_values(&p, method).expect("p-values").adjusted;
        let (holm, bonferroni) = (of(Adjustment::Holm), of(Adjustment::Bonferroni));
        let hochberg = of(Adjustment::BenjaminiHochberg);
        for place in 0..p.len() {
            proptest::prop_assert!(holm[place] <= bonferroni[place]);
            proptest::prop_assert!(hochberg[place] <= holm[place] * (1.0 + 1e-12));
        }
    }
}
