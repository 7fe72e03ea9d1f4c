//! What was known by a date.

use jiff::civil::{Date, date};
use yalu_evidence::csl::{DatePoint, Item};
use yalu_evidence::edtf::parse_edtf;

use super::csv_lines::CsvLines;

/// Whether something was known by a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Surely.
    Surely,
    /// Not surely: it may have come out as late as this day.
    Later(Date),
    /// It has no date.
    Undated,
}

impl Known {
    fn of(latest: Option<Date>, as_of: Date) -> Self {
        match latest {
            None => Self::Undated,
            Some(day) if day <= as_of => Self::Surely,
            Some(day) => Self::Later(day),
        }
    }
}

/// The last day that a year, month or day of a reference can mean.
fn last_day(point: DatePoint) -> Option<Date> {
    let month = point.month.map_or(12, |month| month as i8);
    let first = Date::new(point.year, month, 1).ok()?;
    match point.day {
        Some(day) => Date::new(point.year, month, day as i8).ok(),
        None => Some(first.last_of_month()),
    }
}

/// Whether a source was out by a date. One of which only the year is known was out surely at the end
/// of it.
pub(crate) fn known_by(item: &Item, as_of: Date) -> Known {
    let issued = item.issued.as_ref();
    let latest = issued
        .and_then(|date| date.to.or_else(|| date.start()))
        .and_then(last_day);
    Known::of(latest, as_of)
}

/// The names of columns that hold a row's date, in the order in which they are looked for.
const DATE_COLUMNS: [&str; 5] = ["known", "date", "period", "month", "year"];

/// Whether the rows of a file speak of times up to a date: by the first column that holds dates.
pub(crate) fn rows_known_by(lines: &CsvLines, (first, last): (u64, u64), as_of: Date) -> Known {
    let column = DATE_COLUMNS
        .iter()
        .find_map(|name| lines.header.iter().position(|one| one == name));
    let Some(column) = column else {
        return Known::Undated;
    };
    let latest = lines
        .between(first, last)
        .filter_map(|row| latest_of(row.get(column)?))
        .max();
    Known::of(latest, as_of)
}

/// The last day of an EDTF date, a quarter (`2013-Q1`) or an ISO week (`2013-W07`).
fn latest_of(text: &str) -> Option<Date> {
    if let Some((period, unit)) = crate::export::period_of(text) {
        let _ = unit;
        return Some(period.last_day);
    }
    let parsed = parse_edtf(text).ok()?;
    Some(parsed.latest().unwrap_or(date(9999, 12, 31)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use yalu_evidence::csl::read_csl;

    use super::*;

    fn issued(parts: &str) -> Item {
        let text = format!(
            r#"[{{"id": "a", "type": "report", "issued": {{"date-parts": [[{parts}]]}}}}]"#
        );
        read_csl(&text).unwrap().items.remove(0)
    }

    #[test]
    fn what_may_have_come_out_later_isnt_surely_known() {
        let as_of = date(2013, 7, 31);
        assert_eq!(known_by(&issued("2013, 7, 31"), as_of), Known::Surely);
        assert_eq!(
            known_by(&issued("2013, 8, 1"), as_of),
            Known::Later(date(2013, 8, 1))
        );
        assert_eq!(known_by(&issued("2013, 7"), as_of), Known::Surely);
        assert_eq!(
            known_by(&issued("2013"), as_of),
            Known::Later(date(2013, 12, 31))
        );
        let undated = read_csl(r#"[{"id": "a", "type": "report"}]"#).unwrap();
        assert_eq!(known_by(&undated.items[0], as_of), Known::Undated);
    }

    #[test]
    fn rows_are_dated_by_their_own_column() {
        let row = |line: u64, day: &str| (line, vec!["x".to_owned(), day.to_owned()]);
        let lines = CsvLines {
            header: vec!["a".to_owned(), "period".to_owned()],
            rows: vec![row(2, "2013-02"), row(3, "2013-Q3"), row(4, "2013-W01")],
        };
        let as_of = date(2013, 7, 31);
        assert_eq!(rows_known_by(&lines, (2, 2), as_of), Known::Surely);
        assert_eq!(
            rows_known_by(&lines, (2, 3), as_of),
            Known::Later(date(2013, 9, 30))
        );
        assert_eq!(rows_known_by(&lines, (4, 4), as_of), Known::Surely);
        let undated = CsvLines {
            header: vec!["a".to_owned()],
            ..lines
        };
        assert_eq!(rows_known_by(&undated, (2, 2), as_of), Known::Undated);
    }
}
