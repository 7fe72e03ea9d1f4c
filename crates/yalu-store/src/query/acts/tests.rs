//! Tables of hand-made stores.

use super::super::fixture::{Fixture, event};
use super::super::query_series_blocking;
use super::*;
use crate::series::{CellRequest, Measure};
use crate::types::DyadPattern;

fn dyad(source: &str, target: &str) -> Dyad {
    Dyad {
        source: source.parse().expect("a code"),
        target: target.parse().expect("a code"),
    }
}

fn ask() -> ActsQuery {
    ActsQuery::of(dyad("CHN", "PRK"))
}

fn roots(codes: &[&str]) -> CodeSet {
    CodeSet {
        codes: codes
            .iter()
            .map(|code| code.parse().expect("a code"))
            .collect(),
        ..CodeSet::default()
    }
}

fn table(store: &Fixture, query: &ActsQuery) -> ActsTable {
    let one = query_acts_blocking(&store.view, query, Some(1)).expect("a table");
    let two = query_acts_blocking(&store.view, query, Some(2)).expect("a table");
    assert_eq!(one, two, "on one thread and on two");
    one
}

fn fails(store: &Fixture, query: &ActsQuery) -> SeriesError {
    query_acts_blocking(&store.view, query, Some(2)).expect_err("refused")
}

fn name(actor: &InnerActor) -> String {
    let mut text = actor.name.clone();
    if !actor.sectors.is_empty() {
        text += &format!(" [{}]", actor.sectors.join(";"));
    }
    if let Some(person) = &actor.person {
        text += &format!(" ({person})");
    }
    text
}

fn counts(table: &ActsTable, entries: &[PeriodActs]) -> String {
    let shown: Vec<String> = entries
        .iter()
        .map(|entry| {
            let label = table.periods[entry.period as usize].label(table.unit);
            format!("{label}:{}", entry.n)
        })
        .collect();
    shown.join(" ")
}

fn outward(table: &ActsTable) -> Vec<String> {
    table
        .outward
        .iter()
        .map(|one| format!("{}: {}", name(&one.actor), counts(table, &one.entries)))
        .collect()
}

fn domestic(table: &ActsTable) -> Vec<String> {
    table
        .domestic
        .iter()
        .map(|one| {
            let counts = counts(table, &one.entries);
            format!("{} → {}: {counts}", name(&one.source), name(&one.target))
        })
        .collect()
}

/// The state under three names, a ministry, a person in and out of office, and others' acts.
fn a_year() -> Fixture {
    let army = "military;government";
    Fixture::new()
        .dataset(
            "icews",
            "2013-01-01",
            "2013-12-31",
            &["events.tab", "late.tab"],
        )
        .events(
            "icews",
            &[
                event("2013-01-05", "CHN", "PRK", "112").by("China", ""),
                event("2013-01-06", "CHN", "PRK", "112").by("CHN", ""),
                event("2013-01-07", "CHN", "PRK", "163")
                    .by("Military (China)", army)
                    .n(2),
                event("2013-02-07", "CHN", "PRK", "042").by("Military (China)", army),
                event("2013-02-08", "CHN", "PRK", "042")
                    .by("Xi Jinping", "executive;government")
                    .person("Xi Jinping")
                    .file("late.tab"),
                event("2013-03-01", "CHN", "PRK", "042").by("Beijing", ""),
                event("2013-02-08", "CHN", "JPN", "042").by("Military (China)", army),
                event("2013-02-08", "USA", "PRK", "042"),
                event("2013-02-08", "PRK", "CHN", "042"),
                event("2013-04-01", "CHN", "CHN", "112")
                    .by("Citizen (China)", "population")
                    .at("Military (China)", army),
                event("2013-04-01", "CHN", "CHN", "190")
                    .by("Military (China)", army)
                    .at("China", ""),
                event("2013-04-01", "CHN", "CHN", "042")
                    .by("China", "")
                    .at("CHN", ""),
                event("2013-04-01", "CHN", "CHN", "042")
                    .by("Military (China)", army)
                    .at("Military (China)", army),
                event("2013-04-01", "CHN", "PRK", "042").n(0),
            ],
        )
}

#[test]
fn acts_stand_under_the_actor_that_the_data_name_and_the_rest_under_the_state() {
    let table = table(&a_year(), &ask());
    assert_eq!(
        outward(&table),
        [
            "Beijing: 2013-03:1",
            "CHN: 2013-01:2",
            "Military (China) [military;government]: 2013-01:2 2013-02:1",
            "Xi Jinping [executive;government] (Xi Jinping): 2013-02:1",
        ]
    );
    assert_eq!(
        domestic(&table),
        [
            "Citizen (China) [population] → Military (China) [military;government]: 2013-04:1",
            "Military (China) [military;government] → CHN: 2013-04:1",
        ],
        "an actor's acts toward itself don't count"
    );
    assert_eq!((table.n_outward(), table.n_domestic()), (7, 2));
    assert_eq!(table.covered, [true; 12]);
    let files: Vec<&str> = table.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(files, ["events.tab", "late.tab"]);
    assert!(table.outward[1].actor.is_state(&ask().dyad.source));
}

#[test]
fn acts_of_all_actors_sum_to_the_series_of_the_dyad() {
    let store = a_year();
    for unit in [PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter] {
        for codes in [CodeSet::default(), roots(&["163"]), roots(&["11", "04"])] {
            let query = ActsQuery {
                unit,
                codes: codes.clone(),
                ..ask()
            };
            let table = table(&store, &query);
            let request = CellRequest {
                group: "all".to_owned(),
                codes,
                dyad: DyadPattern::dyad(&query.dyad),
                measure: Measure::Events,
            };
            let series =
                query_series_blocking(&store.view, &[request], &[], unit, None, None, Some(1))
                    .expect("series");
            for (place, period) in (0..).zip(&table.periods) {
                let ours: u64 = table
                    .outward
                    .iter()
                    .flat_map(|one| &one.entries)
                    .filter(|entry| entry.period == place)
                    .map(|entry| entry.n)
                    .sum();
                let theirs = series.cells[0]
                    .values
                    .get(period)
                    .map_or(0.0, |value| value.value);
                assert_eq!(
                    (ours as f64).to_bits(),
                    theirs.to_bits(),
                    "{unit:?} {place}"
                );
            }
        }
    }
}

#[test]
fn codes_choose_acts_toward_the_target_and_leave_those_at_home() {
    let query = ActsQuery {
        codes: roots(&["16"]),
        ..ask()
    };
    let table = table(&a_year(), &query);
    assert_eq!(
        outward(&table),
        ["Military (China) [military;government]: 2013-01:2"]
    );
    assert_eq!(table.n_domestic(), 2);
}

#[test]
fn nothing_later_than_the_day_asked_for_is_counted() {
    let query = ActsQuery {
        as_of: Some(jiff::civil::date(2013, 2, 27)),
        ..ask()
    };
    let store = a_year();
    let early = table(&store, &query);
    assert_eq!(
        outward(&early),
        [
            "CHN: 2013-01:2",
            "Military (China) [military;government]: 2013-01:2",
        ],
        "February isn't complete on its 27th"
    );
    assert!(early.domestic.is_empty());
    assert_eq!(early.files.len(), 1, "the later file isn't named");
    let mut cut = table(&store, &ask()).within(None, query.as_of);
    cut.files.clone_from(&early.files);
    cut.sql.clone_from(&early.sql);
    assert_eq!(cut, early, "a table that is cut is one that was asked for");
}

#[test]
fn periods_that_are_covered_in_part_are_missing() {
    let mut store = a_year();
    store.view.datasets[0].coverage.from = jiff::civil::date(2013, 1, 6);
    let table = table(&store, &ask());
    assert_eq!(table.periods[0].label(table.unit), "2013-02");
    assert_eq!(table.n_outward(), 3);
}

#[test]
fn data_that_name_nobody_are_the_states_own() {
    let store = Fixture::new()
        .dataset("counts", "2013-01-01", "2013-12-31", &["events.tab"])
        .events(
            "counts",
            &[
                event("2013-02-01", "CHN", "PRK", "16"),
                event("2013-02-01", "CHN", "PRK", "11").by("710", ""),
                event("2013-02-01", "CHN", "PRK", "04").by("", ""),
            ],
        );
    let answer = table(&store, &ask());
    assert_eq!(outward(&answer), ["CHN: 2013-02:3"]);
    assert!(answer.domestic.is_empty());
    let leaf = ActsQuery {
        codes: roots(&["163"]),
        ..ask()
    };
    let error = fails(&store, &leaf);
    assert!(matches!(error, SeriesError::RootsOnly { .. }), "{error}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let error = fails(&a_year(), &ActsQuery::of(dyad("CHN", "CHN")));
    assert!(matches!(error, SeriesError::SameState { .. }), "{error}");
    let two = a_year()
        .dataset("two", "2013-06-01", "2014-12-31", &["events.tab"])
        .events("two", &[event("2013-07-01", "CHN", "PRK", "163")]);
    let error = fails(&two, &ask());
    assert!(
        matches!(error, SeriesError::AmbiguousDatasets { .. }),
        "{error}"
    );
    let one = ActsQuery {
        datasets: vec!["two".to_owned()],
        ..ask()
    };
    assert_eq!(outward(&table(&two, &one)), ["CHN: 2013-07:1"]);
}
