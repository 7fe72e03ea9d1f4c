//! Least squares, Poisson, quasi-Poisson and negative binomial fits.
//!
//! Figures: R 4.2.2 (`lm`, `glm`, nlme 3.1-162), MASS 7.3-58.2, sandwich 3.0-2, statsmodels 0.15.0,
//! and the certified values of NIST's Statistical Reference Datasets (StRD, linear regression). R's
//! iterations were run to `epsilon = 1e-15`.

use crate::support::{shared_columns, shared_json};
use serde_json::Value;
use yalu_stats::{Covariance, CovarianceError};
use yalu_stats::{
    Design, Family, GlmError, GlmFit, Hac, Regression, ThetaOrigin, fit_glm, fit_gls_ar1, fit_ols,
    gls_at_rho, robust,
};

use super::regression_data::{
    CARS_DISTANCE, CARS_SPEED, FILIP_X, FILIP_Y, LONGLEY, QUINE_CODES, QUINE_DAYS,
};

#[track_caller]
pub(crate) fn near(what: &str, got: f64, peer: f64, relative: f64) {
    assert!(
        (got - peer).abs() <= relative * peer.abs(),
        "{what}: {got}, peer {peer}, relative {:.1e}",
        (got / peer - 1.0).abs()
    );
}

#[track_caller]
pub(crate) fn all_near(what: &str, got: &[f64], peer: &[f64], relative: f64) {
    assert_eq!(got.len(), peer.len(), "{what}");
    for (idx, (got, peer)) in got.iter().zip(peer).enumerate() {
        near(&format!("{what} {idx}"), *got, *peer, relative);
    }
}

pub(crate) fn standard_errors(covariance: &[f64]) -> Vec<f64> {
    let k = covariance.len().isqrt();
    (0..k).map(|idx| covariance[idx * k + idx].sqrt()).collect()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list of figures")
        .iter()
        .map(|one| one.as_f64().expect("a figure"))
        .collect()
}

/// A case's input by column, and its figures; none where the shared data aren't there.
pub(crate) fn case(name: &str, figures: &str) -> Option<(Vec<Vec<f64>>, Value)> {
    Some((
        shared_columns(name, "input.csv")?,
        shared_json(name, figures)?,
    ))
}

pub(crate) struct Its {
    pub(crate) y: Vec<f64>,
    pub(crate) counts: Vec<f64>,
    pub(crate) spread_counts: Vec<f64>,
    pub(crate) offset: Vec<f64>,
    /// Level, trend, step, ramp.
    pub(crate) ramp: Design,
    /// The same and a pulse.
    pub(crate) pulse: Design,
    /// Level, step, pulse.
    pub(crate) count: Design,
    pub(crate) statsmodels: Value,
    pub(crate) r: Value,
}

/// The 60 months of the case D-its-60.
pub(crate) fn its() -> Option<Its> {
    let (columns, statsmodels) = case("D-its-60", "expected.json")?;
    let (_, r) = case("D-its-60", "expected-r.json")?;
    let [t, step, ramp, pulse, y, exposure, counts, spread_counts] =
        columns.try_into().expect("eight columns");
    let with = |design: Design, name: &str, column: &[f64]| {
        design.with(name, column.to_vec()).expect("finite")
    };
    let level = Design::intercept(60);
    let trend = with(with(level.clone(), "t", &t), "step", &step);
    let trend = with(trend, "ramp", &ramp);
    Some(Its {
        offset: exposure.iter().map(|one| (one / 1000.0).ln()).collect(),
        pulse: with(trend.clone(), "pulse", &pulse),
        ramp: trend,
        count: with(with(level, "step", &step), "pulse", &pulse),
        y,
        counts,
        spread_counts,
        statsmodels,
        r,
    })
}

fn loglik(fit: &GlmFit) -> f64 {
    fit.log_likelihood.expect("a likelihood")
}

#[test]
fn least_squares_is_statsmodels_and_r() {
    let Some(its) = its() else { return };
    let ols = fit_ols(&its.y, &its.pulse).expect("fits");
    let peer = &its.statsmodels["ols"];
    let peer_of = |name: &str| peer[name].as_f64().expect("a figure");
    all_near(
        "coefficient",
        &ols.fit.coefficients,
        &numbers(&peer["coef"]),
        1e-10,
    );
    let ses: Vec<f64> = ols.terms.iter().map(|term| term.se).collect();
    all_near("SE", &ses, &numbers(&peer["se_nonrobust"]), 1e-10);
    all_near(
        "coefficient",
        &ols.fit.coefficients,
        &numbers(&its.r["ols"]["coef"]),
        1e-10,
    );
    all_near("SE", &ses, &numbers(&its.r["ols"]["se"]), 1e-10);
    near("RSS", ols.rss, peer_of("rss"), 1e-10);
    near("R²", ols.r_squared, peer_of("r2"), 1e-10);
    near("log-likelihood", loglik(&ols.fit), peer_of("loglik"), 1e-10);
    assert_eq!(ols.fit.df_residual, 55);
    // statsmodels doesn't count σ² among the parameters; R does: AIC(m), BIC(m), summary(m).
    near(
        "AIC",
        ols.fit.aic().expect("one") - 2.0,
        peer_of("aic"),
        1e-10,
    );
    near(
        "BIC",
        ols.fit.bic().expect("one") - 60.0_f64.ln(),
        peer_of("bic"),
        1e-10,
    );
    near(
        "AIC",
        ols.fit.aic().expect("one"),
        196.154_238_260_786_49,
        1e-10,
    );
    near(
        "BIC",
        ols.fit.bic().expect("one"),
        208.720_305_634_119_1,
        1e-10,
    );
    near(
        "adjusted R²",
        ols.adjusted_r_squared,
        0.809_018_877_760_994_6,
        1e-10,
    );

    let ols = fit_ols(&its.y, &its.ramp).expect("fits");
    let peer = &its.statsmodels["ols_without_pulse"];
    all_near(
        "coefficient",
        &ols.fit.coefficients,
        &numbers(&peer["coef"]),
        1e-10,
    );
    near(
        "RSS",
        ols.rss,
        peer["rss"].as_f64().expect("a figure"),
        1e-10,
    );
    for (kind, name) in [
        (Covariance::Hc0, "se_HC0"),
        (Covariance::Hc1, "se_HC1"),
        (Covariance::Hc2, "se_HC2"),
        (Covariance::Hc3, "se_HC3"),
    ] {
        let found = robust(&ols.fit, &its.ramp, kind).expect("no row has leverage 1");
        all_near(name, &found.standard_errors(), &numbers(&peer[name]), 1e-10);
        assert!(found.exact_rows.is_empty());
    }
}

#[test]
fn a_pulse_of_one_period_has_no_hc2_or_hc3() {
    let Some(its) = its() else { return };
    let fit = fit_ols(&its.y, &its.pulse).expect("fits").fit;
    for (kind, name) in [(Covariance::Hc0, "HC0"), (Covariance::Hc1, "HC1")] {
        let found = robust(&fit, &its.pulse, kind).expect("exists");
        all_near(
            name,
            &found.standard_errors(),
            &numbers(&its.r["ols"][name]),
            1e-10,
        );
        let name = format!("se_{name}");
        let peer = numbers(&its.statsmodels["ols"][&name]);
        all_near(&name, &found.standard_errors(), &peer, 1e-10);
        assert_eq!(found.exact_rows, [36]);
    }
    for kind in [Covariance::Hc2, Covariance::Hc3] {
        assert_eq!(
            robust(&fit, &its.pulse, kind),
            Err(CovarianceError::Leverage { row: 36 })
        );
    }
    // Prewhitened, the peer fails; here the column is named.
    assert_eq!(
        robust(&fit, &its.pulse, Covariance::Hac(Hac::quadratic_spectral())),
        Err(CovarianceError::SingularScores {
            column: "pulse".to_owned()
        })
    );
}

#[test]
fn counts_of_the_interrupted_series_are_the_peers() {
    let Some(its) = its() else { return };
    for (name, y) in [
        ("count_poisson", &its.counts),
        ("count_negbin", &its.spread_counts),
    ] {
        let peer = &its.statsmodels["glm"][name];
        let figure = |model: &str, what: &str| peer[model][what].as_f64().expect("a figure");
        let fit = fit_glm(y, &its.offset, &its.count, Family::Poisson).expect("fits");
        all_near(
            "Poisson",
            &fit.coefficients,
            &numbers(&peer["poisson"]["coef"]),
            1e-8,
        );
        let ses = standard_errors(&fit.covariance);
        all_near("Poisson SE", &ses, &numbers(&peer["poisson"]["se"]), 1e-8);
        near(
            "deviance",
            fit.deviance,
            figure("poisson", "deviance"),
            1e-10,
        );
        let chi2 = fit.dispersion * fit.df_residual as f64;
        near("Pearson χ²", chi2, figure("poisson", "pearson_chi2"), 1e-8);
        near(
            "log-likelihood",
            loglik(&fit),
            figure("poisson", "loglik"),
            1e-10,
        );
        let hac = robust(&fit, &its.count, Covariance::Hac(Hac::newey_west(3))).expect("exists");
        let peer_se = numbers(&peer["poisson_hac_lag3_bartlett_no_correction"]["se"]);
        all_near("Newey-West", &hac.standard_errors(), &peer_se, 1e-8);

        let quasi = fit_glm(y, &its.offset, &its.count, Family::QuasiPoisson).expect("fits");
        let ses = standard_errors(&quasi.covariance);
        all_near(
            "quasi SE",
            &ses,
            &numbers(&peer["quasi_poisson"]["se"]),
            1e-8,
        );
        near(
            "dispersion",
            quasi.dispersion,
            figure("quasi_poisson", "dispersion"),
            1e-8,
        );
        assert_eq!((quasi.log_likelihood, quasi.aic()), (None, None));

        let given = Regression::new(y, &its.count, Family::NegativeBinomial)
            .offset(&its.offset)
            .theta(2.5)
            .fit()
            .expect("fits");
        let fixed = &peer["negbin_glm_fixed_alpha_0.4"];
        all_near(
            "θ given",
            &given.coefficients,
            &numbers(&fixed["coef"]),
            1e-8,
        );
        all_near(
            "SE",
            &standard_errors(&given.covariance),
            &numbers(&fixed["se"]),
            1e-8,
        );
        near(
            "deviance",
            given.deviance,
            figure("negbin_glm_fixed_alpha_0.4", "deviance"),
            1e-10,
        );
        near(
            "log-likelihood",
            loglik(&given),
            figure("negbin_glm_fixed_alpha_0.4", "loglik"),
            1e-10,
        );
        assert_eq!(given.theta_origin, ThetaOrigin::Given);
        assert_eq!(given.n_parameters(), 3);
    }
}

#[test]
fn poisson_has_rs_null_deviance_and_z_tests() {
    // glm(count_poisson ~ step + pulse + offset(log(exposure/1000)), poisson): null.deviance, AIC,
    // BIC, summary's z and p.
    let Some(its) = its() else { return };
    let regression = Regression::new(&its.counts, &its.count, Family::Poisson).offset(&its.offset);
    let fit = regression.fit().expect("fits");
    let null = regression.null_deviance(&fit).expect("fits");
    near("null deviance", null, 107.467_785_574_561_7, 1e-9);
    near("AIC", fit.aic().expect("one"), 261.490_820_408_574_1, 1e-10);
    near("BIC", fit.bic().expect("one"), 267.773_854_095_240_4, 1e-10);
    let terms = fit.terms(0.95).expect("errors above zero");
    let z: Vec<f64> = terms.iter().map(|term| term.statistic).collect();
    let p: Vec<f64> = terms.iter().map(|term| term.p_value).collect();
    all_near(
        "z",
        &z,
        &[
            11.461_982_030_937_03,
            6.265_175_689_000_518,
            2.937_011_681_433_146,
        ],
        1e-8,
    );
    // So far out, the 1e-9 by which R's last weights are off is 1e-7 of the p-value.
    near("p", p[0], 2.047_742_059_251_859e-30, 1e-6);
    near("p", p[1], 3.724_052_933_878_164e-10, 1e-7);
    near("p", p[2], 3.313_916_206_441_78e-3, 1e-7);
}

#[test]
fn the_negative_binomial_is_mass_and_statsmodels() {
    let Some(its) = its() else { return };
    let regression = Regression::new(&its.spread_counts, &its.count, Family::NegativeBinomial)
        .offset(&its.offset);
    let fit = regression.fit().expect("fits");
    let peer = &its.r["glm_nb"];
    let figure = |what: &str| peer[what].as_f64().expect("a figure");
    all_near(
        "coefficient",
        &fit.coefficients,
        &numbers(&peer["coef"]),
        1e-6,
    );
    all_near(
        "SE",
        &standard_errors(&fit.covariance),
        &numbers(&peer["se"]),
        1e-6,
    );
    near("θ", fit.theta.expect("NB"), figure("theta"), 1e-6);
    let ThetaOrigin::Estimated { se } = fit.theta_origin else {
        panic!("θ is {:?}", fit.theta_origin);
    };
    // MASS prints the SE at the iterate before its last: 0.512215. Its formula at its θ gives this.
    near("SE of θ", se, 0.512_220_618_633_540_4, 1e-6);
    near("SE of θ", se, figure("se_theta"), 1.2e-5);
    near(
        "2 log-likelihood",
        2.0 * loglik(&fit),
        figure("twologlik"),
        1e-10,
    );
    near("deviance", fit.deviance, figure("deviance"), 1e-6);
    // statsmodels maximises the same likelihood.
    let peer = &its.statsmodels["glm"]["count_negbin"]["negbin2_mle"];
    all_near(
        "coefficient",
        &fit.coefficients,
        &numbers(&peer["coef"]),
        1e-6,
    );
    near(
        "α",
        1.0 / fit.theta.expect("NB"),
        peer["alpha"].as_f64().expect("one"),
        1e-5,
    );
    near(
        "log-likelihood",
        loglik(&fit),
        peer["loglik"].as_f64().expect("one"),
        1e-10,
    );
    // glm.nb's null.deviance, AIC, BIC; sandwich(m).
    let null = regression.null_deviance(&fit).expect("fits");
    near("null deviance", null, 84.064_352_072_839_58, 1e-7);
    near("AIC", fit.aic().expect("one"), 342.009_901_743_915_2, 1e-10);
    near("BIC", fit.bic().expect("one"), 350.387_279_992_803_7, 1e-10);
    let hc0 = robust(&fit, &its.count, Covariance::Hc0).expect("exists");
    let peer = [
        0.132_876_318_902_371,
        0.213_311_435_591_424_5,
        0.166_870_166_384_017_8,
    ];
    all_near("HC0", &hc0.standard_errors(), &peer, 1e-7);
}

fn quine() -> Design {
    let digits = |place: usize, is: &str| -> Vec<f64> {
        QUINE_CODES
            .iter()
            .map(|code| f64::from(u8::from(&code[place..=place] == is)))
            .collect()
    };
    let mut design = Design::intercept(QUINE_DAYS.len());
    for (name, place, is) in [
        ("male", 0, "1"),
        ("F1", 1, "1"),
        ("F2", 1, "2"),
        ("F3", 1, "3"),
        ("not aboriginal", 2, "1"),
        ("slow", 3, "1"),
    ] {
        design = design.with(name, digits(place, is)).expect("finite");
    }
    design
}

#[test]
fn absence_from_school_is_mass() {
    // glm.nb(Days ~ Sex + Age + Eth + Lrn, data = quine), then with
    // weights = rep(c(1, 2, 0.5), length.out = 146). θ's SE: theta.ml's formula at the final θ (what
    // it prints belongs to the iterate before, 3e-6 off).
    let design = quine();
    let weights: Vec<f64> = (0..QUINE_DAYS.len())
        .map(|row| [1.0, 2.0, 0.5][row % 3])
        .collect();
    let plain = Regression::new(&QUINE_DAYS, &design, Family::NegativeBinomial);
    for (regression, coefficients, ses, theta, twice, deviances) in [
        (
            plain,
            [
                2.894_579_990_249_301,
                0.082_320_284_145_686_89,
                -0.448_428_149_877_522_9,
                0.088_080_152_114_072_66,
                0.356_900_971_429_445_2,
                -0.569_371_697_357_972,
                0.292_109_157_033_696_4,
            ],
            [
                0.228_424_614_781_915_7,
                0.159_915_014_648_278,
                0.239_746_592_555_299_8,
                0.236_193_028_653_609_6,
                0.248_324_362_799_487_1,
                0.153_333_359_282_744_6,
                0.186_474_710_100_360_3,
            ],
            [1.274_892_645_053_622_4, 0.161_035_661_713_532_1],
            -1_093.151_018_289_984,
            [167.951_800_820_585_3, 195.286_636_452_849],
        ),
        (
            plain.weights(&weights),
            [
                2.810_412_788_051_77,
                0.057_462_209_173_273_89,
                -0.345_334_732_149_470_6,
                0.291_414_833_077_501,
                0.528_490_732_532_493,
                -0.644_727_458_848_475_5,
                0.209_369_847_319_193_5,
            ],
            [
                0.220_143_085_075_499_2,
                0.153_506_017_625_952_2,
                0.231_770_113_592_867_9,
                0.227_706_199_741_117_9,
                0.236_913_265_877_716_6,
                0.146_537_322_991_784_4,
                0.180_295_584_302_495_7,
            ],
            [1.194_820_979_628_301_1, 0.140_367_126_877_202],
            -1_269.938_169_342_16,
            [198.380_613_453_325_1, 237.423_130_365_880_8],
        ),
    ] {
        let fit = regression.fit().expect("fits");
        all_near("coefficient", &fit.coefficients, &coefficients, 1e-6);
        all_near("SE", &standard_errors(&fit.covariance), &ses, 1e-6);
        near("θ", fit.theta.expect("NB"), theta[0], 1e-6);
        let ThetaOrigin::Estimated { se } = fit.theta_origin else {
            panic!("θ is {:?}", fit.theta_origin);
        };
        near("SE of θ", se, theta[1], 1e-6);
        near("2 log-likelihood", 2.0 * loglik(&fit), twice, 1e-11);
        near("deviance", fit.deviance, deviances[0], 1e-6);
        let null = regression.null_deviance(&fit).expect("fits");
        near("null deviance", null, deviances[1], 1e-6);
    }
}

/// Claims and policyholders of 64 groups (MASS `Insurance`; Baxter, Coutts and Ross 1980): district
/// slowest, then group of car, then age of holder.
const CLAIMS: [f64; 64] = [
    38.0, 35.0, 20.0, 156.0, 63.0, 84.0, 89.0, 400.0, 19.0, 52.0, 74.0, 233.0, 4.0, 18.0, 19.0,
    77.0, 22.0, 19.0, 22.0, 87.0, 25.0, 51.0, 49.0, 290.0, 14.0, 46.0, 39.0, 143.0, 4.0, 15.0,
    12.0, 53.0, 5.0, 11.0, 10.0, 67.0, 10.0, 24.0, 37.0, 187.0, 8.0, 19.0, 24.0, 101.0, 3.0, 2.0,
    8.0, 37.0, 2.0, 5.0, 4.0, 36.0, 7.0, 10.0, 22.0, 102.0, 5.0, 7.0, 16.0, 63.0, 0.0, 6.0, 8.0,
    33.0,
];
const HOLDERS: [f64; 64] = [
    197.0, 264.0, 246.0, 1680.0, 284.0, 536.0, 696.0, 3582.0, 133.0, 286.0, 355.0, 1640.0, 24.0,
    71.0, 99.0, 452.0, 85.0, 139.0, 151.0, 931.0, 149.0, 313.0, 419.0, 2443.0, 66.0, 175.0, 221.0,
    1110.0, 9.0, 48.0, 72.0, 322.0, 35.0, 73.0, 89.0, 648.0, 53.0, 155.0, 240.0, 1635.0, 24.0,
    78.0, 121.0, 692.0, 7.0, 29.0, 43.0, 245.0, 20.0, 33.0, 40.0, 316.0, 31.0, 81.0, 122.0, 724.0,
    18.0, 39.0, 68.0, 344.0, 3.0, 16.0, 25.0, 114.0,
];

#[test]
fn weighted_counts_with_an_offset_are_rs() {
    // glm(Claims ~ District + as.integer(Group) + as.integer(Age) + offset(log(Holders)),
    //     family, data = MASS::Insurance, weights = rep(c(1, 2, 3, 0.25), 16)); vcovHC(m, type).
    let offset: Vec<f64> = HOLDERS.iter().map(|one| one.ln()).collect();
    let weights: Vec<f64> = (0..64).map(|row| [1.0, 2.0, 3.0, 0.25][row % 4]).collect();
    let district = |which: usize| -> Vec<f64> {
        (0..64)
            .map(|row| f64::from(u8::from(row / 16 == which)))
            .collect()
    };
    let group: Vec<f64> = (0..64).map(|row| f64::from(row / 4 % 4 + 1)).collect();
    let age: Vec<f64> = (0..64).map(|row| f64::from(row % 4 + 1)).collect();
    let mut design = Design::intercept(64);
    for which in 1..4 {
        design = design
            .with(format!("District{}", which + 1), district(which))
            .expect("finite");
    }
    let design = design.with("Group", group.clone()).expect("finite");
    let design = design.with("Age", age.clone()).expect("finite");
    let regression = Regression::new(&CLAIMS, &design, Family::Poisson)
        .offset(&offset)
        .weights(&weights);
    let fit = regression.fit().expect("fits");
    let coefficients = [
        -1.921_596_082_637_132_8,
        0.039_774_893_688_596_45,
        0.061_581_586_610_946_37,
        0.200_630_544_075_223_16,
        0.218_281_633_912_619_62,
        -0.174_904_854_747_763_43,
    ];
    all_near("coefficient", &fit.coefficients, &coefficients, 1e-8);
    let ses = [
        0.081_033_965_726_156_84,
        0.044_197_512_645_822_85,
        0.053_706_400_074_434_29,
        0.066_017_271_871_489_9,
        0.021_527_301_780_744_15,
        0.022_163_531_270_222_37,
    ];
    all_near("SE", &standard_errors(&fit.covariance), &ses, 1e-8);
    near("deviance", fit.deviance, 84.166_661_892_037_04, 1e-10);
    let null = regression.null_deviance(&fit).expect("fits");
    near("null deviance", null, 250.741_800_334_192_53, 1e-9);
    near(
        "log-likelihood",
        loglik(&fit),
        -277.508_985_860_643_6,
        1e-10,
    );
    near("AIC", fit.aic().expect("one"), 567.017_971_721_287_2, 1e-10);
    near("BIC", fit.bic().expect("one"), 579.971_270_221_445_1, 1e-10);
    for (kind, ses) in [
        (
            Covariance::Hc0,
            [0.084_962_502_343_288_9, 0.028_646_876_797_036_76],
        ),
        (
            Covariance::Hc1,
            [0.089_248_984_876_265_2, 0.030_092_153_638_326_88],
        ),
        (
            Covariance::Hc2,
            [0.089_639_977_927_847_07, 0.030_649_846_734_240_68],
        ),
        (
            Covariance::Hc3,
            [0.094_658_186_642_185_12, 0.032_841_830_110_566_82],
        ),
    ] {
        let found = robust(&fit, &design, kind)
            .expect("exists")
            .standard_errors();
        all_near("HC", &[found[0], found[4]], &ses, 1e-8);
    }
    let quasi = Regression::new(&CLAIMS, &design, Family::QuasiPoisson)
        .offset(&offset)
        .weights(&weights)
        .fit()
        .expect("fits");
    near("dispersion", quasi.dispersion, 1.374_964_021_871_211, 1e-8);
    let p: Vec<f64> = quasi
        .terms(0.9)
        .expect("errors above zero")
        .iter()
        .map(|term| term.p_value)
        .collect();
    let peer = [
        5.970_068_943_833_728e-28,
        4.459_109_816_156_61e-1,
        3.322_020_130_014_27e-1,
        1.206_148_116_097_168e-2,
        5.087_452_812_370_574e-12,
        8.314_792_443_218_913e-9,
    ];
    all_near("p of t", &p, &peer, 1e-6);

    // The same model without a level: ~ 0 + District + …; R's null model is then the offset alone.
    let mut columns: Vec<(String, Vec<f64>)> = (0..4)
        .map(|which| (format!("District{}", which + 1), district(which)))
        .collect();
    columns.push(("Group".to_owned(), group));
    columns.push(("Age".to_owned(), age));
    let design = Design::new(columns).expect("columns of equal length");
    let regression = Regression::new(&CLAIMS, &design, Family::Poisson)
        .offset(&offset)
        .weights(&weights);
    let fit = regression.fit().expect("fits");
    let coefficients = [
        -1.921_596_082_637_131_9,
        -1.881_821_188_948_535_2,
        -1.860_014_496_026_185_3,
        -1.720_965_538_561_909_1,
        0.218_281_633_912_619_3,
        -0.174_904_854_747_763_5,
    ];
    all_near("coefficient", &fit.coefficients, &coefficients, 1e-8);
    let null = regression.null_deviance(&fit).expect("fits");
    near("null deviance", null, 21_587.855_955_809_624, 1e-9);
}

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
