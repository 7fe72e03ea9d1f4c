//! What is written is read, and what is wrong is named with its place.

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::query::acts::query_acts_blocking;
use crate::query::fixture::{Fixture, event};
use crate::types::Dyad;

fn ask(unit: PeriodUnit) -> ActsQuery {
    let dyad = Dyad {
        source: "CHN".parse().expect("a code"),
        target: "PRK".parse().expect("a code"),
    };
    ActsQuery {
        unit,
        ..ActsQuery::of(dyad)
    }
}

fn covers_2013() -> Vec<Coverage> {
    vec![Coverage {
        dataset: "icews".to_owned(),
        from: jiff::civil::date(2013, 1, 1),
        to: jiff::civil::date(2013, 12, 31),
        changes: Vec::new(),
        subset: None,
        gaps: Vec::new(),
    }]
}

fn store() -> Fixture {
    Fixture::new()
        .dataset("icews", "2013-01-01", "2013-12-31", &["events.tab"])
        .events(
            "icews",
            &[
                event("2013-01-05", "CHN", "PRK", "112").by("China", ""),
                event("2013-01-07", "CHN", "PRK", "163")
                    .by("Committee, \"Central\"", "party")
                    .n(2),
                event("2013-05-08", "CHN", "PRK", "042")
                    .by("Xi Jinping", "executive;government")
                    .person("Xi Jinping"),
                event("2013-06-01", "CHN", "CHN", "112")
                    .by("Xi Jinping", "executive;government")
                    .person("Xi Jinping")
                    .at("Military (China)", "military;government"),
            ],
        )
}

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acts.csv");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

const HEADER: &str = "period,kind,actor,sectors,person,toward,toward_sectors,toward_person,n\n";

fn fault(lines: &str) -> String {
    let (_folder, path) = file(&format!("{HEADER}{lines}"));
    let error = query_acts_file(&path, &ask(PeriodUnit::Month), &covers_2013())
        .expect_err("refused")
        .to_string();
    error
        .split_once("acts.csv: ")
        .map(|(_, rest)| rest.to_owned())
        .expect("the file's name")
}

#[test]
fn what_was_written_is_read_as_the_same_table() {
    let store = store();
    for (unit, asked) in [
        (PeriodUnit::Month, PeriodUnit::Month),
        (PeriodUnit::Week, PeriodUnit::Week),
        (PeriodUnit::Month, PeriodUnit::Quarter),
    ] {
        let written = query_acts_blocking(&store.view, &ask(unit), Some(1)).expect("a table");
        let (_folder, path) = file("");
        write_acts_file(&written, &path).expect("written");
        let mut read = query_acts_file(&path, &ask(asked), &covers_2013()).expect("read");
        let direct = query_acts_blocking(&store.view, &ask(asked), Some(1)).expect("a table");
        // The 5th of January lies in a week that isn't covered whole.
        let n_lines = if unit == PeriodUnit::Week { 3 } else { 4 };
        assert_eq!(read.files[0].n_rows, n_lines);
        assert!(read.sql.contains("read_csv('acts.csv'"), "{}", read.sql);
        read.files.clone_from(&direct.files);
        read.sql.clone_from(&direct.sql);
        assert_eq!(read, direct, "{unit:?} as {asked:?}");
    }
}

#[test]
fn the_file_is_as_documented() {
    let table =
        query_acts_blocking(&store().view, &ask(PeriodUnit::Month), Some(1)).expect("a table");
    let (_folder, path) = file("");
    write_acts_file(&table, &path).expect("written");
    let text = std::fs::read_to_string(&path).expect("text");
    let expected = [
        HEADER.trim_end(),
        "2013-01,outward,CHN,,,PRK,,,1",
        "2013-01,outward,\"Committee, \"\"Central\"\"\",party,,PRK,,,2",
        "2013-05,outward,Xi Jinping,executive;government,Xi Jinping,PRK,,,1",
        "2013-06,domestic,Xi Jinping,executive;government,Xi Jinping,Military (China),military;government,,1",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn neither_the_order_of_lines_nor_later_ones_change_an_answer() {
    let lines = [
        "2013-01,outward,CHN,,,PRK,,,1\n",
        "2013-02,outward,Military (China),military,,PRK,,,3\n",
        "2013-03,domestic,CHN,,,Military (China),military,,2\n",
    ];
    let until = |lines: &[&str]| {
        let (_folder, path) = file(&format!("{HEADER}{}", lines.concat()));
        let query = ActsQuery {
            as_of: Some(jiff::civil::date(2013, 3, 30)),
            ..ask(PeriodUnit::Month)
        };
        query_acts_file(&path, &query, &covers_2013()).expect("read")
    };
    let whole = until(&lines);
    assert_eq!((whole.periods.len(), whole.n_outward()), (2, 4));
    assert_eq!(whole, until(&[lines[2], lines[1], lines[0]]));
    assert_eq!(whole, until(&lines[..2]));
    let whole = ask(PeriodUnit::Month);
    let (_folder, path) = file(HEADER);
    let none = query_acts_file(&path, &whole, &covers_2013()).expect("no act is an outcome");
    assert_eq!((none.n_outward(), none.covered.len()), (0, 12));
}

#[test]
fn each_fault_is_named_with_its_line_and_column() {
    let good = "2013-01,outward,CHN,,,PRK,,,1\n";
    for (line, expected) in [
        (
            "2013-1,outward,CHN,,,PRK,,,1",
            "line 3, column `period`: `2013-1` is not a period",
        ),
        (
            "2013-Q2,outward,CHN,,,PRK,,,1",
            "line 3, column `period`: `2013-Q2` is one of quarters",
        ),
        (
            "2014-01,outward,CHN,,,PRK,,,1",
            "line 3, column `period`: 2014-01 lies outside",
        ),
        (
            "2013-02,inward,CHN,,,PRK,,,1",
            "line 3, column `kind`: `inward`",
        ),
        (
            "2013-02,outward,,,,PRK,,,1",
            "line 3, column `actor`: it is empty",
        ),
        (
            "2013-02,outward,X,Foreign,,PRK,,,1",
            "line 3, column `sectors`: `Foreign`",
        ),
        (
            "2013-02,outward,X,a;;b,,PRK,,,1",
            "line 3, column `sectors`: `a;;b`",
        ),
        (
            "2013-02,outward,X,,,JPN,,,1",
            "line 3, column `toward`: `JPN` is not PRK",
        ),
        (
            "2013-02,outward,X,,,PRK,military,,1",
            "line 3, column `toward_sectors`: `military` can't",
        ),
        (
            "2013-02,outward,X,,,PRK,,Kim,1",
            "line 3, column `toward_person`: `Kim` can't",
        ),
        (
            "2013-02,domestic,X,,,X,,,1",
            "line 3, column `toward`: `X` is also who acts",
        ),
        (
            "2013-02,domestic,X,,,,,,1",
            "line 3, column `toward`: it is empty",
        ),
        (
            "2013-02,outward,X,,,PRK,,,0",
            "line 3, column `n`: `0` is not a number of acts",
        ),
        ("2013-02,outward,X,,,PRK,,,-1", "line 3, column `n`: `-1`"),
        (
            "2013-02,outward,X,,PRK,,,1",
            "line 3: it has 8 columns, not 9",
        ),
        (
            good.trim_end(),
            "line 3: the same actors and period stand in line 2",
        ),
    ] {
        let got = fault(&format!("{good}{line}\n"));
        assert!(got.starts_with(expected), "{got}\n{expected}");
    }
}

#[test]
fn a_file_that_is_none_is_refused() {
    let (_folder, path) = file("group,measure\n");
    let error = query_acts_file(&path, &ask(PeriodUnit::Month), &covers_2013()).expect_err("no");
    assert!(matches!(error, ActsFileError::Header { .. }), "{error}");
    let (_folder, path) = file("");
    let error = query_acts_file(&path, &ask(PeriodUnit::Month), &covers_2013()).expect_err("no");
    assert!(matches!(error, ActsFileError::Header { .. }), "{error}");
    let (_folder, path) = file(&format!("{HEADER}2013-Q1,outward,CHN,,,PRK,,,1\n"));
    let error = query_acts_file(&path, &ask(PeriodUnit::Month), &covers_2013()).expect_err("no");
    assert!(matches!(error, ActsFileError::Periods { .. }), "{error}");
    let (_folder, path) = file("");
    std::fs::write(
        &path,
        [HEADER.as_bytes(), b"2013-01,outward,\xff,,,PRK,,,1\n"].concat(),
    )
    .expect("written");
    let error = query_acts_file(&path, &ask(PeriodUnit::Month), &covers_2013()).expect_err("no");
    assert!(
        error.to_string().contains("line 2: it isn't UTF-8"),
        "{error}"
    );
}
