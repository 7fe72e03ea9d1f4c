//! F statistics of one break at every date, their aggregates and Hansen's p-values. Figures: R 4.2.2,
//! strucchange 1.5-3 and sandwich 3.0-2, `Fstats(formula, from = ...)` with `sctest(type = "supF")`,
//! "aveF" and "expF"; those of the cases' `expected.json` and more of the same calls.

use crate::support::{shared_columns, shared_json, shared_text};

use serde_json::Value;
use yalu_stats::{
    Aggregation, BreakStatistic, Candidates, Covariance, Design, FStatistics, FTestOptions,
    f_statistics, hansen_p_value,
};

/// A case's figures, design and expectations.
pub(crate) struct Case {
    pub(crate) y: Vec<f64>,
    pub(crate) design: Design,
    pub(crate) expected: Value,
}

/// Reads `name` from the peers' reference cases: columns `t`, `y`, regressors.
pub(crate) fn case(name: &str) -> Option<Case> {
    let text = shared_text(name, "input.csv")?;
    let names: Vec<&str> = text.lines().next().expect("a head").split(',').collect();
    let columns = shared_columns(name, "input.csv")?;
    let mut design = Design::intercept(columns[1].len());
    for (name, column) in names.iter().zip(&columns).skip(2) {
        design = design.with(*name, column.clone()).expect("finite");
    }
    Some(Case {
        y: columns[1].clone(),
        design,
        expected: shared_json(name, "expected.json")?,
    })
}

pub(crate) fn near(got: f64, expected: f64, relative: f64, what: &str) {
    assert!(
        (got - expected).abs() <= relative * expected.abs(),
        "{what}: {got}, the peer has {expected}"
    );
}

pub(crate) fn close(got: f64, expected: f64, absolute: f64, what: &str) {
    assert!(
        (got - expected).abs() <= absolute,
        "{what}: {got}, the peer has {expected}"
    );
}

const TESTS: [(&str, Aggregation); 3] = [
    ("supF", Aggregation::Sup),
    ("aveF", Aggregation::Ave),
    ("expF", Aggregation::Exp),
];

#[test]
fn the_cases_paths_and_p_values_are_strucchanges() {
    for (name, from) in [
        ("A-nile", 0.15),
        ("A-realint", 0.15),
        ("A-uk-driver-deaths", 0.1),
    ] {
        let Some(case) = case(name) else { return };
        let options = FTestOptions {
            candidates: Candidates::trimming(from),
            ..FTestOptions::default()
        };
        let found = f_statistics(&case.y, &case.design, &options).expect("a sound series");
        let peer = &case.expected["Fstats"];
        let number = |value: &Value| value.as_f64().expect("a number");
        assert_eq!(
            found.path.len() as u64,
            peer["F_count"].as_u64().expect("a count")
        );
        assert_eq!(
            found.break_index as u64 + 1,
            peer["argmax_1based"].as_u64().expect("an index")
        );
        for (idx, f) in peer["F_first5"]
            .as_array()
            .expect("five")
            .iter()
            .enumerate()
        {
            near(found.path[idx], number(f), 1e-8, name);
        }
        for (test, aggregation) in TESTS {
            let peer = &peer["tests"][test];
            let test = found.test(aggregation).expect("within the table");
            near(test.statistic, number(&peer["statistic"]), 1e-8, name);
            close(test.p_value, number(&peer["p.value"]), 1e-6, name);
        }
    }
}

fn check(found: &FStatistics, head: [f64; 3], tail: [f64; 3], tests: [(f64, f64); 3]) {
    let n = found.path.len();
    for idx in 0..3 {
        near(found.path[idx], head[idx], 1e-8, "head");
        near(found.path[n - 3 + idx], tail[idx], 1e-8, "tail");
    }
    for ((name, aggregation), (statistic, p)) in TESTS.into_iter().zip(tests) {
        let test = found.test(aggregation).expect("within the table");
        near(test.statistic, statistic, 1e-8, name);
        close(test.p_value, p, 1e-6, name);
    }
}

/// `Fstats(y ~ ylag1 + ylag12, from = 0.2, to = 0.7)`.
#[test]
fn unequal_trimming_is_strucchanges() {
    let Some(case) = case("A-uk-driver-deaths") else {
        return;
    };
    let options = FTestOptions {
        candidates: Candidates::Shares {
            from: 0.2,
            to: Some(0.7),
        },
        ..FTestOptions::default()
    };
    let found = f_statistics(&case.y, &case.design, &options).expect("a sound series");
    assert_eq!((found.break_index, found.path.len()), (45, 90));
    check(
        &found,
        [
            13.977_855_369_225_4,
            13.965_731_335_199_8,
            14.243_639_011_312_8,
        ],
        [
            7.126_019_700_245_29,
            6.779_619_901_704_07,
            6.724_333_556_819_60,
        ],
        [
            (19.333_111_702_554_3, 0.003_748_413_869_211_57),
            (5.880_854_183_457_28, 0.074_897_985_685_205_4),
            (6.522_008_004_129_27, 0.006_754_477_672_966_27),
        ],
    );
}

/// `Fstats(y ~ ylag1 + ylag12, from = 0.01)`: "'from' changed (was too small)", to four periods for
/// three coefficients.
#[test]
fn candidates_too_near_the_ends_are_narrowed_as_strucchanges() {
    let Some(case) = case("A-uk-driver-deaths") else {
        return;
    };
    let options = FTestOptions {
        candidates: Candidates::trimming(0.01),
        ..FTestOptions::default()
    };
    let found = f_statistics(&case.y, &case.design, &options).expect("a sound series");
    assert!(found.narrowed);
    assert_eq!(
        (found.first_candidate, found.path.len(), found.break_index),
        (3, 173, 45)
    );
    check(
        &found,
        [
            1.706_846_872_603_034,
            0.913_868_919_692_152,
            0.711_653_347_224_494,
        ],
        [
            4.220_845_636_188_43,
            4.218_530_212_489_48,
            3.530_022_513_402_41,
        ],
        [
            (19.333_111_702_554_3, 0.010_595_215_404_530_7),
            (6.874_350_569_034_069, 0.015_761_473_396_841),
            (6.251_244_166_734_825, 0.009_987_197_776_347_8),
        ],
    );
}

/// `Fstats(y ~ ylag1 + ylag12, from = 0.1, vcov. = function(x, ...) vcovHC(x, type = "HC0"))`, and
/// with `NeweyWest(x, lag = 3, prewhite = FALSE, adjust = TRUE)`. The regressors are near collinear
/// beside the level, so that R's figures hold seven digits; `EXACT` are the same by mpmath with 60.
#[test]
fn robust_wald_paths_are_strucchanges() {
    /// Place on the path, HC0, Newey and West.
    const EXACT: [(usize, f64, f64); 3] = [
        (0, 11.058_813_117_369_25, 10.991_769_363_097_785),
        (1, 11.034_267_745_247_185, 11.740_480_206_911_057),
        (28, 33.132_297_900_158_07, 34.096_505_807_975_89),
    ];
    let Some(case) = case("A-uk-driver-deaths") else {
        return;
    };
    let with = |covariance| {
        let options = FTestOptions {
            candidates: Candidates::trimming(0.1),
            statistic: BreakStatistic::RobustWald(covariance),
            changing: None,
        };
        f_statistics(&case.y, &case.design, &options).expect("a sound series")
    };
    let white = with(Covariance::Hc0);
    let newey_west = with(Covariance::NeweyWest { lag: 3 });
    assert_eq!((white.break_index, newey_west.break_index), (45, 44));
    for (place, hc0, nw) in EXACT {
        near(white.path[place], hc0, 1e-10, "HC0");
        near(newey_west.path[place], nw, 1e-10, "Newey and West");
    }
    let last = white.path.len() - 1;
    near(white.path[last], 10.379_795_048_910_6, 1e-6, "HC0");
    near(
        newey_west.path[last],
        12.178_637_574_899_5,
        1e-6,
        "Newey and West",
    );
    for (found, figures) in [
        (
            white,
            [
                (33.132_297_676_217_7, 1.189_584_093_691_52e-5),
                (10.180_276_905_653_2, 0.001_533_095_679_200_46),
                (12.618_260_365_464_2, 0.000_242_357_136_043_037),
            ],
        ),
        (
            newey_west,
            [
                (34.273_476_131_526_9, 6.877_394_993_554_11e-6),
                (9.617_376_429_161_17, 0.002_460_611_130_573_39),
                (13.417_811_454_651_5, 0.000_193_037_451_865_83),
            ],
        ),
    ] {
        for ((name, aggregation), (statistic, p)) in TESTS.into_iter().zip(figures) {
            let test = found.test(aggregation).expect("within the table");
            near(test.statistic, statistic, 1e-6, name);
            close(test.p_value, p, 1e-6, name);
        }
    }
}

/// Only some coefficients change: against `lm` with the change's columns added at each date, and
/// strucchange's `pvalue.Fstats` for one coefficient.
#[test]
fn a_partial_change_is_what_regressions_say() {
    let Some(case) = case("A-uk-driver-deaths") else {
        return;
    };
    let with = |changing: &[usize]| {
        let options = FTestOptions {
            candidates: Candidates::Periods {
                first: 17,
                last: 161,
            },
            changing: Some(changing.to_vec()),
            statistic: BreakStatistic::F,
        };
        f_statistics(&case.y, &case.design, &options).expect("a sound series")
    };
    let level = with(&[0]);
    assert_eq!((level.break_index, level.n_changing), (45, 1));
    check(
        &level,
        [
            5.511_514_562_965_29,
            5.488_888_769_720_18,
            6.236_634_528_378_45,
        ],
        [
            3.216_822_162_781_231,
            2.522_028_327_416_277,
            0.749_267_101_240_099,
        ],
        [
            (15.900_032_529_885_94, 0.001_931_518_215_450_18),
            (4.589_612_810_705_38, 0.008_490_854_050_881_96),
            (4.457_539_032_672_78, 0.001_048_230_647_678_23),
        ],
    );
    let two = with(&[2, 0]);
    let n = two.path.len();
    for (idx, f) in [
        (0, 5.622_573_575_642_57),
        (1, 5.556_933_629_083_33),
        (2, 6.338_316_897_039_40),
        (n - 3, 9.583_137_782_495_88),
        (n - 2, 8.773_932_891_529_84),
        (n - 1, 5.816_673_091_938_78),
    ] {
        near(two.path[idx], f, 1e-8, "two coefficients");
    }
}

/// `strucchange:::pvalue.Fstats(x, type, k, lambda)` with λ = ((1 − τ)/τ)².
#[test]
fn hansens_surfaces_are_strucchanges() {
    use Aggregation::{Ave, Exp, Sup};
    for (k, trimming, aggregation, x, p) in [
        (1, 0.01, Sup, 8.0, 0.139_692_535_112_26),
        (1, 0.01, Ave, 2.3, 0.065_297_712_053_210_3),
        (1, 0.01, Exp, 2.0, 0.054_241_636_585_718_3),
        (1, 0.333, Sup, 8.0, 0.032_281_611_735_480_1),
        (1, 0.333, Ave, 2.3, 0.106_247_178_151_363),
        (1, 0.333, Exp, 2.0, 0.051_078_100_856_194_4),
        (3, 0.15, Sup, 12.0, 0.103_666_606_807_91),
        (3, 0.15, Ave, 4.9, 0.117_436_220_377_487),
        (3, 0.15, Exp, 4.0, 0.064_095_944_853_762_9),
        (7, 0.05, Sup, 20.0, 0.138_152_975_813_281),
        (7, 0.05, Ave, 10.1, 0.089_852_317_917_427_9),
        (7, 0.485, Exp, 8.0, 0.025_815_254_605_284_7),
        (40, 0.485, Sup, 86.0, 0.000_104_528_747_416_954),
        (40, 0.05, Ave, 53.0, 0.012_966_521_971_644_6),
        (40, 0.01, Exp, 41.0, 0.000_393_136_718_553_233),
    ] {
        let got = hansen_p_value(x, aggregation, k, trimming).expect("within the table");
        close(
            got,
            p,
            1e-9,
            &format!("{aggregation:?} k {k} trimming {trimming}"),
        );
    }
}
