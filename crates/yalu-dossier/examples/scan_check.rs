//! How far a scan can be trusted, measured on a store of one's own.
//!
//! ```text
//! cargo run --release -p yalu-dossier --example scan_check -- placebo STORE [bootstrap]
//! cargo run --release -p yalu-dossier --example scan_check -- disputes STORE FILE
//! ```
//! `placebo` puts each dyad's periods into another order, in blocks, so that no dyad has shifted, and
//! counts what the scan calls shifts all the same. `disputes` asks how often a militarised dispute
//! (Correlates of War: `dyad_month_MID_post1990.csv.gz`) begins within three months of a break of
//! its dyad, against the same disputes at other dates of the same dyads.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use yalu_dossier::scan::report::{DyadScan, ScanReport, ScanTest};
use yalu_dossier::scan::{ScanRequest, scan, scan_panel};
use yalu_store::Month;
use yalu_store::countries::{CountryScheme, resolve};
use yalu_store::query::dyads::{DyadPanel, DyadQuery, PeriodCount, query_dyads_blocking};
use yalu_store::store::Store;

const USAGE: &str =
    "usage: scan_check placebo STORE [bootstrap]\n       scan_check disputes STORE FILE";
/// Shuffles of the disputes' dates.
const SHUFFLES: usize = 999;
/// A break this many months from a dispute's beginning counts as its own.
const NEAR: i32 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["placebo", store] => placebo(Path::new(store), ScanTest::Permutation),
        ["placebo", store, "bootstrap"] => placebo(Path::new(store), ScanTest::Bootstrap),
        ["disputes", store, file] => disputes(Path::new(store), Path::new(file)),
        _ => Err(USAGE.into()),
    }
}

/// Steele, Lea and Flood's SplitMix64.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

fn placebo(store: &Path, test: ScanTest) -> Result<(), Box<dyn Error>> {
    let mut request = ScanRequest::new(store.to_owned());
    request.test = test;
    let panel = query_dyads_blocking(&Store::open(store)?, &DyadQuery::default(), None)?;
    let line = |name: &str, report: &ScanReport| {
        let counts = report.counts;
        let shifts = counts.lasting + counts.emerging + counts.faded;
        let small = report.dyads.iter().filter(|one| one.p_value <= 0.05);
        println!(
            "{name:<24} {:>6} tested  {shifts:>5} called shifts ({:.1} %)  {:>5} lasting  p ≤ 0.05: {:.1} %  shocks only: {}",
            counts.tested,
            100.0 * f64::from(shifts) / f64::from(counts.tested.max(1)),
            counts.lasting,
            100.0 * small.count() as f64 / f64::from(counts.tested.max(1)),
            counts.shock,
        );
    };
    line("as they are", &scan_panel(&panel, &request)?);
    for block in [1, 3, 6, 12, 24] {
        for seed in 1..=2 {
            let report = scan_panel(&reordered(&panel, block, seed), &request)?;
            line(&format!("blocks of {block}, seed {seed}"), &report);
        }
    }
    Ok(())
}

/// Each dyad's covered periods in another order, in blocks, and the world's total that comes of it.
fn reordered(panel: &DyadPanel, block: usize, seed: u64) -> DyadPanel {
    let rows: Vec<usize> = (0..panel.periods.len())
        .filter(|&row| panel.covered[row])
        .collect();
    let mut draws = Draws(seed);
    let mut made = panel.clone();
    made.world = vec![0.0; panel.periods.len()];
    for dyad in &mut made.dyads {
        let mut order: Vec<usize> = (0..rows.len() / block).collect();
        for last in (1..order.len()).rev() {
            order.swap(last, draws.below(last + 1));
        }
        // Where each covered period goes; those of no whole block stay.
        let mut to: Vec<usize> = (0..rows.len()).collect();
        for (place, &from) in order.iter().enumerate() {
            for step in 0..block {
                to[from * block + step] = place * block + step;
            }
        }
        let place: BTreeMap<u32, u32> = rows
            .iter()
            .enumerate()
            .map(|(idx, &row)| (row as u32, rows[to[idx]] as u32))
            .collect();
        dyad.entries = dyad
            .entries
            .iter()
            .filter_map(|one| {
                Some(PeriodCount {
                    period: *place.get(&one.period)?,
                    ..*one
                })
            })
            .collect();
        dyad.entries.sort_by_key(|one| one.period);
        for one in &dyad.entries {
            made.world[one.period as usize] += one.exposure;
        }
    }
    made
}

/// Months in which disputes begin, by dyad.
type Beginnings = BTreeMap<(String, String), BTreeSet<Month>>;

/// First months of disputes, by dyad.
fn beginnings(file: &Path) -> Result<Beginnings, Box<dyn Error>> {
    let text = yalu_testing::unpacked(file)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut first: BTreeMap<(String, String, String), Month> = BTreeMap::new();
    for row in reader.records() {
        let row = row?;
        let month = Month::new(row[4].parse()?, row[5].parse()?).ok_or("not a month")?;
        let key = (row[1].to_owned(), row[2].to_owned(), row[3].to_owned());
        first
            .entry(key)
            .and_modify(|known| *known = month.min(*known))
            .or_insert(month);
    }
    let mut all = Beginnings::new();
    for ((_, a, b), month) in first {
        let code = |text: &str| resolve(CountryScheme::CowAbbrev, text, month.first_day());
        // A side that is no state of the table has no dyad to look at.
        if let (Ok(a), Ok(b)) = (code(&a), code(&b)) {
            for pair in [
                (a.to_string(), b.to_string()),
                (b.to_string(), a.to_string()),
            ] {
                all.entry(pair).or_default().insert(month);
            }
        }
    }
    Ok(all)
}

fn disputes(store: &Path, file: &Path) -> Result<(), Box<dyn Error>> {
    let report = scan(&ScanRequest::new(store.to_owned()))?;
    let months: Vec<Month> = report
        .periods
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?;
    let (Some(&first), Some(&last)) = (months.first(), months.last()) else {
        return Err("no periods".into());
    };
    let all = beginnings(file)?;
    println!("disputes of {} dyads, {first} to {last}", all.len());
    for (name, most) in [
        ("all tested dyads", 1.0),
        ("dyads called shifts", report.question.level),
    ] {
        let wanted = |dyad: &DyadScan| dyad.q_value <= most;
        // Places of breaks and of beginnings among the months, dyad by dyad.
        let mut cases: Vec<(Vec<i32>, Vec<i32>)> = Vec::new();
        for dyad in report.dyads.iter().filter(|dyad| wanted(dyad)) {
            let Some(begun) = all.get(&(dyad.source.clone(), dyad.target.clone())) else {
                continue;
            };
            let begun: Vec<i32> = begun
                .iter()
                .filter(|month| **month >= first && **month <= last)
                .map(|month| month.months_since(first))
                .collect();
            let mut breaks = Vec::new();
            for one in &dyad.breaks {
                if one.coverage_change.is_none() && one.ratio > 1.0 {
                    breaks.push(one.at.parse::<Month>()?.months_since(first));
                }
            }
            if !begun.is_empty() {
                cases.push((breaks, begun));
            }
        }
        let hits = |shift: &mut dyn FnMut() -> i32| -> usize {
            let n = months.len() as i32;
            cases
                .iter()
                .map(|(breaks, begun)| {
                    let by = shift();
                    begun
                        .iter()
                        .filter(|at| {
                            let at = (**at + by).rem_euclid(n);
                            breaks.iter().any(|one| (one - at).abs() <= NEAR)
                        })
                        .count()
                })
                .sum()
        };
        let total: usize = cases.iter().map(|(_, begun)| begun.len()).sum();
        let found = hits(&mut || 0);
        let mut draws = Draws(7);
        let chance: Vec<usize> = (0..SHUFFLES)
            .map(|_| hits(&mut || draws.below(months.len()) as i32))
            .collect();
        let mean = chance.iter().sum::<usize>() as f64 / SHUFFLES as f64;
        let as_many = chance.iter().filter(|one| **one >= found).count();
        println!(
            "{name}: {total} beginnings of {} dyads; within {NEAR} months of a rise: {found} ({:.1} %), by chance {mean:.1} ({:.1} %): ×{:.2}, p = {:.3}",
            cases.len(),
            100.0 * found as f64 / total as f64,
            100.0 * mean / total as f64,
            found as f64 / mean,
            (1 + as_many) as f64 / (1 + SHUFFLES) as f64,
        );
    }
    Ok(())
}
