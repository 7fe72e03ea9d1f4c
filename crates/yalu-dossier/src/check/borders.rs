//! What `[borders]` must say beyond its types.

use std::collections::BTreeSet;

use super::{Checker, at, key};
use crate::borders::{MIN_DONORS, neighbours_ever};
use crate::diagnostic::did_you_mean;
use crate::spec::{BorderDomain, DossierSpec, Exposure, PeriodKey};
use crate::toml_file::Step;

/// Checks `[borders]`.
pub(super) fn check(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let Some(keys) = &spec.borders else { return };
    if keys.rule.is_none() && keys.dyads.is_empty() {
        checker.fault(
            "dossier.borders",
            &at("borders"),
            "the comparison set is empty".to_owned(),
            Some(
                "add rule = \"land_neighbours\", or dyads by hand: dyads = [[\"RUS\", \"BLR\"], ...]"
                    .to_owned(),
            ),
        );
    }
    let question = &spec.question;
    let mut seen = BTreeSet::new();
    for (idx, pair) in keys.dyads.iter().enumerate() {
        let here = [key("borders"), key("dyads"), Step::Item(idx)];
        let [source, target] = pair;
        for (side, code) in [source, target].into_iter().enumerate() {
            let mut place = here.to_vec();
            place.push(Step::Item(side));
            checker.actor(&place, code);
        }
        let odd = if source == target {
            Some((
                "source and target are the same",
                "name an ordered pair of states",
            ))
        } else if *source == question.source && *target == question.target {
            Some((
                "this is the dyad in question",
                "leave it out: a dyad is no donor of its own",
            ))
        } else if !seen.insert(pair) {
            Some(("this dyad is named twice", "name it once"))
        } else {
            None
        };
        if let Some((message, mend)) = odd {
            checker.fault(
                "dossier.borders",
                &here,
                message.to_owned(),
                Some(mend.to_owned()),
            );
        }
    }
    // A source that isn't a state is its own fault.
    let neighbours = neighbours_ever(spec).ok();
    for (code, reason) in &keys.except {
        let place = [key("borders"), key("except"), key(code)];
        if let Some(found) = &neighbours
            && !found.contains(code)
        {
            let mend = match did_you_mean(code, found.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if found.is_empty() => {
                    "the rule finds none; a dyad by hand is left out by not naming it".to_owned()
                }
                None => format!("the rule finds {}", found.join(", ")),
            };
            checker.fault(
                "dossier.borders",
                &place,
                format!("`{code}` is no neighbour that the rule finds"),
                Some(mend),
            );
        }
        if reason.trim().is_empty() {
            checker.fault(
                "dossier.borders",
                &place,
                format!("`{code}` is left out without a reason"),
                Some("say why: whoever reads the answer must be able to judge it".to_owned()),
            );
        }
    }
    if let Some(start) = &keys.start {
        checker.month(&at("borders.start"), start);
    }
    let least = MIN_DONORS;
    checker.require(
        keys.keep_best.is_none_or(|n| n as usize >= least),
        "borders.keep_best",
        format!("keep_best must be at least {least}"),
        "leave the key out to keep all",
    );
    checker.require(
        keys.min_events >= 1,
        "borders.min_events",
        "min_events must be at least 1, got 0".to_owned(),
        "leave the key out to use 20",
    );
    checker.require(
        (1..=24).contains(&keys.pool),
        "borders.pool",
        format!("pool must be from 1 to 24 months, got {}", keys.pool),
        "leave the key out to use 6",
    );
    checker.require(
        spec.data.period != PeriodKey::Quarter || keys.pool.is_multiple_of(3),
        "borders.pool",
        format!("{} months aren't whole quarters", keys.pool),
        "write a multiple of 3",
    );
    checker.require(
        keys.level > 0.0 && keys.level < 0.5,
        "borders.level",
        format!("level must be above 0 and below 0.5, got {}", keys.level),
        "leave the key out to use 0.1",
    );
    checker.unique(
        "borders.domains",
        keys.domains.iter().map(|one| one.id.as_str()),
    );
    for (idx, domain) in keys.domains.iter().enumerate() {
        border_domain(checker, spec, idx, domain);
    }
}

fn border_domain(checker: &mut Checker<'_>, spec: &DossierSpec, idx: usize, one: &BorderDomain) {
    let here = [key("borders"), key("domains"), Step::Item(idx)];
    let place = |name: &str| {
        let mut steps = here.to_vec();
        steps.push(key(name));
        steps
    };
    let known = || spec.groups.keys().map(String::as_str);
    checker.id(&place("id"), &one.id);
    match (&one.group, &one.entries) {
        (None, None) => checker.fault(
            "dossier.missing",
            &here,
            format!("domain `{}` has neither `group` nor `entries`", one.id),
            Some("name the group of acts that it counts, or a CSV file of entries".to_owned()),
        ),
        (Some(_), Some(_)) => checker.fault(
            "dossier.borders",
            &place("entries"),
            format!("domain `{}` has both `group` and `entries`", one.id),
            Some("make two domains of it".to_owned()),
        ),
        (Some(group), None) => {
            checker.reference(&place("group"), "group", group, known());
            match (one.exposure, &one.exposure_group) {
                (None, _) => checker.fault(
                    "dossier.missing",
                    &here,
                    format!(
                        "domain `{}` needs an `exposure`: borders differ in volume",
                        one.id
                    ),
                    Some("one of dyad_total, source_total, world_total, none".to_owned()),
                ),
                (Some(Exposure::None), _) => {}
                (Some(_), None) => checker.fault(
                    "dossier.missing",
                    &here,
                    format!("domain `{}` needs an `exposure_group`", one.id),
                    Some("name the group whose events are the denominator".to_owned()),
                ),
                (Some(_), Some(group)) => {
                    checker.reference(&place("exposure_group"), "group", group, known());
                }
            }
        }
        (None, Some(file)) => checker.file(&place("entries"), file),
    }
    if let Some([from, to]) = &one.window {
        let edge = |item: usize| {
            let mut steps = place("window");
            steps.push(Step::Item(item));
            steps
        };
        let from = checker.month(&edge(0), from);
        let to = checker.month(&edge(1), to);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            checker.fault(
                "dossier.date",
                &edge(1),
                format!("the window ends in {to}, before it begins in {from}"),
                Some("exchange the two".to_owned()),
            );
        }
    }
}
