//! How the time of the exact segmentation grows with the series: squared error, penalty 2 log n,
//! segments of at least 2 periods, n from 1,000 to 1,000,000.
//!
//! `cargo run --release -p yalu-stats --example pelt_growth` prints the figures as CSV; with `--svg`
//! it draws docs/methods/pelt-growth.svg instead.

#![allow(clippy::print_stdout, reason = "the table or the plot is the output")]
#![allow(
    clippy::disallowed_types,
    reason = "a measurement of time needs a clock; the crate itself has none"
)]

use std::hint::black_box;
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use yalu_stats::segmentation::{MeanCost, Pelt, Penalty, Pruning, pelt};

const SEED: u64 = 1;
const SIZES: [usize; 10] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
];
const LEVELS: [f64; 10] = [0.0, 3.0, -1.0, 2.0, 5.0, 1.0, 4.0, -2.0, 0.0, 3.0];
/// PELT's inequality alone takes minutes above this where breaks are few.
const LONGEST_WITH_FEW: usize = 100_000;

/// A way to run it.
struct Way {
    name: &'static str,
    colour: &'static str,
    pruning: Pruning,
    /// Periods of a segment among n.
    segment: fn(usize) -> usize,
    longest: usize,
}

const WAYS: [Way; 4] = [
    Way {
        name: "functional pruning, a break every 150 periods",
        colour: "#1b6ca8",
        pruning: Pruning::Fastest,
        segment: |_| 150,
        longest: usize::MAX,
    },
    Way {
        name: "functional pruning, 9 breaks",
        colour: "#2a9d5c",
        pruning: Pruning::Fastest,
        segment: |n| n / 10,
        longest: usize::MAX,
    },
    Way {
        name: "PELT's inequality, a break every 150 periods",
        colour: "#b8860b",
        pruning: Pruning::Inequality,
        segment: |_| 150,
        longest: usize::MAX,
    },
    Way {
        name: "PELT's inequality, 9 breaks",
        colour: "#b03a48",
        pruning: Pruning::Inequality,
        segment: |n| n / 10,
        longest: LONGEST_WITH_FEW,
    },
];

/// Normal noise of variance 1 about levels of equal length.
fn series(n: usize, segment: usize) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    (0..n)
        .map(|t| {
            let radius: f64 = 1.0 - rng.random::<f64>();
            let angle: f64 = rng.random::<f64>();
            let normal = (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos();
            LEVELS[t / segment % LEVELS.len()] + normal
        })
        .collect()
}

struct Point {
    n: usize,
    seconds: f64,
    breaks: usize,
    candidates: f64,
}

/// The least time of a few runs, the building of the cost included.
fn measure(way: &Way, n: usize) -> Point {
    let x = series(n, (way.segment)(n));
    let search = Pelt::new(Penalty::Manual(2.0 * (n as f64).ln()))
        .with_min_segment(2)
        .with_pruning(way.pruning);
    let mut seconds = f64::INFINITY;
    let mut found = None;
    for _ in 0..if n <= 20_000 { 9 } else { 4 } {
        let begin = Instant::now();
        let cost = MeanCost::new(black_box(&x)).expect("a finite series that varies");
        let one = pelt(&cost, &search).expect("a penalty above zero");
        seconds = seconds.min(begin.elapsed().as_secs_f64());
        found = Some(one);
    }
    let found = found.expect("at least one run");
    Point {
        n,
        seconds,
        breaks: found.n_breaks(),
        candidates: found.mean_candidates,
    }
}

fn main() {
    let svg = std::env::args().any(|argument| argument == "--svg");
    if !svg {
        println!("way,n,seconds,nanoseconds_per_period,breaks,mean_candidates");
    }
    let mut curves = Vec::new();
    for way in &WAYS {
        let mut curve = Vec::new();
        for n in SIZES.into_iter().filter(|n| *n <= way.longest) {
            let point = measure(way, n);
            if !svg {
                println!(
                    "\"{}\",{n},{:.6},{:.0},{},{:.1}",
                    way.name,
                    point.seconds,
                    point.seconds / n as f64 * 1e9,
                    point.breaks,
                    point.candidates
                );
            }
            curve.push(point);
        }
        curves.push(curve);
    }
    if svg {
        print!("{}", plot(&curves));
    }
}

/// Decades of n and of seconds that the plot spans.
const N_DECADES: (i32, i32) = (3, 6);
const TIME_DECADES: (i32, i32) = (-5, 2);
const LEFT: f64 = 78.0;
const TOP: f64 = 64.0;
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 400.0;

fn x_of(n: f64) -> f64 {
    let (low, high) = N_DECADES;
    LEFT + (n.log10() - f64::from(low)) / f64::from(high - low) * WIDTH
}

fn y_of(seconds: f64) -> f64 {
    let (low, high) = TIME_DECADES;
    TOP + HEIGHT - (seconds.log10() - f64::from(low)) / f64::from(high - low) * HEIGHT
}

fn plot(curves: &[Vec<Point>]) -> String {
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 700 620\" width=\"700\" height=\"620\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\" \
         aria-label=\"Time of the exact segmentation against the length of the series, both on log scales\">\n\
         <rect width=\"700\" height=\"620\" fill=\"#ffffff\"/>\n\
         <text x=\"78\" y=\"26\" font-size=\"17\" fill=\"#222\">Exact segmentation by squared error: time against length</text>\n\
         <text x=\"78\" y=\"46\" fill=\"#555\">penalty 2 log n, segments of at least 2 periods, unit normal noise, one thread</text>\n",
    );
    for decade in TIME_DECADES.0..=TIME_DECADES.1 {
        let y = y_of(10.0_f64.powi(decade));
        out += &format!(
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e3e3e3\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#333\">{}</text>\n",
            LEFT + WIDTH,
            LEFT - 8.0,
            y + 4.0,
            seconds_text(decade)
        );
    }
    for decade in N_DECADES.0..=N_DECADES.1 {
        let x = x_of(10.0_f64.powi(decade));
        let label = ["1,000", "10,000", "100,000", "1,000,000"][(decade - N_DECADES.0) as usize];
        out += &format!(
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\" stroke=\"#e3e3e3\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#333\">{label}</text>\n",
            TOP + HEIGHT,
            TOP + HEIGHT + 18.0
        );
    }
    out += &format!(
        "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#888\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#333\">periods n</text>\n\
         <text transform=\"translate(18 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"#333\">time</text>\n",
        LEFT + WIDTH / 2.0,
        TOP + HEIGHT + 38.0,
        TOP + HEIGHT / 2.0
    );
    // Slopes 1 and 2 from the same point.
    for (slope, label, to) in [(1, "∝ n", 1e6_f64), (2, "∝ n²", 2e5)] {
        let start: f64 = 2e-5;
        let end = start * (to / 1e3).powi(slope);
        out += &format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#999\" stroke-dasharray=\"5 4\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#777\">{label}</text>\n",
            x_of(1e3),
            y_of(start),
            x_of(to),
            y_of(end),
            x_of(to) - 6.0,
            y_of(end) + if slope == 1 { 20.0 } else { 2.0 }
        );
    }
    for (row, (way, curve)) in WAYS.iter().zip(curves).enumerate() {
        let points: Vec<String> = curve
            .iter()
            .map(|one| format!("{:.1},{:.1}", x_of(one.n as f64), y_of(one.seconds)))
            .collect();
        let colour = way.colour;
        out += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n",
            points.join(" ")
        );
        for one in &points {
            let (x, y) = one.split_once(',').unwrap_or((one, "0"));
            out += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>\n");
        }
        let y = TOP + HEIGHT + 66.0 + row as f64 * 20.0;
        let longest = curve.last().map_or(String::new(), |one| {
            format!("; {:.2} s at n = {}", one.seconds, thousands(one.n))
        });
        out += &format!(
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\" stroke-width=\"3\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#333\">{}{longest}</text>\n",
            LEFT + 24.0,
            LEFT + 32.0,
            y + 4.0,
            way.name
        );
    }
    out += "</svg>\n";
    out
}

fn seconds_text(decade: i32) -> String {
    match decade {
        -5 => "10 µs".to_owned(),
        -4 => "0.1 ms".to_owned(),
        -3 => "1 ms".to_owned(),
        -2 => "10 ms".to_owned(),
        -1 => "0.1 s".to_owned(),
        _ => format!("{} s", 10_f64.powi(decade)),
    }
}

fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
