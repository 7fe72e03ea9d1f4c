//! The run-length posterior on the Nile: an exact recursion in double precision, which
//! bayesian-changepoint-detection 0.2.dev1 confirms (every most probable run length, means to 1e-12).

use crate::support::{shared_json, shared_rows};
use proptest::prelude::*;
use serde_json::Value;
use yalu_stats::online::{
    BetaNegativeBinomial, ConstantHazard, Exposed, GammaPoisson, NormalInverseGamma,
    NormalKnownVariance, OnlineDetector, OnlineError, OnlineStep, PredictiveModel,
};

fn nile() -> Option<(Vec<f64>, Value)> {
    let case = "C-bocpd-nile";
    let rows = shared_rows(case, "input.csv")?;
    let y = rows.iter().map(|row| row[1]).collect();
    Some((y, shared_json(case, "expected.json")?))
}

const PRIOR: NormalInverseGamma = NormalInverseGamma {
    mean: 1000.0,
    weight: 0.1,
    shape: 1.0,
    scale: 10_000.0,
};

fn against_the_reference(threshold: f64, tolerance: f64, evidence_tolerance: f64) {
    let Some((y, expected)) = nile() else {
        return;
    };
    let figure = |key: &str, at: usize| expected[key][at].as_f64().expect("a figure");
    let mut detector = OnlineDetector::new(PRIOR, ConstantHazard(0.01))
        .and_then(|detector| detector.with_pruning(threshold))
        .expect("a proper prior");
    let mut log_evidence = 0.0;
    for (t, value) in y.iter().enumerate() {
        let step = detector.update(value).expect("a proper figure");
        assert_eq!(
            Some(step.map_run_length as u64),
            expected["map_run_length"][t].as_u64(),
            "period {t}"
        );
        let near = |got: f64, key: &str, slack: f64| {
            let difference = (got - figure(key, t)).abs();
            assert!(difference <= slack, "{key} at {t}: off by {difference:e}");
        };
        near(step.map_probability, "map_probability", tolerance);
        near(
            detector.probability_shorter_than(6),
            "prob_run_length_le_5",
            tolerance,
        );
        // A mean of up to 100 periods: 100 times the error of a probability.
        near(step.mean_run_length, "mean_run_length", 100.0 * tolerance);
        log_evidence = step.log_evidence;
    }
    let difference = (log_evidence - expected["log_evidence"].as_f64().expect("a figure")).abs();
    assert!(difference <= evidence_tolerance, "off by {difference:e}");
    let posterior: Vec<(usize, f64)> = detector.posterior().collect();
    for pair in expected["final_run_length_posterior_top"]
        .as_array()
        .expect("a list")
    {
        let (length, probability) = (pair[0].as_u64(), pair[1].as_f64().expect("a figure"));
        let got = posterior
            .iter()
            .find(|(one, _)| Some(*one as u64) == length)
            .map_or(0.0, |(_, probability)| *probability);
        assert!((got - probability).abs() <= tolerance);
    }
}

#[test]
fn every_run_length_without_pruning() {
    against_the_reference(0.0, 1e-9, 1e-8);
}

#[test]
fn pruned_at_a_millionth() {
    against_the_reference(1e-6, 1e-4, 1e-4);
}

/// The posterior by the product of all densities of each run, without recursion over states.
fn brute_force<M: PredictiveModel>(model: &M, xs: &[M::Observation], hazard: f64) -> Vec<f64> {
    let n = xs.len();
    let log_run = |from: usize, to: usize| {
        let mut state = model.prior();
        let mut sum = 0.0;
        for x in &xs[from..to] {
            sum += model.log_predictive(&state, x);
            state = model.updated(&state, x);
        }
        sum
    };
    // Paths that have a change point just after period `to`, in logs.
    let mut ended = vec![f64::NEG_INFINITY; n + 1];
    ended[0] = 0.0;
    let all = |terms: &[f64]| {
        let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + terms
            .iter()
            .map(|term| (term - most).exp())
            .sum::<f64>()
            .ln()
    };
    let grown = |from: usize, to: usize, ended: &[f64]| {
        ended[from] + log_run(from, to) + (to - from) as f64 * (1.0 - hazard).ln()
    };
    for to in 1..=n {
        let terms: Vec<f64> = (0..to)
            .map(|from| grown(from, to, &ended) - (1.0 - hazard).ln() + hazard.ln())
            .collect();
        ended[to] = all(&terms);
    }
    let mut joint = vec![ended[n]];
    joint.extend((1..=n).map(|length| grown(n - length, n, &ended)));
    let total = all(&joint);
    joint.push(total);
    joint
}

fn compare<M: PredictiveModel + Clone>(model: &M, xs: &[M::Observation]) {
    let mut detector = OnlineDetector::new(model.clone(), ConstantHazard(0.05)).expect("proper");
    let mut last: Option<OnlineStep> = None;
    for x in xs {
        last = Some(detector.update(x).expect("proper"));
    }
    let brute = brute_force(model, xs, 0.05);
    let total = brute[xs.len() + 1];
    assert!(last.is_some_and(|last| (last.log_evidence - total).abs() < 1e-9));
    for (length, probability) in detector.posterior() {
        assert!((probability - (brute[length] - total).exp()).abs() < 1e-10);
    }
}

#[test]
fn every_model_against_sums_over_all_runs() {
    let xs: Vec<f64> = (0..40)
        .map(|t| f64::from(t * 37 % 11) / 4.0 + if t < 22 { 0.0 } else { 3.0 })
        .collect();
    compare(
        &NormalInverseGamma {
            mean: 1.0,
            weight: 0.2,
            shape: 1.5,
            scale: 2.0,
        },
        &xs,
    );
    compare(
        &NormalKnownVariance {
            mean: 1.0,
            mean_variance: 9.0,
            variance: 0.7,
        },
        &xs,
    );
    let counts: Vec<Exposed> = xs
        .iter()
        .enumerate()
        .map(|(t, x)| Exposed {
            count: (3.0 * x).floor(),
            exposure: 1.0 + t as f64 / 10.0,
        })
        .collect();
    compare(
        &GammaPoisson {
            shape: 1.5,
            rate: 0.5,
        },
        &counts,
    );
    compare(
        &BetaNegativeBinomial {
            theta: 2.0,
            alpha: 1.5,
            beta: 2.5,
        },
        &counts,
    );
}

#[test]
fn predictives_are_those_of_scipy() {
    // scipy 1.17.1: t.logpdf(1.3, 3, loc=0.4, scale=sqrt(2.5*1.2/(1.5*0.2)));
    // norm.logpdf(1.3, 0.4, sqrt(2.7)); nbinom.logpmf(7, 1.5, 0.5/(0.5+2.5));
    // betanbinom.logpmf(7, 2.0*2.5, 1.5, 2.5).
    let near = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-12, "{got}");
    let student = NormalInverseGamma {
        mean: 0.4,
        weight: 0.2,
        shape: 1.5,
        scale: 2.5,
    };
    near(student.log_predictive(&student, &1.3), SCIPY[0]);
    let normal = NormalKnownVariance {
        mean: 0.4,
        mean_variance: 2.0,
        variance: 0.7,
    };
    near(normal.log_predictive(&normal.prior(), &1.3), SCIPY[1]);
    let seven = Exposed {
        count: 7.0,
        exposure: 2.5,
    };
    let poisson = GammaPoisson {
        shape: 1.5,
        rate: 0.5,
    };
    near(poisson.log_predictive(&poisson, &seven), SCIPY[2]);
    let binomial = BetaNegativeBinomial {
        theta: 2.0,
        alpha: 1.5,
        beta: 2.5,
    };
    near(binomial.log_predictive(&binomial.prior(), &seven), SCIPY[3]);
}

const SCIPY: [f64; 4] = [
    -2.205_465_258_013_375,
    -1.565_564_419_709_814_4,
    -2.819_001_967_528_937_5,
    -3.120_424_412_335_573,
];

#[test]
fn a_hazard_that_varies_is_the_distribution_of_lengths() {
    // Levels that never last more than 10 periods: run lengths stay below 11.
    let hazard = |length: usize| if length < 10 { 1e-9 } else { 1.0 - 1e-9 };
    let mut detector = OnlineDetector::new(PRIOR, hazard).expect("proper");
    for t in 0..25 {
        let step = detector
            .update(&(1000.0 + f64::from(t * 37 % 11)))
            .expect("proper");
        assert!(step.map_run_length <= 10);
    }
    assert!(detector.probability_shorter_than(11) > 1.0 - 1e-6);
}

#[test]
fn what_cannot_be_used_is_named() {
    let bad = NormalInverseGamma {
        weight: 0.0,
        ..PRIOR
    };
    assert!(matches!(
        OnlineDetector::new(bad, ConstantHazard(0.01)),
        Err(OnlineError::Parameter { .. })
    ));
    for hazard in [0.0, 1.0, f64::NAN] {
        assert!(matches!(
            OnlineDetector::new(PRIOR, ConstantHazard(hazard)),
            Err(OnlineError::Hazard { run_length: 1, .. })
        ));
    }
    let normal = || OnlineDetector::new(PRIOR, ConstantHazard(0.01)).expect("proper");
    assert!(matches!(
        normal().with_pruning(0.5),
        Err(OnlineError::Threshold { .. })
    ));
    let mut detector = normal();
    detector.update(&1000.0).expect("proper");
    let before: Vec<(usize, f64)> = detector.posterior().collect();
    assert!(matches!(
        detector.update(&f64::NAN),
        Err(OnlineError::NotFinite { period: 1, .. })
    ));
    assert_eq!(
        detector.update(&1e200),
        Err(OnlineError::Impossible { period: 1 })
    );
    assert_eq!(before, detector.posterior().collect::<Vec<_>>());
    let prior = GammaPoisson {
        shape: 1.0,
        rate: 1.0,
    };
    let mut counts = OnlineDetector::new(prior, ConstantHazard(0.01)).expect("proper");
    for count in [-1.0, 0.5] {
        let figure = Exposed {
            count,
            exposure: 1.0,
        };
        assert!(matches!(
            counts.update(&figure),
            Err(OnlineError::Count { period: 0, .. })
        ));
    }
    let figure = Exposed {
        count: 1.0,
        exposure: 0.0,
    };
    assert!(matches!(
        counts.update(&figure),
        Err(OnlineError::Exposure { period: 0, .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn probabilities_sum_to_one_and_stay_finite(
        xs in prop::collection::vec(
            prop_oneof![-1e3_f64..1e3, Just(0.0), Just(1e6), Just(1e155), Just(f64::INFINITY)], 1..60,
        ),
        hazard in 0.001_f64..0.5,
        threshold in prop_oneof![Just(0.0), 1e-9_f64..0.01],
    ) {
        let mut detector = OnlineDetector::new(PRIOR, ConstantHazard(hazard))
            .and_then(|detector| detector.with_pruning(threshold))
            .expect("a proper prior");
        for x in &xs {
            let Ok(step) = detector.update(x) else { continue };
            let sum: f64 = detector.posterior().map(|(_, probability)| probability).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            prop_assert!(step.mean_run_length.is_finite() && step.log_evidence.is_finite());
            prop_assert!((0.0..=1.0).contains(&step.pruned) && step.n_held >= 1);
        }
    }

    #[test]
    fn units_do_not_matter(shift in -1e3_f64..1e3, scale in 0.1_f64..10.0) {
        let xs: Vec<f64> = (0..40).map(|t| f64::from(t * 37 % 11) + if t < 25 { 0.0 } else { 20.0 }).collect();
        let prior = NormalInverseGamma { mean: 5.0, weight: 0.5, shape: 1.0, scale: 4.0 };
        let moved = NormalInverseGamma {
            mean: shift + scale * 5.0,
            scale: 4.0 * scale * scale,
            ..prior
        };
        let mut here = OnlineDetector::new(prior, ConstantHazard(0.02)).expect("proper");
        let mut there = OnlineDetector::new(moved, ConstantHazard(0.02)).expect("proper");
        for x in &xs {
            let one = here.update(x).expect("proper");
            let two = there.update(&(shift + scale * x)).expect("proper");
            prop_assert_eq!(one.map_run_length, two.map_run_length);
            prop_assert!((one.mean_run_length - two.mean_run_length).abs() < 1e-6);
        }
    }
}
