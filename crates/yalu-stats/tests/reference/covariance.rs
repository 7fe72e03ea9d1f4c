//! Covariances robust to heteroscedasticity and autocorrelation.
//!
//! Figures: R 4.2.2 with sandwich 3.0-2, statsmodels 0.15.0.

use yalu_stats::{
    Bandwidth, BandwidthColumns, Covariance, CovarianceError, Design, Family, GlmFit, Hac, Kernel,
    Prewhitening, fit_glm, fit_ols, fixed_b_test, robust,
};

use super::regression::its;
use super::regression_data::LAKE_HURON;
use crate::support::{all_near, case, near, numbers};

fn errors(fit: &GlmFit, design: &Design, hac: Hac) -> Vec<f64> {
    robust(fit, design, Covariance::Hac(hac))
        .expect("exists")
        .standard_errors()
}

fn unwhitened(hac: Hac) -> Hac {
    Hac {
        prewhitening: Prewhitening::Off,
        ..hac
    }
}

#[test]
fn newey_west_of_the_interrupted_series() {
    let Some(its) = its() else { return };
    let fit = fit_ols(&its.y, &its.pulse).expect("fits").fit;
    for (lag, name) in [
        (0, "NeweyWest_lag0"),
        (3, "NeweyWest_lag3"),
        (12, "NeweyWest_lag12"),
    ] {
        let found = errors(&fit, &its.pulse, Hac::newey_west(lag));
        all_near(name, &found, &numbers(&its.r["ols"][name]), 1e-8);
    }
    // statsmodels: lags 0, 3, 6, 12 without and with n/(n − k), t, p, intervals, the whole matrix.
    let cases = its.statsmodels["hac"].as_array().expect("a list");
    assert_eq!(cases.len(), 8);
    for peer in cases {
        let lag = peer["maxlags"].as_u64().expect("a lag") as usize;
        let adjust = peer["small_sample_correction_n_over_n_minus_k"]
            .as_bool()
            .expect("yes or no");
        let hac = Hac {
            adjust,
            ..Hac::newey_west(lag)
        };
        let found = robust(&fit, &its.pulse, Covariance::Hac(hac)).expect("exists");
        assert_eq!(found.last_lag, Some(lag));
        let terms = fit
            .terms_with(&found.covariance, 0.95)
            .expect("errors above zero");
        let of = |get: fn(&yalu_stats::Term) -> f64| terms.iter().map(get).collect::<Vec<f64>>();
        all_near("SE", &of(|term| term.se), &numbers(&peer["se"]), 1e-8);
        all_near("t", &of(|term| term.statistic), &numbers(&peer["t"]), 1e-8);
        all_near("p", &of(|term| term.p_value), &numbers(&peer["p"]), 1e-7);
        for (term, interval) in terms
            .iter()
            .zip(peer["conf_int"].as_array().expect("a list"))
        {
            all_near(
                "interval",
                &[term.interval.0, term.interval.1],
                &numbers(interval),
                1e-7,
            );
        }
        let Some(matrix) = peer["cov"].as_array() else {
            continue;
        };
        for (i, row) in matrix.iter().enumerate() {
            for (j, value) in numbers(row).into_iter().enumerate() {
                let got = found.covariance[i * 5 + j];
                let scale = (found.covariance[i * 6] * found.covariance[j * 6]).sqrt();
                assert!(
                    (got - value).abs() <= 1e-10 * scale,
                    "{i},{j}: {got}, peer {value}"
                );
            }
        }
    }
}

#[test]
fn automatic_bandwidths_of_the_interrupted_series() {
    let Some(its) = its() else { return };
    let fit = fit_ols(&its.y, &its.pulse).expect("fits").fit;
    let figure = |model: &str, name: &str| its.r[model][name].as_f64().expect("a figure");
    // NeweyWest(m, prewhite = FALSE), kernHAC(m, prewhite = FALSE) with the pulse.
    let plain = unwhitened(Hac::newey_west_automatic());
    let found = robust(&fit, &its.pulse, Covariance::Hac(plain)).expect("exists");
    let selected = found.selected_bandwidth.expect("automatic");
    near("bwNeweyWest", selected, figure("ols", "bwNeweyWest"), 1e-6);
    assert_eq!(found.bandwidth, Some(selected.floor() + 1.0));
    let peer = numbers(&its.r["ols"]["NeweyWest_auto_noprewhite"]);
    all_near("NeweyWest", &found.standard_errors(), &peer, 1e-6);
    let plain = unwhitened(Hac::quadratic_spectral());
    let found = robust(&fit, &its.pulse, Covariance::Hac(plain)).expect("exists");
    near(
        "bwAndrews",
        found.bandwidth.expect("a kernel"),
        figure("ols", "bwAndrews_qs"),
        1e-6,
    );
    let peer = numbers(&its.r["ols"]["kernHAC_noprewhite"]);
    all_near("kernHAC", &found.standard_errors(), &peer, 1e-6);

    let fit = fit_ols(&its.y, &its.ramp).expect("fits").fit;
    let model = "ols_without_pulse";
    for (hac, name, bandwidth) in [
        (Hac::newey_west(3), "NeweyWest_lag3", None),
        (Hac::newey_west(12), "NeweyWest_lag12", None),
        (
            Hac::newey_west_automatic(),
            "NeweyWest_default_prewhite1_auto",
            Some("bwNeweyWest_prewhite1"),
        ),
        (
            Hac::quadratic_spectral(),
            "kernHAC_default",
            Some("bwAndrews_qs_prewhite1"),
        ),
        (
            unwhitened(Hac::quadratic_spectral()),
            "kernHAC_noprewhite",
            Some("bwAndrews_qs_noprewhite"),
        ),
        (
            unwhitened(Hac::quadratic_spectral()),
            "vcovHAC_default",
            None,
        ),
        (
            unwhitened(Hac::newey_west_automatic()),
            "NeweyWest_lag3",
            Some("bwNeweyWest_noprewhite"),
        ),
    ] {
        let found = robust(&fit, &its.ramp, Covariance::Hac(hac)).expect("exists");
        all_near(
            name,
            &found.standard_errors(),
            &numbers(&its.r[model][name]),
            1e-6,
        );
        if let Some(bandwidth) = bandwidth {
            let selected = found.selected_bandwidth.expect("automatic");
            near(bandwidth, selected, figure(model, bandwidth), 1e-6);
        }
        let peer = numbers(&its.statsmodels[model]["hac_no_correction"]["3"]);
        if hac == Hac::newey_west(3) {
            all_near("statsmodels", &found.standard_errors(), &peer, 1e-8);
        }
    }
    let quasi = fit_glm(
        &its.spread_counts,
        &its.offset,
        &its.count,
        Family::QuasiPoisson,
    );
    let found = errors(&quasi.expect("fits"), &its.count, Hac::newey_west(3));
    let peer = numbers(&its.r["quasi"]["NeweyWest_lag3_noprewhite"]);
    all_near("quasi-Poisson", &found, &peer, 1e-7);
}

#[test]
fn counts_with_prewhitening_are_sandwichs() {
    // m <- glm.nb(count_negbin ~ step + offset(log(exposure/1000))): kernHAC(m), NeweyWest(m).
    let Some(its) = its() else { return };
    let design = Design::intercept(60)
        .with("step", its.count.column(1).to_vec())
        .expect("finite");
    let fit = fit_glm(
        &its.spread_counts,
        &its.offset,
        &design,
        Family::NegativeBinomial,
    )
    .expect("fits");
    let found = errors(&fit, &design, Hac::quadratic_spectral());
    all_near(
        "kernHAC",
        &found,
        &[0.112_563_773_753_361_4, 0.169_721_035_103_219_2],
        1e-6,
    );
    let found = errors(&fit, &design, Hac::newey_west_automatic());
    all_near(
        "NeweyWest",
        &found,
        &[0.108_886_663_281_698_4, 0.166_615_837_468_845],
        1e-6,
    );
}

#[test]
fn classic_series_have_sandwichs_covariance() {
    // NeweyWest(m), NeweyWest(m, lag = 3, prewhite = FALSE), kernHAC(m), bwNeweyWest, bwAndrews of
    // lm(y ~ 1) and, for the drivers, lm(y ~ ylag1 + ylag12).
    for name in ["A-nile", "A-realint", "A-uk-driver-deaths"] {
        let Some((columns, figures)) = case(name, "expected.json") else {
            return;
        };
        let y = &columns[1];
        let mut design = Design::intercept(y.len());
        for (idx, column) in columns[2..].iter().enumerate() {
            design = design
                .with(format!("lag {idx}"), column.clone())
                .expect("finite");
        }
        let fit = fit_ols(y, &design).expect("fits").fit;
        let peer = &figures["full_sample_HAC"];
        let k = design.n_columns();
        for (hac, name, bandwidth) in [
            (
                Hac::newey_west_automatic(),
                "NeweyWest_default",
                Some("bwNeweyWest_bartlett"),
            ),
            (Hac::newey_west(3), "NeweyWest_lag3_noprewhite", None),
            (
                Hac::quadratic_spectral(),
                "kernHAC_default",
                Some("bwAndrews_qs"),
            ),
        ] {
            let found = robust(&fit, &design, Covariance::Hac(hac)).expect("exists");
            let rows = peer[name].as_array().expect("a matrix");
            let matrix: Vec<f64> = rows.iter().flat_map(numbers).collect();
            for (idx, (got, value)) in found.covariance.iter().zip(&matrix).enumerate() {
                near(&format!("{name} {idx} of {k} columns"), *got, *value, 1e-6);
            }
            if let Some(bandwidth) = bandwidth {
                let value = peer[bandwidth].as_f64().expect("a figure");
                near(
                    bandwidth,
                    found.selected_bandwidth.expect("automatic"),
                    value,
                    1e-6,
                );
            }
        }
    }
}

/// m <- lm(y ~ t + x), y Lake Huron's level, t = 0…97, x = sin(t/5).
fn huron() -> (GlmFit, Design) {
    let n = LAKE_HURON.len();
    let design = Design::intercept(n)
        .with("t", (0..n).map(|t| t as f64).collect())
        .expect("finite")
        .with("x", (0..n).map(|t| (t as f64 / 5.0).sin()).collect())
        .expect("finite");
    let fit = fit_ols(&LAKE_HURON, &design).expect("fits").fit;
    (fit, design)
}

#[test]
fn every_kernel_bandwidth_and_order_is_sandwichs() {
    // bn <- bwNeweyWest(m, kernel, prewhite), ba <- bwAndrews(m, kernel, prewhite), then kernHAC(m,
    // kernel, bw = bn, prewhite, adjust = FALSE), the same with bw = ba and with bw = 3.7, adjust = TRUE.
    let (fit, design) = huron();
    #[rustfmt::skip]
    let cases = [
        (Kernel::Bartlett, 0, [5.629_655_820_043_178, 12.793_204_202_553_493], [
            [0.256_179_465_669_353_6, 0.005_704_541_873_287_774, 0.188_038_532_709_303],
            [0.281_026_105_530_073_4, 0.006_183_680_781_711_195, 0.186_110_042_487_076_52],
            [0.247_459_049_048_277_06, 0.005_442_889_269_020_715, 0.193_055_169_737_156_22]]),
        (Kernel::Parzen, 0, [8.862_442_735_626_48, 25.597_277_120_824_33], [
            [0.266_712_796_032_328_8, 0.005_956_080_017_955_4, 0.193_364_426_954_246_4],
            [0.305_478_195_114_434_36, 0.006_526_810_975_484_249, 0.185_459_556_285_988],
            [0.233_537_928_616_595_78, 0.005_085_402_884_332_287, 0.189_872_336_199_709_14]]),
        (Kernel::QuadraticSpectral, 0, [4.402_583_430_063_79, 12.715_923_980_401_99], [
            [0.267_061_960_302_787_2, 0.005_930_694_007_284_742, 0.197_239_026_118_001],
            [0.290_980_906_459_153, 0.006_294_544_278_580_436, 0.189_864_984_615_491_34],
            [0.267_126_714_277_908_46, 0.005_917_920_507_552_198, 0.202_016_310_559_899_38]]),
        (Kernel::Bartlett, 1, [0.567_919_272_506_208_6, 3.291_059_604_953_736], [
            [0.397_536_809_300_783_7, 0.010_521_368_612_116_78, 0.302_372_407_525_186_5],
            [0.414_423_433_970_917, 0.011_426_957_923_188_19, 0.319_286_087_719_140_8],
            [0.408_388_530_489_398_66, 0.011_298_731_673_747_25, 0.310_324_049_176_684_7]]),
        (Kernel::Parzen, 1, [4.121_958_510_185_991, 6.068_893_994_891_496], [
            [0.411_969_127_905_010_1, 0.011_441_405_236_899_88, 0.328_943_691_897_950_1],
            [0.406_891_483_301_878_8, 0.011_317_169_717_205_9, 0.306_966_768_006_787_7],
            [0.418_954_207_975_867_7, 0.011_624_488_297_173_33, 0.338_191_797_737_704_6]]),
        (Kernel::QuadraticSpectral, 1, [2.047_659_632_643_307, 3.014_836_082_755_71], [
            [0.418_324_790_588_787_5, 0.011_655_859_078_562_87, 0.342_912_100_034_216_57],
            [0.416_209_844_589_372_77, 0.011_559_795_618_303_72, 0.318_126_383_049_179_45],
            [0.408_794_871_172_868_06, 0.011_466_031_673_693_49, 0.300_624_092_455_868_7]]),
        (Kernel::Bartlett, 2, [1.076_124_081_065_730_7, 0.315_655_550_820_622_7], [
            [0.263_495_688_084_955_9, 0.006_884_868_267_215_684, 0.187_582_949_170_724_74],
            [0.266_094_039_211_770_1, 0.006_969_835_071_420_54, 0.189_942_575_732_355_5],
            [0.294_198_532_613_107_74, 0.007_301_440_666_322_799, 0.186_507_942_194_841_13]]),
        (Kernel::Parzen, 2, [3.515_016_891_039_951, 1.235_920_382_962_53], [
            [0.279_940_667_899_684_4, 0.007_100_713_855_588_339, 0.188_393_374_377_545_75],
            [0.266_395_563_236_918_3, 0.006_974_343_659_299_476, 0.190_056_612_923_760_9],
            [0.285_822_709_679_340_8, 0.007_227_809_690_834_018, 0.190_807_966_210_785_94]]),
        (Kernel::QuadraticSpectral, 2, [1.746_150_083_280_949_6, 0.613_966_460_627_775_5], [
            [0.275_476_053_346_619_6, 0.007_038_230_876_263_625, 0.190_563_062_570_828_22],
            [0.263_875_152_027_180_6, 0.006_940_510_793_991_979, 0.189_616_119_135_886_64],
            [0.305_648_748_927_913_3, 0.007_477_091_318_162_918, 0.187_314_465_779_856_14]]),
    ];
    for (kernel, order, bandwidths, peers) in cases {
        for (idx, (bandwidth, adjust)) in [
            (Bandwidth::NeweyWest, false),
            (Bandwidth::Andrews, true),
            (Bandwidth::Fixed(3.7), true),
        ]
        .into_iter()
        .enumerate()
        {
            let hac = Hac {
                kernel,
                bandwidth,
                columns: BandwidthColumns::WithoutLevel,
                prewhitening: Prewhitening::Var(order),
                adjust,
            };
            let found = robust(&fit, &design, Covariance::Hac(hac)).expect("exists");
            let what = format!("{kernel:?}, VAR({order}), {bandwidth:?}");
            all_near(&what, &found.standard_errors(), &peers[idx], 1e-8);
            if let Some(value) = bandwidths.get(idx) {
                near(&what, found.bandwidth.expect("a kernel"), *value, 1e-8);
            }
        }
    }
    // NeweyWest(m, prewhite = FALSE): lag 5 of 5.63.
    let found = errors(&fit, &design, unwhitened(Hac::newey_west_automatic()));
    let peer = [
        0.257_346_493_762_617_15,
        0.005_740_388_749_405_457,
        0.187_280_107_234_759_5,
    ];
    all_near("NeweyWest", &found, &peer, 1e-8);
}

#[test]
fn the_rule_is_told() {
    let (fit, design) = huron();
    let rule = |hac| {
        robust(&fit, &design, Covariance::Hac(hac))
            .expect("exists")
            .rule
    };
    assert_eq!(
        rule(Hac::newey_west(3)),
        "Bartlett kernel, bandwidth 4.0000 (by the last lag), lags up to 3, no prewhitening, no \
         small-sample factor"
    );
    assert_eq!(
        rule(Hac::quadratic_spectral()),
        "quadratic spectral kernel, bandwidth 3.0148 (Andrews 1991), lags up to 96, VAR(1) \
         prewhitening, factor n/(n − k)"
    );
    // 4(98/100)^(2/9) = 3.98.
    let thumb = Hac {
        bandwidth: Bandwidth::RuleOfThumb,
        ..Hac::newey_west(0)
    };
    let found = robust(&fit, &design, Covariance::Hac(thumb)).expect("exists");
    assert_eq!((found.last_lag, found.bandwidth), (Some(3), Some(4.0)));
}

#[test]
fn fixed_b_tests_have_kiefer_and_vogelsangs_critical_values() {
    // Their limits suppose stationary regressors: a level is one. Table 1 of Kiefer and Vogelsang
    // (2005) fits, for Bartlett and a one-sided tail of 2.5 %, 1.96 + 2.9694b + 0.4160b² − 0.5324b³;
    // Kiefer and Vogelsang (2002) tabulate 4.771 (2.5 %) and 3.764 (5 %) at b = 1.
    let n = 200;
    let design = Design::intercept(n);
    let y: Vec<f64> = (0..n)
        .map(|t| (t as f64 * 0.7).sin() + (t % 5) as f64)
        .collect();
    let fit = fit_ols(&y, &design).expect("fits").fit;
    let critical = |b: f64, level: f64| {
        let hac = Hac {
            bandwidth: Bandwidth::Fixed(b * n as f64),
            ..Hac::newey_west(0)
        };
        fixed_b_test(&fit, &design, hac, 0, level).expect("exists")
    };
    for b in [0.02_f64, 0.1, 0.3, 0.6] {
        let table = 1.96 + 2.9694 * b + 0.4160 * b * b - 0.5324 * b.powi(3);
        near("2.5 %", critical(b, 0.95).critical_value, table, 0.02);
    }
    near(
        "2.5 % at b = 1",
        critical(1.0, 0.95).critical_value,
        4.771,
        0.01,
    );
    near(
        "5 % at b = 1",
        critical(1.0, 0.90).critical_value,
        3.764,
        0.01,
    );
    // The p-value at the critical value is one less the level.
    let test = critical(0.2, 0.95);
    let scaled: Vec<f64> = {
        let shift = test.critical_value * test.se - test.estimate;
        y.iter().map(|y| y + shift).collect()
    };
    let fit = fit_ols(&scaled, &design).expect("fits").fit;
    let hac = Hac {
        bandwidth: Bandwidth::Fixed(0.2 * n as f64),
        ..Hac::newey_west(0)
    };
    let again = fixed_b_test(&fit, &design, hac, 0, 0.95).expect("exists");
    assert!((again.p_value - 0.05).abs() < 1e-6, "{}", again.p_value);
    assert_eq!(
        fixed_b_test(&fit, &design, Hac::quadratic_spectral(), 0, 0.95),
        Err(CovarianceError::FixedB {
            needs: "a covariance without prewhitening"
        })
    );
}
