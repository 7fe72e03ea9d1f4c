//! Single events.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::date;
use yalu_store::ingest::{FileError, Format, IngestOptions};
use yalu_store::series::{CellRequest, CodeSet, Measure};
use yalu_store::store::Store;
use yalu_store::trace::rows_behind;
use yalu_store::{DyadPattern, Period, PeriodUnit};
use yalu_testing::{shared_data, unpacked};

use crate::{day, take};

fn dyad(source: &str, target: &str) -> CellRequest {
    CellRequest {
        group: "all".to_owned(),
        codes: CodeSet::default(),
        dyad: DyadPattern {
            source: source.parse().ok(),
            target: target.parse().ok(),
        },
        measure: Measure::Events,
    }
}

fn names(path: PathBuf) -> BTreeMap<String, String> {
    std::fs::read_to_string(path)
        .expect("a list")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, id)| (id.trim().to_owned(), name.to_owned()))
        .collect()
}

#[test]
fn tuples_by_id_give_every_event_its_day_and_actors() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("icews14");
    let files: Vec<PathBuf> = ["train", "valid", "test"]
        .iter()
        .map(|name| folder.join(format!("{name}.txt.gz")))
        .collect();

    // The independent count: China, by itself or an agent of it, toward North Korea, likewise.
    let entities = names(folder.join("entity2id.txt"));
    let of = |id: &str, state: &str| {
        let name = entities[id].as_str();
        name == state || name.ends_with(&format!("({state})"))
    };
    let mut n_rows = 0;
    let mut by_month: BTreeMap<i8, usize> = BTreeMap::new();
    for file in &files {
        for line in unpacked(file).expect("text").lines() {
            n_rows += 1;
            let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
            if of(fields[0], "China") && of(fields[2], "North Korea") {
                let hours: i64 = fields[3].parse().expect("hours");
                let day = date(2014, 1, 1) + jiff::Span::new().days(hours / 24);
                *by_month.entry(day.month()).or_default() += 1;
            }
        }
    }
    assert_eq!(n_rows, 90_730);

    let options = IngestOptions {
        epoch: Some(day("2014-01-01")),
        ..IngestOptions::default()
    };
    let (store_folder, report) = take(&files, &options);
    let kept: u64 = report.files.iter().map(|file| file.n_kept).sum();
    assert_eq!(kept, n_rows);
    assert_eq!(report.files[0].dataset, "icews14");
    let store = Store::open(store_folder.path()).expect("a store");
    let period = |month| Period::containing(date(2014, month, 1), PeriodUnit::Month);
    let rows = rows_behind(
        &store,
        &dyad("CHN", "PRK"),
        &[],
        PeriodUnit::Month,
        period(1),
        period(12),
        usize::MAX,
    )
    .expect("rows");
    let plain = rows
        .iter()
        .filter(|row| row.source_name == "China" && row.target_name == "North Korea")
        .count();
    assert_eq!(plain, 77, "as the data's own documentation counts");
    for month in 1..=12 {
        // Persons are China's too, but the independent count doesn't know who they are.
        let ours = rows
            .iter()
            .filter(|row| row.date.month() == month)
            .filter(|row| {
                let named = |name: &str, state: &str| {
                    name == state || name.ends_with(&format!("({state})"))
                };
                named(&row.source_name, "China") && named(&row.target_name, "North Korea")
            })
            .count();
        assert_eq!(
            ours,
            by_month.get(&month).copied().unwrap_or_default(),
            "month {month}"
        );
    }
    let xi = rows.iter().find(|row| row.source_name == "Xi Jinping");
    assert!(
        xi.is_some_and(|row| row.source == "CHN"),
        "a head of state is his state's"
    );
}

#[test]
fn the_other_research_subsets_have_no_row_that_is_not_understood() {
    let Some(data) = shared_data() else { return };
    for (folder, files, epoch, n_rows) in [
        (
            "icews05-15-late",
            ["valid.txt.gz", "test.txt.gz"],
            Some("2005-01-01"),
            138_371,
        ),
        (
            "icews05-15-sample",
            [
                "icews_2005-2015_valid.txt.gz",
                "icews_2005-2015_test.txt.gz",
            ],
            None,
            92_367,
        ),
        (
            "icews18-sample",
            ["valid.txt.gz", "test.txt.gz"],
            Some("2018-01-01"),
            95_540,
        ),
    ] {
        let files: Vec<PathBuf> = files
            .iter()
            .map(|name| data.join(folder).join(name))
            .collect();
        let options = IngestOptions {
            epoch: epoch.map(day),
            ..IngestOptions::default()
        };
        let (_store, report) = take(&files, &options);
        let kept: u64 = report.files.iter().map(|file| file.n_kept).sum();
        assert_eq!((kept, report.failures.len()), (n_rows, 0), "{folder}");
        // Tuples of two states or their agents are the bulk; the rest are persons and bodies.
        let unmapped: u64 = report.files.iter().map(|file| file.n_unmapped).sum();
        assert!(unmapped * 2 < kept, "{folder}: {unmapped} of {kept}");
    }
}

#[test]
fn the_published_shapes_are_read_whole() {
    let Some(data) = shared_data() else { return };
    let files = [
        data.join("icews-raw/events.2018.sample.tab"),
        data.join("gdelt-raw/demo-events.csv"),
        data.join("gdelt-2-quarter-hour/20180326044500.export.CSV.gz"),
    ];
    let (folder, report) = take(&files, &IngestOptions::default());
    let kept: Vec<(Format, u64)> = report
        .files
        .iter()
        .map(|file| (file.format, file.n_kept))
        .collect();
    assert_eq!(
        kept,
        [
            (Format::Icews, 3_705),
            (Format::Gdelt, 710),
            (Format::Gdelt, 1_540)
        ]
    );
    let store = Store::open(folder.path()).expect("a store");
    let gdelt = store
        .manifest()
        .datasets
        .iter()
        .find(|set| set.name == "gdelt")
        .expect("gdelt");
    assert_eq!(gdelt.coverage.to, date(2018, 3, 26));
    let of_2018: u64 = store
        .manifest()
        .parts
        .iter()
        .filter(|part| part.dataset == "gdelt" && part.year == 2018)
        .map(|part| part.n_rows)
        .sum();
    // A row's own day counts, not the file's: 45 rows are stories of the past, some of another year.
    assert!((1_495..1_540).contains(&of_2018), "{of_2018}");
}

#[test]
fn wrong_shapes_are_refused_and_leave_no_store_behind() {
    let Some(data) = shared_data() else { return };
    for (path, expected) in [
        ("gdelt-raw/historic-reduced-5k.csv", "control characters"),
        ("gdelt-raw/gdeltpyr-events1.csv", "name,type,description"),
        ("icews-plover-jsonl/sample_output.jsonl", "JSON"),
        (
            "missile-tests/north_korea_missile_test_database.csv",
            "shape that isn't known",
        ),
        (
            "cow-mid/dyad_month_MID_post1990.csv.gz",
            "shape that isn't known",
        ),
        ("china-imports-2014/fullstats.json.gz", "JSON"),
    ] {
        let (folder, report) = take(&[data.join(path)], &IngestOptions::default());
        let error = &report.failures[0].error;
        assert!(
            matches!(error, FileError::Unrecognised { .. }),
            "{path}: {error}"
        );
        assert!(error.to_string().contains(expected), "{path}: {error}");
        assert!(error.mend().is_some(), "{path}");
        assert!(
            Store::open(folder.path()).is_err(),
            "{path}: nothing was taken"
        );
    }
}
