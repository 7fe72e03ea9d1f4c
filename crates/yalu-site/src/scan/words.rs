//! A scan's keys and figures as words.

use yalu_dossier::scan::report::{
    DyadBreak, DyadScan, Persistence, ScanOutcome, ScanReport, ScanTest,
};

use crate::format;

use super::placed::PlacedDyad;

pub(super) fn outcome_name(outcome: ScanOutcome) -> &'static str {
    match outcome {
        ScanOutcome::Lasting => "Lasting",
        ScanOutcome::Emerging => "Emerging",
        ScanOutcome::Faded => "Faded",
        ScanOutcome::Shock => "Shock",
        ScanOutcome::NoShift => "No shift",
    }
}

/// The outcome's class in the style sheet, which carries its colour.
pub(super) fn outcome_class(outcome: ScanOutcome) -> &'static str {
    match outcome {
        ScanOutcome::Lasting => "rung-lasting",
        ScanOutcome::Emerging => "rung-emerging",
        ScanOutcome::Faded => "rung-faded",
        ScanOutcome::Shock => "rung-undecided",
        ScanOutcome::NoShift => "rung-none",
    }
}

/// The outcome's sign, so that colour never speaks alone.
pub(super) fn outcome_sign(outcome: ScanOutcome) -> &'static str {
    match outcome {
        ScanOutcome::Lasting => "■",
        ScanOutcome::Emerging => "△",
        ScanOutcome::Faded => "▽",
        ScanOutcome::Shock => "◇",
        ScanOutcome::NoShift => "○",
    }
}

/// `lasting`, for use within a sentence.
pub(super) fn outcome_word(outcome: ScanOutcome) -> String {
    outcome_name(outcome).to_lowercase()
}

pub(super) fn persistence_name(persistence: Persistence) -> &'static str {
    match persistence {
        Persistence::Lasting => "stayed away",
        Persistence::Transient => "came back",
        Persistence::Emerging => "too young to tell",
        Persistence::Undecided => "can’t be told",
    }
}

pub(super) fn test_name(test: ScanTest) -> &'static str {
    match test {
        ScanTest::Permutation => "the dyad’s own periods in blocks, in other orders (permutation)",
        ScanTest::Bootstrap => {
            "series simulated without a break (bootstrap), or the permutation’s where that is larger"
        }
    }
}

/// What a period of the scan is called, one and several.
pub(super) fn period_words(report: &ScanReport) -> [&'static str; 2] {
    match report.periods.first().map(String::as_str) {
        Some(period) if period.contains('Q') => ["quarter", "quarters"],
        Some(period) if period.contains('W') => ["week", "weeks"],
        Some(period) if period.len() == 7 => ["month", "months"],
        Some(period) if period.len() == 10 => ["day", "days"],
        Some(period) if period.len() == 4 => ["year", "years"],
        _ => ["period", "periods"],
    }
}

/// `×3.2`; a level that rose from nothing has no ratio.
pub(super) fn ratio(value: f64) -> String {
    if value == f64::INFINITY {
        "from nil".to_owned()
    } else if value.is_finite() {
        format!("×{}", format::figure(value))
    } else {
        format::ABSENT.to_owned()
    }
}

/// `×2 to ×4`.
pub(super) fn ratios(interval: [f64; 2]) -> String {
    let [low, high] = interval;
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{} to {}", ratio(low), format::figure(high)),
        (true, false) => format!("{} or more", ratio(low)),
        (false, true) => format!("{} or less", ratio(high)),
        (false, false) => format::ABSENT.to_owned(),
    }
}

/// An arrow for a rise or a fall.
pub(super) fn arrow(value: f64) -> &'static str {
    if value > 1.0 {
        "▲"
    } else if value < 1.0 {
        "▼"
    } else {
        ""
    }
}

/// The end of a ratio's interval that is nearer to no change; none where the interval holds 1.
pub(super) fn cautious(one: &DyadBreak) -> Option<f64> {
    let [low, high] = one.ratio_interval;
    if one.ratio > 1.0 && low > 1.0 {
        Some(low)
    } else if one.ratio < 1.0 && high < 1.0 {
        Some(high)
    } else {
        None
    }
}

/// `at least ×2.1` of a rise, `at most ×0.45` of a fall.
pub(super) fn bound(one: &DyadBreak) -> String {
    match cautious(one) {
        Some(low) if low > 1.0 => format!("at least {}", ratio(low)),
        Some(high) => format!("at most {}", ratio(high)),
        None => "perhaps none".to_owned(),
    }
}

/// `United States → Iraq`, with the sector in brackets.
pub(super) fn title(dyad: &DyadScan) -> String {
    match &dyad.sector {
        None => format!("{} → {}", dyad.source_name, dyad.target_name),
        Some(sector) => format!("{} ({sector}) → {}", dyad.source_name, dyad.target_name),
    }
}

/// `USA → IRQ`, with the sector in brackets.
pub(super) fn codes(dyad: &DyadScan) -> String {
    match &dyad.sector {
        None => format!("{} → {}", dyad.source, dyad.target),
        Some(sector) => format!("{} ({sector}) → {}", dyad.source, dyad.target),
    }
}

/// A dyad in one line: outcome, main break and its size.
pub(super) fn line(placed: &PlacedDyad) -> String {
    let name = format!(
        "{}: {}",
        title(placed.dyad),
        outcome_word(placed.dyad.outcome)
    );
    match placed.main() {
        None => name,
        Some(one) => format!(
            "{name}, {} ({}), {}",
            one.at,
            format::span(&one.interval),
            ratio(one.ratio)
        ),
    }
}

/// What a dyad shows and why, in sentences made from its numbers.
pub(super) fn sentences(placed: &PlacedDyad, report: &ScanReport) -> Vec<String> {
    let dyad = placed.dyad;
    let mut said = vec![outcome_sentence(placed, report)];
    if let Some(one) = placed.main() {
        said.push(size_sentence(one));
        said.push(persistence_sentence(one, report));
        if let Some(note) = &one.coverage_change {
            said.push(format!(
                "The break lies at a change of the source base ({note}): it may be the data’s and not the state’s."
            ));
        }
        if one.is_return {
            said.push("It is the end of a shock: the level before the shock is back.".to_owned());
        }
    }
    let others = dyad.breaks.len() - usize::from(dyad.main.is_some());
    if others > 0 {
        let returns = dyad.breaks.iter().filter(|one| one.is_return).count();
        let mut sentence = format!(
            "{} dated",
            match (dyad.main.is_some(), others) {
                (true, 1) => "One more break is".to_owned(),
                (true, n) => format!("{n} more breaks are"),
                (false, 1) => "One break is".to_owned(),
                (false, n) => format!("{n} breaks are"),
            }
        );
        if returns > 0 {
            sentence.push_str(&format!(
                "; {} of its breaks {} the end of a shock",
                returns,
                if returns == 1 { "is" } else { "are" }
            ));
        }
        sentence.push('.');
        said.push(sentence);
    }
    said
}

fn outcome_sentence(placed: &PlacedDyad, report: &ScanReport) -> String {
    let dyad = placed.dyad;
    let test = format!(
        "q {} {} {}",
        format::p_value(dyad.q_value),
        if dyad.q_value <= report.question.level {
            "is within"
        } else {
            "is above"
        },
        format::percent(report.question.level),
    );
    match dyad.outcome {
        ScanOutcome::Lasting => {
            format!("Its levels moved beyond chance ({test}), and a break lasted.")
        }
        ScanOutcome::Emerging => format!(
            "Its levels moved beyond chance ({test}), but the last break is younger than {}.",
            horizon(report)
        ),
        ScanOutcome::Faded => format!(
            "Its levels moved beyond chance ({test}), but after every break the level came back, or whether it did can’t be told."
        ),
        ScanOutcome::Shock => format!(
            "Its levels did not move beyond chance ({test}); shocks that passed were dated."
        ),
        ScanOutcome::NoShift => {
            format!("Its levels did not move beyond chance ({test}), and no shock was dated.")
        }
    }
}

/// `24 months`.
pub(super) fn horizon(report: &ScanReport) -> String {
    let [one, many] = period_words(report);
    format::plural(u64::from(report.question.horizon), one, many)
}

fn size_sentence(one: &DyadBreak) -> String {
    let change = if one.ratio == f64::INFINITY {
        "rose from none".to_owned()
    } else if one.ratio > 1.0 {
        format!("rose to {} times the old one", format::figure(one.ratio))
    } else if one.ratio < 1.0 {
        format!("fell to {} times the old one", format::figure(one.ratio))
    } else {
        "stayed as it was".to_owned()
    };
    let date = if one.interval[0] == one.interval[1] {
        "the 95\u{a0}% interval of the date is that period alone".to_owned()
    } else {
        format!(
            "the 95\u{a0}% interval of the date is {}",
            format::span(&one.interval)
        )
    };
    let doubt = if cautious(one).is_none() {
        "; its interval does not exclude that nothing changed"
    } else {
        ""
    };
    format!(
        "With {} the rate {change} (95\u{a0}% interval {}{doubt}); {date}.",
        one.at,
        ratios(one.ratio_interval),
    )
}

fn persistence_sentence(one: &DyadBreak, report: &ScanReport) -> String {
    let [period, _] = period_words(report);
    let typical = match (one.typical_ratio, one.typical_interval) {
        (Some(value), Some(interval)) => format!(
            "The typical {period} after it is {} the typical one before (95\u{a0}% interval {})",
            ratio(value),
            ratios(interval)
        ),
        (Some(value), None) => format!(
            "The typical {period} after it is {} the typical one before",
            ratio(value)
        ),
        (None, _) => "No typical level after it is known".to_owned(),
    };
    let band = format!(
        "{} to {}",
        ratio(1.0 / report.question.equivalence_ratio),
        ratio(report.question.equivalence_ratio)
    );
    let judged = match one.persistence {
        Persistence::Lasting => format!(
            "through {} the level stayed away from the old one",
            horizon(report)
        ),
        Persistence::Transient => {
            format!("the level came back (levels within {band} count as equal)")
        }
        Persistence::Emerging => {
            format!(
                "{} have not passed, so whether it lasts is open",
                horizon(report)
            )
        }
        Persistence::Undecided => {
            format!("whether it stayed away can’t be told (levels within {band} count as equal)")
        }
    };
    format!("{typical}: {judged}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(ratio: f64, ratio_interval: [f64; 2]) -> DyadBreak {
        DyadBreak {
            at: "2003-03".to_owned(),
            interval: ["2003-02".to_owned(), "2003-04".to_owned()],
            ratio,
            ratio_interval,
            persistence: Persistence::Lasting,
            typical_ratio: None,
            typical_interval: None,
            is_return: false,
            coverage_change: None,
            gain: 10.0,
        }
    }

    #[test]
    fn a_bound_is_the_end_nearer_to_no_change() {
        assert_eq!(bound(&one(3.0, [2.0, 4.0])), "at least ×2.00");
        assert_eq!(bound(&one(0.3, [0.2, 0.5])), "at most ×0.500");
        assert_eq!(bound(&one(3.0, [0.8, 9.0])), "perhaps none");
        assert_eq!(
            bound(&one(f64::INFINITY, [5.0, f64::INFINITY])),
            "at least ×5.00"
        );
    }

    #[test]
    fn ratios_without_an_end_say_so() {
        assert_eq!(ratios([2.0, f64::INFINITY]), "×2.00 or more");
        assert_eq!(ratio(f64::INFINITY), "from nil");
        assert_eq!(ratio(f64::NAN), format::ABSENT);
    }

    #[test]
    fn a_size_that_may_be_none_is_said_to_be_so() {
        assert!(size_sentence(&one(3.0, [0.8, 9.0])).contains("does not exclude"));
        assert!(!size_sentence(&one(3.0, [2.0, 4.0])).contains("does not exclude"));
    }
}
