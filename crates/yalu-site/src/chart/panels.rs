//! Small panels in rows and columns, all on one scale.

use crate::svg::{Anchor, Svg};

use super::Canvas;

/// Where each panel stands.
pub(super) struct Panels {
    columns: usize,
    pub(super) width: f64,
    left: f64,
    row: f64,
}

impl Panels {
    pub(super) fn new(canvas: Canvas) -> Self {
        let columns = canvas.pick(4, 2);
        let left = canvas.pick(40.0, 34.0);
        let gap = 14.0;
        Self {
            columns,
            width: (canvas.width() - left - 6.0 - gap * (columns - 1) as f64) / columns as f64,
            left,
            row: canvas.pick(122.0, 116.0),
        }
    }

    /// Left, right, top and bottom of a panel's field.
    pub(super) fn field(&self, place: usize) -> (f64, f64, f64, f64) {
        let left = self.left + (place % self.columns) as f64 * (self.width + 14.0);
        let top = (place / self.columns) as f64 * self.row + 20.0;
        (left, left + self.width, top, top + self.row - 34.0)
    }

    pub(super) fn height(&self, n: usize) -> f64 {
        n.div_ceil(self.columns) as f64 * self.row + 18.0
    }

    pub(super) fn is_first_in_row(&self, place: usize) -> bool {
        place.is_multiple_of(self.columns)
    }

    /// First and last year below a panel of the last row of its column.
    pub(super) fn draw_ends(
        &self,
        svg: &mut Svg,
        place: usize,
        n: usize,
        periods: Option<(&str, &str)>,
    ) {
        if place + self.columns < n {
            return;
        }
        let (left, right, _, bottom) = self.field(place);
        if let Some((first, last)) = periods {
            svg.text((left, bottom + 15.0), Anchor::Start, "tick", year(first));
            svg.text((right, bottom + 15.0), Anchor::End, "tick", year(last));
        }
    }
}

fn year(period: &str) -> &str {
    period.get(..4).unwrap_or(period)
}
