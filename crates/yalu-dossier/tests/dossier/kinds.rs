//! Every kind of indicator and length of period, with a break put in and found again.

use std::fmt::Write as _;

use yalu_dossier::assessment::{EffectKind, IndicatorFinding, Rung};

use crate::made_up::{Draws, Series, dossier, finding, month};

const N: usize = 120;
/// The first month of the new level: May 2015.
const AT: usize = 64;
const EVENTS: &str = r#"kind = "event_rate"
group = "acts"
exposure = "source_total"
exposure_group = "all"
"#;

fn counts(seed: u64, n: usize, at: usize, before: f64, after: f64) -> Vec<f64> {
    let mut draws = Draws::new(seed);
    (0..n)
        .map(|idx| f64::from(draws.count(if idx < at { before } else { after })))
        .collect()
}

/// The source's total, growing fourfold: without exposure it would be a break of its own.
fn growing(n: usize) -> Vec<f64> {
    (0..n).map(|idx| 100.0 + (300 * idx / n) as f64).collect()
}

/// Figures scaled by the growing total.
fn rate(seed: u64, n: usize, at: usize, before: f64, after: f64) -> Vec<f64> {
    let mut draws = Draws::new(seed);
    growing(n)
        .iter()
        .enumerate()
        .map(|(idx, total)| {
            let level = if idx < at { before } else { after };
            f64::from(draws.count(level * total / 100.0))
        })
        .collect()
}

#[track_caller]
fn assert_shift(
    finding: &IndicatorFinding,
    at: usize,
    label: impl Fn(usize) -> String,
    effect: f64,
) {
    let shift = finding
        .shift
        .as_ref()
        .unwrap_or_else(|| panic!("no shift: {:?}", finding.reasons));
    let near: Vec<String> = (at - 2..=at + 2).map(label).collect();
    assert!(
        near.contains(&shift.at),
        "{} is not near {near:?}",
        shift.at
    );
    let [low, high] = shift.effect_interval;
    assert!(
        low <= effect && effect <= high,
        "{effect} outside {low} to {high}"
    );
    assert_eq!(finding.rung, Some(Rung::Lasting), "{:?}", finding.reasons);
}

#[test]
fn a_rate_of_events_over_a_growing_exposure() {
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, rate(1, N, AT, 4.0, 12.0));
    series.cell("all,events,CHN,*", month, growing(N));
    let found = finding(&dossier("2019-12-31", "month", EVENTS, ""), &series, &[]);
    assert_shift(&found, AT, month, 3.0);
    // The same rate throughout: counts grow fourfold, the rate doesn't.
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, rate(1, N, AT, 4.0, 4.0));
    series.cell("all,events,CHN,*", month, growing(N));
    let found = finding(&dossier("2019-12-31", "month", EVENTS, ""), &series, &[]);
    assert_eq!(found.rung, Some(Rung::NoShift), "{:?}", found.reasons);
}

#[test]
fn shares_of_events_and_of_quad_classes() {
    for (kind, group) in [("event_share", "acts"), ("quad_share", "quads")] {
        let indicator =
            format!("kind = \"{kind}\"\ngroup = \"{group}\"\nexposure_group = \"all\"\n");
        let mut series = Series::new();
        series.cell(
            &format!("{group},events,CHN,PRK"),
            month,
            rate(2, N, AT, 5.0, 15.0),
        );
        series.cell("all,events,CHN,PRK", month, growing(N));
        let found = finding(
            &dossier("2019-12-31", "month", &indicator, ""),
            &series,
            &[],
        );
        assert_shift(&found, AT, month, 3.0);
    }
}

/// A mean score that falls by 2.5 points in May 2015, with noise from `seed`.
fn score(seed: u64, bound: &str) -> IndicatorFinding {
    let indicator =
        format!("kind = \"mean_goldstein\"\ngroup = \"acts\"\nequivalence_difference = {bound}\n");
    let mut draws = Draws::new(seed);
    let n_acts = counts(4, N, AT, 8.0, 8.0);
    let sums: Vec<f64> = n_acts
        .iter()
        .enumerate()
        .map(|(idx, n)| n * (if idx < AT { 1.0 } else { -1.5 } + 0.6 * draws.normal()))
        .collect();
    let mut series = Series::new();
    series.cell("acts,goldstein_sum,CHN,PRK", month, sums);
    series.cell("acts,events,CHN,PRK", month, n_acts);
    finding(
        &dossier("2019-12-31", "month", &indicator, ""),
        &series,
        &[],
    )
}

#[test]
fn a_mean_score_moves_by_points() {
    let found = score(30, "0.5");
    assert_shift(&found, AT, month, -2.5);
    let shift = found.shift.unwrap();
    assert_eq!(shift.effect_kind, EffectKind::Difference);
    let bounds = found.durability.unwrap().bounds;
    assert!(
        (bounds[0] + 0.5).abs() < 1e-12 && (bounds[1] - 0.5).abs() < 1e-12,
        "{bounds:?}"
    );
}

#[test]
fn a_last_break_too_small_to_count_does_not_speak_for_the_indicator() {
    // This noise holds a chance step of 0.6 points in August 2017, dated as a second break. A dossier
    // that counts a point as none must hear of the fall of 2.5 in May 2015 all the same.
    let found = score(3, "1.0");
    assert_eq!(found.shift.unwrap().at, month(AT));
    assert_eq!(found.other_breaks, ["2017-08"]);
    assert_eq!(found.rung, Some(Rung::Lasting), "{:?}", found.reasons);
}

#[test]
fn the_direction_asked_about_holds_for_differences_too() {
    // The score falls; a dossier that asks whether it rose gets no shift, one that asks whether it
    // fell a lasting one, and the specification curve agrees with each.
    for (direction, rung) in [("up", Rung::NoShift), ("down", Rung::Lasting)] {
        let indicator = format!(
            "kind = \"mean_goldstein\"\ngroup = \"acts\"\nequivalence_difference = 0.5\ndirection = \"{direction}\"\n"
        );
        let mut draws = Draws::new(3);
        let sums: Vec<f64> = (0..N)
            .map(|idx| 8.0 * (if idx < AT { 2.5 } else { 0.4 } + 0.4 * draws.normal()))
            .collect();
        let mut series = Series::new();
        series.cell("acts,goldstein_sum,CHN,PRK", month, sums);
        series.cell("acts,events,CHN,PRK", month, vec![8.0; N]);
        let found = finding(
            &dossier(
                "2019-12-31",
                "month",
                &indicator,
                "[curve]\ntrimming = [0.10, 0.15, 0.20]\n",
            ),
            &series,
            &[],
        );
        assert_eq!(found.rung, Some(rung), "{direction}: {:?}", found.reasons);
        let curve = found.curve.unwrap();
        assert!(
            curve.fits.iter().all(|fit| fit.rung == rung),
            "{direction}: {:?}",
            curve.rungs
        );
        if rung == Rung::NoShift {
            assert!(
                found.reasons.iter().any(|one| one.contains("it goes down")),
                "{:?}",
                found.reasons
            );
            assert!(found.probability.unwrap().value.unwrap() < 0.01);
        }
    }
}

#[test]
fn trade_moves_by_a_ratio_and_silent_months_are_said() {
    let mut draws = Draws::new(5);
    let mut values: Vec<f64> = (0..N)
        .map(|idx| {
            let level: f64 = if idx < AT { 2e8 } else { 8e7 };
            (level * (0.15 * draws.normal()).exp()).round()
        })
        .collect();
    values[10] = 0.0;
    let mut series = Series::new();
    series.cell("trade,exports_reported,CHN,PRK", month, values.clone());
    let found = finding(
        &dossier("2019-12-31", "month", "kind = \"trade_value\"\n", ""),
        &series,
        &[],
    );
    assert_shift(&found, AT, month, 0.4);
    assert!(
        found
            .warnings
            .iter()
            .any(|one| one.starts_with("1 covered months have no trade")),
        "{:?}",
        found.warnings
    );
    // Charted in dollars, not in logarithms.
    let charted = found.chart.count[0].unwrap();
    assert!((charted / values[0] - 1.0).abs() < 1e-9, "{charted}");
}

#[test]
fn a_gap_between_two_reports() {
    let mut draws = Draws::new(6);
    let exports: Vec<f64> = (0..N)
        .map(|_| (1e8 * (0.2 * draws.normal()).exp()).round())
        .collect();
    let imports: Vec<f64> = exports
        .iter()
        .enumerate()
        .map(|(idx, value)| {
            let gap = if idx < AT { 1.1 } else { 2.2 };
            (value * gap * (0.1 * draws.normal()).exp()).round()
        })
        .collect();
    let mut series = Series::new();
    series.cell("trade,exports_reported,CHN,PRK", month, exports);
    series.cell("trade,imports_reported,CHN,PRK", month, imports);
    let found = finding(
        &dossier("2019-12-31", "month", "kind = \"mirror_gap\"\n", ""),
        &series,
        &[],
    );
    assert_shift(&found, AT, month, 2.0);
}

const TABLE: &str = r#"[[data.tables]]
id = "visits"
title = "Visits"
file = "visits.csv"
unit = "visits"
source = "made up"
date_column = "date"
value_column = "n"
"#;

#[test]
fn a_table_of_the_dossiers_own() {
    let indicator = "kind = \"table\"\ntable = \"visits\"\nequivalence_difference = 5.0\n";
    let mut draws = Draws::new(7);
    let mut table = "date,n\n".to_owned();
    for idx in 0..N {
        let value = if idx < AT { 40.0 } else { 70.0 } + 6.0 * draws.normal();
        writeln!(table, "{},{value:.2}", month(idx)).unwrap();
    }
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, vec![1.0; N]);
    let found = finding(
        &dossier("2019-12-31", "month", indicator, TABLE),
        &series,
        &[("visits.csv", &table)],
    );
    assert_shift(&found, AT, month, 30.0);

    let yearly: String = (2010..2020).fold("date,n\n".to_owned(), |text, year| {
        format!("{text}{year},{}\n", 40 + year % 3)
    });
    let found = finding(
        &dossier("2019-12-31", "month", indicator, TABLE),
        &series,
        &[("visits.csv", &yearly)],
    );
    assert_eq!(found.rung, Some(Rung::TooLittleData));
    assert!(
        found.reasons[0].contains("longer than a month"),
        "{:?}",
        found.reasons
    );
}

#[test]
fn quarters_and_weeks() {
    let quarter = |idx: usize| format!("{:04}-Q{}", 2000 + idx / 4, idx % 4 + 1);
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", quarter, rate(8, 80, 50, 6.0, 18.0));
    series.cell("all,events,CHN,*", quarter, growing(80));
    let text = dossier("2019-12-31", "quarter", EVENTS, "").replace("2010-01-01", "2000-01-01");
    let found = finding(&text, &series, &[]);
    assert_shift(&found, 50, quarter, 3.0);

    let monday = |idx: usize| {
        let day = jiff::civil::date(2010, 1, 4)
            .checked_add(jiff::Span::new().weeks(idx as i64))
            .unwrap();
        let week = day.iso_week_date();
        format!("{:04}-W{:02}", week.year(), week.week())
    };
    // Ten months of the new level: too young to last.
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", monday, rate(9, 260, 216, 6.0, 18.0));
    series.cell("all,events,CHN,*", monday, growing(260));
    let text = dossier("2014-12-28", "week", EVENTS, "");
    let dir = tempfile::tempdir().unwrap();
    crate::made_up::write(
        dir.path(),
        &[("dossier.toml", &text), ("series.csv", &series.0)],
    );
    let all = crate::made_up::run(
        dir.path(),
        &yalu_dossier::pipeline::AssessOptions::default(),
    );
    let found = &all[0].indicators[0];
    assert_eq!(found.rung, Some(Rung::Emerging), "{:?}", found.reasons);
    // 104 weeks from the Monday of the first week of the new level.
    let shift = found.shift.as_ref().unwrap();
    let first: usize = (0..260).find(|idx| monday(*idx) == shift.at).unwrap();
    assert!((214..=218).contains(&first), "{}", shift.at);
    let day = jiff::civil::date(2010, 1, 4)
        .checked_add(jiff::Span::new().days((first * 7 + 104 * 7 - 1) as i64))
        .unwrap();
    assert_eq!(all[0].verdict.lasting_from, Some(day.to_string()));
}

#[test]
fn a_shock_that_passed_has_faded() {
    let mut draws = Draws::new(10);
    let values: Vec<f64> = (0..N)
        .map(|idx| {
            let level = if (40..70).contains(&idx) { 30.0 } else { 10.0 };
            f64::from(draws.count(level))
        })
        .collect();
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, values);
    series.cell("all,events,CHN,*", month, vec![100.0; N]);
    for direction in ["up", "either"] {
        let indicator = format!("{EVENTS}direction = \"{direction}\"\n");
        let found = finding(
            &dossier("2019-12-31", "month", &indicator, ""),
            &series,
            &[],
        );
        assert_eq!(found.rung, Some(Rung::Faded), "{:?}", found.reasons);
        assert_eq!(found.shift.unwrap().at, month(40));
    }
}

#[test]
fn a_response_that_events_account_for_is_responsive() {
    // Events crowd into the last four years; each lifts the rate fivefold for some months.
    let onsets = [72, 76, 80, 84, 88, 92, 96, 100, 104, 108, 112];
    let mut draws = Draws::new(11);
    let values: Vec<f64> = (0..N)
        .map(|idx| {
            let pulse: f64 = onsets
                .iter()
                .filter(|onset| **onset <= idx)
                .map(|onset| 0.5_f64.powi((idx - onset) as i32))
                .sum();
            f64::from(draws.count(5.0 * (1.4 * pulse).exp()))
        })
        .collect();
    let mut events = "date,kind,title,source\n".to_owned();
    for onset in onsets {
        writeln!(events, "{}-10,test,A test,made up", month(onset)).unwrap();
    }
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, values);
    series.cell("all,events,CHN,*", month, vec![100.0; N]);
    let found = finding(
        &dossier(
            "2019-12-31",
            "month",
            EVENTS,
            "[[events]]\nfile = \"events.csv\"\n",
        ),
        &series,
        &[("events.csv", &events)],
    );
    assert_eq!(found.rung, Some(Rung::Responsive), "{:?}", found.reasons);
    let response = found.responsiveness.unwrap();
    let effect = &response.terms[0];
    let truth = 1.4_f64.exp();
    assert!(
        effect.interval[0] < truth && truth < effect.interval[1],
        "{effect:?}"
    );
    assert!(
        found
            .reasons
            .iter()
            .any(|one| one.starts_with("Events and pressure account for"))
    );
}

#[test]
fn too_little_data_says_so_and_stops() {
    let few = |values: Vec<f64>| {
        let mut series = Series::new();
        let n = values.len();
        series.cell("acts,events,CHN,PRK", month, values);
        series.cell("all,events,CHN,*", month, vec![100.0; n]);
        series
    };
    let ends = |n: usize| {
        let last = month(n - 1);
        format!("{last}-28")
    };
    // Too few periods: thirty months (the last ends after the 28th, so coverage holds 29).
    let short = finding(
        &dossier(&ends(30), "month", EVENTS, ""),
        &few(vec![5.0; 30]),
        &[],
    );
    assert_eq!(short.rung, Some(Rung::TooLittleData));
    assert_eq!(
        short.reasons,
        ["Too little data: 29 periods of data; a verdict needs at least 36."]
    );
    assert!(short.shift.is_none() && short.probability.is_none() && short.curve.is_none());
    // Too few events.
    let mut sparse = vec![0.0; N];
    sparse[3] = 4.0;
    sparse[90] = 2.0;
    let sparse = finding(
        &dossier("2019-12-31", "month", EVENTS, ""),
        &few(sparse),
        &[],
    );
    assert_eq!(sparse.rung, Some(Rung::TooLittleData));
    assert!(sparse.reasons[0].contains("6 events in 2 active periods"));
    // Figures that never vary.
    let mut series = few(vec![1.0; N]);
    series.cell("trade,exports_reported,CHN,PRK", month, vec![1000.0; N]);
    let constant = finding(
        &dossier("2019-12-31", "month", "kind = \"trade_value\"\n", ""),
        &series,
        &[],
    );
    assert_eq!(constant.rung, Some(Rung::TooLittleData));
    assert!(constant.reasons[0].contains("never vary"));
}

#[test]
fn months_without_exposure_are_left_out_and_said() {
    let mut total = growing(N);
    total[20] = 0.0;
    total[21] = 0.0;
    let mut values = rate(12, N, AT, 4.0, 12.0);
    values[20] = 0.0;
    values[21] = 0.0;
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, values);
    series.cell("all,events,CHN,*", month, total);
    let found = finding(&dossier("2019-12-31", "month", EVENTS, ""), &series, &[]);
    assert_shift(&found, AT, month, 3.0);
    assert!(
        found
            .warnings
            .contains(&"2 covered months have no exposure and are left out".to_owned())
    );
    assert_eq!(found.chart.observed[20], None);
}

#[test]
fn a_declared_change_of_the_source_base_is_the_datas_break() {
    // The rate triples where the source base is declared to change: no shift of the state's.
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, rate(13, N, AT, 4.0, 12.0));
    series.cell("all,events,CHN,*", month, growing(N));
    let declared =
        "[[data.coverage.changes]]\ndate = \"2015-05-01\"\nnote = \"a new source\"\n[groups.acts]";
    let text = dossier("2019-12-31", "month", EVENTS, "").replacen("[groups.acts]", declared, 1);
    let found = finding(&text, &series, &[]);
    assert_eq!(found.rung, Some(Rung::NoShift), "{:?}", found.reasons);
}
