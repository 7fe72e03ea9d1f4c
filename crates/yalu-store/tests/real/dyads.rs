//! Every dyad at once, held to counts over the raw files and to series of the same store.

use std::collections::BTreeMap;

use yalu_store::ingest::{IngestOptions, Mapping};
use yalu_store::query::dyads::{DyadQuery, query_dyads_blocking};
use yalu_store::query::query_series_blocking;
use yalu_store::series::{CellRequest, CodeSet, Measure};
use yalu_store::store::Store;
use yalu_store::{DyadPattern, PeriodUnit};
use yalu_testing::{shared_data, unpacked};

use crate::counts::DYADS;
use crate::take;

fn root(code: &str) -> CodeSet {
    CodeSet {
        codes: vec![code.parse().expect("a root")],
        ..CodeSet::default()
    }
}

#[test]
fn the_panel_of_all_dyad_months_equals_an_independent_count() {
    let Some(data) = shared_data() else { return };
    let path = data.join("icews-conflict-dyad-months/icews_conflict_dyad_months_1991_2013.csv.gz");

    // The independent count: sanctions and all conflict, by dyad and month, and of everyone.
    let mut dyads: BTreeMap<(usize, String), [u64; 2]> = BTreeMap::new();
    let mut world: BTreeMap<String, u64> = BTreeMap::new();
    let (mut all_sanctions, mut all_events) = (0, 0);
    let text = unpacked(&path).expect("text");
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let counts: Vec<u64> = fields[4..15]
            .iter()
            .map(|count| count.parse().expect("a count"))
            .collect();
        let month = format!("{}-{:0>2}", fields[2], fields[3]);
        let (sanctions, total) = (counts[6], counts.iter().sum::<u64>());
        all_sanctions += sanctions;
        all_events += total;
        *world.entry(month.clone()).or_default() += total;
        if let Some(dyad) = DYADS
            .iter()
            .position(|(raw, _)| *raw == [fields[0], fields[1]])
        {
            let sums = dyads.entry((dyad, month)).or_default();
            sums[0] += sanctions;
            sums[1] += total;
        }
    }
    assert_eq!(all_events, 977_940, "the file's own description says so");

    let (folder, _) = take(&[path], &IngestOptions::default());
    let store = Store::open(folder.path()).expect("a store");
    let query = DyadQuery {
        codes: root("16"),
        ..DyadQuery::default()
    };
    let panel = query_dyads_blocking(&store, &query, Some(2)).expect("a panel");
    assert_eq!(
        panel,
        query_dyads_blocking(&store, &query, Some(1)).expect("a panel"),
        "on two threads and on one"
    );
    assert_eq!(panel.periods.len(), 24 * 12, "1990 to 2013");
    assert!(panel.covered.iter().all(|covered| *covered));

    for (period, ours) in panel.periods.iter().zip(&panel.world) {
        let month = period.label(PeriodUnit::Month);
        let theirs = world.get(&month).copied().unwrap_or_default() as f64;
        assert!((ours - theirs).abs() < 0.5, "{month}: {ours}, not {theirs}");
    }
    let total: f64 = panel.dyads.iter().map(|dyad| dyad.total).sum();
    assert!((total - f64::from(all_sanctions as u32)).abs() < 0.5);
    let exposure: f64 = panel
        .dyads
        .iter()
        .flat_map(|dyad| &dyad.entries)
        .map(|entry| entry.exposure)
        .sum();
    assert!((exposure - 977_940.0).abs() < 0.5, "{exposure}");

    for (place, (_, [source, target])) in DYADS.iter().enumerate() {
        let dyad = panel
            .dyads
            .iter()
            .find(|dyad| dyad.source.as_str() == *source && dyad.target.as_str() == *target)
            .expect("a busy dyad");
        let mut entries = dyad.entries.iter().peekable();
        for (idx, period) in (0_u32..).zip(&panel.periods) {
            let ours = entries
                .next_if(|entry| entry.period == idx)
                .map_or([0.0, 0.0], |entry| [entry.count, entry.exposure]);
            let key = (place, period.label(PeriodUnit::Month));
            let theirs = dyads
                .get(&key)
                .copied()
                .unwrap_or_default()
                .map(|count| count as f64);
            assert_eq!(
                ours.map(f64::to_bits),
                theirs.map(f64::to_bits),
                "{source} → {target}, {key:?}"
            );
        }
        assert!(entries.next().is_none(), "entries are in order of period");
    }
}

#[test]
fn sectors_of_published_events_equal_series_of_each_sector() {
    let Some(data) = shared_data() else { return };
    let path = data.join("icews-raw/events.2018.sample.tab");
    // The sample holds two days of June, which as a part of a month would be missing.
    let card = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        card.path(),
        "[dataset]\nfrom = \"2018-06-01\"\nto = \"2018-06-30\"\n",
    )
    .expect("written");
    let options = IngestOptions {
        mapping: Some(Mapping::read(card.path()).expect("a mapping")),
        ..IngestOptions::default()
    };
    let (folder, _) = take(&[path], &options);
    let store = Store::open(folder.path()).expect("a store");
    let query = DyadQuery {
        by_sector: true,
        ..DyadQuery::default()
    };
    let panel = query_dyads_blocking(&store, &query, Some(2)).expect("a panel");
    let mut busiest: Vec<_> = panel.dyads.iter().collect();
    busiest.sort_by(|a, b| b.total.total_cmp(&a.total));
    busiest.truncate(40);
    let mut requests: Vec<CellRequest> = busiest
        .iter()
        .map(|dyad| CellRequest {
            group: "all".to_owned(),
            codes: CodeSet {
                source_sectors: dyad.sector.iter().cloned().collect(),
                ..CodeSet::default()
            },
            dyad: DyadPattern {
                source: Some(dyad.source.clone()),
                target: Some(dyad.target.clone()),
            },
            measure: Measure::Events,
        })
        .collect();
    requests.push(CellRequest {
        group: "all".to_owned(),
        codes: CodeSet::default(),
        dyad: DyadPattern::world(),
        measure: Measure::Events,
    });
    let table = query_series_blocking(
        &store,
        &requests,
        &[],
        PeriodUnit::Month,
        None,
        None,
        Some(2),
    )
    .expect("series");
    let figure = |cell: usize, place: usize| {
        table.cells[cell]
            .values
            .get(&panel.periods[place])
            .map_or(0.0, |value| value.value)
    };
    let mut n_acts = 0.0;
    for place in 0..panel.periods.len() {
        assert!(panel.covered[place]);
        let world = figure(busiest.len(), place);
        assert_eq!(panel.world[place].to_bits(), world.to_bits(), "{place}");
        for (cell, dyad) in busiest.iter().enumerate() {
            let ours = dyad
                .entries
                .iter()
                .find(|entry| entry.period as usize == place)
                .map_or(0.0, |entry| entry.count);
            assert_eq!(
                ours.to_bits(),
                figure(cell, place).to_bits(),
                "{} → {} {:?}",
                dyad.source,
                dyad.target,
                dyad.sector
            );
            n_acts += ours;
        }
    }
    assert!(n_acts > 50.0, "{n_acts}");
}
