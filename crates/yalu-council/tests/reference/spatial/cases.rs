//! The cases with KTAB's default options: every position at every turn.

use serde_json::Value;
use yalu_council::{Council, QueueOrder, SpatialOptions, SpatialTrace, Stop};

use super::{agree, council, folder, json, numbers, run};

/// KTAB's positions are doubles, printed in full; the same sums in another order differ by 1e-14 of
/// the scale at most, and most are rounded to 1/10000 of it.
const POSITIONS: f64 = 1e-9;
/// Shares of the first change are printed to four decimals.
const SHARES: f64 = 0.5e-4 + 1e-9;

fn input(case: &Value) -> Council {
    let capabilities = numbers(&case["capability"]);
    let dims = case["salience_by_dim"]
        .as_object()
        .expect("dimensions")
        .len();
    let column = |of: &Value, k: usize| numbers(&of[k.to_string()]);
    let start = &case["positions_by_turn_by_dim"]["0"];
    let stakes = |i: usize| {
        let stake = |k| (column(start, k)[i], column(&case["salience_by_dim"], k)[i]);
        (0..dims).map(stake).collect()
    };
    let rows: Vec<_> = capabilities
        .iter()
        .enumerate()
        .map(|(i, &c)| (c, stakes(i)))
        .collect();
    council(&rows)
}

fn check(case: &Value, trace: &SpatialTrace) {
    let name = case["case"].as_str().expect("a name");
    let last = case["last_turn"].as_u64().expect("a turn") as usize;
    assert_eq!(trace.turns.len() - 1, last, "{name}: turns");
    assert_eq!(trace.stop, Stop::Settled, "{name}");
    let shares = numbers(&case["fractional_change"]);
    for (t, turn) in trace.turns.iter().enumerate() {
        let theirs = case["positions_by_turn_by_dim"][t.to_string()]
            .as_object()
            .expect("a turn");
        for (k, column) in theirs {
            let k: usize = k.parse().expect("a dimension");
            for (i, x) in numbers(column).into_iter().enumerate() {
                let what = format!("{name}, turn {t}, actor {i}, issue {k}");
                agree(&what, turn.positions[i][k], x, POSITIONS);
            }
        }
        if let Some(share) = turn.fractional_change {
            agree(
                &format!("{name}, turn {t}, share"),
                share,
                shares[t - 1],
                SHARES,
            );
        }
    }
}

/// All cases of KTAB's runs that are there.
fn cases() -> Vec<Value> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.starts_with("ktab-") && path.extension().is_some_and(|e| e == "json")
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 4, "KTAB's cases are gone");
    paths.iter().map(|path| json(path)).collect()
}

#[test]
fn every_position_of_every_turn_is_ktabs() {
    for case in cases() {
        check(&case, &run(&input(&case), &SpatialOptions::default()));
    }
}

#[test]
fn the_order_of_queues_moves_no_position() {
    for case in cases() {
        let options = SpatialOptions {
            queues: QueueOrder::Reversed,
            ..SpatialOptions::default()
        };
        check(&case, &run(&input(&case), &options));
    }
}

/// The largest of KTAB's own examples, of which no run is there.
#[test]
fn the_order_of_queues_moves_none_of_34_actors_either() {
    let Some(folder) = folder() else { return };
    let path = folder.join("ktab-SOE-Competitive.csv");
    let text = std::fs::read_to_string(path).expect("KTAB's example");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let number = |at: usize| fields[at].parse::<f64>().expect("a number");
        (number(2), vec![(number(3), number(4) / 100.0)])
    };
    let actors = text.lines().skip(2).filter(|line| !line.trim().is_empty());
    let council = council(&actors.map(row).collect::<Vec<_>>());
    assert_eq!(council.actors().len(), 34);
    let options = SpatialOptions {
        queues: QueueOrder::Reversed,
        ..SpatialOptions::default()
    };
    let (usual, reversed) = (
        run(&council, &SpatialOptions::default()),
        run(&council, &options),
    );
    assert_eq!(usual.turns.len(), reversed.turns.len());
    for (one, other) in usual.turns.iter().zip(&reversed.turns) {
        assert_eq!(one.positions, other.positions);
    }
}
