//! `yalu rows`: from a figure to what stands behind it.

use insta::assert_snapshot;

use crate::{Folder, command, shown, workspace};

fn flagship(args: &[&str]) -> String {
    let output = command(&workspace(), args).output().expect("yalu starts");
    shown(&output)
}

#[test]
fn a_figure_of_the_example_leads_to_its_line() {
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "influence.CHN.PRK", "2013-02"]), @"
    exit status: 0
    ----- stdout -----
    series.csv:5109: influence,events,CHN,PRK,2013-02,46,3
    ----- stderr -----
    ");
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "conflict.CHN.any", "2013-Q1"]), @"
    exit status: 0
    ----- stdout -----
    series.csv:302: conflict,events,CHN,*,2013-01,146,40
    series.csv:303: conflict,events,CHN,*,2013-02,155,26
    series.csv:304: conflict,events,CHN,*,2013-03,142,43
    ----- stderr -----
    ");
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "sanctions.CHN.PRK", "2013-05", "--json"]), @r#"
    exit status: 0
    ----- stdout -----
    [
      {
        "file": "series.csv",
        "line": 10066,
        "text": "sanctions,events,CHN,PRK,2013-05,33,1"
      }
    ]
    ----- stderr -----
    "#);
}

#[test]
fn an_unknown_series_is_answered_with_the_nearest() {
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "influense.CHN.PRK", "2013-02"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: the dossier has no series `influense.CHN.PRK`; did you mean `influence.CHN.PRK`?
    ");
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "influense.CHN.PRK", "2013-02", "--json"]), @r#"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    {
      "error": "the dossier has no series `influense.CHN.PRK`; did you mean `influence.CHN.PRK`?",
      "mend": null
    }
    "#);
}

#[test]
fn what_is_no_period_is_said_to_be_none() {
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "influence.CHN.PRK", "2013-2"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: `2013-2` is not a period; write 2013-02, 2013-Q1 or 2013-W07
    ");
    assert_snapshot!(flagship(&["rows", "examples/china-dprk", "influence.CHN.PRK", "February"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: `February` is not a period; write 2013-02, 2013-Q1 or 2013-W07
    ");
}

#[test]
fn a_figure_without_rows_says_so_and_prints_nothing() {
    let folder = Folder::with_dossier();
    let args = ["rows", "dossier", "pressing.CHN.PRK", "2031-01"];
    assert_snapshot!(folder.run(&args), @"
    exit status: 0
    ----- stdout -----
    ----- stderr -----
    no row lies behind pressing.CHN.PRK in 2031-01: the figure is zero or outside coverage
    ");
    let mut json = args.to_vec();
    json.push("--json");
    assert_snapshot!(folder.run(&json), @"
    exit status: 0
    ----- stdout -----
    []
    ----- stderr -----
    ");
}
