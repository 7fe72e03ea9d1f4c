//! How often the structural counterfactual's 95 % interval holds 0 where there is no effect: the table
//! of docs/methods/structural-counterfactual.md.
//! `cargo run --release -p yalu-stats --example placebo_coverage`

#![allow(clippy::print_stdout, reason = "the table is the output")]
#![allow(dead_code, reason = "included files hold more than this needs")]

#[path = "../tests/reference/noise.rs"]
mod noise;
#[path = "../tests/reference/placebo.rs"]
mod placebo;

use placebo::covered;

fn main() {
    println!(
        "| correlation, walk | before + after | 0.001 | 0.01 | 0.1 |\n| --- | --- | --- | --- | --- |"
    );
    for noise in [(0.0, 0.0), (0.0, 0.02), (0.3, 0.0), (0.6, 0.0)] {
        for (n, n_before) in [(60, 45), (130, 100)] {
            let shares = [0.001, 0.01, 0.1].map(|level_sd| {
                let share = covered(400, n, n_before, noise, level_sd);
                format!("{:.1}", 100.0 * share)
            });
            let after = n - n_before;
            println!(
                "| {noise:?} | {n_before} + {after} | {} |",
                shares.join(" | ")
            );
        }
    }
}
