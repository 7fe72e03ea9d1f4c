use proptest::prelude::*;

use super::*;
use crate::{Actor, Issue, Stake};

/// Capability, and position and salience by issue, none where it takes no part.
type Member = (f64, Vec<Option<(f64, f64)>>);

fn council(members: &[Member]) -> Council {
    named(members, &(0..members.len()).collect::<Vec<_>>())
}

fn named(members: &[Member], names: &[usize]) -> Council {
    let issues = (0..members[0].1.len()).map(|k| Issue {
        id: format!("issue {k}"),
        low: 0.0,
        high: 100.0,
        status_quo: None,
    });
    let actors = members
        .iter()
        .zip(names)
        .map(|((capability, stakes), name)| Actor {
            id: format!("actor {name}"),
            capability: *capability,
            stakes: stakes
                .iter()
                .map(|s| {
                    s.map(|(position, salience)| Stake {
                        position,
                        salience,
                        capability: None,
                    })
                })
                .collect(),
            veto: false,
            risk: None,
        });
    Council::new(issues.collect(), actors.collect()).expect("a council")
}

fn two() -> Vec<Member> {
    vec![
        (1.0, vec![Some((0.0, 0.8)), Some((0.0, 0.2))]),
        (1.0, vec![Some((100.0, 0.4)), Some((100.0, 0.6))]),
    ]
}

fn traded(members: &[Member], options: &ExchangeOptions) -> ExchangeTrace {
    trace_exchange(&council(members), options).expect("a run")
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-9, "{got}, not {want}");
}

#[test]
fn the_worked_case_of_two_actors_comes_out() {
    let trace = traded(&two(), &ExchangeOptions::default());
    let before = &trace.simulation.rounds[0].outcome;
    near(before[0], 100.0 / 3.0);
    near(before[1], 75.0);
    let [exchange] = trace.exchanges.as_slice() else {
        panic!("{:?}", trace.exchanges)
    };
    let [on_p, on_q] = exchange.sides;
    assert_eq!((on_p.actor, on_q.actor), (1, 0));
    near(on_p.to, 50.0);
    near(on_q.to, 100.0);
    near(on_p.gain, 0.25 / 3.0);
    near(on_q.gain, 0.25 / 3.0);
    near(trace.simulation.outcome[0], 50.0 / 3.0);
    near(trace.simulation.outcome[1], 100.0);
}

#[test]
fn the_worked_case_with_equal_shares_of_the_ideal_comes_out() {
    let options = ExchangeOptions {
        division: Division::EqualShareOfIdeal,
        ..Default::default()
    };
    let trace = traded(&two(), &options);
    let [on_p, on_q] = trace.exchanges[0].sides;
    // The ideals are 2/9 for the first actor and 1/8 for the second.
    near(on_q.gain / on_p.gain, (2.0 / 9.0) / (1.0 / 8.0));
    near(
        on_p.outcome_before - on_p.outcome_after,
        25.0 * 285.0 / 340.0,
    );
    near(on_q.to, 100.0);
}

#[test]
fn the_worked_case_of_a_third_party_comes_out() {
    let mut members = two();
    members.push((1.0, vec![Some((100.0, 0.4)), None]));
    let trace = traded(&members, &ExchangeOptions::default());
    let exchange = &trace.exchanges[0];
    near(exchange.sides[0].to, 100.0 / 3.0);
    near(trace.simulation.outcome[0], 100.0 / 3.0);
    near(exchange.effects[0], 0.25 / 3.0);
    near(exchange.effects[2], -0.4 / 6.0);
}

#[test]
fn equal_saliences_leave_nothing_to_trade() {
    let mut members = two();
    members[1].1 = vec![Some((100.0, 0.8)), Some((100.0, 0.2))];
    let trace = traded(&members, &ExchangeOptions::default());
    assert_eq!(
        (trace.exchanges.len(), trace.simulation.stops),
        (0, vec![Stop::NoMove; 2])
    );
}

#[test]
fn later_rounds_start_nearer_to_the_votes() {
    let options = ExchangeOptions {
        rounds: 2,
        ..ExchangeOptions::default()
    };
    let trace = traded(&two(), &options);
    let second = trace
        .exchanges
        .iter()
        .find(|e| e.round == 2)
        .expect("a second round");
    // The second actor's salience on the first issue is 0.4: it drifts by 0.6 × 0.4 + 0.1 = 0.34 of
    // its move from 100 to 50.
    near(second.sides[0].from, 83.0);
    // The first's on the second issue is 0.2: 0.8 × 0.4 + 0.1 of that from 0 to 100.
    near(second.sides[1].from, 42.0);
}

#[test]
fn bad_options_are_refused() {
    let run = |options| simulate_exchange(&council(&two()), &options).err();
    let good = ExchangeOptions::default();
    assert_eq!(
        run(ExchangeOptions { rounds: 0, ..good }),
        Some(ExchangeError::NoRound)
    );
    let got = run(ExchangeOptions {
        least_gain: -1.0,
        ..good
    });
    assert_eq!(got, Some(ExchangeError::LeastGain { value: -1.0 }));
    let got = run(ExchangeOptions { drift: 0.7, ..good });
    assert_eq!(
        got,
        Some(ExchangeError::Drift {
            by_salience: 0.4,
            fixed: 0.7
        })
    );
}

fn any_members() -> impl Strategy<Value = Vec<Member>> {
    let position = prop_oneof![0.0..100.0, (0..=4u8).prop_map(|k| f64::from(k) * 25.0)];
    let stake = prop::option::weighted(0.9, (position, 0.05..1.0));
    (1..5usize).prop_flat_map(move |issues| {
        let member = (0.1..1.0, prop::collection::vec(stake.clone(), issues));
        // Someone takes part in every issue.
        let whole = (
            0.1..1.0,
            prop::collection::vec((0.0..100.0, 0.1..1.0).prop_map(Some), issues),
        );
        (whole, prop::collection::vec(member, 1..6)).prop_map(|(first, mut rest)| {
            rest.push(first);
            rest
        })
    })
}

fn any_options() -> impl Strategy<Value = ExchangeOptions> {
    let division = prop_oneof![Just(Division::EqualGain), Just(Division::EqualShareOfIdeal)];
    let bound = prop_oneof![
        Just(OutcomeBound::AllTrades),
        Just(OutcomeBound::OwnDemands)
    ];
    (division, bound, 1..4usize).prop_map(|(division, bound, rounds)| ExchangeOptions {
        division,
        bound,
        rounds,
        ..ExchangeOptions::default()
    })
}

/// The most of the lesser gain, by votes of the two on a fine grid; a gain is what outcomes bring
/// nearer, divided by the actor's unit.
fn fairest_on_a_grid(members: &[Member], suppliers: [usize; 2], units: [f64; 2]) -> f64 {
    let stake = |a: usize, i: usize| members[a].1[i].expect("a stake");
    let weight = |a: usize, i: usize| members[a].0 * stake(a, i).1;
    let outcome = |i: usize, votes: [f64; 2]| {
        let total = weight(0, i) + weight(1, i);
        (weight(0, i) * votes[0] + weight(1, i) * votes[1]) / total
    };
    let ideals = |i: usize| [stake(0, i).0, stake(1, i).0];
    let at = |i: usize, share: f64| {
        let mut votes = ideals(i);
        votes[suppliers[i]] += share * (votes[1 - suppliers[i]] - votes[suppliers[i]]);
        outcome(i, votes)
    };
    let loss = |a: usize, o: [f64; 2]| {
        (0..2)
            .map(|i| stake(a, i).1 * (o[i] - stake(a, i).0).abs())
            .sum::<f64>()
    };
    let start = [0, 1].map(|a| loss(a, [at(0, 0.0), at(1, 0.0)]));
    let mut best = 0.0_f64;
    for k in 0..=1000 {
        for whole in [0, 1] {
            let mut shares = [f64::from(k) / 1000.0; 2];
            shares[whole] = 1.0;
            let o = [at(0, shares[0]), at(1, shares[1])];
            let gains = [0, 1].map(|a| (start[a] - loss(a, o)) / units[a]);
            best = best.max(gains[0].min(gains[1]));
        }
    }
    best / 100.0
}

proptest! {
    #[test]
    fn no_trade_lowers_either_partners_utility(members in any_members(), options in any_options()) {
        let options = ExchangeOptions { bound: OutcomeBound::AllTrades, ..options };
        for exchange in traded(&members, &options).exchanges {
            for side in exchange.sides {
                prop_assert!(side.gain >= -1e-12, "{:?}", side);
                prop_assert!(exchange.effects[side.actor] >= side.gain - 1e-9, "{:?}", exchange);
            }
            if options.division == Division::EqualGain {
                let [a, b] = exchange.sides;
                prop_assert!((a.gain - b.gain).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_terms_of_two_are_the_fairest_on_a_grid(
        x in [0.0..100.0, 0.0..100.0, 0.0..100.0, 0.0..100.0],
        s in [0.1..1.0, 0.1..1.0, 0.1..1.0, 0.1..1.0],
        c in [0.1..1.0, 0.1..1.0],
    ) {
        let members = vec![
            (c[0], vec![Some((x[0], s[0])), Some((x[1], s[1]))]),
            (c[1], vec![Some((x[2], s[2])), Some((x[3], s[3]))]),
        ];
        let trace = traded(&members, &ExchangeOptions::default());
        let suppliers = if s[0] * s[3] < s[2] * s[1] { [0, 1] } else { [1, 0] };
        let best = fairest_on_a_grid(&members, suppliers, [1.0; 2]);
        let got = trace.exchanges.first().map_or(0.0, |e| e.sides[0].gain);
        prop_assert!(trace.exchanges.len() <= 1);
        prop_assert!((got - best).abs() < 2e-3, "{} and {}", got, best);
    }

    #[test]
    fn the_order_of_actors_changes_nothing(members in any_members(), turn in 0..6usize, options in any_options()) {
        let turn = turn % members.len();
        let mut names: Vec<usize> = (0..members.len()).collect();
        let mut turned = members.clone();
        names.rotate_left(turn);
        turned.rotate_left(turn);
        let a = trace_exchange(&council(&members), &options).expect("a run");
        let b = trace_exchange(&named(&turned, &names), &options).expect("a run");
        prop_assert_eq!(a.exchanges.len(), b.exchanges.len());
        for (a, b) in a.simulation.outcome.iter().zip(&b.simulation.outcome) {
            prop_assert!((a - b).abs() < 1e-6, "{} and {}", a, b);
        }
    }

    #[test]
    fn the_unit_of_capability_changes_nothing(members in any_members(), power in -8..8i32) {
        let unit = 2.0_f64.powi(power);
        let scaled: Vec<Member> = members.iter().map(|(c, s)| (c * unit, s.clone())).collect();
        let [a, b] = [&members, &scaled].map(|m| traded(m, &ExchangeOptions::default()));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn votes_and_outcomes_stay_on_the_scale(members in any_members(), options in any_options()) {
        let trace = traded(&members, &options);
        for round in &trace.simulation.rounds {
            let votes = round.positions.iter().flatten().flatten();
            for x in votes.chain(&round.outcome) {
                prop_assert!((0.0..=100.0).contains(x), "{}", x);
            }
        }
    }

    #[test]
    fn a_dictators_positions_win(members in any_members()) {
        // To within what all others together weigh: whatever it buys of them is worth as little.
        let mut members = members;
        let issues = members[0].1.len();
        members.push((1e9, (0..issues).map(|k| Some((20.0 + 10.0 * k as f64, 0.5))).collect()));
        for (k, got) in traded(&members, &ExchangeOptions::default()).simulation.outcome.iter().enumerate() {
            prop_assert!((got - 20.0 - 10.0 * k as f64).abs() < 1e-4, "{}", got);
        }
    }

    #[test]
    fn who_all_hold_one_position_stay(n in 1..6usize, x in 1.0..99.0, s in 0.1..1.0) {
        let members = vec![(1.0, vec![Some((x, s)), Some((x, 1.1 - s))]); n];
        let trace = traded(&members, &ExchangeOptions::default());
        prop_assert!(trace.exchanges.is_empty());
        prop_assert!(trace.simulation.outcome.iter().all(|o| (o - x).abs() < 1e-9));
    }
}
