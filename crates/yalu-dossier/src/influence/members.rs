//! Which of the data's actors are whose, and the acts of each by period.

use std::collections::{BTreeMap, BTreeSet};

use yalu_store::query::acts::{ActsTable, InnerActor, PeriodActs};

use super::keys::{InfluenceKeys, InfluenceMember};
use super::record::{NamedActor, Overlap};

/// How many actors that are no member's are listed.
const MAX_OTHERS: usize = 10;

/// Whether an actor of the data is the member's.
pub(super) fn is_of(member: &InfluenceMember, actor: &InnerActor) -> bool {
    let is = |name: &String| actor.name == *name || actor.person.as_ref() == Some(name);
    actor
        .sectors
        .iter()
        .any(|sector| member.sectors.contains(sector))
        || member.persons.iter().any(is)
        || member.names.contains(&actor.name)
}

/// The members, by place, that an actor is of.
pub(super) fn members_of(keys: &InfluenceKeys, actor: &InnerActor) -> Vec<usize> {
    (0..keys.members.len())
        .filter(|&idx| is_of(&keys.members[idx], actor))
        .collect()
}

/// Whether the data lay an act to somebody: a sector, a person, or an actor that the dossier names.
pub(super) fn is_attributed(keys: &InfluenceKeys, actor: &InnerActor) -> bool {
    !actor.sectors.is_empty() || actor.person.is_some() || !members_of(keys, actor).is_empty()
}

/// The covered periods, and where each stands among them.
pub(super) struct Rows {
    pub(super) periods: Vec<usize>,
    places: BTreeMap<u32, usize>,
}

impl Rows {
    pub(super) fn of(table: &ActsTable) -> Self {
        let periods: Vec<usize> = (0..table.periods.len())
            .filter(|&idx| table.covered[idx])
            .collect();
        let places = periods.iter().map(|&idx| idx as u32).zip(0..).collect();
        Self { periods, places }
    }

    pub(super) fn len(&self) -> usize {
        self.periods.len()
    }

    /// Adds entries to counts by covered period.
    pub(super) fn add(&self, counts: &mut [u64], entries: &[PeriodActs]) {
        for entry in entries {
            if let Some(&row) = self.places.get(&entry.period) {
                counts[row] += entry.n;
            }
        }
    }
}

/// Acts toward the target, by whose they are.
pub(super) struct Tally {
    /// All acts by period.
    pub(super) acts: Vec<u64>,
    /// Those laid to somebody.
    pub(super) attributed: Vec<u64>,
    /// Each member's by period.
    pub(super) of_members: Vec<Vec<u64>>,
    /// Each member's actors, by acts.
    pub(super) named: Vec<Vec<NamedActor>>,
    /// Actors that are no member's, by acts.
    pub(super) others: Vec<NamedActor>,
    pub(super) n_others: usize,
    pub(super) n_acts_of_others: u64,
    pub(super) overlaps: Vec<Overlap>,
}

/// An actor's sectors over all periods, and its acts.
type Named = BTreeMap<String, (BTreeSet<String>, u64)>;

fn note(named: &mut Named, actor: &InnerActor, n: u64) {
    let here = named.entry(actor.name.clone()).or_default();
    here.0.extend(actor.sectors.iter().cloned());
    here.1 += n;
}

/// By acts, the most first; by name where they are equal.
fn listed(named: Named) -> Vec<NamedActor> {
    let mut listed: Vec<NamedActor> = named
        .into_iter()
        .map(|(name, (sectors, n_acts))| NamedActor {
            name,
            sectors: sectors.into_iter().collect(),
            n_acts,
        })
        .collect();
    listed.sort_by(|a, b| b.n_acts.cmp(&a.n_acts).then_with(|| a.name.cmp(&b.name)));
    listed
}

impl Tally {
    pub(super) fn of(table: &ActsTable, keys: &InfluenceKeys, rows: &Rows) -> Self {
        let n_members = keys.members.len();
        let mut acts = vec![0; rows.len()];
        let mut attributed = vec![0; rows.len()];
        let mut of_members = vec![vec![0; rows.len()]; n_members];
        let mut named = vec![Named::new(); n_members];
        let mut others = Named::new();
        let mut both: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for one in &table.outward {
            let mut counts = vec![0; rows.len()];
            rows.add(&mut counts, &one.entries);
            let n: u64 = counts.iter().sum();
            if n == 0 {
                continue;
            }
            rows.add(&mut acts, &one.entries);
            if is_attributed(keys, &one.actor) {
                rows.add(&mut attributed, &one.entries);
            }
            let members = members_of(keys, &one.actor);
            if members.is_empty() && !one.actor.is_state(&table.dyad.source) {
                note(&mut others, &one.actor, n);
            }
            for (place, &idx) in members.iter().enumerate() {
                rows.add(&mut of_members[idx], &one.entries);
                note(&mut named[idx], &one.actor, n);
                for &other in &members[place + 1..] {
                    *both.entry((idx, other)).or_default() += n;
                }
            }
        }
        let mut others = listed(others);
        let n_others = others.len();
        let n_acts_of_others = others.iter().map(|one| one.n_acts).sum();
        others.truncate(MAX_OTHERS);
        Self {
            acts,
            attributed,
            of_members,
            named: named.into_iter().map(listed).collect(),
            others,
            n_others,
            n_acts_of_others,
            overlaps: both
                .into_iter()
                .map(|((first, second), n_acts)| Overlap {
                    first: keys.members[first].actor.clone(),
                    second: keys.members[second].actor.clone(),
                    n_acts,
                })
                .collect(),
        }
    }
}

/// Every name and person in the data, toward the target or within the state, in order.
pub(super) fn names(table: &ActsTable) -> BTreeSet<&str> {
    let within = table
        .domestic
        .iter()
        .flat_map(|pair| [&pair.source, &pair.target]);
    let outward = table.outward.iter().map(|one| &one.actor);
    outward
        .chain(within)
        .filter(|actor| !actor.is_state(&table.dyad.source))
        .flat_map(|actor| [Some(actor.name.as_str()), actor.person.as_deref()])
        .flatten()
        .collect()
}
