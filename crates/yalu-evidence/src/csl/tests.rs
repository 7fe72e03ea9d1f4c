use super::*;
use proptest::prelude::*;
use serde_json::json;

fn library(text: &str) -> Library {
    read_csl(text).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

/// An item whose variables are these, after `"id": "x", "type": "book", ` on line 1.
fn item(variables: &str) -> Item {
    let mut library = library(&wrapped(variables));
    library.items.remove(0)
}

fn wrapped(variables: &str) -> String {
    format!(r#"[{{"id":"x","type":"book",{variables}}}]"#)
}

#[test]
fn every_fault_has_its_place_its_item_and_a_mend() {
    for (text, message) in [
        (
            "",
            "line 1, column 1: this isn't JSON: EOF while parsing a value",
        ),
        (
            "[{]",
            "line 1, column 3: this isn't JSON: key must be a string",
        ),
        (
            "[\n{\"id\": 1,\n \"é\": x}]",
            "line 3, column 7: this isn't JSON: expected value",
        ),
        (
            "[] []",
            "line 1, column 4: this isn't JSON: trailing characters",
        ),
        (
            "{\"items\": []}",
            "line 1, column 1: the library is an object, not a list of items",
        ),
        (
            "[\n  3]",
            "line 2, column 3: item 1: it is a number, not an object",
        ),
        (
            "[{\"type\": \"book\"}]",
            "line 1, column 2: item 1: it has no `id`",
        ),
        (
            "[{\"id\": \" \", \"type\": \"book\"}]",
            "line 1, column 9: item 1: its `id` is empty",
        ),
        (
            "[{\"id\": [], \"type\": \"book\"}]",
            "line 1, column 9: item 1: `id` is a list, not text or a number",
        ),
        (
            "[{\"id\": 7, \"type\": \"book\"},\n {\"id\": \"7\", \"type\": \"book\"}]",
            "line 2, column 9: item `7`: its `id` stands on line 1 already",
        ),
        (
            "[{\"id\": 7}]",
            "line 1, column 2: item `7`: it has no `type`",
        ),
        (
            "[{\"id\": 7, \"type\": 7}]",
            "line 1, column 20: item `7`: `type` is a number, not text",
        ),
        (
            "[{\"id\": 7, \"type\": \"blogPost\"}]",
            "line 1, column 20: item `7`: `blogPost` isn't a type of item",
        ),
        (
            "[{\"id\":7,\"type\":\"book\",\"title\":\"a\",\n\"title\":\"b\"}]",
            "line 2, column 1: item `7`: `title` stands twice",
        ),
    ] {
        let faults = read_csl(text).unwrap_err();
        assert_eq!(faults[0].to_string(), message, "{text}");
        assert!(!faults[0].mend().is_empty());
    }
}

#[test]
fn every_bad_variable_is_named_at_its_value() {
    for (variables, message) in [
        (r#""title":3"#, "`title` is a number, not text"),
        (
            r#""volume":[3]"#,
            "`volume` is a list, not text or a number",
        ),
        (
            r#""author":"Cathcart""#,
            "`author` is text, not a list of names",
        ),
        (
            r#""author":["Cathcart"]"#,
            "`author` is text, not a list of names",
        ),
        (r#""author":[{}]"#, "a name in `author` names nobody"),
        (
            r#""author":[{"family":" "}]"#,
            "a name in `author` names nobody",
        ),
        (
            r#""author":[{"family":3}]"#,
            "`author.family` is a number, not text",
        ),
        (
            r#""editor":[{"family":"W","comma-suffix":[]}]"#,
            "`editor.comma-suffix` is a list, not text, a number or a truth value",
        ),
        (r#""issued":"2013""#, "`issued` is text, not a date"),
        (r#""issued":{}"#, "the date `issued` says nothing"),
        (
            r#""issued":{"raw":2013}"#,
            "`issued.raw` is a number, not text",
        ),
        (
            r#""issued":{"circa":[]}"#,
            "`issued.circa` is a list, not a truth value, a number or text",
        ),
        (r#""issued":{"season":5}"#, "the season of `issued` is 5"),
        (
            r#""issued":{"date-parts":2013}"#,
            "the `date-parts` of `issued` are a number",
        ),
        (
            r#""issued":{"date-parts":[]}"#,
            "the `date-parts` of `issued` are 0 dates",
        ),
        (
            r#""issued":{"date-parts":[2013,7]}"#,
            "the `date-parts` of `issued` are a number in a list",
        ),
        (
            r#""issued":{"date-parts":[[2013],[2014],[2015]]}"#,
            "the `date-parts` of `issued` are 3 dates",
        ),
        (
            r#""issued":{"date-parts":[[2013,7,31,12]]}"#,
            "the `date-parts` of `issued` are 4 parts",
        ),
        (
            r#""issued":{"date-parts":[[]]}"#,
            "the `date-parts` of `issued` are 0 parts",
        ),
        (
            r#""issued":{"date-parts":[["July"]]}"#,
            "`July` in the date `issued` isn't a whole number",
        ),
        (
            r#""issued":{"date-parts":[[2013.5]]}"#,
            "`2013.5` in the date `issued` isn't a whole number",
        ),
        (
            r#""issued":{"date-parts":[[null]]}"#,
            "`null` in the date `issued` isn't a whole number",
        ),
        (
            r#""issued":{"date-parts":[[2013,13]]}"#,
            "the date `issued` is 2013-13, which isn't in the calendar",
        ),
        (
            r#""issued":{"date-parts":[[2013,0]]}"#,
            "the date `issued` is 2013-0, which isn't in the calendar",
        ),
        (
            r#""accessed":{"date-parts":[["2013","2","31"]]}"#,
            "the date `accessed` is 2013-2-31, which isn't in the calendar",
        ),
        (
            r#""issued":{"date-parts":[[1900,2,29]]}"#,
            "the date `issued` is 1900-2-29, which isn't in the calendar",
        ),
        (
            r#""issued":{"date-parts":[[20130]]}"#,
            "the year 20130 in the date `issued` is beyond four digits",
        ),
        (
            r#""issued":{"date-parts":[[2013,9],[2013,7]]}"#,
            "the date `issued` ends before it begins",
        ),
        (
            r#""categories":["a",3]"#,
            "`categories` is a list, not a list of texts",
        ),
        (r#""custom":[]"#, "`custom` is a list, not an object"),
        (r#""custom":{"a":1,"a":2}"#, "`a` stands twice"),
    ] {
        let faults = read_csl(&wrapped(variables)).unwrap_err();
        assert_eq!(faults.len(), 1, "{variables}: {faults:?}");
        let said = faults[0].to_string();
        let (place, rest) = said.split_once(": item `x`: ").unwrap();
        assert_eq!(rest, message, "{variables}");
        assert!(place.starts_with("line 1, column "));
        assert!(faults[0].position.column > 23, "{variables}: {place}");
        assert!(!faults[0].mend().is_empty());
    }
}

#[test]
fn all_faults_are_gathered_in_the_order_of_the_text() {
    let text = "[\n{\"id\":1,\"type\":\"bok\",\"title\":1,\"issued\":{\"season\":9}},\n{}]";
    let faults = read_csl(text).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.position.line).collect();
    assert_eq!(lines, [2, 2, 2, 3, 3]);
    assert_eq!(faults[0].mend(), "did you mean `book`?");
    let offset = faults[1].position.offset;
    assert!(text[offset..].starts_with("1,\"issued\""));
}

#[test]
fn a_mark_of_byte_order_moves_no_place() {
    let faults = read_csl("\u{feff}[{\"id\": 7}]").unwrap_err();
    assert_eq!(faults[0].position.offset, "\u{feff}[".len());
    assert!(read_csl("\u{feff}[]").unwrap().items.is_empty());
    let faults = read_csl("\u{feff}[x]").unwrap_err();
    assert_eq!(faults[0].position.offset, "\u{feff}[".len());
}

#[test]
fn zoteros_ways_with_identifiers_and_dates_are_read() {
    let text = r#"[{"id": 12, "type": "webpage"},
        {"id": "http://zotero.org/users/1/items/AB12", "type": "speech",
         "issued": {"date-parts": [["2013", "07", 31], [2013, 8]], "circa": true},
         "accessed": {"raw": "2013-08-02T10:00:00Z"},
         "event-date": {"date-parts": [[2013]], "season": "2"}}]"#;
    let library = library(text);
    assert_eq!(library.items[0].id, "12");
    let talk = library.get("http://zotero.org/users/1/items/AB12").unwrap();
    let issued = talk.issued.as_ref().unwrap();
    assert_eq!(issued.from, DatePoint::new(2013, Some(7), Some(31)));
    assert_eq!(issued.to, DatePoint::new(2013, Some(8), None));
    assert_eq!(
        issued.full_words().unwrap(),
        "c. 31 July 2013 to August 2013"
    );
    let accessed = talk.accessed.as_ref().unwrap();
    assert_eq!(accessed.start(), DatePoint::new(2013, Some(8), Some(2)));
    let event = talk.event_date.as_ref().unwrap();
    assert_eq!(event.full_words().unwrap(), "summer 2013");
    assert!(library.notices.is_empty());
}

#[test]
fn dates_that_people_write_are_understood_where_they_are_plain() {
    let point = |y, m, d| DatePoint::new(y, m, d);
    for (text, expected) in [
        ("2013", point(2013, None, None)),
        ("2013-07", point(2013, Some(7), None)),
        ("2013/7/31", point(2013, Some(7), Some(31))),
        ("31 July 2013", point(2013, Some(7), Some(31))),
        ("July 31, 2013", point(2013, Some(7), Some(31))),
        ("Sept. 2013", point(2013, Some(9), None)),
        ("2013-07-31T23:59", point(2013, Some(7), Some(31))),
        ("-0043-03-15", point(-43, Some(3), Some(15))),
        ("2013-13", None),
        ("31 Juillet 2013", None),
        ("2013-2014", None),
        ("July", None),
        ("", None),
    ] {
        assert_eq!(DatePoint::parse(text), expected, "{text}");
    }
    assert_eq!(DatePoint::new(2013, None, Some(3)), None);
    assert_eq!(DatePoint::new(-43, None, None).unwrap().words(), "44 BC");
}

#[test]
fn what_the_schema_does_not_know_is_kept_and_noted() {
    let text = wrapped(
        r#""x-mine":{"a":[1,{"b":null}]},"event":"NPT","author":[{"family":"W","orcid":"1"}],
        "issued":{"raw":"2013","edtf":"2013~"},"shortTitle":"T""#,
    );
    let library = library(&text);
    let notices: Vec<String> = library
        .notices
        .iter()
        .map(|n| n.notice.to_string())
        .collect();
    assert_eq!(
        notices,
        [
            "`x-mine` isn't in the CSL schema; kept as it stands",
            "`event` is an old name; kept as it stands, and read as `event-title`",
            "`author.orcid` isn't in the CSL schema; kept as it stands",
            "`issued.edtf` isn't in the CSL schema; kept as it stands",
            "`shortTitle` is an old name; kept as it stands, and read as `title-short`",
        ]
    );
    assert_eq!(library.notices[4].position.line, 2);
    let item = &library.items[0];
    assert_eq!(item.stated("event-title"), Some("NPT"));
    let out = item.to_json();
    assert_eq!(out["x-mine"], json!({"a": [1, {"b": null}]}));
    assert_eq!(out["author"], json!([{"family": "W", "orcid": "1"}]));
    assert_eq!(out["issued"], json!({"raw": "2013", "edtf": "2013~"}));
}

#[test]
fn what_is_written_is_canonical_and_read_back_the_same() {
    let text = r#"[{"title":"T","zz":1,"type":"report","volume":12,"id":3,
        "issued":{"date-parts":[["2013","7"]]}}]"#;
    let library = library(text);
    let written = library.to_json();
    let expected = r#"[
  {
    "id": "3",
    "volume": "12",
    "type": "report",
    "title": "T",
    "issued": {
      "date-parts": [
        [
          2013,
          7
        ]
      ]
    },
    "zz": 1
  }
]
"#;
    assert_eq!(written, expected);
    let again = read_csl(&written).unwrap();
    assert_eq!(again.items, library.items);
    assert_eq!(again.to_json(), written);
}

#[test]
fn lines_of_a_note_say_what_has_no_field() {
    let item = item(
        r#""note":"Event Place: London\nsee https://x.org: there\nhttps://y.org\nOCLC: 12\nfree text""#,
    );
    assert_eq!(
        item.note_lines(),
        [("Event Place", "London"), ("OCLC", "12")]
    );
    assert_eq!(item.stated("event-place"), Some("London"));
    assert_eq!(item.stated("publisher"), None);
}

fn names(text: &str) -> Vec<Name> {
    item(&format!(r#""author":{text}"#)).author
}

#[test]
fn names_are_printed_with_particles_suffixes_and_in_their_own_order() {
    let all = names(
        r#"[{"family":"Meer","given":"Jan","non-dropping-particle":"van der"},
        {"family":"Fontaine","given":"Jean","dropping-particle":"de","non-dropping-particle":"La"},
        {"family":"King","given":"Martin Luther","suffix":"Jr."},
        {"family":"Mao","given":"Zedong","static-ordering":true},
        {"literal":"Ministry of Commerce"},{"given":"Xinhua"}]"#,
    );
    let printed: Vec<[String; 3]> = (all.iter())
        .map(|name| [name.short(), name.inverted(), name.whole()])
        .collect();
    let expected = [
        ["van der Meer", "van der Meer, Jan", "Jan van der Meer"],
        ["La Fontaine", "La Fontaine, Jean de", "Jean de La Fontaine"],
        ["King", "King, Martin Luther, Jr.", "Martin Luther King Jr."],
        ["Mao", "Mao Zedong", "Mao Zedong"],
        ["Ministry of Commerce"; 3],
        ["Xinhua"; 3],
    ];
    assert_eq!(printed, expected);
}

#[test]
fn a_reference_has_all_that_is_known_in_one_order() {
    let chapter = item(
        r#""title":"A Border","author":[{"family":"Cathcart","given":"Adam"},
        {"family":"Ward","given":"Adam"}],"editor":[{"family":"Meer","given":"Jan"}],
        "container-title":"Borders <i>in</i> Asia","volume":2,"issue":"3","page":"12-15",
        "publisher":"OUP","publisher-place":"Oxford","edition":2,"collection-title":"Asia",
        "number":7,"DOI":"10.1/x","URL":"https://x.org","archive":"BL","archive_location":"b 2",
        "issued":{"date-parts":[[2013,7]]}"#,
    );
    assert_eq!(
        reference(&chapter),
        "Cathcart, Adam, and Adam Ward (2013): A Border. Borders in Asia 2(3), edited by Jan Meer, \
         pp. 12-15. Asia. No. 7. Edition 2. Oxford: OUP. July 2013. https://doi.org/10.1/x. \
         Archived: BL, b 2."
    );
    let bare = item(r#""number-of-pages":3"#);
    assert_eq!(reference(&bare), "x (n.d.).");
    let titled = item(r#""title":"Why?","genre":"Memo","issued":{"literal":"in press"}"#);
    assert_eq!(reference(&titled), "Why? [Memo] (in press).");
    let edited = item(
        r#""title":"Why?","editor":[{"family":"A"},{"family":"B"}],"issued":{"raw":"2013"},
        "URL":"https://x.org/a","accessed":{"date-parts":[[2014,1,2]]}"#,
    );
    assert_eq!(
        reference(&edited),
        "A, and B (eds) (2013): Why? https://x.org/a (accessed 2 January 2014)."
    );
    let plainly = item(r#""title":"a < b <unk> <span class=\"nocase\">c</span>""#);
    assert_eq!(reference(&plainly), "a < b <unk> c (n.d.).");
}

#[test]
fn short_forms_tell_alike_sources_apart() {
    let text = r#"[
        {"id":1,"type":"book","author":[{"family":"A"}],"issued":{"raw":"2013"}},
        {"id":2,"type":"book","author":[{"family":"A"},{"family":"B"}],"issued":{"raw":"2013"}},
        {"id":3,"type":"book","author":[{"family":"A"},{"family":"B"},{"family":"C"}]},
        {"id":4,"type":"book","author":[{"family":"A"}],"issued":{"date-parts":[[2013,5]]}},
        {"id":5,"type":"book","title":"Long","title-short":"L","issued":{"date-parts":[[2011],[2012]]}},
        {"id":6,"type":"book","publisher":"Xinhua","issued":{"raw":"2013","circa":1}}]"#;
    let shorts = shorts(&library(text).items);
    assert_eq!(
        shorts,
        [
            "A 2013a",
            "A and B 2013",
            "A et al. n.d.",
            "A 2013b",
            "L 2011-2012",
            "Xinhua c. 2013"
        ]
    );
}

fn any_json(depth: u32) -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|b| json!(b)),
        (-3000i64..3000).prop_map(|n| json!(n)),
        "[a-z \\\\\"é{}\\[\\],:]{0,6}".prop_map(|s| json!(s)),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        let keys = prop::sample::select(vec![
            "id",
            "type",
            "title",
            "author",
            "issued",
            "family",
            "date-parts",
            "season",
            "x\"y",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| json!(all)),
            prop::collection::vec((keys, inner), 0..4)
                .prop_map(|all| all.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_brings_the_reader_down_and_every_fault_lies_in_the_text(
        value in any_json(5),
        pretty: bool,
    ) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        match read_csl(&text) {
            Ok(library) => {
                let again = read_csl(&library.to_json()).unwrap();
                prop_assert_eq!(again.items, library.items);
            }
            Err(faults) => for fault in faults {
                prop_assert!(fault.position.offset <= text.len());
                prop_assert!(!fault.mend().is_empty());
            }
        }
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "[\\[{\"\\\\:,ide 1é}\\]\n]{0,30}") {
        let _ = read_csl(&text);
    }

    #[test]
    fn a_date_in_the_calendar_is_read_back_the_same(
        year in -9999i16..=9999,
        month in prop::option::of(1u8..=12),
        day in prop::option::of(1u8..=31),
    ) {
        if let Some(point) = DatePoint::new(year, month, day) {
            let mut item = Item::new("x", ItemType::DOCUMENT);
            item.issued = Some(point.into());
            let again = read_csl(&to_csl(std::slice::from_ref(&item))).unwrap();
            prop_assert_eq!(&again.items[0], &item);
        }
    }
}
