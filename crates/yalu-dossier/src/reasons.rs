//! Sentences made from the numbers, so that none can contradict them.

use crate::assessment::{DurabilityOutcome, EffectKind, IndicatorFinding, Rung};
pub use crate::curve::survives;
use crate::finding::Fitted;
use crate::prepare::{Inputs, unit_name};
use crate::spec::Direction;
use crate::words::percent;

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
pub(crate) fn why(inputs: &Inputs<'_>, record: &IndicatorFinding, fitted: &Fitted) -> Vec<String> {
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
            "With {} in the model {verb}: largest F {} at {}{} (p {}, {} after correction for the number of indicators; level {level}).",
            test.model,
            figure(test.statistic),
            test.at,
            test.statistic_two_breaks
                .filter(|two| *two > test.statistic)
                .map_or(String::new(), |two| format!(
                    ", {} per break for two breaks",
                    figure(two)
                )),
            p_words(test.p_value),
            p_words(q),
        )
    };
    reasons.push(tested(alone));
    if response.model != alone.model && record.responsiveness.is_some() {
        reasons.push(tested(response));
        reasons.extend(with_and_without(record, level));
    }
    let kind = if fitted.prepared.multiplicative {
        EffectKind::Ratio
    } else {
        EffectKind::Difference
    };
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
    if rung == Rung::NoShift
        && response.q_value.unwrap_or(response.p_value) <= level
        && let Some(shift) = &record.shift
    {
        let down = shift.new_level < shift.old_level;
        let against = match record.direction {
            Direction::Either => false,
            Direction::Up => down,
            Direction::Down => !down,
        };
        let size = effect_words(shift.effect, shift.effect_kind);
        reasons.push(if against {
            format!(
                "A break survives, {size} with {}, but it goes {}, against what the dossier asks about: it isn't the shift in question.",
                shift.at,
                if down { "down" } else { "up" },
            )
        } else {
            format!(
                "A break survives, {size} with {}, but the dossier counts levels so close as equal: it isn't a shift.",
                shift.at,
            )
        });
    }
    if let Some(responsiveness) = &record.responsiveness {
        reasons.push(format!(
            "Events and pressure together explain {} of the variation over time that season and exposure leave (joint p {}).",
            percent(responsiveness.deviance_share),
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
            effect_words(tail.ratio, kind),
            p_words(tail.p_value),
        ));
    }
    if let Some(value) = record.probability.as_ref().and_then(|one| one.value) {
        reasons.extend(probability_beside_rung(rung, value));
    }
    if let Some(curve) = &record.curve {
        reasons.push(format!(
            "{} of {} specifications reach the same rung.",
            percent(curve.agreement),
            curve.fits.len(),
        ));
        reasons.extend(pressure_sentence(inputs, curve));
        if let Some(choice) = curve.choices.first().filter(|choice| choice.spread >= 0.2) {
            let options = choice
                .options
                .iter()
                .map(|one| {
                    format!(
                        "{} with {}",
                        percent(one.share_surviving),
                        option_words(inputs, &choice.choice, &one.option)
                    )
                })
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

/// What it means that the two break tests disagree.
fn with_and_without(record: &IndicatorFinding, level: f64) -> Option<String> {
    let (alone, response) = (
        record.test_alone.as_ref()?,
        record.test_with_response.as_ref()?,
    );
    let found = |test: &crate::assessment::BreakTest| test.q_value.unwrap_or(test.p_value) <= level;
    let shift = record.shift.as_ref()?;
    let without = effect_words(shift.effect_alone?, shift.effect_kind);
    let with = effect_words(shift.effect, shift.effect_kind);
    match (found(alone), found(response)) {
        (false, true) => Some(format!(
            "The break shows only with events and pressure in the model: the step at {} is {without} without them, within the noise, and {with} with them.",
            shift.at
        )),
        (true, false) => Some(format!(
            "Events and pressure account for the break: the step at {} is {without} without them, {with} with them and within the noise.",
            shift.at
        )),
        _ => None,
    }
}

/// Why a probability and a rung that seem to say different things both stand.
pub(crate) fn probability_beside_rung(rung: Rung, probability: f64) -> Option<String> {
    let share = percent(probability);
    if survives(rung) && rung != Rung::Faded && probability < 0.5 {
        Some(format!(
            "The probability ({share}) is lower than the rung suggests: the rung is the main specification's, the probability averages all of them and asks that the level still stand outside the equivalence bounds."
        ))
    } else if matches!(rung, Rung::NoShift | Rung::Responsive | Rung::Faded) && probability >= 0.5 {
        Some(format!(
            "The probability ({share}) is higher than the rung suggests: a rung needs a test that rejects with few false alarms in the main specification, the probability starts from even odds and averages all specifications."
        ))
    } else {
        None
    }
}

fn pressure_title<'a>(inputs: &Inputs<'a>, id: &'a str) -> &'a str {
    inputs
        .spec
        .pressure
        .iter()
        .find(|one| one.id == id)
        .map_or(id, |one| one.title.as_str())
}

/// An option of a choice in words.
fn option_words(inputs: &Inputs<'_>, choice: &str, option: &str) -> String {
    match (choice, option) {
        ("pressure", "none") => "no pressure".to_owned(),
        ("pressure", ids) => ids
            .split(" + ")
            .map(|id| pressure_title(inputs, id))
            .collect::<Vec<_>>()
            .join(" and "),
        _ => option.replace('_', " "),
    }
}

/// The pressure series whose presence in the model matters most to some outcome: its title, and the
/// share of specifications with the outcome when it is in and when it is out. `fits`: for each
/// specification its pressure series and whether it has the outcome.
pub(crate) fn decisive_pressure<'a>(
    inputs: &Inputs<'a>,
    fits: &[(&[String], bool)],
) -> Option<(&'a str, f64, f64)> {
    let share = |id: &str, present: bool| {
        let of: Vec<bool> = fits
            .iter()
            .filter(|(pressure, _)| pressure.iter().any(|one| one == id) == present)
            .map(|(_, outcome)| *outcome)
            .collect();
        (!of.is_empty()).then(|| of.iter().filter(|one| **one).count() as f64 / of.len() as f64)
    };
    inputs
        .spec
        .pressure
        .iter()
        .filter_map(|one| {
            let (present, absent) = (share(&one.id, true)?, share(&one.id, false)?);
            Some((one.title.as_str(), present, absent))
        })
        .max_by(|a, b| (a.1 - a.2).abs().total_cmp(&(b.1 - b.2).abs()))
}

/// Whether outside pressure in the model changes the answer, said plainly.
fn pressure_sentence(
    inputs: &Inputs<'_>,
    curve: &crate::assessment::CurveRecord,
) -> Option<String> {
    let fits: Vec<(&[String], bool)> = curve
        .fits
        .iter()
        .map(|fit| (fit.pressure.as_slice(), survives(fit.rung)))
        .collect();
    let (title, present, absent) = decisive_pressure(inputs, &fits)?;
    Some(format!(
        "Whether \u{201c}{title}\u{201d} is in the model {}: a break survives in {} of the specifications with it, in {} of those without.",
        if (present - absent).abs() >= crate::verdict::DECISIVE {
            "changes the answer"
        } else {
            "hardly changes the answer"
        },
        percent(present),
        percent(absent),
    ))
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
                    "Up: the level staying away while events and pressure subside. Down: the level coming back as they subside, until no break shows without them either."
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

/// The smallest change of level over the last year that the break test would find, from its critical
/// value: on the scale of the linear predictor.
pub(crate) fn detectable_step(fitted: &Fitted) -> Option<f64> {
    let prepared = &fitted.prepared;
    let last = *prepared.rows.last()?;
    let per_year = fitted.periods_per_year;
    let at = prepared
        .rows
        .iter()
        .rposition(|&idx| idx + per_year <= last)?;
    let model = prepared.model(&prepared.response);
    let step = crate::fit::contrast(&model, &[at], 0, 1).ok()?;
    Some(fitted.tests.response.critical_value.sqrt() * step.se)
}

fn detectable(fitted: &Fitted) -> Option<String> {
    let prepared = &fitted.prepared;
    let size = detectable_step(fitted)?;
    Some(if prepared.multiplicative {
        format!("×{} (or ×{})", figure(size.exp()), figure((-size).exp()))
    } else {
        format!("±{}", figure(size))
    })
}
