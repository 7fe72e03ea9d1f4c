//! Least squares and count models of an interrupted series. Figures: R 4.2.2 (`lm`, `glm`), MASS
//! 7.3-58.2, sandwich 3.0-2 and statsmodels 0.15.0; R's iterations were run to `epsilon = 1e-15`.

use crate::support::{all_near, case, near, numbers, standard_errors};
use serde_json::Value;
use yalu_stats::{
    Covariance, CovarianceError, Design, Family, GlmFit, Hac, Regression, ThetaOrigin, fit_glm,
    fit_ols, robust,
};

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

pub(crate) fn loglik(fit: &GlmFit) -> f64 {
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
