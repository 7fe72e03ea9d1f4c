//! The figures under everything, where they are from, and how they were worked on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use askama::Template;
use yalu_dossier::assessment::{
    Assessment, CoverageRecord, DataRecord, FileRecord, MethodStep, SeriesRecord,
};

use crate::anchor::{anchor, series_row};
use crate::format;
use crate::table::{Cell, Table};

/// One series with its table.
#[derive(Debug)]
pub(crate) struct SeriesPart {
    pub(crate) id: String,
    pub(crate) anchor: String,
    pub(crate) facts: String,
    pub(crate) command: String,
    pub(crate) table: Table,
}

/// The last two sections: data and method.
#[derive(Debug, Template)]
#[template(path = "data.html")]
pub(crate) struct DataSection {
    origin: String,
    periods: String,
    series: Vec<SeriesPart>,
    border_series: Option<Table>,
    coverage: Table,
    changes: Option<Table>,
    files: Table,
    groups: Table,
    sql: String,
    specification: Vec<String>,
    steps: Vec<MethodStep>,
    versions: Vec<[String; 2]>,
    seed: String,
    format: u32,
    dossier_sha256: String,
    with_data: bool,
    with_method: bool,
}

impl DataSection {
    pub(crate) fn of(assessment: &Assessment) -> Self {
        let (data, method) = (&assessment.data, &assessment.method);
        let only_borders = only_borders(assessment);
        Self {
            origin: data.origin.clone(),
            periods: format::span(&data.periods),
            series: data
                .series
                .iter()
                .enumerate()
                .filter(|(_, series)| !only_borders.contains(series.id.as_str()))
                .map(|(idx, series)| series_part(idx, series))
                .collect(),
            border_series: border_series_table(data, &only_borders),
            coverage: coverage_table(&data.coverage),
            changes: changes_table(assessment),
            files: files_table(&data.files),
            groups: groups_table(assessment),
            sql: data.sql.clone(),
            specification: method.specification.clone(),
            steps: method.steps.clone(),
            versions: method.versions.clone(),
            seed: method.seed.to_string(),
            format: assessment.format,
            dossier_sha256: assessment.dossier.sha256.clone(),
            with_data: true,
            with_method: true,
        }
    }

    /// The data alone.
    pub(crate) fn only_data(self) -> Self {
        Self {
            with_method: false,
            ..self
        }
    }

    /// The method alone.
    pub(crate) fn only_method(self) -> Self {
        Self {
            with_data: false,
            ..self
        }
    }
}

/// Series that nothing but the comparison with other borders rests on: too many for a table each.
fn only_borders(assessment: &Assessment) -> BTreeSet<&str> {
    let indicators = assessment.indicators.iter().map(|one| &one.trace);
    let pressure = assessment.pressure.iter().map(|one| &one.trace);
    let elsewhere: BTreeSet<&str> = indicators
        .chain(pressure)
        .flat_map(|trace| trace.series.iter().map(String::as_str))
        .collect();
    let comparisons = assessment.borders.iter().flat_map(|one| &one.comparisons);
    let domains = assessment.borders.iter().flat_map(|one| &one.domains);
    comparisons
        .map(|one| &one.trace)
        .chain(domains.map(|one| &one.trace))
        .flat_map(|trace| trace.series.iter().map(String::as_str))
        .filter(|id| !elsewhere.contains(id))
        .collect()
}

fn border_series_table(data: &DataRecord, only_borders: &BTreeSet<&str>) -> Option<Table> {
    let mut table = Table::new(
        "Series of other borders; their figures by period stand in assessment.json and series.csv",
        &[
            "Series",
            "Dyad",
            "#Sum",
            "#Rows",
            "To list the rows of a period",
        ],
    );
    for series in data
        .series
        .iter()
        .filter(|one| only_borders.contains(one.id.as_str()))
    {
        let sum: f64 = series.values.iter().flatten().sum();
        table.named_row(
            anchor("series", &series.id),
            vec![
                Cell::Code(series.id.clone()),
                Cell::text(&series.dyad),
                Cell::number(format::exact(sum)),
                Cell::number(format::count(series.n_rows.iter().sum())),
                Cell::Code(format!("yalu rows DOSSIER {} PERIOD", series.id)),
            ],
        );
    }
    (!table.rows.is_empty()).then_some(table)
}

fn series_part(idx: usize, series: &SeriesRecord) -> SeriesPart {
    let has_lines = series.lines.iter().any(Option::is_some);
    let mut columns = vec!["Period", "#Value", "#Rows"];
    if has_lines {
        columns.push("#Line of the series file");
    }
    let mut table = Table::new(
        format!("{}: {} of {}", series.id, series.measure, series.dyad),
        &columns,
    );
    table.class = "figures";
    for (place, period) in series.periods.iter().enumerate() {
        let mut cells = vec![
            Cell::text(period),
            Cell::number(
                series
                    .values
                    .get(place)
                    .copied()
                    .flatten()
                    .map_or_else(|| format::ABSENT.to_owned(), format::exact),
            ),
            Cell::number(
                series
                    .n_rows
                    .get(place)
                    .map_or_else(|| format::ABSENT.to_owned(), |n| format::count(*n)),
            ),
        ];
        if has_lines {
            let line = series.lines.get(place).copied().flatten();
            cells.push(Cell::number(line.map_or_else(
                || format::ABSENT.to_owned(),
                |line| line.to_string(),
            )));
        }
        table.named_row(series_row(idx, period), cells);
    }
    let rows: u64 = series.n_rows.iter().sum();
    let absent = series.values.iter().filter(|value| value.is_none()).count() as u64;
    let mut facts = format!(
        "{} of {} · {} · {} · {}",
        series.measure,
        series.group,
        series.dyad,
        format::plural(series.periods.len() as u64, "period", "periods"),
        format::plural(rows, "row", "rows"),
    );
    if absent > 0 {
        let _ = write!(
            facts,
            " · {} outside coverage ({})",
            format::plural(absent, "period", "periods"),
            format::ABSENT
        );
    }
    SeriesPart {
        id: series.id.clone(),
        anchor: anchor("series", &series.id),
        facts,
        command: format!("yalu rows DOSSIER {} PERIOD", series.id),
        table,
    }
}

/// What the data sets of an assessment or a scan cover.
pub(crate) fn coverage_table(coverage: &[CoverageRecord]) -> Table {
    let mut table = Table::new(
        "What the data sets cover",
        &["Data set", "From", "To", "Part of the whole"],
    );
    for one in coverage {
        table.row(vec![
            Cell::Code(one.dataset.clone()),
            Cell::text(&one.from),
            Cell::text(&one.to),
            Cell::text(one.subset.as_deref().unwrap_or("the whole")),
        ]);
    }
    table
}

fn changes_table(assessment: &Assessment) -> Option<Table> {
    let mut table = Table::new(
        "Changes of the source base",
        &["Date", "Data set", "What changed", "In the models"],
    );
    for one in &assessment.data.coverage {
        for change in &one.changes {
            table.row(vec![
                Cell::text(&change.date),
                Cell::Code(one.dataset.clone()),
                Cell::text(&change.note),
                Cell::text(if change.in_model {
                    "yes, as a step"
                } else {
                    "no, not within the series"
                }),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The files behind an assessment or a scan.
pub(crate) fn files_table(files: &[FileRecord]) -> Table {
    let mut table = Table::new(
        "Files that the rows came from",
        &["File", "#Rows", "SHA-256"],
    );
    for file in files {
        table.row(vec![
            Cell::text(&file.name),
            Cell::number(format::count(file.n_rows)),
            Cell::Code(file.sha256.clone()),
        ]);
    }
    table
}

fn groups_table(assessment: &Assessment) -> Table {
    let mut table = Table::new(
        "Groups of acts",
        &[
            "Group",
            "What it is",
            "Codes",
            "What they mean for this dyad",
        ],
    );
    for group in &assessment.data.groups {
        table.row(vec![
            Cell::Code(group.id.clone()),
            Cell::text(&group.title),
            Cell::text(&group.codes),
            Cell::text(&group.meaning),
        ]);
    }
    table
}
