//! Stores of any size, made up, and what it costs to count every dyad of a store.
//!
//! ```text
//! cargo run --release --example scan_store -- make ROWS STORE [SEED]
//! cargo run --release --example scan_store -- panel STORE [--threads N] [--codes 16,163] [--sectors]
//! ```
//! `make` writes single events of twenty years between some 10,000 ordered dyads, a year at a time,
//! and takes them into the store by the ingest that real files go through. The same rows and seed
//! give the same events. A few dyads hold most events, as in real data; the acts of every tenth
//! dyad double on a day of its own. `panel` counts every dyad by month and prints what came out
//! and how long it took. `bench/scan/growth.sh` runs both for growing numbers of rows.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use yalu_store::contiguity::borders;
use yalu_store::ingest::{IngestOptions, Mapping, ingest};
use yalu_store::query::dyads::{DyadQuery, query_dyads_blocking};
use yalu_store::series::CodeSet;
use yalu_store::store::Store;

const FIRST_YEAR: i16 = 1995;
const N_YEARS: i16 = 20;
const N_DYADS: usize = 10_000;
const N_STATES: usize = 101;

const USAGE: &str = "usage: scan_store make ROWS STORE [SEED]\n       \
     scan_store panel STORE [--threads N] [--codes CODE,CODE] [--sectors]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["make", rows, store] => make(rows.parse()?, Path::new(store), 1),
        ["make", rows, store, seed] => make(rows.parse()?, Path::new(store), seed.parse()?),
        ["panel", store, options @ ..] => panel(Path::new(store), options),
        _ => Err(USAGE.into()),
    }
}

/// Steele, Lea and Flood's SplitMix64: small, and the same everywhere.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A share in [0, 1).
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Codes and sectors with how often they are drawn; the rest is `last`.
fn pick<'a>(draws: &mut Draws, shares: &[(&'a str, f64)], last: &'a str) -> &'a str {
    let mut left = draws.share();
    for (value, share) in shares {
        if left < *share {
            return value;
        }
        left -= share;
    }
    last
}

const CODES: [(&str, f64); 11] = [
    ("010", 0.20),
    ("036", 0.15),
    ("040", 0.15),
    ("051", 0.10),
    ("057", 0.05),
    ("061", 0.05),
    ("112", 0.08),
    ("130", 0.04),
    ("163", 0.02),
    ("173", 0.05),
    ("190", 0.06),
];

const SECTORS: [(&str, f64); 3] = [
    ("", 0.6),
    ("Foreign Affairs,Executive,Government", 0.2),
    ("Military,Government", 0.1),
];

/// A dyad, and for every tenth the day on which its acts double.
struct MadeDyad {
    source: String,
    target: String,
    doubles: Option<Date>,
}

fn dyads(draws: &mut Draws) -> Vec<MadeDyad> {
    let end = date(FIRST_YEAR + N_YEARS, 1, 1);
    // States with a border today: all are known to the ingest.
    let states: BTreeSet<&str> = borders()
        .iter()
        .filter(|border| border.from.is_none_or(|from| from < date(FIRST_YEAR, 1, 1)))
        .filter(|border| border.to.is_none())
        .flat_map(|border| [border.a.as_str(), border.b.as_str()])
        .collect();
    let states: Vec<&str> = states.into_iter().take(N_STATES).collect();
    let mut dyads = Vec::new();
    for source in &states {
        for target in &states {
            if source != target {
                let tenth = draws.below(10) == 0;
                let day = 365 + draws.below(365 * (N_YEARS as usize - 2));
                let doubles = date(FIRST_YEAR, 1, 1).saturating_add((day as i64).days());
                dyads.push(MadeDyad {
                    source: (*source).to_owned(),
                    target: (*target).to_owned(),
                    doubles: (tenth && doubles < end).then_some(doubles),
                });
            }
        }
    }
    // Which dyads are busy has nothing to do with the alphabet.
    for place in (1..dyads.len()).rev() {
        dyads.swap(place, draws.below(place + 1));
    }
    dyads.truncate(N_DYADS);
    dyads
}

fn make(n_rows: u64, store: &Path, seed: u64) -> Result<(), Box<dyn Error>> {
    if store.exists() {
        return Err(format!("{} is there already; name a new folder", store.display()).into());
    }
    let started = Instant::now();
    let mut draws = Draws(seed);
    let dyads = dyads(&mut draws);
    // The rank's weight is 1 over its root: the busiest dyad has a half per cent of all events.
    let mut sums = Vec::with_capacity(dyads.len());
    let mut sum = 0.0;
    for rank in 1..=dyads.len() {
        sum += 1.0 / (rank as f64).sqrt();
        sums.push(sum);
    }
    std::fs::create_dir_all(store)?;
    let described = store.join("made.toml");
    std::fs::write(&described, MAPPING)?;
    let options = IngestOptions {
        mapping: Some(Mapping::read(&described)?),
        ..IngestOptions::default()
    };
    let mut id = 0_u64;
    for place in 0..N_YEARS {
        let year = FIRST_YEAR + place;
        let path = store.join(format!("made-{year}.csv"));
        let last = n_rows * (place as u64 + 1) / N_YEARS as u64;
        write_year(&path, year, &mut id, last, &dyads, &sums, &mut draws)?;
        let report = ingest(std::slice::from_ref(&path), store, &options, &mut |_| {})?;
        std::fs::remove_file(&path)?;
        if let Some(failure) = report.failures.first() {
            return Err(failure.error.to_string().into());
        }
        for file in &report.files {
            if file.n_kept != file.n_read || file.n_unmapped > 0 {
                return Err(format!("{year}: not every event was taken: {file:?}").into());
            }
        }
        println!(
            "{year}: {id} events, {:.1} s",
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// What is in which column of the files that are made.
const MAPPING: &str = r#"
table = "events"
source_scheme = "iso3"
target_scheme = "iso3"

[dataset]
name = "made"

[columns]
id = "id"
date = "date"
source = "source"
target = "target"
code = "code"
source_sectors = "sectors"
"#;

fn write_year(
    path: &Path,
    year: i16,
    id: &mut u64,
    last: u64,
    dyads: &[MadeDyad],
    sums: &[f64],
    draws: &mut Draws,
) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(out, "id,date,source,target,code,sectors")?;
    let first = date(year, 1, 1);
    let n_days = if first.in_leap_year() { 366 } else { 365 };
    let (begin, n) = (*id, last - *id);
    let total = sums.last().copied().unwrap_or_default();
    for day in 0..n_days {
        let today = first.saturating_add((day as i64).days());
        while *id < begin + n * (day + 1) / n_days {
            let at = draws.share() * total;
            let dyad = &dyads[sums.partition_point(|sum| *sum <= at).min(dyads.len() - 1)];
            // Before its acts double, a dyad lets every other one of its draws go to another.
            if dyad.doubles.is_some_and(|doubles| today < doubles) && draws.below(2) == 0 {
                continue;
            }
            let code = pick(draws, &CODES, "042");
            let sectors = pick(draws, &SECTORS, "Police,Government");
            *id += 1;
            let quote = if sectors.contains(',') { "\"" } else { "" };
            writeln!(
                out,
                "{id},{today},{},{},{code},{quote}{sectors}{quote}",
                dyad.source, dyad.target
            )?;
        }
    }
    out.flush()?;
    Ok(())
}

fn panel(store: &Path, options: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut threads = None;
    let mut query = DyadQuery::default();
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        match *option {
            "--threads" => threads = Some(rest.next().ok_or(USAGE)?.parse()?),
            "--codes" => {
                let codes: Result<Vec<_>, _> = rest
                    .next()
                    .ok_or(USAGE)?
                    .split(',')
                    .map(str::parse)
                    .collect();
                query.codes = CodeSet {
                    codes: codes?,
                    ..CodeSet::default()
                };
            }
            "--sectors" => query.by_sector = true,
            _ => return Err(USAGE.into()),
        }
    }
    let store = Store::open(store)?;
    let n_rows: u64 = store.manifest().parts.iter().map(|part| part.n_rows).sum();
    let started = Instant::now();
    let panel = query_dyads_blocking(&store, &query, threads)?;
    let seconds = started.elapsed().as_secs_f64();
    let n_entries: usize = panel.dyads.iter().map(|dyad| dyad.entries.len()).sum();
    let total: f64 = panel.dyads.iter().map(|dyad| dyad.total).sum();
    let world: f64 = panel.world.iter().sum();
    println!(
        "{n_rows} rows, {} periods, {} dyads, {n_entries} entries, {total} acts, {world} of exposure, {} files: {seconds:.3} s",
        panel.periods.len(),
        panel.dyads.len(),
        panel.files.len(),
    );
    Ok(())
}
