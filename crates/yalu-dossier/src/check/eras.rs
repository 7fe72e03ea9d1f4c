//! What `[[eras]]` must say beyond their types.

use yalu_evidence::era::{EraError, Eras};

use super::{Checker, key};
use crate::eras::load_eras;
use crate::spec::DossierSpec;
use crate::toml_file::Step;

/// Checks `[[eras]]`.
pub(super) fn check(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let before = checker.problems.len();
    for (idx, era) in spec.eras.iter().enumerate() {
        let place = |name: &str| vec![key("eras"), Step::Item(idx), key(name)];
        checker.actor(&place("state"), &era.state);
        checker.date(&place("from"), &era.from);
        for (which, day) in era.also.iter().enumerate() {
            checker.date(&[place("also"), vec![Step::Item(which)]].concat(), day);
        }
    }
    // Their order can be looked at only where every day is one.
    if checker.problems.len() > before {
        return;
    }
    if let Err(error) = Eras::new(load_eras(&spec.eras)) {
        let place = place_of(spec, &error);
        checker.fault(
            "dossier.era",
            &place,
            error.to_string(),
            Some(error.mend().to_owned()),
        );
    }
}

/// The era that a fault is about.
fn place_of(spec: &DossierSpec, error: &EraError) -> Vec<Step> {
    let (leader, name) = match error {
        EraError::Unnamed { missing, .. } => {
            let idx = spec
                .eras
                .iter()
                .position(|era| era.leader.trim().is_empty());
            return vec![key("eras"), Step::Item(idx.unwrap_or(0)), key(missing)];
        }
        EraError::NotAscending { leader, .. } | EraError::SameLeader { leader, .. } => {
            (leader, "from")
        }
        EraError::AlsoNotAscending { leader, .. }
        | EraError::AlsoBeyondNeighbour { leader, .. } => (leader, "also"),
        // A kind of fault that is new: the list as a whole.
        _ => return vec![key("eras")],
    };
    // The last of that name: where two follow each other, the second is the one too many.
    let idx = spec.eras.iter().rposition(|era| era.leader == *leader);
    vec![key("eras"), Step::Item(idx.unwrap_or(0)), key(name)]
}
