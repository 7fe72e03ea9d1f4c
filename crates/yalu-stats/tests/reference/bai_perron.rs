//! Bai and Perron's partitions, tests and intervals against R's strucchange and mbreaks. Inputs and
//! figures: the peers' cases of the shared reference; the calls stand in each `expected.json`.

use crate::support::{shared_columns, shared_json};
use serde_json::Value;
use yalu_stats::{
    Assumptions, DateIntervalOptions, DateNoise, Design, MinSegment, RegimeModel,
    SerialCorrelation, break_tests, date_intervals, fit_partition, optimal_partitions,
};

/// A case's columns but for time, and its figures; none where the reference isn't there.
fn case(folder: &str, figures: &str) -> Option<(Vec<Vec<f64>>, Value)> {
    let columns = shared_columns(folder, "input.csv")?.split_off(1);
    Some((columns, shared_json(folder, figures)?))
}

fn design_of(columns: &[Vec<f64>]) -> Design {
    let mut design = Design::intercept(columns[0].len());
    for (idx, column) in columns.iter().enumerate().skip(1) {
        design = design
            .with(format!("x{idx}"), column.clone())
            .expect("finite columns");
    }
    design
}

fn close(got: f64, peer: f64, relative: f64, what: &str) {
    assert!(
        (got - peer).abs() <= relative * peer.abs().max(1e-300),
        "{what}: {got}, the peer {peer}"
    );
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one.as_f64().expect("a number"))
        .collect()
}

/// The peer counts periods from 1.
fn breaks_of(value: &Value) -> Vec<usize> {
    numbers(value).iter().map(|one| *one as usize - 1).collect()
}

const CASES: [(&str, f64); 3] = [
    ("A-nile", 0.15),
    ("A-realint", 0.15),
    ("A-uk-driver-deaths", 0.1),
];

#[test]
fn partitions_are_strucchanges() {
    for (folder, share) in CASES {
        let Some((columns, expected)) = case(folder, "expected.json") else {
            return;
        };
        let design = design_of(&columns);
        let model = RegimeModel {
            y: &columns[0],
            design: &design,
            fixed: &[],
        };
        let found = optimal_partitions(&model, MinSegment::Share(share), 5).expect("fits");
        assert_eq!(found.by_count.len(), 6);
        assert_eq!(found.min_segment as u64, expected["min_segment"]);
        for peer in expected["by_m"].as_array().expect("rows") {
            let m = peer["m"].as_u64().expect("m") as usize;
            let one = &found.by_count[m];
            if m > 0 {
                let breaks = breaks_of(&peer["breakpoints_1based_last_obs_of_regime"]);
                assert_eq!(one.breaks, breaks, "{folder}, {m} breaks");
            }
            for (got, name) in [
                (one.rss, "RSS"),
                (one.bic, "BIC"),
                (one.lwz, "LWZ_BaiPerron"),
            ] {
                close(
                    got,
                    peer[name].as_f64().expect("a number"),
                    1e-10,
                    &format!("{folder}, {m} breaks, {name}"),
                );
            }
        }
        assert_eq!(found.chosen.bic as u64, expected["optimal_m_by_BIC"]);
        let chosen = &found.by_count[found.chosen.bic];
        let fit = fit_partition(
            &model,
            &chosen.breaks,
            Assumptions {
                correlation: SerialCorrelation::Ignored,
                ..Assumptions::default()
            },
        )
        .expect("fits");
        let peer = expected["coefficients_at_BIC_m"].as_array().expect("rows");
        for (own, peer) in fit.coefficients.iter().zip(peer) {
            for (got, peer) in own.iter().zip(numbers(peer)) {
                close(*got, peer, 1e-9, folder);
            }
        }
    }
}

#[test]
fn intervals_are_strucchanges() {
    for (folder, share) in CASES {
        let Some((columns, expected)) = case(folder, "expected.json") else {
            return;
        };
        let design = design_of(&columns);
        let model = RegimeModel {
            y: &columns[0],
            design: &design,
            fixed: &[],
        };
        let found = optimal_partitions(&model, MinSegment::Share(share), 5).expect("fits");
        for peer in expected["confint"].as_array().expect("entries") {
            let m = peer["m"].as_u64().expect("m") as usize;
            let options = DateIntervalOptions {
                moments_by_regime: peer["het.reg"] == true,
                errors_by_regime: peer["het.err"] == true,
                noise: if peer["vcov"] == "sandwich::kernHAC" {
                    DateNoise::KernHac
                } else {
                    DateNoise::Independent
                },
                ..DateIntervalOptions::default()
            };
            let intervals =
                date_intervals(&model, &found.by_count[m].breaks, options).expect("fits");
            let ends = peer["confint"].as_array().expect("an interval a break");
            assert_eq!(intervals.len(), ends.len());
            for (interval, peer) in intervals.iter().zip(ends) {
                let interval = interval.as_ref().expect("an interval");
                let peer = numbers(peer);
                assert_eq!(
                    [interval.lower + 1, interval.upper + 1],
                    [peer[0] as i64, peer[2] as i64],
                    "{folder}, {m} breaks, {options:?}, {interval:?}"
                );
            }
        }
    }
}

/// mbreaks rounds both ends and adds 1 to the upper; it does so once for this break and once for
/// each after it, since the rounding stands within its loop over breaks.
fn ends_as_mbreaks(exact_lower: f64, exact_upper: f64, n_from_here: usize) -> [i64; 2] {
    [
        (exact_lower + 1.0).round() as i64,
        (exact_upper + 1.0).round() as i64 + n_from_here as i64,
    ]
}

#[test]
fn tests_are_mbreaks() {
    let Some((columns, expected)) = case("A-realint", "expected-mbreaks.json") else {
        return;
    };
    let design = design_of(&columns);
    let model = RegimeModel {
        y: &columns[0],
        design: &design,
        fixed: &[],
    };
    for (prewhiten, block) in [(false, "no_prewhitening"), (true, "prewhitened")] {
        let peer = &expected[block];
        let assumptions = Assumptions {
            correlation: SerialCorrelation::Hac { prewhiten },
            ..Assumptions::default()
        };
        let tests = break_tests(&model, 0.15, 5, assumptions, 0.05).expect("fits");
        let sup_f = numbers(&peer["supF_1_to_5"]);
        assert_eq!(tests.sup_f.len(), 5);
        for (got, peer) in tests.sup_f.iter().zip(&sup_f) {
            close(got.statistic, *peer, 1e-8, "sup F");
        }
        close(tests.ud_max, sup_f[0], 1e-8, "UDmax");
        let next = numbers(&peer["supF_l_plus_1_given_l"]);
        assert_eq!(tests.next_break.len(), 5);
        for (got, peer) in tests.next_break.iter().zip(&next) {
            // No room is 0 to mbreaks.
            match got.statistic {
                Some(statistic) => close(statistic, *peer, 1e-8, "sup F(l + 1 | l)"),
                None => assert!(*peer == 0.0, "{got:?}, mbreaks {peer}"),
            }
        }
        let critical = |name: &str, level: usize| numbers(&peer[name][level]);
        for (level, pick) in [0, 1, 2, 3].into_iter().enumerate() {
            let at = |one: yalu_stats::CriticalValues| {
                [one.ten, one.five, one.two_and_half, one.one][pick]
            };
            let sup_f: Vec<f64> = tests
                .sup_f
                .iter()
                .map(|one| at(one.critical.expect("tabulated")))
                .collect();
            assert_eq!(
                sup_f,
                critical("critical_values_sup_F_rows_10_5_2.5_1pct", level)
            );
            let next: Vec<f64> = tests
                .next_break
                .iter()
                .map(|one| at(one.critical.expect("tabulated")))
                .collect();
            assert_eq!(
                next,
                critical("critical_values_seq_rows_10_5_2.5_1pct", level)
            );
            assert!((at(tests.ud_max_critical) - numbers(&peer["cv_UDmax"])[level]).abs() < 1e-12);
        }
        assert_eq!(tests.sequential, [23, 46, 78]);
        assert_eq!(
            tests.repartitioned,
            breaks_of(&expected["repartition"]["breakpoints_1based"])
        );
        assert!(!tests.sequential_misses);
        assert_eq!(tests.recommended, 3);
        assert_eq!(tests.partitions.chosen.bic, 2);
        assert_eq!(tests.partitions.chosen.lwz, 2);
        assert_eq!(tests.partitions.chosen.kt, Some(2));
    }
    // Table I of Bai and Perron (2003), to the digits printed there.
    let printed = [57.91, 43.01, 33.32, 24.77, 18.33];
    let tests = break_tests(&model, 0.15, 5, Assumptions::default(), 0.05).expect("fits");
    for (got, printed) in tests.sup_f.iter().zip(printed) {
        assert!((got.statistic - printed).abs() < 0.005);
    }
}

#[test]
fn regimes_and_their_errors_are_mbreaks() {
    let Some((columns, expected)) = case("A-realint", "expected-mbreaks.json") else {
        return;
    };
    let design = design_of(&columns);
    let model = RegimeModel {
        y: &columns[0],
        design: &design,
        fixed: &[],
    };
    for (block, prewhiten) in [
        ("sequential", false),
        ("BIC", true),
        ("repartition", false),
        ("fixed_3_prewhitened", true),
    ] {
        let peer = &expected[block];
        let breaks = breaks_of(&peer["breakpoints_1based"]);
        let assumptions = Assumptions {
            correlation: SerialCorrelation::Hac { prewhiten },
            ..Assumptions::default()
        };
        let fit = fit_partition(&model, &breaks, assumptions).expect("fits");
        let coefficients: Vec<f64> = fit.coefficients.concat();
        for (got, peer) in coefficients.iter().zip(numbers(&peer["beta"])) {
            close(*got, peer, 1e-9, "coefficient");
        }
        for (got, peer) in fit.standard_errors.iter().zip(numbers(&peer["SE"])) {
            close(*got, peer, 1e-8, "standard error");
        }
        close(fit.rss, peer["SSR"].as_f64().expect("SSR"), 1e-10, "SSR");
        let ends: Vec<Vec<f64>> = peer["CI_rows_per_break_columns_lower95_upper95_lower90_upper90"]
            .as_array()
            .expect("rows")
            .iter()
            .map(numbers)
            .collect();
        for (level, columns) in [(0.95, [0, 1]), (0.90, [2, 3])] {
            let options = DateIntervalOptions {
                level,
                noise: DateNoise::BaiPerronHac { prewhiten },
                ..DateIntervalOptions::default()
            };
            let intervals = date_intervals(&model, &breaks, options).expect("fits");
            for (place, (interval, peer)) in intervals.iter().zip(&ends).enumerate() {
                let interval = interval.as_ref().expect("an interval");
                assert_eq!(
                    ends_as_mbreaks(
                        interval.exact_lower,
                        interval.exact_upper,
                        breaks.len() - place
                    ),
                    columns.map(|column| peer[column] as i64),
                    "{block}, {level}: {interval:?}"
                );
            }
        }
    }
}
