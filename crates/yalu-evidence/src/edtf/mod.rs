//! Dates as far as they are known: the Extended Date/Time Format.
//!
//! A source seldom gives a day. It says "late in 2010", "about 2013", "between November and
//! February". [`Edtf`] keeps what was written, and gives the earliest and the latest civil day that
//! it allows. Both days are *closed*: they belong to the range.
//!
//! | written | earliest | latest | notes |
//! | --- | --- | --- | --- |
//! | `2010` | 2010-01-01 | 2010-12-31 | |
//! | `2010-12` | 2010-12-01 | 2010-12-31 | |
//! | `2010-12-31` | 2010-12-31 | 2010-12-31 | |
//! | `2013?` `2013~` `2013%` | 2013-01-01 | 2013-12-31 | uncertain, approximate, both |
//! | `201X` | 2010-01-01 | 2019-12-31 | any digit may be `X` |
//! | `2011-XX` | 2011-01-01 | 2011-12-31 | |
//! | `2011-06-XX` | 2011-06-01 | 2011-06-30 | |
//! | `2010-11/2011-02` | 2010-11-01 | 2011-02-28 | |
//! | `../2012` `/2012` | none | 2012-12-31 | open start, unknown start |
//! | `2013/..` `2013/` | 2013-01-01 | none | open end, unknown end |
//! | `2011-21` | 2011-03-01 | 2011-05-31 | spring |
//! | `2011-22` | 2011-06-01 | 2011-08-31 | summer |
//! | `2011-23` | 2011-09-01 | 2011-11-30 | autumn |
//! | `2011-24` | 2011-12-01 | 2012-02-29 | winter: it begins in the year named |
//! | `2011-33` to `-36` | 2011-01-01 | 2011-03-31 | quarters (January to March shown) |
//! | `2011-40` `2011-41` | 2011-01-01 | 2011-06-30 | halves (the first shown) |
//! | `[2010-11,2011-02]` | 2010-11-01 | 2011-02-28 | one of them |
//!
//! The standard gives seasons no months. Ours are those of meteorology, for the north; 25 to 28
//! mean the same, 29 to 32 the southern seasons, 37 to 39 thirds of a year.
//!
//! `?`, `~` and `%` **don't widen** the range: no rule says by how much. They are marked, and told
//! in words, so that whoever needs a wider range writes it. A mark may stand at one part of a date
//! (`2010-11~-05`); it counts for the whole.
//!
//! Read are levels 0 and 1, and of level 2 what an analyst uses: marks at parts, any digit
//! unspecified, further seasons, one of a set. Not read, with a fault that says so: times of day,
//! years outside 0000 to 9999, all of a set (`{…}`: write a row each).
//!
//! # Source
//! ISO 8601-2:2019, clauses 4 to 8; Library of Congress (2019), *Extended Date/Time Format (EDTF)
//! Specification*.

mod bounds;
mod error;
mod parse;
mod words;

pub(crate) use bounds::days_between;

use std::borrow::Cow;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use error::EdtfError;
pub use parse::parse_edtf;
pub(crate) use words::MONTHS;

/// A date as far as it is known: its text, and the days that it allows.
///
/// Serialised as the text that was written. [`Display`](std::fmt::Display) gives the canonical form.
///
/// ```
/// use jiff::civil::date;
/// use yalu_evidence::edtf::parse_edtf;
///
/// let broke_ground = parse_edtf("2010-11/2011-02?")?;
/// assert_eq!(broke_ground.earliest(), Some(date(2010, 11, 1)));
/// assert_eq!(broke_ground.latest(), Some(date(2011, 2, 28)));
/// assert!(broke_ground.is_uncertain());
/// assert_eq!(broke_ground.words(), "between November 2010 and February 2011, uncertain");
/// # Ok::<(), yalu_evidence::edtf::EdtfError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edtf {
    text: String,
    form: Form,
    earliest: Option<Date>,
    latest: Option<Date>,
}

impl Edtf {
    /// One day, known for sure.
    ///
    /// # Errors
    /// [`EdtfError::YearBeyond`] where its year isn't within 0000 to 9999.
    pub fn day(day: Date) -> Result<Self, EdtfError> {
        parse_edtf(&day.to_string())
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first day that it allows; none where the start is open or unknown.
    pub fn earliest(&self) -> Option<Date> {
        self.earliest
    }

    /// The last day that it allows; none where the end is open or unknown.
    pub fn latest(&self) -> Option<Date> {
        self.latest
    }

    /// Whether the source itself is in doubt (`?` or `%`).
    pub fn is_uncertain(&self) -> bool {
        self.marks().any(Mark::is_uncertain)
    }

    /// Whether it is an estimate (`~` or `%`). The range isn't widened for it.
    pub fn is_approximate(&self) -> bool {
        self.marks().any(Mark::is_approximate)
    }

    /// Whether it is one day, without a mark.
    pub fn is_exact(&self) -> bool {
        self.earliest.is_some() && self.earliest == self.latest && self.marks().next().is_none()
    }

    /// The day in the middle of the range, the earlier of two; none where an end is open.
    pub fn midpoint(&self) -> Option<Date> {
        let (earliest, latest) = (self.earliest?, self.latest?);
        let half = bounds::days_between(earliest, latest) / 2;
        earliest.checked_add(jiff::Span::new().days(half)).ok()
    }

    /// Words for a report: "between November 2010 and February 2011", "about 2013".
    pub fn words(&self) -> String {
        words::words(self)
    }

    fn marks(&self) -> impl Iterator<Item = Mark> + '_ {
        self.form.points().into_iter().flat_map(Point::marks)
    }
}

/// What was written, by its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Form {
    Point(Point),
    Interval(End, End),
    OneOf(Vec<Member>),
}

impl Form {
    fn points(&self) -> Vec<&Point> {
        match self {
            Self::Point(point) => vec![point],
            Self::Interval(start, end) => [start, end].into_iter().filter_map(End::point).collect(),
            Self::OneOf(members) => members.iter().flat_map(Member::points).collect(),
        }
    }
}

/// An end of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum End {
    At(Point),
    /// `..`: there is no such end.
    Open,
    /// Nothing written: there is one, and it isn't known.
    Unknown,
}

impl End {
    fn point(&self) -> Option<&Point> {
        match self {
            Self::At(point) => Some(point),
            Self::Open | Self::Unknown => None,
        }
    }
}

/// A member of a set of which one is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Member {
    At(Point),
    /// `a..b`, `..b` or `a..`.
    Range(Option<Point>, Option<Point>),
}

impl Member {
    fn points(&self) -> Vec<&Point> {
        match self {
            Self::At(point) => vec![point],
            Self::Range(start, end) => start.iter().chain(end).collect(),
        }
    }
}

/// A year, month, day or season, each digit of which may be unspecified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Point {
    year: Part<4>,
    /// A month, or a season from 21 on.
    month: Option<Part<2>>,
    day: Option<Part<2>>,
}

impl Point {
    fn marks(&self) -> impl Iterator<Item = Mark> + '_ {
        let shorter = self.month.iter().chain(&self.day);
        let shorter = shorter.flat_map(|part| [part.before, part.after]);
        [self.year.before, self.year.after]
            .into_iter()
            .chain(shorter)
            .flatten()
    }

    /// The season, where the place of the month holds one.
    fn season(&self) -> Option<u8> {
        self.month
            .as_ref()?
            .number()
            .map(|number| number as u8)
            .filter(|number| bounds::SEASONS.contains(number))
    }
}

/// Digits of which some aren't known, with the marks at them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Part<const N: usize> {
    before: Option<Mark>,
    digits: [Option<u8>; N],
    after: Option<Mark>,
}

impl<const N: usize> Part<N> {
    /// The number, where every digit is known.
    fn number(&self) -> Option<u16> {
        self.digits
            .iter()
            .try_fold(0, |sum, digit| Some(sum * 10 + u16::from((*digit)?)))
    }

    /// Whether `number` has these digits.
    fn allows(&self, number: u16) -> bool {
        let mut rest = number;
        for digit in self.digits.iter().rev() {
            if digit.is_some_and(|known| u16::from(known) != rest % 10) {
                return false;
            }
            rest /= 10;
        }
        rest == 0
    }
}

/// A mark of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mark {
    Uncertain,
    Approximate,
    Both,
}

impl Mark {
    fn is_uncertain(self) -> bool {
        self != Self::Approximate
    }

    fn is_approximate(self) -> bool {
        self != Self::Uncertain
    }
}

impl FromStr for Edtf {
    type Err = EdtfError;

    fn from_str(text: &str) -> Result<Self, EdtfError> {
        parse_edtf(text)
    }
}

impl Serialize for Edtf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Edtf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        parse_edtf(&text).map_err(|fault| de::Error::custom(format!("{fault}; {}", fault.mend())))
    }
}

impl JsonSchema for Edtf {
    fn schema_name() -> Cow<'static, str> {
        "Edtf".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A date as far as it is known, in the Extended Date/Time Format \
                (ISO 8601-2:2019): 2010, 2010-12-31, 2013~, 201X, 2010-11/2011-02, ../2012.",
            "examples": ["2010", "2010-12-31", "2013~", "201X", "2010-11/2011-02", "../2012"],
        })
    }
}

#[cfg(test)]
mod tests;
