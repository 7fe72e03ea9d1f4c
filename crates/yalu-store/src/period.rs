//! Civil periods: months, quarters and weeks as the index of a series.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar month, e.g. `2013-02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Months since January of year 0.
    index: i32,
}

/// Why a text isn't a [`Month`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a month; write it as YYYY-MM, for example 2013-02")]
pub struct MonthError {
    /// The text as given.
    pub text: String,
}

impl Month {
    /// The month `month` (1 to 12) of `year`, or nothing where `month` is outside 1 to 12.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        (1..=12).contains(&month).then(|| Self {
            index: i32::from(year) * 12 + i32::from(month) - 1,
        })
    }

    /// The month that holds `date`.
    pub fn containing(date: Date) -> Self {
        Self {
            index: i32::from(date.year()) * 12 + i32::from(date.month()) - 1,
        }
    }

    /// The calendar year.
    pub fn year(self) -> i16 {
        self.index.div_euclid(12) as i16
    }

    /// The month within the year, 1 to 12.
    pub fn month(self) -> i8 {
        (self.index.rem_euclid(12) + 1) as i8
    }

    /// The month `n` after this one (before it where `n` is negative).
    #[must_use]
    pub fn plus(self, n: i32) -> Self {
        Self {
            index: self.index + n,
        }
    }

    /// How many months lie from `earlier` to this one.
    pub fn months_since(self, earlier: Self) -> i32 {
        self.index - earlier.index
    }

    /// The first day.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year(), self.month(), 1)
    }

    /// The last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The last month that is complete on `date`: its own where `date` is its last day.
    pub fn last_complete(date: Date) -> Self {
        let month = Self::containing(date);
        if date == month.last_day() {
            month
        } else {
            month.plus(-1)
        }
    }

    /// Every month from `self` to `last`, both included; none where `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (self.index..=last.index).map(|index| Self { index })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || MonthError {
            text: text.to_owned(),
        };
        let (year, month) = text.split_once('-').ok_or_else(fail)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(fail());
        }
        let year: i16 = year.parse().map_err(|_| fail())?;
        let month: i8 = month.parse().map_err(|_| fail())?;
        Self::new(year, month).ok_or_else(fail)
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The length of a series' periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// ISO weeks, Monday to Sunday.
    Week,
    /// Calendar months.
    #[default]
    Month,
    /// Calendar quarters.
    Quarter,
}

/// One period of a series: its unit and its first day. Ordered by first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub first_day: Date,
    /// The last day, included.
    pub last_day: Date,
}

impl Period {
    /// The period of `unit` that holds `date`.
    pub fn containing(date: Date, unit: PeriodUnit) -> Self {
        match unit {
            PeriodUnit::Month => {
                let month = Month::containing(date);
                Self {
                    first_day: month.first_day(),
                    last_day: month.last_day(),
                }
            }
            PeriodUnit::Quarter => {
                let month = Month::containing(date);
                let first = month.plus(-i32::from((month.month() - 1) % 3));
                Self {
                    first_day: first.first_day(),
                    last_day: first.plus(2).last_day(),
                }
            }
            PeriodUnit::Week => {
                let back = i64::from(date.weekday().to_monday_zero_offset());
                let first_day = date.saturating_sub(jiff::Span::new().days(back));
                let last_day = first_day.saturating_add(jiff::Span::new().days(6));
                Self {
                    first_day,
                    last_day,
                }
            }
        }
    }

    /// The period after this one.
    #[must_use]
    pub fn next(self, unit: PeriodUnit) -> Self {
        Self::containing(
            self.last_day.saturating_add(jiff::Span::new().days(1)),
            unit,
        )
    }

    /// The last period that is complete on `date`: its own where `date` is its last day.
    pub fn last_complete(date: Date, unit: PeriodUnit) -> Self {
        let here = Self::containing(date, unit);
        if here.last_day == date {
            return here;
        }
        Self::containing(
            here.first_day.saturating_sub(jiff::Span::new().days(1)),
            unit,
        )
    }

    /// Every period from `self` to `last`, both included; none where `last` is earlier.
    pub fn through(self, last: Self, unit: PeriodUnit) -> Vec<Self> {
        let mut all = Vec::new();
        let mut here = self;
        while here <= last {
            all.push(here);
            here = here.next(unit);
        }
        all
    }

    /// How the period is written: `2013-02`, `2013-Q1`, `2013-W07` (ISO week).
    pub fn label(self, unit: PeriodUnit) -> String {
        match unit {
            PeriodUnit::Month => Month::containing(self.first_day).to_string(),
            PeriodUnit::Quarter => {
                let month = Month::containing(self.first_day);
                format!("{:04}-Q{}", month.year(), (month.month() - 1) / 3 + 1)
            }
            PeriodUnit::Week => {
                let week = self.first_day.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_is_complete_on_its_last_day_only() {
        assert_eq!(
            Month::last_complete(date(2013, 7, 31)).to_string(),
            "2013-07"
        );
        assert_eq!(
            Month::last_complete(date(2013, 7, 30)).to_string(),
            "2013-06"
        );
    }

    #[test]
    fn months_count_across_years() {
        let a: Month = "2012-11".parse().expect("a month");
        let b: Month = "2013-02".parse().expect("a month");
        assert_eq!(b.months_since(a), 3);
        assert_eq!(a.through(b).count(), 4);
        assert!("2013-13".parse::<Month>().is_err());
        assert!("2013-2".parse::<Month>().is_err());
    }

    #[test]
    fn periods_follow_each_other_without_gap() {
        for unit in [PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter] {
            let mut here = Period::containing(date(2012, 2, 29), unit);
            for _ in 0..60 {
                let next = here.next(unit);
                assert_eq!(here.last_day.tomorrow().expect("in range"), next.first_day);
                here = next;
            }
        }
        assert_eq!(
            Period::containing(date(2021, 1, 3), PeriodUnit::Week).label(PeriodUnit::Week),
            "2020-W53"
        );
        assert_eq!(
            Period::containing(date(2013, 5, 3), PeriodUnit::Quarter).label(PeriodUnit::Quarter),
            "2013-Q2"
        );
    }
}
