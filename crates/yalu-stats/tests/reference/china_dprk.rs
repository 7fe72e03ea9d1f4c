//! China's acts toward North Korea by month, 2001 to 2013, with events and pressure: the flagship's
//! own series, built from the raw files outside Yalu (`china-dprk.csv`; pulses with decay 0.5,
//! pressure as log(1 + rate) about its mean).
//!
//! Figures: R 4.2.2, MASS 7.3-58.2, sandwich 3.0-2, with
//! `glm.nb(y ~ cos1 + sin1 + missile_test + nuclear_test + provocation + unsc_resolution + us_prk +
//! us_chn [+ step] + offset(log(exposure)), control = glm.control(epsilon = 1e-15, maxit = 1000))`,
//! the same with `glm(family = quasipoisson)`, `NeweyWest(m, lag = 6, prewhite = FALSE, adjust =
//! TRUE)` and `kernHAC(m, prewhite = 1, kernel = "Quadratic Spectral", adjust = TRUE, bw = bwAndrews
//! with weights = rep(1, k))`. sandwich leaves the intercept out of the bandwidth unless told so.

use yalu_stats::{
    Covariance, Design, Family, Search, ShiftModel, benjamini_hochberg, date_breaks, fit_glm,
    fit_regimes, harmonics, robust_covariance,
};

struct Case {
    y: Vec<f64>,
    offset: Vec<f64>,
    design: Design,
}

fn case(outcome: usize) -> Case {
    let rows: Vec<Vec<&str>> = include_str!("china-dprk.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    let column = |idx: usize| -> Vec<f64> {
        rows.iter()
            .map(|row| row[idx].parse().expect("a number"))
            .collect()
    };
    let place: Vec<f64> = rows
        .iter()
        .map(|row| (row[0][5..].parse::<f64>().expect("a month") - 1.0) / 12.0)
        .collect();
    let mut design = Design::intercept(rows.len());
    for (name, values) in harmonics(&place, 1) {
        design = design.with(name, values).expect("finite");
    }
    for idx in 4..10 {
        design = design.with(format!("x{idx}"), column(idx)).expect("finite");
    }
    Case {
        y: column(outcome),
        offset: column(3).iter().map(|one| one.ln()).collect(),
        design,
    }
}

impl Case {
    fn model(&self, family: Family) -> ShiftModel<'_> {
        ShiftModel {
            y: &self.y,
            offset: &self.offset,
            design: &self.design,
            family,
        }
    }
}

#[track_caller]
fn near(what: &str, got: f64, peer: f64, relative: f64) {
    assert!(
        (got - peer).abs() <= relative * peer.abs(),
        "{what}: {got}, peer {peer}"
    );
}

#[test]
fn negative_binomial_is_mass() {
    let case = case(1);
    let fit = fit_glm(
        &case.y,
        &case.offset,
        &case.design,
        Family::NegativeBinomial,
    )
    .expect("fits");
    near("θ", fit.theta.expect("NB"), 0.805_568_121_912_172, 1e-8);
    near(
        "−2 log-likelihood",
        -2.0 * fit.log_likelihood.expect("NB"),
        827.623_826_052_738,
        1e-12,
    );
    near("deviance", fit.deviance, 175.951_465_249_593, 1e-8);
    let peer = [
        (-3.986_315_133_192_906, 0.109_680_720_872_582),
        (-0.038_453_464_257_225, 0.145_460_012_353_033),
        (-0.016_866_591_939_790, 0.144_331_623_213_600),
        (1.230_848_289_775_326, 0.473_526_637_080_581),
        (1.501_828_438_913_979, 0.743_430_552_377_378),
        (3.140_006_740_714_511, 0.727_882_053_489_322),
        (0.524_406_655_886_953, 0.580_018_380_995_016),
        (0.441_492_152_298_970, 0.141_678_403_904_749),
        (-0.163_971_901_974_803, 0.169_650_107_333_800),
    ];
    let k = peer.len();
    for (idx, (coefficient, se)) in peer.into_iter().enumerate() {
        near("coefficient", fit.coefficients[idx], coefficient, 1e-6);
        near("SE", fit.covariance[idx * k + idx].sqrt(), se, 1e-7);
    }
}

#[test]
fn quasi_poisson_is_rs_glm() {
    let case = case(1);
    let fit = fit_glm(&case.y, &case.offset, &case.design, Family::QuasiPoisson).expect("fits");
    near("dispersion", fit.dispersion, 8.597_977_595_416_57, 1e-9);
    near("deviance", fit.deviance, 905.931_378_205_362, 1e-11);
    let k = fit.coefficients.len();
    for (idx, coefficient, se) in [
        (0, -4.070_331_232_347_543, 0.134_430_934_278_488),
        (4, 1.466_688_105_592_194, 0.377_304_208_878_676),
        (7, 0.541_093_879_397_746, 0.157_202_304_391_153),
        (8, -0.092_079_288_918_870, 0.194_773_240_616_462),
    ] {
        near("coefficient", fit.coefficients[idx], coefficient, 1e-9);
        near("SE", fit.covariance[idx * k + idx].sqrt(), se, 1e-8);
    }
}

#[test]
fn robust_covariances_are_sandwichs() {
    // A step after index 111: the new level begins in May 2010.
    let case = case(1);
    let (fit, design, _) =
        fit_regimes(&case.model(Family::NegativeBinomial), &[111], 0).expect("fits");
    let k = design.n_columns();
    near("step", fit.coefficients[k - 1], 1.447_697_230_079_775, 1e-7);
    near(
        "−2 log-likelihood",
        -2.0 * fit.log_likelihood.expect("NB"),
        791.221_927_223_649,
        1e-12,
    );
    // Level, nuclear tests, pressure on North Korea, step.
    for (kind, peer) in [
        (
            Covariance::Hc0,
            [
                0.128_620_814_111_925,
                0.343_124_030_176_019,
                0.170_095_953_951_150,
                0.216_268_048_154_140,
            ],
        ),
        (
            Covariance::NeweyWest { lag: 6 },
            [
                0.131_189_218_757_648,
                0.374_857_784_219_454,
                0.190_786_043_425_501,
                0.193_755_204_968_353,
            ],
        ),
        (
            Covariance::PrewhitenedQs,
            [
                0.128_192_222_495_524,
                0.367_102_783_170_105,
                0.193_823_000_504_035,
                0.221_867_297_436_937,
            ],
        ),
    ] {
        let covariance = robust_covariance(&fit, &design, &case.y, kind).expect("long enough");
        for (column, se) in [0, 4, 7, k - 1].into_iter().zip(peer) {
            near(
                &format!("{kind:?} of column {column}"),
                covariance[column * k + column].sqrt(),
                se,
                1e-6,
            );
        }
    }
}

#[test]
fn one_break_is_where_an_exhaustive_likelihood_search_puts_it() {
    // R: the least −2 log-likelihood of glm.nb over every step with at least eight months on each
    // side, θ and all coefficients estimated anew at each.
    let search = Search {
        trimming: 0.05,
        max_breaks: 1,
        window: None,
    };
    for (outcome, at, deviance, ratio) in [
        (1, 111, 791.221_927_223_649, 4.253_308_838),
        (2, 128, 356.180_157_386_681, 6.783_832_641),
    ] {
        let case = case(outcome);
        let model = case.model(Family::NegativeBinomial);
        let dating = date_breaks(&model, &search).expect("long enough");
        assert_eq!(dating.by_count[1].breaks, [at]);
        near(
            "−2 log-likelihood",
            dating.by_count[1].deviance,
            deviance,
            1e-11,
        );
        let (fit, _, columns) = fit_regimes(&model, &[at], 0).expect("fits");
        let step = fit.coefficients[columns[1].expect("the new regime")].exp();
        near("rate ratio", step, ratio, 1e-6);
    }
}

#[test]
fn adjusted_p_values_are_rs() {
    // R: p.adjust(c(0.003, 0.222, 0.04, 0.041, 0.9, 0.003), "BH").
    let q = benjamini_hochberg(&[0.003, 0.222, 0.04, 0.041, 0.9, 0.003]).expect("p-values");
    for (got, peer) in q.iter().zip([0.009, 0.2664, 0.0615, 0.0615, 0.9, 0.009]) {
        near("q", *got, peer, 1e-12);
    }
}
