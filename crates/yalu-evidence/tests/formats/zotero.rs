//! A library as Zotero 7 exports it in CSL JSON: tabs, addresses and numbers as identifiers, years as
//! text, lines in notes.

use serde_json::{Value, json};
use yalu_evidence::csl::{read_csl, reference, shorts};

const EXPORT: &str = include_str!("zotero.json");

#[test]
fn an_export_is_read_without_a_fault_or_a_notice() {
    let library = read_csl(EXPORT).unwrap();
    assert_eq!(library.items.len(), 5);
    assert_eq!(library.notices, []);
}

#[test]
fn nothing_of_an_export_is_lost_when_it_is_written() {
    let library = read_csl(EXPORT).unwrap();
    let written: Value = serde_json::from_str(&library.to_json()).unwrap();
    let mut expected: Value = serde_json::from_str(EXPORT).unwrap();
    // All that may change: numbers that are text, years that are numbers.
    expected[0]["issued"]["date-parts"] = json!([[2013, 7, 31]]);
    expected[0]["accessed"]["date-parts"] = json!([[2013, 8, 2]]);
    expected[1]["id"] = json!("42");
    for key in ["edition", "volume"] {
        expected[3][key] = json!(expected[3][key].to_string());
    }
    assert_eq!(written, expected);
    let again = read_csl(&library.to_json()).unwrap();
    assert_eq!(again.items, library.items);
}

#[test]
fn an_export_is_printed_source_by_source() {
    let library = read_csl(EXPORT).unwrap();
    let references: Vec<String> = library.items.iter().map(reference).collect();
    assert_eq!(
        references,
        [
            "Sino-NK (2013): Two talks in London on China and its neighbour. Sino-NK. 31 July 2013. \
             https://sinonk.com/2013/07/31/talks (accessed 2 August 2013).",
            "Beauchamp-Mustafaga, Nathan (c. 2013): Chinese policy-making toward North Korea [Talk]. \
             UK Project on Nuclear Issues, London. c. 27 June 2013.",
            "Resolution 2094 (2013). Resolutions and Decisions. No. 2094. 7 March 2013. Archived: \
             United Nations Digital Library, S/RES/2094 (2013).",
            "van der Meer, Jan, Jr., and Shen Zhihua (2012-2013): The bridge at Sinŭiju. Borders of \
             Asia 1, edited by Jean de Fontaine, pp. 12-15. Edition 2. Oxford: Press of the \
             University. Autumn 2012.",
            "Trade of North Korea by partner (2014). Version 2014-05. KOTRA. May 2014. \
             https://doi.org/10.1234/trade.2013",
        ]
    );
    assert_eq!(
        shorts(&library.items),
        [
            "Sino-NK 2013",
            "Beauchamp-Mustafaga c. 2013",
            "Resolution 2094 2013",
            "van der Meer and Shen 2012-2013",
            "Trade of North Korea by partner 2014",
        ]
    );
}

#[test]
fn lines_of_a_note_are_told_from_its_words() {
    let library = read_csl(EXPORT).unwrap();
    let talk = library.get("42").unwrap();
    let lines = [("Original Date", "2013-06-27"), ("Place", "RUSI")];
    assert_eq!(talk.note_lines(), lines);
    let custom = library.get("kotra-trade").unwrap().custom().unwrap();
    assert_eq!(custom["rows"][1]["unit"], "USD");
}
