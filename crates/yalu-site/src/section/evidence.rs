//! What the dossier brings beside the indicators: pressure, events, tables.

use askama::Template;
use yalu_dossier::assessment::{Assessment, EventRecord, PressureRecord, TableRecord};
use yalu_dossier::eras::record::StateEras;
use yalu_dossier::export::ExportTable;

use super::trace::TraceLine;
use crate::anchor::anchor;
use crate::chart::{Canvas, eras_words, pressure_chart, shown_eras, table_chart};
use crate::export::records;
use crate::figure::Figure;
use crate::format;
use crate::names;
use crate::table::{Cell, Table};

/// A pressure series.
#[derive(Debug)]
pub(crate) struct PressurePart {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) facts: String,
    pub(crate) figure: Option<Figure>,
    pub(crate) trace: TraceLine,
}

/// A table of the dossier.
#[derive(Debug)]
pub(crate) struct TablePart {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) facts: String,
    pub(crate) figure: Option<Figure>,
    /// Absent where it has no rows by the as-of date.
    pub(crate) table: Option<Table>,
    pub(crate) rows: String,
}

/// Three sections: pressure, events, tables.
#[derive(Debug, Template)]
#[template(path = "evidence.html")]
pub(crate) struct EvidenceSection {
    pressure: Vec<PressurePart>,
    events: Option<Table>,
    tables: Vec<TablePart>,
    as_of: String,
    /// Whether pressure and events are shown, and whether tables are.
    with_answers: bool,
    with_tables: bool,
}

impl EvidenceSection {
    pub(crate) fn of(assessment: &Assessment) -> Self {
        let states = shown_eras(assessment);
        Self {
            pressure: assessment
                .pressure
                .iter()
                .map(|record| {
                    let id = anchor("pressure", &record.id);
                    let chart = format!("{id}-chart");
                    PressurePart {
                        title: record.title.clone(),
                        facts: format!("{} · {} · {}", record.id, record.dyad, record.unit),
                        figure: pressure_chart(record, &states, Canvas::Wide, &chart).map(|_| {
                            Figure::draw(
                                chart.clone(),
                                String::new(),
                                pressure_data(record),
                                |canvas, id| {
                                    pressure_chart(record, &states, canvas, id).unwrap_or_default()
                                },
                            )
                            .with_unit(record.unit.clone())
                            .with_note(era_note(&states, &record.periods))
                        }),
                        trace: TraceLine::of(&record.trace, assessment),
                        id,
                    }
                })
                .collect(),
            events: events_table(&assessment.events),
            tables: assessment
                .tables
                .iter()
                .map(|table| table_part(table, &states))
                .collect(),
            as_of: assessment.as_of.clone(),
            with_answers: true,
            with_tables: true,
        }
    }

    /// What the source may have answered to, alone.
    pub(crate) fn only_answers(self) -> Self {
        Self {
            with_tables: false,
            ..self
        }
    }

    /// The tables alone.
    pub(crate) fn only_tables(self) -> Self {
        Self {
            with_answers: false,
            ..self
        }
    }
}

fn pressure_data(record: &PressureRecord) -> ExportTable {
    ExportTable::new(format!("{}, {}", record.title, record.unit))
        .text("period", &record.periods)
        .number("rate", record.rate.iter().copied())
}

fn events_table(events: &[EventRecord]) -> Option<Table> {
    if events.is_empty() {
        return None;
    }
    let mut table = Table::new(
        "Dated events",
        &[
            "Date",
            "What happened",
            "Kind",
            "In the model",
            "Source",
            "Stands at",
        ],
    );
    for event in events {
        table.row(vec![
            Cell::text(&event.date),
            Cell::text(&event.title),
            Cell::text(names::spaced(&event.kind)),
            Cell::text(if event.in_model {
                "yes, as a window"
            } else {
                "no, only marked"
            }),
            Cell::text(&event.source),
            Cell::Code(format!("{}:{}", event.file, event.line)),
        ]);
    }
    Some(table)
}

/// Who led over the periods of a chart.
fn era_note(states: &[&StateEras], periods: &[String]) -> String {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return String::new();
    };
    let named: Vec<String> = states
        .iter()
        .map(|state| eras_words(state, first, last))
        .collect();
    named.join(" ")
}

fn table_part(record: &TableRecord, states: &[&StateEras]) -> TablePart {
    let id = anchor("table", &record.id);
    let chart = format!("{id}-chart");
    let mut table = Table::new(
        format!("{}, {}", record.title, record.unit),
        &["Date", "#Value", "Source", "Stands at"],
    );
    for row in &record.rows {
        table.row(vec![
            Cell::text(&row.date),
            Cell::number(format::exact(row.value)),
            Cell::text(row.source.as_deref().unwrap_or(&record.source)),
            Cell::Code(format!("{}:{}", record.file, row.line)),
        ]);
    }
    TablePart {
        title: record.title.clone(),
        facts: format!("{} · {} · {}", record.unit, record.source, record.file),
        figure: table_chart(record, states, Canvas::Wide, &chart).map(|_| {
            Figure::draw(
                chart.clone(),
                String::new(),
                records(record.title.clone(), &record.rows),
                |canvas, id| table_chart(record, states, canvas, id).unwrap_or_default(),
            )
            .with_unit(record.unit.clone())
        }),
        rows: format::plural(record.rows.len() as u64, "row", "rows"),
        table: (!record.rows.is_empty()).then_some(table),
        id,
    }
}
