//! A border beside others: paths, gaps, a panel a border, and a strip of ranks.

use yalu_dossier::borders::{
    BorderComparison, ComparisonResult, DomainBorder, DomainRecord, DonorStatus, PathScale, Placing,
};

use crate::format;
use crate::gaps::line_path;
use crate::scale::{Scale, round_up, tick_label};
use crate::svg::{Anchor, Svg, coordinate, fit_text};
use crate::time::TimeAxis;

use super::lines::{draw_time, draw_vertical, vertical};
use super::panels::Panels;
use super::{Canvas, FONT};

/// Factors beyond this say no more by being longer.
const FAR: f64 = 30.0;

/// Steps as a time axis.
struct StepAxis {
    time: TimeAxis,
    middles: Vec<f64>,
}

impl StepAxis {
    fn over(steps: &[[String; 2]], range: (f64, f64)) -> Option<Self> {
        let labels: Vec<String> = steps.iter().flatten().cloned().collect();
        let time = TimeAxis::over(&labels, range)?;
        let middles = steps
            .iter()
            .map(|[first, last]| Some(f64::midpoint(time.start_of(first)?, time.end_of(last)?)))
            .collect::<Option<Vec<_>>>()?;
        Some(Self { time, middles })
    }

    fn line(&self, values: &[f64], scale: Scale) -> String {
        let points: Vec<Option<(f64, f64)>> = self
            .middles
            .iter()
            .zip(values)
            .map(|(x, value)| value.is_finite().then(|| (*x, scale.at(*value))))
            .collect();
        line_path(&points)
    }

    fn maybe_line(&self, values: &[Option<f64>], scale: Scale) -> String {
        let known: Vec<f64> = values.iter().map(|one| one.unwrap_or(f64::NAN)).collect();
        self.line(&known, scale)
    }
}

/// An axis for ratios (logarithmic) or differences that holds all figures.
fn path_axis<'a>(
    values: impl Iterator<Item = &'a f64>,
    scale: PathScale,
    range: (f64, f64),
    n_ticks: usize,
) -> Scale {
    let known = values.copied().filter(|one| one.is_finite());
    match scale {
        PathScale::Ratio => {
            let (low, high) = known
                .filter(|one| *one > 0.0)
                .map(|one| one.clamp(1.0 / FAR, FAR))
                .fold((0.5_f64, 2.0_f64), |(low, high), one| {
                    (low.min(one), high.max(one))
                });
            Scale::log((low * 0.95, high * 1.05), range)
        }
        PathScale::Difference => vertical(
            known.fold((0.0, 0.0), |(low, high), one: f64| {
                (f64::min(low, one), f64::max(high, one))
            }),
            range,
            n_ticks,
        ),
    }
}

/// Gridlines and labels: ×2 for ratios.
fn draw_path_axis(
    svg: &mut Svg,
    axis: Scale,
    scale: PathScale,
    n_ticks: usize,
    (left, right): (f64, f64),
) {
    if scale == PathScale::Difference {
        draw_vertical(svg, axis, n_ticks, (left, right));
        return;
    }
    for tick in axis.ticks(n_ticks) {
        let y = axis.at(tick);
        let one = (tick - 1.0).abs() < 1e-9;
        svg.line((left, y), (right, y), if one { "zero" } else { "grid" });
        svg.text(
            (left - 8.0, y + 4.0),
            Anchor::End,
            "tick",
            &format!("×{}", format::exact(tick)),
        );
    }
}

fn draw_start(
    svg: &mut Svg,
    axis: &StepAxis,
    comparison: &BorderComparison,
    top: f64,
    bottom: f64,
) {
    let step = comparison.steps.get(comparison.n_before as usize);
    if let Some(x) = step.and_then(|[first, _]| axis.time.start_of(first)) {
        svg.line((x, top), (x, bottom), "start");
    }
}

/// Places of a chart over time.
fn frame(canvas: Canvas) -> (f64, f64, f64, f64) {
    (
        canvas.pick(56.0, 46.0),
        canvas.width() - 12.0,
        12.0,
        canvas.pick(300.0, 240.0),
    )
}

/// The dyad's path against its synthetic control, other borders behind.
pub(crate) fn paths_chart(
    comparison: &BorderComparison,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let (left, right, top, bottom) = frame(canvas);
    let axis = StepAxis::over(&comparison.steps, (left, right))?;
    let own = comparison.observed.iter().chain(&comparison.synthetic);
    let others = comparison.donors.iter().flat_map(|one| &one.path);
    let scale = path_axis(own.chain(others), comparison.scale, (bottom, top), 6);
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    draw_time(&mut svg, &axis.time, (left, right), top, bottom);
    draw_path_axis(&mut svg, scale, comparison.scale, 6, (left, right));
    for donor in &comparison.donors {
        if donor.status == DonorStatus::Donor {
            svg.path(&axis.line(&donor.path, scale), "donor");
        }
    }
    draw_start(&mut svg, &axis, comparison, top, bottom);
    svg.path(&axis.line(&comparison.synthetic, scale), "synthetic");
    svg.path(&axis.line(&comparison.observed, scale), "own");
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("{}: the dyad and its synthetic control", comparison.title),
        &format!(
            "The dyad's path and its synthetic control over {} steps, {} of them before the start, each relative to its own level before it. The figures stand in the table below.",
            comparison.steps.len(),
            comparison.n_before,
        ),
    ))
}

/// Gaps of the dyad and of every placebo.
pub(crate) fn gaps_chart(
    comparison: &BorderComparison,
    result: &ComparisonResult,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let (left, right, top, bottom) = frame(canvas);
    let axis = StepAxis::over(&comparison.steps, (left, right))?;
    let ratio = comparison.scale == PathScale::Ratio;
    let shown = |gaps: &[f64]| -> Vec<f64> {
        gaps.iter()
            .map(|gap| if ratio { gap.exp() } else { *gap })
            .collect()
    };
    let own = shown(&result.gaps);
    let placebos: Vec<Vec<f64>> = comparison
        .donors
        .iter()
        .filter_map(|one| Some(shown(&one.placebo.as_ref()?.gaps)))
        .collect();
    let scale = path_axis(
        own.iter().chain(placebos.iter().flatten()),
        comparison.scale,
        (bottom, top),
        6,
    );
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    draw_time(&mut svg, &axis.time, (left, right), top, bottom);
    draw_path_axis(&mut svg, scale, comparison.scale, 6, (left, right));
    for gaps in &placebos {
        svg.path(&axis.line(gaps, scale), "donor");
    }
    draw_start(&mut svg, &axis, comparison, top, bottom);
    svg.path(&axis.line(&own, scale), "own");
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("{}: gaps of the dyad and of placebos", comparison.title),
        &format!(
            "The dyad's gap from its synthetic control and those of {} other borders treated alike. Mean gaps stand in the table below.",
            placebos.len()
        ),
    ))
}

/// The first and the last period of steps.
fn ends(steps: &[[String; 2]]) -> Option<(&str, &str)> {
    let ([first, _], [_, last]) = (steps.first()?, steps.last()?);
    Some((first, last))
}

/// One panel a border, the same scale: the dyad first, then donors by weight, then the rest.
pub(crate) fn comparison_panels(
    comparison: &BorderComparison,
    own_name: &str,
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let mut donors: Vec<_> = comparison
        .donors
        .iter()
        .filter(|one| !one.path.is_empty())
        .collect();
    donors.sort_by(|a, b| {
        let weight = |one: Option<f64>| one.unwrap_or(-1.0);
        weight(b.weight).total_cmp(&weight(a.weight))
    });
    let n = donors.len() + 1;
    let panels = Panels::new(canvas);
    let mut svg = Svg::new(canvas.width(), panels.height(n));
    let all = || {
        comparison
            .observed
            .iter()
            .chain(donors.iter().flat_map(|one| &one.path))
    };
    for place in 0..n {
        let (left, right, top, bottom) = panels.field(place);
        let axis = StepAxis::over(&comparison.steps, (left, right))?;
        let scale = path_axis(all(), comparison.scale, (bottom, top), 3);
        for tick in scale.ticks(3) {
            let y = scale.at(tick);
            let neutral = match comparison.scale {
                PathScale::Ratio => (tick - 1.0).abs() < 1e-9,
                PathScale::Difference => tick == 0.0,
            };
            svg.line((left, y), (right, y), if neutral { "zero" } else { "grid" });
            if panels.is_first_in_row(place) {
                let sign = match comparison.scale {
                    PathScale::Ratio => "×",
                    PathScale::Difference => "",
                };
                svg.text(
                    (left - 5.0, y + 4.0),
                    Anchor::End,
                    "tick",
                    &format!("{sign}{}", format::exact(tick)),
                );
            }
        }
        draw_start(&mut svg, &axis, comparison, top, bottom);
        let (name, path, class) = match place.checked_sub(1).map(|idx| donors[idx]) {
            None => (own_name.to_owned(), &comparison.observed, "own"),
            Some(donor) => {
                let note = match (donor.status, donor.weight) {
                    (DonorStatus::Donor, Some(weight)) => format!(" · {}", format::percent(weight)),
                    (DonorStatus::OwnBreak, _) => " · own break".to_owned(),
                    _ => String::new(),
                };
                let class = if donor.status == DonorStatus::Donor {
                    "synthetic"
                } else {
                    "donor"
                };
                (format!("{}{note}", donor.name), &donor.path, class)
            }
        };
        svg.path(&axis.line(path, scale), class);
        svg.text(
            (left, top - 7.0),
            Anchor::Start,
            if place == 0 { "label strong" } else { "label" },
            &fit_text(&name, FONT, panels.width),
        );
        panels.draw_ends(&mut svg, place, n, ends(&comparison.steps));
    }
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("{}: a panel a border", comparison.title),
        &format!(
            "The path of the dyad and of {} other borders, each relative to its own level before the start, all on one scale.",
            donors.len()
        ),
    ))
}

/// One panel a border of a domain, the same scale: the border in question first, then by level.
pub(crate) fn domain_panels(domain: &DomainRecord, canvas: Canvas, id: &str) -> Option<String> {
    let mut borders: Vec<&DomainBorder> = domain.borders.iter().collect();
    let rest = borders.get_mut(1..)?;
    rest.sort_by(|a, b| {
        b.level
            .unwrap_or(-1.0)
            .total_cmp(&a.level.unwrap_or(-1.0))
            .then_with(|| a.dyad.cmp(&b.dyad))
    });
    borders.retain(|one| one.rates.iter().any(Option::is_some));
    let high = borders
        .iter()
        .flat_map(|one| one.rates.iter().flatten())
        .copied()
        .fold(0.0, f64::max);
    let n = borders.len();
    let panels = Panels::new(canvas);
    let mut svg = Svg::new(canvas.width(), panels.height(n));
    for (place, border) in borders.iter().enumerate() {
        let (left, right, top, bottom) = panels.field(place);
        let axis = StepAxis::over(&domain.steps, (left, right))?;
        let scale = Scale::root(round_up(high, 3), (bottom, top));
        let ticks = scale.ticks(3);
        for tick in &ticks {
            let y = scale.at(*tick);
            svg.line(
                (left, y),
                (right, y),
                if *tick == 0.0 { "zero" } else { "grid" },
            );
            if panels.is_first_in_row(place) {
                svg.text(
                    (left - 5.0, y + 4.0),
                    Anchor::End,
                    "tick",
                    &tick_label(*tick, &ticks),
                );
            }
        }
        let asked = domain
            .borders
            .first()
            .is_some_and(|one| one.dyad == border.dyad);
        let class = match (asked, border.level) {
            (true, _) => "own",
            (false, Some(_)) => "synthetic",
            (false, None) => "donor",
        };
        if let Some(level) = border.level {
            svg.line((left, scale.at(level)), (right, scale.at(level)), "mean");
        }
        svg.path(&axis.maybe_line(&border.rates, scale), class);
        svg.text(
            (left, top - 7.0),
            Anchor::Start,
            if asked { "label strong" } else { "label" },
            &fit_text(&border.name, FONT, panels.width),
        );
        panels.draw_ends(&mut svg, place, n, ends(&domain.steps));
    }
    (n > 0).then(|| {
        svg.finish(
            id,
            canvas.class(),
            &format!("{}: a panel a border", domain.title),
            &format!(
                "Rates of {n} borders over {} steps, {}, all on one scale by the square root.",
                domain.steps.len(),
                domain.unit
            ),
        )
    })
}

/// Levels, and trends below them, of all borders on one line each, the border in question marked.
pub(crate) fn rank_strip(domain: &DomainRecord, canvas: Canvas, id: &str) -> Option<String> {
    let (level, trend) = (domain.level.as_ref()?, domain.trend.as_ref()?);
    let mut svg = Svg::new(canvas.width(), 168.0);
    let level_of = |one: &DomainBorder| Some((one.level?, one.level_interval?));
    let trend_of = |one: &DomainBorder| Some((one.trend?, one.trend_interval?));
    strip(&mut svg, canvas, domain, level, "Level", "", 34.0, level_of);
    strip(
        &mut svg,
        canvas,
        domain,
        trend,
        "Trend a year",
        "×",
        118.0,
        trend_of,
    );
    Some(svg.finish(
        id,
        canvas.class(),
        &format!("{}: where the border lies", domain.title),
        &format!(
            "Level rank {} of {}, trend rank {} of {}. The band would hold one more border like the others in {} of cases.",
            level.rank,
            level.of,
            trend.rank,
            trend.of,
            format::percent(level.coverage),
        ),
    ))
}

#[expect(clippy::too_many_arguments, reason = "one drawing, used twice")]
fn strip(
    svg: &mut Svg,
    canvas: Canvas,
    domain: &DomainRecord,
    place: &Placing,
    name: &str,
    sign: &str,
    y: f64,
    part: impl Fn(&DomainBorder) -> Option<(f64, [f64; 2])>,
) {
    let (left, right) = (canvas.pick(110.0, 10.0), canvas.width() - 14.0);
    let figures: Vec<(f64, [f64; 2])> = domain.borders.iter().filter_map(&part).collect();
    let (low, high) = figures
        .iter()
        .map(|one| one.0)
        .chain(figures.first().map_or([1.0; 2], |one| one.1))
        .filter(|one| one.is_finite() && *one > 0.0)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| {
            (low.min(one), high.max(one))
        });
    let scale = Scale::log((low * 0.93, high * 1.07), (left, right));
    svg.rect(
        (scale.at(place.range[0]), y - 13.0),
        (scale.at(place.range[1]) - scale.at(place.range[0]), 26.0),
        "band",
    );
    // A short logarithmic axis has hardly a round figure of 1, 2 or 5.
    let ticks = if high / low < 5.0 {
        Scale::linear((low, high), (left, right)).ticks(canvas.pick(7, 4))
    } else {
        scale.ticks(canvas.pick(7, 4))
    };
    for tick in ticks {
        let x = scale.at(tick);
        svg.line((x, y - 13.0), (x, y + 13.0), "grid");
        svg.text(
            (x, y + 30.0),
            Anchor::Middle,
            "tick",
            &format!("{sign}{}", format::exact(tick)),
        );
    }
    svg.line((left, y), (right, y), "axis");
    let middle = scale.at(place.others_median);
    svg.line((middle, y - 13.0), (middle, y + 13.0), "one");
    for border in &domain.borders[1..] {
        if let Some((value, _)) = part(border) {
            svg.titled_path(
                &format!("M{} {}h0", coordinate(scale.at(value)), coordinate(y)),
                "rank-dot",
                &format!("{}: {sign}{}", border.name, format::figure(value)),
            );
        }
    }
    if let Some((value, [from, to])) = part(&domain.borders[0]) {
        svg.line((scale.at(from), y), (scale.at(to), y), "whisker");
        svg.path(
            &format!("M{} {}h0", coordinate(scale.at(value)), coordinate(y)),
            "rank-own",
        );
    }
    match canvas {
        Canvas::Wide => svg.text((left - 12.0, y + 4.0), Anchor::End, "label", name),
        Canvas::Narrow => svg.text((left, y - 18.0), Anchor::Start, "label", name),
    }
}
