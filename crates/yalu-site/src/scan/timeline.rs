//! When levels moved: how many dyads' main breaks fall into each year.

use std::fmt::Write as _;

use askama::Template;
use yalu_dossier::scan::report::{DyadBreak, ScanOutcome, ScanReport};

use yalu_dossier::export::ExportTable;

use crate::chart::Canvas;
use crate::figure::{Figure, Key};
use crate::format;
use crate::scale::{Scale, round_up, tick_label};
use crate::svg::{Anchor, Svg, coordinate};
use crate::table::{Cell, Table};

use super::placed::PlacedDyad;
use super::trace::{Labels, changes_within, period_ticks};
use super::words::{cautious, codes, line, ratio};

/// Scans of more years than this are counted by year.
const MAX_YEARS_BY_PERIOD: usize = 3;
/// Shifts that a bar names when it is pointed at.
const NAMED_PER_BAR: usize = 5;

/// What a main break is counted as.
const KINDS: [(&str, &str); 3] = [
    ("shift-lasting", "lasting"),
    ("shift-emerging", "emerging"),
    ("shift-source", "at a change of the source base"),
];

/// The main breaks of a year, or of a period.
#[derive(Debug, Default)]
struct Bucket<'a> {
    label: String,
    /// Rises of each kind.
    rises: [Vec<&'a PlacedDyad<'a>>; 3],
    falls: [Vec<&'a PlacedDyad<'a>>; 3],
    changes: Vec<usize>,
}

/// The fourth part.
#[derive(Debug, Template)]
#[template(path = "scan_timeline.html")]
pub(super) struct TimelineSection {
    figure: Option<Figure>,
    table: Option<Table>,
    largest: Vec<(String, String)>,
    by: &'static str,
}

/// A lasting or emerging shift with its main break; none of another kind.
fn shift<'a>(placed: &'a PlacedDyad) -> Option<(usize, &'a DyadBreak)> {
    let one = placed.main()?;
    let kind = match placed.dyad.outcome {
        _ if one.coverage_change.is_some() => 2,
        ScanOutcome::Lasting => 0,
        ScanOutcome::Emerging => 1,
        _ => return None,
    };
    matches!(
        placed.dyad.outcome,
        ScanOutcome::Lasting | ScanOutcome::Emerging
    )
    .then_some((kind, one))
}

/// The year or the period that each period belongs to, and the buckets' labels.
fn bucket_labels(report: &ScanReport) -> (Vec<usize>, Vec<String>, bool) {
    let year = |period: &String| period.get(..4).unwrap_or(period).to_owned();
    let mut years: Vec<String> = report.periods.iter().map(year).collect();
    years.dedup();
    let by_year = years.len() > MAX_YEARS_BY_PERIOD;
    let mut labels: Vec<String> = Vec::new();
    let mut of = Vec::with_capacity(report.periods.len());
    for period in &report.periods {
        let label = if by_year {
            year(period)
        } else {
            period.clone()
        };
        if labels.last() != Some(&label) {
            labels.push(label);
        }
        of.push(labels.len() - 1);
    }
    (of, labels, by_year)
}

fn buckets<'a>(all: &'a [PlacedDyad<'a>], report: &ScanReport) -> (Vec<Bucket<'a>>, bool) {
    let (of, labels, by_year) = bucket_labels(report);
    let mut buckets: Vec<Bucket> = labels
        .into_iter()
        .map(|label| Bucket {
            label,
            ..Bucket::default()
        })
        .collect();
    for placed in all {
        let Some((kind, one)) = shift(placed) else {
            continue;
        };
        let place = placed
            .dyad
            .main
            .and_then(|main| placed.breaks.get(main as usize))
            .and_then(|place| of.get(place.at))
            .and_then(|place| buckets.get_mut(*place));
        if let Some(bucket) = place {
            let side = if one.ratio < 1.0 {
                &mut bucket.falls
            } else {
                &mut bucket.rises
            };
            side[kind].push(placed);
        }
    }
    for (place, idx) in changes_within(report) {
        if let Some(bucket) = of.get(place).and_then(|place| buckets.get_mut(*place)) {
            bucket.changes.push(idx);
        }
    }
    (buckets, by_year)
}

/// Shifts of the states, the largest first by the cautious end of their size.
fn largest<'a>(all: &'a [PlacedDyad<'a>]) -> Vec<(&'a PlacedDyad<'a>, &'a DyadBreak)> {
    let mut found: Vec<(f64, &PlacedDyad, &DyadBreak)> = all
        .iter()
        .filter_map(|placed| {
            let (kind, one) = shift(placed)?;
            let size = cautious(one)?.ln().abs();
            (kind < 2).then_some((size, placed, one))
        })
        .collect();
    found.sort_by(|left, right| right.0.total_cmp(&left.0));
    found
        .into_iter()
        .map(|(_, placed, one)| (placed, one))
        .collect()
}

impl TimelineSection {
    pub(super) fn of(all: &[PlacedDyad], report: &ScanReport) -> Self {
        let (buckets, by_year) = buckets(all, report);
        let by = if by_year { "year" } else { "period" };
        let any = all.iter().any(|placed| shift(placed).is_some());
        if !any {
            return Self {
                figure: None,
                table: None,
                largest: Vec::new(),
                by,
            };
        }
        let largest = largest(all);
        let mut key = vec![
            Key::new("shift-lasting", "lasting"),
            Key::new("shift-emerging", "emerging"),
        ];
        let of_source =
            |bucket: &Bucket| !bucket.rises[2].is_empty() || !bucket.falls[2].is_empty();
        if buckets.iter().any(of_source) {
            key.push(Key::new("shift-source", "at a change of the source base"));
        }
        if buckets.iter().any(|bucket| !bucket.changes.is_empty()) {
            key.push(Key::new("coverage", "source base changes"));
        }
        let figure = Figure::draw(
            "shifts-over-time".to_owned(),
            String::new(),
            ExportTable::default(),
            |canvas, id| draw(&buckets, &largest, report, canvas, id),
        )
        .with_unit(format!(
            "dyads whose main break falls into a {by}; rises above, falls below the line"
        ))
        .with_key(key);
        Self {
            figure: Some(figure),
            table: Some(table(&buckets, report, by)),
            largest: largest
                .iter()
                .take(6)
                .map(|(placed, _)| (placed.anchor.clone(), line(placed)))
                .collect(),
            by,
        }
    }

    /// Leads only to those dyads that have a part: the others lose their link.
    pub(super) fn linking_to(mut self, shown: &[PlacedDyad]) -> Self {
        for (anchor, _) in &mut self.largest {
            if !shown.iter().any(|placed| placed.anchor == *anchor) {
                anchor.clear();
            }
        }
        self
    }
}

fn total(side: &[Vec<&PlacedDyad>; 3]) -> usize {
    side.iter().map(Vec::len).sum()
}

fn table(buckets: &[Bucket], report: &ScanReport, by: &str) -> Table {
    let head = if by == "year" { "Year" } else { "Period" };
    let mut table = Table::new(
        format!("Main breaks by {by}"),
        &[
            head,
            "#Lasting rises",
            "#Emerging rises",
            "#Lasting falls",
            "#Emerging falls",
            "#At a change of the source base",
            "Source base",
        ],
    );
    let number = |n: usize| Cell::number(format::count(n as u64));
    for bucket in buckets {
        let notes: Vec<&str> = bucket
            .changes
            .iter()
            .filter_map(|idx| report.coverage_changes.get(*idx))
            .map(|change| change.note.as_str())
            .collect();
        table.row(vec![
            Cell::text(&bucket.label),
            number(bucket.rises[0].len()),
            number(bucket.rises[1].len()),
            number(bucket.falls[0].len()),
            number(bucket.falls[1].len()),
            number(bucket.rises[2].len() + bucket.falls[2].len()),
            Cell::text(notes.join("; ")),
        ]);
    }
    table
}

fn bar_title(label: &str, kind: &str, side: &str, found: &[&PlacedDyad]) -> String {
    let mut text = format!(
        "{label}: {} {kind}. ",
        format::plural(found.len() as u64, side, &format!("{side}s"))
    );
    let names: Vec<String> = found
        .iter()
        .take(NAMED_PER_BAR)
        .map(|placed| codes(placed.dyad))
        .collect();
    text.push_str(&names.join(", "));
    if found.len() > NAMED_PER_BAR {
        let _ = write!(text, " and {} more", found.len() - NAMED_PER_BAR);
    }
    text
}

fn draw(
    buckets: &[Bucket],
    largest: &[(&PlacedDyad, &DyadBreak)],
    report: &ScanReport,
    canvas: Canvas,
    id: &str,
) -> String {
    let (left, right) = (canvas.pick(44.0, 36.0), canvas.width() - 8.0);
    let rows = canvas.pick(2, 2);
    let label_room = 17.0 * f64::from(rows) + 8.0;
    let top = label_room + 18.0;
    let plot = canvas.pick(230.0, 200.0);
    let rise = buckets
        .iter()
        .map(|one| total(&one.rises))
        .max()
        .unwrap_or(0) as f64;
    let fall = buckets
        .iter()
        .map(|one| total(&one.falls))
        .max()
        .unwrap_or(0) as f64;
    let (rise, fall) = (round_up(rise, 3), round_up(fall, 3));
    let bottom = top + plot;
    let scale = Scale::linear((-fall, rise), (bottom, top));
    let axis = bottom + label_room;
    let mut svg = Svg::new(canvas.width(), axis + 24.0);
    let n = buckets.len().max(1) as f64;
    let step = (right - left) / n;
    let at = |idx: usize| left + step * idx as f64;

    let ticks: Vec<f64> = scale
        .ticks(6)
        .into_iter()
        .filter(|tick| tick.fract() == 0.0)
        .collect();
    for tick in &ticks {
        let y = scale.at(*tick);
        svg.line(
            (left, y),
            (right, y),
            if *tick == 0.0 { "zero" } else { "grid" },
        );
        svg.text(
            (left - 6.0, y + 4.0),
            Anchor::End,
            "tick",
            &tick_label(tick.abs(), &ticks),
        );
    }
    let labels: Vec<String> = buckets.iter().map(|one| one.label.clone()).collect();
    for (idx, label) in period_ticks(&labels, right - left, canvas.pick(42.0, 40.0)) {
        let middle = at(idx) + step / 2.0;
        if middle > left + 8.0 && middle < right - 8.0 {
            svg.text((middle, axis + 17.0), Anchor::Middle, "tick", &label);
        }
    }
    svg.line((left, axis), (right, axis), "axis");
    for (place, _) in changes_within(report) {
        let x = left + place as f64 / report.periods.len().max(1) as f64 * (right - left);
        svg.line((x, top - 6.0), (x, axis), "coverage");
    }
    let width = (step * 0.72).min(40.0);
    for (idx, bucket) in buckets.iter().enumerate() {
        let x = at(idx) + (step - width) / 2.0;
        for (side, found, sign) in [("rise", &bucket.rises, 1.0), ("fall", &bucket.falls, -1.0)] {
            let mut base = 0.0;
            for (kind, found) in KINDS.iter().zip(found) {
                if found.is_empty() {
                    continue;
                }
                let next = base + sign * found.len() as f64;
                let d = format!(
                    "M{} {}h{}V{}h-{}Z",
                    coordinate(x),
                    coordinate(scale.at(base)),
                    coordinate(width),
                    coordinate(scale.at(next)),
                    coordinate(width)
                );
                svg.titled_path(&d, kind.0, &bar_title(&bucket.label, kind.1, side, found));
                base = next;
            }
        }
    }
    name_largest(
        &mut svg,
        buckets,
        largest,
        (left, right),
        (top, bottom),
        canvas,
        &scale,
    );
    let description = description(buckets);
    svg.finish(id, canvas.class(), "Main breaks over time", &description)
}

/// Names the largest shifts: rises above the plot, falls below it, each with a line to its bar.
fn name_largest(
    svg: &mut Svg,
    buckets: &[Bucket],
    largest: &[(&PlacedDyad, &DyadBreak)],
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
    canvas: Canvas,
    scale: &Scale,
) {
    let step = (right - left) / buckets.len().max(1) as f64;
    let most = canvas.pick(4, 2);
    // Texts stand over every line, and their rim keeps them legible.
    let mut texts = Vec::new();
    for rises in [true, false] {
        let mut rows = [Labels::within((left, right)), Labels::within((left, right))];
        let named = largest
            .iter()
            .filter(|(_, one)| (one.ratio > 1.0) == rises)
            .take(most);
        for (placed, one) in named {
            let place = buckets.iter().position(|bucket| {
                let side = if rises { &bucket.rises } else { &bucket.falls };
                side.iter()
                    .flatten()
                    .any(|found| found.anchor == placed.anchor)
            });
            let Some((place, bucket)) =
                place.and_then(|place| buckets.get(place).map(|bucket| (place, bucket)))
            else {
                continue;
            };
            let x = left + step * (place as f64 + 0.5);
            let text = format!("{} {}", codes(placed.dyad), ratio(one.ratio));
            for (row, labels) in rows.iter_mut().enumerate() {
                let shift = 17.0 * row as f64;
                let y = if rises {
                    top - 8.0 - shift
                } else {
                    bottom + 18.0 + shift
                };
                if let Some(start) = labels.room(x, &text) {
                    texts.push((start, y, text.clone()));
                    let (from, to) = if rises {
                        (y + 4.0, scale.at(total(&bucket.rises) as f64))
                    } else {
                        (y - 12.0, scale.at(-(total(&bucket.falls) as f64)))
                    };
                    svg.line((x, from), (x, to), "leader");
                    break;
                }
            }
        }
    }
    for (x, y, text) in texts {
        svg.text((x, y), Anchor::Start, "label", &text);
    }
}

fn description(buckets: &[Bucket]) -> String {
    let sum = |side: fn(&Bucket) -> usize| buckets.iter().map(side).sum::<usize>() as u64;
    let mut text = format!(
        "{} and {}.",
        format::plural(sum(|one| total(&one.rises)), "rise", "rises"),
        format::plural(sum(|one| total(&one.falls)), "fall", "falls"),
    );
    let most = buckets
        .iter()
        .rev()
        .max_by_key(|one| total(&one.rises) + total(&one.falls));
    if let Some(most) = most {
        let _ = write!(
            text,
            " Most in {}: {} and {}. The table below holds every figure.",
            most.label,
            format::plural(total(&most.rises) as u64, "rise", "rises"),
            format::plural(total(&most.falls) as u64, "fall", "falls"),
        );
    }
    text
}
