//! A probability on the whole scale from 0 to 1, with the standard word's range around it.

use yalu_dossier::assessment::Probability;
use yalu_dossier::words::word;

use crate::format::percent;
use crate::scale::Scale;
use crate::svg::{Anchor, Svg, coordinate};

/// Where each word of the yardstick ends, found by asking for the word at each thousandth.
fn edges(probability: &Probability) -> Vec<(f64, &'static str)> {
    let mut edges: Vec<(f64, &'static str)> = Vec::new();
    for thousandth in 0..=1000 {
        let p = f64::from(thousandth) / 1000.0;
        let name = word(p, probability.yardstick);
        match edges.last_mut() {
            Some((edge, last)) if *last == name => *edge = p,
            _ => edges.push((p, name)),
        }
    }
    edges
}

/// Draws the gauge; `None` where there is no value.
pub(crate) fn gauge(probability: &Probability) -> Option<String> {
    let value = probability.value.filter(|value| value.is_finite())?;
    let (width, left, right) = (420.0, 14.0, 406.0);
    let scale = Scale::linear((0.0, 1.0), (left, right));
    let mut svg = Svg::new(width, 62.0);
    let mut from = 0.0;
    for (idx, (edge, name)) in edges(probability).into_iter().enumerate() {
        let here = probability.word.as_deref() == Some(name);
        let class = match (here, idx % 2) {
            (true, _) => "word here",
            (false, 0) => "word",
            (false, _) => "word other",
        };
        svg.rect(
            (scale.at(from), 22.0),
            (scale.at(edge) - scale.at(from), 14.0),
            class,
        );
        from = edge;
    }
    if let Some([low, high]) = probability
        .range
        .filter(|range| range.iter().all(|end| end.is_finite()))
    {
        let y = 29.0;
        svg.line((scale.at(low), y), (scale.at(high), y), "whisker");
        for end in [low, high] {
            svg.line(
                (scale.at(end), y - 5.0),
                (scale.at(end), y + 5.0),
                "whisker",
            );
        }
    }
    let x = scale.at(value);
    svg.path(&format!("M{} 29h0", coordinate(x)), "dot");
    svg.text(
        (x.clamp(34.0, 386.0), 14.0),
        Anchor::Middle,
        "label strong",
        &percent(value),
    );
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let x = scale.at(tick);
        svg.line((x, 38.0), (x, 42.0), "axis");
        svg.text(
            (x, 56.0),
            Anchor::Middle,
            "tick",
            &format!("{:.0}", tick * 100.0),
        );
    }
    Some(svg.finish_hidden("gauge"))
}
