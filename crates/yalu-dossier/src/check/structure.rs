//! What `[structure]` must say beyond its types.

use super::{Checker, at, key};
use crate::spec::DossierSpec;
use crate::structure::{DecisionRule, Structure, StructureIssue};
use crate::toml_file::Step;

/// Checks `[structure]`. What the actors file holds is checked where it is read.
pub(super) fn check(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let Some(keys) = &spec.structure else { return };
    checker.file(&at("structure.actors"), &keys.actors);
    for (idx, issue) in keys.issues.iter().enumerate() {
        check_issue(checker, idx, issue);
    }
    checker.unique(
        "structure.issues",
        keys.issues.iter().map(|one| one.id.as_str()),
    );
    checker.unique(
        "structure.members",
        keys.members.iter().map(|one| one.id.as_str()),
    );
    for (idx, member) in keys.members.iter().enumerate() {
        let sound = member
            .risk
            .is_none_or(|risk| risk.is_finite() && risk > 0.0);
        if !sound {
            let place = [
                key("structure"),
                key("members"),
                Step::Item(idx),
                key("risk"),
            ];
            checker.fault(
                "dossier.structure",
                &place,
                format!("the risk exponent of `{}` must be above 0", member.id),
                Some("from 0.5 (averse) to 2 (acceptant); leave it out to infer it".to_owned()),
            );
        }
    }
    check_models(checker, keys);
    checker.require(
        (100..=1_000_000).contains(&keys.draws),
        "structure.draws",
        format!("draws must be from 100 to 1,000,000, got {}", keys.draws),
        "leave the key out to use 2000",
    );
    checker.require(
        keys.sensitivity_points != 1 && keys.sensitivity_points <= 100_000,
        "structure.sensitivity_points",
        format!("{} points can't give an index", keys.sensitivity_points),
        "0 leaves the indices out; leave the key out to use 256",
    );
    if let DecisionRule::Share(share) = keys.rule {
        checker.require(
            share > 0.5 && share <= 1.0,
            "structure.rule",
            format!("a share of {share} would let two opposed sides decide, or none"),
            "write a share above 0.5 and up to 1",
        );
    }
    let q = keys.challenge.status_quo_probability;
    checker.require(
        (0.0..=1.0).contains(&q),
        "structure.challenge.status_quo_probability",
        format!("a probability is from 0 to 1, got {q}"),
        "leave the key out to use 1",
    );
    checker.require(
        (1..=1000).contains(&keys.challenge.rounds),
        "structure.challenge.rounds",
        format!(
            "rounds must be from 1 to 1000, got {}",
            keys.challenge.rounds
        ),
        "leave the key out to use 10",
    );
}

fn check_models(checker: &mut Checker<'_>, keys: &Structure) {
    for (idx, model) in keys.models.iter().enumerate() {
        if keys.models[..idx].contains(model) {
            let place = [key("structure"), key("models"), Step::Item(idx)];
            let message = "this model is named twice".to_owned();
            checker.fault(
                "dossier.structure",
                &place,
                message,
                Some("name it once".to_owned()),
            );
        }
    }
    if let Some(main) = keys.main_model {
        checker.require(
            keys.models.is_empty() || keys.models.contains(&main),
            "structure.main_model",
            "the main model isn't among structure.models".to_owned(),
            "add it there, or name another",
        );
    }
}

fn check_issue(checker: &mut Checker<'_>, idx: usize, issue: &StructureIssue) {
    let place = |name: &str| [key("structure"), key("issues"), Step::Item(idx), key(name)];
    let mut fault = |name: &str, message: String, mend: &str| {
        checker.fault(
            "dossier.structure",
            &place(name),
            message,
            Some(mend.to_owned()),
        );
    };
    let StructureIssue { id, low, high, .. } = issue;
    // Written so that a value that is no number fails too.
    if !(low.is_finite() && high.is_finite() && low < high) {
        let message = format!("the scale of `{id}` runs from {low} to {high}");
        fault(
            "high",
            message,
            "write the lesser end in low and the greater in high",
        );
    }
    for (name, value) in [
        ("status_quo", issue.status_quo),
        ("threshold", issue.threshold),
    ] {
        if let Some(value) = value
            && !(*low..=*high).contains(&value)
        {
            fault(
                name,
                format!("{value} is off the scale of `{id}`, {low} to {high}"),
                "correct it, or the scale",
            );
        }
    }
    if issue.threshold_label.is_some() && issue.threshold.is_none() {
        fault(
            "threshold_label",
            format!("`{id}` has no threshold to label"),
            "add threshold = ...",
        );
    }
}
