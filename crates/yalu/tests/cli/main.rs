//! The `yalu` program as its users run it: in a folder of its own, with its exit status, what it
//! prints and what it writes.

mod check;
mod docs;
mod evidence;
mod flagship;
mod ingest;
mod output;
mod publish;
mod rows;
mod run;
mod scan;
mod structure;
mod usage;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder in which commands are run.
struct Folder(TempDir);

impl Folder {
    fn empty() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A folder with the dossier that `yalu new` writes, as `dossier`.
    fn with_dossier() -> Self {
        let folder = Self::empty();
        let output = folder.output(&["new", "dossier"]);
        assert!(output.status.success(), "{output:?}");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file of the test")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file of the test");
    }

    /// Replaces `old`, which must be there, in a file.
    fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} holds no `{old}`");
        self.write(name, &text.replacen(old, new, 1));
    }

    fn command(&self, args: &[&str]) -> Command {
        command(self.0.path(), args)
    }

    fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("yalu starts")
    }

    /// What a command does, as text for a snapshot.
    fn run(&self, args: &[&str]) -> String {
        shown(&self.output(args))
    }
}

/// `yalu` with `args` in `folder`, away from terminals and from what the caller's shell says.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yalu"));
    command
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .env_remove("RUST_BACKTRACE");
    command
}

/// Exit status, stdout and stderr, with times and versions hidden.
fn shown(output: &Output) -> String {
    let mut text = match output.status.code() {
        Some(status) => format!("exit status: {status}\n"),
        None => "ended by a signal\n".to_owned(),
    };
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let stream = String::from_utf8(bytes.clone()).expect("UTF-8");
        let _ = writeln!(text, "----- {name} -----");
        for line in stream.lines() {
            let line = line.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
            let line = if line.starts_with("done in ") {
                "done in [TIME]"
            } else {
                line.trim_end()
            };
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// A text with each number as `#`: for output whose form matters and whose figures are held
/// elsewhere.
fn without_figures(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        let figure = c.is_ascii_digit() || (inside && c == '.');
        if figure && !inside {
            out.push('#');
        } else if !figure {
            out.push(c);
        }
        inside = figure;
    }
    out
}

/// The workspace's folder.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
