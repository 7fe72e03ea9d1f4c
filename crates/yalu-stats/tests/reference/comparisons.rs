//! Equivalence tests and effect sizes. Peers: statsmodels 0.15.0 (`ttost_ind`, `ttost_paired`,
//! `DescrStatsW.ttost_mean`, `GLM`), scipy 1.17.1 (`stats.nct` solved by `brentq` for intervals of
//! d), numpy 2.4 by the published formula for Cliff's δ.

use proptest::prelude::*;
use yalu_stats::{
    CompareError, EquivalenceVerdict, Variances, Worse, cliffs_delta, cohens_d, cohens_d_paired,
    glass_delta, non_inferiority, noncentral_t_cdf, rate_ratio, standardised_difference_of_series,
    tost_coefficient, tost_one_sample, tost_paired, tost_rate_ratio, tost_two_samples,
};

const A: [f64; 10] = [5.1, 6.3, 4.8, 7.2, 6.6, 5.9, 6.1, 7.0, 5.5, 6.4];
const B: [f64; 10] = [4.9, 5.2, 6.0, 4.4, 5.8, 5.1, 6.6, 4.7, 5.0, 5.6];
const C: [f64; 7] = [5.5, 4.1, 6.9, 5.0, 3.8, 7.7, 5.9];

fn close(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!(
        (got - want).abs() <= tolerance * want.abs().max(1e-3),
        "{what}: {got} against {want}"
    );
}

#[test]
fn two_one_sided_tests_are_those_of_statsmodels() {
    // ttost_ind(A, C, -1.2, 1.5, usevar = "unequal").
    let welch = tost_two_samples(&A, &C, Variances::Separate, (-1.2, 1.5), 0.05).expect("samples");
    close("p", welch.p_value, 0.068_520_562_152_880_59, 1e-10);
    close("t low", welch.lower.0, 2.939_210_349_542_570_5, 1e-12);
    close("p low", welch.lower.1, 0.008_697_717_094_376_419, 1e-10);
    close("t high", welch.upper.0, -1.640_433_146_447_09, 1e-12);
    close("df", welch.df, 8.566_710_225_622_245, 1e-12);
    // CompareMeans.tconfint_diff(alpha = 0.1); scipy ttest_ind(equal_var = False).
    close("low", welch.interval.0, -0.554_139_770_420_044_8, 1e-10);
    close("high", welch.interval.1, 1.619_854_056_134_330_6, 1e-10);
    close(
        "p of no difference",
        welch.p_difference,
        0.390_801_612_863_276_97,
        1e-10,
    );
    assert_eq!(welch.verdict, EquivalenceVerdict::Inconclusive);
    // usevar = "pooled".
    let pooled = tost_two_samples(&A, &C, Variances::Pooled, (-1.2, 1.5), 0.05).expect("samples");
    close("p", pooled.p_value, 0.044_737_211_732_739_69, 1e-10);
    close("high", pooled.interval.1, 1.466_686_184_245_703_7, 1e-10);
    assert_eq!(pooled.verdict, EquivalenceVerdict::Equivalent);
    // ttost_paired(A, B, -0.3, 1.6).
    let paired = tost_paired(&A, &B, (-0.3, 1.6), 0.05).expect("samples");
    close("p low", paired.lower.1, 0.009_569_799_793_380_003, 1e-10);
    close("p", paired.p_value, 0.025_202_983_843_033_048, 1e-10);
    // DescrStatsW(A).ttost_mean(5.5, 6.8).
    let one = tost_one_sample(&A, (5.5, 6.8), 0.05).expect("a sample");
    close("p", one.p_value, 0.020_310_041_677_545_28, 1e-10);
    close("p high", one.upper.1, 0.009_163_848_442_194_075, 1e-10);
}

#[test]
fn non_inferiority_is_one_of_the_two() {
    let both = tost_coefficient(0.1, 0.2, 30.0, (-0.4, 0.4), 0.05).expect("figures");
    let below = non_inferiority(0.1, 0.2, 30.0, -0.4, Worse::Below, 0.05).expect("figures");
    let above = non_inferiority(0.1, 0.2, 30.0, 0.4, Worse::Above, 0.05).expect("figures");
    close("below", below.p_value, both.lower.1, 1e-15);
    close("above", above.p_value, both.upper.1, 1e-15);
    assert_eq!((below.bound, above.bound), both.interval);
    let ratio = tost_rate_ratio(0.1, 0.05, f64::INFINITY, (0.8, 1.25), 0.05).expect("figures");
    close("bound", ratio.bounds.1, 0.223_143_551_314_209_76, 1e-14);
}

#[test]
fn standardised_differences_have_noncentral_t_intervals() {
    let d = cohens_d(&A, &B, 0.95).expect("samples");
    close("d", d.d, 1.047_791_462_199_256_1, 1e-12);
    close("low", d.interval.0, 0.095_110_746_316_143_55, 1e-9);
    close("high", d.interval.1, 1.975_286_699_603_673_5, 1e-9);
    close("J", d.correction, 0.957_646_427_023_719_4, 1e-12);
    close("g", d.g, 1.003_413_750_041_076_2, 1e-12);
    let unequal = cohens_d(&A, &C, 0.95).expect("samples");
    close("low", unequal.interval.0, -0.496_509_538_347_227_16, 1e-9);
    close("high", unequal.interval.1, 1.466_659_307_174_567_3, 1e-9);
    let paired = cohens_d_paired(&A, &B, 0.95).expect("samples");
    close("d", paired.d, 0.645_812_024_300_962_9, 1e-12);
    close("low", paired.interval.0, -0.054_510_285_030_658_044, 1e-9);
    close("high", paired.interval.1, 1.317_410_070_125_316, 1e-9);
    close("g", paired.g, 0.590_191_393_826_371_6, 1e-12);
    let glass = glass_delta(&A, &C, 0.95).expect("samples");
    close("delta", glass.d, 0.376_205_126_731_230_7, 1e-12);
    close("low", glass.interval.0, -0.626_405_268_634_792_5, 1e-9);
    close("high", glass.interval.1, 1.349_662_848_746_468_4, 1e-9);
}

#[test]
fn order_and_rates() {
    let order = cliffs_delta(&A, &C, 0.95).expect("samples");
    close("delta", order.delta, 0.285_714_285_714_285_7, 1e-12);
    close(
        "error",
        order.standard_error,
        0.329_991_835_979_284_7,
        1e-12,
    );
    close("low", order.interval.0, -0.390_094_071_912_059_36, 1e-10);
    close("high", order.interval.1, 0.761_467_147_943_726, 1e-10);
    // Data of Hogarty and Kromrey (1999), whose three variance terms are 0.2669753, 0.447 and
    // 1.0055556: [5·0.2669753 + 9·0.447 + 1.0055556]/60.
    let treated = [10.0, 10.0, 20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 40.0, 50.0];
    let order =
        cliffs_delta(&treated, &[10.0, 20.0, 30.0, 40.0, 40.0, 50.0], 0.95).expect("samples");
    close("delta", order.delta, -0.25, 1e-12);
    let variance = (5.0 * 0.266_975_3 + 9.0 * 0.447 + 1.005_555_6) / 60.0;
    close("error", order.standard_error, f64::sqrt(variance), 1e-7);
    close("low", order.interval.0, -0.737_324_851_082_066_4, 1e-10);
    let apart = cliffs_delta(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0], 0.95).expect("samples");
    assert!(apart.delta >= 1.0 && apart.interval.0 < 1.0 && apart.interval.1 >= 1.0);
    // GLM([30, 20], [[1, 1], [1, 0]], Poisson(), offset = log([10, 12])).
    let ratio = rate_ratio((30.0, 10.0), (20.0, 12.0), 1.0, 0.95).expect("counts");
    close("ratio", ratio.ratio, 1.8, 1e-12);
    close(
        "error",
        ratio.log_standard_error,
        0.288_675_134_571_796_05,
        1e-9,
    );
    close("low", ratio.interval.0, 1.022_237_44, 1e-8);
    close("high", ratio.interval.1, 3.169_518_02, 1e-8);
}

#[test]
fn autocorrelated_stretches_count_for_less() {
    // Steps of three periods: a correlation of about 0.6.
    let level = |t: i32, phase: i32| f64::from((t / 3 * 7 + phase) % 5);
    let slow: Vec<f64> = (0..60).map(|t| level(t, 0)).collect();
    let later: Vec<f64> = (0..60).map(|t| 0.5 + level(t, 2)).collect();
    let plain = cohens_d(&later, &slow, 0.95).expect("samples");
    let honest = standardised_difference_of_series(&later, &slow, 0.95).expect("series");
    close("d", honest.d, plain.d, 1e-15);
    assert!(honest.effective_sizes.0 < 20.0 && honest.effective_sizes.0 > 8.0);
    assert!(honest.interval.0 < plain.interval.0 && honest.interval.1 > plain.interval.1);
}

#[test]
fn what_cannot_be_compared_is_named() {
    let nan = [1.0, f64::NAN, 2.0];
    let climb: Vec<f64> = (0..20).map(f64::from).collect();
    assert!(matches!(
        standardised_difference_of_series(&climb, &climb, 0.95),
        Err(CompareError::TooFewEffective { .. })
    ));
    assert!(matches!(
        cohens_d(&A, &nan, 0.95),
        Err(CompareError::NotFinite {
            what: "the second sample",
            place: 1,
            ..
        })
    ));
    assert!(matches!(
        glass_delta(&A, &[2.0; 5], 0.95),
        Err(CompareError::Constant {
            what: "the control sample"
        })
    ));
    assert!(matches!(
        tost_paired(&A, &C, (-1.0, 1.0), 0.05),
        Err(CompareError::Unpaired {
            first: 10,
            second: 7
        })
    ));
    assert!(matches!(
        tost_one_sample(&[1.0], (-1.0, 1.0), 0.05),
        Err(CompareError::TooShort {
            needed: 2,
            got: 1,
            ..
        })
    ));
    assert!(matches!(
        tost_one_sample(&[1e300, -1e300], (-1.0, 1.0), 0.05),
        Err(CompareError::Range { .. })
    ));
    assert!(matches!(
        tost_coefficient(0.0, 0.0, 5.0, (-1.0, 1.0), 0.05),
        Err(CompareError::NotPositive { .. })
    ));
    assert!(matches!(
        tost_coefficient(0.0, 1.0, 5.0, (1.0, 1.0), 0.05),
        Err(CompareError::Bounds { .. })
    ));
    assert!(matches!(
        tost_coefficient(0.0, 1.0, 5.0, (-1.0, 1.0), 0.5),
        Err(CompareError::Level { .. })
    ));
    assert!(matches!(
        rate_ratio((0.0, 10.0), (3.0, 10.0), 1.0, 0.95),
        Err(CompareError::NoEvents {
            what: "the first group"
        })
    ));
    assert!(matches!(
        rate_ratio((4.0, 0.0), (3.0, 10.0), 1.0, 0.95),
        Err(CompareError::NotPositive {
            what: "the first exposure",
            ..
        })
    ));
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(32))]

    #[test]
    fn units_and_order_do_not_matter(
        a in proptest::collection::vec(-5.0..5.0_f64, 3..12),
        b in proptest::collection::vec(-5.0..5.0_f64, 3..12),
        scale in 0.1..50.0_f64,
        shift in -20.0..20.0_f64,
    ) {
        let moved = |sample: &[f64]| -> Vec<f64> {
            sample.iter().map(|value| shift + scale * value).collect()
        };
        let (Ok(one), Ok(two)) = (cohens_d(&a, &b, 0.9), cohens_d(&moved(&a), &moved(&b), 0.9)) else {
            return Ok(());
        };
        prop_assert!((one.d - two.d).abs() < 1e-8 * (1.0 + one.d.abs()));
        prop_assert!((one.interval.0 - two.interval.0).abs() < 1e-7 * (1.0 + one.d.abs()));
        prop_assert!(one.interval.0 < one.d && one.d < one.interval.1);
        // The interval's ends are where the noncentral t says.
        let h = (1.0 / a.len() as f64 + 1.0 / b.len() as f64).sqrt();
        let share = noncentral_t_cdf(one.d / h, one.df, one.interval.0 / h);
        prop_assert!((share - 0.95).abs() < 1e-9);
        let swapped = cohens_d(&b, &a, 0.9).expect("the same samples");
        prop_assert!((swapped.interval.1 + one.interval.0).abs() < 1e-8 * (1.0 + one.d.abs()));
        let order = cliffs_delta(&a, &b, 0.9).expect("samples");
        let back = cliffs_delta(&b, &a, 0.9).expect("samples");
        prop_assert!((order.delta + back.delta).abs() < 1e-12);
        prop_assert!(order.interval.0 >= -1.0 && order.interval.1 <= 1.0);
        prop_assert!(order.interval.0 <= order.delta + 1e-12 && order.delta <= order.interval.1 + 1e-12);
    }

    #[test]
    fn figures_of_any_size_give_a_figure_or_a_named_error(
        exponents in proptest::collection::vec(-300..300_i32, 4..9),
        df in prop::sample::select(vec![1e-3, 1.0, 30.0, 1e9, f64::INFINITY]),
    ) {
        let sample: Vec<f64> = exponents.iter().map(|e| 10.0_f64.powi(*e)).collect();
        let other: Vec<f64> = exponents.iter().rev().map(|e| -(10.0_f64.powi(*e / 2))).collect();
        for found in [
            cohens_d(&sample, &other, 0.95),
            cohens_d_paired(&sample, &other, 0.95),
            glass_delta(&sample, &other, 0.95),
            standardised_difference_of_series(&sample, &other, 0.95),
        ].into_iter().flatten() {
            for value in [found.d, found.g, found.interval.0, found.interval.1, found.interval_g.0] {
                prop_assert!(value.is_finite());
            }
        }
        if let Ok(found) = rate_ratio((sample[0], sample[1]), (sample[2], sample[3]), 1.0, 0.95) {
            prop_assert!(found.ratio.is_finite() && found.interval.1.is_finite());
        }
        if let Ok(found) = tost_coefficient(sample[0], sample[1], df, (-sample[2], sample[3]), 0.05) {
            for value in [found.lower.0, found.upper.0, found.p_value, found.interval.0, found.interval.1] {
                prop_assert!(value.is_finite());
            }
        }
    }

    #[test]
    fn equivalence_is_the_interval_within_the_bounds(
        estimate in -2.0..2.0_f64,
        error in 0.01..1.0_f64,
        df in 1.0..80.0_f64,
        bound in 0.1..2.0_f64,
    ) {
        let test = tost_coefficient(estimate, error, df, (-bound, bound), 0.05).expect("figures");
        let inside = test.interval.0 >= -bound && test.interval.1 <= bound;
        prop_assert_eq!(inside, test.p_value <= 0.05);
        prop_assert!((0.0..=1.0).contains(&test.p_value) && (0.0..=1.0).contains(&test.p_difference));
    }
}
