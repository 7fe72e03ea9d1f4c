//! Trade by trade against the program of the authors' group.
//!
//! decide-exchange-model 2022.1.28 (foarsitter/decide-exchange-model), its equal-gain model for one
//! round with ties broken by order instead of by lot, on its sample case: a toll in a city, ten
//! actors and six issues. The program works on scales from 0 to 100, and reckons a gain once.

use yalu_council::{Actor, Council, ExchangeOptions, Issue, OutcomeBound, Stake, trace_exchange};

const ISSUES: [(&str, f64, f64); 6] = [
    ("toll", 0.0, 100.0),
    ("height", 0.5, 7.0),
    ("hours", 0.0, 100.0),
    ("commuters", 0.0, 100.0),
    ("investment", 0.0, 100.0),
    ("ring", 0.0, 100.0),
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
const TRADES: [Trade; 39] = [
    (1.973684211, "Willems", "investment", 100.000000, "Wcentr", "toll", 61.051174),
    (1.792636309, "Wcentr", "ring", 25.000000, "PvdA", "commuters", 0.148800),
    (1.534365325, "GL", "commuters", 22.672214, "KvK", "hours", 100.000000),
    (1.157621005, "PvdA", "investment", 76.639963, "Wcentr", "height", 38.461538),
    (0.947016021, "VVD", "ring", 75.000000, "Willems", "commuters", 71.363801),
    (0.906057946, "Willems", "commuters", 31.493300, "KvK", "toll", 100.000000),
    (0.797479805, "VVD", "height", 69.230769, "GL", "toll", 70.619165),
    (0.789473684, "Wcentr", "ring", 9.372969, "SP", "investment", 100.000000),
    (0.631038278, "KvK", "ring", 75.000000, "Willems", "commuters", 3.724864),
    (0.596870574, "GL", "ring", 55.695255, "KvK", "height", 69.230769),
    (0.404715660, "GL", "hours", 59.046630, "Wcentr", "height", 69.230769),
    (0.402650784, "CDA", "height", 69.230769, "GL", "toll", 35.122320),
    (0.355713651, "CDA", "commuters", 100.000000, "Willems", "height", 26.479070),
    (0.332728373, "GL", "investment", 25.000000, "D66", "toll", 79.718693),
    (0.267518650, "VVD", "ring", 100.000000, "GL", "commuters", 7.245305),
    (0.264239577, "GL", "ring", 37.388781, "SP", "height", 69.230769),
    (0.261163123, "PvdA", "investment", 100.000000, "Wcentr", "hours", 14.843887),
    (0.235818690, "Willems", "height", 0.000000, "Wcentr", "toll", 82.934625),
    (0.231213873, "GL", "ring", 25.031684, "SP", "commuters", 100.000000),
    (0.223880597, "Willems", "hours", 51.423438, "VVD", "toll", 100.000000),
    (0.219298246, "KvK", "investment", 25.000000, "D66", "commuters", 22.307505),
    (0.218905473, "CDA", "ring", 73.930348, "CU", "toll", 25.000000),
    (0.173684211, "CDA", "hours", 100.000000, "Willems", "toll", 73.274238),
    (0.157840026, "Wcentr", "ring", 0.000000, "SP", "hours", 43.760828),
    (0.114820342, "CDA", "ring", 95.408131, "GL", "toll", 25.000000),
    (0.098883573, "Willems", "ring", 70.477881, "D66", "hours", 100.000000),
    (0.091963780, "D66", "investment", 100.000000, "Wcentr", "commuters", 10.019626),
    (0.080410319, "KvK", "ring", 83.057784, "GL", "commuters", 0.000000),
    (0.073873430, "Wcentr", "commuters", 12.127605, "D66", "height", 0.000000),
    (0.046476084, "Willems", "ring", 68.682051, "D66", "toll", 100.000000),
    (0.036672326, "Wcentr", "commuters", 22.021269, "CU", "hours", 0.000000),
    (0.034449611, "Willems", "commuters", 0.000000, "VVD", "hours", 6.868657),
    (0.024366472, "D66", "ring", 66.743247, "CU", "investment", 25.000000),
    (0.023258905, "CDA", "investment", 32.000000, "CU", "height", 20.180039),
    (0.010414369, "CDA", "ring", 100.000000, "GL", "hours", 56.876969),
    (0.006319437, "SP", "hours", 25.000000, "CDA", "toll", 35.320430),
    (0.004236720, "CU", "height", 7.692308, "CDA", "toll", 38.247739),
    (0.001161153, "PvdA", "commuters", 0.000000, "VVD", "hours", 7.072934),
    (0.000631397, "Wcentr", "commuters", 22.851685, "CU", "height", 0.000000),
];

/// Outcomes after all trades.
const OUTCOMES: [f64; 6] = [
    67.177_856_052,
    48.600_508_906,
    50.682_796_964,
    16.234_703_272,
    75.146_198_83,
    46.772_733_525,
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

#[test]
fn each_trade_of_the_authors_program_is_met() {
    let council = council();
    let options = ExchangeOptions {
        bound: OutcomeBound::OwnDemands,
        ..ExchangeOptions::default()
    };
    let trace = trace_exchange(&council, &options).expect("a run");
    let percent = |issue: usize, x: f64| {
        let (_, low, high) = ISSUES[issue];
        (x - low) / (high - low) * 100.0
    };
    for (k, (got, want)) in trace.exchanges.iter().zip(&TRADES).enumerate() {
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
            let near = (percent(side.issue, side.to) - vote).abs();
            assert!(near < 1e-6, "trade {k}: {side:?}, not {vote}");
            // The printed gain has nine decimals.
            assert!(
                (side.gain * 100.0 - gain).abs() < 1e-8,
                "trade {k}: {side:?}, not {gain}"
            );
        }
    }
    assert_eq!(trace.exchanges.len(), TRADES.len());
    for (issue, (got, want)) in trace.simulation.outcome.iter().zip(&OUTCOMES).enumerate() {
        assert!(
            (percent(issue, *got) - want).abs() < 1e-8,
            "{issue}: {got}, not {want}"
        );
    }
}
