//! Nothing later than the as-of date reaches the assessment: files with arbitrary later figures and
//! events give the same bytes.

use std::fmt::Write as _;

use proptest::prelude::*;
use yalu_dossier::pipeline::AssessOptions;

use crate::made_up::{Draws, Series, dossier, month, run, write};

const N: usize = 72;
const INDICATORS: &str = r#"kind = "event_rate"
group = "acts"
exposure = "source_total"
exposure_group = "all"
[[indicators]]
id = "visits"
title = "Visits"
kind = "table"
table = "visits"
equivalence_difference = 5.0
role = "supporting"
caution = "Made up."
"#;
const MORE: &str = r#"[[data.tables]]
id = "visits"
title = "Visits"
file = "visits.csv"
unit = "visits"
source = "made up"
date_column = "date"
value_column = "n"
[[data.coverage.changes]]
date = "2016-11-01"
note = "the source base widens, after the date"
[[pressure]]
id = "press"
title = "Pressure"
source = "USA"
target = "PRK"
group = "acts"
exposure = "none"
[[events]]
file = "events.csv"
[model]
pressure = ["press"]
bootstrap = 99
[curve]
pressure_lag = [0, 1]
"#;

struct Files {
    series: String,
    events: String,
    visits: String,
}

fn base() -> (String, Files) {
    let mut draws = Draws::new(21);
    let mut counts = |mean: f64| -> Vec<f64> {
        (0..N)
            .map(|idx| f64::from(draws.count(if idx < 40 { mean } else { 2.0 * mean })))
            .collect()
    };
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, counts(6.0));
    series.cell("all,events,CHN,*", month, counts(90.0));
    series.cell("acts,events,USA,PRK", month, counts(3.0));
    let mut visits = "date,n\n".to_owned();
    for idx in 0..N {
        writeln!(visits, "{},{:.1}", month(idx), 30.0 + 4.0 * draws.normal()).unwrap();
    }
    let events = "date,kind,title,source\n2012-03-04,test,A test,made up\n2014-09-10,test,A test,made up\n2015-06-01,talks,Talks,made up\n".to_owned();
    // The data go on to 2018, the answer is as of a day within January 2016.
    let text = dossier("2018-12-31", "month", INDICATORS, MORE);
    (
        text,
        Files {
            series: series.0,
            events,
            visits,
        },
    )
}

fn assessed(text: &str, files: &Files, as_of: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("dossier.toml", text),
            ("series.csv", &files.series),
            ("events.csv", &files.events),
            ("visits.csv", &files.visits),
        ],
    );
    let options = AssessOptions {
        as_of: vec![as_of.parse().unwrap()],
        ..AssessOptions::default()
    };
    serde_json::to_string_pretty(&run(dir.path(), &options)).unwrap()
}

/// Later figures: month after the last, cell, value.
fn later_figures() -> impl Strategy<Value = Vec<(usize, usize, u32)>> {
    prop::collection::btree_set((0_usize..36, 0_usize..4), 0..60).prop_flat_map(|places| {
        let places: Vec<(usize, usize)> = places.into_iter().collect();
        let n = places.len();
        prop::collection::vec(1_u32..5000, n).prop_map(move |values| {
            places
                .iter()
                .zip(values)
                .map(|((month, cell), value)| (*month, *cell, value))
                .collect()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn later_data_and_events_change_no_byte(
        figures in later_figures(),
        days in prop::collection::vec((0_usize..36, 1_u32..29, 0_usize..3), 0..8),
        visits in prop::collection::btree_map(0_usize..36, -1e6_f64..1e6, 0..12),
        mid_month in any::<bool>(),
    ) {
        let (text, files) = base();
        // As of a day within the month after the last, nothing of that month is known either.
        let as_of = if mid_month { "2016-01-19" } else { "2015-12-31" };
        let expected = assessed(&text, &files, as_of);
        let cells = ["acts,events,CHN,PRK", "all,events,CHN,*", "acts,events,USA,PRK", "acts,events,CHN,KOR"];
        let mut later = files;
        for (offset, cell, value) in figures {
            writeln!(later.series, "{},{},{value},{value}", cells[cell], month(N + offset)).unwrap();
        }
        let first = usize::from(mid_month);
        for (offset, day, kind) in days {
            let kind = ["test", "talks", "a new kind"][kind];
            writeln!(later.events, "{}-{day:02},{kind},Later,made up", month(N + first + offset)).unwrap();
        }
        for (offset, value) in visits {
            writeln!(later.visits, "{},{value}", month(N + offset)).unwrap();
        }
        prop_assert_eq!(expected, assessed(&text, &later, as_of));
    }
}

#[test]
fn earlier_figures_and_events_do_change_it() {
    // The property above would hold of an assessment that used nothing: this one wouldn't.
    let (text, files) = base();
    let expected = assessed(&text, &files, "2015-12-31");
    let changed = Files {
        series: files.series.replace("2015-11,", "2015-11,1"),
        ..files
    };
    assert_ne!(expected, assessed(&text, &changed, "2015-12-31"));
    let (text, files) = base();
    let changed = Files {
        events: format!("{}2015-12-31,test,On the day,made up\n", files.events),
        ..files
    };
    assert_ne!(expected, assessed(&text, &changed, "2015-12-31"));
}

#[test]
fn a_change_of_source_after_the_date_is_neither_modelled_nor_told() {
    let (text, files) = base();
    let before = assessed(&text, &files, "2015-12-31");
    assert!(!before.contains("the source base widens"));
    let after = assessed(&text, &files, "2017-12-31");
    assert!(after.contains("the source base widens"));
}
