//! Who wins a vote.

use yalu_dossier::structure::record::{IssueRecord, StructureRecord};

use super::{short, title};
use crate::format;
use crate::table::{Cell, Table};

/// Coalitions named; the rest are counted.
const NAMED: usize = 10;

/// The coalitions of an issue.
#[derive(Debug)]
pub(crate) struct VotesPart {
    pub(super) coalitions: Vec<String>,
    /// How many more there are, in words; empty where all are named.
    pub(super) more: String,
    pub(super) power: Option<Table>,
    /// Why there is none; empty where there is.
    pub(super) reason: String,
}

impl VotesPart {
    pub(super) fn of(structure: &StructureRecord, issue: &IssueRecord) -> Option<Self> {
        let record = structure
            .coalitions
            .iter()
            .find(|one| one.issue == issue.id)?;
        let named = |set: &Vec<String>| {
            let names: Vec<&str> = set.iter().map(|id| short(structure, id)).collect();
            names.join(" + ")
        };
        let sets = &record.minimal_winning;
        let more = sets.len().saturating_sub(NAMED);
        let mut power = Table::new(
            format!("{}: power in a vote", issue.title),
            &[
                "Actor",
                "Share of votes",
                "Banzhaf: share of swings",
                "Shapley and Shubik: share of orders",
            ],
        );
        for one in &record.power {
            power.row(vec![
                Cell::text(title(structure, &one.actor)),
                Cell::bar(one.weight),
                Cell::bar(one.banzhaf),
                Cell::bar(one.shapley_shubik),
            ]);
        }
        Some(Self {
            coalitions: sets.iter().take(NAMED).map(named).collect(),
            more: match more {
                0 => String::new(),
                n => format!("and {}", format::plural(n as u64, "more", "more")),
            },
            power: (!power.rows.is_empty()).then_some(power),
            reason: record.reason.clone().unwrap_or_default(),
        })
    }
}
