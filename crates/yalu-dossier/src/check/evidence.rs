//! What `[evidence]` and `[ledger]` must say beyond their types. Their files are checked where they are
//! read.

use super::{Checker, at, key};
use crate::spec::DossierSpec;
use crate::toml_file::Step;

/// Checks both.
pub(super) fn check(checker: &mut Checker<'_>, spec: &DossierSpec) {
    if let Some(keys) = &spec.evidence {
        checker.file(&at("evidence.sources"), &keys.sources);
        for (name, file) in [("claims", &keys.claims), ("talks", &keys.talks)] {
            if let Some(file) = file {
                checker.file(&[key("evidence"), key(name)], file);
            }
        }
    }
    let Some(keys) = &spec.ledger else { return };
    checker.file(&at("ledger.file"), &keys.file);
    if let Some(state) = &keys.state {
        checker.actor(&at("ledger.state"), state);
    }
    checker.unique(
        "ledger.projects",
        keys.projects.iter().map(|one| one.id.as_str()),
    );
    for (idx, project) in keys.projects.iter().enumerate() {
        let place = [key("ledger"), key("projects"), Step::Item(idx), key("id")];
        checker.id(&place, &project.id);
    }
    let home = keys.state.as_ref().unwrap_or(&spec.question.target);
    if !spec.eras.iter().any(|era| era.state == *home) {
        checker.fault(
            "dossier.ledger",
            &at("ledger"),
            format!("no era of {home} is declared, by whose leaders the ledger is to be divided"),
            Some(format!(
                "add [[eras]] with state = \"{home}\", a leader and the first day"
            )),
        );
    }
}
