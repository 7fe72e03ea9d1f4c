//! `yalu structure`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{Folder, without_figures};

const ACTORS: &str = "\
actor,issue,position,salience,capability,coder,source,note
Leader,tariff,20..30,40,100,,a talk,
Trade Ministry,tariff,10,80,60,,a talk,
Army,tariff,20|80,50,80,,a talk,split
Foreign Ministry,tariff,90,60,30,,,
";

#[test]
fn a_file_alone_is_simulated_under_every_model() {
    let folder = Folder::empty();
    folder.write("actors.csv", ACTORS);
    let args = [
        "structure",
        "actors.csv",
        "-q",
        "--draws",
        "200",
        "--model",
        "mean",
        "--model",
        "median",
    ];
    assert_snapshot!(without_figures(&folder.run(&args)), @"");
}

#[test]
fn what_if_changes_the_answer_and_says_so() {
    let folder = Folder::empty();
    folder.write("actors.csv", ACTORS);
    let record = |more: &[&str]| -> Value {
        let args: Vec<&str> = ["structure", "actors.csv", "--json", "--draws", "200"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        let output = folder.output(&args);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let mean = |record: &Value| {
        record["models"][0]["outcomes"][0]["central"]
            .as_f64()
            .unwrap()
    };
    let (before, after) = (
        record(&[]),
        record(&["--set", "Foreign Ministry.salience=100"]),
    );
    assert!(mean(&after) > mean(&before));
    assert_eq!(after["set"][0], "Foreign Ministry.salience=100");
    assert_eq!(before["without_source"], 1);
}

#[test]
fn a_scenario_for_ktab_is_written_and_read_back() {
    let folder = Folder::empty();
    folder.write("actors.csv", ACTORS);
    assert!(
        folder
            .output(&[
                "structure",
                "actors.csv",
                "--ktab",
                "scenario.csv",
                "--draws",
                "100"
            ])
            .status
            .success()
    );
    assert_snapshot!(folder.read("scenario.csv"), @"");
    assert!(
        folder
            .output(&["structure", "scenario.csv", "--draws", "100"])
            .status
            .success()
    );
}

#[test]
fn faults_are_drawn_at_their_field() {
    let folder = Folder::empty();
    folder.write("actors.csv", &ACTORS.replace("90,60,30", "90,60,-30"));
    assert_snapshot!(folder.run(&["structure", "actors.csv"]), @"");
    folder.write("actors.csv", ACTORS);
    assert_snapshot!(folder.run(&["structure", "actors.csv", "--set", "Leadr.salience=3"]), @"");
    assert_snapshot!(folder.run(&["structure", "nothing.csv"]), @"");
}

#[test]
fn a_dossier_without_a_structure_says_what_to_add() {
    let folder = Folder::with_dossier();
    assert_snapshot!(folder.run(&["structure", "dossier"]), @"");
}
