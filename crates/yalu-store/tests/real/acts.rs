//! Acts by who within a state acts, held to counts over the raw files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use yalu_store::Dyad;
use yalu_store::ingest::IngestOptions;
use yalu_store::query::acts::{ActsQuery, PeriodActs, query_acts_blocking};
use yalu_store::store::Store;
use yalu_testing::{shared_data, unpacked};

use crate::{day, take};

/// Leaders in office in all of 2014 that the data name, from public record and not from our table.
const CHINESE: [&str; 3] = ["Xi Jinping", "Qin Gang", "Zhang Dejiang"];
const KOREAN: [&str; 1] = ["Kim Jong-Un"];

fn is_of(name: &str, state: &str, leaders: &[&str]) -> bool {
    name == state || name.ends_with(&format!("({state})")) || leaders.contains(&name)
}

fn files(folder: &Path, names: &[&str]) -> Vec<PathBuf> {
    let file = |name: &&str| folder.join(format!("{name}.txt.gz"));
    names.iter().map(file).collect()
}

/// Source and target of every line of an hour from `first_hour` on, by name.
fn tuples(folder: &Path, files: &[PathBuf], first_hour: u32) -> Vec<[String; 2]> {
    let entities: BTreeMap<String, String> = std::fs::read_to_string(folder.join("entity2id.txt"))
        .expect("a list")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, id)| (id.trim().to_owned(), name.to_owned()))
        .collect();
    let mut all = Vec::new();
    for file in files {
        for line in unpacked(file).expect("text").lines() {
            let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
            let hour: u32 = fields[3].parse().expect("hours");
            if hour < first_hour {
                continue;
            }
            all.push([entities[fields[0]].clone(), entities[fields[2]].clone()]);
        }
    }
    all
}

fn total(entries: &[PeriodActs]) -> u64 {
    entries.iter().map(|one| one.n).sum()
}

#[test]
fn acts_by_actor_equal_an_independent_count_of_2014() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("icews14");
    let files = files(&folder, &["train", "valid", "test"]);
    let mut outward: BTreeMap<String, u64> = BTreeMap::new();
    let mut domestic: BTreeMap<[String; 2], u64> = BTreeMap::new();
    let (mut n_by_state, mut n_by_xi) = (0, 0);
    for pair in tuples(&folder, &files, 0) {
        let [source, target] = &pair;
        n_by_xi += u64::from(source == "Xi Jinping");
        n_by_state += u64::from(source == "China" && target == "North Korea");
        if !is_of(source, "China", &CHINESE) {
            continue;
        }
        // What the data call the state itself stands under its code.
        let named = |name: &str| if name == "China" { "CHN" } else { name }.to_owned();
        if is_of(target, "North Korea", &KOREAN) {
            *outward.entry(named(source)).or_default() += 1;
        } else if is_of(target, "China", &CHINESE) && source != target {
            *domestic.entry([named(source), named(target)]).or_default() += 1;
        }
    }
    assert_eq!(
        (n_by_state, n_by_xi),
        (77, 1028),
        "as the data's own documentation counts"
    );

    let options = IngestOptions {
        epoch: Some(day("2014-01-01")),
        ..IngestOptions::default()
    };
    let (folder, _) = take(&files, &options);
    let store = Store::open(folder.path()).expect("a store");
    let query = ActsQuery::of(Dyad {
        source: "CHN".parse().expect("a code"),
        target: "PRK".parse().expect("a code"),
    });
    let table = query_acts_blocking(&store, &query, Some(2)).expect("a table");
    assert_eq!(
        table,
        query_acts_blocking(&store, &query, Some(1)).expect("a table"),
        "on two threads and on one"
    );
    assert_eq!(table.covered, [true; 12]);
    let ours: BTreeMap<String, u64> = table
        .outward
        .iter()
        .map(|one| (one.actor.name.clone(), total(&one.entries)))
        .collect();
    assert_eq!(ours, outward);
    assert_eq!(
        (ours["CHN"], ours["Xi Jinping"], table.n_outward()),
        (82, 17, 112)
    );
    let mut ours: BTreeMap<[String; 2], u64> = BTreeMap::new();
    for one in &table.domestic {
        let pair = [one.source.name.clone(), one.target.name.clone()];
        *ours.entry(pair).or_default() += total(&one.entries);
    }
    assert_eq!(ours, domestic);
    assert_eq!(table.n_domestic(), 893);
    // No ministry of foreign affairs by that name, only its spokesman.
    let ministry: Vec<&str> = table
        .outward
        .iter()
        .filter(|one| {
            one.actor
                .sectors
                .iter()
                .any(|one| one == "foreign_ministry")
        })
        .map(|one| one.actor.name.as_str())
        .collect();
    assert_eq!(ministry, ["Qin Gang"]);
}

#[test]
fn months_of_a_busy_dyad_equal_an_independent_count() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("icews05-15-late");
    let files = files(&folder, &["valid", "test"]);
    // In office at some time: whoever left or comes later is his state's all the same.
    let chinese = [
        "Xi Jinping",
        "Wang Yi",
        "Zhang Dejiang",
        "Qin Gang",
        "Wen Jiabao",
    ];
    let japanese = [
        "Shinzo Abe",
        "Yoshihiko Noda",
        "Fumio Kishida",
        "Yasuo Fukuda",
    ];
    // The data begin within August 2012; its days aren't a whole month.
    let days = (jiff::civil::date(2012, 9, 1) - jiff::civil::date(2005, 1, 1)).get_days();
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for [source, target] in tuples(&folder, &files, days as u32 * 24) {
        if is_of(&source, "China", &chinese) && is_of(&target, "Japan", &japanese) {
            let named = if source == "China" {
                "CHN".to_owned()
            } else {
                source
            };
            *expected.entry(named).or_default() += 1;
        }
    }
    let options = IngestOptions {
        epoch: Some(day("2005-01-01")),
        ..IngestOptions::default()
    };
    let (folder, _) = take(&files, &options);
    let store = Store::open(folder.path()).expect("a store");
    let query = ActsQuery::of(Dyad {
        source: "CHN".parse().expect("a code"),
        target: "JPN".parse().expect("a code"),
    });
    let table = query_acts_blocking(&store, &query, None).expect("a table");
    assert_eq!(table.periods[0].first_day, jiff::civil::date(2012, 9, 1));
    let mut ours: BTreeMap<String, u64> = BTreeMap::new();
    for one in &table.outward {
        *ours.entry(one.actor.name.clone()).or_default() += total(&one.entries);
    }
    assert_eq!(ours, expected);
    assert_eq!((ours["CHN"], table.n_outward()), (1158, 1293));
}
