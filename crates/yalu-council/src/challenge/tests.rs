#![expect(
    clippy::float_cmp,
    reason = "positions that are taken over, not reckoned"
)]

use proptest::prelude::*;

use super::*;
use crate::{Actor, Issue, Stake};

/// Position, capability and salience of each.
type Member = (f64, f64, f64);

fn council(members: &[Member]) -> Council {
    let issue = Issue {
        id: "issue".to_owned(),
        low: 0.0,
        high: 100.0,
        status_quo: None,
    };
    let actors = members
        .iter()
        .enumerate()
        .map(|(k, &(position, capability, salience))| Actor {
            id: format!("actor {k}"),
            capability,
            stakes: vec![Some(Stake {
                position,
                salience,
                capability: None,
            })],
            veto: false,
            risk: None,
        });
    Council::new(vec![issue], actors.collect()).expect("a council")
}

fn bench(members: &[Member]) -> Bench {
    council(members).on(0)
}

fn played(members: &[Member], options: &ChallengeOptions) -> ChallengeTrace {
    trace_challenge(&bench(members), options).expect("a run")
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-12, "{got}, not {want}");
}

const TWO: [Member; 2] = [(0.0, 1.0, 1.0), (100.0, 1.0, 0.5)];
const THREE: [Member; 3] = [(0.0, 1.0, 0.8), (50.0, 1.0, 1.0), (100.0, 1.0, 0.5)];

fn neutral() -> ChallengeOptions {
    ChallengeOptions {
        infer_risk: false,
        ..ChallengeOptions::default()
    }
}

#[test]
fn the_worked_case_of_two_actors_comes_out() {
    let first = &played(&TWO, &neutral()).rounds[1];
    near(first.win[1], 2.0 / 3.0);
    near(first.attack[1], 4.0 / 3.0);
    near(first.attack[2], -2.0 / 3.0);
    near(first.positions[1], 50.0);
    let moved = first.moves[0];
    assert_eq!(
        (moved.actor, moved.by, moved.kind),
        (1, 0, MoveKind::Compromise)
    );
}

#[test]
fn the_worked_case_with_attitudes_to_risk_ends_in_an_open_conflict() {
    let trace = played(&TWO, &ChallengeOptions::default());
    let first = &trace.rounds[1];
    assert_eq!(first.risks, [2.0, 0.5]);
    near(first.attack[1], 1.0 / 3.0);
    near(first.attack[2], 8.0_f64.sqrt() - 2.0 - 2.0 / 3.0);
    assert_eq!((trace.stop, first.moves.len()), (Stop::NoMove, 0));
    let options = ChallengeOptions {
        conflict: ConflictRule::LoserMoves,
        ..Default::default()
    };
    let trace = played(&TWO, &options);
    let moved = trace.rounds[1].moves[0];
    assert_eq!(
        (moved.actor, moved.to, moved.kind),
        (1, 0.0, MoveKind::Conflict)
    );
    assert_eq!(trace.stop, Stop::Unanimous);
}

#[test]
fn the_worked_case_of_three_actors_comes_out() {
    let first = &played(&THREE, &neutral()).rounds[1];
    near(first.win[1], 40.0 / 115.0);
    near(first.attack[1], -35.0 / 115.0);
    near(first.attack[3], 51.0 / 115.0);
    near(first.attack[5], 90.0 / 115.0);
    near(first.attack[7], -65.0 / 115.0);
    near(first.attack[6], 0.4 / 13.0);
    let want = [1750.0 / 51.0, 50.0, 575.0 / 9.0];
    first
        .positions
        .iter()
        .zip(want)
        .for_each(|(got, want)| near(*got, want));
    assert_eq!(first.median, 50.0);
}

#[test]
fn a_rival_drawn_to_the_median_is_worth_less_of_a_challenge() {
    // Between actor 0 and actor 2 stands the median, 50: left alone, 2 would come halfway.
    let options = ChallengeOptions {
        status_quo_probability: 0.0,
        ..neutral()
    };
    let got = played(&THREE, &options).rounds[1].attack[2];
    // Success, failure and probability as in the worked case; better is 2 - 4 (0.5 - 0.25 * 1.5).
    near(
        got,
        0.5 * (2.0 * 80.0 / 130.0 - 2.0 * 50.0 / 130.0) + 1.0 - 1.5,
    );
}

#[test]
fn a_given_attitude_to_risk_stands() {
    let mut bench = bench(&THREE);
    bench.risks[1] = Some(1.25);
    let trace = trace_challenge(&bench, &ChallengeOptions::default()).expect("a run");
    assert_eq!(trace.rounds[1].risks[1], 1.25);
    let trace = trace_challenge(&bench, &neutral()).expect("a run");
    assert_eq!(trace.rounds[1].risks, [1.0, 1.25, 1.0]);
}

#[test]
fn the_two_readings_of_security_differ() {
    let own = ChallengeOptions {
        security: Security::Own,
        ..Default::default()
    };
    let [a, b] =
        [ChallengeOptions::default(), own].map(|o| played(&TWO, &o).rounds[1].risks.clone());
    assert_eq!((a, b), (vec![2.0, 0.5], vec![0.5, 2.0]));
}

#[test]
fn each_kind_of_median_stands_where_it_says() {
    let members = [(10.0, 1.0, 1.0), (30.0, 1.0, 1.0)];
    let kinds = [MedianKind::Lower, MedianKind::Upper, MedianKind::Middle];
    let got = kinds.map(|median| {
        let options = ChallengeOptions {
            median,
            rounds: 0,
            ..Default::default()
        };
        played(&members, &options).outcome
    });
    assert_eq!(got, [10.0, 30.0, 20.0]);
}

#[test]
fn rounds_end_once_moves_fall_below_the_threshold() {
    // The second actor goes half of the way in every round.
    let options = ChallengeOptions {
        settled: 0.15,
        rounds: 30,
        ..neutral()
    };
    let trace = played(&TWO, &options);
    assert_eq!((trace.stop, trace.rounds.len()), (Stop::Settled, 4));
    let trace = played(
        &TWO,
        &ChallengeOptions {
            rounds: 3,
            ..neutral()
        },
    );
    assert_eq!(trace.stop, Stop::RoundsPlayed);
    near(trace.rounds[3].positions[1], 12.5);
}

#[test]
fn an_issue_that_ended_early_waits_for_the_others() {
    let issue = |id: &str| Issue {
        id: id.to_owned(),
        low: 0.0,
        high: 100.0,
        status_quo: None,
    };
    let stake = |position, salience| {
        Some(Stake {
            position,
            salience,
            capability: None,
        })
    };
    let actor = |id: &str, stakes| Actor {
        id: id.to_owned(),
        capability: 1.0,
        stakes,
        veto: false,
        risk: None,
    };
    let actors = vec![
        actor("absent", vec![stake(40.0, 1.0), None]),
        actor("first", vec![stake(40.0, 1.0), stake(0.0, 1.0)]),
        actor("second", vec![None, stake(100.0, 0.5)]),
    ];
    let council = Council::new(vec![issue("one"), issue("two")], actors).expect("a council");
    let options = ChallengeOptions {
        rounds: 2,
        ..neutral()
    };
    let got = simulate_challenge(&council, &options).expect("a run");
    assert_eq!(got.stops, [Stop::Unanimous, Stop::RoundsPlayed]);
    assert_eq!(got.rounds.len(), 3);
    let last = &got.rounds[2];
    assert_eq!(last.positions[0], [Some(40.0), None]);
    assert_eq!(last.positions[1], [Some(40.0), Some(0.0)]);
    near(last.positions[2][1].expect("a position"), 25.0);
    let Move {
        actor, by, issue, ..
    } = last.moves[0];
    assert_eq!((actor, by, issue, last.moves.len()), (2, Some(1), 1, 1));
}

#[test]
fn bad_options_are_refused() {
    let run =
        |options: ChallengeOptions| trace_challenge(&bench(&TWO), &options).map(|t| t.outcome);
    let got = run(ChallengeOptions {
        status_quo_probability: 1.5,
        ..Default::default()
    });
    assert_eq!(
        got,
        Err(ChallengeError::StatusQuoProbability { value: 1.5 })
    );
    let got = run(ChallengeOptions {
        settled: -0.1,
        ..Default::default()
    });
    assert_eq!(got, Err(ChallengeError::Settled { value: -0.1 }));
    let empty = trace_challenge(&Bench::default(), &ChallengeOptions::default());
    assert_eq!(empty.err(), Some(ChallengeError::NoWeight { weight: 0.0 }));
    let ragged = Bench {
        saliences: vec![1.0],
        ..bench(&TWO)
    };
    let got = trace_challenge(&ragged, &ChallengeOptions::default());
    assert_eq!(
        got.err(),
        Some(ChallengeError::Columns {
            positions: 2,
            got: 1
        })
    );
}

#[test]
fn figures_that_are_no_numbers_are_refused() {
    let run = |bench: Bench| trace_challenge(&bench, &ChallengeOptions::default()).err();
    let mut wild = bench(&TWO);
    wild.positions[1] = f64::INFINITY;
    assert_eq!(
        run(wild),
        Some(ChallengeError::Figure {
            seat: 1,
            value: f64::INFINITY
        })
    );
    let mut wild = bench(&TWO);
    wild.risks[0] = Some(-1.0);
    assert_eq!(
        run(wild),
        Some(ChallengeError::Figure {
            seat: 0,
            value: -1.0
        })
    );
}

fn any_members() -> impl Strategy<Value = Vec<Member>> {
    // Some share a position, as they do in practice.
    let position = prop_oneof![0.0..100.0, (0..=4u8).prop_map(|k| f64::from(k) * 25.0)];
    prop::collection::vec((position, 0.01..1.0, 0.05..1.0), 1..9)
}

fn any_options() -> impl Strategy<Value = ChallengeOptions> {
    (0.0..=1.0, any::<[bool; 8]>(), 0..3u8, 0..3u8).prop_map(|(q, flags, offers, range)| {
        let pick =
            |k: usize, a: ChallengeOptions, b: ChallengeOptions| if flags[k] { a } else { b };
        let (code, printed) = (
            ChallengeOptions::scholz_code(),
            ChallengeOptions::printed(q),
        );
        ChallengeOptions {
            status_quo_probability: q,
            security: if flags[0] {
                Security::Own
            } else {
                Security::Adversaries
            },
            conflict: pick(1, code, printed).conflict,
            capitulation: flags[2],
            offers: [
                OfferChoice::LeastMove,
                OfferChoice::Strongest,
                OfferChoice::LowestCompromise,
            ][usize::from(offers)],
            range: [RangeRule::Moving, RangeRule::Initial, RangeRule::Scale][usize::from(range)],
            votes_over: pick(3, code, printed).votes_over,
            votes: pick(4, code, printed).votes,
            viewpoint: pick(5, code, printed).viewpoint,
            infer_risk: flags[6],
            outcome: if flags[7] {
                OutcomeRule::Mean
            } else {
                OutcomeRule::Median
            },
            ..printed
        }
    })
}

proptest! {
    #[test]
    fn nobody_leaves_the_span_of_positions(members in any_members(), options in any_options()) {
        let low = members.iter().map(|m| m.0).fold(f64::INFINITY, f64::min);
        let high = members.iter().map(|m| m.0).fold(f64::NEG_INFINITY, f64::max);
        for round in played(&members, &options).rounds {
            for x in round.positions {
                prop_assert!((low..=high).contains(&x), "{} outside {} to {}", x, low, high);
            }
            prop_assert!(round.attack.iter().chain(&round.risks).all(|x| x.is_finite()));
        }
    }

    #[test]
    fn the_outcome_alone_is_that_of_the_trace_bit_by_bit(
        members in any_members(), others in any_members(), options in any_options(),
    ) {
        let mut room = ChallengeRoom::default();
        for members in [&members, &others, &members] {
            let got = challenge_outcome(&bench(members), &options, &mut room).expect("a run");
            prop_assert_eq!(got.to_bits(), played(members, &options).outcome.to_bits());
        }
    }

    #[test]
    fn the_order_of_actors_changes_nothing(members in any_members(), turn in 0..8usize, q in 0.0..=1.0) {
        let options = ChallengeOptions { rounds: 3, ..ChallengeOptions::printed(q) };
        let n = members.len();
        let turn = turn % n;
        let mut turned = members.clone();
        turned.rotate_left(turn);
        let [a, b] = [&members, &turned].map(|m| played(m, &options));
        for (a, b) in a.rounds.iter().zip(&b.rounds) {
            for k in 0..n {
                let (a, b) = (a.positions[(k + turn) % n], b.positions[k]);
                prop_assert!((a - b).abs() < 1e-6, "{} and {}", a, b);
            }
        }
    }

    #[test]
    fn the_unit_of_capability_changes_nothing(members in any_members(), power in -8..8i32) {
        // A power of 2 changes no digit.
        let unit = 2.0_f64.powi(power);
        let scaled: Vec<Member> = members.iter().map(|m| (m.0, m.1 * unit, m.2)).collect();
        for options in [ChallengeOptions::default(), ChallengeOptions::scholz_code()] {
            let [a, b] = [&members, &scaled].map(|m| played(m, &options));
            prop_assert_eq!(a.rounds, b.rounds);
        }
    }

    #[test]
    fn turning_the_scale_round_turns_positions_round(members in any_members()) {
        // But for ties, which the lower place wins: the lower median, and offers of one strength.
        let options = ChallengeOptions { rounds: 1, ..ChallengeOptions::default() };
        let turned: Vec<Member> = members.iter().map(|m| (100.0 - m.0, m.1, m.2)).collect();
        let [a, b] = [&members, &turned].map(|m| played(m, &options));
        if let (Some(a), Some(b)) = (a.rounds.get(1), b.rounds.get(1)) {
            for (a, b) in a.positions.iter().zip(&b.positions) {
                prop_assert!((a + b - 100.0).abs() < 1e-6, "{} and {}", a, b);
            }
        }
    }

    #[test]
    fn a_dictators_position_wins(members in any_members(), x in 0.0..100.0, salience in 0.1..1.0) {
        // Whom all others together can't outweigh: it stays, and it is the median.
        let mut members = members;
        members.push((x, 1e9, salience));
        let trace = played(&members, &ChallengeOptions::default());
        prop_assert_eq!(trace.outcome, x);
        prop_assert!(trace.rounds.iter().all(|r| r.positions.last() == Some(&x)));
    }

    #[test]
    fn who_all_hold_one_position_stay(n in 1..6usize, x in 0.0..100.0, options in any_options()) {
        let members = vec![(x, 0.5, 0.5); n];
        let trace = played(&members, &options);
        prop_assert!((trace.outcome - x).abs() < 1e-12);
        prop_assert_eq!((trace.stop, trace.rounds.len()), (Stop::Unanimous, 1));
    }
}
