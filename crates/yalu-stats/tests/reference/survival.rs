//! Durations against R 4.2.2 with survival 3.5-3. Figures are retyped at 15 digits, and held to
//! 1e-12 of their size (both sides round) unless a reason is given.

use yalu_stats::survival::{
    CompetingFollowUp, CurveOptions, FollowUp, IntervalKind, KnownDuration, LogRank,
    LogRankOptions, LogRankOutcome, Permutations, cumulative_incidence, kaplan_meier, log_rank,
    turnbull,
};

use crate::support::near;
use crate::survival_data::{MAINTAINED, NOT_MAINTAINED, RADIOTHERAPY, VETERAN, follow_ups};

const CLOSE: f64 = 1e-12;
/// The incomplete gamma function under our χ² law is good to some 3e-9 in its tail.
const P_VALUE: f64 = 1e-8;

fn options(interval: IntervalKind) -> CurveOptions {
    CurveOptions {
        interval,
        confidence: 0.95,
    }
}

fn both() -> Vec<FollowUp> {
    let mut all = follow_ups(&MAINTAINED);
    all.extend(follow_ups(&NOT_MAINTAINED));
    all
}

fn veteran(cell_type: Option<usize>) -> Vec<FollowUp> {
    VETERAN
        .iter()
        .filter(|row| cell_type.is_none_or(|cell_type| row.2 == cell_type))
        .map(|&(time, status, ..)| FollowUp {
            entered: None,
            time,
            event: status == 1,
        })
        .collect()
}

#[test]
fn the_curve_of_aml_is_rs() {
    // survfit(Surv(time, status) ~ 1, aml, conf.type = "log-log"): time, n.risk, n.event, surv,
    // std.err (of log S), lower, upper.
    let rows = [
        (
            5.0,
            23,
            2,
            0.913_043_478_260_870,
            0.064_348_945_208_778_7,
            0.694_947_537_532_058_7,
            0.977_515_669_900_713,
        ),
        (
            8.0,
            21,
            2,
            0.826_086_956_521_739,
            0.095_672_974_646_988,
            0.600_610_411_237_198_9,
            0.930_903_558_387_115,
        ),
        (
            9.0,
            19,
            1,
            0.782_608_695_652_174,
            0.109_896_745_565_964_5,
            0.554_211_506_668_728_5,
            0.903_207_489_881_887,
        ),
        (
            16.0,
            15,
            0,
            0.695_652_173_913_043,
            0.137_919_321_091_842_6,
            0.465_641_749_762_004,
            0.841_721_291_391_763,
        ),
        (
            23.0,
            13,
            2,
            0.546_583_850_931_677,
            0.196_219_924_092_723_7,
            0.319_250_413_971_186_9,
            0.726_449_173_820_634,
        ),
        (
            45.0,
            4,
            1,
            0.165_631_469_979_296,
            0.519_437_570_766_772_2,
            0.042_114_281_261_576_9,
            0.360_361_360_273_183,
        ),
        (
            161.0,
            1,
            0,
            0.082_815_734_989_648,
            0.877_391_241_080_104_2,
            0.006_955_966_798_536_46,
            0.286_760_367_980_918,
        ),
    ];
    let curve = kaplan_meier(&both(), &options(IntervalKind::LogLog)).expect("a curve");
    assert_eq!((curve.n, curve.events, curve.steps.len()), (23, 18, 18));
    for (time, at_risk, events, survival, log_error, lower, upper) in rows {
        let step = curve.step_at(time).expect("a step");
        assert_eq!((step.at_risk, step.events), (at_risk, events), "{time}");
        near("survival", step.survival, survival, CLOSE);
        near("std.err", step.std_error / step.survival, log_error, CLOSE);
        let interval = step.interval.expect("an interval");
        near("lower", interval.0, lower, CLOSE);
        near("upper", interval.1, upper, CLOSE);
    }
}

#[test]
fn the_other_intervals_are_rs() {
    // conf.type = "plain" and "log" at 23 and 48.
    for (kind, time, lower, upper) in [
        (
            IntervalKind::Plain,
            23.0,
            0.336_376_455_802_229_2,
            0.756_791_246_061_125,
        ),
        (IntervalKind::Plain, 48.0, 0.0, 0.225_230_247_028_398),
        (
            IntervalKind::Log,
            23.0,
            0.372_078_087_249_211_2,
            0.802_933_352_802_37,
        ),
        (
            IntervalKind::Log,
            48.0,
            0.014_834_608_254_847_2,
            0.462_327_406_565_294,
        ),
        (IntervalKind::Log, 5.0, 0.804_854_797_782_957_8, 1.0),
    ] {
        let curve = kaplan_meier(&both(), &options(kind)).expect("a curve");
        let interval = curve
            .step_at(time)
            .and_then(|step| step.interval)
            .expect("an interval");
        near("lower", interval.0, lower, CLOSE);
        near("upper", interval.1, upper, CLOSE);
    }
}

#[test]
fn quantiles_with_their_limits_are_rs() {
    // quantile(survfit(…), c(.25, .5, .75)); but the upper limit of the log median, which is 45 in
    // R's own print and 48 in its quantile(): the upper curve is 0.458 at 45 and rises to 0.462.
    let rows = [
        (
            IntervalKind::Plain,
            [
                (12.0, Some(8.0), Some(27.0)),
                (27.0, Some(18.0), Some(34.0)),
                (43.0, Some(30.0), Some(48.0)),
            ],
        ),
        (
            IntervalKind::Log,
            [
                (12.0, Some(8.0), Some(30.0)),
                (27.0, Some(18.0), Some(45.0)),
                (43.0, Some(31.0), None),
            ],
        ),
        (
            IntervalKind::LogLog,
            [
                (12.0, Some(5.0), Some(23.0)),
                (27.0, Some(13.0), Some(34.0)),
                (43.0, Some(30.0), None),
            ],
        ),
    ];
    for (kind, quantiles) in rows {
        let curve = kaplan_meier(&both(), &options(kind)).expect("a curve");
        for (share, (estimate, lower, upper)) in [0.25, 0.5, 0.75].into_iter().zip(quantiles) {
            let got = curve.quantile(share).expect("a share");
            assert_eq!(
                (got.estimate, got.lower, got.upper),
                (Some(estimate), lower, upper),
                "{kind:?} {share}"
            );
        }
    }
    // survfit(Surv(time, status) ~ celltype, veteran, conf.type = "log-log").
    for (cell_type, median, lower, upper) in [
        (0, 118.0, 44.0, 242.0),
        (1, 51.0, 24.0, 61.0),
        (2, 51.0, 24.0, 90.0),
        (3, 156.0, 100.0, 216.0),
    ] {
        let curve =
            kaplan_meier(&veteran(Some(cell_type)), &CurveOptions::default()).expect("a curve");
        let got = curve.median();
        assert_eq!(
            (got.estimate, got.lower, got.upper),
            (Some(median), Some(lower), Some(upper))
        );
    }
}

#[test]
fn a_level_kept_between_two_events_gives_the_middle_as_in_r_but_not_one_kept_to_the_end() {
    // quantile(survfit(Surv(c(1, 3, 6, 7), c(1, 1, 1, 1)) ~ 1), .5): 4.5.
    let four = [1.0, 3.0, 6.0, 7.0].map(FollowUp::event);
    let curve = kaplan_meier(&four, &CurveOptions::default()).expect("a curve");
    assert_eq!(curve.median().estimate, Some(4.5));
    // quantile(survfit(Surv(c(1, 3, 6, 7), c(1, 1, 0, 0)) ~ 1), .5): 5, the middle of 3 and the
    // longest follow-up, 7. That would move with the date of looking; 3 is when half was reached.
    let two = [
        FollowUp::event(1.0),
        FollowUp::event(3.0),
        FollowUp::censored(6.0),
        FollowUp::censored(7.0),
    ];
    let curve = kaplan_meier(&two, &CurveOptions::default()).expect("a curve");
    assert_eq!(curve.median().estimate, Some(3.0));
}

#[test]
fn restricted_means_are_rs() {
    // summary(survfit(Surv(time, status) ~ 1, aml), rmean = 50)$table, and by group at 30; veteran
    // at 365.
    for (subjects, horizon, mean, std_error) in [
        (both(), 50.0, 27.171_842_650_103_52, 3.261_539_994_214_03),
        (
            follow_ups(&MAINTAINED),
            30.0,
            24.602_272_727_272_7,
            2.313_149_377_319_13,
        ),
        (
            follow_ups(&NOT_MAINTAINED),
            30.0,
            19.694_444_444_444_4,
            3.054_197_930_717_65,
        ),
        (
            veteran(None),
            365.0,
            115.659_215_552_334_3,
            9.883_150_999_427_87,
        ),
        (
            veteran(Some(3)),
            365.0,
            162.234_567_901_234_6,
            20.462_054_413_647_06,
        ),
    ] {
        let curve = kaplan_meier(&subjects, &CurveOptions::default()).expect("a curve");
        let got = curve.restricted_mean(horizon).expect("within follow-up");
        near("rmean", got.mean, mean, CLOSE);
        near("se(rmean)", got.std_error, std_error, CLOSE);
    }
}

#[test]
fn without_an_event_there_is_no_interval_where_r_says_one_to_one() {
    // survfit(Surv(c(1, 2, 3), c(0, 1, 1)) ~ 1, conf.type = "log") gives 1 to 1 at 1: no error is
    // seen, which isn't none. Its log-log gives NA as ours do.
    let waits = [
        FollowUp::censored(1.0),
        FollowUp::event(2.0),
        FollowUp::event(3.0),
    ];
    for kind in [IntervalKind::Plain, IntervalKind::Log, IntervalKind::LogLog] {
        let curve = kaplan_meier(&waits, &options(kind)).expect("a curve");
        assert_eq!(curve.steps[0].interval, None);
        assert_eq!(curve.steps[2].interval, None);
        assert!(curve.steps[1].interval.is_some());
    }
}

fn tested(groups: &[&[FollowUp]], rho: f64) -> LogRank {
    let options = LogRankOptions {
        rho,
        permutations: Permutations {
            most_exact: 0,
            draws: 1_999,
            seed: 5,
        },
    };
    match log_rank(groups, &options) {
        Ok(LogRankOutcome::Tested(test)) => test,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_log_rank_test_of_two_groups_is_rs() {
    // survdiff(Surv(time, status) ~ x, aml, rho = …): obs, exp, var[1, 1], chisq.
    let (one, two) = (follow_ups(&MAINTAINED), follow_ups(&NOT_MAINTAINED));
    for (rho, observed, expected, variance, chi_square) in [
        (
            0.0,
            7.0,
            10.689_335_992_300_72,
            4.007_550_745_938_73,
            3.396_388_698_977_6,
        ),
        (
            0.5,
            5.053_521_912_271_02,
            7.846_966_364_785_03,
            2.585_046_050_534_8,
            3.018_643_287_869_83,
        ),
        (
            1.0,
            3.845_410_628_019_32,
            6.142_857_142_857_14,
            1.899_147_028_411_59,
            2.779_279_544_751_77,
        ),
    ] {
        let test = tested(&[&one, &two], rho);
        near("obs", test.groups[0].observed, observed, CLOSE);
        near("exp", test.groups[0].expected, expected, CLOSE);
        near("var", test.covariance[0], variance, CLOSE);
        near("chisq", test.chi_square, chi_square, CLOSE);
    }
    let test = tested(&[&one, &two], 0.0);
    near("pvalue", test.p_value, 0.065_339_322_040_505_1, P_VALUE);
    // R's coin isn't at hand: the drawn p-value is held to the χ² one in rough terms only, and to
    // full enumeration below.
    assert!((test.permutation.p_value - test.p_value).abs() < 0.03);
}

#[test]
fn the_log_rank_test_of_four_groups_is_rs() {
    // survdiff(Surv(time, status) ~ celltype, veteran, rho = …).
    let groups: Vec<Vec<FollowUp>> = (0..4).map(|cell_type| veteran(Some(cell_type))).collect();
    let groups: Vec<&[FollowUp]> = groups.iter().map(Vec::as_slice).collect();
    let test = tested(&groups, 0.0);
    let expected = [
        47.654_677_672_475_4,
        30.102_079_326_814_8,
        15.693_764_614_360_5,
        34.549_478_386_349_3,
    ];
    for (group, expected) in test.groups.iter().zip(expected) {
        near("exp", group.expected, expected, CLOSE);
    }
    near("var", test.covariance[1], -9.533_852_020_456_55, CLOSE);
    near("var", test.covariance[15], 24.199_035_293_848_37, CLOSE);
    near("chisq", test.chi_square, 25.403_700_345_785_4, CLOSE);
    assert_eq!(test.degrees_of_freedom, 3);
    near("pvalue", test.p_value, 1.271_245_935_006_09e-5, P_VALUE);
    assert!(test.permutation.p_value <= 2.0 / 2_000.0);
    let test = tested(&groups, 1.0);
    near("obs", test.groups[1].observed, 28.425_433_149_340_16, CLOSE);
    near("chisq", test.chi_square, 19.709_622_458_061_5, CLOSE);
    near("pvalue", test.p_value, 1.949_615_885_904_64e-4, P_VALUE);
}

const ENTRIES: [f64; 23] = [
    0.0, 3.0, 5.0, 10.0, 2.0, 8.0, 20.0, 1.0, 30.0, 12.0, 100.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0,
    7.0, 8.0, 9.0, 10.0, 11.0,
];

#[test]
fn delayed_entry_is_rs() {
    // aml with entries 0, 3, 5, …: survfit(Surv(e, time, status) ~ 1): n.risk, surv, std.err; and
    // coxph(Surv(e, time, status) ~ x, ties = "exact")$score, since survdiff doesn't take entries.
    let all: Vec<FollowUp> = both()
        .into_iter()
        .zip(ENTRIES)
        .map(|(one, entered)| {
            if entered > 0.0 {
                one.entered_at(entered)
            } else {
                one
            }
        })
        .collect();
    let curve = kaplan_meier(&all, &CurveOptions::default()).expect("a curve");
    for (time, at_risk, survival, log_error) in [
        (5.0, 9, 0.777_777_777_777_777_8, 0.178_174_161_274_95),
        (12.0, 14, 0.537_190_082_644_628_2, 0.257_940_819_827_856),
        (30.0, 7, 0.282_683_936_220_482_3, 0.372_852_938_863_722),
        (45.0, 3, 0.080_766_838_920_137_8, 0.704_387_798_845_331),
    ] {
        let step = curve.step_at(time).expect("a step");
        assert_eq!(step.at_risk, at_risk, "{time}");
        near("surv", step.survival, survival, CLOSE);
        near("std.err", step.std_error / step.survival, log_error, CLOSE);
    }
    let test = tested(&[&all[..11], &all[11..]], 0.0);
    near("score", test.chi_square, 1.371_888_239_707_02, CLOSE);
}

#[test]
fn cumulative_incidence_is_rs() {
    // veteran with the kind 1 + prior/10: survfit(Surv(time, cause) ~ 1, conf.type = "log-log"):
    // pstate, std.err, lower, upper.
    let subjects: Vec<CompetingFollowUp> = VETERAN
        .iter()
        .map(|&(time, status, _, prior)| CompetingFollowUp {
            entered: None,
            time,
            cause: (status == 1).then_some(prior),
        })
        .collect();
    let found = cumulative_incidence(&subjects, 2, &CurveOptions::default()).expect("sound");
    let rows = [
        (
            10.0,
            0,
            0.065_693_430_656_934_3,
            0.021_166_321_518_137_6,
            0.032_274_040_027_804_7,
            0.115_423_938_880_045,
        ),
        (
            10.0,
            1,
            0.036_496_350_364_963_5,
            0.016_021_055_209_832_6,
            0.013_662_873_923_556_1,
            0.077_857_210_482_890_1,
        ),
        (
            50.0,
            0,
            0.263_732_212_637_322_2,
            0.037_729_209_068_544_3,
            0.193_034_545_107_120_1,
            0.339_608_963_943_269,
        ),
        (
            100.0,
            1,
            0.169_262_031_059_213,
            0.032_189_052_598_301_5,
            0.111_801_474_581_388_1,
            0.236_907_904_817_276_4,
        ),
        (
            400.0,
            0,
            0.683_043_348_590_522,
            0.041_373_097_440_846_7,
            0.594_235_107_601_449,
            0.756_398_730_788_112,
        ),
        (
            999.0,
            0,
            0.710_056_880_618_758_3,
            0.040_269_342_891_171_9,
            0.622_676_084_395_955_8,
            0.780_755_395_623_824,
        ),
        (
            999.0,
            1,
            0.289_943_119_381_241_7,
            0.040_269_342_891_171_9,
            0.213_839_590_360_890_2,
            0.370_202_618_817_862_8,
        ),
    ];
    for (time, cause, share, std_error, lower, upper) in rows {
        let at = found.step_at(time).expect("a step").causes[cause];
        near("pstate", at.incidence, share, CLOSE);
        near("std.err", at.std_error, std_error, 1e-11);
        let interval = at.interval.expect("an interval");
        near("lower", interval.0, lower, 1e-11);
        near("upper", interval.1, upper, 1e-11);
    }
}

#[test]
fn bounded_durations_are_those_published_and_rs() {
    let known: Vec<KnownDuration> = RADIOTHERAPY
        .iter()
        .map(|&(after, by)| match by {
            Some(by) if after > 0.0 => KnownDuration::SeenBetween { after, by },
            Some(by) => KnownDuration::Between { low: 0.0, high: by },
            None => KnownDuration::After(after),
        })
        .collect();
    let found = turnbull(&known).expect("a maximum");
    // The regions and masses of Finkelstein and Wolfe (1985), to the four digits printed; the last
    // one ends at 48.
    let published = [
        (4.0, 5.0, 0.0463),
        (6.0, 7.0, 0.0334),
        (7.0, 8.0, 0.0887),
        (11.0, 12.0, 0.0708),
        (24.0, 25.0, 0.0926),
        (33.0, 34.0, 0.0818),
        (38.0, 40.0, 0.1209),
        (46.0, 48.0, 0.4656),
    ];
    assert_eq!(found.regions.len(), published.len(), "{:?}", found.regions);
    for (region, (low, high, mass)) in found.regions.iter().zip(published) {
        assert_eq!(
            (region.low, region.high, region.low_open),
            (low, Some(high), true)
        );
        assert!((region.mass - mass).abs() < 6e-5, "{region:?}");
    }
    assert!(found.gap < 1e-9);
    // survfit(Surv(l, r, type = "interval2") ~ 1): 1 − surv by region. Its EM stops short: it leaves
    // 3.19e-4 within (40, 44], where the maximum has none, and its log-likelihood is that much lower.
    assert!(found.log_likelihood > -58.061_086_017_885);
    let masses_of_r = [
        0.046_338_008_718_740_4,
        0.033_393_242_430_741_4,
        0.088_645_536_971_939_3,
        0.070_745_846_217_707_5,
        0.092_627_726_478_361_4,
        0.081_811_671_115_464_7,
        0.120_554_448_063_622,
        0.465_538_821_700_998,
    ];
    for (region, of_r) in found.regions.iter().zip(masses_of_r) {
        assert!((region.mass - of_r).abs() < 3.5e-4, "{region:?}, R {of_r}");
    }
    let median = found.quantile_bounds(0.5).expect("a share");
    assert_eq!((median.low, median.high), (38.0, Some(40.0)));
}
