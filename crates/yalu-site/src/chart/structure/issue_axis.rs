//! An issue's scale along the bottom of a chart: ticks, what the ends mean, status quo and threshold.

use yalu_dossier::structure::record::IssueRecord;

use crate::format;
use crate::scale::{Scale, tick_label};
use crate::svg::{Anchor, Svg, fit_text, text_width};

use super::super::{Canvas, FONT};

/// Room above a chart for the names of the lines across it.
pub(super) const HEAD: f64 = 36.0;

/// An issue's scale on a chart.
#[derive(Debug)]
pub(super) struct IssueAxis<'a> {
    issue: &'a IssueRecord,
    canvas: Canvas,
    ends: (f64, f64),
    scale: Scale,
}

impl<'a> IssueAxis<'a> {
    pub(super) fn new(issue: &'a IssueRecord, canvas: Canvas, ends: (f64, f64)) -> Self {
        Self {
            issue,
            canvas,
            ends,
            scale: Scale::linear((issue.low, issue.high), ends),
        }
    }

    /// The place of a position.
    pub(super) fn at(&self, position: f64) -> f64 {
        self.scale.at(position)
    }

    /// Room that the axis takes below a chart.
    pub(super) fn foot(&self) -> f64 {
        if self.in_two_rows() { 58.0 } else { 42.0 }
    }

    fn end_labels(&self) -> (String, String) {
        let shown = |label: &str, before: &str, after: &str| match label {
            "" => String::new(),
            label => format!("{before}{label}{after}"),
        };
        (
            shown(&self.issue.low_label, "← ", ""),
            shown(&self.issue.high_label, "", " →"),
        )
    }

    fn in_two_rows(&self) -> bool {
        let (low, high) = self.end_labels();
        text_width(&low, FONT) + text_width(&high, FONT) + 24.0 > self.ends.1 - self.ends.0
    }

    /// Gridlines, ticks and what the ends mean.
    pub(super) fn draw(&self, svg: &mut Svg, (top, bottom): (f64, f64)) {
        let ticks = self.scale.ticks(self.canvas.pick(10, 5));
        for tick in &ticks {
            let x = self.at(*tick);
            svg.line((x, top), (x, bottom), "grid");
            let label = tick_label(*tick, &ticks);
            svg.text((x, bottom + 17.0), Anchor::Middle, "tick", &label);
        }
        svg.line((self.ends.0, bottom), (self.ends.1, bottom), "axis");
        let (low, high) = self.end_labels();
        // Labels may use the whole width of the drawing, not only that of the scale.
        let room = self.canvas.width() - 4.0;
        let second = if self.in_two_rows() { 53.0 } else { 37.0 };
        let low_from = self.ends.0.min(room - text_width(&low, FONT)).max(2.0);
        svg.text(
            (low_from, bottom + 37.0),
            Anchor::Start,
            "label",
            &fit_text(&low, FONT, room),
        );
        svg.text(
            (self.ends.1, bottom + second),
            Anchor::End,
            "label",
            &fit_text(&high, FONT, self.ends.1),
        );
    }

    /// The lines of status quo and threshold from `HEAD` down, with their names above.
    pub(super) fn draw_lines(&self, svg: &mut Svg, bottom: f64) {
        if let Some(at) = self.issue.status_quo {
            self.line(svg, at, "status quo", ("quo", 12.0), bottom);
        }
        if let Some(at) = self.issue.threshold {
            self.line(svg, at, "threshold", ("threshold", 28.0), bottom);
        }
    }

    fn line(&self, svg: &mut Svg, at: f64, name: &str, (class, y): (&str, f64), bottom: f64) {
        let x = self.at(at);
        svg.line((x, y - 10.0), (x, bottom), class);
        let range = self.issue.high - self.issue.low;
        let text = format!("{}: {name}", format::on_scale(at, range));
        let rest = self.canvas.width() - x - 6.0;
        // To the side where there is more room.
        if rest >= text_width(&text, FONT).min(x - 6.0) {
            svg.text(
                (x + 5.0, y),
                Anchor::Start,
                "label",
                &fit_text(&text, FONT, rest),
            );
        } else {
            svg.text(
                (x - 5.0, y),
                Anchor::End,
                "label",
                &fit_text(&text, FONT, x - 6.0),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(low_label: &str) -> IssueRecord {
        IssueRecord {
            id: "a".to_owned(),
            title: "A".to_owned(),
            low: -2.0,
            high: 2.0,
            low_label: low_label.to_owned(),
            high_label: "more".to_owned(),
            status_quo: None,
            threshold: Some(1.0),
            threshold_label: None,
            meaning: String::new(),
        }
    }

    #[test]
    fn a_position_stands_in_its_share_of_the_scale() {
        let issue = issue("less");
        let axis = IssueAxis::new(&issue, Canvas::Wide, (100.0, 900.0));
        assert!((axis.at(-2.0) - 100.0).abs() < 1e-9);
        assert!((axis.at(1.0) - 700.0).abs() < 1e-9);
        assert!((axis.at(2.0) - 900.0).abs() < 1e-9);
    }

    #[test]
    fn long_names_of_the_ends_take_two_rows() {
        let (short, long) = (issue("less"), issue(&"less and less ".repeat(5)));
        let foot = |one| IssueAxis::new(one, Canvas::Narrow, (10.0, 370.0)).foot();
        assert!(foot(&short) < foot(&long));
    }
}
