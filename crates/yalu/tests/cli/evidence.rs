//! `yalu sources`, `yalu talk` and `yalu ledger`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Folder, command, shown, workspace};

const BIB: &str = "@article{smith2013,
  author = {Smith, Jane},
  title = {A Border},
  journal = {Journal of Borders},
  date = {2013-07},
  colour = {green}
}
";

#[test]
fn a_library_is_made_from_bibtex_once() {
    let folder = Folder::empty();
    folder.write("a.bib", BIB);
    let args = ["sources", "import", "a.bib", "--into", "sources.json"];
    let first = folder.run(&args);
    assert!(
        first.contains(
            "1 sources added to sources.json, 0 were there already; one thing CSL says differently"
        ),
        "{first}"
    );
    // What CSL has no place for is named with its line, and kept.
    assert!(
        first.contains("line 6: entry `smith2013`: `colour`"),
        "{first}"
    );
    let library = folder.read("sources.json");
    let items: Value = serde_json::from_str(&library).expect("JSON");
    assert_eq!(items[0]["container-title"], "Journal of Borders");
    assert_eq!(items[0]["custom"]["bibtex"]["colour"], "green");
    let second = folder.run(&args);
    assert!(
        second.contains("0 sources added to sources.json, 1 were there already"),
        "{second}"
    );
    assert_eq!(
        folder.read("sources.json"),
        library,
        "the same file twice adds nothing"
    );
}

#[test]
fn a_broken_library_says_where_and_is_not_touched() {
    let folder = Folder::empty();
    folder.write("a.bib", BIB);
    folder.write("sources.json", "[{\"id\": \"a\"}]");
    let said = folder.run(&["sources", "import", "a.bib", "--into", "sources.json"]);
    assert!(said.starts_with("exit status: 1"), "{said}");
    assert!(
        said.contains("error: sources.json: line 1, column"),
        "{said}"
    );
    assert!(said.contains("hint: "), "{said}");
    assert_eq!(folder.read("sources.json"), "[{\"id\": \"a\"}]");
}

/// A WAV of `seconds` of a tone, mono, 8 kHz, 16 bits; the first half at four times the amplitude.
fn write_wav(path: &Path, seconds: u32) {
    let n = seconds * 8000;
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + 2 * n).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    for field in [1_u16, 1] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    for field in [2_u16, 16] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend(b"data");
    bytes.extend((2 * n).to_le_bytes());
    for at in 0..n {
        let amplitude = if at < n / 2 { 12_000.0 } else { 3_000.0 };
        let phase = f64::from(at) * 440.0 / 8000.0 * std::f64::consts::TAU;
        bytes.extend(((amplitude * phase.sin()) as i16).to_le_bytes());
    }
    fs::write(path, bytes).expect("a file of the test");
}

/// The dossier of `yalu new` with one source and a folder of talks.
fn with_talks() -> Folder {
    let folder = Folder::with_dossier();
    let text = folder.read("dossier/dossier.toml");
    folder.write(
        "dossier/dossier.toml",
        &format!("{text}\n[evidence]\nsources = \"sources.json\"\ntalks = \"talks\"\n"),
    );
    folder.write(
        "dossier/sources.json",
        r#"[{"id": "panel", "type": "speech", "title": "A panel"}]"#,
    );
    fs::create_dir(folder.path("dossier/talks")).expect("a folder of the test");
    folder
}

#[test]
fn a_talk_is_added_searched_and_exported() {
    let folder = with_talks();
    write_wav(&folder.path("A Panel.wav"), 60);
    let add = [
        "talk",
        "add",
        "A Panel.wav",
        "--to",
        "dossier",
        "--id",
        "panel",
        "--title",
        "A panel",
        "--date",
        "2013-07",
        "--source",
        "panel",
    ];
    let said = folder.run(&add);
    assert!(said.starts_with("exit status: 0"), "{said}");
    assert!(
        said.contains("A Panel.wav: 1:00, PCM, 8000 Hz, mono"),
        "{said}"
    );
    assert!(
        said.contains("Levelled: gain "),
        "12 dB between the halves: {said}"
    );
    assert!(
        said.contains("talk panel in dossier/talks/panel.toml"),
        "{said}"
    );
    let text = folder.read("dossier/talks/panel.toml");
    folder.write(
        "dossier/talks/panel.toml",
        &format!(
            "transcript = \"talks/panel.srt\"\n{text}\n[[cues]]\nat = \"0:00\"\ntitle = \"Opening\"\n\n[[cues]]\nat = \"0:30\"\ntitle = \"Answers\"\n"
        ),
    );
    folder.write(
        "dossier/talks/panel.srt",
        "1\n00:00:31,000 --> 00:00:33,000\nThe strategic buffer.\n",
    );
    let check = folder.run(&["check", "dossier"]);
    assert!(check.starts_with("exit status: 0"), "{check}");
    let found = folder.run(&["talk", "search", "dossier", "BUFFER"]);
    assert!(
        found.contains("panel t=0:31: The strategic buffer."),
        "{found}"
    );
    let none = folder.run(&["talk", "search", "dossier", "bridge"]);
    assert!(none.contains("not found in 1 transcripts"), "{none}");
    let out = folder.run(&[
        "talk",
        "export",
        "dossier",
        "panel",
        "--out",
        "out",
        "--levelled",
    ]);
    assert!(out.starts_with("exit status: 0"), "{out}");
    let chapters: Value =
        serde_json::from_str(&folder.read("out/panel.chapters.json")).expect("JSON");
    assert_eq!(chapters["version"], "1.2.0");
    assert_eq!(chapters["chapters"][1]["startTime"], 30.0);
    assert!(
        folder
            .read("out/panel.chapters.vtt")
            .starts_with("WEBVTT\n")
    );
    assert!(
        folder
            .read("out/panel.transcript.vtt")
            .contains("00:00:31.000 --> 00:00:33.000")
    );
    let levelled = folder.run(&["talk", "measure", "out/panel.levelled.wav"]);
    assert!(levelled.contains("No part is so much louder"), "{levelled}");
    // A cue past the end is a fault with its line.
    folder.edit("dossier/talks/panel.toml", "0:30", "1:30");
    let past = folder.run(&["check", "dossier"]);
    assert!(past.starts_with("exit status: 1"), "{past}");
    assert!(past.contains("past the end of the recording"), "{past}");
    assert!(past.contains("panel.toml"), "{past}");
}

#[test]
fn the_report_plays_what_stands_beside_it() {
    let folder = with_talks();
    write_wav(&folder.path("panel.wav"), 5);
    let add = [
        "talk",
        "add",
        "panel.wav",
        "--to",
        "dossier",
        "--title",
        "A panel",
        "--date",
        "2013",
        "--source",
        "panel",
        "-q",
    ];
    assert!(folder.run(&add).starts_with("exit status: 0"));
    let run = folder.run(&["run", "dossier", "--out", "out", "--no-interactive", "-q"]);
    assert!(run.starts_with("exit status: 0"), "{run}");
    let as_of = fs::read_dir(folder.path("out"))
        .expect("a folder for each date")
        .find_map(Result::ok)
        .expect("one date at least")
        .path();
    assert_eq!(
        fs::read(as_of.join("talks/panel.wav")).expect("the recording"),
        fs::read(folder.path("panel.wav")).expect("the recording")
    );
    let page = fs::read_to_string(as_of.join("report.html")).expect("a report");
    assert!(
        page.contains("src=\"talks/panel.wav\""),
        "the page names the file beside it"
    );
}

#[test]
fn a_recording_that_is_none_is_refused_with_a_mend() {
    let folder = with_talks();
    folder.write("empty.mp3", "");
    folder.write("text.mp3", "not a recording at all, but some words");
    for name in ["empty.mp3", "text.mp3", "missing.mp3"] {
        let said = folder.run(&["talk", "measure", name]);
        assert!(said.starts_with("exit status: 1"), "{said}");
        assert!(said.contains(&format!("error: {name}: ")), "{said}");
        assert!(said.contains("hint: "), "{said}");
    }
    let said = folder.run(&["talk", "add", "text.mp3", "--to", "dossier"]);
    assert!(
        said.contains("talk `text` is new, and its title isn't said"),
        "{said}"
    );
    let said = folder.run(&["talk", "export", "dossier", "panel", "--out", "out"]);
    assert!(said.contains("the dossier has no talk `panel`"), "{said}");
    let said = folder.run(&["talk", "measure", "text.mp3", "--target", "3"]);
    assert!(
        said.contains("a loudness of 3 LUFS can't be aimed at"),
        "{said}"
    );
    let bare = Folder::with_dossier();
    let said = bare.run(&["talk", "add", "x.mp3", "--to", "dossier"]);
    assert!(
        said.contains("the dossier has no [evidence] with talks"),
        "{said}"
    );
}

#[test]
fn the_examples_ledger_is_counted_as_of_any_date() {
    let flagship =
        |args: &[&str]| shown(&command(&workspace(), args).output().expect("yalu starts"));
    let said = flagship(&["ledger", "examples/china-dprk", "--as-of", "2013-07-31"]);
    assert!(said.starts_with("exit status: 0"), "{said}");
    // Four promises by then; ground was broken for Hwanggumpyong, the bridge and Rason.
    assert!(
        said.contains("By 2013-07-31 3 of 4 promises became tangible"),
        "{said}"
    );
    assert!(said.contains("under Kim Jong-il"), "{said}");
    let early = flagship(&["ledger", "examples/china-dprk", "--as-of", "2003-01-01"]);
    assert!(
        early.contains("By 2003-01-01 0 of 3 promises became tangible"),
        "{early}"
    );
    let json = flagship(&[
        "ledger",
        "examples/china-dprk",
        "--json",
        "--as-of",
        "2013-07-31",
    ]);
    assert!(json.contains("\"later_lines\""), "{json}");
    let none = Folder::with_dossier().run(&["ledger", "dossier", "--as-of", "2013-01-01"]);
    assert!(none.contains("has no [ledger]"), "{none}");
}
