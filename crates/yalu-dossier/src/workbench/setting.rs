//! What a reader asks otherwise than the dossier does, and how it stands in an address.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dated::Dated;
use crate::borders::neighbours_ever;
use crate::cells::RequestError;
use crate::diagnostic::did_you_mean;
use crate::load::Dossier;
use crate::pipeline::actor_name;
use crate::spec::{DossierSpec, Exposure, Indicator, IndicatorKind, Role};
use crate::specification::Specification;
use crate::structure::record::StakeRecord;
use crate::structure::{SetError, apply_set};

/// The levels that a reader may ask for.
const LEVELS: (f64, f64) = (0.001, 0.4);
/// The longest horizon, in months.
const LONGEST: u32 = 240;
/// The most values of actors that are set at once.
const MOST_ACTORS: usize = 60;

/// A question put otherwise; the default is the dossier's own at its last date.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Setting {
    /// As of when.
    pub as_of: Option<Date>,
    /// The false-discovery rate of the break tests.
    pub level: Option<f64>,
    /// Months that a new level must hold before it counts as lasting.
    pub horizon_months: Option<u32>,
    /// The group of codes of an indicator, by the indicator's id.
    pub codes: BTreeMap<String, String>,
    /// The denominator of every tested event rate.
    pub exposure: Option<Exposure>,
    /// Other borders that are left out, as `CHN-JPN`.
    pub without: BTreeSet<String>,
    /// Actors' values, as `mfa.capability=80`.
    pub actors: Vec<String>,
}

/// A setting as an assessment records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SettingRecord {
    /// The setting as it stands in an address.
    pub query: String,
    /// The false-discovery rate, where it isn't the dossier's.
    pub level: Option<f64>,
    /// The horizon in months, where it isn't the dossier's.
    pub horizon_months: Option<u32>,
    /// The group of codes by indicator, where it isn't the dossier's.
    pub codes: BTreeMap<String, String>,
    /// The denominator, where it isn't the dossier's.
    pub exposure: Option<Exposure>,
    /// Other borders that the reader left out.
    pub without: Vec<String>,
    /// Actors' values that the reader set.
    pub actors: Vec<String>,
}

/// Why a setting isn't one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// A key of the address that means nothing.
    #[error("there is no setting `{key}`{hint}")]
    Key {
        /// The key.
        key: String,
        /// The nearest, in words.
        hint: String,
    },
    /// A value that its key can't have.
    #[error("`{value}` is no {key}: {reason}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What it should be.
        reason: String,
    },
    /// More than an address may say.
    #[error("it is longer than {most} characters")]
    TooLong {
        /// The most.
        most: usize,
    },
    /// A date that the data don't reach.
    #[error("as of {as_of} there is no answer: this dossier can be asked from {first} to {last}")]
    Date {
        /// The date.
        as_of: Date,
        /// The first that can be asked about.
        first: Date,
        /// The last.
        last: Date,
    },
    /// Actors' values.
    #[error(transparent)]
    Actors(#[from] SetError),
}

impl SettingError {
    fn value(key: &'static str, value: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Value {
            key,
            value: value.into(),
            reason: reason.into(),
        }
    }
}

/// The keys of an address.
const KEYS: [&str; 7] = [
    "as_of", "level", "horizon", "codes", "exposure", "without", "set",
];

impl Setting {
    /// Reads the pairs of an address. A value that is empty says nothing: a form sends those too.
    ///
    /// # Errors
    /// [`SettingError`] at the first pair that says what can't be. Whether the dossier has it is told
    /// by [`Setting::check`].
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingError> {
        let mut setting = Self::default();
        for (key, value) in pairs {
            let value = value.trim();
            if !KEYS.contains(&key) {
                let near = did_you_mean(key, KEYS);
                return Err(SettingError::Key {
                    key: key.to_owned(),
                    hint: near.map_or_else(String::new, |one| format!("; did you mean `{one}`?")),
                });
            }
            if !value.is_empty() {
                setting.take(key, value)?;
            }
        }
        Ok(setting)
    }

    fn take(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        match key {
            "as_of" => {
                self.as_of = Some(value.parse().map_err(|_| {
                    SettingError::value("as_of", value, "write a date as YYYY-MM-DD")
                })?);
            }
            "level" => {
                let level = value.parse::<f64>().ok();
                let level = level.filter(|one| (LEVELS.0..=LEVELS.1).contains(one));
                self.level = Some(level.ok_or_else(|| {
                    let reason = format!("write a number from {} to {}", LEVELS.0, LEVELS.1);
                    SettingError::value("level", value, reason)
                })?);
            }
            "horizon" => {
                let months = value.parse::<u32>().ok();
                let months = months.filter(|one| (1..=LONGEST).contains(one));
                self.horizon_months = Some(months.ok_or_else(|| {
                    let reason = format!("write whole months from 1 to {LONGEST}");
                    SettingError::value("horizon", value, reason)
                })?);
            }
            "codes" => {
                let (indicator, group) = value
                    .split_once(':')
                    .ok_or_else(|| SettingError::value("codes", value, "write INDICATOR:GROUP"))?;
                self.codes.insert(indicator.to_owned(), group.to_owned());
            }
            "exposure" => {
                let exposure = serde_json::from_value(serde_json::Value::from(value));
                self.exposure = Some(exposure.map_err(|_| {
                    let reason = "write dyad_total, source_total, world_total or none";
                    SettingError::value("exposure", value, reason)
                })?);
            }
            "without" => {
                self.without.insert(value.to_owned());
            }
            _ => {
                if self.actors.len() == MOST_ACTORS {
                    let reason = format!("at most {MOST_ACTORS} values can be set at once");
                    return Err(SettingError::value("set", value, reason));
                }
                self.actors.push(value.to_owned());
            }
        }
        Ok(())
    }

    /// The pairs of an address, in one order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if let Some(date) = self.as_of {
            pairs.push(("as_of", date.to_string()));
        }
        pairs.extend(self.pairs_without_date());
        pairs
    }

    fn pairs_without_date(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if let Some(level) = self.level {
            pairs.push(("level", level.to_string()));
        }
        if let Some(months) = self.horizon_months {
            pairs.push(("horizon", months.to_string()));
        }
        for (indicator, group) in &self.codes {
            pairs.push(("codes", format!("{indicator}:{group}")));
        }
        if let Some(exposure) = self.exposure {
            pairs.push(("exposure", exposure_key(exposure)));
        }
        for one in &self.without {
            pairs.push(("without", one.clone()));
        }
        for one in &self.actors {
            pairs.push(("set", one.clone()));
        }
        pairs
    }

    /// The query of an address: empty at the dossier's own setting, else with its question mark.
    pub fn query(&self) -> String {
        query_of(&self.pairs())
    }

    /// Whether something is asked otherwise beside the date.
    pub fn is_own(&self) -> bool {
        self.pairs_without_date().is_empty()
    }

    /// Whether the dossier's keys change; other dates and actors' values don't.
    pub(crate) fn changes_spec(&self) -> bool {
        self.pairs_without_date().iter().any(|one| one.0 != "set")
    }

    pub(crate) fn record(&self) -> Option<SettingRecord> {
        (!self.is_own()).then(|| SettingRecord {
            query: query_of(&self.pairs()),
            level: self.level,
            horizon_months: self.horizon_months,
            codes: self.codes.clone(),
            exposure: self.exposure,
            without: self.without.iter().cloned().collect(),
            actors: self.actors.clone(),
        })
    }

    /// Takes out what is the dossier's own, so that one question has one address.
    #[must_use]
    pub fn canonical(mut self, choices: &Choices) -> Self {
        self.as_of = self.as_of.filter(|date| Some(*date) != choices.own_date);
        self.level = self
            .level
            .filter(|level| level.to_bits() != choices.level.to_bits());
        self.horizon_months = self
            .horizon_months
            .filter(|one| *one != choices.horizon_months);
        self.exposure = self.exposure.filter(|one| Some(*one) != choices.exposure);
        for choice in &choices.codes {
            if self.codes.get(&choice.indicator) == choice.groups.first().map(|one| &one.0) {
                self.codes.remove(&choice.indicator);
            }
        }
        self
    }

    /// Whether the dossier has what is asked.
    ///
    /// # Errors
    /// [`SettingError`] at what it hasn't got.
    pub fn check(&self, choices: &Choices) -> Result<(), SettingError> {
        if let Some(as_of) = self.as_of
            && let (Some(&first), Some(&last)) = (choices.as_of.first(), choices.as_of.last())
            && (as_of < first || as_of > last)
        {
            return Err(SettingError::Date { as_of, first, last });
        }
        for (indicator, group) in &self.codes {
            let choice = choices.codes.iter().find(|one| one.indicator == *indicator);
            let Some(choice) = choice else {
                let known: Vec<&str> = choices
                    .codes
                    .iter()
                    .map(|one| one.indicator.as_str())
                    .collect();
                let reason = format!("codes can be chosen for {}", listed(&known));
                return Err(SettingError::value("codes", indicator, reason));
            };
            if !choice.groups.iter().any(|one| one.0 == *group) {
                let known: Vec<&str> = choice.groups.iter().map(|one| one.0.as_str()).collect();
                let reason = format!("{indicator} can count {}", listed(&known));
                return Err(SettingError::value("codes", group, reason));
            }
        }
        if let Some(exposure) = self.exposure
            && !choices.exposures.contains(&exposure)
        {
            let known: Vec<String> = choices
                .exposures
                .iter()
                .copied()
                .map(exposure_key)
                .collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let reason = format!("this dossier offers {}", listed(&known));
            return Err(SettingError::value(
                "exposure",
                exposure_key(exposure),
                reason,
            ));
        }
        for one in &self.without {
            if !choices.donors.iter().any(|donor| donor.id == *one) {
                let known = choices.donors.iter().map(|donor| donor.id.as_str());
                let reason = match did_you_mean(one, known) {
                    Some(near) => format!("no such border; did you mean `{near}`?"),
                    None => "no such border in the comparison set".to_owned(),
                };
                return Err(SettingError::value("without", one, reason));
            }
        }
        if !self.actors.is_empty() {
            let Some(codings) = &choices.codings else {
                let reason = "this dossier has no structure";
                return Err(SettingError::value("set", &self.actors[0], reason));
            };
            let mut codings = codings.clone();
            for set in &self.actors {
                apply_set(&mut codings, set)?;
            }
        }
        Ok(())
    }

    /// The dossier with these choices in the place of its own.
    pub(crate) fn apply(&self, dossier: &Dossier) -> Dossier {
        let mut changed = dossier.clone();
        let spec = &mut changed.spec;
        if let Some(level) = self.level {
            spec.verdict.level = level;
        }
        if let Some(months) = self.horizon_months {
            spec.verdict.horizon_months = months;
        }
        for indicator in &mut spec.indicators {
            if let Some(group) = self.codes.get(&indicator.id) {
                exchange_group(indicator, group);
            }
        }
        if let Some(exposure) = self.exposure {
            // The former denominator stays on the curve, whose choices are the dossier's whatever the
            // main one is.
            let former = shared_exposure(spec);
            for indicator in spec.indicators.iter_mut().filter(|one| counts_rate(one)) {
                indicator.exposure = Some(exposure);
            }
            if let Some(former) = former
                && !spec.curve.exposure.is_empty()
                && !spec.curve.exposure.contains(&former)
            {
                spec.curve.exposure.push(former);
            }
        }
        if let Some(borders) = &mut spec.borders {
            let source = spec.question.source.clone();
            let named = |from: &str, to: &str| self.without.contains(&donor_id(from, to));
            borders.dyads.retain(|[from, to]| !named(from, to));
            for one in &self.without {
                if let Some((from, to)) = one.split_once('-')
                    && from == source
                {
                    let why = || "left out by the reader".to_owned();
                    borders.except.entry(to.to_owned()).or_insert_with(why);
                }
            }
        }
        changed
    }
}

fn listed(known: &[&str]) -> String {
    if known.is_empty() {
        "nothing".to_owned()
    } else {
        known.join(", ")
    }
}

fn query_of(pairs: &[(&'static str, String)]) -> String {
    let mut query = String::new();
    for (key, value) in pairs {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(key);
        query.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                    query.push(char::from(byte));
                }
                _ => query.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    query
}

fn exposure_key(exposure: Exposure) -> String {
    match exposure {
        Exposure::DyadTotal => "dyad_total",
        Exposure::SourceTotal => "source_total",
        Exposure::WorldTotal => "world_total",
        Exposure::None => "none",
    }
    .to_owned()
}

fn donor_id(from: &str, to: &str) -> String {
    format!("{from}-{to}")
}

/// Whether a reader's exposure is an indicator's.
fn counts_rate(indicator: &Indicator) -> bool {
    indicator.kind == IndicatorKind::EventRate && indicator.role != Role::Context
}

/// The denominator that all event rates share; nothing where they differ.
fn shared_exposure(spec: &DossierSpec) -> Option<Exposure> {
    let main = Specification::main(spec);
    let mut all = spec
        .indicators
        .iter()
        .filter(|one| counts_rate(one))
        .map(|one| main.exposure(one));
    let first = all.next()?;
    all.all(|one| one == first).then_some(first)
}

/// The group counted and the alternative change places, so that the curve holds the same.
fn exchange_group(indicator: &mut Indicator, group: &str) {
    let Some(own) = indicator.group.clone() else {
        return;
    };
    for one in &mut indicator.group_alternatives {
        if one == group {
            one.clone_from(&own);
            indicator.group = Some(group.to_owned());
            return;
        }
    }
}

/// What a reader may set of one dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Dates that can be asked about: the ends of months, and the dossier's own, ascending.
    pub as_of: Vec<Date>,
    /// The dossier's last date.
    pub own_date: Option<Date>,
    /// The dossier's level.
    pub level: f64,
    /// The dossier's horizon in months.
    pub horizon_months: u32,
    /// Indicators whose codes can be chosen.
    pub codes: Vec<CodesChoice>,
    /// Denominators; empty where there is nothing to choose.
    pub exposures: Vec<Exposure>,
    /// The dossier's own denominator, where all its event rates share one.
    pub exposure: Option<Exposure>,
    /// Other borders.
    pub donors: Vec<DonorChoice>,
    /// Actors whose values can be set.
    pub actors: Vec<ActorChoice>,
    codings: Option<crate::structure::Codings>,
}

/// The codes that an indicator may count.
#[derive(Debug, Clone, PartialEq)]
pub struct CodesChoice {
    /// The indicator.
    pub indicator: String,
    /// Its title.
    pub title: String,
    /// Groups with their titles, the dossier's own first.
    pub groups: Vec<(String, String)>,
}

/// Another border.
#[derive(Debug, Clone, PartialEq)]
pub struct DonorChoice {
    /// As a setting names it: `CHN-JPN`.
    pub id: String,
    /// In words.
    pub name: String,
}

/// An actor.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorChoice {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its stakes: the issue's id, title and scale, and what the dossier says of it.
    pub stakes: Vec<(String, String, [f64; 2], StakeRecord)>,
}

impl Choices {
    pub(crate) fn of(
        dossier: &Dossier,
        own_dates: &[Date],
        all: &Dated,
    ) -> Result<Self, RequestError> {
        let spec = &dossier.spec;
        let mut as_of = all.month_ends(spec);
        as_of.extend(own_dates);
        as_of.sort();
        as_of.dedup();
        let exposure = shared_exposure(spec);
        let mut exposures: Vec<Exposure> = exposure.into_iter().collect();
        for one in &spec.curve.exposure {
            if !exposures.contains(one) {
                exposures.push(*one);
            }
        }
        if exposures.len() < 2 || exposure.is_none() {
            exposures.clear();
        }
        Ok(Self {
            as_of,
            own_date: own_dates.last().copied(),
            level: spec.verdict.level,
            horizon_months: spec.verdict.horizon_months,
            codes: codes(spec),
            exposures,
            exposure,
            donors: donors(spec)?,
            actors: actors(dossier),
            codings: dossier.council.as_ref().map(|one| one.codings.clone()),
        })
    }

    /// The main specifications that a reader may choose, the dossier's own first: codes by exposure.
    pub(crate) fn main_specifications(&self) -> Vec<Setting> {
        let mut all = vec![Setting::default()];
        for choice in &self.codes {
            let known = all.clone();
            for (group, _) in choice.groups.iter().skip(1) {
                all.extend(known.iter().cloned().map(|mut one| {
                    one.codes.insert(choice.indicator.clone(), group.clone());
                    one
                }));
            }
        }
        let known = all.clone();
        for exposure in self.exposures.iter().skip(1) {
            all.extend(known.iter().cloned().map(|one| Setting {
                exposure: Some(*exposure),
                ..one
            }));
        }
        all
    }
}

fn codes(spec: &DossierSpec) -> Vec<CodesChoice> {
    let title = |group: &String| {
        let title = spec.groups.get(group).map(|one| one.title.clone());
        (group.clone(), title.unwrap_or_default())
    };
    spec.indicators
        .iter()
        .filter(|_| spec.curve.group_alternatives)
        .filter(|one| one.role != Role::Context && !one.group_alternatives.is_empty())
        .map(|one| CodesChoice {
            indicator: one.id.clone(),
            title: one.title.clone(),
            groups: one
                .group
                .iter()
                .chain(&one.group_alternatives)
                .map(title)
                .collect(),
        })
        .collect()
}

fn donors(spec: &DossierSpec) -> Result<Vec<DonorChoice>, RequestError> {
    let Some(borders) = &spec.borders else {
        return Ok(Vec::new());
    };
    let question = &spec.question;
    let neighbours = neighbours_ever(spec)?
        .into_iter()
        .filter(|one| !borders.except.contains_key(one))
        .map(|one| (question.source.clone(), one));
    let hand = borders
        .dyads
        .iter()
        .map(|[from, to]| (from.clone(), to.clone()));
    let mut donors: Vec<DonorChoice> = Vec::new();
    for (from, to) in neighbours.chain(hand) {
        let id = donor_id(&from, &to);
        let asked = from == question.source && to == question.target;
        if !asked && !donors.iter().any(|one| one.id == id) {
            donors.push(DonorChoice {
                name: format!("{} → {}", actor_name(&from), actor_name(&to)),
                id,
            });
        }
    }
    Ok(donors)
}

fn actors(dossier: &Dossier) -> Vec<ActorChoice> {
    let (Some(structure), Some(council)) = (&dossier.spec.structure, &dossier.council) else {
        return Vec::new();
    };
    let Ok(centre) = council.panel.centre() else {
        return Vec::new();
    };
    let issues = crate::structure::issues_of(structure, &council.codings);
    let input = crate::structure::StructureInput {
        structure,
        codings: &council.codings,
        panel: &council.panel,
        set: &[],
        seed: 0,
        at_once: false,
    };
    crate::structure::actor_records(&input, &centre)
        .into_iter()
        .map(|one| ActorChoice {
            stakes: issues
                .iter()
                .zip(one.stakes)
                .filter_map(|(issue, stake)| {
                    let scale = [issue.low, issue.high];
                    Some((issue.id.clone(), issue.title.clone(), scale, stake?))
                })
                .collect(),
            id: one.id,
            title: one.title,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_back() {
        let pairs = [
            ("as_of", "2013-07-31"),
            ("level", "0.01"),
            ("horizon", "36"),
            ("codes", "influence:influence_broad"),
            ("exposure", "world_total"),
            ("without", "CHN-JPN"),
            ("set", "mfa.capability=40..60"),
        ];
        let setting = Setting::from_pairs(pairs).expect("each is one");
        let back = setting.pairs();
        assert_eq!(back.len(), pairs.len());
        for ((key, value), (key_back, value_back)) in pairs.iter().zip(&back) {
            assert_eq!((key, *value), (key_back, value_back.as_str()));
        }
        assert!(setting.query().ends_with("&set=mfa.capability%3D40..60"));
        assert_eq!(
            Setting::from_pairs([("level", " ")]),
            Ok(Setting::default())
        );
        assert_eq!(Setting::default().query(), "");
    }

    #[test]
    fn what_is_no_setting_says_what_would_be() {
        let fault = |key, value| {
            Setting::from_pairs([(key, value)])
                .expect_err("no setting")
                .to_string()
        };
        assert_eq!(
            fault("levl", "0.1"),
            "there is no setting `levl`; did you mean `level`?"
        );
        assert_eq!(
            fault("level", "5"),
            "`5` is no level: write a number from 0.001 to 0.4"
        );
        assert_eq!(
            fault("level", "NaN"),
            "`NaN` is no level: write a number from 0.001 to 0.4"
        );
        assert_eq!(
            fault("as_of", "2013-02-30"),
            "`2013-02-30` is no as_of: write a date as YYYY-MM-DD"
        );
        assert_eq!(
            fault("horizon", "-3"),
            "`-3` is no horizon: write whole months from 1 to 240"
        );
        assert_eq!(
            fault("exposure", "all"),
            "`all` is no exposure: write dyad_total, source_total, world_total or none"
        );
    }
}
