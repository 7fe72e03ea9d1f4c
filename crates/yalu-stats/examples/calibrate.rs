//! Size and power of the break test, coverage of the intervals and size of the durability test, by
//! simulation. `cargo run --release -p yalu-stats --example calibrate` prints the tables of
//! docs/methods/calibration.md.

#![allow(clippy::print_stdout, reason = "the table is the output")]

#[path = "../tests/reference/noise.rs"]
mod noise;

use noise::{autoregression, count};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{
    Aggregation, Bootstrap, Covariance, Design, FTestOptions, Family, Fluctuation,
    FluctuationFunctional, Hac, Resampling, ResidualsFrom, Search, ShiftModel, bootstrap_f_test,
    durability_test, end_of_sample_test, estimate_shift, f_statistics, fit_glm, fit_gls_ar1,
    fit_ols, fixed_b_test, fluctuation_process, harmonics, pulse_response, robust, score_process,
    sup_f_test,
};

const SEED: u64 = 1;

/// Draws of a test of series `run`. Each series has its own: with the same draws for all, their chance
/// error wouldn't average out.
fn bootstrap(run: u64) -> Bootstrap {
    Bootstrap {
        n_replications: 199,
        seed: SEED ^ (run << 8),
    }
}

struct Case {
    /// The run: the seed of the series and of what is drawn in its tests.
    seed: u64,
    family: Family,
    y: Vec<f64>,
    offset: Vec<f64>,
}

/// A series with a log step (a step of that many standard deviations for the Gaussian).
fn series(seed: u64, n: usize, rho: f64, counts: bool, step: f64, at: usize) -> Case {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let z = autoregression(&mut rng, n, rho);
    let shifted = |row: usize| if row > at { step } else { 0.0 };
    if counts {
        let offset: Vec<f64> = (0..n)
            .map(|row| (1.0 + row as f64 / n as f64).ln())
            .collect();
        let y = (0..n)
            .map(|row| {
                count(
                    (6.0_f64.ln() + offset[row] + shifted(row)).exp(),
                    2.0,
                    z[row],
                )
            })
            .collect();
        Case {
            seed,
            family: Family::NegativeBinomial,
            y,
            offset,
        }
    } else {
        let y = (0..n).map(|row| z[row] + shifted(row)).collect();
        Case {
            seed,
            family: Family::Gaussian,
            y,
            offset: vec![0.0; n],
        }
    }
}

/// Season, two kinds of events and a persistent pressure, none of which acts.
fn response_design(seed: u64, n: usize) -> Design {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0xde51_6e00);
    let place: Vec<f64> = (0..n).map(|row| (row % 12) as f64 / 12.0).collect();
    let mut design = Design::intercept(n);
    for (name, column) in harmonics(&place, 1) {
        design = design.with(name, column).expect("finite");
    }
    for (name, every) in [("tests", 17), ("resolutions", 23)] {
        let onsets: Vec<usize> = (5..n).step_by(every).collect();
        design = design
            .with(name, pulse_response(n, &onsets, 0.5))
            .expect("finite");
    }
    design
        .with("pressure", autoregression(&mut rng, n, 0.7))
        .expect("finite")
}

/// Whether a test rejects a series at 5 %; nothing where it can't be made.
type Judge = fn(&Case, &Design) -> Option<bool>;

fn break_test(case: &Case, design: &Design, trimming: f64) -> Option<bool> {
    let model = ShiftModel {
        y: &case.y,
        offset: &case.offset,
        design,
        family: case.family,
    };
    let search = Search {
        trimming,
        max_breaks: 1,
        window: None,
    };
    let test = sup_f_test(&model, &search, &bootstrap(case.seed), 0.05).ok()?;
    Some(test.p_value <= 0.05)
}

fn difference(case: &Case, design: &Design) -> Option<bool> {
    let n = case.y.len();
    let model = ShiftModel {
        y: &case.y,
        offset: &case.offset,
        design,
        family: case.family,
    };
    let test = durability_test(
        &model,
        &[n / 2 - 1],
        0,
        (n / 2, n - 1),
        1.5_f64.ln(),
        &bootstrap(case.seed),
    );
    Some(test.ok()?.p_difference <= 0.05)
}

fn with_step(design: &Design) -> Option<Design> {
    let n = design.n_rows();
    let step = (0..n)
        .map(|row| f64::from(u8::from(row >= n / 2)))
        .collect();
    design.clone().with("step", step).ok()
}

/// A step at the known date, by its z or t under a covariance.
fn known_step(case: &Case, design: &Design, family: Family, kind: Covariance) -> Option<bool> {
    let design = with_step(design)?;
    let fit = fit_glm(&case.y, &case.offset, &design, family).ok()?;
    let covariance = robust(&fit, &design, kind).ok()?.covariance;
    let terms = fit.terms_with(&covariance, 0.95).ok()?;
    Some(terms.last()?.p_value <= 0.05)
}

fn sieve(case: &Case, design: &Design) -> Option<bool> {
    let test = bootstrap_f_test(
        &case.y,
        design,
        &FTestOptions::default(),
        Resampling::Sieve { order: None },
        ResidualsFrom::NoBreak,
        &bootstrap(case.seed),
        0.05,
    );
    Some(test.ok()?.sup.p_value <= 0.05)
}

fn cusum(case: &Case, design: &Design, scale: Covariance) -> Option<bool> {
    let process = fluctuation_process(&case.y, design, Fluctuation::OlsCusum, scale).ok()?;
    Some(process.test(FluctuationFunctional::Max).ok()?.p_value <= 0.05)
}

/// The score test of a count model for a break at an unknown date.
fn score(case: &Case, design: &Design, scale: Covariance) -> Option<bool> {
    let fit = fit_glm(&case.y, &case.offset, design, case.family).ok()?;
    let process = score_process(&fit, design, &case.y, scale).ok()?;
    let functional = FluctuationFunctional::SupLm {
        from: 0.15,
        to: 0.85,
    };
    Some(process.test(functional).ok()?.p_value <= 0.05)
}

/// The textbook's tests and better ones beside; the verdict's are the last three.
const GAUSSIAN_TESTS: &[(&str, Judge)] = &[
    ("sup F, p of Hansen (1997)", |case, design| {
        let path = f_statistics(&case.y, design, &FTestOptions::default()).ok()?;
        Some(path.test(Aggregation::Sup).ok()?.p_value <= 0.05)
    }),
    ("sup F, sieve bootstrap", sieve),
    ("OLS-CUSUM", |case, design| {
        cusum(case, design, Covariance::Model)
    }),
    ("OLS-CUSUM, prewhitened QS", |case, design| {
        cusum(case, design, Covariance::PrewhitenedQs)
    }),
    ("known step, OLS", |case, design| {
        known_step(case, design, Family::Gaussian, Covariance::Model)
    }),
    ("known step, Newey-West lag 3", |case, design| {
        known_step(
            case,
            design,
            Family::Gaussian,
            Covariance::NeweyWest { lag: 3 },
        )
    }),
    ("known step, prewhitened QS", |case, design| {
        known_step(case, design, Family::Gaussian, Covariance::PrewhitenedQs)
    }),
    ("known step, Newey-West lag n/5, fixed b", |case, design| {
        let design = with_step(design)?;
        let fit = fit_ols(&case.y, &design).ok()?.fit;
        let hac = Hac::newey_west(case.y.len() / 5);
        let test = fixed_b_test(&fit, &design, hac, design.n_columns() - 1, 0.95);
        Some(test.ok()?.p_value <= 0.05)
    }),
    ("known step, GLS AR(1)", |case, design| {
        let design = with_step(design)?;
        let terms = fit_gls_ar1(&case.y, &design).ok()?.terms(0.95).ok()?;
        Some(terms.last()?.p_value <= 0.05)
    }),
    ("**break test**, trimming 0.15", |case, design| {
        break_test(case, design, 0.15)
    }),
    ("**break test**, trimming 0.05", |case, design| {
        break_test(case, design, 0.05)
    }),
    ("**difference test**", difference),
];

const COUNT_TESTS: &[(&str, Judge)] = &[
    ("score sup LM", |case, design| {
        score(case, design, Covariance::Model)
    }),
    ("score sup LM, prewhitened QS", |case, design| {
        score(case, design, Covariance::PrewhitenedQs)
    }),
    ("known step, Poisson", |case, design| {
        known_step(case, design, Family::Poisson, Covariance::Model)
    }),
    ("known step, negative binomial", |case, design| {
        known_step(case, design, case.family, Covariance::Model)
    }),
    (
        "known step, negative binomial, Newey-West lag 3",
        |case, design| known_step(case, design, case.family, Covariance::NeweyWest { lag: 3 }),
    ),
    (
        "known step, negative binomial, prewhitened QS",
        |case, design| known_step(case, design, case.family, Covariance::PrewhitenedQs),
    ),
    ("**break test**, trimming 0.15", |case, design| {
        break_test(case, design, 0.15)
    }),
    ("**break test**, trimming 0.05", |case, design| {
        break_test(case, design, 0.05)
    }),
    ("**difference test**", difference),
];

fn noise(counts: bool) -> &'static str {
    if counts {
        "negative binomial"
    } else {
        "Gaussian AR(1)"
    }
}

const RHOS: [f64; 4] = [0.0, 0.3, 0.6, 0.8];

/// The share of runs in %, two at a time.
fn share(runs: usize, of: impl Fn(u64) -> bool + Sync) -> f64 {
    let count = |from: usize| {
        (from..runs)
            .step_by(2)
            .filter(|run| of(*run as u64 + 1))
            .count()
    };
    let found = std::thread::scope(|scope| {
        let odd = scope.spawn(|| count(1));
        count(0) + odd.join().expect("it counts")
    });
    found as f64 / runs as f64 * 100.0
}

/// A row: size at each correlation, then power.
fn row(runs: usize, n: usize, counts: bool, judge: Judge) -> String {
    let design = Design::intercept(n);
    let step = if counts { std::f64::consts::LN_2 } else { 1.0 };
    let cells = [0.0, step].into_iter().flat_map(|step| {
        let design = &design;
        RHOS.iter().map(move |&rho| {
            let judged = |run| judge(&series(run, n, rho, counts, step, n / 2 - 1), design);
            format!("{:.1}", share(runs, |run| judged(run) == Some(true)))
        })
    });
    cells.collect::<Vec<_>>().join(" | ")
}

fn main() {
    let runs: usize = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1000);
    println!(
        "Rejections in % at a nominal 5 %, {runs} runs a cell, seed {SEED}: without a break, and with a step of log 2 (one standard deviation for the Gaussian) at half of the series. The verdict's tests in bold.\n"
    );
    for counts in [false, true] {
        let tests = if counts { COUNT_TESTS } else { GAUSSIAN_TESTS };
        println!(
            "| {}, n | test | ρ = 0 | 0.3 | 0.6 | 0.8 | step, ρ = 0 | 0.3 | 0.6 | 0.8 |",
            noise(counts)
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for n in [60, 132, 250] {
            for (name, judge) in tests {
                println!("| {n} | {name} | {} |", row(runs, n, counts, *judge));
            }
        }
        println!();
    }
    println!(
        "\nThe same with season, two kinds of events and a persistent pressure in the model, trimming 0.05.\n"
    );
    println!("| noise | n | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132] {
            let cells: Vec<String> = [0.0, 0.3, 0.6, 0.8]
                .iter()
                .map(|&rho| {
                    format!(
                        "{:.1}",
                        share(runs, |run| break_test(
                            &series(run, n, rho, counts, 0.0, 0),
                            &response_design(run, n),
                            0.05
                        ) == Some(true))
                    )
                })
                .collect();
            println!("| {} | {n} | {} |", noise(counts), cells.join(" | "));
        }
    }
    println!("\nEnd-of-sample test of the last 7 periods, no change there.\n");
    println!("| noise | n | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132] {
            let cells: Vec<String> = [0.0, 0.3, 0.6, 0.8]
                .iter()
                .map(|&rho| {
                    format!(
                        "{:.1}",
                        share(runs, |run| {
                            let case = series(run, n, rho, counts, 0.0, 0);
                            let design = Design::intercept(n);
                            let model = ShiftModel {
                                y: &case.y,
                                offset: &case.offset,
                                design: &design,
                                family: case.family,
                            };
                            end_of_sample_test(&model, 7).is_ok_and(|test| test.p_value <= 0.05)
                        })
                    )
                })
                .collect();
            println!("| {} | {n} | {} |", noise(counts), cells.join(" | "));
        }
    }
    println!("\nBreak test, trimming 0.05: the same step at 85 % of the series.\n");
    println!("| noise | n | ρ = 0 | 0.3 | 0.6 | 0.8 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for counts in [false, true] {
        for n in [60, 132, 250] {
            let step = if counts { std::f64::consts::LN_2 } else { 1.0 };
            let at = (n as f64 * 0.85) as usize;
            let cells: Vec<String> = RHOS
                .iter()
                .map(|&rho| {
                    let found = share(runs, |run| {
                        let case = series(run, n, rho, counts, step, at);
                        break_test(&case, &Design::intercept(n), 0.05) == Some(true)
                    });
                    format!("{found:.1}")
                })
                .collect();
            println!("| {} | {n} | {} |", noise(counts), cells.join(" | "));
        }
    }
    let few = (runs / 4).max(50);
    println!(
        "\nIntervals of a step of log 3 at half of 132 negative binomial counts (the width in periods): coverage in % at a nominal 95 %, and the equivalence test's rejections in % where the levels differ by exactly the bound (log 1.5); the difference test's rejections in % for the last 24 periods where nothing changed at all, {few} runs.\n"
    );
    println!("| ρ | date | width | effect | equivalence test | difference test |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for rho in [0.0, 0.3, 0.6] {
        let (n, at) = (132, 66);
        let search = Search {
            trimming: 0.15,
            max_breaks: 1,
            window: None,
        };
        let (mut dates, mut effects, mut widths) = (0, 0, 0);
        for run in 0..few {
            let case = series(run as u64 + 1, n, rho, true, 3.0_f64.ln(), at);
            let design = Design::intercept(n);
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &design,
                family: case.family,
            };
            let dating = yalu_stats::date_breaks(&model, &search).expect("long enough");
            let one = &dating.by_count[1].breaks;
            let Ok(estimate) = estimate_shift(&model, one, 0, &search, &bootstrap(case.seed))
            else {
                continue;
            };
            widths += estimate.interval.1 - estimate.interval.0;
            dates += usize::from(estimate.interval.0 <= at && at <= estimate.interval.1);
            let truth = 3.0_f64.ln();
            effects += usize::from(
                estimate.effect_interval.0 <= truth && truth <= estimate.effect_interval.1,
            );
        }
        let bound = 1.5_f64.ln();
        let equal = share(few, |run| {
            let case = series(run, n, rho, true, bound, at);
            let design = Design::intercept(n);
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &design,
                family: case.family,
            };
            durability_test(
                &model,
                &[at],
                0,
                (at + 1, n - 1),
                bound,
                &bootstrap(case.seed),
            )
            .is_ok_and(|test| test.p_equivalence <= 0.05)
        });
        let differ = share(few, |run| {
            let case = series(run, n, rho, true, 0.0, at);
            let design = Design::intercept(n);
            let model = ShiftModel {
                y: &case.y,
                offset: &case.offset,
                design: &design,
                family: case.family,
            };
            durability_test(
                &model,
                &[at],
                0,
                (n - 24, n - 1),
                bound,
                &bootstrap(case.seed),
            )
            .is_ok_and(|test| test.p_difference <= 0.05)
        });
        println!(
            "| {rho} | {:.1} | {:.1} | {:.1} | {equal:.1} | {differ:.1} |",
            dates as f64 / few as f64 * 100.0,
            widths as f64 / few as f64,
            effects as f64 / few as f64 * 100.0
        );
    }
}
