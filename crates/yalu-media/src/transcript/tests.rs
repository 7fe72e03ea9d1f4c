use proptest::prelude::*;

use super::*;
use crate::talk::{PlacedCue, Speaker};

fn vtt(text: &str) -> Transcript {
    Transcript::parse_vtt(text).unwrap()
}

fn texts(transcript: &Transcript) -> Vec<&str> {
    transcript
        .passages
        .iter()
        .map(|passage| passage.text.as_str())
        .collect()
}

#[test]
fn a_file_with_all_that_the_standard_has_is_read() {
    let text = "\u{feff}WEBVTT - a panel\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n\
        REGION\r\nid:fred\r\n\r\nNOTE a remark\r\nof two lines\r\n\r\ndandong\r\n\
        14:45.000 --> 14:50.500 align:start position:10%\r\n<v.loud Adam Cathcart>A border is <i>sometimes</i>\r\n\
        just a <00:14:47.000><c.x>border</c> &amp; no more&#8230;</v>\r\n\r\n\
        123:26:30.000 --> 123:26:31.000\r\nNext &lt;one&gt; &unknown; &\r\n";
    let transcript = vtt(text);
    assert_eq!(transcript.faults, []);
    assert_eq!(
        texts(&transcript),
        [
            "A border is sometimes\njust a border & no more…",
            "Next <one> &unknown; &"
        ]
    );
    let first = &transcript.passages[0];
    assert_eq!(first.id.as_deref(), Some("dandong"));
    assert_eq!(first.voice.as_deref(), Some("Adam Cathcart"));
    assert_eq!(first.line, 14);
    assert_eq!(first.fragment().to_string(), "t=885,890.5");
    assert_eq!(transcript.passages[1].start.to_string(), "123:26:30");
}

#[test]
fn two_voices_of_a_cue_are_two_passages() {
    let transcript = vtt("WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v A>Yes?</v>\n<v B>No.</v>\n");
    let voices: Vec<_> = transcript
        .passages
        .iter()
        .map(|one| one.voice.as_deref())
        .collect();
    assert_eq!(voices, [Some("A"), Some("B")]);
    assert_eq!(vtt(&transcript.to_vtt()), transcript);
}

#[test]
fn broken_cues_are_named_with_their_lines_and_the_rest_stands() {
    let text = "WEBVTT\n\n00:01.000 --> 00:0x.000\nlost\n\n00:05.000 --> 00:04.000\nback\n\n\
        nothing here\n\n00:06.000 --> 00:07.000\n\n00:08.000 --> 00:09.000\nkept\n\
        00:03.000 --> 00:04.000\nearly\n\n1:00:00.000 --> 1:00:01.000\nshort hour\n\n00:1.000 --> 00:02.000\nno\n";
    let transcript = vtt(text);
    assert_eq!(texts(&transcript), ["kept", "early"]);
    let faults: Vec<String> = transcript.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "line 3: `00:0x.000` is no time of a cue",
            "line 6: the cue ends at 0:04, which isn't after its start 0:05",
            "line 9: no cue has times for `nothing here`",
            "line 11: the cue has no text",
            "line 15: the cue begins at 0:03, before the one before it at 0:08",
            "line 18: `1:00:00.000` is no time of a cue",
            "line 21: `00:1.000` is no time of a cue",
        ]
    );
}

#[test]
fn srt_is_read_as_tools_write_it() {
    let text = "\u{feff}1\r\n00:00:01,500 --> 00:00:03,000 X1:40 Y1:20\r\n<i>The</i> {\\an8}<font color=\"#fff\">zone</font> < 5 {sic}\r\n\
        second line\r\n\r\n2\r\n100:00:00,000 --> 100:00:01,000\r\nlate\r\n\r\n\r\n3\r\n00:01 --> 00:02\r\nno\r\n";
    let transcript = Transcript::read(text.as_bytes()).unwrap();
    assert_eq!(
        texts(&transcript),
        ["The zone < 5 {sic}\nsecond line", "late"]
    );
    assert_eq!(transcript.passages[0].start.ms(), 1500);
    assert_eq!(transcript.passages[1].start.ms(), 360_000_000);
    assert_eq!(transcript.faults.len(), 1);
    assert_eq!(transcript.faults[0].line, 12);
}

#[test]
fn what_is_no_transcript_is_a_named_fault() {
    assert!(matches!(
        Transcript::parse_vtt("WEBVTTX\n\n"),
        Err(TranscriptError::NoSignature { .. })
    ));
    assert!(matches!(
        Transcript::parse_vtt("WEBVTT"),
        Err(TranscriptError::NoCue { n_lines: 1 })
    ));
    assert!(matches!(
        Transcript::parse_srt(""),
        Err(TranscriptError::NoCue { .. })
    ));
    assert_eq!(
        Transcript::read(b"WEBVTT\n\xff"),
        Err(TranscriptError::NotUtf8 { at: 7 })
    );
}

#[test]
fn a_transcript_of_another_edit_is_moved() {
    let transcript = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n00:09.000 --> 00:10.000\nb\n");
    let (moved, before) = transcript.moved(-5_000);
    assert_eq!((texts(&moved), before.len()), (vec!["b"], 1));
    assert_eq!(moved.passages[0].start.ms(), 4_000);
}

fn found(text: &str, phrase: &str) -> Vec<String> {
    let transcript = Transcript {
        passages: vec![Passage {
            id: None,
            start: MediaTime::from_ms(885_000),
            end: MediaTime::from_ms(890_000),
            voice: None,
            text: text.to_owned(),
            line: 3,
        }],
        faults: Vec::new(),
    };
    let hits = search(&transcript, phrase);
    let ranges = hits.iter().flat_map(|hit| hit.ranges.iter());
    ranges.map(|range| text[range.clone()].to_owned()).collect()
}

#[test]
fn a_phrase_is_found_whatever_its_case_accents_and_spaces() {
    assert_eq!(
        found("Die STRASSE, die Straße", "straße"),
        ["STRASSE", "Straße"]
    );
    assert_eq!(found("Bo Xīlái spoke", "bo xilai"), ["Bo Xīlái"]);
    // An accent of its own, after its letter.
    assert_eq!(
        found("Xi\u{304}la\u{301}i", "xilai"),
        ["Xi\u{304}la\u{301}i"]
    );
    assert_eq!(
        found("strategic\nbuffer   state", "Buffer State"),
        ["buffer   state"]
    );
    assert_eq!(
        found("China\u{2019}s policy", "china's"),
        ["China\u{2019}s"]
    );
    assert_eq!(found("aaaa", "aa"), ["aa", "aa"]);
    assert!(found("anything", "  ").is_empty());
}

#[test]
fn half_a_syllable_of_hangul_is_no_match() {
    assert_eq!(found("신의주 특별행정구", "신의주"), ["신의주"]);
    assert!(found("신의주", "시").is_empty());
    assert!(found("신의주", "ㅅ").is_empty());
    assert_eq!(found("中国对朝鲜政策", "朝鲜"), ["朝鲜"]);
}

#[test]
fn passages_are_attributed_by_voice_else_by_overlap() {
    let speaker = |id: &str, name: &str| Speaker {
        id: id.to_owned(),
        name: name.to_owned(),
        affiliation: None,
    };
    let speakers = [
        speaker("ac", "Adam Cathcart"),
        speaker("nbm", "Nathan Beauchamp-Mustafaga"),
    ];
    let cue = |id: &str, start, end| PlacedCue {
        id: id.to_owned(),
        start: MediaTime::from_ms(start),
        end: MediaTime::from_ms(end),
        speaker: Some(id.to_owned()),
        title: String::new(),
    };
    let cues = [cue("ac", 0, 4_000), cue("nbm", 4_000, 20_000)];
    let transcript = vtt(
        "WEBVTT\n\n00:10.000 --> 00:11.000\n<v CATHCART>by last name\n\n\
        00:03.000 --> 00:07.000\nacross\n\n00:11.000 --> 00:12.000\n<v Ward>unknown\n\n\
        00:30.000 --> 00:31.000\nafter all\n",
    );
    let attributions = attribute(&transcript, &speakers, &cues);
    let all: Vec<_> = attributions
        .iter()
        .map(|one| (one.speaker.as_deref(), one.by, one.share))
        .collect();
    assert_eq!(
        all,
        [
            (Some("ac"), SpokenBy::Voice, 1.0),
            (Some("nbm"), SpokenBy::Overlap, 0.75),
            (None, SpokenBy::UnknownVoice, 0.0),
            (None, SpokenBy::Nobody, 0.0),
        ]
    );
}

fn passages() -> impl Strategy<Value = Vec<Passage>> {
    let text = "[a-zé<>&中 -]{0,8}x[a-zé<>&\n]{0,8}y";
    let one = (
        1_u64..5_000,
        1_u64..5_000,
        text,
        prop::option::of("[A-Z][a-z<>&]{0,6}"),
        any::<bool>(),
    );
    prop::collection::vec(one, 1..6).prop_map(|all| {
        let mut at = 0;
        let mut passages = Vec::new();
        for (i, (gap, length, text, voice, named)) in all.into_iter().enumerate() {
            let start = at + gap;
            at = start + length;
            let lines = text
                .split('\n')
                .map(str::trim)
                .filter(|line| !line.is_empty());
            passages.push(Passage {
                id: named.then(|| format!("cue {i}")),
                start: MediaTime::from_ms(start),
                end: MediaTime::from_ms(at),
                voice,
                text: lines.collect::<Vec<_>>().join("\n"),
                line: i,
            });
        }
        passages
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(passages in passages()) {
        let written = Transcript { passages, faults: Vec::new() };
        let mut read = vtt(&written.to_vtt());
        prop_assert_eq!(&read.faults, &Vec::new());
        for (one, other) in read.passages.iter_mut().zip(&written.passages) {
            one.line = other.line;
        }
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(WEBVTT\n\n)?(.|\n|-->|<v |&#|00:01.000|,){0,60}") {
        let _ = Transcript::read(&bytes);
        if let Ok(transcript) = Transcript::read(text.as_bytes()) {
            let _ = search(&transcript, "a");
        }
    }
}
