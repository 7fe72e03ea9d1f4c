//! Sentences about influence, made from the numbers that they state.

use yalu_store::Dyad;

use super::hypotheses::{MIN_ACTS, MIN_SIDE};
use super::keys::{InfluenceClaim, InfluenceMeasure};
use super::record::{
    HypothesisAnswer, HypothesisRecord, HypothesisSide, InfluenceMemberRecord, InfluenceRecord,
    NoAnswer, RatioRecord,
};
use crate::reasons::{figure, p_words};
use crate::words::percent;

/// An answer as sentences name it.
pub fn answer_name(answer: HypothesisAnswer) -> &'static str {
    match answer {
        HypothesisAnswer::Supported => "Supported",
        HypothesisAnswer::Contradicted => "Contradicted",
        HypothesisAnswer::CannotTell => "Can’t tell",
    }
}

/// What such data can't say, whatever their figures.
pub(super) fn limits() -> Vec<String> {
    [
        "Who speaks isn’t who decides: a spokesman’s act is his office’s voice, and whoever works unseen has no acts.",
        "An act that is laid to nobody within the state may be anybody’s; the range beside each share says how far that reaches.",
        "Acts are what news reported and a machine read: what is secret or dull is missing, and one act may be counted more than once.",
        "Sectors and persons are as the coder or a table of leaders names them: when their lists change, shares change without anybody’s influence.",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// `1 act`, `2 acts`.
pub(super) fn acts(n: u64) -> String {
    if n == 1 {
        "1 act".to_owned()
    } else {
        format!("{n} acts")
    }
}

fn share_words(n: u64, of: u64) -> String {
    if of == 0 {
        "none".to_owned()
    } else {
        percent(n as f64 / of as f64)
    }
}

/// The answer to "who acts?" in a sentence.
pub(super) fn headline(record: &InfluenceRecord) -> String {
    let dyad = &record.dyad;
    if record.n_acts == 0 {
        return format!(
            "The data hold no act of {dyad} in these periods, so nobody’s share can be told."
        );
    }
    if record.n_attributed == 0 {
        return format!(
            "None of {} of {dyad} is laid to anybody within the state, so nobody’s share can be told.",
            acts(record.n_acts)
        );
    }
    let first = record
        .members
        .iter()
        .filter(|one| one.n_acts > 0)
        .max_by(|a, b| a.n_acts.cmp(&b.n_acts).then_with(|| b.actor.cmp(&a.actor)));
    let most = match first {
        Some(one) => format!(
            "; of the dossier’s actors {} has most of these, {} ({})",
            one.title,
            one.n_acts,
            share_words(one.n_acts, record.n_attributed)
        ),
        None => "; none of these is by an actor of the dossier".to_owned(),
    };
    format!(
        "Of {} of {dyad}, {} ({}) are laid to somebody within the state and {} ({}) to nobody{most}.",
        acts(record.n_acts),
        record.n_attributed,
        share_words(record.n_attributed, record.n_acts),
        record.n_unattributed,
        share_words(record.n_unattributed, record.n_acts),
    )
}

/// What one member's figures say.
pub(super) fn member(one: &InfluenceMemberRecord, whole: &InfluenceRecord) -> Vec<String> {
    let mut sentences = Vec::new();
    if let (true, Some(share), Some([least, most])) = (one.n_acts > 0, &one.share, one.share_of_all)
    {
        let interval = share.interval.map_or(String::new(), |[low, high]| {
            format!(
                ", {} to {} with {} coverage",
                percent(low),
                percent(high),
                percent(share.confidence)
            )
        });
        sentences.push(format!(
            "{} of {} attributed acts are its own ({}{interval}); of all {}, {} to {}, as none or all of the {} laid to nobody are.",
            one.n_acts,
            whole.n_attributed,
            percent(share.share),
            acts(whole.n_acts),
            percent(least),
            percent(most),
            whole.n_unattributed,
        ));
    } else {
        sentences.push(
            "No act toward the target is laid to it in these data; that says nothing of its influence."
                .to_owned(),
        );
    }
    if let Some(place) = &one.network {
        let touching: u64 = place.acts.iter().sum();
        if touching == 0 {
            sentences.push(format!(
                "None of {} among {} named actors of the state has it on a side.",
                acts(whole.n_network),
                whole.n_nodes
            ));
        } else {
            sentences.push(format!(
                "At home it is on a side of {touching} of {} among {} named actors ({}): {} toward others, {} by others toward it; its PageRank is {}, where actors all alike would have {}.",
                acts(whole.n_network),
                whole.n_nodes,
                percent(place.strength_share),
                place.out_strength,
                place.in_strength,
                percent(place.pagerank),
                percent(place.pagerank_if_alike),
            ));
        }
    }
    if let Some(trend) = &one.trend {
        let found = if trend.q_value <= whole.level {
            "A trend of its share is found"
        } else {
            "No trend of its share survives the test"
        };
        sentences.push(format!(
            "{found}: ×{} a year ({} to {}), p {}, {} after correction for {} tests.",
            figure(trend.yearly_ratio),
            figure(trend.interval[0]),
            figure(trend.interval[1]),
            p_words(trend.p_value),
            p_words(trend.q_value),
            whole.n_tests,
        ));
    }
    if let Some(one) = &one.break_test {
        let p = format!(
            "p {}, {} after correction for {} tests",
            p_words(one.p_value),
            p_words(one.q_value),
            whole.n_tests
        );
        sentences.push(if one.found {
            format!(
                "A break of its share is found at {} ({} to {}): ×{} ({} to {}), {p}.",
                one.at,
                one.interval[0],
                one.interval[1],
                figure(one.ratio),
                figure(one.ratio_interval[0]),
                figure(one.ratio_interval[1]),
            )
        } else {
            format!("No break of its share survives the test ({p}).")
        });
    }
    if let Some(reason) = &one.no_test {
        sentences.push(format!("Not tested: {reason}."));
    }
    sentences
}

fn ratio_words(ratio: &RatioRecord) -> String {
    format!(
        "×{} ({} to {}, {} coverage)",
        figure(ratio.ratio),
        figure(ratio.interval[0]),
        figure(ratio.interval[1]),
        percent(ratio.confidence)
    )
}

/// A hypothesis' answer in a sentence.
pub(super) fn hypothesis(record: &HypothesisRecord, dyad: &Dyad) -> String {
    let what = match record.measure {
        InfluenceMeasure::Share => format!("attributed acts toward {}", dyad.target),
        InfluenceMeasure::Centrality => format!("acts among named actors of {}", dyad.source),
    };
    let answer = answer_name(record.answer);
    if record.no_answer.is_empty() {
        let ratio = record.ratio.as_ref().map_or(String::new(), ratio_words);
        let side = |side: &HypothesisSide| {
            format!(
                "{} of {} ({})",
                side.n_acts,
                side.n_of,
                share_words(side.n_acts, side.n_of)
            )
        };
        return format!(
            "{answer}: of the {what} {} has {} before {} and {} from then on: {ratio}.",
            record.title,
            side(&record.before),
            record.since,
            side(&record.after),
        );
    }
    let reasons: Vec<String> = record
        .no_answer
        .iter()
        .map(|reason| no_answer(record, reason, &what))
        .collect();
    format!("{answer}: {}.", reasons.join(", and "))
}

fn no_answer(record: &HypothesisRecord, reason: &NoAnswer, what: &str) -> String {
    let (before, after, since) = (&record.before, &record.after, &record.since);
    let ratio = || record.ratio.as_ref().map_or(String::new(), ratio_words);
    match reason {
        NoAnswer::NeverNamed => {
            format!(
                "none of the {what} in these data is laid to {}",
                record.title
            )
        }
        NoAnswer::BeginsAfter { first_day: None } => {
            "these data cover no whole period at all".to_owned()
        }
        NoAnswer::BeginsAfter {
            first_day: Some(first_day),
        } => format!("the data begin on {first_day} and hold no whole period before {since}"),
        NoAnswer::FewPeriods { .. } => format!(
            "{} periods before {since} and {} from then on have any {what}; {MIN_SIDE} on each side are needed",
            before.n_periods, after.n_periods
        ),
        NoAnswer::FewActs { .. } => format!(
            "of the {what} {} has {} before {since} and {} from then on; {MIN_ACTS} in all are needed",
            record.title, before.n_acts, after.n_acts
        ),
        NoAnswer::NoneOnASide => format!(
            "of the {what} {} has {} before {since} and {} from then on; whether it went or only its name, such data don’t say",
            record.title, before.n_acts, after.n_acts
        ),
        NoAnswer::NotFitted { reason } => format!("the ratio can’t be had: {reason}"),
        NoAnswer::SecondMeasure => {
            let second = match record.measure {
                InfluenceMeasure::Share => "its share of all acts, those laid to nobody included,",
                InfluenceMeasure::Centrality => "its PageRank",
            };
            format!(
                "of the {what} the share of {} from {since} on is {} of that before, but {second} is {}",
                record.title,
                ratio(),
                record
                    .second_ratio
                    .map_or("not to be had".to_owned(), |second| format!(
                        "×{}",
                        figure(second)
                    ))
            )
        }
        NoAnswer::Spans => {
            let holds = match record.claim {
                InfluenceClaim::Loses | InfluenceClaim::Gains => {
                    "which holds both less and more than before".to_owned()
                }
                InfluenceClaim::Steady => format!(
                    "which lies neither within ×{} to ×{} nor outside",
                    figure(1.0 / record.steady_ratio),
                    figure(record.steady_ratio)
                ),
            };
            format!(
                "of the {what} the share of {} from {since} on is {} of that before, {holds}",
                record.title,
                ratio()
            )
        }
    }
}

/// What a hypothesis' answer doesn't show.
pub(super) fn not_shown(record: &HypothesisRecord) -> String {
    if record.no_answer.contains(&NoAnswer::NeverNamed) {
        return "That these data don’t name it says nothing of its influence, which may work unseen or in the state’s name.".to_owned();
    }
    match record.measure {
        InfluenceMeasure::Centrality => {
            "Who acts on whom at home, in whatever matter and as news reports it, isn’t who decides toward another state.".to_owned()
        }
        InfluenceMeasure::Share => {
            let nobody = match (
                record.before.unattributed_share,
                record.after.unattributed_share,
            ) {
                (Some(before), Some(after)) => format!(
                    "; {} of all acts before and {} after are laid to nobody",
                    percent(before),
                    percent(after)
                ),
                (None, Some(share)) | (Some(share), None) => {
                    format!("; {} of all acts are laid to nobody", percent(share))
                }
                (None, None) => String::new(),
            };
            format!(
                "A share of the acts in an actor’s name isn’t its influence: a spokesman speaks for others{nobody}."
            )
        }
    }
}
