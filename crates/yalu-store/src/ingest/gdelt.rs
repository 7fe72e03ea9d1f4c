//! GDELT's event exports.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::input::Row;
use super::record::{EventRow, Parser, Record, Reject, Span, parse_day};
use super::sides::Sides;
use crate::types::{CameoCode, QuadClass};

/// GDELT 1.0 and 2.0 event rows, told apart row by row by the number of their columns: 57 (back
/// files), 58 (with the source's address) or 61 (2.0, with ADM2 codes).
///
/// The event's day is `SQLDATE`, which may lie long before the day on which it was found. What a file
/// covers is told by `DATEADDED`, except of the back files (to March 2013), which are filed by the
/// event's day and were all added in early 2013.
///
/// # Source
/// Leetaru and Schrodt (2013), GDELT: Global Data on Events, Location and Tone; the GDELT Project's
/// column lists for events 1.0 and 2.0.
pub(crate) struct Gdelt {
    sides: Sides,
    max_age_days: Option<u32>,
    covered: BTreeSet<Date>,
    n_old: u64,
}

/// More than this lies between an event and its finding where a text speaks of the past.
const OLD_AFTER_DAYS: i32 = 31;

/// From this day on files are filed by the day on which an event was found.
const DAILY_FILES_BEGIN: Date = date(2013, 4, 1);

const ACTOR_1: usize = 5;
const ACTOR_2: usize = 15;
const EVENT_CODE: usize = 26;
const QUAD_CLASS: usize = 29;
const GOLDSTEIN: usize = 30;
const MENTIONS: usize = 31;

impl Gdelt {
    pub(crate) fn new(max_age_days: Option<u32>) -> Self {
        Self {
            sides: Sides::default(),
            max_age_days,
            covered: BTreeSet::new(),
            n_old: 0,
        }
    }

    fn age_days(date: Date, added: Date) -> i32 {
        date.until(added).map_or(0, |span| span.get_days())
    }
}

impl Parser for Gdelt {
    fn parse(&mut self, row: &Row<'_>) -> Result<Record, Reject> {
        let n_columns = row.fields.len();
        let added_column = match n_columns {
            57 | 58 => 56,
            61 => 59,
            _ => {
                return Err(Reject::new(format!(
                    "{n_columns} columns; GDELT has 57, 58 or 61"
                )));
            }
        };
        let id = row
            .text(0)
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| Reject::new("no event id"))?;
        let date = parse_day(row.text(1).unwrap_or_default(), false)?;
        // 2.0 has the time of day behind the day.
        let added = row
            .text(added_column)
            .and_then(|text| text.get(..8))
            .ok_or_else(|| Reject::new("no DATEADDED"))?;
        let added = parse_day(added, false)?;
        let age = Self::age_days(date, added);
        if age < -1 {
            return Err(Reject::new(format!(
                "dated {date}, after it was found on {added}"
            )));
        }
        self.covered.insert(if added < DAILY_FILES_BEGIN {
            date
        } else {
            added
        });
        if let Some(limit) = self.max_age_days
            && age > i32::try_from(limit).unwrap_or(i32::MAX)
        {
            return Err(Reject::expected(format!(
                "found more than {limit} days after its date"
            )));
        }
        let text = row.text(EVENT_CODE).unwrap_or_default();
        let code: CameoCode = text
            .parse()
            .map_err(|_| Reject::new(format!("`{text}` is not a CAMEO code")))?;
        let quad = row
            .text(QUAD_CLASS)
            .and_then(|text| text.parse().ok())
            .and_then(QuadClass::from_number)
            .ok_or_else(|| Reject::new("no quad class from 1 to 4"))?;
        let goldstein = match row.text(GOLDSTEIN) {
            None => None,
            Some(text) => Some(
                text.parse::<f64>()
                    .ok()
                    .filter(|score| (-10.0..=10.0).contains(score))
                    .ok_or_else(|| {
                        Reject::new(format!("score `{text}` is not within −10 to 10"))
                    })?,
            ),
        };
        let mentions = row.text(MENTIONS).and_then(|text| text.parse().ok());
        let mut side = |first: usize| {
            let field = |offset: usize| row.text(first + offset).unwrap_or_default();
            let name = if field(1).is_empty() {
                field(0)
            } else {
                field(1)
            };
            let roles = [field(7), field(8), field(9)];
            self.sides.by_cameo(name, field(2), &roles, date)
        };
        let source = side(ACTOR_1);
        let target = side(ACTOR_2);
        self.n_old += u64::from(age > OLD_AFTER_DAYS);
        Ok(Record::Events(vec![EventRow {
            id: id.to_owned(),
            date,
            span: Span::Day,
            source,
            target,
            code: Some(code),
            quad: Some(quad.number()),
            goldstein,
            n: 1,
            mentions,
            line: row.line,
        }]))
    }

    fn repairs(&self) -> Vec<(String, u64)> {
        vec![(
            format!("events dated more than {OLD_AFTER_DAYS} days before they were found (kept)"),
            self.n_old,
        )]
    }

    fn covered(&self) -> Option<Vec<[Date; 2]>> {
        Some(super::coverage::runs(&self.covered))
    }
}
