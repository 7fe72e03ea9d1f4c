//! Fluctuation processes, their statistics and p-values. Figures: R 4.2.2, strucchange 1.5-3 and
//! sandwich 3.0-2, `efp(formula, type = TYPE, h = 0.15)` with `sctest`, `gefp` with `sctest` and a
//! functional; those of the cases' `expected.json` and more of the same calls.

use serde_json::Value;
use yalu_stats::{
    Covariance, Design, Family, Fluctuation, FluctuationFunctional, FluctuationProcess, fit_glm,
    fluctuation_process, score_process,
};

use crate::f_tests::{Case, case, close, near};

/// Figures below this are zero but for rounding.
const ZERO: f64 = 1e-12;

fn process(case: &Case, kind: Fluctuation) -> FluctuationProcess {
    fluctuation_process(&case.y, &case.design, kind, Covariance::Model).expect("a sound series")
}

fn value(got: f64, expected: f64, what: &str) {
    if expected.abs() < ZERO {
        close(got, expected, ZERO, what);
    } else {
        near(got, expected, 1e-8, what);
    }
}

#[test]
fn the_cases_processes_and_p_values_are_strucchanges() {
    let bandwidth = 0.15;
    for name in ["A-nile", "A-realint", "A-uk-driver-deaths"] {
        let Some(case) = case(name) else { return };
        for (test, kind) in [
            ("OLS-CUSUM", Fluctuation::OlsCusum),
            ("Rec-CUSUM", Fluctuation::RecursiveCusum),
            ("OLS-MOSUM", Fluctuation::OlsMosum { bandwidth }),
            ("Rec-MOSUM", Fluctuation::RecursiveMosum { bandwidth }),
            ("RE", Fluctuation::RecursiveEstimates),
            ("ME", Fluctuation::MovingEstimates { bandwidth }),
        ] {
            let what = format!("{name} {test}");
            let peer = &case.expected["efp"]["tests"][test];
            let number = |value: &Value| value.as_f64().expect("a number");
            let list = |key: &str| -> Vec<f64> {
                let values = peer[key].as_array().expect("a list");
                values.iter().map(number).collect()
            };
            let found = process(&case, kind);
            assert_eq!(
                found.n_rows() as u64,
                peer["process_length"].as_u64().expect("a count")
            );
            let column = &found.values[0];
            for (got, peer) in column.iter().zip(list("process_first_column_first5")) {
                value(*got, peer, &what);
            }
            for (got, peer) in column[column.len() - 5..]
                .iter()
                .zip(list("process_first_column_last5"))
            {
                value(*got, peer, &what);
            }
            let test = found.test(FluctuationFunctional::Max).expect("tabled");
            near(test.statistic, number(&peer["statistic"]), 1e-8, &what);
            close(test.p_value, number(&peer["p.value"]), 1e-6, &what);
            // The peer's root is found to 1e-4.
            let boundary = found
                .boundary(FluctuationFunctional::Max, 0.05)
                .expect("tabled");
            near(
                boundary[0],
                number(&peer["boundary_5pct_first_value"]),
                2e-5,
                &what,
            );
        }
    }
}

/// `sctest(efp, functional = ...)` and `sctest(efp, alt.boundary = TRUE)`.
#[test]
fn every_functional_is_strucchanges() {
    use FluctuationFunctional::{Max, MaxL2, MeanL2, Range, WeightedMax};
    let Some(case) = case("A-uk-driver-deaths") else {
        return;
    };
    let bandwidth = 0.15;
    for (kind, figures) in [
        (
            Fluctuation::ScoreCusum,
            vec![
                (Max, 1.379_311_826_976_73, 0.166_529_186_780_66),
                (Range, 1.694_859_948_760_851, 0.242_586_713_174_316),
                (MaxL2, 2.744_222_779_721_522, 0.157_206_190_593_613),
                (MeanL2, 1.024_739_710_005_357, 0.116_006_330_217_431),
                (WeightedMax, 4.131_628_085_828_748, 0.014_653_657_611_553_1),
            ],
        ),
        (
            Fluctuation::ScoreMosum { bandwidth },
            vec![
                (Max, 1.392_770_522_207_333_2, 0.035_467_407_140_157_1),
                (Range, 2.344_757_897_169_938, 0.271_495_111_174_353),
            ],
        ),
        (
            Fluctuation::RecursiveEstimates,
            vec![
                (Max, 1.631_093_901_494_128_1, 0.029_043_296_704_317_5),
                (Range, 1.930_310_222_542_853, 0.047_624_491_829_591_7),
                (MaxL2, 4.068_986_890_597_628, 0.008_816_581_350_242_35),
                (MeanL2, 1.445_454_314_327_26, 0.006_824_005_388_185_14),
                (
                    WeightedMax,
                    4.736_489_767_319_133,
                    0.000_299_970_001_000_016,
                ),
            ],
        ),
        (
            Fluctuation::MovingEstimates { bandwidth },
            vec![
                (Max, 1.154_520_641_781_88, 0.168_146_203_183_339),
                (Range, 2.243_029_412_520_003, 0.269_836_941_908_877),
            ],
        ),
        (
            Fluctuation::OlsCusum,
            vec![
                (Range, 1.891_380_811_205_072_7, 0.020_795_189_054_303_3),
                (MaxL2, 2.209_867_992_098_564_7, 0.023_372_372_479_987_3),
                (MeanL2, 0.543_327_221_308_830_6, 0.030_872_430_563_166_1),
                (
                    WeightedMax,
                    3.408_194_379_238_065_3,
                    0.045_016_674_491_432_2,
                ),
            ],
        ),
        (
            Fluctuation::RecursiveCusum,
            vec![(
                WeightedMax,
                3.446_715_350_092_512_5,
                0.021_197_078_994_449_2,
            )],
        ),
        (
            Fluctuation::OlsMosum { bandwidth },
            vec![(Range, 2.153_708_584_048_166, 0.124_919_993_895_185)],
        ),
    ] {
        let found = process(&case, kind);
        for (functional, statistic, p) in figures {
            let what = format!("{kind:?} {functional:?}");
            let test = found.test(functional).expect("tabled");
            near(test.statistic, statistic, 1e-8, &what);
            close(test.p_value, p, 1e-6, &what);
        }
    }
    let score = process(&case, Fluctuation::ScoreCusum);
    for (row, figures) in [
        (
            1,
            [
                0.015_354_354_560_002_7,
                -0.080_844_388_723_206_8,
                0.011_363_314_716_713,
                -0.048_878_075_892_597_7,
            ],
        ),
        (
            59,
            [
                0.234_689_188_336_897,
                0.933_612_853_359_442,
                0.435_838_259_600_947,
                0.237_169_113_764_811,
            ],
        ),
    ] {
        for (component, figure) in figures.iter().enumerate() {
            near(score.values[component][row], *figure, 1e-8, "score process");
        }
    }
    // Boundaries at 5 %: those of the weighted largest value, and Brown, Durbin and Evans' lines.
    for (kind, weighted, rising) in [
        (
            Fluctuation::OlsCusum,
            [
                0.250_857_903_004_868,
                1.502_224_912_421_572,
                1.679_041_300_117_421,
            ],
            [
                1.358_100_283_600_43,
                1.358_100_283_600_43,
                1.358_100_283_600_43,
            ],
        ),
        (
            Fluctuation::RecursiveCusum,
            [
                0.237_019_047_496_892,
                1.659_133_332_478_244,
                2.358_309_746_143_848,
            ],
            [
                0.947_898_101_732_124,
                1.472_723_039_414_317,
                2.008_258_690_110_432,
            ],
        ),
    ] {
        let found = process(&case, kind);
        let by_deviation = found.boundary(WeightedMax, 0.05).expect("tabled");
        let by_line = found.boundary(Max, 0.05).expect("tabled");
        for (idx, row) in [1, 49, 99].into_iter().enumerate() {
            near(by_deviation[row], weighted[idx], 2e-5, "weighted boundary");
            let row = if idx == 0 { 0 } else { row };
            near(by_line[row], rising[idx], 2e-5, "linear boundary");
        }
    }
}

/// `efp(Nile ~ 1, type = TYPE, lrvar = LRVAR)`, which calls `sandwich::lrvar`: "Andrews" is `kernHAC`,
/// with AR(1) prewhitening and the quadratic spectral kernel.
#[test]
fn a_long_run_variance_scales_as_strucchanges() {
    let Some(case) = case("A-nile") else { return };
    for (kind, statistic, p) in [
        (
            Fluctuation::OlsCusum,
            1.839_325_501_056_026,
            0.002_304_044_047_163,
        ),
        (
            Fluctuation::RecursiveCusum,
            1.467_420_874_609_359,
            0.000_348_215_743_324_665,
        ),
    ] {
        let found = fluctuation_process(&case.y, &case.design, kind, Covariance::PrewhitenedQs)
            .expect("a sound series");
        let test = found.test(FluctuationFunctional::Max).expect("known");
        near(test.statistic, statistic, 1e-8, "statistic");
        close(test.p_value, p, 1e-6, "p");
    }
}

/// Homicides of youths in Boston by month, 1992 to May 1998 (Cooper, Cohen, Braga and Piehl;
/// strucchange's `BostonHomicide`), with its population and unemployment interpolated.
const HOMICIDES: [f64; 77] = [
    2.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 5.0, 4.0, 7.0, 2.0, 5.0, 5.0, 1.0, 4.0, 2.0, 7.0, 3.0, 4.0,
    5.0, 7.0, 2.0, 4.0, 4.0, 2.0, 5.0, 6.0, 1.0, 1.0, 6.0, 3.0, 3.0, 3.0, 4.0, 3.0, 1.0, 3.0, 4.0,
    2.0, 1.0, 2.0, 3.0, 7.0, 3.0, 10.0, 5.0, 3.0, 3.0, 4.0, 2.0, 1.0, 3.0, 4.0, 2.0, 3.0, 1.0, 2.0,
    0.0, 1.0, 2.0, 1.0, 3.0, 1.0, 0.0, 2.0, 3.0, 0.0, 1.0, 0.0, 1.0, 0.0, 3.0, 1.0, 1.0, 0.0, 0.0,
    2.0,
];

fn tests(found: &FluctuationProcess, figures: [(f64, f64); 5], what: &str) {
    use FluctuationFunctional::{Max, MeanL2, Range, SupLm};
    let functionals = [
        Max,
        MeanL2,
        Range,
        SupLm { from: 0.1, to: 0.9 },
        SupLm {
            from: 0.15,
            to: 0.7,
        },
    ];
    for (functional, (statistic, p)) in functionals.into_iter().zip(figures) {
        let test = found.test(functional).expect("tabled");
        let what = format!("{what} {functional:?}");
        near(test.statistic, statistic, 1e-8, &what);
        close(test.p_value, p, 1e-6, &what);
    }
}

/// `gefp(homicides ~ 1, family = poisson)` with `maxBB`, `meanL2BB`, `rangeBB`, `supLM(0.1)` and
/// `supLM(0.15, 0.7)`; the same with `vcov = kernHAC`.
#[test]
fn the_m_fluctuation_process_of_a_poisson_rate_is_strucchanges() {
    let design = Design::intercept(77);
    let fit = fit_glm(&HOMICIDES, &[0.0; 77], &design, Family::QuasiPoisson).expect("fits");
    let plain = score_process(&fit, &design, &HOMICIDES, Covariance::Model).expect("sound");
    near(plain.values[0][29], 1.134_804_013_500_79, 1e-8, "process");
    tests(
        &plain,
        [
            (2.148_900_049_203_064, 0.000_195_022_492_017_86),
            (1.547_931_804_857_22, 0.005),
            (2.496_866_874_091_358_6, 0.000_184_087_370_146_635),
            (20.738_188_269_493_5, 0.000_179_893_879_546_089),
            (20.317_605_357_741_8, 0.000_148_090_895_907_951),
        ],
        "own moments",
    );
    let hac = score_process(&fit, &design, &HOMICIDES, Covariance::PrewhitenedQs).expect("sound");
    tests(
        &hac,
        [
            (1.668_993_696_774_653, 0.007_612_734_861_509_48),
            (0.933_746_065_807_013, 0.005),
            (1.939_250_304_400_787_2, 0.015_205_032_080_093_4),
            (12.509_725_330_174_232, 0.009_869_049_939_508_6),
            (12.256_020_588_168_434, 0.007_061_074_548_057_97),
        ],
        "long run",
    );
    let bound = plain.test(FluctuationFunctional::MeanL2).expect("tabled");
    assert!(bound.p_is_upper_bound, "{bound:?}");
}

/// `gefp(m, fit = NULL)` with y = (7919 t mod 13) + 4 (t > 55), x = (6007 t mod 97)/97 − 0.5,
/// t = 1, …, 96: `glm(y ~ x + offset(log(1 + t/96)), family = poisson)`, the same with `vcov =
/// function(x, ...) NeweyWest(x, lag = 3, prewhite = FALSE, adjust = TRUE)`, and MASS 7.3-58.2
/// `glm.nb`.
#[test]
fn processes_of_counts_with_exposure_are_strucchanges() {
    let y: Vec<f64> = (1..=96_u32)
        .map(|t| f64::from(t * 7919 % 13 + if t > 55 { 4 } else { 0 }))
        .collect();
    let x = (1..=96_u32)
        .map(|t| f64::from(t * 6007 % 97) / 97.0 - 0.5)
        .collect();
    let offset: Vec<f64> = (1..=96).map(|t| (1.0 + f64::from(t) / 96.0).ln()).collect();
    let design = Design::intercept(96).with("x", x).expect("finite");
    for (family, covariance, row, figures) in [
        (
            Family::QuasiPoisson,
            Covariance::Model,
            [-0.159_392_259_936_653, -0.419_785_228_048_639],
            [
                (1.072_749_532_241_734, 0.359_999_510_859_668),
                (0.333_843_588_903_28, 0.424_261_008_747_821),
                (1.383_574_744_702_222, 0.495_157_314_064_554),
                (4.917_370_017_977_261, 0.644_032_156_742_131),
                (4.917_370_017_977_261, 0.490_610_523_370_162),
            ],
        ),
        (
            Family::QuasiPoisson,
            Covariance::NeweyWest { lag: 3 },
            [-0.165_622_566_631_426, -0.442_352_821_200_363],
            [
                (1.056_002_875_077_702, 0.383_348_974_131_441),
                (0.327_165_023_521_705, 0.435_778_709_322_606),
                (1.356_411_823_509_975, 0.538_855_705_519_065),
                (4.669_773_749_396_558, 0.685_114_198_066_264),
                (4.669_773_749_396_558, 0.529_235_126_256_647),
            ],
        ),
        (
            Family::NegativeBinomial,
            Covariance::Model,
            [-0.128_463_041_203_413, -0.437_488_957_572_849],
            [
                (1.026_250_137_495_744, 0.426_825_652_285_819),
                (0.307_530_322_602_11, 0.469_640_263_885_096),
                (1.402_378_640_450_585, 0.465_470_301_177_981),
                (4.452_454_662_306_215, 0.721_350_321_617_912),
                (4.452_454_662_306_215, 0.564_534_268_159_326),
            ],
        ),
    ] {
        let fit = fit_glm(&y, &offset, &design, family).expect("fits");
        let found = score_process(&fit, &design, &y, covariance).expect("sound");
        let what = format!("{family:?} {covariance:?}");
        for (component, figure) in row.into_iter().enumerate() {
            near(found.values[component][29], figure, 1e-8, &what);
        }
        tests(&found, figures, &what);
    }
    // `gefp(m, fit = NULL, parm = 2)`: one coefficient's own test.
    let fit = fit_glm(&y, &offset, &design, Family::QuasiPoisson).expect("fits");
    let all = score_process(&fit, &design, &y, Covariance::Model).expect("sound");
    let slope = all.only(&[1]).expect("a component");
    assert_eq!(slope.names, ["x"]);
    let most = slope.test(FluctuationFunctional::Max).expect("known");
    near(most.statistic, 0.781_800_474_641_184, 1e-8, "one component");
    close(most.p_value, 0.574_016_727_913_132, 1e-6, "one component");
    let lm = FluctuationFunctional::SupLm { from: 0.1, to: 0.9 };
    let lm = slope.test(lm).expect("tabled");
    near(lm.statistic, 3.487_753_465_967_432, 1e-8, "one component");
    close(lm.p_value, 0.527_109_827_896_771, 1e-6, "one component");
}
