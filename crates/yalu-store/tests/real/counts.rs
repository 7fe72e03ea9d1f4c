//! Tables of counts.

use std::collections::BTreeMap;

use yalu_store::ingest::IngestOptions;
use yalu_store::query::query_series_blocking;
use yalu_store::series::{CellRequest, CodeSet, Measure};
use yalu_store::store::Store;
use yalu_store::{DyadPattern, Month, PeriodUnit};
use yalu_testing::{shared_data, unpacked};

use crate::take;

/// Ten dyads, in the codes of the file and in ISO's.
pub(crate) const DYADS: [([&str; 2], [&str; 2]); 10] = [
    (["CHN", "PRK"], ["CHN", "PRK"]),
    (["USA", "PRK"], ["USA", "PRK"]),
    (["ROK", "PRK"], ["KOR", "PRK"]),
    (["JPN", "PRK"], ["JPN", "PRK"]),
    (["USA", "CHN"], ["USA", "CHN"]),
    (["CHN", "TAW"], ["CHN", "TWN"]),
    (["IND", "PAK"], ["IND", "PAK"]),
    (["ISR", "SYR"], ["ISR", "SYR"]),
    (["UKG", "IRN"], ["GBR", "IRN"]),
    (["RUS", "GRG"], ["RUS", "GEO"]),
];

const GROUPS: [(&str, &[usize]); 3] = [
    ("influence", &[10, 11, 12, 13]),
    ("sanctions", &[16]),
    ("all", &[10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]),
];

#[test]
fn ten_dyads_by_month_equal_an_independent_count() {
    let Some(data) = shared_data() else { return };
    let path = data.join("icews-conflict-dyad-months/icews_conflict_dyad_months_1991_2013.csv.gz");

    // The independent count: the raw file, split at its commas.
    let mut expected: BTreeMap<(usize, usize, String), u64> = BTreeMap::new();
    let text = unpacked(&path).expect("text");
    let mut n_rows = 0;
    for line in text.lines().skip(1) {
        n_rows += 1;
        let fields: Vec<&str> = line.split(',').collect();
        let Some(dyad) = DYADS
            .iter()
            .position(|(raw, _)| *raw == [fields[0], fields[1]])
        else {
            continue;
        };
        let month = format!("{}-{:0>2}", fields[2], fields[3]);
        for (group, (_, roots)) in GROUPS.iter().enumerate() {
            let sum: u64 = roots
                .iter()
                .map(|root| fields[root - 10 + 4].parse::<u64>().expect("a count"))
                .sum();
            *expected.entry((dyad, group, month.clone())).or_default() += sum;
        }
    }

    let (folder, report) = take(&[path], &IngestOptions::default());
    let file = &report.files[0];
    assert_eq!((file.n_read, file.n_kept), (n_rows, n_rows));
    assert_eq!((file.n_unmapped, n_rows), (0, 685_374));

    let mut requests = Vec::new();
    for (_, [source, target]) in DYADS {
        for (group, roots) in GROUPS {
            requests.push(CellRequest {
                group: group.to_owned(),
                codes: CodeSet {
                    codes: roots
                        .iter()
                        .map(|root| root.to_string().parse().expect("a root"))
                        .collect(),
                    ..CodeSet::default()
                },
                dyad: DyadPattern {
                    source: source.parse().ok(),
                    target: target.parse().ok(),
                },
                measure: Measure::Events,
            });
        }
    }
    let store = Store::open(folder.path()).expect("a store");
    let table = query_series_blocking(&store, &requests, &[], PeriodUnit::Month, None, None, None)
        .expect("series");
    let first: Month = "1990-01".parse().expect("a month");
    let last: Month = "2013-12".parse().expect("a month");
    let mut n_events = 0.0;
    for (place, cell) in table.cells.iter().enumerate() {
        for month in first.through(last) {
            let ours = cell
                .values
                .iter()
                .find(|(period, _)| period.first_day == month.first_day())
                .map_or(0.0, |(_, value)| value.value);
            let key = (
                place / GROUPS.len(),
                place % GROUPS.len(),
                month.to_string(),
            );
            let theirs = expected.get(&key).copied().unwrap_or_default() as f64;
            assert!(
                (ours - theirs).abs() < 0.5,
                "{:?} {month}: {ours}, not {theirs}",
                cell.request
            );
            n_events += theirs;
        }
    }
    assert!(n_events > 10_000.0, "the dyads are busy ones: {n_events}");
}

#[test]
fn yearly_quad_classes_are_there_for_any_reader_of_parquet() {
    use datafusion::prelude::{ParquetReadOptions, SessionContext};

    let Some(data) = shared_data() else { return };
    let path = data.join("icews-dyad-years/icews_dyad_years_2002_2014.csv.gz");
    let options = IngestOptions {
        dataset: Some("years".to_owned()),
        ..IngestOptions::default()
    };
    let (folder, report) = take(&[path], &options);
    let file = &report.files[0];
    assert_eq!(
        (file.n_read, file.n_kept, file.n_unmapped),
        (298_376, 298_376, 0)
    );
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let text = runtime.block_on(async {
        let context = SessionContext::new();
        let parts = folder.path().join("events").display().to_string();
        context
            .register_parquet("events", parts, ParquetReadOptions::default())
            .await
            .expect("parts");
        let sql = "SELECT SUM(n) AS n FROM events WHERE source = 'CHN' AND target = 'PRK' AND quad = 3 \
                   AND date = DATE '2013-01-01'";
        let batches = context.sql(sql).await.expect("a plan").collect().await.expect("rows");
        datafusion::arrow::util::pretty::pretty_format_batches(&batches)
            .expect("a table")
            .to_string()
    });
    // The figure that the data's own documentation gives.
    assert!(text.contains("| 172 |"), "{text}");
}
