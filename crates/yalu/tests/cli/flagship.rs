//! The example that ships: assessed once, its figures led back to their lines.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::{Folder, command, workspace};

/// Lines of the series file by number, split at the commas (no field of it has one).
fn series_file() -> BTreeMap<u64, Vec<String>> {
    let path = workspace().join("examples/china-dprk/series.csv");
    let text = fs::read_to_string(path).expect("the example's series");
    text.lines()
        .zip(1..)
        .map(|(line, number)| (number, line.split(',').map(str::to_owned).collect()))
        .collect()
}

/// Holds one series of an assessment to the file; gives how many figures were held.
fn hold(series: &Value, file: &BTreeMap<u64, Vec<String>>, as_of: &str) -> usize {
    let id = series["id"].as_str().expect("an id");
    let list = |key: &str| series[key].as_array().expect("a list").iter();
    let mut n = 0;
    for ((period, value), line) in list("periods").zip(list("values")).zip(list("lines")) {
        let period = period.as_str().expect("a period");
        assert!(period <= &as_of[..7], "{id} knows {period} as of {as_of}");
        let Some(line) = line.as_u64() else {
            assert!(
                value.is_null() || value.as_f64() == Some(0.0),
                "{id} {period}: a figure without a line"
            );
            continue;
        };
        let fields = &file[&line];
        assert_eq!(fields[0], series["group"].as_str().expect("a group"));
        assert_eq!(fields[4], period, "{id}: line {line}");
        let held: f64 = fields[5].parse().expect("a number");
        assert_eq!(value.as_f64(), Some(held), "{id} {period}: line {line}");
        n += 1;
    }
    n
}

#[test]
fn every_figure_of_the_example_stands_in_its_series_file() {
    let out = Folder::empty();
    let folder = out.path("out");
    let args = [
        "run",
        "examples/china-dprk",
        // One of its dates: months after it are in the file, and must not be in the answer.
        "--as-of",
        "2013-07-31",
        "--json",
        "--out",
        &folder.to_string_lossy(),
    ];
    let output = command(&workspace(), &args).output().expect("yalu starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let file = series_file();
    assert_eq!(all.len(), 1);
    for assessment in &all {
        let as_of = assessment["as_of"].as_str().expect("a date");
        assert!(out.path(&format!("out/{as_of}/report.html")).is_file());
        let series = assessment["data"]["series"].as_array().expect("series");
        let n: usize = series.iter().map(|one| hold(one, &file, as_of)).sum();
        assert!(n > 500, "only {n} figures have a line");
        // What an indicator rests on is among the series, and its rows are counted.
        for indicator in assessment["indicators"].as_array().expect("indicators") {
            let trace = &indicator["trace"];
            assert!(trace["n_rows"].as_u64() > Some(0), "{trace}");
            for id in trace["series"].as_array().expect("ids") {
                assert!(
                    series.iter().any(|one| &one["id"] == id),
                    "{id} isn't there"
                );
            }
        }
        for event in assessment["events"].as_array().expect("events") {
            assert!(event["date"].as_str().is_some_and(|date| date <= as_of));
            assert!(event["line"].as_u64() > Some(1));
        }
        // Each rung has a reason, and each reason a figure.
        for reason in assessment["verdict"]["reasons"]
            .as_array()
            .expect("reasons")
        {
            assert!(reason.as_str().is_some_and(|one| !one.is_empty()));
        }
    }
}
