//! Trade by trade against the program of the authors' group.
//!
//! decide-exchange-model 2022.1.28 (foarsitter/decide-exchange-model), its equal-gain model for one
//! round, on its sample case: a toll in a city, ten actors and six issues. The program works on
//! scales from 0 to 100. Two things were changed in it for these figures. Equal gains come in the
//! order of its lists instead of by lot (hence the numbers in names). And one rule is off: it drops
//! a trade once the moves that it ever reckoned for one of its actors, made or not, sum to more than
//! 100; downward moves count as negative, so that turning all scales round would give other trades.
//! As published, the program's first 14 trades are these; it drops the 15th, Willems with Wcentr on
//! hours and toll, and ends with 67.18 on the toll and 50.68 on the hours, the rest as here.

use yalu_council::{Actor, Council, ExchangeOptions, Issue, OutcomeBound, Stake, trace_exchange};

const ISSUES: [(&str, f64, f64); 6] = [
    ("1 toll", 0.0, 100.0),
    ("2 height", 0.5, 7.0),
    ("3 hours", 0.0, 100.0),
    ("4 commuters", 0.0, 100.0),
    ("5 investment", 0.0, 100.0),
    ("6 ring", 0.0, 100.0),
];

/// Actor, capability, and position and salience by issue.
type Row = (&'static str, f64, [(f64, f64); 6]);

#[rustfmt::skip]
const ACTORS: [Row; 10] = [
    ("Willems", 1.0, [(100.0, 0.95), (3.0, 0.7), (100.0, 0.9), (100.0, 0.8), (25.0, 0.6), (75.0, 0.95)]),
    ("PvdA", 1.0, [(50.0, 0.8), (3.0, 0.7), (75.0, 0.7), (100.0, 0.6), (25.0, 0.5), (25.0, 0.8)]),
    ("GL", 0.6, [(100.0, 0.95), (5.0, 0.9), (100.0, 0.95), (100.0, 0.8), (50.0, 0.4), (100.0, 0.9)]),
    ("VVD", 0.5, [(0.0, 0.9), (0.5, 0.5), (0.0, 0.9), (0.0, 0.9), (50.0, 0.8), (0.0, 0.7)]),
    ("SP", 0.4, [(75.0, 0.7), (2.0, 0.5), (75.0, 0.6), (50.0, 0.4), (0.0, 0.3), (0.0, 0.7)]),
    ("CDA", 0.5, [(25.0, 0.8), (1.0, 0.6), (25.0, 0.7), (50.0, 0.4), (25.0, 0.5), (50.0, 0.6)]),
    ("D66", 0.2, [(25.0, 0.5), (3.0, 0.3), (50.0, 0.5), (75.0, 0.6), (25.0, 0.5), (50.0, 0.7)]),
    ("CU", 0.2, [(75.0, 0.7), (3.0, 0.5), (75.0, 0.6), (100.0, 0.6), (50.0, 0.5), (75.0, 0.8)]),
    ("KvK", 0.6, [(25.0, 0.8), (1.0, 0.6), (0.0, 0.7), (0.0, 0.9), (50.0, 0.5), (25.0, 0.8)]),
    ("Wcentr", 0.9, [(0.0, 0.95), (0.5, 0.8), (0.0, 1.0), (0.0, 0.95), (100.0, 0.9), (100.0, 0.9)]),
];

/// Gain of each, the first actor with its issue and vote, and the second's.
type Trade = (
    f64,
    &'static str,
    &'static str,
    f64,
    &'static str,
    &'static str,
    f64,
);

#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "as the program prints them")]
const TRADES: [Trade; 40] = [
    (1.973684211, "Willems", "5 investment", 100.000000, "Wcentr", "1 toll", 61.051174),
    (1.792636309, "Wcentr", "6 ring", 25.000000, "PvdA", "4 commuters", 0.148800),
    (1.534365325, "GL", "4 commuters", 22.672214, "KvK", "3 hours", 100.000000),
    (1.157621005, "PvdA", "5 investment", 76.639963, "Wcentr", "2 height", 38.461538),
    (0.947016021, "VVD", "6 ring", 75.000000, "Willems", "4 commuters", 71.363801),
    (0.906057946, "Willems", "4 commuters", 31.493300, "KvK", "1 toll", 100.000000),
    (0.797479805, "VVD", "2 height", 69.230769, "GL", "1 toll", 70.619165),
    (0.789473684, "Wcentr", "6 ring", 9.372969, "SP", "5 investment", 100.000000),
    (0.631038278, "KvK", "6 ring", 75.000000, "Willems", "4 commuters", 3.724864),
    (0.596870574, "GL", "6 ring", 55.695255, "KvK", "2 height", 69.230769),
    (0.404715660, "GL", "3 hours", 59.046630, "Wcentr", "2 height", 69.230769),
    (0.402650784, "CDA", "2 height", 69.230769, "GL", "1 toll", 35.122320),
    (0.355713651, "CDA", "4 commuters", 100.000000, "Willems", "2 height", 26.479070),
    (0.332728373, "GL", "5 investment", 25.000000, "D66", "1 toll", 79.718693),
    (0.331355687, "Willems", "3 hours", 65.023566, "Wcentr", "1 toll", 100.000000),
    (0.267518650, "VVD", "6 ring", 100.000000, "GL", "4 commuters", 7.245305),
    (0.264239577, "GL", "6 ring", 37.388781, "SP", "2 height", 69.230769),
    (0.261163123, "PvdA", "5 investment", 100.000000, "Wcentr", "3 hours", 14.843887),
    (0.231213873, "GL", "6 ring", 25.031684, "SP", "4 commuters", 100.000000),
    (0.223880597, "Willems", "3 hours", 16.447005, "VVD", "1 toll", 100.000000),
    (0.219298246, "KvK", "5 investment", 25.000000, "D66", "4 commuters", 22.307505),
    (0.218905473, "CDA", "6 ring", 73.930348, "CU", "1 toll", 25.000000),
    (0.173684211, "CDA", "3 hours", 100.000000, "Willems", "1 toll", 73.274238),
    (0.157840026, "Wcentr", "6 ring", 0.000000, "SP", "3 hours", 43.760828),
    (0.114820342, "CDA", "6 ring", 95.408131, "GL", "1 toll", 25.000000),
    (0.098883573, "Willems", "6 ring", 70.477881, "D66", "3 hours", 100.000000),
    (0.091963780, "D66", "5 investment", 100.000000, "Wcentr", "4 commuters", 10.019626),
    (0.080410319, "KvK", "6 ring", 83.057784, "GL", "4 commuters", 0.000000),
    (0.073873430, "Wcentr", "4 commuters", 12.127605, "D66", "2 height", 0.000000),
    (0.049646040, "Wcentr", "3 hours", 34.495444, "Willems", "2 height", 0.000000),
    (0.046476084, "Willems", "6 ring", 68.682051, "D66", "1 toll", 100.000000),
    (0.036672326, "Wcentr", "4 commuters", 22.021269, "CU", "3 hours", 0.000000),
    (0.034449611, "Willems", "4 commuters", 0.000000, "VVD", "3 hours", 6.868657),
    (0.024366472, "D66", "6 ring", 66.743247, "CU", "5 investment", 25.000000),
    (0.023258905, "CDA", "5 investment", 32.000000, "CU", "2 height", 20.180039),
    (0.010414369, "CDA", "6 ring", 100.000000, "GL", "3 hours", 56.876969),
    (0.006319437, "SP", "3 hours", 25.000000, "CDA", "1 toll", 35.320430),
    (0.004236720, "CU", "2 height", 7.692308, "CDA", "1 toll", 38.247739),
    (0.001161153, "PvdA", "4 commuters", 0.000000, "VVD", "3 hours", 7.072934),
    (0.000631397, "Wcentr", "4 commuters", 22.851685, "CU", "2 height", 0.000000),
];

/// Outcomes after all trades.
const OUTCOMES: [f64; 6] = [
    70.081_516_789,
    48.600_508_906,
    47.779_136_227,
    16.234_703_272,
    75.146_198_83,
    46.772_733_525,
];

/// Actor, and position, salience and capability by issue.
type PassedRow = (&'static str, [(f64, f64, f64); 3]);

/// A made-up council on which the outcome passes what demanders want, and the program lets them pay
/// on. Its published version gives the same.
#[rustfmt::skip]
const PASSED: [PassedRow; 7] = [
    ("a", [(45.0, 0.65, 0.55), (85.0, 0.95, 0.4), (5.0, 0.65, 0.15)]),
    ("b", [(25.0, 0.95, 0.5), (50.0, 0.95, 0.25), (75.0, 0.65, 1.0)]),
    ("c", [(15.0, 0.1, 0.45), (100.0, 0.2, 0.55), (0.0, 0.7, 0.45)]),
    ("d", [(60.0, 0.75, 0.5), (65.0, 0.2, 0.9), (15.0, 0.95, 0.4)]),
    ("e", [(80.0, 0.6, 0.7), (75.0, 0.3, 0.75), (35.0, 0.9, 0.65)]),
    ("f", [(20.0, 0.95, 0.15), (80.0, 0.6, 0.1), (5.0, 0.5, 0.2)]),
    ("g", [(20.0, 0.4, 0.3), (65.0, 0.65, 1.0), (40.0, 0.4, 0.95)]),
];

#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "as the program prints them")]
const PASSED_TRADES: [Trade; 7] = [
    (1.759326550, "b", "r", 47.198075, "d", "p", 25.000000),
    (1.299951854, "b", "r", 37.700321, "e", "q", 50.000000),
    (1.182974019, "b", "r", 27.890821, "c", "q", 50.000000),
    (0.812948246, "d", "q", 85.000000, "a", "p", 53.686998),
    (0.224120042, "d", "q", 100.000000, "c", "p", 44.652805),
    (0.140889831, "g", "r", 5.000000, "a", "q", 68.122663),
    (0.072208129, "b", "r", 22.811257, "f", "q", 50.000000),
];

fn council() -> Council {
    let issues = ISSUES.iter().map(|&(id, low, high)| Issue {
        id: id.to_owned(),
        low,
        high,
        status_quo: None,
    });
    let actors = ACTORS.iter().map(|&(id, capability, stakes)| Actor {
        id: id.to_owned(),
        capability,
        stakes: stakes
            .iter()
            .map(|&(position, salience)| {
                Some(Stake {
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

fn passed() -> Council {
    let issues = ["p", "q", "r"].map(|id| Issue {
        id: id.to_owned(),
        low: 0.0,
        high: 100.0,
        status_quo: None,
    });
    let actors = PASSED.iter().map(|&(id, stakes)| Actor {
        id: id.to_owned(),
        capability: 1.0,
        stakes: stakes
            .iter()
            .map(|&(position, salience, capability)| {
                let capability = Some(capability);
                Some(Stake {
                    position,
                    salience,
                    capability,
                })
            })
            .collect(),
        veto: false,
        risk: None,
    });
    Council::new(issues.to_vec(), actors.collect()).expect("a council")
}

/// Plays as the program does, holds every trade to it, and gives the outcomes from 0 to 100.
fn assert_trades(council: &Council, trades: &[Trade]) -> Vec<f64> {
    let options = ExchangeOptions {
        bound: OutcomeBound::OwnDemands,
        ..ExchangeOptions::default()
    };
    let trace = trace_exchange(council, &options).expect("a run");
    let percent = |issue: usize, x: f64| {
        let Issue { low, high, .. } = council.issues()[issue];
        (x - low) / (high - low) * 100.0
    };
    for (k, (got, want)) in trace.exchanges.iter().zip(trades).enumerate() {
        let &(gain, a, p, x, b, q, y) = want;
        let side = |name: &str| {
            let side = got
                .sides
                .iter()
                .find(|s| council.actors()[s.actor].id == name);
            *side.unwrap_or_else(|| panic!("trade {k}: {got:?} is none of {name}'s"))
        };
        for (side, issue, vote) in [(side(a), p, x), (side(b), q, y)] {
            assert_eq!(council.issues()[side.issue].id, issue, "trade {k}");
            // The printed votes have six decimals, the gains nine.
            let near = (percent(side.issue, side.to) - vote).abs();
            assert!(near < 1e-6, "trade {k}: {side:?}, not {vote}");
            assert!(
                (side.gain * 100.0 - gain).abs() < 1e-9,
                "trade {k}: {side:?}, not {gain}"
            );
        }
    }
    assert_eq!(trace.exchanges.len(), trades.len());
    trace
        .simulation
        .outcome
        .iter()
        .enumerate()
        .map(|(k, &x)| percent(k, x))
        .collect()
}

#[test]
fn each_trade_of_the_authors_program_is_met() {
    let got = assert_trades(&council(), &TRADES);
    for (issue, (got, want)) in got.iter().zip(&OUTCOMES).enumerate() {
        assert!((got - want).abs() < 1e-9, "{issue}: {got}, not {want}");
    }
}

#[test]
fn the_authors_program_is_met_where_it_pushes_an_outcome_past_what_is_demanded() {
    let got = assert_trades(&passed(), &PASSED_TRADES);
    for (got, want) in got
        .iter()
        .zip([42.016_784_552, 63.914_036_385, 17.503_416_592])
    {
        assert!((got - want).abs() < 1e-9, "{got}, not {want}");
    }
}

#[test]
fn the_default_bound_refuses_what_would_push_an_outcome_past_what_is_demanded() {
    let trace = trace_exchange(&passed(), &ExchangeOptions::default()).expect("a run");
    for exchange in trace.exchanges {
        for side in exchange.sides {
            assert!(exchange.effects[side.actor] > 0.0, "{side:?}");
        }
    }
}
