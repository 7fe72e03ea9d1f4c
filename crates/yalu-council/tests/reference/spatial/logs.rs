//! The two published logs: every figure that KTAB prints, at every turn, to the digits printed.

use yalu_council::{
    BargainForm, Choice, CondorcetOptions, Council, PceForm, SpatialOptions, SpatialQueue,
    SpatialTrace, SpatialTurn, VotingRule,
};

use super::log::{Log, Matrix, Turn};
use super::{agree, council, folder, run};

/// Half of the last digit that is printed, with room for a figure that lies on the border.
fn digits(n: i32) -> f64 {
    0.5 * 10_f64.powi(-n) * (1.0 + 1e-6)
}

fn agree_rows(what: &str, ours: &Matrix, theirs: &Matrix, tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}: rows");
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        agree_row(&format!("{what}, row {i}"), a, b, tolerance);
    }
}

fn agree_row(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}: figures");
    for (j, (&a, &b)) in ours.iter().zip(theirs).enumerate() {
        agree(&format!("{what}, figure {j}"), a, b, tolerance);
    }
}

fn log(name: &str) -> Option<Log> {
    let path = folder()?.join(name);
    Some(Log::parse(&yalu_testing::unpacked(&path).expect("a log")))
}

/// The standing that the states share, and what every viewer makes of it.
fn check_state(t: usize, trace: &SpatialTrace, theirs: &Turn) {
    let ours = &trace.turns[t];
    let value = |d: &f64| 1.0 - d;
    let neutral: Matrix = ours
        .distances
        .iter()
        .map(|r| r.iter().map(value).collect())
        .collect();
    agree_rows(
        &format!("turn {t}, neutral utilities"),
        &neutral,
        &theirs.neutral,
        digits(3),
    );
    agree_row(
        &format!("turn {t}, attitudes to risk"),
        &ours.risk_attitudes,
        &theirs.risks,
        digits(3),
    );
    assert_eq!(
        theirs.perceived.len(),
        ours.risk_attitudes.len(),
        "turn {t}: viewers"
    );
    for (viewer, perceived) in theirs.perceived.iter().enumerate() {
        let seen = trace.perceived_utilities(t, viewer).expect("a viewer");
        agree_rows(
            &format!("turn {t}, viewer {viewer}"),
            &seen,
            perceived,
            digits(4),
        );
    }
}

fn check_challenges(t: usize, ours: &SpatialTurn, theirs: &Turn) {
    let who: Vec<usize> = ours.challenges.iter().map(|c| c.initiator).collect();
    assert_eq!(
        who,
        theirs.challenges.keys().copied().collect::<Vec<_>>(),
        "turn {t}: challengers"
    );
    for (c, (&i, their)) in ours.challenges.iter().zip(&theirs.challenges) {
        let what = format!("turn {t}, challenger {i}");
        assert_eq!(c.receiver, their.receiver, "{what}: target");
        agree(
            &what,
            c.seen_by_initiator.gain_to_initiator,
            their.gain,
            digits(3),
        );
        assert_eq!(their.estimates.len(), 4, "{what}");
        for &(viewer, bystander, probability, gain) in &their.estimates {
            let odds = if viewer == i {
                c.seen_by_initiator
            } else {
                c.seen_by_receiver
            };
            let to = if bystander == i {
                odds.gain_to_initiator
            } else {
                odds.gain_to_receiver
            };
            let what = format!("{what}, viewer {viewer}, gain to {bystander}");
            agree(&what, odds.probability, probability, digits(4));
            agree(&what, to, gain, digits(4));
        }
    }
}

/// The bargains of the form numbered `kind` in the log.
fn check_bargains(t: usize, ours: &SpatialTurn, theirs: &Turn, kind: usize) {
    let in_log = theirs
        .challenges
        .iter()
        .map(|(i, c)| (*i, c.receiver, &c.proposals[kind]));
    let step = if kind == 1 { 2 } else { 1 };
    let form = ours
        .bargains
        .iter()
        .skip(usize::from(kind == 1))
        .step_by(step);
    assert_eq!(
        form.len(),
        theirs.challenges.len(),
        "turn {t}, form {kind}: bargains"
    );
    for (b, (i, j, proposals)) in form.zip(in_log) {
        assert_eq!((b.initiator, b.receiver), (i, j), "turn {t}");
        let what = format!("turn {t}, form {kind}, bargain {i}:{j}");
        agree_row(&what, &b.initiator_position, &proposals[0], digits(3));
        agree_row(&what, &b.receiver_position, &proposals[1], digits(3));
    }
}

/// Where each place of KTAB's queue stands in ours.
fn places(
    t: usize,
    ours: &SpatialTurn,
    queue: &SpatialQueue,
    actor: usize,
    theirs: &[(usize, usize)],
) -> Vec<usize> {
    let pair = |bargain: &Option<usize>| {
        let pair = |b: usize| (ours.bargains[b].initiator, ours.bargains[b].receiver);
        bargain.map_or((actor, actor), pair)
    };
    let pairs: Vec<_> = queue.bargains.iter().map(pair).collect();
    assert_eq!(pairs.len(), theirs.len(), "turn {t}: queue of {actor}");
    let place = |pair| {
        pairs
            .iter()
            .position(|p| p == pair)
            .expect("the bargain in our queue")
    };
    theirs.iter().map(place).collect()
}

fn check_elections(t: usize, ours: &SpatialTurn, theirs: &Turn) {
    assert_eq!(
        theirs.elections.len(),
        ours.queues.len(),
        "turn {t}: elections"
    );
    for (actor, (queue, their)) in ours.queues.iter().zip(&theirs.elections).enumerate() {
        let what = format!("turn {t}, queue of {actor}");
        let at = places(t, ours, queue, actor, &theirs.queues[actor]);
        let columns = |rows: &Matrix| -> Matrix {
            rows.iter()
                .map(|row| at.iter().map(|&j| row[j]).collect())
                .collect()
        };
        let both = |rows: &Matrix| columns(&at.iter().map(|&i| rows[i].clone()).collect());
        let p: Vec<f64> = at.iter().map(|&i| queue.probabilities[i]).collect();
        agree_rows(
            &what,
            &columns(&queue.utilities),
            &their.utilities,
            digits(5),
        );
        agree_rows(
            &what,
            &both(&queue.coalitions),
            &their.coalitions,
            digits(3),
        );
        agree_rows(&what, &both(&queue.victories), &their.victories, digits(4));
        agree_row(&what, &p, &their.probabilities, digits(4));
        assert_eq!(queue.chosen, at[their.chosen], "{what}: choice");
    }
}

/// Everything that the log prints, given a run that made the log's choices.
fn check(trace: &SpatialTrace, log: &Log) {
    assert_eq!(trace.turns.len(), log.turns.len(), "states");
    for (t, theirs) in log.turns.iter().enumerate() {
        check_state(t, trace, theirs);
        if t + 1 == log.turns.len() {
            break;
        }
        let ours = &trace.turns[t];
        check_challenges(t, ours, theirs);
        check_bargains(t, ours, theirs, 0);
        check_elections(t, ours, theirs);
        let next = &trace.turns[t + 1];
        agree_rows(
            &format!("after turn {t}, positions"),
            &next.positions,
            &theirs.positions,
            digits(4),
        );
        agree_rows(
            &format!("after turn {t}, ideals"),
            &next.ideals,
            &theirs.ideals,
            digits(4),
        );
        let (share, printed) = (next.fractional_change, theirs.share);
        agree(
            "share of change",
            share.expect("a change"),
            printed.expect("a share"),
            digits(4),
        );
    }
    for (actor, wins) in log.wins.iter().enumerate() {
        let ours: Vec<f64> = trace
            .turns
            .iter()
            .map(|t| t.win_probabilities[actor])
            .collect();
        agree_row(&format!("wins of {actor}"), &ours, wins, digits(4));
    }
    assert_eq!(log.wins.len(), trace.turns[0].positions.len(), "winners");
}

fn dummy() -> Council {
    let rows = [
        (102.543, [(75.79, 0.4953), (6.37, 0.0591), (70.45, 0.2815)]),
        (53.393, [(82.72, 0.3033), (73.50, 0.2122), (64.00, 0.2479)]),
        (129.643, [(82.45, 0.4847), (90.89, 0.1355), (0.07, 0.3462)]),
        (75.920, [(62.52, 0.2076), (50.82, 0.3924), (62.33, 0.2221)]),
        (63.224, [(82.34, 0.4096), (45.77, 0.2543), (73.31, 0.2259)]),
        (120.048, [(84.48, 0.2292), (33.70, 0.3935), (88.11, 0.1542)]),
        (54.178, [(70.96, 0.3175), (33.46, 0.2793), (90.36, 0.2603)]),
    ];
    council(&rows.map(|(capability, stakes)| (capability, stakes.to_vec())))
}

#[test]
fn every_printed_figure_of_the_default_run_is_ktabs() {
    let Some(log) = log("ktab-dummyData_3Dim-reference-run.txt.gz") else {
        return;
    };
    assert_eq!(log.turns.len(), 11, "states in the log");
    check(&run(&dummy(), &SpatialOptions::default()), &log);
}

#[test]
fn receivers_bargains_and_compromises_are_ktabs_too() {
    let Some(log) = log("ktab-dummyData_3Dim-reference-run.txt.gz") else {
        return;
    };
    let trace = run(&dummy(), &SpatialOptions::default());
    for (t, turn) in trace.turns.iter().enumerate().take(log.turns.len() - 1) {
        let start = dummy();
        let rows: Vec<_> = start
            .actors()
            .iter()
            .zip(&turn.positions)
            .map(|(actor, positions)| {
                let saliences = actor.stakes.iter().flatten().map(|s| s.salience);
                (
                    actor.capability,
                    positions.iter().copied().zip(saliences).collect(),
                )
            })
            .collect();
        let from_here = council(&rows);
        for (kind, bargains) in [(1, BargainForm::Both), (2, BargainForm::PowerWeighted)] {
            let options = SpatialOptions {
                bargains,
                ..SpatialOptions::default()
            };
            check_bargains(t, &run(&from_here, &options).turns[0], &log.turns[t], kind);
        }
    }
}

fn example() -> Council {
    let rows = [
        (117.7, [(52.8, 0.323), (39.8, 0.224), (39.6, 0.134)]),
        (93.2, [(15.9, 0.252), (61.4, 0.345), (72.0, 0.265)]),
        (61.4, [(61.1, 0.288), (86.5, 0.286), (44.5, 0.182)]),
        (135.4, [(26.3, 0.156), (16.5, 0.420), (15.9, 0.143)]),
        (63.8, [(73.3, 0.397), (61.1, 0.199), (26.3, 0.158)]),
    ];
    council(&rows.map(|(capability, stakes)| (capability, stakes.to_vec())))
}

/// The options of `smpExample.xml`; ideals lag, and some follow others' positions.
fn example_options(script: Vec<Vec<usize>>) -> SpatialOptions {
    let mut rates = vec![vec![0.0; 5]; 5];
    for (i, row) in rates.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for (i, j, rate) in [
        (0, 0, 0.87),
        (1, 1, 0.75),
        (1, 0, 0.07),
        (2, 2, 0.65),
        (2, 3, 0.13),
        (3, 3, 0.57),
    ] {
        rates[i][j] = rate;
    }
    SpatialOptions {
        election: CondorcetOptions {
            voting: VotingRule::ProportionalCubic,
            form: PceForm::MarkovIncentive,
            ..CondorcetOptions::default()
        },
        choice: Choice::Scripted(script),
        accommodation: Some(rates),
        ..SpatialOptions::default()
    }
}

/// The choices of a log as places in our queues: our queues of a turn are known once the turns
/// before have been played.
fn script(log: &Log) -> Vec<Vec<usize>> {
    let mut script = Vec::new();
    for (t, theirs) in log.turns.iter().enumerate().take(log.turns.len() - 1) {
        let trace = run(&example(), &example_options(script.clone()));
        let ours = &trace.turns[t];
        let choice = |(actor, queue): (usize, &SpatialQueue)| {
            places(t, ours, queue, actor, &theirs.queues[actor])[theirs.elections[actor].chosen]
        };
        script.push(ours.queues.iter().enumerate().map(choice).collect());
    }
    script
}

#[test]
fn every_printed_figure_of_a_drawn_run_with_lagging_ideals_is_ktabs() {
    let Some(log) = log("ktab-smpExample-reference-run.txt.gz") else {
        return;
    };
    assert_eq!(log.turns.len(), 15, "states in the log");
    check(&run(&example(), &example_options(script(&log))), &log);
}
