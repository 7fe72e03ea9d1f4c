//! What an outcome hangs on: total Sobol indices as bars, first-order beside.

use yalu_dossier::structure::record::SensitivityRecord;

use crate::format;
use crate::scale::Scale;
use crate::svg::{Anchor, Svg, coordinate, fit_text};

use super::super::{Canvas, FONT};

/// A row a value, by `names` in their order; `None` where there is none.
pub(crate) fn indices_chart(
    title: &str,
    names: &[String],
    indices: &[&SensitivityRecord],
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    if indices.is_empty() {
        return None;
    }
    let (left, right) = (
        canvas.pick(290.0, 10.0),
        canvas.width() - canvas.pick(72.0, 58.0),
    );
    let height = canvas.pick(28.0, 46.0);
    let (top, bottom) = (8.0, 8.0 + height * indices.len() as f64);
    let scale = Scale::linear((0.0, 1.0), (left, right));
    let mut svg = Svg::new(canvas.width(), bottom + 24.0);
    for tick in scale.ticks(5) {
        let x = scale.at(tick);
        svg.line((x, top), (x, bottom), "grid");
        svg.text(
            (x, bottom + 17.0),
            Anchor::Middle,
            "tick",
            &format::percent(tick),
        );
    }
    for (place, (name, one)) in names.iter().zip(indices).enumerate() {
        let y = top + height * place as f64 + canvas.pick(height / 2.0, height - 14.0);
        match canvas {
            Canvas::Wide => {
                let name = fit_text(name, FONT, left - 14.0);
                svg.text((left - 12.0, y + 4.0), Anchor::End, "label", &name);
            }
            Canvas::Narrow => {
                let name = fit_text(name, FONT, canvas.width() - 12.0);
                svg.text((left, y - 13.0), Anchor::Start, "label", &name);
            }
        }
        draw_index(&mut svg, one, scale, y);
        let at = (canvas.width() - 2.0, y + 4.0);
        svg.text(
            at,
            Anchor::End,
            "label strong",
            &format::percent(one.total[0]),
        );
    }
    Some(svg.finish(
        id,
        canvas.class(),
        title,
        "Bar: the share of the outcome's variance that a value has a part in, alone or with others, with its 90\u{a0}% interval. Diamond: the share that it explains alone. The table below holds the figures.",
    ))
}

fn draw_index(svg: &mut Svg, one: &SensitivityRecord, scale: Scale, y: f64) {
    let [total, low, high] = one.total;
    let nought = scale.at(0.0);
    svg.rect((nought, y - 7.0), (scale.at(total) - nought, 14.0), "index");
    svg.line((scale.at(low), y), (scale.at(high), y), "whisker");
    for end in [low, high] {
        svg.line(
            (scale.at(end), y - 4.0),
            (scale.at(end), y + 4.0),
            "whisker",
        );
    }
    let d = format!(
        "M{} {}l5 5l-5 5l-5 -5Z",
        coordinate(scale.at(one.first[0])),
        coordinate(y - 5.0)
    );
    svg.path(&d, "central");
}
