//! Panels of hand-made stores, held to series of the same stores.

use super::super::fixture::{Event, Fixture, event};
use super::super::query_series_blocking;
use super::*;
use crate::series::{CellRequest, Measure};
use crate::types::DyadPattern;

fn codes(codes: &[&str]) -> CodeSet {
    CodeSet {
        codes: codes
            .iter()
            .map(|code| code.parse().expect("a code"))
            .collect(),
        ..CodeSet::default()
    }
}

fn ask(counted: &[&str]) -> DyadQuery {
    DyadQuery {
        codes: codes(counted),
        ..DyadQuery::default()
    }
}

fn panel(store: &Fixture, query: &DyadQuery) -> DyadPanel {
    let one = query_dyads_blocking(&store.view, query, Some(1)).expect("a panel");
    let two = query_dyads_blocking(&store.view, query, Some(2)).expect("a panel");
    assert_eq!(one, two, "on one thread and on two");
    one
}

fn fails(store: &Fixture, query: &DyadQuery) -> SeriesError {
    query_dyads_blocking(&store.view, query, Some(2)).expect_err("refused")
}

/// `CHN → PRK [police]: 3 of 2 rows; 2013-02:3/5` for 3 acts of an exposure of 5 in February 2013.
fn shown(panel: &DyadPanel) -> Vec<String> {
    panel
        .dyads
        .iter()
        .map(|dyad| {
            let sector = dyad
                .sector
                .as_ref()
                .map_or(String::new(), |sector| format!(" [{sector}]"));
            let entries: Vec<String> = dyad
                .entries
                .iter()
                .map(|entry| {
                    let label = panel.periods[entry.period as usize].label(panel.unit);
                    format!("{label}:{}/{}", entry.count, entry.exposure)
                })
                .collect();
            format!(
                "{} → {}{sector}: {} of {} rows; {}",
                dyad.source,
                dyad.target,
                dyad.total,
                dyad.n_rows,
                entries.join(" ")
            )
        })
        .collect()
}

fn world(panel: &DyadPanel) -> Vec<String> {
    panel
        .periods
        .iter()
        .zip(&panel.world)
        .filter(|(_, sum)| **sum > 0.0)
        .map(|(period, sum)| format!("{}:{sum}", period.label(panel.unit)))
        .collect()
}

/// Two years of events with a self-dyad, unmapped sides and a row that counts none.
fn two_years() -> Fixture {
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
                event("2012-12-31", "CHN", "PRK", "163"),
                event("2013-02-01", "CHN", "PRK", "163"),
                event("2013-02-15", "CHN", "PRK", "1631").n(2),
                event("2013-02-28", "CHN", "PRK", "164").sectors("foreign_ministry;executive"),
                event("2013-02-28", "CHN", "PRK", "112").sectors("executive;government"),
                event("2013-02-28", "CHN", "JPN", "112"),
                event("2013-03-05", "USA", "PRK", "163"),
                event("2013-03-05", "USA", "CHN", "0231"),
                event("2013-03-05", "CHN", "CHN", "163"),
                event("2013-03-06", "CHN", "PRK", "163").n(0),
                event("2013-04-02", "CHN", "PRK", "163").file("late.tab"),
                unmapped,
                nobody,
            ],
        )
}

#[test]
fn every_dyad_has_its_acts_and_its_exposure() {
    let store = two_years();
    let panel = panel(&store, &ask(&["16"]));
    assert_eq!(
        shown(&panel),
        [
            "CHN → JPN: 0 of 0 rows; 2013-02:0/1",
            "CHN → PRK: 6 of 5 rows; 2012-12:1/1 2013-02:4/5 2013-04:1/1",
            "USA → CHN: 0 of 0 rows; 2013-03:0/1",
            "USA → PRK: 1 of 1 rows; 2013-03:1/1",
        ]
    );
    assert_eq!(
        world(&panel),
        ["2012-12:1", "2013-02:6", "2013-03:2", "2013-04:1"]
    );
    assert_eq!((panel.periods.len(), panel.world.len()), (24, 24));
    assert_eq!(panel.covered, [true; 24]);
    let files: Vec<&str> = panel.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(files, ["events.tab", "late.tab"]);
    assert!(panel.sql.contains("GROUP BY 1, 2, 3"), "{}", panel.sql);
}

#[test]
fn a_panel_says_what_series_say_of_each_dyad_and_of_the_world() {
    let store = two_years();
    for unit in [PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter] {
        let query = DyadQuery {
            exposure: codes(&["11", "16"]),
            unit,
            ..ask(&["163"])
        };
        let panel = panel(&store, &query);
        let mut requests = vec![CellRequest {
            group: "exposure".to_owned(),
            codes: query.exposure.clone(),
            dyad: DyadPattern::world(),
            measure: Measure::Events,
        }];
        for dyad in &panel.dyads {
            for (group, codes) in [("acts", &query.codes), ("exposure", &query.exposure)] {
                requests.push(CellRequest {
                    group: group.to_owned(),
                    codes: codes.clone(),
                    dyad: DyadPattern {
                        source: Some(dyad.source.clone()),
                        target: Some(dyad.target.clone()),
                    },
                    measure: Measure::Events,
                });
            }
        }
        let table = query_series_blocking(&store.view, &requests, &[], unit, None, None, Some(1))
            .expect("series");
        let figure = |cell: usize, place: usize| {
            table.cells[cell]
                .values
                .get(&panel.periods[place])
                .map_or(0.0, |value| value.value)
        };
        assert!(panel.dyads.len() >= 3, "{unit:?}");
        for place in 0..panel.periods.len() {
            assert_eq!(panel.world[place].to_bits(), figure(0, place).to_bits());
            for (idx, dyad) in panel.dyads.iter().enumerate() {
                let entry = dyad
                    .entries
                    .iter()
                    .find(|entry| entry.period as usize == place)
                    .map_or((0.0, 0.0), |entry| (entry.count, entry.exposure));
                let series = (figure(1 + 2 * idx, place), figure(2 + 2 * idx, place));
                assert_eq!(entry, series, "{} → {}", dyad.source, dyad.target);
            }
        }
    }
}

#[test]
fn an_act_counts_under_each_sector_of_its_actor_and_once_in_the_world() {
    let store = two_years();
    let query = DyadQuery {
        by_sector: true,
        ..ask(&["16"])
    };
    let panel = panel(&store, &query);
    assert_eq!(
        shown(&panel),
        [
            "CHN → JPN [state]: 0 of 0 rows; 2013-02:0/1",
            "CHN → PRK [executive]: 1 of 1 rows; 2013-02:1/2",
            "CHN → PRK [foreign_ministry]: 1 of 1 rows; 2013-02:1/1",
            "CHN → PRK [government]: 0 of 0 rows; 2013-02:0/1",
            "CHN → PRK [state]: 5 of 4 rows; 2012-12:1/1 2013-02:3/3 2013-04:1/1",
            "USA → CHN [state]: 0 of 0 rows; 2013-03:0/1",
            "USA → PRK [state]: 1 of 1 rows; 2013-03:1/1",
        ]
    );
    assert_eq!(
        world(&panel),
        ["2012-12:1", "2013-02:6", "2013-03:2", "2013-04:1"]
    );
}

#[test]
fn sectors_of_rows_without_any_are_refused() {
    let store = Fixture::new()
        .dataset("counts", "2013-01-01", "2013-12-31", &["events.tab"])
        .events("counts", &[event("2013-02-01", "CHN", "PRK", "16")]);
    let query = DyadQuery {
        by_sector: true,
        ..ask(&["16"])
    };
    let error = fails(&store, &query);
    assert!(matches!(error, SeriesError::NoSectors), "{error}");
    assert!(error.to_string().contains("leave the sectors out"));
}

#[test]
fn nothing_later_than_the_day_asked_for_is_counted() {
    let store = two_years();
    let query = DyadQuery {
        from: Some(jiff::civil::date(2013, 1, 15)),
        as_of: Some(jiff::civil::date(2013, 3, 30)),
        ..ask(&["16"])
    };
    let panel = panel(&store, &query);
    assert_eq!(
        shown(&panel),
        [
            "CHN → JPN: 0 of 0 rows; 2013-02:0/1",
            "CHN → PRK: 4 of 3 rows; 2013-02:4/5",
        ]
    );
    assert_eq!(panel.periods.len(), 1, "March isn't complete on its 30th");
    assert_eq!(panel.coverage[0].to, jiff::civil::date(2013, 3, 30));
    let files: Vec<&str> = panel.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(files, ["events.tab"]);
}

#[test]
fn periods_that_are_covered_in_part_are_missing() {
    let mut store = Fixture::new()
        .dataset("icews", "2013-01-10", "2013-06-20", &["events.tab"])
        .events(
            "icews",
            &[
                event("2013-01-20", "CHN", "PRK", "163"),
                event("2013-02-20", "CHN", "PRK", "163"),
                event("2013-04-20", "CHN", "PRK", "163"),
                event("2013-06-10", "CHN", "PRK", "163"),
            ],
        );
    let gap = [
        jiff::civil::date(2013, 4, 25),
        jiff::civil::date(2013, 5, 2),
    ];
    store.view.datasets[0].coverage.gaps = vec![gap];
    let panel = panel(&store, &ask(&["16"]));
    let labels: Vec<String> = panel
        .periods
        .iter()
        .map(|period| period.label(panel.unit))
        .collect();
    assert_eq!(labels, ["2013-02", "2013-03", "2013-04", "2013-05"]);
    assert_eq!(panel.covered, [true, true, false, false]);
    assert_eq!(
        shown(&panel),
        ["CHN → PRK: 1 of 1 rows; 2013-02:1/1"],
        "April is known in part, so its act is no count of April"
    );
    assert_eq!(panel.world, [1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn rows_too_coarse_for_either_set_are_refused() {
    let roots = Fixture::new()
        .dataset("counts", "2013-01-01", "2013-12-31", &["events.tab"])
        .events("counts", &[event("2013-02-01", "CHN", "PRK", "16")]);
    let leaf = fails(&roots, &ask(&["163"]));
    assert!(
        matches!(&leaf, SeriesError::RootsOnly { code, .. } if code.as_str() == "163"),
        "{leaf}"
    );
    let exposure = DyadQuery {
        exposure: codes(&["1031"]),
        ..ask(&["16"])
    };
    let error = fails(&roots, &exposure);
    assert!(error.to_string().contains("exposure"), "{error}");
    let weeks = DyadQuery {
        unit: PeriodUnit::Week,
        ..ask(&["16"])
    };
    let error = fails(&roots, &weeks);
    assert!(
        matches!(error, SeriesError::PeriodsTooLong { .. }),
        "{error}"
    );

    let quads = Fixture::new()
        .dataset("counts", "2013-01-01", "2013-12-31", &["events.tab"])
        .events(
            "counts",
            &[event("2013-02-01", "CHN", "PRK", "16").quad_only()],
        );
    let error = fails(&quads, &ask(&["16"]));
    assert!(matches!(error, SeriesError::QuadsOnly { .. }), "{error}");
}

#[test]
fn data_sets_are_chosen_as_for_series() {
    let events: Vec<Event> = vec![event("2013-02-01", "CHN", "PRK", "163")];
    let store = Fixture::new()
        .dataset("one", "2013-01-01", "2013-12-31", &["events.tab"])
        .events("one", &events)
        .dataset("two", "2013-06-01", "2014-12-31", &["events.tab"])
        .events("two", &events);
    let error = fails(&store, &ask(&["16"]));
    assert!(
        matches!(error, SeriesError::AmbiguousDatasets { .. }),
        "{error}"
    );
    let one = DyadQuery {
        datasets: vec!["one".to_owned()],
        ..ask(&["16"])
    };
    let answer = panel(&store, &one);
    assert_eq!(shown(&answer), ["CHN → PRK: 1 of 1 rows; 2013-02:1/1"]);
    let unknown = DyadQuery {
        datasets: vec!["three".to_owned()],
        ..ask(&["16"])
    };
    let error = fails(&store, &unknown);
    assert!(
        matches!(error, SeriesError::UnknownDataset { .. }),
        "{error}"
    );
    let early = DyadQuery {
        as_of: Some(jiff::civil::date(2000, 1, 1)),
        ..one
    };
    let error = fails(&store, &early);
    assert!(
        matches!(error, SeriesError::OutsideCoverage { .. }),
        "{error}"
    );
}

#[test]
fn acts_that_no_row_has_give_an_empty_panel() {
    let store = two_years();
    let query = DyadQuery {
        exposure: codes(&["20"]),
        ..ask(&["20"])
    };
    let panel = panel(&store, &query);
    assert!(panel.dyads.is_empty() && panel.files.is_empty());
    assert_eq!(panel.world, [0.0; 24]);
}
