//! Files in, a store out: what is kept, what is said of the rest, what a failure leaves behind.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::*;
use crate::query::query_series_blocking;
use crate::series::{CellRequest, CodeSet, Measure};
use crate::store::Store;
use crate::trace::{Row as TracedRow, rows_behind};
use crate::types::DyadPattern;
use crate::{Period, PeriodUnit};

/// A folder with a store in it and files beside.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    fn ingest(&self, files: &[PathBuf], options: &IngestOptions) -> IngestReport {
        ingest(files, &self.store(), options, &mut |_| {}).expect("the store can be written")
    }

    /// The one file's report, after checking that its rows add up.
    fn take(&self, file: &Path, options: &IngestOptions) -> FileReport {
        let mut report = self.ingest(&[file.to_owned()], options);
        let failures: Vec<String> = report
            .failures
            .iter()
            .map(|one| one.error.to_string())
            .collect();
        assert!(failures.is_empty(), "{failures:?}");
        let file = report.files.remove(0);
        assert_eq!(
            file.n_read,
            file.n_kept + file.n_duplicate + file.n_rejected
        );
        file
    }

    fn refuse(&self, file: &Path, options: &IngestOptions) -> FileError {
        let mut report = self.ingest(&[file.to_owned()], options);
        assert!(report.files.is_empty());
        report.failures.remove(0).error
    }

    /// Every file of the store with its bytes, but for the lock.
    fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all = Vec::new();
        let mut folders = vec![self.store()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.file_name().is_some_and(|name| name != ".lock") {
                    let bytes = fs::read(&path).expect("read");
                    all.push((path, bytes));
                }
            }
        }
        all.sort();
        all
    }

    fn rows(&self, request: &CellRequest, from: Date, to: Date) -> Vec<TracedRow> {
        let store = Store::open(&self.store()).expect("a store");
        let period = |day| Period::containing(day, PeriodUnit::Month);
        rows_behind(
            &store,
            request,
            &[],
            PeriodUnit::Month,
            period(from),
            period(to),
            usize::MAX,
        )
        .expect("rows")
    }
}

fn events(source: &str, target: &str) -> CellRequest {
    cell(source, target, Measure::Events)
}

fn cell(source: &str, target: &str, measure: Measure) -> CellRequest {
    CellRequest {
        group: "all".to_owned(),
        codes: CodeSet::default(),
        dyad: DyadPattern {
            source: source.parse().ok(),
            target: target.parse().ok(),
        },
        measure,
    }
}

const ICEWS_HEADER: &str = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\n";

fn icews(id: u32, day: &str, source: &str, code: &str, target: &str) -> String {
    format!("{id}\t{day}\t{source}\tNA\t{source}\tConsult\t{code}\t1\t{target}\tNA\t{target}\n")
}

#[test]
fn two_ingests_of_one_file_add_nothing() {
    let bench = Bench::new();
    let text = format!(
        "{ICEWS_HEADER}{}{}",
        icews(1, "2013-02-12", "China", "043", "North Korea"),
        icews(2, "2013-02-13", "China", "112", "North Korea")
    );
    let file = bench.file("a.tab", text);
    let first = bench.take(&file, &IngestOptions::default());
    assert_eq!((first.n_read, first.n_kept, first.known), (2, 2, false));
    let before = bench.snapshot();
    let second = bench.take(&file, &IngestOptions::default());
    assert_eq!(
        (second.n_kept, second.n_duplicate, second.known),
        (0, 2, true)
    );
    assert_eq!(bench.snapshot(), before, "not even the generation moves");
}

#[test]
fn rows_of_another_file_with_the_same_keys_are_duplicates_or_contradictions() {
    let bench = Bench::new();
    let options = IngestOptions {
        max_rejects: 0.5,
        ..IngestOptions::default()
    };
    let first = format!(
        "{ICEWS_HEADER}{}",
        icews(1, "2013-02-12", "China", "043", "North Korea")
    );
    bench.take(&bench.file("a.tab", first), &options);
    let second = format!(
        "{ICEWS_HEADER}{}{}{}",
        icews(1, "2013-02-12", "China", "043", "North Korea"),
        icews(1, "2013-02-14", "China", "043", "North Korea"),
        icews(1, "2013-02-12", "China", "190", "North Korea"),
    );
    let report = bench.take(&bench.file("b.tab", second), &options);
    assert_eq!(
        (report.n_kept, report.n_duplicate, report.n_rejected),
        (1, 1, 1)
    );
    let rejects = fs::read_to_string(report.rejects.expect("a file of rejects")).expect("text");
    assert!(
        rejects.contains("b.tab,4,another row with the same key says otherwise"),
        "{rejects}"
    );
    let rows = bench.rows(&events("CHN", "PRK"), date(2013, 2, 1), date(2013, 2, 1));
    let places: Vec<(&str, u64)> = rows
        .iter()
        .map(|row| (row.file.as_str(), row.line))
        .collect();
    assert_eq!(places, [("a.tab", 2), ("b.tab", 3)]);
}

#[test]
fn each_rejected_row_has_its_line_and_reason() {
    let bench = Bench::new();
    let options = IngestOptions {
        max_rejects: 1.0,
        ..IngestOptions::default()
    };
    let text = format!(
        "{ICEWS_HEADER}{}{}{}{}{}5\t2013-02-12\tChina\n",
        icews(1, "2013-02-30", "China", "043", "North Korea"),
        icews(2, "0025-02-03", "China", "043", "North Korea"),
        icews(3, "2013-02-12", "China", "999", "North Korea").replace("Consult", "Unheard of"),
        icews(4, "2013-02-12", "China", "043", "North Korea").replace("\t1\t", "\t99\t"),
        ICEWS_HEADER,
    );
    let report = bench.take(&bench.file("a.tab", text), &options);
    assert_eq!((report.n_read, report.n_kept, report.n_rejected), (6, 0, 6));
    let rejects = fs::read_to_string(report.rejects.expect("rejects")).expect("text");
    for expected in [
        "a.tab,2,`2013-02-30` is not a day",
        "a.tab,3,0025-02-03 is out of range",
        "a.tab,4,`999` is not a CAMEO code",
        "a.tab,5,intensity `99` is not within",
        "a.tab,6,the header once more",
        "a.tab,7,3 columns where 11 are needed",
    ] {
        assert!(rejects.contains(expected), "{expected} in {rejects}");
    }
}

#[test]
fn a_file_that_is_mostly_wrong_leaves_the_store_as_it_was() {
    let bench = Bench::new();
    let good = format!(
        "{ICEWS_HEADER}{}",
        icews(1, "2013-02-12", "China", "043", "North Korea")
    );
    bench.take(&bench.file("a.tab", good), &IngestOptions::default());
    let before = bench.snapshot();
    let bad = format!(
        "{ICEWS_HEADER}{}{}",
        icews(2, "2013-02-12", "China", "043", "North Korea"),
        icews(3, "12 Feb 2013", "China", "043", "North Korea"),
    );
    let error = bench.refuse(&bench.file("b.tab", bad), &IngestOptions::default());
    assert!(
        matches!(
            error,
            FileError::TooManyRejects {
                n_rejected: 1,
                n_read: 2,
                line: 3,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(bench.snapshot(), before);
}

#[test]
fn a_failed_file_between_good_ones_takes_nothing_with_it() {
    let bench = Bench::new();
    let row = |id, day| format!("{ICEWS_HEADER}{}", icews(id, day, "China", "043", "Japan"));
    let bad = format!(
        "{}{}",
        row(2, "2013-03-01"),
        icews(3, "?", "China", "043", "Japan")
    );
    let files = [
        bench.file("a.tab", row(1, "2013-02-01")),
        bench.file("b.tab", bad),
        bench.file("c.tab", row(2, "2013-03-01")),
    ];
    let report = bench.ingest(&files, &IngestOptions::default());
    assert_eq!(report.failures.len(), 1);
    let kept: Vec<u64> = report.files.iter().map(|file| file.n_kept).collect();
    assert_eq!(kept, [1, 1], "the failed file's key is free again");
    let rows = bench.rows(&events("CHN", "JPN"), date(2013, 2, 1), date(2013, 3, 1));
    assert_eq!(
        rows.iter().map(|row| row.file.as_str()).collect::<Vec<_>>(),
        ["a.tab", "c.tab"]
    );
}

#[test]
fn the_2017_reissue_gets_its_codes_from_its_texts() {
    let bench = Bench::new();
    let text = "Event ID\tEvent Date\tSource Name\tSource Country\tEvent Text\tTarget Name\tTarget Country\n\
                7\t3/7/2017\tChina\tChina\tMake an appeal or request\tNorth Korea\tNorth Korea\n";
    let report = bench.take(&bench.file("a.tab", text), &IngestOptions::default());
    assert_eq!(report.repairs.len(), 2);
    let rows = bench.rows(&events("CHN", "PRK"), date(2017, 3, 1), date(2017, 3, 1));
    assert_eq!(
        (rows[0].code.as_str(), rows[0].date),
        ("020", date(2017, 3, 7))
    );
}

#[test]
fn tuples_need_their_lists_and_a_day_to_count_from() {
    let bench = Bench::new();
    let ids = bench.file("t.txt", "0\t0\t1\t24\t-1\n1\t1\t0\t8736\t-1\n");
    let named = IngestOptions {
        epoch: Some(date(2014, 1, 1)),
        ..IngestOptions::default()
    };
    assert!(matches!(
        bench.refuse(&ids, &IngestOptions::default()),
        FileError::Epoch
    ));
    assert!(matches!(
        bench.refuse(&ids, &named),
        FileError::Lookup { .. }
    ));
    bench.file(
        "entity2id.txt",
        "Foreign Affairs (China)\t0\nNorth Korea\t1\n",
    );
    bench.file("relation2id.txt", "Consult\t0\nMake statement\t1\n");
    let report = bench.take(&ids, &named);
    assert_eq!(report.n_kept, 2);
    let rows = bench.rows(&events("CHN", "PRK"), date(2014, 1, 1), date(2014, 12, 1));
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].date, rows[0].source_name.as_str()),
        (date(2014, 1, 2), "Foreign Affairs (China)")
    );
    let mut ministry = events("CHN", "PRK");
    ministry.codes.source_sectors = vec!["foreign_ministry".to_owned()];
    assert_eq!(
        bench
            .rows(&ministry, date(2014, 1, 1), date(2014, 12, 1))
            .len(),
        1
    );
    ministry.codes.source_sectors = vec!["military".to_owned()];
    assert_eq!(
        bench
            .rows(&ministry, date(2014, 1, 1), date(2014, 12, 1))
            .len(),
        0
    );
}

fn gdelt(id: u32, day: &str, added: &str, n_columns: usize) -> String {
    let mut fields = vec![String::new(); n_columns];
    let set = |fields: &mut Vec<String>, idx: usize, text: &str| text.clone_into(&mut fields[idx]);
    fields[0] = id.to_string();
    set(&mut fields, 1, day);
    for (idx, text) in [
        (5, "CHNGOV"),
        (6, "BEIJING"),
        (7, "CHN"),
        (12, "GOV"),
        (15, "PRK"),
        (16, "NORTH KOREA"),
        (17, "PRK"),
        (26, "010"),
        (29, "1"),
        (30, "0.0"),
        (31, "4"),
    ] {
        set(&mut fields, idx, text);
    }
    set(&mut fields, if n_columns == 61 { 59 } else { 56 }, added);
    fields.join("\t") + "\n"
}

#[test]
fn gdelt_rows_of_all_versions_are_told_apart_by_their_columns() {
    let bench = Bench::new();
    let options = IngestOptions {
        max_rejects: 0.3,
        ..IngestOptions::default()
    };
    let text = [
        gdelt(1, "19990105", "20130203", 57),
        gdelt(2, "20160728", "20160728", 58),
        gdelt(3, "20160101", "20160728", 58),
        gdelt(4, "20180326", "20180326044500", 61),
        gdelt(5, "20180326", "20180326044500", 60),
    ]
    .concat();
    let report = bench.take(&bench.file("g.csv", text), &options);
    assert_eq!(
        (report.n_kept, report.n_rejected, report.n_unmapped),
        (4, 1, 0)
    );
    assert_eq!(
        report.reasons,
        [("60 columns; GDELT has 57, 58 or 61".to_owned(), 1)]
    );
    // The back file speaks of the event's day, later files of the day of finding.
    let day = |y, m, d| [date(y, m, d), date(y, m, d)];
    assert_eq!(
        report.spans,
        [day(1999, 1, 5), day(2016, 7, 28), day(2018, 3, 26)]
    );
    let store = Store::open(&bench.store()).expect("a store");
    let coverage = &store.manifest().datasets[0].coverage;
    assert_eq!(
        coverage.gaps.len(),
        2,
        "what lies between isn't known to be silent"
    );
    let rows = bench.rows(&events("CHN", "PRK"), date(2016, 1, 1), date(2016, 1, 1));
    assert_eq!((rows[0].code.as_str(), rows[0].line), ("010", 3));
}

#[test]
fn old_events_can_be_left_out_and_repeats_too() {
    let bench = Bench::new();
    let text = [
        gdelt(2, "20160728", "20160728", 58),
        gdelt(3, "20160728", "20160728", 58),
        gdelt(4, "20150728", "20160728", 58),
    ]
    .concat();
    let options = IngestOptions {
        max_age_days: Some(31),
        drop_repeats: true,
        ..IngestOptions::default()
    };
    let report = bench.take(&bench.file("g.csv", text), &options);
    assert_eq!(
        (report.n_kept, report.n_duplicate, report.n_rejected),
        (1, 1, 1)
    );
}

#[test]
fn counts_name_states_their_own_way_and_contradictions_are_caught() {
    let bench = Bench::new();
    let header = "source,target,year,month,root10,root16\n";
    let first = format!(
        "{header}CHN,ROK,2003,1,2,0\nCHN,PRK,2003,1,0,0\nYUG,UKG,2003,3,1,1\nYUG,UKG,2001,3,1,1\n"
    );
    let report = bench.take(&bench.file("a_b.csv", first), &IngestOptions::default());
    assert_eq!(
        (report.dataset.as_str(), report.n_kept, report.n_unmapped),
        ("a-b", 4, 0)
    );
    assert!(
        report.read_as[0].contains("Correlates of War"),
        "{:?}",
        report.read_as
    );
    assert_eq!(report.spans, [[date(2001, 3, 1), date(2003, 3, 31)]]);
    assert_eq!(
        bench.rows(&events("CHN", "KOR"), date(2003, 1, 1), date(2003, 1, 1))[0].n,
        2
    );
    assert_eq!(
        bench
            .rows(&events("YUG", "GBR"), date(2001, 1, 1), date(2003, 12, 1))
            .len(),
        2
    );
    assert_eq!(
        bench
            .rows(&events("SCG", "GBR"), date(2001, 1, 1), date(2003, 12, 1))
            .len(),
        2
    );

    let options = IngestOptions {
        dataset: Some("a-b".to_owned()),
        max_rejects: 0.5,
        ..IngestOptions::default()
    };
    let second = format!(
        "{header}CHN,PRK,2003,1,0,0\nCHN,ROK,2003,1,2,0\nCHN,ROK,2003,1,0,2\nCHN,ROK,2003,2,x,0\nCHN,ROK,2003,3,-1,0\nCHN,ROK,2003,13,1,0\n"
    );
    let error = bench.refuse(&bench.file("c.csv", &second), &options);
    assert!(
        matches!(error, FileError::TooManyRejects { n_rejected: 4, .. }),
        "{error}"
    );
    let report = bench.take(
        &bench.file("c.csv", second),
        &IngestOptions {
            max_rejects: 1.0,
            ..options
        },
    );
    assert_eq!(
        (report.n_kept, report.n_duplicate, report.n_rejected),
        (0, 2, 4)
    );
}

#[test]
fn quad_classes_by_year_are_read_from_names_or_codes() {
    let bench = Bench::new();
    let text = "i,j,year,verbCoop,matlCoop,verbConf,matlConf,i_iso3c,j_iso3c\nChina,North Korea,2002.0,6.0,1.0,0.0,0.0,CHN,PRK\n";
    let report = bench.take(&bench.file("y.csv", text), &IngestOptions::default());
    assert_eq!((report.n_kept, report.n_unmapped), (1, 0));
    let store = Store::open(&bench.store()).expect("a store");
    let parts = &store.manifest().parts;
    assert_eq!((parts[0].n_rows, parts[0].year), (2, 2002));
}

#[test]
fn comtrade_counts_each_flow_once_and_says_what_it_left_out() {
    let bench = Bench::new();
    let text = "refYear,period,reporterISO,partnerISO,flowCode,cmdCode,customsCode,motCode,partner2Code,primaryValue\n\
        2014,201401,CHN,PRK,M,TOTAL,C00,0,0,200.5\n\
        2014,201401,CHN,PRK,M,TOTAL,C01,0,0,100\n\
        2014,201401,CHN,PRK,X,TOTAL,C00,0,0,300\n\
        2014,201401,CHN,PRK,RX,TOTAL,C00,0,0,5\n\
        2014,201401,CHN,W00,M,TOTAL,C00,0,0,9999\n\
        2014,201401,CHN,PRK,TOTAL,M,C00,0,0,1\n";
    let options = IngestOptions {
        max_rejects: 0.5,
        ..IngestOptions::default()
    };
    let report = bench.take(&bench.file("t.csv", text), &options);
    assert_eq!(
        (report.n_kept, report.n_rejected, report.n_unmapped),
        (3, 3, 1)
    );
    assert!(
        report
            .reasons
            .iter()
            .any(|(reason, _)| reason.contains("are the columns shifted?")),
        "{:?}",
        report.reasons
    );
    let store = Store::open(&bench.store()).expect("a store");
    let request = cell("PRK", "CHN", Measure::ImportsReported);
    let table = query_series_blocking(
        &store,
        &[request],
        &[],
        PeriodUnit::Month,
        None,
        None,
        Some(1),
    )
    .expect("trade");
    let values: Vec<f64> = table.cells[0]
        .values
        .values()
        .map(|value| value.value)
        .collect();
    assert_eq!(values, [200.5]);
}

#[test]
fn any_table_is_read_with_a_mapping_as_text_and_as_parquet() {
    let bench = Bench::new();
    let map = bench.file(
        "map.toml",
        r#"
table = "events"
date_format = "%d-%b-%y"
source_scheme = "cameo"
target_scheme = "name"
[dataset]
name = "my-events"
from = "2013-01-01"
to = "2013-12-31"
[columns]
date = "When"
target = "Whom"
code = "Act"
[constants]
source = "CHN"
"#,
    );
    let options = IngestOptions {
        mapping: Some(Mapping::read(&map).expect("a mapping")),
        ..IngestOptions::default()
    };
    let text = "When;Whom;Act\n12-Feb-13;North Korea;4\n13-Feb-13;\"Korea, South\";112\n14-Feb-13;North Korea;43\n";
    let some = IngestOptions {
        max_rejects: 0.5,
        ..options.clone()
    };
    let report = bench.take(&bench.file("m.csv", text), &some);
    assert_eq!(
        (report.dataset.as_str(), report.n_kept, report.n_rejected),
        ("my-events", 2, 1)
    );
    assert_eq!(
        report.repairs,
        [("codes that had lost their leading zero".to_owned(), 1)]
    );
    let rows = bench.rows(&events("CHN", "PRK"), date(2013, 2, 1), date(2013, 2, 1));
    assert_eq!(rows[0].code, "04");

    // The store's own parts are Parquet files like any other.
    let store = Store::open(&bench.store()).expect("a store");
    let part = bench.store().join(&store.manifest().parts[0].path);
    let copy = bench.folder.path().join("copy.parquet");
    fs::copy(part, &copy).expect("copied");
    let map = bench.file("map2.toml", "table = \"events\"\n[dataset]\nname = \"copy\"\n[columns]\ndate = \"date\"\nsource = \"source\"\ntarget = \"target\"\ncode = \"code\"\n");
    let mapped = IngestOptions {
        mapping: Some(Mapping::read(&map).expect("a mapping")),
        ..IngestOptions::default()
    };
    let report = bench.take(&copy, &mapped);
    assert_eq!((report.n_read, report.n_kept), (2, 2));
    assert!(matches!(
        bench.refuse(&copy_of(&copy, &bench), &IngestOptions::default()),
        FileError::Unrecognised { .. }
    ));
}

/// The same bytes but one: a file that the store doesn't know yet.
fn copy_of(path: &Path, bench: &Bench) -> PathBuf {
    let mut bytes = fs::read(path).expect("read");
    bytes.push(0);
    bench.file("other.parquet", bytes)
}

#[test]
fn mappings_that_miss_a_column_say_which() {
    let bench = Bench::new();
    let file = bench.file("m.csv", "a,b\n1,2\n");
    let with = |text: &str| IngestOptions {
        mapping: Some(Mapping::read(&bench.file("map.toml", text)).expect("a mapping")),
        ..IngestOptions::default()
    };
    let error = bench.refuse(
        &file,
        &with("table = \"events\"\n[columns]\ndate = \"a\"\nsource = \"a\"\ntarget = \"c\"\n"),
    );
    assert!(
        error
            .to_string()
            .contains("`columns.target` names the column `c`"),
        "{error}"
    );
    let error = bench.refuse(
        &file,
        &with("table = \"events\"\n[columns]\ndate = \"a\"\nsource = \"a\"\n"),
    );
    assert!(
        error.to_string().contains("needs `columns.target`"),
        "{error}"
    );
    let error = bench.refuse(&file, &with("[columns]\ndate = \"a\"\n"));
    assert!(error.to_string().contains("has no `table`"), "{error}");
}

#[test]
fn gzip_and_zip_are_unpacked_and_cut_ones_refused() {
    let bench = Bench::new();
    let row = |id: u32| icews(id, "2013-02-12", "China", "043", "North Korea");
    let text: String = ICEWS_HEADER.to_owned() + &(1..2_000).map(row).collect::<String>();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).expect("packed");
    let gzip = gzip.finish().expect("packed");
    let cut = bench.file("cut.tab.gz", &gzip[..gzip.len() / 2]);
    let error = bench.refuse(&cut, &IngestOptions::default());
    assert!(
        matches!(&error, FileError::Read { line: Some(_), .. }),
        "{error}"
    );
    assert!(
        error.mend().is_some_and(|mend| mend.contains("cut short")),
        "{error}"
    );
    let report = bench.take(
        &bench.file("whole.tab.gz", &gzip),
        &IngestOptions::default(),
    );
    assert_eq!(report.n_kept, 1_999);

    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, id) in [("b.tab", 5_001), ("a.tab", 5_002)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("begun");
        zip.write_all(format!("{ICEWS_HEADER}{}", row(id)).as_bytes())
            .expect("packed");
    }
    let zip = zip.finish().expect("packed").into_inner();
    let report = bench.take(&bench.file("two.zip", &zip), &IngestOptions::default());
    assert_eq!((report.n_read, report.n_kept, report.n_repeats), (2, 2, 2));
    let error = bench.refuse(
        &bench.file("cut.zip", &zip[..zip.len() - 30]),
        &IngestOptions::default(),
    );
    assert!(
        matches!(error, FileError::Zip { .. } | FileError::Read { .. }),
        "{error}"
    );
}

#[test]
fn what_is_no_data_is_refused_with_a_mend() {
    let bench = Bench::new();
    let folder = bench.folder.path().to_owned();
    let options = IngestOptions::default();
    let cases: [(PathBuf, &str, bool); 7] = [
        (bench.file("empty", ""), "is empty", false),
        (
            bench.file("header-only.tab", ICEWS_HEADER),
            "is empty",
            false,
        ),
        (
            bench.file("picture.png", b"\x89PNG\0\0"),
            "is not text",
            true,
        ),
        (bench.file("utf16.csv", b"\xff\xfes\0o\0"), "UTF-16", true),
        (
            bench.file("odd.csv", "1979\u{1}BWA\n"),
            "control characters",
            true,
        ),
        (
            bench.file("plain.csv", "a,b\n1,2\n"),
            "its first line is `a,b`",
            true,
        ),
        (folder, "is a folder", false),
    ];
    for (path, expected, mend) in cases {
        let error = bench.refuse(&path, &options);
        assert!(
            error.to_string().contains(expected),
            "{}: {error}",
            path.display()
        );
        assert_eq!(error.mend().is_some(), mend, "{}: {error}", path.display());
    }
    let error = bench.refuse(&bench.folder.path().join("nowhere"), &options);
    assert!(error.to_string().contains("can't be read"), "{error}");
}

#[test]
fn windows_1252_is_read_and_said() {
    let bench = Bench::new();
    let text = "source,target,year,root10\nC\u{f4}te d'Ivoire,France,2004,3\n";
    let bytes: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let report = bench.take(&bench.file("w.csv", bytes), &IngestOptions::default());
    assert_eq!((report.n_kept, report.n_unmapped), (1, 0));
    assert_eq!(
        report.repairs,
        [(
            "rows that weren't UTF-8, read as Windows-1252".to_owned(),
            1
        )]
    );
}

#[test]
fn a_store_that_another_process_writes_is_left_alone() {
    let bench = Bench::new();
    let row = format!(
        "{ICEWS_HEADER}{}",
        icews(1, "2013-02-12", "China", "043", "North Korea")
    );
    let file = bench.file("a.tab", row);
    bench.take(&file, &IngestOptions::default());
    let lock = std::fs::File::options()
        .write(true)
        .open(bench.store().join(".lock"))
        .expect("a lock");
    lock.try_lock().expect("free");
    let error = ingest(
        &[file],
        &bench.store(),
        &IngestOptions::default(),
        &mut |_| {},
    )
    .expect_err("locked");
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(Store::open(&bench.store()).is_ok(), "readers don't wait");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_of_the_store() {
    let bench = Bench::new();
    let file = bench.file("a.tab", ICEWS_HEADER);
    let under_a_file = file.join("store");
    let error = ingest(
        &[file],
        &under_a_file,
        &IngestOptions::default(),
        &mut |_| {},
    )
    .expect_err("no folder");
    assert!(matches!(error, StoreError::Write { .. }), "{error}");
}

#[test]
fn coverage_that_is_declared_makes_silence_zero_and_gaps_missing() {
    let bench = Bench::new();
    let row = |id, day| format!("{ICEWS_HEADER}{}", icews(id, day, "China", "043", "Japan"));
    let files = [
        bench.file("a.tab", row(1, "2013-02-12")),
        bench.file("b.tab", row(2, "2013-06-12")),
    ];
    bench.ingest(&files, &IngestOptions::default());
    let coverage = |bench: &Bench| {
        Store::open(&bench.store())
            .expect("a store")
            .manifest()
            .datasets[0]
            .coverage
            .clone()
    };
    let found = coverage(&bench);
    assert_eq!(
        (found.from, found.to),
        (date(2013, 2, 12), date(2013, 6, 12))
    );
    assert_eq!(found.gaps, [[date(2013, 2, 13), date(2013, 6, 11)]]);

    let card = bench.file(
        "card.toml",
        "[dataset]\nfrom = \"2013-01-01\"\nto = \"2013-12-31\"\nsubset = \"a few\"\n",
    );
    let options = IngestOptions {
        mapping: Some(Mapping::read(&card).expect("a card")),
        ..IngestOptions::default()
    };
    bench.ingest(&files[..1], &options);
    let declared = coverage(&bench);
    assert_eq!(
        (declared.from, declared.to),
        (date(2013, 1, 1), date(2013, 12, 31))
    );
    assert!(declared.gaps.is_empty());
    assert_eq!(declared.subset.as_deref(), Some("a few"));
}

#[test]
fn a_large_file_is_streamed_and_the_same_as_a_small_one() {
    // More rows than wait in memory at once, in one file that is larger than those held back.
    let bench = Bench::new();
    let n = 300_000_u32;
    let mut text = ICEWS_HEADER.to_owned();
    for id in 0..n {
        let day = format!("2013-{:02}-{:02}", id % 12 + 1, id % 28 + 1);
        text.push_str(&icews(id, &day, "China", "043", "Japan"));
    }
    text.push_str(&icews(0, "2013-01-01", "China", "043", "Japan"));
    let report = bench.take(&bench.file("large.tab", text), &IngestOptions::default());
    assert_eq!((report.n_kept, report.n_duplicate), (u64::from(n), 1));
    let store = Store::open(&bench.store()).expect("a store");
    assert_eq!(
        store
            .manifest()
            .parts
            .iter()
            .map(|part| part.n_rows)
            .sum::<u64>(),
        u64::from(n)
    );
    let table = query_series_blocking(
        &store,
        &[events("CHN", "JPN")],
        &[],
        PeriodUnit::Month,
        None,
        None,
        Some(2),
    )
    .expect("series");
    let values: Vec<f64> = table.cells[0]
        .values
        .values()
        .map(|value| value.value)
        .collect();
    assert_eq!(values, vec![f64::from(n / 12); 12]);
}
