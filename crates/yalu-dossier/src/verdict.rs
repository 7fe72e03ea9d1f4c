//! The verdict: indicators joined, a probability, a confidence, and why.

use jiff::civil::Date;
use yalu_store::series::SeriesTable;
use yalu_store::{Month, PeriodUnit};

use crate::assessment::{
    Confidence, ConfidenceLevel, CurveRecord, IndicatorFinding, Probability, Rung, ShiftRecord,
    Verdict, VerdictCurve,
};
use crate::borders::BordersRecord;
use crate::curve::{CurveRow, EVIDENCE, rung_shares, survives};
use crate::export::period_of;
use crate::finding::Finding;
use crate::major;
use crate::pipeline::{actor_name, horizon_periods};
use crate::prepare::{Inputs, unit_name};
use crate::reasons::{
    choice_name, decisive_pressure, detectable_step, effect_words, figure, probability_beside_rung,
    rung_name,
};
use crate::spec::{Indicator, JoinRule, Role};
use crate::words::{percent, word};

/// Agreement of the curve below which confidence is at most moderate, and at most low.
const AGREEMENT_HIGH: f64 = 0.9;
const AGREEMENT_MODERATE: f64 = 0.6;

/// A difference of shares between specifications with and without a pressure series that changes the
/// answer.
pub(crate) const DECISIVE: f64 = 0.2;

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

/// Joins the indicators to one verdict.
pub(crate) fn join(
    inputs: &Inputs<'_>,
    indicators: &[IndicatorFinding],
    (tested, findings): (&[&Indicator], &[Finding]),
    rows: &[CurveRow],
    (table, borders): (&SeriesTable, Option<&BordersRecord>),
    as_of: Date,
) -> Verdict {
    let rules = &inputs.spec.verdict;
    let required: Vec<&IndicatorFinding> = indicators
        .iter()
        .filter(|one| one.role == Role::Required && one.rung.is_some())
        .collect();
    let rungs: Vec<Rung> = required.iter().filter_map(|one| one.rung).collect();
    let joined = join_rungs(&rungs, rules.join).unwrap_or(Rung::TooLittleData);
    let lacks = major::lacks(inputs, &required, borders);
    let rung = match joined {
        Rung::Lasting if lacks.is_empty() => Rung::Major,
        other => other,
    };

    let joint = joint_curve(inputs, tested, rows);
    let joint_rungs: Vec<Rung> = joint.iter().map(|one| one.rung).collect();
    let joint_probabilities: Vec<f64> = joint.iter().map(|one| one.probability).collect();
    let agreement = if joint_rungs.is_empty() {
        1.0
    } else {
        // Other borders are compared under the main specification only: there lasting is the most.
        joint_rungs.iter().filter(|one| **one == joined).count() as f64 / joint_rungs.len() as f64
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
    let blind = blind_spots(inputs, rung, findings, tested);
    let confidence = confidence(inputs, &required, (&joint_rungs, agreement), blind, table);
    let lasting_from = (rung == Rung::Emerging)
        .then(|| lasting_from(inputs, &required))
        .flatten();
    let mut reasons: Vec<String> = indicators
        .iter()
        .filter(|one| one.rung.is_some())
        .map(indicator_reason)
        .collect();
    reasons.push(join_reason(rules.join, joined, &required));
    reasons.extend(border_reasons(borders, &required));
    if rung == Rung::Major {
        reasons.push(format!(
            "Major: every required indicator is lasting, changes by ×{} or more (or its inverse), and is particular to this dyad.",
            figure(rules.major_ratio)
        ));
    }
    if let Some(curve) = &curve {
        reasons.push(curve_reason(curve, joined));
    }
    reasons.extend(pressure_reasons(inputs, &required, &joint));
    if let Some(value) = probability.value {
        reasons.extend(probability_beside_rung(rung, value));
    }
    let mut would_move = Vec::new();
    for finding in &required {
        for sentence in &finding.would_move {
            would_move.push(format!("{}: {sentence}", finding.title));
        }
    }
    if rung == Rung::Lasting {
        would_move.push(format!("Up to major is missing: {}.", lacks.join("; ")));
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

/// What the comparison with other borders says of each required indicator.
fn border_reasons(borders: Option<&BordersRecord>, required: &[&IndicatorFinding]) -> Vec<String> {
    let Some(borders) = borders else {
        return Vec::new();
    };
    borders
        .comparisons
        .iter()
        .filter(|one| required.iter().any(|finding| finding.id == one.indicator))
        .map(|one| format!("{}, beside other borders: {}", one.title, one.headline))
        .collect()
}

/// The verdict under one specification.
struct JointFit<'a> {
    rung: Rung,
    probability: f64,
    pressure: &'a [String],
}

/// The verdict's rung and probability under every specification.
fn joint_curve<'a>(
    inputs: &Inputs<'_>,
    tested: &[&Indicator],
    rows: &'a [CurveRow],
) -> Vec<JointFit<'a>> {
    let rule = inputs.spec.verdict.join;
    let required: Vec<usize> = tested
        .iter()
        .enumerate()
        .filter(|(_, one)| one.role == Role::Required)
        .map(|(idx, _)| idx)
        .collect();
    let mut joint = Vec::new();
    for row in rows {
        // An indicator without this alternative group keeps the fit of its own.
        let own = if row.specification.group_idx == 0 {
            row
        } else {
            let mut specification = row.specification.clone();
            specification.group_idx = 0;
            rows.iter()
                .find(|one| one.specification == specification)
                .unwrap_or(row)
        };
        let fits: Option<Vec<_>> = required
            .iter()
            .map(|&idx| match &row.fits[idx] {
                Some(fit) => fit.as_ref().ok(),
                None => own.fits[idx].as_ref().and_then(|fit| fit.as_ref().ok()),
            })
            .collect();
        let Some(fits) = fits else { continue };
        let each: Vec<Rung> = fits.iter().map(|fit| fit.rung).collect();
        // Dependence between indicators isn't known: the joint chance of all is bounded by the
        // least, that of any by the greatest, and these are what is quoted.
        let mut sorted: Vec<f64> = fits.iter().map(|fit| fit.probability).collect();
        sorted.sort_by(f64::total_cmp);
        let probability = match rule {
            JoinRule::AllRequired => sorted.first(),
            JoinRule::AnyRequired => sorted.last(),
            JoinRule::Majority => sorted.get(sorted.len().saturating_sub(sorted.len() / 2 + 1)),
        };
        if let (Some(rung), Some(&probability)) = (join_rungs(&each, rule), probability) {
            joint.push(JointFit {
                rung,
                probability,
                pressure: &row.specification.pressure,
            });
        }
    }
    joint
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
    let mut add = |text: String| sentence.push_str(&text);
    match (&finding.shift, survives(rung)) {
        (Some(shift), true) => {
            add(format!(
                ", {} with {} ({} to {})",
                effect_words(shift.effect, shift.effect_kind),
                shift.at,
                shift.interval[0],
                shift.interval[1],
            ));
        }
        _ => {
            if let (Some(alone), Some(response)) =
                (&finding.test_alone, &finding.test_with_response)
            {
                add(format!(
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
                "{} {}",
                rung_name(one.rung).to_lowercase(),
                percent(one.share)
            )
        })
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "Over {} specifications the verdict is {shares}; {} agree with the main one ({}).",
        curve.n,
        percent(curve.agreement),
        rung_name(rung).to_lowercase(),
    )
}

/// The last day of the period with which the youngest of the emerging shifts has held the horizon.
fn lasting_from(inputs: &Inputs<'_>, required: &[&IndicatorFinding]) -> Option<String> {
    let periods = horizon_periods(inputs) as i32;
    required
        .iter()
        .filter(|one| one.rung == Some(Rung::Emerging))
        .filter_map(|one| period_of(&one.shift.as_ref()?.at))
        .filter_map(|(first, unit)| {
            let month = |n: i32| Month::containing(first.first_day).plus(n - 1).last_day();
            match unit {
                PeriodUnit::Month => Some(month(periods)),
                PeriodUnit::Quarter => Some(month(3 * periods)),
                PeriodUnit::Week => first
                    .first_day
                    .checked_add(jiff::Span::new().days(7 * periods - 1))
                    .ok(),
            }
        })
        .max()
        .map(|day| day.to_string())
}

/// Whether outside pressure in the model changes the answer: for each required indicator where it
/// does, and for the verdict itself.
fn pressure_reasons(
    inputs: &Inputs<'_>,
    required: &[&IndicatorFinding],
    joint: &[JointFit<'_>],
) -> Vec<String> {
    let mut reasons = Vec::new();
    for finding in required {
        let Some(curve) = &finding.curve else {
            continue;
        };
        let fits: Vec<(&[String], bool)> = curve
            .fits
            .iter()
            .map(|fit| (fit.pressure.as_slice(), survives(fit.rung)))
            .collect();
        if let Some((title, present, absent)) = decisive_pressure(inputs, &fits)
            && (present - absent).abs() >= DECISIVE
        {
            reasons.push(format!(
                "Whether \u{201c}{title}\u{201d} is in the model changes the answer for {}: a break survives in {} of the specifications with it, in {} of those without.",
                finding.title,
                percent(present),
                percent(absent),
            ));
        }
    }
    let fits: Vec<(&[String], bool)> = joint
        .iter()
        .map(|fit| (fit.pressure, survives(fit.rung)))
        .collect();
    // Where the verdict is the same with and without it, there is nothing to say.
    if let Some((title, present, absent)) = decisive_pressure(inputs, &fits)
        && present.max(absent) > 0.0
        && present.min(absent) < 1.0
    {
        reasons.push(format!(
            "For the verdict itself: it goes beyond a response in {} of the specifications with \u{201c}{title}\u{201d}, in {} of those without.",
            percent(present),
            percent(absent),
        ));
    }
    reasons
}

/// Where nothing was found: the required indicators whose test would have missed a change as large as
/// the dossier calls major, with how far.
fn blind_spots(
    inputs: &Inputs<'_>,
    rung: Rung,
    findings: &[Finding],
    tested: &[&Indicator],
) -> Vec<(ConfidenceLevel, String)> {
    if !matches!(rung, Rung::NoShift | Rung::Responsive) {
        return Vec::new();
    }
    let major = inputs.spec.verdict.major_ratio;
    tested
        .iter()
        .zip(findings)
        .filter(|(indicator, finding)| {
            indicator.role == Role::Required
                && matches!(finding.rung, Rung::NoShift | Rung::Responsive)
        })
        .filter_map(|(indicator, finding)| {
            let fitted = finding.outcome.as_ref().ok()?;
            let step = detectable_step(fitted)?;
            let ratio = step.exp();
            if !fitted.prepared.multiplicative || ratio <= major {
                return None;
            }
            let level = if ratio > 2.0 * major {
                ConfidenceLevel::Low
            } else {
                ConfidenceLevel::Moderate
            };
            Some((
                level,
                format!(
                    "{}: a change that holds for a year would be missed unless it is ×{} or more; the dossier calls ×{} major",
                    indicator.title,
                    figure(ratio),
                    figure(major),
                ),
            ))
        })
        .collect()
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
            format!(
                "As of {as_of} {policy} has shifted in a major way: the shift has lasted, and other borders don't show it."
            )
        }
    }
}

fn confidence(
    inputs: &Inputs<'_>,
    required: &[&IndicatorFinding],
    (joint_rungs, agreement): (&[Rung], f64),
    blind: Vec<(ConfidenceLevel, String)>,
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
                "only {} of the specifications reach this verdict",
                percent(agreement)
            ),
        );
    } else if joint_rungs.len() <= 1 {
        lower(
            ConfidenceLevel::Moderate,
            if inputs.main_alone {
                "one specification only: the dossier’s others weren’t asked".to_owned()
            } else {
                "one specification only: the dossier declares no curve".to_owned()
            },
        );
    }
    if table.coverage.len() <= 1 {
        lower(
            ConfidenceLevel::Moderate,
            "one data set of machine-coded reports; no second source checks it".to_owned(),
        );
    }
    for (to, reason) in blind {
        lower(to, reason);
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
