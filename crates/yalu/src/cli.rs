//! What may be asked on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use yalu_store::{CameoCode, Dyad, Month};

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

#[derive(Debug, Args)]
pub(crate) struct StructureArgs {
    /// A dossier's folder; or an actors file, ours or a scenario of KTAB (CSV or XML)
    pub(crate) dossier: PathBuf,
    /// What if? actor.salience=80, actor.issue.position=40..60, actor.capability=2 (may be repeated)
    #[arg(long, value_name = "ACTOR.VALUE=NUMBER")]
    pub(crate) set: Vec<String>,
    /// Run this model only (may be repeated)
    #[arg(long, value_enum)]
    pub(crate) model: Vec<ModelName>,
    /// Draws of the ranges, in place of the dossier's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub(crate) draws: Option<u32>,
    /// The seed of every draw, in place of the dossier's
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Write the central values as a CSV scenario that KTAB reads
    #[arg(long, value_name = "FILE")]
    pub(crate) ktab: Option<PathBuf>,
    /// Threads (default: as many as the machine has)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Folders of dossiers
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dossiers: Vec<PathBuf>,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 7390)]
    pub(crate) port: u16,
    /// The address to listen on; others than this machine's own reach it only if it isn't loopback
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: std::net::IpAddr,
    /// The file of the discussion; it is made where it isn't there. Without it there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) discussion: Option<PathBuf>,
    /// Settings of the site: its address, the discussion, a spam service (docs/site.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Take figures from this store in place of the dossiers' own sources
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// Threads (default: as many as the machine has)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Compute nothing ahead: answers come when they are asked for
    #[arg(long)]
    pub(crate) not_ahead: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// The dossier's folder
    pub(crate) dossier: PathBuf,
    /// Where to write the site
    #[arg(long, value_name = "SITE")]
    pub(crate) out: PathBuf,
    /// Publish as of this date, in place of the dossier's (may be repeated)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Vec<Date>,
    /// Take figures from this store in place of the dossier's own source
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// Leave out how the verdict evolved: it takes half a second a month
    #[arg(long)]
    pub(crate) no_evolution: bool,
    /// Threads (default: as many as the machine has)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModeratorCommand {
    /// Add one; the password is the first line of standard input
    Add {
        /// The name
        name: String,
        /// The file of the discussion
        #[arg(long, value_name = "FILE")]
        discussion: PathBuf,
    },
    /// Change a password; the new one is the first line of standard input
    Password {
        /// The name
        name: String,
        /// The file of the discussion
        #[arg(long, value_name = "FILE")]
        discussion: PathBuf,
    },
    /// Remove one, and end the sessions
    Remove {
        /// The name
        name: String,
        /// The file of the discussion
        #[arg(long, value_name = "FILE")]
        discussion: PathBuf,
    },
    /// List them
    List {
        /// The file of the discussion
        #[arg(long, value_name = "FILE")]
        discussion: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelName {
    /// The mean weighted by capability times salience
    Mean,
    /// The median of that weight
    Median,
    /// Rules and vetoes
    Procedural,
    /// The challenge or expected-utility model
    Challenge,
    /// The probabilistic Condorcet election
    Condorcet,
    /// The spatial model of politics, as in KTAB
    Spatial,
    /// Exchange of positions between issues
    Exchange,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve dossiers to a browser: pages, questions put otherwise, an API, a discussion
    Serve(ServeArgs),
    /// Publish a dossier as a folder of pages that needs no server
    Publish(PublishArgs),
    /// Moderators of a discussion: add one, change a password, remove one, list them
    Moderator {
        #[command(subcommand)]
        what: ModeratorCommand,
    },
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
    /// Take files into a store: events, counts of events, trade
    Ingest(IngestArgs),
    /// Say what a store holds
    Store {
        /// The store's folder
        dir: PathBuf,
    },
    /// Test every dyad of a store for lasting shifts, and rank them
    Scan(ScanArgs),
    /// Simulate who makes the policy: a dossier's actors, or a file of them, under every model
    Structure(StructureArgs),
    /// Count what was promised and what became tangible, by project and leader
    Ledger {
        /// The dossier's folder
        dossier: PathBuf,
        /// Count as of this date (YYYY-MM-DD), in place of the dossier's last
        #[arg(long, value_name = "DATE", value_parser = date)]
        as_of: Option<Date>,
    },
    /// Take recorded talks in, measure and search them, write their chapters
    Talk {
        #[command(subcommand)]
        what: Talk,
    },
    /// Read libraries of sources
    Sources {
        #[command(subcommand)]
        what: Sources,
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

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// The files: plain, gzip or zip
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The store's folder, made where it isn't there
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// The format (default: told from the content)
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<FormatName>,
    /// The data set's name (default: the mapping's, or one after the format or the file)
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<String>,
    /// A description of the data set and of the columns, in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// The day from which tuples of ids count their times
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) epoch: Option<Date>,
    /// The first day that the data set covers (default: the first that its files speak of)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) covers_from: Option<Date>,
    /// The last day that the data set covers
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) covers_to: Option<Date>,
    /// Reject events found more than this many days after their date (GDELT)
    #[arg(long, value_name = "N")]
    pub(crate) max_age_days: Option<u32>,
    /// The share of a file's rows that may be rejected before nothing of it is taken
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share)]
    pub(crate) max_rejects: f64,
    /// Count events with the day, actors and code of another as duplicates
    #[arg(long)]
    pub(crate) drop_repeats: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// The store's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// CAMEO codes to count, with commas between: 16 holds 163 (default: every act)
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) codes: Vec<CameoCode>,
    /// Codes to leave out again
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) except: Vec<CameoCode>,
    /// Codes of the acts by others that normalise for media volume (default: every act)
    #[arg(
        long,
        value_name = "CODES",
        value_delimiter = ',',
        conflicts_with = "no_exposure"
    )]
    pub(crate) exposure_codes: Vec<CameoCode>,
    /// Compare counts as they are
    #[arg(long)]
    pub(crate) no_exposure: bool,
    /// A data set to use (default: all of the store)
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Vec<String>,
    /// The first month (YYYY-MM)
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub(crate) from: Option<Month>,
    /// The last month (YYYY-MM): nothing later is used
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub(crate) to: Option<Month>,
    /// The length of a period
    #[arg(long, value_name = "UNIT", default_value = "month")]
    pub(crate) period: PeriodName,
    /// The fewest acts of a dyad that is tested
    #[arg(long, value_name = "N", default_value_t = 30.0)]
    pub(crate) min_events: f64,
    /// Dyads that are printed; the page has all discoveries, and 300 dyads or more
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub(crate) top: usize,
    /// Take each sector of the source as a dyad of its own
    #[arg(long)]
    pub(crate) sector: bool,
    /// How p-values are had
    #[arg(long, value_name = "TEST", default_value = "permutation")]
    pub(crate) test: TestName,
    /// The false-discovery rate over all dyads
    #[arg(long, value_name = "RATE", default_value_t = 0.05)]
    pub(crate) level: f64,
    /// Periods that a new level must hold to count as lasting
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub(crate) horizon: u32,
    /// Typical levels within this ratio count as equal
    #[arg(long, value_name = "RATIO", default_value_t = 1.5)]
    pub(crate) equivalence: f64,
    /// Draws of each test at most; up to 100 times as many where few dyads stand out among many
    #[arg(long, value_name = "N", default_value_t = 999)]
    pub(crate) replications: u32,
    /// The seed of every draw
    #[arg(long, value_name = "N", default_value_t = 20_130_731)]
    pub(crate) seed: u64,
    /// Threads (default: as many as the machine has)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Write the page, JSON, CSV and Parquet here (with --open: the dossier)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Don't scan: make a dossier of this dyad in --out, and assess it
    #[arg(long, value_name = "SOURCE:TARGET", value_parser = dyad, requires = "out")]
    pub(crate) open: Option<Dyad>,
    /// Leave what needs JavaScript out of the page
    #[arg(long)]
    pub(crate) no_interactive: bool,
}

fn month(text: &str) -> Result<Month, String> {
    text.parse()
        .map_err(|_| "not a month; write YYYY-MM".to_owned())
}

fn dyad(text: &str) -> Result<Dyad, String> {
    let fault = || "write two ISO 3166-1 alpha-3 codes, source first: USA:IRQ".to_owned();
    let (source, target) = text.split_once(':').ok_or_else(fault)?;
    Ok(Dyad {
        source: source.parse().map_err(|_| fault())?,
        target: target.parse().map_err(|_| fault())?,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PeriodName {
    /// Calendar months
    Month,
    /// Calendar quarters
    Quarter,
    /// ISO weeks
    Week,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestName {
    /// Orders of the dyad's own blocks: fast
    Permutation,
    /// Simulated series beside them, and the larger p-value
    Bootstrap,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("write a share from 0 to 1".to_owned()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// ICEWS as published: 20 tab-separated columns
    Icews,
    /// Tuples of source, event, target, day, by name or by id
    IcewsTuples,
    /// GDELT 1.0 or 2.0 event exports
    Gdelt,
    /// Counts by dyad and month or year, a column for each root or quad class
    DyadCounts,
    /// Trade with the columns of UN Comtrade
    Comtrade,
    /// As the mapping says
    Mapped,
}

impl From<FormatName> for yalu_store::ingest::Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Icews => Self::Icews,
            FormatName::IcewsTuples => Self::IcewsTuples,
            FormatName::Gdelt => Self::Gdelt,
            FormatName::DyadCounts => Self::DyadCounts,
            FormatName::Comtrade => Self::Comtrade,
            FormatName::Mapped => Self::Mapped,
        }
    }
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
    /// The acts file that ships with a dossier: who within the source acts, computed from a store
    Acts {
        /// The dossier's folder
        dossier: PathBuf,
        /// The store
        #[arg(long, value_name = "DIR")]
        store: PathBuf,
        /// The file to write (default: the one that the dossier names, or acts.csv)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Talk {
    /// Measure a recording and add it to a dossier
    Add {
        /// The recording: MP3, AAC, M4A, Ogg Vorbis, FLAC or WAV
        file: PathBuf,
        /// The dossier's folder
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// The talk's id: the name of its file under the dossier's talks (default: the recording's)
        #[arg(long)]
        id: Option<String>,
        /// For a new talk: its title
        #[arg(long)]
        title: Option<String>,
        /// For a new talk: its day, as an EDTF date such as 2013-07-15 or 2013-07~
        #[arg(long)]
        date: Option<String>,
        /// For a new talk: its source's id in the library
        #[arg(long)]
        source: Option<String>,
        /// The loudness to bring it to, in LUFS
        #[arg(long, value_name = "LUFS", default_value_t = -16.0, allow_negative_numbers = true)]
        target: f64,
    },
    /// Measure a recording: loudness, gain, levelling, faults
    Measure {
        /// The recording
        file: PathBuf,
        /// The loudness to bring it to, in LUFS
        #[arg(long, value_name = "LUFS", default_value_t = -16.0, allow_negative_numbers = true)]
        target: f64,
    },
    /// Search the transcripts of a dossier's talks
    Search {
        /// The dossier's folder
        dossier: PathBuf,
        /// What to look for; case and accents make no difference
        text: String,
    },
    /// Write a talk's chapters (JSON and WebVTT), its transcript, and a levelled copy
    Export {
        /// The dossier's folder
        dossier: PathBuf,
        /// The talk's id
        talk: String,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Write a levelled copy too, as WAV
        #[arg(long)]
        levelled: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sources {
    /// Turn BibTeX, BibLaTeX or CSL-JSON into a library, or add it to one
    Import {
        /// The file, .bib or .json
        file: PathBuf,
        /// The library, CSL-JSON: made where it isn't there; a source that it holds already is kept
        #[arg(long, value_name = "FILE")]
        into: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// dossier.toml
    Dossier,
    /// assessment.json
    Assessment,
    /// scan.json
    Scan,
    /// What `yalu structure --json` prints
    Structure,
    /// A dossier's claims file
    Claims,
    /// The file of a talk
    Talk,
    /// What `yalu talk add` writes of a recording
    Recording,
    /// What `yalu ledger --json` prints
    Ledger,
}
