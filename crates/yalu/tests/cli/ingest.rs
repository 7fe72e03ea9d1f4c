//! `yalu ingest` and `yalu store`: what they print, and what a crash, a full disk or a second
//! process leave behind.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;
use yalu_store::store::Store;
use yalu_testing::{shared_data, unpacked};

use crate::{Folder, command, workspace};

/// Counts of three dyads over some years: large enough to be cut off in the middle.
fn counts(n_years: i32) -> String {
    let mut text = "source,target,year,month,root10,root16\n".to_owned();
    for (source, target) in [("CHN", "PRK"), ("USA", "PRK"), ("JPN", "PRK")] {
        for year in 2000..2000 + n_years {
            for month in 1..=12 {
                text.push_str(&format!(
                    "{source},{target},{year},{month},{},1\n",
                    year % 7
                ));
            }
        }
    }
    text
}

fn generation(store: &Path) -> u64 {
    Store::open(store).map_or(0, |store| store.manifest().generation)
}

/// Every part that the manifest names is there with its rows, and nothing can't be read.
fn assert_sound(store: &Path) {
    let Ok(store) = Store::open(store) else {
        return;
    };
    for part in &store.manifest().parts {
        let path = store.dir().join(&part.path);
        assert!(
            path.is_file(),
            "{} is named and isn't there",
            path.display()
        );
    }
}

#[test]
fn a_file_is_taken_once_and_told_about() {
    let folder = Folder::empty();
    folder.write(
        "counts.csv",
        "source,target,year,month,root10\nCHN,PRK,2013,1,2\nCHN,ROK,2013,2,0\nCHN,EUR,2013,2,1\n",
    );
    assert_snapshot!(folder.run(&["ingest", "counts.csv", "--store", "store", "--quiet"]), @r"
    exit status: 0
    ----- stdout -----
    counts.csv → data set counts (dyad-counts; states in `source` by Correlates of War abbreviation; states in `target` by Correlates of War abbreviation)
      read 3, kept 3, duplicate 0, rejected 0; unmapped 1 of those kept
      speaks of 2013-01-01 to 2013-02-28
      no known state: EUR (1)
    store: generation 1
    ----- stderr -----
    ");
    assert_snapshot!(folder.run(&["ingest", "counts.csv", "--store", "store", "--quiet"]), @r"
    exit status: 0
    ----- stdout -----
    counts.csv → data set counts (dyad-counts)
      these bytes are in the store already: nothing was added
    store: generation 1
    ----- stderr -----
    ");
    assert_snapshot!(folder.run(&["store", "store"]), @r"
    exit status: 0
    ----- stdout -----
    store: generation 1, 1 data sets
    counts: 2013-01-01 to 2013-02-28, 3 rows of the store, 1 files
      counts.csv (2cab086c): kept 3 of 3
    ----- stderr -----
    ");
}

#[test]
fn what_fails_is_said_at_the_end_and_the_rest_is_taken() {
    let folder = Folder::empty();
    folder.write("counts.csv", &counts(2));
    folder.write("other.json", "{}\n");
    assert_snapshot!(folder.run(&["ingest", "other.json", "counts.csv", "nowhere.csv", "--store", "store", "--quiet"]), @r"
    exit status: 1
    ----- stdout -----
    counts.csv → data set counts (dyad-counts; states in `source` by ISO alpha-3 code; states in `target` by ISO alpha-3 code)
      read 72, kept 72, duplicate 0, rejected 0; unmapped 0 of those kept
      speaks of 2000-01-01 to 2001-12-31
    store: generation 1
    ----- stderr -----
    error: other.json has a shape that isn't known (it looks like JSON); its first line is `{}`

    hint: name a file with one row a line, its fields apart by tabs, commas or semicolons
    error: nowhere.csv can't be read: No such file or directory (os error 2)
    ");
    let output = folder.output(&["store", "store", "--json"]);
    let manifest: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(manifest["datasets"][0]["files"][0]["n_read"], 72);
}

#[test]
fn no_store_and_a_damaged_one_are_told_apart() {
    let folder = Folder::empty();
    assert_snapshot!(folder.run(&["store", "store"]), @r"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: store is not a store; make one with `yalu ingest FILE --store store`
    ");
    std::fs::create_dir(folder.path("store")).expect("a folder");
    folder.write("store/manifest.json", "{\"format\": 1,\n");
    let text = folder.run(&["store", "store"]);
    assert!(text.contains("the manifest is damaged"), "{text}");
    folder.write("counts.csv", &counts(1));
    let text = folder.run(&["ingest", "counts.csv", "--store", "store"]);
    assert!(
        text.contains("exit status: 1") && text.contains("the manifest is damaged"),
        "{text}"
    );
    assert_eq!(
        folder.read("store/manifest.json"),
        "{\"format\": 1,\n",
        "it isn't written over"
    );
}

#[test]
fn a_crash_at_each_step_leaves_the_old_store_or_the_new_one() {
    let folder = Folder::empty();
    folder.write("first.csv", &counts(1));
    folder.write("second.csv", &counts(3));
    let store = folder.path("store");
    let output = folder.output(&["ingest", "first.csv", "--store", "store", "--dataset", "d"]);
    assert!(output.status.success());
    for (point, new) in [
        ("part-begun", false),
        ("parts-written", false),
        ("before-rename", false),
        ("after-rename", true),
    ] {
        let output = folder
            .command(&["ingest", "second.csv", "--store", "store", "--dataset", "d"])
            .env("YALU_FAIL_POINT", point)
            .output()
            .expect("yalu starts");
        assert!(
            output.status.code().is_none(),
            "{point}: it was to be cut off: {output:?}"
        );
        assert_eq!(generation(&store), if new { 2 } else { 1 }, "{point}");
        assert_sound(&store);
    }
    // What was begun is swept away, and the next ingest finds the file there.
    let output = folder.output(&["ingest", "second.csv", "--store", "store", "--dataset", "d"]);
    assert!(output.status.success());
    assert_eq!(generation(&store), 2);
    let named = Store::open(&store).expect("a store").manifest().parts.len();
    let mut there = 0;
    let mut folders = vec![store.join("events")];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(inside).expect("a folder").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                there += 1;
            }
        }
    }
    assert_eq!(there, named, "no part lies about that nobody names");
}

#[test]
fn a_kill_at_any_instant_leaves_a_sound_store() {
    let folder = Folder::empty();
    folder.write("counts.csv", &counts(100));
    let store = folder.path("store");
    let mut n_killed = 0;
    for step in 0..24 {
        let mut child = folder
            .command(&["ingest", "counts.csv", "--store", "store", "--quiet"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("yalu starts");
        std::thread::sleep(Duration::from_millis(4 * step));
        if child.try_wait().expect("a child").is_none() {
            n_killed += 1;
        }
        let _ = child.kill();
        child.wait().expect("a child");
        assert_sound(&store);
        assert!(
            generation(&store) <= 1,
            "the file is there once or not at all"
        );
    }
    assert!(n_killed > 0, "some kill must have hit");
    let output = folder.output(&["ingest", "counts.csv", "--store", "store"]);
    assert!(
        output.status.success(),
        "the lock of a killed process is free: {output:?}"
    );
    let rows: u64 = Store::open(&store)
        .expect("a store")
        .manifest()
        .parts
        .iter()
        .map(|part| part.n_rows)
        .sum();
    // One row of the store for each count that isn't zero.
    let expected: u64 = counts(100)
        .lines()
        .skip(1)
        .map(|line| if line.ends_with(",0,1") { 1 } else { 2 })
        .sum();
    assert_eq!(rows, expected);
}

/// A file that may not grow stands for a full disk: writes fail part of the way.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_store_as_it_was() {
    let folder = Folder::empty();
    folder.write("first.csv", &counts(1));
    folder.write("second.csv", &counts(3));
    let store = folder.path("store");
    let output = folder.output(&["ingest", "first.csv", "--store", "store", "--dataset", "d"]);
    assert!(output.status.success());
    let manifest = folder.read("store/manifest.json");
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" ingest second.csv --store store --dataset d --quiet";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_yalu")])
        .current_dir(store.parent().expect("a folder"))
        .output()
        .expect("bash");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(
        stderr.contains("can't be written") && stderr.contains("hint:"),
        "{stderr}"
    );
    assert_eq!(folder.read("store/manifest.json"), manifest);
    let output = folder.output(&["ingest", "second.csv", "--store", "store", "--dataset", "d"]);
    assert!(
        output.status.success(),
        "with room again it goes on: {output:?}"
    );
}

#[test]
fn the_example_from_a_store_gives_the_shipped_series_and_leads_to_the_rows() {
    let Some(data) = shared_data() else { return };
    let folder = Folder::empty();
    let root = workspace();
    let run = |args: &[&str]| {
        let output = command(&root, args).output().expect("yalu starts");
        assert!(output.status.success(), "{args:?}: {output:?}");
        output
    };
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let store = text(&folder.path("store"));
    let raw =
        text(&data.join("icews-conflict-dyad-months/icews_conflict_dyad_months_1991_2013.csv.gz"));
    run(&[
        "ingest",
        &raw,
        "--store",
        &store,
        "--mapping",
        "examples/china-dprk/dataset.toml",
    ]);

    // The file that ships is what the store gives, to the byte.
    let exported = text(&folder.path("series.csv"));
    run(&[
        "export",
        "series",
        "examples/china-dprk",
        "--store",
        &store,
        "--out",
        &exported,
    ]);
    let shipped =
        std::fs::read_to_string(root.join("examples/china-dprk/series.csv")).expect("shipped");
    assert!(
        folder.read("series.csv") == shipped,
        "the shipped series must be exported anew"
    );

    // The same answer from either, but for where each figure is from.
    let answer = |from: &[&str], out: &str| {
        let out = text(&folder.path(out));
        let mut args = vec![
            "run",
            "examples/china-dprk",
            "--as-of",
            "2013-07-31",
            "--json",
            "--out",
            &out,
        ];
        args.extend_from_slice(from);
        let mut all: Vec<Value> = serde_json::from_slice(&run(&args).stdout).expect("JSON");
        let mut one = all.remove(0);
        let data = one["data"].as_object_mut().expect("data");
        for key in ["origin", "files", "sql"] {
            data.remove(key).expect("it says where it is from");
        }
        for series in data["series"].as_array_mut().expect("series") {
            series.as_object_mut().expect("a series").remove("lines");
        }
        for key in ["indicators", "pressure"] {
            for one in one[key].as_array_mut().expect("a list") {
                one["trace"]
                    .as_object_mut()
                    .expect("a trace")
                    .remove("command");
            }
        }
        one
    };
    let from_store = answer(&["--store", &store], "a");
    let from_file = answer(&[], "b");
    assert_eq!(from_store["verdict"], from_file["verdict"]);
    assert!(
        from_store == from_file,
        "the answers differ beyond where they are from"
    );

    let output = run(&[
        "rows",
        "examples/china-dprk",
        "sanctions.CHN.PRK",
        "2013-05",
        "--store",
        &store,
        "--json",
    ]);
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let line = rows[0]["line"].as_u64().expect("a line") as usize;
    let raw_text = unpacked(Path::new(&raw)).expect("text");
    let raw_line = raw_text.lines().nth(line - 1).expect("the line");
    assert!(raw_line.starts_with("CHN,PRK,2013,5,"), "{raw_line}");
}

#[test]
fn what_a_store_learns_later_changes_no_byte_of_an_earlier_answer() {
    let folder = Folder::with_dossier();
    folder.edit(
        "dossier/dossier.toml",
        "series = \"series.csv\"\n",
        "store = \"../store\"\n",
    );
    let run = |out: &str| {
        let output = folder.output(&["run", "dossier", "--as-of", "2017-12-31", "--out", out]);
        assert!(output.status.success(), "{output:?}");
        let folder_of = folder.path(out).join("2017-12-31");
        [
            "assessment.json",
            "series.csv",
            "series.parquet",
            "report.html",
        ]
        .map(|name| std::fs::read(folder_of.join(name)).expect("an output"))
    };
    // From 2008 on; then, in another file, what happened after the date: wars, and a silent gap.
    let text = |from: i32, to: i32, n: i32| {
        let mut text = "source,target,year,month,root10,root13,root16\n".to_owned();
        for year in from..to {
            for month in 1..=12 {
                for (place, target) in ["PRK", "JPN", "USA"].iter().enumerate() {
                    let n = n * (1 + (year * 5 + month * 3 + place as i32) % 7);
                    text.push_str(&format!("CHN,{target},{year},{month},{n},1,{}\n", n / 3));
                }
            }
        }
        text
    };
    folder.write("early.csv", &text(2008, 2018, 2));
    folder.write("late.csv", &text(2019, 2021, 900));
    folder.write("month.csv", &text(2018, 2019, 77));
    let ingest = |file: &str| {
        let output = folder.output(&["ingest", file, "--store", "store", "--dataset", "made-up"]);
        assert!(output.status.success(), "{output:?}");
    };
    ingest("early.csv");
    let before = run("before");
    ingest("late.csv");
    assert!(
        run("gap") == before,
        "a later file with a gap before it shows"
    );
    ingest("month.csv");
    assert!(run("after") == before, "later rows show");
    let later = folder.output(&["run", "dossier", "--as-of", "2019-12-31", "--out", "later"]);
    assert!(later.status.success());
}
