//! Who wants what, as the actors file says it: every coding with its place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use yalu_council::Estimate;

use super::spatial_keys::SpatialKeys;

/// Everything in an actors file, row by row in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Codings {
    /// The file.
    pub path: PathBuf,
    /// Issues that the file itself defines (KTAB's dimensions), each from 0 to 100.
    pub own_issues: Vec<String>,
    /// What the file says of its actors beside their values, by actor.
    pub descriptions: BTreeMap<String, String>,
    /// The spatial model's options, where a KTAB scenario has them.
    pub spatial: SpatialKeys,
    /// How ideals follow positions in a KTAB scenario: actor, reference, weight. Those not named follow
    /// themselves.
    pub accommodation: Vec<(String, String, f64)>,
    /// The rows.
    pub rows: Vec<Coding>,
}

/// What one coder says of one actor on one issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Coding {
    /// The actor.
    pub actor: String,
    /// The issue.
    pub issue: String,
    /// Its position, in the issue's units.
    pub position: Estimate,
    /// Its salience, in [0, 1].
    pub salience: Estimate,
    /// Its capability on this issue; none where the row leaves it to the actor's other rows.
    pub capability: Option<Estimate>,
    /// Who coded it; empty where the file doesn't say.
    pub coder: String,
    /// Where the coding is from; empty where it is a claim without a source.
    pub source: String,
    /// What the coder adds.
    pub note: String,
    /// The line, the header being 1.
    pub line: u64,
    /// The first column, in characters from 1, of position, salience and capability.
    pub columns: [usize; 3],
}

impl Codings {
    /// The actors, in the order in which they first stand in the file.
    pub fn actors(&self) -> Vec<&str> {
        first_seen(self.rows.iter().map(|row| row.actor.as_str()))
    }

    /// The issues, in the order in which they first stand in the file.
    pub fn issues(&self) -> Vec<&str> {
        first_seen(self.rows.iter().map(|row| row.issue.as_str()))
    }

    /// The coders, in order of name; one with an empty name where the file names none.
    pub fn coders(&self) -> Vec<&str> {
        let mut coders = first_seen(self.rows.iter().map(|row| row.coder.as_str()));
        coders.sort_unstable();
        coders
    }

    /// What all coders say of an actor on an issue.
    pub fn of<'a>(
        &'a self,
        actor: &str,
        issue: &str,
    ) -> impl Iterator<Item = &'a Coding> + use<'a> {
        let (actor, issue) = (actor.to_owned(), issue.to_owned());
        self.rows
            .iter()
            .filter(move |row| row.actor == actor && row.issue == issue)
    }
}

fn first_seen<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}
