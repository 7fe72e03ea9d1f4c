//! How long a run of the spatial model takes as councils grow, outcome alone and written down:
//! `cargo run --release -p yalu-council --example spatial_time`.

use std::hint::black_box;
use std::time::Instant;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use yalu_council::{Actor, Council, Issue, SpatialOptions, Stake, spatial_outcome, trace_spatial};

fn council(n_actors: usize, n_issues: usize, seed: u64) -> Council {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let issues = (0..n_issues).map(|k| Issue {
        id: format!("issue {k}"),
        low: 0.0,
        high: 1.0,
        status_quo: None,
    });
    let mut stake = || {
        Some(Stake {
            position: rng.random(),
            salience: (0.1 + 0.9 * rng.random::<f64>()) / n_issues as f64,
            capability: None,
        })
    };
    let stakes: Vec<Vec<Option<Stake>>> = (0..n_actors)
        .map(|_| (0..n_issues).map(|_| stake()).collect())
        .collect();
    let actors = stakes.into_iter().enumerate().map(|(i, stakes)| Actor {
        id: format!("actor {i}"),
        capability: 10.0 + 190.0 * rng.random::<f64>(),
        stakes,
        veto: false,
        risk: None,
    });
    Council::new(issues.collect(), actors.collect()).expect("a sound council")
}

/// The mean over councils of the least time of a run, in seconds, and the mean number of turns.
/// Other work on the machine can only add to a run's time.
fn measure(n_actors: usize, n_issues: usize, run: impl Fn(&Council) -> usize) -> (f64, f64) {
    let n_councils = (400 / n_actors).clamp(2, 20);
    let n_runs = (40_000 / (n_actors * n_actors)).max(1);
    let (mut seconds, mut turns) = (0.0, 0);
    for seed in 0..n_councils as u64 {
        let council = council(n_actors, n_issues, seed);
        let mut least = f64::INFINITY;
        for _ in 0..n_runs {
            let start = Instant::now();
            black_box(run(&council));
            least = least.min(start.elapsed().as_secs_f64());
        }
        seconds += least;
        turns += run(&council);
    }
    (
        seconds / n_councils as f64,
        turns as f64 / n_councils as f64,
    )
}

#[expect(clippy::print_stdout, reason = "an example that prints")]
fn main() {
    let options = SpatialOptions::default();
    println!("actors  issues  turns  outcome ms  per turn us  trace ms");
    for (n_actors, n_issues) in [(10, 1), (20, 1), (20, 3), (50, 1), (100, 1), (200, 1)] {
        let (outcome, turns) = measure(n_actors, n_issues, |council| {
            spatial_outcome(council, &options, 0).expect("a run").turns
        });
        let (trace, _) = measure(n_actors, n_issues, |council| {
            trace_spatial(council, &options, 0)
                .expect("a run")
                .turns
                .len()
        });
        println!(
            "{n_actors:>6}  {n_issues:>6}  {turns:>5.1}  {:>10.3}  {:>11.1}  {:>8.3}",
            outcome * 1e3,
            outcome * 1e6 / turns,
            trace * 1e3,
        );
    }
}
