//! Sentences of eras, each made from the figures that it states.

use super::record::{EraAlternative, EraAnswer, EraBoundary};
use crate::assessment::{EffectKind, IndicatorFinding};
use crate::reasons::{effect_words, p_words};
use crate::words::with_article;

/// A change of leader, `Xi Jinping (2012-12): ×1.30 (0.80 to 2.10), p 0.210`.
fn boundary(one: &EraBoundary, kind: EffectKind) -> String {
    match (&one.step, &one.untested) {
        (Some(step), _) => format!(
            "{} (from {}): {} ({} to {}), p {}, {} corrected",
            one.leader,
            one.at,
            effect_words(step.effect, kind),
            effect_words(step.effect_interval[0], kind),
            effect_words(step.effect_interval[1], kind),
            p_words(step.p_value),
            p_words(step.q_value),
        ),
        (None, Some(why)) => format!("{} (from {}) isn’t tested: {why}", one.leader, one.at),
        (None, None) => format!("{} (from {})", one.leader, one.at),
    }
}

/// What a state's changes of leader say of the break. `survived`: whether a break at a free date is
/// found with events and pressure in the model.
pub(super) fn alternative(
    one: &EraAlternative,
    record: &IndicatorFinding,
    multiplicative: bool,
    survived: bool,
) -> String {
    let kind = if multiplicative {
        EffectKind::Ratio
    } else {
        EffectKind::Difference
    };
    let steps: Vec<String> = one
        .boundaries
        .iter()
        .map(|one| boundary(one, kind))
        .collect();
    let outcome = match one.answer {
        EraAnswer::Untested => format!(
            "No change of leader in {} can be tested",
            with_article(&one.name)
        ),
        EraAnswer::NoStep => format!(
            "The level doesn’t change with the leaders of {}, nor at a free date",
            with_article(&one.name)
        ),
        EraAnswer::Fits if survived => format!(
            "A change of leader in {} explains the break as well as a free date: it lies within the break’s interval, and the free date isn’t worth its parameter",
            with_article(&one.name)
        ),
        EraAnswer::Fits => format!(
            "The level changes with a leader of {}, though no break at a free date survives its test: a named date is a narrower question",
            with_article(&one.name)
        ),
        EraAnswer::FreeDate => format!(
            "The leaders of {} don’t explain the break: a free date fits better, and a break is found beside their steps",
            with_article(&one.name)
        ),
        EraAnswer::CannotTell => format!(
            "The leaders of {} and a break at a free date can’t be told apart",
            with_article(&one.name)
        ),
    };
    let beyond = one.beyond.as_ref().map_or(String::new(), |beyond| {
        format!(
            " With these steps in the model, the likeliest further break is at {} (p {}).",
            beyond.at,
            p_words(beyond.p_value)
        )
    });
    let interval = record.shift.as_ref().map_or(String::new(), |shift| {
        let near: Vec<&str> = one
            .boundaries
            .iter()
            .filter(|boundary| boundary.in_interval == Some(true))
            .map(|boundary| boundary.leader.as_str())
            .collect();
        if near.is_empty() {
            format!(
                " None of these dates lies within the interval of the break, {} to {}.",
                shift.interval[0], shift.interval[1]
            )
        } else {
            format!(
                " Within the interval of the break, {} to {}: {}.",
                shift.interval[0],
                shift.interval[1],
                near.join(", ")
            )
        }
    });
    format!("{outcome}. {}.{interval}{beyond}", steps.join("; "))
}
