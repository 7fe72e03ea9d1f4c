//! `yalu check`: every fault with its place and its mend.

use insta::assert_snapshot;

use crate::Folder;

const FILE: &str = "dossier/dossier.toml";

#[test]
fn a_sound_dossier_is_called_sound() {
    let folder = Folder::with_dossier();
    assert_snapshot!(folder.run(&["check", "dossier"]), @"
    exit status: 0
    ----- stdout -----
    first-dossier is sound: 1 indicator, 0 pressure series, 3 events, 0 tables
    ----- stderr -----
    ");
    assert_snapshot!(folder.run(&["check", "dossier/dossier.toml", "--json"]), @r#"
    exit status: 0
    ----- stdout -----
    {"problems": []}
    ----- stderr -----
    "#);
}

#[test]
fn an_unknown_key_is_shown_with_the_nearest_known_one() {
    let folder = Folder::with_dossier();
    folder.edit(FILE, "\ntrimming =", "\ntriming =");
    assert_snapshot!(folder.run(&["check", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.unknown-key

      × unknown key `triming`
        ╭─[dossier/dossier.toml:57:1]
     56 │ event_decay = 0.5            # what is left of an event's effect after each month
     57 │ triming = 0.15              # the share at either end where no break is looked for
        · ───┬───
        ·    ╰── model.triming
     58 │
        ╰────
      help: did you mean `trimming`?

    1 fault found
    ");
    assert_snapshot!(folder.run(&["check", "dossier", "--json"]), @r#"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    {
      "problems": [
        {
          "code": "dossier.unknown-key",
          "message": "unknown key `triming`",
          "file": "dossier/dossier.toml",
          "line": 57,
          "column": 1,
          "key": "model.triming",
          "span": [
            2043,
            2050
          ],
          "mend": "did you mean `trimming`?"
        }
      ]
    }
    "#);
}

#[test]
fn a_value_of_the_wrong_type_is_shown_in_its_line() {
    let folder = Folder::with_dossier();
    folder.edit(
        FILE,
        "horizon_months = 24 ",
        "horizon_months = \"two years\" ",
    );
    assert_snapshot!(folder.run(&["check", "dossier"]), @r#"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.toml

      × invalid type: string "two years", expected u32
        ╭─[dossier/dossier.toml:67:18]
     66 │ level = 0.05                 # false-discovery rate over the indicators
     67 │ horizon_months = "two years"          # how long a new level must hold to count as lasting
        ·                  ─────┬─────
        ·                       ╰── here
     68 │ equivalence_ratio = 1.5      # levels within this ratio count as equal
        ╰────

    1 fault found
    "#);
}

#[test]
fn every_fault_is_shown_at_once() {
    let folder = Folder::with_dossier();
    folder.edit(FILE, "group = \"pressing\"", "group = \"presing\"");
    folder.edit(FILE, "\"2019-12-31\"]", "\"2019-13-01\"]");
    folder.edit(FILE, "level = 0.05", "level = 0.7");
    folder.edit(FILE, "target = \"PRK\"", "target = \"NKO\"");
    folder.edit(FILE, "codes = [\"10\"", "codes = [\"3\"");
    assert_snapshot!(folder.run(&["check", "dossier"]), @r#"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.actor

      × `NKO` is no state that Yalu knows
        ╭─[dossier/dossier.toml:12:10]
     11 │ source = "CHN"
     12 │ target = "NKO"
        ·          ──┬──
        ·            ╰── question.target
     13 │ # Nothing later than these dates is used. Leave the key out to answer as of the end of the data.
        ╰────
      help: write the ISO 3166 alpha-3 code

    dossier.date

      × `2019-13-01` is not a date
        ╭─[dossier/dossier.toml:14:10]
     13 │ # Nothing later than these dates is used. Leave the key out to answer as of the end of the data.
     14 │ as_of = ["2019-13-01"]
        ·          ──────┬─────
        ·                ╰── question.as_of[0]
     15 │ authors = ["Your name"]
        ╰────
      help: write YYYY-MM-DD, in quotes

    dossier.code

      × `3` is not a CAMEO code
        ╭─[dossier/dossier.toml:32:10]
     31 │ title = "Demands, disapproval, rejection, threats"
     32 │ codes = ["3", "11", "12", "13"]
        ·          ─┬─
        ·           ╰── groups.pressing.codes[0]
     33 │ meaning = "The source presses the target in words."
        ╰────
      help: did you mean "03"? CAMEO codes keep their leading zero

    dossier.reference

      × group `presing` isn't declared
        ╭─[dossier/dossier.toml:44:9]
     43 │ kind = "event_rate"          # also event_share, quad_share, mean_goldstein, trade_value, mirror_gap, table
     44 │ group = "presing"
        ·         ────┬────
        ·             ╰── indicators[0].group
     45 │ exposure = "source_total"    # also dyad_total, world_total; none needs a reason
        ╰────
      help: did you mean `pressing`?

    dossier.range

      × level must be above 0 and below 0.5, got 0.7
        ╭─[dossier/dossier.toml:66:9]
     65 │ [verdict]
     66 │ level = 0.7                 # false-discovery rate over the indicators
        ·         ─┬─
        ·          ╰── verdict.level
     67 │ horizon_months = 24          # how long a new level must hold to count as lasting
        ╰────
      help: leave the key out to use 0.05

    5 faults found
    "#);
}

#[test]
fn a_file_that_is_missing_is_named() {
    let folder = Folder::with_dossier();
    std::fs::remove_file(folder.path("dossier/events.csv")).expect("it is there");
    std::fs::remove_file(folder.path("dossier/series.csv")).expect("it is there");
    assert_snapshot!(folder.run(&["check", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    file.read

      × dossier/events.csv: can't be read: No such file or directory (os error 2)

    dossier.series

      × dossier/dossier.toml: data.series names `series.csv`, which isn't in the
      │ dossier's folder
      help: write it with `yalu export series DOSSIER --store DIR`, or name a
            store in data.store

    2 faults found
    ");
}

#[test]
fn a_line_of_an_events_file_is_shown() {
    let folder = Folder::with_dossier();
    folder.edit("dossier/events.csv", "2015-09-02", "2015-09-32");
    assert_snapshot!(folder.run(&["check", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    event.date

      × `2015-09-32` in column date is not a date; write YYYY-MM-DD
       ╭─[dossier/events.csv:3:1]
     2 │ 2012-04-10,test,A first made-up test,made up
     3 │ 2015-09-32,test,A second made-up test,made up
       · ──────────────────────┬──────────────────────
       ·                       ╰── here
     4 │ 2018-02-20,test,A third made-up test,made up
       ╰────

    1 fault found
    ");
}

#[test]
fn a_series_file_is_checked_too() {
    let folder = Folder::with_dossier();
    folder.edit("dossier/series.csv", "2010-03,", "2010-13,");
    assert_snapshot!(folder.run(&["check", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: dossier/series.csv: line 4, column `period`: `2010-13` is not a period; write 2013-02, 2013-Q1 or 2013-W07
    ");
}

#[test]
fn a_series_that_the_file_lacks_is_named() {
    let folder = Folder::with_dossier();
    let text = folder.read("dossier/series.csv");
    let text: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("pressing"))
        .collect();
    folder.write("dossier/series.csv", &text);
    assert_snapshot!(folder.run(&["check", "dossier"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: dossier/series.csv: no line for group `pressing`, measure `events`, CHN → PRK; make the file anew from a store that holds the events: `yalu export series DOSSIER --store DIR`
    ");
}

#[test]
fn what_is_no_dossier_is_said_to_be_none() {
    let folder = Folder::with_dossier();
    assert_snapshot!(folder.run(&["check", "nowhere"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.read

      × nowhere: can't be read: No such file or directory (os error 2)
      help: name a folder that holds a dossier.toml; `yalu new DIR` writes one

    1 fault found
    ");
    assert_snapshot!(folder.run(&["check", "dossier/events.csv"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.toml

      × key with no value, expected `=`
       ╭─[dossier/events.csv:1:5]
     1 │ date,kind,title,source
       ·     ▲
       ·     ╰── here
     2 │ 2012-04-10,test,A first made-up test,made up
       ╰────

    1 fault found
    ");
    std::fs::create_dir(folder.path("empty")).expect("a folder");
    assert_snapshot!(folder.run(&["check", "empty"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.read

      × empty/dossier.toml: can't be read: No such file or directory (os error 2)
      help: name a folder that holds a dossier.toml; `yalu new DIR` writes one

    1 fault found
    ");
}

#[test]
fn a_file_outside_the_dossier_is_refused() {
    let folder = Folder::with_dossier();
    folder.edit(FILE, "file = \"events.csv\"", "file = \"../events.csv\"");
    assert_snapshot!(folder.run(&["check", "dossier"]), @r#"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    dossier.file

      × `../events.csv` leads out of the dossier's folder
        ╭─[dossier/dossier.toml:53:8]
     52 │ [[events]]
     53 │ file = "../events.csv"
        ·        ───────┬───────
        ·               ╰── events[0].file
     54 │
        ╰────
      help: put the file into the folder and name it relative to it

    1 fault found
    "#);
}
