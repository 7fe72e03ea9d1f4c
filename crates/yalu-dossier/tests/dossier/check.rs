//! What an author gets wrong is answered with its file, line, column, key and mend.

use std::path::Path;

use yalu_dossier::diagnostic::Problem;
use yalu_dossier::load::{load_dossier, parse};
use yalu_dossier::pipeline::{AssessOptions, assess};
use yalu_dossier::template::write_template;

use crate::made_up::{Series, dossier, month, write};

const EVENTS: &str = "kind = \"event_rate\"\ngroup = \"acts\"\nexposure = \"source_total\"\nexposure_group = \"all\"";

fn problems(text: &str) -> Vec<Problem> {
    parse(Path::new("dossier.toml"), text)
        .expect_err("a faulty dossier")
        .0
}

/// The one problem of a dossier in which `from` was replaced by `to`, which must stand at `mark`.
#[track_caller]
fn problem_at(from: &str, to: &str, mark: &str) -> Problem {
    let sound = dossier("2019-12-31", "month", EVENTS, "[model]\ntrimming = 0.15\n");
    assert!(parse(Path::new("dossier.toml"), &sound).is_ok());
    assert!(sound.contains(from), "{from}");
    let text = sound.replacen(from, to, 1);
    let mut found = problems(&text);
    assert_eq!(found.len(), 1, "{found:#?}");
    let found = found.remove(0);
    let offset = text.find(mark).expect("the mark is in the text");
    let line = text[..offset].matches('\n').count() + 1;
    let column = offset - text[..offset].rfind('\n').map_or(0, |at| at + 1) + 1;
    assert_eq!(
        (found.line, found.column),
        (Some(line), Some(column)),
        "{found}"
    );
    assert_eq!(found.file, Path::new("dossier.toml"));
    found
}

#[track_caller]
fn assert_mend(problem: &Problem, mend: &str) {
    let text = problem.mend.as_deref().unwrap_or_default();
    assert!(text.contains(mend), "{problem}");
}

#[test]
fn unknown_keys_name_the_nearest() {
    let fault = problem_at("trimming = 0.15", "triming = 0.15", "triming");
    assert_eq!(fault.code, "dossier.unknown-key");
    assert_eq!(fault.key.as_deref(), Some("model.triming"));
    assert_mend(&fault, "did you mean `trimming`?");
    let fault = problem_at("exposure_group", "exposure_grp", "exposure_grp");
    assert_eq!(fault.key.as_deref(), Some("indicators[0].exposure_grp"));
    assert_mend(&fault, "did you mean `exposure_group`?");
}

#[test]
fn wrong_types_stand_at_their_value() {
    let fault = problem_at("trimming = 0.15", "trimming = \"little\"", "\"little\"");
    assert!(fault.message.contains("invalid type"), "{fault}");
    let fault = problem_at(
        "kind = \"event_rate\"",
        "kind = \"event_rat\"",
        "\"event_rat\"",
    );
    assert!(fault.message.contains("unknown variant"), "{fault}");
}

#[test]
fn dates_codes_groups_and_actors() {
    let fault = problem_at("2019-12-31", "2019-31-12", "\"2019-31-12\"");
    assert_eq!(fault.code, "dossier.date");
    assert_mend(&fault, "YYYY-MM-DD");
    let fault = problem_at("group = \"acts\"", "group = \"act\"", "\"act\"");
    assert_eq!(fault.code, "dossier.reference");
    assert_mend(&fault, "did you mean `acts`?");
    let fault = problem_at("codes = [\"10\"", "codes = [\"99\"", "\"99\"");
    assert_eq!(fault.code, "dossier.code");
    let fault = problem_at("codes = [\"10\"", "codes = [\"4\"", "\"4\"");
    assert_mend(&fault, "did you mean \"04\"?");
    let fault = problem_at("target = \"PRK\"", "target = \"PRX\"", "\"PRX\"");
    assert_eq!(fault.code, "dossier.actor");
    let fault = problem_at(
        "\"verbal_conflict\"",
        "\"verbal_conflit\"",
        "\"verbal_conflit\"",
    );
    assert_mend(&fault, "did you mean `verbal_conflict`?");
}

#[test]
fn ranges_and_missing_keys() {
    let fault = problem_at("trimming = 0.15", "trimming = 0.7", "0.7");
    assert_eq!(fault.key.as_deref(), Some("model.trimming"));
    let fault = problem_at("group = \"acts\"\n", "", "[[indicators]]");
    assert!(fault.message.contains("needs a `group`"), "{fault}");
    let fault = problem_at("exposure = \"source_total\"\n", "", "[[indicators]]");
    assert!(fault.message.contains("media volume grows"), "{fault}");
    let fault = problem_at(
        "exposure = \"source_total\"",
        "exposure = \"none\"",
        "\"none\"",
    );
    assert_mend(&fault, "exposure_reason");
    let fault = problem_at(
        "kind = \"event_rate\"",
        "kind = \"mean_goldstein\"",
        "[[indicators]]",
    );
    assert!(fault.message.contains("equivalence_difference"), "{fault}");
}

#[test]
fn every_fault_at_once_and_syntax_with_its_line() {
    let sound = dossier("2019-12-31", "month", EVENTS, "");
    let text = sound
        .replacen("title = \"Made up\"", "titel = \"Made up\"", 1)
        .replacen("period =", "perod =", 1);
    let codes: Vec<&str> = problems(&text).iter().map(|one| one.code).collect();
    assert_eq!(
        codes
            .iter()
            .filter(|one| **one == "dossier.unknown-key")
            .count(),
        2,
        "{codes:?}"
    );
    let found = problems("format = 1\n[question\n");
    assert_eq!((found[0].code, found[0].line), ("dossier.toml", Some(2)));
}

#[test]
fn an_indicator_without_rows_is_told_from_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, vec![0.0; 120]);
    series.cell("all,events,CHN,*", month, vec![100.0; 120]);
    let text = dossier("2019-12-31", "month", EVENTS, "");
    write(
        dir.path(),
        &[("dossier.toml", &text), ("series.csv", &series.0)],
    );
    let found = load_dossier(dir.path()).expect_err("no rows").0;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].code, "dossier.no-rows");
    assert_eq!(found[0].key.as_deref(), Some("indicators[0].group"));
    let offset = text.find("[[indicators]]").unwrap();
    let group = offset + text[offset..].find("group = \"acts\"").unwrap();
    let line = text[..group].matches('\n').count() + 1;
    assert_eq!((found[0].line, found[0].column), (Some(line), Some(9)));
    assert!(found[0].message.contains("acts.CHN.PRK"), "{}", found[0]);
}

#[test]
fn a_cell_that_the_series_file_lacks_stops_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, vec![5.0; 120]);
    let text = dossier("2019-12-31", "month", EVENTS, "");
    write(
        dir.path(),
        &[("dossier.toml", &text), ("series.csv", &series.0)],
    );
    let loaded = load_dossier(dir.path()).unwrap();
    let error = assess(&loaded, &AssessOptions::default()).expect_err("no exposure");
    let text = error.to_string();
    assert!(
        text.contains("series.csv") && text.contains("`all`"),
        "{text}"
    );
}

#[test]
fn faults_of_event_files_name_their_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, vec![5.0; 120]);
    series.cell("all,events,CHN,*", month, vec![100.0; 120]);
    let text = dossier(
        "2019-12-31",
        "month",
        EVENTS,
        "[[events]]\nfile = \"events.csv\"\n",
    );
    write(
        dir.path(),
        &[
            ("dossier.toml", &text),
            ("series.csv", &series.0),
            (
                "events.csv",
                "date,kind,title,source\n2012-01-01,test,A,b\n2012-13-01,test,A,b\n",
            ),
        ],
    );
    let found = load_dossier(dir.path()).expect_err("a bad date").0;
    assert_eq!((found[0].code, found[0].line), ("event.date", Some(3)));
}

#[test]
fn the_template_is_sound_runs_and_finds_its_break() {
    let dir = tempfile::tempdir().unwrap();
    write_template(dir.path()).unwrap();
    let loaded = load_dossier(dir.path()).unwrap_or_else(|faults| panic!("{faults}"));
    let all = assess(&loaded, &AssessOptions::default()).unwrap();
    assert_eq!(all.len(), 1);
    // Made-up threats double in July 2017, the 91st month.
    let shift = all[0].indicators[0].shift.as_ref().unwrap();
    assert!(
        ["2017-05", "2017-06", "2017-07", "2017-08", "2017-09"].contains(&shift.at.as_str()),
        "{}",
        shift.at
    );
    assert!(shift.effect_interval[0] > 1.0);
}
