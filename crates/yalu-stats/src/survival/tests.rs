//! Small cases by hand, outcomes that aren't figures, and properties.

use proptest::prelude::*;

use super::*;

fn curve(subjects: &[FollowUp]) -> SurvivalCurve {
    kaplan_meier(subjects, &CurveOptions::default()).expect("sound durations")
}

#[test]
fn all_censored_is_a_flat_curve_without_a_median() {
    let flat = curve(&[FollowUp::censored(1.0), FollowUp::censored(3.0)]);
    assert!(flat.steps.iter().all(|step| step.survival >= 1.0));
    assert!(flat.steps.iter().all(|step| step.interval.is_none()));
    let median = flat.median();
    assert_eq!(
        (median.estimate, median.lower, median.upper),
        (None, None, None)
    );
    let mean = flat.restricted_mean(2.0).expect("within follow-up");
    assert!((mean.mean - 2.0).abs() < 1e-15 && mean.std_error.abs() < 1e-15);
    assert_eq!(
        flat.restricted_mean(4.0),
        Err(SurvivalError::HorizonBeyondFollowUp {
            horizon: 4.0,
            last: 3.0
        })
    );
}

#[test]
fn an_event_at_zero_is_a_step_at_zero() {
    let waits = [
        FollowUp::event(0.0),
        FollowUp::censored(0.0),
        FollowUp::event(2.0),
        FollowUp::censored(3.0),
    ];
    let curve = curve(&waits);
    assert_eq!(curve.steps[0].at_risk, 4);
    assert!((curve.survival_at(0.0) - 0.75).abs() < 1e-15);
    assert!((curve.survival_at(2.0) - 0.375).abs() < 1e-15);
}

#[test]
fn bad_times_are_named_with_their_place() {
    let bad = [FollowUp::event(1.0), FollowUp::event(-1.0)];
    let refused = kaplan_meier(&bad, &CurveOptions::default());
    assert_eq!(
        refused,
        Err(SurvivalError::Duration {
            place: 1,
            value: -1.0
        })
    );
    let nan = kaplan_meier(&[FollowUp::event(f64::NAN)], &CurveOptions::default());
    assert!(matches!(nan, Err(SurvivalError::Duration { place: 0, .. })));
    let late = [FollowUp::event(1.0).entered_at(1.0)];
    assert!(matches!(
        log_rank(&[&late], &LogRankOptions::default()),
        Err(SurvivalError::Entry { place: 0, .. })
    ));
    assert_eq!(
        kaplan_meier(&[], &CurveOptions::default()),
        Err(SurvivalError::NoSubjects)
    );
    let sure = CurveOptions {
        confidence: 1.0,
        ..CurveOptions::default()
    };
    assert_eq!(
        kaplan_meier(&[FollowUp::event(1.0)], &sure),
        Err(SurvivalError::Confidence { got: 1.0 })
    );
    let cause = CompetingFollowUp {
        entered: None,
        time: 1.0,
        cause: Some(2),
    };
    assert_eq!(
        cumulative_incidence(&[cause], 2, &CurveOptions::default()),
        Err(SurvivalError::Cause {
            place: 0,
            cause: 2,
            n_causes: 2
        })
    );
    for bounds in [
        KnownDuration::Between {
            low: 2.0,
            high: 1.0,
        },
        KnownDuration::SeenBetween {
            after: 2.0,
            by: 2.0,
        },
        KnownDuration::Between {
            low: 2.0,
            high: f64::INFINITY,
        },
        KnownDuration::SeenBetween {
            after: 2.0,
            by: f64::NAN,
        },
    ] {
        assert!(matches!(
            turnbull(&[KnownDuration::At(0.0), bounds]),
            Err(SurvivalError::Bounds { place: 1, .. })
        ));
    }
    for fault in [SurvivalError::NoSubjects, SurvivalError::NoDraws] {
        assert!(!fault.mend().is_empty());
    }
}

#[test]
fn comparisons_without_an_answer_say_which() {
    let outcome = |groups: &[&[FollowUp]]| {
        log_rank(groups, &LogRankOptions::default()).expect("sound durations")
    };
    let waits = [FollowUp::event(1.0), FollowUp::event(2.0)];
    let quiet = [FollowUp::censored(1.0), FollowUp::censored(2.0)];
    assert_eq!(outcome(&[&waits]), LogRankOutcome::OneGroup);
    assert_eq!(outcome(&[&waits, &[]]), LogRankOutcome::OneGroup);
    assert_eq!(outcome(&[&quiet, &quiet]), LogRankOutcome::NoEvents);
    // The second group was gone before the first event.
    let gone = [FollowUp::censored(0.5)];
    assert_eq!(outcome(&[&waits, &gone]), LogRankOutcome::OneGroup);
    let at_once = [FollowUp::event(1.0)];
    assert_eq!(outcome(&[&at_once, &at_once]), LogRankOutcome::NoVariation);
}

#[test]
fn four_against_four_apart_is_worked_by_hand() {
    // 1, 2, 3, 4 against 5, 6, 7, 8: E₁ = 4/8 + 3/7 + 2/6 + 1/5, V = Σ pq.
    let early = [1.0, 2.0, 3.0, 4.0].map(FollowUp::event);
    let late = [5.0, 6.0, 7.0, 8.0].map(FollowUp::event);
    let outcome = log_rank(&[&early, &late], &LogRankOptions::default());
    let Ok(LogRankOutcome::Tested(test)) = outcome else {
        panic!("{outcome:?}");
    };
    let shares = [4.0 / 8.0, 3.0 / 7.0, 2.0 / 6.0, 1.0 / 5.0_f64];
    let expected: f64 = shares.iter().sum();
    let variance: f64 = shares.iter().map(|p| p * (1.0 - p)).sum();
    assert!((test.groups[0].expected - expected).abs() < 1e-14);
    assert!((test.chi_square - (4.0 - expected).powi(2) / variance).abs() < 1e-12);
    // Of the 70 allocations only this one and its mirror are as far apart.
    assert_eq!(test.permutation.allocations, AllocationCount::All(70));
    assert!((test.permutation.p_value - 2.0 / 70.0).abs() < 1e-15);
}

#[test]
fn competing_events_are_worked_by_hand() {
    // Four: kind 0 at 1, kind 1 at 2, censored at 3, kind 0 at 4.
    let at = |time, cause| CompetingFollowUp {
        entered: None,
        time,
        cause,
    };
    let all = [
        at(1.0, Some(0)),
        at(2.0, Some(1)),
        at(3.0, None),
        at(4.0, Some(0)),
    ];
    let found = cumulative_incidence(&all, 2, &CurveOptions::default()).expect("sound");
    assert_eq!(found.incidence_at(0, 0.5), Some(0.0));
    for (cause, time, share) in [
        (0, 1.0, 0.25),
        (1, 2.0, 0.25),
        (0, 3.0, 0.25),
        (0, 4.0, 0.75),
    ] {
        let got = found.incidence_at(cause, time).expect("a kind");
        assert!((got - share).abs() < 1e-15, "{cause} {time}: {got}");
    }
    assert_eq!(found.incidence_at(2, 1.0), None);
    assert_eq!(found.events, [2, 1]);
}

#[test]
fn bounded_durations_are_worked_by_hand() {
    // Two within [1, 3] and [2, 4] share [2, 3]; the third is surely later.
    let known = [
        KnownDuration::Between {
            low: 1.0,
            high: 3.0,
        },
        KnownDuration::Between {
            low: 2.0,
            high: 4.0,
        },
        KnownDuration::After(5.0),
    ];
    let found = turnbull(&known).expect("a maximum");
    assert_eq!(found.regions.len(), 2);
    let (first, last) = (found.regions[0], found.regions[1]);
    assert_eq!(
        (first.low, first.high, first.low_open),
        (2.0, Some(3.0), false)
    );
    assert!((first.mass - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!((last.low, last.high, last.low_open), (5.0, None, true));
    let median = found.quantile_bounds(0.5).expect("a share");
    assert_eq!((median.low, median.high), (2.0, Some(3.0)));
    let (least, most) = found.survival_bounds(2.5);
    assert!((least - 1.0 / 3.0).abs() < 1e-9 && most >= 1.0 - 1e-12);
}

fn any_follow_ups() -> impl Strategy<Value = Vec<FollowUp>> {
    let one = (0_u32..12, any::<bool>()).prop_map(|(time, event)| FollowUp {
        entered: None,
        time: f64::from(time),
        event,
    });
    prop::collection::vec(one, 1..30)
}

proptest! {
    #[test]
    fn a_curve_falls_within_its_intervals(subjects in any_follow_ups()) {
        let found = curve(&subjects);
        let mut last = 1.0;
        for step in &found.steps {
            prop_assert!(step.survival <= last && step.survival >= 0.0);
            last = step.survival;
            if let Some((low, high)) = step.interval {
                prop_assert!(0.0 <= low && low <= step.survival && step.survival <= high && high <= 1.0);
            }
        }
        prop_assert_eq!(found.events + found.steps.iter().map(|s| s.censored).sum::<usize>(), found.n);
    }

    #[test]
    fn a_unit_of_time_changes_no_share(subjects in any_follow_ups()) {
        let days: Vec<FollowUp> = subjects
            .iter()
            .map(|one| FollowUp { time: one.time * 365.0, ..*one })
            .collect();
        for (a, b) in curve(&subjects).steps.iter().zip(&curve(&days).steps) {
            prop_assert!((a.survival - b.survival).abs() < 1e-15);
        }
    }

    #[test]
    fn without_censoring_it_is_the_share_that_is_later(times in prop::collection::vec(0_u32..9, 1..20)) {
        let subjects: Vec<FollowUp> = times.iter().map(|t| FollowUp::event(f64::from(*t))).collect();
        let found = curve(&subjects);
        for t in 0..9 {
            let later = times.iter().filter(|time| **time > t).count() as f64;
            prop_assert!((found.survival_at(f64::from(t)) - later / times.len() as f64).abs() < 1e-12);
        }
    }

    #[test]
    fn one_kind_of_event_is_one_less_kaplan_and_meier(subjects in any_follow_ups()) {
        let kinds: Vec<CompetingFollowUp> = subjects
            .iter()
            .map(|one| CompetingFollowUp { entered: None, time: one.time, cause: one.event.then_some(0) })
            .collect();
        let found = cumulative_incidence(&kinds, 1, &CurveOptions::default()).expect("sound");
        for (a, b) in curve(&subjects).steps.iter().zip(&found.steps) {
            prop_assert!((1.0 - a.survival - b.causes[0].incidence).abs() < 1e-12);
            prop_assert!((a.std_error - b.causes[0].std_error).abs() < 1e-12);
        }
    }

    #[test]
    fn kinds_and_the_rest_sum_to_one(subjects in any_follow_ups(), split in any::<u64>()) {
        let kinds: Vec<CompetingFollowUp> = subjects
            .iter()
            .enumerate()
            .map(|(idx, one)| CompetingFollowUp {
                entered: None,
                time: one.time,
                cause: one.event.then_some((split >> idx & 1) as usize),
            })
            .collect();
        let found = cumulative_incidence(&kinds, 2, &CurveOptions::default()).expect("sound");
        for step in &found.steps {
            let sum: f64 = step.causes.iter().map(|cause| cause.incidence).sum();
            prop_assert!((sum + step.event_free - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn exact_and_censored_durations_give_kaplan_and_meier(subjects in any_follow_ups()) {
        let known: Vec<KnownDuration> = subjects
            .iter()
            .map(|one| if one.event { KnownDuration::At(one.time) } else { KnownDuration::After(one.time) })
            .collect();
        let found = turnbull(&known).expect("a maximum");
        let limit = curve(&subjects);
        for step in limit.steps.iter().filter(|step| step.events > 0) {
            let (least, most) = found.survival_bounds(step.time);
            prop_assert!((least - step.survival).abs() < 1e-6 && (most - step.survival).abs() < 1e-6);
        }
    }

    #[test]
    fn masses_sum_to_one_and_the_gap_is_closed(bounds in prop::collection::vec((0_u32..20, 0_u32..9, 0_u8..3), 1..25)) {
        let known: Vec<KnownDuration> = bounds
            .iter()
            .map(|&(low, width, kind)| {
                let (low, high) = (f64::from(low), f64::from(low + width));
                match kind {
                    0 => KnownDuration::Between { low, high },
                    1 => KnownDuration::SeenBetween { after: low, by: high + 1.0 },
                    _ => KnownDuration::After(low),
                }
            })
            .collect();
        let found = turnbull(&known).expect("a maximum");
        let sum: f64 = found.regions.iter().map(|region| region.mass).sum();
        prop_assert!((sum - 1.0).abs() < 1e-9);
        prop_assert!(found.gap <= 1e-9);
        prop_assert!(found.log_likelihood.is_finite());
    }

    #[test]
    fn the_order_of_groups_and_subjects_changes_no_statistic(
        a in any_follow_ups(), b in any_follow_ups(), rho in 0_u8..2
    ) {
        let options = LogRankOptions {
            rho: f64::from(rho),
            permutations: Permutations { most_exact: 0, draws: 19, seed: 3 },
        };
        let backwards: Vec<FollowUp> = a.iter().rev().copied().collect();
        let one = log_rank(&[&a, &b], &options).expect("sound");
        let other = log_rank(&[&b, &backwards], &options).expect("sound");
        match (one, other) {
            (LogRankOutcome::Tested(one), LogRankOutcome::Tested(other)) => {
                prop_assert!((one.chi_square - other.chi_square).abs() < 1e-8 * (1.0 + one.chi_square));
                prop_assert!((one.groups[0].expected - other.groups[1].expected).abs() < 1e-9);
            }
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}
