//! How long the uncertainty of a council takes: draws by the thousand, and growth with the actors.
//!
//! ```sh
//! cargo run --release -p yalu-council --example council_time -- [DRAWS] [FOLDER]
//! ```
//! Prints, for each model, the time of DRAWS (10,000) draws of a made-up council of 20 actors on one
//! issue (two for the exchange model) on two threads, then the time of one run with 10 to 200
//! actors. With FOLDER it writes there the councils of the first draws and the challenge model's
//! outcomes, for `bench/council/naive.py` to play again.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example prints, and stops at a fault"
)]

use std::fmt::Write as _;
use std::time::Instant;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;
use yalu_council::{
    ActorEstimate, ChallengeOptions, ChallengeRoom, CondorcetOptions, Council, Draft, Draws,
    Estimate, ExchangeOptions, Issue, ProceduralOptions, SpatialOptions, Spread, StakeEstimate,
    challenge_outcome, simulate_condorcet, simulate_exchange, simulate_mean, simulate_median,
    simulate_procedural, spatial_outcome,
};

type Model = (&'static str, usize, fn(&Council) -> f64);

const MODELS: [Model; 7] = [
    ("weighted mean", 1, |c| simulate_mean(c).outcome[0]),
    ("weighted median", 1, |c| simulate_median(c).outcome[0]),
    ("procedural", 1, |c| {
        simulate_procedural(c, &ProceduralOptions::default())
            .unwrap()
            .outcome[0]
    }),
    ("challenge", 1, challenge),
    ("Condorcet election", 1, |c| {
        simulate_condorcet(c, &CondorcetOptions::default())
            .unwrap()
            .outcome[0]
    }),
    ("spatial (KTAB)", 1, |c| {
        spatial_outcome(c, &SpatialOptions::default(), 1)
            .unwrap()
            .expected[0]
    }),
    ("exchange", 2, |c| {
        simulate_exchange(c, &ExchangeOptions::default())
            .unwrap()
            .outcome[0]
    }),
];

fn challenge(council: &Council) -> f64 {
    thread_local! {
        static ROOM: std::cell::RefCell<ChallengeRoom> = std::cell::RefCell::default();
    }
    ROOM.with_borrow_mut(|room| {
        challenge_outcome(&council.on(0), &ChallengeOptions::default(), room).unwrap()
    })
}

/// A council of `n` actors on `issues` issues, every value a range of a fifth of its scale.
fn draft(n: usize, issues: usize) -> Draft {
    let mut rng = ChaCha12Rng::seed_from_u64(20_130_731);
    let mut range = |low: f64, high: f64| {
        let start = low + (high - low) * 0.8 * rng.random::<f64>();
        Estimate::uniform(start, start + (high - low) * 0.2).unwrap()
    };
    let actors = (0..n).map(|i| ActorEstimate {
        id: format!("actor {i}"),
        capability: range(10.0, 100.0),
        stakes: (0..issues)
            .map(|_| {
                let most = 1.0 / issues as f64;
                Some(StakeEstimate {
                    position: range(0.0, 100.0),
                    salience: range(0.1 * most, most),
                    capability: None,
                })
            })
            .collect(),
        veto: false,
        risk: None,
    });
    let issue = |k: usize| Issue {
        id: format!("issue {k}"),
        low: 0.0,
        high: 100.0,
        status_quo: Some(25.0),
    };
    Draft::new((0..issues).map(issue).collect(), actors.collect()).unwrap()
}

/// The outcomes of all draws, on two threads.
fn outcomes(draft: &Draft, draws: usize, model: fn(&Council) -> f64) -> Vec<f64> {
    let points = Draws::latin_hypercube(draws, draft.unknowns().len(), 7);
    let half = draws / 2;
    let run = |from: usize, to: usize| -> Vec<f64> {
        (from..to)
            .map(|i| model(&draft.draw(points.row(i)).unwrap()))
            .collect()
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(0, half));
        let mut second = run(half, draws);
        let mut all = first.join().unwrap();
        all.append(&mut second);
        all
    })
}

fn write(folder: &str, draft: &Draft, draws: usize) {
    let points = Draws::latin_hypercube(draws, draft.unknowns().len(), 7);
    let mut text = "draw,position,salience,capability,outcome\n".to_owned();
    for i in 0..50.min(draws) {
        let council = draft.draw(points.row(i)).unwrap();
        let (bench, outcome) = (council.on(0), challenge(&council));
        for a in 0..bench.len() {
            let (x, s, c) = (
                bench.positions[a],
                bench.saliences[a],
                bench.capabilities[a],
            );
            let _ = writeln!(text, "{i},{x:?},{s:?},{c:?},{outcome:?}");
        }
    }
    std::fs::write(format!("{folder}/councils.csv"), text).unwrap();
}

fn main() {
    let mut args = std::env::args().skip(1);
    let draws: usize = args.next().map_or(10_000, |text| text.parse().unwrap());
    if let Some(folder) = args.next() {
        write(&folder, &draft(20, 1), draws);
    }
    println!("{draws} draws of 20 actors, two threads");
    println!(
        "{:<20} {:>9} {:>10} {:>8} {:>8}",
        "model", "seconds", "ms a run", "median", "sd"
    );
    for (name, issues, model) in MODELS {
        let draft = draft(20, issues);
        let start = Instant::now();
        let all = outcomes(&draft, draws, model);
        let seconds = start.elapsed().as_secs_f64();
        let spread = Spread::of(&all).unwrap();
        let each = seconds * 2000.0 / draws as f64;
        let (median, sd) = (spread.quantile(0.5), spread.standard_deviation());
        println!("{name:<20} {seconds:>9.3} {each:>10.4} {median:>8.2} {sd:>8.2}");
    }
    println!("\none run, milliseconds, one thread");
    print!("{:<20}", "actors");
    let sizes = [10, 20, 50, 100, 200];
    for n in sizes {
        print!(" {n:>9}");
    }
    println!();
    for (name, issues, model) in MODELS {
        print!("{name:<20}");
        for n in sizes {
            let council = draft(n, issues).centre().unwrap();
            let start = Instant::now();
            let mut runs = 0;
            while runs == 0 || start.elapsed().as_secs_f64() < 0.2 {
                std::hint::black_box(model(&council));
                runs += 1;
            }
            print!(
                " {:>9.3}",
                start.elapsed().as_secs_f64() * 1000.0 / f64::from(runs)
            );
        }
        println!();
    }
}
