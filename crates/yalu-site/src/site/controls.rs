//! What a reader may set, and what would change the verdict.

use askama::Template;
use yalu_dossier::assessment::{Assessment, Rung};
use yalu_dossier::spec::Exposure;
use yalu_dossier::workbench::{Choices, Near, Setting};

use super::{Around, Page, SiteLink};
use crate::names;
use crate::report::ReportError;

/// A field of codes: one indicator's groups.
#[derive(Debug, Clone)]
pub struct CodesField {
    /// The indicator's id.
    pub indicator: String,
    /// Its title.
    pub title: String,
    /// Groups: id, title, whether chosen.
    pub groups: Vec<(String, String, bool)>,
}

/// A border that may be left out.
#[derive(Debug, Clone)]
pub struct DonorField {
    /// As a setting names it.
    pub id: String,
    /// In words.
    pub name: String,
    /// Whether it is left out.
    pub out: bool,
}

/// A value of an actor.
#[derive(Debug, Clone)]
pub struct StakeField {
    /// The field's name.
    pub name: String,
    /// What it is, in words.
    pub label: String,
    /// The dossier's value.
    pub own: String,
    /// The reader's; empty where the dossier's stands.
    pub value: String,
    /// The least and greatest.
    pub range: [String; 2],
}

/// An actor with its values.
#[derive(Debug, Clone)]
pub struct ActorRow {
    /// Its title.
    pub title: String,
    /// Its values.
    pub stakes: Vec<StakeField>,
}

/// The form of a setting.
#[derive(Debug, Clone, Default)]
pub struct Controls {
    /// Dates, whether chosen.
    pub dates: Vec<(String, bool)>,
    /// The level as it stands in its field.
    pub level: String,
    /// Levels to choose from.
    pub levels: Vec<String>,
    /// Horizons in months, whether chosen.
    pub horizons: Vec<(u32, bool)>,
    /// Codes by indicator.
    pub codes: Vec<CodesField>,
    /// Denominators: key, words, whether chosen.
    pub exposures: Vec<(String, String, bool)>,
    /// Other borders.
    pub donors: Vec<DonorField>,
    /// Actors.
    pub actors: Vec<ActorRow>,
    /// What is set otherwise, each with the way back.
    pub set: Vec<SiteLink>,
    /// The address without any setting.
    pub own: String,
    /// What is wrong with the address, in words.
    pub fault: Option<String>,
}

/// The verdict under a setting near the one shown.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// What is changed, in words.
    pub change: String,
    /// Where it leads.
    pub href: String,
    /// The verdict there.
    pub rung: Rung,
    /// Indicators whose rung differs: title and rung.
    pub indicators: Vec<(String, Rung)>,
    /// The verdict here.
    pub here: Rung,
}

impl Neighbour {
    pub(crate) fn class(&self) -> &'static str {
        names::rung_class(self.rung)
    }

    pub(crate) fn sign(&self) -> &'static str {
        names::rung_sign(self.rung)
    }

    pub(crate) fn name(&self) -> &'static str {
        names::rung_name(self.rung)
    }

    pub(crate) fn turns(&self) -> bool {
        self.rung != self.here
    }

    pub(crate) fn others(&self) -> String {
        let each: Vec<String> = self
            .indicators
            .iter()
            .map(|(title, rung)| format!("{title}: {}", names::rung_name(*rung).to_lowercase()))
            .collect();
        each.join("; ")
    }
}

/// What settings near `own`'s say, each led to by `href`.
pub fn neighbours(
    near: &[Near],
    choices: &Choices,
    own: &Assessment,
    href: impl Fn(&Setting) -> String,
) -> Vec<Neighbour> {
    let rung_of = |id: &str| own.indicators.iter().find(|one| one.id == id)?.rung;
    near.iter()
        .map(|one| Neighbour {
            change: change_words(&one.setting, choices),
            href: href(&one.setting),
            rung: one.rung,
            indicators: one
                .indicators
                .iter()
                .filter_map(|indicator| {
                    let rung = indicator.rung?;
                    let differs = rung_of(&indicator.id) != Some(rung);
                    differs.then(|| (indicator.title.clone(), rung))
                })
                .collect(),
            here: own.verdict.rung,
        })
        .collect()
}

/// The choice that is moved, in words.
fn change_words(setting: &Setting, choices: &Choices) -> String {
    if let Some(level) = setting.level {
        return format!("Level {level}");
    }
    if let Some(months) = setting.horizon_months {
        return format!("Horizon {months} months");
    }
    if let Some((indicator, group)) = setting.codes.first_key_value() {
        let choice = choices.codes.iter().find(|one| one.indicator == *indicator);
        let title = choice.map_or(indicator, |one| &one.title);
        let known = choice.and_then(|one| one.groups.iter().find(|(id, _)| id == group));
        let group = known.map_or(group, |(_, title)| title);
        return format!("Codes of {title}: {group}");
    }
    match setting.exposure {
        Some(exposure) => exposure_words(exposure).1.to_owned(),
        None => "The dossier’s own".to_owned(),
    }
}

/// A denominator: its key in an address, and in words.
pub fn exposure_words(exposure: Exposure) -> (&'static str, &'static str) {
    match exposure {
        Exposure::DyadTotal => ("dyad_total", "Per acts of the dyad"),
        Exposure::SourceTotal => ("source_total", "Per acts of the source"),
        Exposure::WorldTotal => ("world_total", "Per acts in the world"),
        Exposure::None => ("none", "No exposure"),
    }
}

#[derive(Template)]
#[template(path = "site/controls.html")]
struct Form<'a> {
    controls: &'a Controls,
    action: String,
}

#[derive(Template)]
#[template(path = "site/neighbours.html")]
struct NearTable<'a> {
    neighbours: &'a [Neighbour],
    turning: usize,
    /// Whether they lead anywhere.
    lead: bool,
}

#[derive(Template)]
#[template(path = "site/notices.html")]
struct Notices<'a> {
    words: Vec<&'a str>,
    set: &'a [SiteLink],
    own: &'a str,
    waits: bool,
}

/// The form; empty where nothing can be set.
pub(super) fn form(around: &Around, page: Page) -> Result<String, ReportError> {
    let Some(controls) = &around.controls else {
        return Ok(String::new());
    };
    let mut links = around.pages.clone();
    links.after.clear();
    let action = links.to(page);
    Ok(Form { controls, action }.render()?)
}

/// What would change the verdict; empty where nothing was asked.
pub(super) fn turning(around: &Around) -> Result<String, ReportError> {
    let neighbours = around.neighbours.as_slice();
    if neighbours.is_empty() {
        return Ok(String::new());
    }
    let turning = neighbours.iter().filter(|one| one.turns()).count();
    Ok(NearTable {
        neighbours,
        turning,
        lead: neighbours.iter().all(|one| !one.href.is_empty()),
    }
    .render()?)
}

/// What a reader must know of this very page.
pub(super) fn notices(assessment: &Assessment, around: &Around) -> Result<String, ReportError> {
    let mut notices: Vec<&str> = around.notices.iter().map(String::as_str).collect();
    let (set, own) = match &around.controls {
        Some(controls) => {
            notices.extend(controls.fault.as_deref());
            (controls.set.as_slice(), controls.own.as_str())
        }
        None => (&[][..], ""),
    };
    if notices.is_empty() && (set.is_empty() || assessment.setting.is_none()) {
        return Ok(String::new());
    }
    Ok(Notices {
        words: notices,
        set,
        own,
        waits: around.waits,
    }
    .render()?)
}
