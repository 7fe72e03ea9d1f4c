//! The verdict: indicators joined, a probability, a confidence, and why.

use jiff::civil::Date;
use yalu_store::Month;
use yalu_store::series::SeriesTable;

use crate::assessment::{
    Confidence, ConfidenceLevel, CurveRecord, IndicatorFinding, Probability, Rung, ShiftRecord,
    Verdict, VerdictCurve,
};
use crate::curve::{CurveRow, EVIDENCE, rung_shares, survives};
use crate::pipeline::actor_name;
use crate::prepare::{Inputs, unit_name};
use crate::reasons::{choice_name, effect_words, figure, rung_name};
use crate::spec::{Direction, Indicator, JoinRule, Role};
use crate::words::word;

/// Agreement of the curve below which confidence is at most moderate, and at most low.
const AGREEMENT_HIGH: f64 = 0.9;
const AGREEMENT_MODERATE: f64 = 0.6;

/// How strong a rung is as evidence that a shift stands.
fn strength(rung: Rung) -> usize {
    EVIDENCE.iter().position(|one| *one == rung).unwrap_or(0)
}

/// Joins rungs by a rule; nothing where there are none.
pub(crate) fn join_rungs(rungs: &[Rung], rule: JoinRule) -> Option<Rung> {
    let mut sorted = rungs.to_vec();
    sorted.sort_by_key(|rung| strength(*rung));
    match rule {
        JoinRule::AllRequired => sorted.first().copied(),
        JoinRule::AnyRequired => sorted.last().copied(),
        // The highest rung that more than half of them reach.
        JoinRule::Majority => sorted
            .get(sorted.len().checked_sub(sorted.len() / 2 + 1)?)
            .copied(),
    }
}

/// A probability averaged over the specifications, all of them counting alike.
pub(crate) fn indicator_probability(
    inputs: &Inputs<'_>,
    indicator: &Indicator,
    main: f64,
    curve: Option<&CurveRecord>,
) -> Probability {
    let each: Vec<f64> = match curve {
        Some(curve) => curve.fits.iter().map(|fit| fit.probability).collect(),
        None => vec![main],
    };
    probability(
        inputs,
        format!(
            "{} has shifted beyond a response to events and pressure, and stands so",
            indicator.title
        ),
        &each,
    )
}

fn probability(inputs: &Inputs<'_>, statement: String, each: &[f64]) -> Probability {
    let yardstick = inputs.spec.verdict.yardstick;
    let value = (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64);
    Probability {
        statement,
        value,
        range: (!each.is_empty()).then(|| {
            [
                each.iter().copied().fold(f64::INFINITY, f64::min),
                each.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ]
        }),
        word: value.map(|value| word(value, yardstick).to_owned()),
        yardstick,
    }
}

/// A shift that goes against the direction that the dossier asks about.
fn contradicts(direction: Direction, shift: Option<&ShiftRecord>) -> bool {
    shift.is_some_and(|shift| match direction {
        Direction::Either => false,
        Direction::Up => shift.new_level < shift.old_level,
        Direction::Down => shift.new_level > shift.old_level,
    })
}

/// The rung of an indicator as it counts for the question: a shift against the direction asked about
/// isn't the shift in question.
fn counted(finding: &IndicatorFinding) -> Rung {
    let rung = finding.rung.unwrap_or(Rung::TooLittleData);
    if survives(rung) && contradicts(finding.direction, finding.shift.as_ref()) {
        Rung::NoShift
    } else {
        rung
    }
}

/// Joins the indicators to one verdict.
pub(crate) fn join(
    inputs: &Inputs<'_>,
    indicators: &[IndicatorFinding],
    tested: &[&Indicator],
    rows: &[CurveRow],
    table: &SeriesTable,
    as_of: Date,
) -> Verdict {
    let rules = &inputs.spec.verdict;
    let required: Vec<&IndicatorFinding> = indicators
        .iter()
        .filter(|one| one.role == Role::Required && one.rung.is_some())
        .collect();
    let rungs: Vec<Rung> = required.iter().map(|one| counted(one)).collect();
    let rung = join_rungs(&rungs, rules.join).unwrap_or(Rung::TooLittleData);

    let (joint_rungs, joint_probabilities) = joint_curve(inputs, tested, rows);
    let agreement = if joint_rungs.is_empty() {
        1.0
    } else {
        joint_rungs.iter().filter(|one| **one == rung).count() as f64 / joint_rungs.len() as f64
    };
    let curve = (joint_rungs.len() > 1).then(|| VerdictCurve {
        n: joint_rungs.len() as u32,
        rungs: rung_shares(&joint_rungs),
        agreement,
    });
    let source = actor_name(&inputs.spec.question.source);
    let target = actor_name(&inputs.spec.question.target);
    let statement = format!(
        "The policy of {source} toward {target} has shifted beyond a response to events and pressure, in {}, and stands so as of {as_of}",
        match rules.join {
            JoinRule::AllRequired => "every required indicator",
            JoinRule::AnyRequired => "at least one required indicator",
            JoinRule::Majority => "most of the required indicators",
        }
    );
    let probability = if rung == Rung::TooLittleData {
        probability(inputs, statement, &[])
    } else {
        probability(inputs, statement, &joint_probabilities)
    };
    let confidence = confidence(inputs, &required, &joint_rungs, agreement, table);
    let lasting_from = (rung == Rung::Emerging)
        .then(|| lasting_from(&required, rules.horizon_months))
        .flatten();
    let mut reasons: Vec<String> = indicators
        .iter()
        .filter(|one| one.rung.is_some())
        .map(|one| indicator_reason(one))
        .collect();
    reasons.push(join_reason(rules.join, rung, &required));
    if let Some(curve) = &curve {
        reasons.push(curve_reason(curve, rung));
    }
    let mut would_move = Vec::new();
    for finding in &required {
        for sentence in &finding.would_move {
            would_move.push(format!("{}: {sentence}", finding.title));
        }
    }
    if matches!(rung, Rung::Lasting) {
        would_move.push(
            "Major needs a comparison with other borders and a donor pool, which this version of Yalu doesn't compute: it can't be reached."
                .to_owned(),
        );
    }
    Verdict {
        rung,
        headline: headline(&source, &target, rung, &required, as_of, inputs),
        reasons,
        would_move,
        lasting_from,
        join: rules.join,
        probability,
        confidence,
        curve,
    }
}

/// The verdict's rung and probability under every specification.
fn joint_curve(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    rows: &[CurveRow],
) -> (Vec<Rung>, Vec<f64>) {
    let rule = inputs.spec.verdict.join;
    let required: Vec<usize> = tested
        .iter()
        .enumerate()
        .filter(|(_, one)| one.role == Role::Required)
        .map(|(idx, _)| idx)
        .collect();
    let mut rungs = Vec::new();
    let mut probabilities = Vec::new();
    for row in rows {
        // An indicator without this alternative group keeps the fit of its own.
        let own = rows.iter().find(|one| {
            let mut specification = row.specification.clone();
            specification.group_idx = 0;
            one.specification == specification
        });
        let fits: Option<Vec<_>> = required
            .iter()
            .map(|&idx| match &row.fits[idx] {
                Some(fit) => fit.as_ref().ok(),
                None => own
                    .and_then(|own| own.fits[idx].as_ref())
                    .and_then(|fit| fit.as_ref().ok()),
            })
            .collect();
        let Some(fits) = fits else { continue };
        let each: Vec<Rung> = fits
            .iter()
            .zip(&required)
            .map(|(fit, &idx)| {
                let against = match (tested[idx].direction, fit.effect) {
                    (Direction::Up, Some(effect)) => effect < 1.0,
                    (Direction::Down, Some(effect)) => effect > 1.0,
                    _ => false,
                };
                if survives(fit.rung) && against {
                    Rung::NoShift
                } else {
                    fit.rung
                }
            })
            .collect();
        rungs.extend(join_rungs(&each, rule));
        let p: Vec<f64> = fits.iter().map(|fit| fit.probability).collect();
        // Dependence between indicators isn't known: the joint chance of all is bounded by the
        // least, that of any by the greatest, and these are what is quoted.
        let mut sorted = p;
        sorted.sort_by(f64::total_cmp);
        let joint = match rule {
            JoinRule::AllRequired => sorted.first(),
            JoinRule::AnyRequired => sorted.last(),
            JoinRule::Majority => sorted.get(sorted.len().saturating_sub(sorted.len() / 2 + 1)),
        };
        probabilities.extend(joint.copied());
    }
    (rungs, probabilities)
}

fn indicator_reason(finding: &IndicatorFinding) -> String {
    let rung = finding.rung.unwrap_or(Rung::TooLittleData);
    let part = match finding.role {
        Role::Required => "required",
        Role::Supporting => "supporting",
        Role::Context => "context",
    };
    let mut sentence = format!(
        "{} ({part}): {}",
        finding.title,
        rung_name(rung).to_lowercase()
    );
    match (&finding.shift, survives(rung)) {
        (Some(shift), true) => {
            sentence.push_str(&format!(
                ", {} with {} ({} to {})",
                effect_words(shift.effect, shift.effect_kind),
                shift.at,
                shift.interval[0],
                shift.interval[1],
            ));
            if contradicts(finding.direction, Some(shift)) {
                sentence.push_str(", against the direction that the dossier asks about");
            }
        }
        _ => {
            if let (Some(alone), Some(response)) =
                (&finding.test_alone, &finding.test_with_response)
            {
                sentence.push_str(&format!(
                    ", corrected p {} without events and pressure, {} with them",
                    figure(alone.q_value.unwrap_or(alone.p_value)),
                    figure(response.q_value.unwrap_or(response.p_value)),
                ));
            }
        }
    }
    sentence.push('.');
    sentence
}

fn join_reason(rule: JoinRule, rung: Rung, required: &[&IndicatorFinding]) -> String {
    let name = rung_name(rung).to_lowercase();
    match rule {
        JoinRule::AllRequired => format!(
            "The verdict needs every required indicator ({}), so it is the weakest of them: {name}.",
            required.len()
        ),
        JoinRule::AnyRequired => format!(
            "The verdict needs one of the required indicators ({}), so it is the strongest of them: {name}.",
            required.len()
        ),
        JoinRule::Majority => format!(
            "The verdict needs more than half of the required indicators ({}): {name}.",
            required.len()
        ),
    }
}

fn curve_reason(curve: &VerdictCurve, rung: Rung) -> String {
    let shares = curve
        .rungs
        .iter()
        .map(|one| {
            format!(
                "{} {:.0} %",
                rung_name(one.rung).to_lowercase(),
                one.share * 100.0
            )
        })
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "Over {} specifications the verdict is {shares}; {:.0} % agree with the main one ({}).",
        curve.n,
        curve.agreement * 100.0,
        rung_name(rung).to_lowercase(),
    )
}

fn lasting_from(required: &[&IndicatorFinding], horizon_months: u32) -> Option<String> {
    required
        .iter()
        .filter(|one| one.rung == Some(Rung::Emerging))
        .filter_map(|one| one.shift.as_ref()?.at.parse::<Month>().ok())
        .max()
        .map(|first| first.plus(horizon_months as i32 - 1).last_day().to_string())
}

fn headline(
    source: &str,
    target: &str,
    rung: Rung,
    required: &[&IndicatorFinding],
    as_of: Date,
    inputs: &Inputs<'_>,
) -> String {
    let policy = format!("the policy of {source} toward {target}");
    match rung {
        Rung::TooLittleData => {
            let which: Vec<&str> = required
                .iter()
                .filter(|one| one.rung == Some(Rung::TooLittleData))
                .map(|one| one.title.as_str())
                .collect();
            format!(
                "As of {as_of} there is too little data to say whether {policy} has shifted ({}).",
                which.join("; ")
            )
        }
        Rung::NoShift => format!("As of {as_of} no shift in {policy} can be shown."),
        Rung::Responsive => format!(
            "As of {as_of} {policy} responds to events and outside pressure; a shift beyond that can't be shown."
        ),
        Rung::Emerging => format!(
            "As of {as_of} a shift in {policy} is emerging; it is too young to count as lasting."
        ),
        Rung::Faded => format!("As of {as_of} {policy} had moved, and came back."),
        Rung::Undecided => format!(
            "As of {as_of} {policy} has broken with its past; whether the new level lasts can't be told after {} months.",
            inputs.spec.verdict.horizon_months
        ),
        Rung::Lasting => format!("As of {as_of} {policy} has shifted, and the shift has lasted."),
        Rung::Major => {
            format!("As of {as_of} {policy} has shifted in a major way, and the shift has lasted.")
        }
    }
}

fn confidence(
    inputs: &Inputs<'_>,
    required: &[&IndicatorFinding],
    joint_rungs: &[Rung],
    agreement: f64,
    table: &SeriesTable,
) -> Confidence {
    let mut level = ConfidenceLevel::High;
    let mut reasons = Vec::new();
    let mut lower = |to: ConfidenceLevel, reason: String| {
        level = level.min(to);
        reasons.push(reason);
    };
    if joint_rungs.len() > 1 && agreement < AGREEMENT_HIGH {
        let to = if agreement < AGREEMENT_MODERATE {
            ConfidenceLevel::Low
        } else {
            ConfidenceLevel::Moderate
        };
        lower(
            to,
            format!(
                "only {:.0} % of the specifications reach this verdict",
                agreement * 100.0
            ),
        );
    } else if joint_rungs.len() <= 1 {
        lower(
            ConfidenceLevel::Moderate,
            "one specification only: the dossier declares no curve".to_owned(),
        );
    }
    if table.coverage.len() <= 1 {
        lower(
            ConfidenceLevel::Moderate,
            "one data set of machine-coded reports; no second source checks it".to_owned(),
        );
    }
    for finding in required {
        let Some(rung) = finding.rung else { continue };
        if rung == Rung::TooLittleData {
            lower(
                ConfidenceLevel::Low,
                format!("{}: too little data", finding.title),
            );
            continue;
        }
        let counts: Vec<f64> = finding.chart.count.iter().flatten().copied().collect();
        let mean = counts.iter().sum::<f64>() / counts.len().max(1) as f64;
        if finding.chart.exposure.iter().any(Option::is_some) && mean < 2.0 {
            lower(
                ConfidenceLevel::Moderate,
                format!(
                    "{}: few events, {} per {} on average",
                    finding.title,
                    figure(mean),
                    unit_name(inputs.frame.unit)
                ),
            );
        }
        if let (Some(shift), true) = (&finding.shift, survives(rung)) {
            shift_doubts(inputs, finding, shift, table, &mut lower);
        }
        if let Some(curve) = &finding.curve
            && let Some(choice) = curve.choices.first().filter(|choice| choice.spread >= 0.5)
        {
            lower(
                ConfidenceLevel::Moderate,
                format!(
                    "{}: the choice of {} changes the answer",
                    finding.title,
                    choice_name(&choice.choice)
                ),
            );
        }
    }
    if reasons.is_empty() {
        reasons.push("nothing that Yalu checks lowers it".to_owned());
    }
    Confidence { level, reasons }
}

fn shift_doubts(
    inputs: &Inputs<'_>,
    finding: &IndicatorFinding,
    shift: &ShiftRecord,
    table: &SeriesTable,
    lower: &mut impl FnMut(ConfidenceLevel, String),
) {
    let labels = inputs.frame.labels();
    let place = |label: &String| labels.iter().position(|one| one == label);
    if let (Some(first), Some(last), Some(at)) = (
        place(&shift.interval[0]),
        place(&shift.interval[1]),
        place(&shift.at),
    ) {
        let width = last - first + 1;
        if width > 24 {
            lower(
                ConfidenceLevel::Moderate,
                format!(
                    "{}: the interval for the date spans {width} {}s",
                    finding.title,
                    unit_name(inputs.frame.unit)
                ),
            );
        }
        for change in table.coverage.iter().flat_map(|one| &one.changes) {
            let near = inputs
                .frame
                .periods
                .iter()
                .position(|one| one.last_day >= change.date)
                .is_some_and(|seam| seam > 0 && seam.abs_diff(at) <= 2);
            if near {
                lower(
                    ConfidenceLevel::Low,
                    format!(
                        "{}: the break lies at a change of the source base ({})",
                        finding.title, change.note
                    ),
                );
            }
        }
    }
    if shift.n_periods_since < 12 {
        lower(
            ConfidenceLevel::Low,
            format!(
                "{}: only {} {}s since the break",
                finding.title,
                shift.n_periods_since,
                unit_name(inputs.frame.unit)
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_required_takes_the_weakest_and_any_the_strongest() {
        let rungs = [Rung::Lasting, Rung::Faded, Rung::Emerging];
        assert_eq!(join_rungs(&rungs, JoinRule::AllRequired), Some(Rung::Faded));
        assert_eq!(
            join_rungs(&rungs, JoinRule::AnyRequired),
            Some(Rung::Lasting)
        );
        assert_eq!(join_rungs(&rungs, JoinRule::Majority), Some(Rung::Emerging));
        assert_eq!(join_rungs(&[], JoinRule::AllRequired), None);
    }

    #[test]
    fn majority_needs_more_than_half() {
        let two = [Rung::Lasting, Rung::NoShift];
        assert_eq!(join_rungs(&two, JoinRule::Majority), Some(Rung::NoShift));
        let four = [Rung::Lasting, Rung::Lasting, Rung::NoShift, Rung::NoShift];
        assert_eq!(join_rungs(&four, JoinRule::Majority), Some(Rung::NoShift));
    }
}
