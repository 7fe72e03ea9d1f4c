//! Reads the issues, and makes a council of each proposal.

use yalu_council::{Actor, Council, Issue, Stake};

use crate::power;

/// Actors in the order of the table's columns; the first two have no votes in the Council.
const ACTORS: [&str; 30] = [
    "com", "ep", "at", "be", "bu", "cr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "el", "hu",
    "ie", "it", "lv", "lt", "lu", "mt", "nl", "pl", "pt", "ro", "si", "sk", "es", "se", "uk",
];

/// Votes in the Council by the Treaty of Nice (and of Croatia by its accession), in that order.
const NICE: [f64; 30] = [
    0.0, 0.0, 10.0, 12.0, 10.0, 7.0, 4.0, 12.0, 7.0, 4.0, 7.0, 29.0, 29.0, 12.0, 12.0, 7.0, 29.0,
    4.0, 7.0, 4.0, 3.0, 13.0, 27.0, 12.0, 14.0, 4.0, 7.0, 27.0, 10.0, 29.0,
];

/// Votes of the fifteen from 1995 to 2004; 0 for those who joined later.
const FIFTEEN: [f64; 30] = [
    0.0, 0.0, 4.0, 5.0, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 3.0, 10.0, 10.0, 5.0, 0.0, 3.0, 10.0, 0.0,
    0.0, 2.0, 0.0, 5.0, 0.0, 5.0, 0.0, 0.0, 0.0, 8.0, 4.0, 10.0,
];

/// The Commission's place among the actors.
pub(crate) const COMMISSION: usize = 0;
const PARLIAMENT: usize = 1;

/// 62 of 87 votes, 232 of 321, 255 of 345: the share hardly changed. The double majority of
/// population, from November 2014, is left out; 16 issues at most fall under it.
pub(crate) const QUOTA: f64 = 0.7127;

/// What actors weigh.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Capability {
    /// All alike, Commission and Parliament among them.
    Equal,
    /// The Shapley-Shubik index of the procedure.
    ShapleyShubik,
    /// Votes in the Council alone, and Parliament's veto: for the procedural model.
    Votes,
}

impl Capability {
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::Equal => "1 each, Commission and Parliament too",
            Self::ShapleyShubik => "Shapley-Shubik index of the procedure",
            Self::Votes => "votes in the Council",
        }
    }
}

/// The issues of one proposal for which an outcome is known.
pub(crate) struct Proposal {
    id: String,
    codecision: bool,
    pub(crate) unanimity: bool,
    issues: Vec<Row>,
    /// What was decided, from 0 to 100.
    pub(crate) outcomes: Vec<f64>,
}

struct Row {
    id: String,
    stakes: Vec<Option<Stake>>,
    status_quo: Option<f64>,
}

/// Reads the table; issues without an outcome, or without anyone who cares, are left out.
pub(crate) fn parse(text: &str) -> Vec<Proposal> {
    let mut lines = text
        .lines()
        .map(|l| l.split('\t').map(|c| c.trim_matches('"')));
    let names: Vec<&str> = lines.next().map(Iterator::collect).unwrap_or_default();
    let column = |name: &str| {
        names
            .iter()
            .position(|&n| n == name)
            .expect("a known column")
    };
    let stakes_at = ACTORS.map(|a| (column(&format!("p{a}")), column(&format!("s{a}"))));
    let [id, issue, proc, votes, quo, out] =
        ["prnr", "isnr", "proc", "counvte", "rp", "out"].map(column);
    let mut found: Vec<Proposal> = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.collect();
        let number = |k: usize| cells.get(k).and_then(|c| c.parse::<f64>().ok());
        let stake = |(p, s): (usize, usize)| {
            let (position, salience) = (number(p)?, number(s)? / 100.0);
            Some(Stake {
                position,
                salience,
                capability: None,
            })
        };
        let row = Row {
            id: cells[issue].to_owned(),
            stakes: stakes_at.map(stake).to_vec(),
            status_quo: number(quo),
        };
        let cares = row.stakes.iter().flatten().any(|s| s.salience > 0.0);
        let Some(outcome) = number(out).filter(|_| cares) else {
            continue;
        };
        if found.last().is_none_or(|p| p.id != cells[id]) {
            found.push(Proposal {
                id: cells[id].to_owned(),
                codecision: cells[proc] == "COD",
                unanimity: cells[votes] == "Unan",
                issues: Vec::new(),
                outcomes: Vec::new(),
            });
        }
        let last = found.last_mut().expect("just pushed");
        last.issues.push(row);
        last.outcomes.push(outcome);
    }
    found
}

impl Proposal {
    pub(crate) fn has_status_quo(&self, issue: usize) -> bool {
        self.issues[issue].status_quo.is_some()
    }

    /// The proposal's issues from 0 to 100, and all who take part in any.
    pub(crate) fn council(&self, capability: Capability) -> Council {
        let issues = self.issues.iter().map(|row| Issue {
            id: row.id.clone(),
            low: 0.0,
            high: 100.0,
            status_quo: row.status_quo,
        });
        let weights = self.weights(capability);
        let actors = ACTORS.iter().enumerate().map(|(k, id)| Actor {
            id: (*id).to_owned(),
            capability: weights[k],
            stakes: self.issues.iter().map(|row| row.stakes[k]).collect(),
            veto: capability == Capability::Votes && self.codecision && k == PARLIAMENT,
            risk: None,
        });
        let actors: Vec<Actor> = actors.collect();
        let issues: Vec<Issue> = issues.collect();
        Council::new(issues.clone(), actors.clone())
            // Where only an actor without power cares, all weigh alike.
            .or_else(|_| {
                let alike = |a: Actor| Actor {
                    capability: 1.0,
                    ..a
                };
                Council::new(issues, actors.into_iter().map(alike).collect())
            })
            .expect("positions and saliences in their bounds")
    }

    fn weights(&self, capability: Capability) -> Vec<f64> {
        let votes = if self.after_enlargement() {
            NICE
        } else {
            FIFTEEN
        };
        match capability {
            Capability::Equal => vec![1.0; ACTORS.len()],
            Capability::Votes => votes.to_vec(),
            Capability::ShapleyShubik => {
                let member = |k: usize| votes[k] > 0.0 && self.takes_part(k);
                let members: Vec<usize> = (0..ACTORS.len()).filter(|&k| member(k)).collect();
                let cast: Vec<u16> = members.iter().map(|&k| votes[k] as u16).collect();
                let quota = if self.unanimity { 1.0 } else { QUOTA };
                let index = power::shapley_shubik(&cast, quota, self.codecision);
                let mut weights = vec![0.0; ACTORS.len()];
                weights[COMMISSION] = index.commission;
                weights[PARLIAMENT] = index.parliament;
                for (k, share) in members.into_iter().zip(index.members) {
                    weights[k] = share;
                }
                weights
            }
        }
    }

    fn takes_part(&self, actor: usize) -> bool {
        self.issues.iter().any(|row| row.stakes[actor].is_some())
    }

    fn after_enlargement(&self) -> bool {
        (0..ACTORS.len()).any(|k| NICE[k] > 0.0 && FIFTEEN[k] == 0.0 && self.takes_part(k))
    }
}
