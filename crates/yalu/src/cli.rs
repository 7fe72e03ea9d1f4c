//! What may be asked on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Has one state's policy toward another really shifted?
///
/// Exit status: 0 done, whatever the verdict; 1 the input needs mending; 2 wrong usage; 3 the
/// machine or Yalu failed.
#[derive(Debug, Parser)]
#[command(name = "yalu", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// Print results as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print results only, no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A date as people write it, and nothing else that a parser of dates may take.
fn date(text: &str) -> Result<Date, String> {
    text.parse()
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| "not a date; write YYYY-MM-DD".to_owned())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Assess a dossier: print the verdict, write assessment, series and report
    Run {
        /// The dossier's folder
        dossier: PathBuf,
        /// A store to compute the series from, in place of the dossier's own source
        #[arg(long, value_name = "DIR")]
        store: Option<PathBuf>,
        /// Answer as of this date (YYYY-MM-DD), in place of the dossier's own dates
        #[arg(long, value_name = "DATE", value_parser = date)]
        as_of: Vec<Date>,
        /// Where to write (default: the dossier's folder, under `assessment`)
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Threads (default: as many as the machine has)
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
        threads: Option<u16>,
        /// Leave the interactive charts out of the report
        #[arg(long)]
        no_interactive: bool,
    },
    /// Check a dossier and say what is wrong with it
    Check {
        /// The dossier's folder
        dossier: PathBuf,
    },
    /// Write a commented dossier that runs, as a beginning
    New {
        /// The folder to make
        dir: PathBuf,
    },
    /// Print a JSON Schema
    Schema {
        /// Of what
        of: SchemaOf,
    },
    /// Write what a dossier needs from a store
    Export {
        #[command(subcommand)]
        what: Export,
    },
    /// List the rows behind a figure
    Rows {
        /// The dossier's folder
        dossier: PathBuf,
        /// The series, as the assessment names it: influence.CHN.PRK
        series: String,
        /// The period: 2013-02, 2013-Q1 or 2013-W07
        period: String,
        /// The store to look in, in place of the dossier's own source
        #[arg(long, value_name = "DIR")]
        store: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// The series file that ships with a dossier, computed from a store
    Series {
        /// The dossier's folder
        dossier: PathBuf,
        /// The store
        #[arg(long, value_name = "DIR")]
        store: PathBuf,
        /// The file to write (default: the one that the dossier names, or series.csv)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// dossier.toml
    Dossier,
    /// assessment.json
    Assessment,
}
