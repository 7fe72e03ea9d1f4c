//! The verdict: the ladder, the probability, the confidence, and where specifications disagree.

use askama::Template;
use yalu_dossier::assessment::{Assessment, IndicatorFinding, Rung};
use yalu_dossier::words::yardstick_name;

use crate::anchor::anchor;
use crate::chart::{axis_title, gauge, sparkline};
use crate::format;
use crate::names::{self, LADDER};

/// The smallest difference between options that is called a disagreement.
const DECISIVE: f64 = 0.2;

/// A name that leads to an indicator's section.
#[derive(Debug)]
pub(crate) struct IndicatorLink {
    pub(crate) to: String,
    pub(crate) title: String,
}

/// One rung of the ladder as drawn.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) here: bool,
    /// Share of specifications whose verdict it is, with the width of its bar in per cent.
    pub(crate) share: Option<(String, String)>,
    /// Indicators that stand on it.
    pub(crate) indicators: Vec<IndicatorLink>,
}

/// A choice on which an indicator's answer depends.
#[derive(Debug)]
pub(crate) struct Disagreement {
    pub(crate) indicator: IndicatorLink,
    pub(crate) sentence: String,
    /// Option, share as text, width in per cent, whether the main specification has it.
    pub(crate) options: Vec<(String, String, String, bool)>,
}

/// An indicator in a few figures.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) link: IndicatorLink,
    pub(crate) role: &'static str,
    pub(crate) rung: Option<Rung>,
    pub(crate) sparkline: Option<String>,
    pub(crate) range: String,
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Card {
    pub(crate) fn rung_class(&self) -> &'static str {
        self.rung.map_or("rung-too-little", names::rung_class)
    }

    pub(crate) fn rung_name(&self) -> &'static str {
        self.rung.map_or("Not tested", names::rung_name)
    }

    pub(crate) fn rung_sign(&self) -> &'static str {
        self.rung.map_or("·", names::rung_sign)
    }
}

/// The part on top.
#[derive(Debug, Template)]
#[template(path = "verdict.html")]
pub(crate) struct VerdictSection {
    name: &'static str,
    class: &'static str,
    sign: &'static str,
    headline: String,
    ladder: Vec<Step>,
    beside: Step,
    curve_sentence: Option<String>,
    probability_statement: String,
    probability_word: String,
    probability_figure: String,
    probability_absent: bool,
    yardstick: &'static str,
    gauge: Option<String>,
    confidence: &'static str,
    confidence_steps: [bool; 3],
    confidence_reasons: Vec<String>,
    reasons: Vec<String>,
    would_move: Vec<String>,
    lasting_from: Option<String>,
    join: &'static str,
    disagreements: Vec<Disagreement>,
    warnings: Vec<String>,
    cards: Vec<Card>,
}

fn link(finding: &IndicatorFinding) -> IndicatorLink {
    IndicatorLink {
        to: anchor("indicator", &finding.id),
        title: finding.title.clone(),
    }
}

fn step(rung: Rung, assessment: &Assessment) -> Step {
    let verdict = &assessment.verdict;
    let share = verdict.curve.as_ref().map(|curve| {
        let share = curve
            .rungs
            .iter()
            .find(|one| one.rung == rung)
            .map_or(0.0, |one| one.share);
        (
            format::percent(share),
            format!("{:.1}", (share * 100.0).clamp(0.0, 100.0)),
        )
    });
    Step {
        name: names::rung_name(rung),
        class: names::rung_class(rung),
        sign: names::rung_sign(rung),
        meaning: names::rung_meaning(rung),
        here: verdict.rung == rung,
        share,
        indicators: assessment
            .indicators
            .iter()
            .filter(|finding| finding.rung == Some(rung))
            .map(link)
            .collect(),
    }
}

fn disagreements(assessment: &Assessment) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for finding in &assessment.indicators {
        let Some(curve) = &finding.curve else {
            continue;
        };
        let main = curve.fits.iter().find(|fit| fit.main);
        for choice in curve
            .choices
            .iter()
            .filter(|choice| choice.spread >= DECISIVE)
        {
            let shares = || choice.options.iter().map(|one| one.share_surviving);
            let high = shares().fold(0.0, f64::max);
            let low = shares().fold(1.0, f64::min);
            let sentence = format!(
                "The choice of {} {}: a break survives events and pressure in {} to {} of the specifications, depending on it.",
                names::choice_name(&choice.choice),
                if choice.spread >= 0.5 {
                    "decides the answer"
                } else {
                    "sways the answer"
                },
                format::percent(low),
                format::percent(high),
            );
            let options = choice
                .options
                .iter()
                .map(|one| {
                    (
                        names::sentence(&names::option_name(
                            &choice.choice,
                            &one.option,
                            assessment,
                        )),
                        format::percent(one.share_surviving),
                        format!("{:.1}", (one.share_surviving * 100.0).clamp(0.0, 100.0)),
                        main.is_some_and(|fit| names::option_of(fit, &choice.choice) == one.option),
                    )
                })
                .collect();
            found.push(Disagreement {
                indicator: link(finding),
                sentence,
                options,
            });
        }
    }
    found
}

fn card(finding: &IndicatorFinding) -> Card {
    let mut facts = Vec::new();
    let survives = finding.rung.is_some_and(names::survives);
    if let Some(shift) = &finding.shift {
        let label = if survives {
            "Change of level"
        } else {
            "Likeliest change"
        };
        facts.push((
            label,
            format!(
                "{} ({})",
                format::effect(shift.effect, shift.effect_kind),
                format::effect_interval(shift.effect_interval, shift.effect_kind)
            ),
        ));
        let label = if survives { "Break" } else { "Likeliest date" };
        facts.push((
            label,
            format!("{} ({})", shift.at, format::span(&shift.interval)),
        ));
    }
    if let Some(test) = &finding.test_with_response {
        facts.push((
            "Corrected p, events and pressure in the model",
            format::p_value(test.q_value.unwrap_or(test.p_value)),
        ));
    }
    if let Some(probability) = &finding.probability
        && let Some(value) = probability.value
    {
        let word = probability.word.clone().unwrap_or_default();
        facts.push((
            "Shift beyond response",
            format!("{} ({word})", format::percent(value)),
        ));
    }
    Card {
        link: link(finding),
        role: names::role_name(finding.role),
        rung: finding.rung,
        sparkline: sparkline(finding),
        range: match (finding.chart.periods.first(), finding.chart.periods.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}, {}", axis_title(finding)),
            _ => "no period".to_owned(),
        },
        facts,
    }
}

impl VerdictSection {
    pub(crate) fn of(assessment: &Assessment) -> Self {
        let verdict = &assessment.verdict;
        let probability = &verdict.probability;
        let curve_sentence = verdict.curve.as_ref().map(|curve| {
            format!(
                "Bars: the verdict under each of {} specifications; {} agree with the main one.",
                format::count(u64::from(curve.n)),
                format::percent(curve.agreement)
            )
        });
        let probability_figure = match (probability.value, probability.range) {
            (Some(value), Some([low, high])) => format!(
                "{}; {} to {} over the specifications",
                format::percent(value),
                format::percent(low),
                format::percent(high)
            ),
            (Some(value), None) => format::percent(value),
            (None, _) => format!("{} (too little data to give one)", format::ABSENT),
        };
        Self {
            name: names::rung_name(verdict.rung),
            class: names::rung_class(verdict.rung),
            sign: names::rung_sign(verdict.rung),
            headline: verdict.headline.clone(),
            ladder: LADDER
                .into_iter()
                .map(|rung| step(rung, assessment))
                .collect(),
            beside: step(Rung::TooLittleData, assessment),
            curve_sentence,
            probability_statement: probability.statement.clone(),
            probability_word: names::sentence(probability.word.as_deref().unwrap_or("No word")),
            probability_figure,
            probability_absent: probability.value.is_none(),
            yardstick: yardstick_name(probability.yardstick),
            gauge: gauge(probability),
            confidence: names::confidence_name(verdict.confidence.level),
            confidence_steps: [0, 1, 2].map(|idx| idx <= verdict.confidence.level as u8),
            confidence_reasons: verdict
                .confidence
                .reasons
                .iter()
                .map(|one| names::sentence(one))
                .collect(),
            reasons: verdict.reasons.clone(),
            would_move: verdict.would_move.clone(),
            lasting_from: verdict.lasting_from.clone(),
            join: names::join_name(verdict.join),
            disagreements: disagreements(assessment),
            warnings: assessment.warnings.clone(),
            cards: assessment.indicators.iter().map(card).collect(),
        }
    }
}
