//! Who led which state: the eras behind the charts, and those of other states.

use askama::Template;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::eras::record::StateEras;

use crate::chart::shown_eras;
use crate::format;
use crate::table::{Cell, Table};

/// The part above the indicators.
#[derive(Debug, Template)]
#[template(path = "leaders.html")]
pub(crate) struct LeadersPart {
    /// The states whose eras stand behind the charts.
    shown: String,
    table: Option<Table>,
    /// Other states that the dossier names leaders of.
    others: Option<Table>,
}

impl LeadersPart {
    /// `None` where the dossier names no leader.
    pub(crate) fn of(assessment: &Assessment) -> Option<Self> {
        if assessment.eras.is_empty() {
            return None;
        }
        let shown = shown_eras(assessment);
        let is_shown = |state: &StateEras| shown.iter().any(|one| one.state == state.state);
        let others: Vec<&StateEras> = assessment
            .eras
            .iter()
            .filter(|state| !is_shown(state))
            .collect();
        let named: Vec<String> = shown
            .iter()
            .enumerate()
            .map(|(place, state)| match place {
                0 => format!("{} (tints and thin lines)", state.name),
                _ => format!("{} (broken lines)", state.name),
            })
            .collect();
        Some(Self {
            table: eras_table("Leaders’ eras behind the charts", &shown),
            others: eras_table("Leaders’ eras of other states", &others),
            shown: named.join(" and "),
        })
    }
}

fn eras_table(caption: &str, states: &[&StateEras]) -> Option<Table> {
    let columns = [
        "Leader",
        "State",
        "From",
        "To",
        "Other days that could be meant",
        "Why that day",
    ];
    let mut table = Table::new(caption, &columns);
    for state in states {
        for era in &state.eras {
            table.row(vec![
                Cell::text(&era.leader),
                Cell::text(&state.name),
                Cell::text(&era.from),
                Cell::text(era.to.as_deref().unwrap_or("the as-of date")),
                Cell::text(if era.also.is_empty() {
                    format::ABSENT.to_owned()
                } else {
                    era.also.join(", ")
                }),
                Cell::text(era.why.as_deref().unwrap_or(format::ABSENT)),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}
