//! Dates as citations have them: years, months, days, ranges, seasons, and what a person wrote.

use super::fault::CslError;
use crate::edtf::MONTHS;
use serde_json::{Map, Value, json};

/// A year, a month or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatePoint {
    /// The year; below zero before our era, −9999 to 9999.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: Option<u8>,
    /// The day, only with a month.
    pub day: Option<u8>,
}

impl DatePoint {
    /// A point that is in the calendar; nothing where it isn't, or where a day has no month.
    pub fn new(year: i16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let (m, d) = (month.unwrap_or(1), day.unwrap_or(1));
        let dated = i8::try_from(m).ok().zip(i8::try_from(d).ok());
        let (m, d) = dated.filter(|_| day.is_none() || month.is_some())?;
        jiff::civil::Date::new(year, m, d).ok()?;
        Some(Self { year, month, day })
    }

    /// Of a text that is a year, a month or a day and nothing else: `2013`, `2013-07`, `2013-07-31`,
    /// with slashes, `31 July 2013`, `July 31, 2013`, `July 2013`; a time after `T` is passed over.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let dated = text.split_once('T').filter(|(_, time)| time.contains(':'));
        let text = dated.map_or(text, |(date, _)| date);
        let words: Vec<&str> = text
            .split([' ', ',', '.'])
            .filter(|w| !w.is_empty())
            .collect();
        match words[..] {
            [one] => Self::numeric(one),
            [month, year] => Self::new(year_of(year)?, Some(month_of(month)?), None),
            [a, b, year] => {
                let (month, day) = month_of(b).map_or((b, a), |_| (a, b));
                let (month, day) = match month_of(month) {
                    Some(month) => (month, day),
                    None => (month_of(day)?, month),
                };
                Self::new(year_of(year)?, Some(month), Some(day.parse().ok()?))
            }
            _ => None,
        }
    }

    fn numeric(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let separator = if digits.contains('/') { '/' } else { '-' };
        let mut parts = digits.split(separator);
        let year = sign * year_of(parts.next()?)?;
        let mut number = || {
            parts
                .next()
                .map(|part| part.parse::<u8>().ok().filter(|n| *n > 0))
        };
        let (month, day) = (number(), number());
        if parts.next().is_some() || month == Some(None) || day == Some(None) {
            return None;
        }
        Self::new(year, month.flatten(), day.flatten())
    }

    /// Its parts, for `date-parts`.
    fn parts(self) -> Value {
        let month = self.month.map(i64::from);
        let day = self.day.map(i64::from);
        let all = [Some(i64::from(self.year)), month, day];
        json!(all.into_iter().flatten().collect::<Vec<i64>>())
    }

    /// `31 July 2013`, `July 2013`, `2013`, `43 BC`.
    pub fn words(self) -> String {
        let year = year_words(self.year);
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{day} {} {year}", month_name(month)),
            (Some(month), None) => format!("{} {year}", month_name(month)),
            (None, _) => year,
        }
    }
}

fn year_of(text: &str) -> Option<i16> {
    let plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Year 0 is 1 BC, as astronomers and ISO 8601 count.
fn year_words(year: i16) -> String {
    if year > 0 {
        return year.to_string();
    }
    format!("{} BC", 1 - i32::from(year))
}

const SEASONS: [&str; 4] = ["spring", "summer", "autumn", "winter"];

fn month_name(month: u8) -> &'static str {
    MONTHS
        .get(usize::from(month).wrapping_sub(1))
        .copied()
        .unwrap_or("")
}

/// The month of an English name or an abbreviation of three letters or more.
pub(crate) fn month_of(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let named =
        |name: &&str| -> bool { word.len() >= 3 && name.to_ascii_lowercase().starts_with(&word) };
    let at = MONTHS.iter().position(named)?;
    u8::try_from(at + 1).ok()
}

/// A date of an item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Date {
    /// Its beginning, or all of it, where it is given in parts.
    pub from: Option<DatePoint>,
    /// Its end, where it is a range.
    pub to: Option<DatePoint>,
    /// The season: 1 (spring) to 4 (winter), or a word.
    pub season: Option<String>,
    /// Whether it is approximate, as it stands: anything but `false`, 0 and an empty text says so.
    pub circa: Option<Value>,
    /// What is to be printed in its place.
    pub literal: Option<String>,
    /// What a person wrote, unparsed.
    pub raw: Option<String>,
    /// Keys that the schema doesn't know.
    pub rest: Map<String, Value>,
}

impl From<DatePoint> for Date {
    fn from(point: DatePoint) -> Self {
        Self {
            from: Some(point),
            ..Self::default()
        }
    }
}

impl Date {
    /// Its beginning: from parts, else from what a person wrote where that is a plain date.
    pub fn start(&self) -> Option<DatePoint> {
        let raw = || self.raw.as_deref().and_then(DatePoint::parse);
        let literal = || self.literal.as_deref().and_then(DatePoint::parse);
        self.from.or_else(raw).or_else(literal)
    }

    /// Whether it is approximate.
    pub fn is_circa(&self) -> bool {
        match &self.circa {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::String(text)) => !matches!(text.trim(), "" | "0" | "false"),
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(_) => true,
        }
    }

    /// The year for a short citation: `2013`, `c. 2013`, `2011-2012`, `in press`, `n.d.`.
    pub fn year_words(&self) -> String {
        let Some(start) = self.start() else {
            let written = self.literal.as_ref().or(self.raw.as_ref());
            let written = written.map_or("", |text| text.trim());
            return if written.is_empty() { "n.d." } else { written }.to_owned();
        };
        let circa = if self.is_circa() { "c. " } else { "" };
        let end = self.to.filter(|to| to.year != start.year);
        let end = end.map(|to| format!("-{}", year_words(to.year)));
        format!(
            "{circa}{}{}",
            year_words(start.year),
            end.unwrap_or_default()
        )
    }

    /// The whole date where it says more than years: `31 July 2013`, `autumn 2013`,
    /// `1 July 2013 to 3 August 2013`.
    pub fn full_words(&self) -> Option<String> {
        let start = self.start()?;
        let circa = if self.is_circa() { "c. " } else { "" };
        if start.month.is_none()
            && let Some(season) = &self.season
        {
            let named = season
                .parse::<usize>()
                .ok()
                .and_then(|n| SEASONS.get(n.wrapping_sub(1)));
            let season = named.copied().unwrap_or(season);
            return Some(format!("{circa}{season} {}", year_words(start.year)));
        }
        start.month?;
        let end = self.to.map(|to| format!(" to {}", to.words()));
        Some(format!(
            "{circa}{}{}",
            start.words(),
            end.unwrap_or_default()
        ))
    }

    /// The date as CSL-JSON.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        if let Some(from) = self.from {
            let points = [Some(from), self.to].into_iter().flatten();
            map.insert("date-parts".into(), points.map(DatePoint::parts).collect());
        }
        let text = |text: &Option<String>| text.clone().map(Value::String);
        let season = self.season.as_ref().map(|season| {
            let number = season.parse::<u8>().ok().filter(|n| (1..=4).contains(n));
            number.map_or_else(|| json!(season), |n| json!(n))
        });
        let parts = [
            ("season", season),
            ("circa", self.circa.clone()),
            ("literal", text(&self.literal)),
            ("raw", text(&self.raw)),
        ];
        for (key, value) in parts {
            if let Some(value) = value {
                map.insert(key.into(), value);
            }
        }
        map.extend(self.rest.clone());
        Value::Object(map)
    }

    /// A date from CSL-JSON that is known to be an object.
    pub(super) fn from_json(key: &str, map: &Map<String, Value>) -> Result<Self, CslError> {
        let mut date = Self::default();
        for (part, value) in map {
            match part.as_str() {
                "date-parts" => (date.from, date.to) = points(key, value)?,
                "season" => date.season = Some(season(key, value)?),
                "circa" => date.circa = Some(circa(key, value)?),
                "literal" => date.literal = Some(text(key, part, value)?),
                "raw" => date.raw = Some(text(key, part, value)?),
                _ => {
                    date.rest.insert(part.clone(), value.clone());
                }
            }
        }
        if date == Self::default() {
            return Err(CslError::EmptyDate { key: key.into() });
        }
        Ok(date)
    }
}

fn kind_fault(key: &str, part: &str, value: &Value, expected: &'static str) -> CslError {
    CslError::Kind {
        key: format!("{key}.{part}"),
        found: found(value),
        expected,
    }
}

/// What a JSON value is, in words.
pub(super) fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn text(key: &str, part: &str, value: &Value) -> Result<String, CslError> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| kind_fault(key, part, value, "text"))
}

fn circa(key: &str, value: &Value) -> Result<Value, CslError> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(value.clone()),
        _ => Err(kind_fault(
            key,
            "circa",
            value,
            "a truth value, a number or text",
        )),
    }
}

fn season(key: &str, value: &Value) -> Result<String, CslError> {
    let written = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(kind_fault(key, "season", value, "text or a number")),
    };
    let sound = match written.parse::<f64>() {
        Ok(_) => matches!(written.as_str(), "1" | "2" | "3" | "4"),
        Err(_) => !written.is_empty(),
    };
    let fault = || CslError::Season {
        key: key.into(),
        found: value.to_string(),
    };
    sound.then_some(written).ok_or_else(fault)
}

type Ends = (Option<DatePoint>, Option<DatePoint>);

fn points(key: &str, value: &Value) -> Result<Ends, CslError> {
    let shape = |found: String| CslError::DateShape {
        key: key.into(),
        found,
    };
    let Some(dates) = value.as_array() else {
        return Err(shape(found(value).to_owned()));
    };
    if dates.is_empty() || dates.len() > 2 {
        return Err(shape(format!("{} dates", dates.len())));
    }
    let mut points = Vec::new();
    for date in dates {
        let Some(parts) = date.as_array() else {
            return Err(shape(format!("{} in a list", found(date))));
        };
        if parts.is_empty() || parts.len() > 3 {
            return Err(shape(format!("{} parts", parts.len())));
        }
        points.push(point(key, parts)?);
    }
    let (from, to) = (points[0], points.get(1).copied());
    if to.is_some_and(|to| ends_before(from, to)) {
        return Err(CslError::DateOrder { key: key.into() });
    }
    Ok((Some(from), to))
}

/// Whether a range certainly runs backwards: by those parts that both ends have.
pub(crate) fn ends_before(from: DatePoint, to: DatePoint) -> bool {
    if from.year != to.year {
        return from.year > to.year;
    }
    let (Some(a), Some(b)) = (from.month, to.month) else {
        return false;
    };
    a > b || (a == b && matches!((from.day, to.day), (Some(a), Some(b)) if a > b))
}

fn point(key: &str, parts: &[Value]) -> Result<DatePoint, CslError> {
    let mut numbers = Vec::new();
    for part in parts {
        let number = match part {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        numbers.push(number.ok_or_else(|| {
            CslError::DatePart {
                key: key.into(),
                found: part
                    .as_str()
                    .map_or_else(|| part.to_string(), str::to_owned),
            }
        })?);
    }
    let year = numbers[0];
    let (month, day) = (numbers.get(1).copied(), numbers.get(2).copied());
    let small = |n: Option<i64>| n.map(|n| u8::try_from(n).unwrap_or(u8::MAX));
    let in_range = i16::try_from(year)
        .ok()
        .filter(|y| (-9999..=9999).contains(y));
    let Some(short) = in_range else {
        return Err(CslError::Year {
            key: key.into(),
            year,
        });
    };
    let point = DatePoint::new(short, small(month), small(day));
    point.ok_or_else(|| CslError::Calendar {
        key: key.into(),
        year,
        month: month.unwrap_or(0),
        day,
    })
}
