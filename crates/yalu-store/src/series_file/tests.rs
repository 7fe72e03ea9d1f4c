//! Files written, read back, and broken in every way that a line can be.

use std::path::PathBuf;

use jiff::civil::date;
use tempfile::TempDir;

use super::*;
use crate::series::CodeSet;
use crate::types::DyadPattern;

const HEADER: &str = "group,measure,source,target,period,value,n_rows\n";

fn request(group: &str, source: &str, target: &str) -> CellRequest {
    let side = |code: &str| (code != "*").then(|| code.parse().expect("a code"));
    CellRequest {
        group: group.to_owned(),
        codes: CodeSet::default(),
        dyad: DyadPattern {
            source: side(source),
            target: side(target),
        },
        measure: Measure::Events,
    }
}

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("series.csv");
    std::fs::write(&path, format!("{HEADER}{text}")).expect("written");
    (folder, path)
}

fn ask(path: &Path, unit: PeriodUnit, as_of: Option<Date>) -> Result<SeriesTable, SeriesFileError> {
    let coverage = Coverage {
        dataset: "icews".to_owned(),
        from: date(2012, 1, 1),
        to: date(2013, 12, 31),
        changes: Vec::new(),
        subset: None,
        gaps: Vec::new(),
    };
    query_series_file(
        path,
        &[request("influence", "CHN", "PRK"), request("all", "*", "*")],
        unit,
        None,
        as_of,
        &[coverage],
    )
}

fn shown(table: &SeriesTable, cell_idx: usize) -> String {
    let all: Vec<String> = table.cells[cell_idx]
        .values
        .iter()
        .map(|(period, value)| {
            format!(
                "{}:{}/{}@{}",
                period.label(table.unit),
                value.value,
                value.n_rows,
                value.line.expect("a line")
            )
        })
        .collect();
    all.join(" ")
}

const GOOD: &str = "all,events,*,*,2012-12,40,9\n\
    all,events,*,*,2013-01,41,9\n\
    all,events,*,*,2013-02,42,9\n\
    influence,events,CHN,PRK,2013-01,3,2\n\
    influence,events,CHN,PRK,2013-03,4,1\n";

#[test]
fn figures_come_with_their_lines_and_months_make_quarters() {
    let (_folder, path) = file(GOOD);
    let table = ask(&path, PeriodUnit::Month, None).expect("an answer");
    assert_eq!(shown(&table, 0), "2013-01:3/2@5 2013-03:4/1@6");
    assert_eq!(
        shown(&table, 1),
        "2012-12:40/9@2 2013-01:41/9@3 2013-02:42/9@4"
    );
    assert_eq!(table.files[0].n_rows, 5);
    // The digest under the name is of the lines that were used, not of the whole file.
    assert_eq!(
        table.files[0].name,
        "series.csv (lines up to the last period used)"
    );
    let quarters = ask(&path, PeriodUnit::Quarter, None).expect("an answer");
    assert_eq!(shown(&quarters, 0), "2013-Q1:7/3@5");
    assert_eq!(shown(&quarters, 1), "2012-Q4:40/9@2 2013-Q1:83/18@3");
    let error = ask(&path, PeriodUnit::Week, None).expect_err("refused");
    assert!(matches!(error, SeriesFileError::Periods { .. }), "{error}");
}

#[test]
fn as_of_cuts_by_the_rule_of_the_store() {
    let (_folder, path) = file(GOOD);
    let table = ask(&path, PeriodUnit::Month, Some(date(2013, 3, 30))).expect("an answer");
    assert_eq!(shown(&table, 0), "2013-01:3/2@5");
    assert_eq!(table.coverage[0].to, date(2013, 3, 30));
    assert_eq!(table.files[0].n_rows, 4);
    let quarters = ask(&path, PeriodUnit::Quarter, Some(date(2013, 3, 30))).expect("an answer");
    assert_eq!(shown(&quarters, 0), "");
    assert_eq!(shown(&quarters, 1), "2012-Q4:40/9@2");
}

#[test]
fn what_is_written_is_read_back_and_zero_cells_stand_once() {
    let (folder, path) = file(GOOD);
    let mut table = ask(&path, PeriodUnit::Month, None).expect("an answer");
    table.cells.push(CellSeries {
        request: request("quoted, \"odd\"", "KOR", "PRK"),
        datasets: Vec::new(),
        values: BTreeMap::new(),
    });
    let again = folder.path().join("again.csv");
    write_series_file(&table, &again).expect("written");
    let text = std::fs::read_to_string(&again).expect("text");
    assert_eq!(
        text,
        format!("{HEADER}{GOOD}\"quoted, \"\"odd\"\"\",events,KOR,PRK,,0,0\n")
    );
    let read = read_series_file(&again).expect("read");
    let key = SeriesFileKey::of(&table.cells[2].request);
    assert_eq!(read.cells[&key].empty_line, Some(7));
    assert!(!folder.path().join("again.csv.part").exists());
}

#[test]
fn weeks_and_fractions_survive_writing_and_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weeks.csv");
    let mut ask = request("all", "CHN", "*");
    ask.measure = Measure::GoldsteinSum;
    let period = Period::containing(date(2021, 1, 3), PeriodUnit::Week);
    let value = CellValue {
        value: -18.1,
        n_rows: 3,
        line: None,
    };
    let table = SeriesTable {
        unit: PeriodUnit::Week,
        cells: vec![CellSeries {
            request: ask.clone(),
            datasets: Vec::new(),
            values: [(period, value)].into(),
        }],
        coverage: Vec::new(),
        files: Vec::new(),
        sql: String::new(),
    };
    write_series_file(&table, &path).expect("written");
    let text = std::fs::read_to_string(&path).expect("text");
    assert!(
        text.ends_with("all,goldstein_sum,CHN,*,2020-W53,-18.1,3\n"),
        "{text}"
    );
    let back = query_series_file(&path, &[ask], PeriodUnit::Week, None, None, &[]).expect("read");
    assert_eq!(shown(&back, 0), "2020-W53:-18.1/3@2");
}

#[test]
fn two_code_sets_under_one_name_are_not_written() {
    let (folder, path) = file(GOOD);
    let mut table = ask(&path, PeriodUnit::Month, None).expect("an answer");
    let mut other = table.cells[0].clone();
    other.request.codes.quads = vec![crate::QuadClass::VerbalConflict];
    table.cells.push(other);
    let error = write_series_file(&table, &folder.path().join("x.csv")).expect_err("refused");
    assert!(matches!(error, SeriesFileError::SameName { .. }), "{error}");
}

#[test]
fn a_missing_cell_is_named_with_the_way_to_make_it() {
    let (_folder, path) = file("all,events,*,*,2012-12,40,9\n");
    let error = ask(&path, PeriodUnit::Month, None)
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("group `influence`, measure `events`, CHN → PRK"),
        "{error}"
    );
    assert!(error.contains("yalu export series"), "{error}");
}

#[test]
fn each_fault_is_named_with_its_line_and_column() {
    for (text, expected) in [
        (
            "a,events,CHN,PRK,2013-01,1\n",
            "line 2: it has 6 columns, not 7",
        ),
        (
            ",events,CHN,PRK,2013-01,1,1\n",
            "line 2, column `group`: it is empty",
        ),
        (
            "a,event,CHN,PRK,2013-01,1,1\n",
            "line 2, column `measure`: `event` is not a measure",
        ),
        (
            "a,events,China,PRK,2013-01,1,1\n",
            "line 2, column `source`: `China` is not an actor code",
        ),
        (
            "a,events,CHN,,2013-01,1,1\n",
            "line 2, column `target`: `` is not an actor code",
        ),
        (
            "a,events,CHN,PRK,2013-1,1,1\n",
            "line 2, column `period`: `2013-1` is not a period",
        ),
        ("a,events,CHN,PRK,2013-W54,1,1\n", "column `period`"),
        ("a,events,CHN,PRK,2013-Q5,1,1\n", "column `period`"),
        (
            "a,events,CHN,PRK,2013-01,1.5,1\n",
            "line 2, column `value`: `1.5` is not a count",
        ),
        (
            "a,events,CHN,PRK,2013-01,-1,1\n",
            "line 2, column `value`: `-1` is not a count",
        ),
        (
            "a,goldstein_sum,CHN,PRK,2013-01,NaN,1\n",
            "column `value`: `NaN` is not a number",
        ),
        (
            "a,goldstein_sum,CHN,PRK,2013-01,1e999,1\n",
            "column `value`: `1e999` is not a number",
        ),
        (
            "a,events,CHN,PRK,2013-01,1,x\n",
            "line 2, column `n_rows`: `x` is not a count",
        ),
        (
            "a,events,CHN,PRK,2013-01,0,0\n",
            "line 2, column `n_rows`: `0` doesn't go with",
        ),
        (
            "a,events,CHN,PRK,,1,0\n",
            "line 2, column `value`: `1` doesn't go with",
        ),
        (
            "a,events,CHN,PRK,2013-01,1,1\n\n\"a\",events,CHN,PRK,2013-01,2,1\n",
            "line 4: the same cell and period stand in line 2",
        ),
        (
            "a,events,CHN,PRK,2013-01,1,1\na,events,CHN,PRK,,0,0\n",
            "line 3: an empty period says that the cell has no rows, but line 2 has some",
        ),
        (
            "a,events,CHN,PRK,,0,0\na,events,CHN,PRK,2013-01,1,1\n",
            "line 3: an empty period",
        ),
        (
            "a,events,CHN,PRK,2013-01,1,1\na,events,CHN,PRK,2013-Q1,1,1\n",
            "line 3: its period is of quarters, but those before it are of months",
        ),
    ] {
        let (_folder, path) = file(text);
        let error = read_series_file(&path).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
        assert!(error.contains("series.csv"), "{error}");
    }
}

#[test]
fn files_that_are_not_series_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    for bytes in [&b""[..], b"\x1f\x8b\x08\x00", b"date,value\n1,2\n"] {
        std::fs::write(&path, bytes).expect("written");
        let error = read_series_file(&path).expect_err("refused");
        assert!(matches!(error, SeriesFileError::Header { .. }), "{error}");
    }
    std::fs::write(
        &path,
        [HEADER.as_bytes(), b"caf\xe9,events,CHN,PRK,2013-01,1,1\n"].concat(),
    )
    .expect("written");
    let error = read_series_file(&path).expect_err("refused").to_string();
    assert!(error.contains("line 2: it isn't UTF-8"), "{error}");
    let error = read_series_file(&folder.path().join("none.csv")).expect_err("refused");
    assert!(matches!(error, SeriesFileError::Read { .. }), "{error}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    let text = format!("\u{feff}{HEADER}{GOOD}").replace('\n', "\r\n");
    std::fs::write(&path, text).expect("written");
    let table = ask(&path, PeriodUnit::Month, None).expect("an answer");
    assert_eq!(shown(&table, 0), "2013-01:3/2@5 2013-03:4/1@6");
}
