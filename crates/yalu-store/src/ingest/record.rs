//! A row, understood.

use std::sync::Arc;

use jiff::civil::Date;

use crate::types::{ActorCode, CameoCode};

/// One side of an event, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Side {
    /// Its state; nothing where it has none or none is known.
    pub(crate) country: Option<ActorCode>,
    /// Its sectors joined by `;`, the narrowest first; empty for the state as such.
    pub(crate) sectors: String,
    /// The name or code in the file.
    pub(crate) name: String,
    /// The person, where it is one that is known.
    pub(crate) person: Option<String>,
}

/// The length of the time that a row stands for, as the store writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Span {
    Day,
    Month,
    Year,
}

impl Span {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The last day of the span that begins on `first`.
    pub(crate) fn last_day(self, first: Date) -> Date {
        match self {
            Self::Day => first,
            Self::Month => first.last_of_month(),
            Self::Year => first.last_of_year(),
        }
    }
}

/// A single event or a count of events.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventRow {
    pub(crate) id: String,
    pub(crate) date: Date,
    pub(crate) span: Span,
    pub(crate) source: Arc<Side>,
    pub(crate) target: Arc<Side>,
    pub(crate) code: Option<CameoCode>,
    pub(crate) quad: Option<u8>,
    pub(crate) goldstein: Option<f64>,
    pub(crate) n: i64,
    pub(crate) mentions: Option<i64>,
    pub(crate) line: u64,
}

/// A flow of trade.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TradeRow {
    pub(crate) date: Date,
    pub(crate) span: Span,
    pub(crate) reporter: Arc<Side>,
    pub(crate) partner: Arc<Side>,
    /// `export` or `import`.
    pub(crate) flow: &'static str,
    pub(crate) commodity: String,
    pub(crate) value_usd: f64,
    pub(crate) line: u64,
}

/// What one row of a file becomes: rows of the store with one key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record {
    /// At least one; several where a row counts several kinds of act.
    Events(Vec<EventRow>),
    Trade(TradeRow),
}

impl Record {
    /// Whether a side is no known state.
    pub(crate) fn unmapped(&self) -> impl Iterator<Item = &Side> {
        let sides = match self {
            Self::Events(rows) => rows.first().map(|row| [&row.source, &row.target]),
            Self::Trade(row) => Some([&row.reporter, &row.partner]),
        };
        sides
            .into_iter()
            .flatten()
            .map(Arc::as_ref)
            .filter(|side| side.country.is_none())
    }

    pub(crate) fn date(&self) -> Date {
        match self {
            Self::Events(rows) => rows[0].date,
            Self::Trade(row) => row.date,
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Events(rows) => rows[0].span,
            Self::Trade(row) => row.span,
        }
    }
}

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) reason: String,
    /// Whether rows of this kind are expected in a sound file, and so don't speak against it.
    pub(crate) expected: bool,
}

impl Reject {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            expected: false,
        }
    }

    pub(crate) fn expected(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            expected: true,
        }
    }
}

/// Turns rows of one format into records.
pub(crate) trait Parser {
    /// Understands one row.
    fn parse(&mut self, row: &super::input::Row<'_>) -> Result<Record, Reject>;

    /// What was mended so far, with how often.
    fn repairs(&self) -> Vec<(String, u64)> {
        Vec::new()
    }

    /// The spans of days that the file speaks of, where its rows' own dates don't tell.
    fn covered(&self) -> Option<Vec<[Date; 2]>> {
        None
    }
}

/// The earliest and latest day that an event may have.
const FIRST_YEAR: i16 = 1800;
const LAST_YEAR: i16 = 2100;

/// A day written as `2013-02-28`, `20130228`, or, where `us` says so, `2/28/2013`.
pub(crate) fn parse_day(text: &str, us: bool) -> Result<Date, Reject> {
    let fail = || Reject::new(format!("`{text}` is not a day"));
    let numbers = |parts: [&str; 3]| -> Option<Date> {
        let [year, month, day] = parts;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let date = if us {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(month), Some(day), Some(year), None) => numbers([year, month, day]),
            _ => None,
        }
    } else if text.len() == 8 && text.is_ascii() {
        numbers([&text[..4], &text[4..6], &text[6..]])
    } else {
        let mut parts = text.split('-');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(year), Some(month), Some(day), None) if year.len() == 4 => {
                numbers([year, month, day])
            }
            _ => None,
        }
    };
    let date = date.ok_or_else(fail)?;
    in_range(date)
}

/// A day that an event may have.
pub(crate) fn in_range(date: Date) -> Result<Date, Reject> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&date.year()) {
        Ok(date)
    } else {
        Err(Reject::new(format!(
            "{date} is out of range ({FIRST_YEAR} to {LAST_YEAR})"
        )))
    }
}
