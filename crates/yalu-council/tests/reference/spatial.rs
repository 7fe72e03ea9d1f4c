//! KTAB's spatial model, turn by turn.
//!
//! Peer: KTAB SMP 0.1, the C++ program of KAPSARC. `ktab-*.json` are runs of its snapshot of
//! 2019-11-17 with its default options; `ktab-*-reference-run.txt.gz` are logs of 2017-05-30 that
//! its authors publish. Positions are on 0 to 100.

use std::path::{Path, PathBuf};

use serde_json::Value;
use yalu_council::{Actor, Council, Issue, SpatialOptions, SpatialTrace, Stake, trace_spatial};

mod cases;
mod log;
mod logs;

/// The folder of KTAB's inputs and figures; none where it isn't there, which is said aloud.
fn folder() -> Option<PathBuf> {
    Some(yalu_testing::shared_reference()?.join("group-decision"))
}

/// A council on scales from 0 to 100: capability, then position and salience by issue, by actor.
fn council(rows: &[(f64, Vec<(f64, f64)>)]) -> Council {
    let issues = (0..rows[0].1.len()).map(|k| Issue {
        id: format!("issue {k}"),
        low: 0.0,
        high: 100.0,
        status_quo: None,
    });
    let stake = |&(position, salience): &(f64, f64)| {
        Some(Stake {
            position,
            salience,
            capability: None,
        })
    };
    let actors = rows
        .iter()
        .enumerate()
        .map(|(i, (capability, stakes))| Actor {
            id: format!("actor {i}"),
            capability: *capability,
            stakes: stakes.iter().map(stake).collect(),
            veto: false,
            risk: None,
        });
    Council::new(issues.collect(), actors.collect()).expect("a sound council")
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a readable case");
    serde_json::from_str(&text).expect("sound JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|x| x.as_f64().expect("a number")).collect()
}

/// Asserts that two figures agree to a tolerance, and names what they are.
fn agree(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    let apart = (ours - theirs).abs();
    assert!(
        apart <= tolerance,
        "{what}: ours {ours}, theirs {theirs}, apart {apart:e}"
    );
}

fn run(council: &Council, options: &SpatialOptions) -> SpatialTrace {
    trace_spatial(council, options, 0).expect("a run")
}
