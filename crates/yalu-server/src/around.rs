//! Where a page of a dossier stands: its links, its form, what leads where.

use jiff::civil::Date;
use yalu_discussion::{Count, Target};
use yalu_dossier::assessment::Assessment;
use yalu_dossier::workbench::{Choices, HORIZONS, Setting};
use yalu_site::site::{
    ActorRow, Around, CodesField, Controls, DateLink, DonorField, FeedLink, Neighbour, PageLinks,
    SiteLink, StakeField, exposure_words, neighbours, publication_view, whole_files,
};
use yalu_site::{DiscussLinks, ExportLinks};

use crate::pages::all_dossiers;
use crate::slot::{Loaded, Slot};
use crate::state::State;

/// The levels of the form, beside the dossier's own.
const LEVELS: [f64; 4] = [0.01, 0.05, 0.1, 0.2];

/// A page of a dossier.
pub(crate) struct Stands<'a> {
    pub(crate) state: &'a State,
    pub(crate) slot: &'a Slot,
    pub(crate) loaded: &'a Loaded,
    pub(crate) setting: &'a Setting,
    /// The page's name, without a slash; empty for the verdict.
    pub(crate) page: &'a str,
}

impl Stands<'_> {
    fn base(&self) -> String {
        format!("/d/{}/", self.slot.id())
    }

    /// The address of this page under a setting.
    fn here(&self, setting: &Setting) -> String {
        let canonical = setting.clone().canonical(self.loaded.bench.choices());
        format!("{}{}{}", self.base(), self.page, canonical.query())
    }

    pub(crate) fn around(&self, assessment: &Assessment) -> Around {
        let base = self.base();
        let query = self.setting.query();
        let choices = self.loaded.bench.choices();
        let date = self.loaded.bench.date_of(self.setting);
        let mut notices = Vec::new();
        let waits = !self.loaded.is_whole(self.setting);
        if waits {
            notices.push(
                "The main specification alone: the curve of all others is computed for this date now, and the page shows it when it is there.".to_owned(),
            );
        }
        if let Some(structure) = assessment
            .structure
            .as_ref()
            .filter(|one| !one.set.is_empty())
        {
            notices.push(format!(
                "The actors’ outcomes are from {} draws under these values; `yalu structure` with the same values takes as many as the dossier asks for.",
                structure.draws
            ));
        }
        let publication = publication_view(self.loaded.bench.dossier(), &format!("{base}images/"));
        let counts = self.counts();
        let more = match (&counts, &publication) {
            (Some(counts), _) => vec![comments_link(&base, counts)],
            (None, Some(elsewhere)) if !elsewhere.discussion.is_empty() => vec![SiteLink {
                text: "Discussion".to_owned(),
                href: elsewhere.discussion.clone(),
                here: false,
            }],
            (None, _) => Vec::new(),
        };
        Around {
            assets: "/assets/".to_owned(),
            home: Some(all_dossiers()),
            pages: PageLinks {
                before: base.clone(),
                after: query.clone(),
                ..PageLinks::default()
            },
            more,
            files: whole_files(&base, &query),
            exports: ExportLinks {
                before: format!("{base}export/{}/", self.export_page()),
                after: query.clone(),
            },
            discussion: counts.map(|counts| self.discussion(counts)),
            publication,
            evolution: self.loaded.evolution().as_ref().clone(),
            dates: choices
                .as_of
                .iter()
                .map(|date| DateLink {
                    date: date.to_string(),
                    href: self.here(&Setting {
                        as_of: Some(*date),
                        ..self.setting.clone()
                    }),
                })
                .collect(),
            controls: Some(self.controls(choices, date)),
            neighbours: self.neighbours(date, assessment),
            notices,
            waits,
            feeds: self.feeds(&base),
            live: Some(format!("{base}live")),
            canonical: Some(format!("{}{}", self.state.site(), self.here(self.setting))),
            policy: None,
        }
    }

    fn export_page(&self) -> &str {
        if self.page.is_empty() {
            "verdict"
        } else {
            self.page
        }
    }

    /// How many comments are shown at each place; nothing where there is no discussion.
    fn counts(&self) -> Option<Vec<Count>> {
        let talk = self.state.talk.as_ref()?;
        // A page reads without its counts; the discussion itself says what is wrong with its file.
        Some(talk.store.counts(&self.slot.id()).unwrap_or_default())
    }

    fn discussion(&self, counts: Vec<Count>) -> DiscussLinks {
        DiscussLinks {
            before: format!("/d/{}/discussion?about=", self.slot.id()),
            after: String::new(),
            counts: counts
                .into_iter()
                .filter_map(|one| match one.target {
                    Target::Part { kind, id } => Some((format!("{kind}-{id}"), one.n_shown as u64)),
                    Target::Dossier => None,
                })
                .collect(),
        }
    }

    fn feeds(&self, base: &str) -> Vec<FeedLink> {
        let mut feeds = vec![FeedLink {
            title: "Assessments".to_owned(),
            href: format!("{base}feed.atom"),
        }];
        if self.state.talk.is_some() {
            feeds.push(FeedLink {
                title: "Comments".to_owned(),
                href: format!("{base}comments.atom"),
            });
        }
        feeds
    }

    fn controls(&self, choices: &Choices, date: Option<Date>) -> Controls {
        let setting = self.setting;
        let level = setting.level.unwrap_or(choices.level);
        let mut levels = LEVELS.to_vec();
        for one in [choices.level, level] {
            if !levels.iter().any(|known| known.to_bits() == one.to_bits()) {
                levels.push(one);
            }
        }
        levels.sort_by(f64::total_cmp);
        let horizon = setting.horizon_months.unwrap_or(choices.horizon_months);
        let mut horizons = HORIZONS.to_vec();
        horizons.extend([choices.horizon_months, horizon]);
        horizons.sort_unstable();
        horizons.dedup();
        let exposure = setting.exposure.or(choices.exposure);
        Controls {
            dates: choices
                .as_of
                .iter()
                .map(|one| (one.to_string(), Some(*one) == date))
                .collect(),
            level: level.to_string(),
            levels: levels.iter().map(f64::to_string).collect(),
            horizons: horizons.iter().map(|one| (*one, *one == horizon)).collect(),
            codes: choices
                .codes
                .iter()
                .map(|choice| {
                    let own = choice.groups.first().map(|one| &one.0);
                    let chosen = setting.codes.get(&choice.indicator).or(own);
                    CodesField {
                        indicator: choice.indicator.clone(),
                        title: choice.title.clone(),
                        groups: choice
                            .groups
                            .iter()
                            .map(|(id, title)| (id.clone(), title.clone(), Some(id) == chosen))
                            .collect(),
                    }
                })
                .collect(),
            exposures: choices
                .exposures
                .iter()
                .map(|one| {
                    let (key, words) = exposure_words(*one);
                    (key.to_owned(), words.to_owned(), Some(*one) == exposure)
                })
                .collect(),
            donors: choices
                .donors
                .iter()
                .map(|one| DonorField {
                    id: one.id.clone(),
                    name: one.name.clone(),
                    out: setting.without.contains(&one.id),
                })
                .collect(),
            actors: actor_rows(choices, setting),
            set: self.undo(),
            own: self.here(&Setting {
                as_of: setting.as_of,
                ..Setting::default()
            }),
            fault: None,
        }
    }

    /// What is set otherwise, each with the way back.
    fn undo(&self) -> Vec<SiteLink> {
        let setting = self.setting;
        let mut links = Vec::new();
        let mut link = |text: String, without: Setting| {
            links.push(SiteLink {
                text,
                href: self.here(&without),
                here: false,
            });
        };
        if let Some(level) = setting.level {
            let without = Setting {
                level: None,
                ..setting.clone()
            };
            link(format!("level {level}"), without);
        }
        if let Some(months) = setting.horizon_months {
            let without = Setting {
                horizon_months: None,
                ..setting.clone()
            };
            link(format!("horizon {months} months"), without);
        }
        for (indicator, group) in &setting.codes {
            let mut without = setting.clone();
            without.codes.remove(indicator);
            link(format!("codes {group} for {indicator}"), without);
        }
        if let Some(exposure) = setting.exposure {
            let without = Setting {
                exposure: None,
                ..setting.clone()
            };
            link(exposure_words(exposure).1.to_owned(), without);
        }
        for one in &setting.without {
            let mut without = setting.clone();
            without.without.remove(one);
            link(format!("without {one}"), without);
        }
        for one in &setting.actors {
            let mut without = setting.clone();
            without.actors.retain(|known| known != one);
            link(one.clone(), without);
        }
        links
    }

    /// What would change the verdict: on its own page, where nothing is set otherwise.
    fn neighbours(&self, date: Option<Date>, own: &Assessment) -> Vec<Neighbour> {
        if !self.page.is_empty() || !self.setting.is_own() {
            return Vec::new();
        }
        let near = self.loaded.near(date);
        neighbours(&near, self.loaded.bench.choices(), own, |one| {
            self.here(one)
        })
    }
}

/// The way to the discussion, by how much there is.
fn comments_link(base: &str, counts: &[Count]) -> SiteLink {
    let n: usize = counts.iter().map(|one| one.n_shown).sum();
    SiteLink {
        text: match n {
            0 => "Discussion".to_owned(),
            1 => "1 comment".to_owned(),
            n => format!("{n} comments"),
        },
        href: format!("{base}discussion"),
        here: false,
    }
}

fn actor_rows(choices: &Choices, setting: &Setting) -> Vec<ActorRow> {
    let set_to = |name: &str| {
        let found = setting.actors.iter().rev().find_map(|one| {
            let (place, value) = one.split_once('=')?;
            (place == name).then(|| value.to_owned())
        });
        found.unwrap_or_default()
    };
    choices
        .actors
        .iter()
        .map(|actor| {
            let mut stakes = Vec::new();
            for (issue, title, scale, stake) in &actor.stakes {
                let values = [
                    ("position", &stake.position, *scale),
                    ("salience", &stake.salience, [0.0, 100.0]),
                ];
                for (of, value, range) in values {
                    let name = format!("{}.{issue}.{of}", actor.id);
                    stakes.push(StakeField {
                        value: set_to(&name),
                        name: format!("set.{name}"),
                        label: format!("{of}, {title}"),
                        own: shown(value.low, value.high, value.centre),
                        range: range.map(|one| one.to_string()),
                    });
                }
            }
            if let Some((_, _, _, stake)) = actor.stakes.first() {
                let name = format!("{}.capability", actor.id);
                let value = &stake.capability;
                stakes.push(StakeField {
                    value: set_to(&name),
                    name: format!("set.{name}"),
                    label: "capability".to_owned(),
                    own: shown(value.low, value.high, value.centre),
                    range: ["0".to_owned(), String::new()],
                });
            }
            ActorRow {
                title: actor.title.clone(),
                stakes,
            }
        })
        .collect()
}

fn shown(low: f64, high: f64, centre: f64) -> String {
    if low < high {
        format!("{low}..{high}")
    } else {
        centre.to_string()
    }
}
