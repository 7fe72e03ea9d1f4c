//! The verdict on a terminal.

use yalu_dossier::assessment::{Assessment, ConfidenceLevel, EffectKind, IndicatorFinding};
use yalu_dossier::borders::{BordersRecord, PathScale};
use yalu_dossier::reasons::rung_name;
use yalu_dossier::structure::StructureRecord;
use yalu_dossier::words::{percent, yardstick_name};

use crate::printer::Printer;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Columns of a sparkline.
const WIDTH: usize = 48;

/// A series as a line of bars, each the mean of its stretch; a space where nothing is known.
pub(super) fn sparkline(values: &[Option<f64>]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let width = WIDTH.min(values.len());
    let means: Vec<Option<f64>> = (0..width)
        .map(|idx| {
            let stretch = &values[idx * values.len() / width..(idx + 1) * values.len() / width];
            let known: Vec<f64> = stretch.iter().flatten().copied().collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        })
        .collect();
    let known = || means.iter().flatten().copied();
    let (low, high) = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(f64::NEG_INFINITY, f64::max),
    );
    means
        .iter()
        .map(|mean| match mean {
            None => ' ',
            Some(_) if high <= low => BARS[0],
            Some(mean) => BARS[(((mean - low) / (high - low)) * 7.0).round() as usize],
        })
        .collect()
}

pub(super) fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 3) as usize;
    format!("{value:.digits$}")
}

fn indicator(finding: &IndicatorFinding) -> String {
    let mut line = format!(
        "  {}\n    {}",
        finding.title,
        sparkline(&finding.chart.observed)
    );
    match finding.rung {
        None => line.push_str("  context, not tested"),
        Some(rung) => {
            line.push_str(&format!("  {}", rung_name(rung)));
            let q = finding
                .test_with_response
                .as_ref()
                .and_then(|test| test.q_value);
            match (&finding.shift, q) {
                (Some(shift), Some(q)) => {
                    let sign = if shift.effect_kind == EffectKind::Ratio {
                        "×"
                    } else {
                        ""
                    };
                    line.push_str(&format!(
                        "\n    {} break {} ({} to {}), {sign}{} ({sign}{} to {sign}{}), corrected p {}",
                        if yalu_dossier::reasons::survives(rung) { "main" } else { "likeliest" },
                        shift.at,
                        shift.interval[0],
                        shift.interval[1],
                        figure(shift.effect),
                        figure(shift.effect_interval[0]),
                        figure(shift.effect_interval[1]),
                        figure(q),
                    ));
                }
                (None, Some(q)) => line.push_str(&format!("\n    corrected p {}", figure(q))),
                _ => {
                    if let Some(reason) = finding.reasons.first() {
                        line.push_str(&format!("\n    {reason}"));
                    }
                }
            }
        }
    }
    line
}

/// What an assessment says, for people.
pub(crate) fn summary(assessment: &Assessment, printer: &Printer) -> String {
    let verdict = &assessment.verdict;
    let mut lines = vec![
        printer.bold(&format!(
            "{} — as of {}",
            assessment.dossier.title, assessment.as_of
        )),
        format!("Verdict: {}", printer.bold(rung_name(verdict.rung))),
        format!("  {}", verdict.headline),
    ];
    if let (Some(value), Some(word), Some([low, high])) = (
        verdict.probability.value,
        &verdict.probability.word,
        verdict.probability.range,
    ) {
        lines.push(format!(
            "Probability of a shift beyond response: {word} ({}; {} to {} over the specifications; {})",
            percent(value),
            percent(low),
            percent(high),
            yardstick_name(verdict.probability.yardstick),
        ));
    }
    let confidence = match verdict.confidence.level {
        ConfidenceLevel::Low => "low",
        ConfidenceLevel::Moderate => "moderate",
        ConfidenceLevel::High => "high",
    };
    lines.push(format!(
        "Confidence: {confidence} ({})",
        verdict.confidence.reasons.join("; ")
    ));
    if let Some(date) = &verdict.lasting_from {
        lines.push(format!("Could count as lasting from: {date}"));
    }
    lines.push(format!(
        "Indicators, {} to {}:",
        assessment.data.periods[0], assessment.data.periods[1]
    ));
    lines.extend(assessment.indicators.iter().map(indicator));
    if let Some(found) = &assessment.borders {
        lines.push("Beside other borders:".to_owned());
        lines.extend(borders(found));
    }
    if let Some(found) = &assessment.structure {
        lines.push("Who makes the policy:".to_owned());
        lines.extend(structure(found));
    }
    if let Some(matrix) = assessment
        .evidence
        .as_ref()
        .filter(|found| found.matrix.is_some())
    {
        lines.push("Competing hypotheses:".to_owned());
        lines.extend(matrix.sentences.iter().map(|one| format!("  {one}")));
    }
    if let Some(ledger) = &assessment.ledger {
        lines.push("Promised and tangible:".to_owned());
        // The rest is `yalu ledger`'s.
        lines.extend(
            ledger
                .sentences
                .iter()
                .take(3)
                .map(|one| format!("  {one}")),
        );
    }
    lines.join("\n")
}

/// Where the council settles, an issue a line, and what event data say of who acts.
fn structure(found: &StructureRecord) -> impl Iterator<Item = String> {
    let first = |title: &str| {
        let own = found
            .sentences
            .iter()
            .find(|sentence| sentence.starts_with(title));
        own.map(|sentence| format!("  {sentence}."))
    };
    let issues = found
        .issues
        .iter()
        .filter_map(move |issue| first(&issue.title));
    let acts = found
        .influence
        .iter()
        .map(|influence| format!("  {}", influence.headline));
    issues.chain(acts)
}

/// What the comparison with other borders says, a line each.
fn borders(found: &BordersRecord) -> impl Iterator<Item = String> {
    let comparisons = found.comparisons.iter().map(|one| {
        let figures = one.result.as_ref().map_or(String::new(), |result| {
            format!(
                "\n    p {} at its date, {} where each border has its own, of {} others; synthetic difference-in-differences {}",
                figure(result.p_placebo),
                figure(result.p_calibrated),
                result.n_placebos,
                if one.scale == PathScale::Ratio {
                    format!("×{}", figure(result.sdid.effect))
                } else {
                    figure(result.sdid.effect)
                },
            )
        });
        format!("  {}\n    {}{figures}", one.title, one.headline)
    });
    let domains = found
        .domains
        .iter()
        .map(|one| format!("  {}\n    {}", one.title, one.headline));
    comparisons.chain(domains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_shows_gaps_and_extremes() {
        assert_eq!(sparkline(&[Some(0.0), None, Some(7.0)]), "▁ █");
        assert_eq!(sparkline(&[Some(2.0), Some(2.0)]), "▁▁");
        assert_eq!(sparkline(&[]), "");
    }
}
