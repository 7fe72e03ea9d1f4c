//! From text to a date.

use super::bounds::{self, Impossible};
use super::{Edtf, EdtfError, End, Form, Mark, Member, Part, Point};

/// Reads a date in the Extended Date/Time Format; blanks around it are let be.
///
/// # Errors
/// [`EdtfError`]: what can't stand there, or a date that there can't be, with its column.
pub fn parse_edtf(text: &str) -> Result<Edtf, EdtfError> {
    let characters: Vec<char> = text.chars().collect();
    let mut cursor = Cursor {
        characters: &characters,
        at: 0,
    };
    cursor.skip_blanks();
    if cursor.peek().is_none() {
        return Err(EdtfError::Empty);
    }
    let form = cursor.form()?;
    cursor.skip_blanks();
    if cursor.peek().is_some() {
        return Err(cursor.unexpected("the end of the date"));
    }
    let (earliest, latest) = bounds::of_form(&form);
    Ok(Edtf {
        text: text.trim().to_owned(),
        form,
        earliest,
        latest,
    })
}

struct Cursor<'a> {
    characters: &'a [char],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn column(&self) -> usize {
        self.at + 1
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn unexpected(&self, expected: &'static str) -> EdtfError {
        let column = self.column();
        match self.peek() {
            None => EdtfError::EndsEarly { column, expected },
            Some('T') => EdtfError::TimeOfDay { column },
            Some('{') => EdtfError::AllOfASet { column },
            Some('Y' | '-') if expected == YEAR => EdtfError::YearBeyond { column },
            Some(found) if found.is_ascii_digit() && expected == END_OF_YEAR => {
                EdtfError::YearBeyond { column }
            }
            Some(found) => EdtfError::Unexpected {
                column,
                found,
                expected,
            },
        }
    }

    fn form(&mut self) -> Result<Form, EdtfError> {
        if self.take('[') {
            return self.one_of();
        }
        let start = self.end()?;
        let column = self.column();
        if !self.take('/') {
            return match start {
                End::At(point) => Ok(Form::Point(point)),
                End::Open | End::Unknown => Err(self.unexpected("`/` and the other end")),
            };
        }
        let at = self.column();
        let end = self.end()?;
        if start.point().is_none() && end.point().is_none() {
            return Err(EdtfError::OpenAtBothEnds { column });
        }
        in_order(start.point(), end.point(), at)?;
        Ok(Form::Interval(start, end))
    }

    /// An end of an interval: a point, `..`, or nothing.
    fn end(&mut self) -> Result<End, EdtfError> {
        match self.peek() {
            Some('.') => {
                self.dots()?;
                Ok(End::Open)
            }
            Some('/') | None => Ok(End::Unknown),
            Some(found) if found.is_whitespace() => Ok(End::Unknown),
            Some(_) => Ok(End::At(self.point()?)),
        }
    }

    fn dots(&mut self) -> Result<(), EdtfError> {
        for _ in 0..2 {
            if !self.take('.') {
                return Err(self.unexpected("the two dots of an open end"));
            }
        }
        Ok(())
    }

    fn one_of(&mut self) -> Result<Form, EdtfError> {
        let mut members = Vec::new();
        loop {
            self.skip_blanks();
            members.push(self.member()?);
            self.skip_blanks();
            if self.take(']') {
                return Ok(Form::OneOf(members));
            }
            if !self.take(',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn member(&mut self) -> Result<Member, EdtfError> {
        if self.peek() == Some('.') {
            self.dots()?;
            return Ok(Member::Range(None, Some(self.point()?)));
        }
        let start = self.point()?;
        if self.peek() != Some('.') {
            return Ok(Member::At(start));
        }
        self.dots()?;
        if self
            .peek()
            .is_none_or(|next| ",]".contains(next) || next.is_whitespace())
        {
            return Ok(Member::Range(Some(start), None));
        }
        let at = self.column();
        let end = self.point()?;
        in_order(Some(&start), Some(&end), at)?;
        Ok(Member::Range(Some(start), Some(end)))
    }

    fn point(&mut self) -> Result<Point, EdtfError> {
        let from = self.at;
        let year = self.part::<4>(YEAR)?;
        if self.peek().is_some_and(|next| next.is_ascii_digit()) {
            return Err(self.unexpected(END_OF_YEAR));
        }
        let mut point = Point {
            year,
            month: None,
            day: None,
        };
        let (mut month_at, mut day_at) = (self.at, self.at);
        if self.take('-') {
            month_at = self.at;
            point.month = Some(self.part(MONTH)?);
        }
        if point.month.is_some() && self.take('-') {
            day_at = self.at;
            if point.season().is_some() {
                return Err(EdtfError::SeasonWithDay {
                    column: self.column(),
                });
            }
            point.day = Some(self.part("the day's two digits")?);
        }
        let written = |from: usize, to: usize| self.characters[from..to].iter().collect();
        match bounds::of_point(&point) {
            Ok(_) => Ok(point),
            Err(Impossible::Year) => Err(EdtfError::YearBeyond { column: from + 1 }),
            Err(Impossible::Month) => Err(EdtfError::NoSuchMonth {
                column: month_at + 1,
                written: written(month_at, self.at.min(month_at + 2)),
            }),
            Err(Impossible::Day) => Err(EdtfError::NoSuchDay {
                column: day_at + 1,
                written: written(day_at, self.at),
                month: written(from, day_at - 1),
            }),
        }
    }

    fn part<const N: usize>(&mut self, expected: &'static str) -> Result<Part<N>, EdtfError> {
        let before = self.mark();
        let mut digits = [None; N];
        for digit in &mut digits {
            *digit = match self.peek() {
                Some('X') => None,
                Some(found @ '0'..='9') => Some(found as u8 - b'0'),
                _ => return Err(self.unexpected(expected)),
            };
            self.at += 1;
        }
        Ok(Part {
            before,
            digits,
            after: self.mark(),
        })
    }

    /// A mark; `?~` and `~?`, of the draft before the standard, are `%`.
    fn mark(&mut self) -> Option<Mark> {
        let mut found = None;
        while let Some(mark) = self.peek().and_then(mark_of) {
            found = match found {
                Some(earlier) if earlier != mark => Some(Mark::Both),
                _ => Some(mark),
            };
            self.at += 1;
        }
        found
    }
}

const YEAR: &str = "the year's four digits";
const END_OF_YEAR: &str = "`-`, `/` or the end after four digits";
const MONTH: &str = "the month's two digits";

fn mark_of(character: char) -> Option<Mark> {
    match character {
        '?' => Some(Mark::Uncertain),
        '~' => Some(Mark::Approximate),
        '%' => Some(Mark::Both),
        _ => None,
    }
}

/// Refuses an end that lies before the start for sure.
fn in_order(start: Option<&Point>, end: Option<&Point>, at: usize) -> Result<(), EdtfError> {
    let start = start.and_then(bounds::earliest);
    let end = end.and_then(bounds::latest);
    match start.zip(end) {
        Some((start, end)) if end < start => Err(EdtfError::EndBeforeStart {
            column: at,
            start,
            end,
        }),
        _ => Ok(()),
    }
}
