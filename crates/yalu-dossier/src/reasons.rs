//! Sentences made from the numbers, so that none can contradict them.

use crate::assessment::{DurabilityOutcome, EffectKind, IndicatorFinding, Rung};
pub use crate::curve::survives;
use crate::finding::Fitted;
use crate::prepare::{Inputs, unit_name};

/// A p-value in words.
pub(crate) fn p_words(p: f64) -> String {
    if p < 0.001 {
        "below 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// A figure with three significant digits.
pub(crate) fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.digits$}")
}

/// An effect: ×1.8, or +0.4 for differences.
pub(crate) fn effect_words(effect: f64, kind: EffectKind) -> String {
    match kind {
        EffectKind::Ratio => format!("×{}", figure(effect)),
        EffectKind::Difference => format!("{effect:+.2}"),
    }
}

/// A rung as the ladder names it.
pub fn rung_name(rung: Rung) -> &'static str {
    match rung {
        Rung::TooLittleData => "Too little data",
        Rung::NoShift => "No shift",
        Rung::Responsive => "Responsive",
        Rung::Emerging => "Emerging shift",
        Rung::Faded => "Faded",
        Rung::Undecided => "Undecided",
        Rung::Lasting => "Lasting shift",
        Rung::Major => "Major shift",
    }
}

/// Why an indicator stands on its rung.
pub(crate) fn why(inputs: &Inputs<'_>, record: &IndicatorFinding) -> Vec<String> {
    let level = inputs.spec.verdict.level;
    let mut reasons = Vec::new();
    let (Some(alone), Some(response), Some(rung)) =
        (&record.test_alone, &record.test_with_response, record.rung)
    else {
        return reasons;
    };
    let tested = |test: &crate::assessment::BreakTest| {
        let q = test.q_value.unwrap_or(test.p_value);
        let verb = if q <= level {
            "a break is found"
        } else {
            "no break survives the test"
        };
        format!(
            "With {} in the model {verb}: largest F {} at {} (p {}, {} after correction for the number of indicators; level {level}).",
            test.model,
            figure(test.statistic),
            test.at,
            p_words(test.p_value),
            p_words(q),
        )
    };
    reasons.push(tested(alone));
    if response.model != alone.model && record.responsiveness.is_some() {
        reasons.push(tested(response));
    }
    if survives(rung)
        && let Some(shift) = &record.shift
    {
        reasons.push(format!(
            "The level changes by {} (95 % interval {} to {}) with {} (95 % interval {} to {}{}), from {} to {} {}.",
            effect_words(shift.effect, shift.effect_kind),
            effect_words(shift.effect_interval[0], shift.effect_kind),
            effect_words(shift.effect_interval[1], shift.effect_kind),
            shift.at,
            shift.interval[0],
            shift.interval[1],
            if shift.interval_clipped { ", which runs into an end of the search" } else { "" },
            figure(shift.old_level),
            figure(shift.new_level),
            record.unit,
        ));
        if let Some(durability) = &record.durability {
            let outcome = match durability.outcome {
                DurabilityOutcome::BackToOld => "equivalent to the old level",
                DurabilityOutcome::StayedAway => "away from the old level",
                DurabilityOutcome::CannotTell => {
                    "neither shown to be equal to the old level nor shown to have left it"
                }
            };
            reasons.push(format!(
                "The recent level ({} to {}) is {} the old one (90 % interval {} to {}; bounds {} to {}): {outcome} (equivalence p {}, difference p {}).",
                durability.recent[0],
                durability.recent[1],
                effect_words(durability.ratio, shift.effect_kind),
                effect_words(durability.interval_90[0], shift.effect_kind),
                effect_words(durability.interval_90[1], shift.effect_kind),
                effect_words(durability.bounds[0], shift.effect_kind),
                effect_words(durability.bounds[1], shift.effect_kind),
                p_words(durability.p_equivalence),
                p_words(durability.p_difference),
            ));
        }
        reasons.push(format!(
            "{} complete {}s have passed since the break; the horizon is {} months.",
            shift.n_periods_since,
            unit_name(inputs.frame.unit),
            inputs.spec.verdict.horizon_months,
        ));
    }
    if rung == Rung::NoShift
        && response.q_value.unwrap_or(response.p_value) <= level
        && record.shift.is_none()
    {
        reasons.push(
            "The break that the test finds lies outside the window that the dossier asks about."
                .to_owned(),
        );
    }
    if let Some(responsiveness) = &record.responsiveness {
        reasons.push(format!(
            "Events and pressure together explain {:.0} % of the variation over time that season and exposure leave (joint p {}).",
            responsiveness.deviance_share * 100.0,
            p_words(responsiveness.p_joint),
        ));
    }
    if let Some(tail) = &record.tail {
        reasons.push(format!(
            "No break test can see the last {} {}s ({} to {}); taken together they are {} what the model expects (end-of-sample p {}).",
            tail_length(inputs, tail),
            unit_name(inputs.frame.unit),
            tail.periods[0],
            tail.periods[1],
            effect_words(
                tail.ratio,
                record.shift.as_ref().map_or(EffectKind::Ratio, |shift| shift.effect_kind)
            ),
            p_words(tail.p_value),
        ));
    }
    if let Some(curve) = &record.curve {
        reasons.push(format!(
            "{:.0} % of {} specifications reach the same rung.",
            curve.agreement * 100.0,
            curve.fits.len(),
        ));
        if let Some(choice) = curve.choices.first().filter(|choice| choice.spread >= 0.2) {
            let options = choice
                .options
                .iter()
                .map(|one| format!("{:.0} % with {}", one.share_surviving * 100.0, one.option))
                .collect::<Vec<_>>()
                .join(", ");
            reasons.push(format!(
                "What decides most is the choice of {}: a break survives events and pressure in {options}.",
                choice_name(&choice.choice),
            ));
        }
    }
    reasons
}

fn tail_length(inputs: &Inputs<'_>, tail: &crate::assessment::TailTest) -> usize {
    let labels = inputs.frame.labels();
    let place = |label: &String| labels.iter().position(|one| one == label).unwrap_or(0);
    place(&tail.periods[1]) - place(&tail.periods[0]) + 1
}

/// A choice of the specification curve in words.
pub fn choice_name(choice: &str) -> &str {
    match choice {
        "event_decay" => "event-window decay",
        "pressure" => "outside pressure",
        "pressure_lag" => "the lag of pressure",
        "family" => "count family",
        "group" => "code group",
        other => other,
    }
}

/// What would move an indicator up or down the ladder.
pub(crate) fn would_move(
    inputs: &Inputs<'_>,
    record: &IndicatorFinding,
    fitted: &Fitted,
) -> Vec<String> {
    let mut moves = Vec::new();
    let Some(rung) = record.rung else {
        return moves;
    };
    let unit = unit_name(inputs.frame.unit);
    let horizon = inputs.spec.verdict.horizon_months;
    match rung {
        Rung::NoShift | Rung::Responsive => {
            if let Some(ratio) = detectable(fitted) {
                moves.push(format!(
                    "Up: a change of level of at least {ratio} that holds for a year would be found by the break test with events and pressure in the model."
                ));
            }
            if rung == Rung::Responsive {
                moves.push(
                    "Up: the level staying away while events and pressure subside. Down: nothing but a break test that no longer rejects without them."
                        .to_owned(),
                );
            }
        }
        Rung::Emerging => {
            if let (Some(shift), Some(durability)) = (&record.shift, &record.durability) {
                let sense = if shift.new_level >= shift.old_level { "above" } else { "below" };
                let edge = if shift.new_level >= shift.old_level {
                    durability.bounds[1]
                } else {
                    durability.bounds[0]
                };
                moves.push(format!(
                    "Up: {sense} {} the old level of {} until {horizon} months have passed. Down: a return to within {} to {} of it.",
                    effect_words(edge, shift.effect_kind),
                    figure(shift.old_level),
                    effect_words(durability.bounds[0], shift.effect_kind),
                    effect_words(durability.bounds[1], shift.effect_kind),
                ));
            }
        }
        Rung::Faded => moves.push(format!(
            "Up: a new break that holds for {horizon} months. Down: this break no longer surviving events and pressure."
        )),
        Rung::Undecided => moves.push(format!(
            "Either way: more {unit}s. The interval of the recent level must leave the equivalence bounds, or lie within them."
        )),
        Rung::Lasting => moves.push(
            "Up: every required indicator lasting, large enough, and particular to this dyad. Down: a return of the recent level to within the equivalence bounds."
                .to_owned(),
        ),
        Rung::Major | Rung::TooLittleData => {}
    }
    if let Some(curve) = &record.curve
        && let Some(choice) = curve.choices.first().filter(|choice| choice.spread >= 0.2)
    {
        moves.push(format!(
            "A better founded choice of {} would move it most.",
            choice_name(&choice.choice)
        ));
    }
    moves
}

/// The smallest change of level in the last year that the test would find, from its critical value.
fn detectable(fitted: &Fitted) -> Option<String> {
    let prepared = &fitted.prepared;
    let n = prepared.y.len();
    let at = n.checked_sub(13)?;
    let model = prepared.model(&prepared.response);
    let step = crate::fit::contrast(&model, &[at], 0, 1).ok()?;
    let size = fitted.tests.response.critical_value.sqrt() * step.se;
    Some(if prepared.multiplicative {
        format!("×{} (or ×{})", figure(size.exp()), figure((-size).exp()))
    } else {
        format!("±{}", figure(size))
    })
}
