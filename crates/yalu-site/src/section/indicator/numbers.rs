//! An indicator's findings as numbers, each with what qualifies it.

use yalu_dossier::assessment::{BreakTest, CurveRecord, EffectKind, IndicatorFinding, Probability};
use yalu_dossier::words::yardstick_name;

use crate::format;
use crate::names;

/// A number with its name and what qualifies it.
#[derive(Debug)]
pub(crate) struct Number {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) detail: String,
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

pub(super) fn numbers(finding: &IndicatorFinding) -> Vec<Number> {
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

pub(super) fn curve_sentence(curve: &CurveRecord, kind: EffectKind) -> String {
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
