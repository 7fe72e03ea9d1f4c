//! Weighted, ill-conditioned and generalised least squares. Figures: R 4.2.2 (`lm`, nlme 3.1-162) and the
//! certified values of NIST's Statistical Reference Datasets (StRD, linear regression).

use super::regression::{its, loglik};
use super::regression_data::{CARS_DISTANCE, CARS_SPEED, FILIP_X, FILIP_Y, LONGLEY};
use crate::support::{all_near, near, standard_errors};
use yalu_stats::{
    Covariance, Design, Family, GlmError, Regression, fit_glm, fit_gls_ar1, fit_ols, gls_at_rho,
    robust,
};

#[test]
fn weighted_least_squares_is_rs() {
    // lm(dist ~ speed, cars, weights = speed); vcovHC(m, type).
    let design = Design::intercept(50)
        .with("speed", CARS_SPEED.to_vec())
        .expect("finite");
    let fit = Regression::new(&CARS_DISTANCE, &design, Family::Gaussian)
        .weights(&CARS_SPEED)
        .fit()
        .expect("fits");
    let peer = [-22.672_421_538_306_498, 4.228_890_579_414_577];
    all_near("coefficient", &fit.coefficients, &peer, 1e-10);
    let peer = [8.597_751_778_782_754, 0.481_911_698_874_502_3];
    all_near("SE", &standard_errors(&fit.covariance), &peer, 1e-10);
    near(
        "log-likelihood",
        loglik(&fit),
        -211.611_028_747_150_9,
        1e-10,
    );
    near("AIC", fit.aic().expect("one"), 429.222_057_494_301_8, 1e-10);
    near("BIC", fit.bic().expect("one"), 434.958_126_510_586_2, 1e-10);
    near("deviance", fit.deviance, 198_907.227_150_463_68, 1e-10);
    for (kind, peer) in [
        (
            Covariance::Hc0,
            [7.719_181_707_210_098, 0.508_498_249_470_489_7],
        ),
        (
            Covariance::Hc1,
            [7.878_356_839_371_029, 0.518_983_852_625_481_6],
        ),
        (
            Covariance::Hc2,
            [8.010_061_690_445_08, 0.530_167_625_837_404_5],
        ),
        (
            Covariance::Hc3,
            [8.315_978_200_943_729, 0.552_943_293_266_115],
        ),
    ] {
        let found = robust(&fit, &design, kind).expect("exists");
        all_near("HC", &found.standard_errors(), &peer, 1e-10);
    }
}

#[test]
fn longley_is_as_certified() {
    // NIST certifies the coefficients in other units: those of lm(Employed ~ ., longley) are the same
    // figures scaled; R agrees with them to 1e-11. The design's condition number is 5e9 as it stands.
    let y: Vec<f64> = LONGLEY.iter().map(|row| row[6]).collect();
    let mut design = Design::intercept(16);
    for column in 0..6 {
        let values = LONGLEY.iter().map(|row| row[column]).collect();
        design = design.with(format!("x{column}"), values).expect("finite");
    }
    let ols = fit_ols(&y, &design).expect("fits");
    let certified = [
        (-3_482_258.634_595_82, 890_420.383_607_373, 1e3),
        (15.061_872_271_373_3, 84.914_925_774_766_9, 1e3),
        (-0.358_191_792_925_910e-1, 0.334_910_077_722_432e-1, 1.0),
        (-2.020_229_803_816_83, 0.488_399_681_651_699, 1e2),
        (-1.033_226_867_173_59, 0.214_274_163_161_675, 1e2),
        (-0.511_041_056_535_807e-1, 0.226_073_200_069_370, 1.0),
        (1_829.151_464_613_55, 455.478_499_142_212, 1e3),
    ];
    for (term, (estimate, se, unit)) in ols.terms.iter().zip(certified) {
        near(&term.name, term.estimate * unit, estimate, 1e-9);
        near(&term.name, term.se * unit, se, 1e-9);
    }
    near("σ", ols.sigma * 1e3, 304.854_073_561_965, 1e-10);
    near("R²", ols.r_squared, 0.995_479_004_577_296, 1e-12);
    // summary(m) and confint(m).
    near("p", ols.terms[6].p_value, 0.003_036_803_341_630_362, 1e-8);
    near(
        "lower",
        ols.terms[6].interval.0,
        0.798_787_515_278_416_1,
        1e-8,
    );
    near(
        "upper",
        ols.terms[6].interval.1,
        2.859_515_413_948_684,
        1e-8,
    );
}

fn powers(x: &[f64], degree: i32) -> Design {
    Design::new((0..=degree).map(|power| {
        let column: Vec<f64> = x.iter().map(|x| x.powi(power)).collect();
        (format!("x^{power}"), column)
    }))
    .expect("columns of equal length")
}

#[test]
fn filip_and_wampler_are_as_certified() {
    // NIST StRD. Filip: a polynomial of degree 10, condition number 2e15; lm() drops its last column.
    let ols = fit_ols(&FILIP_Y, &powers(&FILIP_X, 10)).expect("fits");
    let certified = [
        (-1_467.489_614_229_80, 298.084_530_995_537),
        (-2_772.179_591_933_42, 559.779_865_474_950),
        (-2_316.371_081_608_93, 466.477_572_127_796),
        (-1_127.973_940_983_72, 227.204_274_477_751),
        (-354.478_233_703_349, 71.647_866_087_592_7),
        (-75.124_201_739_375_7, 15.289_717_874_740_0),
        (-10.875_318_035_534_3, 2.236_911_598_160_33),
        (-1.062_214_985_889_47, 0.221_624_321_934_227),
        (-0.670_191_154_593_408e-1, 0.142_363_763_154_724e-1),
        (-0.246_781_078_275_479e-2, 0.535_617_408_889_821e-3),
        (-0.402_962_525_080_404e-4, 0.896_632_837_373_868e-5),
    ];
    for (term, (estimate, se)) in ols.terms.iter().zip(certified) {
        near(&term.name, term.estimate, estimate, 1e-6);
        near(&term.name, term.se, se, 1e-6);
    }
    near("σ", ols.sigma, 0.334_801_051_324_544e-2, 1e-8);
    near("R²", ols.r_squared, 0.996_727_416_185_620, 1e-9);

    // Wampler 1, an exact polynomial, and Wampler 3, the same with large deviations.
    let x: Vec<f64> = (0..21).map(f64::from).collect();
    let design = powers(&x, 5);
    let exact: Vec<f64> = x
        .iter()
        .map(|x| (0..=5).map(|power| x.powi(power)).sum())
        .collect();
    let fit = fit_glm(&exact, &[0.0; 21], &design, Family::Gaussian).expect("fits");
    all_near("Wampler 1", &fit.coefficients, &[1.0; 6], 1e-8);
    assert_eq!(fit_ols(&exact, &design), Err(GlmError::PerfectFit));
    let deviations = [
        759.0, -2048.0, 2048.0, -2048.0, 2523.0, -2048.0, 2048.0, -2048.0, 1838.0, -2048.0, 2048.0,
        -2048.0, 1838.0, -2048.0, 2048.0, -2048.0, 2523.0, -2048.0, 2048.0, -2048.0, 759.0,
    ];
    let y: Vec<f64> = exact.iter().zip(deviations).map(|(a, b)| a + b).collect();
    let ols = fit_ols(&y, &design).expect("fits");
    let ses = [
        2_152.326_246_781_70,
        2_363.551_734_696_81,
        779.343_524_331_583,
        101.475_507_550_350,
        5.645_665_121_707_52,
        0.112_324_854_679_312,
    ];
    for (term, se) in ols.terms.iter().zip(ses) {
        near(&term.name, term.estimate, 1.0, 1e-7);
        near(&term.name, term.se, se, 1e-10);
    }
    near("σ", ols.sigma, 2_360.145_023_792_68, 1e-10);
    near("R²", ols.r_squared, 0.999_995_559_025_820, 1e-12);
}

#[test]
fn generalised_least_squares_is_nlmes() {
    // gls(y ~ t + step + ramp, correlation = corAR1(rho, form = ~t, fixed = TRUE), method = "REML");
    // nlme's sigma is that of the errors, not of the innovations.
    let Some(its) = its() else { return };
    for (rho, coefficients, ses, sigma) in [
        (
            0.35,
            [
                10.313_127_669_054_95,
                0.034_916_815_720_227_33,
                1.894_496_223_941_497,
                0.134_501_718_465_907_3,
            ],
            [
                0.530_630_444_169_636_2,
                0.025_740_458_924_440_66,
                0.806_799_841_601_125,
                0.054_317_078_611_496_34,
            ],
            1.171_750_803_972_389,
        ),
        (
            -0.4,
            [
                10.151_022_065_522_826,
                0.040_950_008_878_720_83,
                1.974_636_055_293_720_8,
                0.117_636_060_723_239_7,
            ],
            [
                0.328_986_689_145_483_9,
                0.016_198_546_882_990_95,
                0.545_354_711_849_502,
                0.033_879_690_417_291_79,
            ],
            1.510_321_211_193_306,
        ),
        (
            0.8,
            [
                10.826_228_480_479_596,
                0.015_827_563_669_367_36,
                1.586_136_543_292_958_8,
                0.187_171_609_581_905_7,
            ],
            [
                1.547_090_568_006_535_7,
                0.069_355_706_546_408_92,
                1.255_443_696_620_521_8,
                0.151_228_771_913_560_07,
            ],
            2.014_557_902_735_606,
        ),
    ] {
        let fit = gls_at_rho(&its.y, &its.ramp, rho).expect("fits");
        all_near("coefficient", &fit.coefficients, &coefficients, 1e-9);
        all_near("SE", &standard_errors(&fit.covariance), &ses, 1e-9);
        near("σ", fit.sigma / (1.0 - rho * rho).sqrt(), sigma, 1e-9);
    }
    // The estimated ρ is the one its own residuals give.
    let fit = fit_gls_ar1(&its.y, &its.ramp).expect("fits");
    let serial = yalu_stats::fit_ar_one(&fit.residuals, 4);
    assert!(
        (serial.corrected - fit.rho).abs() < 1e-8,
        "{} and {}",
        serial.corrected,
        fit.rho
    );
    assert!(fit.rho > serial.measured);
}
