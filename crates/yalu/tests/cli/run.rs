//! `yalu new`, `yalu run`, `yalu export`.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::{Folder, without_figures};

const WRITTEN: [&str; 4] = [
    "assessment.json",
    "report.html",
    "series.csv",
    "series.parquet",
];

#[test]
fn a_new_dossier_runs_as_it_stands() {
    let folder = Folder::empty();
    assert_snapshot!(folder.run(&["new", "first"]), @"
    exit status: 0
    ----- stdout -----
    A dossier with made-up figures is in first
    Try it: yalu run first
    ----- stderr -----
    ");
    assert_snapshot!(folder.run(&["new", "first"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: first holds something already; nothing was written

    hint: name a folder that doesn't exist yet, or an empty one
    ");
    assert_snapshot!(without_figures(&folder.run(&["run", "first"])), @"
    exit status: #
    ----- stdout -----
    A first dossier (made-up figures) — as of #-#-#
    Verdict: Lasting shift
      As of #-#-# the policy of China toward North Korea has shifted, and the shift has lasted.
    Probability of a shift beyond response: almost certain (># %; ># % to ># % over the specifications; PHIA probability yardstick)
    Confidence: moderate (one data set of machine-coded reports; no second source checks it)
    Indicators, #-# to #-#:
      Pressing in words
        ▃▃▂▃▃▃▃▃▃▃▁▂▃▂▃▃▁▃▂▃▃▃▂▂▃▂▃▃▂▂▃▂▃▃▄▂▆▅▅▆▆███▇▆▇▅  Lasting shift
        main break #-# (#-# to #-#), ×# (×# to ×#), corrected p #
    Report: first/assessment/#-#-#/report.html

    ----- stderr -----
    assessing first-dossier
    done in [TIME]
    ");
    let mut written: Vec<String> = fs::read_dir(folder.path("first/assessment/2019-12-31"))
        .expect("a folder of its date")
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    written.sort();
    assert_eq!(written, WRITTEN);
}

#[test]
fn json_is_an_assessment_for_each_date() {
    let folder = Folder::with_dossier();
    let output = folder.output(&[
        "run",
        "dossier",
        "--json",
        "--no-interactive",
        "--out",
        "out",
        "--as-of",
        "2018-06-30",
        "--as-of",
        "2019-12-31",
    ]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "--json is silent but for faults");
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let dates: Vec<&str> = all.iter().filter_map(|one| one["as_of"].as_str()).collect();
    assert_eq!(dates, ["2018-06-30", "2019-12-31"]);
    for (date, printed) in dates.iter().zip(&all) {
        let written: Value =
            serde_json::from_str(&folder.read(&format!("out/{date}/assessment.json")))
                .expect("JSON");
        assert_eq!(&written, printed);
    }
    let keys: Vec<&String> = all[0].as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "format",
            "yalu_version",
            "dossier",
            "as_of",
            "verdict",
            "indicators",
            "borders",
            "structure",
            "evidence",
            "ledger",
            "eras",
            "pressure",
            "events",
            "tables",
            "data",
            "method",
            "warnings"
        ]
    );
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let folder = Folder::with_dossier();
    for (threads, out) in [("1", "one"), ("4", "many")] {
        let output = folder.output(&["run", "dossier", "--threads", threads, "--out", out]);
        assert!(output.status.success(), "{output:?}");
    }
    for name in WRITTEN {
        let of = |out: &str| fs::read(folder.path(&format!("{out}/2019-12-31/{name}")));
        assert!(
            of("one").expect("written") == of("many").expect("written"),
            "{name} differs"
        );
    }
}

#[test]
fn nothing_later_than_the_date_moves_an_answer() {
    let folder = Folder::with_dossier();
    let run = |out: &str| {
        let output = folder.output(&["run", "dossier", "--as-of", "2018-06-30", "--out", out]);
        assert!(output.status.success(), "{output:?}");
        let json = folder.read(&format!("{out}/2018-06-30/assessment.json"));
        let csv = folder.read(&format!("{out}/2018-06-30/series.csv"));
        (json, csv)
    };
    let before = run("before");
    let later: String = folder
        .read("dossier/series.csv")
        .lines()
        .map(|line| match line.split_once(",2019-") {
            Some((start, rest)) => format!("{start},2019-{},99,99\n", &rest[..2]),
            None => format!("{line}\n"),
        })
        .collect();
    folder.write("dossier/series.csv", &later);
    assert_eq!(before, run("after"));
}

#[test]
fn a_broken_dossier_isnt_run() {
    let folder = Folder::with_dossier();
    folder.edit(
        "dossier/dossier.toml",
        "\ntrimming = 0.15",
        "\ntrimming = 0.9",
    );
    assert_snapshot!(folder.run(&["run", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.range

      × trimming must be from 0.02 to 0.4, got 0.9
        ╭─[dossier/dossier.toml:57:12]
     56 │ event_decay = 0.5            # what is left of an event's effect after each month
     57 │ trimming = 0.9              # the share at either end where no break is looked for
        ·            ─┬─
        ·             ╰── model.trimming
     58 │
        ╰────
      help: leave the key out to use 0.15

    1 fault found
    ");
    assert!(!folder.path("dossier/assessment").exists());
}

#[test]
fn an_output_folder_that_cant_be_one_is_the_machines_fault() {
    let folder = Folder::with_dossier();
    folder.write("file", "");
    assert_snapshot!(folder.run(&["run", "dossier", "--out", "file"]), @"
    exit status: 3
    ----- stdout -----
    ----- stderr -----
    assessing first-dossier
    error: file/2019-12-31 can't be written: Not a directory (os error 20)

    hint: check that the folder may be written to and the disk has room, or name another with --out
    ");
    assert_snapshot!(folder.run(&["run", "dossier", "--quiet", "--out", "file/under"]), @"
    exit status: 3
    ----- stdout -----
    ----- stderr -----
    error: file/under/2019-12-31 can't be written: Not a directory (os error 20)

    hint: check that the folder may be written to and the disk has room, or name another with --out
    ");
    assert_snapshot!(folder.run(&["run", "dossier", "--json", "--out", "file"]), @r#"
    exit status: 3
    ----- stdout -----
    ----- stderr -----
    {
      "error": "file/2019-12-31 can't be written: Not a directory (os error 20)",
      "mend": "check that the folder may be written to and the disk has room, or name another with --out"
    }
    "#);
}

#[test]
fn a_dossier_in_place_of_a_file_isnt_written() {
    let folder = Folder::empty();
    folder.write("file", "");
    assert_snapshot!(folder.run(&["new", "file"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: file is a file; nothing was written

    hint: name a folder that doesn't exist yet, or an empty one
    ");
    assert_snapshot!(folder.run(&["new", "file/under"]), @"
    exit status: 3
    ----- stdout -----
    ----- stderr -----
    error: file/under can't be written: Not a directory (os error 20)

    hint: check that the folder may be written to and the disk has room
    ");
}

#[test]
fn series_are_exported_from_stores_only() {
    let folder = Folder::with_dossier();
    assert_snapshot!(folder.run(&["export", "series", "dossier", "--store", "nowhere"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: nowhere is not a store; make one with `yalu ingest FILE --store nowhere`
    ");
    assert_snapshot!(folder.run(&["run", "dossier", "--store", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    assessing first-dossier
    error: dossier is not a store; make one with `yalu ingest FILE --store dossier`
    ");
    assert_snapshot!(folder.run(&["export", "series", "dossier"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      --store <DIR>

    Usage: yalu export series --store <DIR> <DOSSIER>

    For more information, try '--help'.
    ");
}
