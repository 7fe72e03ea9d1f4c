//! Eras, hypotheses, talks and the ledger: figures on the page are the record's, links lead where they
//! say, and nothing foreign becomes a link or runs.

use yalu_dossier::assessment::Assessment;

use crate::evidence_fixture::{PLAYER_FILE, large_evidence};
use crate::fixture::assessment;
use crate::page;

/// The text between a start and the next end.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start}"));
    rest.split(end).next().expect("split gives a first part")
}

/// A table by its caption's beginning.
fn table<'a>(page: &'a str, caption: &str) -> &'a str {
    between(page, &format!("<caption><span>{caption}"), "</table>")
}

/// The text of a row's cells, tags taken out.
fn cells(row: &str) -> Vec<String> {
    row.split("</th>")
        .flat_map(|part| part.split("</td>"))
        .map(|cell| {
            let mut text = String::new();
            let mut inside = false;
            for char in cell.chars() {
                match char {
                    '<' => inside = true,
                    '>' => inside = false,
                    other if !inside => text.push(other),
                    _ => {}
                }
            }
            text.trim().to_owned()
        })
        .collect()
}

fn without_sections(mut assessment: Assessment) -> Assessment {
    assessment.evidence = None;
    assessment.ledger = None;
    assessment.eras.clear();
    for one in &mut assessment.indicators {
        one.eras = None;
    }
    assessment
}

#[test]
fn sections_stand_in_order_and_only_where_the_record_has_them() {
    let page = page(&assessment(), false);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    let places = ["structure", "hypotheses", "talks", "ledger", "pressure"]
        .map(|id| at(&format!("<h2 id=\"{id}\">")));
    assert!(places.is_sorted());
    for id in ["hypotheses", "claims", "sources", "talks", "ledger"] {
        assert!(
            page.contains(&format!("<li><a href=\"#{id}\">")),
            "{id} in the contents"
        );
    }
    let bare = self::page(&without_sections(assessment()), true);
    for gone in [
        "id=\"hypotheses\"",
        "id=\"talks\"",
        "id=\"ledger\"",
        "By leader",
        "media-src",
        "class=\"era",
    ] {
        assert!(!bare.contains(gone), "{gone}");
    }
}

#[test]
fn marks_of_the_matrix_are_those_of_the_record_in_the_order_of_diagnosticity() {
    let page = page(&assessment(), false);
    let matrix = between(&page, "<table class=\"matrix\">", "</table>");
    let body = between(matrix, "<tbody>", "</tbody>");
    let rows: Vec<&str> = body.split("<tr>").skip(1).collect();
    assert!(rows[0].contains("#claim-heard") && rows[1].contains("#claim-rows"));
    let marks: Vec<String> = cells(rows[0]).into_iter().skip(1).take(3).collect();
    assert_eq!(
        marks,
        ["IIvery inconsistent", "CCvery consistent", "Iinconsistent"]
    );
    assert!(rows[0].contains("width=\"37.5\"") && rows[0].contains("0.38"));
    let foot = between(matrix, "<tfoot>", "</tfoot>");
    assert!(foot.contains("−1.25") && foot.contains(">0.00<"));
    let absent: Vec<String> = cells(rows[1]).into_iter().skip(1).take(1).collect();
    assert_eq!(absent, ["—no mark"]);
    assert!(
        page.contains("9 changes turn it"),
        "more than eight are closed"
    );
}

#[test]
fn a_citation_leads_to_its_source_its_moment_its_rows_or_its_finding() {
    let page = page(&assessment(), false);
    let heard = between(&page, "id=\"claim-heard\"", "</article>");
    assert!(heard.contains("href=\"#source-spoken\""));
    assert!(heard.contains(
        "href=\"talks/heard%20talk.wav#t=14.75,40\" data-talk=\"talk-heard\" data-start=\"14.75\""
    ));
    assert!(
        heard.contains("href=\"#talk-unheard\""),
        "what can’t be heard is a place on the page"
    );
    assert!(heard.contains("href=\"#issue-course\"") && heard.contains("href=\"#indicator-talk\""));
    assert!(heard.contains("the quote doesn’t stand in the transcript"));
    assert!(heard.contains("B2: source usually reliable, information probably true"));
    let rows = between(&page, "id=\"claim-rows\"", "</article>");
    assert!(rows.contains("acts.csv, lines 4 to 90, the first 2 shown"));
    assert!(rows.contains("<code>5</code>"), "the second row is line 5");
    assert!(rows.contains("href=\"#indicator-talk\""));
    assert!(between(&page, "id=\"source-spoken\"", "</li>").contains("href=\"#claim-heard\""));
}

#[test]
fn an_address_that_is_none_of_the_web_is_no_link() {
    let page = page(&assessment(), true);
    assert!(!page.contains("href=\"javascript"));
    assert!(
        page.contains("href=\"https://example.org/a?b=1&#38;c=2\" rel=\"noreferrer external\"")
    );
}

#[test]
fn a_recording_elsewhere_is_not_played() {
    for file in ["../secret.mp3", "/etc/a.mp3", "//example.org/a.mp3"] {
        let mut assessment = assessment();
        let evidence = assessment.evidence.as_mut().expect("it has evidence");
        let recording = evidence.talks[0].recording.as_mut().expect("it has one");
        file.clone_into(&mut recording.player_file);
        assert!(!page(&assessment, true).contains("<audio"), "{file}");
    }
    let mut assessment = assessment();
    let evidence = assessment.evidence.as_mut().expect("it has evidence");
    evidence.talks[0]
        .recording
        .as_mut()
        .expect("it has one")
        .at_hand = false;
    assert!(!page(&assessment, true).contains("<audio"));
}

#[test]
fn the_player_has_what_the_record_says_of_the_recording() {
    let page = page(&assessment(), true);
    assert!(page.contains("media-src 'self' file:"));
    let source = format!("<source src=\"{}\"", PLAYER_FILE.replace(' ', "%20"));
    assert_eq!(page.matches(&source).count(), 1);
    let data = between(
        &page,
        "<script type=\"application/json\" class=\"player-data\">",
        "</script>",
    );
    let data: serde_json::Value = serde_json::from_str(data).expect("whole JSON");
    assert_eq!(data["length"], 60.0);
    assert_eq!(
        data["curve"],
        serde_json::json!([[0.0, 0.0], [20.0, 0.0], [30.0, 12.0], [60.0, 12.0]])
    );
    assert_eq!(data["cues"][1]["start"], 14.75);
    assert_eq!(data["cues"][2]["end"], serde_json::Value::Null);
    let figures = table(&page, "Talk heard: the recording");
    for figure in ["−28.5 LUFS", "9.0 LU", "−6.0 dBTP", "9.5 dB", "−23.5 LUFS"] {
        assert!(figures.contains(figure), "{figure}");
    }
    // 14.75 of 60 seconds.
    assert!(page.contains("x=\"24.583%\" width=\"42.083%\""));
    // Without a script the browser's own player stands alone.
    let still = self::page(&assessment(), false);
    assert!(still.contains("<audio controls") && !still.contains("data-do="));
}

#[test]
fn annotations_are_a_data_block_that_nothing_closes() {
    let page = page(&assessment(), false);
    let json = between(
        &page,
        "<script type=\"application/ld+json\" id=\"annotations\">",
        "</script>",
    );
    let all: Vec<serde_json::Value> = serde_json::from_str(json).expect("whole JSON");
    assert_eq!(all.len(), 3, "one for each citation that has one");
    assert!(!json.contains('<'));
}

#[test]
fn each_leader_has_the_record_s_figures() {
    let page = page(&assessment(), false);
    let leaders = between(&page, "<h4>By leader</h4>", "</table>");
    for figure in [">321<", ">4.50<", ">3.25<", "1.62 to 6.50", ">—<"] {
        assert!(leaders.contains(figure), "{figure} in {leaders}");
    }
    let changes = table(
        &page,
        "&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#34;&#39;&#38;amp;{{ 7 }} &#60;/style&#62;&#60;img src=x onerror=y&#62; 鸭绿江 \u{202e}: changes of leader",
    );
    for figure in [
        "×2.25",
        "×1.50 to ×3.50",
        ">0.043<",
        ">0.086<",
        ">yes<",
        "2012-06-01 (from 2012-06: ×1.75, p 0.125)",
    ] {
        assert!(changes.contains(figure), "{figure}");
    }
    for bic in [">772.2<", ">749.8<", ">770.5<"] {
        assert!(page.contains(bic), "{bic}");
    }
}

#[test]
fn eras_of_source_and_target_stand_behind_charts_over_time() {
    let page = page(&assessment(), false);
    // In the middle of both years of the table the second of the target's leaders led.
    for (id, n) in [
        ("chart-talk-w", 4),
        ("pressure-push-chart-w", 4),
        ("table-trade-chart-w", 3),
    ] {
        let chart = between(&page, &format!("aria-labelledby=\"{id}-t\""), "</svg>");
        assert_eq!(
            chart.matches("class=\"era-strip").count(),
            n,
            "a strip a leader: {id}"
        );
        assert!(chart.contains("Leader<"), "{id}");
        assert!(
            !chart.contains("Third"),
            "other states stand in the table alone"
        );
    }
    let others = table(&page, "Leaders’ eras of other states");
    assert!(others.contains(">Third<") && !others.contains("Second Leader"));
}

#[test]
fn counts_of_the_ledger_lead_to_their_lines() {
    let page = page(&assessment(), false);
    let tallies = table(&page, "Promised and tangible (95");
    let first = between(tallies, "<tr class=\"marked\">", "</tr>");
    assert!(first.contains("<summary>2<span class=\"unseen\">, lines</span></summary><a href=\"#ledger-line-2\">2</a>, <a href=\"#ledger-line-5\">5</a>"));
    assert!(first.contains("50\u{202f}%") && first.contains("25\u{202f}% to 94\u{202f}%"));
    assert!(table(&page, "Amounts that sources name").contains("1,234.5"));
    assert!(
        page.contains("χ² 1.38 on 1 df, p 0.241; dealing the eras anew in all 6 ways, p 0.333")
    );
    let entry = between(&page, "id=\"ledger-line-5\"", "</tr>");
    assert!(entry.contains("law or decree") && entry.contains("href=\"#source-written\""));
    let stages = table(&page, "How long it took, by stage");
    assert!(stages.contains(">2.0<") && stages.contains("1.0 to no end"));
    assert!(table(&page, "What is in the way").contains("The zone (z1)"));
}

#[test]
fn the_ledger_s_chart_has_a_shape_for_each_entry() {
    let page = page(&assessment(), false);
    let chart = between(&page, "aria-labelledby=\"ledger-timeline-w-t\"", "</svg>");
    assert_eq!(chart.matches("class=\"ledger-promise\"").count(), 2);
    assert_eq!(chart.matches("class=\"ledger-step\"").count(), 1);
    assert_eq!(chart.matches("class=\"ledger-stroke").count(), 2);
    assert_eq!(chart.matches("class=\"ledger-obstacle\"").count(), 1);
    assert!(
        chart.matches("class=\"ledger-range\"").count() >= 3,
        "uncertain dates are ranges"
    );
}

#[test]
fn a_matrix_of_thirty_claims_is_drawn() {
    let mut assessment = assessment();
    assessment.evidence = Some(large_evidence());
    let page = page(&assessment, false);
    let matrix = between(&page, "<table class=\"matrix\">", "</table>");
    assert_eq!(
        between(matrix, "<tbody>", "</tbody>")
            .matches("<tr>")
            .count(),
        30
    );
}
