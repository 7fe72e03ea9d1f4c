//! Periods and dates as days, for time axes.

use crate::scale::Scale;

/// First day of a period and of the one after it, in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Span {
    pub(crate) fn middle(self) -> f64 {
        (self.start + self.end) as f64 / 2.0
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last of its year.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date, `2013-02-01`, of days since 1970-01-01.
pub(crate) fn iso(days_since: i64) -> String {
    let shifted = days_since + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A year, quarter, month, ISO week or day; `None` for anything else.
pub(crate) fn parse_span(text: &str) -> Option<Span> {
    let mut parts = text.trim().split('-');
    let year: i64 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let Some(second) = parts.next() else {
        return Some(Span {
            start: days(year, 1, 1),
            end: days(year + 1, 1, 1),
        });
    };
    let third = parts.next();
    if parts.next().is_some() {
        return None;
    }
    if let Some(quarter) = second.strip_prefix('Q') {
        let quarter: i64 = quarter
            .parse()
            .ok()
            .filter(|quarter| (1..=4).contains(quarter))?;
        let start = quarter * 3 - 2;
        let end = if quarter == 4 {
            days(year + 1, 1, 1)
        } else {
            days(year, start + 3, 1)
        };
        return Some(Span {
            start: days(year, start, 1),
            end,
        });
    }
    if let Some(week) = second.strip_prefix('W') {
        let week: i64 = week.parse().ok().filter(|week| (1..=53).contains(week))?;
        // Week 1 holds 4 January; 1970-01-01 was a Thursday.
        let fourth = days(year, 1, 4);
        let monday = fourth - (fourth + 3).rem_euclid(7);
        let start = monday + (week - 1) * 7;
        return Some(Span {
            start,
            end: start + 7,
        });
    }
    let month: i64 = second
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    match third {
        None => {
            let end = if month == 12 {
                days(year + 1, 1, 1)
            } else {
                days(year, month + 1, 1)
            };
            Some(Span {
                start: days(year, month, 1),
                end,
            })
        }
        Some(day) => {
            let day: i64 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
            let start = days(year, month, day);
            Some(Span {
                start,
                end: start + 1,
            })
        }
    }
}

/// A time axis over periods.
#[derive(Debug, Clone)]
pub(crate) struct TimeAxis {
    scale: Scale,
    start: i64,
    end: i64,
}

impl TimeAxis {
    /// `None` where no period can be read.
    pub(crate) fn over(periods: &[String], range: (f64, f64)) -> Option<Self> {
        let spans: Vec<Span> = periods
            .iter()
            .filter_map(|period| parse_span(period))
            .collect();
        let start = spans.iter().map(|span| span.start).min()?;
        let end = spans.iter().map(|span| span.end).max()?;
        Some(Self {
            scale: Scale::linear((start as f64, end as f64), range),
            start,
            end,
        })
    }

    /// The first day, and the day after the last.
    pub(crate) fn ends(&self) -> (i64, i64) {
        (self.start, self.end)
    }

    pub(crate) fn at(&self, day: f64) -> f64 {
        self.scale.at(day)
    }

    /// The place of a period's first day.
    pub(crate) fn start_of(&self, period: &str) -> Option<f64> {
        parse_span(period)
            .filter(|span| span.end > self.start && span.start < self.end)
            .map(|span| self.at(span.start as f64))
    }

    /// The place after a period's last day.
    pub(crate) fn end_of(&self, period: &str) -> Option<f64> {
        parse_span(period)
            .filter(|span| span.end > self.start && span.start < self.end)
            .map(|span| self.at(span.end as f64))
    }

    /// The place of the middle of a period.
    pub(crate) fn middle_of(&self, period: &str) -> Option<f64> {
        parse_span(period)
            .filter(|span| span.end > self.start && span.start < self.end)
            .map(|span| self.at(span.middle()))
    }

    /// First days of years (or quarters, where the axis is short) with their labels, `gap` apart or
    /// more.
    pub(crate) fn ticks(&self, gap: f64) -> Vec<(f64, String)> {
        let first_year = iso(self.start)[..4].parse::<i64>().unwrap_or(1970);
        let last_year = iso(self.end)[..4].parse::<i64>().unwrap_or(1970);
        let years = (self.end - self.start) as f64 / 365.25;
        let width = (self.at(self.end as f64) - self.at(self.start as f64)).abs();
        let mut ticks = Vec::new();
        if years < 2.5 {
            let months = [1, 2, 3, 6]
                .into_iter()
                .find(|months| width / (years * 12.0 / *months as f64) >= gap * 1.6)
                .unwrap_or(12);
            for year in first_year..=last_year {
                for month in (1..=12).step_by(months) {
                    let day = days(year, month, 1);
                    if day >= self.start && day < self.end {
                        ticks.push((self.at(day as f64), format!("{year}-{month:02}")));
                    }
                }
            }
            return ticks;
        }
        let step = [1, 2, 5, 10, 20, 50]
            .into_iter()
            .find(|step| width / years * *step as f64 >= gap)
            .unwrap_or(100);
        for year in first_year..=last_year {
            let day = days(year, 1, 1);
            if year % step == 0 && day >= self.start && day < self.end {
                ticks.push((self.at(day as f64), year.to_string()));
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1) - days(2000, 2, 28), 2);
        assert_eq!(days(1900, 3, 1) - days(1900, 2, 28), 1);
        for day in (-40_000..40_000).step_by(97) {
            let text = iso(day);
            assert_eq!(
                parse_span(&text).map(|span| span.start),
                Some(day),
                "{text}"
            );
        }
    }

    #[test]
    fn periods_of_each_kind_are_read() {
        let length = |text: &str| parse_span(text).map(|span| span.end - span.start);
        assert_eq!(length("2013"), Some(365));
        assert_eq!(length("2012-Q1"), Some(91));
        assert_eq!(length("2012-12"), Some(31));
        assert_eq!(length("2013-W07"), Some(7));
        assert_eq!(
            parse_span("2013-W01")
                .map(|span| iso(span.start))
                .as_deref(),
            Some("2012-12-31")
        );
        for wrong in ["", "spring", "2013-13", "2013-Q5", "2013-01-02-03", "<b>"] {
            assert_eq!(parse_span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ticks_of_a_long_axis_are_round_years() {
        let periods = ["2001-01".to_owned(), "2013-12".to_owned()];
        let axis = TimeAxis::over(&periods, (0.0, 300.0)).expect("two periods");
        let labels: Vec<String> = axis
            .ticks(40.0)
            .into_iter()
            .map(|(_, label)| label)
            .collect();
        assert_eq!(labels, ["2002", "2004", "2006", "2008", "2010", "2012"]);
    }

    #[test]
    fn ticks_of_a_short_axis_are_months() {
        let periods = ["2013-01".to_owned(), "2013-12".to_owned()];
        let axis = TimeAxis::over(&periods, (0.0, 400.0)).expect("two periods");
        let labels: Vec<String> = axis
            .ticks(40.0)
            .into_iter()
            .map(|(_, label)| label)
            .collect();
        assert_eq!(
            labels,
            [
                "2013-01", "2013-03", "2013-05", "2013-07", "2013-09", "2013-11"
            ]
        );
    }
}
