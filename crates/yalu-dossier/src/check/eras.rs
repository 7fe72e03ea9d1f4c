//! What `[[eras]]` must say beyond their types.

use jiff::civil::Date;

use super::{Checker, key};
use crate::spec::DossierSpec;
use crate::toml_file::Step;

/// Checks `[[eras]]`.
pub(super) fn check(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let place = |idx: usize, name: &str| vec![key("eras"), Step::Item(idx), key(name)];
    // Each era that has a day, with its place.
    let mut days: Vec<(usize, Date)> = Vec::new();
    for (idx, era) in spec.eras.iter().enumerate() {
        checker.actor(&place(idx, "state"), &era.state);
        if era.leader.trim().is_empty() {
            checker.fault(
                "dossier.era",
                &place(idx, "leader"),
                "the era names no leader".to_owned(),
                Some("write who led".to_owned()),
            );
        }
        if let Some(day) = checker.date(&place(idx, "from"), &era.from) {
            let twin = days
                .iter()
                .find(|(other, same)| spec.eras[*other].state == era.state && *same == day);
            if let Some((other, _)) = twin {
                checker.fault(
                    "dossier.era",
                    &place(idx, "from"),
                    format!(
                        "{} and {} both lead {} from {day}",
                        spec.eras[*other].leader, era.leader, era.state
                    ),
                    Some("give each its own first day".to_owned()),
                );
            }
            days.push((idx, day));
        }
    }
    for (idx, day) in &days {
        check_other_days(checker, spec, (*idx, *day), &days);
    }
}

/// Another day of an era lies between the eras beside it.
fn check_other_days(
    checker: &mut Checker<'_>,
    spec: &DossierSpec,
    (idx, from): (usize, Date),
    days: &[(usize, Date)],
) {
    let era = &spec.eras[idx];
    let own = |other: &&(usize, Date)| spec.eras[other.0].state == era.state;
    let before = days
        .iter()
        .filter(own)
        .map(|one| one.1)
        .filter(|day| *day < from)
        .max();
    let after = days
        .iter()
        .filter(own)
        .map(|one| one.1)
        .filter(|day| *day > from)
        .min();
    for (which, text) in era.also.iter().enumerate() {
        let place = [key("eras"), Step::Item(idx), key("also"), Step::Item(which)];
        let Some(day) = checker.date(&place, text) else {
            continue;
        };
        let beyond = before
            .filter(|one| day <= *one)
            .or(after.filter(|one| day >= *one));
        if day == from {
            checker.fault(
                "dossier.era",
                &place,
                format!("{day} is the day that `from` names"),
                Some("leave it out here".to_owned()),
            );
        } else if let Some(beyond) = beyond {
            checker.fault(
                "dossier.era",
                &place,
                format!(
                    "{day} can’t be meant by {from}: another era of {} begins on {beyond}",
                    era.state
                ),
                Some("name days between the eras beside this one".to_owned()),
            );
        }
    }
}
