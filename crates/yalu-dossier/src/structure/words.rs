//! The structure's sentences, each made from the figures that it states.

use super::keys::{EnsembleKey, StructureIssue};
use super::record::{
    ActorRecord, AgreementOf, IssueRecord, ModelRecord, OutcomeRecord, PivotRecord,
    StructureRecord, TurningRecord,
};
use crate::words::{listed, percent};

/// A figure as the record keeps it: six digits after the point, which is more than any coding has
/// and fewer than the last bits of a sum.
pub(crate) fn shown(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    // Minus nought would print as such.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// A figure in a sentence: two digits after the point on a short scale, one on a long one.
pub(crate) fn figure(value: f64, range: f64) -> String {
    let digits = match range {
        r if r >= 50.0 => 1,
        r if r >= 2.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn value_name(of: AgreementOf) -> &'static str {
    match of {
        AgreementOf::Position => "position",
        AgreementOf::Salience => "salience",
        AgreementOf::Capability => "capability",
    }
}

/// What a pivot says.
pub(crate) fn pivot(pivot: &PivotRecord, actor: &ActorRecord, issue: &StructureIssue) -> String {
    let range = issue.high - issue.low;
    let (what, who) = (value_name(pivot.of), &actor.title);
    let scale = match pivot.of {
        AgreementOf::Position => range,
        AgreementOf::Salience => 100.0,
        AgreementOf::Capability => pivot.from.abs().max(pivot.to.unwrap_or(0.0)),
    };
    let threshold = figure(issue.threshold.unwrap_or(f64::NAN), range);
    match (pivot.to, pivot.outcome) {
        (Some(to), Some(outcome)) => {
            let possible = if pivot.within_range {
                ", which its coding holds possible,"
            } else {
                ""
            };
            format!(
                "{who}: a {what} of {} instead of {}{possible} would carry the outcome across {threshold}, to {}",
                figure(to, scale),
                figure(pivot.from, scale),
                figure(outcome, range)
            )
        }
        _ => format!("{who}: no {what} within reach carries the outcome across {threshold} alone"),
    }
}

/// What is said of who would turn an outcome together.
pub(crate) fn turning(
    record: &TurningRecord,
    actors: &[ActorRecord],
    issue: &StructureIssue,
) -> String {
    let range = issue.high - issue.low;
    let title = |id| title_of(actors, id);
    let there = figure(record.position, range);
    let Some(smallest) = record.sets.iter().map(Vec::len).min() else {
        return format!(
            "No {} actors who went over to {there} would carry the outcome across {}",
            record.tried_up_to,
            figure(issue.threshold.unwrap_or(f64::NAN), range)
        );
    };
    let sets: Vec<String> = record
        .sets
        .iter()
        .filter(|set| set.len() == smallest)
        .map(|set| listed(&set.iter().map(|id| title(id)).collect::<Vec<_>>()))
        .collect();
    let (first, more) = (
        sets[..sets.len().min(3)].join("; or "),
        sets.len().saturating_sub(3),
    );
    let others = match more {
        0 => String::new(),
        1 => format!("; or 1 other set of {smallest}"),
        n => format!("; or {n} other sets of {smallest}"),
    };
    format!("If these went over to {there}, policy would turn: {first}{others}")
}

/// An actor's name in sentences.
fn title_of<'a>(actors: &'a [ActorRecord], id: &'a str) -> &'a str {
    actors
        .iter()
        .find(|actor| actor.id == id)
        .map_or(id, |actor| actor.title.as_str())
}

/// The answer in sentences.
pub(crate) fn sentences(record: &StructureRecord) -> Vec<String> {
    let ran: Vec<&ModelRecord> = record
        .models
        .iter()
        .filter(|m| m.left_out.is_none())
        .collect();
    let mut sentences = Vec::new();
    for issue in &record.issues {
        sentences.extend(main_outcome(record, issue));
        sentences.extend(models_beside(&ran, issue));
        sentences.extend(ensemble(record, issue));
    }
    sentences
}

fn outcome_of<'a>(model: &'a ModelRecord, issue: &IssueRecord) -> Option<&'a OutcomeRecord> {
    model
        .outcomes
        .iter()
        .find(|outcome| outcome.issue == issue.id)
}

fn main_outcome(record: &StructureRecord, issue: &IssueRecord) -> Option<String> {
    let model = record
        .models
        .iter()
        .find(|model| model.model == record.main_model)?;
    let outcome = outcome_of(model, issue)?;
    let range = issue.high - issue.low;
    let fig = |value: f64| figure(value, range);
    let [low, .., high] = outcome.spread.quantiles;
    let share = outcome
        .share_at_or_above
        .zip(issue.threshold)
        .map(|(share, threshold)| {
            let label = issue
                .threshold_label
                .as_ref()
                .map_or_else(String::new, |l| format!(" ({l})"));
            format!(
                "; {} of them reach {}{label}",
                percent(share),
                fig(threshold)
            )
        });
    let rounds = model.rounds.len().saturating_sub(1);
    let after = match rounds {
        0 => String::new(),
        1 => " after one round".to_owned(),
        n => format!(" after {n} rounds"),
    };
    let end = |value: f64, label: &str| match label {
        "" => fig(value),
        label => format!("{} ({label})", fig(value)),
    };
    let ranges = match outcome.spread.draws {
        1 => "; the file gives no ranges to draw from".to_owned(),
        n => format!(
            "; of {n} draws of the ranges nine in ten end between {} and {}{}",
            fig(low),
            fig(high),
            share.unwrap_or_default()
        ),
    };
    Some(format!(
        "{}: on a scale from {} to {}, the {} ends at {}{after} if every value is its central one{ranges}",
        issue.title,
        end(issue.low, &issue.low_label),
        end(issue.high, &issue.high_label),
        in_sentence(&model.title),
        fig(outcome.central),
    ))
}

fn models_beside(ran: &[&ModelRecord], issue: &IssueRecord) -> Option<String> {
    let range = issue.high - issue.low;
    let mut outcomes: Vec<(f64, &str)> = ran
        .iter()
        .filter_map(|model| {
            Some((
                outcome_of(model, issue)?.spread.quantiles[2],
                model.title.as_str(),
            ))
        })
        .collect();
    outcomes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (least, most) = (outcomes.first()?, outcomes.last()?);
    if outcomes.len() < 2 {
        return None;
    }
    let above = issue.threshold.map(|threshold| {
        let n = outcomes
            .iter()
            .filter(|(median, _)| *median >= threshold)
            .count();
        format!(
            "; {n} of {} reach {}",
            outcomes.len(),
            figure(threshold, range)
        )
    });
    Some(format!(
        "{}: the models’ medians run from {} ({}) to {} ({}){}",
        issue.title,
        figure(least.0, range),
        in_sentence(least.1),
        figure(most.0, range),
        in_sentence(most.1),
        above.unwrap_or_default()
    ))
}

fn ensemble(record: &StructureRecord, issue: &IssueRecord) -> Option<String> {
    let ensemble = record.ensemble.iter().find(|one| one.issue == issue.id)?;
    let range = issue.high - issue.low;
    let [low, _, median, _, high] = ensemble.quantiles;
    let by = match ensemble.by {
        EnsembleKey::Equal => "weighed alike",
        EnsembleKey::PublishedError => "weighed by their published errors",
    };
    Some(format!(
        "{}: {} models as one, {by}, have their median at {} and nine in ten of their outcomes between {} and {}",
        issue.title,
        ensemble.weights.len(),
        figure(median, range),
        figure(low, range),
        figure(high, range)
    ))
}

/// A title within a sentence: a person's name keeps its capital.
fn in_sentence(title: &str) -> String {
    if title.starts_with("Condorcet") {
        return title.to_owned();
    }
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + chars.as_str()
    })
}

/// What the structure doesn't show.
pub(crate) fn cautions(record: &StructureRecord) -> Vec<String> {
    let mut cautions = vec![
        "Positions, saliences and capabilities are judgements of coders, not measurements: the models say what follows from them, not whether they are right".to_owned(),
        "No model of group decision has been found to be always the best (Thomson and others 2006); where they differ, the difference is part of the answer".to_owned(),
    ];
    for actor in record.actors.iter().filter(|actor| actor.split) {
        cautions.push(format!(
            "{} is split: the central run puts it between its wings, where neither stands; each draw puts it at one of them",
            actor.title
        ));
    }
    let all = record.codings.len();
    if record.without_source > 0 {
        let n = record.without_source;
        let verb = if n == 1 { "cites" } else { "cite" };
        cautions.push(format!("{n} of {all} codings {verb} no source"));
    }
    for model in record
        .models
        .iter()
        .filter(|model| model.left_out.is_none())
    {
        if let Some(outcome) = model
            .outcomes
            .iter()
            .find(|outcome| outcome.failed_draws > 0)
        {
            cautions.push(format!(
                "{}: {} of {} draws had no outcome and are left out",
                model.title,
                outcome.failed_draws,
                outcome.failed_draws + outcome.spread.draws
            ));
        }
    }
    for agreement in &record.agreement {
        // Krippendorff's own rule: below 0.667 no conclusion rests on such codings.
        if let Some(alpha) = agreement.alpha.filter(|alpha| *alpha < 0.667) {
            let on = agreement
                .issue
                .as_ref()
                .map_or_else(String::new, |issue| format!(" on {issue}"));
            cautions.push(format!(
                "The coders hardly agree on {}s{on}: Krippendorff’s alpha is {alpha:.2}, below the 0.667 that he asks for",
                value_name(agreement.of).replace("capability", "capabilitie")
            ));
        }
    }
    cautions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_short_as_their_scale_allows() {
        assert_eq!(figure(37.25, 100.0), "37.2");
        assert_eq!(figure(40.0, 100.0), "40");
        assert_eq!(figure(8.333, 6.0), "8.33");
        assert_eq!(figure(0.1234, 1.0), "0.123");
        assert_eq!(shown(-1e-12).to_bits(), 0.0_f64.to_bits());
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }
}
