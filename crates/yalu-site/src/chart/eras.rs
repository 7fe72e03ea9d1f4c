//! Leaders' eras behind a chart: a strip a state at the top, tints in the plot, a thin line where a
//! leader changes.

use yalu_dossier::assessment::Assessment;
use yalu_dossier::eras::record::{EraRecord, StateEras};

use crate::svg::{Anchor, Svg, fit_text, text_width};
use crate::time::{TimeAxis, parse_span};

use super::{Canvas, FONT};

/// The height of a state's strip.
const STRIP: f64 = 18.0;

/// The states whose eras stand behind charts: source, then target, as far as the dossier names their
/// leaders.
pub(crate) fn shown_eras(assessment: &Assessment) -> Vec<&StateEras> {
    let dossier = &assessment.dossier;
    [&dossier.source, &dossier.target]
        .into_iter()
        .filter_map(|code| assessment.eras.iter().find(|one| one.state == *code))
        .filter(|one| !one.eras.is_empty())
        .collect()
}

/// One era on a time axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch<'a> {
    pub(super) leader: &'a str,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Every second one is tinted, counted over all eras of the state, so that charts of different
    /// length agree.
    pub(super) tinted: bool,
    /// Whether it begins on the axis, not before.
    pub(super) begins: bool,
}

/// The stretches of a state's eras that lie on the axis.
pub(super) fn stretches<'a>(eras: &'a [EraRecord], axis: &TimeAxis) -> Vec<Stretch<'a>> {
    let (first, last) = axis.ends();
    eras.iter()
        .enumerate()
        .filter_map(|(place, era)| {
            let from = parse_span(&era.from)?.start;
            let to = match &era.to {
                Some(to) => parse_span(to)?.end,
                None => last,
            };
            (to > first && from < last).then(|| Stretch {
                leader: &era.leader,
                from: axis.at(from as f64),
                to: axis.at(to as f64),
                tinted: place % 2 == 1,
                begins: from > first,
            })
        })
        .collect()
}

/// The height that the strips take above a plot.
pub(super) fn strips_height(states: &[&StateEras]) -> f64 {
    states.len() as f64 * STRIP
}

/// Tints of the first state's eras and the boundaries of all, between `top` and `bottom`.
pub(super) fn draw_bands(
    svg: &mut Svg,
    states: &[&StateEras],
    axis: &TimeAxis,
    (top, bottom): (f64, f64),
) {
    for (place, state) in states.iter().enumerate() {
        for stretch in stretches(&state.eras, axis) {
            if place == 0 && stretch.tinted {
                svg.rect(
                    (stretch.from, top),
                    (stretch.to - stretch.from, bottom - top),
                    "era",
                );
            }
            if stretch.begins {
                let class = if place == 0 {
                    "era-line"
                } else {
                    "era-line second"
                };
                svg.line((stretch.from, top), (stretch.from, bottom), class);
            }
        }
    }
}

/// Strips downward from `top`: each leader's name in his own stretch, the state's before them.
pub(super) fn draw_strips(
    svg: &mut Svg,
    states: &[&StateEras],
    axis: &TimeAxis,
    canvas: Canvas,
    left: f64,
    top: f64,
) {
    for (place, state) in states.iter().enumerate() {
        let y = top + place as f64 * STRIP;
        let name = match canvas {
            Canvas::Wide => fit_text(&state.name, FONT, left - 10.0),
            Canvas::Narrow => fit_text(&state.state, FONT, left - 6.0),
        };
        svg.text((left - 8.0, y + 13.0), Anchor::End, "era-name", &name);
        for stretch in stretches(&state.eras, axis) {
            let class = if stretch.tinted {
                "era-strip tinted"
            } else {
                "era-strip"
            };
            svg.rect(
                (stretch.from, y),
                (stretch.to - stretch.from, STRIP - 2.0),
                class,
            );
            if let Some(label) =
                leader_label(stretch.leader, &state.eras, stretch.to - stretch.from - 6.0)
            {
                svg.text(
                    (stretch.from + 4.0, y + 12.5),
                    Anchor::Start,
                    "era-name",
                    &label,
                );
            }
        }
    }
}

/// The whole name, else its longest word that fits and that no other leader has too, else as much as
/// can still be read.
fn leader_label(leader: &str, eras: &[EraRecord], width: f64) -> Option<String> {
    let shared = |word: &str| {
        let mut others = eras.iter().filter(|era| era.leader != leader);
        others.any(|era| era.leader.split_whitespace().any(|other| other == word))
    };
    if text_width(leader, FONT) <= width {
        return Some(leader.to_owned());
    }
    let word = leader
        .split_whitespace()
        .filter(|word| word.chars().count() > 2 && !shared(word))
        .filter(|word| text_width(word, FONT) <= width)
        .max_by_key(|word| word.chars().count());
    match word {
        Some(word) => Some(word.to_owned()),
        None if width > 32.0 => Some(fit_text(leader, FONT, width)),
        None => None,
    }
}

/// Stretches of rows that stand in order of date but not on a time axis: a row is of the leader who
/// held office in the middle of its date.
fn row_stretches<'a>(eras: &'a [EraRecord], dates: &[&str]) -> Vec<(&'a str, usize, usize, bool)> {
    let mut found: Vec<(&str, usize, usize, bool)> = Vec::new();
    for (row, date) in dates.iter().enumerate() {
        let Some(middle) = parse_span(date).map(|span| i64::midpoint(span.start, span.end)) else {
            continue;
        };
        let place = eras.iter().position(|era| {
            parse_span(&era.from).is_some_and(|from| from.start <= middle)
                && era
                    .to
                    .as_ref()
                    .is_none_or(|to| parse_span(to).is_some_and(|to| middle < to.end))
        });
        let Some(place) = place else { continue };
        let leader = eras[place].leader.as_str();
        match found.last_mut() {
            Some(last) if last.0 == leader && last.2 == row => last.2 = row + 1,
            _ => found.push((leader, row, row + 1, place % 2 == 1)),
        }
    }
    found
}

/// Bands and strips over rows `step` apart from `left`.
pub(super) fn draw_row_bands(
    svg: &mut Svg,
    states: &[&StateEras],
    dates: &[&str],
    canvas: Canvas,
    (left, step): (f64, f64),
    (top, bottom): (f64, f64),
) {
    for (place, state) in states.iter().enumerate() {
        let y = place as f64 * STRIP;
        let name = fit_text(canvas.pick(&state.name, &state.state), FONT, left - 6.0);
        svg.text((left - 6.0, y + 13.0), Anchor::End, "era-name", &name);
        for (leader, first, last, tinted) in row_stretches(&state.eras, dates) {
            let (from, width) = (left + first as f64 * step, (last - first) as f64 * step);
            if place == 0 && tinted {
                svg.rect((from, top), (width, bottom - top), "era");
            }
            if first > 0 {
                let class = if place == 0 {
                    "era-line"
                } else {
                    "era-line second"
                };
                svg.line((from, top), (from, bottom), class);
            }
            let class = if tinted {
                "era-strip tinted"
            } else {
                "era-strip"
            };
            svg.rect((from, y), (width, STRIP - 2.0), class);
            if let Some(label) = leader_label(leader, &state.eras, width - 6.0) {
                svg.text((from + 4.0, y + 12.5), Anchor::Start, "era-name", &label);
            }
        }
    }
}

/// Who led in words, for those who can't see the strips, and for charts without room for them.
pub(crate) fn eras_words(state: &StateEras, first: &str, last: &str) -> String {
    let (Some(first), Some(last)) = (parse_span(first), parse_span(last)) else {
        return String::new();
    };
    let named: Vec<String> = state
        .eras
        .iter()
        .filter(|era| {
            let from = parse_span(&era.from).is_some_and(|span| span.start < last.end);
            let to = era
                .to
                .as_ref()
                .is_none_or(|to| parse_span(to).is_some_and(|span| span.end > first.start));
            from && to
        })
        .map(|era| match parse_span(&era.from) {
            Some(span) if span.start > first.start => format!("{} from {}", era.leader, era.from),
            _ => era.leader.clone(),
        })
        .collect();
    if named.is_empty() {
        return String::new();
    }
    format!("Leaders of {}: {}.", state.name, named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn era(leader: &str, from: &str, to: Option<&str>) -> EraRecord {
        EraRecord {
            leader: leader.to_owned(),
            from: from.to_owned(),
            to: to.map(str::to_owned),
            also: Vec::new(),
            why: None,
        }
    }

    #[test]
    fn eras_meet_without_a_gap_and_end_with_the_axis() {
        let eras = [
            era("Long gone", "1950-01-01", Some("1999-12-31")),
            era("First One", "2000-01-01", Some("2000-07-01")),
            era("Second", "2000-07-02", None),
        ];
        let periods = ["2000-01".to_owned(), "2000-12".to_owned()];
        let axis = TimeAxis::over(&periods, (0.0, 366.0)).expect("periods");
        let found = stretches(&eras, &axis);
        assert_eq!(found.len(), 2, "what ended before the axis isn't on it");
        assert!((found[0].to - found[1].from).abs() < 1e-9);
        assert!((found[1].to - 366.0).abs() < 1e-9);
        assert_eq!((found[0].tinted, found[1].tinted), (true, false));
        assert_eq!((found[0].begins, found[1].begins), (false, true));
    }

    #[test]
    fn a_name_that_finds_no_room_is_shortened_or_left_out() {
        let eras = [
            era("Kim Jong-il", "1994-07-08", Some("2011-12-16")),
            era("Kim Jong-un", "2011-12-17", None),
        ];
        let label = |width| leader_label("Kim Jong-un", &eras, width);
        assert_eq!(label(200.0).as_deref(), Some("Kim Jong-un"));
        assert_eq!(label(60.0).as_deref(), Some("Jong-un"));
        assert_eq!(
            label(40.0).as_deref(),
            Some("Kim…"),
            "never what both are called"
        );
        assert_eq!(label(20.0), None);
    }

    #[test]
    fn words_name_only_who_led_in_the_periods() {
        let state = StateEras {
            state: "CHN".to_owned(),
            name: "China".to_owned(),
            eras: vec![
                era("A", "1990-01-01", Some("1999-12-31")),
                era("B", "2000-01-01", Some("2000-06-30")),
                era("C", "2000-07-01", None),
            ],
        };
        assert_eq!(
            eras_words(&state, "2000-02", "2000-12"),
            "Leaders of China: B, C from 2000-07-01."
        );
    }
}
