//! A store scanned: what it finds, what it refuses, and that nothing but the input decides.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::{AssessOptions, assess};
use yalu_dossier::scan::open::{OpenError, write_dossier};
use yalu_dossier::scan::report::{Persistence, ScanOutcome, ScanReport, ScanTest};
use yalu_dossier::scan::{ScanExposure, ScanFailure, ScanRequest, scan};
use yalu_store::Dyad;
use yalu_store::ingest::{IngestOptions, ingest};

/// Draws of the tests' own, the same everywhere.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A Poisson count.
    fn count(&mut self, mean: f64) -> u32 {
        let (mut product, mut n) = (self.unit(), 0);
        while product > (-mean).exp() {
            product *= self.unit();
            n += 1;
        }
        n
    }
}

const STATES: [&str; 6] = ["CHN", "JPN", "IND", "RUS", "USA", "FRN"];

/// Ten years of months between six states (names of Correlates of War, as the format has them): China
/// toward Japan trebles in 2006-01, Russia toward the USA has a shock in 2004-05, India toward China
/// rises in 2009-03; the rest is steady while the world's volume doubles.
fn counts(last_year: i32) -> String {
    let mut text = "source,target,year,month,root10,root16\n".to_owned();
    let mut draws = Draws(5);
    for year in 2000..=last_year {
        for month in 1..=12 {
            let at = (year - 2000) * 12 + month - 1;
            let volume = 1.0 + f64::from(at) / 120.0;
            for source in STATES {
                for target in STATES {
                    if source == target {
                        continue;
                    }
                    let factor = match (source, target) {
                        ("CHN", "JPN") if at >= 72 => 4.0,
                        ("RUS", "USA") if at == 52 => 15.0,
                        ("IND", "CHN") if at >= 110 => 6.0,
                        _ => 1.0,
                    };
                    let n = draws.count(2.0 * volume * factor);
                    let _ = writeln!(text, "{source},{target},{year},{month},{n},{}", n / 3);
                }
            }
        }
    }
    text
}

fn store_of(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counts.csv");
    fs::write(&file, text).unwrap();
    let store = folder.path().join("store");
    ingest(&[file], &store, &IngestOptions::default(), &mut |_| {}).unwrap();
    (folder, store)
}

fn request(store: &Path) -> ScanRequest {
    ScanRequest {
        replications: 199,
        ..ScanRequest::new(store.to_owned())
    }
}

fn dyad<'a>(
    report: &'a ScanReport,
    source: &str,
    target: &str,
) -> &'a yalu_dossier::scan::report::DyadScan {
    report
        .dyads
        .iter()
        .find(|one| one.source == source && one.target == target)
        .unwrap()
}

#[test]
fn what_moved_is_found_dated_and_ranked_and_the_rest_is_left_alone() {
    let (_folder, store) = store_of(&counts(2009));
    let report = scan(&request(&store)).unwrap();
    assert_eq!(report.counts.tested, 30);
    assert_eq!(report.periods.len(), 120);
    assert!(report.coverage_changes.is_empty(), "{:?}", report.warnings);

    let moved = dyad(&report, "CHN", "JPN");
    // 199 draws allow no p below 0.005, which is too large for one shift among thirty dyads: more were
    // drawn.
    assert!(moved.p_value < 0.002 && moved.replications > 199);
    assert_eq!(moved.outcome, ScanOutcome::Lasting);
    assert_eq!(moved.rank, 1);
    let main = &moved.breaks[moved.main.unwrap() as usize];
    assert_eq!(main.at, "2006-01");
    assert!((3.0..5.2).contains(&main.ratio), "{}", main.ratio);
    assert!(main.interval[0] <= main.at && main.at <= main.interval[1]);

    let shock = dyad(&report, "RUS", "USA");
    assert!(shock.q_value > 0.05);
    assert_eq!(shock.outcome, ScanOutcome::Shock);
    let first = &shock.breaks[shock.main.unwrap() as usize];
    assert_eq!(
        (first.at.as_str(), first.persistence),
        ("2004-05", Persistence::Transient)
    );

    let young = dyad(&report, "IND", "CHN");
    let last = young.breaks.last().unwrap();
    assert_eq!(last.at, "2009-03");
    assert_eq!(
        (last.persistence, last.typical_ratio),
        (Persistence::Emerging, None)
    );

    // Nothing else moved: at most what the rate asked for allows.
    let others = report
        .dyads
        .iter()
        .filter(|one| one.q_value <= 0.05)
        .filter(|one| {
            !matches!(
                (one.source.as_str(), one.target.as_str()),
                ("CHN", "JPN") | ("IND", "CHN")
            )
        })
        .count();
    assert!(others <= 1, "{others}");
    // Levels and the mean of their counts agree.
    for level in &moved.levels {
        let place = |label: &String| report.periods.iter().position(|one| one == label).unwrap();
        let (from, to) = (place(&level.periods[0]), place(&level.periods[1]));
        let acts: f64 = moved.counts[from..=to].iter().flatten().sum();
        let exposure: f64 = moved.exposure[from..=to].iter().flatten().sum();
        assert!((level.mean - acts / (to + 1 - from) as f64).abs() < 1e-9);
        assert!((level.rate / (1000.0 * acts / exposure) - 1.0).abs() < 1e-9);
    }
    // The exposure is what all other pairs did.
    let both: f64 = moved.counts[7].unwrap() + dyad(&report, "JPN", "CHN").counts[7].unwrap();
    assert!((report.world[7].unwrap() - both - moved.exposure[7].unwrap()).abs() < 1e-9);
}

#[test]
fn threads_and_other_dyads_change_nothing_and_the_simulated_test_only_raises_p() {
    let (_folder, store) = store_of(&counts(2009));
    let with = |threads: usize, test: ScanTest| {
        let request = ScanRequest {
            threads: Some(threads),
            test,
            // Enough that no dyad needs more draws than another.
            replications: 999,
            ..request(&store)
        };
        scan(&request).unwrap()
    };
    let one = with(1, ScanTest::Permutation);
    let bytes = |report: &ScanReport| serde_json::to_string(report).unwrap();
    assert_eq!(bytes(&one), bytes(&with(2, ScanTest::Permutation)));
    let simulated = with(2, ScanTest::Bootstrap);
    assert_eq!(bytes(&simulated), bytes(&with(1, ScanTest::Bootstrap)));
    for here in &one.dyads {
        let there = dyad(&simulated, &here.source, &here.target);
        assert!(
            there.p_value >= here.p_value,
            "{} {}",
            here.source,
            here.target
        );
        assert_eq!(there.breaks, here.breaks);
    }
    // A dyad's p-value is its own: the fewest acts leave others out, not this one.
    let fewer = scan(&ScanRequest {
        min_events: 500.0,
        replications: 999,
        ..request(&store)
    })
    .unwrap();
    assert!(fewer.counts.too_few > 0);
    let p_value = |report: &ScanReport| dyad(report, "CHN", "JPN").p_value;
    assert!((p_value(&fewer) - p_value(&one)).abs() < 1e-12);
}

#[test]
fn a_jump_of_the_world_s_total_is_named_and_no_shift() {
    let mut text = "source,target,year,month,root10\n".to_owned();
    let mut draws = Draws(9);
    for at in 0..120 {
        for source in STATES {
            for target in STATES.iter().filter(|one| **one != source) {
                let n = draws.count(if at < 60 { 1.0 } else { 4.0 });
                let _ = writeln!(
                    text,
                    "{source},{target},{},{},{n}",
                    2000 + at / 12,
                    at % 12 + 1
                );
            }
        }
    }
    let (_folder, store) = store_of(&text);
    let report = scan(&request(&store)).unwrap();
    assert_eq!(report.coverage_changes.len(), 1);
    assert_eq!(report.coverage_changes[0].at, "2005-01");
    assert!(!report.coverage_changes[0].declared);
    assert!(report.warnings.iter().any(|one| one.contains("2005-01")));
    assert!(
        report
            .dyads
            .iter()
            .filter(|one| one.q_value <= 0.05)
            .count()
            <= 1
    );
}

#[test]
fn few_blocks_are_warned_of_with_the_least_p_that_they_allow() {
    let (_folder, store) = store_of(&counts(2004));
    let with = |horizon: u32| {
        let request = ScanRequest {
            horizon,
            ..request(&store)
        };
        scan(&request).unwrap().warnings
    };
    // Ten blocks of six: 2 · 5! · 5! / 10! of the orders keep the halves together.
    assert!(
        with(24)
            .iter()
            .any(|one| one.contains("10 blocks") && one.contains("0.008"))
    );
    assert!(!with(12).iter().any(|one| one.contains("blocks")));
}

#[test]
fn what_lies_after_the_last_month_has_no_part() {
    let (_folder, long) = store_of(&counts(2009));
    let (_other, short) = store_of(&counts(2007));
    let cut = ScanRequest {
        to: Some(jiff::civil::date(2007, 12, 31)),
        ..request(&long)
    };
    let (cut, whole) = (scan(&cut).unwrap(), scan(&request(&short)).unwrap());
    assert_eq!(cut.periods, whole.periods);
    assert_eq!(cut.dyads, whole.dyads);
    assert_eq!(cut.world, whole.world);
}

#[test]
fn what_can_t_be_scanned_is_refused_by_name() {
    let (_folder, store) = store_of(&counts(2009));
    let refused = |change: &dyn Fn(&mut ScanRequest)| {
        let mut request = request(&store);
        change(&mut request);
        scan(&request).unwrap_err()
    };
    assert!(matches!(
        refused(&|one| one.store = store.join("elsewhere")),
        ScanFailure::Store(_)
    ));
    assert!(matches!(
        refused(&|one| one.from = Some(jiff::civil::date(2007, 1, 1))),
        ScanFailure::TooShort {
            got: 36,
            needed: 48,
            ..
        }
    ));
    assert!(matches!(
        refused(&|one| one.datasets = vec!["nothing".to_owned()]),
        ScanFailure::Series(_)
    ));
    let options: [&dyn Fn(&mut ScanRequest); 6] = [
        &|one| one.level = 1.0,
        &|one| one.horizon = 3,
        &|one| one.equivalence_ratio = 1.0,
        &|one| one.replications = 98,
        &|one| one.min_events = 0.0,
        &|one| one.min_events = f64::NAN,
    ];
    for change in options {
        assert!(matches!(refused(change), ScanFailure::Option { .. }));
    }
    // Sectors are asked of counts, which have none.
    assert!(matches!(
        refused(&|one| one.by_sector = true),
        ScanFailure::Series(yalu_store::query::SeriesError::NoSectors)
    ));
    // Two states and nobody else: no volume to set their acts against.
    let mut text = "source,target,year,month,root10\n".to_owned();
    for at in 0..120 {
        let _ = writeln!(
            text,
            "CHN,JPN,{},{},{}",
            2000 + at / 12,
            at % 12 + 1,
            at % 5
        );
    }
    let (_two, alone) = store_of(&text);
    assert!(matches!(
        scan(&request(&alone)).unwrap_err(),
        ScanFailure::NoOthers { n_pairs: 1 }
    ));
    let plain = ScanRequest {
        exposure: ScanExposure::None,
        ..request(&alone)
    };
    let report = scan(&plain).unwrap();
    assert_eq!(report.counts.tested, 1);
    assert!(report.dyads[0].exposure.is_empty());
    // A store without a dyad of enough acts is a fact.
    let none = ScanRequest {
        min_events: 1e6,
        ..request(&store)
    };
    let report = scan(&none).unwrap();
    assert_eq!((report.counts.tested, report.dyads.len()), (0, 0));
}

#[test]
fn a_dyad_opens_as_a_dossier_that_runs() {
    let (folder, store) = store_of(&counts(2009));
    let dir = folder.path().join("opened");
    let pair = Dyad {
        source: "CHN".parse().unwrap(),
        target: "JPN".parse().unwrap(),
    };
    write_dossier(&request(&store), &pair, &dir).unwrap();
    let dossier = load_dossier(&dir).unwrap();
    let assessments = assess(&dossier, &AssessOptions::default()).unwrap();
    let finding = &assessments[0].indicators[0];
    assert_eq!(finding.shift.as_ref().unwrap().at, "2006-01");
    assert!(matches!(
        write_dossier(&request(&store), &pair, &dir).unwrap_err(),
        OpenError::Exists { .. }
    ));
}
