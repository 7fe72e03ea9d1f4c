//! The same charts for Plotly, which takes their places where JavaScript runs.
//!
//! Colours are written as the names of the style sheet's variables (`--observed`); the page's script
//! puts the values of the reader's theme in their places.

mod curve;
mod indicator;

use plotly::common::Title;
use plotly::layout::{Axis, DragMode, Margin};
use plotly::{Configuration, Layout, Plot, Traces};
use serde_json::json;

use crate::report::ReportError;
use crate::svg::escape;
use crate::time::{iso, parse_span};
pub(crate) use curve::curve_plot;
pub(crate) use indicator::indicator_plot;

/// The source of plotly.js, out of the script elements that the crate offers; the other one holds
/// MathJax, which no chart needs.
pub(crate) fn plotly_source() -> Result<String, ReportError> {
    let scripts = Plot::offline_js_sources();
    let source = scripts
        .split_once('>')
        .and_then(|(_, rest)| rest.split_once("</script>"))
        .map(|(source, _)| source.trim().to_owned())
        .filter(|source| source.contains("plotly.js"))
        .ok_or(ReportError::PlotlySource)?;
    Ok(source)
}

/// JSON that may stand in a script element: no `<` is left that could close it.
fn embedded(traces: &Traces, layout: &Layout) -> Result<String, ReportError> {
    let configuration = Configuration::new()
        .responsive(true)
        .display_logo(false)
        .show_link(false);
    let value = json!({ "data": traces, "layout": layout, "config": configuration });
    Ok(serde_json::to_string(&value)?
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029"))
}

/// The first day of a period; the period itself where it can't be read.
fn day(period: &str) -> String {
    parse_span(period).map_or_else(|| escape(period), |span| iso(span.start))
}

fn days(periods: &[String]) -> Vec<String> {
    periods.iter().map(|period| day(period)).collect()
}

fn finite(values: &[Option<f64>]) -> Vec<Option<f64>> {
    values
        .iter()
        .map(|value| value.filter(|value| value.is_finite()))
        .collect()
}

fn base_axis() -> Axis {
    Axis::new()
        .grid_color("--grid")
        .line_color("--axis")
        .zero_line_color("--axis")
        .tick_length(4)
}

fn base_layout(height: usize, left: usize, bottom: usize) -> Layout {
    Layout::new()
        .height(height)
        .auto_size(true)
        .show_legend(false)
        .drag_mode(DragMode::Zoom)
        .paper_background_color("--page")
        .plot_background_color("--page")
        .margin(Margin::new().left(left).right(14).top(26).bottom(bottom))
}

fn title(text: &str) -> Title {
    Title::with_text(escape(text))
}

#[cfg(test)]
mod tests {
    use plotly::Scatter;

    use super::*;

    #[test]
    fn embedded_json_cannot_close_its_script() {
        let mut traces = Traces::new();
        traces.push(Scatter::new(vec![1.0], vec![1.0]).name("</script><script>alert(1)</script>&"));
        let text = embedded(&traces, &Layout::new()).expect("plain data");
        assert!(!text.contains('<') && !text.contains('&'));
        assert!(text.contains("\\u003c/script"));
    }

    #[test]
    fn plotly_alone_is_embedded() {
        let source = plotly_source().expect("the crate embeds it");
        assert!(!source.contains("</script"));
        assert!(source.len() > 1_000_000);
        assert!(!source.contains("MathJax=function"));
    }
}
