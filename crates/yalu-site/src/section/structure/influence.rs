//! Who acts, by event data.

use yalu_dossier::eras::record::StateEras;
use yalu_dossier::influence::{
    HypothesisAnswer, HypothesisRecord, HypothesisSide, InfluenceMeasure, InfluenceMemberRecord,
    InfluenceRecord, answer_name,
};

use super::issue::drawn;
use super::{absent, ends};
use crate::chart::{eras_words, shares_chart};
use crate::export::records;
use crate::figure::{Figure, Key};
use crate::format;
use crate::section::{coverage_table, files_table};
use crate::table::{Cell, Table};

/// A claim and what becomes of it.
#[derive(Debug)]
pub(super) struct Hypothesis {
    pub(super) text: String,
    pub(super) answer: &'static str,
    pub(super) class: &'static str,
    pub(super) sentence: String,
    pub(super) not_shown: String,
    pub(super) facts: String,
    pub(super) sides: [String; 2],
}

/// The part of the section.
#[derive(Debug)]
pub(crate) struct InfluencePart {
    pub(super) headline: String,
    pub(super) facts: String,
    pub(super) figure: Option<Figure>,
    pub(super) reading: String,
    pub(super) members: Table,
    pub(super) sentences: Vec<String>,
    pub(super) hypotheses: Vec<Hypothesis>,
    pub(super) names: Option<Table>,
    pub(super) others: Option<Table>,
    pub(super) overlaps: Vec<String>,
    pub(super) warnings: Vec<String>,
    pub(super) not_shown: Vec<String>,
    pub(super) coverage: Table,
    pub(super) files: Table,
    pub(super) credit: String,
    pub(super) sql: String,
}

impl InfluencePart {
    pub(super) fn of(record: &InfluenceRecord, states: &[&StateEras]) -> Self {
        Self {
            headline: record.headline.clone(),
            facts: facts(record),
            figure: shares_figure(record, states),
            reading: reading(record),
            members: members_table(record),
            sentences: record
                .members
                .iter()
                .flat_map(|member| &member.sentences)
                .cloned()
                .collect(),
            hypotheses: record.hypotheses.iter().map(hypothesis).collect(),
            names: names_table(record),
            others: others_table(record),
            overlaps: overlaps(record),
            warnings: record.warnings.clone(),
            not_shown: record.not_shown.clone(),
            coverage: coverage_table(&record.coverage),
            files: files_table(&record.files),
            credit: record.credit.clone().unwrap_or_default(),
            sql: record.sql.clone(),
        }
    }
}

fn facts(record: &InfluenceRecord) -> String {
    let share = record.unattributed_share.map_or_else(String::new, |share| {
        format!(" ({})", format::percent(share))
    });
    let covered = match (record.periods.first(), record.periods.last()) {
        (Some(first), Some(last)) => format!(" · {first} to {last}, by {}", record.unit),
        _ => String::new(),
    };
    let uncovered = match record.n_uncovered {
        0 => String::new(),
        n => format!(
            " · {} between them not covered",
            format::plural(u64::from(n), "period", "periods")
        ),
    };
    format!(
        "{}: {} acts, {} of them laid to somebody within the state, {}{share} to nobody · network: {} among {}{covered}{uncovered}",
        record.dyad,
        format::count(record.n_acts),
        format::count(record.n_attributed),
        format::count(record.n_unattributed),
        format::plural(record.n_network, "act", "acts"),
        format::plural(u64::from(record.n_nodes), "actor", "actors"),
    )
}

fn shares_figure(record: &InfluenceRecord, states: &[&StateEras]) -> Option<Figure> {
    let title = format!("Shares by {}", record.unit);
    let draw = |canvas, id: &str| shares_chart(record, states, canvas, id);
    let data = records("Shares by actor", &record.members);
    let figure = drawn("structure-influence-shares".to_owned(), title, data, draw)?;
    let key = Key::new(
        "synthetic",
        "share of the acts laid to somebody; beside each name, its acts",
    );
    let led: Vec<String> = match (record.periods.first(), record.periods.last()) {
        (Some(first), Some(last)) => states
            .iter()
            .map(|state| eras_words(state, first, last))
            .collect(),
        _ => Vec::new(),
    };
    Some(figure.with_key(vec![key]).with_note(led.join(" ")).with_unit(
        "per cent; periods without such an act are left out, and those with few swing widely",
    ))
}

/// What the brackets of the members' table hold.
fn reading(record: &InfluenceRecord) -> String {
    let mut shares = record.members.iter().filter_map(|one| one.share.as_ref());
    let interval = shares.next().map_or_else(String::new, |one| {
        format!(", with its {} interval", format::percent(one.confidence))
    });
    format!(
        "Share of all: if none of the acts laid to nobody are the actor’s own, and if all are. Share of attributed: of the acts laid to somebody{interval}. PageRank: in brackets what it would be if all actors were alike."
    )
}

fn members_table(record: &InfluenceRecord) -> Table {
    let mut table = Table::new(
        "Actors in event data",
        &[
            "Actor",
            "#Acts",
            "#Share of all",
            "#Share of attributed",
            "#PageRank",
            "Test",
        ],
    );
    for one in &record.members {
        let share_of_all = one.share_of_all.map_or_else(absent, percents);
        let share = one.share.as_ref().map_or_else(absent, |share| {
            let interval = share.interval.map(|ends| format!(" ({})", percents(ends)));
            format!(
                "{}{}",
                format::percent(share.share),
                interval.unwrap_or_default()
            )
        });
        let rank = one.network.as_ref().map_or_else(absent, |place| {
            format!("{:.3} ({:.3})", place.pagerank, place.pagerank_if_alike)
        });
        table.row(vec![
            Cell::text(&one.title),
            Cell::number(format::count(one.n_acts)),
            Cell::number(share_of_all),
            Cell::number(share),
            Cell::number(rank),
            Cell::text(test(one)),
        ]);
    }
    table
}

fn percents([low, high]: [f64; 2]) -> String {
    ends(&format::percent(low), &format::percent(high))
}

/// The data's actors that count as each actor of the structure.
fn names_table(record: &InfluenceRecord) -> Option<Table> {
    let mut table = Table::new(
        "Whom the data name",
        &["Name in the data", "Counts as", "Sectors", "#Acts"],
    );
    for member in &record.members {
        for one in &member.named {
            table.row(vec![
                Cell::text(&one.name),
                Cell::text(&member.title),
                Cell::text(one.sectors.join("; ")),
                Cell::number(format::count(one.n_acts)),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// What the tests of a trend and of a break say, or why there is none.
fn test(member: &InfluenceMemberRecord) -> String {
    let trend = member.trend.as_ref().map(|one| {
        format!(
            "trend ×{} a year (×{} to ×{}), corrected p {}",
            format::figure(one.yearly_ratio),
            format::figure(one.interval[0]),
            format::figure(one.interval[1]),
            format::p_value(one.q_value)
        )
    });
    let level = member.break_test.as_ref().map(|one| {
        let p = format::p_value(one.q_value);
        if one.found {
            format!(
                "break at {} ({}), ×{}, corrected p {p}",
                one.at,
                format::span(&one.interval),
                format::figure(one.ratio)
            )
        } else {
            format!("no break shown, corrected p {p}")
        }
    });
    let said: Vec<String> = trend
        .into_iter()
        .chain(level)
        .chain(member.no_test.clone())
        .collect();
    if said.is_empty() {
        absent()
    } else {
        said.join("; ")
    }
}

fn hypothesis(one: &HypothesisRecord) -> Hypothesis {
    let measure = match one.measure {
        InfluenceMeasure::Share => "share of attributed acts",
        InfluenceMeasure::Centrality => "place in the network",
    };
    let ratio = one.ratio.as_ref().map_or_else(String::new, |ratio| {
        format!(
            " · ×{} (×{} to ×{}, {})",
            format::figure(ratio.ratio),
            format::figure(ratio.interval[0]),
            format::figure(ratio.interval[1]),
            format::percent(ratio.confidence)
        )
    });
    let second = one.second_ratio.map_or_else(String::new, |ratio| {
        format!(" · second measure ×{}", format::figure(ratio))
    });
    Hypothesis {
        text: one.text.clone(),
        answer: answer_name(one.answer),
        class: match one.answer {
            HypothesisAnswer::Supported => "answer-alike",
            HypothesisAnswer::Contradicted => "answer-apart",
            HypothesisAnswer::CannotTell => "answer-open",
        },
        sentence: one.sentence.clone(),
        not_shown: one.not_shown.clone(),
        facts: format!(
            "{} · {measure} · since {}{ratio}{second}",
            one.title, one.since
        ),
        sides: [side("before", &one.before), side("after", &one.after)],
    }
}

fn side(name: &str, side: &HypothesisSide) -> String {
    let unattributed = side.unattributed_share.map_or_else(String::new, |share| {
        format!(
            "; {} of all acts are laid to nobody",
            format::percent(share)
        )
    });
    format!(
        "{name}: {} of {} acts in {}{unattributed}",
        format::count(side.n_acts),
        format::count(side.n_of),
        format::plural(u64::from(side.n_periods), "period", "periods"),
    )
}

fn others_table(record: &InfluenceRecord) -> Option<Table> {
    let mut table = Table::new(
        format!(
            "Actors that are none of those above: {} of {}, {} acts together",
            record.others.len(),
            format::count(u64::from(record.n_others)),
            format::count(record.n_acts_of_others)
        ),
        &["Actor", "Sectors", "#Acts"],
    );
    for one in &record.others {
        table.row(vec![
            Cell::text(&one.name),
            Cell::text(one.sectors.join("; ")),
            Cell::number(format::count(one.n_acts)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn overlaps(record: &InfluenceRecord) -> Vec<String> {
    let title = |id: &str| {
        let member = record.members.iter().find(|member| member.actor == id);
        member.map_or_else(|| id.to_owned(), |member| member.title.clone())
    };
    let said = |one: &yalu_dossier::influence::Overlap| {
        format!(
            "{} {} for both {} and {}",
            format::plural(one.n_acts, "act", "acts"),
            if one.n_acts == 1 { "counts" } else { "count" },
            title(&one.first),
            title(&one.second)
        )
    };
    record.overlaps.iter().map(said).collect()
}
