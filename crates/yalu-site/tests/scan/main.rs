//! The page of a scan: nothing of the data escapes into markup, every link arrives, the bytes repeat,
//! and a report that contradicts itself is refused by name.

mod fixture;

use std::collections::{BTreeMap, BTreeSet};

use fixture::{NASTY, empty, scan};
use yalu_dossier::scan::report::ScanReport;
use yalu_site::{ReportError, ScanPageError, ScanPageOptions, render_scan};

fn page(report: &ScanReport, interactive: bool, top: usize) -> String {
    render_scan(report, &ScanPageOptions { interactive, top }).expect("the fixture can be drawn")
}

/// The page without the text of its style and script, which is ours.
fn without_own_text(page: &str) -> String {
    let mut out = page.to_owned();
    for element in ["style", "script"] {
        if let Some((before, rest)) = out.split_once(&format!("<{element}>"))
            && let Some((_, after)) = rest.split_once(&format!("</{element}>"))
        {
            out = format!("{before}{after}");
        }
    }
    out
}

/// The values of an attribute, in order.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

/// The part of a page between two texts.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from)
        .and_then(|(_, rest)| rest.split_once(to))
        .map(|(part, _)| part)
        .expect("both texts stand on the page")
}

/// Every element is closed in order; what can't be closed is none of ours.
fn assert_well_formed(page: &str) {
    let page = without_own_text(page);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page.as_str();
    while let Some((_, after)) = rest.split_once('<') {
        // Attributes hold no `>`: every text is escaped.
        let (tag, next) = after.split_once('>').expect("a tag ends");
        rest = next;
        if tag.starts_with('!') {
            continue;
        }
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n', '/'])
            .next()
            .expect("a tag has a name");
        if ["meta", "input", "br"].contains(&name) || tag.ends_with('/') {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "before …{}",
                &next[..next.len().min(80)]
            );
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

#[test]
fn no_text_of_a_scan_becomes_markup() {
    let mut report = scan(12, 276);
    report.question.codes = NASTY.to_owned();
    report.question.exposure = NASTY.to_owned();
    report.dyads[3].sector = Some(NASTY.to_owned());
    for interactive in [false, true] {
        let page = page(&report, interactive, 60);
        assert!(!page.contains("<script>alert"), "a script came through");
        assert!(!page.contains("<img"), "an image came through");
        assert!(!page.contains("onerror=y>"), "a handler came through");
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(page.contains("鸭绿江"), "other scripts are kept");
        assert_well_formed(&page);
    }
}

#[test]
fn the_table_and_the_matrix_lead_to_every_part() {
    for top in [0, 1, 7, 60, 1000] {
        let report = scan(12, 276);
        let page = page(&report, true, top);
        let own = without_own_text(&page);
        let ids = attributes(&own, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "an id stands twice");
        for target in attributes(&own, "href") {
            let id = target.strip_prefix('#').expect("links stay on the page");
            assert!(known.contains(id), "`{id}` is linked but isn't there");
        }
        for name in ["aria-labelledby", "aria-describedby"] {
            for id in attributes(&own, name) {
                assert!(known.contains(id), "`{id}` names a part but isn't there");
            }
        }
        let parts: BTreeSet<&str> = attributes(&own, "id")
            .into_iter()
            .filter(|id| id.starts_with("dyad-") && !id.contains("-chart"))
            .collect();
        assert_eq!(parts.len(), top.min(60));
        if top == 0 {
            continue;
        }
        let table = between(&own, "id=\"ranking-table\"", "</table>");
        let linked: BTreeSet<&str> = attributes(table, "href")
            .into_iter()
            .filter_map(|to| to.strip_prefix("#dyad").map(|_| &to[1..]))
            .collect();
        assert_eq!(linked, parts, "the table leads to each part");
        assert!(own.contains("<details class=\"dyad\" id=\"dyad-USA-IRQ\">"));
        // The first 36 are discoveries among few states, so that all have a cell.
        let matrix = between(&own, "class=\"matrix\"", "</table>");
        let cells: BTreeSet<&str> = attributes(matrix, "href").into_iter().collect();
        let wanted = attributes(table, "data-outcome")
            .into_iter()
            .filter(|outcome| ["0", "1", "2"].contains(outcome))
            .count();
        let shown_states = matrix.matches("<th scope=\"row\">").count();
        assert!(shown_states <= 40);
        assert!(cells.len() <= wanted);
        assert!(
            cells.len() * 10 >= wanted * 7,
            "{} of {wanted}",
            cells.len()
        );
    }
}

#[test]
fn a_matrix_of_few_states_holds_every_discovery() {
    let report = scan(4, 276);
    let page = page(&report, false, 100);
    let matrix = between(&page, "class=\"matrix\"", "</table>");
    let cells: BTreeSet<&str> = attributes(matrix, "href").into_iter().collect();
    assert_eq!(cells.len(), 12, "four of each kind of discovery");
    for class in ["m-lasting", "m-emerging", "m-faded"] {
        assert_eq!(matrix.matches(&format!("class=\"{class}\"")).count(), 4);
    }
    assert!(page.contains("that occur among the 12 dyads that shifted"));
}

#[test]
fn every_cell_that_sorts_has_its_key() {
    let page = page(&scan(12, 276), true, 60);
    let table = between(&page, "id=\"ranking-table\"", "</table>");
    let columns = attributes(table, "data-key");
    assert_eq!(
        columns,
        [
            "rank", "dyad", "outcome", "at", "size", "typical", "q", "events"
        ]
    );
    assert_eq!(attributes(table, "data-kind").len(), columns.len());
    let keys = attributes(table, "data-sort");
    assert_eq!(keys.len(), 60 * columns.len());
    let kinds: BTreeMap<&str, &str> = columns
        .iter()
        .copied()
        .zip(attributes(table, "data-kind"))
        .collect();
    for row in keys.chunks(columns.len()) {
        for (key, column) in row.iter().zip(&columns) {
            if kinds[column] == "number" && !key.is_empty() {
                assert!(key.parse::<f64>().is_ok(), "{column}: {key}");
            }
        }
    }
    let ranks: Vec<u32> = keys
        .chunks(columns.len())
        .map(|row| row[0].parse().expect("a rank is a number"))
        .collect();
    assert_eq!(ranks, (1..=60).collect::<Vec<u32>>(), "unsorted is by rank");
}

#[test]
fn the_same_scan_gives_the_same_bytes() {
    for interactive in [false, true] {
        assert!(page(&scan(12, 276), interactive, 30) == page(&scan(12, 276), interactive, 30));
    }
}

#[test]
fn without_interaction_the_page_holds_no_script_and_no_dead_control() {
    let still = page(&scan(12, 276), false, 60);
    for absent in ["<script", "script-src", "<input", "<select", "<button"] {
        assert!(!still.contains(absent), "{absent}");
    }
    let live = page(&scan(12, 276), true, 60);
    assert_eq!(live.matches("<script").count(), 1);
    assert!(
        live.contains("<div class=\"scan-tools\" hidden>"),
        "shown by the script alone"
    );
}

#[test]
fn nothing_is_fetched() {
    let page = page(&scan(12, 276), true, 60);
    for fetching in [
        "http://", "https://", "url(", "@import", "src=\"", "fetch(", "XMLHttp",
    ] {
        assert!(!page.contains(fetching), "{fetching}");
    }
}

#[test]
fn three_hundred_dyads_stay_below_three_megabytes() {
    let page = page(&scan(60, 276), true, 300);
    assert_eq!(page.matches("<details class=\"dyad\"").count(), 300);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}

#[test]
fn a_scan_of_nothing_is_a_page() {
    let page = page(&empty(), true, 300);
    assert!(page.contains("No dyad has a single counted act"));
    assert!(page.contains("nothing to lay out"));
    assert!(page.contains("nothing to place in time"));
    assert_well_formed(&page);
    let mut few = empty();
    few.counts.dyads = 8;
    few.counts.too_few = 8;
    assert!(self::page(&few, true, 300).contains("None of 8 dyads has 30 acts or more"));
    // Not even periods.
    few.periods.clear();
    few.world.clear();
    assert_well_formed(&self::page(&few, true, 300));
}

#[test]
fn a_single_dyad_is_a_page() {
    let mut report = scan(1, 60);
    report.dyads.truncate(1);
    report.counts.tested = 1;
    report.counts.lasting = 1;
    report.counts.emerging = 0;
    report.counts.faded = 0;
    report.counts.shock = 0;
    report.counts.no_shift = 0;
    let page = page(&report, true, 300);
    assert!(page.contains("Of 1 dyad tested"));
    assert!(page.contains("1 lasting, 0 emerging, 0 faded"));
    assert!(page.contains("yalu scan --store STORE --open USA:IRQ --out DIR"));
    assert_well_formed(&page);
}

#[test]
fn sectors_of_one_source_have_parts_of_their_own() {
    let mut report = scan(2, 60);
    report.question.by_sector = true;
    let mut other = report.dyads[0].clone();
    report.dyads[0].sector = Some("GOV".to_owned());
    other.sector = Some("MIL".to_owned());
    other.rank = 99;
    report.dyads.push(other);
    let page = page(&report, true, 300);
    assert!(page.contains("id=\"dyad-USA-IRQ-GOV\""));
    assert!(page.contains("id=\"dyad-USA-IRQ-MIL\""));
    assert!(page.contains("and 1 other sector of the source"));
    assert!(page.contains("United States (GOV) → Iraq"));
}

#[test]
fn absent_figures_leave_gaps_and_dashes() {
    let mut report = scan(12, 276);
    report.dyads[0].breaks[0].ratio = f64::INFINITY;
    report.dyads[0].breaks[0].ratio_interval = [4.0, f64::INFINITY];
    report.dyads[1].counts = vec![None; 276];
    report.dyads[2].q_value = f64::NAN;
    report.dyads[0].exposure[3] = Some(0.0);
    let page = page(&report, true, 60);
    let own = without_own_text(&page);
    for written in ["NaN", "×inf", ">inf", " inf<", "inf ", "\"inf", "Inf<"] {
        assert!(
            !own.contains(written),
            "a figure that is none was written as {written}"
        );
    }
    assert!(own.contains("from nil"));
    assert!(own.contains("×4.00 or more"));
    let first = between(&own, "<path class=\"observed\" d=\"", "\"");
    assert_eq!(first.matches('M').count(), 3, "two gaps in the exposure");
}

#[test]
fn a_report_that_contradicts_itself_is_refused_by_name() {
    let refused = |change: fn(&mut ScanReport)| {
        let mut report = scan(2, 60);
        change(&mut report);
        match render_scan(&report, &ScanPageOptions::default()) {
            Err(ReportError::Scan(error)) => error,
            other => panic!("{:?}", other.map(|page| page.len())),
        }
    };
    assert!(matches!(
        refused(|report| report.periods[4] = "spring".to_owned()),
        ScanPageError::Period { .. }
    ));
    assert!(matches!(
        refused(|report| report.world.truncate(59)),
        ScanPageError::Length {
            got: 59,
            needed: 60,
            ..
        }
    ));
    assert!(matches!(
        refused(|report| report.dyads[1].counts.truncate(3)),
        ScanPageError::Length { got: 3, .. }
    ));
    let error = refused(|report| report.dyads[0].breaks[0].at = "2099-01".to_owned());
    assert_eq!(
        error.to_string(),
        "the dyad USA:IRQ names `2099-01` (a break), which isn't among the scan's periods"
    );
    assert!(matches!(
        refused(|report| report.dyads[0].main = Some(9)),
        ScanPageError::Main { main: 9, .. }
    ));
    assert!(matches!(
        refused(|report| {
            let again = report.dyads[0].clone();
            report.dyads.push(again);
        }),
        ScanPageError::Twice { .. }
    ));
}

#[test]
fn codes_that_differ_by_a_hyphen_alone_stay_apart() {
    let mut report = scan(1, 60);
    report.dyads.truncate(2);
    (report.dyads[0].source, report.dyads[0].target) = ("A-B".to_owned(), "C".to_owned());
    (report.dyads[1].source, report.dyads[1].target) = ("A".to_owned(), "B-C".to_owned());
    let page = page(&report, false, 2);
    assert!(page.contains("id=\"dyad-A~2d~B-C\""));
    assert!(page.contains("id=\"dyad-A-B~2d~C\""));
}

#[test]
fn words_follow_the_numbers() {
    let report = scan(4, 276);
    let page = page(&report, false, 100);
    // Every dyad of the fixture that faded says so, and none of the others.
    let parts: Vec<&str> = page.split("<details class=\"dyad\"").skip(1).collect();
    assert_eq!(parts.len(), 20);
    for (part, dyad) in parts.iter().zip(&report.dyads) {
        let part = part.split("</details>").next().expect("a part");
        let beyond = dyad.q_value <= report.question.level;
        assert_eq!(part.contains("moved beyond chance (q"), beyond);
        assert_eq!(part.contains("did not move beyond chance"), !beyond);
        if let Some(main) = dyad.main {
            let one = &dyad.breaks[main as usize];
            let way = if one.ratio > 1.0 {
                "rose to"
            } else {
                "fell to"
            };
            assert!(part.contains(&format!("With {} the rate {way}", one.at)));
            assert_eq!(
                part.contains("it may be the data’s"),
                one.coverage_change.is_some()
            );
        }
        assert_eq!(
            part.matches("<tr class=\"marked\">").count(),
            usize::from(dyad.main.is_some())
        );
    }
}
