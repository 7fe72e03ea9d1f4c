//! One issue: its actors, its models, its rounds, and what its outcome hangs on.

use yalu_dossier::export::ExportTable;
use yalu_dossier::structure::record::{IssueRecord, ModelRecord, MoveRecord, StructureRecord};

use super::turn::{self, Pivot};
use super::votes::VotesPart;
use super::{known, short, title};
use crate::anchor::anchor;
use crate::chart::{Canvas, actors_chart, models_chart, tracks_chart};
use crate::export::records;
use crate::figure::{Figure, Key};
use crate::format;
use crate::table::{Cell, Table};

/// The rounds of a model on an issue.
#[derive(Debug)]
pub(super) struct Tracks {
    pub(super) stop: String,
    pub(super) figure: Figure,
    pub(super) moves: Option<Table>,
}

/// An issue as the page shows it.
#[derive(Debug)]
pub(crate) struct IssuePart {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) meaning: String,
    pub(super) actors: Option<Figure>,
    pub(super) stakes: Table,
    pub(super) models: Option<Figure>,
    pub(super) tracks: Option<Tracks>,
    pub(super) other_tracks: Vec<Tracks>,
    pub(super) pivots: Vec<Pivot>,
    pub(super) turning: Vec<String>,
    pub(super) indices: Option<Figure>,
    pub(super) votes: Option<VotesPart>,
}

impl IssuePart {
    pub(super) fn of(
        structure: &StructureRecord,
        main: Option<&ModelRecord>,
        issue: &IssueRecord,
        place: usize,
    ) -> Self {
        let tracks_of = |model| tracks(structure, issue, place, model);
        let others = structure.models.iter();
        Self {
            title: issue.title.clone(),
            meaning: issue.meaning.clone(),
            actors: actors_figure(structure, issue, place),
            stakes: stakes_table(structure, issue, place),
            models: models_figure(structure, issue),
            tracks: main.and_then(tracks_of),
            other_tracks: others
                .filter(|model| model.model != structure.main_model)
                .filter_map(tracks_of)
                .collect(),
            pivots: main.map_or_else(Vec::new, |main| turn::nearest(main, issue)),
            turning: main.map_or_else(Vec::new, |main| turn::turning(main, issue)),
            indices: main.and_then(|main| turn::indices_figure(structure, main, issue)),
            votes: VotesPart::of(structure, issue),
            id: anchor("issue", &issue.id),
        }
    }
}

/// A figure drawn at both widths, where there is anything to draw.
pub(super) fn drawn(
    id: String,
    title: String,
    data: ExportTable,
    draw: impl Fn(Canvas, &str) -> Option<String>,
) -> Option<Figure> {
    draw(Canvas::Wide, &id)?;
    Some(Figure::draw(id, title, data, |canvas, id| {
        draw(canvas, id).unwrap_or_default()
    }))
}

fn actors_figure(structure: &StructureRecord, issue: &IssueRecord, place: usize) -> Option<Figure> {
    let draw = |canvas, id: &str| actors_chart(issue, place, &structure.actors, canvas, id);
    let figure = drawn(
        anchor("stand", &issue.id),
        "Where the actors stand".to_owned(),
        stakes_data(structure, issue, place),
        draw,
    )?;
    let split = structure.actors.iter().any(|actor| actor.split);
    let mut key = vec![
        Key::new("actor", "position; the larger, the higher the salience"),
        Key::new("reach", "range that the coding holds possible"),
    ];
    if split {
        key.push(Key::new(
            "wings",
            "two halves joined: a split actor’s wings",
        ));
    }
    key.extend(line_keys(issue));
    Some(
        figure
            .with_key(key)
            .with_unit("along: position on the issue · up: share of all weight, capability times salience, from the central values"),
    )
}

fn stakes_data(structure: &StructureRecord, issue: &IssueRecord, place: usize) -> ExportTable {
    let held = structure.actors.iter().filter_map(|actor| {
        let stake = actor.stakes.get(place)?.as_ref()?;
        let mut row = serde_json::Map::new();
        row.insert("actor".to_owned(), actor.id.clone().into());
        row.insert("title".to_owned(), actor.title.clone().into());
        if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(stake) {
            row.extend(fields);
        }
        Some(row)
    });
    records(format!("{}: actors", issue.title), held)
}

fn models_data(structure: &StructureRecord, issue: &IssueRecord) -> ExportTable {
    let outcomes = structure.models.iter().flat_map(|model| {
        let here = model.outcomes.iter().filter(|one| one.issue == issue.id);
        here.map(|one| {
            let mut row = serde_json::Map::new();
            row.insert("model".to_owned(), model.title.clone().into());
            if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(one) {
                row.extend(fields);
            }
            row
        })
    });
    records(format!("{}: models", issue.title), outcomes)
}

fn rounds_data(
    structure: &StructureRecord,
    issue: &IssueRecord,
    place: usize,
    model: &ModelRecord,
) -> ExportTable {
    let rounds = &model.rounds;
    let mut table = ExportTable::new(format!("{}: {}", issue.title, model.title))
        .whole("round", 0..rounds.len() as i64)
        .number(
            "outcome",
            rounds.iter().map(|one| one.outcome.get(place).copied()),
        );
    for (idx, actor) in structure.actors.iter().enumerate() {
        let positions = rounds.iter().map(|one| {
            one.positions
                .get(idx)
                .and_then(|row| row.get(place).copied().flatten())
        });
        table = table.number(&actor.id, positions);
    }
    table
}

fn line_keys(issue: &IssueRecord) -> Vec<Key> {
    let quo = issue.status_quo.map(|_| Key::new("quo", "status quo"));
    let threshold = issue.threshold.map(|_| match &issue.threshold_label {
        Some(label) => Key::new("threshold", format!("threshold: {label}")),
        None => Key::new("threshold", "threshold"),
    });
    quo.into_iter().chain(threshold).collect()
}

fn stakes_table(structure: &StructureRecord, issue: &IssueRecord, place: usize) -> Table {
    let mut table = Table::new(
        format!("{}: the actors", issue.title),
        &[
            "Actor",
            "#Position",
            "#Salience",
            "#Capability",
            "Share of weight",
            "Meaning",
        ],
    );
    for actor in &structure.actors {
        let Some(stake) = actor.stakes.get(place).and_then(Option::as_ref) else {
            continue;
        };
        let marks = [(actor.veto, "veto"), (actor.split, "split")];
        let marks: Vec<&str> = marks.iter().filter(|one| one.0).map(|one| one.1).collect();
        let name = match marks.as_slice() {
            [] => actor.title.clone(),
            marks => format!("{} ({})", actor.title, marks.join(", ")),
        };
        table.row(vec![
            Cell::text(name),
            Cell::number(known(&stake.position, issue.high - issue.low)),
            Cell::number(known(&stake.salience, 100.0)),
            Cell::number(known(&stake.capability, stake.capability.high)),
            Cell::bar(stake.weight_share),
            Cell::text(actor.meaning.as_deref().unwrap_or(format::ABSENT)),
        ]);
    }
    table
}

fn models_figure(structure: &StructureRecord, issue: &IssueRecord) -> Option<Figure> {
    let ensemble = structure.ensemble.iter().find(|one| one.issue == issue.id);
    let draw = |canvas, id: &str| models_chart(issue, &structure.models, ensemble, canvas, id);
    let figure = drawn(
        anchor("beside", &issue.id),
        "Models side by side".to_owned(),
        models_data(structure, issue),
        draw,
    )?;
    let mut key = vec![
        Key::new("draws", "draws in each twentieth of the scale"),
        Key::new("nine-in-ten", "nine draws in ten, tick at the median"),
        Key::new("central", "every value its central one"),
    ];
    key.extend(line_keys(issue));
    let figure = figure.with_key(key);
    Some(match issue.threshold {
        Some(_) => figure.with_unit("at the right: share of draws at or above the threshold"),
        None => figure,
    })
}

fn tracks(
    structure: &StructureRecord,
    issue: &IssueRecord,
    place: usize,
    model: &ModelRecord,
) -> Option<Tracks> {
    let draw = |canvas, id: &str| tracks_chart(issue, place, &structure.actors, model, canvas, id);
    // A model runs once, so that its title tells its figures apart.
    let figure = drawn(
        anchor("rounds", &format!("{}-{}", issue.id, model.title)),
        format!("Positions by round: {}", model.title),
        rounds_data(structure, issue, place, model),
        draw,
    )?;
    Some(Tracks {
        stop: model.stops.get(place).cloned().unwrap_or_default(),
        figure: figure
            .with_key(vec![
                Key::new("track", "an actor’s position"),
                Key::new("own", "outcome if it ended there"),
            ])
            .with_unit(format!(
                "from {} ({}) to {} ({}), by round, from the central values",
                format::exact(issue.low),
                issue.low_label,
                format::exact(issue.high),
                issue.high_label
            )),
        moves: moves_table(structure, issue, model),
    })
}

fn moves_table(
    structure: &StructureRecord,
    issue: &IssueRecord,
    model: &ModelRecord,
) -> Option<Table> {
    let mut table = Table::new(
        format!("{}, {}: moves", issue.title, model.title),
        &[
            "Who moved",
            "#Round",
            "By whose doing",
            "#From",
            "#To",
            "What happened",
        ],
    );
    let shown = |value: f64| Cell::number(format::on_scale(value, issue.high - issue.low));
    for (round, record) in model.rounds.iter().enumerate() {
        let here = |one: &&MoveRecord| one.issue == issue.id;
        for one in record.moves.iter().filter(here) {
            let by = one.by.as_deref().map(|by| short(structure, by));
            table.row(vec![
                Cell::text(title(structure, &one.actor)),
                Cell::number(format::count(round as u64)),
                Cell::text(by.unwrap_or("a rule of the model")),
                shown(one.from),
                shown(one.to),
                Cell::text(&one.kind),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}
