//! Is a change particular to the dyad, or how its source treats any border?
//!
//! [`keys`] is what the dossier says, [`record`] what comes out. `members` finds the dyads and their
//! sums, `paths` makes their figures comparable, `own_break` finds donors that were treated
//! themselves, `compare` fits, `answer` says in words what the figures bear; `domain` places the
//! border among the source's others.

mod answer;
mod compare;
mod domain;
pub mod entries;
pub mod keys;
mod members;
mod own_break;
mod paths;
pub mod record;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::assessment::IndicatorFinding;
use crate::cells::RequestError;
use crate::pipeline::actor_name;
use crate::prepare::Inputs;
use crate::spec::Role;

pub(crate) use answer::MIN_DONORS;
pub use entries::BorderEntry;
pub use keys::{BorderDomain, BorderRule, Borders};
pub(crate) use members::{border_cells, neighbours_ever};
pub use record::{
    BorderComparison, BorderLikeness, BorderMember, BordersRecord, ComparisonResult,
    ConformalRecord, DidRecord, DomainBorder, DomainRecord, DonorRecord, DonorStatus,
    EffectInterval, FitRecord, InTimeRecord, LeaveOneOutRecord, MemberOrigin, OwnBreak,
    Particularity, PathScale, PlaceboRecord, Placing, StartOrigin,
};

/// An answer as sentences name it.
pub fn particularity_name(answer: Particularity) -> &'static str {
    match answer {
        Particularity::Particular => "Particular",
        Particularity::NotParticular => "Not particular",
        Particularity::CannotTell => "Can’t tell",
    }
}

/// An answer as sentences name it.
pub fn likeness_name(answer: BorderLikeness) -> &'static str {
    match answer {
        BorderLikeness::LikeAnyBorder => "Like any border",
        BorderLikeness::Unlike => "Unlike the others",
        BorderLikeness::CannotTell => "Can’t tell",
    }
}

/// Makes the comparison that the dossier asks for; nothing where it asks for none.
pub(crate) fn compare_borders(
    inputs: &Inputs<'_>,
    entries: &BTreeMap<String, Vec<BorderEntry>>,
    indicators: &[IndicatorFinding],
    as_of: Date,
    command: &str,
) -> Result<Option<BordersRecord>, RequestError> {
    use rayon::prelude::*;
    let Some(keys) = &inputs.spec.borders else {
        return Ok(None);
    };
    let members = members::members(inputs.spec, keys, as_of)?;
    let tested: Vec<_> = inputs
        .spec
        .indicators
        .iter()
        .zip(indicators)
        .filter(|(key, _)| key.role != Role::Context)
        .collect();
    let comparisons = tested
        .par_iter()
        .map(|(key, finding)| compare::compare(inputs, keys, key, finding, &members, command))
        .collect::<Result<Vec<_>, _>>()?;
    let domains = keys
        .domains
        .par_iter()
        .map(|domain| {
            let entries = entries.get(&domain.id).map_or(&[][..], Vec::as_slice);
            domain::place(inputs, keys, domain, entries, &members, as_of, command)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(BordersRecord {
        headline: headline(&comparisons, &domains),
        set: set_words(inputs, &members, as_of),
        members: members.iter().map(members::Member::record).collect(),
        level: keys.level,
        equivalence_ratio: inputs.spec.verdict.equivalence_ratio,
        comparisons,
        domains,
    }))
}

/// The answers in a sentence.
fn headline(comparisons: &[BorderComparison], domains: &[DomainRecord]) -> String {
    let mut parts: Vec<String> = comparisons
        .iter()
        .map(|one| {
            let answer = match one.answer {
                Particularity::Particular => "particular to this dyad",
                Particularity::NotParticular => "not particular to this dyad",
                Particularity::CannotTell => "it can’t be told whether it is particular",
            };
            format!("{}: {answer}", one.title)
        })
        .collect();
    parts.extend(domains.iter().map(|one| {
        let answer = match one.answer {
            BorderLikeness::LikeAnyBorder => "like any border",
            BorderLikeness::Unlike => "unlike the other borders",
            BorderLikeness::CannotTell => "it can’t be told whether it is like any border",
        };
        format!("{}: {answer}", one.title)
    }));
    format!("{}.", parts.join("; "))
}

fn set_words(inputs: &Inputs<'_>, members: &[members::Member], as_of: Date) -> Vec<String> {
    let source = actor_name(&inputs.spec.question.source);
    let target = actor_name(&inputs.spec.question.target);
    let of = |origin: MemberOrigin| members.iter().filter(|one| one.origin == origin).count();
    let mut words = Vec::new();
    let neighbours = of(MemberOrigin::LandNeighbour);
    if neighbours > 0 {
        words.push(format!(
            "{neighbours} land neighbours of {source} as of {as_of}, {target} left out, by the table of contiguity that ships with Yalu."
        ));
    }
    let hand = of(MemberOrigin::Hand);
    if hand > 0 {
        words.push(format!(
            "{hand} dyads by hand: who chooses them chooses part of the answer."
        ));
    }
    for one in members {
        if let Some(reason) = &one.left_out {
            words.push(format!(
                "{} is left out by the dossier: {reason}.",
                members::dyad_name(&one.dyad)
            ));
        }
    }
    if members.is_empty() {
        words.push("No other border is in the set.".to_owned());
    }
    words
}
