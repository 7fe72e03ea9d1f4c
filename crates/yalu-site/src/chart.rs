//! Charts drawn as SVG. Each is drawn twice, for wide and for narrow pages, so that its text stays
//! legible at either; the style sheet shows one of them.

mod bars;
mod borders;
mod curve;
mod eras;
mod events;
mod forest;
mod gauge;
mod indicator;
mod ledger;
mod lines;
mod panels;
mod search;
mod shares;
mod structure;
mod waits;
mod waveform;

pub(crate) use bars::table_chart;
pub(crate) use borders::{comparison_panels, domain_panels, gaps_chart, paths_chart, rank_strip};
pub(crate) use curve::{curve_chart, dashboard, effect_ends};
pub(crate) use eras::{eras_words, shown_eras};
pub(crate) use events::lanes;
pub(crate) use forest::forest_chart;
pub(crate) use gauge::gauge;
pub(crate) use indicator::{axis_title, indicator_chart};
pub(crate) use ledger::ledger_chart;
pub(crate) use lines::{figures_axis, is_rooted, pressure_chart, sparkline};
pub(crate) use search::search_chart;
pub(crate) use shares::shares_chart;
pub(crate) use structure::{actors_chart, indices_chart, models_chart, outcome_on, tracks_chart};
pub(crate) use waits::{NamedCurve, waits_chart};
pub(crate) use waveform::waveform;

/// Font size of labels in a drawing's own unit; the style sheet says the same.
pub(crate) const FONT: f64 = 12.5;

/// What a chart is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Canvas {
    Wide,
    Narrow,
}

impl Canvas {
    pub(crate) fn width(self) -> f64 {
        match self {
            Self::Wide => 960.0,
            Self::Narrow => 380.0,
        }
    }

    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Wide => "chart wide",
            Self::Narrow => "chart narrow",
        }
    }

    pub(crate) fn pick<T>(self, wide: T, narrow: T) -> T {
        match self {
            Self::Wide => wide,
            Self::Narrow => narrow,
        }
    }
}
