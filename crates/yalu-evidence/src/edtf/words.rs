//! The canonical form, and words for a report.

use std::fmt;

use jiff::civil::Date;

use super::bounds;
use super::{Edtf, End, Form, Mark, Member, Part, Point};

/// The months' names.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let canonical = match &self.form {
            Form::Point(point) => point.to_string(),
            Form::Interval(start, end) => format!("{start}/{end}"),
            Form::OneOf(members) => {
                let members: Vec<String> = members.iter().map(Member::to_string).collect();
                format!("[{}]", members.join(","))
            }
        };
        f.pad(&canonical)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(point) => point.fmt(f),
            Self::Open => f.write_str(".."),
            Self::Unknown => Ok(()),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |point: &Option<Point>| point.as_ref().map(Point::to_string);
        match self {
            Self::At(point) => point.fmt(f),
            Self::Range(start, end) => write!(
                f,
                "{}..{}",
                shown(start).unwrap_or_default(),
                shown(end).unwrap_or_default()
            ),
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.year.fmt(f)?;
        for part in self.month.iter().chain(&self.day) {
            write!(f, "-{part}")?;
        }
        Ok(())
    }
}

impl<const N: usize> fmt::Display for Part<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |mark: Option<Mark>| mark.map_or("", Mark::sign);
        f.write_str(mark(self.before))?;
        for digit in self.digits {
            match digit {
                Some(known) => write!(f, "{known}")?,
                None => f.write_str("X")?,
            }
        }
        f.write_str(mark(self.after))
    }
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::Uncertain => "?",
            Self::Approximate => "~",
            Self::Both => "%",
        }
    }
}

/// Words for a report, with marks told once for the whole.
pub(super) fn words(date: &Edtf) -> String {
    let mut text = match &date.form {
        Form::Point(point) => point_words(point),
        Form::Interval(start, end) => interval_words(start, end),
        Form::OneOf(members) => {
            let members: Vec<String> = members.iter().map(member_words).collect();
            members.join(" or ")
        }
    };
    if date.is_approximate() {
        text.insert_str(0, "about ");
    }
    if date.is_uncertain() {
        text.push_str(", uncertain");
    }
    text
}

fn interval_words(start: &End, end: &End) -> String {
    match (start, end) {
        (End::At(start), End::At(end)) => between(&point_words(start), &point_words(end)),
        (End::At(start), End::Open) => format!("{} or later", point_words(start)),
        (End::At(start), _) => format!("{} or later, the end not known", point_words(start)),
        (End::Open, End::At(end)) => format!("{} or earlier", point_words(end)),
        (_, End::At(end)) => format!("{} or earlier, the start not known", point_words(end)),
        // The parser refuses intervals without any end.
        _ => "at an unknown time".to_owned(),
    }
}

fn member_words(member: &Member) -> String {
    match member {
        Member::At(point) => point_words(point),
        Member::Range(Some(start), Some(end)) => between(&point_words(start), &point_words(end)),
        Member::Range(Some(start), None) => format!("{} or later", point_words(start)),
        Member::Range(None, Some(end)) => format!("{} or earlier", point_words(end)),
        Member::Range(None, None) => "at an unknown time".to_owned(),
    }
}

fn between(start: &str, end: &str) -> String {
    format!("between {start} and {end}")
}

fn point_words(point: &Point) -> String {
    let month = point.month.as_ref();
    let day = point.day.as_ref();
    let unspecified = |part: &Part<2>| part.digits == [None; 2];
    let Some(year) = point.year.number() else {
        return vague_year(point);
    };
    if let Some(season) = point.season() {
        return season_words(season, year);
    }
    let named = month
        .and_then(Part::number)
        .map(|n| MONTHS[usize::from(n) - 1]);
    match (month, named, day) {
        (None, ..) => format!("{year:04}"),
        (_, Some(month), None) => format!("{month} {year:04}"),
        (_, Some(month), Some(day)) if unspecified(day) => format!("some day of {month} {year:04}"),
        (Some(part), None, None) if unspecified(part) => format!("some month of {year:04}"),
        (Some(part), None, Some(day)) if unspecified(part) && unspecified(day) => {
            format!("some day of {year:04}")
        }
        (_, Some(month), Some(day)) if day.number().is_some() => {
            format!("{} {month} {year:04}", day.number().unwrap_or_default())
        }
        _ => bounds_words(point),
    }
}

/// A decade by its name, any other year with unknown digits by its bounds.
fn vague_year(point: &Point) -> String {
    match (point.year.digits, point.month.as_ref()) {
        ([Some(a), Some(b), Some(c), None], None) => format!("the {a}{b}{c}0s"),
        (_, None) => match bounds::of_point(point) {
            Ok((first, last)) => between(
                &format!("{:04}", first.year()),
                &format!("{:04}", last.year()),
            ),
            Err(_) => point.to_string(),
        },
        _ => bounds_words(point),
    }
}

fn bounds_words(point: &Point) -> String {
    match bounds::of_point(point) {
        Ok((first, last)) => between(&day_words(first), &day_words(last)),
        Err(_) => point.to_string(),
    }
}

/// A day in words: "31 December 2010".
pub(crate) fn day_words(day: Date) -> String {
    let month = MONTHS[day.month().unsigned_abs() as usize - 1];
    format!("{} {month} {:04}", day.day(), day.year())
}

fn season_words(season: u8, year: u16) -> String {
    let name = match season {
        21 | 25 => "spring",
        22 | 26 => "summer",
        23 | 27 => "autumn",
        24 | 28 => return format!("winter {year:04}/{:02}", (year + 1) % 100),
        29 => "southern spring",
        30 => return format!("southern summer {year:04}/{:02}", (year + 1) % 100),
        31 => "southern autumn",
        32 => "southern winter",
        33 => "first quarter of",
        34 => "second quarter of",
        35 => "third quarter of",
        36 => "fourth quarter of",
        37 => "first third of",
        38 => "second third of",
        39 => "last third of",
        40 => "first half of",
        _ => "second half of",
    };
    format!("{name} {year:04}")
}
