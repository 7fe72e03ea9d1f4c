//! Wrong usage, and what is said about right usage.

use insta::assert_snapshot;

use crate::Folder;

#[test]
fn wrong_usage_exits_with_2() {
    let folder = Folder::with_dossier();
    assert_snapshot!(folder.run(&["frobnicate"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: unrecognized subcommand 'frobnicate'

    Usage: yalu [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(folder.run(&["run"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      <DOSSIER>

    Usage: yalu run <DOSSIER>

    For more information, try '--help'.
    ");
    assert_snapshot!(folder.run(&["run", "dossier", "--as-of", "tomorrow"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value 'tomorrow' for '--as-of <DATE>': not a date; write YYYY-MM-DD

    For more information, try '--help'.
    ");
    assert_snapshot!(folder.run(&["run", "dossier", "--threads", "0"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value '0' for '--threads <N>': 0 is not in 1..=1024

    For more information, try '--help'.
    ");
    assert_snapshot!(folder.run(&["schema", "verdict"]), @"
    exit status: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value 'verdict' for '<OF>'
      [possible values: dossier, assessment, scan, structure, claims, talk, recording, ledger]

    For more information, try '--help'.
    ");
}

#[test]
fn no_command_is_wrong_usage() {
    let output = Folder::empty().output(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn the_version_is_the_packages() {
    assert_snapshot!(Folder::empty().run(&["--version"]), @"
    exit status: 0
    ----- stdout -----
    yalu [VERSION]
    ----- stderr -----
    ");
}
