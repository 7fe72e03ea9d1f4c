//! The structural counterfactual: the CausalImpact vignette's series, and posteriors found without
//! sampling.

use crate::support::shared_rows;
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::counterfactual::{
    Control, CounterfactualError, CounterfactualModel, Sampling, Selection, Trend,
    prior_sensitivity, structural_counterfactual,
};

use crate::noise::{autoregression, normal};
use crate::placebo::{covered, placebo};

fn some(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

/// The vignette's y and x1; none where the shared reference isn't there.
fn vignette() -> Option<(Vec<f64>, Vec<f64>)> {
    let rows = shared_rows("F-causalimpact-vignette", "input.csv")?;
    Some(rows.iter().map(|row| (row[1], row[2])).unzip())
}

#[test]
fn the_vignettes_effect() {
    let Some((y, x)) = vignette() else { return };
    let controls = [Control {
        name: "x1",
        values: &x,
    }];
    let result = structural_counterfactual(
        &some(&y),
        70,
        &controls,
        &CounterfactualModel::default(),
        &Sampling::default(),
    )
    .expect("the vignette's series");
    // statsmodels 0.15.0, UnobservedComponents(y, "llevel", exog=x1) by maximum likelihood: effect
    // 10.563; R CausalImpact's vignette: interval [9.8, 11], relative 9.9 %, p 0.001.
    let effect = result.average.effect;
    assert!(
        (effect.mean - 10.563_207_856_529_92).abs() < 0.25,
        "{effect:?}"
    );
    assert!(effect.lower < 10.0 && effect.upper > 10.0, "{effect:?}");
    assert!((effect.lower - 9.8).abs() < 0.15, "{effect:?}");
    assert!((effect.upper - 11.2).abs() < 0.3, "{effect:?}");
    assert!((effect.sd - 0.36).abs() < 0.05, "{effect:?}");
    assert!(result.tail_area < 0.001, "{}", result.tail_area);
    assert!((result.average.observed - 117.048_516_832_407_57).abs() < 1e-9);
    assert!((result.cumulative.observed - 3_511.455_504_972_227).abs() < 1e-6);
    assert!((result.cumulative.effect.mean - 316.896).abs() < 7.5);
    let relative = result.relative.expect("a sum far from 0");
    assert!((relative.mean - 0.099).abs() < 0.003, "{relative:?}");
    // The last cumulative point is the cumulative effect.
    let last = result.periods[99]
        .cumulative
        .expect("after the intervention");
    assert!((last.mean - result.cumulative.effect.mean).abs() < 1e-9);
    assert!((last.lower - result.cumulative.effect.lower).abs() < 1e-9);
    // One control: always in. True coefficient 1.2.
    assert!((result.controls[0].inclusion - 1.0).abs() < 1e-12);
    assert!((result.controls[0].coefficient.mean - 1.2).abs() < 0.1);
    for one in &result.convergence {
        assert!(one.r_hat.is_some_and(|r_hat| r_hat < 1.01), "{one:?}");
        assert!(one.effective_draws > 100.0, "{one:?}");
    }
    // The variances mix slowly; the effect, drawn with the states integrated out, does not.
    assert!(result.convergence[0].effective_draws > 1000.0);
    assert!(result.convergence[0].monte_carlo_error < 0.02);
}

/// The posterior mean and variance of the average response after the intervention and each control's
/// inclusion probability, by summing over a grid of the two variances and all sets of controls:
/// nothing drawn, no filter.
fn by_grid(
    y: &[f64],
    n_before: usize,
    x: &[Vec<f64>],
    level_sd: f64,
    inclusion: f64,
) -> (f64, f64, Vec<f64>) {
    let n = y.len();
    let learn = |values: &[f64]| {
        let mean = values[..n_before].iter().sum::<f64>() / n_before as f64;
        let square: f64 = values[..n_before].iter().map(|v| (v - mean).powi(2)).sum();
        (mean, (square / (n_before as f64 - 1.0)).sqrt())
    };
    let (centre, unit) = learn(y);
    let standard = |values: &[f64]| -> Vec<f64> {
        let (mean, sd) = learn(values);
        values.iter().map(|v| (v - mean) / sd).collect()
    };
    let z = standard(y);
    let x: Vec<Vec<f64>> = x.iter().map(|column| standard(column)).collect();
    let p = x.len();
    let n_after = (n - n_before) as f64;
    let slab = DMatrix::from_fn(p, p, |i, j| {
        let cross: f64 = (0..n_before).map(|t| x[i][t] * x[j][t]).sum();
        0.01 * cross / n_before as f64 * if i == j { 1.0 } else { 0.5 }
    });
    // (log weight, mean, variance, set) of every point.
    let mut points: Vec<(f64, f64, f64, usize)> = Vec::new();
    let prior = |v: f64, guess: f64, df: f64| {
        // Inverse gamma, on the logarithm of the variance.
        -0.5 * df * v.ln() - 0.5 * df * guess * guess / v
    };
    for step in 0..60 {
        let noise = (-4.5 + 5.5 * f64::from(step) / 59.0_f64).exp();
        for step in 0..60 {
            let level =
                (-4.0 * (1.0 - f64::from(step) / 59.0) + (level_sd * level_sd).ln() + 2.0).exp();
            if level > 1.0 {
                continue;
            }
            for set in 0..1_usize << p {
                let members: Vec<usize> = (0..p).filter(|i| set >> i & 1 == 1).collect();
                let k = members.len();
                let chance = if inclusion >= 1.0 {
                    if k < p {
                        continue;
                    }
                    0.0
                } else {
                    k as f64 * inclusion.ln() + (p - k) as f64 * (1.0 - inclusion).ln()
                };
                let mut signal = DMatrix::from_fn(n, n, |s, t| 1.0 + level * s.min(t) as f64);
                if k > 0 {
                    let inverse = slab
                        .select_rows(&members)
                        .select_columns(&members)
                        .try_inverse()
                        .expect("a slab");
                    let columns = DMatrix::from_fn(n, k, |t, at| x[members[at]][t]);
                    signal += &columns * inverse * columns.transpose() * noise;
                }
                let before = signal.view((0, 0), (n_before, n_before)).into_owned()
                    + DMatrix::identity(n_before, n_before) * noise;
                let deviation = DVector::from_fn(n_before, |t, _| z[t] - z[0]);
                let factor = before.cholesky().expect("a covariance");
                let solved = factor.solve(&deviation);
                let log_det: f64 = factor.l().diagonal().iter().map(|l| l.ln()).sum();
                let weight = chance - log_det - 0.5 * deviation.dot(&solved)
                    + prior(noise, 0.2_f64.sqrt(), 50.0)
                    + prior(level, level_sd, 32.0);
                // The average of the later responses, its noise included.
                let cross = DVector::from_fn(n_before, |t, _| {
                    (n_before..n).map(|s| signal[(s, t)]).sum::<f64>() / n_after
                });
                let own = (n_before..n)
                    .flat_map(|s| (n_before..n).map(move |t| (s, t)))
                    .map(|at| signal[at])
                    .sum::<f64>()
                    / (n_after * n_after)
                    + noise / n_after;
                let mean = z[0] + cross.dot(&solved);
                let variance = own - cross.dot(&factor.solve(&cross));
                points.push((weight, mean, variance, set));
            }
        }
    }
    let most = points.iter().map(|point| point.0).fold(f64::MIN, f64::max);
    let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
    let mut included = vec![0.0; p];
    for (weight, mean, variance, set) in &points {
        let weight = (weight - most).exp();
        total += weight;
        first += weight * mean;
        second += weight * (variance + mean * mean);
        for (i, sum) in included.iter_mut().enumerate() {
            if set >> i & 1 == 1 {
                *sum += weight;
            }
        }
    }
    let mean = first / total;
    let variance = second / total - mean * mean;
    (
        centre + unit * mean,
        unit * variance.sqrt(),
        included.iter().map(|sum| sum / total).collect(),
    )
}

const SHORT: [f64; 14] = [
    5.1, 6.3, 4.2, 7.9, 6.6, 8.8, 7.1, 9.6, 8.0, 7.2, 12.0, 11.1, 13.5, 12.2,
];
const BESIDE: [f64; 14] = [
    1.0, 1.4, 0.7, 2.2, 1.3, 2.9, 1.9, 2.8, 2.6, 1.8, 2.1, 3.0, 2.7, 1.6,
];
const APART: [f64; 14] = [
    3.0, 2.0, 4.0, 3.5, 1.0, 2.5, 2.2, 3.1, 0.9, 2.0, 3.3, 1.5, 2.4, 2.8,
];

fn sampled(level_sd: f64, selection: Selection) -> (f64, f64, f64, Vec<f64>) {
    let model = CounterfactualModel {
        level_sd,
        selection,
        ..CounterfactualModel::default()
    };
    let sampling = Sampling {
        n_draws: 10_000,
        ..Sampling::default()
    };
    let controls = [
        Control {
            name: "beside",
            values: &BESIDE,
        },
        Control {
            name: "apart",
            values: &APART,
        },
    ];
    let result = structural_counterfactual(&some(&SHORT), 10, &controls, &model, &sampling)
        .expect("a short series");
    (
        result.average.predicted.mean,
        result.average.predicted.sd,
        result.convergence[0].monte_carlo_error,
        result.controls.iter().map(|one| one.inclusion).collect(),
    )
}

#[test]
fn draws_agree_with_a_posterior_found_on_a_grid() {
    let columns = [BESIDE.to_vec(), APART.to_vec()];
    for level_sd in [0.01, 0.1, 0.4] {
        for (selection, inclusion) in [
            (Selection::All, 1.0),
            (Selection::SpikeAndSlab { expected_size: 1.0 }, 0.5),
        ] {
            let (mean, sd, included) = by_grid(&SHORT, 10, &columns, level_sd, inclusion);
            let (got, got_sd, error, got_in) = sampled(level_sd, selection);
            assert!(
                (got - mean).abs() < 4.0 * error,
                "level sd {level_sd}, {selection:?}: {got} (error {error}), grid {mean}"
            );
            assert!(
                (got_sd / sd - 1.0).abs() < 0.02,
                "level sd {level_sd}, {selection:?}: sd {got_sd}, grid {sd}"
            );
            for (got, share) in got_in.iter().zip(&included) {
                assert!(
                    (got - share).abs() < 0.015,
                    "level sd {level_sd}, {selection:?}: inclusion {got}, grid {share}"
                );
            }
        }
    }
}

#[test]
fn intervals_at_a_placebo_date_hold_zero() {
    let share = covered(400, 60, 45, (0.0, 0.0), 0.01);
    assert!((0.93..=0.97).contains(&share), "{share}");
}

#[test]
fn a_seed_gives_the_same_figures_and_units_do_not_matter() {
    let (y, x) = placebo(5, 50, 0.0, 0.0);
    let run = |y: &[Option<f64>], x: &[f64]| {
        let controls = [Control {
            name: "x",
            values: x,
        }];
        let (model, sampling) = (CounterfactualModel::default(), Sampling::default());
        structural_counterfactual(y, 35, &controls, &model, &sampling).expect("a regular series")
    };
    let result = run(&y, &x);
    assert_eq!(result, run(&y, &x));
    // Thousands of another unit, the control turned and moved: the effect in that unit.
    let moved: Vec<Option<f64>> = y.iter().map(|y| y.map(|y| 7.0 + 1000.0 * y)).collect();
    let turned: Vec<f64> = x.iter().map(|x| 5.0 - 3.0 * x).collect();
    let other = run(&moved, &turned);
    let (a, b) = (result.cumulative.effect, other.cumulative.effect);
    // Turning the control turns its draws: the same posterior, not the same draws.
    let error = 15.0 * 5.0 * result.convergence[0].monte_carlo_error;
    assert!((a.mean - b.mean / 1000.0).abs() < error, "{a:?} {b:?}");
    let stretched: Vec<f64> = x.iter().map(|x| 3.0 * x - 5.0).collect();
    let same = run(&moved, &stretched).cumulative.effect;
    assert!((a.mean - same.mean / 1000.0).abs() < 1e-7, "{a:?} {same:?}");
    assert!(
        (a.lower - same.lower / 1000.0).abs() < 1e-7,
        "{a:?} {same:?}"
    );
}

#[test]
fn a_wider_prior_on_the_level_widens_the_interval() {
    let (y, x) = placebo(8, 80, 0.0, 0.0);
    let controls = [Control {
        name: "x",
        values: &x,
    }];
    let rows = prior_sensitivity(
        &y,
        60,
        &controls,
        &CounterfactualModel::default(),
        &Sampling::default(),
        &[0.001, 0.01, 0.1],
    )
    .expect("a regular series");
    let width = |row: usize| rows[row].average.effect.upper - rows[row].average.effect.lower;
    assert!(width(0) < width(1) && 1.5 * width(1) < width(2));
}

#[test]
fn the_control_that_matters_is_kept() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let columns: Vec<Vec<f64>> = (0..12).map(|_| autoregression(&mut rng, 90, 0.5)).collect();
    let y: Vec<Option<f64>> = (0..90)
        .map(|t| {
            let effect = if t < 70 { 0.0 } else { 4.0 };
            Some(2.0 * columns[3][t] + 1.5 * columns[8][t] + effect + 0.5 * normal(&mut rng))
        })
        .collect();
    let names: Vec<String> = (0..12).map(|idx| format!("x{idx}")).collect();
    let controls: Vec<Control<'_>> = names
        .iter()
        .zip(&columns)
        .map(|(name, values)| Control { name, values })
        .collect();
    let (model, sampling) = (CounterfactualModel::default(), Sampling::default());
    let result = structural_counterfactual(&y, 70, &controls, &model, &sampling).expect("fits");
    for (idx, one) in result.controls.iter().enumerate() {
        if idx == 3 || idx == 8 {
            assert!(one.inclusion > 0.99, "{one:?}");
        } else {
            assert!(one.inclusion < 0.3, "{one:?}");
        }
    }
    assert!((result.controls[3].coefficient.mean - 2.0).abs() < 0.2);
    assert!((result.average.effect.mean - 4.0).abs() < 0.4);
}

#[test]
fn slope_and_season_are_carried_on() {
    // A trend and a season of four that the default level cannot follow; 3.0 is added at the end.
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let season = [2.0, -1.0, 0.5, -1.5];
    let y: Vec<Option<f64>> = (0..72)
        .map(|t| {
            let effect = if t < 60 { 0.0 } else { 3.0 };
            // Some periods before were not observed.
            let value = 0.25 * f64::from(t) + season[t as usize % 4] + 0.3 * normal(&mut rng);
            (t % 17 != 9 || t >= 60).then_some(value + effect)
        })
        .collect();
    let model = CounterfactualModel {
        trend: Trend::LocalLinear,
        season: Some(4),
        level_sd: 0.001,
        season_sd: 0.001,
        ..CounterfactualModel::default()
    };
    let result =
        structural_counterfactual(&y, 60, &[], &model, &Sampling::default()).expect("fits");
    let effect = result.average.effect;
    assert!((effect.mean - 3.0).abs() < 0.4, "{effect:?}");
    assert!(effect.lower < 3.0 && effect.upper > 3.0, "{effect:?}");
    assert!(effect.sd < 0.6, "{effect:?}");
    for (t, period) in result.periods[60..].iter().enumerate() {
        let expected = 0.25 * (60 + t) as f64 + season[t % 4];
        assert!(
            (period.predicted.mean - expected).abs() < 0.8,
            "{t}: {period:?}"
        );
    }
    assert!(result.periods[9].observed.is_none() && result.periods[9].effect.is_none());
}

#[test]
fn bad_input_is_named() {
    let y: Vec<f64> = (0..30).map(|t| f64::from(t % 7) + 1.0).collect();
    let x: Vec<f64> = (0..30).map(|t| f64::from(t * t % 11)).collect();
    let (model, sampling) = (CounterfactualModel::default(), Sampling::default());
    let run = |y: &[Option<f64>], n_before: usize, x: &[f64], model: &CounterfactualModel| {
        let controls = [Control {
            name: "x",
            values: x,
        }];
        structural_counterfactual(y, n_before, &controls, model, &sampling).map(|_| ())
    };
    let with = |row: usize, value: Option<f64>| {
        let mut y = some(&y);
        y[row] = value;
        y
    };
    assert_eq!(run(&some(&y), 20, &x, &model), Ok(()));
    assert!(matches!(
        run(&with(4, Some(f64::NAN)), 20, &x, &model),
        Err(CounterfactualError::NotFinite { row: 4, .. })
    ));
    assert_eq!(
        run(&with(25, None), 20, &x, &model),
        Err(CounterfactualError::MissingAfter { row: 25 })
    );
    assert_eq!(
        run(&some(&y), 30, &x, &model),
        Err(CounterfactualError::NoPeriodsAfter {
            n_before: 30,
            n_rows: 30
        })
    );
    assert_eq!(
        run(&some(&y), 3, &x, &model),
        Err(CounterfactualError::TooShort { needed: 4, got: 3 })
    );
    assert_eq!(
        run(&some(&[0.0; 30]), 20, &x, &model),
        Err(CounterfactualError::AllZero)
    );
    assert_eq!(
        run(&some(&[2.5; 30]), 20, &x, &model),
        Err(CounterfactualError::Constant { value: 2.5 })
    );
    assert_eq!(
        run(&some(&y), 20, &[1.0; 30], &model),
        Err(CounterfactualError::ControlConstant {
            name: "x".to_owned()
        })
    );
    assert_eq!(
        run(&some(&y), 20, &x[..29], &model),
        Err(CounterfactualError::Length {
            name: "x".to_owned(),
            needed: 30,
            got: 29
        })
    );
    let mut still = vec![1.0; 30];
    still[4] = 2.0;
    assert_eq!(
        run(&with(4, None), 20, &still, &model),
        Err(CounterfactualError::ControlConstant {
            name: "x".to_owned()
        })
    );
    let mut far = x.clone();
    far[3] = f64::INFINITY;
    assert!(matches!(
        run(&some(&y), 20, &far, &model),
        Err(CounterfactualError::NotFinite { row: 3, .. })
    ));
    far[3] = 1.0;
    far[28] = 1e308;
    assert!(matches!(
        run(&some(&y), 20, &far, &model),
        Err(CounterfactualError::Scale { .. })
    ));
    let odd = CounterfactualModel {
        level_sd: 0.0,
        ..model
    };
    assert!(matches!(
        run(&some(&y), 20, &x, &odd),
        Err(CounterfactualError::Option {
            option: "level_sd",
            ..
        })
    ));
    // The same control twice: a prior without its own diagonal can't part them.
    let twice = [
        Control {
            name: "a",
            values: &x,
        },
        Control {
            name: "b",
            values: &x,
        },
    ];
    let zellner = CounterfactualModel {
        diagonal_shrinkage: 0.0,
        ..model
    };
    assert_eq!(
        structural_counterfactual(&some(&y), 20, &twice, &zellner, &sampling),
        Err(CounterfactualError::Collinear)
    );
    assert!(structural_counterfactual(&some(&y), 20, &twice, &model, &sampling).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_comes_out_is_finite(
        values in prop::collection::vec(prop::option::weighted(0.9, -1e6_f64..1e6), 8..40),
        controls in prop_oneof![0_usize..4, 30_usize..50],
        slope in any::<bool>(),
        season in prop::option::of(2_usize..5),
        seed in any::<u64>(),
    ) {
        let n_before = values.len() - 3;
        let mut y = values;
        for value in &mut y[n_before..] {
            *value = Some(value.unwrap_or(0.0));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let columns: Vec<Vec<f64>> = (0..controls)
            .map(|_| autoregression(&mut rng, y.len(), 0.5))
            .collect();
        let controls: Vec<Control<'_>> = columns
            .iter()
            .map(|values| Control { name: "c", values })
            .collect();
        let model = CounterfactualModel {
            trend: if slope { Trend::LocalLinear } else { Trend::LocalLevel },
            season,
            ..CounterfactualModel::default()
        };
        let sampling = Sampling { n_draws: 100, n_burn_in: 20, seed, ..Sampling::default() };
        match structural_counterfactual(&y, n_before, &controls, &model, &sampling) {
            Ok(result) => {
                for period in &result.periods {
                    let predicted = period.predicted;
                    prop_assert!(predicted.lower <= predicted.upper);
                    prop_assert!(predicted.mean.is_finite() && predicted.sd.is_finite());
                }
                prop_assert!(result.tail_area > 0.0 && result.tail_area < 0.51);
                for one in &result.convergence {
                    prop_assert!(one.effective_draws > 0.0 && one.monte_carlo_error.is_finite());
                }
            }
            Err(error) => {
                let short = matches!(error, CounterfactualError::TooShort { .. });
                prop_assert!(short, "{error}");
            }
        }
    }
}
