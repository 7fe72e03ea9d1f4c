//! What a claims file must say beyond its types.

use std::collections::BTreeMap;

use yalu_evidence::admiralty::Reliability;
use yalu_evidence::edtf::parse_edtf;
use yalu_evidence::locator::Locator;
use yalu_evidence::matrix::Mark;

use super::{Checker, at, key};
use crate::evidence::{CiteKey, ClaimKey, ClaimsFile, CsvLines};
use crate::toml_file::Step;

/// The reliability that a letter stands for.
pub(crate) fn reliability_of(letter: &str) -> Option<Reliability> {
    Reliability::ALL
        .into_iter()
        .find(|one| one.letter().to_string() == letter)
}

/// What a claims file may refer to.
pub(crate) struct Known<'a> {
    /// Sources of the library: ids.
    pub(crate) sources: &'a [&'a str],
    /// Actors of the structure: ids.
    pub(crate) actors: &'a [&'a str],
    /// Issues of the structure: ids.
    pub(crate) issues: &'a [&'a str],
    /// Indicators: ids.
    pub(crate) indicators: &'a [&'a str],
    /// The length in seconds of the talk that belongs to a source, where it is known.
    pub(crate) lengths: &'a BTreeMap<String, f64>,
    /// CSV files that were read for the claims, or why one couldn't be.
    pub(crate) files: &'a BTreeMap<String, Result<CsvLines, String>>,
}

/// Checks a claims file.
pub(crate) fn check(checker: &mut Checker<'_>, file: &ClaimsFile, known: &Known<'_>) {
    if file.format != 1 {
        let message = format!(
            "format {} is not known to this version of Yalu",
            file.format
        );
        let mend = Some("write format = 1".to_owned());
        checker.fault("dossier.format", &at("format"), message, mend);
    }
    checker.unique("sources", file.sources.iter().map(|one| one.id.as_str()));
    checker.unique(
        "hypotheses",
        file.hypotheses.iter().map(|one| one.id.as_str()),
    );
    checker.unique("claims", file.claims.iter().map(|one| one.id.as_str()));
    for (idx, grade) in file.sources.iter().enumerate() {
        let place = |name: &str| [key("sources"), Step::Item(idx), key(name)];
        checker.reference(
            &place("id"),
            "source",
            &grade.id,
            known.sources.iter().copied(),
        );
        if reliability_of(&grade.reliability).is_none() {
            checker.fault(
                "claims.grade",
                &place("reliability"),
                format!("`{}` is not a grade of reliability", grade.reliability),
                Some("write a letter from A (reliable) to E (unreliable), or F where it can’t be judged".to_owned()),
            );
        }
    }
    for (idx, hypothesis) in file.hypotheses.iter().enumerate() {
        checker.id(
            &[key("hypotheses"), Step::Item(idx), key("id")],
            &hypothesis.id,
        );
    }
    for (idx, claim) in file.claims.iter().enumerate() {
        check_claim(checker, file, idx, claim, known);
    }
}

fn check_claim(
    checker: &mut Checker<'_>,
    file: &ClaimsFile,
    idx: usize,
    claim: &ClaimKey,
    known: &Known<'_>,
) {
    let place = |name: &str| vec![key("claims"), Step::Item(idx), key(name)];
    checker.id(&place("id"), &claim.id);
    if let Some(text) = &claim.happened
        && let Err(error) = parse_edtf(text)
    {
        checker.fault(
            "claims.date",
            &place("happened"),
            error.to_string(),
            Some(error.mend().to_owned()),
        );
    }
    for (name, what, ids, declared) in [
        ("actors", "actor", &claim.actors, known.actors),
        ("issues", "issue", &claim.issues, known.issues),
        (
            "indicators",
            "indicator",
            &claim.indicators,
            known.indicators,
        ),
    ] {
        for (which, id) in ids.iter().enumerate() {
            let mut place = place(name);
            place.push(Step::Item(which));
            checker.reference(&place, what, id, declared.iter().copied());
        }
    }
    let hypotheses: Vec<&str> = file.hypotheses.iter().map(|one| one.id.as_str()).collect();
    for (id, mark) in &claim.marks {
        let mut place = place("marks");
        place.push(key(id));
        checker.reference(&place, "hypothesis", id, hypotheses.iter().copied());
        if mark.parse::<Mark>().is_err() {
            checker.fault(
                "claims.mark",
                &place,
                format!("`{mark}` is not a mark"),
                Some("write CC, C, N, I, II or NA".to_owned()),
            );
        }
    }
    for id in claim.why.keys().filter(|id| !claim.marks.contains_key(*id)) {
        let mut place = place("why");
        place.push(key(id));
        checker.fault(
            "claims.mark",
            &place,
            format!("a reason for `{id}`, but no mark"),
            Some("add it under marks, or take the reason out".to_owned()),
        );
    }
    if claim.cites.is_empty() {
        checker.fault(
            "claims.cite",
            &[key("claims"), Step::Item(idx)],
            format!("claim `{}` rests on nothing", claim.id),
            Some("add [[claims.cites]] with a source, rows of a file or an indicator".to_owned()),
        );
    }
    for (which, cite) in claim.cites.iter().enumerate() {
        let base = [
            key("claims"),
            Step::Item(idx),
            key("cites"),
            Step::Item(which),
        ];
        check_cite(checker, &base, cite, known);
    }
}

fn check_cite(checker: &mut Checker<'_>, base: &[Step], cite: &CiteKey, known: &Known<'_>) {
    let place = |name: &str| [base, &[key(name)]].concat();
    let n_kinds = [&cite.source, &cite.file, &cite.indicator]
        .iter()
        .filter(|one| one.is_some())
        .count();
    if n_kinds != 1 {
        checker.fault(
            "claims.cite",
            base,
            format!("names {n_kinds} of source, file and indicator"),
            Some("name one; write a [[claims.cites]] for each".to_owned()),
        );
        return;
    }
    for (name, is_there) in [
        ("at", cite.at.is_some()),
        ("quote", cite.quote.is_some()),
        ("credibility", cite.credibility.is_some()),
        ("disputes", cite.disputes),
    ] {
        if is_there && cite.source.is_none() {
            checker.fault(
                "claims.cite",
                &place(name),
                format!("`{name}` is for a source"),
                Some("take it out, or name a source".to_owned()),
            );
        }
    }
    if let Some(source) = &cite.source {
        check_source(checker, base, cite, source, known);
    }
    if let Some(file) = &cite.file {
        check_rows(checker, base, cite, file, known);
    } else if cite.rows.is_some() {
        let mend = Some("name the file".to_owned());
        checker.fault(
            "claims.cite",
            &place("rows"),
            "rows of no file".to_owned(),
            mend,
        );
    }
    if let Some(indicator) = &cite.indicator {
        checker.reference(
            &place("indicator"),
            "indicator",
            indicator,
            known.indicators.iter().copied(),
        );
    } else if !cite.when.is_empty() {
        checker.fault(
            "claims.cite",
            &place("when"),
            "`when` is for an indicator’s finding".to_owned(),
            Some("take it out, or name an indicator".to_owned()),
        );
    }
}

fn check_source(
    checker: &mut Checker<'_>,
    base: &[Step],
    cite: &CiteKey,
    source: &str,
    known: &Known<'_>,
) {
    let place = |name: &str| [base, &[key(name)]].concat();
    checker.reference(
        &place("source"),
        "source",
        source,
        known.sources.iter().copied(),
    );
    if let Some(credibility) = cite.credibility
        && !(1..=6).contains(&credibility)
    {
        checker.fault(
            "claims.grade",
            &place("credibility"),
            format!("{credibility} is not a grade of credibility"),
            Some("write a number from 1 (confirmed) to 5 (improbable), or 6 where it can’t be judged".to_owned()),
        );
    }
    let Some(text) = &cite.at else { return };
    let locator = match text.parse::<Locator>() {
        Ok(locator) => locator,
        Err(error) => {
            let mend = Some(error.mend().to_owned());
            checker.fault("claims.locator", &place("at"), error.to_string(), mend);
            return;
        }
    };
    let Some(length) = known.lengths.get(source) else {
        return;
    };
    for span in locator.times() {
        let seconds = |ms: u64| ms as f64 / 1000.0;
        let start = seconds(span.start_ms());
        let last = span.end_ms().map_or(start, seconds);
        if start >= *length || last > *length {
            checker.fault(
                "claims.locator",
                &place("at"),
                format!("`{text}` lies past the end of the talk, {length:.0} seconds after its beginning"),
                Some("give a time within the talk; mind the offset of its edit".to_owned()),
            );
        }
    }
}

fn check_rows(
    checker: &mut Checker<'_>,
    base: &[Step],
    cite: &CiteKey,
    file: &str,
    known: &Known<'_>,
) {
    let place = |name: &str| [base, &[key(name)]].concat();
    checker.file(&place("file"), file);
    let lines = match known.files.get(file) {
        Some(Ok(lines)) => lines,
        Some(Err(why)) => {
            let mend = Some("name a CSV file of the dossier".to_owned());
            checker.fault("claims.rows", &place("file"), why.clone(), mend);
            return;
        }
        // It leads out of the folder, which was said above.
        None => return,
    };
    let Some(text) = &cite.rows else {
        checker.fault(
            "claims.rows",
            &place("file"),
            "names a file and no rows of it".to_owned(),
            Some("add rows = \"12\" or \"12-15\", the header being line 1".to_owned()),
        );
        return;
    };
    match lines.range(text) {
        Ok(_) => {}
        Err(error) => checker.fault(
            "claims.rows",
            &place("rows"),
            error.to_string(),
            Some(error.mend()),
        ),
    }
}
