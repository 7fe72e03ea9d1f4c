//! Times in a recording, as people and addresses write them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A time in a recording, from its start, in whole milliseconds.
///
/// Reads `[[HH:]MM:]SS[.fff]`: `14:45`, `1:33:13`, `885.5`. Written the same way, as short as it goes.
/// In data it is a number of seconds; text in the form above is read as well.
///
/// ```
/// use yalu_media::MediaTime;
/// let cathcart: MediaTime = "14:45".parse()?;
/// assert_eq!(cathcart.seconds(), 885.0);
/// assert_eq!("1:33:13.5".parse::<MediaTime>()?.to_string(), "1:33:13.500");
/// # Ok::<(), yalu_media::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MediaTime {
    ms: u64,
}

/// A time that can't be read.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum TimeError {
    /// No time at all.
    #[error("`{text}` is no time")]
    NoTime {
        /// What stands there.
        text: String,
    },
    /// Minutes or seconds of 60 or more behind a colon.
    #[error("`{text}` has {value} where minutes and seconds go up to 59")]
    Sixty {
        /// What stands there.
        text: String,
        /// The field.
        value: u64,
    },
    /// A number that is negative, infinite or too large.
    #[error("{seconds} seconds is no time in a recording")]
    OutOfRange {
        /// The number.
        seconds: f64,
    },
    /// A media fragment in a unit that isn't read.
    #[error("`{text}` counts in `{unit}`; seconds (`npt`) are read")]
    Unit {
        /// What stands there.
        text: String,
        /// The unit.
        unit: String,
    },
    /// A span that ends where it begins, or before.
    #[error("`{text}` ends at {end}, which isn't after its start {start}")]
    EndNotAfterStart {
        /// What stands there.
        text: String,
        /// Its start.
        start: MediaTime,
        /// Its end.
        end: MediaTime,
    },
    /// An address without a time.
    #[error("`{text}` has no `t=`")]
    NoFragment {
        /// What stands there.
        text: String,
    },
}

impl TimeError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::NoTime { .. } | Self::Sixty { .. } | Self::OutOfRange { .. } => {
                "write `14:45`, `1:33:13` or a number of seconds"
            }
            Self::Unit { .. } => "write `t=885,1590` or `t=14:45,26:30`",
            Self::EndNotAfterStart { .. } => "put the later time behind the comma",
            Self::NoFragment { .. } => "write `#t=14:45` behind the address",
        }
    }
}

impl MediaTime {
    /// The start.
    pub const ZERO: Self = Self { ms: 0 };

    /// So many milliseconds in.
    pub const fn from_ms(ms: u64) -> Self {
        Self { ms }
    }

    /// So many seconds in, to the nearest millisecond.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] where that is negative, no number, or beyond ten thousand hours.
    pub fn from_seconds(seconds: f64) -> Result<Self, TimeError> {
        const MOST_SECONDS: f64 = 3.6e7;
        if !(0.0..=MOST_SECONDS).contains(&seconds) {
            return Err(TimeError::OutOfRange { seconds });
        }
        Ok(Self {
            ms: (seconds * 1e3).round() as u64,
        })
    }

    /// In milliseconds.
    pub const fn ms(self) -> u64 {
        self.ms
    }

    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.ms as f64 / 1e3
    }

    /// Moved by so many milliseconds; nothing where that is before the start.
    pub fn moved(self, by_ms: i64) -> Option<Self> {
        self.ms.checked_add_signed(by_ms).map(Self::from_ms)
    }

    /// `[HH:]MM:SS.mmm`, as WebVTT has it, with hours always.
    pub fn to_vtt(self) -> String {
        let (h, m, s, ms) = self.fields();
        format!("{h:02}:{m:02}:{s:02}.{ms:03}")
    }

    /// Seconds without needless zeros, as media fragments have them: `885`, `1590.25`.
    pub fn to_npt(self) -> String {
        let text = format!("{}.{:03}", self.ms / 1000, self.ms % 1000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    fn fields(self) -> (u64, u64, u64, u64) {
        let seconds = self.ms / 1000;
        (
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            self.ms % 1000,
        )
    }
}

impl fmt::Display for MediaTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (h, m, s, ms) = self.fields();
        if h > 0 {
            write!(f, "{h}:{m:02}:{s:02}")?;
        } else {
            write!(f, "{m}:{s:02}")?;
        }
        if ms > 0 {
            write!(f, ".{ms:03}")
        } else {
            Ok(())
        }
    }
}

impl FromStr for MediaTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let no_time = || TimeError::NoTime {
            text: text.to_owned(),
        };
        let fields: Vec<&str> = text.trim().split(':').collect();
        let (&last, before) = fields.split_last().ok_or_else(no_time)?;
        if before.len() > 2 {
            return Err(no_time());
        }
        let (whole, fraction) = last.split_once('.').unwrap_or((last, "0"));
        let mut total = 0_u64;
        for (i, field) in before.iter().chain([&whole]).enumerate() {
            let value = digits(field).ok_or_else(no_time)?;
            if i > 0 && value > 59 {
                return Err(TimeError::Sixty {
                    text: text.to_owned(),
                    value,
                });
            }
            total = total.saturating_mul(60).saturating_add(value);
        }
        digits(fraction).ok_or_else(no_time)?;
        let part: f64 = format!("0.{fraction}").parse().map_err(|_| no_time())?;
        Self::from_seconds(total as f64 + part)
    }
}

/// A number of digits alone; `parse` would let a sign through.
fn digits(field: &str) -> Option<u64> {
    let all = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| field.parse().ok()).flatten()
}

impl Serialize for MediaTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.seconds())
    }
}

impl<'de> Deserialize<'de> for MediaTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a time such as \"14:45\", or a number of seconds"
        )]
        enum Form {
            Seconds(f64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Seconds(seconds) => Self::from_seconds(seconds),
            Form::Text(text) => text.parse(),
        }
        .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for MediaTime {
    fn schema_name() -> Cow<'static, str> {
        "MediaTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A time in a recording: seconds from its start, or `[[HH:]MM:]SS[.fff]`.",
            "type": ["number", "string"],
            "minimum": 0,
            "pattern": r"^(([0-9]+:)?[0-9]+:)?[0-9]+(\.[0-9]+)?$"
        })
    }
}

/// A span of a recording, as the address of a passage has it (W3C Media Fragments URI 1.0):
/// [start, end), the end left out where it is the recording's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaFragment {
    /// Where it begins.
    pub start: MediaTime,
    /// Where it ends, exclusive.
    pub end: Option<MediaTime>,
}

impl fmt::Display for MediaFragment {
    /// `t=885,1590`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t={}", self.start.to_npt())?;
        match self.end {
            Some(end) => write!(f, ",{}", end.to_npt()),
            None => Ok(()),
        }
    }
}

impl FromStr for MediaFragment {
    type Err = TimeError;

    /// Reads `t=885,1590`, `t=14:45`, `t=npt:,30`, or an address that ends in one of them. As the
    /// recommendation has it, the last `t` counts.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let fragment = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
        let fragment = fragment
            .replace("%2C", ",")
            .replace("%2c", ",")
            .replace("%3A", ":")
            .replace("%3a", ":");
        let value = fragment
            .split('&')
            .filter_map(|pair| pair.strip_prefix("t="))
            .next_back();
        let Some(value) = value else {
            return Err(TimeError::NoFragment {
                text: text.to_owned(),
            });
        };
        let value = value.strip_prefix("npt:").unwrap_or(value);
        if let Some((unit, _)) = value
            .split_once(':')
            .filter(|(unit, _)| digits(unit).is_none())
        {
            return Err(TimeError::Unit {
                text: text.to_owned(),
                unit: unit.to_owned(),
            });
        }
        let (start, end) = match value.split_once(',') {
            Some((start, end)) => (start, Some(end)),
            None => (value, None),
        };
        let start = match start {
            "" if end.is_some() => MediaTime::ZERO,
            start => start.parse()?,
        };
        let end = end.map(str::parse::<MediaTime>).transpose()?;
        match end {
            Some(end) if end <= start => Err(TimeError::EndNotAfterStart {
                text: text.to_owned(),
                start,
                end,
            }),
            end => Ok(Self { start, end }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, ms) in [
            ("14:45", 885_000),
            ("1:33:13", 5_593_000),
            ("01:36:09.25", 5_769_250),
            ("885", 885_000),
            ("885.5", 885_500),
            ("90:00", 5_400_000),
            ("0.0004", 0),
            ("120:00:00", 432_000_000),
        ] {
            assert_eq!(text.parse(), Ok(MediaTime::from_ms(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_a_named_fault() {
        for text in [
            "", ":", "14:", "-5", "+5", "1:2:3:4", "14:4x", "1.", "1.2.3", "1e3", "NaN", "5:1.5:3",
        ] {
            assert!(
                matches!(text.parse::<MediaTime>(), Err(TimeError::NoTime { .. })),
                "{text}"
            );
        }
        assert!(matches!(
            "14:60".parse::<MediaTime>(),
            Err(TimeError::Sixty { value: 60, .. })
        ));
        assert!(matches!(
            "1:75:00".parse::<MediaTime>(),
            Err(TimeError::Sixty { value: 75, .. })
        ));
        assert!(MediaTime::from_seconds(f64::NAN).is_err());
        assert!(MediaTime::from_seconds(-0.5).is_err());
    }

    #[test]
    fn fragments_are_read_as_the_recommendation_has_them() {
        let span = |start, end: Option<u64>| MediaFragment {
            start: MediaTime::from_ms(start),
            end: end.map(MediaTime::from_ms),
        };
        for (text, expected) in [
            ("t=14:45", span(885_000, None)),
            ("t=885,1590", span(885_000, Some(1_590_000))),
            ("t=npt:10,20", span(10_000, Some(20_000))),
            ("t=npt:,121.5", span(0, Some(121_500))),
            ("t=0:02:00,121.5", span(120_000, Some(121_500))),
            (
                "https://example.org/talk.mp3#xywh=0,0,1,1&t=5",
                span(5_000, None),
            ),
            ("talk.mp3#t=1&t=2", span(2_000, None)),
            ("t=14%3A45%2C26:30", span(885_000, Some(1_590_000))),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        assert_eq!(span(885_000, Some(1_590_250)).to_string(), "t=885,1590.25");
    }

    #[test]
    fn fragments_that_are_none_are_named_faults() {
        let fault = |text: &str| text.parse::<MediaFragment>().unwrap_err();
        assert!(matches!(
            fault("t=20,10"),
            TimeError::EndNotAfterStart { .. }
        ));
        assert!(matches!(
            fault("t=10,10"),
            TimeError::EndNotAfterStart { .. }
        ));
        assert!(matches!(
            fault("t=smpte:10:12:33,10:12:40"),
            TimeError::Unit { .. }
        ));
        assert!(matches!(fault("talk.mp3"), TimeError::NoFragment { .. }));
        assert!(matches!(fault("t="), TimeError::NoTime { .. }));
        assert!(matches!(fault("t=,"), TimeError::NoTime { .. }));
    }

    #[test]
    fn data_has_seconds_or_text() {
        assert_eq!(
            serde_json::to_string(&MediaTime::from_ms(885_500)).unwrap(),
            "885.5"
        );
        for text in ["885.5", "\"14:45.5\""] {
            assert_eq!(
                serde_json::from_str::<MediaTime>(text).unwrap(),
                MediaTime::from_ms(885_500)
            );
        }
        let error = serde_json::from_str::<MediaTime>("-1")
            .unwrap_err()
            .to_string();
        assert!(error.contains("-1 seconds is no time"), "{error}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in 0_u64..400_000_000) {
            let time = MediaTime::from_ms(ms);
            prop_assert_eq!(time.to_string().parse::<MediaTime>().unwrap(), time);
            prop_assert_eq!(time.to_vtt().parse::<MediaTime>().unwrap(), time);
            prop_assert_eq!(time.to_npt().parse::<MediaTime>().unwrap(), time);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,20}") {
            let _ = text.parse::<MediaTime>();
            let _ = text.parse::<MediaFragment>();
        }
    }
}
