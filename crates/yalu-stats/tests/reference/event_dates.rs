//! Placebo dates and permutation tests, and what is wrong with interruptions, lags and events.

use crate::distributed_lags::{PRESSURE, Y, base, model};
use crate::noise::autoregression;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{
    Covariance, Design, ErrorSource, EventReference, EventStatistic, EventStudy, Exceeds, Family,
    GlmError, InterruptedError, InterruptedModel, Interruption, LagForm, LagModel, LagSample,
    PlaceboRules, Placebos, Shape, choose_decay, distributed_lags, event_permutation,
    event_statistic, event_study, fit_interrupted, permutation_test, placebo_dates,
};

const RULES: PlaceboRules = PlaceboRules {
    leads: 1,
    lags: 2,
    clear_of_events: true,
    season: None,
    keep_spacing: false,
    most: 2000,
    seed: 7,
};

/// Every set that the rules allow, by trying all pairs.
fn all_pairs(n: usize, events: [usize; 2], rules: &PlaceboRules) -> Vec<Vec<usize>> {
    let width = rules.leads + rules.lags + 1;
    let gap = width.min(events[0].abs_diff(events[1]));
    let fits = |date: usize| {
        date >= rules.leads
            && date + rules.lags < n
            && (!rules.clear_of_events || events.iter().all(|event| event.abs_diff(date) >= width))
    };
    let mut sets = Vec::new();
    for one in 0..n {
        for two in one + 1..n {
            let mut dates = [one, two];
            let mut phases = events;
            if let Some(season) = rules.season {
                dates = dates.map(|date| date % season);
                phases = phases.map(|event| event % season);
                dates.sort_unstable();
                phases.sort_unstable();
            }
            let in_season = rules.season.is_none() || dates == phases;
            if fits(one) && fits(two) && two - one >= gap && in_season && [one, two] != events {
                sets.push(vec![one, two]);
            }
        }
    }
    sets
}

#[test]
fn placebos_are_all_that_the_rules_allow() {
    for events in [[10, 20], [10, 12], [7, 31]] {
        for season in [None, Some(12), Some(7), Some(3)] {
            for clear_of_events in [true, false] {
                let rules = PlaceboRules {
                    season,
                    clear_of_events,
                    ..RULES
                };
                let expected = all_pairs(48, events, &rules);
                let got = placebo_dates(48, &events, &rules).expect("some sets");
                let mut sets = got.sets.clone();
                sets.sort();
                assert!(got.exact);
                assert_eq!(sets, expected, "{events:?}, {season:?}, {clear_of_events}");
            }
        }
    }
}

#[test]
fn draws_keep_the_rules_and_the_seed() {
    let events = [10, 30, 33, 70, 90];
    let rules = PlaceboRules {
        season: Some(12),
        most: 300,
        ..RULES
    };
    let drawn = placebo_dates(240, &events, &rules).expect("sets");
    assert!(!drawn.exact);
    assert_eq!(drawn.sets.len(), 300);
    let phases = |dates: &[usize]| {
        let mut phases: Vec<usize> = dates.iter().map(|date| date % 12).collect();
        phases.sort_unstable();
        phases
    };
    for set in &drawn.sets {
        assert_eq!(phases(set), phases(&events));
        assert!(set.windows(2).all(|pair| pair[1] - pair[0] >= 3), "{set:?}");
        for date in set {
            assert!(
                events.iter().all(|event| event.abs_diff(*date) >= 4),
                "{set:?}"
            );
        }
    }
    assert_eq!(drawn, placebo_dates(240, &events, &rules).expect("sets"));
    let other = PlaceboRules { seed: 8, ..rules };
    assert_ne!(drawn, placebo_dates(240, &events, &other).expect("sets"));
}

#[test]
fn shifts_keep_the_spacing_around_the_series() {
    let events = [10, 14, 40];
    let rules = PlaceboRules {
        keep_spacing: true,
        clear_of_events: false,
        season: Some(12),
        ..RULES
    };
    let shifted = placebo_dates(96, &events, &rules).expect("shifts");
    // Seven shifts by whole years, but for the one that puts a window over the end (94, 2 and 28).
    assert!(shifted.exact);
    assert_eq!(shifted.sets.len(), 6);
    for set in &shifted.sets {
        let mut gaps: Vec<usize> = (0..3)
            .map(|i| (set[(i + 1) % 3] + 96 - set[i]) % 96)
            .collect();
        gaps.sort_unstable();
        assert_eq!(gaps, [4, 26, 66], "{set:?}");
    }
}

#[test]
fn the_p_value_is_never_zero_and_ties_count() {
    let placebos = Placebos {
        sets: vec![vec![1], vec![2], vec![3], vec![4]],
        exact: true,
    };
    let value = |dates: &[usize]| match dates[0] {
        9 => Ok(-2.0),
        4 => Err(InterruptedError::NoReference),
        date => Ok(date as f64),
    };
    let run = |exceeds| permutation_test(&[9], &placebos, exceeds, value).expect("a number");
    // Statistics 1, 2, 3 and a failure against -2.
    assert_eq!(run(Exceeds::Above).n_exceeding, 4);
    assert_eq!(run(Exceeds::Below).n_exceeding, 1);
    let either = run(Exceeds::Either);
    assert_eq!((either.n_exceeding, either.n_failed), (3, 1));
    assert!((either.p_value - 0.8).abs() < 1e-15 && (either.smallest_p - 0.2).abs() < 1e-15);
    assert_eq!(either.placebo_statistics, [1.0, 2.0, 3.0]);
}

fn study<'a>(
    y: &'a [f64],
    offset: &'a [f64],
    base: &'a Design,
    events: &'a [usize],
) -> EventStudy<'a> {
    EventStudy {
        y,
        offset,
        base,
        family: Family::Gaussian,
        covariance: Covariance::NeweyWest { lag: 2 },
        events,
        leads: 2,
        lags: 3,
        reference: EventReference::Outside,
        anticipation: 0,
        confidence: 0.95,
    }
}

#[test]
fn permutation_holds_its_size_under_autocorrelation_and_finds_an_effect() {
    // Three dates at random in AR(1) noise with rho = 0.6: 400 runs at a nominal 10 %.
    let n = 80;
    let base = Design::intercept(n);
    let offset = vec![0.0; n];
    let rules = PlaceboRules {
        leads: 2,
        lags: 3,
        most: 99,
        clear_of_events: false,
        ..RULES
    };
    let statistic = EventStatistic::Mean { first: 0, last: 3 };
    let mut rejected = 0;
    for run in 0..400_u64 {
        let mut rng = ChaCha8Rng::seed_from_u64(run + 50_000);
        let y = autoregression(&mut rng, n, 0.6);
        let dates = placebo_dates(
            n,
            &[20, 40, 60],
            &PlaceboRules {
                most: 1,
                seed: run,
                ..rules
            },
        );
        let events = dates.expect("sets").sets.remove(0);
        let test = event_permutation(
            &study(&y, &offset, &base, &events),
            &PlaceboRules {
                seed: run + 1000,
                ..rules
            },
            statistic,
            Exceeds::Either,
        )
        .expect("fits");
        rejected += u32::from(test.p_value <= 0.1);
    }
    // 40 expected, standard error 6.
    assert!((22..=58).contains(&rejected), "{rejected} of 400");
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut y = autoregression(&mut rng, n, 0.3);
    for event in [20, 40, 60] {
        for value in &mut y[event..event + 4] {
            *value += 3.0;
        }
    }
    let test = event_permutation(
        &study(&y, &offset, &base, &[20, 40, 60]),
        &rules,
        EventStatistic::MaxAbs { first: 0, last: 3 },
        Exceeds::Above,
    )
    .expect("fits");
    assert!(test.p_value <= 0.02, "{}", test.p_value);
}

#[test]
fn a_single_event_has_only_model_based_errors() {
    let base = base();
    let offset = [0.0; 60];
    let one = event_study(&study(&Y, &offset, &base, &[30])).expect("fits");
    assert_eq!(one.saturated_rows, [28, 29, 30, 31, 32, 33]);
    assert!(
        one.responses
            .iter()
            .all(|response| response.effect.source == ErrorSource::Model)
    );
    assert_eq!(one.cumulative[3].total.source, ErrorSource::Model);
    let before = one.pre_trend.expect("leads");
    assert_eq!(before.source, ErrorSource::Model);
    // The same by free leads and lags.
    let free = Interruption {
        name: "event".to_owned(),
        at: 30,
        shape: Shape::Free { leads: 2, lags: 3 },
    };
    let fit = fit_interrupted(&InterruptedModel {
        y: &Y,
        offset: &offset,
        base: &base,
        family: Family::Gaussian,
        covariance: Covariance::NeweyWest { lag: 2 },
        interruptions: &[free],
        confidence: 0.95,
    })
    .expect("fits");
    for (effect, response) in fit.effects.iter().zip(&one.responses) {
        assert_eq!(effect.effect, response.effect);
    }
    let sum = fit.cumulative(&[0], 30, 33).expect("a stretch").total;
    assert!((sum.standard_error / one.cumulative[3].total.standard_error - 1.0).abs() < 1e-9);
}

#[test]
fn a_reference_is_left_out_and_must_be_clean() {
    let base = base();
    let offset = [0.0; 60];
    let plain = study(&Y, &offset, &base, &[12, 30, 45]);
    let fit = event_study(&EventStudy {
        reference: EventReference::EventTime(-1),
        ..plain
    });
    let times: Vec<i64> = fit
        .expect("fits")
        .responses
        .iter()
        .map(|one| one.event_time)
        .collect();
    assert_eq!(times, [-2, 0, 1, 2, 3]);
    for (reference, anticipation) in [(0, 0), (-1, 1), (-3, 0)] {
        let got = event_study(&EventStudy {
            reference: EventReference::EventTime(reference),
            anticipation,
            ..plain
        });
        assert!(
            matches!(got, Err(InterruptedError::ReferenceInWindow { .. })),
            "{reference}: {got:?}"
        );
    }
    let close = study(&Y, &offset, &base, &[12, 15, 45]);
    assert_eq!(
        event_study(&EventStudy {
            reference: EventReference::EventTime(-1),
            ..close
        })
        .expect_err("it is faulty"),
        InterruptedError::ReferenceOverlaps {
            event: 15,
            period: 14,
            other: 12
        }
    );
    assert!(event_study(&close).is_ok());
}

#[test]
fn faulty_events_are_named() {
    let base = base();
    let offset = [0.0; 60];
    let with = |events: &[usize]| {
        event_study(&study(&Y, &offset, &base, events)).expect_err("it is faulty")
    };
    assert_eq!(with(&[]), InterruptedError::Nothing { what: "event" });
    assert!(matches!(
        with(&[5, 60]),
        InterruptedError::OutsideSeries {
            at: 60,
            last: 59,
            ..
        }
    ));
    assert_eq!(with(&[5, 5]), InterruptedError::RepeatedEvent { at: 5 });
    assert_eq!(
        with(&[58]),
        InterruptedError::EmptyEventTime { event_time: 2 }
    );
    let everywhere: Vec<usize> = (0..60).step_by(4).collect();
    assert_eq!(with(&everywhere), InterruptedError::NoReference);
    let late = EventStatistic::Mean { first: 0, last: 9 };
    assert!(matches!(
        event_statistic(&study(&Y, &offset, &base, &[20]), &[20], late),
        Err(InterruptedError::Setting { .. })
    ));
    let tight = PlaceboRules {
        leads: 20,
        lags: 20,
        ..RULES
    };
    assert!(matches!(
        placebo_dates(60, &[30], &tight),
        Err(InterruptedError::NoPlacebo { .. })
    ));
    let many: Vec<usize> = (0..12).map(|i| 2 + 5 * i).collect();
    assert!(matches!(
        placebo_dates(60, &many, &PlaceboRules { most: 10, ..RULES }),
        Err(InterruptedError::NoPlacebo { .. })
    ));
    assert!(matches!(
        placebo_dates(
            60,
            &[30],
            &PlaceboRules {
                season: Some(0),
                ..RULES
            }
        ),
        Err(InterruptedError::Setting { .. })
    ));
}

#[test]
fn faulty_pressure_is_named() {
    let base = base();
    let plain = model(&base, Covariance::Model);
    let with = |pressure: &[f64], lags: usize| {
        distributed_lags(
            &LagModel { pressure, ..plain },
            lags,
            LagForm::Free,
            LagSample::Longest,
        )
        .expect_err("it is faulty")
    };
    assert_eq!(with(&[0.0; 60], 2), InterruptedError::NoPressure);
    assert_eq!(
        with(&[2.0; 60], 2),
        InterruptedError::ConstantPressure { value: 2.0 }
    );
    assert_eq!(
        with(&[1.0; 59], 2),
        InterruptedError::PressureLength {
            needed: 60,
            got: 59
        }
    );
    let mut gap = PRESSURE;
    gap[7] = f64::NAN;
    assert!(matches!(
        with(&gap, 2),
        InterruptedError::PressureNotFinite { period: 7, .. }
    ));
    assert!(matches!(
        with(&PRESSURE, 29),
        InterruptedError::TooManyLags {
            lags: 29,
            rows: 31,
            ..
        }
    ));
    assert!(matches!(
        with(&PRESSURE, usize::MAX),
        InterruptedError::TooManyLags { .. }
    ));
    let short = LagModel {
        y: &Y[..50],
        ..plain
    };
    assert!(matches!(
        distributed_lags(&short, 2, LagForm::Free, LagSample::Longest),
        Err(InterruptedError::Fit(GlmError::Length { got: 50, .. }))
    ));
}

#[test]
fn faulty_interruptions_are_named() {
    let base = base();
    let offset = [0.0; 60];
    let fit = |y: &[f64], at: usize, shape: Shape| {
        fit_interrupted(&InterruptedModel {
            y,
            offset: &offset,
            base: &base,
            family: Family::Gaussian,
            covariance: Covariance::Model,
            interruptions: &[Interruption {
                name: "law".to_owned(),
                at,
                shape,
            }],
            confidence: 0.95,
        })
    };
    assert!(matches!(
        fit(&Y, 60, Shape::Level),
        Err(InterruptedError::OutsideSeries { at: 60, .. })
    ));
    assert!(matches!(
        fit(&Y, 0, Shape::Level),
        Err(InterruptedError::NothingBefore { .. })
    ));
    assert!(matches!(
        fit(&Y, 58, Shape::Free { leads: 0, lags: 2 }),
        Err(InterruptedError::WindowOutside { .. })
    ));
    for shape in [
        Shape::Pulse { decay: 1.0 },
        Shape::Pulse { decay: f64::NAN },
        Shape::Temporary { length: 0 },
        Shape::Slope {
            first: f64::INFINITY,
        },
    ] {
        assert!(
            matches!(fit(&Y, 30, shape), Err(InterruptedError::Setting { .. })),
            "{shape:?}"
        );
    }
    // From period 1 on the slope is the trend.
    assert!(matches!(
        fit(&Y, 1, Shape::Slope { first: 1.0 }),
        Err(InterruptedError::Fit(GlmError::Collinear { .. }))
    ));
    let line: Vec<f64> = (0..60).map(f64::from).collect();
    assert_eq!(
        fit(&line, 30, Shape::Level).expect_err("it is faulty"),
        InterruptedError::PerfectFit
    );
    assert_eq!(
        fit(&[3.0; 60], 30, Shape::Level).expect_err("it is faulty"),
        InterruptedError::PerfectFit
    );
    let huge = Y.map(|value| value * 1e200);
    assert!(matches!(
        fit(&huge, 30, Shape::Level),
        Err(InterruptedError::Fit(GlmError::TooLarge { row: 0, .. }))
    ));
    let mut bad = Y;
    bad[4] = f64::INFINITY;
    assert!(matches!(
        fit(&bad, 30, Shape::Level),
        Err(InterruptedError::Fit(GlmError::NotFinite { row: 4, .. }))
    ));
    let good = fit(&Y, 30, Shape::Level).expect("fits");
    assert!(matches!(
        good.path(&[1]),
        Err(InterruptedError::NoSuchTerm { index: 1, count: 1 })
    ));
    assert!(matches!(
        good.path(&[]),
        Err(InterruptedError::Nothing { .. })
    ));
    assert!(matches!(
        good.cumulative(&[0], 30, 60),
        Err(InterruptedError::Stretch { .. })
    ));
    let pulse = [Interruption {
        name: "law".to_owned(),
        at: 30,
        shape: Shape::Pulse { decay: 0.5 },
    }];
    let model = InterruptedModel {
        y: &Y,
        offset: &offset,
        base: &base,
        family: Family::Gaussian,
        covariance: Covariance::Model,
        interruptions: &pulse,
        confidence: 0.95,
    };
    assert!(matches!(
        choose_decay(&model, &[0], &[0.5, 0.5]),
        Err(InterruptedError::Setting { .. })
    ));
    assert!(matches!(
        choose_decay(&model, &[1], &[0.5]),
        Err(InterruptedError::NoSuchTerm { .. })
    ));
    assert!(matches!(
        choose_decay(&model, &[0], &[]),
        Err(InterruptedError::Nothing { .. })
    ));
    let confident = InterruptedModel {
        confidence: 1.0,
        ..model
    };
    assert!(matches!(
        fit_interrupted(&confident),
        Err(InterruptedError::Setting { .. })
    ));
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]

    #[test]
    fn units_scale_effects_and_nothing_is_infinite(
        seed in 0..10_000_u64,
        at in 1..39_usize,
        decay in 0.0..0.95_f64,
        scale in 0.01..100.0_f64,
        family in prop::sample::select(vec![
            Family::Gaussian,
            Family::QuasiPoisson,
            Family::NegativeBinomial,
        ]),
    ) {
        let n = 40;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let y: Vec<f64> = autoregression(&mut rng, n, 0.4)
            .iter()
            .map(|z| (1.5 + 0.6 * z).exp().round())
            .collect();
        let base = Design::intercept(n);
        let offset = vec![0.0; n];
        let interruptions = [
            Interruption { name: "step".to_owned(), at: at.div_ceil(2), shape: Shape::Level },
            Interruption { name: "pulse".to_owned(), at, shape: Shape::Pulse { decay } },
        ];
        let fit = |y: &[f64], offset: &[f64]| fit_interrupted(&InterruptedModel {
            y,
            offset,
            base: &base,
            family,
            covariance: Covariance::NeweyWest { lag: 3 },
            interruptions: &interruptions,
            confidence: 0.9,
        });
        let Ok(first) = fit(&y, &offset) else { return Ok(()) };
        for effect in &first.effects {
            let one = effect.effect;
            prop_assert!(one.value.is_finite() && one.standard_error.is_finite());
            prop_assert!(one.interval.0.is_finite() && one.interval.1.is_finite());
            prop_assert!((0.0..=1.0).contains(&effect.p_value));
        }
        for period in first.path(&[0, 1]).expect("a path") {
            prop_assert!(period.effect.value.is_finite() && period.effect.standard_error.is_finite());
            prop_assert!((period.fitted - period.counterfactual.value - period.effect.value).abs() < 1e-9 * (1.0 + period.fitted.abs()));
        }
        let total = first.cumulative(&[0, 1], at, n - 1).expect("a stretch");
        prop_assert!((total.average.value * total.n_periods as f64 - total.total.value).abs() < 1e-9 * (1.0 + total.total.value.abs()));
        // A change of units: a factor for means, an offset for counts.
        if family == Family::Gaussian {
            let scaled: Vec<f64> = y.iter().map(|value| value * scale).collect();
            let second = fit(&scaled, &offset).expect("the same series");
            for (one, two) in first.effects.iter().zip(&second.effects) {
                let factor = two.effect.standard_error / one.effect.standard_error;
                prop_assert!((factor / scale - 1.0).abs() < 1e-8);
                prop_assert_eq!(one.effect.source, two.effect.source);
            }
        } else {
            let moved = vec![scale.ln(); n];
            let second = fit(&y, &moved).expect("the same series");
            for (one, two) in first.effects.iter().zip(&second.effects) {
                prop_assert!((one.effect.value - two.effect.value).abs() < 1e-5);
            }
        }
    }
}
