//! Monthly youth homicides in Boston, January 1992 to May 1998, with unemployment and the
//! population that they are taken from: strucchange 1.5-3, `data(BostonHomicide)`; figures as
//! published by Piehl, Cooper, Braga and Kennedy (2003), Review of Economics and Statistics 85,
//! 550–558. Squares: R 4.2.2, strucchange 1.5-3, sandwich 3.0-2. Counts: R's `glm` and MASS 7.3's
//! `glm.nb` fitted at every possible break and pair of breaks.

use yalu_stats::{
    CountLaw, DateIntervalOptions, DateNoise, Design, Family, MinSegment, RegimeModel,
    date_intervals, fit_glm, optimal_count_partitions, optimal_partitions,
};

const HOMICIDES: [f64; 77] = [
    2.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 5.0, 4.0, 7.0, 2.0, 5.0, 5.0, 1.0, 4.0, 2.0, 7.0, 3.0, 4.0,
    5.0, 7.0, 2.0, 4.0, 4.0, 2.0, 5.0, 6.0, 1.0, 1.0, 6.0, 3.0, 3.0, 3.0, 4.0, 3.0, 1.0, 3.0, 4.0,
    2.0, 1.0, 2.0, 3.0, 7.0, 3.0, 10.0, 5.0, 3.0, 3.0, 4.0, 2.0, 1.0, 3.0, 4.0, 2.0, 3.0, 1.0, 2.0,
    0.0, 1.0, 2.0, 1.0, 3.0, 1.0, 0.0, 2.0, 3.0, 0.0, 1.0, 0.0, 1.0, 0.0, 3.0, 1.0, 1.0, 0.0, 0.0,
    2.0,
];

/// A figure known each July, straight lines between; `last` is the slope after the last.
fn from_julys(values: [f64; 7], last: f64) -> Vec<f64> {
    (0..77)
        .map(|month| {
            // The first July is also the level before it.
            let from = (month + 6) / 12;
            let since = ((month + 6) % 12) as f64;
            match values.get(from + 1) {
                Some(next) => values[from] + (next - values[from]) * since / 12.0,
                None => values[from] + last * since,
            }
        })
        .collect()
}

fn log_population() -> Vec<f64> {
    from_julys(
        [
            12977.0, 12977.0, 12455.0, 12272.0, 12222.0, 11895.0, 12038.0,
        ],
        26.75,
    )
    .iter()
    .map(|one| one.ln())
    .collect()
}

fn unemployment() -> Vec<f64> {
    from_julys(
        [20.2, 20.2, 18.8, 15.9, 14.7, 13.8, 12.6],
        -0.316_666_666_666_667,
    )
}

fn close(got: f64, peer: f64, relative: f64, what: &str) {
    assert!(
        (got / peer - 1.0).abs() < relative,
        "{what}: {got}, the peer {peer}"
    );
}

/// `bp <- breakpoints(homicides ~ 1, data = BostonHomicide, h = 0.15, breaks = 5)`, `summary(bp)`,
/// `AIC(bp)`.
#[test]
fn squares_are_strucchanges() {
    let design = Design::intercept(77);
    let model = RegimeModel {
        y: &HOMICIDES,
        design: &design,
        fixed: &[],
    };
    let found = optimal_partitions(&model, MinSegment::Share(0.15), 5).expect("fits");
    let peer: [(&[i64], f64, f64, f64); 6] = [
        (
            &[],
            303.792_207_792_208,
            332.889_610_908_072,
            328.202_000_064_364,
        ),
        (
            &[55],
            221.972_727_272_727,
            317.415_436_681_811,
            308.040_214_994_396,
        ),
        (
            &[42, 53],
            217.980_519_480_519,
            324.705_587_955_273,
            310.642_755_424_151,
        ),
        (
            &[16, 27, 55],
            206.969_967_532_468,
            329.402_134_778_981,
            310.651_691_404_151,
        ),
        (
            &[16, 27, 42, 53],
            196.407_196_969_697,
            334.056_203_906_033,
            310.618_149_687_496,
        ),
        (
            &[16, 27, 42, 53, 66],
            192.620_483_682_984,
            341.244_763_927_669,
            313.119_098_865_424,
        ),
    ];
    assert_eq!(found.by_count.len(), peer.len());
    for (one, (breaks, rss, bic, aic)) in found.by_count.iter().zip(peer) {
        let counted: Vec<i64> = one.breaks.iter().map(|at| *at as i64 + 1).collect();
        assert_eq!(counted, breaks);
        close(one.rss, rss, 1e-12, "RSS");
        close(one.bic, bic, 1e-12, "BIC");
        close(one.aic, aic, 1e-12, "AIC");
    }
    assert_eq!(found.chosen.bic, 1);
    assert_eq!(found.chosen.aic, 1);
    // confint(bp, breaks = m), with vcov. = kernHAC, with het.reg = FALSE, het.err = FALSE:
    // lower and upper ends, break by break.
    let plain: [&[i64]; 5] = [
        &[53, 64],
        &[-61, 90, 52, 62],
        &[0, 34, -1, 47, 53, 66],
        &[0, 34, 21, 38, 8, 50, 52, 62],
        &[0, 34, 21, 38, 8, 50, 51, 65, 51, 84],
    ];
    let robust: [&[i64]; 5] = [
        &[54, 65],
        &[-76, 92, 52, 63],
        &[8, 40, -9, 36, 53, 68],
        &[8, 40, 21, 33, 3, 49, 52, 63],
        &[8, 40, 21, 33, 3, 49, 52, 66, 57, 81],
    ];
    let alike: [&[i64]; 5] = [
        &[48, 62],
        &[-7, 91, 49, 57],
        &[0, 32, 7, 47, 48, 62],
        &[1, 31, 18, 36, 28, 56, 49, 57],
        &[1, 31, 18, 36, 28, 56, 48, 58, 22, 110],
    ];
    for (peer, noise, differ) in [
        (plain, DateNoise::Independent, true),
        (robust, DateNoise::KernHac, true),
        (alike, DateNoise::Independent, false),
    ] {
        for (one, peer) in found.by_count[1..].iter().zip(peer) {
            let options = DateIntervalOptions {
                level: 0.95,
                moments_by_regime: differ,
                errors_by_regime: differ,
                noise,
            };
            let ends: Vec<i64> = date_intervals(&model, &one.breaks, options)
                .expect("fits")
                .into_iter()
                .flat_map(|interval| {
                    let interval = interval.expect("an interval");
                    assert!(interval.within.0 <= interval.break_index);
                    assert!(interval.within.1 >= interval.break_index);
                    [interval.lower + 1, interval.upper + 1]
                })
                .collect();
            assert_eq!(ends, peer, "{options:?}");
        }
    }
}

/// `glm(homicides ~ regime + offset(log(populationBM)), family = poisson)` at every break and pair.
#[test]
fn poisson_partitions_are_the_best_of_all_glms() {
    let offset = log_population();
    let design = Design::intercept(77);
    let found = optimal_count_partitions(
        &HOMICIDES,
        &offset,
        &design,
        CountLaw::Poisson,
        MinSegment::Periods(11),
        2,
    )
    .expect("fits");
    let peer: [(&[usize], f64, f64); 3] = [
        (&[], -156.434_102_690_058, 114.059_193_831_387),
        (&[54], -139.891_069_307_584, 80.973_127_066_440_1),
        (&[54, 65], -138.837_417_698_421, 78.865_823_848_114_7),
    ];
    for (one, (breaks, log_likelihood, deviance)) in found.by_count.iter().zip(peer) {
        assert_eq!(one.breaks, breaks);
        close(one.log_likelihood, log_likelihood, 1e-11, "log-likelihood");
        close(one.deviance, deviance, 1e-11, "deviance");
    }
    assert_eq!((found.chosen.bic, found.n_unfitted), (1, 0));
}

/// The same with `regime * unemploy`, at least 15 months a regime. Coefficients of the second pair:
/// `glm(homicides ~ 0 + regime + regime:unemploy + offset(log(populationBM)), family = poisson)`.
#[test]
fn poisson_partitions_with_a_regressor_are_the_best_of_all_glms() {
    let offset = log_population();
    let design = Design::intercept(77)
        .with("unemployment", unemployment())
        .expect("finite");
    let found = optimal_count_partitions(
        &HOMICIDES,
        &offset,
        &design,
        CountLaw::Poisson,
        MinSegment::Periods(15),
        2,
    )
    .expect("fits");
    let peer: [(&[usize], f64); 3] = [
        (&[], -149.291_058_264_464),
        (&[54], -139.590_209_804_065),
        (&[41, 58], -135.906_785_682_597),
    ];
    for (one, (breaks, log_likelihood)) in found.by_count.iter().zip(peer) {
        assert_eq!(one.breaks, breaks);
        close(one.log_likelihood, log_likelihood, 1e-10, "log-likelihood");
    }
    let peer = [
        [-8.624_132_199_450_28, 0.021_083_262_766_764_4],
        [-28.840_583_973_453, 1.451_548_860_473_446],
        [-11.332_873_842_705_7, 0.175_164_420_682_041],
    ];
    for (regime, peer) in found.by_count[2].regimes.iter().zip(peer) {
        let own = regime.coefficients.as_ref().expect("there are homicides");
        for (got, peer) in own.iter().zip(peer) {
            close(*got, peer, 1e-7, "coefficient");
        }
    }
}

/// θ = 5: `family = negative.binomial(5)`; log-likelihoods by `dnbinom`.
#[test]
fn negative_binomial_partitions_are_the_best_of_all_glms() {
    let offset = log_population();
    let design = Design::intercept(77);
    let law = CountLaw::NegativeBinomial { theta: Some(5.0) };
    let found = optimal_count_partitions(
        &HOMICIDES,
        &offset,
        &design,
        law,
        MinSegment::Periods(11),
        2,
    )
    .expect("fits");
    let peer: [(&[usize], f64); 3] = [
        (&[], -154.285_361_961_328),
        (&[54], -142.904_698_719_021),
        (&[54, 65], -142.043_565_641_132),
    ];
    for (one, (breaks, log_likelihood)) in found.by_count.iter().zip(peer) {
        assert_eq!(one.breaks, breaks);
        close(one.log_likelihood, log_likelihood, 1e-11, "log-likelihood");
    }
    close(
        found.by_count[0].deviance,
        77.390_840_071_477_8,
        1e-11,
        "deviance",
    );
    // θ estimated: glm.nb, with and without the best break.
    let law = CountLaw::NegativeBinomial { theta: None };
    let found = optimal_count_partitions(
        &HOMICIDES,
        &offset,
        &design,
        law,
        MinSegment::Periods(11),
        1,
    )
    .expect("fits");
    for (one, (log_likelihood, theta)) in found.by_count.iter().zip([
        (-154.087_042_796_355, 7.002_972_702_492_03),
        (-139.858_137_441_279, 75.352_376_171_338_8),
    ]) {
        close(one.log_likelihood, log_likelihood, 1e-9, "log-likelihood");
        close(one.theta.expect("estimated"), theta, 1e-4, "θ");
    }
}

const BURSTS: [f64; 90] = [
    9.0, 13.0, 5.0, 0.0, 11.0, 6.0, 5.0, 6.0, 10.0, 8.0, 4.0, 8.0, 7.0, 8.0, 0.0, 7.0, 12.0, 7.0,
    6.0, 9.0, 5.0, 5.0, 2.0, 12.0, 9.0, 3.0, 8.0, 12.0, 6.0, 0.0, 12.0, 15.0, 20.0, 6.0, 21.0,
    27.0, 1.0, 13.0, 31.0, 2.0, 12.0, 29.0, 11.0, 14.0, 25.0, 10.0, 14.0, 23.0, 4.0, 17.0, 24.0,
    4.0, 17.0, 25.0, 3.0, 14.0, 26.0, 7.0, 14.0, 26.0, 13.0, 8.0, 0.0, 7.0, 11.0, 5.0, 0.0, 7.0,
    8.0, 1.0, 2.0, 12.0, 6.0, 3.0, 4.0, 10.0, 6.0, 4.0, 8.0, 6.0, 5.0, 2.0, 13.0, 6.0, 0.0, 3.0,
    7.0, 4.0, 5.0, 5.0,
];

/// A made-up series over a growing exposure: `glm.nb(y ~ regime + offset(log(100 + t)))` at every
/// break and pair, at least 13 periods a regime; θ at `epsilon = 1e-12`.
#[test]
fn joint_theta_and_dates_are_the_best_of_all_glms() {
    let offset: Vec<f64> = (0..90).map(|t| f64::from(100 + t).ln()).collect();
    let design = Design::intercept(90);
    let law = CountLaw::NegativeBinomial { theta: None };
    let found =
        optimal_count_partitions(&BURSTS, &offset, &design, law, MinSegment::Periods(13), 4)
            .expect("fits");
    let peer: [(&[usize], f64, f64); 3] = [
        (&[], -292.369_464_868_266, 1.766_541_493_289_42),
        (&[60], -277.707_452_823_765, 2.771_313_380_609_75),
        (&[29, 60], -271.627_277_158_477, 3.473_046_017_364_09),
    ];
    for (one, (breaks, log_likelihood, theta)) in found.by_count.iter().zip(peer) {
        assert_eq!(one.breaks, breaks);
        close(one.log_likelihood, log_likelihood, 1e-10, "log-likelihood");
        close(one.theta.expect("estimated"), theta, 1e-5, "θ");
    }
    let peer = [
        -2.822_027_632_107_13,
        -2.234_457_729_318_17,
        -3.467_175_420_009_98,
    ];
    for (regime, peer) in found.by_count[2].regimes.iter().zip(peer) {
        let own = regime.coefficients.as_ref().expect("events");
        close(own[0], peer, 1e-7, "log rate");
    }
    // The crate's own regression with a level for each regime says the same of every partition.
    for one in &found.by_count {
        let mut regimes = design.clone();
        for edge in &one.breaks {
            let column = (0..90).map(|t| f64::from(u8::from(t > *edge))).collect();
            regimes = regimes
                .with(format!("after {edge}"), column)
                .expect("finite");
        }
        let fit = fit_glm(&BURSTS, &offset, &regimes, Family::NegativeBinomial).expect("fits");
        close(
            one.log_likelihood,
            fit.log_likelihood.expect("a likelihood"),
            1e-10,
            "log-likelihood",
        );
        close(
            one.theta.expect("estimated"),
            fit.theta.expect("estimated"),
            1e-6,
            "θ",
        );
    }
    assert!(found.by_count.len() == 5 && found.chosen.bic == 2);
}
