//! What a dossier's keys must say beyond their types.

mod borders;
pub(crate) mod claims;
mod eras;
mod evidence;
mod publication;
mod structure;
pub(crate) mod talks;

use std::collections::BTreeSet;
use std::path::{Component, Path};

use jiff::civil::Date;
use yalu_store::{ActorCode, CameoCode, Month};

use crate::diagnostic::{Problem, did_you_mean};
use crate::spec::{DossierSpec, Exposure, FamilyKey, Indicator, IndicatorKind, PeriodKey, Role};
use crate::toml_file::{Source, Step};

const QUADS: [&str; 4] = [
    "verbal_cooperation",
    "material_cooperation",
    "verbal_conflict",
    "material_conflict",
];

/// Gathers faults at the places of keys.
pub(crate) struct Checker<'a> {
    pub(crate) source: &'a Source<'a>,
    pub(crate) problems: &'a mut Vec<Problem>,
}

pub(crate) fn key(text: &str) -> Step {
    Step::Key(text.to_owned())
}

/// The steps to `text` with dots; numbers are places in a list.
pub(crate) fn at(text: &str) -> Vec<Step> {
    text.split('.')
        .map(|part| part.parse().map_or_else(|_| key(part), Step::Item))
        .collect()
}

/// Whether a name of a file stays within the dossier's folder.
pub(crate) fn leads_inside(text: &str) -> bool {
    !text.is_empty()
        && Path::new(text)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

impl Checker<'_> {
    pub(crate) fn fault(
        &mut self,
        code: &'static str,
        place: &[Step],
        message: String,
        mend: Option<String>,
    ) {
        self.problems
            .push(self.source.problem(code, place, message, mend));
    }

    pub(crate) fn require(&mut self, sound: bool, place: &str, message: String, mend: &str) {
        if !sound {
            self.fault("dossier.range", &at(place), message, Some(mend.to_owned()));
        }
    }

    pub(crate) fn reference<'a>(
        &mut self,
        place: &[Step],
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        if known.contains(&name) {
            return;
        }
        let mend = match did_you_mean(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("declare one: the dossier has no {what}"),
            None => format!("declared are {}", known.join(", ")),
        };
        self.fault(
            "dossier.reference",
            place,
            format!("{what} `{name}` isn't declared"),
            Some(mend),
        );
    }

    pub(crate) fn actor(&mut self, place: &[Step], text: &str) {
        match text.parse::<ActorCode>() {
            Err(_) => self.fault(
                "dossier.actor",
                place,
                format!("`{text}` is not an actor code"),
                Some("write the ISO 3166 alpha-3 code, for example CHN".to_owned()),
            ),
            Ok(code) if yalu_store::countries::name_of(&code).is_none() => {
                let mend = yalu_store::countries::suggestion(text)
                    .map(|near| format!("did you mean `{near}`?"));
                self.fault(
                    "dossier.actor",
                    place,
                    format!("`{text}` is no state that Yalu knows"),
                    mend.or_else(|| Some("write the ISO 3166 alpha-3 code".to_owned())),
                );
            }
            Ok(_) => {}
        }
    }

    pub(crate) fn date(&mut self, place: &[Step], text: &str) -> Option<Date> {
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        if date.is_none() {
            self.fault(
                "dossier.date",
                place,
                format!("`{text}` is not a date"),
                Some("write YYYY-MM-DD, in quotes".to_owned()),
            );
        }
        date
    }

    pub(crate) fn month(&mut self, place: &[Step], text: &str) -> Option<Month> {
        let month = text.parse::<Month>().ok();
        if month.is_none() {
            self.fault(
                "dossier.date",
                place,
                format!("`{text}` is not a month"),
                Some("write YYYY-MM, in quotes".to_owned()),
            );
        }
        month
    }

    pub(crate) fn file(&mut self, place: &[Step], text: &str) {
        if !leads_inside(text) {
            self.fault(
                "dossier.file",
                place,
                format!("`{text}` leads out of the dossier's folder"),
                Some("put the file into the folder and name it relative to it".to_owned()),
            );
        }
    }

    pub(crate) fn id(&mut self, place: &[Step], text: &str) {
        let sound = !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !sound {
            self.fault(
                "dossier.id",
                place,
                format!("`{text}` is not an id"),
                Some("use small letters, digits, hyphens and underscores".to_owned()),
            );
        }
    }

    pub(crate) fn unique<'a>(&mut self, list: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (idx, id) in ids.enumerate() {
            if !seen.insert(id) {
                self.fault(
                    "dossier.duplicate",
                    &[at(list), vec![Step::Item(idx), key("id")]].concat(),
                    format!("the id `{id}` is used twice in {list}"),
                    Some("give each its own".to_owned()),
                );
            }
        }
    }
}

/// Checks a dossier that has the right keys and types.
pub(crate) fn check(source: &Source<'_>, spec: &DossierSpec, problems: &mut Vec<Problem>) {
    let mut checker = Checker { source, problems };
    if spec.format != 1 {
        checker.fault(
            "dossier.format",
            &at("format"),
            format!(
                "format {} is not known to this version of Yalu",
                spec.format
            ),
            Some("write format = 1".to_owned()),
        );
    }
    question(&mut checker, spec);
    data(&mut checker, spec);
    groups(&mut checker, spec);
    checker.unique(
        "indicators",
        spec.indicators.iter().map(|one| one.id.as_str()),
    );
    checker.unique("pressure", spec.pressure.iter().map(|one| one.id.as_str()));
    if !spec.indicators.iter().any(|one| one.role == Role::Required) {
        checker.fault(
            "dossier.indicators",
            &at("indicators"),
            "no indicator is required, so there is nothing to join to a verdict".to_owned(),
            Some("give one of them role = \"required\"".to_owned()),
        );
    }
    for (idx, one) in spec.indicators.iter().enumerate() {
        indicator(&mut checker, spec, idx, one);
    }
    for (idx, one) in spec.pressure.iter().enumerate() {
        let place = |name: &str| vec![key("pressure"), Step::Item(idx), key(name)];
        checker.id(&place("id"), &one.id);
        checker.actor(&place("source"), &one.source);
        checker.actor(&place("target"), &one.target);
        checker.reference(
            &place("group"),
            "group",
            &one.group,
            spec.groups.keys().map(String::as_str),
        );
        match &one.exposure_group {
            Some(group) => checker.reference(
                &place("exposure_group"),
                "group",
                group,
                spec.groups.keys().map(String::as_str),
            ),
            None if one.exposure != Exposure::None => checker.fault(
                "dossier.missing",
                &[key("pressure"), Step::Item(idx)],
                format!(
                    "pressure `{}` has an exposure but no `exposure_group`",
                    one.id
                ),
                Some("name the group whose events are the denominator".to_owned()),
            ),
            None => {}
        }
    }
    for (idx, one) in spec.events.iter().enumerate() {
        checker.file(&[key("events"), Step::Item(idx), key("file")], &one.file);
    }
    model(&mut checker, spec);
    eras::check(&mut checker, spec);
    publication::check(&mut checker, spec);
    evidence::check(&mut checker, spec);
    borders::check(&mut checker, spec);
    structure::check(&mut checker, spec);
}

fn question(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let question = &spec.question;
    checker.id(&at("question.id"), &question.id);
    checker.actor(&at("question.source"), &question.source);
    checker.actor(&at("question.target"), &question.target);
    if question.source == question.target {
        checker.fault(
            "dossier.actor",
            &at("question.target"),
            format!("source and target are both `{}`", question.source),
            Some("a policy is toward another state".to_owned()),
        );
    }
    for (idx, text) in question.as_of.iter().enumerate() {
        checker.date(&[key("question"), key("as_of"), Step::Item(idx)], text);
    }
}

fn data(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let data = &spec.data;
    if let Some(series) = &data.series {
        checker.file(&at("data.series"), series);
        if data.coverage.is_empty() {
            checker.fault(
                "dossier.missing",
                &at("data.series"),
                "a series file can't say what it covers".to_owned(),
                Some("add [[data.coverage]] with dataset, from and to".to_owned()),
            );
        }
    }
    if let Some(from) = &data.from {
        checker.month(&at("data.from"), from);
    }
    for (idx, one) in data.coverage.iter().enumerate() {
        let place = |name: &str| vec![key("data"), key("coverage"), Step::Item(idx), key(name)];
        let from = checker.date(&place("from"), &one.from);
        let to = checker.date(&place("to"), &one.to);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            checker.fault(
                "dossier.date",
                &place("to"),
                format!("coverage ends on {to}, before it begins on {from}"),
                Some("exchange from and to".to_owned()),
            );
        }
        for (step, change) in one.changes.iter().enumerate() {
            let mut steps = place("changes");
            steps.extend([Step::Item(step), key("date")]);
            checker.date(&steps, &change.date);
        }
    }
    checker.unique("data.tables", data.tables.iter().map(|one| one.id.as_str()));
    for (idx, one) in data.tables.iter().enumerate() {
        checker.file(
            &[key("data"), key("tables"), Step::Item(idx), key("file")],
            &one.file,
        );
    }
}

fn groups(checker: &mut Checker<'_>, spec: &DossierSpec) {
    for (name, group) in &spec.groups {
        checker.id(&[key("groups"), key(name)], name);
        for (list, codes) in [("codes", &group.codes), ("except", &group.except)] {
            for (idx, code) in codes.iter().enumerate() {
                if code.parse::<CameoCode>().is_err() {
                    let mend = match format!("0{code}").parse::<CameoCode>() {
                        Ok(padded) if code.len() < 4 && !code.is_empty() => {
                            format!(
                                "did you mean \"{padded}\"? CAMEO codes keep their leading zero"
                            )
                        }
                        _ => "write two to four digits in quotes, with a root from 01 to 20"
                            .to_owned(),
                    };
                    checker.fault(
                        "dossier.code",
                        &[key("groups"), key(name), key(list), Step::Item(idx)],
                        format!("`{code}` is not a CAMEO code"),
                        Some(mend),
                    );
                }
            }
        }
        for (idx, quad) in group.quads.iter().enumerate() {
            if !QUADS.contains(&quad.as_str()) {
                let mend = did_you_mean(quad, QUADS).map_or_else(
                    || format!("the classes are {}", QUADS.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                checker.fault(
                    "dossier.code",
                    &[key("groups"), key(name), key("quads"), Step::Item(idx)],
                    format!("`{quad}` is not a quad class"),
                    Some(mend),
                );
            }
        }
    }
}

fn indicator(checker: &mut Checker<'_>, spec: &DossierSpec, idx: usize, one: &Indicator) {
    let place = |name: &str| vec![key("indicators"), Step::Item(idx), key(name)];
    let here = vec![key("indicators"), Step::Item(idx)];
    let known = || spec.groups.keys().map(String::as_str);
    checker.id(&place("id"), &one.id);
    if let Some([source, target]) = &one.dyad {
        checker.actor(&place("dyad"), source);
        checker.actor(&place("dyad"), target);
    }
    let counts = matches!(
        one.kind,
        IndicatorKind::EventRate | IndicatorKind::EventShare | IndicatorKind::QuadShare
    );
    match &one.group {
        Some(group) => checker.reference(&place("group"), "group", group, known()),
        None if counts || one.kind == IndicatorKind::MeanGoldstein => checker.fault(
            "dossier.missing",
            &here,
            format!("indicator `{}` needs a `group`", one.id),
            Some("name the group of acts that it counts".to_owned()),
        ),
        None => {}
    }
    for (item, group) in one.group_alternatives.iter().enumerate() {
        let mut steps = place("group_alternatives");
        steps.push(Step::Item(item));
        checker.reference(&steps, "group", group, known());
    }
    if let Some(group) = &one.exposure_group {
        checker.reference(&place("exposure_group"), "group", group, known());
    }
    if one.kind == IndicatorKind::EventRate {
        match one.exposure {
            None => checker.fault(
                "dossier.missing",
                &here,
                format!(
                    "indicator `{}` needs an `exposure`: media volume grows",
                    one.id
                ),
                Some(
                    "one of dyad_total, source_total, world_total; or none, with exposure_reason"
                        .to_owned(),
                ),
            ),
            Some(Exposure::None) if one.exposure_reason.is_none() => checker.fault(
                "dossier.missing",
                &place("exposure"),
                format!("indicator `{}` has no exposure and doesn't say why", one.id),
                Some("add exposure_reason, or an exposure".to_owned()),
            ),
            _ => {}
        }
    }
    let needs_group = counts
        && (one.exposure != Some(Exposure::None)
            || spec.curve.exposure.iter().any(|one| *one != Exposure::None));
    if needs_group && one.exposure_group.is_none() {
        checker.fault(
            "dossier.missing",
            &here,
            format!("indicator `{}` needs an `exposure_group`", one.id),
            Some("name the group whose events are the denominator".to_owned()),
        );
    }
    if matches!(
        one.kind,
        IndicatorKind::Table | IndicatorKind::MeanGoldstein
    ) && one.role != Role::Context
    {
        match one.equivalence_difference {
            None => checker.fault(
                "dossier.missing",
                &here,
                format!(
                    "indicator `{}` needs an `equivalence_difference`: its levels differ by points, not by ratios",
                    one.id
                ),
                Some(
                    "say which difference of levels counts as none, in the figure's own unit"
                        .to_owned(),
                ),
            ),
            Some(bound) if !(bound > 0.0 && bound.is_finite()) => checker.fault(
                "dossier.range",
                &place("equivalence_difference"),
                format!("equivalence_difference must be above 0, got {bound}"),
                Some("say which difference of levels counts as none".to_owned()),
            ),
            Some(_) => {}
        }
    }
    if one.kind == IndicatorKind::Table {
        match &one.table {
            Some(table) => checker.reference(
                &place("table"),
                "table",
                table,
                spec.data.tables.iter().map(|table| table.id.as_str()),
            ),
            None => checker.fault(
                "dossier.missing",
                &here,
                format!("indicator `{}` needs a `table`", one.id),
                Some("name one of data.tables".to_owned()),
            ),
        }
    }
}

fn model(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let model = &spec.model;
    let counts = spec
        .indicators
        .iter()
        .any(|one| crate::specification::is_count(one.kind));
    checker.require(
        !(counts
            && (model.family == FamilyKey::Gaussian
                || spec.curve.family.contains(&FamilyKey::Gaussian))),
        "model.family",
        "counts can't be gaussian".to_owned(),
        "use negative_binomial or quasi_poisson; figures that aren't counts are Gaussian anyway",
    );
    checker.require(
        model.harmonics <= 4,
        "model.harmonics",
        format!("harmonics must be at most 4, got {}", model.harmonics),
        "leave the key out to use 1",
    );
    checker.require(
        model.harmonics <= 1 || spec.data.period != PeriodKey::Quarter,
        "model.harmonics",
        format!(
            "quarters carry at most 1 pair of sine and cosine, got {}",
            model.harmonics
        ),
        "write harmonics = 1",
    );
    for (place, decay) in std::iter::once(("model.event_decay".to_owned(), model.event_decay))
        .chain(
            spec.curve
                .event_decay
                .iter()
                .enumerate()
                .map(|(idx, decay)| (format!("curve.event_decay.{idx}"), *decay)),
        )
    {
        checker.require(
            (0.0..1.0).contains(&decay),
            &place,
            format!("event_decay must be at least 0 and below 1, got {decay}"),
            "0.5 leaves half of an event's effect after a month",
        );
    }
    for (place, trimming) in std::iter::once(("model.trimming".to_owned(), model.trimming)).chain(
        spec.curve
            .trimming
            .iter()
            .enumerate()
            .map(|(idx, one)| (format!("curve.trimming.{idx}"), *one)),
    ) {
        checker.require(
            (0.02..=0.4).contains(&trimming),
            &place,
            format!("trimming must be from 0.02 to 0.4, got {trimming}"),
            "leave the key out to use 0.15",
        );
    }
    for (place, lag) in std::iter::once(("model.pressure_lag".to_owned(), model.pressure_lag))
        .chain(
            spec.curve
                .pressure_lag
                .iter()
                .enumerate()
                .map(|(idx, one)| (format!("curve.pressure_lag.{idx}"), *one)),
        )
    {
        checker.require(
            lag <= 24,
            &place,
            format!("pressure_lag must be at most 24, got {lag}"),
            "a response later than two years isn't told from anything else",
        );
    }
    checker.require(
        (1..=5).contains(&model.max_breaks),
        "model.max_breaks",
        format!("max_breaks must be from 1 to 5, got {}", model.max_breaks),
        "leave the key out to use 3",
    );
    checker.require(
        (99..=99_999).contains(&model.bootstrap),
        "model.bootstrap",
        format!(
            "bootstrap must be from 99 to 99999, got {}",
            model.bootstrap
        ),
        "leave the key out to use 999",
    );
    let known = || spec.pressure.iter().map(|one| one.id.as_str());
    for (idx, id) in model.pressure.iter().enumerate() {
        checker.reference(
            &[key("model"), key("pressure"), Step::Item(idx)],
            "pressure",
            id,
            known(),
        );
    }
    for (set, ids) in spec.curve.pressure.iter().enumerate() {
        for (idx, id) in ids.iter().enumerate() {
            let steps = [
                key("curve"),
                key("pressure"),
                Step::Item(set),
                Step::Item(idx),
            ];
            checker.reference(&steps, "pressure", id, known());
        }
    }
    let rules = &spec.verdict;
    checker.require(
        rules.level > 0.0 && rules.level < 0.5,
        "verdict.level",
        format!("level must be above 0 and below 0.5, got {}", rules.level),
        "leave the key out to use 0.05",
    );
    checker.require(
        rules.horizon_months >= 1,
        "verdict.horizon_months",
        format!(
            "horizon_months must be at least 1, got {}",
            rules.horizon_months
        ),
        "leave the key out to use 24",
    );
    checker.require(
        rules.equivalence_ratio > 1.0 && rules.equivalence_ratio.is_finite(),
        "verdict.equivalence_ratio",
        format!(
            "equivalence_ratio must be above 1, got {}",
            rules.equivalence_ratio
        ),
        "1.5 counts levels within two thirds to one and a half of each other as equal",
    );
    checker.require(
        rules.major_ratio > 1.0 && rules.major_ratio.is_finite(),
        "verdict.major_ratio",
        format!("major_ratio must be above 1, got {}", rules.major_ratio),
        "leave the key out to use 2",
    );
    checker.require(
        rules.min_periods >= 24,
        "verdict.min_periods",
        format!("min_periods must be at least 24, got {}", rules.min_periods),
        "leave the key out to use 36",
    );
    if let Some([from, to]) = &rules.window {
        let place = |idx: usize| vec![key("verdict"), key("window"), Step::Item(idx)];
        let from = checker.month(&place(0), from);
        let to = checker.month(&place(1), to);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            checker.fault(
                "dossier.date",
                &place(1),
                format!("the window ends in {to}, before it begins in {from}"),
                Some("exchange the two".to_owned()),
            );
        }
    }
}
