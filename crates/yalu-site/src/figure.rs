//! A chart with its title, key and note, drawn for wide and for narrow pages.

use askama::Template;
use yalu_dossier::export::ExportTable;

use crate::chart::Canvas;
use crate::export::{self, ExportLink};

/// One sign of a chart's key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// The class of its swatch.
    pub(crate) class: &'static str,
    /// What it stands for.
    pub(crate) text: String,
}

impl Key {
    pub(crate) fn new(class: &'static str, text: impl Into<String>) -> Self {
        Self {
            class,
            text: text.into(),
        }
    }
}

/// A chart as the page shows it.
#[derive(Debug, Template)]
#[template(path = "figure.html")]
pub(crate) struct Figure {
    /// The only one of its name on the page.
    pub(crate) id: String,
    /// What it shows; empty where the heading above says it.
    pub(crate) title: String,
    /// The unit of its figures; empty where the axis says it.
    pub(crate) unit: String,
    /// What else a reader should know.
    pub(crate) note: String,
    /// The chart for wide pages, as SVG.
    pub(crate) wide: String,
    /// The chart for narrow pages, as SVG.
    pub(crate) narrow: String,
    /// What the signs stand for.
    pub(crate) key: Vec<Key>,
    /// Plotly's data and layout as JSON, safe inside a script element.
    pub(crate) plot: Option<String>,
    /// The figures that it draws.
    pub(crate) data: ExportTable,
}

impl Figure {
    /// Draws a chart at both widths. `data` are the figures in it; `draw` is given the canvas and the id
    /// of the drawing.
    pub(crate) fn draw(
        id: String,
        title: String,
        data: ExportTable,
        draw: impl Fn(Canvas, &str) -> String,
    ) -> Self {
        let wide = draw(Canvas::Wide, &format!("{id}-w"));
        let narrow = draw(Canvas::Narrow, &format!("{id}-n"));
        Self {
            id,
            title,
            unit: String::new(),
            note: String::new(),
            wide,
            narrow,
            key: Vec::new(),
            plot: None,
            data,
        }
    }

    /// Puts the figures and the drawing into the page's list of what can be taken along.
    pub(crate) fn taken_along(&self) -> Vec<ExportLink> {
        export::put(&self.id, || self.data.clone(), Some(&self.wide))
    }

    pub(crate) fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    pub(crate) fn with_key(mut self, key: Vec<Key>) -> Self {
        self.key = key;
        self
    }

    pub(crate) fn with_plot(mut self, plot: Option<String>) -> Self {
        self.plot = plot;
        self
    }
}
