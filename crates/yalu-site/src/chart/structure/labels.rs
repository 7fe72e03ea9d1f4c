//! Where names stand so that none covers another.

use crate::svg::text_width;

use super::super::FONT;

/// A field of a drawing: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Field {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Field {
    fn around((x, y): (f64, f64), radius: f64) -> Self {
        Self {
            left: x - radius,
            top: y - radius,
            right: x + radius,
            bottom: y + radius,
        }
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Where a label was put: the start of its text, and whether it stands so far off its mark that a
/// line must lead there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placed {
    pub(crate) at: (f64, f64),
    pub(crate) apart: bool,
}

/// A drawing's free room for labels.
#[derive(Debug)]
pub(crate) struct Labels {
    within: Field,
    taken: Vec<Field>,
}

impl Labels {
    /// Room from left to right and top to bottom.
    pub(crate) fn within((left, right): (f64, f64), (top, bottom): (f64, f64)) -> Self {
        Self {
            within: Field {
                left,
                top,
                right,
                bottom,
            },
            taken: Vec::new(),
        }
    }

    /// Keeps a mark free of labels.
    pub(crate) fn keep_free(&mut self, middle: (f64, f64), radius: f64) {
        self.taken.push(Field::around(middle, radius));
    }

    /// Keeps a level line free of labels.
    pub(crate) fn keep_line_free(&mut self, (left, right): (f64, f64), y: f64) {
        self.taken.push(Field {
            left,
            top: y - 1.0,
            right,
            bottom: y + 1.0,
        });
    }

    /// Puts a name as near to its mark as there is room: right of it, else left, else further up or
    /// down. Where there is no room at all it stands to the right nevertheless.
    pub(crate) fn put(&mut self, name: &str, (x, y): (f64, f64), radius: f64) -> Placed {
        let width = text_width(name, FONT);
        let sides = [x + radius + 4.0, x - radius - 4.0 - width, x - width / 2.0];
        // 0, up one, down one, up two and so on.
        let steps =
            (0_i32..80).map(|k| f64::from((k + 1) / 2) * if k % 2 == 0 { 5.0 } else { -5.0 });
        let mut tried = steps.flat_map(|step| sides.map(|left| (left, y + step)));
        let free = tried.find_map(|at| Some((at, self.free(at, width)?)));
        let (at, field) = free.unwrap_or_else(|| {
            let at = (sides[0].min(self.within.right - width), y);
            (at, Self::field(at, width))
        });
        self.taken.push(field);
        Placed {
            at: (at.0, at.1 + 4.0),
            apart: (at.1 - y).abs() > radius + 10.0,
        }
    }

    fn field((left, middle): (f64, f64), width: f64) -> Field {
        Field {
            left,
            top: middle - FONT * 0.6,
            right: left + width,
            bottom: middle + FONT * 0.6,
        }
    }

    /// The field of a text that begins there, if nothing stands in it.
    fn free(&self, at: (f64, f64), width: f64) -> Option<Field> {
        let field = Self::field(at, width);
        let within = field.left >= self.within.left
            && field.right <= self.within.right
            && field.top >= self.within.top
            && field.bottom <= self.within.bottom;
        (within && !self.taken.iter().any(|one| one.touches(&field))).then_some(field)
    }
}

/// Heights of labels in one column, each as near to where it is wanted as a gap between neighbours
/// and the column's ends allow; in the order of `wanted`.
pub(super) fn spread(wanted: &[f64], gap: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut places = wanted.to_vec();
    let mut least = top;
    for &one in &order {
        places[one] = places[one].max(least);
        least = places[one] + gap;
    }
    let mut most = bottom;
    for &one in order.iter().rev() {
        places[one] = places[one].min(most);
        most = places[one] - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_marks_close_together_do_not_touch() {
        let mut labels = Labels::within((0.0, 380.0), (0.0, 300.0));
        let marks = [
            (60.0, 150.0),
            (62.0, 152.0),
            (64.0, 149.0),
            (350.0, 150.0),
            (60.0, 150.0),
        ];
        for mark in marks {
            labels.keep_free(mark, 8.0);
        }
        for mark in marks {
            labels.put("Ministry of Commerce", mark, 8.0);
        }
        for (place, one) in labels.taken.iter().enumerate().skip(marks.len()) {
            assert!(
                one.left >= 0.0 && one.right <= 380.0,
                "{one:?} leaves the drawing"
            );
            for other in &labels.taken[..place] {
                assert!(!one.touches(other), "{one:?} covers {other:?}");
            }
        }
    }

    #[test]
    fn a_name_alone_stands_beside_its_mark() {
        let mut labels = Labels::within((0.0, 380.0), (0.0, 300.0));
        labels.keep_free((60.0, 150.0), 8.0);
        let placed = labels.put("PLA", (60.0, 150.0), 8.0);
        assert_eq!((placed.at, placed.apart), ((72.0, 154.0), false));
    }

    #[test]
    fn a_column_keeps_its_gaps_and_its_ends() {
        let places = spread(&[50.0, 50.0, 51.0, 98.0, 99.0], 14.0, (0.0, 100.0));
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(
            sorted
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= 14.0 - 1e-9),
            "{places:?}"
        );
        assert!(sorted[0] >= 0.0 && sorted[4] <= 100.0, "{places:?}");
        assert_eq!(spread(&[10.0, 80.0], 14.0, (0.0, 100.0)), [10.0, 80.0]);
    }
}
