//! Sources, claims, talks, eras and the ledger: every fault with its place, and nothing later than the
//! as-of date.

use std::fs;
use std::fs::File;
use std::path::Path;

use yalu_dossier::assessment::{Assessment, Rung};
use yalu_dossier::diagnostic::Problem;
use yalu_dossier::eras::EraAnswer;
use yalu_dossier::evidence::record::{ChangeKind, CiteKind, QuoteCheck};
use yalu_dossier::evidence::{AddTalkError, TalkRequest, add_talk};
use yalu_dossier::load::{dossier_keys, load_dossier};
use yalu_dossier::pipeline::{AssessOptions, assess};
use yalu_media::{Target, WavFormat, WavWriter};

use crate::made_up::{Draws, Series, dossier, month, write};

const EVENTS: &str = "kind = \"event_rate\"\ngroup = \"acts\"\nexposure = \"source_total\"\nexposure_group = \"all\"";

const MORE: &str = r#"
[model]
bootstrap = 199
[evidence]
sources = "sources.json"
claims = "claims.toml"
talks = "talks"
[ledger]
file = "ledger.csv"
[[ledger.projects]]
id = "zone"
title = "The Zone"
place = "On the river"
kind = "zone"
meaning = "Made up."
[ledger.obstacles]
flood = "Floods"
[[eras]]
state = "PRK"
leader = "First"
from = "1994-07-08"
[[eras]]
state = "PRK"
leader = "Second"
from = "2015-01-01"
also = ["2015-06-01"]
[[eras]]
state = "CHN"
leader = "Third"
from = "2012-11-15"
"#;

const SOURCES: &str = r#"[
  {"id": "paper", "type": "report", "title": "A paper", "author": [{"family": "Smith", "given": "Jane"}],
   "issued": {"date-parts": [[2014, 3, 2]]}, "DOI": "10.1000/1"},
  {"id": "later", "type": "report", "title": "A later paper", "issued": {"date-parts": [[2019]]}},
  {"id": "panel", "type": "speech", "title": "A panel", "issued": {"date-parts": [[2013, 7]]}}
]"#;

const CLAIMS: &str = r#"format = 1
[[sources]]
id = "paper"
reliability = "B"
[[hypotheses]]
id = "lasting"
title = "Lasting"
text = "It has shifted."
[[hypotheses]]
id = "response"
title = "Response"
text = "It responds."
[[claims]]
id = "steady"
text = "Policy is steady."
marks = { lasting = "II", response = "C" }
why = { lasting = "steady isn't shifted" }
[[claims.cites]]
source = "paper"
at = "p. 12"
credibility = 2
[[claims]]
id = "spoken"
text = "The army is split."
marks = { lasting = "C", response = "C" }
[[claims.cites]]
source = "panel"
at = "t=0:03,0:05"
quote = "split over the buffer"
[[claims]]
id = "found"
text = "The series broke."
marks = { lasting = "CC", response = "I" }
[[claims.cites]]
indicator = "one"
when = ["lasting", "emerging"]
[[claims]]
id = "counted"
text = "Rows say so."
[[claims.cites]]
file = "rows.csv"
rows = "2-3"
[[claims]]
id = "too-late"
text = "Nobody knew then."
[[claims.cites]]
source = "later"
"#;

const TALK: &str = r#"title = "A panel"
date = "2013-07"
source = "panel"
held = "An institute"
[[speakers]]
id = "one"
name = "First Speaker"
[[speakers]]
id = "two"
name = "Second Speaker"
[[cues]]
at = "0:00"
speaker = "one"
title = "Opening"
[[cues]]
at = "0:04"
speaker = "two"
title = "The army"
"#;

const LEDGER: &str = "\
project,kind,id,of,stage,date,by,amount,unit,obstacle,source,at,known,note
zone,promise,z1,,law,2012-09-12,PRK,,,,paper,p. 1,,
zone,step,,z1,ground_broken,2016-03-01,PRK,5,million CNY,,paper,,,
zone,obstacle,,z1,,2013,,,,flood,paper,,,
zone,step,,z1,opened,2019,PRK,,,,later,,,
";

/// A dossier whose acts double from January 2015 on.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut draws = Draws::new(5);
    let mut series = Series::new();
    let acts: Vec<f64> = (0..120)
        .map(|idx| f64::from(draws.count(if idx < 60 { 8.0 } else { 24.0 })))
        .collect();
    series.cell("acts,events,CHN,PRK", month, acts);
    series.cell("all,events,CHN,*", month, (0..120).map(|_| 1000.0));
    fs::create_dir(dir.path().join("talks")).unwrap();
    let text = dossier("2019-12-31", "month", EVENTS, MORE);
    write(
        dir.path(),
        &[
            ("dossier.toml", &text),
            ("series.csv", &series.0),
            ("sources.json", SOURCES),
            ("claims.toml", CLAIMS),
            ("rows.csv", "period,n\n2013-01,4\n2013-02,5\n"),
            ("ledger.csv", LEDGER),
            ("talks/panel.toml", TALK),
        ],
    );
    dir
}

fn assessed(dir: &Path, as_of: &str) -> Assessment {
    let dossier = load_dossier(dir).unwrap_or_else(|problems| panic!("{problems}"));
    let options = AssessOptions {
        as_of: vec![as_of.parse().unwrap()],
        ..AssessOptions::default()
    };
    assess(&dossier, &options).unwrap().remove(0)
}

/// The one fault when `from` is replaced by `to` in a file of the dossier.
#[track_caller]
fn fault(file: &str, from: &str, to: &str) -> Problem {
    let dir = folder();
    let path = dir.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let mut found = load_dossier(dir.path()).expect_err(to).0;
    assert_eq!(found.len(), 1, "{found:#?}");
    let found = found.remove(0);
    let name = Path::new(file).file_name();
    assert_eq!(found.file.file_name(), name, "{found}");
    found
}

#[test]
fn each_fault_stands_in_its_file_at_its_line() {
    // File, what is replaced, by what; parts of message and mend. The fault stands on the line of what
    // was put in, or of the table around it where a key is gone.
    let cases = [
        (
            "claims.toml",
            "source = \"paper\"",
            "source = \"papr\"",
            "source `papr` isn't declared",
            "`paper`",
        ),
        ("claims.toml", "p. 12", "somewhere", "somewhere", ""),
        (
            "claims.toml",
            "\"II\"",
            "\"III\"",
            "`III` is not a mark",
            "CC, C, N, I, II or NA",
        ),
        (
            "claims.toml",
            "credibility = 2",
            "credibility = 7",
            "7 is not a grade",
            "from 1",
        ),
        (
            "claims.toml",
            "reliability = \"B\"",
            "reliability = \"G\"",
            "`G` is not a grade",
            "from A",
        ),
        (
            "claims.toml",
            "marks = { lasting = \"CC\"",
            "marks = { lastng = \"CC\"",
            "hypothesis `lastng`",
            "`lasting`",
        ),
        (
            "claims.toml",
            "rows = \"2-3\"",
            "rows = \"2-9\"",
            "line 9 holds no row",
            "count its lines",
        ),
        (
            "claims.toml",
            "file = \"rows.csv\"",
            "file = \"none.csv\"",
            "can't be read",
            "CSV file",
        ),
        (
            "claims.toml",
            "file = \"rows.csv\"",
            "file = \"../rows.csv\"",
            "leads out",
            "relative",
        ),
        (
            "claims.toml",
            "indicator = \"one\"",
            "indicator = \"tow\"",
            "indicator `tow`",
            "declared are one",
        ),
        (
            "claims.toml",
            "id = \"found\"",
            "id = \"spoken\"",
            "used twice",
            "its own",
        ),
        ("talks/panel.toml", "0:04", "0:99", "0:99", ""),
        (
            "talks/panel.toml",
            "at = \"0:04\"",
            "at = \"0:00\"",
            "begins",
            "",
        ),
        (
            "talks/panel.toml",
            "speaker = \"two\"",
            "speaker = \"tow\"",
            "tow",
            "",
        ),
        ("talks/panel.toml", "2013-07", "2013-13", "13", ""),
        (
            "talks/panel.toml",
            "held = \"An institute\"",
            "",
            "where it is held",
            "yalu talk add",
        ),
        (
            "talks/panel.toml",
            "source = \"panel\"",
            "source = \"panl\"",
            "source `panl`",
            "`panel`",
        ),
        ("ledger.csv", "2012-09-12", "2012-02-30", "column date", ""),
        ("ledger.csv", "zone,promise", "zon,promise", "", "zone"),
        (
            "ledger.csv",
            "paper,p. 1",
            "papr,p. 1",
            "source `papr` isn't in the library",
            "`paper`",
        ),
        (
            "ledger.csv",
            "ground_broken,2016",
            "ground_broken,2010",
            "",
            "",
        ),
        ("sources.json", "[2014, 3, 2]", "[2014, 13, 2]", "", ""),
        (
            "sources.json",
            "\"id\": \"later\"",
            "\"id\": \"paper\"",
            "paper",
            "",
        ),
        (
            "dossier.toml",
            "from = \"2015-01-01\"",
            "from = \"1990-01-01\"",
            "begins on 1990-01-01",
            "earliest",
        ),
        (
            "dossier.toml",
            "also = [\"2015-06-01\"]",
            "also = [\"2015-01-01\"]",
            "other dates",
            "",
        ),
    ];
    for (file, from, to, message, mend) in cases {
        let (line, found) = fault_of_several(file, from, to);
        let here = found
            .iter()
            .find(|one| one.message.contains(message) && (to.is_empty() || one.line == Some(line)));
        let here = here.unwrap_or_else(|| panic!("{file}: {to}, line {line}: {found:#?}"));
        assert!(here.line.is_some(), "{file}: {to}: {here}");
        let says = here.mend.as_deref().unwrap_or_default();
        assert!(
            says.contains(mend) && !says.is_empty(),
            "{file}: {to}: {here}"
        );
    }
}

/// The line of `from`, and every fault when it is replaced by `to`: a wrong row hides the promise of
/// other rows.
fn fault_of_several(file: &str, from: &str, to: &str) -> (usize, Vec<Problem>) {
    let dir = folder();
    let path = dir.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    let line = text[..text.find(from).unwrap()].matches('\n').count() + 1;
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let found = load_dossier(dir.path())
        .err()
        .unwrap_or_else(|| panic!("{file}: {to}"))
        .0;
    (line, found)
}

#[test]
fn a_claim_needs_something_to_rest_on_and_one_thing_a_cite() {
    let found = fault(
        "claims.toml",
        "[[claims.cites]]\nfile = \"rows.csv\"\nrows = \"2-3\"\n",
        "",
    );
    assert!(found.message.contains("rests on nothing"), "{found}");
    let found = fault(
        "claims.toml",
        "source = \"later\"",
        "source = \"later\"\nindicator = \"one\"",
    );
    assert!(found.message.contains("names 2 of"), "{found}");
    let found = fault(
        "claims.toml",
        "rows = \"2-3\"",
        "rows = \"2-3\"\nquote = \"x\"",
    );
    assert!(found.message.contains("`quote` is for a source"), "{found}");
}

#[test]
fn nothing_later_than_the_date_is_in_the_evidence() {
    let dir = folder();
    let early = assessed(dir.path(), "2014-03-01").evidence.unwrap();
    let left: Vec<&str> = early
        .left_out
        .iter()
        .map(|one| one.claim.as_str())
        .collect();
    // The paper came out on the next day; the finding has no break yet.
    assert_eq!(left, ["steady", "found", "too-late"]);
    assert!(
        early.left_out[0].why.contains("2014-03-02"),
        "{:?}",
        early.left_out
    );
    let later = assessed(dir.path(), "2018-12-31");
    let evidence = later.evidence.as_ref().unwrap();
    let left: Vec<&str> = evidence
        .left_out
        .iter()
        .map(|one| one.claim.as_str())
        .collect();
    assert_eq!(
        left,
        ["too-late"],
        "a paper of 2019 isn't surely out before its end"
    );
    assert_eq!(later.indicators[0].rung, Some(Rung::Lasting));
    let end = assessed(dir.path(), "2019-12-31").evidence.unwrap();
    assert!(end.left_out.is_empty(), "{:?}", end.left_out);
}

#[test]
fn claims_are_graded_weighed_and_held_against_hypotheses() {
    let dir = folder();
    let evidence = assessed(dir.path(), "2018-12-31").evidence.unwrap();
    let claim = |id: &str| evidence.claims.iter().find(|one| one.id == id).unwrap();
    // B and 2 count 0.8 each; relevance is medium, 0.6.
    assert_eq!(claim("steady").grade.as_deref(), Some("B2"));
    assert!((claim("steady").weight - 0.8 * 0.8 * 0.6).abs() < 1e-12);
    // A source that nobody graded, and a piece that nobody graded.
    assert_eq!(claim("spoken").grade.as_deref(), Some("F6"));
    assert!((claim("spoken").weight - 0.5 * 0.5 * 0.6).abs() < 1e-12);
    // Its own finding, and rows, are as good as can be.
    assert!((claim("found").weight - 0.6).abs() < 1e-12);
    assert!((claim("counted").weight - 0.6).abs() < 1e-12);
    let matrix = evidence.matrix.as_ref().unwrap();
    let score = |id: &str| matrix.hypotheses.iter().find(|one| one.id == id).unwrap();
    assert!((score("lasting").score + 2.0 * 0.384).abs() < 1e-12);
    assert!((score("response").score + 0.6).abs() < 1e-12);
    assert_eq!(matrix.leaders, ["response"]);
    assert_eq!(score("lasting").counts, [1, 1, 0, 0, 1, 0]);
    // Without claim steady, or without its paper, the other leads; and unweighted too (−2 against −1: no).
    let turning: Vec<(ChangeKind, &str)> = matrix
        .turning
        .iter()
        .map(|one| (one.change, one.what.as_deref().unwrap_or_default()))
        .collect();
    assert!(
        turning.contains(&(ChangeKind::WithoutClaim, "steady")),
        "{turning:?}"
    );
    assert!(
        turning.contains(&(ChangeKind::WithoutSource, "paper")),
        "{turning:?}"
    );
    assert!(!turning.iter().any(|one| one.0 == ChangeKind::Unweighted));
    // A claim without marks is in the list and not in the matrix.
    assert_eq!(matrix.rows.len(), 3);
    assert!(
        evidence
            .sentences
            .iter()
            .any(|one| one.contains("“Response”"))
    );
}

#[test]
fn a_cite_leads_to_its_page_its_second_and_its_rows() {
    let dir = folder();
    let evidence = assessed(dir.path(), "2018-12-31").evidence.unwrap();
    let cite = |id: &str| {
        &evidence
            .claims
            .iter()
            .find(|one| one.id == id)
            .unwrap()
            .cites[0]
    };
    let paper = cite("steady");
    assert_eq!(paper.words, "Smith 2014, p. 12");
    assert_eq!(paper.url.as_deref(), Some("https://doi.org/10.1000/1"));
    let selector = &paper.annotation.as_ref().unwrap()["target"]["selector"];
    assert_eq!(selector["type"], "FragmentSelector");
    assert_eq!(selector["value"], "page=12");
    let spoken = cite("spoken");
    let moment = spoken.moment.as_ref().unwrap();
    assert_eq!(
        (moment.talk.as_str(), moment.start_s, moment.end_s),
        ("panel", 3.0, Some(5.0))
    );
    assert_eq!(spoken.quote_check, None, "no transcript, no check");
    let rows = cite("counted").rows.as_ref().unwrap();
    assert_eq!((rows.first, rows.last), (2, 3));
    assert_eq!(rows.rows, [["2013-01", "4"], ["2013-02", "5"]]);
    assert_eq!(cite("found").kind, CiteKind::Finding);
}

/// A tone of `seconds`, the first half 12 dB louder.
fn wav(path: &Path, seconds: u32) {
    let rate = 8000;
    let mut writer = WavWriter::new(
        File::create(path).unwrap(),
        rate,
        1,
        WavFormat::Pcm16 { seed: 1 },
    )
    .unwrap();
    let n = seconds * rate;
    let samples: Vec<f32> = (0..n)
        .map(|at| {
            let loud = if at < n / 2 { 0.4 } else { 0.1 };
            loud * (2.0 * std::f32::consts::PI * 440.0 * at as f32 / rate as f32).sin()
        })
        .collect();
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
}

fn add(dir: &Path, file: &Path, id: &str) -> Result<(), AddTalkError> {
    let keys = dossier_keys(dir).unwrap();
    let request = TalkRequest {
        file,
        dossier: dir,
        id: Some(id),
        title: Some("A talk"),
        date: Some("2013-07-01"),
        source: Some("panel"),
        target: Target::default(),
    };
    add_talk(keys.evidence.as_ref(), &request, |_| {}).map(|_| ())
}

#[test]
fn a_recording_is_measured_and_then_bounds_cues_and_claims() {
    let dir = folder();
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("panel.wav");
    wav(&file, 8);
    add(dir.path(), &file, "panel").unwrap();
    let text = fs::read_to_string(dir.path().join("talks/panel.toml")).unwrap();
    assert!(
        text.contains("recording = \"talks/panel.wav\"\n\n[[speakers]]"),
        "{text}"
    );
    let evidence = assessed(dir.path(), "2018-12-31").evidence.unwrap();
    let talk = &evidence.talks[0];
    assert_eq!(talk.duration_s, Some(8.0));
    assert_eq!(
        talk.cues[1].end_s,
        Some(8.0),
        "the last cue ends with the recording"
    );
    let recording = talk.recording.as_ref().unwrap();
    assert!(recording.at_hand);
    assert_eq!(recording.player_file, "talks/panel.wav");
    assert_eq!(recording.media_type, "audio/wav");
    assert!(
        recording.integrated_lufs.is_some_and(|lufs| lufs < -5.0),
        "{recording:?}"
    );
    // A second measurement of the same recording changes nothing.
    let beside = dir.path().join("talks/panel.recording.json");
    let first = fs::read(&beside).unwrap();
    add(dir.path(), &dir.path().join("talks/panel.wav"), "panel").unwrap();
    assert_eq!(fs::read(&beside).unwrap(), first);
    // A cue and a claim past its end.
    let path = dir.path().join("talks/panel.toml");
    fs::write(&path, text.replace("0:04", "0:09")).unwrap();
    let found = load_dossier(dir.path()).expect_err("a cue past the end").0;
    assert!(found[0].message.contains("past the end"), "{found:?}");
    fs::write(&path, &text).unwrap();
    let claims = dir.path().join("claims.toml");
    fs::write(&claims, CLAIMS.replace("t=0:03,0:05", "t=0:03,0:09")).unwrap();
    let found = load_dossier(dir.path())
        .expect_err("a claim past the end")
        .0;
    assert_eq!(found[0].code, "claims.locator");
    fs::write(&claims, CLAIMS).unwrap();
    // Another file under the same name.
    wav(&dir.path().join("talks/panel.wav"), 7);
    let found = load_dossier(dir.path()).expect_err("another recording").0;
    assert!(found[0].message.contains("hash differs"), "{found:?}");
    // Taken away, it is no longer at hand, and what was measured stays.
    fs::remove_file(dir.path().join("talks/panel.wav")).unwrap();
    let evidence = assessed(dir.path(), "2018-12-31").evidence.unwrap();
    assert!(!evidence.talks[0].recording.as_ref().unwrap().at_hand);
}

#[test]
fn an_offset_moves_cues_and_claims_alike() {
    let dir = folder();
    wav(&dir.path().join("talks/panel.wav"), 12);
    add(dir.path(), &dir.path().join("talks/panel.wav"), "panel").unwrap();
    let path = dir.path().join("talks/panel.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("recording =", "offset = \"0:02\"\nrecording ="),
    )
    .unwrap();
    let evidence = assessed(dir.path(), "2018-12-31").evidence.unwrap();
    assert!((evidence.talks[0].cues[1].start_s - 6.0).abs() < 1e-9);
    let spoken = evidence
        .claims
        .iter()
        .find(|one| one.id == "spoken")
        .unwrap();
    let moment = spoken.cites[0].moment.as_ref().unwrap();
    assert!((moment.start_s - 5.0).abs() < 1e-9);
}

#[test]
fn a_transcript_shows_whether_a_quote_still_stands() {
    let dir = folder();
    let path = dir.path().join("talks/panel.toml");
    fs::write(
        &path,
        TALK.replace("held =", "transcript = \"talks/panel.srt\"\nheld ="),
    )
    .unwrap();
    let check = |words: &str| {
        let text = format!("1\n00:00:03,000 --> 00:00:05,000\nThe army is {words}.\n");
        fs::write(dir.path().join("talks/panel.srt"), text).unwrap();
        let evidence = assessed(dir.path(), "2018-12-31").evidence.unwrap();
        let spoken = evidence
            .claims
            .iter()
            .find(|one| one.id == "spoken")
            .unwrap();
        spoken.cites[0].quote_check
    };
    assert_eq!(check("split over the buffer"), Some(QuoteCheck::Found));
    assert_eq!(check("united"), Some(QuoteCheck::Orphaned));
    let broken =
        "1\n00:00:05,000 --> 00:00:03,000\nThe army.\n\n2\n00:00:06,000 --> 00:00:07,000\nYes.\n";
    fs::write(dir.path().join("talks/panel.srt"), broken).unwrap();
    let found = load_dossier(dir.path()).expect_err("a broken transcript").0;
    assert_eq!(found[0].code, "talks.transcript");
    assert!(found[0].line.is_some(), "{found:?}");
}

#[test]
fn recordings_that_are_none_are_refused_and_nothing_is_written() {
    let dir = folder();
    let outside = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("empty.mp3", Vec::new()),
        ("text.mp3", b"not a recording at all".to_vec()),
    ] {
        let file = outside.path().join(name);
        fs::write(&file, bytes).unwrap();
        let error = add(dir.path(), &file, "new-talk").expect_err(name);
        assert!(error.mend().is_some(), "{error}");
    }
    let names: Vec<_> = fs::read_dir(dir.path().join("talks")).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn the_ledger_counts_what_was_surely_known() {
    let dir = folder();
    let early = assessed(dir.path(), "2015-12-31").ledger.unwrap();
    assert_eq!(early.summary.overall.tangible.n, 0);
    assert_eq!(early.entries.len(), 2, "the promise and the flood");
    let later = assessed(dir.path(), "2018-12-31").ledger.unwrap();
    assert_eq!(later.summary.overall.tangible.lines, [2]);
    assert_eq!(later.entries[1].source_words, "Smith 2014");
    assert!(
        later.sentences[0].contains("1 of 1 promises"),
        "{:?}",
        later.sentences
    );
    assert_eq!(later.state_name, "North Korea");
    // A ledger needs the eras of the state that divides it.
    let path = dir.path().join("dossier.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("state = \"PRK\"", "state = \"USA\"")).unwrap();
    let found = load_dossier(dir.path()).expect_err("no era").0;
    assert!(found[0].message.contains("no era of PRK"), "{found:?}");
}

#[test]
fn a_change_of_leader_at_the_break_explains_it_and_one_elsewhere_does_not() {
    let dir = folder();
    let assessment = assessed(dir.path(), "2019-12-31");
    let eras = assessment.indicators[0].eras.as_ref().unwrap();
    // The step is ×3 at January 2015, when the second leader came.
    let level = |leader: &str| eras.levels.iter().find(|one| one.leader == leader).unwrap();
    assert_eq!(level("First").n_periods, 60);
    let ratio = level("Second").level.unwrap() / level("First").level.unwrap();
    assert!((2.5..3.6).contains(&ratio), "{ratio}");
    assert!(
        (level("First").observed.unwrap() - 8.0).abs() < 1.0,
        "{eras:?}"
    );
    let north = eras
        .alternatives
        .iter()
        .find(|one| one.state == "PRK")
        .unwrap();
    assert_eq!(north.answer, EraAnswer::Fits, "{}", north.sentence);
    let boundary = &north.boundaries[0];
    assert_eq!(
        (boundary.at.as_str(), boundary.in_interval),
        ("2015-01", Some(true))
    );
    assert!(boundary.step.as_ref().unwrap().p_value < 0.01);
    assert_eq!(boundary.also[0].at, "2015-06");
    assert!(
        north.bic.unwrap() < eras.bic_free.unwrap(),
        "a named date costs one parameter less"
    );
    // One leader alone is no alternative.
    assert!(eras.alternatives.iter().all(|one| one.state != "CHN"));
    // Moved four years away, it doesn't explain the break.
    let path = dir.path().join("dossier.toml");
    let text = fs::read_to_string(&path).unwrap();
    let moved = text
        .replace("2015-01-01", "2011-01-01")
        .replace("2015-06-01", "2011-06-01");
    fs::write(&path, moved).unwrap();
    let assessment = assessed(dir.path(), "2019-12-31");
    let eras = assessment.indicators[0].eras.as_ref().unwrap();
    let north = eras
        .alternatives
        .iter()
        .find(|one| one.state == "PRK")
        .unwrap();
    assert_eq!(north.answer, EraAnswer::FreeDate, "{}", north.sentence);
    assert_eq!(north.boundaries[0].in_interval, Some(false));
}
