//! Dates: BibLaTeX's, which are ISO 8601-2 as far as libraries use it, and BibTeX's year and month.

use super::fault::{BibtexError, Loss};
use crate::csl::{Date, DatePoint, ends_before, month_of};
use serde_json::Value;

type Read = Result<(Date, Vec<Loss>), BibtexError>;

/// One end of a date.
#[derive(Clone, Copy)]
enum End {
    /// Nothing, or two points.
    Open,
    /// A point, or the span that open digits leave, and a season from 1 to 4.
    Point {
        from: DatePoint,
        to: Option<DatePoint>,
        season: Option<u8>,
    },
}

/// Why a text is no end of a date.
enum Unread {
    /// It isn't one at all.
    Other,
    /// It is none that the calendar has.
    Calendar,
}

/// The date of a field such as `date`: a year, month, day or season, a range of two with `/`, with
/// `~` (approximate), `?` (uncertain), `%` (both), and `X` for open digits.
pub(super) fn read(field: &str, text: &str) -> Read {
    let named = || field.to_owned();
    let calendar = || BibtexError::Calendar {
        field: named(),
        found: text.to_owned(),
    };
    let mut losses = Vec::new();
    let mut date = Date::default();
    let parts: Vec<&str> = text.split(['/', '–']).map(str::trim).collect();
    let ends: Result<Vec<End>, Unread> = match parts.len() {
        1 | 2 => (parts.iter())
            .map(|part| end(field, part, &mut date, &mut losses))
            .collect(),
        _ => Err(Unread::Other),
    };
    let ends = match ends {
        Ok(ends) => ends,
        Err(Unread::Calendar) => return Err(calendar()),
        Err(Unread::Other) => return Ok(written(field, text)),
    };
    match ends[..] {
        [End::Point { from, to, season }] => {
            (date.from, date.to) = (Some(from), to);
            date.season = season.map(|season| season.to_string());
        }
        [
            End::Point {
                from, season: None, ..
            },
            End::Point {
                from: last,
                to,
                season: None,
            },
        ] => {
            let to = to.unwrap_or(last);
            if ends_before(from, to) {
                return Err(BibtexError::DateOrder {
                    field: named(),
                    found: text.to_owned(),
                });
            }
            (date.from, date.to) = (Some(from), (to != from).then_some(to));
        }
        [End::Point { .. }, End::Point { .. }] => {
            losses.push(Loss::SeasonInRange { field: named() });
            date.raw = Some(text.to_owned());
        }
        [End::Open] | [End::Open, End::Open] => return Ok(written(field, text)),
        _ => {
            losses.push(Loss::OpenRange { field: named() });
            date.raw = Some(text.to_owned());
        }
    }
    losses.dedup();
    Ok((date, losses))
}

/// A text that isn't a date, to be printed in its place.
fn written(field: &str, text: &str) -> (Date, Vec<Loss>) {
    let date = Date {
        literal: Some(text.to_owned()),
        ..Date::default()
    };
    let field = field.to_owned();
    (date, vec![Loss::NotADate { field }])
}

fn end(field: &str, text: &str, date: &mut Date, losses: &mut Vec<Loss>) -> Result<End, Unread> {
    let named = || field.to_owned();
    if matches!(text, "" | "..") {
        return Ok(End::Open);
    }
    let bare = text.trim_end_matches(['~', '?', '%']);
    if bare.len() != text.len() {
        date.circa = Some(Value::Bool(true));
        if text[bare.len()..].contains(['?', '%']) {
            losses.push(Loss::Uncertain { field: named() });
        }
    }
    let bare = match bare.split_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') => {
            losses.push(Loss::TimeOfDay { field: named() });
            day
        }
        _ => bare,
    };
    let (sign, digits) = bare.strip_prefix('-').map_or((1, bare), |rest| (-1, rest));
    let parts: Vec<&str> = digits.split('-').collect();
    if digits.contains('X') {
        let span = open_digits(&parts).filter(|_| sign == 1);
        let (from, to) = span.ok_or(Unread::Other)?;
        losses.push(Loss::OpenDigits { field: named() });
        let (to, season) = (Some(to), None);
        return Ok(End::Point { from, to, season });
    }
    let number = |part: &&str| -> Option<i16> {
        let plain = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    let numbers: Option<Vec<i16>> = parts.iter().map(number).collect();
    let numbers = numbers.filter(|n| n.len() <= 3 && parts[0].len() == 4);
    let numbers = numbers.ok_or(Unread::Other)?;
    let season = numbers.get(1).copied().filter(|n| (21..=24).contains(n));
    let small = |at: usize| numbers.get(at).map(|n| u8::try_from(*n).unwrap_or(u8::MAX));
    let month = if season.is_some() { None } else { small(1) };
    let from = DatePoint::new(sign * numbers[0], month, small(2)).ok_or(Unread::Calendar)?;
    let season = season.and_then(|n| u8::try_from(n - 20).ok());
    Ok(End::Point {
        from,
        to: None,
        season,
    })
}

/// The first and the last day, month or year that `20XX`, `2013-XX` or `2013-07-XX` leave open.
fn open_digits(parts: &[&str]) -> Option<(DatePoint, DatePoint)> {
    let year = parts.first().filter(|year| year.len() == 4)?;
    let known = year.trim_end_matches('X');
    let filled = |with: &str| -> Option<i16> {
        format!("{known}{}", with.repeat(4 - known.len()))
            .parse()
            .ok()
    };
    let (first, last) = (filled("0")?, filled("9")?);
    let point = |year, month, day| DatePoint::new(year, month, day);
    match parts[1..] {
        [] | ["XX"] | ["XX", "XX"] if first != last => {
            Some((point(first, None, None)?, point(last, None, None)?))
        }
        ["XX"] | ["XX", "XX"] => {
            Some((point(first, Some(1), None)?, point(first, Some(12), None)?))
        }
        [month, "XX"] if first == last => {
            let month = month.parse().ok();
            let days = (28..=31).rev();
            let last_day = days
                .into_iter()
                .find_map(|day| point(first, month, Some(day)))?;
            Some((point(first, month, Some(1))?, last_day))
        }
        _ => None,
    }
}

/// BibTeX's date: the year with what stands in `month` (a name, an abbreviation, a number, with a day
/// before or after it) and in `day`.
pub(super) fn year_month_day(year: &str, month: Option<&str>, day: Option<&str>) -> Read {
    let all: Vec<&str> = [day, month, Some(year)].into_iter().flatten().collect();
    let all = all.join(" ");
    let (mut date, mut losses) = read("year", year)?;
    let Some(from) = date
        .from
        .filter(|from| from.month.is_none() && date.to.is_none())
    else {
        if month.or(day).is_some() {
            return Ok(written("year", &all));
        }
        return Ok((date, losses));
    };
    let Some(month) = month else {
        if day.is_some() {
            return Ok(written("year", &all));
        }
        return Ok((date, losses));
    };
    let words: Vec<&str> = month
        .split([' ', '\u{a0}', '~', ','])
        .filter(|w| !w.is_empty())
        .collect();
    let number = |text: &str| text.trim().trim_end_matches('.').parse::<u8>().ok();
    let of_words = |word: &str| month_of(word);
    let (month, inner) = match words[..] {
        [one] => (of_words(one).or_else(|| number(one)), None),
        [a, b] if of_words(a).is_some() => (of_words(a), Some(number(b))),
        [a, b] => (of_words(b), Some(number(a))),
        _ => (None, None),
    };
    let day = match (day.map(number), inner) {
        (Some(day), None) | (None, Some(day)) => Some(day),
        (None, None) => None,
        (Some(_), Some(_)) => Some(None),
    };
    let (Some(month), false) = (month, day == Some(None)) else {
        return Ok(written("month", &all));
    };
    let point = DatePoint::new(from.year, Some(month), day.flatten());
    date.from = Some(point.ok_or_else(|| BibtexError::Calendar {
        field: "month".to_owned(),
        found: all,
    })?);
    losses.dedup();
    Ok((date, losses))
}
