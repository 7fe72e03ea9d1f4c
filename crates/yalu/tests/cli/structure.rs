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
    assert_snapshot!(without_figures(&folder.run(&args)), @"
    exit status: #
    ----- stdout -----
    actors: who makes the policy

    tariff
      #  to  #

                                         position         salience       capability     weight
      Leader                             # (#–#)       #             #             # %  ······───●────·····································
      Trade Ministry                     #               #             #              # %  ●··················································
      Army                               # | #          #             #              # %  ······◐─────────────────────────────────────◐······
      Foreign Ministry                   #               #             #              # %  ··················································●
      → Weighted mean (compromise)                                                              ··········──────●─────·····························

      model                              central  median   nine in ten                 draws on the scale
      Weighted mean (compromise)         #     #     #–#                   ▁▁▁▃▇▁▁▂█▁▁▁▁▁▁▁▁▁▁▁
      Weighted median                    #       #       #–#                     ▁▁█▃▄▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁

    tariff: on a scale from # to #, the weighted mean (compromise) ends at # if every value is its central one; of # draws of the ranges nine in ten end between # and #
    tariff: the models’ medians run from # (weighted median) to # (weighted mean (compromise)).
    Caution: Positions, saliences and capabilities are judgements of coders, not measurements: the models say what follows from them, not whether they are right.
    Caution: No model of group decision has been found to be always the best (Thomson and others #); where they differ, the difference is part of the answer.
    Caution: # of # codings cites no source.
    ----- stderr -----
    ");
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
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let mean = |record: &Value| {
        record["models"][0]["outcomes"][0]["central"]
            .as_f64()
            .expect("a number")
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
    assert_snapshot!(folder.read("scenario.csv"), @"
    actors,written by Yalu,4,1
    Actor,Description,Power,tariff Position,tariff Salience
    Leader,,100,18.75,40
    Trade Ministry,,60,0,80
    Army,,80,50,50
    Foreign Ministry,,30,100,60
    ");
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
    assert_snapshot!(folder.run(&["structure", "actors.csv"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    actors.capability

      × capability `-30` is negative
       ╭─[actors.csv:5:31]
     4 │ Army,tariff,20|80,50,80,,a talk,split
     5 │ Foreign Ministry,tariff,90,60,-30,,,
       ·                               ─┬─
       ·                                ╰── here
       ╰────
      help: 0 is an actor without any; write a share, an index or a vote count

    1 fault found
    ");
    folder.write("actors.csv", ACTORS);
    assert_snapshot!(folder.run(&["structure", "actors.csv", "--set", "Leadr.salience=3"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: no such actor: `Leadr`; did you mean `Leader`?
    ");
    assert_snapshot!(folder.run(&["structure", "nothing.csv"]), @"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    file.read

      × nothing.csv: can't be read: No such file or directory (os error 2)
      help: name a dossier's folder, or an actors file

    1 fault found
    ");
}

#[test]
fn a_dossier_without_a_structure_says_what_to_add() {
    let folder = Folder::with_dossier();
    assert_snapshot!(folder.run(&["structure", "dossier"]), @r#"
    exit status: 1
    ----- stdout -----
    ----- stderr -----
    error: the dossier in dossier has no [structure]

    hint: add [structure] with actors = "actors.csv" and its issues; docs/dossier.md says how
    "#);
}
