//! One indicator: its chart, the numbers under it, its specification curve, its rows.

use askama::Template;
use yalu_dossier::assessment::{
    Assessment, BreakTest, CurveRecord, EffectKind, IndicatorFinding, Probability, Trace,
};
use yalu_dossier::words::yardstick_name;

use crate::anchor::{anchor, series_row};
use crate::chart::{axis_title, curve_chart, indicator_chart, search_chart};
use crate::figure::{Figure, Key};
use crate::format;
use crate::interactive::{curve_plot, indicator_plot};
use crate::names;
use crate::report::ReportError;
use crate::table::{Cell, Table};

/// A number with its name and what qualifies it.
#[derive(Debug)]
pub(crate) struct Number {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) detail: String,
}

/// A series that a figure rests on, with its place on the page.
#[derive(Debug)]
pub(crate) struct SeriesLink {
    pub(crate) id: String,
    /// Empty where the assessment doesn't hold the series.
    pub(crate) to: String,
}

/// Where figures come from.
#[derive(Debug, Template)]
#[template(path = "trace.html")]
pub(crate) struct TraceLine {
    pub(crate) series: Vec<SeriesLink>,
    pub(crate) rows: String,
    pub(crate) command: String,
}

impl TraceLine {
    pub(crate) fn of(trace: &Trace, assessment: &Assessment) -> Self {
        Self {
            series: trace
                .series
                .iter()
                .map(|id| SeriesLink {
                    id: id.clone(),
                    to: assessment
                        .data
                        .series
                        .iter()
                        .find(|series| series.id == *id)
                        .map_or_else(String::new, |series| anchor("series", &series.id)),
                })
                .collect(),
            rows: format::plural(trace.n_rows, "row", "rows"),
            command: trace.command.clone(),
        }
    }
}

/// An indicator's section.
#[derive(Debug, Template)]
#[template(path = "indicator.html")]
pub(crate) struct IndicatorSection {
    pub(crate) id: String,
    pub(crate) title: String,
    rung_class: &'static str,
    rung_sign: &'static str,
    rung_name: &'static str,
    tested: bool,
    facts: String,
    role_meaning: &'static str,
    meaning: String,
    caution: String,
    warnings: Vec<String>,
    figure: Option<Figure>,
    figures: Table,
    reasons: Vec<String>,
    would_move: Vec<String>,
    numbers: Vec<Number>,
    tests: Option<Table>,
    search: Option<Figure>,
    dating: Option<Table>,
    curve_sentence: String,
    curve: Option<Figure>,
    choices: Option<Table>,
    failures: Vec<String>,
    trace: TraceLine,
}

impl IndicatorSection {
    pub(crate) fn of(
        finding: &IndicatorFinding,
        assessment: &Assessment,
        interactive: bool,
    ) -> Result<Self, ReportError> {
        let kind = finding
            .shift
            .as_ref()
            .map_or(EffectKind::Ratio, |shift| shift.effect_kind);
        Ok(Self {
            id: anchor("indicator", &finding.id),
            title: finding.title.clone(),
            rung_class: finding.rung.map_or("rung-too-little", names::rung_class),
            rung_sign: finding.rung.map_or("·", names::rung_sign),
            rung_name: finding.rung.map_or("Not tested", names::rung_name),
            tested: finding.rung.is_some(),
            facts: format!(
                "{} · {} · {} · {}",
                finding.dyad,
                names::kind_name(finding.kind),
                names::role_name(finding.role),
                names::direction_name(finding.direction)
            ),
            role_meaning: names::role_meaning(finding.role),
            meaning: finding.meaning.clone(),
            caution: finding.caution.clone(),
            warnings: finding.warnings.clone(),
            figure: main_figure(finding, assessment, interactive)?,
            figures: figures_table(finding, assessment),
            reasons: finding.reasons.clone(),
            would_move: finding.would_move.clone(),
            numbers: numbers(finding),
            tests: tests_table(finding),
            search: search_figure(finding),
            dating: dating_table(finding),
            curve_sentence: finding
                .curve
                .as_ref()
                .map_or_else(String::new, |curve| curve_sentence(curve, kind)),
            curve: curve_figure(finding, kind, interactive)?,
            choices: finding
                .curve
                .as_ref()
                .and_then(|curve| choices_table(finding, curve, kind, assessment)),
            failures: finding
                .curve
                .as_ref()
                .map(|curve| curve.failures.clone())
                .unwrap_or_default(),
            trace: TraceLine::of(&finding.trace, assessment),
        })
    }
}

fn main_figure(
    finding: &IndicatorFinding,
    assessment: &Assessment,
    interactive: bool,
) -> Result<Option<Figure>, ReportError> {
    let id = anchor("chart", &finding.id);
    if indicator_chart(finding, assessment, crate::chart::Canvas::Wide, &id).is_none() {
        return Ok(None);
    }
    let mut key = vec![Key::new("observed", "observed")];
    if finding.chart.fitted.iter().any(Option::is_some) {
        key.push(Key::new("fitted", "expected by the model"));
    }
    if finding.chart.level.iter().any(Option::is_some) {
        key.push(Key::new("level", "level"));
    }
    if finding.shift.is_some() {
        key.push(Key::new("band", "95\u{a0}% interval of the break’s date"));
    }
    if !finding.other_breaks.is_empty() {
        key.push(Key::new("break", "other breaks dated"));
    }
    if assessment.events.iter().any(|event| event.in_model) {
        key.push(Key::new("event", "event in the model"));
    }
    if assessment.events.iter().any(|event| !event.in_model) {
        key.push(Key::new("event-open", "event only marked"));
    }
    if finding.chart.observed.iter().any(Option::is_none) {
        key.push(Key::new("absent", "no data"));
    }
    let note = match &finding.shift {
        Some(shift) if shift.interval_clipped => {
            "The interval of the break’s date runs into an end of the search."
        }
        _ => "",
    };
    let plot = interactive
        .then(|| indicator_plot(finding, assessment))
        .transpose()?;
    Ok(Some(
        Figure::draw(
            id,
            format!("{}: {}", finding.title, finding.dyad),
            |canvas, id| indicator_chart(finding, assessment, canvas, id).unwrap_or_default(),
        )
        .with_unit(axis_title(finding))
        .with_key(key)
        .with_note(note)
        .with_plot(plot),
    ))
}

/// Every figure of the chart, each period leading to its row in the series' table.
fn figures_table(finding: &IndicatorFinding, assessment: &Assessment) -> Table {
    let chart = &finding.chart;
    let mut table = Table::new(
        format!("{}: figures of the chart, {}", finding.title, finding.unit),
        &[
            "Period",
            "#Count or value",
            "#Exposure",
            "#Observed",
            "#Expected",
            "#Level",
        ],
    );
    table.class = "figures";
    let series = finding.trace.series.first().and_then(|id| {
        assessment
            .data
            .series
            .iter()
            .enumerate()
            .find(|(_, series)| series.id == *id)
    });
    let at = |values: &[Option<f64>], idx: usize| values.get(idx).copied().flatten();
    for (idx, period) in chart.periods.iter().enumerate() {
        let head = match series {
            Some((place, series)) if series.periods.contains(period) => Cell::Link {
                text: period.clone(),
                to: series_row(place, period),
            },
            _ => Cell::text(period),
        };
        table.row(vec![
            head,
            Cell::number(
                at(&chart.count, idx).map_or_else(|| format::ABSENT.to_owned(), format::exact),
            ),
            Cell::number(
                at(&chart.exposure, idx).map_or_else(|| format::ABSENT.to_owned(), format::exact),
            ),
            Cell::number(format::maybe(at(&chart.observed, idx))),
            Cell::number(format::maybe(at(&chart.fitted, idx))),
            Cell::number(format::maybe(at(&chart.level, idx))),
        ]);
    }
    table
}

fn test_number(label: &'static str, test: Option<&BreakTest>) -> Option<Number> {
    let test = test?;
    Some(Number {
        label,
        value: format!(
            "p {}",
            format::p_value(test.q_value.unwrap_or(test.p_value))
        ),
        detail: format!(
            "{}largest F {} at {}; {} in the model",
            if test.q_value.is_some() {
                "corrected for the number of indicators; "
            } else {
                ""
            },
            format::figure(test.statistic),
            test.at,
            test.model
        ),
    })
}

fn probability_number(probability: &Probability) -> Number {
    Number {
        label: "Shifted beyond response",
        value: probability
            .value
            .map_or_else(|| format::ABSENT.to_owned(), format::percent),
        detail: match (&probability.word, probability.range) {
            (Some(word), Some([low, high])) => format!(
                "{word} ({}); {} to {} over the specifications",
                yardstick_name(probability.yardstick),
                format::percent(low),
                format::percent(high)
            ),
            (Some(word), None) => word.clone(),
            (None, _) => "too little data".to_owned(),
        },
    }
}

fn numbers(finding: &IndicatorFinding) -> Vec<Number> {
    let mut numbers = Vec::new();
    let survives = finding.rung.is_some_and(names::survives);
    if let Some(shift) = &finding.shift {
        numbers.push(Number {
            label: if survives {
                "Break"
            } else {
                "Likeliest break, not found by the test"
            },
            value: shift.at.clone(),
            detail: format!(
                "95\u{a0}% interval {}{}; {} complete periods since",
                format::span(&shift.interval),
                if shift.interval_clipped {
                    ", which runs into an end of the search"
                } else {
                    ""
                },
                shift.n_periods_since
            ),
        });
        let alone = shift.effect_alone.map_or_else(String::new, |effect| {
            format!(
                "; {} without events and pressure in the model",
                format::effect(effect, shift.effect_kind)
            )
        });
        numbers.push(Number {
            label: if survives {
                "Change of level"
            } else {
                "Its change of level"
            },
            value: format::effect(shift.effect, shift.effect_kind),
            detail: format!(
                "95\u{a0}% interval {}; from {} to {}{alone}",
                format::effect_interval(shift.effect_interval, shift.effect_kind),
                format::figure(shift.old_level),
                format::figure(shift.new_level),
            ),
        });
    }
    numbers.extend(test_number("Break test alone", finding.test_alone.as_ref()));
    numbers.extend(test_number(
        "Break test with events and pressure",
        finding.test_with_response.as_ref(),
    ));
    if let Some(durability) = &finding.durability {
        let kind = finding
            .shift
            .as_ref()
            .map_or(EffectKind::Ratio, |shift| shift.effect_kind);
        numbers.push(Number {
            label: "Durability",
            value: names::outcome_name(durability.outcome).to_owned(),
            detail: format!(
                "{} is {} the old level (90\u{a0}% interval {}; equal within {}); p {} for equal, {} for different; horizon of {} months {}{}",
                format::span(&durability.recent),
                format::effect(durability.ratio, kind),
                format::effect_interval(durability.interval_90, kind),
                format::effect_interval(durability.bounds, kind),
                format::p_value(durability.p_equivalence),
                format::p_value(durability.p_difference),
                durability.horizon_months,
                if durability.horizon_passed { "has passed" } else { "hasn’t passed" },
                if survives { "" } else { "; of a break that the test doesn’t find" },
            ),
        });
    }
    if let Some(tail) = &finding.tail {
        let kind = finding
            .shift
            .as_ref()
            .map_or(EffectKind::Ratio, |shift| shift.effect_kind);
        numbers.push(Number {
            label: "Latest periods",
            value: format!("p {}", format::p_value(tail.p_value)),
            detail: format!(
                "{}, too recent for a break test, are {} what the model expects (end-of-sample test, statistic {})",
                format::span(&tail.periods),
                format::effect(tail.ratio, kind),
                format::figure(tail.statistic)
            ),
        });
    }
    numbers.extend(finding.probability.as_ref().map(probability_number));
    numbers
}

fn tests_table(finding: &IndicatorFinding) -> Option<Table> {
    let mut table = Table::new(
        format!("{}: tests for at least one break", finding.title),
        &[
            "In the model",
            "#Largest F",
            "At",
            "#Critical F",
            "#p",
            "#Corrected p",
            "#Bootstrap",
            "Searched",
            "#Serial correlation",
            "#Dispersion",
        ],
    );
    for test in [&finding.test_alone, &finding.test_with_response]
        .into_iter()
        .flatten()
    {
        table.row(vec![
            Cell::text(names::sentence(&test.model)),
            Cell::number(format::figure(test.statistic)),
            Cell::text(&test.at),
            Cell::number(format::figure(test.critical_value)),
            Cell::number(format::p_value(test.p_value)),
            Cell::number(
                test.q_value
                    .map_or_else(|| format::ABSENT.to_owned(), format::p_value),
            ),
            Cell::number(format::count(u64::from(test.n_bootstrap))),
            Cell::text(format::span(&test.searched)),
            Cell::number(format::figure(test.serial_correlation)),
            Cell::number(format::figure(test.dispersion)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn search_figure(finding: &IndicatorFinding) -> Option<Figure> {
    let id = anchor("search", &finding.id);
    search_chart(finding, crate::chart::Canvas::Wide, &id)?;
    let mut key = Vec::new();
    if finding.test_alone.is_some() {
        key.push(Key::new("alone", "without events and pressure"));
    }
    if finding.test_with_response.is_some() {
        key.push(Key::new("response", "with events and pressure"));
    }
    key.push(Key::new("critical", "dashed: what noise alone would reach"));
    Some(
        Figure::draw(
            id,
            "Search for a break: F by candidate date".to_owned(),
            |canvas, id| search_chart(finding, canvas, id).unwrap_or_default(),
        )
        .with_key(key),
    )
}

fn dating_table(finding: &IndicatorFinding) -> Option<Table> {
    if finding.dating.is_empty() {
        return None;
    }
    let mut table = Table::new(
        format!(
            "{}: how many breaks, by information criterion (the least is chosen)",
            finding.title
        ),
        &[
            "Breaks",
            "First periods of new levels",
            "#Deviance",
            "#BIC",
            "Choice",
        ],
    );
    for row in &finding.dating {
        table.marked_row(
            row.chosen,
            vec![
                Cell::text(row.n_breaks.to_string()),
                Cell::text(if row.at.is_empty() {
                    format::ABSENT.to_owned()
                } else {
                    row.at.join(", ")
                }),
                Cell::number(format!("{:.1}", row.deviance)),
                Cell::number(format!("{:.1}", row.bic)),
                Cell::text(if row.chosen { "chosen" } else { "" }),
            ],
        );
    }
    Some(table)
}

fn curve_sentence(curve: &CurveRecord, kind: EffectKind) -> String {
    let rungs = curve
        .rungs
        .iter()
        .map(|one| {
            format!(
                "{} in {}",
                names::rung_name(one.rung).to_lowercase(),
                format::percent(one.share)
            )
        })
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "The same question under {} specifications: {rungs}; {} reach the main one’s rung. {}",
        format::count(curve.fits.len() as u64),
        format::percent(curve.agreement),
        curve.median_effect.map_or_else(
            || "None dates a break.".to_owned(),
            |effect| format!(
                "The median effect of those that date a break is {}.",
                format::effect(effect, kind)
            )
        )
    )
}

fn curve_figure(
    finding: &IndicatorFinding,
    kind: EffectKind,
    interactive: bool,
) -> Result<Option<Figure>, ReportError> {
    let Some(curve) = finding
        .curve
        .as_ref()
        .filter(|curve| !curve.fits.is_empty())
    else {
        return Ok(None);
    };
    let title = format!("Specification curve: {}", finding.title);
    let key = curve
        .rungs
        .iter()
        .map(|one| Key::new(names::rung_class(one.rung), names::rung_name(one.rung)))
        .collect();
    let plot = interactive.then(|| curve_plot(curve, kind)).transpose()?;
    Ok(Some(
        Figure::draw(anchor("curve", &finding.id), title.clone(), |canvas, id| {
            curve_chart(&title, curve, kind, canvas, id).unwrap_or_default()
        })
        .with_key(key)
        .with_note("Above: each specification’s effect with its 95\u{a0}% interval, in order of size; the longest intervals end at the edge. Below: a tick where a specification reaches the rung or has the option. Beside each row: the share of all specifications on the rung, or the share with the option in which a break survives events and pressure.")
        .with_plot(plot),
    ))
}

fn choices_table(
    finding: &IndicatorFinding,
    curve: &CurveRecord,
    kind: EffectKind,
    assessment: &Assessment,
) -> Option<Table> {
    if curve.choices.is_empty() {
        return None;
    }
    let main = curve.fits.iter().find(|fit| fit.main);
    let mut table = Table::new(
        format!(
            "{}: which choices matter, the most decisive first",
            finding.title
        ),
        &[
            "Choice",
            "Option",
            "#Specifications",
            "#A break survives in",
            "#Median effect",
        ],
    );
    for choice in &curve.choices {
        for (idx, outcome) in choice.options.iter().enumerate() {
            let is_main =
                main.is_some_and(|fit| names::option_of(fit, &choice.choice) == outcome.option);
            let option = names::sentence(&names::option_name(
                &choice.choice,
                &outcome.option,
                assessment,
            ));
            table.marked_row(
                idx == 0,
                vec![
                    Cell::text(names::choice_title(&choice.choice)),
                    Cell::text(if is_main {
                        format!("{option} (main)")
                    } else {
                        option
                    }),
                    Cell::number(format::count(u64::from(outcome.n))),
                    Cell::bar(outcome.share_surviving),
                    Cell::number(outcome.median_effect.map_or_else(
                        || format::ABSENT.to_owned(),
                        |effect| format::effect(effect, kind),
                    )),
                ],
            );
        }
    }
    table.class = "choices";
    Some(table)
}
