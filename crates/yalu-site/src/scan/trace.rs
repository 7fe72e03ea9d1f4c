//! A dyad's counts per exposure, drawn once: the table shows the drawing small, and both charts of
//! the dyad's part show the same one stretched. So a page of hundreds of dyads stays small.

use std::fmt::Write as _;

use yalu_dossier::scan::report::{DyadScan, ScanReport};

use crate::chart::{Canvas, FONT};
use crate::gaps::absent_stretches;
use crate::scale::{Scale, round_up, tick_label};
use crate::svg::{Anchor, Svg, coordinate, text_width};
use crate::time::parse_span;

use super::placed::PlacedDyad;
use super::words::codes;

/// Units of the drawing: a period is two wide, so that its middle is a whole number.
const PERIOD: usize = 2;
/// The drawing's height.
const HEIGHT: f64 = 300.0;

/// Counts per thousand acts of the exposure, absent where either is; counts as they are where there is
/// no exposure.
fn rates(dyad: &DyadScan) -> Vec<Option<f64>> {
    if dyad.exposure.is_empty() {
        return dyad.counts.clone();
    }
    dyad.counts
        .iter()
        .zip(&dyad.exposure)
        .map(|pair| match pair {
            (Some(count), Some(exposure)) if *exposure > 0.0 => {
                Some(count / exposure * 1000.0).filter(|rate| rate.is_finite())
            }
            _ => None,
        })
        .collect()
}

/// A dyad's drawing.
#[derive(Debug)]
pub(super) struct Trace {
    id: String,
    /// The drawing itself; it stands once on the page.
    markup: String,
    n_periods: usize,
    scale: Scale,
    ticks: Vec<f64>,
    /// Whether small rates are given room by a square-root axis.
    pub(super) is_rooted: bool,
    /// Whether some period has no figure.
    pub(super) has_gaps: bool,
    /// The highest rate.
    pub(super) highest: f64,
}

impl Trace {
    /// Draws the `idx`th dyad of the page.
    pub(super) fn of(idx: usize, placed: &PlacedDyad) -> Self {
        let rates = rates(placed.dyad);
        let known: Vec<f64> = rates.iter().flatten().copied().collect();
        let highest = known.iter().copied().fold(0.0, f64::max);
        let level = placed
            .dyad
            .levels
            .iter()
            .map(|level| level.rate)
            .filter(|rate| rate.is_finite())
            .fold(0.0, f64::max);
        let middle = known.iter().sum::<f64>() / known.len().max(1) as f64;
        // A shock's own level counts among the spikes: it would hide all others as well.
        let most = highest.max(level);
        let is_rooted = middle > 0.0 && most > 5.0 * middle;
        let top = round_up(most, 4);
        let scale = if is_rooted {
            Scale::root(top, (HEIGHT, 0.0))
        } else {
            Scale::linear((0.0, top), (HEIGHT, 0.0))
        };
        let id = format!("t{idx}");
        Self {
            markup: markup(&id, placed, &rates, scale),
            id,
            n_periods: rates.len(),
            scale,
            ticks: scale.ticks(4),
            is_rooted,
            has_gaps: rates.iter().any(Option::is_none),
            highest,
        }
    }

    /// The drawing small, for the table. It holds the shapes that the charts copy.
    pub(super) fn sparkline(&self) -> String {
        format!(
            r#"<svg class="trace-line" aria-hidden="true" focusable="false" preserveAspectRatio="none" viewBox="0 -8 {} {}">{}</svg>"#,
            (self.n_periods * PERIOD).max(1),
            HEIGHT + 16.0,
            self.markup
        )
    }

    /// The dyad's chart: the shared grid, its own axis and labels, and the drawing stretched.
    pub(super) fn chart(
        &self,
        placed: &PlacedDyad,
        canvas: Canvas,
        id: &str,
        description: &str,
    ) -> String {
        let frame = Frame::of(canvas);
        let mut svg = Svg::new(canvas.width(), frame.bottom + 24.0);
        let width = frame.right - frame.left;
        let height = frame.bottom - frame.top;
        let mut grid = String::new();
        for tick in &self.ticks {
            let y = frame.top + self.scale.at(*tick) / HEIGHT * height;
            let _ = write!(
                grid,
                "M{} {}H{}",
                coordinate(frame.left),
                coordinate(y),
                coordinate(frame.right)
            );
            svg.text(
                (frame.left - 6.0, y + 4.0),
                Anchor::End,
                "tick",
                &tick_label(*tick, &self.ticks),
            );
        }
        svg.path(&grid, "grid");
        svg.copy(Grid::id(canvas), "");
        let n = (self.n_periods * PERIOD).max(1) as f64;
        svg.copy(
            &self.id,
            &format!(
                "translate({} {})scale({:.5} {:.5})",
                coordinate(frame.left),
                coordinate(frame.top),
                width / n,
                height / HEIGHT
            ),
        );
        let mut labels = Labels::within((frame.left, frame.right));
        let main = placed.dyad.main.map(|main| main as usize);
        let mut order: Vec<usize> = (0..placed.breaks.len()).collect();
        // The main break's label finds room first.
        order.sort_by_key(|idx| (Some(*idx) != main, *idx));
        for idx in order {
            let (Some(place), Some(record)) = (placed.breaks.get(idx), placed.dyad.breaks.get(idx))
            else {
                continue;
            };
            let x = frame.left + (place.at * PERIOD) as f64 / n * width;
            let class = if Some(idx) == main {
                "label strong"
            } else {
                "label"
            };
            labels.place(&mut svg, (x, frame.top - 6.0), class, &record.at);
        }
        svg.finish(id, canvas.class(), &codes(placed.dyad), description)
    }
}

/// The shapes: absent stretches, the breaks' intervals and dates, counts per exposure, levels.
fn markup(id: &str, placed: &PlacedDyad, rates: &[Option<f64>], scale: Scale) -> String {
    let mut svg = Svg::new(0.0, 0.0);
    for (first, last) in absent_stretches(rates) {
        svg.rect(
            ((first * PERIOD) as f64, 0.0),
            (((last + 1 - first) * PERIOD) as f64, HEIGHT),
            "absent",
        );
    }
    let main = placed.dyad.main.map(|main| main as usize);
    let mut others = String::new();
    for (idx, one) in placed.breaks.iter().enumerate() {
        let [from, to] = one.interval;
        svg.rect(
            ((from * PERIOD) as f64, 0.0),
            (((to + 1).saturating_sub(from) * PERIOD) as f64, HEIGHT),
            if Some(idx) == main {
                "band"
            } else {
                "band weak"
            },
        );
        if Some(idx) != main {
            let _ = write!(others, "M{} 0V{HEIGHT}", one.at * PERIOD);
        }
    }
    svg.path(&others, "break other");
    svg.path(&compact_line(rates, scale), "observed");
    let mut levels = String::new();
    for (idx, ([from, to], level)) in placed.levels.iter().zip(&placed.dyad.levels).enumerate() {
        let y = scale.at(level.rate.max(0.0)).round();
        let meets = idx > 0
            && placed
                .levels
                .get(idx - 1)
                .is_some_and(|before| before[1] + 1 == *from);
        if meets {
            let _ = write!(levels, "V{y}H{}", (to + 1) * PERIOD);
        } else {
            let _ = write!(levels, "M{} {y}H{}", from * PERIOD, (to + 1) * PERIOD);
        }
    }
    svg.path(&levels, "level");
    if let Some(one) = main.and_then(|main| placed.breaks.get(main)) {
        svg.path(&format!("M{} 0V{HEIGHT}", one.at * PERIOD), "break");
    }
    svg.finish_group(id, "trace-shapes")
}

/// A line in whole, relative steps: short, and equal figures one after another are one stretch.
fn compact_line(rates: &[Option<f64>], scale: Scale) -> String {
    let mut d = String::new();
    let mut last: Option<i64> = None;
    let mut flat = 0;
    for (idx, rate) in rates.iter().enumerate() {
        let Some(rate) = rate else {
            end_flat(&mut d, &mut flat, last.is_some());
            last = None;
            continue;
        };
        let y = scale.at(*rate).round() as i64;
        match last {
            None => {
                let _ = write!(d, "M{} {y}", idx * PERIOD + 1);
                // A point between two gaps stays a dot.
                let alone = rates.get(idx + 1).is_none_or(Option::is_none);
                if alone {
                    d.push_str("h0");
                }
            }
            Some(before) if before == y => flat += PERIOD,
            Some(before) => {
                end_flat(&mut d, &mut flat, true);
                let step = y - before;
                let _ = if step < 0 {
                    write!(d, "l{PERIOD}{step}")
                } else {
                    write!(d, "l{PERIOD} {step}")
                };
            }
        }
        last = Some(y);
    }
    end_flat(&mut d, &mut flat, last.is_some());
    d
}

fn end_flat(d: &mut String, flat: &mut usize, open: bool) {
    if open && *flat > 0 {
        let _ = write!(d, "h{flat}");
    }
    *flat = 0;
}

/// Where a chart's plot lies on its canvas.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn of(canvas: Canvas) -> Self {
        let top = 44.0;
        Self {
            left: canvas.pick(56.0, 44.0),
            right: canvas.width() - canvas.pick(12.0, 8.0),
            top,
            bottom: top + canvas.pick(190.0, 170.0),
        }
    }
}

/// What the charts of all dyads share: the time axis and the changes of the source base.
#[derive(Debug)]
pub(super) struct Grid {
    wide: String,
    narrow: String,
}

impl Grid {
    pub(super) fn over(report: &ScanReport) -> Self {
        let draw = |canvas| grid(report, canvas).finish_group(Self::id(canvas), "trace-grid");
        Self {
            wide: draw(Canvas::Wide),
            narrow: draw(Canvas::Narrow),
        }
    }

    fn id(canvas: Canvas) -> &'static str {
        canvas.pick("grid-w", "grid-n")
    }

    /// The shapes as they stand once on the page, out of sight.
    pub(super) fn shared(&self) -> String {
        format!(
            r#"<svg class="shared-shapes" aria-hidden="true" focusable="false" width="0" height="0">{}{}</svg>"#,
            self.wide, self.narrow
        )
    }
}

fn grid(report: &ScanReport, canvas: Canvas) -> Svg {
    let frame = Frame::of(canvas);
    let mut svg = Svg::new(canvas.width(), frame.bottom + 24.0);
    let n = report.periods.len().max(1) as f64;
    let at = |idx: usize| frame.left + idx as f64 / n * (frame.right - frame.left);
    let (mut lines, mut marks) = (String::new(), String::new());
    for (idx, label) in period_ticks(&report.periods, frame.right - frame.left, 42.0) {
        let x = coordinate(at(idx));
        let _ = write!(lines, "M{x} {}V{}", frame.top, frame.bottom);
        let _ = write!(marks, "M{x} {}v4", frame.bottom);
        if at(idx) < frame.right - 14.0 {
            svg.text(
                (at(idx), frame.bottom + 17.0),
                Anchor::Middle,
                "tick",
                &label,
            );
        }
    }
    let _ = write!(marks, "M{} {}H{}", frame.left, frame.bottom, frame.right);
    svg.path(&lines, "grid");
    svg.path(&marks, "axis");
    let mut labels = Labels::within((frame.left, frame.right));
    for (place, _) in changes_within(report) {
        svg.line(
            (at(place), frame.top - 20.0),
            (at(place), frame.bottom),
            "coverage",
        );
        let text = canvas.pick("source base changes", "source base");
        labels.place(&mut svg, (at(place), frame.top - 25.0), "label", text);
    }
    svg
}

/// The changes of the source base that fall after the first period, as a place and an index.
pub(super) fn changes_within(report: &ScanReport) -> Vec<(usize, usize)> {
    let spans: Vec<_> = report
        .periods
        .iter()
        .map(|period| parse_span(period))
        .collect();
    report
        .coverage_changes
        .iter()
        .enumerate()
        .filter_map(|(idx, change)| {
            let start = parse_span(&change.at)?.start;
            let place = spans.iter().position(|span| {
                span.is_some_and(|span| span.start <= start && start < span.end)
            })?;
            (place > 0).then_some((place, idx))
        })
        .collect()
}

/// Indices of the periods at which a year begins (or, on a short axis, of every few periods) with
/// their labels, `gap` apart or more.
pub(super) fn period_ticks(periods: &[String], width: f64, gap: f64) -> Vec<(usize, String)> {
    let year = |period: &str| period.get(..4).unwrap_or(period).to_owned();
    let mut starts: Vec<(usize, String)> = Vec::new();
    for (idx, period) in periods.iter().enumerate() {
        let first = idx > 0
            && periods
                .get(idx - 1)
                .is_some_and(|before| year(before) != year(period));
        if first || (idx == 0 && is_first_of_year(period)) {
            starts.push((idx, year(period)));
        }
    }
    let n = periods.len().max(1) as f64;
    if starts.len() < 3 {
        let room = periods
            .first()
            .map_or(gap, |period| text_width(period, FONT) + 14.0);
        let every = (room * n / width.max(1.0)).ceil().max(1.0) as usize;
        return periods.iter().cloned().enumerate().step_by(every).collect();
    }
    let per_year = width / starts.len() as f64;
    let step = [1, 2, 5, 10, 20, 50]
        .into_iter()
        .find(|step| per_year * f64::from(*step) >= gap)
        .unwrap_or(100);
    starts
        .into_iter()
        .filter(|(_, year)| year.parse::<i32>().is_ok_and(|year| year % step == 0))
        .collect()
}

fn is_first_of_year(period: &str) -> bool {
    matches!(
        period.get(4..),
        Some("" | "-01" | "-Q1" | "-W01" | "-01-01")
    )
}

/// Labels in a row, so that none overlaps; one that finds no room is left out.
pub(super) struct Labels {
    taken: Vec<(f64, f64)>,
    ends: (f64, f64),
}

impl Labels {
    pub(super) fn within(ends: (f64, f64)) -> Self {
        Self {
            taken: Vec::new(),
            ends,
        }
    }

    /// Takes room for a label near `x` and gives its left end; `None` where there is none.
    pub(super) fn room(&mut self, x: f64, text: &str) -> Option<f64> {
        let width = text_width(text, FONT);
        let from = (x - width / 2.0).clamp(self.ends.0, (self.ends.1 - width).max(self.ends.0));
        let free = self
            .taken
            .iter()
            .all(|(start, end)| from > end + 8.0 || from + width + 8.0 < *start);
        free.then(|| {
            self.taken.push((from, from + width));
            from
        })
    }

    /// Writes a label near `x` where there is room.
    fn place(&mut self, svg: &mut Svg, (x, y): (f64, f64), class: &str, text: &str) {
        if let Some(from) = self.room(x, text) {
            svg.text((from, y), Anchor::Start, class, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_figures_are_one_stretch_and_gaps_stay_gaps() {
        let scale = Scale::linear((0.0, 3.0), (300.0, 0.0));
        let d = compact_line(
            &[
                Some(0.0),
                Some(0.0),
                Some(0.0),
                Some(1.0),
                None,
                Some(2.0),
                None,
            ],
            scale,
        );
        assert_eq!(d, "M1 300h4l2-100M11 100h0");
        assert_eq!(compact_line(&[None, None], scale), "");
    }

    #[test]
    fn years_are_labelled_where_they_begin() {
        let periods: Vec<String> = (0..60)
            .map(|idx| format!("{}-{:02}", 2001 + (idx + 6) / 12, (idx + 6) % 12 + 1))
            .collect();
        let ticks = period_ticks(&periods, 400.0, 42.0);
        assert_eq!(ticks[0], (6, "2002".to_owned()));
        assert!(ticks.len() == 5);
        let short: Vec<String> = (1..=12).map(|month| format!("2001-{month:02}")).collect();
        assert!(period_ticks(&short, 300.0, 42.0).len() >= 3);
        assert!(period_ticks(&[], 300.0, 42.0).is_empty());
    }
}
