//! The size of the break test, small and seeded: docs/methods/calibration.md has the large runs.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, durability_test, sup_f_test};

use crate::noise::{autoregression, count};

const BOOTSTRAP: Bootstrap = Bootstrap {
    n_replications: 199,
    seed: 7,
};

/// How many of `runs` series without a break are rejected at 5 %.
fn rejections(runs: u64, n: usize, rho: f64, family: Family) -> usize {
    let design = Design::intercept(n);
    let offset: Vec<f64> = (0..n)
        .map(|row| match family {
            Family::Gaussian => 0.0,
            _ => (1.0 + 3.0 * row as f64 / n as f64).ln(),
        })
        .collect();
    (0..runs)
        .filter(|run| {
            let mut rng = ChaCha8Rng::seed_from_u64(1000 + run);
            let z = autoregression(&mut rng, n, rho);
            let y: Vec<f64> = match family {
                Family::Gaussian => z,
                _ => z
                    .iter()
                    .zip(&offset)
                    .map(|(z, offset)| count(4.0 * offset.exp(), 2.0, *z))
                    .collect(),
            };
            let model = ShiftModel {
                y: &y,
                offset: &offset,
                design: &design,
                family,
            };
            let search = Search {
                trimming: 0.15,
                max_breaks: 1,
                window: None,
            };
            sup_f_test(&model, &search, &BOOTSTRAP, 0.05)
                .expect("long enough")
                .p_value
                <= 0.05
        })
        .count()
}

#[test]
fn the_break_test_holds_its_level() {
    // 400 runs: at a true 5 % more than 32 rejections (8 %) have a chance below 0.5 %, at a true 7 %,
    // the most that a verdict may rest on, more than 42 have one below 0.5 %.
    for (rho, family, n, most) in [
        (0.0, Family::Gaussian, 132, 32),
        (0.6, Family::Gaussian, 132, 42),
        (0.0, Family::NegativeBinomial, 132, 32),
        (0.6, Family::NegativeBinomial, 132, 42),
        (0.3, Family::NegativeBinomial, 60, 42),
        (0.6, Family::NegativeBinomial, 60, 42),
        (0.8, Family::NegativeBinomial, 132, 42),
    ] {
        let got = rejections(400, n, rho, family);
        assert!(
            got <= most,
            "{family:?}, n {n}, ρ {rho}: {got} of 400 rejected, at most {most} allowed"
        );
        // Not by never rejecting: at a true 3 % fewer than 4 have a chance below 0.5 %.
        assert!(
            got >= 4,
            "{family:?}, n {n}, ρ {rho}: {got} of 400 rejected"
        );
    }
}

#[test]
fn a_step_is_found() {
    let n = 132;
    let design = Design::intercept(n);
    let offset = vec![0.0; n];
    let found = (0..50_u64)
        .filter(|run| {
            let mut rng = ChaCha8Rng::seed_from_u64(2000 + run);
            let y: Vec<f64> = autoregression(&mut rng, n, 0.3)
                .iter()
                .enumerate()
                .map(|(row, z)| count(if row > 65 { 12.0 } else { 5.0 }, 3.0, *z))
                .collect();
            let model = ShiftModel {
                y: &y,
                offset: &offset,
                design: &design,
                family: Family::NegativeBinomial,
            };
            let search = Search {
                trimming: 0.15,
                max_breaks: 1,
                window: None,
            };
            sup_f_test(&model, &search, &BOOTSTRAP, 0.05)
                .expect("long enough")
                .p_value
                <= 0.05
        })
        .count();
    assert!(found >= 40, "{found} of 50 steps found");
}

#[test]
fn the_equivalence_test_holds_its_level() {
    // Levels that differ by exactly the bound aren't equivalent: at most 5 % may be called so.
    let (n, at, bound) = (132, 66, 1.5_f64.ln());
    let design = Design::intercept(n);
    let offset = vec![0.0; n];
    let equal = (0..200_u64)
        .filter(|run| {
            let mut rng = ChaCha8Rng::seed_from_u64(3000 + run);
            let y: Vec<f64> = autoregression(&mut rng, n, 0.3)
                .iter()
                .enumerate()
                .map(|(row, z)| {
                    let level = if row > at { 1.5 } else { 1.0 };
                    count(30.0 * level, 20.0, *z)
                })
                .collect();
            let model = ShiftModel {
                y: &y,
                offset: &offset,
                design: &design,
                family: Family::NegativeBinomial,
            };
            durability_test(&model, &[at], 0, (at + 1, n - 1), bound, &BOOTSTRAP)
                .expect("fits")
                .p_equivalence
                <= 0.05
        })
        .count();
    // 200 runs at a true 6 %: more than 21 have a chance below 0.5 %.
    assert!(equal <= 21, "{equal} of 200 called equal");
    assert!(equal >= 1, "the test never finds equivalence");
}
