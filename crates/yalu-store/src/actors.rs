//! Who acts: a state, a sector of it, a person or a body.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::countries::{CountryScheme, folded, resolve};
use crate::types::ActorCode;

const LEADERS: &str = include_str!("../data/leaders.csv");

/// An actor as an event names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActorRef {
    /// Its state; nothing where it has none or none is known.
    pub country: Option<ActorCode>,
    /// Its sectors, the narrowest first; empty for the state as such.
    pub sectors: Vec<&'static str>,
    /// The person, where the shipped table knows one of that name.
    pub person: Option<String>,
}

/// Words of an ICEWS agent or sector, folded, and the sectors that they mean. The first that the
/// text holds as a whole word or phrase counts.
const SECTORS: [(&str, &[&str]); 62] = [
    (
        "foreign affairs",
        &["foreign_ministry", "executive", "government"],
    ),
    (
        "foreign ministry",
        &["foreign_ministry", "executive", "government"],
    ),
    ("envoy", &["foreign_ministry", "executive", "government"]),
    (
        "ambassador",
        &["foreign_ministry", "executive", "government"],
    ),
    (
        "diplomatic",
        &["foreign_ministry", "executive", "government"],
    ),
    ("defense", &["defense_ministry", "executive", "government"]),
    (
        "treasury finance ministry",
        &["finance_trade_ministry", "executive", "government"],
    ),
    (
        "finance",
        &["finance_trade_ministry", "executive", "government"],
    ),
    (
        "commerce",
        &["finance_trade_ministry", "executive", "government"],
    ),
    (
        "trade ministry",
        &["finance_trade_ministry", "executive", "government"],
    ),
    ("domestic affairs", &["interior", "executive", "government"]),
    ("interior", &["interior", "executive", "government"]),
    (
        "justice department",
        &["judiciary", "executive", "government"],
    ),
    (
        "attorney general",
        &["judiciary", "executive", "government"],
    ),
    ("head of government", &["executive", "government"]),
    ("cabinet", &["executive", "government"]),
    ("royal administration", &["executive", "government"]),
    ("ministry", &["executive", "government"]),
    ("ministery", &["executive", "government"]),
    ("executive", &["executive", "government"]),
    ("national security advisor", &["executive", "government"]),
    ("intelligence", &["intelligence", "government"]),
    ("secret agent", &["intelligence", "government"]),
    ("member of parliament", &["legislature", "government"]),
    ("legislature", &["legislature", "government"]),
    ("legislative", &["legislature", "government"]),
    ("lawmaker", &["legislature", "government"]),
    ("congress", &["legislature", "government"]),
    ("senate", &["legislature", "government"]),
    ("house of representatives", &["legislature", "government"]),
    ("judge", &["judiciary", "government"]),
    ("court", &["judiciary", "government"]),
    ("judiciary", &["judiciary", "government"]),
    ("judicial", &["judiciary", "government"]),
    ("prosecutor", &["judiciary", "government"]),
    ("governor", &["provincial_local", "government"]),
    ("city mayor", &["provincial_local", "government"]),
    ("provincial", &["provincial_local", "government"]),
    ("local", &["provincial_local", "government"]),
    ("police", &["police", "government"]),
    ("military", &["military", "government"]),
    ("naval", &["military", "government"]),
    ("navy", &["military", "government"]),
    ("air force", &["military", "government"]),
    ("army", &["military", "government"]),
    ("opposition", &["opposition", "party"]),
    ("party", &["party"]),
    ("parties", &["party"]),
    ("government", &["government"]),
    ("other authorities officials", &["government"]),
    ("media", &["media"]),
    ("news", &["media"]),
    ("business", &["business"]),
    ("company", &["business"]),
    ("labor union", &["labor"]),
    ("education", &["education"]),
    ("student", &["education"]),
    ("insurgent", &["insurgent"]),
    ("rebel", &["insurgent"]),
    ("militant", &["insurgent"]),
    ("criminal", &["criminal"]),
    ("refugee", &["refugees"]),
];

/// CAMEO's three-letter roles and the sectors that they mean.
const ROLES: [(&str, &[&str]); 20] = [
    ("GOV", &["government"]),
    ("MIL", &["military", "government"]),
    ("COP", &["police", "government"]),
    ("JUD", &["judiciary", "government"]),
    ("LEG", &["legislature", "government"]),
    ("SPY", &["intelligence", "government"]),
    ("OPP", &["opposition", "party"]),
    ("PTY", &["party"]),
    ("REB", &["insurgent"]),
    ("INS", &["insurgent"]),
    ("SEP", &["insurgent"]),
    ("MED", &["media"]),
    ("BUS", &["business"]),
    ("MNC", &["business"]),
    ("LAB", &["labor"]),
    ("EDU", &["education"]),
    ("CVL", &["population"]),
    ("REF", &["refugees"]),
    ("CRM", &["criminal"]),
    ("NGO", &["civil_society"]),
];

/// Every sector that an actor may have, in order of name.
pub fn known_sectors() -> Vec<&'static str> {
    let words = SECTORS.iter().map(|(_, sectors)| sectors);
    let roles = ROLES.iter().map(|(_, sectors)| sectors);
    let listed = words
        .chain(roles)
        .flat_map(|sectors| sectors.iter().copied());
    let known: std::collections::BTreeSet<&str> = listed.chain(["other"]).collect();
    known.into_iter().collect()
}

fn sectors_of(text: &str) -> Vec<&'static str> {
    let padded = format!(" {} ", folded(text));
    SECTORS
        .iter()
        .find(|(word, _)| padded.contains(&format!(" {word} ")))
        .map_or_else(|| vec!["other"], |(_, sectors)| sectors.to_vec())
}

struct Leader {
    country: ActorCode,
    office: &'static str,
    from: Option<Date>,
    to: Option<Date>,
}

static BY_NAME: LazyLock<BTreeMap<String, (String, Leader)>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(LEADERS.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.expect("the table that ships is well formed");
            let text = |column: usize| record.get(column).unwrap_or_default();
            let office = SECTORS
                .iter()
                .flat_map(|(_, sectors)| sectors.iter())
                .find(|sector| **sector == text(2))
                .expect("offices of the table are sectors");
            let leader = Leader {
                country: text(1)
                    .parse()
                    .expect("the table that ships has alpha-3 codes"),
                office,
                from: text(3).parse().ok(),
                to: text(4).parse().ok(),
            };
            (folded(text(0)), (text(0).to_owned(), leader))
        })
        .collect()
});

/// Days from which a name may mean another thing than the day before, ascending.
static ERAS: LazyLock<Vec<Date>> = LazyLock::new(|| {
    let next = |day: Date| day.tomorrow().unwrap_or(day);
    let mut days: Vec<Date> = crate::countries::last_days().map(next).collect();
    for (_, leader) in BY_NAME.values() {
        days.extend(leader.from);
        days.extend(leader.to.map(next));
    }
    days.sort_unstable();
    days.dedup();
    days
});

/// The stretch of time that `date` lies in, by number: within one, names mean the same throughout.
pub(crate) fn era_of(date: Date) -> usize {
    ERAS.partition_point(|day| *day <= date)
}

/// Reads an ICEWS actor's name on a date: a state (`China`), an agent of one (`Foreign Affairs
/// (China)`), or a person of the shipped table, who counts as government while in office and as a
/// citizen of no sector outside of it. Any other name has no country.
pub fn parse_name(name: &str, date: Date) -> ActorRef {
    let name = name.trim();
    if let Ok(country) = resolve(CountryScheme::Name, name, date) {
        return ActorRef {
            country: Some(country),
            ..ActorRef::default()
        };
    }
    if let Some((agent, state)) = agent_and_state(name)
        && let Ok(country) = resolve(CountryScheme::Name, state, date)
    {
        return ActorRef {
            country: Some(country),
            sectors: sectors_of(agent),
            person: None,
        };
    }
    let Some((person, leader)) = BY_NAME.get(&folded(name)) else {
        return ActorRef::default();
    };
    let in_office =
        leader.from.is_none_or(|from| from <= date) && leader.to.is_none_or(|to| date <= to);
    let sectors = match (in_office, leader.office) {
        (false, _) => vec!["other"],
        (true, "executive" | "legislature") => vec![leader.office, "government"],
        (true, office) => vec![office, "executive", "government"],
    };
    ActorRef {
        country: Some(leader.country.clone()),
        sectors,
        person: Some(person.clone()),
    }
}

/// `Foreign Affairs (China)` as its two parts; the last parenthesis counts.
fn agent_and_state(name: &str) -> Option<(&str, &str)> {
    let inner = name.strip_suffix(')')?;
    let mut depth = 0;
    for (at, letter) in inner.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' if depth == 0 => return Some((inner[..at].trim(), inner[at + 1..].trim())),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Reads ICEWS's sector column (`Executive,Foreign Ministry,Government`), the narrowest first.
pub fn parse_icews_sectors(text: &str) -> Vec<&'static str> {
    let mut sectors: Vec<&'static str> = Vec::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty() && *part != "NA")
    {
        for sector in sectors_of(part) {
            if !sectors.contains(&sector) {
                sectors.push(sector);
            }
        }
    }
    // Ministries are narrower than the executive, the executive than the government.
    sectors.sort_by_key(|sector| match *sector {
        "government" => 2,
        "executive" | "other" => 1,
        _ => 0,
    });
    sectors
}

/// Reads a CAMEO actor: its country code (`CHN`) and its role codes (`GOV`, `MIL`).
pub fn parse_cameo_actor(country: &str, roles: &[&str], date: Date) -> ActorRef {
    let mut sectors: Vec<&'static str> = Vec::new();
    for role in roles.iter().filter(|role| !role.is_empty()) {
        let of = ROLES
            .iter()
            .find(|(code, _)| code == role)
            .map_or(&["other"][..], |(_, of)| of);
        for sector in of {
            if !sectors.contains(sector) {
                sectors.push(sector);
            }
        }
    }
    ActorRef {
        country: resolve(CountryScheme::Cameo, country, date).ok(),
        sectors,
        person: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn agents_have_a_state_and_a_sector_of_their_own() {
        let day = date(2014, 5, 1);
        let ministry = parse_name("Foreign Affairs (China)", day);
        assert_eq!(ministry.country.map(String::from), Some("CHN".to_owned()));
        assert_eq!(
            ministry.sectors,
            ["foreign_ministry", "executive", "government"]
        );
        let gang = parse_name("Armed Gang (Palestinian Territory, Occupied)", day);
        assert_eq!(gang.country.map(String::from), Some("PSE".to_owned()));
        assert!(parse_name("China", day).sectors.is_empty());
        assert_eq!(parse_name("UN Security Council", day), ActorRef::default());
    }

    #[test]
    fn a_leader_is_government_while_in_office() {
        let now = parse_name("Xi Jinping", date(2014, 5, 1));
        assert_eq!(now.country.map(String::from), Some("CHN".to_owned()));
        assert_eq!(now.sectors, ["executive", "government"]);
        assert_eq!(now.person, Some("Xi Jinping".to_owned()));
        assert_eq!(
            parse_name("Xi Jinping", date(2011, 5, 1)).sectors,
            ["other"]
        );
    }

    #[test]
    fn within_an_era_a_name_means_the_same() {
        assert_eq!(era_of(date(2014, 5, 1)), era_of(date(2014, 5, 2)));
        // Xi Jinping comes, Serbia and Montenegro end.
        for (before, after) in [
            (date(2012, 11, 14), date(2012, 11, 15)),
            (date(2006, 6, 4), date(2006, 6, 6)),
        ] {
            assert_ne!(era_of(before), era_of(after), "{before}");
        }
    }

    #[test]
    fn icews_sectors_and_cameo_roles_share_one_vocabulary() {
        assert_eq!(
            parse_icews_sectors("Executive,Foreign Ministry,Government"),
            ["foreign_ministry", "executive", "government"]
        );
        let soldiers = parse_cameo_actor("CHN", &["MIL"], date(2014, 5, 1));
        assert_eq!(soldiers.sectors, ["military", "government"]);
        assert_eq!(
            parse_cameo_actor("AFR", &[], date(2014, 5, 1)).country,
            None
        );
    }
}
