//! A scan made by seeded arithmetic: dyads of each outcome, gaps, changes of the source base, a
//! sector, and texts that want to break out of the page.

use yalu_dossier::assessment::{CoverageChangeRecord, CoverageRecord, FileRecord, MethodStep};
use yalu_dossier::scan::report::{
    DyadBreak, DyadLevel, DyadScan, Persistence, ScanCounts, ScanCoverageChange, ScanOutcome,
    ScanQuestion, ScanReport, ScanTest,
};

/// Markup, quotes, an entity, a template's braces, a closing script, letters of other scripts.
pub(crate) const NASTY: &str =
    "<script>alert('x')</script>\"'&amp;{{ 7 }} </style><img src=x onerror=y> 鸭绿江 \u{202e}";

/// Codes with names; the last name wants to break out of the page.
const STATES: [(&str, &str); 46] = [
    ("USA", "United States"),
    ("IRQ", "Iraq"),
    ("IRN", "Iran"),
    ("ISR", "Israel"),
    ("PSE", "Palestine"),
    ("LBN", "Lebanon"),
    ("SYR", "Syria"),
    ("TUR", "Turkey"),
    ("RUS", "Russia"),
    ("UKR", "Ukraine"),
    ("GEO", "Georgia"),
    ("CHN", "China"),
    ("TWN", "Taiwan"),
    ("PRK", "North Korea"),
    ("KOR", "South Korea"),
    ("JPN", "Japan"),
    ("IND", "India"),
    ("PAK", "Pakistan"),
    ("AFG", "Afghanistan"),
    ("GBR", "United Kingdom"),
    ("FRA", "France"),
    ("DEU", "Germany"),
    ("SRB", "Serbia"),
    ("BIH", "Bosnia and Herzegovina"),
    ("HRV", "Croatia"),
    ("ERI", "Eritrea"),
    ("ETH", "Ethiopia"),
    ("SDN", "Sudan"),
    ("TCD", "Chad"),
    ("COD", "Democratic Republic of the Congo"),
    ("RWA", "Rwanda"),
    ("UGA", "Uganda"),
    ("COL", "Colombia"),
    ("VEN", "Venezuela"),
    ("CUB", "Cuba"),
    ("AUS", "Australia"),
    ("IDN", "Indonesia"),
    ("TLS", "East Timor"),
    ("EGY", "Egypt"),
    ("SAU", "Saudi Arabia"),
    ("YEM", "Yemen"),
    ("KWT", "Kuwait"),
    ("ARM", "Armenia"),
    ("AZE", "Azerbaijan"),
    ("VNM", "Vietnam"),
    ("X-\"1", NASTY),
];

/// A small linear congruential generator: the fixture must not change with a library.
struct Draws(u64);

impl Draws {
    /// In [0, 1).
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1u32 << 24)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() * n as f64) as usize
    }
}

fn period(idx: usize) -> String {
    format!("{}-{:02}", 1991 + idx / 12, idx % 12 + 1)
}

/// A scan of `n_each` dyads of each outcome over `n_periods` months from 1991, at least 60.
pub(crate) fn scan(n_each: usize, n_periods: usize) -> ScanReport {
    let mut draws = Draws(20_131_127);
    let periods: Vec<String> = (0..n_periods).map(period).collect();
    let world: Vec<Option<f64>> = (0..n_periods)
        .map(|idx| {
            let total = 20_000.0 + 60.0 * idx as f64 + 3000.0 * draws.next();
            (!(30..32).contains(&idx)).then_some(total.round())
        })
        .collect();
    let mut dyads = Vec::new();
    let outcomes = [
        ScanOutcome::Lasting,
        ScanOutcome::Faded,
        ScanOutcome::Emerging,
        ScanOutcome::Shock,
        ScanOutcome::NoShift,
    ];
    for outcome in outcomes {
        for idx in 0..n_each {
            let rank = dyads.len() as u32 + 1;
            // The states at the end of the list seldom act; each ordered pair occurs once.
            let pair = dyads.len();
            let source = (pair * 7 + pair / STATES.len()) % STATES.len();
            let target = (source + 1 + pair / STATES.len()) % STATES.len();
            let mut dyad = dyad(outcome, idx, &world, &mut draws);
            (dyad.rank, dyad.source, dyad.source_name) = (
                rank,
                STATES[source].0.to_owned(),
                STATES[source].1.to_owned(),
            );
            (dyad.target, dyad.target_name) =
                (STATES[target].0.to_owned(), STATES[target].1.to_owned());
            dyads.push(dyad);
        }
    }
    let n = n_each as u32;
    ScanReport {
        format: 1,
        yalu_version: "0.1.0".to_owned(),
        question: ScanQuestion {
            codes: "CAMEO 16 to 20".to_owned(),
            exposure: "every act of the data sets".to_owned(),
            datasets: vec!["icews".to_owned()],
            periods: [period(0), period(n_periods - 1)],
            min_events: 30.0,
            by_sector: false,
            test: ScanTest::Permutation,
            level: 0.05,
            horizon: 24,
            equivalence_ratio: 1.5,
            replications: 9999,
            seed: 7,
        },
        periods,
        world,
        coverage_changes: vec![
            ScanCoverageChange {
                at: period(n_periods / 2),
                note: NASTY.to_owned(),
                declared: true,
            },
            ScanCoverageChange {
                at: period(n_periods / 2 + 30),
                note: "the world’s total jumps by a third".to_owned(),
                declared: false,
            },
        ],
        counts: ScanCounts {
            dyads: 9 * n + 5 * n,
            too_few: 9 * n,
            tested: 5 * n,
            lasting: n,
            emerging: n,
            faded: n,
            shock: n,
            no_shift: n,
        },
        dyads,
        coverage: vec![CoverageRecord {
            dataset: "icews".to_owned(),
            from: "1991-01-01".to_owned(),
            to: "2013-12-31".to_owned(),
            subset: Some(NASTY.to_owned()),
            changes: vec![CoverageChangeRecord {
                date: "2002-07-01".to_owned(),
                note: NASTY.to_owned(),
                in_model: true,
            }],
        }],
        files: vec![FileRecord {
            name: NASTY.to_owned(),
            sha256: "ab".repeat(32),
            n_rows: 685_374,
        }],
        sql: "SELECT source, target FROM events WHERE code < '20' /* </code> */".to_owned(),
        method: vec![MethodStep {
            what: "Largest F over all dates, by permutation of blocks.".to_owned(),
            source: NASTY.to_owned(),
            limits: "Why a level moved.".to_owned(),
        }],
        warnings: vec![NASTY.to_owned()],
    }
}

fn dyad(outcome: ScanOutcome, idx: usize, world: &[Option<f64>], draws: &mut Draws) -> DyadScan {
    let n = world.len();
    let base = 0.2 + 3.0 * draws.next() * draws.next();
    let ratio = if draws.next() < 0.65 {
        2.0 + 10.0 * draws.next() * draws.next()
    } else {
        0.1 + 0.4 * draws.next()
    };
    let at = 20 + draws.below(n - 50);
    // First period, level and what comes of it, per break.
    let (firsts, rates, main): (Vec<usize>, Vec<f64>, Option<u32>) = match outcome {
        ScanOutcome::Lasting if idx % 3 == 1 => (
            vec![8, 14, at],
            vec![base, base * 4.0, base, base * ratio],
            Some(2),
        ),
        ScanOutcome::Lasting => (vec![at], vec![base, base * ratio], Some(0)),
        ScanOutcome::Emerging => (vec![n - 9], vec![base, base * ratio], Some(0)),
        ScanOutcome::Faded => (vec![at, at + 20], vec![base, base * ratio, base], Some(0)),
        ScanOutcome::Shock => (vec![at, at + 2], vec![base, base * 9.0, base], None),
        ScanOutcome::NoShift => (Vec::new(), vec![base], None),
    };
    let level_of = |period: usize| firsts.iter().filter(|first| **first <= period).count();
    let counts: Vec<Option<f64>> = world
        .iter()
        .enumerate()
        .map(|(period, world)| {
            let world = (*world)?;
            let mean = rates[level_of(period)] * world / 1000.0;
            let spike = if draws.next() < 0.01 { 6.0 } else { 1.0 };
            Some((mean * spike * (0.1 + 1.8 * draws.next())).round())
        })
        .collect();
    let mut breaks: Vec<DyadBreak> = firsts
        .iter()
        .enumerate()
        .map(|(place, first)| a_break(outcome, *first, rates[place + 1] / rates[place], n))
        .collect();
    for place in 1..breaks.len() {
        breaks[place].is_return = (rates[place + 1] - rates[place - 1]).abs() < 1e-12;
    }
    if outcome == ScanOutcome::Lasting && idx % 5 == 4 {
        breaks[0].coverage_change = Some(NASTY.to_owned());
    }
    let mut starts = vec![0];
    starts.extend(&firsts);
    let levels = starts
        .iter()
        .zip(&rates)
        .enumerate()
        .map(|(place, (first, rate))| DyadLevel {
            periods: [
                period(*first),
                period(starts.get(place + 1).map_or(n, |next| *next) - 1),
            ],
            rate: *rate,
            mean: rate * 25.0,
        })
        .collect();
    let found = !matches!(outcome, ScanOutcome::Shock | ScanOutcome::NoShift);
    DyadScan {
        rank: 0,
        source: String::new(),
        source_name: String::new(),
        target: String::new(),
        target_name: String::new(),
        sector: None,
        n_events: counts.iter().flatten().sum(),
        outcome,
        main,
        p_value: if found { 0.0004 } else { 0.4 },
        q_value: if found {
            0.002 + 0.0001 * idx as f64
        } else {
            0.7
        },
        statistic: if found { 45.5 } else { 3.25 },
        block: 6,
        replications: 9999,
        serial_correlation: 0.21,
        theta: idx.is_multiple_of(2).then_some(2.5),
        breaks,
        levels,
        counts,
        exposure: world.to_vec(),
    }
}

fn a_break(outcome: ScanOutcome, first: usize, ratio: f64, n: usize) -> DyadBreak {
    let young = n - first < 24;
    DyadBreak {
        at: period(first),
        interval: [period(first - 2), period((first + 1).min(n - 1))],
        ratio,
        ratio_interval: [ratio * 0.8, ratio * 1.3],
        persistence: match outcome {
            _ if young => Persistence::Emerging,
            ScanOutcome::Lasting => Persistence::Lasting,
            ScanOutcome::Shock => Persistence::Transient,
            _ => Persistence::Undecided,
        },
        typical_ratio: (!young).then_some(ratio * 0.9),
        typical_interval: (!young).then_some([ratio * 0.6, ratio * 1.2]),
        is_return: false,
        coverage_change: None,
        gain: 33.3,
    }
}

/// The same scan without a single dyad.
pub(crate) fn empty() -> ScanReport {
    let mut report = scan(1, 60);
    report.dyads.clear();
    report.counts = ScanCounts::default();
    report.coverage_changes.clear();
    report.coverage.clear();
    report.files.clear();
    report.method.clear();
    report.warnings.clear();
    report.sql.clear();
    report
}
