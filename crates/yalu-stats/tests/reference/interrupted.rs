//! Interrupted series and event studies. Peers: statsmodels 0.15.0 and R 4.2.2 with sandwich 3.0-2,
//! on `D-its-60` (60 months, step, ramp and pulse from month 36 on).

use crate::support::shared_rows;
use yalu_stats::{
    Covariance, Design, ErrorSource, EventReference, EventStudy, Family, InterruptedFit,
    InterruptedModel, Interruption, Shape, choose_decay, event_study, fit_interrupted, trend,
};

pub(crate) struct Case {
    pub(crate) y: Vec<f64>,
    log_exposure: Vec<f64>,
    poisson: Vec<f64>,
    negative_binomial: Vec<f64>,
}

pub(crate) fn case() -> Option<Case> {
    let rows = shared_rows("D-its-60", "input.csv")?;
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
    Some(Case {
        y: column(4),
        log_exposure: column(5).iter().map(|one| (one / 1000.0).ln()).collect(),
        poisson: column(6),
        negative_binomial: column(7),
    })
}

pub(crate) fn close(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!(
        (got / want - 1.0).abs() <= tolerance,
        "{what}: {got} against {want}"
    );
}

fn interruption(name: &str, shape: Shape) -> Interruption {
    Interruption {
        name: name.to_owned(),
        at: 36,
        shape,
    }
}

fn with_trend() -> Design {
    let (name, column) = trend(60);
    Design::intercept(60).with(name, column).expect("60 rows")
}

fn gaussian(case: &Case, covariance: Covariance, interruptions: &[Interruption]) -> InterruptedFit {
    fit_interrupted(&InterruptedModel {
        y: &case.y,
        offset: &[0.0; 60],
        base: &with_trend(),
        family: Family::Gaussian,
        covariance,
        interruptions,
        confidence: 0.95,
    })
    .expect("fits")
}

#[test]
fn step_slope_and_pulse_are_statsmodels() {
    let Some(case) = case() else { return };
    let all = [
        interruption("step", Shape::Level),
        interruption("ramp", Shape::Slope { first: 1.0 }),
        interruption("pulse", Shape::Pulse { decay: 0.0 }),
    ];
    // sm.OLS(y, [const, t, step, ramp, pulse]).fit().
    let model = gaussian(&case, Covariance::Model, &all);
    for (column, (coefficient, error)) in [
        (2.089_484_479_578_398, 0.660_265_445_056_640_9),
        (0.115_631_263_316_392_31, 0.041_382_126_310_259_15),
        (-0.775_000_790_513_829, 1.276_832_370_755_956_1),
    ]
    .iter()
    .enumerate()
    {
        let effect = model.effects[column].effect;
        close("coefficient", effect.value, *coefficient, 1e-10);
        close("error", effect.standard_error, *error, 1e-10);
        assert_eq!(effect.source, ErrorSource::Requested);
    }
    assert_eq!(model.saturated_rows, [36]);
    // cov_type = "HAC", maxlags 3, Bartlett, use_correction: step and ramp don't rest on month 36;
    // the pulse's error there (0.486) is meaningless, and the model's is given in its stead.
    let robust = gaussian(&case, Covariance::NeweyWest { lag: 3 }, &all);
    let step = &robust.effects[0];
    close(
        "step",
        step.effect.standard_error,
        0.750_963_124_784_861_7,
        1e-8,
    );
    close("low", step.effect.interval.0, 0.584_520_746_910_780_3, 1e-7);
    close(
        "high",
        step.effect.interval.1,
        3.594_448_212_246_015_7,
        1e-8,
    );
    close("p", step.p_value, 0.007_378_761_807_045_696, 1e-7);
    assert_eq!(step.effect.source, ErrorSource::Requested);
    let pulse = &robust.effects[2];
    close(
        "pulse",
        pulse.effect.standard_error,
        1.276_832_370_755_956_1,
        1e-10,
    );
    assert_eq!(pulse.effect.source, ErrorSource::Model);
    // Prewhitening is singular in R where a month's scores are all zero; here it is the shortest
    // solution, and the step has an error.
    let whitened = gaussian(&case, Covariance::PrewhitenedQs, &all);
    assert!((0.5..1.0).contains(&whitened.effects[0].effect.standard_error));
    assert_eq!(whitened.effects[2].effect, pulse.effect);
    // The sum needs both: the Newey-West covariance plus the model's variance of month 36 (numpy:
    // V + p p' with p = (X'X)⁻¹x₃₆σ).
    let total = robust
        .cumulative(&[0, 1, 2], 36, 59)
        .expect("a stretch")
        .total;
    close("total", total.value, 84.062_005_714_285_8, 1e-10);
    close("total", total.standard_error, 20.714_195_544_624_09, 1e-8);
    assert_eq!(total.source, ErrorSource::Mixed);
    let by_model = model
        .cumulative(&[0, 1, 2], 36, 59)
        .expect("a stretch")
        .total;
    close(
        "total",
        by_model.standard_error,
        15.441_998_628_027_16,
        1e-9,
    );
}

#[test]
fn cumulative_effects_are_linear_combinations() {
    let Some(case) = case() else { return };
    let both = [
        interruption("step", Shape::Level),
        interruption("ramp", Shape::Slope { first: 1.0 }),
    ];
    let fit = gaussian(&case, Covariance::NeweyWest { lag: 3 }, &both);
    // OLS(...).fit(cov_type = "HAC", maxlags 3, use_correction).t_test([0, 0, 24, 300]).
    let sum = fit.cumulative(&[0, 1], 36, 59).expect("a stretch");
    close("total", sum.total.value, 84.062_005_714_285_73, 1e-10);
    close(
        "error",
        sum.total.standard_error,
        20.671_485_306_906_515,
        1e-8,
    );
    close("low", sum.total.interval.0, 42.652_044_628_425_1, 1e-8);
    close("high", sum.total.interval.1, 125.471_966_800_146_36, 1e-8);
    close(
        "average",
        sum.average.standard_error,
        0.861_311_887_787_771_5,
        1e-8,
    );
    // Twelve months on: t_test([0, 0, 1, 13]).
    let path = fit.path(&[0, 1]).expect("a path");
    close("at 48", path[48].effect.value, 3.564_274_207_039_338, 1e-10);
    close(
        "at 48",
        path[48].effect.standard_error,
        0.870_822_081_236_254_4,
        1e-8,
    );
    assert!(path[35].effect.standard_error <= 0.0);
    let running = fit.cumulative_path(&[0, 1], 36, 59).expect("a stretch");
    assert_eq!(running.len(), 24);
    assert_eq!(running[23], sum);
}

#[test]
fn counts_have_ratios_and_delta_method_totals() {
    let Some(case) = case() else { return };
    let terms = [
        interruption("step", Shape::Level),
        interruption("pulse", Shape::Pulse { decay: 0.0 }),
    ];
    let base = Design::intercept(60);
    let fit = |y: &[f64], family, covariance| {
        fit_interrupted(&InterruptedModel {
            y,
            offset: &case.log_exposure,
            base: &base,
            family,
            covariance,
            interruptions: &terms,
            confidence: 0.95,
        })
        .expect("fits")
    };
    // GLM(count_negbin, Poisson, offset).fit(scale = "X2"): coefficients and errors as listed;
    // totals by numpy from its covariance and the analytic gradient.
    let quasi = fit(
        &case.negative_binomial,
        Family::QuasiPoisson,
        Covariance::Model,
    );
    let step = &quasi.effects[0];
    close("step", step.effect.value, 0.625_895_497_478_223, 1e-8);
    close(
        "step",
        step.effect.standard_error,
        0.213_204_658_721_806_45,
        1e-8,
    );
    let ratio = step.ratio.expect("a logarithmic link");
    close("ratio", ratio.value, 0.625_895_497_478_223_f64.exp(), 1e-8);
    let sum = quasi.cumulative(&[0, 1], 36, 59).expect("a stretch");
    close("total", sum.total.value, 134.922_057_938_047_77, 1e-8);
    close(
        "total",
        sum.total.standard_error,
        39.077_573_999_314_69,
        1e-7,
    );
    let ratio = sum.ratio.expect("a logarithmic link");
    close("ratio", ratio.value, 2.053_437_116_227_126_8, 1e-8);
    close(
        "ratio",
        ratio.standard_error,
        0.207_923_696_358_352_34,
        1e-7,
    );
    let at = &quasi.path(&[0, 1]).expect("a path")[40];
    close("fitted", at.fitted, 8.202_025_586_353_94, 1e-8);
    close(
        "without",
        at.counterfactual.value,
        4.386_298_253_830_193,
        1e-8,
    );
    close(
        "without",
        at.counterfactual.standard_error,
        0.166_529_022_610_981_7,
        1e-8,
    );
    close(
        "effect",
        at.effect.standard_error,
        1.313_743_829_640_212_2,
        1e-7,
    );
    // sandwich NeweyWest(lag = 3, prewhite = FALSE) on the quasi-Poisson fit, times n/(n - k).
    let robust = fit(
        &case.negative_binomial,
        Family::QuasiPoisson,
        Covariance::NeweyWest { lag: 3 },
    );
    let factor = (60.0_f64 / 57.0).sqrt();
    close(
        "step",
        robust.effects[0].effect.standard_error,
        0.158_994_908_400_962_92 * factor,
        1e-7,
    );
    assert_eq!(robust.effects[1].effect.source, ErrorSource::Model);
    close(
        "pulse",
        robust.effects[1].effect.standard_error,
        0.375_842_239_103_144_4,
        1e-8,
    );
    // glm.nb(count_negbin ~ step + pulse + offset(...)).
    let nb = fit(
        &case.negative_binomial,
        Family::NegativeBinomial,
        Covariance::Model,
    );
    close(
        "step",
        nb.effects[0].effect.value,
        0.623_590_748_494_623,
        1e-6,
    );
    close(
        "step",
        nb.effects[0].effect.standard_error,
        0.219_305_359_180_602,
        1e-5,
    );
    close(
        "pulse",
        nb.effects[1].effect.value,
        1.271_070_617_357_75,
        1e-6,
    );
    // The Poisson series: quasi-Poisson as listed.
    let poisson = fit(&case.poisson, Family::QuasiPoisson, Covariance::Model);
    close(
        "step",
        poisson.effects[0].effect.standard_error,
        0.108_351_951_088_910_38,
        1e-8,
    );
}

#[test]
fn the_decay_has_the_greatest_likelihood() {
    let Some(case) = case() else { return };
    let base = with_trend();
    let grid = [0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    let pulse = [interruption("pulse", Shape::Pulse { decay: 0.0 })];
    let model = InterruptedModel {
        y: &case.y,
        offset: &[0.0; 60],
        base: &base,
        family: Family::Gaussian,
        covariance: Covariance::Model,
        interruptions: &pulse,
        confidence: 0.95,
    };
    let choice = choose_decay(&model, &[0], &grid).expect("fits");
    // -2 * OLS(y, [const, t, decay^(t - 36)]).fit().llf over the grid.
    let minus_two = [
        210.726_448_753_813_86,
        210.638_130_993_670_33,
        210.587_268_665_434_44,
        210.614_121_892_594_8,
        210.703_152_133_663_8,
        210.843_994_443_797_53,
        210.853_764_345_528_3,
        209.698_432_219_818_4,
    ];
    close("decay", choice.decay, 0.9, 1e-15);
    for ((decay, fall), want) in choice.profile.iter().zip(minus_two) {
        assert!(
            (fall - (want - minus_two[7])).abs() < 1e-9,
            "decay {decay}: {fall}"
        );
    }
    close(
        "pulse",
        choice.fit.effects[0].effect.value,
        0.885_612_957_953_714_9,
        1e-9,
    );
    close(
        "pulse",
        choice.fit.effects[0].effect.standard_error,
        0.826_775_243_938_539_5,
        1e-9,
    );
    // So small a pulse says nothing of its decay.
    assert_eq!((choice.interval, choice.open), ((0.0, 0.9), (true, true)));
    // Beside a clear pulse of decay 0.5 it does.
    let mut clear = case.y.clone();
    for (j, value) in clear[36..].iter_mut().enumerate() {
        *value += 15.0 * 0.5_f64.powi(j as i32);
    }
    let choice = choose_decay(&InterruptedModel { y: &clear, ..model }, &[0], &grid).expect("fits");
    assert!((0.4..=0.6).contains(&choice.decay), "{}", choice.decay);
    assert_eq!(choice.open, (false, false));
    assert!(choice.interval.0 < choice.decay && choice.decay < choice.interval.1);
}

#[test]
fn stacked_events_that_overlap_are_a_regression() {
    let Some(case) = case() else { return };
    let base = with_trend();
    // OLS(y, [const, t, sum over events of t == e + j for j in -3..4]).fit(cov_type = "HAC",
    // maxlags 3, use_correction); events 10 and 14 overlap.
    let study = EventStudy {
        y: &case.y,
        offset: &[0.0; 60],
        base: &base,
        family: Family::Gaussian,
        covariance: Covariance::NeweyWest { lag: 3 },
        events: &[47, 10, 14, 30],
        leads: 3,
        lags: 4,
        reference: EventReference::Outside,
        anticipation: 0,
        confidence: 0.95,
    };
    let fit = event_study(&study).expect("fits");
    for (response, (value, error)) in fit.responses.iter().zip([
        (0.694_568_810_479_727_6, 0.674_749_542_049_117_7),
        (0.529_334_209_546_990_8, 0.862_589_285_898_564),
        (0.838_194_941_947_590_9, 0.774_593_516_312_039_5),
        (0.396_466_341_014_860_56, 0.471_991_873_923_097_27),
        (-0.184_620_751_294_041_87, 0.616_852_452_448_505_5),
        (0.271_927_981_106_559_36, 0.722_562_599_735_700_4),
        (-1.281_914_619_826_173_7, 0.490_417_165_735_719_14),
        (-0.406_489_887_425_570_7, 0.740_134_632_878_810_2),
    ]) {
        close("response", response.effect.value, value, 1e-9);
        close("error", response.effect.standard_error, error, 1e-8);
        assert_eq!(response.n_events, 4);
    }
    let sum = &fit.cumulative[4];
    close("total", sum.total.value, -1.204_630_936_424_366_4, 1e-9);
    close(
        "total",
        sum.total.standard_error,
        1.963_523_070_127_240_4,
        1e-8,
    );
    close("low", sum.total.interval.0, -5.148_483_09, 1e-8);
    close(
        "average",
        sum.average.value,
        -1.204_630_936_424_366_4 / 5.0,
        1e-9,
    );
    // Four events with their five periods each.
    close(
        "acts",
        fit.total.total.value,
        4.0 * -1.204_630_936_424_366_4,
        1e-9,
    );
    close(
        "acts",
        fit.total.total.standard_error,
        4.0 * 1.963_523_070_127_240_4,
        1e-8,
    );
    // f_test of the leads; scipy stats.ncf solved for power 0.8.
    let before = fit.pre_trend.expect("three leads");
    assert_eq!(before.event_times, [-3, -2, -1]);
    close("F", before.wald.statistic, 0.516_081_266_494_478_8, 1e-8);
    close("p", before.wald.p_value, 0.673_106_302_762_928_8, 1e-8);
    close(
        "slope",
        before.detectable_slope,
        0.874_609_893_286_316_8,
        1e-7,
    );
    close("shift", before.detectable_shift, 2.137_456_326_368_55, 1e-7);
    close(
        "hidden",
        before.hidden_at_last_lag,
        8.0 * 0.874_609_893_286_316_8,
        1e-7,
    );
    let with_anticipation = event_study(&EventStudy {
        anticipation: 2,
        ..study
    })
    .expect("fits");
    let test = with_anticipation.pre_trend.expect("one lead is left");
    assert_eq!(test.event_times, [-3]);
}

#[test]
fn a_growing_exposure_with_season_and_four_shapes_is_sandwichs() {
    // R 4.2.2: y <- floor(mu * (0.4 + 1.2 * u) + 0.5) with u, mu and the exposure as below;
    // glm(..., quasipoisson) with NeweyWest(q, lag = 4, prewhite = FALSE, adjust = TRUE), and
    // MASS 7.3-58.2 glm.nb; totals by the analytic gradient.
    let n = 96;
    let periods = || (0..n).map(|t| t as f64);
    let exposure: Vec<f64> = periods()
        .map(|t| 900.0 + 5.0 * t + (37.0 * t) % 101.0)
        .collect();
    let offset: Vec<f64> = exposure.iter().map(|one| (one / 1000.0).ln()).collect();
    let angle = |t: f64| 2.0 * std::f64::consts::PI * t / 12.0;
    let at = |t: f64, from: f64| if t >= from { 1.0 } else { 0.0 };
    let y: Vec<f64> = periods()
        .zip(&exposure)
        .map(|(t, exposure)| {
            let pulse = at(t, 30.0) * 0.6_f64.powf(t - 30.0);
            let effects = 0.5 * at(t, 50.0) + 0.004 * at(t, 50.0) * (t - 50.0) + 0.9 * pulse
                - 0.4 * (at(t, 70.0) - at(t, 76.0));
            let mean = exposure / 1000.0 * (2.0 + 0.3 * angle(t).cos() + effects).exp();
            let u = ((t * 7919.0 + 13.0) % 97.0) / 97.0;
            (mean * (0.4 + 1.2 * u) + 0.5).floor()
        })
        .collect();
    let base = Design::intercept(n)
        .with("cos", periods().map(|t| angle(t).cos()).collect())
        .and_then(|base| base.with("sin", periods().map(|t| angle(t).sin()).collect()))
        .expect("96 rows");
    let terms = [
        (50, Shape::Level),
        (50, Shape::Slope { first: 0.0 }),
        (30, Shape::Pulse { decay: 0.6 }),
        (70, Shape::Temporary { length: 6 }),
    ]
    .map(|(at, shape)| Interruption {
        name: format!("{shape:?}"),
        at,
        shape,
    });
    let fit = |family, covariance| {
        fit_interrupted(&InterruptedModel {
            y: &y,
            offset: &offset,
            base: &base,
            family,
            covariance,
            interruptions: &terms,
            confidence: 0.95,
        })
        .expect("fits")
    };
    let quasi = fit(Family::QuasiPoisson, Covariance::NeweyWest { lag: 4 });
    for (effect, (value, error)) in quasi.effects.iter().zip([
        (0.454_450_129_354_673_5, 0.051_843_600_022_971_3),
        (0.005_583_103_949_081_688, 0.001_734_000_853_319_58),
        (0.801_233_295_812_945_7, 0.101_229_146_606_977_2),
        (-0.373_025_943_227_248_9, 0.096_650_447_306_638_06),
    ]) {
        close("effect", effect.effect.value, value, 1e-8);
        close("error", effect.effect.standard_error, error, 1e-8);
    }
    assert!(quasi.saturated_rows.is_empty());
    let sum = quasi.cumulative(&[0, 1], 50, 95).expect("a stretch");
    close("total", sum.total.value, 345.303_555_153_778_7, 1e-9);
    close(
        "total",
        sum.total.standard_error,
        22.279_397_778_436_02,
        1e-8,
    );
    let ratio = sum.ratio.expect("a logarithmic link");
    close("ratio", ratio.value, 1.801_733_005_428_146, 1e-9);
    close(
        "ratio",
        ratio.standard_error,
        0.036_780_075_751_603_97,
        1e-8,
    );
    let nb = fit(Family::NegativeBinomial, Covariance::Model);
    close(
        "step",
        nb.effects[0].effect.value,
        0.454_795_691_176_644_8,
        1e-6,
    );
    let sum = nb.cumulative(&[0, 1], 50, 95).expect("a stretch").total;
    close("total", sum.value, 343.720_906_434_640_8, 1e-6);
    close("total", sum.standard_error, 45.996_286_008_654_68, 1e-5);
}
