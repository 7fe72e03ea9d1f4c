//! Each actor's share of the acts laid to somebody, a panel an actor.

use yalu_dossier::eras::record::StateEras;
use yalu_dossier::influence::{InfluenceMemberRecord, InfluenceRecord};

use crate::format;
use crate::gaps::line_path;
use crate::scale::Scale;
use crate::svg::{Anchor, Svg, fit_text};
use crate::time::TimeAxis;

use super::eras::draw_bands;
use super::lines::points;
use super::panels::Panels;
use super::{Canvas, FONT};

/// A panel for each actor that has any act; `None` where none has.
pub(crate) fn shares_chart(
    record: &InfluenceRecord,
    states: &[&StateEras],
    canvas: Canvas,
    id: &str,
) -> Option<String> {
    let acting: Vec<&InfluenceMemberRecord> =
        record.members.iter().filter(|one| one.n_acts > 0).collect();
    let (first, last) = (record.periods.first()?, record.periods.last()?);
    let panels = Panels::new(canvas);
    let mut svg = Svg::new(canvas.width(), panels.height(acting.len()));
    for (place, member) in acting.iter().enumerate() {
        let (left, right, top, bottom) = panels.field(place);
        let time = TimeAxis::over(&record.periods, (left, right))?;
        draw_bands(&mut svg, states, &time, (top, bottom));
        let scale = Scale::linear((0.0, 1.0), (bottom, top));
        for tick in [0.0, 0.5, 1.0] {
            let y = scale.at(tick);
            svg.line(
                (left, y),
                (right, y),
                if tick == 0.0 { "zero" } else { "grid" },
            );
            if panels.is_first_in_row(place) {
                svg.text(
                    (left - 5.0, y + 4.0),
                    Anchor::End,
                    "tick",
                    &format::exact(tick * 100.0),
                );
            }
        }
        let shares = shares(member, record);
        svg.path(
            &line_path(&points(&record.periods, &shares, &time, scale)),
            "synthetic",
        );
        let name = format!("{} · {}", member.title, format::count(member.n_acts));
        let name = fit_text(&name, FONT, panels.width);
        svg.text((left, top - 7.0), Anchor::Start, "label", &name);
        panels.draw_ends(&mut svg, place, acting.len(), Some((first, last)));
    }
    (!acting.is_empty()).then(|| {
        svg.finish(
            id,
            canvas.class(),
            &format!("{}: shares of attributed acts by {}", record.dyad, record.unit),
            &format!(
                "A panel for each of {} from {first} to {last}, all from 0 to 100 per cent. The table below holds the shares over all periods.",
                format::plural(acting.len() as u64, "actor", "actors"),
            ),
        )
    })
}

/// Acts by period over those attributed; none in periods without any.
fn shares(member: &InfluenceMemberRecord, record: &InfluenceRecord) -> Vec<Option<f64>> {
    member
        .acts
        .iter()
        .zip(&record.attributed)
        .map(|(n, of)| (*of > 0).then(|| *n as f64 / *of as f64))
        .collect()
}
