//! Chores of the workspace, run by cargo alone: `cargo xtask deps`, `cargo xtask licences`,
//! `cargo xtask gen [--check]`.
//!
//! They depend on none of our crates; what they need to know of Yalu they ask the `yalu` command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore speaks")]

mod deps;
mod generated;
mod licences;
mod metadata;
mod spdx;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

const USAGE: &str = "usage: cargo xtask CHORE

  deps            check who depends on what against the table in ARCHITECTURE.md
  licences        check every dependency's licence and origin against deny.toml
  gen [--check]   write generated files, or only say whether they are up to date";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let faults = match args.as_slice() {
        ["deps"] => deps::check(),
        ["licences"] => licences::check(),
        ["gen"] => generated::run(false),
        ["gen", "--check"] => generated::run(true),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match faults {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            for fault in &faults {
                eprintln!("error: {fault}");
            }
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(3)
        }
    }
}

/// The workspace's folder.
fn root() -> Result<PathBuf> {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(std::path::Path::to_owned)
        .context("xtask lies in the workspace's folder")
}
