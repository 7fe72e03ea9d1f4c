use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn locator(text: &str) -> Locator {
    text.parse()
        .unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

#[test]
fn what_authors_write_is_read_and_printed_in_one_form() {
    for (written, printed) in [
        ("p. 12", "p. 12"),
        ("p.12", "p. 12"),
        ("Page 12", "p. 12"),
        ("pp. 12-15", "pp. 12-15"),
        ("pages 12 – 15", "pp. 12-15"),
        ("pp. 12, 15-17", "p. 12; pp. 15-17"),
        ("p. 12-12", "p. 12"),
        ("pp. xii-xv", "pp. xii-xv"),
        ("pp. xii-3", "pp. xii-3"),
        ("p. S4", "p. S4"),
        ("para. 3", "para. 3"),
        ("¶¶ 3-5", "paras. 3-5"),
        ("ch. 2", "ch. 2"),
        ("sec. 4.1", "sec. 4.1"),
        ("§ 4.1", "sec. 4.1"),
        ("sec. 4.9-4.10", "secs. 4.9-4.10"),
        ("fig. 2; tab. 3", "fig. 2; tab. 3"),
        ("n. 4", "n. 4"),
        ("ll. 3-4", "ll. 3-4"),
        ("t=14:45", "t=14:45"),
        ("t=885", "t=14:45"),
        ("t=14:45,16:00", "t=14:45,16:00"),
        ("t=npt:10,20", "t=0:10,0:20"),
        ("t=,16:00", "t=0:00,16:00"),
        ("t = 1:33:13.250 , 1:36:09", "t=1:33:13.25,1:36:09"),
        ("t=4500", "t=1:15:00"),
        ("rows 12-15", "rows 12-15"),
        ("row=7", "row 7"),
        ("rows 7-7", "row 7"),
        ("rows 12-*", "rows 12-*"),
        ("rows 2, 5-6", "row 2; rows 5-6"),
        ("  p. 12 ;t=14:45  ", "p. 12; t=14:45"),
    ] {
        assert_eq!(locator(written).to_string(), printed, "{written}");
        assert_eq!(locator(printed).to_string(), printed, "{printed}");
    }
}

#[test]
fn what_is_not_understood_is_named_with_its_place_and_a_mend() {
    for (text, message) in [
        ("", "the locator is empty"),
        ("   ", "the locator is empty"),
        ("p. 12;", "column 7: nothing stands beside a semicolon"),
        ("; p. 12", "column 1: nothing stands beside a semicolon"),
        (
            "p. 12;;p. 13",
            "column 7: nothing stands beside a semicolon",
        ),
        ("12", "column 1: `12` doesn't say what it counts"),
        (
            "p. 12; 14:45",
            "column 8: `14:45` doesn't say what it counts",
        ),
        ("pagina 12", "column 1: `pagina` isn't a kind of place"),
        (
            "p. 12; §12; plate 4",
            "column 13: `plate` isn't a kind of place",
        ),
        ("t 14:45", "column 1: `t` isn't a kind of place"),
        ("p.", "column 3: no number follows `p.`"),
        ("rows", "column 5: no number follows `rows`"),
        ("p. 12,", "column 7: `` isn't a number or a range"),
        ("p. -5", "column 4: `-5` isn't a number or a range"),
        ("p. 12-", "column 4: `12-` isn't a number or a range"),
        ("p. 1-2-3", "column 4: `1-2-3` isn't a number or a range"),
        ("sec. 4.", "column 6: `4.` isn't a number or a range"),
        ("p. 12 f", "column 4: `12 f` isn't a number or a range"),
        ("é. p. 12", "column 1: `é.` isn't a kind of place"),
        (
            "pp. 112-15",
            "column 5: the range runs backwards, from 112 to 15",
        ),
        (
            "secs. 4.10-4.9",
            "column 7: the range runs backwards, from 4.10 to 4.9",
        ),
        (
            "pp. xv-xii",
            "column 5: the range runs backwards, from xv to xii",
        ),
        ("t=", "column 3: `` isn't a time"),
        ("t=75:30", "column 3: `75:30` isn't a time"),
        ("t=14:60", "column 3: `14:60` isn't a time"),
        ("t=14:5", "column 3: `14:5` isn't a time"),
        ("t=14:45-16:00", "column 3: `14:45-16:00` isn't a time"),
        ("t=14:45,1a", "column 9: `1a` isn't a time"),
        ("t=1,2,3", "column 3: `1,2,3` isn't a time"),
        ("t=0.1234", "column 3: `0.1234` isn't a time"),
        ("t=5.", "column 3: `5.` isn't a time"),
        ("t=-5", "column 3: `-5` isn't a time"),
        (
            "t=99999999999999999999",
            "column 3: `99999999999999999999` isn't a time",
        ),
        (
            "t=16:00,14:45",
            "column 3: the span ends at 14:45, not after its start at 16:00",
        ),
        (
            "t=14:45,885",
            "column 3: the span ends at 885, not after its start at 14:45",
        ),
        ("rows 0-3", "column 6: `0-3` isn't a row or a range of rows"),
        ("rows a", "column 6: `a` isn't a row or a range of rows"),
        ("rows *", "column 6: `*` isn't a row or a range of rows"),
        (
            "rows 9-2",
            "column 6: the range runs backwards, from 9 to 2",
        ),
    ] {
        let fault = text.parse::<Locator>().unwrap_err();
        assert_eq!(fault.to_string(), message, "{text}");
        assert!(!fault.mend().is_empty());
    }
}

#[test]
fn a_span_of_time_is_half_open() {
    let Some(span) = locator("t=14:45,16:00").times().next() else {
        panic!("a time was written");
    };
    assert_eq!((span.start_ms(), span.end_ms()), (885_000, Some(960_000)));
    assert!(span.contains(885_000) && span.contains(959_999));
    assert!(!span.contains(884_999) && !span.contains(960_000));
    assert_eq!(span.fragment(), "t=885,960");
    let next = TimeSpan::new(960_000, None).unwrap();
    assert!(next.contains(960_000) && next.contains(u64::MAX));
    assert_eq!(TimeSpan::new(5, Some(5)), None);
    let fine = locator("t=0:00.5,0:01.025").times().next().unwrap();
    assert_eq!(fine.fragment(), "t=0.5,1.025");
    let rows = RowSpan::new(12, Some(15)).unwrap();
    assert_eq!(rows.half_open(), (12, Some(16)));
    assert_eq!(RowSpan::new(0, None), None);
}

#[test]
fn a_citation_processor_gets_its_own_labels() {
    let csl = |text: &str| {
        let found = locator(text).places()[0].csl();
        found.map(|csl| format!("{} {}", csl.label, csl.locator))
    };
    let of = |text: &str| Some(text.to_owned());
    assert_eq!(csl("pp. 12-15"), of("page 12-15"));
    assert_eq!(csl("t=14:45,16:00"), of("timestamp 14:45-16:00"));
    assert_eq!(csl("t=1:33:13"), of("timestamp 1:33:13"));
    assert_eq!(csl("sec. 4.1"), of("section 4.1"));
    assert_eq!(csl("rows 3-4"), None);
    for label in Label::ALL {
        assert_eq!(
            csl(&format!("{} 3", label.forms()[0])),
            of(&format!("{} 3", label.csl()))
        );
    }
}

const SOURCE: &str = "https://sinonk.com/talk.mp3";

fn annotation<'a>(locator: Option<&'a Locator>, quote: Option<&'a Quote>) -> Annotation<'a> {
    Annotation {
        id: "urn:yalu:claim-3",
        motivation: Motivation::Linking,
        claim: "Dandong's trade goes on",
        source: SOURCE,
        first_page: 1,
        locator,
        quote,
    }
}

fn target(text: &str, quote: Option<&Quote>) -> Value {
    let locator = locator(text);
    annotation(Some(&locator), quote).to_json().unwrap()["target"].clone()
}

fn part(selector: &Value) -> Value {
    json!({"type": "SpecificResource", "source": SOURCE, "selector": selector})
}

fn fragment(standard: &str, value: &str) -> Value {
    json!({"type": "FragmentSelector", "conformsTo": standard, "value": value})
}

#[test]
fn a_time_is_a_media_fragment_beside_the_quote() {
    let time = fragment("http://www.w3.org/TR/media-frags/", "t=885,960");
    assert_eq!(target("t=14:45,16:00", None), part(&time));
    let mut quote = Quote::new("just a border");
    quote.prefix = Some("sometimes ".into());
    let words = json!({
        "type": "TextQuoteSelector",
        "exact": "just a border",
        "prefix": "sometimes ",
    });
    let both = target("t=14:45,16:00", Some(&quote));
    assert_eq!(both, part(&json!([time, words])));
}

#[test]
fn rows_and_pages_are_fragments_of_their_standards_and_refined_by_the_quote() {
    let rows = |value| fragment("http://tools.ietf.org/rfc/rfc7111", value);
    assert_eq!(target("rows 12-15", None), part(&rows("row=12-15")));
    assert_eq!(target("row 12", None), part(&rows("row=12")));
    assert_eq!(target("rows 12-*", None), part(&rows("row=12-*")));
    let page = |value| fragment("http://tools.ietf.org/rfc/rfc8118", value);
    assert_eq!(target("p. 12", None), part(&page("page=12")));
    let mut refined = page("page=12");
    refined["refinedBy"] = json!({"type": "TextQuoteSelector", "exact": "coal"});
    assert_eq!(target("p. 12", Some(&Quote::new("coal"))), part(&refined));
    let range = json!({
        "type": "RangeSelector",
        "startSelector": page("page=12"),
        "endSelector": page("page=16"),
    });
    assert_eq!(target("pp. 12-15", None), part(&range));
}

#[test]
fn a_printed_page_is_counted_from_the_first_page_of_the_file() {
    let at = locator("p. 503");
    let mut annotation = annotation(Some(&at), None);
    annotation.first_page = 497;
    let json = annotation.to_json().unwrap();
    assert_eq!(json["target"]["selector"]["value"], "page=7");
    annotation.first_page = 504;
    let (page, first) = (503, 504);
    let before = AnnotationError::BeforeFirst { page, first };
    assert_eq!(annotation.to_json(), Err(before));
}

#[test]
fn a_place_without_a_fragment_stands_in_words_and_is_not_dropped() {
    let at = locator("sec. 4.1; p. xii");
    let json = annotation(Some(&at), None).to_json().unwrap();
    assert_eq!(json["target"], SOURCE);
    assert_eq!(json["body"][1]["value"], "sec. 4.1; p. xii");
    let json = annotation(Some(&at), Some(&Quote::new("coal")))
        .to_json()
        .unwrap();
    let words = json!({"type": "TextQuoteSelector", "exact": "coal"});
    assert_eq!(json["target"], part(&words));
}

#[test]
fn several_places_are_several_targets_and_the_quote_one_more() {
    let both = target("p. 12; t=14:45", Some(&Quote::new("coal")));
    assert_eq!(both.as_array().map(Vec::len), Some(3));
    assert_eq!(both[2]["selector"]["type"], "TextQuoteSelector");
}

#[test]
fn an_annotation_has_what_the_model_requires() {
    let at = locator("t=14:45");
    let json = annotation(Some(&at), None).to_json().unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    let expected = ["@context", "id", "type", "motivation", "body", "target"];
    assert_eq!(keys, expected);
    assert_eq!(json["@context"], "http://www.w3.org/ns/anno.jsonld");
    assert_eq!(
        (&json["type"], &json["motivation"]),
        (&json!("Annotation"), &json!("linking"))
    );
    assert_eq!(json["body"][0]["value"], "Dandong's trade goes on");
    let bare = annotation(None, None).to_json().unwrap();
    assert_eq!(
        (&bare["target"], &bare["body"]["purpose"]),
        (&json!(SOURCE), &json!("linking"))
    );
}

#[test]
fn annotations_that_would_not_be_valid_are_refused() {
    let fault = |change: fn(&mut Annotation<'_>)| {
        let mut annotation = annotation(None, None);
        change(&mut annotation);
        let fault = annotation.to_json().unwrap_err();
        assert!(!fault.mend().is_empty());
        fault.to_string()
    };
    let empty = Quote::new("  ");
    let quoting = annotation(None, Some(&empty));
    assert_eq!(quoting.to_json(), Err(AnnotationError::NoQuote));
    assert_eq!(
        fault(|a| a.id = "claim 3"),
        "the id `claim 3` isn't an address or URN"
    );
    assert_eq!(
        fault(|a| a.id = "urn:"),
        "the id `urn:` isn't an address or URN"
    );
    assert_eq!(
        fault(|a| a.id = "1x:y"),
        "the id `1x:y` isn't an address or URN"
    );
    assert_eq!(
        fault(|a| a.source = "https://a b"),
        "the source `https://a b` isn't an address or URN"
    );
    assert_eq!(
        fault(|a| a.source = "https://a.org/x#t=5"),
        "the source `https://a.org/x#t=5` already points into the document"
    );
    assert_eq!(fault(|a| a.claim = "\n"), "the claim is empty");
}

const TALK: &str = "A border is a border.\u{a0}He said: “in drug  control,\ntransport links and \
    frontier defence — a border is some\u{ad}times just a border”.  It isn’t special.";

#[test]
fn a_quote_is_found_whatever_its_blanks_marks_dashes_and_case() {
    for (words, in_the_text) in [
        (
            "drug control, transport links",
            "drug  control,\ntransport links",
        ),
        ("Frontier Defence - a border", "frontier defence — a border"),
        ("sometimes just", "some\u{ad}times just"),
        ("\"in drug control", "“in drug  control"),
        ("  isn't   special. ", "isn’t special."),
    ] {
        let found = find_quote(TALK, &Quote::new(words));
        let Found::Unique { passage } = found else {
            panic!("{words}: {found:?}");
        };
        assert_eq!(passage.exact, in_the_text);
        assert_eq!(&TALK[passage.bytes.clone()], in_the_text);
        assert!(!passage.verbatim);
        let again = find_quote(TALK, &passage.quote());
        assert!(matches!(again, Found::Unique { passage } if passage.verbatim));
    }
}

#[test]
fn a_quote_that_stands_twice_is_ambiguous_until_its_surroundings_tell() {
    let mut quote = Quote::new("a border");
    let Found::Ambiguous { passages } = find_quote(TALK, &quote) else {
        panic!("it stands there several times");
    };
    assert_eq!(passages.len(), 4);
    for passage in &passages {
        let Found::Unique { passage: again } = find_quote(TALK, &passage.quote()) else {
            panic!("its surroundings tell it apart");
        };
        assert_eq!(again.bytes, passage.bytes);
    }
    quote.prefix = Some("defence –".into());
    assert!(matches!(find_quote(TALK, &quote), Found::Unique { .. }));
    quote.prefix = Some("customs say".into());
    let Found::Moved { passages } = find_quote(TALK, &quote) else {
        panic!("its surroundings are others now");
    };
    assert_eq!(passages.len(), 4);
}

#[test]
fn surroundings_grow_until_they_tell_passages_apart() {
    let same = "the mission crossed the bridge at Dandong in the morning";
    let text = format!("2012: {same}. 2013: {same}. End.");
    let found = find_quote(&text, &Quote::new("bridge"));
    let Found::Ambiguous { passages } = found else {
        panic!("{found:?}");
    };
    assert_ne!(
        (&passages[0].prefix, &passages[0].suffix),
        (&passages[1].prefix, &passages[1].suffix)
    );
    for passage in passages {
        assert!(matches!(
            find_quote(&text, &passage.quote()),
            Found::Unique { .. }
        ));
    }
}

#[test]
fn a_quote_that_is_not_there_is_orphaned_and_an_empty_one_is_nothing() {
    for words in [
        "special relationship",
        "a borde",
        "order is",
        "isn't special!",
    ] {
        assert_eq!(
            find_quote(TALK, &Quote::new(words)),
            Found::Orphaned,
            "{words}"
        );
    }
    for words in ["", " … ", "“”", "\u{ad}"] {
        assert_eq!(
            find_quote(TALK, &Quote::new(words)),
            Found::Nothing,
            "{words:?}"
        );
    }
    assert_eq!(find_quote("", &Quote::new("a")), Found::Orphaned);
}

#[test]
fn a_quote_in_a_script_without_blanks_is_found_within_its_line() {
    let text = "中国坚持朝鲜半岛无核化，坚持维护半岛和平稳定。";
    let found = find_quote(text, &Quote::new("半岛无核化"));
    assert!(matches!(found, Found::Unique { passage } if passage.bytes == (18..33)));
}

fn any_place() -> impl Strategy<Value = Place> {
    let number = prop_oneof![
        "[1-9][0-9]{0,4}",
        "[ivx]{1,4}",
        "[1-9]\\.[1-9]",
        "[A-Z][1-9]"
    ];
    let numbered = (0usize..8, number, prop::option::of(1u32..50)).prop_map(|(at, from, more)| {
        let to = more.and_then(|more| from.parse::<u32>().ok().map(|n| (n + more).to_string()));
        let label = Label::ALL[at];
        Place::Numbered { label, from, to }
    });
    let time = (0u64..20_000_000, prop::option::of(1u64..9_000_000))
        .prop_map(|(start, long)| TimeSpan::new(start, long.map(|l| start + l)).unwrap());
    let rows = (1u64..1_000_000, prop::option::of(0u64..1000))
        .prop_map(|(first, more)| RowSpan::new(first, more.map(|m| first + m)).unwrap());
    prop_oneof![
        numbered,
        time.prop_map(Place::Time),
        rows.prop_map(Place::Rows)
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_the_same(places in prop::collection::vec(any_place(), 1..5)) {
        let locator = Locator { places };
        prop_assert_eq!(locator.to_string().parse(), Ok(locator));
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "[pt=;:,.\\-–§0-9 a-zé*]{0,24}|\\PC{0,16}") {
        if let Ok(locator) = text.parse::<Locator>() {
            prop_assert_eq!(locator.to_string().parse(), Ok(locator));
        }
    }

    #[test]
    fn every_piece_of_a_text_is_found_in_it(
        text in "[aAbé “”’\n\u{ad}İß中—]{1,40}",
        from in 0usize..40,
        long in 1usize..10,
    ) {
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let from = starts[from % starts.len()];
        let to = starts.iter().copied().filter(|at| *at > from).take(long).last().unwrap_or(from);
        let found = find_quote(&text, &Quote::new(&text[from..to]));
        let cut = |c: Option<char>| {
            c.is_some_and(|c| c.to_lowercase().any(|c| c.is_ascii_alphanumeric()))
        };
        // A piece that ends amid a word of Latin letters isn't a quote of it, hyphenated or not.
        let before = text[..from].trim_end_matches('\u{ad}').chars().next_back();
        let amid = cut(before) || cut(text[to..].trim_start_matches('\u{ad}').chars().next());
        if !amid {
            prop_assert!(!matches!(found, Found::Orphaned | Found::Moved { .. }), "{:?}", found);
        }
    }
}
