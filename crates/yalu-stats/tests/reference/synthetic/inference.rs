//! Conformal inference: against numpy (as in `sdid`), and its size.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use yalu_stats::synthetic::{
    ConformalOptions, Panel, Permutations, SyntheticError, conformal_average_interval,
    conformal_intervals, conformal_test,
};

use super::{basque, close, proposition_99};

#[test]
fn p_values_are_numpys() {
    let (Some((prop99, _)), Some((basque, _, _))) = (proposition_99(), basque()) else {
        return;
    };
    let options = ConformalOptions::default();
    let squares = ConformalOptions {
        norm: 2.0,
        ..options
    };
    for (panel, null, options, p) in [
        (&prop99, 0.0, options, 0.096_774_193_5),
        (&prop99, 0.0, squares, 0.129_032_258_1),
        (&prop99, -20.0, options, 0.290_322_580_6),
        (&basque, 0.0, options, 0.232_558_139_5),
        (&basque, 0.0, squares, 0.232_558_139_5),
        (&basque, -20.0, options, 0.023_255_814_0),
    ] {
        let n_post = panel.periods().len() - panel.start();
        let test = conformal_test(panel, &vec![null; n_post], &options).expect("a test");
        close("p", test.p_value, p, 1e-9);
    }
}

#[test]
fn intervals_are_numpys() {
    let (Some((prop99, _)), Some((basque, _, _))) = (proposition_99(), basque()) else {
        return;
    };
    for (panel, post, estimate, lower, upper) in [
        (&prop99, 0, -8.440_481_589, -13.132_818, -4.421_379),
        (&prop99, 11, -26.596_642_683, -36.448_702, -20.288_567),
        (&basque, 0, -0.120_032_912, -0.429_736, 0.168_512),
        (&basque, 27, -1.012_356_086, -1.517_246, 0.256_938),
    ] {
        let all = conformal_intervals(panel, &ConformalOptions::default()).expect("intervals");
        let one = &all[post];
        close("estimate", one.estimate, estimate, 1e-6);
        close("lower", one.lower.expect("an end"), lower, 1e-4);
        close("upper", one.upper.expect("an end"), upper, 1e-4);
        assert!(one.connected && !one.empty);
    }
}

#[test]
fn too_few_periods_leave_an_interval_without_ends() {
    let Some((panel, _)) = proposition_99() else {
        return;
    };
    let strict = ConformalOptions {
        alpha: 0.04,
        ..ConformalOptions::default()
    };
    // 19 pre-periods allow no p-value below 1/20.
    let one = &conformal_intervals(&panel, &strict).expect("intervals")[0];
    assert_eq!((one.lower, one.upper, one.empty), (None, None, false));
    close("least p", one.least_p, 0.05, 1e-12);
    // One block of twelve years before the treatment, and the treated one.
    let mean = conformal_average_interval(&panel, &ConformalOptions::default()).expect("a mean");
    assert_eq!((mean.lower, mean.upper), (None, None));
    assert_eq!(mean.period, "1989 to 2000");
    close("least p", mean.least_p, 0.5, 1e-12);
    let many = Permutations::Iid {
        n_draws: 9,
        seed: 1,
    };
    let few = ConformalOptions {
        permutations: many,
        ..strict
    };
    let refused = conformal_intervals(&panel, &few);
    assert!(matches!(refused, Err(SyntheticError::Option { .. })));
}

/// A treated unit that is a fixed mean of three donors and errors, all AR(1), with an effect at the
/// end.
fn made_up(rng: &mut ChaCha8Rng, spans: (usize, usize), effect: f64, rho: f64) -> Panel {
    let (n_pre, n_post) = spans;
    let n = n_pre + n_post;
    let mut path = |scale: f64| -> Vec<f64> {
        let mut state = 0.0;
        let all = (0..n + 50).map(|_| {
            let normal = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
            state = rho * state + scale * normal;
            state
        });
        all.skip(50).collect()
    };
    let donors: Vec<Vec<f64>> = (0..6).map(|_| path(3.0)).collect();
    let errors = path(1.0);
    let treated = (0..n).map(|t| {
        let mean = 0.5 * donors[0][t] + 0.3 * donors[1][t] + 0.2 * donors[2][t];
        mean + errors[t] + if t < n_pre { 0.0 } else { effect }
    });
    let treated: Vec<f64> = treated.collect();
    Panel::new(
        (0..7).map(|unit| format!("u{unit}")).collect(),
        (0..n).map(|t| format!("t{t}")).collect(),
        treated
            .into_iter()
            .chain(donors.into_iter().flatten())
            .collect(),
        &["u0"],
        &format!("t{n_pre}"),
    )
    .expect("a panel")
}

/// With exchangeable residuals the size is exact, 2 of 40 shifts being 5 %; cyclic shifts keep it at
/// ρ = 0.6.
#[test]
fn the_test_has_its_size_and_power() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let iid = ConformalOptions {
        permutations: Permutations::Iid {
            n_draws: 199,
            seed: 3,
        },
        ..ConformalOptions::default()
    };
    let n = 600;
    let (mut shifts, mut draws, mut power, mut dependent) = (0, 0, 0, 0);
    for _ in 0..n {
        let panel = made_up(&mut rng, (36, 4), 0.0, 0.6);
        let test = conformal_test(&panel, &[0.0; 4], &ConformalOptions::default());
        dependent += usize::from(test.expect("a test").p_value <= 0.05 + 1e-12);
        let panel = made_up(&mut rng, (36, 4), 1.5, 0.0);
        let p = |null: f64, options: &ConformalOptions| {
            let test = conformal_test(&panel, &[null; 4], options).expect("a test");
            test.p_value
        };
        shifts += usize::from(p(1.5, &ConformalOptions::default()) <= 0.05 + 1e-12);
        draws += usize::from(p(1.5, &iid) <= 0.05 + 1e-12);
        power += usize::from(p(0.0, &iid) <= 0.05 + 1e-12);
    }
    // Three standard errors of a binomial at 5 % are 2.7 points.
    for rejected in [shifts, draws, dependent] {
        close("size", rejected as f64 / n as f64, 0.05, 0.027);
    }
    assert!(power > n / 2, "power {power} of {n}");
}

#[test]
fn intervals_cover_and_the_mean_has_one() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (mut covered, mut mean_covered, n) = (0, 0, 120);
    for _ in 0..n {
        let panel = made_up(&mut rng, (38, 2), -2.0, 0.3);
        let options = ConformalOptions::default();
        let within = |lower: Option<f64>, upper: Option<f64>| {
            lower.is_some_and(|low| low <= -2.0) && upper.is_some_and(|high| high >= -2.0)
        };
        let one = &conformal_intervals(&panel, &options).expect("intervals")[0];
        covered += usize::from(within(one.lower, one.upper));
        let mean = conformal_average_interval(&panel, &options).expect("an interval");
        mean_covered += usize::from(within(mean.lower, mean.upper));
    }
    // 90 % less three binomial standard errors.
    assert!(covered as f64 >= 0.82 * f64::from(n), "{covered} of {n}");
    assert!(
        mean_covered as f64 >= 0.82 * f64::from(n),
        "{mean_covered} of {n}"
    );
}
