//! Where output goes: results to stdout, all else to stderr; colour for terminals only.

use std::process::Stdio;

use serde_json::Value;

use crate::Folder;

#[test]
fn quiet_leaves_the_result_alone() {
    let folder = Folder::with_dossier();
    let args = ["run", "dossier", "--no-interactive"];
    let loud = folder.output(&args);
    let mut quiet = args.to_vec();
    quiet.push("--quiet");
    let quiet = folder.output(&quiet);
    assert!(quiet.status.success());
    assert!(quiet.stderr.is_empty());
    assert!(!loud.stderr.is_empty());
    assert_eq!(quiet.stdout, loud.stdout);
}

#[test]
fn nothing_is_coloured_away_from_a_terminal() {
    let folder = Folder::with_dossier();
    folder.write("broken.toml", "format = ");
    for no_color in [false, true] {
        for args in [
            ["run", "dossier"],
            ["check", "broken.toml"],
            ["run", "--help"],
        ] {
            let mut command = folder.command(&args);
            if no_color {
                command.env("NO_COLOR", "1");
            }
            let output = command.output().expect("yalu starts");
            let escapes = [&output.stdout, &output.stderr]
                .into_iter()
                .any(|stream| stream.contains(&0x1b));
            assert!(!escapes, "{args:?} writes escape codes: {output:?}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::with_dossier();
    for args in [
        ["schema", "assessment"],
        ["run", "dossier"],
        ["help", "run"],
    ] {
        let mut child = folder
            .command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("yalu starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("yalu ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
    }
}

#[test]
fn schemas_are_json_and_name_their_dialect() {
    let folder = Folder::empty();
    for (of, title) in [
        ("dossier", "Yalu dossier"),
        ("assessment", "Yalu assessment"),
    ] {
        let output = folder.output(&["schema", of]);
        assert!(output.status.success());
        let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(schema["title"], title);
        assert!(
            schema["$schema"]
                .as_str()
                .is_some_and(|name| name.contains("2020-12"))
        );
        assert!(schema["properties"]["format"].is_object());
    }
}
