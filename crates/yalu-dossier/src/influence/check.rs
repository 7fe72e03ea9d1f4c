//! What `[structure.influence]` must say beyond its types.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use jiff::civil::Date;
use toml::de::DeTable;
use yalu_store::actors::known_sectors;
use yalu_store::{ActorCode, Month};

use super::keys::{InfluenceKeys, InfluenceMember};
use crate::diagnostic::{Problem, did_you_mean};
use crate::spec::CoverageKey;
use crate::toml_file::{Source, Step};

/// What the rest of the dossier declares.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The state whose acts are looked at.
    pub state: &'a str,
    /// The ids of the structure's actors.
    pub actors: &'a [&'a str],
    /// The names of the dossier's groups.
    pub groups: &'a [&'a str],
}

/// Every fault in `[structure.influence]`, each with its place. `path` and `text`: the dossier's
/// file; `keys`: what was read of it.
pub fn check(path: &Path, text: &str, keys: &InfluenceKeys, known: &Known<'_>) -> Vec<Problem> {
    // A text that isn't TOML is another's fault to name.
    let Ok(root) = DeTable::parse(text) else {
        return Vec::new();
    };
    let mut faults = Faults {
        source: Source {
            path,
            text,
            root: &root,
        },
        problems: Vec::new(),
    };
    faults.of_data(keys, known);
    faults.of_figures(keys);
    for (idx, one) in keys.members.iter().enumerate() {
        faults.of_member(keys, idx, one, known);
    }
    faults.of_hypotheses(keys);
    faults.problems
}

/// A step of a path below `structure.influence`.
fn steps(path: &[At<'_>]) -> Vec<Step> {
    let inner = path.iter().map(|at| match at {
        At::Key(key) => Step::Key((*key).to_owned()),
        At::Item(idx) => Step::Item(*idx),
    });
    ["structure", "influence"]
        .map(|key| Step::Key(key.to_owned()))
        .into_iter()
        .chain(inner)
        .collect()
}

#[derive(Clone, Copy)]
enum At<'a> {
    Key(&'a str),
    Item(usize),
}
use At::{Item, Key};

struct Faults<'a> {
    source: Source<'a>,
    problems: Vec<Problem>,
}

impl Faults<'_> {
    fn add(&mut self, code: &'static str, path: &[At<'_>], message: String, mend: &str) {
        let mend = Some(mend.to_owned());
        self.problems
            .push(self.source.problem(code, &steps(path), message, mend));
    }

    fn date(&mut self, path: &[At<'_>], text: &str) -> Option<Date> {
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        if date.is_none() {
            let message = format!("`{text}` is not a date");
            self.add("dossier.date", path, message, "write YYYY-MM-DD, in quotes");
        }
        date
    }

    fn month(&mut self, key: &str, text: Option<&String>) -> Option<Month> {
        let text = text?;
        let month = text.parse::<Month>().ok();
        if month.is_none() {
            let message = format!("`{text}` is not a month");
            self.add(
                "dossier.date",
                &[Key(key)],
                message,
                "write YYYY-MM, in quotes",
            );
        }
        month
    }

    fn named<'a>(
        &mut self,
        path: &[At<'_>],
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
            None if known.is_empty() => format!("declare one: there is no {what}"),
            None => format!("known are {}", known.join(", ")),
        };
        let message = format!("{what} `{name}` isn't known");
        self.add("dossier.reference", path, message, &mend);
    }

    fn of_data(&mut self, keys: &InfluenceKeys, known: &Known<'_>) {
        if let Some(file) = &keys.acts {
            let inside = Path::new(file)
                .components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            if !inside || file.is_empty() {
                self.add(
                    "dossier.file",
                    &[Key("acts")],
                    format!("`{file}` leads out of the dossier's folder"),
                    "put the file into the folder and name it relative to it",
                );
            }
            if keys.coverage.is_empty() {
                self.add(
                    "dossier.missing",
                    &[Key("acts")],
                    "an acts file can't say what it covers".to_owned(),
                    "add [[structure.influence.coverage]] with dataset, from and to",
                );
            }
        } else if !keys.coverage.is_empty() {
            self.add(
                "dossier.influence",
                &[Key("coverage")],
                "coverage is said of no acts file".to_owned(),
                "name the file in `acts`, or leave `coverage` out: a store knows its own",
            );
        }
        for (idx, one) in keys.coverage.iter().enumerate() {
            self.of_coverage(idx, one);
        }
        let from = self.month("from", keys.from.as_ref());
        let to = self.month("to", keys.to.as_ref());
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let message = format!("it ends in {to}, before it begins in {from}");
            self.add(
                "dossier.date",
                &[Key("to")],
                message,
                "exchange from and to",
            );
        }
        if let Some(group) = &keys.codes {
            self.named(
                &[Key("codes")],
                "group",
                group,
                known.groups.iter().copied(),
            );
        }
    }

    fn of_coverage(&mut self, idx: usize, one: &CoverageKey) {
        let here = [Key("coverage"), Item(idx)];
        let at = |key: &'static str| [here[0], here[1], Key(key)];
        let from = self.date(&at("from"), &one.from);
        let to = self.date(&at("to"), &one.to);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let message = format!("coverage ends on {to}, before it begins on {from}");
            self.add("dossier.date", &at("to"), message, "exchange from and to");
        }
        for (step, change) in one.changes.iter().enumerate() {
            let place = [here[0], here[1], Key("changes"), Item(step), Key("date")];
            self.date(&place, &change.date);
        }
    }

    fn of_figures(&mut self, keys: &InfluenceKeys) {
        let mut require = |sound: bool, key: &str, message: String, mend: &str| {
            if !sound {
                self.add("dossier.range", &[Key(key)], message, mend);
            }
        };
        require(
            keys.level > 0.0 && keys.level < 0.5,
            "level",
            format!("level must be above 0 and below 0.5, got {}", keys.level),
            "leave the key out to use 0.05",
        );
        require(
            keys.steady_ratio > 1.0 && keys.steady_ratio.is_finite(),
            "steady_ratio",
            format!("steady_ratio must be above 1, got {}", keys.steady_ratio),
            "leave the key out to use 1.5",
        );
        require(
            keys.bootstrap >= 99,
            "bootstrap",
            format!("bootstrap must be at least 99, got {}", keys.bootstrap),
            "leave the key out to use 999",
        );
    }

    fn of_member(
        &mut self,
        keys: &InfluenceKeys,
        idx: usize,
        one: &InfluenceMember,
        known: &Known<'_>,
    ) {
        let here = [Key("members"), Item(idx)];
        let at = |key: &'static str| [here[0], here[1], Key(key)];
        self.named(
            &at("actor"),
            "actor",
            &one.actor,
            known.actors.iter().copied(),
        );
        if keys.members[..idx]
            .iter()
            .any(|other| other.actor == one.actor)
        {
            let message = format!("the actor `{}` is a member twice", one.actor);
            self.add("dossier.duplicate", &at("actor"), message, "join the two");
        }
        if one.sectors.is_empty() && one.persons.is_empty() && one.names.is_empty() {
            let message = format!("no actor of the data can be `{}`", one.actor);
            self.add(
                "dossier.missing",
                &here,
                message,
                "name sectors, persons or names by which the data know it",
            );
        }
        for (place, sector) in one.sectors.iter().enumerate() {
            let path = [here[0], here[1], Key("sectors"), Item(place)];
            if sector == "state" {
                self.state_is_nobody(&path, sector);
            } else {
                self.named(&path, "sector", sector, known_sectors());
            }
        }
        for (key, list) in [("names", &one.names), ("persons", &one.persons)] {
            for (place, name) in list.iter().enumerate() {
                let path = [here[0], here[1], Key(key), Item(place)];
                if is_state(name, known.state) {
                    self.state_is_nobody(&path, name);
                } else if name.trim().is_empty() || name.trim() != name {
                    let message = format!("`{name}` is no name that data write");
                    self.add(
                        "dossier.influence",
                        &path,
                        message,
                        "write it without spaces about it",
                    );
                }
            }
        }
    }

    fn state_is_nobody(&mut self, path: &[At<'_>], text: &str) {
        let message = format!("`{text}` is the state as such, so nobody within it");
        self.add(
            "dossier.influence",
            path,
            message,
            "leave it out: acts in the state's own name are laid to nobody",
        );
    }

    fn of_hypotheses(&mut self, keys: &InfluenceKeys) {
        let mut seen = BTreeSet::new();
        for (idx, one) in keys.hypotheses.iter().enumerate() {
            let at = |key: &'static str| [Key("hypotheses"), Item(idx), Key(key)];
            let is_id = !one.id.is_empty()
                && one.id.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_'
                });
            if !is_id {
                let message = format!("`{}` is not an id", one.id);
                self.add(
                    "dossier.id",
                    &at("id"),
                    message,
                    "use small letters, digits, hyphens and underscores",
                );
            } else if !seen.insert(one.id.as_str()) {
                let message = format!("the id `{}` is used twice in hypotheses", one.id);
                self.add("dossier.duplicate", &at("id"), message, "give each its own");
            }
            if one.text.trim().is_empty() {
                self.add(
                    "dossier.missing",
                    &at("text"),
                    format!("hypothesis `{}` claims nothing", one.id),
                    "write the claim in a sentence, and who makes it",
                );
            }
            let members = keys.members.iter().map(|member| member.actor.as_str());
            self.named(&at("actor"), "member", &one.actor, members);
            self.date(&at("since"), &one.since);
        }
    }
}

fn is_state(name: &str, state: &str) -> bool {
    let own = state
        .parse::<ActorCode>()
        .ok()
        .and_then(|code| yalu_store::countries::name_of(&code));
    name == state || own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}
