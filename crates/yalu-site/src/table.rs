//! Tables: a caption, a head, rows whose first cell names the row.

use askama::Template;

use crate::export::{self, ExportLink};

/// A name and its place on the page; without a place it is a name only.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) to: String,
}

/// One cell.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Text(String),
    Number(String),
    Code(String),
    Link {
        text: String,
        to: String,
    },
    /// Names, each with its own place.
    Links(Vec<Link>),
    /// A figure whose lines of a file open below it.
    Lines {
        text: String,
        links: Vec<Link>,
    },
    /// A share in [0, 1] as a bar beside its text; the width is in per cent.
    Bar {
        text: String,
        width: String,
    },
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self::Number(text.into())
    }

    pub(crate) fn bar(share: f64) -> Self {
        Self::Bar {
            text: crate::format::percent(share),
            width: format!("{:.1}", (share * 100.0).clamp(0.0, 100.0)),
        }
    }
}

/// One column's head.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) label: String,
    pub(crate) number: bool,
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its fragment name; empty for none.
    pub(crate) id: String,
    /// Whether it stands out: the main or chosen one.
    pub(crate) marked: bool,
    pub(crate) cells: Vec<Cell>,
}

/// A table as the page shows it.
#[derive(Debug, Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    pub(crate) class: &'static str,
}

impl Table {
    /// A table whose columns named with a leading `#` hold figures.
    pub(crate) fn new(caption: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            columns: columns
                .iter()
                .map(|label| Column {
                    label: label.trim_start_matches('#').to_owned(),
                    number: label.starts_with('#'),
                })
                .collect(),
            rows: Vec::new(),
            class: "",
        }
    }

    /// Puts the table into the page's list of what can be taken along.
    pub(crate) fn taken_along(&self) -> Vec<ExportLink> {
        export::put(&self.caption, || export::of_table(self), None)
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row {
            id: String::new(),
            marked: false,
            cells,
        });
    }

    pub(crate) fn marked_row(&mut self, marked: bool, cells: Vec<Cell>) {
        self.rows.push(Row {
            id: String::new(),
            marked,
            cells,
        });
    }

    pub(crate) fn named_row(&mut self, id: String, cells: Vec<Cell>) {
        self.rows.push(Row {
            id,
            marked: false,
            cells,
        });
    }
}
