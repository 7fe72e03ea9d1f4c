//! A small chart of a table's rows.

use std::fmt::Write as _;

use yalu_dossier::assessment::TableRecord;
use yalu_dossier::eras::record::StateEras;

use crate::format;
use crate::svg::{Anchor, Svg, coordinate, text_width};

use super::eras::{draw_row_bands, strips_height};
use super::lines::{draw_vertical, vertical};
use super::{Canvas, FONT};

/// Rows as bars in order of date; `None` for fewer than two, which a sentence shows as well.
pub(crate) fn table_chart(
    table: &TableRecord,
    states: &[&StateEras],
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let rows: Vec<(&str, f64)> = table
        .rows
        .iter()
        .filter(|row| row.value.is_finite())
        .map(|row| (row.date.as_str(), row.value))
        .collect();
    let [first, .., last] = rows.as_slice() else {
        return None;
    };
    let (left, right) = (canvas.pick(56.0, 46.0), canvas.width() - 8.0);
    let top = 10.0 + strips_height(states);
    let bottom = top + canvas.pick(140.0, 130.0);
    let extent = rows.iter().fold((0.0, 0.0), |(low, high), (_, value)| {
        (f64::min(low, *value), f64::max(high, *value))
    });
    let scale = vertical(extent, (bottom, top), 4);
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    let step = ((right - left) / rows.len() as f64).min(72.0);
    let dates: Vec<&str> = rows.iter().map(|(date, _)| *date).collect();
    draw_row_bands(
        &mut svg,
        states,
        &dates,
        canvas,
        (left, step),
        (top, bottom),
    );
    draw_vertical(&mut svg, scale, 4, (left, right));
    let bar = (step * 0.7).min(36.0);
    let label_width = rows
        .iter()
        .map(|(date, _)| text_width(date, FONT))
        .fold(0.0, f64::max);
    let every = ((label_width + 10.0) / step).ceil().max(1.0) as usize;
    for (idx, (date, value)) in rows.iter().enumerate() {
        let x = left + step * (idx as f64 + 0.5);
        let (from, to) = (scale.at(0.0), scale.at(*value));
        let mut d = String::new();
        let _ = write!(
            d,
            "M{} {}h{}V{}h-{}Z",
            coordinate(x - bar / 2.0),
            coordinate(from),
            coordinate(bar),
            coordinate(to),
            coordinate(bar)
        );
        svg.titled_path(
            &d,
            "table-bar",
            &format!("{date}: {} {}", format::exact(*value), table.unit),
        );
        if idx % every == 0 {
            svg.text((x, bottom + 17.0), Anchor::Middle, "tick", date);
        }
    }
    let description = format!(
        "{}: {} from {} ({}) to {} ({}), {}. The table below holds every figure.",
        table.title,
        format::plural(rows.len() as u64, "figure", "figures"),
        first.0,
        format::exact(first.1),
        last.0,
        format::exact(last.1),
        table.unit,
    );
    Some(svg.finish(id, canvas.class(), &table.title, &description))
}
