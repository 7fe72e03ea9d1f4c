//! From what was written to the days that it allows.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::{End, Form, Member, Part, Point};

/// The numbers that stand for a season in the place of a month.
pub(super) const SEASONS: RangeInclusive<u8> = 21..=41;

/// The first and the last month of a season, counted from January of the year named: winter runs
/// into the next year.
pub(super) fn season_months(season: u8) -> (u8, u8) {
    match season {
        21 | 25 | 31 => (3, 5),
        22 | 26 | 32 => (6, 8),
        23 | 27 | 29 => (9, 11),
        24 | 28 | 30 => (12, 14),
        33..=36 => (3 * (season - 33) + 1, 3 * (season - 33) + 3),
        37..=39 => (4 * (season - 37) + 1, 4 * (season - 37) + 4),
        _ => (6 * (season - 40) + 1, 6 * (season - 40) + 6),
    }
}

/// Why a point has no day.
pub(super) enum Impossible {
    Month,
    Day,
    Year,
}

/// The earliest and the latest day of a point.
pub(super) fn of_point(point: &Point) -> Result<(Date, Date), Impossible> {
    if let Some(season) = point.season() {
        let (first, last) = season_months(season);
        let at = |year: Option<u16>, month: u8| {
            let year = year.ok_or(Impossible::Year)? as i16 + i16::from((month - 1) / 12);
            Date::new(year, (month - 1) as i8 % 12 + 1, 1).map_err(|_| Impossible::Year)
        };
        let latest = at(years(point).next_back(), last)?.last_of_month();
        return Ok((at(years(point).next(), first)?, latest));
    }
    if !(1..=12).any(|month| allows(point.month.as_ref(), month)) {
        return Err(Impossible::Month);
    }
    let first = years(point).find_map(|year| days(point, year).next());
    let last = years(point)
        .rev()
        .find_map(|year| days(point, year).next_back());
    first.zip(last).ok_or(Impossible::Day)
}

fn years(point: &Point) -> impl DoubleEndedIterator<Item = u16> + '_ {
    let filled = |by: u8| {
        let digits = point.year.digits.iter();
        digits.fold(0, |sum, digit| sum * 10 + u16::from(digit.unwrap_or(by)))
    };
    (filled(0)..=filled(9)).filter(|year| point.year.allows(*year))
}

/// The days of a year that the month and the day allow.
fn days(point: &Point, year: u16) -> impl DoubleEndedIterator<Item = Date> + '_ {
    (1..=12_u16)
        .filter(|month| allows(point.month.as_ref(), *month))
        .filter_map(move |month| Date::new(year as i16, month as i8, 1).ok())
        .flat_map(|first| {
            (1..=first.days_in_month() as u16)
                .filter(|day| allows(point.day.as_ref(), *day))
                .filter_map(move |day| Date::new(first.year(), first.month(), day as i8).ok())
        })
}

/// A part that isn't written allows all.
fn allows(part: Option<&Part<2>>, number: u16) -> bool {
    part.is_none_or(|part| part.allows(number))
}

/// The earliest and the latest day of the whole; the points were found possible before.
pub(super) fn of_form(form: &Form) -> (Option<Date>, Option<Date>) {
    let range = |start: Option<&Point>, end: Option<&Point>| {
        (start.and_then(earliest), end.and_then(latest))
    };
    match form {
        Form::Point(point) => range(Some(point), Some(point)),
        Form::Interval(start, end) => range(End::point(start), End::point(end)),
        Form::OneOf(members) => {
            let ranges: Vec<_> = members
                .iter()
                .map(|member| match member {
                    Member::At(point) => range(Some(point), Some(point)),
                    Member::Range(start, end) => range(start.as_ref(), end.as_ref()),
                })
                .collect();
            // None, an open end, is the least of the starts; for the ends it must be looked for.
            let first = ranges.iter().map(|range| range.0).min().flatten();
            let open = ranges.iter().any(|range| range.1.is_none());
            let last = ranges.iter().filter_map(|range| range.1).max();
            (first, last.filter(|_| !open))
        }
    }
}

pub(super) fn earliest(point: &Point) -> Option<Date> {
    of_point(point).ok().map(|range| range.0)
}

pub(super) fn latest(point: &Point) -> Option<Date> {
    of_point(point).ok().map(|range| range.1)
}

/// Days from one day to another, negative where the other is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    // Spans of civil days are whole days unless a larger unit is asked for.
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
