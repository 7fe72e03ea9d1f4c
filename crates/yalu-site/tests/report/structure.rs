//! The section of who makes the policy shows the record's figures, each in its place.

use crate::fixture::assessment;
use crate::page;
use crate::structure_fixture::structure;

/// The section alone.
fn section() -> String {
    let page = page(&assessment(), false);
    let (_, rest) = page
        .split_once("<section aria-labelledby=\"structure\"")
        .expect("the section");
    let (section, _) = rest
        .split_once("<section ")
        .expect("another section follows");
    section.to_owned()
}

/// The texts of a table's cells, row by row.
fn rows(section: &str, caption: &str) -> Vec<Vec<String>> {
    let start = format!("<caption><span>{caption}");
    let (_, rest) = section
        .split_once(&start)
        .unwrap_or_else(|| panic!("no table {caption}"));
    let (_, rest) = rest.split_once("<tbody>").expect("a body");
    let (body, _) = rest.split_once("</tbody>").expect("the body ends");
    let text = |cell: &str| {
        let parts = cell
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        parts.collect::<String>().trim().to_owned()
    };
    let cells = |row: &str| {
        let cells = row.split("</td>").flat_map(|part| part.split("</th>"));
        cells.map(text).filter(|cell| !cell.is_empty()).collect()
    };
    body.split("</tr>")
        .map(cells)
        .filter(|row: &Vec<String>| !row.is_empty())
        .collect()
}

fn number(text: &str) -> f64 {
    let digits = text.trim_end_matches(['\u{202f}', '%']).replace('−', "-");
    digits
        .parse()
        .unwrap_or_else(|_| panic!("`{text}` is no figure"))
}

#[test]
fn it_stands_after_the_borders_and_only_where_there_is_a_structure() {
    let page = page(&assessment(), false);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    let section = at("<h2 id=\"structure\">");
    assert!(at("<h2 id=\"borders\">") < section && section < at("<h2 id=\"pressure\">"));
    assert!(page.contains("<a href=\"#structure\">"));
    let mut without = assessment();
    without.structure = None;
    let page = crate::page(&without, false);
    assert!(!page.contains("\"structure\"") && !page.contains("#structure"));
}

#[test]
fn the_figures_of_models_are_those_of_the_record() {
    let rows = rows(&section(), "Outcomes by issue and model");
    let record = structure();
    let ran: Vec<_> = record
        .models
        .iter()
        .filter(|one| one.left_out.is_none())
        .collect();
    assert_eq!(
        rows.len(),
        ran.len() + 1,
        "the models and the models as one"
    );
    let near = |text: &str, value: f64, what: &str| {
        assert!(
            (number(text) - value).abs() <= 0.005 + 1e-9,
            "{what}: {text} for {value}"
        );
    };
    for (row, model) in rows.iter().zip(ran) {
        let outcome = &model.outcomes[0];
        let [low, _, median, _, high] = outcome.spread.quantiles;
        assert_eq!(row[0], model.title);
        near(&row[2], outcome.central, "central");
        near(&row[3], median, "median");
        let (from, to) = row[5].split_once(" to ").expect("an interval");
        near(from, low, "low");
        near(to, high, "high");
        near(&row[7], outcome.spread.mean, "mean");
        assert_eq!((row[9].as_str(), row[10].as_str()), ("100", "7"));
        let share = outcome.share_at_or_above.expect("a threshold");
        assert!((number(&row[6]) - share * 100.0).abs() <= 0.5);
    }
}

#[test]
fn discs_stand_at_their_positions() {
    let section = section();
    let (_, chart) = section
        .split_once("id=\"stand-course-w-t\"")
        .expect("the chart");
    let (chart, _) = chart.split_once("</svg>").expect("it ends");
    // Where each disc begins, by its title.
    let discs: Vec<(f64, &str)> = chart
        .split("<path class=\"actor\" d=\"M")
        .skip(1)
        .map(|disc| {
            let (x, _) = disc.split_once(' ').expect("a point");
            let (_, title) = disc.split_once("<title>").expect("a title");
            (x.parse().expect("a place"), title)
        })
        .collect();
    let [leader, low, high, ministry] = discs.as_slice() else {
        panic!("a disc each and two halves: {discs:?}");
    };
    assert!(
        leader
            .1
            .starts_with("The leader: position 2.5 (from 2 to 3), salience 64")
    );
    assert!(low.1.starts_with("The army: wings at 4 and 8"), "{}", low.1);
    // Discs of a salience of 64 begin at their left edge, halves at their straight side.
    let radius = 13.0 * 0.8;
    let unit = (high.0 - low.0) / 4.0;
    let at = |position: f64| low.0 + (position - 4.0) * unit;
    assert!((leader.0 + radius - at(2.5)).abs() < 0.2, "{leader:?}");
    assert!((ministry.0 + radius - at(2.0)).abs() < 0.2, "{ministry:?}");
}

#[test]
fn what_would_turn_it_is_told_nearest_position_first() {
    let section = section();
    let at = |text: &str| section.find(text).unwrap_or_else(|| panic!("no {text}"));
    let leader = at("The position of leader turns it.");
    let army = at("The position of army turns it. <span class=\"role\">held possible");
    assert!(leader < army && army < at("The salience of leader turns it."));
    assert!(
        !section.contains("The capability of army"),
        "it turns nothing"
    );
    assert!(section.contains("Of 4 values tried over all models, 1 alone turns no outcome"));
    assert_eq!(rows(&section, "Values that alone would turn").len(), 3);
}

#[test]
fn moves_and_indices_and_power_are_those_of_the_record() {
    let section = section();
    let moves = rows(&section, "The course, Challenge model: moves");
    assert_eq!(
        moves[0],
        ["The army", "1", "leader", "6", "4.5", "gave way"]
    );
    assert_eq!(moves[1][2], "a rule of the model");
    let indices = rows(&section, "Sobol indices by model");
    assert_eq!(
        indices[0][3..],
        ["0.62", "0.50 to 0.75", "0.31", "0.20 to 0.40"]
    );
    let power = rows(&section, "The course: power in a vote");
    assert_eq!(
        power[1],
        ["The army", "30\u{202f}%", "30\u{202f}%", "30\u{202f}%"]
    );
    assert_eq!(section.matches("<li>leader + army</li>").count(), 10);
    assert!(section.contains("and 2 more"));
}

#[test]
fn what_is_missing_is_named() {
    let section = section();
    assert!(
        section.contains("<li>Exchange model: there is one issue, and nothing to exchange</li>")
    );
    let codings = rows(&section, "Codings in actors.csv");
    assert_eq!(
        (codings[1][5].as_str(), codings[1][6].as_str()),
        ("Ben", "no source")
    );
    assert_eq!(codings[1][8], "actors.csv:3");
    let agreement = rows(&section, "How far the coders agree");
    assert_eq!(agreement[0][2], "−0.12");
    assert_eq!(agreement[1][4], "no value has two");
    assert!(section.contains("coders Ann, Ben, one coder’s whole picture drawn at a time"));
    assert!(section.contains("<code>army.salience=80</code>"));
}

#[test]
fn influence_says_what_the_record_says() {
    let section = section();
    let members = rows(&section, "Actors in event data");
    assert_eq!(
        members[0][1..],
        [
            "20",
            "11\u{202f}% to 63\u{202f}%",
            "27\u{202f}% (21\u{202f}% to 34\u{202f}%)",
            "0.217 (0.125)",
            "trend ×0.910 a year (×0.800 to ×1.03), corrected p 0.200",
        ]
    );
    assert_eq!(members[1][5], "too few acts for a test");
    assert_eq!(
        rows(&section, "Whom the data name")[0][1..],
        ["The army", "military", "20"]
    );
    for (answer, id) in [
        ("Supported", "h1"),
        ("Contradicted", "h2"),
        ("Can’t tell", "h3"),
    ] {
        assert!(
            section.contains(&format!("{answer}</span> Sentence of {id}")),
            "{id}"
        );
        assert!(section.contains(&format!("Limits of {id}")), "{id}");
    }
    assert!(section.contains(
        "before: 30 of 90 acts in 12 periods; 64\u{202f}% of all acts are laid to nobody"
    ));
    assert!(section.contains("Credit: Thanks to the coders"));
    // Panels of the two that act; the line breaks in the period without attributed acts.
    let (_, chart) = section
        .split_once("id=\"structure-influence-shares-w-t\"")
        .expect("the chart");
    let (chart, _) = chart.split_once("</svg>").expect("it ends");
    let lines: Vec<&str> = chart
        .split("<path class=\"synthetic\" d=\"")
        .skip(1)
        .collect();
    assert_eq!(lines.len(), 2);
    let (line, _) = lines[0].split_once('"').expect("it ends");
    assert_eq!(line.matches('M').count(), 2);
}
