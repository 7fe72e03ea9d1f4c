//! Distributed lags against R 4.2.2: `lm`, `glm(quasipoisson)`, `AIC`, `BIC`, sandwich 3.0-2
//! `NeweyWest(m, lag = 3, prewhite = FALSE, adjust = TRUE)`, and linear combinations by `vcov`.

use crate::interrupted::close;
use yalu_stats::{
    Covariance, Design, Family, InterruptedError, LagCriterion, LagForm, LagModel, LagSample,
    choose_lags, distributed_lags, dynamic_lags, trend,
};

pub(crate) const PRESSURE: [f64; 60] = [
    2.322, 2.191, 5.071, 4.308, 5.269, 2.451, 3.768, 4.578, 1.257, 1.995, 1.367, 2.306, 2.876,
    0.831, 0.684, 0.554, 1.624, 2.754, 1.316, -0.292, -0.577, 0.556, 1.737, 1.943, 0.671, 1.053,
    4.585, 1.269, 1.163, 1.602, -0.034, 3.353, 3.478, 1.069, 2.91, 2.748, 1.367, 1.464, 2.239,
    1.387, 3.035, 3.485, 1.568, 3.371, 1.365, 2.217, 1.679, 1.602, 2.336, 1.169, 3.205, 3.157,
    -0.382, 3.172, 0.766, -0.594, 0.759, 2.28, -0.782, 0.266,
];
pub(crate) const Y: [f64; 60] = [
    6.353, 7.522, 10.544, 10.609, 11.787, 8.806, 9.156, 10.865, 10.055, 8.905, 6.948, 7.883, 8.042,
    7.766, 6.309, 5.171, 6.455, 7.667, 7.627, 6.32, 4.321, 4.357, 7.499, 7.271, 6.573, 5.885,
    8.477, 7.257, 6.837, 7.729, 6.901, 8.276, 9.389, 8.573, 9.539, 8.762, 8.963, 6.896, 7.543,
    6.851, 8.018, 10.237, 9.445, 7.999, 7.573, 8.284, 8.184, 9.182, 8.511, 7.812, 9.695, 9.454,
    6.537, 7.742, 7.715, 5.815, 6.484, 7.475, 6.143, 5.986,
];
const COUNTS: [f64; 60] = [
    1.0, 2.0, 10.0, 11.0, 14.0, 6.0, 8.0, 7.0, 7.0, 4.0, 4.0, 0.0, 5.0, 3.0, 2.0, 4.0, 2.0, 5.0,
    4.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 4.0, 4.0, 3.0, 1.0, 2.0, 2.0, 1.0, 5.0, 3.0, 6.0, 1.0, 3.0,
    1.0, 5.0, 2.0, 2.0, 10.0, 7.0, 6.0, 2.0, 0.0, 3.0, 3.0, 7.0, 3.0, 7.0, 5.0, 1.0, 5.0, 1.0, 1.0,
    1.0, 3.0, 3.0, 6.0,
];

pub(crate) fn base() -> Design {
    let (name, column) = trend(60);
    Design::intercept(60).with(name, column).expect("60 rows")
}

pub(crate) fn model(base: &Design, covariance: Covariance) -> LagModel<'_> {
    LagModel {
        y: &Y,
        offset: &[0.0; 60],
        base,
        pressure: &PRESSURE,
        family: Family::Gaussian,
        covariance,
        confidence: 0.95,
    }
}

#[test]
fn criteria_are_those_of_r_on_one_sample() {
    let base = base();
    let model = model(&base, Covariance::Model);
    let choice = choose_lags(&model, 5, LagForm::Free, LagCriterion::Aic).expect("fits");
    // AIC(m), BIC(m), -2 * logLik(m) + 2 * p * log(log(n)) of lm(y ~ t + lags 0..L) on t = 6..60.
    for (row, (aic, bic, hq)) in choice.rows.iter().zip([
        (
            157.806_329_856_725_3,
            165.835_662_597_655_1,
            160.911_337_688_656_5,
        ),
        (
            123.958_010_905_293_7,
            133.994_676_831_456,
            127.839_270_695_207_7,
        ),
        (
            117.458_559_045_678_2,
            129.502_558_157_073,
            122.116_070_793_575,
        ),
        (
            119.280_726_333_183_4,
            133.332_058_629_810_7,
            124.714_490_039_063,
        ),
        (
            119.927_231_021_858_8,
            135.985_896_503_718_6,
            126.137_246_685_721_2,
        ),
        (
            119.788_625_621_272,
            137.854_624_288_364_2,
            126.774_893_243_117_2,
        ),
    ]) {
        close("AIC", row.aic, aic, 1e-11);
        close("BIC", row.bic, bic, 1e-11);
        close("HQ", row.hq, hq, 1e-11);
    }
    assert_eq!((choice.chosen.lags, choice.first_period), (2, 5));
    assert_eq!(choice.chosen.fit.fitted.len(), 55);
}

#[test]
fn responses_and_their_sums_are_those_of_r() {
    let base = base();
    let newey_west = model(&base, Covariance::NeweyWest { lag: 3 });
    let fit = distributed_lags(&newey_west, 3, LagForm::Free, LagSample::Longest).expect("fits");
    for (got, (value, error)) in fit.impulse.iter().zip([
        (0.747_093_779_755_003_5, 0.052_465_084_161_713_82),
        (0.467_903_123_322_189_4, 0.052_964_660_567_057_81),
        (0.209_271_180_143_876_7, 0.068_618_048_618_643_07),
        (-0.028_903_741_781_020_16, 0.069_906_146_094_353_85),
    ]) {
        close("lag", got.value, value, 1e-10);
        close("lag error", got.standard_error, error, 1e-8);
    }
    for (got, (value, error)) in fit.cumulative.iter().zip([
        (0.747_093_779_755_003_5, 0.052_465_084_161_713_82),
        (1.214_996_903_077_193, 0.058_748_949_289_636_91),
        (1.424_268_083_221_069, 0.091_337_534_016_021_22),
        (1.395_364_341_440_049, 0.092_720_744_297_791_42),
    ]) {
        close("sum", got.value, value, 1e-10);
        close("sum's error", got.standard_error, error, 1e-8);
    }
    close("low", fit.long_run.interval.0, 1.209_219_680_016_199, 1e-9);
    close("high", fit.long_run.interval.1, 1.581_509_002_863_9, 1e-9);
    close("F", fit.joint.statistic, 172.980_807_061_498, 1e-8);
    // The printed covariance gives the same error.
    let sum: f64 = fit.covariance.iter().sum();
    close("covariance", sum.sqrt(), 0.092_720_744_297_791_42, 1e-8);
}

#[test]
fn almon_polynomials_are_restricted_regressions() {
    let base = base();
    let model = model(&base, Covariance::Model);
    let almon = LagForm::Almon { degree: 2 };
    // Z <- X %*% outer(0:6, 0:2, "^"); lm(y ~ t + Z).
    let fit = distributed_lags(&model, 6, almon, LagSample::Longest).expect("fits");
    for (got, (value, error)) in fit.impulse.iter().zip([
        (0.725_416_196_886_763_1, 0.063_308_577_818_585_04),
        (0.422_742_946_538_982_9, 0.034_584_299_158_045_98),
        (0.201_660_084_973_286_9, 0.032_174_798_342_139_6),
        (0.062_167_612_189_675_09, 0.035_219_012_442_248_59),
        (0.004_265_528_188_147_405, 0.031_702_568_077_650_75),
        (0.027_953_832_968_703_8, 0.031_642_684_892_989_15),
        (0.133_232_526_531_344_5, 0.058_133_838_592_883_92),
    ]) {
        close("lag", got.value, value, 1e-8);
        close("lag error", got.standard_error, error, 1e-9);
    }
    close("long run", fit.long_run.value, 1.577_438_728_276_904, 1e-10);
    close(
        "long run",
        fit.long_run.standard_error,
        0.125_787_414_691_764_6,
        1e-9,
    );
    // A polynomial of full degree restricts nothing.
    let full = distributed_lags(&model, 2, LagForm::Almon { degree: 2 }, LagSample::Longest);
    let free = distributed_lags(&model, 2, LagForm::Free, LagSample::Longest).expect("fits");
    assert_eq!(full.expect("fits").impulse, free.impulse);
}

#[test]
fn counts_answer_in_ratios() {
    let base = Design::intercept(60);
    let counts = LagModel {
        y: &COUNTS,
        family: Family::QuasiPoisson,
        ..model(&base, Covariance::Model)
    };
    // glm(cnt ~ lags 0..2, quasipoisson).
    let fit = distributed_lags(&counts, 2, LagForm::Free, LagSample::Longest).expect("fits");
    close("lag 1", fit.impulse[1].value, 0.112_551_053_787_567_9, 1e-7);
    close(
        "lag 1",
        fit.impulse[1].standard_error,
        0.050_166_899_343_222_37,
        1e-7,
    );
    close(
        "long run",
        fit.long_run.value,
        0.455_950_232_707_292_7,
        1e-8,
    );
    close(
        "long run",
        fit.long_run.standard_error,
        0.062_111_182_297_086_04,
        1e-7,
    );
    let ratio = fit.long_run_ratio.expect("a logarithmic link");
    close(
        "ratio",
        ratio.value,
        0.455_950_232_707_292_7_f64.exp(),
        1e-8,
    );
    let choice = choose_lags(&counts, 4, LagForm::Free, LagCriterion::Bic).expect("fits");
    assert!(
        choice
            .rows
            .iter()
            .all(|row| row.n_parameters == row.lags + 2)
    );
}

#[test]
fn a_series_with_own_lags_answers_by_recursion() {
    let base = base();
    let model = model(&base, Covariance::Model);
    // lm(y ~ t + x + x1 + x2 + y1 + y2) on t = 3..60; psi by recursion in R, its Jacobian by fourth-
    // order central differences.
    let fit = dynamic_lags(&model, 2, 2, 8, LagSample::Longest).expect("fits");
    close("own", fit.own[0].value, 0.247_757_253_743_220_6, 1e-9);
    close(
        "own",
        fit.own[1].standard_error,
        0.095_285_792_087_418_08,
        1e-9,
    );
    for (h, value, error) in [
        (0, 0.755_120_089_518_336_4, 0.063_488_226_051_793_51),
        (1, 0.466_574_770_916_198_8, 0.063_557_145_104_570_85),
        (2, 0.206_427_230_433_483_7, 0.065_280_360_091_657_27),
        (3, -0.008_336_177_917_532_904, 0.043_897_250_393_785_94),
    ] {
        close("impulse", fit.impulse[h].value, value, 1e-8);
        close("impulse", fit.impulse[h].standard_error, error, 1e-7);
    }
    close("to 8", fit.cumulative[8].value, 1.388_913_147_095_705, 1e-9);
    close(
        "to 8",
        fit.cumulative[8].standard_error,
        0.114_390_215_213_96,
        1e-7,
    );
    close("long run", fit.long_run.value, 1.388_732_516_812_89, 1e-9);
    close(
        "long run",
        fit.long_run.standard_error,
        0.114_546_593_250_536_5,
        1e-7,
    );
    assert!(fit.largest_root < 0.5);
    let counts = LagModel {
        family: Family::QuasiPoisson,
        ..model
    };
    let got = dynamic_lags(&counts, 1, 1, 4, LagSample::Longest);
    assert_eq!(got.expect_err("counts"), InterruptedError::NotGaussian);
    let climb: Vec<f64> = (0..60)
        .map(|t| 1.05_f64.powi(t) + 0.1 * f64::from(t % 2))
        .collect();
    let got = dynamic_lags(
        &LagModel { y: &climb, ..model },
        1,
        0,
        4,
        LagSample::Longest,
    );
    assert!(
        matches!(got, Err(InterruptedError::NotFading { root }) if root > 1.0),
        "{got:?}"
    );
}
