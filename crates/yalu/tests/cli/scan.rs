//! `yalu scan`.

use std::fmt::Write as _;
use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::{Folder, without_figures};

/// Six states (names of Correlates of War) over ten years; China toward Japan moves in 2006-01.
fn store() -> Folder {
    let folder = Folder::empty();
    let states = ["CHN", "JPN", "IND", "RUS", "USA", "FRN"];
    let mut text = "source,target,year,month,root10\n".to_owned();
    let mut state = 7_u64;
    for at in 0..120 {
        for source in states {
            for target in states.iter().filter(|one| **one != source) {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let moved = source == "CHN" && *target == "JPN" && at >= 72;
                let n = (state >> 33) % 6 + if moved { 12 } else { 0 };
                let _ = writeln!(
                    text,
                    "{source},{target},{},{},{n}",
                    2000 + at / 12,
                    at % 12 + 1
                );
            }
        }
    }
    folder.write("counts.csv", &text);
    let output = folder.output(&["ingest", "counts.csv", "--store", "store", "-q"]);
    assert!(output.status.success(), "{output:?}");
    folder
}

#[test]
fn a_scan_ranks_writes_and_opens() {
    let folder = store();
    assert_snapshot!(without_figures(&folder.run(&["scan", "--store", "store", "--top", "1", "--out", "found"])), @"
    exit status: #
    ----- stdout -----
    # of # dyads with # acts or more moved beyond chance (false-discovery rate #): # lasting, # emerging, # faded.
    # more had shocks that passed; # had nothing; # had too few acts.
    Counted: every act, #-# to #-#; exposure: every act of all other pairs of states.

     rank  dyad       outcome   since      typical       q     acts  shocks
        #  CHN → JPN  lasting   #-#      ×#   #      #       #  ▂▂▂▃▂▂▂▂▂▂▃▁▃▂▁▁▁▃▂▂▂▂▁▂▃▂▃▂▂▆▇▇▇▇▇▇▇█▇▇▇█▇▇▇▇▇█
    # more: --top N, --out DIR or --json.

    Page: found/scan.html
    ----- stderr -----
    scanning store
    done in [TIME]
    ");
    for name in [
        "scan.json",
        "scan.html",
        "dyads.csv",
        "dyads.parquet",
        "breaks.csv",
        "breaks.parquet",
    ] {
        assert!(folder.path("found").join(name).is_file(), "{name}");
    }
    let report: Value = serde_json::from_str(&folder.read("found/scan.json")).expect("JSON");
    let first = &report["dyads"][0];
    assert_eq!(
        (&first["source"], &first["target"]),
        (&"CHN".into(), &"JPN".into())
    );
    assert_eq!(first["outcome"], "lasting");
    let main = first["main"].as_u64().expect("a main break") as usize;
    assert_eq!(first["breaks"][main]["at"], "2006-01");
    let table = folder.read("found/dyads.csv");
    assert!(
        table
            .lines()
            .nth(1)
            .expect("a row")
            .starts_with("1,CHN,JPN,,lasting,2006-01,")
    );
    assert_eq!(table.lines().count(), 31);

    // What is printed as JSON is what is written, on any number of threads.
    let printed = folder.output(&["scan", "--store", "store", "--json", "--threads", "1"]);
    assert_eq!(
        String::from_utf8(printed.stdout).expect("UTF-8").trim_end(),
        folder.read("found/scan.json")
    );

    let opened = folder.output(&[
        "scan", "--store", "store", "--open", "CHN:JPN", "--out", "dyad",
    ]);
    assert!(opened.status.success(), "{opened:?}");
    let dossier = folder.read("dyad/dossier.toml");
    assert!(dossier.contains("source = \"CHN\"") && dossier.contains("target = \"JPN\""));
    let out = folder.path("dyad/assessment");
    let report = fs::read_dir(out)
        .expect("written")
        .next()
        .expect("a date")
        .expect("read");
    assert!(report.path().join("report.html").is_file());
}

#[test]
fn bad_wishes_are_refused_with_a_mend() {
    let folder = store();
    assert_snapshot!(folder.run(&["scan", "--store", "nowhere"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    scanning nowhere
    error: nowhere is not a store; make one with `yalu ingest FILE --store nowhere`
    ");
    assert_snapshot!(folder.run(&["scan", "--store", "store", "--from", "2007-01"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    scanning store
    error: the data cover 36 periods of this length; a horizon of 24 needs at least 48

    hint: ingest more of the data set, choose a shorter --horizon, or widen --from and --to
    ");
    assert_snapshot!(folder.run(&["scan", "--store", "store", "--sector"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    scanning store
    error: the dyads can't be split by sector: no row within the dates names a sector of its source; use a data set of single events with actors, or leave the sectors out
    ");
    assert_snapshot!(folder.run(&["scan", "--store", "store", "--codes", "163"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    scanning store
    error: the cell `counted acts: any → any` asks for code `163`, but the rows of the period from 2000-01-01 are counted by root (26 rows, none with a leaf); ask for `16`, or use a data set of single events
    ");
    assert_snapshot!(folder.run(&["scan", "--store", "store", "--level", "2"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    scanning store
    error: --level must be above 0 and below 1, got 2
    ");
    assert_snapshot!(folder.run(&["scan", "--store", "store", "--open", "CHN", "--out", "x"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value 'CHN' for '--open <SOURCE:TARGET>': write two ISO 3166-1 alpha-3 codes, source first: USA:IRQ

    For more information, try '--help'.
    ");
    assert_snapshot!(folder.run(&["scan", "--store", "store", "--open", "CHN:JPN"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      --out <DIR>

    Usage: yalu scan --store <DIR> --out <DIR> --open <SOURCE:TARGET>

    For more information, try '--help'.
    ");
}
