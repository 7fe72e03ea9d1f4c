//! How long a run of the challenge model takes, and how that grows with the actors.
//!
//! `cargo run --release -p yalu-council --example challenge_time` prints, for each reading and
//! number of actors, the time of one run of up to eight rounds on one core: outcome alone, all
//! positions, capabilities and saliences drawn evenly, the median of several batches.

#![allow(clippy::print_stdout, reason = "the table is the output")]
#![allow(
    clippy::disallowed_types,
    reason = "a measurement of time needs a clock; the crate itself has none"
)]

use std::hint::black_box;
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use yalu_council::{Bench, ChallengeOptions, ChallengeRoom, challenge_outcome};

const SEED: u64 = 1;
const SIZES: [usize; 6] = [5, 10, 20, 50, 100, 200];
const BATCHES: usize = 7;

fn drawn(actors: usize, rng: &mut ChaCha8Rng) -> Bench {
    let mut column = |low: f64, high: f64| -> Vec<f64> {
        (0..actors).map(|_| rng.random_range(low..high)).collect()
    };
    Bench {
        low: 0.0,
        high: 100.0,
        status_quo: None,
        actors: (0..actors).collect(),
        positions: column(0.0, 100.0),
        saliences: column(0.1, 1.0),
        capabilities: column(0.1, 1.0),
        vetoes: vec![false; actors],
        risks: vec![None; actors],
    }
}

/// Milliseconds a run, the median of the batches.
fn time(actors: usize, options: &ChallengeOptions) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let runs = (20_000 / (actors * actors)).max(2);
    let benches: Vec<Bench> = (0..runs).map(|_| drawn(actors, &mut rng)).collect();
    let mut room = ChallengeRoom::default();
    let mut times: Vec<f64> = (0..BATCHES)
        .map(|_| {
            let start = Instant::now();
            for bench in &benches {
                black_box(challenge_outcome(bench, options, &mut room).expect("a run"));
            }
            start.elapsed().as_secs_f64() * 1e3 / runs as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[BATCHES / 2]
}

fn main() {
    println!("actors,reading,milliseconds");
    for (name, options) in [
        ("default", ChallengeOptions::default()),
        ("printed Q = 0.5", ChallengeOptions::printed(0.5)),
        ("published code", ChallengeOptions::scholz_code()),
    ] {
        for actors in SIZES {
            println!("{actors},{name},{:.3}", time(actors, &options));
        }
    }
}
