//! Small cases by hand, and properties.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn bounds(text: &str) -> (String, String) {
    let parsed = parse_edtf(text).unwrap();
    let shown = |day: Option<Date>| day.map_or("none".to_owned(), |day| day.to_string());
    (shown(parsed.earliest()), shown(parsed.latest()))
}

#[test]
fn every_form_has_its_closed_bounds() {
    for (text, earliest, latest) in [
        ("2010", "2010-01-01", "2010-12-31"),
        (" 2010 ", "2010-01-01", "2010-12-31"),
        ("2010-12", "2010-12-01", "2010-12-31"),
        ("2012-02", "2012-02-01", "2012-02-29"),
        ("2010-12-31", "2010-12-31", "2010-12-31"),
        ("2013?", "2013-01-01", "2013-12-31"),
        ("2013-05~", "2013-05-01", "2013-05-31"),
        ("2013%", "2013-01-01", "2013-12-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("XXXX", "0000-01-01", "9999-12-31"),
        ("2011-XX", "2011-01-01", "2011-12-31"),
        ("2011-1X", "2011-10-01", "2011-12-31"),
        ("2011-06-XX", "2011-06-01", "2011-06-30"),
        ("2011-XX-XX", "2011-01-01", "2011-12-31"),
        ("2011-XX-31", "2011-01-31", "2011-12-31"),
        ("201X-02-29", "2012-02-29", "2016-02-29"),
        ("2011-06-2X", "2011-06-20", "2011-06-29"),
        ("2010-11/2011-02", "2010-11-01", "2011-02-28"),
        ("2010/2010-03", "2010-01-01", "2010-03-31"),
        ("../2012", "none", "2012-12-31"),
        ("/2012", "none", "2012-12-31"),
        ("2013/..", "2013-01-01", "none"),
        ("2013/", "2013-01-01", "none"),
        ("2011-21", "2011-03-01", "2011-05-31"),
        ("2011-22", "2011-06-01", "2011-08-31"),
        ("2011-23", "2011-09-01", "2011-11-30"),
        ("2011-24", "2011-12-01", "2012-02-29"),
        ("2011-30", "2011-12-01", "2012-02-29"),
        ("2011-32", "2011-06-01", "2011-08-31"),
        ("2011-33", "2011-01-01", "2011-03-31"),
        ("2011-36", "2011-10-01", "2011-12-31"),
        ("2011-39", "2011-09-01", "2011-12-31"),
        ("2011-41", "2011-07-01", "2011-12-31"),
        ("[2010-11,2011-02]", "2010-11-01", "2011-02-28"),
        ("[ 2011-02, 2010-11 ]", "2010-11-01", "2011-02-28"),
        ("[2008,2010..2011]", "2008-01-01", "2011-12-31"),
        ("[..2010,2012]", "none", "2012-12-31"),
        ("[2010,2012..]", "2010-01-01", "none"),
        ("2010-11~-05", "2010-11-05", "2010-11-05"),
        ("?2010-11-~05", "2010-11-05", "2010-11-05"),
    ] {
        assert_eq!(bounds(text), (earliest.into(), latest.into()), "{text}");
    }
}

#[test]
fn marks_are_kept_and_widen_nothing() {
    for (text, uncertain, approximate) in [
        ("2013", false, false),
        ("2013?", true, false),
        ("2013~", false, true),
        ("2013%", true, true),
        ("2013?~", true, true),
        ("2010?/2012", true, false),
        ("[2010,2012~]", false, true),
        ("2010-11~-05", false, true),
    ] {
        let parsed = parse_edtf(text).unwrap();
        let got = (parsed.is_uncertain(), parsed.is_approximate());
        assert_eq!(got, (uncertain, approximate), "{text}");
    }
    let (plain, about) = (parse_edtf("2013").unwrap(), parse_edtf("2013~").unwrap());
    assert_eq!(plain.earliest(), about.earliest());
    assert_eq!(plain.latest(), about.latest());
}

#[test]
fn each_fault_has_its_column_and_a_mend() {
    for (text, column, message) in [
        ("", 1, "the date is empty"),
        ("  ", 1, "the date is empty"),
        ("2010-13", 6, "column 6: there is no month or season `13`"),
        ("2010-00", 6, "column 6: there is no month or season `00`"),
        ("2010-42", 6, "column 6: there is no month or season `42`"),
        ("2010-2X", 6, "column 6: there is no month or season `2X`"),
        (
            "2010-02-30",
            9,
            "column 9: there is no day `30` in `2010-02`",
        ),
        (
            "2011-02-29",
            9,
            "column 9: there is no day `29` in `2011-02`",
        ),
        (
            "2011-06-00",
            9,
            "column 9: there is no day `00` in `2011-06`",
        ),
        (
            "2011-06-4X",
            9,
            "column 9: there is no day `4X` in `2011-06`",
        ),
        ("2011-21-05", 9, "column 9: a season has no day"),
        (
            "2012/2010",
            6,
            "column 6: it ends by 2010-12-31, before it starts on 2012-01-01",
        ),
        (
            "[2012..2010]",
            8,
            "column 8: it ends by 2010-12-31, before it starts on 2012-01-01",
        ),
        (
            "../..",
            3,
            "column 3: an interval without start and end says nothing",
        ),
        (
            "/",
            1,
            "column 1: an interval without start and end says nothing",
        ),
        (
            "..",
            3,
            "column 3: the date ends where `/` and the other end should stand",
        ),
        (
            "2010-12-31T10:00",
            11,
            "column 11: a time of day; a day is the finest that is held",
        ),
        (
            "{2010,2011}",
            1,
            "column 1: `{` means all of a set, and an entry has one date",
        ),
        (
            "Y17000",
            1,
            "column 1: only years from 0000 to 9999 are read",
        ),
        (
            "-0500",
            1,
            "column 1: only years from 0000 to 9999 are read",
        ),
        (
            "20100",
            5,
            "column 5: only years from 0000 to 9999 are read",
        ),
        (
            "9999-24",
            1,
            "column 1: only years from 0000 to 9999 are read",
        ),
        (
            "201u",
            4,
            "column 4: `u` where the year's four digits should stand",
        ),
        (
            "201",
            4,
            "column 4: the date ends where the year's four digits should stand",
        ),
        (
            "2010-1-5",
            7,
            "column 7: `-` where the month's two digits should stand",
        ),
        (
            "2010/12/31",
            8,
            "column 8: `/` where the year's four digits should stand",
        ),
        (
            "31.12.2010",
            3,
            "column 3: `.` where the year's four digits should stand",
        ),
        (
            "May 2010",
            1,
            "column 1: `M` where the year's four digits should stand",
        ),
        (
            "2010-12-31 or so",
            12,
            "column 12: `o` where the end of the date should stand",
        ),
        (
            "[2010;2011]",
            6,
            "column 6: `;` where `,` or `]` should stand",
        ),
        (
            "[2010",
            6,
            "column 6: the date ends where `,` or `]` should stand",
        ),
        (
            "２０１０",
            1,
            "column 1: `２` where the year's four digits should stand",
        ),
    ] {
        let fault = parse_edtf(text).unwrap_err();
        assert_eq!(
            (fault.column(), fault.to_string().as_str()),
            (column, message),
            "{text}"
        );
        assert!(!fault.mend().is_empty());
    }
}

#[test]
fn words_read_as_an_analyst_would_write_them() {
    for (text, words) in [
        ("2010-12-31", "31 December 2010"),
        ("2010-12", "December 2010"),
        ("2013~", "about 2013"),
        ("2013?", "2013, uncertain"),
        ("2013%", "about 2013, uncertain"),
        ("201X", "the 2010s"),
        ("20XX", "between 2000 and 2099"),
        ("2011-XX", "some month of 2011"),
        ("2011-06-XX", "some day of June 2011"),
        ("2011-XX-XX", "some day of 2011"),
        ("2011-1X", "between 1 October 2011 and 31 December 2011"),
        ("2010-11/2011-02", "between November 2010 and February 2011"),
        ("../2012", "2012 or earlier"),
        ("/2012", "2012 or earlier, the start not known"),
        ("2013/..", "2013 or later"),
        ("2013/", "2013 or later, the end not known"),
        ("2011-21", "spring 2011"),
        ("2011-24", "winter 2011/12"),
        ("2011-34", "second quarter of 2011"),
        ("[2010-11,2011-02]", "November 2010 or February 2011"),
        ("[2008,2010..2011]", "2008 or between 2010 and 2011"),
    ] {
        assert_eq!(parse_edtf(text).unwrap().words(), words, "{text}");
    }
}

#[test]
fn the_midpoint_is_the_earlier_of_two_middle_days() {
    let middle = |text: &str| parse_edtf(text).unwrap().midpoint();
    assert_eq!(middle("2010-12-31"), Some(date(2010, 12, 31)));
    assert_eq!(middle("2010-12-30/2010-12-31"), Some(date(2010, 12, 30)));
    assert_eq!(middle("2010"), Some(date(2010, 7, 2)));
    assert_eq!(middle("../2012"), None);
}

#[test]
fn text_is_kept_and_the_canonical_form_is_tidy() {
    let parsed = parse_edtf(" [2010?~, 2012..] ").unwrap();
    assert_eq!(parsed.text(), "[2010?~, 2012..]");
    assert_eq!(parsed.to_string(), "[2010%,2012..]");
    let json = serde_json::to_string(&parsed).unwrap();
    assert_eq!(json, "\"[2010?~, 2012..]\"");
    assert_eq!(serde_json::from_str::<Edtf>(&json).unwrap(), parsed);
    let refused = serde_json::from_str::<Edtf>("\"2010-13\"").unwrap_err();
    assert!(refused.to_string().contains("months are 01 to 12"));
}

/// Points with any digit unspecified, marked or not.
fn point() -> impl Strategy<Value = String> {
    prop_oneof![
        "(19|20)[0-9X][0-9X][?~%]?",
        "(19|20)[0-9X][0-9X]-(0[1-9]|1[0-2]|XX|2[1-4]|3[3-6])[?~%]?",
        "20[0-9][0-9]-(0[1-9]|1[0-2]|XX)-(0[1-9]|1[0-9]|2[0-8]|XX|1X)[?~%]?",
    ]
}

fn any_date() -> impl Strategy<Value = String> {
    prop_oneof![
        point(),
        (point(), point()).prop_map(|(a, b)| format!("{a}/{b}")),
        point().prop_map(|a| format!("../{a}")),
        point().prop_map(|a| format!("{a}/..")),
        (point(), point()).prop_map(|(a, b)| format!("[{a}, {b}]")),
    ]
}

proptest! {
    #[test]
    fn the_canonical_form_says_the_same(text in any_date()) {
        match parse_edtf(&text) {
            Ok(parsed) => {
                let canonical = parsed.to_string();
                let again = parse_edtf(&canonical).unwrap();
                prop_assert_eq!(&again.to_string(), &canonical);
                prop_assert_eq!((again.earliest(), again.latest()), (parsed.earliest(), parsed.latest()));
                prop_assert_eq!(again.words(), parsed.words());
                if let (Some(first), Some(last)) = (parsed.earliest(), parsed.latest()) {
                    let middle = parsed.midpoint().unwrap();
                    prop_assert!(first <= middle && middle <= last);
                }
            }
            Err(EdtfError::EndBeforeStart { start, end, .. }) => prop_assert!(end < start),
            Err(other) => prop_assert!(false, "{}: {}", text, other),
        }
    }

    #[test]
    fn any_text_is_read_or_refused_within_it(text in "\\PC{0,16}") {
        if let Err(fault) = parse_edtf(&text) {
            prop_assert!(fault.column() <= text.chars().count() + 1);
        }
    }

    #[test]
    fn texts_like_dates_are_read_or_refused(text in "[0-9X./?~%\\[\\],TY-]{0,14}") {
        if let Err(fault) = parse_edtf(&text) {
            prop_assert!(fault.column() <= text.chars().count() + 1);
        }
    }
}
