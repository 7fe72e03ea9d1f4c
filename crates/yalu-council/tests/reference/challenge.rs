//! Each round of two other programs on the same cases.
//!
//! `scholz-code-dialect` is jmckib/bdm-scholz-expected-utility-model 55f63e9f, eight rounds;
//! `paper-dialect` the solver of hamzagul07/schelling e4faad65 with moving range, inferred risk and
//! open conflicts, eight rounds. Their figures have six decimals, hence the tolerance of 1e-6.

use std::fs;

use serde_json::Value;
use yalu_council::{
    Actor, ChallengeOptions, ChallengeRound, ChallengeTrace, Council, Issue, MoveKind, Stake,
    trace_challenge, weighted_mean,
};

const SIX_DECIMALS: f64 = 1e-6;

struct Case {
    name: String,
    council: Council,
    expected: Value,
}

fn cases() -> Vec<Case> {
    let Some(folder) = yalu_testing::shared_reference() else {
        return Vec::new();
    };
    let mut paths: Vec<_> = fs::read_dir(folder.join("group-decision"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            name.starts_with("eu-") && name.ends_with(".json")
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 5, "{paths:?}");
    paths.iter().map(|path| read_case(path)).collect()
}

fn read_case(path: &std::path::Path) -> Case {
    let text = fs::read_to_string(path).expect("the case");
    let mut whole: Value = serde_json::from_str(&text).expect("JSON");
    let actors = whole["case"]["actors"].as_array().expect("actors");
    let number = |actor: &Value, key: &str| actor[key].as_f64().expect("a number");
    let positions: Vec<f64> = actors.iter().map(|a| number(a, "position")).collect();
    let actors = actors.iter().map(|a| Actor {
        id: a["name"].as_str().expect("a name").to_owned(),
        capability: number(a, "capability"),
        stakes: vec![Some(Stake {
            position: number(a, "position"),
            salience: number(a, "salience"),
            capability: None,
        })],
        veto: false,
        risk: None,
    });
    let issue = Issue {
        id: "issue".to_owned(),
        low: positions.iter().copied().fold(f64::INFINITY, f64::min),
        high: positions.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        status_quo: None,
    };
    let council = Council::new(vec![issue], actors.collect()).expect("a council");
    Case {
        name: path.display().to_string(),
        council,
        expected: whole["expected"].take(),
    }
}

/// A list in the order of actors, or a table by their names.
fn by_actor(council: &Council, value: &Value) -> Vec<f64> {
    let of = |(k, actor): (usize, &Actor)| {
        let one = if value.is_array() {
            &value[k]
        } else {
            &value[&actor.id]
        };
        one.as_f64().expect("a figure")
    };
    council.actors().iter().enumerate().map(of).collect()
}

/// What the trace says of a round: rounds after the last are as the last.
fn shown(trace: &ChallengeTrace, round: usize) -> &ChallengeRound {
    &trace.rounds[round.min(trace.rounds.len() - 1)]
}

fn assert_near(got: f64, want: f64, place: &dyn std::fmt::Display) {
    assert!(
        (got - want).abs() <= SIX_DECIMALS,
        "{place}: {got}, not {want}"
    );
}

fn assert_follows(case: &Case, dialect: &str, options: &ChallengeOptions) {
    let rounds = case.expected[dialect].as_array().expect("rounds");
    let trace = trace_challenge(&case.council.on(0), options).expect("a run");
    for (r, want) in rounds.iter().enumerate() {
        let place = format!("{} {dialect} round {r}", case.name);
        let got = shown(&trace, r);
        let positions = by_actor(&case.council, &want["positions"]);
        for (k, (got, want)) in got.positions.iter().zip(&positions).enumerate() {
            assert_near(*got, *want, &format!("{place} actor {k}"));
        }
        assert_near(
            got.median,
            want["median"].as_f64().expect("a median"),
            &place,
        );
        assert_near(got.mean, want["mean"].as_f64().expect("a mean"), &place);
        if r > 0 {
            let risks = by_actor(&case.council, &want["risk_exponent"]);
            for (k, (got, want)) in got.risks.iter().zip(&risks).enumerate() {
                assert_near(*got, *want, &format!("{place} risk of {k}"));
            }
        }
        if let Some(moves) = want["moves"].as_array() {
            assert_moves(case, got, moves, r >= trace.rounds.len(), &place);
        }
    }
}

fn assert_moves(case: &Case, got: &ChallengeRound, want: &[Value], past: bool, place: &str) {
    let name = |k: usize| case.council.actors()[k].id.as_str();
    let kind = |kind| match kind {
        MoveKind::Conflict => "confrontation",
        MoveKind::Compromise => "compromise",
        _ => "capitulation",
    };
    let got = if past { &[] } else { got.moves.as_slice() };
    let got: Vec<_> = got
        .iter()
        .map(|m| (name(m.actor), name(m.by), kind(m.kind)))
        .collect();
    let text = |m: &Value, key: &str| m[key].as_str().expect("a word").to_owned();
    let want: Vec<_> = want
        .iter()
        .map(|m| (text(m, "actor"), text(m, "to"), text(m, "type")))
        .collect();
    let want: Vec<_> = want
        .iter()
        .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
        .collect();
    assert_eq!(got, want, "{place}");
}

#[test]
fn each_round_of_the_published_code_is_met() {
    let mut met = 0;
    for case in cases() {
        let dialect = "scholz-code-dialect q=1.0";
        if case.expected[dialect].is_array() {
            assert_follows(&case, dialect, &ChallengeOptions::scholz_code());
            met += 1;
        }
    }
    assert!(met >= 3 || cases().is_empty());
}

#[test]
fn each_round_of_the_printed_paper_is_met() {
    for case in cases() {
        for q in [1.0, 0.5] {
            let dialect = format!("paper-dialect q={q:.1}");
            assert_follows(&case, &dialect, &ChallengeOptions::printed(q));
        }
    }
}

#[test]
fn the_start_has_the_weighted_mean() {
    for case in cases() {
        let want = case.expected["weighted_mean"].as_f64().expect("a mean");
        assert_near(weighted_mean(&case.council.on(0)), want, &case.name);
    }
}

/// Scholz et al. (2011), Table 2, as a third party read it off: medians after each of eight rounds.
const PRINTED_MEDIANS: [f64; 8] = [8.4, 9.9, 9.9, 9.9, 9.9, 7.4, 8.8, 9.6];

#[test]
fn the_published_code_gives_the_printed_medians_but_for_the_second() {
    for case in cases().iter().filter(|c| c.name.contains("ec-emission")) {
        let options = ChallengeOptions::scholz_code();
        let trace = trace_challenge(&case.council.on(0), &options).expect("a run");
        let apart: Vec<f64> = PRINTED_MEDIANS
            .iter()
            .enumerate()
            .map(|(k, want)| shown(&trace, k + 1).median - want)
            .collect();
        for (k, apart) in apart.iter().enumerate().filter(|(k, _)| *k != 1) {
            // Cut after one decimal, it seems, not rounded.
            assert!((0.0..0.1).contains(apart), "round {}: {apart}", k + 1);
        }
        // 9.61 for 9.9: neither cut nor rounded. The cause isn't known.
        assert!((apart[1] + 0.289_141).abs() < SIX_DECIMALS, "{apart:?}");
    }
}
