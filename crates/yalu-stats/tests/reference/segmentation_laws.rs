//! What must hold of every segmentation: the optimum with and without pruning, invariances, and
//! named errors for what can't be used.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use yalu_stats::Design;
use yalu_stats::segmentation::{
    Cost, LinearCost, MeanCost, MeanVarianceCost, NegativeBinomialCost, Pelt, Penalty, PoissonCost,
    Pruning, RankCost, SegmentationError, VarianceCost, VarianceFloor, crops, fixed_breaks,
    noise_scale, pelt, theta_from_differences,
};

use crate::noise::{autoregression, count};

/// Short series of several kinds: noise, steps, ties, outliers.
fn series(rng: &mut ChaCha8Rng, n: usize) -> Vec<f64> {
    let kind = rng.random_range(0..4);
    let z = autoregression(rng, n, 0.0);
    let mut level = 0.0;
    z.into_iter()
        .map(|z| {
            if rng.random::<f64>() < 0.1 {
                level = 6.0 * rng.random::<f64>() - 3.0;
            }
            match kind {
                0 => z,
                1 => level + z,
                2 => (2.0 * (level + z)).round() / 2.0,
                _ => level + z * if rng.random::<f64>() < 0.1 { 8.0 } else { 0.5 },
            }
        })
        .collect()
}

/// Both prunings find what full dynamic programming finds.
fn exact<C: Cost>(cost: &C, rng: &mut ChaCha8Rng, what: &str) {
    let n = cost.n();
    let per_break = 12.0 * rng.random::<f64>().powi(2);
    for min_segment in [1, 2, 3, 7] {
        for penalty in [
            Penalty::Manual(0.0),
            Penalty::Manual(per_break),
            Penalty::Bic,
            Penalty::Mbic,
            Penalty::MbicOfChangepoint,
        ] {
            let search = Pelt::new(penalty).with_min_segment(min_segment);
            let run = |pruning| pelt(cost, &search.with_pruning(pruning)).expect("proper");
            let full = run(Pruning::Off);
            let tolerance = 1e-9 * (1.0 + full.penalised_cost.abs());
            for pruning in [Pruning::Fastest, Pruning::Inequality] {
                let found = run(pruning);
                assert!(
                    (found.penalised_cost - full.penalised_cost).abs() <= tolerance,
                    "{what}, {min_segment} of {n}, {penalty:?}, {pruning:?}: {} against {}",
                    found.penalised_cost,
                    full.penalised_cost
                );
                if pruning == Pruning::Inequality {
                    assert!(found.mean_candidates <= full.mean_candidates);
                }
                let mut start = 0;
                for (segment, end) in found.segments.iter().zip(found.ends()) {
                    assert!(segment.first == start && end - start >= min_segment);
                    // The cost of the search is the segment's own.
                    assert!((cost.cost(start, end) - segment.cost).abs() <= tolerance);
                    start = end;
                }
                assert_eq!(start, n);
            }
        }
    }
}

#[test]
fn pruning_never_loses_the_optimum() {
    for run in 0..120 {
        let mut rng = ChaCha8Rng::seed_from_u64(run);
        let n = rng.random_range(8..45);
        let x = series(&mut rng, n);
        if x.iter().all(|value| (value - x[0]).abs() <= 0.0) {
            continue;
        }
        exact(&MeanCost::new(&x).expect("proper"), &mut rng, "mean");
        exact(&RankCost::new(&x).expect("proper"), &mut rng, "rank");
        exact(
            &MeanVarianceCost::new(&x).expect("proper"),
            &mut rng,
            "mean and variance",
        );
        let added = MeanVarianceCost::with_floor(&x, VarianceFloor::Added(0.01)).expect("proper");
        exact(&added, &mut rng, "mean and variance, added floor");
        let high = MeanVarianceCost::with_floor(&x, VarianceFloor::AtLeast(0.5)).expect("proper");
        exact(&high, &mut rng, "mean and variance, high floor");
        exact(
            &VarianceCost::new(&x).expect("proper"),
            &mut rng,
            "variance",
        );
        let z = autoregression(&mut rng, n, 0.0);
        let mut y: Vec<f64> = z.iter().map(|&z| count(3.0, 1.5, z)).collect();
        y[n / 2] += 9.0;
        let exposure: Vec<f64> = (0..n).map(|_| 0.2 + 3.0 * rng.random::<f64>()).collect();
        exact(
            &PoissonCost::new(&y, Some(&exposure)).expect("proper"),
            &mut rng,
            "Poisson",
        );
        let alike = NegativeBinomialCost::new(&y, None, 1.5).expect("proper");
        exact(&alike, &mut rng, "negative binomial");
        let exposed = NegativeBinomialCost::new(&y, Some(&exposure), 1.5).expect("proper");
        exact(&exposed, &mut rng, "negative binomial with exposure");
        let step = (0..n).map(|t| f64::from(u8::from(t > n / 3))).collect();
        let design = Design::intercept(n)
            .with("trend", (0..n).map(|t| t as f64).collect())
            .and_then(|design| design.with("step", step))
            .expect("finite");
        if let Ok(cost) = LinearCost::new(&x, &design) {
            exact(&cost, &mut rng, "regression");
        }
    }
}

#[test]
fn a_number_of_breaks_and_its_penalty_agree() {
    for run in 0..20 {
        let mut rng = ChaCha8Rng::seed_from_u64(1000 + run);
        let x = series(&mut rng, 40);
        let cost = MeanCost::new(&x).expect("proper");
        let all = crops(&cost, 0.1, 60.0, Some(2)).expect("proper");
        let entries = &all.entries;
        assert!((entries[0].from - 0.1).abs() < 1e-12);
        assert!((entries[entries.len() - 1].to - 60.0).abs() < 1e-12);
        for pair in entries.windows(2) {
            assert!(pair[0].segmentation.n_breaks() > pair[1].segmentation.n_breaks());
            assert!((pair[0].to - pair[1].from).abs() < 1e-12);
        }
        for entry in entries {
            let n_breaks = entry.segmentation.n_breaks();
            let fixed = fixed_breaks(&cost, n_breaks, Some(2)).expect("proper");
            assert!((fixed.cost - entry.segmentation.cost).abs() <= 1e-9 * (1.0 + fixed.cost));
            // In the middle of its range the same number of breaks comes out.
            let middle = f64::midpoint(entry.from, entry.to);
            if entry.to - entry.from > 1e-6 {
                let search = Pelt::new(Penalty::Manual(middle)).with_min_segment(2);
                assert_eq!(pelt(&cost, &search).expect("proper").n_breaks(), n_breaks);
            }
        }
    }
}

#[test]
fn a_large_level_costs_no_digits() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let n = 20_000;
    let x: Vec<f64> = autoregression(&mut rng, n, 0.0)
        .iter()
        .enumerate()
        .map(|(t, z)| (z + [0.0, 3.0, -1.0, 2.0][t / 500 % 4]) * 1024.0)
        .map(f64::round)
        .collect();
    let far: Vec<f64> = x.iter().map(|value| value + 1e12).collect();
    let search = Pelt::new(Penalty::Bic).with_min_segment(2);
    let near = pelt(&MeanCost::new(&x).expect("proper"), &search).expect("proper");
    let there = pelt(&MeanCost::new(&far).expect("proper"), &search).expect("proper");
    assert_eq!(near.breaks, there.breaks);
    assert!((near.cost / there.cost - 1.0).abs() < 1e-9);
    let near = pelt(&MeanVarianceCost::new(&x).expect("proper"), &search).expect("proper");
    let there = pelt(&MeanVarianceCost::new(&far).expect("proper"), &search).expect("proper");
    assert_eq!(near.breaks, there.breaks);
    assert!((near.cost / there.cost - 1.0).abs() < 1e-9);
}

#[test]
fn an_outlier_costs_no_digits_elsewhere() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let mut x: Vec<f64> = autoregression(&mut rng, 600, 0.0)
        .iter()
        .enumerate()
        .map(|(t, z)| z + [0.0, 3.0, -1.0][t / 200])
        .collect();
    let search = |pruning| Pelt::new(Penalty::Manual(15.0)).with_pruning(pruning);
    for outlier in [1e3, 1e9, 1e12] {
        x[100] = outlier;
        let cost = MeanCost::new(&x).expect("proper");
        for pruning in [Pruning::Fastest, Pruning::Inequality, Pruning::Off] {
            let found = pelt(&cost, &search(pruning)).expect("proper");
            assert_eq!(found.breaks, [99, 100, 199, 399], "{outlier}, {pruning:?}");
        }
    }
}

#[test]
fn a_hundred_thousand_periods_keep_few_candidates() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let n = 100_000;
    let x: Vec<f64> = autoregression(&mut rng, n, 0.0)
        .iter()
        .enumerate()
        .map(|(t, z)| z + [0.0, 3.0, -1.0, 2.0][t / 200 % 4])
        .collect();
    let cost = MeanCost::new(&x).expect("proper");
    let search = Pelt::new(Penalty::Manual(2.0 * (n as f64).ln())).with_min_segment(2);
    let functional = pelt(&cost, &search).expect("proper");
    let inequality = pelt(&cost, &search.with_pruning(Pruning::Inequality)).expect("proper");
    assert_eq!(functional.breaks, inequality.breaks);
    assert_eq!(functional.n_breaks(), 499);
    assert!(functional.mean_candidates < 12.0 && inequality.mean_candidates < 150.0);
}

#[test]
fn theta_comes_back_though_the_rate_shifts() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let z = autoregression(&mut rng, 4000, 0.0);
    let exposure: Vec<f64> = (0..4000).map(|t| 1.0 + f64::from(t) / 4000.0).collect();
    let y: Vec<f64> = z
        .iter()
        .zip(&exposure)
        .enumerate()
        .map(|(t, (&z, e))| count([4.0, 12.0][t / 1000 % 2] * e, 3.0, z))
        .collect();
    let theta = theta_from_differences(&y, Some(&exposure)).expect("proper");
    assert!(
        theta.is_some_and(|theta| (theta - 3.0).abs() < 0.5),
        "{theta:?}"
    );
    // Neighbours alike: less spread than Poisson.
    assert_eq!(theta_from_differences(&[5.0; 10], None), Ok(None));
}

#[test]
fn what_cannot_be_used_is_named() {
    use SegmentationError as E;
    let good = [1.0, 2.0, 5.0, 4.0];
    for bad in [f64::NAN, f64::INFINITY] {
        let x = [1.0, bad, 2.0, 3.0];
        let named = |result: Result<(), E>| matches!(result, Err(E::NotFinite { row: 1, .. }));
        assert!(named(MeanCost::new(&x).map(drop)));
        assert!(named(RankCost::new(&x).map(drop)));
        assert!(named(MeanVarianceCost::new(&x).map(drop)));
        assert!(named(VarianceCost::new(&x).map(drop)));
        assert!(named(PoissonCost::new(&x, None).map(drop)));
        assert!(named(PoissonCost::new(&good, Some(&x)).map(drop)));
        assert!(named(NegativeBinomialCost::new(&x, None, 1.0).map(drop)));
        assert!(named(LinearCost::new(&x, &Design::intercept(4)).map(drop)));
        assert!(named(noise_scale(&x).map(drop)));
    }
    assert_eq!(MeanCost::new(&[7.0; 9]), Err(E::Constant));
    assert_eq!(RankCost::new(&[7.0; 9]), Err(E::Constant));
    assert_eq!(RankCost::new(&[0.0, -0.0, 0.0]), Err(E::Constant));
    assert_eq!(MeanVarianceCost::new(&[7.0; 9]), Err(E::Constant));
    assert_eq!(VarianceCost::new(&[7.0; 9]), Err(E::Constant));
    assert_eq!(noise_scale(&[7.0; 9]), Err(E::Constant));
    let level = LinearCost::new(&[7.0; 9], &Design::intercept(9));
    assert_eq!(level, Err(E::PerfectFit));
    let short = |needed, got| E::TooShort { needed, got };
    assert_eq!(MeanCost::new(&[]), Err(short(2, 0)));
    assert_eq!(MeanVarianceCost::new(&[1.0]), Err(short(2, 1)));
    assert_eq!(PoissonCost::new(&[1.0], None), Err(short(2, 1)));
    assert_eq!(
        LinearCost::new(&[1.0], &Design::intercept(1)),
        Err(short(2, 1))
    );
    assert_eq!(PoissonCost::new(&[0.0; 9], None), Err(E::AllZero));
    let negative = PoissonCost::new(&[1.0, -2.0], None);
    assert_eq!(
        negative,
        Err(E::NegativeCount {
            row: 1,
            value: -2.0
        })
    );
    let exposure = PoissonCost::new(&[1.0, 2.0], Some(&[1.0, 0.0]));
    assert_eq!(exposure, Err(E::Exposure { row: 1, value: 0.0 }));
    let length = PoissonCost::new(&[1.0, 2.0], Some(&[1.0]));
    assert!(matches!(
        length,
        Err(E::Length {
            needed: 2,
            got: 1,
            ..
        })
    ));
    let theta = NegativeBinomialCost::new(&[1.0, 2.0], None, 0.0);
    assert_eq!(theta, Err(E::Theta { value: 0.0 }));
    let floor = MeanVarianceCost::with_floor(&good, VarianceFloor::Added(-1.0));
    assert_eq!(floor, Err(E::Floor { value: -1.0 }));
    assert_eq!(MeanCost::new(&[1e300, -1e300, 1e300]), Err(E::TooLarge));
    assert_eq!(
        MeanVarianceCost::new(&[1e300, -1e300, 1e300]),
        Err(E::TooLarge)
    );
    let twice = Design::intercept(4)
        .with("again", vec![2.0; 4])
        .expect("finite");
    assert!(
        matches!(LinearCost::new(&good, &twice), Err(E::Collinear { column }) if column == "again")
    );
    let cost = MeanCost::new(&good).expect("proper");
    assert!(matches!(
        cost.clone().with_variance(0.0),
        Err(E::NoiseVariance { .. })
    ));
    for value in [-1.0, f64::NAN, f64::INFINITY] {
        let found = pelt(&cost, &Pelt::new(Penalty::Manual(value)));
        assert!(matches!(found, Err(E::Penalty { .. })));
        assert!(matches!(
            crops(&cost, value, 5.0, None),
            Err(E::Penalty { .. })
        ));
    }
    for min_segment in [0, 5] {
        let search = Pelt::new(Penalty::Bic).with_min_segment(min_segment);
        assert!(matches!(
            pelt(&cost, &search),
            Err(E::MinSegment { n: 4, .. })
        ));
    }
    assert!(matches!(
        crops(&cost, 5.0, 1.0, None),
        Err(E::PenaltyRange { .. })
    ));
    let many = fixed_breaks(&cost, 2, Some(2));
    assert!(matches!(
        many,
        Err(E::TooManyBreaks {
            asked: 2,
            most: 1,
            ..
        })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn units_and_direction_do_not_matter(
        seed in 0_u64..10_000,
        shift in -1e6_f64..1e6,
        scale in 0.01_f64..100.0,
    ) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let x: Vec<f64> = autoregression(&mut rng, 60, 0.0)
            .iter()
            .enumerate()
            .map(|(t, z)| z + if t < 25 { 0.0 } else { 4.0 })
            .collect();
        let moved: Vec<f64> = x.iter().map(|value| shift + scale * value).collect();
        let backwards: Vec<f64> = x.iter().rev().copied().collect();
        let search = Pelt::new(Penalty::Bic);
        let here = pelt(&MeanCost::new(&x).expect("proper"), &search).expect("proper");
        let there = pelt(&MeanCost::new(&moved).expect("proper"), &search).expect("proper");
        prop_assert_eq!(&here.breaks, &there.breaks);
        prop_assert!((there.cost / (here.cost * scale * scale) - 1.0).abs() < 1e-6);
        let back = pelt(&MeanCost::new(&backwards).expect("proper"), &search).expect("proper");
        let turned: Vec<usize> = back.breaks.iter().rev().map(|at| 58 - at).collect();
        prop_assert_eq!(&here.breaks, &turned);
        // Ranks don't change under any monotone map.
        let curved: Vec<f64> = x.iter().map(|value| value.exp()).collect();
        let ranks = pelt(&RankCost::new(&x).expect("proper"), &search).expect("proper");
        let same = pelt(&RankCost::new(&curved).expect("proper"), &search).expect("proper");
        prop_assert_eq!(ranks, same);
    }

    #[test]
    fn nothing_but_finite_figures_comes_out(
        x in prop::collection::vec(
            prop_oneof![
                Just(0.0), Just(1.0), Just(3.0), -5.0_f64..5.0, Just(f64::NAN), Just(1e200),
                Just(-1e-200), Just(f64::INFINITY)
            ],
            0..14,
        ),
        per_break in prop_oneof![Just(-1.0), Just(0.0), 0.0_f64..20.0, Just(f64::NAN)],
        min_segment in 0_usize..5,
    ) {
        fn finite<C: Cost>(cost: Result<C, SegmentationError>, search: &Pelt) -> bool {
            let Ok(cost) = cost else { return true };
            let Ok(found) = pelt(&cost, search) else { return true };
            found.cost.is_finite()
                && found.penalised_cost.is_finite()
                && found.mean_candidates.is_finite()
                && found.segments.iter().all(|one| one.cost.is_finite())
        }
        for penalty in [
            Penalty::Manual(per_break),
            Penalty::Mbic,
            Penalty::Robust { multiple: per_break },
            Penalty::HannanQuinn,
        ] {
            let search = Pelt::new(penalty).with_min_segment(min_segment);
            prop_assert!(finite(MeanCost::new(&x), &search));
            prop_assert!(finite(RankCost::new(&x), &search));
            prop_assert!(finite(MeanVarianceCost::new(&x), &search));
            prop_assert!(finite(VarianceCost::new(&x), &search));
            prop_assert!(finite(PoissonCost::new(&x, None), &search));
            prop_assert!(finite(NegativeBinomialCost::new(&x, None, 2.0), &search));
            let exposure: Vec<f64> = x.iter().rev().map(|value| value.abs()).collect();
            prop_assert!(finite(PoissonCost::new(&x, Some(&exposure)), &search));
            let binomial = NegativeBinomialCost::new(&x, Some(&exposure), 2.0);
            prop_assert!(finite(binomial, &search));
            let design = Design::intercept(x.len());
            prop_assert!(finite(LinearCost::new(&x, &design), &search));
        }
    }
}
