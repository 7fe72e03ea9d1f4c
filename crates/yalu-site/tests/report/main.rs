//! The page as a whole: nothing of a dossier escapes into markup, every link arrives, the bytes
//! repeat.

mod border_fixture;
mod evidence;
mod evidence_fixture;
mod fixture;
mod ledger_fixture;
mod structure;
mod structure_fixture;

use std::collections::BTreeSet;

use fixture::{assessment, bare_indicator};
use yalu_dossier::assessment::{Assessment, Rung};
use yalu_site::{ReportOptions, render_report};

fn page(assessment: &Assessment, interactive: bool) -> String {
    render_report(assessment, &ReportOptions { interactive }).expect("the fixture can be drawn")
}

/// The page without plotly.js, whose source is no text of ours.
fn without_plotly(page: &str) -> String {
    let Some((before, rest)) = page.split_once("<script id=\"plotly-source\">") else {
        return page.to_owned();
    };
    let (_, after) = rest.split_once("</script>").expect("the element is closed");
    format!("{before}{after}")
}

/// The values of an attribute, in order.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn no_text_of_a_dossier_becomes_markup() {
    for interactive in [false, true] {
        let page = without_plotly(&page(&assessment(), interactive));
        assert!(!page.contains("<script>alert"), "a script came through");
        assert!(!page.contains("<img"), "an image came through");
        assert!(!page.contains("onerror=y>"), "a handler came through");
        assert_eq!(
            page.matches("</style>").count(),
            1,
            "the style was closed early"
        );
        assert!(page.contains("鸭绿江"), "other scripts are kept");
    }
}

#[test]
fn data_of_charts_cannot_close_their_script() {
    let page = without_plotly(&page(&assessment(), true));
    let parts: Vec<&str> = page
        .split("<script type=\"application/json\">")
        .skip(1)
        .filter_map(|rest| rest.split("</script>").next())
        .collect();
    assert_eq!(parts.len(), 2, "an indicator's chart and its curve");
    for part in parts {
        let value: serde_json::Value = serde_json::from_str(part).expect("whole JSON");
        assert!(value["data"].is_array() && value["layout"].is_object());
        assert!(!part.contains('<'));
    }
}

#[test]
fn without_interaction_the_page_holds_no_script() {
    let page = page(&assessment(), false);
    // A block of data is no script: nothing of it runs.
    let data = page.matches("<script type=\"application/ld+json\"").count();
    assert_eq!(page.matches("<script").count(), data);
    assert!(!page.contains("script-src"));
}

#[test]
fn every_link_on_the_page_arrives() {
    for interactive in [false, true] {
        let page = without_plotly(&page(&assessment(), interactive));
        let ids = attributes(&page, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "an id stands twice");
        for target in attributes(&page, "href") {
            let Some(id) = target.strip_prefix('#') else {
                // Sources have addresses, and a talk's recording stands beside the page.
                let elsewhere = ["https://example.org/", "talks/heard%20talk.wav"];
                assert!(
                    elsewhere.iter().any(|start| target.starts_with(start)),
                    "{target}"
                );
                continue;
            };
            assert!(known.contains(id), "`{id}` is linked but isn't there");
        }
        for name in ["aria-labelledby", "aria-describedby"] {
            for id in attributes(&page, name) {
                assert!(known.contains(id), "`{id}` names a part but isn't there");
            }
        }
        assert!(known.contains("series-talk.AAA.BBB"));
        assert!(known.contains("r0-2011-06"), "a period has its row");
    }
}

#[test]
fn the_same_assessment_gives_the_same_bytes() {
    for interactive in [false, true] {
        assert!(page(&assessment(), interactive) == page(&assessment(), interactive));
    }
}

#[test]
fn nothing_is_fetched() {
    let page = page(&assessment(), false);
    for fetching in ["url(", "@import", "<link", "src=\"http", "src=\"//"] {
        assert!(!page.contains(fetching), "{fetching}");
    }
    let sources: Vec<&str> = attributes(&page, "src");
    assert_eq!(
        sources,
        ["talks/heard%20talk.wav"],
        "a recording is read from beside the page"
    );
    for address in ["http://", "https://"] {
        let written = page.matches(address).count();
        let linked = page
            .matches(&format!("<a class=\"address\" href=\"{address}"))
            .count()
            * 2
            + page.matches(&format!("<a href=\"{address}")).count();
        assert_eq!(
            written, linked,
            "an address is a link that a reader may follow, or its text"
        );
    }
}

#[test]
fn absent_figures_leave_gaps_and_dashes() {
    let page = page(&assessment(), false);
    for written in ["NaN", "×inf", ">inf", " inf<", "inf ", "\"inf"] {
        assert!(
            !page.contains(written),
            "a figure that is none was written as {written}"
        );
    }
    let observed = page
        .split("<path class=\"observed\" d=\"")
        .skip(1)
        .find_map(|rest| rest.split('"').next())
        .expect("the chart is drawn");
    assert_eq!(observed.matches('M').count(), 2, "the line has one gap");
    assert!(page.contains("<td class=\"n\">—</td>"));
    assert!(page.contains("class=\"absent\""), "the gap is marked");
}

#[test]
fn the_verdict_stands_on_its_rung() {
    for rung in [
        Rung::TooLittleData,
        Rung::NoShift,
        Rung::Responsive,
        Rung::Emerging,
        Rung::Faded,
        Rung::Undecided,
        Rung::Lasting,
        Rung::Major,
    ] {
        let mut assessment = assessment();
        assessment.verdict.rung = rung;
        let page = page(&assessment, false);
        assert_eq!(page.matches("the verdict</span>").count(), 1, "{rung:?}");
    }
}

#[test]
fn an_assessment_of_almost_nothing_is_a_page() {
    let mut assessment = assessment();
    assessment.indicators = vec![bare_indicator("only")];
    assessment.verdict.rung = Rung::TooLittleData;
    assessment.verdict.probability.value = None;
    assessment.verdict.probability.range = None;
    assessment.verdict.probability.word = None;
    assessment.verdict.curve = None;
    assessment.verdict.reasons.clear();
    assessment.verdict.would_move.clear();
    assessment.pressure.clear();
    assessment.events.clear();
    assessment.tables.clear();
    assessment.data.series.clear();
    assessment.data.sql.clear();
    let page = page(&assessment, true);
    assert!(page.contains("too little data to give one"));
    assert!(page.contains("the dossier names no event up to 2012-12-31"));
}

#[test]
fn the_section_of_borders_answers_first_and_draws_each_border() {
    let page = page(&assessment(), false);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    let section = at("<h2 id=\"borders\">");
    assert!(at("<h2 id=\"response\">") < section && section < at("<h2 id=\"pressure\">"));
    assert!(page.contains("<span class=\"answer answer-apart\">Particular</span>"));
    assert!(page.contains("<span class=\"answer answer-open\">Can’t tell</span>"));
    assert!(page.contains("<span class=\"answer answer-alike\">Like any border</span>"));
    // The dyad, its synthetic control and two donors; gaps of the dyad and three placebos; a panel each.
    for name in [
        "borders-one-paths",
        "borders-one-gaps",
        "borders-one-panels",
    ] {
        assert!(page.contains(&format!("id=\"{name}-w-t\"")), "{name}");
        assert!(page.contains(&format!("id=\"{name}-n-t\"")), "{name}");
    }
    let mut without = assessment();
    without.borders = None;
    let page = self::page(&without, false);
    assert!(page.contains("asks for no comparison with other borders"));
}

#[test]
fn events_and_tables_name_file_and_line() {
    let page = page(&assessment(), false);
    assert!(page.contains("<code>events.csv:2</code>"));
    assert!(page.contains("<code>trade.csv:3</code>"));
    assert!(page.contains("yalu rows DOSSIER talk.AAA.BBB PERIOD"));
}
