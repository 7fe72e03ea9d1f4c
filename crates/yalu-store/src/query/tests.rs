//! Queries over hand-made stores whose answers are known.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::fixture::{Event, Fixture, Flow, event};
use super::*;
use crate::series::CodeSet;
use crate::trace::rows_behind;
use crate::types::DyadPattern;
use crate::{Period, QuadClass};

fn pattern(source: &str, target: &str) -> DyadPattern {
    let side = |code: &str| (code != "*").then(|| code.parse().expect("a code"));
    DyadPattern {
        source: side(source),
        target: side(target),
    }
}

fn codes(codes: &[&str]) -> CodeSet {
    CodeSet {
        codes: codes
            .iter()
            .map(|code| code.parse().expect("a code"))
            .collect(),
        ..CodeSet::default()
    }
}

fn ask(group: &str, codes: &CodeSet, source: &str, target: &str) -> CellRequest {
    CellRequest {
        group: group.to_owned(),
        codes: codes.clone(),
        dyad: pattern(source, target),
        measure: Measure::Events,
    }
}

fn query(store: &Fixture, requests: &[CellRequest], as_of: Option<Date>) -> SeriesTable {
    query_series_blocking(
        &store.view,
        requests,
        &[],
        PeriodUnit::Month,
        None,
        as_of,
        Some(2),
    )
    .expect("an answer")
}

fn fails(store: &Fixture, requests: &[CellRequest], unit: PeriodUnit) -> SeriesError {
    query_series_blocking(&store.view, requests, &[], unit, None, None, Some(1))
        .expect_err("refused")
}

/// `2013-02:3/2` for a sum of 3 over 2 rows in February 2013.
fn shown(table: &SeriesTable, cell_idx: usize) -> String {
    let all: Vec<String> = table.cells[cell_idx]
        .values
        .iter()
        .map(|(period, value)| {
            format!(
                "{}:{}/{}",
                period.label(table.unit),
                value.value,
                value.n_rows
            )
        })
        .collect();
    all.join(" ")
}

/// Single events of two years, with a self-dyad, an unmapped side and a row that counts none.
fn single_events() -> Fixture {
    let mut unmapped = event("2013-02-10", "CHN", "PRK", "163");
    unmapped.target = None;
    let mut nobody = event("2013-02-10", "CHN", "PRK", "163");
    nobody.source = None;
    Fixture::new()
        .dataset(
            "icews",
            "2012-01-01",
            "2013-12-31",
            &["events.tab", "late.tab"],
        )
        .events(
            "icews",
            &[
                event("2012-12-31", "CHN", "PRK", "163").score(-8.0),
                event("2013-02-01", "CHN", "PRK", "163").score(-8.0),
                event("2013-02-15", "CHN", "PRK", "1631").score(-8.1),
                event("2013-02-28", "CHN", "PRK", "164").sectors("government;foreign_ministry"),
                event("2013-02-28", "CHN", "PRK", "112")
                    .score(-2.0)
                    .sectors("government"),
                event("2013-02-28", "CHN", "JPN", "112").score(-2.0),
                event("2013-03-05", "USA", "PRK", "163").score(-8.0),
                event("2013-03-05", "USA", "CHN", "0231").score(3.4),
                event("2013-03-05", "CHN", "CHN", "163").score(-8.0),
                event("2013-03-06", "CHN", "PRK", "163").n(0),
                event("2013-04-02", "CHN", "PRK", "163").file("late.tab"),
                unmapped,
                nobody,
            ],
        )
}

#[test]
fn prefixes_totals_and_the_world_count_what_they_should() {
    let store = single_events();
    let all = CodeSet::default();
    let root = codes(&["16"]);
    let table = query(
        &store,
        &[
            ask("sanctions", &root, "CHN", "PRK"),
            ask("leaf", &codes(&["163"]), "CHN", "PRK"),
            ask("deep leaf", &codes(&["1631"]), "CHN", "PRK"),
            ask("all", &all, "CHN", "*"),
            ask("all", &all, "*", "*"),
            ask("all", &all, "*", "PRK"),
            ask("sanctions", &root, "KOR", "PRK"),
            ask("sanctions", &root, "CHN", "CHN"),
        ],
        None,
    );
    assert_eq!(shown(&table, 0), "2012-12:1/1 2013-02:3/3 2013-04:1/1");
    assert_eq!(shown(&table, 1), "2012-12:1/1 2013-02:2/2 2013-04:1/1");
    assert_eq!(shown(&table, 2), "2013-02:1/1");
    assert_eq!(shown(&table, 3), "2012-12:1/1 2013-02:5/5 2013-04:1/1");
    assert_eq!(
        shown(&table, 4),
        "2012-12:1/1 2013-02:5/5 2013-03:2/2 2013-04:1/1"
    );
    assert_eq!(
        shown(&table, 5),
        "2012-12:1/1 2013-02:4/4 2013-03:1/1 2013-04:1/1"
    );
    assert_eq!(shown(&table, 6), "", "a dyad without events has no periods");
    assert_eq!(
        shown(&table, 7),
        "",
        "a state's acts toward itself never count"
    );
    assert_eq!(table.cells.len(), 8);
    assert_eq!(table.coverage[0].to, date(2013, 12, 31));
}

#[test]
fn exceptions_quads_and_sectors_narrow_a_set() {
    let store = single_events();
    let mut without_leaf = codes(&["16", "11"]);
    without_leaf.except = codes(&["163"]).codes;
    let conflict = CodeSet {
        quads: vec![QuadClass::VerbalConflict, QuadClass::MaterialConflict],
        ..CodeSet::default()
    };
    let mut ministry = codes(&["16", "11"]);
    ministry.source_sectors = vec!["foreign_ministry".to_owned()];
    let mut government = ministry.clone();
    government.source_sectors = vec!["government".to_owned()];
    let mut part_of_name = ministry.clone();
    part_of_name.source_sectors = vec!["foreign".to_owned()];
    let mut state = ministry.clone();
    state.source_sectors = vec!["state".to_owned()];
    let table = query(
        &store,
        &[
            ask("without 163", &without_leaf, "CHN", "PRK"),
            ask("conflict", &conflict, "*", "*"),
            ask("ministry", &ministry, "CHN", "PRK"),
            ask("government", &government, "CHN", "PRK"),
            ask("part", &part_of_name, "CHN", "PRK"),
            ask("state", &state, "CHN", "PRK"),
        ],
        Some(date(2013, 3, 31)),
    );
    assert_eq!(shown(&table, 0), "2013-02:2/2");
    assert_eq!(shown(&table, 1), "2012-12:1/1 2013-02:5/5 2013-03:1/1");
    assert_eq!(shown(&table, 2), "2013-02:1/1");
    assert_eq!(shown(&table, 3), "2013-02:2/2");
    assert_eq!(shown(&table, 4), "");
    assert_eq!(shown(&table, 5), "2012-12:1/1 2013-02:2/2");
    let mut bad = ministry;
    bad.source_sectors = vec!["x' OR '1'='1".to_owned()];
    assert!(matches!(
        fails(&store, &[ask("bad", &bad, "CHN", "PRK")], PeriodUnit::Month),
        SeriesError::Sector { .. }
    ));
}

#[test]
fn goldstein_sums_are_exact_and_count_rows_with_a_score() {
    let store = single_events();
    let mut request = ask("all", &CodeSet::default(), "CHN", "PRK");
    request.measure = Measure::GoldsteinSum;
    let mut unscored = ask("164", &codes(&["164"]), "CHN", "PRK");
    unscored.measure = Measure::GoldsteinSum;
    let table = query(&store, std::slice::from_ref(&request), None);
    // -8.0 - 8.1 - 2.0 in binary fractions would be -18.1 only by luck; the sum is of decimals.
    assert_eq!(shown(&table, 0), "2012-12:-8/1 2013-02:-18.1/3");
    let error = fails(&store, &[request, unscored], PeriodUnit::Month);
    assert!(
        matches!(error, SeriesError::NoScores { n_rows: 1, .. }),
        "{error}"
    );
}

#[test]
fn weeks_and_quarters_hold_the_days_that_they_should() {
    let store = single_events();
    let request = ask("16", &codes(&["16"]), "CHN", "PRK");
    let of = |unit| {
        let table = query_series_blocking(
            &store.view,
            std::slice::from_ref(&request),
            &[],
            unit,
            Some(date(2013, 1, 2)),
            None,
            None,
        )
        .expect("an answer");
        shown(&table, 0)
    };
    assert_eq!(
        of(PeriodUnit::Week),
        "2013-W05:1/1 2013-W07:1/1 2013-W09:1/1 2013-W14:1/1"
    );
    // The first quarter begins before the day asked for, so it isn't whole.
    assert_eq!(of(PeriodUnit::Quarter), "2013-Q2:1/1");
}

#[test]
fn as_of_keeps_complete_periods_only_and_names_only_files_that_count() {
    let store = single_events();
    let request = [ask("16", &codes(&["16"]), "CHN", "PRK")];
    let on_last_day = query(&store, &request, Some(date(2013, 2, 28)));
    assert_eq!(shown(&on_last_day, 0), "2012-12:1/1 2013-02:3/3");
    let a_day_before = query(&store, &request, Some(date(2013, 2, 27)));
    assert_eq!(shown(&a_day_before, 0), "2012-12:1/1");
    assert_eq!(a_day_before.coverage[0].to, date(2013, 2, 27));
    let names = |table: &SeriesTable| -> Vec<String> {
        table.files.iter().map(|file| file.name.clone()).collect()
    };
    assert_eq!(names(&on_last_day), ["events.tab"]);
    assert_eq!(
        names(&query(&store, &request, None)),
        ["events.tab", "late.tab"]
    );
}

fn counts_by_root() -> Fixture {
    Fixture::new()
        .dataset("months", "2001-01-01", "2013-12-31", &["events.tab"])
        .events(
            "months",
            &[
                event("2013-01-01", "CHN", "PRK", "16").n(4),
                event("2013-01-01", "CHN", "PRK", "11").n(2),
                event("2013-02-01", "USA", "PRK", "16").n(7),
                event("2013-03-01", "CHN", "PRK", "17").n(1),
            ],
        )
}

#[test]
fn counts_sum_their_n_and_quarters_sum_months() {
    let store = counts_by_root();
    let requests = [
        ask("16", &codes(&["16"]), "CHN", "PRK"),
        ask("all", &CodeSet::default(), "*", "PRK"),
    ];
    let table = query(&store, &requests, None);
    assert_eq!(shown(&table, 0), "2013-01:4/1");
    assert_eq!(shown(&table, 1), "2013-01:6/2 2013-02:7/1 2013-03:1/1");
    let quarters = query_series_blocking(
        &store.view,
        &requests,
        &[],
        PeriodUnit::Quarter,
        None,
        Some(date(2013, 3, 31)),
        None,
    )
    .expect("an answer");
    assert_eq!(shown(&quarters, 1), "2013-Q1:14/4");
}

#[test]
fn rows_too_coarse_for_the_question_are_refused_by_name() {
    let store = counts_by_root();
    // Even for a dyad without any event: its zero would not be known to be one.
    let leaf = [ask("embargo", &codes(&["163"]), "FRA", "DEU")];
    let error = fails(&store, &leaf, PeriodUnit::Month);
    assert!(
        matches!(error, SeriesError::RootsOnly { n_rows: 2, .. }),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "the cell `embargo: FRA → DEU` asks for code `163`, but the rows of the period from 2013-01-01 are counted by root (2 rows, none with a leaf); ask for `16`, or use a data set of single events"
    );
    let root = [ask("16", &codes(&["16"]), "CHN", "PRK")];
    let error = fails(&store, &root, PeriodUnit::Week);
    assert!(
        matches!(error, SeriesError::PeriodsTooLong { holds: "month", .. }),
        "{error}"
    );

    let quads = Fixture::new()
        .dataset("quads", "2013-01-01", "2013-12-31", &["events.tab"])
        .events(
            "quads",
            &[event("2013-01-01", "CHN", "PRK", "16").n(3).quad_only()],
        );
    let error = fails(&quads, &root, PeriodUnit::Month);
    assert!(
        matches!(error, SeriesError::QuadsOnly { n_rows: 1, .. }),
        "{error}"
    );
    let conflict = CodeSet {
        quads: vec![QuadClass::MaterialConflict],
        ..CodeSet::default()
    };
    let table = query(&quads, &[ask("conflict", &conflict, "CHN", "PRK")], None);
    assert_eq!(shown(&table, 0), "2013-01:3/1");
}

#[test]
fn yearly_rows_never_enter_shorter_periods() {
    let yearly = [event("2013-01-01", "CHN", "PRK", "16").n(99).period("year")];
    let store = counts_by_root()
        .dataset("years", "2002-01-01", "2014-12-31", &["events.tab"])
        .events("years", &yearly);
    let request = [ask("16", &codes(&["16"]), "CHN", "PRK")];
    assert_eq!(shown(&query(&store, &request, None), 0), "2013-01:4/1");
    let alone = Fixture::new()
        .dataset("years", "2002-01-01", "2014-12-31", &["events.tab"])
        .events("years", &yearly);
    let error = fails(&alone, &request, PeriodUnit::Quarter);
    assert!(
        matches!(error, SeriesError::PeriodsTooLong { holds: "year", .. }),
        "{error}"
    );
}

#[test]
fn data_sets_that_cover_the_same_days_are_not_added_up() {
    let both = single_events()
        .dataset("gdelt", "2013-02-01", "2014-12-31", &["events.tab"])
        .events("gdelt", &[event("2013-02-03", "CHN", "PRK", "163")]);
    let request = [ask("16", &codes(&["16"]), "CHN", "PRK")];
    let error = fails(&both, &request, PeriodUnit::Month);
    assert_eq!(
        error.to_string(),
        "the data sets `icews` and `gdelt` both cover 2013-02-01 to 2013-12-31, so their events rows would count twice; name one of them in `data.datasets`"
            .replace("`icews` and `gdelt`", "`gdelt` and `icews`")
    );
    let of = |names: &[&str], as_of| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        query_series_blocking(
            &both.view,
            &request,
            &names,
            PeriodUnit::Month,
            None,
            as_of,
            None,
        )
    };
    let one = of(&["gdelt"], None).expect("an answer");
    assert_eq!(shown(&one, 0), "2013-02:1/1");
    assert_eq!(one.coverage.len(), 1);
    assert!(matches!(
        of(&["gdelt", "icews"], None),
        Err(SeriesError::AmbiguousDatasets { .. })
    ));
    // Before the second began there is nothing to confuse.
    let before = of(&[], Some(date(2013, 1, 31))).expect("an answer");
    assert_eq!(shown(&before, 0), "2012-12:1/1");
    assert_eq!(before.coverage.len(), 1);
    let error = of(&["gdlet"], None).expect_err("refused");
    assert!(
        error.to_string().contains("it holds `gdelt`, `icews`"),
        "{error}"
    );
    assert!(matches!(
        of(&["gdelt"], Some(date(2012, 6, 30))),
        Err(SeriesError::OutsideCoverage { .. })
    ));
}

#[test]
fn sets_that_follow_each_other_make_one_series() {
    let store = single_events()
        .dataset("polecat", "2014-01-01", "2014-12-31", &["more.tab"])
        .events(
            "polecat",
            &[event("2014-01-03", "CHN", "PRK", "163").file("more.tab")],
        );
    let table = query(&store, &[ask("163", &codes(&["163"]), "CHN", "PRK")], None);
    assert_eq!(
        shown(&table, 0),
        "2012-12:1/1 2013-02:2/2 2013-04:1/1 2014-01:1/1"
    );
    assert_eq!(table.files.len(), 3);
}

#[test]
fn trade_is_taken_from_the_reporter_asked_for_and_from_totals() {
    let store = Fixture::new()
        .dataset("comtrade", "2013-01-01", "2013-12-31", &["trade.csv"])
        .trade(
            "comtrade",
            &[
                Flow("2013-01-01", "CHN", "PRK", "export", "TOTAL", 100.25),
                Flow("2013-01-01", "CHN", "PRK", "export", "27", 60.0),
                Flow("2013-01-01", "CHN", "PRK", "import", "TOTAL", 40.5),
                Flow("2013-01-01", "KOR", "CHN", "import", "TOTAL", 7.1),
                Flow("2013-02-01", "KOR", "CHN", "import", "TOTAL", 0.2),
                Flow("2013-01-01", "CHN", "CHN", "import", "TOTAL", 9.0),
            ],
        );
    let of = |measure, source, target| CellRequest {
        measure,
        ..ask("trade", &CodeSet::default(), source, target)
    };
    let requests = [
        of(Measure::ExportsReported, "CHN", "PRK"),
        of(Measure::ImportsReported, "PRK", "CHN"),
        of(Measure::ImportsReported, "CHN", "*"),
        of(Measure::ExportsReported, "PRK", "CHN"),
    ];
    let table = query(&store, &requests, None);
    assert_eq!(shown(&table, 0), "2013-01:100.25/1");
    assert_eq!(
        shown(&table, 1),
        "2013-01:40.5/1",
        "what China says it buys from the North"
    );
    assert_eq!(shown(&table, 2), "2013-01:7.1/1 2013-02:0.2/1");
    assert_eq!(shown(&table, 3), "", "the North doesn't report");
    let january = Period::containing(date(2013, 1, 1), PeriodUnit::Month);
    let rows = rows_behind(
        &store.view,
        &requests[1],
        &[],
        PeriodUnit::Month,
        january,
        january,
        10,
    )
    .expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].source.as_str(), rows[0].value), ("PRK", 40.5));

    let details = Fixture::new()
        .dataset("comtrade", "2013-01-01", "2013-12-31", &["trade.csv"])
        .trade(
            "comtrade",
            &[Flow("2013-01-01", "CHN", "PRK", "export", "27", 60.0)],
        );
    assert!(matches!(
        fails(&details, &requests[..1], PeriodUnit::Month),
        SeriesError::NoTradeTotals { n_rows: 1 }
    ));
    let events = [ask("16", &codes(&["16"]), "CHN", "PRK")];
    assert!(matches!(
        fails(&store, &events, PeriodUnit::Month),
        SeriesError::NoRowsOfKind {
            table: "events",
            ..
        }
    ));
}

#[test]
fn the_rows_behind_a_figure_sum_to_it() {
    let store = single_events();
    let request = ask("16", &codes(&["16"]), "CHN", "PRK");
    let table = query(&store, std::slice::from_ref(&request), None);
    let period = Period::containing(date(2013, 2, 1), PeriodUnit::Month);
    let of = |limit| {
        rows_behind(
            &store.view,
            &request,
            &[],
            PeriodUnit::Month,
            period,
            period,
            limit,
        )
        .expect("rows")
    };
    let rows = of(100);
    let sum: f64 = rows.iter().map(|row| row.value).sum();
    assert!((sum - table.cells[0].values[&period].value).abs() < 1e-12);
    let found: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row.code.as_str(), row.source_name.as_str()))
        .collect();
    assert_eq!(found, [("163", "CHN"), ("1631", "CHN"), ("164", "CHN")]);
    assert!(rows.windows(2).all(|pair| pair[0].date <= pair[1].date));
    assert_eq!(of(1).len(), 1);
}

#[test]
fn a_part_that_is_missing_or_broken_is_named() {
    let store = single_events();
    let request = [ask("16", &codes(&["16"]), "CHN", "PRK")];
    std::fs::write(&store.view.parts[0].path, b"not Parquet").expect("written");
    let error = fails(&store, &request, PeriodUnit::Month);
    assert!(matches!(error, SeriesError::Part { .. }), "{error}");
    std::fs::remove_file(&store.view.parts[0].path).expect("removed");
    let error = fails(&store, &request, PeriodUnit::Month);
    assert!(error.to_string().contains("2012"), "{error}");
}

#[test]
fn one_statement_and_one_scan_answer_every_request() {
    let store = single_events();
    let requests = [
        ask("sanctions", &codes(&["16"]), "CHN", "PRK"),
        ask("all", &CodeSet::default(), "*", "*"),
        ask("all", &CodeSet::default(), "CHN", "*"),
    ];
    let window = Window::new(PeriodUnit::Month, None, Some(date(2013, 7, 31)));
    let all: Vec<&CellRequest> = requests.iter().collect();
    let statement = sql::events_sql(&all, window).expect("a statement").text;
    assert_eq!(
        statement,
        "-- v0: events of sanctions; n0: their rows
-- v1: events of all; n1: their rows
SELECT
  CAST(date_trunc('month', date) AS DATE) AS first_day,
  CASE WHEN source IN ('CHN') THEN source ELSE '*' END AS by_source,
  CASE WHEN target IN ('PRK') THEN target ELSE '*' END AS by_target,
  SUM(CASE WHEN root IN ('16') THEN n END) AS v0,
  COUNT(CASE WHEN root IN ('16') THEN 1 END) AS n0,
  SUM(CASE WHEN TRUE THEN n END) AS v1,
  COUNT(CASE WHEN TRUE THEN 1 END) AS n1,
  COUNT(CASE WHEN code LIKE '___%' THEN 1 END) AS n_leaf,
  COUNT(CASE WHEN root IS NOT NULL AND (code IS NULL OR code LIKE '__') THEN 1 END) AS n_root_only,
  COUNT(CASE WHEN root IS NULL AND code IS NULL AND quad IS NOT NULL THEN 1 END) AS n_quad_only
FROM events
WHERE source <> target AND n > 0
  AND period IN ('day', 'month')
  AND date <= DATE '2013-07-31'
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3"
    );
    let chosen = store
        .view
        .choose(Table::Events, &[], window, "any")
        .expect("parts");
    let runtime = runtime(Some(1)).expect("a runtime");
    let plan = runtime.block_on(async {
        let context = engine::session(Some(1));
        engine::register(&context, Table::Events, &chosen.parts).expect("registered");
        let frame = context.sql(&statement).await.expect("a plan");
        let physical = frame.create_physical_plan().await.expect("a physical plan");
        datafusion::physical_plan::displayable(physical.as_ref())
            .indent(false)
            .to_string()
    });
    assert_eq!(plan.matches("DataSourceExec").count(), 1, "{plan}");
    assert_eq!(plan.matches("file_type=parquet").count(), 1, "{plan}");
    // Names and lines of rows are wide and not asked for.
    for unread in ["source_name", "goldstein", "line@"] {
        assert!(!plan.contains(unread), "{plan}");
    }
}

#[test]
fn parts_of_years_outside_the_window_are_not_read() {
    let store = single_events();
    let window = Window::new(PeriodUnit::Month, Some(date(2013, 1, 1)), None);
    let chosen = store
        .view
        .choose(Table::Events, &[], window, "any")
        .expect("parts");
    assert_eq!(chosen.parts.len(), 1);
    assert!(chosen.parts[0].to_string_lossy().contains("year=2013"));
}

const STATES: [&str; 5] = ["CHN", "PRK", "USA", "JPN", "KOR"];
const LEAVES: [&str; 5] = ["163", "112", "0231", "1711", "164"];

fn any_event(years: std::ops::RangeInclusive<i16>) -> impl Strategy<Value = Event> {
    (
        (years, 1_i8..=12, 1_i8..=28),
        proptest::sample::select(&STATES[..]),
        proptest::sample::select(&STATES[..]),
        proptest::sample::select(&LEAVES[..]),
        -100_i32..=100,
        1_i64..=3,
    )
        .prop_map(|((year, month, day), source, target, code, score, n)| {
            let mut event = event("2013-01-01", source, target, code)
                .score(f64::from(score) / 10.0)
                .n(n);
            event.date = date(year, month, day);
            event
        })
}

fn many_requests() -> Vec<CellRequest> {
    let mut requests = Vec::new();
    for (group, set) in [
        ("16", codes(&["16"])),
        ("163", codes(&["163"])),
        ("all", CodeSet::default()),
    ] {
        for (source, target) in [("CHN", "PRK"), ("CHN", "*"), ("*", "*"), ("USA", "CHN")] {
            let request = ask(group, &set, source, target);
            requests.push(CellRequest {
                measure: Measure::GoldsteinSum,
                ..request.clone()
            });
            requests.push(request);
        }
    }
    requests
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn later_rows_change_nothing_as_of_an_earlier_day(
        known in proptest::collection::vec(any_event(2011..=2013), 1..60),
        later in proptest::collection::vec(any_event(2014..=2015), 1..60),
        month in 1_i8..=12,
        day in 1_i8..=28,
    ) {
        // Within the last year known, later rows are those after the day.
        let as_of = date(2013, month, day);
        let (known, mut after): (Vec<Event>, Vec<Event>) =
            known.into_iter().partition(|event| event.date <= as_of);
        prop_assume!(!known.is_empty());
        after.extend(later);
        let after: Vec<Event> = after.into_iter().map(|event| event.file("later.tab")).collect();
        let before = Fixture::new()
            .dataset("a", "2011-01-01", "2013-12-31", &["events.tab"])
            .events("a", &known);
        let with_later = Fixture::new()
            .dataset("a", "2011-01-01", "2015-12-31", &["events.tab", "later.tab"])
            .dataset("b", "2014-01-01", "2016-12-31", &["later.tab"])
            .events("a", &known)
            .events("a", &after)
            .events("b", &after.iter().filter(|event| event.date.year() > 2013).cloned().collect::<Vec<_>>());
        let requests = many_requests();
        prop_assert_eq!(
            query(&before, &requests, Some(as_of)),
            query(&with_later, &requests, Some(as_of))
        );
    }

    #[test]
    fn sums_equal_a_plain_count_on_any_number_of_threads(
        events in proptest::collection::vec(any_event(2010..=2015), 1..120),
    ) {
        let store = Fixture::new()
            .dataset("a", "2010-01-01", "2015-12-31", &["events.tab"])
            .events("a", &events[..events.len() / 2])
            .events("a", &events[events.len() / 2..]);
        let requests = many_requests();
        let of = |threads| query_series_blocking(
            &store.view, &requests, &[], PeriodUnit::Month, None, None, Some(threads),
        ).expect("an answer");
        let table = of(1);
        prop_assert_eq!(&table, &of(4));
        for cell in &table.cells {
            let mut sums: BTreeMap<Period, (i64, u64)> = BTreeMap::new();
            for event in &events {
                let (source, target) = (event.source.expect("set"), event.target.expect("set"));
                let code = event.code.expect("set");
                let dyad = &cell.request.dyad;
                let counts = source != target
                    && dyad.source.as_ref().is_none_or(|code| code.as_str() == source)
                    && dyad.target.as_ref().is_none_or(|code| code.as_str() == target)
                    && (cell.request.codes.codes.is_empty()
                        || cell.request.codes.codes.iter().any(|asked| code.starts_with(asked.as_str())));
                if counts {
                    let sum = sums.entry(Period::containing(event.date, PeriodUnit::Month)).or_default();
                    sum.0 += match cell.request.measure {
                        Measure::Events => event.n * 10,
                        _ => event.n * (event.goldstein.expect("set") * 10.0).round() as i64,
                    };
                    sum.1 += 1;
                }
            }
            prop_assert_eq!(sums.len(), cell.values.len());
            for (period, (tenths, n_rows)) in sums {
                let found = &cell.values[&period];
                prop_assert!((found.value - tenths as f64 / 10.0).abs() < 1e-9);
                prop_assert_eq!(found.n_rows, n_rows);
            }
        }
    }
}
