use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::condorcet::{CondorcetOptions, PceForm, VictoryModel, VotingRule};
use crate::council::{Actor, Issue, Stake};

/// One issue from 0 to 100: capability, position, salience.
fn council(rows: &[(f64, f64, f64)]) -> Council {
    let stakes: Vec<_> = rows.iter().map(|&(c, x, s)| (c, vec![(x, s)])).collect();
    many_issues(&stakes)
}

/// A capability, then position and salience by issue.
type Row = (f64, Vec<(f64, f64)>);

fn many_issues(rows: &[Row]) -> Council {
    let issue = |k| Issue {
        id: format!("issue {k}"),
        low: 0.0,
        high: 100.0,
        status_quo: None,
    };
    let stake = |&(position, salience): &(f64, f64)| {
        Some(Stake {
            position,
            salience,
            capability: None,
        })
    };
    let actor = |(i, (capability, stakes)): (usize, &Row)| Actor {
        id: format!("actor {i}"),
        capability: *capability,
        stakes: stakes.iter().map(stake).collect(),
        veto: false,
        risk: None,
    };
    let issues = (0..rows[0].1.len()).map(issue).collect();
    Council::new(issues, rows.iter().enumerate().map(actor).collect()).expect("a council")
}

fn play(council: &Council) -> SpatialTrace {
    trace_spatial(council, &SpatialOptions::default(), 0).expect("a run")
}

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() < tolerance, "{a} is not {b}");
}

/// The case worked in the docs page: capability 2 at 0 and 1 at 100, both with salience 1/2.
#[test]
fn two_actors_meet_as_worked_by_hand() {
    let trace = play(&council(&[(2.0, 0.0, 0.5), (1.0, 100.0, 0.5)]));
    let start = &trace.turns[0];
    near(start.risk_attitudes[0], 1.0, 1e-9);
    near(start.risk_attitudes[1], -0.5, 1e-9);
    near(start.win_probabilities[0], 2.0 / 3.0, 1e-8);
    near(start.expected[0], 100.0 / 3.0, 1e-6);
    // The strong one gains 2/3: 1 - 2 · 1/2 · 1/3; the weak one 1/3.
    let [of_strong, of_weak] = start.challenges[..] else {
        panic!("two challenges")
    };
    near(of_strong.seen_by_initiator.probability, 2.0 / 3.0, 1e-8);
    near(
        of_strong.seen_by_initiator.gain_to_initiator,
        2.0 / 3.0,
        1e-8,
    );
    near(of_weak.seen_by_initiator.gain_to_initiator, 1.0 / 3.0, 1e-8);
    // Weights (1/2)² (2/3)² and (1/2)² (1/3)², so 1/5 of the way for both challenges.
    for bargain in &start.bargains {
        near(bargain.initiator_position[0], 20.0, 0.01);
        near(bargain.receiver_position[0], 20.0, 0.01);
    }
    let queue = &start.queues[0];
    near(queue.utilities[0][0], 0.5, 1e-9);
    // At 1/5 the averse one has (1 - 0.2)(1 + 0.2) = 0.96, the other (1 - 0.8)(1 - 0.4) = 0.12.
    near(queue.utilities[0][1], 0.96, 1e-4);
    near(queue.utilities[1][1], 0.12, 1e-4);
    near(trace.turns[1].positions[0][0], 20.0, 0.01);
    near(trace.turns[1].positions[1][0], 20.0, 0.01);
}

/// The case worked in the docs page: capabilities 4, 3 and 2 at 0, 50 and 100.
#[test]
fn three_actors_infer_attitudes_to_risk_as_worked_by_hand() {
    let trace = play(&council(&[
        (4.0, 0.0, 0.5),
        (3.0, 50.0, 0.5),
        (2.0, 100.0, 0.5),
    ]));
    let start = &trace.turns[0];
    // Probabilities 24, 35 and 6 of 65: the span from 6 to 35 is from -1/2 to 1.
    near(start.risk_attitudes[0], 25.0 / 58.0, 1e-7);
    near(start.risk_attitudes[1], 1.0, 1e-7);
    near(start.risk_attitudes[2], -0.5, 1e-7);
}

#[test]
fn one_actor_is_a_dictator() {
    let trace = play(&council(&[(3.0, 42.0, 0.5)]));
    assert_eq!((trace.stop, trace.turns.len()), (Stop::Unanimous, 1));
    near(trace.expected()[0], 42.0, 1e-12);
    near(trace.likeliest()[0], 42.0, 1e-12);
}

#[test]
fn one_position_is_the_outcome_at_once() {
    let trace = play(&council(&[
        (3.0, 42.0, 0.5),
        (1.0, 42.0, 0.9),
        (9.0, 42.0, 0.1),
    ]));
    assert_eq!((trace.stop, trace.turns.len()), (Stop::Unanimous, 1));
    near(trace.expected()[0], 42.0, 1e-12);
}

#[test]
fn equals_are_neutral_to_risk_and_meet_halfway() {
    let trace = play(&council(&[(1.0, 0.0, 0.5), (1.0, 100.0, 0.5)]));
    assert_eq!(trace.turns[0].risk_attitudes, [0.0, 0.0]);
    near(trace.expected()[0], 50.0, 0.02);
}

#[test]
fn who_has_no_capability_moves_nobody() {
    let rows = [(5.0, 10.0, 0.5), (0.0, 90.0, 0.5)];
    let trace = play(&council(&rows));
    near(trace.turns[1].positions[0][0], 10.0, 0.02);
    near(trace.expected()[0], 10.0, 0.02);
}

#[test]
fn the_outcome_alone_is_that_of_the_trace_bit_by_bit() {
    let council = council(&[
        (4.0, 0.0, 0.5),
        (3.0, 45.0, 0.9),
        (2.0, 100.0, 0.3),
        (1.0, 70.0, 0.2),
    ]);
    for choice in [Choice::Likeliest, Choice::Drawn] {
        let options = SpatialOptions {
            choice,
            ..SpatialOptions::default()
        };
        let trace = trace_spatial(&council, &options, 7).expect("a run");
        let outcome = spatial_outcome(&council, &options, 7).expect("a run");
        assert_eq!(outcome.expected, trace.expected());
        assert_eq!(outcome.likeliest, trace.likeliest());
        assert_eq!(
            (outcome.stop, outcome.turns),
            (trace.stop, trace.turns.len() - 1)
        );
        let simulation = simulate_spatial(&council, &options, 7).expect("a run");
        assert_eq!(simulation.outcome, outcome.expected);
        assert_eq!(simulation.rounds.len(), trace.turns.len());
    }
}

#[test]
fn every_move_leads_from_the_round_before_to_this_one() {
    let council = council(&[(4.0, 0.0, 0.5), (3.0, 45.0, 0.9), (2.0, 100.0, 0.3)]);
    let simulation = simulate_spatial(&council, &SpatialOptions::default(), 0).expect("a run");
    assert!(simulation.rounds[0].moves.is_empty() && !simulation.rounds[1].moves.is_empty());
    for pair in simulation.rounds.windows(2) {
        for (actor, (from, to)) in pair[0].positions.iter().zip(&pair[1].positions).enumerate() {
            let moved = pair[1].moves.iter().find(|m| m.actor == actor);
            let (from, to) = (from[0].expect("a stake"), to[0].expect("a stake"));
            let (a, b) = moved.map_or((from, from), |m| (m.from, m.to));
            assert_eq!((a, b), (from, to));
        }
    }
}

#[test]
fn drawn_runs_are_told_apart_by_their_seed_alone() {
    let council = council(&[
        (4.0, 0.0, 0.5),
        (3.0, 45.0, 0.9),
        (2.0, 100.0, 0.3),
        (1.0, 70.0, 0.2),
    ]);
    let options = SpatialOptions {
        choice: Choice::Drawn,
        ..SpatialOptions::default()
    };
    let run = |seed| trace_spatial(&council, &options, seed).expect("a run");
    assert_eq!(run(1), run(1));
    assert!((2..12).any(|seed| run(seed) != run(1)));
}

#[test]
fn drawn_choices_come_as_often_as_they_are_likely() {
    let council = council(&[
        (4.0, 0.0, 0.5),
        (3.0, 45.0, 0.9),
        (2.0, 100.0, 0.3),
        (1.0, 70.0, 0.2),
    ]);
    let options = SpatialOptions {
        choice: Choice::Drawn,
        ..SpatialOptions::default()
    };
    let n = 4000;
    let mut counts: Vec<Vec<f64>> = Vec::new();
    let mut queues = Vec::new();
    for seed in 0..n {
        let trace = trace_spatial(&council, &options, seed).expect("a run");
        queues.clone_from(&trace.turns[0].queues);
        counts.resize_with(4, || vec![0.0; 8]);
        for (count, queue) in counts.iter_mut().zip(&queues) {
            count[queue.chosen] += 1.0;
        }
    }
    for (count, queue) in counts.iter().zip(&queues) {
        for (k, &p) in count.iter().zip(&queue.probabilities) {
            // Five standard deviations of a share among 4,000.
            let bound = 5.0 * (p * (1.0 - p) / n as f64).sqrt() + 1e-6;
            near(k / n as f64, p, bound);
        }
    }
}

#[test]
fn fully_and_not_at_all_committed_third_parties_leave_a_contest_to_its_principals() {
    let council = council(&[(4.0, 0.0, 0.5), (3.0, 45.0, 0.9), (2.0, 100.0, 0.3)]);
    let odds = |commitment| {
        let options = SpatialOptions {
            commitment,
            ..SpatialOptions::default()
        };
        trace_spatial(&council, &options, 0).expect("a run").turns[0]
            .challenges
            .clone()
    };
    assert_eq!(odds(Commitment::Full), odds(Commitment::No));
    assert_ne!(odds(Commitment::Full), odds(Commitment::Semi));
}

#[test]
fn ideals_that_never_move_let_actors_return() {
    let rows = [(4.0, 0.0, 0.5), (3.0, 45.0, 0.9), (2.0, 100.0, 0.3)];
    let options = SpatialOptions {
        accommodation: Some(vec![vec![0.0; 3]; 3]),
        ..SpatialOptions::default()
    };
    let trace = trace_spatial(&council(&rows), &options, 0).expect("a run");
    for turn in &trace.turns {
        assert_eq!(turn.ideals, trace.turns[0].positions);
    }
    let identity = SpatialOptions {
        accommodation: Some(
            (0..3)
                .map(|i| (0..3).map(|j| f64::from(u8::from(i == j))).collect())
                .collect(),
        ),
        ..SpatialOptions::default()
    };
    let given = trace_spatial(&council(&rows), &identity, 0).expect("a run");
    assert_eq!(given, play(&council(&rows)));
}

#[test]
fn a_council_that_does_not_fit_is_refused_with_its_figures() {
    let refuse = |council: &Council, options: &SpatialOptions| {
        simulate_spatial(council, options, 0).expect_err("an error")
    };
    let default = SpatialOptions::default();
    let too_much = many_issues(&[(1.0, vec![(0.0, 0.75), (0.0, 0.5)])]);
    let error = SpatialError::TotalSalience {
        actor: "actor 0".into(),
        total: 1.25,
    };
    assert_eq!(refuse(&too_much, &default), error);
    let fine = council(&[(1.0, 0.0, 0.5), (1.0, 100.0, 0.5)]);
    let with = |rows| SpatialOptions {
        accommodation: Some(rows),
        ..SpatialOptions::default()
    };
    let error = SpatialError::AccommodationShape {
        row: 1,
        got: 0,
        actors: 2,
    };
    assert_eq!(refuse(&fine, &with(vec![vec![1.0, 0.0]])), error);
    let error = SpatialError::AccommodationRow {
        row: 0,
        total: 1.5,
        least: 0.5,
    };
    assert_eq!(
        refuse(&fine, &with(vec![vec![1.0, 0.5], vec![0.0, 1.0]])),
        error
    );
    let strong = council(&[(1e101, 0.0, 0.5), (1.0, 100.0, 0.5)]);
    let error = SpatialError::Capability {
        actor: "actor 0".into(),
        value: 1e101,
    };
    assert_eq!(refuse(&strong, &default), error);
    let mut actors = fine.actors().to_vec();
    actors[1].stakes[0] = None;
    let absent = Council::new(fine.issues().to_vec(), actors).expect("a council");
    let (actor, issue) = ("actor 1".into(), "issue 0".into());
    assert_eq!(
        refuse(&absent, &default),
        SpatialError::NoStake { actor, issue }
    );
}

fn any_council() -> impl Strategy<Value = Vec<Row>> {
    (1_usize..4).prop_flat_map(|issues| {
        let most = 1.0 / issues as f64;
        let stakes = prop::collection::vec((0.0..100.0, 0.05..most), issues);
        prop::collection::vec((1.0..100.0, stakes), 2..9)
    })
}

fn any_options() -> impl Strategy<Value = SpatialOptions> {
    use prop::sample::select;
    let voting = vec![
        VotingRule::Binary,
        VotingRule::ProportionalBinary,
        VotingRule::Proportional,
        VotingRule::ProportionalCubic,
        VotingRule::Cubic,
        VotingRule::AsymmetricProspect,
    ];
    let victory = vec![
        VictoryModel::Linear,
        VictoryModel::Octic,
        VictoryModel::Binary,
    ];
    let form = vec![
        PceForm::Conditional,
        PceForm::MarkovIncentive,
        PceForm::MarkovUniform,
    ];
    let interpolation = vec![
        Interpolation::S1P1,
        Interpolation::S2P2,
        Interpolation::S2PMax,
    ];
    let bargains = vec![
        BargainForm::Initiator,
        BargainForm::Both,
        BargainForm::PowerWeighted,
    ];
    let slips = vec![Slips::Kept, Slips::Mended];
    let choice = vec![Choice::Likeliest, Choice::Drawn];
    let range = vec![RiskRange::Min, RiskRange::Mid, RiskRange::Max];
    let bits = (
        select(slips),
        select(choice),
        select(range),
        select(interpolation),
        select(bargains),
    );
    (select(voting), select(victory), select(form), bits).prop_map(
        |(voting, victory, form, (slips, choice, risk_range, interpolation, bargains))| {
            SpatialOptions {
                election: CondorcetOptions {
                    voting,
                    victory,
                    form,
                },
                risk_range,
                interpolation,
                bargains,
                slips,
                choice,
                ..SpatialOptions::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_options_every_figure_is_on_its_scale(
        rows in any_council(), options in any_options(), seed: u64
    ) {
        let trace = trace_spatial(&many_issues(&rows), &options, seed).expect("a run");
        prop_assert!(trace.turns.len() <= 101);
        for turn in &trace.turns {
            let points = turn.positions.iter().flatten().chain(&turn.expected).chain(&turn.likeliest);
            for x in points {
                prop_assert!((-1e-9..=100.0 + 1e-9).contains(x), "{x}");
            }
            for p in turn.win_probabilities.iter().chain(turn.queues.iter().flat_map(|q| &q.probabilities)) {
                prop_assert!((0.0..=1.0 + 1e-9).contains(p), "{p}");
            }
        }
    }

    /// The search skips challenges that its bounds rule out; the best must be that of a full search.
    #[test]
    fn no_challenge_promises_more_than_the_one_made(rows in any_council(), options in any_options()) {
        let council = many_issues(&rows);
        let game = Game::new(&council, &options).expect("a game");
        let mut run = Run::new(&game, &options);
        run.play(0, &mut ());
        let mut arena = challenge::Arena::default();
        for i in 0..game.n_actors {
            run.worth.perceive(i, options.risk_estimate, &mut arena.utilities);
            arena.enter(&game);
            let best = arena.best(&game, &options, i).map_or(1e-5, |b| b.gain);
            for j in (0..game.n_actors).filter(|&j| j != i) {
                let contest = arena.weigh(&game, &options, (i, j));
                prop_assert!(contest.gain(&game, &arena.utilities, i) <= best);
            }
        }
    }

    #[test]
    fn the_order_of_actors_changes_no_outcome(rows in any_council()) {
        let mut reversed = rows.clone();
        reversed.reverse();
        let (one, other) = (play(&many_issues(&rows)), play(&many_issues(&reversed)));
        for (a, b) in one.expected().iter().zip(other.expected()) {
            prop_assert!((a - b).abs() < 1e-6, "{a} and {b}");
        }
        let last = |trace: &SpatialTrace| trace.turns.last().expect("a turn").positions.clone();
        for (a, b) in last(&one).iter().zip(last(&other).iter().rev()) {
            for (x, y) in a.iter().zip(b) {
                prop_assert!((x - y).abs() < 1e-6, "{x} and {y}");
            }
        }
    }

    /// The strengths with which coalitions begin, 1e-8 and 1e-10, are all that notices the unit.
    #[test]
    fn the_unit_of_capability_changes_no_outcome(rows in any_council()) {
        let scaled: Vec<_> = rows.iter().map(|(c, stakes)| (c * 1024.0, stakes.clone())).collect();
        let (one, other) = (play(&many_issues(&rows)), play(&many_issues(&scaled)));
        for (a, b) in one.expected().iter().zip(other.expected()) {
            prop_assert!((a - b).abs() < 0.01, "{a} and {b}");
        }
    }
}
