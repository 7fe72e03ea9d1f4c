//! Abadie, Diamond and Hainmueller's estimator against the papers and R's Synth.

use yalu_stats::synthetic::{
    InSpaceOptions, Panel, Predictor, PredictorWeights, SyntheticError, SyntheticOptions,
    fit_synthetic_control, in_time_placebo, leave_one_out, placebo_in_space, placebos_in_space,
    rank_placebos,
};

use super::{basque, close, proposition_99};

/// Abadie, Diamond and Hainmueller (2010), table 2, with the effects that these weights give on the
/// panel at hand; R Synth 1.1-8 (R 4.2.2, `synth(dataprep(...))` with its defaults) stops at 3.209.
#[test]
fn proposition_99_has_the_published_weights() {
    let Some((panel, predictors)) = proposition_99() else {
        return;
    };
    let options = SyntheticOptions::default();
    let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
    assert!(fit.mspe <= 3.09, "MSPE {}", fit.mspe);
    for (state, published) in [
        ("Utah", 0.334),
        ("Nevada", 0.234),
        ("Montana", 0.199),
        ("Colorado", 0.164),
        ("Connecticut", 0.069),
    ] {
        close(state, fit.weight(state).expect("a donor"), published, 0.005);
    }
    close("mean gap", fit.mean_gap, -18.97, 0.1);
    close("gap in 2000", fit.gaps[30], -25.73, 0.1);
    assert!(!fit.inside_hull && fit.unique);
    // Local optima show: some starts end far above the best.
    let worst = fit.starts.iter().map(|start| start.end).fold(0.0, f64::max);
    assert!(worst > 15.0 && fit.starts.iter().all(|start| start.end <= start.begin));
    // The predictors of the paper's table 1.
    let synthetic = |name: &str| {
        let found = fit.predictors.iter().find(|one| one.name == name);
        found.expect("a predictor").synthetic
    };
    close("log income", synthetic("lnincome"), 9.86, 0.01);
    close("retail price", synthetic("retprice"), 89.41, 0.05);
    close("beer", synthetic("beer"), 24.20, 0.05);
    close("sales 1988", synthetic("1988"), 91.62, 0.1);
    // Nothing hangs on the seed of the random starts.
    for seed in [2, 77] {
        let again = SyntheticOptions {
            seed,
            ..options.clone()
        };
        let again = fit_synthetic_control(&panel, &predictors, &again).expect("a fit");
        close("MSPE with another seed", again.mspe, fit.mspe, 1e-3);
    }
}

/// V as R computes it: `Beta <- solve(t(X) %*% X) %*% t(X) %*% t(Z)` with an intercept, then the
/// squared coefficients summed over years. Figures: numpy 2.4.6, `lstsq`.
#[test]
fn v_by_regression_is_rs() {
    let Some((panel, predictors)) = proposition_99() else {
        return;
    };
    let options = SyntheticOptions {
        predictor_weights: PredictorWeights::Regression,
        ..SyntheticOptions::default()
    };
    let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
    let expected = [
        0.002_440_467_681,
        0.002_119_638_099,
        0.000_331_524_112,
        0.002_098_671_245,
        0.526_690_359_700,
        0.397_940_458_017,
        0.068_378_881_144,
    ];
    for (predictor, v) in fit.predictors.iter().zip(expected) {
        close(&predictor.name, predictor.v, v, 1e-9);
    }
    close("MSPE", fit.mspe, 4.152_838_585, 1e-6);
}

/// With the V that R Synth 1.1-8 prints, its loss and weights (ipop stops short of the optimum by
/// some 1e-3 in a weight).
#[test]
fn rs_v_gives_rs_weights() {
    let (Some((panel, predictors)), Some((regions, shares, _))) = (proposition_99(), basque())
    else {
        return;
    };
    let given = |v: &[f64]| SyntheticOptions {
        predictor_weights: PredictorWeights::Given(v.to_vec()),
        ..SyntheticOptions::default()
    };
    let v = [
        0.000_583_426_874_444_479,
        0.031_174_107_751_801_6,
        0.003_366_972_548_699_63,
        0.012_432_302_678_849_5,
        0.492_522_626_495_391,
        0.391_745_298_375_817,
        0.068_175_265_274_997,
    ];
    let fit = fit_synthetic_control(&panel, &predictors, &given(&v)).expect("a fit");
    // The exact solution's loss (numpy gives the same) is less than ipop's, by 0.3 %.
    close("loss", fit.predictor_loss, 0.001_699_468, 1e-8);
    assert!(fit.predictor_loss <= 0.001_704_425_014);
    for (state, weight) in [
        ("Colorado", 0.174_685),
        ("Connecticut", 0.062_42),
        ("Montana", 0.181_97),
        ("Nevada", 0.235_752),
        ("Utah", 0.343_224),
    ] {
        close(state, fit.weight(state).expect("a donor"), weight, 0.005);
    }
    let v = [
        0.015_568_078_012_937_5,
        0.001_791_073_789_326_49,
        0.044_171_589_295_154,
        0.034_094_353_853_120_2,
        0.000_084_502_219_572_856_5,
        0.200_983_656_665_954,
        0.094_845_930_658_077_8,
        0.007_689_228_515_641_61,
        0.133_949_944_594_231,
        0.008_723_834_155_614_3,
        0.009_680_720_218_649_35,
        0.108_125_765_888_642,
        0.340_291_322_133_079,
    ];
    let fit = fit_synthetic_control(&regions, &shares, &given(&v)).expect("a fit");
    // Here ipop is 4e-6 of the loss short.
    close("loss", fit.predictor_loss, 0.246_697_599_818, 2e-6);
    assert!(fit.predictor_loss <= 0.246_697_599_818);
    close(
        "Catalonia",
        fit.weight("Cataluna").expect("a donor"),
        0.850_799,
        1e-4,
    );
}

/// West Germany and 16 donors: GDP a head in 1989 and 1990; means of 1981 to 1990 of GDP, trade
/// openness, inflation and industry's share, schooling of 1980 and 1985, investment of the 1980s.
/// Data of Abadie, Diamond and Hainmueller (2015), which are OECD's and the World Bank's.
const REUNIFICATION: [(&str, [f64; 2], [f64; 6]); 17] = [
    (
        "West Germany",
        [18_994.0, 20_465.0],
        [15_808.9, 56.778, 2.595, 34.538, 55.5, 27.018],
    ),
    (
        "USA",
        [22_047.0, 23_064.0],
        [18_029.8, 19.200, 4.740, 30.595, 60.1, 22.376],
    ),
    (
        "UK",
        [15_716.0, 16_397.0],
        [12_664.0, 52.374, 6.585, 39.062, 34.3, 17.588],
    ),
    (
        "Austria",
        [17_768.0, 19_070.0],
        [14_817.0, 74.631, 3.530, 35.485, 60.9, 26.642],
    ),
    (
        "Belgium",
        [17_345.0, 18_526.0],
        [14_347.3, 133.612, 4.580, 33.481, 32.1, 21.876],
    ),
    (
        "Denmark",
        [17_418.0, 18_237.0],
        [14_857.1, 69.557, 5.946, 27.205, 43.0, 22.218],
    ),
    (
        "France",
        [17_193.0, 18_244.0],
        [14_293.2, 44.737, 6.368, 32.210, 35.4, 27.236],
    ),
    (
        "Italy",
        [16_875.0, 17_946.0],
        [13_869.7, 42.683, 9.722, 35.913, 29.8, 26.728],
    ),
    (
        "Netherlands",
        [17_387.0, 18_665.0],
        [14_462.3, 106.079, 2.544, 32.768, 44.4, 21.840],
    ),
    (
        "Norway",
        [17_043.0, 18_004.0],
        [14_370.2, 74.636, 7.664, 38.716, 40.1, 31.594],
    ),
    (
        "Switzerland",
        [22_965.0, 24_518.0],
        [19_282.9, 71.458, 3.407, 31.871, 54.0, 30.964],
    ),
    (
        "Japan",
        [17_269.0, 18_815.0],
        [13_714.8, 23.043, 2.058, 39.561, 40.9, 34.986],
    ),
    (
        "Greece",
        [11_036.0, 11_405.0],
        [9438.4, 43.007, 19.041, 30.262, 21.7, 24.002],
    ),
    (
        "Portugal",
        [10_042.0, 10_894.0],
        [7761.6, 69.974, 17.310, 32.530, 12.1, 26.488],
    ),
    (
        "Spain",
        [12_417.0, 13_365.0],
        [9935.5, 39.657, 9.363, 36.403, 15.5, 24.568],
    ),
    (
        "Australia",
        [17_255.0, 17_322.0],
        [14_368.1, 33.777, 8.128, 32.881, 48.0, 29.696],
    ),
    (
        "New Zealand",
        [14_124.0, 14_420.0],
        [12_498.2, 58.876, 10.880, 31.768, 46.4, 25.522],
    ),
];

/// Abadie, Diamond and Hainmueller (2015), tables 1 and 2, with their V.
#[test]
fn reunification_has_the_published_weights() {
    let panel = Panel::new(
        REUNIFICATION.iter().map(|row| row.0.to_owned()).collect(),
        vec!["1989".to_owned(), "1990".to_owned()],
        REUNIFICATION.iter().flat_map(|row| row.1).collect(),
        &["West Germany"],
        "1990",
    )
    .expect("a panel");
    let names = [
        "GDP",
        "trade",
        "inflation",
        "industry",
        "schooling",
        "investment",
    ];
    let predictors: Vec<Predictor> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let values = REUNIFICATION.iter().map(|row| Some(row.2[at])).collect();
            Predictor::given(name, values)
        })
        .collect();
    let options = SyntheticOptions {
        predictor_weights: PredictorWeights::Given(vec![0.442, 0.134, 0.072, 0.001, 0.107, 0.245]),
        ..SyntheticOptions::default()
    };
    let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
    for (country, published) in [
        ("Austria", 0.42),
        ("USA", 0.22),
        ("Japan", 0.16),
        ("Switzerland", 0.11),
        ("Netherlands", 0.09),
    ] {
        close(
            country,
            fit.weight(country).expect("a donor"),
            published,
            0.01,
        );
    }
    assert!(fit.unique && !fit.inside_hull);
    for (predictor, published, tolerance) in [
        (0, 15_802.2, 10.0),
        (1, 56.9, 0.1),
        (2, 3.5, 0.1),
        (3, 34.4, 0.1),
        (4, 55.2, 0.1),
        (5, 27.0, 0.1),
    ] {
        let got = fit.predictors[predictor].synthetic;
        close(names[predictor], got, published, tolerance);
    }
}

/// The largest ratio of all 39 states: p = 1/39 (Abadie, Diamond and Hainmueller 2010, section 3.4).
#[test]
fn california_is_the_most_extreme_state() {
    let Some((panel, predictors)) = proposition_99() else {
        return;
    };
    // Few starts: this is about ranks.
    let options = SyntheticOptions {
        n_random_starts: 4,
        ..SyntheticOptions::default()
    };
    let all = placebos_in_space(&panel, &predictors, &options, &InSpaceOptions::default())
        .expect("placebos");
    close("p", all.p_value, 1.0 / 39.0, 1e-12);
    assert_eq!((all.n_compared, all.n_left_out), (38, 0));
    assert!(all.n_poor_fit >= 8, "{} poor", all.n_poor_fit);
    let ratio = all.treated.ratio.expect("a ratio");
    close("ratio of MSPE", ratio * ratio, 128.4, 2.0);
    assert!(all.p_by_period.iter().all(|p| *p >= 1.0 / 39.0));
    // The cut-off of the paper's figure 7: placebos above twice California's MSPE are left out.
    let strict = InSpaceOptions {
        max_pre_mspe_ratio: Some(2.0),
        ..InSpaceOptions::default()
    };
    let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
    let ranked = rank_placebos(&panel, &fit, all.placebos.clone(), &strict).expect("ranks");
    assert_eq!(ranked.n_compared + ranked.n_left_out, 38);
    assert!(ranked.n_left_out > 10 && ranked.placebos.len() == 38);
    close(
        "p",
        ranked.p_value,
        1.0 / (1.0 + ranked.n_compared as f64),
        1e-12,
    );
    // One alone is the one among all.
    let one = placebo_in_space(&panel, &predictors, &options, &InSpaceOptions::default(), 3)
        .expect("a placebo");
    assert_eq!(one, all.placebos[3]);
}

/// Abadie and Gardeazabal (2003); R Synth 1.1-8: loss 0.008865, mean gap −0.579925.
#[test]
fn the_basque_country_is_catalonia_and_madrid() {
    let Some((panel, predictors, window)) = basque() else {
        return;
    };
    for seed in [1, 2] {
        let options = SyntheticOptions {
            mspe_window: Some(window.clone()),
            seed,
            ..SyntheticOptions::default()
        };
        let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
        close(
            "Catalonia",
            fit.weight("Cataluna").expect("a donor"),
            0.851,
            0.001,
        );
        let madrid = fit.weight("Madrid (Comunidad De)").expect("a donor");
        close("Madrid", madrid, 0.149, 0.001);
        assert!(fit.mspe <= 0.008_865, "MSPE {}", fit.mspe);
        close("mean gap", fit.mean_gap, -0.579_925, 1e-4);
        close("RMSPE before", fit.pre_rmspe, 0.090_605, 1e-4);
        close("RMSPE after", fit.post_rmspe, 0.702_334, 1e-4);
        close("illiterate", fit.predictors[0].synthetic, 7.645, 0.001);
        close("donors' mean", fit.predictors[0].donor_mean, 10.983, 0.001);
    }
}

/// Without the limits on V there is a corner with half the MSPE, where income alone counts.
#[test]
fn a_lopsided_v_follows_the_basque_past_better() {
    let Some((panel, predictors, window)) = basque() else {
        return;
    };
    let options = SyntheticOptions {
        mspe_window: Some(window),
        n_random_starts: 100,
        start_spread: 6e4,
        least_share: 1e-6,
        ..SyntheticOptions::default()
    };
    let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
    assert!(fit.mspe < 0.0045, "MSPE {}", fit.mspe);
    assert!(fit.predictors[5].v > 0.9, "V {:?}", fit.predictors[5]);
}

#[test]
fn without_either_donor_the_gap_stays() {
    let Some((panel, predictors, window)) = basque() else {
        return;
    };
    let options = SyntheticOptions {
        mspe_window: Some(window),
        n_random_starts: 4,
        ..SyntheticOptions::default()
    };
    let fit = fit_synthetic_control(&panel, &predictors, &options).expect("a fit");
    let without = leave_one_out(&panel, &predictors, &options, &fit).expect("fits");
    assert_eq!(without.len(), 2);
    for one in &without {
        assert!(one.weight > 0.1 && one.fit.weight(&one.donor).is_none());
        assert!(
            one.fit.mean_gap < -0.3,
            "{}: {}",
            one.donor,
            one.fit.mean_gap
        );
    }
}

/// California as if the programme had begun in 1981: nothing comes of it until 1988 (the real one
/// took 19 packs).
#[test]
fn a_placebo_in_time_finds_little() {
    let Some((panel, _)) = proposition_99() else {
        return;
    };
    let predictors = Predictor::outcomes(&panel, &[0, 3, 6, 8, 10]).expect("predictors");
    let options = SyntheticOptions::default();
    let placebo = in_time_placebo(&panel, &predictors, &options, "1981").expect("a fit");
    assert_eq!(placebo.gaps.len(), 19);
    assert!(placebo.mean_gap.abs() < 4.0, "gap {}", placebo.mean_gap);
    let late = in_time_placebo(&panel, &predictors, &options, "1989");
    assert!(matches!(late, Err(SyntheticError::Window { .. })));
}

/// With the fit's own predictors and window, cross-validation is the nested search; another window
/// finds another V.
#[test]
fn v_by_cross_validation() {
    let Some((panel, predictors)) = proposition_99() else {
        return;
    };
    let nested = SyntheticOptions {
        n_random_starts: 4,
        ..SyntheticOptions::default()
    };
    let validated = |training: &[Predictor], validation: Vec<usize>| {
        let options = SyntheticOptions {
            predictor_weights: PredictorWeights::CrossValidated {
                training: training.to_vec(),
                validation,
            },
            ..nested.clone()
        };
        fit_synthetic_control(&panel, &predictors, &options)
    };
    let fit = fit_synthetic_control(&panel, &predictors, &nested).expect("a fit");
    let same = validated(&predictors, (0..19).collect()).expect("a fit");
    assert_eq!(fit, same);
    // Sales of 1970, 1975 and 1980 train in place of 1975, 1980 and 1988.
    let mut training = predictors.clone();
    for (predictor, period) in training[4..].iter_mut().zip([0, 5, 10]) {
        let name = predictor.name.clone();
        *predictor = Predictor::outcome_mean(&panel, &name, &[period]).expect("a predictor");
    }
    let other = validated(&training, (11..19).collect()).expect("a fit");
    assert!(other.mspe > fit.mspe + 0.01 && other.mean_gap < -10.0);
    assert!(other.starts.iter().all(|start| start.end <= start.begin));
    let short = validated(&training[..2], (11..19).collect());
    assert!(matches!(short, Err(SyntheticError::Shape { .. })));
    let late = validated(&training, vec![19]);
    assert!(matches!(late, Err(SyntheticError::Window { .. })));
}

/// Where predictors leave a choice, the outcome makes it, whatever the order of donors.
#[test]
fn inside_the_hull_the_outcome_decides() {
    // One predictor; the treated unit is the third donor in all but the last period.
    let outcomes = [
        [2.0, 3.0, 2.5, 9.0],
        [1.0, 5.0, 1.0, 1.0],
        [3.0, 1.0, 5.0, 2.0],
        [2.0, 3.0, 2.5, 3.0],
        [4.0, 4.0, 0.0, 5.0],
    ];
    for order in [[1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3]] {
        let rows: Vec<usize> = std::iter::once(0).chain(order).collect();
        let panel = Panel::new(
            rows.iter().map(|row| format!("u{row}")).collect(),
            (0..4).map(|period| format!("t{period}")).collect(),
            rows.iter().flat_map(|&row| outcomes[row]).collect(),
            &["u0"],
            "t3",
        )
        .expect("a panel");
        let predictors = Predictor::outcomes(&panel, &[0]).expect("a predictor");
        let fit = fit_synthetic_control(&panel, &predictors, &SyntheticOptions::default())
            .expect("a fit");
        assert!(fit.inside_hull && !fit.unique);
        close(
            "the twin's weight",
            fit.weight("u3").expect("a donor"),
            1.0,
            1e-5,
        );
        close("gap", fit.mean_gap, 6.0, 1e-4);
    }
}
